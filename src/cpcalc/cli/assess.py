"""`cpcalc assess`: savings, investment, payback and reductions of one or several assessments."""

from __future__ import annotations

from typing import Annotated

import typer

from cpcalc.cli.exits import FILES_HAVE_ERRORS, NOT_DONE, OK


def assess(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Assessment files; - reads standard input.")],
    form: Annotated[str, typer.Option("--format", help="terminal, json, csv or markdown.")] = "terminal",
    output: Annotated[str | None, typer.Option(help="Write to this file instead, in one piece.")] = None,
    status: Annotated[
        list[str] | None, typer.Option(help="Only measures of this status form the bundle; may be repeated.")
    ] = None,
    currency: Annotated[str | None, typer.Option(help="Report in this currency (the file needs a rate).")] = None,
    lang: Annotated[str, typer.Option(help="Language of the report: en or vi.")] = "en",
    strict: Annotated[bool, typer.Option("--strict", help="Treat warnings as errors.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show a traceback when cpcalc itself fails.")] = False,
) -> int:
    """Work out savings, investment, payback and reductions, measure by measure and in total."""
    from cpcalc.app.assess import Options, assess_file
    from cpcalc.cli.output import complain, deliver
    from cpcalc.report.plain import render
    from cpcalc.report.problems import rendered
    from cpcalc.report.summary import summary

    options = Options(frozenset(status) if status else None, currency)
    outcomes = [assess_file(name, options) for name in files]
    lines: list[str] = []
    for outcome in outcomes:
        text = outcome.document.text if outcome.document is not None else ""
        complain(rendered(outcome.diagnostics, {outcome.name: text}, "full", lang))
        if outcome.result is not None:
            lines += [*render(summary(outcome.result, lang), lang), ""]
    code = deliver("\n".join(lines), output)
    severities = {diagnostic.severity for outcome in outcomes for diagnostic in outcome.diagnostics}
    if code:
        return NOT_DONE
    return FILES_HAVE_ERRORS if "error" in severities or (strict and "warning" in severities) else OK
