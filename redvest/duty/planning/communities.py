"""A street's or a district's roster by community: which shifts and people each one has, for the engine to split."""

from dataclasses import dataclass

from redvest.duty.planning.material import Material
from redvest.places.models import Area

LARGE = 60_000
"""People x shifts from which on a roster is solved community by community. Smaller ones are better solved whole."""


@dataclass(frozen=True, slots=True)
class Communities:
    """The community of each shift, and of each person sent into one; whoever is sent to the whole area helps anywhere.

    Names are those of the engine's problem: rows' keys as text.
    """

    place_of: dict[str, str]
    home_of: dict[str, str]


def communities_of(material: Material, large: int = LARGE) -> Communities | None:
    """None where the roster is small, or where fewer than two communities have both people and posts."""
    if len(material.members) * len(material.shifts) < large:
        return None
    root = material.roster.area.path
    levels = (Area.Level.COMMUNITY, Area.Level.VILLAGE)
    known = set(Area.objects.filter(path__startswith=root, level__in=levels).values_list("path", flat=True))
    place_of = {str(key): _community(shift.post.area.path, known) or root for key, shift in material.shifts.items()}
    homes = {
        str(key): _community(member.area.path, known)
        for key, member in material.members.items()
        if member.area is not None
    }
    home_of = {person: place for person, place in homes.items() if place is not None}
    if len(set(place_of.values()) & set(home_of.values())) < 2:
        return None
    return Communities(place_of, home_of)


def _community(path: str, known: set[str]) -> str | None:
    """The community that an area is or lies in."""
    while path not in known:
        path = path.rstrip("/").rpartition("/")[0] + "/"
        if path == "/":
            return None
    return path
