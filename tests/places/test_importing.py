"""Areas and estates from spreadsheets: preview, confirm, undo, and what is refused with which reason."""

from typing import Any

import pytest
from django.http import Http404

from redvest.core import batches
from redvest.core.batches import Importer
from redvest.core.errors import Denied, Refused
from redvest.core.models import Entry, ImportBatch, ImportRow
from redvest.core.sheets.troubles import Trouble
from redvest.people.models import Account
from redvest.places import actions
from redvest.places.importing.areas import DISTRICTS, AreaImporter
from redvest.places.importing.estates import EstateImporter
from redvest.places.models import Area, Household
from tests.core.sheet_files import text, xlsx
from tests.world import World

BANAN = DISTRICTS.parent / "banan_villages.csv"
HEAD: list[Any] = [
    "街道",
    "社区",
    "小区",
    "楼栋",
    "单元",
    "总层数",
    "房号",
    "楼层",
    "人数",
    "特殊需求",
    "户主",
    "联系电话",
]


def run(
    actor: Account, importer: type[Importer], data: bytes, *, area: Area | None = None, **options: Any
) -> ImportBatch:
    batch = batches.upload(actor, importer, file_name="test.xlsx", data=data, area=area, options=options)
    return batches.read(actor, importer, batch.pk)


def troubles(batch: ImportBatch) -> list[tuple[int, str, Trouble]]:
    return [(row.number, problem.column, problem.trouble) for row, problem in batches.refused(batch)]


# --- official areas -----------------------------------------------------------------------------------------------


def test_the_areas_of_banan_come_from_the_official_list(db: None) -> None:
    system = Account.objects.system()
    batch = run(system, AreaImporter, BANAN.read_bytes())
    assert (batch.counts["create"], batch.counts["refuse"]) == (313, 0)
    batches.confirm(system, AreaImporter, batch.pk)
    levels = {
        level: Area.objects.filter(level=level).count() for level in ("district", "street", "community", "village")
    }
    assert levels["district"] == 1
    assert levels["street"] == 23
    assert levels["community"] + levels["village"] == 313
    district = Area.objects.get(level="district")
    assert (district.name, district.full_name, district.code) == ("巴南区", "重庆市巴南区", "500113")
    baogai = Area.objects.get(code="500113006020")
    assert (baogai.name, baogai.full_name, baogai.level) == ("宝盖寺社区", "宝盖寺社区居民委员会", "community")


def test_a_community_and_a_village_of_one_name_stay_two_places(db: None) -> None:
    system = Account.objects.system()
    batches.confirm(system, AreaImporter, run(system, AreaImporter, BANAN.read_bytes()).pk)
    found = Area.objects.filter(name__startswith="其龙").order_by("code")
    assert [(area.name, area.level) for area in found] == [("其龙社区", "community"), ("其龙村", "village")]
    assert len({area.parent_id for area in found}) == 1


def test_the_same_list_again_changes_nothing(db: None) -> None:
    system = Account.objects.system()
    batches.confirm(system, AreaImporter, run(system, AreaImporter, BANAN.read_bytes()).pk)
    again = run(system, AreaImporter, BANAN.read_bytes())
    assert (again.counts["skip"], again.counts["create"], again.counts["change"]) == (313, 0, 0)
    with pytest.raises(Refused):
        batches.confirm(system, AreaImporter, again.pk)


def test_undoing_the_areas_leaves_nothing_behind(db: None) -> None:
    system = Account.objects.system()
    batch = batches.confirm(system, AreaImporter, run(system, AreaImporter, BANAN.read_bytes()).pk)
    batches.undo(system, AreaImporter, batch.pk)
    assert not Area.objects.exists()


def test_areas_in_use_are_not_undone(world: World) -> None:
    system = Account.objects.system()
    data = text(
        [["code", "name", "street_code", "street"], ["500113801903", "新村社区居民委员会", "500113801", "李家沱街道"]]
    )
    batch = batches.confirm(system, AreaImporter, run(system, AreaImporter, data).pk)
    actions.add_area(world.bureau, parent=Area.objects.get(code="500113801903").pk, level="estate", name="新苑")
    with pytest.raises(Refused):
        batches.undo(system, AreaImporter, batch.pk)
    assert ImportBatch.objects.get(pk=batch.pk).state == "confirmed"


