"""The neutral page, which each writer shows in its own way: blocks, and their cells as texts.

Every column of figures is in one scale, the money of a table in one unit.
"""

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import chain, compress, repeat
from operator import not_
from typing import NamedTuple
from unicodedata import category, normalize

from rich.cells import cell_len, chop_cells

from cpcalc.figures import Figure, NotApplicable, Reported, figures_in, without_residue
from cpcalc.report.numbers import A_YEAR, GAP, Scale, cell, money_scale, rounded, scale_of, shown
from cpcalc.texts import number_word, word


class Marked(NamedTuple):
    """A label with a sign that a note explains."""

    text: str
    mark: str = ""
    rest: str = ""


class Together(NamedTuple):
    """Texts and figures in one cell, each figure by itself."""

    parts: tuple[str | Reported, ...]


Cell = str | Reported | Marked | Together | None
Pair = tuple[str, Cell]


class Column(NamedTuple):
    """A column of a table: texts are left-aligned, figures right-aligned in one scale.

    A wrapped one takes what the others leave of the line, and a cropped one shows only what fits
    there; where none is, the first one is wrapped. Where all do not fit, the last extra one is left
    out first. Money is in the scale of the table also where each row has its own.
    """

    key: str
    header: str
    is_text: bool = False
    is_wrapped: bool = False
    is_cropped: bool = False
    is_extra: bool = False
    is_money: bool = False


class Table(NamedTuple):
    """Rows of cells; the last ``totals`` rows are totals.

    ``under`` holds a line of text for each row (a measure's title under its id), shown over the
    whole width. ``by_row`` scales each row by itself and names its unit in the column ``unit``. In
    a ``yearly`` table every figure but a duration is a year's: units are shown without ``/year``.
    """

    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    totals: int = 0
    notes: Sequence[str] = ()
    under: Sequence[str] = ()
    by_row: bool = False
    yearly: bool = False


class Pairs(NamedTuple):
    """Labels with their values; rows at ``beside`` stand beside those above where there is room."""

    title: str
    rows: Sequence[Pair]
    beside: Collection[int] = ()


class Heading(NamedTuple):
    """The head of a report: what it is about, and one line under it that must not be missed."""

    text: str
    under: str
    is_warning: bool = False


class Notes(NamedTuple):
    """Lines of small print."""

    lines: Sequence[str]


class Chart(NamedTuple):
    """A bar for each label, to both sides of zero."""

    title: str
    bars: Sequence[tuple[str, Figure]]


Block = Table | Pairs | Heading | Notes | Chart


# ---- what documents have besides the blocks of a page -------------------------------------------


class Chapter(NamedTuple):
    """The title of a chapter (level 1) or of a section of one (level 2)."""

    text: str
    level: int = 1


class Prose(NamedTuple):
    """Running text: paragraphs, and lists as tuples of their points."""

    parts: Sequence[str | tuple[str, ...]]


class Picture(NamedTuple):
    """A drawing, and in words what it shows; ``draw`` gives it as ``svg`` or ``png``."""

    title: str
    alternative: str
    draw: Callable[[str], bytes]


class Working(NamedTuple):
    """How a headline figure comes about, in lines of fixed width.

    A writer that can links to it wherever this very figure stands.
    """

    name: str
    figure: Figure
    lines: Sequence[str]


class Fold(NamedTuple):
    """Details under a title, which a screen shows when asked to."""

    title: str
    parts: Sequence["Part"]


Part = Block | Chapter | Prose | Picture | Working | Fold


def on_paper(parts: Sequence[Part], language: str) -> tuple[list[Part], int]:
    """The parts in texts where nothing folds, and how many levels of titles the contents list.

    Details become sections under their titles; of several pages each is a chapter of its own. The
    one head of a page keeps its text, which is the title of the whole.
    """
    depth = 2 if sum(isinstance(part, Heading) for part in parts) > 1 else 1
    return [_in_texts(part, language) for part in _unfolded(parts, depth - 1)], depth


def _unfolded(parts: Iterable[Part], above: int, level: int = 0) -> Iterator[Part]:
    for part in parts:
        if isinstance(part, Heading):
            level = above
            yield from (Chapter(part.text), part._replace(text="")) if above else [part]
        elif isinstance(part, Chapter):
            level = part.level + above
            yield part._replace(level=level)
        elif isinstance(part, Fold):
            yield Chapter(part.title, level + 1)
            yield from _unfolded(part.parts, above, level + 1)
        else:
            yield part


