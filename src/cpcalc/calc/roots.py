"""All rates at which yearly flows are worth nothing: every real root above -99 %, none missed.

With x = 1/(1 + r) the net present value is a polynomial in x. Descartes' rule of signs bounds its
positive roots: one change of sign means exactly one. With more, the roots are parted exactly, in
whole numbers, by the method of Vincent, Collins and Akritas (bisection until the rule of signs
gives 0 or 1), and only then refined in floating point.
"""

import itertools
import math
from collections.abc import Sequence
from fractions import Fraction

from cpcalc.figures import ROUNDING, decision
from cpcalc.units import ONE

# Rates at or below -99 % a year describe no investment: nearly all of it is lost within the year.
LOWEST_RATE = -0.99
# Bisections after which two roots are closer than any rate is known: they are one (a touching
# root).
MOST_BISECTIONS = 60
# Refinement stops when the bracket cannot get smaller in floating point; this many halvings always
# do.
MOST_HALVINGS = 400


ISOLATION = "G. E. Collins and A. G. Akritas, Polynomial real root isolation (SYMSAC 1976); "
DESCARTES = "Descartes' rule of signs"
ONLY = "a rate of return is stated only where it is the only one"


@decision("F-21", "roots r > -99 % of sum of CF_t / (1 + r)^t = 0", ISOLATION + DESCARTES)
def internal_rates(*flows: float) -> tuple[float, ...]:
    """Every rate [share a year] above -99 % at which the flows of years 0, 1, 2 ... are worth
    nothing, ascending.
    """
    coefficients = _trimmed(flows)
    if _changes(coefficients) == 0:
        return ()
    one = [(0.0, 1 / (1 + LOWEST_RATE), coefficients[0] > 0)]
    brackets = one if _changes(coefficients) == 1 else list(_isolated(coefficients))
    rates = (_refined(coefficients, bracket) for bracket in brackets)
    return tuple(sorted(rate for rate in rates if rate is not None and rate > LOWEST_RATE))


@decision("F-22", "the one root", ONLY, gives=ONE, in_cells="IRR({range},{value})")
def internal_rate(*flows: float) -> float:
    """The only rate at which the flows are worth nothing [share a year].

    ``internal_rates`` says that there is one.
    """
    (rate,) = internal_rates(*flows)
    return rate


@decision("F-32", "root number k", "all roots are named where there are several", gives=ONE)
def internal_rate_number(position: float, *flows: float) -> float:
    """One of several rates at which the flows are worth nothing [share a year].

    ``position`` counts from 0.
    """
    return internal_rates(*flows)[int(position)]


def _trimmed(flows: Sequence[float]) -> list[float]:
    """The coefficients from the first to the last that is not zero: x = 0 is no rate."""
    known = [index for index, flow in enumerate(flows) if flow != 0]
    return list(flows[known[0] : known[-1] + 1]) if known else []


def _changes(coefficients: Sequence[float | int]) -> int:
    signs = [value > 0 for value in coefficients if value != 0]
    return sum(a != b for a, b in itertools.pairwise(signs))


# From, to, and whether the polynomial is above zero just after the first.
Bracket = tuple[float, float, bool]


def _isolated(coefficients: Sequence[float]) -> list[Bracket]:
    """Intervals of x in (0, 100), each with one root (or one point where several meet).

    Rates above zero lie in (0, 1), where most are; rates below it in (1, 100).
    """
    exact = _whole(coefficients)
    brackets: list[Bracket] = []
    beyond = Fraction(round(1 / (1 + LOWEST_RATE)) - 1)
    losing = [value * int(beyond) ** power for power, value in enumerate(_shifted(exact))]
    pending = [(exact, Fraction(0), Fraction(1), 0), (losing, Fraction(1), beyond, 0)]
    while pending:
        polynomial, low, width, depth = pending.pop()
        while polynomial and polynomial[0] == 0:  # x = low is itself a root
            brackets.append((float(low), float(low), True))
            polynomial = polynomial[1:]
            polynomial = polynomial if any(polynomial) else []
        changes = _changes(_shifted(polynomial[::-1])) if _changes(polynomial) else 0
        if changes == 1:
            brackets.append((float(low), float(low + width), polynomial[0] > 0))
        elif changes and depth == MOST_BISECTIONS:
            middle = float(low + width / 2)
            if _is_touching(coefficients, middle):
                brackets.append((middle, middle, True))
        elif changes:
            degree = len(polynomial) - 1
            left = [value << (degree - power) for power, value in enumerate(polynomial)]
            half = width / 2
            pending.append((left, low, half, depth + 1))
            pending.append((_shifted(left), low + half, half, depth + 1))
    return list(dict.fromkeys(brackets))


def _whole(coefficients: Sequence[float]) -> list[int]:
    ratios = [value.as_integer_ratio() for value in map(float, coefficients)]
    common = max(denominator for _, denominator in ratios)  # all are powers of two
    whole = [numerator * (common // denominator) for numerator, denominator in ratios]
    divisor = math.gcd(*whole)
    return [value // divisor for value in whole]


def _shifted(polynomial: Sequence[int]) -> list[int]:
    """The polynomial in x + 1."""
    values = list(polynomial)
    for start in range(len(values) - 1):
        for index in range(len(values) - 2, start - 1, -1):
            values[index] += values[index + 1]
    return values


def _value(coefficients: Sequence[float], x: float) -> float:
    """The polynomial at x, divided by its highest power of x where x is above 1: the sign is the
    same, and no power of a large x overflows.
    """
    value = 0.0
    if x > 1:
        for coefficient in coefficients:
            value = value / x + coefficient
        return value
    for coefficient in reversed(coefficients):
        value = value * x + coefficient
    return value


def _is_touching(coefficients: Sequence[float], x: float) -> bool:
    size = _value([abs(value) for value in coefficients], x)
    return abs(_value(coefficients, x)) <= ROUNDING * size


def _refined(coefficients: Sequence[float], bracket: Bracket) -> float | None:
    """The rate in a bracket of x with one root, to the last bit that the flows carry.

    None where none is inside.
    """
    low, high, is_positive = bracket
    if low == high:
        return 1 / low - 1
    if (_value(coefficients, high) > 0) == is_positive and high == 1 / (1 + LOWEST_RATE):
        return None
    for _ in range(MOST_HALVINGS):
        middle = low + (high - low) / 2
        if middle in (low, high):
            break
        if (_value(coefficients, middle) > 0) == is_positive:
            low = middle
        else:
            high = middle
    x = low if abs(_value(coefficients, low)) <= abs(_value(coefficients, high)) else high
    return 1 / x - 1 if x > 0 else None
