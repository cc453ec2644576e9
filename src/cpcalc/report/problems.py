"""Diagnostics as text: full with excerpt and caret, concise, as GitHub annotations, as JSON data;
and their catalogue for reading."""

import os
import posixpath
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from rich.cells import cell_len

from cpcalc.diagnostics import CatalogueEntry, Diagnostic, Path, Sentences, Span, catalogue, dotted
from cpcalc.report.json_result import Data
from cpcalc.report.layout import harmless
from cpcalc.texts import problem_word, sector_name, words_of

# An excerpt longer than this is cut around the caret.
WIDEST_EXCERPT_CELLS = 100
LONGEST_PART_CHARACTERS = WIDEST_EXCERPT_CELLS // 3
# Characters of a line of a hostile length that are looked at on each side of the caret.
LONGEST_LOOKED_AT = 400

# Values that are words of ours, said in the language; every other value is the user's own text.
_WORDED = frozenset({"expected", "item", "reason", "remedy"})
# Lists of what there is; where there is nothing they hold a dash, which is said in words.
_LISTS = frozenset({"known", "has", "pinned", "locked"})
# What GitHub reads in the text of an annotation, and in its properties.
_OF_TEXTS = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_OF_PROPERTIES = _OF_TEXTS | str.maketrans({":": "%3A", ",": "%2C"})


def printable(file: str) -> str:
    """A file name as text: bytes that are no UTF-8 are shown as escapes."""
    return file.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def shown(text: str) -> str:
    """A file name, or another text of the command line, as it is printed."""
    return harmless(printable(text))


def portable(file: str) -> str:
    """A file name as JSON data has it, the same on every machine."""
    return printable(file.replace(os.sep, "/"))


def from_here(file: str) -> str:
    """A file name without detours, as programs name the files of a folder: ``sub/a.yaml``."""
    return posixpath.normpath(portable(file))


def message_of(diagnostic: Diagnostic, language: str) -> Sentences:
    """Message and help of a diagnostic, in a language."""
    message, remedy = catalogue()[diagnostic.name].sentences[language]
    values: dict[str, str] = defaultdict(lambda: "?")
    for key, value in diagnostic.values.items():
        values[key] = harmless(in_words(key, value, language))
    wanted = next(filter(None, map(diagnostic.values.get, ("kind", "expected", "field"))), "any")
    amount = words_of("amounts", language).get(
        wanted, f"1 000 {harmless(wanted.partition(',')[0])}"
    )
    values.setdefault("example", amount)
    if not values.get("keys", "-"):  # surely what was meant: the question alone
        remedy = remedy.split("? ", 1)[0] + "?"
    elif not values.get("suggestion", "-"):  # nothing close: no question, only what there is
        remedy = remedy.split("? ", 1)[-1]
    return Sentences(message.format_map(values), remedy.format_map(values))


def in_words(key: str, value: str, language: str) -> str:
    """One value of a message: a word of ours in the language, or the user's text."""
    if key in _WORDED:
        phrases = words_of("phrases", language)
        return words_of("kinds", language).get(value) or phrases.get(value, value)
    if key == "sector":
        return sector_name(value, language)
    return problem_word("none", language) if key in _LISTS and value == "-" else value


def describe(diagnostic: Diagnostic, ids: Mapping[Path, str]) -> Data:
    """A diagnostic as JSON data, in English whatever the language."""
    message, remedy = message_of(diagnostic, "en")
    data: Data = {
        "code": diagnostic.code,
        "name": diagnostic.name,
        "severity": diagnostic.severity,
        "message": message,
        "help": remedy,
        "file": portable(diagnostic.file),
        **(diagnostic.span._asdict() if diagnostic.span else dict.fromkeys(Span._fields)),
        "path": dotted(diagnostic.path, ids),
    }
    if diagnostic.cell:
        data["cell"] = harmless(diagnostic.cell)
    if diagnostic.related_spans:
        data["related"] = [
            {"note": problem_word(note, "en"), **related._asdict()}
            for note, related in diagnostic.related_spans
        ]
    if diagnostic.waived_because is not None:
        data["waived_because"] = diagnostic.waived_because
    return data


def _severity(diagnostic: Diagnostic, language: str) -> str:
    return f"{problem_word(diagnostic.severity, language)}[{diagnostic.name}]"


def place_of(diagnostic: Diagnostic) -> str:
    """``file:line:column``, or ``file:Sheet!F12``."""
    name = harmless(portable(diagnostic.file))
    if diagnostic.cell:
        return f"{name}:{harmless(diagnostic.cell)}"
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
        yield from _excerpt(lines, span, margin, "", "^")
        for note, related in diagnostic.related_spans:
            if related.line <= len(lines):
                yield from _excerpt(lines, related, margin, problem_word(note, language), "-")
    if diagnostic.waived_because is not None:
        because = harmless(diagnostic.waived_because)
        yield f"   = {problem_word('waived', language, because=because)}"
    yield f"   = {problem_word('help', language)}: {remedy}  ({diagnostic.code})"


