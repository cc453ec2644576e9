"""The factor-set file: one version of one cited set of emission factors, properties, prices or benchmarks.

What holds for many rows is said once: a row takes what it does not say from its entry, then from ``defaults`` of its
substance, then from the set (``said``). Numbers are always international, and each has its unit.
"""

import difflib
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Self

from pydantic import model_validator

from cpcalc.quantities import INTERNATIONAL, Quantity
from cpcalc.schema.base import Model, refuse, refuse_together
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
from cpcalc.units import NAMES, SUBSTANCES, Unit, shown

READING = Reading(INTERNATIONAL)

ENTRY_KINDS = ("fuel", "grid-electricity", "process", "wastewater", "water")
BOUNDARIES = (
    "combustion",
    "process",
    "generation",
    "consumption",
    "upstream",
    "lifecycle",
    "treatment",
)
SCOPES = ("1", "2-location", "2-market", "3")
FRACTIONS = ("filterable", "condensable", "total")
QUALITIES = ("verified", "unverified")
RANGE_QUALITIES = ("verified", "derived", "unverified")
TYPES = (
    "combined-margin", "combined-margin-intermittent", "operating-margin", "build-margin", "average", "lifecycle",
    "residual-mix",
)  # fmt: skip
LEVELS = (
    "national-norm", "best-available-technique", "good-practice", "measured-good-practice", "range", "typical",
    "average", "measured", "achieved",
)  # fmt: skip
INDICATORS = (
    "energy", "electricity", "heat", "water", "wastewater", "water-saving", "dust", "co2", "co2e", "process-co2",
)  # fmt: skip
# Methane by origin: two entries beside CH4 in reports that tell them apart.
ORIGINS = ("CH4-fossil", "CH4-non-fossil")
GWP_SET = re.compile(r"AR[0-9]-[0-9]+(?:-feedback)?")
NOT_STATED = "not-stated"


Amount = Annotated[Quantity, single_quantity("any", "An amount with its unit.")]
Share = Annotated[Quantity, single_quantity("share", "A share in %.")]
HeatContent = Annotated[Quantity, single_quantity("heat-content", "A heat content such as MJ/kg.")]
Density = Annotated[Quantity, single_quantity("density", "A density such as kg/L.")]
Concentration = Annotated[
    Quantity, single_quantity("concentration", "A concentration such as mg COD/L.")
]

_SHOWN = {shown(name): name for name in sorted(SUBSTANCES)}


def _read_substance(raw: Any, extra: tuple[str, ...] = ()) -> str:
    if not isinstance(raw, str):
        refuse("empty-value" if raw is None else "wrong-shape", expected="text")
    if raw in _SHOWN or raw in extra:
        return str(raw)
    if raw in SUBSTANCES:
        return shown(raw)
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


class Cited(Said):
    """Something with a citation of its own: a key of the set's ``sources``; without one the set's ``source``."""

    source: Id | None = None
    note: Title | None = None


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


class Emission(Cited):
    """An amount of a substance per amount of activity: ``value``, or ``value`` x percent number + ``plus``."""

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
    def activity(self) -> Unit:
        """The unit of the activity: what remains of the value's unit beside the mass of the substance."""
        return mass_of(self.of) / self.value.unit


def mass_of(substance: str) -> Unit:
    """The canonical unit of a mass of a substance, given as it is written (``PM2.5``)."""
    return Unit.of((("t", 1),)) * Unit.of(((_SHOWN[substance], 1),))


class Entry(Cited):
    """Something that an assessment can name: ``set/id``."""

    id: Id
    name: Title


class Property(Ranged):
    """A property of a fuel."""


class Factor(Entry):
    """What an activity emits, with the default properties of its fuel."""

    ncv: Property | None = None
    gcv: Property | None = None
    density: Property | None = None
    emits: list[Emission]


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


class Control(Entry):
    """The efficiency of a control for one substance; ``size`` is the class of particles it was given for."""

    of: Substance
    size: Words | None = None
    efficiency: Share
    lower: Share | None = None
    upper: Share | None = None


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


class FactorSet(Said):
    """One version of one set, as its file says it."""

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


# The sections of a set, and what stands in each.
SECTION_MODELS: Mapping[str, type[Cited]] = MappingProxyType({
    "factors": Factor, "gwps": Gwp, "controls": Control, "fuels": Fuel, "loads": Load, "parameters": Parameter,
    "series": Series, "benchmarks": Benchmark, "prices": Price,
})  # fmt: skip
SECTIONS = tuple(SECTION_MODELS)


def said(field: str, *nearest_first: Said | None) -> Any:
    """What counts for a field: the first of row, entry, defaults and set that says it; None where none does."""
    for one in nearest_first:
        value = getattr(one, field, None) if one is not None else None
        if value is not None:
            return value
    return None
