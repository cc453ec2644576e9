"""A document as one HTML file: it needs no network and no script, prints on A4 and fits a phone."""

import json
from base64 import b64encode
from collections.abc import Iterable, Iterator
from html import escape
from itertools import zip_longest
from pathlib import Path

from cpcalc.report import layout
from cpcalc.report.layout import Cell, Part, Table, harmless
from cpcalc.report.writers import Report
from cpcalc.texts import word

# Nothing is fetched and nothing runs, whatever a text says.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def document_bytes(report: Report) -> bytes:
    """The file: what it is and what data it rests on in its head, the parts in its body."""
    about = {"author": report.author, "description": report.status, "generator": "cpcalc"}
    style = Path(__file__).with_name("report.css").read_text(encoding="utf-8")
    status = json.dumps(report.status.replace("<", ""), ensure_ascii=False)  # a string of CSS
    head = [
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        *(f'<meta name="{name}" content="{_text(said)}">' for name, said in about.items() if said),
        _tag("title", _text(f"{report.title} - {report.status}")),
        _tag("style", style.replace("STATUS", status)),
    ]
    body = _tag("main", "\n".join(_Page(report).parts(report.parts)))
    whole = f"{_tag('head', *head)}\n{_tag('body', body)}"
    return f"<!DOCTYPE html>\n{_tag('html', whole, lang=report.language)}\n".encode()


def _text(text: str) -> str:
    return escape(harmless(text))


def _tag(name: str, *content: str, **attributes: str) -> str:
    said = "".join(f' {key.rstrip("_")}="{escape(text)}"' for key, text in attributes.items())
    return f"<{name}{said}>{''.join(content)}</{name}>"


def _wide(content: str) -> str:
    """What may be wider than a phone: it alone is moved sideways, not the page."""
    return _tag("div", content, class_="wide", tabindex="0")


class _Page:
    """The parts of one report as HTML; a figure that has a working links to it."""

    def __init__(self, report: Report) -> None:
        self.language = report.language
        self.chapters = [part for part in report.parts if isinstance(part, layout.Chapter)]
        workings = [part for part in _all(report.parts) if isinstance(part, layout.Working)]
        self.ids = {id(one): f"w{number}" for number, one in enumerate(workings)}
        # of workings of the same figure the first says all
        self.anchors = {id(one.figure): self.ids[id(one)] for one in reversed(workings)}

    def parts(self, parts: Iterable[Part]) -> Iterator[str]:
        """Each part; the contents stand before the first chapter."""
        passed = 0
        for part in parts:
            if isinstance(part, layout.Chapter):
                yield "" if passed else self._contents()
                yield _tag(f"h{part.level + 1}", _text(part.text), id=f"c{passed}")
                passed += 1
            else:
                yield "".join(self._part(part))

    def _contents(self) -> str:
        links = [
            _tag("li", _tag("a", _text(chapter.text), href=f"#c{number}"))
            for number, chapter in enumerate(self.chapters)
            if chapter.level == 1
        ]
        return _tag("nav", _tag("h4", word("contents", self.language)), _tag("ul", *links))

    def _part(self, part: Part) -> Iterator[str]:
        if isinstance(part, layout.Heading):
            yield _tag("h1", _text(part.text))
            yield _tag("p", _text(part.under), class_="warning" if part.is_warning else "status")
        elif isinstance(part, layout.Prose):
            yield from map(_paragraph, part.parts)
        elif isinstance(part, layout.Notes):
            yield _tag("div", *map(_paragraph, part.lines), class_="notes")
        elif isinstance(part, layout.Pairs):
            yield _tag("h4", _text(part.title)) if part.title else ""
            yield _tag("dl", *(self._pair(*pair) for pair in part.rows))
        elif isinstance(part, layout.Picture):
            source = b64encode(part.draw("svg")).decode()
            image = _tag("img", src=f"data:image/svg+xml;base64,{source}", alt=part.alternative)
            title, said = _tag("summary", _text(part.title)), _tag("p", _text(part.alternative))
            caption = _tag("figcaption", _tag("details", title, said))
            yield _tag("figure", _wide(image.removesuffix("</img>")), caption)
        elif isinstance(part, layout.Working):
            yield _tag("pre", "\n".join(map(_text, part.lines)), id=self.ids[id(part)])
        elif isinstance(part, layout.Chart):
            yield from self._part(layout.Pairs(part.title, part.bars))
        elif isinstance(part, layout.Fold):
            title = _tag("summary", _text(part.title))
            yield _tag("details", title, *self.parts(part.parts), class_="fold")
        elif isinstance(part, Table):
            yield _wide(self._table(part))
            yield _tag("div", *map(_paragraph, part.notes), class_="notes")

    def _pair(self, label: str, value: Cell) -> str:
        said = self._linked(layout.pair_text(value, self.language), value)
        return _tag("dt", _text(label)) + _tag("dd", said)

    def _linked(self, text: str, cell: Cell) -> str:
        """A cell; the figure in it leads to its working."""
        anchor = self.anchors.get(id(cell))
        return _tag("a", _text(text), href=f"#{anchor}") if anchor else _text(text)

    def _table(self, table: Table) -> str:
        texts = layout.table_texts(table, self.language)
        keys = [column.key for column in table.columns]
        places = [keys.index(column.key) for column in texts.columns]
        kinds = ["text" if column.is_text else "number" for column in texts.columns]
        heads = [_text(part.header.replace("\n", " ")) for part in texts.columns]
        last, rows = len(texts.rows) - table.totals, []
        for number, (row, under) in enumerate(zip_longest(texts.rows, table.under, fillvalue="")):
            values = [table.rows[number][place] for place in places]
            cells = list(map(self._linked, row, values))
            cells[0] += _tag("small", _text(under)) if under else ""
            rows.append(_row("td", cells, kinds, "total" if number >= last else "plain"))
        head = _tag("thead", _row("th", heads, kinds, "plain"))
        return _tag("table", _tag("caption", _text(texts.title)), head, _tag("tbody", *rows))


def _row(name: str, cells: Iterable[str], kinds: Iterable[str], kind: str) -> str:
    inside = [_tag(name, cell, class_=kind) for cell, kind in zip(cells, kinds, strict=True)]
    return _tag("tr", *inside, class_=kind)


def _all(parts: Iterable[Part]) -> Iterator[Part]:
    """The parts, and those within folds."""
    for part in parts:
        yield part
        yield from _all(part.parts) if isinstance(part, layout.Fold) else ()


def _paragraph(text: str | tuple[str, ...]) -> str:
    if isinstance(text, tuple):
        return _tag("ul", *(_tag("li", _text(point)) for point in text))
    return _tag("p", _text(text))
