"""Medicine runs at the desk: what is under way, a new one, one run with its chain of hands, the register."""

from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from redvest.core import live
from redvest.core.errors import Refused
from redvest.core.sheets.writing import workbook
from redvest.needs.queries.doors import find_doors
from redvest.supplies.actions import medicine as changing
from redvest.supplies.models import Holder
from redvest.supplies.queries import board as boards
from redvest.supplies.queries import medicine as reading
from redvest.supplies.queries import stores
from redvest.web import paper
from redvest.web.coordinator.supplies import attempt, key_of
from redvest.web.forms.supply_medicine import RunForm
from redvest.web.http import SignedInRequest, for_staff_of, number

MEDICINE = "supplies.medicine"


@for_staff_of(MEDICINE)
@require_safe
def runs(request: SignedInRequest) -> HttpResponse:
    """The runs under way, and those that have ended."""
    tag = live.etag(boards.TOPICS, "/", request.user.pk, timezone.localdate(), request.LANGUAGE_CODE)
    if request.htmx and (same := live.unchanged(request, tag)):
        return same
    lines = reading.runs(request.user)
    context = {
        "open": [line for line in lines if line.run.state == "open"],
        "ended": [line for line in lines if line.run.state != "open"][:50],
        "today": timezone.localdate(),
        "tag": tag,
    }
    template = "coordinator/supplies/medicine.html"
    return live.tagged(render(request, template + "#runs" if request.htmx else template, context), tag)


@for_staff_of(MEDICINE)
@require_http_methods(["GET", "HEAD", "POST"])
def new_run(request: SignedInRequest) -> HttpResponse:
    """Find the door, say what is to be fetched and what is given along."""
    text = request.GET.get("q", "")
    form = RunForm(request.POST or None)
    found = find_doors(request.user, text, action=MEDICINE) if text else []
    chosen = request.POST.get("household", "")

    def write() -> None:
        door = number(chosen)
        if door is None:
            raise Refused(_("Choose the door first."))
        made.append(changing.open_run(request.user, door, form.wanted(), form.things()).pk)

    made: list[int] = []
    if request.method == "POST" and form.is_valid() and attempt(form, write):
        messages.success(request, _("Taken down. Choose now who goes."))
        return redirect("coordinator:medicine_run", made[0])
    context = {"form": form, "doors": found, "text": text, "chosen": chosen}
    return render(request, "coordinator/supplies/medicine_new.html", context, status=422 if form.errors else 200)


@for_staff_of(MEDICINE)
@require_safe
def run(request: SignedInRequest, pk: int) -> HttpResponse:
    """One run: what is where, and every hand it went through."""
    line = reading.run(request.user, pk)
    context = {
        "line": line,
        "run": line.run,
        "people": stores.carriers(request.user, line.run.area) if line.run.state == "open" else [],
        "holders": [(value, word) for value, word in Holder.choices if value != Holder.PERSON],
        "key": uuid4(),
    }
    return render(request, "coordinator/supplies/medicine_run.html", context)


@for_staff_of(MEDICINE)
@require_POST
def step(request: SignedInRequest, pk: int, name: str) -> HttpResponse:
    """Somebody goes; things change hands; the run ends."""
    actor, data = request.user, request.POST
    if name == "carrier":
        changing.give_run(actor, pk, number(data.get("person", "")) or 0)
    elif name == "hand":
        taker = data.get("taker", "")
        person = number(taker)
        if person is not None:
            taker = Holder.PERSON
        changing.hand_over(
            actor,
            pk,
            [key for text in data.getlist("thing") if (key := number(text)) is not None],
            taker,
            person_id=person,
            name=data.get("name", ""),
            paid=money(data.get("paid", "")),
            note=data.get("note", ""),
            key=key_of(request),
        )
    elif name == "finish":
        changing.finish_run(actor, pk)
    elif name == "cancel":
        changing.cancel_run(actor, pk, reason=data.get("reason", ""))
    else:
        raise Refused(_("Choose what happens."))
    return redirect("coordinator:medicine_run", pk)


def money(text: str) -> Decimal | None:
    """An amount as typed; nothing is nothing."""
    plain = text.strip().replace("，", ".").replace(",", ".")  # i18n: data
    if not plain:
        return None
    try:
        amount = Decimal(plain)
    except InvalidOperation as error:
        raise Refused(_("Enter the amount in yuan, like 62.50.")) from error
    if not amount.is_finite() or not 0 <= amount <= 100_000:
        raise Refused(_("Enter the amount in yuan, like 62.50."))
    return amount.quantize(Decimal("0.01"))


@for_staff_of(MEDICINE)
@require_safe
def register(request: SignedInRequest) -> HttpResponse:
    """The register on paper."""
    context = {"lines": reading.register(request.user), "now": timezone.now()}
    return paper.pdf("coordinator/supplies/medicine_paper.html", context, "medicine-register.pdf")


@for_staff_of(MEDICINE)
@require_safe
def register_xlsx(request: SignedInRequest) -> HttpResponse:
    """The register as a spreadsheet."""
    headings = [
        _("Name"),
        _("Door"),
        _("Medicine"),
        _("Maker"),
        _("Strength"),
        _("Quantity"),
        _("Empty box"),
        _("Card, last four"),
        _("Cash left in yuan"),
        _("Hands"),
        _("Hospital or pharmacy"),
        _("Cold"),
        _("Everything back"),
        _("State"),
    ]
    content = workbook(
        _("Medicine register"), headings, (_cells(line) for line in reading.register(request.user)), [14] * 14
    )
    return paper.xlsx(content, "medicine-register.xlsx")


def _cells(line: reading.RunLine) -> list[Any]:
    row, cash = line.run, line.cash
    return [
        line.contact,
        line.door,
        row.drug,
        row.maker,
        row.strength,
        row.quantity,
        _("yes") if line.has_box else _("no"),
        row.card_tail,
        float(cash.amount) if cash is not None and cash.amount is not None else "",
        " → ".join(dict.fromkeys(name for each in line.chain for name in (each.giver_name, each.taker_name))),
        row.hospital,
        _("yes") if row.is_cold else "",
        line.holders or _("yes"),
        str(row.get_state_display()),
    ]
