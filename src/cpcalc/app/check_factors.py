"""The check of a factor set: its name, its shape, its citations, and what its rows say of units, ranges and mixing.

Every problem is found at once: where one entry has the wrong shape, the others are still looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import Any

from pydantic import ValidationError

from cpcalc.checks.factor_sets import Sections, check_entries
from cpcalc.diagnostics import Diagnostic, Path, Span
from cpcalc.schema.base import Model
from cpcalc.schema.factor_set import READING, SECTION_MODELS, SECTIONS, FactorSet
from cpcalc.schema.problems import diagnostics_of
from cpcalc.source.reader import Document

START = Span(1, 1, 1, 1)
# The first key of a set stands for the whole of it.
WHOLE: Path = ("factor-set",)


def check_factor_set(document: Document) -> list[Diagnostic]:
    """Everything that is wrong with one factor set, not yet placed."""
    found = list(document.diagnostics)
    tree = document.tree
    if not isinstance(tree, dict):
        return found
    found.extend(_misnamed(document.name, tree))
    try:
        FactorSet.model_validate(tree, context=READING)
    except ValidationError as error:
        found.extend(diagnostics_of(error, tree, FactorSet))
    head = _head(tree)
    sections = _sections(tree)
    if not any(section in tree for section in SECTIONS):
        found.append(
            Diagnostic("factor-set-empty", WHOLE, {"sections": ", ".join(SECTIONS)}, on_key=True)
        )
    found.extend(_duplicates(sections))
    if head is not None:
        found.extend(check_entries(head, sections))
    return found


def errors_of(document: Document) -> list[Diagnostic]:
    """The errors of a set of somebody's own, placed in its file: with one of them nothing is taken from it."""
    return [
        diagnostic._replace(
            file=document.name,
            span=diagnostic.span
            or document.place(diagnostic.path, on_key=diagnostic.on_key)
            or START,
        )
        for diagnostic in check_factor_set(document)
        if diagnostic.severity == "error"
    ]


def ids_of(tree: Any) -> Mapping[Path, str]:
    """The id of each entry, for document paths as people write them."""
    if not isinstance(tree, dict):
        return {}
    return {
        (section, position): str(entry["id"])
        for section in SECTIONS
        for position, entry in enumerate(tree.get(section) or ())
        if isinstance(entry, dict) and "id" in entry
    }


def _misnamed(name: str, tree: Mapping[str, Any]) -> Iterator[Diagnostic]:
    """A file ``<id>/<version>.yaml`` must say what its path says: it is found by its path and pinned by its words."""
    path = PurePath(name.replace("\\", "/"))
    identity, version = tree.get("factor-set"), tree.get("version")
    if not path.stem.isdigit() or path.parent.name == "":
        return
    if identity != path.parent.name and isinstance(identity, str):
        yield Diagnostic(
            "set-not-in-its-folder", WHOLE, {"id": identity[:80], "folder": path.parent.name}
        )
    if version != path.stem and isinstance(version, str):
        yield Diagnostic(
            "version-not-its-file", ("version",), {"version": version[:20], "file": path.stem}
        )


def _head(tree: Mapping[str, Any]) -> FactorSet | None:
    """What the set says of itself, when that has the right shape."""
    try:
        return FactorSet.model_validate(
            {key: value for key, value in tree.items() if key not in SECTIONS}, context=READING
        )
    except ValidationError:
        return None


def _sections(tree: Mapping[str, Any]) -> Sections:
    """The entries that have the right shape, by section, each with its place in the list."""
    found: Sections = {}
    for section in SECTIONS:
        entries = tree.get(section)
        if isinstance(entries, list):
            found[section] = [
                (position, model)
                for position, entry in enumerate(entries)
                if (model := _valid(SECTION_MODELS[section], entry)) is not None
            ]
    return found


def _valid(model: type[Model], entry: Any) -> Any:
    try:
        return model.model_validate(entry, context=READING)
    except ValidationError:
        return None


def _duplicates(sections: Sections) -> Iterator[Diagnostic]:
    """An id given twice in one section: ``set/id`` must name one thing."""
    for section, entries in sections.items():
        first: dict[str, int] = {}
        for position, entry in entries:
            identity = getattr(entry, "id", None)
            if identity is None:
                continue
            if identity in first:
                related = (("first-given-here", (section, first[identity], "id")),)
                yield Diagnostic(
                    "duplicate-id", (section, position, "id"), {"id": identity}, related=related
                )
            first.setdefault(identity, position)
