"""The wall behind a private address: read only, names masked, until somebody revokes it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from redvest.core import live
from redvest.duty.queries import wall as queries
from redvest.web.coordinator.wall import tag_of


@require_safe
def wall(request: HttpRequest, token: str) -> HttpResponse:
    """The wall of the area that the address belongs to."""
    area = queries.wall_area(None, token=token)
    tag = tag_of(area.path)
    is_poll = bool(request.headers.get("HX-Request"))
    if is_poll and (same := live.unchanged(request, tag)):
        return same
    context = {"wall": queries.wall_by_token(token), "tag": tag}
    template = "coordinator/wall/wall.html"
    response = live.tagged(render(request, template + "#wall" if is_poll else template, context), tag)
    response["Referrer-Policy"] = "no-referrer"
    return response
