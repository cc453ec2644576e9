"""Heat contents and densities taken from a pinned set by reference, cited like a factor."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from small_plant import HEAD, Plant

PROPERTIES = """\
factor-set: own-properties
version: 1
title: {en: Fuels, vi: Nhiên liệu}
source: {title: Test circular, year: 2011, url: "https://example.org/moit"}
licence: none
geography: VN
fuels:
  - id: cam-5
    name: {en: Coal cam 5, vi: Than cám 5}
    where: annex
    ncv: {value: 20.9 GJ/t, quality: verified}
  - id: oil
    name: {en: Oil, vi: Dầu}
    where: annex
    ncv: {lower: 40 GJ/t, upper: 42 GJ/t, quality: unverified}
    gcv: {value: 44 GJ/t, quality: verified}
    density: {value: 0.96 kg/L, quality: verified}
  - id: pellets
    name: {en: Pellets, vi: Viên nén}
    where: annex
    ncv: {value: 19 GJ/t, mass-basis: dry, quality: verified}
"""
PINNED = HEAD.replace("own-gwp@1", "own-gwp@1, own-properties@1")


@pytest.fixture
def plant(tmp_path: Path) -> Plant:
    plant = Plant(tmp_path)
    plant.add_set("own-properties", PROPERTIES)
    return plant


def exactly(value: float) -> Any:
    return pytest.approx(value, rel=1e-9)


def body(more: str, use: str = "own-fuels/coal") -> str:
    return f"""\
streams:
  s: {{kind: energy, quantity: 1 000 t/year, price: 1 VND/t, {more}, emission-factors: [{use}]}}
measures: [{{id: m, title: A, effects: {{stream: s, reduce: 100 t/year}}}}]
"""


def test_a_heat_content_by_reference_is_used_and_cited(plant: Plant) -> None:
    data = plant.data(body("ncv: own-properties/cam-5"), PINNED)
    assert data["totals"]["avoided_emissions"]["scope_1"]["CO2"]["value"] == exactly(
        100 * 20.9e-3 * 98.3
    )
    used = {item["reference"]: item for item in data["factors"]}
    assert used["own-properties@1/cam-5#ncv"]["citation"] == "Test circular, 2011, annex"
    assert used["own-properties@1/cam-5#ncv"]["kind"] == "heat-content"
    assert "own-fuels@1/coal#ncv" not in used


def test_a_factors_own_heat_content_can_be_named(plant: Plant) -> None:
    data = plant.data(body("ncv: own-fuels/husk"), PINNED)
    assert data["totals"]["avoided_emissions"]["scope_1"]["CO2"]["value"] == exactly(
        100 * 11.6e-3 * 98.3
    )


def test_a_range_alone_gives_its_mid_point_and_its_doubt(plant: Plant) -> None:
    data = plant.data(body("ncv: own-properties/oil"), PINNED)
    assert data["totals"]["avoided_emissions"]["scope_1"]["CO2"]["value"] == exactly(
        100 * 41e-3 * 98.3
    )
    oil = next(item for item in data["factors"] if item["reference"] == "own-properties@1/oil#ncv")
    assert (oil["text"], oil["quality"]) == ("40 GJ/t - 42 GJ/t", "unverified")


def test_a_density_by_reference(plant: Plant) -> None:
    use = "{factor: own-dust/oil-pm, sulphur: 2.5 %}"
    data = plant.data(body("density: own-properties/oil", use), PINNED)
    dust = data["totals"]["avoided_emissions"]["on_site"]["TSP"]["value"]
    assert dust == exactly(100 / 0.96 * (1.1012 * 2.5 + 0.3858) * 1e-3)


def test_equal_heat_goes_through_referenced_heat_contents(plant: Plant) -> None:
    text = """\
streams:
  coal: {kind: energy, quantity: 1 000 t/year, price: 1 VND/t, ncv: own-properties/cam-5}
  husk: {kind: energy, quantity: 0 t/year, price: 1 VND/t, ncv: own-fuels/husk}
measures:
  - {id: m, title: A, effects: {stream: coal, replace-by: husk, share: 100 %, ratio: equal-heat}}
"""
    data = plant.data(text, PINNED)
    assert data["streams"]["husk"]["after"]["value"] == exactly(1000 * 20.9 / 11.6)


def test_a_property_is_traced_to_its_set(plant: Plant) -> None:
    from cpcalc.figures import Figure, steps

    result = plant.assess(body("ncv: own-properties/cam-5"), PINNED).result
    assert result is not None
    co2 = result.totals.reductions["co2"]
    assert isinstance(co2, Figure)
    assert "own-properties@1/cam-5#ncv" in {
        step.operands[0].reference for step in steps(co2) if step.formula is None
    }


@pytest.mark.parametrize(
    "more, problem",
    [
        ("ncv: own-properties/cam-6", "unknown-factor"),
        ("ncv: nothing/cam-5", "factor-set-not-pinned"),
        ("density: own-properties/cam-5", "property-not-given"),
        ("ncv: own-properties/pellets", "mass-basis-mixed"),
        ("gcv: own-properties/oil", "heat-basis-mixed"),
        ("ncv: cam-5", "not-a-number"),
    ],
)
def test_a_reference_that_leads_nowhere_is_located(plant: Plant, more: str, problem: str) -> None:
    assert (problem, 2) in plant.problems(body(more), PINNED)


def test_dry_heat_on_dry_tonnes(plant: Plant) -> None:
    assert plant.problems(body("mass-basis: dry, ncv: own-properties/pellets"), PINNED) == []


def test_the_shipped_properties_can_be_named(plant: Plant) -> None:
    head = HEAD.replace("own-gwp@1", "own-gwp@1, fuel-properties@1")
    data = plant.data(body("ncv: fuel-properties/coal-cam-5-6-moit"), head)
    assert data["totals"]["avoided_emissions"]["scope_1"]["CO2"]["value"] == exactly(
        100 * 20.93e-3 * 98.3
    )


@pytest.mark.parametrize("of_coal", ["", "ncv: 26.7 GJ/t, "])
@pytest.mark.parametrize("of_husk", ["", "ncv: 11.6 GJ/t, "])
def test_a_stream_without_a_heat_content_takes_that_of_its_factor_everywhere(
    plant: Plant, of_coal: str, of_husk: str
) -> None:
    streams = f"""\
streams:
  coal: {{kind: energy, quantity: 1 000 t/year, price: 4 USD/GJ, price-basis: ncv, {of_coal}emission-factors: [own-fuels/coal]}}
  husk: {{kind: energy, quantity: 0 t/year, price: 30 USD/t, {of_husk}emission-factors: [own-fuels/husk]}}
measures:
  - {{id: m, title: Husk, lifetime: 10 year, effects: {{stream: coal, replace-by: husk, share: 50 %, ratio: equal-heat}}}}
"""
    head = HEAD.replace("currency: VND", "currency: USD, discount-rate: {real: 8 %}")
    head = head.replace(
        "basis:\n  period: 2023\n  currency: USD, d", "basis:\n  period: 2023\n  currency: USD\n  d"
    )
    data = plant.data(streams, head)
    husk = 500 * 26.7 / 11.6
    assert data["streams"]["husk"]["after"]["value"] == exactly(husk)
    saved = data["measures"][0]["annual_saving"]["value"]
    assert saved == exactly(500 * 26.7 * 4 - husk * 30)
