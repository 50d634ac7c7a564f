"""The inbox, the same for everybody: in the frame of the phone screens and of the desk."""

import re
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
_WIDE_STOPS = "".join(map(chr, (0x3002, 0xFF01, 0xFF1F, 0xFF0C, 0xFF1B)))
_SENTENCES_AND_LAST = re.compile(rf"(?s)(?:(.*)([.!?{_WIDE_STOPS[:3]}])\s*)?(.*)")
_LABEL = 36  # letters that a button on a phone has room for


@signed_in
@require_safe
def inbox(request: SignedInRequest) -> HttpResponse:
    """One's own messages, the newest first; what is unread stands out."""
    page = Paginator(queries.inbox(request.user), _PAGE).get_page(request.GET.get("page"))
    rows = [{"message": row, "text": parts_of(row)[0]} for row in page.object_list]
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
    text, label = parts_of(row)
    context = _frame(request) | {"message": row, "text": text, "label": label, "has_link": has_link}
    return render(request, "inbox/message.html", context)


@signed_in
@require_POST
def read_all(request: SignedInRequest) -> HttpResponse:
    """Everything is read."""
    actions.read_all_messages(request.user)
    return redirect(_frame(request)["inbox_url"])


def parts_of(row: Message) -> tuple[str, str]:
    """The text without its address, and the words that led to the address: here they stand on a button.

    ``… See all your shifts: https://…`` is the text before them, and ``See all your shifts``.
    """
    if not row.link:
        return row.body, ""
    before, found, after = row.body.partition(absolute(row.link))
    before, after = before.rstrip(" :" + WIDE_COLON), after.lstrip(" .,;" + _WIDE_STOPS)
    if not found or after:
        stop = _WIDE_STOPS[0] if before and not before[-1].isascii() else ". "
        return f"{before}{stop if after else ''}{after}", ""
    text, stop, label = _SENTENCES_AND_LAST.fullmatch(before).groups()  # type: ignore[union-attr]
    if not text or not label or len(label) > _LABEL:
        return before, ""
    return f"{text}{stop}", label


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
