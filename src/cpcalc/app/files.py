"""Files: reading bytes, finding assessments below a folder, writing in one piece."""

import errno
import os
import re
import stat
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from secrets import token_hex
from types import MappingProxyType

from cpcalc.diagnostics import Diagnostic, Span
from cpcalc.report.problems import rendered
from cpcalc.report.writers import MARK
from cpcalc.source.reader import LARGEST_FILE_BYTES, Document, decode, read

START = Span(1, 1, 1, 1)
STANDARD_INPUT = "-"
MOST_BEHIND_MARK_BYTES = 512
YAML_ENDINGS = (".yaml", ".yml")  # in capital letters too
# As much of a file as shows which command wrote it.
LONGEST_BEGINNING_BYTES = 1024


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


class ProblemsError(Exception):
    """Files with errors: ``diagnostics`` holds all their problems, each with its place."""

    def __init__(
        self, diagnostics: Sequence[Diagnostic], texts: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        super().__init__("\n".join(rendered(diagnostics, {}, "concise", "en")))
        self.diagnostics = tuple(diagnostics)
        self.texts = texts  # of the files, for excerpts


class NotReadableError(ProblemsError):
    """A file that could not be read, with the system's reason."""

    def __init__(self, name: str, reason: str) -> None:
        self.name = name
        self.reason = reason
        values = {"reason": reason}
        super().__init__([Diagnostic("file-not-readable", (), values, span=START, file=name)])


def reason_of(error: OSError) -> str:
    """The system's words for what went wrong, to stand in a sentence."""
    return (error.strerror or type(error).__name__).lower()


def read_bytes(name: str, most: int = LARGEST_FILE_BYTES + 1) -> bytes:
    """The bytes of a regular file, or of standard input for ``-``; never more than ``most``.

    A pipe, a device or a folder under a file's name is refused at once instead of waited for.
    """
    try:
        if name == STANDARD_INPUT:
            return sys.stdin.buffer.read(most)
        with open(name, "rb", opener=_without_waiting) as stream:
            mode = os.fstat(stream.fileno()).st_mode
            if not stat.S_ISREG(mode):
                raise NotReadableError(name, "not-a-regular-file")
            return stream.read(most)
    except IsADirectoryError as error:
        raise NotReadableError(name, "a-folder") from error
    except OSError as error:
        raise NotReadableError(name, reason_of(error)) from error
    except ValueError as error:  # a null character, which no name of a file has
        raise NotReadableError(name, "not-a-regular-file") from error


def text_of_result(name: str) -> str:
    """The text of a JSON result, which is as long as what it is of."""
    try:
        return read_bytes(name, most=-1).decode().replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise NotReadableError(name, "not-a-result") from error


def _without_waiting(name: str, flags: int) -> int:
    """Open a file; a pipe that nobody writes to would be waited for otherwise."""
    return os.open(name, flags | getattr(os, "O_NONBLOCK", 0))


def document_of(name: str) -> Document:
    """A file read as a document; of one that cannot be read nothing but this problem."""
    try:
        return read(read_bytes(name), name)
    except NotReadableError as error:
        return Document(name, "", [*error.diagnostics])


def text_of(name: str) -> str:
    """The text of a file, for excerpts; empty where there is none to read."""
    try:
        return decode(read_bytes(name))[0]
    except NotReadableError:
        return ""


def below(path: str) -> Iterator[str]:
    """The YAML files below a folder in path order (a file is itself).

    Hidden folders and links to folders are left out. A folder that cannot be listed, or that has
    a file's name, is given too: reading it says what is the matter.
    """
    if not os.path.isdir(path):
        yield path
        return
    errors: list[OSError] = []
    for folder, folders, names in os.walk(path, onerror=errors.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted([*names, *folders]):
            if name.lower().endswith(YAML_ENDINGS) and not name.startswith("."):
                yield os.path.join(folder, name)
    yield from (str(error.filename) for error in errors)


def exists(path: str) -> bool:
    """Whether there is anything under a name, even a link that leads nowhere.

    Standard input always is.
    """
    return path == STANDARD_INPUT or os.path.lexists(path)


@cache
def shipped_factors() -> str:
    """The folder of the shipped factor sets: in the package, else at the root of the sources."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "emission_factors"
    return str(inside if inside.is_dir() else package.parent.parent / "emission_factors")


def write_atomically(name: str, chunks: Iterable[str | bytes]) -> None:
    """Write a file so that the name holds either the old content or the whole new one.

    What a link leads to is replaced, not the link; a pipe or a device is never replaced but
    written to.
    """
    path = Path(name)
    data = (chunk.encode() if isinstance(chunk, str) else chunk for chunk in chunks)
    if path.exists() and not path.is_file() and not path.is_dir():
        with path.open("wb") as stream:
            stream.writelines(data)
        return
    target = Path(os.path.realpath(name))
    if not target.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, "no-folder", name)
    part = target.with_name(f".{target.name}.{token_hex(4)}.part")
    try:
        with part.open("xb") as stream:
            stream.writelines(data)
            stream.flush()
            os.fsync(stream.fileno())
        if target.exists():
            part.chmod(stat.S_IMODE(target.stat().st_mode))
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def replace_own(
    name: str, chunks: Iterable[str | bytes], own: str, inputs: Iterable[str] = ()
) -> None:
    """The same, over nothing but what the same command wrote before: what begins like ``own``, or
    what ends as documents do.

    Never over one of the inputs, or a YAML file below one. FileExistsError for anything else.
    """
    if os.path.isfile(name):
        with open(name, "rb") as stream:
            beginning = stream.read(LONGEST_BEGINNING_BYTES).decode("utf-8", "replace")
            stream.seek(max(0, os.path.getsize(name) - len(MARK) - MOST_BEHIND_MARK_BYTES))
            is_own = not beginning or re.match(own, beginning) or MARK in stream.read()
        read = (file for path in inputs for file in below(path) if os.path.exists(file))
        if not is_own or any(os.path.samefile(file, name) for file in read):
            raise FileExistsError(errno.EEXIST, "not-its-own", name)
    write_atomically(name, chunks)


def write_new(name: str, data: bytes) -> None:
    """Write a file that must not exist yet; FileExistsError where it does.

    Nothing half-written is left behind.
    """
    path = Path(name)
    if not path.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, "no-folder", name)
    with path.open("xb") as stream:
        try:
            stream.write(data)
            stream.flush()
        except BaseException:
            path.unlink(missing_ok=True)
            raise


def folder_of(name: str) -> str:
    """The folder in which a file's own factor sets are looked for."""
    return os.path.dirname(name) or "."