def _excerpt(lines: Sequence[str], span: Span, margin: int, note: str, mark: str) -> Iterator[str]:
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


def _annotation(diagnostic: Diagnostic, language: str) -> str:
    """An annotation for a pull request."""
    message, remedy = message_of(diagnostic, language)
    title = f"{diagnostic.code} {diagnostic.name}".translate(_OF_PROPERTIES)
    file = harmless(from_here(diagnostic.file)).translate(_OF_PROPERTIES)
    place, span = f"title={title},file={file}", diagnostic.span
    if span is not None:
        place += f",line={span.line}"
        if span.line == span.end_line:
            place += f",col={span.column},endLine={span.end_line},endColumn={span.end_column}"
    text = f"{message}; {remedy}".translate(_OF_TEXTS)
    return f"::{diagnostic.severity} {place}::{text}"


def rendered(
    diagnostics: Iterable[Diagnostic], texts: Mapping[str, str], form: str, language: str
) -> Iterator[str]:
    """The lines of all diagnostics in a form for reading; ``texts`` holds the files by name."""
    lines = {file: text.split("\n") for file, text in texts.items()}
    for position, diagnostic in enumerate(diagnostics):
        if form == "github":
            yield _annotation(diagnostic, language)
        elif form == "concise":
            message = message_of(diagnostic, language).message
            yield f"{place_of(diagnostic)}: {_severity(diagnostic, language)} {message}"
        else:
            if position:
                yield ""
            yield from full(diagnostic, lines.get(diagnostic.file, [""]), language)


# ---- the catalogue -------------------------------------------------------------------------------

# A longer line or file is shown in part: the example is there to be understood.
WIDEST_LINE = 140
MOST_LINES = 40


class _Gaps(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return f"<{key}>"


def open_sentences(entry: CatalogueEntry, language: str) -> Sentences:
    """Message and help of a diagnostic, with open gaps shown as ``<name>``."""
    return Sentences(*(text.format_map(_Gaps()) for text in entry.sentences[language]))


def entries_of_family(prefix: str) -> Iterator[CatalogueEntry]:
    """The diagnostics whose numbers begin so."""
    return (entry for entry in catalogue().values() if entry.number.startswith(prefix))


def listed(language: str) -> Iterator[str]:
    """One line a diagnostic, by family."""
    for prefix, family in words_of("families", language).items():
        yield f"{prefix}xx {family}"
        for entry in entries_of_family(prefix):
            severity = problem_word(entry.severity, language)
            message = open_sentences(entry, language).message
            yield f"  {entry.number} {severity:<8} {entry.name}: {message}"


def explained(entry: CatalogueEntry, language: str) -> Iterator[str]:
    """Everything about one diagnostic, as text."""
    message, remedy = open_sentences(entry, language)
    severity = problem_word(entry.severity, language)
    family = words_of("families", language)[entry.number[:3]]
    yield f"{entry.number} {entry.name} ({severity}, {family})"
    yield ""
    yield f"  {message}"
    yield f"  {problem_word('help', language)}: {remedy}"
    if entry.severity == "warning":
        yield f"  {problem_word('waivable', language, name=entry.name)}"
    bad, good = (problem_word(f"example-{title}", language) for title in ("bad", "good"))
    for title, text in examples_of(entry, bad, good, language):
        yield from ["", f"{title}:"]
        yield from (f"  {line}".rstrip() for line in shortened(text))


def examples_of(
    entry: CatalogueEntry, bad: str, good: str, language: str
) -> Iterator[tuple[str, str]]:
    """The files of an example, each with its title; less what is beside the good one only."""
    for heading, file in ((bad, entry.bad), (good, entry.good)):
        # characters that cannot be shown stand as escapes
        text = file.text.replace("\\n", "\n") if file.form == "escaped" else file.text
        yield heading, f"# {file.form}\n{text}" if file.form == "utf-16" else text
    for name, text in entry.files.items():
        if not name.startswith("good/"):
            yield problem_word("example-beside", language, file=name), text


def shortened(text: str) -> Iterator[str]:
    """The lines of an example, with what is endless cut."""
    lines = text.rstrip("\n").split("\n")
    for line in lines[:MOST_LINES]:
        ends = f"{line[: WIDEST_LINE // 2]} ... {line[-WIDEST_LINE // 4 :]}"
        yield line if len(line) <= WIDEST_LINE else ends
    if len(lines) > MOST_LINES:
        yield "..."
