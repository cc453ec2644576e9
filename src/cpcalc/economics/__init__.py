"""Cash flows over the years: what a project is worth, its loan and tax, and what that rests on.

Here: real and nominal money, kept apart, so that the two cannot meet. A real rate discounts
constant money (of year 0), a nominal rate money of the day. Discounting constant savings at a
nominal rate is the commonest error of the field; here the rate itself says which money there is,
and every other rate is brought to that.
"""

from functools import cache

from cpcalc.calc import finance
from cpcalc.figures import Figure, NotApplicable, Reported, defined
from cpcalc.resolve.model import EconomicTerms, Growth
from cpcalc.units import ONE

INFLATION_MISSING = NotApplicable("incomplete", "inflation-missing", ("basis.inflation",))
RATE_MISSING = NotApplicable("incomplete", "field-missing", ("basis.discount-rate",))

Flows = tuple[Figure, ...]  # at the ends of years 0, 1, 2 ...


@cache
def number(count: int) -> Figure:
    """A whole number as a figure: the years of a formula."""
    return defined(count, ONE, str(count))


class CashMoney:
    """The money in which the cash flows of a file are, and the rate at which it is discounted.

    It is money of the day (current) where the discount rate is nominal, else of year 0 (constant).
    """

    def __init__(self, terms: EconomicTerms) -> None:
        discount, inflation = terms.discount, terms.inflation
        self.is_real = discount is None or discount.is_real
        self.name = "constant" if self.is_real else "current"
        self.rate: Reported = RATE_MISSING if discount is None else discount.rate
        self.inflation: Reported = INFLATION_MISSING if inflation is None else inflation

    def growth(self, stated: Growth | None) -> Reported | None:
        """The yearly growth of a price in this money; None for none.

        A price without growth of its own rises with inflation in money of the day.
        """
        if stated is None:
            return None if self.is_real else self.inflation
        if stated.is_real == self.is_real:
            return stated.rate
        in_this_money = finance.real_rate if self.is_real else finance.nominal_rate
        return in_this_money(stated.rate, self.inflation)

    def rate_or_discount_rate(self, stated: Growth | None) -> Reported:
        """Another stated rate in this money; without one, the discount rate."""
        rate = None if stated is None else self.growth(stated)
        return self.rate if rate is None else rate

    def contracted(self, amount: Figure, years: int) -> Reported:
        """An amount fixed in money of the day ``years`` before it is paid (a repayment)."""
        loses = self.is_real and years
        return finance.present_value(amount, self.inflation, number(years)) if loses else amount

    def worth(self, flows: Flows) -> Reported:
        """The net present value of flows."""
        return finance.net_present_value(self.rate, *flows)

    def present_values(self, flows: Flows) -> Flows | None:
        """What each flow is worth at t = 0; None without a discount rate."""
        rate = self.rate
        if isinstance(rate, NotApplicable):
            return None
        at_start = finance.present_value
        return tuple(at_start(flow, rate, number(t)) if t else flow for t, flow in enumerate(flows))

    def factor(self, years: int) -> Reported:
        """The annuity factor over a number of years."""
        return finance.annuity_factor(self.rate, *[number(year) for year in range(1, years + 1)])
