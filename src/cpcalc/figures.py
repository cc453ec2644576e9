"""Figures: numbers that carry where they came from, and formulas that make new figures from old."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, wraps
from itertools import chain
from math import log10
from typing import Any, NamedTuple, Protocol, TypeGuard, TypeVar, overload

from cpcalc.units import ONE, Unit

# Floats of the same amounts, added in another order, agree to this share of the largest; what is
# left of amounts that cancel, below it, is nothing. Every decision that asks whether two figures
# are the same asks it so.
ROUNDING = 1e-12

Case = TypeVar("Case")
Key = TypeVar("Key")
Item = TypeVar("Item")
Record = TypeVar("Record")


class Card(NamedTuple):
    """The identity card of a formula: what an auditor needs to look it up."""

    symbol: str
    equation: str
    source: str
    # What its answer on figures is: BY_UNITS, OPERAND, CASE or a unit of its own. Only a function
    # without branches can run on units.
    gives: str | Unit
    # The formula in a cell of a workbook, where it has branches: {0}, {1} are its operands, {all}
    # all of them, {range} a row of them, {value} what it gives now. One without branches is run
    # on the cells themselves.
    in_cells: str = ""


# Far above every figure of a factory, and far below where floats end: what grows beyond is a slip.
LARGEST = 1e60


def without_residue(value: Any, *terms: Any) -> Any:
    """What is left of terms that are added or subtracted: nothing, where it is their rounding."""
    is_residue = isinstance(value, float) and abs(value) < ROUNDING * max(map(abs, terms))
    return 0.0 if is_residue else value


BY_UNITS = "by-units"  # a figure in the unit that the function gives for the operands' units
OPERAND = "operand"  # a figure in the unit of the first operand, one of which it returns
CASE = "case"  # no figure: a case, a number of years, a yes or no


class Formula(Protocol):
    """A formula: on figures a figure with its origin; on floats, arrays and units what they give.

    Where there is no figure for an operand, there is none for the answer, for the same reason.
    """

    card: Card
    __name__: str

    @overload
    def __call__(self, first: Figure, /, *others: Figure) -> Figure: ...
    @overload
    def __call__(self, first: Reported, /, *others: Reported) -> Reported: ...
    @overload
    def __call__(self, first: float, /, *others: float) -> float: ...
    @overload
    def __call__(self, first: Any, /, *others: Any) -> Any: ...
    def __call__(self, first: Any, /, *others: Any) -> Any:
        """The formula on operands of one kind."""


def formula(
    symbol: str, equation: str, source: str, *, folds: bool = False
) -> Callable[[Callable[..., Any]], Formula]:
    """Make a formula of a function without branches.

    ``folds``: of one operand alone, such as a sum of one term, it is that operand and no step.
    """
    card = Card(symbol, equation, source, BY_UNITS)
    return lambda function: _tracing(function, card, folds=folds)


@overload
def decision(
    symbol: str, equation: str, source: str
) -> Callable[[Callable[..., Case]], Callable[..., Case]]: ...
@overload
def decision(
    symbol: str, equation: str, source: str, *, gives: str | Unit, in_cells: str = ""
) -> Callable[[Callable[..., Any]], Formula]: ...
def decision(
    symbol: str, equation: str, source: str, *, gives: str | Unit = CASE, in_cells: str = ""
) -> Any:
    """Make a formula of a scalar function with branches (a case table, a cap, a root search)."""
    card = Card(symbol, equation, source, gives, in_cells)
    return lambda function: _tracing(function, card, folds=False)


def _tracing(function: Callable[..., Any], card: Card, *, folds: bool) -> Any:
    """The function, which on figures notes them as the origin of its answer."""

    @wraps(function)
    def step(*operands: Any) -> Any:
        if not operands or not isinstance(operands[0], (Figure, NotApplicable)):
            return function(*operands)
        for operand in operands:
            if isinstance(operand, NotApplicable):
                return operand
        if folds and len(operands) == 1:
            return operands[0]
        try:
            value = function(*[operand.value for operand in operands])
        except OverflowError:
            raise TooLargeError(operands) from None
        if card.gives == CASE:
            return value
        if not abs(value) <= LARGEST:  # nor is what is no number
            raise TooLargeError(operands)
        figure = Figure(value + 0.0, unit_of(operands), step, operands)  # no minus zero
        partial = [operand for operand in operands if operand.is_partial]
        if partial:
            figure.counted, figure.of = partial[0].counted, partial[0].of
            figure.missing = joined(*(operand.missing for operand in partial))
        return figure

    def unit_of(operands: tuple[Figure, ...]) -> Unit:
        if isinstance(card.gives, Unit):
            return card.gives
        if card.gives == OPERAND:
            return operands[0].unit
        return _unit_of_step(function, *[operand.unit for operand in operands])

    step.card = card  # type: ignore[attr-defined]
    return step


class TooLargeError(OverflowError):
    """A step gave a number that no factory has: one of its inputs is a slip."""

    def __init__(self, operands: tuple[Figure, ...]) -> None:
        leaves = [leaf for one in operands for leaf in steps(one) if leaf.formula is None]
        inputs = [one for one in leaves if one.operands and one.operands[0].kind == "input"]
        # the input that is farthest from one, from which the step grew out of all measure
        farthest = max(inputs, key=lambda leaf: abs(log10(abs(leaf.value) or 1.0)), default=None)
        self.origin: Origin | None = farthest.operands[0] if farthest is not None else None


@cache
def _unit_of_step(function: Callable[..., Any], *units: Unit) -> Unit:
    """The unit of a step: the formula run on the units."""
    unit = function(*units)
    return unit if isinstance(unit, Unit) else ONE


@dataclass(slots=True, eq=False, repr=False)
class Figure:
    """A value in the canonical unit of its kind, with its origin and what is to be said of it.

    ``formula`` is a function for a step, ``None`` for an input or a cited factor; ``operands``
    holds the figures the step was made from, or the one origin (an ``Origin``) of an input or a
    factor.
    """

    value: float
    unit: Unit
    formula: Callable[..., Any] | None = None
    operands: tuple[Any, ...] = ()
    counted: int = 1  # of a sum: how many of its lines are known
    of: int = 1  # and how many there are
    missing: tuple[str, ...] = ()  # the fields that are not known
    bound: str | None = None  # AT_LEAST, AT_MOST or ESTIMATE where only a bound is known

    @property
    def is_partial(self) -> bool:
        """Whether something of it is not known and not counted."""
        return self.counted != self.of or bool(self.missing)

    def __repr__(self) -> str:
        return f"<{self.value:.12g} {self.unit}>"


class Origin(NamedTuple):
    """Where an input or a factor came from: a document path, or the reference of a cited factor."""

    kind: str  # "input", "factor" or "definition"
    reference: Any  # the document path of an input; of a factor "set@version/factor#row"
    text: str  # as written


class NotApplicable(NamedTuple):
    """Why there is no figure. ``code`` is from the closed list of the result format."""

    code: str
    because: str  # name of the reason, worded in the text tables
    missing: tuple[str, ...] = ()


Reported = Figure | NotApplicable


def unknown(*missing: str) -> NotApplicable:
    """An amount of which nothing is known without these fields: never nothing."""
    return NotApplicable("incomplete", "field-missing", missing)


def lacking(figure: Figure, fields: Iterable[str]) -> Figure:
    """A figure marked with fields that it misses, besides those that it is marked with."""
    more = [field for field in dict.fromkeys(fields) if field not in figure.missing]
    of, missing = figure.of + len(more), (*figure.missing, *more)
    return replace(figure, of=of, missing=missing) if more else figure


def figures_in(values: Iterable[object]) -> list[Figure]:
    """The figures among values of which some are not known."""
    return [value for value in values if isinstance(value, Figure)]


def is_whole(figure: Reported | None) -> TypeGuard[Figure]:
    """Whether there is a figure of which nothing is missing."""
    return isinstance(figure, Figure) and not figure.is_partial


def joined(*missing: Iterable[str]) -> tuple[str, ...]:
    """Names of missing fields, each once, in the order met."""
    return tuple(dict.fromkeys(chain.from_iterable(missing)))


def gathered(parts: Iterable[Mapping[Key, Item]]) -> dict[Key, list[Item]]:
    """What stands under the same name together, in the order met."""
    together: dict[Key, list[Item]] = {}
    for part in parts:
        for name, item in part.items():
            together.setdefault(name, []).append(item)
    return together


def given(value: float, unit: Unit, origin: Origin) -> Figure:
    """A figure written by a person or taken from a cited factor."""
    return Figure(value, unit, None, (origin,))


def defined(value: float, unit: Unit, text: str) -> Figure:
    """A figure that is so by definition: nothing, a whole, a number of years."""
    return given(float(value), unit, Origin("definition", (), text))


# From ten thousand on digits are grouped; beyond a quadrillion an exponent reads better.
LEAST_GROUPED, MOST_GROUPED = 1e4, 1e15


def legible(value: float, digits: int = 6) -> str:
    """A number to so many digits, in groups of three instead of with an exponent."""
    short = float(f"{value:.{digits}g}")
    is_grouped = LEAST_GROUPED <= abs(short) < MOST_GROUPED
    return f"{short:,.0f}".replace(",", " ") if is_grouped else f"{short:.{digits}g}"


# ---- bounds --------------------------------------------------------------------------------------

AT_LEAST, AT_MOST, ESTIMATE = "at-least", "at-most", "estimate"
OPPOSITE = {AT_LEAST: AT_MOST, AT_MOST: AT_LEAST, ESTIMATE: ESTIMATE}
# How far an input is moved to see in which direction a figure follows it; every formula is smooth
# on this scale.
NUDGE = 1e-6


def bound_of(figure: Figure) -> str | None:
    """What the bounds among a figure's inputs make of it: a bound itself, an estimate, or nothing.

    A payback falls when its saving grows: of a saving of at least so much, the payback is at most
    that.
    """
    if figure.bound is not None:
        return figure.bound
    path = list(steps(figure))
    bounds: set[str] = set()
    for leaf in path:
        moved = nudged(path, {id(leaf)}) if leaf.bound is not None else {}
        change = moved.get(id(figure), figure.value) - figure.value
        if leaf.bound is not None and change:
            bounds.add(leaf.bound if change > 0 else OPPOSITE[leaf.bound])
    return bounds.pop() if len(bounds) == 1 else ESTIMATE if bounds else None


def with_bound(figure: Figure) -> Figure:
    """The figure marked with its bound, where it has one."""
    bound = bound_of(figure)
    return figure if bound == figure.bound else replace(figure, bound=bound)


def _ends(figure: Figure) -> bool:
    """Whether nothing is behind a figure, or it is a bound, behind which nobody looks."""
    return figure.formula is None or figure.bound is not None


def steps(
    figure: Figure, known: set[int] | None = None, ends: Callable[[Figure], bool] = _ends
) -> Iterator[Figure]:
    """The figures a figure rests on and itself, each once and after its operands.

    What ``ends`` is not looked behind. Those that are ``known`` by their identity are left out, and
    all that are met become so.
    """
    done = set[int]() if known is None else known
    pending: list[tuple[Figure, bool]] = [(figure, False)]
    while pending:
        current, has_operands = pending.pop()
        if id(current) in done:
            continue
        if has_operands or ends(current):
            done.add(id(current))
            yield current
            continue
        pending.append((current, True))
        pending.extend((operand, False) for operand in current.operands)


def nudged(steps: Iterable[Figure], leaves: Collection[int]) -> Mapping[int, float]:
    """The values, by identity, of some inputs moved up a little and of the steps after them."""
    values: dict[int, float] = {}
    for step in steps:
        if id(step) in leaves:
            values[id(step)] = step.value + (abs(step.value) or 1.0) * NUDGE
        elif (
            step.formula is not None
            and step.bound is None
            and any(id(operand) in values for operand in step.operands)
        ):
            operands = [values.get(id(operand), operand.value) for operand in step.operands]
            values[id(step)] = step.formula(*operands)
    return values


# ---- all figures of a record ---------------------------------------------------------------------


def with_figures(record: Record, change: Callable[[Reported], Reported]) -> Record:
    """The same records with every figure, and every reason why there is none, changed."""

    def changed(node: Any) -> Any:
        if isinstance(node, (Figure, NotApplicable)):
            return change(node)
        if isinstance(node, Mapping):
            return {key: changed(value) for key, value in node.items()}
        if isinstance(node, tuple):
            parts = [changed(item) for item in node]
            return type(node)(*parts) if hasattr(node, "_fields") else tuple(parts)
        return node

    same: Record = changed(record)
    return same


def with_bounds(record: Record) -> Record:
    """The same records with every figure marked that is only at least or at most what it says."""
    return with_figures(
        record, lambda figure: with_bound(figure) if isinstance(figure, Figure) else figure
    )
