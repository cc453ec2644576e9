"""Workings in the cells of a workbook: every step of a figure as a formula of cells.

A formula is run on references to cells, as it is run on numbers and on units, and so writes itself
down: a workbook calculates what the engine calculates, and nothing is stated twice.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from xlsxwriter.utility import xl_range_abs

from cpcalc import results
from cpcalc.figures import BY_UNITS, Figure, Origin, Reported, steps
from cpcalc.results import AssessmentResult, Figures, Line

ATOM, POWER, PRODUCT, SUM = range(4)
LONGEST_FORMULA = 8000  # what a cell takes is 8192
SIDES = ("baseline", "after", "saving")  # of a stream
PARTS_COLUMN = 6  # the first column of operands that a function wants side by side
Operator = Callable[[Any, object], "Term"]


def _operator(sign: str, binds: int, first: int, second: int) -> Operator:
    def joined(one: object, other: object) -> "Term":
        return Term(term_of(one).within(first) + sign + term_of(other).within(second), binds)

    return joined


def _reflected(operator: Operator) -> Operator:
    return lambda one, other: operator(other, one)


@dataclass(frozen=True)
class Term:
    """A part of a cell's formula, and how loosely it holds together."""

    text: str
    binds: int = ATOM

    def within(self, loosest: int) -> str:
        """The text, in parentheses where it is looser than its place allows."""
        return self.text if self.binds <= loosest else f"({self.text})"

    __add__ = _operator("+", SUM, SUM, SUM)
    __sub__ = _operator("-", SUM, SUM, PRODUCT)
    __mul__ = _operator("*", PRODUCT, PRODUCT, POWER)
    __truediv__ = _operator("/", PRODUCT, PRODUCT, POWER)
    __pow__ = _operator("^", POWER, ATOM, ATOM)
    __radd__, __rsub__ = _reflected(__add__), _reflected(__sub__)
    __rmul__, __rtruediv__ = _reflected(__mul__), _reflected(__truediv__)

    def __neg__(self) -> "Term":  # in a cell -a^b is (-a)^b
        return Term(f"-{self.within(ATOM)}", SUM)


def term_of(value: Any) -> Term:
    """A term, or a number as one."""
    is_term = isinstance(value, Term)
    return value if is_term else Term(f"{value:.17g}".upper(), ATOM if value >= 0 else SUM)


Leaf = tuple[Origin, float, str]


def leaf_of(figure: Figure) -> Leaf | None:
    """What an input or a cited factor is known by, however many figures are made of it; None of
    what is neither."""
    if figure.formula is not None or not figure.operands:
        return None
    origin: Origin = figure.operands[0]
    return (origin, figure.value, str(figure.unit)) if origin.reference else None


def leaves(figures: Iterable[Figure]) -> dict[Leaf, Figure]:
    """The inputs and cited factors that live figures rest on, each once, in the file's order."""
    done = set[int]()
    met = [step for figure in figures for step in steps(figure, done, _ends)]
    found = {leaf: step for step in met if (leaf := leaf_of(step)) is not None}
    return dict(sorted(found.items(), key=lambda one: [str(at).zfill(4) for at in one[0][0][1]]))


def _ends(figure: Figure) -> bool:
    """Whether no formula of cells gives a figure."""
    card = getattr(figure.formula, "card", None)
    return card is None or (card.gives != BY_UNITS and not card.in_cells)


class Row(NamedTuple):
    """A step of the figure with this name: its formula (none where the number does not follow) and
    the operands that stand beside it."""

    name: str
    figure: Reported
    formula: str
    parts: Sequence[str] = ()


