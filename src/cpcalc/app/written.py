"""What is worked out, as the JSON that commands print: the same text again is how it is
verified."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel, Field
from pydantic_core import from_json

from cpcalc import __version__
from cpcalc.app import assess, programme, questions
from cpcalc.app.batch import Answer, Counted, Spool, in_bytes, shard_text
from cpcalc.app.files import NotReadableError, read_bytes
from cpcalc.app.many import Listed, Shard
from cpcalc.diagnostics import Diagnostic, has_errors
from cpcalc.report import json_result, json_totals
from cpcalc.report.json_result import (
    Data,
    dumps,
    is_as_written,
    json_text,
    sealed,
    sealed_data,
)  # fmt: skip
from cpcalc.report.problems import describe, printable
from cpcalc.results import AssessmentResult

Named = Callable[[str], str]


def portable(name: str) -> str:
    """A name that says nothing of this machine: from the working folder on, or its last part."""
    name = printable(name)
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


# ---- put together again --------------------------------------------------------------------------


class _Head(BaseModel, defer_build=True):
    """A batch result as far as `merge` reads it, besides its entries."""

    format: Literal["cpcalc/batch/1", "cpcalc/batch-lines/1"] = Field(alias="schema")
    cpcalc: str
    request: dict[str, Any]
    group_by: str | None
    passed_over: int
    shard: Shard


class _Entry(BaseModel, defer_build=True):
    """What became of one file of a shard."""

    file: str
    kept: Answer


class Merged(NamedTuple):
    """The whole batch with what it was asked, or the problems of the results named."""

    answers: Spool | None
    options: assess.Options
    group_by: str | None
    problems: tuple[Diagnostic, ...]


def _entries(name: str) -> Iterator[Any]:
    """The head of a batch's JSON or JSON Lines, then all its entries.

    ValueError, LookupError or TypeError where this is no such file, or not as it was written.
    """
    read_bytes(name, most=0)  # what cannot be read is refused here
    with open(name, encoding="utf-8") as stream:
        first = stream.readline()
        if first == "{\n":
            text = first + stream.read()
            if not is_as_written(text):
                raise ValueError(name)
            whole = from_json(text)
            yield whole
            yield from whole["assessments"]
            yield from whole["failed"]
            return
        before, is_whole = hashlib.sha256(), False
        for line in chain([first], stream):
            data = from_json(line)
            is_whole = data["kind"] == "checksum" and data["checksum"] == before.hexdigest()
            before.update(line.encode())
            if data["kind"] in ("batch", "enterprise", "failed"):
                yield data
        if not is_whole:
            raise ValueError(name)


def merge(names: Sequence[str]) -> Merged:
    """Read the results of all shards; their order does not matter."""
    problems: list[Diagnostic] = []
    files: dict[int, str] = {}  # by number of the shard
    heads: list[_Head] = []
    answers = Spool()
    for name in names:
        try:
            entries = _entries(name)
            head = _Head.model_validate(next(entries))
            for entry in map(_Entry.model_validate, entries):
                answers.keep(Listed(entry.file, entry.file), in_bytes(entry.kept))
        except NotReadableError as error:
            problems += error.diagnostics
            continue
        except (
            ValueError,
            LookupError,
            TypeError,
            StopIteration,
            OSError,
        ):  # not JSON, or not ours
            problems.append(Diagnostic("not-a-batch-result", (), {}, file=name))
            continue
        heads.append(head)
        answers.passed_over += head.passed_over
        shard, clash = head.shard, _clash(head, heads[0])
        if clash is not None:
            problems.append(Diagnostic("shards-differ", (), clash, file=name))
        elif shard.number in files:
            values = {"shard": f"{shard.number}/{shard.of}", "first": files[shard.number]}
            problems.append(Diagnostic("shard-twice", (), values, file=name))
        else:
            files[shard.number] = name
    if heads and not problems:
        count = heads[0].shard.of
        missing = [str(number) for number in range(1, count + 1) if number not in files]
        if missing:
            values = {"missing": ", ".join(missing), "count": str(count)}
            problems.append(Diagnostic("shard-missing", (), values, file=names[0]))
    if problems:
        return Merged(None, assess.Options(), None, tuple(problems))
    options = assess.Options().as_stated(heads[0].request)
    return Merged(answers, options, heads[0].group_by, ())


def _clash(part: _Head, first: _Head) -> Mapping[str, str] | None:
    """In what a shard differs from the first one so that they cannot stand together."""
    for what, found, expected in (
        ("cpcalc", part.cpcalc, first.cpcalc),
        ("request", part.request, first.request),
        ("group-by", part.group_by, first.group_by),
        ("shards", part.shard.of, first.shard.of),
    ):
        if found != expected:
            return {"what": what, "found": json.dumps(found), "expected": json.dumps(expected)}
    return None
