"""Processes that answer files side by side: spawned afresh, fed in chunks over pipes, and gone with their parent.

A worker whose parent is killed reads the end of its input and leaves. A worker that is killed (or kills itself on one
file) costs its chunk a second try, file by file; the file that ends its worker alone is reported.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from typing import IO, Any, NamedTuple

from cpcalc.app.batch_file import Answer, Request, answer_file
from cpcalc.diagnostics import Diagnostic

FILES_PER_CHUNK = 64
# At least this many chunks for each worker, so that none waits long for the last.
CHUNKS_PER_WORKER = 4
LENGTH_BYTES = 8

_START_WORKER = (
    "import sys; sys.path[:] = {path!r}; from cpcalc.app.batch_workers import serve; serve()"
)


class Chunk(NamedTuple):
    """Some files of the list: their positions in it, and their names."""

    positions: tuple[int, ...]
    names: tuple[str, ...]


Done = tuple[Chunk, list[Answer] | None] | Exception


def chunks_of(names: Sequence[str], workers: int) -> list[Chunk]:
    """The files in chunks, small enough that every worker has several."""
    size = max(1, min(FILES_PER_CHUNK, len(names) // (workers * CHUNKS_PER_WORKER)))
    return [
        Chunk(
            tuple(range(start, min(start + size, len(names)))), tuple(names[start : start + size])
        )
        for start in range(0, len(names), size)
    ]


def answers(names: Sequence[str], request: Request, workers: int) -> Iterator[tuple[int, Answer]]:
    """The answer of every file with its position in ``names``, as they come."""
    work: queue.SimpleQueue[Chunk | None] = queue.SimpleQueue()
    done: queue.SimpleQueue[Done] = queue.SimpleQueue()
    for chunk in chunks_of(names, workers):
        work.put(chunk)
    lines = [_Line(request, work, done) for _ in range(workers)]
    try:
        for line in lines:
            line.start()
        left = len(names)
        while left:
            came = done.get()
            if isinstance(came, Exception):
                raise came
            chunk, found = came
            if found is not None:
                left -= len(found)
                yield from zip(chunk.positions, found, strict=True)
            elif len(chunk.names) == 1:
                left -= 1
                yield chunk.positions[0], _ended(chunk.names[0])
            else:
                for position, name in zip(chunk.positions, chunk.names, strict=True):
                    work.put(Chunk((position,), (name,)))
    finally:
        for _ in lines:
            work.put(None)  # each thread takes one, in whatever order
        for line in lines:
            line.stop()


def _ended(name: str) -> Answer:
    problem = Diagnostic("worker-ended", (), {"file": name}, file=name)
    return Answer(b"", None, (problem,), "")


class _Line:
    """A thread that feeds one worker process; a new process replaces one that ended."""

    def __init__(
        self,
        request: Request,
        work: queue.SimpleQueue[Chunk | None],
        done: queue.SimpleQueue[Done],
    ) -> None:
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._request, self._work, self._done = request, work, done
        self._process: subprocess.Popen[bytes] | None = None
        self._stopping = False

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def _run(self) -> None:
        try:
            while not self._stopping:
                if self._process is None:
                    self._process = self._new_process()
                chunk = self._work.get()
                if chunk is None or self._stopping:
                    return
                self._done.put((chunk, self._asked(chunk)))
        except (
            Exception
        ) as error:  # no process could be started: the batch must hear of it, not wait
            self._done.put(error)

    def _new_process(self) -> subprocess.Popen[bytes]:
        # The interpreter is this one, the text is ours: nothing of the command line is run.
        process = subprocess.Popen(
            [sys.executable, "-c", _START_WORKER.format(path=sys.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert process.stdin is not None
        try:
            _send(process.stdin, self._request)
        except OSError:
            process.kill()
        return process

    def _asked(self, chunk: Chunk) -> list[Answer] | None:
        process = self._process
        assert process is not None
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            _send(process.stdin, chunk.names)
            found: list[Answer] | None = _received(process.stdout)
        except (OSError, EOFError, ValueError, pickle.UnpicklingError):
            found = None
        if found is None:
            self._process = None
            _end(process)
        return found

    def stop(self) -> None:
        """End the thread and its process, whatever they are at."""
        self._stopping = True
        process = self._process
        if process is not None:
            process.kill()  # the thread reads the end of its output
        if self._thread.ident is not None:
            self._thread.join()
        if self._process is not None:
            _end(self._process)
            self._process = None


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill a process and let go of its pipes."""
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with contextlib.suppress(
                OSError
            ):  # what was still to be written has no reader any more
                pipe.close()


# ---- inside a worker ------------------------------------------------------------------------------------------------


def serve() -> None:
    """Answer chunks of file names from standard input until it ends; only answers go to standard output."""
    import gc
    import signal

    signal.signal(
        signal.SIGINT, signal.SIG_IGN
    )  # Ctrl-C reaches the whole group: the parent decides
    source, target = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # a stray print must not look like an answer
    gc.disable()  # results are small and free of cycles; files that are broken may leave some
    try:
        request = _received(source)
        while (names := _received(source)) is not None:
            _send(target, [answer_file(name, request) for name in names])
            gc.collect(0)
    except (EOFError, OSError):
        pass
    os._exit(0)


def _send(target: IO[bytes], what: Any) -> None:
    data = pickle.dumps(what, protocol=pickle.HIGHEST_PROTOCOL)
    target.write(len(data).to_bytes(LENGTH_BYTES, "big") + data)
    target.flush()


def _received(source: IO[bytes]) -> Any:
    """What the other side sent; raises EOFError where it ended. Both sides are this program."""
    head = source.read(LENGTH_BYTES)
    if len(head) < LENGTH_BYTES:
        raise EOFError
    size = int.from_bytes(head, "big")
    data = source.read(size)
    if len(data) < size:
        raise EOFError
    return pickle.loads(data)
