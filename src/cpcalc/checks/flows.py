"""Checks of quantities: streams against their measures, their parts, their carriers and the plant's capacity."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from cpcalc.checks.wording import (
    ROUNDING,
    effect_in_file,
    legible,
    path_of,
    place_of_amount,
    shown,
    times,
)
from cpcalc.diagnostics import Diagnostic, Path
from cpcalc.quantities import PartOfYear, Quantity
from cpcalc.resolve.model import Effect, Measure, Resolved, Stream
from cpcalc.results import AssessmentResult
from cpcalc.schema.assessment import Assessment
from cpcalc.schema.leaves import PERIODS

# Shares printed to whole percent may sum to 100.5 %.
ROUNDED_SHARES = 0.005
# A load must fall by more than a reading of a concentration repeats.
LEAST_FALL_OF_A_LOAD = 0.01
# No plant runs longer: the periods of a leap year.
LONGEST_YEAR: Mapping[str, float] = MappingProxyType(
    {"day": 366.0, "month": 12.0, "hour": 366.0 * 24}
)
_COMPRESSED_AIR = ("compressed air", "compressed-air", "khí nén", "khi-nen")
_ELECTRICITY = ("electricity", "điện", "dien")


def _effects(measure: Measure) -> list[Effect]:
    return [effect for effect in measure.effects if isinstance(effect, Effect)]


def reduction_above_baseline(
    assessment: Assessment, resolved: Resolved, result: AssessmentResult
) -> Iterator[Diagnostic]:
    """A measure that takes more from a stream than there is of it."""
    for measure in resolved.measures:
        taken: dict[str, float] = {}
        for effect in _effects(measure):
            quantity = resolved.streams[effect.stream].quantity
            if effect.form != "amount" or quantity is None:
                continue
            taken[effect.stream] = taken.get(effect.stream, 0.0) + effect.amount.value
            if taken[effect.stream] > quantity.value * (1 + ROUNDING) and effect.amount.value > 0:
                yield Diagnostic(
                    "reduction-above-baseline",
                    place_of_amount(assessment, effect),
                    {
                        "stream": effect.stream,
                        "reduction": f"{legible(taken[effect.stream])} {quantity.unit}",
                        "baseline": shown(quantity),
                    },
                    related=(("stated-here", _quantity_path(assessment, effect.stream)),),
                )


def _quantity_path(assessment: Assessment, stream: str) -> Path:
    written = (assessment.streams or {})[stream]
    return path_of(written.quantity or written.share, ("streams", stream))


def unused_stream(
    assessment: Assessment, resolved: Resolved, result: AssessmentResult
) -> Iterator[Diagnostic]:
    """A stream without a quantity that nothing refers to: it changes no figure."""
    unmeasured = [
        item for item in resolved.streams.values() if item.quantity is None and item.parent is None
    ]
    if not unmeasured:
        return
    used = {effect.stream for measure in resolved.measures for effect in _all_effects(measure)}
    used |= {
        str(effect.target) for measure in resolved.measures for effect in _all_effects(measure)
    }
    for stream in resolved.streams.values():
        used |= {
            str(stream.parent),
            *(name for name, _ in stream.made_from),
            *(name for name, _ in stream.followers),
        }
    for stream in unmeasured:
        written = (assessment.streams or {})[stream.id]
        if stream.id not in used and written.annual_cost is None:
            yield Diagnostic(
                "unused-stream", ("streams", stream.id), {"stream": stream.id}, on_key=True
            )


def _all_effects(measure: Measure) -> Iterator[Effect]:
    every = (*measure.predicted_effects, *measure.verified_effects)
    yield from (effect for effect in every if isinstance(effect, Effect))


def parts_above_whole(
    assessment: Assessment, resolved: Resolved, result: AssessmentResult
) -> Iterator[Diagnostic]:
    """Sub-streams that together are more than their parent."""
    for stream in resolved.streams.values():
        if not stream.parts:
            continue
        share = _share_of_parts(assessment, resolved, stream)
        if share > 1 + ROUNDED_SHARES:
            parts = ", ".join(stream.parts)
            related = tuple(
                ("part-of-it", _quantity_path(assessment, part)) for part in stream.parts
            )
            yield Diagnostic(
                "parts-above-whole",
                ("streams", stream.id),
                {"stream": stream.id, "parts": parts, "share": f"{share * 100:.4g} %"},
                on_key=True,
                related=related,
            )


def _share_of_parts(assessment: Assessment, resolved: Resolved, whole: Stream) -> float:
    share = 0.0
    for part in whole.parts:
        quantity, given = resolved.streams[part].quantity, (assessment.streams or {})[part].share
        if whole.quantity is not None and quantity is not None and whole.quantity.value > 0:
            share += quantity.value / whole.quantity.value
        elif given is not None:
            share += given.value
    return share


def production_above_capacity(
    assessment: Assessment, resolved: Resolved, result: AssessmentResult
) -> Iterator[Diagnostic]:
    """A product of which more is made than the plant can make."""
    for product in assessment.products or ():
        output, capacity = product.output, product.capacity
        if output is None or capacity is None or capacity.value <= 0:
            continue
        made, possible = output.value, capacity.value
        if output.unit is not capacity.unit:  # one is a day's, the other a year's
            stated = _operating_time(assessment)
            yearly = _a_year(output, stated), _a_year(capacity, {**LONGEST_YEAR, **stated})
            if (
                output.unit.without(*PERIODS) is not capacity.unit.without(*PERIODS)
                or None in yearly
            ):
                continue
            made, possible = (value or 0.0 for value in yearly)
        if made > possible * (1 + ROUNDING):
            ratio = times(made / possible)
            yield Diagnostic(
                "production-above-capacity",
                output.path,
                {
                    "product": product.id,
                    "output": output.text,
                    "capacity": capacity.text,
                    "ratio": ratio,
                },
                related=(("stated-here", capacity.path),),
            )


def _operating_time(assessment: Assessment) -> dict[str, float]:
    """The plant's own days, months and hours of a year, as far as the file states them."""
    operation = assessment.basis.operation if assessment.basis is not None else None
    if operation is None:
        return {}
    given = {"day": operation.days, "month": operation.months, "hour": operation.hours}
    return {
        name: one.value
        for name, one in given.items()
        if one is not None and one.unit.exponent("year") == -1
    }


