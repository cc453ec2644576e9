"""The typed parts of a set: an emission row, a heat content, an abatement efficiency, a GWP; each with its citation."""

# No postponed annotations here: each named tuple would compile each of its own at every start.
from collections.abc import Mapping
from typing import Any, NamedTuple

from cpcalc.library.sets import FactorSet, citation, levels, said
from cpcalc.quantities import INTERNATIONAL, Quantity, parse_quantity

VERIFIED, UNVERIFIED = "verified", "unverified"


class Cited(NamedTuple):
    """A number from a set with where it stands and how well it was checked."""

    reference: str
    value: Quantity
    citation: str
    quality: str
    mass_basis: str | None = None
    substance: str | None = None
    lower: Quantity | None = None
    upper: Quantity | None = None


class Row(NamedTuple):
    """One emission row: an amount of a substance per amount of activity, with its conditions and citation."""

    of: str
    value: Quantity
    lower: Quantity | None
    upper: Quantity | None
    times: str | None  # ash or sulphur: the factor is value x percent number + plus
    plus: Quantity | None
    mcf: Quantity | None  # waste water: value is Bo, the factor is Bo x MCF
    basis: str | None  # ncv or gcv, for a factor per energy
    scope: str
    boundary: str
    biogenic: bool
    abated: bool
    fraction: str | None  # filterable, condensable or total
    mass_basis: str | None
    equipment: str | None
    data_year: int | None
    type: str | None
    published: int | None
    gwp: str | None  # of a CO2e row: the set of GWPs it was made with
    geography: str
    quality: str
    citation: str
    reference: str


class Factor(NamedTuple):
    """Everything that a stream takes from one reference."""

    reference: str
    name: Mapping[str, str]
    kind: str
    geography: str
    ncv: Cited | None
    rows: tuple[Row, ...]

    @property
    def is_grid(self) -> bool:
        """Whether this is electricity from a grid, chosen by data year and type."""
        return self.kind == GRID


GRID = "grid-electricity"


def substance_of(text: str) -> str:
    """A substance in the spelling of the units: ``PM2.5`` is PM2_5, ``HFC-134a`` is HFC_134a."""
    return text.replace("-", "_").replace(".", "_")


def quantity(text: Any) -> Quantity:
    """A number of a set; sets are always written internationally. Raises QuantityError."""
    return parse_quantity(str(text), INTERNATIONAL)


def _optional(row: Mapping[str, Any], key: str) -> Quantity | None:
    return quantity(row[key]) if row.get(key) is not None else None


def row_of(factor_set: FactorSet, entry: Mapping[str, Any], raw: Mapping[str, Any]) -> Row:
    """One row of an entry, typed. Raises QuantityError, KeyError or ValueError for what a checked set never has."""
    places = levels(factor_set, entry, raw)

    def text(key: str) -> str | None:
        value = said(key, *places)
        return str(value) if value is not None else None

    year, published = text("data-year"), text("published")
    marks = [
        str(raw[key])
        for key in ("equipment", "data-year", "type", "scope", "fraction")
        if key in raw
    ]
    suffix = "".join(f",{mark}" for mark in marks)
    return Row(
        of=substance_of(str(raw["of"])),
        value=quantity(raw["value"]),
        lower=_optional(raw, "lower"),
        upper=_optional(raw, "upper"),
        times=text("times"),
        plus=_optional(raw, "plus"),
        mcf=_optional(raw, "mcf"),
        basis=text("basis"),
        scope=text("scope") or "none",
        boundary=text("boundary") or "",
        biogenic=text("biogenic") == "true",
        abated=text("abated") == "true",
        fraction=text("fraction"),
        mass_basis=text("mass-basis"),
        equipment=text("equipment"),
        data_year=int(year) if year is not None else None,
        type=text("type"),
        published=int(published) if published is not None else None,
        gwp=text("gwp"),
        geography=text("geography") or "",
        quality=text("quality") or UNVERIFIED,
        citation=citation(factor_set, *places),
        reference=f"{factor_set.pin}/{entry['id']}#{raw['of']}{suffix}",
    )


def property_of(factor_set: FactorSet, entry: Mapping[str, Any], key: str = "ncv") -> Cited | None:
    """A heat content or density that an entry gives its fuel; of a range without a value, the mid-point."""
    raw = entry.get(key)
    if raw is None:
        return None
    if not isinstance(raw, Mapping):
        raw = {"value": raw}
    places = levels(factor_set, entry, raw, key)
    basis = said("mass-basis", *places)
    lower, upper = _optional(raw, "lower"), _optional(raw, "upper")
    if raw.get("value") is None and lower is not None and upper is not None:
        value = Quantity(
            (lower.value + upper.value) / (1 + 1), lower.unit, f"{lower.text} - {upper.text}"
        )
    else:
        value = quantity(raw["value"])
    return Cited(
        f"{factor_set.pin}/{entry['id']}#{key}",
        value,
        citation(factor_set, *places),
        str(said("quality", *places) or UNVERIFIED),
        str(basis) if basis is not None else None,
        lower=lower,
        upper=upper,
    )


def efficiency_of(factor_set: FactorSet, entry: Mapping[str, Any]) -> Cited:
    """The share of a substance that an abatement removes."""
    places = levels(factor_set, entry)
    return Cited(
        f"{factor_set.pin}/{entry['id']}#efficiency",
        quantity(entry["efficiency"]),
        citation(factor_set, *places),
        str(said("quality", *places) or UNVERIFIED),
        substance=substance_of(str(entry.get("of") or entry.get("size") or "")),
    )


def gwp_name(row: Mapping[str, Any]) -> str:
    """The name of the set of GWPs that a row belongs to: ``AR5-100``, ``AR5-100-feedback``."""
    feedback = "-feedback" if str(row.get("feedback")) == "true" else ""
    return f"{row['report']}-{row.get('horizon', '100')}{feedback}"


def gwp_of(factor_set: FactorSet, row: Mapping[str, Any], name: str) -> Cited:
    """The global warming potential of one gas in one report [kg CO2e/kg]."""
    places = levels(factor_set, {}, row)
    return Cited(
        f"{factor_set.pin}/{name}#{row['gas']}",
        quantity(row["value"]),
        citation(factor_set, *places),
        str(said("quality", *places) or UNVERIFIED),
        substance=substance_of(str(row["gas"])),
    )
