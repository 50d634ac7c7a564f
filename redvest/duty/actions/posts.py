"""Writes about posts: opening them from the playbook or by hand, editing, closing. Shifts live in actions/shifts.py."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from redvest.core import access, audit, live
from redvest.core.errors import Refused
from redvest.duty.models import Post, Shift
from redvest.duty.planning.book import playbook_of
from redvest.incidents.models import Incident
from redvest.incidents.playbooks.schema import Playbook, PostKind, PostPlan
from redvest.incidents.queries import incidents
from redvest.people.models import Account
from redvest.places.models import Area, Household

TOPIC = "posts"

# What a coordinator may change by hand; the rest comes from the playbook's post kind.
EDITABLE = (
    "name",
    "minimum",
    "wanted",
    "maximum",
    "experienced",
    "is_pair",
    "is_outdoor",
    "needs_suit",
    "meeting_point",
    "contact_name",
    "contact_phone",
    "latitude",
    "longitude",
    "pattern",
    "skills",
    "note",
)


@transaction.atomic
def open_posts_from_playbook(actor: Account, incident: Incident, level: int, area: Area) -> list[Post]:
    """Open what the playbook asks for at ``level`` in ``area`` and is not there yet; answer the new posts.

    Below the whole area, only the communities in the incident's focus get posts; no focus means all of them.

    Doing it twice opens nothing twice; raising the level adds. A closed post is not opened again.
    """
    access.require(actor, "duty.plan", area)
    incident = Incident.objects.select_for_update(of=("self",)).select_related("playbook").get(pk=incident.pk)
    book = playbook_of(incident)
    there = Counter(Post.objects.filter(incident=incident).values_list("kind", "area_id"))
    wanted = _wanted(book, level, area, incident.focus)
    numbers = _last_numbers(incident)
    posts = []
    for (kind, place), count in wanted.items():
        for missing in range(max(0, count - there[kind, place.pk])):
            numbers[kind] += 1
            mark = there[kind, place.pk] + missing + 1 if count > 1 else 0
            posts.append(_from_kind(incident, place, book.posts[kind], numbers[kind], mark))
    made = Post.objects.bulk_create(posts)
    for post in made:
        audit.record(actor, "duty.post_opened", post, area_path=post.area.path, detail={"kind": post.kind})
    if made:
        live.announce(TOPIC, area.path)
    return made


@transaction.atomic
def open_post(actor: Account, incident_pk: int, area_pk: int, kind: str, **changes: Any) -> Post:
    """Open one more post of a kind at a place; ``changes`` are the fields of ``EDITABLE`` that differ from the kind."""
    area = access.fetch(actor, "duty.plan", Area.objects.all(), pk=area_pk)
    incident = incidents.incident(actor, incident_pk)
    Incident.objects.select_for_update().get(pk=incident.pk)  # post numbers are given one after the other
    if not area.path.startswith(incident.area.path):
        raise Refused(_("This place lies outside the area of the incident. Choose a place inside it."))
    _refuse_closed(incident)
    book = playbook_of(incident)
    if kind not in book.posts:
        raise Refused(_("The playbook of this incident has no such kind of post. Choose one from the list."))
    number = _last_numbers(incident)[kind] + 1
    same = Post.objects.filter(incident=incident, area=area, kind=kind).count()
    post = _from_kind(incident, area, book.posts[kind], number, same + 1 if same else 0)
    _apply(post, changes, book)
    post.save()
    audit.record(actor, "duty.post_opened", post, area_path=area.path, detail={"kind": kind})
    live.announce(TOPIC, area.path)
    return post


@transaction.atomic
def edit_post(actor: Account, pk: int, changes: Mapping[str, Any], *, carry_to_shifts: bool = False) -> Post:
    """Change a post. With ``carry_to_shifts`` its coming shifts get the new heads, never fewer than are on them."""
    rows = Post.objects.select_for_update(of=("self",)).select_related("area", "incident__playbook")
    post = access.fetch(actor, "duty.plan", rows, pk=pk)
    before = {name: getattr(post, name) for name in changes}
    _apply(post, changes, playbook_of(post.incident))
    post.save(update_fields=sorted(changes))
    carried = _carry_heads(post) if carry_to_shifts else 0
    changed = {name: [before[name], value] for name, value in changes.items() if before[name] != value}
    audit.record(
        actor, "duty.post_edited", post, area_path=post.area.path, detail={"changed": changed, "shifts": carried}
    )
    live.announce(TOPIC, post.area.path)
    return post


@transaction.atomic
def close_post(actor: Account, pk: int) -> Post:
    """Close a post. Its coming shifts are cancelled; while people are on them, it stays open."""
    rows = Post.objects.select_for_update(of=("self",)).select_related("area")
    post = access.fetch(actor, "duty.plan", rows, pk=pk)
    if post.state == Post.State.CLOSED:
        raise Refused(_("This post is closed already."))
    coming = Shift.objects.filter(post=post, ends__gt=timezone.now()).exclude(state=Shift.State.CANCELLED)
    staffed = coming.filter(taken__gt=0).count()
    if staffed:
        raise Refused(
            _("%(count)s coming shifts of this post still have people. Cancel those first.") % {"count": staffed}
        )
    cancelled = coming.update(state=Shift.State.CANCELLED)
    post.state, post.closed_at = Post.State.CLOSED, timezone.now()
    post.save(update_fields=["state", "closed_at"])
    audit.record(actor, "duty.post_closed", post, area_path=post.area.path, detail={"shifts_cancelled": cancelled})
    live.announce(TOPIC, post.area.path)
    return post


@transaction.atomic
def reopen_post(actor: Account, pk: int) -> Post:
    """Open a closed post again; its shifts are to be made anew."""
    rows = Post.objects.select_for_update(of=("self",)).select_related("area", "incident")
    post = access.fetch(actor, "duty.plan", rows, pk=pk)
    if post.state == Post.State.OPEN:
        raise Refused(_("This post is open already."))
    _refuse_closed(post.incident)
    post.state, post.closed_at = Post.State.OPEN, None
    post.save(update_fields=["state", "closed_at"])
    audit.record(actor, "duty.post_reopened", post, area_path=post.area.path)
    live.announce(TOPIC, post.area.path)
    return post


def _refuse_closed(incident: Incident) -> None:
    if incident.state == Incident.State.CLOSED:
        raise Refused(_("This incident is closed. Nothing can be opened in it any more."))


def _from_kind(incident: Incident, area: Area, kind: PostKind, number: int, mark: int) -> Post:
    """A post with everything its kind says; ``mark`` tells the posts of one kind at one place apart."""
    name = f"{area.name}{kind.name.in_language(settings.LANGUAGE_CODE)}"
    return Post(
        incident=incident,
        area=area,
        kind=kind.slug,
        number=number,
        name=(f"{name}{mark}" if mark else name)[:80],
        latitude=area.latitude,
        longitude=area.longitude,
        minimum=kind.heads.minimum,
        wanted=kind.heads.wanted,
        maximum=kind.heads.maximum,
        skills=[{"skill": need.skill, "heads": need.heads} for need in kind.skills],
        experienced=kind.experienced,
        is_pair=kind.pair,
        is_outdoor=kind.outdoor,
        needs_suit=kind.suit,
        is_standby=kind.standby,
        pattern=kind.pattern,
        kit=_kit(playbook_of(incident), kind),
    )


def _kit(book: Playbook, kind: PostKind) -> list[dict[str, Any]]:
    kit = book.kits.get(kind.kit)
    return [
        {
            "item": line.item,
            "name": {"zh": line.name.zh, "en": line.name.en},
            "quantity": line.quantity,
            "unit": {"zh": line.unit.zh, "en": line.unit.en},
            "per": line.per,
        }
        for line in (kit.items if kit else ())
    ]


def _apply(post: Post, changes: Mapping[str, Any], book: Playbook) -> None:
    for name, value in changes.items():
        if name not in EDITABLE:
            raise ValueError(f"{name} of a post is not changed by hand")
        setattr(post, name, value)
    if not 1 <= post.minimum <= post.wanted <= post.maximum:
        raise Refused(_("Heads must rise: at least 1 ≤ minimum ≤ wanted ≤ maximum. Correct the three numbers."))
    if post.experienced > post.minimum:
        raise Refused(_("More experienced people are asked for than the minimum of heads. Lower that number."))
    if post.is_pair and post.minimum < 2:
        raise Refused(_("Nobody stands alone at this post, so its minimum must be 2 or more."))
    if post.pattern and post.pattern not in book.patterns:
        raise Refused(_("The playbook has no such shift pattern. Choose one from the list."))
    if not post.name.strip():
        raise Refused(_("A post needs a name. Write what people call it."))


def _carry_heads(post: Post) -> int:
    """Give the coming shifts the post's head counts. A place that somebody holds is not taken away."""
    coming = Shift.objects.select_for_update().filter(post=post, starts__gt=timezone.now())
    changed = []
    for shift in coming.exclude(state=Shift.State.CANCELLED).order_by("pk"):
        shift.minimum, shift.wanted = post.minimum, post.wanted
        shift.maximum = max(post.maximum, shift.taken)
        changed.append(shift)
    return Shift.objects.bulk_update(changed, ["minimum", "wanted", "maximum"])


