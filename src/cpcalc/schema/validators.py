"""The validator of a model: pydantic_core's, built from the fields that pydantic collected.

pydantic builds the same from them (a test holds the two against each other), but works each field out anew and first
looks for plug-ins among all installed packages: a seventh of the time of a start.
"""

from __future__ import annotations

from functools import cache
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, BeforeValidator, PlainValidator
from pydantic_core import SchemaValidator, core_schema
from pydantic_core.core_schema import CoreSchema


@cache
def validator_of(model: Any) -> SchemaValidator:
    """The validator of mappings in a file that a model is read from."""
    return SchemaValidator(_schema_of(model), _config_of(model))


def _config_of(model: type[BaseModel]) -> core_schema.CoreConfig:
    config = model.model_config
    return core_schema.CoreConfig(
        strict=bool(config.get("strict")), extra_fields_behavior=config.get("extra") or "ignore"
    )


@cache
def _schema_of(annotation: Any) -> CoreSchema:
    """The schema of an annotation, of the kinds that the models use."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _described(*arguments)
    if origin in (Union, UnionType):
        (option,) = (item for item in arguments if item is not type(None))
        return core_schema.nullable_schema(_schema_of(option))
    if origin is list:
        return core_schema.list_schema(_schema_of(arguments[0]))
    if origin is dict:
        return core_schema.dict_schema(core_schema.str_schema(), _schema_of(arguments[1]))
    return _model(annotation)


def _described(annotation: Any, how: Any) -> CoreSchema:
    """The schema of an annotation with what it says of its reading."""
    if isinstance(how, PlainValidator):
        return core_schema.with_info_plain_validator_function(how.func)  # type: ignore[arg-type]
    if isinstance(how, BeforeValidator):
        return core_schema.no_info_before_validator_function(how.func, _schema_of(annotation))  # type: ignore[arg-type]
    found: CoreSchema = how.__get_pydantic_core_schema__(annotation, _schema_of)
    return found


def _model(model: Any) -> CoreSchema:
    fields, key_of = {}, model.model_config["alias_generator"]
    for name, field in model.model_fields.items():
        schema = _schema_of(Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation)
        if not field.is_required():
            schema = core_schema.with_default_schema(schema, default=field.default)
        fields[name] = core_schema.model_field(schema, validation_alias=key_of(name))
    schema = core_schema.model_schema(
        model, core_schema.model_fields_schema(fields, model_name=model.__name__), config=_config_of(model)
    )
    if model.is_checked_as_a_whole():
        schema = core_schema.no_info_after_validator_function(model.consistent, schema)
    return schema
