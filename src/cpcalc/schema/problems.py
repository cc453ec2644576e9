"""From pydantic's errors to diagnostics: by error type and place, never by its English."""

from __future__ import annotations

import types
from collections.abc import Mapping
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic_core import ValidationError

from cpcalc.diagnostics import Diagnostic, Path, catalogue
from cpcalc.schema.base import Model, kebab
from cpcalc.schema.leaves import Later

# Which shape a field wants, by pydantic's type of error.
_SHAPES = {
    "model_type": "mapping",
    "dict_type": "mapping",
    "list_type": "list",
    "model_attributes_type": "mapping",
}

# Finding place and suggestion of one problem takes time; nobody reads more of them than this.
MOST_CONVERTED = 300
# A key this like a known one is a slip of the finger: the other keys need not be listed.
A_SLIP = 0.8


def diagnostics_of(error: ValidationError, tree: Any, model: type[Model]) -> list[Diagnostic]:
    """Each problem of a validation once, at the path of the document it belongs to."""
    found: list[Diagnostic] = []
    problems = error.errors(include_url=False, include_input=True)
    for position, problem in enumerate(problems):
        if len(found) > MOST_CONVERTED:  # a file so broken is mended from the top
            found.append(
                Diagnostic("further-problems", (), {"count": str(len(problems) - position)})
            )
            break
        diagnostic = _diagnostic(problem, tree, model)
        if diagnostic not in found:
            found.append(diagnostic)
    return found


def _diagnostic(problem: Mapping[str, Any], tree: Any, model: type[Model]) -> Diagnostic:
    kind, location = problem["type"], problem["loc"]
    context = problem.get("ctx") or {}
    if kind in catalogue():
        at = context.get("at")
        path = at if at is not None else path_in_tree(location, tree)
        return Diagnostic(kind, path, context.get("values", {}))
    if kind == "missing":
        path = path_in_tree(location[:-1], tree)
        return Diagnostic("missing-field", path, {"field": str(location[-1])}, on_key=True)
    if kind == "extra_forbidden":
        path = path_in_tree(location, tree)
        key = str(location[-1])
        keys = _keys_at(model, location[:-1])
        import difflib  # only a slip pays for it

        close = difflib.get_close_matches(key, keys, n=1, cutoff=0.6)
        is_slip = bool(close) and difflib.SequenceMatcher(None, key, close[0]).ratio() >= A_SLIP
        listed = "" if is_slip else ", ".join(keys)
        values = {"key": key, "suggestion": close[0] if close else "", "keys": listed}
        return Diagnostic("unknown-key", path, values, on_key=True)
    path = path_in_tree(location, tree)
    if problem.get("input") is None:
        return Diagnostic("empty-value", path, {})
    return Diagnostic("wrong-shape", path, {"expected": _SHAPES.get(kind, "text")})


def path_in_tree(location: tuple[Any, ...], tree: Any) -> Path:
    """The longest run of pydantic's location that exists in the document.

    A location also holds tags of unions, and an index 0 where a single item stands without its list; these have no
    place in the document. The walk prefers the branch that ends on the location's last element.
    """
    node, path = tree, []
    for step in location:
        if (isinstance(node, dict) and step in node) or (
            isinstance(node, list) and isinstance(step, int) and step < len(node)
        ):
            node = node[step]
            path.append(step)
    return tuple(path)


def _keys_at(model: type[Model], location: tuple[Any, ...]) -> list[str]:
    """The keys that the model at a location knows, for suggestions."""
    current: Any = model
    for step in location:
        if _is_model(current):
            field = next(
                (field for name, field in current.fields.items() if kebab(name) == step), None
            )
            current = _inner(field.annotation) if field is not None else current
        elif isinstance(current, tuple):  # a mapping by name: step into its values
            current = current[1]
    if isinstance(current, tuple):
        current = current[1]
    return [kebab(name) for name in current.fields] if _is_model(current) else []


def _is_model(candidate: Any) -> bool:
    return isinstance(candidate, type) and issubclass(candidate, Model)


def _inner(annotation: Any) -> Any:
    """The model inside an annotation; ``("by-name", model)`` for a mapping of models."""
    origin = get_origin(annotation)
    if origin is Annotated:
        later = next((item for item in get_args(annotation) if isinstance(item, Later)), None)
        if later is not None:
            return later.model()
        return _inner(get_args(annotation)[0])
    if origin in (Union, types.UnionType):
        inner = [_inner(option) for option in get_args(annotation) if option is not type(None)]
        return next(
            (option for option in inner if _is_model(option) or isinstance(option, tuple)), inner[0]
        )
    if origin is list:
        return _inner(get_args(annotation)[0])
    if origin is dict:
        return ("by-name", _inner(get_args(annotation)[1]))
    return annotation
