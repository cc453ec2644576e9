"""`cpcalc factors`: the factor sets, whether they are as released, what newer ones would change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import typer
from typer import Argument

from cpcalc.app import factors as use_cases
from cpcalc.app.assess import Options
from cpcalc.cli import FILES_HAVE_ERRORS, NOT_DONE, OK, options
from cpcalc.cli.output import Output, complain, exit_code, severity_code
from cpcalc.diagnostics import Diagnostic
from cpcalc.report import factors as report
from cpcalc.report.json_result import dumps
from cpcalc.report.problems import describe
from cpcalc.report.words import word

factors = typer.Typer(
    rich_markup_mode=None,
    no_args_is_help=True,
    help="Factor sets: list, show, verify, and what is outdated.",
)


@factors.command("list")
def list_sets(
    form: options.ShortFormat = "terminal",
    language: options.Language = "en",
    beside: options.Beside = ".",
    debug: options.Debug = False,
) -> int:
    """List the factor sets: shipped ones and own ones.

    Own sets stand beside the assessments.
    """
    to = Output(language, form)
    listed = list(use_cases.sets_of(beside))
    if form == "json":
        return to.write([dumps(report.sets_data(listed))])
    return to.show([report.sets_page(listed, language)])


@factors.command()
def show(
    name: Annotated[
        str, Argument(metavar="ID", help="A set (ap-42@1) or a factor (ipcc-2006/anthracite).")
    ],
    form: options.ShortFormat = "terminal",
    language: options.Language = "en",
    beside: options.Beside = ".",
    debug: options.Debug = False,
) -> int:
    """Show one set or factor, with ranges and citations.

    Every value with its range, conditions and citation, and how a file uses it.
    """
    to = Output(language, form)
    found = use_cases.find(name, beside)
    if isinstance(found, list):
        complain([word("factor-not-found", language, name=name)])
        complain(f"  {nearest}" for nearest in found)
        return NOT_DONE
    factor_set, section, entry, rows = found
    if form == "json":
        return to.write([dumps(report.shown_data(factor_set, section, entry, rows))])
    if entry is None:
        return to.show([report.set_page(factor_set, rows, language)])
    return to.show([report.entry_page(factor_set, section, entry, rows, language)])


@factors.command()
def verify(
    form: options.ShortFormat = "terminal",
    language: options.Language = "en",
    beside: options.Beside = ".",
    debug: options.Debug = False,
) -> int:
    """Check every set, and that released ones are unchanged.

    Units, citations, unique ids, and that a released set has the hash it was released with.
    """
    to = Output(language, form)
    verified = list(use_cases.verify(beside))
    if form == "json":
        described = [_described(item.diagnostics) for item in verified]
        code = to.write([dumps(report.verified_data(verified, described))])
    else:
        code = to.show([report.verified_page(verified, language)])
    for item in verified:
        to.complain_of(item.diagnostics, {item.path: item.text})
    return code or severity_code(problem for item in verified for problem in item.diagnostics)


@factors.command()
def outdated(
    paths: Annotated[
        list[str],
        Argument(metavar="PATH...", help="Assessments, programmes, or folders of assessments."),
    ],
    form: options.ShortFormat = "terminal",
    language: options.Language = "en",
    debug: options.Debug = False,
) -> int:
    """Say which figures of files newer sets would change.

    Every pinned set with a newer version is tried, before anything is changed.
    """
    to = Output(language, form)
    names, problems, texts = use_cases.assessments_meant(paths)
    to.complain_of(problems, texts)
    if not names:
        asked = " ".join(paths)
        return FILES_HAVE_ERRORS if problems else to.refuse("no-assessment-below", path=asked)
    tried = [use_cases.outdated(name, Options()) for name in names]
    known = [item for item in tried if item.base.result is not None]
    broken = [item for item in tried if item.base.result is None]
    for item in tried:
        own = list(item.base.diagnostics) if item.base.result is None else []
        own += [problem for newer in item.newer for problem in newer.errors]
        to.complain_of(own, {item.base.name: item.base.text})
    code = _show_outdated(known, to) if known else OK
    unread = exit_code([problem for item in broken for problem in item.base.diagnostics])
    return code or unread or (FILES_HAVE_ERRORS if broken or problems else OK)


def _show_outdated(known: Sequence[use_cases.Outdated], to: Output) -> int:
    if to.form == "json":
        newer = [
            (item.base.name, one, _described(one.errors)) for item in known for one in item.newer
        ]
        return to.write([dumps(report.outdated_data(newer))])
    pages = [
        report.outdated_page(item.base.name, item.newer, item.pins, to.language) for item in known
    ]
    return to.show(pages)


def _described(problems: Sequence[Diagnostic]) -> list[dict[str, Any]]:
    return [describe(problem, {}) for problem in problems]
