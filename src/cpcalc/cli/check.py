"""`cpcalc check`: find the files, check each, narrow the list of problems, show it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Annotated, Any, Literal

import typer

from cpcalc import __version__
from cpcalc.app.check import check_files
from cpcalc.app.files import NotReadableError, below, exists, reason_of
from cpcalc.app.fix import difference, fixed, write_fixed
from cpcalc.app.selection import (
    BaselineUnusable,
    UnknownSelector,
    names_selected,
    read_baseline,
    selected,
    without_known,
)
from cpcalc.app.selection import write_baseline as write_known
from cpcalc.cli import FILES_HAVE_ERRORS, NOT_DONE, OK, options
from cpcalc.cli.output import Output, complain, severity_code
from cpcalc.report.check_page import (
    FileReport,
    check_data,
    closing_lines,
    expectation_lines,
    junit_report,
    sarif_log,
)
from cpcalc.report.problems import rendered
from cpcalc.report.words import problem_word


def check(
    paths: Annotated[
        list[str],
        typer.Argument(metavar="PATH...", help="Files or folders; - reads standard input."),
    ],
    form: options.ProblemFormat = "full",
    output: options.OutputFile = None,
    language: options.Language = "en",
    tier: Annotated[
        Literal["full", "basic"],
        typer.Option(help="basic: without benchmarks and plausible bands."),
    ] = "full",
    strict: options.Strict = False,
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
    frozen: options.Frozen = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="List every expectation, met or not.")
    ] = False,
    debug: options.Debug = False,
) -> int:
    """List every problem of assessments, programmes, factor sets.

    Exit code 0: nothing wrong. 1: a file has errors (or warnings, with --strict).
    2: a path or an option is wrong.
    """
    to = Output(language, form, output)
    names, complete = _files_below(paths, to)
    if diff:
        code = _show_fixes(names, to)
        return code if complete else NOT_DONE
    if fix and _fix(names, to):
        return NOT_DONE
    files = check_files(names, tier, frozen=frozen)
    try:
        files, hidden = _narrowed(files, select, ignore, baseline, to)
    except UnknownSelector as error:
        return to.refuse_selector(error.text, error.nearest)
    except BaselineUnusable as error:
        return to.refuse("baseline-unusable", path=error.name, reason=error.reason)
    if write_baseline is not None:
        return _write_baseline(write_baseline, files, to) if complete else NOT_DONE
    text = _text(files, to, hidden, strict=strict, verbose=verbose)
    if to.write([text]) or not complete:
        return NOT_DONE
    problems = [problem for file in files for problem in file.diagnostics]
    return severity_code(problems, strict=strict)


def _files_below(paths: Iterable[str], to: Output) -> tuple[list[str], bool]:
    """Every file below the paths, each once, and whether every path led to one."""
    names: dict[str, None] = {}
    complete = True
    for path in paths:
        files = list(below(path)) if exists(path) else []
        if not files:
            to.refuse("no-yaml-below" if exists(path) else "no-such-path", path=path)
            complete = False
        names |= dict.fromkeys(files)
    return list(names), complete


# ---- less than everything -------------------------------------------------------------------


def _narrowed(
    files: Sequence[FileReport],
    select: Sequence[str] | None,
    ignore: Sequence[str] | None,
    baseline: str | None,
    to: Output,
) -> tuple[list[FileReport], int]:
    """The files with the problems asked for, and how many the baseline file hid."""
    wanted = names_selected(select) if select else None
    unwanted = names_selected(ignore or ())
    narrowed = [selected(file, wanted, unwanted) for file in files]
    if baseline is None:
        return narrowed, 0
    left, hidden, stale = without_known(narrowed, read_baseline(baseline), baseline)
    for file, name, at in stale:
        to.refuse("baseline-stale", file=file, name=name, at=at or "-")
    return left, hidden


def _write_baseline(name: str, files: Sequence[FileReport], to: Output) -> int:
    try:
        count = write_known(name, files)
    except OSError as error:
        return to.refuse("baseline-unusable", path=name, reason=reason_of(error))
    complain([problem_word("baseline-written", to.language, path=name, count=count)])
    return OK


# ---- mending --------------------------------------------------------------------------------


def _fix(names: Iterable[str], to: Output) -> int:
    """Rewrite the files; the exit code. One that cannot be read is left to the check."""
    files = places = 0
    for name in names:
        try:
            change = fixed(name)
            if change is not None:
                write_fixed(change)
                files, places = files + 1, places + change.places
        except NotReadableError:
            continue
        except OSError as error:
            return to.refuse("cannot-write", path=name, reason=reason_of(error))
    if files:
        complain([problem_word("fixed", to.language, places=places, files=files)])
    return OK


def _show_fixes(names: Iterable[str], to: Output) -> int:
    """Show as a diff what would be rewritten; 1 where anything would be."""
    lines: list[str] = []
    for name in names:
        try:
            change = fixed(name)
        except NotReadableError:
            continue
        if change is not None:
            lines += difference(change)
    return to.write_lines(lines) or (FILES_HAVE_ERRORS if lines else OK)


# ---- showing --------------------------------------------------------------------------------


def _text(
    reports: Sequence[FileReport], to: Output, known: int, *, strict: bool, verbose: bool
) -> str:
    found = [(problem, report.ids) for report in reports for problem in report.diagnostics]
    documents: Mapping[str, Callable[[], str]] = {
        "junit": lambda: junit_report(reports, to.language, strict=strict),
        "json": lambda: _json(check_data(reports, known)),
        "sarif": lambda: _json(sarif_log(found, __version__, to.language)),
    }
    if to.form in documents:
        return documents[to.form]()
    return "".join(f"{line}\n" for line in _list(reports, to, known, verbose=verbose))


def _json(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def _list(reports: Sequence[FileReport], to: Output, known: int, *, verbose: bool) -> Sequence[str]:
    """The lines of a form for people and for the logs of a build."""
    is_full = to.form == "full"
    lines: list[str] = []
    for report in reports:
        texts = {**report.texts, report.name: report.text}
        problems = list(rendered(report.diagnostics, texts, to.form, to.language))
        if lines and problems and is_full:
            lines.append("")
        lines += problems
    if verbose:
        lines += [line for report in reports for line in expectation_lines(report, to.language)]
    if is_full and reports:
        lines += [""] if lines else []
        lines += closing_lines(reports, to.language, known)
    return lines
