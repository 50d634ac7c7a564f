"""The roster as a grid: people by days, or posts by days, with everything there is to say about each cell."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from redvest.core import access
from redvest.core.models import Job
from redvest.duty.models import Assignment, DraftCell, Roster, Shift
from redvest.duty.planning.book import chip_name, group_name, kind_name, playbook_of, shift_name, short_name
from redvest.duty.planning.findings import (
    ACCEPTED,
    FORBIDDEN,
    NEEDS_OVERRIDE,
    OVERRIDDEN,
    Finding,
    Load,
    read,
    read_loads,
)
from redvest.duty.planning.naming import shift_words, skill_names
from redvest.duty.planning.patterns import DUTY_DAY_START, days
from redvest.duty.planning.sentences import Names, reason_words, rule_name, sentence
from redvest.duty.queries.grid_parts import (
    WEEKDAYS,
    Block,
    Cell,
    Chip,
    Day,
    Grid,
    Lazily,
    Remark,
    Row,
    TurnRow,
    is_night,
    worse,
)
from redvest.people.models import Account, Person
from redvest.places.models import Area

HOLDING = (Assignment.State.OFFERED, Assignment.State.CONFIRMED)
# The sign a finding gives to a cell; the worst one wins.
TONES = {FORBIDDEN: "short", NEEDS_OVERRIDE: "short", "warn": "late", OVERRIDDEN: "info", ACCEPTED: "info"}


def roster_row(actor: Account, pk: int) -> Roster:
    """The roster, for whoever may see duty in its area."""
    rows: QuerySet[Roster] = Roster.objects.select_related(
        "area", "incident__playbook", "incident__area", "job", "made_by", "published_by"
    )
    return access.fetch(actor, "duty.see", rows, pk=pk)


def roster_grid(actor: Account, pk: int, view: str = "people", *, day: date | None = None) -> Grid:
    """The grid of a roster: ``people`` or ``posts`` by days, or the shifts of one ``day`` (for phones).

    A draft shows its cells, a published roster the places held now. A constant number of queries.
    """
    roster = roster_row(actor, pk)
    desk = _Desk(roster, day if view == "day" else None)
    blocks = desk.people_blocks() if view == "people" else desk.post_blocks()
    return Grid(
        roster=roster,
        book=desk.book,
        days=desk.days,
        blocks=blocks,
        remarks=desk.remarks(),
        kinds=sorted({(desk.kind_class(post.kind), kind_name(desk.book, post.kind)) for post in desk.posts.values()}),
        counts=desk.counts(),
        costs=[(rule_name(rule, desk.book), cost) for rule, cost in roster.outcome.get("by_rule", {}).items() if cost],
        is_draft=desk.is_draft,
        is_solving=roster.job is not None and roster.job.state in (Job.State.QUEUED, Job.State.RUNNING),
        may_plan=access.can(actor, "duty.plan", roster.area),
        may_publish=access.can(actor, "duty.publish", roster.area),
        can_undo=desk.is_draft and roster.revision > 0,
        view=view,
    )


class _Desk:
    """The rows of a roster, read once, and what is made of them."""

    def __init__(self, roster: Roster, only: date | None) -> None:
        self.roster = roster
        self.only = only
        self.book = playbook_of(roster.incident)
        self.zone = ZoneInfo(roster.incident.time_zone)
        self.now = timezone.now()
        self.is_draft = roster.state == Roster.State.DRAFT
        self.shifts = self._read_shifts()
        self.posts = {shift.post_id: shift.post for shift in self.shifts.values()}
        self._kinds = sorted({post.kind for post in self.posts.values()})
        several = Counter(post.kind for post in self.posts.values())
        self.chip_names = {
            key: chip_name(self.book, post, counted=several[post.kind] > 1) for key, post in self.posts.items()
        }
        self.held = self._read_held()
        self.cells = self._read_cells()
        self.loads = read_loads(roster.outcome)
        self.people = self._read_people()
        self.areas = self._read_areas()
        self.heads: dict[int, int] = defaultdict(int)
        for _person, shift in self.cells:
            self.heads[shift] += 1
        self.days = self._days()
        self.findings = [finding for finding in read(roster.outcome) if self._still_true(finding)]
        self.names = Names(
            people={key: person.name for key, person in self.people.items()},
            shifts=Lazily(self.shifts, self._shift_words),
            skills=skill_names(self.book),
            posts={str(key): short_name(self.book, post) for key, post in self.posts.items()},
            zone=self.zone,
        )

    # --- reading ---------------------------------------------------------------------------------------------------

    def _read_shifts(self) -> dict[int, Shift]:
        roster = self.roster
        rows = Shift.objects.filter(
            post__incident_id=roster.incident_id,
            post__area__path__startswith=roster.area.path,
            duty_day__range=(self.only, self.only) if self.only else (roster.first_day, roster.last_day),
        ).exclude(state=Shift.State.CANCELLED)
        rows = rows.select_related("post__area").order_by("starts", "post__area__path", "post__number", "pk")
        return {shift.pk: shift for shift in rows}

    def _read_held(self) -> dict[tuple[int, int], bool]:
        """(person, shift) of the places held now, and whether each was kept by hand or by a promise."""
        rows = Assignment.objects.filter(shift__in=list(self.shifts), state__in=HOLDING)
        return {
            (person, shift): pinned or source != Assignment.Source.ROSTER
            for person, shift, pinned, source in rows.values_list("person_id", "shift_id", "is_pinned", "source")
        }

    def _read_cells(self) -> dict[tuple[int, int], bool]:
        """(person, shift) to be shown, and whether it is pinned: history as it was, the rest as drafted."""
        if not self.is_draft:
            return dict(self.held)
        rows = DraftCell.objects.filter(roster=self.roster).values_list("person_id", "shift_id", "is_pinned")
        drafted = {
            (person, shift): pinned
            for person, shift, pinned in rows
            if shift in self.shifts and self.shifts[shift].starts > self.now
        }
        past = {key: True for key in self.held if self.shifts[key[1]].starts <= self.now}
        return {**past, **drafted}

    def _read_people(self) -> dict[int, Person]:
        wanted = {person for person, _shift in self.cells} | set(self.loads)
        rows = Person.objects.filter(pk__in=wanted).only("pk", "name", "number", "kind", "phone")
        return {person.pk: person for person in rows.order_by("name", "pk")}

    def _read_areas(self) -> dict[int, Area]:
        mine = {int(person): area for person, area in self.roster.outcome.get("areas", {}).items()}
        known = Area.objects.in_bulk(set(mine.values()))
        return {person: known[area] for person, area in mine.items() if area in known}

    def _days(self) -> list[Day]:
        have: dict[date, int] = defaultdict(int)
        wanted: dict[date, int] = defaultdict(int)
        short: dict[date, int] = defaultdict(int)
        for shift in self.shifts.values():
            have[shift.duty_day] += min(self.heads[shift.pk], shift.wanted)
            wanted[shift.duty_day] += shift.wanted
            if shift.starts > self.now:  # what is over cannot be filled any more
                short[shift.duty_day] += max(0, shift.minimum - self.heads[shift.pk])
        today = (self.now.astimezone(self.zone) - timedelta(minutes=DUTY_DAY_START)).date()
        return [
            Day(
                each,
                number,
                each == today,
                each.weekday() >= 5,
                have[each],
                wanted[each],
                short[each],
                f"{WEEKDAYS[each.weekday()]} {each.day}",
                date_format(each, pgettext("a month over a column", "M")) if number == 0 or each.day == 1 else "",
            )
            for number, each in enumerate(days(self.roster.first_day, self.roster.last_day))
        ]

    def _shift_words(self, key: int) -> str:
        return shift_words(self.book, self.shifts[key], self.zone)

    # --- findings --------------------------------------------------------------------------------------------------

    def _still_true(self, finding: Finding) -> bool:
        """A published roster lives on: what was found when it was made counts while the places are the same."""
        if self.only and not any(shift in self.shifts for shift in finding.shifts):
            return False
        if finding.is_gap:
            shift = self.shifts.get(finding.shifts[0]) if finding.shifts else None
            if shift is None or shift.starts <= self.now:
                return False  # nobody can fill it any more
            return self.is_draft or self.heads[shift.pk] <= finding.found
        if self.is_draft or finding.person is None:
            return True
        return all((finding.person, shift) in self.cells for shift in finding.shifts)

    def remarks(self) -> list[Remark]:
        """What is missing or broken, the worst first, in words."""
        reasons = self.roster.outcome.get("reasons", {})
        return [self._remark(finding, reasons) for finding in self.findings]

    def _remark(self, finding: Finding, reasons: Mapping[str, Mapping[str, int]]) -> Remark:
        shift = finding.shifts[-1] if finding.shifts else None
        why = reasons.get(str(shift), {}) if finding.is_gap else {}
        tone = TONES[finding.severity]
        if finding.is_gap:
            tone = "late" if finding.rule == "under_wanted" else "short"
        return Remark(
            tone=tone,
            label=self._severity(finding),
            text=sentence(finding, self.names),
            reasons=_("; ").join(reason_words(rule, count) for rule, count in list(why.items())[:5]),
            person=finding.person,
            shift=shift,
            day=self._day_of(finding),
        )

    def _severity(self, finding: Finding) -> str:
        if finding.is_gap:
            return _("Wanted") if finding.rule == "under_wanted" else _("Gap")
        return {
            FORBIDDEN: _("Forbidden"),
            NEEDS_OVERRIDE: _("Needs an exception"),
            OVERRIDDEN: _("Exception given"),
            ACCEPTED: _("Accepted"),
        }.get(finding.severity, _("Warning"))

    def _day_of(self, finding: Finding) -> int | None:
        local = datetime.fromisoformat(finding.at).astimezone(self.zone) - timedelta(minutes=DUTY_DAY_START)
        index = (local.date() - self.roster.first_day).days
        return index if 0 <= index < len(self.days) else None

    def counts(self) -> dict[str, int]:
        """The figures above the grid."""
        coming = [shift for shift in self.shifts.values() if shift.starts > self.now]
        return {
            "shifts": len(coming),
            "short": sum(max(0, shift.minimum - self.heads[shift.pk]) for shift in coming),
            "wanted": sum(max(0, shift.wanted - max(shift.minimum, self.heads[shift.pk])) for shift in coming),
            "faults": sum(finding.stops for finding in self.findings),
            "warnings": sum(finding.severity == "warn" and not finding.is_gap for finding in self.findings),
            "people": len(self.loads),
            "changes": len(set(self.cells) ^ set(self.held)) if self.is_draft else 0,
        }

    # --- people by days --------------------------------------------------------------------------------------------

    def people_blocks(self) -> list[Block]:
        """The people, by the community they are sent to."""
        by_cell: dict[tuple[int, int], list[Chip]] = defaultdict(list)
        for (person, shift), pinned in self.cells.items():
            row = self.shifts[shift]
            chip = self._chip(person, row, pinned)
            by_cell[person, (row.duty_day - self.roster.first_day).days].append(chip)
        tones, says = self._marks(by_cell)
        blocks: dict[str, Block] = {}
        for key, who in self.people.items():
            area = self.areas.get(key)
            name = area.name if area else _("Not sent to a community")
            block = blocks.setdefault(name, Block(area.path if area else "~", name, []))
            block.rows.append(self._row(who, by_cell, tones[key], says[key]))
        return sorted(blocks.values(), key=lambda block: block.key)

    def _row(self, person: Person, by_cell: Mapping[tuple[int, int], list[Chip]], tone: str, says: list[str]) -> Row:
        away = set(self.roster.outcome.get("away", {}).get(str(person.pk), []))
        group = str(self.roster.settings.get("groups", {}).get(str(person.pk), ""))
        cells = [
            Cell(day, sorted(by_cell.get((person.pk, day.index), []), key=self._starts), day.index in away)
            for day in self.days
        ]
        load = self.loads.get(person.pk, Load(0, 0, 0, None, 0))
        return Row(
            person.pk, person.name, self._group(group), load, cells, tone, says, f"{person.name} {person.number}"
        )

    def _starts(self, chip: Chip) -> datetime:
        return self.shifts[chip.shift].starts

    def _group(self, group: str) -> str:
        if not group:
            return ""
        for pattern in self.book.patterns.values():
            if any(each.slug == group for each in pattern.groups):
                return group_name(pattern, group)
        return group

    def _marks(self, by_cell: Mapping[tuple[int, int], list[Chip]]) -> tuple[dict[int, str], dict[int, list[str]]]:
        """Put every finding where it belongs: on chips, or on a person's row when it is about days."""
        chips = {(chip.person, chip.shift): chip for cell in by_cell.values() for chip in cell}
        on_shift: dict[int, list[Chip]] = defaultdict(list)
        for (_person, shift), chip in chips.items():
            on_shift[shift].append(chip)
        tones: dict[int, str] = defaultdict(str)
        says: dict[int, list[str]] = defaultdict(list)
        for finding in self.findings:
            if finding.is_gap:
                continue
            tone, text = TONES[finding.severity], sentence(finding, self.names)
            if finding.person is None:
                touched = [chip for shift in finding.shifts for chip in on_shift[shift]]
            else:
                touched = [chips[finding.person, shift] for shift in finding.shifts if (finding.person, shift) in chips]
                says[finding.person].append(text)
                tones[finding.person] = worse(tones[finding.person], tone)
            for chip in touched:
                chip.tone = worse(chip.tone, tone)
                chip.says.append(text)
        return tones, says

    def _chip(self, person: int, shift: Shift, pinned: bool, *, names_person: bool = False) -> Chip:
        starts, ends = shift.starts.astimezone(self.zone), shift.ends.astimezone(self.zone)
        time = f"{starts:%H:%M}–{ends:%H:%M}"
        name = self.people[person].name if person in self.people else "?"
        key = (person, shift.pk)
        return Chip(
            shift=shift.pk,
            person=person,
            title=name if names_person else self.chip_names[shift.post_id],
            time=time,
            kind=self.kind_class(shift.post.kind),
            words=f"{name} · {shift.post.name} · {time}",
            is_night=is_night(starts, ends),
            is_standby=shift.post.is_standby,
            is_pinned=pinned and shift.starts > self.now,
            is_locked=shift.starts <= self.now or not self.is_draft,
            is_new=self.is_draft and bool(self.held) and key not in self.held,
        )

    def kind_class(self, kind: str) -> str:
        return f"kind-{self._kinds.index(kind) % 6 + 1}"

    # --- posts by days ---------------------------------------------------------------------------------------------

    def post_blocks(self) -> list[Block]:
        """The turns of each post through the days: who stands where."""
        on_shift: dict[int, list[tuple[int, bool]]] = defaultdict(list)
        for (person, shift), pinned in self.cells.items():
            on_shift[shift].append((person, pinned))
        turns: dict[int, dict[tuple[str, str], dict[int, Shift]]] = defaultdict(lambda: defaultdict(dict))
        for each in self.shifts.values():
            starts, ends = each.starts.astimezone(self.zone), each.ends.astimezone(self.zone)
            time = f"{starts:%H:%M}–{ends:%H:%M}"
            turns[each.post_id][time, each.label][(each.duty_day - self.roster.first_day).days] = each
        chips: dict[tuple[int, int], list[Chip]] = defaultdict(list)
        blocks = []
        for key in sorted(turns, key=lambda post: (self.posts[post].area.path, self.posts[post].number, post)):
            post = self.posts[key]
            pattern = self.book.patterns.get(post.pattern)
            rows = []
            for (time, label), by_day in turns[key].items():
                cells = [self._turn_cell(day, by_day.get(day.index), on_shift, chips) for day in self._shown_days()]
                rows.append(TurnRow(shift_name(pattern, label), time, cells))
            blocks.append(Block(str(key), short_name(self.book, post), rows, post.name))
        self._marks(chips)
        return blocks

    def _shown_days(self) -> list[Day]:
        return [day for day in self.days if self.only is None or day.date == self.only]

    def _turn_cell(
        self,
        day: Day,
        shift: Shift | None,
        on_shift: Mapping[int, list[tuple[int, bool]]],
        chips: dict[tuple[int, int], list[Chip]],
    ) -> Cell:
        if shift is None:
            return Cell(day, [])
        people = on_shift.get(shift.pk, [])
        mine = [self._chip(person, shift, pinned, names_person=True) for person, pinned in people]
        chips[shift.pk, day.index].extend(mine)
        coming = shift.starts > self.now
        lacks = max(0, shift.minimum - len(people)) if coming else 0
        spare = max(0, shift.wanted - max(len(people), shift.minimum)) if coming else 0
        return Cell(day, sorted(mine, key=lambda chip: chip.title), lacks=lacks, spare=spare, shift=shift.pk)
