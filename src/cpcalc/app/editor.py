"""What an editor asks about a file that is being written, by a place in its text: what it may say
there, what that means, where it is defined, and how a problem is mended."""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import cache
from itertools import product
from typing import Any, NamedTuple

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from cpcalc.app import assess, check, factors, load, sets
from cpcalc.app.files import folder_of
from cpcalc.app.new import schema_text
from cpcalc.diagnostics import Diagnostic, Path, Span, catalogue
from cpcalc.figures import Figure, Reported, steps
from cpcalc.names import OF_TOTALS
from cpcalc.quantities import parse_quantity
from cpcalc.report.why import precise
from cpcalc.results import figures_by_path
from cpcalc.schema import mapping_at
from cpcalc.schema.factor_set import READING, SECTIONS
from cpcalc.source.reader import Document, read
from cpcalc.units import NAMES as UNITS
from cpcalc.units import QuantityError

# Keys whose values name a part of the file, and the section that defines it.
DEFINED_IN = {
    **dict.fromkeys(("stream", "part-of", "replace-by", "made-from", "follows"), "streams"),
    **dict.fromkeys(("after", "requires", "excludes", "measures"), "measures"),
    "per": "products",
}
OF_FACTORS = ("factor", "emission-factors", "ncv", "gcv", "density", "control")
# Values of a diagnostic that can stand in the place of what is wrong.
REPLACEMENTS = ("suggestion", "as_group", "as_decimal")
MOST_FIGURES = 3
_CURSOR = "cpcalccursor"
_WORD = re.compile(r"[^\s,:{}\[\]\"']*$")
# What the schema of an amount refers to.
_OF_AMOUNTS = "Quantity-"
# What closes the brackets of a line that is still being written.
_CLOSINGS = ("", "}", "]", "]}", "}]", "}}", "]}}", "}]}")


class Spot(NamedTuple):
    """A place in a document: its path, and whether it is the key there."""

    path: Path
    is_key: bool
    node: ScalarNode


def _scalars(node: Node | None, path: Path = ()) -> Iterator[Spot]:
    """Every key and every value that is a scalar."""
    if isinstance(node, ScalarNode):
        yield Spot(path, False, node)
    elif isinstance(node, MappingNode):
        for key, value in node.value:
            if isinstance(key, ScalarNode):
                yield Spot((*path, key.value), True, key)
                yield from _scalars(value, (*path, key.value))
    elif isinstance(node, SequenceNode):
        for position, item in enumerate(node.value):
            yield from _scalars(item, (*path, position))


def spot_at(document: Document, line: int, column: int) -> Spot | None:
    """The scalar at a place of the text; both count from 0."""
    for spot in _scalars(document.root):
        start, end = spot.node.start_mark, spot.node.end_mark
        if (start.line, start.column) <= (line, column) <= (end.line, end.column):
            return spot
    return None


@cache
def _schema(kind: str | None) -> Any:
    return json.loads(schema_text(kind if kind in ("programme", "factor-set") else "assessment"))


# ---- what may stand there ------------------------------------------------------------------------


def completions(
    text: str, name: str, line: int, column: int, language: str
) -> tuple[Span, dict[str, str]]:
    """The word at a place that counts from 0, and what can stand for it, with what it means."""
    lines = text.split("\n")
    before, after = lines[line][:column], lines[line][column:]
    head = _WORD.sub("", before)
    word = before[len(head) :]
    endings = [": x", ""] if not head.strip(" -") else [""]
    for ending, closing in product(endings, _CLOSINGS):
        written = [*lines[:line], head + _CURSOR + ending + after + closing, *lines[line + 1 :]]
        document = read("\n".join(written).encode(), name)
        spots = (spot for spot in _scalars(document.root) if _CURSOR in spot.node.value)
        spot = next(spots, None)
        if spot is not None and document.tree is not None:
            found = dict(_candidates(document, spot, word, language))
            return Span(line + 1, len(head) + 1, line + 1, column + 1), found
    return Span(1, 1, 1, 1), {}


def _candidates(
    document: Document, spot: Spot, word: str, language: str
) -> Iterator[tuple[str, str]]:
    whole, tree = _schema(load.kind_of(document)), document.tree
    if spot.is_key:
        for key, field in mapping_at(whole, spot.path[:-1])[1].get("properties", {}).items():
            yield key, _meaning(field, language)
    keys = [step for step in spot.path[: -1 if spot.is_key else None] if isinstance(step, str)]
    key = keys[-1] if keys else ""
    if len(keys) > 1 or not spot.is_key:
        yield from ((one, "") for one in _ids(tree, DEFINED_IN.get(key, "")))
    if spot.is_key:
        return
    beside = folder_of(document.name)
    if key == "factor-sets":
        known_sets = factors.sets_of(beside)
        yield from ((one.pin, one.content.title.get(language, "")) for one in known_sets)
    elif key in OF_FACTORS:
        yield from _entries(tree, beside)
    elif key == "figure":
        known = figures_of(document)
        for one in (*known, *OF_TOTALS):
            found = known.get(one)
            yield one, precise(found, language) if isinstance(found, Figure) else ""
    elif key == "check":
        entries = catalogue().values()
        yield from ((one.name, one.sentences[language].message) for one in entries)
    part, _ = mapping_at(whole, spot.path)
    yield from ((str(one), "") for one in part.get("enum", ()))
    if _OF_AMOUNTS in str(part):
        above = word[: word.rfind("/") + 1]
        yield from ((above + unit, "") for unit in UNITS if not unit.startswith("count_"))


