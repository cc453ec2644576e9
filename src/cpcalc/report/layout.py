"""The neutral page, which each writer shows in its own way: blocks, and their cells as texts.

Every column of figures is in one scale, the money of a table in one unit.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from rich.cells import cell_len, chop_cells

from cpcalc.figures import Figure, NotApplicable, Reported
from cpcalc.report.numbers import GAP, Scale, cell, money_scale, scale_of, shown
from cpcalc.report.words import number_word, word
from cpcalc.units import Unit

Cell = str | Reported | None


class Column(NamedTuple):
    """A column of a table: texts are left-aligned, figures right-aligned in one scale.

    A wrapped one takes what the others leave of the line; where none is, the first one does.
    """

    key: str
    header: str
    is_text: bool = False
    is_wrapped: bool = False


class Table(NamedTuple):
    """Rows of cells; the last ``totals`` rows are totals.

    ``under`` holds a line of text for each row (a measure's title under its id), shown over the
    whole width. ``by_row`` scales each row by itself and names its unit in the column ``unit``. In
    a ``yearly`` table every figure but a duration is a year's: units are shown without ``/year``.
    """

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    totals: int = 0
    notes: tuple[str, ...] = ()
    under: tuple[str, ...] = ()
    by_row: bool = False
    yearly: bool = False


class Pairs(NamedTuple):
    """Labels with their values."""

    title: str
    rows: tuple[tuple[str, Cell], ...]


class Heading(NamedTuple):
    """The head of a report: what it is about, and one line under it that must not be missed."""

    text: str
    under: str
    is_warning: bool


class Notes(NamedTuple):
    """Lines of small print."""

    lines: tuple[str, ...]


class Chart(NamedTuple):
    """A bar for each label, to both sides of zero."""

    key: str
    title: str
    bars: tuple[tuple[str, Figure], ...]


Block = Table | Pairs | Heading | Notes | Chart


# Controls, formats (bidirectional ones too), private use, surrogates, what parts lines.
_SHOWN_AS_CODES = ("Cc", "Cf", "Co", "Cs", "Zl", "Zp")
_NO_CHARACTERS = "\ufffe\uffff"  # XML forbids them


def harmless(text: str) -> str:
    """Text in composed form; controls, bidirectional marks, no characters as ``<U+202E>``."""
    shown = unicodedata.normalize("NFC", text)
    if shown.replace(GAP, " ").isprintable():
        return shown
    return "".join(
        f"<U+{ord(character):04X}>"
        if character in _NO_CHARACTERS or unicodedata.category(character) in _SHOWN_AS_CODES
        else character
        for character in shown
    )


def wrapped(text: str, width: int) -> list[str]:
    """A text in lines of at most ``width`` cells, broken at spaces where there are any.

    rich would also break at the no-break spaces within a number.
    """
    lines: list[str] = []
    line = ""
    for part in text.split(" "):
        for piece in chop_cells(part, width) or [""]:
            candidate = f"{line} {piece}" if line else piece
            if cell_len(candidate) <= width:
                line = candidate
            else:
                lines.append(line)
                line = piece
    return [*lines, line]


# Bars never get thinner than this, however small the page: below it they say nothing.
NARROWEST_BARS_CELLS = 10


def bars_of(chart: Chart, texts: tuple[str, ...], width: int) -> list[str]:
    """The lines of a chart: label, figure as text, and its bar to the left or right of zero."""
    values = [figure.value for _, figure in chart.bars]
    lowest, highest = min(0.0, *values), max(0.0, *values)
    label_width = max(cell_len(label) for label, _ in chart.bars)
    text_width = max(map(cell_len, texts))
    room = max(width - label_width - text_width - 5, NARROWEST_BARS_CELLS)
    cells_of_one = room / (highest - lowest or 1)
    left = round(-lowest * cells_of_one)
    lines = []
    for (label, _), text, value in zip(chart.bars, texts, values, strict=True):
        bar = "#" * max(round(abs(value) * cells_of_one), 1 if value else 0)
        below, above = (bar, "") if value < 0 else ("", bar)
        lines.append(f"{label:>{label_width}}  {text:>{text_width}}  {below:>{left}}|{above}")
    return lines


class TableTexts(NamedTuple):
    """A table as texts: its title with the unit of its money, columns with their heads, rows."""

    title: str
    columns: list[Column]
    headers: list[str]
    rows: list[list[str]]


def table_texts(table: Table, language: str) -> TableTexts:
    """The texts of a table; a column that shows nothing is left out."""
    texts = (_rows_in_one_scale if table.by_row else _columns_in_one_scale)(table, language)
    kept = [
        position
        for position in range(len(table.columns))
        if position == 0 or not texts.rows or any(row[position] for row in texts.rows)
    ]
    return TableTexts(
        texts.title,
        [texts.columns[position] for position in kept],
        [texts.headers[position] for position in kept],
        [[row[position] for position in kept] for row in texts.rows],
    )


def _rows_in_one_scale(table: Table, language: str) -> TableTexts:
    rows = []
    for row in table.rows:
        scale = scale_of([value for value in row if isinstance(value, Figure)], language)
        texts = [cell_text(value, scale, language) for value in row]
        unit = _without_year(scale.unit, table, language)
        columns = zip(table.columns, texts, strict=True)
        rows.append([unit if column.key == "unit" else text for column, text in columns])
    headers = [column.header for column in table.columns]
    return TableTexts(table.title, list(table.columns), headers, rows)


def cell_text(value: Cell, scale: Scale | None, language: str) -> str:
    """A figure in its column's scale, or by itself; a reason in words; nothing for nothing."""
    if isinstance(value, NotApplicable):
        return word(value.code, language)
    if isinstance(value, Figure):
        return shown(value, language) if scale is None else cell(value, scale, language)
    return value or ""


def pair_text(value: Cell, language: str) -> str:
    """A value beside its label; a reason says what is missing."""
    text = cell_text(value, None, language)
    if isinstance(value, NotApplicable) and value.missing:
        return f"{text} ({word('missing', language)}: {missing_text(value.missing, language)})"
    return text


# A reader takes in a handful of missing fields; the rest are counted (JSON has them all).
MOST_MISSING_SHOWN = 4


def missing_text(fields: Sequence[str], language: str) -> str:
    """The first few missing fields, and how many more there are."""
    text = ", ".join(fields[:MOST_MISSING_SHOWN])
    more = len(fields) - MOST_MISSING_SHOWN
    return text if more <= 0 else f"{text} {word('more', language, count=more)}"


def chart_texts(chart: Chart, language: str) -> tuple[str, tuple[str, ...]]:
    """The title of a chart with its unit, and the figures of its bars in it."""
    scale = scale_of([figure for _, figure in chart.bars], language)
    texts = tuple(cell(figure, scale, language) for _, figure in chart.bars)
    return f"{chart.title} ({scale.unit})", texts


def _columns_in_one_scale(table: Table, language: str) -> TableTexts:
    columns = [[row[position] for row in table.rows] for position in range(len(table.columns))]
    units = [
        _main_unit(column, cells) for column, cells in zip(table.columns, columns, strict=True)
    ]
    money = money_scale(_figures_of_money(columns, units), language, yearly=table.yearly)
    headers, texts = [], []
    for column, cells, unit in zip(table.columns, columns, units, strict=True):
        header = column.header
        scale: Scale | None = None
        if unit is not None and unit.currency is not None and money is not None:
            scale = money
        elif unit is not None:
            scale = scale_of(_in_unit(cells, unit), language)
            header = f"{header}\n{_without_year(scale.unit, table, language)}".rstrip("\n")
        headers.append(header)
        # a figure in another unit than most of its column is shown with its own
        texts.append(
            [cell_text(value, scale if _is_in(value, unit) else None, language) for value in cells]
        )
    title = table.title if money is None else f"{table.title} ({money.unit})"
    rows = [list(row) for row in zip(*texts, strict=True)]
    return TableTexts(title, list(table.columns), headers, rows)


def _without_year(unit: str, table: Table, language: str) -> str:
    return unit.removesuffix("/" + number_word("year", language)) if table.yearly else unit


def _main_unit(column: Column, cells: Sequence[Cell]) -> Unit | None:
    """The unit that most figures of a column have; none for durations: each has its own."""
    if column.is_text:
        return None
    units = [value.unit for value in cells if isinstance(value, Figure)]
    unit = max(dict.fromkeys(units), key=units.count, default=None)
    is_duration = unit is not None and unit.exponents == (("year", 1),)
    return None if is_duration else unit


def _is_in(value: Cell, unit: Unit | None) -> bool:
    return isinstance(value, Figure) and value.unit is unit


def _in_unit(cells: Sequence[Cell], unit: Unit) -> list[Figure]:
    return [value for value in cells if isinstance(value, Figure) and value.unit is unit]


def _figures_of_money(
    columns: Sequence[Sequence[Cell]], units: Sequence[Unit | None]
) -> list[Figure]:
    """The figures of all money columns, where these are of one currency."""
    money = [
        (cells, unit)
        for cells, unit in zip(columns, units, strict=True)
        if unit is not None and unit.currency is not None
    ]
    is_plain = all(len(unit.exponents) <= 2 for _, unit in money)  # a price is not
    if len({unit.currency for _, unit in money}) != 1 or not is_plain:
        return []
    return [figure for cells, unit in money for figure in _in_unit(cells, unit)]
