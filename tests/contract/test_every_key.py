"""Whatever a file may say is used: each optional key, taken out where it means something, changes some output."""

from __future__ import annotations

import inspect
import json
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

import yaml

from cpcalc.app.assess import Options, assess
from cpcalc.app.questions import compare
from cpcalc.app.written import as_json
from cpcalc.report.page import plain_lines
from cpcalc.report.summary import Side, scenario_page
from cpcalc.schema import Model, kebab
from cpcalc.schema.assessment import Assessment

KEYS = Path(__file__).parent / "keys"
FILES = ("streams.yaml", "measures.yaml", "money.yaml", "scenarios.yaml")
# What differs between two texts whatever they say.
OF_THE_TEXT = {"line", "column", "end_line", "end_column", "sha256"}


def models_in(kind: Any) -> Iterator[type[Model]]:
    if inspect.isclass(kind) and issubclass(kind, Model):
        yield kind
    for inner in get_args(kind):
        yield from models_in(inner)


def is_mapping(kind: Any) -> bool:
    return get_origin(kind) is dict or any(map(is_mapping, get_args(kind)))


def fields_of(model: type[Model]) -> Iterator[tuple[str, str, Any, bool]]:
    """The name and key of each field, what it holds, and whether a file may leave it out."""
    hints = get_type_hints(model, include_extras=True)
    for name, field in model.model_fields.items():
        key = kebab(name)
        yield f"{model.__name__}.{key}", key, hints[name], not field.is_required()


def optional_keys(model: type[Model], known: dict[type[Model], None]) -> set[str]:
    if model in known:
        return set()
    known[model] = None
    fields = list(fields_of(model))
    found = {name for name, _, _, is_optional in fields if is_optional}
    for _, _, kind, _ in fields:
        found = found.union(*(optional_keys(inner, known) for inner in models_in(kind)))
    return found


def stated(model: type[Model], node: Any) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Each key that a document states: its name, the mapping that it stands in, and itself."""
    for name, key, kind, is_optional in fields_of(model):
        if not isinstance(node, dict) or key not in node:
            continue
        if is_optional:
            yield name, node, key
        inner = next(models_in(kind), None)
        if inner is None:
            continue
        value = node[key]
        parts = value if isinstance(value, list) else [value]
        if is_mapping(kind) and isinstance(value, dict):
            parts = list(value.values())
        for part in parts:
            yield from stated(inner, part)


def without_places(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: without_places(part) for key, part in data.items() if key not in OF_THE_TEXT}
    return [without_places(part) for part in data] if isinstance(data, list) else data


def outputs(tree: dict[str, Any], file: Path) -> tuple[Any, ...]:
    """What is said of a file: everything in its JSON, the check's problems among it; and its scenarios."""
    text = json.dumps(tree, ensure_ascii=False)
    options = Options(economics="scenarios" in tree, tier="full")
    outcome = assess(text.encode(), str(file), options)
    written = without_places(json.loads(as_json([outcome])))
    if "scenarios" not in tree or outcome.result is None:
        return (written,)
    file.write_text(text, encoding="utf-8")
    compared = compare(str(file), options, [item["id"] for item in tree["scenarios"]], [])
    sides = [Side("file", "", outcome.result)]
    sides += [
        Side(what_if.name, "another value", other.result, what_if.title.get("", ""))
        for what_if, other in compared.scenarios
        if other.result is not None
    ]
    return written, *plain_lines(scenario_page(sides, "en", None), "en")


def read(name: str) -> dict[str, Any]:
    text = (KEYS / name).read_text(encoding="utf-8")
    tree: dict[str, Any] = yaml.load(text, yaml.BaseLoader)
    return tree


def used_keys(name: str, folder: Path, known: set[str]) -> set[str]:
    """The keys of a file that change what is said of it, besides those known to do so."""
    tree = read(name)
    said = partial(outputs, tree, folder / name)
    whole = said()
    assert whole[0]["schema"] == "cpcalc/result/1", whole[0]["diagnostics"]
    used: set[str] = set()
    for key_name, node, key in list(stated(Assessment, tree)):
        if key_name in used or key_name in known:
            continue
        value = node.pop(key)
        if said() != whole:
            used.add(key_name)
        node[key] = value
    return used


def test_every_optional_key_of_a_file_changes_what_is_said_of_it(tmp_path: Path) -> None:
    shutil.copytree(KEYS / "emission_factors", tmp_path / "emission_factors")
    used: set[str] = set()
    for name in FILES:
        used |= used_keys(name, tmp_path, used)
    assert used == optional_keys(Assessment, {})
