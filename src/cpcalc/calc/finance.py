"""Money over time: what later payments are worth today, how an investment is judged, loans.

Conventions: the investment is paid at t = 0, everything that happens within a year is booked at its
end, so that the first year's saving is discounted once. (The NPV function of spreadsheets discounts
the first flow too; ours does not.) Rates and numbers of years are dimensionless. A rate and the
money it discounts are both real or both nominal: ``economics`` sees to it.
"""

import math
from functools import reduce
from operator import add
from typing import Any

from cpcalc.figures import OPERAND, ROUNDING, decision, formula, without_residue
from cpcalc.units import ONE

HANDBOOK = "NIST Handbook 135 (2022), Life Cycle Costing Manual"
FISHER = "I. Fisher, The Theory of Interest (1930), ch. 2"
ABATEMENT = "F. Kesicki and P. Ekins, Climate Policy 12 (2012), 219-236"
ENGINEERING_ECONOMICS = "L. Blank and A. Tarquin, Engineering Economy (7th ed.)"
CONSERVED_ENERGY = "A. Meier, Supply Curves of Conserved Energy, LBL-14686 (1982)"


@formula("F-1", "r = (1 + n) / (1 + i) - 1", FISHER)
def real_rate(nominal: Any, inflation: Any) -> Any:
    """The real rate that a nominal rate n leaves at inflation i [share a year]."""
    return (1 + nominal) / (1 + inflation) - 1


@formula("F-2", "n = (1 + r) (1 + i) - 1", FISHER)
def nominal_rate(real: Any, inflation: Any) -> Any:
    """The nominal rate that a real rate r is at inflation i [share a year]."""
    return (1 + real) * (1 + inflation) - 1


@formula("F-3", "C_t = C_0 (1 + g)^t", f"{HANDBOOK}, eq. 4.2")
def grown(amount: Any, growth: Any, years: Any) -> Any:
    """An amount that grows by g a year, after t years [its unit].

    Also a sum invested at the rate g.
    """
    return amount * (1 + growth) ** years


@formula("F-4", "PV = C_t / (1 + r)^t", f"{HANDBOOK}, eq. 4.1")
def present_value(amount: Any, rate: Any, years: Any) -> Any:
    """What a payment after t years is worth at t = 0 [its unit]."""
    return amount * (1 + rate) ** -years


@formula("F-5", "NPV = sum of CF_t / (1 + r)^t, t = 0 ... n", f"{HANDBOOK}, ch. 6 (net savings)")
def net_present_value(rate: Any, *flows: Any) -> Any:
    """The net present value of flows at the ends of years 0, 1, 2 ... [currency].

    The flow at t = 0 is not discounted.
    """
    later = (flow * (1 + rate) ** -years for years, flow in enumerate(flows[1:], start=1))
    return without_residue(reduce(add, later, flows[0]), *flows)


@formula("F-6", "PVA = sum of 1 / (1 + r)^t, t = 1 ... n", f"{HANDBOOK}, eq. 4.3 (UPV)")
def annuity_factor(rate: Any, *years: Any) -> Any:
    """The present worth of 1 at the end of each of the ``years`` 1, 2 ... n [share].

    It is n for a rate of 0.
    """
    return reduce(add, ((1 + rate) ** -year for year in years), 0 * rate)


@formula("F-7", "EAW = NPV / (PVA year)", f"{ENGINEERING_ECONOMICS}, ch. 6, annual worth")
def annual_worth(present: Any, factor: Any, year: Any) -> Any:
    """The equal yearly amount [currency per year] worth a present value over years with the annuity
    factor PVA.

    ``year`` is one year.

    1/PVA is the capital recovery factor ``r (1 + r)^n / ((1 + r)^n - 1)``. Measures of unequal
    lives compare by it.
    """
    return present / (factor * year)


@formula("F-8", "SIR = PV(savings) / PV(investment)", f"{HANDBOOK}, eq. 6.3")
def savings_to_investment(savings: Any, investment: Any) -> Any:
    """The savings-to-investment ratio [share] from present values; above 1 the measure pays."""
    return savings / investment


@formula("F-9", "AIRR = (1 + r) SIR^(1/n) - 1", f"{HANDBOOK}, eq. 6.4")
def adjusted_internal_rate(rate: Any, ratio: Any, years: Any) -> Any:
    """The adjusted internal rate of return [share a year]: savings are reinvested at the discount
    rate r.
    """
    return (1 + rate) * ratio ** (1 / years) - 1


