"""The page laid out in lines of at most a given width; plain text and the terminal only paint them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from cpcalc.figures import NotApplicable
from cpcalc.report.cells import cell_text, chart_texts, laid_out
from cpcalc.report.layout import (
    Block,
    Chart,
    Column,
    Heading,
    Notes,
    Pairs,
    Table,
    bars_of,
    harmless,
    is_plain,
    width_cells,
    wrapped,
)
from cpcalc.report.words import word

NARROWEST_TEXT_CELLS = 14
GAP_CELLS = 2
MOST_MISSING_SHOWN = 3

# A stretch of text and what it is: "name", "warning", "title", "label", "header", "rule", "total", "dim" or "".
Span = tuple[str, str]
Line = tuple[Span, ...]
BLANK: Line = ()


def lines_of(blocks: Iterable[Block], language: str, width: int) -> Iterator[Line]:
    """The lines of the page."""
    first = True
    for block in blocks:
        if not first and not (isinstance(block, Pairs) and not block.title):
            yield BLANK
        first = False
        if isinstance(block, Heading):
            yield from _all(wrapped(block.text, width), "name")
            yield from _all(wrapped(block.under, width), "warning" if block.is_warning else "dim")
        elif isinstance(block, Pairs):
            yield from _pairs(block, language, width)
        elif isinstance(block, Notes):
            for text in block.lines:
                yield from _all(wrapped(text, width), "dim")
        elif isinstance(block, Chart):
            unit, texts = chart_texts(block, language)
            yield ((f"{block.title} ({unit})", "title"),)
            yield from _all(bars_of(block, texts, width), "")
        else:
            yield from _table(block, language, width)


def _all(texts: Iterable[str], role: str) -> Iterator[Line]:
    for text in texts:
        yield ((text, role),)


def _pairs(block: Pairs, language: str, width: int) -> Iterator[Line]:
    if block.title:
        yield ((block.title, "title"),)
    indent = "  " if block.title else ""
    label_width = max((width_cells(label) for label, _ in block.rows), default=0)
    for label, value in block.rows:
        text = cell_text(value, None, language)
        if isinstance(value, NotApplicable) and value.missing:
            more = " ..." if len(value.missing) > MOST_MISSING_SHOWN else ""
            text += f" ({word('missing', language)}: {', '.join(value.missing[:MOST_MISSING_SHOWN])}{more})"
        head, *rest = wrapped(
            text, max(width - label_width - len(indent) - GAP_CELLS, NARROWEST_TEXT_CELLS)
        )
        yield ((f"{indent}{padded(label, label_width)}  ", "label"), (head, ""))
        for line in rest:
            yield ((f"{indent}{' ' * label_width}  {line}", ""),)


def padded(text: str, width: int, *, right: bool = False) -> str:
    """A text filled with spaces to a width in cells."""
    gap = " " * (width - width_cells(text))
    return gap + text if right else text + gap


class Grid(NamedTuple):
    """The texts of a table: columns, the lines of their heads, and rows of cells."""

    columns: list[Column]
    headers: list[list[str]]
    rows: list[list[str]]

    def only(self, positions: Sequence[int]) -> Grid:
        """The same rows with these columns."""
        if len(positions) == len(self.columns):
            return self
        return Grid(
            [self.columns[position] for position in positions],
            [self.headers[position] for position in positions],
            [[row[position] for position in positions] for row in self.rows],
        )

    @property
    def elastic(self) -> int:
        """The position of the column whose texts are wrapped."""
        return next((number for number, column in enumerate(self.columns) if column.is_wrapped), 0)

    def widths(self, width: int) -> list[int]:
        """What each column needs; the wrapped one no more than the others leave of the line."""
        needed = [
            max(1, *map(width_cells, head), _widest([row[position] for row in self.rows]))
            for position, head in enumerate(self.headers)
        ]
        at = self.elastic
        spare = width - (sum(needed) - needed[at]) - GAP_CELLS * (len(needed) - 1)
        needed[at] = min(needed[at], max(spare, NARROWEST_TEXT_CELLS))
        return needed


def _table(table: Table, language: str, width: int) -> Iterator[Line]:
    unit, headers, rows = laid_out(table, language)
    yield ((f"{table.title} ({unit})" if unit else table.title, "title"),)
    grid = Grid(list(table.columns), [header.split("\n") for header in headers], rows)
    shown = [
        0,
        *(
            position
            for position in range(1, len(headers))
            if not rows or any(row[position] for row in rows)
        ),
    ]
    grid = grid.only(shown)  # a column that shows nothing is left out
    widths = grid.widths(width)
    for number, positions in enumerate(_parts(widths, width)):
        if number:
            yield BLANK
        under = () if number else table.under
        yield from _part(
            grid.only(positions),
            [widths[position] for position in positions],
            table.totals,
            under,
            width,
        )
    for note in table.notes:
        yield from _all(wrapped(harmless(note), width), "dim")


def _parts(widths: list[int], width: int) -> Iterator[list[int]]:
    """Columns that fit into one line; further ones form a table below it with the first column again."""
    current, used = [0], widths[0]
    for position in range(1, len(widths)):
        wanted = widths[position] + GAP_CELLS
        if used + wanted > width and len(current) > 1:
            yield current
            current, used = [0], widths[0]
        current.append(position)
        used += wanted
    yield current


def _part(
    grid: Grid, widths: list[int], totals: int, under: Sequence[str], width: int
) -> Iterator[Line]:
    for level in range(max(len(head) for head in grid.headers)):
        texts = [head[level] if level < len(head) else "" for head in grid.headers]
        yield ((_line(texts, widths, grid.columns), "header"),)
    rule = "-" * min(sum(widths) + GAP_CELLS * (len(widths) - 1), width)
    yield ((rule, "rule"),)
    first_total = len(grid.rows) - totals
    at = grid.elastic
    for number, (text, rest) in enumerate(_laid_side_by_side(grid, widths)):
        if totals and number == first_total:
            yield ((rule, "rule"),)
        role = "total" if number >= first_total else ""
        yield ((text, role),)
        if not rest and not under:
            continue
        indent = " " * (sum(widths[:at]) + GAP_CELLS * at)
        yield from _all(
            [
                f"{indent}  {line}"
                if width_cells(line) + GAP_CELLS <= widths[at]
                else indent + line
                for line in rest
            ],
            role,
        )
        if number < len(under) and under[number]:
            yield from _all(
                [f"  {line}" for line in wrapped(under[number], width - GAP_CELLS)], "dim"
            )


# A long table is laid out column by column, which is quicker than cell by cell, but never all of it at once.
ROWS_AT_ONCE = 500


def _laid_side_by_side(grid: Grid, widths: Sequence[int]) -> Iterator[tuple[str, list[str]]]:
    """Each row as a line, and what is left of the text that is wrapped."""
    at = grid.elastic
    for start in range(0, len(grid.rows), ROWS_AT_ONCE):
        rows = grid.rows[start : start + ROWS_AT_ONCE]
        whole = [wrapped(row[at], widths[at]) for row in rows]
        columns = [
            _padded_column(
                [first for first, *_ in whole]
                if position == at
                else [row[position] for row in rows],
                widths[position],
                right=not column.is_text,
            )
            for position, column in enumerate(grid.columns)
        ]
        for cells, (_, *rest) in zip(zip(*columns, strict=True), whole, strict=True):
            yield (" " * GAP_CELLS).join(cells).rstrip(), rest


def _widest(texts: Sequence[str]) -> int:
    return max(map(len if is_plain("".join(texts)) else width_cells, texts), default=0)


def _padded_column(texts: Sequence[str], width: int, *, right: bool) -> list[str]:
    if is_plain("".join(texts)):
        return (
            [text.rjust(width) for text in texts]
            if right
            else [text.ljust(width) for text in texts]
        )
    return [padded(text, width, right=right) for text in texts]


def _line(texts: Sequence[str], widths: list[int], columns: Sequence[Column]) -> str:
    cells = [
        padded(text, cells, right=not column.is_text)
        for text, cells, column in zip(texts, widths, columns, strict=True)
    ]
    return (" " * GAP_CELLS).join(cells).rstrip()
