"""Checks of measures and groups: what they are said to be against what they do."""

from collections.abc import Iterable, Iterator, Sequence

from cpcalc.checks.reviewed import Reviewed, known_effects, path_of, problem
from cpcalc.diagnostics import Diagnostic, Path
from cpcalc.figures import ROUNDING, Figure, Reported, figures_in
from cpcalc.resolve.model import LinkedEffect, LinkedGroup, LinkedMeasure, Resolved
from cpcalc.results import MeasureResult
from cpcalc.schema import assessment as schema
from cpcalc.schema.assessment import END_OF_PIPE, verification_lacks

ACHIEVED = ("implemented", "verified")
GIVEN_UP = ("rejected", "not-implemented")
NOT_ACHIEVED = ("considered", "planned", *GIVEN_UP)
# Words for what cleans air or water after it was spoilt.
CLEANING = (
    "filter", "cyclone", "scrubber", "precipitator", "baghouse", "wastewater treatment",
    "effluent treatment", "lọc bụi", "xyclon", "cyclon", "lắng bụi", "xử lý nước thải",
    "xử lý khí thải",
)  # fmt: skip
# A group printed in whole millions may be below its members by their rounding.
ROUNDING_OF_A_GROUP = 0.005
_CO2 = ("co2", "co2e")
_CARRIERS_OF_CO2 = frozenset({"electricity", "fuel", "energy", "steam"})


def measure_without_effect(reviewed: Reviewed) -> Iterator[Diagnostic]:
    """A measure that costs something, or is done, and saves and reduces nothing."""
    in_groups = {
        name
        for group in reviewed.resolved.groups
        if group.annual_saving is not None or group.benefits or group.other_benefits or group.stated
        for name in group.measures
    }
    for position, measure in enumerate(reviewed.measures):
        if measure.type == END_OF_PIPE or measure.status in GIVEN_UP or measure.id in in_groups:
            continue
        saves = measure.effects or measure.benefits or measure.verified_effects
        matters = measure.investment or measure.running_cost or measure.status in ACHIEVED
        if matters and not saves:
            yield problem("measure-without-effect", ("measures", position), {"measure": measure.id})


def negative_change(reviewed: Reviewed) -> Iterator[Diagnostic]:
    """A change that goes the other way than its key says, without a word why."""
    items: list[schema.Measure | schema.Group] = [*reviewed.measures, *reviewed.groups]
    for item in items:
        effects = [*(item.effects or ()), *(getattr(item, "verified_effects", None) or ())]
        changes = [(one, one.reduce, "reduce", "increase") for one in effects]
        changes += [(one, one.increase, "increase", "reduce") for one in effects]
        changes += [(one, one.saves, "saves", "running-cost") for one in item.benefits or ()]
        for change, given, key, other in changes:
            if given is not None and given.value < 0 and change.because is None:
                amount = given.text.lstrip("-\u2212 ")
                values = {"key": key, "text": given, "other": other, "amount": amount}
                yield problem("negative-change", path_of(given, ()), values)


def co2_without_energy(reviewed: Reviewed) -> Iterator[Diagnostic]:
    """A stated reduction of CO2 beside which no fuel, electricity or gas is reduced."""
    resolved = reviewed.resolved
    measures = {measure.id: measure for measure in resolved.measures}
    items: list[tuple[LinkedMeasure | LinkedGroup, list[LinkedMeasure]]]
    items = [(measure, [measure]) for measure in resolved.measures]
    for group in resolved.groups:
        items.append((group, [measures[name] for name in group.measures if name in measures]))
    for item, members in items:
        # a total published without its measures has no streams at all
        if not members or not dict(item.stated).keys() & _CO2:
            continue
        stated = {substance for one in (item, *members) for substance, _ in one.stated}
        effects = [effect for member in members for effect in known_effects(member.effects)]
        kinds = {resolved.streams[effect.stream].kind for effect in effects}
        if not stated & _CARRIERS_OF_CO2 and not kinds & {"energy", "greenhouse-gas"}:
            by = reviewed.stated_reduction(item, *_CO2).by
            yield problem("co2-without-energy", path_of(by, item.path), {"id": item.id, "text": by})


def filter_as_prevention(reviewed: Reviewed) -> Iterator[Diagnostic]:
    """A measure that only cleans what leaves a stack or a drain, not said to be end of pipe.

    It is known by its name, or by what it does: dust or loads fall, and more energy is used for it.
    """
    streams = reviewed.resolved.streams
    for measure in reviewed.resolved.measures:
        effects = known_effects(measure.effects)
        good = [effect for effect in effects if effect.form == "switch" or _lowers(effect)]
        if not good or not all(_is_at_the_end(reviewed.resolved, effect) for effect in good):
            continue
        if measure.type == END_OF_PIPE or measure.benefits or len(effects) != len(measure.effects):
            continue
        others = [effect for effect in effects if effect not in good]
        takes_energy = any(streams[effect.stream].kind == "energy" for effect in others)
        if takes_energy or _is_named_cleaning(measure):
            names = ", ".join(dict.fromkeys(effect.stream for effect in good))
            values = {"measure": measure.id, "streams": names}
            yield problem("filter-as-prevention", measure.path, values)


