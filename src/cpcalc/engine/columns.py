"""Columns of numbers: one number for each coalition, so that one step of the engine acts for all of them at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cpcalc.calc.savings import capped
from cpcalc.engine.games import PlainWorkings
from cpcalc.figures import Figure
from cpcalc.units import ONE


class Column:
    """Numbers side by side, with the arithmetic of formulas."""

    __slots__ = ("values",)

    def __init__(self, values: list[float]) -> None:
        self.values = values

    def __add__(self, other: Any) -> Column:
        if isinstance(other, Column):
            return Column([a + b for a, b in zip(self.values, other.values, strict=True)])
        return Column([a + other for a in self.values])

    __radd__ = __add__

    def __sub__(self, other: Any) -> Column:
        if isinstance(other, Column):
            return Column([a - b for a, b in zip(self.values, other.values, strict=True)])
        return Column([a - other for a in self.values])

    def __rsub__(self, other: Any) -> Column:
        return Column([other - a for a in self.values])

    def __neg__(self) -> Column:
        return Column([-a for a in self.values])

    def __mul__(self, other: Any) -> Column:
        if isinstance(other, Column):
            return Column([a * b for a, b in zip(self.values, other.values, strict=True)])
        return Column([a * other for a in self.values])

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Column:
        """In proportion to what there is; where there is nothing, nothing changes."""
        if isinstance(other, Column):
            return Column(
                [a / b if b > 0 else 1.0 for a, b in zip(self.values, other.values, strict=True)]
            )
        return Column([a / other for a in self.values])

    def __rtruediv__(self, other: float) -> Column:
        return Column([other] * len(self.values)) / self

    def __gt__(self, other: float) -> bool:
        """Whether any is: for the others, division changes nothing."""
        return any(a > other for a in self.values)

    def __eq__(self, other: object) -> bool:
        """Whether all are the number."""
        return all(a == other for a in self.values)

    __hash__ = None  # type: ignore[assignment]


class ColumnWorkings(PlainWorkings):
    """Steps on columns."""

    __slots__ = ()

    def choose(self, function: Callable[..., float], *operands: Figure) -> Figure:
        """A cap, coalition by coalition."""
        assert function is capped
        if self.is_never_cut(operands[1]):
            return operands[0]
        wanted, present = (operand.value for operand in operands)
        found: Any = (
            function(wanted, present)
            if not _is_any_column(wanted, present)
            else _capped(wanted, present)
        )
        return Figure(found, ONE, None, ())


def _is_any_column(*values: Any) -> bool:
    return any(isinstance(value, Column) for value in values)


def _capped(wanted: Any, present: Any) -> Column:
    count = len(wanted.values if isinstance(wanted, Column) else present.values)
    wanteds, presents = (
        value.values if isinstance(value, Column) else [value] * count
        for value in (wanted, present)
    )
    return Column([min(a, b) if a > 0 else a for a, b in zip(wanteds, presents, strict=True)])
