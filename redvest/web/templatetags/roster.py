"""The cells of a roster's grid. A page has thousands of them, and a template takes five times as long to write one."""

from collections.abc import Iterable, Mapping
from html import escape

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from redvest.duty.queries.grid_parts import Cell, Chip, Grid, Row, TurnRow
from redvest.web.templatetags.look import icon

register = template.Library()

ALARMING = ("short", "late")  # tones that also show a sign, so that the colour is never the only one


@register.simple_tag
def person_cells(row: Row, grid: Grid, marks: Mapping[str, str]) -> SafeString:
    """A person's days: where he stands, and when he cannot."""
    away = f' title="{escape(str(marks["away"]))}"'
    return _joined(
        _cell(("away" if cell.is_away else "", "today" if cell.day.is_today else ""), f'data-p="{row.person}"', cell)
        + (away if cell.is_away else "")
        + ">"
        + "".join(_chip(chip, grid, marks) for chip in cell.chips)
        + "</td>"
        for cell in row.cells
    )


@register.simple_tag
def turn_cells(row: TurnRow, grid: Grid, marks: Mapping[str, str]) -> SafeString:
    """The days of a turn: who stands there, and how many hands lack."""
    return _joined(
        _cell(
            ("lacks" if cell.lacks else "", "today" if cell.day.is_today else "", "" if cell.shift else "none"),
            f'data-shift="{cell.shift or ""}"',
            cell,
        )
        + ">"
        + "".join(_chip(chip, grid, marks) for chip in cell.chips)
        + _missing(cell)
        + "</td>"
        for cell in row.cells
    )


def _joined(parts: Iterable[str]) -> SafeString:
    return mark_safe("".join(parts))  # noqa: S308 - every text in it went through escape()


def _cell(classes: tuple[str, ...], whose: str, cell: Cell) -> str:
    named = " ".join(filter(None, classes))
    shown = f' class="{named}"' if named else ""
    return f'<td{shown} role="gridcell" tabindex="-1" {whose} data-d="{cell.day.date.isoformat()}"'


def _missing(cell: Cell) -> str:
    if cell.lacks:
        words = ngettext("%(short)s short", "%(short)s short", cell.lacks) % {"short": cell.lacks}
        return f'<span class="lack">{icon("alert-triangle")}{escape(words)}</span>'
    if cell.spare:
        return f'<span class="spare">{escape(_("+%(spare)s wanted") % {"spare": cell.spare})}</span>'
    return ""


def _chip(chip: Chip, grid: Grid, marks: Mapping[str, str]) -> str:
    """A person on a shift; everything about it is in the title, for the pointer and for screen readers."""
    classes = f"duty {chip.kind}"
    for name, holds in (
        ("standby", chip.is_standby),
        ("night", chip.is_night),
        ("fresh", chip.is_new),
        ("locked", chip.is_locked),
        (f"tone-{chip.tone}", chip.tone),
    ):
        if holds:
            classes += f" {name}"
    more = ' draggable="true"' if grid.may_plan and not chip.is_locked else ""
    if chip.is_pinned:
        more += " data-pinned"
    said = escape(" — ".join([chip.words, *map(str, chip.says)]))
    bang = '<i class="bang">!</i>' if chip.tone in ALARMING else ""
    pin = f'<i class="pin">{escape(str(marks["pin"]))}</i>' if chip.is_pinned else ""
    time = f'<span class="t">{escape(chip.time)}</span>' if grid.view == "people" else ""
    return (
        f'<button type="button" tabindex="-1" class="{classes}" data-p="{chip.person}" data-s="{chip.shift}"{more}'
        f' title="{said}"><span class="d">{bang}<span>{escape(chip.title)}</span>{pin}</span>{time}</button>'
    )
