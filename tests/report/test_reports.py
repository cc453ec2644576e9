"""What `cpcalc report` writes, as Markdown and HTML: the figures of the JSON, all that makes them less than certain, and nothing else."""

from __future__ import annotations

import io
import json
import re
import sys
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reported import FILES, PROGRAMME, outcome_of, outcome_of_text, report_of

from cpcalc.__main__ import run
from cpcalc.app.written import as_json
from cpcalc.figures import Figure
from cpcalc.report import charts, layout, writers
from cpcalc.report.document import as_prose
from cpcalc.report.layout import Picture, cell_text, harmless
from cpcalc.report.numbers import shown
from cpcalc.report.writers import MARK, render
from cpcalc.texts import LANGUAGES, word

HOSTILE: list[str] = json.loads((Path(__file__).parent / "hostile.json").read_text("utf-8"))
PIXEL = b'<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'


@pytest.fixture
def without_drawing(monkeypatch: pytest.MonkeyPatch) -> None:
    def picture(title: str, said: list[str], *_: object) -> Picture:
        return Picture(title, "; ".join(said), lambda form: PIXEL)

    monkeypatch.setattr(charts, "_picture", picture)


class Parsed(HTMLParser):
    """A page read strictly: every tag is closed in its turn, every id is there once."""

    VOID = frozenset({"meta", "img"})

    def __init__(self, page: bytes) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.ids: set[str] = set()
        self.targets: set[str] = set()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.said: dict[str, list[str]] = {}
        self.feed(page.decode())
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        given = dict(attrs)
        if "id" in given:
            assert given["id"] not in self.ids
            self.ids.add(str(given["id"]))
        if "href" in given:
            self.targets.add(str(given["href"]))
        if tag not in self.VOID:
            self.open.append(tag)
            self.said.setdefault(tag, []).append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open:
            self.said[self.open[-1]][-1] += data


TAGS = {
    "html", "head", "meta", "title", "style", "body", "main", "nav", "h1", "h2", "h3", "h4", "p", "ul", "li", "a", "dl",
    "dt", "dd", "div", "table", "caption", "thead", "tbody", "tr", "th", "td", "small", "pre", "details", "summary",
    "figure", "figcaption", "img",
}  # fmt: skip
ATTRIBUTES = {
    "lang",
    "charset",
    "http-equiv",
    "content",
    "name",
    "class",
    "id",
    "href",
    "tabindex",
    "src",
    "alt",
}


def parsed(page: bytes) -> Parsed:
    """The page, with nothing in it that runs or is fetched, and no link that leads nowhere."""
    found = Parsed(page)
    assert found.tags <= TAGS
    assert {name for name, _ in found.attributes} <= ATTRIBUTES
    assert found.targets <= {f"#{name}" for name in found.ids}
    assert all(value.startswith("data:") for name, value in found.attributes if name == "src")
    return found


# ---- the figures -----------------------------------------------------------------------------------------------------

ONE = ("annual_saving", "annual_net_saving", "simple_payback")
DISCOUNTED = ("npv", "irr", "discounted_payback")


def headlines(place: str, line: dict[str, Any]) -> Iterator[tuple[str, float]]:
    """The headline figures of a line of the JSON by name."""
    found = {f"{place}.{name}": line[name] for name in ONE}
    found[f"{place}.investment"] = line["investment"]["converted"]
    found |= {f"{place}.reductions.{kind}": item for kind, item in line["reductions"].items()}
    economics = line.get("economics", {})
    found |= {f"{place}.economics.{name}": economics.get(name, {}) for name in DISCOUNTED}
    for name, figure in found.items():
        if "value" in figure:
            yield name, figure["value"] / (1000 if figure["unit"] == "kg/year" else 1)


def of_json(data: dict[str, Any]) -> dict[str, float]:
    lines = [(f"{key}.{item['id']}", item) for key in ("measures", "groups") for item in data[key]]
    return dict(
        pair for place in [*lines, ("totals", data["totals"])] for pair in headlines(*place)
    )


def of_workings(text: str, language: str) -> dict[str, float]:
    """The figures that the workings begin with."""
    gap, sign = (".", ",") if language == "vi" else (" ", ".")
    found = {}
    for name, digits in re.findall(
        r"^((?:totals|measures|groups)\.\S+) = (−?[\d., ]+(?:e-?\d+)?)", text, re.M
    ):
        found[name] = float(
            digits.replace(gap, "").replace(" ", "").replace("−", "-").replace(sign, ".")
        )
    return found


