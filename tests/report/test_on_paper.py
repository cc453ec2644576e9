"""Reports as Word and PDF: the same figures and words as on the page, in a form that is printed, searched and edited."""

from __future__ import annotations

import io
import json
import re
import shutil
import struct
import subprocess
import sys
import zipfile
import zlib
from itertools import pairwise
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.shared import Mm
from hypothesis import given, settings
from hypothesis import strategies as st
from reported import FILES, PROGRAMME, outcome_of, outcome_of_text, report_of
from test_reports import HOSTILE, PIXEL, PLANT, hostile_file, of_json, of_workings, said_by

from cpcalc.__main__ import run
from cpcalc.app.written import as_json
from cpcalc.report import charts, layout
from cpcalc.report.layout import Chapter, Column, Heading, Pairs, Picture, Prose, Table, harmless
from cpcalc.report.writers import LOCALES, Report, render
from cpcalc.texts import LANGUAGES, word

PDFTOTEXT = shutil.which("pdftotext")
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MARKUP = ["#import \"x.typ\": *", "#panic()", "$ sum_1^2 $", "@ref <label>", "*b* _i_ `r`", "= title", "- a\\ b", "]", "//x", "https://a.b/c"]  # fmt: skip


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


DOT = b"\x89PNG\r\n\x1a\n" + b"".join(
    [
        _chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)),
        _chunk(b"IDAT", zlib.compress(b"\0\0")),
        _chunk(b"IEND", b""),
    ]
)


@pytest.fixture
def without_drawing(monkeypatch: pytest.MonkeyPatch) -> None:
    def picture(title: str, said: list[str], *_: object) -> Picture:
        return Picture(title, "; ".join(said), lambda form: DOT if form == "png" else PIXEL)

    monkeypatch.setattr(charts, "_picture", picture)


class Word:
    """A Word file as python-docx reads it."""

    def __init__(self, written: bytes) -> None:
        self.file = docx.Document(io.BytesIO(written))
        self.xml = self.file.element.body

    def said(self, style: str) -> list[str]:
        """The texts of the paragraphs of a style, in the order of the file."""
        found = self.xml.xpath(f'.//w:p[w:pPr/w:pStyle/@w:val="{style}"]')
        return ["".join(_letters(paragraph)) for paragraph in found]

    @property
    def tables(self) -> list[list[list[str]]]:
        """The rows of each table; of a cell the paragraph that holds its figure."""
        return [
            [
                ["".join(_letters(cell.find(f"{W}p"))) for cell in row.iter(f"{W}tc")]
                for row in table.iter(f"{W}tr")
            ]
            for table in self.xml.iter(f"{W}tbl")
        ]

    @property
    def text(self) -> str:
        return "\n".join("".join(_letters(paragraph)) for paragraph in self.xml.iter(f"{W}p"))


def _letters(paragraph: Any) -> list[str]:
    shown = {f"{W}t": "", f"{W}br": "\n", f"{W}tab": "\t"}
    return [shown[part.tag] or part.text or "" for part in paragraph.iter() if part.tag in shown]


def pages_of(pdf: bytes, tmp_path: Path) -> list[str]:
    """The text of each page, as a search finds it."""
    path = tmp_path / "report.pdf"
    path.write_bytes(pdf)
    assert PDFTOTEXT is not None
    done = subprocess.run(
        [PDFTOTEXT, "-enc", "UTF-8", str(path), "-"], capture_output=True, check=True
    )
    return done.stdout.decode().split("\f")[:-1]


def _holds_workings(part: layout.Part) -> bool:
    return isinstance(part, layout.Fold) and any(
        isinstance(inner, layout.Working) for inner in part.parts
    )


