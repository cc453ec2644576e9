"""The examples of the catalogue as files: their text, their marks, and where they are written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from cpcalc.app.files import KIND_OF_FIRST_KEY
from cpcalc.diagnostics import ExampleFile, catalogue, example_file
from cpcalc.source.reader import LARGEST_FILE_BYTES

HEAD = """cpcalc: 1
numbers: international
enterprise: {id: A-1, name: Example}
data-status: draft
"""
MARK = re.compile(r"#( \^+)? (error|warning|notice): ([a-z0-9-]+)\s*$")


class Example(NamedTuple):
    """A diagnostic's bad and good file, and what stands beside them."""

    name: str
    bad: ExampleFile
    good: ExampleFile
    files: Mapping[str, str]


def examples() -> list[Example]:
    """The example of each diagnostic of the catalogue."""
    return [
        Example(entry.name, entry.bad, entry.good, entry.files) for entry in catalogue().values()
    ]


def read_examples(path: Path) -> list[Example]:
    """Further examples of a file in the form of the catalogue."""
    data: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [
        Example(name, example_file(each["bad"]), example_file(each["good"]), each.get("files", {}))
        for name, each in data.items()
    ]


def whole(file: ExampleFile) -> str:
    """The text of an example with its head."""
    if file.form == "escaped":
        return file.text.encode("latin-1", "backslashreplace").decode("unicode_escape")
    first = file.text.split(":", 1)[0].strip()
    if file.form or file.at or first in KIND_OF_FIRST_KEY:
        return file.text
    return HEAD + file.text


def content(file: ExampleFile) -> bytes:
    """The bytes of an example."""
    text = whole(file)
    if file.form == "large":
        line = text.rstrip("\n").rsplit("\n", 1)[-1] + "\n"
        return (text + line * (LARGEST_FILE_BYTES // len(line) + 1)).encode()
    return text.encode("utf-8" if file.form in ("", "raw", "escaped") else file.form)


def marks(file: ExampleFile) -> list[tuple[int, str, str]]:
    """Line, severity and name of each mark of an example."""
    found = []
    for number, line in enumerate(whole(file).split("\n"), start=1):
        mark = MARK.search(line)
        if mark is not None:
            found.append((number - len((mark[1] or "").strip()), mark[2], mark[3]))
    return found


def expected_marks(example: Example) -> list[tuple[str, int, str, str]]:
    """File (empty: the example itself), line, severity and name of each problem it must have."""
    expected = [("", *mark) for mark in marks(example.bad)]
    for name, text in example.files.items():
        expected += [(name, *mark) for mark in marks(ExampleFile(text, "raw"))]
    return sorted(expected) or [("", 1, catalogue()[example.name].severity, example.name)]


def written(example: Example, good: bool, folder: Path) -> str:
    """Write the good or the bad file, and what stands beside it, into a folder; the file's name."""
    file = example.good if good else example.bad
    for name, text in example.files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    path = folder / (file.at or "example.yaml")
    path.parent.mkdir(parents=True, exist_ok=True)
    if file.form == "folder":
        path.mkdir()
    else:
        path.write_bytes(content(file))
    return str(path)
