"""The programme file: a programme of many assessments, how it is added up and what it published."""

from typing import Annotated, ClassVar, Self

from pydantic import model_validator

from cpcalc.schema import (
    Model,
    excludes,
    in_order,
    kebab,
    leaves,
    one_of,
    refuse,
    short_for,
    some_of,
)
from cpcalc.schema.assessment import DataStatus, NumberStyle, UnitMeanings
from cpcalc.schema.basis import Country, Rates, Source, Version, Waiver


class Years(Model):
    """A span of whole years, both ends included."""

    example: ClassVar = {"from": 2010, "to": 2012}

    from_: leaves.Year
    to: leaves.Year

    rules = (in_order,)


WholeYears = Annotated[Years, short_for("from", "to", also=int | Years)]


class Participants(Model):
    """Who took part, by gender where it was recorded; `all` where only their number is known."""

    example: ClassVar = {"women": 12, "men": 18}

    women: leaves.Count | None = None
    men: leaves.Count | None = None
    unstated: leaves.Count | None = None
    all_: leaves.Count | None = None

    rules = (
        excludes("all_", "women", "men", "unstated"),
        some_of("women", "men", "unstated", "all_"),
    )

    @property
    def number(self) -> int:
        """How many took part."""
        return sum(count or 0 for count in (self.all_, self.women, self.men, self.unstated))


Attendance = Annotated[Participants, short_for("all", also=int | Participants)]


class Course(Model):
    """One training course, as far as it is published."""

    example: ClassVar = {"title": "Energy audits", "participants": 30}

    title: leaves.Title | None = None
    date: leaves.Date | None = None
    province: leaves.Name | None = None
    days: leaves.Count | None = None
    participants: Attendance | None = None
    notes: leaves.Title | None = None


class Training(Model):
    """The training of a programme: its courses where they are published one by one."""

    example: ClassVar = {"courses": {"title": "Energy audits", "participants": 30}}

    courses: leaves.OneOrMore[Course] | None = None
    notes: leaves.Title | None = None


class CostClasses(Model):
    """The largest investment of each cost class, in the money of a year; above it is high-cost."""

    example: ClassVar = {
        "year": 2011,
        "no-cost": "0",
        "low-cost": "100 million VND",
        "medium-cost": "1 billion VND",
    }

    year: leaves.Year
    source: leaves.Words | None = None
    no_cost: leaves.Money
    low_cost: leaves.Money
    medium_cost: leaves.Money

    def ends(self) -> dict[str, leaves.Money]:
        """The largest investment of each class that has one."""
        names = ("no_cost", "low_cost", "medium_cost")
        return {kebab(name): getattr(self, name) for name in names}

    @model_validator(mode="after")
    def rising(self) -> Self:
        ends = list(self.ends().values())
        if any(end.unit is not ends[-1].unit and not end.is_bare_zero for end in ends):
            currencies = dict.fromkeys(str(end.unit) for end in ends)
            refuse("cost-classes-mixed", currencies=", ".join(currencies))
        if not ends[0].value <= ends[1].value <= ends[2].value:
            refuse("cost-classes-not-rising", ends=", ".join(end.text for end in ends))
        return self


class Published(Model):
    """A published total that the recomputed one is held against."""

    example: ClassVar = {"figure": "saving", "value": "5 billion VND/year"}

    figure: leaves.Words
    value: leaves.Amount | None = None
    count: leaves.Count | None = None
    within: leaves.Share | None = None
    taken_as: leaves.Title | None = None
    source: leaves.Words | None = None
    not_reproduced: leaves.Words | None = None

    rules = (one_of("value", "count"), excludes("count", "within"))


class Programme(Model):
    """The whole file."""

    cpcalc_programme: Version
    numbers: NumberStyle | None = None
    units: UnitMeanings | None = None
    id: leaves.Id
    name: leaves.Title
    sponsor: leaves.Title | None = None
    agencies: leaves.OneOrMore[leaves.Title] | None = None
    period: WholeYears | None = None
    country: Country | None = None
    provinces: leaves.OneOrMore[leaves.Name] | None = None
    objectives: leaves.OneOrMore[leaves.Title] | None = None
    data_status: DataStatus | None = None
    source: leaves.OneOrMore[Source] | None = None
    enterprises: leaves.OneOrMore[leaves.Words]
    baseline_periods: WholeYears | None = None
    currency: leaves.Words
    exchange_rates: Rates | None = None
    training: Training | None = None
    cost_classes: CostClasses | None = None
    published: leaves.OneOrMore[Published] | None = None
    waivers: leaves.OneOrMore[Waiver] | None = None
    notes: leaves.Title | None = None


# ---- the lock file -------------------------------------------------------------------------------


class LockedSet(Model):
    """One version of a factor set, by the hash of its file."""

    set: leaves.Words
    version: leaves.Words
    sha256: leaves.Words


class LockedRate(Model):
    """One exchange rate as one of the files gives it."""

    file: leaves.Words
    currency: leaves.Words
    rate: leaves.Words
    year: leaves.Words
    source: leaves.Words


class LockedTable(Model):
    """A table of readings, by the hash of its bytes."""

    file: leaves.Words
    sha256: leaves.Words


class Lock(Model):
    """The whole lock file; files are named as they stand beside it."""

    cpcalc_lock: Version
    files: leaves.OneOrMore[leaves.Words]
    factor_sets: list[LockedSet] | None = None
    rates: list[LockedRate] | None = None
    tables: list[LockedTable] | None = None
