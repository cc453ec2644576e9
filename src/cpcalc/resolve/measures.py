"""Measures and groups linked: effects as shares and yearly amounts, money in one currency."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from pydantic_core import PydanticCustomError

from cpcalc.calc.dust import share_removed
from cpcalc.calc.savings import difference, opposite, ratio_of, specific_saving
from cpcalc.diagnostics import Path
from cpcalc.figures import Figure
from cpcalc.quantities import Quantity
from cpcalc.resolve.bundle import BUNDLE_STATUSES
from cpcalc.resolve.lives import lifetime_of
from cpcalc.resolve.measured import is_measured, measured_change
from cpcalc.resolve.model import Effect, Group, Measure, Stream, Unknown
from cpcalc.resolve.money import benefits_of, grants_of, paid_for, yearly_money
from cpcalc.resolve.scope import YEAR, Scope, of_substance
from cpcalc.resolve.streams import LOAD_SUBSTANCE, nearest, output_of
from cpcalc.schema import assessment as files
from cpcalc.schema.leaves import read_scalar
from cpcalc.units import ONE, SUBSTANCES, Unit

# A load in water is a concentration times a flow.
CONCENTRATION = "t/m3"
# The status of what was measured after it was done.
VERIFIED = "verified"


def measures_of(scope: Scope, streams: Mapping[str, Stream]) -> list[Measure]:
    """All measures of the file with their links, in file order."""
    return [
        _measure(scope, measure, ("measures", position), streams)
        for position, measure in enumerate(scope.assessment.measures or ())
    ]


def _measure(
    scope: Scope, measure: files.Measure, path: Path, streams: Mapping[str, Stream]
) -> Measure:
    benefits, other_benefits = benefits_of(scope, measure.benefits, path)
    effects = tuple(_effects(scope, measure.effects, path, "effects", streams))
    verified = tuple(_effects(scope, measure.verified_effects, path, "verified-effects", streams))
    is_verified = measure.status == VERIFIED and bool(verified)
    return Measure(
        id=measure.id,
        title=measure.title,
        type=measure.type,
        status=measure.status or "unstated",
        cost_class=measure.cost_class,
        path=path,
        investment=paid_for(scope, measure.investment),
        grant=grants_of(scope, measure),
        running_cost=yearly_money(scope, measure.running_cost),
        effects=verified if is_verified else effects,
        benefits=benefits,
        other_benefits=other_benefits,
        stated=tuple(_stated(scope, measure, is_verified)),
        in_bundle=True,
        verified_effects=verified,
        predicted_effects=effects,
        quality=measure.quality or _quality_of_effects(scope, _counting(measure, is_verified)),
        lifetime=lifetime_of(scope, measure.lifetime),
        requires=tuple(measure.requires or ()),
    )


def _counting(measure: files.Measure, is_verified: bool) -> Sequence[files.Effect]:
    """The effects that count: those measured afterwards where the measure is verified, else the
    predicted ones.
    """
    return (measure.verified_effects if is_verified else measure.effects) or ()


def _stated(
    scope: Scope, measure: files.Measure, is_verified: bool
) -> Iterator[tuple[str, Figure]]:
    """Reductions as published: the verified ones, and predicted ones of what was not verified."""
    counting = _counting(measure, is_verified)
    if is_verified:
        again = {effect.reduces for effect in counting}
        counting = [
            *counting,
            *(other for other in measure.effects or () if other.reduces not in again),
        ]
    for effect in counting:
        if effect.reduces is not None:
            figure = stated_reduction(scope, effect)
            if figure is not None:
                yield effect.reduces, figure


def _quality_of_effects(scope: Scope, effects: Sequence[files.Effect]) -> str | None:
    """The weakest tier among a measure's effects and the streams they act on."""
    written = scope.assessment.streams or {}
    tiers = [
        effect.quality or (written[effect.stream].quality if effect.stream in written else None)
        for effect in effects
    ]
    stated = [files.QUALITIES.index(tier) for tier in tiers if tier is not None]
    return files.QUALITIES[max(stated)] if stated else None


# ---- effects -------------------------------------------------------------------------------------