@formula(
    "F-10", "MIRR = (FV / PV)^(1/n) - 1", f"{ENGINEERING_ECONOMICS}, ch. 7, modified ROR approach"
)
def modified_internal_rate(future: Any, present: Any, years: Any) -> Any:
    """The modified internal rate of return [share a year].

    ``future`` FV: receipts carried to year n at the reinvestment rate; ``present`` PV: payments
    carried to t = 0 at the finance rate, both positive.
    """
    return (future / present) ** (1 / years) - 1


@formula("F-11", "ROI = A / I", "definition; the inverse of the simple payback")
def return_on_investment(annual_net_saving: Any, investment: Any) -> Any:
    """The yearly net saving as a share of the investment [1/year], undiscounted."""
    return annual_net_saving / investment


@formula("F-12", "DSCR = CFADS / DS", "E. Yescombe, Principles of Project Finance, ch. 12")
def debt_service_cover(available: Any, service: Any) -> Any:
    """The debt service coverage ratio of a year [share]: cash available over interest and
    principal.
    """
    return available / service


@formula("F-13", "c = LCC / sum of Q_t / (1 + r)^t", f"{CONSERVED_ENERGY}, with Q_t of each year")
def levelised_cost(cost: Any, quantity: Any) -> Any:
    """The levelised cost of what is saved [currency per unit].

    ``cost`` LCC in present value, ``quantity``: what is saved over the years, discounted like the
    money. For an equal Q each year it is the equal yearly cost over Q.
    """
    return cost / quantity


@formula("F-14", "MAC = -NPV / sum of E_t / (1 + r)^t", f"{ABATEMENT}, with E_t of each year")
def abatement_cost(worth: Any, avoided: Any) -> Any:
    """The cost of avoiding a tonne [currency per t] from the NPV and the tonnes avoided over the
    years, discounted like the money.

    Stated only where it is positive: measures that save money are not ranked by it (S. Taylor,
    Energy Policy 48 (2012), 430-438).
    """
    return -worth / avoided


@formula("F-15", "S_t = S r (1 - l)^a f", "definition: ramp-up and loss of saving")
def saving_of_year(annual: Any, covered: Any, reached: Any, loss: Any, years_in_use: Any) -> Any:
    """The saving booked at the end of a year [currency, or the unit of what is saved].

    ``covered`` f [year]: the part of the year within the life; ``reached`` r: the share reached
    while ramping up; ``loss`` l: the share of the saving lost each year; ``years_in_use`` a: before
    this year, since it was last bought.
    """
    return annual * covered * reached * (1 - loss) ** years_in_use


@decision("F-34", "a = t - 1 - ceil(k L), the last k L <= t - 1", "each life begins as the first")
def years_in_use(lifetime: float, earlier_years: float) -> int:
    """The whole years since what is replaced after each lifetime [year] was last bought."""
    lives = math.floor(earlier_years / lifetime + ROUNDING)
    return int(earlier_years) - math.ceil(lives * lifetime - ROUNDING)


@formula("F-16", "t = (n + a / (a - b)) year", "linear within the year")
def crossing(years_before: Any, before: Any, after: Any, year: Any) -> Any:
    """When a balance a (below zero) at the end of year n and b at the end of n + 1 reaches zero
    [year].
    """
    return (years_before + before / (before - after)) * year


@formula("F-17", "T = (S - D) tau", "definition: losses are set off against other profit")
def tax_on(profit: Any, rate: Any) -> Any:
    """The tax on a profit [currency].

    A loss gives a negative tax, set off against the enterprise's other profit.
    """
    return profit * rate


@formula("F-18", "LCC = sum of PV(cost)", f"{HANDBOOK}, ch. 5 (life-cycle cost)")
def life_cycle_cost(*present_costs: Any) -> Any:
    """The life-cycle cost [currency]: all costs of an alternative in present values.

    What is bought of each stream, disposal, investment and replacement less residual value, running
    cost.
    """
    return without_residue(reduce(add, present_costs), *present_costs)


@formula("F-19", "NS = LCC_b - LCC_r", f"{HANDBOOK}, ch. 6 (net savings)")
def net_savings(before: Any, after: Any) -> Any:
    """What an alternative saves over the study period [currency]: the life-cycle cost before less
    that after.
    """
    return without_residue(before - after, before, after)


NEVER_BELOW_ZERO, NEVER_PAID_BACK = -2, -1


@decision("F-20", "first t with sum of PV >= 0", f"{HANDBOOK}, ch. 6 (discounted payback)")
def years_before_payback(*present_values: float) -> int:
    """The last whole year before the running sum, once below zero, reaches it again.

    ``present_values`` are those of years 0, 1, 2 ... -2 stands for a sum that is never below zero
    (nothing to pay back), -1 for one that never comes back within the years given.
    """
    balance, was_below = 0.0, False
    for year, value in enumerate(present_values):
        balance += value
        if balance < 0:
            was_below = True
        elif was_below:
            return year - 1
    return NEVER_PAID_BACK if was_below else NEVER_BELOW_ZERO


