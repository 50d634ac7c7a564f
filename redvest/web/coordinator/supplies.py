"""The supplies board, and one store: what lies in it, receiving, handing out, counting."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from redvest.core import live
from redvest.core.errors import Refused
from redvest.core.outbox import HEADER
from redvest.places import queries as places
from redvest.supplies.actions import moving, receiving
from redvest.supplies.actions import stores as changing
from redvest.supplies.models import Batch, Item, Store
from redvest.supplies.queries import board as boards
from redvest.supplies.queries import stores as reading
from redvest.web.forms import supplies as forms
from redvest.web.http import SignedInRequest, for_staff_of, moment, number
from redvest.workflows.kit_needs import kit_needs

SEE, KEEP = "supplies.see", "supplies.keep"
LATEST = 12
LOCAL = "%Y-%m-%dT%H:%M"


def key_of(request: SignedInRequest) -> str | None:
    """The sender's key of this intention: the same twice happens once."""
    return request.headers.get(HEADER) or request.POST.get("key") or None


@for_staff_of(SEE)
@require_safe
def board(request: SignedInRequest) -> HttpResponse:
    """What is short, what expires, what lies unallocated; then where everything is."""
    chosen = number(request.GET.get("area"))
    area = places.area(request.user, chosen, SEE) if chosen is not None else None
    hour = int(timezone.now().timestamp()) // 600  # days and hours pass without anything being moved
    tag = live.etag(
        [*boards.TOPICS, "shifts"], area.path if area else "/", request.user.pk, hour, request.LANGUAGE_CODE
    )
    if request.htmx and (same := live.unchanged(request, tag)):
        return same
    content = boards.board(request.user, area, kit_needs(request.user, area))
    context = {
        "board": content,
        "area": area,
        "areas": boards.areas(request.user),
        "tag": tag,
        "may_keep": bool(reading.stores(request.user, KEEP)[:1]),
        "may_open": bool(reading.places_for_stores(request.user)),
    }
    template = "coordinator/supplies/board.html"
    return live.tagged(render(request, template + "#board" if request.htmx else template, context), tag)


@for_staff_of(KEEP)
@require_http_methods(["GET", "HEAD", "POST"])
def new_store(request: SignedInRequest) -> HttpResponse:
    """Open a store."""
    form = forms.StoreForm(request.POST or None, areas=reading.places_for_stores(request.user))
    if request.method == "POST" and form.is_valid():
        made = changing.open_store(request.user, form.cleaned_data["area"], **form.values())
        messages.success(request, _("The store is open. Receive the first delivery now."))
        return redirect("coordinator:store", made.pk)
    context = {"form": form, "heading": _("Open a store"), "back": "coordinator:supplies", "label": _("Open the store")}
    return render(request, "coordinator/supplies/form.html", context, status=422 if form.errors else 200)


