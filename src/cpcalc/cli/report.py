"""`cpcalc report`: assessments or a programme as a document to hand over."""

from __future__ import annotations

from typing import Annotated

from typer import Argument, Option

from cpcalc.app.assess import Options, Outcome, assess_file
from cpcalc.app.batch import Job
from cpcalc.app.files import NotReadableError, kind_of, read_bytes
from cpcalc.app.programme import assess_programme
from cpcalc.app.questions import combine, sources_of
from cpcalc.cli import FILES_HAVE_ERRORS, NOT_DONE, OK, options
from cpcalc.cli.output import Output, exit_code, progress_bar
from cpcalc.diagnostics import Diagnostic, errors_of
from cpcalc.report.document import Told, assessment_report
from cpcalc.report.enterprises import combined_page
from cpcalc.report.programme_page import programme_page
from cpcalc.report.writers import WRITERS, ending_of, page_report


def report(
    files: Annotated[
        list[str], Argument(metavar="FILE...", help="Assessment files, or one programme file.")
    ],
    output: Annotated[
        str,
        Option("--output", "-o", metavar="FILE", help=f"The report: {', '.join(WRITERS)}."),
    ],
    status: options.Statuses = None,
    currency: options.Currency = None,
    language: options.Language = "en",
    strict: options.Strict = False,
    frozen: options.Frozen = False,
    debug: options.Debug = False,
) -> int:
    """Write a report to hand over, in the format of its ending.

    The answer comes first, then six chapters with charts, then the annexes.
    """
    to = Output(language, file=output)
    if ending_of(output) not in WRITERS:
        return to.refuse("unknown-ending", file=output, endings=", ".join(WRITERS))
    programmes = [name for name in files if _is_programme(name)]
    if programmes and len(files) > 1:
        return to.refuse("programme-alone", file=programmes[0])
    if programmes:
        wanted = Options(options.set_of(status), frozen=frozen)
        return _of_programme(programmes[0], wanted, to, strict=strict)
    wanted = Options(
        options.set_of(status), currency, economics=True, enterprise=True, frozen=frozen
    )
    return _of_assessments([assess_file(name, wanted) for name in files], to, strict=strict)


def _is_programme(name: str) -> bool:
    try:
        return name != "-" and kind_of(read_bytes(name)) == "programme"
    except NotReadableError:  # said when it is assessed
        return False


def _of_assessments(outcomes: list[Outcome], to: Output, *, strict: bool) -> int:
    told = [Told(item.result, sources_of(item)) for item in outcomes if item.result is not None]
    results, code = [item.result for item in told], OK
    if told:
        failed = len(outcomes) - len(told)
        combined = combined_page(results, combine(results), failed, to.language)
        code = to.document(assessment_report(told, combined, to.language))
    problems: list[Diagnostic] = [problem for item in outcomes for problem in item.diagnostics]
    to.complain_of(problems, {item.name: item.text for item in outcomes})
    return code or exit_code(problems, strict=strict)


def _of_programme(name: str, wanted: Options, to: Output, *, strict: bool) -> int:
    with progress_bar(to.language) as progress:
        outcome = assess_programme(name, Job(wanted), progress)
    result, code = outcome.result, OK
    if result is not None:
        errors = len(errors_of(outcome.problems))
        page = programme_page(result, outcome.waivers, errors, to.language)
        document = page_report([page], to.language)
        code = to.document(document._replace(programme=result))
    to.complain_of(outcome.problems, outcome.texts)
    if result is None and exit_code(outcome.problems) == NOT_DONE:
        return NOT_DONE
    failed = FILES_HAVE_ERRORS if outcome.batch.failures else OK
    return code or exit_code(outcome.problems, strict=strict) or failed
