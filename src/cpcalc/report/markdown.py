"""Pages and documents as Markdown, for pull requests and wikis; nothing in a name formats or
links."""

import re
from collections.abc import Iterable, Iterator
from itertools import zip_longest

from cpcalc.report import layout
from cpcalc.report.layout import Part, Table, harmless
from cpcalc.report.tables import noted
from cpcalc.report.writers import Report

CHART_CELLS = 80
# Where no chapter says how deep it is: right under the head of the page.
PAGE_LEVEL = 2
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|#~!&])")


def escaped(text: str) -> str:
    """Text in which no character means anything to Markdown or HTML."""
    return _SPECIAL.sub(r"\\\1", harmless(text)).replace("\u00a0", " ")


def document_bytes(document: Report) -> bytes:
    """A document as a Markdown file."""
    lines = markdown_lines(document.parts, document.language)
    return "".join(f"{line}\n" for line in lines).encode()


def markdown_lines(
    parts: Iterable[Part], language: str, level: int = PAGE_LEVEL, *, is_inside: bool = False
) -> Iterator[str]:
    """The lines of a page or a document; its tables are titled at a level of heading."""
    page = list(parts)
    if not is_inside and not any(isinstance(part, layout.Chapter) for part in page):
        page = noted(page, language)  # a document notes each chapter
    for number, part in enumerate(page):
        if number:
            yield ""
        if isinstance(part, layout.Heading):
            under = escaped(part.under)
            yield from [f"{'##' if number or is_inside else '#'} {escaped(part.text)}", ""]
            yield f"**{under}**" if part.is_warning else under
        elif isinstance(part, layout.Chapter):
            level = PAGE_LEVEL + part.level
            yield _title(part.text, level - 1)
        elif isinstance(part, layout.Fold):
            yield from [_title(part.title, level), ""]
            yield from markdown_lines(part.parts, language, level + 1, is_inside=True)
        else:
            yield from _body(part, language, level)


def _body(part: Part, language: str, level: int) -> Iterator[str]:
    if isinstance(part, layout.Pairs):
        if part.title:
            yield from [_title(part.title, level), ""]
        for label, value in part.rows:
            # a row without a label goes on with the last one
            start = f"- {escaped(label)}: " if label else "  "
            yield start + escaped(layout.pair_text(value, language))
    elif isinstance(part, layout.Prose):
        for number, text in enumerate(part.parts):
            yield from [""] if number else []
            if isinstance(text, tuple):
                yield from (f"- {_paragraph(point)}" for point in text)
            else:
                yield _paragraph(text)
    elif isinstance(part, layout.Picture):
        yield f"**{escaped(part.title)}.** {escaped(part.alternative)}"
    elif isinstance(part, layout.Working):  # indented: nothing in a line can end it
        yield from (f"    {line}" for line in part.lines)
    elif isinstance(part, layout.Notes):
        yield from (f"- {escaped(line)}" for line in part.lines)
    elif isinstance(part, layout.Chart):
        title, *bars = layout.chart_lines(part, language, CHART_CELLS)
        yield from [_title(title, level), "", "```", *bars, "```"]
    elif isinstance(part, Table):
        yield from _table(part, language, level)


def _paragraph(text: str) -> str:
    """A paragraph whose first sign begins no list and underlines nothing."""
    return ("\\" if text[:1] in ("+", "-", "=") else "") + escaped(text)


def _title(text: str, level: int) -> str:
    return f"{'#' * level} {escaped(text)}"


def _table(table: Table, language: str, level: int) -> Iterator[str]:
    texts = layout.table_texts(table, language)
    yield from [_title(texts.title, level), ""]
    yield _row([escaped(column.header.replace("\n", " ")) for column in texts.columns])
    yield _row(["---" if column.is_text else "---:" for column in texts.columns])
    last = len(texts.rows) - table.totals
    for number, (row, under) in enumerate(zip_longest(texts.rows, table.under, fillvalue="")):
        cells = [escaped(text) for text in row]
        if under:
            cells[0] = f"{cells[0]}: {escaped(under)}"
        yield _row([f"**{text}**" if number >= last and text else text for text in cells])
    for note in table.notes:
        yield from ["", escaped(note)]


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"
