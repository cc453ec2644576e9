"""What the rows of a factor set say: units for their substance, ranges, citations, field traps."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from operator import attrgetter
from typing import Any

from cpcalc.checks.reviewed import problem
from cpcalc.diagnostics import Diagnostic, Path
from cpcalc.quantities import Quantity
from cpcalc.schema import Model, example_of_keys, factor_rows, kebab
from cpcalc.schema.factor_set import FactorSet, rows_of
from cpcalc.units import ONE, Unit, read_unit

GREENHOUSE_GASES = ("CO2", "CO2e", "CH4", "N2O", "SF6", "NF3")
# An emission factor is per mass, energy, volume or piece of an activity, or per mass of a load.
ACTIVITIES = tuple(read_unit(unit).unit for unit in ("t", "kWh", "m3", "Nm3", "piece"))
LOADS = {load: factor_rows.mass_of(load) for load in ("COD", "BOD", "TSS", "TN", "TP")}
MASS, ENERGY, VOLUME, NORMAL_VOLUME, _ = ACTIVITIES
# 1 % of a tonne is 10 kg: no more dust per percent of ash; its sulphur gives at most 2.00 times
# its mass as SO2 (64.06 / 32.06, which the WHO rounds to 20 kg per percent).
MOST_PER_PERCENT = {"ash": 0.01, "sulphur": 0.0201}
# No liquid fuel is heavier: the bound of a factor per m3 is that per tonne times this [t/m3].
HEAVIEST_LIQUID = 1.2
# A tonne of carbon gives 44/12 tonnes of CO2.
MOST_CO2_PER_TONNE = 44 / 12
ONE_PERCENT = 0.01
RANGE = ("lower", "value", "upper")


# The kind of each property, as messages call it, and the units that it may have.
_HEAT = ("heat-content", (ENERGY / MASS, ENERGY / VOLUME, ENERGY / NORMAL_VOLUME))
PROPERTIES: Mapping[str, tuple[str, tuple[Unit, ...]]] = {
    **dict.fromkeys(("ncv", "gcv"), _HEAT),
    **dict.fromkeys(("ash", "sulphur", "moisture"), ("share", (ONE,))),
    "density": ("density", (MASS / VOLUME,)),
    "toe": ("heat-content", (ENERGY / MASS, ONE)),  # per t, or per kWh of electricity
    "toe-per-volume": ("heat-content", (ENERGY / VOLUME,)),
    "wastewater": ("water-per-product", (VOLUME / MASS,)),
    **{load.lower(): ("concentration", (mass / VOLUME,)) for load, mass in LOADS.items()},
}


Marked = tuple[Path, str, tuple[Any, ...]]  # a row's path, its name, what tells it from others


def check_entries(factor_set: FactorSet) -> Iterator[Diagnostic]:
    """All checks of all entries of a set, each at the place that its name was read from."""
    gwps: list[Marked] = []
    for section, entries in factor_set.sections():
        for entry in entries:
            name = entry.gas if isinstance(entry, factor_rows.Gwp) else entry.id
            path: Path = getattr(name, "path", (section,))[:2]
            for below, row in rows_of(entry):
                yield from _row(factor_set, row, (*path, *below))
            yield from _entry(entry, path)
            if isinstance(entry, factor_rows.Gwp):
                gwps.append((path, entry.gas, (entry.name, entry.gas)))
    yield from _not_told_apart(gwps)


def _not_told_apart(marked: Sequence[Marked]) -> Iterator[Diagnostic]:
    """Rows that have the marks of one before."""
    first: dict[tuple[Any, ...], Path] = {}
    for path, name, marks in marked:
        earlier = first.setdefault(marks, path)
        if earlier is not path:
            yield problem("rows-not-told-apart", path, {"of": name}, ("first-given-here", earlier))


# ---- every row ----------------------------------------------------------------------------------


def _row(factor_set: FactorSet, row: factor_rows.Cited, path: Path) -> Iterator[Diagnostic]:
    """A document and where in it; no value published before its data; a range in order."""
    sources = factor_set.sources or {}
    if row.source is not None and row.source not in sources:
        known = ", ".join(sources) or "-"
        yield problem("source-unknown", path, {"source": row.source, "known": known})
    if row.where is None and not isinstance(row, factor_rows.Gwp):  # a GWP is cited by its report
        yield problem("place-not-cited", path, {})
    data_year, published = row.data_year, row.published
    if data_year is not None and published is not None and published < data_year:
        values = {"published": published, "data_year": data_year}
        yield problem("published-before-its-data", path, values)
    if isinstance(row, factor_rows.Property):
        yield from _property(row, path)
    elif isinstance(row, factor_rows.Ranged):
        yield from _range(row, path)


def _property(value: factor_rows.Property, path: Path) -> Iterator[Diagnostic]:
    kind, units = PROPERTIES[str(path[-1])]
    wrong = [
        problem("wrong-kind-of-unit", (*path, key), _unit_and_text(part, expected=kind))
        for key, part in _stated(value, RANGE)
        if part.unit not in units and not part.is_bare_zero
    ]
    yield from wrong or _range(value, path)
    if not wrong and kind == "share" and value.value is not None:
        yield from _share(value.value, (*path, "value"))


def _stated(row: Model, fields: Sequence[str]) -> list[tuple[str, Quantity]]:
    """The quantities of a row that are stated, each with its key."""
    return [(kebab(name), getattr(row, name)) for name in fields if row.states(name)]


def _range(row: Model, path: Path, fields: Sequence[str] = RANGE) -> Iterator[Diagnostic]:
    """Lower end, value and upper end have one unit and stand in this order."""
    stated = _stated(row, fields)
    reference = getattr(row, fields[1]) or stated[0][1]
    for key, part in stated:
        if part.unit is not reference.unit and not part.is_bare_zero:
            yield _other_unit((*path, key), part, reference)
            return
    for (_, low), (key, high) in pairwise(stated):
        if low.value > high.value:
            yield problem("value-outside-range", (*path, key), {"low": low, "high": high})


def _unit_and_text(given: Quantity, **values: str) -> dict[str, object]:
    return {**values, "found": given.unit, "text": given}


def _other_unit(path: Path, given: Quantity, reference: Quantity) -> Diagnostic:
    return problem("units-of-one-row-differ", path, {"text": given, "reference": reference})


def _share(given: Quantity, path: Path) -> Iterator[Diagnostic]:
    """0 to 100 %; a share below 1 % is often a fraction with a % sign behind it (0.95 %)."""
    if given.value < 0 or given.value > 1:
        yield problem("out-of-range", path, {"found": given, "low": "0 %", "high": "100 %"})
    elif 0 < given.value < ONE_PERCENT:
        percent = f"{given.value * 100 * 100:.4g} %"
        yield problem("share-looks-like-a-fraction", path, {"found": given, "percent": percent})


# ---- one kind of entry --------------------------------------------------------------------------


def _entry(entry: factor_rows.Cited, path: Path) -> Iterator[Diagnostic]:
    """What entries of one kind must say besides what their rows do."""
    if isinstance(entry, factor_rows.Factor):
        yield from _factor(entry, path)
    elif isinstance(entry, factor_rows.Gwp):
        gas = "CH4" if entry.gas in factor_rows.ORIGINS else entry.gas
        if entry.value.unit is not factor_rows.mass_of("CO2e") / factor_rows.mass_of(gas):
            yield problem("gwp-unit", (*path, "value"), _unit_and_text(entry.value, of=entry.gas))
    elif isinstance(entry, factor_rows.Control):
        yield from _range(entry, path, ("lower", "efficiency", "upper"))
        yield from _share(entry.efficiency, (*path, "efficiency"))
    elif isinstance(entry, factor_rows.Fuel | factor_rows.Load):
        if not any(isinstance(row, factor_rows.Property) for _, row in rows_of(entry)):
            own = type(entry).model_fields.keys() - factor_rows.FactorEntry.model_fields.keys()
            keys = ", ".join(kebab(name) for name in type(entry).model_fields if name in own)
            values = {"keys": keys, "example": example_of_keys(keys, FactorSet, path)}
            yield problem("one-of-keys-needed", (*path, "id"), values)
        if isinstance(entry, factor_rows.Fuel):
            yield from _net_below_gross(entry, path)
    elif getattr(entry, "values", None) == []:
        yield problem("empty-value", (*path, "values"), {}, on_key=True)
    elif isinstance(entry, factor_rows.Series):
        yield from _series(entry, path)
    elif isinstance(entry, factor_rows.Price):
        yield from _times_apart(entry, path)


def _net_below_gross(fuel: factor_rows.FuelProperties, path: Path) -> Iterator[Diagnostic]:
    """The net calorific value is the lower one: exchanged, both are wrong by 5 to 10 %."""
    net, gross = (heat.value if heat else None for heat in (fuel.ncv, fuel.gcv))
    if net and gross and net.unit is gross.unit and net.value > gross.value:
        yield problem("net-above-gross", (*path, "ncv"), {"net": net, "gross": gross})


def _series(series: factor_rows.Series, path: Path) -> Iterator[Diagnostic]:
    """One value a year, all in one unit."""
    rows = [((*path, "values", number), row) for number, row in enumerate(series.values)]
    yield from _not_told_apart([(at, str(row.year), (row.year,)) for at, row in rows])
    for at, row in rows:
        if row.value.unit is not series.values[0].value.unit:
            yield _other_unit((*at, "value"), row.value, series.values[0].value)


def _times_apart(price: factor_rows.Price, path: Path) -> Iterator[Diagnostic]:
    """A price must end before the next begins: on one day there is one price."""
    for number, row in enumerate(price.values):
        at = (*path, "values", number)
        if row.to is not None and row.to < row.from_:
            values = {"first": row.from_, "last": row.to}
            yield problem("period-ends-before-it-begins", (*at, "to"), values)
    for number, (before, row) in enumerate(pairwise(price.values)):
        if before.to is None or before.to >= row.from_:
            at = (*path, "values", number + 1, "from")
            related = ("first-given-here", (*path, "values", number))
            yield problem("rows-not-told-apart", at, {"of": row.from_}, related)


# ---- factors ------------------------------------------------------------------------------------


def _factor(factor: factor_rows.Factor, path: Path) -> Iterator[Diagnostic]:
    yield from _net_below_gross(factor, path)
    if not factor.emits:
        yield problem("empty-value", (*path, "emits"), {}, on_key=True)
    rows = [((*path, "emits", number), row) for number, row in enumerate(factor.emits)]
    for at, row in rows:
        yield from _emission(row, at)
        yield from _attributes(row, at)
        yield from _carbon(row, factor, at)
    # what an assessment can choose by
    by = attrgetter("substance", "scope", "fraction", "data_year", "type", "equipment")
    yield from _not_told_apart([(at, row.of, by(row)) for at, row in rows])


def _emission(row: factor_rows.Emission, path: Path) -> Iterator[Diagnostic]:
    """A mass of the substance per activity, in its range; its percent number fits."""
    if row.value.unit.substance is None or row.activity not in (*ACTIVITIES, *LOADS.values()):
        yield problem("factor-unit", (*path, "value"), _unit_and_text(row.value, of=row.of))
        return
    yield from _range(row, path)
    if row.plus is not None and row.plus.unit is not row.value.unit:
        yield _other_unit((*path, "plus"), row.plus, row.value)
    if row.mcf is not None:
        yield from _share(row.mcf, (*path, "mcf"))
        yield from _range(row, path, ("mcf_lower", "mcf", "mcf_upper"))
    if row.times is not None and row.activity in (MASS, VOLUME):
        of_volume = HEAVIEST_LIQUID if row.activity is VOLUME else 1
        if row.value.value > MOST_PER_PERCENT[row.times] * of_volume:
            values = {"times": row.times, "text": row.value}
            yield problem("coefficient-of-a-fraction", (*path, "value"), values)


def _attributes(row: factor_rows.Emission, path: Path) -> Iterator[Diagnostic]:
    """What a row must say so that it cannot be mixed with what does not fit it."""
    is_gas = row.of in GREENHOUSE_GASES
    is_grid = row.kind == "grid-electricity"
    of_a_grid = is_grid and is_gas and row.scope == "2-location"
    has_year = row.data_year is not None or row.published is not None
    needed = {
        "scope": (is_gas and row.scope is None, "1, 2-location, 2-market, 3"),
        "boundary": (
            row.boundary is None, "combustion, process, generation, consumption, upstream ...",
        ),
        "geography": (row.geography is None, "world, VN, TH ..."),
        "gwp": (row.of == "CO2e" and row.gwp is None, "AR4-100, AR5-100 ... or not-stated"),
        "type": (of_a_grid and row.type is None, "combined-margin, average, lifecycle ..."),
        "data-year": (of_a_grid and not has_year, "2023"),
        "basis": (
            not is_grid and row.activity is ENERGY and row.basis is None, "ncv, gcv",
        ),
    }  # fmt: skip
    for field, (is_missing, choices) in needed.items():
        if is_missing:
            yield problem("attribute-missing", path, {"field": field, "choices": choices})


def _carbon(row: factor_rows.Emission, fuel: factor_rows.Factor, at: Path) -> Iterator[Diagnostic]:
    """No more CO2 than a tonne of carbon gives: else a slip of a thousand, or of the heat."""
    if row.of != "CO2" or row.kind not in (None, "fuel"):
        return
    heat = fuel.ncv.value if fuel.ncv else None
    per_tonne = 0.0
    if row.activity is MASS:
        per_tonne = row.value.value
    elif row.activity is ENERGY and heat is not None and heat.unit is ENERGY / MASS:
        per_tonne = row.value.value * heat.value
    if per_tonne > MOST_CO2_PER_TONNE:
        yield problem("more-than-its-carbon", (*at, "value"), {"found": per_tonne})
