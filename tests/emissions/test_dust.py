"""Dust and other pollutants: AP-42 formulas, abatement, chimneys at stated conditions, generated and emitted apart."""

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


def fuel(factor: str, unit: str = "t", more: str = "") -> str:
    return f"{{kind: energy, quantity: 1 000 {unit}/year, price: 1 VND/{unit}{more}, emission-factors: [{factor}]}}"


def on_site(totals: dict[str, Any], substance: str = "TSP") -> float:
    value: float = totals["avoided_emissions"]["on_site"][substance]["value"]
    return value


# ---- AP-42 ----------------------------------------------------------------------------------------------------------


def test_ash_is_the_percent_number(plant: Plant) -> None:
    totals = plant.saving(fuel("{factor: own-dust/stoker-pm, ash: 30 %}"), "100 t/year")
    assert on_site(totals) == exactly(0.4e-3 * 30 * 100)
    assert totals["reductions"]["dust"] == {"value": exactly(1200), "unit": "kg/year", "of": "TSP"}


def test_sulphur_has_a_constant_beside_it(plant: Plant) -> None:
    totals = plant.saving(fuel("{factor: own-dust/oil-pm, sulphur: 2.5 %}", "m3"), "100 m3/year")
    assert on_site(totals) == exactly((1.1012 * 2.5 + 0.3858) * 100 * 1e-3)


def test_a_density_leads_from_tonnes_to_cubic_metres(plant: Plant) -> None:
    stream = fuel("{factor: own-dust/oil-pm, sulphur: 2.5 %}", more=", density: 0.96 t/m3")
    totals = plant.saving(stream, "96 t/year")
    assert on_site(totals) == exactly((1.1012 * 2.5 + 0.3858) * 100 * 1e-3)


def test_a_dry_ash_needs_the_moisture(plant: Plant) -> None:
    use = "{factor: own-dust/stoker-pm, ash: 20 %, content-basis: dry, moisture: 10 %}"
    assert on_site(plant.saving(fuel(use), "100 t/year")) == exactly(0.4e-3 * 18 * 100)
    body = f"streams: {{s: {fuel(use.replace(', moisture: 10 %', ''))}}}\n"
    assert plant.problems(body) == [("factor-parameter-missing", 1)]


def test_a_factor_per_dry_tonne_on_wet_tonnes(plant: Plant) -> None:
    wet = fuel("{factor: own-fuels/dry-wood, moisture: 50 %}", more=", mass-basis: wet")
    assert on_site(plant.saving(wet, "100 t/year")) == exactly(0.5)
    dry = fuel("own-fuels/dry-wood", more=", mass-basis: dry")
    assert on_site(plant.saving(dry, "100 t/year")) == exactly(1.0)


# ---- abatement ------------------------------------------------------------------------------------------------------


def test_generated_and_emitted_stand_apart(plant: Plant) -> None:
    totals = plant.saving(
        fuel("{factor: own-dust/stoker-pm, ash: 30 %, control: 80 %}"), "100 t/year"
    )
    assert totals["avoided_emissions"]["generated"]["TSP"]["value"] == exactly(1.2)
    assert on_site(totals) == exactly(0.24)
    assert totals["reductions"]["dust"]["value"] == exactly(240)


def test_a_cited_efficiency_is_cited(plant: Plant) -> None:
    body = f"""\
streams: {{s: {fuel("{factor: own-dust/stoker-pm, ash: 30 %, control: own-dust/cyclone}")}}}
measures: [{{id: m, title: A, effects: {{stream: s, reduce: 100 t/year}}}}]
"""
    data = plant.data(body)
    assert on_site(data["totals"]) == exactly(0.24)
    used = {item["reference"]: item["citation"] for item in data["factors"]}
    assert used["own-dust@1/cyclone#efficiency"] == "Test AP-42, 1996, Table B-2"