def test_a_changed_official_name_is_a_change_that_can_be_undone(world: World) -> None:
    head = ["code", "name", "street_code", "street"]
    data = text([head, ["500113801901", "海棠苑社区居民委员会", "500113801", "李家沱街道"]])
    batch = run(world.administrator, AreaImporter, data, area=world.district)
    [row] = batches.preview_rows(batch, "change")
    assert row.values["changes"]["name"] == ["海棠社区", "海棠苑社区"]
    batches.confirm(world.administrator, AreaImporter, batch.pk)
    assert Area.objects.get(pk=world.community.pk).name == "海棠苑社区"
    batches.undo(world.administrator, AreaImporter, batch.pk)
    assert Area.objects.get(pk=world.community.pk).name == "海棠社区"


def test_codes_that_contradict_or_repeat_are_refused(world: World) -> None:
    rows: list[list[Any]] = [
        ["code", "name", "street_code", "street"],
        ["500113801911", "甲社区居民委员会", "500113802", "鱼洞街道"],
        ["500113801912", "乙社区居民委员会", "500113801", "李家沱街道"],
        ["500113801912", "丙社区居民委员会", "500113801", "李家沱街道"],
        ["999999001001", "丁社区居民委员会", "999999001", "某街道"],
        ["500105001001", "戊社区居民委员会", "500105001", "华新街街道"],
        [5.00113e11, "己社区居民委员会", "500113801", "李家沱街道"],
        ["5.00113E+11", "庚社区居民委员会", "500113801", "李家沱街道"],
    ]
    batch = run(world.administrator, AreaImporter, text(rows), area=world.district)
    assert troubles(batch) == [
        (2, "code", Trouble.CONTRADICTION),
        (4, "code", Trouble.DUPLICATE_IN_FILE),
        (5, "code", Trouble.DISTRICT_UNKNOWN),
        (6, "code", Trouble.OUTSIDE_AREA),
        (7, "code", Trouble.CONTRADICTION),
        (8, "code", Trouble.CODE_WRONG),
    ]


def test_another_district_needs_its_name(db: None) -> None:
    system = Account.objects.system()
    data = text(
        [["code", "name", "street_code", "street"], ["999999001001", "丁社区居民委员会", "999999001", "某街道"]]
    )
    batch = run(system, AreaImporter, data, district_name="某县")
    batches.confirm(system, AreaImporter, batch.pk)
    assert Area.objects.get(code="999999").name == "某县"


def test_only_an_administrator_imports_official_areas(world: World) -> None:
    for name in ("bureau", "office", "worker", "observer", "veteran"):
        with pytest.raises(Denied):
            run(world.accounts[name], AreaImporter, BANAN.read_bytes(), area=world.district)


# --- estates and doors --------------------------------------------------------------------------------------------


def test_estates_buildings_units_and_doors_come_from_one_sheet(world: World) -> None:
    rows: list[list[Any]] = [
        ["海棠社区住户台账"],
        HEAD,
        ["李家沱街道", "海棠社区", "锦绣园", "3号楼", "1", 18, "0102", 1, "3人", "独居老人、血透", "赵一", 13800138000],
        [None, None, None, None, None, None, "1203", 12, 2, None, "钱二", "1380O138001"],
        ["李家沱街道", "海棠社区", "锦绣园", "3幢", "2单元", 18, "201", 2, 4, None, None, None],
        ["合计", None, None, None, None, None, None, None, 9, None, None, None],
    ]
    merges = ("A3:A4", "B3:B4", "C3:C4", "D3:D4", "E3:E4")
    batch = run(world.worker, EstateImporter, xlsx(rows, merges), area=world.community)
    assert {key: batch.counts[key] for key in ("create", "refuse", "skip")} == {"create": 3, "refuse": 0, "skip": 1}
    assert batches.preview_rows(batch, "create")[0].values["write"]["new_places"] == ["锦绣园", "3栋", "1单元"]
    assert not Area.objects.filter(name="锦绣园").exists()
    batches.confirm(world.worker, EstateImporter, batch.pk)
    door = Household.objects.get(room="0102")
    assert (door.area.name, door.area.parent.name, door.area.parent.floors) == ("1单元", "3栋", 18)  # type: ignore[union-attr]
    assert (door.people, sorted(door.needs), door.contact_phone) == (3, ["dialysis", "lone_elderly"], "+8613800138000")
    assert Household.objects.get(room="1203").contact_phone == "+8613800138001"


