"""Tax and loans in a cash-flow table."""

from __future__ import annotations

from typing import NamedTuple

from cpcalc.calc import loans
from cpcalc.calc.finance import tax_on
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
from cpcalc.economics.cash_flow import (
    BOUGHT_LINES,
    ONE_YEAR,
    TAX,
    CashFlowBuilder,
    CashTable,
    Purchase,
    Unknowable,
    known,
)
from cpcalc.economics.rates import number
from cpcalc.figures import Figure
from cpcalc.resolve.model import LoanTerms, TaxTerms

LOAN, INTEREST, PRINCIPAL, TAX_SAVED = "loan", "interest", "principal", "tax_on_interest"


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
        profit = earned[year]
        if written_off[year]:
            profit = difference(profit, total(*written_off[year]))
        if profit is not base.zero:
            base.book(TAX, year, opposite(tax_on(profit, tax.rate)))
    for amounts in builder.outside.lines.values():
        amounts[:] = [
            amount if amount is base.zero else difference(amount, tax_on(amount, tax.rate))
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
                left = remaining(left, amount)
            by_year[year].append(known(builder.money.contracted(amount, elapsed)))
    return by_year


def depreciation(method: str, cost: Figure, years: Figure, elapsed: int, left: Figure) -> Figure:
    """What is written off of an asset in its year ``elapsed`` [currency], at most what is left."""
    if method == "immediate":
        return left
    if method == "declining-balance":
        return loans.declining_balance(cost, years, number(elapsed - 1))
    full = converted(loans.straight_line(cost, years), ONE_YEAR)
    return capped(full, left)


def _less_grant(builder: CashFlowBuilder, cost: Figure) -> Figure:
    """The part of a cost at the start that no grant has paid: only that is written off."""
    grant = builder.project.grant
    whole = total(*_paid_at_the_start(builder.purchases))
    if grant is None or whole.value == 0:
        return cost
    return scaled(cost, difference(whole, grant), whole)


def _paid_at_the_start(purchases: list[Purchase]) -> list[Figure]:
    return [purchase.cost for purchase in purchases if purchase.year == 0]


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
        interests.append(loans.interest(owed, terms.rate))
        if year <= terms.grace:
            principals.append(difference(amount, amount))
            balances.append(owed)
            continue
        if terms.repayment == "annuity":
            earlier = number(year - terms.grace - 1)
            principal = loans.annuity_principal(amount, terms.rate, earlier, *powers)
        else:
            principal = loans.equal_principal(amount, number(payments))
        principals.append(principal)
        balances.append(remaining(owed, principal))
    return RepaymentPlan(amount, tuple(balances), tuple(interests), tuple(principals))


def borrowed(builder: CashFlowBuilder, terms: LoanTerms) -> Figure | None:
    """How much is lent; None where there is nothing to lend for.

    It is the share of the investment at the start that no grant pays, or the amount stated.
    """
    costs = _paid_at_the_start(builder.purchases)
    if not costs:
        return None
    needed = total(*costs)
    if builder.project.grant is not None:
        needed = difference(needed, builder.project.grant)
    if terms.amount is not None:
        return terms.amount if terms.amount.value <= needed.value else None
    if terms.share is None:
        raise Unknowable("incomplete", "rate-missing", ("basis.exchange-rates",))
    return share_of(needed, terms.share) if needed.value > 0 else None


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
        table.book(INTEREST, year, opposite(of_interest))
        if builder.terms.tax is not None:
            table.book(TAX_SAVED, year, tax_on(of_interest, builder.terms.tax.rate))
        if is_last or year > terms.grace:
            repaid = plan.balances[year - 1] if is_last else plan.principals[year - 1]
            table.book(PRINCIPAL, year, opposite(known(builder.money.contracted(repaid, year))))
    return plan, table
