"""Uncertainty of a figure from those of its inputs."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from cpcalc.figures import NUDGE, OPERAND, decision

GUM = "JCGM 100:2008 (GUM), Guide to the expression of uncertainty in measurement, 5.1.2, eq. (10)"


@decision("U-1", "u = (sum ((df/dx_i) u_i)^2)^(1/2)", GUM, gives=OPERAND)
def combined(*parts: float) -> float:
    """The half-width of a figure [its unit] of which each uncertain input moves it by a part.

    ``parts`` are (df/dx_i) u_i, the slope of the figure in an input times the input's half-width:
    first order, inputs independent of each other, each input once however often it is used.
    """
    return math.hypot(*parts)


def slope(function: Callable[..., float], values: Sequence[float], place: int) -> float:
    """By how much a function grows with one of its values, found by moving that a little."""
    moved = (abs(values[place]) or 1.0) * NUDGE
    up, down = (
        function(*values[:place], values[place] + way, *values[place + 1 :])
        for way in (moved, -moved)
    )
    return (up - down) / (2 * moved)
