"""The base of all models of files: strict, closed, frozen, with kebab-case keys and rules; and
pydantic's errors as diagnostics, by type and place, never by their English.
"""

import difflib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, ClassVar, NoReturn, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError, model_validator
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import PydanticCustomError

from cpcalc.diagnostics import Diagnostic, Path, catalogue
from cpcalc.quantities import PartOfYear

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


def amounts_in(node: Any, quality: str | None = None) -> Iterator[tuple[Any, str | None]]:
    """Every quantity, and every text with a place, of a model; beside it the tier of data that the
    nearest part around it says."""
    if getattr(node, "path", None):
        yield node, quality
    if isinstance(node, PartOfYear):
        yield from amounts_in(node.over, quality)
    elif isinstance(node, (Mapping, Model, list, tuple)):
        keyed = vars(node) if isinstance(node, Model) else node
        quality = getattr(node, "quality", None) or quality
        for value in keyed.values() if isinstance(keyed, Mapping) else keyed:
            if value is not None:
                yield from amounts_in(value, quality)


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


# Which shape a field wants, by pydantic's type of error.
_SHAPES = {
    "list_type": "list", "dict_type": "mapping", "model_type": "mapping",
    "model_attributes_type": "mapping",
}  # fmt: skip

# Nobody reads more problems of one file than this.
MOST_CONVERTED = 300
# A key this like a known one is a slip of the finger: the other keys need not be listed.
A_SLIP = 0.8
# Less like it than this, one is not meant: `groups` is no `outputs`.
ALIKE = 0.65


def diagnostics_of(error: ValidationError, tree: Any, model: type[Model]) -> list[Diagnostic]:
    """Each problem of a validation once, at the path of the document it belongs to."""
    problems = error.errors(include_url=False)
    diagnostics: list[Diagnostic] = []
    for position, problem in enumerate(problems):
        if len(diagnostics) > MOST_CONVERTED:  # a file so broken is mended from the top
            rest = {"count": str(len(problems) - position)}
            return [*diagnostics, Diagnostic("further-problems", (), rest)]
        diagnostic = _diagnostic(problem, tree, model)
        if diagnostic not in diagnostics:
            diagnostics.append(diagnostic)
    return diagnostics


def _diagnostic(problem: Mapping[str, Any], tree: Any, model: type[Model]) -> Diagnostic:
    kind, location = problem["type"], problem["loc"]
    path = path_in_tree(location, tree)
    if kind in catalogue():
        context = problem["ctx"]
        at, values = context["at"], context["values"]
        if kind == "wrong-shape":
            values = {**values, "example": _line(model, location, path)}
        elif kind == "one-of-keys-needed":
            values = {**values, "example": example_of_keys(values["keys"], model, location)}
        return Diagnostic(kind, path if at is None else at, values, on_key="[key]" in location)
    if kind == "missing":
        values = {"field": str(location[-1]), "example": example_at(model, location)}
        return Diagnostic("missing-field", path, values, on_key=True)
    if kind == "extra_forbidden":
        values = _unknown_key(str(location[-1]), _keys_at(model, location[:-1]))
        return Diagnostic("unknown-key", path, values, on_key=True)
    if problem.get("input") in (None, {}):  # as an empty list
        return Diagnostic("empty-value", path, {})
    values = {"expected": _SHAPES.get(kind, "text"), "example": _line(model, location, path)}
    return Diagnostic("wrong-shape", path, values)


def _unknown_key(key: str, keys: list[str]) -> dict[str, str]:
    """The known key that is meant; all of them where it is not certain."""
    close = difflib.get_close_matches(key, keys, n=1, cutoff=ALIKE)
    is_slip = bool(close) and difflib.SequenceMatcher(None, key, close[0]).ratio() >= A_SLIP
    listed = "" if is_slip else ", ".join(keys)
    return {"key": key, "suggestion": close[0] if close else "", "keys": listed}