def _meaning(field: Mapping[str, Any], language: str) -> str:
    """What a key means, of its description in both languages."""
    english, _, vietnamese = str(field.get("description", "")).partition(" / ")
    return vietnamese if language == "vi" and vietnamese else english


def figures_of(document: Document) -> dict[str, Reported]:
    """The figures of an assessment by name, whatever it expects of them."""
    if load.kind_of(document) != "assessment":
        return {}
    tree = {key: part for key, part in document.tree.items() if key != "expect"}
    options = assess.Options(economics=True, enterprise=True)
    result = assess.assess_document(replace(document, tree=tree), options).result
    return figures_by_path(result) if result is not None else {}


def _ids(tree: Any, section: str) -> list[str]:
    part = tree.get(section, ())
    items = part if isinstance(part, list) else [part]
    if section == "streams" and isinstance(part, dict):
        return [str(one) for one in part]
    return [str(item["id"]) for item in items if isinstance(item, dict) and item.get("id")]


def _pins(tree: Any) -> list[str]:
    basis = tree.get("basis")
    pins = basis.get("factor-sets") if isinstance(basis, dict) else None
    return [str(pin) for pin in (pins if isinstance(pins, list) else [pins]) if pin]


def _entries(tree: Any, beside: str) -> Iterator[tuple[str, str]]:
    for pin in _pins(tree):
        pinned, _ = sets.factor_set(pin, beside)
        yield from ((one, "") for one in (factors.names_of(pinned) if pinned is not None else ()))


# ---- what it means, and where it is defined ------------------------------------------------------


def hover(text: str, name: str, line: int, column: int, language: str) -> list[str]:
    """What a key means; an amount in canonical units, and the figures that it leads to first."""
    document = read(text.encode(), name)
    spot = spot_at(document, line, column)
    if spot is None or document.tree is None:
        return []
    part = mapping_at(_schema(load.kind_of(document)), spot.path)[0]
    lines = [_meaning(part, language)] if part else []
    if spot.is_key:
        return lines
    if _OF_AMOUNTS in str(part):
        is_set = load.kind_of(document) == "factor-set"
        reading = READING if is_set else load.reading_of(document.tree, [])
        with suppress(QuantityError):
            amount = parse_quantity(spot.node.value, reading.style, reading.vocabulary)
            lines.append(f"= {precise(Figure(amount.value, amount.unit), language)}")
    reached = []
    for path, figure in figures_of(document).items():
        behind = list(steps(figure)) if isinstance(figure, Figure) else []
        leaves = (one.operands[0] for one in behind if one.formula is None and one.operands)
        if isinstance(figure, Figure) and any(leaf.reference == spot.path for leaf in leaves):
            reached.append((len(behind), f"-> {path} = {precise(figure, language)}"))
    return [*lines, *(line for _, line in sorted(reached)[:MOST_FIGURES])]


def definition(text: str, name: str, line: int, column: int) -> tuple[str, Span] | None:
    """The file and the place where what is named at a place is defined."""
    document = read(text.encode(), name)
    spot = spot_at(document, line, column)
    if spot is None or document.tree is None:
        return None
    named, keys = spot.node.value, [step for step in spot.path if isinstance(step, str)]
    section = DEFINED_IN.get(keys[-2 if spot.is_key and len(keys) > 1 else -1], "")
    if named in _ids(document.tree, section):
        step = named if section == "streams" else _ids(document.tree, section).index(named)
        span = document.place((section, step), on_key=True)
        return (name, span) if span is not None else None
    wanted, _, entry = named.partition("/")
    pins = (pin for pin in _pins(document.tree) if wanted in (pin, pin.partition("@")[0]))
    file = sets.file_of(next(pins, ""), folder_of(name))
    if file is None:
        return None
    other = read(file.text.encode(), file.path)
    places = ((part, _ids(other.tree, part)) for part in SECTIONS if part in other.tree)
    path = next(((part, ids.index(entry)) for part, ids in places if entry in ids), ())
    return file.path, other.place(path) or Span(1, 1, 1, 1)


# ---- how a problem is mended ---------------------------------------------------------------------


def fixes(text: str, name: str, problem: Diagnostic) -> Iterator[tuple[Span, str]]:
    """What can stand in the place of what is wrong; each was tried, and ends the problem."""
    span, lines = problem.span, text.split("\n")
    if span is None or span.line != span.end_line:
        return
    row = lines[span.line - 1]
    written = row[span.column - 1 : span.end_column - 1]
    for new in filter(None, map(problem.values.get, REPLACEMENTS)):
        unit = problem.values.get("unit", "")
        put = written.replace(unit, new) if problem.name == "misspelt-unit" else new
        lines[span.line - 1] = row[: span.column - 1] + put + row[span.end_column - 1 :]
        report = check.check_document(read("\n".join(lines).encode(), name))
        left = [(one.name, one.path) for one in report.diagnostics]
        if put != written and (problem.name, problem.path) not in left:
            yield span, put


def spellings(text: str, name: str) -> list[tuple[Span, str]]:
    """The lines that `check --fix` writes anew."""
    change = check.fixed_text(text, name)
    pairs = zip(text.split("\n"), (change.after if change else text).split("\n"), strict=True)
    return [
        (Span(row, 1, row, len(old) + 1), new)
        for row, (old, new) in enumerate(pairs, start=1)
        if old != new
    ]