@pytest.mark.usefixtures("without_drawing")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_headline_figure_of_the_json_stands_in_the_report(path: Path) -> None:
    outcome = outcome_of(path)
    expected = of_json(json.loads(as_json([outcome])))
    for language in LANGUAGES:
        report = report_of(outcome, language)
        page = parsed(render(report, ".html"))
        text = render(report, ".md").decode().replace("\\", "")
        found = of_workings("\n".join(page.said["pre"]), language)
        found |= {
            name.rpartition(".")[0]: value
            for name, value in found.items()
            if ".investment." in name
        } | found
        assert {name: found.get(name) for name in expected} == {
            name: pytest.approx(value, rel=1e-6, abs=6e-7) for name, value in expected.items()
        }
        assert [line.strip() for line in "\n".join(page.said["pre"]).splitlines()] == [
            line.strip() for line in text.splitlines() if line.startswith("    ")
        ]
        for part in report.parts:  # the totals, as people say them
            if isinstance(part, layout.Pairs) and part.title == word("totals", language):
                figures = [value for _, value in part.rows if isinstance(value, Figure)]
                assert all(
                    shown(figure, language).replace("\xa0", " ") in text for figure in figures
                )
                linked = " ".join(page.said["a"])
                assert outcome.result is not None
                saving = outcome.result.totals.annual_saving
                assert not isinstance(saving, Figure) or shown(saving, language) in linked
        assert "None" not in text.replace("None of", "")


@pytest.mark.usefixtures("without_drawing")
@pytest.mark.parametrize("path", [FILES[0], FILES[-2]], ids=lambda path: path.stem)
def test_each_table_is_the_same_in_both_formats(path: Path) -> None:
    report = report_of(outcome_of(path), "en")
    page, text = parsed(render(report, ".html")), render(report, ".md").decode()
    rows = [
        line for line in text.splitlines() if line.startswith("| ") and not line.startswith("| ---")
    ]
    plain = re.sub(r"\*\*|\\", "", " ".join(rows))
    cells = [cell.strip() for cell in re.sub(r"\s+", " ", plain).split("|") if cell.strip()]
    in_html = [said for tag in ("th", "td", "a") for said in page.said[tag]]
    shown_there = {re.sub(r"\s+", " ", said).strip() for said in in_html}
    numbers = [
        cell for cell in cells if re.fullmatch(r"[\u2265\u2264~ ]*−?[\d ]+(\.\d+)?\*?", cell)
    ]
    assert len(numbers) > 40
    assert set(numbers) <= shown_there


