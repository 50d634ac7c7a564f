"""Pasted chat lists and messages become rows: ``read(text)``. Pure Python: no Django, no database, no clock.

The stages, a file each: ``lines``, ``chat`` and ``messages`` (what the lines are), ``inline`` and ``pieces`` (which are
entries), ``listing`` (what a list is for), ``address``, ``contacts``, ``noise``, ``people``, ``quantities``, ``items``,
``kinds`` (what an entry says), ``heads``, ``orders``, ``requests`` (an entry becomes rows), ``doors`` (the registry).
docs/intake.md explains the method and the output.
"""

from redvest.needs.importing.intake import read
from redvest.needs.importing.rows import Intake, Item, Kept, Row
from redvest.needs.importing.vocabulary import Kind, ListKind, Need, Role

__all__ = ["Intake", "Item", "Kept", "Kind", "ListKind", "Need", "Role", "Row", "read"]
