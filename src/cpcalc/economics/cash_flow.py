"""The cash-flow table of a project: every line at the end of every year, with tax and loans."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from cpcalc.calc import finance, savings
from cpcalc.calc.money import net_investment
from cpcalc.economics import CashMoney, Flows, number
from cpcalc.figures import Figure, NotApplicable, Reported, defined, unknown
from cpcalc.resolve import model
from cpcalc.resolve.model import NOTHING, WHOLE, EconomicTerms, Growth, Pace, ProjectTerms, Spend
from cpcalc.units import ONE, YEAR, base_unit

ONE_YEAR = defined(1, YEAR, "1 year")

# What is bought; it belongs to the investment, as what is left of it does. The other lines belong
# to what it saves and costs to run.
BOUGHT_LINES = ("investment", "grant", "replacement")
INVESTMENT_LINES = (*BOUGHT_LINES, "salvage", "residual_value")
RUNNING_COST, TAX = "running_cost", "tax"
# What the levelised cost of saved energy and water is per.
COUNTED_IN = {"energy": base_unit("kWh") / YEAR, "water": base_unit("m3") / YEAR}
# Everything that is no saving.
OWN_LINES = (*INVESTMENT_LINES, RUNNING_COST, TAX)
CARBON, OTHER_BENEFITS = "carbon_price", "other_benefits"
TOO_LATE = NotApplicable("undefined", "investment-after-study-period")
NO_RATE = NotApplicable("incomplete", "rate-missing", ("basis.exchange-rates",))
LOAN, INTEREST, PRINCIPAL, TAX_SAVED = "loan", "interest", "principal", "tax_on_interest"


class Unknowable(Exception):  # noqa: N818 - no error: a missing field keeps a figure unknown
    """Something the table needs is not stated: the reason is its argument."""


class YearlyAmount(NamedTuple):
    """An amount a year that a line of the table repeats, and how its price grows."""

    key: str
    amount: Figure  # money per year; of what is saved in kind, its unit per year
    growth: Growth | None = None
    pace: Pace = Pace()
    stream: str | None = None
    category: str = ""


class Project(NamedTuple):
    """What the table of one measure or group is made from."""

    terms: ProjectTerms
    grant: Figure | None
    yearly: tuple[YearlyAmount, ...]  # savings, running cost as a negative amount
    outside: tuple[YearlyAmount, ...]  # carbon, other benefits
    # In kind: "energy" kWh/year, "water" m3/year, and the greenhouse gases that are avoided.
    saved: tuple[YearlyAmount, ...]
    avoided: tuple[str, Figure] | None  # CO2e a year, or CO2 where only that is known


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

    def add(self, other: "CashTable") -> None:
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

    spend: Spend
    year: int
    cost: Figure  # in the money of that year


class CashFlowBuilder:
    """Fills the table of one project with all its lines before tax and financing."""

    def __init__(self, terms: EconomicTerms, project: Project, zero: Figure) -> None:
        self.terms = terms
        self.money = CashMoney(terms)
        self.project = project
        if project.terms.lifetime is None:
            raise Unknowable(unknown(f"{project.terms.place}.lifetime"))
        self.life = project.terms.lifetime
        # The years of the table: the study period, else the measure's own life.
        self.years = terms.study_period or finance.whole_years(self.life)
        self.horizon = self.end = savings.converted(number(self.years), ONE_YEAR)
        if not project.terms.replaced or terms.study_period is None:
            # Until then it saves, and what wears out is bought again.
            self.end = finance.smallest(self.life, self.horizon)
        self.base, self.outside, self.saved = (CashTable(self.years, zero) for _ in range(3))
        self.purchases: list[Purchase] = []
        # The whole investment at prices of year 0, and what no grant pays of it.
        self.invested = savings.total(*(spend.amount for spend in project.terms.spends or ()))
        self.capital = self.invested
        if project.grant is not None:
            self.capital = net_investment(self.invested, project.grant)
        self._invest()
        for table, lines in ((self.base, project.yearly), (self.outside, project.outside)):
            for line in lines:
                self._repeat(table, line, self._growth(line.growth))
        for line in project.saved:
            self._repeat(self.saved, line, None)

    def life_of(self, spend: Spend) -> Figure:
        """How long an item lasts: its own life, else the measure's."""
        return spend.lifetime or self.life

    def _growth(self, stated: Growth | None) -> Figure | None:
        growth = self.money.growth(stated)
        return None if growth is None else known(growth)

    # ---- yearly lines ----------------------------------------------------------------------------

    def _repeat(self, table: CashTable, line: YearlyAmount, growth: Figure | None) -> None:
        ramp_up, loss = line.pace
        of_whole_year = savings.converted(line.amount, ONE_YEAR)
        for year in range(1, self.years + 1):
            earlier = number(year - 1)
            covered = finance.covered_part(self.end, earlier)
            if covered.value == 0:
                break
            amount = of_whole_year
            if covered.value < 1:
                amount = savings.converted(line.amount, covered)
            if any(line.pace):
                in_use = finance.years_in_use(self.life, earlier)
                reached = ramp_up[in_use] if in_use < len(ramp_up) else WHOLE
                pace = reached, loss or NOTHING, number(in_use)
                amount = finance.saving_of_year(line.amount, covered, *pace)
            table.book(line.key, year, _at(amount, growth, year))

    # ---- investment ------------------------------------------------------------------------------

    def _invest(self) -> None:
        terms = self.project.terms
        if terms.missing:
            raise Unknowable(NotApplicable("incomplete", "rate-missing", terms.missing))
        if self.project.grant is not None:
            self.base.book("grant", 0, self.project.grant)
        for spend in terms.spends or ():
            if spend.year > self.years:
                raise Unknowable(TOO_LATE)
            self._buy("investment", spend, spend.year)
            life, first = self.life_of(spend), number(spend.year)
            for year in finance.replacement_years(life, first, self.end):
                self._buy("replacement", spend, year)
        if terms.salvage is not None:
            for year in finance.life_ends(self.life, self.end):
                self.base.book("salvage", year, _at(terms.salvage, self._growth(None), year))
        for value in self._left_over():
            if value.value:
                self.base.book("residual_value", self.years, value)

    def _buy(self, key: str, spend: Spend, year: int) -> None:
        cost = _at(spend.amount, self._growth(self.terms.growth.get("investment")), year)
        self.base.book(key, year, savings.opposite(cost))
        self.purchases.append(Purchase(spend, year, cost))

    def _left_over(self) -> Iterator[Figure]:
        """What is left at the end of the study: what is stated, at prices that keep pace with
        inflation; else by the straight line the unused share of each item, at its price then.
        """
        stated = self.project.terms.residual
        if stated is not None:
            value = savings.share_of(self.invested, stated) if stated.unit is ONE else stated
            yield _at(value, self._growth(None), self.years)
        elif self.terms.residual_is_straight_line:
            growth = self._growth(self.terms.growth.get("investment"))
            for spend in self.project.terms.spends or ():
                life, first = self.life_of(spend), number(spend.year)
                unused = finance.unused_share(life, first, self.end, self.horizon)
                yield _at(savings.share_of(spend.amount, unused), growth, self.years)


