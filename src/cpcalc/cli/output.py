"""Writing results to standard output or to a file, and diagnostics to standard error."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import TextIO

from cpcalc.cli.exits import NOT_DONE


def is_terminal() -> bool:
    """Whether standard output is a terminal a person reads."""
    return sys.stdout.isatty()


def print_lines(lines: Iterable[str]) -> None:
    """Print text lines to standard output."""
    for line in lines:
        _write(sys.stdout, line + "\n")


def complain(lines: Iterable[str]) -> None:
    """Print text lines to standard error."""
    for line in lines:
        _write(sys.stderr, line + "\n")


def deliver(text: str, output: str | None, language: str = "en") -> int:
    """Print a text, or write it to the file ``output`` in one piece; the exit code of doing so."""
    return deliver_chunks((text,), output, language)


def deliver_chunks(chunks: Iterable[str], output: str | None, language: str) -> int:
    """Print a text that comes in pieces, or write it to the file ``output`` in one piece; the exit code of doing so.

    Never over a file that results are made from: that is a slip, and it would be lost.
    """
    if output is None:
        for chunk in chunks:
            _write(sys.stdout, chunk)
        return 0
    from cpcalc.app.files import write_atomically

    try:
        if _is_source(output):
            return refused("cannot-write", language, path=output, reason="holds-no-result")
        write_atomically(output, chunks)
    except OSError as error:
        return refused(
            "cannot-write",
            language,
            path=output,
            reason=(error.strerror or type(error).__name__).lower(),
        )
    return 0


def _is_source(output: str) -> bool:
    from cpcalc.app.files import NotReadableError, kind_of, read_bytes

    try:
        return kind_of(read_bytes(output)) is not None
    except NotReadableError:
        return False


def refused(what: str, language: str, /, **values: str) -> int:
    """Say on standard error why the job, or a part of it, cannot be done; the exit code for that."""
    from cpcalc.report.layout import harmless
    from cpcalc.report.problems import TABLES, printable

    words = TABLES[language].WORDS
    shown = {key: harmless(printable(words.get(value, value))) for key, value in values.items()}
    complain([f"cpcalc: {words[what].format_map(shown)}"])
    return NOT_DONE


def unknown_selector(text: str, nearest: Sequence[str], language: str) -> int:
    """Say that a text names no diagnostic, and which come near; the exit code for that."""
    if nearest:
        return refused("unknown-selector", language, text=text, nearest=", ".join(nearest))
    return refused("unknown-selector-alone", language, text=text)


class OutputLostError(Exception):
    """What had to be written did not arrive: a full disk behind standard output, say."""


def _write(stream: TextIO, text: str) -> None:
    try:
        stream.write(text)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputLostError((error.strerror or type(error).__name__).lower()) from error
    except UnicodeEncodeError:  # a console of another encoding: show what it cannot as escapes
        encoding = stream.encoding or "ascii"
        stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
