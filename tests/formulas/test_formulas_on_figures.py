"""One formula serves numbers, arrays, units and figures; of figures it gives a figure that knows its origin."""

from __future__ import annotations

import numpy
import pytest

from cpcalc.calc.finance import smallest, whole_years
from cpcalc.calc.roots import internal_rate
from cpcalc.calc.savings import share_of, total
from cpcalc.figures import Figure, Origin, given
from cpcalc.units import ONE, Unit

TONNES = Unit.of((("t", 1), ("year", -1)))
COAL = given(1000.0, TONNES, Origin("input", ("streams", "coal", "quantity"), "1000 t/year"))
FIFTH = given(0.2, ONE, Origin("input", ("measures", 0, "effects"), "20 %"))


def test_of_figures_a_formula_gives_a_figure_with_its_unit_and_origin() -> None:
    saved = share_of(COAL, FIFTH)
    assert saved.value == pytest.approx(200)
    assert saved.unit is TONNES
    assert saved.formula is share_of
    assert saved.operands == (COAL, FIFTH)


def test_of_numbers_arrays_and_units_it_gives_the_same_kind() -> None:
    assert share_of(1000.0, 0.2) == pytest.approx(200)
    assert list(share_of(numpy.array([100.0, 200.0]), 0.5)) == [50, 100]
    assert share_of(TONNES, ONE) is TONNES


def test_a_sum_of_one_is_that_one() -> None:
    assert total(COAL) is COAL


def test_a_decision_gives_what_it_says() -> None:
    assert smallest(COAL, COAL).unit is TONNES  # one of its operands
    assert whole_years(given(2.5, ONE, Origin("input", (), "2.5"))) == 3  # a case: no figure
    flows = [given(value, TONNES, Origin("input", (), "")) for value in (-100.0, 110.0)]
    rate = internal_rate(*flows)  # a unit of its own
    assert isinstance(rate, Figure)
    assert rate.unit is ONE
    assert rate.value == pytest.approx(0.1)
