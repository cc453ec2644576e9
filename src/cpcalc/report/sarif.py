"""Diagnostics as SARIF 2.1.0, for code scanning and editors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from cpcalc.diagnostics import CatalogueEntry, Diagnostic, Path, Span, catalogue, dotted
from cpcalc.report.catalogue import open_sentences
from cpcalc.report.layout import harmless
from cpcalc.report.problems import message_of, printable
from cpcalc.report.words import problem_word

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
VERSION = "2.1.0"
LEVELS: Mapping[str, str] = {"error": "error", "warning": "warning", "notice": "note"}


def sarif_log(
    problems: Sequence[tuple[Diagnostic, Mapping[Path, str]]], version: str, language: str
) -> dict[str, Any]:
    """The log of one run; each diagnostic comes with the ids of its file's list items."""
    driver = {
        "name": "cpcalc",
        "version": version,
        "semanticVersion": version,
        "rules": [_rule(entry, language) for entry in catalogue().values()],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(diagnostic, ids, language) for diagnostic, ids in problems],
    }
    return {"$schema": SCHEMA, "version": VERSION, "runs": [run]}


def _rule(entry: CatalogueEntry, language: str) -> dict[str, Any]:
    message, remedy = open_sentences(entry, language)
    return {
        "id": entry.number,
        "name": "".join(part.capitalize() for part in entry.name.split("-")),
        "shortDescription": {"text": entry.name.replace("-", " ")},
        "fullDescription": {"text": message},
        "help": {"text": f"{remedy} (cpcalc explain {entry.number})"},
        "defaultConfiguration": {"level": LEVELS[entry.severity]},
    }


def _result(diagnostic: Diagnostic, ids: Mapping[Path, str], language: str) -> dict[str, Any]:
    message, remedy = message_of(diagnostic, language)
    place = dotted(diagnostic.path, ids)
    result: dict[str, Any] = {
        "ruleId": diagnostic.code,
        "ruleIndex": list(catalogue()).index(diagnostic.name),
        "level": LEVELS[diagnostic.severity],
        "message": {"text": f"{message}; {problem_word('help', language)}: {remedy}"},
        "locations": [_location(diagnostic.file, diagnostic.span, place)],
        "partialFingerprints": {"cpcalcPlace/v1": f"{diagnostic.name}:{harmless(place)}"},
    }
    if diagnostic.related_spans:
        result["relatedLocations"] = [
            {
                **_location(diagnostic.file, span, ""),
                "id": number,
                "message": {"text": problem_word(note, language)},
            }
            for number, (note, span) in enumerate(diagnostic.related_spans, start=1)
        ]
    if diagnostic.waived_because is not None:
        because = harmless(diagnostic.waived_because)
        result["suppressions"] = [{"kind": "inSource", "justification": because}]
    return result


def _location(file: str, span: Span | None, place: str) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": uri_of(file)}}
    if span is not None:
        region = {"startLine": span.line, "startColumn": span.column}
        if (span.end_line, span.end_column) > (span.line, span.column):
            region |= {"endLine": span.end_line, "endColumn": span.end_column}
        physical["region"] = region
    location: dict[str, Any] = {"physicalLocation": physical}
    if place:
        location["logicalLocations"] = [{"fullyQualifiedName": harmless(place), "kind": "value"}]
    return location


def uri_of(file: str) -> str:
    """A file name as a URI reference: relative names stay relative."""
    name = printable(file).replace("\\", "/")
    if name[1:3] == ":/":  # a drive letter
        return f"file:///{name[:2]}{quote(name[2:])}"
    if name.startswith("/"):
        return f"file://{quote(name)}"
    return quote(name.removeprefix("./")) or "."
