"""What a spreadsheet program, and a person in it, does to a form: each slip is named by its cell, and no value goes
missing in silence."""

import datetime
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import yaml
from form_files import Row, write_form
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cpcalc.__main__ import run
from cpcalc.app.form import choice_shown, choice_word, sheets, unit_shown
from cpcalc.app.importing import Imported, import_files
from cpcalc.app.template import suggestions, template
from cpcalc.diagnostics import has_errors
from cpcalc.quantities import parse_quantity

Capture = pytest.CaptureFixture[str]
Book = Any
PLANT: dict[str, list[Row]] = {key: [] for key in sheets()} | {
    "enterprise": [{"enterprise.id": "P-1", "enterprise.name": "Plant", "data-status": "draft", "basis.currency": "VND", "basis.factor-sets": "ipcc-2006@1"}],
    "streams": [
        {"id": "water", "kind": "water", "quantity": (120000, "m3/year"), "price": (9500, "VND/m3"), "notes": "ours"},
        {"id": "power", "kind": "energy", "quantity": (1.5, "GWh/year"), "price": (2000, "VND/kWh")},
    ],
    "measures": [
        {"id": "m1", "title": "Nozzles", "investment": (8, "million VND"), "effects.stream": "water", "effects.reduce": (10, "%")},
        {"id": "m2", "title": "Drives", "investment": (50, "million VND"), "effects.stream": "power", "effects.reduce": (5, "%")},
    ],
}  # fmt: skip


def at(page: Any, label: str, row: int, right: int = 0) -> Any:
    """The cell of a row below a head, or one to the right of it."""
    head = next(cell for cell in page[2] if cell.value == label)
    return page.cell(row, head.column + right)


def put(
    sheet: str, label: str, value: Any, row: int = 3, right: int = 0, number_format: str = ""
) -> Callable[[Book], str]:
    def edit(book: Book) -> str:
        cell = at(book[sheet], label, row, right)
        cell.value = value
        cell.number_format = number_format or cell.number_format
        return f"{sheet}!{cell.coordinate}"

    return edit


def do(cell: str, change: Callable[[Book], Any]) -> Callable[[Book], str]:
    def edit(book: Book) -> str:
        change(book)
        return cell

    return edit


def edited(tmp_path: Path, edit: Callable[[Book], str]) -> tuple[Path, str]:
    path = tmp_path / "plant.xlsx"
    write_form(path, PLANT, "en")
    book = openpyxl.load_workbook(path)
    cell = edit(book)
    book.save(path)
    return path, cell


