"""The inbox, the same for everybody: in the frame of the phone screens and of the desk."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from redvest.core import actions, queries
from redvest.core.messages import absolute
from redvest.core.models import Message
from redvest.web.http import SignedInRequest, signed_in

_PAGE = 30
WIDE_COLON = chr(0xFF1A)  # the colon of Chinese texts


@signed_in
@require_safe
def inbox(request: SignedInRequest) -> HttpResponse:
    """One's own messages, the newest first; what is unread stands out."""
    page = Paginator(queries.inbox(request.user), _PAGE).get_page(request.GET.get("page"))
    rows = [{"message": row, "text": text_of(row)} for row in page.object_list]
    context = _frame(request) | {"page": page, "rows": rows, "unread": queries.frame_figures(request.user)[0]}
    return render(request, "inbox/inbox.html", context)


@signed_in
@require_safe
def message(request: SignedInRequest, pk: int) -> HttpResponse:
    """One message in full. Opening it marks it as read."""
    row = queries.message(request.user, pk)
    if row.read_at is None:
        row = actions.read_message(request.user, pk)
    has_link = url_has_allowed_host_and_scheme(row.link, allowed_hosts=None) and bool(row.link)
    context = _frame(request) | {"message": row, "text": text_of(row), "has_link": has_link}
    return render(request, "inbox/message.html", context)


@signed_in
@require_POST
def read_all(request: SignedInRequest) -> HttpResponse:
    """Everything is read."""
    actions.read_all_messages(request.user)
    return redirect(_frame(request)["inbox_url"])


def text_of(row: Message) -> str:
    """The text without its address: here a button leads there."""
    return row.body.replace(absolute(row.link), "").rstrip(" :" + WIDE_COLON) if row.link else row.body


def _frame(request: SignedInRequest) -> dict[str, Any]:
    """The base and the addresses of the audience in whose frame the inbox is shown."""
    match = request.resolver_match
    audience = match.namespaces[0] if match and match.namespaces else "volunteer"
    return {
        "base": f"base_{audience}.html",
        "audience": audience,
        "inbox_url": reverse(f"{audience}:inbox"),
        "read_all_url": reverse(f"{audience}:inbox_read_all"),
        "message_view": f"{audience}:message",
    }