def _effects(
    scope: Scope,
    effects: Sequence[files.Effect] | None,
    path: Path,
    key: str,
    streams: Mapping[str, Stream],
) -> Iterator[Effect | Unknown]:
    for position, effect in enumerate(effects or ()):
        if effect.reduces is not None:
            continue
        at: Path = (*path, key, position)
        stream = streams.get(effect.stream or "")
        if stream is None:
            if effect.stream not in (scope.assessment.streams or {}):
                scope.problem(
                    "unknown-stream",
                    (*at, "stream"),
                    stream=str(effect.stream),
                    suggestion=nearest(str(effect.stream), streams),
                )
            continue
        yield _effect(scope, effect, at, stream, streams)


def _effect(
    scope: Scope, effect: files.Effect, at: Path, stream: Stream, streams: Mapping[str, Stream]
) -> Effect | Unknown:
    worth = yearly_money(scope, effect.worth)
    if effect.replace_by is not None:
        return _switch(scope, effect, at, stream, streams, worth)
    if effect.load in files.STACK_LOADS:
        return _concentration_change(scope, effect, at, stream, worth)
    if effect.load is not None:
        return _load_change(scope, effect, at, stream, worth)
    given = effect.reduce if effect.reduce is not None else effect.increase
    if given is None:
        change = measured_change if is_measured(scope, effect, at) else _specific
        return change(scope, effect, at, stream, worth)
    if given.unit is ONE:
        figure = scope.figure(given)
        if effect.hours is not None:
            scope.problem("hours-need-a-rate", effect.hours.path, text=given.text)
        if effect.reduce is not None and given.value > 1:
            scope.problem("saving-above-baseline", given.path, text=given.text)
        amount = figure if effect.reduce is not None else opposite(figure)
        return Effect("share", stream.id, amount, at, worth)
    yearly = scope.annual(given, hours=effect.hours, substance=stream.substance)
    if yearly is None or not _fits(scope, yearly, stream, given):
        return Unknown(())
    return Effect(
        "amount", stream.id, yearly if effect.reduce is not None else opposite(yearly), at, worth
    )


def _fits(scope: Scope, yearly: Figure, stream: Stream, given: Quantity) -> bool:
    expected = stream.unit
    if expected is not None and yearly.unit is not expected:
        scope.problem(
            "wrong-kind-of-unit",
            given.path,
            expected=str(expected),
            found=str(yearly.unit),
            text=given.text,
        )
        return False
    return True


def _specific(
    scope: Scope, effect: files.Effect, at: Path, stream: Stream, worth: Figure | None
) -> Effect | Unknown:
    before, after = _from_to(effect)
    assert before is not None
    assert after is not None
    if before.unit is not after.unit:
        scope.problem(
            "wrong-kind-of-unit",
            after.path,
            expected=str(before.unit),
            found=str(after.unit),
            text=after.text,
        )
        return Unknown(())
    output = output_of(scope, effect.per or "", (*at, "per"))
    if output is None:
        of_all = (scope.assessment.streams or {})[
            stream.id
        ].per == effect.per  # all of the stream is per this product
        if of_all and before.value != 0:
            cut = difference(scope.figure(before), scope.figure(after))
            return Effect("share", stream.id, ratio_of(cut, scope.figure(before)), at, worth)
        return Unknown((f"products.{effect.per}.output",))
    saved = specific_saving(scope.figure(before), scope.figure(after), output)
    amount = of_substance(saved, stream.substance)
    return (
        Effect("amount", stream.id, amount, at, worth)
        if _fits(scope, amount, stream, before)
        else Unknown(())
    )


