"""The use case behind `merge`: the results of all shards of a batch, as if it had run in one."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel, Field
from pydantic_core import from_json

from cpcalc.app import assess
from cpcalc.app.batch import Answer, Answers, in_bytes
from cpcalc.app.files import NotReadableError, read_bytes, unreadable
from cpcalc.app.many import Listed, Shard
from cpcalc.diagnostics import Diagnostic
from cpcalc.report.json_result import is_as_written


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

    answers: Answers | None
    options: assess.Options
    group_by: str | None
    problems: tuple[Diagnostic, ...]


def _entries(name: str) -> Iterator[Any]:
    """The head of a batch's JSON or JSON Lines, then all its entries.

    ValueError, LookupError or TypeError where this is no such file, or not as it was written.
    """
    read_bytes(name, most=0)  # what cannot be read is refused here
    with open(name, encoding="utf-8", newline="") as stream:
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
    answers = Answers()
    for name in names:
        try:
            entries = _entries(name)
            head = _Head.model_validate(next(entries))
            for entry in map(_Entry.model_validate, entries):
                answers.keep(Listed(entry.file, entry.file), in_bytes(entry.kept))
        except NotReadableError as error:
            problems.append(unreadable(error))
            continue
        except (ValueError, LookupError, TypeError, StopIteration):  # not JSON, or not ours
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
