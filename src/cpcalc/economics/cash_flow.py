"""The cash-flow table of a project: every line at the end of every year."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from cpcalc.calc import finance
from cpcalc.calc.savings import converted, opposite, share_of, total
from cpcalc.economics.rates import AnyMoney, Flows, money_of, number
from cpcalc.figures import Figure, NotApplicable, Reported, defined
from cpcalc.resolve.model import EconomicTerms, Growth, ProjectTerms
from cpcalc.units import ONE, Unit

YEAR = Unit.of((("year", 1),))
ONE_YEAR = defined(1, YEAR, "1 year")
WHOLE = defined(1, ONE, "100 %")
NO_LOSS = defined(0, ONE, "no loss of saving stated")

# What is bought; it belongs to the investment, as what is left of it does. The other lines belong
# to what it saves and costs to run.
BOUGHT_LINES = ("investment", "grant", "replacement")
INVESTMENT_LINES = (*BOUGHT_LINES, "salvage", "residual_value")
RUNNING_COST, TAX = "running_cost", "tax"
# Everything that is no saving.
OWN_LINES = (*INVESTMENT_LINES, RUNNING_COST, TAX)
CARBON, OTHER_BENEFITS = "carbon_price", "other_benefits"


class Unknowable(Exception):  # noqa: N818 - no error: a missing field keeps a figure unknown
    """Something the table needs is not stated."""

    def __init__(self, code: str, because: str, missing: tuple[str, ...] = ()) -> None:
        super().__init__(because)
        self.reason = NotApplicable(code, because, missing)


class YearlyAmount(NamedTuple):
    """An amount a year that a line of the table repeats: its money, and how its price grows."""

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
    yearly: tuple[YearlyAmount, ...]  # savings, running cost as a negative amount
    outside: tuple[YearlyAmount, ...]  # carbon, other benefits
    avoided: Figure | None  # CO2e (or CO2) a year
    saved: Mapping[str, Figure]  # "energy" kWh/year, "water" m3/year


class CashTable:
    """Amounts by line and year, growing while it is filled."""

    def __init__(self, years: int, zero: Figure) -> None:
        self.years = years
        self.zero = zero
        self.lines: dict[str, list[Figure]] = {}

    def book(self, key: str, year: int, amount: Figure) -> None:
        """Add an amount to a line at the end of a year."""
        line = self.lines.setdefault(key, [self.zero] * (self.years + 1))
        line[year] = self._sum([line[year], amount])

    def add(self, other: CashTable) -> None:
        """Add all amounts of another table."""
        for key, line in other.lines.items():
            for year, amount in enumerate(line):
                if amount is not other.zero:
                    self.book(key, year, amount)

    def sums(self, keys: Iterable[str] | None = None) -> Flows:
        """The sum of lines in each year."""
        chosen = [line for key, line in self.lines.items() if keys is None or key in keys]
        return tuple(self._sum([line[year] for line in chosen]) for year in range(self.years + 1))

    def sums_without(self, keys: Iterable[str]) -> Flows:
        """The sum of all other lines in each year."""
        return self.sums([key for key in self.lines if key not in keys])

    def _sum(self, amounts: Sequence[Figure]) -> Figure:
        booked = [amount for amount in amounts if amount is not self.zero]
        return total(*booked) if booked else self.zero


class Purchase(NamedTuple):
    """Equipment that was bought, for tax to write off."""

    year: int
    cost: Figure  # in the money of that year
    lifetime: Figure


class CashFlowBuilder:
    """Fills the table of one project with all its lines before tax and financing."""

    def __init__(self, terms: EconomicTerms, project: Project, zero: Figure) -> None:
        self.terms = terms
        self.money: AnyMoney = money_of(terms)
        self.project = project
        if project.terms.lifetime is None:
            raise Unknowable("incomplete", "field-missing", (project.terms.lifetime_field,))
        self.life = project.terms.lifetime
        # The years of the table: the study period, else the measure's own life.
        self.years = terms.study_period or finance.whole_years(self.life)
        self.horizon = number(self.years)
        self.is_replaced = project.terms.replaced and terms.study_period is not None
        self.base = CashTable(self.years, zero)
        self.outside = CashTable(self.years, zero)
        self.purchases: list[Purchase] = []
        self._invest()
        for line in project.yearly:
            self._repeat(self.base, line)
        for line in project.outside:
            self._repeat(self.outside, line)

    def _growth(self, stated: Growth | None) -> Figure | None:
        growth = self.money.growth(stated)
        return None if growth is None else known(growth)

    # ---- yearly lines ----------------------------------------------------------------------------

    def _repeat(self, table: CashTable, line: YearlyAmount) -> None:
        growth = self._growth(line.growth)
        terms = line.pace or self.project.terms
        is_saving = line.key not in (RUNNING_COST, OTHER_BENEFITS)
        changes = is_saving and (terms.ramp_up or terms.saving_loss is not None)
        of_whole_year = converted(line.amount, ONE_YEAR)
        for year in range(1, self.years + 1):
            earlier = number(year - 1)
            covered = ONE_YEAR if self.is_replaced else finance.covered_part(self.life, earlier)
            if covered.value == 0:
                break
            if changes:
                reached = terms.ramp_up[year - 1] if year <= len(terms.ramp_up) else WHOLE
                loss = terms.saving_loss or NO_LOSS
                amount = finance.saving_of_year(line.amount, covered, reached, loss, earlier)
            else:
                is_whole = covered.value == 1
                amount = of_whole_year if is_whole else converted(line.amount, covered)
            table.book(line.key, year, self._at(amount, growth, year))

    # ---- investment ------------------------------------------------------------------------------

    def _invest(self) -> None:
        terms = self.project.terms
        if terms.missing:
            raise Unknowable("incomplete", "rate-missing", terms.missing)
        growth = self._growth(self.terms.growth.get("investment"))
        if self.project.grant is not None:
            self.base.book("grant", 0, self.project.grant)
        for spend in terms.spends or ():
            if spend.year > self.years:
                raise Unknowable("undefined", "investment-after-study-period")
            life = spend.lifetime or self.life
            self._buy("investment", spend.year, spend.amount, growth, life)
            # Items with a life of their own are replaced while the measure lives, all items while
            # the study lasts.
            end = self.horizon if self.is_replaced else finance.smallest(self.horizon, self.life)
            if spend.lifetime is not None or self.is_replaced:
                for year in finance.replacement_years(life, number(spend.year), end):
                    self._buy("replacement", year, spend.amount, growth, life)
        self._end_of_life(growth)

    def _buy(
        self, key: str, year: int, amount: Figure, growth: Figure | None, life: Figure
    ) -> None:
        cost = self._at(amount, growth, year)
        self.base.book(key, year, opposite(cost))
        self.purchases.append(Purchase(year, cost, life))

    def _at(self, amount: Figure, growth: Figure | None, year: int) -> Figure:
        """An amount at today's prices, at the prices of a year."""
        return (
            amount if growth is None or year == 0 else finance.grown(amount, growth, number(year))
        )

    def _end_of_life(self, growth: Figure | None) -> None:
        """What old equipment is sold for at the end of each life, and what is left at the end of
        the study.
        """
        terms, spends = self.project.terms, self.project.terms.spends or ()
        general = self._growth(None)
        repeated = number(int(self.is_replaced))
        if terms.salvage is not None:
            for year in finance.life_ends(self.life, self.horizon, repeated):
                self.base.book("salvage", year, self._at(terms.salvage, general, year))
        if not finance.outlasts(self.life, self.horizon, repeated):
            return
        if terms.residual is not None:
            value = terms.residual
            if value.unit is ONE:
                value = share_of(total(*(spend.amount for spend in spends)), value)
            self._leave(value, general)
        elif self.terms.residual_is_straight_line:
            for spend in spends:
                life = spend.lifetime or self.life
                unused = finance.unused_share(life, number(spend.year), self.horizon)
                self._leave(share_of(spend.amount, unused), growth)

    def _leave(self, value: Figure, growth: Figure | None) -> None:
        self.base.book("residual_value", self.years, self._at(value, growth, self.years))


def known(figure: Reported) -> Figure:
    """The figure; leaves the table with the reason where a field is missing."""
    if isinstance(figure, NotApplicable):
        raise Unknowable(*figure)
    return figure
