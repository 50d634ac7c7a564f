"""Reads of places that a screen or a higher room needs; the actor comes first, and sees only his areas."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, Func, IntegerField, Q, QuerySet, Sum, Value
from django.db.models.functions import Cast

from redvest.core import access, masking
from redvest.places import rules
from redvest.places.models import Area, Household, NeedFlag

if TYPE_CHECKING:
    from redvest.people.models import Account

Level = Area.Level


@dataclass(frozen=True, slots=True)
class Counts:
    """What lies below a node."""

    households: int = 0
    people: int = 0
    in_need: int = 0


@dataclass(frozen=True, slots=True)
class Branch:
    """A node of the tree as a list shows it. ``where`` is set in search results: the names above it."""

    area: Area
    counts: Counts
    children: int
    where: str = ""


@dataclass(frozen=True, slots=True)
class Door:
    """A household as a list shows it: the contact's name masked, the phone only known to exist."""

    pk: int
    estate: str
    label: str
    contact: str
    has_phone: bool
    people: int
    floor: int | None
    needs: list[str]
    note: str

    @property
    def need_labels(self) -> list[str]:
        """The need flags in the reader's language."""
        return [str(NeedFlag(need).label) for need in self.needs]


def areas(actor: "Account", action: str = "places.see") -> QuerySet[Area]:
    """Every area that the actor may see (or do ``action`` in)."""
    return access.scope(actor, action, Area.objects.all())


def area(actor: "Account", pk: int, action: str = "places.see") -> Area:
    """One area, or a 404."""
    return access.fetch(actor, action, Area.objects.select_related("parent"), pk=pk)


def tops(actor: "Account", action: str = "places.see") -> list[Area]:
    """The areas at which the actor's rights begin; for a whole district that is the district."""
    paths = access.paths(actor, action)
    if "/" in paths:
        return list(Area.objects.filter(parent=None))
    return list(Area.objects.filter(path__in=paths).order_by("path"))


def breadcrumb(node: Area) -> list[Area]:
    """The nodes above, from the root down. Names of areas are public, so they are shown also beyond one's grant."""
    return list(Area.objects.filter(path__in=access.ancestors(node.path)).order_by("depth"))


def full_names(nodes: Iterable[Area], *, below: Collection[str] = (Level.CITY, Level.DISTRICT)) -> dict[int, str]:
    """For each node its name with those above it (李家沱街道 其龙社区 望江苑); levels in ``below`` are left out."""
    listed = list(nodes)
    wanted = {path for node in listed for path in access.ancestors(node.path)}
    above = {node.path: node for node in Area.objects.filter(path__in=wanted)}
    names: dict[int, str] = {}
    for node in listed:
        chain = [above[path] for path in access.ancestors(node.path) if path in above]
        names[node.pk] = " ".join([step.name for step in chain if step.level not in below] + [node.name])
    return names


def children(actor: "Account", parent: Area) -> list[Branch]:
    """The nodes right below, each with what lies under it: three queries, however many there are."""
    below = areas(actor).filter(parent=parent).annotate(children_count=Count("children"))
    rows = list(below.order_by("order", "id"))  # a grouped query forgets the order of the model
    counts = _counts_by_child(parent)
    return [Branch(row, counts.get(row.pk, Counts()), row.children_count) for row in rows]


def counts(node: Area) -> Counts:
    """What lies in an area, itself included."""
    return _counted(Household.objects.filter(area__path__startswith=node.path).aggregate(**_AGGREGATES))


_AGGREGATES = {
    "households": Count("id"),
    "people_count": Sum("people", default=0),
    "in_need": Count("id", filter=~Q(needs=[])),
}


def _counted(row: Any) -> Counts:
    return Counts(row["households"], row["people_count"], row["in_need"])


def _counts_by_child(parent: Area) -> dict[int, Counts]:
    """One pass over the households below, grouped by the key that stands behind the parent's path."""
    position = parent.depth + 3  # split_part counts from one, and the path begins with an empty part
    child = Cast(Func(F("area__path"), Value("/"), Value(position), function="split_part"), output_field=IntegerField())
    below = Household.objects.filter(area__path__startswith=parent.path).exclude(area=parent)
    rows = below.annotate(child=child).values("child").order_by().annotate(**_AGGREGATES)
    return {row["child"]: _counted(row) for row in rows}


def search(actor: "Account", text: str, *, levels: Collection[str] = (), limit: int = 30) -> list[Branch]:
    """Areas whose name, official name or code fits; several words narrow it down from the wider place to the nearer."""
    words = text.split()
    if not words:
        return []
    rows = areas(actor)
    if levels:
        rows = rows.filter(level__in=levels)
    last = words[-1]
    rows = rows.filter(Q(name__icontains=last) | Q(full_name__icontains=last) | Q(code__startswith=last))
    for word in words[:-1]:
        above = areas(actor).filter(name__icontains=word).values_list("path", flat=True)[:200]
        rows = rows.filter(access.any_path("path", above))
    found = list(rows.order_by("depth", "name", "id").annotate(children_count=Count("children"))[:limit])
    names = full_names([row.parent for row in found if row.parent is not None])
    return [Branch(row, Counts(), row.children_count, names.get(row.parent_id or 0, "")) for row in found]


def communities(actor: "Account", action: str = "places.see", *, under: Area | None = None) -> list[Area]:
    """Communities and villages in the actor's areas, for pickers and boards; in the order of the official codes."""
    rows = areas(actor, action).filter(level__in=(Level.COMMUNITY, Level.VILLAGE)).select_related("parent")
    if under is not None:
        rows = rows.filter(path__startswith=under.path)
    return list(rows.order_by("code", "id"))


