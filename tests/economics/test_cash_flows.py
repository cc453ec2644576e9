"""Cash-flow tables: phased investment, replacement, residual value, ramp-up, growth, tax, loans, carbon."""

from __future__ import annotations

import pytest
from small_bundle import cash, code, economics, net, outcome_of, problems_of, result_of, row, value

from cpcalc.figures import Figure

NOMINAL = "basis: {currency: USD, discount-rate: {nominal: 12 %}, inflation: 4 %}\n"
NO_INFLATION = "basis: {currency: USD, discount-rate: {nominal: 12 %}, inflation: 0 %}\n"
REAL_STILL = "basis: {currency: USD, discount-rate: {real: 10 %}, inflation: 0 %}\n"
REAL = "basis: {currency: USD, discount-rate: {real: 10 %}, inflation: 4 %}\n"


def one(
    keys: str,
    *,
    basis: str = REAL,
    economics_keys: str = "",
    saving: str = "300",
    life: str = "10 year",
) -> str:
    """A file with one measure with these further keys."""
    stated = f"economics: {{{economics_keys}}}\n" if economics_keys else ""
    lifetime = f"lifetime: {life}, " if life else ""
    return (
        f"{basis}{stated}measures:\n  - {{id: m1, title: M, {lifetime}{keys}, "
        f"benefits: {{saves: {saving} USD/year, as: energy}}}}\n"
    )


def test_phased_investment_by_year_and_by_calendar_year() -> None:
    items = "investment: [{item: a, amount: 600 USD}, {item: b, amount: 400 USD, year: 1}]"
    found = economics(result_of(one(items)))
    assert row(found, "investment")[:3] == [-600, -400, 0]
    dated = REAL.replace("currency: USD", "currency: USD, period: 2011")
    same = economics(result_of(one(items.replace("year: 1", "year: 2012"), basis=dated)))
    assert net(same) == net(found)


def test_what_is_paid_at_the_end_of_the_last_year_counts() -> None:
    items = "investment: [{item: pit, amount: 600 USD}, {item: closure, amount: 400 USD, year: 10}]"
    found = economics(result_of(one(items)))
    assert row(found, "investment") == [-600, *[0] * 9, -400]
    assert net(found)[-1] == -100
    assert value(found.npv) == pytest.approx(
        -600 + sum(300 / 1.1**year for year in range(1, 11)) - 400 / 1.1**10
    )
    studied = one(
        items.replace("10}", "5}"),
        economics_keys="study-period: 5 year, residual-value: straight-line",
    )
    found = economics(result_of(studied))
    assert row(found, "investment") == [-600, 0, 0, 0, 0, -400]
    assert row(found, "residual_value") == [
        0,
        0,
        0,
        0,
        0,
        700,
    ]  # half of the pit, all of what was just bought
    assert "replacement" not in [line.key for line in found.cash_flow.lines]


def test_what_is_bought_in_the_last_year_is_written_off_then() -> None:
    items = "investment: [{item: pit, amount: 600 USD}, {item: closure, amount: 400 USD, year: 10}]"
    taxed = one(
        items, basis=REAL_STILL, economics_keys="tax: {rate: 20 %, depreciation: straight-line}"
    )
    # each year (300 - 60) x 20 %; in the last one the 400 are written off as well
    assert row(economics(result_of(taxed)), "tax") == pytest.approx([0, *[-48] * 9, 32])


def test_items_with_a_life_of_their_own_are_bought_again() -> None:
    items = "investment: [{item: mill, amount: 600 USD}, {item: sensor, amount: 40 USD, lifetime: 3 year}]"
    assert row(economics(result_of(one(items))), "replacement") == [
        0,
        0,
        0,
        -40,
        0,
        0,
        -40,
        0,
        0,
        -40,
        0,
    ]


