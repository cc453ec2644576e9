"""Gas by gas to the end, the GWP last; biogenic CO2 a memo line; scopes apart; lives another kind of figure."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from small_plant import HEAD, Plant

COAL = "{kind: energy, quantity: 5 000 t/year, price: 1 VND/t, emission-factors: [own-fuels/coal]}"
HUSK = "{kind: energy, quantity: 5 000 t/year, price: 1 VND/t, emission-factors: [own-fuels/husk]}"
POWER = "{kind: energy, quantity: 41 GWh/year, price: 1 VND/kWh, emission-factors: [own-grid/electricity]}"


@pytest.fixture
def plant(tmp_path: Path) -> Plant:
    return Plant(tmp_path)


def exactly(value: float) -> Any:
    return pytest.approx(value, rel=1e-9)


def test_coal_gives_each_gas_and_the_gwp_comes_last(plant: Plant) -> None:
    totals = plant.saving(COAL, "1 000 t/year")
    scope = totals["avoided_emissions"]["scope_1"]
    assert scope["CO2"]["value"] == exactly(1000 * 26.7e-3 * 98300e-3)
    assert scope["CH4"]["value"] == exactly(1000 * 26.7e-3 * 10e-3)
    assert scope["N2O"]["value"] == exactly(1000 * 26.7e-3 * 1.5e-3)
    expected = 1000 * 26.7e-3 * (98300e-3 + 10e-3 * 28 + 1.5e-3 * 265)
    assert totals["reductions"]["co2e"]["value"] == exactly(expected)
    assert totals["reductions"]["co2e"]["of"] == "CO2e"
    assert totals["reductions"]["co2"]["value"] == exactly(2624.61)


def test_biogenic_co2_is_a_memo_line_and_its_other_gases_count(plant: Plant) -> None:
    totals = plant.saving(HUSK, "1 000 t/year")
    assert totals["avoided_emissions"]["biogenic"]["CO2"]["value"] == exactly(1000 * 11.6e-3 * 100)
    assert "CO2" not in totals["avoided_emissions"]["scope_1"]
    assert "co2" not in totals["reductions"]
    assert totals["reductions"]["co2e"]["value"] == exactly(
        1000 * 11.6e-3 * (0.030 * 28 + 0.004 * 265)
    )


def test_scopes_stand_apart_and_market_is_never_added(plant: Plant) -> None:
    stream = (
        "{kind: energy, quantity: 41 GWh/year, price: 1 VND/kWh,"
        " emission-factors: [own-grid/electricity, {factor: own-grid/market, type: residual-mix},"
        " {factor: own-grid/losses, type: average}]}"
    )
    totals = plant.saving(stream, "1 000 MWh/year")
    scopes = totals["avoided_emissions"]
    assert scopes["scope_2_location"]["CO2"]["value"] == exactly(659.2)
    assert scopes["scope_2_market"]["CO2"]["value"] == exactly(100)
    assert scopes["scope_3"]["CO2"]["value"] == exactly(50)
    assert totals["reductions"]["co2"]["value"] == exactly(659.2)


def test_dust_of_power_generation_is_off_site(plant: Plant) -> None:
    stream = (
        "{kind: energy, quantity: 41 GWh/year, price: 1 VND/kWh,"
        " emission-factors: [own-grid/electricity, {factor: own-grid/plant-dust, type: average}]}"
    )
    totals = plant.saving(stream, "1 000 MWh/year")
    assert totals["avoided_emissions"]["off_site"]["TSP"]["value"] == exactly(0.2)
    assert "dust" not in totals["reductions"]
    assert "on_site" not in totals["avoided_emissions"]


def test_a_life_is_another_kind_of_figure(plant: Plant) -> None:
    totals = plant.saving(POWER, "1 000 MWh/year")
    assert totals["avoided_emissions"]["scope_2_location"]["CO2"]["unit"] == "t/year"
    over_life = totals["lifetime_avoided"]["scope_2_location"]["CO2"]
    assert over_life["unit"] == "t"
    assert over_life["value"] == exactly(6592)
    assert totals["lifetime_reductions"]["co2"]["value"] == exactly(6592)


def test_a_declining_grid_counts_for_fewer_years_and_a_fuel_does_not(plant: Plant) -> None:
    head = HEAD.replace("type: combined-margin}", "type: combined-margin, decline: 3 %/year}")
    body = f"""\
streams:
  power: {POWER}
  coal: {COAL}
