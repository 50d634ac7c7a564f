"""Playbooks by key, read once per process, since a version's text never changes; and its limits."""

from functools import lru_cache

from redvest.duty.rules.stretches import Limits
from redvest.incidents.models import Playbook as PlaybookRow
from redvest.incidents.playbooks.loader import load
from redvest.incidents.playbooks.schema import Playbook


@lru_cache(maxsize=64)
def book(playbook_id: int) -> Playbook:
    """The playbook version with this key."""
    return load("-", PlaybookRow.objects.values_list("text", flat=True).get(pk=playbook_id))


@lru_cache(maxsize=64)
def limits(playbook_id: int) -> Limits:
    """The limits in force for incidents run by this playbook version."""
    return Limits.of(book(playbook_id).rules.values())
