"""Estates, buildings, stairwell units and the doors in them: a row is a door or, without a room, a building."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from redvest.core import batches, bulk, masking
from redvest.core.batches import Importer, Judged, Verdict
from redvest.core.errors import Refused
from redvest.core.models import ImportRow
from redvest.core.sheets import cells
from redvest.core.sheets.headers import Column
from redvest.core.sheets.tables import Record
from redvest.core.sheets.troubles import Trouble
from redvest.places import queries, rules
from redvest.places.actions import next_keys
from redvest.places.models import Area, Household, NeedFlag

Level = Area.Level
Step = tuple[str, str]  # level and name

NEEDS: dict[str, str] = {
    "独居老人": NeedFlag.LONE_ELDERLY,
    "孤寡老人": NeedFlag.LONE_ELDERLY,
    "独居": NeedFlag.LONE_ELDERLY,
    "老年夫妻": NeedFlag.ELDERLY_COUPLE,
    "空巢老人": NeedFlag.ELDERLY_COUPLE,
    "残疾": NeedFlag.DISABLED,
    "残疾人": NeedFlag.DISABLED,
    "卧床": NeedFlag.BEDRIDDEN,
    "失能": NeedFlag.BEDRIDDEN,
    "血透": NeedFlag.DIALYSIS,
    "透析": NeedFlag.DIALYSIS,
    "放化疗": NeedFlag.CHEMOTHERAPY,
    "化疗": NeedFlag.CHEMOTHERAPY,
    "放疗": NeedFlag.CHEMOTHERAPY,
    "孕妇": NeedFlag.PREGNANT,
    "孕产妇": NeedFlag.PREGNANT,
    "婴幼儿": NeedFlag.INFANT,
    "婴儿": NeedFlag.INFANT,
    "留守儿童": NeedFlag.CHILD_ALONE,
    "儿童独自在家": NeedFlag.CHILD_ALONE,
    "慢性病": NeedFlag.CHRONIC_MEDICINE,
    "长期用药": NeedFlag.CHRONIC_MEDICINE,
    "吸氧": NeedFlag.OXYGEN,
    "呼吸机": NeedFlag.OXYGEN,
    "胰岛素": NeedFlag.INSULIN,
    "无智能手机": NeedFlag.NO_SMARTPHONE,
    "听障": NeedFlag.HARD_OF_HEARING,
    "听力障碍": NeedFlag.HARD_OF_HEARING,
    "只懂方言": NeedFlag.DIALECT,
    "低保": NeedFlag.LOW_INCOME,
    "低收入": NeedFlag.LOW_INCOME,
    "宠物": NeedFlag.PETS,
    **{flag.value: flag for flag in NeedFlag},
}
NEED_CHOICES = tuple({flag: name for name, flag in reversed(NEEDS.items()) if not name.isascii()}.values())
DOOR_FIELDS = ("floor", "people", "needs", "contact_name", "contact_phone", "note")
NODE_FIELDS = ("floors", "has_lift", "latitude", "longitude")


class EstateImporter(Importer):
    """The chain community > grid > estate or group > building > unit is found or made; the door hangs at its end.

    Floors, lift and coordinates are taken for a building that is new, or from a row without a room.
    """

    kind = "estates"
    action = "places.import"
    topic = "places"
    columns = (
        Column("street", ("街道", "镇街", "乡镇", "街道乡镇", "subdistrict", "street"), cells.name(60)),
        Column("community", ("社区", "村社区", "村居", "社区村", "community"), cells.name(60), required=True),
        Column("grid", ("网格", "网格名称", "grid"), cells.name(60)),
        Column("group", ("组", "社", "村民小组", "村组", "group"), cells.name(60)),
        Column("estate", ("小区", "小区名称", "院落", "楼盘", "estate"), cells.name(60)),
        Column("building", ("楼栋", "栋", "栋号", "幢", "楼号", "楼栋号", "building"), cells.name(60)),
        Column("unit", ("单元", "单元号", "unit"), cells.name(60)),
        Column("floors", ("总层数", "层数", "floors"), cells.whole(1, 200)),
        Column("has_lift", ("电梯", "有无电梯", "lift"), cells.yes_no, choices=("有", "无")),
        Column("room", ("房号", "室号", "门牌", "门牌号", "户号", "房间号", "room"), cells.room),
        Column("floor", ("楼层", "所在层", "floor"), cells.whole(-5, 200)),
        Column("people", ("人数", "常住人数", "户内人数", "居住人数", "人口", "people"), cells.whole(0, 60)),
        Column(
            "needs",
            ("特殊需求", "特殊群体", "特殊情况", "需求", "类别", "needs"),
            cells.choices({name.lower(): str(flag) for name, flag in NEEDS.items()}),
            choices=NEED_CHOICES,
            help=gettext_lazy("Several with a comma between them."),
            width=26,
        ),
        Column("contact_name", ("联系人", "户主", "户主姓名", "姓名", "contact"), cells.name(40)),
        Column("contact_phone", ("联系电话", "电话", "手机", "手机号", "phone"), cells.phone),
        Column("latitude", ("纬度", "latitude"), cells.decimal(-90, 90)),
        Column("longitude", ("经度", "longitude"), cells.decimal(-180, 180)),
        Column("note", ("备注", "说明", "note"), cells.text(300), width=30),
    )

    def __init__(self, actor: Any, batch: Any) -> None:
        super().__init__(actor, batch)
        self.book = queries.gazetteer(actor, self.action)
        self.nodes = {(node.parent_id, node.level, node.name): node for node in self.book.nodes.values()}
        self.seen: dict[tuple[Any, ...], int] = {}
        self.planned: set[tuple[Any, ...]] = set()

    # --- judging -----------------------------------------------------------------------------------------------

    def judge(self, chunk: Sequence[Record]) -> list[Judged]:
        """Find each row's chain, then compare the doors of the whole chunk with one query."""
        found = [self._place(record) for record in chunk]
        leaves = {node.pk for place in found if place is not None and (node := place[1]) is not None}
        doors = {(row.area_id, row.room): row for row in Household.objects.filter(area_id__in=leaves)}
        return [self._judge(record, place, doors) for record, place in zip(chunk, found, strict=True)]

    def _place(self, record: Record) -> tuple[Area, Area | None, list[Step]] | None:
        """(community, the end of the chain if it exists, the chain), or None for a refused row."""
        community = self._community(record)
        if community is None:
            return None
        chain = _chain(record.values)
        if not chain:
            record.refuse(Trouble.MISSING, "building" if "building" in record.spelled else "estate")
            return None
        node: Area | None = community
        above = str(community.level)
        for level, name in chain:
            if level not in rules.BELOW[above]:
                record.refuse(
                    Trouble.CONTRADICTION, _KEY_OF[level], other=record.spelled.get(_KEY_OF.get(above, ""), "")
                )
                return None
            node = self.nodes.get((node.pk, level, name)) if node is not None else None
            above = level
        return community, node, chain

    def _community(self, record: Record) -> Area | None:
        under: Area | None = None
        if "street" in record.values:
            streets = self.book.named(record.values["street"], levels=(Level.STREET,))
            under = streets[0] if len(streets) == 1 else None
        name = record.values["community"]
        found = self.book.named(name, levels=(Level.COMMUNITY, Level.VILLAGE), under=under)
        if len(found) == 1:
            return found[0]
        if found:
            record.refuse(Trouble.SEVERAL_FOUND, "community", count=len(found))
        else:
            record.refuse(Trouble.NOT_FOUND, "community")
        return None

    def _judge(
        self,
        record: Record,
        place: tuple[Area, Area | None, list[Step]] | None,
        doors: dict[tuple[int, str], Household],
    ) -> Judged:
        if place is None:
            return Judged(Verdict.REFUSE)
        community, node, chain = place
        values = {**record.values, "community_id": community.pk, "chain": [list(step) for step in chain]}
        if ("latitude" in values) != ("longitude" in values):
            record.refuse(Trouble.MISSING, "longitude" if "latitude" in values else "latitude")
        self._watch_duplicates(record, community, chain)
        self._announce_nodes(values, community, chain)
        if "room" not in values:
            return _judged_node(values, node)
        if "people" not in values:
            record.refuse(Trouble.MISSING, "people")
        if chain[-1][0] not in rules.WITH_DOORS:
            record.refuse(Trouble.MISSING, "building")
        old = doors.get((node.pk, values["room"])) if node is not None else None
        return _judged_door(values, old)

    def _watch_duplicates(self, record: Record, community: Area, chain: list[Step]) -> None:
        key = (community.pk, *chain, record.values.get("room"))
        earlier = self.seen.setdefault(key, record.number)
        if earlier != record.number:
            record.refuse(Trouble.DUPLICATE_IN_FILE, "room" if "room" in record.values else "", row=earlier)

    def _announce_nodes(self, values: dict[str, Any], community: Area, chain: list[Step]) -> None:
        """Say in the preview, once, which places this row brings into being."""
        parent: int | None = community.pk
        new: list[str] = []
        for position, (level, name) in enumerate(chain):
            node = self.nodes.get((parent, level, name)) if parent is not None else None
            parent = node.pk if node is not None else None
            key = (community.pk, *chain[: position + 1])
            if node is None and key not in self.planned:
                self.planned.add(key)
                new.append(name)
        if new:
            values["new_places"] = new

    @classmethod
    def in_words(cls, key: str, value: Any) -> str:
        """Labels for needs, yes or no for the lift."""
        if key == "needs":
            return super().in_words(key, [NeedFlag(need).label for need in value or ()])
        if isinstance(value, bool):
            return _("Yes") if value else _("No")
        return super().in_words(key, value)

    # --- writing -----------------------------------------------------------------------------------------------

    def create(self, rows: Sequence[ImportRow]) -> None:
        """First the places, then the doors in them."""
        made: list[Area] = []
        doors: list[tuple[ImportRow, Household]] = []
        for row in rows:
            values = row.values["write"]
            leaf = self._ensure(values, made)
            if "room" in values:
                doors.append((row, Household(area=leaf, room=values["room"], **_door_values(values))))
            else:
                row.row_id = leaf.pk
        Area.objects.bulk_create(made, batch_size=1000)
        bulk.insert([door for _row, door in doors])
        for row, door in doors:
            row.row_id = door.pk
        self.options.setdefault("made", []).extend(area.pk for area in made)

    def _ensure(self, values: dict[str, Any], made: list[Area]) -> Area:
        node = self.book.nodes.get(values["community_id"])
        if node is None:
            raise batches.stale()
        for level, name in values["chain"]:
            key = (node.pk, level, name)
            if key not in self.nodes:
                self.nodes[key] = _new_node(node, level, name, values)
                made.append(self.nodes[key])
            node = self.nodes[key]
        return node

    def change(self, rows: Sequence[ImportRow]) -> None:
        """Doors and nodes are changed field by field, if they are still as the preview saw them."""
        for model, chosen in _by_model(rows):
            kept = model._default_manager.select_for_update().in_bulk([row.row_id for row in chosen])
            fields = sorted({key for row in chosen for key in row.values["changes"]})
            for row in chosen:
                old: Any = kept.get(row.row_id)
                if old is None or any(getattr(old, key) != pair[0] for key, pair in row.values["changes"].items()):
                    raise batches.stale()
                row.before = {key: pair[0] for key, pair in row.values["changes"].items()}
                for key, pair in row.values["changes"].items():
                    setattr(old, key, pair[1])
            if fields:
                model._default_manager.bulk_update(kept.values(), fields)

    def finish(self) -> None:
        """Remember where the history stood."""
        self.options["mark"] = bulk.history_mark(Household)
        self.options["area_mark"] = bulk.history_mark(Area)

    def take_back(self, created: QuerySet[ImportRow]) -> None:
        """The doors of new rows; refuses when somebody has worked with one of them since."""
        doors = created.filter(values__write__has_key="room").values("row_id")
        if bulk.worked_with(Household, doors, self.options["mark"]):
            raise _edited()
        bulk.require_unused(Household, doors, own=())
        bulk.delete(Household.objects.filter(pk__in=doors))

    def restore(self, changed: Sequence[ImportRow]) -> None:
        """Doors and nodes field by field as they were."""
        for model, rows in _by_model(changed):
            mark = self.options["mark" if model is Household else "area_mark"]
            if bulk.worked_with(model, [row.row_id for row in rows if row.row_id], mark):
                raise _edited()
            kept = model._default_manager.in_bulk([row.row_id for row in rows])
            for row in rows:
                for key, value in (row.before or {}).items():
                    setattr(kept[row.row_id], key, value)
            fields = sorted({key for row in rows for key in row.before or {}})
            if fields:
                model._default_manager.bulk_update(kept.values(), fields)

    def take_back_rest(self) -> None:
        """The places that this import made, from the deepest up."""
        made = self.options.get("made", [])
        if bulk.worked_with(Area, made, self.options["area_mark"]):
            raise _edited()
        by_depth: dict[int, list[int]] = {}
        for key, depth in Area.objects.filter(pk__in=made).order_by("-depth").values_list("pk", "depth"):
            by_depth.setdefault(depth, []).append(key)
        for keys in by_depth.values():
            bulk.require_unused(Area, keys, own=())
            bulk.delete(Area.objects.filter(pk__in=keys))


