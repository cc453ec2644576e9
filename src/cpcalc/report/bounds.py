"""Bounds: a result whose figures say which of them are only at least or at most what is printed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from cpcalc.figures import Figure, NotApplicable, with_bound

Node = TypeVar("Node")


def with_bounds(node: Node) -> tuple[Node, bool]:
    """The same records with every figure that rests on a bound marked, and whether there is one."""
    marked: list[Figure] = []
    return _marked(node, marked), bool(marked)


def _marked(node: Any, marked: list[Figure]) -> Any:
    if isinstance(node, Figure):
        figure = with_bound(node)
        if figure.bound is not None:
            marked.append(figure)
        return figure
    if isinstance(node, Mapping):
        return {key: _marked(value, marked) for key, value in node.items()}
    if isinstance(node, tuple) and not isinstance(node, NotApplicable):
        parts = [_marked(item, marked) for item in node]
        return type(node)(*parts) if hasattr(node, "_fields") else tuple(parts)
    return node