measures:
  - id: m
    title: Both
    lifetime: 10 year
    effects: [{{stream: power, reduce: 1 000 MWh/year}}, {{stream: coal, reduce: 100 t/year}}]
  - id: n
    title: Half a year more
    lifetime: 30 month
    effects: [{{stream: power, reduce: 1 000 MWh/year}}]
"""
    data = plant.data(body, head)
    lives = data["measures"][0]["lifetime_avoided"]
    assert lives["scope_2_location"]["CO2"]["value"] == exactly(659.2 * (1 - 0.97**10) / 0.03)
    assert lives["scope_1"]["CO2"]["value"] == exactly(2624.61 / 10 * 10)
    short = data["measures"][1]["lifetime_avoided"]["scope_2_location"]["CO2"]["value"]
    assert short == exactly(659.2 * (1 + 0.97 + 0.5 * 0.97**2))
    assert data["basis"]["grid_decline"] == "3 %/year"


def test_a_measure_without_a_life_makes_the_total_over_lives_partial(plant: Plant) -> None:
    body = f"""\
streams:
  power: {POWER}
measures:
  - {{id: m, title: A, lifetime: 10 year, effects: {{stream: power, reduce: 1 000 MWh/year}}}}
  - {{id: n, title: B, effects: {{stream: power, reduce: 1 000 MWh/year}}}}
"""
    totals = plant.data(body)["totals"]
    for figure in (
        totals["lifetime_avoided"]["scope_2_location"]["CO2"],
        totals["lifetime_reductions"]["co2"],
    ):
        assert figure["value"] == exactly(6592)
        assert figure["partial"] == {"counted": 1, "of": 2, "missing": ["measures.n.lifetime"]}


def test_without_any_life_there_is_no_figure_over_lives(plant: Plant) -> None:
    body = f"streams: {{power: {POWER}}}\nmeasures: [{{id: m, title: A, effects: {{stream: power, reduce: 10 %}}}}]\n"
    assert "lifetime_avoided" not in plant.data(body)["totals"]


def test_a_co2e_factor_leaves_co2_missing_and_says_so(plant: Plant) -> None:
    head = HEAD.replace("AR5-100", "AR4-100")
    body = f"""\
streams:
  fuel: {{kind: energy, quantity: 10 t/year, price: 1 VND/t, emission-factors: [own-fuels/made-with-ar4]}}
  coal: {COAL}
measures:
  - {{id: m, title: A, effects: [{{stream: fuel, reduce: 1 t/year}}, {{stream: coal, reduce: 1 t/year}}]}}
"""
    reductions = plant.data(body, head)["totals"]["reductions"]
    assert reductions["co2"]["partial"]["missing"] == ["streams.fuel.emission-factors"]
    assert reductions["co2e"]["value"] == exactly(3 + 26.7e-3 * (98.3 + 0.010 * 25 + 0.0015 * 298))
    assert "partial" not in reductions["co2e"]


def test_only_the_gwps_of_gases_that_occur_are_cited(plant: Plant) -> None:
    body = f"streams: {{power: {POWER}}}\nmeasures: [{{id: m, title: A, effects: {{stream: power, reduce: 10 %}}}}]\n"
    references = [item["reference"] for item in plant.data(body)["factors"]]
    assert references == [
        "own-grid@1/electricity#CO2,2023,combined-margin",
        "own-gwp@1/AR5-100#CO2",
    ]


def test_unverified_heat_contents_and_gwps_surface_too(plant: Plant) -> None:
    body = f"streams: {{husk: {HUSK}}}\nmeasures: [{{id: m, title: A, effects: {{stream: husk, reduce: 10 %}}}}]\n"
    data = plant.data(body, HEAD.replace("AR5-100", "AR4-100"))
    doubtful = [item["reference"] for item in data["factors"] if item["quality"] == "unverified"]
    assert doubtful == ["own-fuels@1/husk#ncv", "own-gwp@1/AR4-100#N2O"]


@pytest.mark.parametrize("language", ["en", "vi"])
def test_the_page_shows_gases_scopes_lives_reasons_and_doubts(plant: Plant, language: str) -> None:
    from cpcalc.report.page import plain_lines
    from cpcalc.report.summary import summary

    head = HEAD.replace(
        "data-year: 2023, type: combined-margin",
        'data-year: 2008, type: combined-margin, because: "known then"',
    )
    use = "own-grid/electricity, {factor: own-grid/plant-dust, year: 2023, type: average, because: no better one}"
    body = f"""\
