"""Diagnostics as text: full with excerpt and caret, concise, GitHub annotations, or JSON data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from rich.cells import cell_len

from cpcalc.diagnostics import Diagnostic, Path, Sentences, Span, catalogue, dotted
from cpcalc.report.layout import harmless
from cpcalc.report.words import problem_word, sector_name, words_of

# An excerpt longer than this is cut around the caret.
WIDEST_EXCERPT_CELLS = 100
LONGEST_PART_CHARACTERS = WIDEST_EXCERPT_CELLS // 3
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


def message_of(diagnostic: Diagnostic, language: str) -> Sentences:
    """Message and help of a diagnostic, in a language."""
    message, remedy = catalogue()[diagnostic.name].sentences[language]
    values = _Values(
        {key: _value(key, value, language) for key, value in diagnostic.values.items()}
    )
    values["example"] = _example(diagnostic.values, language)
    if not values.get("keys", "-"):  # surely what was meant: the question alone
        remedy = remedy.split("? ", 1)[0] + "?"
    elif not values.get("suggestion", "-"):  # nothing close: no question, only what there is
        remedy = remedy.split("? ", 1)[-1]
    return Sentences(message.format_map(values), remedy.format_map(values))


def _value(key: str, value: str, language: str) -> str:
    """One value of a message: a word of ours in the language, or the user's text."""
    if key in _WORDED:
        phrases = words_of("phrases", language)
        value = words_of("kinds", language).get(value) or phrases.get(value, value)
    elif key == "sector":
        value = sector_name(value, language)
    elif key in _LISTS and value == "-":
        value = problem_word("none", language)
    return harmless(value)


def _example(values: Mapping[str, str], language: str) -> str:
    """What could stand there: an example of the kind, or the unit that is wanted."""
    wanted = values.get("kind") or values.get("expected") or values.get("field") or "any"
    return words_of("amounts", language).get(wanted, f"... {harmless(wanted)}")


def describe(diagnostic: Diagnostic, ids: Mapping[Path, str]) -> dict[str, Any]:
    """A diagnostic as JSON data, in English whatever the language."""
    message, remedy = message_of(diagnostic, "en")
    data: dict[str, Any] = {
        "code": diagnostic.code,
        "name": diagnostic.name,
        "severity": diagnostic.severity,
        "message": message,
        "help": remedy,
        "file": printable(diagnostic.file).replace("\\", "/"),
        **_where(diagnostic.span),
        "path": dotted(diagnostic.path, ids),
    }
    if diagnostic.related_spans:
        data["related"] = [
            {"note": problem_word(note, "en"), **_where(related)}
            for note, related in diagnostic.related_spans
        ]
    if diagnostic.waived_because is not None:
        data["waived_because"] = diagnostic.waived_because
    return data


def _where(span: Span | None) -> dict[str, int | None]:
    """A place in lines and columns from 1; the end column is the one after the last character."""
    return dict.fromkeys(Span._fields) if span is None else span._asdict()


def concise(diagnostic: Diagnostic, language: str) -> str:
    """``file:line:column: severity[name] message``."""
    return f"{place_of(diagnostic)}: {_severity(diagnostic, language)} " + (
        message_of(diagnostic, language).message
    )


def _severity(diagnostic: Diagnostic, language: str) -> str:
    return f"{problem_word(diagnostic.severity, language)}[{diagnostic.name}]"


def place_of(diagnostic: Diagnostic) -> str:
    """``file:line:column``."""
    name = harmless(printable(diagnostic.file).replace("\\", "/"))
    return f"{name}:{diagnostic.span.line}:{diagnostic.span.column}" if diagnostic.span else name


def full(diagnostic: Diagnostic, lines: Sequence[str], language: str) -> Iterator[str]:
    """Message, place, excerpt with a caret, related places and help."""
    message, remedy = message_of(diagnostic, language)
    yield f"{_severity(diagnostic, language)}: {message}"
    yield f"  --> {place_of(diagnostic)}"
    span = diagnostic.span
    if span is not None and span.line <= len(lines) and any(lines):
        last_line = max(span.line, *(related.line for _, related in diagnostic.related_spans), 0)
        margin = len(str(last_line))
        yield f"{' ' * margin} |"
        yield from _excerpt(lines, span, margin, "")
        for note, related in diagnostic.related_spans:
            if related.line <= len(lines):
                yield from _excerpt(lines, related, margin, problem_word(note, language), "-")
    if diagnostic.waived_because is not None:
        because = harmless(diagnostic.waived_because)
        yield f"   = {problem_word('waived', language, because=because)}"
    yield f"   = {problem_word('help', language)}: {remedy}  ({diagnostic.code})"


def _excerpt(
    lines: Sequence[str], span: Span, margin: int, note: str, mark: str = "^"
) -> Iterator[str]:
    line = lines[span.line - 1].rstrip("\r").replace("\t", " ")
    start = span.column - 1
    end = span.end_column - 1 if span.end_line == span.line else len(line)
    before = harmless(line[:start][-LONGEST_LOOKED_AT:])
    marked = harmless(line[start:end][:LONGEST_LOOKED_AT])
    after = harmless(line[end:][:LONGEST_LOOKED_AT])
    if cell_len(before + marked + after) > WIDEST_EXCERPT_CELLS:
        if len(before) > LONGEST_PART_CHARACTERS:
            before = "..." + before[-LONGEST_PART_CHARACTERS:]
        marked, after = _beginning(marked), _beginning(after)
    yield f"{span.line:>{margin}} | {before}{marked}{after}".rstrip()
    caret = " " * cell_len(before) + mark * max(cell_len(marked), 1)
    yield f"{' ' * margin} | {caret} {note}".rstrip()


def _beginning(text: str) -> str:
    return text if len(text) <= LONGEST_PART_CHARACTERS else text[:LONGEST_PART_CHARACTERS] + "..."


def github(diagnostic: Diagnostic, language: str) -> str:
    """An annotation for a pull request."""
    message, remedy = message_of(diagnostic, language)
    properties = {
        "title": f"{diagnostic.code} {diagnostic.name}",
        "file": harmless(printable(diagnostic.file)),
    }
    span = diagnostic.span
    if span is not None:
        properties["line"] = str(span.line)
        if span.line == span.end_line:
            properties["col"] = str(span.column)
            properties["endLine"] = str(span.end_line)
            properties["endColumn"] = str(span.end_column)
    listed = ",".join(f"{key}={_github_property(value)}" for key, value in properties.items())
    return f"::{diagnostic.severity} {listed}::{_github_data(f'{message}; {remedy}')}"


def _github_data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _github_property(text: str) -> str:
    return _github_data(text).replace(":", "%3A").replace(",", "%2C")


def rendered(
    diagnostics: Iterable[Diagnostic], texts: Mapping[str, str], form: str, language: str
) -> Iterator[str]:
    """The lines of all diagnostics in a form for reading; ``texts`` holds the files by name."""
    lines = {file: text.split("\n") for file, text in texts.items()}
    for position, diagnostic in enumerate(diagnostics):
        if form == "github":
            yield github(diagnostic, language)
        elif form == "concise":
            yield concise(diagnostic, language)
        else:
            if position:
                yield ""
            yield from full(diagnostic, lines.get(diagnostic.file, [""]), language)