def test_what_is_shorter_than_the_study_is_replaced_and_said_so() -> None:
    text = one("investment: 1000 USD", economics_keys="study-period: 10 year", life="4 year")
    assert problems_of(text) == [("replaced-in-study-period", 2)]
    found = economics(result_of(text))
    assert row(found, "replacement") == [0, 0, 0, 0, -1000, 0, 0, 0, -1000, 0, 0]
    assert row(found, "savings.energy") == [0, *[300] * 10]


def test_what_is_not_replaced_stops_saving() -> None:
    text = one(
        "investment: 500 USD, replaced: false",
        economics_keys="study-period: 6 year",
        life="2.5 year",
    )
    assert problems_of(text) == []
    assert row(economics(result_of(text)), "savings.energy") == [0, 300, 300, 150, 0, 0, 0]


@pytest.mark.parametrize(
    "keys, stated, expected",
    [
        ("residual-value: 250 USD", "", 250),
        ("residual-value: 40 %", "", 400),
        ("", "residual-value: straight-line, ", 500),
        ("", "residual-value: none, ", None),
    ],
)
def test_residual_value_where_the_study_ends_first(
    keys: str, stated: str, expected: float | None
) -> None:
    further = f"investment: 1000 USD, {keys}".rstrip(", ")
    text = one(further, economics_keys=f"{stated}study-period: 5 year")
    assert problems_of(text) == []
    found = economics(result_of(text))
    keys_of_lines = [item.key for item in found.cash_flow.lines]
    assert ("residual_value" in keys_of_lines) == (expected is not None)
    if expected is not None:
        assert row(found, "residual_value")[5] == pytest.approx(expected)


@pytest.mark.parametrize("study", ["", "study-period: 10 year", "study-period: 12 year"])
def test_a_stated_residual_value_counts_whatever_the_lives_are(study: str) -> None:
    found = economics(
        result_of(one("investment: 1000 USD, residual-value: 250 USD", economics_keys=study))
    )
    assert row(found, "residual_value")[-1] == 250


@pytest.mark.parametrize("study, left", [(9, 1200), (10, 1000), (11, 1800)])
def test_an_item_that_outlives_the_study_leaves_its_unused_share(study: int, left: float) -> None:
    """A machine of 10 years for 1000 and a building of 20 years for 2000."""
    items = "investment: [{item: machine, amount: 1000 USD}, {item: building, amount: 2000 USD, lifetime: 20 year}]"
    terms = f"residual-value: straight-line, study-period: {study} year"
    found = economics(result_of(one(items, economics_keys=terms)))
    assert row(found, "residual_value")[study] == pytest.approx(left)


def test_an_item_that_outlives_the_study_is_named_where_nothing_is_said_of_its_residual_value() -> (
    None
):
    items = "investment: [{item: machine, amount: 10 USD}, {item: building, amount: 20 USD, lifetime: 20 year}]"
    assert problems_of(one(items, economics_keys="study-period: 10 year")) == [
        ("residual-value-zero", 2)
    ]


def test_a_stated_residual_value_rises_with_prices_and_the_straight_line_with_those_of_the_item() -> (
    None
):
    terms = "study-period: 2 year, escalation: {investment: {nominal: 10 %}}"
    stated = one("investment: 1000 USD, residual-value: 20 %", basis=NOMINAL, economics_keys=terms)
    assert row(economics(result_of(stated)), "residual_value")[2] == pytest.approx(200 * 1.04**2)
    line = one(
        "investment: 1000 USD",
        basis=NOMINAL,
        economics_keys=f"{terms}, residual-value: straight-line",
    )
    assert row(economics(result_of(line)), "residual_value")[2] == pytest.approx(800 * 1.1**2)


def test_without_a_stated_residual_value_it_is_zero_with_a_notice() -> None:
    text = one("investment: 1000 USD", economics_keys="study-period: 5 year")
    assert problems_of(text) == [("residual-value-zero", 2)]
    assert net(economics(result_of(text))) == [-1000, 300, 300, 300, 300, 300]


def test_scrap_is_sold_at_the_end_of_each_life() -> None:
    text = one(
        "investment: 1000 USD, salvage: 50 USD",
        economics_keys="study-period: 10 year",
        life="5 year",
    )
    assert row(economics(result_of(text)), "salvage") == [0, 0, 0, 0, 0, 50, 0, 0, 0, 0, 50]


