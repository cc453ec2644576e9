"""Problems placed: each diagnostic with its line and column, and warnings that the file itself accepts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from cpcalc.checks import was_looked_for
from cpcalc.diagnostics import Diagnostic, Path, Span, catalogue, dotted
from cpcalc.quantities import INTERNATIONAL, VIETNAMESE
from cpcalc.schema.assessment import Waiver
from cpcalc.source.reader import Document

# A person mends a file after reading the first dozen; more than this are counted, not listed.
MOST_PROBLEMS = 200


def ids_of(tree: object, diagnostics: Iterable[Diagnostic]) -> dict[Path, str]:
    """The id of each list item that has one on the way to a diagnostic, for document paths as people write them."""
    found: dict[Path, str] = {}
    for diagnostic in diagnostics:
        node = tree
        for length, step in enumerate(diagnostic.path, start=1):
            if isinstance(node, dict):
                node = node.get(step)
            elif isinstance(node, list) and isinstance(step, int) and step < len(node):
                node = node[step]
                identity = node.get("id") if isinstance(node, dict) else None
                if isinstance(identity, str):
                    found[diagnostic.path[:length]] = identity
            else:
                break
    return found


def waive(
    found: list[Diagnostic], waivers: Sequence[Waiver], ids: Mapping[Path, str], tier: str | None
) -> tuple[list[Diagnostic], tuple[tuple[str, str], ...]]:
    """Warnings that a waiver accepts become notices with its reason; a waiver without its warning is a warning.

    ``tier`` says how deep the checks went (None: errors came before them); a waiver of a check that did not run is
    not unused.
    """
    if not waivers:
        return found, ()
    used = [False] * len(waivers)
    waived: list[Diagnostic] = []
    for diagnostic in found:
        place = dotted(diagnostic.path, ids)
        for position, waiver in enumerate(waivers):
            here = waiver.at is None or place == waiver.at or place.startswith(f"{waiver.at}.")
            if diagnostic.severity == "warning" and waiver.check == diagnostic.name and here:
                used[position] = True
                diagnostic = diagnostic._replace(waived_because=waiver.because)  # noqa: PLW2901
        waived.append(diagnostic)
    for position, waiver in enumerate(waivers):
        entry = catalogue().get(waiver.check)
        if entry is None or entry.severity != "warning":
            waived.append(_no_warning(waiver, position))
        elif not used[position] and was_looked_for(waiver.check, tier):
            values = {"check": waiver.check, "at": waiver.at or ""}
            waived.append(Diagnostic("unused-waiver", ("waivers", position), values))
    return waived, tuple(
        (f"{waiver.check} {waiver.at or ''}".strip(), waiver.because) for waiver in waivers
    )


def _no_warning(waiver: Waiver, position: int) -> Diagnostic:
    import difflib

    warnings = [entry.name for entry in catalogue().values() if entry.severity == "warning"]
    close = difflib.get_close_matches(waiver.check, warnings, n=1, cutoff=0.6)
    values = {"check": waiver.check, "suggestion": close[0] if close else ""}
    return Diagnostic("waiver-of-no-warning", ("waivers", position, "check"), values)


def placed(found: list[Diagnostic], document: Document) -> tuple[Diagnostic, ...]:
    """The diagnostics with file and place, in the order of the file, each once."""
    complete = []
    for diagnostic in map(_said_once, _bounded(found)):
        span = diagnostic.span
        if span is None:
            span = document.place(diagnostic.path, on_key=diagnostic.on_key)
            if span is not None and diagnostic.name in _ABOUT_A_UNIT:
                span = _narrowed(span, diagnostic.values["unit"], document.lines)
        related = tuple(
            (note, place)
            for note, path in diagnostic.related
            if (place := document.place(path, on_key=True)) is not None
        )
        complete.append(
            diagnostic._replace(
                span=span,
                file=diagnostic.file or document.name,
                related_spans=related,
                values=_in_the_style(document, diagnostic.name, diagnostic.values),
            )
        )
    unique = {(item.name, item.span, tuple(item.values.items())): item for item in complete}
    return tuple(sorted(unique.values(), key=lambda item: (item.span or (0, 0, 0, 0), item.code)))


def _said_once(diagnostic: Diagnostic) -> Diagnostic:
    """What is so for each gas of a factor is said of the factor."""
    if diagnostic.name != "heat-basis-unstated":
        return diagnostic
    factor = diagnostic.values["factor"].partition("#")[0]
    return diagnostic._replace(values={**diagnostic.values, "factor": factor})


# A comma that can only be a decimal sign, and commas that can only group thousands.
_DECIMAL_COMMA = re.compile(r"([^\d,]?\d+),(\d{1,2}|\d{4,})(?![\d,])")
_GROUPING_COMMAS = re.compile(r"[^\d,]?\d{1,3}(,\d{3}){2,}(?![\d,])")


def _in_the_style(document: Document, name: str, values: Mapping[str, str]) -> dict[str, str]:
    """The values of a diagnostic; a number it proposes is written as the file declares that it writes numbers."""
    if name != "comma-ends-value" or not isinstance(document.tree, dict):
        return dict(values)
    style, whole = document.tree.get("numbers"), values["whole"]
    if style == INTERNATIONAL:
        whole = (
            _DECIMAL_COMMA.sub(r"\1.\2", whole, count=1) if _DECIMAL_COMMA.match(whole) else whole
        )
    elif style == VIETNAMESE and (grouped := _GROUPING_COMMAS.match(whole)):
        whole = grouped.group().replace(",", ".") + whole[grouped.end() :]
    return {**values, "whole": whole}


def _bounded(found: list[Diagnostic]) -> list[Diagnostic]:
    """The first problems, errors before the others, and the count of the rest."""
    if len(found) <= MOST_PROBLEMS:
        return found
    first = sorted(found, key=lambda item: item.severity != "error")[:MOST_PROBLEMS]
    return [*first, Diagnostic("further-problems", (), {"count": str(len(found) - MOST_PROBLEMS)})]


# Problems with one name inside a quantity: the caret points at that name.
_ABOUT_A_UNIT = frozenset({"misspelt-unit", "unknown-unit", "refused-unit"})


def _narrowed(span: Span, part: str, lines: Sequence[str]) -> Span:
    """The place of a part inside a place, where it stands there exactly once."""
    if span.line != span.end_line:
        return span
    line = lines[span.line - 1][span.column - 1 : span.end_column - 1]
    if line.count(part) != 1:
        return span
    start = span.column + line.index(part)
    return Span(span.line, start, span.line, start + len(part))
