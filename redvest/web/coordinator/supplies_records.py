"""Records of supplies: movements, items, who carries what, donations, the totals in and out, and all of it on paper."""

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from redvest.core.sheets.writing import workbook
from redvest.places import queries as places
from redvest.supplies.actions import moving, receiving
from redvest.supplies.actions import stores as changing
from redvest.supplies.queries import records
from redvest.supplies.queries import stores as reading
from redvest.supplies.queries.kit import kit_register
from redvest.web import paper
from redvest.web.coordinator.supplies import KEEP, SEE, attempt, key_of
from redvest.web.forms import supplies as forms
from redvest.web.http import SignedInRequest, for_staff_of, number

PAGE = 50
ITEMS = "supplies.manage_items"


@for_staff_of(SEE)
@require_safe
def movements(request: SignedInRequest) -> HttpResponse:
    """Everything that happened, the newest first; in one store or to one item."""
    store, item = number(request.GET.get("store")), number(request.GET.get("item"))
    row = reading.store(request.user, store) if store is not None else None
    kind = reading.item(request.user, item) if item is not None else None
    found = reading.movements(request.user, row=row, item=kind.pk if kind else None)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "lines": reading.movement_lines(list(page.object_list)), "store": row, "item": kind}
    return render(request, "coordinator/supplies/movements.html", context)


@for_staff_of(SEE)
@require_safe
def movements_xlsx(request: SignedInRequest) -> HttpResponse:
    """The book as a spreadsheet: one line for each batch that a movement moved."""
    store = number(request.GET.get("store"))
    row = reading.store(request.user, store) if store is not None else None
    headings = [
        _("Number"),
        _("When"),
        _("What happened"),
        _("Item"),
        _("Quantity"),
        _("Unit"),
        _("From"),
        _("To"),
        _("Reason or purpose"),
        _("Written down by"),
    ]
    rows = (
        [
            line.movement.pk,
            timezone.localtime(line.movement.at).strftime("%Y-%m-%d %H:%M"),
            str(line.movement.get_kind_display()),
            flow.item,
            flow.quantity,
            flow.unit,
            flow.source,
            flow.target,
            line.movement.reason or line.movement.purpose,
            str(line.movement.made_by),
        ]
        for line in records.book(request.user, row)
        for flow in line.flows
    )
    content = workbook(_("Stock book"), headings, rows, (10, 18, 14, 22, 10, 8, 22, 22, 30, 14))
    return paper.xlsx(content, "stock-book.xlsx")


@for_staff_of(SEE)
@require_safe
def movement(request: SignedInRequest, pk: int) -> HttpResponse:
    """One movement: what, from where to where, who counted, why; a receiving note with its batches."""
    line, batches = reading.received_lines(request.user, pk)
    may_keep = reading.may(request.user, KEEP, line.movement.area)
    context = {
        "line": line,
        "movement": line.movement,
        "batches": batches,
        "has_photo": reading.has_photo(pk),
        "may_keep": may_keep,
        "may_correct": may_keep and not line.is_corrected and line.movement.kind != "correct",
    }
    return render(request, "coordinator/supplies/movement.html", context)


