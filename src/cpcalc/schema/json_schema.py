"""The JSON Schema of a file format, from its model: what editors complete and check while typing."""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import DefsRef, GenerateJsonSchema, JsonRef

from cpcalc.schema.as_pydantic import pydantic_model
from cpcalc.schema.base import Model

DIALECT = "https://json-schema.org/draft/2020-12/schema"
# A quantity in one scalar, or a range, a bound, or a reading of part of a year. Units are checked by cpcalc itself.
QUANTITY: dict[str, Any] = {
    "description": "An amount: a number, then its unit, such as 12 500 kWh/year.",
    "anyOf": [
        {"type": ["string", "number"]},
        {
            "type": "object",
            "properties": {
                key: {"type": ["string", "number"]}
                for key in ("low", "high", "at-least", "at-most", "value", "over", "annualise-by")
            },
            "additionalProperties": False,
        },
    ],
}


class _Generator(GenerateJsonSchema):
    """pydantic's generator that knows the definition all quantities refer to."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        name = DefsRef("Quantity")
        self.definitions[name] = dict(QUANTITY)
        self.json_to_defs_refs[JsonRef("#/$defs/Quantity")] = name
        self._prioritized_defsref_choices[name] = [name]


def json_schema_of(model: type[Model]) -> dict[str, Any]:
    """The JSON Schema of a model of a file, with kebab-case keys."""
    found = pydantic_model(model).model_json_schema(by_alias=True, schema_generator=_Generator)
    return {"$schema": DIALECT, **found}
