"""An Excel form, filled in and imported, gives the figures of the file written by hand; mistakes are named by cell."""

import datetime
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from form_files import filled
from hypothesis import given, settings
from hypothesis import strategies as st

from cpcalc.__main__ import run
from cpcalc.app.assess import Options, assess, assess_file
from cpcalc.app.form import sheets
from cpcalc.app.importing import import_files
from cpcalc.diagnostics import has_errors
from cpcalc.results import figures_by_path

Capture = pytest.CaptureFixture[str]
BY_HAND = """cpcalc: 1
numbers: international
enterprise: {id: F-01, name: Fish plant, sector: seafood, country: VN}
data-status: draft
basis: {period: 2025, currency: VND, operation: {months: 11 month/year}, discount-rate: {real: 10 %}}
products: {id: fillets, name: Fillets, output: 4 000 t/year}
streams:
  electricity: {name: Electricity, kind: energy, price: 2 000 VND/kWh, readings: [
    {month: 2025-01, quantity: 98 000 kWh}, {month: 2025-02, quantity: 91 500.5 kWh}], annualise-by: months}
  water: {kind: water, quantity: 120 000 m3/year, price: 9 500 VND/m3}
measures:
  - {id: leaks, title: Leaks, investment: 15 million VND, lifetime: 5 year,
     effects: [{stream: electricity, reduce: 2.5 %}, {stream: water, reduce: 1 200 m3/year}]}
  - {id: nozzles, title: "=1+1", investment: 8 million VND, after: [leaks], effects: {stream: water, reduce: 10 %}}
"""
FILLED: dict[str, list[dict[str, Any]]] = {
    "enterprise": [
        {
            "enterprise.id": "F-01", "enterprise.name": "Fish plant", "enterprise.sector": "seafood",
            "enterprise.country": "VN", "data-status": "draft", "basis.period": 2025,
            "basis.currency": "VND", "basis.operation.months": (11, "month/year"), "basis.discount-rate.real": (10, "%"),
        }
    ],
    "products": [{"id": "fillets", "name": "Fillets", "output": (4000, "t/year")}],
    "streams": [
        {"id": "electricity", "name": "Electricity", "kind": "energy", "price": (2000, "VND/kWh"), "annualise-by": "months"},
        {"id": "water", "kind": "water", "quantity": (120000, "m3/year"), "price": (9500, "VND/m3")},
    ],
    "measures": [
        {
            "id": "leaks", "title": "Leaks", "investment": (15, "million VND"), "lifetime": (5, "year"),
            "effects.stream": "electricity", "effects.reduce": (2.5, "%"),
        },
        {"effects.stream": "water", "effects.reduce": (1200, "m3/year")},
        {
            "id": "nozzles", "title": "=1+1", "investment": (8, "million VND"), "after": "leaks",
            "effects.stream": "water", "effects.reduce": (10, "%"),
        },
    ],
    "readings": [
        {"stream": "electricity", "month": datetime.date(2025, 1, 1), "quantity": (98000, "kWh")},
        {"stream": "electricity", "month": "2025-02", "quantity": (91500.5, "kWh")},
    ],
}  # fmt: skip


def figures(path: str) -> dict[str, Any]:
    result = assess_file(path, Options()).result
    assert result is not None
    return {
        name: getattr(figure, "value", repr(figure))
        for name, figure in figures_by_path(result).items()
    }


@pytest.mark.parametrize("language", ["en", "vi"])
def test_a_filled_form_gives_the_figures_of_the_file_by_hand(
    language: str, tmp_path: Path, capsys: Capture
) -> None:
    (tmp_path / "hand.yaml").write_text(BY_HAND, encoding="utf-8")
    form = filled(tmp_path / "plant.xlsx", FILLED, language)
    made = import_files([str(form)], None)
    text = made.text
    assert made.left_out > 3
    (tmp_path / "made.yaml").write_text(text, encoding="utf-8")
    assert figures(str(tmp_path / "made.yaml")) == figures(str(tmp_path / "hand.yaml"))
    streams = sheets()["streams"].words[language][0]
    assert re.search(r"id: leaks +# [^\n]*B9\n", text)
    assert f"# {streams}!" in text


def test_import_writes_keeps_what_was_added_and_says_what_it_would_lose(
    tmp_path: Path, capsys: Capture
) -> None:
    rows = {key: value for key, value in FILLED.items() if key != "readings"}
    power = {key: value for key, value in FILLED["streams"][0].items() if key != "annualise-by"}
    rows["streams"] = [power | {"quantity": (1200000, "kWh/year")}, FILLED["streams"][1]]
    form, made = filled(tmp_path / "plant.xlsx", rows), tmp_path / "plant.yaml"
    command = ["import", str(form), "-o", str(made)]
    assert run(command) == 0
    assert run(["assess", str(made)]) == 0
    made.write_text(made.read_text() + "# mine\n")
    assert run(command) == 0
    assert made.read_text().endswith("# mine\n")
    text = made.read_text()
    made.write_text(text.replace("2 000 VND/kWh", "2 100 VND/kWh"))
    capsys.readouterr()
    assert run(command) == 1
    assert "2 100 VND/kWh" in capsys.readouterr().err
    assert "2 100 VND/kWh" in made.read_text()
    (tmp_path / "mine.yaml").write_text("# mine\ncpcalc: 1\n")
    assert run(["import", str(form), "-o", str(tmp_path / "mine.yaml")]) == 2
    assert (tmp_path / "mine.yaml").read_text() == "# mine\ncpcalc: 1\n"
    assert run(["template", str(form)]) == 2


