"""Tables of supplies. The database holds: what moves sums to zero, no store goes below zero, nothing is rewritten."""

from redvest.supplies.models.goods import Batch, Donation, Item, Store
from redvest.supplies.models.ledger import Balance, Leg, Location, Movement, Photo, Reservation
from redvest.supplies.models.lists import Distribution, Hand, Parcel, ParcelLine, Portion, Trip

__all__ = [
    "Balance",
    "Batch",
    "Distribution",
    "Donation",
    "Hand",
    "Item",
    "Leg",
    "Location",
    "Movement",
    "Parcel",
    "ParcelLine",
    "Photo",
    "Portion",
    "Reservation",
    "Store",
    "Trip",
]
