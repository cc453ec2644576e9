"""Real and nominal: two types of rate and two types of money, so that the two cannot meet.

A real rate discounts constant money (of year 0), a nominal rate money of the day. Discounting constant savings at a
nominal rate is the commonest error of the field; here it is a type error, for mypy and at run time.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

from cpcalc.calc.finance import (
    annuity_factor,
    net_present_value,
    nominal_rate,
    present_value,
    real_rate,
)
from cpcalc.figures import Figure, NotApplicable, Origin
from cpcalc.resolve.terms import Growth, Terms
from cpcalc.units import ONE

INFLATION_MISSING = NotApplicable("incomplete", "inflation-missing", ("basis.inflation",))
RATE_MISSING = NotApplicable("incomplete", "field-missing", ("basis.discount-rate",))


class RealRate:
    """A rate a year above inflation. It has no arithmetic: it can only discount constant money."""

    __slots__ = ("figure",)

    def __init__(self, figure: Figure) -> None:
        self.figure = figure


class NominalRate:
    """A rate a year in money of the day. It has no arithmetic: it can only discount money of the day."""

    __slots__ = ("figure",)

    def __init__(self, figure: Figure) -> None:
        self.figure = figure


class ConstantMoney:
    """Flows at the ends of years 0, 1, 2 ... in money of year 0."""

    __slots__ = ("flows",)

    def __init__(self, flows: tuple[Figure, ...]) -> None:
        self.flows = flows

    def present_values(self, rate: RealRate) -> tuple[Figure, ...]:
        """What each flow is worth at t = 0; a nominal rate is refused."""
        if not isinstance(rate, RealRate):
            raise TypeError("constant money is discounted at a real rate only")
        return _discounted(self.flows, rate.figure)

    def worth(self, rate: RealRate) -> Figure:
        """The net present value; a nominal rate is refused."""
        if not isinstance(rate, RealRate):
            raise TypeError("constant money is discounted at a real rate only")
        return net_present_value(rate.figure, *self.flows)


class CurrentMoney:
    """Flows at the ends of years 0, 1, 2 ... in money of the day."""

    __slots__ = ("flows",)

    def __init__(self, flows: tuple[Figure, ...]) -> None:
        self.flows = flows

    def present_values(self, rate: NominalRate) -> tuple[Figure, ...]:
        """What each flow is worth at t = 0; a real rate is refused."""
        if not isinstance(rate, NominalRate):
            raise TypeError("money of the day is discounted at a nominal rate only")
        return _discounted(self.flows, rate.figure)

    def worth(self, rate: NominalRate) -> Figure:
        """The net present value; a real rate is refused."""
        if not isinstance(rate, NominalRate):
            raise TypeError("money of the day is discounted at a nominal rate only")
        return net_present_value(rate.figure, *self.flows)


def _discounted(flows: tuple[Figure, ...], rate: Figure) -> tuple[Figure, ...]:
    return tuple(
        present_value(flow, rate, number(year)) if year else flow for year, flow in enumerate(flows)
    )


_NUMBERS: dict[int, Figure] = {}


def number(count: int) -> Figure:
    """A whole number as a figure: the years of a formula."""
    figure = _NUMBERS.get(count)
    if figure is None:
        figure = _NUMBERS[count] = Figure(
            float(count), ONE, None, (Origin("definition", (), str(count)),)
        )
    return figure


class Money(Protocol):
    """The money in which the cash flows of a file are: constant or current, as its discount rate is."""

    name: str

    def growth(self, stated: Growth | None) -> Figure | NotApplicable | None:
        """The yearly growth of a price in this money; None for none."""

    def contracted(self, amount: Figure, years: int) -> Figure | NotApplicable:
        """An amount fixed in money of the day ``years`` before it is paid (a repayment, a depreciation)."""

    def worth(self, flows: tuple[Figure, ...]) -> Figure | NotApplicable:
        """The net present value of flows in this money."""

    def present_values(self, flows: tuple[Figure, ...]) -> tuple[Figure, ...] | None:
        """Each flow's present value; None without a discount rate."""

    def factor(self, years: int) -> Figure | NotApplicable:
        """The annuity factor over a number of years."""

    def rate_of(self, stated: Growth | None) -> Figure | NotApplicable:
        """Another stated rate in this money; without one, the discount rate."""