streams:
  power: {{kind: energy, quantity: 41 GWh/year, price: 1 VND/kWh, emission-factors: [{use}]}}
  coal: {COAL}
measures:
  - {{id: m, title: A, lifetime: 5 year, effects: [{{stream: power, reduce: 1 %}}, {{stream: coal, reduce: 1 %}}]}}
"""
    result = plant.assess(body, head).result
    assert result is not None
    lines = list(plain_lines(summary(result, language), language))
    flat = " ".join(" ".join(lines).split())
    words = {
        "en": (
            "CO2 scope 1",
            "CO2 scope 2",
            "dust off site",
            "CO2 over the measures' lives",
            "held constant",
        ),
        "vi": (
            "CO2 phạm vi 1",
            "CO2 phạm vi 2",
            "bụi ngoài nhà máy",
            "CO2 trong vòng đời giải pháp",
            "được giữ nguyên",
        ),
    }[language]
    for said in (
        *words,
        "0.5764 t CO2/MWh" if language == "en" else "0,5764 t CO2/MWh",
        "known then",
        "own-grid@1/plant-dust#TSP,2023,average: no better one",
    ):
        assert said in flat, said
    doubts = flat.split(
        "not verified against the original:" if language == "en" else "với bản gốc:"
    )[1]
    assert doubts.strip().startswith("own-grid@1/electricity#CO2,2008,combined-margin")


def test_a_file_with_electricity_alone_repeats_nothing(plant: Plant) -> None:
    from cpcalc.report.summary import summary

    body = f"streams: {{power: {POWER}}}\nmeasures: [{{id: m, title: A, effects: {{stream: power, reduce: 10 %}}}}]\n"
    result = plant.assess(body).result
    assert result is not None
    assert "by-gas" not in [getattr(block, "key", "") for block in summary(result, "en")]


@pytest.mark.parametrize("gas", ["HCFC-22", "HCFC-141b", "CFC-12"])
def test_gases_of_the_montreal_protocol_stand_outside_the_scopes_and_of_co2e(
    plant: Plant, gas: str
) -> None:
    head = HEAD.replace("own-gwp@1", "own-gwp@1, ipcc-gwp@1")
    body = f"""\
streams:
  old: {{kind: greenhouse-gas, gas: {gas}, quantity: 80 kg/year}}
  new: {{kind: greenhouse-gas, gas: HFC-134a, quantity: 80 kg/year}}
measures:
  - {{id: m, title: Leaks, lifetime: 10 year, effects: [{{stream: old, reduce: 50 %}}, {{stream: new, reduce: 25 %}}]}}
"""
    data = plant.data(body, head.replace("own-gwp@1, ", ""))
    totals = data["totals"]
    key = gas.replace("-", "_")
    assert totals["avoided_emissions"]["outside_scopes"][key]["value"] == exactly(0.04)
    assert totals["lifetime_avoided"]["outside_scopes"][key]["value"] == exactly(0.4)
    assert list(totals["avoided_emissions"]["scope_1"]) == ["HFC_134a"]
    assert totals["reductions"]["co2e"]["value"] == exactly(0.02 * 1300)
    assert not any(key in used["reference"] for used in data["factors"])


@pytest.mark.parametrize(
    ("gas", "potential"), [("CH4", 27.9), ("CH4-fossil", 29.8), ("CH4-non-fossil", 27)]
)
def test_methane_is_counted_by_its_origin_where_the_report_tells_it(
    plant: Plant, gas: str, potential: float
) -> None:
    head = HEAD.replace("own-gwp@1", "ipcc-gwp@1").replace("AR5-100", "AR6-100")
    body = f"""\
streams: {{leak: {{kind: greenhouse-gas, gas: {gas}, quantity: 10 t/year}}}}
measures:
  - {{id: m, title: Leaks, effects: {{stream: leak, reduce: 50 %}}}}
"""
    assert plant.data(body, head)["totals"]["reductions"]["co2e"]["value"] == exactly(5 * potential)


def test_a_gas_without_a_potential_is_named_where_it_stands(plant: Plant) -> None:
    body = """\
streams:
  leak: {kind: greenhouse-gas, gas: CH4-fossil, quantity: 10 t/year}
measures:
  - {id: m, title: Leaks, effects: {stream: leak, reduce: 50 %}}
"""
    assert ("gas-without-gwp", 2) in plant.problems(body)
    reduced = plant.data(body)["totals"]["reductions"]["co2e"]
    assert reduced["not_applicable"] == "incomplete"
