"""The same work on many files, side by side: in this process and in copies of it, which have everything loaded.

A copy (a fork) starts at once, where a fresh process first takes a tenth of a second to load. It takes the next file
off a common queue until none is left, and sends back what it found. What a copy owes when it ends, this process does
itself; so a fault shows here as it would without copies, and a killed copy costs only time.
"""

from __future__ import annotations

import os
import pickle
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple, TypeVar

Result = TypeVar("Result")

# A copy costs as much as checking a file or two.
FILES_WORTH_A_COPY = 5
# The queue is a pipe that holds the start of each chunk of files; it must hold all of them at once.
MOST_CHUNKS = 4096
NUMBER_BYTES = 4


def processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def side_by_side(
    work: Callable[[str], Result], names: Sequence[str], meanwhile: Callable[[], object] = tuple
) -> list[Result]:
    """What ``work`` gives for each name, in their order; results are pickled on their way.

    ``meanwhile`` is what this process has to do in any case; its copies begin before it.
    """
    copies = _copies(len(names))
    if copies == 0:
        return [work(name) for name in names]
    found: dict[int, Result] = {}
    size = 1 + len(names) // MOST_CHUNKS
    queue = _queue(range(0, len(names), size))
    started: list[_Copy] = []
    try:
        this = os.getpid()
        started.extend(
            _start(lambda: list(_taken(queue, size, work, names, this))) for _ in range(copies)
        )
        meanwhile()
        found.update(_taken(queue, size, work, names))
        for copy in started:
            found.update(_received(copy))
    finally:
        os.close(queue)
        for copy in started:
            _end(copy)
    return [
        found[position] if position in found else work(name) for position, name in enumerate(names)
    ]


def _copies(files: int) -> int:
    """How many copies are worth it; none where a process cannot safely be copied."""
    if (
        not hasattr(os, "fork") or sys.platform == "darwin"
    ):  # its system libraries do not survive a fork
        return 0
    threading = sys.modules.get("threading")
    if (
        threading is not None and threading.active_count() > 1
    ):  # a lock held by another thread would stay locked
        return 0
    return max(0, min(processors(), files // FILES_WORTH_A_COPY) - 1)


def _queue(starts: Sequence[int]) -> int:
    """A pipe to read the start of each chunk from, a number at a time, until its end."""
    queue, end = os.pipe()
    os.write(end, b"".join(start.to_bytes(NUMBER_BYTES, "big") for start in starts))
    os.close(end)
    return queue


def _taken(
    queue: int,
    size: int,
    work: Callable[[str], Result],
    names: Sequence[str],
    parent: int | None = None,
) -> Iterator[tuple[int, Result]]:
    """Take chunks off the queue and work on them; each result with its position. A copy stops without its parent."""
    while (parent is None or os.getppid() == parent) and (number := os.read(queue, NUMBER_BYTES)):
        start = int.from_bytes(number, "big")
        for position in range(start, min(start + size, len(names))):
            yield position, work(names[position])


class _Copy(NamedTuple):
    """A running copy of this process, and where it sends what it found."""

    process: int
    answers: int


def _start(work: Callable[[], Any]) -> _Copy:
    answers, target = os.pipe()
    process = os.fork()
    if process == 0:
        try:
            with os.fdopen(target, "wb") as stream:
                pickle.dump(work(), stream, pickle.HIGHEST_PROTOCOL)
        finally:
            os._exit(
                0
            )  # nothing of what this process was at may go on in its copy, whatever happened
    os.close(target)
    return _Copy(process, answers)


def _received(copy: _Copy) -> list[tuple[int, Any]]:
    """What a copy found; nothing where it ended before it had sent all."""
    with os.fdopen(os.dup(copy.answers), "rb") as stream:
        try:
            found: list[tuple[int, Any]] = pickle.load(stream)
        except (EOFError, pickle.UnpicklingError):
            return []
    return found


def _end(copy: _Copy) -> None:
    """Let go of a copy, whatever it is at."""
    import signal

    os.close(copy.answers)
    os.kill(copy.process, signal.SIGKILL)
    os.waitpid(copy.process, 0)