SLIPS: dict[str, tuple[str, Callable[[Book], str]]] = {
    "a text with two readings": ("excel-ambiguous-number", put("Streams", "Quantity", "1.234")),
    "a word for a number": ("not-a-number", put("Streams", "Quantity", "unknown")),
    "TRUE for a number": ("not-a-number", put("Streams", "Quantity", True)),
    "a date for a number": ("excel-date", put("Streams", "Quantity", datetime.datetime(2024, 4, 3))),
    "a date for a code": ("excel-date", put("Measures", "Code", datetime.datetime(2025, 4, 3))),
    "a time for a text": ("excel-date", put("Measures", "Title", datetime.time(3, 4))),
    "a number for a code": ("excel-number-for-code", put("Measures", "Code", 7)),
    "a formula that fails": ("excel-error", put("Streams", "Price", "#DIV/0!")),
    "a formula without its value": ("excel-not-calculated", put("Streams", "Price", "=95*100")),
    "a percent beside another unit": ("form-unit-twice", put("Streams", "Quantity", 0.5, number_format="0%")),
    "a unit in both places": ("form-unit-twice", put("Streams", "Quantity", "12 t/year")),
    "a unit that is none": ("unknown-unit", put("Streams", "Quantity", "buckets/year", right=1)),
    "no unit": ("unit-missing", put("Streams", "Quantity", None, right=1)),
    "a choice that is none": ("not-a-choice", put("Streams", "Kind", "fire")),
    "a mark that is none": ("not-a-choice", put("Streams", "Row", "x")),
    "a stream that is not there": ("unknown-stream", put("Measures", "Stream", "steam")),
    "a code that is there": ("duplicate-key", put("Streams", "Code", "water", row=4)),
    "no code": ("missing-field", put("Streams", "Code", None)),
    "a marked row with figures": ("form-row-marked", do("Streams!E3", put("Streams", "Row", "suggestion"))),
    "a column of one's own": ("form-column-unknown", do("Streams!AX2", lambda book: (book["Streams"].__setitem__("AX2", "My figures"), book["Streams"].__setitem__("AX3", 1)))),
    "a column twice": ("duplicate-key", do("Streams!AX2", lambda book: (book["Streams"].__setitem__("AX2", "Price"), book["Streams"].__setitem__("AX3", 1)))),
    "a key that the format has not": ("unknown-key", do("Streams!AX3", lambda book: (book["Streams"].__setitem__("AX2", "colour"), book["Streams"].__setitem__("AX3", "red")))),
    "heads deleted": ("form-heads-missing", do("Streams!A2", lambda book: book["Streams"].delete_rows(2))),
    "heads merged": ("form-column-unknown", do("Streams!E2", lambda book: book["Streams"].merge_cells("D2:E2"))),
    "cells merged": ("excel-merged", do("Streams!D4", lambda book: book["Streams"].merge_cells("D3:D4"))),
    "a value far away": ("form-cell-far", do("Streams!XFD1048576", lambda book: book["Streams"].__setitem__("XFD1048576", 1))),
    "an investment twice": ("duplicate-key", do("Investment parts!B3", lambda book: [at(book["Investment parts"], label, 3).__setattr__("value", value) for label, value in {"Measure": "m1", "Part": "Drive"}.items()])),
    "a reading of no stream": ("unknown-stream", put("Readings", "Stream", "steam")),
    "an effect of no measure": ("unknown-measure", put("Effects", "Measure", "m9")),
}  # fmt: skip


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_is_named_by_its_cell_with_a_remedy(
    slip: str, tmp_path: Path, capsys: Capture
) -> None:
    name, edit = SLIPS[slip]
    path, cell = edited(tmp_path, edit)
    made = import_files([str(path)], None)
    assert (name, cell) in {
        (item.name, item.cell) for item in made.problems if item.severity == "error"
    }, made.problems
    assert all(item.cell for item in made.problems), made.problems
    assert run(["import", str(path), "-o", str(tmp_path / "plant.yaml")]) == 1
    said = capsys.readouterr().err
    assert f"plant.xlsx:{cell}\n" in said
    assert f"[{name}]" in said
    assert not (tmp_path / "plant.yaml").exists()


def same(change: Callable[[Book], Any]) -> Callable[[Book], str]:
    return do("", change)


def moved(book: Book) -> None:
    """The columns of a sheet the other way round, each with its unit."""
    page = book["Streams"]
    page.move_range("B1:C9", cols=60)


HARMLESS: dict[str, Callable[[Book], str]] = {
    "spaces around": put("Streams", "Quantity", " 120\u00a0000 "),
    "a no-break space in a unit": put("Streams", "Quantity", "m3/year\u00a0", right=1),
    "digits grouped in the manner of Viet Nam": put("Streams", "Quantity", "120.000,0"),
    "a unit in the cell of the number": put("Streams", "Quantity", "120 000 m3/year"),
    "percent format": put("Measures", "Reduces by", 0.1, number_format="0.00%"),
    "percent format without the unit": do("", lambda book: (put("Measures", "Reduces by", 0.1, number_format="0%")(book), put("Measures", "Reduces by", None, right=1)(book))),
    "a sheet renamed": same(lambda book: setattr(book["Streams"], "title", "Flows")),
    "a mark cleared": same(lambda book: book["Streams"].__setitem__("A1", None)),
    "a row above the heads": same(lambda book: book["Streams"].insert_rows(1)),
    "a merged title": same(lambda book: book["Streams"].merge_cells("A1:F1")),
    "a blank row between": same(lambda book: book["Streams"].insert_rows(4)),
    "a hidden row": same(lambda book: setattr(book["Streams"].row_dimensions[3], "hidden", True)),
    "columns elsewhere": same(moved),
    "an empty sheet missing": same(lambda book: book.remove(book["Tariff"])),
    "capitals in a choice": put("Streams", "Kind", "WATER"),
    "the Vietnamese word for a choice": put("Streams", "Kind", "Nước"),
    "a number stored as a text": put("Measures", "Investment", "8"),
}  # fmt: skip


