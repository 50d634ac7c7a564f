"""Every write to people, by noun: ``people``, ``mine`` (what a person changes himself), ``organisations``.

The names are offered here, so that callers write ``people.actions.add_person``.
"""

from redvest.people.actions.mine import (
    add_my_availability,
    edit_my_details,
    renew_calendar_link,
    set_my_consent,
    set_my_skills,
    set_quiet_hours,
    withdraw_my_availability,
)
from redvest.people.actions.organisations import add_organisation, edit_organisation, remove_organisation
from redvest.people.actions.people import (
    add_availability,
    add_person,
    certify_skill,
    edit_person,
    mark_left,
    next_numbers,
    open_account,
    remove_availability,
    remove_skill,
    reveal_person,
    set_skills,
    take_back,
    verify_person,
)

__all__ = [
    "add_availability",
    "add_my_availability",
    "add_organisation",
    "add_person",
    "certify_skill",
    "edit_my_details",
    "edit_organisation",
    "edit_person",
    "mark_left",
    "next_numbers",
    "open_account",
    "remove_availability",
    "remove_organisation",
    "remove_skill",
    "renew_calendar_link",
    "reveal_person",
    "set_my_consent",
    "set_my_skills",
    "set_quiet_hours",
    "set_skills",
    "take_back",
    "verify_person",
    "withdraw_my_availability",
]
