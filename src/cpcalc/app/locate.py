"""Places in a file: where problems stand, which warnings it accepts, other values in its place."""

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from cpcalc.checks import was_looked_for
from cpcalc.diagnostics import Diagnostic, Path, Span, catalogue, dotted
from cpcalc.quantities import INTERNATIONAL, VIETNAMESE
from cpcalc.schema import basis, has_part
from cpcalc.source.reader import Document, Text

# Problems with one name inside a quantity: the caret points at that name.
_ABOUT_A_UNIT = frozenset({
    "misspelt-unit", "unknown-unit", "refused-unit", "unit-to-convert",
})  # fmt: skip
# A comma at the start that can only be a decimal sign, and commas that can only group thousands.
_DECIMAL_COMMA = re.compile(r"^([^\d,]?\d+),(\d{1,2}|\d{4,})(?![\d,])")
_GROUPING_COMMAS = re.compile(r"^[^\d,]?\d{1,3}(,\d{3}){2,}(?![\d,])")
# A person mends a file after reading the first dozen; more than this are counted, not listed.
MOST_PROBLEMS = 200


def ids_of(tree: Any, diagnostics: Iterable[Diagnostic]) -> dict[Path, str]:
    """The ids of list items on the way to a diagnostic, for paths as people write them."""
    ids: dict[Path, str] = {}
    for diagnostic in diagnostics:
        node = tree
        for length, step in enumerate(diagnostic.path, start=1):
            if not has_part(node, step):
                break  # what is missing has no place in the tree
            node = node[step]
            identity = node.get("id") if isinstance(step, int) and isinstance(node, dict) else None
            if isinstance(identity, str):
                ids[diagnostic.path[:length]] = identity
    return ids


def waive(
    diagnostics: list[Diagnostic],
    waivers: Sequence[basis.Waiver],
    ids: Mapping[Path, str],
    tier: str | None,
) -> tuple[list[Diagnostic], tuple[tuple[str, str], ...]]:
    """Warnings that a waiver accepts become notices; a waiver without its warning is a warning.

    ``tier`` says how deep the checks went (None: errors came before them); a waiver of a check that
    did not run is not unused.
    """
    used: set[int] = set()
    waived: list[Diagnostic] = []
    for diagnostic in diagnostics:
        place = f"{dotted(diagnostic.path, ids)}."
        accepted = diagnostic
        for position, waiver in enumerate(waivers):
            is_here = waiver.at is None or place.startswith(f"{waiver.at}.")
            if accepted.severity == "warning" and waiver.check == accepted.name and is_here:
                used.add(position)
                accepted = accepted._replace(waived_because=waiver.because)
        waived.append(accepted)
    entries = catalogue().values() if waivers else ()
    warnings = [entry.name for entry in entries if entry.severity == "warning"]
    for position, waiver in enumerate(waivers):
        if waiver.check not in warnings:
            close = difflib.get_close_matches(waiver.check, warnings, n=1, cutoff=0.6)
            values = {"check": waiver.check, "suggestion": close[0] if close else ""}
            path: Path = ("waivers", position, "check")
            waived.append(Diagnostic("waiver-of-no-warning", path, values))
        elif position not in used and was_looked_for(waiver.check, tier):
            values = {"check": waiver.check, "at": waiver.at or ""}
            waived.append(Diagnostic("unused-waiver", ("waivers", position), values))
    reasons = ((f"{item.check} {item.at or ''}".strip(), item.because) for item in waivers)
    return waived, tuple(reasons)


def placed(diagnostics: list[Diagnostic], document: Document) -> tuple[Diagnostic, ...]:
    """The diagnostics with file and place, in the order of the file, each once."""
    unique: dict[object, Diagnostic] = {}
    first = diagnostics
    if len(first) > MOST_PROBLEMS:  # errors before the others, and the count of the rest
        first = sorted(first, key=lambda item: item.severity != "error")[:MOST_PROBLEMS]
        rest = {"count": str(len(diagnostics) - MOST_PROBLEMS)}
        first.append(Diagnostic("further-problems", (), rest))
    for diagnostic in first:
        values = _values(diagnostic, document)
        table, cell = document.cell(diagnostic.path) or (document.name, None)
        span = diagnostic.span or cell or _span(diagnostic, document)
        related = tuple(
            (note, place)
            for note, path in diagnostic.related
            if (place := document.place(path, on_key=True)) is not None
        )
        file = diagnostic.file or table
        unique[diagnostic.name, file, span, tuple(values.items())] = diagnostic._replace(
            span=span, file=file, related_spans=related, values=values
        )
    return tuple(sorted(unique.values(), key=lambda item: (item.span or (0, 0, 0, 0), item.code)))


def _values(diagnostic: Diagnostic, document: Document) -> dict[str, str]:
    """What fills the message, of a whole factor and in the file's own way of writing numbers."""
    values = dict(diagnostic.values)
    if diagnostic.name == "heat-basis-unstated":  # so for each gas of the factor
        values["factor"] = values["factor"].partition("#")[0]
    elif diagnostic.name == "comma-ends-value" and isinstance(document.tree, dict):
        style = document.tree.get("numbers")
        if style == INTERNATIONAL:
            values["whole"] = _DECIMAL_COMMA.sub(r"\1.\2", values["whole"])
        elif style == VIETNAMESE:
            grouping = _GROUPING_COMMAS.match(values["whole"])
            commas = grouping.end() if grouping is not None else 0
            values["whole"] = values["whole"][:commas].replace(",", ".") + values["whole"][commas:]
    return values


