"""Many files, one way: listed below folders, worked on in several processes, results kept."""

import hashlib
import os
import signal
import sqlite3
import sys
import threading
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from queue import SimpleQueue
from typing import Any, NamedTuple, TypeVar

from cpcalc.app.files import below
from cpcalc.diagnostics import Diagnostic
from cpcalc.report.problems import portable

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

    Without a ``root`` it is the folder that all the paths have in common. Names that look the same
    (a letter composed, or with its accent apart) are told apart by escapes.
    """
    folder = _common_folder(paths) if root is None else root
    files: dict[str, str] = {}
    for path in paths:
        for name in below(path):
            relative = os.path.relpath(name, folder) if folder else os.path.abspath(name)
            files.setdefault(relative, name)
    times = Counter(map(_portable, files))
    return sorted(
        Listed(_portable(name) if times[_portable(name)] == 1 else _apart(name), path)
        for name, path in files.items()
    )


def _common_folder(paths: Sequence[str]) -> str:
    whole = [os.path.abspath(path) for path in paths]
    folders = [path if os.path.isdir(path) else os.path.dirname(path) for path in whole]
    try:
        return os.path.commonpath(folders)
    except ValueError:  # different drives have nothing in common
        return ""


def _portable(name: str) -> str:
    """A name as it is on every machine: slashes, composed letters, escapes for what is no text."""
    return portable(unicodedata.normalize("NFC", name))


def _apart(name: str) -> str:
    """A name with a code for each letter that can be written in several ways."""
    return name.replace(os.sep, "/").encode("ascii", "backslashreplace").decode()


# ---- in one process or several ------------------------------------------------------------------

# Fewer files than this are done sooner in one process than new processes start.
FILES_WORTH_A_POOL = 200
# So many files are handed out before the first comes back: memory stays flat.
MOST_AHEAD = 1000
SECONDS_TO_WAIT_FOR_A_SCHEDULER = 10
MOST_PROCESSES = 61  # as many as Windows lets one program wait for


class NoRoomError(Exception):
    """The system has no handles, or no memory, for another process."""


def results(
    work: Callable[[str], Result],
    names: Sequence[str],
    jobs: int | None = None,
    executor: Executor | None = None,
) -> Iterator[tuple[int, Result | None]]:
    """What ``work`` gives for each name, with the position of the name, in the order it comes.

    ``jobs`` is the number of processes; by default one for few files, else one for each processor.
    Where a file ends the process that works on it the result is None; the others are worked on
    again. Where the system has no room for processes, this one does all. An ``executor`` of the
    caller comes first; what it loses is worked on here.
    """
    processes = min(jobs or _processors(len(names)), len(names), MOST_PROCESSES)
    others = processes if processes > 1 else 0  # beside this one
    left = dict(enumerate(names))
    if executor is not None:
        for position, future in _by(executor, work, left):
            # What it loses, for whatever reason, is left.
            if not future.cancelled() and future.exception() is None:
                del left[position]
                yield position, future.result()
    while left and others:
        try:
            for position, result in _in_processes(work, left, others):
                del left[position]
                yield position, result
        except NoRoomError:
            break
        if left and others == 1:  # one at a time, in order: it was the first
            position = min(left)
            del left[position]
            yield position, None
        others = 1
    for position, name in left.items():
        yield position, work(name)


def _by(
    executor: Executor, work: Callable[[str], Result], names: Mapping[int, str]
) -> Iterator[tuple[int, Future[Result]]]:
    """What becomes of each name, as an executor, which has the first ones now, is done with it."""
    waiting = iter(list(names))  # the caller takes them out meanwhile
    positions: dict[Future[Result], int] = {}
    done: SimpleQueue[Future[Result]] = SimpleQueue()

    def hand_out(count: int) -> None:
        for position in islice(waiting, count):
            future = executor.submit(work, names[position])
            positions[future] = position
            future.add_done_callback(done.put)

    def as_done() -> Iterator[tuple[int, Future[Result]]]:
        while positions:
            future = done.get()
            yield positions.pop(future), future
            hand_out(1)

    hand_out(MOST_AHEAD)
    return as_done()


@contextmanager
def dask_workers(scheduler: str) -> Iterator[Executor]:
    """The workers of a dask cluster, which must see the same files under the same names; without
    a scheduler those of a cluster on this machine.

    Raises ImportError without the package, OSError where no scheduler answers.
    """
    from dask.distributed import Client

    connected: Any = Client  # without types of its own
    with connected(scheduler or None, timeout=SECONDS_TO_WAIT_FOR_A_SCHEDULER) as client:
        yield client.get_executor(pure=False)


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
    work: Callable[[str], Result], names: Mapping[int, str], processes: int
) -> Iterator[tuple[int, Result]]:
    """Results from new processes; when one of these dies, what is not done by then is left out."""
    # Here, for one file needs no processes.
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    spawn = multiprocessing.get_context("spawn")
    pool: ProcessPoolExecutor | None = None
    # The processes inherit that interrupts are ignored: Ctrl-C is for this one to decide.
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        try:
            pool = ProcessPoolExecutor(processes, spawn, initializer=_leave_with_parent)
            done = _by(pool, work, names)
        except OSError as error:
            raise NoRoomError from error
        finally:
            signal.signal(signal.SIGINT, before)
        for position, future in done:
            with suppress(BrokenProcessPool):  # what a worker was at that died is left out
                yield position, future.result()
    except BrokenProcessPool:  # while files were still handed out
        return
    except BaseException:
        for process in multiprocessing.active_children():
            process.kill()
        raise
    finally:
        if pool is not None:
            pool.shutdown(cancel_futures=True)


def _leave_with_parent() -> None:
    """Let this process end when the one that started it ends, in whatever way."""
    import multiprocessing

    parent = multiprocessing.parent_process()
    assert parent is not None

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


# ---- kept between runs --------------------------------------------------------------------------

SECONDS_TO_WAIT_FOR_ANOTHER_RUN = 5.0
FILE_NAME = "results-2.sqlite"
# What a damaged file makes of a statement: its own texts and numbers can be read wrongly too.
_TROUBLE = (sqlite3.Error, UnicodeError, OverflowError, MemoryError)
_CREATE = """
CREATE TABLE IF NOT EXISTS results(
    key BLOB PRIMARY KEY, program BLOB NOT NULL, row BLOB NOT NULL, checksum BLOB NOT NULL)