@pytest.mark.parametrize("change", HARMLESS)
def test_what_changes_no_meaning_changes_no_figure(change: str, tmp_path: Path) -> None:
    path, _ = edited(tmp_path, HARMLESS[change])
    made = import_files([str(path)], None)
    write_form(path, PLANT, "en")
    plain = import_files([str(path)], None)

    def values(text: str) -> list[str]:
        return sorted(line.partition(" #")[0].strip() for line in text.splitlines()[1:])

    assert not made.problems
    assert values(made.text) == values(plain.text)


def test_all_digits_of_a_cell_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "plant.xlsx"
    write_form(path, PLANT, "en")
    with zipfile.ZipFile(path) as parts:
        found = {name: parts.read(name) for name in parts.namelist()}
    sheet = "xl/worksheets/sheet3.xml"
    for typed, number in ((b"120000", 0.1 + 0.2), (b"1.5", 1.2345678901234567e-9)):
        assert typed in found[sheet]
        found[sheet] = found[sheet].replace(b"<v>%s</v>" % typed, f"<v>{number!r}</v>".encode())
    with zipfile.ZipFile(path, "w") as parts:
        for name, data in found.items():
            parts.writestr(name, data)
    text = import_files([str(path)], None).text
    amounts = re.findall(r"quantity: (\S+) ", text)
    assert [float(amount) for amount in amounts] == [0.1 + 0.2, 1.2345678901234567e-9]


def test_a_sheet_of_ones_own_is_left_out_and_said(tmp_path: Path) -> None:
    path, _ = edited(
        tmp_path, same(lambda book: book.create_sheet("Mine").__setitem__("A1", "Code"))
    )
    made = import_files([str(path)], None)
    assert [(item.name, item.cell) for item in made.problems] == [
        ("form-sheet-left-out", "Mine!A1")
    ]
    assert not has_errors(made.problems)


def test_any_key_of_the_file_format_may_head_a_column(tmp_path: Path) -> None:
    """A period with dates, a range, a factor with a reason, a loan, a tax: what the form has no column for."""
    more: dict[str, dict[str, Any]] = {
        "Streams": {
            "emission-factors.factor": "ipcc-2006/anthracite", "emission-factors.because": "ours", "mass-basis": "wet",
            "quantity.low": "900 t/year", "quantity.high": "1100 t/year",
        },
        "Measures": {"loan.share": "50 %", "loan.rate": "9 %/year", "loan.term": "4 year", "salvage": (2, "million VND")},
        "Enterprise": {
            "basis.period.from": "2024-07-01", "basis.period.to": "2025-06-30", "economics.tax.rate": (20, "%"),
            "report.introduction": "Why.",
        },
    }  # fmt: skip

    def edit(book: Book) -> str:
        for label, value in {"Code": "coal", "Kind": "energy", "Price": 2000}.items():
            at(book["Streams"], label, 5).value = value
        at(book["Streams"], "Price", 5, 1).value = "VND/kg"
        for name, parts in more.items():
            for away, (key, value) in enumerate(parts.items(), start=60):
                number, unit = value if isinstance(value, tuple) else (value, None)
                head, below = (
                    ((away, 1), (away, 2))
                    if name == "Enterprise"
                    else ((2, away), (5 if name == "Streams" else 3, away))
                )
                book[name].cell(*head, key)
                book[name].cell(*below, number)
                if unit:
                    book[name].cell(below[0], below[1] + 1, unit)
                    book[name].cell(2, below[1] + 1, "unit")
        return ""

    path, _ = edited(tmp_path, edit)
    made = import_files([str(path)], None)
    assert not has_errors(made.problems), made.problems
    document = yaml.safe_load(made.text)
    assert document["streams"]["coal"]["quantity"] == {"low": "900 t/year", "high": "1100 t/year"}
    assert document["streams"]["coal"]["emission-factors"] == {
        "factor": "ipcc-2006/anthracite",
        "because": "ours",
    }
    assert document["measures"][0]["loan"] == {
        "share": "50 %",
        "rate": "9 %/year",
        "term": "4 year",
    }
    assert document["measures"][0]["salvage"] == "2 million VND"
    assert document["economics"]["tax"]["rate"] == "20 %"
    assert str(document["basis"]["period"]["to"]) == "2025-06-30"