def test_ramp_up_and_loss_of_saving() -> None:
    text = one("investment: 1000 USD, ramp-up: [50 %, 80 %], saving-loss: 10 %", life="4 year")
    found = row(economics(result_of(text)), "savings.energy")
    assert found == pytest.approx([0, 150, 216, 243, 218.7])


def test_ramp_up_and_loss_of_saving_start_anew_with_each_replacement() -> None:
    text = one(
        "investment: 1000 USD, ramp-up: [50 %], saving-loss: 10 %",
        economics_keys="study-period: 5 year",
        life="2.5 year",
    )
    found = row(economics(result_of(text)), "savings.energy")
    assert found == pytest.approx([0, 150, 270, 243, 150, 270])  # bought again at the end of year 3


FADING = (
    "basis: {currency: USD, discount-rate: {real: 10 %}}\n"
    "economics: {carbon-price: {price: 2 USD/t CO2e}}\n"
    "streams:\n  power: {kind: energy, quantity: 10 000 kWh/year, price: 0.01 USD/kWh}\n"
    "  gas: {kind: greenhouse-gas, gas: CO2e, quantity: 100 t CO2e/year}\n"
    "measures:\n  - {id: m1, title: M, investment: 1000 USD, lifetime: 3 year, ramp-up: [50 %], saving-loss: 20 %,\n"
    "     effects: [{stream: power, reduce: 10 %}, {stream: gas, reduce: 10 %}]}\n"
)
PACE = (0.5, 0.8, 0.64)


def test_what_fades_saves_less_energy_and_fewer_tonnes_too() -> None:
    result = result_of(FADING)
    found = economics(result)
    discounted = sum(share / 1.1**year for year, share in enumerate(PACE, start=1))
    assert value(found.levelised_cost["energy"]) == pytest.approx(1000 / (1000 * discounted))
    assert value(found.abatement_cost) == pytest.approx(-value(found.npv) / (10 * discounted))
    assert row(found, "carbon_price")[1:] == pytest.approx([20 * share for share in PACE])
    totals = result.totals
    assert value(totals.lifetime_reductions["co2e"]) == pytest.approx(10 * sum(PACE))
    assert value(totals.reductions["co2e"]) == pytest.approx(10)
    assert value(totals.economics.abatement_cost) == pytest.approx(value(found.abatement_cost))  # type: ignore[union-attr]


def test_in_a_group_what_fades_fades() -> None:
    group = "groups: [{id: g, title: G, measures: [m1], lifetime: 3 year, investment: 1000 USD}]\n"
    result = result_of(FADING + group)
    of_group = result.groups[0].line.economics
    assert row(of_group, "carbon_price")[1:] == pytest.approx([20 * share for share in PACE])  # type: ignore[arg-type]
    own = economics(result).abatement_cost
    assert value(of_group.abatement_cost) == pytest.approx(value(own))  # type: ignore[union-attr]


def test_a_cost_per_unit_counts_what_is_saved_while_the_measure_lasts() -> None:
    text = FADING.replace("economics: {", "economics: {study-period: 6 year, ")
    text = text.replace("ramp-up: [50 %], saving-loss: 20 %", "replaced: false")
    found = economics(result_of(text))
    discounted = sum(1 / 1.1**year for year in (1, 2, 3))
    assert value(found.levelised_cost["energy"]) == pytest.approx(1 / discounted)


def test_a_measure_whose_saving_is_not_known_leaves_the_cost_of_a_tonne_open() -> None:
    unpriced = FADING.replace(
        "streams:\n", "streams:\n  water: {kind: water, quantity: 9 m3/year}\n"
    )
    more = "{stream: water, reduce: 1 m3/year}, {stream: gas, reduce: 20 t CO2e/year}"
    text = f"{unpriced}  - {{id: m2, title: N, effects: [{more}]}}\n"
    totals = result_of(text).totals.economics
    assert totals.abatement_cost is None  # type: ignore[union-attr]
    assert totals.partial == ("measures.m2",)  # type: ignore[union-attr]


