"""The money side of an assessment: study period, growth of prices, tax, loans, scenarios."""

from __future__ import annotations

from typing import Annotated, ClassVar

from cpcalc.quantities import Quantity
from cpcalc.schema import leaves
from cpcalc.schema.base import Model, one_of, refuse

Depreciation = Annotated[str, leaves.choice("straight-line", "declining-balance", "immediate")]


class YearlyRate(Model):
    """A rate a year in constant money (real) or in money of the day (nominal), never both."""

    example: ClassVar = {"nominal": "14 %"}

    nominal: leaves.SharePerYear | None = None
    real: leaves.SharePerYear | None = None

    rules = (one_of("nominal", "real"),)


class GrowthTable(Model):
    """How prices grow where the stream says nothing itself."""

    example: ClassVar = {"energy": {"nominal": "5 %"}}

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

    example: ClassVar = {"price": "10 USD/t CO2e"}

    price: Annotated[Quantity, leaves.quantity("price")]
    escalation: YearlyRate | None = None


class Tax(Model):
    """Tax on profit, and how assets are written off."""

    example: ClassVar = {"rate": "20 %"}

    rate: leaves.Share
    depreciation: Depreciation | None = None
    years: leaves.Duration | None = None


class Loan(Model):
    """A loan drawn at the start, at a rate in money of the day; its term includes the grace."""

    example: ClassVar = {"share": "70 %", "rate": "9 %", "term": "5 year"}

    share: leaves.Share | None = None
    amount: leaves.Money | None = None
    rate: leaves.SharePerYear
    term: leaves.Duration
    grace: Annotated[Quantity, leaves.quantity("delay")] | None = None
    repayment: Annotated[str, leaves.choice("annuity", "equal-principal")] | None = None

    rules = (one_of("share", "amount"),)


class EconomicSettings(Model):
    """What holds for the cash flows of all measures; every key is optional."""

    example: ClassVar = {"lifetime": "10 year"}

    study_period: leaves.Duration | None = None
    lifetime: leaves.Duration | None = None
    residual_value: Annotated[str, leaves.choice("none", "straight-line")] | None = None
    escalation: GrowthTable | None = None
    carbon_price: CarbonPrice | None = None
    tax: Tax | None = None
    loan: Loan | None = None
    finance_rate: YearlyRate | None = None
    reinvestment_rate: YearlyRate | None = None
    payback_limit: leaves.Duration | None = None


def _sets_something(scenario: Scenario) -> None:
    """The rule of a scenario: one that sets nothing is the file itself."""
    if not scenario.set_:
        refuse("empty-value")


class Scenario(Model):
    """A named set of other values, shown beside the file's own."""

    example: ClassVar = {"id": "dear-coal", "set": {"streams.coal.price": "2.9 million VND/t"}}

    id: leaves.Id
    title: leaves.Title | None = None
    set_: dict[str, leaves.Words]

    rules = (_sets_something,)