class Workings:
    """The rows of the sheet of workings; the same step stands there once."""

    def __init__(self, sheet: str, first_row: int, cells: Mapping[Leaf, Term]) -> None:
        self.rows: list[Row] = []
        self._sheet, self._first, self._cells = sheet, first_row, cells
        self._terms: dict[int, Term] = {}  # by the identity of a figure, which the result holds
        self._same: dict[object, Term] = {}
        self._done = set[int]()

    def term(self, name: str, figure: Figure) -> Term:
        """Where a figure stands; its steps are put into rows as far as they are not there."""
        for step in steps(figure, self._done, _ends):
            self._terms[id(step)] = self._placed(name, step)
        return self._terms[id(figure)]

    def add(self, row: Row) -> Term:
        """Put a row at the end, unless one with its formula is there."""
        figure = row.figure
        known = (figure.value, figure.unit) if isinstance(figure, Figure) else figure
        same = (row.formula, known[-1]) if row.formula else known
        if same not in self._same:
            self._same[same] = Term(f"{self._sheet}!$C${self._first + len(self.rows)}")
            self.rows.append(row)
        return self._same[same]

    def parts(self, count: int) -> str:
        """The range of operands beside the next row."""
        row = self._first + len(self.rows) - 1
        return str(xl_range_abs(row, PARTS_COLUMN, row, PARTS_COLUMN + count - 1))

    def _placed(self, name: str, figure: Figure) -> Term:
        leaf = leaf_of(figure)
        if leaf is not None:
            return self._cells[leaf]
        if figure.formula is None and (figure.unit.currency is None or not figure.value):
            return term_of(figure.value)  # so by definition
        formula, parts = ("", []) if _ends(figure) else self._formula(figure)
        formula = formula if len(formula) <= LONGEST_FORMULA else ""
        return self.add(Row(name, figure, formula, parts))

    def _formula(self, figure: Figure) -> tuple[str, list[str]]:
        terms = [self._terms[id(operand)] for operand in figure.operands]
        step: Any = figure.formula
        if not step.card.in_cells:
            return term_of(step(*terms)).text, []
        texts = [term.within(ATOM) for term in terms]
        named = {"all": ",".join(texts), "range": self.parts(len(texts)), "value": figure.value}
        parts = texts if "{range}" in step.card.in_cells else []
        return step.card.in_cells.format(*texts, **named), parts


# ---- where figures stand -------------------------------------------------------------------------


def lines_of(result: AssessmentResult) -> dict[str, tuple[str, Mapping[str, str], Line]]:
    """The lines of a result by place, with their names and titles; the total has neither."""
    found = {f"groups.{item.id}": (item.id, item.title, item.line) for item in result.groups}
    found |= {f"measures.{item.id}": (item.id, item.title, item.line) for item in result.measures}
    return {**found, "totals": ("", {}, result.totals)}


def figures_by_place(result: AssessmentResult) -> dict[str, dict[str, Reported]]:
    """The figures of streams, measures, groups and the total, the years of their cash flows too."""
    found: dict[str, dict[str, Reported]] = {}
    for item in result.streams:
        found[f"streams.{item.id}"] = {name: getattr(item, name) for name in SIDES}
    for place, (*_, line) in lines_of(result).items():
        found[place] = dict(results.figures_of(line))
        for key, amounts in flows_of(line):
            found[place] |= {f"flow.{key}.{year}": one for year, one in enumerate(amounts)}
    return found


def flows_of(line: Line) -> Iterator[tuple[str, tuple[Figure, ...]]]:
    """The lines of a cash flow and their sums, year by year."""
    if isinstance(line.economics, results.Economics):
        flow = line.economics.cash_flow
        sums = {"net": flow.net, "present": flow.discounted, "cumulative": flow.cumulative}
        lines = [*flow.lines, *sums.items(), *flow.outside, *flow.financing]
        known = [*lines, ("equity", flow.equity)]
        yield from ((key, amounts) for key, amounts in known if amounts is not None)


def columns_of(rows: Iterable[Figures], keys: Sequence[str]) -> dict[tuple[str, str], Figure]:
    """The figures that rows have, by name and unit, in the order of some names and families."""
    known = ((key, figure) for row in rows for key, figure in row.items())
    found = {(key, str(one.unit)): one for key, one in known if isinstance(one, Figure)}
    return {
        (name, unit): figure
        for key in keys for (name, unit), figure in found.items()
        if name == key or (key.endswith(".") and name.startswith(key))
    }  # fmt: skip
