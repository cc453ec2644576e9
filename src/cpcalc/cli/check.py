"""`cpcalc check`: every problem of every file at once."""

from __future__ import annotations

from typing import Annotated

import typer

from cpcalc.cli.exits import FILES_HAVE_ERRORS, OK


def check(
    paths: Annotated[list[str], typer.Argument(metavar="PATH...", help="Files or folders.")],
    form: Annotated[str, typer.Option("--format", help="full or concise.")] = "full",
    lang: Annotated[str, typer.Option(help="Language of the messages: en or vi.")] = "en",
    strict: Annotated[bool, typer.Option("--strict", help="Treat warnings as errors.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show a traceback when cpcalc itself fails.")] = False,
) -> int:
    """Check assessment files without showing their results."""
    from cpcalc.app.check import check_file
    from cpcalc.app.files import below
    from cpcalc.cli.output import print_lines
    from cpcalc.report.problems import rendered

    severities = set()
    for path in paths:
        for name in below(path):
            checked = check_file(name)
            print_lines(rendered(checked.diagnostics, {checked.name: checked.text}, form, lang))
            severities |= {diagnostic.severity for diagnostic in checked.diagnostics}
    return FILES_HAVE_ERRORS if "error" in severities or (strict and "warning" in severities) else OK
