"""Distribution lists: the rule with its preview, publishing, sending pairs, progress door by door, closing."""

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from redvest.core import live
from redvest.core.errors import Refused
from redvest.core.sheets.writing import workbook
from redvest.supplies.actions import lists as changing
from redvest.supplies.actions import trips
from redvest.supplies.models import Distribution
from redvest.supplies.queries import board as boards
from redvest.supplies.queries import doors as progress
from redvest.supplies.queries import lists as reading
from redvest.supplies.queries import stores
from redvest.web import paper
from redvest.web.coordinator.supplies import SEE, attempt, key_of
from redvest.web.forms import supply_lists as forms
from redvest.web.http import SignedInRequest, for_staff_of, number

ALLOCATE, DOORS, SIGN = "supplies.allocate", "supplies.see_doors", "supplies.sign_off"
TONES = {
    "waiting": "neutral",
    "out": "info",
    "delivered": "ok",
    "proxy": "ok",
    "absent": "late",
    "refused": "neutral",
    "lost": "short",
    "unserved": "short",
}


@for_staff_of(SEE)
@require_safe
def lists(request: SignedInRequest) -> HttpResponse:
    """All lists, those under way first."""
    context = {
        "lines": reading.lists(request.user),
        "may_allocate": bool(stores.stores(request.user, ALLOCATE)[:1]),
    }
    return render(request, "coordinator/supplies/lists.html", context)


@for_staff_of(ALLOCATE)
@require_http_methods(["GET", "HEAD", "POST"])
def new_list(request: SignedInRequest) -> HttpResponse:
    """Draft a list: store, doors, rule."""
    offered = [row for row in stores.stores(request.user, ALLOCATE) if row.state == "open"]
    form = forms.ListForm(request.POST or None, stores=offered, areas=reading.areas_for_lists(request.user))
    return _edit(request, form, None)


