"""Forms of the questions about a roster: what happened to it, what would be if. One small form for each card."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from redvest.duty.planning import answers, events
from redvest.duty.planning.events import Event
from redvest.duty.queries.repairs import BAND_WORDS, RepairChoices
from redvest.duty.queries.what_if import QuestionChoices
from redvest.web.forms.posts import LOCAL


def moment_input() -> forms.DateTimeInput:
    return forms.DateTimeInput(attrs={"type": "datetime-local"}, format=LOCAL)


class SpanForm(forms.Form):
    """From when, until when; the end may be open."""

    since = forms.DateTimeField(label=_("From"), widget=moment_input())
    until = forms.DateTimeField(
        label=_("Until"), widget=moment_input(), required=False, help_text=_("Empty: no end is known.")
    )

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        since, until = given.get("since"), given.get("until")
        if since and until and until <= since:
            self.add_error("until", _("The end lies before the start. Correct one of the two."))
        return given


class DropOutForm(SpanForm):
    """Somebody cannot come any more."""

    person = forms.TypedChoiceField(label=_("Who"), coerce=int)

    field_order = ("person", "since", "until")


class PerimeterForm(SpanForm):
    """A place is closed: nobody crosses."""

    area = forms.TypedChoiceField(label=_("Place"), coerce=int)

    field_order = ("area", "since", "until")


class HeatForm(SpanForm):
    """A heat warning."""

    band = forms.TypedChoiceField(
        label=_("Forecast"), coerce=int, choices=list(BAND_WORDS.items()), initial=events.BANDS[-1]
    )

    field_order = ("band", "since", "until")


class NowForm(forms.Form):
    """Whatever changed: new posts and shifts, places given back."""


EVENT_FORMS: dict[str, type[forms.Form]] = {
    events.DROP_OUT: DropOutForm,
    events.PERIMETER: PerimeterForm,
    events.HEAT: HeatForm,
    events.NOW: NowForm,
}


def event_forms(
    choices: RepairChoices, data: Mapping[str, Any] | None = None, person: int | None = None
) -> dict[str, forms.Form]:
    """The form of each kind of event; the one that was sent holds what was sent."""
    found = {}
    for kind, made in EVENT_FORMS.items():
        mine = data if data is not None and data.get("kind") == kind else None
        form = made(mine, prefix=kind, initial={"since": choices.now, "person": person})
        options: dict[str, list[tuple[int, str]]] = {"person": choices.people, "area": choices.areas}
        for name, values in options.items():
            if name in form.fields:
                field: Any = form.fields[name]
                field.choices = values
        found[kind] = form
    return found


def event_of(kind: str, form: forms.Form, now: datetime) -> Event:
    """The event that a valid form describes."""
    given = form.cleaned_data
    return Event(
        kind,
        given.get("since") or now,
        given.get("until"),
        person=given.get("person"),
        area=given.get("area"),
        band=given.get("band") or 0,
    )


class CountForm(forms.Form):
    """How many."""

    count = forms.IntegerField(label=_("How many"), min_value=1, max_value=20, initial=1)


class MorePostsForm(CountForm):
    like = forms.TypedChoiceField(label=_("Like this post"), coerce=int)

    field_order = ("like", "count")


class FewerPeopleForm(CountForm):
    people = forms.TypedMultipleChoiceField(
        label=_("Who"), coerce=int, required=False, help_text=_("Nobody chosen: people with an ordinary share.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["count"].initial = 2


class MorePeopleForm(CountForm):
    skills = forms.MultipleChoiceField(label=_("Who can"), required=False, widget=forms.CheckboxSelectMultiple)


class LimitForm(forms.Form):
    """Another limit for one rule."""

    rule = forms.ChoiceField(label=_("Rule"))
    value = forms.IntegerField(
        label=_("New limit"), min_value=1, max_value=200, initial=10, help_text=_("Hours, or nights or days in a row.")
    )


class HandsForm(forms.Form):
    """How many people would close all gaps?"""


QUESTION_FORMS: dict[str, type[forms.Form]] = {
    answers.POST: MorePostsForm,
    answers.FEWER: FewerPeopleForm,
    answers.MORE: MorePeopleForm,
    answers.RULE: LimitForm,
    answers.HANDS: HandsForm,
}


def question_forms(choices: QuestionChoices, data: Mapping[str, Any] | None = None) -> dict[str, forms.Form]:
    """The form of each question; the one that was sent holds what was sent."""
    found = {}
    options: dict[str, Any] = {
        "like": choices.posts,
        "people": choices.people,
        "skills": choices.skills,
        "rule": choices.rules,
    }
    for kind, made in QUESTION_FORMS.items():
        form = made(data if data is not None and data.get("kind") == kind else None, prefix=kind)
        for name, values in options.items():
            if name in form.fields:
                field: Any = form.fields[name]
                field.choices = values
        found[kind] = form
    return found


def question_of(kind: str, form: forms.Form) -> dict[str, Any]:
    """The question that a valid form asks; hours become the minutes that rules count in."""
    given = dict(form.cleaned_data)
    if kind == answers.RULE and given["rule"] in answers.IN_MINUTES:
        given["value"] *= 60
    return {"kind": kind, **given}
