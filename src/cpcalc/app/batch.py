"""The use cases behind `batch` and `merge`: every assessment below some folders.

The outcome depends on the files alone: not on the number of processes, nor on what was kept, nor on
the shards it was made in.
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import closing
from functools import partial
from itertools import compress
from operator import attrgetter, ne
from pathlib import PureWindowsPath
from typing import Any, Literal, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from cpcalc.app import assess, sets
from cpcalc.app import files as disk
from cpcalc.app.files import NotReadableError, read_bytes, unreadable
from cpcalc.app.many import Cache, Listed, Shard, listed, results, worker_ended
from cpcalc.diagnostics import Diagnostic, Path, Span, has_errors, with_ids
from cpcalc.programme import Member, duplicates
from cpcalc.report.json_result import is_as_written
from cpcalc.rows import EnterpriseRow, row_of
from cpcalc.source.reader import Document

Progress = Callable[[int, int], None]


def unheard(done: int, total: int) -> None:
    """Tell nobody how many of how many files are done."""


# ---- one file -----------------------------------------------------------------------------------


class Answer(NamedTuple):
    """What became of a file: its row, or its problems, or neither where it is no assessment.

    ``places`` are those that other files can contradict, by document path with ids.
    """

    row: EnterpriseRow | None = None
    problems: tuple[Diagnostic, ...] = ()
    places: tuple[tuple[Path, Span], ...] = ()


_ANSWER = TypeAdapter(Answer, config=ConfigDict(defer_build=True))


def answer_file(name: str, options: assess.Options) -> Answer:
    """Read and assess a file; one that cannot be read is a problem, not an exception."""
    return answer_of(assess.assess_file(name, options), detailed=not options.totals_only)


def answer_of(outcome: assess.Outcome, *, detailed: bool) -> Answer:
    """What a file that was assessed gives a batch or, ``detailed``, a programme."""
    if disk.kind_of(outcome.text) not in (None, "assessment"):
        return Answer()
    result, document = outcome.result, outcome.document
    if result is None or has_errors(outcome.diagnostics):
        problems = outcome.diagnostics
        placed = (item._replace(path=with_ids(item.path, outcome.ids)) for item in problems)
        return Answer(problems=tuple(placed))
    warnings = sum(item.severity == "warning" for item in outcome.diagnostics)
    return Answer(
        row_of(result, warnings, detailed=detailed),
        places=tuple(_places(document, detailed=detailed)),
    )


# What the file of an enterprise says that its programme, or another enterprise, may contradict.
_ID: Path = ("enterprise", "id")
_OF_A_MEMBER: tuple[Path, ...] = (
    _ID, ("enterprise", "name"), ("enterprise", "province"), ("programme",), ("basis",),
    ("basis", "period"),
)  # fmt: skip


def _places(document: Document, *, detailed: bool) -> Iterator[tuple[Path, Span]]:
    paths = {path: path for path in (_OF_A_MEMBER if detailed else (_ID,))}
    measures = document.tree.get("measures") or []
    for position, measure in enumerate(measures if isinstance(measures, list) else [measures]):
        if detailed and "cost-class" in measure:
            by_id: Path = ("measures", str(measure["id"]), "cost-class")
            paths[by_id] = ("measures", position, "cost-class")
    for by_id, path in paths.items():
        span = document.place(path)
        if span is not None:
            yield by_id, span


# ---- all of them --------------------------------------------------------------------------------


class Job(NamedTuple):
    """What is to be done, and how; only ``options`` change results.

    A programme needs more of each file than its totals.
    """

    options: assess.Options = assess.Options(totals_only=True)
    shard: Shard | None = None
    jobs: int | None = None
    cached: bool = True
    verify: bool = False  # compute what is kept again, and compare
    executor: Executor | None = None  # in place of processes of our own


class Failure(NamedTuple):
    """One file that could not be assessed, with its problems."""

    file: str
    path: str
    problems: tuple[Diagnostic, ...]

    def portable(self) -> Self:
        """The same with names that say nothing of this machine."""
        problems = []
        for problem in self.problems:
            # Windows paths have both kinds of slashes.
            is_own = problem.file == self.path
            name = self.file if is_own else PureWindowsPath(problem.file).name
            problems.append(problem._replace(file=name))
        return self._replace(path=self.file, problems=tuple(problems))


class Batch(NamedTuple):
    """What became of all files, in the order of their names."""

    rows: tuple[Member, ...]
    failures: tuple[Failure, ...]
    passed_over: int
    from_cache: int = 0
    cache_trouble: str = ""
    pins: frozenset[str] = frozenset()  # the factor sets that any of the files uses


def run_batch(paths: Sequence[str], job: Job, progress: Progress) -> Batch:
    """Assess every file below the paths; ``progress`` is told how many of how many are done."""
    files = [item for item in listed(paths) if job.shard is None or job.shard.has(item.name)]
    return assess_all(files, job, progress)


def assess_all(
    files: Sequence[Listed], job: Job, progress: Progress, known: Mapping[str, Answer] | None = None
) -> Batch:
    """Assess listed files, or take what is kept of them; what is computed is kept at once.

    ``known`` are answers that are at hand, by the absolute path of the file.
    """
    progress(0, len(files))
    # Nothing is kept of frozen files: their locks can change too.
    is_used = (job.cached or job.verify) and not job.options.frozen
    options = [sorted(item) if isinstance(item, frozenset) else item for item in job.options]
    with closing(Cache(repr(options), is_used=is_used)) as cache:
        return _assessed(files, job, cache, progress, known or {})


def _assessed(
    files: Sequence[Listed], job: Job, cache: Cache, progress: Progress, known: Mapping[str, Answer]
) -> Batch:
    found = (
        (position, known.get(os.path.abspath(file.path)) or _kept(file.path, cache))
        for position, file in enumerate(files)
    )
    kept = {position: answer for position, answer in found if answer is not None}
    answers = {} if job.verify else dict(kept)
    from_cache = len(answers)
    progress(from_cache, len(files))
    missing = [position for position in range(len(files)) if position not in answers]
    paths = [files[position].path for position in missing]
    work = partial(answer_file, options=job.options)
    for index, result in results(work, paths, job.jobs, job.executor):
        position = missing[index]
        answer = result or Answer(problems=(worker_ended(paths[index]),))
        if answer.row is not None:
            cache.keep(answer.row.sha256, _ANSWER.dump_json(answer))
        if position in kept:
            answer = _compared(answer, kept[position], paths[index])
        answers[position] = answer
        progress(len(answers), len(files))
    batch = _collected(files, answers)
    return batch._replace(from_cache=from_cache, cache_trouble=cache.trouble)


def _kept(path: str, cache: Cache) -> Answer | None:
    """What is kept of a file, where its bytes, its tables and its factor sets are the same."""
    row = cache.row(_sha256_of(path))
    if row is None:
        return None
    answer, beside = _ANSWER.validate_json(row), disk.folder_of(path)
    for name, sha256 in answer.row.tables.items() if answer.row is not None else ():
        if _sha256_of(os.path.join(beside, name)) != sha256:
            return None
    for pin, sha256 in answer.row.factor_sets.items() if answer.row is not None else ():
        current, _ = sets.factor_set(pin, beside)
        if current is None or current.sha256 != sha256:
            return None
    return answer


def _sha256_of(path: str) -> str:
    """The hash of a file; nothing of one that cannot be read: answering it says why."""
    try:
        return hashlib.sha256(read_bytes(path)).hexdigest()
    except NotReadableError:
        return ""


def _compared(answer: Answer, kept: Answer, path: str) -> Answer:
    """The recomputed answer; a problem in its place where the kept one was another."""
    now, before = (_ANSWER.dump_python(item, mode="json")[0] for item in (answer, kept))
    if now == before:
        return answer
    what = "result"
    if now is not None and before is not None:
        what = ", ".join(compress(EnterpriseRow._fields, map(ne, now, before)))
    problem = Diagnostic("cache-differs", (), {"what": what}, file=path)
    return Answer(problems=(*answer.problems, problem))


def _collected(files: Sequence[Listed], answers: Mapping[int, Answer]) -> Batch:
    """The answers, by position, as what became of the files."""
    rows, failures, passed_over = [], [], 0
    pins: set[str] = set()
    for position, file in enumerate(files):
        answer = answers[position]
        if answer.row is not None:
            rows.append(Member(file.name, answer.row, file.path, answer.places))
            pins.update(answer.row.factor_sets)
        elif answer.problems:
            failures.append(Failure(file.name, file.path, answer.problems))
        else:
            passed_over += 1
    return Batch(tuple(rows), tuple(failures), passed_over, pins=frozenset(pins))


_BY_FILE = attrgetter("file")


def without_duplicates(batch: Batch) -> Batch:
    """The batch with each enterprise counted once for a period; every further file of it fails."""
    again = {id(member): _failure(member, twice) for member, twice in duplicates(batch.rows)}
    rows = tuple(row for row in batch.rows if id(row) not in again)
    failures = sorted([*batch.failures, *again.values()], key=_BY_FILE)
    return batch._replace(rows=rows, failures=tuple(failures))


def _failure(member: Member, problem: Diagnostic) -> Failure:
    span = dict(member.places).get(problem.path)
    return Failure(member.file, problem.file, (problem._replace(span=span),))


# ---- in shards ----------------------------------------------------------------------------------


class ShardPart(BaseModel, defer_build=True):
    """What `merge` needs of a shard beside its readable result: rows and problems without loss.

    An enterprise that occurs twice is found only when all shards are together, so it is still here.
    """

    number: int
    of: int
    digests: tuple[Member, ...]
    problems: tuple[Failure, ...]


class _ShardResult(BaseModel, defer_build=True):
    """A batch result as far as `merge` reads it."""

    format: Literal["cpcalc/batch/1"] = Field(alias="schema")
    cpcalc: str
    request: dict[str, Any]
    group_by: str | None
    passed_over: int
    shard: ShardPart


class Merged(NamedTuple):
    """The whole batch with what it was asked, or the problems of the results named."""

    batch: Batch | None
    options: assess.Options
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
    parts: list[_ShardResult] = []
    for name in names:
        try:
            text = disk.text_of_result(name)
            if not is_as_written(text):
                raise ValueError(name)
            part = _ShardResult.model_validate_json(text)
        except NotReadableError as error:
            problems.append(unreadable(error))
            continue
        except ValueError:  # not JSON, or not ours
            problems.append(Diagnostic("not-a-batch-result", (), {}, file=name))
            continue
        parts.append(part)
        shard, clash = part.shard, _clash(part, parts[0])
        if clash is not None:
            problems.append(Diagnostic("shards-differ", (), clash, file=name))
        elif shard.number in files:
            values = {"shard": f"{shard.number}/{shard.of}", "first": files[shard.number]}
            problems.append(Diagnostic("shard-twice", (), values, file=name))
        else:
            files[shard.number] = name
    if parts and not problems:
        count = parts[0].shard.of
        missing = [str(number) for number in range(1, count + 1) if number not in files]
        if missing:
            values = {"missing": ", ".join(missing), "count": str(count)}
            problems.append(Diagnostic("shard-missing", (), values, file=names[0]))
    if problems:
        return Merged(None, assess.Options(), None, tuple(problems))
    rows = [row for part in parts for row in part.shard.digests]
    failures = [failure for part in parts for failure in part.shard.problems]
    whole = Batch(
        tuple(sorted(rows, key=_BY_FILE)),
        tuple(sorted(failures, key=_BY_FILE)),
        sum(part.passed_over for part in parts),
    )
    options = assess.Options().as_stated(parts[0].request)
    return Merged(without_duplicates(whole), options, parts[0].group_by, ())


def _clash(part: _ShardResult, first: _ShardResult) -> Mapping[str, str] | None:
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
