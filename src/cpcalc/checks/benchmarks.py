"""Checks against plausible bands (``bands.yaml``) and the benchmarks of the file's sector."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from cpcalc.checks.money import implied_prices, place_of_worth
from cpcalc.checks.reviewed import Reviewed, known_effects, legible, path_of, shown
from cpcalc.diagnostics import Diagnostic, Path
from cpcalc.figures import Figure
from cpcalc.quantities import PartOfYear, Quantity
from cpcalc.resolve.model import LinkedGroup, LinkedMeasure, LinkedStream
from cpcalc.schema.factor_rows import BenchmarkValue
from cpcalc.schema.factor_set import FactorSet
from cpcalc.units import Unit

# Plants differ: only beyond half the lowest and double the highest benchmark is a figure doubtful.
ROOM_BELOW, ROOM_ABOVE = 0.5, 2.0
ELECTRICITY = ("electric", "power", "điện", "dien")


class Band(NamedTuple):
    """From the lowest to the highest plausible value in a unit, and who says so."""

    low: float
    high: float
    unit: Unit
    source: str

    def excludes(self, figure: Figure) -> bool:
        """Whether a figure in the band's unit lies outside of it."""
        return figure.unit is self.unit and not self.low <= figure.value <= self.high

    def values(self) -> dict[str, str]:
        """The ends and the source as a message names them."""
        low, high = (f"{legible(end)} {self.unit}" for end in (self.low, self.high))
        return {"low": low, "high": high, "source": self.source}


class PriceBands(NamedTuple):
    """The bands of the price of one thing, in several currencies and units.

    ``named`` are beginnings of words of a stream's id, name or factor; none takes the whole kind.
    """

    item: str
    kind: str
    named: tuple[str, ...]
    bands: tuple[Band, ...]


class SectorBand(NamedTuple):
    """The range of one indicator over all products and sources of a sector, in one unit."""

    sector: str
    indicator: str
    band: Band


class Plausible(NamedTuple):
    """What the checks of this module compare a file with."""

    prices: tuple[PriceBands, ...]
    factors: tuple[tuple[str, Band], ...]  # by carrier
    benchmarks: tuple[SectorBand, ...]  # of the file's sector


def price_outside_band(reviewed: Reviewed, plausible: Plausible) -> Iterator[Diagnostic]:
    """A price, stated or implied by a bill or a worth, that nobody pays."""
    for stream, price, path in _prices(reviewed):
        for known in plausible.prices:
            if known.kind != stream.kind or not _is_named(reviewed, stream, known.named):
                continue
            for band in known.bands:
                if band.excludes(price):
                    values = {"stream": stream.id, "price": shown(price), "item": known.item}
                    yield Diagnostic("price-outside-band", path, values | band.values())
            break


def _prices(reviewed: Reviewed) -> Iterator[tuple[LinkedStream, Figure, Path]]:
    streams = reviewed.resolved.streams
    for stream in streams.values():
        if stream.price is not None and stream.parent is None:
            yield stream, stream.price, reviewed.place_of_price(stream.id)
    for measure in reviewed.resolved.measures:
        for effect, price in implied_prices(reviewed, measure):
            yield streams[effect.stream], price, place_of_worth(reviewed, effect)


def _is_named(reviewed: Reviewed, stream: LinkedStream, names: Sequence[str]) -> bool:
    """Whether a word of a stream's id, name or factor begins so; any stream without names."""
    uses = reviewed.written_stream(stream.id).emission_factors or ()
    texts = [stream.id, *stream.name.values(), *(use.factor.partition("/")[2] for use in uses)]
    words = " " + " ".join(texts).casefold().replace("-", " ")
    return not names or any(f" {name.replace('-', ' ')}" in words for name in names)


# ---- specific consumption -----------------------------------------------------------------------


def consumption_outside_band(reviewed: Reviewed, plausible: Plausible) -> Iterator[Diagnostic]:
    """Use or waste per unit of product far from every benchmark of the sector."""
    for sector, indicator, band in plausible.benchmarks:
        for specific, products, path in _specific(reviewed, indicator):
            if band.excludes(specific):
                values = {
                    "indicator": indicator,
                    "found": shown(specific),
                    "product": products,
                    "sector": sector,
                }
                yield Diagnostic("consumption-outside-band", path, values | band.values())


