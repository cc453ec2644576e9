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
    bars_of,
    chart_texts,
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
            title, texts = chart_texts(block, language)
            yield from _title(title)
            yield from ["```", *bars_of(block, texts, CHART_CELLS), "```"]
        else:
            yield from _table(block, language)


def _title(text: str) -> Iterator[str]:
    yield f"## {escaped(text)}"
    yield ""


def _table(table: Table, language: str) -> Iterator[str]:
    texts = table_texts(table, language)
    yield from _title(texts.title)
    yield _row([escaped(header.replace("\n", " ")) for header in texts.headers])
    yield _row(["---" if column.is_text else "---:" for column in texts.columns])
    first_total = len(texts.rows) - table.totals
    for number, row in enumerate(texts.rows):
        cells = [escaped(text) for text in row]
        if number < len(table.under) and table.under[number]:
            cells[0] = f"{cells[0]}: {escaped(table.under[number])}"
        yield _row([f"**{text}**" if number >= first_total and text else text for text in cells])
    for note in table.notes:
        yield ""
        yield escaped(note)


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"
