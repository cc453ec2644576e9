"""Measures linked: effects as shares and yearly amounts, money in one currency, and the order of the bundle."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from pydantic_core import PydanticCustomError

from cpcalc.calc.savings import opposite, ratio_of, specific_saving, total
from cpcalc.diagnostics import Path
from cpcalc.figures import Figure
from cpcalc.resolve.model import Effect, Group, Measure, Money, Stream, Unknown
from cpcalc.resolve.scope import Scope
from cpcalc.resolve.streams import LOAD_SUBSTANCE, nearest, output_of
from cpcalc.schema import assessment as files
from cpcalc.schema.leaves import Given, read_scalar
from cpcalc.units import ONE

# Earlier in this list is earlier in the bundle: an idea never changes an implemented figure.
BUNDLE_STATUSES = ("verified", "implemented", "planned", "considered", "unstated")


def measures_of(scope: Scope, streams: Mapping[str, Stream]) -> list[Measure]:
    """All measures of the file with their links, in file order."""
    return [
        _measure(scope, measure, ("measures", position), streams)
        for position, measure in enumerate(scope.assessment.measures or ())
    ]


def _measure(scope: Scope, measure: files.Measure, path: Path, streams: Mapping[str, Stream]) -> Measure:
    benefits = list(benefits_of(scope, measure.benefits, path))
    stated = [
        (effect.reduces, figure)
        for effect in measure.effects or ()
        if effect.reduces is not None and (figure := stated_reduction(scope, effect)) is not None
    ]
    return Measure(
        id=measure.id,
        title=measure.title,
        type=measure.type,
        status=measure.status or "unstated",
        cost_class=measure.cost_class,
        path=path,
        investment=investment_of(scope, measure.investment),
        investment_converted=converted_sum(scope, measure.investment),
        grant=_grants(scope, measure),
        running_cost=yearly_money(scope, measure.running_cost),
        effects=tuple(_effects(scope, measure.effects, path, "effects", streams)),
        benefits=tuple(money for money in benefits if money.category not in files.OTHER_BENEFITS),
        other_benefits=tuple(money for money in benefits if money.category in files.OTHER_BENEFITS),
        stated=tuple(stated),
        in_bundle=True,
        verified_effects=tuple(_effects(scope, measure.verified_effects, path, "verified-effects", streams)),
        quality=measure.quality or _quality_of_effects(scope, measure),
    )


def _quality_of_effects(scope: Scope, measure: files.Measure) -> str | None:
    """The weakest tier among the measure's effects and the streams they act on."""
    written = scope.assessment.streams or {}
    tiers = [
        effect.quality or (written[effect.stream].quality if effect.stream in written else None)
        for effect in measure.effects or ()
    ]
    stated = [files.QUALITIES.index(tier) for tier in tiers if tier is not None]
    return files.QUALITIES[max(stated)] if stated else None


# ---- money ----------------------------------------------------------------------------------------------------------


def investment_of(scope: Scope, items: Sequence[files.Item] | None) -> tuple[Figure, ...] | None:
    """Investment by currency, as given."""
    if items is None:
        return None
    by_currency: dict[str, list[Figure]] = {}
    for item in items:
        figure = _money(scope, item.amount, per_year=False)
        if item.amount.value < 0:
            scope.problem("negative-investment", item.amount.path, text=item.amount.text)
        by_currency.setdefault(str(figure.unit), []).append(figure)
    return tuple(scope.workings.apply(total, *figures) for figures in by_currency.values())


def converted_sum(scope: Scope, items: Sequence[files.Item] | None) -> Figure | Unknown | None:
    """Investment in the report's currency, or the rates it lacks."""
    if items is None:
        return None
    parts: list[Figure] = []
    missing: list[str] = []
    for item in items:
        money = scope.money(_money(scope, item.amount, per_year=False), item.amount.path)
        if isinstance(money, Unknown):
            missing.extend(money.missing)
        else:
            parts.append(money)
    return Unknown(tuple(dict.fromkeys(missing))) if missing else scope.workings.apply(total, *parts)


def _money(scope: Scope, given: Given, *, per_year: bool) -> Figure:
    return scope.zero_money(given, per_year=per_year) if given.is_bare_zero else scope.figure(given)


