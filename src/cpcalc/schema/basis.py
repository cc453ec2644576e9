"""What an assessment rests on: enterprise, sources, year, money, operating time, grid, factors.

The money side has a study period, growth of prices, tax, loans and scenarios.
"""

import re
from typing import Annotated, Any, ClassVar

from pydantic import Field, PlainValidator, ValidationInfo

from cpcalc.quantities import Quantity
from cpcalc.schema import Model, in_order, leaves, one_of, refuse, short_for

# The newest version of the formats of assessments, programmes and locks.
NEWEST_FORMAT = 1


def version_problem(raw: Any, newest: int) -> str | None:
    """The name of what is wrong with a version of a format; None where it is known."""
    if not isinstance(raw, str) or not re.fullmatch("[1-9][0-9]{0,8}", raw):
        return "format-version"
    return "newer-format-version" if int(raw) > newest else None


def _read_version(raw: Any) -> str:
    problem = version_problem(raw, NEWEST_FORMAT)
    if problem is not None:
        refuse(problem, found=str(raw)[:20])
    return str(raw)


_NEWEST = {"enum": [NEWEST_FORMAT, str(NEWEST_FORMAT)]}
Version = Annotated[str, leaves.leaf(_read_version, _NEWEST)]

QUALITIES = ("metered", "invoiced", "calculated", "estimated", "default")
Quality = Annotated[str, leaves.choice(*QUALITIES)]
HeatBasis = Annotated[str, leaves.choice("ncv", "gcv")]
GRID_TYPES = (
    "combined-margin", "combined-margin-intermittent", "operating-margin", "build-margin",
    "average", "lifecycle", "residual-mix",
)  # fmt: skip
GridType = Annotated[str, leaves.choice(*GRID_TYPES)]


class Source(Model):
    """Where a file's facts come from."""

    example: ClassVar = {"title": "Environmental report 2024", "where": "p. 12"}

    title: leaves.Words
    url: leaves.Words | None = None
    accessed: leaves.Date | None = None
    where: leaves.Words | None = None


def _read_country(raw: Any) -> str:
    if not isinstance(raw, str) or not re.fullmatch("[A-Z]{2}", raw):
        refuse("empty-value" if raw is None else "not-a-country", found=str(raw)[:60])
    return raw


# Capital letters only: factors of another country are told by comparing the two codes.
_CODE = {"type": "string", "pattern": "^[A-Z]{2}$", "examples": ["VN"]}
Country = Annotated[str, leaves.leaf(_read_country, _CODE)]


class Enterprise(Model):
    """The enterprise assessed; a code may stand for its name."""

    example: ClassVar = {"id": "HN-01", "name": "Paper mill"}

    id: leaves.Id
    name: leaves.Title
    sector: leaves.Name | None = None
    province: leaves.Name | None = None
    country: Country | None = None
    employees: leaves.Count | None = None
    founded: leaves.Year | None = None
    notes: leaves.Title | None = None


class ReportWords(Model):
    """What a report says in the words of its authors; it changes no figure."""

    author: leaves.Title | None = None
    team: leaves.OneOrMore[leaves.Title] | None = None
    date: leaves.Date | None = None
    introduction: leaves.Title | None = None
    process_description: leaves.Title | None = None
    conclusions: leaves.Title | None = None


class ExchangeRate(Model):
    """A dated rate between the report's currency and another."""

    example: ClassVar = {"rate": "25 400 VND/USD", "year": 2024, "source": "State Bank"}

    rate: Annotated[Quantity, leaves.quantity("exchange-rate")]
    year: leaves.Year
    source: leaves.Words


Rates = Annotated[leaves.Keyed[ExchangeRate], Field(examples=[{"USD": ExchangeRate.example}])]


class Operation(Model):
    """The plant's operating time: what `/day`, `/hour` and `/month` are annualised with."""

    example: ClassVar = {"days": "300 day/year", "hours": "16 hour/day"}

    days: Annotated[Quantity, leaves.quantity("days-per-year")] | None = None
    hours: Annotated[Quantity, leaves.quantity("hours-per-day")] | None = None
    months: Annotated[Quantity, leaves.quantity("months-per-year")] | None = None
    quality: Quality | None = None


class Grid(Model):
    """Which factor of the grid set: data year, type, and its decline, for figures over a life."""

    example: ClassVar = {"data-year": 2023, "type": "average"}

    data_year: leaves.Year
    type: GridType
    because: leaves.Words | None = None
    decline: leaves.SharePerYear | None = None


