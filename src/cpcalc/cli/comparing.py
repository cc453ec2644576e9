"""What `cpcalc assess --set` and `--scenario` do: the file and its what-ifs side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cpcalc.cli.assessing import exit_code, show_pages, without_measure
from cpcalc.cli.exits import NOT_DONE, OK

if TYPE_CHECKING:
    from cpcalc.app.assess import Options
    from cpcalc.app.whatif import Comparison


def compare_files(
    files: Sequence[str],
    options: Options,
    sets: Sequence[str],
    scenarios: Sequence[str],
    *,
    form: str,
    output: str | None,
    language: str,
    strict: bool,
    measure: str | None = None,
) -> int:
    """Assess each file as it is and under its what-ifs, and show them side by side; the exit code.

    With a ``measure`` that one instead of the totals.
    """
    from cpcalc.app.whatif import assignment, compare
    from cpcalc.cli.output import complain, refused
    from cpcalc.report.problems import rendered

    given = [assignment(text) for text in sets]
    for text, pair in zip(sets, given, strict=True):
        if pair is None:
            refused("not-an-assignment", language, text=text)
    if None in given:
        return NOT_DONE
    pairs = [pair for pair in given if pair is not None]
    compared = [
        compare(name, options._replace(enterprise=True), scenarios, pairs) for name in files
    ]
    if measure is not None and (
        unknown := without_measure([comparison.base for comparison in compared], measure)
    ):
        complain(unknown)
        return NOT_DONE
    code = _deliver(compared, form, output, language, measure)
    outcomes = []
    for comparison in compared:
        for outcome in (comparison.base, *(outcome for _, outcome in comparison.scenarios)):
            outcomes.append(outcome)
            text = outcome.document.text if outcome.document is not None else ""
            complain(
                rendered(
                    outcome.diagnostics, {outcome.name: text, **comparison.texts}, "full", language
                )
            )
    return code or exit_code(outcomes, strict=strict)


def _deliver(
    compared: Sequence[Comparison],
    form: str,
    output: str | None,
    language: str,
    measure: str | None,
) -> int:
    from cpcalc.cli.output import deliver, refused

    if form == "json":
        return deliver(_json(compared, measure), output, language)
    if form == "csv":
        return refused("no-csv-of-what-ifs", language)
    from cpcalc.report.scenarios import Told, scenario_page
    from cpcalc.report.words import money_word, title

    pages = []
    for comparison in compared:
        told = []
        if comparison.base.result is not None:
            told.append(Told(money_word("as-in-file", language), "", comparison.base.result))
        for scenario, outcome in comparison.scenarios:
            if outcome.result is not None:
                sets = ", ".join(f"{path} = {value}" for path, value in scenario.values.items())
                told.append(
                    Told(scenario.name, sets, outcome.result, title(scenario.title, language))
                )
        if told:
            pages.append(scenario_page(told, language, measure))
    return show_pages(pages, form, output, language) if pages else OK


def _json(compared: Sequence[Comparison], measure: str | None) -> str:
    from cpcalc.report.json_result import SCENARIOS_SCHEMA, dumps, failure_data, told_data
    from cpcalc.report.problems import describe

    files = []
    for comparison in compared:
        written = []
        for scenario, outcome in ((None, comparison.base), *comparison.scenarios):
            described = [describe(diagnostic, outcome.ids) for diagnostic in outcome.diagnostics]
            data = (
                told_data(outcome.result, measure, described)
                if outcome.result is not None
                else failure_data(outcome.name, described)
            )
            name = (
                {}
                if scenario is None
                else {"scenario": scenario.name, "set": dict(scenario.values)}
            )
            written.append({**name, "result": data})
        files.append({"file": written[0]["result"], "scenarios": written[1:]})
    return dumps({"schema": SCENARIOS_SCHEMA, "assessments": files})
