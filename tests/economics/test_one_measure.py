"""`assess --measure ID`: that measure and nothing else, in every format and beside what-ifs."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from small_bundle import HEAD

from cpcalc.__main__ import run

SCHEMA = json.loads(
    (Path(__file__).parents[2] / "docs" / "result.schema.json").read_text(encoding="utf-8")
)
TEXT = """basis: {currency: VND, discount-rate: {real: 12 %}}
economics: {payback-limit: 3 year}
streams:
  coal: {kind: energy, quantity: 1000 t/year, price: 2 million VND/t}
measures:
  - {id: m1, title: Insulation, investment: 400 million VND, lifetime: 10 year, effects: {stream: coal, reduce: 5 %}}
  - {id: m2, title: Economiser, investment: 900 million VND, lifetime: 15 year, effects: {stream: coal, reduce: 9 %}}
  - {id: f, title: Filter, type: end-of-pipe, investment: 70 million VND, lifetime: 9 year,
     running-cost: 1 million VND/year, effects: {stream: coal, increase: 1 t/year}}
"""


@pytest.fixture
def plant(tmp_path: Path) -> str:
    path = tmp_path / "plant.yaml"
    path.write_text(HEAD + TEXT, encoding="utf-8")
    return str(path)


def told(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> str:
    assert run(["assess", *arguments]) == code
    return capsys.readouterr().out


def data_of(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> dict[str, Any]:
    data = json.loads(told(capsys, *arguments, "--format", "json", code=code))
    jsonschema.validate(data, SCHEMA)
    return dict(data)


def test_json_has_that_measure_and_no_totals(
    plant: str, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = data_of(capsys, plant, "--economics")
    one = data_of(capsys, plant, "--economics", "--measure", "m2")
    assert one["schema"] == "cpcalc/measure/1"
    assert one["measure"] == whole["measures"][1]
    assert one["provenance"] == whole["provenance"]
    assert {item["at"] for item in one["break_even"]} == {"measures.m2"}
    assert one["payback_limit"]["value"] == 3
    assert not {"totals", "measures", "streams", "whole_enterprise", "identities"} & set(one)
    plain = data_of(capsys, plant, "--measure", "m2")
    assert "break_even" not in plain


def test_csv_has_that_row_only(plant: str, capsys: pytest.CaptureFixture[str]) -> None:
    whole = list(csv.DictReader(io.StringIO(told(capsys, plant, "--format", "csv"))))
    one = list(
        csv.DictReader(io.StringIO(told(capsys, plant, "--format", "csv", "--measure", "m2")))
    )
    assert one == [whole[1]]
    asked = list(
        csv.DictReader(
            io.StringIO(told(capsys, plant, "--economics", "--format", "csv", "--measure", "m2"))
        )
    )
    assert asked == one


def test_markdown_has_that_measure_only(plant: str, capsys: pytest.CaptureFixture[str]) -> None:
    page = told(capsys, plant, "--format", "markdown", "--measure", "m2")
    assert "Economiser" in page
    assert "Insulation" not in page
    assert "Totals" not in page


def test_a_measure_outside_the_bundle_is_said_to_be(
    plant: str, capsys: pytest.CaptureFixture[str]
) -> None:
    note = "Not in the bundle; figures if done alone"
    assert note not in told(capsys, plant, "--measure", "m2")
    assert note in told(capsys, plant, "--measure", "m2", "--status", "planned").splitlines()
    assert "Ngoài gói giải pháp" in told(
        capsys, plant, "--measure", "m2", "--status", "planned", "--lang", "vi"
    )


def test_several_files_are_not_summed(
    plant: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("cpcalc: 1\nenterprise: {id: X\n", encoding="utf-8")
    data = data_of(capsys, plant, plant, str(broken), "--measure", "m1", code=1)
    assert data["schema"] == "cpcalc/measures/1"
    assert [item["measure"]["id"] for item in data["assessments"]] == ["m1", "m1"]
    assert [item["schema"] for item in data["failed"]] == ["cpcalc/failure/1"]
    assert "combined" not in data


def test_what_ifs_of_one_measure(plant: str, capsys: pytest.CaptureFixture[str]) -> None:
    dearer = ("--set", "streams.coal.price=3 million VND/t")
    page = told(capsys, plant, "--measure", "m1", *dearer).replace("\u00a0", " ")
    assert "Measure m1" in page
    # 5 % of 1000 t at 2 and at 3 million
    row = next(line for line in page.splitlines() if line.startswith("Annual saving"))
    assert "100.0 million VND/year" in row
    assert "150.0 million VND/year" in row
    assert "Life-cycle" not in page
    data = data_of(capsys, plant, "--measure", "m1", *dearer)
    assert data["assessments"][0]["file"]["measure"]["annual_saving"]["value"] == 100e6
    assert (
        data["assessments"][0]["scenarios"][0]["result"]["measure"]["annual_saving"]["value"]
        == 150e6
    )


@pytest.mark.parametrize("more", [(), ("--set", "streams.coal.price=3 million VND/t")])
def test_a_measure_that_is_not_there(
    plant: str, more: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["assess", plant, "--measure", "m9", "--format", "json", *more]) == 2
    found = capsys.readouterr()
    assert found.out == ""
    assert "has no measure `m9`; its measures: m1, m2, f" in found.err