def _edited() -> Refused:
    return Refused(_("Somebody has edited some of these places since, so the import cannot be undone as a whole."))


_LEVELS = (
    ("grid", Level.GRID),
    ("group", Level.GROUP),
    ("estate", Level.ESTATE),
    ("building", Level.BUILDING),
    ("unit", Level.UNIT),
)
_KEY_OF: dict[str, str] = {str(level): key for key, level in _LEVELS} | {
    str(Level.COMMUNITY): "community",
    str(Level.VILLAGE): "community",
}


def _chain(values: dict[str, Any]) -> list[Step]:
    chain: list[Step] = []
    for key, level in _LEVELS:
        name = values.get(key)
        if not name:
            continue
        if level == Level.BUILDING:
            name = rules.building_name(name)
        elif level == Level.UNIT:
            name = rules.unit_name(name)
        chain.append((str(level), name))
    return chain


def _new_node(parent: Area, level: str, name: str, values: dict[str, Any]) -> Area:
    key = next_keys(1)[0]
    last = values["chain"][-1] == [level, name]
    digits = "".join(character for character in name if character.isdigit())[:6]
    extra: dict[str, Any] = {}
    if level == Level.BUILDING or last:
        extra = {field: values[field] for field in NODE_FIELDS if field in values}
    return Area(
        pk=key,
        parent=parent,
        path=f"{parent.path}{key}/",
        depth=parent.depth + 1,
        level=level,
        name=name,
        order=int(digits or 0),
        **extra,
    )


