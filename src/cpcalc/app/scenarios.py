"""Named scenarios of a file and values of the command line: other values in a file's place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from cpcalc.diagnostics import Diagnostic, Path
from cpcalc.source.reader import Document, Text

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
                scenarios[str(name)] = WhatIf(
                    str(name),
                    {language: str(words) for language, words in titles.items()},
                    {str(path): str(to) for path, to in sets.items() if isinstance(to, str)},
                    ("scenarios", position, "set"),
                )
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
    for dotted, value in what_if.values.items():
        path, names = _located(tree, dotted.split("."))
        if path is None:
            place = (*what_if.place, dotted) if what_if.place else ()
            values = {"path": dotted, "known": ", ".join(names[:MOST_NAMES]) or "-"}
            problems.append(Diagnostic("unknown-path", place, values, on_key=True))
            continue
        text = Text(value)
        text.path = path
        tree = _replaced(tree, path, text)
        origins[path] = dotted
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
