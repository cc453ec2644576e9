"""What-ifs: other values in a file's place, by path; named scenarios; each assessed as a file of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from cpcalc.app.assess import Options, Outcome, assess_document
from cpcalc.app.files import NotReadableError, read_bytes, unreadable
from cpcalc.app.locate import placed
from cpcalc.checks import BASIC
from cpcalc.diagnostics import Diagnostic, Path, Span
from cpcalc.source.reader import Document, Text, read


class Scenario(NamedTuple):
    """What is set, path by path; ``places`` are the paths in the file where a named scenario says so."""

    name: str
    title: Mapping[str, str]
    values: Mapping[str, str]
    places: Mapping[str, Path]


def assignment(text: str) -> tuple[str, str] | None:
    """The path and the value of ``PATH=VALUE``; None where it is neither."""
    path, sign, value = text.partition("=")
    return (path.strip(), value.strip()) if sign and path.strip() and value.strip() else None


def scenarios_of(document: Document) -> dict[str, Scenario]:
    """The named scenarios of a file, as far as they have the right shape; the models report the rest."""
    found: dict[str, Scenario] = {}
    tree = document.tree if isinstance(document.tree, dict) else {}
    listed = tree.get("scenarios")
    for position, item in enumerate(listed if isinstance(listed, list) else [listed]):
        if (
            not isinstance(item, dict)
            or not isinstance(item.get("set"), dict)
            or not item.get("id")
        ):
            continue
        name, title = str(item["id"]), item.get("title")
        values = {
            str(path): str(value) for path, value in item["set"].items() if isinstance(value, str)
        }
        places: dict[str, Path] = {path: ("scenarios", position, "set", path) for path in values}
        named = (
            {key: str(words) for key, words in title.items()}
            if isinstance(title, dict)
            else {"": str(title or name)}
        )
        found[name] = Scenario(name, named, values, places)
    return found


def misplaced(document: Document) -> list[Diagnostic]:
    """Paths in the named scenarios of a file that lead nowhere in it."""
    found: list[Diagnostic] = []
    for scenario in scenarios_of(document).values():
        found += varied(document, scenario)[2]
    return found


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


def varied(
    document: Document, scenario: Scenario
) -> tuple[Document, dict[Path, Path], list[Diagnostic]]:
    """The document with the scenario's values in it, where each value came from, and what leads nowhere."""
    tree = document.tree
    origins: dict[Path, Path] = {}
    problems: list[Diagnostic] = []
    for dotted, value in scenario.values.items():
        changed = _with(tree, dotted.split("."), (), value)
        if changed is None:
            problems.append(unknown_path(document, dotted, scenario.places.get(dotted, ())))
            continue
        tree, path = changed
        origins[path] = scenario.places.get(dotted, ())
    return document.with_tree(tree), origins, problems


def unknown_path(document: Document, dotted: str, place: Path) -> Diagnostic:
    """What is wrong with a path that leads nowhere, with the names that stand where it fails."""
    node, known = document.tree, "-"
    for step in dotted.split("."):
        if _is_item_without_list(node, step):
            continue
        following = _step(node, step)
        if following is None:
            known = ", ".join(_names(node)[:MOST_NAMES]) or "-"
            break
        node = following[1]
    return Diagnostic("unknown-path", place, {"path": dotted, "known": known}, on_key=True)


MOST_NAMES = 12


def _names(node: Any) -> list[str]:
    if isinstance(node, dict):
        return [str(key) for key in node]
    if isinstance(node, list):
        return [str(item["id"]) for item in node if isinstance(item, dict) and "id" in item]
    return []


def _step(node: Any, step: str) -> tuple[str | int, Any] | None:
    """The key or position that a step names, and what stands there."""
    if isinstance(node, dict):
        return (step, node[step]) if step in node else None
    if isinstance(node, list):
        for position, item in enumerate(node):
            if isinstance(item, dict) and str(item.get("id")) == step:
                return position, item
        if step.isdigit() and int(step) < len(node):
            return int(step), node[int(step)]
    return None


def _is_item_without_list(node: Any, step: str) -> bool:
    """Whether a step names the first item of a list where a single item stands without its list."""
    return step == "0" and isinstance(node, dict) and step not in node


