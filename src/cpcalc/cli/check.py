"""`cpcalc check`: the options; the work is in ``checking``."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

Form = Literal["full", "concise", "github", "sarif", "junit", "json"]
Language = Literal["en", "vi"]
Tier = Literal["full", "basic"]


def check(
    paths: Annotated[
        list[str],
        typer.Argument(metavar="PATH...", help="Files or folders; - reads standard input."),
    ],
    form: Annotated[Form, typer.Option("--format", help="How to list the problems.")] = "full",
    output: Annotated[
        str | None, typer.Option(metavar="FILE", help="Write to this file, in one piece.")
    ] = None,
    lang: Annotated[
        Language, typer.Option(envvar="CPCALC_LANG", help="Language of the messages.")
    ] = "en",
    tier: Annotated[
        Tier, typer.Option(help="basic: without benchmarks and plausible bands.")
    ] = "full",
    strict: Annotated[bool, typer.Option("--strict", help="Treat warnings as errors.")] = False,
    select: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CODE", help="List only these: numbers, their beginnings (CP2) or names."
        ),
    ] = None,
    ignore: Annotated[
        list[str] | None,
        typer.Option(metavar="CODE", help="Leave these out; written as for --select."),
    ] = None,
    baseline: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Leave out the problems that this file knows."),
    ] = None,
    write_baseline: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Write the problems found to this file as known ones."),
    ] = None,
    fix: Annotated[
        bool,
        typer.Option(
            "--fix", help="First mend spellings of units and groups of digits in the files."
        ),
    ] = False,
    diff: Annotated[
        bool, typer.Option("--diff", help="Show what --fix would change, and change nothing.")
    ] = False,
    frozen: Annotated[
        bool, typer.Option("--frozen", help="Refuse what the lock file does not hold.")
    ] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="List every expectation, met or not.")
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show a traceback when cpcalc itself fails.")
    ] = False,
) -> int:
    """List every problem of assessments, programmes, factor sets.

    Exit code 0: nothing wrong. 1: a file has errors (or warnings, with --strict). 2: a path or an option is wrong.
    """
    from cpcalc.cli.checking import check_paths

    return check_paths(
        paths,
        form=form,
        output=output,
        lang=lang,
        tier=tier,
        strict=strict,
        select=select,
        ignore=ignore,
        baseline=baseline,
        write_baseline=write_baseline,
        fix=fix,
        diff=diff,
        frozen=frozen,
        verbose=verbose,
    )
