"""The factor-set file: one version of one cited set of factors, properties, prices or benchmarks.

What holds for many rows is said once: a row takes what it does not say from its entry, then from
``defaults`` of its substance or property, then from the set. A set is read with all of this in its
place: each of its rows says everything that counts for it, with its reference and its citation.
Numbers are always international, and each has its unit.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from typing import Annotated, Any, ClassVar, NamedTuple, Self, TypeVar

from pydantic import model_validator

from cpcalc.diagnostics import Path
from cpcalc.quantities import INTERNATIONAL, Quantity, Range
from cpcalc.schema.base import Model, kebab, refuse, refuse_together
from cpcalc.schema.leaves import (
    Count,
    Date,
    Flag,
    Id,
    Reading,
    Title,
    Words,
    Year,
    choice,
    leaf,
    single_quantity,
)
from cpcalc.units import SUBSTANCES, Unit, shown
from cpcalc.units_table import NAMES

READING = Reading(INTERNATIONAL)

ENTRY_KINDS = ("fuel", "grid-electricity", "process", "wastewater", "water")
BOUNDARIES = (
    "combustion", "process", "generation", "consumption", "upstream", "lifecycle", "treatment",
)  # fmt: skip
SCOPES = ("1", "2-location", "2-market", "3")
FRACTIONS = ("filterable", "condensable", "total")
QUALITIES = ("verified", "unverified")
RANGE_QUALITIES = ("verified", "derived", "unverified")
TYPES = (
    "combined-margin", "combined-margin-intermittent", "operating-margin", "build-margin",
    "average", "lifecycle", "residual-mix",
)  # fmt: skip
LEVELS = (
    "national-norm", "best-available-technique", "good-practice", "measured-good-practice",
    "range", "typical", "average", "measured", "achieved",
)  # fmt: skip
INDICATORS = (
    "energy", "electricity", "heat", "water", "wastewater", "water-saving", "dust", "co2", "co2e",
    "process-co2",
)  # fmt: skip
# Methane by origin: two entries beside CH4 in reports that tell them apart.
ORIGINS = ("CH4-fossil", "CH4-non-fossil")
GWP_SET = re.compile(r"AR[0-9]-[0-9]+(?:-feedback)?")
NOT_STATED = "not-stated"


Amount = Annotated[Quantity, single_quantity("any", "An amount with its unit.")]
Share = Annotated[Quantity, single_quantity("share", "A share in %.")]

_SHOWN = [shown(name) for name in sorted(SUBSTANCES)]


def _read_substance(raw: Any, extra: tuple[str, ...] = ()) -> str:
    if not isinstance(raw, str):
        refuse("empty-value" if raw is None else "wrong-shape", expected="text")
    if raw in _SHOWN or raw in SUBSTANCES or raw in extra:
        return raw
    known = shown(NAMES.get(raw, raw))
    close = [known] if known in _SHOWN else difflib.get_close_matches(raw, _SHOWN, n=1, cutoff=0.5)
    refuse(
        "unknown-substance",
        found=raw[:60],
        suggestion=close[0] if close else "",
        known=", ".join(_SHOWN),
    )


Substance = Annotated[str, leaf(_read_substance, {"enum": sorted(_SHOWN)})]
Gas = Annotated[
    str, leaf(lambda raw: _read_substance(raw, ORIGINS), {"enum": sorted((*_SHOWN, *ORIGINS))})
]


def substance_of(text: str) -> str:
    """A substance in the spelling of the units: ``PM2.5`` is PM2_5, ``HFC-134a`` is HFC_134a."""
    return text.replace("-", "_").replace(".", "_")


def _read_gwp_name(raw: Any) -> str:
    if not isinstance(raw, str) or (raw != NOT_STATED and not GWP_SET.fullmatch(raw)):
        refuse(
            "not-a-choice",
            found=str(raw)[:60],
            choices=f"AR4-100, AR5-100, AR5-100-feedback, {NOT_STATED}",
        )
    return str(raw)


GwpName = Annotated[str, leaf(_read_gwp_name, {"type": "string"})]


class Document(Model):
    """The document that values are cited from."""

    title: Words
    publisher: Words | None = None
    year: Year | None = None
    url: Words | None = None


class Said(Model):
    """What a row, an entry or a set can say; the nearest one counts."""

    kind: Annotated[str, choice(*ENTRY_KINDS)] | None = None
    geography: Words | None = None  # ISO 3166 two-letter code, or a word such as world
    basis: Annotated[str, choice("ncv", "gcv")] | None = None
    mass_basis: Annotated[str, choice("wet", "dry")] | None = None
    scope: Annotated[str, choice(*SCOPES)] | None = None
    boundary: Annotated[str, choice(*BOUNDARIES)] | None = None
    biogenic: Flag | None = None
    abated: Flag | None = None
    fraction: Annotated[str, choice(*FRACTIONS)] | None = None
    gwp: GwpName | None = None
    data_year: Year | None = None
    type: Annotated[str, choice(*TYPES)] | None = None
    published: Year | None = None
    quality: Annotated[str, choice(*QUALITIES)] | None = None
    range_quality: Annotated[str, choice(*RANGE_QUALITIES)] | None = None
    per: Words | None = None  # the product of the tonne: clinker, fired brick
    where: Words | None = None  # table and page


# What the nearest of row, entry, defaults and set says counts for the row.
SAID = frozenset(Said.model_fields)


class Cited(Said):
    """Something with a citation: ``source`` is a key of the set's ``sources``.

    Without one it is cited from the set's own document.
    """

    inherits: ClassVar[frozenset[str]] = SAID | {"source"}

    source: Id | None = None
    note: Title | None = None
    _reference: str = ""
    _citation: str = ""

    @property
    def reference(self) -> str:
        """How a result names it: ``ipcc-2006@1/anthracite#CO2``."""
        return self._reference

    @property
    def citation(self) -> str:
        """The document it comes from, the year, and where in it: title, year, table and page."""
        return self._citation

    @property
    def quantity(self) -> Quantity | None:
        """The number that a calculation takes from it; None where it has none of its own."""
        return None


