"""Results kept between runs, keyed by what they depend on: the file's bytes, the request, this program, factor sets.

No path stands in the key or the row, so a moved or cloned folder is still known. One bulk read; what is new is written
once a second, so a run that is killed loses less than a second of work. A cache that cannot be used is no error: it is
only slower. A second table knows files that were read by their stamps, so that they need not be read to be known.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import sqlite3
import sys
import time
from collections.abc import Sequence

from cpcalc.app.batch_file import Answer, Request
from cpcalc.app.batch_stamps import Stamps
from cpcalc.app.files import shipped_factors

SECONDS_BETWEEN_COMMITS = 1.0
SECONDS_TO_WAIT_FOR_ANOTHER_RUN = 5.0
# One query names at most this many keys (older SQLite libraries allow 999).
KEYS_PER_QUERY = 30_000 if sqlite3.sqlite_version_info >= (3, 32) else 900
FILE_NAME = "results-1.sqlite"

# Rows are looked up all over the file: room for ten thousand of them in memory, in KiB.
_CREATE = """
PRAGMA cache_size = -16000;
CREATE TABLE IF NOT EXISTS results(
    context BLOB NOT NULL, key BLOB NOT NULL, sets TEXT NOT NULL, row BLOB NOT NULL,
    PRIMARY KEY (context, key)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS contexts(context BLOB PRIMARY KEY, version BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS stamps(stamp BLOB PRIMARY KEY, key BLOB NOT NULL) WITHOUT ROWID;
"""
_ROW = "results.key, sets, row FROM"
_BY_KEY = f"SELECT key, {_ROW} results WHERE context = ? AND key IN "
# A cross join, for what is asked for is few of the results.
_BY_STAMP = f"SELECT stamp, {_ROW} stamps CROSS JOIN results ON context = ? AND results.key = stamps.key WHERE stamp IN "
# Stamps of files that changed or are gone are never asked for again: beyond so many all are dropped and made anew.
MOST_STAMPS = 500_000


def cache_folder() -> str:
    """Where results are kept: CPCALC_CACHE_DIR, else the user's cache folder of the platform."""
    own = os.environ.get("CPCALC_CACHE_DIR")
    if own:
        return own
    if sys.platform == "win32":
        return os.path.join(
            os.environ.get("LOCALAPPDATA") or _at_home("AppData", "Local"), "cpcalc", "cache"
        )
    if sys.platform == "darwin":
        return _at_home("Library", "Caches", "cpcalc")
    named = os.environ.get("XDG_CACHE_HOME", "")
    return os.path.join(named if os.path.isabs(named) else _at_home(".cache"), "cpcalc")


def _at_home(*parts: str) -> str:
    return os.path.join(os.path.expanduser("~"), *parts)


def program_version() -> bytes:
    """A hash of this program's own source: a result of other code is never taken for one of this code."""
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    found = hashlib.sha256(sys.byteorder.encode())
    for folder, folders, names in os.walk(package):
        folders.sort()
        for name in sorted(names):
            if name.endswith(".py"):
                path = os.path.join(folder, name)
                with open(path, "rb", buffering=0) as stream:
                    found.update(
                        path[len(package) :].replace(os.sep, "/").encode() + b"\0" + stream.read()
                    )
    return found.digest()


class Cache:
    """The kept results of one request; ``trouble`` says why nothing is kept, where that is so."""

    def __init__(self, request: Request, folder: str | None = None) -> None:
        self._version = program_version()
        self._context = hashlib.sha256(self._version + request.text().encode()).digest()[:16]
        self._pending: dict[bytes, tuple[bytes, str, bytes]] = {}
        self._stamps = Stamps()
        self._stamped: dict[bytes, bytes] = {}  # the keys of files by their stamps, pending too
        self._last_commit = time.monotonic()
        self.trouble = ""
        self._connection: sqlite3.Connection | None = None
        where = folder if folder is not None else cache_folder()
        self._path = os.path.join(where, FILE_NAME)
        try:
            os.makedirs(where, exist_ok=True)
            self._connection = self._opened()
        except (OSError, sqlite3.Error) as error:
            self._give_up(error)

    def _opened(self) -> sqlite3.Connection:
        try:
            return self._connected()
        except sqlite3.DatabaseError as error:
            if not _is_broken(error):
                raise
            os.unlink(self._path)
            return self._connected()

    def _connected(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=SECONDS_TO_WAIT_FOR_ANOTHER_RUN)
        try:
            connection.executescript(_CREATE)
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    def _give_up(self, error: Exception) -> None:
        self.trouble = str(error)
        self._pending.clear()
        self._stamped.clear()
        if self._connection is not None:
            connection, self._connection = self._connection, None
            try:
                connection.close()
                if _is_broken(error):
                    os.unlink(self._path)
            except (OSError, sqlite3.Error):
                return

    def unread(self, paths: Sequence[str]) -> dict[str, Answer]:
        """The answers known for the files under these names by their stamps alone, as good as by their bytes."""
        stamps = {path: stamp for path in paths if (stamp := self._stamps.first(path)) is not None}
        found = self._found(_BY_STAMP, list(dict.fromkeys(stamps.values())))
        return {path: found[stamp] for path, stamp in stamps.items() if stamp in found}

    def kept(self, keys: Sequence[bytes]) -> dict[bytes, Answer]:
        """The answers known for files with these keys."""
        return self._found(_BY_KEY, keys)

    def _found(self, query: str, names: Sequence[bytes]) -> dict[bytes, Answer]:
        found: dict[bytes, Answer] = {}
        if self._connection is None:
            return found
        try:
            for start in range(0, len(names), KEYS_PER_QUERY):
                some = names[start : start + KEYS_PER_QUERY]
                rows = self._connection.execute(
                    f"{query}({','.join('?' * len(some))})", (self._context, *some)
                )
                for name, key, sets, row in rows:
                    found[name] = Answer(key, pickle.loads(row), (), sets)
        except sqlite3.Error as error:
            self._give_up(error)
            return {}
        return found

    def keep(self, answer: Answer, path: str) -> None:
        """Remember the answer of a file, where it has a digest; written with the next commit."""
        digest = answer.digest
        if self._connection is None or digest is None:
            return
        self._pending[answer.key] = (answer.key, answer.sets, pickle.dumps(digest))
        self.know(answer.key, path)
        if time.monotonic() - self._last_commit >= SECONDS_BETWEEN_COMMITS:
            self.commit()

    def know(self, key: bytes, path: str) -> None:
        """Remember the key of a file that was read since ``unread``; written with the next commit."""
        stamp = self._stamps.still(path)
        if self._connection is not None and stamp is not None:
            self._stamped[stamp] = key

    def commit(self) -> None:
        """Write what is pending, and drop what other versions of this program left."""
        connection = self._connection
        if connection is None or not (self._pending or self._stamped):
            return
        try:
            with connection:
                self._drop_other_versions(connection)
                connection.executemany(
                    "INSERT OR REPLACE INTO results VALUES (?, ?, ?, ?)",
                    [(self._context, *row) for row in self._pending.values()],
                )
                connection.execute(
                    "DELETE FROM stamps WHERE (SELECT count(*) FROM stamps) > ?", (MOST_STAMPS,)
                )
                connection.executemany(
                    "INSERT OR REPLACE INTO stamps VALUES (?, ?)", self._stamped.items()
                )
        except sqlite3.Error as error:
            self._give_up(error)
            return
        self._pending.clear()
        self._stamped.clear()
        self._last_commit = time.monotonic()

    def _drop_other_versions(self, connection: sqlite3.Connection) -> None:
        connection.execute(
            "DELETE FROM results WHERE context IN (SELECT context FROM contexts WHERE version <> ?)",
            (self._version,),
        )
        connection.execute("DELETE FROM contexts WHERE version <> ?", (self._version,))
        connection.execute(
            "INSERT OR IGNORE INTO contexts VALUES (?, ?)", (self._context, self._version)
        )

    def close(self) -> None:
        """Write what is pending and let go of the file."""
        self.commit()
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _is_broken(error: Exception) -> bool:
    """Whether the file is no database, or a torn one: it held nothing that cannot be recomputed."""
    return isinstance(error, sqlite3.DatabaseError) and not isinstance(
        error, sqlite3.OperationalError
    )


class SetHashes:
    """Whether the factor sets that a row was calculated with are still the same, asked once for each folder."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], bool] = {}
        self._hashes: dict[str, str | None] = {}

    def unchanged(self, sets: str, beside: str) -> bool:
        """Whether every set of ``sets`` has the hash it had, for a file in the folder ``beside``."""
        found = self._known.get((sets, beside))
        if found is None:
            lines = (line.split(" ") for line in sets.split("\n"))
            found = all(self._hash(pin, beside) == sha256 for pin, sha256 in lines)
            self._known[sets, beside] = found
        return found

    def _hash(self, pin: str, beside: str) -> str | None:
        identity, _, version = pin.partition("@")
        own = os.path.join(beside, "emission_factors")
        return next(
            (
                sha256
                for folder in (shipped_factors(), own)
                if (sha256 := self._file(folder, identity, version))
            ),
            None,
        )

    def _file(self, folder: str, identity: str, version: str) -> str | None:
        name = os.path.join(folder, identity, f"{version}.yaml")
        if name not in self._hashes:
            try:
                with open(name, "rb") as stream:
                    self._hashes[name] = hashlib.sha256(stream.read()).hexdigest()
            except OSError:
                self._hashes[name] = None
        return self._hashes[name]
