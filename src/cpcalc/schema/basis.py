"""What an assessment rests on: enterprise, sources, year, money, operating time, grid, factors."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainValidator, ValidationInfo

from cpcalc.quantities import Quantity
from cpcalc.schema.base import Model, in_order, refuse
from cpcalc.schema.economics import YearlyRate
from cpcalc.schema.leaves import (
    Amount,
    Count,
    Date,
    Id,
    OneOrMore,
    Share,
    SharePerYear,
    Title,
    Words,
    Year,
    choice,
    leaf,
    quantity,
    read_amount_or_reference,
    read_year,
)

HeatBasis = Annotated[str, choice("ncv", "gcv")]
GridType = Annotated[str, choice(
    "combined-margin", "combined-margin-intermittent", "operating-margin", "build-margin",
    "average", "lifecycle", "residual-mix",
)]  # fmt: skip


class Source(Model):
    """Where a file's facts come from."""

    title: Words
    url: Words | None = None
    accessed: Date | None = None
    where: Words | None = None


def _read_country(raw: Any) -> str:
    if not isinstance(raw, str) or not re.fullmatch("[A-Z]{2}", raw):
        refuse("empty-value" if raw is None else "not-a-country", found=str(raw)[:60])
    return raw


# Capital letters only: factors of another country are told by comparing the two codes.
Country = Annotated[str, leaf(_read_country, {"type": "string", "pattern": "^[A-Z]{2}$"})]


class Enterprise(Model):
    """The enterprise assessed; a code may stand for its name."""

    id: Id
    name: Title
    sector: Words | None = None
    province: Words | None = None
    country: Country | None = None
    employees: Count | None = None
    founded: Year | None = None
    notes: Title | None = None


class ExchangeRate(Model):
    """A dated rate between the report's currency and another."""

    rate: Annotated[Quantity, quantity("exchange-rate")]
    year: Year
    source: Words


class Operation(Model):
    """The plant's operating time: what `/day`, `/hour` and `/month` are annualised with."""

    days: Annotated[Quantity, quantity("days-per-year")] | None = None
    hours: Annotated[Quantity, quantity("hours-per-day")] | None = None
    months: Annotated[Quantity, quantity("months-per-year")] | None = None


class Grid(Model):
    """Which factor of the grid set: data year, type, and its decline, for figures over a life."""

    data_year: Year
    type: GridType
    because: Words | None = None
    decline: SharePerYear | None = None


class DatedPeriod(Model):
    """A period from a first to a last day."""

    from_: Date
    to: Date

    rules = (in_order,)


def _read_period(raw: Any, info: ValidationInfo) -> int | DatedPeriod:
    is_span = isinstance(raw, dict)
    return DatedPeriod.model_validate(raw, context=info.context) if is_span else read_year(raw)


Period = Annotated[
    int | DatedPeriod, PlainValidator(_read_period, json_schema_input_type=int | DatedPeriod)
]


class Basis(Model):
    """What the figures rest on; what needs a missing field is `incomplete` and names it."""

    period: Period | None = None
    currency: Words | None = None
    exchange_rates: dict[str, ExchangeRate] | None = None
    operation: Operation | None = None
    discount_rate: YearlyRate | None = None
    inflation: SharePerYear | None = None
    factor_sets: OneOrMore[Words] | None = None
    grid: Grid | None = None
    gwp: Words | None = None


# ---- how a stream uses cited factors ------------------------------------------------------------


def _read_control(raw: Any, info: ValidationInfo) -> Quantity | str | dict[str, Quantity | str]:
    if raw == {}:
        refuse("empty-value")
    if isinstance(raw, dict) and not {"low", "at-least", "at-most", "value"} & raw.keys():
        return {
            str(pollutant): read_amount_or_reference(part, info, "share")
            for pollutant, part in raw.items()
        }
    return read_amount_or_reference(raw, info, "share")


AbatementShare = Annotated[
    Quantity | str | dict[str, Quantity | str],
    PlainValidator(_read_control, json_schema_input_type=str | dict[str, str]),
]


class FactorUse(Model):
    """A cited factor and the parameters its formula needs.

    ``control`` is an abatement efficiency: a share, a cited one (set/id), or one of these for each
    pollutant.
    """

    factor: Words
    ash: Share | None = None
    sulphur: Share | None = None
    content_basis: Annotated[str, choice("as-fired", "dry")] | None = None
    control: AbatementShare | None = None
    moisture: Share | None = None
    equipment: Words | None = None
    year: Year | None = None
    type: GridType | None = None
    sludge_removed: Amount | None = None
    recovered: Amount | None = None
    because: Words | None = None


def _as_factor_use(raw: Any) -> Any:
    return raw if isinstance(raw, dict) else {"factor": raw}


Factors = OneOrMore[
    Annotated[FactorUse, BeforeValidator(_as_factor_use, json_schema_input_type=str | FactorUse)]
]


class GasConditions(Model):
    """The state in which a concentration or a flow of gas is stated.

    Moisture and oxygen are shares by volume.
    """

    temperature: Annotated[Quantity, quantity("temperature")] | None = None
    pressure: Annotated[Quantity, quantity("pressure")] | None = None
    moisture: Share | None = None
    oxygen: Share | None = None