def _specific(reviewed: Reviewed, indicator: str) -> Iterator[tuple[Figure, str, Path]]:
    """Specific values with the names of the products: over each output, else as stated."""
    streams = _streams_of(reviewed, indicator)
    total = _total(reviewed, streams, indicator)
    if total is not None:
        written = reviewed.written_stream(streams[0].id)
        path = path_of(written.quantity, streams[0].path)
        for unit, (output, products) in _outputs(reviewed).items():
            yield Figure(total.value / output, total.unit / unit, None, ()), products, path
    elif len(streams) == 1:
        written = reviewed.written_stream(streams[0].id)
        stated = written.quantity
        if written.per is not None and stated is not None:
            yield Figure(stated.value, stated.unit, None, ()), written.per, stated.path


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
    kind = indicator if indicator in ("water", "wastewater") else "energy"
    if kind == "energy" and indicator not in ("electricity", "energy"):
        return []
    names = ELECTRICITY if indicator == "electricity" else ()
    return [
        stream
        for stream in reviewed.resolved.streams.values()
        if stream.kind == kind
        and stream.parent is None
        and not stream.made_from
        and _is_named(reviewed, stream, names)
    ]


def _total(reviewed: Reviewed, streams: Sequence[LinkedStream], indicator: str) -> Figure | None:
    """The yearly quantity of streams together; None where it is not known."""
    is_energy = indicator == "energy"
    total = _sum(
        _as_energy(reviewed, stream) if is_energy else stream.quantity for stream in streams
    )
    return total if total is not None and total.value > 0 else None


def _sum(figures: Iterator[Figure | None]) -> Figure | None:
    """The sum of figures of one unit; None where one is not known, or there is none."""
    every = list(figures)
    known = [figure for figure in every if figure is not None]
    if not known or len(known) != len(every) or len({figure.unit for figure in known}) != 1:
        return None
    return Figure(sum(figure.value for figure in known), known[0].unit, None, ())


def _as_energy(reviewed: Reviewed, stream: LinkedStream) -> Figure | None:
    """A fuel by its heat content, electricity as it is."""
    quantity = stream.quantity
    if quantity is None or quantity.unit.exponent("kWh") == 1:
        return quantity
    written = reviewed.written_stream(stream.id)
    heat = written.ncv or written.gcv
    if heat is None or (quantity.unit * heat.unit).exponent("kWh") != 1:
        return None
    return Figure(quantity.value * heat.value, quantity.unit * heat.unit, None, ())


def sector_bands(factor_set: FactorSet, sector: str) -> tuple[SectorBand, ...]:
    """One range for each indicator and unit of a sector, with room below and above.

    A norm is a ceiling, without a low end; nor has electricity one from a range of all energy.
    """
    groups: dict[tuple[str, Unit], list[tuple[Quantity, bool, BenchmarkValue]]] = {}
    entries = [entry for entry in factor_set.benchmarks or () if entry.sector == sector]
    for row in (row for entry in entries for row in entry.values):
        indicators = ("energy", "electricity") if row.indicator == "energy" else (row.indicator,)
        for indicator in indicators:
            has_low_end = row.level != "national-norm" and indicator == row.indicator
            for given in (row.value, row.lower, row.upper):
                if given is not None:
                    group = groups.setdefault((indicator, given.unit), [])
                    group.append((given, has_low_end, row))
    bands = []
    for (indicator, unit), members in groups.items():
        lows = [given.value for given, has_low_end, _ in members if has_low_end]
        high = max(given.value for given, _, _ in members)
        source = f"{factor_set.document_of(members[0][2]).title} ({factor_set.pin})"
        band = Band(min(lows, default=0.0) * ROOM_BELOW, high * ROOM_ABOVE, unit, source)
        bands.append(SectorBand(sector, indicator, band))
    return tuple(bands)


# ---- implied emission factors -------------------------------------------------------------------


def implied_factor(reviewed: Reviewed, plausible: Plausible) -> Iterator[Diagnostic]:
    """Stated CO2 of a saving of electricity that no power plant emits."""
    items: tuple[LinkedMeasure | LinkedGroup, ...] = (
        *reviewed.resolved.measures,
        *reviewed.resolved.groups,
    )
    for item in items:
        stated = dict(item.stated)
        energy = stated.get("electricity") or _electricity_cut(reviewed, item)
        co2 = stated.get("co2")
        if energy is None or co2 is None or energy.value <= 0:
            continue
        factor = Figure(co2.value / energy.value, co2.unit / energy.unit, None, ())
        for name, band in plausible.factors:
            if name == "electricity" and band.excludes(factor):
                values = {"co2": shown(co2), "energy": shown(energy), "factor": shown(factor)}
                path = path_of(reviewed.stated_reduction(item, "co2").by, item.path)
                yield Diagnostic("implied-factor", path, values | band.values())


def _electricity_cut(reviewed: Reviewed, item: LinkedMeasure | LinkedGroup) -> Figure | None:
    """The yearly electricity that a measure saves, where it saves no other energy."""
    streams = reviewed.resolved.streams
    effects = [
        effect
        for effect in known_effects(getattr(item, "effects", ()))
        if streams[effect.stream].kind == "energy"
    ]
    if all(_is_named(reviewed, streams[effect.stream], ELECTRICITY) for effect in effects):
        return _sum(reviewed.yearly_cut(effect) for effect in effects)
    return None
