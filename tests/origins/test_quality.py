"""A figure is as good as the weakest of what it rests on: found by making each input in turn a guess."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from cpcalc.__main__ import run
from cpcalc.app.assess import Options, assess
from cpcalc.figures import Figure, steps
from cpcalc.report.page import plain_lines
from cpcalc.report.summary import summary
from cpcalc.results import AssessmentResult, Line
from cpcalc.rows import headlines

PLANT = """\
cpcalc: 1
numbers: international
enterprise: {id: Q-1, name: Plant}
data-status: measured
basis:
  currency: VND
  operation: {days: 300 day/year, quality: metered}
  factor-sets: [ipcc-2006@1]
products:
  - {id: paper, output: 1 000 t/year, quality: metered}
streams:
  coal: {kind: energy, quantity: 1 000 t/year, price: 2 million VND/t, quality: metered, emission-factors: [ipcc-2006/anthracite]}
  power: {kind: energy, quantity: 900 MWh/year, price: 1 500 VND/kWh, quality: metered}
  pumps: {part-of: power, share: 20 %, quality: metered}
  steam: {kind: energy, quantity: 5 000 t/year, made-from: {coal: 0.14 t/t}, quality: metered}
  water: {kind: water, quantity: 90 000 m3/year, price: 5 000 VND/m3, quality: metered}
  sewage: {kind: wastewater, follows: {water: 0.8 m3/m3}, price: 2 000 VND/m3, quality: metered}
measures:
  - {id: gates, title: Gates, quality: metered, investment: 10 million VND, effects: {stream: water, from: 9 m3/t, to: 8 m3/t, per: paper}}
  - {id: boiler, title: Boiler, quality: metered, effects: {stream: coal, reduce: 5 %}}
  - id: lagging
    title: Lagging
    quality: metered
    effects: [{stream: steam, reduce: 2 %}, {stream: pumps, reduce: 1 %, quality: metered}]
  - {id: drives, title: Drives, quality: metered, effects: {stream: power, reduce: 40 kWh/day}}
  - {id: leaks, title: Leaks, quality: metered, effects: {stream: sewage, reduce: 10 %}}
  - {id: cover, title: Cover, quality: metered, benefits: {saves: 3 million VND/year, as: energy}}
groups:
  - {id: rest, title: The rest, quality: metered, annual-saving: 9 million VND/year}
