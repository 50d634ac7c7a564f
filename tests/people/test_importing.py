"""People from spreadsheets: found again, kept apart, refused with a reason, confirmed and undone as a whole."""

from datetime import UTC, datetime, time
from typing import Any

import pytest
from django.utils import timezone
from django.utils.translation import override

from redvest.core import batches
from redvest.core.errors import Refused
from redvest.core.models import ImportBatch
from redvest.core.sheets.troubles import Trouble
from redvest.people import actions
from redvest.people.importing.people import PeopleImporter
from redvest.people.models import Account, Organisation, Person, PersonSkill
from redvest.places.models import Area
from tests.core.sheet_files import text, xlsx
from tests.world import World

HEAD: list[Any] = ["姓名", "手机号", "单位", "社区", "住址", "出生年月", "技能", "语言"]


def run(
    world: World, rows: list[list[Any]], name: str = "worker", area: Area | None = None, **options: Any
) -> ImportBatch:
    actor = world.accounts[name]
    batch = batches.upload(
        actor, PeopleImporter, file_name="人员.xlsx", data=xlsx(rows), area=area or world.community, options=options
    )
    return batches.read(actor, PeopleImporter, batch.pk)


def confirm(world: World, batch: ImportBatch, name: str = "worker") -> ImportBatch:
    return batches.confirm(world.accounts[name], PeopleImporter, batch.pk)


def troubles(batch: ImportBatch) -> list[tuple[int, str, Trouble]]:
    return [(row.number, problem.column, problem.trouble) for row, problem in batches.refused(batch)]


def test_a_new_volunteer_comes_with_home_skills_languages_and_an_account(world: World) -> None:
    rows: list[list[Any]] = [
        HEAD,
        [
            "沈一诺",
            "139OO139O01",
            "海棠志愿服务队",
            "海棠社区",
            "望江苑1栋502",
            "1990年5月",
            "急救、采样协助",
            "普通话，重庆话",
        ],
    ]
    batch = run(world, rows)
    assert (batch.counts["create"], batch.counts["notes"]) == (1, 1)
    assert not Person.objects.filter(name="沈一诺").exists()
    confirm(world, batch)
    person = Person.objects.get(name="沈一诺")
    assert (person.phone, person.birth_year, person.state) == ("+8613900139001", 1990, "registered")
    assert (person.organisation, person.home, person.home_address) == (
        world.organisation,
        world.community,
        "望江苑1栋502",
    )
    assert {held.skill.code for held in person.skills.all()} == {"first_aid", "sampling_helper"}
    assert person.languages == ["cmn", "cmn-cq"]
    assert person.account is not None
    assert person.account.phone == "+8613900139001"
    assert not person.account.has_usable_password()
    assert person.number.startswith("V")


def test_availability_may_end_at_an_event(world: World) -> None:
    rows: list[list[Any]] = [
        ["姓名", "社区", "可服务开始", "可服务结束", "服务时段"],
        ["沈一诺", "海棠社区", "2026年3月5日", "解封为止", "8:00至18:00"],
        ["沈二诺", "海棠社区", 46086, "2026-03-20", "全天"],
    ]
    confirm(world, run(world, rows))
    first = Person.objects.get(name="沈一诺").availability.get()
    assert (first.ends, first.until_event, first.daily_from, first.daily_until) == (None, "解封为止", time(8), time(18))
    assert first.starts == datetime(2026, 3, 4, 16, 0, tzinfo=UTC)
    second = Person.objects.get(name="沈二诺").availability.get()
    assert second.ends == datetime(2026, 3, 20, 15, 59, 59, tzinfo=UTC)
    assert second.daily_from is None


def test_the_home_is_found_in_the_address(world: World) -> None:
    rows: list[list[Any]] = [
        ["姓名", "单位", "住址"],
        ["沈一诺", "海棠志愿服务队", "重庆市巴南区李家沱街道青山社区和平街28号"],
    ]
    confirm(world, run(world, rows))
    assert Person.objects.get(name="沈一诺").home == world.other_community


def test_a_home_in_another_district_is_kept_as_text(world: World) -> None:
    rows: list[list[Any]] = [
        ["姓名", "单位", "社区", "住址"],
        ["沈一诺", "海棠志愿服务队", "观音桥社区", "建新北路8号"],
    ]
    batch = run(world, rows)
    assert batch.counts["create"] == 1
    confirm(world, batch)
    person = Person.objects.get(name="沈一诺")
    assert (person.home, person.home_address) == (None, "观音桥社区建新北路8号")


def test_an_unknown_home_of_somebody_without_organisation_is_one_clear_refusal(world: World) -> None:
    batch = run(world, [HEAD, ["沈一诺", "13913913901", "", "月球社区", "", "", "", ""]])
    assert troubles(batch) == [(2, "社区", Trouble.NOT_FOUND)]


