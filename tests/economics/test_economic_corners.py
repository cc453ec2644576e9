"""Corners of cash flows: each has a reason in place of a figure, and the figures around it stay."""

from __future__ import annotations

import pytest
from small_bundle import code, economics, line, net, outcome_of, problems_of, result_of, row, value

from cpcalc.calc.roots import internal_rates

RATE = "basis: {currency: USD, discount-rate: {real: 10 %}}\n"


USUAL = "investment: 1000 USD, lifetime: 10 year"


def one(keys: str = USUAL, *, basis: str = RATE, terms: str = "", more: str = "") -> str:
    """A measure m1 that saves 300 USD a year in money."""
    stated = f"economics: {{{terms}}}\n" if terms else ""
    return (
        f"{basis}{stated}measures:\n  - {{id: m1, title: M, {keys}, "
        f"benefits: [{{saves: 300 USD/year, as: energy}}{more}]}}\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        one(terms="escalation: {energy: {nominal: 3 %}}"),
        one(terms="tax: {rate: 20 %}"),
        one(terms="loan: {share: 50 %, rate: 9 %, term: 3 year}"),
        one(terms="finance-rate: {nominal: 9 %}"),
        one(basis=RATE.replace("real", "nominal")),
        one(basis=RATE.replace("real", "nominal"), terms="escalation: {energy: {real: 3 %}}"),
    ],
)
def test_inflation_is_named_where_it_is_needed(text: str) -> None:
    found = line(result_of(text)).economics
    missing = found.missing if hasattr(found, "missing") else found.mirr.missing  # type: ignore[union-attr]
    assert missing == ("basis.inflation",)


def test_rates_of_another_kind_are_brought_into_the_money_of_the_table() -> None:
    basis = "basis: {currency: USD, discount-rate: {real: 10 %}, inflation: 4 %}\n"
    real = one(basis=basis, terms="finance-rate: {real: 10 %}, reinvestment-rate: {real: 8 %}")
    nominal = one(
        basis=basis, terms="finance-rate: {nominal: 14.4 %}, reinvestment-rate: {nominal: 12.32 %}"
    )
    assert value(economics(result_of(nominal)).mirr) == pytest.approx(
        value(economics(result_of(real)).mirr)
    )
    current = basis.replace("real: 10", "nominal: 14.4")
    same = one(
        basis=current, terms="finance-rate: {real: 10 %}, reinvestment-rate: {nominal: 12.32 %}"
    )
    nominal_mirr = (1 + value(economics(result_of(real)).mirr)) * 1.04 - 1
    assert value(economics(result_of(same)).mirr) == pytest.approx(nominal_mirr, rel=1e-6)


def test_an_investment_after_the_life_of_its_measure() -> None:
    items = "investment: [{item: a, amount: 9 USD, year: 3}], lifetime: 2 year"
    assert code(line(result_of(one(items))).economics) == "undefined"


def test_a_carbon_price_that_pays_for_nothing_is_said() -> None:
    terms = "carbon-price: {price: 5 USD/t CO2e}"
    assert problems_of(one(terms=terms)) == [("carbon-price-unused", 2)]
    gas = "streams: {gas: {kind: greenhouse-gas, gas: CO2e, quantity: 100 t CO2e/year}}\n"
    paid = one(f"{USUAL}, effects: {{stream: gas, reduce: 10 %}}", terms=terms)
    assert problems_of(paid.replace("measures:", f"{gas}measures:")) == []


def test_a_study_period_does_not_stand_for_a_missing_life() -> None:
    found = line(result_of(one("investment: 1000 USD", terms="study-period: 10 year"))).economics
    assert found.missing == ("measures.m1.lifetime",)  # type: ignore[union-attr]


def test_growing_investment() -> None:
    items = "investment: [{item: a, amount: 100 USD}, {item: b, amount: 100 USD, year: 2}], lifetime: 4 year"
    found = economics(result_of(one(items, terms="escalation: {investment: {real: 10 %}}")))
    assert row(found, "investment") == pytest.approx([-100, 0, -121, 0, 0])


@pytest.mark.parametrize(
    "keys",
    [
        "investment: 100 USD, grant: 100 USD, lifetime: 10 year",
        "investment: 0 USD, lifetime: 10 year",
    ],
)
def test_a_loan_for_nothing_is_left_out(keys: str) -> None:
    basis = "basis: {currency: USD, discount-rate: {real: 10 %}, inflation: 0 %}\n"
    found = economics(
        result_of(one(keys, basis=basis, terms="loan: {share: 70 %, rate: 9 %, term: 3 year}"))
    )
    assert found.equity is None
    assert isinstance(value(found.npv), float)


def test_a_loan_in_a_currency_without_a_rate() -> None:
    basis = "basis: {currency: USD, discount-rate: {real: 10 %}, inflation: 0 %}\n"
    keys = "investment: 1000 USD, lifetime: 10 year, loan: {amount: 5 million VND, rate: 9 %, term: 3 year}"
    outcome = outcome_of(one(keys, basis=basis))
    assert [item.name for item in outcome.diagnostics] == ["rate-needed"]
    assert outcome.result is None


def test_what_is_outside_is_taxed_too() -> None:
    basis = "basis: {currency: USD, discount-rate: {real: 10 %}, inflation: 0 %}\n"
    text = one(basis=basis, terms="tax: {rate: 20 %}", more=", {saves: 50 USD/year, as: safety}")
    assert row(economics(result_of(text)), "other_benefits") == pytest.approx([0, *[40] * 10])


