"""The page laid out in lines of at most a given width; plain text and the terminal only paint them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from cpcalc.figures import NotApplicable
from cpcalc.report.cells import cell_text, laid_out
from cpcalc.report.layout import Block, Column, Heading, Notes, Pairs, Table, harmless, width_cells, wrapped
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
        head, *rest = wrapped(text, max(width - label_width - len(indent) - GAP_CELLS, NARROWEST_TEXT_CELLS))
        yield ((f"{indent}{padded(label, label_width)}  ", "label"), (head, ""))
        for line in rest:
            yield ((f"{indent}{' ' * label_width}  {line}", ""),)


def padded(text: str, width: int, *, right: bool = False) -> str:
    """A text filled with spaces to a width in cells."""
    gap = " " * (width - width_cells(text))
    return gap + text if right else text + gap


def _table(table: Table, language: str, width: int) -> Iterator[Line]:
    unit, headers, rows = laid_out(table, language)
    yield (((f"{table.title} ({unit})" if unit else table.title), "title"),)
    widths = _widths(headers, rows)
    widths[0] = _first_width(widths, width)
    first = True
    for positions in _parts(widths, width):
        if not first:
            yield BLANK
        first = False
        yield from _part(table, headers, rows, widths, positions, width)
    for note in table.notes:
        yield from _all(wrapped(harmless(note), width), "dim")


def _widths(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> list[int]:
    return [
        max([*(width_cells(line) for line in header.split("\n")), *(width_cells(row[position]) for row in rows), 1])
        for position, header in enumerate(headers)
    ]


def _first_width(widths: list[int], width: int) -> int:
    """The first column takes what it needs, or what the others leave of the line."""
    spare = width - sum(widths[1:]) - GAP_CELLS * (len(widths) - 1)
    return min(widths[0], max(spare, NARROWEST_TEXT_CELLS))


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
    table: Table,
    headers: Sequence[str],
    rows: Sequence[Sequence[str]],
    widths: list[int],
    positions: list[int],
    width: int,
) -> Iterator[Line]:
    split = [headers[position].split("\n") for position in positions]
    for level in range(max(len(lines) for lines in split)):
        texts = [lines[level] if level < len(lines) else "" for lines in split]
        yield ((_line(texts, widths, positions, table.columns), "header"),)
    rule = "-" * min(sum(widths[position] + GAP_CELLS for position in positions) - GAP_CELLS, width)
    yield ((rule, "rule"),)
    for number, row in enumerate(rows):
        is_total = bool(table.totals) and number >= len(rows) - table.totals
        if is_total and number == len(rows) - table.totals:
            yield ((rule, "rule"),)
        role = "total" if is_total else ""
        first, *rest = wrapped(row[0], widths[0])
        yield (
            (_line([first, *[row[position] for position in positions[1:]]], widths, positions, table.columns), role),
        )
        for line in rest:
            yield ((f"  {line}" if width_cells(line) + GAP_CELLS <= widths[0] else line, role),)
        if number < len(table.under) and table.under[number] and positions[-1] < len(row) and positions[1:2] == [1]:
            yield from _all([f"  {line}" for line in wrapped(table.under[number], width - GAP_CELLS)], "dim")


def _line(texts: Sequence[str], widths: list[int], positions: list[int], columns: tuple[Column, ...]) -> str:
    return (
        (" " * GAP_CELLS)
        .join(
            padded(text, widths[position], right=not columns[position].is_text)
            for text, position in zip(texts, positions, strict=True)
        )
        .rstrip()
    )
