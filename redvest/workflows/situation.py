"""The situation board: what each incident's places want, have and lack, now and in the day to come.

Incidents knows the hands, duty knows the posts; the board puts them beside each other, the worst place first.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from redvest.core import access
from redvest.duty.queries.standing import Standing, standings
from redvest.incidents import rules
from redvest.incidents.queries.incidents import Situation

if TYPE_CHECKING:
    from redvest.people.models import Account


@dataclass(slots=True)
class PlaceLine:
    """A community of an incident with the posts in it."""

    area_id: int
    name: str
    path: str
    gap: rules.AreaGap
    posts: list[Standing] = field(default_factory=list)

    def _sum(self, name: str) -> int:
        return sum(getattr(post, name) for post in self.posts)

    @property
    def missing(self) -> int:
        return self._sum("missing")

    @property
    def present(self) -> int:
        return self._sum("present")

    @property
    def expected(self) -> int:
        return self._sum("expected")

    @property
    def on_standby(self) -> int:
        return self._sum("on_standby")

    @property
    def have(self) -> int:
        return self._sum("have")

    @property
    def wanted(self) -> int:
        return self._sum("wanted")

    @property
    def short(self) -> int:
        return self._sum("short")

    @property
    def least(self) -> int:
        """How many of the wanted heads are the minimum, as far as a gap bar needs it."""
        return self.have + self.short

    @property
    def urgency(self) -> tuple[int, int, int, str]:
        """Somebody missing now is worse than a gap tomorrow, and that is worse than too small a team."""
        return (-self.missing, -self.short, -self.gap.lacks, self.path)


@dataclass(frozen=True, slots=True)
class IncidentLine:
    """An incident on the board."""

    situation: Situation
    places: list[PlaceLine]

    @property
    def missing(self) -> int:
        return sum(place.missing for place in self.places)

    @property
    def short(self) -> int:
        return sum(place.short for place in self.places)

    @property
    def present(self) -> int:
        return sum(place.present for place in self.places)


def board(actor: "Account", lines: Sequence[Situation]) -> list[IncidentLine]:
    """The incidents with their places, those that lack most first."""
    keys = [line.incident.pk for line in lines]
    posts = standings(actor, keys)
    found = [
        IncidentLine(line, places_of(line, [post for post in posts if post.incident_id == line.incident.pk]))
        for line in lines
    ]
    return sorted(
        found, key=lambda each: (each.situation.incident.is_drill, -each.missing, -each.short, -each.situation.lacks)
    )


def places_of(line: Situation, posts: Sequence[Standing]) -> list[PlaceLine]:
    """A line for each area that wants hands, with the posts inside it; a post elsewhere makes its own line."""
    lines = {
        hands.area.path: PlaceLine(hands.area.pk, hands.area.name, hands.area.path, hands.gap) for hands in line.hands
    }
    for post in posts:
        above = (post.area_path, *access.ancestors(post.area_path)[::-1])
        home = next((lines[path] for path in above if path in lines), None)
        if home is None:
            home = lines[post.area_path] = PlaceLine(post.area_id, post.area_name, post.area_path, rules.AreaGap(0, 0))
        home.posts.append(post)
    shown = [each for each in lines.values() if each.posts or each.gap.wanted or each.gap.has]
    return sorted(shown, key=lambda each: each.urgency)
