"""Reports as workbooks: what LibreOffice makes of their formulas is what the engine says, also of changed inputs."""

from __future__ import annotations

import json
import math
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reported import FILES, IN_FULL, PROGRAMME, ROOT, outcome_of, outcome_of_text, report_of
from test_reports import of_json

from cpcalc import results
from cpcalc.__main__ import run
from cpcalc.app.questions import compare
from cpcalc.app.written import as_json
from cpcalc.calc import emissions, finance, money, roots, savings
from cpcalc.figures import BY_UNITS, CASE, Figure, NotApplicable
from cpcalc.report import workbook
from cpcalc.report.layout import harmless
from cpcalc.report.numbers import A_YEAR
from cpcalc.report.workings import Term, figures_by_place, term_of
from cpcalc.report.writers import render
from cpcalc.results import AssessmentResult
from cpcalc.texts import LANGUAGES, word

HOSTILE: list[str] = json.loads((Path(__file__).parent / "hostile.json").read_text("utf-8"))
GOOD = ROOT / "tests" / "casebook" / "good"
# Loans, tax, waste water and dust; groups; paybacks of every case; one measure without money.
SOME = [
    ROOT / "assessments" / "vpeg" / "qn-01-cassava-starch-plant.yaml",
    ROOT / "assessments" / "vpeg" / "hd-03-ceramic-tile-factory.yaml",
    ROOT / "assessments" / "published" / "itac-dl0238.yaml",
    GOOD / "payback.yaml",
    GOOD / "pollutants.yaml",
    GOOD / "money.yaml",
]
VARIED = SOME[:2]
A_NUMBER = re.compile(r"([\d ]*\.?\d+)(.*)")


@dataclass
class Made:
    """A workbook, and the sheets and cells that its figures are in."""

    sheets: workbook._Assessment
    written: bytes


def made(result: AssessmentResult, path: Path) -> Made:
    report = report_of(outcome_of(path), "en")
    return Made(workbook._Assessment(workbook.Book(report), result), render(report, ".xlsx"))


def changed(item: Made, factors: Mapping[str, float]) -> bytes:
    """The workbook with inputs typed anew; openpyxl forgets what the formulas gave before."""
    book = openpyxl.load_workbook(BytesIO(item.written))
    sheet = book["Inputs"]
    for row in range(6, sheet.max_row + 1):
        if sheet.cell(row, 1).value in factors:
            sheet.cell(row, 3).value *= factors[str(sheet.cell(row, 1).value)]
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def factors_of(item: Made) -> dict[str, float]:
    """Another factor for each input that may be changed."""
    places = [
        item.sheets._place(origin.reference)[0]
        for (origin, *_), figure in item.sheets.leaves.items()
        if origin.kind == "input" and figure.unit.exponents != A_YEAR
    ]
    return {place: 1 + (1 + number % 7) / 1000 for number, place in enumerate(places)}


def assessed_anew(path: Path, item: Made, factors: Mapping[str, float]) -> AssessmentResult:
    """What the engine says of the file with the same inputs, as people type them."""
    sets = []
    for origin, *_ in item.sheets.leaves:
        place = item.sheets._place(origin.reference)[0] if origin.kind == "input" else ""
        if place in factors:
            number, unit = A_NUMBER.fullmatch(origin.text).groups()  # type: ignore[union-attr]
            value = float(number.replace(" ", "")) * factors[place]
            sets.append((place, f"{value!r}{unit}"))
    ((_, outcome),) = compare(str(path), IN_FULL, [], sets).scenarios
    assert outcome.result is not None, outcome.diagnostics
    return outcome.result


# A price, a quantity, a share of an effect and an investment, as a manager changes them.
FEW = {
    VARIED[0]: {
        "streams.electricity.price": 1.25,
        "streams.electricity.quantity": 0.9,
    },
    VARIED[1]: {
        "streams.coal.price": 1.3,
        "measures.slip.verified-effects.reduce": 0.8,
        "measures.slip.investment": 1.5,
    },
}