"""
TREE: Any = yaml.load(PLANT, yaml.BaseLoader)


def result_of(text: str) -> AssessmentResult:
    outcome = assess(text.encode(), "plant.yaml", Options())
    assert outcome.result is not None, outcome.diagnostics
    return outcome.result


def lines_of(result: AssessmentResult) -> dict[str, Line]:
    return {item.id: item.line for item in result.measures} | {
        item.id: item.line for item in result.groups
    }


def tiers_of(result: AssessmentResult) -> dict[str, str]:
    return {
        f"{place}.{name}": tier
        for place, line in lines_of(result).items()
        for name, tier in line.quality.items()
    }


def figures_of(result: AssessmentResult) -> dict[str, Figure]:
    return {
        f"{place}.{name}": figure
        for place, line in lines_of(result).items()
        for name, figure in headlines(line).items()
    }


def parts_of(node: Any, *path: object) -> Iterator[tuple[tuple[object, ...], dict[str, Any]]]:
    """The parts of a document that say how well they are known, each with its path."""
    if isinstance(node, dict) and "quality" in node:
        yield path, node
    for key, inner in node.items() if isinstance(node, dict) else enumerate(node):
        if isinstance(inner, (dict, list)):
            yield from parts_of(inner, *path, key)


def inputs_of(figure: Figure) -> set[tuple[object, ...]]:
    """The places in the file that the workings of a figure lead to."""
    origins = [step.operands[0] for step in steps(figure) if step.formula is None]
    return {origin.reference for origin in origins if origin.kind == "input"}


def larger(node: Any) -> Any:
    """A part with its numbers a little larger, but not those of a part in it with a tier of its own."""
    if isinstance(node, str):
        number = re.match(r"(\d+(?: \d{3})*(?:\.\d+)?) ", node)
        if number is None:
            return node
        return f"{float(number[1].replace(' ', '')) * 1.01:.9f} {node[number.end() :]}"
    if isinstance(node, list):
        return [part if "quality" in part else larger(part) for part in node]
    return {key: part if "quality" in part else larger(part) for key, part in node.items()}


NUMBER_OF_PARTS = len(list(parts_of(TREE)))


@pytest.mark.parametrize("number", range(NUMBER_OF_PARTS))
def test_a_guess_reaches_all_that_moves_with_it_and_nothing_that_does_not_rest_on_it(
    number: int,
) -> None:
    as_it_is = result_of(json.dumps(TREE))
    assert set(tiers_of(as_it_is).values()) == {"metered"}
    doubtful, moved = deepcopy(TREE), deepcopy(TREE)
    list(parts_of(doubtful))[number][1]["quality"] = "estimated"
    path, part = list(parts_of(moved))[number]
    part.update(larger(part))
    before, after = figures_of(as_it_is), figures_of(result_of(json.dumps(moved)))
    tiers = tiers_of(result_of(json.dumps(doubtful)))
    guessed = {name for name, tier in tiers.items() if tier == "estimated"}
    own = [other for other, _ in parts_of(TREE) if other[: len(path)] == path and other != path]
    assert guessed == {
        name
        for name, figure in before.items()
        if any(
            place[: len(path)] == path and not any(place[: len(at)] == at for at in own)
            for place in inputs_of(figure)
        )
    }
    assert {name for name, figure in after.items() if figure.value != before[name].value} <= guessed
    assert guessed


def test_a_guess_on_an_invoiced_bill_is_no_invoice() -> None:
    text = PLANT.replace(
        "quality: metered, effects: {stream: coal, reduce: 5 %}",
        "status: considered, effects: {stream: coal, reduce: {low: 2 %, high: 20 %}}",
    )
    result = result_of(text)
    assert tiers_of(result)["boiler.annual_saving"] == "unstated"
    assert result.totals.quality["annual_saving"] == "unstated"
    page = " ".join(plain_lines(summary(result, "en"), "en"))
    assert "Saving rests on: quality not stated" in page


def test_a_factor_that_nobody_verified_is_a_default() -> None:
    text = (
        PLANT.replace("[ipcc-2006@1]", "[vn-grid@1]")
        .replace(", emission-factors: [ipcc-2006/anthracite]", "")
        .replace("900 MWh/year,", "900 MWh/year, emission-factors: [vn-grid/electricity],")
        .replace(
            "VND\n", "VND\n  grid: {data-year: 2008, type: combined-margin, because: then}\n", 1
        )
    )
    tiers = tiers_of(result_of(text))
    assert tiers["drives.annual_saving"] == "metered"
    assert tiers["drives.reductions.co2"] == "default"


def test_the_shares_are_those_of_what_the_totals_add() -> None:
    text = PLANT.replace("title: Drives, quality: metered", "title: Drives, quality: estimated")
    result = result_of(text.replace("rest, quality: metered", "rest, quality: invoiced"))
    saved, whole = figures_of(result), headlines(result.totals)["annual_saving"].value
    shares = result.qualities["annual_saving"]
    assert shares["estimated"] == pytest.approx(
        saved["drives.annual_saving"].value / whole, rel=1e-12
    )
    assert shares["invoiced"] == pytest.approx(9e6 / whole, rel=1e-12)
    assert sum(shares.values()) == pytest.approx(1, rel=1e-12)


def test_a_file_that_says_nothing_of_its_data_has_no_tiers() -> None:
    silent = deepcopy(TREE)
    for _, part in list(parts_of(silent)):
        del part["quality"]
    result = result_of(json.dumps(silent))
    assert (result.qualities, dict(result.totals.quality)) == ({}, {})


@pytest.fixture
def plants(tmp_path: Path) -> Path:
    """A plant with metered data, and a smaller one of which nothing is said."""
    (tmp_path / "a.yaml").write_text(PLANT, encoding="utf-8")
    other = PLANT.replace("Q-1", "Q-2").replace(", quality: metered", "")
    (tmp_path / "b.yaml").write_text(other.replace("    quality: metered\n", ""), encoding="utf-8")
    return tmp_path


def test_a_batch_says_what_it_rests_on(plants: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["batch", str(plants), "--no-cache", "--format", "json"]) == 0
    totals = json.loads(capsys.readouterr().out)["totals"]
    assert totals["data_quality"] == {"metered": 0.5, "unstated": 0.5}
    assert totals["data_quality_co2"] == {"metered": 0.5, "unstated": 0.5}
    assert run(["batch", str(plants), "--no-cache"]) == 0
    assert "Saving rests on: metered 50.0\u00a0%" in capsys.readouterr().out


def test_money_of_two_currencies_has_no_shares(
    plants: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (plants / "b.yaml").read_text(encoding="utf-8")
    (plants / "b.yaml").write_text(text.replace("VND", "USD"), encoding="utf-8")
    assert run(["batch", str(plants), "--no-cache", "--format", "json"]) == 0
    totals = json.loads(capsys.readouterr().out)["totals"]
    assert totals["data_quality"] == {}
    assert totals["data_quality_co2"] == {"metered": 0.5, "unstated": 0.5}