def yearly_money(scope: Scope, given: Given | None) -> Figure | None:
    """Money a year in the report's currency; None where it is not given or cannot be converted."""
    if given is None:
        return None
    if given.is_bare_zero:
        return scope.zero_money(given, per_year=True)
    yearly = scope.annual(given)
    if yearly is None:
        return None
    if yearly.unit.currency is None or str(yearly.unit) != f"{yearly.unit.currency}/year":
        scope.problem(
            "wrong-kind-of-unit", given.path, expected="money-per-year", found=str(yearly.unit), text=given.text
        )
        return None
    money = scope.money(yearly, given.path)
    return money if isinstance(money, Figure) else None


def _grants(scope: Scope, measure: files.Measure | files.Group) -> Figure | None:
    parts: list[Figure] = []
    for given in (measure.grant, getattr(measure, "one_off_income", None)):
        if given is not None:
            if given.value < 0:
                scope.problem("out-of-range", given.path, found=given.text, low="0", high="")
            money = scope.money(_money(scope, given, per_year=False), given.path)
            if isinstance(money, Figure):
                parts.append(money)
    return scope.workings.apply(total, *parts) if parts else None


def benefits_of(scope: Scope, benefits: Iterable[files.Benefit] | None, path: Path) -> Iterator[Money]:
    """Savings known as money only, each in its category."""
    for position, benefit in enumerate(benefits or ()):
        amount = yearly_money(scope, benefit.saves)
        if amount is not None:
            yield Money(benefit.as_.replace("-", "_"), amount, (*path, "benefits", position))


# ---- effects --------------------------------------------------------------------------------------------------------