def test_prices_grow_by_stream_and_by_category() -> None:
    text = (
        REAL + "economics: {escalation: {energy: {real: 1 %}, running-cost: {nominal: 4 %}}}\n"
        "streams:\n"
        "  coal: {kind: energy, quantity: 100 t/year, price: 10 USD/t, escalation: {real: 3 %}}\n"
        "  power: {kind: energy, quantity: 1000 kWh/year, price: 1 USD/kWh}\n"
        "measures:\n  - {id: m1, title: M, investment: 100 USD, lifetime: 2 year, running-cost: 10 USD/year,\n"
        "     effects: [{stream: coal, reduce: 10 %}, {stream: power, reduce: 10 %}]}\n"
    )
    found = economics(result_of(text))
    assert row(found, "streams.coal") == pytest.approx([0, 103, 106.09])
    assert row(found, "streams.power") == pytest.approx([0, 101, 102.01])
    assert row(found, "running_cost") == pytest.approx(
        [0, -10, -10]
    )  # grows with inflation: constant in real money


def test_tax_with_straight_line_depreciation() -> None:
    text = one(
        "investment: 1000 USD", economics_keys="tax: {rate: 20 %, years: 5 year}", basis=REAL_STILL
    )
    found = row(economics(result_of(text)), "tax")
    assert found == pytest.approx([0, *[-(300 - 200) * 0.2] * 5, *[-60] * 5])


@pytest.mark.parametrize(
    "method, written_off",
    [
        ("straight-line", [200, 200, 200, 200, 200]),
        ("immediate", [1000, 0, 0, 0, 0]),
        ("declining-balance", [400, 240, 144, 108, 108]),
    ],
)
def test_all_of_an_asset_is_written_off_by_every_method(
    method: str, written_off: list[float]
) -> None:
    text = one(
        "investment: 1000 USD",
        economics_keys=f"tax: {{rate: 20 %, depreciation: {method}}}",
        life="5 year",
        basis=REAL_STILL,
    )
    found = row(economics(result_of(text)), "tax")
    assert found[1:] == pytest.approx([-(300 - amount) * 0.2 for amount in written_off])


def test_tax_shrinks_in_real_money_as_depreciation_does_not_follow_inflation() -> None:
    text = one("investment: 1000 USD", economics_keys="tax: {rate: 20 %}")
    found = row(economics(result_of(text)), "tax")
    assert found[3] == pytest.approx(-(300 - 100 / 1.04**3) * 0.2)


def test_only_what_no_grant_paid_is_written_off_whenever_it_is_paid() -> None:
    terms = "tax: {rate: 20 %}"
    later = one(
        "investment: [{item: plant, amount: 1000 USD, year: 1}], grant: 500 USD",
        basis=NO_INFLATION,
        economics_keys=terms,
        life="5 year",
    )
    assert net(economics(result_of(later))) == pytest.approx([500, -760, 260, 260, 260, 280])
    phased = one(
        "investment: [{item: a, amount: 100 USD}, {item: b, amount: 900 USD, year: 1}], grant: 500 USD",
        basis=NO_INFLATION,
        economics_keys="tax: {rate: 20 %, depreciation: immediate}",
        life="5 year",
    )
    # half of each: 50 in year 1 and 450 in year 2
    assert row(economics(result_of(phased)), "tax")[:4] == pytest.approx([0, -50, 30, -60])


def test_an_annuity_pays_the_same_each_year_and_closes() -> None:
    text = one(
        "investment: 1000 USD, loan: {share: 70 %, rate: 12 %, term: 5 year}",
        basis=NOMINAL,
    )
    found = economics(result_of(text))
    paid = [a + b for a, b in zip(row(found, "interest"), row(found, "principal"), strict=True)]
    annuity = 700 * 0.12 / (1 - 1.12**-5)
    assert paid[1:6] == pytest.approx([-annuity] * 5)
    assert sum(row(found, "principal")) == pytest.approx(-700)
    assert found.equity is not None
    assert value(found.equity.loan) == pytest.approx(700)
    assert value(found.equity.npv) == pytest.approx(
        value(found.npv)
    )  # lent at the discount rate: worth nothing by itself
    assert value(found.equity.irr) > value(found.irr)


