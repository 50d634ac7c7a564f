"""What the engine's stored answers about a roster need to be said: the job they came from, names, one gap in words."""

from collections.abc import Iterable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from redvest.core import access
from redvest.core.models import Job
from redvest.duty.models import Roster, Shift
from redvest.duty.planning.book import playbook_of
from redvest.duty.planning.naming import shift_words, skill_names
from redvest.people.models import Account, Person


def job_about(actor: Account, roster: Roster, job_pk: int, kind: str) -> Job:
    """The job about this roster; anything else is a 404."""
    rows = Job.objects.filter(kind=kind, arguments__roster=roster.pk).select_related("account", "area")
    return access.fetch(actor, "core.see_jobs", rows, pk=job_pk)


def _shifts_in(found: Mapping[str, Any]) -> set[int]:
    """The keys of all shifts in an answer."""
    keys: set[int] = set(found.get("hurt", ()))
    for each in [*found.get("repairs", ()), found.get("bare")]:
        if each:
            keys |= {shift for _person, shift in [*each["comes"], *each["goes"]]} | {gap[1] for gap in each["gaps"]}
    for name in ("before", "after"):
        keys |= {gap[1] for gap in found.get(name, {}).get("gaps", ())}
    for name in ("minimum", "wanted"):
        keys |= set(found.get(name, {}).get("closed", ()))
    return keys


def _people_in(found: Mapping[str, Any]) -> set[int]:
    keys: set[int] = {*found.get("lost", ()), *(row[0] for row in found.get("loads", ()))}
    for each in [*found.get("repairs", ()), found.get("bare")]:
        if each:
            keys |= {person for person, _shift in [*each["comes"], *each["goes"]]}
    return keys


class Words:
    """What the people and shifts of an answer are called."""

    def __init__(self, roster: Roster, found: Mapping[str, Any]) -> None:
        self.book = playbook_of(roster.incident)
        self.zone = ZoneInfo(roster.incident.time_zone)
        self.skills = skill_names(self.book)
        self._shifts = Shift.objects.select_related("post").in_bulk(_shifts_in(found))
        self._people = Person.objects.in_bulk(_people_in(found))

    def shift(self, key: int) -> str:
        row = self._shifts.get(key)
        return shift_words(self.book, row, self.zone) if row else _("a shift that is gone")

    def person(self, key: int) -> str:
        return self._people[key].name if key in self._people else _("Somebody")

    def has_account(self, key: int) -> bool:
        return key in self._people and self._people[key].account_id is not None

    def in_time(self, keys: Iterable[int]) -> list[int]:
        return sorted(
            keys, key=lambda key: (self._shifts[key].starts, key) if key in self._shifts else (timezone.now(), key)
        )


def gap_words(names: "Words", rule: str, shift: int, copy: int, amount: int, skill: str) -> str:
    """``Gate 1 on 24 Nov, 17:30–01:15: 1 head below the minimum``."""
    where = names.shift(shift)
    if copy:
        where = _("the new post, as %(shift)s") % {"shift": where}
    what = {
        "under_minimum": ngettext("%(count)s head below the minimum", "%(count)s heads below the minimum", amount),
        "under_wanted": ngettext("%(count)s more wanted", "%(count)s more wanted", amount),
        "under_skill": ngettext("%(count)s with “%(skill)s” missing", "%(count)s with “%(skill)s” missing", amount),
    }[rule] % {"count": amount, "skill": names.skills.get(skill, skill)}
    return _("%(where)s: %(what)s") % {"where": where, "what": what}