TWICE = """cpcalc: 1
numbers: international
enterprise: {id: T-1, name: Plant}
data-status: measured
basis: {currency: VND, period: 2024}
streams:
  power: {kind: energy, quantity: 900 MWh/year, price: 2 000 VND/kWh}
measures:
  - {id: m1, title: Lamps, investment: 90 million VND, effects: {stream: power, reduce: 300 MWh/year}}
  - {id: m2, title: Fans, investment: 90 million VND, effects: {stream: power, reduce: 300 MWh/year}}
"""


@pytest.fixture(scope="module")
def recalculated(
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, tuple[Made, AssessmentResult, Any]]:
    """By name: a workbook, the result of the engine, and the cells as LibreOffice has them, all
    worked out in one go."""
    cases: dict[str, tuple[Made, AssessmentResult, bytes]] = {}
    for path in SOME:
        result = outcome_of(path).result
        assert result is not None
        item = made(result, path)
        cases[path.stem] = item, result, changed(item, {})
        if path in VARIED:
            for name, factors in (("all", factors_of(item)), ("few", FEW[path])):
                assert factors
                anew = assessed_anew(path, item, factors)
                cases[f"{path.stem}-{name}"] = item, anew, changed(item, factors)
    folder = tmp_path_factory.mktemp("workbooks")
    (folder / "twice.yaml").write_text(TWICE, encoding="utf-8")
    result = outcome_of(folder / "twice.yaml").result
    assert result is not None
    item = made(result, folder / "twice.yaml")
    less = {"streams.power.quantity": 0.5}
    for name, factors in (("enough", {}), ("twice", less)):
        cases[name] = item, result, changed(item, factors)
    (folder / "in").mkdir()
    written = {name: file for name, (_, _, file) in cases.items()}
    for name, file in (written | {"cards": workbook_of_cards()}).items():
        (folder / "in" / f"{name}.xlsx").write_bytes(file)
    where = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = ["soffice", where, "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML"]
    files = sorted(map(str, (folder / "in").iterdir()))
    subprocess.run([*command, "--outdir", str(folder), *files], check=True, capture_output=True)

    def cells(name: str) -> Any:
        return openpyxl.load_workbook(folder / f"{name}.xlsx", data_only=True)

    found: dict[str, Any] = {name: (*case[:2], cells(name)) for name, case in cases.items()}
    return found | {"cards": cells("cards")}


def all_of(terms: Mapping[str, Mapping[str, Term]]) -> Iterator[tuple[str, str, Term]]:
    for place, some in terms.items():
        for key, term in some.items():
            yield place, key, term


CASES = [path.stem for path in SOME] + [f"{path.stem}-{name}" for path in VARIED for name in ("all", "few")]  # fmt: skip


NEEDS_LIBREOFFICE = pytest.mark.skipif(shutil.which("soffice") is None, reason="needs LibreOffice")


@NEEDS_LIBREOFFICE
@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_the_formulas_give_the_figures_of_the_engine(
    name: str, recalculated: dict[str, tuple[Made, AssessmentResult, Any]]
) -> None:
    item, result, book = recalculated[name]
    expected, seen = figures_by_place(result), 0
    for place, key, term in all_of(item.sheets.terms):
        if "!" not in term.text:
            continue  # a number by definition
        sheet, _, cell = term.text.partition("!")
        found, figure = book[sheet.strip("'")][cell.replace("$", "")].value, expected[place][key]
        seen += 1
        if isinstance(figure, NotApplicable):
            assert found == word(figure.code, "en"), (place, key)
        else:
            # sums of money that cancel out are nothing but for the last digit of their parts
            nothing = 1e-6 if figure.unit.currency else 1e-12
            assert found == pytest.approx(figure.value, rel=1e-9, abs=nothing), (place, key)
    assert seen > 10
    if name.endswith(("all", "few")):  # nothing stood still
        before = item.sheets.figures
        moved = ["annual_saving", "economics.npv", "simple_payback", "reductions.co2"]
        for figure_name in moved:
            one, other = before["totals"][figure_name], expected["totals"][figure_name]
            assert isinstance(one, Figure)
            assert isinstance(other, Figure)
            assert not math.isclose(one.value, other.value, rel_tol=1e-4)


