"""Savings in kind, by every form in which a measure states them; and each measure's share.

Order-free shares are what each measure brings on the average over all orders (the Shapley value).
With n measures there are n! orders, but for percentages of one stream none need be looked at. Let
each measure be there with probability t: Owen's multilinear extension is the mean of what all save,
and the integral over t of what one measure changes in it is its share. It is a polynomial in t,
which Gauss-Legendre quadrature integrates exactly.
"""

import math
from functools import lru_cache, reduce
from operator import add
from typing import Any

from cpcalc.figures import OPERAND, decision, formula, without_residue

DEFINITION = "definition"
CP_METHOD = (
    "UNIDO/UNEP, Enterprise-level indicators for resource productivity and pollution intensity "
    "(2010), ch. 2"
)
GUM = "JCGM 100:2008 (GUM), Guide to the expression of uncertainty in measurement, 5.1.2, eq. (10)"


@formula("S-1", "S = Q_b - Q_r", CP_METHOD)
def saving(before: Any, after: Any) -> Any:
    """The saving of a stream [unit of the stream per year]: baseline minus after.

    Positive is good.
    """
    return without_residue(before - after, before, after)


@formula("S-2", "S = s Q", DEFINITION)
def share_of(quantity: Any, share: Any) -> Any:
    """A share of a quantity [unit of the quantity]; ``share`` s is dimensionless."""
    return quantity * share


@formula("S-3", "Q_r = Q - S", DEFINITION)
def remaining(quantity: Any, reduction: Any) -> Any:
    """What a reduction leaves of a quantity [unit of the quantity]."""
    return without_residue(quantity - reduction, quantity, reduction)


@formula("S-4", "S = (q_b - q_r) P", CP_METHOD)
def specific_saving(before: Any, after: Any, output: Any) -> Any:
    """The saving from a change of specific consumption [unit of the stream per year].

    ``before`` q_b and ``after`` q_r per unit of product, ``output`` P in units of product per year.
    """
    return without_residue(before - after, before, after) * output


@formula("S-5", "Q = q P", CP_METHOD)
def consumption(specific: Any, output: Any) -> Any:
    """Consumption from specific consumption q and output P [unit of the stream per year]."""
    return specific * output


@formula("S-6", "Q = r n", DEFINITION)
def annualised(rate: Any, periods: Any) -> Any:
    """A rate per day, hour or month over the stated days, hours or months [unit per year]."""
    return rate * periods


@formula("S-7", "Q_2 = k Q_1", DEFINITION)
def converted(quantity: Any, ratio: Any) -> Any:
    """A flow that goes with another in a fixed ratio k: steam and its fuel, water and its waste
    water.
    """
    return quantity * ratio


@formula("S-8", "Q = Q_0 n / d", DEFINITION)
def scaled(quantity: Any, numerator: Any, denominator: Any) -> Any:
    """A quantity in proportion n/d of two amounts of one kind [unit of the quantity]."""
    return quantity * (numerator / denominator)


@formula("S-9", "T = sum of the terms", DEFINITION, folds=True)
def total(*terms: Any) -> Any:
    """The sum of terms of one kind [their unit]; of numbers correctly rounded, in any order the
    same.
    """
    if isinstance(terms[0], float):
        return without_residue(math.fsum(terms), *terms)
    return reduce(add, terms)


@formula("S-10", "D = a - b", DEFINITION)
def difference(a: Any, b: Any) -> Any:
    """The difference of two amounts of one kind [their unit]."""
    return without_residue(a - b, a, b)


@formula("S-11", "y = -x", DEFINITION)
def opposite(x: Any) -> Any:
    """The same amount with the other sign [its unit]: an increase is a negative reduction."""
    return -x


CUT = "IF({0}>0,MIN({0},{1}),{0})"


@decision("S-12", "S = min(S, Q)", "a flow cannot fall below zero", gives=OPERAND, in_cells=CUT)
def capped(reduction: float, available: float) -> float:
    """A reduction cut at what remains [unit of the stream per year].

    An increase (negative) passes.
    """
    return min(reduction, available) if reduction > 0 else reduction


@formula("S-13", "S = Q_b - Q_r", "IPMVP Core Concepts (2016), eq. 1, without adjustment")
def absolute_saving(before: Any, after: Any) -> Any:
    """The saving as metered, production unadjusted [unit of the stream per year]."""
    return without_residue(before - after, before, after)


