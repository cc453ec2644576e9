"""The plant before and after its measures: its bill, emissions and figures per product; measures by class."""

from __future__ import annotations

from math import fsum, isclose
from pathlib import Path

import pytest

from cpcalc.app.assess import Options, Outcome, assess, assess_file
from cpcalc.figures import Figure, NotApplicable, Reported, is_whole
from cpcalc.report.page import plain_lines
from cpcalc.report.short_page import short_page
from cpcalc.report.summary import summary
from cpcalc.results import AssessmentResult, figures_by_path

ROOT = Path(__file__).resolve().parent.parent
PLANTS = sorted((ROOT / "assessments" / "vpeg").glob("*-*.yaml"))
HEAD = """cpcalc: 1
numbers: international
enterprise: {id: mill, name: Mill}
data-status: draft
basis: {period: 2024, currency: USD, factor-sets: [ipcc-2006@1, ipcc-gwp@1], gwp: AR5-100}
"""
MILL = (
    HEAD
    + """
products:
  - {id: cloth, output: 1 000 t/year}
  - {id: yarn, output: 500 t/year}
streams:
  power: {kind: energy, quantity: 1 200 MWh/year, price: 0.1 USD/kWh}
  coal: {kind: energy, quantity: 500 t/year, annual-cost: 50 000 USD/year, ncv: 25 GJ/t, for: yarn,
    emission-factors: [ipcc-2006/anthracite]}
  dye: {kind: chemical, price: 2 USD/kg}
measures:
  - {id: less-coal, title: A, type: process-control, investment: 1 000 USD, effects: {stream: coal, reduce: 10 %}}
  - {id: less-power, title: B, cost-class: low-cost, investment: 500 USD, effects: {stream: power, reduce: 100 MWh/year}}
"""
)


def outcome_of(text: str) -> Outcome:
    return assess(text.encode(), "plant.yaml", Options())


def result_of(text: str) -> AssessmentResult:
    outcome = outcome_of(text)
    assert outcome.result is not None, outcome.diagnostics
    return outcome.result


def value(figures: dict[str, Reported], name: str) -> float:
    figure = figures[name]
    assert isinstance(figure, Figure), (name, figure)
    return figure.value


def test_more_output_with_little_more_energy_is_more_productive_and_less_intense() -> None:
    text = (
        HEAD
        + """
products: [{id: cloth, output: 1 000 t/year}]
streams:
  cloth: {kind: product, quantity: 1 000 t/year}
  waste: {kind: solid-waste, quantity: 1.2 t/t, per: cloth}
  water: {kind: water, quantity: 1.2 m3/t, per: cloth}
measures:
  - id: more
    title: More
    effects:
      - {product: cloth, increase: 10 %}
      - {stream: water, from: 1.2 m3/t, to: 1.1 m3/t, per: cloth}
      - {stream: waste, from: 1.2 t/t, to: 1.1 t/t, per: cloth}
"""
    )
    figures = figures_by_path(result_of(text))
    assert isclose(value(figures, "baseline.consumption.water.before"), 1200)
    assert isclose(value(figures, "baseline.consumption.water.after"), 1210)
    productivity = value(figures, "specific.cloth.productivity.water.change")
    intensity = value(figures, "specific.cloth.intensity.waste.change")
    assert round(productivity * 100, 2) == 9.09
    assert round(intensity * 100, 2) == -8.33


def test_each_product_has_its_own_streams_and_the_first_what_is_shared() -> None:
    result = result_of(MILL)
    figures = figures_by_path(result)
    assert isclose(value(figures, "specific.yarn.streams.coal.before"), 1.0)
    assert isclose(
        value(figures, "specific.yarn.consumption.energy.before"), 500 * 25e6 / 3600 / 500
    )
    assert isclose(value(figures, "specific.cloth.consumption.energy.before"), 1200)
    assert result.specific["cloth"].shared == ("power", "dye")
    assert result.specific["yarn"].shared == ()
    pages = "\n".join(plain_lines(summary(result, "en"), "en", 100))
    assert "counted here alone: power, dye" in pages


