"""Figures that people of the field know by heart, and the traps of the sources."""

from __future__ import annotations

from typing import Any

import pytest
from released_sets import FILES, model_of, pin_of

from cpcalc.units import ORDER, factor_to

SETS = {pin_of(path): model_of(path) for path in FILES}


def entry_of(pin: str, section: str, identity: str) -> Any:
    (found,) = [entry for entry in getattr(SETS[pin], section) if entry.id == identity]
    return found


def row_of(pin: str, identity: str, of: str, **marks: Any) -> Any:
    rows = [row for row in entry_of(pin, "factors", identity).emits if row.of == of]
    (found,) = [
        row for row in rows if all(getattr(row, key) == value for key, value in marks.items())
    ]
    return found


def in_unit(given: Any, unit: str) -> float:
    return float(given.value * factor_to(given.unit, unit))


@pytest.mark.parametrize(
    "fuel, co2_t_per_tj, ncv_gj_per_t",
    [
        ("anthracite", 98.3, 26.7),
        ("other-bituminous-coal", 94.6, 25.8),
        ("sub-bituminous-coal", 96.1, 18.9),
        ("lignite", 101.0, 11.9),
        ("residual-fuel-oil", 77.4, 40.4),
        ("diesel", 74.1, 43.0),
        ("lpg", 63.1, 47.3),
        ("natural-gas", 56.1, 48.0),
        ("wood", 112.0, 15.6),
        ("rice-husk", 100.0, 11.6),
        ("bagasse", 100.0, 11.6),
    ],
)
def test_ipcc_2006(fuel: str, co2_t_per_tj: float, ncv_gj_per_t: float) -> None:
    assert in_unit(row_of("ipcc-2006@1", fuel, "CO2").value, "t CO2/TJ") == pytest.approx(
        co2_t_per_tj
    )
    assert in_unit(entry_of("ipcc-2006@1", "factors", fuel).ncv.value, "GJ/t") == pytest.approx(
        ncv_gj_per_t
    )


@pytest.mark.parametrize(
    "fuel", ["wood", "rice-husk", "bagasse", "charcoal", "black-liquor", "biogas", "biodiesel"]
)
def test_biomass_is_biogenic(fuel: str) -> None:
    assert entry_of("ipcc-2006@1", "factors", fuel).biogenic is True


@pytest.mark.parametrize(
    "fuel", ["peat", "waste-oil", "industrial-waste", "municipal-waste-fossil", "anthracite"]
)
def test_peat_and_fossil_waste_are_not(fuel: str) -> None:
    assert entry_of("ipcc-2006@1", "factors", fuel).biogenic is None


@pytest.mark.parametrize(
    "report, feedback, methane, nitrous_oxide",
    [("AR2", None, 21, 310), ("AR4", None, 25, 298), ("AR5", None, 28, 265), ("AR5", True, 34, 298),
     ("AR6", None, 27.9, 273)],
)  # fmt: skip
def test_gwps(report: str, feedback: bool | None, methane: float, nitrous_oxide: float) -> None:
    gwps = {
        gwp.gas: gwp.value.value
        for gwp in SETS["ipcc-gwp@1"].gwps or ()
        if gwp.report == report and gwp.feedback == feedback
    }
    assert (gwps["CH4"], gwps["N2O"], gwps["CO2"]) == (methane, nitrous_oxide, 1)


@pytest.mark.parametrize(
    "year, factor", [(2008, 0.5764), (2014, 0.6612), (2016, 0.9185), (2021, 0.7221), (2023, 0.6592)]
)
def test_vietnams_combined_margin(year: int, factor: float) -> None:
    row = row_of("vn-grid@1", "electricity", "CO2", data_year=year, type="combined-margin")
    assert in_unit(row.value, "t CO2/MWh") == pytest.approx(factor)


def test_the_combined_margin_of_2008_is_half_and_half() -> None:
    margins = {
        row.type: in_unit(row.value, "t CO2/MWh")
        for row in entry_of("vn-grid@1", "factors", "electricity").emits
        if row.data_year == 2008
    }
    assert (margins["operating-margin"] + margins["build-margin"]) / 2 == pytest.approx(
        margins["combined-margin"], 1e-3
    )


