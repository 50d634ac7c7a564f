"""Rounds: doors served on foot by pairs on duty. Import the public names from here."""

from redvest.engine.rounds.prices import Pace, Prices
from redvest.engine.rounds.problem import Pair, Plan, Point, Problem, Stairwell, Stop, Store, Trip, Window

__all__ = [
    "Pace",
    "Pair",
    "Plan",
    "Point",
    "Prices",
    "Problem",
    "Stairwell",
    "Stop",
    "Store",
    "Trip",
    "Window",
]
