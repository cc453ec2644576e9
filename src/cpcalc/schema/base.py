"""The base of all models of files: strict, closed, frozen, with kebab-case keys."""

from __future__ import annotations

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, model_validator

from cpcalc.schema.leaves import Reading, refuse
from cpcalc.schema.validators import validator_of


def kebab(name: str) -> str:
    """The key in the file for a field of a model: ``from_`` is ``from``, ``running_cost`` is ``running-cost``."""
    return name.rstrip("_").replace("_", "-")


class Model(BaseModel):
    """A mapping in a file."""

    model_config = ConfigDict(
        strict=True, extra="forbid", frozen=True, alias_generator=kebab, defer_build=True, protected_namespaces=()
    )

    @classmethod
    def read(cls, raw: Any, reading: Reading | None = None) -> Self:
        """The model of a mapping in a file; raises pydantic's ValidationError with everything that is wrong."""
        model: Self = validator_of(cls).validate_python(raw, context=reading)
        return model

    def consistent(self) -> Self:
        """The model itself where its fields go together; a model whose fields may contradict each other refuses."""
        return self

    @classmethod
    def is_checked_as_a_whole(cls) -> bool:
        """Whether fields of this model may contradict each other."""
        return cls.consistent is not Model.consistent

    @model_validator(mode="after")
    def _as_a_whole(self) -> Self:
        return self.consistent()

    def given(self) -> dict[str, Any]:
        """What the file says, by field."""
        return {name: value for name, value in self if value is not None}


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
        refuse("key-needs-another", key=kebab(first), keys=", ".join(kebab(name) for name in others))


def refuse_together(model: Any, first: str, *others: str) -> None:
    """Refuse fields that contradict each other in one mapping."""
    present = [kebab(name) for name in others if getattr(model, name) is not None]
    if getattr(model, first) is not None and present:
        refuse("keys-exclude-each-other", keys=", ".join([kebab(first), *present]))
