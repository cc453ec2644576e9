"""The page as plain text: aligned, at most 80 cells wide, nothing but letters and spaces. For pipes, logs and mail."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cpcalc.figures import Figure, NotApplicable, Reported
from cpcalc.report.layout import Block, Cell, Column, Heading, Notes, Pairs, Table, harmless, width_cells, wrapped
from cpcalc.report.numbers import Scale, cell, duration, scale_of, shown
from cpcalc.report.words import word

WIDTH_CELLS = 80
NARROWEST_TEXT_CELLS = 16
MOST_MISSING_SHOWN = 3


def cell_text(value: Cell, scale: Scale | None, language: str, *, is_duration: bool = False) -> str:
    """A cell as shown: a figure in its column's scale, a reason in words, nothing for nothing."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, NotApplicable):
        return word(value.code, language)
    if is_duration:
        return duration(value.value, language)
    return cell(value, scale, language) if scale is not None else shown(value, language)


def laid_out(table: Table, language: str) -> tuple[list[str], list[list[str]]]:
    """Headers with their units, and all cells as texts."""
    scales = _scales(table, language)
    headers = []
    for position, column in enumerate(table.columns):
        unit = scales[position].unit if scales[position] is not None and table.key != "streams" else ""  # type: ignore[union-attr]
        headers.append(f"{column.header}\n{unit}" if unit else column.header)
    rows = []
    for row in table.rows:
        own = scale_of([item for item in row if isinstance(item, Figure)], language) if table.key == "streams" else None
        texts = []
        for position, (column, value) in enumerate(zip(table.columns, row, strict=True)):
            if own is not None and column.key == "unit":
                texts.append(own.unit)
            else:
                scale = own if own is not None and isinstance(value, Figure) else scales[position]
                if isinstance(value, Figure) and scale is not None and not _same_unit(value, scale, table, position):
                    scale = None  # another currency than its column's: shown with its own unit
                texts.append(cell_text(value, scale, language, is_duration=column.is_duration))
        rows.append(texts)
    return headers, rows


def _same_unit(value: Figure, scale: Scale, table: Table, position: int) -> bool:
    if table.key == "streams" or table.columns[position].is_duration:
        return True
    units = [row[position].unit for row in table.rows if isinstance(row[position], Figure)]  # type: ignore[union-attr]
    return value.unit is max(dict.fromkeys(units), key=units.count)


def _scales(table: Table, language: str) -> list[Scale | None]:
    scales: list[Scale | None] = []
    for position, column in enumerate(table.columns):
        figures: list[Reported] = [row[position] for row in table.rows if isinstance(row[position], Figure)]  # type: ignore[misc]
        if column.is_text or column.is_duration or not figures:
            scales.append(None)
            continue
        units = [figure.unit for figure in figures if isinstance(figure, Figure)]
        main = max(dict.fromkeys(units), key=units.count)
        scales.append(
            scale_of([figure for figure in figures if isinstance(figure, Figure) and figure.unit is main], language)
        )
    return scales


def render(blocks: Iterable[Block], language: str, width: int = WIDTH_CELLS) -> Iterator[str]:
    """The lines of the page."""
    first = True
    for block in blocks:
        if not first and not (isinstance(block, Pairs) and not block.title):
            yield ""
        first = False
        if isinstance(block, Heading):
            yield from wrapped(block.text, width)
            yield from wrapped(block.under, width)
        elif isinstance(block, Pairs):
            yield from _pairs(block, language, width)
        elif isinstance(block, Notes):
            for line in block.lines:
                yield from wrapped(line, width)
        else:
            yield from _table(block, language, width)


def _pairs(block: Pairs, language: str, width: int) -> Iterator[str]:
    if block.title:
        yield block.title
    indent = "  " if block.title else ""
    label_width = max((width_cells(label) for label, _ in block.rows), default=0)
    for label, value in block.rows:
        text = cell_text(value, None, language)
        if isinstance(value, NotApplicable) and value.missing:
            more = " ..." if len(value.missing) > MOST_MISSING_SHOWN else ""
            text += f" ({word('missing', language)}: {', '.join(value.missing[:MOST_MISSING_SHOWN])}{more})"
        lines = wrapped(text, width - label_width - len(indent) - 2)
        yield f"{indent}{_padded(label, label_width)}  {lines[0]}".rstrip()
        for line in lines[1:]:
            yield f"{indent}{' ' * label_width}  {line}"


def _padded(text: str, width: int, *, right: bool = False) -> str:
    gap = " " * (width - width_cells(text))
    return gap + text if right else text + gap


def _table(table: Table, language: str, width: int) -> Iterator[str]:
    headers, rows = laid_out(table, language)
    split = [header.split("\n") for header in headers]
    depth = max(len(lines) for lines in split)
    widths = [
        max([*(width_cells(line) for line in split[position]), *(width_cells(row[position]) for row in rows), 1])
        for position in range(len(headers))
    ]
    spare = width - sum(widths[1:]) - 2 * (len(widths) - 1)
    widths[0] = min(widths[0], max(spare, NARROWEST_TEXT_CELLS))
    yield table.title
    for level in range(depth):
        lines = [lines[level] if level < len(lines) else "" for lines in split]
        yield _line(lines, widths, table.columns)
    rule = "-" * (sum(widths) + 2 * (len(widths) - 1))
    yield rule
    for number, row in enumerate(rows):
        if table.totals and number == len(rows) - table.totals:
            yield rule
        first, *rest = wrapped(row[0], widths[0])
        yield _line([first, *row[1:]], widths, table.columns)
        for line in rest:
            yield f"  {line}" if width_cells(line) + 2 <= widths[0] else line
    for note in table.notes:
        yield from wrapped(harmless(note), width)


def _line(cells: list[str], widths: list[int], columns: tuple[Column, ...]) -> str:
    return "  ".join(
        _padded(text, widths[position], right=not columns[position].is_text) for position, text in enumerate(cells)
    ).rstrip()
