"""Diagnostics as SARIF 2.1.0, for code scanning and editors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from cpcalc.codes import CATALOGUE, CODES, Code
from cpcalc.diagnostics import Diagnostic, Path, Span, dotted
from cpcalc.report.catalogue import sentences
from cpcalc.report.layout import harmless
from cpcalc.report.problems import TABLES, message_of, printable

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
VERSION = "2.1.0"
LEVELS: Mapping[str, str] = {"error": "error", "warning": "warning", "notice": "note"}


def sarif_log(
    found: Sequence[tuple[Diagnostic, Mapping[Path, str]]], version: str, language: str
) -> dict[str, Any]:
    """The log of one run; each diagnostic comes with the ids of its file's list items."""
    rules = {code.name: position for position, code in enumerate(CODES)}
    run = {
        "tool": {
            "driver": {
                "name": "cpcalc",
                "version": version,
                "semanticVersion": version,
                "rules": [_rule(code, language) for code in CODES],
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": [_result(diagnostic, ids, rules, language) for diagnostic, ids in found],
    }
    return {"$schema": SCHEMA, "version": VERSION, "runs": [run]}


def _rule(code: Code, language: str) -> dict[str, Any]:
    headline, remedy = sentences(code, language)
    return {
        "id": code.number,
        "name": "".join(part.capitalize() for part in code.name.split("-")),
        "shortDescription": {"text": code.name.replace("-", " ")},
        "fullDescription": {"text": headline},
        "help": {"text": f"{remedy} (cpcalc explain {code.number})"},
        "defaultConfiguration": {"level": LEVELS[code.severity]},
    }


def _result(
    diagnostic: Diagnostic, ids: Mapping[Path, str], rules: Mapping[str, int], language: str
) -> dict[str, Any]:
    headline, remedy = message_of(diagnostic, language)
    place = dotted(diagnostic.path, ids)
    words = TABLES[language].WORDS
    result: dict[str, Any] = {
        "ruleId": CATALOGUE[diagnostic.name].number,
        "ruleIndex": rules[diagnostic.name],
        "level": LEVELS[diagnostic.severity],
        "message": {"text": f"{headline}; {words['help']}: {remedy}"},
        "locations": [_location(diagnostic.file, diagnostic.span, place)],
        "partialFingerprints": {"cpcalcPlace/v1": f"{diagnostic.name}:{harmless(place)}"},
    }
    if diagnostic.related_spans:
        result["relatedLocations"] = [
            {
                **_location(diagnostic.file, span, ""),
                "id": number,
                "message": {"text": words.get(note, note)},
            }
            for number, (note, span) in enumerate(diagnostic.related_spans, start=1)
        ]
    if diagnostic.waived_because is not None:
        result["suppressions"] = [
            {"kind": "inSource", "justification": harmless(diagnostic.waived_because)}
        ]
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
    return (
        f"file://{quote(name)}" if name.startswith("/") else quote(name.removeprefix("./")) or "."
    )
