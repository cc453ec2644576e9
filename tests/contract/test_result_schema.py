"""The published contract of the JSON result holds for every golden case and every shipped assessment."""

from __future__ import annotations

import json
import math
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from cpcalc.app.assess import Options, Outcome, assess_file
from cpcalc.app.written import as_json
from cpcalc.figures import Figure
from cpcalc.units import read_unit

ROOT = Path(__file__).parent.parent.parent
SCHEMA = json.loads((ROOT / "docs" / "result.schema.json").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)
GOOD = sorted((ROOT / "tests" / "casebook" / "good").glob("*.yaml"))
SHIPPED = [
    path
    for path in sorted((ROOT / "assessments").rglob("*.yaml"))
    if path.read_text(encoding="utf-8").lstrip("\ufeff# \n").find("cpcalc: 1") >= 0
]


def data_of(*outcomes: Outcome) -> dict[str, Any]:
    return dict(json.loads(as_json(list(outcomes))))


def problems(data: Any, definition: str) -> list[str]:
    """What of the data does not hold to a definition, shortly."""
    validator = Draft202012Validator({"$ref": f"#/$defs/{definition}", "$defs": SCHEMA["$defs"]})
    return [f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(data)]


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("path", [*GOOD, *SHIPPED], ids=lambda path: path.stem)
def test_every_result_holds_to_the_contract(path: Path) -> None:
    outcome = assess_file(str(path), Options())
    data = data_of(outcome)
    assert problems(data, "result") == []
    assert data["schema"] == "cpcalc/result/1"


def test_several_results_and_failures_hold_to_the_contract() -> None:
    bad = ROOT / "tests" / "casebook" / "bad" / "units.yaml"
    outcomes = [assess_file(str(path), Options()) for path in (*GOOD[:4], bad)]
    data = data_of(*outcomes)
    assert problems(data, "results") == []
    assert [len(data["assessments"]), len(data["failed"])] == [4, 1]
    assert problems(data_of(outcomes[-1]), "failure") == []


def figures_in(data: Any) -> list[dict[str, Any]]:
    if isinstance(data, dict):
        own = [data] if "value" in data and "unit" in data else []
        return own + [figure for value in data.values() for figure in figures_in(value)]
    return (
        [figure for value in data for figure in figures_in(value)] if isinstance(data, list) else []
    )


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_units_of_the_result_are_those_of_the_contract(path: Path) -> None:
    data = data_of(assess_file(str(path), Options()))
    for figure in figures_in(data):
        assert math.isfinite(figure["value"])
        if figure["unit"] != "1":
            per = figure["unit"].removeprefix("1/")  # a share a year
            assert read_unit(per.replace("đôi", "piece").replace("viên", "piece")).factor > 0
    lines = [*data["measures"], *data["groups"], data["totals"], *data["totals_by_status"].values()]
    for line in lines:
        for name, figure in line["reductions"].items():
            if "value" in figure:
                expected = {"dust": "kg/year", "wastewater": "m3/year"}.get(name, "t/year")
                assert figure["unit"] == expected, name
        for name in ("annual_saving", "annual_net_saving"):
            if "value" in line[name]:
                assert re.fullmatch(r"[A-Z]{3}/year", line[name]["unit"])
        if "value" in line["simple_payback"]:
            assert line["simple_payback"]["unit"] == "year"


def test_nothing_of_clock_or_machine_is_in_a_result(tmp_path: Path) -> None:
    copy = Path(shutil.copytree(GOOD[0].parent, tmp_path / "good"))
    for path in GOOD:
        outcome = assess_file(str(copy / path.name), Options())
        assert outcome.result is not None
        assert str(tmp_path) not in as_json([outcome])


def test_a_figure_that_is_not_there_says_why_in_words() -> None:
    data = data_of(
        assess_file(str(next(path for path in GOOD if path.stem == "payback")), Options())
    )
    found = {measure["id"]: measure["simple_payback"] for measure in data["measures"]}
    assert found["never"] == {
        "not_applicable": "never",
        "because": "the investment saves nothing",
        "missing": [],
    }
    assert found["no-investment"] == {
        "not_applicable": "incomplete",
        "because": "a field it needs is missing",
        "missing": ["measures.no-investment.investment"],
    }


def test_a_figure_of_the_engine_prints_shortly() -> None:
    assert repr(Figure(12.5, read_unit("kWh/year").unit, None, ())) == "<12.5 kWh/year>"
