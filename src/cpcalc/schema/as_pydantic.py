"""The pydantic model of a declared model: what the JSON Schema is generated from.

Not needed to read a file; a test holds pydantic's answers on every file against those of our own validators.
"""

from __future__ import annotations

from types import FunctionType, UnionType, new_class
from typing import Annotated, Any, Self, Union, get_args, get_origin

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainValidator, model_validator

from cpcalc.schema.base import Model, kebab
from cpcalc.schema.leaves import Form, Later, Prepared


class PydanticModel(BaseModel):
    """The base of the pydantic models: strict, closed, frozen, with kebab-case keys."""

    model_config = ConfigDict(
        strict=True, extra="forbid", frozen=True, alias_generator=kebab, protected_namespaces=()
    )

    @property
    def stated(self) -> set[str]:
        """The fields that the file has."""
        return self.model_fields_set

    def consistent(self) -> Self:
        """The model itself where its fields go together."""
        return self

    @model_validator(mode="after")
    def _as_a_whole(self) -> Self:
        return self.consistent()


_MADE: dict[type[Model], type[PydanticModel]] = {}


def pydantic_model(model: type[Model]) -> type[PydanticModel]:
    """The pydantic model with the fields, the checks and the description of a declared one; the same at each call."""
    if model not in _MADE:
        _MADE[model] = _made(model)
    return _MADE[model]


def _made(model: type[Model]) -> type[PydanticModel]:
    namespace: dict[str, Any] = {
        name: part
        for base in reversed(model.__mro__[: model.__mro__.index(Model)])
        for name, part in vars(base).items()
        if isinstance(part, FunctionType | property)
    }
    declared = model.fields
    namespace |= {name: field.default for name, field in declared.items() if not field.is_required}
    namespace["__annotations__"] = {
        name: _in_pydantic(field.annotation) for name, field in declared.items()
    }
    namespace |= {"__module__": model.__module__, "__doc__": model.__doc__}
    return new_class(
        model.__name__, (PydanticModel,), exec_body=lambda body: body.update(namespace)
    )


def _in_pydantic(annotation: Any) -> Any:
    """An annotation with every declared model in it as a pydantic model."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        inner, how = arguments
        return Annotated[_in_pydantic(inner), _how(how)]
    if origin in (Union, UnionType):
        return Union[tuple(_in_pydantic(option) for option in arguments)]  # noqa: UP007 - of a tuple made here
    if origin is list:
        return list[_in_pydantic(arguments[0])]  # type: ignore[misc]
    if origin is dict:
        return dict[str, _in_pydantic(arguments[1])]  # type: ignore[misc]
    return (
        pydantic_model(annotation)
        if isinstance(annotation, type) and issubclass(annotation, Model)
        else annotation
    )


def _how(how: Any) -> Any:
    if isinstance(how, Prepared):
        return BeforeValidator(how.prepare, json_schema_input_type=_in_pydantic(how.forms))
    if isinstance(how, Form):
        return PlainValidator(how.read, json_schema_input_type=_in_pydantic(how.forms))
    if isinstance(how, Later):
        later = pydantic_model(how.model())
        return PlainValidator(
            lambda raw, info: later.model_validate(raw, context=info.context),
            json_schema_input_type=later,
        )
    return how
