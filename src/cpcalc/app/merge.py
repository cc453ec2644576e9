"""The use case behind `merge`: the results of all shards of a batch put together as if it had run in one."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from pydantic import TypeAdapter

from cpcalc.app.batch import Batch, Failure, without_duplicates
from cpcalc.app.batch_file import Request
from cpcalc.app.files import NotReadableError, unreadable
from cpcalc.app.listing import Shard
from cpcalc.diagnostics import Diagnostic, Span
from cpcalc.programme.members import Member
from cpcalc.rows import EnterpriseRow

_ROW = TypeAdapter(EnterpriseRow)


class Merged(NamedTuple):
    """The whole batch with what it was asked, or the problems of the results named."""

    batch: Batch | None
    request: Request
    group_by: str | None
    problems: tuple[Diagnostic, ...]


def shard_data(batch: Batch, shard: Shard) -> dict[str, Any]:
    """What `merge` needs of a shard beside its readable result: digests and problems without any loss.

    An enterprise that occurs twice is found only when all shards are together, so the batch comes with it.
    """
    return {
        "number": shard.number,
        "of": shard.of,
        "digests": [
            [member.file, _ROW.dump_python(member.row, mode="json")] for member in batch.rows
        ],
        "problems": [
            [failure.file, [_problem_data(problem, failure) for problem in failure.problems]]
            for failure in batch.failures
        ],
    }


def _problem_data(problem: Diagnostic, failure: Failure) -> list[Any]:
    file = failure.file if problem.file == failure.path else problem.file
    related = [[note, list(span)] for note, span in problem.related_spans]
    span = list(problem.span) if problem.span is not None else None
    return [
        problem.name, list(problem.path), dict(problem.values), span, file, problem.waived_because, related
    ]  # fmt: skip


def merge(names: Sequence[str]) -> Merged:
    """Read the results of all shards; their order does not matter."""
    problems: list[Diagnostic] = []
    parts: dict[int, tuple[str, dict[str, Any]]] = {}
    first: tuple[str, dict[str, Any]] | None = None
    for name in names:
        data = _read(name, problems)
        if data is None:
            continue
        first = first or (name, data)
        if (clash := _clash(data, first[1])) is not None:
            problems.append(_problem("shards-differ", name, clash))
            continue
        number = data["shard"]["number"]
        if number in parts:
            shard = f"{number}/{data['shard']['of']}"
            problems.append(
                _problem("shard-twice", name, {"shard": shard, "first": parts[number][0]})
            )
            continue
        parts[number] = name, data
    if first is not None and not problems:
        problems += _missing(parts, first)
    if problems or first is None:
        return Merged(None, Request(), None, tuple(problems))
    batch = _together([data for _, (_, data) in sorted(parts.items())])
    request = first[1]["request"]
    statuses = tuple(request["status"]) if request["status"] is not None else None
    return Merged(batch, Request(statuses, request["currency"]), first[1]["group_by"], ())


def _read(name: str, problems: list[Diagnostic]) -> dict[str, Any] | None:
    try:
        with open(name, encoding="utf-8") as stream:
            data = json.load(stream)
        if data["schema"] == "cpcalc/batch/1" and isinstance(data["shard"]["digests"], list):
            return dict(data)
    except OSError as error:
        problems.append(
            unreadable(NotReadableError(name, (error.strerror or type(error).__name__).lower()))
        )
        return None
    except (ValueError, KeyError, TypeError, RecursionError):
        pass  # not JSON, or not ours: said below
    problems.append(_problem("not-a-batch-result", name, {}))
    return None


def _problem(diagnostic: str, file: str, values: Mapping[str, str]) -> Diagnostic:
    return Diagnostic(diagnostic, (), values, file=file)


def _clash(data: Mapping[str, Any], first: Mapping[str, Any]) -> dict[str, str] | None:
    """In what a shard differs from the first one so that they cannot stand together."""
    for what, mine, expected in (
        ("cpcalc", data["cpcalc"], first["cpcalc"]),
        ("request", data["request"], first["request"]),
        ("group-by", data["group_by"], first["group_by"]),
        ("shards", data["shard"]["of"], first["shard"]["of"]),
    ):
        if mine != expected:
            return {"what": what, "found": json.dumps(mine), "expected": json.dumps(expected)}
    return None


def _missing(parts: Mapping[int, Any], first: tuple[str, dict[str, Any]]) -> list[Diagnostic]:
    count = first[1]["shard"]["of"]
    missing = [str(number) for number in range(1, count + 1) if number not in parts]
    if not missing:
        return []
    return [
        _problem("shard-missing", first[0], {"missing": ", ".join(missing), "count": str(count)})
    ]


def _together(parts: Sequence[Mapping[str, Any]]) -> Batch:
    rows = [
        Member(file, _ROW.validate_python(row))
        for part in parts
        for file, row in part["shard"]["digests"]
    ]
    failures = [
        Failure(file, file, tuple(_problem_of(problem) for problem in problems))
        for part in parts
        for file, problems in part["shard"]["problems"]
    ]
    passed_over = sum(part["passed_over"] for part in parts)
    rows.sort(key=lambda row: row.file)
    failures.sort(key=lambda failure: failure.file)
    return without_duplicates(Batch(tuple(rows), tuple(failures), passed_over))


def _problem_of(data: Sequence[Any]) -> Diagnostic:
    name, path, values, span, file, because, related = data
    return Diagnostic(
        name,
        tuple(path),
        values,
        span=Span(*span) if span is not None else None,
        file=file,
        waived_because=because,
        related_spans=tuple((note, Span(*place)) for note, place in related),
    )
