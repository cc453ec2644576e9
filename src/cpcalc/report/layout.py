"""The neutral page: headings, pairs and tables of cells, which every writer lays out in its own way."""

# No postponed annotations here: each named tuple would compile each of its own at every start.
import re
import unicodedata
from typing import NamedTuple

from cpcalc.figures import Figure, Reported
from cpcalc.report.numbers import GAP

Cell = str | Reported | None


class Column(NamedTuple):
    """A column of a table: texts are left-aligned, figures right-aligned in one scale.

    A wrapped one takes what the others leave of the line; where none is, the first one does.
    """

    key: str
    header: str
    is_text: bool = False
    is_duration: bool = False
    is_wrapped: bool = False


class Table(NamedTuple):
    """Rows of cells; the last ``totals`` rows are totals.

    ``under`` holds a line of text for each row (a measure's title under its id), shown over the whole width.
    ``by_row`` scales each row by itself and names its unit in the column ``unit``. In a ``yearly`` table every
    figure but a duration is a year's, so units are shown without ``/year``.
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


# Controls, formats (bidirectional ones too), private use, surrogates, and what parts lines or paragraphs.
_SHOWN_AS_CODES = ("Cc", "Cf", "Co", "Cs", "Zl", "Zp")
_NO_CHARACTERS = "\ufffe\uffff"  # XML forbids them


def harmless(text: str) -> str:
    """Text in composed form, with controls, bidirectional marks and what is no character shown as ``<U+202E>``."""
    if text.isascii() and text.isprintable():
        return text
    shown = unicodedata.normalize("NFC", text)
    if shown.replace(GAP, " ").isprintable():
        return shown
    return "".join(
        f"<U+{ord(character):04X}>"
        if character in _NO_CHARACTERS or unicodedata.category(character) in _SHOWN_AS_CODES
        else character
        for character in shown
    )


# Whatever may be wide or combining: all but Latin letters (Vietnamese ones too), dashes, quotes and the minus sign.
_NOT_ONE_CELL = re.compile("[^\u0000-\u02ff\u1e00-\u1eff\u2010-\u2027\u202f\u2212]")


def is_plain(text: str) -> bool:
    """Whether every character of a text takes one cell of a terminal."""
    return text.isascii() or not _NOT_ONE_CELL.search(text)


def width_cells(text: str) -> int:
    """How many cells of a terminal a text takes: wide letters two, combining marks none."""
    if is_plain(text):
        return len(text)
    return sum(
        0
        if unicodedata.combining(character)
        else 2
        if unicodedata.east_asian_width(character) in "WF"
        else 1
        for character in text
    )


def wrapped(text: str, width: int) -> list[str]:
    """A text in lines of at most ``width`` cells, broken at spaces where there are any."""
    if width_cells(text) <= width and not text.startswith(" "):
        return [text]
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        candidate = f"{line} {word}" if line else word
        if width_cells(candidate) <= width:
            line = candidate
            continue
        if line:
            lines.append(line)
        while width_cells(word) > width:
            cut = width
            while width_cells(word[:cut]) > width:
                cut -= 1
            lines.append(word[: max(cut, 1)])
            word = word[max(cut, 1) :]  # noqa: PLW2901
        line = word
    return [*lines, line]


BAR = "#"
ZERO_LINE = "|"
# Bars never get thinner than this, however small the page: below it they say nothing.
NARROWEST_BARS_CELLS = 10


def bars_of(chart: Chart, texts: tuple[str, ...], width: int) -> list[str]:
    """The lines of a chart: label, figure as text, and its bar to the left or right of zero."""
    values = [figure.value for _, figure in chart.bars]
    lowest, highest = min(0.0, *values), max(0.0, *values)
    span = highest - lowest
    label_width = max(width_cells(label) for label, _ in chart.bars)
    text_width = max(map(width_cells, texts))
    room = max(width - label_width - text_width - 5, NARROWEST_BARS_CELLS)
    left = round(-lowest / span * room) if span else 0
    lines = []
    for (label, _), text, value in zip(chart.bars, texts, values, strict=True):
        cells = round(abs(value) / span * room) if span else 0
        bar = BAR * max(cells, 1 if value else 0)
        before = bar.rjust(left) if value < 0 else " " * left
        after = bar if value > 0 else ""
        head = label.rjust(label_width) + "  " + " " * (text_width - width_cells(text)) + text
        lines.append(f"{head}  {before}{ZERO_LINE}{after}".rstrip())
    return lines
