"""`cpcalc batch` and `cpcalc merge`: every assessment below some folders, in one run or in parts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from cpcalc.cli.assess import Form, Language, known_statuses

if TYPE_CHECKING:
    from cpcalc.app.many import Shard

GroupBy = Literal["province", "sector", "data-status"]
MOST_SHARDS = 100_000


def known_shard(text: str | None) -> str | None:
    """A shard as given, or a usage error that shows how one is written."""
    if text is None:
        return None
    match = re.fullmatch(r"([0-9]{1,6})/([0-9]{1,6})", text)
    if match is None or not 1 <= int(match[1]) <= int(match[2]) <= MOST_SHARDS:
        raise typer.BadParameter(f"{text!r} is not K/N with K from 1 to N, such as 2/8")
    return text


def batch(
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH...", help="Files or folders with assessments.")
    ],
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
    group_by: Annotated[GroupBy | None, typer.Option(help="Totals for each of these, too.")] = None,
    status: Annotated[
        list[str] | None,
        typer.Option(
            metavar="STATUS",
            callback=known_statuses,
            help="Only measures of this status; may be repeated.",
        ),
    ] = None,
    currency: Annotated[
        str | None,
        typer.Option(metavar="CODE", help="Report in this currency, at each file's rate."),
    ] = None,
    shard: Annotated[
        str | None,
        typer.Option(
            metavar="K/N",
            callback=known_shard,
            help="Only part K of N of the files; put the JSON results together with: cpcalc merge.",
        ),
    ] = None,
    no_cache: Annotated[
        bool, typer.Option("--no-cache", help="Neither use nor keep results of other runs.")
    ] = False,
    verify: Annotated[
        bool, typer.Option("--verify", help="Recompute everything and compare with kept results.")
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
    """Assess all files below some folders, and add them up.

    One row for each enterprise, and totals. A broken file is reported and stops nothing.
    Files that did not change are taken from the cache.
    """
    from cpcalc.app.batch import Job, Request
    from cpcalc.cli.batching import batch_paths

    request = Request(tuple(sorted(set(status))) if status else None, currency, frozen=frozen)
    job = Job(request, _shard(shard), jobs, cached=not no_cache, verify=verify)
    return batch_paths(
        paths, form=form, output=output, job=job, group_by=group_by, language=lang, strict=strict
    )


def _shard(text: str | None) -> Shard | None:
    from cpcalc.app.many import Shard

    if text is None:
        return None
    number, of = text.split("/")
    return Shard(int(number), int(of))


def merge(
    results: Annotated[
        list[str],
        typer.Argument(metavar="RESULT...", help="JSON results of all shards of one batch."),
    ],
    form: Annotated[Form, typer.Option("--format", help="How to show the result.")] = "terminal",
    output: Annotated[
        str | None, typer.Option(metavar="FILE", help="Write to this file, in one piece.")
    ] = None,
    group_by: Annotated[GroupBy | None, typer.Option(help="Totals for each of these, too.")] = None,
    lang: Annotated[
        Language, typer.Option(envvar="CPCALC_LANG", help="Language of the report.")
    ] = "en",
    strict: Annotated[bool, typer.Option("--strict", help="Treat warnings as errors.")] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show a traceback when cpcalc itself fails.")
    ] = False,
) -> int:
    """Put the results of all shards of a batch together.

    The outcome is the same as if the batch had run in one.
    """
    from cpcalc.cli.batching import merge_results

    return merge_results(
        results, form=form, output=output, group_by=group_by, language=lang, strict=strict
    )
