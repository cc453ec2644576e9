"""Workings in the cells of a workbook: every step of a figure as a formula of cells.

A formula is run on references to cells, as it is run on numbers and on units, and so writes itself
down: a workbook calculates what the engine calculates, and nothing is stated twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from xlsxwriter.utility import xl_range_abs

from cpcalc.figures import BY_UNITS, Figure, Origin, Reported
from cpcalc.report.numbers import A_YEAR
from cpcalc.report.why import operands

ATOM, POWER, PRODUCT, SUM = range(4)
LONGEST_FORMULA = 8000  # what a cell takes is 8192
PARTS_COLUMN = 6  # the first column of operands that a function wants side by side


@dataclass(frozen=True)
class Term:
    """A part of a cell's formula, and how loosely it holds together."""

    text: str
    binds: int = ATOM

    def within(self, loosest: int) -> str:
        """The text, in parentheses where it is looser than its place allows."""
        return self.text if self.binds <= loosest else f"({self.text})"

    def __add__(self, other: object) -> Term:
        return Term(f"{self.within(SUM)}+{term_of(other).within(SUM)}", SUM)

    def __radd__(self, other: object) -> Term:
        return term_of(other) + self

    def __sub__(self, other: object) -> Term:
        return Term(f"{self.within(SUM)}-{term_of(other).within(PRODUCT)}", SUM)

    def __rsub__(self, other: object) -> Term:
        return term_of(other) - self

    def __mul__(self, other: object) -> Term:
        return Term(f"{self.within(PRODUCT)}*{term_of(other).within(POWER)}", PRODUCT)

    def __rmul__(self, other: object) -> Term:
        return term_of(other) * self

    def __truediv__(self, other: object) -> Term:
        return Term(f"{self.within(PRODUCT)}/{term_of(other).within(POWER)}", PRODUCT)

    def __rtruediv__(self, other: object) -> Term:
        return term_of(other) / self

    def __pow__(self, other: object) -> Term:
        return Term(f"{self.within(ATOM)}^{term_of(other).within(ATOM)}", POWER)

    def __neg__(self) -> Term:  # in a cell -a^b is (-a)^b
        return Term(f"-{self.within(ATOM)}", SUM)


def term_of(value: object) -> Term:
    """A term, or a number as one."""
    if isinstance(value, Term):
        return value
    assert isinstance(value, (int, float))
    return Term(f"{value:.17g}".upper(), ATOM if value >= 0 else SUM)


class Row(NamedTuple):
    """A step in its row: what it is, its formula (none where the number does not follow) and the
    operands that stand beside it."""

    name: str
    figure: Reported
    formula: str
    parts: Sequence[str] = ()


# The parts of a file, in the order in which its inputs are listed.
SECTIONS = ("products", "streams", "measures", "groups", "basis")


class Leaf(NamedTuple):
    """What an input or a cited factor is known by, however many figures are made of it."""

    kind: str
    reference: Any
    value: float
    unit: str

    @property
    def section(self) -> tuple[int, int]:
        """Where an input stands among the others: its part of the file, its number there."""
        head, *rest = self.reference
        number = rest[0] if rest and isinstance(rest[0], int) else 0
        return SECTIONS.index(head) if head in SECTIONS else len(SECTIONS), number


def leaf_of(figure: Figure) -> Leaf | None:
    """What an input or a cited factor is known by; None of what is neither."""
    origin: Origin | None = figure.operands[0] if figure.operands else None
    if figure.formula is not None or origin is None or origin.kind == "definition":
        return None
    return Leaf(origin.kind, origin.reference, figure.value, str(figure.unit))


def leaves(figures: Iterable[Figure]) -> dict[Leaf, Figure]:
    """The inputs and cited factors that live figures rest on, each once, in the order met."""
    done, found = set[int](), dict[Leaf, Figure]()
    for figure in figures:
        for _, step in _steps("", figure, done):
            leaf = leaf_of(step)
            if leaf is not None:
                found.setdefault(leaf, step)
    return found


def is_fixed(figure: Figure) -> bool:
    """Whether an input decides how long the tables are, which no formula can change."""
    return figure.unit.exponents == A_YEAR


def _steps(name: str, figure: Figure, done: set[int]) -> Iterator[tuple[str, Figure]]:
    """What a live figure rests on and itself, with their names, each after its operands."""
    pending = [(name, figure, False)]
    while pending:
        label, current, has_operands = pending.pop()
        if id(current) in done:
            continue
        if has_operands or not _is_live(current):
            done.add(id(current))
            yield label, current
            continue
        pending.append((label, current, True))
        pending += [(operand, one, False) for operand, one in reversed([*operands(current)])]


def _is_live(figure: Figure) -> bool:
    card = getattr(figure.formula, "card", None)
    return card is not None and (card.gives == BY_UNITS or bool(card.in_cells))


class Workings:
    """The rows of the sheet of workings; the same step stands there once."""

    def __init__(self, sheet: str, first_row: int, cells: Mapping[Leaf, Term]) -> None:
        self.rows: list[Row] = []
        self._sheet, self._first, self._cells = sheet, first_row, cells
        self._terms: dict[int, Term] = {}  # by the identity of a figure, which the result holds
        self._same: dict[object, Term] = {}
        self._done: set[int] = set()

    def term(self, name: str, figure: Figure, word_of: Callable[[str], str] = str) -> Term:
        """Where a figure stands; its steps are put into rows as far as they are not there."""
        for label, step in _steps(name, figure, self._done):
            shown = label if step is figure else f"{name}: {word_of(label)}"
            self._terms[id(step)] = self._placed(shown, step)
        return self._terms[id(figure)]

    def outside(self, term: Term) -> Term:
        """The same cell, as other sheets name it."""
        return Term(f"{self._sheet}!{term.text}") if term.text.startswith("$") else term

    def add(self, row: Row) -> Term:
        """Put a row at the end, unless one with its formula is there."""
        figure = row.figure
        known = (figure.value, figure.unit) if isinstance(figure, Figure) else figure
        same = (row.formula, known[-1]) if row.formula else known
        if same not in self._same:
            self._same[same] = Term(f"$C${self._first + len(self.rows) + 1}")
            self.rows.append(row)
        return self._same[same]

    def parts(self, count: int) -> str:
        """The range of operands beside the next row."""
        row = self._first + len(self.rows)
        return str(xl_range_abs(row, PARTS_COLUMN, row, PARTS_COLUMN + count - 1))

    def _placed(self, name: str, figure: Figure) -> Term:
        leaf = leaf_of(figure)
        if leaf is not None:
            return self._cells[leaf]
        if figure.formula is None and (figure.unit.currency is None or not figure.value):
            return term_of(figure.value)  # so by definition
        formula, parts = self._formula(figure) if _is_live(figure) else ("", [])
        formula = formula if len(formula) <= LONGEST_FORMULA else ""
        return self.add(Row(name, figure, formula, parts))

    def _formula(self, figure: Figure) -> tuple[str, list[str]]:
        terms = [self._terms[id(operand)] for operand in figure.operands]
        texts, pattern = [term.text for term in terms], figure.formula.card.in_cells  # type: ignore[union-attr]
        if not pattern:
            return term_of(figure.formula(*terms)).text, []  # type: ignore[misc]
        parts = texts if "{range}" in pattern else []
        named = {"all": ",".join(texts), "range": self.parts(len(texts)), "value": figure.value}
        return pattern.format(*texts, **named), parts
