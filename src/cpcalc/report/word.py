"""A document as a Word file that its reader goes on editing: ``word.xml`` holds the frame and the
styles, and no text has looks of its own."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from html import escape
from io import BytesIO
from itertools import chain, count, starmap, zip_longest
from pathlib import Path
from typing import Any

from cpcalc.report import layout
from cpcalc.report.layout import Part, Table, harmless
from cpcalc.report.writers import LOCALES, Report
from cpcalc.texts import word

# In twentieths of a point, and what such a one is in English metric units.
TEXT_WIDE, PICTURE_WIDE, EMU = 9638, 7700, 635
# What a letter takes in a table, and a column besides; the same in a table of many columns.
A_LETTER, A_GAP, A_NARROW_LETTER, A_NARROW_GAP = 108, 260, 75, 110
# In a line of a cell, of the usual size, of titles, in a property.
MOST_LETTERS, MOST_COLUMNS, DEEPEST, LONGEST_PROPERTY = 34, 9, 4, 255
NO_CLOCK = ("}created", "}modified")  # python-docx begins with dates of its own


def document_bytes(report: Report) -> bytes:
    """The file: nothing in it tells the time or the machine."""
    from docx import Document
    from docx.oxml import parse_xml

    document = Document()
    parts, depth = layout.on_paper(report.parts, report.language)
    writer = _Numbered(document.part, report.language)
    body = "".join(chain.from_iterable(map(writer.part, parts)))
    words = {"title": report.title, "status": report.status, "locale": LOCALES[report.language]}
    words["mood"] = "Warning" if report.is_warning else "Subtitle"
    words["contents"] = word("contents", report.language)
    said = {key: escape(harmless(text)) for key, text in words.items()}
    frame = Path(__file__).with_name("word.xml").read_text(encoding="utf-8")
    entries = "".join(_entries(parts, depth))
    content, *others = parse_xml(frame.format(parts=body, entries=entries, **said))
    if not entries:
        content.remove(content.find("{*}sdt"))
    document.element.body[:] = list(content)
    pages = document.sections[0]
    holders = (document.styles, document.part.numbering_part, document.settings)
    places = [holder.element for holder in holders] + [pages.header._element, pages.footer._element]
    for place, element in zip(places, others, strict=True):
        place[:] = list(element)
    _describe(document, report)
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def _describe(document: Any, report: Report) -> None:
    """The properties."""
    about = document.core_properties
    texts = {
        "title": report.title, "author": report.author, "keywords": report.status,
        "content_status": report.status, "language": LOCALES[report.language], "comments": "",
    }  # fmt: skip
    for name, text in texts.items():
        setattr(about, name, harmless(text)[:LONGEST_PROPERTY])
    about._element[:] = [one for one in about._element if not one.tag.endswith(NO_CLOCK)]


# ---- elements ------------------------------------------------------------------------------------


def _tag(name: str, /, *content: str, **attributes: object) -> str:
    said = "".join(f' w:{key}="{escape(str(value))}"' for key, value in attributes.items())
    return f"<w:{name}{said}>{''.join(content)}</w:{name}>"


def _run(text: str, style: str = "") -> str:
    look = _tag("rPr", _tag("rStyle", val=style)) if style else ""
    return _tag("r", look, f'<w:t xml:space="preserve">{escape(harmless(text))}</w:t>')


def _paragraph(style: str, *runs: str) -> str:
    return _tag("p", _tag("pPr", _tag("pStyle", val=style)), *runs)


def _entries(parts: Iterable[Part], depth: int) -> Iterator[str]:
    """The table of contents as it reads before Word knows the pages."""
    begin, end = (_tag("fldChar", fldCharType=kind) for kind in ("begin", "separate"))
    field = _tag("r", begin, _tag("instrText", f' TOC \\o "1-{depth}" \\h \\z \\u '), end)
    chapters = [part for part in parts if isinstance(part, layout.Chapter)]
    for number, chapter in enumerate(chapters, 1):
        if chapter.level <= depth:
            link = _tag("hyperlink", _run(chapter.text), anchor=f"_Toc{number}")
            yield _paragraph(f"TOC{chapter.level}", field, link)
            field = ""


class _Numbered:
    """Parts as elements of WordprocessingML; it counts what has a number."""

    def __init__(self, file: Any, language: str) -> None:
        self.file, self.language = file, language
        self.numbers: defaultdict[str, Iterator[int]] = defaultdict(partial(count, 1))

    def part(self, part: Part) -> Iterator[str]:
        """The paragraphs and tables of one part."""
        if isinstance(part, layout.Heading) and not part.text:
            yield _paragraph("Warning" if part.is_warning else "Subtitle", _run(part.under))
        elif isinstance(part, layout.Chapter):
            mark = next(self.numbers["Chapter"])
            start = _tag("bookmarkStart", id=mark, name=f"_Toc{mark}")
            runs = (start, _run(part.text), _tag("bookmarkEnd", id=mark))
            yield _paragraph(f"Heading{min(part.level, DEEPEST)}", *runs)
        elif isinstance(part, layout.Prose):
            for said in part.parts:
                points = [said] if isinstance(said, str) else said
                style = "Normal" if points is not said else "ListBullet"
                yield from (_paragraph(style, _run(point)) for point in points)
        elif isinstance(part, layout.Notes):
            yield from (_paragraph("Note", _run(line)) for line in part.lines)
        elif isinstance(part, layout.Pairs):
            yield _paragraph("BlockTitle", _run(part.title)) if part.title else ""
            for label, value in part.rows:
                yield _paragraph("Pair", _run(label), "<w:r><w:tab/></w:r>", _run(str(value)))
        elif isinstance(part, layout.Working):
            yield _paragraph("Working", _tag("r", "<w:br/>").join(map(_run, part.lines)))
        elif isinstance(part, layout.Picture):
            yield self._caption("Figure", part.title)
            yield _paragraph("Picture", _tag("r", _tag("drawing", self._picture(part))))
        elif isinstance(part, Table):
            yield self._caption("Table", part.title)
            yield _table(part)
            yield from self.part(layout.Notes(part.notes))

    def _caption(self, kind: str, title: str) -> str:
        """A number which stays right when the reader adds or takes away others."""
        number = _run(str(next(self.numbers[kind])))
        field = _tag("fldSimple", number, instr=f" SEQ {kind} \\* ARABIC ")
        name = _run(word(f"caption-{kind}", self.language) + "\u00a0")
        return _paragraph("Caption", name, field, _run(f": {title}" if title else ""))

    def _picture(self, picture: layout.Picture) -> str:
        inline = self.file.new_pic_inline(BytesIO(picture.draw("png")), PICTURE_WIDE * EMU)
        inline.docPr.id = next(self.numbers["Drawing"])
        inline.docPr.set("descr", harmless(f"{picture.title}: {picture.alternative}"))
        return str(inline.xml)


def _table(table: Table) -> str:
    """A table whose head stands on each of its pages."""
    heads, rows = [column.header for column in table.columns], table.rows
    size = "Narrow" if len(heads) > MOST_COLUMNS else "Table"
    styles = [f"{size}{'Text' if column.is_text else 'Figure'}" for column in table.columns]

    def row(texts: Sequence[Any], look: str = "", under: str = "", about: str = "") -> str:
        cells = list(map(_paragraph, styles, (_run(text, look) for text in texts)))
        cells[0] += _paragraph("TableUnder", _run(under)) if under else ""
        return _tag("tr", _tag("trPr", "<w:cantSplit/>", about), *map(partial(_tag, "tc"), cells))

    looks = ["Strong" if number >= len(rows) - table.totals else "" for number in range(len(rows))]
    lines = starmap(row, zip_longest(rows, looks, table.under, fillvalue=""))
    head = row(heads, about="<w:tblHeader/>")
    about = _tag("tblStyle", val=f"{size}Lines"), _tag("tblW", w=0, type="auto")
    widths = _widths(heads, rows, table.under)
    grid = _tag("tblGrid", *(_tag("gridCol", w=width) for width in widths))
    return _tag("tbl", _tag("tblPr", *about, _tag("tblLook", val="0620")), grid, head, *lines)


def _widths(heads: Sequence[str], rows: Sequence[Any], under: Sequence[str]) -> list[int]:
    """Each column takes what its longest text does, up to a line; less where all is too much."""
    letter, gap = A_LETTER, A_GAP
    if len(heads) > MOST_COLUMNS:
        letter, gap = A_NARROW_LETTER, A_NARROW_GAP
        heads = [max(head.split(), key=len, default="") for head in heads]
    longest = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    longest[0] = max(longest[0], *map(len, under), 0)
    widths = [min(count, MOST_LETTERS) * letter + gap for count in longest]
    return [int(width * min(1.0, TEXT_WIDE / sum(widths))) for width in widths]