def _a_year(given: Quantity, periods: Mapping[str, float]) -> float | None:
    """A rate over so many periods a year; None where they are not known, or it is no rate."""
    if isinstance(given, PartOfYear):
        return None
    for name, count in {"year": 1.0, **periods}.items():
        if given.unit.exponent(name) == -1:
            return given.value * count
    return None


def carrier_counted_twice(
    assessment: Assessment, resolved: Resolved, result: AssessmentResult
) -> Iterator[Diagnostic]:
    """One measure that cuts a stream and, beside it, what the stream already brings along."""
    for measure in resolved.measures:
        if len(measure.effects) < 2:
            continue
        cut = {effect.stream: effect for effect in _effects(measure) if _cuts(effect)}
        for name, effect in cut.items():
            for other in _brought_along(resolved, name) & set(cut):
                yield Diagnostic(
                    "carrier-counted-twice",
                    place_of_amount(assessment, cut[other]),
                    {"measure": measure.id, "stream": name, "other": other},
                    related=(("counted-here", place_of_amount(assessment, effect)),),
                )


def _cuts(effect: Effect) -> bool:
    return effect.form in ("amount", "share") and effect.amount.value > 0


def _brought_along(resolved: Resolved, name: str) -> set[str]:
    """The streams that fall by themselves when this one falls: its fuels, its followers, the power of unlinked air."""
    stream = resolved.streams[name]
    found = {source for source, _ in stream.made_from} | {
        follower for follower, _ in stream.followers
    }
    if not stream.made_from and _is_named(stream, _COMPRESSED_AIR):
        found |= {
            other.id for other in resolved.streams.values() if _is_named(other, _ELECTRICITY)
        } - {name}
    return found


def _is_named(stream: Stream, names: tuple[str, ...]) -> bool:
    if stream.kind != "energy":
        return False
    return any(text.casefold().startswith(names) for text in (stream.id, *stream.name.values()))


def dilution(
    assessment: Assessment, resolved: Resolved, result: AssessmentResult
) -> Iterator[Diagnostic]:
    """A lower concentration in more water: the load stays."""
    for measure in resolved.measures:
        for effect in _effects(measure):
            flow = resolved.streams[effect.stream].quantity
            if effect.form != "load" or effect.ratio is None or flow is None or flow.value <= 0:
                continue
            more = 1 - _relative_cut(resolved, measure, effect.stream)
            before, after = effect.amount.value, effect.ratio.value * more
            if (
                more > 1 + ROUNDING
                and effect.ratio.value < before
                and after > before * (1 - LEAST_FALL_OF_A_LOAD)
            ):
                written = effect_in_file(assessment, effect)
                yield Diagnostic(
                    "dilution",
                    path_of(written.to, effect.path),
                    {
                        "load": str(effect.load),
                        "stream": effect.stream,
                        "flow": f"{(more - 1) * 100:.3g} %",
                    },
                )


def _relative_cut(resolved: Resolved, measure: Measure, stream: str) -> float:
    """By how much a measure cuts a stream, of its quantity; its leaders' changes travel to it."""
    cut = 0.0
    for effect in _effects(measure):
        quantity = resolved.streams[effect.stream].quantity
        if effect.form not in ("amount", "share") or quantity is None or quantity.value <= 0:
            continue
        leads = any(follower == stream for follower, _ in resolved.streams[effect.stream].followers)
        if effect.stream == stream or leads:
            cut += (
                effect.amount.value
                if effect.form == "share"
                else effect.amount.value / quantity.value
            )
    return cut
