"""Files: reading bytes, finding assessments below a folder, writing atomically.

Names are strings: every command imports this module, and pathlib is a twentieth of a start.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cache

from cpcalc.diagnostics import Diagnostic, Span
from cpcalc.source.text import LARGEST_FILE_BYTES, decode

START = Span(1, 1, 1, 1)
STANDARD_INPUT = "-"
YAML_ENDINGS = (".yaml", ".yml")


# What a file is stands in its first key, past comments and blank lines.
KIND_OF_FIRST_KEY = {
    "cpcalc": "assessment",
    "cpcalc-programme": "programme",
    "factor-set": "factor-set",
    "cpcalc-lock": "lock",
}
_FIRST_KEY = re.compile(
    r"""\A\ufeff?(?:[ \t]*(?:#[^\n]*)?\r?\n)*[ \t{]*["']?([A-Za-z-]+)["']?[ \t]*:"""
)


def kind_of(content: str | bytes) -> str | None:
    """Assessment, programme, factor-set or lock, by the first key; None for anything else."""
    text = content if isinstance(content, str) else content.decode("utf-8", "replace")
    match = _FIRST_KEY.match(text)
    return KIND_OF_FIRST_KEY.get(match[1]) if match is not None else None


class NotReadableError(Exception):
    """A file that could not be read, with the system's reason."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(name)
        self.name = name
        self.reason = reason


def read_bytes(name: str) -> bytes:
    """The bytes of a regular file (or of standard input for ``-``), never more than a file may have.

    A pipe, a device or a folder under a file's name is refused at once instead of waited for.
    """
    if name == STANDARD_INPUT:
        import sys

        return sys.stdin.buffer.read(LARGEST_FILE_BYTES + 1)
    try:
        handle = os.open(
            name, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        )
        try:
            known = os.fstat(handle)
            if not stat.S_ISREG(known.st_mode):
                raise NotReadableError(
                    name, "a-folder" if stat.S_ISDIR(known.st_mode) else "not-a-regular-file"
                )
            if known.st_size < LARGEST_FILE_BYTES:
                data = os.read(handle, known.st_size + 1)
                if len(data) == known.st_size:  # one byte more was asked for: this is the end
                    return data
                os.lseek(handle, 0, os.SEEK_SET)
            chunks = []
            size = 0
            while size <= LARGEST_FILE_BYTES and (
                chunk := os.read(handle, LARGEST_FILE_BYTES + 1 - size)
            ):
                chunks.append(chunk)
                size += len(chunk)
            return b"".join(chunks)
        finally:
            os.close(handle)
    except OSError as error:
        raise NotReadableError(name, (error.strerror or type(error).__name__).lower()) from error


def unreadable(error: NotReadableError) -> Diagnostic:
    """The diagnostic for a file that could not be read."""
    return Diagnostic(
        "file-not-readable", (), {"reason": error.reason}, span=START, file=error.name
    )


def text_of(name: str) -> str:
    """The text of a file, for excerpts; empty where there is none to read."""
    try:
        return decode(read_bytes(name))[0]
    except NotReadableError:
        return ""


def below(path: str) -> Iterator[str]:
    """The YAML files below a folder in path order (a file is itself).

    Hidden folders and links to folders are left out. A folder that cannot be listed, or that has a file's name, is
    given too: reading it says what is the matter.
    """
    if not os.path.isdir(path):
        yield path
        return
    unlisted: list[str] = []
    for folder, folders, names in os.walk(
        path, onerror=lambda error: unlisted.append(str(error.filename))
    ):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        within = os.path.join(folder, "")
        for name in sorted([*names, *folders]):
            if name.endswith(YAML_ENDINGS) and not name.startswith("."):
                yield within + name
    yield from unlisted


def exists(path: str) -> bool:
    """Whether there is anything under a name, even a link that leads nowhere; standard input always is."""
    return path == STANDARD_INPUT or os.path.lexists(path)


@cache
def shipped_factors() -> str:
    """The folder of the shipped factor sets: inside the installed package, else at the root of the source tree."""
    package = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
    inside = os.path.join(package, "emission_factors")
    return (
        inside
        if os.path.isdir(inside)
        else os.path.join(os.path.dirname(os.path.dirname(package)), "emission_factors")
    )


def write_atomically(name: str, chunks: Iterable[str]) -> None:
    """Write a text file so that the name holds either the old content or the whole new one.

    What a link leads to is replaced, not the link; a pipe or a device is never replaced but written to.
    """
    import tempfile

    if _takes_a_stream(name):
        with open(name, "w", encoding="utf-8", newline="") as stream:
            stream.writelines(chunks)
        return
    name = os.path.realpath(name) if os.path.islink(name) else name
    folder, own = os.path.split(name)
    handle, temporary = tempfile.mkstemp(prefix=f".{own}.", suffix=".part", dir=folder or os.curdir)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
            for chunk in chunks:
                stream.write(chunk)
            stream.flush()
            os.fsync(stream.fileno())
        mode = stat.S_IMODE(os.stat(name).st_mode) if os.path.exists(name) else 0o666 & ~_umask()
        os.chmod(temporary, mode)
        os.replace(temporary, name)
    except BaseException:
        _remove(temporary)
        raise


def _takes_a_stream(name: str) -> bool:
    """Whether a name leads to what is there to be written to as it is: neither a file nor a folder."""
    try:
        mode = os.stat(name).st_mode
    except (OSError, ValueError):
        return False
    return not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)


def write_new(name: str, text: str) -> None:
    """Write a file that must not exist yet; FileExistsError where it does. Nothing half-written is left behind."""
    with open(name, "x", encoding="utf-8", newline="\n") as stream:
        try:
            stream.write(text)
            stream.flush()
        except BaseException:
            _remove(name)
            raise


def _remove(name: str) -> None:
    with suppress(FileNotFoundError):
        os.remove(name)


def folder_of(name: str) -> str:
    """The folder in which a file's own factor sets are looked for."""
    return os.path.dirname(name) or "."


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
