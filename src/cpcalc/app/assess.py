"""The use case behind `assess` and `check`: one file from bytes to result, with every problem
placed."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple, Self

import cpcalc
from cpcalc import results
from cpcalc.app import files, load, locate, lock
from cpcalc.app.sets import plausible_for
from cpcalc.app.tables import with_tables
from cpcalc.checks import BASIC, FULL, check_expectations, review, reviewed
from cpcalc.diagnostics import Diagnostic, Path, dotted, errors_of, has_errors
from cpcalc.economics.life_cycle import whole_enterprise
from cpcalc.economics.projects import Projects, with_economics
from cpcalc.economics.sensitivity import sensitivity, tornado
from cpcalc.engine.assessment import Calculation, calculate, with_order_free
from cpcalc.engine.baseline import by_class, plant
from cpcalc.engine.origins import with_origins
from cpcalc.figures import TooLargeError, with_bounds
from cpcalc.library import Library
from cpcalc.resolve import model, resolve, with_properties
from cpcalc.resolve.context import figure_of
from cpcalc.results import AssessmentResult
from cpcalc.schema import amounts_in
from cpcalc.schema.assessment import Assessment
from cpcalc.schema.basis import Basis
from cpcalc.source.reader import Document, Text, read
from cpcalc.sums import broken


class Outcome(NamedTuple):
    """What became of one file: its result, unless it has errors, and its diagnostics, placed and in
    order."""

    name: str
    result: AssessmentResult | None
    diagnostics: tuple[Diagnostic, ...]
    document: Document
    ids: Mapping[Path, str] = MappingProxyType({})  # document path of a list item -> its id

    @property
    def text(self) -> str:
        """The text of the file, for excerpts; nothing where it could not be read."""
        return self.document.text

    @property
    def texts(self) -> dict[str, str]:
        """The texts of the file and of its tables, by file."""
        tables = self.document.tables.values()
        return {self.name: self.text, **{table.file: table.text for table in tables}}


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

    def stated(self) -> dict[str, Any]:
        """What a result says of the options that it was asked with, so that it can be verified."""
        status = sorted(self.statuses or ())
        given = {"status": status, "currency": self.currency, "economics": self.economics}
        return {key: value for key, value in given.items() if value}

    def as_stated(self, said: Mapping[str, Any]) -> Self:
        """The same with those that a result states."""
        asked = self._replace(statuses=frozenset(said.get("status") or ()) or None)
        return asked._replace(currency=said.get("currency"), economics="economics" in said)


def assess_file(name: str, options: Options) -> Outcome:
    """Read and assess one file."""
    return assess_document(files.document_of(name), options)


def assess(data: bytes, name: str, options: Options) -> Outcome:
    """Assess one file's bytes. With errors in the file there is no result; warnings stand beside
    one."""
    return assess_document(read(data, name), options)


def assess_document(document: Document, options: Options) -> Outcome:
    """Assess a document: stage by stage, all problems of a stage at once."""
    try:
        return _assessed(document, options)
    except TooLargeError as error:
        path, text = (error.origin.reference, error.origin.text) if error.origin else ((), "")
        return _refused(document, [Diagnostic("number-too-large", path, {"text": text})])


def _refused(document: Document, found: list[Diagnostic]) -> Outcome:
    ids = locate.ids_of(document.tree, found)
    return Outcome(document.name, None, locate.placed(found, document), document, ids)


def _errors_of_the_rest(
    document: Document, found: Sequence[Diagnostic], options: Options
) -> list[Diagnostic]:
    """Errors of what has nothing to do with those found before."""
    rest = load.apart(document, found)
    if rest is None:
        return []
    outcome = _assessed(rest[0], options, is_rest=True)
    result = outcome.result
    errors = []
    for error in errors_of(outcome.diagnostics):
        of: Path = error.path
        if result is not None and result.file.expect and of[:1] == ("expect",):
            of = (*result.file.expect[int(of[1])].figure.split("."),)
        # figures of the whole, and what stood around what was taken out, are others without it
        is_linked = of[:1] and of[0] not in load.APART
        is_telling = is_linked if result is None else of[:1] and of[0] in load.SECTIONS
        if is_telling and of[:2] not in rest[1]:
            errors.append(error)
    return errors


def _assessed(document: Document, options: Options, *, is_rest: bool = False) -> Outcome:
    document = document if is_rest else with_tables(document)
    loaded = load.load_document(document)
    found = loaded.diagnostics
    assessment = loaded.assessment
    if assessment is None:
        if isinstance(document.tree, dict) and "cpcalc" in document.tree and not is_rest:
            found += load.further_problems(document, loaded.reading, found)
            found += _errors_of_the_rest(document, found, options)
            found += [] if options.is_varied else locate.misplaced(document)
        return _refused(document, [] if is_rest else found)
    if options.currency is not None:
        assessment = load.in_currency(assessment, options.currency, found)
    library = load.library_of(assessment, files.folder_of(document.name), found)
    assessment = with_properties(assessment, library, found)
    if options.frozen:
        found += lock.frozen_problems(assessment, library, document)
    resolved, problems = resolve(
        assessment,
        loaded.reading,
        library,
        statuses=options.statuses,
        with_economics=options.economics,
    )
    found += problems
    if assessment.scenarios is not None and not options.is_varied:
        found += locate.misplaced(document)
    result = None
    if has_errors(found) and not is_rest:
        found += _errors_of_the_rest(document, found, options)
    elif not has_errors(found):
        expected = [item.figure for item in assessment.expect or ()]
        if options.statuses is not None or options.currency is not None or options.is_varied:
            expected = []  # the figures are of the file as it is
        sets = {item.pin: item.sha256 for item in library.sets.values()}
        hashes = {name: table.sha256 for name, table in document.tables.items()}
        said = (document.sha256, sets, hashes, options.stated())
        provenance = results.Provenance(cpcalc.__version__, *said)
        expected += [f"specific.{name}" for name in resolved.benchmarks]  # a check holds them too
        wide = _as_wide_as(expected, options)
        result = _result(assessment, resolved, library, provenance, wide)
        plausible = plausible_for(assessment.enterprise.sector) if options.tier == FULL else None
        found += review(reviewed.Reviewed(assessment, resolved, result), plausible)
        if expected:
            outcomes, missed = check_expectations(assessment, result, loaded.reading)
            result = result._replace(expectations=outcomes)
            found += missed
        found += broken(result.identities)
    ids = locate.ids_of(document.tree, found)
    checked = None if result is None else options.tier
    found, waived = locate.waive(found, assessment.waivers or (), ids, checked)
    if result is not None:
        result = result._replace(waivers=waived)
        if "at-least" in document.text or "at-most" in document.text:
            result = with_bounds(result)
    return Outcome(document.name, result, locate.placed(found, document), document, ids)


# Figures that take half the time: they are worked out only where somebody asks for them.
_WHOLE = "whole_enterprise."
_DEAR = (".economics", "order_free", "baseline.", "specific.", "by_type.", "by_cost_class.", _WHOLE)


def _as_wide_as(expected: Sequence[str], options: Options) -> Options:
    """The options, widened so that every figure that a file expects is worked out."""
    is_dear = any(part in figure for figure in expected for part in _DEAR)
    names_whole = any(figure.startswith(_WHOLE) for figure in expected)
    return options._replace(
        totals_only=options.totals_only and not is_dear,
        enterprise=options.enterprise or names_whole,
    )


def _result(
    assessment: Assessment,
    resolved: model.Resolved,
    library: Library,
    provenance: results.Provenance,
    options: Options,
) -> AssessmentResult:
    calculation, projects, of_plant = calculate(resolved), None, dict[str, Any]()
    if not options.totals_only:
        baseline, specific = plant(resolved, calculation.left)
        calculation = with_order_free(resolved, calculation)
        of_plant = {
            "baseline": baseline,
            "specific": specific,
            "by_type": by_class("type", calculation),
            "by_cost_class": by_class("cost_class", calculation),
        }
        if resolved.terms is not None:
            projects = Projects(resolved)
            calculation = with_economics(projects, calculation)
    whole, proofs, sensitivities = _of_the_whole(calculation, projects, options)
    result = AssessmentResult(
        enterprise=_enterprise(assessment),
        data_status=assessment.data_status,
        basis=_basis(assessment, resolved),
        products=_products(assessment),
        streams=calculation.streams,
        measures=calculation.measures,
        groups=calculation.groups,
        totals=calculation.totals,
        totals_by_status=calculation.totals_by_status,
        identities=(*calculation.identities, *proofs),
        factors=tuple(library.used.values()),
        qualities={},
        provenance=provenance,
        file=assessment,
        sensitivity=sensitivities,
        whole_enterprise=whole,
        remarks=dict(_remarks(assessment)),
        **of_plant,
    )
    return with_origins(result, assessment)


def _products(assessment: Assessment) -> dict[str, dict[str, object]]:
    """What the plant makes, as stated."""
    keys = ("output", "capacity", "reporting_output")
    products: dict[str, dict[str, object]] = {}
    for product in assessment.products or ():
        stated = {key: getattr(product, key) for key in keys}
        figures = {key: figure_of(given) for key, given in stated.items() if given is not None}
        products[product.id] = {"name": product.name or {"": product.id}, **figures}
    return products


# What is said of a part in words, besides its names.
REMARKS = frozenset({"notes", "source", "because", "period", "how", "note", "responsible", "due"})


def _remarks(assessment: Assessment) -> Iterator[tuple[str, str]]:
    """What the file says in words about the enterprise, its streams, measures and groups; the
    words of its report."""
    for section in ("enterprise", "streams", "measures", "groups", "report"):
        part = getattr(assessment, section)
        listed = enumerate(part or ()) if section in ("measures", "groups") else ()
        ids: dict[Path, str] = {(section, number): item.id for number, item in listed}
        for text, _ in amounts_in(part):
            is_remark = section == "report" or not REMARKS.isdisjoint(text.path[-2:])
            if isinstance(text, Text) and is_remark:
                yield dotted(text.path, ids), text


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


def _basis(assessment: Assessment, resolved: model.Resolved) -> results.StatedBasis:
    basis = assessment.basis
    if basis is None:
        return results.StatedBasis(currency=resolved.currency)
    grid, period = basis.grid, basis.period
    years = period if period is None or isinstance(period, int) else f"{period.from_} - {period.to}"
    return results.StatedBasis(
        period=str(years) if years is not None else None,
        currency=resolved.currency,
        rates=tuple(
            results.Rate(currency, resolved.rates[currency], rate.year, rate.source)
            for currency, rate in (basis.exchange_rates or {}).items()
            if currency in resolved.rates
        ),
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
    keys = ("id", "name", "sector", "province", "country", "employees", "founded")
    stated: dict[str, object] = {key: getattr(assessment.enterprise, key) for key in keys}
    stated["programme"] = assessment.programme
    sources = [item.model_dump(exclude_none=True) for item in assessment.source or ()]
    stated["source"] = sources or None
    return {key: value for key, value in stated.items() if value is not None}