@NEEDS_LIBREOFFICE
@pytest.mark.slow
def test_sheets_show_the_cells_of_the_workings(
    recalculated: dict[str, tuple[Made, AssessmentResult, Any]],
) -> None:
    _, result, book = recalculated[f"{VARIED[1].stem}-few"]
    rows = list(book["Measures"].iter_rows(min_row=5, values_only=True))
    heads = [str(head).split("\n")[0] for head in rows[0]]
    lines = {item.id: item.line for item in result.measures} | {"Total": result.totals}
    assert [row[0] for row in rows[1:]] == list(lines)
    shown = {"Investment": "investment", "Annual saving": "annual_saving", "Payback": "simple_payback",
             "NPV": "economics.npv", "Reduction: CO2": "reductions.co2"}  # fmt: skip
    for row in rows[1:]:
        for head, name in shown.items():
            figure = results.figures_of(lines[str(row[0])]).get(name)
            if isinstance(figure, Figure):
                assert row[heads.index(head)] == pytest.approx(figure.value, rel=1e-9)
    summary = {
        row[0]: row for row in book["Summary"].iter_rows(min_row=6, max_col=5, values_only=True)
    }
    before = outcome_of(VARIED[1]).result
    assert before is not None
    now, then = result.totals.annual_saving, before.totals.annual_saving
    assert isinstance(now, Figure)
    assert isinstance(then, Figure)
    assert summary["Annual saving"][2:5] == pytest.approx((now.value, then.value, now.value - then.value))  # fmt: skip


@NEEDS_LIBREOFFICE
@pytest.mark.slow
def test_the_first_sheet_says_when_more_is_taken_than_there_is(
    recalculated: dict[str, Any],
) -> None:
    for name, is_said in (("enough", False), ("twice", True)):
        rows = recalculated[name][2]["Summary"].iter_rows(max_col=1, values_only=True)
        assert ((word("taken-twice", "en"),) in rows) == is_said


# ---- each formula in a cell -------------------------------------------------------------------------------------------

# Formulas that search or count: no cell gives them, and what rests on them alone is a fixed number.
WITHOUT_CELLS = {"E-5", "F-26", "F-32"}
CARDS = {
    function.card.symbol: function
    for module in (emissions, finance, money, roots, savings)
    for function in vars(module).values()
    if hasattr(function, "card") and function.card.gives != CASE
}
OPERANDS = (0.31, 0.17, 2.5, 0.6, 3.75)
OF_CARDS = {"F-22": (-100.0, 30.0, 40.0, 70.0), "S-12": (3.0, 2.5), "L-5": (800.0, 5.0, 2.0), "F-23": (2.5, 2.0),
            "F-29": (-3.5,), "F-34": (3.0, 4.0)}  # fmt: skip


def operands_of(symbol: str) -> tuple[float, ...]:
    if symbol in OF_CARDS:
        return OF_CARDS[symbol]
    code = CARDS[symbol].__wrapped__.__code__
    named = code.co_argcount
    return OPERANDS[: named + 2] if code.co_flags & 4 else OPERANDS[:named]


def formula_of(symbol: str, row: int) -> str:
    """A formula in a row, whose operands stand from column B on."""
    function, values = CARDS[symbol], operands_of(symbol)
    cells = [f"${chr(ord('B') + number)}${row}" for number in range(len(values))]
    if not function.card.in_cells:
        return term_of(function(*map(Term, cells))).text
    among = {"all": ",".join(cells), "range": f"{cells[0]}:{cells[-1]}", "value": 0.1}
    return str(function.card.in_cells.format(*cells, **among))


def workbook_of_cards() -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row, symbol in enumerate(sorted(CARDS.keys() - WITHOUT_CELLS), start=1):
        book.active.append([f"={formula_of(symbol, row)}", *operands_of(symbol)])
    file = BytesIO()
    book.save(file)
    return file.getvalue()


@NEEDS_LIBREOFFICE
@pytest.mark.slow
def test_each_formula_is_the_same_in_a_cell(recalculated: dict[str, Any]) -> None:
    sheet = recalculated["cards"].active
    for row, symbol in enumerate(sorted(CARDS.keys() - WITHOUT_CELLS), start=1):
        expected = CARDS[symbol](*operands_of(symbol))
        assert sheet.cell(row, 1).value == pytest.approx(expected, rel=1e-12), symbol