def test_undoing_doors_takes_the_places_back_as_well(world: World) -> None:
    before = (Area.objects.count(), Household.objects.count())
    rows: list[list[Any]] = [HEAD, ["李家沱街道", "海棠社区", "锦绣园", "3", "1", 18, "102", 1, 3, None, None, None]]
    batch = run(world.worker, EstateImporter, xlsx(rows), area=world.community)
    batches.confirm(world.worker, EstateImporter, batch.pk)
    assert Area.objects.count() == before[0] + 3
    batches.undo(world.worker, EstateImporter, batch.pk)
    assert (Area.objects.count(), Household.objects.count()) == before


def test_a_door_that_is_known_is_changed_field_by_field_and_restored(world: World) -> None:
    rows: list[list[Any]] = [HEAD, [None, "海棠社区", "望江苑", "1栋", None, None, "101", None, 5, "孕妇", None, None]]
    batch = run(world.worker, EstateImporter, xlsx(rows), area=world.community)
    [row] = batches.preview_rows(batch, "change")
    assert row.values["changes"] == {"people": [3, 5], "needs": [[], ["pregnant"]]}
    batches.confirm(world.worker, EstateImporter, batch.pk)
    door = Household.objects.get(pk=world.households[0].pk)
    assert (door.people, door.needs, door.contact_name) == (5, ["pregnant"], "钱一帆")
    batches.undo(world.worker, EstateImporter, batch.pk)
    door.refresh_from_db()
    assert (door.people, door.needs) == (3, [])


def test_a_door_changed_since_the_preview_stops_the_whole_import(world: World) -> None:
    rows: list[list[Any]] = [
        HEAD,
        [None, "海棠社区", "望江苑", "9栋", None, None, "101", None, 5, None, None, None],
        [None, "海棠社区", "望江苑", "1栋", None, None, "101", None, 5, None, None, None],
    ]
    batch = run(world.worker, EstateImporter, xlsx(rows), area=world.community)
    actions.edit_household(world.worker, world.households[0].pk, people=7)
    with pytest.raises(Refused):
        batches.confirm(world.worker, EstateImporter, batch.pk)
    assert not Area.objects.filter(name="9栋").exists()
    assert ImportBatch.objects.get(pk=batch.pk).state == "preview"


def test_a_door_edited_after_the_import_keeps_it_from_being_undone(world: World) -> None:
    rows: list[list[Any]] = [HEAD, [None, "海棠社区", "望江苑", "1栋", None, None, "999", None, 5, None, None, None]]
    batch = batches.confirm(
        world.worker, EstateImporter, run(world.worker, EstateImporter, xlsx(rows), area=world.community).pk
    )
    actions.edit_household(world.worker, Household.objects.get(room="999").pk, people=6)
    with pytest.raises(Refused):
        batches.undo(world.worker, EstateImporter, batch.pk)
    assert Household.objects.get(room="999").people == 6


