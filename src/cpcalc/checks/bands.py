"""Checks against benchmarks and plausible bands. The numbers are data (``bands.yaml``, the set of benchmarks)."""

# No postponed annotations here: each named tuple would compile each of its own at every start.
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from cpcalc.checks.money import implied_prices
from cpcalc.checks.wording import effect_in_file, legible, path_of, shown, yearly_cut
from cpcalc.diagnostics import Diagnostic, Path
from cpcalc.figures import Figure
from cpcalc.quantities import PartOfYear, Quantity
from cpcalc.resolve.model import Effect, Group, Measure, Resolved, Stream
from cpcalc.results import AssessmentResult
from cpcalc.schema.assessment import Assessment
from cpcalc.units import Unit

# Plants differ: only beyond half the lowest and double the highest benchmark is a figure doubtful.
ROOM_BELOW, ROOM_ABOVE = 0.5, 2.0
ELECTRICITY = ("electric", "power", "điện", "dien")


class Band(NamedTuple):
    """From the lowest to the highest plausible value, and who says so."""

    low: Quantity
    high: Quantity
    source: str

    def excludes(self, value: float) -> bool:
        """Whether a value lies outside."""
        return not self.low.value <= value <= self.high.value


class PriceBands(NamedTuple):
    """The bands of the price of one thing, in several currencies and units."""

    item: str
    kind: str
    named: tuple[str, ...]
    bands: tuple[Band, ...]


class Benchmark(NamedTuple):
    """The specific values of one indicator in one sector, in one unit: the whole range over products and sources."""

    sector: str
    indicator: str
    band: Band


class Bands(NamedTuple):
    """All data of this module's checks."""

    prices: tuple[PriceBands, ...]
    factors: tuple[tuple[str, Band], ...]
    benchmarks: tuple[Benchmark, ...]  # of the file's sector


def price_outside_band(
    assessment: Assessment, resolved: Resolved, result: AssessmentResult, bands: Bands
) -> Iterator[Diagnostic]:
    """A price, stated or implied by a bill or a worth, that nobody pays."""
    for stream, price, path in _prices(assessment, resolved):
        for known in bands.prices:
            if known.kind != stream.kind or not _is_named(assessment, stream, known.named):
                continue
            band = next((band for band in known.bands if band.low.unit is price.unit), None)
            if band is not None and band.excludes(price.value):
                values = {
                    "stream": stream.id,
                    "price": shown(price),
                    "item": known.item,
                    "source": band.source,
                }
                yield Diagnostic("price-outside-band", path, values | _ends(band))
            break


def _prices(assessment: Assessment, resolved: Resolved) -> Iterator[tuple[Stream, Figure, Path]]:
    for stream in resolved.streams.values():
        if stream.price is not None and stream.parent is None:
            written = (assessment.streams or {})[stream.id]
            yield stream, stream.price, path_of(written.price or written.annual_cost, stream.path)
    for measure in resolved.measures:
        for effect, price in implied_prices(resolved, measure):
            yield (
                resolved.streams[effect.stream],
                price,
                path_of(effect_in_file(assessment, effect).worth, effect.path),
            )


def _is_named(assessment: Assessment, stream: Stream, names: tuple[str, ...]) -> bool:
    if not names:
        return True
    written = (assessment.streams or {})[stream.id]
    factors = (use.factor.partition("/")[2] for use in written.emission_factors or ())
    texts = " ".join([stream.id, *stream.name.values(), *factors]).casefold().replace("-", " ")
    words = f" {texts} "
    return any(f" {name.replace('-', ' ')}" in words for name in names)


def _ends(band: Band) -> dict[str, str]:
    return {
        "low": f"{legible(band.low.value)} {band.low.unit}",
        "high": f"{legible(band.high.value)} {band.high.unit}",
    }


# ---- specific consumption -------------------------------------------------------------------------------------------


def consumption_outside_band(
    assessment: Assessment, resolved: Resolved, result: AssessmentResult, bands: Bands
) -> Iterator[Diagnostic]:
    """Use or waste per unit of product far from every benchmark of the sector."""
    outputs = _outputs(assessment)
    for benchmark in bands.benchmarks:
        streams = _streams_of(assessment, resolved, benchmark.indicator)
        for specific, products, path in _specific(
            assessment, streams, benchmark.indicator, outputs
        ):
            if specific.unit is benchmark.band.low.unit and benchmark.band.excludes(specific.value):
                values = {
                    "indicator": benchmark.indicator,
                    "found": shown(specific),
                    "product": products,
                }
                values |= {"sector": benchmark.sector, "source": benchmark.band.source}
                yield Diagnostic("consumption-outside-band", path, values | _ends(benchmark.band))


Outputs = Mapping[Unit, tuple[float, str]]


def _specific(
    assessment: Assessment, streams: Sequence[Stream], indicator: str, outputs: Outputs
) -> Iterator[tuple[Figure, str, Path]]:
    """Specific values with the names of the products: over each output, or as stated where the output is not known."""
    total = _total(assessment, streams, indicator)
    if total is not None:
        path = path_of((assessment.streams or {})[streams[0].id].quantity, streams[0].path)
        for unit, (output, products) in outputs.items():
            yield Figure(total.value / output, total.unit / unit, None, ()), products, path
    elif len(streams) == 1:
        written = (assessment.streams or {})[streams[0].id]
        if written.per is not None and written.quantity is not None:
            yield (
                Figure(written.quantity.value, written.quantity.unit, None, ()),
                written.per,
                written.quantity.path,
            )


