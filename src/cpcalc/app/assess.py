"""The use case behind `assess` and `check`: one file from bytes to result, with every problem
placed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import NamedTuple

import cpcalc
from cpcalc import results
from cpcalc.app.files import NotReadableError, folder_of, read_bytes, unreadable
from cpcalc.app.load import further_problems, in_currency, library_of, load_document
from cpcalc.app.locate import ids_of, placed, waive
from cpcalc.app.lock import frozen_problems
from cpcalc.app.scenarios import misplaced
from cpcalc.app.sets import plausible_for
from cpcalc.checks import BASIC, FULL, Reviewed, review
from cpcalc.checks.expectations import check_expectations
from cpcalc.diagnostics import Diagnostic, Path, has_errors
from cpcalc.economics.life_cycle import whole_enterprise
from cpcalc.economics.projects import Projects, with_economics
from cpcalc.economics.sensitivity import sensitivity, tornado
from cpcalc.engine.assessment import Calculation, calculate, with_order_free
from cpcalc.engine.lines import BundleEntry, total_line
from cpcalc.engine.sums import sum_by_name
from cpcalc.figures import Figure, Reported
from cpcalc.identities import broken
from cpcalc.library import Library
from cpcalc.report.enterprises import Combined
from cpcalc.resolve import resolve, with_properties
from cpcalc.resolve.model import Resolved
from cpcalc.schema.assessment import Assessment
from cpcalc.schema.basis import Basis
from cpcalc.source.reader import Document, read


class Outcome(NamedTuple):
    """What became of one file: its result, unless it has errors, and its diagnostics, placed and in
    order."""

    name: str
    result: results.AssessmentResult | None
    diagnostics: tuple[Diagnostic, ...]
    document: Document | None
    ids: Mapping[Path, str] = MappingProxyType({})  # document path of a list item -> its id

    @property
    def text(self) -> str:
        """The text of the file, for excerpts; nothing where it could not be read."""
        return self.document.text if self.document is not None else ""


class Options(NamedTuple):
    """What changes a result besides the file itself."""

    statuses: frozenset[str] | None = None
    currency: str | None = None
    economics: bool = False  # discounted figures, even where the file does not ask for them
    is_varied: bool = False  # a what-if: published figures are not expected of it
    tier: str = BASIC  # how deep the checks of the file's sense go
    frozen: bool = False  # hold the file to its lock
    # The whole enterprise's project and life-cycle cost, which `economics` also gives.
    enterprise: bool = False
    # Only what adds up over enterprises, and what the file expects: nothing discounted.
    totals_only: bool = False


def assess_file(name: str, options: Options) -> Outcome:
    """Read and assess one file."""
    try:
        data = read_bytes(name)
    except NotReadableError as error:
        return Outcome(name, None, (unreadable(error),), None)
    return assess(data, name, options)


def assess(data: bytes, name: str, options: Options) -> Outcome:
    """Assess one file's bytes. With errors in the file there is no result; warnings stand beside
    one."""
    return assess_document(read(data, name), data, options)


def assess_document(document: Document, data: bytes, options: Options) -> Outcome:
    """Assess a document that was read from ``data``: stage by stage, all problems of a stage at
    once."""
    loaded = load_document(document)
    found = loaded.diagnostics
    assessment = loaded.assessment
    if assessment is None:
        if isinstance(document.tree, dict) and "cpcalc" in document.tree:
            found += further_problems(document, loaded.reading, found)
        ids = ids_of(document.tree, found)
        return Outcome(document.name, None, placed(found, document), document, ids)
    if options.currency is not None:
        assessment = in_currency(assessment, options.currency, found)
    library = library_of(assessment, folder_of(document.name), found)
    assessment = with_properties(assessment, library, found)
    if options.frozen:
        found += frozen_problems(assessment, library, document.name)
    resolved, problems = resolve(
        assessment,
        loaded.reading,
        library,
        statuses=options.statuses,
        with_economics=options.economics,
    )
    found += problems
    if assessment.scenarios is not None and not options.is_varied:
        found += misplaced(document)
    result = None
    if not has_errors(found):
        expected = _expected(assessment, options)
        sets = {item.pin: item.sha256 for item in library.sets.values()}
        provenance = results.Provenance(cpcalc.__version__, hashlib.sha256(data).hexdigest(), sets)
        wide = _as_wide_as(expected, options)
        result = _result(assessment, resolved, library, provenance, wide)
        plausible = plausible_for(assessment.enterprise.sector) if options.tier == FULL else None
        found += review(Reviewed(assessment, resolved, result), plausible)
        if expected:
            outcomes, missed = check_expectations(assessment, result, loaded.reading)
            result = result._replace(expectations=outcomes)
            found += missed
        found += broken(result.identities)
    ids = ids_of(document.tree, found)
    checked = None if result is None else options.tier
    found, waived = waive(found, assessment.waivers or (), ids, checked)
    if result is not None:
        result = result._replace(waivers=waived)
        if "at-least" in document.text or "at-most" in document.text:
            result = results.with_bounds(result)
    return Outcome(document.name, result, placed(found, document), document, ids)


# Figures that take half the time: they are worked out only where somebody asks for them.
_DISCOUNTED, _ORDER_FREE, _WHOLE = ".economics", "order_free", "whole_enterprise."


def _expected(assessment: Assessment, options: Options) -> tuple[str, ...]:
    """The figures that the file expects; of another selection, another currency or a what-if it
    expects nothing."""
    if options.statuses is not None or options.currency is not None or options.is_varied:
        return ()
    return tuple(item.figure for item in assessment.expect or ())


def _as_wide_as(expected: tuple[str, ...], options: Options) -> Options:
    """The options, widened so that every figure that a file expects is worked out."""
    dear = (_DISCOUNTED, _ORDER_FREE, _WHOLE)
    is_dear = any(part in figure for figure in expected for part in dear)
    names_whole = any(figure.startswith(_WHOLE) for figure in expected)
    return options._replace(
        totals_only=options.totals_only and not is_dear,
        enterprise=options.enterprise or names_whole,
    )


def _result(
    assessment: Assessment,
    resolved: Resolved,
    library: Library,
    provenance: results.Provenance,
    options: Options,
) -> results.AssessmentResult:
    calculation, projects = calculate(resolved), None
    if not options.totals_only:
        calculation = with_order_free(resolved, calculation)
        if resolved.terms is not None:
            projects = Projects(resolved)
            calculation = with_economics(projects, calculation)
    whole, proofs, sensitivities = _of_the_whole(calculation, projects, options)
    calculated = calculation._asdict()
    shared = {key: calculated[key] for key in results.AssessmentResult._fields if key in calculated}
    shared["identities"] = (*calculation.identities, *proofs)
    return results.AssessmentResult(
        enterprise=_enterprise(assessment),
        data_status=assessment.data_status,
        basis=_basis(assessment, resolved),
        factors=tuple(library.used.values()),
        provenance=provenance,
        sensitivity=sensitivities,
        whole_enterprise=whole,
        **shared,
    )


def _of_the_whole(
    calculation: Calculation, projects: Projects | None, options: Options
) -> tuple[
    results.WholeEnterprise | None, tuple[results.Identity, ...], results.Sensitivity | None
]:
    """What only a reader of the economics asks for: the enterprise's own project, its proofs, and
    sensitivities."""
    if projects is None or not (options.economics or options.enterprise):
        return None, (), None
    whole, proofs = whole_enterprise(calculation, projects)
    if not options.economics:
        return whole, proofs, None
    places = [entry.place for entry in calculation.entries]
    if calculation.end_of_pipe:
        everything = [*places, *(entry.place for entry in calculation.end_of_pipe)]
        whole = whole._replace(tornado=tornado(projects, everything))
    return whole, proofs, sensitivity(projects, places)


def _basis(assessment: Assessment, resolved: Resolved) -> results.StatedBasis:
    basis = assessment.basis
    if basis is None:
        return results.StatedBasis(currency=resolved.currency)
    grid = basis.grid
    rates = [
        results.Rate(currency, resolved.rates[currency], rate.year, rate.source)
        for currency, rate in (basis.exchange_rates or {}).items()
        if currency in resolved.rates
    ]
    return results.StatedBasis(
        period=_period(basis),
        currency=resolved.currency,
        rates=tuple(rates),
        factor_sets=tuple(basis.factor_sets or ()),
        grid=f"{grid.data_year} {grid.type}" if grid else None,
        gwp=basis.gwp,
        discount_rate=_discount_rate(basis),
        grid_because=grid.because if grid else None,
        grid_decline=grid.decline.text if grid and grid.decline else None,
    )


def _discount_rate(basis: Basis) -> str | None:
    rate = basis.discount_rate
    if rate is None:
        return None
    if rate.real is not None:
        return f"{rate.real.text} real"
    return f"{rate.nominal.text} nominal" if rate.nominal is not None else None


def _enterprise(assessment: Assessment) -> dict[str, object]:
    head = ("id", "name", "sector", "province", "country")
    found = {
        **{key: getattr(assessment.enterprise, key) for key in head},
        "programme": assessment.programme,
        "source": [item.model_dump(exclude_none=True) for item in assessment.source or ()] or None,
    }
    return {key: value for key, value in found.items() if value is not None}


def _period(basis: Basis) -> str | None:
    period = basis.period
    if period is None or isinstance(period, int):
        return None if period is None else str(period)
    return f"{period.from_} - {period.to}"


# ---- several assessments -------------------------------------------------------------------------


def combine(assessed: Sequence[results.AssessmentResult]) -> Combined:
    """Add up the totals of assessments. Currencies are never mixed: each has its own line."""
    entries = [_entry(result) for result in assessed]
    by_currency: dict[str, list[BundleEntry]] = {}
    for result, entry in zip(assessed, entries, strict=True):
        by_currency.setdefault(result.basis.currency or "", []).append(entry)
    combined = Combined(
        len(assessed),
        {currency: (len(group), total_line(group)) for currency, group in by_currency.items()},
        sum_by_name(entry.line.reductions for entry in entries),
    )
    return results.with_bounds(combined)


def _entry(result: results.AssessmentResult) -> BundleEntry:
    """The totals of an assessment; what they miss is named with the enterprise whose file misses
    it: ``HD-02: measures.m1.investment``."""
    owner = str(result.enterprise["id"])

    def owned(figure: Reported) -> Reported:
        missing = tuple(f"{owner}: {path}" for path in figure.missing)
        if isinstance(figure, Figure):
            return replace(figure, missing=missing)
        return figure._replace(missing=missing)

    totals = result.totals._replace(end_of_pipe=None, economics=None)
    counted = totals.measures_counted or 0
    return BundleEntry(f"{owner}: totals", "", results.with_figures(totals, owned), counted)
