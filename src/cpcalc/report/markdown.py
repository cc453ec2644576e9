"""The page as Markdown: tables for pull requests and wikis; nothing in a name formats or links."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from cpcalc.report.layout import (
    Block,
    Chart,
    Heading,
    Notes,
    Pairs,
    Table,
    chart_lines,
    harmless,
    pair_text,
    table_texts,
)

CHART_CELLS = 80
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|#~!&])")


def escaped(text: str) -> str:
    """Text in which no character means anything to Markdown or HTML."""
    return _SPECIAL.sub(r"\\\1", harmless(text)).replace("\u00a0", " ")


def render(blocks: Iterable[Block], language: str) -> Iterator[str]:
    """The lines of the document."""
    for number, block in enumerate(blocks):
        if number:
            yield ""
        if isinstance(block, Heading):
            under = escaped(block.under)
            yield f"{'##' if number else '#'} {escaped(block.text)}"
            yield ""
            yield f"**{under}**" if block.is_warning else under
        elif isinstance(block, Pairs):
            if block.title:
                yield from _title(block.title)
            for label, value in block.rows:
                # a row without a label goes on with the last one
                start = f"- {escaped(label)}: " if label else "  "
                yield start + escaped(pair_text(value, language))
        elif isinstance(block, Notes):
            yield from (f"- {escaped(line)}" for line in block.lines)
        elif isinstance(block, Chart):
            title, *bars = chart_lines(block, language, CHART_CELLS)
            yield from [*_title(title), "```", *bars, "```"]
        else:
            yield from _table(block, language)


def _title(text: str) -> list[str]:
    return [f"## {escaped(text)}", ""]


def _table(table: Table, language: str) -> Iterator[str]:
    texts = table_texts(table, language)
    yield from _title(texts.title)
    yield _row([escaped(column.header.replace("\n", " ")) for column in texts.columns])
    yield _row(["---" if column.is_text else "---:" for column in texts.columns])
    under = [*table.under, *[""] * (len(texts.rows) - len(table.under))]
    first_total = len(texts.rows) - table.totals
    for number, row in enumerate(texts.rows):
        cells = [escaped(text) for text in row]
        if under[number]:
            cells[0] = f"{cells[0]}: {escaped(under[number])}"
        yield _row([f"**{text}**" if number >= first_total and text else text for text in cells])
    for note in table.notes:
        yield from ["", escaped(note)]


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"
