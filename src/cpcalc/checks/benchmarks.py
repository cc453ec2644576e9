"""Checks against plausible bands (``bands.yaml``) and the benchmarks of the file's sector."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from cpcalc.checks.reviewed import Reviewed, known_effects, path_of, problem, ratio
from cpcalc.diagnostics import Diagnostic, Path
from cpcalc.figures import Figure
from cpcalc.quantities import PartOfYear, Quantity
from cpcalc.resolve.context import Context
from cpcalc.resolve.model import LinkedGroup, LinkedMeasure, LinkedStream
from cpcalc.schema import Model, kebab
from cpcalc.schema.factor_rows import BenchmarkValue
from cpcalc.schema.factor_set import FactorSet
from cpcalc.units import CURRENCIES, SUBSTANCES, Unit

# Plants differ: only beyond half the lowest and double the highest benchmark is a figure doubtful.
ROOM_BELOW, ROOM_ABOVE = 0.5, 2.0
# The streams that benchmarks of water, waste water, all energy and electricity are about.
KIND_OF_INDICATOR = {
    "water": "water", "wastewater": "wastewater", "energy": "energy", "electricity": "energy",
}  # fmt: skip
PRICE = "price"
ELECTRICITY = ("electric", "power", "điện", "dien")


class Band(NamedTuple):
    """From the lowest to the highest plausible value in a unit, who says so, and the ends as
    written."""

    low: float
    high: float
    unit: Unit
    source: str
    ends: tuple[str, str] | None = None

    def excludes(self, figure: Figure) -> bool:
        """Whether a figure in the band's unit lies outside of it."""
        return figure.unit is self.unit and not self.low <= figure.value <= self.high

    def problem(self, name: str, path: Path, values: Mapping[str, object]) -> Diagnostic:
        """A figure outside of the band; the message names its ends and its source too."""
        low, high = self.ends or (Figure(self.low, self.unit), Figure(self.high, self.unit))
        return problem(name, path, {**values, "low": low, "high": high, "source": self.source})


class Bands(NamedTuple):
    """The bands of one thing, in several units; of what the file states under one of ``keys``.

    ``kinds`` and ``named`` (beginnings of words of a stream's id, name or factor) say of which
    streams; none of all.
    """

    item: str
    keys: tuple[str, ...]
    kinds: tuple[str, ...]
    named: tuple[str, ...]
    bands: tuple[Band, ...]

    def of(self, unit: Unit) -> Band | None:
        """The band in a unit."""
        return next((band for band in self.bands if band.unit is unit), None)


class Plausible(NamedTuple):
    """What the checks of this module compare a file with.

    ``benchmarks`` are ranges of indicators over all products and sources of the file's sector.
    """

    values: tuple[Bands, ...]
    consumption: tuple[Bands, ...]
    factor_of_electricity: Band
    sector: str = ""
    benchmarks: tuple[tuple[str, Band], ...] = ()


def price_outside_band(reviewed: Reviewed, plausible: Plausible) -> Iterator[Diagnostic]:
    """A price, stated or implied by a bill or a worth, that nobody pays."""
    for stream, price, path in _prices(reviewed):
        known = _bands_of(reviewed, plausible, PRICE, price.unit, stream)
        if known is not None and known[1].excludes(price):
            values = {"stream": stream.id, "price": price, "item": known[0]}
            yield known[1].problem("price-outside-band", path, values)


def value_outside_band(reviewed: Reviewed, plausible: Plausible) -> Iterator[Diagnostic]:
    """A number that has a physical limit, far beyond it: a heat content, a density, a life."""
    for key, given in _stated("", reviewed.assessment):
        section, name, *_ = (*given.path, "", "")
        stream = reviewed.resolved.streams.get(str(name)) if section == "streams" else None
        unit = given.unit if key == PRICE else given.unit.without(*SUBSTANCES)
        price = stream.price if stream is not None and key == PRICE else None
        if price is not None and price.unit.without(*CURRENCIES) is unit.without(*CURRENCIES):
            continue  # held to its band in the report's currency
        known = _bands_of(reviewed, plausible, key, unit, stream)
        if known is not None and known[1].excludes(Figure(given.value, unit)):
            values = {"text": given, "item": known[0]}
            yield known[1].problem("value-outside-band", given.path, values)


def _stated(key: str, node: object) -> Iterator[tuple[str, Quantity]]:
    """The quantities of a file, each with its key; those of a change of a load with the load's."""
    if isinstance(node, Quantity):
        yield key, node
    elif isinstance(node, Model):
        load = getattr(node, "load", None)
        stated = {field: part for field, part in vars(node).items() if part is not None}
        for field, part in stated.items():
            yield from _stated(load if load and field in ("from_", "to") else kebab(field), part)
    elif isinstance(node, (list, Mapping)):
        for part in node.values() if isinstance(node, Mapping) else node:
            yield from _stated(key, part)


