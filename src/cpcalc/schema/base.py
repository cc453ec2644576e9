"""The base of all models of files: strict, closed, frozen, with kebab-case keys.

A model declares its fields as a pydantic model does. pydantic_core, pydantic's own validator, reads files with them at
run time (``schema/validators.py``); the pydantic models themselves, which give the JSON Schema, are made from the same
declarations where they are asked for (``schema/as_pydantic.py``): importing all of pydantic is a quarter of a start.
"""

# No postponed annotations here, nor in the modules of the models: they are read at every start.
from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple, NoReturn, Self

from cpcalc.schema.leaves import Reading, refuse

_REQUIRED = object()


def kebab(name: str) -> str:
    """The key in the file for a field of a model: ``from_`` is ``from``, ``running_cost`` is ``running-cost``."""
    return name.rstrip("_").replace("_", "-")


class Field(NamedTuple):
    """What a model declares of one field."""

    annotation: Any
    default: Any = _REQUIRED

    @property
    def is_required(self) -> bool:
        """Whether a file must have it."""
        return self.default is _REQUIRED


class Model:
    """A mapping in a file. Instances are made by the validator, which fills these slots."""

    __slots__ = (
        "__dict__",
        "__pydantic_extra__",
        "__pydantic_fields_set__",
        "__pydantic_private__",
    )

    fields: ClassVar[
        Mapping[str, Field]
    ]  # its own and those of the models it extends, in their order

    def __init_subclass__(cls) -> None:
        declared = {
            name: annotation
            for part in reversed(cls.__mro__[:-1])
            for name, annotation in part.__annotations__.items()
        }
        del declared["fields"]
        cls.fields = {
            name: Field(annotation, getattr(cls, name, _REQUIRED))
            for name, annotation in declared.items()
        }

    @classmethod
    def read(cls, raw: Any, reading: Reading | None = None) -> Self:
        """The model of a mapping in a file; raises pydantic's ValidationError with everything that is wrong."""
        from cpcalc.schema.validators import validator_of

        this: Any = cls
        model: Self = validator_of(this).validate_python(raw, context=reading)
        return model

    @classmethod
    def stating(cls, **values: Any) -> Self:
        """A model that states these values, known to be right; the other fields stand at their defaults."""
        return cls._made(
            {name: field.default for name, field in cls.fields.items()} | values, set(values)
        )

    @classmethod
    def _made(cls, values: dict[str, Any], stated: set[str]) -> Self:
        model = cls.__new__(cls)
        for slot, value in zip(Model.__slots__, (values, None, stated, None), strict=True):
            object.__setattr__(model, slot, value)
        return model

    def but(self, **values: Any) -> Self:
        """The same model with other values of some fields."""
        return self._made({**vars(self), **values}, {*self.stated, *values})

    def consistent(self) -> Self:
        """The model itself where its fields go together; a model whose fields may contradict each other refuses."""
        return self

    @classmethod
    def is_checked_as_a_whole(cls) -> bool:
        """Whether fields of this model may contradict each other."""
        return cls.consistent is not Model.consistent

    @property
    def stated(self) -> set[str]:
        """The fields that the file has."""
        found: set[str] = self.__pydantic_fields_set__  # type: ignore[attr-defined]
        return found

    def given(self) -> dict[str, Any]:
        """What the file says, by field."""
        return {name: value for name, value in vars(self).items() if value is not None}

    def __setattr__(self, name: str, value: Any) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} is frozen: {name}")

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self.given().items())})"


def need_one(model: Any, *fields: str) -> None:
    """Refuse a mapping that has none, or more than one, of the named fields."""
    present = [kebab(name) for name in fields if getattr(model, name) is not None]
    if not present:
        refuse("one-of-keys-needed", keys=", ".join(kebab(name) for name in fields))
    if len(present) > 1:
        refuse("keys-exclude-each-other", keys=", ".join(present))


def need_with(model: Any, first: str, *others: str) -> None:
    """Refuse a field that says nothing without one of the others."""
    if getattr(model, first) is not None and all(getattr(model, name) is None for name in others):
        refuse(
            "key-needs-another", key=kebab(first), keys=", ".join(kebab(name) for name in others)
        )


def refuse_together(model: Any, first: str, *others: str) -> None:
    """Refuse fields that contradict each other in one mapping."""
    present = [kebab(name) for name in others if getattr(model, name) is not None]
    if getattr(model, first) is not None and present:
        refuse("keys-exclude-each-other", keys=", ".join([kebab(first), *present]))
