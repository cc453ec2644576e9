"""What is worked out, as the JSON that commands print: the same text again is how it is
verified."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from cpcalc import __version__
from cpcalc.app import assess, programme, questions
from cpcalc.app.batch import Counted, shard_text
from cpcalc.app.many import Shard
from cpcalc.diagnostics import has_errors
from cpcalc.report import json_result, json_totals
from cpcalc.report.json_result import Data, dumps, json_text, sealed, sealed_data
from cpcalc.report.problems import describe
from cpcalc.results import AssessmentResult

Named = Callable[[str], str]


def portable(name: str) -> str:
    """A name that says nothing of this machine: from the working folder on, or its last part."""
    path = Path(name)
    if not path.is_absolute():
        return name
    here, real = Path.cwd().resolve(), path.resolve()
    return real.relative_to(here).as_posix() if real.is_relative_to(here) else path.name


def counted(outcomes: Iterable[assess.Outcome]) -> list[AssessmentResult]:
    """The results that are added up: those of files without errors."""
    return [
        outcome.result
        for outcome in outcomes
        if outcome.result is not None and not has_errors(outcome.diagnostics)
    ]


def as_json(
    outcomes: Sequence[assess.Outcome], measure: str | None = None, named: Named = portable
) -> str:
    """One result, or several with their sums, as JSON; without a result what is wrong instead.

    With a ``measure`` nothing but that one of each file, without any sum. ``named`` gives the name
    by which a file is called.
    """
    done = [data_of(item, measure, named) for item in outcomes if item.result is not None]
    failed = [data_of(item, measure, named) for item in outcomes if item.result is None]
    if len(outcomes) == 1:
        return sealed_data(done[0]) if done else dumps(failed[0])
    schema = json_result.MEASURES_SCHEMA if measure is not None else json_result.RESULTS_SCHEMA
    data: Data = {"schema": schema, "assessments": done}
    if measure is None:
        data["combined"] = json_totals.combined_data(questions.combine(counted(outcomes)))
    return sealed_data(data | {"failed": failed})


def what_ifs_json(
    compared: Iterable[questions.Comparison], measure: str | None = None, named: Named = portable
) -> str:
    """Files as they are and under each of their what-ifs as JSON."""
    files = []
    for comparison in compared:
        scenarios = [
            {
                "scenario": item.name,
                "set": dict(item.values),
                "result": data_of(outcome, measure, named),
            }
            for item, outcome in comparison.scenarios
        ]
        files.append({"file": data_of(comparison.base, measure, named), "scenarios": scenarios})
    return sealed_data({"schema": json_result.SCENARIOS_SCHEMA, "assessments": files})


def data_of(outcome: assess.Outcome, measure: str | None = None, named: Named = portable) -> Data:
    """A result, or the failure of a file, as JSON data."""
    problems = [
        describe(problem._replace(file=named(problem.file)), outcome.ids)
        for problem in outcome.diagnostics
    ]
    if outcome.result is None:
        return json_result.failure_data(named(outcome.name), problems)
    data = json_result.told_data(outcome.result, measure, problems)
    return {**data, "provenance": {"file": named(outcome.name), **data["provenance"]}}


def batch_json(
    counted: Counted, wanted: assess.Options, shard: Shard | None, *, in_lines: bool = False
) -> Iterator[str]:
    """A batch as JSON, or JSON Lines, in pieces; that of a shard has all that `merge` needs."""
    about: Data = {
        "cpcalc": __version__,
        "request": {"status": wanted.stated().get("status"), "currency": wanted.currency},
        "group_by": counted.counting.group_by,
        "shard": shard and shard._asdict(),
        "passed_over": counted.answers.passed_over,
    }
    rows = (json_totals.entry_text(item, shard_text(item) if shard else "") for item in counted)
    failures = _failures(counted, is_shard=shard is not None)
    if in_lines:
        lines = json_totals.batch_lines(rows, failures, counted.counting, about)
        return json_result.sealed_lines(lines)
    return sealed(json_totals.batch_chunks(rows, failures, counted.counting, about))


def _failures(counted: Counted, *, is_shard: bool) -> Iterator[str]:
    """The broken files as JSON, with names that say nothing of this machine."""
    for failure in counted.failures:
        problems = [describe(problem, {}) for problem in failure.portable().problems]
        kept = {"kept": json.loads(shard_text(failure))} if is_shard else {}
        yield json_text({"file": failure.file, "diagnostics": problems, **kept})


def programme_json(outcome: programme.ProgrammeOutcome, wanted: assess.Options, file: str) -> str:
    """A programme that was not refused as JSON."""
    assert outcome.result is not None
    provenance = {
        "file": portable(file),
        "cpcalc": __version__,
        "sha256": outcome.sha256,
        "options": wanted.stated(),
    }
    data = json_totals.programme_data(outcome.result, outcome.problems, outcome.waivers, provenance)
    return sealed_data(data)
