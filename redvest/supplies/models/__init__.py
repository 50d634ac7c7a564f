"""Tables of supplies. The database holds: what moves sums to zero, no store goes below zero, nothing is rewritten."""

from redvest.supplies.models.goods import Batch, Donation, Item, Store
from redvest.supplies.models.ledger import Balance, Leg, Location, Movement, Photo, Reservation
from redvest.supplies.models.lists import Distribution, Hand, Parcel, ParcelLine, Portion, Trip
from redvest.supplies.models.medicine import HandOver, Holder, MedicineRun, Thing

__all__ = [
    "Balance",
    "Batch",
    "Distribution",
    "Donation",
    "Hand",
    "HandOver",
    "Holder",
    "Item",
    "Leg",
    "Location",
    "MedicineRun",
    "Movement",
    "Parcel",
    "ParcelLine",
    "Photo",
    "Portion",
    "Reservation",
    "Store",
    "Thing",
    "Trip",
]