def test_what_is_missing_leaves_sums_partial_and_is_no_zero() -> None:
    figures = figures_by_path(result_of(MILL))
    bill = figures["baseline.bill.before"]
    assert isinstance(bill, Figure)
    assert (bill.value, bill.counted, bill.of) == (170_000, 2, 3)
    assert bill.missing == ("streams.dye.quantity",)
    assert isinstance(figures["baseline.consumption.materials.before"], NotApplicable)
    co2 = figures["baseline.pollution.co2.before"]
    assert isinstance(co2, Figure)
    assert co2.missing == ("streams.power.emission-factors",)


def test_of_a_product_without_output_only_what_the_file_states_per_unit_is_known() -> None:
    result = assess_file(str(ROOT / "assessments/published/meghna-knit.yaml"), Options()).result
    assert result is not None
    (product,) = result.specific.values()
    assert isinstance(product.streams["water"].after, Figure)
    energy = product.consumption["energy"].before
    assert isinstance(energy, NotApplicable)
    assert energy.missing


def test_a_product_that_is_not_there_is_refused_with_the_one_meant() -> None:
    (problem,) = [
        item for item in outcome_of(MILL.replace("for: yarn", "for: yarm")).diagnostics
        if item.severity == "error"
    ]  # fmt: skip
    assert problem.name == "unknown-product"
    assert problem.path == ("streams", "coal", "for")
    assert "yarn" in str(problem.values["suggestion"])


def test_the_bill_of_a_tariff_is_that_of_its_periods() -> None:
    text = (
        HEAD
        + """
streams:
  power:
    kind: energy
    quantity: 1 000 MWh/year
    tariff: {peak: {price: 0.2 USD/kWh, share: 25 %}, normal: {price: 0.1 USD/kWh, share: 75 %}}
measures:
  - {id: a, title: A, effects: {stream: power, reduce: 100 MWh/year, during: peak}}
"""
    )
    figures = figures_by_path(result_of(text))
    assert isclose(value(figures, "baseline.bill.before"), 125_000)
    assert isclose(value(figures, "baseline.bill.after"), 105_000)


@pytest.mark.parametrize("path", PLANTS, ids=lambda path: path.stem)
def test_what_a_plant_no_longer_pays_and_emits_is_what_its_measures_save(path: Path) -> None:
    result = assess_file(str(path), Options()).result
    assert result is not None
    assert result.baseline is not None
    compared = 0
    for kind, reduction in result.totals.reductions.items():
        before, after, change = result.baseline.pollution[kind]
        if is_whole(before) and is_whole(after) and is_whole(reduction):
            assert isclose(before.value - after.value, reduction.value, rel_tol=1e-9)
            assert isinstance(change, Figure)
            assert isclose(change.value, -reduction.value / before.value, rel_tol=1e-9)
            compared += 1
    assert compared
    for classes in (result.by_type, result.by_cost_class):
        saving = result.totals.annual_saving
        parts = [item.annual_saving for item in classes.values()]
        if is_whole(saving) and all(map(is_whole, parts)):
            known = [part.value for part in parts if isinstance(part, Figure)]
            assert isclose(fsum(known), saving.value, rel_tol=1e-9)
        counted = sum(item.measures_counted for item in classes.values())
        assert counted == result.totals.measures_counted


def test_the_short_page_says_which_share_of_the_baseline_is_avoided() -> None:
    lines = "\n".join(plain_lines(short_page(result_of(MILL), "en"), "en", 100))
    plain = " ".join(lines.split())
    assert "Less CO2 122.9* t/year (−10.0 %*)" in plain  # of what has a factor


def test_materials_and_wastes_in_mass_per_mass_of_product_add_up() -> None:
    text = (
        HEAD
        + """
products: [{id: cloth, output: 1 000 t/year}]
streams:
  yarn: {kind: material, quantity: 1.1 t/t, per: cloth}
  salt: {kind: chemical, quantity: 400 t/year}
  scrap: {kind: solid-waste, quantity: 100 t/year}
  drums: {kind: chemical-waste, quantity: 20 t/year}
measures: [{id: a, title: A, effects: {stream: salt, reduce: 50 %}}]
"""
    )
    figures = figures_by_path(result_of(text))
    assert isclose(value(figures, "specific.cloth.consumption.materials.before"), 1.5)
    assert isclose(value(figures, "specific.cloth.consumption.materials.after"), 1.3)
    assert isclose(value(figures, "specific.cloth.intensity.waste.before"), 0.12)


