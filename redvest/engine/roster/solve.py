"""Solves a roster problem: a usable roster at once, a better one every moment, a bound beside it, checked at the end."""
