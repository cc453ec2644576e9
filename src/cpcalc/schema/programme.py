"""The programme file: a programme of many assessments, how it is added up and what it published."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import BeforeValidator, model_validator

from cpcalc.schema.assessment import DataStatus, NumberStyle, UnitMeaning, Waiver
from cpcalc.schema.base import Model, excludes, in_order, one_of, refuse, some_of
from cpcalc.schema.basis import Country, ExchangeRate, Source
from cpcalc.schema.leaves import (
    Amount,
    Count,
    Date,
    Id,
    Money,
    OneOrMore,
    Share,
    Title,
    Words,
    Year,
    choice,
)

ProgrammeVersion = Annotated[str, choice("1")]
Titles = OneOrMore[Title]


class Years(Model):
    """A span of whole years, both ends included."""

    from_: Year
    to: Year

    rules = (in_order,)


def _as_years(raw: Any) -> Any:
    return raw if isinstance(raw, dict) else {"from": raw, "to": raw}


WholeYears = Annotated[Years, BeforeValidator(_as_years, json_schema_input_type=int | Years)]


class Participants(Model):
    """Who took part, by gender where it was recorded; `all` where only their number is known."""

    women: Count | None = None
    men: Count | None = None
    unstated: Count | None = None
    all_: Count | None = None

    rules = (
        excludes("all_", "women", "men", "unstated"),
        some_of("women", "men", "unstated", "all_"),
    )

    @property
    def number(self) -> int:
        """How many took part."""
        return sum(count or 0 for count in (self.all_, self.women, self.men, self.unstated))


def _as_participants(raw: Any) -> Any:
    return raw if isinstance(raw, dict) else {"all": raw}


Attendance = Annotated[
    Participants, BeforeValidator(_as_participants, json_schema_input_type=int | Participants)
]


class Course(Model):
    """One training course, as far as it is published."""

    title: Title | None = None
    date: Date | None = None
    province: Words | None = None
    days: Count | None = None
    participants: Attendance | None = None
    notes: Title | None = None


class Training(Model):
    """The training of a programme: its courses where they are published one by one."""

    courses: OneOrMore[Course] | None = None
    notes: Title | None = None


class CostClasses(Model):
    """The largest investment of each cost class, in the money of a year; above it is high-cost."""

    year: Year
    source: Words | None = None
    no_cost: Money
    low_cost: Money
    medium_cost: Money

    def ends(self) -> dict[str, Money]:
        """The largest investment of each class that has one."""
        return {
            "no-cost": self.no_cost,
            "low-cost": self.low_cost,
            "medium-cost": self.medium_cost,
        }

    @model_validator(mode="after")
    def rising(self) -> Self:
        ends = list(self.ends().values())
        if any(end.unit is not ends[-1].unit and not end.is_bare_zero for end in ends):
            refuse(
                "cost-classes-mixed",
                currencies=", ".join(dict.fromkeys(str(end.unit) for end in ends)),
            )
        if not ends[0].value <= ends[1].value <= ends[2].value:
            refuse("cost-classes-not-rising", ends=", ".join(end.text for end in ends))
        return self


class Published(Model):
    """A published total that the recomputed one is held against."""

    figure: Words
    value: Amount | None = None
    count: Count | None = None
    within: Share | None = None
    taken_as: Title | None = None
    source: Words | None = None
    not_reproduced: Words | None = None

    rules = (one_of("value", "count"), excludes("count", "within"))


class Programme(Model):
    """The whole file."""

    cpcalc_programme: ProgrammeVersion
    numbers: NumberStyle | None = None
    units: dict[str, UnitMeaning] | None = None
    id: Id
    name: Title
    sponsor: Title | None = None
    agencies: Titles | None = None
    period: WholeYears | None = None
    country: Country | None = None
    provinces: OneOrMore[Words] | None = None
    objectives: Titles | None = None
    data_status: DataStatus | None = None
    source: OneOrMore[Source] | None = None
    enterprises: OneOrMore[Words]
    baseline_periods: WholeYears | None = None
    currency: Words
    exchange_rates: dict[str, ExchangeRate] | None = None
    training: Training | None = None
    cost_classes: CostClasses | None = None
    published: OneOrMore[Published] | None = None
    waivers: OneOrMore[Waiver] | None = None
    notes: Title | None = None
