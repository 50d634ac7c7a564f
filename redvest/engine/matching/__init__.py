"""Matching people to what needs them: who can stand in on a shift, and who is sent to which community."""
