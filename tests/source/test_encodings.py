"""Encodings: UTF-8 is read; another one is named, with what to do about it."""

from __future__ import annotations

import pytest

from cpcalc.report.problems import message_of
from cpcalc.source.reader import read

TEXT = "cpcalc: 1\nenterprise:\n  name: Nhà máy xi măng Hải Dương\n"
# The same name in the two old Vietnamese encodings that no codec of Python knows.
TCVN3 = b"cpcalc: 1\nenterprise:\n  name: Nh\xb5 m\xb8y xi m\xa8ng H\xb6i D\xad\xacng\n"
VNI = b"cpcalc: 1\nenterprise:\n  name: Nha\xf8 ma\xf9y xi ma\xeang Ha\xfbi D\xf6\xf4ng\n"
WINDOWS_1258 = b"cpcalc: 1\nenterprise:\n  name: Nha\xcc ma\xecy xi m\xe3ng Ha\xd2i D\xfd\xf5ng\n"


def test_utf_8_with_and_without_a_mark() -> None:
    plain, marked = read(TEXT.encode(), "f"), read(b"\xef\xbb\xbf" + TEXT.encode(), "f")
    assert plain.tree == marked.tree
    assert plain.place(("enterprise", "name")) == marked.place(("enterprise", "name"))


@pytest.mark.parametrize(
    "data, encoding, line",
    [
        (TEXT.encode("utf-16"), "UTF-16", 1),
        (TEXT.encode("utf-16-be"), "UTF-16", 1),
        (TEXT.encode("utf-16-le"), "UTF-16", 1),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), "UTF-16", 1),
        (TEXT.encode("utf-32"), "UTF-32", 1),
        (WINDOWS_1258, "Windows-1258", 3),
        (TCVN3, "TCVN3 (ABC)", 3),
        (VNI, "VNI", 3),
        ("a: 1\nname: Caf\xe9\n".encode("cp1252"), "Windows-1252", 2),
    ],
)
def test_another_encoding_is_named_and_placed(data: bytes, encoding: str, line: int) -> None:
    document = read(data, "f")
    [found] = document.diagnostics
    assert document.tree is None
    assert found.name == "wrong-encoding"
    assert found.span is not None
    assert found.span.line == line
    for language in ("en", "vi"):
        headline, remedy = message_of(found, language)
        assert encoding in headline
        assert "UTF-8" in remedy


@pytest.mark.parametrize(
    "data", [b"\xff", b"\x80abc", b"a: \xc3\x28", b"a: \xed\xa0\x80", b"\xf8\x88\x80\x80\x80"]
)
def test_bytes_of_no_encoding_are_a_diagnostic_too(data: bytes) -> None:
    assert [item.name for item in read(data, "f").diagnostics] == ["wrong-encoding"]
