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
from cpcalc.app.files import STANDARD_INPUT, START, read_bytes
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
    leaves = dict(_leaves(document.tree))
    made: dict[Path, Any] = {}
    edits = [(document.place(path) or START, path, new) for path, new in _edits(document)]
    for span, path, new in sorted(set(edits), reverse=True):  # so that the other places stay
        start, end, line = span.column - 1, span.end_column - 1, lines[span.line - 1]
        raw, old = line[start:end], str(leaves[path])
        if span.line == span.end_line and raw in (old, f'"{old}"', f"'{old}'"):
            lines[span.line - 1] = line[:start] + raw.replace(old, new) + line[end:]
            made[path] = new
    mark = _BYTE_ORDER_MARK if text.startswith(_BYTE_ORDER_MARK) else ""
    after = mark + "\n".join(lines)
    reread = read(after.encode(), "")
    is_same = not reread.diagnostics and dict(_leaves(reread.tree)) == leaves | made
    return (after, len(made)) if is_same else (text, 0)


def _leaves(node: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every scalar of a document, and every empty list or mapping, with its path."""
    if isinstance(node, (dict, list)) and node:
        for key, value in node.items() if isinstance(node, dict) else enumerate(node):
            yield from _leaves(value, (*path, key))
    else:
        yield path, node


# ---- what to rewrite ------------------------------------------------------------------------


def _edits(document: Document) -> Iterator[tuple[Path, str]]:
    """Misspelt units; in a file without any, digits that are not in groups."""
    loaded = load_document(document)
    leaves = dict(_leaves(document.tree))
    is_misspelt = False
    for problem in assess_document(document, b"", Options()).diagnostics:
        text = leaves.get(problem.path)
        if problem.name == "misspelt-unit" and isinstance(text, Text):
            new = _respelt(text, problem.values["unit"], loaded.reading)
            if new is not None:
                is_misspelt = True
                yield problem.path, new
    if loaded.assessment is None or is_misspelt:
        return
    for path in dict.fromkeys(_quantities(loaded.assessment)):
        text = leaves.get(path)
        new = _grouped(text, loaded.reading) if isinstance(text, Text) else None
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
