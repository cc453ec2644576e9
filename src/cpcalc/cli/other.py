"""Small commands: `cpcalc why`, `explain`, `schema` and `lock`."""

from __future__ import annotations

from typing import Annotated, Literal

from typer import Argument

from cpcalc.app.assess import Options
from cpcalc.app.files import reason_of
from cpcalc.app.lock import lock as write_lock
from cpcalc.app.new import modeline, schema_text
from cpcalc.app.why import explain as explain_figure
from cpcalc.cli import FILES_HAVE_ERRORS, NOT_DONE, OK, options
from cpcalc.cli.output import Output, complain, exit_code
from cpcalc.diagnostics import catalogue_entry, nearest_entries
from cpcalc.report.json_result import dumps
from cpcalc.report.problems import explained, listed
from cpcalc.report.why import why_data, why_lines
from cpcalc.report.words import word


def why(
    file: Annotated[
        str, Argument(metavar="FILE", help="An assessment file; - reads standard input.")
    ],
    figure: Annotated[
        str, Argument(metavar="FIGURE", help="Its name, such as measures.m3.simple_payback.")
    ],
    form: options.ShortFormat = "terminal",
    language: options.Language = "en",
    debug: options.Debug = False,
) -> int:
    """Trace a figure to formulas, lines of the file and factors."""
    to = Output(language)
    answer = explain_figure(file, figure, Options(enterprise=True))
    outcome = answer.outcome
    if outcome.result is None:
        to.complain_of(outcome.diagnostics, {outcome.name: outcome.text})
        return exit_code(outcome.diagnostics) or FILES_HAVE_ERRORS
    if answer.figure is None:
        complain([word("why-unknown", language, figure=figure)])
        complain(f"  {name}" for name in answer.nearest)
        return NOT_DONE
    if form == "json":
        return to.write([dumps(why_data(figure, answer.figure, answer.sources))])
    return to.write_lines(why_lines(figure, answer.figure, answer.sources, language))


def explain(
    code: Annotated[
        str | None,
        Argument(metavar="[CODE]", help="A number (CP203) or a name (wrong-kind-of-unit)."),
    ] = None,
    language: options.Language = "en",
    debug: options.Debug = False,
) -> int:
    """Explain a diagnostic, with a bad and a good example.

    Without CODE it lists all of them.
    """
    to = Output(language)
    if code is None:
        return to.write_lines(listed(language))
    entry = catalogue_entry(code)
    if entry is None:
        return to.refuse_selector(code, nearest_entries(code))
    return to.write_lines(explained(entry, language))


def schema(
    kind: Annotated[
        Literal["assessment", "programme", "factor-set"], Argument(help="The kind of file.")
    ] = "assessment",
    output: options.OutputFile = None,
    debug: options.Debug = False,
) -> int:
    """Print the JSON Schema of a file format, for editors.

    Every key is explained in English and Vietnamese. Write it beside your files and begin each
    with the line that --output names: editors with a YAML language server then complete and
    check while you type.
    """
    code = Output("en", file=output).write([schema_text(kind)])
    if code == OK and output is not None:
        complain([modeline(output)])
    return code


def lock(
    file: Annotated[str, Argument(metavar="FILE", help="An assessment or a programme file.")],
    language: options.Language = "en",
    debug: options.Debug = False,
) -> int:
    """Write down the factor sets and exchange rates of a file.

    NAME.lock.yaml holds id, version and hash of every factor set, and every exchange rate. With
    --frozen, assess and check then refuse a file that rests on anything else.
    """
    to = Output(language)
    try:
        locked = write_lock(file)
    except OSError as error:
        return to.refuse("lock-not-written", file=file, reason=reason_of(error))
    if locked.diagnostics:
        to.complain_of(locked.diagnostics, locked.texts)
        return exit_code(locked.diagnostics) or FILES_HAVE_ERRORS
    counts = {"files": len(locked.files), "sets": len(locked.sets), "rates": len(locked.rates)}
    return to.write_lines([word("lock-written", language, name=locked.name, **counts)])
