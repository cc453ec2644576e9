"""The examples of the catalogue: for each diagnostic a file that has the problem, and the same file without it.

They stand in text files beside the package, one for each family of numbers, in this form::

    === name-of-the-diagnostic
    --- bad
    streams:
      coal: {kind: energy, quantity: 5 tt/year}  # error: name-of-the-diagnostic
    --- good
    streams:
      coal: {kind: energy, quantity: 5 t/year}

A text that does not begin with a key that names a kind of file gets the four lines of HEAD before it. The
guilty line ends with ``# error: name`` (or warning, notice); where a comment there would change the text, the
next line is ``# ^ error: name``. After ``--- bad`` or ``--- good`` may stand: ``raw`` (no head), the name of
an encoding, ``escaped`` (a Python-like text with escapes such as ``\\x00``), ``folder`` (a folder in place of
a file), ``large`` (the last line many times), ``at PATH`` (where the file stands), ``console`` (a command
line: shown, not run). ``--- file NAME`` puts a further file beside both.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from cpcalc.app.files import KIND_OF_FIRST_KEY
from cpcalc.source.text import LARGEST_FILE_BYTES

HEAD = """cpcalc: 1
numbers: international
enterprise: {id: A-1, name: Example}
data-status: draft
"""
MARK = re.compile(r"#( \^+)? (error|warning|notice): ([a-z0-9-]+)\s*$")


class Text(NamedTuple):
    """One example file: how its text is turned into bytes, and the text."""

    form: str
    text: str

    @property
    def place(self) -> str:
        """Where the file must stand, for a factor set; empty where any name will do."""
        return self.form.removeprefix("at ") if self.form.startswith("at ") else ""

    @property
    def whole(self) -> str:
        """The text with its head."""
        if self.form == "escaped":
            return self.text.encode("latin-1", "backslashreplace").decode("unicode_escape")
        first = self.text.split(":", 1)[0].strip()
        return (
            self.text
            if self.form == "raw" or first in KIND_OF_FIRST_KEY or self.form
            else HEAD + self.text
        )

    def content(self) -> bytes:
        """The bytes of the file."""
        if self.form == "large":
            line = self.whole.rstrip("\n").rsplit("\n", 1)[-1] + "\n"
            return (self.whole + line * (LARGEST_FILE_BYTES // len(line) + 1)).encode()
        return self.whole.encode(
            "utf-8" if self.form in ("", "raw", "escaped") or self.place else self.form
        )

    def marks(self) -> list[tuple[int, str, str]]:
        """Line, severity and name of each mark."""
        found = []
        for number, line in enumerate(self.whole.split("\n"), start=1):
            mark = MARK.search(line)
            if mark is not None:
                found.append((number - len((mark[1] or "").strip()), mark[2], mark[3]))
        return found


class Example(NamedTuple):
    """A diagnostic's bad and good file, and what stands beside them."""

    name: str
    bad: Text
    good: Text
    files: tuple[tuple[str, str], ...] = ()


def folder() -> Path:
    """Where the examples stand."""
    return Path(__file__).resolve().parent.parent / "examples"


def examples() -> dict[str, Example]:
    """The example of each diagnostic by name."""
    found: dict[str, Example] = {}
    for path in sorted(folder().glob("*.txt")):
        for example in read_examples(path.read_text(encoding="utf-8")):
            found[example.name] = example
    return found


def read_examples(text: str) -> list[Example]:
    """The examples of one file."""
    found = []
    for section in re.split(r"^=== ", text, flags=re.MULTILINE)[1:]:
        name, _, rest = section.partition("\n")
        parts: dict[str, Text] = {}
        files: list[tuple[str, str]] = []
        for part in re.split(r"^--- ", rest, flags=re.MULTILINE)[1:]:
            head, _, body = part.partition("\n")
            kind, _, form = head.strip().partition(" ")
            body = body.strip("\n") + "\n" if form != "escaped" else body.rstrip("\n")
            if kind == "file":
                files.append((form, body))
            else:
                parts[kind] = Text(form, body)
        found.append(Example(name.strip(), parts["bad"], parts["good"], tuple(files)))
    return found
