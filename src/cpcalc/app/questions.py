"""The use cases that ask more of assessments: what if, why, and what do several add up to."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain
from typing import NamedTuple

from cpcalc.app import files, locate
from cpcalc.app.assess import Options, Outcome, assess_document
from cpcalc.checks import BASIC
from cpcalc.diagnostics import Diagnostic, Path, Span, errors_of
from cpcalc.engine.lines import BundleEntry, total_line
from cpcalc.figures import Figure, Reported, with_bounds, with_figures
from cpcalc.programme import Member, duplicates
from cpcalc.report import enterprises, why
from cpcalc.results import AssessmentResult, Economics, figures_by_path
from cpcalc.rows import row_of
from cpcalc.source.reader import Document
from cpcalc.sums import sum_by_name

# How many scenarios a check tries at least, and of how many measures together.
FEWEST_TRIED, MOST_MEASURES_TRIED = 10, 10_000
OF_COMMAND = "what-if"  # the name of what is set on the command line
# Under which of its names a figure stands in a trace: what the file names before what is added up.
FAMILIES = ("measures", "groups", "streams", "totals", "baseline")

# ---- what if -------------------------------------------------------------------------------------


class Comparison(NamedTuple):
    """One file as it is, and under each what-if."""

    base: Outcome
    scenarios: tuple[tuple[locate.WhatIf, Outcome], ...]
    texts: Mapping[str, str]  # the values set on the command line, for excerpts


def assignment(text: str) -> tuple[str, str] | None:
    """The path and the value of ``PATH=VALUE``; None where it is neither."""
    path, _, value = (part.strip() for part in text.partition("="))
    return (path, value) if path and value else None


def compare(
    name: str, options: Options, names: Sequence[str], sets: Sequence[tuple[str, str]]
) -> Comparison:
    """Assess a file as it is, under its named scenarios, and with values of the command line."""
    document = files.document_of(name)
    base = assess_document(document, options)
    if not document.sha256:  # nothing was read
        return Comparison(base, (), {})
    scenarios = locate.scenarios_of(document)
    what_ifs = [scenarios.get(wanted, locate.WhatIf(wanted, {}, {})) for wanted in names]
    if sets:
        what_ifs.append(locate.WhatIf(OF_COMMAND, {"": OF_COMMAND}, dict(sets)))
    outcomes = tuple((item, _under(document, options, item, base)) for item in what_ifs)
    return Comparison(base, outcomes, {_option(path): value for path, value in sets})


def scenario_errors(document: Document, options: Options, base: Outcome) -> tuple[Diagnostic, ...]:
    """What would stop the named scenarios of a file: a check of the file is one of them too."""
    options = options._replace(tier=BASIC)  # a full check has no more errors
    scenarios = list(locate.scenarios_of(document).values())
    measures = len(base.result.measures) if base.result is not None else 0
    tried = max(FEWEST_TRIED, MOST_MEASURES_TRIED // max(measures, 1))
    found = [
        diagnostic
        for scenario in scenarios[:tried]
        for diagnostic in errors_of(_under(document, options, scenario, base).diagnostics)
    ]
    if len(scenarios) > tried:  # each takes as long as the file itself
        values = {"tried": str(tried), "count": str(len(scenarios))}
        untried = Diagnostic("scenarios-not-tried", ("scenarios",), values, on_key=True)
        found += locate.placed([untried], document)
    return tuple(found)


def _under(document: Document, options: Options, what_if: locate.WhatIf, base: Outcome) -> Outcome:
    """The file under a what-if, with the problems that are its own, each where its value is set."""
    if not (what_if.values or what_if.place):  # a scenario that the file has not
        known = ", ".join(locate.scenarios_of(document)) or "-"
        values = {"scenario": what_if.name, "known": known}
        unknown = Diagnostic("unknown-scenario", ("scenarios",), values, on_key=True)
        return Outcome(document.name, None, locate.placed([unknown], document), document)
    changed, origins, problems = locate.varied(document, what_if)
    if problems:
        if not what_if.place:
            problems = [
                _at(item, _set_at(document, what_if, item.values["path"])) for item in problems
            ]
        return Outcome(document.name, None, locate.placed(problems, document), document)
    outcome = assess_document(changed, options._replace(is_varied=True))
    cells = {path: _set_at(document, what_if, dotted) for path, dotted in origins.items()}
    said = {(item.name, item.span) for item in base.diagnostics}
    own = []
    for item in outcome.diagnostics:
        set_at = [cell for path, cell in cells.items() if item.path[: len(path)] == path]
        if set_at or (item.name, item.span) not in said:
            own.append(_at(item, set_at[0]) if set_at else item)
    document = replace(document, cells={**outcome.document.cells, **cells})
    return outcome._replace(document=document, diagnostics=tuple(own))


def _at(problem: Diagnostic, place: tuple[str, Span]) -> Diagnostic:
    return problem._replace(file=place[0], span=place[1])


def _set_at(document: Document, what_if: locate.WhatIf, dotted: str) -> tuple[str, Span]:
    """Where the value of a what-if stands; one of the command line is its own place."""
    if what_if.place:
        return document.name, document.place((*what_if.place, dotted)) or files.START
    return _option(dotted), Span(1, 1, 1, len(what_if.values[dotted]) + 1)


def _option(dotted: str) -> str:
    return f"--set {dotted}"


# ---- why -----------------------------------------------------------------------------------------

# How many names are offered instead of one that is not there, and how like it they must be.
MOST_NEAREST, LEAST_LIKENESS = 5, 0.4


class Explanation(NamedTuple):
    """A figure and its sources; without a figure the names nearest to the one asked for."""

    figure: Reported | None
    sources: why.Sources
    nearest: tuple[str, ...]


def explain(outcome: Outcome, name: str) -> Explanation:
    """The figure ``name`` of a file that was assessed, a JSON path with ids such as
    ``measures.m3.simple_payback``."""
    sources = sources_of(outcome)
    by_path = figures_by_path(outcome.result) if outcome.result is not None else {}
    # what the JSON has under a second name
    figure = by_path.get(name.removesuffix(".converted"))
    figure = figure or by_path.get(name.removesuffix("_of_complete"))
    figure = figure or by_path.get(name.replace(".npv", ".economics.npv"))
    known = [path for path in by_path if ".stand_alone." not in path]
    if figure is None and name:
        known = difflib.get_close_matches(name, known, n=MOST_NEAREST, cutoff=LEAST_LIKENESS)
    return Explanation(figure, sources, tuple(known))


def _family(name: str) -> int:
    first = name.partition(".")[0]
    return FAMILIES.index(first) if first in FAMILIES else len(FAMILIES)


def _yearly(result: AssessmentResult) -> Iterator[tuple[int, str]]:
    """The amounts of cash flows, each with its line and its year t; a measure's last."""
    groups = [(f"groups.{item.id}", item.line) for item in result.groups]
    measures = [(f"measures.{item.id}", item.line) for item in result.measures]
    for place, line in (("totals", result.totals), *groups, *measures):
        flows = line.economics.cash_flow.lines if isinstance(line.economics, Economics) else ()
        for cash in flows:
            yield from (
                (id(amount), f"{place}.{cash.key} t={year}")
                for year, amount in enumerate(cash.amounts)
            )


