"""The rows of a factor set: emissions, properties, potentials, prices, benchmarks; citations.

Numbers are always international, and each has its unit.
"""

import difflib
import re
from typing import Annotated, Any, ClassVar

from cpcalc.quantities import Quantity, Range
from cpcalc.schema import Model, excludes, leaves, needed, refuse
from cpcalc.schema.basis import GridType, HeatBasis
from cpcalc.units import NAMES, SUBSTANCES, Unit, base_unit, shown

SCOPES = ("1", "2-location", "2-market", "3")
LEVELS = (
    "national-norm", "best-available-technique", "good-practice", "measured-good-practice",
    "range", "typical", "average", "measured", "achieved",
)  # fmt: skip
INDICATORS = (
    "energy", "electricity", "heat", "water", "wastewater", "water-saving", "dust", "co2", "co2e",
    "process-co2",
)  # fmt: skip
BOUNDARIES = (
    "combustion", "process", "generation", "consumption", "upstream", "lifecycle", "treatment",
)  # fmt: skip
ENTRY_KINDS = ("fuel", "grid-electricity", "process", "wastewater", "water")
# Methane by origin: two entries beside CH4 in reports that tell them apart.
ORIGINS = ("CH4-fossil", "CH4-non-fossil")
GWP_SET = re.compile(r"AR[0-9]-[0-9]+(?:-feedback)?")
NOT_STATED = "not-stated"


SingleAmount = Annotated[
    Quantity, leaves.quantity("any", leaves.read_single, "An amount with its unit.")
]
SingleShare = Annotated[Quantity, leaves.quantity("share", leaves.read_single, "A share in %.")]

_SHOWN = [shown(name) for name in sorted(SUBSTANCES)]


def _read_substance(raw: Any, extra: tuple[str, ...] = ()) -> str:
    text = leaves.read_text(raw)
    if text in _SHOWN or text in SUBSTANCES or text in extra:
        return text
    known = shown(NAMES.get(text, text))
    close = [known] if known in _SHOWN else difflib.get_close_matches(text, _SHOWN, n=1, cutoff=0.5)
    suggestion = close[0] if close else ""
    refuse("unknown-substance", found=text[:60], suggestion=suggestion, known=", ".join(_SHOWN))


Substance = Annotated[str, leaves.leaf(_read_substance, {"enum": sorted(_SHOWN)})]
Gas = Annotated[
    str,
    leaves.leaf(lambda raw: _read_substance(raw, ORIGINS), {"enum": sorted((*_SHOWN, *ORIGINS))}),
]


def substance_of(text: str) -> str:
    """A substance in the spelling of the units: ``PM2.5`` is PM2_5, ``HFC-134a`` is HFC_134a."""
    return text.replace("-", "_").replace(".", "_")


def _read_gwp_name(raw: Any) -> str:
    if not isinstance(raw, str) or (raw != NOT_STATED and not GWP_SET.fullmatch(raw)):
        choices = f"AR4-100, AR5-100, AR5-100-feedback, {NOT_STATED}"
        refuse("not-a-choice", found=str(raw)[:60], choices=choices)
    return raw


GwpName = Annotated[str, leaves.leaf(_read_gwp_name, {"type": "string", "examples": ["AR5-100"]})]


class Publication(Model):
    """The document that values are cited from."""

    title: leaves.Words
    publisher: leaves.Words | None = None
    year: leaves.Year | None = None
    url: leaves.Words | None = None


class Attributes(Model):
    """What a row, an entry or a set can say; the nearest one counts."""

    kind: Annotated[str, leaves.choice(*ENTRY_KINDS)] | None = None
    geography: leaves.Words | None = None  # ISO 3166 two-letter code, or a word such as world
    basis: HeatBasis | None = None
    mass_basis: Annotated[str, leaves.choice("wet", "dry")] | None = None
    scope: Annotated[str, leaves.choice(*SCOPES)] | None = None
    boundary: Annotated[str, leaves.choice(*BOUNDARIES)] | None = None
    biogenic: leaves.Flag | None = None
    abated: leaves.Flag | None = None
    fraction: Annotated[str, leaves.choice("filterable", "condensable", "total")] | None = None
    gwp: GwpName | None = None
    data_year: leaves.Year | None = None
    type: GridType | None = None
    published: leaves.Year | None = None
    quality: Annotated[str, leaves.choice("verified", "unverified")] | None = None
    range_quality: Annotated[str, leaves.choice("verified", "derived", "unverified")] | None = None
    per: leaves.Words | None = None  # the product of the tonne: clinker, fired brick
    where: leaves.Words | None = None  # table and page


# For each of these the nearest of row, entry, defaults and set counts.
ATTRIBUTES = frozenset(Attributes.model_fields)


class Cited(Attributes):
    """Something with a citation: ``source`` is a key of the set's ``sources``.

    Without one it is cited from the set's own document.
    """

    inherits: ClassVar[frozenset[str]] = ATTRIBUTES | {"source"}

    source: leaves.Id | None = None
    note: leaves.Title | None = None
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
        value: Quantity | None = getattr(self, "value", None)
        return value


