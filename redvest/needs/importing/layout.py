"""Where every line of a text belongs: blocks with their titles and menus, pieces (entries), and what is kept aside."""

from dataclasses import dataclass, field

from redvest.needs.importing.lines import Line
from redvest.needs.importing.menu import Menu
from redvest.needs.importing.vocabulary import Role


@dataclass(slots=True)
class Piece:
    """The lines of one entry, with what is known from around it."""

    lines: list[Line]
    number: int | None = None
    building: str = ""
    unit: str = ""
    sender: str = ""
    place_at: tuple[int, int] = (0, 0)  # the line that named building and unit
    sender_at: tuple[int, int] = (0, 0)
    labels: set[str] = field(default_factory=set)
    has_door: bool = False


@dataclass(slots=True)
class Block:
    """A stretch of text that belongs together: one list with its title, or one message."""

    title: list[Line] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    sender: str = ""
    listed: bool = False  # numbered, bulleted, or one door a line
    call: str = ""  # the message that asked for answers such as this one
    menu: Menu = field(default_factory=Menu)

    @property
    def title_text(self) -> str:
        """The title in one line."""
        return "\n".join(line.words for line in self.title)


@dataclass(slots=True)
class Layout:
    """What the lines of the whole text are."""

    blocks: list[Block] = field(default_factory=list)
    kept: list[tuple[Role, Line]] = field(default_factory=list)
