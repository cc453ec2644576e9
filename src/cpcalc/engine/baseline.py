"""The plant before its measures and after them: what it pays, uses and emits, in all and per
product; and its measures by type and cost class.

What a stream emits is what would be avoided without all of it: what counts, and under what name,
is as for reductions.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from cpcalc import names
from cpcalc.calc.money import annual_cost
from cpcalc.calc.savings import converted, ratio_of, scaled, share_of
from cpcalc.calc.specific import productivity, relative_change, specific, standing
from cpcalc.engine.assessment import Calculation
from cpcalc.engine.contributions import (
    BURNT_HERE,
    CUBIC_METRES,
    KILOWATT_HOURS,
    TONNES,
    Contribution,
)
from cpcalc.engine.flows import Flows
from cpcalc.engine.lines import BundleEntry, marked_as, total_line
from cpcalc.figures import Figure, NotApplicable, Reported, defined, gathered, joined, unknown
from cpcalc.plant import BeforeAfter, ByName, ClassTotal, Plant, Specific, Standing
from cpcalc.resolve.context import cited_figure
from cpcalc.resolve.model import SOLD_KINDS, WHOLE, LinkedStream, Resolved
from cpcalc.schema.factor_rows import INDICATORS, BenchmarkValue
from cpcalc.sums import FiguresByScope, add_reported, sum_by_name, sum_by_scope
from cpcalc.units import Unit

# Under what the streams of a kind add up, and in which unit.
USE_OF_KIND: Mapping[str, tuple[str, Unit]] = {
    "energy": ("energy", KILOWATT_HOURS),
    "water": ("water", CUBIC_METRES),
    **dict.fromkeys(("material", "chemical"), ("materials", TONNES)),
}
# What of the energy an indicator is about, by the scopes that its streams emit in.
ENERGIES = {"electricity": ("scope_2_location",), "heat": (*BURNT_HERE, "biogenic")}
NORM = "national-norm"
SOLID = ("solid_waste", "chemical_waste")
NOT_STATED = "not-stated"
Figures = dict[str, Reported]


class _Side(NamedTuple):
    """A stream with none of the measures, or with all: a year, or per unit of product."""

    amount: Reported
    uses: Figures
    pollution: Figures
    emissions: FiguresByScope


def plant(resolved: Resolved, left: Flows) -> tuple[Plant, dict[str, Specific]]:
    """The plant as a whole and per product, where ``left`` is what its measures leave."""
    before, streams = Flows(resolved), resolved.streams.values()
    sides = {
        stream.id: (_side(resolved, stream, before), _side(resolved, stream, left))
        for stream in streams
        if stream.kind not in SOLD_KINDS and not stream.is_period
    }
    costs = {
        stream.id: (_cost(resolved, stream, before), _cost(resolved, stream, left))
        for stream in streams
        if is_paid_for(stream)
    }
    counted = [sides[stream.id] for stream in streams if stream.id in sides and _is_whole(stream)]
    pollution = _added_up(counted, "pollution", names.POLLUTION)
    scopes = [
        marked_as(
            {kind: each[at] for kind, each in pollution.items()},
            sum_by_scope(pair[at].emissions for pair in counted),
        )
        for at in (0, 1)
    ]
    baseline = Plant(
        costs={name: _compared(*pair) for name, pair in costs.items()},
        bill=_compared(*map(add_reported, zip(*costs.values(), strict=True))) if costs else None,
        consumption=_added_up(counted, "uses", names.USES),
        pollution=pollution,
        emissions=_by_scope(*scopes),
        by_stream={
            name: _by_scope(one.emissions, two.emissions)
            for name, (one, two) in sides.items()
            if one.emissions and _is_whole(resolved.streams[name])
        },
    )
    return baseline, dict(_per_product(resolved, left, sides))


# ---- a stream ------------------------------------------------------------------------------------


def _is_whole(stream: LinkedStream) -> bool:
    """Whether it counts in sums: parts and carriers do in what they are made from."""
    return stream.parent is None and not stream.made_from


def is_paid_for(stream: LinkedStream) -> bool:
    """What is bought, and what leaves; greenhouse gases that have a price."""
    if not _is_whole(stream) or stream.kind in SOLD_KINDS:
        return False
    return stream.kind != "greenhouse-gas" or stream.price is not None


def _amount(stream: LinkedStream, flows: Flows) -> Reported:
    return flows.left.get(stream.id) or unknown(stream.lacks)


def _cost(resolved: Resolved, stream: LinkedStream, flows: Flows) -> Reported:
    """What a stream costs a year; of a tariff, period by period; of a bill alone, its share."""
    if stream.periods:
        periods = [resolved.streams[name] for name in stream.periods]
        return add_reported([_cost(resolved, period, flows) for period in periods])
    price = stream.price or unknown(f"streams.{stream.id}.price")
    amount = _amount(stream, flows)
    if stream.bill is not None and isinstance(amount, NotApplicable):
        share = _share_left(flows, stream)
        return stream.bill if share is WHOLE else share_of(stream.bill, share)
    missing = joined(*(one.missing for one in (price, amount) if isinstance(one, NotApplicable)))
    return unknown(*missing) if missing else annual_cost(amount, price)


def _side(resolved: Resolved, stream: LinkedStream, flows: Flows) -> _Side:
    amount = _amount(stream, flows)
    loads = {load: flows.loads_left.get((stream.id, load)) for load, _ in stream.loads}
    whole = Contribution.of_stream(resolved, flows, stream, amount, loads)
    emissions = whole.avoided()
    pollution = whole.reduced(emissions)
    waste = [pollution[kind] for kind in SOLID if kind in pollution]
    pollution |= {"waste": add_reported(waste)} if waste else {}
    return _Side(amount, dict(_use(stream, amount)), pollution, emissions)


def _use(stream: LinkedStream, amount: Reported) -> Iterator[tuple[str, Reported]]:
    """What a stream adds to the uses of its kind: energy by its heat content."""
    name, unit = USE_OF_KIND.get(stream.kind, ("", None))
    if unit is None:
        return
    if isinstance(amount, NotApplicable) or amount.unit is unit:
        yield name, amount
    elif unit is KILOWATT_HOURS:
        keys = ("ncv",) if stream.terms else ("ncv", "emission-factors")  # cited ones have it too
        heat = stream.heat or unknown(*(f"streams.{stream.id}.{key}" for key in keys))
        yield name, converted(amount, heat)
    else:
        density = stream.density or unknown(f"streams.{stream.id}.density")
        yield name, converted(amount, density)


# ---- before and after ----------------------------------------------------------------------------


def _compared(before: Reported, after: Reported) -> BeforeAfter:
    if isinstance(before, Figure) and before.value == 0:
        nothing = NotApplicable("undefined", "nothing-before", before.missing)
        return BeforeAfter(before, after, nothing)
    if isinstance(after, Figure) and set(after.missing) - set(before.missing):
        return BeforeAfter(before, after, unknown(*after.missing))  # sums of other lines
    return BeforeAfter(before, after, relative_change(before, after))


def _by_name(before: Mapping[str, Reported], after: Mapping[str, Reported]) -> ByName:
    return {name: _compared(known, after[name]) for name, known in before.items() if name in after}


def _by_scope(before: FiguresByScope, after: FiguresByScope) -> dict[str, ByName]:
    return {scope: _by_name(gases, after.get(scope, {})) for scope, gases in before.items()}


def _added_up(pairs: list[tuple[_Side, _Side]], part: str, order: Iterable[str]) -> ByName:
    """What a part of the sides of streams adds up to, in an order of names."""
    before, after = (sum_by_name(getattr(pair[at], part) for pair in pairs) for at in (0, 1))
    return _by_name({name: before[name] for name in order if name in before}, after)


# ---- per product ---------------------------------------------------------------------------------


def _per_product(
    resolved: Resolved, left: Flows, sides: Mapping[str, tuple[_Side, _Side]]
) -> Iterator[tuple[str, Specific]]:
    """Each product with the streams that are for it; the first with those of no other."""
    main = next(iter(resolved.outputs), None)
    for product, output in resolved.outputs.items():
        own, shared = list[LinkedStream](), list[str]()
        for name in sides:
            stream = resolved.streams[name]
            if (stream.product or main) == product:
                own.append(stream)
                is_shared = len(resolved.outputs) > 1 and stream.product is None
                shared += [name] if is_shared else []
        if not own or (output is not None and output.value <= 0):
            continue
        made = left.made.get(product)
        before: Reported = output or unknown(f"products.{product}.output")
        after = scaled(before, *made) if made else before
        if isinstance(after, Figure) and after.value <= 0:
            after = NotApplicable("undefined", "nothing-made")
        per = {
            stream.id: (
                _per(sides[stream.id][0], before, before, stream, WHOLE),
                _per(
                    sides[stream.id][1],
                    after,
                    _output(left, stream.id, product) or after,
                    stream,
                    _share_left(left, stream),
                ),
            )
            for stream in own
        }
        counted = [per[stream.id] for stream in own if _is_whole(stream)]
        uses = _over(_added_up(counted, "uses", names.USES), before, after)
        intensity = _over(_added_up(counted, "pollution", names.POLLUTION), before, after)
        known = {**intensity, **uses}
        energy = {
            one.id: sides[one.id][0] for one in own if one.kind == "energy" and _is_whole(one)
        }
        is_told = all(one.emissions for one in energy.values())  # what is burnt here of it
        for name, scopes in ENERGIES.items() if is_told else ():
            some = [per[key] for key, one in energy.items() if one.emissions.keys() & scopes]
            for each in _over(_added_up(some, "uses", names.USES), before, after).values():
                known[name] = each
        yield (
            product,
            Specific(
                streams={
                    name: _compared(one.amount, two.amount) for name, (one, two) in per.items()
                },
                consumption=uses,
                productivity={name: _inverse(each) for name, each in uses.items()},
                intensity=intensity,
                benchmark=dict(_benchmarks(resolved.benchmarks.get(product, ()), known)),
                shared=tuple(shared),
            ),
        )


def _benchmarks(rows: Iterable[BenchmarkValue], known: ByName) -> Iterator[tuple[str, Standing]]:
    """Each row in the unit of what it is about; a norm is a ceiling."""
    in_order = sorted(rows, key=lambda row: INDICATORS.index(row.indicator))
    for number, row in enumerate(in_order, start=1):
        each, name = known.get(row.indicator), f"{row.indicator}-{number}"
        ends = (row.lower or row.value or row.upper, row.upper or row.value or row.lower)
        low, high = (cited_figure(end, f"{row.reference}#{name}") for end in ends if end)
        if row.level == NORM:
            low = defined(0.0, high.unit, "0")
        units = {getattr(side, "unit", low.unit) for side in each[:2]} if each else set()
        if each is not None and units == {low.unit}:
            stands = standing(each.before, low, high), standing(each.after, low, high)
            about = row.applies_to, row.period, row.per
            yield name, Standing(low, high, *each[:2], *stands, row.level, row.citation, *about)


def _share_left(left: Flows, stream: LinkedStream) -> Reported:
    """Of a stream without a quantity; an amount that was cut is no known share of it."""
    if not left.is_known_share(stream.id):
        return unknown(stream.lacks)
    return left.share_left.get(stream.id, WHOLE)


def _output(left: Flows, stream: str, product: str) -> Figure | None:
    """The output at which a stream stands where a saving of it was verified."""
    at = left.production.get(stream)
    return at.reporting if at is not None and at.product == product else None


def _over(sums: ByName, before: Reported, after: Reported) -> ByName:
    return {
        name: _compared(specific(each.before, before), specific(each.after, after))
        for name, each in sums.items()
    }


def _per(
    side: _Side, whole: Reported, output: Reported, stream: LinkedStream, share: Reported
) -> _Side:
    """A side whose amount is per unit of product; what adds up is at the whole output.

    Without an output what the file states per unit is known, and the share left of it.
    """
    uses, pollution = (
        {
            name: figure if output is whole else scaled(figure, whole, output)
            for name, figure in figures.items()
        }
        for figures in (side.uses, side.pollution)
    )
    amount = specific(side.amount, output)
    if isinstance(output, NotApplicable) and stream.specific is not None:
        amount = share_of(stream.specific, share)
    return _Side(amount, uses, pollution, {})


def _inverse(use: BeforeAfter) -> BeforeAfter:
    if any(isinstance(side, Figure) and side.value == 0 for side in use[:2]):
        nothing = NotApplicable("undefined", "nothing-used")
        return BeforeAfter(nothing, nothing, nothing)
    return _compared(productivity(use.before), productivity(use.after))


# ---- measures by type and cost class -------------------------------------------------------------


def by_class(field: str, calculation: Calculation) -> dict[str, ClassTotal]:
    """What the totals add, by ``type`` or ``cost_class``; money of groups has none."""
    known = {f"measures.{item.id}": getattr(item, field) for item in calculation.measures}
    entries, whole = calculation.entries, calculation.totals.annual_saving
    parts = gathered({known.get(entry.place) or NOT_STATED: entry} for entry in entries)
    return {name: _class_total(part, whole) for name, part in parts.items()}


def _class_total(entries: list[BundleEntry], whole: Reported) -> ClassTotal:
    line = total_line(entries)
    fields = [f"{entry.place}.investment" for entry in entries]
    invested = line.investment.converted if line.investment else unknown(*fields)
    share: Reported = NotApplicable("undefined", "nothing-avoided")
    if isinstance(whole, NotApplicable) or whole.value:
        share = ratio_of(line.annual_saving, whole)
    return ClassTotal(line.measures_counted or 0, invested, line.annual_saving, share)
