"""Real and nominal: two types of rate and two types of money, so that the two cannot meet.

A real rate discounts constant money (of year 0), a nominal rate money of the day. Discounting
constant savings at a nominal rate is the commonest error of the field; here it is a type error, for
mypy and at run time.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cache
from typing import ClassVar, Generic, TypeVar

from cpcalc.calc.finance import (
    annuity_factor,
    net_present_value,
    nominal_rate,
    present_value,
    real_rate,
)
from cpcalc.figures import Figure, NotApplicable, Origin, Reported
from cpcalc.resolve.model import EconomicTerms, Growth
from cpcalc.units import ONE

INFLATION_MISSING = NotApplicable("incomplete", "inflation-missing", ("basis.inflation",))
RATE_MISSING = NotApplicable("incomplete", "field-missing", ("basis.discount-rate",))


@cache
def number(count: int) -> Figure:
    """A whole number as a figure: the years of a formula."""
    return Figure(float(count), ONE, None, (Origin("definition", (), str(count)),))


@dataclass(frozen=True)
class RealRate:
    """A rate a year above inflation. It has no arithmetic: it can only discount constant money."""

    figure: Figure


@dataclass(frozen=True)
class NominalRate:
    """A rate a year in money of the day. It has no arithmetic: it can only discount such money."""

    figure: Figure


Rate = TypeVar("Rate", RealRate, NominalRate)


class Money(ABC, Generic[Rate]):
    """The money in which the cash flows of a file are, and the rate at which it is discounted."""

    name: ClassVar[str]
    kind_of_rate: ClassVar[type]

    def __init__(self, rate: Rate | None, inflation: Figure | None) -> None:
        if rate is not None and not isinstance(rate, self.kind_of_rate):
            raise TypeError(f"{self.name} money is discounted at a {self.kind_of_rate.__name__}")
        self.rate: Reported = RATE_MISSING if rate is None else rate.figure
        self.inflation: Reported = INFLATION_MISSING if inflation is None else inflation

    @abstractmethod
    def growth(self, stated: Growth | None) -> Reported | None:
        """The yearly growth of a price in this money; None for none."""

    @abstractmethod
    def contracted(self, amount: Figure, years: int) -> Reported:
        """An amount fixed in money of the day ``years`` before it is paid (a repayment)."""

    def worth(self, flows: tuple[Figure, ...]) -> Reported:
        """The net present value of flows at the ends of years 0, 1, 2 ..."""
        return net_present_value(self.rate, *flows)

    def present_values(self, flows: tuple[Figure, ...]) -> tuple[Figure, ...] | None:
        """What each flow is worth at t = 0; None without a discount rate."""
        rate = self.rate
        if isinstance(rate, NotApplicable):
            return None
        return tuple(
            present_value(flow, rate, number(year)) if year else flow
            for year, flow in enumerate(flows)
        )

    def factor(self, years: int) -> Reported:
        """The annuity factor over a number of years."""
        return annuity_factor(self.rate, *[number(year) for year in range(1, years + 1)])

    def rate_of(self, stated: Growth | None) -> Reported:
        """Another stated rate in this money; without one, the discount rate."""
        if stated is None:
            return self.rate
        rate = self.growth(stated)
        assert rate is not None
        return rate


class ConstantMoney(Money[RealRate]):
    """Money at the prices of year 0."""

    name = "constant"
    kind_of_rate = RealRate

    def growth(self, stated: Growth | None) -> Reported | None:
        """Real growth as stated; nominal growth less inflation."""
        if stated is None:
            return None
        return stated.rate if stated.is_real else real_rate(stated.rate, self.inflation)

    def contracted(self, amount: Figure, years: int) -> Reported:
        """A fixed amount of the day loses with inflation."""
        return present_value(amount, self.inflation, number(years)) if years else amount


class CurrentMoney(Money[NominalRate]):
    """Money of the day: prices grow with inflation."""

    name = "current"
    kind_of_rate = NominalRate

    def growth(self, stated: Growth | None) -> Reported | None:
        """Nominal growth as stated; real growth, and a price without any, rise with inflation."""
        if stated is None:
            return self.inflation
        return nominal_rate(stated.rate, self.inflation) if stated.is_real else stated.rate

    def contracted(self, amount: Figure, years: int) -> Reported:
        """A fixed amount of the day stays as it is."""
        return amount


AnyMoney = ConstantMoney | CurrentMoney


def money_of(terms: EconomicTerms) -> AnyMoney:
    """The money of a file's cash flows: current where its discount rate is nominal."""
    discount = terms.discount
    if discount is None:
        return ConstantMoney(None, terms.inflation)
    if discount.is_real:
        return ConstantMoney(RealRate(discount.rate), terms.inflation)
    return CurrentMoney(NominalRate(discount.rate), terms.inflation)
