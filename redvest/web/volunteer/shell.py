"""The frame of the volunteer's busiest page, drawn once for all who see the same one; only what differs is put in.

Drawing the frame costs more than finding the open shifts. It is the same for everybody with the same language, roles
and number of unread messages, but for name, address and tokens: these are marks in the kept text, replaced each time.
"""

from functools import lru_cache

from django.conf import settings
from django.contrib.messages import get_messages
from django.db import connection
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import get_template
from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.translation import get_language

from redvest.core import access
from redvest.web.http import SignedInRequest
from redvest.web.templatetags.look import initials

# Characters of the private use area: no text of a person contains them (``escape`` leaves them alone).
BODY, TOKEN, NAME, INITIAL = "\ue000", "\ue001", "\ue002\ue003", "\ue003"
_MARKS = {BODY, TOKEN, "\ue002", INITIAL}
_UNREAD = "SELECT count(*) FROM core_message WHERE account_id = %s AND read_at IS NULL"
KEPT = 256

_frames: dict[tuple[object, ...], str] = {}


@lru_cache(maxsize=8)
def _template(name: str):  # type: ignore[no-untyped-def]
    return get_template(name)


def fragment(name: str, context: dict[str, object]) -> str:
    """A template without the frame's context: rows cost what rows cost."""
    return str(_template(name).render(context))


def page(request: SignedInRequest, template: str, body: str) -> HttpResponse:
    """The whole page: the frame of ``template``, whose content is ``{{ body }}``, with this body in it."""
    if request.COOKIES.get("messages") or request.session.get("_messages"):
        # Something is to be said once: such a page is drawn for itself.
        get_messages(request)
        return render(request, template, {"body": mark_safe(body)})  # noqa: S308 - made by ``fragment``
    account = request.user
    with connection.cursor() as cursor:
        cursor.execute(_UNREAD, [account.pk])
        unread = int(cursor.fetchone()[0])
    roles = tuple(sorted({role for role, _path in access.grants(account)}))
    key = (template, get_language(), unread, roles, settings.IS_DEMO)
    frame = _frames.get(key)
    if frame is None:
        frame = _draw(request, template)
        if len(_frames) >= KEPT:
            _frames.clear()
        _frames[key] = frame
    name = "".join(letter for letter in str(account) if letter not in _MARKS)
    answer = (
        frame.replace(NAME, escape(name))
        .replace(INITIAL, escape(initials(name)))
        .replace(_address(request.path), _address(request.get_full_path()))
        .replace(TOKEN, get_token(request))
        .replace(_owner(""), _owner(account.pk))
        .replace(BODY, body)
    )
    return HttpResponse(answer)


def _draw(request: SignedInRequest, template: str) -> str:
    marks = {"body": BODY, "csrf_token": TOKEN, "account_name": NAME}
    drawn = render(request, template, marks).content.decode()
    frame = drawn.replace(_owner(request.user.pk), _owner("")).replace(
        _address(request.get_full_path()), _address(request.path)
    )
    if frame == drawn or any(mark not in frame for mark in (BODY, TOKEN, NAME)):
        raise AssertionError(f"The frame of {template} lacks one of its marks.")
    return frame


def _owner(pk: object) -> str:
    """As base.html names the account that a page belongs to."""
    return f'<meta name="redvest-account" content="{pk}">'


def _address(path: str) -> str:
    """As the language form names the page to come back to."""
    return f'name="next" value="{escape(path)}"'