def _concentration_change(
    scope: Scope, effect: files.Effect, at: Path, stream: Stream, worth: Figure | None
) -> Effect | Unknown:
    """A concentration in a chimney lowered, at the same conditions and flow: the same share of the
    load.
    """
    before, after = _from_to(effect)
    written = (scope.assessment.streams or {})[stream.id]
    of_stream = written.pollutant or ("dust" if stream.kind == "dust" else None)
    if before is None or after is None or written.concentration is None or effect.load != of_stream:
        scope.problem("load-needs-stack", (*at, "load"), load=str(effect.load))
        return Unknown(())
    if before.value <= 0:
        scope.problem("too-low", before.path, found=before.text, low="0")
        return Unknown(())
    for given in (before, after):
        if _plain(given) is not _plain(written.concentration):
            expected = str(written.concentration.unit)
            scope.problem(
                "wrong-kind-of-unit",
                given.path,
                expected=expected,
                found=str(given.unit),
                text=given.text,
            )
            return Unknown(())
    cut = share_removed(
        scope.figure(before, stream.substance), scope.figure(after, stream.substance)
    )
    return Effect("share", stream.id, cut, at, worth)


def _plain(given: Quantity) -> Unit:
    """The unit of a concentration, whether or not it names its substance."""
    return given.unit.without(given.unit.substance or "")


def _from_to(effect: files.Effect) -> tuple[Quantity | None, Quantity | None]:
    """Both ends of a change; a bare zero is a zero of the other end's unit."""
    before, after = effect.from_, effect.to
    if before is not None and after is not None:
        if after.is_bare_zero:
            after = replace(after, unit=before.unit)
        elif before.is_bare_zero:
            before = replace(before, unit=after.unit)
    return before, after


def _load_change(
    scope: Scope, effect: files.Effect, at: Path, stream: Stream, worth: Figure | None
) -> Effect | Unknown:
    before, after = _from_to(effect)
    if before is None or after is None or stream.kind != "wastewater":
        scope.problem("load-needs-wastewater", (*at, "load"))
        return Unknown(())
    for given in (before, after):
        if str(given.unit.without(*SUBSTANCES)) != CONCENTRATION:
            scope.problem(
                "wrong-kind-of-unit",
                given.path,
                expected="concentration",
                found=str(given.unit),
                text=given.text,
            )
            return Unknown(())
    if before.value <= 0:
        scope.problem("too-small", before.path, found=before.text, low="0")
        return Unknown(())
    substance = LOAD_SUBSTANCE[str(effect.load)]
    return Effect(
        "load",
        stream.id,
        scope.figure(before, substance),
        at,
        worth,
        ratio=scope.figure(after, substance),
        load=str(effect.load),
    )


def _switch(
    scope: Scope,
    effect: files.Effect,
    at: Path,
    stream: Stream,
    streams: Mapping[str, Stream],
    worth: Figure | None,
) -> Effect | Unknown:
    target = streams.get(effect.replace_by or "")
    if target is None:
        scope.problem(
            "unknown-stream",
            (*at, "replace-by"),
            stream=str(effect.replace_by),
            suggestion=nearest(str(effect.replace_by), streams),
        )
        return Unknown(())
    if target.id == stream.id:
        scope.problem("circular-streams", (*at, "replace-by"), stream=stream.id)
        return Unknown(())
    ratio = _switch_ratio(scope, effect, at, stream, target)
    if ratio is None:
        return Unknown(())
    if (
        stream.unit is not None
        and target.unit is not None
        and stream.unit * ratio.unit is not target.unit
    ):
        expected = f"{target.unit * YEAR}/{stream.unit * YEAR}"
        scope.problem(
            "wrong-kind-of-unit",
            (*at, "ratio"),
            expected=expected,
            found=str(ratio.unit),
            text=str(effect.ratio),
        )
        return Unknown(())
    share = scope.figure(effect.share) if effect.share is not None else Figure(1.0, ONE, None, ())
    if effect.share is not None and not 0 < effect.share.value <= 1:
        scope.problem(
            "out-of-range", effect.share.path, found=effect.share.text, low="0 %", high="100 %"
        )
    return Effect("switch", stream.id, share, at, worth, target=target.id, ratio=ratio)


