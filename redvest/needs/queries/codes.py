"""The codes that hang in buildings: where they are, and where they are missing."""

from dataclasses import dataclass

from django.db.models import Count

from redvest.core import access
from redvest.needs.models import ResidentCode
from redvest.people.models import Account
from redvest.places import queries as areas
from redvest.places.models import Area


@dataclass(frozen=True, slots=True)
class Place:
    """A community with its buildings, and how many have a code."""

    area: Area
    buildings: int
    codes: int

    @property
    def missing(self) -> int:
        return self.buildings - self.codes


def places(actor: Account) -> list[Place]:
    """Communities that have buildings, each with how many of them have a code: two queries, however many there are."""
    found = areas.communities(actor, "needs.print_codes")
    buildings = access.scope(actor, "needs.print_codes", Area.objects.filter(level=Area.Level.BUILDING))
    counts: dict[int, tuple[int, int]] = {}
    for path, has_code in buildings.annotate(codes=Count("resident_code")).values_list("path", "codes"):
        for key in path.strip("/").split("/"):
            all_of, with_code = counts.get(int(key), (0, 0))
            counts[int(key)] = (all_of + 1, with_code + has_code)
    return [Place(area, *counts[area.pk]) for area in found if area.pk in counts]


def codes(actor: Account, pk: int) -> list[ResidentCode]:
    """The codes of an area, building by building."""
    area = access.fetch(actor, "needs.print_codes", Area.objects.all(), pk=pk)
    rows = ResidentCode.objects.filter(area__path__startswith=area.path).select_related("area__parent__parent")
    return list(rows.order_by("area__path"))
