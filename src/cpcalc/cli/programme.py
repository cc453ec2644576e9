"""`cpcalc batch`, `merge` and `programme`: many assessments added up."""

import errno
import os
import sys
from codecs import BOM_UTF8
from collections.abc import Iterable
from contextlib import ExitStack
from typing import Annotated, Literal

from typer import Argument, Option

from cpcalc.app import assess, many, written
from cpcalc.app.batch import Counted, Failure, Job, run_batch
from cpcalc.app.files import NotReadableError, text_of
from cpcalc.app.programme import assess_programme
from cpcalc.cli import FILES_HAVE_ERRORS, NOT_DONE, OK, options
from cpcalc.cli.output import Output, complain, exit_code, progress_bar, severity_code
from cpcalc.diagnostics import errors_of
from cpcalc.report import csv_lines, enterprises
from cpcalc.report.problems import rendered
from cpcalc.report.programme_page import programme_page
from cpcalc.texts import word

# More broken files than this are listed in one line each: the first ones show what to look for.
MOST_SHOWN_IN_FULL = 20


def batch(
    paths: Annotated[
        list[str], Argument(metavar="PATH", help="Files or folders with assessments.")
    ],
    form: options.BatchFormat = "terminal",
    csv: options.Csv = None,
    output: options.OutputFile = None,
    jobs: options.Jobs = None,
    group_by: options.GroupBy = None,
    status: options.Statuses = None,
    currency: options.Currency = None,
    shard: options.ShardOption = None,
    no_cache: options.NoCache = False,
    engine: Annotated[
        Literal["processes", "dask"],
        Option(help="Who does the work: processes of this machine, or workers of dask."),
    ] = "processes",
    scheduler: Annotated[
        str,
        Option(
            metavar="ADDRESS",
            help="The dask scheduler, such as tcp://10.0.0.5:8786; without one, on this machine.",
        ),
    ] = "",
    language: options.Language = "en",
    strict: options.Strict = False,
    frozen: options.Frozen = False,
) -> int:
    """Assess all files below some folders, and add them up.

    One row for each enterprise, and totals. A broken file is reported and stops nothing.
    Files that did not change are taken from the cache. With - the names are read from standard
    input, one a line or with a NUL behind each.
    """
    if paths == ["-"]:
        paths = _names(sys.stdin.buffer.read())
    to = Output(language, form, output, "batch", paths, csv)
    missing = [path for path in paths if not os.path.exists(path)]
    if missing:
        reason = os.strerror(errno.ENOENT).lower()
        errors = [NotReadableError(path, reason) for path in missing]
        to.complain_of([problem for error in errors for problem in error.diagnostics], {})
        return NOT_DONE
    wanted = assess.Options(options.set_of(status), currency, frozen=frozen, totals_only=True)
    job = Job(wanted, shard, jobs, cached=not no_cache)
    with progress_bar(language) as progress, ExitStack() as stack:
        if engine == "dask" or scheduler:
            try:
                job = job._replace(executor=stack.enter_context(many.dask_workers(scheduler)))
            except ImportError:
                return to.refuse("no-dask")
            except OSError as error:
                return to.refuse("no-scheduler", scheduler=scheduler, reason=str(error))
        try:
            answers = run_batch(paths, job, progress)
        except KeyboardInterrupt:
            if job.cached and not frozen:
                complain([word("goes-on", language)])
            raise
    if answers.cache_trouble:
        complain([word("cache-trouble", language, reason=answers.cache_trouble)])
    if answers.from_cache and sys.stderr.isatty():
        complain([word("from-cache", language, hits=answers.from_cache, all=len(answers))])
    return _deliver(Counted(answers, group_by), wanted, shard, to, strict=strict)


def _names(data: bytes) -> list[str]:
    """The names in a list, with a NUL or the end of a line behind each."""
    text = os.fsdecode(data.removeprefix(BOM_UTF8))
    parts = text.split("\0") if "\0" in text else text.replace("\r\n", "\n").split("\n")
    return [name for name in parts if name]


