"""Tax and loans in a cash-flow table."""

from __future__ import annotations

from typing import NamedTuple

from cpcalc.calc.finance import tax_on
from cpcalc.calc.loans import (
    annuity_principal,
    declining_balance,
    equal_principal,
    interest,
    straight_line,
)
from cpcalc.calc.savings import (
    capped,
    converted,
    difference,
    opposite,
    remaining,
    scaled,
    share_of,
    total,
)
from cpcalc.engine.cashflow import ONE_YEAR, TAX, Builder, Table, Unknowable, known
from cpcalc.engine.rates import number
from cpcalc.figures import Figure, NotApplicable
from cpcalc.resolve.model import LoanTerms, TaxTerms

LOAN, INTEREST, PRINCIPAL, TAX_SAVED = "loan", "interest", "principal", "tax_on_interest"


# ---- tax -----------------------------------------------------------------------------------------


def levy(builder: Builder, tax: TaxTerms) -> None:
    """Tax on what is earned less what is written off.

    At the end, what is left of the assets is written off too.

    A loss lowers the tax on the enterprise's other profit of the year. The lines outside are shown
    after tax.
    """
    base = builder.base
    written_off = _written_off(builder, tax)
    profits = base.sums(
        [key for key in base.lines if key not in ("investment", "grant", "replacement")]
    )
    for year in range(1, builder.years + 1):
        profit = profits[year]
        if written_off[year]:
            profit = difference(profit, total(*written_off[year]))
        if profit is not base.zero:
            base.book(TAX, year, opposite(tax_on(profit, tax.rate)))
    for key, line in builder.outside.lines.items():
        builder.outside.lines[key] = [
            amount if amount is base.zero else difference(amount, tax_on(amount, tax.rate))
            for amount in line
        ]


def _written_off(builder: Builder, tax: TaxTerms) -> list[list[Figure]]:
    """What is written off in each year, in the money of the table: the contracts of tax are in
    money of the day.
    """
    found: list[list[Figure]] = [[] for _ in range(builder.years + 1)]
    for bought, cost, life in builder.bought:
        left = basis = _less_grant(builder, cost) if bought == 0 else cost
        if (
            bought == builder.years
        ):  # bought as the study ends: written off with what is left of the others
            found[bought].append(left)
        for elapsed, year in enumerate(range(bought + 1, builder.years + 1), start=1):
            amount = left
            if year < builder.years:
                amount = depreciation(tax.depreciation, basis, tax.years or life, elapsed, left)
                left = remaining(left, amount)
            in_money = known(builder.money.contracted(amount, elapsed))
            assert in_money is not None
            found[year].append(in_money)
    return found


def depreciation(method: str, cost: Figure, years: Figure, elapsed: int, left: Figure) -> Figure:
    """What is written off of an asset in its year ``elapsed``, never more than is left of it
    [currency].
    """
    if method == "immediate":
        return left
    if method == "declining-balance":
        return declining_balance(cost, years, number(elapsed - 1))
    full = converted(straight_line(cost, years), ONE_YEAR)
    return capped(full, left)


def _less_grant(builder: Builder, cost: Figure) -> Figure:
    """The part of a cost at the start that no grant has paid: only that is written off."""
    grant = builder.project.grant
    if grant is None:
        return cost
    whole = total(*[basis for bought, basis, _ in builder.bought if bought == 0])
    if whole.value == 0:
        return cost
    return scaled(cost, difference(whole, grant), whole)


# ---- loans ---------------------------------------------------------------------------------------


class Loan(NamedTuple):
    """A loan's plan in money of the day: what is owed at the end of each year, from 0 on, and what
    is paid.
    """

    amount: Figure
    balances: tuple[Figure, ...]
    interests: tuple[Figure, ...]  # of years 1, 2 ...
    principals: tuple[Figure, ...]


def repayment_plan(amount: Figure, terms: LoanTerms) -> Loan:
    """Interest and principal of each year of a loan; the years of grace pay interest only."""
    payments = terms.term - terms.grace
    powers = [number(power) for power in range(payments)]
    balances, interests, principals = [amount], [], []
    for year in range(1, terms.term + 1):
        interests.append(interest(balances[-1], terms.rate))
        if year <= terms.grace:
            balances.append(balances[-1])
            principals.append(difference(amount, amount))
            continue
        earlier = year - terms.grace - 1
        if terms.repayment == "annuity":
            principal = annuity_principal(amount, terms.rate, number(earlier), *powers)
        else:
            principal = equal_principal(amount, number(payments))
        principals.append(principal)
        balances.append(remaining(balances[-1], principal))
    return Loan(amount, tuple(balances), tuple(interests), tuple(principals))


def borrowed(builder: Builder, terms: LoanTerms) -> Figure | NotApplicable:
    """How much is lent: the share of the investment at the start that no grant pays, or the amount
    stated.
    """
    costs = [cost for bought, cost, _ in builder.bought if bought == 0]
    if not costs:
        return NotApplicable("undefined", "no-investment-at-the-start")
    needed = total(*costs)
    if builder.project.grant is not None:
        needed = difference(needed, builder.project.grant)
    if terms.amount is not None:
        if terms.amount.value > needed.value:
            return NotApplicable("undefined", "loan-above-investment")
        return terms.amount
    if terms.share is None:
        return NotApplicable("incomplete", "rate-missing", ("basis.exchange-rates",))
    if not needed.value > 0:
        return NotApplicable("undefined", "no-investment")
    return share_of(needed, terms.share)


def finance(builder: Builder, terms: LoanTerms) -> tuple[Loan | None, Table | None]:
    """The loan's plan and its lines in the table's money; None where there is nothing to lend for.

    What is still owed at the end of the study is paid then.
    """
    amount = borrowed(builder, terms)
    if isinstance(amount, NotApplicable):
        if amount.code == "undefined":
            return None, None
        raise Unknowable(amount)
    plan = repayment_plan(amount, terms)
    table = Table(builder.years, builder.base.zero)
    table.book(LOAN, 0, amount)
    for year, (paid, repaid) in enumerate(
        zip(plan.interests, plan.principals, strict=True), start=1
    ):
        if year > builder.years:
            break
        principal = plan.balances[year - 1] if year == builder.years else repaid
        in_grace = principal is repaid and year <= terms.grace
        for key, sum_paid in ((INTEREST, paid), (PRINCIPAL, principal))[: 1 if in_grace else None]:
            in_money = known(builder.money.contracted(sum_paid, year))
            assert in_money is not None
            table.book(key, year, opposite(in_money))
            if key == INTEREST and builder.terms.tax is not None:
                table.book(TAX_SAVED, year, tax_on(in_money, builder.terms.tax.rate))
    return plan, table


def before_service(table: Table) -> tuple[Figure, ...]:
    """What is available for debt service each year: the project's flows without its investment,
    after tax.
    """
    return table.sums(
        [key for key in table.lines if key not in ("investment", "grant", "replacement")]
    )