def test_a_known_phone_with_the_same_name_changes_only_what_the_file_fills_in(world: World) -> None:
    veteran = world.veteran.person
    rows: list[list[Any]] = [HEAD, ["陈老练", "13800000008", None, None, None, 1975, "急救", None]]
    batch = run(world, rows)
    [row] = batches.preview_rows(batch, "change")
    assert row.values["changes"] == {"birth_year": [None, 1975]}
    confirm(world, batch)
    veteran.refresh_from_db()
    assert (veteran.birth_year, veteran.experience, veteran.organisation) == (
        1975,
        "2022 核酸采样点、卡口值守",
        world.organisation,
    )
    batches.undo(world.worker, PeopleImporter, batch.pk)
    veteran.refresh_from_db()
    assert veteran.birth_year is None


def test_changes_are_told_in_words_and_languages_are_added(world: World) -> None:
    Person.objects.filter(pk=world.veteran.person.pk).update(languages=["cmn"])
    batch = run(world, [HEAD, ["陈老练", "13800000008", None, "青山社区", None, None, None, "英语"]])
    [row] = batches.preview_rows(batch, "change")
    words = {
        PeopleImporter.heading(key): [PeopleImporter.in_words(key, value) for value in pair]
        for key, pair in row.values["changes"].items()
    }
    with override("en"):
        assert PeopleImporter.in_words("languages", ["cmn", "en"]) == "Mandarin, English"
    assert words["社区"] == ["海棠社区", "青山社区"]
    assert set(words) == {"社区", "语言"}
    confirm(world, batch)
    assert Person.objects.get(account=world.veteran).languages == ["cmn", "en"]


def test_a_known_phone_with_another_name_is_refused_without_naming_the_owner(world: World) -> None:
    batch = run(world, [HEAD, ["沈一诺", "13800000008", "海棠志愿服务队", None, None, None, None, None]])
    assert troubles(batch) == [(2, "手机号", Trouble.TAKEN)]
    [(_row, problem)] = batches.refused(batch)
    assert "陈**" in problem.reason
    assert "陈老练" not in problem.reason


def test_a_namesake_is_another_person_unless_the_year_of_birth_says_otherwise(world: World) -> None:
    Person.objects.filter(pk=world.veteran.person.pk).update(birth_year=1975)
    rows: list[list[Any]] = [
        HEAD,
        ["陈老练", "13900000001", "海棠志愿服务队", None, None, 1999, None, None],
        ["陈老练", "13900000002", "海棠志愿服务队", None, None, 1975, None, None],
    ]
    batch = run(world, rows)
    assert (batch.counts["create"], batch.counts["change"]) == (1, 1)
    [row] = batches.preview_rows(batch, "change")
    assert row.values["changes"]["phone"] == ["+8613800000008", "+8613900000002"]


def test_without_a_phone_name_and_organisation_find_the_person(world: World) -> None:
    batch = run(world, [HEAD, ["陈老练", None, "海棠志愿服务队", None, None, None, None, "英语"]])
    assert batch.counts["change"] == 1
    again = run(world, [HEAD, ["陈老练", None, "海棠志愿服务队", None, None, None, None, None]])
    assert again.counts["skip"] == 1


def test_doubles_inside_the_file_are_refused_and_name_the_first_row(world: World) -> None:
    rows: list[list[Any]] = [
        HEAD,
        ["沈一诺", "13900139001", "海棠志愿服务队", None, None, None, None, None],
        ["沈一诺", 13900139001, "海棠志愿服务队", None, None, None, None, None],
        ["沈二诺", "139 0013 9001", "海棠志愿服务队", None, None, None, None, None],
        ["沈三诺", None, "海棠志愿服务队", None, None, None, None, None],
        ["沈三诺", None, "海棠志愿服务队", None, None, None, None, None],
    ]
    batch = run(world, rows)
    assert troubles(batch) == [
        (3, "手机号", Trouble.DUPLICATE_IN_FILE),
        (4, "手机号", Trouble.DUPLICATE_IN_FILE),
        (6, "姓名", Trouble.DUPLICATE_IN_FILE),
    ]
    assert "2" in next(batches.refused(batch))[1].reason


def test_people_whom_the_actor_does_not_look_after_are_refused(world: World) -> None:
    far = Organisation.objects.create(name="鱼洞服务队", area=world.far_street)
    stranger = world.person("远方人", home=world.far_community, phone="+8613900139009")
    rows: list[list[Any]] = [
        HEAD,
        ["沈一诺", "13900139001", far.name, None, None, None, None, None],
        ["沈二诺", "13900139002", None, "老街社区", None, None, None, None],
        ["沈三诺", "13900139003", None, None, None, None, None, None],
        ["沈四诺", "13900139004", "没有的队", None, None, None, None, None],
        [stranger.name, "13900139009", "海棠志愿服务队", None, None, None, None, None],
    ]
    assert troubles(run(world, rows)) == [
        (2, "单位", Trouble.OUTSIDE_AREA),
        (3, "社区", Trouble.OUTSIDE_AREA),
        (4, "社区", Trouble.MISSING),
        (5, "单位", Trouble.NOT_FOUND),
        (6, "手机号", Trouble.TAKEN),
    ]