def test_a_formula_with_branches_says_what_it_is_in_a_cell() -> None:
    lacking = {name for name, one in CARDS.items() if one.card.gives != BY_UNITS and not one.card.in_cells}  # fmt: skip
    assert lacking == WITHOUT_CELLS


NUMBERS = st.floats(0.5, 4)
OPERATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b, "/": lambda a, b: a / b,
    "^": lambda a, b: a**0.5 + b**-1, "~": lambda a, b: -a * b,
}  # fmt: skip


@given(
    st.lists(NUMBERS, min_size=6, max_size=6),
    st.lists(st.sampled_from("+-*/^~"), min_size=5, max_size=5),
    st.randoms(),
)
@settings(max_examples=60)
def test_any_calculation_keeps_its_order_in_a_cell(
    numbers: list[float], signs: list[str], chance: Any
) -> None:
    """A term is read back with a spreadsheet's precedence: powers from the left, a minus first."""
    pairs: list[tuple[Any, float]] = [(Term(f"C{place}"), value) for place, value in enumerate(numbers)]  # fmt: skip
    for sign in signs:
        one = pairs.pop(chance.randrange(len(pairs)))
        other = pairs.pop(chance.randrange(len(pairs)))
        both = OPERATIONS[sign]
        left, right = (abs(pair[1]) + 0.1 for pair in (one, other))
        terms = (Term(f"ABS({pair[0].text})") + 0.1 for pair in (one, other))
        pairs.append((both(*terms), both(left, right)))
    text = re.sub(r"C(\d)", lambda found: repr(numbers[int(found[1])]), pairs[0][0].text)
    assert eval(re.sub(r"ABS", "abs", text).replace("^", "**")) == pytest.approx(pairs[0][1])


# ---- what a workbook says ----------------------------------------------------------------------------------------------


def texts_of(book: bytes) -> Iterator[tuple[Any, str]]:
    for sheet in openpyxl.load_workbook(BytesIO(book)).worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is not None:
                    yield cell, str(cell.value)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_file_has_a_workbook_of_the_figures_of_its_json(path: Path, language: str) -> None:
    report = report_of(outcome_of(path), language)
    expected = of_json(json.loads(as_json([outcome_of(path)])))
    with zipfile.ZipFile(BytesIO(render(report, ".xlsx"))) as archive:
        properties = archive.read("docProps/core.xml").decode()
        sheets = sorted(
            name for name in archive.namelist() if name.startswith("xl/worksheets/sheet")
        )
        assert len(sheets) == 9
        assert harmless(report.status).replace("&", "&amp;") in properties
        strings = archive.read("xl/sharedStrings.xml").decode()
        assert word("as-assessed", language) in strings
        shown = "".join(archive.read(name).decode() for name in sheets[:3])
    found = re.findall(r"<v>(-?[\d.eE+-]+)</v>", shown)
    numbers = {f"{float(text) * scale:.11g}" for text in found for scale in (1, 1000)}
    said = {name: f"{value:.11g}" for name, value in expected.items()}
    assert {name: text for name, text in said.items() if text not in numbers} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_sheet_says_what_the_figures_rest_on_and_is_ready_to_print(language: str) -> None:
    report = report_of(outcome_of(SOME[0]), language)
    book = openpyxl.load_workbook(BytesIO(render(report, ".xlsx")))
    assert book.properties.subject == report.status
    for sheet in book.worksheets:
        assert sheet["A1"].value == harmless(report.title)
        assert sheet["A2"].value == harmless(report.status)
        assert sheet["A3"].value
        heads = [str(cell.value) for cell in sheet[5] if cell.value]
        assert not [head for head in heads if re.search(r"[a-z][_.][a-z]", head)]  # all in words
        assert sheet.freeze_panes == "B6"
        assert sheet.print_title_rows == "$5:$5"
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    first = book.worksheets[0]
    assert len(first._charts) == 3
    inputs = book[word("sheet-inputs", language)]
    notes = {str(row[0].value): (row[5].value, row[2].fill.fgColor.rgb) for row in inputs.iter_rows(min_row=6)}  # fmt: skip
    free, fixed = word("input", language), word("fixed-input", language)
    assert {note for note, _ in notes.values()} == {free, fixed}
    assert {fill for note, fill in notes.values() if note == free} == {"FFFFF3C4"}
    assert {place.rpartition(".")[2] for place, (note, _) in notes.items() if note == fixed} == {"lifetime"}  # fmt: skip