def test_a_full_grant_leaves_nothing_to_write_off() -> None:
    basis = "basis: {currency: USD, discount-rate: {real: 10 %}, inflation: 0 %}\n"
    text = one(
        "investment: 100 USD, grant: 100 USD, lifetime: 2 year",
        basis=basis,
        terms="tax: {rate: 20 %}",
    )
    assert row(economics(result_of(text)), "tax") == pytest.approx([0, -60, -60])
    nothing = one(
        "investment: 0 USD, grant: 100 USD, lifetime: 2 year",
        basis=basis,
        terms="tax: {rate: 20 %}",
    )
    assert net(economics(result_of(nothing))) == pytest.approx([100, 240, 240])


def test_a_part_follows_the_growth_of_its_whole() -> None:
    text = (
        RATE
        + "streams:\n  power: {kind: energy, quantity: 1000 kWh/year, price: 1 USD/kWh, escalation: {real: 5 %}}\n"
        "  mill: {part-of: power, share: 40 %}\n"
        "measures:\n  - {id: m1, title: M, investment: 100 USD, lifetime: 2 year,\n"
        "     effects: {stream: mill, reduce: 50 %}}\n"
    )
    assert row(economics(result_of(text)), "streams.power") == pytest.approx([0, 210, 220.5])


def test_a_measure_that_saves_no_energy_in_the_end_has_no_cost_of_saved_energy() -> None:
    text = (
        RATE
        + "streams:\n  coal: {kind: energy, quantity: 1000 t/year, price: 3 USD/t, ncv: 25 MJ/kg}\n"
        "  husk: {kind: energy, price: 1 USD/t, ncv: 12.5 MJ/kg}\n"
        "measures:\n  - {id: m1, title: M, investment: 100 USD, lifetime: 2 year,\n"
        "     effects: {stream: coal, replace-by: husk, share: 50 %, ratio: equal-heat}}\n"
    )
    assert code(economics(result_of(text)).levelised_cost["energy"]) == "undefined"
    free = text.replace("investment: 100 USD", "investment: 0 USD").replace(
        "ratio: equal-heat", "ratio: 1 t/t"
    )
    assert code(economics(result_of(free)).levelised_cost["energy"]) == "undefined"


def test_without_a_rate_what_needs_one_says_so_and_the_rest_stands() -> None:
    text = (
        "basis: {currency: USD}\neconomics: {lifetime: 10 year, carbon-price: {price: 5 USD/t CO2e}}\n"
        "streams:\n  gas: {kind: greenhouse-gas, gas: CO2e, quantity: 100 t CO2e/year}\n"
        "  water: {kind: water, quantity: 1000 m3/year, price: 1 USD/m3}\n"
        "measures:\n  - {id: m1, title: M, investment: 1000 USD, "
        "effects: [{stream: gas, reduce: 10 t CO2e/year}, {stream: water, reduce: 300 m3/year}]}\n"
    )
    found = economics(result_of(text, economics=True))
    for figure in (
        found.npv,
        found.annual_worth,
        found.abatement_cost,
        found.levelised_cost["water"],
        found.mirr,
    ):
        assert code(figure) == "incomplete"
        assert figure.missing == ("basis.discount-rate",)  # type: ignore[union-attr]
    assert code(found.npv_with["carbon_price"]) == "incomplete"
    assert value(found.irr) == pytest.approx(0.273198, abs=5e-7)


def test_an_increase_of_emissions_has_no_abatement_cost() -> None:
    text = (
        RATE + "streams: {gas: {kind: greenhouse-gas, gas: CO2e, quantity: 100 t CO2e/year}}\n"
        "measures:\n  - {id: m1, title: M, investment: 1000 USD, lifetime: 10 year, "
        "effects: {stream: gas, increase: 10 t CO2e/year}, benefits: {saves: 300 USD/year, as: energy}}\n"
    )
    assert code(economics(result_of(text)).abatement_cost) == "undefined"


def test_a_loan_for_all_measures_is_a_share() -> None:
    assert problems_of(one(terms="loan: {amount: 5 USD, rate: 9 %, term: 3 year}")) == [
        ("loan-of-all-is-a-share", 2)
    ]


def test_nothing_is_sensitive_where_no_money_is_known() -> None:
    text = RATE + "measures:\n  - {id: m1, title: M, investment: 5 USD, lifetime: 5 year}\n"
    assert result_of(text, economics=True).sensitivity is None


def test_a_hundred_years_at_the_ends_of_what_is_allowed_stay_finite_or_are_not_stated() -> None:
    basis = "basis: {currency: USD, discount-rate: {nominal: -98 %}, inflation: 1 000 %}\n"
    terms = "study-period: 100 year, escalation: {energy: {real: 1 000 %}}"
    keys = "investment: 1 000 000 000 million USD, lifetime: 100 year"
    found = line(result_of(one(keys, basis=basis, terms=terms))).economics
    assert code(found) == "undefined"


def test_roots_that_meet_are_one() -> None:
    for root in (0.3, 1 / 3, -0.45):
        flows = (-1.0, 2 * (1 + root), -((1 + root) ** 2))
        assert all(abs(rate - root) < 1e-6 for rate in internal_rates(*flows))
    assert internal_rates(-4.0, 12.0, -9.0) == pytest.approx((0.5,), abs=1e-9)
    assert internal_rates(-9.0, 24.0, -16.0) == pytest.approx((1 / 3,), abs=1e-7)
