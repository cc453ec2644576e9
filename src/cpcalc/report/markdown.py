"""Pages and documents as Markdown, for pull requests and wikis; nothing in a name formats or
links."""

import re
from collections.abc import Iterable, Iterator
from itertools import zip_longest

from cpcalc.report import layout
from cpcalc.report.layout import Part, Table, harmless
from cpcalc.report.tables import noted
from cpcalc.report.writers import Report

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


def markdown_lines(parts: Iterable[Part], language: str) -> Iterator[str]:
    """The lines of a page or a document; its tables are titled below its chapters."""
    page, level = list(parts), PAGE_LEVEL
    if not any(isinstance(part, layout.Chapter) for part in page):
        page = noted(page, language)  # a document notes each chapter
    for number, part in enumerate(layout.on_paper(page, language)[0]):
        if number:
            yield ""
        if isinstance(part, layout.Heading):
            yield from [f"# {escaped(part.text)}", ""] if part.text else []
            yield f"**{escaped(part.under)}**" if part.is_warning else escaped(part.under)
        elif isinstance(part, layout.Chapter):
            level = PAGE_LEVEL + part.level
            yield _title(part.text, level - 1)
        else:
            yield from _body(part, level)


def _body(part: Part, level: int) -> Iterator[str]:
    if isinstance(part, layout.Pairs):
        if part.title:
            yield from [_title(part.title, level), ""]
        for label, value in part.rows:
            # a row without a label goes on with the last one
            start = f"- {escaped(label)}: " if label else "  "
            yield start + escaped(str(value))
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
    elif isinstance(part, Table):
        yield from _table(part, level)


def _paragraph(text: str) -> str:
    """A paragraph whose first sign begins no list and underlines nothing."""
    return ("\\" if text[:1] in ("+", "-", "=") else "") + escaped(text)


def _title(text: str, level: int) -> str:
    return f"{'#' * level} {escaped(text)}"


def _table(table: Table, level: int) -> Iterator[str]:
    yield from [_title(table.title, level), ""]
    yield _row([escaped(column.header) for column in table.columns])
    yield _row(["---" if column.is_text else "---:" for column in table.columns])
    last = len(table.rows) - table.totals
    for number, (row, under) in enumerate(zip_longest(table.rows, table.under, fillvalue="")):
        cells = [escaped(str(text)) for text in row]
        if under:
            cells[0] = f"{cells[0]}: {escaped(under)}"
        yield _row([f"**{text}**" if number >= last and text else text for text in cells])
    for note in table.notes:
        yield from ["", escaped(note)]


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"