class YearlyRate(Model):
    """A rate a year in constant money (real) or in money of the day (nominal), never both."""

    example: ClassVar = {"nominal": "14 %"}

    nominal: leaves.SharePerYear | None = None
    real: leaves.SharePerYear | None = None

    rules = (one_of("nominal", "real"),)


class DatedPeriod(Model):
    """A period from a first to a last day."""

    example: ClassVar = {"from": "2011-07-01", "to": "2012-06-30"}

    from_: leaves.Date
    to: leaves.Date

    rules = (in_order,)


def _read_period(raw: Any, info: ValidationInfo) -> int | DatedPeriod:
    is_span = isinstance(raw, dict)
    return (
        DatedPeriod.model_validate(raw, context=info.context) if is_span else leaves.read_year(raw)
    )


Period = Annotated[
    int | DatedPeriod, PlainValidator(_read_period, json_schema_input_type=int | DatedPeriod)
]


class Basis(Model):
    """What the figures rest on; what needs a missing field is `incomplete` and names it."""

    example: ClassVar = {"period": 2024, "currency": "VND"}

    period: Period | None = None
    currency: leaves.Words | None = None
    exchange_rates: Rates | None = None
    operation: Operation | None = None
    discount_rate: YearlyRate | None = None
    inflation: leaves.SharePerYear | None = None
    factor_sets: leaves.OneOrMore[leaves.Words] | None = None
    grid: Grid | None = None
    gwp: leaves.Words | None = None


# ---- how a stream uses cited factors ------------------------------------------------------------


def _read_control(raw: Any, info: ValidationInfo) -> Quantity | str | dict[str, Quantity | str]:
    if raw == {}:
        refuse("empty-value")
    if isinstance(raw, dict) and not {"low", "at-least", "at-most", "value"} & raw.keys():
        parts = {str(pollutant): part for pollutant, part in raw.items()}
        return {of: leaves.read_amount_or_reference(parts[of], info, "share") for of in parts}
    return leaves.read_amount_or_reference(raw, info, "share")


AbatementShare = Annotated[
    Quantity | str | dict[str, Quantity | str],
    PlainValidator(
        _read_control,
        json_schema_input_type=Annotated[str | dict[str, str], Field(examples=["95 %"])],
    ),
]


class FactorUse(Model):
    """A cited factor and the parameters its formula needs.

    ``control`` is an abatement efficiency: a share, a cited one (set/id), or one of these for each
    pollutant.
    """

    example: ClassVar = {"factor": "ipcc-2006/anthracite"}

    factor: leaves.Words
    ash: leaves.Share | None = None
    sulphur: leaves.Share | None = None
    content_basis: Annotated[str, leaves.choice("as-fired", "dry")] | None = None
    control: AbatementShare | None = None
    moisture: leaves.Share | None = None
    equipment: leaves.Words | None = None
    year: leaves.Year | None = None
    type: GridType | None = None
    sludge_removed: leaves.Amount | None = None
    recovered: leaves.Amount | None = None
    because: leaves.Words | None = None


Factors = leaves.OneOrMore[Annotated[FactorUse, short_for("factor", also=str | FactorUse)]]


class GasConditions(Model):
    """The state in which a concentration or a flow of gas is stated.

    Moisture and oxygen are shares by volume.
    """

    example: ClassVar = {"temperature": "160 degC", "pressure": "101 kPa"}

    temperature: Annotated[Quantity, leaves.quantity("temperature")] | None = None
    pressure: Annotated[Quantity, leaves.quantity("pressure")] | None = None
    moisture: leaves.Share | None = None
    oxygen: leaves.Share | None = None


# ---- the money side ------------------------------------------------------------------------------

Depreciation = Annotated[str, leaves.choice("straight-line", "declining-balance", "immediate")]


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


def _sets_something(scenario: "Scenario") -> None:
    """The rule of a scenario: one that sets nothing is the file itself."""
    if not scenario.set_:
        refuse("empty-value")


class Scenario(Model):
    """A named set of other values, shown beside the file's own."""

    example: ClassVar = {"id": "dear-coal", "set": {"streams.coal.price": "3 million VND/t"}}

    id: leaves.Id
    title: leaves.Title | None = None
    set_: leaves.Keyed[leaves.Words]

    rules = (_sets_something,)


class Waiver(Model):
    """A warning accepted, with the reason that the report prints."""

    example: ClassVar = {"check": "unused-stream", "at": "streams.coal", "because": "metered later"}
    check: leaves.Words
    at: leaves.Words | None = None
    because: leaves.Words
