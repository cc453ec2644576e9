"""Where problems stand, with line and column; which warnings the file itself accepts."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cpcalc.checks import was_looked_for
from cpcalc.diagnostics import Diagnostic, Path, Span, catalogue, dotted
from cpcalc.quantities import INTERNATIONAL, VIETNAMESE
from cpcalc.schema.assessment import Waiver
from cpcalc.schema.problems import has_part
from cpcalc.source.reader import Document

# Problems with one name inside a quantity: the caret points at that name.
_ABOUT_A_UNIT = frozenset({"misspelt-unit", "unknown-unit", "refused-unit"})
# A comma at the start that can only be a decimal sign, and commas that can only group thousands.
_DECIMAL_COMMA = re.compile(r"^([^\d,]?\d+),(\d{1,2}|\d{4,})(?![\d,])")
_GROUPING_COMMAS = re.compile(r"^[^\d,]?\d{1,3}(,\d{3}){2,}(?![\d,])")
# A person mends a file after reading the first dozen; more than this are counted, not listed.
MOST_PROBLEMS = 200


def ids_of(tree: Any, diagnostics: Iterable[Diagnostic]) -> dict[Path, str]:
    """The ids of list items on the way to a diagnostic, for paths as people write them."""
    ids: dict[Path, str] = {}
    for diagnostic in diagnostics:
        node = tree
        for length, step in enumerate(diagnostic.path, start=1):
            if not has_part(node, step):
                break  # what is missing has no place in the tree
            node = node[step]
            identity = node.get("id") if isinstance(step, int) and isinstance(node, dict) else None
            if isinstance(identity, str):
                ids[diagnostic.path[:length]] = identity
    return ids


def waive(
    diagnostics: list[Diagnostic],
    waivers: Sequence[Waiver],
    ids: Mapping[Path, str],
    tier: str | None,
) -> tuple[list[Diagnostic], tuple[tuple[str, str], ...]]:
    """Warnings that a waiver accepts become notices; a waiver without its warning is a warning.

    ``tier`` says how deep the checks went (None: errors came before them); a waiver of a check that
    did not run is not unused.
    """
    used: set[int] = set()
    waived: list[Diagnostic] = []
    for diagnostic in diagnostics:
        place = dotted(diagnostic.path, ids)
        accepted = diagnostic
        for position, waiver in enumerate(waivers):
            is_here = waiver.at is None or f"{place}.".startswith(f"{waiver.at}.")
            if accepted.severity == "warning" and waiver.check == accepted.name and is_here:
                used.add(position)
                accepted = accepted._replace(waived_because=waiver.because)
        waived.append(accepted)
    entries = catalogue().values() if waivers else ()
    warnings = [entry.name for entry in entries if entry.severity == "warning"]
    for position, waiver in enumerate(waivers):
        if waiver.check not in warnings:
            close = difflib.get_close_matches(waiver.check, warnings, n=1, cutoff=0.6)
            values = {"check": waiver.check, "suggestion": close[0] if close else ""}
            path: Path = ("waivers", position, "check")
            waived.append(Diagnostic("waiver-of-no-warning", path, values))
        elif position not in used and was_looked_for(waiver.check, tier):
            values = {"check": waiver.check, "at": waiver.at or ""}
            waived.append(Diagnostic("unused-waiver", ("waivers", position), values))
    reasons = ((f"{item.check} {item.at or ''}".strip(), item.because) for item in waivers)
    return waived, tuple(reasons)


def placed(diagnostics: list[Diagnostic], document: Document) -> tuple[Diagnostic, ...]:
    """The diagnostics with file and place, in the order of the file, each once."""
    unique: dict[object, Diagnostic] = {}
    for diagnostic in _first_of(diagnostics):
        values = _values(diagnostic, document)
        span = diagnostic.span or _span(diagnostic, document)
        related = tuple(
            (note, place)
            for note, path in diagnostic.related
            if (place := document.place(path, on_key=True)) is not None
        )
        unique[diagnostic.name, span, tuple(values.items())] = diagnostic._replace(
            span=span,
            file=diagnostic.file or document.name,
            related_spans=related,
            values=values,
        )
    return tuple(sorted(unique.values(), key=lambda item: (item.span or (0, 0, 0, 0), item.code)))


def _values(diagnostic: Diagnostic, document: Document) -> dict[str, str]:
    """What fills the message, of a whole factor and in the file's own way of writing numbers."""
    values = dict(diagnostic.values)
    if diagnostic.name == "heat-basis-unstated":  # so for each gas of the factor
        values["factor"] = values["factor"].partition("#")[0]
    elif diagnostic.name == "comma-ends-value" and isinstance(document.tree, dict):
        style = document.tree.get("numbers")
        if style == INTERNATIONAL:
            values["whole"] = _DECIMAL_COMMA.sub(r"\1.\2", values["whole"])
        elif style == VIETNAMESE:
            grouping = _GROUPING_COMMAS.match(values["whole"])
            commas = grouping.end() if grouping is not None else 0
            values["whole"] = values["whole"][:commas].replace(",", ".") + values["whole"][commas:]
    return values


def _first_of(found: list[Diagnostic]) -> list[Diagnostic]:
    """The first problems, errors before the others, and the count of the rest."""
    if len(found) <= MOST_PROBLEMS:
        return found
    first = sorted(found, key=lambda item: item.severity != "error")[:MOST_PROBLEMS]
    return [*first, Diagnostic("further-problems", (), {"count": str(len(found) - MOST_PROBLEMS)})]


def _span(diagnostic: Diagnostic, document: Document) -> Span | None:
    """The place of a diagnostic's path; of a misspelt unit, the name where it stands there once."""
    span = document.place(diagnostic.path, on_key=diagnostic.on_key)
    if span is None or diagnostic.name not in _ABOUT_A_UNIT or span.line != span.end_line:
        return span
    unit = diagnostic.values["unit"]
    written = document.lines[span.line - 1][span.column - 1 : span.end_column - 1]
    if written.count(unit) != 1:
        return span
    start = span.column + written.index(unit)
    return Span(span.line, start, span.line, start + len(unit))
