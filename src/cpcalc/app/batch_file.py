"""One file of a batch: a pure, picklable function from bytes to a small answer, which any engine can map."""

from __future__ import annotations

import hashlib
import re
from typing import NamedTuple

from cpcalc.diagnostics import Diagnostic
from cpcalc.rows import EnterpriseRow


class Request(NamedTuple):
    """What changes an answer besides the file itself."""

    statuses: tuple[str, ...] | None = None
    currency: str | None = None
    detailed: bool = False  # with what only a programme needs
    frozen: bool = False  # hold each file to its lock; such answers are never kept, for a lock is no part of a key

    def text(self) -> str:
        """The request in one line, for keys and comparisons."""
        statuses = "all" if self.statuses is None else " ".join(sorted(self.statuses))
        return f"status={statuses} currency={self.currency or '-'} detailed={self.detailed}"


class Answer(NamedTuple):
    """What became of a file: its digest, or the problems that leave it without one, or neither: not an assessment.

    ``sets`` names the factor sets it was calculated with, ``id@version sha256`` a line.
    """

    key: bytes  # sha256 of the file
    digest: EnterpriseRow | None
    problems: tuple[Diagnostic, ...]
    sets: str


# The first key of a file, past comments and blank lines.
_FIRST_KEY = re.compile(rb"\A(?:\xef\xbb\xbf)?(?:[ \t]*(?:#[^\n]*)?\r?\n)*([A-Za-z-]+)[ \t]*:")
PASSED_OVER = frozenset({b"cpcalc-programme", b"factor-set", b"cpcalc-lock"})


def first_key(data: bytes) -> bytes | None:
    """The first key of a file, which says what it is."""
    match = _FIRST_KEY.match(data)
    return match[1] if match is not None else None


def is_source(data: bytes) -> bool:
    """Whether the first key says that a file is written by hand (or a lock): what results are made from."""
    return first_key(data) in {b"cpcalc", *PASSED_OVER}


def is_passed_over(data: bytes) -> bool:
    """Whether the first key says that a file is ours but no assessment: a programme, a factor set, a lock."""
    return first_key(data) in PASSED_OVER


def answer(data: bytes, name: str, request: Request) -> Answer:
    """Assess a file's bytes; ``name`` places its problems and its own factor sets."""
    from cpcalc.app.assess import Options, assess
    from cpcalc.diagnostics import dotted, has_errors
    from cpcalc.rows import row_of

    if is_passed_over(data):
        return Answer(_key(data), None, (), "")
    statuses = frozenset(request.statuses) if request.statuses is not None else None
    outcome = assess(
        data,
        name,
        Options(
            statuses, request.currency, totals_only=not request.detailed, frozen=request.frozen
        ),
    )
    if outcome.result is None or has_errors(outcome.diagnostics):
        problems = tuple(
            item._replace(path=(dotted(item.path, outcome.ids),)) for item in outcome.diagnostics
        )
        return Answer(_key(data), None, problems, "")
    warnings = sum(item.severity == "warning" for item in outcome.diagnostics)
    sets = "\n".join(f"{pin} {sha256}" for pin, sha256 in outcome.result.provenance.factor_sets)
    key = bytes.fromhex(outcome.result.provenance.sha256)
    return Answer(key, row_of(outcome.result, warnings, detailed=request.detailed), (), sets)


def _key(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def answer_file(name: str, request: Request) -> Answer:
    """Read a file and answer; a file that cannot be read is a problem, not an exception."""
    from cpcalc.app.files import NotReadableError, read_bytes, unreadable

    try:
        data = read_bytes(name)
    except NotReadableError as error:
        return Answer(b"", None, (unreadable(error),), "")
    return answer(data, name, request)
