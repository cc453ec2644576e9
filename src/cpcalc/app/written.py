"""What is worked out, as the JSON that commands print: the same text again is how it is
verified."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from cpcalc import __version__
from cpcalc.app import assess, programme, questions
from cpcalc.app.batch import Batch
from cpcalc.diagnostics import has_errors
from cpcalc.programme.totals import BatchTotals
from cpcalc.report import json_result, json_totals
from cpcalc.report.json_result import Data, dumps, sealed, sealed_data
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
    batch: Batch,
    totals: BatchTotals,
    wanted: assess.Options,
    group_by: str | None,
    shard: Mapping[str, Any] | None,
) -> Iterator[str]:
    """A batch as JSON in pieces."""
    about: Data = {
        "cpcalc": __version__,
        "request": {"status": wanted.stated().get("status"), "currency": wanted.currency},
        "group_by": group_by,
        "shard": shard,
        "passed_over": batch.passed_over,
    }
    return sealed(json_totals.batch_chunks(batch.rows, _failures(batch), totals, about))


def _failures(batch: Batch) -> Iterator[Data]:
    """The broken files as JSON data, with names that say nothing of this machine."""
    for failure in batch.failures:
        problems = failure.portable().problems
        yield {"file": failure.file, "diagnostics": [describe(problem, {}) for problem in problems]}


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
