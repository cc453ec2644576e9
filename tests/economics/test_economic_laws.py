"""Laws that hold for all cash flows, whatever their numbers."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_bundle import economics, net, outcome_of, result_of, value

from cpcalc.economics import CashMoney
from cpcalc.economics.cash_flow import repayment_plan
from cpcalc.figures import Figure, Origin
from cpcalc.resolve.model import EconomicTerms, Growth, LoanTerms
from cpcalc.units import ONE, Unit

USD = Unit.of((("USD", 1),))


def given_figure(number: float, unit: Unit = ONE) -> Figure:
    return Figure(number, unit, None, (Origin("definition", (), str(number)),))


def plant(
    *, basis: str, investment: float, saving: float, running: float, life: int, more: str = ""
) -> str:
    """A plant with one measure that saves coal and costs something to run."""
    return (
        f"basis: {{currency: USD, {basis}}}\n{more}"
        f"streams: {{coal: {{kind: energy, quantity: 1000 t/year, price: {saving / 100:.4f} USD/t}}}}\n"
        "measures:\n"
        f"  - {{id: m1, title: M, investment: {investment:.4f} USD, lifetime: {life} year, grant: 10.5 USD,\n"
        f"     running-cost: {running:.4f} USD/year, effects: {{stream: coal, reduce: 10 %}}}}\n"
    )


NUMBERS: dict[str, Any] = {
    "investment": st.floats(100, 1e6),
    "saving": st.floats(100, 1e6),
    "running": st.floats(0, 50),
    "life": st.integers(1, 30),
}


@given(**NUMBERS, scale=st.integers(2, 50))
@settings(max_examples=20, deadline=None)
def test_money_scales(
    investment: float, saving: float, running: float, life: int, scale: int
) -> None:
    basis = "discount-rate: {real: 9 %}"
    numbers: dict[str, Any] = {
        "investment": round(investment, 2),
        "saving": round(saving, 0),
        "running": round(running, 2),
    }
    one = economics(result_of(plant(basis=basis, life=life, **numbers)))
    larger: dict[str, Any] = {key: number * scale for key, number in numbers.items()}
    text = plant(basis=basis, life=life, **larger)
    other = economics(result_of(text.replace("grant: 10.5 USD", f"grant: {10.5 * scale:.1f} USD")))
    assert net(other) == pytest.approx([flow * scale for flow in net(one)], rel=1e-9, abs=1e-6)
    for name in ("npv", "annual_worth"):
        assert value(getattr(other, name)) == pytest.approx(
            scale * value(getattr(one, name)), rel=1e-7, abs=1e-4
        )
    if isinstance(one.irr, Figure):
        assert value(other.irr) == pytest.approx(value(one.irr), rel=1e-7, abs=1e-9)


@given(
    **NUMBERS, inflation=st.integers(-3, 25), real=st.integers(-5, 30), growth=st.integers(-4, 8)
)
@settings(max_examples=20, deadline=None)
def test_real_and_nominal_agree(
    investment: float,
    saving: float,
    running: float,
    life: int,
    inflation: int,
    real: int,
    growth: int,
) -> None:
    """The same plant in constant money and in money of the day is worth the same, with tax and a loan too."""
    nominal = ((1 + real / 100) * (1 + inflation / 100) - 1) * 100
    more = (
        f"economics: {{escalation: {{energy: {{real: {growth} %}}, running-cost: {{nominal: 2 %}}}},\n"
        "  tax: {rate: 20 %}, loan: {share: 50 %, rate: 8 %, term: 4 year, grace: 1 year}}\n"
    )
    numbers: dict[str, Any] = {
        "investment": investment,
        "saving": saving,
        "running": running,
        "life": life,
    }
    found = []
    for rate in (f"{{real: {real} %}}", f"{{nominal: {nominal:.10f} %}}"):
        text = plant(basis=f"discount-rate: {rate}, inflation: {inflation} %", more=more, **numbers)
        item = economics(result_of(text))
        assert item.equity is not None
        found.append((value(item.npv), value(item.equity.npv), value(item.annual_worth)))
    scale = abs(investment) + abs(saving) * life
    assert found[0][0] == pytest.approx(found[1][0], abs=1e-7 * scale)
    assert found[0][1] == pytest.approx(found[1][1], abs=1e-7 * scale)


@given(**NUMBERS)
@settings(max_examples=30, deadline=None)
def test_npv_at_the_rate_of_return_is_nothing(
    investment: float, saving: float, running: float, life: int
) -> None:
    text = plant(
        basis="discount-rate: {real: 9 %}",
        investment=investment,
        saving=saving,
        running=running,
        life=life,
    )
    outcome = outcome_of(text)
    assert outcome.result is not None
    named = [
        item for item in outcome.result.identities if item.name == "measures.m1: NPV at the IRR = 0"
    ]
    assert all(item.holds for item in named)
    assert len(named) == isinstance(economics(outcome.result).irr, Figure)


@given(
    amount=st.floats(1, 1e12),
    rate=st.floats(0, 2),
    term=st.integers(1, 60),
    grace=st.integers(0, 59),
    repayment=st.sampled_from(("annuity", "equal-principal")),
)
@settings(max_examples=150, deadline=None)
def test_a_loan_closes_at_nothing(
    amount: float, rate: float, term: int, grace: int, repayment: str
) -> None:
    terms = LoanTerms(None, None, given_figure(rate), term, min(grace, term - 1), repayment)
    plan = repayment_plan(given_figure(amount, USD), terms)
    assert len(plan.balances) == term + 1
    assert plan.balances[-1].value == pytest.approx(0, abs=1e-9 * amount)
    assert sum(item.value for item in plan.principals) == pytest.approx(amount, rel=1e-9)
    paid = [a.value + b.value for a, b in zip(plan.interests, plan.principals, strict=True)][
        terms.grace :
    ]
    if repayment == "annuity":
        assert paid == pytest.approx([paid[0]] * len(paid), rel=1e-9)


@given(st.floats(-0.5, 0.5), st.floats(-0.5, 0.5), st.booleans())
def test_every_rate_is_brought_to_the_money_of_the_discount_rate(
    rate: float, inflation: float, is_real: bool
) -> None:
    discount = Growth(given_figure(rate), is_real)
    nothing = EconomicTerms(*[None] * len(EconomicTerms._fields))  # type: ignore[arg-type]
    money = CashMoney(nothing._replace(discount=discount, inflation=given_figure(inflation)))
    assert money.name == ("constant" if is_real else "current")
    assert money.growth(discount) is discount.rate
    other = money.growth(Growth(given_figure(rate), not is_real))
    assert isinstance(other, Figure)
    grown = (1 + rate) / (1 + inflation) if is_real else (1 + rate) * (1 + inflation)
    assert 1 + other.value == pytest.approx(grown)