def path_in_tree(location: tuple[Any, ...], tree: Any) -> Path:
    """The longest run of pydantic's location that exists in the document.

    A location also holds an index 0 where a single item stands without its list, and keys that a
    shorter form leaves out; these have no place in the document.
    """
    node, path = tree, []
    for step in location:
        if has_part(node, step):
            node = node[step]
            path.append(step)
    return tuple(path)


def has_part(node: Any, step: Any) -> bool:
    """Whether a part of a document has something at a step of a path."""
    if isinstance(node, dict):
        return step in node
    return isinstance(node, list) and isinstance(step, int) and step < len(node)


# ---- what a place of a file takes, by the JSON Schema of its model -------------------------------

Schema = Mapping[str, Any]


class _AsDeclared(GenerateJsonSchema):
    """A JSON Schema whose examples keep the order of their keys."""

    def sort(self, value: Any, parent_key: str | None = None) -> Any:
        return value


@cache
def _schema(model: type[Model]) -> Schema:
    return model.model_json_schema(schema_generator=_AsDeclared)


def _forms(schema: Schema, whole: Schema) -> Iterator[Schema]:
    """Each form that a value may have."""
    if "$ref" in schema:
        yield from _forms(whole["$defs"][schema["$ref"].rpartition("/")[2]], whole)
    for form in schema.get("anyOf", ()):
        yield from _forms(form, whole)
    if schema.get("type") != "null":
        yield schema


def mapping_at(whole: Schema, location: tuple[Any, ...]) -> tuple[Schema, Schema]:
    """What a location takes, and the form of it that is a mapping with known keys, if any."""
    part: Schema = whole
    for step in location:
        inner: Schema = {}
        for form in _forms(part, whole):
            others = form.get("items" if isinstance(step, int) else "additionalProperties")
            inner = form.get("properties", {}).get(step) or others or inner
        part = inner
    keyed = [form for form in _forms(part, whole) if "properties" in form]
    return part, keyed[-1] if keyed else {}


def _keys_at(model: type[Model], location: tuple[Any, ...]) -> list[str]:
    """The keys that the model at a location knows, for suggestions."""
    return list(mapping_at(_schema(model), location)[1].get("properties", ()))


def example_at(model: type[Model], location: tuple[Any, ...]) -> str:
    """What could be typed at a location: the part of its mapping's example, or one of its kind."""
    _, keyed = mapping_at(_schema(model), location[:-1])
    (example,) = keyed.get("examples", ({},))
    part, _ = mapping_at(_schema(model), location)
    found = example.get(location[-1]) if location else None
    return in_one_line(found if found is not None else _example(part, _schema(model)))


def _line(model: type[Model], location: tuple[Any, ...], path: Path) -> str:
    """What could be typed at a location, after its key where it has one in the document."""
    example = example_at(model, location)
    is_keyed = path[-1:] == location[-1:] and isinstance(path[-1], str)
    return f"{path[-1]}: {example}" if is_keyed else example


def example_of_keys(keys: str, model: type[Model], location: tuple[Any, ...]) -> str:
    """The first of several choices of keys, each with a value that could be typed."""
    whole, shown = example_at(model, location), []
    for key in keys.partition(", ")[0].split(" + "):
        example = example_at(model, (*location, key)) or whole
        shown.append(key if ": " in key else f"{key}: {example}")
    return ", ".join(shown)


def _example(schema: Schema, whole: Schema) -> Any:
    for form in (schema, *_forms(schema, whole)):
        if "examples" in form or "enum" in form or "const" in form:
            return (form.get("examples") or form.get("enum") or [form["const"]])[0]
    for form in _forms(schema, whole):
        if "properties" in form:
            required = form.get("required", ())
            return {key: _example(form["properties"][key], whole) for key in required}
        if "items" in form:
            return [_example(form["items"], whole)]
        if isinstance(form.get("additionalProperties"), dict):
            return {"coal": _example(form["additionalProperties"], whole)}
    return ""


def in_one_line(value: Any) -> str:
    """A value as YAML in one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {in_one_line(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(in_one_line, value)) + "]"
    return str(value)