BREWERY = (
    HEAD.replace("ipcc-2006@1", "ipcc-2006@1, vn-grid@1, sector-benchmarks@1").replace(
        "gwp:", "grid: {data-year: 2022, type: combined-margin}, gwp:"
    )
    + """
products: [{id: beer, output: 500 000 hL/year, benchmark: sector-benchmarks/beer}]
streams:
  power: {kind: energy, quantity: 5 GWh/year, emission-factors: [vn-grid/electricity]}
  coal: {kind: energy, quantity: 2 600 t/year, ncv: 22 MJ/kg, emission-factors: [ipcc-2006/anthracite]}
  water: {kind: water, quantity: 320 000 m3/year}
measures:
  - {id: a, title: A, effects: {stream: water, reduce: 40 000 m3/year}}
  - {id: b, title: B, effects: {stream: coal, reduce: 12 %}}
"""
)


def test_a_named_benchmark_says_where_the_plant_stands_before_and_after() -> None:
    result = result_of(BREWERY)
    rows = result.specific["beer"].benchmark
    stands = {
        (name.rsplit("-", 1)[0], row.level, row.applies_to): (row.stands_before, row.stands_after)
        for name, row in rows.items()
        if row.period in (None, "to end 2020")
    }
    above = ("energy", "national-norm", "above 100 million L/year")
    assert stands[above] == ("above", "within")  # 41.8 and 38.0 kWh/hL under 140 MJ/hL
    assert stands["water", "good-practice", None] == ("upper-end", "middle")  # 6.4, 5.6 of 4 to 7
    assert stands["electricity", "good-practice", None] == ("middle", "middle")  # 10 of 7.5 to 11.5
    assert stands["heat", "good-practice", None] == ("upper-end", "middle")
    assert not any(name.startswith("wastewater") for name in rows)  # nothing is known of it
    page = " ".join("\n".join(plain_lines(summary(result, "en"), "en", 100)).split())
    assert "4.00 7.00 6.40 upper end 5.60 middle" in page
    assert "Environmental, Health and Safety Guidelines for Breweries" in page
    figures = figures_by_path(result)
    (heat,) = [name for name in figures if "benchmark.heat" in name and name.endswith(".before")]
    assert isclose(value(figures, heat), 2600 * 22e3 / 3.6 / 50_000)


def test_heat_is_not_compared_where_it_is_not_known_what_is_burnt() -> None:
    text = BREWERY.replace(", emission-factors: [vn-grid/electricity]", "")
    rows = result_of(text).specific["beer"].benchmark
    assert not any(name.startswith(("heat", "electricity")) for name in rows)
    assert any(name.startswith("energy") for name in rows)


def test_a_benchmark_that_is_not_there_is_refused_and_one_of_another_unit_is_told() -> None:
    wrong = outcome_of(BREWERY.replace("sector-benchmarks/beer", "sector-benchmarks/bear"))
    (problem,) = [item for item in wrong.diagnostics if item.severity == "error"]
    assert (problem.name, problem.path) == ("unknown-factor", ("products", 0, "benchmark"))
    assert "sector-benchmarks/beer" in str(problem.values["known"])
    other = outcome_of(BREWERY.replace("sector-benchmarks/beer", "sector-benchmarks/brick-vsbk"))
    assert "benchmark-not-compared" in [item.name for item in other.diagnostics]


def test_water_in_beer_is_no_mass_per_mass() -> None:
    page = " ".join("\n".join(plain_lines(summary(result_of(BREWERY), "en"), "en", 100)).split())
    assert "all water m3/m3 6.40 5.60" in page


def test_of_a_bill_without_a_quantity_a_share_is_left_and_what_is_not_known_is_no_change() -> None:
    text = (
        HEAD
        + """
streams:
  power: {kind: energy, annual-cost: 1 200 USD/year}
  water: {kind: water, annual-cost: 800 USD/year}
measures:
  - {id: a, title: A, effects: {stream: power, reduce: 10 %}}
"""
    )
    figures = figures_by_path(result_of(text))
    assert isclose(value(figures, "baseline.costs.power.before"), 1200)
    assert isclose(value(figures, "baseline.costs.power.after"), 1080)
    assert isclose(value(figures, "baseline.bill.change"), -120 / 2000)
    more = "  - {id: b, title: B, effects: {stream: water, reduce: 10 m3/year}}\n"
    figures = figures_by_path(result_of(text + more))
    after = figures["baseline.bill.after"]
    assert isinstance(after, Figure)
    assert (after.value, after.missing) == (1080, ("streams.water.quantity",))
    assert isinstance(figures["baseline.bill.change"], NotApplicable)