class _Terms(NamedTuple):
    inflation: Figure | None


class Constant:
    """Constant money: prices of year 0, a real discount rate."""

    name = "constant"

    def __init__(self, rate: RealRate | None, inflation: Figure | None) -> None:
        self.rate = rate
        self.terms = _Terms(inflation)

    def growth(self, stated: Growth | None) -> Figure | NotApplicable | None:
        """Real growth as stated; nominal growth less inflation."""
        if stated is None or stated.is_real:
            return stated.rate if stated is not None else None
        if self.terms.inflation is None:
            return INFLATION_MISSING
        return real_rate(stated.rate, self.terms.inflation)

    def contracted(self, amount: Figure, years: int) -> Figure | NotApplicable:
        """A fixed amount of the day loses with inflation."""
        if years == 0:
            return amount
        if self.terms.inflation is None:
            return INFLATION_MISSING
        return present_value(amount, self.terms.inflation, number(years))

    def worth(self, flows: tuple[Figure, ...]) -> Figure | NotApplicable:
        """The net present value at the real rate."""
        return RATE_MISSING if self.rate is None else ConstantMoney(flows).worth(self.rate)

    def present_values(self, flows: tuple[Figure, ...]) -> tuple[Figure, ...] | None:
        """Present values at the real rate."""
        return None if self.rate is None else ConstantMoney(flows).present_values(self.rate)

    def factor(self, years: int) -> Figure | NotApplicable:
        """The annuity factor at the real rate."""
        return RATE_MISSING if self.rate is None else _factor(self.rate.figure, years)

    def rate_of(self, stated: Growth | None) -> Figure | NotApplicable:
        """A rate of return in constant money."""
        if stated is None:
            return RATE_MISSING if self.rate is None else self.rate.figure
        found = self.growth(stated)
        assert found is not None
        return found


class Current:
    """Money of the day: prices grow with inflation, a nominal discount rate."""

    name = "current"

    def __init__(self, rate: NominalRate, inflation: Figure | None) -> None:
        self.rate = rate
        self.terms = _Terms(inflation)

    def growth(self, stated: Growth | None) -> Figure | NotApplicable | None:
        """Nominal growth as stated; a price without growth of its own, and real growth, rise with inflation too."""
        if stated is not None and not stated.is_real:
            return stated.rate
        if self.terms.inflation is None:
            return INFLATION_MISSING
        if stated is None:
            return self.terms.inflation
        return nominal_rate(stated.rate, self.terms.inflation)

    def contracted(self, amount: Figure, years: int) -> Figure | NotApplicable:
        """A fixed amount of the day stays as it is."""
        return amount

    def worth(self, flows: tuple[Figure, ...]) -> Figure | NotApplicable:
        """The net present value at the nominal rate."""
        return CurrentMoney(flows).worth(self.rate)

    def present_values(self, flows: tuple[Figure, ...]) -> tuple[Figure, ...] | None:
        """Present values at the nominal rate."""
        return CurrentMoney(flows).present_values(self.rate)

    def factor(self, years: int) -> Figure | NotApplicable:
        """The annuity factor at the nominal rate."""
        return _factor(self.rate.figure, years)

    def rate_of(self, stated: Growth | None) -> Figure | NotApplicable:
        """A rate of return in money of the day."""
        if stated is None:
            return self.rate.figure
        found = self.growth(stated)
        assert found is not None
        return found


def _factor(rate: Figure, years: int) -> Figure:
    return annuity_factor(rate, *[number(year) for year in range(1, years + 1)])


def money_of(terms: Terms) -> Money:
    """The money of a file's cash flows: current where its discount rate is nominal, else constant."""
    if terms.discount is not None and not terms.discount.is_real:
        return Current(NominalRate(terms.discount.rate), terms.inflation)
    rate = RealRate(terms.discount.rate) if terms.discount is not None else None
    return Constant(rate, terms.inflation)
