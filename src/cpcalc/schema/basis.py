"""What an assessment rests on: enterprise, sources, year, money, operating time and grid."""

from __future__ import annotations

import re
from typing import Annotated, Any, Self

from pydantic import PlainValidator, ValidationInfo, model_validator

from cpcalc.quantities import Quantity
from cpcalc.schema.base import Model, refuse
from cpcalc.schema.economics import YearlyRate
from cpcalc.schema.leaves import (
    Count,
    Date,
    Id,
    OneOrMore,
    SharePerYear,
    Title,
    Words,
    Year,
    choice,
    leaf,
    quantity,
    read_year,
)

RateOfExchange = Annotated[Quantity, quantity("exchange-rate", "a rate such as 20 510 VND/USD")]
DaysPerYear = Annotated[Quantity, quantity("days-per-year", "operating days, such as 310 day/year")]
OperatingHours = Annotated[
    Quantity, quantity("hours-per-day", "operating hours, such as 24 hour/day or 7 440 hour/year")
]
MonthsPerYear = Annotated[
    Quantity, quantity("months-per-year", "operating months, such as 6 month/year")
]
GRID_TYPES = (
    "combined-margin", "combined-margin-intermittent", "operating-margin", "build-margin",
    "average", "lifecycle", "residual-mix",
)  # fmt: skip
GridType = Annotated[str, choice(*GRID_TYPES)]


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

    rate: RateOfExchange
    year: Year
    source: Words


class Operation(Model):
    """The plant's operating time: what `/day`, `/hour` and `/month` are annualised with."""

    days: DaysPerYear | None = None
    hours: OperatingHours | None = None
    months: MonthsPerYear | None = None


class Grid(Model):
    """Which factor of the grid set: data year, type, and its decline, for figures over a life."""

    data_year: Year
    type: GridType
    because: Words | None = None
    decline: SharePerYear | None = None


class Span(Model):
    """A period from a first to a last day."""

    from_: Date
    to: Date

    @model_validator(mode="after")
    def consistent(self) -> Self:
        if self.from_ > self.to:
            refuse("period-ends-before-it-begins", first=self.from_, last=self.to)
        return self


def _read_period(raw: Any, info: ValidationInfo) -> int | Span:
    is_span = isinstance(raw, dict)
    return Span.model_validate(raw, context=info.context) if is_span else read_year(raw)


Period = Annotated[int | Span, PlainValidator(_read_period, json_schema_input_type=int | Span)]


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
