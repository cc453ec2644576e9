"""A document as one HTML file: it needs no network and no script, prints on A4 and fits a phone."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator
from html import escape
from itertools import zip_longest
from pathlib import Path

from cpcalc.figures import Figure
from cpcalc.report import layout
from cpcalc.report.layout import (
    Cell,
    Chapter,
    Chart,
    Fold,
    Heading,
    Notes,
    Pairs,
    Part,
    Picture,
    Prose,
    Table,
    Working,
    harmless,
)
from cpcalc.report.writers import Report
from cpcalc.texts import word

CHART_CELLS = 72
_STYLE = Path(__file__).with_name("report.css")


def document_bytes(document: Report) -> bytes:
    """The file: what it is and what data it rests on in its head, the parts in its body."""
    page = _Page(document)
    body = "\n".join(page.parts(document.parts))
    about = {"author": document.author, "description": document.status, "generator": "cpcalc"}
    metas = "".join(
        f'<meta name="{name}" content="{_text(said)}">\n' for name, said in about.items() if said
    )
    policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    style = _STYLE.read_text(encoding="utf-8").replace("STATUS", _css_text(document.status))
    return f"""<!DOCTYPE html>
<html lang="{document.language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
{metas}<title>{_text(document.title)}</title>
<style>
{style}</style>
</head>
<body>
<main>
{body}
</main>
</body>
</html>
""".encode()


def _text(text: str) -> str:
    return escape(harmless(text))


def _css_text(text: str) -> str:
    """A text within a string of CSS: what could end it, or the style itself, by its number."""
    return "".join(
        char if char.isalnum() or char in " ,;:.-%" else f"\\{ord(char):x} " for char in text
    )


def _tag(name: str, content: str, **attributes: str) -> str:
    said = "".join(f' {key.rstrip("_")}="{escape(text)}"' for key, text in attributes.items())
    return f"<{name}{said}>{content}</{name}>"


class _Page:
    """The parts of one document as HTML; a figure that has a working links to it."""

    def __init__(self, document: Report) -> None:
        self.language = document.language
        self.chapters = [part for part in document.parts if isinstance(part, Chapter)]
        workings = [part for part in _all(document.parts) if isinstance(part, Working)]
        self.anchors: dict[int, str] = {}
        for number, working in enumerate(workings, start=1):
            self.anchors.setdefault(id(working.figure), f"w{number}")

    def parts(self, parts: Iterable[Part]) -> Iterator[str]:
        """Each part; the contents stand before the first chapter."""
        number = 0
        for part in parts:
            if isinstance(part, Chapter):
                if not number:
                    yield self._contents()
                number += 1
                yield _tag(f"h{part.level + 1}", _text(part.text), id=f"c{number}")
            else:
                yield self._part(part)

    def _contents(self) -> str:
        links = [
            _tag("li", _tag("a", _text(chapter.text), href=f"#c{number}"))
            for number, chapter in enumerate(self.chapters, start=1)
            if chapter.level == 1
        ]
        title = _tag("summary", word("contents", self.language))
        return _tag("nav", _tag("details", title + _tag("ul", "".join(links)), open=""))

    def _part(self, part: Part) -> str:
        if isinstance(part, Heading):
            kind = "status warning" if part.is_warning else "status"
            return _tag("h1", _text(part.text)) + _tag("p", _text(part.under), class_=kind)
        if isinstance(part, Prose):
            return "".join(_paragraph(text) for text in part.parts)
        if isinstance(part, Notes):
            return _tag("div", "".join(map(_paragraph, part.lines)), class_="notes")
        if isinstance(part, Pairs):
            return self._pairs(part)
        if isinstance(part, Picture):
            return self._picture(part)
        if isinstance(part, Chart):
            title, *bars = layout.chart_lines(part, self.language, CHART_CELLS)
            return _tag("h4", _text(title)) + _tag("pre", _text("\n".join(bars)))
        if isinstance(part, Working):
            lines = "\n".join(map(_text, part.lines))
            return _tag("pre", lines, id=self.anchors[id(part.figure)], tabindex="0")
        if isinstance(part, Fold):
            inside = "\n".join(self.parts(part.parts))
            return _tag("details", _tag("summary", _text(part.title)) + inside, class_="fold")
        return self._table(part) if isinstance(part, Table) else ""

    def _linked(self, text: str, cell: Cell) -> str:
        """A cell; the figure in it leads to its working."""
        anchor = self.anchors.get(id(cell)) if isinstance(cell, Figure) else None
        return _text(text) if anchor is None else _tag("a", _text(text), href=f"#{anchor}")

    def _pairs(self, pairs: Pairs) -> str:
        rows = "".join(
            _tag("dt", _text(label))
            + _tag("dd", self._linked(layout.pair_text(value, self.language), value))
            for label, value in pairs.rows
        )
        title = _tag("h4", _text(pairs.title)) if pairs.title else ""
        return title + _tag("dl", rows)

    def _picture(self, picture: Picture) -> str:
        source = f"data:image/svg+xml;base64,{b64encode(picture.draw('svg')).decode()}"
        image = f'<img src="{source}" alt="{_text(picture.alternative)}">'
        caption = _tag("figcaption", _text(picture.title))
        return _tag("figure", _tag("div", image, class_="wide", tabindex="0") + caption)

    def _table(self, table: Table) -> str:
        texts = layout.table_texts(table, self.language)
        keys = [column.key for column in table.columns]
        places = [keys.index(column.key) for column in texts.columns]
        kinds = ["text" if column.is_text else "number" for column in texts.columns]
        head = "".join(
            _tag("th", _text(column.header).replace("\n", "<br>"), class_=kind, scope="col")
            for column, kind in zip(texts.columns, kinds, strict=True)
        )
        last, rows = len(texts.rows) - table.totals, []
        for number, (row, under) in enumerate(zip_longest(texts.rows, table.under, fillvalue="")):
            cells = [
                self._linked(text, table.rows[number][place])
                for text, place in zip(row, places, strict=True)
            ]
            cells[0] += _tag("small", _text(under)) if under else ""
            inside = "".join(
                _tag("td", cell, class_=kind) for cell, kind in zip(cells, kinds, strict=True)
            )
            rows.append(_tag("tr", inside, class_="total" if number >= last else "row"))
        caption = _tag("caption", _text(texts.title))
        whole = caption + _tag("thead", _tag("tr", head)) + _tag("tbody", "".join(rows))
        notes = _tag("div", "".join(map(_paragraph, table.notes)), class_="notes")
        shown = _tag("div", _tag("table", whole), class_="wide", tabindex="0")
        return shown + (notes if table.notes else "")


def _all(parts: Iterable[Part]) -> Iterator[Part]:
    """The parts, and those within folds."""
    for part in parts:
        yield part
        if isinstance(part, Fold):
            yield from _all(part.parts)


def _paragraph(text: str | tuple[str, ...]) -> str:
    if isinstance(text, tuple):
        return _tag("ul", "".join(_tag("li", _text(point)) for point in text))
    return _tag("p", _text(text))
