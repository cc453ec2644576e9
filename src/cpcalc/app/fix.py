"""Safe rewrites of an assessment: the spelling of units and the grouping of digits only.

A rewrite stays inside one scalar, so comments and layout are kept; it is made only where the new
text reads as exactly the same value, or where a misspelt unit can only mean one; and the whole
file must still read as the same document.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path as FilePath
from typing import Any, NamedTuple

from cpcalc.app.assess import Options, assess_document
from cpcalc.app.files import STANDARD_INPUT, read_bytes, write_atomically
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
# A rewrite can make further ones possible (a file with a misspelt unit is not read to its end).
_MOST_ROUNDS = 4


class Fixed(NamedTuple):
    """A file before and after its rewrites."""

    name: str
    before: str
    after: str
    places: int


def fixed(name: str) -> Fixed | None:
    """What the rewrites make of a file; None where there is nothing to rewrite.

    Standard input is left alone. Raises NotReadableError.
    """
    if name == STANDARD_INPUT:
        return None
    return fixed_text(read_bytes(name).decode("utf-8", "replace"), name)


def fixed_text(text: str, name: str) -> Fixed | None:
    """The same for the text of a file of this name."""
    current, places = text, 0
    for _ in range(_MOST_ROUNDS):
        current, number = _rewritten(current, name)
        if not number:
            break
        places += number
    return Fixed(name, text, current, places) if places else None


def write_fixed(change: Fixed) -> None:
    """Put the rewritten text in the file's place, in one piece; a link stays a link."""
    write_atomically(change.name, [change.after])


def difference(change: Fixed) -> Iterator[str]:
    """The rewrites as a unified diff."""
    name = FilePath(change.name).as_posix()
    before, after = change.before.split("\n"), change.after.split("\n")
    for line in difflib.unified_diff(before, after, f"a/{name}", f"b/{name}", lineterm=""):
        yield line.rstrip("\r\n")


def _rewritten(text: str, name: str) -> tuple[str, int]:
    """The text after one round of rewrites, and how many there were."""
    document = read(text.encode(), name)
    if document.tree is None or document.diagnostics or "cpcalc" not in document.tree:
        return text, 0
    lines = list(document.lines)
    made: dict[Path, str] = {}
    edits = {_place(document, path): (path, new) for path, new in _edits(document)}
    for (line, start, end), (path, new) in sorted(edits.items(), reverse=True):
        raw, old = lines[line][start:end], str(_text_at(document.tree, path))
        if raw in (old, f'"{old}"', f"'{old}'"):
            lines[line] = lines[line][:start] + raw.replace(old, new) + lines[line][end:]
            made[path] = new
    if not made:
        return text, 0
    mark = _BYTE_ORDER_MARK if text.startswith(_BYTE_ORDER_MARK) else ""
    after = mark + "\n".join(lines)
    reread = read(after.encode(), "")
    is_same = not reread.diagnostics and reread.tree == _with(document.tree, made)
    return (after, len(made)) if is_same else (text, 0)


def _place(document: Document, path: Path) -> tuple[int, int, int]:
    """Line and columns of a scalar on one line, from 0; an empty place for any other."""
    span = document.place(path)
    if span is None or span.line != span.end_line:
        return 0, 0, 0
    return span.line - 1, span.column - 1, span.end_column - 1


def _with(tree: Any, made: Mapping[Path, str], path: Path = ()) -> Any:
    """The tree with other texts at some paths."""
    if isinstance(tree, dict):
        return {key: _with(value, made, (*path, key)) for key, value in tree.items()}
    if isinstance(tree, list):
        return [_with(value, made, (*path, position)) for position, value in enumerate(tree)]
    return made.get(path, tree)


def _text_at(tree: Any, path: Path) -> str | None:
    """The scalar at a path; None where there is none."""
    for step in path:
        try:
            tree = tree[step]
        except (KeyError, IndexError, TypeError):
            return None
    return str(tree) if isinstance(tree, Text) else None


# ---- what to rewrite ------------------------------------------------------------------------


def _edits(document: Document) -> Iterator[tuple[Path, str]]:
    """Misspelt units; in a file without any, digits that are not in groups."""
    loaded = load_document(document)
    is_misspelt = False
    for problem in assess_document(document, b"", Options()).diagnostics:
        text = _text_at(document.tree, problem.path)
        if problem.name == "misspelt-unit" and text is not None:
            new = _respelt(text, problem.values["unit"], loaded.reading)
            if new is not None:
                is_misspelt = True
                yield problem.path, new
    if loaded.assessment is None or is_misspelt:
        return
    for path in dict.fromkeys(_quantities(loaded.assessment)):
        text = _text_at(document.tree, path)
        new = _grouped(text, loaded.reading) if text is not None else None
        if new is not None:
            yield path, new


def _respelt(text: str, token: str, reading: Reading) -> str | None:
    name = respelling(token)
    pattern = rf"(?<![\w]){re.escape(token)}(?![\w])"
    if name is None or len(re.findall(pattern, text)) != 1:
        return None
    new = re.sub(pattern, name, text)
    try:
        parse_quantity(new, reading.style, reading.vocabulary)
    except QuantityError as error:  # a second unit may be misspelt: the next round sees to it
        return new if error.name == "misspelt-unit" and error.values.get("unit") != token else None
    return new


def _grouped(text: str, reading: Reading) -> str | None:
    """The same quantity with its digits in groups of three parted by spaces.

    None where it already has them. Which sign parts the decimals shows in the value: only one
    reading keeps it.
    """
    number = _NUMBER.match(text)
    if number is None:
        return None
    sign, digits = number.groups()
    for decimal in ("", ".", ","):
        whole, mark, fraction = digits.rpartition(decimal) if decimal else (digits, "", "")
        plain = re.sub(r"[^0-9]", "", whole)
        if not plain or (plain == whole and len(plain) <= _LARGEST_UNGROUPED):
            continue
        groups = f"{int(plain):,}".replace(",", " ")
        new = f"{sign}{groups}{mark}{fraction}{text[number.end() :]}"
        if _is_same_value(text, new, reading):
            return new if new != text else None
    return None


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
        yield from _quantities(list(node.values()))
    elif isinstance(node, Model):
        yield from _quantities(vars(node))
    elif isinstance(node, (list, tuple)):
        for value in node:
            yield from _quantities(value)
