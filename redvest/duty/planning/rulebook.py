"""The playbook's rule set as the engine's rules, and which of them a named person may override."""

from dataclasses import dataclass

from redvest.engine.roster import Rule, Rules, Severity
from redvest.incidents.playbooks.schema import Playbook

# What breaking a rule costs when a playbook only warns of it and the engine names no price of its own.
WARNING_PRICES = {
    "reach": 10,
    "shift_length": 20,
    "night_length": 20,
    "suit_length": 30,
    "heat_stop": 60,
    "rest_floor": 30,
    "day_hours": 20,
    "suit_hours": 30,
    "heat_hours": 30,
    "week_hours": 10,
    "nights_in_row": 60,
    "rest_after_nights": 40,
    "days_in_row": 30,
    "days_off": 30,
    "skills": 100,
    "experience": 150,
}
SEVERITIES = {"forbid": Severity.FORBID, "override": Severity.FORBID, "warn": Severity.PRICED, "off": Severity.OFF}


@dataclass(frozen=True, slots=True)
class Rulebook:
    """The rules of one incident. ``overridable`` are forbidden, unless somebody answers for it by name."""

    rules: Rules
    overridable: frozenset[str]


def rulebook(book: Playbook) -> Rulebook:
    """Rules that the playbook does not name keep the engine's values."""
    rules = Rules()
    for name, given in book.rules.items():
        if name in ("availability", "day_off", "perimeter", "overlap", "over_maximum"):
            continue  # consent, closed perimeters and places are not a playbook's to soften
        rule: Rule = getattr(rules, name)
        severity = SEVERITIES[given.severity]
        price = rule.price or WARNING_PRICES.get(name, 20)
        value = given.value if given.unit != "none" else rule.value
        rules = rules.changed(name, value=value, severity=severity, price=price if severity is Severity.PRICED else 0)
    overridable = frozenset(name for name, given in book.rules.items() if given.severity == "override")
    return Rulebook(rules, overridable)
