"""`cpcalc why`: every figure leads back to the lines of the file and to cited factors."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from cpcalc.__main__ import run
from cpcalc.app.assess import Options, assess_file
from cpcalc.app.questions import explain
from cpcalc.figures import Figure, Origin
from cpcalc.report.json_result import result_data
from cpcalc.results import figures_by_path

ROOT = Path(__file__).resolve().parent.parent
PLANT = """cpcalc: 1
enterprise: {id: a, name: A}
data-status: draft
basis: {factor-sets: [ipcc-2006@1, ipcc-gwp@1], gwp: AR5-100}
streams:
  coal: {kind: energy, quantity: 1 000 t/year, price: 2 million VND/t, emission-factors: [ipcc-2006/anthracite]}
measures:
  - {id: m1, title: One, investment: 100 million VND, effects: {stream: coal, reduce: 10 %}}
  - {id: m2, title: Two, effects: {stream: coal, reduce: 5 %}}
"""


@pytest.fixture
def plant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (tmp_path / "plant.yaml").write_text(PLANT)
    monkeypatch.chdir(tmp_path)
    return "plant.yaml"


def test_a_payback_leads_to_the_lines_it_rests_on(
    plant: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["why", plant, "measures.m1.simple_payback"]) == 0
    text = capsys.readouterr().out
    assert text.startswith("measures.m1.simple_payback = 0.5 year (6.0 months)\n  t = I / A")
    assert (
        "investment = 100 000 000 VND (100.0 million VND)   `100 million VND`  plant.yaml:8:38"
        in text
    )
    assert "share = 0.1   `10 %`  plant.yaml:8:87" in text
    assert (
        "price = 2 000 000 VND/t (2.00 million VND/t)   `2 million VND/t`  plant.yaml:6:55" in text
    )


def test_a_sum_names_its_measures_even_where_each_is_alone_in_its_class(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    classes = PLANT.replace("title: One", "title: One, type: process-control, cost-class: low-cost")
    (tmp_path / "plant.yaml").write_text(
        classes.replace("title: Two", "title: Two, type: input-change")
    )
    assert run(["why", str(tmp_path / "plant.yaml"), "totals.annual_saving"]) == 0
    lines = capsys.readouterr().out.splitlines()
    terms = [line.split(" = ")[0].strip() for line in lines if line.startswith("  meas")]
    assert terms == ["measures.m1.annual_saving", "measures.m2.annual_saving"]


def test_an_emission_leads_to_its_cited_factor(
    plant: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["why", plant, "totals.reductions.co2"]) == 0
    text = capsys.readouterr().out
    assert "`98 300 kg CO2/TJ`  ipcc-2006@1/anthracite#CO2" in text
    assert "IPCC" in text


def test_a_missing_figure_says_what_is_missing(
    plant: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["why", plant, "measures.m2.simple_payback", "--lang", "vi"]) == 0
    text = capsys.readouterr().out
    assert "measures.m2.investment" in text
    assert "chưa đủ" in text


def test_an_unknown_name_lists_the_nearest(plant: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["why", plant, "totals.anual_saving"]) == 2
    assert "totals.annual_saving" in capsys.readouterr().err


def evaluated(steps: list[dict[str, Any]], number: int) -> float:
    """A step computed again from its operands, for the formulas of this plant."""
    step = steps[number - 1]
    if "operands" not in step:
        return float(step["value"])
    values = [evaluated(steps, operand) for operand in step["operands"].values()]
    symbol = step["formula"]["symbol"]
    return {
        "S-9": lambda: math.fsum(values),
        "S-3": lambda: values[0] - values[1],
        "P-2": lambda: values[0] / values[1],
    }.get(symbol, lambda: math.prod(values))()


def test_the_json_holds_every_step_and_can_be_computed_again(
    plant: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["why", plant, "totals.reductions.co2", "--format", "json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["schema"] == "cpcalc/why/1"
    assert evaluated(data["steps"], 1) == pytest.approx(data["steps"][0]["value"], rel=1e-12)


def test_every_figure_of_the_shipped_assessments_can_be_traced_to_its_origins() -> None:
    for file in sorted((ROOT / "assessments" / "published").glob("*.yaml")):
        outcome = assess_file(str(file), Options())
        assert outcome.result is not None
        for name in figures_by_path(outcome.result):
            figure = explain_in(outcome, name)
            if isinstance(figure, Figure):
                assert rests_on_an_origin(figure), name


def rests_on_an_origin(figure: Figure) -> bool:
    """Whether a walk over formulas and operands ends at an input or a cited factor."""
    pending: list[Any] = [figure]
    while pending:
        current = pending.pop()
        if isinstance(current, Origin):
            return True
        pending.extend(getattr(current, "operands", ()))
    return False


def explain_in(outcome: Any, name: str) -> Any:
    from cpcalc.results import figures_by_path

    found = figures_by_path(outcome.result).get(name)
    assert found is not None, name
    return found


def test_an_unreadable_file_ends_like_assess(tmp_path: Path) -> None:
    assert run(["why", str(tmp_path / "none.yaml"), "totals.annual_saving"]) == 2
    assert explain(assess_file(str(tmp_path / "none.yaml"), Options()), "x").figure is None


def json_figures(node: Any, path: str = "") -> set[str]:
    """Where the JSON has a figure, named by ids: a value with its unit."""
    if isinstance(node, list):
        items = [item for item in node if isinstance(item, dict) and "id" in item]
        return set().union(*(json_figures(item, f"{path}.{item['id']}") for item in items))
    if not isinstance(node, dict):
        return set()
    if {"value", "unit"} <= node.keys():
        return {path.removeprefix(".")}
    return set().union(*(json_figures(part, f"{path}.{key}") for key, part in node.items()))


def test_why_answers_for_every_figure_of_the_json() -> None:
    """Of files with groups, statuses, pollutants, several currencies and discounted figures."""
    for name in ("portfolio", "pollutants", "money", "whole-enterprise", "overlap"):
        path = ROOT / "tests" / "casebook" / "good" / f"{name}.yaml"
        result = assess_file(str(path), Options(economics=True)).result
        assert result is not None
        data = json.loads(json.dumps(result_data(result, [])))
        sections = (
            "streams",
            "measures",
            "groups",
            "totals",
            "totals_by_status",
            "whole_enterprise",
        )
        found = json_figures({section: data.get(section) for section in sections})
        assert len(found) > 20
        others = sorted(found - figures_by_path(result).keys())
        assert [
            one
            for one in others
            if explain(assess_file(str(path), Options(economics=True)), one).figure is None
        ] == []
