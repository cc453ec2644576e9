"""`cpcalc assess`: savings, investment, payback and reductions of one or several assessments."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Annotated

from typer import Argument, Option

from cpcalc.app.assess import Options, Outcome
from cpcalc.app.questions import Comparison, assignment, combine, compare, counted_once, sources_of
from cpcalc.app.written import as_json, counted, portable, what_ifs_json
from cpcalc.checks import FULL
from cpcalc.cli import NOT_DONE, OK, options
from cpcalc.cli.output import DOCUMENT, Output, exit_code
from cpcalc.diagnostics import Diagnostic
from cpcalc.report import csv_lines, enterprises, layout
from cpcalc.report.document import Told, assessment_report
from cpcalc.report.economics import economics_page, measure_page
from cpcalc.report.short_page import short_page
from cpcalc.report.summary import Side, scenario_page, summary
from cpcalc.texts import title, word


def assess(
    files: Annotated[
        list[str], Argument(metavar="FILE", help="Assessment files; - reads standard input.")
    ],
    form: options.PageFormat = "terminal",
    csv: options.Csv = None,
    output: options.OutputFile = None,
    status: options.Statuses = None,
    currency: options.Currency = None,
    economics: Annotated[
        bool,
        Option("--economics", help="Show cash flows, NPV, rates of return and sensitivities too."),
    ] = False,
    full: Annotated[
        bool, Option("--full", help="Show all tables, not only the page that fits on a sheet.")
    ] = False,
    measure: Annotated[
        str | None,
        Option(metavar="ID", help="Only this measure, in full; in every format, without totals."),
    ] = None,
    set_: Annotated[
        list[str] | None,
        Option(
            "--set", metavar="PATH=VALUE", help="What if this value were another; may be repeated."
        ),
    ] = None,
    scenario: Annotated[
        list[str] | None,
        Option(metavar="ID", help="Show a scenario of the file beside it; may be repeated."),
    ] = None,
    language: options.Language = "en",
    strict: options.Strict = False,
    frozen: options.Frozen = False,
) -> int:
    """Work out savings, payback and reductions of each measure.

    Investment, annual saving, payback, CO2, dust, water and waste, measure by measure and in total.
    """
    to = Output(language, form, output, "assess", files, csv)
    if files.count("-") > 1:
        return to.refuse("input-read-twice")
    values = {text: assignment(text) for text in set_ or ()}
    sets = [value for value in values.values() if value is not None]
    for text in [text for text, value in values.items() if value is None]:
        to.refuse("not-an-assignment", text=text)
    if len(sets) < len(values):
        return NOT_DONE
    is_what_if = bool(set_ or scenario)
    wanted = Options(
        options.set_of(status),
        currency,
        economics=economics,
        tier=FULL,
        frozen=frozen,
        enterprise=is_what_if,
    )
    compared = [compare(name, wanted, scenario or (), sets) for name in files]
    bases = [comparison.base for comparison in compared]
    if measure is None and not is_what_if:  # sums are shown
        bases = counted_once(bases)
    if _lacks_measure(bases, measure, to):
        return NOT_DONE
    if is_what_if:
        code = _show_what_ifs(compared, to, measure)
    else:
        code = _show(bases, to, measure, in_full=full, with_economics=economics)
    problems: list[Diagnostic] = []
    texts: dict[str, str] = {}
    for base, comparison in zip(bases, compared, strict=True):
        texts |= comparison.texts
        for outcome in (base, *(outcome for _, outcome in comparison.scenarios)):
            problems += outcome.diagnostics
            texts |= outcome.texts
    to.complain_of(problems, texts)
    return code or exit_code(problems, strict=strict)


def _lacks_measure(outcomes: Sequence[Outcome], measure: str | None, to: Output) -> bool:
    """Whether a result has no such measure; each is complained of, with the measures it has."""
    is_missing = False
    for outcome in outcomes if measure is not None else ():
        names = [item.id for item in outcome.result.measures] if outcome.result is not None else []
        if outcome.result is not None and measure not in names:
            known = ", ".join(names) or "-"
            values = {"file": outcome.name, "measure": str(measure), "known": known}
            to.refuse("no-such-measure", **values)
            is_missing = True
    return is_missing


def _show(
    outcomes: Sequence[Outcome],
    to: Output,
    measure: str | None,
    *,
    in_full: bool,
    with_economics: bool,
) -> int:
    """Print or write the results; the exit code of doing so."""
    if to.form == "json":
        return to.write([as_json(outcomes, measure)])
    results = [outcome.result for outcome in outcomes if outcome.result is not None]
    if not results:
        return OK  # the problems say it all; no file is written that would look like a result
    if to.form == "csv":
        return to.csv([csv_lines.render(results, to.language, measure=measure)])
    if to.form == DOCUMENT and measure is None:
        named = [item._replace(name=portable(item.name)) for item in outcomes]
        told = [Told(item.result, sources_of(item), to.language) for item in named if item.result]
        return to.document(assessment_report(told, _together(outcomes, to.language), to.language))
    if measure is not None:
        return to.show(measure_page(result, measure, to.language) for result in results)
    pages: list[Iterable[layout.Block]] = []
    for result in results:
        page = summary if in_full or with_economics else short_page
        economics = economics_page(result, to.language) if with_economics else ()
        pages.append(chain(page(result, to.language), economics))
    return to.show([*pages, *_together(outcomes, to.language)])


def _together(outcomes: Sequence[Outcome], language: str) -> Iterator[Iterable[layout.Block]]:
    """The page of what several add up to."""
    results = counted(outcomes)
    if len(outcomes) > 1:
        failed = len(outcomes) - len(results)
        yield enterprises.combined_page(results, combine(results), failed, language)


def _show_what_ifs(compared: Sequence[Comparison], to: Output, measure: str | None) -> int:
    """Print or write each file as it is and under its what-ifs, side by side; the exit code."""
    if to.form == "json":
        return to.write([what_ifs_json(compared, measure)])
    if to.form == "csv":
        return to.refuse("no-csv-of-what-ifs")
    sides = [_sides(comparison, to.language) for comparison in compared]
    pages = [scenario_page(side, to.language, measure) for side in sides if side]
    return to.show(pages) if pages else OK


def _sides(comparison: Comparison, language: str) -> list[Side]:
    """The file and its scenarios as the page shows them, as far as they have results."""
    sides = []
    if comparison.base.result is not None:
        sides.append(Side(word("as-in-file", language), "", comparison.base.result))
    for scenario, outcome in comparison.scenarios:
        if outcome.result is not None:
            sets = ", ".join(f"{path} = {value}" for path, value in scenario.values.items())
            name = title(scenario.title, language)
            called = scenario.name if scenario.place else word("what-if", language)
            sides.append(Side(called, sets, outcome.result, name))
    return sides