PART = "f_t = min(1, max(0, L - (t - 1)))"


@decision("F-23", PART, "definition", gives=OPERAND, in_cells="MIN(1,MAX(0,{0}-{1}))")
def covered_part(lifetime: float, earlier_years: float) -> float:
    """The part of a year within the lifetime [year], ``earlier_years`` after the start."""
    return min(1.0, max(0.0, lifetime - earlier_years))


@decision("F-24", "n = ceil(L)", "flows are booked at the end of a year")
def whole_years(duration: float) -> int:
    """The years at whose ends a duration [year] has flows.

    A hair above a whole number is that number: months come back as years with a rounding error.
    """
    return math.ceil(duration - ROUNDING)


@decision("F-25", "y + k L < n, k = 1, 2 ...", "what ends while it is needed is replaced")
def replacement_years(lifetime: float, first_year: float, end: float) -> tuple[int, ...]:
    """The years at whose ends an asset of ``first_year`` y is bought again before the end n."""
    count = math.ceil((end - first_year) / lifetime - ROUNDING) - 1
    return tuple(math.ceil(first_year + life * lifetime - ROUNDING) for life in range(1, count + 1))


UNUSED = "straight line over the lifetime"


@decision("F-26", "max(0, k - (n - y) / L) of the k-th, last purchase", UNUSED, gives=ONE)
def unused_share(lifetime: float, first_year: float, end: float, horizon: float) -> float:
    """The share of its life that an asset of ``first_year`` y, replaced until the ``end``, has left
    at the horizon n [share].
    """
    lives = len(replacement_years(lifetime, first_year, end)) + 1
    unused = lives - (horizon - first_year) / lifetime
    return unused if unused > ROUNDING else 0.0


@decision("F-29", "min(CF, 0)", "definition", gives=OPERAND, in_cells="MIN({0},0)")
def paid(flow: float) -> float:
    """The flow where it is a payment, else nothing [currency]."""
    return min(flow, 0.0)


@decision("F-30", "max(CF, 0)", "definition", gives=OPERAND, in_cells="MAX({0},0)")
def received(flow: float) -> float:
    """The flow where it is a receipt, else nothing [currency]."""
    return max(flow, 0.0)


@decision("F-31", "min of the terms", "definition", gives=OPERAND, in_cells="MIN({all})")
def smallest(*terms: float) -> float:
    """The smallest of some amounts of one kind [their unit]."""
    return min(terms)


@decision("F-27", "k L <= n", "what ends while it is replaced, or with that")
def life_ends(lifetime: float, end: float) -> tuple[int, ...]:
    """The years at whose ends a life ends that is begun anew until the end n."""
    lives = math.floor(end / lifetime + ROUNDING)
    return tuple(math.ceil(number * lifetime - ROUNDING) for number in range(1, lives + 1))


@formula("F-33", "k = (y - y_0) / (y_1 - y_0)", "definition: y is linear in the factor k")
def break_even_factor(target: Any, at_zero: Any, as_stated: Any) -> Any:
    """The factor k on a price, saving or investment at which a figure linear in it meets a target
    [share].

    ``at_zero`` y_0 is the figure for k = 0, ``as_stated`` y_1 for k = 1.
    """
    return (target - at_zero) / (as_stated - at_zero)


# ---- loans and depreciation ----------------------------------------------------------------------

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
    weight = reduce(add, ((1 + rate) ** power for power in powers), 0 * rate)
    return loan * (1 + rate) ** earlier / weight


@formula("L-3", "P_k = B_0 / n", LOANS)
def equal_principal(loan: Any, payments: Any) -> Any:
    """The principal in each of n payments of equal principal [currency]."""
    return loan / payments


@formula("L-4", "D = I / n", TAX)
def straight_line(cost: Any, years: Any) -> Any:
    """What is written off in a full year by the straight line [currency]."""
    return cost / years


DECLINING = "D_t = max(2 B_t / n, B_t / (n - t)), the rest in the last year"


WRITTEN_OFF = "IF({1}-{2}<=1,{0},MAX(2*{0}/{1},{0}/({1}-{2})))"


@decision("L-5", DECLINING, TAX, gives=OPERAND, in_cells=WRITTEN_OFF)
def declining_balance(balance: float, years: float, earlier_years: float) -> float:
    """What is written off in a year by the double declining balance, changed to the straight line
    when that is more [currency].

    ``balance`` B_t: what is left to write off; ``years`` n of the asset, of which ``earlier_years``
    t are over.
    """
    left = years - earlier_years
    return balance if left <= 1 else max(2 * balance / years, balance / left)
