"""The JSON Schemas of the file formats, with what each key means in both languages; in docs/ and in the package."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import editor_rules
import patterns

from cpcalc.schema import Model

HERE = Path(__file__).parent
ENGLISH = re.compile(r"<!-- keys: \w+ (?P<model>\w+) -->\n(?P<lines>(?:[a-z0-9-]+: .*\n)+)")


def targets(root: Path) -> Iterator[tuple[Path, str]]:
    from cpcalc.schema.assessment import Assessment
    from cpcalc.schema.factor_set import FactorSet
    from cpcalc.schema.programme import Programme

    words = _Words()
    models: tuple[tuple[str, type[Model]], ...] = (
        ("assessment", Assessment), ("programme", Programme), ("factor-set", FactorSet),
    )  # fmt: skip
    for name, model in models:
        schema = with_declared_units(described(model, words))
        if name == "assessment":
            schema["allOf"] = list(editor_rules.of_whole_file())
        text = json.dumps(schema, ensure_ascii=False, indent=1) + "\n"
        yield root / "docs" / f"{name}.schema.json", text
        yield root / "src" / "cpcalc" / "schemas" / f"{name}.schema.json", text


class _Words:
    """What a key of a model means: English from the page of the file format, else from the table; Vietnamese."""

    def __init__(self) -> None:
        template = (HERE / "file-format.template.md").read_text(encoding="utf-8")
        self.english = {
            (match["model"], key): text
            for match in ENGLISH.finditer(template)
            for key, text in (line.split(": ", 1) for line in match["lines"].strip().split("\n"))
        }
        self.anywhere = {key: text for (_, key), text in self.english.items()}
        lines = (HERE / "schema-words.txt").read_text(encoding="utf-8").split("\n")
        self.table = dict(
            line.split(": ", 1) for line in lines if line and not line.startswith("#")
        )

    def of(self, model: str, key: str) -> tuple[str, str]:
        """English and Vietnamese."""
        said = self.table.get(f"{model}.{key}") or self.table.get(key)
        if said is None:
            raise SystemExit(f"schema-words.txt says nothing of {model}.{key}")
        english, _, vietnamese = said.rpartition(" | ")
        found = self.english.get((model, key)) or english or self.anywhere.get(key, "")
        if not found:
            raise SystemExit(f"schema-words.txt has no English for {model}.{key}")
        return found, vietnamese


def described(model: type[Model], words: _Words) -> dict[str, Any]:
    """The schema of a model with a description in both languages at every key."""
    schema = model.model_json_schema()
    for name, part in [(model.__name__, schema), *schema.get("$defs", {}).items()]:
        if name.startswith("Quantity-"):
            part["anyOf"] = patterns.quantity_schema(name)
            part["description"] += " / Một lượng: một số rồi đơn vị, ví dụ 12 500 kWh/năm."
            continue
        for key, field in part.get("properties", {}).items():
            english, vietnamese = words.of(name, key)
            said = {
                "description": f"{english} / {vietnamese}",
                **editor_rules.FIELDS.get((name, key), {}),
            }
            part["properties"][key] = {**editor_rules.without_null(field), **said}
        if rules := editor_rules.rules_of(name):
            part["allOf"] = rules
    # The first line of a file may name its schema for the editor.
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": model.__name__,
        **schema,
    }


def with_declared_units(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema in which any word is a unit where the file declares units, and else only known ones.

    Parts that hold an amount in any unit stand in it twice, the second time without words for people.
    """
    if "units" not in schema["properties"]:
        return schema
    known, any_word = (
        json.dumps(word, ensure_ascii=False)[1:-1]
        for word in (patterns.KNOWN_WORD, patterns.ANY_WORD)
    )
    whole = json.dumps(schema, ensure_ascii=False)
    lenient: dict[str, Any] = json.loads(whole.replace(known, any_word))
    parts: dict[str, Any] = {schema["title"]: {**schema, "$defs": {}}, **schema["$defs"]}
    strict = {name for name, part in parts.items() if known in json.dumps(part, ensure_ascii=False)}
    while more := {
        name for name, part in parts.items() if strict & _referred(part) and name not in strict
    }:
        strict |= more
    for name in sorted(strict):
        lenient["$defs"][f"{name}InKnownUnits"] = _bare(parts[name], strict)
    undeclared = {"$ref": f"#/$defs/{schema['title']}InKnownUnits"}
    return {**lenient, "if": {"not": {"required": ["units"]}}, "then": undeclared}


def _referred(part: Any) -> set[str]:
    return set(re.findall(r'"#/\$defs/([\w.-]+)"', json.dumps(part)))


def _bare(part: Any, strict: set[str], *, is_named: bool = False) -> Any:
    """A part of a schema less its words for people, which refers to strict parts; ``is_named``: its keys are names."""
    if isinstance(part, list):
        return [_bare(item, strict) for item in part]
    if not isinstance(part, dict):
        name = str(part).rpartition("/")[2]
        return f"{part}InKnownUnits" if str(part).startswith("#/") and name in strict else part
    words = () if is_named else ("description", "examples", "title", "$schema", "$defs")
    return {
        key: _bare(
            value, strict, is_named=key in ("properties", "patternProperties") and not is_named
        )
        for key, value in part.items()
        if key not in words
    }
