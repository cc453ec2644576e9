"""What `check` does: find the files, check each, narrow the list, show it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from cpcalc.cli.exits import FILES_HAVE_ERRORS, NOT_DONE, OK
from cpcalc.cli.output import complain, deliver, refused, unknown_selector

if TYPE_CHECKING:
    from cpcalc.app.check import Checked
    from cpcalc.report.check_page import FileReport


def check_paths(
    paths: Sequence[str],
    *,
    form: str = "full",
    output: str | None = None,
    lang: str = "en",
    tier: str = "full",
    strict: bool = False,
    select: Sequence[str] | None = None,
    ignore: Sequence[str] | None = None,
    baseline: str | None = None,
    write_baseline: str | None = None,
    fix: bool = False,
    diff: bool = False,
    frozen: bool = False,
    verbose: bool = False,
) -> int:
    """Check all files below the paths; the exit code."""
    names, complete = _files_below(paths, lang)
    if fix or diff:
        code = _fix(names, lang, output, only_show=diff)
        if diff or code:
            return code if complete else NOT_DONE
    from cpcalc.app.check import check_files
    from cpcalc.report.check_page import FileReport

    files = check_files(names, tier, frozen=frozen)
    hidden = 0
    if select or ignore or baseline or write_baseline is not None:
        narrowed = _narrowed(files, select, ignore, baseline, lang)
        if narrowed is None:
            return NOT_DONE
        files, hidden = narrowed
    if write_baseline is not None:
        return _write_baseline(write_baseline, files, lang) if complete else NOT_DONE
    reports = [
        FileReport(
            file.name,
            file.kind,
            file.diagnostics,
            file.text,
            file.ids,
            file.expectations,
            file.texts,
        )
        for file in files
    ]
    if (
        deliver(_text(reports, form, lang, hidden, strict=strict, verbose=verbose), output, lang)
        or not complete
    ):
        return NOT_DONE
    severities = {diagnostic.severity for report in reports for diagnostic in report.diagnostics}
    return (
        FILES_HAVE_ERRORS if "error" in severities or (strict and "warning" in severities) else OK
    )


def _files_below(paths: Iterable[str], lang: str) -> tuple[list[str], bool]:
    """Every file below the paths, each once, and whether every path led to one."""
    from cpcalc.app.files import below, exists

    names: dict[str, None] = {}
    complete = True
    for path in paths:
        found = list(below(path)) if exists(path) else []
        if not found:
            refused("no-yaml-below" if exists(path) else "no-such-path", lang, path=path)
            complete = False
        names |= dict.fromkeys(found)
    return list(names), complete


# ---- less than everything -------------------------------------------------------------------------------------------


def _narrowed(
    files: list[Checked],
    select: Sequence[str] | None,
    ignore: Sequence[str] | None,
    baseline: str | None,
    lang: str,
) -> tuple[list[Checked], int] | None:
    """The files with the problems that are asked for, and how many the baseline file hid; None: it cannot be done."""
    from cpcalc.app.selection import (
        BaselineUnusable,
        UnknownSelector,
        names_selected,
        read_baseline,
        selected,
        without_known,
    )

    try:
        wanted = names_selected(select) if select else None
        unwanted = names_selected(ignore or ())
        files = [selected(file, wanted, unwanted) for file in files]
        if baseline is None:
            return files, 0
        files, hidden, stale = without_known(files, read_baseline(baseline), baseline)
    except UnknownSelector as error:
        unknown_selector(error.text, error.nearest, lang)
        return None
    except BaselineUnusable as error:
        refused("baseline-unusable", lang, path=error.name, reason=error.reason)
        return None
    for file, name, at in stale:
        refused("baseline-stale", lang, file=file, name=name, at=at or "-")
    return files, hidden


def _write_baseline(name: str, files: Sequence[Checked], lang: str) -> int:
    from cpcalc.app.selection import write_baseline
    from cpcalc.report.words import problem_word

    try:
        count = write_baseline(name, files)
    except OSError as error:
        return refused(
            "baseline-unusable",
            lang,
            path=name,
            reason=(error.strerror or type(error).__name__).lower(),
        )
    complain([problem_word("baseline-written", lang, path=name, count=count)])
    return OK


def _fix(names: Iterable[str], lang: str, output: str | None, *, only_show: bool) -> int:
    """Rewrite the files, or show as a diff what would be rewritten; the exit code of doing so."""
    from cpcalc.app.files import STANDARD_INPUT, NotReadableError
    from cpcalc.app.fix import difference, fixed, write_fixed
    from cpcalc.report.words import problem_word

    lines: list[str] = []
    changed = places = 0
    for name in names:
        try:
            change = fixed(name) if name != STANDARD_INPUT else None
            if change is None:
                continue
            changed, places = changed + 1, places + change.places
            if only_show:
                lines += difference(change)
            else:
                write_fixed(change)
        except NotReadableError:
            continue  # the check that follows says so
        except OSError as error:
            return refused(
                "cannot-write",
                lang,
                path=name,
                reason=(error.strerror or type(error).__name__).lower(),
            )
    if not only_show:
        if changed:
            complain([problem_word("fixed", lang, places=places, files=changed)])
        return OK
    if deliver("".join(f"{line}\n" for line in lines), output, lang):
        return NOT_DONE
    return FILES_HAVE_ERRORS if changed else OK


# ---- showing --------------------------------------------------------------------------------------------------------


def _text(
    reports: Sequence[FileReport], form: str, lang: str, known: int, *, strict: bool, verbose: bool
) -> str:
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
        found = list(
            rendered(report.diagnostics, {**report.texts, report.name: report.text}, form, lang)
        )
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
