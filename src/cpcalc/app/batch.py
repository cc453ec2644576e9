"""The use case behind `batch`: every assessment below some folders.

The outcome depends on the files alone: not on the number of processes, nor on what was kept, nor on
the shards it was made in.
"""

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import closing
from functools import cache as memory
from functools import partial
from pathlib import PureWindowsPath
from tempfile import SpooledTemporaryFile
from typing import NamedTuple, Self

from pydantic import ConfigDict, TypeAdapter

from cpcalc.app import assess, sets
from cpcalc.app import files as disk
from cpcalc.app.files import NotReadableError, read_bytes
from cpcalc.app.many import Cache, Listed, Shard, listed, results, worker_ended
from cpcalc.diagnostics import Diagnostic, Path, Span, has_errors, with_ids
from cpcalc.programme import Member, again
from cpcalc.programme.totals import Counting
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


def in_bytes(answer: Answer) -> bytes:
    """An answer as it is kept: a line of JSON."""
    return _ANSWER.dump_json(answer) + b"\n"


NO_ASSESSMENT = in_bytes(Answer())


def answer_file(name: str, options: assess.Options) -> Answer:
    """Read and assess a file; one that cannot be read is a problem, not an exception."""
    outcome, detailed = assess.assess_file(name, options), not options.totals_only
    if disk.kind_of(outcome.text) not in (None, "assessment"):
        return Answer()
    result, document = outcome.result, outcome.document
    if result is None or has_errors(outcome.diagnostics):
        problems = outcome.diagnostics
        placed = (item._replace(path=with_ids(item.path, outcome.ids)) for item in problems)
        return Answer(problems=tuple(placed))
    warnings = sum(item.severity == "warning" for item in outcome.diagnostics)
    places = tuple(_places(document, detailed=detailed))
    return Answer(row_of(result, warnings, detailed=detailed), places=places)


def _answered(name: str, options: assess.Options) -> tuple[str, bytes]:
    """The hash of a file that has a row, and the answer as it is kept."""
    answer = answer_file(name, options)
    return answer.row.sha256 if answer.row is not None else "", in_bytes(answer)


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
    executor: Executor | None = None  # in place of processes of our own


class Failure(NamedTuple):
    """One file that could not be counted, with its problems; with its row, where it is counted
    already."""

    file: str
    path: str
    problems: tuple[Diagnostic, ...]
    member: Member | None = None

    def portable(self) -> Self:
        """The same with names that say nothing of this machine."""
        problems = []
        for problem in self.problems:
            # Windows paths have both kinds of slashes.
            is_own = problem.file == self.path
            name = self.file if is_own else PureWindowsPath(problem.file).name
            problems.append(problem._replace(file=name))
        return self._replace(path=self.file, problems=tuple(problems))


MOST_BYTES_IN_MEMORY = 8 * 2**20


class Spool:
    """What became of files; that of many is on disk, so that memory stays flat."""

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(MOST_BYTES_IN_MEMORY)  # noqa: SIM115, see __del__
        self._places: dict[Listed, int] = {}
        self._end = 0
        self.passed_over = 0
        self.from_cache = 0
        self.cache_trouble = ""

    def keep(self, file: Listed, answer: bytes) -> None:
        """Take the answer of one more file, as ``in_bytes`` gives it."""
        if answer == NO_ASSESSMENT:
            self.passed_over += 1
            return
        self._places[file] = self._end
        self._end += self._file.write(answer)

    def __len__(self) -> int:
        return len(self._places) + self.passed_over

    def __iter__(self) -> Iterator[Member | Failure]:
        """Rows and failures in the order of the files' names."""
        for file in sorted(self._places):
            self._file.seek(self._places[file])
            row, problems, places = _ANSWER.validate_json(self._file.readline())
            if row is not None:
                yield Member(file.name, row, file.path, places)
            else:
                yield Failure(file.name, file.path, problems)

    def __del__(self) -> None:
        self._file.close()


