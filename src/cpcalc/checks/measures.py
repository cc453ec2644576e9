"""Checks of measures and groups: what they are said to be against what they do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cpcalc.checks.wording import ROUNDING, legible, path_of, shown
from cpcalc.diagnostics import Diagnostic
from cpcalc.figures import Figure, Reported
from cpcalc.resolve.model import Effect, Group, Measure, Resolved
from cpcalc.results import AssessmentResult, MeasureResult
from cpcalc.schema.assessment import Assessment

ACHIEVED = ("implemented", "verified")
GIVEN_UP = ("rejected", "not-implemented")
NOT_ACHIEVED = ("considered", "planned", *GIVEN_UP)
END_OF_PIPE = "end-of-pipe"
# Words for what cleans air or water after it was spoilt.
CLEANING = (
    "filter", "cyclone", "scrubber", "precipitator", "baghouse", "wastewater treatment", "effluent treatment",
    "lọc bụi", "xyclon", "cyclon", "lắng bụi", "xử lý nước thải", "xử lý khí thải",
)  # fmt: skip
# A group printed in whole millions may be below its members by their rounding.
ROUNDING_OF_A_GROUP = 0.005
_CARRIERS_OF_CO2 = frozenset({"electricity", "fuel", "energy", "steam"})


def measure_without_effect(
    assessment: Assessment, resolved: Resolved, result: AssessmentResult
) -> Iterator[Diagnostic]:
    """A measure that costs something, or is done, and saves and reduces nothing."""
    in_groups = {
        name for group in resolved.groups if _says_something(group) for name in group.measures
    }
    for position, measure in enumerate(assessment.measures or ()):
        does = (
            measure.effects
            or measure.benefits
            or measure.verified_effects
            or measure.id in in_groups
        )
        if measure.type == END_OF_PIPE or measure.status in GIVEN_UP:
            continue
        if not does and (measure.investment or measure.running_cost or measure.status in ACHIEVED):
            values = {"measure": measure.id}
            yield Diagnostic("measure-without-effect", ("measures", position), values)


def _says_something(group: Group) -> bool:
    return bool(
        group.annual_saving is not None or group.benefits or group.other_benefits or group.stated
    )


def co2_without_energy(
    assessment: Assessment, resolved: Resolved, result: AssessmentResult
) -> Iterator[Diagnostic]:
    """A stated reduction of CO2 beside which no fuel, electricity or gas is reduced."""
    measures = {measure.id: measure for measure in resolved.measures}
    for measure in resolved.measures:
        yield from _co2_of_nothing(assessment, resolved, measure, [measure])
    for group in resolved.groups:
        members = [measures[name] for name in group.measures if name in measures]
        if members:  # a total published without its measures has no streams at all
            yield from _co2_of_nothing(assessment, resolved, group, members)


def _co2_of_nothing(
    assessment: Assessment, resolved: Resolved, item: Measure | Group, members: Sequence[Measure]
) -> Iterator[Diagnostic]:
    stated = {substance for substance, _ in item.stated}
    if not stated & {"co2", "co2e"} or stated & _CARRIERS_OF_CO2:
        return
    kinds = {
        resolved.streams[effect.stream].kind
        for member in members
        for effect in member.effects
        if isinstance(effect, Effect)
    }
    if kinds & {"energy", "greenhouse-gas"} or any(
        {s for s, _ in member.stated} & _CARRIERS_OF_CO2 for member in members
    ):
        return
    written = getattr(assessment, str(item.path[0]))[item.path[1]]
    every = (*(written.effects or ()), *(getattr(written, "verified_effects", None) or ()))
    effect = next(effect for effect in every if effect.reduces in ("co2", "co2e"))
    yield Diagnostic(
        "co2-without-energy", path_of(effect.by, item.path), {"id": item.id, "text": effect.by.text}
    )


def filter_as_prevention(
    assessment: Assessment, resolved: Resolved, result: AssessmentResult
) -> Iterator[Diagnostic]:
    """A measure that cleans what leaves a stack or a drain, and nothing else, not said to be end of pipe.

    It is known by its name, or by what it does: dust or loads fall, and more energy is used for it.
    """
    for measure in resolved.measures:
        effects = [effect for effect in measure.effects if isinstance(effect, Effect)]
        good = [effect for effect in effects if effect.form == "switch" or _lowers(effect)]
        if not good or not all(_at_the_end(resolved, effect) for effect in good):
            continue
        if measure.type == END_OF_PIPE or measure.benefits or len(effects) != len(measure.effects):
            continue
        takes_energy = any(
            resolved.streams[effect.stream].kind == "energy"
            for effect in effects
            if effect not in good
        )
        if takes_energy or _is_named_so(measure):
            values = {
                "measure": measure.id,
                "streams": ", ".join(dict.fromkeys(effect.stream for effect in good)),
            }
            yield Diagnostic("filter-as-prevention", measure.path, values)


def _is_named_so(measure: Measure) -> bool:
    texts = [measure.id, *measure.title.values()]
    return any(word in text.casefold() for text in texts for word in CLEANING)


def _lowers(effect: Effect) -> bool:
    if effect.form == "load":
        return effect.ratio is not None and effect.ratio.value < effect.amount.value
    return effect.amount.value > 0


def _at_the_end(resolved: Resolved, effect: Effect) -> bool:
    stream = resolved.streams[effect.stream]
    return effect.form == "load" or (
        stream.kind in ("dust", "air-pollutant") and not stream.generated
    )


def reported_as_achieved(
    assessment: Assessment, resolved: Resolved, result: AssessmentResult
) -> Iterator[Diagnostic]:
    """Verified figures of what is not done, and groups said to be done whose measures are not."""
    for position, measure in enumerate(assessment.measures or ()):
        status = measure.status or "unstated"
        if measure.verified_effects and status not in ACHIEVED:
            values = {"id": measure.id, "said": "verified-effects", "status": status}
            yield Diagnostic(
                "reported-as-achieved",
                ("measures", position, "verified-effects"),
                values,
                on_key=True,
            )
    for position, group in enumerate(assessment.groups or ()):
        if group.status not in ACHIEVED:
            continue
        for number, measure in enumerate(assessment.measures or ()):
            if measure.id in (group.measures or ()) and (measure.status or "") in NOT_ACHIEVED:
                values = {
                    "id": measure.id,
                    "said": f"{group.id}: {group.status}",
                    "status": str(measure.status),
                }
                related = (("stated-here", ("measures", number, "status")),)
                yield Diagnostic(
                    "reported-as-achieved", ("groups", position, "status"), values, related=related
                )


def payback_above_lifetime(
    assessment: Assessment, resolved: Resolved, result: AssessmentResult
) -> Iterator[Diagnostic]:
    """A measure that is worn out before it has paid back."""
    lives = {item.id: item.lifetime for item in resolved.measures}
    for measure, found in zip(assessment.measures or (), result.measures, strict=True):
        payback = found.line.simple_payback
        if (
            measure.lifetime is None
            or not isinstance(payback, Figure)
            or measure.status in GIVEN_UP
        ):
            continue
        lifetime = lives[measure.id]
        if lifetime is not None and payback.value > lifetime.value * (1 + ROUNDING):
            values = {
                "measure": measure.id,
                "payback": shown(payback),
                "lifetime": measure.lifetime.text,
            }
            yield Diagnostic("payback-above-lifetime", measure.lifetime.path, values)


# ---- groups ---------------------------------------------------------------------------------------------------------


def group_below_members(
    assessment: Assessment, resolved: Resolved, result: AssessmentResult
) -> Iterator[Diagnostic]:
    """A group that saves less than its measures together."""
    found = {item.id: item for item in result.measures}
    for position, group in enumerate(assessment.groups or ()):
        if group.annual_saving is None:
            continue
        members = _counted(group.measures, found)
        total = _sum(member.line.annual_saving for member in members)
        stated = next((item.annual_saving for item in resolved.groups if item.id == group.id), None)
        if (
            total is not None
            and stated is not None
            and total > stated.value + ROUNDING_OF_A_GROUP * abs(stated.value)
        ):
            values = {
                "group": group.id,
                "stated": group.annual_saving.text,
                "sum": f"{legible(total)} {stated.unit}",
            }
            yield Diagnostic(
                "group-below-members", path_of(group.annual_saving, ("groups", position)), values
            )


def _counted(names: Sequence[str] | None, found: dict[str, MeasureResult]) -> list[MeasureResult]:
    members = [found[name] for name in names or () if name in found]
    return [member for member in members if member.in_bundle and member.type != END_OF_PIPE]


def _sum(figures: Iterator[Reported]) -> float | None:
    known = [figure.value for figure in figures if isinstance(figure, Figure)]
    return sum(known) if known else None


def parts_do_not_sum(
    assessment: Assessment, resolved: Resolved, result: AssessmentResult
) -> Iterator[Diagnostic]:
    """Members that cost, number or reduce more than their group states in all."""
    found = {item.id: item for item in result.measures}
    linked = {group.id: group for group in resolved.groups}
    for position, group in enumerate(assessment.groups or ()):
        members = _counted(group.measures, found)
        if group.count is not None and group.count < len(group.measures or ()):
            values = {
                "group": group.id,
                "what": "count",
                "stated": str(group.count),
                "sum": str(len(group.measures or ())),
            }
            yield Diagnostic("parts-do-not-sum", ("groups", position, "count"), values)
        paid = linked[group.id].investment if group.id in linked else None
        converted = paid.converted if paid is not None else None
        total = _sum(
            member.line.investment.converted
            for member in members
            if member.line.investment is not None
        )
        if not isinstance(converted, Figure) or total is None or not group.investment:
            continue
        if total > converted.value + ROUNDING_OF_A_GROUP * abs(converted.value):
            values = {"group": group.id, "what": "investment", "stated": shown(converted)}
            values["sum"] = f"{legible(total)} {converted.unit}"
            yield Diagnostic(
                "parts-do-not-sum",
                path_of(group.investment[0].amount, ("groups", position)),
                values,
            )
