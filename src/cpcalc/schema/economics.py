"""The money side of an assessment: study period, growth of prices, tax, loans, scenarios."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import model_validator

from cpcalc.quantities import Quantity
from cpcalc.schema.base import Model, one_of, refuse
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


class YearlyRate(Model):
    """A rate a year in constant money (real) or in money of the day (nominal), never both."""

    nominal: SharePerYear | None = None
    real: SharePerYear | None = None

    rules = (one_of("nominal", "real"),)


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

    price: Annotated[Quantity, quantity("price")]
    escalation: YearlyRate | None = None


class Tax(Model):
    """Tax on profit, and how assets are written off."""

    rate: Share
    depreciation: (
        Annotated[str, choice("straight-line", "declining-balance", "immediate")] | None
    ) = None
    years: Duration | None = None


class Loan(Model):
    """A loan drawn at the start, at a rate in money of the day; its term includes the grace."""

    share: Share | None = None
    amount: Money | None = None
    rate: SharePerYear
    term: Duration
    grace: Annotated[Quantity, quantity("delay")] | None = None
    repayment: Annotated[str, choice("annuity", "equal-principal")] | None = None

    rules = (one_of("share", "amount"),)


class Economics(Model):
    """What holds for the cash flows of all measures; every key is optional."""

    study_period: Duration | None = None
    lifetime: Duration | None = None
    residual_value: Annotated[str, choice("none", "straight-line")] | None = None
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
    def sets_something(self) -> Self:
        """A scenario that sets nothing is the file itself."""
        if not self.set_:
            refuse("empty-value")
        return self
