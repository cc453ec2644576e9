"""Sums over many enterprises: exact to the last digit, whatever the order or the partition."""

from __future__ import annotations

import math
from collections.abc import Iterable

from cpcalc.figures import decision

SHEWCHUK = "Shewchuk, Adaptive precision floating-point arithmetic, Discrete Comput Geom 18 (1997); correctly rounded"


@decision(symbol="S-30", equation="T = fl(sum of x_i)", source=SHEWCHUK)
def exact_total(*terms: float) -> float:
    """The correctly rounded sum of terms of one kind [their unit]: the same in any order."""
    return math.fsum(terms)


def exact_total_of(terms: Iterable[float]) -> float:
    """The same for terms that come one by one [their unit]."""
    return math.fsum(terms)
