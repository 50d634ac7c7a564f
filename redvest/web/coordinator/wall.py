"""The wall screen for people signed in, and its private addresses for monitors on which nobody is."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from redvest.core import live
from redvest.duty.actions import walls as actions
from redvest.duty.queries import attendance
from redvest.duty.queries import wall as queries
from redvest.web.http import SignedInRequest, for_staff_of, number


@require_safe
@for_staff_of("duty.see_wall")
def wall(request: SignedInRequest, pk: int | None = None) -> HttpResponse:
    """The wall of an area; without one, of the widest area that one may see. It updates itself."""
    areas = attendance.areas_of(request.user)
    if pk is None:
        if not areas:
            return render(request, "coordinator/wall/nothing.html")
        return redirect("coordinator:wall_of", pk=areas[0].pk)
    area = queries.wall_area(request.user, area_id=pk)
    tag = tag_of(area.path)
    if request.htmx and (same := live.unchanged(request, tag)):
        return same
    context = {
        "wall": queries.wall(request.user, pk),
        "tag": tag,
        "areas": areas,
        "links_url": reverse("coordinator:wall_links"),
    }
    template = "coordinator/wall/wall.html"
    return live.tagged(render(request, template + "#wall" if request.htmx else template, context), tag)


def tag_of(area_path: str) -> str:
    """The version of a wall; it moves with the minute as well."""
    return live.etag(attendance.TOPICS, area_path, int(timezone.now().timestamp()) // 60)


@require_safe
@for_staff_of("duty.plan")
def links(request: SignedInRequest) -> HttpResponse:
    """The private addresses in force; make one, revoke one."""
    rows = [
        {"link": link, "address": settings.PUBLIC_URL + reverse("public:wall", args=[link.token])}
        for link in queries.links(request.user)
    ]
    context = {"rows": rows, "areas": attendance.areas_of(request.user)}
    return render(request, "coordinator/wall/links.html", context)


@require_POST
@for_staff_of("duty.plan")
def make_link(request: SignedInRequest) -> HttpResponse:
    """A new address for a monitor."""
    actions.make_wall_link(request.user, number(request.POST.get("area")) or 0, note=request.POST.get("note", ""))
    return redirect("coordinator:wall_links")


@require_POST
@for_staff_of("duty.plan")
def revoke_link(request: SignedInRequest, pk: int) -> HttpResponse:
    """The address shows nothing from now on."""
    actions.revoke_wall_link(request.user, pk)
    return redirect("coordinator:wall_links")
