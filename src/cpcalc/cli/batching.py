"""What `cpcalc batch` and `cpcalc merge` do, whichever way their options were read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cpcalc.cli.exits import FILES_HAVE_ERRORS, NOT_DONE, OK

if TYPE_CHECKING:
    from cpcalc.app.batch import Batch, Failure, Job
    from cpcalc.programme.totals import BatchTotals
    from cpcalc.report.layout import Block

# More broken files than this are listed in one line each: the first ones show what to look for.
MOST_SHOWN_IN_FULL = 20


def batch_paths(
    paths: Sequence[str],
    *,
    form: str = "terminal",
    output: str | None = None,
    job: Job | None = None,
    no_cache: bool = False,
    group_by: str | None = None,
    language: str = "en",
    strict: bool = False,
) -> int:
    """Assess everything below the paths and show or write the result; the exit code.

    ``no_cache`` counts where no ``job`` is given, which says it too.
    """
    from cpcalc.app.batch import Job as Work
    from cpcalc.app.batch import run_batch, without_duplicates
    from cpcalc.cli.progress import progress_bar

    work = job or Work(cached=not no_cache)
    missing = _missing_paths(paths, language)
    if missing:
        return missing
    with progress_bar(language) as progress:
        raw = run_batch(paths, work, progress)
    batch = without_duplicates(raw)
    about = _about(batch, work, group_by)
    if work.shard is not None:
        from cpcalc.app.merge import shard_data

        about["shard"] = shard_data(raw, work.shard)
    _complain_about_cache(batch, language)
    return deliver_batch(batch, about, form, output, group_by, language, strict=strict)


def merge_results(
    names: Sequence[str],
    *,
    form: str = "terminal",
    output: str | None = None,
    group_by: str | None = None,
    language: str = "en",
    strict: bool = False,
) -> int:
    """Put the results of all shards together and show or write them; the exit code."""
    from cpcalc.app.batch import Job
    from cpcalc.app.merge import merge
    from cpcalc.cli.output import complain
    from cpcalc.report.problems import rendered

    merged = merge(names)
    if merged.batch is None:
        complain(rendered(merged.problems, {}, "full", language))
        return NOT_DONE
    group = group_by or merged.group_by
    about = _about(merged.batch, Job(merged.request), group)
    return deliver_batch(merged.batch, about, form, output, group, language, strict=strict)


def _missing_paths(paths: Sequence[str], language: str) -> int:
    import os

    from cpcalc.app.files import NotReadableError, unreadable
    from cpcalc.cli.output import complain
    from cpcalc.report.problems import rendered

    gone = [path for path in paths if not os.path.exists(path)]
    if not gone:
        return OK
    problems = [unreadable(NotReadableError(path, os.strerror(2).lower())) for path in gone]
    complain(rendered(problems, {}, "full", language))
    return NOT_DONE


def _about(batch: Batch, job: Job, group_by: str | None) -> dict[str, Any]:
    import cpcalc

    statuses = sorted(job.request.statuses) if job.request.statuses is not None else None
    return {
        "cpcalc": cpcalc.__version__,
        "request": {"status": statuses, "currency": job.request.currency},
        "group_by": group_by,
        "shard": None,
        "passed_over": batch.passed_over,
    }


def _complain_about_cache(batch: Batch, language: str) -> None:
    import sys

    from cpcalc.cli.output import complain
    from cpcalc.report.words import word

    if batch.cache_trouble:
        complain([word("cache-trouble", language, reason=batch.cache_trouble)])
    if batch.from_cache and sys.stderr.isatty():
        whole = len(batch.rows) + len(batch.failures) + batch.passed_over
        complain([word("from-cache", language, hits=batch.from_cache, all=whole)])


def deliver_batch(
    batch: Batch,
    about: Mapping[str, Any],
    form: str,
    output: str | None,
    group_by: str | None,
    language: str,
    *,
    strict: bool,
) -> int:
    """Write or print a batch, and complain about what is broken; the exit code."""
    from cpcalc.cli.output import deliver_chunks
    from cpcalc.programme.totals import totals_of

    totals = totals_of(batch.rows, group_by)
    code = deliver_chunks(
        _chunks(batch, totals, about, form, output, group_by, language), output, language
    )
    complain_of_failures(batch.failures, language)
    if code:
        return code
    return FILES_HAVE_ERRORS if batch.failures or (strict and totals.warnings) else OK


def _chunks(
    batch: Batch,
    totals: BatchTotals,
    about: Mapping[str, Any],
    form: str,
    output: str | None,
    group_by: str | None,
    language: str,
) -> Iterator[str]:
    from cpcalc.cli.output import is_terminal

    if form == "json":
        from cpcalc.report.json_totals import batch_chunks

        return batch_chunks(batch.rows, _failures(batch), totals, about)
    if form == "csv":
        from cpcalc.report.csv_lines import batch_lines

        return batch_lines(batch.rows, totals, language)
    from cpcalc.report.enterprises import batch_page

    page = batch_page(batch.rows, len(batch.failures), totals, group_by, language)
    return page_chunks(page, form, language, painted=output is None and is_terminal())


def page_chunks(page: Iterable[Block], form: str, language: str, *, painted: bool) -> Iterator[str]:
    """A page as text in pieces; on a terminal it is printed at once, in colour."""
    if form == "markdown":
        from cpcalc.report.markdown import render as markdown_lines

        return (line + "\n" for line in markdown_lines(page, language))
    if painted:
        from cpcalc.report.terminal import print_pages

        print_pages([page], language)
        return iter(())
    from cpcalc.report.plain import render as plain_lines

    return (line + "\n" for line in plain_lines(page, language))


def _failures(batch: Batch) -> Iterator[dict[str, Any]]:
    from cpcalc.report.problems import describe

    for failure in batch.failures:
        problems = failure.portable().problems
        yield {"file": failure.file, "diagnostics": [describe(problem, {}) for problem in problems]}


def complain_of_failures(failures: Sequence[Failure], language: str) -> None:
    """Every problem of every broken file on standard error, the first files with an excerpt."""
    from cpcalc.app.files import text_of
    from cpcalc.cli.output import complain
    from cpcalc.report.problems import rendered

    for number, failure in enumerate(failures):
        if number:
            complain([""] if number <= MOST_SHOWN_IN_FULL else [])
        if number < MOST_SHOWN_IN_FULL:
            texts = {failure.path: text_of(failure.path)}
            complain(rendered(failure.problems, texts, "full", language))
        else:
            complain(rendered(failure.problems, {}, "concise", language))
