"""What must not be mixed, what is counted once, and how exactly one factor is chosen: each a located diagnostic."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_plant import HEAD, Plant

from cpcalc.app.assess import Outcome


@pytest.fixture
def plant(tmp_path: Path) -> Plant:
    return Plant(tmp_path)


def stream(use: str, more: str = "", unit: str = "t") -> str:
    """One energy stream on line 2."""
    return f"streams:\n  s: {{kind: energy, quantity: 10 {unit}/year{more}, emission-factors: [{use}]}}\n"


def values(outcome: Outcome, name: str) -> dict[str, str]:
    return dict(next(item.values for item in outcome.diagnostics if item.name == name))


# ---- net and gross heat ---------------------------------------------------------------------------------------------


def test_a_gross_heat_content_with_a_net_factor_names_both_sides(plant: Plant) -> None:
    body = stream("own-fuels/coal", ", gcv: 28 MJ/kg")
    assert ("heat-basis-mixed", 2) in plant.problems(body)
    said = values(plant.assess(body), "heat-basis-mixed")
    assert said["one"] == "stream (gcv)"
    assert said["other"] == "own-fuels@1/coal#CO2 (ncv)"


def test_a_net_heat_content_with_a_gross_factor_is_the_same_error(plant: Plant) -> None:
    assert plant.problems(stream("own-fuels/gas-gross", ", ncv: 45 MJ/kg")) == [
        ("heat-basis-mixed", 2)
    ]


def test_a_gross_factor_never_takes_the_sets_net_heat_content(plant: Plant) -> None:
    assert plant.problems(stream("own-fuels/gas-gross")) == [("heat-content-missing", 2)]


def test_energy_says_on_which_heat_it_was_measured(plant: Plant) -> None:
    unsaid = stream("own-fuels/coal", unit="GJ")
    assert set(plant.problems(unsaid)) == {("heat-basis-unstated", 2)}
    assert plant.problems(stream("own-fuels/coal", ", heat-basis: ncv", unit="GJ")) == []
    assert ("heat-basis-mixed", 2) in plant.problems(
        stream("own-fuels/coal", ", heat-basis: gcv", unit="GJ")
    )


def test_a_price_per_energy_says_its_basis(plant: Plant) -> None:
    price = ", ncv: 26 MJ/kg, price: 100 VND/MJ"
    assert ("price-basis-missing", 2) in plant.problems(stream("own-fuels/coal", price))
    assert ("heat-basis-mixed", 2) in plant.problems(
        stream("own-fuels/coal", price + ", price-basis: gcv")
    )
    assert plant.problems(stream("own-fuels/coal", price + ", price-basis: ncv")) == []


def test_a_price_on_gross_energy_with_a_quantity_on_net_energy(plant: Plant) -> None:
    bases = ", heat-basis: ncv, price: 100 VND/MJ, price-basis: "
    assert ("heat-basis-mixed", 2) in plant.problems(
        stream("own-fuels/coal", bases + "gcv", unit="GJ")
    )
    assert plant.problems(stream("own-fuels/coal", bases + "ncv", unit="GJ")) == []


# ---- CO2e -----------------------------------------------------------------------------------------------------------


def test_co2e_made_with_another_set_of_gwps_names_both_sides(plant: Plant) -> None:
    body = stream("own-fuels/made-with-ar4")
    assert plant.problems(body) == [("gwp-mixed", 2)]
    said = values(plant.assess(body), "gwp-mixed")
    assert said == {
        "one": "basis.gwp (AR5-100)",
        "other": "own-fuels@1/made-with-ar4#CO2e (AR4-100)",
    }
    assert plant.problems(body, HEAD.replace("AR5-100", "AR4-100")) == []


def test_two_co2e_factors_of_two_sets_are_mixed_without_any_basis_too(plant: Plant) -> None:
    plant.add_set(
        "other",
        """\
factor-set: other
version: 1
title: {en: Other, vi: Khác}
source: {title: Book, year: 2000, url: "https://example.org"}
licence: none
quality: verified
kind: fuel
scope: 1
boundary: combustion
geography: world
factors:
  - id: fuel
    name: {en: Fuel, vi: Nhiên liệu}
    emits:
      - {of: CO2e, value: 3 t CO2e/t, gwp: AR5-100}
