"""Screens of people: the list with its filters, one person with what he can and when, and what is changed there."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from redvest.core import access, masking
from redvest.core.errors import Refused
from redvest.people import actions, queries
from redvest.people.models import Consent, Person, PersonSkill
from redvest.people.queries import Filter
from redvest.places import queries as places
from redvest.places.queries import full_names
from redvest.web.forms.people import AvailabilityForm, CertificateForm, PersonForm, SkillsForm, by_street
from redvest.web.forms.places import PurposeForm
from redvest.web.http import SignedInRequest, for_staff_of, number
from redvest.web.templatetags.trail_words import verb_word

SEE, EDIT, VERIFY, REVEAL = "people.see", "people.import", "people.verify", "people.reveal"
PAGE = 40
UNSEEN = ("phone", "home_address", "emergency_contact")
TONES = {Person.State.REGISTERED: "late", Person.State.VERIFIED: "ok", Person.State.LEFT: "neutral"}
SKILL_TONES = {
    PersonSkill.Source.DECLARED: "neutral",
    PersonSkill.Source.EARNED: "ok",
    PersonSkill.Source.CERTIFIED: "ok",
}


@for_staff_of(SEE)
@require_safe
def people(request: SignedInRequest) -> HttpResponse:
    """The people of the actor's areas; every filter answers at once."""
    wanted = _wanted(request)
    page = Paginator(queries.people(request.user, wanted), PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "page": page,
        "rows": [(line, TONES[Person.State(line.state)]) for line in queries.lines(page.object_list)],
        "filtered": wanted != Filter(),
    }
    if request.htmx:
        return render(request, "coordinator/people/people.html#results", context)
    context |= {
        "wanted": wanted,
        "area": str(wanted.area.pk) if wanted.area else "",
        "totals": queries.totals(request.user, Filter()),
        "organisations": queries.organisations(request.user),
        "skills": queries.skills(),
        "areas": by_street(places.communities(request.user, SEE), empty=_("All communities")),
        "kinds": Person.Kind.choices,
        "states": Person.State.choices,
        "may_add": access.can(request.user, EDIT),
    }
    return render(request, "coordinator/people/people.html", context)


def _wanted(request: SignedInRequest) -> Filter:
    # PostgreSQL knows no NUL in text; whoever sends one gets the answer for the text without it.
    given = {key: str(value).replace("\x00", "") for key, value in request.GET.items()}
    area = number(given.get("area"))
    return Filter(
        text=given.get("q", "").strip()[:60],
        organisation=number(given.get("organisation")),
        skill=given.get("skill", ""),
        area=places.areas(request.user, SEE).filter(pk=area).first() if area is not None else None,
        kind=given.get("kind", ""),
        state=given.get("state", ""),
    )


@for_staff_of(SEE)
@require_safe
def person(request: SignedInRequest, pk: int) -> HttpResponse:
    """One person: who he is, what he can, when he can, and what may be done about it."""
    row = queries.person(request.user, pk)
    may_edit = queries.may(request.user, EDIT, row)
    skills = queries.skills_of(row)
    context = {
        "person": row,
        "tone": TONES[Person.State(row.state)],
        "facts": _facts(row),
        "phone": masking.phone(row.phone),
        "skills": [(held, SKILL_TONES[PersonSkill.Source(held.source)]) for held in skills],
        "availability": queries.availability_of(row),
        "consents": _consents(row),
        "history": _history(request, row) if may_edit else [],
        "may_edit": may_edit,
        "may_reveal": bool(row.phone) and queries.may(request.user, REVEAL, row),
        "why_no_account": "" if row.phone else _("Signing in needs a phone number. Enter it first."),
    }
    return render(request, "coordinator/people/person.html", context)


