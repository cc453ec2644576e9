"""Rates of return: all real roots, none missed, one stated only where it is the only one."""

from __future__ import annotations

import random

import pytest
import pyxirr
from hypothesis import given, settings
from hypothesis import strategies as st

from cpcalc.calc.roots import internal_rates


def test_agrees_with_pyxirr_on_thousands_of_conventional_flows() -> None:
    draw = random.Random(20260101)
    for _ in range(4000):
        years = draw.randint(1, 40)
        scale = 10 ** draw.uniform(0, 12)
        outlays = draw.randint(1, 3)
        flows = [-scale * draw.uniform(0.01, 1) for _ in range(outlays)]
        flows += [scale * draw.uniform(0, 1) for _ in range(years)]
        rates = internal_rates(*flows)
        oracle = pyxirr.irr(flows)
        assert len(rates) <= 1
        if rates and oracle is not None:
            assert rates[0] == pytest.approx(polished(oracle, flows), rel=1e-9, abs=1e-9), flows


def polished(rate: float, flows: list[float]) -> float:
    """The oracle's answer after one more step of Newton: it stops at about 1e-9 of the flows, not of the rate."""
    worth = sum(flow * (1 + rate) ** -year for year, flow in enumerate(flows))
    slope = sum(-year * flow * (1 + rate) ** (-year - 1) for year, flow in enumerate(flows))
    assert abs(worth / slope) < 1e-6 * (1 + abs(rate))
    return rate - worth / slope


def product(roots: list[float]) -> list[float]:
    """Flows that are worth nothing at exactly these rates: the product of (1 + r - (1 + root))."""
    coefficients = [1.0]
    for root in roots:
        raised = [*coefficients, 0.0]
        lowered = [0.0, *(value * -(1 + root) for value in coefficients)]
        coefficients = [a + b for a, b in zip(raised, lowered, strict=True)]
    return coefficients


@given(
    st.lists(st.integers(min_value=-7, max_value=40), min_size=2, max_size=5, unique=True),
    st.sampled_from((8, 10)),
)
@settings(max_examples=200, deadline=None)
def test_finds_every_root(numerators: list[int], denominator: int) -> None:
    """With eighths, roots fall on the ends of the intervals that part them."""
    roots = sorted(numerator / denominator for numerator in numerators)
    found = internal_rates(*product(roots))
    assert len(found) == len(roots)
    assert found == pytest.approx(roots, rel=1e-6, abs=1e-6)


def test_two_rates() -> None:
    assert internal_rates(-1000, 2500, -1540) == pytest.approx((0.10, 0.40), abs=1e-12)


def test_three_rates() -> None:
    assert internal_rates(-1000, 3600, -4310, 1716) == pytest.approx((0.10, 0.20, 0.30), abs=1e-9)


@pytest.mark.parametrize(
    "flows", [(0.0,), (100.0, 100.0), (-5.0, -5.0), (0.0, 0.0, 0.0), (-1.0, 2.0, -1.5), ()]
)
def test_none(flows: tuple[float, ...]) -> None:
    assert internal_rates(*flows) == ()


def test_a_root_that_only_touches_zero_is_one() -> None:
    assert internal_rates(-1, 2, -1) == pytest.approx((0.0,), abs=1e-9)


def test_below_minus_99_percent_is_no_rate() -> None:
    assert internal_rates(-1000.0, 1.0) == ()
    assert internal_rates(-1000.0, 100.0) == pytest.approx((-0.9,), abs=1e-12)


def test_rates_beyond_any_grid() -> None:
    assert internal_rates(-1, 1e6) == pytest.approx((999_999.0,), rel=1e-12)
    assert internal_rates(-1000, *[1000] * 10) == pytest.approx((0.999019,), abs=5e-7)


def test_leading_zeros_do_not_matter() -> None:
    assert internal_rates(0, 0, -100, 120) == pytest.approx((0.2,), abs=1e-12)


def test_a_long_life_stays_quick_and_finite() -> None:
    draw = random.Random(7)
    for _ in range(20):
        flows = [draw.uniform(-1e12, 1e12) for _ in range(101)]
        for rate in internal_rates(*flows):
            worth = [flow * (1 + rate) ** -year for year, flow in enumerate(flows)]
            assert abs(sum(worth)) <= 1e-6 * sum(map(abs, worth))
