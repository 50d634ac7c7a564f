"""Pasted chat lists at the desk: paste, look at each row, take it with one key."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from redvest.core import outbox
from redvest.core.errors import Refused
from redvest.needs.actions import pasting
from redvest.needs.importing.vocabulary import KINDS, Kind
from redvest.needs.queries import desk as desks
from redvest.needs.queries import pastes as queries
from redvest.web.http import SignedInRequest, for_staff_of, number


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff_of("needs.enter")
def pastes(request: SignedInRequest) -> HttpResponse:
    """Paste a list; below, those that are not finished."""
    if request.method == "POST":
        area = number(request.POST.get("area"))
        if area is None:
            raise Refused(_("Choose the community in whose chat this was written."))
        paste = pasting.paste_list(request.user, area, request.POST.get("text", ""))
        return redirect("coordinator:paste", pk=paste.pk)
    context = {"places": desks.chats(request.user), "pastes": queries.pastes(request.user)}
    return render(request, "coordinator/requests/pastes.html", context)


@require_safe
@for_staff_of("needs.enter")
def paste(request: SignedInRequest, pk: int) -> HttpResponse:
    """The rows of a list, each with what was read, why it is doubtful, and what it becomes."""
    context = {"review": queries.review(request.user, pk), "words": _words()}
    return render(request, "coordinator/requests/paste.html", context)


@require_POST
@for_staff_of("needs.enter")
def clear(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take all rows without a doubt."""
    taken = pasting.take_clear_rows(request.user, pk)
    sentence = ngettext("%(count)s request is taken down.", "%(count)s requests are taken down.", taken)
    messages.success(request, sentence % {"count": taken})
    return redirect("coordinator:paste", pk=pk)


@require_POST
@for_staff_of("needs.enter")
def row(request: SignedInRequest, pk: int, step: str) -> HttpResponse:
    """Take a row, put it aside, or look at it again."""
    if step == "take":
        given = request.POST
        pasting.take_row(
            request.user,
            pk,
            kind=given.get("kind", ""),
            words=given.get("words", ""),
            room=given.get("room", ""),
            key=request.headers.get(outbox.HEADER) or None,
        )
    elif step == "aside":
        pasting.put_row_aside(request.user, pk)
    elif step == "again":
        pasting.look_at_row_again(request.user, pk)
    else:
        raise Refused(_("There is no such step. Reload the page."))
    line, kinds = queries.row(request.user, pk)
    if not request.htmx:
        return redirect("coordinator:paste", pk=line.row.paste_id)
    return render(request, "coordinator/requests/pasted_row.html", {"line": line, "kinds": kinds, "words": _words()})


def _words() -> dict[str, str]:
    """What a row can be, in the reader's language."""
    return {str(kind): _(KINDS[kind]) for kind in Kind}
