"""Many files, one way: listed below folders, and worked on in this process or in several."""

from __future__ import annotations

import gc
import hashlib
import multiprocessing
import os
import signal
import threading
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from typing import NamedTuple, TypeVar

from cpcalc.app.files import below
from cpcalc.diagnostics import Diagnostic

Result = TypeVar("Result")

# ---- which files --------------------------------------------------------------------------------


class Shard(NamedTuple):
    """Part ``number`` of ``of`` parts of the files, by a hash of their names."""

    number: int
    of: int

    def has(self, name: str) -> bool:
        """Whether a name below the common root belongs to this part: the same on every machine."""
        digest = hashlib.sha256(name.encode()).digest()
        return int.from_bytes(digest[:8], "big") % self.of == self.number - 1


class Listed(NamedTuple):
    """A file found: its name below the common root, with slashes, and the name to open it by."""

    name: str
    path: str


def listed(paths: Sequence[str], root: str | None = None) -> list[Listed]:
    """The YAML files below the paths, each once, sorted by their names below ``root``.

    Without a ``root`` it is the folder that all the paths have in common.
    """
    whole = [os.path.abspath(path) for path in (paths if root is None else [root])]
    folders = [path if os.path.isdir(path) else os.path.dirname(path) for path in whole]
    try:
        common = os.path.commonpath(folders)
    except ValueError:  # different drives have nothing in common
        common = ""
    files: dict[str, Listed] = {}
    for path in paths:
        start = os.path.relpath(path, common) if common else os.path.abspath(path)
        for name in below(path):
            inside = name.removeprefix(path).lstrip(os.sep)
            relative = os.path.normpath(os.path.join(start, inside))
            files.setdefault(relative, Listed(_portable(relative), name))
    return sorted(files.values())


def _portable(name: str) -> str:
    """A name as it is on every machine: slashes, composed letters, escapes for what is no text."""
    composed = unicodedata.normalize("NFC", name.replace(os.sep, "/"))
    return composed.encode("utf-8", "backslashreplace").decode()


# ---- in one process or several ------------------------------------------------------------------

# Fewer files than this are done sooner in one process than new processes start.
FILES_WORTH_A_POOL = 200
FILES_PER_CHUNK = 64
# At least so many chunks for each process, so that none waits long for the last.
CHUNKS_PER_PROCESS = 4
MOST_PROCESSES = 61  # as many as Windows lets one program wait for


def results(
    work: Callable[[str], Result], names: Sequence[str], jobs: int | None = None
) -> Iterator[tuple[int, Result | None]]:
    """What ``work`` gives for each name, with the position of the name, in the order it comes.

    ``jobs`` is the number of processes; by default one for few files, else one for each processor.
    Where a file ends the process that works on it the result is None; the others are worked on
    again.
    """
    processes = min(jobs or _processors(len(names)), len(names), MOST_PROCESSES)
    if processes <= 1:
        gc.enable()  # the console command runs without, which is meant for one file
        for position, name in enumerate(names):
            yield position, work(name)
        return
    size = max(1, min(FILES_PER_CHUNK, len(names) // (processes * CHUNKS_PER_PROCESS)))
    left = dict(enumerate(names))
    while left:
        for position, result in _in_processes(work, list(left.items()), processes, size):
            del left[position]
            yield position, result
        if left and processes == size == 1:  # one at a time, in order: it was the first
            position = min(left)
            del left[position]
            yield position, None
        processes = size = 1


def worker_ended(path: str) -> Diagnostic:
    """What is said of a file that ended the process which worked on it."""
    return Diagnostic("worker-ended", (), {"file": path}, file=path)


def _processors(files: int) -> int:
    if files < FILES_WORTH_A_POOL:
        return 1
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _in_processes(
    work: Callable[[str], Result], items: Sequence[tuple[int, str]], processes: int, size: int
) -> Iterator[tuple[int, Result]]:
    """Results from new processes; when one of these dies, what is not done by then is left out."""
    chunks = [items[start : start + size] for start in range(0, len(items), size)]
    spawn = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(processes, spawn, initializer=_leave_with_parent)
    try:
        with _interrupts_ignored():  # the processes inherit it: Ctrl-C is for this one to decide
            futures = {
                pool.submit(_work_on, work, [name for _, name in chunk]): chunk for chunk in chunks
            }
        for future in as_completed(futures):
            chunk = futures.pop(future)
            with suppress(BrokenProcessPool):
                for (position, _), result in zip(chunk, future.result(), strict=True):
                    yield position, result
    except BrokenProcessPool:  # while chunks were still handed out
        return
    except BaseException:
        for process in multiprocessing.active_children():
            process.kill()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _work_on(work: Callable[[str], Result], names: Sequence[str]) -> list[Result]:
    return [work(name) for name in names]


def _leave_with_parent() -> None:
    """Let this process end when the one that started it ends, in whatever way."""
    parent = multiprocessing.parent_process()
    assert parent is not None

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


@contextmanager
def _interrupts_ignored() -> Iterator[None]:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
