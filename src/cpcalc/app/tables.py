"""Monthly readings in a table beside an assessment: its cells become values of the file."""

import csv
import hashlib
import os
import re
from dataclasses import replace
from typing import Any

from cpcalc.app.files import NotReadableError, folder_of, read_bytes
from cpcalc.diagnostics import Diagnostic, Path, Span
from cpcalc.source.reader import LARGEST_FILE_BYTES, MOST_ENTRIES, Document, ReadTable, Text, decode

COLUMNS = ("month", "quantity", "cost", "output")
ENDING = ".csv"
# A cell may be as long as a file: what is wrong with one is said where it stands.
csv.field_size_limit(LARGEST_FILE_BYTES + 1)
# The head of a column, with the unit of its cells where these have none: `quantity [kWh]`.
_HEAD = re.compile(r"\s*(\w+)\s*(?:[\[(](.+)[\])])?\s*")
_PLAIN = re.compile(r"[\d\s.,_-]+")


def with_tables(document: Document) -> Document:
    """The document with the readings of a table in place of its name, wherever a stream has one.

    What is wrong with a table is a problem of the document, and the name is left as it is.
    """
    streams = document.tree.get("streams") if isinstance(document.tree, dict) else None
    found = replace(document, diagnostics=[*document.diagnostics], tables={}, cells={})
    changed = dict(streams) if isinstance(streams, dict) else {}
    for name, stream in changed.items():
        readings = stream.get("readings") if isinstance(stream, dict) else None
        if isinstance(readings, str):
            rows = _rows(found, readings, ("streams", name, "readings"))
            changed[name] = {**stream, "readings": rows or readings}
            found.tree = {**document.tree, "streams": changed}
    return found


def _rows(document: Document, name: str, path: Path) -> list[dict[str, Any]]:
    file = os.path.normpath(os.path.join(folder_of(document.name), name))

    def refuse(problem: str, number: int = 0, **values: str) -> list[dict[str, Any]]:
        """No rows, and a problem of the name of the table, or of a line of it."""
        span = Span(number, 1, number, len(lines[number - 1]) + 1) if number else None
        at = file if number else ""
        document.diagnostics.append(Diagnostic(problem, path, values, span, file=at))
        return []

    if not name.lower().endswith(ENDING):
        return refuse("no-table", found=name[:60])
    try:
        data = read_bytes(file)
    except NotReadableError as error:
        return refuse("table-not-readable", file=name, reason=error.reason)
    text, problem = decode(data)
    document.tables[name] = ReadTable(file, hashlib.sha256(data).hexdigest(), text)
    if problem is not None:
        document.diagnostics.append(problem._replace(path=path, file=file))
        return []
    lines = text.splitlines() or [""]
    if len(data) > LARGEST_FILE_BYTES or len(lines) > MOST_ENTRIES:
        return refuse("too-many-entries", 1, limit=str(MOST_ENTRIES))
    separator = next((mark for mark in ";\t" if mark in lines[0]), ",")
    split = [next(csv.reader([line], delimiter=separator), []) for line in lines]
    heads = [_HEAD.fullmatch(cell) or re.match("()()", "") for cell in split[0]]
    keys = [str(head and head[1]).lower() for head in heads]
    is_known = {"month", "quantity"} <= set(keys) <= set(COLUMNS) and len(set(keys)) == len(keys)
    if not is_known or not any(map(any, split[1:])):
        return refuse("table-columns", 1)
    rows: list[dict[str, Any]] = []
    earlier = len(document.diagnostics)
    for number, (line, cells) in enumerate(zip(lines, split, strict=True), start=1):
        if len(cells) != len(keys) and any(cells):
            refuse("table-row", number, count=str(len(cells)), columns=", ".join(keys))
            continue
        row, at = dict[str, Any](), 0
        for key, head, cell in zip(keys, heads, cells if number > 1 else (), strict=False):
            start, value = line.find(cell, at), cell.strip()
            at = start + len(cell)
            if value:
                unit = head[2] if head and head[2] and _PLAIN.fullmatch(value) else ""
                row[key] = Text(f"{value} {unit}".strip())
                row[key].path = (*path, len(rows), key)
                document.cells[row[key].path] = (file, Span(number, start + 1, number, at + 1))
        if row:
            document.cells[*path, len(rows)] = (file, Span(number, 1, number, len(line) + 1))
            rows.append(row)
    return rows if len(document.diagnostics) == earlier else []