@pytest.mark.parametrize(
    "items",
    [
        "[{item: a, amount: 100 USD}, {item: b, amount: 900 USD, year: 1}]",
        "[{item: a, amount: 1000 USD, year: 1}]",
    ],
)
def test_a_share_is_lent_of_all_that_is_paid_now_or_later(items: str) -> None:
    loan = "loan: {share: 60 %, rate: 10 %, term: 4 year}"
    found = economics(result_of(one(f"investment: {items}, {loan}", basis=NO_INFLATION)))
    assert row(found, "loan")[0] == pytest.approx(600)
    amount = loan.replace("share: 60 %", "amount: 600 USD")
    same = economics(result_of(one(f"investment: {items}, {amount}", basis=NO_INFLATION)))
    assert row(same, "principal") == pytest.approx(row(found, "principal"))


def test_the_cover_of_debt_service_counts_the_tax_that_interest_saves() -> None:
    loan = "loan: {amount: 600 USD, rate: 10 %, term: 3 year, repayment: equal-principal}"
    text = one(
        f"investment: 1000 USD, {loan}", basis=NO_INFLATION, economics_keys="tax: {rate: 20 %}"
    )
    found = economics(result_of(text)).equity
    assert found is not None
    covers = [(280 - 0.2 * (0 - z) - 20) / (200 + z) for z in (60, 40, 20)]  # 300 less 20 % of 200
    assert value(found.debt_service_cover) == pytest.approx(min(covers))
    assert value(found.average_debt_service_cover) == pytest.approx(sum(covers) / 3)


def test_equal_principal_with_grace() -> None:
    loan = "loan: {amount: 600 USD, rate: 10 %, term: 4 year, grace: 1 year, repayment: equal-principal}"
    text = one(f"investment: 1000 USD, {loan}", basis=NO_INFLATION)
    found = economics(result_of(text))
    assert row(found, "interest")[1:5] == pytest.approx([-60, -60, -40, -20])
    assert row(found, "principal")[1:5] == pytest.approx([0, -200, -200, -200])
    assert found.equity is not None
    covers = [300 / 60, 300 / 260, 300 / 240, 300 / 220]
    assert value(found.equity.debt_service_cover) == pytest.approx(min(covers))
    assert value(found.equity.average_debt_service_cover) == pytest.approx(sum(covers) / 4)


@pytest.mark.parametrize("grace", ["0", "0 year", "0 month"])
def test_no_grace_may_be_said(grace: str) -> None:
    loan = "loan: {amount: 600 USD, rate: 10 %, term: 3 year, repayment: equal-principal"
    said, unsaid = (
        row(
            economics(result_of(one(f"investment: 1000 USD, {text}}}", basis=NO_INFLATION))),
            "principal",
        )
        for text in (f"{loan}, grace: {grace}", loan)
    )
    assert said[1:4] == unsaid[1:4] == pytest.approx([-200, -200, -200])


def test_a_loan_longer_than_the_study_is_paid_off_at_its_end() -> None:
    text = one(
        "investment: 1000 USD, loan: {share: 50 %, rate: 10 %, term: 8 year, repayment: equal-principal}",
        life="4 year",
        basis=NO_INFLATION,
    )
    found = economics(result_of(text))
    assert sum(row(found, "principal")) == pytest.approx(-500)
    assert row(found, "principal")[4] == pytest.approx(-(500 - 3 * 62.5))


