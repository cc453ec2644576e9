"""`cpcalc factors`: the factor sets, one by one; whether they are what was released; what newer ones would change."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from cpcalc.cli.assess import Language
from cpcalc.cli.exits import FILES_HAVE_ERRORS, NOT_DONE, OK

if TYPE_CHECKING:
    from cpcalc.diagnostics import Diagnostic

Form = Annotated[Literal["terminal", "json"], typer.Option("--format", help="How to show it.")]
Lang = Annotated[
    Language, typer.Option("--lang", envvar="CPCALC_LANG", help="Language of the texts.")
]
Beside = Annotated[
    str,
    typer.Option(
        "--beside", metavar="FOLDER", help="Also the sets in emission_factors/ of this folder."
    ),
]
Debug = Annotated[bool, typer.Option("--debug", help="Show a traceback when cpcalc itself fails.")]


def list_command(
    form: Form = "terminal", lang: Lang = "en", beside: Beside = ".", debug: Debug = False
) -> int:
    """List the factor sets: shipped ones and own ones.

    Own sets stand beside the assessments.
    """
    from cpcalc.app.factors import sets_of
    from cpcalc.report.factors import sets_data, sets_page

    listed = list(sets_of(beside))
    return _delivered(form, lang, lambda: sets_data(listed), lambda: sets_page(listed, lang))


def show(
    name: Annotated[
        str,
        typer.Argument(metavar="ID", help="A set (ap-42@1) or a factor (ipcc-2006/anthracite)."),
    ],
    form: Form = "terminal",
    lang: Lang = "en",
    beside: Beside = ".",
    debug: Debug = False,
) -> int:
    """Show one set or factor, with ranges and citations.

    Every value with its range, conditions and citation, and how a file uses it.
    """
    from cpcalc.app.factors import NotFound, find
    from cpcalc.cli.output import complain
    from cpcalc.report.factors import entry_page, set_page, shown_data
    from cpcalc.report.words import word

    found = find(name, beside)
    if isinstance(found, NotFound):
        complain(
            [
                word("factor-not-found", lang, name=name),
                *(f"  {nearest}" for nearest in found.nearest),
            ]
        )
        return NOT_DONE
    entry = found.entry
    return _delivered(
        form,
        lang,
        lambda: shown_data(found.factor_set, found.section, entry, found.rows),
        lambda: (
            set_page(found.factor_set, found.rows, lang)
            if entry is None
            else entry_page(found.factor_set, found.section, entry, found.rows, lang)
        ),
    )


def verify(
    form: Form = "terminal", lang: Lang = "en", beside: Beside = ".", debug: Debug = False
) -> int:
    """Check every set, and that released ones are unchanged.

    Units, citations, unique ids, and that a released set has the hash it was released with.
    """
    from cpcalc.app.factors import verify as verify_sets
    from cpcalc.report.factors import verified_data, verified_page

    verified = list(verify_sets(beside))
    described = [_described(item.diagnostics) for item in verified]
    code = _delivered(
        form,
        lang,
        lambda: verified_data(verified, described),
        lambda: verified_page(verified, lang),
    )
    for item in verified:
        _complained(item.diagnostics, {item.path: item.text}, lang)
    wrong = any(problem.severity == "error" for item in verified for problem in item.diagnostics)
    return code or (FILES_HAVE_ERRORS if wrong else OK)


def outdated(
    paths: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH...", help="Assessments, programmes, or folders of assessments."
        ),
    ],
    form: Form = "terminal",
    lang: Lang = "en",
    debug: Debug = False,
) -> int:
    """Say which figures of files newer sets would change.

    Every pinned set with a newer version is tried, before anything is changed.
    """
    from cpcalc.app.assess import Options
    from cpcalc.app.factors import assessments_meant
    from cpcalc.app.factors import outdated as find_outdated
    from cpcalc.cli.assessing import exit_code
    from cpcalc.cli.output import refused
    from cpcalc.report.factors import outdated_data, outdated_page

    meant = assessments_meant(paths)
    _complained(meant.problems, dict(meant.texts), lang)
    if not meant.names:
        return (
            FILES_HAVE_ERRORS
            if meant.problems
            else refused("no-assessment-below", lang, path=" ".join(paths))
        )
    found = [find_outdated(name, Options()) for name in meant.names]
    known = [item for item in found if item.base.result is not None]
    for item in found:
        text = item.base.document.text if item.base.document is not None else ""
        problems = list(item.base.diagnostics) if item.base.result is None else []
        problems += [problem for one in item.newer for problem in one.errors]
        _complained(problems, {item.base.name: text}, lang)
    code = OK
    if known:
        newer = [
            (item.base.name, one, _described(one.errors)) for item in known for one in item.newer
        ]
        pages = [
            partial(outdated_page, item.base.name, item.newer, item.pins, lang) for item in known
        ]
        code = _delivered(form, lang, lambda: outdated_data(newer), *pages)
    broken = [item.base for item in found if item.base.result is None]
    return (
        code
        or exit_code(broken, strict=False)
        or (FILES_HAVE_ERRORS if broken or meant.problems else OK)
    )


def _delivered(
    form: str, lang: str, data: Callable[[], dict[str, Any]], *pages: Callable[[], Any]
) -> int:
    if form == "json":
        from cpcalc.cli.output import deliver
        from cpcalc.report.json_result import dumps

        return deliver(dumps(data()), None)
    from cpcalc.cli.assessing import show_pages

    return show_pages([page() for page in pages], form, None, lang)


def _described(problems: Sequence[Diagnostic]) -> list[dict[str, Any]]:
    from cpcalc.report.problems import describe

    return [describe(problem, {}) for problem in problems]


def _complained(problems: Sequence[Diagnostic], texts: dict[str, str], lang: str) -> None:
    from cpcalc.cli.output import complain
    from cpcalc.report.problems import rendered

    complain(rendered(problems, texts, "full", lang))


FACTOR_COMMANDS: tuple[Callable[..., Any], ...] = (list_command, show, verify, outdated)


def factors() -> typer.Typer:
    """The group of commands on factor sets."""
    group = typer.Typer(
        rich_markup_mode=None,
        no_args_is_help=True,
        help="Factor sets: list, show, verify, and what is outdated.",
    )
    for command in FACTOR_COMMANDS:
        group.command(command.__name__.removesuffix("_command"))(command)
    return group
