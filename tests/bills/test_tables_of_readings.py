"""Readings in a table beside the file: what is wrong is shown in the table, and its bytes count as the file's do."""

from __future__ import annotations

from pathlib import Path

import pytest

from cpcalc.__main__ import run
from cpcalc.app.assess import Options, assess, assess_file
from cpcalc.app.batch import Job, run_batch, unheard, whole
from cpcalc.diagnostics import Diagnostic
from cpcalc.figures import Figure
from cpcalc.results import AssessmentResult

PLANT = """cpcalc: 1
numbers: international
enterprise: {id: R-1, name: Plant}
data-status: measured
basis: {period: 2024, currency: VND}
streams:
  power: {kind: energy, readings: power.csv}
measures:
  - {id: m1, title: Lamps, effects: {stream: power, reduce: 10 %}}
"""
MONTHS = [f"2024-{month:02},1 000,2 000 000" for month in range(1, 13)]
HEAD = "month,quantity [kWh],cost [VND]"


def written(folder: Path, *, table: str = "", plant: str = PLANT) -> str:
    (folder / "power.csv").write_text(table or "\n".join([HEAD, *MONTHS]) + "\n", encoding="utf-8")
    (folder / "plant.yaml").write_text(plant, encoding="utf-8")
    return str(folder / "plant.yaml")


def assessed(name: str, options: Options = Options()) -> AssessmentResult:  # noqa: B008
    outcome = assess_file(name, options)
    assert outcome.result is not None, outcome.diagnostics
    return outcome.result


def quantity(result: AssessmentResult) -> float:
    figure = result.streams[0].baseline
    assert isinstance(figure, Figure)
    return figure.value


def found(name: str) -> list[tuple[str, str, int, int]]:
    def place(item: Diagnostic) -> tuple[str, str, int, int]:
        assert item.span is not None
        return item.name, Path(item.file).name, item.span.line, item.span.column

    return [place(item) for item in assess_file(name, Options()).diagnostics]


def test_the_months_of_a_table_make_the_year_and_its_bills_the_price(tmp_path: Path) -> None:
    result = assessed(written(tmp_path))
    assert quantity(result) == 12_000
    saving = result.totals.annual_saving
    assert isinstance(saving, Figure)
    assert saving.value == pytest.approx(1_200 * 2_000)
    assert list(result.streams[0].readings)[:2] == ["2024-01", "2024-02"]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("2024-03,1 000,", "2024-03,1 0o0,", ("number-separators", 4, 9)),
        ("2024-03,1 000,", "2024-03,1 000 m3,", ("wrong-kind-of-unit", 4, 9)),
        ("2024-03,", "2024-02,", ("month-twice", 4, 1)),
        ("2024-03,", "2023-03,", ("month-outside-period", 4, 1)),
        ("2024-03,", "March,", ("not-a-month", 4, 1)),
        ("2024-03,1 000,", "2024-03,1,000,", ("table-row", 4, 1)),
        ("month,", "when,", ("table-columns", 1, 1)),
        ("cost [VND]", "quantity [kWh]", ("table-columns", 1, 1)),
        pytest.param("2024-03,", f"{'x' * 200_000},", ("not-a-month", 4, 1), id="long"),
        ("2024-03,1 000,", "2024-03,-1 000,", ("too-small", 4, 9)),
        ("2024-03,1 000,", "2024-03,,", ("missing-field", 4, 1)),
    ],
)
def test_what_is_wrong_is_shown_where_it_stands_in_the_table(
    old: str, new: str, expected: tuple[str, int, int], tmp_path: Path
) -> None:
    table = "\n".join([HEAD, *MONTHS]).replace(old, new) + "\n"
    name, line, column = expected
    assert (name, "power.csv", line, column) in found(written(tmp_path, table=table))


def test_readings_in_another_unit_than_the_price_are_shown_in_the_table(tmp_path: Path) -> None:
    table = "\n".join(["month,quantity", *(f"2024-{month:02},9 m3" for month in range(1, 13))])
    plant = PLANT.replace("readings: power.csv", "readings: power.csv, price: 2 000 VND/kWh")
    name = written(tmp_path, table=table, plant=plant)
    assert found(name)[0] == ("wrong-kind-of-unit", "power.csv", 2, 9)


