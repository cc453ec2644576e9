"""A diagnostic that asks for a shape shows one that can be typed: put in its place, it is accepted."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import ValidationError

from cpcalc.diagnostics import Diagnostic
from cpcalc.report.problems import message_of
from cpcalc.schema import Model, diagnostics_of, in_one_line, kebab
from cpcalc.schema.leaves import Reading
from cpcalc.source.reader import read

ROOMS = ("assessment", "basis", "programme", "factor_rows")
# What a slip puts in place of a value: a text, a number, a list, a mapping.
WRONG = ("slip", "5", "[[slip]]", "[]", "{slip: 5}")
ASKS_FOR_A_SHAPE = ("wrong-shape", "missing-field", "one-of-keys-needed")


def models() -> list[type[Model]]:
    found = []
    for room in ROOMS:
        module = importlib.import_module(f"cpcalc.schema.{room}")
        found += [
            value
            for value in vars(module).values()
            if isinstance(value, type)
            and issubclass(value, Model)
            and value.__module__ == module.__name__
        ]
    return found


WITH_KEYS = [
    model
    for model in models()
    if model.example or any(f.is_required() for f in model.model_fields.values())
]


def typed(text: str) -> Any:
    """A value in one line as a file has it."""
    return read(f"value: {text}\n".encode(), "").tree["value"]


def problems(model: type[Model], tree: Any) -> list[Diagnostic]:
    try:
        model.model_validate(tree, context=Reading())
    except ValidationError as error:
        return diagnostics_of(error, tree, model)
    return []


@pytest.mark.parametrize(
    "model",
    [model for model in models() if "example" in vars(model)],
    ids=lambda model: model.__name__,
)
def test_the_example_of_a_model_is_one_of_it(model: type[Model]) -> None:
    assert problems(model, typed(in_one_line(model.example))) == []


def slips(model: type[Model]) -> Iterator[tuple[str, str]]:
    for name in model.model_fields:
        for wrong in WRONG:
            yield kebab(name), wrong


@pytest.mark.parametrize("model", WITH_KEYS, ids=lambda model: model.__name__)
def test_what_is_shown_for_a_wrong_shape_is_accepted_in_its_place(model: type[Model]) -> None:
    for key, wrong in slips(model):
        for problem in problems(model, {key: typed(wrong)}):
            if problem.name not in ASKS_FOR_A_SHAPE or problem.path[:1] not in ((), (key,)):
                continue
            _, remedy = message_of(problem, "en")
            shown = problem.values["example"]
            assert shown in remedy
            assert "..." not in shown, (key, shown)
            tree = {key: typed(wrong)}
            replaced = remedied(tree, problem)
            left = [item for item in problems(model, replaced) if item.path == problem.path]
            assert problem not in left, (key, wrong, problem, left)
            if problem.name == "wrong-shape":
                assert left == [], (key, wrong, shown)


def remedied(tree: Any, problem: Diagnostic) -> Any:
    """The tree with what a diagnostic shows typed where it asks for it."""
    path, shown = problem.path, problem.values["example"]
    if problem.name == "missing-field":
        return changed(tree, (*path, problem.values["field"]), typed(shown))
    if problem.name == "one-of-keys-needed":
        for part in split(shown):
            key, _, value = part.partition(": ")
            tree = changed(tree, (*path, key), typed(value))
        return tree
    key, _, value = shown.partition(": ")
    return changed(tree, path, typed(value if path and key == path[-1] else shown))


def split(shown: str) -> list[str]:
    """`by: 5 t/year, as-published: true` in its parts."""
    return shown.split(", ")


def changed(tree: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    key, rest = path[0], path[1:]
    if isinstance(tree, list):
        return [
            changed(part, rest, value) if place == key else part for place, part in enumerate(tree)
        ]
    if not isinstance(tree, dict):
        return changed({}, path, value) if isinstance(key, str) else changed(value, rest, value)
    return {**tree, key: changed(tree.get(key), rest, value)}
