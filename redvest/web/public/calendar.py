"""The private calendar feed of a person (iCalendar), in his language or the one asked for with ``?lang=en``."""

from datetime import UTC, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from icalendar import Alarm, Calendar, Event, vGeo, vText

from redvest.duty.queries import calendar as queries
from redvest.duty.queries.calendar import Entry
from redvest.web.volunteer.duty_card import post_words


@require_safe
def calendar(request: HttpRequest, token: str) -> HttpResponse:
    """Everything a calendar needs; entries that no longer hold come as cancelled, so that they disappear there."""
    account, entries = queries.feed(token)
    asked = request.GET.get("lang", "")
    language = asked if asked in dict(settings.LANGUAGES) else account.language if account else settings.LANGUAGE_CODE
    with translation.override(language):
        feed = _calendar(entries)
    response = HttpResponse(feed.to_ical(), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="redvest.ics"'
    response["Cache-Control"] = "private, no-cache"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _calendar(entries: list[Entry]) -> Calendar:
    feed = Calendar()
    feed.add("prodid", "-//RedVest//RedVest//EN")
    feed.add("version", "2.0")
    feed.add("method", "PUBLISH")
    feed.add("calscale", "GREGORIAN")
    feed.add("x-wr-calname", _("RedVest: my shifts"))
    feed.add("x-wr-timezone", settings.TIME_ZONE)
    feed.add("refresh-interval", timedelta(minutes=30), parameters={"VALUE": "DURATION"})
    feed.add("x-published-ttl", timedelta(minutes=30))
    for entry in entries:
        feed.add_component(_event(entry))
    return feed


def _event(entry: Entry) -> Event:
    words = post_words(entry.playbook_id, entry.kind)
    event = Event()
    event.add("uid", f"{entry.uid}@redvest")
    event.add("dtstamp", timezone.now().astimezone(UTC))
    event.add("last-modified", entry.changed.astimezone(UTC))
    event.add("sequence", entry.sequence)
    event.add("dtstart", entry.starts.astimezone(UTC))
    event.add("dtend", entry.ends.astimezone(UTC))
    event.add("summary", _summary(entry))
    event.add("location", ", ".join(part for part in (entry.post, entry.meeting_point, entry.area) if part))
    event.add("status", "CANCELLED" if entry.is_cancelled else "TENTATIVE" if entry.is_offered else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if entry.is_cancelled else "OPAQUE")
    address = settings.PUBLIC_URL + reverse("volunteer:shift", args=[entry.assignment_id])
    event.add("url", address)
    lines = [words["kind"], words["task"], words["risk"], entry.contact, address]
    event.add("description", vText("\n".join(line for line in lines if line)))
    if entry.latitude is not None and entry.longitude is not None:
        event.add("geo", vGeo((entry.latitude, entry.longitude)))
    if not entry.is_cancelled:
        event.add_component(_alarm(entry))
    return event


def _summary(entry: Entry) -> str:
    if entry.is_cancelled:
        return _("Cancelled: %(post)s") % {"post": entry.post}
    if entry.is_offered:
        return _("Confirm: %(post)s") % {"post": entry.post}
    return _("Standby: %(post)s") % {"post": entry.post} if entry.is_standby else entry.post


def _alarm(entry: Entry) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", timedelta(hours=-1))
    alarm.add("description", entry.post)
    return alarm