""",
    )
    head = HEAD.replace("  gwp: AR5-100\n", "").replace("own-gwp@1", "own-gwp@1, other@1")
    body = (
        stream("own-fuels/made-with-ar4")
        + "  t: {kind: energy, quantity: 1 t/year, emission-factors: other/fuel}\n"
    )
    assert plant.problems(body, head) == [("gwp-mixed", 3)]


def test_co2e_of_unknown_making_is_a_warning(plant: Plant) -> None:
    assert plant.problems(stream("own-fuels/made-with-unknown")) == [
        ("gwp-of-factor-not-stated", 2)
    ]


# ---- counted once ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "use",
    ["own-fuels/coal, own-fuels/coal", "own-fuels/coal, {factor: own-fuels/coal, because: again}"],
)
def test_the_same_factor_twice_would_count_twice(plant: Plant, use: str) -> None:
    assert {name for name, _ in plant.problems(stream(use))} == {"substance-counted-twice"}


def test_co2e_beside_its_gases_would_count_them_twice(plant: Plant) -> None:
    head = HEAD.replace("AR5-100", "AR4-100")
    problems = plant.problems(stream("own-fuels/coal, own-fuels/made-with-ar4"), head)
    assert problems == [("substance-counted-twice", 2)]


def test_biogenic_and_fossil_rows_do_not_mix_silently(plant: Plant) -> None:
    assert ("substance-counted-twice", 2) in plant.problems(
        stream("own-fuels/coal, own-fuels/husk")
    )


# ---- exactly one factor ---------------------------------------------------------------------------------------------

POWER = (
    "streams:\n  s: {kind: energy, quantity: 10 MWh/year, emission-factors: own-grid/electricity}\n"
)


def test_a_grid_factor_needs_year_and_type(plant: Plant) -> None:
    head = HEAD.replace("  grid: {data-year: 2023, type: combined-margin}\n", "")
    outcome = plant.assess(POWER, head)
    said = values(outcome, "factor-not-chosen")
    assert said["candidates"].startswith("2023 combined-margin (0.6592 t CO2/MWh); 2023 build")
    assert said["write"] == "basis: {grid: {data-year: 2023, type: combined-margin}}"


def test_another_year_is_never_taken_instead(plant: Plant) -> None:
    outcome = plant.assess(POWER, HEAD.replace("data-year: 2023", "data-year: 2022"))
    assert [item.name for item in outcome.diagnostics] == ["no-such-factor"]
    said = values(outcome, "no-such-factor")
    assert (
        said["candidates"].split("; ")[0] == "2023 combined-margin (0.6592 t CO2/MWh)"
    )  # type first, then nearest
    assert said["write"] == "basis: {grid: {data-year: 2023, type: combined-margin}}"


def test_another_type_is_never_taken_instead(plant: Plant) -> None:
    head = HEAD.replace("type: combined-margin", "type: average")
    assert plant.problems(POWER, head) == [("no-such-factor", 2)]


def test_a_factor_of_another_year_needs_a_reason_which_is_printed(plant: Plant) -> None:
    head = HEAD.replace("data-year: 2023", "data-year: 2008")
    assert [name for name, _ in plant.problems(POWER, head)] == ["factor-of-another-year"]
    reasoned = head.replace(
        "type: combined-margin", 'type: combined-margin, because: "the factor known at the time"'
    )
    assert plant.problems(POWER, reasoned) == []
    data = plant.data(POWER, reasoned)
    assert data["basis"]["grid_because"] == "the factor known at the time"
    assert data["factors"][0]["because"] == "the factor known at the time"
    assert data["factors"][0]["quality"] == "unverified"


def test_a_use_can_choose_its_own_year_with_a_reason(plant: Plant) -> None:
    use = "{factor: own-grid/electricity, year: 2008, because: as the report did}"
    body = POWER.replace("own-grid/electricity", use)
    assert plant.problems(body) == []
    assert plant.data(body)["factors"][0]["text"] == "0.5764 t CO2/MWh"


def test_a_grid_of_another_country_needs_a_reason(plant: Plant) -> None:
    assert plant.problems(POWER, HEAD.replace("country: VN", "country: TH")) == [
        ("factor-of-another-region", 2)
    ]
    assert plant.problems(POWER, HEAD.replace(", country: VN", "")) == []


def test_an_unknown_factor_lists_the_nearest_and_an_unpinned_set_says_so(plant: Plant) -> None:
    outcome = plant.assess(stream("own-fuels/coals"))
    assert values(outcome, "unknown-factor")["known"].split(", ")[0] == "own-fuels/coal"
    assert plant.problems(stream("ap-42/anthracite-stoker-pm")) == [("factor-set-not-pinned", 2)]


def test_a_factor_in_another_kind_of_unit_does_not_fit(plant: Plant) -> None:
    assert plant.problems(stream("own-dust/oil-pm")) == [("factor-parameter-missing", 2)]
    assert plant.problems(stream("{factor: own-dust/oil-pm, sulphur: 1 %}")) == [
        ("factor-does-not-fit", 2)
    ]


def test_a_heat_content_of_dry_fuel_on_wet_tonnes(plant: Plant) -> None:
    dry = (plant.folder / "emission_factors/own-fuels/1.yaml").read_text(encoding="utf-8")
    plant.add_set(
        "dry-fuels",
        dry.replace("factor-set: own-fuels", "factor-set: dry-fuels").replace(
            "Table 1.2}", "Table 1.2, mass-basis: dry}"
        ),
    )
    head = HEAD.replace("own-gwp@1", "own-gwp@1, dry-fuels@1")
    assert set(plant.problems(stream("dry-fuels/coal"), head)) == {("mass-basis-mixed", 2)}
    assert plant.problems(stream("dry-fuels/coal", ", mass-basis: dry"), head) == []