def test_a_missing_month_or_table_is_shown_in_the_file(tmp_path: Path) -> None:
    name = written(tmp_path, table="\n".join([HEAD, *MONTHS[1:]]))
    assert found(name) == [("months-missing", "plant.yaml", 7, 25)]
    (tmp_path / "power.csv").unlink()
    assert found(name) == [("table-not-readable", "plant.yaml", 7, 35)]


def test_a_table_is_read_with_any_separator_and_order_of_columns(tmp_path: Path) -> None:
    for mark in (",", ";", "\t"):
        rows = [f"2 000 000{mark}2024-{month:02}{mark}1 000" for month in range(1, 13)]
        table = "\r\n".join([f"Cost [VND]{mark}Month{mark}Quantity (kWh)", *rows, mark * 2, ""])
        assert quantity(assessed(written(tmp_path, table=table))) == 12_000


def test_a_batch_keeps_what_a_table_gave_until_the_table_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CPCALC_CACHE_DIR", str(tmp_path / "cache"))
    plants = tmp_path / "plants"
    plants.mkdir()
    written(plants)

    def savings() -> tuple[int, float]:
        batch = whole(run_batch([str(plants)], Job(jobs=1), unheard))
        (member,) = batch.rows
        saving = member.row.figures["annual_saving"]
        assert isinstance(saving, Figure)
        return batch.from_cache, saving.value

    kept, first = savings()
    assert kept == 0
    assert savings() == (1, first)
    written(plants, table="\n".join([HEAD, *MONTHS]).replace("1 000,2 000", "2 000,4 000"))
    assert savings() == (0, 2 * first)
    (plants / "power.csv").unlink()
    assert whole(run_batch([str(plants)], Job(jobs=1), unheard)).failures


def test_a_lock_holds_the_table_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = written(tmp_path)
    assert run(["lock", name]) == 0
    assert run(["assess", "--frozen", name]) == 0
    hashes = assessed(name).provenance.tables
    assert list(hashes) == ["power.csv"]
    assert hashes["power.csv"] in (tmp_path / "plant.lock.yaml").read_text(encoding="utf-8")
    written(tmp_path, table="\n".join([HEAD, *MONTHS]) + "\n\n")
    capsys.readouterr()
    assert run(["assess", "--frozen", name]) == 1
    assert "table-differs-from-lock" in capsys.readouterr().err