def test_sizes_are_never_added_and_each_has_its_own_efficiency(plant: Plant) -> None:
    use = "{factor: own-dust/all-sizes, control: {TSP: 95 %, PM10: own-dust/cyclone-pm10}}"
    totals = plant.saving(fuel(use), "1 000 t/year")
    sizes = totals["avoided_emissions"]["on_site"]
    assert {name: figure["value"] for name, figure in sizes.items()} == {
        "TSP": exactly(0.25),
        "PM10": exactly(1.5),
        "PM2_5": exactly(1.0),
        "SO2": exactly(9.0),
    }
    assert totals["reductions"]["dust"]["value"] == exactly(250)
    assert totals["reductions"]["so2"]["value"] == exactly(9)


def test_one_efficiency_for_dust_and_gases_is_refused(plant: Plant) -> None:
    body = f"streams: {{s: {fuel('{factor: own-dust/all-sizes, control: 95 %}')}}}\n"
    assert plant.problems(body) == [("control-ambiguous", 1)]


def test_one_efficiency_on_dust_is_that_of_total_dust(plant: Plant) -> None:
    set_text = """\
factor-set: sizes
version: 1
title: {en: Sizes, vi: Cỡ hạt}
source: {title: Book, year: 2000, url: "https://example.org"}
licence: none
quality: verified
kind: fuel
boundary: combustion
geography: world
factors:
  - id: boiler
    name: {en: Boiler, vi: Nồi hơi}
    emits:
      - {of: TSP, value: 5 kg TSP/t}
      - {of: PM10, value: 3 kg PM10/t}
"""
    plant.add_set("sizes", set_text)
    head = HEAD.replace("own-gwp@1", "own-gwp@1, sizes@1")
    body = f"""\
streams: {{s: {fuel("{factor: sizes/boiler, control: 80 %}")}}}
measures: [{{id: m, title: A, effects: {{stream: s, reduce: 100 t/year}}}}]
"""
    assert plant.problems(body, head) == [("control-of-dust-only", 1)]
    assert set(plant.data(body, head)["totals"]["avoided_emissions"]["on_site"]) == {"TSP"}


@pytest.mark.parametrize(
    "use, problem",
    [
        ("{factor: own-dust/abated, control: 80 %}", "control-counted-twice"),
        ("{factor: own-dust/stoker-pm, ash: 30 %, control: own-dust/cyclone-pm10}", "control-of-another-substance"),
        ("{factor: own-dust/stoker-pm, ash: 30 %, control: own-dust/nothing}", "unknown-factor"),
        ("{factor: own-dust/stoker-pm, ash: 30 %, control: {SO2: 80 %}}", "control-without-pollutant"),
        ("{factor: own-fuels/coal, control: 80 %}", "control-without-pollutant"),
        ("{factor: own-dust/stoker-pm, ash: 30 %, control: 120 %}", "out-of-range"),
        ("{factor: own-dust/stoker-pm}", "factor-parameter-missing"),
        ("{factor: own-dust/stoker-pm, ash: 30 %, control: {}}", "empty-value"),
        ("{factor: own-dust/stoker-pm, ash: 130 %}", "out-of-range"),
        ("own-fuels/dry-wood", "mass-basis-mixed"),
        ("{factor: own-dust/stoker-pm, ash: 30 %, sulphur: 1 %}", "parameter-without-use"),
        ("{factor: own-dust/stoker-pm, ash: 30 %, moisture: 10 %}", "parameter-without-use"),
        ("{factor: own-dust/stoker-pm, ash: 30 %, equipment: stoker}", "parameter-without-use"),
        ("{factor: own-fuels/coal, content-basis: dry}", "parameter-without-use"),
        ("{factor: own-fuels/coal, year: 2011}", "parameter-without-use"),
        ("{factor: own-fuels/coal, recovered: 10 %}", "parameter-without-use"),
        ("own-dust/by-equipment", "factor-not-chosen"),
        ("{factor: own-dust/by-equipment, equipment: cyclone-furnace}", "no-such-factor"),
    ],
)  # fmt: skip
def test_a_use_that_does_not_fit_is_located(plant: Plant, use: str, problem: str) -> None:
    assert plant.problems(f"streams:\n  s: {fuel(use)}\n") == [(problem, 2)]


def test_equipment_chooses_among_rows(plant: Plant) -> None:
    totals = plant.saving(
        fuel("{factor: own-dust/by-equipment, equipment: overfeed-stoker}"), "100 t/year"
    )
    assert on_site(totals) == exactly(0.8)


