"""Published totals held against the recomputed ones."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from cpcalc.diagnostics import Diagnostic
from cpcalc.figures import ROUNDING, Figure, NotApplicable, Origin, Reported, given
from cpcalc.quantities import value_in
from cpcalc.schema.programme import Published
from cpcalc.sums import judged, said
from cpcalc.units import ONE

NOT_RECOMPUTED = "not-recomputed"


class Reconciled(NamedTuple):
    """One published total beside the recomputed one."""

    entry: Published
    published: Figure
    recomputed: Reported | None
    outcome: str = "unknown"  # agrees, differs, not-reproduced ...
    by_construction: bool = False  # the files were made so that it agrees
    difference: Figure | None = None
    share: float | None = None  # difference over published

    @property
    def figure(self) -> str:
        """The name of the figure."""
        return self.entry.figure

    @property
    def published_text(self) -> str:
        """The published total as the file has it."""
        return self.entry.value.text if self.entry.value is not None else str(self.entry.count)

    @property
    def within(self) -> float:
        """The tolerance as a share."""
        return self.entry.within.value if self.entry.within is not None else 0.0


def reconcile(
    published: Sequence[Published], recomputed: Mapping[str, Reported], *, reconstructed: bool
) -> tuple[tuple[Reconciled, ...], list[Diagnostic]]:
    """Every published total with its outcome, and a diagnostic for each that is not as the file
    says.

    ``recomputed`` holds figures by path; a count is one without unit. ``reconstructed`` says that
    the enterprises' files were made to agree.
    """
    lines: list[Reconciled] = []
    problems: list[Diagnostic] = []
    for position, entry in enumerate(published):
        found = recomputed.get(entry.figure)
        line = Reconciled(entry, _published(entry, found), found)
        line, problem = _judged(line, reconstructed=reconstructed)
        lines.append(line)
        if problem is not None:
            problems.append(problem._replace(path=("published", position, *problem.path)))
    return tuple(lines), problems


def _judged(line: Reconciled, *, reconstructed: bool) -> tuple[Reconciled, Diagnostic | None]:
    entry, found, expected = line.entry, line.recomputed, line.published
    values = {"figure": line.figure, "expected": line.published_text, "found": said(found)}
    agrees = False
    if found is None:
        return line, Diagnostic("unknown-figure", ("figure",), values)
    if isinstance(found, NotApplicable):
        if found.because == "courses-not-published":
            return line._replace(outcome=NOT_RECOMPUTED), None
    elif found.unit is not expected.unit:
        if entry.count is not None or found.unit is ONE:
            return line, Diagnostic("published-in-another-kind", ("figure",), values)
        units = {"expected": str(found.unit), "found": str(expected.unit)}
        units["text"] = line.published_text
        return line, Diagnostic("wrong-kind-of-unit", ("value",), units)
    else:
        gap = found.value - expected.value
        difference = given(gap, found.unit, Origin("definition", (), "recomputed - published"))
        share = gap / expected.value if expected.value else None
        line = line._replace(difference=difference, share=share)
        agrees = abs(gap) <= abs(expected.value) * (line.within + ROUNDING)
    outcome, problem = judged(entry.not_reproduced, ("agrees", "differs"), values, agrees=agrees)
    # What is counted is not made to agree: only figures that the files hold are.
    by_construction = outcome == "agrees" and reconstructed and entry.count is None
    return line._replace(outcome=outcome, by_construction=by_construction), problem


def _published(entry: Published, found: Reported | None) -> Figure:
    """The published total, in the unit of the recomputed one where it is of its kind."""
    if entry.count is not None:
        origin = Origin("input", ("published",), str(entry.count))
        return given(float(entry.count), ONE, origin)
    amount = entry.value
    assert amount is not None
    origin = Origin("input", amount.path, amount.text)
    if isinstance(found, Figure):
        value = value_in(amount, found.unit)
        if value is not None:
            return given(value, found.unit, origin)
    return given(amount.value, amount.unit, origin)
