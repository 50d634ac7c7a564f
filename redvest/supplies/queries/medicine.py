"""Reads of medicine runs: what is under way, who holds what, the chain of hands, the register."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from redvest.core import access, masking
from redvest.people.models import Account
from redvest.supplies.models import HandOver, Holder, MedicineRun, Thing
from redvest.supplies.queries.addresses import address

MEDICINE = "supplies.medicine"
State = MedicineRun.State


@dataclass(slots=True)
class RunLine:
    """A run as lists show it: the door and a surname, and who holds its things."""

    run: MedicineRun
    door: str
    contact: str
    things: list[Thing]
    chain: list[HandOver] = field(default_factory=list)

    @property
    def away(self) -> list[Thing]:
        """What is neither at the door nor spent."""
        return [thing for thing in self.things if thing.holder not in (Holder.DOOR, Holder.SPENT)]

    @property
    def is_started(self) -> bool:
        """Something has left the door."""
        return any(thing.holder not in (Holder.DOOR,) for thing in self.things if thing.kind != Thing.Kind.MEDICINE)

    @property
    def has_box(self) -> bool:
        return any(thing.kind == Thing.Kind.BOX for thing in self.things)

    @property
    def cash(self) -> Thing | None:
        return next((thing for thing in self.things if thing.kind == Thing.Kind.CASH), None)

    @property
    def may_finish(self) -> bool:
        return self.run.state == State.OPEN and not self.away

    def at(self, holder: str) -> list[Thing]:
        return [thing for thing in self.things if thing.holder == holder]

    @property
    def at_door(self) -> list[Thing]:
        """What waits at the door to be taken along; the medicine is not there before it is fetched."""
        return self.at(Holder.DOOR)

    @property
    def with_carrier(self) -> list[Thing]:
        mine = self.run.carrier_id
        return [thing for thing in self.things if thing.holder == Holder.PERSON and thing.person_id == mine]

    @property
    def at_pharmacy(self) -> list[Thing]:
        return self.at(Holder.PHARMACY)

    @property
    def at_desk(self) -> list[Thing]:
        return self.at(Holder.DESK)

    @property
    def medicine_is_there(self) -> bool:
        """The medicine has reached the household."""
        return any(thing.kind == Thing.Kind.MEDICINE and thing.holder == Holder.DOOR for thing in self.things)

    @property
    def holders(self) -> str:
        """Where the things are, in words."""
        found = dict.fromkeys(holder_words(thing) for thing in self.away)
        return _(", ").join(found)


def holder_words(thing: Thing) -> str:
    """Who holds a thing now."""
    return thing.person.name if thing.person is not None else str(Holder(thing.holder).label)


def _rows() -> QuerySet[MedicineRun]:
    rows = MedicineRun.objects.select_related("household__area__parent__parent", "area", "carrier", "made_by")
    return rows.prefetch_related("things__person")


def _line(run: MedicineRun) -> RunLine:
    return RunLine(run, address(run.household), masking.name(run.household.contact_name), list(run.things.all()))


def runs(actor: Account, *, state: str = "") -> list[RunLine]:
    """The runs in the actor's areas: under way first, the medicine that runs out first first."""
    rows = access.scope(actor, MEDICINE, _rows())
    if state:
        rows = rows.filter(state=state)
    found = [_line(run) for run in rows.order_by("-made_at", "-pk")[:300]]
    return sorted(
        found,
        key=lambda line: (
            line.run.state != State.OPEN,
            line.run.runs_out_on is None,
            line.run.runs_out_on.toordinal() if line.run.runs_out_on else 0,
        ),
    )


def run(actor: Account, pk: int) -> RunLine:
    """One run with its chain of hands, for the desk."""
    return _with_chain(_line(access.fetch(actor, MEDICINE, _rows(), pk=pk)))


def my_runs(actor: Account) -> list[RunLine]:
    """The runs that the actor carries now."""
    rows = _rows().filter(state=State.OPEN, carrier__account=actor.pk)
    return [_line(row) for row in rows.order_by("made_at", "pk")]


def my_run(actor: Account, pk: int) -> RunLine:
    """One of them; when it has ended, the door is no longer his to see."""
    line = next((each for each in my_runs(actor) if each.run.pk == pk), None)
    if line is None:
        raise Http404(_("There is nothing here that you may see."))
    return _with_chain(line)


def _with_chain(line: RunLine) -> RunLine:
    rows = HandOver.objects.filter(thing__run=line.run).select_related("thing", "made_by")
    line.chain = list(rows.order_by("at", "pk"))
    return line


def register(actor: Account) -> Iterable[RunLine]:
    """The register of the last runs, the oldest first, with the hands through which things went."""
    lines = {line.run.pk: line for line in runs(actor)}
    rows = HandOver.objects.filter(thing__run__in=lines).select_related("thing", "made_by")
    for row in rows.order_by("at", "pk"):
        lines[row.thing.run_id].chain.append(row)
    return sorted(lines.values(), key=lambda line: (line.run.made_at, line.run.pk))
