"""The use case behind `merge`: all shards of a batch put together as if it had run in one."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel, Field, ValidationError

from cpcalc.app.batch import Batch, Failure, Request, without_duplicates
from cpcalc.app.files import NotReadableError, unreadable
from cpcalc.app.many import Shard
from cpcalc.diagnostics import Diagnostic
from cpcalc.programme.members import Member


class ShardPart(BaseModel):
    """What `merge` needs of a shard beside its readable result: rows and problems without loss.

    An enterprise that occurs twice is found only when all shards are together, so it is still here.
    """

    number: int
    of: int
    digests: tuple[Member, ...]
    problems: tuple[Failure, ...]


class _Request(BaseModel):
    status: tuple[str, ...] | None
    currency: str | None


class _ShardResult(BaseModel):
    """A batch result as far as `merge` reads it."""

    format: Literal["cpcalc/batch/1"] = Field(alias="schema")
    cpcalc: str
    request: _Request
    group_by: str | None
    passed_over: int
    shard: ShardPart


class Merged(NamedTuple):
    """The whole batch with what it was asked, or the problems of the results named."""

    batch: Batch | None
    request: Request
    group_by: str | None
    problems: tuple[Diagnostic, ...]


def shard_data(batch: Batch, shard: Shard) -> dict[str, Any]:
    """The shard's part of its JSON result."""
    part = ShardPart(
        number=shard.number,
        of=shard.of,
        digests=tuple(row._replace(path="") for row in batch.rows),
        problems=tuple(failure.portable() for failure in batch.failures),
    )
    return part.model_dump(mode="json")


def merge(names: Sequence[str]) -> Merged:
    """Read the results of all shards; their order does not matter."""
    problems: list[Diagnostic] = []
    files: dict[int, str] = {}  # by number of the shard
    parts: dict[int, _ShardResult] = {}
    first: _ShardResult | None = None
    for name in names:
        part = _read(name, problems)
        if part is None:
            continue
        first = first or part
        clash = _clash(part, first)
        number = part.shard.number
        if clash is not None:
            problems.append(Diagnostic("shards-differ", (), clash, file=name))
        elif number in parts:
            values = {"shard": f"{number}/{part.shard.of}", "first": files[number]}
            problems.append(Diagnostic("shard-twice", (), values, file=name))
        else:
            files[number], parts[number] = name, part
    if first is not None and not problems:
        missing = [str(number) for number in range(1, first.shard.of + 1) if number not in parts]
        if missing:
            values = {"missing": ", ".join(missing), "count": str(first.shard.of)}
            problems.append(Diagnostic("shard-missing", (), values, file=names[0]))
    if problems or first is None:
        return Merged(None, Request(), None, tuple(problems))
    request = Request(first.request.status, first.request.currency)
    return Merged(_together(list(parts.values())), request, first.group_by, ())


def _read(name: str, problems: list[Diagnostic]) -> _ShardResult | None:
    try:
        return _ShardResult.model_validate_json(Path(name).read_bytes())
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        problems.append(unreadable(NotReadableError(name, reason)))
    except ValidationError:  # not JSON, or not ours
        problems.append(Diagnostic("not-a-batch-result", (), {}, file=name))
    return None


def _clash(part: _ShardResult, first: _ShardResult) -> Mapping[str, str] | None:
    """In what a shard differs from the first one so that they cannot stand together."""
    for what, found, expected in (
        ("cpcalc", part.cpcalc, first.cpcalc),
        ("request", part.request.model_dump(), first.request.model_dump()),
        ("group-by", part.group_by, first.group_by),
        ("shards", part.shard.of, first.shard.of),
    ):
        if found != expected:
            return {"what": what, "found": json.dumps(found), "expected": json.dumps(expected)}
    return None


def _together(parts: Sequence[_ShardResult]) -> Batch:
    rows = [row for part in parts for row in part.shard.digests]
    failures = [failure for part in parts for failure in part.shard.problems]
    return without_duplicates(
        Batch(
            tuple(sorted(rows, key=lambda row: row.file)),
            tuple(sorted(failures, key=lambda failure: failure.file)),
            sum(part.passed_over for part in parts),
        )
    )
