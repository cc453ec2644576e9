"""What the rows of a factor set say: units for their substance, ranges, citations, and the traps of the field."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any, NamedTuple

from cpcalc.diagnostics import Diagnostic, Path
from cpcalc.quantities import Quantity
from cpcalc.schema.factor_set import (
    NOT_STATED,
    ORIGINS,
    Benchmark,
    Cited,
    Control,
    Emission,
    Entry,
    Factor,
    FactorSet,
    Fuel,
    Gwp,
    Load,
    Price,
    Property,
    Ranged,
    Said,
    Series,
    mass_of,
    said,
)
from cpcalc.units import ONE, Unit, read_unit

# Entries that have the right shape, by section, each with its place in the file's list.
Sections = dict[str, list[tuple[int, Any]]]

GREENHOUSE_GASES = ("CO2", "CO2e", "CH4", "N2O", "SF6", "NF3")
# An emission factor is per mass, energy, volume or piece of an activity, or per mass of an organic load.
ACTIVITIES = tuple(read_unit(unit).unit for unit in ("t", "kWh", "m3", "Nm3", "piece"))
LOADS = tuple(mass_of(load) for load in ("COD", "BOD", "TSS", "TN", "TP"))
ENERGY = read_unit("kWh").unit
MASS = read_unit("t").unit
VOLUME = read_unit("m3").unit
FLOW = read_unit("m3/t").unit
# 1 % of a tonne is 10 kg: no more dust per percent of ash; its sulphur gives at most 2.00 times its mass as SO2
# (64.06 / 32.06, which the WHO rounds to 20 kg per percent).
MOST_PER_PERCENT = {"ash": 0.01, "sulphur": 0.0201}
# No liquid fuel is heavier than this, so a factor per m3 has the same bound as one per tonne times this [t/m3].
HEAVIEST_LIQUID = 1.2
# A tonne of carbon gives 44/12 tonnes of CO2.
MOST_CO2_PER_TONNE = 44 / 12
ONE_PERCENT = 0.01
PERCENT_NUMBERS = 100


class Place(NamedTuple):
    """Where a row stands, and what speaks for it: row, entry, defaults of its substance, set."""

    path: Path
    levels: tuple[Said | None, ...]

    def said(self, field: str) -> Any:
        """What counts for a field at this place."""
        return said(field, *self.levels)


def check_entries(head: FactorSet, sections: Sections) -> Iterator[Diagnostic]:
    """All checks of all entries of a set."""
    for section, entries in sections.items():
        for position, entry in entries:
            yield from _entry(head, entry, (section, position))
    yield from _gwps_told_apart(sections.get("gwps", ()))


def _entry(head: FactorSet, entry: Any, path: Path) -> Iterator[Diagnostic]:
    if isinstance(entry, Factor):
        yield from _factor(head, entry, path)
    elif isinstance(entry, Gwp):
        yield from _gwp(head, entry, path)
    elif isinstance(entry, Control):
        yield from _row(head, Place(path, (entry, head)))
        yield from _range(entry.efficiency, entry.lower, entry.upper, path, "efficiency")
        yield from _is_share(entry.efficiency, (*path, "efficiency"))
    elif isinstance(entry, Series | Benchmark | Price):
        yield from _values(head, entry, path)
    elif isinstance(entry, Fuel | Load):
        yield from _properties(head, entry, path)
    else:  # a parameter
        yield from _row(head, Place(path, (entry, head)))
        yield from _range(entry.value, entry.lower, entry.upper, path)


# ---- citation -------------------------------------------------------------------------------------------------------


def _row(head: FactorSet, place: Place) -> Iterator[Diagnostic]:
    """What every value must have: a document and where in it. What is not said to be verified counts as unverified."""
    key = said("source", *place.levels[:-1])
    if key is not None and key not in (head.sources or {}):
        yield Diagnostic(
            "source-unknown",
            place.path,
            {"source": str(key), "known": ", ".join(head.sources or {}) or "-"},
        )
    if place.said("where") is None:
        yield Diagnostic("place-not-cited", place.path, {})
    data_year, published = place.said("data_year"), place.said("published")
    if data_year is not None and published is not None and published < data_year:
        values = {"published": str(published), "data_year": str(data_year)}
        yield Diagnostic("published-before-its-data", place.path, values)


def _missing(field: str, choices: str, path: Path) -> Diagnostic:
    return Diagnostic("attribute-missing", path, {"field": field, "choices": choices})


# ---- factors --------------------------------------------------------------------------------------------------------


def _factor(head: FactorSet, factor: Factor, path: Path) -> Iterator[Diagnostic]:
    defaults = head.defaults or {}
    for name, heat in (("ncv", factor.ncv), ("gcv", factor.gcv), ("density", factor.density)):
        if heat is not None:
            yield from _property(
                head, heat, name, Place((*path, name), (heat, factor, defaults.get(name), head))
            )
    yield from _net_below_gross(factor.ncv, factor.gcv, path)
    if not factor.emits:
        yield Diagnostic("empty-value", (*path, "emits"), {}, on_key=True)
    for position, row in enumerate(factor.emits):
        place = Place((*path, "emits", position), (row, factor, defaults.get(row.of), head))
        yield from _row(head, place)
        yield from _emission(row, place)
        yield from _typed(row, place)
        yield from _carbon(row, factor, place)
    yield from _told_apart(head, factor, path)


def _emission(row: Emission, place: Place) -> Iterator[Diagnostic]:
    """The value is a mass of the substance per activity, its range lies around it, its percent number fits."""
    if row.value.unit.substance is None or row.activity not in (*ACTIVITIES, *LOADS):
        values = {"of": row.of, "text": row.value.text, "found": str(row.value.unit)}
        yield Diagnostic("factor-unit", (*place.path, "value"), values)
        return
    yield from _range(row.value, row.lower, row.upper, place.path)
    if row.plus is not None and row.plus.unit is not row.value.unit:
        yield _other_unit("plus", row.plus, row.value, place.path)
    if row.mcf is not None:
        yield from _is_share(row.mcf, (*place.path, "mcf"))
        yield from _range(row.mcf, row.mcf_lower, row.mcf_upper, place.path, "mcf", "mcf-")
    bound = MOST_PER_PERCENT.get(row.times or "")
    if bound is not None and row.activity in (MASS, VOLUME):
        bound *= HEAVIEST_LIQUID if row.activity is VOLUME else 1
        if row.value.value > bound:
            yield Diagnostic(
                "coefficient-of-a-fraction",
                (*place.path, "value"),
                {"times": str(row.times), "text": row.value.text},
            )


def _typed(row: Emission, place: Place) -> Iterator[Diagnostic]:
    """What a row must say so that it cannot be mixed with what does not fit it."""
    gas = row.of in GREENHOUSE_GASES
    if gas and place.said("scope") is None:
        yield _missing("scope", "1, 2-location, 2-market, 3", place.path)
    if place.said("boundary") is None:
        yield _missing(
            "boundary", "combustion, process, generation, consumption, upstream ...", place.path
        )
    if place.said("geography") is None:
        yield _missing("geography", "world, VN, TH ...", place.path)
    if row.of == "CO2e" and place.said("gwp") is None:
        yield _missing("gwp", f"AR4-100, AR5-100 ... or {NOT_STATED}", place.path)
    is_grid = place.said("kind") == "grid-electricity"
    if is_grid and gas and place.said("scope") == "2-location":
        if place.said("type") is None:
            yield _missing("type", "combined-margin, average, lifecycle ...", place.path)
        if place.said("data_year") is None and place.said("published") is None:
            yield _missing("data-year", "2023", place.path)
    if not is_grid and row.activity is ENERGY and place.said("basis") is None:
        yield _missing("basis", "ncv, gcv", place.path)


def _carbon(row: Emission, factor: Factor, place: Place) -> Iterator[Diagnostic]:
    """A tonne of fuel gives no more CO2 than a tonne of carbon: else a slip of a thousand, or of the heat content."""
    if row.of != "CO2" or place.said("kind") not in (None, "fuel"):
        return
    per_tonne = row.value.value if row.activity is MASS else None
    heat = factor.ncv.value if factor.ncv is not None else None
    if row.activity is ENERGY and heat is not None and heat.unit is ENERGY / MASS:
        per_tonne = row.value.value * heat.value
    if per_tonne is not None and per_tonne > MOST_CO2_PER_TONNE:
        yield Diagnostic(
            "more-than-its-carbon", (*place.path, "value"), {"found": f"{per_tonne:.3g}"}
        )


def _told_apart(head: FactorSet, factor: Factor, path: Path) -> Iterator[Diagnostic]:
    """Two rows of one substance must differ in something that an assessment can choose by."""
    first: dict[tuple[Any, ...], int] = {}
    for position, row in enumerate(factor.emits):
        levels = (row, factor, (head.defaults or {}).get(row.of), head)
        marks = tuple(said(field, *levels) for field in ("scope", "fraction", "data_year", "type"))
        key = (row.of, *marks, row.equipment)
        if key in first:
            related = (("first-given-here", (*path, "emits", first[key])),)
            yield Diagnostic(
                "rows-not-told-apart", (*path, "emits", position), {"of": row.of}, related=related
            )
        first.setdefault(key, position)


# ---- other sections -------------------------------------------------------------------------------------------------


def _gwp(head: FactorSet, gwp: Gwp, path: Path) -> Iterator[Diagnostic]:
    yield from _row(head, Place(path, (gwp, Cited.model_construct(where=gwp.report), head)))
    gas = "CH4" if gwp.gas in ORIGINS else gwp.gas
    if gwp.value.unit is not mass_of("CO2e") / mass_of(gas):
        values = {"of": gwp.gas, "text": gwp.value.text, "found": str(gwp.value.unit)}
        yield Diagnostic("gwp-unit", (*path, "value"), values)


def _gwps_told_apart(entries: Iterable[tuple[int, Gwp]]) -> Iterator[Diagnostic]:
    first: dict[tuple[Any, ...], int] = {}
    for position, gwp in entries:
        key = (gwp.report, gwp.horizon, bool(gwp.feedback), gwp.gas)
        if key in first:
            related = (("first-given-here", ("gwps", first[key])),)
            yield Diagnostic(
                "rows-not-told-apart", ("gwps", position), {"of": gwp.gas}, related=related
            )
        first.setdefault(key, position)


def _values(head: FactorSet, entry: Series | Benchmark | Price, path: Path) -> Iterator[Diagnostic]:
    """Values over years, times or levels: cited, in order, and of one kind of unit."""
    if not entry.values:
        yield Diagnostic("empty-value", (*path, "values"), {}, on_key=True)
    for position, row in enumerate(entry.values):
        place = Place((*path, "values", position), (row, entry, head))
        yield from _row(head, place)
        if isinstance(row, Ranged):
            yield from _range(row.value, row.lower, row.upper, place.path)
    if isinstance(entry, Series):
        yield from _one_value_a_year(entry, path)
    if isinstance(entry, Price):
        yield from _times_apart(entry, path)


def _one_value_a_year(series: Series, path: Path) -> Iterator[Diagnostic]:
    seen: dict[int, int] = {}
    for position, row in enumerate(series.values):
        if row.year in seen:
            related = (("first-given-here", (*path, "values", seen[row.year])),)
            yield Diagnostic(
                "rows-not-told-apart",
                (*path, "values", position),
                {"of": str(row.year)},
                related=related,
            )
        seen.setdefault(row.year, position)
        if row.value.unit is not series.values[0].value.unit:
            yield _other_unit(
                "value", row.value, series.values[0].value, (*path, "values", position)
            )


def _times_apart(price: Price, path: Path) -> Iterator[Diagnostic]:
    """A price must end before the next begins: on one day there is one price."""
    for position, row in enumerate(price.values):
        if row.to is not None and row.to < row.from_:
            values = {"first": row.from_, "last": row.to}
            yield Diagnostic(
                "period-ends-before-it-begins", (*path, "values", position, "to"), values
            )
        before = price.values[position - 1] if position else None
        if before is not None and (before.to is None or before.to >= row.from_):
            related = (("first-given-here", (*path, "values", position - 1)),)
            values = {"of": row.from_}
            yield Diagnostic(
                "rows-not-told-apart", (*path, "values", position, "from"), values, related=related
            )


def _properties(head: FactorSet, entry: Fuel | Load, path: Path) -> Iterator[Diagnostic]:
    found = False
    for name in entry.model_fields_set:
        value = getattr(entry, name)
        if isinstance(value, Property):
            found = True
            key = name.replace("_", "-")
            levels = (value, entry, (head.defaults or {}).get(key), head)
            yield from _property(head, value, key, Place((*path, key), levels))
    if not found:
        yield Diagnostic("one-of-keys-needed", (*path, "id"), {"keys": _PROPERTIES_OF[type(entry)]})
    if isinstance(entry, Fuel):
        yield from _net_below_gross(entry.ncv, entry.gcv, path)


_PROPERTIES_OF: Mapping[type[Entry], str] = {
    Fuel: "ncv, gcv, density, ash, sulphur, moisture, toe, toe-per-volume",
    Load: "wastewater, cod, bod, tss",
}
HEAT = (ENERGY / MASS, ENERGY / VOLUME, ENERGY / read_unit("Nm3").unit)
DENSITY = MASS / VOLUME
# The units that a property may have, and the word for them in messages.
_UNITS_OF: Mapping[str, tuple[tuple[Unit, ...], str]] = {
    "ncv": (HEAT, "heat-content"),
    "gcv": (HEAT, "heat-content"),
    "density": ((DENSITY,), "density"),
    "ash": ((ONE,), "share"),
    "sulphur": ((ONE,), "share"),
    "moisture": ((ONE,), "share"),
    "toe": ((ENERGY / MASS, ONE), "heat-content"),  # per tonne, or per kWh of electricity
    "toe-per-volume": ((ENERGY / VOLUME,), "heat-content"),
    "wastewater": ((FLOW,), "water-per-product"),
    "cod": ((mass_of("COD") / VOLUME,), "concentration"),
    "bod": ((mass_of("BOD") / VOLUME,), "concentration"),
    "tss": ((mass_of("TSS") / VOLUME,), "concentration"),
}


def _property(head: FactorSet, value: Property, name: str, place: Place) -> Iterator[Diagnostic]:
    yield from _row(head, place)
    units, kind = _UNITS_OF[name]
    wrong = [
        (key, given)
        for key, given in _parts(value)
        if given.unit not in units and not given.is_bare_zero
    ]
    for key, given in wrong:
        values = {"expected": kind, "found": str(given.unit), "text": given.text}
        yield Diagnostic("wrong-kind-of-unit", (*place.path, key), values)
    if not wrong:
        yield from _range(value.value, value.lower, value.upper, place.path)
        if ONE in units and name != "toe" and value.value is not None:
            yield from _is_share(value.value, (*place.path, "value"))


def _parts(value: Ranged) -> Iterator[tuple[str, Quantity]]:
    for key in ("value", "lower", "upper"):
        given = getattr(value, key)
        if given is not None:
            yield key, given


def _net_below_gross(
    net: Property | None, gross: Property | None, path: Path
) -> Iterator[Diagnostic]:
    """The net calorific value is the lower one: exchanged, both are wrong by 5 to 10 %."""
    if net is None or gross is None or net.value is None or gross.value is None:
        return
    if net.value.unit is gross.value.unit and net.value.value > gross.value.value:
        values = {"net": net.value.text, "gross": gross.value.text}
        yield Diagnostic("net-above-gross", (*path, "ncv"), values)


# ---- ranges and shares ----------------------------------------------------------------------------------------------


def _range(
    value: Quantity | None,
    lower: Quantity | None,
    upper: Quantity | None,
    path: Path,
    key: str = "value",
    prefix: str = "",
) -> Iterator[Diagnostic]:
    """Lower, value and upper have one unit and stand in this order."""
    named = ((f"{prefix}lower", lower), (key, value), (f"{prefix}upper", upper))
    given = [(name, one) for name, one in named if one is not None]
    reference = value or (given[0][1] if given else None)
    for name, one in given:
        if reference is not None and one.unit is not reference.unit and not one.is_bare_zero:
            yield _other_unit(name, one, reference, path)
            return
    for (_, low), (name, high) in pairwise(given):
        if low.value > high.value:
            values = {"low": low.text, "high": high.text}
            yield Diagnostic("value-outside-range", (*path, name), values)


def _other_unit(key: str, given: Quantity, reference: Quantity, path: Path) -> Diagnostic:
    return Diagnostic(
        "units-of-one-row-differ", (*path, key), {"text": given.text, "reference": reference.text}
    )


def _is_share(given: Quantity, path: Path) -> Iterator[Diagnostic]:
    """A share lies between 0 and 100 %; one below 1 % is often a fraction with a % sign behind it (0.95 %)."""
    if given.value < 0 or given.value > 1:
        yield Diagnostic("out-of-range", path, {"found": given.text, "low": "0 %", "high": "100 %"})
    elif 0 < given.value < ONE_PERCENT:
        percent = f"{given.value * PERCENT_NUMBERS * PERCENT_NUMBERS:.4g} %"
        yield Diagnostic(
            "share-looks-like-a-fraction", path, {"found": given.text, "percent": percent}
        )
