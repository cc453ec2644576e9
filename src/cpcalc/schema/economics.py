"""The money side of an assessment file: study period, growth of prices, tax, loans, carbon price and scenarios.

Imported only when a file uses one of these keys.
"""

# No postponed annotations here: they are read at every start.
from typing import Annotated, Self

from cpcalc.schema.base import Model, need_one
from cpcalc.schema.leaves import Given, Id, Title, Words, choice, quantity, refuse

DEPRECIATIONS = ("straight-line", "declining-balance", "immediate")
REPAYMENTS = ("annuity", "equal-principal")
RESIDUALS = ("none", "straight-line")

Rate = Annotated[Given, quantity("share-per-year", "a rate a year, such as 14 %")]
Share = Annotated[Given, quantity("share", "a share, such as 70 %")]
Money = Annotated[Given, quantity("money", "an amount of money, such as 180 million VND")]
Price = Annotated[Given, quantity("price", "money per unit, such as 10 USD/t CO2e")]
Duration = Annotated[Given, quantity("duration", "a duration, such as 10 year")]
Delay = Annotated[Given, quantity("delay", "years without repayment, such as 1 year")]
Depreciation = Annotated[str, choice(*DEPRECIATIONS)]
Repayment = Annotated[str, choice(*REPAYMENTS)]
Residual = Annotated[str, choice(*RESIDUALS)]


class Growth(Model):
    """A rate a year in constant money (``real``) or in money of the day (``nominal``), never both."""

    nominal: Rate | None = None
    real: Rate | None = None

    def consistent(self) -> Self:
        need_one(self, "nominal", "real")
        return self


class GrowthTable(Model):
    """How prices grow where the stream says nothing itself."""

    material: Growth | None = None
    water: Growth | None = None
    energy: Growth | None = None
    chemical: Growth | None = None
    disposal: Growth | None = None
    by_product: Growth | None = None
    unspecified: Growth | None = None
    running_cost: Growth | None = None
    investment: Growth | None = None
    other_benefits: Growth | None = None


class CarbonPrice(Model):
    """What a tonne of CO2e avoided would earn or save; a line of its own, outside the other figures."""

    price: Price
    escalation: Growth | None = None


class Tax(Model):
    """Tax on profit, and how assets are written off."""

    rate: Share
    depreciation: Depreciation | None = None
    years: Duration | None = None


class Loan(Model):
    """A loan drawn at the start; its rate is in money of the day, the term includes the years of grace."""

    share: Share | None = None
    amount: Money | None = None
    rate: Rate
    term: Duration
    grace: Delay | None = None
    repayment: Repayment | None = None

    def consistent(self) -> Self:
        need_one(self, "share", "amount")
        return self


class Economics(Model):
    """What holds for the cash flows of all measures; every key is optional."""

    study_period: Duration | None = None
    lifetime: Duration | None = None
    residual_value: Residual | None = None
    escalation: GrowthTable | None = None
    carbon_price: CarbonPrice | None = None
    tax: Tax | None = None
    loan: Loan | None = None
    finance_rate: Growth | None = None
    reinvestment_rate: Growth | None = None
    payback_limit: Duration | None = None


class Scenario(Model):
    """A named set of other values, shown beside the file's own."""

    id: Id
    title: Title | None = None
    set_: dict[str, Words]

    def consistent(self) -> Self:
        if not self.set_:
            refuse("empty-value")
        return self