class Ranged(Cited):
    """A value with the source's own range; a source may give only the range."""

    value: Amount | None = None
    lower: Amount | None = None
    upper: Amount | None = None

    @model_validator(mode="after")
    def consistent(self) -> Self:
        if self.value is None and self.lower is None and self.upper is None:
            refuse("one-of-keys-needed", keys="value, lower + upper")
        return self

    @property
    def quantity(self) -> Quantity | None:
        """The value; of a range without one, the mid-point; None for one end of a range."""
        if self.value is None and self.lower is not None and self.upper is not None:
            return Range.between(self.lower, self.upper)
        return self.value


class Emission(Cited):
    """An amount of a substance per amount of activity.

    It is ``value``, or ``value`` x the percent number of ash or sulphur + ``plus``; of waste water
    Bo x ``mcf``.
    """

    of: Substance
    value: Amount
    lower: Amount | None = None
    upper: Amount | None = None
    times: Annotated[str, choice("ash", "sulphur")] | None = None
    plus: Amount | None = None
    mcf: Share | None = None
    mcf_lower: Share | None = None
    mcf_upper: Share | None = None
    equipment: Words | None = None

    @model_validator(mode="after")
    def consistent(self) -> Self:
        if self.plus is not None and self.times is None:
            refuse("one-of-keys-needed", keys="times (for plus)")
        refuse_together(self, "mcf", "times")
        return self

    @property
    def quantity(self) -> Quantity:
        """The value."""
        return self.value

    @property
    def substance(self) -> str:
        """The substance in the spelling of the units."""
        return substance_of(self.of)

    @property
    def activity(self) -> Unit:
        """The unit of the activity: what remains of the value's unit beside the substance's mass."""
        return mass_of(self.of) / self.value.unit


