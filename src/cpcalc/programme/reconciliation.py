"""Published totals held against the recomputed ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from cpcalc.diagnostics import Diagnostic
from cpcalc.figures import Figure, NotApplicable, Origin, Reported
from cpcalc.quantities import Quantity
from cpcalc.schema.programme import Published
from cpcalc.units import ONE, SUBSTANCES

# Bounds and exact values meet despite the last bits of a float.
ROUNDING = 1e-9
MONTHS_IN_A_YEAR = 12.0

AGREES, DIFFERS, UNKNOWN = "agrees", "differs", "unknown"
NOT_REPRODUCED, NOW_REPRODUCED, NOT_RECOMPUTED = (
    "not-reproduced",
    "now-reproduced",
    "not-recomputed",
)


class Reconciled(NamedTuple):
    """One published total beside the recomputed one."""

    figure: str
    published: Figure
    recomputed: Reported | None
    difference: Figure | None
    share: float | None  # difference over published
    within: float | None  # tolerance as a share
    outcome: str
    by_construction: bool  # the files were made so that it agrees
    published_text: str
    entry: Published


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
        line, problem = _line(entry, recomputed.get(entry.figure), reconstructed=reconstructed)
        lines.append(line)
        if problem is not None:
            path = ("published", position, *problem.path)
            problems.append(problem._replace(path=path))
    return tuple(lines), problems


def _line(
    entry: Published, found: Reported | None, *, reconstructed: bool
) -> tuple[Reconciled, Diagnostic | None]:
    expected = _published(entry, found)
    text = entry.value.text if entry.value is not None else str(entry.count)
    within = entry.within.value if entry.within is not None else 0.0
    values = {"figure": entry.figure, "expected": text, "found": _shown(found)}
    line = Reconciled(
        entry.figure, expected, found, None, None, within, UNKNOWN, False, text, entry
    )
    if found is None:
        return line, Diagnostic("unknown-figure", ("figure",), values)
    if isinstance(found, NotApplicable):
        if found.because == "courses-not-published":
            return line._replace(outcome=NOT_RECOMPUTED), None
        return _judged(line, values, agrees=False, reconstructed=False)
    if found.unit is not expected.unit:
        if entry.count is not None or found.unit is ONE:
            return line, Diagnostic("published-in-another-kind", ("figure",), values)
        kinds = {"expected": str(found.unit), "found": str(expected.unit), "text": text}
        return line, Diagnostic("wrong-kind-of-unit", ("value",), kinds)
    gap = found.value - expected.value
    line = line._replace(
        difference=Figure(
            gap, found.unit, None, (Origin("definition", (), "recomputed - published"),)
        ),
        share=gap / expected.value if expected.value else None,
    )
    agrees = abs(gap) <= abs(expected.value) * (within + ROUNDING)
    return _judged(line, values, agrees=agrees, reconstructed=reconstructed)


def _judged(
    line: Reconciled, values: dict[str, str], *, agrees: bool, reconstructed: bool
) -> tuple[Reconciled, Diagnostic | None]:
    if line.entry.not_reproduced is not None:
        if agrees:
            problem = Diagnostic("now-reproduced", ("not-reproduced",), values)
            return line._replace(outcome=NOW_REPRODUCED), problem
        return line._replace(outcome=NOT_REPRODUCED), None
    if agrees:
        # What is counted is not made to agree: only figures that the files hold are.
        by_construction = reconstructed and line.entry.count is None
        return line._replace(outcome=AGREES, by_construction=by_construction), None
    return line._replace(outcome=DIFFERS), Diagnostic("expectation-missed", ("figure",), values)


def _published(entry: Published, found: Reported | None) -> Figure:
    if entry.count is not None:
        return Figure(
            float(entry.count), ONE, None, (Origin("input", ("published",), str(entry.count)),)
        )
    given = entry.value
    assert given is not None
    unit, value = given.unit, given.value
    if isinstance(found, Figure):
        if given.unit is found.unit.without(*SUBSTANCES) or given.is_bare_zero:
            unit = found.unit  # a plain tonne stands for a tonne of the figure's substance
        elif _is_months_for_years(given, found):
            unit, value = found.unit, given.value / MONTHS_IN_A_YEAR
    return Figure(value, unit, None, (Origin("input", given.path, given.text),))


def _is_months_for_years(given: Quantity, found: Figure) -> bool:
    return str(given.unit) == "month" and str(found.unit) == "year"


def _shown(found: Reported | None) -> str:
    if found is None:
        return "-"
    if isinstance(found, NotApplicable):
        return found.code
    return f"{found.value:.6g}" + (f" {found.unit}" if found.unit is not ONE else "")