def test_each_mistake_is_named_by_its_cell_all_at_once(tmp_path: Path, capsys: Capture) -> None:
    rows = json.loads(
        json.dumps({key: value for key, value in FILLED.items() if key != "readings"})
    )
    rows = {
        key: [
            {
                name: tuple(value) if isinstance(value, list) else value
                for name, value in row.items()
            }
            for row in values
        ]
        for key, values in rows.items()
    }
    rows["streams"][0]["quantity"] = (1200000, "tons/year")
    rows["streams"][1]["id"] = datetime.date(2025, 2, 1)  # typed as 1-2
    rows["measures"][0]["effects.reduce"] = (0.025, "%")
    rows["measures"][1]["effects.stream"] = "steam"
    rows["measures"][2]["id"] = 7
    rows["measures"][2]["investment"] = ("#DIV/0!", "million VND")
    form = filled(tmp_path / "plant.xlsx", rows)
    assert run(["import", str(form), "-o", str(tmp_path / "plant.yaml")]) == 1
    said = capsys.readouterr().err
    for name in (
        "refused-unit", "excel-date", "excel-percent", "unknown-stream", "excel-number-for-code",
        "excel-error",
    ):  # fmt: skip
        assert f"[{name}]" in said, said
    assert "plant.xlsx:Streams!" in said
    assert "plant.xlsx:Measures!" in said
    assert not (tmp_path / "plant.yaml").exists()


def test_a_report_and_other_files_are_no_forms(tmp_path: Path, capsys: Capture) -> None:
    book = openpyxl.Workbook()
    book.save(tmp_path / "other.xlsx")
    (tmp_path / "torn.xlsx").write_bytes(b"PK\x03\x04 torn")
    for name, problem in (
        ("other.xlsx", "not-a-form"), ("torn.xlsx", "not-a-workbook"), ("none.xlsx", "file-not-readable"),
    ):  # fmt: skip
        code = 2 if problem == "file-not-readable" else 1
        assert run(["import", str(tmp_path / name), "-o", str(tmp_path / "a.yaml")]) == code
        said = capsys.readouterr().err
        assert name in said
        assert f"[{problem}]" in said


def test_a_csv_of_measures(tmp_path: Path) -> None:
    file = tmp_path / "measures.csv"
    file.write_text(
        "Code;Title;Investment;Saves money;Saves as\nm1;Lamps;15 million VND;3 million VND/year;energy\n"
    )
    made = import_files([str(file)], str(tmp_path / "a.yaml"))
    assert not has_errors(made.problems), made.problems
    result = assess(made.text.encode(), "a.yaml", Options()).result
    assert result is not None
    assert figures_by_path(result)["totals.annual_saving"].value == 3e6  # type: ignore[union-attr]


def test_what_a_csv_says_twice_or_the_form_does_not_know(tmp_path: Path) -> None:
    file = tmp_path / "measures.csv"
    file.write_text(
        "Code,Title,Investment,unit,Invest\nm1,Lamps,15 million VND,USD,7\n", encoding="utf-8"
    )
    made = import_files([str(file)], str(tmp_path / "a.yaml"))
    found = {(item.name, item.cell) for item in made.problems}
    assert ("form-unit-twice", "C2") in found
    assert ("form-column-unknown", "E1") in found


TEXTS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=30)


@settings(max_examples=15, deadline=None)
@given(TEXTS)
def test_any_text_stays_a_text(text: str) -> None:
    from cpcalc.app.new import quoted

    whole = f"cpcalc: 1\nenterprise: {{id: a, name: {quoted(text)}}}\ndata-status: draft\n"
    outcome = assess(whole.encode("utf-8", "surrogatepass"), "a.yaml", Options())
    assert outcome.result or all(
        item.path == ("enterprise", "name") for item in outcome.diagnostics
    )


def test_what_was_imported_stands_in_the_workbook_of_its_report(tmp_path: Path) -> None:
    made = tmp_path / "made.yaml"
    assert run(["import", str(filled(tmp_path / "plant.xlsx", FILLED)), "-o", str(made)]) == 0
    assert run(["report", str(made), "-o", str(tmp_path / "report.xlsx")]) == 0
    book = openpyxl.load_workbook(tmp_path / "report.xlsx", data_only=True)
    numbers = {
        cell
        for page in book
        for row in page.iter_rows(values_only=True)
        for cell in row
        if isinstance(cell, float | int)
    }
    found = figures(str(made))
    for name in ("totals.investment", "totals.annual_saving", "measures.leaks.annual_saving"):
        assert any(
            abs(number / factor - found[name]) <= 1e-9 * found[name]
            for number in numbers
            for factor in (1, 1e-6)
        ), name
    assert run(["import", str(tmp_path / "report.xlsx"), "-o", str(made)]) == 1


@pytest.mark.slow
def test_a_spreadsheet_program_saves_a_filled_form_and_nothing_changes(tmp_path: Path) -> None:
    program = shutil.which("soffice")
    if program is None:
        return
    form = filled(tmp_path / "plant.xlsx", FILLED, "vi")
    options = [
        f"-env:UserInstallation=file://{tmp_path}/profile",
        "--headless",
        "--convert-to",
        "xlsx",
        "--outdir",
        "saved",
    ]
    subprocess.run([program, *options, "plant.xlsx"], cwd=tmp_path, check=True, capture_output=True)
    before, after = (
        import_files([str(path)], None) for path in (form, tmp_path / "saved" / "plant.xlsx")
    )
    assert after.problems == before.problems == []
    assert after.text == before.text
