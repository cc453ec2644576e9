"""The base of all models of files: strict, closed, frozen, with kebab-case keys."""

from __future__ import annotations

from typing import NoReturn

from pydantic import BaseModel, ConfigDict
from pydantic_core import PydanticCustomError

from cpcalc.diagnostics import Path


def kebab(name: str) -> str:
    """The key in a file of a field: ``from_`` is ``from``, ``running_cost`` ``running-cost``."""
    return name.rstrip("_").replace("_", "-")


class Model(BaseModel, defer_build=True):  # most runs need few of the models
    """A mapping in a file."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", alias_generator=kebab)


def refuse(name: str, at: Path | None = None, /, **values: str) -> NoReturn:
    """Raise a pydantic error named as a diagnostic; ``at`` is a place deeper than the field."""
    raise PydanticCustomError(name, "{name}", {"name": name, "values": values, "at": at})


def need_one(model: Model, *fields: str) -> None:
    """Refuse a mapping that has none, or more than one, of the named fields."""
    present = [kebab(name) for name in fields if getattr(model, name) is not None]
    if not present:
        refuse("one-of-keys-needed", keys=", ".join(map(kebab, fields)))
    if len(present) > 1:
        refuse("keys-exclude-each-other", keys=", ".join(present))


def need_with(model: Model, first: str, *others: str) -> None:
    """Refuse a field that says nothing without one of the others."""
    if getattr(model, first) is not None and all(getattr(model, name) is None for name in others):
        refuse("key-needs-another", key=kebab(first), keys=", ".join(map(kebab, others)))


def refuse_together(model: Model, first: str, *others: str) -> None:
    """Refuse fields that contradict each other in one mapping."""
    present = [kebab(name) for name in others if getattr(model, name) is not None]
    if getattr(model, first) is not None and present:
        refuse("keys-exclude-each-other", keys=", ".join([kebab(first), *present]))
