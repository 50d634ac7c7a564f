"""The demo: an invented population in the real tree of Banan. Same seed, same demo. Nothing else imports this."""

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec

Say = Callable[[str], None]
# In this order; each has build(seed, say). A part may build on what the parts before it made.
PARTS = ("population", "incident", "duty", "attendance", "needs", "supplies")


def build(seed: int, say: Say = lambda line: None) -> None:
    """Fill an empty, migrated database."""
    for part in PARTS:
        if find_spec(f"redvest.demo.{part}") is not None:
            import_module(f"redvest.demo.{part}").build(seed, say)