class Batch(NamedTuple):
    """What became of all files, in the order of their names."""

    rows: tuple[Member, ...]
    failures: tuple[Failure, ...]
    from_cache: int = 0


def run_batch(paths: Sequence[str], job: Job, progress: Progress) -> Spool:
    """Assess every file below the paths; ``progress`` is told how many of how many are done."""
    files = [item for item in listed(paths) if job.shard is None or job.shard.has(item.name)]
    return assess_all(files, job, progress)


def assess_all(files: Sequence[Listed], job: Job, progress: Progress) -> Spool:
    """Assess listed files, or take what is kept of them; what is computed is kept at once."""
    answers = Spool()
    # Nothing is kept of frozen files: their locks can change too.
    is_used = job.cached and not job.options.frozen
    options = [sorted(item) if isinstance(item, frozenset) else item for item in job.options]
    with closing(Cache(repr(options), is_used=is_used)) as cache:
        pinned_sha256, left = memory(sets.set_sha256), []
        for file in files:
            kept = _kept(file.path, cache, pinned_sha256)
            if kept is None:
                left.append(file)
            else:
                answers.keep(file, kept)
        answers.from_cache = len(answers)
        progress(len(answers), len(files))
        work = partial(_answered, options=job.options)
        for index, done in results(work, [file.path for file in left], job.jobs, job.executor):
            ended = worker_ended(left[index].path)
            sha256, answer = done or ("", in_bytes(Answer(problems=(ended,))))
            if sha256:
                cache.keep(sha256, answer)
            answers.keep(left[index], answer)
            progress(len(answers), len(files))
    answers.cache_trouble = cache.trouble
    return answers


def _kept(path: str, cache: Cache, pinned_sha256: Callable[[str, str], str]) -> bytes | None:
    """What is kept of a file, where its bytes, its tables and its factor sets are the same."""
    kept, beside = cache.row(_sha256_of(path)), disk.folder_of(path)
    row = _ANSWER.validate_json(kept).row if kept is not None else None
    if row is None:
        return None
    tables = {name: _sha256_of(os.path.join(beside, name)) for name in row.tables}
    pinned = {pin: pinned_sha256(pin, beside) for pin in row.factor_sets}
    return kept if tables == row.tables and pinned == row.factor_sets else None


def _sha256_of(path: str) -> str:
    """The hash of a file; nothing of one that cannot be read: answering it says why."""
    try:
        return hashlib.sha256(read_bytes(path)).hexdigest()
    except NotReadableError:
        return ""


def whole(answers: Spool) -> Batch:
    """All rows and failures at once."""
    items = list(answers)
    rows = tuple(item for item in items if isinstance(item, Member))
    failures = tuple(item for item in items if isinstance(item, Failure))
    return Batch(rows, failures, answers.from_cache)


class Counted:
    """The rows of a batch, to be read once: each enterprise counts once for a period, every further
    file of it fails. What all add up to, and what failed, is known after the last row."""

    def __init__(self, answers: Spool, group_by: str | None) -> None:
        self.answers = answers
        self.counting = Counting(group_by)
        self.failures: list[Failure] = []

    def __iter__(self) -> Iterator[Member]:
        counted: dict[str, list[tuple[str, str]]] = {}
        for item in self.answers:
            if isinstance(item, Failure):
                self.failures.append(item)
            elif (twice := again(item, counted)) is not None:
                span = dict(item.places).get(twice.path)
                problems = (twice._replace(span=span),)
                self.failures.append(Failure(item.file, item.path, problems, item))
            else:
                self.counting.take(item)
                yield item


def shard_text(item: Member | Failure) -> str:
    """The whole answer of a file, as ``merge`` takes it from a shard.

    An enterprise that occurs twice is found only when all shards are together, so its row is here.
    """
    member = item if isinstance(item, Member) else item.member
    if member is not None:
        answer = Answer(member.row, places=member.places)
    else:
        assert isinstance(item, Failure)
        answer = Answer(problems=item.portable().problems)
    return _ANSWER.dump_json(answer).decode()