def _effects(
    scope: Scope, effects: Sequence[files.Effect] | None, path: Path, key: str, streams: Mapping[str, Stream]
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
        return _switch(scope, effect, at, stream, streams)
    if effect.load is not None:
        return _load_change(scope, effect, at, stream)
    if effect.from_ is not None and effect.to is not None:
        return _specific(scope, effect, at, stream, worth)
    given = effect.reduce if effect.reduce is not None else effect.increase
    assert given is not None
    if given.unit is ONE:
        figure = scope.figure(given)
        if effect.reduce is not None and given.value > 1:
            scope.problem("saving-above-baseline", given.path, text=given.text)
        amount = figure if effect.reduce is not None else scope.workings.apply(opposite, figure)
        return Effect("share", stream.id, amount, at, worth)
    substance = stream.quantity.unit.substance if stream.quantity is not None else {"dust": "TSP"}.get(stream.kind)
    yearly = scope.annual(given, hours=effect.hours, substance=substance)
    if yearly is None or not _fits(scope, yearly, stream, given):
        return Unknown(())
    return Effect(
        "amount", stream.id, yearly if effect.reduce is not None else scope.workings.apply(opposite, yearly), at, worth
    )


def _fits(scope: Scope, yearly: Figure, stream: Stream, given: Given) -> bool:
    expected = None
    if stream.quantity is not None:
        expected = stream.quantity.unit
    elif stream.price is not None and scope.currency is not None:
        expected = scope.zero_money(given, per_year=True).unit / stream.price.unit
    if expected is not None and yearly.unit is not expected:
        scope.problem("wrong-kind-of-unit", given.path, expected=str(expected), found=str(yearly.unit), text=given.text)
        return False
    return True


def _specific(scope: Scope, effect: files.Effect, at: Path, stream: Stream, worth: Figure | None) -> Effect | Unknown:
    before, after = effect.from_, effect.to
    assert before is not None and after is not None
    if before.unit is not after.unit:
        scope.problem(
            "wrong-kind-of-unit", after.path, expected=str(before.unit), found=str(after.unit), text=after.text
        )
        return Unknown(())
    output = output_of(scope, effect.per or "", (*at, "per"))
    if output is None:
        return Unknown((f"products.{effect.per}.output",))
    amount = scope.workings.apply(specific_saving, scope.figure(before), scope.figure(after), output)
    return Effect("amount", stream.id, amount, at, worth) if _fits(scope, amount, stream, before) else Unknown(())


def _load_change(scope: Scope, effect: files.Effect, at: Path, stream: Stream) -> Effect | Unknown:
    before, after = effect.from_, effect.to
    if before is None or after is None or stream.kind != "wastewater":
        scope.problem("load-needs-wastewater", (*at, "load"))
        return Unknown(())
    substance = LOAD_SUBSTANCE[str(effect.load)]
    return Effect(
        "load",
        stream.id,
        scope.figure(before, substance),
        at,
        ratio=scope.figure(after, substance),
        load=str(effect.load),
    )


def _switch(
    scope: Scope, effect: files.Effect, at: Path, stream: Stream, streams: Mapping[str, Stream]
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
    ratio = _switch_ratio(scope, effect, at, stream, target)
    if ratio is None:
        return Unknown(())
    share = scope.figure(effect.share) if effect.share is not None else Figure(1.0, ONE, None, ())
    if effect.share is not None and not 0 < effect.share.value <= 1:
        scope.problem("out-of-range", effect.share.path, found=effect.share.text, low="0 %", high="100 %")
    return Effect("switch", stream.id, share, at, target=target.id, ratio=ratio)


def _switch_ratio(scope: Scope, effect: files.Effect, at: Path, stream: Stream, target: Stream) -> Figure | None:
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
        return scope.workings.apply(ratio_of, scope.figure(heats[0]), scope.figure(heats[1]))
    try:
        given = read_scalar(effect.ratio, scope.reading, "any")
    except PydanticCustomError as error:
        scope.problem(error.type, (*at, "ratio"), **(error.context or {}).get("values", {}))
        return None
    return scope.figure(given)


def stated_reduction(scope: Scope, effect: files.Effect) -> Figure | None:
    """A reduction as published, a year."""
    given = effect.by
    assert given is not None
    if given.unit is ONE:
        return scope.figure(given)
    substance = {"co2": "CO2", "co2e": "CO2e", "dust": "TSP", "so2": "SO2", "nox": "NOx", **LOAD_SUBSTANCE}.get(
        effect.reduces or ""
    )
    return scope.annual(given, substance=substance)


# ---- the order of the bundle ----------------------------------------------------------------------------------------


def bundle(
    scope: Scope, measures: list[Measure], statuses: frozenset[str] | None
) -> tuple[list[Measure], tuple[int, ...]]:
    """Measures in the order of the bundle, and their positions in the file; those outside it keep their file order, last.

    Outside are rejected and not-implemented ones, the later of two that exclude each other, and those of a status
    not selected.
    """
    written = scope.assessment.measures or []
    position_of = {measure.id: position for position, measure in enumerate(measures)}
    _check_links(scope, measures, written, position_of)
    chosen = [
        position
        for position, measure in enumerate(measures)
        if measure.status in BUNDLE_STATUSES and (statuses is None or measure.status in statuses)
    ]
    ordered = _in_order(scope, chosen, measures, written, position_of)
    kept: list[int] = []
    for position in ordered:
        rivals = _rivals(position, measures, written)
        if not any(measures[other].id in rivals for other in kept):
            kept.append(position)
    inside = {measures[position].id for position in kept}
    for position in kept:
        for name in written[position].requires or ():
            if name in position_of and name not in inside:
                scope.problem(
                    "required-measure-outside",
                    ("measures", position, "requires"),
                    measure=measures[position].id,
                    required=name,
                )
    outside = [position for position in range(len(measures)) if position not in set(kept)]
    order = (*kept, *outside)
    return [measures[position]._replace(in_bundle=position in set(kept)) for position in order], order


def _rivals(position: int, measures: list[Measure], written: Sequence[files.Measure]) -> set[str]:
    named = set(written[position].excludes or ())
    return named | {
        measures[other].id for other, measure in enumerate(written) if measures[position].id in (measure.excludes or ())
    }


def _check_links(
    scope: Scope, measures: list[Measure], written: Sequence[files.Measure], position_of: Mapping[str, int]
) -> None:
    for position, measure in enumerate(written):
        for key in ("after", "requires", "excludes"):
            for name in getattr(measure, key) or ():
                path: Path = ("measures", position, key)
                if name not in position_of:
                    scope.problem("unknown-measure", path, measure=name, suggestion=nearest(name, position_of))
                elif name == measure.id:
                    scope.problem("measure-names-itself", path, measure=name)
        for name in measure.after or ():
            other = position_of.get(name)
            if other is not None and _rank(measures[other]) > _rank(measures[position]):
                scope.problem("after-a-later-status", ("measures", position, "after"), measure=measure.id, other=name)
        for name in measure.requires or ():
            if name in _rivals(position, measures, written):
                scope.problem(
                    "requires-what-it-excludes", ("measures", position, "requires"), measure=measure.id, other=name
                )
    _check_cycles(scope, written, position_of)


def _rank(measure: Measure) -> int:
    return BUNDLE_STATUSES.index(measure.status) if measure.status in BUNDLE_STATUSES else len(BUNDLE_STATUSES)


def _check_cycles(scope: Scope, written: Sequence[files.Measure], position_of: Mapping[str, int]) -> None:
    for key in ("after", "requires"):
        state: dict[int, int] = {}
        for start in range(len(written)):
            trail = [start]
            while trail:
                position = trail[-1]
                state.setdefault(position, 1)
                following = [position_of[name] for name in getattr(written[position], key) or () if name in position_of]
                fresh = next((other for other in following if state.get(other) != 2 and other != position), None)
                if fresh is None:
                    state[trail.pop()] = 2
                elif state.get(fresh) == 1:
                    scope.problem(
                        "circular-measures",
                        ("measures", position, key),
                        measure=written[position].id,
                        other=written[fresh].id,
                        key=key,
                    )
                    state.update(dict.fromkeys(trail, 2))
                    break
                else:
                    trail.append(fresh)


def _in_order(
    scope: Scope,
    chosen: list[int],
    measures: list[Measure],
    written: Sequence[files.Measure],
    position_of: Mapping[str, int],
) -> list[int]:
    waiting = sorted(chosen, key=lambda position: (_rank(measures[position]), position))
    placed: list[int] = []
    while waiting:
        ready = next(
            (
                position
                for position in waiting
                if not any(
                    position_of.get(name) in waiting
                    for name in written[position].after or ()
                    if position_of.get(name) != position
                )
            ),
            waiting[0],  # a circle, reported above
        )
        waiting.remove(ready)
        placed.append(ready)
    return placed


# ---- groups ---------------------------------------------------------------------------------------------------------


def groups_of(scope: Scope, measures: Sequence[Measure]) -> Iterator[Group]:
    """All groups of the file; members must exist and belong to one group only."""
    by_id = {measure.id: measure for measure in measures}
    taken: dict[str, str] = {}
    for position, group in enumerate(scope.assessment.groups or ()):
        path: Path = ("groups", position)
        for name in group.measures or ():
            if name not in by_id:
                scope.problem("unknown-measure", (*path, "measures"), measure=name, suggestion=nearest(name, by_id))
            elif name in taken:
                scope.problem("measure-in-two-groups", (*path, "measures"), measure=name, other=taken[name])
            taken.setdefault(name, group.id)
        members = [by_id[name].status for name in group.measures or () if name in by_id]
        status = group.status or (members[0] if members and len(set(members)) == 1 else "unstated")
        benefits = list(benefits_of(scope, group.benefits, path))
        yield Group(
            id=group.id,
            title=group.title,
            status=status,
            count=group.count,
            path=path,
            measures=tuple(group.measures or ()),
            investment=investment_of(scope, group.investment),
            investment_converted=converted_sum(scope, group.investment),
            grant=_grants(scope, group),
            running_cost=yearly_money(scope, group.running_cost),
            annual_saving=yearly_money(scope, group.annual_saving),
            benefits=tuple(money for money in benefits if money.category not in files.OTHER_BENEFITS),
            other_benefits=tuple(money for money in benefits if money.category in files.OTHER_BENEFITS),
            stated=tuple(
                (effect.reduces, figure)
                for effect in group.effects or ()
                if effect.reduces is not None and (figure := stated_reduction(scope, effect)) is not None
            ),
        )