def _in_texts(part: Part, language: str) -> Part:
    """A part whose cells are texts; bars as what they say."""
    if isinstance(part, Chart):
        part = Pairs(part.title, part.bars)
    if isinstance(part, Pairs):
        return part._replace(rows=[(name, pair_text(cell, language)) for name, cell in part.rows])
    if isinstance(part, Table):
        title, columns, rows = table_texts(part, language)
        columns = [column._replace(header=column.header.replace("\n", " ")) for column in columns]
        return part._replace(title=title, columns=columns, rows=rows)
    return part


# Controls, formats (bidirectional ones too), private use, surrogates, what parts lines.
_SHOWN_AS_CODES = ("Cc", "Cf", "Co", "Cs", "Zl", "Zp")
_NO_CHARACTERS = "\ufffe\uffff"  # XML forbids them


def harmless(text: str) -> str:
    """Text in composed form; controls, bidirectional marks, no characters as ``<U+202E>``."""
    shown = normalize("NFC", text)
    if shown.replace(GAP, " ").isprintable():
        return shown
    coded = {one for one in shown if one in _NO_CHARACTERS or category(one) in _SHOWN_AS_CODES}
    return "".join(f"<U+{ord(one):04X}>" if one in coded else one for one in shown)


def in_one_line(text: str) -> str:
    """A text of any length without its line ends."""
    return harmless(" ".join(text.split()))


def wrapped(text: str, width: int) -> list[str]:
    """A text in lines of at most ``width`` cells, broken at spaces where there are any, and unlike
    by rich never at the no-break spaces within a number."""
    lines = [""]
    for part in text.split(" "):
        for piece in chop_cells(part, width) or [""]:
            candidate = f"{lines[-1]} {piece}" if lines[-1] else piece
            if cell_len(candidate) <= width:
                lines[-1] = candidate
            else:
                lines.append(piece)
    return lines


# Bars never get thinner than this, however small the page: below it they say nothing.
NARROWEST_BARS_CELLS = 10


def chart_lines(chart: Chart, language: str, width: int) -> list[str]:
    """A chart's title with its unit; of each bar its label, its figure, and itself to the left or
    right of zero."""
    figures = [figure for _, figure in chart.bars]
    scale = scale_of(figures, language)
    texts = [cell(figure, scale, language) for figure in figures]
    lowest = min(0.0, *(figure.value for figure in figures))
    highest = max(0.0, *(figure.value for figure in figures))
    label_width = max(cell_len(label) for label, _ in chart.bars)
    text_width = max(map(cell_len, texts))
    room = max(width - label_width - text_width - 5, NARROWEST_BARS_CELLS)
    cells_of_one = room / (highest - lowest or 1)
    left = round(-lowest * cells_of_one)
    lines = [f"{chart.title} ({scale.unit})"]
    for (label, figure), text in zip(chart.bars, texts, strict=True):
        bar = "#" * max(round(abs(figure.value) * cells_of_one), 1 if figure.value else 0)
        below, above = (bar, "") if figure.value < 0 else ("", bar)
        lines.append(f"{label:>{label_width}}  {text:>{text_width}}  {below:>{left}}|{above}")
    return lines


# ---- tables as texts ----------------------------------------------------------------------------


class TableTexts(NamedTuple):
    """A table as texts: the unit of its money beside the title, other units in the headers."""

    title: str
    columns: list[Column]
    rows: list[list[str]]

    def at(self, positions: Sequence[int]) -> "TableTexts":
        """The same table with only the columns at these positions."""
        columns = [self.columns[position] for position in positions]
        rows = [[row[position] for position in positions] for row in self.rows]
        return TableTexts(self.title, columns, rows)


def table_texts(table: Table, language: str) -> TableTexts:
    """The texts of a table; a column that shows nothing is left out."""
    texts = (_rows_in_one_scale if table.by_row else _columns_in_one_scale)(table, language)
    if not texts.rows:
        return texts
    shows_a_text = [any(column) for column in zip(*texts.rows, strict=True)]
    return texts.at([i for i, is_shown in enumerate(shows_a_text) if is_shown or i == 0])


def _rows_in_one_scale(table: Table, language: str) -> TableTexts:
    keys = [column.key for column in table.columns]
    is_money = [column.is_money for column in table.columns]
    paid = chain.from_iterable(compress(row, is_money) for row in table.rows)
    money = money_scale(figures_in(paid), language, yearly=table.yearly)
    rows = []
    for row in table.rows:
        scale = scale_of(compress(row, map(not_, is_money)), language)
        scales = [money if is_paid else scale for is_paid in is_money]
        texts = dict(zip(keys, map(cell_text, row, scales, repeat(language)), strict=True))
        texts["unit"] = _without_year(scale.unit, table, language)
        rows.append(list(texts.values()))
    return TableTexts(_titled(table, money), list(table.columns), rows)


def _titled(table: Table, money: Scale | None) -> str:
    return table.title if money is None else f"{table.title} ({money.unit})"


