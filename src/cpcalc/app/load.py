"""From the bytes of an assessment file to its validated model, with every problem placed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from pydantic_core import ValidationError

from cpcalc.app import files
from cpcalc.app.files import START
from cpcalc.app.sets import factor_set, known_sets, versions_of
from cpcalc.diagnostics import Diagnostic, Path
from cpcalc.library import PIN, FactorSet, Library
from cpcalc.schema.assessment import Assessment
from cpcalc.schema.leaves import Reading
from cpcalc.schema.problems import diagnostics_of
from cpcalc.source.reader import Document, Text, read
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
    found = list(document.diagnostics)
    tree = document.tree
    if tree is None:
        return Loaded(document, None, Reading(), found)
    if "cpcalc" not in tree:
        kind = kind_of(document) or ""
        found.append(
            Diagnostic(
                "not-a-cpcalc-file",
                (),
                {"first": str(next(iter(tree), ""))[:40], "kind": kind},
                span=document.place(()) or START,
            )
        )
        return Loaded(document, None, Reading(), found)
    reading = reading_of(tree, found)
    try:
        assessment = Assessment.read(tree, reading)
    except ValidationError as error:
        spoiled = {diagnostic.path for diagnostic in found if diagnostic.severity == "error"}
        found.extend(
            d for d in diagnostics_of(error, tree, Assessment) if not _is_below(d.path, spoiled)
        )
        return Loaded(document, None, reading, found)
    return Loaded(document, assessment, reading, found)


def _is_below(path: Path, spoiled: set[Path]) -> bool:
    return any(path[: len(other)] == other for other in spoiled if other)


def reading_of(tree: Mapping[str, Any], found: list[Diagnostic]) -> Reading:
    """How the file writes numbers and which units it declares; what is wrong with these shows in validation."""
    style = tree.get("numbers")
    units = tree.get("units")
    counts: list[str] = []
    ton = None
    for name, meaning in units.items() if isinstance(units, dict) else ():
        if meaning == "count":
            if is_taken(name):
                found.append(
                    Diagnostic("count-name-taken", ("units", name), {"unit": name}, on_key=True)
                )
            elif not COUNT_NAME.fullmatch(name):
                found.append(
                    Diagnostic(
                        "count-name-not-a-word", ("units", name), {"unit": name}, on_key=True
                    )
                )
            else:
                counts.append(name)
        elif meaning == "metric" and name in ("ton", "tons"):
            ton = "t"
        elif meaning == "metric":
            found.append(
                Diagnostic("unit-declaration", ("units", name), {"unit": name}, on_key=True)
            )
    if len(counts) > MOST_COUNTS:
        found.append(
            Diagnostic("too-many-counts", ("units",), {"most": str(MOST_COUNTS)}, on_key=True)
        )
    return Reading(
        str(style) if isinstance(style, Text) else None,
        Vocabulary(tuple(counts[:MOST_COUNTS]), ton),
    )


def library_of(assessment: Assessment, beside: str, found: list[Diagnostic]) -> Library:
    """The library of the sets that a file pins; a pin that leads nowhere is a diagnostic with what there is."""
    sets: dict[str, FactorSet] = {}
    pins = (assessment.basis.factor_sets or []) if assessment.basis is not None else []
    for position, pin in enumerate(pins):
        path: Path = ("basis", "factor-sets", position)
        match = PIN.fullmatch(pin)
        if match is None:
            versions = versions_of(pin, beside)
            remedy = f"{pin}@{versions[-1]}" if versions else "ipcc-2006@1"
            found.append(
                Diagnostic("factor-set-not-a-pin", path, {"pin": pin[:60], "remedy": remedy})
            )
            continue
        factors, problems = factor_set(pin, beside)
        found.extend(problems)
        if factors is None and not problems:
            versions = versions_of(match[1], beside)
            known = (
                ", ".join(f"{match[1]}@{version}" for version in versions)
                if versions
                else ", ".join(known_sets(beside))
            )
            found.append(
                Diagnostic("unknown-factor-set", path, {"pin": pin, "known": known or "-"})
            )
        elif factors is not None:
            if factors.id in sets:
                found.append(Diagnostic("factor-set-twice", path, {"set": factors.id}))
            sets[factors.id] = factors
    return Library(sets)