def _last_numbers(incident: Incident) -> defaultdict[str, int]:
    last = Post.objects.filter(incident=incident).order_by().values("kind").annotate(last=Max("number"))
    return defaultdict(int, {row["kind"]: row["last"] for row in last})


def _wanted(book: Playbook, level: int, area: Area, focus: list[int]) -> dict[tuple[str, Area], int]:
    """How many posts of which kind at which place a level asks for, in the order of the tree."""
    nodes = _Nodes(area, focus)
    wanted: dict[tuple[str, Area], int] = defaultdict(int)
    for plan in book.added(level):
        for place in nodes.of(plan):
            wanted[plan.kind, place] += plan.number(nodes.residents(place) if plan.per == "residents" else 0)
    return dict(wanted)


class _Nodes:
    """The places of an area on each scale of a playbook, and how many people live in them."""

    def __init__(self, area: Area, focus: list[int]) -> None:
        self.area = area
        self.focus = set(map(str, focus))
        self._residents: dict[str, int] | None = None
        self._known: dict[str, list[Area]] = {}

    def of(self, plan: PostPlan) -> list[Area]:
        if plan.per == "incident":
            return [self.area]
        scale = "community" if plan.per == "residents" else plan.per
        if scale not in self._known:
            levels = {
                "street": [Area.Level.STREET],
                "community": [Area.Level.COMMUNITY, Area.Level.VILLAGE],
                "estate": [Area.Level.ESTATE],
            }[scale]
            inside = Area.objects.filter(path__startswith=self.area.path, level__in=levels)
            # A street holds a focus community; a community or an estate lies in one.
            found = inside.order_by("path")
            self._known[scale] = [place for place in found if scale == "street" or self._in_focus(place)]
        return self._known[scale]

    def _in_focus(self, place: Area) -> bool:
        return not self.focus or not self.focus.isdisjoint(place.path.split("/"))

    def residents(self, place: Area) -> int:
        """The people counted in the households below a place."""
        if self._residents is None:
            counted = Household.objects.filter(area__path__startswith=self.area.path).order_by()
            self._residents = _by_ancestor(counted.values_list("area__path").annotate(Sum("people")))
        return self._residents.get(place.path, 0)


def _by_ancestor(counts: Iterable[tuple[str, int]]) -> dict[str, int]:
    totals: dict[str, int] = defaultdict(int)
    for path, people in counts:
        for above in [*access.ancestors(path), path]:
            totals[above] += people
    return totals
