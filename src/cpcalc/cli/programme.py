"""`cpcalc programme`: the totals of a programme, reconciled with what it published."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from cpcalc.cli.assess import Form, Language, known_statuses
from cpcalc.cli.exits import FILES_HAVE_ERRORS, NOT_DONE, OK

if TYPE_CHECKING:
    from cpcalc.app.programme import ProgrammeOutcome


def programme(
    file: Annotated[str, typer.Argument(metavar="FILE", help="Programme file.")],
    form: Annotated[Form, typer.Option("--format", help="How to show the result.")] = "terminal",
    output: Annotated[
        str | None, typer.Option(metavar="FILE", help="Write to this file, in one piece.")
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=1024,
            help="Processes; by default one for few files, else one for each processor.",
        ),
    ] = None,
    status: Annotated[
        list[str] | None,
        typer.Option(
            metavar="STATUS",
            callback=known_statuses,
            help="Only measures of this status; may be repeated.",
        ),
    ] = None,
    no_cache: Annotated[
        bool, typer.Option("--no-cache", help="Neither use nor keep results of other runs.")
    ] = False,
    lang: Annotated[
        Language, typer.Option(envvar="CPCALC_LANG", help="Language of the report.")
    ] = "en",
    strict: Annotated[bool, typer.Option("--strict", help="Treat warnings as errors.")] = False,
    frozen: Annotated[
        bool, typer.Option("--frozen", help="Refuse what the lock file does not hold.")
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show a traceback when cpcalc itself fails.")
    ] = False,
) -> int:
    """Add a programme up and reconcile it with its publication.

    The totals of all enterprises are broken down, and compared with those that the programme published.
    """
    from cpcalc.app.batch import Job, Request
    from cpcalc.app.programme import assess_programme
    from cpcalc.cli.output import deliver_chunks
    from cpcalc.cli.progress import progress_bar

    job = Job(
        Request(tuple(sorted(set(status))) if status else None, frozen=frozen),
        None,
        jobs,
        cached=not no_cache,
    )
    with progress_bar(lang) as progress:
        outcome = assess_programme(file, job, progress)
    code = OK
    if outcome.result is not None:
        code = deliver_chunks(_chunks(outcome, form, output, lang), output, lang)
    _complain(outcome, lang)
    return code or _exit_code(outcome, strict=strict)


def _exit_code(outcome: ProgrammeOutcome, *, strict: bool) -> int:
    if outcome.result is None and any(
        problem.name == "file-not-readable" for problem in outcome.problems
    ):
        return NOT_DONE
    severities = {problem.severity for problem in outcome.problems}
    if outcome.batch.failures or "error" in severities or (strict and "warning" in severities):
        return FILES_HAVE_ERRORS
    return OK


def _chunks(
    outcome: ProgrammeOutcome, form: str, output: str | None, language: str
) -> Iterator[str]:
    result = outcome.result
    assert result is not None
    if form == "json":
        import cpcalc
        from cpcalc.report.json_result import dumps
        from cpcalc.report.json_totals import programme_data

        return iter(
            [dumps(programme_data(result, outcome.problems, outcome.waivers, cpcalc.__version__))]
        )
    if form == "csv":
        from cpcalc.report.csv_lines import programme_lines

        return programme_lines(result, language)
    from cpcalc.cli.batching import page_chunks
    from cpcalc.cli.output import is_terminal
    from cpcalc.report.programme_page import programme_page

    errors = sum(problem.severity == "error" for problem in outcome.problems)
    page = programme_page(result, outcome.waivers, errors, language)
    return page_chunks(page, form, language, painted=output is None and is_terminal())


def _complain(outcome: ProgrammeOutcome, language: str) -> None:
    """First what is wrong with the enterprises' files, then with the programme."""
    from cpcalc.cli.batching import complain_of_failures
    from cpcalc.cli.output import complain
    from cpcalc.report.problems import rendered

    complain_of_failures(outcome.batch.failures, language)
    texts: Mapping[str, str] = outcome.texts
    if outcome.batch.failures and outcome.problems:
        complain([""])
    complain(rendered(outcome.problems, texts, "full", language))
