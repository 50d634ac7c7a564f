"""A row in the making, and the words it is read from."""

from dataclasses import dataclass, field

from redvest.needs.importing.doubts import Doubt, Reason
from redvest.needs.importing.items import MASK
from redvest.needs.importing.normal import Plain
from redvest.needs.importing.rows import Item
from redvest.needs.importing.vocabulary import Kind, Need


@dataclass(slots=True)
class Draft:
    """A row in the making; spans are of the pasted text."""

    entry: int | None
    start: int
    end: int
    kind: Kind
    estate: str = ""
    building: str = ""
    unit: str = ""
    room: str = ""
    people: int | None = None
    items: list[Item] = field(default_factory=list)
    need: Need | None = None
    name: str = ""
    phone: str = ""
    note: str = ""
    doubts: list[Doubt] = field(default_factory=list)

    def doubt(self, reason: Reason, start: int, end: int, **fields: str) -> None:
        """Note one more reason to look, once for the same characters."""
        made = Doubt(reason, start, end, fields)
        if made not in self.doubts:
            self.doubts.append(made)

    @property
    def door(self) -> tuple[str, str, str, str]:
        """What makes two rows speak of the same household."""
        return self.estate, self.building, self.unit, self.room


@dataclass(slots=True)
class Text:
    """The words of a piece, and the same with everything masked that has been read."""

    plain: Plain
    left: str

    def mask(self, start: int, end: int) -> None:
        self.left = self.left[:start] + MASK * (end - start) + self.left[end:]

    def source(self, start: int, end: int) -> tuple[int, int]:
        return self.plain.source(start, end)
