"""The validator of a model: pydantic_core's, built from the fields that the model declares.

pydantic builds the same from its models (a test holds the two against each other), but has to be imported whole for
it, and looks for plug-ins among all installed packages.
"""

from __future__ import annotations

from functools import cache
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic_core import SchemaValidator, core_schema
from pydantic_core.core_schema import CoreSchema

from cpcalc.schema.base import Model, kebab

_CONFIG = core_schema.CoreConfig(strict=True, extra_fields_behavior="forbid")


@cache
def validator_of(model: Any) -> SchemaValidator:
    """The validator of mappings in a file that a model is read from."""
    return SchemaValidator(_schema_of(model), _CONFIG)


@cache
def _schema_of(annotation: Any) -> CoreSchema:
    """The schema of an annotation, of the kinds that the models use."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        inner, how = arguments
        found: CoreSchema = how.__get_pydantic_core_schema__(inner, _schema_of)
        return found
    if origin in (Union, UnionType):
        (option,) = (item for item in arguments if item is not type(None))
        return core_schema.nullable_schema(_schema_of(option))
    if origin is list:
        return core_schema.list_schema(_schema_of(arguments[0]))
    if origin is dict:
        return core_schema.dict_schema(core_schema.str_schema(), _schema_of(arguments[1]))
    return _model(annotation)


def _model(model: type[Model]) -> CoreSchema:
    fields = {}
    for name, field in model.fields.items():
        schema = _schema_of(field.annotation)
        if not field.is_required:
            schema = core_schema.with_default_schema(schema, default=field.default)
        fields[name] = core_schema.model_field(schema, validation_alias=kebab(name))
    schema = core_schema.model_schema(
        model, core_schema.model_fields_schema(fields, model_name=model.__name__), config=_CONFIG
    )
    if model.is_checked_as_a_whole():
        schema = core_schema.no_info_after_validator_function(model.consistent, schema)
    return schema
