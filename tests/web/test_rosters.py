"""Screens of rosters: the grid and its fragments, changing cells, publishing, exports; quick, private, and in words."""

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from redvest.core import jobs
from redvest.duty.actions.publishing import publish_roster
from redvest.duty.models import Assignment, DraftCell, Override, Roster
from redvest.duty.queries.sheets import ledger, sign_sheets
from tests.duty.squad import FIRST, draft, gate_with_shifts, shifts_of, solve, squad
from tests.world import World

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def solved(world: World, days: int = 3, size: int = 10) -> tuple[Roster, list[Any], Any]:
    incident = world.incident()
    people = squad(world, incident, size)
    post = gate_with_shifts(world, incident, days)
    roster = solve(world, draft(world, incident, days))
    roster.refresh_from_db()
    return roster, people, post


def cell(roster: Roster) -> DraftCell:
    return DraftCell.objects.filter(roster=roster).select_related("person").order_by("shift__starts", "person")[0]


def test_the_grid_shows_every_person_with_his_shifts(world: World) -> None:
    roster, people, _post = solved(world)
    text = world.client("office").get(f"/coordinator/rosters/{roster.pk}/").content.decode()
    for person in people:
        assert person.name in text
    assert text.count('class="duty ') == DraftCell.objects.filter(roster=roster).count()
    assert "海棠社区 · 10" in text


def test_the_grid_by_post_says_who_stands_where_and_who_is_missing(world: World) -> None:
    roster, _people, _post = solved(world, size=3)
    text = world.client("office").get(f"/coordinator/rosters/{roster.pk}/?view=posts").content.decode()
    assert "海棠社区卡口" in text
    assert re.search(r"\d short", text)


def test_a_phone_gets_one_day_as_a_list(world: World) -> None:
    roster, _people, _post = solved(world)
    answer = world.client("office").get(f"/coordinator/rosters/{roster.pk}/?view=day&day={FIRST}", headers=HTMX)
    text = answer.content.decode()
    assert text.strip().startswith("<section")
    assert "<table" not in text
    assert "06:30–11:45" in text


