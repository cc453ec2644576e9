"""Identities: statements that must hold between results, checked each time and printed with
them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

from cpcalc.diagnostics import Diagnostic
from cpcalc.figures import Figure, NotApplicable, Reported, gathered
from cpcalc.results import Identity, Line

# Both sides are sums of the same floats in another order: they agree to this share, or something is
# wrong.
TOLERANCE = 1e-9


def identity(
    name: str, left: Iterable[Reported | None], right: Iterable[Reported | None]
) -> Identity | None:
    """``name`` holds when the known figures of both sides sum to the same; None where neither
    side has a figure."""
    first = [figure.value for figure in left if isinstance(figure, Figure)]
    second = [figure.value for figure in right if isinstance(figure, Figure)]
    if not first and not second:
        return None
    a, b = math.fsum(first), math.fsum(second)
    scale = max(math.fsum(map(abs, first)), math.fsum(map(abs, second)))
    return Identity(name, abs(a - b) <= TOLERANCE * scale, a, b)


def by_year(
    name: str, parts: Sequence[Sequence[Figure]], whole: Sequence[Figure]
) -> Identity | None:
    """``name`` holds when the parts sum to the whole in every year; a part may end before the whole
    does.

    Of one that does not hold the first year that fails is shown, else the sums over all years.
    """
    for year in range(max(map(len, (*parts, whole)))):
        of_year = identity(
            f"{name}, year {year}",
            (part[year] for part in parts if year < len(part)),
            whole[year:][:1],
        )
        if of_year is not None and not of_year.holds:
            return of_year
    return identity(name, (amount for part in parts for amount in part), whole)


def of_lines(name: str, parts: list[Line], whole: Line) -> Iterator[Identity | None]:
    """Sum of lines = total, for the annual saving, each category, investment and reductions."""
    yield identity(
        f"{name}: annual saving", (line.annual_saving for line in parts), (whole.annual_saving,)
    )
    savings = gathered(line.savings for line in parts)
    for category, saving in whole.savings.items():
        yield identity(f"{name}: {category} saving", savings.get(category, ()), (saving,))
    investments = [line.investment.converted for line in parts if line.investment is not None]
    if whole.investment is not None and isinstance(whole.investment.converted, Figure):
        yield identity(f"{name}: investment", investments, (whole.investment.converted,))
    reductions = gathered(line.reductions for line in parts)
    for kind, reduction in whole.reductions.items():
        if isinstance(reduction, NotApplicable) and reduction.code == "undefined":
            continue  # of two kinds of unit there is no sum
        yield identity(f"{name}: {kind} reduction", reductions.get(kind, ()), (reduction,))


def broken(identities: Iterable[Identity]) -> list[Diagnostic]:
    """A problem for each identity that does not hold."""
    return [
        Diagnostic(
            "identity-broken",
            (),
            {"name": item.name, "left": f"{item.left:.12g}", "right": f"{item.right:.12g}"},
        )
        for item in identities
        if not item.holds
    ]
