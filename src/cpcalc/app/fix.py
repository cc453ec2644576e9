"""Safe rewrites of an assessment: the spelling of units and the grouping of digits, and nothing else.

A rewrite stays inside one scalar, so comments and layout are kept; it is made only where the new text reads as exactly
the same value, or where a misspelt unit can only mean one; and the whole file must still read as the same document.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path as FilePath
from typing import Any, NamedTuple

from cpcalc.app.assess import Options, assess_document
from cpcalc.app.files import read_bytes, write_atomically
from cpcalc.app.load import load_document
from cpcalc.diagnostics import Path
from cpcalc.quantities import PartOfYear, Quantity, Range, parse_quantity
from cpcalc.schema.base import Model
from cpcalc.schema.leaves import Reading
from cpcalc.source.reader import Document, Text, read
from cpcalc.units import QuantityError, respelling

_BYTE_ORDER_MARK = "\ufeff"
# The number at the beginning of a quantity: sign, digits and what may part their groups.
_NUMBER = re.compile(r"([-+\u2212]?)([0-9](?:[0-9.,]|[ _\u00a0\u2009\u202f](?=[0-9]))*)")
_LARGEST_UNGROUPED = 4
# A rewrite can make further ones possible (a file with a misspelt unit is not read to its end); two rounds do.
_MOST_ROUNDS = 4


class Fixed(NamedTuple):
    """A file before and after its rewrites."""

    name: str
    before: str
    after: str
    places: int


def fixed(name: str) -> Fixed | None:
    """What the rewrites make of a file; None where there is nothing to rewrite. Raises NotReadableError."""
    return fixed_text(read_bytes(name).decode("utf-8", "replace"), name)


def fixed_text(text: str, name: str) -> Fixed | None:
    """The same for the text of a file of this name."""
    current, places = text, 0
    for _ in range(_MOST_ROUNDS):
        changed, number = _rewritten(current, name)
        if not number:
            break
        current, places = changed, places + number
    return Fixed(name, text, current, places) if places else None


def write_fixed(change: Fixed) -> None:
    """Put the rewritten text in the file's place, in one piece; a link stays a link."""
    write_atomically(os.path.realpath(change.name), [change.after])


def _rewritten(text: str, name: str) -> tuple[str, int]:
    document = read(text.encode(), name)
    if document.tree is None or document.diagnostics or "cpcalc" not in document.tree:
        return text, 0
    edits = dict(_edits(document))
    if not edits:
        return text, 0
    mark = _BYTE_ORDER_MARK if text.startswith(_BYTE_ORDER_MARK) else ""
    lines = list(document.lines)
    made: dict[Path, str] = {}
    for path, new in sorted(
        edits.items(), key=lambda item: _place(document, item[0]), reverse=True
    ):
        line, start, end = _place(document, path)
        raw, old = lines[line][start:end], str(_scalar(document.tree, path))
        if raw in (old, f'"{old}"', f"'{old}'"):
            lines[line] = lines[line][:start] + raw.replace(old, new) + lines[line][end:]
            made[path] = new
    after = mark + "\n".join(lines)
    return (after, len(made)) if made and _is_same_but(document.tree, after, made) else (text, 0)


def _place(document: Document, path: Path) -> tuple[int, int, int]:
    """Line and columns of a scalar on one line, from 0."""
    span = document.place(path)
    if span is None or span.line != span.end_line:
        return 0, 0, 0
    return span.line - 1, span.column - 1, span.end_column - 1


def _scalar(tree: Any, path: Path) -> Any:
    for step in path:
        tree = tree[step]
    return tree


def _is_same_but(tree: Any, text: str, made: Mapping[Path, str]) -> bool:
    """Whether a text reads as the same document with only these scalars changed."""
    document = read(text.encode(), "")
    return not document.diagnostics and _with(tree, made) == document.tree


def _with(tree: Any, made: Mapping[Path, str], path: Path = ()) -> Any:
    if isinstance(tree, dict):
        return {key: _with(value, made, (*path, key)) for key, value in tree.items()}
    if isinstance(tree, list):
        return [_with(value, made, (*path, position)) for position, value in enumerate(tree)]
    return made.get(path, tree)


# ---- what to rewrite ------------------------------------------------------------------------------------------------


