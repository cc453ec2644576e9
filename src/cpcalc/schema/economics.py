"""The money side of an assessment: study period, growth of prices, tax, loans, scenarios."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import model_validator

from cpcalc.quantities import Quantity
from cpcalc.schema.base import Model, need_one, refuse
from cpcalc.schema.leaves import (
    Duration,
    Id,
    Money,
    Share,
    SharePerYear,
    Title,
    Words,
    choice,
    quantity,
)

DEPRECIATIONS = ("straight-line", "declining-balance", "immediate")
REPAYMENTS = ("annuity", "equal-principal")
RESIDUALS = ("none", "straight-line")

PriceOfCarbon = Annotated[Quantity, quantity("price", "money per unit, such as 10 USD/t CO2e")]
Delay = Annotated[Quantity, quantity("delay", "years without repayment, such as 1 year")]
Depreciation = Annotated[str, choice(*DEPRECIATIONS)]
Repayment = Annotated[str, choice(*REPAYMENTS)]
Residual = Annotated[str, choice(*RESIDUALS)]


class YearlyRate(Model):
    """A rate a year in constant money (real) or in money of the day (nominal), never both."""

    nominal: SharePerYear | None = None
    real: SharePerYear | None = None

    @model_validator(mode="after")
    def consistent(self) -> Self:
        need_one(self, "nominal", "real")
        return self


class GrowthTable(Model):
    """How prices grow where the stream says nothing itself."""

    material: YearlyRate | None = None
    water: YearlyRate | None = None
    energy: YearlyRate | None = None
    chemical: YearlyRate | None = None
    disposal: YearlyRate | None = None
    by_product: YearlyRate | None = None
    unspecified: YearlyRate | None = None
    running_cost: YearlyRate | None = None
    investment: YearlyRate | None = None
    other_benefits: YearlyRate | None = None


class CarbonPrice(Model):
    """What a tonne of CO2e avoided would earn or save: a line of its own, outside all figures."""

    price: PriceOfCarbon
    escalation: YearlyRate | None = None


class Tax(Model):
    """Tax on profit, and how assets are written off."""

    rate: Share
    depreciation: Depreciation | None = None
    years: Duration | None = None


class Loan(Model):
    """A loan drawn at the start, at a rate in money of the day; its term includes the grace."""

    share: Share | None = None
    amount: Money | None = None
    rate: SharePerYear
    term: Duration
    grace: Delay | None = None
    repayment: Repayment | None = None

    @model_validator(mode="after")
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
    finance_rate: YearlyRate | None = None
    reinvestment_rate: YearlyRate | None = None
    payback_limit: Duration | None = None


class Scenario(Model):
    """A named set of other values, shown beside the file's own."""

    id: Id
    title: Title | None = None
    set_: dict[str, Words]

    @model_validator(mode="after")
    def consistent(self) -> Self:
        if not self.set_:
            refuse("empty-value")
        return self
