"""Screens of the situation: what is running, activating, one incident with its next steps, level, end and closing."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from redvest.core import access, live
from redvest.core.errors import Refused
from redvest.duty.queries.standing import standings
from redvest.incidents import actions, queries
from redvest.incidents.playbooks.schema import Playbook, RuleValue
from redvest.web.forms.incidents import ActivateForm, EndForm, LevelForm
from redvest.web.http import SignedInRequest, for_staff_of, number
from redvest.web.templatetags.look import hours
from redvest.workflows import activate_incident as activation
from redvest.workflows import situation as boards
from redvest.workflows.incident_facts import duty_facts

# An area with more communities than this is narrowed before it is activated, not ticked through.
FOCUS_AT_MOST = 60
SEVERITIES = {
    "forbid": gettext_lazy("never broken"),
    "override": gettext_lazy("only with a name, a reason and an end"),
    "warn": gettext_lazy("avoided and shown"),
    "off": gettext_lazy("not looked at"),
}
TOPICS = ["incidents", "call_ups", "deployment", "offers", "posts", "duty", "shifts"]


def board_tag(request: SignedInRequest, *paths: str) -> str:
    """The entity tag of a live board. It turns over every minute, because boards show clocks."""
    parts = [str(live.version(TOPICS, path)) for path in paths]
    return '"' + "-".join([*parts, request.LANGUAGE_CODE, timezone.now().strftime("%H%M"), str(request.user.pk)]) + '"'


@for_staff_of("incidents.see")
@require_GET
def situation(request: SignedInRequest) -> HttpResponse:
    """The running incidents, shortage first. An empty board says what to do first."""
    tag = board_tag(request, *access.paths(request.user, "incidents.see"))
    if request.htmx and (same := live.unchanged(request, tag)):
        return same
    lines = boards.board(request.user, queries.incidents.situation(request.user))
    real = [line for line in lines if not line.situation.incident.is_drill]
    context = {
        "lines": lines,
        "missing": sum(line.missing for line in real),
        "short": sum(line.short for line in real),
        "present": sum(line.present for line in real),
        "lacks": sum(line.situation.lacks for line in real),
        "waiting": sum(line.situation.awaited for line in lines),
        "offers": queries.deployment.open_offers(request.user)[:8],
        "closed": queries.incidents.closed(request.user),
        "may_activate": access.can(request.user, "incidents.activate"),
        "tag": tag,
        "now": timezone.now(),
    }
    template = "coordinator/incidents/situation.html" + ("#board" if request.htmx else "")
    return live.tagged(render(request, template, context), tag)


@for_staff_of("incidents.activate")
@require_http_methods(["GET", "POST"])
def activate(request: SignedInRequest) -> HttpResponse:
    """The activation form; beside it what it would create. Nothing is written before the button is pressed."""
    playbooks = queries.incidents.playbooks(request.user)
    areas = queries.incidents.areas_to_activate(request.user)
    given = request.POST if request.method == "POST" else request.GET if request.htmx else None
    area = number(given.get("area")) if given is not None else None
    hosts = queries.incidents.hosts_of(request.user, area) if area else []
    hosts = hosts if 1 < len(hosts) <= FOCUS_AT_MOST else []
    form = ActivateForm(given, playbooks=playbooks, areas=areas, hosts=hosts)
    if request.method == "POST" and form.is_valid():
        opened = activation.activate_incident(request.user, **form.cleaned_data)
        posts = len(opened.posts)
        sentence = ngettext("Activated; %(number)s post is open.", "Activated; %(number)s posts are open.", posts)
        messages.success(request, sentence % {"number": posts})
        return redirect("coordinator:incident", opened.incident.pk)
    if request.htmx and request.htmx.target == "places":  # another area: its communities, chosen as at first
        form = ActivateForm(None, playbooks=playbooks, areas=areas, hosts=hosts)
        return render(request, "coordinator/incidents/activate.html#places", {"form": form, "hosts": hosts})
    context = {"form": form, "playbooks": playbooks, "hosts": hosts} | _planned(request, form)
    template = "coordinator/incidents/activate.html" + ("#planned" if request.htmx else "")
    return render(request, template, context, status=422 if request.method == "POST" else 200)


def _planned(request: SignedInRequest, form: ActivateForm) -> dict[str, Any]:
    """What the choices as they stand would open."""
    form.is_valid()
    given = form.cleaned_data if form.is_bound else form.initial
    if not given.get("playbook") or not given.get("area") or not given.get("level"):
        return {}
    content = queries.incidents.playbook(request.user, given["playbook"])[1]
    focus = given.get("focus") or ()
    planned = queries.incidents.planned_posts(request.user, content, given["level"], given["area"], focus)
    return {
        "planned": planned,
        "posts": sum(line.number for line in planned),
        "people": sum(line.people for line in planned),
        "chosen": content,
        "level": content.levels[given["level"]],
    }


@for_staff_of("incidents.see")
@require_GET
def incident(request: SignedInRequest, pk: int) -> HttpResponse:
    """One incident: clock, team, gaps, posts, and the next steps."""
    row = queries.incidents.incident(request.user, pk)
    tag = board_tag(request, row.area.path)
    if request.htmx and (same := live.unchanged(request, tag)):
        return same
    duty = duty_facts(row)
    steps = queries.incidents.next_steps(request.user, row, duty.facts)
    content = queries.incidents.playbook_of(row)
    calls = access.can(request.user, "incidents.call_up")
    line = queries.incidents.one_situation(request.user, row)
    context = frame_of(request, row, "incident") | {
        "line": line,
        "level": content.levels[row.level],
        "kind": content.name,
        "steps": steps,
        "open_steps": sum(not step.done for step in steps),
        "done_steps": sum(step.done for step in steps),
        "late_steps": sum(step.late for step in steps),
        "places": boards.places_of(line, standings(request.user, [row.pk])),
        "posts": duty.posts,
        "call_ups": queries.call_ups.call_ups(request.user, row) if calls else [],
        "offers": queries.deployment.open_offers(request.user, row),
        "tag": tag,
        "now": timezone.now(),
    }
    template = "coordinator/incidents/incident.html" + ("#board" if request.htmx else "")
    return live.tagged(render(request, template, context), tag)


def frame_of(request: SignedInRequest, row: Any, current: str) -> dict[str, Any]:
    """What every page of one incident shows around its content: tabs, area, whether the actor directs it."""
    tabs = [("incident", _("Overview"), "layout-dashboard", reverse("coordinator:incident", args=[row.pk]))]
    if access.can(request.user, "incidents.call_up", row.area):
        url = reverse("coordinator:incident_callups", args=[row.pk])
        tabs.append(("call_ups", _("Call-ups"), "speakerphone", url))
    if access.can(request.user, "incidents.deploy", row.area):
        tabs.append(("deployment", _("Deployment"), "map-pins", reverse("coordinator:deploy", args=[row.pk])))
    return {
        "incident": row,
        "tabs": [{"label": name, "icon": icon, "url": url, "current": key == current} for key, name, icon, url in tabs],
        "directs": queries.incidents.directs(request.user, row),
    }


@for_staff_of("incidents.direct")
@require_POST
def tick(request: SignedInRequest, pk: int) -> HttpResponse:
    """Tick a line of the checklist, or take the tick back."""
    given = request.POST
    actions.tick_step(request.user, pk, given.get("checklist", ""), given.get("step", ""), done="undo" not in given)
    return redirect("coordinator:incident", pk)


@for_staff_of("incidents.direct")
@require_http_methods(["GET", "POST"])
def level(request: SignedInRequest, pk: int) -> HttpResponse:
    """Raise or lower the level; what each level would add stands beside it."""
    row = queries.incidents.incident(request.user, pk)
    access.require(request.user, "incidents.direct", row.area)
    form = LevelForm(request.POST or None, initial={"level": row.level})
    if request.method == "POST" and form.is_valid():
        opened = activation.change_level(request.user, pk, form.cleaned_data["level"])
        number = len(opened.posts)
        sentence = ngettext(
            "The level is changed; %(number)s post was opened.",
            "The level is changed; %(number)s posts were opened.",
            number,
        )
        messages.success(request, sentence % {"number": number})
        return redirect("coordinator:incident", pk)
    content = queries.incidents.playbook_of(row)
    choices = []
    for number in sorted(content.levels):
        kinds = [content.posts[plan.kind].name for plan in content.added(number, row.level)]
        choices.append({"level": content.levels[number], "current": number == row.level, "kinds": kinds})
    context = frame_of(request, row, "incident") | {"form": form, "choices": choices}
    return render(request, "coordinator/incidents/level.html", context, status=422 if form.is_bound else 200)


@for_staff_of("incidents.direct")
@require_http_methods(["GET", "POST"])
def end(request: SignedInRequest, pk: int) -> HttpResponse:
    """When it is expected to end."""
    row = queries.incidents.incident(request.user, pk)
    access.require(request.user, "incidents.direct", row.area)
    form = EndForm(request.POST or None, initial={"expected_end": row.expected_end})
    if request.method == "POST" and form.is_valid():
        actions.change_expected_end(request.user, pk, form.cleaned_data["expected_end"])
        messages.success(request, _("The expected end is changed."))
        return redirect("coordinator:incident", pk)
    context = frame_of(request, row, "incident") | {"form": form}
    return render(request, "coordinator/incidents/end.html", context, status=422 if form.is_bound else 200)


@for_staff_of("incidents.direct")
@require_http_methods(["GET", "POST"])
def close(request: SignedInRequest, pk: int) -> HttpResponse:
    """End the response; the page says what that does and what should be done first."""
    row = queries.incidents.incident(request.user, pk)
    access.require(request.user, "incidents.direct", row.area)
    if request.method == "POST":
        actions.close_incident(request.user, pk)
        messages.success(request, _("%(title)s is closed. Thank you all.") % {"title": row.title})
        return redirect("coordinator:situation")
    checklist = queries.incidents.playbook_of(row).checklist("stand_down")
    context = frame_of(request, row, "incident") | {
        "checklist": checklist,
        "line": queries.incidents.one_situation(request.user, row),
        "posts": duty_facts(row).posts,
    }
    return render(request, "coordinator/incidents/close.html", context)


@for_staff_of("incidents.see")
@require_http_methods(["GET", "POST"])
def playbooks(request: SignedInRequest) -> HttpResponse:
    """The installed playbooks; an administrator installs the shipped ones or a file of his own."""
    if not access.can(request.user, "incidents.install_playbook"):
        access.require(request.user, "incidents.activate")
    problems: list[str] = []
    if request.method == "POST":
        try:
            _install(request)
        except Refused as refusal:
            problems = list(refusal.details.get("problems", [])) or [str(refusal)]
        else:
            messages.success(request, _("The playbooks are installed."))
            return redirect("coordinator:playbooks")
    context = {
        "books": [_book(row, content) for row, content in queries.incidents.playbooks(request.user)],
        "may_install": access.can(request.user, "incidents.install_playbook"),
        "problems": problems,
    }
    return render(request, "coordinator/incidents/playbooks.html", context, status=422 if problems else 200)


def _book(row: Any, content: Playbook) -> tuple[Any, ...]:
    """A playbook as the page shows it: its levels with the posts they add, its rules with value, strictness, source."""
    ladder = [(level, [content.posts[plan.kind].name for plan in level.posts]) for level in content.ladder]
    rulebook = [
        (rule.name, value_words(rule), SEVERITIES[rule.severity], content.sources[rule.source].text)
        for rule in content.rules.values()
    ]
    return row, content, ladder, rulebook


def value_words(rule: RuleValue) -> str:
    """What a rule's value means: 660 minutes are 11 h."""
    if rule.unit == "minutes":
        return hours(rule.value)
    return "" if rule.unit == "none" else str(rule.value)


def _install(request: SignedInRequest) -> None:
    upload = request.FILES.get("file")
    if upload is None:
        actions.install_shipped_playbooks(request.user)
        return
    try:
        text = upload.read(1024 * 1024).decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused(_("The file is not text in UTF-8. Save it as UTF-8 and send it again.")) from error
    actions.install_playbook(request.user, upload.name or "-", text)