def _with(node: Any, steps: Sequence[str], path: Path, value: str) -> tuple[Any, Path] | None:
    """The tree with a value set, and its path; None where the steps lead nowhere. Only the last key may be new."""
    step, *rest = steps
    if _is_item_without_list(node, step) and rest:
        return _with(node, rest, path, value)
    found = _step(node, step)
    if found is None:
        if not isinstance(node, dict) or (rest and step not in CREATABLE):
            return None
        found = (step, {} if rest else None)
    key, present = found
    if not rest:
        if isinstance(present, (dict, list)) and not _stands_for_amount(present):
            return None
        text = Text(value)
        text.path = (*path, key)
        return _replaced(node, key, text), text.path
    below = _with(present, rest, (*path, key), value)
    return None if below is None else (_replaced(node, key, below[0]), below[1])


# Mappings that a what-if may open where the file has none.
CREATABLE = frozenset(
    {
        "basis",
        "economics",
        "discount-rate",
        "tax",
        "loan",
        "carbon-price",
        "escalation",
        "operation",
    }
)


def _stands_for_amount(node: Any) -> bool:
    """Whether a list or mapping is one quantity (a range, a reading, an investment) that a text can replace."""
    if isinstance(node, list):
        return all(isinstance(item, dict) and "amount" in item for item in node)
    return bool(set(node) & {"low", "at-least", "at-most", "value", "amount"})


def _replaced(node: Any, key: str | int, value: Any) -> Any:
    if isinstance(node, dict):
        return {**node, key: value}
    copy = list(node)
    copy[key] = value  # type: ignore[index]
    return copy


class Comparison(NamedTuple):
    """One file as it is, and under each scenario."""

    base: Outcome
    scenarios: tuple[tuple[Scenario, Outcome], ...]
    texts: Mapping[
        str, str
    ]  # what diagnostics quote besides the file: the values set on the command line


def compare(
    name: str, options: Options, names: Sequence[str], sets: Sequence[tuple[str, str]]
) -> Comparison:
    """Assess a file as it is, under its named scenarios, and with the values set on the command line."""
    try:
        data = read_bytes(name)
    except NotReadableError as error:
        return Comparison(Outcome(name, None, (unreadable(error),), None), (), {})
    document = read(data, name)
    base = assess_document(document, data, options)
    known = scenarios_of(document)
    wanted: list[Scenario] = []
    problems: list[Diagnostic] = []
    for scenario in names:
        if scenario in known:
            wanted.append(known[scenario])
        else:
            values = {"scenario": scenario, "known": ", ".join(known) or "-"}
            problems.append(Diagnostic("unknown-scenario", ("scenarios",), values, on_key=True))
    if problems:
        base = base._replace(diagnostics=(*base.diagnostics, *placed(problems, document)))
    if sets:
        wanted.append(Scenario(SET_NAME, {"": SET_NAME}, dict(sets), {}))
    outcomes = tuple(
        (scenario, _under(document, data, options, scenario, base)) for scenario in wanted
    )
    return Comparison(base, outcomes, {f"{SET_OPTION} {path}": value for path, value in sets})


SET_NAME, SET_OPTION = "what-if", "--set"


def _under(
    document: Document, data: bytes, options: Options, scenario: Scenario, base: Outcome
) -> Outcome:
    """The file under a scenario, with the problems that are the scenario's own, each where its value was set."""
    changed, origins, problems = varied(document, scenario)
    if problems:
        found = placed([problem for problem in problems if problem.path], document)
        found += tuple(
            _on_command_line(problem, problem.values["path"], scenario)
            for problem in problems
            if not problem.path
        )
        return Outcome(document.name, None, found, document)
    outcome = assess_document(changed, data, options._replace(is_varied=True))
    known = {(item.name, item.span) for item in base.diagnostics}
    own = []
    for item in outcome.diagnostics:
        source = next((path for path in origins if item.path[: len(path)] == path), None)
        if source is None:
            if (item.name, item.span) not in known:
                own.append(item)
        elif origins[source]:
            own.append(item._replace(span=document.place(origins[source])))
        else:
            dotted = next(path for path in scenario.values if _path_of(document, path) == source)
            own.append(_on_command_line(item, dotted, scenario))
    return outcome._replace(document=document, diagnostics=tuple(own))


def _path_of(document: Document, dotted: str) -> Path | None:
    changed = _with(document.tree, dotted.split("."), (), "")
    return changed[1] if changed is not None else None


def _on_command_line(diagnostic: Diagnostic, dotted: str, scenario: Scenario) -> Diagnostic:
    """A problem of a value set on the command line: its place is the value itself."""
    value = scenario.values[dotted]
    return diagnostic._replace(file=f"{SET_OPTION} {dotted}", span=Span(1, 1, 1, len(value) + 1))