def _door_values(values: dict[str, Any]) -> dict[str, Any]:
    return {field: values[field] for field in DOOR_FIELDS if field in values}


def _judged_node(values: dict[str, Any], node: Area | None) -> Judged:
    if node is None:
        return Judged(Verdict.CREATE, values)
    changes = {
        key: [getattr(node, key), values[key]]
        for key in NODE_FIELDS
        if key in values and getattr(node, key) != values[key]
    }
    return Judged(Verdict.CHANGE, values, node.pk, changes) if changes else Judged(Verdict.SKIP)


def _judged_door(values: dict[str, Any], old: Household | None) -> Judged:
    if old is None:
        return Judged(Verdict.CREATE, values)
    # An empty cell says nothing about what is known; only what the file fills in is compared.
    changes = {key: [getattr(old, key), new] for key, new in _door_values(values).items() if getattr(old, key) != new}
    return Judged(Verdict.CHANGE, values, old.pk, changes) if changes else Judged(Verdict.SKIP)


def _by_model(rows: Sequence[ImportRow]) -> list[tuple[Any, list[ImportRow]]]:
    doors = [row for row in rows if "room" in row.values["write"]]
    nodes = [row for row in rows if "room" not in row.values["write"]]
    return [(model, chosen) for model, chosen in ((Household, doors), (Area, nodes)) if chosen]


def shown(values: dict[str, Any]) -> str:
    """One line about a row for the preview, with the contact masked."""
    where = "".join(name for _level, name in values.get("chain", []))
    return " ".join(
        part for part in (where, values.get("room", ""), masking.name(values.get("contact_name", ""))) if part
    )
