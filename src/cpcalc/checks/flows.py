"""Checks of quantities: streams against measures, parts, carriers and capacity; hours and days."""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from math import isclose, nan

from cpcalc.checks.reviewed import Reviewed, known_effects, path_of, problem
from cpcalc.diagnostics import Diagnostic, Path
from cpcalc.figures import ROUNDING, Figure, legible
from cpcalc.quantities import PartOfYear, Quantity
from cpcalc.resolve.model import LinkedMeasure, LinkedStream, Resolved
from cpcalc.schema.basis import DatedPeriod
from cpcalc.schema.leaves import PERIODS
from cpcalc.units import SUBSTANCES

# Shares printed to whole percent may sum to 100.5 %.
ROUNDED_SHARES = 0.005
# What is bought, and what is made from it, are metered apart; a larger gap is another number.
LARGEST_GAP = 0.05
# Rounded as people round, the same amount.
SAME_SAVING = 0.01
# Fifty weeks to fifty-four: the year of an account, wherever its weeks begin.
SHORTEST_YEAR, LONGEST_PERIOD = 350, 378
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
    for whole in reviewed.resolved.streams.values():
        apart = tuple(part for part in whole.parts if part not in whole.periods)
        stream = whole._replace(parts=apart)
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
    """One measure that cuts a stream and, beside it, what the stream already brings along.

    Where it cuts the same amount in both ways, it is the same saving, and an error.
    """
    for measure in reviewed.resolved.measures:
        effects = (one for one in known_effects(measure.effects) if one.form in ("amount", "share"))
        cuts = {effect.stream: effect for effect in effects if effect.amount.value > 0}
        for stream, effect in cuts.items():
            brings = _brought_along(reviewed.resolved, stream)
            for other in brings.keys() & cuts.keys():
                path = reviewed.place_of_amount(cuts[other])
                related = ("counted-here", reviewed.place_of_amount(effect))
                values = {"measure": measure.id, "stream": stream, "other": other}
                cut, twice = reviewed.yearly_cut(effect), reviewed.yearly_cut(cuts[other])
                brought = cut.value * brings[other] if cut is not None else nan
                is_same = twice and isclose(brought, twice.value, rel_tol=SAME_SAVING)
                name = "saving-stated-twice" if is_same else "carrier-counted-twice"
                yield problem(name, path, {**values, "text": twice or ""}, related)


def _brought_along(resolved: Resolved, name: str) -> dict[str, float]:
    """What falls by itself with this stream, and by how much with a unit of it: its fuels, its
    followers, the power of unlinked air."""
    stream = resolved.streams[name]
    if not stream.made_from and _is_energy_named(stream, _COMPRESSED_AIR):
        others = (other for other in resolved.streams.values() if other is not stream)
        return {other.id: nan for other in others if _is_energy_named(other, _ELECTRICITY)}
    return {other: ratio.value for other, ratio in (*stream.made_from, *stream.followers)}


def _is_energy_named(stream: LinkedStream, names: tuple[str, ...]) -> bool:
    texts = (stream.id, *stream.name.values())
    return stream.kind == "energy" and any(text.casefold().startswith(names) for text in texts)


def carrier_above_fuel(reviewed: Reviewed) -> Iterator[Diagnostic]:
    """More of a fuel needed, for all that is made from it, than there is of it."""
    streams = reviewed.resolved.streams
    needed: dict[str, dict[str, float]] = defaultdict(dict)  # of each fuel, by what is made of it
    for stream in streams.values():
        if stream.quantity is not None:
            for fuel, ratio in stream.made_from:
                needed[fuel][stream.id] = ratio.value * stream.quantity.value
    for fuel, by_carrier in needed.items():
        there, total = streams[fuel].quantity, sum(by_carrier.values())
        if there is not None and total > there.value * (1 + LARGEST_GAP):
            values: dict[str, object] = {"stream": fuel, "carriers": ", ".join(by_carrier)}
            values |= {"needed": Figure(total, there.unit), "there": there}
            most = max(by_carrier, key=lambda name: by_carrier[name])
            related = ("stated-here", reviewed.place_of_quantity(fuel))
            path = ("streams", most, "made-from", fuel)
            yield problem("carrier-above-fuel", path, values, related)


def start_above_stream(reviewed: Reviewed) -> Iterator[Diagnostic]:
    """A measure that starts from more per product, or more load, than its stream has in all."""
    for _, effect, quantity in reviewed.effects():
        written, of_stream = reviewed.written_effect(effect), reviewed.written_stream(effect.stream)
        start, end, known = written.from_, written.to, of_stream.quantity
        if start is None or end is None or effect.change is not None:
            continue
        if written.load is not None:
            known = of_stream.concentration or getattr(of_stream, written.load, None)
        elif of_stream.per != written.per:
            known = None
        if known is not None and known.unit.without(*SUBSTANCES) is start.unit.without(*SUBSTANCES):
            found, limit = Figure(start.value, start.unit), Figure(known.value, known.unit)
        elif effect.form == "amount" and quantity is not None and start.value > end.value:
            whole = effect.amount.value * start.value / (start.value - end.value)
            found, limit = Figure(whole, quantity.unit), quantity
        else:
            continue
        if found.value > limit.value * (1 + LARGEST_GAP):
            values = {"stream": effect.stream, "text": start, "found": found, "limit": limit}
            place = known.path if known is not None else reviewed.place_of_quantity(effect.stream)
            yield problem("start-above-stream", start.path, values, ("stated-here", place))


def ends_exchanged(reviewed: Reviewed) -> Iterator[Diagnostic]:
    """A prediction that ends with more than it starts from: the two are likely exchanged."""
    for measure, effect, flow in reviewed.effects():
        written = reviewed.written_effect(effect)
        start, end = written.from_, written.to
        if start is None or end is None or "verified-effects" in effect.path:
            continue
        kept = 1.0  # of the flow that holds a load: a concentration rises where water is saved
        if effect.form == "load" and flow is not None:
            kept = min(1.0, 1 - _relative_cut(reviewed.resolved, measure, effect.stream))
        if end.value * kept > start.value * (1 + ROUNDING):
            values = {"stream": effect.stream, "start": start, "end": end}
            yield problem("ends-exchanged", end.path, values, ("stated-here", start.path))


def period_not_a_year(reviewed: Reviewed) -> Iterator[Diagnostic]:
    """A baseline period of some months, or of several years, while all amounts are of a year."""
    basis = reviewed.assessment.basis
    period = basis.period if basis is not None else None
    if isinstance(period, DatedPeriod):
        days = (_day(period.to, at_end=True) - _day(period.from_, at_end=False)).days + 1
        if not SHORTEST_YEAR <= days <= LONGEST_PERIOD:
            path: Path = ("basis", "period")
            yield problem("period-not-a-year", path, {"days": str(days)}, on_key=True)


def _day(text: str, *, at_end: bool) -> date:
    """A day as written; of a month alone its first or last day."""
    year, month, *day = map(int, text.split("-"))
    return date(year, month, day[0] if day else monthrange(year, month)[1] if at_end else 1)


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
            values = {"load": effect.load, "stream": effect.stream, "flow": f"{growth * 100:.3g} %"}
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
                yield problem("hours-and-days", own.path, values, ("stated-here", days.path))


def _is_hours_a_year(given: Quantity) -> bool:
    return str(given.unit) == "hour/year"
