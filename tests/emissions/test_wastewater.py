"""Loads of waste water and the methane that follows them; thinning is not a reduction."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from small_plant import HEAD, Plant


@pytest.fixture
def plant(tmp_path: Path) -> Plant:
    return Plant(tmp_path)


def exactly(value: float) -> Any:
    return pytest.approx(value, rel=1e-9)


WATER = """\
streams:
  water: {kind: water, quantity: 100 000 m3/year, price: 6 500 VND/m3}
  sewage:
    kind: wastewater
    follows: {water: 1 m3/m3}
    cod: 1 720 mg/L
    emission-factors: [own-water/deep-lagoon]
"""


def lagoon(
    parameters: str = "", treatment: str = "deep-lagoon", load: str = "cod: 1 720 mg/L"
) -> str:
    return f"""\
streams:
  sewage:
    kind: wastewater
    quantity: 100 000 m3/year
    {load}
    emission-factors: [{{factor: own-water/{treatment}{parameters}}}]
"""


def measures(effects: str) -> str:
    return f"measures:\n  - id: m\n    title: Measure\n    effects: [{effects}]\n"


HALF = "{stream: sewage, load: cod, from: 1 720 mg/L, to: 860 mg/L}"


def test_methane_follows_the_load(plant: Plant) -> None:
    totals = plant.data(lagoon() + measures(HALF))["totals"]
    assert totals["reductions"]["cod"] == {"value": exactly(86), "unit": "t/year", "of": "COD"}
    assert totals["avoided_emissions"]["scope_1"]["CH4"]["value"] == exactly(86 * 0.25 * 0.8)
    assert totals["reductions"]["co2e"]["value"] == exactly(86 * 0.25 * 0.8 * 28)


def test_sludge_and_recovery_take_their_shares(plant: Plant) -> None:
    body = lagoon(", sludge-removed: 10 %, recovered: 60 %") + measures(HALF)
    methane = plant.data(body)["totals"]["avoided_emissions"]["scope_1"]["CH4"]["value"]
    assert methane == exactly(86 * 0.9 * 0.25 * 0.8 * 0.4)


def test_amounts_of_sludge_and_methane_become_shares_of_the_baseline(plant: Plant) -> None:
    recovered = 172 * 0.9 * 0.25 * 0.8 * 0.6
    body = lagoon(f", sludge-removed: 17.2 t/year, recovered: {recovered} t/year") + measures(HALF)
    methane = plant.data(body)["totals"]["avoided_emissions"]["scope_1"]["CH4"]["value"]
    assert methane == exactly(86 * 0.9 * 0.25 * 0.8 * 0.4)


def test_more_sludge_than_load_is_refused(plant: Plant) -> None:
    assert plant.problems(lagoon(", sludge-removed: 200 t/year")) == [("out-of-range", 6)]
    assert plant.problems(lagoon(", recovered: 3 m3/year")) == [("wrong-kind-of-unit", 6)]


def test_domestic_waste_water_goes_by_bod(plant: Plant) -> None:
    body = lagoon(treatment="sewer", load="bod: 300 mg/L")
    body += measures("{stream: sewage, load: bod, from: 300 mg/L, to: 200 mg/L}")
    methane = plant.data(body)["totals"]["avoided_emissions"]["scope_1"]["CH4"]["value"]
    assert methane == exactly(10 * 0.6 * 0.5)


def test_a_treatment_without_its_load_is_located(plant: Plant) -> None:
    assert plant.problems(lagoon(load="bod: 300 mg/L")) == [("organic-load-missing", 6)]
    assert plant.problems(lagoon(treatment="sewer")) == [("organic-load-missing", 6)]


def test_less_waste_water_with_the_same_load_avoids_no_methane(plant: Plant) -> None:
    totals = plant.data(lagoon() + measures("{stream: sewage, reduce: 30 %}"))["totals"]
    assert totals["reductions"]["wastewater"]["value"] == exactly(30_000)
    assert "cod" not in totals["reductions"]
    assert totals["avoided_emissions"] == {}


@pytest.mark.parametrize("order", ["flow first", "load first"])
def test_thinning_is_not_a_reduction(plant: Plant, order: str) -> None:
    effects = ["{stream: sewage, increase: 100 %}", HALF]
    if order == "load first":
        effects.reverse()
    totals = plant.data(lagoon() + measures(", ".join(effects)))["totals"]
    assert totals["reductions"]["cod"]["value"] == pytest.approx(0, abs=1e-9)
    assert totals["avoided_emissions"]["scope_1"]["CH4"]["value"] == pytest.approx(0, abs=1e-9)


def test_concentration_before_and_after_go_with_the_flow_before_and_after(plant: Plant) -> None:
    body = WATER + measures(
        "{stream: water, reduce: 30 %}, {stream: sewage, load: cod, from: 1 720 mg/L, to: 900 mg/L}"
    )
    totals = plant.data(body)["totals"]
    assert totals["reductions"]["cod"]["value"] == exactly(172 - 0.9 * 70)


def test_a_later_measure_takes_its_share_of_the_load_left(plant: Plant) -> None:
    body = lagoon() + measures(HALF)
    body += f"  - id: n\n    title: Second\n    effects: {HALF}\n"
    data = plant.data(body)
    assert [measure["reductions"]["cod"]["value"] for measure in data["measures"]] == [
        exactly(86),
        exactly(43),
    ]


def test_a_concentration_of_nothing_cannot_fall(plant: Plant) -> None:
    body = lagoon() + measures("{stream: sewage, load: cod, from: 0 mg/L, to: 0 mg/L}")
    assert plant.problems(body) == [("too-small", 10)]


@pytest.mark.parametrize(
    ("stream", "effect"),
    [
        ("cod: 1 720 mg/L", "reduce: 10 %"),
        ("bod: 900 mg/L", "reduce: 10 %"),
        ("name: Anaerobic lagoon", "reduce: 10 %"),
        ("name: {vi: Hồ kỵ khí}", "reduce: 10 %"),
        ("price: 1 VND/m3", "load: cod, from: 1 000 mg/L, to: 900 mg/L"),
    ],
)
def test_methane_that_no_factor_counts_is_noticed_where_co2e_is_reported(
    plant: Plant, stream: str, effect: str
) -> None:
    body = f"""\
streams:
  sewage: {{kind: wastewater, quantity: 100 000 m3/year, {stream}}}
measures:
  - {{id: m, title: Less, effects: {{stream: sewage, {effect}}}}}
"""
    assert ("methane-not-counted", 2) in plant.problems(body)
    counted = body.replace(
        "m3/year, ", "m3/year, emission-factors: own-water/deep-lagoon, cod: 1 g/L, ", 1
    )
    if "cod: 1 720" not in stream:
        assert "methane-not-counted" not in [name for name, _ in plant.problems(counted)]
    without_co2e = HEAD.replace("  gwp: AR5-100\n", "")
    assert "methane-not-counted" not in [name for name, _ in plant.problems(body, without_co2e)]
