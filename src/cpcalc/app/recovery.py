"""What is left of a file whose shape has errors, so that wrong names are reported with them.

The wrong parts are taken out (or replaced by something neutral that keeps its name), the rest is
validated and linked, and only those problems are reported that cannot come from a missing part.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import ValidationError

from cpcalc.app.files import folder_of
from cpcalc.app.load import library_of
from cpcalc.diagnostics import Diagnostic, Path
from cpcalc.resolve import resolve, with_properties
from cpcalc.schema.assessment import Assessment
from cpcalc.schema.leaves import Reading
from cpcalc.schema.problems import diagnostics_of, has_part
from cpcalc.source.reader import Document

# Problems of names and links; those of amounts and money could come from what was taken out.
NAMING_PROBLEMS = frozenset({
    "unknown-stream", "unknown-product", "unknown-measure", "duplicate-id", "circular-streams",
    "circular-measures", "measure-names-itself", "after-a-later-status",
    "requires-what-it-excludes", "measure-in-two-groups", "factor-set-not-a-pin",
    "unknown-factor-set", "factor-set-twice", "factor-set-not-pinned", "unknown-factor",
})  # fmt: skip
MOST_ROUNDS = 6
_STAND_INS: dict[str, Any] = {
    "enterprise": {"id": "unread", "name": "unread"},
    "data-status": "draft",
    "cpcalc": "1",
}


def further_problems(
    document: Document, reading: Reading, diagnostics: Iterable[Diagnostic]
) -> list[Diagnostic]:
    """Wrong names in the readable rest of a file; empty where too little is left."""
    wrong = {diagnostic.path for diagnostic in diagnostics}
    for _ in range(MOST_ROUNDS):
        rest = without(document.tree, wrong)
        try:
            assessment = Assessment.model_validate(rest, context=reading)
        except ValidationError as error:
            more = {diagnostic.path for diagnostic in diagnostics_of(error, rest, Assessment)}
            if more <= wrong:
                return []
            wrong |= more
        else:
            return _wrong_names(document, reading, assessment)
    return []


def _wrong_names(document: Document, reading: Reading, assessment: Assessment) -> list[Diagnostic]:
    problems: list[Diagnostic] = []
    library = library_of(assessment, folder_of(document.name), problems)
    assessment = with_properties(assessment, library, problems)
    _, linked = resolve(assessment, reading, library)
    return [problem for problem in (*problems, *linked) if problem.name in NAMING_PROBLEMS]


def without(tree: dict[str, Any], paths: Iterable[Path]) -> dict[str, Any]:
    """A copy of the tree without these paths; streams, measures and the like keep their names."""
    copy = _copied(tree)
    for path in sorted(paths, key=len):
        _take_out(copy, path)
    return {**_copied(_STAND_INS), **copy}


def _copied(node: Any) -> Any:
    """Containers anew; the texts stay, for they know their places."""
    if isinstance(node, dict):
        return {key: _copied(value) for key, value in node.items()}
    return [_copied(item) for item in node] if isinstance(node, list) else node


def _take_out(tree: dict[str, Any], path: Path) -> None:
    """Remove one path; an item takes its whole list with it, so that no other changes its place."""
    parent: Any = None
    node: Any = tree
    for step in path:
        if not has_part(node, step):
            return  # gone with something larger already
        parent, node = node, node[step]
    stand_in = _stand_in(path, node)
    if stand_in is not None:
        parent[path[-1]] = stand_in
    elif isinstance(parent, dict):
        del parent[path[-1]]
    elif len(path) > 1:
        _take_out(tree, path[:-1])


def _stand_in(path: Path, node: Any) -> Any:
    """Something neutral that keeps the name other parts use."""
    section, *rest = path or ("",)
    if section in _STAND_INS and not rest:
        return _copied(_STAND_INS[str(section)])
    if section == "streams" and len(rest) == 1:
        return {"kind": "material"}
    if (
        section in ("measures", "groups", "products")
        and len(rest) == 1
        and isinstance(rest[0], int)
    ):
        identity = node.get("id") if isinstance(node, dict) else None
        neutral = {"id": identity if isinstance(identity, str) else f"unread-{rest[0]}"}
        return neutral if section == "products" else {**neutral, "title": "unread"}
    return None