def _scales(
    table: Table, language: str
) -> tuple[Scale | None, list[tuple[list[Cell], list[Figure], Scale | None]]]:
    """The scale of all money; of each column its cells, its figures of one unit, their scale."""
    cells = [[row[position] for row in table.rows] for position in range(len(table.columns))]
    figures = list(map(_in_main_unit, table.columns, cells))
    money = money_scale(_of_one_currency(figures), language, yearly=table.yearly)
    columns: list[tuple[list[Cell], list[Figure], Scale | None]] = []
    for values, known in zip(cells, figures, strict=True):
        is_money = money is not None and known and known[0].unit.currency is not None
        scale = money if is_money else scale_of(known, language) if known else None
        columns.append((values, known, scale))
    return money, columns


def adds_up(table: Table, language: str) -> bool:
    """Whether the rounded figures of each column sum to its rounded total, where the exact do."""
    if table.totals != 1:
        return True
    is_summed = [column.is_money or not table.by_row for column in table.columns]
    for values, known, scale in compress(_scales(table, language)[1], is_summed):
        *parts, whole = [figure.value for figure in known] or [0.0]
        if scale is None or values[-1] is not known[-1]:
            continue
        if without_residue(math.fsum([*parts, -whole]), *parts, whole):
            continue  # no sum
        *shown_parts, shown_whole = [rounded(value, scale) for value in (*parts, whole)]
        if without_residue(math.fsum([*shown_parts, -shown_whole]), *shown_parts, shown_whole):
            return False
    return True


def _columns_in_one_scale(table: Table, language: str) -> TableTexts:
    money, scaled = _scales(table, language)
    columns, texts = [], []
    for column, (values, known, scale) in zip(table.columns, scaled, strict=True):
        header, unit = column.header, known[0].unit if known else None
        if scale is not None and scale is not money:
            header = f"{header}\n{_without_year(scale.unit, table, language)}".rstrip("\n")
        columns.append(column._replace(header=header))
        # a figure in another unit than most of its column is shown with its own
        scales = [scale if getattr(value, "unit", None) is unit else None for value in values]
        shown_texts = (cell_text(*pair, language) for pair in zip(values, scales, strict=True))
        texts.append([_without_year(text, table, language) for text in shown_texts])
    every = [list(row) for row in zip(*texts, strict=True)]
    return TableTexts(_titled(table, money), columns, every)


def _without_year(text: str, table: Table, language: str) -> str:
    return text.removesuffix("/" + number_word("year", language)) if table.yearly else text


def _in_main_unit(column: Column, cells: Sequence[Cell]) -> list[Figure]:
    """The figures of a column in the unit that most of them have; durations have each their own."""
    figures = [] if column.is_text else figures_in(cells)
    units = [figure.unit for figure in figures]
    unit = max(dict.fromkeys(units), key=units.count, default=None)
    if unit is None or unit.exponents == A_YEAR:
        return []
    return [figure for figure in figures if figure.unit is unit]


def _of_one_currency(columns: Sequence[Sequence[Figure]]) -> list[Figure]:
    """The figures of all columns of money, where these are of one currency and none is a price."""
    money = [figures for figures in columns if figures and figures[0].unit.currency is not None]
    units = [figures[0].unit for figures in money]
    has_price = any(len(unit.exponents) > 2 for unit in units)
    if has_price or len({unit.currency for unit in units}) != 1:
        return []
    return list(chain.from_iterable(money))


def cell_text(value: Cell, scale: Scale | None, language: str) -> str:
    """A figure in its column's scale, or by itself; a reason in words; nothing for nothing."""
    if isinstance(value, NotApplicable):
        return word(value.code, language)
    if isinstance(value, Figure):
        return shown(value, language) if scale is None else cell(value, scale, language)
    if isinstance(value, Marked):
        return f"{value.text} {value.mark}".rstrip() + value.rest
    if isinstance(value, Together):
        return "".join(cell_text(part, None, language) for part in value.parts)
    return value or ""


def pair_text(value: Cell, language: str) -> str:
    """A value beside its label; a reason says what is missing."""
    if isinstance(value, Together):
        return "".join(pair_text(part, language) for part in value.parts)
    text = cell_text(value, None, language)
    if isinstance(value, NotApplicable) and value.missing:
        text += f" ({word('missing', language)}: {missing_text(value.missing, language)})"
    return text


# A reader takes in a handful of missing fields; the rest are counted (JSON has them all).
MOST_MISSING_SHOWN = 4


def missing_text(fields: Sequence[str], language: str) -> str:
    """The first few missing fields, and how many more there are."""
    text = ", ".join(fields[:MOST_MISSING_SHOWN])
    more = len(fields) - MOST_MISSING_SHOWN
    return text if more <= 0 else f"{text} {word('more', language, count=more)}"
