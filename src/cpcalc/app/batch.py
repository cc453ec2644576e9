"""The use case behind `batch`: every assessment below some folders, kept where nothing changed.

The outcome depends on the files alone: not on the number of processes, nor on what was kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import PureWindowsPath
from typing import NamedTuple

from pydantic import TypeAdapter

from cpcalc.app.assess import Options, Outcome, assess
from cpcalc.app.cache import Cache
from cpcalc.app.files import NotReadableError, folder_of, kind_of, read_bytes, unreadable
from cpcalc.app.many import Listed, Shard, listed, results, worker_ended
from cpcalc.app.sets import factor_set
from cpcalc.diagnostics import Diagnostic, Path, Span, has_errors, with_ids
from cpcalc.programme.members import Duplicate, Member, duplicates
from cpcalc.rows import EnterpriseRow, row_of
from cpcalc.source.reader import Document

Progress = Callable[[int, int], None]

# ---- one file -----------------------------------------------------------------------------------


class Request(NamedTuple):
    """What changes an answer besides the file itself."""

    statuses: tuple[str, ...] | None = None
    currency: str | None = None
    detailed: bool = False  # with what only a programme needs
    frozen: bool = False  # hold each file to its lock, which is no part of a key: never kept


class Answer(NamedTuple):
    """What became of a file: its row, or its problems, or neither where it is no assessment.

    ``places`` are those that other files can contradict, by document path with ids.
    """

    row: EnterpriseRow | None = None
    problems: tuple[Diagnostic, ...] = ()
    sets: tuple[tuple[str, str], ...] = ()  # the factor sets, id@version, with their sha256
    places: tuple[tuple[Path, Span], ...] = ()
    sha256: str = ""  # of the file


_ANSWER = TypeAdapter(Answer)


def answer_file(name: str, request: Request) -> Answer:
    """Read and assess a file; one that cannot be read is a problem, not an exception."""
    try:
        data = read_bytes(name)
    except NotReadableError as error:
        return Answer(problems=(unreadable(error),))
    if kind_of(data) not in (None, "assessment"):
        return Answer()
    options = Options(
        frozenset(request.statuses) if request.statuses is not None else None,
        request.currency,
        totals_only=not request.detailed,
        frozen=request.frozen,
    )
    return answer_of(assess(data, name, options), detailed=request.detailed)


def answer_of(outcome: Outcome, *, detailed: bool) -> Answer:
    """What many files together need of the outcome of one."""
    result, document = outcome.result, outcome.document
    if result is None or document is None or has_errors(outcome.diagnostics):
        problems = [
            item._replace(path=with_ids(item.path, outcome.ids)) for item in outcome.diagnostics
        ]
        return Answer(problems=tuple(problems))
    warnings = sum(item.severity == "warning" for item in outcome.diagnostics)
    return Answer(
        row_of(result, warnings, detailed=detailed),
        sets=result.provenance.factor_sets,
        places=tuple(_places(document, detailed=detailed)),
        sha256=result.provenance.sha256,
    )


# What the file of an enterprise says that its programme, or another enterprise, may contradict.
_OF_ONE: tuple[Path, ...] = (("enterprise", "id"),)
_OF_A_MEMBER: tuple[Path, ...] = (
    *_OF_ONE,
    ("enterprise", "name"),
    ("enterprise", "province"),
    ("programme",),
    ("basis",),
    ("basis", "period"),
)


def _places(document: Document, *, detailed: bool) -> Iterator[tuple[Path, Span]]:
    paths = {path: path for path in (_OF_A_MEMBER if detailed else _OF_ONE)}
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
    """What is to be done, and how; only ``request`` changes results."""

    request: Request = Request()
    shard: Shard | None = None
    jobs: int | None = None
    cached: bool = True


class Failure(NamedTuple):
    """One file that could not be assessed, with its problems."""

    file: str
    path: str
    problems: tuple[Diagnostic, ...]

    def portable(self) -> Failure:
        """The same with names that say nothing of this machine."""
        problems = []
        for problem in self.problems:
            # Windows paths have both kinds of slashes.
            is_own = problem.file == self.path
            name = self.file if is_own else PureWindowsPath(problem.file).name
            problems.append(problem._replace(file=name))
        return Failure(self.file, self.file, tuple(problems))


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


def assess_all(files: Sequence[Listed], job: Job, progress: Progress) -> Batch:
    """Assess listed files, or take what is kept of them; what is computed is kept at once."""
    progress(0, len(files))
    cache = None
    if job.cached and not job.request.frozen:
        cache = Cache(repr(job.request))
    try:
        return _assessed(files, job, cache, progress)
    finally:
        if cache is not None:
            cache.close()


def _assessed(files: Sequence[Listed], job: Job, cache: Cache | None, progress: Progress) -> Batch:
    answers: dict[int, Answer] = {}
    if cache is not None:
        for position, file in enumerate(files):
            kept = _kept(file.path, cache)
            if kept is not None:
                answers[position] = kept
    from_cache = len(answers)
    progress(from_cache, len(files))
    missing = [position for position in range(len(files)) if position not in answers]
    paths = [files[position].path for position in missing]
    work = partial(answer_file, request=job.request)
    for index, result in results(work, paths, job.jobs):
        answer = result or Answer(problems=(worker_ended(paths[index]),))
        answers[missing[index]] = answer
        if cache is not None and answer.row is not None:
            cache.keep(answer.sha256, _ANSWER.dump_json(answer))
        progress(len(answers), len(files))
    trouble = cache.trouble if cache is not None else ""
    return collected(files, answers)._replace(from_cache=from_cache, cache_trouble=trouble)


def _kept(path: str, cache: Cache) -> Answer | None:
    """What is kept of a file, where its bytes and the factor sets it uses are still the same."""
    try:
        data = read_bytes(path)
    except NotReadableError:
        return None  # answering it says what is the matter
    row = cache.row(hashlib.sha256(data).hexdigest())
    if row is None:
        return None
    answer = _ANSWER.validate_json(row)
    for pin, sha256 in answer.sets:
        current, _ = factor_set(pin, folder_of(path))
        if current is None or current.sha256 != sha256:
            return None
    return answer


def collected(files: Sequence[Listed], answers: Mapping[int, Answer]) -> Batch:
    """The answers, by position, as what became of the files."""
    rows, failures, passed_over = [], [], 0
    pins: set[str] = set()
    for position, file in enumerate(files):
        answer = answers[position]
        if answer.row is not None:
            rows.append(Member(file.name, answer.row, file.path, answer.places))
            pins.update(pin for pin, _ in answer.sets)
        elif answer.problems:
            failures.append(Failure(file.name, file.path, answer.problems))
        else:
            passed_over += 1
    return Batch(tuple(rows), tuple(failures), passed_over, pins=frozenset(pins))


def without_duplicates(batch: Batch) -> Batch:
    """The batch with each enterprise counted once for a period; every further file of it fails."""
    again = {item.member.file: item for item in duplicates(batch.rows)}
    failures = [_counted_already(item) for item in again.values()]
    return batch._replace(
        rows=tuple(row for row in batch.rows if row.file not in again),
        failures=tuple(sorted([*batch.failures, *failures], key=lambda failure: failure.file)),
    )


def _counted_already(again: Duplicate) -> Failure:
    member = again.member
    path = member.path or member.file
    place: Path = ("enterprise", "id")
    span = dict(member.places).get(place)
    problem = Diagnostic("enterprise-twice", place, again.values, span=span, file=path)
    return Failure(member.file, path, (problem,))
