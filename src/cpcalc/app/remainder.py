"""What is left of a file whose shape has errors, so that wrong names in it are reported at the same time.

The wrong parts are taken out (or replaced by something neutral that keeps its name), the rest is validated and linked,
and of what linking finds only those problems are told that cannot come from a missing part.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic_core import ValidationError

from cpcalc.app.files import folder_of
from cpcalc.app.load import library_of
from cpcalc.diagnostics import Diagnostic, Path
from cpcalc.resolve import resolve
from cpcalc.resolve.properties import with_properties
from cpcalc.schema.assessment import Assessment
from cpcalc.schema.leaves import Reading
from cpcalc.schema.problems import diagnostics_of
from cpcalc.source.reader import Document

# Problems of names and links; those of amounts and money could come from what was taken out.
TELLABLE = frozenset({
    "unknown-stream", "unknown-product", "unknown-measure", "duplicate-id", "circular-streams", "circular-measures",
    "measure-names-itself", "after-a-later-status", "requires-what-it-excludes", "measure-in-two-groups",
    "factor-set-not-a-pin", "unknown-factor-set", "factor-set-twice", "factor-set-not-pinned", "unknown-factor",
})  # fmt: skip
MOST_ROUNDS = 6
_STAND_INS: dict[str, Any] = {
    "enterprise": {"id": "unread", "name": "unread"},
    "data-status": "draft",
    "cpcalc": "1",
}


def further_problems(
    document: Document, reading: Reading, found: Iterable[Diagnostic]
) -> list[Diagnostic]:
    """Wrong names in the readable rest of a file; empty where too little is left."""
    wrong = {diagnostic.path for diagnostic in found}
    for _ in range(MOST_ROUNDS):
        rest = without(document.tree, wrong)
        try:
            assessment = Assessment.read(rest, reading)
        except ValidationError as error:
            more = {
                diagnostic.path for diagnostic in diagnostics_of(error, rest, Assessment)
            } - wrong
            if not more:
                return []
            wrong |= more
            continue
        problems: list[Diagnostic] = []
        library = library_of(assessment, folder_of(document.name), problems)
        assessment = with_properties(assessment, library, problems)
        _, linked = resolve(assessment, reading, library)
        return [problem for problem in (*problems, *linked) if problem.name in TELLABLE]
    return []


def without(tree: dict[str, Any], paths: Iterable[Path]) -> dict[str, Any]:
    """A copy of the tree without what stands at the paths; streams, measures and the like leave their names."""
    copy = _copied(tree)
    for path in sorted(paths, key=len):
        _take_out(copy, path)
    return {**{key: _copied(value) for key, value in _STAND_INS.items() if key not in copy}, **copy}


def _copied(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: _copied(value) for key, value in node.items()}
    return [_copied(item) for item in node] if isinstance(node, list) else node


def _take_out(tree: dict[str, Any], path: Path) -> None:
    """Remove one path; an item of a list takes the whole list with it, so that no other item changes its place."""
    parents: list[tuple[Any, Any]] = []  # container and key or position
    node: Any = tree
    for step in path:
        if not (isinstance(node, dict) and step in node) and not (
            isinstance(node, list) and _is_item(node, step)
        ):
            return  # gone with something larger already
        parents.append((node, step))
        node = parents[-1][0][step]
    if not parents:
        return
    parent, step = parents[-1]
    stand_in = _stand_in(path, node)
    if stand_in is not None:
        parent[step] = stand_in
    elif isinstance(parent, dict):
        del parent[step]
    elif len(parents) > 1:
        _take_out(tree, path[:-1])


def _is_item(node: list[Any], step: Any) -> bool:
    return isinstance(step, int) and step < len(node)


def _stand_in(path: Path, node: Any) -> Any:
    """Something neutral that keeps the name other parts use."""
    section = path[0]
    if section in _STAND_INS and len(path) == 1:
        return _copied(_STAND_INS[str(section)])
    if section == "streams" and len(path) == 2:
        return {"kind": "material"}
    if (
        section in ("measures", "groups", "products")
        and len(path) == 2
        and isinstance(path[1], int)
    ):
        identity = node.get("id") if isinstance(node, dict) else None
        neutral = {"id": identity if isinstance(identity, str) else f"unread-{path[1]}"}
        return neutral if section == "products" else {**neutral, "title": "unread"}
    return None
