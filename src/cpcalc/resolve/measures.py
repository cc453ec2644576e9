"""Measures and groups linked: their effects, and money in one currency."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from cpcalc.calc.savings import total
from cpcalc.diagnostics import Path
from cpcalc.figures import Figure
from cpcalc.quantities import Quantity
from cpcalc.resolve.context import Context, NotLinkedError, duration_of
from cpcalc.resolve.effects import link_effects, stated_reductions
from cpcalc.resolve.model import (
    LinkedGroup,
    LinkedMeasure,
    LinkedStream,
    Paid,
    StatedSaving,
    Unknown,
)
from cpcalc.resolve.order import BUNDLE_STATUSES
from cpcalc.schema import assessment as files
from cpcalc.units import Unit

# Beyond a century no machine is bought and no price foreseen: a slip of the pen (1000 year) is
# certain.
LONGEST_LIFE_YEARS = 100.0


def link_measures(context: Context, streams: Mapping[str, LinkedStream]) -> Iterator[LinkedMeasure]:
    """All measures of the file, in its order."""
    for position, measure in enumerate(context.assessment.measures or ()):
        path: Path = ("measures", position)
        benefits, other_benefits = _benefits(context, measure.benefits, path)
        predicted = tuple(link_effects(context, measure.effects, (*path, "effects"), streams))
        at: Path = (*path, "verified-effects")
        verified = tuple(link_effects(context, measure.verified_effects, at, streams))
        is_verified = measure.status == "verified" and bool(verified)
        counting = (measure.verified_effects if is_verified else measure.effects) or []
        yield LinkedMeasure(
            id=measure.id,
            title=measure.title,
            type=measure.type,
            status=measure.status or "unstated",
            cost_class=measure.cost_class,
            path=path,
            investment=_paid(context, measure.investment),
            grant=_received(context, measure.grant, measure.one_off_income),
            running_cost=context.yearly_money(measure.running_cost),
            effects=verified if is_verified else predicted,
            verified_effects=verified,
            predicted_effects=predicted,
            benefits=benefits,
            other_benefits=other_benefits,
            stated=tuple(stated_reductions(context, _with_predicted(measure, counting))),
            quality=measure.quality or _weakest_quality(context, counting),
            lifetime=lifetime_of(context, measure.lifetime),
            requires=tuple(measure.requires or ()),
        )


def _with_predicted(measure: files.Measure, counting: Sequence[files.Effect]) -> list[files.Effect]:
    """The effects that count, and the predicted reductions of what was not verified."""
    again = {effect.reduces for effect in counting}
    predicted = measure.effects or []
    return [*counting, *(effect for effect in predicted if effect.reduces not in again)]


def _weakest_quality(context: Context, effects: Sequence[files.Effect]) -> str | None:
    """The weakest tier among a measure's effects and the streams they act on."""
    tiers: list[str | None] = []
    for effect in effects:
        stream = context.streams.get(effect.stream or "")
        tiers.append(effect.quality or (stream.quality if stream is not None else None))
    return max(
        (tier for tier in tiers if tier is not None), key=files.QUALITIES.index, default=None
    )


def link_groups(
    context: Context, measures: Sequence[LinkedMeasure], statuses: frozenset[str] | None
) -> Iterator[LinkedGroup]:
    """All groups of the file; members must exist and belong to one group only."""
    by_id = {measure.id: measure for measure in measures}
    taken: dict[str, str] = {}
    for position, group in enumerate(context.assessment.groups or ()):
        path: Path = ("groups", position)
        _check_members(context, group, (*path, "measures"), by_id, taken)
        members = {by_id[name].status for name in group.measures or () if name in by_id}
        status = group.status or (members.pop() if len(members) == 1 else "unstated")
        benefits, other_benefits = _benefits(context, group.benefits, path)
        lifetime = lifetime_of(context, group.lifetime)
        yield LinkedGroup(
            id=group.id,
            title=group.title,
            status=status,
            declared_count=group.count,
            path=path,
            measures=tuple(group.measures or ()),
            investment=_paid(context, group.investment),
            grant=_received(context, group.grant),
            running_cost=context.yearly_money(group.running_cost),
            annual_saving=context.yearly_money(group.annual_saving),
            benefits=benefits,
            other_benefits=other_benefits,
            stated=tuple(stated_reductions(context, group.effects or ())),
            in_bundle=status in BUNDLE_STATUSES and (statuses is None or status in statuses),
            lifetime=lifetime,
        )


def _check_members(
    context: Context,
    group: files.Group,
    path: Path,
    by_id: Mapping[str, LinkedMeasure],
    taken: dict[str, str],
) -> None:
    """``taken`` holds the group of each measure met so far."""
    for name in group.measures or ():
        if name not in by_id:
            context.unknown("unknown-measure", path, name, by_id)
        elif name in taken:
            context.problem("measure-in-two-groups", path, measure=name, other=taken[name])
        taken.setdefault(name, group.id)


def lifetime_of(context: Context, given: Quantity | None) -> Figure | None:
    """A lifetime or study period in years; None, with a diagnostic, where it is too long."""
    if given is None:
        return None
    years = duration_of(given)
    if not 0 < years.value <= LONGEST_LIFE_YEARS:
        most = f"{LONGEST_LIFE_YEARS:g}"
        context.problem("lifetime-out-of-range", given.path, text=given.text, most=most)
        return None
    return years


# ---- money ---------------------------------------------------------------------------------------


def _paid(context: Context, items: Sequence[files.Item] | None) -> Paid | None:
    """An investment by currency, item by item and as a sum in the report's currency."""
    if items is None:
        return None
    by_currency: dict[Unit, list[Figure]] = defaultdict(list)
    parts: list[Figure | Unknown] = []
    for item in items:
        given = item.amount
        figure = context.amount_of_money(given)
        if given.value < 0:
            context.problem("negative-investment", given.path, text=given.text)
        by_currency[figure.unit].append(figure)
        try:
            parts.append(context.money(figure, given, lacking="rate-missing"))
        except NotLinkedError as error:
            parts.append(Unknown(error.missing))
    amounts = tuple(total(*figures) for figures in by_currency.values())
    known = [part for part in parts if isinstance(part, Figure)]
    missing = dict.fromkeys(
        field for part in parts if isinstance(part, Unknown) for field in part.missing
    )
    whole: Figure | Unknown = Unknown(tuple(missing)) if missing else total(*known)
    if parts == next(iter(by_currency.values())):  # all in the report's currency: one sum is both
        whole = amounts[0]
    return Paid(amounts, whole, tuple(parts))


def _received(context: Context, *given: Quantity | None) -> Figure | None:
    """Grants, and what is received once, such as for scrap, in the report's currency."""
    parts = [money for one in given if (money := context.one_off(one)) is not None]
    return total(*parts) if parts else None


def _benefits(
    context: Context, benefits: Iterable[files.Benefit] | None, path: Path
) -> tuple[tuple[StatedSaving, ...], tuple[StatedSaving, ...]]:
    """Savings known as money only, and apart from them benefits that no saving is made of."""
    savings: list[StatedSaving] = []
    others: list[StatedSaving] = []
    for position, benefit in enumerate(benefits or ()):
        amount = context.yearly_money(benefit.saves)
        if amount is not None:
            category = benefit.as_.replace("-", "_")
            stated = StatedSaving(category, amount, (*path, "benefits", position))
            (others if category in files.OTHER_BENEFITS else savings).append(stated)
    return tuple(savings), tuple(others)
