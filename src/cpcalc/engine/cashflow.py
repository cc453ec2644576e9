"""The cash-flow table of one measure or group: every line at the end of every year."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from cpcalc.calc.finance import (
    covered_part,
    grown,
    life_ends,
    outlasts,
    replacement_years,
    saving_of_year,
    smallest,
    unused_share,
    whole_years,
)
from cpcalc.calc.savings import converted, opposite, share_of, total
from cpcalc.engine.rates import AnyMoney, number
from cpcalc.figures import Figure, NotApplicable, Origin
from cpcalc.resolve.model import EconomicTerms, Growth, ProjectTerms
from cpcalc.units import ONE, Unit

YEAR = Unit.of((("year", 1),))
ONE_YEAR = Figure(1.0, YEAR, None, (Origin("definition", (), "1 year"),))
WHOLE = Figure(1.0, ONE, None, (Origin("definition", (), "100 %"),))
NO_LOSS = Figure(0.0, ONE, None, (Origin("definition", (), "no loss of saving stated"),))

# Lines that belong to the investment; the others belong to what it saves and costs to run.
INVESTMENT_LINES = ("investment", "grant", "replacement", "salvage", "residual_value")
RUNNING_COST, TAX = "running_cost", "tax"
# Everything that is no saving.
OWN_LINES = (*INVESTMENT_LINES, RUNNING_COST, TAX)
CARBON, OTHER_BENEFITS = "carbon_price", "other_benefits"


class Unknowable(Exception):  # noqa: N818 - no error: a missing field keeps a figure unknown
    """Something the table needs is not stated."""

    def __init__(self, reason: NotApplicable) -> None:
        super().__init__(reason.because)
        self.reason = reason


class Yearly(NamedTuple):
    """An amount a year that a line of the table repeats: its key, its money, and how its price
    grows.
    """

    key: str
    amount: Figure  # money per year
    growth: Growth | None
    stream: str | None = None
    # In a group: the measure whose ramp-up and loss of saving it has.
    pace: ProjectTerms | None = None


class Project(NamedTuple):
    """What the table of one measure or group is made from."""

    terms: ProjectTerms
    grant: Figure | None
    yearly: tuple[Yearly, ...]  # savings, running cost as a negative amount
    outside: tuple[Yearly, ...]  # carbon, other benefits
    avoided: Figure | None  # CO2e (or CO2) a year
    saved: Mapping[str, Figure]  # "energy" kWh/year, "water" m3/year


class Table:
    """Amounts by line and year, growing while it is filled."""

    def __init__(self, years: int, zero: Figure) -> None:
        self.years = years
        self.zero = zero
        self.lines: dict[str, list[Figure]] = {}

    def book(self, key: str, year: int, amount: Figure) -> None:
        """Add an amount to a line at the end of a year."""
        line = self.lines.setdefault(key, [self.zero] * (self.years + 1))
        present = line[year]
        line[year] = amount if present is self.zero else total(present, amount)

    def add(self, other: Table) -> None:
        """Add all amounts of another table."""
        for key, line in other.lines.items():
            for year, amount in enumerate(line):
                if amount is not other.zero:
                    self.book(key, year, amount)

    def sums(self, keys: Iterable[str] | None = None) -> tuple[Figure, ...]:
        """The sum of lines in each year."""
        chosen = [line for key, line in self.lines.items() if keys is None or key in keys]
        return tuple(self._sum([line[year] for line in chosen]) for year in range(self.years + 1))

    def _sum(self, amounts: Sequence[Figure]) -> Figure:
        known = [amount for amount in amounts if amount is not self.zero]
        return total(*known) if known else self.zero


class Builder:
    """Fills the table of one project."""

    def __init__(
        self, terms: EconomicTerms, money: AnyMoney, project: Project, zero: Figure
    ) -> None:
        self.terms = terms
        self.money = money
        self.project = project
        if project.terms.lifetime is None:
            missing = (f"{project.terms.place}.lifetime",)
            raise Unknowable(NotApplicable("incomplete", "field-missing", missing))
        self.life = project.terms.lifetime
        # The years of the table: the study period, else the measure's own life.
        self.years = terms.study_period or whole_years(self.life)
        self.base = Table(self.years, zero)
        self.outside = Table(self.years, zero)
        self.is_replaced = project.terms.replaced and terms.study_period is not None
        # Year, cost then, lifetime: what tax writes off.
        self.bought: list[tuple[int, Figure, Figure]] = []

    def fill(self) -> Builder:
        """All lines of the project before financing."""
        self._invest()
        for line in self.project.yearly:
            self._repeat(self.base, line)
        for line in self.project.outside:
            self._repeat(self.outside, line)
        return self

    # ---- yearly lines ----------------------------------------------------------------------------

    def _repeat(self, table: Table, line: Yearly) -> None:
        terms = line.pace or self.project.terms
        growth = known(self.money.growth(line.growth))
        is_saving = line.key not in (RUNNING_COST, OTHER_BENEFITS)
        changes = is_saving and (terms.ramp_up or terms.saving_loss is not None)
        full = converted(line.amount, ONE_YEAR)
        for year in range(1, self.years + 1):
            covered = ONE_YEAR if self.is_replaced else covered_part(self.life, number(year - 1))
            if covered.value == 0:
                break
            if changes:
                reached = terms.ramp_up[year - 1] if year <= len(terms.ramp_up) else WHOLE
                loss = terms.saving_loss or NO_LOSS
                amount = saving_of_year(line.amount, covered, reached, loss, number(year - 1))
            else:
                amount = full if covered.value == 1 else converted(line.amount, covered)
            if growth is not None:
                amount = grown(amount, growth, number(year))
            table.book(line.key, year, amount)

    # ---- investment ------------------------------------------------------------------------------

    def _invest(self) -> None:
        terms = self.project.terms
        if terms.spends is None or terms.missing:
            reason = "rate-missing" if terms.missing else "field-missing"
            fields = terms.missing or (f"{terms.place}.investment",)
            raise Unknowable(NotApplicable("incomplete", reason, fields))
        growth = known(self.money.growth(self.terms.growth.get("investment")))
        if self.project.grant is not None:
            self.base.book("grant", 0, self.project.grant)
        for spend in terms.spends:
            if spend.year > self.years:
                raise Unknowable(NotApplicable("undefined", "investment-after-study-period", ()))
            cost = self._at(spend.amount, growth, spend.year)
            self.base.book("investment", spend.year, opposite(cost))
            self.bought.append((spend.year, cost, spend.lifetime or self.life))
            self._replace(spend.amount, spend.year, spend.lifetime, growth)
        self._end_of_life(growth)

    def _at(self, amount: Figure, growth: Figure | None, year: int) -> Figure:
        if growth is None or year == 0:
            return amount
        return grown(amount, growth, number(year))

    def _replace(
        self, amount: Figure, first: int, own_life: Figure | None, growth: Figure | None
    ) -> None:
        """Items with a life of their own are replaced while the measure lives, all items while the
        study lasts.
        """
        if own_life is None and not self.is_replaced:
            return
        end = number(self.years)
        if not self.is_replaced:
            end = smallest(end, self.life)
        for year in replacement_years(own_life or self.life, number(first), end):
            cost = self._at(amount, growth, year)
            self.base.book("replacement", year, opposite(cost))
            self.bought.append((year, cost, own_life or self.life))

    def _end_of_life(self, growth: Figure | None) -> None:
        """What old equipment is sold for at the end of each life, and what is left at the end of
        the study.
        """
        terms = self.project.terms
        general = known(self.money.growth(None))
        repeated = number(int(self.is_replaced))
        if terms.salvage is not None:
            for year in life_ends(self.life, number(self.years), repeated):
                self.base.book("salvage", year, self._at(terms.salvage, general, year))
        if not outlasts(self.life, number(self.years), repeated):
            return
        if terms.residual is not None:
            self._stated_residual(terms.residual, general)
        elif self.terms.residual_is_straight_line:
            for spend in terms.spends or ():
                life = spend.lifetime or self.life
                share = unused_share(life, number(spend.year), number(self.years))
                value = share_of(spend.amount, share)
                self.base.book("residual_value", self.years, self._at(value, growth, self.years))

    def _stated_residual(self, residual: Figure, growth: Figure | None) -> None:
        value = residual
        if residual.unit is ONE:
            amounts = [spend.amount for spend in self.project.terms.spends or ()]
            value = share_of(total(*amounts), residual)
        self.base.book("residual_value", self.years, self._at(value, growth, self.years))


def known(figure: Figure | NotApplicable | None) -> Figure | None:
    """The figure, if there is one to know.

    Leaves the table with the reason where a field is missing.
    """
    if isinstance(figure, NotApplicable):
        raise Unknowable(figure)
    return figure
