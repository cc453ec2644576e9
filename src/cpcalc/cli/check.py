"""`cpcalc check`: find the files, check each, narrow the list of problems, show it."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Literal

from typer import Argument, Option

from cpcalc import __version__
from cpcalc.app import check as use_cases
from cpcalc.app.files import (
    NotReadableError,
    below,
    document_of,
    exists,
    reason_of,
    write_atomically,
)
from cpcalc.app.load import migrated
from cpcalc.app.lock import with_programmes
from cpcalc.cli import FILES_HAVE_ERRORS, NOT_DONE, OK, options
from cpcalc.cli.output import Output, complain, severity_code
from cpcalc.diagnostics import catalogue
from cpcalc.report import check_page as pages
from cpcalc.report import json_result
from cpcalc.report.problems import rendered
from cpcalc.texts import problem_word


def check(
    paths: Annotated[
        list[str], Argument(metavar="PATH", help="Files or folders; - reads standard input.")
    ],
    form: options.ProblemFormat = "full",
    output: options.OutputFile = None,
    language: options.Language = "en",
    tier: Annotated[
        Literal["full", "basic"], Option(help="basic: without benchmarks and plausible bands.")
    ] = "full",
    strict: options.Strict = False,
    select: Annotated[
        list[str] | None,
        Option(
            metavar="CODE", autocompletion=options.codes, help="Only these: CP203, CP2 or a name."
        ),
    ] = None,
    ignore: Annotated[
        list[str] | None,
        Option(
            metavar="CODE", autocompletion=options.codes, help="Without these; as for --select."
        ),
    ] = None,
    baseline: Annotated[
        str | None, Option(metavar="FILE", help="Leave out the problems that this file knows.")
    ] = None,
    write_baseline: Annotated[
        str | None,
        Option(metavar="FILE", help="Write the problems found to this file as known ones."),
    ] = None,
    fix: Annotated[
        bool,
        Option("--fix", help="First mend spellings of units and groups of digits in the files."),
    ] = False,
    diff: Annotated[
        bool, Option("--diff", help="Show what --fix would change, and change nothing.")
    ] = False,
    changed: Annotated[
        bool,
        Option("--changed", help="Of these only files of cpcalc, and the programmes they are in."),
    ] = False,
    frozen: options.Frozen = False,
    verbose: Annotated[
        bool, Option("--verbose", "-v", help="List every expectation, met or not.")
    ] = False,
) -> int:
    """List every problem of assessments, programmes, factor sets.

    Exit code 0: nothing wrong. 1: a file has errors (or warnings, with --strict).
    2: a path or an option is wrong.
    """
    to = Output(language, form, output, "check", [*paths, *filter(None, [baseline])])
    names, complete = _files_below(paths, to)
    if changed:
        names = with_programmes(names)
    if diff:
        code = _show_changes(use_cases.fixed(names), to)
        return code if complete else NOT_DONE
    if fix and _rewrite(use_cases.fixed(names), to):
        return NOT_DONE
    try:
        listed = use_cases.names_selected(select) if select else frozenset(catalogue())
        listed -= use_cases.names_selected(ignore or ())
    except LookupError as error:
        return to.refuse_selector(str(error))
    checked = use_cases.check_files(names, tier, frozen=frozen)
    files = [
        file._replace(diagnostics=tuple(one for one in file.diagnostics if one.name in listed))
        for file in checked
    ]
    hidden = 0
    if baseline is not None:
        try:
            files, hidden, stale = use_cases.without_known(files, baseline)
        except NotReadableError as error:
            return to.refuse("baseline-unusable", path=baseline, reason=error.reason)
        except ValueError:
            return to.refuse("baseline-unusable", path=baseline, reason="not-a-baseline")
        for file, name, at in stale:
            to.refuse("baseline-stale", file=file, name=name, at=at or "-")
    if write_baseline is not None:
        if not complete:
            return NOT_DONE
        try:
            count = use_cases.write_baseline(write_baseline, files, to.inputs)
        except OSError as error:
            return to.refuse("baseline-unusable", path=write_baseline, reason=reason_of(error))
        complain([problem_word("baseline-written", language, path=write_baseline, count=count)])
        return OK
    if _write_report(files, to, hidden, strict=strict, verbose=verbose) or not complete:
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


# ---- mending --------------------------------------------------------------------------------


def migrate(
    paths: Annotated[list[str], Argument(metavar="PATH", help="Files or folders.")],
    diff: Annotated[bool, Option("--diff", help="Show the changes, and change nothing.")] = False,
    language: options.Language = "en",
) -> int:
    """Rewrite files in the newest file format; comments stay.

    Exit code 0: they are in it now. 1: with --diff there is something to change, or the version of
    a file is not known. 2: a path is wrong or cannot be written.
    """
    to = Output(language)
    names, complete = _files_below(paths, to)
    changes, code = [], OK
    for name in names:
        document = document_of(name)
        after = migrated(document)
        if not isinstance(after, str):
            to.complain_of(after, {name: document.text})
            code = FILES_HAVE_ERRORS
        elif after == document.text:
            complain([problem_word("newest-version", language, file=name)])
        else:
            changes.append(use_cases.Fixed(name, document.text, after, 1))
    code = (_show_changes if diff else _rewrite)(changes, to) or code
    return code if complete else NOT_DONE


def _show_changes(changes: Iterable[use_cases.Fixed], to: Output) -> int:
    """Show what would be rewritten as a unified diff; the exit code."""
    lines = [line for change in changes for line in use_cases.difference(change)]
    return to.write_lines(lines) or (FILES_HAVE_ERRORS if lines else OK)


def _rewrite(changes: Iterable[use_cases.Fixed], to: Output) -> int:
    """Rewrite the files; the exit code."""
    files = places = 0
    for change in changes:
        try:
            write_atomically(change.name, [change.after])  # a link stays a link
        except OSError as error:
            return to.refuse("cannot-write", path=change.name, reason=reason_of(error))
        files, places = files + 1, places + change.places
    if files:
        complain([problem_word("fixed", to.language, places=places, files=files)])
    return OK


# ---- showing --------------------------------------------------------------------------------


def _write_report(
    reports: Sequence[pages.FileReport], to: Output, known: int, *, strict: bool, verbose: bool
) -> int:
    """Write the list of problems in the form asked for; the exit code of doing so."""
    match to.form:
        case "junit":
            return to.write([pages.junit_report(reports, to.language, strict=strict)])
        case "json":
            return to.write([json_result.dumps(pages.check_data(reports, known))])
        case "sarif":
            found = [(problem, report.ids) for report in reports for problem in report.diagnostics]
            return to.write([json_result.dumps(pages.sarif_log(found, __version__, to.language))])
    # A form for people, or for the logs of a build.
    is_full = to.form == "full"
    lines: list[str] = []
    for report in reports:
        problems = list(rendered(report.diagnostics, report.texts, to.form, to.language))
        if lines and problems and is_full:
            lines.append("")
        lines += problems
    if verbose:
        for report in reports:
            lines += pages.expectation_lines(report, to.language)
    if is_full and reports:
        lines += [""] if lines else []
        lines += pages.closing_lines(reports, to.language, known)
    return to.write_lines(_coloured(lines, to.language) if to.is_coloured else lines)


_COLOURS = {"error": 31, "warning": 33, "notice": 36}


def _coloured(lines: Iterable[str], language: str) -> Iterator[str]:
    """The lines with severities and carets in the colour of the problem they belong to."""
    words = {problem_word(severity, language): code for severity, code in _COLOURS.items()}
    code = 0
    for line in lines:
        severity, bracket, rest = line.partition("]")
        found = words.get(severity.partition("[")[0]) if bracket else None
        code = found or code
        carets = line.partition("|")[2].strip(" ^") == "" and "^" in line
        if found:
            yield f"\x1b[1;{code}m{severity}]\x1b[0m{rest}"
        else:
            yield f"\x1b[{code}m{line}\x1b[0m" if carets else line
