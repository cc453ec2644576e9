"""Order-free shares: what each measure brings on the average over all orders (the Shapley value).

With n measures there are n! orders, but for percentages of one stream none need be looked at. Let
each measure be there with probability t: Owen's multilinear extension is the mean of what all save,
and the integral over t of what one measure changes in it is its share. It is a polynomial in t,
which Gauss-Legendre quadrature integrates exactly.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

from cpcalc.figures import formula

OWEN = "G. Owen, Multilinear extensions of games, Management Science 18 (1972), P64-P79"


@formula(
    "H-1", "phi_i = S_i times the integral over t from 0 to 1 of prod (1 - t s_j), j other", OWEN
)
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
    """
    count = degree // 2 + 1
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
