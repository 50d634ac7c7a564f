"""Delivery notes as spreadsheets: a row is a line of goods. Undoing writes opposite movements."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from redvest.core.batches import Importer, Judged, Verdict
from redvest.core.errors import Refused
from redvest.core.models import ImportRow
from redvest.core.sheets import cells, dates
from redvest.core.sheets.headers import Column
from redvest.core.sheets.tables import Record
from redvest.core.sheets.troubles import Trouble
from redvest.supplies.actions import moving, receiving, stores
from redvest.supplies.models import Batch, Item, Movement

CONDITIONS: dict[str, str] = {
    "完好": Batch.Condition.GOOD,
    "良好": Batch.Condition.GOOD,
    "正常": Batch.Condition.GOOD,
    "部分破损": Batch.Condition.DAMAGED,
    "破损": Batch.Condition.DAMAGED,
    "存疑": Batch.Condition.DOUBTFUL,
    **{value: value for value in Batch.Condition.values},
}


class DeliveryNoteImporter(Importer):
    """The lines of a delivery for one store. Who counted is said with the upload; the goods are then in the store."""

    kind = "delivery"
    action = "supplies.keep"
    topic = "supplies"
    columns = (
        Column("item", ("品名", "物资名称", "名称", "物品", "商品名称", "货品", "item"), cells.name(60), required=True),
        Column("unit", ("单位", "计量单位", "unit"), cells.text(12)),
        Column("expected", ("应到", "应到数量", "发货数量", "计划数量", "announced"), cells.whole(0, 1_000_000)),
        Column("counted", ("实到", "实到数量", "实收", "实收数量", "数量", "counted"), cells.whole(0, 1_000_000)),
        Column("expires_on", ("保质期", "保质期至", "有效期", "有效期至", "到期日", "expires"), dates.date),
        Column("label", ("批号", "批次", "生产批号", "batch"), cells.text(40)),
        Column(
            "condition",
            ("外观", "包装情况", "condition"),
            cells.choice(CONDITIONS),
            choices=("完好", "部分破损", "存疑"),
        ),
        Column(
            "note",
            ("备注", "说明", "note"),
            cells.text(200),
            width=30,
            help=gettext_lazy("What is damaged or doubtful."),
        ),
    )

    def __init__(self, actor: Any, batch: Any) -> None:
        super().__init__(actor, batch)
        self.items: dict[tuple[str, str], Item] = {}
        self.by_name: dict[str, list[Item]] = {}
        for item in Item.objects.all():
            self.items[item.name, item.unit] = item
            self.by_name.setdefault(item.name, []).append(item)

    def judge(self, chunk: Sequence[Record]) -> list[Judged]:
        """Find each row's item; without a count the announced number is what is believed."""
        return [self._judge(record) for record in chunk]

    def _judge(self, record: Record) -> Judged:
        values = dict(record.values)
        name, unit = values["item"], values.get("unit", "")
        item = self._item(name, unit)
        if item is None and not unit:
            if known := len(self.by_name.get(name, [])):
                record.refuse(Trouble.SEVERAL_FOUND, "item", count=known)
            else:
                record.refuse(Trouble.MISSING, "unit")
        values["counted"] = values.get("counted", values.get("expected", 0))
        if not values["counted"] and not values.get("expected"):
            record.refuse(Trouble.MISSING, "counted")
        if values.get("condition", Batch.Condition.GOOD) != Batch.Condition.GOOD and not values.get("note"):
            record.refuse(Trouble.MISSING, "note")
        values["item_id"] = item.pk if item is not None else None
        if isinstance(values.get("expires_on"), date):
            values["expires_on"] = values["expires_on"].isoformat()
        return Judged(Verdict.CREATE, values)

    def _item(self, name: str, unit: str) -> Item | None:
        if unit:
            return self.items.get((name, unit))
        found = self.by_name.get(name, [])
        return found[0] if len(found) == 1 else None

    def create(self, rows: Sequence[ImportRow]) -> None:
        """One receiving note for a chunk, in the store that was chosen with the upload."""
        (store,) = stores.open_stores(self.actor, int(self.options["store"]))
        movement = receiving.book(
            self.actor,
            store,
            [_line(row.values["write"]) for row in rows],
            source=str(self.options.get("source", "")),
            counted_by=str(self.options["counted_by"]),
            witness=str(self.options["witness"]),
        )
        for row, key in zip(rows, movement.batches.order_by("pk").values_list("pk", flat=True), strict=True):
            row.row_id = key

    def change(self, rows: Sequence[ImportRow]) -> None:
        """A delivery changes nothing that is there."""

    def take_back(self, created: QuerySet[ImportRow]) -> None:
        """The opposite of each receiving note; refused when something of it has left the store."""
        keys = created.values("row_id")
        notes = Movement.objects.filter(batches__in=keys).distinct().order_by("pk")
        for note in notes:
            if Movement.objects.filter(corrects=note).exists():
                raise Refused(_("This movement was corrected already."))
            moving.correct(self.actor, note.pk, reason=_("The import was undone"))

    def restore(self, changed: Sequence[ImportRow]) -> None:
        """Nothing was changed."""

    def finish(self) -> None:
        """The rows know their batches; nothing else is needed."""

    def take_back_rest(self) -> None:
        """Items stay: they are words, and others may use them by now."""


def _line(values: dict[str, Any]) -> receiving.Received:
    expires = values.get("expires_on")
    return receiving.Received(
        values.get("item_id"),
        int(values.get("counted") or 0),
        values.get("expected"),
        date.fromisoformat(expires) if expires else None,
        values.get("label", ""),
        values.get("condition", Batch.Condition.GOOD),
        values.get("note", ""),
        values["item"],
        values.get("unit", ""),
    )
