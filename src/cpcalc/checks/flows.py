"""Checks of quantities: streams against measures, parts, carriers and capacity; hours and days."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cpcalc.checks.reviewed import Reviewed, known_effects, legible, path_of, problem
from cpcalc.diagnostics import Diagnostic
from cpcalc.figures import ROUNDING, Figure
from cpcalc.quantities import PartOfYear, Quantity
from cpcalc.resolve.model import LinkedMeasure, LinkedStream, Resolved
from cpcalc.schema.leaves import PERIODS

# Shares printed to whole percent may sum to 100.5 %.
ROUNDED_SHARES = 0.005
# A load must fall by more than a reading of a concentration repeats.
LEAST_FALL_OF_A_LOAD = 0.01
# No plant runs longer: the periods of a leap year.
DAYS_OF_A_YEAR = 366.0
LONGEST_YEAR = {"year": 1.0, "day": DAYS_OF_A_YEAR, "month": 12.0, "hour": DAYS_OF_A_YEAR * 24}
_COMPRESSED_AIR = ("compressed air", "compressed-air", "khí nén", "khi-nen")
_ELECTRICITY = ("electricity", "điện", "dien")


def reduction_above_baseline(reviewed: Reviewed) -> Iterator[Diagnostic]:
    """A measure that takes more from a stream than there is of it."""
    taken: dict[tuple[str, str], float] = {}
    for measure, effect, quantity in reviewed.effects():
        if effect.form != "amount" or quantity is None:
            continue
        total = taken.get((measure.id, effect.stream), 0.0) + effect.amount.value
        taken[measure.id, effect.stream] = total
        if total > quantity.value * (1 + ROUNDING) and effect.amount.value > 0:
            reduction = Figure(total, quantity.unit)
            values = {"stream": effect.stream, "reduction": reduction, "baseline": quantity}
            path = reviewed.place_of_amount(effect)
            related = ("stated-here", reviewed.place_of_quantity(effect.stream))
            yield problem("reduction-above-baseline", path, values, related)


def unused_stream(reviewed: Reviewed) -> Iterator[Diagnostic]:
    """A stream without a quantity that nothing refers to: it changes no figure."""
    streams = reviewed.resolved.streams.values()
    used: set[str | None] = set()
    for measure in reviewed.resolved.measures:
        for effect in (*measure.predicted_effects, *measure.verified_effects):
            used |= {effect.stream, effect.target}
    for stream in streams:
        used |= {stream.parent, *dict(stream.made_from), *dict(stream.followers)}
    for stream in streams:
        has_role = stream.quantity is not None or stream.parent is not None or stream.id in used
        if not has_role and reviewed.written_stream(stream.id).annual_cost is None:
            values = {"stream": stream.id}
            yield problem("unused-stream", ("streams", stream.id), values, on_key=True)


def parts_above_whole(reviewed: Reviewed) -> Iterator[Diagnostic]:
    """Sub-streams that together are more than their parent."""
    for stream in reviewed.resolved.streams.values():
        share = _share_of_parts(reviewed, stream)
        if share > 1 + ROUNDED_SHARES:
            parts, percent = ", ".join(stream.parts), f"{share * 100:.4g} %"
            values = {"stream": stream.id, "parts": parts, "share": percent}
            related = [("part-of-it", reviewed.place_of_quantity(part)) for part in stream.parts]
            path = ("streams", stream.id)
            yield problem("parts-above-whole", path, values, *related, on_key=True)


def _share_of_parts(reviewed: Reviewed, whole: LinkedStream) -> float:
    share = 0.0
    for part in whole.parts:
        quantity = reviewed.resolved.streams[part].quantity
        stated = reviewed.written_stream(part).share
        if whole.quantity is not None and quantity is not None and whole.quantity.value > 0:
            share += quantity.value / whole.quantity.value
        elif stated is not None:
            share += stated.value
    return share


def production_above_capacity(reviewed: Reviewed) -> Iterator[Diagnostic]:
    """A product of which more is made than the plant can make."""
    for product in reviewed.assessment.products or ():
        output, capacity = product.output, product.capacity
        if output is None or capacity is None or capacity.value <= 0:
            continue
        ratio = _output_over_capacity(reviewed, output, capacity)
        if ratio is not None and ratio > 1 + ROUNDING:
            values = {"product": product.id, "output": output, "capacity": capacity, "ratio": ratio}
            related = ("stated-here", capacity.path)
            yield problem("production-above-capacity", output.path, values, related)


def _output_over_capacity(reviewed: Reviewed, output: Quantity, capacity: Quantity) -> float | None:
    """Their ratio; of a day's and a year's rate by the plant's operating time, None if unknown."""
    if output.unit is capacity.unit:
        return output.value / capacity.value
    if output.unit.without(*PERIODS) is not capacity.unit.without(*PERIODS):
        return None
    operation = reviewed.operation
    stated = {"day": operation.days, "month": operation.months, "hour": operation.hours}
    known = ((period, given) for period, given in stated.items() if given is not None)
    periods = {name: given.value for name, given in known if given.unit.exponent("year") == -1}
    made = _a_year(output, {"year": 1.0, **periods})
    possible = _a_year(capacity, {**LONGEST_YEAR, **periods})
    return made / possible if made is not None and possible else None