@formula("S-14", "S = q_b P_r - Q_r", "IPMVP Core Concepts (2016), avoided consumption")
def avoided_at_reporting(specific_before: Any, output_after: Any, consumption_after: Any) -> Any:
    """Consumption avoided at reporting-year production [unit of the stream per year]."""
    expected = specific_before * output_after
    return without_residue(expected - consumption_after, expected, consumption_after)


@formula("S-15", "S = (q_b - q_r) P_b", "IPMVP Core Concepts (2016), normalised savings")
def normalised_saving(specific_before: Any, specific_after: Any, output_before: Any) -> Any:
    """The saving normalised to baseline production [unit of the stream per year]."""
    saved = specific_before - specific_after
    return without_residue(saved, specific_before, specific_after) * output_before


@formula("S-16", "Q = F + v P", "IPMVP Core Concepts (2016), base load and one driver")
def expected_consumption(fixed: Any, variable: Any, output: Any) -> Any:
    """Consumption by a base load F and a part v per product [unit of the stream per year]."""
    return fixed + variable * output


@formula("S-17", "Q = x n / m", DEFINITION)
def scaled_to_year(amount: Any, covered: Any, full: Any) -> Any:
    """A reading over m months, days or hours, carried to the year's n of the same [unit of the
    reading per year].

    ``full`` n is per year (12 month/year in full operation), ``covered`` m is the period read.
    """
    return amount * full / covered


@formula("S-18", "x = a (1 - s)", DEFINITION)
def less_share(quantity: Any, share: Any) -> Any:
    """A quantity less a share s of it [unit of the quantity]."""
    return quantity * (1 - share)


@formula("S-19", "E = P t", DEFINITION)
def power_over_hours(power: Any, hours: Any) -> Any:
    """The energy of a power P over t hours a year [kWh/year]."""
    return power * hours


@formula("S-20", "k = a / b", DEFINITION)
def ratio_of(a: Any, b: Any) -> Any:
    """The ratio of two amounts [unit of a per unit of b]."""
    return a / b


SQUARES = "u = (sum ((df/dx_i) u_i)^2)^(1/2)"


@decision("U-1", SQUARES, GUM, gives=OPERAND, in_cells="SQRT(SUMSQ({all}))")
def combined(*terms: float) -> float:
    """The half-width of a figure [its unit] that uncertain inputs move by these terms.

    A term is (df/dx_i) u_i, the slope of the figure in an input times the input's half-width: first
    order, inputs independent of each other, each input once however often it is used.
    """
    return math.hypot(*terms)


# ---- order-free shares ---------------------------------------------------------------------------

MEAN_INCREMENT = "phi_i = S_i times the integral over t from 0 to 1 of prod (1 - t s_j), j other"
OWEN = "G. Owen, Multilinear extensions of games, Management Science 18 (1972), P64-P79"


@formula("H-1", MEAN_INCREMENT, OWEN)
def order_free_percentage(alone: Any, *others: Any) -> Any:
    """The order-free share of a measure that saves a percentage of one stream [unit of ``alone``].

    ``alone`` S_i is what it saves as the only one, ``others`` s_j are the percentages of the other
    measures.
    """
    weight: Any = 0
    for presence, portion in quadrature(len(others)):
        left: Any = portion
        for share in others:
            left = left * (1 - presence * share)
        weight = weight + left
    return alone * weight


@lru_cache(maxsize=64)
def quadrature(degree: int) -> tuple[tuple[float, float], ...]:
    """Nodes and weights of Gauss-Legendre quadrature on (0, 1), exact for polynomials up to this
    degree.

    From degree 64 on fewer nodes do for products of factors 1 - t s: what is of a higher degree k
    than n nodes see (2 n) falls as exp(-k^2 / degree), and is below exp(-64) here.
    """
    count = min(degree // 2 + 1, math.ceil(4 * math.sqrt(degree)) + 1)
    nodes = []
    for index in range(count):
        x = math.cos(math.pi * (index + 0.75) / (count + 0.5))
        for _ in range(NEWTON_STEPS):
            value, slope = _legendre(count, x)
            x -= value / slope
        _, slope = _legendre(count, x)
        nodes.append(((1 - x) / 2, 1 / ((1 - x * x) * slope * slope)))
    return tuple(nodes)


NEWTON_STEPS = 8


def _legendre(degree: int, x: float) -> tuple[float, float]:
    """The Legendre polynomial of a degree and its slope at x."""
    before, value = 1.0, x
    for order in range(2, degree + 1):
        before, value = value, ((2 * order - 1) * x * value - (order - 1) * before) / order
    return value, degree * (x * value - before) / (x * x - 1)
