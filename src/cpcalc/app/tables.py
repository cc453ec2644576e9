"""Monthly readings in a table beside an assessment: its cells become values of the file."""

from __future__ import annotations

import csv
import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from cpcalc.app.files import NotReadableError, folder_of, read_bytes
from cpcalc.diagnostics import Diagnostic, Path, Span
from cpcalc.source.reader import MOST_ENTRIES, Document, ReadTable, Text, decode

COLUMNS = ("month", "quantity", "cost", "output")
ENDING = ".csv"
# The head of a column, with the unit of its cells where these have none: `quantity [kWh]`.
_HEAD = re.compile(r"\s*(\w+)\s*(?:[\[(](.+)[\])])?\s*")
_PLAIN = re.compile(r"[\d\s.,_-]+")


def with_tables(document: Document) -> Document:
    """The document with the readings of a table in place of its name, wherever a stream has one.

    What is wrong with a table is a problem of the document, and the name is left as it is.
    """
    streams = document.tree.get("streams") if isinstance(document.tree, dict) else None
    named = {
        name: stream["readings"]
        for name, stream in (streams if isinstance(streams, dict) else {}).items()
        if isinstance(stream, dict) and isinstance(stream.get("readings"), str)
    }
    if not named:
        return document
    found = replace(document, diagnostics=[*document.diagnostics], tables={}, cells={})
    tree = {**document.tree, "streams": {**document.tree["streams"]}}
    for name, table in named.items():
        try:
            rows = list(_rows(found, table, ("streams", name, "readings")))
        except _UnreadError as error:
            found.diagnostics.append(error.args[0])
        else:
            tree["streams"][name] = {**tree["streams"][name], "readings": rows}
    return replace(found, tree=tree)


class _UnreadError(Exception):
    """A table that gives no readings; its argument is the diagnostic."""


def _rows(document: Document, name: str, path: Path) -> Iterator[dict[str, Any]]:
    file = os.path.normpath(os.path.join(folder_of(document.name), name))
    try:
        data = read_bytes(file) if name.lower().endswith(ENDING) else b""
    except NotReadableError as error:
        values = {"file": name, "reason": error.reason}
        raise _UnreadError(Diagnostic("table-not-readable", path, values)) from error
    text, problem = decode(data)
    lines = text.splitlines()[:MOST_ENTRIES]
    if problem is not None:
        raise _UnreadError(problem._replace(path=path, file=file))
    document.tables[name] = ReadTable(file, hashlib.sha256(data).hexdigest(), text)
    separator = next((mark for mark in ";\t" if mark in "".join(lines[:1])), ",")
    split = [next(csv.reader([line], delimiter=separator), []) for line in lines]
    heads = [_HEAD.fullmatch(cell) for cell in (split or [[]])[0]]
    keys = [head[1].lower() if head else "" for head in heads]
    is_known = {"month", "quantity"} <= set(keys) <= set(COLUMNS) and len(split) > 1
    position = 0
    for number, (line, cells) in enumerate(zip(lines or [""], split or [[]], strict=True), start=1):
        if (len(cells) != len(keys) and any(cells)) or not is_known:
            values = {"found": line.strip()[:60], "columns": ", ".join(COLUMNS)}
            span = Span(number, 1, number, len(line) + 1)
            raise _UnreadError(Diagnostic("table-row", path, values, span=span, file=file))
        row: dict[str, Any] = {}
        at = 0
        for key, head, cell in zip(keys, heads, cells if number > 1 else (), strict=False):
            start, value = line.find(cell, at), cell.strip()
            at = start + len(cell)
            if value and head is not None:
                unit = head[2] if head[2] and _PLAIN.fullmatch(value) else ""
                row[key] = Text(f"{value} {unit}".strip())
                row[key].path = (*path, position, key)
                document.cells[row[key].path] = (file, Span(number, start + 1, number, at + 1))
        if row:
            document.cells[*path, position] = (file, Span(number, 1, number, len(line) + 1))
            position += 1
            yield row