@for_staff_of(ALLOCATE)
@require_http_methods(["GET", "HEAD", "POST"])
def edit_list(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change the rule of a draft."""
    row = reading.distribution(request.user, pk, ALLOCATE)
    return _edit(request, forms.ListForm(request.POST or None, row=row), row)


def _edit(request: SignedInRequest, form: forms.ListForm, row: Distribution | None) -> HttpResponse:
    items = stores.items(request.user, only_in_use=True)
    is_post = request.method == "POST"
    lines = forms.lines_of(request.POST) if is_post else forms.lines_from(row) if row else []
    portions = forms.portions_of(lines, items) if is_post else []
    made: list[Distribution] = []

    def write() -> None:
        given = form.cleaned_data
        if row is None:
            made.append(changing.draft_list(request.user, given["store"], given["area"], given["title"], portions))
        else:
            made.append(changing.edit_list(request.user, row.pk, given["title"], portions))

    if is_post and form.is_valid() and len(portions) == len(lines) and attempt(form, write):
        return redirect("coordinator:supply_list", made[0].pk)
    context = {"form": form, "row": row, "lines": forms.with_blanks(lines), "items": items, "needs": forms.NEEDS}
    return render(request, "coordinator/supplies/list_edit.html", context, status=422 if is_post else 200)


@for_staff_of(SEE)
@require_safe
def supply_list(request: SignedInRequest, pk: int) -> HttpResponse:
    """A draft with what it would do; a published list with how far it is and what is still to be done."""
    row = reading.distribution(request.user, pk)
    tag = live.etag(boards.TOPICS, row.store.area.path, row.area.path, pk, row.state, request.LANGUAGE_CODE)
    if request.htmx and (same := live.unchanged(request, tag)):
        return same
    is_draft = row.state == Distribution.State.DRAFT
    context: dict[str, Any] = {
        "row": row,
        "tag": tag,
        "rule": reading.rule_words(row.portions.select_related("item").order_by("pk")),
        "may_allocate": stores.may(request.user, ALLOCATE, row.area),
        "may_see_doors": stores.may(request.user, DOORS, row.area),
    }
    if is_draft or row.state == Distribution.State.DROPPED:
        context["preview"] = reading.preview(request.user, row) if is_draft else None
        return render(request, "coordinator/supplies/list_draft.html", context)
    buildings = progress.buildings(row)
    context |= {
        "accounts": reading.outcome(row),
        "buildings": buildings,
        "trips": progress.trips(row),
        "reckoning": progress.reckoning(row),
        "doors": sum(line.doors for line in buildings),
        "done": sum(line.done for line in buildings),
        "open": sum(line.waiting + line.out + line.absent for line in buildings),
        "under_way": sum(line.out + line.absent for line in buildings),
        "failed": sum(line.failed + line.refused for line in buildings),
        "send_form": forms.SendForm(people=progress.pair_candidates(request.user, row)),
        "key": uuid4(),
    }
    template = "coordinator/supplies/list.html"
    return live.tagged(render(request, template + "#progress" if request.htmx else template, context), tag)


@for_staff_of(ALLOCATE)
@require_POST
def publish(request: SignedInRequest, pk: int) -> HttpResponse:
    """Allocate and reserve."""
    changing.publish_list(request.user, pk)
    messages.success(request, _("Published. The goods are reserved; print the sheets and send the first pair."))
    return redirect("coordinator:supply_list", pk)


@for_staff_of(ALLOCATE)
@require_POST
def drop(request: SignedInRequest, pk: int) -> HttpResponse:
    """Throw a draft away."""
    changing.drop_list(request.user, pk)
    return redirect("coordinator:supply_lists")


@for_staff_of(ALLOCATE)
@require_POST
def close(request: SignedInRequest, pk: int) -> HttpResponse:
    """End the list: every box is accounted for."""
    changing.close_list(request.user, pk, difference=request.POST.get("difference", ""))
    messages.success(request, _("Closed. Every box is accounted for."))
    return redirect("coordinator:supply_list", pk)


@for_staff_of(ALLOCATE)
@require_POST
def send(request: SignedInRequest, pk: int) -> HttpResponse:
    """A pair takes the waiting parcels of the chosen buildings."""
    row = reading.distribution(request.user, pk, ALLOCATE)
    form = forms.SendForm(request.POST, people=progress.pair_candidates(request.user, row))
    if not form.is_valid():
        raise Refused(_("Choose who answers for the parcels."))
    wanted = [key for text in request.POST.getlist("building") if (key := number(text)) is not None]
    parcels = progress.waiting_in(row, wanted)
    if not parcels:
        raise Refused(_("Choose at least one building in which parcels wait."))
    given = form.cleaned_data
    trips.send_trip(request.user, pk, parcels, given["carrier"], given["companion"], key=key_of(request))
    messages.success(request, _("Handed over. The pair sees its doors on the phone."))
    return redirect("coordinator:supply_list", pk)


@for_staff_of(ALLOCATE)
@require_POST
def end_trip(request: SignedInRequest, pk: int) -> HttpResponse:
    """The pair is back."""
    trips.end_trip(request.user, pk, key=key_of(request))
    messages.success(request, _("Taken back. What was not delivered waits in the store again."))
    return redirect(
        "coordinator:supply_list", number(request.POST.get("list")) or progress.list_of_trip(request.user, pk)
    )


@for_staff_of(DOORS)
@require_safe
def building(request: SignedInRequest, pk: int, building: int) -> HttpResponse:
    """One building door by door; where the code on its sheet leads."""
    row = reading.distribution(request.user, pk, SEE)
    tag = live.etag(boards.TOPICS, row.area.path, pk, building, row.state, request.LANGUAGE_CODE)
    if request.htmx and (same := live.unchanged(request, tag)):
        return same
    area, lines = progress.building_doors(request.user, row, building)
    context = {
        "row": row,
        "building": area,
        "lines": lines,
        "tones": TONES,
        "may_sign": row.state == Distribution.State.PUBLISHED and stores.may(request.user, SIGN, area),
        "tag": tag,
    }
    template = "coordinator/supplies/list_building.html"
    return live.tagged(render(request, template + "#doors" if request.htmx else template, context), tag)


@for_staff_of(SIGN)
@require_POST
def sign(request: SignedInRequest, pk: int) -> HttpResponse:
    """The desk notes what happened at a door: from paper, or because somebody fetches his parcel."""
    outcome, text = request.POST.get("outcome", ""), request.POST.get("text", "")
    if outcome == "undo":
        trips.take_answer_back(request.user, pk, key=key_of(request))
    elif outcome == "lost":
        trips.lose_parcel(request.user, pk, reason=text)
    else:
        trips.sign_off(request.user, pk, outcome, relation=text, note=text, key=key_of(request))
    found = progress.place_of(request.user, pk)
    return redirect("coordinator:supply_list_building", *found)


# --- paper ------------------------------------------------------------------------------------------------------------


@for_staff_of(DOORS)
@require_safe
def sheets(request: SignedInRequest, pk: int) -> HttpResponse:
    """A sheet for each building: what it gets in all, then door by door with room for signatures."""
    row = reading.distribution(request.user, pk, DOORS)
    pages = []
    for area, lines in progress.by_building(progress.all_doors(request.user, row)):
        address = settings.PUBLIC_URL + reverse("coordinator:supply_list_building", args=[pk, area.pk])
        pages.append(
            {
                "building": area,
                "lines": lines,
                "totals": progress.totals_of(lines),
                "special": sum(bool(line.needs) for line in lines),
                "code": paper.code(address),
            }
        )
    context = {
        "row": row,
        "rule": reading.rule_words(row.portions.select_related("item").order_by("pk")),
        "pages": pages,
        "now": timezone.now(),
    }
    return paper.pdf("coordinator/supplies/sheets_paper.html", context, f"building-sheets-{pk}.pdf")


@for_staff_of(DOORS)
@require_safe
def list_xlsx(request: SignedInRequest, pk: int) -> HttpResponse:
    """The list door by door as a spreadsheet."""
    row = reading.distribution(request.user, pk, DOORS)
    headings = [
        _("Building"),
        _("Door"),
        _("Contact"),
        _("Number of people"),
        _("What it gets"),
        _("Why"),
        _("State"),
        _("Who took it"),
        _("When"),
        _("Written down by"),
        _("Note"),
    ]
    rows = (
        [
            line.parcel.building.name,
            line.label,
            line.contact,
            line.people,
            _(", ").join(f"{name} {count} {unit}" for name, count, unit in line.goods),
            line.why,
            str(line.parcel.get_state_display()),
            line.parcel.relation,
            timezone.localtime(line.parcel.signed_at).strftime("%Y-%m-%d %H:%M") if line.parcel.signed_at else "",
            str(line.parcel.signed_by or ""),
            line.parcel.note,
        ]
        for line in progress.all_doors(request.user, row)
    )
    content = workbook(row.title, headings, rows, (12, 18, 10, 8, 32, 20, 12, 12, 18, 12, 24))
    return paper.xlsx(content, f"list-{pk}.xlsx")