def test_dust_as_generated_needs_its_control_to_be_emitted(plant: Plant) -> None:
    stream = "{kind: dust, boundary: generated, quantity: 100 t/year, control: 90 %}"
    totals = plant.saving(stream, "10 t/year")
    assert totals["avoided_emissions"]["generated"]["TSP"]["value"] == exactly(10)
    assert on_site(totals) == exactly(1)
    without = plant.saving(stream.replace(", control: 90 %", ""), "10 t/year")
    assert without["avoided_emissions"]["generated"]["TSP"]["value"] == exactly(10)
    assert "dust" not in without["reductions"]


# ---- chimneys -------------------------------------------------------------------------------------------------------

STACK = """\
streams:
  stack:
    kind: dust
    boundary: emitted
    concentration: 150 mg/Nm3
    concentration-at: {temperature: 0 degC, pressure: 101.325 kPa, moisture: 0 %, oxygen: 6 %}
    gas-flow: 42 000 m3/hour
    gas-flow-at: {temperature: 160 degC, pressure: 100 kPa, moisture: 8 %, oxygen: 14 %}
    hours: 7 200 hour/year
"""


def test_the_flow_is_brought_to_the_conditions_of_the_concentration(plant: Plant) -> None:
    baseline = plant.data(STACK)["streams"]["stack"]["baseline"]
    flow = (
        42_000 * (273.15 / 433.15) * (100 / 101.325) * (1 - 0.08) * ((0.21 - 0.14) / (0.21 - 0.06))
    )
    assert baseline == {"value": exactly(150e-9 * flow * 7200), "unit": "t/year", "of": "TSP"}


def test_correcting_only_one_of_the_two_would_be_wrong_by_2_14(plant: Plant) -> None:
    only_oxygen = STACK.replace("temperature: 0 degC, pressure: 101.325 kPa, moisture: 0 %, ", "").replace(
        "temperature: 160 degC, pressure: 100 kPa, moisture: 8 %, ", ""
    ).replace("42 000 m3", "42 000 Nm3")  # fmt: skip
    corrected = plant.data(only_oxygen)["streams"]["stack"]["baseline"]["value"]
    neither = only_oxygen.replace("150 mg", "70 mg").replace("oxygen: 6 %", "oxygen: 14 %")
    assert plant.data(neither)["streams"]["stack"]["baseline"]["value"] == exactly(corrected)
    wrong = 150e-9 * 42_000 * 7200
    assert wrong / corrected == pytest.approx(2.14, abs=0.005)


def test_conditions_of_one_only_are_refused(plant: Plant) -> None:
    one_sided = STACK.replace(", oxygen: 14 %", "")
    assert plant.problems(one_sided) == [("conditions-incomplete", 2)]
    no_state = "\n".join(line for line in STACK.splitlines() if "-at:" not in line) + "\n"
    assert plant.problems(no_state) == [("conditions-incomplete", 2)]


def test_without_conditions_concentration_and_flow_are_as_measured_together(plant: Plant) -> None:
    as_measured = "\n".join(line for line in STACK.splitlines() if "-at:" not in line).replace(
        "m3/hour", "Nm3/hour"
    )
    assert plant.problems(as_measured + "\n") == [("conditions-unstated", 6)]
    value = plant.data(as_measured + "\n")["streams"]["stack"]["baseline"]["value"]
    assert value == exactly(150e-9 * 42_000 * 7200)


@pytest.mark.parametrize(
    "change",
    [("oxygen: 14 %", "oxygen: 21 %"), ("oxygen: 6 %", "oxygen: -1 %"), ("moisture: 8 %", "moisture: 100 %"),
     ("pressure: 100 kPa", "pressure: 0 kPa"), ("temperature: 160 degC", "temperature: -300 degC")],
)  # fmt: skip
def test_impossible_conditions_are_located(plant: Plant, change: tuple[str, str]) -> None:
    text = STACK.replace(*change)
    line = next(number for number, row in enumerate(text.splitlines(), 1) if change[1] in row)
    name = "too-low" if change[0].startswith(("pressure", "temperature")) else "out-of-range"
    assert plant.problems(text) == [(name, line)]


