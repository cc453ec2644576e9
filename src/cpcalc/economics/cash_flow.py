"""The cash-flow table of a project: every line at the end of every year, with tax and loans."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from cpcalc.calc import finance, savings
from cpcalc.economics import AnyMoney, Flows, money_of, number
from cpcalc.engine.flows import WHOLE
from cpcalc.figures import Figure, NotApplicable, Reported, defined
from cpcalc.resolve.model import EconomicTerms, Growth, LoanTerms, ProjectTerms, TaxTerms
from cpcalc.units import ONE, YEAR

ONE_YEAR = defined(1, YEAR, "1 year")
NO_LOSS = defined(0, ONE, "no loss of saving stated")

# What is bought; it belongs to the investment, as what is left of it does. The other lines belong
# to what it saves and costs to run.
BOUGHT_LINES = ("investment", "grant", "replacement")
INVESTMENT_LINES = (*BOUGHT_LINES, "salvage", "residual_value")
RUNNING_COST, TAX = "running_cost", "tax"
# Everything that is no saving.
OWN_LINES = (*INVESTMENT_LINES, RUNNING_COST, TAX)
CARBON, OTHER_BENEFITS = "carbon_price", "other_benefits"
LOAN, INTEREST, PRINCIPAL, TAX_SAVED = "loan", "interest", "principal", "tax_on_interest"


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
        return savings.total(*booked) if booked else self.zero


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
            raise Unknowable("incomplete", "field-missing", (f"{project.terms.place}.lifetime",))
        self.life = project.terms.lifetime
        # The years of the table: the study period, else the measure's own life.
        self.years = terms.study_period or finance.whole_years(self.life)
        self.horizon = number(self.years)
        self.is_replaced = project.terms.replaced and terms.study_period is not None
        self.base = CashTable(self.years, zero)
        self.outside = CashTable(self.years, zero)
        self.purchases: list[Purchase] = []
        self._invest()
        for table, lines in ((self.base, project.yearly), (self.outside, project.outside)):
            for line in lines:
                self._repeat(table, line)

    def _growth(self, stated: Growth | None) -> Figure | None:
        growth = self.money.growth(stated)
        return None if growth is None else known(growth)

    def paid_at_the_start(self) -> list[Figure]:
        """What is bought in year 0."""
        return [purchase.cost for purchase in self.purchases if purchase.year == 0]

    # ---- yearly lines ----------------------------------------------------------------------------

    def _repeat(self, table: CashTable, line: YearlyAmount) -> None:
        growth = self._growth(line.growth)
        terms = line.pace or self.project.terms
        is_saving = line.key not in (RUNNING_COST, OTHER_BENEFITS)
        changes = is_saving and (terms.ramp_up or terms.saving_loss is not None)
        of_whole_year = savings.converted(line.amount, ONE_YEAR)
        for year in range(1, self.years + 1):
            earlier = number(year - 1)
            covered = ONE_YEAR if self.is_replaced else finance.covered_part(self.life, earlier)
            if covered.value == 0:
                break
            amount = (
                of_whole_year if covered.value == 1 else savings.converted(line.amount, covered)
            )
            if changes:
                reached = terms.ramp_up[year - 1] if year <= len(terms.ramp_up) else WHOLE
                loss = terms.saving_loss or NO_LOSS
                amount = finance.saving_of_year(line.amount, covered, reached, loss, earlier)
            table.book(line.key, year, _at(amount, growth, year))

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
            bought = [("investment", spend.year)]
            # Items with a life of their own are replaced while the measure lives, all items while
            # the study lasts.
            end = self.horizon if self.is_replaced else finance.smallest(self.horizon, self.life)
            if spend.lifetime is not None or self.is_replaced:
                years = finance.replacement_years(life, number(spend.year), end)
                bought += [("replacement", year) for year in years]
            for key, year in bought:
                cost = _at(spend.amount, growth, year)
                self.base.book(key, year, savings.opposite(cost))
                self.purchases.append(Purchase(year, cost, life))
        self._end_of_life(growth)

    def _end_of_life(self, growth: Figure | None) -> None:
        """What old equipment is sold for at the end of each life, and what is left at the end of
        the study.
        """
        terms, spends = self.project.terms, self.project.terms.spends or ()
        general = self._growth(None)
        repeated = number(int(self.is_replaced))
        if terms.salvage is not None:
            for year in finance.life_ends(self.life, self.horizon, repeated):
                self.base.book("salvage", year, _at(terms.salvage, general, year))
        left: list[Figure] = []
        if terms.residual is not None:
            value, growth = terms.residual, general
            if value.unit is ONE:
                value = savings.share_of(savings.total(*(spend.amount for spend in spends)), value)
            left = [value]
        elif self.terms.residual_is_straight_line:
            for spend in spends:
                life = spend.lifetime or self.life
                unused = finance.unused_share(life, number(spend.year), self.horizon)
                left.append(savings.share_of(spend.amount, unused))
        if finance.outlasts(self.life, self.horizon, repeated):
            for value in left:
                self.base.book("residual_value", self.years, _at(value, growth, self.years))


def _at(amount: Figure, growth: Figure | None, year: int) -> Figure:
    """An amount at today's prices, at the prices of a year."""
    return amount if growth is None or year == 0 else finance.grown(amount, growth, number(year))


def known(figure: Reported) -> Figure:
    """The figure; leaves the table with the reason where a field is missing."""
    if isinstance(figure, NotApplicable):
        raise Unknowable(*figure)
    return figure


# ---- tax -----------------------------------------------------------------------------------------


