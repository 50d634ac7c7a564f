"""Who may do what: every role and every action on one page. Nothing else decides about permission.

A grant gives an account a role at an area; it covers everything below that area. ``SELF`` is no role that can be
granted: it marks actions that a person may do on rows that are his own.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """The roles of a grant, from the widest to the narrowest."""

    ADMINISTRATOR = "administrator", _("Administrator")
    COORDINATOR = "coordinator", _("Coordinator")
    COMMUNITY_WORKER = "community_worker", _("Community worker")
    POST_LEAD = "post_lead", _("Post lead")
    OBSERVER = "observer", _("Observer")


SELF = "self"

A, C, W, L, O = Role  # noqa: E741 - the table below is read by column

# Roles that must set up a second factor before they see anything beyond their own account.
SECOND_FACTOR_ROLES = frozenset({A, C})

ACTIONS: dict[str, frozenset[str]] = {
    # core
    "core.grant": frozenset({A}),
    "core.see_audit": frozenset({A}),
    "core.see_jobs": frozenset({A, C, W, SELF}),
    "core.cancel_job": frozenset({A, C, SELF}),
    "core.see_deliveries": frozenset({A, C}),
    "core.read_message": frozenset({SELF}),
    # places
    "places.see": frozenset({A, C, W, L, O}),
    "places.edit": frozenset({A, C, W}),
    "places.import_areas": frozenset({A}),
    "places.import": frozenset({A, C, W}),
    "places.see_household": frozenset({A, C, W}),
    "places.reveal_household": frozenset({C, W}),
    # people
    "people.see": frozenset({A, C, W, L, O, SELF}),
    "people.edit": frozenset({A, C, W, SELF}),
    "people.import": frozenset({A, C, W}),
    "people.reveal": frozenset({C, W, L}),
    "people.verify": frozenset({A, C, W}),
    "people.manage_organisations": frozenset({A, C}),
    # incidents
    "incidents.install_playbook": frozenset({A}),
    "incidents.see": frozenset({A, C, W, L, O}),
    "incidents.activate": frozenset({C}),
    "incidents.direct": frozenset({C}),
    "incidents.call_up": frozenset({C}),
    "incidents.answer": frozenset({SELF}),
    "incidents.deploy": frozenset({C}),
    "incidents.see_order": frozenset({C, W, SELF}),
    "incidents.offer": frozenset({SELF}),
    "incidents.accept_offer": frozenset({C, W}),
    # duty
    "duty.see": frozenset({A, C, W, L, O}),
    "duty.plan": frozenset({C, W}),
    "duty.publish": frozenset({C, W}),
    "duty.override": frozenset({C}),
    "duty.see_own": frozenset({SELF}),
    "duty.sign_up": frozenset({SELF}),
    "duty.assign": frozenset({C, W}),
    "duty.approve_swap": frozenset({C, W, L}),
    "duty.check_in": frozenset({C, W, L, SELF}),
    "duty.correct_attendance": frozenset({C, W, L}),
    "duty.hand_over": frozenset({C, W, L, SELF}),
    "duty.see_wall": frozenset({A, C, W, L, O}),
    # needs
    "needs.see": frozenset({C, W, L, SELF}),
    "needs.see_figures": frozenset({A, C, W, L, O}),
    "needs.enter": frozenset({C, W, L}),
    "needs.triage": frozenset({C, W, L}),
    "needs.work": frozenset({C, W, L, SELF}),
    "needs.close": frozenset({C, W, L}),
    "needs.merge": frozenset({C, W}),
    "needs.reveal": frozenset({C, W, L, SELF}),
    "needs.print_codes": frozenset({C, W}),
    # supplies
    "supplies.see": frozenset({A, C, W, L, O}),
    "supplies.keep": frozenset({C, W}),
    "supplies.manage_items": frozenset({A, C, W}),
    "supplies.carry": frozenset({C, W, SELF}),
    "supplies.allocate": frozenset({C, W}),
    "supplies.see_doors": frozenset({A, C, W}),
    "supplies.sign_off": frozenset({C, W, SELF}),
    "supplies.medicine": frozenset({C, W}),
    "supplies.hand_over": frozenset({C, W, SELF}),
}


def roles_for(action: str) -> frozenset[str]:
    """The roles that may do ``action``. An unknown name is a mistake in the code, never a refusal."""
    return ACTIONS[action]
