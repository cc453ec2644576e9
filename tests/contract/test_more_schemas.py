"""The published schemas of batch, programme, check and why hold for what the shipped data give."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from cpcalc.__main__ import run

ROOT = Path(__file__).parent.parent.parent
VPEG = "assessments/vpeg"
ONE = f"{VPEG}/dn-01-fish-freezing-plant.yaml"


def schema(name: str) -> Any:
    return json.loads((ROOT / "docs" / f"{name}-result.schema.json").read_text(encoding="utf-8"))


Printed = Callable[..., Any]


@pytest.fixture
def printed(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Printed:
    """What the command line prints, run in the folder of the project as its users do."""
    monkeypatch.chdir(ROOT)

    def data(*arguments: str) -> Any:
        assert run([*arguments, "--format", "json"]) in (0, 1)
        return json.loads(capsys.readouterr().out)

    return data


def problems(data: Any, name: str) -> list[str]:
    validator = Draft202012Validator(schema(name))
    return [f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(data)]


@pytest.mark.parametrize("name", ["batch", "programme", "check", "why", "verify", "diff"])
def test_each_schema_is_a_schema_and_closed(name: str) -> None:
    Draft202012Validator.check_schema(schema(name))
    assert problems({}, name)
    assert schema(name)["additionalProperties"] is False


def test_batches(printed: Printed) -> None:
    data = printed(
        "batch", "assessments", "tests/casebook", "--no-cache", "--group-by", "sector"
    )  # with files that fail
    assert problems(data, "batch") == []
    assert data["assessments"]
    assert data["failed"]
    data.update(assessments=[], groups={}, failed=[])
    data["totals"]["figures"]["annual_saving"]["unknown"] = 1
    assert len(problems(data, "batch")) == 1
    assert problems(printed("batch", VPEG, "--no-cache", "--shard", "1/3"), "batch") == []


def test_a_programme(printed: Printed) -> None:
    data = printed("programme", f"{VPEG}/programme.yaml")
    assert problems(data, "programme") == []
    data["reconciliation"][0]["outcome"] = "about right"
    assert len(problems(data, "programme")) == 1


def test_checks(printed: Printed) -> None:
    data = printed("check", "assessments/published", "tests/casebook/bad", "emission_factors")
    assert problems(data, "check") == []
    assert {file["kind"] for file in data["files"]} > {"assessment"}
    assert any(file["expectations"] for file in data["files"])
    data["files"] = []
    del data["summary"]["waived"]
    assert len(problems(data, "check")) == 1


@pytest.mark.parametrize("figure", ["totals.simple_payback", "totals.reductions.co2"])
def test_figures_traced(printed: Printed, figure: str) -> None:
    data = printed("why", ONE, figure)
    assert problems(data, "why") == []
    assert len(data["steps"]) > 1
    data["steps"][0]["number"] = "one"
    assert len(problems(data, "why")) == 1


def test_a_figure_that_is_not_there(printed: Printed, tmp_path: Path) -> None:
    text = "cpcalc: 1\nenterprise: {id: a, name: A}\ndata-status: draft\nmeasures: [{id: m, title: M}]\n"
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    data = printed("why", str(tmp_path / "a.yaml"), "measures.m.simple_payback")
    assert problems(data, "why") == []
    assert data["steps"][0]["not_applicable"] == "incomplete"