def _at(amount: Figure, growth: Figure | None, year: int) -> Figure:
    """An amount at today's prices, at the prices of a year."""
    return amount if growth is None or year == 0 else finance.grown(amount, growth, number(year))


def known(figure: Reported) -> Figure:
    """The figure; leaves the table with the reason where a field is missing."""
    if isinstance(figure, NotApplicable):
        raise Unknowable(figure)
    return figure


# ---- tax -----------------------------------------------------------------------------------------


def levy(builder: CashFlowBuilder, tax: model.TaxTerms) -> None:
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
        for year, amount in enumerate(amounts):
            if amount is not base.zero:
                amounts[year] = savings.difference(amount, finance.tax_on(amount, tax.rate))


def _written_off(builder: CashFlowBuilder, tax: model.TaxTerms) -> list[list[Figure]]:
    """What is written off in each year, in the money of the table.

    The contracts of tax are in money of the day. At the end of the study, what is left of the
    assets is written off too.
    """
    by_year: list[list[Figure]] = [[] for _ in range(builder.years + 1)]
    for purchase in builder.purchases:
        bought = purchase.year
        left = basis = _less_grant(builder, purchase)
        if bought == builder.years:
            by_year[bought].append(left)
        for elapsed, year in enumerate(range(bought + 1, builder.years + 1), start=1):
            amount = left
            if year < builder.years:
                years = tax.years or builder.life_of(purchase.spend)
                amount = depreciation(tax.depreciation, basis, years, elapsed, left)
                left = savings.remaining(left, amount)
            by_year[year].append(known(builder.money.contracted(amount, elapsed)))
    return by_year


