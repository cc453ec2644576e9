"""What `cpcalc assess` does, whichever way its options were read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from cpcalc.cli.exits import FILES_HAVE_ERRORS, NOT_DONE, OK

if TYPE_CHECKING:
    from cpcalc.app.assess import Outcome
    from cpcalc.report.layout import Block


def assess_files(
    files: Sequence[str],
    *,
    form: str = "terminal",
    output: str | None = None,
    statuses: Sequence[str] | None = None,
    currency: str | None = None,
    language: str = "en",
    strict: bool = False,
    economics: bool = False,
    measure: str | None = None,
    sets: Sequence[str] = (),
    scenarios: Sequence[str] = (),
    frozen: bool = False,
) -> int:
    """Assess files and show or write the results; the exit code."""
    from cpcalc.app.assess import Options, assess_file
    from cpcalc.cli.output import complain, refused

    if list(files).count("-") > 1:
        return refused("input-read-twice", language)
    options = Options(
        frozenset(statuses) if statuses else None, currency, economics=economics, frozen=frozen
    )
    if sets or scenarios:
        from cpcalc.cli.comparing import compare_files

        return compare_files(
            files,
            options,
            sets,
            scenarios,
            form=form,
            output=output,
            language=language,
            strict=strict,
            measure=measure,
        )
    outcomes = [assess_file(name, options) for name in files]
    if measure is not None and (unknown := without_measure(outcomes, measure)):
        complain(unknown)
        return NOT_DONE
    code = _deliver(outcomes, form, output, language, economics=economics, measure=measure)
    _complain_of(outcomes, language)
    return code or exit_code(outcomes, strict=strict)


def _complain_of(outcomes: Sequence[Outcome], language: str) -> None:
    """Print the problems of all files, if there are any."""
    found = [diagnostic for outcome in outcomes for diagnostic in outcome.diagnostics]
    if found:
        from cpcalc.cli.output import complain
        from cpcalc.report.problems import rendered

        texts = {
            outcome.name: outcome.document.text
            for outcome in outcomes
            if outcome.document is not None
        }
        complain(rendered(found, texts, "full", language))


def exit_code(outcomes: Sequence[Outcome], *, strict: bool) -> int:
    """2 when a file could not be read, 1 when one has errors (or, under ``strict``, warnings), else 0."""
    found = [diagnostic for outcome in outcomes for diagnostic in outcome.diagnostics]
    if any(diagnostic.name == "file-not-readable" for diagnostic in found):
        return NOT_DONE
    severities = {diagnostic.severity for diagnostic in found}
    return (
        FILES_HAVE_ERRORS if "error" in severities or (strict and "warning" in severities) else OK
    )


def without_measure(outcomes: Sequence[Outcome], measure: str) -> list[str]:
    """What to say where a file has no such measure."""
    found = []
    for outcome in outcomes:
        names = (
            [item.id for item in outcome.result.measures]
            if outcome.result is not None
            else [measure]
        )
        if measure not in names:
            found.append(
                f"cpcalc: {outcome.name} has no measure {measure!r}; its measures: {', '.join(names) or '-'}"
            )
    return found


def _deliver(
    outcomes: Sequence[Outcome],
    form: str,
    output: str | None,
    language: str,
    *,
    economics: bool = False,
    measure: str | None = None,
) -> int:
    """Print or write the results in a form; the exit code of doing so."""
    from cpcalc.cli.output import deliver

    if form == "json":
        return deliver(as_json(outcomes, measure), output, language)
    if not any(outcome.result is not None for outcome in outcomes):
        return OK  # the problems say it all; no file is written that would look like a result
    if form == "csv":
        from cpcalc.report.csv_lines import render as csv_text

        results = (outcome.result for outcome in outcomes if outcome.result is not None)
        return deliver(csv_text(results, language, measure=measure), output, language)
    return show_pages(
        _pages(outcomes, language, economics=economics, measure=measure), form, output, language
    )


def show_pages(
    pages: Iterable[Iterable[Block]], form: str, output: str | None, language: str
) -> int:
    """Print or write pages as Markdown, on a terminal or as plain text; the exit code of doing so."""
    from cpcalc.cli.output import deliver, is_terminal

    if form == "markdown":
        from cpcalc.report.markdown import render as markdown_lines

        lines = [line for page in pages for line in (*markdown_lines(page, language), "")]
        return deliver("\n".join(lines), output, language)
    if output is None and is_terminal():
        from cpcalc.report.page import print_pages

        print_pages(pages, language)
        return OK
    from cpcalc.report.page import plain_lines

    return deliver(
        "\n\n".join("\n".join([*plain_lines(page, language), ""]) for page in pages),
        output,
        language,
    )


def _pages(
    outcomes: Sequence[Outcome], language: str, *, economics: bool, measure: str | None
) -> Iterable[Iterable[Block]]:
    """A page for each result, and one for all together where there are several."""
    from cpcalc.report.summary import summary

    results = [outcome.result for outcome in outcomes if outcome.result is not None]
    for result in results:
        if measure is not None:
            from cpcalc.report.economics import measure_page

            yield measure_page(result, measure, language)
        elif economics:
            from cpcalc.report.economics import economics_page
            from cpcalc.report.enterprise import enterprise_page

            economics_of_all = (
                *economics_page(result, language),
                *enterprise_page(result, language),
            )
            yield (*summary(result, language), *economics_of_all)
        else:
            yield summary(result, language)
    if len(outcomes) > 1 and measure is None:
        from cpcalc.app.combined import combine
        from cpcalc.report.combined import combined_page

        yield combined_page(results, combine(results), len(outcomes) - len(results), language)


def as_json(outcomes: Sequence[Outcome], measure: str | None = None) -> str:
    """One result, or several with their sums, as JSON text; without a result what is wrong with the file.

    With a ``measure`` nothing but that one of each file, without any sum.
    """
    from cpcalc.report.json_result import (
        MEASURES_SCHEMA,
        RESULTS_SCHEMA,
        dumps,
        failure_data,
        told_data,
    )
    from cpcalc.report.problems import describe

    done = []
    failed = []
    for outcome in outcomes:
        described = [
            describe(diagnostic._replace(file=_portable(diagnostic.file)), outcome.ids)
            for diagnostic in outcome.diagnostics
        ]
        if outcome.result is not None:
            done.append(told_data(outcome.result, measure, described))
        else:
            failed.append(failure_data(_portable(outcome.name), described))
    if len(outcomes) == 1:
        return dumps((done or failed)[0])
    if measure is not None:
        return dumps({"schema": MEASURES_SCHEMA, "assessments": done, "failed": failed})
    from cpcalc.app.combined import combine
    from cpcalc.report.combined import combined_data

    results = [outcome.result for outcome in outcomes if outcome.result is not None]
    combined = combined_data(combine(results))
    return dumps(
        {"schema": RESULTS_SCHEMA, "assessments": done, "combined": combined, "failed": failed}
    )


def _portable(name: str) -> str:
    """A file's name that says nothing of this machine: from the working folder on, or its last part."""
    import os.path

    if not os.path.isabs(name):
        return name
    here = os.path.join(os.path.realpath("."), "")
    real = os.path.realpath(name)
    return real.removeprefix(here) if real.startswith(here) else os.path.basename(name)
