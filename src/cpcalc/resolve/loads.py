"""Loads, a concentration times a flow: of a gas in a chimney, of waste water in a treatment.

Both must hold at the same conditions; and what hangs together must be in units that fit, and count
an emission once.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace

from cpcalc.calc import emissions
from cpcalc.calc.emissions import methane_formed
from cpcalc.calc.savings import converted, ratio_of
from cpcalc.diagnostics import Path
from cpcalc.figures import Figure, defined
from cpcalc.quantities import PartOfYear, Quantity
from cpcalc.resolve.context import Context, NotLinkedError, cited_figure, figure_of
from cpcalc.resolve.model import NOTHING, SUBSTANCE_OF, EmissionTerm, LinkedStream, Treatment
from cpcalc.schema.assessment import Stream
from cpcalc.schema.basis import FactorUse, GasConditions
from cpcalc.schema.factor_rows import Emission
from cpcalc.units import ONE, SUBSTANCES, YEAR, Unit, base_unit, shown

# Zero on the Celsius scale is 273.15 K by definition (BIPM, The International System of Units,
# 2.3.1).
ICE_POINT = defined(273.15, base_unit("degC"), "273.15 K")
# Dry air holds 21 % oxygen in the formula of Directive 2010/75/EU, annex VI, part 7.
OXYGEN_OF_AIR = defined(0.21, ONE, "21 %")
# What turns m3 into Nm3, with what it must be above; and what else is stated, with what it must be
# below: some pressure above absolute zero, not all water, not air.
STATE = {"temperature": (-ICE_POINT.value, "-273.15 degC"), "pressure": (0.0, "0 kPa")}
CONTENTS = {"moisture": (1.0, "99 %"), "oxygen": (OXYGEN_OF_AIR.value, "20.9 %")}

# ---- gas in a chimney ----------------------------------------------------------------------------


def stack_load(context: Context, stream: Stream, path: Path, substance: str | None) -> Figure:
    """The yearly load of a stream given as concentration and flow of gas.

    The flow is brought to the conditions of the concentration: both are corrected, or neither.
    Conditions that only one of the two states cannot be corrected for.
    """
    concentration, flow = stream.concentration, stream.gas_flow
    assert concentration is not None
    assert flow is not None  # a file has both or none
    is_rate = flow.unit.exponent("hour") != 0
    yearly = context.annual(flow, hours=stream.hours) if is_rate else figure_of(flow)
    _check_conditions(context, stream, path, concentration, flow)
    corrected = _at_conditions(yearly, stream.gas_flow_at, stream.concentration_at)
    measured = figure_of(concentration, substance)
    given, wanted = _volume(corrected.unit), _volume(measured.unit)
    if given != wanted:  # at the stated conditions a cubic metre of one is one of the other
        unit = base_unit(wanted) / base_unit(given)
        same = defined(1.0, unit, "volume at the stated conditions")
        corrected = converted(corrected, same)
    return emissions.load(measured, corrected)


def _volume(unit: Unit) -> str:
    return next((name for name in ("m3", "Nm3") if unit.exponent(name)), "")


def _check_conditions(
    context: Context, stream: Stream, path: Path, concentration: Quantity, flow: Quantity
) -> None:
    """Both must be of stated conditions, or of unstated ones in one kind of volume."""
    at, flow_at = stream.concentration_at, stream.gas_flow_at
    are_of_two_volumes = _volume(concentration.unit) != _volume(flow.unit)
    missing = [
        f"{key}.{field}"
        for key, one, other in (("concentration-at", at, flow_at), ("gas-flow-at", flow_at, at))
        for field in (*STATE, *CONTENTS)
        if getattr(one, field, None) is None and getattr(other, field, None) is not None
    ]
    if at is None and flow_at is None and are_of_two_volumes:
        missing = ["concentration-at", "gas-flow-at"]
    elif are_of_two_volumes and not missing:
        unstated = [field for field in STATE if getattr(at, field, None) is None]
        missing = [f"concentration-at.{field}" for field in unstated]
    if missing:
        raise context.problem_of_key("conditions-incomplete", path, missing=", ".join(missing))
    if at is None and flow_at is None:
        context.problem("conditions-unstated", (*path, "gas-flow"), text=flow.text)
    for conditions in (at, flow_at):
        if conditions is not None:
            _check_divisors(context, conditions)


def _check_divisors(context: Context, conditions: GasConditions) -> None:
    """Conditions leave something to divide by."""
    for field, (lowest, least) in STATE.items():
        given: Quantity | None = getattr(conditions, field)
        if given is not None and given.value <= lowest:
            raise context.too_low(given, low=least)
    for field, (highest, most) in CONTENTS.items():
        given = getattr(conditions, field)
        if given is not None and given.value >= highest:
            raise context.out_of_range(given, high=most)


def _at_conditions(flow: Figure, of: GasConditions | None, to: GasConditions | None) -> Figure:
    """The flow at the conditions ``to``, from those it was measured at."""
    if of is None or to is None:
        return flow
    if of.temperature is not None and to.temperature is not None:
        warm = emissions.absolute_temperature(figure_of(of.temperature), ICE_POINT)
        stated = emissions.absolute_temperature(figure_of(to.temperature), ICE_POINT)
        flow = emissions.flow_at_temperature(flow, warm, stated)
    if of.pressure is not None and to.pressure is not None:
        flow = emissions.flow_at_pressure(flow, figure_of(of.pressure), figure_of(to.pressure))
    if of.moisture is not None and to.moisture is not None:
        flow = emissions.flow_at_moisture(flow, figure_of(of.moisture), figure_of(to.moisture))
    if of.oxygen is not None and to.oxygen is not None:
        measured, reference = figure_of(of.oxygen), figure_of(to.oxygen)
        flow = emissions.flow_at_oxygen(flow, OXYGEN_OF_AIR, measured, reference)
    return flow


# ---- organic load of waste water -----------------------------------------------------------------


def treatment_of(
    context: Context, stream: Stream, use: FactorUse, row: Emission, path: Path
) -> Treatment:
    """Bo and MCF of a treatment, and the shares that leave as sludge and are recovered.

    Amounts of sludge or recovered methane become shares of the baseline's, and stay in proportion
    as the load falls.
    """
    assert row.mcf is not None
    unit = row.value.unit
    organic = next((key for key in ("cod", "bod") if unit.exponent(key.upper()) == -1), None)
    concentration = getattr(stream, organic) if organic is not None else None
    if stream.kind != "wastewater" or organic is None or concentration is None:
        values = {"factor": use.factor, "load": organic or "cod"}
        raise context.problem("organic-load-missing", path, **values)
    substance = SUBSTANCE_OF[organic]
    capacity = cited_figure(row.value, row.reference)
    correction = cited_figure(row.mcf, row.reference)
    flow, whole, formed = stream.quantity, None, None
    if flow is not None and flow.unit.exponent("year") == -1 and not isinstance(flow, PartOfYear):
        whole = emissions.load(figure_of(concentration, substance), figure_of(flow))
    sludge = _share(context, use.sludge_removed, whole, substance)
    if whole is not None:
        formed = methane_formed(whole, emissions.load(whole, sludge), capacity, correction)
    recovered = _share(context, use.recovered, formed, "CH4")
    return Treatment(organic, capacity, correction, sludge, recovered)


def _share(context: Context, given: Quantity | None, whole: Figure | None, of: str) -> Figure:
    if given is None:
        return NOTHING
    amount = figure_of(given, of)
    if given.unit is not ONE:
        if whole is None or amount.unit is not whole.unit:
            context.wrong_unit(given, "share" if whole is None else whole.unit)
            return NOTHING
        amount = ratio_of(amount, whole)
    if not 0 <= amount.value <= 1:
        context.out_of_range(given)
    return amount


# ---- an emission that is a stream of its own -----------------------------------------------------


def check_counted_once(context: Context) -> None:
    """Refuse an emission that follows a fuel whose factor gives the same substance."""
    for name, emitted in context.linked.items():
        for leader in context.streams[name].follows or ():
            for fuel in _burnt_for(context.linked, leader):
                if any(_is_the_same(term, emitted) for term in fuel.terms):
                    path: Path = ("streams", name, "follows", leader)
                    values = {"stream": name, "other": fuel.id}
                    substance = shown(str(emitted.substance))
                    context.problem("emission-counted-twice", path, substance=substance, **values)


def _burnt_for(streams: Mapping[str, LinkedStream], leader: str) -> Iterator[LinkedStream]:
    """The energy that a stream is, is part of, or is made from."""
    pending = [leader] if leader in streams and streams[leader].kind == "energy" else []
    for name in pending:  # it grows by what each is part of or made from
        stream = streams[name]
        yield stream
        further = [*dict(stream.made_from), *filter(None, [stream.parent])]
        pending += [other for other in further if other in streams and other not in pending]


def _is_the_same(term: EmissionTerm, emitted: LinkedStream) -> bool:
    """Whether a term counts what a stream is: a pollutant of the own stacks, or a gas.

    CO2e counts each gas of combustion.
    """
    both = {term.substance, str(emitted.substance)}
    if emitted.kind == "greenhouse-gas":
        is_gas = len(both) == 1 or both in ({"CO2e", "CO2"}, {"CO2e", "CH4"}, {"CO2e", "N2O"})
        return is_gas and term.scope == "scope_1" and not term.biogenic
    return emitted.kind in ("dust", "air-pollutant") and len(both) == 1 and term.scope == "on_site"


def check_heat_contents(context: Context, written: Stream) -> None:
    """Net heat is never more than gross heat, and of the same amount."""
    net, gross = written.ncv, written.gcv
    if net is not None and gross is not None and net.unit is not gross.unit:
        context.wrong_unit(gross, net.unit)
    elif net is not None and gross is not None and net.value > gross.value:
        context.out_of_range(net, "0", gross.text)


# ---- the units of streams that hang together -----------------------------------------------------


def units_of_links(context: Context) -> dict[str, Unit | None]:
    """The unit of each stream a year; what is linked to another must come out in its own.

    Dust that follows clinker by 3 kg/t is a mass of dust without the file saying so.
    """
    linked = context.linked
    units = {name: stream.unit for name, stream in linked.items()}
    for part in reversed(list(linked.values())):  # parts stand after their parents
        if part.parent is not None and units[part.parent] is None:
            units[part.parent] = units[part.id]
    for name, part in linked.items():
        whole, own = units.get(part.parent or name), units[name]
        stated = context.streams[name].quantity
        if stated is not None and whole is not None and own is not None and whole is not own:
            context.wrong_unit(stated, whole, own)
    for name, stream in context.streams.items():
        links = [(leader, name, given) for leader, given in (stream.follows or {}).items()]
        links += [(name, fuel, given) for fuel, given in (stream.made_from or {}).items()]
        for source, target, given in links:
            of_source, of_target = units.get(source), units.get(target)
            if of_source is None or target not in units:
                continue
            unit = of_source.without(*SUBSTANCES) * given.unit
            if of_target is None:
                kind, substance = linked[target].kind, linked[target].substance
                units[target] = unit = unit.of_substance(substance)
                with suppress(NotLinkedError):
                    context.check_kind(given, unit * YEAR, kind, substance)
            elif unit is not of_target and unit is not of_target.without(*SUBSTANCES):
                context.wrong_unit(given, f"{of_target * YEAR}/{of_source * YEAR}")
    return units


def as_stated(given: Quantity, expected: Unit, found: Unit) -> str:
    """The unit that an amount would have, per what it is stated, to be ``expected`` a year."""
    unit = given.unit * expected / found
    return str(unit) if unit is not ONE else f"{expected * YEAR}/{expected * YEAR}"


def of_link(ratio: Figure, source: Unit | None, target: Unit | None) -> Figure:
    """The ratio of a link in the units of its two streams."""
    return ratio if source is None or target is None else replace(ratio, unit=target / source)


def of_unit(price: Figure | None, unit: Unit | None) -> Figure | None:
    """A price; nothing written without a unit is nothing for each unit of the stream."""
    if price is None or unit is None or price.value or len(price.unit.exponents) > 1:
        return price
    return replace(price, unit=price.unit / (unit * YEAR))