def merge(
    results: Annotated[
        list[str],
        Argument(metavar="RESULT", help="Results of all shards: .jsonl or .json."),
    ],
    form: options.BatchFormat = "terminal",
    csv: options.Csv = None,
    output: options.OutputFile = None,
    group_by: options.GroupBy = None,
    language: options.Language = "en",
    strict: options.Strict = False,
) -> int:
    """Put the results of all shards of a batch together.

    The outcome is the same as if the batch had run in one.
    """
    to = Output(language, form, output, "merge", results, csv)
    merged = written.merge(results)
    if merged.answers is None:
        to.complain_of(merged.problems, {})
        return NOT_DONE
    counted = Counted(merged.answers, group_by or merged.group_by)
    return _deliver(counted, merged.options, None, to, strict=strict)


def programme(
    file: Annotated[str, Argument(metavar="FILE", help="Programme file.")],
    form: options.PageFormat = "terminal",
    csv: options.Csv = None,
    output: options.OutputFile = None,
    jobs: options.Jobs = None,
    status: options.Statuses = None,
    no_cache: options.NoCache = False,
    language: options.Language = "en",
    strict: options.Strict = False,
    frozen: options.Frozen = False,
) -> int:
    """Add a programme up and reconcile it with its publication.

    The totals of all enterprises are broken down, and compared with those that the programme
    published.
    """
    to = Output(language, form, output, "programme", [file], csv)
    wanted = assess.Options(options.set_of(status), frozen=frozen)
    job = Job(wanted, jobs=jobs, cached=not no_cache)
    with progress_bar(language) as progress:
        outcome = assess_programme(file, job, progress)
    result, failures, problems = outcome.result, outcome.batch.failures, outcome.problems
    if result is None:
        code = OK
    elif to.form == "json":
        code = to.write([written.programme_json(outcome, wanted, file)])
    elif to.form == "csv":
        code = to.csv(csv_lines.programme_lines(result, language))
    else:
        errors = len(errors_of(problems))
        page = programme_page(result, outcome.waivers, errors, language)
        code = to.show([page], programme=result)
    _complain_of_failures(failures, to)
    if failures and problems:
        complain([""])
    to.complain_of(problems, outcome.texts)
    if result is None and exit_code(problems) == NOT_DONE:
        return NOT_DONE
    return code or (FILES_HAVE_ERRORS if failures else severity_code(problems, strict=strict))


def _deliver(
    counted: Counted, wanted: assess.Options, shard: many.Shard | None, to: Output, *, strict: bool
) -> int:
    """Write or print a batch, and complain about what is broken; the exit code."""
    counting, failures = counted.counting, counted.failures
    if to.form in ("json", "jsonl"):
        lines = to.form == "jsonl"
        code = to.write(written.batch_json(counted, wanted, shard, in_lines=lines))
    elif to.form == "csv":
        code = to.csv(csv_lines.batch_lines(counted, counting, to.language))
    elif to.form == "parquet":
        failed = (failure.file for failure in failures)
        try:
            rows = csv_lines.parquet_chunks(counted, failed, counting, to.language)
        except ModuleNotFoundError:
            return to.refuse("not-installed", ending=".parquet", extra="parquet")
        code = to.keep(rows)
    else:
        code = to.show([enterprises.batch_page(counted, failures, counting, to.language)])
    _complain_of_failures(failures, to)
    is_wrong = failures or (strict and counting.totals().warnings)
    return code or (FILES_HAVE_ERRORS if is_wrong else OK)


def _complain_of_failures(failures: Iterable[Failure], to: Output) -> None:
    """Every problem of every broken file on standard error, the first files with an excerpt."""
    for number, failure in enumerate(failures):
        if 0 < number <= MOST_SHOWN_IN_FULL:
            complain([""])
        if number < MOST_SHOWN_IN_FULL:
            to.complain_of(failure.problems, {failure.path: text_of(failure.path)})
        else:
            complain(rendered(failure.problems, {}, "concise", to.language))
