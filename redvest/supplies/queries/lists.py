"""Reads of distribution lists: the overview, the rule in words, what a draft would do and what a published one did."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from redvest.core import access, masking
from redvest.people.models import Account
from redvest.places.models import Area, Household, NeedFlag
from redvest.supplies.models import Distribution, Item, Parcel, ParcelLine, Portion
from redvest.supplies.queries import plans
from redvest.supplies.queries.addresses import address
from redvest.supplies.queries.board import SEE
from redvest.supplies.rules import allocation

ALLOCATE, DOORS = "supplies.allocate", "supplies.see_doors"
State = Parcel.State


@dataclass(frozen=True, slots=True)
class ListLine:
    """A list in the overview: how many doors, how many of them answered."""

    row: Distribution
    doors: int
    done: int
    out: int


def lists(actor: Account) -> list[ListLine]:
    """The lists in the actor's areas: drafts and running ones first, then the closed ones; one query."""
    rows = access.scope(actor, SEE, Distribution.objects.exclude(state=Distribution.State.DROPPED))
    counted = rows.select_related("area", "store").annotate(
        doors=Count("parcels"),
        done=Count("parcels", filter=~Q(parcels__state__in=Parcel.OPEN)),
        out=Count("parcels", filter=Q(parcels__state__in=[State.OUT, State.ABSENT])),
    )
    order = {"published": 0, "draft": 1, "closed": 2}
    found = [ListLine(row, row.doors, row.done, row.out) for row in counted.order_by("-made_at", "-pk")[:200]]
    return sorted(found, key=lambda line: order.get(line.row.state, 3))


def distribution(actor: Account, pk: int, action: str = SEE) -> Distribution:
    """One list, or a 404."""
    rows = Distribution.objects.select_related("area", "store__area", "made_by", "published_by", "closed_by")
    return access.fetch(actor, action, rows, pk=pk)


def areas_for_lists(actor: Account) -> list[Area]:
    """For the doors of which places the actor may make a list."""
    levels = (
        Area.Level.COMMUNITY,
        Area.Level.VILLAGE,
        Area.Level.GRID,
        Area.Level.GROUP,
        Area.Level.ESTATE,
        Area.Level.BUILDING,
    )
    return list(access.scope(actor, ALLOCATE, Area.objects.filter(level__in=levels)).order_by("path"))


# --- the rule in words ------------------------------------------------------------------------------------------------


def rule_words(portions: Iterable[Portion]) -> list[str]:
    """The published rule, a sentence for each line."""
    return [portion_words(each.item, each.quantity, each.for_people, each.needs) for each in portions]


def portion_words(item: Item, quantity: int, for_people: int | None, needs: Sequence[str]) -> str:
    """Two bags of rice for every three people, begun threes counted, where an infant lives."""
    fields = {"item": item.name, "unit": item.unit, "quantity": quantity, "people": for_people}
    if for_people is None:
        words = _("%(item)s: %(quantity)s %(unit)s for each household") % fields
    elif for_people == 1:
        words = _("%(item)s: %(quantity)s %(unit)s for each person") % fields
    else:
        words = _("%(item)s: %(quantity)s %(unit)s for every %(people)s people, a begun group counts whole") % fields
    if needs:
        named = _(", ").join(str(NeedFlag(need).label) for need in needs)
        words += _(", only where: %(needs)s") % {"needs": named}
    return words


def why_words(line: ParcelLine) -> str:
    """Why a door gets this much."""
    words = ""
    if line.why == ParcelLine.Why.PEOPLE:
        words = ngettext("%(count)s person", "%(count)s people", line.people) % {"count": line.people}
    if line.need:
        need = str(NeedFlag(line.need).label)
        words = f"{words}, {need}" if words else need
    return words


# --- preview ----------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class AccountLine:
    """What a line of the rule does: in words and numbers."""

    item: Item
    words: str
    free: int
    given: int
    doors: int
    left: int
    short: int
    batches: int
    not_meant: int
    empty: int
    ran_out: int


@dataclass(slots=True)
class PreviewDoor:
    """A door in the preview: what it would get and why."""

    label: str
    contact: str
    people: int
    lines: list[str]
    why: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What a draft would do now."""

    accounts: list[AccountLine]
    doors: int
    total: int
    shown: list[PreviewDoor]
    without: list[PreviewDoor]


def preview(actor: Account, row: Distribution, limit: int = 30) -> Preview:
    """Who gets what and why, who not and why; a constant number of queries, however many doors."""
    portions = list(row.portions.select_related("item").order_by("pk"))
    items = {each.item_id: each.item for each in portions}
    rule = plans.portions_of(row)
    doors = plans.doors(row.area)
    plan = allocation.allocate(doors, rule, plans.lots(row, set(items)))
    accounts = [
        _account_line(items[account.portion.item], words, account)
        for account, words in zip(plan.accounts, rule_words(portions), strict=True)
    ]
    lines: dict[int, list[allocation.Given]] = defaultdict(list)
    for each in plan.given:
        lines[each.door].append(each)
    short = list(dict.fromkeys(pk for account in plan.accounts for pk in account.without[allocation.No.RAN_OUT]))
    sees = access.can(actor, DOORS, row.area)
    wanted = [*list(lines)[:limit], *short[:limit]] if sees else []
    rows = {each.pk: each for each in Household.objects.select_related("area__parent__parent").filter(pk__in=wanted)}
    shown = [_preview_door(rows[pk], lines[pk], items) for pk in list(lines)[:limit] if pk in rows]
    lacking = [_preview_door(rows[pk], lines.get(pk, []), items) for pk in short[:limit] if pk in rows]
    return Preview(accounts, plan.doors, len(doors), shown, lacking)


def _account_line(item: Item, words: str, account: allocation.Account) -> AccountLine:
    no = {reason: len(pks) for reason, pks in account.without.items()}
    return AccountLine(
        item,
        words,
        account.free,
        account.given,
        account.doors,
        account.left,
        account.short,
        len(account.batches),
        no[allocation.No.NOT_MEANT],
        no[allocation.No.EMPTY],
        no[allocation.No.RAN_OUT],
    )


def _preview_door(row: Household, given: list[allocation.Given], items: dict[int, Item]) -> PreviewDoor:
    units: dict[int, int] = defaultdict(int)
    for each in given:
        units[each.portion.item] += each.quantity
    needs = [str(NeedFlag(need).label) for need in row.needs]
    return PreviewDoor(
        address(row),
        masking.name(row.contact_name),
        row.people,
        [f"{items[item].name} {count} {items[item].unit}" for item, count in units.items()],
        _(", ").join(needs),
    )


def outcome(row: Distribution) -> list[AccountLine]:
    """The same for a published list, as it was when it was published."""
    portions = {each.item_id: each for each in row.portions.select_related("item")}
    found = []
    for kept in row.outcome:
        portion = portions[kept["item"]]
        words = portion_words(portion.item, portion.quantity, portion.for_people, portion.needs)
        names = ("free", "given", "doors", "left", "short", "batches", "not_meant", "empty")
        numbers = {name: int(kept[name]) for name in names}
        found.append(AccountLine(portion.item, words, **numbers, ran_out=len(kept["ran_out"])))
    return found