def _a_year(rate: Quantity, periods: Mapping[str, float]) -> float | None:
    """A rate over so many periods a year; None where they are not known, or it is no rate."""
    if isinstance(rate, PartOfYear):
        return None
    counts = (count for period, count in periods.items() if rate.unit.exponent(period) == -1)
    return next((rate.value * count for count in counts), None)


def carrier_counted_twice(reviewed: Reviewed) -> Iterator[Diagnostic]:
    """One measure that cuts a stream and, beside it, what the stream already brings along."""
    for measure in reviewed.resolved.measures:
        effects = (one for one in known_effects(measure.effects) if one.form in ("amount", "share"))
        cuts = {effect.stream: effect for effect in effects if effect.amount.value > 0}
        for stream, effect in cuts.items():
            for other in _brought_along(reviewed.resolved, stream) & cuts.keys():
                path = reviewed.place_of_amount(cuts[other])
                related = ("counted-here", reviewed.place_of_amount(effect))
                values = {"measure": measure.id, "stream": stream, "other": other}
                yield problem("carrier-counted-twice", path, values, related)


def _brought_along(resolved: Resolved, name: str) -> set[str]:
    """What falls by itself with this stream: its fuels, followers, the power of unlinked air."""
    stream = resolved.streams[name]
    carriers = {*dict(stream.made_from), *dict(stream.followers)}
    if not stream.made_from and _is_energy_named(stream, _COMPRESSED_AIR):
        others = (other for other in resolved.streams.values() if other is not stream)
        carriers |= {other.id for other in others if _is_energy_named(other, _ELECTRICITY)}
    return carriers


def _is_energy_named(stream: LinkedStream, names: tuple[str, ...]) -> bool:
    texts = (stream.id, *stream.name.values())
    return stream.kind == "energy" and any(text.casefold().startswith(names) for text in texts)


def dilution(reviewed: Reviewed) -> Iterator[Diagnostic]:
    """A lower concentration in more water: the load stays."""
    for measure, effect, flow in reviewed.effects():
        if effect.form != "load" or effect.ratio is None or flow is None or flow.value <= 0:
            continue
        growth = -_relative_cut(reviewed.resolved, measure, effect.stream)
        before, after = effect.amount.value, effect.ratio.value
        is_diluted = growth > ROUNDING and after < before
        if is_diluted and after * (1 + growth) > before * (1 - LEAST_FALL_OF_A_LOAD):
            path = path_of(reviewed.written_effect(effect).to, effect.path)
            flow_change = f"{growth * 100:.3g} %"
            values = {"load": effect.load, "stream": effect.stream, "flow": flow_change}
            yield problem("dilution", path, values)


def _relative_cut(resolved: Resolved, measure: LinkedMeasure, stream: str) -> float:
    """By how much a measure cuts a stream, of its quantity; its leaders' changes travel to it."""
    share = 0.0
    for effect in known_effects(measure.effects):
        whole = resolved.streams[effect.stream]
        is_moved = stream in (effect.stream, *dict(whole.followers))
        if is_moved and effect.form in ("amount", "share") and whole.quantity:
            of = whole.quantity.value if effect.form == "amount" else 1.0
            share += effect.amount.value / of if whole.quantity.value > 0 else 0.0
    return share


def methane_without_factor(reviewed: Reviewed) -> Iterator[Diagnostic]:
    """Waste water of a known load that a measure changes, whose methane no factor gives."""
    if "co2e" not in reviewed.result.totals.reductions:
        return
    changed = {effect.stream for _, effect, _ in reviewed.effects()}
    for stream in reviewed.resolved.streams.values():
        has_load = dict(stream.loads).keys() & {"cod", "bod"}
        if stream.id in changed and has_load and not stream.treatments:
            values = {"stream": stream.id}
            yield problem("methane-without-factor", ("streams", stream.id), values, on_key=True)


def hours_and_days(reviewed: Reviewed) -> Iterator[Diagnostic]:
    """Hours a year that are the plant's days a year, or too few to be hours."""
    days, hours = reviewed.operation.days, reviewed.operation.hours
    if hours is not None and _is_hours_a_year(hours) and 0 < hours.value <= DAYS_OF_A_YEAR:
        yield problem("hours-and-days", hours.path, {"text": hours, "days": legible(hours.value)})
    for measure in reviewed.measures:
        for effect in (*(measure.effects or ()), *(measure.verified_effects or ())):
            own = effect.hours
            if own and days and _is_hours_a_year(own) and own.value == days.value:
                values = {"text": own.text, "days": legible(days.value)}
                related = ("stated-here", days.path)
                yield problem("hours-and-days", own.path, values, related)


def _is_hours_a_year(given: Quantity) -> bool:
    return str(given.unit) == "hour/year"