def _edits(document: Document) -> Iterator[tuple[Path, str]]:
    loaded = load_document(document)
    misspelt = False
    for diagnostic in assess_document(document, b"", Options()).diagnostics:
        scalar = (
            _text_at(document.tree, diagnostic.path) if diagnostic.name == "misspelt-unit" else None
        )
        if scalar is None:
            continue
        new = _respelt(scalar, diagnostic.values["unit"], loaded.reading)
        if new is not None:
            misspelt = True
            yield diagnostic.path, new
    if loaded.assessment is not None and not misspelt:
        for path in dict.fromkeys(_quantities(loaded.assessment)):
            scalar = _text_at(document.tree, path)
            new = _grouped(scalar, loaded.reading) if scalar is not None else None
            if new is not None:
                yield path, new


def _text_at(tree: Any, path: Path) -> str | None:
    """The scalar at a path; None where there is none."""
    for step in path:
        if isinstance(tree, dict):
            tree = tree.get(step)
        elif isinstance(tree, list) and isinstance(step, int) and step < len(tree):
            tree = tree[step]
        else:
            return None
    return str(tree) if isinstance(tree, Text) else None


def _respelt(text: str, token: str, reading: Reading) -> str | None:
    name = respelling(token)
    pattern = rf"(?<![\w]){re.escape(token)}(?![\w])"
    if name is None or len(re.findall(pattern, text)) != 1:
        return None
    new = re.sub(pattern, name, text)
    try:
        parse_quantity(new, reading.style, reading.vocabulary)
    except QuantityError as error:
        return new if error.name == "misspelt-unit" and error.values.get("unit") != token else None
    return new


def _grouped(text: str, reading: Reading) -> str | None:
    """The same quantity with its digits in groups of three parted by spaces; None where it already has them."""
    found = _NUMBER.match(text)
    if found is None:
        return None
    digits = found.group(2)
    decimal = _decimal_sign(digits, reading.style)
    whole, sign, fraction = digits.rpartition(decimal) if decimal else (digits, "", "")
    plain = re.sub(r"[^0-9]", "", whole)
    if len(plain) <= _LARGEST_UNGROUPED and plain == whole:
        return None
    groups = (
        f"{int(plain):,}".replace(",", " ")
        if len(plain) > _LARGEST_UNGROUPED or plain != whole
        else plain
    )
    new = f"{found.group(1)}{groups}{sign}{fraction}{text[found.end() :]}"
    return new if new != text and _is_same_value(text, new, reading) else None


def _decimal_sign(digits: str, style: str | None) -> str:
    """The sign before the decimals, if there are any."""
    signs = [sign for sign in ".," if sign in digits]
    if len(signs) == 2:
        return max(signs, key=digits.rindex)
    if not signs or digits.count(signs[0]) > 1:
        return ""
    sign = signs[0]
    fraction = digits.partition(sign)[2]
    grouping = {"international": ",", "vietnamese": "."}.get(style or "")
    return "" if sign == grouping and len(fraction) == 3 and " " not in digits else sign


def _is_same_value(old: str, new: str, reading: Reading) -> bool:
    try:
        before = parse_quantity(old, reading.style, reading.vocabulary)
        after = parse_quantity(new, reading.style, reading.vocabulary)
    except QuantityError:
        return False
    return before.value == after.value and before.unit is after.unit


def _quantities(node: Any) -> Iterator[Path]:
    """Where the quantities of a model stand."""
    if isinstance(node, Quantity):
        if isinstance(node, Range):
            yield from ((*node.path, "low"), (*node.path, "high"))
        elif node.path:
            yield node.path
        if isinstance(node, PartOfYear):
            yield from _quantities(node.over)
    elif isinstance(node, Mapping):
        for value in node.values():
            yield from _quantities(value)
    elif isinstance(node, (list, tuple)):
        for value in node:
            yield from _quantities(value)
    elif isinstance(node, Model):
        for value in vars(node).values():
            yield from _quantities(value)


def difference(change: Fixed) -> Iterator[str]:
    """The rewrites as a unified diff."""
    import difflib

    name = FilePath(change.name).as_posix()
    yield from (
        line.rstrip("\r\n")
        for line in difflib.unified_diff(
            change.before.split("\n"),
            change.after.split("\n"),
            f"a/{name}",
            f"b/{name}",
            lineterm="",
        )
    )
