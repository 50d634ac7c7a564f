"""Everything that can be wrong with a file, a row or a cell: a reason, and what to do about it.

Importers of every room use these words, so that one list of refused rows reads the same everywhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from redvest.core.errors import Refused

Words = str | Promise


class Trouble(StrEnum):
    """Names that stay the same in stored rows; the sentences are in ``SENTENCES``."""

    # the file
    FILE_EMPTY = "file_empty"
    FILE_DAMAGED = "file_damaged"
    FILE_TOO_LARGE = "file_too_large"
    FILE_HAS_PASSWORD = "file_has_password"  # noqa: S105
    FILE_IS_PDF = "file_is_pdf"
    FILE_IS_WEB_PAGE = "file_is_web_page"
    FILE_KIND_UNKNOWN = "file_kind_unknown"
    FILE_ENCODING_UNKNOWN = "file_encoding_unknown"
    FILE_STRAY_CELL = "file_stray_cell"
    # the sheet
    NO_HEADER = "no_header"
    MISSING_COLUMN = "missing_column"
    SHEET_HIDDEN = "sheet_hidden"
    # the row
    TOTALS_ROW = "totals_row"
    NOTE_ROW = "note_row"
    HEADER_AGAIN = "header_again"
    DUPLICATE_IN_FILE = "duplicate_in_file"
    OUTSIDE_AREA = "outside_area"
    # the cell
    MISSING = "missing"
    TOO_LONG = "too_long"
    FORMULA_ERROR = "formula_error"
    PHONE_LOST_DIGITS = "phone_lost_digits"
    PHONE_WRONG = "phone_wrong"
    NUMBER_WRONG = "number_wrong"
    NUMBER_RANGE = "number_range"
    CODE_WRONG = "code_wrong"
    DATE_WRONG = "date_wrong"
    DATE_AMBIGUOUS = "date_ambiguous"
    DATE_NO_YEAR = "date_no_year"
    YES_NO_WRONG = "yes_no_wrong"
    CHOICE_WRONG = "choice_wrong"
    NOT_FOUND = "not_found"
    SEVERAL_FOUND = "several_found"
    CONTRADICTION = "contradiction"
    TAKEN = "taken"
    DISTRICT_UNKNOWN = "district_unknown"
    # worth a look, not refused
    LETTERS_READ = "letters_read"
    DIGITS_RESTORED = "digits_restored"
    ZERO_RESTORED = "zero_restored"
    SERIAL_DATE = "serial_date"
    FIRST_OF_SEVERAL = "first_of_several"
    UNKNOWN_LEFT_OUT = "unknown_left_out"
    SKILL_UNKNOWN = "skill_unknown"
    KEPT_AS_TEXT = "kept_as_text"


SENTENCES: Mapping[Trouble, tuple[Words, Words]] = {
    Trouble.FILE_EMPTY: (_("The file is empty."), _("Choose the file that holds the table.")),
    Trouble.FILE_DAMAGED: (
        _("The file is damaged and cannot be read to its end. Nothing was imported."),
        _("Open it in Excel or WPS, save it again as .xlsx and upload that file."),
    ),
    Trouble.FILE_TOO_LARGE: (
        _("The file is too large to be read. Nothing was imported."),
        _("Split it into several files, for example one for each subdistrict."),
    ),
    Trouble.FILE_HAS_PASSWORD: (_("The file is locked with a password."), _("Save a copy without a password.")),
    Trouble.FILE_IS_PDF: (_("The file is a PDF."), _("Upload the spreadsheet from which the PDF was made.")),
    Trouble.FILE_IS_WEB_PAGE: (
        _("The file is a web page that only bears the name of a spreadsheet."),
        _("Open it in Excel or WPS, choose “Save as”, type .xlsx, and upload that file."),
    ),
    Trouble.FILE_KIND_UNKNOWN: (_("This kind of file is not a spreadsheet."), _("Upload .xlsx, .xls, .ods or .csv.")),
    Trouble.FILE_ENCODING_UNKNOWN: (
        _("The characters of the text file cannot be read."),
        _("Open it in Excel or WPS, save it as .xlsx and upload that file."),
    ),
    Trouble.FILE_STRAY_CELL: (
        _("A single filled cell lies very far from the table (the table would be %(detail)s cells)."),
        _("Press Ctrl+End in Excel, clear the rows and columns beyond the table, save and upload again."),
    ),
    Trouble.NO_HEADER: (
        _("No row with column headings was found in this sheet."),
        _("Put the headings of the template in one row above the data."),
    ),
    Trouble.MISSING_COLUMN: (
        _("The column “%(wanted)s” is missing in this sheet."),
        _("Add a column with this heading, or download the template."),
    ),
    Trouble.SHEET_HIDDEN: (_("The sheet is hidden and was not read."), _("Unhide it if it should be imported.")),
    Trouble.TOTALS_ROW: (_("This is a totals row."), _("Nothing to do.")),
    Trouble.NOTE_ROW: (_("This is a remark below the table."), _("Nothing to do.")),
    Trouble.HEADER_AGAIN: (_("The headings are repeated here."), _("Nothing to do.")),
    Trouble.DUPLICATE_IN_FILE: (
        _("Row %(row)s of this file already says this."),
        _("Keep one of the two rows, or make them differ."),
    ),
    Trouble.OUTSIDE_AREA: (
        _("This place is outside the areas that you look after."),
        _("Ask the coordinator of that area to import this row."),
    ),
    Trouble.MISSING: (_("This cell must not be empty."), _("Fill it in.")),
    Trouble.TOO_LONG: (
        _("The text is longer than %(limit)s characters."),
        _("Shorten it. In a text file, look for a stray quotation mark before it."),
    ),
    Trouble.FORMULA_ERROR: (_("The formula in this cell shows an error."), _("Replace the formula by its value.")),
    Trouble.PHONE_LOST_DIGITS: (
        _("The spreadsheet shortened this phone number; its last digits are lost."),
        _("Format the column as text and enter the whole number again."),
    ),
    Trouble.PHONE_WRONG: (
        _("This is not a complete phone number."),
        _("Enter 11 digits for a mobile phone, or area code and number for a landline."),
    ),
    Trouble.NUMBER_WRONG: (_("This is not a whole number."), _("Enter a whole number, for example 3.")),
    Trouble.NUMBER_RANGE: (
        _("The number must be between %(low)s and %(high)s."),
        _("Check the number and enter it again."),
    ),
    Trouble.CODE_WRONG: (
        _("An official code has %(width)s digits."),
        _("Format the column as text and enter the whole code."),
    ),
    Trouble.DATE_WRONG: (_("This is not a date."), _("Write it like 2026-11-24.")),
    Trouble.DATE_AMBIGUOUS: (
        _("It is not clear which of these numbers is the day, the month or the year."),
        _("Write the date like 2026-11-24."),
    ),
    Trouble.DATE_NO_YEAR: (_("The year of this date is missing."), _("Write the date like 2026-11-24.")),
    Trouble.YES_NO_WRONG: (_("This is neither yes nor no."), _("Enter yes or no.")),
    Trouble.CHOICE_WRONG: (_("This is not one of the possible entries."), _("Choose one of: %(choices)s.")),
    Trouble.NOT_FOUND: (
        _("Nothing of this name is known here."),
        _("Check the spelling, or enter it first."),
    ),
    Trouble.SEVERAL_FOUND: (
        _("%(count)s places or people fit this entry."),
        _("Say more: add the subdistrict, the community or the code."),
    ),
    Trouble.CONTRADICTION: (
        _("This does not fit “%(other)s” in the same row."),
        _("Correct one of the two cells."),
    ),
    Trouble.TAKEN: (
        _("This number already belongs to somebody else (%(who)s)."),
        _("Check the number, or correct the other entry first."),
    ),
    Trouble.DISTRICT_UNKNOWN: (
        _("The name of the district %(code)s is not known."),
        _("Enter its name with the upload (on the command line: --district-name)."),
    ),
    Trouble.LETTERS_READ: (
        _("Letters were read as digits: %(read)s."),
        _("Check that this is the right number."),
    ),
    Trouble.DIGITS_RESTORED: (
        _("The shortened number was complete and was read as %(read)s."),
        _("Check that this is the right number."),
    ),
    Trouble.ZERO_RESTORED: (_("The lost zero in front was added: %(read)s."), _("Check that this is right.")),
    Trouble.SERIAL_DATE: (_("The number was read as the date %(read)s."), _("Check that this is right.")),
    Trouble.FIRST_OF_SEVERAL: (
        _("The cell holds several numbers; %(read)s was taken."),
        _("Enter the other numbers by hand if they are needed."),
    ),
    Trouble.UNKNOWN_LEFT_OUT: (
        _("“%(unknown)s” is not in the list and was left out."),
        _("Use the words of the template if it is needed, then import again."),
    ),
    Trouble.SKILL_UNKNOWN: (
        _("“%(unknown)s” is not in the list of skills and was added to the experience."),
        _("Nothing to do, unless a post asks for it."),
    ),
    Trouble.KEPT_AS_TEXT: (
        _("This place is not known here; it was kept as text in the address."),
        _("Nothing to do if the home lies in another district."),
    ),
}

NOTES = frozenset(
    {
        Trouble.LETTERS_READ,
        Trouble.DIGITS_RESTORED,
        Trouble.ZERO_RESTORED,
        Trouble.SERIAL_DATE,
        Trouble.FIRST_OF_SEVERAL,
        Trouble.UNKNOWN_LEFT_OUT,
        Trouble.SKILL_UNKNOWN,
        Trouble.KEPT_AS_TEXT,
    }
)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in one cell (``column`` as the file spells it) or, without a column, in the whole row."""

    trouble: Trouble
    column: str = ""
    value: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)

    @property
    def refuses(self) -> bool:
        """A note only asks for a look; anything else keeps the row out."""
        return self.trouble not in NOTES

    @property
    def reason(self) -> str:
        """What is wrong, in the reader's language."""
        return str(SENTENCES[self.trouble][0]) % self.fields

    @property
    def remedy(self) -> str:
        """What to do about it, in the reader's language."""
        return str(SENTENCES[self.trouble][1]) % self.fields

    def to_json(self) -> dict[str, Any]:
        """The form that is stored; ``from_json`` reads it back in any language."""
        return {
            "trouble": self.trouble.value,
            "column": self.column,
            "value": self.value,
            "fields": {key: str(value) for key, value in self.fields.items()},
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Problem":
        """What ``to_json`` wrote."""
        return cls(Trouble(data["trouble"]), data["column"], data["value"], data["fields"])


class Unreadable(Refused):
    """The file as a whole cannot be used; ``trouble`` says why."""

    def __init__(self, trouble: Trouble, **fields: str) -> None:
        self.trouble = trouble
        self.problem = Problem(trouble, fields=fields)
        super().__init__(f"{self.problem.reason} {self.problem.remedy}", code=trouble.value)
