"""What a person reads about one of his shifts, in his language: the card on home, shift page and page of the code."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language

from redvest.duty.queries import own
from redvest.duty.queries.books import book
from redvest.duty.queries.own import Mine
from redvest.duty.rules.attendance import CheckIn, leaves_early, sentence
from redvest.people.models import Account

CARD = "volunteer/shifts/card.html"


def post_words(playbook_id: int, kind: str) -> dict[str, str]:
    """A post kind's name, task and risk, as the playbook says them."""
    found = book(playbook_id).posts.get(kind)
    if found is None:
        return {"kind": kind, "task": "", "risk": ""}
    return {"kind": str(found.name), "task": str(found.task), "risk": str(found.risk)}


def kit_words(kit: Any) -> list[str]:
    """The protective kit of one head, line by line: ``N95 respirator × 1 pieces``."""
    column = "zh" if (get_language() or "").startswith("zh") else "en"
    lines = []
    for item in kit or []:
        name, unit = item.get("name", {}), item.get("unit", {})
        lines.append(f"{name.get(column, '')} × {item.get('quantity', 1)} {unit.get(column, '')}".strip())
    return lines


def map_link(latitude: float | None, longitude: float | None) -> str:
    """An address that a phone opens with its map."""
    if latitude is None or longitude is None:
        return ""
    return f"geo:{latitude:.5f},{longitude:.5f}?q={latitude:.5f},{longitude:.5f}"


def card(actor: Account, mine: Mine, *, code: str = "", heading: bool = True) -> dict[str, Any]:
    """Everything the card shows. ``code`` is that of the post, when the person has it before his eyes."""
    now = timezone.now()
    is_due = mine.check_in is CheckIn.READY
    is_there = mine.attendance == "present"
    notes, earlier = own.handover_for(actor, mine) if is_due or is_there else ([], [])
    return {
        "mine": mine,
        "words": post_words(mine.playbook_id, mine.kind),
        "kit": kit_words(mine.kit),
        "map": map_link(mine.latitude, mine.longitude),
        "beside": own.beside(actor, mine) if mine.state == "confirmed" else [],
        "notes": notes,
        "earlier_notes": earlier,
        "is_due": is_due,
        "is_there": is_there,
        "is_over": now >= mine.ends,
        "is_early": is_there and leaves_early(mine.presence, now),
        "may_withdraw": mine.state == "confirmed" and now < mine.starts,
        "check_in_says": sentence(mine.check_in, mine.presence, mine.zone),
        "code": code,
        "heading": heading,
    }


def answer(request: HttpRequest, actor: Account, assignment_id: int, *, code: str = "") -> HttpResponse:
    """The card as it is now: the answer to every tap on it."""
    mine = own.my_shift(actor, assignment_id)
    return render(request, CARD, {"card": card(actor, mine, code=code)})