def test_a_changed_table_is_a_changed_input_to_verify(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    written(tmp_path)
    assert run(["assess", "plant.yaml", "--format", "json", "-o", "result.json"]) == 0
    assert run(["verify", "result.json"]) == 0
    written(tmp_path, table="\n".join([HEAD, *MONTHS]).replace("1 000,2 000", "2 000,4 000"))
    capsys.readouterr()
    assert run(["verify", "result.json"]) == 1
    said = capsys.readouterr()
    assert "power.csv" in said.out + said.err
    assert "version of cpcalc" not in said.out + said.err


def test_an_uncertainty_beside_readings_is_that_of_their_sum(tmp_path: Path) -> None:
    """Twelve months that are off together: 5 % of 12 000, not 5 % of 1 000 times the root of 12."""
    plant = PLANT.replace("power.csv}", "power.csv, price: 2 000 VND/kWh, uncertainty: 5 %}")
    table = "\n".join(["month,quantity", *(f"2024-{month:02},1 000 kWh" for month in range(1, 13))])
    totals = assessed(written(tmp_path, table=table, plant=plant)).totals
    assert totals.uncertainty["annual_saving"].value == pytest.approx(0.05 * 1_200 * 2_000)


def test_what_a_bill_says_is_not_moved_by_how_uncertain_the_meter_is(tmp_path: Path) -> None:
    """A tenth of the stream is a tenth of what was paid, whatever the meter read."""
    plant = PLANT.replace("power.csv}", "power.csv, uncertainty: 5 %}")
    totals = assessed(written(tmp_path, plant=plant)).totals
    assert "annual_saving" not in totals.uncertainty


@pytest.mark.parametrize(("unit", "paid"), [("kW", 100_000), ("kVA", 80_000)])
def test_the_highest_demand_of_each_month_is_paid_for_in_that_month(unit: str, paid: int) -> None:
    """500 + 700 in two of twelve months are 7 200 a year; 120 less in each of twelve months."""
    months = [(1, 500), (2, 700)]
    listed = (
        f"{{month: 2024-{month:02}, quantity: {level} {unit}, cost: {level * paid} VND}}"
        for month, level in months
    )
    stream = f"{{kind: demand, annualise-by: months, readings: [{', '.join(listed)}]}}"
    plant = PLANT.replace("{kind: energy, readings: power.csv}", stream)
    plant = plant.replace("reduce: 10 %", f"reduce: 120 {unit}")
    plant = plant.replace("currency: VND", "currency: VND, operation: {months: 12 month/year}")
    outcome = assess(plant.encode(), "plant.yaml", Options())
    assert outcome.result is not None, outcome.diagnostics
    assert quantity(outcome.result) == 7_200
    saving = outcome.result.totals.annual_saving
    assert isinstance(saving, Figure)
    assert saving.value == pytest.approx(12 * 120 * paid)


def test_dust_is_read_in_plain_kilograms(tmp_path: Path) -> None:
    plant = PLANT.replace("kind: energy", "kind: dust")
    table = "\n".join([HEAD.replace("kWh", "kg"), *MONTHS])
    result = assessed(written(tmp_path, table=table, plant=plant))
    assert quantity(result) == 12
    saving = result.totals.annual_saving
    assert isinstance(saving, Figure)
    assert saving.value == pytest.approx(1_200 * 2_000)


def test_all_wrong_lines_of_a_table_are_shown_at_once(tmp_path: Path) -> None:
    table = "\n".join([HEAD, *MONTHS]).replace("2024-03,", "").replace("2024-05,", "")
    assert found(written(tmp_path, table=table)) == [
        ("table-row", "power.csv", 4, 1),
        ("table-row", "power.csv", 6, 1),
    ]


@pytest.mark.parametrize("table", ["\n", HEAD, f"{HEAD}\n,,\n", f"\n{HEAD}\n2024-01,1,1"])
def test_a_table_without_heads_or_months_says_what_it_begins_with(
    table: str, tmp_path: Path
) -> None:
    assert found(written(tmp_path, table=table)) == [("table-columns", "power.csv", 1, 1)]


def test_a_table_that_is_too_long_is_not_cut(tmp_path: Path) -> None:
    table = "\n".join([HEAD, *MONTHS, *["2024-01,5,5"] * 2000])
    assert found(written(tmp_path, table=table)) == [("too-many-entries", "power.csv", 1, 1)]
    table = "\n".join([HEAD, *MONTHS, "x" * 1024 * 1024])
    assert found(written(tmp_path, table=table)) == [("too-many-entries", "power.csv", 1, 1)]


@pytest.mark.parametrize("name", ["folder.csv", '"nul\\0.csv"'])
def test_what_is_no_file_is_no_table(name: str, tmp_path: Path) -> None:
    (tmp_path / "folder.csv").mkdir()
    plant = written(tmp_path, plant=PLANT.replace("power.csv", name))
    assert ("table-not-readable", "plant.yaml", 7, 35) in found(plant)


@pytest.mark.parametrize(
    "price", ["price: 5 000 VND/kWh", "annual-cost: 50 million VND/year",
              "tariff: {all: {price: 5 000 VND/kWh, share: 100 %}}"],
)  # fmt: skip
def test_what_the_bills_say_is_held_against_a_price_beside_them(price: str, tmp_path: Path) -> None:
    name = written(tmp_path, plant=PLANT.replace("power.csv}", f"power.csv, {price}}}"))
    assert found(name) == [("cost-mismatch", "power.csv", 2, 15)]
    table = "\n".join([HEAD, *MONTHS]).replace("2 000 000", "5 000 000")
    agreeing = written(
        tmp_path, table=table, plant=PLANT.replace("power.csv}", f"power.csv, {price}}}")
    )
    assert (found(agreeing) == []) == ("annual" not in price)