def test_unknown_organisations_are_made_when_asked_and_go_with_the_undo(world: World) -> None:
    rows: list[list[Any]] = [HEAD, ["沈一诺", "13900139001", "锦绣突击队", None, None, None, None, None]]
    batch = confirm(world, run(world, rows, new_organisations=True))
    assert Organisation.objects.get(name="锦绣突击队").area == world.community
    batches.undo(world.worker, PeopleImporter, batch.pk)
    assert not Organisation.objects.filter(name="锦绣突击队").exists()
    assert not Person.objects.filter(name="沈一诺").exists()


def test_an_organisation_for_the_whole_file_stands_in_for_the_column(world: World) -> None:
    batch = run(world, [["姓名", "电话"], ["沈一诺", "13900139001"]], organisation=world.organisation.pk)
    confirm(world, batch)
    assert Person.objects.get(name="沈一诺").organisation == world.organisation


def test_unknown_skills_are_kept_in_the_experience(world: World) -> None:
    confirm(
        world, run(world, [HEAD, ["沈一诺", "13900139001", "海棠志愿服务队", None, None, None, "急救、潜水", None]])
    )
    person = Person.objects.get(name="沈一诺")
    assert person.experience == "潜水"
    assert [held.skill.code for held in person.skills.all()] == ["first_aid"]


def test_undo_takes_people_accounts_and_skills_away(world: World) -> None:
    before = (Person.objects.count(), Account.objects.count(), PersonSkill.objects.count())
    rows: list[list[Any]] = [
        HEAD,
        *([f"沈{n}诺", f"139001390{n:02d}", "海棠志愿服务队", None, None, None, "急救", None] for n in range(20)),
    ]
    batch = confirm(world, run(world, rows))
    assert Person.objects.count() == before[0] + 20
    batches.undo(world.worker, PeopleImporter, batch.pk)
    assert (Person.objects.count(), Account.objects.count(), PersonSkill.objects.count()) == before


@pytest.mark.parametrize("touch", ["edit", "availability", "sign_in", "team"])
def test_people_with_whom_somebody_has_worked_are_not_undone(world: World, touch: str) -> None:
    batch = confirm(
        world, run(world, [HEAD, ["沈一诺", "13900139001", "海棠志愿服务队", None, None, None, None, None]])
    )
    person = Person.objects.select_related("account").get(name="沈一诺")
    if touch == "edit":
        actions.edit_person(world.worker, person.pk, birth_year=1980)
    elif touch == "availability":
        actions.add_availability(world.worker, person.pk, kind="can", starts=timezone.now())
    elif touch == "sign_in":
        Account.objects.filter(person=person).update(last_login=timezone.now())
    else:
        world.team(world.incident(), person)
    with pytest.raises(Refused):
        batches.undo(world.worker, PeopleImporter, batch.pk)
    assert Person.objects.filter(pk=person.pk).exists()


def test_somebody_entered_meanwhile_stops_the_whole_import(world: World) -> None:
    rows: list[list[Any]] = [
        HEAD,
        *([f"沈{n}诺", f"139001390{n:02d}", "海棠志愿服务队", None, None, None, None, None] for n in range(5)),
    ]
    batch = run(world, rows)
    actions.add_person(world.worker, name="先到", phone="+8613900139003", organisation=world.organisation)
    with pytest.raises(Refused):
        confirm(world, batch)
    assert not Person.objects.filter(name="沈0诺").exists()


def test_a_batch_is_confirmed_once(world: World) -> None:
    batch = run(world, [HEAD, ["沈一诺", "13900139001", "海棠志愿服务队", None, None, None, None, None]])
    confirm(world, batch)
    with pytest.raises(Refused):
        confirm(world, batch)
    assert Person.objects.filter(name="沈一诺").count() == 1


def test_reading_again_after_a_crash_begins_anew(world: World) -> None:
    rows: list[list[Any]] = [HEAD, ["沈一诺", "13900139001", "海棠志愿服务队", None, None, None, None, None]]
    batch = batches.upload(
        world.worker, PeopleImporter, file_name="x.xlsx", data=xlsx(rows), area=world.community, options={}
    )

    def crash(done: int, total: int | None) -> None:
        raise RuntimeError("killed")

    with pytest.raises(RuntimeError):
        batches.read(world.worker, PeopleImporter, batch.pk, progress=crash)
    assert batches.read(world.worker, PeopleImporter, batch.pk).counts["rows"] == 1
    assert len(batches.preview_rows(batch, "create")) == 1


def test_rows_of_several_chunks_are_all_judged_and_written(world: World) -> None:
    rows: list[list[Any]] = [
        ["姓名", "电话", "单位"],
        *([f"沈{n}", f"139{n:08d}", "海棠志愿服务队"] for n in range(4100)),
    ]
    actor = world.worker
    batch = batches.upload(
        actor, PeopleImporter, file_name="x.csv", data=text(rows, "gbk"), area=world.community, options={}
    )
    calls: list[int] = []
    batch = batches.read(actor, PeopleImporter, batch.pk, progress=lambda done, total: calls.append(done))
    assert (batch.counts["create"], calls) == (4100, [2000, 4000, 4100])
    batches.confirm(actor, PeopleImporter, batch.pk)
    assert Person.objects.filter(organisation=world.organisation, phone__startswith="+86139").count() == 4100
