"""From the bytes of an assessment file to its validated model, with every problem placed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from pydantic import ValidationError

from cpcalc.app import files
from cpcalc.app.files import START
from cpcalc.app.sets import factor_set, known_sets, versions_of
from cpcalc.diagnostics import Diagnostic, Path
from cpcalc.library import PIN, Library, PinnedSet
from cpcalc.quantities import INTERNATIONAL, VIETNAMESE
from cpcalc.schema.assessment import Assessment
from cpcalc.schema.leaves import Reading
from cpcalc.schema.problems import diagnostics_of
from cpcalc.source.reader import Document, read
from cpcalc.units import COUNT_NAME, Vocabulary, is_taken

MOST_COUNTS = 9


class Loaded(NamedTuple):
    """A file as far as it could be read: the document always, the model when its shape is right."""

    document: Document
    assessment: Assessment | None
    reading: Reading
    diagnostics: list[Diagnostic]


def kind_of(document: Document) -> str | None:
    """What a document is, by its first key; None for what cpcalc does not know or cannot read."""
    return files.kind_of(document.text) if document.tree is not None else None


def load(data: bytes, name: str) -> Loaded:
    """Read and validate one assessment."""
    return load_document(read(data, name))


def load_document(document: Document) -> Loaded:
    """Validate a document as an assessment; problems of reading and of shape together."""
    diagnostics = list(document.diagnostics)
    tree = document.tree
    if tree is None:
        return Loaded(document, None, Reading(), diagnostics)
    if "cpcalc" not in tree:
        values = {"first": str(next(iter(tree), ""))[:40], "kind": kind_of(document) or ""}
        span = document.place(()) or START
        diagnostics.append(Diagnostic("not-a-cpcalc-file", (), values, span=span))
        return Loaded(document, None, Reading(), diagnostics)
    reading = reading_of(tree, diagnostics)
    try:
        assessment = Assessment.model_validate(tree, context=reading)
    except ValidationError as error:
        spoiled = {item.path for item in diagnostics if item.severity == "error" and item.path}
        diagnostics += [
            problem
            for problem in diagnostics_of(error, tree, Assessment)
            if not any(problem.path[: len(path)] == path for path in spoiled)
        ]
        return Loaded(document, None, reading, diagnostics)
    return Loaded(document, assessment, reading, diagnostics)


def reading_of(tree: Mapping[str, Any], diagnostics: list[Diagnostic]) -> Reading:
    """How the file writes numbers and which units it declares, with what is wrong with these."""

    def refuse(name: str, path: Path, **values: str) -> None:
        diagnostics.append(Diagnostic(name, path, values, on_key=True))

    style, units = tree.get("numbers"), tree.get("units")
    counts: list[str] = []
    ton = None
    for name, meaning in units.items() if isinstance(units, dict) else ():
        if meaning == "count" and is_taken(name):
            refuse("count-name-taken", ("units", name), unit=name)
        elif meaning == "count" and not COUNT_NAME.fullmatch(name):
            refuse("count-name-not-a-word", ("units", name), unit=name)
        elif meaning == "count":
            counts.append(name)
        elif meaning == "metric" and name in ("ton", "tons"):
            ton = "t"
        elif meaning == "metric":
            refuse("unit-declaration", ("units", name), unit=name)
    if len(counts) > MOST_COUNTS:
        refuse("too-many-counts", ("units",), most=str(MOST_COUNTS))
    return Reading(
        str(style) if style in (INTERNATIONAL, VIETNAMESE) else None,
        Vocabulary(tuple(counts[:MOST_COUNTS]), ton),
    )


def library_of(assessment: Assessment, beside: str, diagnostics: list[Diagnostic]) -> Library:
    """The library of the sets that a file pins; for a pin that leads nowhere, what there is."""
    sets: dict[str, PinnedSet] = {}
    pins = (assessment.basis.factor_sets or []) if assessment.basis is not None else []
    for position, pin in enumerate(pins):
        path: Path = ("basis", "factor-sets", position)
        match = PIN.fullmatch(pin)
        if match is None:
            versions = versions_of(pin, beside)
            remedy = f"{pin}@{versions[-1]}" if versions else "ipcc-2006@1"
            values = {"pin": pin[:60], "remedy": remedy}
            diagnostics.append(Diagnostic("factor-set-not-a-pin", path, values))
            continue
        factors, problems = factor_set(pin, beside)
        diagnostics += problems
        if factors is not None:
            if factors.id in sets:
                diagnostics.append(Diagnostic("factor-set-twice", path, {"set": factors.id}))
            sets[factors.id] = factors
        elif not problems:
            known = [f"{match[1]}@{version}" for version in versions_of(match[1], beside)]
            listed = ", ".join(known or known_sets(beside)) or "-"
            diagnostics.append(
                Diagnostic("unknown-factor-set", path, {"pin": pin, "known": listed})
            )
    return Library(sets)