def _bands_of(
    reviewed: Reviewed, plausible: Plausible, key: str, unit: Unit, stream: LinkedStream | None
) -> tuple[str, Band] | None:
    """The first band in a unit for what stands under a key, and what it is a band of."""
    for row in plausible.values:
        band = row.of(unit) if key in row.keys else None
        is_of_kind = not row.kinds or (stream is not None and stream.kind in row.kinds)
        if band is None or not is_of_kind:
            continue
        if not row.named or (stream is not None and _is_named(reviewed, stream, row.named)):
            return row.item, band
    return None


def _prices(reviewed: Reviewed) -> Iterator[tuple[LinkedStream, Figure, Path]]:
    streams = reviewed.resolved.streams
    for stream in streams.values():
        # Nothing is the price of what nobody pays for, and says so.
        if stream.price is not None and stream.price.value and stream.parent is None:
            yield stream, stream.price, reviewed.place_of_price(stream.id)
    for effect, price in reviewed.implied_prices():
        yield streams[effect.stream], price, reviewed.place_of_worth(effect)


def _is_named(reviewed: Reviewed, stream: LinkedStream, names: Sequence[str]) -> bool:
    """Whether a word of a stream's id, name or factor begins so; any stream without names."""
    uses = reviewed.written_stream(stream.id).emission_factors or ()
    texts = [stream.id, *stream.name.values(), *(use.factor.partition("/")[2] for use in uses)]
    words = " " + " ".join(texts).casefold().replace("-", " ")
    return not names or any(f" {name.replace('-', ' ')}" in words for name in names)


# ---- specific consumption -----------------------------------------------------------------------


def consumption_outside_band(reviewed: Reviewed, plausible: Plausible) -> Iterator[Diagnostic]:
    """Use or waste per unit of product far from every benchmark of the sector."""
    for indicator, band in plausible.benchmarks:
        for specific, products, path in _specific(reviewed, indicator):
            if band.excludes(specific):
                values: dict[str, object] = {"indicator": indicator, "product": products}
                values |= {"found": specific, "sector": plausible.sector}
                yield band.problem("consumption-outside-band", path, values)
    known = {(indicator, band.unit) for indicator, band in plausible.benchmarks}
    for row in plausible.consumption:  # of any plant
        for specific, products, path in _specific(reviewed, row.keys[0]):
            limit = row.of(specific.unit)
            is_known = (row.keys[0], specific.unit) in known
            if limit is not None and not is_known and limit.excludes(specific):
                values = {"text": specific, "item": row.item, "product": products}
                yield limit.problem("value-outside-band", path, values)


def benchmark_not_compared(reviewed: Reviewed) -> Iterator[Diagnostic]:
    """A benchmark that a product names, of which no value is in the unit of a figure of it."""
    for position, product in enumerate(reviewed.assessment.products or ()):
        rows = reviewed.resolved.benchmarks.get(product.id)
        specific = reviewed.result.specific.get(product.id)
        if rows and specific is not None and not specific.benchmark:
            stated = [(row.indicator, row.value or row.lower or row.upper) for row in rows]
            given = dict.fromkeys(f"{name} {value.text}" for name, value in stated if value)
            values = {"benchmark": product.benchmark, "values": ", ".join(given)}
            path = ("products", position, "benchmark")
            yield problem("benchmark-not-compared", path, {**values, "product": product.id})


def _specific(reviewed: Reviewed, indicator: str) -> Iterator[tuple[Figure, str, Path]]:
    """Specific values with the names of the products: over each output, else as stated."""
    streams = _streams_of(reviewed, indicator)
    if not streams:
        return
    is_energy = indicator == "energy"
    amounts = [_as_energy(reviewed, one) if is_energy else one.quantity for one in streams]
    total = _sum(amounts)
    written = reviewed.written_stream(streams[0].id)
    stated = written.quantity
    if total is not None and total.value > 0:
        path = path_of(stated, streams[0].path)
        for unit, (output, products) in _outputs(reviewed).items():
            yield Figure(total.value / output, total.unit / unit), products, path
    elif len(streams) == 1 and written.per is not None and stated is not None:
        yield Figure(stated.value, stated.unit), written.per, stated.path