def test_a_further_effect_below_a_marked_row_belongs_to_no_other_measure(tmp_path: Path) -> None:
    rows = PLANT | {
        "measures": [
            *PLANT["measures"],
            {"row": "suggestion", "id": "m3", "title": "x"},
            {"effects.stream": "water", "effects.reduce": (5, "%")},
        ]
    }
    write_form(tmp_path / "plant.xlsx", rows, "en")
    made = import_files([str(tmp_path / "plant.xlsx")], None)
    assert {(item.name, item.cell.rstrip("0123456789")) for item in made.problems} >= {
        ("missing-field", "Measures!B")
    }


@pytest.mark.parametrize("sector", ["", "seafood", "paper", "thủy sản"])
def test_a_form_as_it_comes_holds_no_data(sector: str, tmp_path: Path) -> None:
    path = tmp_path / "plant.xlsx"
    path.write_bytes(template("vi", {}, sector))
    made = import_files([str(path)], None)
    assert {(item.name, item.cell) for item in made.problems} == {
        ("missing-field", f"Doanh nghiệp!B{row}") for row in (3, 4)
    }
    assert "streams" not in made.text
    assert "measures" not in made.text
    assert made.left_out > 10


@pytest.mark.parametrize(
    "sector", ["any", "seafood", "textile", "paper", "beer", "cement", "steel", "brick", "starch"]
)
def test_each_suggestion_can_be_used(sector: str, tmp_path: Path) -> None:
    """With the marks cleared and figures filled in, all rows of a sector make an assessment without an error."""

    def used(key: str) -> list[Row]:
        kinds = {column.key: column.kind for column in sheets()[key].columns}
        return [
            {
                name: (5, value)
                if kinds[name] == "amount"
                else value["vi"]
                if isinstance(value, dict)
                else value
                for name, value in row.items()
            }
            for row in suggestions(key, sector)
        ]

    plant = {
        "basis.factor-sets": "ipcc-2006@1, vn-grid@1",
        "basis.period": 2023,
        "basis.grid.data-year": 2023,
        "basis.grid.type": "combined-margin",
    }
    rows = PLANT | {key: used(key) for key in ("products", "streams", "measures")}
    rows["enterprise"] = [PLANT["enterprise"][0] | plant]
    write_form(tmp_path / "plant.xlsx", rows, "vi")
    made = import_files([str(tmp_path / "plant.xlsx")], None)
    assert not has_errors(made.problems), made.problems
    assert "vn-grid/electricity" in made.text


def test_the_vietnamese_form_is_vietnamese() -> None:
    for sheet in sheets().values():
        for column in sheet.columns:
            for english, vietnamese in zip(column.words["en"], column.words["vi"], strict=True):
                assert english != vietnamese or english in ("COD", "BOD"), (sheet.key, column.key)