def test_the_same_report_is_the_same_bytes() -> None:
    report = report_of(outcome_of(SOME[1]), "en")
    assert render(report, ".xlsx") == render(report, ".xlsx")


FORMULAS = ["=1+1", "=cmd|' /C calc'!A0", "@SUM(1+9)", "+1", "-1+2", "{=1}", "http://x.y", "\t=1", '=HYPERLINK("http://x.y")',
            "_x0041_", "&P&D"]  # fmt: skip


def test_no_text_becomes_a_formula_a_link_or_a_number() -> None:
    texts = [*FORMULAS, *HOSTILE[:40]]
    tree = {
        "cpcalc": 1, "enterprise": {"id": "H-1", "name": "=1+1"}, "data-status": "draft", "basis": {"currency": "VND"},
        "streams": {"s": {"kind": "energy", "name": "=2+2", "quantity": "9 MWh/year", "price": "9 VND/kWh"}},
        "measures": [
            {"id": f"m{number}", "title": text, "investment": "9 million VND",
             "benefits": {"saves": "9 million VND/year", "as": "water"}} for number, text in enumerate(texts)
        ],
        "report": {"author": "=3+3"},
    }  # fmt: skip
    report = report_of(outcome_of_text(json.dumps(tree)), "en")
    file = render(report, ".xlsx")
    found = {text for cell, text in texts_of(file) if cell.data_type == "s"}
    assert {harmless(text) for text in texts} <= found
    for cell, text in texts_of(file):
        assert cell.hyperlink is None
        if cell.data_type == "f":
            assert text not in FORMULAS
        elif cell.data_type == "s" and text in FORMULAS:
            assert cell.quotePrefix  # nor does it when somebody goes into the cell and leaves it
    footers = {sheet.oddFooter.left.text for sheet in openpyxl.load_workbook(BytesIO(file)).worksheets}  # fmt: skip
    assert all(re.sub("&&", "", str(text)).count("&") == 0 for text in footers)


