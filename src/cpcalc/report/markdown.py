"""The page as Markdown: tables for pull requests and wikis; nothing in a name can format or link."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from cpcalc.report.cells import cell_text, chart_texts, laid_out
from cpcalc.report.layout import Block, Chart, Heading, Notes, Pairs, Table, bars_of, harmless

WIDTH_CELLS = 80
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|#~!&])")


def escaped(text: str) -> str:
    """Text in which no character means anything to Markdown or HTML."""
    return _SPECIAL.sub(r"\\\1", harmless(text)).replace("\u00a0", " ")


def render(blocks: Iterable[Block], language: str) -> Iterator[str]:
    """The lines of the document."""
    first = True
    for block in blocks:
        if not first:
            yield ""
        if isinstance(block, Heading):
            yield f"{'#' if first else '##'} {escaped(block.text)}"
            yield ""
            yield f"**{escaped(block.under)}**" if block.is_warning else escaped(block.under)
        elif isinstance(block, Pairs):
            if block.title:
                yield f"## {escaped(block.title)}"
                yield ""
            for label, value in block.rows:
                start = (
                    f"- {escaped(label)}: " if label else "  "
                )  # a row without a label goes on with the last one
                yield f"{start}{escaped(cell_text(value, None, language))}"
        elif isinstance(block, Notes):
            for line in block.lines:
                yield f"- {escaped(line)}"
        elif isinstance(block, Chart):
            unit, texts = chart_texts(block, language)
            yield f"## {escaped(f'{block.title} ({unit})')}"
            yield ""
            yield from ["```", *bars_of(block, texts, WIDTH_CELLS), "```"]
        else:
            yield from _table(block, language)
        first = False


def _table(table: Table, language: str) -> Iterator[str]:
    unit, headers, rows = laid_out(table, language)
    yield f"## {escaped(f'{table.title} ({unit})' if unit else table.title)}"
    yield ""
    yield _row([escaped(header.replace("\n", " ")) for header in headers])
    yield _row(["---" if column.is_text else "---:" for column in table.columns])
    for number, row in enumerate(rows):
        is_total = bool(table.totals) and number >= len(rows) - table.totals
        cells = [escaped(text) for text in row]
        if number < len(table.under) and table.under[number]:
            cells[0] = f"{cells[0]}: {escaped(table.under[number])}"
        yield _row([f"**{cell}**" if is_total and cell else cell for cell in cells])
    for note in table.notes:
        yield ""
        yield escaped(note)


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"
