"""The base of all models of files: strict, closed, frozen, with kebab-case keys and rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, NoReturn, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, model_validator
from pydantic_core import PydanticCustomError

from cpcalc.diagnostics import Path

# What the keys of one mapping must be beside each other: it refuses those that are not.
Rule = Callable[[Any], None]


def kebab(name: str) -> str:
    """The key in a file of a field: ``from_`` is ``from``, ``running_cost`` ``running-cost``."""
    return name.rstrip("_").replace("_", "-")


def _with_example(schema: dict[str, Any], model: Any) -> None:
    """A model's example stands in its JSON Schema, where messages and editors find it."""
    if "example" in vars(model):  # not one of a base, which lacks its own keys
        schema["examples"] = [model.example]


class Model(BaseModel, defer_build=True):  # most runs need few of the models
    """A mapping in a file; its ``rules`` hold once each key has the right shape.

    ``example`` is one that can be typed; without it the keys that must be there are one.
    """

    model_config = ConfigDict(
        strict=True,
        frozen=True,
        extra="forbid",
        alias_generator=kebab,
        json_schema_extra=_with_example,
    )
    rules: ClassVar[tuple[Rule, ...]] = ()
    example: ClassVar[Mapping[str, Any]] = {}

    @model_validator(mode="after")
    def consistent(self) -> Self:
        """The mapping, with all of its rules kept."""
        for rule in self.rules:
            rule(self)
        return self

    def states(self, name: str) -> bool:
        """Whether a field has a value."""
        return getattr(self, name) is not None


def short_for(*keys: str, also: Any) -> BeforeValidator:
    """A mapping that may be written as one value, which each of these keys then has."""

    def written_out(raw: Any) -> Any:
        return raw if isinstance(raw, dict) else dict.fromkeys(keys, raw)

    return BeforeValidator(written_out, json_schema_input_type=also)


def refuse(name: str, at: Path | None = None, /, **values: str) -> NoReturn:
    """Raise a pydantic error named as a diagnostic; ``at`` is a place deeper than the field."""
    raise PydanticCustomError(name, "{name}", {"name": name, "values": values, "at": at})


def _listed(names: Sequence[str]) -> str:
    return ", ".join(map(kebab, names))


def one_of(*fields: str, beside: str = "") -> Rule:
    """Exactly one of the fields; with ``beside``, only where that one is stated."""

    def rule(model: Model) -> None:
        if beside and not model.states(beside):
            return
        stated = [name for name in fields if model.states(name)]
        if not stated:
            refuse("one-of-keys-needed", keys=_listed(fields))
        if len(stated) > 1:
            refuse("keys-exclude-each-other", keys=_listed(stated))

    return rule


def needs(**others: str | tuple[str, ...]) -> Rule:
    """Each field says nothing without the other, or one of the others."""

    def rule(model: Model) -> None:
        for name, other in others.items():
            needed = (other,) if isinstance(other, str) else other
            if model.states(name) and not any(map(model.states, needed)):
                refuse("key-needs-another", key=kebab(name), keys=_listed(needed))

    return rule


def excludes(first: str, *others: str) -> Rule:
    """The first field contradicts the others."""

    def rule(model: Model) -> None:
        stated = [name for name in others if model.states(name)]
        if model.states(first) and stated:
            refuse("keys-exclude-each-other", keys=_listed([first, *stated]))

    return rule


def some_of(*fields: str, beside: str = "") -> Rule:
    """At least one of the fields; with ``beside``, only where that one is stated."""
    return needed(
        _listed(fields),
        lambda model: any(map(model.states, fields)) or (beside and not model.states(beside)),
    )


def needs_both(one: str, other: str) -> Rule:
    """Neither of two fields says anything without the other."""
    keys = f"{kebab(one)} + {kebab(other)}"
    return needed(keys, lambda model: model.states(one) == model.states(other))


def in_order(period: Any) -> None:
    """The rule of a period: it does not end before it begins."""
    if period.from_ > period.to:
        first, last = str(period.from_), str(period.to)
        refuse("period-ends-before-it-begins", first=first, last=last)


def needed(keys: str, is_kept: Callable[[Any], object]) -> Rule:
    """A condition of its own; ``keys`` says what is missing where it does not hold."""

    def rule(model: Model) -> None:
        if not is_kept(model):
            refuse("one-of-keys-needed", keys=keys)

    return rule