def _switch_ratio(
    scope: Scope, effect: files.Effect, at: Path, stream: Stream, target: Stream
) -> Figure | None:
    written = scope.assessment.streams or {}
    if effect.ratio == "equal-heat":
        heats = []
        for name in (stream.id, target.id):
            heat = written[name].ncv or written[name].gcv
            if heat is None:
                scope.problem("heat-content-needed", (*at, "ratio"), stream=name)
                return None
            heats.append(heat)
        if (written[stream.id].ncv is None) != (written[target.id].ncv is None):
            scope.problem("heat-basis-mixed", (*at, "ratio"), one=stream.id, other=target.id)
        return ratio_of(scope.figure(heats[0]), scope.figure(heats[1]))
    try:
        given = read_scalar(effect.ratio, scope.reading, "any")
    except PydanticCustomError as error:
        scope.problem(error.type, (*at, "ratio"), **(error.context or {}).get("values", {}))
        return None
    return scope.figure(given)


SUBSTANCE_OF_REDUCTION: Mapping[str, str] = {
    "co2": "CO2", "co2e": "CO2e", "dust": "TSP", "so2": "SO2", "nox": "NOx", **LOAD_SUBSTANCE,
}  # fmt: skip
# What a published reduction can be an amount of; a share is always possible.
UNITS_OF_REDUCTION: Mapping[str, tuple[str, ...]] = {
    **{name: (f"t {substance}",) for name, substance in SUBSTANCE_OF_REDUCTION.items()},
    "wastewater": ("m3", "t"),
    "water": ("m3", "t"),
    "solid-waste": ("t", "m3"),
    "chemical-waste": ("t", "m3"),
    "material": (),  # anything, also declared counts
    "chemical": ("t", "m3"),
    "electricity": ("kWh",),
    "energy": ("kWh",),
    "steam": ("t", "kWh"),
    "fuel": ("kWh", "t", "m3", "Nm3"),
}


def stated_reduction(scope: Scope, effect: files.Effect) -> Figure | None:
    """A reduction as published, a year."""
    given = effect.by
    assert given is not None
    if given.unit is ONE:
        return scope.figure(given)
    yearly = scope.annual(given, substance=SUBSTANCE_OF_REDUCTION.get(effect.reduces or ""))
    if yearly is None:
        return None
    allowed = UNITS_OF_REDUCTION[effect.reduces or ""]
    if allowed and str(yearly.unit * YEAR) not in allowed:
        expected = ", ".join(f"{unit}/year" for unit in allowed)
        scope.problem(
            "wrong-kind-of-unit",
            given.path,
            expected=expected,
            found=str(yearly.unit),
            text=given.text,
        )
        return None
    return yearly


# ---- groups --------------------------------------------------------------------------------------


def groups_of(
    scope: Scope, measures: Sequence[Measure], statuses: frozenset[str] | None
) -> Iterator[Group]:
    """All groups of the file; members must exist and belong to one group only."""
    by_id = {measure.id: measure for measure in measures}
    taken: dict[str, str] = {}
    for position, group in enumerate(scope.assessment.groups or ()):
        path: Path = ("groups", position)
        for name in group.measures or ():
            if name not in by_id:
                scope.problem(
                    "unknown-measure",
                    (*path, "measures"),
                    measure=name,
                    suggestion=nearest(name, by_id),
                )
            elif name in taken:
                scope.problem(
                    "measure-in-two-groups", (*path, "measures"), measure=name, other=taken[name]
                )
            taken.setdefault(name, group.id)
        members = [by_id[name].status for name in group.measures or () if name in by_id]
        status = group.status or (members[0] if members and len(set(members)) == 1 else "unstated")
        benefits, other_benefits = benefits_of(scope, group.benefits, path)
        lifetime = lifetime_of(scope, group.lifetime)
        yield Group(
            id=group.id,
            title=group.title,
            status=status,
            declared_count=group.count,
            path=path,
            measures=tuple(group.measures or ()),
            investment=paid_for(scope, group.investment),
            grant=grants_of(scope, group),
            running_cost=yearly_money(scope, group.running_cost),
            annual_saving=yearly_money(scope, group.annual_saving),
            benefits=benefits,
            other_benefits=other_benefits,
            stated=tuple(
                (effect.reduces, figure)
                for effect in group.effects or ()
                if effect.reduces is not None
                and (figure := stated_reduction(scope, effect)) is not None
            ),
            in_bundle=status in BUNDLE_STATUSES and (statuses is None or status in statuses),
            lifetime=lifetime,
        )
