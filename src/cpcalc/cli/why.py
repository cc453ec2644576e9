"""`cpcalc why`: where a figure comes from."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from cpcalc.cli.assess import Language
from cpcalc.cli.exits import FILES_HAVE_ERRORS, NOT_DONE, OK


def why(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="An assessment file; - reads standard input.")
    ],
    figure: Annotated[
        str, typer.Argument(metavar="FIGURE", help="Its name, such as measures.m3.simple_payback.")
    ],
    form: Annotated[
        Literal["terminal", "json"], typer.Option("--format", help="How to show it.")
    ] = "terminal",
    lang: Annotated[
        Language, typer.Option(envvar="CPCALC_LANG", help="Language of the report.")
    ] = "en",
    debug: Annotated[
        bool, typer.Option("--debug", help="Show a traceback when cpcalc itself fails.")
    ] = False,
) -> int:
    """Trace a figure to formulas, lines of the file and factors."""
    from cpcalc.app.assess import Options
    from cpcalc.app.why import explain
    from cpcalc.cli.assessing import exit_code
    from cpcalc.cli.output import complain, deliver, print_lines
    from cpcalc.report.problems import rendered
    from cpcalc.report.words import word

    found = explain(file, figure, Options(enterprise=True))
    outcome = found.outcome
    if outcome.result is None:
        text = outcome.document.text if outcome.document is not None else ""
        complain(rendered(outcome.diagnostics, {outcome.name: text}, "full", lang))
        return exit_code([outcome], strict=False) or FILES_HAVE_ERRORS
    if found.figure is None:
        complain([word("why-unknown", lang, figure=figure)])
        complain(f"  {name}" for name in found.nearest)
        return NOT_DONE
    if form == "json":
        from cpcalc.report.json_result import dumps
        from cpcalc.report.why import why_data

        return deliver(dumps(why_data(figure, found.figure, found.sources)), None)
    from cpcalc.report.why import why_lines

    print_lines(why_lines(figure, found.figure, found.sources, lang))
    return OK
