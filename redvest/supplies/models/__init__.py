"""Tables of supplies. The database holds: what moves sums to zero, no store goes below zero, nothing is rewritten."""

from redvest.supplies.models.goods import Batch, Donation, Item, Store
from redvest.supplies.models.ledger import Balance, Leg, Location, Movement, Photo, Reservation

__all__ = [
    "Balance",
    "Batch",
    "Donation",
    "Item",
    "Leg",
    "Location",
    "Movement",
    "Photo",
    "Reservation",
    "Store",
]
