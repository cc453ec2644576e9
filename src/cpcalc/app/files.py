"""Files: reading bytes, finding assessments below a folder and pinned factor sets, writing atomically."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from cpcalc.diagnostics import Diagnostic, Span
from cpcalc.library import FactorSet
from cpcalc.source.reader import LARGEST_FILE_BYTES, read

START = Span(1, 1, 1, 1)
STANDARD_INPUT = "-"
YAML_ENDINGS = (".yaml", ".yml")


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
        handle = os.open(name, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        try:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                folder = stat.S_ISDIR(os.fstat(handle).st_mode)
                raise NotReadableError(name, "a-folder" if folder else "not-a-regular-file")
            chunks = []
            size = 0
            while size <= LARGEST_FILE_BYTES and (chunk := os.read(handle, LARGEST_FILE_BYTES + 1 - size)):
                chunks.append(chunk)
                size += len(chunk)
            return b"".join(chunks)
        finally:
            os.close(handle)
    except OSError as error:
        raise NotReadableError(name, (error.strerror or type(error).__name__).lower()) from error


def unreadable(error: NotReadableError) -> Diagnostic:
    """The diagnostic for a file that could not be read."""
    return Diagnostic("file-not-readable", (), {"reason": error.reason}, span=START, file=error.name)


def below(path: str) -> Iterator[str]:
    """The YAML files below a folder in path order (a file is itself).

    Hidden folders and links to folders are left out. A folder that cannot be listed, or that has a file's name, is
    given too: reading it says what is the matter.
    """
    if not os.path.isdir(path):  # noqa: PTH112 - strings all the way: a batch lists ten thousand names
        yield path
        return
    unlisted: list[str] = []
    for folder, folders, names in os.walk(path, onerror=lambda error: unlisted.append(str(error.filename))):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted([*names, *folders]):
            if name.endswith(YAML_ENDINGS) and not name.startswith("."):
                yield os.path.join(folder, name)  # noqa: PTH118
    yield from unlisted


def exists(path: str) -> bool:
    """Whether there is anything under a name, even a link that leads nowhere; standard input always is."""
    return path == STANDARD_INPUT or os.path.lexists(path)


def shipped_factors() -> Path:
    """The folder of the shipped factor sets: inside the installed package, else at the root of the source tree."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "emission_factors"
    return inside if inside.is_dir() else package.parent.parent / "emission_factors"


_SETS: dict[str, tuple[FactorSet | None, list[Diagnostic]]] = {}


def factor_set(pin: str, beside: str) -> tuple[FactorSet | None, list[Diagnostic]]:
    """A pinned set ``id@version``: the shipped one, else one in ``emission_factors/`` beside the assessment."""
    identity, _, version = pin.partition("@")
    own = os.path.join(beside, "emission_factors")  # noqa: PTH118
    for folder, is_own in ((str(shipped_factors()), False), (own, True)):
        name = os.path.join(folder, identity, f"{version}.yaml")  # noqa: PTH118
        if name not in _SETS and os.path.isfile(name):  # noqa: PTH113
            _SETS[name] = _read_set(name, identity, version, is_own=is_own)
        if name in _SETS:
            return _SETS[name]
    return None, []


def _read_set(name: str, identity: str, version: str, *, is_own: bool) -> tuple[FactorSet | None, list[Diagnostic]]:
    """A set from its file: a shipped one is read entry by entry as needed, an own one whole and checked."""
    try:
        data = read_bytes(name)
    except NotReadableError as error:
        return None, [unreadable(error)]
    sha256 = hashlib.sha256(data).hexdigest()
    if not is_own:
        return FactorSet(identity, version, sha256, data.decode("utf-8")), []
    document = read(data, name)
    if document.tree is None or document.diagnostics:
        return None, [diagnostic._replace(file=name) for diagnostic in document.diagnostics]
    from cpcalc.app.check_factors import errors_of

    problems = errors_of(document)
    if problems:
        return None, problems
    return FactorSet(identity, version, sha256, document.text, document.tree, is_own=True), []


def versions_of(identity: str, beside: str) -> list[str]:
    """The versions of a set that can be pinned."""
    found: list[str] = []
    for folder in (shipped_factors(), Path(beside) / "emission_factors"):
        found += [path.stem for path in sorted((folder / identity).glob("*.yaml"))]
    return found


def known_sets(beside: str) -> list[str]:
    """The names of all sets that can be pinned."""
    folders = (shipped_factors(), Path(beside) / "emission_factors")
    return sorted({path.parent.name for folder in folders for path in folder.glob("*/*.yaml")})


def write_atomically(name: str, chunks: Iterable[str]) -> None:
    """Write a text file so that the name holds either the old content or the whole new one."""
    import tempfile

    target = Path(name)
    handle, temporary = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
            for chunk in chunks:
                stream.write(chunk)
            stream.flush()
            os.fsync(stream.fileno())
        mode = stat.S_IMODE(os.stat(target).st_mode) if target.exists() else 0o666 & ~_umask()  # noqa: PTH116
        os.chmod(temporary, mode)  # noqa: PTH101
        os.replace(temporary, target)  # noqa: PTH105
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def write_new(name: str, text: str) -> None:
    """Write a file that must not exist yet; FileExistsError where it does. Nothing half-written is left behind."""
    with open(name, "x", encoding="utf-8", newline="\n") as stream:  # noqa: PTH123
        try:
            stream.write(text)
            stream.flush()
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


def folder_of(name: str) -> str:
    """The folder in which a file's own factor sets are looked for."""
    return os.path.dirname(name) or "."  # noqa: PTH120


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
