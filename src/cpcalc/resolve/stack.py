"""A stream measured in a chimney: its load from concentration and flow at the same conditions."""

from __future__ import annotations

from cpcalc.calc.dust import (
    absolute_temperature,
    flow_at_moisture,
    flow_at_oxygen,
    flow_at_pressure,
    flow_at_temperature,
    load,
)
from cpcalc.calc.savings import converted
from cpcalc.diagnostics import Path
from cpcalc.figures import Figure, Formula, Origin
from cpcalc.quantities import Quantity
from cpcalc.resolve.scope import Scope
from cpcalc.schema import assessment as files
from cpcalc.schema.basis import GasConditions
from cpcalc.units import ONE, Unit

CELSIUS = Unit.of((("degC", 1),))
# Zero on the Celsius scale is 273.15 K by definition (BIPM, The International System of Units,
# 2.3.1).
ICE_POINT = Figure(273.15, CELSIUS, None, (Origin("definition", (), "273.15 K"),))
# Dry air holds 21 % oxygen in the formula of Directive 2010/75/EU, annex VI, part 7.
OXYGEN_OF_AIR = Figure(0.21, ONE, None, (Origin("definition", (), "21 %"),))
FIELDS = ("temperature", "pressure", "moisture", "oxygen")
VOLUMES = ("m3", "Nm3")


def stack_load(
    scope: Scope, stream: files.Stream, path: Path, substance: str | None
) -> Figure | None:
    """The yearly load of a stream given as concentration and flow of gas.

    The flow is brought to the conditions of the concentration: both are corrected, or neither.
    Conditions that only one of the two states cannot be corrected for.
    """
    concentration, flow = stream.concentration, stream.gas_flow
    assert concentration is not None
    assert flow is not None
    yearly = (
        scope.annual(flow, hours=stream.hours) if flow.unit.exponent("hour") else scope.figure(flow)
    )
    if yearly is None or not _conditions_fit(scope, stream, path):
        return None
    corrected = _at_conditions(scope, yearly, stream.gas_flow_at, stream.concentration_at)
    measured = scope.figure(concentration, substance)
    ratio = _volume_ratio(corrected.unit, measured.unit)
    if ratio is not None:
        corrected = converted(corrected, ratio)
    return load(measured, corrected)


def _conditions_fit(scope: Scope, stream: files.Stream, path: Path) -> bool:
    """Whether concentration and flow can be multiplied: at stated conditions of both, or in one
    kind of volume.
    """
    at, flow_at = stream.concentration_at, stream.gas_flow_at
    if at is None and flow_at is None:
        assert stream.concentration is not None
        assert stream.gas_flow is not None
        if _volume(stream.concentration.unit) != _volume(stream.gas_flow.unit):
            scope.problem(
                "conditions-incomplete", path, on_key=True, missing="concentration-at, gas-flow-at"
            )
            return False
        scope.problem("conditions-unstated", (*path, "gas-flow"), text=stream.gas_flow.text)
        return True
    missing = [
        f"{key}.{field}"
        for key, one, other in (("concentration-at", at, flow_at), ("gas-flow-at", flow_at, at))
        for field in FIELDS
        if getattr(one, field, None) is None and getattr(other, field, None) is not None
    ]
    needs_state = _volume(_unit(stream.concentration)) != _volume(_unit(stream.gas_flow))
    if needs_state and not missing:
        missing = [
            f"concentration-at.{field}" for field in FIELDS[:2] if getattr(at, field, None) is None
        ]
    if missing:
        scope.problem("conditions-incomplete", path, on_key=True, missing=", ".join(missing))
        return False
    return all(
        _is_possible(scope, conditions) for conditions in (at, flow_at) if conditions is not None
    )


def _unit(given: Quantity | None) -> Unit:
    return given.unit if given is not None else ONE


def _volume(unit: Unit) -> str:
    return next((name for name in VOLUMES if unit.exponent(name)), "")


def _is_possible(scope: Scope, conditions: GasConditions) -> bool:
    """Whether conditions leave something to divide by: above absolute zero, some pressure, not all
    water, not air.
    """
    possible = True
    bounds: tuple[tuple[Quantity | None, float, float, str, str], ...] = (
        (conditions.temperature, -ICE_POINT.value, float("inf"), "-273.15 degC", ""),
        (conditions.pressure, 0.0, float("inf"), "0 kPa", ""),
        (conditions.moisture, -1.0, 1.0, "0 %", "99 %"),
        (conditions.oxygen, -1.0, OXYGEN_OF_AIR.value, "0 %", "20.9 %"),
    )
    for given, low, high, lowest, highest in bounds:
        if given is not None and (
            not low < given.value < high or (low == -1.0 and given.value < 0)
        ):
            if highest:
                scope.problem(
                    "out-of-range", given.path, found=given.text, low=lowest, high=highest
                )
            else:
                scope.problem("too-low", given.path, found=given.text, low=lowest)
            possible = False
    return possible


def _at_conditions(
    scope: Scope, flow: Figure, of: GasConditions | None, to: GasConditions | None
) -> Figure:
    """The flow at the conditions ``to``, from those it was measured at."""
    if of is None or to is None:
        return flow
    if of.temperature is not None and to.temperature is not None:
        warm = absolute_temperature(scope.figure(of.temperature), ICE_POINT)
        stated = absolute_temperature(scope.figure(to.temperature), ICE_POINT)
        flow = flow_at_temperature(flow, warm, stated)
    steps: tuple[tuple[Formula, Quantity | None, Quantity | None, tuple[Figure, ...]], ...] = (
        (flow_at_pressure, of.pressure, to.pressure, ()),
        (flow_at_moisture, of.moisture, to.moisture, ()),
        (flow_at_oxygen, of.oxygen, to.oxygen, (OXYGEN_OF_AIR,)),
    )
    for function, first, second, leading in steps:
        if first is not None and second is not None:
            flow = function(flow, *leading, scope.figure(first), scope.figure(second))
    return flow


def _volume_ratio(flow: Unit, concentration: Unit) -> Figure | None:
    """One cubic metre at the stated conditions is one Nm3 of them (or the other way), once the flow
    is at them.
    """
    here, there = _volume(flow), _volume(concentration)
    if here == there:
        return None
    unit = Unit.of(((there, 1),)) / Unit.of(((here, 1),))
    return Figure(1.0, unit, None, (Origin("definition", (), "volume at the stated conditions"),))
