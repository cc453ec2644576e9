"""Indicators per product: specific consumption and pollution, productivity, and their change."""

from typing import Any

from cpcalc.figures import decision, formula

RECP = (
    "UNIDO/UNEP, Enterprise-level indicators for resource productivity and pollution intensity "
    "(2010), ch. 3"
)


@formula("R-1", "q = Q / P", RECP)
def specific(amount: Any, output: Any) -> Any:
    """The specific consumption or pollution intensity [unit of the amount per unit of product].

    ``amount`` Q is used or emitted in a year, ``output`` P is made in the same year.
    """
    return amount / output


@formula("R-2", "p = P / Q = 1 / q", RECP)
def productivity(specific_consumption: Any) -> Any:
    """The resource productivity [units of product per unit of the resource]."""
    return 1 / specific_consumption


@formula("R-3", "d = (x_r - x_b) / x_b", RECP)
def relative_change(before: Any, after: Any) -> Any:
    """The change of a figure as a share of what it was [share]; positive is more."""
    return (after - before) / before


PARTS = 3  # of a band: its lower end, middle and upper end


@decision("R-4", "place of q in [a, b]", "definition: thirds of the band")
def standing(specific_consumption: float, low: float, high: float) -> str:
    """Where a specific figure stands to a band from a to b: its ``lower-end``, ``middle`` or
    ``upper-end``, ``below`` or ``above`` it; ``within`` a ceiling (a = 0) or on a single value.
    """
    if not low <= specific_consumption <= high:
        return "below" if specific_consumption < low else "above"
    if low in (0, high):
        return "within"
    third = (high - low) / PARTS
    if specific_consumption < low + third:
        return "lower-end"
    return "middle" if specific_consumption <= high - third else "upper-end"
