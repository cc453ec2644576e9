"""Diagnostics: a person's mistake as a value, with a document path and, once it is known, a place."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from cpcalc.codes import CATALOGUE, Severity

Path = tuple[str | int, ...]


class Span(NamedTuple):
    """A stretch of text: 1-based lines and columns in code points; the end column is the one after the last."""

    line: int
    column: int
    end_line: int
    end_column: int


class Diagnostic(NamedTuple):
    """One problem: its catalogue name, the path it is about, and the values that fill its message.

    The sentences live in the text tables of the report floor. ``related`` names further places ("first given here").
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

    @property
    def severity(self) -> Severity:
        """Error, warning or notice, from the catalogue; a waived problem is a notice."""
        return "notice" if self.waived_because is not None else CATALOGUE[self.name].severity

    @property
    def code(self) -> str:
        """The catalogue number, such as CP203."""
        return CATALOGUE[self.name].number


def has_errors(diagnostics: list[Diagnostic] | tuple[Diagnostic, ...]) -> bool:
    """Whether one of them is an error, so that nothing may be calculated."""
    return any(diagnostic.severity == "error" for diagnostic in diagnostics)


def with_ids(path: Path, ids: Mapping[Path, str]) -> Path:
    """A document path with list items by their id, where they have one, in place of their position."""
    return tuple(ids.get(path[:length], step) for length, step in enumerate(path, start=1))


def dotted(path: Path, ids: Mapping[Path, str] = MappingProxyType({})) -> str:
    """A document path as people write it: ``measures.m3.running-cost``."""
    return ".".join(map(str, with_ids(path, ids)))
