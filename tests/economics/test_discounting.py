"""The vectors of discounted figures, through whole files."""

from __future__ import annotations

import pytest
from small_bundle import cash, code, economics, line, net, outcome_of, result_of, row, value

TEN = "{real: 10 %}"


def test_discounted_payback_is_linear_in_the_year() -> None:
    found = economics(result_of(cash(TEN, "1000 300")))
    assert value(found.discounted_payback) == pytest.approx(4.2633, abs=5e-5)
    assert str(found.discounted_payback.unit) == "year"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "flows, life, rate",
    [
        ("1000 300", "10 year", 0.273198),
        ("1000 1000", "10 year", 0.999019),
        ("1000 200", "3 year", -0.217627),
    ],
)
def test_internal_rate(flows: str, life: str, rate: float) -> None:
    found = economics(result_of(cash(TEN, flows, life=life)))
    assert value(found.irr) == pytest.approx(rate, abs=5e-7)


def test_never_paid_back_within_the_life() -> None:
    found = economics(result_of(cash(TEN, "1000 200", life="3 year")))
    assert code(found.discounted_payback) == "never"


def test_no_investment_has_no_rate_but_a_worth() -> None:
    found = economics(result_of(cash(TEN, "0 300")))
    assert code(found.irr) == "undefined"
    assert code(found.discounted_payback) == "immediate"
    assert code(found.savings_to_investment) == "undefined"
    assert code(found.return_on_investment) == "undefined"
    assert value(found.npv) == pytest.approx(300 * 6.144567105704685, rel=1e-12)


def test_a_saving_of_nothing() -> None:
    found = economics(result_of(cash(TEN, "1000 0")))
    assert code(found.irr) == "undefined"
    assert code(found.discounted_payback) == "never"
    assert value(found.npv) == -1000


def test_a_measure_that_worsens() -> None:
    found = economics(result_of(cash(TEN, "1000 -50")))
    assert code(found.discounted_payback) == "worsens"
    assert code(found.irr) == "undefined"
    assert value(found.npv) < -1000


def test_a_grant_above_the_investment_leaves_no_rate() -> None:
    text = cash(TEN, "1000 300").replace(
        "investment: 1000 USD", "investment: 1000 USD, grant: 1200 USD"
    )
    found = economics(result_of(text))
    assert code(found.irr) == "undefined"
    assert row(found, "grant")[0] == 1200
    assert net(found)[0] == 200


def test_several_rates_are_named_and_none_is_chosen() -> None:
    text = (
        "basis: {currency: USD, discount-rate: {real: 10 %}}\neconomics: {study-period: 2 year}\nmeasures:\n"
        "  - id: m1\n    title: M\n    lifetime: 1 year\n    replaced: false\n"
        "    investment: [{item: mine, amount: 1000 USD}, {item: closure, amount: 1540 USD, year: 1}]\n"
        "    benefits: {saves: 2500 USD/year, as: material}\n"
    )
    # -1000 at 0, 2500 - 1540 at 1: one change of sign only; the vector needs the closure a year later
    assert value(economics(result_of(text)).irr) == pytest.approx(-0.04, abs=1e-9)
    later = text.replace("year: 1}", "year: 2}").replace(
        "study-period: 2 year", "study-period: 3 year"
    )
    found = economics(result_of(later))
    assert net(found)[:3] == [-1000, 2500, -1540]
    assert code(found.irr) == "several"
    assert [value(root) for root in found.irr_roots] == pytest.approx([0.10, 0.40], abs=1e-9)


def test_mirr_sir_and_airr_at_8_percent() -> None:
    more = "economics: {finance-rate: {real: 10 %}, reinvestment-rate: {real: 8 %}}"
    found = economics(result_of(cash("{real: 8 %}", "1000 300", more=more)))
    assert value(found.mirr) == pytest.approx(0.158267, abs=5e-7)
    assert value(found.savings_to_investment) == pytest.approx(2.01302, abs=5e-6)
    assert value(found.adjusted_internal_rate) == pytest.approx(0.158267, abs=5e-7)


