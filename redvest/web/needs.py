"""How requests look on every screen: the tone and icon of each state and of how late it is."""

from redvest.needs.models import Request
from redvest.needs.rules import Lateness

STATES = {
    Request.State.NEW: "late",
    Request.State.VERIFIED: "neutral",
    Request.State.ASSIGNED: "info",
    Request.State.ACCEPTED: "info",
    Request.State.UNDER_WAY: "info",
    Request.State.DONE: "ok",
    Request.State.NOT_DONE: "short",
    Request.State.REFERRED: "standby",
    Request.State.UNKNOWN: "late",
    Request.State.CLOSED: "neutral",
    Request.State.MERGED: "neutral",
}
LATENESS = {
    Lateness.IN_TIME: "",
    Lateness.CONTACT_LATE: "late",
    Lateness.LATE: "short",
    Lateness.STOPPED: "",
}