def spaced(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def close(text: str) -> str:
    return re.sub(r"\s+", "", text)


def no_title_stands_over_nothing(parts: list[layout.Part]) -> None:
    for part, following in pairwise(parts):
        if isinstance(part, Chapter) and isinstance(following, Chapter):
            assert following.level > part.level, part.text
        if isinstance(part, Pairs | Table):
            assert part.rows, part.title


# ---- the figures -----------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("without_drawing")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_headline_figure_of_the_json_stands_on_paper(
    path: Path, language: str, tmp_path: Path
) -> None:
    outcome = outcome_of(path)
    expected = of_json(json.loads(as_json([outcome])))
    report = report_of(outcome, language)
    parts, _ = layout.on_paper(report.parts, language)
    no_title_stands_over_nothing(parts)
    written = Word(render(report, ".docx"))
    texts = ["\n".join(written.said("Working"))]
    if PDFTOTEXT:
        # the workings are the same letters for typst in any language, and most of the pages
        short = [part for part in report.parts if language == "en" or not _holds_workings(part)]
        pages = pages_of(render(report._replace(parts=short), ".pdf"), tmp_path)
        texts.append("\n".join(pages))
    for text in texts if language == "en" else texts[:1]:
        found = of_workings(text, language)
        found |= {
            name.rpartition(".")[0]: value
            for name, value in found.items()
            if ".investment." in name
        } | found
        assert {name: found.get(name) for name in expected} == {
            name: pytest.approx(value, rel=1e-6, abs=6e-7) for name, value in expected.items()
        }
    tables = [part for part in parts if isinstance(part, Table)]
    assert written.tables == [
        [[column.header for column in table.columns], *(list(row) for row in table.rows)]
        for table in tables
    ]
    pairs = [
        f"{label}\t{value}"
        for part in parts
        if isinstance(part, Pairs)
        for label, value in part.rows
    ]
    assert written.said("Pair") == pairs
    if PDFTOTEXT:
        everything = close(texts[1])
        cells = {str(cell) for table in tables for row in table.rows for cell in row}
        figures = {cell for cell in cells if re.search(r"\d", cell) and len(cell) < 9}
        values = {pair.partition("\t")[2] for pair in pairs}
        shown = figures | {value for value in values if len(value) < 40}
        assert [text for text in shown if close(text) not in everything] == []


@pytest.mark.usefixtures("without_drawing")
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_programme_on_paper(
    language: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["programme", str(PROGRAMME), "--format", "json"])
    data = json.loads(capsys.readouterr().out)
    saving = data["totals"]["figures"]["annual_saving"]["value"] / 1e9
    wanted = [f"{saving:.2f}".replace(".", "," if language == "vi" else ".")]
    wanted += [row["id"] for row in data["enterprises"]]
    wanted += [word("reconstructed", language), word("by-province", language)]
    for ending in (".docx", ".pdf"):
        path = tmp_path / f"programme{ending}"
        assert said_by(capsys, "report", PROGRAMME, "-o", path, "--lang", language)[0] == 0
        if ending == ".docx":
            text = Word(path.read_bytes()).text
        elif PDFTOTEXT:
            pages = pages_of(path.read_bytes(), tmp_path)
            text = "\n".join(pages)
            for number, page in enumerate(pages, 1):
                assert close(word("reconstructed", language)) in close(page)
                assert f"{number}/{len(pages)}" in close(page)
        assert [
            text_wanted for text_wanted in wanted if close(text_wanted) not in close(text)
        ] == []


# ---- what a Word file is made of --------------------------------------------------------------------------------------


@pytest.mark.usefixtures("without_drawing")
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_word_file_is_made_of_styles_fields_and_properties(language: str) -> None:
    report = report_of(outcome_of(FILES[0]), language)
    parts, _ = layout.on_paper(report.parts, language)
    written = Word(render(report, ".docx"))
    # looks come from styles alone, and each style used is one that the file defines
    runs = {child.tag for look in written.xml.iter(f"{W}rPr") for child in look}
    assert runs <= {f"{W}rStyle"}
    paragraphs = {child.tag for look in written.xml.iter(f"{W}pPr") for child in look}
    assert paragraphs <= {f"{W}pStyle"}
    used = set(written.xml.xpath(".//w:pStyle/@w:val | .//w:rStyle/@w:val | .//w:tblStyle/@w:val"))
    assert used <= {style.style_id for style in written.file.styles}
    # titles
    titles = {
        level: [part.text for part in parts if isinstance(part, Chapter) and part.level == level]
        for level in (1, 2)
    }
    assert written.said("Title") == [report.title]
    assert {level: written.said(f"Heading{level}") for level in (1, 2)} == titles
    assert written.said("TOC1") == titles[1]
    targets = written.xml.xpath(".//w:hyperlink/@w:anchor")
    marks = written.xml.xpath(".//w:bookmarkStart/@w:name")
    assert set(targets) < set(marks)
    assert len(set(marks)) == len(marks)
    # fields: the contents, and numbers that stay right
    fields = written.xml.xpath(".//w:fldSimple/@w:instr")
    tables = len(written.tables)
    assert "TOC" in written.xml.xpath("string(.//w:instrText)")
    assert sum("SEQ Table" in field for field in fields) == tables
    captions = written.said("Caption")
    name = word("caption-Table", language)
    numbers = [text.split(":")[0] for text in captions if text.startswith(name)]
    assert numbers == [f"{name}\xa0{number}" for number in range(1, tables + 1)]
    # each table's head is repeated
    heads = written.xml.xpath(".//w:tbl/w:tr[1]/w:trPr/w:tblHeader")
    assert len(heads) == tables == len(written.xml.xpath(".//w:tblHeader"))
    # pictures say what they show
    alternatives = written.xml.xpath(".//wp:docPr/@descr")
    pictures = [part for part in parts if isinstance(part, Picture)]
    assert alternatives == [f"{part.title}: {part.alternative}" for part in pictures]
    # the page
    (section,) = written.file.sections
    assert section.page_width == pytest.approx(Mm(210), abs=700)
    assert section.page_height == pytest.approx(Mm(297), abs=700)
    assert section.header.paragraphs[0].text == report.status
    assert "PAGE" in section.footer._element.xpath("string(.//w:fldSimple/@w:instr)")
    # what the file says of itself
    about = written.file.core_properties
    assert (about.title, about.language) == (report.title, LOCALES[language])
    assert (about.keywords, about.content_status) == (report.status, report.status)
    assert about.created is None
    styles = written.file.styles.element
    assert set(styles.xpath("//w:lang/@w:val")) == {LOCALES[language]}