class Ranged(Cited):
    """A value with the source's own range; a source may give only the range."""

    value: SingleAmount | None = None
    lower: SingleAmount | None = None
    upper: SingleAmount | None = None

    rules = (needed("value, lower + upper", lambda row: row.value or row.lower or row.upper),)

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

    example: ClassVar = {"of": "CO2", "value": "98.3 kg CO2/GJ"}

    of: Substance
    value: SingleAmount
    lower: SingleAmount | None = None
    upper: SingleAmount | None = None
    times: Annotated[str, leaves.choice("ash", "sulphur")] | None = None
    plus: SingleAmount | None = None
    mcf: SingleShare | None = None
    mcf_lower: SingleShare | None = None
    mcf_upper: SingleShare | None = None
    equipment: leaves.Words | None = None

    rules = (
        needed("times (for plus)", lambda row: row.plus is None or row.times),
        excludes("mcf", "times"),
    )

    @property
    def substance(self) -> str:
        """The substance in the spelling of the units."""
        return substance_of(self.of)

    @property
    def marks(self) -> tuple[int | str | None, ...]:
        """What rows of one factor differ by: the data year, the type and the equipment."""
        return self.data_year, self.type, self.equipment

    @property
    def activity(self) -> Unit:
        """The unit of the activity: what remains of the value's unit beside the mass."""
        return mass_of(self.of) / self.value.unit


def mass_of(substance: str) -> Unit:
    """The canonical unit of a mass of a substance, given as it is written (``PM2.5``)."""
    return base_unit("t") * base_unit(substance_of(substance))


class FactorEntry(Cited):
    """Something that an assessment can name: ``set/id``."""

    id: leaves.Id
    name: leaves.Title


class Property(Ranged):
    """A property of a fuel: it takes from its entry only how well it is known."""

    example: ClassVar = {"value": "25 MJ/kg"}

    inherits = frozenset({"mass_basis", "published", "quality", "range_quality", "where", "source"})


class FuelProperties(FactorEntry):
    """How much heat is in a fuel, and how heavy it is."""

    ncv: Property | None = None
    gcv: Property | None = None
    density: Property | None = None


class Factor(FuelProperties):
    """What an activity emits, with the default properties of its fuel."""

    emits: list[Emission]

    @property
    def is_grid(self) -> bool:
        """Whether this is electricity from a grid, chosen by data year and type."""
        return self.kind == "grid-electricity"


class Fuel(FuelProperties):
    """Properties of a fuel by one source."""

    ash: Property | None = None
    sulphur: Property | None = None
    moisture: Property | None = None
    toe: Property | None = None
    toe_per_volume: Property | None = None


class Gwp(Cited):
    """The global warming potential of a gas in one report [kg CO2e/kg]."""

    report: leaves.Words
    horizon: leaves.Count
    feedback: leaves.Flag | None = None
    gas: Gas
    value: SingleAmount

    @property
    def name(self) -> str:
        """The set of potentials that it belongs to: ``AR5-100``, ``AR5-100-feedback``."""
        return f"{self.report}-{self.horizon}{'-feedback' if self.feedback else ''}"


AnyEntry = FactorEntry | Gwp


class Control(FactorEntry):
    """The efficiency of a control for one substance; ``size`` is its class of particles."""

    of: Substance
    size: leaves.Words | None = None
    efficiency: SingleShare
    lower: SingleShare | None = None
    upper: SingleShare | None = None

    @property
    def quantity(self) -> Quantity:
        """The share of the substance that is removed."""
        return self.efficiency


class Load(FactorEntry):
    """Typical waste water of a sector: flow per tonne of product, and concentrations."""

    wastewater: Property | None = None
    cod: Property | None = None
    bod: Property | None = None
    tss: Property | None = None


class Parameter(FactorEntry, Ranged):
    """A single figure that is no emission factor."""


class ValueOfYear(Cited):
    """The value of one year."""

    year: leaves.Year
    value: SingleAmount


class Series(FactorEntry):
    """Values by year: a rate of exchange, an index of prices."""

    values: list[ValueOfYear]


class BenchmarkValue(Ranged):
    """A specific consumption or emission as one source gives it."""

    example: ClassVar = {"indicator": "water", "level": "good-practice", "value": "12 m3/t"}

    indicator: Annotated[str, leaves.choice(*INDICATORS)]
    level: Annotated[str, leaves.choice(*LEVELS)]
    applies_to: leaves.Words | None = None
    period: leaves.Words | None = None


class Benchmark(FactorEntry):
    """The benchmarks of one product."""

    sector: leaves.Id
    values: list[BenchmarkValue]


class PriceValue(Ranged):
    """A price and the time it was valid; ``to`` is open where it still was."""

    example: ClassVar = {"from": "2024-01-01", "value": "1 200 VND/kWh"}

    from_: leaves.Date
    to: leaves.Date | None = None


class Price(FactorEntry):
    """A price or fee over time."""

    category: leaves.Id
    values: list[PriceValue]
