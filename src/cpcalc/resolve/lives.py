"""Lives and rates that a file states, kept within what has a meaning."""

from __future__ import annotations

from cpcalc.figures import Figure
from cpcalc.quantities import Quantity
from cpcalc.resolve.scope import Scope

# Beyond a century no machine is bought and no price foreseen: a slip of the pen (1000 year) is
# certain.
LONGEST_LIFE_YEARS = 100.0


def lifetime_of(scope: Scope, given: Quantity | None) -> Figure | None:
    """A lifetime or study period in years; None, with a diagnostic, where it is none."""
    if given is None:
        return None
    years = scope.duration(given)
    if not 0 < years.value <= LONGEST_LIFE_YEARS:
        scope.problem(
            "lifetime-out-of-range", given.path, text=given.text, most=f"{LONGEST_LIFE_YEARS:g}"
        )
        return None
    return years


# At -100 % a year all the money is gone within the year; from -99 % on nearly all, and rates of
# return are not sought.
LOWEST_RATE_PER_YEAR = -0.99
# The worst inflations grow faster, but no contract or price in a plant does for a whole study
# period.
HIGHEST_RATE_PER_YEAR = 10.0


def check_rate(scope: Scope, given: Quantity | None) -> bool:
    """Whether a rate a year is one that money can have."""
    if given is not None and not LOWEST_RATE_PER_YEAR < given.value <= HIGHEST_RATE_PER_YEAR:
        scope.problem("rate-out-of-range", given.path, text=given.text, low="-99 %", high="1 000 %")
        return False
    return given is not None
