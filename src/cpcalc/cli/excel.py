"""`cpcalc template` and `cpcalc import`: an Excel form to fill in, and a filled one as a file."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Option

from cpcalc.app.files import reason_of, write_new
from cpcalc.app.importing import import_files, write
from cpcalc.app.new import pins
from cpcalc.app.template import template as workbook
from cpcalc.cli import FILES_HAVE_ERRORS, options
from cpcalc.cli.output import Output, complain, exit_code
from cpcalc.diagnostics import errors_of
from cpcalc.report.writers import ending_of
from cpcalc.texts import problem_word

FORM = ".xlsx"


def template(
    file: Annotated[
        str, Argument(metavar="FILE", help="The .xlsx to make; it must not exist yet.")
    ],
    sector: Annotated[
        str, Option(help="Its sector: rows that such a plant has are suggested.")
    ] = "",
    name: Annotated[str, Option(help="Name of the enterprise.")] = "",
    province: Annotated[str, Option(help="Its province.")] = "",
    language: options.Language = "en",
) -> int:
    """Make an Excel form for a plant.

    With lists to choose from, help beside each column, an example row, and rows suggested for
    the sector, marked as such.
    """
    to = Output(language)
    if ending_of(file) != FORM:
        return to.refuse("unknown-ending", file=file, endings=FORM)
    given = {"name": name, "sector": sector, "province": province}
    known = {f"enterprise.{key}": text for key, text in given.items() if text}
    known |= {"basis.factor-sets": ", ".join(pins("VN", file)), "basis.gwp": "AR5-100"}
    try:
        write_new(file, workbook(language, known, sector))
    except ImportError:
        return to.refuse("not-installed", ending=FORM, extra="excel")
    except OSError as error:
        return to.refuse("cannot-write", path=file, reason=reason_of(error))
    made = str(Path(file).with_suffix(".yaml"))
    return to.write_lines([problem_word("form-written", language, file=file, yaml=made)])


def import_(
    files: Annotated[
        list[str],
        Argument(metavar="FILE", help="A filled form (.xlsx), or CSV files of its sheets."),
    ],
    output: Annotated[
        str, Option("--output", "-o", metavar="FILE", help="The assessment to write.")
    ],
    language: options.Language = "en",
) -> int:
    """Make an assessment of a filled form.

    Each mistake is shown with its cell, all at once. A further import keeps what was written by
    hand at the end of the file.
    """
    try:
        made = import_files(files, output)
    except ImportError:
        return Output(language).refuse("not-installed", ending=FORM, extra="excel")
    to = Output(made.language or language)
    to.complain_of(made.problems, {output: made.text})
    if errors_of(made.problems):
        return exit_code(made.problems)
    if made.lost:
        complain([problem_word("import-lost", to.language, file=output), *made.lost])
        return FILES_HAVE_ERRORS
    try:
        write(made.text, output)
    except OSError as error:
        return to.refuse("cannot-write", path=output, reason=reason_of(error))
    if made.left_out:
        complain([problem_word("import-left-out", to.language, count=made.left_out)])
    return to.write_lines([problem_word("imported", to.language, file=output)])