def test_a_stack_needs_both_and_no_quantity(plant: Plant) -> None:
    without_flow = "\n".join(line for line in STACK.splitlines() if "gas-flow" not in line) + "\n"
    assert [name for name, _ in plant.problems(without_flow)] == ["one-of-keys-needed"]
    with_quantity = STACK + "    quantity: 10 t/year\n"
    assert [name for name, _ in plant.problems(with_quantity)] == ["keys-exclude-each-other"]


def test_a_lower_concentration_removes_its_share(plant: Plant) -> None:
    body = (
        STACK
        + """\
measures:
  - id: filter
    title: Better filter
    effects: {stream: stack, load: dust, from: 150 mg/Nm3, to: 30 mg/Nm3}
"""
    )
    data = plant.data(body)
    baseline = data["streams"]["stack"]["baseline"]["value"]
    assert data["totals"]["reductions"]["dust"]["value"] == exactly(0.8 * baseline * 1000)


@pytest.mark.parametrize(
    "effect, problem",
    [
        ("{stream: stack, load: so2, from: 150 mg/Nm3, to: 30 mg/Nm3}", "load-needs-stack"),
        ("{stream: stack, load: dust, from: 150 mg/m3, to: 30 mg/m3}", "wrong-kind-of-unit"),
        ("{stream: stack, load: dust, from: 0 mg/Nm3, to: 30 mg/Nm3}", "too-low"),
        ("{stream: plain, load: dust, from: 150 mg/Nm3, to: 30 mg/Nm3}", "load-needs-stack"),
    ],
)
def test_a_concentration_that_does_not_fit_is_located(
    plant: Plant, effect: str, problem: str
) -> None:
    body = f"""{STACK}  plain: {{kind: dust, boundary: emitted, quantity: 1 t/year}}
measures:
  - id: m
    title: A
    effects: {effect}
"""
    assert plant.problems(body) == [(problem, 14)]


def test_a_stream_in_cubic_metres_with_a_factor_per_tonne(plant: Plant) -> None:
    stream = fuel("own-dust/all-sizes", "m3", ", density: 0.8 t/m3")
    assert on_site(plant.saving(stream, "100 m3/year")) == exactly(0.4)


def test_a_cited_efficiency_acts_on_its_own_size_only(plant: Plant) -> None:
    plant.add_set(
        "sizes",
        """\
factor-set: sizes
version: 1
title: {en: Sizes, vi: Cỡ hạt}
source: {title: Book, year: 2000, url: "https://example.org"}
licence: none
quality: verified
kind: fuel
boundary: combustion
geography: world
factors:
  - id: boiler
    name: {en: Boiler, vi: Nồi hơi}
    emits:
      - {of: TSP, value: 5 kg TSP/t}
      - {of: PM10, value: 3 kg PM10/t}
""",
    )
    head = HEAD.replace("own-gwp@1", "own-gwp@1, sizes@1")
    body = f"""\
streams: {{s: {fuel("{factor: sizes/boiler, control: own-dust/cyclone-pm10}")}}}
measures: [{{id: m, title: A, effects: {{stream: s, reduce: 100 t/year}}}}]
"""
    sizes = plant.data(body, head)["totals"]["avoided_emissions"]["on_site"]
    assert {name: figure["value"] for name, figure in sizes.items()} == {"PM10": exactly(0.15)}


@pytest.mark.parametrize("moisture, problem", [("100 %", "out-of-range"), ("-1 %", "out-of-range")])
def test_a_moisture_leaves_some_dry_mass(plant: Plant, moisture: str, problem: str) -> None:
    wet = fuel(f"{{factor: own-fuels/dry-wood, moisture: {moisture}}}", more=", mass-basis: wet")
    assert plant.problems(f"streams:\n  s: {wet}\n") == [(problem, 2)]
    dry_ash = f"{{factor: own-dust/stoker-pm, ash: 20 %, content-basis: dry, moisture: {moisture}}}"
    assert plant.problems(f"streams:\n  s: {fuel(dry_ash)}\n") == [(problem, 2)]