def test_carbon_and_other_benefits_stand_outside() -> None:
    text = (
        REAL + "economics: {carbon-price: {price: 5 USD/t CO2e, escalation: {real: 2 %}}}\n"
        "streams: {gas: {kind: greenhouse-gas, gas: CO2e, quantity: 100 t CO2e/year}}\n"
        "measures:\n  - {id: m1, title: M, investment: 1000 USD, lifetime: 10 year,\n"
        "     effects: {stream: gas, reduce: 10 t CO2e/year},\n"
        "     benefits: [{saves: 300 USD/year, as: energy}, {saves: 20 USD/year, as: safety}]}\n"
    )
    found = economics(result_of(text))
    assert value(found.npv) == pytest.approx(843.370131711)
    assert row(found, "carbon_price")[:3] == pytest.approx([0, 51, 52.02])
    assert value(found.npv_with["other_benefits"]) == pytest.approx(
        843.370131711 + 20 * 6.144567105704685
    )
    assert value(found.npv_with["carbon_price"]) > value(found.npv)
    assert "carbon_price" not in [item.key for item in found.cash_flow.lines]


def test_levelised_cost_of_saved_energy_and_water() -> None:
    text = (
        REAL
        + "streams:\n  coal: {kind: energy, quantity: 100 t/year, price: 10 USD/t, ncv: 25.2 GJ/t}\n"
        "  water: {kind: water, quantity: 1000 m3/year, price: 1 USD/m3}\n"
        "measures:\n  - {id: m1, title: M, investment: 1000 USD, lifetime: 10 year, running-cost: 20 USD/year,\n"
        "     effects: [{stream: coal, reduce: 10 %}, {stream: water, reduce: 50 %}]}\n"
    )
    found = economics(result_of(text))
    yearly = 1000 / 6.144567105704685 + 20
    assert value(found.levelised_cost["water"]) == pytest.approx(yearly / 500)
    assert value(found.levelised_cost["energy"]) == pytest.approx(yearly / (10 * 7000))
    assert value(found.life_cycle_cost) == pytest.approx(yearly * 6.144567105704685)


def test_totals_add_the_tables_of_complete_measures_and_name_the_others() -> None:
    text = (
        cash("{real: 10 %}", "1000 300")
        + "  - {id: m2, title: N, lifetime: 5 year, benefits: {saves: 9 USD/year, as: energy}}\n"
    )
    outcome = outcome_of(text)
    assert outcome.result is not None
    totals = outcome.result.totals.economics
    assert totals is not None
    assert value(totals.npv) == pytest.approx(843.370131711)  # type: ignore[union-attr]
    assert totals.partial == ("measures.m2",)  # type: ignore[union-attr]
    assert isinstance(totals.npv, Figure)  # type: ignore[union-attr]
    assert totals.npv.is_partial  # type: ignore[union-attr]
    assert totals.npv.missing == ("measures.m2.investment",)  # type: ignore[union-attr]
    assert code(totals.irr) == "incomplete"  # type: ignore[union-attr]
    assert code(totals.discounted_payback) == "incomplete"  # type: ignore[union-attr]


def test_a_measure_without_any_money_is_not_missed_in_a_total() -> None:
    text = cash("{real: 10 %}", "1000 300") + "  - {id: m2, title: Training}\n"
    totals = result_of(text).totals.economics
    assert value(totals.irr) == pytest.approx(0.273198, abs=5e-7)  # type: ignore[union-attr]


def test_a_group_bears_its_members_investment_in_their_years() -> None:
    text = (
        REAL + "measures:\n"
        "  - {id: m1, title: M, investment: [{item: a, amount: 600 USD}, {item: b, amount: 400 USD, year: 1}]}\n"
        "  - {id: m2, title: N, investment: 100 USD, grant: 30 USD}\n"
        "groups: [{id: g, title: G, measures: [m1, m2], lifetime: 4 year, annual-saving: 500 USD/year}]\n"
    )
    outcome = outcome_of(text)
    assert outcome.result is not None
    found = outcome.result.groups[0].line.economics
    assert found is not None
    assert net(found) == [-670, 100, 500, 500, 500]  # type: ignore[arg-type]
    assert net(outcome.result.totals.economics) == net(found)  # type: ignore[arg-type]
