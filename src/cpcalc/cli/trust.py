"""`cpcalc verify` and `cpcalc diff`: does a result still hold, and what changed between two."""

from __future__ import annotations

from typing import Annotated

from typer import Argument, Option

from cpcalc.app.files import NotReadableError
from cpcalc.app.verify import verify as verify_result
from cpcalc.cli import FILES_HAVE_ERRORS, OK, options
from cpcalc.cli.output import Output
from cpcalc.report.json_result import dumps
from cpcalc.report.trust import verified_data, verified_page


def verify(
    result: Annotated[
        str, Argument(metavar="RESULT", help="A JSON result of assess, batch or programme.")
    ],
    where: Annotated[
        str | None,
        Option(
            "--files",
            metavar="PATH",
            help="Where the files are that it names; by default beside it, or from here on.",
        ),
    ] = None,
    form: options.ShortFormat = "terminal",
    language: options.Language = "en",
    debug: options.Debug = False,
) -> int:
    """Compute a result again, and say what differs and why.

    It tells apart an edited result, a changed input or factor set, and another version of cpcalc.
    Exit code 0: every figure holds. 1: something differs. 2: it cannot be computed again.
    """
    to = Output(language, form)
    try:
        verified = verify_result(result, where)
    except NotReadableError as error:
        return to.refuse("cannot-verify", path=error.name, reason=error.reason)
    except ValueError:
        return to.refuse("cannot-verify", path=result, reason="not-a-result")
    if form == "json":
        code = to.write([dumps(verified_data(verified))])
    else:
        code = to.show([verified_page(verified, language)])
    return code or (OK if verified.holds else FILES_HAVE_ERRORS)
