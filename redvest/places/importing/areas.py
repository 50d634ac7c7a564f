"""Official areas from a list of codes: the district, its streets and towns, their communities and villages."""

import csv
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from redvest.core import access, batches, bulk
from redvest.core.batches import Importer, Judged, Verdict
from redvest.core.errors import Refused
from redvest.core.models import ImportRow
from redvest.core.sheets import cells
from redvest.core.sheets.headers import Column
from redvest.core.sheets.tables import Record
from redvest.core.sheets.troubles import Trouble
from redvest.places import rules
from redvest.places.actions import next_keys
from redvest.places.models import Area

DISTRICTS = Path(__file__).resolve().parents[2] / "data" / "districts.csv"


@cache
def district_names() -> dict[str, tuple[str, str]]:
    """Short and full name of the districts whose codes we know."""
    with DISTRICTS.open(encoding="utf-8", newline="") as file:
        return {row["code"]: (row["name"], row["full_name"]) for row in csv.DictReader(file)}


class AreaImporter(Importer):
    """Columns code, name, street_code, street. The district comes from the first six digits of the code.

    ``options["district_name"]`` names a district that is not in ``data/districts.csv``.
    """

    kind = "areas"
    action = "places.import_areas"
    topic = "places"
    columns = (
        Column("code", ("code", "代码", "区划代码", "统计用区划代码"), cells.code(12), required=True),
        Column("name", ("name", "名称", "社区", "村居", "社区名称"), cells.name(120), required=True),
        Column("street_code", ("street_code", "街道代码", "乡镇代码"), cells.code(9, 12), required=True),
        Column("street", ("street", "街道", "乡镇", "街道名称", "镇街"), cells.name(60), required=True),
    )

    def __init__(self, actor: Any, batch: Any) -> None:
        super().__init__(actor, batch)
        self.known = {area.code: area for area in Area.objects.exclude(code=None)}
        self.seen: dict[str, int] = {}
        self.paths = access.paths(actor, self.action)

    def judge(self, chunk: Sequence[Record]) -> list[Judged]:
        """A code seen before is compared by its name; a new one is created below its street."""
        return [self._judge(record) for record in chunk]

    def _judge(self, record: Record) -> Judged:
        code, full = record.values["code"], record.values["name"]
        street_code = record.values["street_code"][:9]
        if not code.startswith(street_code):
            record.refuse(Trouble.CONTRADICTION, "code", other=record.spelled["street_code"])
        earlier = self.seen.setdefault(code, record.number)
        if earlier != record.number:
            record.refuse(Trouble.DUPLICATE_IN_FILE, "code", row=earlier)
        district = self.known.get(code[:6])
        if district is None and not self._name_of(code[:6]):
            record.refuse(Trouble.DISTRICT_UNKNOWN, "code", code=code[:6])
        elif not self._may(district):
            record.refuse(Trouble.OUTSIDE_AREA, "code")
        name, level = rules.community_name(full, code)
        values = {"code": code, "name": name, "full_name": full, "level": level, "street_code": street_code}
        values["street"] = record.values["street"]
        old = self.known.get(code)
        if old is None:
            return Judged(Verdict.CREATE, values)
        if (old.name, old.full_name) == (name, full):
            return Judged(Verdict.SKIP)
        changes = {"name": [old.name, name], "full_name": [old.full_name, full]}
        changes = {key: pair for key, pair in changes.items() if pair[0] != pair[1]}
        return Judged(Verdict.CHANGE, values, old.pk, changes)

    def _may(self, district: Area | None) -> bool:
        """A new district stands at the root, where only the command (the system's account) may plant one."""
        if district is None:
            return "/" in self.paths
        return any(district.path.startswith(path) for path in self.paths)

    def _name_of(self, code: str) -> tuple[str, str] | None:
        given = str(self.options.get("district_name") or "").strip()
        return (given, given) if given else district_names().get(code)

    def create(self, rows: Sequence[ImportRow]) -> None:
        """Streets and the district come into being with their first community."""
        made: list[Area] = []
        for row in rows:
            values = row.values["write"]
            district = self._district(values["code"][:6], made)
            street = self._street(district, values["street_code"], values["street"], made)
            area = self._below(street, values["level"], values["code"], values["name"], values["full_name"])
            made.append(area)
            row.row_id = area.pk
        own = {row.row_id for row in rows}
        self.options.setdefault("made", []).extend(area.pk for area in made if area.pk not in own)
        Area.objects.bulk_create(made, batch_size=500)

    def _district(self, code: str, made: list[Area]) -> Area:
        if code not in self.known:
            found = self._name_of(code)
            if found is None:
                raise batches.stale()
            key = next_keys(1)[0]
            self.known[code] = Area(
                pk=key,
                path=f"/{key}/",
                depth=0,
                level=Area.Level.DISTRICT,
                code=code,
                name=found[0],
                full_name=found[1],
                order=int(code),
            )
            made.append(self.known[code])
        if self.batch.area is None:
            self.batch.area = self.known[code]
        return self.known[code]

    def _street(self, district: Area, code: str, name: str, made: list[Area]) -> Area:
        if code not in self.known:
            made.append(self._below(district, Area.Level.STREET, code, name, name))
        return self.known[code]

    def _below(self, parent: Area, level: str, code: str, name: str, full_name: str) -> Area:
        key = next_keys(1)[0]
        area = Area(
            pk=key,
            parent=parent,
            path=f"{parent.path}{key}/",
            depth=parent.depth + 1,
            level=level,
            code=code,
            name=name,
            full_name=full_name,
            order=int(code[-3:]),
        )
        self.known[code] = area
        return area

    def change(self, rows: Sequence[ImportRow]) -> None:
        """Only names change; a code is the identity."""
        areas = Area.objects.select_for_update().in_bulk([row.row_id for row in rows])
        for row in rows:
            area = areas.get(row.row_id or 0)
            if area is None or any(getattr(area, key) != pair[0] for key, pair in row.values["changes"].items()):
                raise batches.stale()
            row.before = {key: pair[0] for key, pair in row.values["changes"].items()}
            for key, pair in row.values["changes"].items():
                setattr(area, key, pair[1])
        Area.objects.bulk_update(areas.values(), ["name", "full_name"])

    def finish(self) -> None:
        """Remember where the history stood, so that undoing sees whether somebody worked with the areas since."""
        self.options["mark"] = bulk.history_mark(Area)

    def take_back(self, created: QuerySet[ImportRow]) -> None:
        """Refuses while anything hangs from the areas or somebody edited them."""
        self._remove(list(created.values_list("row_id", flat=True)))

    def restore(self, changed: Sequence[ImportRow]) -> None:
        """The names as they were."""
        areas = Area.objects.select_for_update().in_bulk([row.row_id for row in changed])
        if bulk.worked_with(Area, list(areas), self.options["mark"]):
            raise _edited()
        for row in changed:
            for key, value in (row.before or {}).items():
                setattr(areas[row.row_id or 0], key, value)
        Area.objects.bulk_update(areas.values(), ["name", "full_name"])

    def _remove(self, keys: list[Any]) -> None:
        if bulk.worked_with(Area, keys, self.options["mark"]):
            raise _edited()
        bulk.require_unused(Area, keys, own=())
        bulk.delete(Area.objects.filter(pk__in=keys))

    def take_back_rest(self) -> None:
        """Streets and the district that this import made, when nothing else hangs from them."""
        made = Area.objects.filter(pk__in=self.options.get("made", [])).order_by("-depth")
        for area in made:
            if self.batch.area_id == area.pk:
                self.batch.area = None
                self.batch.save(update_fields=["area"])
            self._remove([area.pk])


def _edited() -> Refused:
    return Refused(_("Somebody has edited these areas since, so the import cannot be undone. Correct them one by one."))
