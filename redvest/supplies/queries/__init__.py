"""Reads of supplies; the actor comes first, and sees only the stores of his areas."""
