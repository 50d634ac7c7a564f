"""Screens of the answers about a roster: what happened, the menu, what if, whom to ask; on paper too."""

from typing import Any

import pytest

from redvest.core import jobs
from redvest.core.models import Job
from redvest.duty.actions.publishing import publish_roster
from redvest.duty.models import Assignment, Roster
from tests.duty.squad import draft, gate_with_shifts, shifts_of, solve, squad
from tests.duty.test_answers import here
from tests.world import World

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _brief(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("redvest.duty.actions.answering.REPAIR_SECONDS", 0.5)
    monkeypatch.setattr("redvest.duty.actions.answering.ASK_SECONDS", 1)
    monkeypatch.setattr("redvest.core.jobs.run_in_child", here)


def published(world: World, size: int = 8) -> tuple[Roster, Any]:
    incident = world.incident()
    squad(world, incident, size)
    post = gate_with_shifts(world, incident, 1)
    roster = solve(world, draft(world, incident, 1))
    return publish_roster(world.office, roster.pk, roster.revision), post


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_from_what_happened_to_the_draft(world: World, language: str) -> None:
    roster, _post = published(world)
    client = world.client("office", language=language)
    home = f"/coordinator/rosters/{roster.pk}/"
    assert f"{home}repair/" in client.get(home).content.decode()
    gone = Assignment.objects.filter(state="confirmed").order_by("-person_id")[0].person
    assert gone.name in client.get(f"{home}repair/").content.decode()
    form = {"kind": "drop_out", "drop_out-person": gone.pk, "drop_out-since": "2026-03-02T09:00"}
    where = client.post(f"{home}repair/", form)["Location"]
    assert "/repairs/" in where
    assert "data-live" in client.get(where).content.decode(), "the search has not begun: its progress"
    assert jobs.run(Job.objects.get(kind="roster.repair").pk) is not None
    assert client.get(where, headers=HTMX)["HX-Refresh"] == "true"
    page = client.get(where).content.decode()
    assert gone.name in page
    assert 'name="note_absence"' in page
    paper = client.get(f"{where}menu.pdf")
    assert paper["Content-Type"] == "application/pdf"
    assert paper.content.startswith(b"%PDF")
    made = client.post(f"{where}choose/", {"number": 0})["Location"]
    assert Roster.objects.get(pk=int(made.rstrip("/").rsplit("/", 1)[1])).state == "draft"


def test_a_form_that_makes_no_sense_comes_back_with_a_sentence(world: World) -> None:
    roster, _post = published(world)
    client = world.client("office")
    form = {"kind": "heat", "heat-band": 3, "heat-since": "2026-03-02T09:00", "heat-until": "2026-03-01T09:00"}
    answer = client.post(f"/coordinator/rosters/{roster.pk}/repair/", form)
    assert answer.status_code == 422
    assert "The end lies before the start" in answer.content.decode()
    answer = client.post(f"/coordinator/rosters/{roster.pk}/what-if/", {"kind": "fewer", "fewer-count": 99})
    assert answer.status_code == 422
    assert not Job.objects.filter(kind__in=["roster.repair", "roster.ask"]).exists()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_limit_is_asked_for_in_hours(world: World, language: str) -> None:
    roster, _post = published(world)
    client = world.client("office", language=language)
    home = f"/coordinator/rosters/{roster.pk}/"
    assert "8" in client.get(f"{home}what-if/").content.decode()
    where = client.post(f"{home}what-if/", {"kind": "rule", "rule-rule": "rest_floor", "rule-value": 10})["Location"]
    job = Job.objects.get(kind="roster.ask")
    assert job.arguments["question"] == {"kind": "rule", "rule": "rest_floor", "value": 600}
    jobs.run(job.pk)
    page = client.get(where).content.decode()
    assert "<table" in page
    assert ("10 h" if language == "en" else "10小时") in page


def test_the_dialog_of_a_short_shift_asks_for_ways_and_gets_them_in_words(world: World) -> None:
    _roster, post = published(world, size=2)
    row = draft(world, Roster.objects.get().incident, 1)
    client = world.client("office")
    shift = next(each for each in shifts_of(post) if each.taken < each.wanted)
    dialog = client.get(f"/coordinator/rosters/{row.pk}/cell/?shift={shift.pk}").content.decode()
    assert f"/coordinator/rosters/{row.pk}/ways/?shift={shift.pk}" in dialog
    part = client.get(f"/coordinator/rosters/{row.pk}/ways/?shift={shift.pk}").content.decode()
    assert "Why it is short" in part
    assert client.get(f"/coordinator/rosters/{row.pk}/ways/?shift=999999").status_code == 404
    assert client.get(f"/coordinator/rosters/{row.pk}/ways/").status_code == 404


def test_the_report_prints(world: World) -> None:
    roster, _post = published(world, size=2)
    paper = world.client("observer").get(f"/coordinator/rosters/{roster.pk}/report.pdf")
    assert paper.content.startswith(b"%PDF")