@for_staff_of(KEEP)
@require_http_methods(["GET", "HEAD", "POST"])
def edit_store(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change a store."""
    row = reading.store(request.user, pk, KEEP)
    form = forms.StoreForm(request.POST or None, store=row)
    if request.method == "POST" and form.is_valid():
        changing.edit_store(request.user, pk, **form.values())
        return redirect("coordinator:store", pk)
    context = {"form": form, "heading": row.name, "back": "coordinator:store", "back_pk": pk, "label": _("Save")}
    return render(request, "coordinator/supplies/form.html", context, status=422 if form.errors else 200)


@for_staff_of(KEEP)
@require_POST
def close_store(request: SignedInRequest, pk: int) -> HttpResponse:
    """Close an empty store."""
    changing.close_store(request.user, pk)
    messages.success(request, _("The store is closed."))
    return redirect("coordinator:store", pk)


@for_staff_of(KEEP)
@require_POST
def reopen_store(request: SignedInRequest, pk: int) -> HttpResponse:
    """Open it again."""
    changing.reopen_store(request.user, pk)
    return redirect("coordinator:store", pk)


@for_staff_of(SEE)
@require_safe
def store(request: SignedInRequest, pk: int) -> HttpResponse:
    """One store: its shelves free and reserved, what is promised, what happened last. ``at`` looks back."""
    row = reading.store(request.user, pk)
    at = _moment(request.GET.get("at", ""))
    tag = live.etag(boards.TOPICS, row.area.path, pk, at or "", timezone.localdate(), request.LANGUAGE_CODE)
    if request.htmx and (same := live.unchanged(request, tag)):
        return same
    context = {
        "store": row,
        "at": at,
        "at_text": timezone.localtime(at).strftime(LOCAL) if at else "",
        "latest": timezone.localtime().strftime(LOCAL),
        "shelves": reading.shelves(request.user, row, at),
        "reservations": [] if at else reading.reservations(request.user, row),
        "movements": reading.movement_lines(list(reading.movements(request.user, row=row)[:LATEST])),
        "may_keep": reading.may(request.user, KEEP, row.area),
        "tag": tag,
    }
    template = "coordinator/supplies/store.html"
    return live.tagged(render(request, template + "#shelves" if request.htmx else template, context), tag)


def _moment(text: str) -> datetime | None:
    """A local date and time of the past as browsers send it; nothing, and nothing sensible, is now."""
    found = moment(text)
    return found if found is not None and found < timezone.now() else None


@for_staff_of(KEEP)
@require_http_methods(["GET", "HEAD", "POST"])
def receive(request: SignedInRequest, pk: int) -> HttpResponse:
    """A delivery comes in: who counted, and line by line what came. Enter goes on, a scanner may type."""
    row = reading.store(request.user, pk, KEEP)
    form = forms.ReceiveForm(request.POST or None, request.FILES or None, initial={"counted_by": str(request.user)})
    rows: list[forms.Row] = []
    refusal = ""
    if request.method == "POST":
        rows = forms.rows_of(request.POST)
        lines = forms.lines_of(rows, reading.find_item)
        if not rows:
            refusal = _("Enter at least one line: what came, and how many were counted.")
        elif form.is_valid() and len(lines) == len(rows):
            try:
                return _received(request, row, form, lines)
            except Refused as refused:
                refusal = str(refused)
    context = {
        "form": form,
        "store": row,
        "rows": forms.with_blanks(rows),
        "refusal": refusal,
        "items": reading.items(request.user, only_in_use=True),
        "conditions": Batch.Condition.choices,
        "key": uuid4(),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "coordinator/supplies/receive.html", context, status=status)


def _received(
    request: SignedInRequest, row: Store, form: forms.ReceiveForm, lines: list[receiving.Received]
) -> HttpResponse:
    found = form.cleaned_data
    picture = found["photo"]
    done = receiving.receive(
        request.user,
        row.pk,
        lines,
        counted_by=found["counted_by"],
        witness=found["witness"],
        handed_by=found["handed_by"],
        source=found["source"],
        gift=form.gift(),
        photo=picture.read() if picture else None,
        key=key_of(request),
    )
    messages.success(request, _("Received. The receiving note can be printed here."))
    return redirect("coordinator:movement", done["movement"])


@for_staff_of(KEEP)
@require_http_methods(["GET", "HEAD", "POST"])
def take(request: SignedInRequest, pk: int) -> HttpResponse:
    """Goods leave a store, or are promised: to a person, to another store, for a purpose, or lost."""
    row = reading.store(request.user, pk, KEEP)
    goals = [each for each in reading.stores(request.user, KEEP) if each.pk != pk and each.state == "open"]
    form = forms.TakeForm(request.POST or None, people=reading.carriers(request.user, row.area), goals=goals)
    wanted = forms.quantities_of(request.POST)
    if (
        request.method == "POST"
        and form.is_valid()
        and attempt(form, lambda: _take(request, row, form.cleaned_data, wanted))
    ):
        messages.success(request, _("Done. It is in the book."))
        return redirect("coordinator:store", pk)
    context = {
        "form": form,
        "store": row,
        "lines": goods(reading.shelves(request.user, row)),
        "typed": wanted,
        "key": uuid4(),
    }
    return render(request, "coordinator/supplies/take.html", context, status=422 if form.errors else 200)


def goods(shelves: list[reading.Shelf]) -> list[tuple[Item, reading.BatchLine]]:
    """Batch by batch, as the tables of the forms want it."""
    return [(shelf.item, line) for shelf in shelves for line in shelf.batches]


def attempt(form: Form, write: Callable[[], object]) -> bool:
    """Do it; a refusal is said in the form, so that nothing typed is lost."""
    try:
        write()
    except Refused as refused:
        form.add_error(None, str(refused))
        return False
    return True


def _take(request: SignedInRequest, row: Store, found: dict[str, Any], wanted: dict[int, int]) -> None:
    actor, key = request.user, key_of(request)
    if found["way"] == "issue":
        moving.issue(actor, row.pk, wanted, found["person"], purpose=found["purpose"], key=key)
    elif found["way"] == "move":
        moving.move(actor, row.pk, found["goal"], wanted, note=found["purpose"], key=key)
    elif found["way"] == "reserve":
        moving.reserve(actor, row.pk, wanted, purpose=found["purpose"])
    else:
        moving.write_off(actor, wanted, store_id=row.pk, reason=found["reason"], key=key)


@for_staff_of(KEEP)
@require_http_methods(["GET", "HEAD", "POST"])
def count(request: SignedInRequest, pk: int) -> HttpResponse:
    """Count what is on the shelves; what differs from the book is written down with its reason."""
    row = reading.store(request.user, pk, KEEP)
    form = forms.CountForm(request.POST or None, initial={"counted_by": str(request.user)})
    counted = forms.quantities_of(request.POST, "count")
    done: dict[str, Any] = {}

    def write() -> None:
        if not counted:
            raise Refused(_("Enter what you counted, at least for one line."))
        done.update(moving.count(request.user, pk, counted, key=key_of(request), **form.cleaned_data))

    if request.method == "POST" and form.is_valid() and attempt(form, write):
        if done["movement"] is None:
            messages.success(request, _("Counted: everything is as the book says."))
        else:
            messages.success(request, _("Counted. The difference is in the book, with its reason."))
        return redirect("coordinator:store", pk)
    context = {
        "form": form,
        "store": row,
        "lines": goods(reading.shelves(request.user, row)),
        "typed": counted,
        "key": uuid4(),
    }
    return render(request, "coordinator/supplies/count.html", context, status=422 if form.errors else 200)


@for_staff_of(KEEP)
@require_POST
def release(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give back what a reservation holds."""
    row = moving.release(request.user, pk)
    messages.success(request, _("Released. It is free again."))
    return redirect("coordinator:store", row.location.store_id)
