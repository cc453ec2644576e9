"""`cpcalc check`: every problem of every file at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from cpcalc.cli.exits import FILES_HAVE_ERRORS, NOT_DONE, OK

if TYPE_CHECKING:
    from cpcalc.app.check import Checked
    from cpcalc.report.check_page import FileReport


def check(
    paths: Annotated[list[str], typer.Argument(metavar="PATH...", help="Files or folders; - reads standard input.")],
    form: Annotated[str, typer.Option("--format", help="full, concise, github, sarif, junit or json.")] = "full",
    output: Annotated[str | None, typer.Option(help="Write to this file instead, in one piece.")] = None,
    lang: Annotated[str, typer.Option(help="Language of the messages: en or vi.")] = "en",
    tier: Annotated[str, typer.Option(help="full, or basic: without benchmarks and plausible bands.")] = "full",
    strict: Annotated[bool, typer.Option("--strict", help="Treat warnings as errors.")] = False,
    select: Annotated[
        list[str] | None, typer.Option(help="List only these: numbers, their beginnings (CP2) or names.")
    ] = None,
    ignore: Annotated[list[str] | None, typer.Option(help="Leave these out; as for --select.")] = None,
    baseline: Annotated[
        str | None, typer.Option(metavar="FILE", help="Leave out the problems that this file knows.")
    ] = None,
    write_baseline: Annotated[
        str | None, typer.Option(metavar="FILE", help="Write the problems found to this file as known ones.")
    ] = None,
    frozen: Annotated[bool, typer.Option("--frozen", help="Refuse what the lock file does not hold.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="List every expectation, met or not.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show a traceback when cpcalc itself fails.")] = False,
) -> int:
    """List every problem of assessments, programmes and factor sets.

    Exit code 0: nothing wrong. 1: a file has errors (or warnings, with --strict). 2: a path or an option is wrong.
    """
    from cpcalc.app.selection import BaselineUnusable, UnknownSelector, names_selected, read_baseline, without_known
    from cpcalc.cli.output import deliver, refused
    from cpcalc.report.check_page import FileReport
    from cpcalc.report.problems import FORMS

    wrong = [
        (option, found, choices)
        for option, found, choices in (
            ("--format", form, FORMS),
            ("--lang", lang, ("en", "vi")),
            ("--tier", tier, ("basic", "full")),
        )
        if found not in choices
    ]
    for option, found, choices in wrong:
        words = {"option": option, "found": found, "choices": ", ".join(choices)}
        refused("unknown-option-value", lang, **words)
    if wrong:
        return NOT_DONE
    try:
        wanted = names_selected(select) if select else None
        unwanted = names_selected(ignore or ())
        known: Counter[tuple[str, str, str]] = read_baseline(baseline) if baseline else Counter()
    except UnknownSelector as error:
        return refused("unknown-selector", lang, text=error.text, nearest=", ".join(error.nearest) or "-")
    except BaselineUnusable as error:
        return refused("baseline-unusable", lang, path=error.name, reason=error.reason)
    files, complete = _checked(paths, tier, lang, frozen=frozen)
    files = _narrowed(files, wanted, unwanted)
    if write_baseline is not None:
        return _write_baseline(write_baseline, files, lang) if complete else NOT_DONE
    hidden = 0
    if baseline:
        files, hidden, stale = without_known(files, known, baseline)
        for file, name, at in stale:
            refused("baseline-stale", lang, file=file, name=name, at=at or "-")
    reports = [FileReport(*file) for file in files]
    if deliver(_text(reports, form, lang, hidden, strict=strict, verbose=verbose), output):
        return NOT_DONE
    severities = {diagnostic.severity for report in reports for diagnostic in report.diagnostics}
    if not complete:
        return NOT_DONE
    return FILES_HAVE_ERRORS if "error" in severities or (strict and "warning" in severities) else OK


def _checked(paths: Iterable[str], tier: str, lang: str, *, frozen: bool = False) -> tuple[list[Checked], bool]:
    """Every file below the paths, each once, and whether every path led to one."""
    from cpcalc.app.check import check_file
    from cpcalc.app.files import below, exists
    from cpcalc.cli.output import refused

    names: dict[str, None] = {}
    complete = True
    for path in paths:
        if not exists(path):
            refused("no-such-path", lang, path=path)
            complete = False
            continue
        found = list(below(path))
        if not found:
            refused("no-yaml-below", lang, path=path)
            complete = False
        names |= dict.fromkeys(found)
    return [check_file(name, tier, frozen=frozen) for name in names], complete


def _narrowed(files: list[Checked], wanted: frozenset[str] | None, unwanted: frozenset[str]) -> list[Checked]:
    from cpcalc.app.selection import selected

    return [selected(file, wanted, unwanted) for file in files]


def _write_baseline(name: str, files: Sequence[Checked], lang: str) -> int:
    from cpcalc.app.selection import write_baseline
    from cpcalc.cli.output import complain, refused
    from cpcalc.report.problems import TABLES

    try:
        count = write_baseline(name, files)
    except OSError as error:
        return refused("baseline-unusable", lang, path=name, reason=(error.strerror or type(error).__name__).lower())
    complain([TABLES[lang].WORDS["baseline-written"].format(path=name, count=count)])
    return OK


def _text(reports: Sequence[FileReport], form: str, lang: str, known: int, *, strict: bool, verbose: bool) -> str:
    from cpcalc.report.check_page import check_data, closing_lines, expectation_lines
    from cpcalc.report.problems import rendered

    if form == "junit":
        from cpcalc.report.junit import junit_report

        return junit_report(reports, lang, strict=strict)
    if form in ("json", "sarif"):
        import json

        data = check_data(reports, known) if form == "json" else _sarif(reports, lang)
        return json.dumps(data, ensure_ascii=False, indent=2) + "\n"
    lines: list[str] = []
    for report in reports:
        found = list(rendered(report.diagnostics, {report.name: report.text}, form, lang))
        lines += ["", *found] if lines and found and form == "full" else found
    if verbose:
        lines += [line for report in reports for line in expectation_lines(report, lang)]
    if form == "full" and reports:
        lines += [*([""] if lines else []), *closing_lines(reports, lang, known)]
    return "".join(f"{line}\n" for line in lines)


def _sarif(reports: Sequence[FileReport], lang: str) -> object:
    from cpcalc import __version__
    from cpcalc.report.sarif import sarif_log

    found = [(diagnostic, report.ids) for report in reports for diagnostic in report.diagnostics]
    return sarif_log(found, __version__, lang)