def _outputs(reviewed: Reviewed) -> Mapping[Unit, tuple[float, str]]:
    """The yearly output of all products of a unit together, with their names."""
    outputs: dict[Unit, tuple[float, str]] = {}
    for product in reviewed.assessment.products or ():
        given = product.output
        if given is None or isinstance(given, PartOfYear) or given.value <= 0:
            continue
        if given.unit.exponent("year") == -1:
            before, names = outputs.get(given.unit, (0.0, ""))
            names = f"{names}, {product.id}" if names else product.id
            outputs[given.unit] = (before + given.value, names)
    return outputs


def _streams_of(reviewed: Reviewed, indicator: str) -> list[LinkedStream]:
    """The streams that an indicator is about."""
    kind = KIND_OF_INDICATOR.get(indicator)
    names = ELECTRICITY if indicator == "electricity" else ()
    whole = [one for one in reviewed.resolved.streams.values() if one.parent is None]
    wanted = [stream for stream in whole if stream.kind == kind and not stream.made_from]
    return [stream for stream in wanted if _is_named(reviewed, stream, names)]


def _sum(figures: Sequence[Figure | None]) -> Figure | None:
    """The sum of figures of one unit; None where one is not known, or there is none."""
    known = [figure for figure in figures if figure is not None]
    if len(known) != len(figures) or len({figure.unit for figure in known}) != 1:
        return None
    return Figure(sum(figure.value for figure in known), known[0].unit)


def _as_energy(reviewed: Reviewed, stream: LinkedStream) -> Figure | None:
    """A fuel by its heat content, electricity as it is."""
    quantity = stream.quantity
    if quantity is None or quantity.unit.exponent("kWh") == 1:
        return quantity
    heat = Context.heat_of(reviewed.written_stream(stream.id), stream.terms)
    if heat is None or (quantity.unit * heat.unit).exponent("kWh") != 1:
        return None
    return Figure(quantity.value * heat.value, quantity.unit * heat.unit)


def sector_bands(factor_set: FactorSet, sector: str) -> tuple[tuple[str, Band], ...]:
    """One range for each indicator and unit of a sector, with room below and above.

    A norm is a ceiling, without a low end; nor has electricity one from a range of all energy.
    """
    groups: dict[tuple[str, Unit], list[tuple[Quantity, bool, BenchmarkValue]]] = {}
    entries = [entry for entry in factor_set.benchmarks or () if entry.sector == sector]
    for row in (row for entry in entries for row in entry.values):
        indicators = ("energy", "electricity") if row.indicator == "energy" else (row.indicator,)
        for indicator in indicators:
            has_low_end = row.level != "national-norm" and indicator == row.indicator
            for given in filter(None, (row.value, row.lower, row.upper)):
                groups.setdefault((indicator, given.unit), []).append((given, has_low_end, row))
    bands = []
    for (indicator, unit), members in groups.items():
        lows = [given.value for given, has_low_end, _ in members if has_low_end]
        high = max(given.value for given, _, _ in members)
        source = f"{factor_set.document_of(members[0][2]).title} ({factor_set.pin})"
        band = Band(min(lows, default=0.0) * ROOM_BELOW, high * ROOM_ABOVE, unit, source)
        bands.append((indicator, band))
    return tuple(bands)


# ---- implied emission factors -------------------------------------------------------------------


def implied_factor(reviewed: Reviewed, plausible: Plausible) -> Iterator[Diagnostic]:
    """Stated CO2 of a saving of electricity that no power plant emits."""
    band = plausible.factor_of_electricity
    resolved = reviewed.resolved
    items: list[LinkedMeasure | LinkedGroup] = [*resolved.measures, *resolved.groups]
    for item in items:
        stated = dict(item.stated)
        energy = stated.get("electricity") or _electricity_cut(reviewed, item)
        co2 = stated.get("co2")
        if energy is None or co2 is None or energy.value <= 0:
            continue
        factor = ratio(co2, energy)
        if band.excludes(factor):
            path = path_of(reviewed.stated_reduction(item, "co2").by, item.path)
            values = {"co2": co2, "energy": energy, "factor": factor}
            yield band.problem("implied-factor", path, values)


def _electricity_cut(reviewed: Reviewed, item: LinkedMeasure | LinkedGroup) -> Figure | None:
    """The yearly electricity that a measure saves, where it saves no other energy."""
    streams = reviewed.resolved.streams
    known = known_effects(getattr(item, "effects", ()))
    effects = [effect for effect in known if streams[effect.stream].kind == "energy"]
    if all(_is_named(reviewed, streams[effect.stream], ELECTRICITY) for effect in effects):
        return _sum([reviewed.yearly_cut(effect) for effect in effects])
    return None
