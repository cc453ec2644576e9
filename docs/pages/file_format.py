"""docs/file-format.md: the assessment file key by key; the tables come from the models, so that no key is forgotten."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cpcalc.schema import Model
from cpcalc.schema.assessment import UNITS_OF_KIND

BLOCK = re.compile(
    r"<!-- keys: (?P<module>\w+) (?P<model>\w+) -->\n(?P<lines>(?:[a-z0-9-]+: .*\n)+)"
)


def targets(root: Path) -> Iterator[tuple[Path, str]]:
    template = (Path(__file__).parent / "file-format.template.md").read_text(encoding="utf-8")
    text = BLOCK.sub(_table, template.replace("<!-- units of kinds -->\n", _units_of_kinds()))
    _all_models_are_there(template)
    yield root / "docs" / "file-format.md", text


def _units_of_kinds() -> str:
    """The units that amounts of each kind of stream are in; kinds with the same ones together."""
    kinds: dict[tuple[str, ...], list[str]] = {}
    for kind, units in UNITS_OF_KIND.items():
        kinds.setdefault(units, []).append(f"`{kind}`")
    rows = ["| kind | measured in units of |", "|---|---|"]
    for units, named in kinds.items():
        measured = ", ".join("counted things" if unit == "count" else f"`{unit}`" for unit in units)
        if "`demand`" in named:
            measured = "`kW`, `kVA`, over months; `kvarh`; `kWh`, of what a penalty is charged on"
        if "`dust`" in named:
            measured += " of its own substance"
        if "`energy`" in named:
            measured += "; `kW`, for a demand charge, where the price is per `kW` too"
        rows.append(f"| {', '.join(named)} | {measured} |")
    return "\n".join(rows) + "\n"


def _models(module: str) -> dict[str, type[Model]]:
    found = importlib.import_module(f"cpcalc.schema.{module}")
    return {
        name: value
        for name, value in vars(found).items()
        if isinstance(value, type)
        and issubclass(value, Model)
        and value.__module__ == found.__name__
    }


def _all_models_are_there(template: str) -> None:
    documented = {match["model"] for match in BLOCK.finditer(template)}
    for module in ("assessment", "basis", "bills"):
        missing = set(_models(module)) - documented
        if missing:
            raise SystemExit(
                f"file-format.template.md says nothing of {', '.join(sorted(missing))} ({module})"
            )


def _table(match: re.Match[str]) -> str:
    from cpcalc.schema import in_one_line, kebab

    model = _models(match["module"])[match["model"]]
    said = dict(line.split(": ", 1) for line in match["lines"].strip().split("\n"))
    keys = {kebab(name): field for name, field in model.model_fields.items()}
    schemas = model.model_json_schema()["properties"]
    if list(said) != list(keys):
        wrong = set(said) ^ set(keys)
        raise SystemExit(
            f"keys of {match['model']}: {', '.join(sorted(wrong)) or 'in another order'}"
        )
    rows = ["| key | value | meaning |", "|---|---|---|"]
    for key, text in said.items():
        name = f"**`{key}`**" if keys[key].is_required() else f"`{key}`"
        rows.append(f"| {name} | {_value(schemas[key])} | {text} |")
    if model.example:
        rows += ["", f"Such as `{in_one_line(model.example)}`."]
    return "\n".join(rows) + "\n"


def _value(schema: dict[str, Any]) -> str:
    """What a key takes, in words: choices, or what a quantity is; nothing where it has several forms."""
    if "anyOf" in schema:
        forms = [form for form in schema["anyOf"] if form.get("type") not in ("null", "array")]
        return _value(forms[0]) if len(forms) == 1 else ""
    if "items" in schema:
        return _value(schema["items"])
    if isinstance(schema.get("additionalProperties"), dict):
        return _value(schema["additionalProperties"])
    if len(schema.get("enum", range(99))) <= MOST_CHOICES:
        return ", ".join(f"`{choice}`" for choice in dict.fromkeys(map(str, schema["enum"])))
    if "const" in schema:
        return f"`{schema['const']}`"
    return str(schema.get("description") or _WORDS.get(str(schema.get("type")), ""))


# More choices than this are no help in a table: the line says what they are.
MOST_CHOICES = 25
_WORDS = {
    "string": "text", "boolean": "`true` or `false`", "integer": "whole number", "array": "list",
    "['string', 'integer']": "id", "['string', 'number', 'boolean']": "text",
}  # fmt: skip