def _facts(row: Person) -> list[tuple[str, Any]]:
    home = full_names([row.home])[row.home.pk] if row.home is not None else ""
    facts: list[tuple[str, Any]] = [
        (_("Number"), row.number),
        (_("Kind"), row.get_kind_display()),
        (_("Organisation"), row.organisation.name if row.organisation is not None else "–"),
        (_("Lives in"), home or "–"),
        (_("Year of birth"), row.birth_year or "–"),
        (_("Languages"), _(", ").join(queries.language_labels(row)) or "–"),
        (_("Experience"), row.experience or "–"),
    ]
    if row.max_distance_km is not None:
        facts.append((_("Farthest way to duty (km)"), row.max_distance_km))
    if row.host is not None:
        facts.append((_("Hosted by"), row.host.name))
    if row.political_status:
        facts.append((_("Political status"), queries.political_label(row)))
    return facts


def _consents(row: Person) -> list[dict[str, Any]]:
    given = queries.consents_of(row)
    return [{"label": Consent.Kind(kind).label, "row": consent} for kind, consent in given.items()]


def _history(request: SignedInRequest, row: Person) -> list[dict[str, Any]]:
    events = queries.history(request.user, row)
    return [{"at": event.at, "actor": event.actor, "what": verb_word(event.verb)} for event in events]


def _person_form(request: SignedInRequest, row: Person | None = None) -> PersonForm:
    return PersonForm(
        request.POST or None,
        person=row,
        organisations=queries.organisations(request.user, action=EDIT),
        communities=places.communities(request.user),
    )


def _given(request: SignedInRequest, form: PersonForm, row: Person | None = None) -> dict[str, Any]:
    """The form's values with rows in place of keys, found again through the actor's own view."""
    values = dict(form.cleaned_data)
    key, home = values.pop("organisation"), values.pop("home")
    kept = row is not None and row.organisation_id == key
    values["organisation"] = (
        (row.organisation if row is not None and kept else queries.organisation(request.user, key)) if key else None
    )
    same_home = row is not None and row.home_id == home
    values["home"] = (row.home if row is not None and same_home else places.area(request.user, home)) if home else None
    return values


@for_staff_of(EDIT)
@require_http_methods(["GET", "POST"])
def add(request: SignedInRequest) -> HttpResponse:
    """Enter somebody, perhaps while he is on the phone."""
    form = _person_form(request)
    if request.method == "POST" and form.is_valid():
        row = actions.add_person(request.user, **_given(request, form))
        messages.success(request, _("%(name)s was entered.") % {"name": row.name})
        return redirect("coordinator:person", row.pk)
    context = {"form": form, "heading": _("Enter a person"), "label": _("Enter"), "back": reverse("coordinator:people")}
    return render(request, "coordinator/people/form.html", context, status=422 if form.errors else 200)


