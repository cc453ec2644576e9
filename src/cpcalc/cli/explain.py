"""`cpcalc explain`: what a diagnostic means, with a file that has it and the same file without."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from cpcalc.cli.exits import OK

Language = Literal["en", "vi"]


def explain(
    code: Annotated[
        str | None,
        typer.Argument(metavar="[CODE]", help="A number (CP203) or a name (wrong-kind-of-unit)."),
    ] = None,
    lang: Annotated[
        Language, typer.Option(envvar="CPCALC_LANG", help="Language of the text.")
    ] = "en",
    debug: Annotated[
        bool, typer.Option("--debug", help="Show a traceback when cpcalc itself fails.")
    ] = False,
) -> int:
    """Explain a diagnostic, with a bad and a good example.

    Without CODE it lists all of them.
    """
    from cpcalc.cli.output import print_lines, unknown_selector
    from cpcalc.report.catalogue import explained, listed

    if code is None:
        print_lines(listed(lang))
        return OK
    from cpcalc.diagnostics import catalogue_entry, nearest_entries

    entry = catalogue_entry(code)
    if entry is None:
        return unknown_selector(code, nearest_entries(code), lang)
    print_lines(explained(entry, lang))
    return OK
