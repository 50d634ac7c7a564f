"""Screens of posts: the board of an incident, opening one, one post with its shifts, making and undoing shifts."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from redvest.core import live
from redvest.duty.actions import shifts
from redvest.duty.queries import posts as reading
from redvest.duty.queries.rosters import default_days
from redvest.incidents.queries import incidents
from redvest.web.forms.posts import EditPostForm, MakeShiftsForm, NewShiftForm, OpenPostForm
from redvest.web.http import SignedInRequest, day, for_staff_of
from redvest.workflows import count_hands as changing

TOPICS = ["posts", "shifts", "duty", "rosters"]


@for_staff_of("duty.see")
@require_GET
def board(request: SignedInRequest) -> HttpResponse:
    """The posts of an incident by place, where hands lack first."""
    running = incidents.active(request.user)
    asked = request.GET.get("incident", "")
    chosen = next((row for row in running if str(row.pk) == asked), running[0] if running else None)
    context: dict[str, Any] = {"incidents": running, "incident": chosen, "tag": ""}
    if chosen is not None:
        tag = live.etag(TOPICS, chosen.area.path, chosen.pk, request.LANGUAGE_CODE, request.user.pk)
        if request.htmx and (same := live.unchanged(request, tag)):
            return same
        address = reverse("coordinator:posts")
        context |= {
            "tag": tag,
            "board": reading.post_board(request.user, chosen.pk),
            "tabs": [
                {"label": row.title, "url": f"{address}?incident={row.pk}", "current": row == chosen} for row in running
            ],
        }
    template = "coordinator/posts/posts.html" + ("#board" if request.htmx and chosen else "")
    answer = render(request, template, context)
    return live.tagged(answer, str(context["tag"])) if context["tag"] else answer


@for_staff_of("duty.plan")
@require_http_methods(["GET", "POST"])
def new(request: SignedInRequest, incident: int) -> HttpResponse:
    """Open one more post."""
    row = incidents.incident(request.user, incident)
    areas = reading.places_for_posts(request.user, row)
    form = OpenPostForm(request.POST if request.method == "POST" else None, kinds=reading.kinds_of(row), areas=areas)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        named = {"name": given["name"]} if given["name"].strip() else {}
        post = changing.open_post(request.user, incident, given["area"], given["kind"], **named)
        messages.success(request, _("The post is open. Make its shifts now."))
        return redirect("coordinator:post", post.pk)
    context = {"form": form, "incident": row}
    return render(request, "coordinator/posts/new.html", context, status=422 if form.errors else 200)


@for_staff_of("duty.see")
@require_GET
def post(request: SignedInRequest, pk: int) -> HttpResponse:
    """One post: what is asked of people, its shifts of a week, and what can be done."""
    page = reading.post_page(request.user, pk, day(request.GET.get("from")))
    row = page.post
    tag = live.etag(TOPICS, row.area.path, pk, page.first, request.LANGUAGE_CODE, request.user.pk)
    if request.htmx and (same := live.unchanged(request, tag)):
        return same
    context = {
        "page": page,
        "tag": tag,
        "before": page.first - timedelta(days=7),
        "after": page.first + timedelta(days=7),
        "make_form": MakeShiftsForm(
            patterns=reading.patterns_of(row.incident), days=default_days(row.incident), pattern=row.pattern
        ),
        "shift_form": NewShiftForm(),
    }
    template = "coordinator/posts/post.html" + ("#shifts" if request.htmx else "")
    return live.tagged(render(request, template, context), tag)


@for_staff_of("duty.plan")
@require_http_methods(["GET", "POST"])
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change a post."""
    row = reading.post_row(request.user, pk, "duty.plan")
    form = EditPostForm(
        request.POST if request.method == "POST" else None, post=row, patterns=reading.patterns_of(row.incident)
    )
    if request.method == "POST" and form.is_valid():
        carry = form.cleaned_data["carry_to_shifts"]
        changing.edit_post(request.user, pk, form.changes(), carry_to_shifts=carry)
        messages.success(request, _("The post was changed."))
        return redirect("coordinator:post", pk)
    context = {"form": form, "post": row}
    return render(request, "coordinator/posts/edit.html", context, status=422 if form.errors else 200)


@for_staff_of("duty.plan")
@require_POST
def close(request: SignedInRequest, pk: int) -> HttpResponse:
    """Close a post."""
    changing.close_post(request.user, pk)
    messages.success(request, _("The post is closed."))
    return redirect("coordinator:post", pk)


@for_staff_of("duty.plan")
@require_POST
def reopen(request: SignedInRequest, pk: int) -> HttpResponse:
    """Open a closed post again."""
    changing.reopen_post(request.user, pk)
    messages.success(request, _("The post is open again. Make its shifts now."))
    return redirect("coordinator:post", pk)


@for_staff_of("duty.plan")
@require_POST
def make_shifts(request: SignedInRequest, pk: int) -> HttpResponse:
    """Make the shifts of a post for some days."""
    row = reading.post_row(request.user, pk, "duty.plan")
    form = MakeShiftsForm(request.POST, patterns=reading.patterns_of(row.incident))
    if not form.is_valid():
        page = reading.post_page(request.user, pk)
        context = {"page": page, "make_form": form, "shift_form": NewShiftForm(), "tag": ""}
        context |= {"before": page.first - timedelta(days=7), "after": page.first + timedelta(days=7)}
        return render(request, "coordinator/posts/post.html", context, status=422)
    given = form.cleaned_data
    batch = shifts.generate_shifts(
        request.user,
        [pk],
        given["first_day"],
        given["last_day"],
        pattern=given["pattern"],
        times=given["times"],
        overlap=given["overlap"],
        open_for_sign_up=given["open_for_sign_up"],
    )
    said = ngettext("%(count)s shift was made.", "%(count)s shifts were made.", batch.made) % {"count": batch.made}
    if batch.kept:
        kept = ngettext("%(count)s was there already.", "%(count)s were there already.", batch.kept)
        said += " " + kept % {"count": batch.kept}
    messages.success(request, said)
    return redirect(f"{reverse('coordinator:post', args=[pk])}?from={given['first_day']}")


@for_staff_of("duty.plan")
@require_POST
def undo_shifts(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take back a batch of shifts on which nobody ever was."""
    gone = shifts.undo_batch(request.user, request.POST.get("batch", ""))
    said = ngettext("%(count)s shift was taken back.", "%(count)s shifts were taken back.", gone)
    messages.success(request, said % {"count": gone})
    return redirect("coordinator:post", pk)


@for_staff_of("duty.plan")
@require_POST
def add_shift(request: SignedInRequest, pk: int) -> HttpResponse:
    """Add one shift by hand."""
    form = NewShiftForm(request.POST)
    if form.is_valid():
        starts, ends = form.times()
        made = shifts.add_shift(request.user, pk, starts, ends, label=form.cleaned_data["label"])
        return redirect(f"{reverse('coordinator:post', args=[pk])}?from={made.duty_day}")
    messages.error(request, _("Give the start and the end of the shift."))
    return redirect("coordinator:post", pk)