"""


def cache_folder() -> Path:
    """Where results are kept: CPCALC_CACHE_DIR, else the user's cache folder of the platform."""
    own = os.environ.get("CPCALC_CACHE_DIR")
    if own:
        return Path(own)
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA")
        return (Path(local) if local else Path.home() / "AppData/Local") / "cpcalc" / "cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "cpcalc"
    named = Path(os.environ.get("XDG_CACHE_HOME", ""))
    return (named if named.is_absolute() else Path.home() / ".cache") / "cpcalc"


def program_hash() -> bytes:
    """A hash of this program's own files: a row of other code is never taken."""
    package = Path(__file__).parent.parent
    found = hashlib.sha256(sys.byteorder.encode())
    for path in sorted(package.rglob("*")):
        if path.suffix != ".pyc" and path.is_file():
            found.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes())
    return found.digest()


class Cache:
    """Rows kept between runs, by what they depend on: file, request and this program.

    No path is kept, so a moved or cloned folder is still known. A row is written at once, so that
    a run that is killed loses none. A cache that cannot be used is no error: ``trouble`` says what
    is the matter, and the run is only slower.
    """

    def __init__(self, request: str, *, is_used: bool = True) -> None:
        self.trouble = ""
        self._request = request
        self._program = program_hash() if is_used else b""
        self._path = cache_folder() / FILE_NAME
        self._database: sqlite3.Connection | None = None
        if not is_used:
            return
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._database = _opened(self._path)
        except (OSError, *_TROUBLE) as error:
            self.trouble = str(error)

    def row(self, sha256: str) -> bytes | None:
        """The row kept of a file with this hash; None where there is none, or a damaged one."""
        key = self._key(sha256)
        found = self._execute("SELECT row, checksum FROM results WHERE key = ?", key)
        if found is None:
            return None
        row, checksum = found
        return row if isinstance(row, bytes) and checksum == _checksum(key, row) else None

    def keep(self, sha256: str, row: bytes) -> None:
        """Keep the row of a file with this hash."""
        key = self._key(sha256)
        values = (key, self._program, row, _checksum(key, row))
        self._execute("INSERT OR REPLACE INTO results VALUES (?, ?, ?, ?)", *values)

    def close(self) -> None:
        """Drop what other versions of this program left, and let go of the file."""
        self._execute("DELETE FROM results WHERE program <> ?", self._program)
        if self._database is not None:
            self._database.close()

    def _key(self, sha256: str) -> bytes:
        return hashlib.sha256(self._program + f"{sha256} {self._request}".encode()).digest()

    def _execute(self, statement: str, *values: bytes) -> tuple[object, ...] | None:
        """The first row that a statement gives; from the first trouble on nothing any more."""
        if self._database is None:
            return None
        try:
            first: tuple[object, ...] | None = self._database.execute(statement, values).fetchone()
        except _TROUBLE as error:
            self.trouble = str(error)
            self._database.close()
            self._database = None
            if _is_damaged(error):
                with suppress(OSError):
                    self._path.unlink()
            return None
        return first


def _opened(path: Path) -> sqlite3.Connection:
    """The cache of a file; one that is damaged is begun anew."""
    database = sqlite3.connect(path, SECONDS_TO_WAIT_FOR_ANOTHER_RUN, isolation_level=None)
    try:
        # After a loss of power the file may be damaged, and no more than that.
        database.execute("PRAGMA synchronous = OFF")
        database.execute(_CREATE)
    except _TROUBLE as error:
        database.close()
        if not _is_damaged(error):
            raise
        path.unlink()
        return _opened(path)
    return database


def _checksum(key: bytes, row: bytes) -> bytes:
    return hashlib.sha256(key + row).digest()


def _is_damaged(error: Exception) -> bool:
    """Whether the file is no database, or a torn one; it held nothing that cannot be recomputed."""
    if isinstance(error, sqlite3.OperationalError):  # a full disk, a lock; but not a missing column
        code: int = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
        return code == sqlite3.SQLITE_ERROR
    return True