def _less_grant(builder: CashFlowBuilder, purchase: Purchase) -> Figure:
    """What no grant pays of a purchase: only that is written off.

    A grant pays for all items in proportion, whenever they are paid, and for no replacement.
    """
    grant, (spend, year, cost) = builder.project.grant, purchase
    if grant is None or year != spend.year or builder.invested.value == 0:
        return cost
    granted = savings.scaled(grant, spend.amount, builder.invested)
    return savings.difference(cost, known(builder.money.contracted(granted, year)))


def depreciation(method: str, cost: Figure, years: Figure, elapsed: int, left: Figure) -> Figure:
    """What is written off of an asset in its year ``elapsed`` [currency], at most what is left."""
    if method == "immediate":
        return left
    if method == "declining-balance":
        return finance.declining_balance(left, years, number(elapsed - 1))
    full = savings.converted(finance.straight_line(cost, years), ONE_YEAR)
    return savings.capped(full, left)


# ---- loans ---------------------------------------------------------------------------------------


class RepaymentPlan(NamedTuple):
    """A loan's plan in money of the day."""

    amount: Figure
    balances: tuple[Figure, ...]  # owed at the end of each year, from 0 on
    interests: tuple[Figure, ...]  # of years 1, 2 ...
    principals: tuple[Figure, ...]


def repayment_plan(amount: Figure, terms: model.LoanTerms) -> RepaymentPlan:
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


def borrowed(builder: CashFlowBuilder, terms: model.LoanTerms) -> Figure | None:
    """How much is lent; None where there is nothing to lend for.

    It is the share of the investment, whenever paid, that no grant pays, or the amount stated.
    """
    needed = builder.capital
    if terms.amount is not None:
        return terms.amount if terms.amount.value <= needed.value else None
    if terms.share is None:
        raise Unknowable(NO_RATE)
    return savings.share_of(needed, terms.share) if needed.value > 0 else None


def lend(builder: CashFlowBuilder, loan: model.LoanTerms) -> tuple[RepaymentPlan, CashTable] | None:
    """The loan's plan and its lines in the table's money; None where there is nothing to lend for.

    What is still owed at the end of the study is paid then.
    """
    amount = borrowed(builder, loan)
    if amount is None:
        return None
    plan = repayment_plan(amount, loan)
    table = CashTable(builder.years, builder.base.zero)
    table.book(LOAN, 0, amount)
    for year in range(1, min(loan.term, builder.years) + 1):
        is_last = year == builder.years
        of_interest = known(builder.money.contracted(plan.interests[year - 1], year))
        table.book(INTEREST, year, savings.opposite(of_interest))
        if builder.terms.tax is not None:
            table.book(TAX_SAVED, year, finance.tax_on(of_interest, builder.terms.tax.rate))
        if is_last or year > loan.grace:
            repaid = plan.balances[year - 1] if is_last else plan.principals[year - 1]
            due = known(builder.money.contracted(repaid, year))
            table.book(PRINCIPAL, year, savings.opposite(due))
    return plan, table