@for_staff_of(EDIT)
@require_http_methods(["GET", "POST"])
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change an entry. What is shown for a purpose only is not in the form; what is entered there replaces it."""
    row = queries.person(request.user, pk, EDIT)
    form = _person_form(request, row)
    form.fields["phone"].help_text = _("Empty: stays %(phone)s.") % {"phone": masking.phone(row.phone) or "–"}
    for name in ("home_address", "emergency_contact"):
        form.fields[name].help_text = _("Empty: stays as it is.")
    form.initial = {**form.initial, **dict.fromkeys(UNSEEN, "")}
    if request.method == "POST" and form.is_valid():
        given = _given(request, form, row)
        values = {key: value for key, value in given.items() if value or key not in UNSEEN}
        actions.edit_person(request.user, pk, **values)
        messages.success(request, _("Saved."))
        return redirect("coordinator:person", pk)
    context = {
        "form": form,
        "heading": row.name,
        "label": _("Save"),
        "back": reverse("coordinator:person", args=[pk]),
    }
    return render(request, "coordinator/people/form.html", context, status=422 if form.errors else 200)


STEPS = {
    "verify": (actions.verify_person, gettext_lazy("%(name)s is verified and can be called up.")),
    "leave": (actions.mark_left, gettext_lazy("%(name)s is marked as left. The service record stays.")),
    "take-back": (actions.take_back, gettext_lazy("%(name)s is registered again. Verify the entry next.")),
}


@for_staff_of(VERIFY)
@require_POST
def step(request: SignedInRequest, pk: int, name: str) -> HttpResponse:
    """Verify, mark as left, take back."""
    if name not in STEPS:
        raise Refused(_("There is no such step. Reload the page."))
    action, said = STEPS[name]
    row = action(request.user, pk)
    messages.success(request, said % {"name": row.name})
    return redirect("coordinator:person", pk)


@for_staff_of(EDIT)
@require_POST
def open_account(request: SignedInRequest, pk: int) -> HttpResponse:
    """The person may sign in by a code on his phone."""
    account = actions.open_account(request.user, pk)
    messages.success(request, _("%(name)s can now sign in with a code sent to the phone.") % {"name": account.name})
    return redirect("coordinator:person", pk)


@for_staff_of(REVEAL)
@require_http_methods(["GET", "POST"])
def reveal(request: SignedInRequest, pk: int) -> HttpResponse:
    """A dialog: first the purpose, then the number in clear. The look is recorded."""
    row = queries.person(request.user, pk, REVEAL)
    form = PurposeForm(request.POST or None)
    context: dict[str, Any] = {"form": form, "label": row.name, "address": request.path}
    if request.method == "POST" and form.is_valid():
        seen = actions.reveal_person(request.user, pk, purpose=form.cleaned_data["purpose"])
        context |= {
            "facts": [
                (_("Phone"), masking.spoken(seen.phone) or "–"),
                (_("Home address"), seen.home_address or "–"),
                (_("Emergency contact"), seen.emergency_contact or "–"),
            ],
            "call": seen.phone,
        }
    return render(request, "coordinator/places/reveal.html", context)


@for_staff_of(EDIT)
@require_http_methods(["GET", "POST"])
def skills(request: SignedInRequest, pk: int) -> HttpResponse:
    """Declared skills to tick; certificates with their end."""
    row = queries.person(request.user, pk, EDIT)
    held = queries.skills_of(row)
    declared = [found.skill.code for found in held if found.source == PersonSkill.Source.DECLARED]
    codes = [found.skill.code for found in held]
    certifies = "certify" in request.POST
    form = SkillsForm(
        request.POST if request.POST and not certifies else None, known=queries.skills(), declared=declared, held=codes
    )
    certificate = CertificateForm(request.POST if certifies else None, known=queries.skills())
    if certifies and certificate.is_valid():
        actions.certify_skill(
            request.user, pk, certificate.cleaned_data["skill"], expires_on=certificate.cleaned_data["expires_on"]
        )
        return redirect("coordinator:person_skills", pk)
    if request.POST and not certifies and form.is_valid():
        actions.set_skills(request.user, pk, form.cleaned_data["skills"])
        messages.success(request, _("Saved."))
        return redirect("coordinator:person", pk)
    fixed = [found for found in held if found.source != PersonSkill.Source.DECLARED]
    context = {"person": row, "form": form, "certificate": certificate, "fixed": fixed}
    return render(request, "coordinator/people/skills.html", context)


@for_staff_of(VERIFY)
@require_POST
def remove_skill(request: SignedInRequest, pk: int, code: str) -> HttpResponse:
    """A certified or earned skill that is not there after all."""
    actions.remove_skill(request.user, pk, code)
    return redirect("coordinator:person_skills", pk)


@for_staff_of(EDIT)
@require_http_methods(["GET", "POST"])
def add_availability(request: SignedInRequest, pk: int) -> HttpResponse:
    """What the person said on the phone about his time."""
    row = queries.person(request.user, pk, EDIT)
    form = AvailabilityForm(request.POST or None)
    form.fields["kind"].label = _("The person")
    if request.method == "POST" and form.is_valid():
        actions.add_availability(request.user, pk, **form.fields_of_action())
        messages.success(request, _("Noted."))
        return redirect("coordinator:person", pk)
    context = {
        "form": form,
        "heading": _("When can %(name)s serve?") % {"name": row.name},
        "label": _("Note it"),
        "back": reverse("coordinator:person", args=[pk]),
    }
    return render(request, "coordinator/people/form.html", context, status=422 if form.errors else 200)


@for_staff_of(EDIT)
@require_POST
def remove_availability(request: SignedInRequest, pk: int, said: int) -> HttpResponse:
    """Take a noted time away."""
    actions.remove_availability(request.user, pk, said)
    messages.success(request, _("Removed."))
    return redirect("coordinator:person", pk)