def test_a_programme_and_several_files_have_a_row_for_each_enterprise_and_sums(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "programme.xlsx"
    assert run(["report", str(PROGRAMME), "-o", str(path)]) == 0
    run(["programme", str(PROGRAMME), "--format", "json"])
    data = json.loads(capsys.readouterr().out)
    book, cached = (openpyxl.load_workbook(path, data_only=way) for way in (False, True))
    assert book.sheetnames[0] == "Summary"
    assert book.sheetnames[-2:] == ["Enterprises", "Measures"]
    for sheet, count in (("Enterprises", 19), ("Measures", len(data["measures"]))):
        rows = list(book[sheet].iter_rows(min_row=5, values_only=True))
        assert len(rows) == count + 2
        place = next(i for i, head in enumerate(rows[0]) if str(head).startswith("Annual saving"))
        assert re.fullmatch(r"=SUM\(\$[A-Z]+\$6:\$[A-Z]+\$\d+\)", str(rows[-1][place]))
        total = cached[sheet].cell(5 + count + 1, place + 1).value
        expected = data["totals"]["figures"]["annual_saving"]["value"]
        assert total == pytest.approx(expected, rel=1e-12)
        assert total == pytest.approx(
            sum(row[place] for row in rows[1:-1] if isinstance(row[place], float | int)), rel=1e-12
        )
    several = tmp_path / "several.xlsx"
    assert run(["report", str(SOME[0]), str(SOME[1]), "-o", str(several)]) == 0
    rows = list(openpyxl.load_workbook(several)["Enterprises"].iter_rows(min_row=6, values_only=True))  # fmt: skip
    assert [row[0] for row in rows] == ["QN-01", "HD-03", "Total"]


def tables_of(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of each sheet under its heads."""
    book = openpyxl.load_workbook(path)
    for sheet in book.worksheets:
        assert sheet["A2"].value == book.properties.subject  # what kind of data all rests on
        assert sheet["A3"].value
    return {
        sheet.title: list(sheet.iter_rows(min_row=6, values_only=True)) for sheet in book.worksheets
    }


def test_a_programme_in_vietnamese_has_the_same_sheets_and_numbers(tmp_path: Path) -> None:
    found = []
    for language in LANGUAGES:
        path = tmp_path / f"{language}.xlsx"
        assert run(["report", str(PROGRAMME), "-o", str(path), "--lang", language]) == 0
        sheets = tables_of(path)
        assert word("sheet-summary", language) in sheets
        cells = [cell for rows in sheets.values() for row in rows for cell in row]
        found.append(sorted(cell for cell in cells if isinstance(cell, float | int)))
    assert found[0] == found[1]


def test_a_programme_is_reconciled_and_broken_down_in_its_workbook(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "programme.xlsx"
    assert run(["report", str(PROGRAMME), "-o", str(path)]) == 0
    run(["programme", str(PROGRAMME), "--format", "json"])
    data, sheets = json.loads(capsys.readouterr().out), tables_of(path)
    sums = {row[0]: row[1] for row in sheets["Sums"]}
    for name, key in (("Annual saving", "annual_saving"), ("Reduction: CO2", "reductions.co2")):
        assert sums[name] == pytest.approx(data["totals"]["figures"][key]["value"], rel=1e-12)
    for kind, sheet in (("province", "By province"), ("sector", "By sector")):
        *parts, total = [row[2] for row in sheets[sheet] if isinstance(row[2], float | int)]
        groups = [group["figures"]["annual_saving"] for group in data[f"totals_by_{kind}"].values()]
        assert sorted(parts) == pytest.approx(
            sorted(one["value"] for one in groups if "value" in one)
        )
        assert sum(parts) == pytest.approx(total)
    lines = [row["published"] for row in data["reconciliation"]]
    published = [line["value"] for line in lines if isinstance(line, dict) and "value" in line]
    compared = next(rows for name, rows in sheets.items() if name.startswith("Reconciliation"))
    shown = [row[1] for row in compared if isinstance(row[1], float | int)]
    assert len(shown) > 4
    for value in shown:  # dust, published in kg, stands in t
        assert any(value == pytest.approx(one / scale) for one in published for scale in (1, 1000))
    assert any(
        "VPEG" in str(cell) or "CIDA" in str(cell) for row in sheets["Summary"] for cell in row
    )
    formats = openpyxl.load_workbook(path)["By province"]
    assert "VND" in formats["B6"].number_format  # no figure without its unit


def test_a_batch_and_what_ifs_have_workbooks_of_their_tables(tmp_path: Path) -> None:
    path, plant = tmp_path / "page.xlsx", str(SOME[0])
    assert run(["batch", plant, "--output", str(path)]) == 0
    saving = outcome_of(SOME[0]).result.totals.annual_saving  # type: ignore[union-attr]
    assert isinstance(saving, Figure)
    found = [cell for rows in tables_of(path).values() for row in rows for cell in row]
    assert saving.value in found
    change = "streams.electricity.price=9 000 VND/kWh"
    for more in ([], ["--measure", outcome_of(SOME[0]).result.measures[0].id]):  # type: ignore[union-attr]
        assert run(["assess", plant, "--set", change, *more, "--output", str(path)]) == 0
        cells = [cell for rows in tables_of(path).values() for row in rows for cell in row]
        assert len([cell for cell in cells if isinstance(cell, float | int)]) > 4


@pytest.mark.parametrize(
    "path",
    sorted((ROOT / "tests" / "contract" / "keys").glob("*.yaml")),
    ids=lambda path: str(path.stem),
)
def test_every_input_of_a_workbook_stands_in_the_file(path: Path) -> None:
    """What the file leaves out is so by definition, and nothing to be typed anew."""
    written = render(report_of(outcome_of(path), "en"), ".xlsx")
    sheet = openpyxl.load_workbook(BytesIO(written), read_only=True)["Inputs"]
    places = [row[0] for row in sheet.iter_rows(min_row=6, max_col=1, values_only=True)]
    assert places
    assert all(places)
