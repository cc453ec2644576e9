"""The units of streams that hang together: a stream's, its parts', followers' and fuels'."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy

from cpcalc.figures import Figure
from cpcalc.resolve.model import Stream
from cpcalc.resolve.scope import YEAR, Scope, unit_of_substance
from cpcalc.schema import assessment as files
from cpcalc.schema.leaves import PERIODS
from cpcalc.units import SUBSTANCES, Unit


def unit_in_effects(scope: Scope, name: str, substance: str | None) -> Unit | None:
    """The unit a year in which the first effect that states an amount cuts the stream or a part of
    it.
    """
    names = {name}
    for other, stream in (scope.assessment.streams or {}).items():
        if stream.part_of in names:
            names.add(other)
    for measure in scope.assessment.measures or ():
        for effect in (*(measure.effects or ()), *(measure.verified_effects or ())):
            unit = _unit_of_effect(scope, effect) if effect.stream in names else None
            if unit is not None:
                return unit_of_substance(unit.without(*PERIODS) / YEAR, substance)
    return None


def _unit_of_effect(scope: Scope, effect: files.Effect) -> Unit | None:
    """The unit of what an effect cuts in a period.

    None where it states a share, a load or nothing of its own.
    """
    given = effect.reduce if effect.reduce is not None else effect.increase
    if given is not None:
        return given.unit if any(given.unit.exponent(period) == -1 for period in PERIODS) else None
    position = scope.products.get(effect.per or "")
    output = (scope.assessment.products or [])[position].output if position is not None else None
    return (
        effect.from_.unit * output.unit if effect.from_ is not None and output is not None else None
    )


def units_of_links(
    scope: Scope, written: Mapping[str, files.Stream], linked: Mapping[str, Stream]
) -> dict[str, Unit | None]:
    """The unit of each stream a year.

    What follows or is burnt for another must come out in its own.

    Dust that follows clinker by 3 kg/t is a mass of dust without the file saying so.
    """
    units = {name: stream.unit for name, stream in linked.items()}
    for stream_of_part in reversed([*linked.values()]):  # parts stand after their parents
        if stream_of_part.parent is not None and units[stream_of_part.parent] is None:
            units[stream_of_part.parent] = units[stream_of_part.id]
    for name, part in linked.items():
        whole, own, stated = units.get(part.parent or name), units[name], written[name].quantity
        if stated is not None and whole is not None and own is not None and whole is not own:
            scope.problem(
                "wrong-kind-of-unit",
                stated.path,
                expected=str(whole),
                found=str(own),
                text=stated.text,
            )
    for name, stream in written.items():
        links = [(leader, name, given) for leader, given in (stream.follows or {}).items()]
        links += [(name, fuel, given) for fuel, given in (stream.made_from or {}).items()]
        for source, target, given in links:
            of_source, of_target = units.get(source), units.get(target)
            if of_source is None or target not in units:
                continue
            found = of_source.without(*SUBSTANCES) * given.unit
            if of_target is None:
                units[target] = unit_of_substance(found, linked[target].substance)
            elif found is not of_target and found is not of_target.without(*SUBSTANCES):
                expected = f"{of_target * YEAR}/{of_source * YEAR}"
                scope.problem(
                    "wrong-kind-of-unit",
                    given.path,
                    expected=expected,
                    found=str(given.unit),
                    text=given.text,
                )
    return units


def of_link(ratio: Figure, source: Unit | None, target: Unit | None) -> Figure:
    """The ratio of a link in the units of its two streams, so that a mass of dust comes of a mass
    of clinker.
    """
    if source is None or target is None:
        return ratio
    labelled = copy(ratio)  # a bound stays a bound
    labelled.unit = target / source
    return labelled