def doors(
    actor: "Account", node: Area, *, text: str = "", need: str = "", offset: int = 0, limit: int = 50
) -> tuple[list[Door], int]:
    """Households in an area, masked, with how many there are in all. ``text`` fits a door or the contact's surname."""
    rows = access.scope(actor, "places.see_household", Household.objects.filter(area__path__startswith=node.path))
    if need:
        rows = rows.filter(needs__contains=[need])
    if text:
        rows = rows.filter(Q(room__startswith=text) | Q(contact_name__startswith=text))
    total = rows.count()
    page = rows.select_related("area__parent__parent").order_by("area__path", "floor", "room")[offset : offset + limit]
    return [masked_door(row) for row in page], total


def door_rows(actor: "Account", node: Area) -> tuple[dict[int, Area], list[tuple[int, int, str, int]]]:
    """All doors of an area as (household, area, room, people), and the places they hang from up to the estate's level.

    For checking many rooms in memory; it holds no contact.
    """
    rows = access.scope(actor, "places.see_household", Household.objects.filter(area__path__startswith=node.path))
    found = list(rows.values_list("pk", "area_id", "room", "people"))
    # A building may be what was chosen: its estate lies above.
    near = Q(path__startswith=node.path) | Q(path__in=access.ancestors(node.path))
    kept = Area.objects.filter(near, level__in=[*rules.WITH_DOORS, Level.GRID]).only("name", "level", "parent_id")
    return {place.pk: place for place in kept}, found


def masked_door(row: Household) -> Door:
    """A household as lists show it."""
    return Door(
        row.pk,
        _estate_of(row),
        label_of(row),
        masking.name(row.contact_name),
        bool(row.contact_phone),
        row.people,
        row.floor,
        row.needs,
        row.note,
    )


def _estate_of(row: Household) -> str:
    """The estate around a door, or the village group: buildings of two estates bear the same numbers."""
    step: Area | None = row.area
    while step is not None:
        if step.level in (Level.ESTATE, Level.GROUP):
            return step.name
        step = step.parent if step.level in (Level.UNIT, Level.BUILDING) else None
    return ""


def label_of(row: Household) -> str:
    """``3栋2单元 1203``; the area and its parent should be loaded."""
    node = row.area
    if node.level == Level.UNIT and node.parent is not None:
        return rules.door(node.parent.name, node.name, row.room)
    return rules.door(node.name if node.level != Level.ESTATE else "", "", row.room)


def household(actor: "Account", pk: int, action: str = "places.see_household") -> Household:
    """One household with everything in it, for a form. Showing it goes through ``actions.reveal_household``."""
    rows = Household.objects.select_related("area", "area__parent")
    return access.fetch(actor, action, rows, pk=pk)


def need_totals(actor: "Account", node: Area) -> list[tuple[NeedFlag, int]]:
    """How many households of each need, the ones that can wait least first; one query."""
    rows = access.scope(actor, "places.see_household", Household.objects.filter(area__path__startswith=node.path))
    needs = rows.annotate(need=Func(F("needs"), function="unnest")).values("need").order_by()
    counted = needs.annotate(count=Count("id"))
    found = ((NeedFlag(row["need"]), row["count"]) for row in counted)
    return sorted(found, key=lambda pair: rules.LEAST_PATIENT.index(pair[0]))


@dataclass(slots=True)
class Gazetteer:
    """The areas of an actor by name, kept in memory while a spreadsheet is read: no query for each row."""

    nodes: dict[int, Area]
    by_name: dict[str, list[Area]] = field(default_factory=dict)
    by_code: dict[str, Area] = field(default_factory=dict)
    by_level: dict[str, list[Area]] = field(default_factory=dict)

    def named(self, name: str, *, levels: Collection[str] = (), under: Area | None = None) -> list[Area]:
        """The areas of this name or code, of these levels, below ``under``."""
        coded = self.by_code.get(name)
        found: Sequence[Area] = [coded] if coded is not None else self.by_name.get(name, ())
        return [
            node
            for node in found
            if (not levels or node.level in levels) and (under is None or node.path.startswith(under.path))
        ]

    def in_text(self, text: str, *, under: Area | None = None) -> Area | None:
        """The deepest official area that an address names, when it is only one: 巴南区李家沱街道其龙社区3栋."""
        best = under
        for levels in ((Level.STREET,), (Level.COMMUNITY, Level.VILLAGE), (Level.ESTATE,)):
            hits = [
                node
                for node in self._of_levels(levels)
                if node.name in text and (best is None or node.path.startswith(best.path))
            ]
            longest = max((len(node.name) for node in hits), default=0)
            hits = [node for node in hits if len(node.name) == longest]
            if len(hits) == 1:
                best = hits[0]
        return best

    def _of_levels(self, levels: Collection[str]) -> list[Area]:
        return [node for level in levels for node in self.by_level.get(level, ())]

    def add(self, node: Area) -> None:
        """Make a node known under its names."""
        self.nodes[node.pk] = node
        self.by_level.setdefault(node.level, []).append(node)
        for name in {node.name, node.full_name} - {""}:
            self.by_name.setdefault(name, []).append(node)
        stem = node.name.removesuffix("社区").removesuffix("村")  # i18n: data
        if node.level in (Level.COMMUNITY, Level.VILLAGE) and stem != node.name:
            self.by_name.setdefault(stem, []).append(node)
        if node.code:
            self.by_code[node.code] = node


def gazetteer(actor: "Account", action: str, *, levels: Collection[str] = ()) -> Gazetteer:
    """The actor's areas in memory, all levels unless told otherwise; one query."""
    rows = areas(actor, action)
    if levels:
        rows = rows.filter(level__in=levels)
    book = Gazetteer({})
    for node in rows.order_by("path").iterator(chunk_size=5000):
        book.add(node)
    return book
