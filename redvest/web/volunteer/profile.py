"""A person's own pages on the phone: details, skills, when he can serve, agreements, quiet hours, calendar link."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from redvest.core import masking
from redvest.people import actions, queries
from redvest.people.models import Consent, PersonSkill
from redvest.web.forms.people import AvailabilityForm, MyDetailsForm, QuietHoursForm, SkillsForm
from redvest.web.http import SignedInRequest, me, signed_in


@signed_in
@require_safe
def profile(request: SignedInRequest) -> HttpResponse:
    """Where each thing about oneself stands, and the way to change it."""
    person = me(request)
    availability = queries.availability_of(person)
    given = [str(Consent.Kind(kind).label) for kind, row in queries.consents_of(person).items() if row]
    account = request.user
    quiet = (
        f"{account.quiet_from:%H:%M}–{account.quiet_until:%H:%M}" if account.quiet_from and account.quiet_until else ""
    )
    context = {
        "person": person,
        "phone": masking.spoken(person.phone),
        "skills": _(", ").join(str(held.skill) for held in queries.skills_of(person)),
        "availability": availability,
        "given": _(", ").join(given),
        "quiet": quiet or _("%(hours)s, as set for everybody") % {"hours": settings.QUIET_HOURS},
    }
    return render(request, "volunteer/profile/profile.html", context)


@signed_in
@require_http_methods(["GET", "POST"])
def details(request: SignedInRequest) -> HttpResponse:
    """Phone, address, languages, experience, how far one goes."""
    person = me(request)
    form = MyDetailsForm(request.POST or None, person=person)
    if request.method == "POST" and form.is_valid():
        actions.edit_my_details(request.user, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("volunteer:profile")
    return _form(request, form, _("My details"), _("Save"))


@signed_in
@require_http_methods(["GET", "POST"])
def skills(request: SignedInRequest) -> HttpResponse:
    """What one can do; what was certified or earned stands beside it."""
    person = me(request)
    held = queries.skills_of(person)
    declared = [found.skill.code for found in held if found.source == PersonSkill.Source.DECLARED]
    form = SkillsForm(
        request.POST or None,
        known=queries.skills(),
        declared=declared,
        held=[found.skill.code for found in held],
    )
    form.fields["skills"].label = _("I can do this")
    if request.method == "POST" and form.is_valid():
        actions.set_my_skills(request.user, form.cleaned_data["skills"])
        messages.success(request, _("Saved."))
        return redirect("volunteer:profile")
    fixed = [found for found in held if found.source != PersonSkill.Source.DECLARED]
    return _form(request, form, _("My skills"), _("Save"), fixed=fixed)


@signed_in
@require_http_methods(["GET", "POST"])
def availability(request: SignedInRequest) -> HttpResponse:
    """What one has said about one's time, and a form to say more."""
    person = me(request)
    form = AvailabilityForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.add_my_availability(request.user, **form.fields_of_action())
        messages.success(request, _("Noted. The next roster counts on it."))
        return redirect("volunteer:availability")
    context = {"form": form, "said": queries.availability_of(person)}
    return render(request, "volunteer/profile/availability.html", context, status=422 if form.errors else 200)


@signed_in
@require_POST
def withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take back what one said about one's time."""
    actions.withdraw_my_availability(request.user, pk)
    messages.success(request, _("Taken back. Shifts that you confirmed stay; withdraw from them under “My shifts”."))
    return redirect("volunteer:availability")


@signed_in
@require_http_methods(["GET", "POST"])
def agreements(request: SignedInRequest) -> HttpResponse:
    """What one has agreed to; each can be given and taken back."""
    person = me(request)
    if request.method == "POST":
        given = "give" in request.POST
        kind = request.POST.get("give") or request.POST.get("take_back") or ""
        actions.set_my_consent(request.user, kind, given=given)
        messages.success(request, _("Thank you, noted.") if given else _("Taken back."))
        return redirect("volunteer:agreements")
    rows = [(kind, Consent.Kind(kind).label, row) for kind, row in queries.consents_of(person).items()]
    return render(request, "volunteer/profile/agreements.html", {"rows": rows})


@signed_in
@require_http_methods(["GET", "POST"])
def quiet_hours(request: SignedInRequest) -> HttpResponse:
    """When only urgent messages may come."""
    me(request)
    initial = {"quiet_from": request.user.quiet_from, "quiet_until": request.user.quiet_until}
    form = QuietHoursForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        actions.set_quiet_hours(request.user, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("volunteer:profile")
    note = _("Empty: %(hours)s, as set for everybody. An urgent call-up comes at any hour.") % {
        "hours": settings.QUIET_HOURS
    }
    return _form(request, form, _("Quiet hours"), _("Save"), note=note)


@signed_in
@require_http_methods(["GET", "POST"])
def calendar(request: SignedInRequest) -> HttpResponse:
    """The private address under which the phone's calendar finds one's shifts; a new one makes the old one useless."""
    person = me(request)
    if request.method == "POST":
        actions.renew_calendar_link(request.user)
        messages.success(request, _("Here is your new link. The old one no longer works."))
        return redirect("volunteer:calendar_link")
    address = settings.PUBLIC_URL + reverse("public:calendar", args=[person.calendar_token])
    subscribe = address.replace("https://", "webcal://").replace("http://", "webcal://")
    context = {"address": address, "subscribe": subscribe}
    return render(request, "volunteer/profile/calendar.html", context)


def _form(request: SignedInRequest, form: Any, heading: str, label: str, **more: Any) -> HttpResponse:
    context = {"form": form, "heading": heading, "label": label, **more}
    return render(request, "volunteer/profile/form.html", context, status=422 if form.errors else 200)