def _is_named_cleaning(measure: LinkedMeasure) -> bool:
    texts = [text.casefold() for text in (measure.id, *measure.title.values())]
    return any(word in text for text in texts for word in CLEANING)


def _lowers(effect: LinkedEffect) -> bool:
    if effect.form == "load":
        return effect.ratio is not None and effect.ratio.value < effect.amount.value
    return effect.amount.value > 0


def _is_at_the_end(resolved: Resolved, effect: LinkedEffect) -> bool:
    stream = resolved.streams[effect.stream]
    is_emitted = stream.kind in ("dust", "air-pollutant") and not stream.generated
    return effect.form == "load" or is_emitted


def reported_as_achieved(reviewed: Reviewed) -> Iterator[Diagnostic]:
    """Verified figures of what is not done, and groups said to be done whose measures are not."""
    name = "reported-as-achieved"
    for position, measure in enumerate(reviewed.measures):
        status = measure.status or "unstated"
        if measure.verified_effects and status not in ACHIEVED:
            values = {"id": measure.id, "said": "verified-effects", "status": status}
            yield problem(name, ("measures", position, "verified-effects"), values, on_key=True)
    for position, group in enumerate(reviewed.groups):
        for number, measure in enumerate(reviewed.measures):
            is_member = measure.id in (group.measures or ())
            if is_member and group.status in ACHIEVED and measure.status in NOT_ACHIEVED:
                claim = f"{group.id}: {group.status}"
                values = {"id": measure.id, "said": claim, "status": measure.status}
                related = ("stated-here", ("measures", number, "status"))
                yield problem(name, ("groups", position, "status"), values, related)


def verified_without_verification(reviewed: Reviewed) -> Iterator[Diagnostic]:
    """What is said to be verified, and does not say how; it counts as implemented."""
    name = "verified-without-verification"
    for section in ("measures", "groups"):
        counted = getattr(reviewed.result, section)
        for position, item in enumerate(getattr(reviewed, section)):
            if item.status == "verified" != counted[position].status:
                path: Path = (section, position, "status")
                yield problem(name, path, {"id": item.id, "key": verification_lacks(item)})


def payback_above_lifetime(reviewed: Reviewed) -> Iterator[Diagnostic]:
    """A measure that is worn out before it has paid back."""
    lifetimes = {measure.id: measure.lifetime for measure in reviewed.resolved.measures}
    for measure, result in reviewed.measures_with_results():
        payback, lifetime = result.line.simple_payback, lifetimes.get(measure.id)
        if measure.lifetime is None or lifetime is None or measure.status in GIVEN_UP:
            continue
        if isinstance(payback, Figure) and payback.value > lifetime.value * (1 + ROUNDING):
            stated = measure.lifetime
            values = {"measure": measure.id, "payback": payback, "lifetime": stated}
            yield problem("payback-above-lifetime", stated.path, values)


# ---- groups -------------------------------------------------------------------------------------


def group_below_members(reviewed: Reviewed) -> Iterator[Diagnostic]:
    """A group that saves less than its measures together."""
    stated = {group.id: group.annual_saving for group in reviewed.resolved.groups}
    for position, group in enumerate(reviewed.groups):
        saving = stated.get(group.id)
        if group.annual_saving is None or saving is None:
            continue
        members = _members(reviewed, group.measures)
        above = _sum_above((member.line.annual_saving for member in members), saving)
        if above is not None:
            path = path_of(group.annual_saving, ("groups", position))
            values = {"group": group.id, "stated": group.annual_saving, "sum": above}
            yield problem("group-below-members", path, values)


def _members(reviewed: Reviewed, names: Sequence[str] | None) -> list[MeasureResult]:
    """The measures of a group that count: in the bundle, and cleaner production."""
    results = {result.id: result for result in reviewed.result.measures}
    members = [results[name] for name in names or () if name in results]
    return [member for member in members if member.in_bundle and member.type != END_OF_PIPE]


def _sum_above(figures: Iterable[Reported], stated: Figure) -> Figure | None:
    """The sum of the known figures, where it is above what is stated for all."""
    known = [figure.value for figure in figures_in(figures)]
    limit = stated.value + ROUNDING_OF_A_GROUP * abs(stated.value)
    return Figure(sum(known), stated.unit) if known and sum(known) > limit else None


def parts_do_not_sum(reviewed: Reviewed) -> Iterator[Diagnostic]:
    """Members that cost, number or reduce more than their group states in all."""
    name = "parts-do-not-sum"
    paid = {group.id: group.investment for group in reviewed.resolved.groups}
    for position, group in enumerate(reviewed.groups):
        number = len(group.measures or ())
        if group.count is not None and group.count < number:
            path: Path = ("groups", position, "count")
            values = {"stated": group.count, "sum": number}
            yield problem(name, path, {"group": group.id, "what": "count", **values})
        whole = paid.get(group.id)
        if whole is None or not isinstance(whole.converted, Figure) or not group.investment:
            continue
        parts = [member.line.investment for member in _members(reviewed, group.measures)]
        above = _sum_above((part.converted for part in parts if part is not None), whole.converted)
        if above is not None:
            path = path_of(group.investment[0].amount, ("groups", position))
            sums = {"stated": whole.converted, "sum": above}
            yield problem(name, path, {"group": group.id, "what": "investment", **sums})
