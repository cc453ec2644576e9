"""Diagnostics as text: full with excerpt and caret, concise, GitHub annotations, or JSON data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from typing import Any

from rich.cells import cell_len

from cpcalc.diagnostics import Diagnostic, Span, dotted
from cpcalc.report.layout import harmless
from cpcalc.report.sectors import sector_name

LANGUAGES = ("en", "vi")


class _Tables(dict[str, Any]):
    """The sentences of each language, loaded when first asked for."""

    def __missing__(self, language: str) -> Any:
        if language not in LANGUAGES:
            raise KeyError(language)
        table = self[language] = import_module(f"cpcalc.report.messages_{language}")
        return table


TABLES = _Tables()
FORMS = ("full", "concise", "github", "sarif", "junit", "json")
# An excerpt longer than this is cut around the caret.
WIDEST_EXCERPT_CELLS = 100
# Characters of a line of a hostile length that are looked at on each side of the caret.
LONGEST_LOOKED_AT = 400


# Values that are words of ours, said in the language; every other value is the user's own text.
_WORDED = frozenset({"expected", "reason", "remedy"})
# Lists of what there is; where there is nothing they hold a dash, which is said in words.
_LISTS = frozenset({"known", "has", "pinned", "locked"})


class _Values(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "?"


def printable(file: str) -> str:
    """A file name as text: bytes that are no UTF-8 are shown as escapes."""
    return file.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def message_of(diagnostic: Diagnostic, language: str) -> tuple[str, str]:
    """Headline and help of a diagnostic, in a language."""
    table = TABLES[language]
    headline, remedy = table.MESSAGES[diagnostic.name]
    values = _Values(
        {
            key: harmless(_worded(value, table) if key in _WORDED else value)
            for key, value in diagnostic.values.items()
        }
    )
    if "sector" in values:
        values["sector"] = harmless(sector_name(diagnostic.values["sector"], language))
    values.update({key: table.WORDS["none"] for key in _LISTS if diagnostic.values.get(key) == "-"})
    values["example"] = _example(diagnostic.values, table.EXAMPLES)
    if not values.get("keys", "-"):  # surely what was meant: the question alone
        remedy = remedy.split("? ", 1)[0] + "?"
    elif not values.get("suggestion", "-"):  # nothing close: no question, only what there is
        remedy = remedy.split("? ", 1)[-1]
    return headline.format_map(values), remedy.format_map(values)


def _worded(value: str, table: Any) -> str:
    return str(table.KINDS.get(value) or table.PHRASES.get(value, value))


def _example(values: Mapping[str, str], examples: Mapping[str, str]) -> str:
    """What could stand there: an example of the kind, or the unit that is wanted."""
    wanted = values.get("kind") or values.get("expected") or values.get("field") or "any"
    return examples.get(wanted, f"... {harmless(wanted)}")


def describe(diagnostic: Diagnostic, ids: Mapping[Any, str]) -> dict[str, Any]:
    """A diagnostic as JSON data, in English whatever the language."""
    message, remedy = message_of(diagnostic, "en")
    span = diagnostic.span
    data: dict[str, Any] = {
        "code": diagnostic.code,
        "name": diagnostic.name,
        "severity": diagnostic.severity,
        "message": message,
        "help": remedy,
        "file": printable(diagnostic.file).replace("\\", "/"),
        **_where(span),
        "path": dotted(diagnostic.path, ids),
    }
    if diagnostic.related_spans:
        words = TABLES["en"].WORDS
        data["related"] = [
            {"note": words.get(note, note), **_where(related)}
            for note, related in diagnostic.related_spans
        ]
    if diagnostic.waived_because is not None:
        data["waived_because"] = diagnostic.waived_because
    return data


def _where(span: Span | None) -> dict[str, int | None]:
    """A place in lines and columns from 1; the end column is the one after the last character."""
    if span is None:
        return dict.fromkeys(Span._fields)
    return span._asdict()


def concise(diagnostic: Diagnostic, language: str) -> str:
    """``file:line:column: severity[name] headline``."""
    headline, _ = message_of(diagnostic, language)
    severity = TABLES[language].WORDS[diagnostic.severity]
    return f"{place_of(diagnostic)}: {severity}[{diagnostic.name}] {headline}"


def place_of(diagnostic: Diagnostic) -> str:
    """``file:line:column``."""
    name = harmless(printable(diagnostic.file).replace("\\", "/"))
    return f"{name}:{diagnostic.span.line}:{diagnostic.span.column}" if diagnostic.span else name


def full(diagnostic: Diagnostic, lines: Sequence[str], language: str) -> Iterator[str]:
    """Headline, place, excerpt with a caret, related places and help."""
    headline, remedy = message_of(diagnostic, language)
    words = TABLES[language].WORDS
    yield f"{words[diagnostic.severity]}[{diagnostic.name}]: {headline}"
    yield f"  --> {place_of(diagnostic)}"
    if diagnostic.span is not None and diagnostic.span.line <= len(lines) and any(lines):
        margin = len(
            str(max([diagnostic.span.line, *[span.line for _, span in diagnostic.related_spans]]))
        )
        yield f"{' ' * margin} |"
        yield from _excerpt(lines, diagnostic.span, margin, "")
        for note, span in diagnostic.related_spans:
            if span.line <= len(lines):
                yield from _excerpt(lines, span, margin, words.get(note, note), mark="-")
    if diagnostic.waived_because is not None:
        yield f"   = {words['waived'].format(because=harmless(diagnostic.waived_because))}"
    yield f"   = {words['help']}: {remedy}  ({diagnostic.code})"


def _excerpt(
    lines: Sequence[str], span: Span, margin: int, note: str, mark: str = "^"
) -> Iterator[str]:
    line = lines[span.line - 1].rstrip("\r")
    end = span.end_column if span.end_line == span.line else len(line) + 1
    before, inside, after = (
        line[: span.column - 1],
        line[span.column - 1 : end - 1],
        line[end - 1 :],
    )
    before, inside, after = (
        before[-LONGEST_LOOKED_AT:],
        inside[:LONGEST_LOOKED_AT],
        after[:LONGEST_LOOKED_AT],
    )
    shown = [harmless(part.replace("\t", " ")) for part in (before, inside, after)]
    if cell_len("".join(shown)) > WIDEST_EXCERPT_CELLS:
        shown[0] = _tail(shown[0], WIDEST_EXCERPT_CELLS // 3)
        shown[1] = (
            shown[1]
            if len(shown[1]) <= WIDEST_EXCERPT_CELLS // 3
            else shown[1][: WIDEST_EXCERPT_CELLS // 3] + "..."
        )
        shown[2] = (
            shown[2]
            if len(shown[2]) <= WIDEST_EXCERPT_CELLS // 3
            else shown[2][: WIDEST_EXCERPT_CELLS // 3] + "..."
        )
    yield f"{span.line:>{margin}} | {''.join(shown)}".rstrip()
    caret = " " * cell_len(shown[0]) + mark * max(cell_len(shown[1]), 1)
    yield f"{' ' * margin} | {caret} {note}".rstrip()


def _tail(text: str, width: int) -> str:
    return text if len(text) <= width else "..." + text[-width:]


def github(diagnostic: Diagnostic, language: str) -> str:
    """An annotation for a pull request."""
    headline, remedy = message_of(diagnostic, language)
    parts = [
        f"title={_github_property(f'{diagnostic.code} {diagnostic.name}')}",
        f"file={_github_property(harmless(printable(diagnostic.file)))}",
    ]
    span = diagnostic.span
    if span is not None:
        parts.append(f"line={span.line}")
        if span.line == span.end_line:
            parts += [
                f"col={span.column}",
                f"endLine={span.end_line}",
                f"endColumn={span.end_column}",
            ]
    return f"::{diagnostic.severity} {','.join(parts)}::{_github_data(f'{headline}; {remedy}')}"


def _github_data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _github_property(text: str) -> str:
    return _github_data(text).replace(":", "%3A").replace(",", "%2C")


def rendered(
    diagnostics: Iterable[Diagnostic], texts: Mapping[str, str], form: str, language: str
) -> Iterator[str]:
    """The lines of all diagnostics in a form for reading."""
    first = True
    lines: dict[str, list[str]] = {}
    for diagnostic in diagnostics:
        if form == "github":
            yield github(diagnostic, language)
        elif form == "concise":
            yield concise(diagnostic, language)
        else:
            if not first:
                yield ""
            if diagnostic.file not in lines:
                lines[diagnostic.file] = texts.get(diagnostic.file, "").split("\n")
            yield from full(diagnostic, lines[diagnostic.file], language)
        first = False
