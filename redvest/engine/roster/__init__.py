"""Rosters: people x posts x time. Import the public names from here."""

from redvest.engine.roster.problem import (
    Assignment,
    Duty,
    Person,
    Point,
    Problem,
    Roster,
    Shift,
    SkillNeed,
    Stay,
    Window,
)
from redvest.engine.roster.rules import Prices, Rule, Rules, Severity

__all__ = [
    "Assignment",
    "Duty",
    "Person",
    "Point",
    "Prices",
    "Problem",
    "Roster",
    "Rule",
    "Rules",
    "Severity",
    "Shift",
    "SkillNeed",
    "Stay",
    "Window",
]