def test_three_types_of_grid_factor_never_share_a_set() -> None:
    types = {
        pin: {
            row.type or SETS[pin].type for factor in SETS[pin].factors or () for row in factor.emits
        }
        for pin in SETS
        if pin.startswith("grid-")
    }
    assert types == {
        "grid-average@1": {"average"},
        "grid-average@2": {"average"},
        "grid-consumption@1": {"average"},
        "grid-ifi@1": {"combined-margin", "combined-margin-intermittent", "operating-margin"},
        "grid-lifecycle@1": {"lifecycle"},
    }


def test_anthracite_on_a_grate_is_not_the_bituminous_factor() -> None:
    stoker = row_of("ap-42@1", "anthracite-stoker-pm", "TSP")
    assert in_unit(stoker.value, "kg TSP/t") == pytest.approx(0.4)
    assert (stoker.times, stoker.quality) == ("ash", "verified")
    assert in_unit(
        row_of("ap-42@1", "bituminous-pulverised-dry-bottom-pm", "TSP").value, "kg TSP/t"
    ) == pytest.approx(5)
    assert in_unit(row_of("who-1993@1", "coal", "TSP").value, "kg TSP/t") == pytest.approx(5)


@pytest.mark.parametrize(
    "stoker, kg_per_t",
    [("spreader-stoker", 33), ("overfeed-stoker", 8), ("underfeed-stoker", 7.5), ("hand-fed", 7.5)],
)
def test_bituminous_stokers_have_no_ash_term(stoker: str, kg_per_t: float) -> None:
    row = row_of("ap-42@1", f"bituminous-{stoker}-pm", "TSP")
    assert row.times is None
    assert in_unit(row.value, "kg TSP/t") == pytest.approx(kg_per_t)


def test_heavy_fuel_oil_has_a_constant() -> None:
    row = row_of("ap-42@1", "fuel-oil-no6-pm", "TSP")
    lb_per_1000_gallons = 0.45359237 / 3.785411784
    assert row.times == "sulphur"
    assert in_unit(row.value, "kg TSP/m3") == pytest.approx(9.19 * lb_per_1000_gallons, rel=1e-5)
    assert in_unit(row.plus, "kg TSP/m3") == pytest.approx(3.22 * lb_per_1000_gallons, rel=1e-5)


def test_wood_factors_are_on_gross_heat() -> None:
    factor = entry_of("ap-42@1", "factors", "wet-wood-pm")
    assert factor.basis == "gcv"
    lb_per_million_btu = 453.59237 / 1.05505585262  # g/GJ
    assert in_unit(row_of("ap-42@1", "wet-wood-pm", "TSP").value, "g TSP/GJ") == pytest.approx(
        0.33 * lb_per_million_btu, rel=1e-5
    )


def test_bagasse_is_per_wet_tonne() -> None:
    assert entry_of("ap-42@1", "factors", "bagasse-pm").mass_basis == "wet"


def test_factors_behind_a_control_say_so() -> None:
    for pin in ("ap-42@1", "process-dust@1"):
        for factor in SETS[pin].factors or ():
            controlled = any(
                part in factor.id
                for part in (
                    "cyclone-pm",
                    "cyclones",
                    "multicyclone",
                    "esp",
                    "baghouse",
                    "scrubber",
                    "collector",
                    "gravel",
                )
            )
            furnace = "cyclone-furnace" in factor.id
            assert bool(factor.abated) == (controlled and not furnace) or factor.id.endswith(
                "screens-pm"
            ), factor.id
    assert SETS["emep-eea@1"].abated is True


def test_liquefied_gas_has_no_sulphur_percent() -> None:
    for factor in SETS["ap-42@1"].factors or ():
        if factor.id.startswith("lpg"):
            assert all(row.times is None for row in factor.emits)


def test_electricity_in_toe_is_a_convention() -> None:
    toe = entry_of("fuel-properties@1", "fuels", "electricity-moit").toe.value
    assert toe.value == pytest.approx(
        0.1543 * 11.63
    )  # 1 kgoe is 11.63 kWh: 1.79 kWh of fuel for each


def test_coal_cam_5_and_6() -> None:
    coal = entry_of("fuel-properties@1", "fuels", "coal-cam-5-6-moit")
    assert in_unit(coal.toe.value, "toe/t") == pytest.approx(0.5)
    assert in_unit(coal.ncv.value, "GJ/t") == pytest.approx(0.5 * 41.868, rel=1e-3)


def test_the_suspect_density_of_diesel_is_not_shipped() -> None:
    densities = [
        fuel.density
        for fuel in SETS["fuel-properties@1"].fuels or ()
        if "diesel" in fuel.id and fuel.density
    ]
    assert densities
    assert all(in_unit(density.value, "kg/L") < 0.9 for density in densities)