@for_staff_of(KEEP)
@require_POST
def correct(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a movement back by its opposite."""
    row = moving.correct(request.user, pk, reason=request.POST.get("reason", ""))
    messages.success(request, _("Taken back by an opposite movement. Both stay in the book."))
    return redirect("coordinator:movement", row.pk)


@for_staff_of(SEE)
@require_http_methods(["GET", "HEAD", "POST"])
def photo(request: SignedInRequest, pk: int) -> HttpResponse:
    """The picture of a delivery; POST adds it."""
    if request.method == "POST":
        picture = request.FILES.get("photo")
        receiving.add_photo(request.user, pk, picture.read() if picture else b"")
        return redirect("coordinator:movement", pk)
    row = reading.photo(request.user, pk)
    if row is None:
        raise Http404
    answer = HttpResponse(bytes(row.image), content_type="image/jpeg")
    answer["Cache-Control"] = "private, max-age=3600"
    return answer


@for_staff_of(SEE)
@require_safe
def note(request: SignedInRequest, pk: int) -> HttpResponse:
    """The receiving note on paper, to be signed by those who counted."""
    line, batches = reading.received_lines(request.user, pk)
    if not batches:
        raise Http404
    address = settings.PUBLIC_URL + reverse("coordinator:movement", args=[pk])
    context = {
        "line": line,
        "movement": line.movement,
        "store": line.flows[0].target if line.flows else "",
        "batches": batches,
        "code": paper.code(address),
        "has_photo": reading.has_photo(pk),
    }
    return paper.pdf("coordinator/supplies/note_paper.html", context, f"receiving-note-{pk}.pdf")


# --- items ------------------------------------------------------------------------------------------------------------


@for_staff_of(SEE)
@require_safe
def items(request: SignedInRequest) -> HttpResponse:
    """The kinds of things."""
    rows = reading.items(request.user)
    context = {"items": rows, "may_edit": records.may_manage_items(request.user)}
    return render(request, "coordinator/supplies/items.html", context)


@for_staff_of(SEE)
@require_safe
def item(request: SignedInRequest, pk: int) -> HttpResponse:
    """One kind of thing: where it lies, batch by batch, and what happened to it."""
    row = reading.item(request.user, pk)
    context = {
        "item": row,
        "where": reading.whereabouts(request.user, row),
        "movements": reading.movement_lines(list(reading.movements(request.user, item=pk)[:10])),
        "may_edit": records.may_manage_items(request.user),
    }
    return render(request, "coordinator/supplies/item.html", context)


@for_staff_of(ITEMS)
@require_http_methods(["GET", "HEAD", "POST"])
def new_item(request: SignedInRequest) -> HttpResponse:
    """A new kind of thing."""
    form = forms.ItemForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = changing.add_item(request.user, **form.cleaned_data)
        return redirect("coordinator:item", made.pk)
    context = {"form": form, "heading": _("Add an item"), "back": "coordinator:items", "label": _("Add the item")}
    return render(request, "coordinator/supplies/form.html", context, status=422 if form.errors else 200)


@for_staff_of(ITEMS)
@require_http_methods(["GET", "HEAD", "POST"])
def edit_item(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change a kind of thing."""
    row = reading.item(request.user, pk)
    form = forms.ItemForm(request.POST or None, item=row)
    if request.method == "POST" and form.is_valid():
        changing.edit_item(request.user, pk, **form.cleaned_data)
        return redirect("coordinator:item", pk)
    context = {"form": form, "heading": row.name, "back": "coordinator:item", "back_pk": pk, "label": _("Save")}
    return render(request, "coordinator/supplies/form.html", context, status=422 if form.errors else 200)


# --- who carries what -------------------------------------------------------------------------------------------------


@for_staff_of(SEE)
@require_safe
def carried(request: SignedInRequest) -> HttpResponse:
    """Who carries what: nothing that left a store is out of sight."""
    rows = reading.carried(request.user)
    may_keep = {each.location.pk for each in rows if reading.may(request.user, KEEP, each.location.area)}
    return render(request, "coordinator/supplies/carried.html", {"rows": rows, "may_keep": may_keep})


@for_staff_of(SEE)
@require_safe
def kit(request: SignedInRequest) -> HttpResponse:
    """The register of protective kit on paper."""
    context = {"lines": kit_register(request.user), "now": timezone.now()}
    return paper.pdf("coordinator/supplies/kit_paper.html", context, "protective-kit.pdf")


@for_staff_of(SEE)
@require_safe
def kit_xlsx(request: SignedInRequest) -> HttpResponse:
    """The same as a spreadsheet."""
    headings = [
        _("Post or reason"),
        _("Item"),
        _("Quantity"),
        _("Unit"),
        _("Who takes it"),
        _("Time"),
        _("Handed out, back or used up"),
        _("Written down by"),
    ]
    rows = (
        [
            line.purpose,
            line.item,
            line.quantity,
            line.unit,
            line.person,
            timezone.localtime(line.at).strftime("%Y-%m-%d %H:%M"),
            line.what,
            line.by,
        ]
        for line in kit_register(request.user)
    )
    content = workbook(_("Protective kit register"), headings, rows, (24, 18, 10, 8, 14, 18, 18, 14))
    return paper.xlsx(content, "protective-kit.xlsx")


@for_staff_of(KEEP)
@require_http_methods(["GET", "HEAD", "POST"])
def bring_back(request: SignedInRequest, pk: int) -> HttpResponse:
    """What a person carries comes back, or is written off with a reason."""
    place = reading.custody(request.user, pk)
    goals = [row for row in reading.stores(request.user, KEEP) if row.state == "open"]
    form = forms.BackForm(request.POST or None, goals=goals)
    wanted = forms.quantities_of(request.POST)

    def write() -> None:
        found = form.cleaned_data
        if found["way"] == "back":
            moving.bring_back(request.user, pk, found["goal"], wanted, key=key_of(request))
        else:
            moving.write_off(request.user, wanted, custody_id=pk, reason=found["reason"], key=key_of(request))

    if request.method == "POST" and form.is_valid() and attempt(form, write):
        messages.success(request, _("Done. It is in the book."))
        return redirect("coordinator:carried")
    mine = next((each for each in reading.carried(request.user) if each.location.pk == pk), None)
    lines = [(line.batch.item, line) for line in mine.lines] if mine else []
    context = {"form": form, "place": place, "lines": lines, "typed": wanted, "key": uuid4()}
    return render(request, "coordinator/supplies/bring_back.html", context, status=422 if form.errors else 200)


# --- donations and totals ---------------------------------------------------------------------------------------------


@for_staff_of(SEE)
@require_safe
def donations(request: SignedInRequest) -> HttpResponse:
    """Who gave what, with the receipt of each."""
    page = Paginator(records.donations(request.user), PAGE).get_page(request.GET.get("page"))
    return render(request, "coordinator/supplies/donations.html", {"page": page})


@for_staff_of(SEE)
@require_safe
def receipt(request: SignedInRequest, pk: int) -> HttpResponse:
    """The receipt of a donation on paper."""
    row = records.donation(request.user, pk)
    context = {"donation": row, "batches": row.batches.select_related("item").order_by("pk")}
    return paper.pdf("coordinator/supplies/receipt_paper.html", context, f"receipt-{row.number}.pdf")


@for_staff_of(SEE)
@require_safe
def totals(request: SignedInRequest) -> HttpResponse:
    """What came in and went out in an area over some days, to be printed and published."""
    context = _totals(request)
    return render(request, "coordinator/supplies/totals.html", context)


@for_staff_of(SEE)
@require_safe
def totals_pdf(request: SignedInRequest) -> HttpResponse:
    """The same on paper, for the notice board."""
    return paper.pdf("coordinator/supplies/totals_paper.html", _totals(request), "stock-totals.pdf")


def _totals(request: SignedInRequest) -> dict[str, Any]:
    from redvest.supplies.queries import board as boards

    area, days = number(request.GET.get("area")), number(request.GET.get("days"))
    chosen = places.area(request.user, area, SEE) if area is not None else None
    length = min(60, max(1, days)) if days is not None else records.PUBLISHED_EVERY
    areas = boards.areas(request.user)
    chosen = chosen or (areas[0] if areas else None)
    return {
        "area": chosen,
        "areas": areas,
        "days": length,
        "lengths": (1, records.PUBLISHED_EVERY, 14, 30),
        "now": timezone.now(),
        "totals": records.totals(request.user, chosen, length) if chosen else None,
    }