def levy(builder: CashFlowBuilder, tax: TaxTerms) -> None:
    """Tax on what is earned less what is written off.

    A loss lowers the tax on the enterprise's other profit of the year. The lines outside are shown
    after tax.
    """
    base = builder.base
    written_off = _written_off(builder, tax)
    earned = base.sums_without(BOUGHT_LINES)
    for year in range(1, builder.years + 1):
        costs = written_off[year]
        profit = savings.difference(earned[year], savings.total(*costs)) if costs else earned[year]
        if profit is not base.zero:
            base.book(TAX, year, savings.opposite(finance.tax_on(profit, tax.rate)))
    for amounts in builder.outside.lines.values():
        amounts[:] = [
            amount
            if amount is base.zero
            else savings.difference(amount, finance.tax_on(amount, tax.rate))
            for amount in amounts
        ]


def _written_off(builder: CashFlowBuilder, tax: TaxTerms) -> list[list[Figure]]:
    """What is written off in each year, in the money of the table.

    The contracts of tax are in money of the day. At the end of the study, what is left of the
    assets is written off too.
    """
    by_year: list[list[Figure]] = [[] for _ in range(builder.years + 1)]
    for purchase in builder.purchases:
        bought = purchase.year
        left = basis = purchase.cost if bought else _less_grant(builder, purchase.cost)
        if bought == builder.years:
            by_year[bought].append(left)
        for elapsed, year in enumerate(range(bought + 1, builder.years + 1), start=1):
            amount = left
            if year < builder.years:
                years = tax.years or purchase.lifetime
                amount = depreciation(tax.depreciation, basis, years, elapsed, left)
                left = savings.remaining(left, amount)
            by_year[year].append(known(builder.money.contracted(amount, elapsed)))
    return by_year


def depreciation(method: str, cost: Figure, years: Figure, elapsed: int, left: Figure) -> Figure:
    """What is written off of an asset in its year ``elapsed`` [currency], at most what is left."""
    if method == "immediate":
        return left
    if method == "declining-balance":
        return finance.declining_balance(cost, years, number(elapsed - 1))
    full = savings.converted(finance.straight_line(cost, years), ONE_YEAR)
    return savings.capped(full, left)


def _less_grant(builder: CashFlowBuilder, cost: Figure) -> Figure:
    """The part of a cost at the start that no grant has paid: only that is written off."""
    grant = builder.project.grant
    whole = savings.total(*builder.paid_at_the_start())
    if grant is None or whole.value == 0:
        return cost
    return savings.scaled(cost, savings.difference(whole, grant), whole)


# ---- loans ---------------------------------------------------------------------------------------


class RepaymentPlan(NamedTuple):
    """A loan's plan in money of the day."""

    amount: Figure
    balances: tuple[Figure, ...]  # owed at the end of each year, from 0 on
    interests: tuple[Figure, ...]  # of years 1, 2 ...
    principals: tuple[Figure, ...]


def repayment_plan(amount: Figure, terms: LoanTerms) -> RepaymentPlan:
    """Interest and principal of each year of a loan; the years of grace pay interest only."""
    payments = terms.term - terms.grace
    powers = [number(power) for power in range(payments)]
    balances, interests, principals = [amount], [], []
    for year in range(1, terms.term + 1):
        owed = balances[-1]
        interests.append(finance.interest(owed, terms.rate))
        if year <= terms.grace:
            principal, left = savings.difference(amount, amount), owed
        else:
            principal = finance.equal_principal(amount, number(payments))
            if terms.repayment == "annuity":
                earlier = number(year - terms.grace - 1)
                principal = finance.annuity_principal(amount, terms.rate, earlier, *powers)
            left = savings.remaining(owed, principal)
        principals.append(principal)
        balances.append(left)
    return RepaymentPlan(amount, tuple(balances), tuple(interests), tuple(principals))


def borrowed(builder: CashFlowBuilder, terms: LoanTerms) -> Figure | None:
    """How much is lent; None where there is nothing to lend for.

    It is the share of the investment at the start that no grant pays, or the amount stated.
    """
    costs = builder.paid_at_the_start()
    if not costs:
        return None
    needed = savings.total(*costs)
    if builder.project.grant is not None:
        needed = savings.difference(needed, builder.project.grant)
    if terms.amount is not None:
        return terms.amount if terms.amount.value <= needed.value else None
    if terms.share is None:
        raise Unknowable("incomplete", "rate-missing", ("basis.exchange-rates",))
    return savings.share_of(needed, terms.share) if needed.value > 0 else None


def lend(builder: CashFlowBuilder, terms: LoanTerms) -> tuple[RepaymentPlan, CashTable] | None:
    """The loan's plan and its lines in the table's money; None where there is nothing to lend for.

    What is still owed at the end of the study is paid then.
    """
    amount = borrowed(builder, terms)
    if amount is None:
        return None
    plan = repayment_plan(amount, terms)
    table = CashTable(builder.years, builder.base.zero)
    table.book(LOAN, 0, amount)
    for year in range(1, min(terms.term, builder.years) + 1):
        is_last = year == builder.years
        of_interest = known(builder.money.contracted(plan.interests[year - 1], year))
        table.book(INTEREST, year, savings.opposite(of_interest))
        if builder.terms.tax is not None:
            table.book(TAX_SAVED, year, finance.tax_on(of_interest, builder.terms.tax.rate))
        if is_last or year > terms.grace:
            repaid = plan.balances[year - 1] if is_last else plan.principals[year - 1]
            due = known(builder.money.contracted(repaid, year))
            table.book(PRINCIPAL, year, savings.opposite(due))
    return plan, table
