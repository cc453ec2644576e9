"""Decode a file's bytes: UTF-8 only; a message names the encoding it seems to have instead."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from cpcalc.diagnostics import Diagnostic, Span

# An assessment is some hundred lines; a file above this is none, and is not read.
LARGEST_FILE_BYTES = 1024 * 1024

_BOMS = (
    (b"\xff\xfe\x00\x00", "UTF-32"), (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"), (b"\xfe\xff", "UTF-16"),
)  # fmt: skip
# Letters that only one of the old Vietnamese encodings puts after or in place of a vowel.
_WINDOWS_1258_TONES = re.compile(rb"[aeiouyAEIOUY\xe2\xea\xf4\xe3\xf5\xfd][\xcc\xd2\xde\xec\xf2]")
_VNI_TONES = re.compile(
    rb"[aeiouyAEIOUY][\xf9\xf8\xfb\xf5\xef\xd9\xd8\xdb\xd5\xcf\xe2\xe1\xe0\xe5\xe3\xe4]"
)
_TCVN3_LETTERS = re.compile(
    rb"[\xa8-\xae\xb5-\xb9\xbb-\xbe\xc6-\xcb\xce-\xd8\xdc-\xdf\xe1-\xe8\xea-\xed\xee-\xf8\xf9-\xfe]"
)
# Line separators that some editors insert and YAML counts as line ends; characters of no text file.
FOREIGN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]|\r(?!\n)")
MOST_FOREIGN_CHARACTERS = 20


def decode(data: bytes) -> tuple[str, Diagnostic | None]:
    """The text of UTF-8 bytes (a byte-order mark is allowed), or what encoding it looks like."""
    encoding = next((name for mark, name in _BOMS if data.startswith(mark)), None)
    if len(data) >= 4 and data[:4].count(b"\x00") >= 2:
        encoding = encoding or "UTF-16"
    offset = 0
    if encoding is None:
        try:
            return data.removeprefix(b"\xef\xbb\xbf").decode("utf-8"), None
        except UnicodeDecodeError as error:
            encoding, offset = _guess(data), error.start
    span = span_after(data[:offset].decode("latin-1"))
    return "", Diagnostic("wrong-encoding", (), {"encoding": encoding}, span=span)


def _guess(data: bytes) -> str:
    if _WINDOWS_1258_TONES.search(data):
        return "Windows-1258"
    vni, tcvn3 = len(_VNI_TONES.findall(data)), len(_TCVN3_LETTERS.findall(data))
    if tcvn3 > 2 * vni:
        return "TCVN3 (ABC)"
    return "VNI" if vni else "Windows-1252"


def foreign_characters(text: str) -> Iterator[Diagnostic]:
    """Control characters and foreign line separators, the first few, each with its place."""
    for match in islice(FOREIGN.finditer(text), MOST_FOREIGN_CHARACTERS):
        span = span_after(text[: match.start()])
        yield Diagnostic("foreign-character", (), {"character": code_of(match)}, span=span)


def code_of(match: re.Match[str]) -> str:
    """The code of a character found: ``U+001B``."""
    return f"U+{ord(match.group()):04X}"


def span_after(before: str) -> Span:
    """The place of the one character that follows a text."""
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    return Span(line, column, line, column + 1)
