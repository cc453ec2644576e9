"""Expectations: published figures held against the result."""

from __future__ import annotations

from collections.abc import Mapping

from cpcalc import quantities
from cpcalc.checks.reviewed import ROUNDING, legible
from cpcalc.diagnostics import Diagnostic, Path
from cpcalc.figures import Figure, NotApplicable, Reported
from cpcalc.results import AssessmentResult, ExpectationResult, figures_by_path
from cpcalc.schema.assessment import Assessment, Expectation
from cpcalc.schema.leaves import Reading
from cpcalc.units import Unit, read_unit


def check_expectations(
    assessment: Assessment, result: AssessmentResult, reading: Reading
) -> tuple[tuple[ExpectationResult, ...], list[Diagnostic]]:
    """Each expectation's outcome, and a diagnostic for each that is not as the file says."""
    figures = figures_by_path(result) if assessment.expect else {}
    outcomes: list[ExpectationResult] = []
    problems: list[Diagnostic] = []
    for position, expectation in enumerate(assessment.expect or ()):
        path: Path = ("expect", position)
        found = figures.get(expectation.figure.removesuffix(".converted"))
        expected, agrees, misfit = _compare(expectation, found, reading)
        reason, problem, at = expectation.not_reproduced, "", "figure"
        if misfit is not None:
            outcome = "unknown"
            problems.append(Diagnostic("wrong-kind-of-unit", path, misfit))
        elif reason is not None:
            outcome = "now-reproduced" if agrees else "not-reproduced"
            problem, at = "now-reproduced" if agrees else "", "not-reproduced"
        elif found is None:
            outcome, problem = "unknown", "unknown-figure"
        else:
            outcome, problem = ("met", "") if agrees else ("missed", "expectation-missed")
        if problem:
            values = {"figure": expectation.figure, "expected": expected, "found": _shown(found)}
            problems.append(Diagnostic(problem, (*path, at), values))
        figure = expectation.figure
        outcomes.append(ExpectationResult(figure, outcome, expected, found, reason, path))
    return tuple(outcomes), problems


def _shown(found: Reported | None) -> str:
    if found is None:
        return "-"
    if isinstance(found, NotApplicable):
        return found.code + (f" ({', '.join(found.missing)})" if found.missing else "")
    return f"{legible(found.value)} {found.unit}"


def _compare(
    expectation: Expectation, found: Reported | None, reading: Reading
) -> tuple[str, bool, Mapping[str, str] | None]:
    """What is expected in words, whether it is so, and the clash of units where there is one."""
    if expectation.is_ is not None:
        is_so = isinstance(found, NotApplicable) and found.code == expectation.is_
        return expectation.is_, is_so, None
    figure = expectation.value or expectation.printed
    bounds = ("", figure), ("at least ", expectation.at_least), ("at most ", expectation.at_most)
    stated = [(word, given) for word, given in bounds if given is not None]
    words = ", ".join(f"{word}{given.text}" for word, given in stated)
    if not isinstance(found, Figure):
        return words, False, None
    agrees = True
    for word, given in stated:
        value = quantities.value_in(given, found.unit)
        if value is None:
            units = {"expected": str(found.unit), "found": str(given.unit)}
            return words, False, {**units, "text": given.text}
        slack = abs(value) * ROUNDING
        slack += _tolerance(expectation, given, value, reading) if word == "" else 0.0
        is_low, is_high = found.value < value - slack, found.value > value + slack
        agrees &= not (is_low and word != "at most ") and not (is_high and word != "at least ")
    return words, agrees, None


def _tolerance(
    expectation: Expectation, given: quantities.Quantity, value: float, reading: Reading
) -> float:
    if expectation.printed is None:
        return abs(value) * (expectation.within.value if expectation.within is not None else 0.0)
    # what a rounded figure leaves open: half of its last printed digit
    step = quantities.last_digit_step(given.text, reading.style) * 0.5
    _, unit = quantities.number_and_unit(given.text, reading.style)
    factor = read_unit(unit, reading.vocabulary).factor if unit else 1.0
    month = Unit.of((("month", 1),))
    return step * factor / (quantities.MONTHS_IN_A_YEAR if given.unit is month else 1.0)
