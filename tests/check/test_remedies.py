"""The remedy of a diagnostic, typed where it says, is accepted: no hint leads into another error.

What can be typed is taken from the English help by its form: a text in quotes or after `write`, a key to add, a key
to remove. A remedy in prose ("check the number") is left to people.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from example_files import Example, examples, read_examples, written

from cpcalc.app.check import check_file
from cpcalc.diagnostics import Diagnostic, catalogue
from cpcalc.quantities import parse_quantity
from cpcalc.report.problems import message_of
from cpcalc.schema.assessment import Assessment
from cpcalc.schema.factor_set import FactorSet
from cpcalc.schema.programme import Programme
from cpcalc.source.reader import read
from cpcalc.units import QuantityError

HERE = Path(__file__).parent
EXAMPLES = {
    f"{example.name}-{number}": example
    for number, source in enumerate((examples(), read_examples(HERE / "more_examples.yaml")))
    for example in source
    if example.bad.form == ""
}
CASEBOOK = sorted((HERE.parent / "casebook" / "bad").glob("*.yaml"))
# Every key of the file formats: what stands before a colon in a remedy is one of them, or a word.
MODELS = (Assessment, Programme, FactorSet)
KEYS = {
    key
    for model in MODELS
    for part in (model.model_json_schema(), *model.model_json_schema()["$defs"].values())
    for key in part.get("properties", {})
}
# `key: value`, the value a mapping, a list, a text in quotes, or words up to a comma, a bracket or the end.
KEYED = re.compile(
    r"(?<!one )\b([a-z0-9]+(?:[.-][\w-]+)*): (\{.*\}|\[.*\]|\"[^\"]*\"|[^,;({\"]+?)"
    r"(?=,| \(|;|$| beside| to the| and remove)"
)
VERBS = re.compile(
    r"(?=(?:write(?: one of:| it like:?| the date as| it per year, such as)?|use one of:|such as) (.+))"
)
# What is told in the words of a message, not to be typed as it stands.
IN_PROSE = {
    "count-name-not-a-word", "count-name-taken", "hours-and-days", "unit-to-convert", "negative-investment",
}  # fmt: skip
# An amount of no kind in particular: where the kind is not known, it shows what an amount looks like.
ANY_AMOUNT = "such as 12 500 kWh/year"
# A number of two readings, a set of the user's own, a date that stands where an amount should: what is asked next.
ASKED_NEXT = {"comma-ends-value": "ambiguous-number", "range-in-a-number": "range-in-a-number"}


def alternatives(problem: Diagnostic) -> Iterator[tuple[str, str]]:
    """What can be typed: a key (empty: in place of the value) and its text."""
    help_ = message_of(problem, "en").help
    if problem.name in IN_PROSE or help_.endswith(ANY_AMOUNT):
        return
    for found in re.findall(r"(?:write|mean|or) `([^`]+)`", help_):
        yield "", found
    for rest in VERBS.findall(help_):
        for text in {rest, *re.split(r", or |; | or |, | if ", rest)}:
            if is_value(text.partition(" (")[0]):
                yield "", text.partition(" (")[0]
    for key, text in KEYED.findall(help_):
        if set(key.split(".")) <= KEYS:
            yield key, text.strip()
    for found in re.findall(r"add (\S+@\d+) to (\S+)", help_):
        yield found[1], f"[{found[0]}]"
    for key in re.findall(r"remove `([^`]+)`|leave out `([^`]+)`", help_):
        yield "remove", "".join(key)


def is_value(text: str) -> bool:
    """Whether a text of a remedy can be typed as a value: a quantity, a mapping, one word of a list."""
    try:
        return text.startswith("{") or bool(parse_quantity(text, "international"))
    except QuantityError:
        return bool(
            re.fullmatch(
                r"[A-Z0-9][\w-]*|[\w.]*-[\w.-]*[/@][\w.@-]+|[a-z]+(?:-[a-z]+)+|true|false", text
            )
        )


def value(text: str) -> Any:
    return read(f"value: {text}\n".encode(), "").tree


def step_in(node: Any, step: Any) -> bool:
    """Whether a node has something at a step; a single item stands without its list."""
    if isinstance(node, dict):
        return step in node
    return isinstance(node, list) and isinstance(step, int) and step < len(node)


def at(tree: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        if step == 0 and not isinstance(tree, list):
            continue
        if not step_in(tree, step):
            return None
        tree = tree[step]
    return tree


def put(tree: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    step, *rest = path
    if step == 0 and tree is not None and not isinstance(tree, list):
        return put(tree, tuple(rest), new)
    if isinstance(tree, list):
        return [
            put(part, tuple(rest), new) if place == step else part
            for place, part in enumerate(tree)
        ]
    inner = tree if isinstance(tree, dict) else {}
    if new is None and not rest:
        return {key: part for key, part in inner.items() if key != step}
    return {**inner, step: put(inner.get(step), tuple(rest), new)}


def mended(tree: Any, problem: Diagnostic, key: str, text: str) -> Iterator[Any]:
    """The tree with a remedy typed, at each place that it may be meant for."""
    path, old = problem.path, at(tree, problem.path)
    if key == "remove":
        if isinstance(old, str) and text in old:
            yield put(tree, path, old.replace(text, "").strip())
        places = (
            [path, (*path, *text.split("."))]
            if path and path[-1] == text
            else [(*path, *text.split("."))]
        )
        yield from (put(tree, place, None) for place in places if at(tree, place) is not None)
        return
    parsed = value(text)
    if parsed is None:
        return
    new = parsed["value"]
    if not key:
        unit = problem.values.get("unit", "")
        if isinstance(old, str) and unit and unit in old and unit != old:
            yield put(tree, path, old.replace(unit, text, 1))
        if problem.on_key and isinstance(at(tree, path[:-1]), dict):
            mapping = at(tree, path[:-1])
            yield put(
                tree,
                path[:-1],
                {text if name == path[-1] else name: part for name, part in mapping.items()},
            )
        yield put(tree, path, new)
        if isinstance(new, dict) and len(path) > 1:
            yield put(tree, path[:-1], new)
        return
    if isinstance(old, str) and "emission-factors" in path:
        yield put(tree, path, {"factor": old, key: new})
    steps = tuple(key.split("."))
    homes = {path[:length] for length in range(len(path) + 1)} | {
        ("streams", problem.values.get("stream", ""))
    }
    for home in sorted(homes, key=len, reverse=True):
        if isinstance(at(tree, home), dict):
            target = (*home, *steps)
            there = at(tree, target)
            if isinstance(there, dict) and isinstance(new, dict):
                new = {**there, **new}
            if isinstance(there, (list, str)) and isinstance(new, list):
                new = [*(there if isinstance(there, list) else [there]), *new]
            yield put(tree, target, new)


def dumped(tree: Any) -> str:
    """A tree as a file: each key of the top with its value in one line of JSON, which is YAML."""
    return "".join(f"{key}: {json.dumps(part, ensure_ascii=False)}\n" for key, part in tree.items())


def problems(text: str, path: Path) -> list[Diagnostic]:
    path.write_text(text, encoding="utf-8")
    return [item for item in check_file(str(path)).diagnostics if item.file == str(path)]


def errors(found: list[Diagnostic]) -> set[tuple[str, Any]]:
    return {(item.name, item.path) for item in found if item.severity == "error"}


def untyped(path: Path, found: list[Diagnostic]) -> tuple[int, list[str]]:
    """How many of the problems have a remedy that can be typed, and those of which none is accepted."""
    tree = read(path.read_bytes(), str(path)).tree
    typed, failed = 0, []
    before = errors(found)
    for problem in found:
        offered = list(dict.fromkeys(alternatives(problem)))
        trees = [new for key, text in offered for new in mended(tree, problem, key, text)]
        if not trees:
            continue
        typed += 1
        for new in trees:
            after = problems(dumped(new), path)
            left = {(item.name, item.path) for item in after if item.waived_because is None}
            is_gone = (problem.name, problem.path) not in left
            appeared = {one for one in errors(after) - before if one[1][:2] == problem.path[:2]}
            # What stands as it stood was only hidden by the slip.
            near = {name for name, place in appeared if at(new, place) != at(tree, place)}
            near.discard(ASKED_NEXT.get(problem.name, ""))
            if is_gone and not near:
                break
        else:
            failed.append(f"{problem.code} {problem.name}: {message_of(problem, 'en').help}")
    return typed, failed


@pytest.mark.parametrize("example", EXAMPLES.values(), ids=EXAMPLES)
def test_a_remedy_that_can_be_typed_is_accepted(example: Example, tmp_path: Path) -> None:
    path = Path(written(example, False, tmp_path))
    found = [item for item in check_file(str(path)).diagnostics if item.file == str(path)]
    if read(path.read_bytes(), str(path)).diagnostics:
        return  # its YAML is mended first
    _, failed = untyped(path, found)
    assert failed == []


def test_most_remedies_can_be_typed() -> None:
    """What the test above takes from the helps is not nothing."""
    helps = [entry.sentences["en"].help for entry in catalogue().values()]
    assert (
        sum(bool(re.search(r"write|add|such as|remove|did you mean", text)) for text in helps) > 100
    )
    in_quotes = {"yaml-stray-character", "yaml-colon-in-value"}
    left_open = {
        entry.name
        for entry in catalogue().values()
        for sentences in entry.sentences.values()
        if "..." in sentences.help
    }
    assert left_open == in_quotes


@pytest.mark.parametrize("source", CASEBOOK, ids=lambda path: path.stem)
def test_a_remedy_of_a_bad_file_is_accepted_too(source: Path, tmp_path: Path) -> None:
    """Slips as they come, many in one file."""
    path = tmp_path / source.name
    path.write_bytes(source.read_bytes())
    shutil.copytree(source.parent / "emission_factors", tmp_path / "emission_factors")
    found = [item for item in check_file(str(path)).diagnostics if item.file == str(path)]
    # a set that is not there would have to be written first
    found = [item for item in found if item.values.get("set") != "ipcc"]
    document = read(path.read_bytes(), str(path))
    if document.tree is None:
        return
    _, failed = untyped(path, found)
    assert failed == []