def test_unequal_lives_compare_by_annual_worth() -> None:
    text = (
        "basis: {currency: USD, discount-rate: {real: 10 %}}\nmeasures:\n"
        "  - {id: a, title: A, investment: 1000 USD, lifetime: 4 year, benefits: {saves: 400 USD/year, as: energy}}\n"
        "  - {id: b, title: B, investment: 1500 USD, lifetime: 8 year, benefits: {saves: 400 USD/year, as: energy}}\n"
    )
    result = result_of(text)
    assert value(economics(result, "a").npv) == pytest.approx(267.946, abs=5e-4)
    assert value(economics(result, "a").annual_worth) == pytest.approx(84.529, abs=5e-4)
    assert value(economics(result, "b").npv) == pytest.approx(633.970, abs=5e-4)
    assert value(economics(result, "b").annual_worth) == pytest.approx(118.834, abs=5e-4)
    totals = result.totals.economics
    assert totals is not None
    assert value(totals.npv) == pytest.approx(267.946178 + 633.970479, abs=1e-5)  # type: ignore[union-attr]


def test_real_and_nominal_give_the_same_worth() -> None:
    nominal = cash("{nominal: 12 %}, inflation: 4 %", "1000 200")
    real = cash("{real: 7.69230769230769 %}, inflation: 4 %", "1000 200")
    for text in (nominal, real):
        assert value(economics(result_of(text)).npv) == pytest.approx(360.84, abs=5e-3)
    assert economics(result_of(nominal)).cash_flow.money == "current"
    assert economics(result_of(real)).cash_flow.money == "constant"


def test_constant_savings_are_never_discounted_at_a_nominal_rate() -> None:
    found = line(result_of(cash("{nominal: 12 %}", "1000 200"))).economics
    assert code(found) == "incomplete"
    assert found.missing == ("basis.inflation",)  # type: ignore[union-attr]


def test_abatement_cost_is_stated_only_where_it_is_positive() -> None:
    def text(saving: str) -> str:
        return (
            "basis: {currency: USD, discount-rate: {real: 10 %}}\n"
            "streams: {gas: {kind: greenhouse-gas, gas: CO2e, quantity: 100 t CO2e/year}}\n"
            "measures:\n  - {id: m1, title: M, investment: 1000 USD, lifetime: 10 year, "
            f"effects: {{stream: gas, reduce: 10 t CO2e/year}}, benefits: {{saves: {saving} USD/year, as: energy}}}}\n"
        )

    assert code(economics(result_of(text("300"))).abatement_cost) == "saves-money"
    cost = economics(result_of(text("100"))).abatement_cost
    assert value(cost) == pytest.approx((1000 / 6.144567105704685 - 100) / 10, rel=1e-12)
    assert cost.unit.substance == "CO2e"  # type: ignore[union-attr]


BARE = "basis: {currency: USD%s}\n%smeasures:\n  - {id: m1, title: M, %s, benefits: {saves: %s USD/year, as: energy}}\n"


def test_missing_fields_are_named() -> None:
    rate = ", discount-rate: {real: 10 %}"
    found = line(result_of(BARE % (rate, "", "investment: 5 USD", "1"))).economics
    assert code(found) == "incomplete"
    assert found.missing == ("measures.m1.lifetime",)  # type: ignore[union-attr]
    found = line(result_of(BARE % (rate, "", "lifetime: 5 year", "1"))).economics
    assert found.missing == ("measures.m1.investment",)  # type: ignore[union-attr]
    no_rate = BARE % ("", "economics: {lifetime: 5 year}\n", "investment: 5 USD", "2")
    known = economics(result_of(no_rate))
    assert code(known.npv) == "incomplete"
    assert value(known.irr) == pytest.approx(0.28649, abs=5e-6)


def test_two_currencies_without_a_rate_give_no_figure() -> None:
    text = (
        "basis: {currency: VND, discount-rate: {real: 10 %}}\nmeasures:\n"
        "  - {id: m1, title: M, lifetime: 5 year, "
        "investment: [{item: a, amount: 5 million VND}, {item: b, amount: 100 USD}],"
        " benefits: {saves: 2 million VND/year, as: energy}}\n"
    )
    outcome = outcome_of(text)
    assert [item.name for item in outcome.diagnostics] == ["rate-missing"]
    assert outcome.result is not None
    found = line(outcome.result).economics
    assert code(found) == "incomplete"
    assert found.missing == ("basis.exchange-rates.USD",)  # type: ignore[union-attr]


def test_without_economics_nothing_of_it_is_in_the_result() -> None:
    text = "measures:\n  - {id: m1, title: M, investment: 5 USD, benefits: {saves: 1 USD/year, as: energy}}\n"
    result = result_of(text)
    assert line(result).economics is None
    assert result.totals.economics is None
    assert result.sensitivity is None
