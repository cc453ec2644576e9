"""Rows kept between runs, by what they depend on: the file's bytes, the request and this program.

No path is kept, so a moved or cloned folder is still known. What is new is written once a second,
so that a run that is killed loses less than a second of work. A cache that cannot be used is no
error: the run is only slower.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import sys
import time
from contextlib import suppress
from pathlib import Path

SECONDS_BETWEEN_COMMITS = 1.0
SECONDS_TO_WAIT_FOR_ANOTHER_RUN = 5.0
FILE_NAME = "results-2.sqlite"
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
    """The kept rows of one request; ``trouble`` says why nothing is kept, where that is so."""

    def __init__(self, request: str, folder: Path | None = None) -> None:
        self.trouble = ""
        self._request = request
        self._program = program_hash()
        self._pending: list[tuple[bytes, bytes, bytes, bytes]] = []
        self._last_commit = time.monotonic()
        self._path = (folder or cache_folder()) / FILE_NAME
        self._database: sqlite3.Connection | None = None
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._database = self._opened()
        except (OSError, sqlite3.Error) as error:
            self._give_up(error)

    def _opened(self) -> sqlite3.Connection:
        try:
            return self._connected()
        except sqlite3.DatabaseError as error:
            if not _is_damaged(error):
                raise
            self._path.unlink()
            return self._connected()

    def _connected(self) -> sqlite3.Connection:
        database = sqlite3.connect(self._path, timeout=SECONDS_TO_WAIT_FOR_ANOTHER_RUN)
        try:
            database.execute(_CREATE)
        except sqlite3.Error:
            database.close()
            raise
        return database

    def _give_up(self, error: Exception) -> None:
        self.trouble = str(error)
        self._pending.clear()
        database, self._database = self._database, None
        with suppress(OSError, sqlite3.Error):
            if database is not None:
                database.close()
            if _is_damaged(error):
                self._path.unlink()

    def _key(self, sha256: str) -> bytes:
        return hashlib.sha256(self._program + f"{sha256} {self._request}".encode()).digest()

    def row(self, sha256: str) -> bytes | None:
        """The row kept of a file with this hash; None where there is none, or a damaged one."""
        if self._database is None:
            return None
        key = self._key(sha256)
        query = "SELECT row, checksum FROM results WHERE key = ?"
        try:
            found = self._database.execute(query, (key,)).fetchone()
        except sqlite3.Error as error:
            self._give_up(error)
            return None
        if found is None:
            return None
        row, checksum = found
        return row if isinstance(row, bytes) and checksum == _checksum(key, row) else None

    def keep(self, sha256: str, row: bytes) -> None:
        """Remember the row of a file with this hash; it is written with the next commit."""
        if self._database is None:
            return
        key = self._key(sha256)
        self._pending.append((key, self._program, row, _checksum(key, row)))
        if time.monotonic() - self._last_commit >= SECONDS_BETWEEN_COMMITS:
            self._commit(self._database)

    def _commit(self, database: sqlite3.Connection) -> None:
        """Write what is pending, and drop what other versions of this program left."""
        try:
            with database:
                database.execute("DELETE FROM results WHERE program <> ?", (self._program,))
                database.executemany(
                    "INSERT OR REPLACE INTO results VALUES (?, ?, ?, ?)", self._pending
                )
        except sqlite3.Error as error:
            self._give_up(error)
            return
        self._pending.clear()
        self._last_commit = time.monotonic()

    def close(self) -> None:
        """Write what is pending and let go of the file."""
        if self._database is not None and self._pending:
            self._commit(self._database)
        if self._database is not None:
            self._database.close()
            self._database = None


def _checksum(key: bytes, row: bytes) -> bytes:
    return hashlib.sha256(key + row).digest()


def _is_damaged(error: Exception) -> bool:
    """Whether the file is no database, or a torn one; it held nothing that cannot be recomputed."""
    return isinstance(error, sqlite3.DatabaseError) and not isinstance(
        error, sqlite3.OperationalError
    )
