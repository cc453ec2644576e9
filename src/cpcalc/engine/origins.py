"""What the figures of a result rest on: the weakest tier of data, and how far off they may be.

Both are read off the workings that every figure carries, so that no input can be forgotten.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from math import isclose, isfinite, nan

from cpcalc import names
from cpcalc.calc.savings import combined
from cpcalc.diagnostics import Path
from cpcalc.figures import NUDGE, Figure, steps
from cpcalc.quantities import Range
from cpcalc.results import AssessmentResult, Line
from cpcalc.rows import counting, headlines
from cpcalc.schema import amounts_in
from cpcalc.schema.assessment import Assessment
from cpcalc.schema.basis import QUALITIES
from cpcalc.schema.bills import sizes_of
from cpcalc.sums import shares_of

UNSTATED = "unstated"
# From the best: "" is what needs no tier (a definition, a rate or factor with its source).
TIERS = ("", *QUALITIES, UNSTATED)
# A factor that was not held against its source is no better than a default.
UNVERIFIED = "default"


def with_origins(result: AssessmentResult, assessment: Assessment) -> AssessmentResult:
    """The result with the tier and the uncertainty of the headline figures of each line."""
    origins = _Origins(assessment, result)
    if not origins.has_tiers and not origins.half_widths:
        return result  # the file says of no input how well it is known
    judged = result._replace(
        measures=tuple(item._replace(line=origins.judged(item.line)) for item in result.measures),
        groups=tuple(item._replace(line=origins.judged(item.line)) for item in result.groups),
        totals=origins.judged(result.totals),
        totals_by_status={
            status: origins.judged(line) for status, line in result.totals_by_status.items()
        },
    )
    lines = [(item.line.quality, headlines(item.line)) for item in counting(judged)]
    # What costs or emits more is left out of the shares.
    shares = {
        name: shares_of((tiers[name], known[name].value) for tiers, known in lines if name in tiers)
        for name in names.JUDGED
    }
    return judged._replace(qualities={name: parts for name, parts in shares.items() if parts})


class _Origins:
    """What a file says of its inputs, and what follows for the figures made from them."""

    def __init__(self, assessment: Assessment, result: AssessmentResult) -> None:
        tiers = dict(_tiers(assessment))
        self.has_tiers = any(tier != UNSTATED for tier in tiers.values())
        self.half_widths = {path: (by, off) for path, by, off in _half_widths(assessment)}
        self.ranks: dict[object, int] = {path: TIERS.index(tier) for path, tier in tiers.items()}
        unverified = (item.reference for item in result.factors if item.quality == "unverified")
        self.ranks |= dict.fromkeys(unverified, TIERS.index(UNVERIFIED))
        # By the identity of a figure, all of which the result holds.
        self._traced: set[int] = set()
        self._rank_of: dict[int, int] = {}
        # How far each source of uncertainty moves it.
        self._slopes_of: dict[int, dict[Path, float]] = {}

    def judged(self, line: Line) -> Line:
        """The line with what its headline figures rest on."""
        tiers: dict[str, str] = {}
        uncertain: dict[str, Figure] = {}
        for name, figure in headlines(line).items():
            self._trace(figure)
            if self.has_tiers and (rank := self._rank_of[id(figure)]):
                tiers[name] = TIERS[rank]
            off = combined(*self._slopes_of.get(id(figure), {(): 0.0}).values())
            if isclose(off, abs(figure.value), rel_tol=NUDGE):
                off = abs(figure.value)  # all of it, without the residue of a slope
            if off and isfinite(off):
                uncertain[name] = Figure(off, figure.unit)
        last = line.end_of_pipe and self.judged(line.end_of_pipe)
        return line._replace(quality=tiers, uncertainty=uncertain, end_of_pipe=last)

    def _trace(self, figure: Figure) -> None:
        """Follow the workings of a figure as far as they are not known yet."""
        for step in steps(figure, self._traced):
            if step.formula is None:
                reference = step.operands[0].reference if step.operands else ()
                self._rank_of[id(step)] = self.ranks.get(reference, 0)
                if reference in self.half_widths:
                    source, off = self.half_widths[reference]
                    self._slopes_of[id(step)] = {source: off}
                continue
            ranks = (self._rank_of[id(operand)] for operand in step.operands)
            self._rank_of[id(step)] = max(ranks, default=0)
            slopes = dict[Path, float]()
            values = [operand.value for operand in step.operands]
            for place, operand in enumerate(step.operands):
                if id(operand) in self._slopes_of:
                    grows = _slope(step.formula, values, place)
                    for path, earlier in self._slopes_of[id(operand)].items():
                        moved, others = grows * earlier, slopes.get(path, 0.0)
                        is_residue = abs(moved + others) < NUDGE * abs(moved)  # not so of a nan
                        slopes[path] = 0.0 if is_residue else moved + others
            if slopes:
                self._slopes_of[id(step)] = slopes


def _slope(function: Callable[..., float], values: Sequence[float], place: int) -> float:
    """By how much a function grows with one of its values, found by moving that a little.

    Not a number where the function has no value beside it.
    """
    moved = (abs(values[place]) or 1.0) * NUDGE
    with suppress(ArithmeticError, ValueError):
        up, down = (
            function(*values[:place], values[place] + way, *values[place + 1 :])
            for way in (moved, -moved)
        )
        return (up - down) / (2 * moved)
    return nan


def _tiers(assessment: Assessment) -> Iterator[tuple[Path, str]]:
    """The tier of each input that can have one: what the nearest part around it says."""
    operation = assessment.basis and assessment.basis.operation
    parts = (assessment.streams, assessment.measures, assessment.groups, assessment.products)
    for given, quality in amounts_in((*parts, operation)):
        yield given.path, quality or UNSTATED


def _half_widths(assessment: Assessment) -> Iterator[tuple[Path, Path, float]]:
    """How far off each uncertain input may be, in its own unit, and what that comes from: its own
    range, or what is said of a stream, which moves all that states its size together."""
    for given, _ in amounts_in(assessment):
        if isinstance(given, Range):
            middle = (given.low + given.high) / 2  # of a rate turned round, not what counts
            off = (given.high - middle) * (given.value / middle if middle else 1)
            yield given.path, given.path, off
    for name, stream in (assessment.streams or {}).items():
        if stream.uncertainty is not None:
            for size in sizes_of(stream):
                yield size.path, ("streams", name), stream.uncertainty.value * size.value
