"""Findings of the engine in words, in the reader's language: one sentence a rule."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from redvest.duty.planning.findings import Finding
from redvest.incidents.playbooks.schema import Playbook

RULE_NAMES: Mapping[str, Any] = {
    "availability": gettext_lazy("Time offered"),
    "day_off": gettext_lazy("Day off"),
    "perimeter": gettext_lazy("Closed perimeter"),
    "reach": gettext_lazy("Distance he offered to go"),
    "group": gettext_lazy("Duty group"),
    "night_length": gettext_lazy("Longest night shift"),
    "overlap": gettext_lazy("One place at a time"),
    "rest": gettext_lazy("Rest between shifts"),
    "skills": gettext_lazy("Places kept for a skill"),
    "experience": gettext_lazy("Newcomers beside experienced people"),
    "alone": gettext_lazy("Nobody alone"),
    "pinned": gettext_lazy("Pinned"),
    "over_maximum": gettext_lazy("Places"),
    "under_minimum": gettext_lazy("Below the minimum"),
    "under_wanted": gettext_lazy("Fewer than wanted"),
    "under_skill": gettext_lazy("A skill is missing"),
    "over_wanted": gettext_lazy("More than wanted"),
    "preference": gettext_lazy("Outside the area one is sent to"),
    "distance": gettext_lazy("Way from home"),
    "continuity": gettext_lazy("New faces at a post"),
    "fairness_minutes": gettext_lazy("Uneven hours"),
    "fairness_nights": gettext_lazy("Uneven nights"),
    "change": gettext_lazy("Changes to the published roster"),
}


@dataclass(frozen=True, slots=True)
class Names:
    """What people, shifts and skills are called in the sentences."""

    people: Mapping[int, str]
    shifts: Mapping[int, str]  # "Checkpoint 1, Tue 24 Nov 17:30"
    skills: Mapping[str, str]
    posts: Mapping[str, str]
    zone: ZoneInfo

    def person(self, key: int | None) -> str:
        return self.people.get(key or 0, _("Somebody"))

    def shift(self, finding: Finding) -> str:
        joint = _("%(first)s and %(second)s")
        known = [self.shifts[key] for key in finding.shifts if key in self.shifts]
        if len(known) == 2:
            return joint % {"first": known[0], "second": known[1]}
        return known[0] if known else _("a duty elsewhere")

    def day(self, finding: Finding) -> str:
        moment = datetime.fromisoformat(finding.at).astimezone(self.zone)
        return date_format(moment, _("j M"))


def rule_name(rule: str, book: Playbook) -> str:
    """What the playbook calls a rule, else what we call it."""
    given = book.rules.get(rule)
    return str(given.name) if given else str(RULE_NAMES.get(rule, rule))


def hours(minutes: int) -> str:
    """``7 h 30 min``."""
    whole, rest = divmod(abs(minutes), 60)
    if whole and rest:
        return _("%(hours)s h %(minutes)s min") % {"hours": whole, "minutes": rest}
    return _("%(hours)s h") % {"hours": whole} if whole else _("%(minutes)s min") % {"minutes": rest}


def sentence(finding: Finding, names: Names) -> str:
    """One finding as a sentence that a coordinator can act on."""
    fields = {
        "person": names.person(finding.person),
        "shift": names.shift(finding),
        "day": names.day(finding),
        "found": finding.found,
        "limit": finding.limit,
        "found_hours": hours(finding.found),
        "limit_hours": hours(finding.limit),
        "km": f"{finding.found / 1000:.1f}",
        "limit_km": f"{finding.limit / 1000:.1f}",
        "skill": names.skills.get(finding.subject, finding.subject),
        "post": names.posts.get(finding.subject, finding.subject),
        "missing": finding.amount,
    }
    return SENTENCES[finding.rule](finding) % fields


def reason_words(rule: str, people: int) -> str:
    """Why so many people could not fill a place: ``5 must rest``."""
    text = REASONS.get(rule, REASONS[""])
    return text(people) % {"count": people}


REASONS: Mapping[str, Callable[[int], str]] = {
    "availability": lambda n: ngettext("%(count)s cannot at that time", "%(count)s cannot at that time", n),
    "overlap": lambda n: ngettext("%(count)s is on another shift", "%(count)s are on another shift", n),
    "perimeter": lambda n: ngettext(
        "%(count)s may not cross the perimeter", "%(count)s may not cross the perimeter", n
    ),
    "reach": lambda n: ngettext("%(count)s lives too far away", "%(count)s live too far away", n),
    "rest_floor": lambda n: ngettext("%(count)s must rest", "%(count)s must rest", n),
    "rest_after_nights": lambda n: ngettext("%(count)s rests after nights", "%(count)s rest after nights", n),
    "nights_in_row": lambda n: ngettext("%(count)s has enough nights", "%(count)s have enough nights", n),
    "day_hours": lambda n: ngettext("%(count)s has a full day", "%(count)s have a full day", n),
    "suit_hours": lambda n: ngettext("%(count)s was in a suit enough", "%(count)s were in a suit enough", n),
    "heat_hours": lambda n: ngettext("%(count)s was in the heat enough", "%(count)s were in the heat enough", n),
    "week_hours": lambda n: ngettext("%(count)s has a full week", "%(count)s have a full week", n),
    "days_off": lambda n: ngettext("%(count)s needs a day off", "%(count)s need a day off", n),
    "days_in_row": lambda n: ngettext(
        "%(count)s has too many days in a row", "%(count)s have too many days in a row", n
    ),
    "skills": lambda n: ngettext("%(count)s lacks the skill", "%(count)s lack the skill", n),
    "experience": lambda n: ngettext(
        "%(count)s would be without an experienced person", "%(count)s would be without an experienced person", n
    ),
    "free": lambda n: ngettext(
        "%(count)s could, at the price of other wishes", "%(count)s could, at the price of other wishes", n
    ),
    "": lambda n: ngettext("%(count)s may not, by another rule", "%(count)s may not, by another rule", n),
}


def _fixed(text: Callable[[], str]) -> Callable[[Finding], str]:
    return lambda _finding: text()


SENTENCES: Mapping[str, Callable[[Finding], str]] = {
    "availability": _fixed(lambda: _("%(person)s did not offer the time of %(shift)s.")),
    "day_off": _fixed(lambda: _("%(person)s has a day off at %(shift)s.")),
    "perimeter": _fixed(lambda: _("%(person)s is on the other side of the closed perimeter of %(shift)s.")),
    "reach": _fixed(
        lambda: _("%(shift)s is %(km)s km from the home of %(person)s, who offered to go %(limit_km)s km.")
    ),
    "group": _fixed(lambda: _("%(person)s is not in the group whose turn %(shift)s is.")),
    "shift_length": _fixed(lambda: _("%(shift)s lasts %(found_hours)s; %(limit_hours)s are allowed.")),
    "night_length": _fixed(lambda: _("%(shift)s is a night of %(found_hours)s; %(limit_hours)s are the limit.")),
    "suit_length": _fixed(lambda: _("%(shift)s means %(found_hours)s in a suit; %(limit_hours)s are the limit.")),
    "heat_stop": _fixed(lambda: _("It is too hot for work outdoors at %(shift)s.")),
    "overlap": _fixed(lambda: _("%(person)s would be in two places at once: %(shift)s.")),
    "rest_floor": _fixed(
        lambda: _("%(person)s rests only %(found_hours)s around %(shift)s; %(limit_hours)s are the least.")
    ),
    "rest": _fixed(lambda: _("%(person)s rests %(found_hours)s around %(shift)s; %(limit_hours)s are wanted.")),
    "day_hours": _fixed(
        lambda: _("%(person)s serves %(found_hours)s in the 24 hours from %(shift)s; %(limit_hours)s are allowed.")
    ),
    "suit_hours": _fixed(
        lambda: _(
            "%(person)s wears a suit for %(found_hours)s in the 24 hours from %(shift)s; %(limit_hours)s are allowed."
        )
    ),
    "heat_hours": _fixed(
        lambda: _(
            "%(person)s is in the heat for %(found_hours)s in the 24 hours from %(shift)s; %(limit_hours)s are allowed."
        )
    ),
    "week_hours": _fixed(
        lambda: _("%(person)s serves %(found_hours)s in the 7 days up to %(day)s; %(limit_hours)s are allowed.")
    ),
    "week_hours_wanted": _fixed(
        lambda: _("%(person)s serves %(found_hours)s in the 7 days up to %(day)s; more than %(limit_hours)s is much.")
    ),
    "nights_in_row": _fixed(
        lambda: _("%(person)s works %(found)s nights in a row up to %(day)s; %(limit)s are allowed.")
    ),
    "nights_in_row_wanted": _fixed(
        lambda: _("%(person)s works %(found)s nights in a row up to %(day)s; after %(limit)s a break is due.")
    ),
    "rest_after_nights": _fixed(
        lambda: _(
            "After nights in a row %(person)s rests %(found_hours)s before the next duty (%(shift)s); "
            "%(limit_hours)s are needed."
        )
    ),
    "days_in_row": _fixed(
        lambda: _("%(person)s is on duty %(found)s days in a row up to %(day)s; %(limit)s are allowed.")
    ),
    "days_off": _fixed(
        lambda: _("%(person)s has %(found)s free days in the 7 days up to %(day)s; at least %(limit)s is due.")
    ),
    "pinned": _fixed(lambda: _("%(person)s is pinned to %(shift)s but not on it.")),
    "over_maximum": _fixed(lambda: _("%(shift)s has %(found)s people on %(limit)s places.")),
    "skills": _fixed(lambda: _("%(shift)s keeps places for “%(skill)s”; too many without it are on it.")),
    "experience": _fixed(
        lambda: _("%(shift)s has newcomers and %(found)s experienced people; %(limit)s are needed beside them.")
    ),
    "alone": _fixed(lambda: _("%(shift)s is held by one person alone.")),
    "under_minimum": lambda finding: ngettext(
        "%(shift)s is %(missing)s person below its minimum: %(found)s of %(limit)s.",
        "%(shift)s is %(missing)s people below its minimum: %(found)s of %(limit)s.",
        finding.amount,
    ),
    "under_wanted": lambda finding: ngettext(
        "%(shift)s could use %(missing)s more person: %(found)s of %(limit)s wanted.",
        "%(shift)s could use %(missing)s more people: %(found)s of %(limit)s wanted.",
        finding.amount,
    ),
    "under_skill": lambda finding: ngettext(
        "%(shift)s lacks %(missing)s person with “%(skill)s”.",
        "%(shift)s lacks %(missing)s people with “%(skill)s”.",
        finding.amount,
    ),
    "over_wanted": _fixed(lambda: _("%(shift)s has %(found)s people; %(limit)s are wanted.")),
    "preference": _fixed(lambda: _("%(shift)s lies outside the community to which %(person)s is sent.")),
    "distance": _fixed(lambda: _("%(shift)s is %(km)s km from the home of %(person)s.")),
    "continuity": _fixed(lambda: _("%(person)s would be new at %(post)s.")),
    "fairness_minutes": _fixed(
        lambda: _("%(person)s would serve %(found_hours)s in all; an even share is %(limit_hours)s.")
    ),
    "fairness_nights": _fixed(lambda: _("%(person)s would work %(found)s nights in all; an even share is %(limit)s.")),
    "change": _fixed(lambda: _("%(person)s was told something else about %(shift)s.")),
}