def test_the_fragment_is_the_grid_alone_and_unchanged_costs_nothing(world: World) -> None:
    roster, _people, _post = solved(world)
    client = world.client("office")
    first = client.get(f"/coordinator/rosters/{roster.pk}/", headers=HTMX)
    assert "<html" not in first.content.decode()
    again = client.get(f"/coordinator/rosters/{roster.pk}/", headers=HTMX | {"If-None-Match": first["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("view", ["people", "posts"])
def test_the_grid_takes_at_most_twelve_queries_however_big_it_is(world: World, view: str) -> None:
    counts = []
    for size, days in ((3, 1), (12, 10)):
        incident = world.incident(title=f"{size}")
        squad(world, incident, size)
        gate_with_shifts(world, incident, days)
        roster = solve(world, draft(world, incident, days))
        client = world.client("office")
        client.get(f"/coordinator/rosters/{roster.pk}/?view={view}")
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/coordinator/rosters/{roster.pk}/?view={view}").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[0] <= 12


def test_no_page_of_a_roster_carries_a_style_or_a_handler(world: World) -> None:
    roster, _people, _post = solved(world)
    client = world.client("office")
    one = cell(roster)
    for address in (
        f"/coordinator/rosters/{roster.pk}/",
        f"/coordinator/rosters/{roster.pk}/publish/",
        f"/coordinator/rosters/{roster.pk}/groups/",
        f"/coordinator/rosters/{roster.pk}/cell/?person={one.person_id}&shift={one.shift_id}",
        "/coordinator/rosters/",
        "/coordinator/rosters/new/",
    ):
        text = client.get(address).content.decode()
        assert not re.search(r"\s(style|on[a-z]+)=", text), address


def test_a_cell_opens_with_its_choices_and_a_free_one_with_the_shifts_of_the_day(world: World) -> None:
    roster, people, _post = solved(world)
    client = world.client("office")
    one = cell(roster)
    text = client.get(f"/coordinator/rosters/{roster.pk}/cell/?person={one.person_id}&shift={one.shift_id}").content
    assert "Next best for this place" in text.decode()
    text = client.get(f"/coordinator/rosters/{roster.pk}/cell/?person={people[1].pk}&day={FIRST}").content
    assert "Shifts of this day" in text.decode()
    text = client.get(f"/coordinator/rosters/{roster.pk}/cell/?shift={one.shift_id}").content
    assert "Who could stand here" in text.decode()


def test_taking_somebody_off_answers_with_the_grid_and_closes_the_dialog(world: World) -> None:
    roster, _people, _post = solved(world)
    one = cell(roster)
    form = {"revision": roster.revision, "remove": f"{one.person_id}:{one.shift_id}"}
    answer = world.client("office").post(f"/coordinator/rosters/{roster.pk}/change/", form, headers=HTMX)
    assert answer["HX-Trigger"] == "close-dialog"
    assert answer["HX-Retarget"] == "#roster"
    assert not DraftCell.objects.filter(pk=one.pk).exists()
    undone = world.client("office").post(
        f"/coordinator/rosters/{roster.pk}/undo/", {"revision": roster.revision + 1}, headers=HTMX
    )
    assert undone.status_code == 200
    assert DraftCell.objects.filter(roster=roster, shift=one.shift_id, person=one.person_id).exists()


def test_a_preview_says_the_cost_and_asks_for_a_reason_where_one_is_needed(world: World) -> None:
    incident = world.incident()
    people = squad(world, incident, 4)
    post = gate_with_shifts(world, incident, 1)
    roster = draft(world, incident, 1)
    client = world.client("office")
    shift = shifts_of(post)[0]
    text = client.get(f"/coordinator/rosters/{roster.pk}/preview/?add={people[1].pk}:{shift.pk}").content.decode()
    assert "newcomers and 0 experienced people" in text
    assert 'name="reason"' in text
    form: dict[str, Any] = {"revision": 0, "add": f"{people[1].pk}:{shift.pk}"}
    refused = client.post(f"/coordinator/rosters/{roster.pk}/change/", form, headers=HTMX)
    assert refused.status_code == 409
    until = (shift.ends + timedelta(hours=8)).strftime("%Y-%m-%dT%H:%M")
    form |= {"reason": "老队员晚到", "until": until}
    client.post(f"/coordinator/rosters/{roster.pk}/change/", form, headers=HTMX)
    assert Override.objects.get().reason == "老队员晚到"


def test_the_dialog_of_a_place_shows_what_is_broken_and_takes_an_exception(world: World) -> None:
    incident = world.incident()
    people = squad(world, incident, 4)
    shift = shifts_of(gate_with_shifts(world, incident, 1))[0]
    roster = draft(world, incident, 1)
    client = world.client("office")
    Assignment.objects.create(shift=shift, person=people[1], source="by_hand")
    client.post(f"/coordinator/rosters/{roster.pk}/refresh/")
    address = f"/coordinator/rosters/{roster.pk}"
    text = client.get(f"{address}/cell/?person={people[1].pk}&shift={shift.pk}").content.decode()
    assert "Must be settled before publishing" in text
    assert "newcomers and 0 experienced people" in text
    assert f'hx-post="{address}/exception/"' in text
    form: dict[str, Any] = {"person": people[1].pk, "shift": shift.pk, "reason": "", "until": ""}
    refused = client.post(f"{address}/exception/", form, headers=HTMX)
    assert refused.status_code == 409
    assert "Give a reason" in refused.content.decode()
    form |= {"reason": "老队员晚到", "until": (shift.ends + timedelta(hours=8)).strftime("%Y-%m-%dT%H:%M")}
    answer = client.post(f"{address}/exception/", form, headers=HTMX)
    assert (answer.status_code, answer["HX-Trigger"]) == (200, "close-dialog")
    assert Override.objects.get().made_by == world.office
    text = client.get(f"{address}/cell/?person={people[1].pk}&shift={shift.pk}").content.decode()
    assert "Exception by" in text
    assert "Must be settled" not in text


def test_a_chip_dropped_on_another_row_is_previewed(world: World) -> None:
    roster, people, _post = solved(world)
    one = cell(roster)
    other = next(person for person in people if person.pk != one.person_id)
    address = f"/coordinator/rosters/{roster.pk}/preview/?drag={one.person_id}:{one.shift_id}&to={other.pk}&day={FIRST}"
    answer = world.client("office").get(address)
    assert answer.status_code == 200
    assert other.name in answer.content.decode()


def test_a_roster_is_begun_with_the_missing_shifts_made(world: World) -> None:
    incident = world.incident()
    squad(world, incident, 4)
    gate_with_shifts(world, incident, 1)
    client = world.client("office")
    asked: dict[str, Any] = {
        "incident": incident.pk,
        "area": world.street.pk,
        "first_day": FIRST,
        "last_day": FIRST + timedelta(days=2),
        "make_shifts": "on",
    }
    preview = client.get("/coordinator/rosters/new/", asked, headers=HTMX).content.decode()
    assert "Hours of service wanted" in preview
    answer = client.post("/coordinator/rosters/new/", asked)
    roster = Roster.objects.get()
    assert answer["Location"] == f"/coordinator/rosters/{roster.pk}/"
    assert len(shifts_of(incident.posts.get())) == 12


def test_publishing_shows_who_is_told_what_and_does_it(world: World) -> None:
    roster, _people, _post = solved(world)
    client = world.client("office")
    text = client.get(f"/coordinator/rosters/{roster.pk}/publish/").content.decode()
    assert "Who is told what" in text
    client.post(f"/coordinator/rosters/{roster.pk}/publish/", {"revision": roster.revision})
    roster.refresh_from_db()
    assert roster.state == "published"
    text = client.get(f"/coordinator/rosters/{roster.pk}/").content.decode()
    assert "Change: new draft" in text


def test_a_misfit_is_listed_with_a_button_to_solve_again(world: World) -> None:
    roster, people, _post = solved(world)
    Assignment.objects.create(shift=cell(roster).shift, person=people[-1], source="sign_up")
    text = world.client("office").get(f"/coordinator/rosters/{roster.pk}/publish/").content.decode()
    assert "Solve again with what is known now" in text
    assert "in the meantime" in text


@pytest.mark.parametrize("name, status", [("stranger", 404), ("veteran", 403), ("observer", 200), ("office", 200)])
def test_who_sees_a_roster(world: World, name: str, status: int) -> None:
    roster, _people, _post = solved(world, days=1)
    client = world.client(name)
    for page in ("", "roster.xlsx", "roster.pdf", f"sign-sheets.pdf?day={FIRST}"):
        assert client.get(f"/coordinator/rosters/{roster.pk}/{page}").status_code == status, page


def test_a_stranger_can_write_nothing(world: World) -> None:
    roster, _people, _post = solved(world, days=1)
    client = world.client("stranger")
    for what in ("solve", "refresh", "discard", "again", "publish", "groups", "change", "pin", "undo", "stop"):
        answer = client.post(f"/coordinator/rosters/{roster.pk}/{what}/", {"revision": roster.revision})
        assert answer.status_code == 404, what
    roster.refresh_from_db()
    assert roster.state == "draft"


def test_the_spreadsheet_has_a_line_for_each_shift_with_its_lead(world: World) -> None:
    roster, _people, _post = solved(world)
    publish_roster(world.office, roster.pk, roster.revision)
    answer = world.client("office", language="zh-hans").get(f"/coordinator/rosters/{roster.pk}/roster.xlsx")
    sheet = load_workbook(io.BytesIO(answer.content)).worksheets[0]
    rows = list(sheet.values)
    assert rows[0][:2] == ("值班日", "班次")
    assert len(rows) == 13
    assert str(rows[1][6]).startswith("队员")


def test_the_printed_ledger_counts_who_is_missing(world: World) -> None:
    incident = world.incident()
    squad(world, incident, 1)
    gate_with_shifts(world, incident, 1)
    roster = solve(world, draft(world, incident, 1))
    found = ledger(world.office, roster.pk)
    assert found.is_draft
    placed = DraftCell.objects.filter(roster=roster).count()
    assert sum(line.missing for line in found.lines) == 8 - placed > 0
    answer = world.client("office").get(f"/coordinator/rosters/{roster.pk}/roster.pdf")
    assert answer.content.startswith(b"%PDF")


def test_no_telephone_of_a_volunteer_is_on_paper(world: World) -> None:
    incident = world.incident()
    people = squad(world, incident, 4)
    type(people[0]).objects.filter(pk=people[0].pk).update(phone="+8613911112222")
    gate_with_shifts(world, incident, 1)
    roster = solve(world, draft(world, incident, 1))
    found = ledger(world.office, roster.pk)
    assert "13911112222" not in repr(found)


def test_there_is_a_sheet_to_sign_for_each_shift_of_the_day(world: World) -> None:
    roster, _people, _post = solved(world)
    _roster, sheets = sign_sheets(world.office, roster.pk, FIRST)
    assert [len(sheet.names) for sheet in sheets] == [2, 2, 2, 2]
    assert all(sheet.blank >= 2 for sheet in sheets)


@pytest.mark.django_db(transaction=True)
def test_the_engine_solves_in_a_child_process_and_the_draft_has_its_answer(world: World) -> None:
    incident = world.incident()
    squad(world, incident, 8)
    gate_with_shifts(world, incident, 2)
    roster = draft(world, incident, 2)
    client = world.client("office")
    client.post(f"/coordinator/rosters/{roster.pk}/solve/", {"seconds": 10})
    roster.refresh_from_db()
    assert roster.job is not None
    locked = client.post(f"/coordinator/rosters/{roster.pk}/undo/", {"revision": roster.revision})
    assert locked.status_code == 409
    assert "Stop and keep" in client.get(f"/coordinator/rosters/{roster.pk}/progress/").content.decode()
    done = jobs.run(roster.job.pk)
    assert done is not None
    assert done.state == "done", done.error
    roster.refresh_from_db()
    assert roster.outcome["status"] in ("optimal", "feasible")
    assert roster.outcome["cost"] == roster.outcome["solved_cost"]
    assert DraftCell.objects.filter(roster=roster).count() >= 14
    assert client.get(f"/coordinator/rosters/{roster.pk}/progress/")["HX-Refresh"] == "true"
