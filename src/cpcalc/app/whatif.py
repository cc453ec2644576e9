"""What-ifs: other values in a file's place, each assessed as a file of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from cpcalc.app.assess import Options, Outcome, assess_document
from cpcalc.app.files import NotReadableError, read_bytes, unreadable
from cpcalc.app.locate import placed
from cpcalc.checks import BASIC
from cpcalc.diagnostics import Diagnostic, Path, Span
from cpcalc.source.reader import Document, Text, read

COMMAND_LINE_NAME, COMMAND_LINE_OPTION = "what-if", "--set"
MOST_NAMES = 12
# Mappings that a what-if may open where the file has none.
CREATABLE = frozenset(
    (
        "basis",
        "economics",
        "discount-rate",
        "tax",
        "loan",
        "carbon-price",
        "escalation",
        "operation",
    )
)
# A mapping with one of these keys is one quantity, which a text can replace.
KEYS_OF_AMOUNTS = frozenset({"low", "at-least", "at-most", "value", "amount"})


class WhatIf(NamedTuple):
    """What is set, by dotted paths; ``place`` is where a named scenario of the file says so."""

    name: str
    title: Mapping[str, str]
    values: Mapping[str, str]
    place: Path = ()  # empty: set on the command line


class Comparison(NamedTuple):
    """One file as it is, and under each what-if."""

    base: Outcome
    scenarios: tuple[tuple[WhatIf, Outcome], ...]
    texts: Mapping[str, str]  # the values set on the command line, for excerpts


def assignment(text: str) -> tuple[str, str] | None:
    """The path and the value of ``PATH=VALUE``; None where it is neither."""
    path, _, value = (part.strip() for part in text.partition("="))
    return (path, value) if path and value else None


def compare(
    name: str, options: Options, names: Sequence[str], sets: Sequence[tuple[str, str]]
) -> Comparison:
    """Assess a file as it is, under its named scenarios, and with values of the command line."""
    try:
        data = read_bytes(name)
    except NotReadableError as error:
        return Comparison(Outcome(name, None, (unreadable(error),), None), (), {})
    document = read(data, name)
    base = assess_document(document, data, options)
    scenarios = scenarios_of(document)
    what_ifs = [scenarios[wanted] for wanted in names if wanted in scenarios]
    known = ", ".join(scenarios) or "-"
    unknown = [
        Diagnostic(
            "unknown-scenario", ("scenarios",), {"scenario": wanted, "known": known}, on_key=True
        )
        for wanted in names
        if wanted not in scenarios
    ]
    base = base._replace(diagnostics=(*base.diagnostics, *placed(unknown, document)))
    if sets:
        what_ifs.append(WhatIf(COMMAND_LINE_NAME, {"": COMMAND_LINE_NAME}, dict(sets)))
    outcomes = tuple(
        (what_if, _under(document, data, options, what_if, base)) for what_if in what_ifs
    )
    texts = {f"{COMMAND_LINE_OPTION} {path}": value for path, value in sets}
    return Comparison(base, outcomes, texts)


def scenarios_of(document: Document) -> dict[str, WhatIf]:
    """The named scenarios of a file, as far as their shape is right; the models report the rest."""
    scenarios: dict[str, WhatIf] = {}
    tree = document.tree if isinstance(document.tree, dict) else {}
    listed = tree.get("scenarios")
    for position, item in enumerate(listed if isinstance(listed, list) else [listed]):
        if not isinstance(item, dict) or not item.get("id"):
            continue
        sets = item.get("set")
        if not isinstance(sets, dict):
            continue
        name, title = str(item["id"]), item.get("title")
        titles = title if isinstance(title, dict) else {"": title or name}
        scenarios[name] = WhatIf(
            name,
            {language: str(words) for language, words in titles.items()},
            {str(path): str(value) for path, value in sets.items() if isinstance(value, str)},
            ("scenarios", position, "set"),
        )
    return scenarios


def misplaced(document: Document) -> list[Diagnostic]:
    """Paths in the named scenarios of a file that lead nowhere in it."""
    return [
        problem
        for scenario in scenarios_of(document).values()
        for problem in _varied(document, scenario)[2]
    ]


def scenario_errors(
    document: Document, data: bytes, options: Options, base: Outcome
) -> tuple[Diagnostic, ...]:
    """What would stop the named scenarios of a file: a check of the file is one of them too."""
    options = options._replace(tier=BASIC)  # a full check has no more errors
    return tuple(
        diagnostic
        for scenario in scenarios_of(document).values()
        for diagnostic in _under(document, data, options, scenario, base).diagnostics
        if diagnostic.severity == "error"
    )


def _under(
    document: Document, data: bytes, options: Options, what_if: WhatIf, base: Outcome
) -> Outcome:
    """The file under a what-if, with the problems that are its own, each where its value is set."""
    changed, origins, problems = _varied(document, what_if)
    if problems:
        located = [_at_value(problem, problem.values["path"], what_if) for problem in problems]
        return Outcome(document.name, None, placed(located, document), document)
    outcome = assess_document(changed, data, options._replace(is_varied=True))
    known = {(item.name, item.span) for item in base.diagnostics}
    own = []
    for item in outcome.diagnostics:
        paths = (path for path in origins if item.path[: len(path)] == path)
        origin = next(paths, None)
        if origin is None:
            if (item.name, item.span) not in known:
                own.append(item)
        elif what_if.place:
            own.append(item._replace(span=document.place((*what_if.place, origins[origin]))))
        else:
            own.append(_at_value(item, origins[origin], what_if))
    return outcome._replace(document=document, diagnostics=tuple(own))


def _at_value(problem: Diagnostic, dotted: str, what_if: WhatIf) -> Diagnostic:
    """A problem of a value set on the command line: its place is the value itself."""
    if what_if.place:
        return problem
    span = Span(1, 1, 1, len(what_if.values[dotted]) + 1)
    return problem._replace(file=f"{COMMAND_LINE_OPTION} {dotted}", span=span)


# ---- values by path -------------------------------------------------------------------------


def _varied(
    document: Document, what_if: WhatIf
) -> tuple[Document, dict[Path, str], list[Diagnostic]]:
    """The document with the values in it, the dotted path behind each, and what leads nowhere."""
    tree = document.tree
    origins: dict[Path, str] = {}
    problems: list[Diagnostic] = []
    for dotted, value in what_if.values.items():
        path, known = _located(tree, dotted.split("."))
        if path is None:
            place = (*what_if.place, dotted) if what_if.place else ()
            values = {"path": dotted, "known": ", ".join(known[:MOST_NAMES]) or "-"}
            problems.append(Diagnostic("unknown-path", place, values, on_key=True))
            continue
        text = Text(value)
        text.path = path
        tree = _replaced(tree, path, text)
        origins[path] = dotted
    return document.with_tree(tree), origins, problems


def _located(node: Any, steps: Sequence[str]) -> tuple[Path | None, Sequence[str]]:
    """The place that steps lead to; None where there is none, with the names where they fail.

    Only the last key may be new, or one that opens a mapping.
    """
    path: Path = ()
    known: Sequence[str] | None = None
    for number, step in enumerate(steps, start=1):
        is_last = number == len(steps)
        if step == "0" and isinstance(node, dict) and step not in node and not is_last:
            continue  # a single item stands without its list
        key, following = _step(node, step)
        if key is None:
            known = known if known is not None else _names(node)
            if not isinstance(node, dict) or not (is_last or step in CREATABLE):
                return None, known
            key, following = step, {}
        path, node = (*path, key), following
    if known is None and isinstance(node, (dict, list)) and not _is_amount(node):
        return None, ()
    return path, ()


def _step(node: Any, step: str) -> tuple[str | int | None, Any]:
    """The key or position that a step names, and what stands there; None where nothing does."""
    if isinstance(node, dict) and step in node:
        return step, node[step]
    if isinstance(node, list):
        for position, item in enumerate(node):
            if isinstance(item, dict) and str(item.get("id")) == step:
                return position, item
        if step.isdecimal() and int(step) < len(node):
            return int(step), node[int(step)]
    return None, None


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