@pytest.mark.parametrize(
    "price", ["90 USD/t", "0.0036 USD/MJ, price-basis: gcv", "0.0036 USD/MJ, price-basis: ncv"]
)
def test_energy_is_net_heat_whatever_the_price_of_a_fuel_is_on(price: str) -> None:
    coal = f"{{kind: energy, quantity: 500 t/year, price: {price}, ncv: 25 GJ/t, gcv: 26 GJ/t}}"
    wood = "{kind: energy, quantity: 100 t/year, ncv: 15 GJ/t}"
    text = f"""
products: [{{id: cloth, output: 1 000 t/year}}]
streams: {{coal: {coal}, wood: {wood}}}
measures: [{{id: a, title: A, effects: {{stream: coal, reduce: 10 %}}}}]
"""
    specific = figures_by_path(result_of(HEAD + text))
    energy = value(specific, "specific.cloth.consumption.energy.before")
    assert isclose(energy, (500 * 25 + 100 * 15) / 3.6)  # kWh/t: MWh of 1 000 t


def test_a_vietnamese_page_writes_cited_factors_and_demands_with_its_own_signs() -> None:
    text = """
  - {id: cloth, output: 1 000 t/year}
streams:
  power: {kind: energy, quantity: 1 200 MWh/year, price: 0.1 USD/kWh, emission-factors: [vn-grid/electricity]}
  maximum: {kind: demand, quantity: 1 200 kW, price: 4 USD/kW/month}
measures: [{id: a, title: A, effects: {stream: maximum, reduce: 10 kW}}]
"""
    head = HEAD.replace("ipcc-2006@1", "vn-grid@1").replace(
        "AR5-100}",
        "AR5-100, grid: {data-year: 2008, type: combined-margin}, operation: {months: 12 month/year}}",
    )
    result = result_of(head + "products:" + text)
    page = "\n".join(plain_lines(summary(result, "vi"), "vi", 100))
    assert "0,5764 t CO2/MWh" in page
    assert "kW tháng/t" in page
    assert "hour" not in page


BILLS = (
    HEAD
    + """
products: [{id: cloth}]
streams:
  gas: {kind: energy, annual-cost: 5 000 USD/year}
  oven: {part-of: gas, share: 40 %}
  oil: {kind: energy, annual-cost: 1 000 USD/year}
measures:
"""
)
TENTH = "  - {id: tenth, title: A, investment: 100 USD, effects: {stream: oil, reduce: 10 %}}\n"
FIFTH = "  - {id: fifth, title: B, investment: 100 USD, effects: {stream: oil, reduce: 20 %}}\n"
UNKNOWN = "  - {id: rest, title: C, effects: {stream: oil, from: 3 L/t, to: 2 L/t, per: cloth}}\n"


def test_a_share_of_what_is_known_by_its_bill_saves_that_share_of_the_bill() -> None:
    result = result_of(BILLS + TENTH + FIFTH)
    figures = figures_by_path(result)
    assert [value(figures, f"measures.{name}.annual_saving") for name in ("tenth", "fifth")] == [
        100,
        pytest.approx(180),  # a fifth of the 900 that are left
    ]
    assert isclose(value(figures, "measures.fifth.simple_payback"), 100 / 180)
    assert isclose(value(figures, "measures.fifth.order_free_saving"), (200 + 180) / 2)
    assert is_whole(figures["totals.annual_saving"])
    bill = [value(figures, f"baseline.costs.oil.{side}") for side in ("before", "after")]
    assert isclose(bill[0] - bill[1], value(figures, "totals.annual_saving"))


@pytest.mark.parametrize(
    ("measures", "stream"),
    [
        (TENTH + UNKNOWN, "oil"),
        (UNKNOWN + TENTH, "oil"),
        ("  - {id: oven, title: D, effects: {stream: oven, reduce: 50 %}}\n", "gas"),
    ],
)
def test_of_a_bill_that_an_unknown_amount_comes_off_nothing_is_known_after(
    measures: str, stream: str
) -> None:
    figures = figures_by_path(result_of(BILLS + measures))
    assert isinstance(figures[f"baseline.costs.{stream}.after"], NotApplicable)
    assert f"streams.{stream}.change" not in figures
    assert not is_whole(figures["totals.annual_saving"])
