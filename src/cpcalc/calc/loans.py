"""Loans and depreciation: what is paid back, and what is written off, year by year."""

from __future__ import annotations

from typing import Any

from cpcalc.figures import OPERAND, decision, formula

LOANS = "L. Blank and A. Tarquin, Engineering Economy (7th ed.), ch. 2 (capital recovery)"
TAX = "L. Blank and A. Tarquin, Engineering Economy (7th ed.), ch. 16 (depreciation methods)"


@formula("L-1", "z = B r", LOANS)
def interest(balance: Any, rate: Any) -> Any:
    """The interest of a year [currency] on the balance at its beginning."""
    return balance * rate


@formula("L-2", "P_k = B_0 / sum of (1 + r)^j, j = 0 ... n-1, times (1 + r)^(k-1)", LOANS)
def annuity_principal(loan: Any, rate: Any, earlier: Any, *powers: Any) -> Any:
    """The principal in one of n equal yearly payments [currency].

    ``earlier`` k - 1 payments came before it; ``powers`` are 0, 1 ... n - 1, one for each payment.
    """
    weight = 0 * rate
    for power in powers:
        weight = weight + (1 + rate) ** power
    return loan * (1 + rate) ** earlier / weight


@formula("L-3", "P_k = B_0 / n", LOANS)
def equal_principal(loan: Any, payments: Any) -> Any:
    """The principal in each of n payments of equal principal [currency]."""
    return loan / payments


@formula("L-4", "D = I / n", TAX)
def straight_line(cost: Any, years: Any) -> Any:
    """What is written off in a full year by the straight line [currency]."""
    return cost / years


@decision(
    "L-5", "D_t = max(2 B_t / n, B_t / (n - t)), the rest in the last year", TAX, gives=OPERAND
)
def declining_balance(cost: float, years: float, earlier_years: float) -> float:
    """What is written off in a year by the double declining balance, changed to the straight line
    when that is more.

    ``years`` n of the asset, ``earlier_years`` t already written off; [currency].
    """
    balance = cost
    amount = 0.0
    year = 0.0
    while year <= earlier_years and year < years:
        left = years - year
        amount = balance if left <= 1 else max(2 * balance / years, balance / left)
        balance -= amount
        year += 1
    return amount if earlier_years < years else 0.0