def said_by(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str]:
    code = run([str(argument) for argument in arguments])
    return code, capsys.readouterr().err


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_programme_has_a_report(
    language: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    texts = []
    for ending in (".html", ".md"):
        path = tmp_path / f"programme{ending}"
        code, _ = said_by(capsys, "report", PROGRAMME, "-o", path, "--lang", language)
        assert code == 0
        texts.append(path.read_text("utf-8").replace("\xa0", " ").replace("\\", ""))
    run(["programme", str(PROGRAMME), "--format", "json"])
    data = json.loads(capsys.readouterr().out)
    parsed(texts[0].encode())
    sign = "," if language == "vi" else "."
    for text in texts:
        for row in data["enterprises"]:
            assert row["id"] in text
        for enterprise in data["contributors"][:5]:
            assert enterprise["enterprise"] in text
        saving = f"{data['totals']['figures']['annual_saving']['value'] / 1e9:.2f}".replace(
            ".", sign
        )
        assert saving in text
        assert word("reconstructed", language) in text
        for kind in ("province", "sector"):
            assert word(f"by-{kind}", language) in text


# ---- what makes figures less than certain -----------------------------------------------------------------------------

PLANT = """
cpcalc: 1
numbers: international
enterprise: {id: P-1, name: Plant}
data-status: draft
basis: {period: 2008, currency: VND, factor-sets: [vn-grid@1], grid: {data-year: 2008, type: combined-margin}}
streams:
  power: {kind: energy, quantity: 900 MWh/year, price: {at-least: 1 900 VND/kWh}, quality: estimated, emission-factors: [vn-grid/electricity]}
measures:
  - {id: m1, title: Lamps, investment: 90 million VND, effects: {stream: power, reduce: 5 %, quality: estimated}}
  - {id: m2, title: Fans, effects: {stream: power, reduce: 5 %}}
"""


@pytest.mark.usefixtures("without_drawing")
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_not_certain_is_said_on_the_page_and_in_the_properties(language: str) -> None:
    report = report_of(outcome_of_text(PLANT), language)
    marks = ["draft", "status-partial", "status-bounds", "status-estimated", "status-unverified"]
    for mark in marks:
        assert word(mark, language) in report.status
    page = parsed(render(report, ".html"))
    assert report.status in page.said["p"]
    assert ("content", report.status) in page.attributes
    assert report.status in page.said["style"][0]  # the foot of each printed page
    assert f"**{report.status}**" in render(report, ".md").decode()


# ---- words --------------------------------------------------------------------------------------------------------------

WORDS = """
    note: |
      The lamps are
      thirty years old.

      - first the hall
      - then the yard
    responsible: {en: Head of works, vi: Quản đốc}
    due: 2025-09
report:
  author: {en: Centre, vi: Trung tâm}
  team: [Lan, Minh]
  date: 2025-05-20
  introduction: {en: Three days in May., vi: Ba ngày trong tháng năm.}
  process-description: Steam and light.
  conclusions: {en: Change the lamps.}
"""


@pytest.mark.usefixtures("without_drawing")
def test_words_of_the_file_stand_in_its_report_and_change_no_figure() -> None:
    plain = PLANT.replace(
        "  - {id: m2, title: Fans, effects: {stream: power, reduce: 5 %}}\n", ""
    ).replace(
        "  - {id: m1, title: Lamps, investment: 90 million VND, effects: {stream: power, reduce: 5 %, quality: estimated}}",
        "  - id: m1\n    title: Lamps\n    investment: 90 million VND\n    effects: {stream: power, reduce: 5 %}",
    )
    with_words = outcome_of_text(plain.rstrip("\n") + WORDS)
    texts = {
        language: render(report_of(with_words, language), ".md").decode() for language in LANGUAGES
    }
    for said in (
        "Centre",
        "Lan, Minh",
        "2025-05-20",
        "Three days in May.",
        "Head of works",
        "2025-09",
    ):
        assert said in texts["en"]
    assert "The lamps are thirty years old.\n\n- first the hall\n- then the yard\n" in texts["en"]
    assert "Ba ngày trong tháng năm." in texts["vi"]
    assert "Quản đốc" in texts["vi"]
    assert "Change the lamps." in texts["vi"]  # what is not translated stands in its own language
    assert report_of(with_words, "en").author == "Centre"
    one, other = (json.loads(as_json([item])) for item in (with_words, outcome_of_text(plain)))
    assert one["totals"] == other["totals"]


@given(st.text())
def test_any_text_is_set_as_paragraphs_and_points(text: str) -> None:
    parts = as_prose(text).parts
    said = [point for part in parts for point in ([part] if isinstance(part, str) else part)]
    letters = [letter for letter in harmless("".join(text.split())) if letter.isalpha()]
    assert [letter for point in said for letter in point if letter.isalpha()] == letters


# ---- hostile texts ------------------------------------------------------------------------------------------------------


def hostile_file() -> str:
    tree = {
        "cpcalc": 1,
        "enterprise": {"id": "H-1", "name": HOSTILE[0], "notes": " ".join(HOSTILE[1:4])},
        "data-status": "draft",
        "basis": {"currency": "VND"},
        "measures": [
            {
                "id": f"m{number}", "title": text, "note": text, "responsible": text, "investment": "9 million VND",
                "benefits": {"saves": "9 million VND/year", "as": "water"},
            }
            for number, text in enumerate(HOSTILE)
        ],
        "report": {"author": HOSTILE[0], "team": HOSTILE, "introduction": "\n\n".join(HOSTILE)},
    }  # fmt: skip
    return json.dumps(tree)


@pytest.mark.usefixtures("without_drawing")
def test_hostile_texts_are_inert_and_readable() -> None:
    report = report_of(outcome_of_text(hostile_file()), "en")
    page = parsed(render(report, ".html"))
    everything = " ".join(said for items in page.said.values() for said in items)
    for text in HOSTILE:
        assert harmless(" ".join(text.split())) in everything
    for line in render(report, ".md").decode().splitlines():
        if not line.startswith("    ") and not line.startswith("<!-- cpcalc"):
            assert not re.search(r"(?<!\\)(?:\\\\)*[<\[`]", line.replace("\\\\", ""))


def test_hostile_names_are_inert_in_charts() -> None:
    result = outcome_of(FILES[0]).result
    assert result is not None
    saving = result.totals.annual_saving
    for texts in (HOSTILE[:40], HOSTILE[40:]):
        (picture,) = charts.waterfall(
            "savings-chart", [(harmless(text), saving) for text in texts], saving, "en"
        )
        tags = {tag.tag.rpartition("}")[2] for tag in ET.fromstring(picture.draw("svg")).iter()}
        assert tags.isdisjoint({"script", "image", "a", "foreignObject"})


# ---- charts ------------------------------------------------------------------------------------------------------------


def test_charts_are_the_same_bytes_each_time_and_say_all_their_figures() -> None:
    report = report_of(outcome_of(FILES[0]), "vi")
    pictures = [part for part in report.parts if isinstance(part, Picture)]
    assert len(pictures) == 8
    for picture in pictures:
        assert len(picture.alternative) > 20
    first, last = pictures[0], pictures[-1]
    assert first.draw("svg") == first.draw("svg")
    assert last.draw("png") == last.draw("png")
    ET.fromstring(first.draw("svg"))
    assert last.draw("png").startswith(b"\x89PNG")
    result = outcome_of(FILES[0]).result
    assert result is not None
    assert result.baseline is not None
    assert cell_text(result.baseline.pollution["co2"].after, None, "vi") in pictures[2].alternative


def test_energy_goes_to_its_uses_once_however_it_is_parted_further() -> None:
    """Neither the hours of a tariff nor the parts of a part are further uses of the whole."""
    text = """cpcalc: 1
enterprise: {id: m, name: Mill}
data-status: draft
basis: {currency: USD}
streams:
  power:
    kind: energy
    quantity: 1 000 MWh/year
    tariff: {peak: {price: 0.2 USD/kWh, share: 30 %}, normal: {price: 0.1 USD/kWh, share: 70 %}}
  drives: {part-of: power, share: 60 %}
  fans: {part-of: drives, share: 50 %}
measures:
  - {id: m1, title: Slower fans, investment: 100 USD, effects: {stream: fans, reduce: 10 %}}
"""
    parts = report_of(outcome_of_text(text), "en").parts
    said = {part.title: part.alternative for part in parts if isinstance(part, Picture)}
    goes = said[word("energy-balance", "en")].replace("\u00a0", " ").partition("\u2192 ")[2]
    assert goes == "drives: 600 000 kWh/year, not stated: 400 000 kWh/year"


def pictures_of(path: Path, language: str) -> dict[str, str]:
    """What the charts of a report say in words, by title."""
    parts = report_of(outcome_of(path), language).parts
    return {part.title: part.alternative for part in parts if isinstance(part, Picture)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_charts_lead_from_the_plant_before_to_the_plant_after(language: str) -> None:
    path = next(path for path in FILES if path.stem.startswith("hd-01"))
    said, result = pictures_of(path, language), outcome_of(path).result
    assert result is not None
    assert result.baseline is not None
    assert result.baseline.bill is not None
    whole = {
        "savings-chart-plant": result.baseline.bill,
        "co2-chart-plant": result.baseline.pollution["co2"],
    }
    for key, plant in whole.items():
        first, *bars, last = said[word(key, language)].split("; ")
        assert first == f"{word('baseline', language)}: {cell_text(plant.before, None, language)}"
        assert last == f"{word('after', language)}: {cell_text(plant.after, None, language)}"
        assert bars
    lines = said[word("sources-chart", language)].split("; ")
    for stream in result.streams:
        for scope in ("scope_1", "scope_2_location"):
            emitted = result.baseline.by_stream.get(stream.id, {}).get(scope, {}).get("CO2")
            if emitted is not None:
                sides = " → ".join(cell_text(side, None, language) for side in emitted[:2])
                assert any(line.endswith(f": {sides}") for line in lines)
    energy = said[word("energy-balance", language)]
    assert word("not-stated", language) in energy  # of the coal nothing more is said
    coal = next(stream for stream in result.streams if stream.id == "coal")
    assert coal.name["vi"] in energy or coal.name["en"] in energy


def test_a_saving_that_is_no_part_of_the_bill_is_drawn_by_itself() -> None:
    result = outcome_of(FILES[0]).result
    assert result is not None
    assert result.baseline is not None
    lines = [(item.id, item.line.annual_saving) for item in result.measures]
    saving, bill = result.totals.annual_saving, result.baseline.bill
    assert isinstance(saving, Figure)
    other = replace(saving, value=saving.value * 1.01)
    (picture,) = charts.waterfall("savings-chart", lines, other, "en", bill)
    assert picture.title == word("savings-chart", "en")


def test_what_was_read_month_by_month_is_drawn() -> None:
    bills = FILES[0].parents[2] / "tests" / "contract" / "keys" / "bills.yaml"
    assert "2024-01" in pictures_of(bills, "vi")[f"{word('readings', 'vi')}: water"]
    without = render(report_of(outcome_of(bills), "vi"), ".md").decode()
    assert "/year" not in without.split("## ")[3]  # amounts of the file in the report's language


def test_the_charts_of_a_programme(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert said_by(capsys, "report", PROGRAMME, "-o", tmp_path / "all.md")[0] == 0
    text = (tmp_path / "all.md").read_text("utf-8").replace("\\", "")
    for key in ("contributors-chart", "sectors-chart", "paybacks-chart"):
        assert f"**{word(key, 'en')}.**" in text
    assert re.search(rf"{re.escape(word('class-(0,1)', 'en'))} \(\d+\): [\d.]+", text)


# ---- the command --------------------------------------------------------------------------------------------------------


def test_an_unknown_ending_is_refused_before_anything_is_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, err = said_by(capsys, "report", "nothing.yaml", "-o", tmp_path / "report.doc")
    assert code == 2
    assert ".html" in err
    assert ".md" in err
    assert not list(tmp_path.iterdir())


def test_a_missing_package_is_named_with_what_to_type(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.startswith("matplotlib")] + ["matplotlib"]:
        monkeypatch.setitem(sys.modules, name, None)
    code, err = said_by(capsys, "report", FILES[0], "-o", tmp_path / "report.html")
    assert (code, list(tmp_path.iterdir())) == (2, [])
    assert "pip install 'cpcalc[report]'" in err


@pytest.mark.usefixtures("without_drawing")
@pytest.mark.parametrize(
    "command, content",
    [("assess", "GUNS"), ("batch", "DN-01"), ("report", "GUNS")],
)
def test_the_ending_of_an_output_says_its_format(
    command: str, content: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "out.HTML"
    assert said_by(capsys, command, FILES[0], "--output", path)[0] == 0
    assert content in path.read_text("utf-8").upper()
    parsed(path.read_bytes())
    if command != "report":
        assert said_by(capsys, command, FILES[0], "--output", tmp_path / "out.json")[0] == 0
        json.loads((tmp_path / "out.json").read_text("utf-8"))


@pytest.mark.usefixtures("without_drawing")
def test_a_report_replaces_a_report_and_nothing_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "report.html"
    for _ in range(2):
        assert said_by(capsys, "report", FILES[0], "-o", path)[0] == 0
    path.write_text("<p>my own page</p>", encoding="utf-8")
    assert said_by(capsys, "report", FILES[0], "-o", path)[0] == 2
    assert path.read_text("utf-8") == "<p>my own page</p>"


def test_several_files_make_one_report_with_what_they_add_up_to(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "both.md"
    assert said_by(capsys, "report", FILES[0], FILES[1], "-o", path)[0] == 0
    text = path.read_text("utf-8")
    assert word("combined", "en") in text.splitlines()[0]
    assert str(FILES[0].parent.parent.parent) not in text  # nothing of the machine it was made on
    for item in FILES[:2]:
        result = outcome_of(item).result
        assert result is not None
        assert f"## {harmless(result.enterprise['name']['en'])}" in text


def archive_of(entries: Callable[[zipfile.ZipFile], None]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        entries(archive)
    return file.getvalue()


def test_an_office_document_ends_with_the_mark_until_somebody_saves_it() -> None:
    written = archive_of(lambda archive: archive.writestr("word/document.xml", "<x/>"))
    marked = writers._marked(written)
    assert MARK in marked[-30:]
    with zipfile.ZipFile(io.BytesIO(marked)) as archive:
        assert archive.read("word/document.xml") == b"<x/>"
    assert writers._marked(b"%PDF-1.7\n%%EOF\n").endswith(b"%cpcalc report\n")