def test_charts_stand_in_both_and_the_same_report_is_the_same_bytes(tmp_path: Path) -> None:
    path = next(path for path in FILES if path.stem == "dn-01-fish-freezing-plant")
    report = report_of(outcome_of(path), "vi")
    for ending in (".docx", ".pdf"):
        one = render(report, ending)
        assert one == render(report, ending)
    with zipfile.ZipFile(io.BytesIO(render(report, ".docx"))) as archive:
        pictures = [name for name in archive.namelist() if name.startswith("word/media/")]
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert len(pictures) == sum(isinstance(part, Picture) for part in report.parts)
    assert b"CreationDate" not in one


# ---- what is not certain ----------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("without_drawing")
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_not_certain_is_said_on_paper_and_in_the_properties(
    language: str, tmp_path: Path
) -> None:
    report = report_of(outcome_of_text(PLANT), language)
    written = Word(render(report, ".docx"))
    assert written.said("Warning") == [report.status]
    assert written.file.core_properties.keywords == report.status
    if PDFTOTEXT:
        pages = pages_of(render(report, ".pdf"), tmp_path)
        assert all(close(report.status) in close(page) for page in pages)
        assert close(pages[0]).count(close(report.status)) == 2
        about = subprocess.run(
            ["pdfinfo", str(tmp_path / "report.pdf")], capture_output=True, check=True
        ).stdout.decode()
        assert report.status in about
        assert report.title in about


# ---- a PDF is searched -------------------------------------------------------------------------------------------------


@pytest.mark.skipif(PDFTOTEXT is None, reason="needs poppler's tools")
def test_vietnamese_in_a_pdf_is_found_and_its_titles_are_bookmarks(tmp_path: Path) -> None:
    letters = "".join(map(chr, range(0x1EA0, 0x1EFA))) + "ĂÂĐÊÔƠƯăâđêôơưÀÁÃÈÉÌÍÒÓÕÙÚÝàáãèéìíòóõùúý"
    rows = [(f"hàng {number}", str(number)) for number in range(150)]
    columns = [Column("a", "Đầu dòng", is_text=True), Column("b", "Trị số")]
    parts: list[layout.Part] = [
        Heading("Báo cáo", "BẢN THẢO", True), Chapter("Chương một"), Prose([" ".join(letters)]),
        layout.Working("x", None, [" ".join(letters)]),  # type: ignore[arg-type]
        Chapter("Chương hai", 2), Table("Bảng dài", columns, rows),
    ]  # fmt: skip
    report = Report("Báo cáo", "BẢN THẢO", True, "vi", parts)
    pages = pages_of(render(report, ".pdf"), tmp_path)
    everything = "".join(pages)
    assert everything.count("Ỹ") >= 2
    assert [letter for letter in letters if everything.count(letter) < 2] == []
    with_rows = [page for page in pages if "hàng" in page]
    assert len(with_rows) > 2
    assert all("Đầu dòng" in page for page in with_rows)
    outline = subprocess.run(
        ["pdftohtml", "-xml", "-i", "-stdout", str(tmp_path / "report.pdf")],
        capture_output=True, check=True,
    ).stdout.decode()  # fmt: skip
    bookmarks = re.findall(r'<item page="\d+">(.*?)</item>', outline)
    assert bookmarks == [word("contents", "vi"), "Chương một", "Chương hai"]
    assert b"vi-VN" in render(report, ".pdf")


