"""Why a row should be looked at. A reason is a lasting name, a sentence, and a share of trust."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


def _(sentence: str) -> str:
    """Marks a sentence for the catalogs; whoever shows it translates it. This package works without Django."""
    return sentence


class Reason(StrEnum):
    """Names that stay the same in stored rows and over the wire."""

    LETTERS_READ = "letters_read"
    HAN_ROOM = "han_room"
    ROOM_COMPOSED = "room_composed"
    PLACE_FROM_HEADING = "place_from_heading"
    PLACE_FROM_SENDER = "place_from_sender"
    BUILDING_OR_UNIT = "building_or_unit"
    NO_ROOM = "no_room"
    ROOM_ALONE = "room_alone"
    SEVERAL_ROOMS = "several_rooms"
    PEOPLE_ASSUMED = "people_assumed"
    PEOPLE_ADDED = "people_added"
    PEOPLE_CORRECTED = "people_corrected"
    PEOPLE_MISSING = "people_missing"
    PEOPLE_MANY = "people_many"
    QUANTITY_ASSUMED = "quantity_assumed"
    QUANTITY_MISSING = "quantity_missing"
    QUANTITY_RANGE = "quantity_range"
    QUANTITY_LARGE = "quantity_large"
    ITEM_FROM_TITLE = "item_from_title"
    ITEM_FROM_BEFORE = "item_from_before"
    COPIED = "copied"
    ITEM_UNNAMED = "item_unnamed"
    MENU_MISSING = "menu_missing"
    MENU_MISMATCH = "menu_mismatch"
    NOT_ON_MENU = "not_on_menu"
    WORDS_LEFT = "words_left"
    KIND_UNSURE = "kind_unsure"
    SAME_ROOM = "same_room"
    TAKES_BACK = "takes_back"
    NOTHING_READ = "nothing_read"
    TOO_LONG = "too_long"
    ROOM_UNKNOWN = "room_unknown"
    ROOM_IN_SEVERAL = "room_in_several"
    PLACE_COMPLETED = "place_completed"
    HOUSEHOLD_EMPTY = "household_empty"
    MORE_THAN_KNOWN = "more_than_known"


# The sentence, and the share of trust that is left.
REASONS: Mapping[Reason, tuple[str, float]] = {
    Reason.LETTERS_READ: (_("Letters were read as digits: %(text)s. Check the room."), 0.85),
    Reason.HAN_ROOM: (_("The room was written in Chinese numerals: %(text)s. Check it."), 0.95),
    Reason.ROOM_COMPOSED: (_("The room was put together from a floor and a door: %(text)s. Check it."), 0.85),
    Reason.PLACE_FROM_HEADING: (_("The building or unit was taken from the heading above."), 0.97),
    Reason.PLACE_FROM_SENDER: (
        _("The address was taken from the sender's name. Ask whether it is for that door."),
        0.85,
    ),
    Reason.BUILDING_OR_UNIT: (_("It is not clear whether %(text)s names a building or a unit. Choose one."), 0.9),
    Reason.NO_ROOM: (_("No room was found. Ask for it, or enter it."), 0.5),
    Reason.ROOM_ALONE: (_("Only a room is written here; what is wanted is not said."), 0.7),
    Reason.SEVERAL_ROOMS: (_("Several rooms are named; the first was taken. Check for whom it is."), 0.6),
    Reason.PEOPLE_ASSUMED: (_("The bare number was read as people, for the list does not say what it counts."), 0.9),
    Reason.PEOPLE_ADDED: (_("The number of people was added up from: %(text)s."), 0.85),
    Reason.PEOPLE_CORRECTED: (_("The entry corrects itself; the later number was taken."), 0.9),
    Reason.PEOPLE_MISSING: (_("The number of people is missing. Ask for it."), 0.7),
    Reason.PEOPLE_MANY: (_("That is many people for one door. Check the number."), 0.6),
    Reason.QUANTITY_ASSUMED: (_("No quantity is written; one was assumed."), 0.9),
    Reason.QUANTITY_MISSING: (_("No quantity is written for %(text)s. Ask how much."), 0.8),
    Reason.QUANTITY_RANGE: (_("The quantity is only roughly given: %(text)s. Ask how much."), 0.7),
    Reason.QUANTITY_LARGE: (_("The quantity %(text)s is unusually large. Check it."), 0.6),
    Reason.ITEM_FROM_TITLE: (_("The item was taken from the title of the list."), 0.95),
    Reason.ITEM_FROM_BEFORE: (_("The item was taken from the words before: %(text)s. Check it."), 0.85),
    Reason.COPIED: (_("The items were copied from the entry above, for this one says the same. Check them."), 0.8),
    Reason.ITEM_UNNAMED: (_("The number %(text)s stands without an item. Enter what it counts."), 0.6),
    Reason.MENU_MISSING: (_("The entry points to a menu that is not in the text. Paste the menu too."), 0.7),
    Reason.MENU_MISMATCH: (_("The entry does not fit the menu, which has another number of items. Check it."), 0.6),
    Reason.NOT_ON_MENU: (_("%(text)s is not on the menu."), 0.8),
    Reason.WORDS_LEFT: (_("These words were not understood: %(text)s. They are kept in the note."), 0.85),
    Reason.KIND_UNSURE: (_("It is not clear whether this is a request, an offer or news. Choose one."), 0.7),
    Reason.SAME_ROOM: (_("This room stands in the list more than once. Keep the right one."), 0.7),
    Reason.TAKES_BACK: (_("This takes back an entry that is also in the text. Cancel that one too."), 0.8),
    Reason.NOTHING_READ: (_("Nothing was understood here. Read it yourself."), 0.2),
    Reason.TOO_LONG: (_("The text is too long for one entry. Read it yourself, or paste it in parts."), 0.2),
    Reason.ROOM_UNKNOWN: (_("This room is not in the registry of the area. Check it, or add the household."), 0.4),
    Reason.ROOM_IN_SEVERAL: (_("Several buildings of the area have this room. Choose the building."), 0.6),
    Reason.PLACE_COMPLETED: (_("The building was completed from the registry: only one has this room."), 0.95),
    Reason.HOUSEHOLD_EMPTY: (_("The registry says that nobody lives behind this door. Check the room."), 0.6),
    Reason.MORE_THAN_KNOWN: (_("The registry knows %(known)s people behind this door. Check the number."), 0.8),
}


@dataclass(frozen=True, slots=True)
class Doubt:
    """One reason for one row; ``start`` and ``end`` are the characters of the pasted text that it is about."""

    reason: Reason
    start: int
    end: int
    fields: Mapping[str, str] = field(default_factory=dict)

    @property
    def message(self) -> str:
        """The English sentence with its gaps open: the key of its translation."""
        return REASONS[self.reason][0]


def confidence(doubts: "list[Doubt] | tuple[Doubt, ...]") -> float:
    """The trust that is left after every different reason has taken its share; 0.99 without any."""
    left = 0.99
    for reason in {doubt.reason for doubt in doubts}:
        left *= REASONS[reason][1]
    return round(left, 2)
