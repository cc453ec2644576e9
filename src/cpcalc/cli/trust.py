"""`cpcalc verify` and `cpcalc diff`: does a result still hold, and what changed between two."""

from typing import Annotated, Literal

from typer import Argument, Option

from cpcalc.app.diff import diff as find_difference
from cpcalc.app.files import NotReadableError, ProblemsError
from cpcalc.app.verify import verify as verify_result
from cpcalc.cli import FILES_HAVE_ERRORS, OK, options
from cpcalc.cli.output import Output, exit_code
from cpcalc.report.trust import as_data, difference_page, verified_page


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
    code = to.tell(as_data(verified), [verified_page(verified, language)])
    return code or (OK if verified.holds else FILES_HAVE_ERRORS)


def diff(
    before: Annotated[
        str, Argument(metavar="A", help="A file, a JSON result, or REVISION:FILE of git.")
    ],
    after: Annotated[str, Argument(metavar="B", help="The same, as it is now.")],
    form: Annotated[
        Literal["terminal", "json", "markdown"],
        Option("--format", help="How to show it; Markdown is for the comment of a pull request."),
    ] = "terminal",
    output: options.OutputFile = None,
    language: options.Language = "en",
) -> int:
    """Say what changed between two results, and what changed it.

    Each figure by activity, prices, factors, rates, measures, basis and version of cpcalc; what is
    left is the interaction. Exit code 0: the results are the same. 1: they differ.
    """
    to = Output(language, form, output, "diff", [before, after])
    try:
        found = find_difference(before, after)
    except NotReadableError as error:
        return to.refuse("cannot-compare", path=error.name, reason=error.reason)
    except ProblemsError as error:
        to.complain_of(error.diagnostics, error.texts)
        return exit_code(error.diagnostics) or FILES_HAVE_ERRORS
    code = to.tell(as_data(found), [difference_page(found, language)])
    return code or (FILES_HAVE_ERRORS if found.differs else OK)
