"""How supplies name a door: with its estate, since two estates have buildings of the same number; never by name."""

from redvest.places.models import Household
from redvest.places.queries import label_of, masked_door


def address(row: Household) -> str:
    """``望江苑 3栋2单元 1203``; the area should be loaded with the two above it."""
    return f"{masked_door(row).estate} {label_of(row)}".strip()