def mass_of(substance: str) -> Unit:
    """The canonical unit of a mass of a substance, given as it is written (``PM2.5``)."""
    return Unit.of((("t", 1),)) * Unit.of(((substance_of(substance), 1),))


# The lists of an entry that hold its rows.
ROWS = ("emits", "values")
Row = TypeVar("Row", bound=Cited)


class Entry(Cited):
    """Something that an assessment can name: ``set/id``."""

    id: Id
    name: Title


class Property(Ranged):
    """A property of a fuel: it takes from its entry only how well it is known."""

    inherits = frozenset({"mass_basis", "published", "quality", "range_quality", "where", "source"})


class Factor(Entry):
    """What an activity emits, with the default properties of its fuel."""

    ncv: Property | None = None
    gcv: Property | None = None
    density: Property | None = None
    emits: list[Emission]

    @property
    def is_grid(self) -> bool:
        """Whether this is electricity from a grid, chosen by data year and type."""
        return self.kind == "grid-electricity"


class Fuel(Entry):
    """Properties of a fuel by one source."""

    ncv: Property | None = None
    gcv: Property | None = None
    density: Property | None = None
    ash: Property | None = None
    sulphur: Property | None = None
    moisture: Property | None = None
    toe: Property | None = None
    toe_per_volume: Property | None = None


class Gwp(Cited):
    """The global warming potential of a gas in one report."""

    report: Words
    horizon: Count
    feedback: Flag | None = None
    gas: Gas
    value: Amount

    @property
    def quantity(self) -> Quantity:
        """The potential [kg CO2e/kg]."""
        return self.value

    @property
    def name(self) -> str:
        """The set of potentials that it belongs to: ``AR5-100``, ``AR5-100-feedback``."""
        return f"{self.report}-{self.horizon}{'-feedback' if self.feedback else ''}"


class Control(Entry):
    """The efficiency of a control for one substance; ``size`` is its class of particles."""

    of: Substance
    size: Words | None = None
    efficiency: Share
    lower: Share | None = None
    upper: Share | None = None

    @property
    def quantity(self) -> Quantity:
        """The share of the substance that is removed."""
        return self.efficiency


class Load(Entry):
    """Typical waste water of a sector: flow per tonne of product, and concentrations."""

    wastewater: Property | None = None
    cod: Property | None = None
    bod: Property | None = None
    tss: Property | None = None


class Parameter(Entry, Ranged):
    """A single figure that is no emission factor."""


class Yearly(Cited):
    """The value of one year."""

    year: Year
    value: Amount


class Series(Entry):
    """Values by year: a rate of exchange, an index of prices."""

    values: list[Yearly]


class BenchmarkValue(Ranged):
    """A specific consumption or emission as one source gives it."""

    indicator: Annotated[str, choice(*INDICATORS)]
    level: Annotated[str, choice(*LEVELS)]
    applies_to: Words | None = None
    period: Words | None = None


class Benchmark(Entry):
    """The benchmarks of one product."""

    sector: Id
    values: list[BenchmarkValue]


class PriceValue(Ranged):
    """A price and the time it was valid; ``to`` is open where it still was."""

    from_: Date
    to: Date | None = None


class Price(Entry):
    """A price or fee over time."""

    category: Id
    values: list[PriceValue]


SECTIONS = (
    "factors", "gwps", "controls", "fuels", "loads", "parameters", "series", "benchmarks", "prices",
)  # fmt: skip