def _outputs(assessment: Assessment) -> Outputs:
    """The yearly output of all products of a unit together, with their names."""
    found: dict[Unit, tuple[float, str]] = {}
    for product in assessment.products or ():
        given = product.output
        if (
            given is None
            or isinstance(given, PartOfYear)
            or given.value <= 0
            or given.unit.exponent("year") != -1
        ):
            continue
        before, names = found.get(given.unit, (0.0, ""))
        found[given.unit] = before + given.value, f"{names}, {product.id}".removeprefix(", ")
    return found


def _streams_of(assessment: Assessment, resolved: Resolved, indicator: str) -> list[Stream]:
    """The streams that an indicator is about."""
    roots = [
        stream
        for stream in resolved.streams.values()
        if stream.parent is None and not stream.made_from
    ]
    if indicator in ("water", "wastewater"):
        return [stream for stream in roots if stream.kind == indicator]
    if indicator not in ("electricity", "energy"):
        return []
    names = ELECTRICITY if indicator == "electricity" else ()
    return [
        stream
        for stream in roots
        if stream.kind == "energy" and _is_named(assessment, stream, names)
    ]


def _total(assessment: Assessment, streams: Sequence[Stream], indicator: str) -> Figure | None:
    """The yearly quantity of streams together; None where it is not known."""
    amounts = [
        _as_energy(assessment, stream) if indicator == "energy" else stream.quantity
        for stream in streams
    ]
    known = [amount for amount in amounts if amount is not None]
    if not known or len(known) != len(amounts) or len({amount.unit for amount in known}) != 1:
        return None
    total = Figure(sum(amount.value for amount in known), known[0].unit, None, ())
    return total if total.value > 0 else None


def _as_energy(assessment: Assessment, stream: Stream) -> Figure | None:
    """A fuel by its heat content, electricity as it is."""
    quantity = stream.quantity
    if quantity is None or quantity.unit.exponent("kWh") == 1:
        return quantity
    written = (assessment.streams or {})[stream.id]
    heat = written.ncv or written.gcv
    if heat is None or (quantity.unit * heat.unit).exponent("kWh") != 1:
        return None
    return Figure(quantity.value * heat.value, quantity.unit * heat.unit, None, ())


class Row(NamedTuple):
    """One row of the benchmarks: its values, lowest first, and its document. A norm is a ceiling: it has no low end."""

    indicator: str
    values: tuple[Quantity, ...]
    is_ceiling: bool
    source: str


def benchmarks_of(sector: str, rows: Iterable[Row]) -> tuple[Benchmark, ...]:
    """One range for each indicator and unit of a sector. A plant's electricity may be as much as its whole energy."""
    ranges: dict[tuple[str, Unit], tuple[float, float, Quantity, str]] = {}
    for row in rows:
        for indicator in (
            (row.indicator, "electricity") if row.indicator == "energy" else (row.indicator,)
        ):
            has_low_end = not row.is_ceiling and indicator == row.indicator
            for value in row.values:
                key = (indicator, value.unit)
                low, high, some, said = ranges.get(key, (math.inf, value.value, value, row.source))
                low = min(low, value.value) if has_low_end else low
                ranges[key] = low, max(high, value.value), some, said
    return tuple(
        Benchmark(sector, indicator, _with_room(low, high, some, source))
        for (indicator, _), (low, high, some, source) in ranges.items()
    )


def _with_room(low: float, high: float, some: Quantity, source: str) -> Band:
    least = low * ROOM_BELOW if math.isfinite(low) else 0.0
    return Band(replace(some, value=least), replace(some, value=high * ROOM_ABOVE), source)


# ---- implied emission factors ---------------------------------------------------------------------------------------


def implied_factor(
    assessment: Assessment, resolved: Resolved, result: AssessmentResult, bands: Bands
) -> Iterator[Diagnostic]:
    """Stated CO2 of a saving of electricity that no power plant emits."""
    items: tuple[Measure | Group, ...] = (*resolved.measures, *resolved.groups)
    for item in items:
        stated = dict(item.stated)
        energy, co2 = (
            stated.get("electricity") or _electricity_cut(assessment, resolved, item),
            stated.get("co2"),
        )
        if energy is None or co2 is None or energy.value <= 0:
            continue
        factor = Figure(co2.value / energy.value, co2.unit / energy.unit, None, ())
        for name, band in bands.factors:
            if (
                name == "electricity"
                and band.low.unit is factor.unit
                and band.excludes(factor.value)
            ):
                written = getattr(assessment, str(item.path[0]))[item.path[1]]
                every = (
                    *(written.effects or ()),
                    *(getattr(written, "verified_effects", None) or ()),
                )
                effect = next(effect for effect in every if effect.reduces == "co2")
                values = {
                    "co2": shown(co2),
                    "energy": shown(energy),
                    "factor": shown(factor),
                    "source": band.source,
                }
                yield Diagnostic(
                    "implied-factor", path_of(effect.by, item.path), values | _ends(band)
                )


def _electricity_cut(
    assessment: Assessment, resolved: Resolved, item: Measure | Group
) -> Figure | None:
    """The yearly electricity that a measure saves, where it saves no other energy."""
    effects = [effect for effect in getattr(item, "effects", ()) if isinstance(effect, Effect)]
    effects = [effect for effect in effects if resolved.streams[effect.stream].kind == "energy"]
    if not all(
        _is_named(assessment, resolved.streams[effect.stream], ELECTRICITY) for effect in effects
    ):
        return None
    cuts = [yearly_cut(resolved, effect) for effect in effects]
    known = [cut for cut in cuts if cut is not None]
    if not known or len(known) != len(cuts) or len({cut.unit for cut in known}) != 1:
        return None
    return Figure(sum(cut.value for cut in known), known[0].unit, None, ())
