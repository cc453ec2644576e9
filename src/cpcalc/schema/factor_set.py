"""The factor-set file: one version of one cited set of factors, properties, prices or benchmarks.

What holds for many rows is said once: a row takes what it does not say from its entry, then from
``defaults`` of its substance or property, then from the set. A set is read with all of this in its
place: each of its rows says everything that counts for it, with its reference and its citation.
Numbers are always international, and each has its unit.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, Self, TypeVar

from pydantic import model_validator

from cpcalc.diagnostics import Path
from cpcalc.quantities import INTERNATIONAL
from cpcalc.schema import factor_rows, kebab
from cpcalc.schema.leaves import Count, Id, Reading, Title, Words

READING = Reading(INTERNATIONAL)
# The lists of an entry that hold its rows.
ROWS = ("emits", "values")
Row = TypeVar("Row", bound=factor_rows.Cited)
SECTIONS = (
    "factors", "gwps", "controls", "fuels", "loads", "parameters", "series", "benchmarks", "prices",
)  # fmt: skip


class FactorSet(factor_rows.Attributes):
    """One version of one set, with what is said once in the place of each row it counts for."""

    factor_set: Id
    version: Count
    title: Title
    source: factor_rows.Publication
    sources: dict[str, factor_rows.Publication] | None = None
    licence: Words | None = None
    notes: Title | None = None
    defaults: dict[str, factor_rows.Cited] | None = None
    factors: list[factor_rows.Factor] | None = None
    gwps: list[factor_rows.Gwp] | None = None
    controls: list[factor_rows.Control] | None = None
    fuels: list[factor_rows.Fuel] | None = None
    loads: list[factor_rows.Load] | None = None
    parameters: list[factor_rows.Parameter] | None = None
    series: list[factor_rows.Series] | None = None
    benchmarks: list[factor_rows.Benchmark] | None = None
    prices: list[factor_rows.Price] | None = None

    @property
    def pin(self) -> str:
        """How a file names this version of the set: ``ipcc-2006@1``."""
        return f"{self.factor_set}@{self.version}"

    def sections(self) -> Iterator[tuple[str, Sequence[factor_rows.AnyEntry]]]:
        """Each section that the set has, with its entries."""
        for section in SECTIONS:
            entries = getattr(self, section)
            if entries is not None:
                yield section, entries

    def rows(self) -> Iterator["SetRow"]:
        """Every value of the set, in the order of its file."""
        for section, entries in self.sections():
            for entry in entries:
                yield from (SetRow(section, entry, path, row) for path, row in rows_of(entry))

    def document_of(self, row: factor_rows.Cited) -> factor_rows.Publication:
        """The document that a row is cited from."""
        return (self.sources or {}).get(row.source or "", self.source)

    @model_validator(mode="after")
    def complete(self) -> Self:
        """The set in which each row says everything that counts for it."""
        complete = ((name, map(self._complete_entry, part)) for name, part in self.sections())
        return self.model_copy(update={name: list(entries) for name, entries in complete})

    def _complete_entry(self, entry: factor_rows.AnyEntry) -> factor_rows.AnyEntry:
        parts: dict[str, Any] = {}
        for name, part in entry:
            if isinstance(part, factor_rows.Property):
                parts[name] = self._complete_row(part, kebab(name), entry)
            elif name in ROWS:
                keyed = ((row, getattr(row, "of", "")) for row in part)
                parts[name] = [self._complete_row(row, key, entry) for row, key in keyed]
        key = "efficiency" if isinstance(entry, factor_rows.Control) else ""
        return self._complete_row(entry, key, entry).model_copy(update=parts)

    def _complete_row(self, row: Row, key: str, entry: factor_rows.AnyEntry) -> Row:
        """A row of an entry, told from its other rows by ``key``: a substance or a property."""
        defaults = (self.defaults or {}).get(key)
        what_counts: dict[str, Any] = {"quality": "unverified"}  # unless it is stated
        what_counts |= _stated(self, factor_rows.ATTRIBUTES & row.inherits)
        for nearer in (defaults, entry, row):
            if nearer is not None:
                what_counts |= _stated(nearer, row.inherits)
        complete = row.model_copy(update=what_counts)
        complete._reference = f"{self.pin}/{_reference(row, key, entry)}"
        document = self.document_of(complete)
        parts = (document.title, document.year or complete.published, complete.where)
        complete._citation = ", ".join(str(part) for part in parts if part)
        return complete


def _stated(level: factor_rows.Attributes, fields: frozenset[str]) -> dict[str, Any]:
    """What a row, an entry, defaults or a set states of these fields."""
    stated = fields & level.model_fields_set
    return {name: value for name in stated if (value := getattr(level, name)) is not None}


def _reference(row: factor_rows.Cited, key: str, entry: factor_rows.AnyEntry) -> str:
    """The name of a row inside its set, with its own words that tell it from its neighbours."""
    if isinstance(entry, factor_rows.Gwp):
        return f"{entry.name}#{entry.gas}"
    marks: tuple[Any, ...] = ()
    if isinstance(row, factor_rows.Emission):
        marks = (row.equipment, row.data_year, row.type, row.scope, row.fraction)
    name = ",".join([key, *(str(mark) for mark in marks if mark is not None)])
    return f"{entry.id}#{name}" if name else entry.id


class SetRow(NamedTuple):
    """A value of a set with the entry it belongs to, and its path below that."""

    section: str
    entry: factor_rows.AnyEntry
    path: Path
    row: factor_rows.Cited


def rows_of(entry: factor_rows.AnyEntry) -> list[tuple[Path, factor_rows.Cited]]:
    """The values of an entry, each with its path below it: its properties, its rows, or itself."""
    rows: list[tuple[Path, factor_rows.Cited]] = []
    for name, part in entry:
        if isinstance(part, factor_rows.Property):
            rows.append(((kebab(name),), part))
        elif name in ROWS:
            rows += [((name, position), row) for position, row in enumerate(part)]
    is_row = isinstance(entry, factor_rows.Control | factor_rows.Gwp | factor_rows.Parameter)
    return [((), entry)] if is_row else rows
