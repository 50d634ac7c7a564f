"""What the trail, the table of roles and a person's history call things: one word for each verb, model, way, action."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

register = template.Library()
Words = Mapping[str, Promise]

VERBS: Words = {
    "core.account_unlocked": _("Unlocked an account"),
    "core.delivery_sent_again": _("Had a message sent again"),
    "core.import_confirmed": _("Confirmed an import"),
    "core.import_discarded": _("Discarded an import"),
    "core.import_undone": _("Undid an import"),
    "core.import_uploaded": _("Uploaded a spreadsheet"),
    "core.job_cancelled": _("Stopped background work"),
    "core.language_set": _("Chose a language"),
    "core.role_given": _("Gave a role"),
    "core.role_taken": _("Took a role back"),
    "places.area_added": _("Added a place"),
    "places.area_edited": _("Changed a place"),
    "places.area_removed": _("Removed a place"),
    "places.household_added": _("Added a household"),
    "places.household_edited": _("Changed a household"),
    "places.household_removed": _("Removed a household"),
    "people.organisation_added": _("Added an organisation"),
    "people.organisation_edited": _("Changed an organisation"),
    "people.organisation_removed": _("Removed an organisation"),
    "people.person_added": _("Entered"),
    "people.person_edited": _("Details changed"),
    "people.person_verified": _("Verified"),
    "people.person_left": _("Marked as left"),
    "people.person_taken_back": _("Serves again"),
    "people.skills_set": _("Skills changed"),
    "people.skill_certified": _("Certificate seen"),
    "people.skill_removed": _("Skill removed"),
    "people.availability_added": _("Time noted"),
    "people.availability_removed": _("Time removed"),
    "people.account_opened": _("May sign in"),
    "people.own_details_edited": _("Changed own details"),
    "people.own_skills_set": _("Changed own skills"),
    "people.own_availability_added": _("Said when he can serve"),
    "people.own_availability_removed": _("Took back a time"),
    "people.consent_given": _("Agreed"),
    "people.consent_withdrawn": _("Took an agreement back"),
    "people.quiet_hours_set": _("Set quiet hours"),
    "people.calendar_link_renewed": _("Renewed the calendar link"),
    "incidents.playbook_installed": _("Installed a playbook"),
    "incidents.activated": _("Activated an incident"),
    "incidents.level_changed": _("Changed the response level"),
    "incidents.end_changed": _("Changed the expected end"),
    "incidents.step_ticked": _("Ticked a step"),
    "incidents.closed": _("Closed the incident"),
    "incidents.called_up": _("Sent a call-up"),
    "incidents.wave_sent": _("Asked a further wave"),
    "incidents.nudged": _("Reminded those who had not answered"),
    "incidents.answered": _("Answered a call-up"),
    "incidents.stood_down": _("Sent a stand-down"),
    "incidents.call_up_closed": _("Closed a call-up"),
    "incidents.hands_counted": _("Counted the hands that the posts need"),
    "incidents.hands_wanted": _("Typed how many hands are wanted"),
    "incidents.deployment_proposed": _("Had places proposed"),
    "incidents.member_moved": _("Moved a team member"),
    "incidents.paired": _("Paired two team members"),
    "incidents.member_recalled": _("Recalled a team member"),
    "incidents.deployment_published": _("Published orders"),
    "incidents.order_read": _("Read an order"),
    "incidents.offered": _("Stepped forward"),
    "incidents.offer_accepted": _("Accepted an offer"),
    "incidents.offer_declined": _("Declined an offer with thanks"),
    "incidents.offer_withdrawn": _("Took an offer back"),
    "duty.post_opened": _("Opened a post"),
    "duty.post_edited": _("Changed a post"),
    "duty.post_closed": _("Closed a post"),
    "duty.post_reopened": _("Opened a post again"),
    "duty.shifts_made": _("Made shifts"),
    "duty.shifts_taken_back": _("Took shifts back"),
    "duty.shifts_opened": _("Opened shifts for sign-up"),
    "duty.shifts_closed": _("Closed shifts for sign-up"),
    "duty.shift_added": _("Added a shift"),
    "duty.shift_edited": _("Changed a shift"),
    "duty.shift_cancelled": _("Cancelled a shift"),
    "duty.roster_begun": _("Began a roster"),
    "duty.roster_refreshed": _("Took changes into a draft"),
    "duty.roster_groups_set": _("Set duty groups"),
    "duty.roster_solving": _("Had a roster solved"),
    "duty.roster_solving_stopped": _("Stopped the solving"),
    "duty.roster_solved": _("Took over a solution"),
    "duty.roster_published": _("Published a roster"),
    "duty.roster_discarded": _("Gave a draft up"),
    "duty.draft_changed": _("Changed a draft by hand"),
    "duty.draft_pinned": _("Pinned places"),
    "duty.draft_released": _("Released places"),
    "duty.draft_undone": _("Undid a step of a draft"),
    "duty.rule_overridden": _("Answered for a broken rule"),
    "duty.exception_given": _("Gave an exception"),
    "duty.assigned": _("Put somebody on a shift"),
    "duty.taken_off": _("Took somebody off a shift"),
    "duty.signed_up": _("Signed up"),
    "duty.waiting": _("Joined a waiting list"),
    "duty.withdrew": _("Withdrew"),
    "duty.place_offered": _("Was offered a place"),
    "duty.place_confirmed": _("Confirmed a place"),
    "duty.place_passed": _("Passed a place on"),
    "duty.offer_expired": _("Let a place lapse"),
    "duty.swap_asked": _("Asked for a swap"),
    "duty.swap_accepted": _("Accepted a swap"),
    "duty.swap_declined": _("Declined a swap"),
    "duty.swap_approved": _("Approved a swap"),
    "duty.swap_refused": _("Refused a swap"),
    "duty.swap_taken_back": _("Took a swap back"),
    "duty.checked_in": _("Checked in"),
    "duty.checked_out": _("Checked out"),
    "duty.no_show": _("Noted a no-show"),
    "duty.attendance_corrected": _("Corrected attendance"),
    "duty.handover_written": _("Wrote a handover note"),
    "duty.handover_taken": _("Took over by a handover note"),
    "duty.wall_link_made": _("Made an address for a wall screen"),
    "duty.wall_link_revoked": _("Revoked an address for a wall screen"),
}

MODELS: Words = {
    "core.importbatch": _("Import"),
    "core.delivery": _("Delivery"),
    "core.grant": _("Role"),
    "core.job": _("Background work"),
    "core.message": _("Message"),
    "places.area": _("Place"),
    "places.household": _("Household"),
    "people.account": _("Account"),
    "people.availability": _("Availability"),
    "people.consent": _("Agreement"),
    "people.organisation": _("Organisation"),
    "people.person": _("Person"),
    "people.personskill": _("Skill"),
    "incidents.callup": _("Call-up"),
    "incidents.callupreply": _("Answer"),
    "incidents.deployment": _("Order"),
    "incidents.incident": _("Incident"),
    "incidents.offer": _("Offer"),
    "incidents.playbook": _("Playbook"),
    "incidents.teammember": _("Team member"),
    "duty.assignment": _("Assignment"),
    "duty.attendance": _("Attendance"),
    "duty.handovernote": _("Handover note"),
    "duty.override": _("Exception"),
    "duty.post": _("Post"),
    "duty.roster": _("Roster"),
    "duty.shift": _("Shift"),
    "duty.swap": _("Swap"),
    "duty.walllink": _("Wall screen"),
}

WAYS: Words = {
    "web": _("on screen"),
    "command": _("by command"),
    "job": _("in the background"),
    "offline": _("sent later"),
    "link": _("by link"),
}

ACTIONS: Words = {
    "core.cancel_job": _("Stop background work of others"),
    "core.grant": _("Give roles and take them back"),
    "core.read_message": _("Read one's messages"),
    "core.see_audit": _("See the trail"),
    "core.see_deliveries": _("See what was sent"),
    "core.see_jobs": _("See background work"),
    "places.see": _("See places"),
    "places.edit": _("Change places"),
    "places.import": _("Import estates and households"),
    "places.import_areas": _("Import official areas"),
    "places.see_household": _("See households"),
    "places.reveal_household": _("Have a household's details shown"),
    "people.see": _("See people"),
    "people.edit": _("Change people's details"),
    "people.import": _("Import people"),
    "people.verify": _("Verify people"),
    "people.reveal": _("Have a phone number shown"),
    "people.manage_organisations": _("Manage organisations"),
    "incidents.see": _("See incidents"),
    "incidents.activate": _("Activate incidents"),
    "incidents.direct": _("Direct incidents"),
    "incidents.call_up": _("Call people up"),
    "incidents.answer": _("Answer a call-up"),
    "incidents.deploy": _("Deploy the team"),
    "incidents.see_order": _("See orders"),
    "incidents.offer": _("Step forward"),
    "incidents.accept_offer": _("Decide about offers"),
    "incidents.install_playbook": _("Install playbooks"),
    "duty.see": _("See posts, rosters and attendance"),
    "duty.plan": _("Plan posts, shifts and rosters"),
    "duty.publish": _("Publish rosters"),
    "duty.override": _("Give exceptions from rules"),
    "duty.see_own": _("See one's own shifts"),
    "duty.sign_up": _("Sign up for shifts"),
    "duty.assign": _("Put people on shifts and take them off"),
    "duty.approve_swap": _("Approve swaps"),
    "duty.check_in": _("Check people in and out"),
    "duty.correct_attendance": _("Correct attendance"),
    "duty.hand_over": _("Write handover notes"),
    "duty.see_wall": _("See the wall screen"),
}


@register.filter
def verb_word(name: str) -> Any:
    """What somebody did. Something newer than these tables is shown by its own name; a test keeps them complete."""
    return VERBS.get(name, name)


@register.filter
def model_word(name: str) -> Any:
    """To what kind of row."""
    return MODELS.get(name, name)


@register.filter
def way_word(name: str) -> Any:
    """By which way."""
    return WAYS.get(name, name)


@register.filter
def action_word(name: str) -> Any:
    """What a role may do."""
    return ACTIONS.get(name, name)
