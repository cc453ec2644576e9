"""Diagnostics: a person's mistake as a value with its place, and the catalogue of all there are."""

import difflib
from collections.abc import Iterable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Literal, NamedTuple

from cpcalc.texts import LANGUAGES, read_texts

Path = tuple[str | int, ...]
Severity = Literal["error", "warning", "notice"]


class Sentences(NamedTuple):
    """What was found and what was expected, and what to type instead; gaps stand in braces."""

    message: str
    help: str


class ExampleFile(NamedTuple):
    """A file of an example; the head of ``texts/diagnostics.yaml`` says what the forms mean."""

    text: str
    form: str = ""
    at: str = ""


class CatalogueEntry(NamedTuple):
    """One kind of problem, with a file that has it and the same file without it."""

    name: str
    number: str
    severity: Severity
    sentences: Mapping[str, Sentences]  # by language
    bad: ExampleFile
    good: ExampleFile
    files: Mapping[str, str]  # what stands beside both, by name


@cache
def catalogue() -> Mapping[str, CatalogueEntry]:
    """Every diagnostic by its name, in the order of the numbers."""
    entries = {}
    for name, data in read_texts("diagnostics").items():
        number, severity, files = data["number"], data["severity"], data.get("files", {})
        sentences = {language: Sentences(**data[language]) for language in LANGUAGES}
        bad, good = example_file(data["bad"]), example_file(data["good"])
        entries[name] = CatalogueEntry(name, number, severity, sentences, bad, good, files)
    return entries


def example_file(data: str | Mapping[str, str]) -> ExampleFile:
    """A file of an example as the catalogue holds it: a text, or a text with its form."""
    return ExampleFile(data) if isinstance(data, str) else ExampleFile(**data)


def catalogue_entry(text: str) -> CatalogueEntry | None:
    """The diagnostic of a name or a number (in any case)."""
    for entry in catalogue().values():
        if text.strip() == entry.name or text.strip().upper() == entry.number:
            return entry
    return None


def nearest_entries(text: str) -> list[str]:
    """The names and numbers of diagnostics that come near a text."""
    known = [*catalogue(), *(entry.number for entry in catalogue().values())]
    return difflib.get_close_matches(text, known, n=3, cutoff=0.5)


class Span(NamedTuple):
    """A stretch of text: 1-based lines and columns in code points; the end is the column after."""

    line: int
    column: int
    end_line: int
    end_column: int


class Diagnostic(NamedTuple):
    """One problem: its catalogue name, the path it is about, and the values that fill its message.

    ``related`` names further places ("first given here"). Of a table the ``cell`` is named too, as
    ``Measures!F12``; its row and column are the line and column of the span.
    """

    name: str
    path: Path
    values: Mapping[str, str]
    span: Span | None = None
    on_key: bool = False
    related: tuple[tuple[str, Path], ...] = ()
    file: str = ""
    waived_because: str | None = None
    related_spans: tuple[tuple[str, Span], ...] = ()
    cell: str = ""

    @property
    def severity(self) -> Severity:
        """Error, warning or notice, from the catalogue; a waived problem is a notice."""
        return "notice" if self.waived_because is not None else catalogue()[self.name].severity

    @property
    def code(self) -> str:
        """The catalogue number, such as CP203."""
        return catalogue()[self.name].number


def errors_of(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Those of the problems that are errors."""
    return [diagnostic for diagnostic in diagnostics if diagnostic.severity == "error"]


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    """Whether one of them is an error, so that nothing may be calculated."""
    return bool(errors_of(diagnostics))


def with_ids(path: Path, ids: Mapping[Path, str]) -> Path:
    """A document path with list items by their id, where they have one, in place of positions."""
    return tuple(ids.get(path[:length], step) for length, step in enumerate(path, start=1))


def dotted(path: Path, ids: Mapping[Path, str] = MappingProxyType({})) -> str:
    """A document path as people write it: ``measures.m3.running-cost``."""
    return ".".join(map(str, with_ids(path, ids)))