@pytest.mark.usefixtures("without_drawing")
def test_several_assessments_are_chapters_of_one_document(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "both.docx"
    assert said_by(capsys, "report", FILES[0], FILES[1], "-o", path)[0] == 0
    written = Word(path.read_bytes())
    titles = [report_of(outcome_of(item), "en").title for item in FILES[:2]]
    assert set(titles) < set(written.said("Heading1"))
    assert written.said("Heading2").count(word("summary", "en")) == 2
    assert word("summary", "en") in written.said("TOC2")


# ---- hostile texts ------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("without_drawing")
def test_hostile_texts_are_inert_on_paper(tmp_path: Path) -> None:
    report = report_of(outcome_of_text(hostile_file()), "en")
    report = report._replace(parts=[*report.parts, Prose(MARKUP)], title=MARKUP[0])
    written = Word(render(report, ".docx"))
    for text in [*HOSTILE, *MARKUP]:
        assert harmless(" ".join(text.split())) in written.text
    fields = written.xml.xpath(".//w:instrText/text() | .//w:fldSimple/@w:instr")
    assert {field.split()[0] for field in fields} == {"TOC", "SEQ"}
    assert not written.xml.xpath(".//w:hyperlink[not(@w:anchor)]")
    pdf = render(report, ".pdf")
    assert not re.search(rb"/(JavaScript|JS|Launch|URI|EmbeddedFile)\b", pdf)
    if PDFTOTEXT:
        text = close("".join(pages_of(pdf, tmp_path)))
        for said in [*HOSTILE, *MARKUP]:
            assert close(harmless(said)) in text


@settings(max_examples=15, deadline=None)
@given(st.lists(st.text(), min_size=1, max_size=20))
def test_any_text_can_stand_on_paper(texts: list[str]) -> None:
    columns = [Column("a", texts[0], is_text=True)]
    parts: list[layout.Part] = [
        Heading(texts[0], texts[-1]), Chapter(texts[0]), Prose(texts), Prose([tuple(texts)]), layout.Notes(texts),
        Pairs(texts[0], [(text, text) for text in texts]), Table(texts[0], columns, [[text] for text in texts], under=texts),
    ]  # fmt: skip
    report = Report(texts[0], texts[-1], False, "vi", parts, author=texts[-1])
    written = Word(render(report, ".docx"))
    assert written.said("ListBullet") == [harmless(text) for text in texts]
    assert render(report, ".pdf").startswith(b"%PDF")


# ---- the command --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "ending, package, extra", [(".docx", "docx", "report"), (".pdf", "typst", "pdf")]
)
def test_a_missing_package_of_a_format_is_named_with_what_to_type(
    ending: str, package: str, extra: str, tmp_path: Path,
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    for name in [name for name in sys.modules if name.split(".")[0] == package] + [package]:
        monkeypatch.setitem(sys.modules, name, None)
    code, err = said_by(capsys, "report", FILES[0], "-o", tmp_path / f"report{ending}")
    assert (code, list(tmp_path.iterdir())) == (2, [])
    assert f"pip install 'cpcalc[{extra}]'" in err


@pytest.mark.slow
@pytest.mark.usefixtures("without_drawing")
def test_another_office_program_reads_the_word_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    office = shutil.which("soffice")
    if office is None or PDFTOTEXT is None:
        return
    report = report_of(outcome_of(FILES[0]), "vi")
    (tmp_path / "plant.docx").write_bytes(render(report, ".docx"))
    said_by(capsys, "report", PROGRAMME, "-o", tmp_path / "programme.docx", "--lang", "en")
    subprocess.run(
        [
            office, f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless",
            "--convert-to", "pdf", "--outdir", str(tmp_path), "plant.docx", "programme.docx",
        ],
        cwd=tmp_path, capture_output=True, timeout=120, check=True,
    )  # fmt: skip
    pages = pages_of((tmp_path / "plant.pdf").read_bytes(), tmp_path)
    for number, page in enumerate(pages, 1):
        assert close(report.status) in close(page)
        assert f"{number}/{len(pages)}" in close(page)
    figures = Word((tmp_path / "plant.docx").read_bytes()).said("TableFigure")
    everything = spaced("\n".join(pages))
    assert [figure for figure in figures if spaced(figure) not in everything] == []
    assert len(figures) > 100
    programme = spaced("\n".join(pages_of((tmp_path / "programme.pdf").read_bytes(), tmp_path)))
    assert "88.97" in programme