class FactorSet(Said):
    """One version of one set, with what is said once in the place of each row it counts for."""

    factor_set: Id
    version: Count
    title: Title
    source: Document
    sources: dict[str, Document] | None = None
    licence: Words | None = None
    notes: Title | None = None
    defaults: dict[str, Cited] | None = None
    factors: list[Factor] | None = None
    gwps: list[Gwp] | None = None
    controls: list[Control] | None = None
    fuels: list[Fuel] | None = None
    loads: list[Load] | None = None
    parameters: list[Parameter] | None = None
    series: list[Series] | None = None
    benchmarks: list[Benchmark] | None = None
    prices: list[Price] | None = None

    @property
    def pin(self) -> str:
        """How a file names this version of the set: ``ipcc-2006@1``."""
        return f"{self.factor_set}@{self.version}"

    def sections(self) -> Iterator[tuple[str, Sequence[Entry | Gwp]]]:
        """Each section that the set has, with its entries."""
        for section in SECTIONS:
            entries = getattr(self, section)
            if entries is not None:
                yield section, entries

    def rows(self) -> Iterator[SetRow]:
        """Every value of the set, in the order of its file."""
        for section, entries in self.sections():
            for entry in entries:
                yield from (SetRow(section, entry, path, row) for path, row in rows_of(entry))

    def document_of(self, row: Cited) -> Document:
        """The document that a row is cited from."""
        return (self.sources or {}).get(row.source or "", self.source)

    @model_validator(mode="after")
    def complete(self) -> Self:
        """The set in which each row says everything that counts for it."""
        entries = {
            section: [self._complete_entry(entry) for entry in entries]
            for section, entries in self.sections()
        }
        return self.model_copy(update=entries)

    def _complete_entry(self, entry: Entry | Gwp) -> Entry | Gwp:
        parts: dict[str, Any] = {}
        for name, part in entry:
            if isinstance(part, Property):
                parts[name] = self._complete_row(part, kebab(name), entry)
            elif name in ROWS:
                parts[name] = [
                    self._complete_row(row, getattr(row, "of", ""), entry) for row in part
                ]
        key = "efficiency" if isinstance(entry, Control) else ""
        return self._complete_row(entry, key, entry).model_copy(update=parts)

    def _complete_row(self, row: Row, key: str, entry: Entry | Gwp) -> Row:
        """A row of an entry, told from its other rows by ``key``: a substance or a property."""
        defaults = (self.defaults or {}).get(key)
        said = {
            "quality": "unverified",
            **_said(self, SAID & row.inherits),
        }  # unverified unless it is said
        for nearer in (defaults, entry, row):
            if nearer is not None:
                said |= _said(nearer, row.inherits)
        complete = row.model_copy(update=said)
        complete._reference = f"{self.pin}/{_reference(row, key, entry)}"
        document = self.document_of(complete)
        parts = (document.title, document.year or complete.published, complete.where)
        complete._citation = ", ".join(str(part) for part in parts if part)
        return complete


def _said(level: Said, fields: frozenset[str]) -> dict[str, Any]:
    """What a row, an entry, defaults or a set says of these fields."""
    return {name: value for name, value in level if name in fields and value is not None}


def _reference(row: Cited, key: str, entry: Entry | Gwp) -> str:
    """The name of a row inside its set, with its own words that tell it from its neighbours."""
    if isinstance(entry, Gwp):
        return f"{entry.name}#{entry.gas}"
    marks: tuple[Any, ...] = ()
    if isinstance(row, Emission):
        marks = (row.equipment, row.data_year, row.type, row.scope, row.fraction)
    told = ",".join([key, *(str(mark) for mark in marks if mark is not None)])
    return f"{entry.id}#{told}" if told else entry.id


class SetRow(NamedTuple):
    """A value of a set with the entry it belongs to, and its path below that."""

    section: str
    entry: Entry | Gwp
    path: Path
    row: Cited


def rows_of(entry: Entry | Gwp) -> list[tuple[Path, Cited]]:
    """The values of an entry, each with its path below it: its properties, its rows, or itself."""
    rows: list[tuple[Path, Cited]] = []
    for name, part in entry:
        if isinstance(part, Property):
            rows.append(((kebab(name),), part))
        elif name in ROWS:
            rows += [((name, position), row) for position, row in enumerate(part)]
    return [((), entry)] if isinstance(entry, Control | Gwp | Parameter) else rows
