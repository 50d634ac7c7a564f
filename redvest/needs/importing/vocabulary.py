"""What rows, lists and lines can be; the names stay the same in stored rows and over the wire."""

from collections.abc import Mapping
from enum import StrEnum


def _(word: str) -> str:
    """Marks a word for the catalogs; whoever shows it translates it."""
    return word


class Kind(StrEnum):
    """What a row says."""

    HEAD_COUNT = "head_count"  # so many people will come to be sampled
    ORDER = "order"  # items out of a group buy or a distribution
    REQUEST = "request"  # somebody needs something
    OFFER = "offer"  # somebody has or can do something
    INFORMATION = "information"  # news, thanks, questions: nothing to deliver
    AWAY = "away"  # nobody at home
    DONE = "done"  # already sampled, already received
    CANCELLED = "cancelled"  # no longer needed
    UNREAD = "unread"  # kept whole for a person to read


class Need(StrEnum):
    """The lane of a request, most pressing first; named like the playbooks' kinds of request, which set the clocks."""

    LIFE_DANGER = "life_danger"
    HOSPITAL = "hospital"
    MEDICINE = "medicine"
    INFANT = "infant"
    CARE = "care"
    DAILY_GOODS = "daily_goods"
    REPAIR = "repair"
    WASTE = "waste"
    OTHER = "other"


class ListKind(StrEnum):
    """What the pasted text is."""

    HEAD_COUNT = "head_count"
    ORDER = "order"
    FREE = "free"


class Role(StrEnum):
    """Why a line is no row."""

    TITLE = "title"
    EXAMPLE = "example"
    MENU = "menu"
    HEADING = "heading"  # names the building or unit of the entries below
    CLOSING = "closing"
    QUOTE = "quote"
    SENDER = "sender"
    RULE = "rule"  # a line of dashes, a date between messages
    REPEATED = "repeated"  # the same list, pasted again


KINDS: Mapping[Kind, str] = {
    Kind.HEAD_COUNT: _("head count"),
    Kind.ORDER: _("order"),
    Kind.REQUEST: _("request"),
    Kind.OFFER: _("offer"),
    Kind.INFORMATION: _("information"),
    Kind.AWAY: _("nobody at home"),
    Kind.DONE: _("done"),
    Kind.CANCELLED: _("cancelled"),
    Kind.UNREAD: _("not understood"),
}
NEEDS: Mapping[Need, str] = {
    Need.LIFE_DANGER: _("life in danger"),
    Need.HOSPITAL: _("hospital visit"),
    Need.MEDICINE: _("medicine"),
    Need.INFANT: _("infant supplies"),
    Need.CARE: _("care at home"),
    Need.DAILY_GOODS: _("food and daily goods"),
    Need.REPAIR: _("repair"),
    Need.WASTE: _("waste and disinfection"),
    Need.OTHER: _("other needs"),
}
ROLES: Mapping[Role, str] = {
    Role.TITLE: _("title"),
    Role.EXAMPLE: _("example"),
    Role.MENU: _("menu"),
    Role.HEADING: _("heading"),
    Role.CLOSING: _("closing line"),
    Role.QUOTE: _("quoted message"),
    Role.SENDER: _("sender"),
    Role.RULE: _("divider"),
    Role.REPEATED: _("pasted before"),
}
