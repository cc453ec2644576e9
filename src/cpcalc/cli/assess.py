"""`cpcalc assess`: savings, investment, payback and reductions of one or several assessments."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from cpcalc.cli.exits import FILES_HAVE_ERRORS, NOT_DONE, OK

if TYPE_CHECKING:
    from cpcalc.app.assess import Outcome
    from cpcalc.report.layout import Block

Form = Literal["terminal", "json", "csv", "markdown"]
Language = Literal["en", "vi"]
STATUSES = ("verified", "implemented", "planned", "considered", "unstated")


def known_statuses(statuses: list[str] | None) -> list[str] | None:
    """The statuses given, or a usage error that lists those that can form a bundle."""
    for status in statuses or ():
        if status not in STATUSES:
            raise typer.BadParameter(f"{status!r} is not one of {', '.join(STATUSES)}")
    return statuses


def assess(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Assessment files; - reads standard input.")],
    form: Annotated[Form, typer.Option("--format", help="How to show the result.")] = "terminal",
    output: Annotated[str | None, typer.Option(metavar="FILE", help="Write to this file, in one piece.")] = None,
    status: Annotated[
        list[str] | None,
        typer.Option(
            metavar="STATUS",
            callback=known_statuses,
            help=f"Only measures of this status form the bundle; may be repeated. One of: {', '.join(STATUSES)}.",
        ),
    ] = None,
    currency: Annotated[
        str | None, typer.Option(metavar="CODE", help="Report in this currency, at the file's rate.")
    ] = None,
    lang: Annotated[Language, typer.Option(envvar="CPCALC_LANG", help="Language of the report.")] = "en",
    strict: Annotated[bool, typer.Option("--strict", help="Treat warnings as errors.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show a traceback when cpcalc itself fails.")] = False,
) -> int:
    """Work out savings, investment, payback and reductions, measure by measure and in total."""
    from cpcalc.app.assess import Options, assess_file
    from cpcalc.cli.output import complain
    from cpcalc.report.problems import rendered

    options = Options(frozenset(status) if status else None, currency)
    outcomes = [assess_file(name, options) for name in files]
    code = _deliver(outcomes, form, output, lang)
    for outcome in outcomes:
        text = outcome.document.text if outcome.document is not None else ""
        complain(rendered(outcome.diagnostics, {outcome.name: text}, "full", lang))
    return code or exit_code(outcomes, strict=strict)


def exit_code(outcomes: Sequence[Outcome], *, strict: bool) -> int:
    """2 when a file could not be read, 1 when one has errors (or, under ``strict``, warnings), else 0."""
    found = [diagnostic for outcome in outcomes for diagnostic in outcome.diagnostics]
    if any(diagnostic.name == "file-not-readable" for diagnostic in found):
        return NOT_DONE
    severities = {diagnostic.severity for diagnostic in found}
    return FILES_HAVE_ERRORS if "error" in severities or (strict and "warning" in severities) else OK


def _deliver(outcomes: Sequence[Outcome], form: Form, output: str | None, language: str) -> int:
    """Print or write the results in a form; the exit code of doing so."""
    from cpcalc.cli.output import deliver, is_terminal

    if form == "json":
        return deliver(_json(outcomes), output)
    if not any(outcome.result is not None for outcome in outcomes):
        return OK  # the problems say it all; no file is written that would look like a result
    if form == "csv":
        from cpcalc.report.csv_lines import render as csv_text

        return deliver(csv_text(outcome.result for outcome in outcomes if outcome.result is not None), output)
    if form == "markdown":
        from cpcalc.report.markdown import render as markdown_lines

        lines = [line for page in _pages(outcomes, language) for line in (*markdown_lines(page, language), "")]
        return deliver("\n".join(lines), output)
    if output is None and is_terminal():
        from cpcalc.report.terminal import print_pages

        print_pages(_pages(outcomes, language), language)
        return OK
    from cpcalc.report.plain import render as plain_lines

    texts = ["\n".join([*plain_lines(page, language), ""]) for page in _pages(outcomes, language)]
    return deliver("\n\n".join(texts), output)


def _pages(outcomes: Sequence[Outcome], language: str) -> Iterable[Iterable[Block]]:
    """A page for each result, and one for all together where there are several."""
    from cpcalc.report.summary import summary

    results = [outcome.result for outcome in outcomes if outcome.result is not None]
    for result in results:
        yield summary(result, language)
    if len(outcomes) > 1:
        from cpcalc.app.combined import combine
        from cpcalc.report.combined import combined_page

        yield combined_page(results, combine(results), len(outcomes) - len(results), language)


def _json(outcomes: Sequence[Outcome]) -> str:
    from cpcalc.report.json_result import RESULTS_SCHEMA, dumps, failure_data, result_data
    from cpcalc.report.problems import describe

    done = []
    failed = []
    for outcome in outcomes:
        described = [describe(diagnostic, outcome.ids) for diagnostic in outcome.diagnostics]
        if outcome.result is not None:
            done.append(result_data(outcome.result, described))
        else:
            failed.append(failure_data(outcome.name, described))
    if len(outcomes) == 1:
        return dumps((done or failed)[0])
    from cpcalc.app.combined import combine
    from cpcalc.report.combined import combined_data

    results = [outcome.result for outcome in outcomes if outcome.result is not None]
    combined = combined_data(combine(results), results)
    return dumps({"schema": RESULTS_SCHEMA, "assessments": done, "combined": combined, "failed": failed})
