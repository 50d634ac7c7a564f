"""How incidents tell people: the texts of the incident's playbook, filled for each person. Called by actions only."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from redvest.core import messages
from redvest.core.messages import Urgency
from redvest.core.models import Message
from redvest.incidents.models import CallUp, CallUpReply, Incident
from redvest.incidents.playbooks import loader

if TYPE_CHECKING:
    from redvest.people.models import Account

Values = Callable[["Account"], Mapping[str, object]]


def tell(
    accounts: Sequence["Account"],
    incident: Incident,
    key: str,
    values: Values,
    link: str | Callable[["Account"], str] = "",
    urgency: Urgency = Urgency.URGENT,
) -> list[Message]:
    """Tell each account the playbook's text `key`. What every text of an incident may use is filled in here."""
    content = loader.installed(incident.playbook.slug, incident.playbook.text)
    text = content.messages[key]
    texts = {code: (text.title.in_language(code), text.body.in_language(code)) for code in ("zh-hans", "en")}

    def filled(account: "Account") -> Mapping[str, object]:
        common = {
            "incident": drill_title(incident),
            "level": content.levels[incident.level].name.in_language(get_language() or "zh-hans"),
            "area": incident.area.name,
        }
        return common | dict(values(account))

    return messages.tell_text(
        accounts,
        texts,
        filled,
        template=f"incidents.{key}",
        link=link,
        urgency=urgency,
        area_path=incident.area.path,
    )


def drill_title(incident: Incident) -> str:
    """A drill says so before anything else; nobody may take it for the real thing."""
    return _("[Drill] %(title)s") % {"title": incident.title} if incident.is_drill else incident.title


def moment(when: datetime | None, incident: Incident) -> str:
    """A time as people say it, in the incident's zone and the reader's language."""
    if when is None:
        return ""
    return formats.date_format(timezone.localtime(when, ZoneInfo(incident.time_zone)), _("M j, H:i"))


def answer_path(reply: CallUpReply) -> str:
    return reverse("volunteer:answer_link", args=[reply.token])


def note_of(call_up: CallUp) -> str:
    """The coordinator's own words and the meeting point, as one text."""
    meeting = " ".join(part for part in (moment(call_up.meet_at, call_up.incident), call_up.meet_place) if part)
    parts = [call_up.text.strip(), _("Meet: %(meeting)s.") % {"meeting": meeting} if meeting else ""]
    return " ".join(part for part in parts if part)


def kit_text(kit: Sequence[Mapping[str, Any]]) -> str:
    """The names of a kit's items in the reader's language."""
    language = "zh" if (get_language() or "zh").startswith("zh") else "en"
    names = [str(line["name"][language]) for line in kit]
    return ("、" if language == "zh" else ", ").join(dict.fromkeys(names))  # i18n: data