def test_places_out_of_reach_unknown_or_incomplete_are_refused(world: World) -> None:
    rows: list[list[Any]] = [
        HEAD,
        ["鱼洞街道", "老街社区", "某小区", "1", None, None, "1", 1, 2, None, None, None],
        [None, "没有社区", "某小区", "1", None, None, "1", 1, 2, None, None, None],
        [None, "海棠社区", None, None, None, None, "1", 1, 2, None, None, None],
        [None, "海棠社区", "望江苑", "1", None, None, "2", 1, None, None, None, None],
        [None, "海棠社区", "望江苑", "1", None, None, "3", 1, "两三个", None, None, None],
        [None, "海棠社区", "望江苑", "1", None, None, "4", 1, 2, None, None, None],
        [None, "海棠社区", "望江苑", "1栋", None, None, "4室", 1, 3, None, None, None],
    ]
    batch = run(world.worker, EstateImporter, xlsx(rows), area=world.community)
    assert troubles(batch) == [
        (2, "社区", Trouble.NOT_FOUND),
        (3, "社区", Trouble.NOT_FOUND),
        (4, "楼栋", Trouble.MISSING),
        (5, "人数", Trouble.MISSING),
        (6, "人数", Trouble.NUMBER_WRONG),
        (8, "房号", Trouble.DUPLICATE_IN_FILE),
    ]


def test_a_broken_file_loses_nothing_and_says_so(world: World) -> None:
    data = xlsx(
        [HEAD, *([None, "海棠社区", "望江苑", "1", None, None, str(n), 1, 2, None, None, None] for n in range(900))]
    )
    batch = run(world.worker, EstateImporter, data[: len(data) // 2], area=world.community)
    assert batch.state == "broken"
    problem = batches.problem_of(batch)
    assert problem is not None
    assert problem.trouble == Trouble.FILE_DAMAGED
    assert not ImportRow.objects.filter(batch=batch).exists()
    with pytest.raises(Refused):
        batches.confirm(world.worker, EstateImporter, batch.pk)


def test_a_stranger_finds_no_import(world: World) -> None:
    rows: list[list[Any]] = [HEAD, [None, "海棠社区", "望江苑", "1栋", None, None, "999", None, 5, None, None, None]]
    batch = run(world.worker, EstateImporter, xlsx(rows), area=world.community)
    for step in (batches.confirm, batches.undo, batches.discard, batches.batch_of):
        with pytest.raises(Http404):
            step(world.stranger, EstateImporter, batch.pk)
    with pytest.raises(Denied):
        run(world.stranger, EstateImporter, xlsx(rows), area=world.community)
    with pytest.raises(Denied):
        run(world.veteran, EstateImporter, xlsx(rows), area=world.community)


def test_every_step_leaves_its_entry(world: World) -> None:
    rows: list[list[Any]] = [HEAD, [None, "海棠社区", "望江苑", "1栋", None, None, "999", None, 5, None, None, None]]
    batch = run(world.worker, EstateImporter, xlsx(rows), area=world.community)
    batches.confirm(world.worker, EstateImporter, batch.pk)
    batches.undo(world.worker, EstateImporter, batch.pk)
    verbs = Entry.objects.filter(model="core.importbatch", row_id=str(batch.pk)).order_by("pk")
    assert list(verbs.values_list("verb", flat=True)) == [
        "core.import_uploaded",
        "core.import_confirmed",
        "core.import_undone",
    ]


def test_a_file_is_forgotten_once_it_is_confirmed_or_discarded(world: World) -> None:
    rows: list[list[Any]] = [HEAD, [None, "海棠社区", "望江苑", "1栋", None, None, "999", None, 5, None, None, None]]
    first = run(world.worker, EstateImporter, xlsx(rows), area=world.community)
    batches.discard(world.worker, EstateImporter, first.pk)
    assert ImportBatch.objects.get(pk=first.pk).file is None
    assert not ImportRow.objects.filter(batch=first).exists()
    second = run(world.worker, EstateImporter, xlsx(rows), area=world.community)
    batches.confirm(world.worker, EstateImporter, second.pk)
    assert ImportBatch.objects.get(pk=second.pk).file is None


def test_a_file_beyond_the_limit_is_refused(world: World, settings: Any) -> None:
    settings.UPLOAD_LIMIT_BYTES = 1024
    with pytest.raises(Refused):
        run(world.worker, EstateImporter, b"x" * 2000, area=world.community)