@pytest.mark.parametrize(
    "treatment, mcf", [("anaerobic-reactor", 0.8), ("anaerobic-deep-lagoon", 0.8), ("anaerobic-shallow-lagoon", 0.2),
                       ("aerobic-well-managed", 0.0), ("aerobic-overloaded", 0.3), ("untreated-discharge", 0.1)],
)  # fmt: skip
def test_methane_of_waste_water(treatment: str, mcf: float) -> None:
    row = row_of("ipcc-wastewater@1", treatment, "CH4")
    assert in_unit(row.value, "kg CH4/kg COD") == pytest.approx(0.25)
    assert row.mcf.value == pytest.approx(mcf)


def test_rates_of_exchange_cross() -> None:
    rates = {
        series.id: {row.year: row.value.value for row in series.values}
        for series in SETS["fx@1"].series or ()
    }
    assert rates["vnd-per-usd"][2011] == pytest.approx(20509.75, rel=1e-3)
    for year, rate in rates["vnd-per-usd"].items():
        assert rates["vnd-per-cad"][year] == pytest.approx(
            rate / rates["cad-per-usd"][year], rel=1e-4
        )
        assert rates["vnd-per-eur"][year] == pytest.approx(
            rate / rates["eur-per-usd"][year], rel=1e-4
        )


def test_the_price_index_follows_the_inflation() -> None:
    series = {
        item.id: {row.year: row.value.value for row in item.values}
        for item in SETS["cpi-vn@1"].series or ()
    }
    for year, index in series["cpi-2010"].items():
        if year - 1 in series["cpi-2010"]:
            assert index / series["cpi-2010"][year - 1] - 1 == pytest.approx(
                series["inflation"][year], abs=2e-5
            )


def test_norms_are_ceilings_of_their_own_level() -> None:
    norms = [
        row
        for benchmark in SETS["sector-benchmarks@1"].benchmarks or ()
        for row in benchmark.values
        if row.source and row.source.startswith("circular-")
    ]
    assert len(norms) > 20
    assert {row.level for row in norms} == {"national-norm"}


def test_doubtful_rows_are_marked() -> None:
    def quality(pin: str, identity: str, of: str, **marks: Any) -> str | None:
        row = row_of(pin, identity, of, **marks)
        factor = entry_of(pin, "factors", identity)
        return row.quality or factor.quality or SETS[pin].quality

    assert (
        quality("vn-grid@1", "electricity", "CO2", data_year=2008, type="combined-margin")
        == "unverified"
    )
    assert (
        quality("vn-grid@1", "electricity", "CO2", data_year=2014, type="combined-margin")
        == "verified"
    )
    assert quality("ap-42@1", "bituminous-hand-fed-pm", "TSP") == "unverified"
    assert quality("ap-42@1", "lignite-so2", "SO2") == "verified"
    assert quality("emep-eea@1", "coal", "TSP") == "unverified"
    assert SETS["who-1993@1"].quality == "unverified"
    assert SETS["ipcc-wastewater-2019@1"].quality == "unverified"


def test_every_gas_of_the_gwps_is_a_unit() -> None:
    gases = {gwp.gas.replace("-", "_") for gwp in SETS["ipcc-gwp@1"].gwps or ()} - {
        "CH4_fossil",
        "CH4_non_fossil",
    }
    assert gases <= set(ORDER)


def test_corrections_are_of_a_later_version_and_the_first_one_stays() -> None:
    sf6 = {
        pin: next(
            gwp.quality for gwp in SETS[pin].gwps or () if (gwp.gas, gwp.report) == ("SF6", "AR6")
        )
        for pin in ("ipcc-gwp@1", "ipcc-gwp@2")
    }
    assert sf6 == {"ipcc-gwp@1": "verified", "ipcc-gwp@2": "unverified"}
    uk = row_of("grid-average@2", "united-kingdom", "CO2")
    assert (uk.data_year, uk.quality) == (2021, "unverified")
    ids = {control.id for control in SETS["control-efficiencies@2"].controls or ()}
    assert "coal-multicyclone" not in ids
    assert "pulverised-coal-wet-bottom-multicyclone" in ids
    mill = entry_of("process-dust@2", "factors", "cement-finish-mill-baghouse-pm")
    assert (mill.per, mill.emits[0].where) == ("material ground", "Tables 11.6-3 and 11.6-4")