def _span(diagnostic: Diagnostic, document: Document) -> Span | None:
    """The place of a diagnostic's path; of a misspelt unit, the name where it stands there once."""
    span = document.place(diagnostic.path, on_key=diagnostic.on_key)
    if span is None or diagnostic.name not in _ABOUT_A_UNIT or span.line != span.end_line:
        return span
    unit = diagnostic.values["unit"]
    written = document.lines[span.line - 1][span.column - 1 : span.end_column - 1]
    if written.count(unit) != 1:
        return span
    start = span.column + written.index(unit)
    return Span(span.line, start, span.line, start + len(unit))


# ---- what-ifs: other values in a file's place ----------------------------------------------------

MOST_NAMES = 12
# Mappings that a what-if may open where the file has none.
CREATABLE = frozenset({
    "basis", "economics", "discount-rate", "tax", "loan", "carbon-price", "escalation", "operation",
})  # fmt: skip
# A mapping with one of these keys is one quantity, which a text can replace.
KEYS_OF_AMOUNTS = frozenset({"low", "at-least", "at-most", "value", "amount"})


class WhatIf(NamedTuple):
    """What is set, by dotted paths; ``place`` is where a named scenario of the file says so."""

    name: str
    title: Mapping[str, str]
    values: Mapping[str, str]
    place: Path = ()  # empty: set on the command line


def scenarios_of(document: Document) -> dict[str, WhatIf]:
    """The named scenarios of a file, as far as their shape is right; the models report the rest."""
    scenarios: dict[str, WhatIf] = {}
    tree = document.tree if isinstance(document.tree, dict) else {}
    listed = tree.get("scenarios")
    for position, item in enumerate(listed if isinstance(listed, list) else [listed]):
        match item:
            case {"id": name, "set": dict(sets)} if name:
                title = item.get("title")
                titles = title if isinstance(title, dict) else {"": title or name}
                titles = {language: str(words) for language, words in titles.items()}
                values = {str(path): str(to) for path, to in sets.items() if isinstance(to, str)}
                place = ("scenarios", position, "set")
                scenarios[str(name)] = WhatIf(str(name), titles, values, place)
    return scenarios


def misplaced(document: Document) -> list[Diagnostic]:
    """Paths in the named scenarios of a file that lead nowhere in it."""
    scenarios = scenarios_of(document).values()
    return [problem for scenario in scenarios for problem in varied(document, scenario)[2]]


def varied(
    document: Document, what_if: WhatIf
) -> tuple[Document, dict[Path, str], list[Diagnostic]]:
    """The document with the values in it, the dotted path behind each, and what leads nowhere."""
    tree = document.tree
    origins: dict[Path, str] = {}
    problems: list[Diagnostic] = []
    for where, value in what_if.values.items():
        path, names = _located(tree, where.split("."))
        if path is None:
            place = (*what_if.place, where) if what_if.place else ()
            values = {"path": where, "known": ", ".join(names[:MOST_NAMES]) or "-"}
            problems.append(Diagnostic("unknown-path", place, values, on_key=True))
            continue
        text = Text(value)
        text.path = path
        tree = _replaced(tree, path, text)
        origins[path] = where
    return replace(document, tree=tree), origins, problems


def _located(node: Any, steps: Sequence[str]) -> tuple[Path | None, Sequence[str]]:
    """The place that steps lead to; None where there is none, with the names where they fail.

    Only the last key may be new, or one that opens a mapping.
    """
    path: Path = ()
    names: Sequence[str] | None = None
    for number, step in enumerate(steps, start=1):
        is_last = number == len(steps)
        if step == "0" and isinstance(node, dict) and step not in node and not is_last:
            continue  # a single item stands without its list
        key = _key(node, step)
        if key is None:
            names = names if names is not None else _names(node)
            if not isinstance(node, dict) or not (is_last or step in CREATABLE):
                return None, names
        path = (*path, step if key is None else key)
        node = {} if key is None else node[key]
    is_amount_or_new = names is not None or not isinstance(node, (dict, list)) or _is_amount(node)
    return (path if is_amount_or_new else None), ()


def _key(node: Any, step: str) -> str | int | None:
    """The key, or the position in a list, that a step names; None where nothing stands there."""
    if isinstance(node, dict) and step in node:
        return step
    if isinstance(node, list):
        for position, item in enumerate(node):
            if isinstance(item, dict) and str(item.get("id")) == step:
                return position
        if step.isdecimal() and int(step) < len(node):
            return int(step)
    return None


def _names(node: Any) -> list[str]:
    if isinstance(node, dict):
        return [str(key) for key in node]
    if isinstance(node, list):
        return [str(item["id"]) for item in node if isinstance(item, dict) and "id" in item]
    return []


def _is_amount(node: dict[str, Any] | list[Any]) -> bool:
    """Whether a mapping or list is one quantity: a range, a reading, an investment."""
    if isinstance(node, list):
        return all(isinstance(item, dict) and "amount" in item for item in node)
    return not KEYS_OF_AMOUNTS.isdisjoint(node)


def _replaced(node: Any, path: Path, value: Any) -> Any:
    """The tree with a value set; what was shared before stays as it was."""
    if not path:
        return value
    key, *rest = path
    if isinstance(node, list):
        copy: Any = list(node)
        copy[key] = _replaced(node[int(key)], tuple(rest), value)
        return copy
    return {**node, key: _replaced(node.get(key, {}), tuple(rest), value)}
