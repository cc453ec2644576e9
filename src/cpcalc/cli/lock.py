"""`cpcalc lock`: write down exactly what an assessment or a programme rests on."""

from __future__ import annotations

from typing import Annotated

import typer

from cpcalc.cli.assess import Language
from cpcalc.cli.exits import FILES_HAVE_ERRORS, NOT_DONE, OK


def lock(
    file: Annotated[str, typer.Argument(metavar="FILE", help="An assessment or a programme file.")],
    lang: Annotated[
        Language, typer.Option(envvar="CPCALC_LANG", help="Language of the messages.")
    ] = "en",
    debug: Annotated[
        bool, typer.Option("--debug", help="Show a traceback when cpcalc itself fails.")
    ] = False,
) -> int:
    """Write down the factor sets and exchange rates of a file.

    NAME.lock.yaml holds id, version and hash of every factor set, and every exchange rate. With --frozen,
    assess and check then refuse a file that rests on anything else.
    """
    from cpcalc.app.lock import lock as write_lock
    from cpcalc.cli.output import complain, print_lines, refused
    from cpcalc.report.problems import rendered
    from cpcalc.report.words import word

    try:
        locked = write_lock(file)
    except OSError as error:
        return refused(
            "lock-not-written",
            lang,
            file=file,
            reason=(error.strerror or type(error).__name__).lower(),
        )
    if locked.diagnostics:
        complain(rendered(locked.diagnostics, locked.texts, "full", lang))
        unread = any(diagnostic.name == "file-not-readable" for diagnostic in locked.diagnostics)
        return NOT_DONE if unread else FILES_HAVE_ERRORS
    counts = {"files": len(locked.files), "sets": len(locked.sets), "rates": len(locked.rates)}
    print_lines([word("lock-written", lang, name=locked.name, **counts)])
    return OK
