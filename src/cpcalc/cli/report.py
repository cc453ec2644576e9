"""`cpcalc report`: assessments or a programme as a document to hand over."""

from typing import Annotated

from typer import Argument, Option

from cpcalc.app.files import STANDARD_INPUT, kind_of, text_of
from cpcalc.cli import options
from cpcalc.cli.assess import assess
from cpcalc.cli.output import Output
from cpcalc.cli.programme import programme
from cpcalc.report.writers import WRITERS, ending_of

ENDINGS = ", ".join(WRITERS)


def report(
    files: Annotated[
        list[str], Argument(metavar="FILE", help="Assessment files, or one programme file.")
    ],
    output: Annotated[
        str, Option("--output", "-o", metavar="FILE", help=f"The report, by ending: {ENDINGS}.")
    ],
    language: options.Language = "en",
    strict: options.Strict = False,
) -> int:
    """Write a report to hand over, in the format of its ending.

    The answer comes first, then six chapters with charts, then the annexes. It is what assess
    --economics and programme write into an --output of such an ending.
    """
    if ending_of(output) not in WRITERS:
        return Output(language).refuse("unknown-ending", file=output, endings=ENDINGS)
    is_one = len(files) == 1 and files[0] != STANDARD_INPUT
    if is_one and kind_of(text_of(files[0])) == "programme":
        return programme(files[0], output=output, language=language, strict=strict)
    return assess(files, output=output, economics=True, language=language, strict=strict)
