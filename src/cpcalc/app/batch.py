"""The use case behind `batch`: every assessment below some folders, from the cache where nothing changed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from cpcalc.app.batch_file import Answer, Request, answer_file
from cpcalc.app.files import NotReadableError, folder_of, read_bytes, unreadable
from cpcalc.app.listing import Listed, Shard, listed
from cpcalc.diagnostics import Diagnostic
from cpcalc.programme.members import Duplicate, Member, duplicates

if TYPE_CHECKING:
    from cpcalc.app.batch_cache import Cache

# Fewer files than this that must be computed are done sooner in one process than new processes start.
FILES_WORTH_A_POOL = 300
# Files that are broken may leave cycles behind; collecting now and then keeps memory flat.
FILES_BETWEEN_COLLECTIONS = 500


class Job(NamedTuple):
    """What is to be done, and how; only ``request`` changes results."""

    request: Request = Request()
    shard: Shard | None = None
    jobs: int | None = None  # None: as many as there are processors, where it is worth it
    cached: bool = True
    verify: bool = False


class Failure(NamedTuple):
    """One file that could not be assessed, with its problems."""

    file: str
    path: str
    problems: tuple[Diagnostic, ...]


class Batch(NamedTuple):
    """What became of all files, in the order of their names."""

    rows: tuple[Member, ...]
    failures: tuple[Failure, ...]
    passed_over: int
    from_cache: int = 0
    cache_trouble: str = ""
    pins: frozenset[str] = frozenset()  # the factor sets that any of the files was calculated with


Progress = Callable[[int, int], None]


def run_batch(paths: Sequence[str], job: Job, progress: Progress) -> Batch:
    """Assess every file; ``progress`` is told how many of how many are done."""
    files = [item for item in listed(paths) if job.shard is None or job.shard.has(item.name)]
    return assess_all(files, job, progress)


def assess_all(files: Sequence[Listed], job: Job, progress: Progress) -> Batch:
    """Assess listed files, from the cache where nothing changed; what is computed is kept at once."""
    progress(0, len(files))
    found: dict[int, Answer] = {}
    cache = _cache(job)
    try:
        kept = _kept(files, cache, found, verify=job.verify) if cache is not None else {}
        if not job.verify:
            found.update(kept)
        missing = [position for position in range(len(files)) if position not in found]
        done = len(files) - len(missing)
        progress(done, len(files))
        for position, answer in _computed(files, missing, job):
            before = kept.get(position)
            found[position] = answer
            if before is not None:
                found[position] = _compared(answer, before, files[position])
            if cache is not None:
                cache.keep(answer, files[position].path)
            done += 1
            progress(done, len(files))
    finally:
        if cache is not None:
            cache.close()
    hits = len(files) - len(missing)
    return collected(files, found, hits, cache.trouble if cache is not None else "")


def _cache(job: Job) -> Cache | None:
    if job.request.frozen or not (job.cached or job.verify):
        return None
    from cpcalc.app.batch_cache import Cache  # a check of a programme has no use for it

    return Cache(job.request)


def _kept(
    files: Sequence[Listed], cache: Cache, found: dict[int, Answer], *, verify: bool
) -> dict[int, Answer]:
    """The answers still good from earlier runs, by position; unreadable files are answered in ``found``.

    To ``verify`` every file is read; else those that the cache knows by their stamps are not.
    """
    from cpcalc.app.batch_cache import SetHashes

    unread = cache.unread([file.path for file in files])
    known: dict[int, Answer] = {}
    keys: dict[int, bytes] = {}
    for position, file in enumerate(files):
        answer = unread.get(file.path)
        if answer is not None and not verify:
            known[position] = answer
            continue
        try:
            keys[position] = hashlib.sha256(read_bytes(file.path)).digest()
        except NotReadableError as error:
            found[position] = Answer(b"", None, (unreadable(error),), "")
    rows = cache.kept(list(dict.fromkeys(keys.values())))
    for position, key in keys.items():
        if key in rows:
            known[position] = rows[key]
            cache.know(key, files[position].path)
    hashes = SetHashes()
    return {
        position: answer
        for position, answer in known.items()
        if not answer.sets or hashes.unchanged(answer.sets, folder_of(files[position].path))
    }


def _computed(
    files: Sequence[Listed], missing: Sequence[int], job: Job
) -> Iterator[tuple[int, Answer]]:
    names = [files[position].path for position in missing]
    workers = _workers(job, len(names))
    if workers > 1:
        from cpcalc.app.batch_workers import answers

        for index, answer in answers(names, job.request, workers):
            yield missing[index], answer
        return
    import gc

    for index, name in enumerate(names):
        yield missing[index], answer_file(name, job.request)
        if index % FILES_BETWEEN_COLLECTIONS == FILES_BETWEEN_COLLECTIONS - 1:
            gc.collect()


def _workers(job: Job, files: int) -> int:
    if job.jobs is not None:
        return min(job.jobs, files)
    if files < FILES_WORTH_A_POOL:
        return 1
    from cpcalc.app.side_by_side import processors

    return processors()


def _compared(answer: Answer, kept: Answer, file: Listed) -> Answer:
    """The recomputed answer; with a problem where the kept one was another."""
    if answer.digest == kept.digest and answer.sets == kept.sets:
        return answer
    what = "result" if answer.digest != kept.digest else "factor sets"
    problem = Diagnostic("cache-differs", (), {"what": what}, file=file.path)
    return answer._replace(digest=None, problems=(*answer.problems, problem))


def collected(
    files: Sequence[Listed], found: dict[int, Answer], hits: int = 0, trouble: str = ""
) -> Batch:
    """The answers, by position, as what became of the files."""
    rows, failures, passed_over = [], [], 0
    sets: set[str] = set()
    for position, file in enumerate(files):
        answer = found.pop(position)
        if answer.digest is not None:
            rows.append(Member(file.name, answer.digest, file.path))
            sets.add(answer.sets)
        elif answer.problems:
            failures.append(Failure(file.name, file.path, answer.problems))
        else:
            passed_over += 1
    pins = frozenset(line.partition(" ")[0] for lines in sets for line in lines.splitlines())
    return Batch(tuple(rows), tuple(failures), passed_over, hits, trouble, pins)


def without_duplicates(batch: Batch) -> Batch:
    """The batch with each enterprise counted once for a period; every further file of it is a failure."""
    again = {item.member.file: item for item in duplicates(batch.rows)}
    if not again:
        return batch
    failures = [_counted_already(item) for item in again.values()]
    rows = tuple(row for row in batch.rows if row.file not in again)
    ordered = sorted([*batch.failures, *failures], key=lambda failure: failure.file)
    return batch._replace(rows=rows, failures=tuple(ordered))


def _counted_already(again: Duplicate) -> Failure:
    file, path = again.member.file, again.member.path or again.member.file
    problem = Diagnostic("enterprise-twice", ("enterprise.id",), again.values, file=path)
    return Failure(file, path, (problem,))
