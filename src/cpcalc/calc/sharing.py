"""Order-free shares: what each measure brings on the average over all orders (the Shapley value).

With n measures there are n! orders, but never so many need be looked at. Percentages on one stream have a closed form;
percentages and amounts on one stream are affine in what is left, so that Owen's integral of the multilinear extension
is that of a polynomial, which Gauss-Legendre quadrature gives exactly; anything else is summed over the 2^n coalitions.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from cpcalc.figures import decision, formula

SHAPLEY = "L. Shapley, A value for n-person games, Annals of Mathematics Studies 28 (1953), 307-317"
OWEN = "G. Owen, Multilinear extensions of games, Management Science 18 (1972), P64-P79"


@formula(
    symbol="H-1", equation="phi_i = S_i times the integral over t from 0 to 1 of prod (1 - t s_j), j other", source=OWEN
)
def order_free_percentage(alone: Any, *others: Any) -> Any:
    """The order-free share of a measure that saves a percentage of one stream [unit of ``alone``].

    ``alone`` S_i is what it saves as the only one, ``others`` s_j are the percentages of the other measures.
    """
    coefficients: list[Any] = [1]
    for share in others:
        coefficients = [
            upper - share * lower for upper, lower in zip([*coefficients, 0], [0, *coefficients], strict=True)
        ]
    weight = coefficients[0]
    for power, coefficient in enumerate(coefficients[1:], start=1):
        weight = weight + coefficient / (power + 1)
    return alone * weight


@decision(symbol="H-2", equation="phi_i = sum over S of |S|! (n - |S| - 1)! / n! (v(S + i) - v(S))", source=SHAPLEY)
def coalition_shares(*values: float) -> tuple[float, ...]:
    """The order-free share of each of n measures from what each of the 2^n coalitions saves.

    ``values`` v are ordered by the coalition's number, in which bit i says that measure i is in it.
    """
    count = (len(values) - 1).bit_length()
    weights = [1 / (count * math.comb(count - 1, size)) for size in range(count)]
    shares = [0.0] * count
    for coalition, value in enumerate(values):
        size = coalition.bit_count()
        for player in range(count):
            if coalition >> player & 1:
                shares[player] += weights[size - 1] * value
            else:
                shares[player] -= weights[size] * value
    return tuple(shares)


class Step(NamedTuple):
    """One effect on what is left of a stream: q becomes q (1 - share) - amount."""

    player: int
    share: float
    amount: float


def affine_shares(steps: Sequence[Step], quantity: float) -> tuple[float, ...]:
    """The order-free share of each measure in the reduction of one stream [unit of the stream].

    Source: Owen (1972). ``steps`` are the effects in the order of the bundle. What is left is affine in every
    measure's presence, so its mean over random presence t is found by mixing each step with doing nothing; the
    integral over t is exact.
    """
    count = max(step.player for step in steps) + 1
    shares = [0.0] * count
    # A measure with several steps mixes them together: all present or none.
    grouped = _by_player(steps)
    for node, weight in _quadrature(count):
        for player in range(count):
            left_in = _left(grouped, quantity, node, player, present=True)
            left_out = _left(grouped, quantity, node, player, present=False)
            shares[player] += weight * (left_out - left_in)
    return tuple(shares)


def _by_player(steps: Sequence[Step]) -> list[tuple[int, float, float]]:
    """Each measure's steps, which follow one another, as one affine map: q becomes a q - b."""
    found: list[tuple[int, float, float]] = []
    for step in steps:
        factor, amount = 1 - step.share, step.amount
        if found and found[-1][0] == step.player:
            _, before, cut = found.pop()
            factor, amount = before * factor, cut * factor + amount
        found.append((step.player, factor, amount))
    return found


def _left(
    maps: Sequence[tuple[int, float, float]], quantity: float, node: float, chosen: int, *, present: bool
) -> float:
    left = quantity
    for player, factor, amount in maps:
        if player == chosen:
            left = left * factor - amount if present else left
        else:
            left += node * (left * factor - amount - left)
    return left


@lru_cache(maxsize=64)
def _quadrature(degree: int) -> tuple[tuple[float, float], ...]:
    """Nodes and weights of Gauss-Legendre quadrature on (0, 1), exact for polynomials up to this degree."""
    count = degree // 2 + 1
    found = []
    for index in range(count):
        x = math.cos(math.pi * (index + 0.75) / (count + 0.5))
        for _ in range(NEWTON_STEPS):
            value, slope = _legendre(count, x)
            x -= value / slope
        _, slope = _legendre(count, x)
        found.append(((1 - x) / 2, 1 / ((1 - x * x) * slope * slope)))
    return tuple(found)


NEWTON_STEPS = 8


def _legendre(degree: int, x: float) -> tuple[float, float]:
    """The Legendre polynomial of a degree and its slope at x."""
    before, value = 1.0, x
    for order in range(2, degree + 1):
        before, value = value, ((2 * order - 1) * x * value - (order - 1) * before) / order
    return value, degree * (x * value - before) / (x * x - 1)