@pytest.mark.parametrize("name", ["old.xls", "open.ods", "text.xlsx", "bomb.xlsx"])
def test_what_is_no_xlsx_is_refused_with_the_remedy(
    name: str, tmp_path: Path, capsys: Capture
) -> None:
    path = tmp_path / name
    if name == "bomb.xlsx":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as parts:
            parts.writestr("xl/workbook.xml", b" " * 60_000_000)
    else:
        path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 or anything else")
    assert run(["import", str(path), "-o", str(tmp_path / "plant.yaml")]) == 1
    assert "[not-a-workbook]" in capsys.readouterr().err


def test_import_never_writes_over_the_form(tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "plant.xlsx"
    write_form(path, PLANT, "en")
    before = path.read_bytes()
    assert run(["import", str(path), "-o", str(path)]) == 2
    assert path.read_bytes() == before


@pytest.mark.parametrize("start", ["", "sep=;\n", "cpcalc form 1 measures en;Measures\n"])
def test_a_csv_as_excel_saves_it(start: str, tmp_path: Path) -> None:
    path = tmp_path / "measures.csv"
    heads = "Row;Code;Title;Saves money;unit;Saves as"
    path.write_text(
        f'{start}{heads}\n;m1;"Lamps; of all halls";3,5;million VND/year;energy\n',
        encoding="utf-8-sig",
    )
    made = import_files([str(path)], None)
    assert not has_errors(made.problems), made.problems
    assert "saves: 3.5 million VND/year" in made.text


@pytest.mark.parametrize("language", ["en", "vi"])
def test_what_a_list_offers_is_understood(language: str) -> None:
    for sheet in sheets().values():
        for column in sheet.columns:
            if column.kind != "amount":
                for choice in column.choices:
                    word = choice_word(choice, language)
                    shown = choice_shown(choice, language).partition(" (")[0].casefold()
                    assert column.meant[shown] == choice
                    assert choice_word(column.meant[word.casefold()], language) == word


def test_units_stand_in_the_words_of_the_language_and_mean_the_same() -> None:
    for sheet in sheets().values():
        for column in sheet.columns:
            for unit in column.choices if column.kind == "amount" else ():
                shown = unit_shown(unit, "vi")
                one, other = parse_quantity(f"2 {shown}"), parse_quantity(f"2 {unit}")
                assert (one.value, one.unit) == (other.value, other.unit)
                assert not re.search("year|month|day|hour|million", shown)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Imported:
    path = tmp_path_factory.mktemp("plain") / "plant.xlsx"
    write_form(path, PLANT, "en")
    return import_files([str(path)], None)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.sampled_from([sheet.words["en"][0] for sheet in sheets().values()]),
    st.integers(3, 9),
    st.integers(1, 60),
    st.one_of(
        st.integers(-5, 10**9),
        st.booleans(),
        st.sampled_from(["x", "0", "water", "-", "#REF!"]),
        st.dates(datetime.date(1990, 1, 1)),
    ),
)
def test_nothing_typed_goes_missing_in_silence(
    tmp_path: Path, plain: Imported, sheet: str, row: int, column: int, value: Any
) -> None:
    """Law: a value in any cell below the heads stands in the file, or something is said of it."""
    path = tmp_path / "plant.xlsx"
    write_form(path, PLANT, "en")
    book = openpyxl.load_workbook(path)
    page = book[sheet]
    head = (
        page.cell(2, column).value
        if sheet != "Enterprise"
        else {1: "", 2: "value", 3: "unit"}.get(column, "help")
    )
    if head in ("unit", "help") or page.cell(row, column).value is not None:
        return  # a unit is one of the number beside it
    page.cell(row, column).value = value
    book.save(path)
    after = import_files([str(path)], None)
    assert not plain.problems
    assert after.problems or after.text.splitlines()[1:] != plain.text.splitlines()[1:]