def sources_of(outcome: Outcome) -> why.Sources:
    """The places and citations that origins of an outcome's figures refer to."""
    result, place = outcome.result, partial(_place, outcome)
    if result is None:
        return why.Sources(place, {})
    citations = {factor.reference: factor.citation for factor in result.factors}
    for row in chain.from_iterable(one.benchmark.values() for one in result.specific.values()):
        citations |= {end.operands[0].reference: row.source for end in row[:2]}
    by_path = figures_by_path(result)
    # of several names of one figure the first of the first of these, and there the shortest
    best_first = sorted(by_path, key=lambda name: (_family(name), name.count(".")))
    names = dict(_yearly(result)) | {id(by_path[name]): name for name in reversed(best_first)}
    return why.Sources(place, citations, names)


def _place(outcome: Outcome, path: Path) -> str:
    beside = outcome.document.cell(path)
    name, span = beside or (outcome.name, outcome.document.place(path))
    file = name.replace("\\", "/")
    return f"{file}:{span.line}:{span.column}" if span is not None else file


# ---- together ------------------------------------------------------------------------------------


def counted_once(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """The same; an enterprise that an earlier file has already, with the error that this is."""
    members = {
        position: Member(item.name, row_of(item.result, 0), item.name)
        for position, item in enumerate(outcomes)
        if item.result is not None
    }
    twice = {id(member): problem for member, problem in duplicates(members.values())}
    counted = list(outcomes)
    for position, member in members.items():
        if id(member) in twice:
            one = outcomes[position]
            found = (*one.diagnostics, *locate.placed([twice[id(member)]], one.document))
            counted[position] = one._replace(diagnostics=found)
    return counted


def combine(results: Sequence[AssessmentResult]) -> enterprises.Combined:
    """Add up the totals of assessments. Currencies are never mixed: each has its own line."""
    entries = [_entry(result) for result in results]
    by_currency: dict[str, list[BundleEntry]] = {}
    for result, entry in zip(results, entries, strict=True):
        by_currency.setdefault(result.basis.currency or "", []).append(entry)
    combined = enterprises.Combined(
        len(results),
        {currency: (len(group), total_line(group)) for currency, group in by_currency.items()},
        sum_by_name(entry.line.reductions for entry in entries),
    )
    return with_bounds(combined)


def _entry(result: AssessmentResult) -> BundleEntry:
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
    return BundleEntry(f"{owner}: totals", "", with_figures(totals, owned), counted)
