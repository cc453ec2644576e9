"""Checks: what a file says against itself, or expects, after it has been linked and calculated."""

from collections.abc import Callable, Collection, Iterator, Mapping
from itertools import chain

from cpcalc.checks import benchmarks, flows, measures, money
from cpcalc.checks.benchmarks import Plausible
from cpcalc.checks.reviewed import Reviewed
from cpcalc.diagnostics import Diagnostic, Path, catalogue
from cpcalc.figures import ROUNDING, Figure, NotApplicable, Reported, steps
from cpcalc.quantities import MONTHS_IN_A_YEAR, Quantity, last_digit_step, number_and_unit, value_in
from cpcalc.results import AssessmentResult, ExpectationResult, figures_by_path
from cpcalc.schema.assessment import Assessment, Expectation
from cpcalc.schema.leaves import Reading
from cpcalc.sums import judged, said
from cpcalc.units import base_unit, read_unit

# basic: contradictions inside the file; full: also comparisons with benchmarks and plausible bands.
BASIC, FULL = "basic", "full"


# The checks of each tier; those of the full one take what they compare with too.
CHECKS: Mapping[str, tuple[Callable[..., Iterator[Diagnostic]], ...]] = {
    BASIC: (
        flows.reduction_above_baseline, flows.parts_above_whole, flows.production_above_capacity,
        flows.carrier_counted_twice, flows.dilution, flows.unused_stream,
        money.cost_mismatch, money.implied_price, money.million_missing, money.fuel_without_price,
        money.carbon_price_unused, money.cost_class_mismatch, money.saving_dwarfs_investment,
        money.identical_savings,
        measures.measure_without_effect, measures.co2_without_energy, measures.filter_as_prevention,
        measures.reported_as_achieved, measures.verified_without_verification,
        measures.payback_above_lifetime, measures.group_below_members,
        measures.parts_do_not_sum, flows.hours_and_days,
        flows.carrier_above_fuel, flows.start_above_stream, flows.ends_exchanged,
        flows.period_not_a_year, measures.negative_change, benchmarks.benchmark_not_compared,
    ),
    FULL: (
        benchmarks.price_outside_band, benchmarks.value_outside_band,
        benchmarks.consumption_outside_band, benchmarks.implied_factor,
    ),
}  # fmt: skip


def name_of(check: Callable[..., object]) -> str:
    """The diagnostic that a check can give: its function is called after that."""
    return check.__name__.replace("_", "-")


def review(reviewed: Reviewed, plausible: Plausible | None) -> Iterator[Diagnostic]:
    """All checks in their order; those of the full tier only with what they compare with."""
    for check in CHECKS[BASIC]:
        yield from check(reviewed)
    for check in CHECKS[FULL] if plausible is not None else ():
        yield from check(reviewed, plausible)


def was_looked_for(name: str, tier: str | None) -> bool:
    """Whether a problem of this name would have been found; ``tier`` None: no check has run."""
    if name not in catalogue() or tier == FULL:
        return True
    left_out = CHECKS[FULL] if tier == BASIC else chain(*CHECKS.values())
    return name not in map(name_of, left_out)


# Half of the last printed digit: what a rounded figure leaves open.
HALF = 0.5


def check_expectations(
    assessment: Assessment, result: AssessmentResult, reading: Reading
) -> tuple[tuple[ExpectationResult, ...], list[Diagnostic]]:
    """Each expectation's outcome, and a diagnostic for each that is not as the file says."""
    figures = figures_by_path(result) if assessment.expect else {}
    outcomes: list[ExpectationResult] = []
    problems: list[Diagnostic] = []
    balancing = frozenset(_balancing(assessment))
    for position, expectation in enumerate(assessment.expect or ()):
        path: Path = ("expect", position)
        found = figures.get(expectation.figure.removesuffix(".converted"))
        expected, agrees, misfit = _compare(expectation, found, reading)
        values = {"figure": expectation.figure, "expected": expected, "found": said(found)}
        because, outcome, problem = expectation.not_reproduced, "unknown", misfit
        if misfit is None and found is None and because is None:
            problem = Diagnostic("unknown-figure", ("figure",), values)
        elif misfit is None:
            outcome, problem = judged(because, ("met", "missed"), values, agrees=agrees)
        if problem is not None:
            problems.append(problem._replace(path=(*path, *problem.path)))
        held = ExpectationResult(expectation.figure, outcome, expected, found, because, path)
        is_sure = isinstance(found, Figure) and _is_by_construction(found, balancing)
        outcomes.append(held._replace(by_construction=is_sure, source=expectation.source))
    return tuple(outcomes), problems


def _balancing(assessment: Assessment) -> Iterator[Path]:
    """Where amounts stand that were chosen so that a published sum comes out."""
    for item in (*(assessment.measures or ()), *(assessment.groups or ())):
        yield from (money.saves.path for money in item.benefits or () if money.balancing)


def _is_by_construction(found: Figure, balancing: Collection[Path]) -> bool:
    """Whether a figure agrees whatever the calculation does.

    It is one typed amount, at most in another unit, or rests on one chosen to make it agree.
    """
    inputs = [step.operands[0] for step in steps(found) if step.formula is None and step.operands]
    typed = {origin.reference for origin in inputs if origin.kind != "definition"}
    return len(typed) == 1 or not typed.isdisjoint(balancing)


def _compare(
    expectation: Expectation, found: Reported | None, reading: Reading
) -> tuple[str, bool, Diagnostic | None]:
    """What is expected in words, whether it is so, and the clash of units where there is one."""
    if expectation.is_ is not None:
        agrees = isinstance(found, NotApplicable) and found.code == expectation.is_
        return expectation.is_, agrees, None
    agrees = isinstance(found, Figure)
    words = []
    for word, given in (
        ("", expectation.value or expectation.printed),
        ("at least ", expectation.at_least),
        ("at most ", expectation.at_most),
    ):
        if given is None:
            continue
        words.append(f"{word}{given.text}")
        if not isinstance(found, Figure):
            continue
        value = value_in(given, found.unit)
        if value is None:
            clash = {"expected": str(found.unit), "found": str(given.unit), "text": given.text}
            return " ".join(words), False, Diagnostic("wrong-kind-of-unit", given.path[2:], clash)
        room, gap = abs(value) * ROUNDING, found.value - value
        if not word:
            room += _tolerance(expectation, given, value, reading)
        is_too_low = gap < -room and word != "at most "
        is_too_high = gap > room and word != "at least "
        agrees = agrees and not is_too_low and not is_too_high
    return ", ".join(words), agrees, None


def _tolerance(expectation: Expectation, given: Quantity, value: float, reading: Reading) -> float:
    if expectation.printed is None:
        return abs(value) * (expectation.within.value if expectation.within is not None else 0.0)
    step = last_digit_step(given.text, reading.style) * HALF
    _, unit = number_and_unit(given.text, reading.style)
    factor = read_unit(unit, reading.vocabulary).factor if unit else 1.0
    return step * factor / (MONTHS_IN_A_YEAR if given.unit is base_unit("month") else 1.0)
