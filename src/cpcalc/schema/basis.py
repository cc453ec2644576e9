"""What an assessment rests on: enterprise, sources, year, money, operating time, grid, factors."""

from __future__ import annotations

import re
from typing import Annotated, Any, ClassVar

from pydantic import Field, PlainValidator, ValidationInfo

from cpcalc.quantities import Quantity
from cpcalc.schema import leaves
from cpcalc.schema.base import Model, in_order, refuse, short_for
from cpcalc.schema.economics import YearlyRate

HeatBasis = Annotated[str, leaves.choice("ncv", "gcv")]
GridType = Annotated[str, leaves.choice(
    "combined-margin", "combined-margin-intermittent", "operating-margin", "build-margin",
    "average", "lifecycle", "residual-mix",
)]  # fmt: skip


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
    sector: leaves.Words | None = None
    province: leaves.Words | None = None
    country: Country | None = None
    employees: leaves.Count | None = None
    founded: leaves.Year | None = None
    notes: leaves.Title | None = None


class ExchangeRate(Model):
    """A dated rate between the report's currency and another."""

    example: ClassVar = {"rate": "25 400 VND/USD", "year": 2024, "source": "State Bank"}

    rate: Annotated[Quantity, leaves.quantity("exchange-rate")]
    year: leaves.Year
    source: leaves.Words


Rates = Annotated[dict[str, ExchangeRate], Field(examples=[{"USD": ExchangeRate.example}])]


class Operation(Model):
    """The plant's operating time: what `/day`, `/hour` and `/month` are annualised with."""

    example: ClassVar = {"days": "300 day/year", "hours": "16 hour/day"}

    days: Annotated[Quantity, leaves.quantity("days-per-year")] | None = None
    hours: Annotated[Quantity, leaves.quantity("hours-per-day")] | None = None
    months: Annotated[Quantity, leaves.quantity("months-per-year")] | None = None


class Grid(Model):
    """Which factor of the grid set: data year, type, and its decline, for figures over a life."""

    example: ClassVar = {"data-year": 2023, "type": "average"}

    data_year: leaves.Year
    type: GridType
    because: leaves.Words | None = None
    decline: leaves.SharePerYear | None = None


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

    example: ClassVar = {"temperature": "160 degC", "pressure": "101.3 kPa"}

    temperature: Annotated[Quantity, leaves.quantity("temperature")] | None = None
    pressure: Annotated[Quantity, leaves.quantity("pressure")] | None = None
    moisture: leaves.Share | None = None
    oxygen: leaves.Share | None = None
