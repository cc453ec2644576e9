"""Measures and groups linked, with money in one currency; and the bundle that measures make."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from cpcalc.calc.savings import total
from cpcalc.diagnostics import Path
from cpcalc.figures import Figure, NotApplicable, Reported, figures_in, joined
from cpcalc.quantities import Quantity
from cpcalc.resolve import model
from cpcalc.resolve.context import Context, NotLinkedError, figure_of
from cpcalc.resolve.effects import link_effects, stated_reductions
from cpcalc.resolve.model import BUNDLE_STATUSES, LinkedGroup, LinkedMeasure
from cpcalc.results import Investment
from cpcalc.schema import assessment as schema
from cpcalc.units import Unit

# Where links contradict each other, that something required stays outside is no news.
CONTRADICTIONS = ("requires-what-it-excludes", "requires-chain-excludes")


def link_measures(context: Context) -> Iterator[LinkedMeasure]:
    """All measures of the file, in its order."""
    for position, measure in enumerate(context.assessment.measures or ()):
        path: Path = ("measures", position)
        predicted = tuple(link_effects(context, measure.effects, (*path, "effects")))
        at: Path = (*path, "verified-effects")
        verified = tuple(link_effects(context, measure.verified_effects, at))
        is_verified = measure.status == "verified" and bool(verified)
        counting = (measure.verified_effects if is_verified else measure.effects) or []
        again = {effect.reduces for effect in counting}
        unverified = [effect for effect in measure.effects or () if effect.reduces not in again]
        yield LinkedMeasure(
            **_common(context, measure, path, [*counting, *unverified]),
            type=measure.type,
            status=_believed(measure, measure.status or "unstated"),
            cost_class=measure.cost_class,
            grant=_received(context, measure.grant, measure.one_off_income),
            effects=verified if is_verified else predicted,
            verified_effects=verified,
            predicted_effects=predicted,
            requires=tuple(measure.requires or ()),
            pace=model.Pace(
                tuple(figure_of(share) for share in measure.ramp_up or ()),
                context.share(measure.saving_loss),
            ),
        )


def _believed(item: schema.Measure | schema.Group, status: str) -> str:
    """What counts as verified says how it was found; without that it counts as implemented."""
    is_claim = status == "verified" and schema.verification_lacks(item) is not None
    return "implemented" if is_claim else status


def _is_selected(status: str, statuses: frozenset[str] | None) -> bool:
    return status in BUNDLE_STATUSES and (statuses is None or status in statuses)


def link_groups(
    context: Context, measures: Sequence[LinkedMeasure], statuses: frozenset[str] | None
) -> Iterator[LinkedGroup]:
    """All groups of the file; members must exist and belong to one group only."""
    by_id = {measure.id: measure for measure in measures}
    taken: dict[str, str] = {}  # the group of each measure met so far
    for position, group in enumerate(context.assessment.groups or ()):
        path: Path = ("groups", position)
        at: Path = (*path, "measures")
        members = tuple(group.measures or ())
        for name in members:
            if name not in by_id:
                context.unknown("unknown-measure", at, name, by_id)
            elif name in taken:
                context.problem("measure-in-two-groups", at, measure=name, other=taken[name])
            taken.setdefault(name, group.id)
        of_members = {by_id[name].status for name in members if name in by_id}
        of_all = of_members.pop() if len(of_members) == 1 else "unstated"
        status = group.status or of_all
        if status != of_all:
            status = _believed(group, status)
        yield LinkedGroup(
            **_common(context, group, path, group.effects or ()),
            status=status,
            declared_count=group.count,
            measures=members,
            grant=_received(context, group.grant),
            annual_saving=context.yearly_money(group.annual_saving),
            in_bundle=_is_selected(status, statuses),
        )


def _common(
    context: Context,
    item: schema.Measure | schema.Group,
    path: Path,
    effects: Iterable[schema.Effect],
) -> dict[str, Any]:
    """The fields of ``Costed``; ``effects`` are those whose stated reductions count."""
    savings: list[model.StatedSaving] = []
    others: list[model.StatedSaving] = []  # benefits that no saving is made of
    for benefit in item.benefits or ():
        amount = context.yearly_money(benefit.saves)
        if amount is not None:
            category = benefit.as_.replace("-", "_")
            stated = model.StatedSaving(category, amount)
            (others if category in schema.OTHER_BENEFITS else savings).append(stated)
    investment, items = _paid(context, item.investment) if item.investment else (None, [])
    return {
        "id": item.id,
        "title": item.title,
        "path": path,
        "investment": investment,
        "items": tuple(items),
        "running_cost": context.yearly_money(item.running_cost),
        "benefits": tuple(savings),
        "other_benefits": tuple(others),
        "stated": tuple(stated_reductions(context, effects)),
        "lifetime": context.lifetime(item.lifetime),
    }


# ---- money ---------------------------------------------------------------------------------------


def _paid(context: Context, items: Sequence[schema.Item]) -> tuple[Investment, list[Reported]]:
    """An investment by currency and as a sum in the report's currency, and item by item."""
    by_currency: dict[Unit, list[Figure]] = defaultdict(list)
    parts: list[Reported] = []
    for item in items:
        given = item.amount
        figure = context.amount_of_money(given)
        if given.value < 0:
            context.problem("negative-investment", given.path, text=given.text)
        by_currency[figure.unit].append(figure)
        try:
            parts.append(context.money(figure, given, lacking="rate-missing"))
        except NotLinkedError as error:
            parts.append(NotApplicable("incomplete", "rate-missing", error.args))
    amounts = tuple(total(*figures) for figures in by_currency.values())
    missing = joined(*(part.missing for part in parts))
    whole: Reported = NotApplicable("incomplete", "rate-missing", missing)
    if not missing:
        whole = total(*figures_in(parts))
    if parts == next(iter(by_currency.values())):  # all in the report's currency: one sum is both
        whole = amounts[0]
    return Investment(amounts, whole), parts


def _received(context: Context, *given: Quantity | None) -> Figure | None:
    """Grants, and what is received once, such as for scrap, in the report's currency."""
    parts = [money for one in given if (money := context.one_off(one)) is not None]
    return total(*parts) if parts else None


# ---- the bundle of measures ----------------------------------------------------------------------


def bundle(
    context: Context, measures: Sequence[LinkedMeasure], statuses: frozenset[str] | None
) -> tuple[list[LinkedMeasure], tuple[int, ...]]:
    """Measures in the order of the bundle, and their positions in the file.

    Those outside it stand last, in file order: rejected and not-implemented ones, the later of two
    that exclude each other, and those of a status not selected.
    """
    links = _MeasureLinks(context, measures)
    links.check()
    chosen = [at for at, measure in enumerate(measures) if _is_selected(measure.status, statuses)]
    at_the_end = [position for position in chosen if measures[position].type == schema.END_OF_PIPE]
    before = [position for position in chosen if measures[position].type != schema.END_OF_PIPE]
    # What is end of pipe acts on what cleaner production leaves.
    kept = links.without_rivals([*links.in_order(before), *links.in_order(at_the_end)])
    links.check_required(kept)
    inside = set(kept)
    outside = [position for position in range(len(measures)) if position not in inside]
    ordered = [measures[position] for position in kept]
    ordered += [replace(measures[position], in_bundle=False) for position in outside]
    return ordered, (*kept, *outside)


class _MeasureLinks:
    """What the measures of the file say of each other: after, requires, excludes."""

    def __init__(self, context: Context, measures: Sequence[LinkedMeasure]) -> None:
        self.context = context
        self.written: Sequence[schema.Measure] = context.assessment.measures or ()
        ranks = {status: rank for rank, status in enumerate(BUNDLE_STATUSES)}
        self.ranks = [ranks.get(one.status or "unstated", len(ranks)) for one in self.written]
        self.position_of = {measure.id: position for position, measure in enumerate(measures)}
        self.rivals = [set(measure.excludes or ()) for measure in self.written]
        for measure in self.written:
            for name in measure.excludes or ():
                if name in self.position_of:
                    self.rivals[self.position_of[name]].add(measure.id)

    def in_order(self, chosen: Sequence[int]) -> list[int]:
        """By status, then as in the file; but each after those it names."""
        waiting = sorted(chosen, key=lambda position: (self.ranks[position], position))
        left, placed = set(waiting), list[int]()
        names = {position: self.written[position].after or () for position in waiting}
        others = {at: {*map(self.position_of.get, after)} - {at} for at, after in names.items()}
        while waiting:
            free = (position for position in waiting if others[position].isdisjoint(left))
            following = next(free, waiting[0])  # in a circle, which is a problem, the first
            waiting.remove(following)
            left.remove(following)
            placed.append(following)
        return placed

    def without_rivals(self, ordered: Sequence[int]) -> list[int]:
        """Of two that exclude each other, the first."""
        kept: dict[str, int] = {}
        for position in ordered:
            if self.rivals[position].isdisjoint(kept):
                kept[self.written[position].id] = position
        return list(kept.values())

    # ---- checks ----------------------------------------------------------------------------------

    def check(self) -> None:
        """Unknown names, contradictions and circles."""
        for position, measure in enumerate(self.written):
            for key in ("after", "requires", "excludes"):
                path: Path = ("measures", position, key)
                for name in getattr(measure, key) or ():
                    if name not in self.position_of:
                        self.context.unknown("unknown-measure", path, name, self.position_of)
                    elif name == measure.id:
                        self.context.problem("measure-names-itself", path, measure=name)
            for name in self._others(measure, "after"):
                if self.ranks[self.position_of[name]] > self.ranks[position]:
                    self._problem("after-a-later-status", position, "after", other=name)
            for name in measure.requires or ():
                if name in self.rivals[position]:
                    self._problem("requires-what-it-excludes", position, "requires", other=name)
        for key in ("after", "requires"):
            ways = {measure.id: self._others(measure, key) for measure in self.written}
            for name, other in closing_steps(ways):
                position = self.position_of[name]
                self._problem("circular-measures", position, key, other=other, key=key)
        for position, measure in enumerate(self.written):
            self._check_chain(position, measure)

    def _problem(self, name: str, position: int, at: str, /, **values: str) -> None:
        path: Path = ("measures", position, at)
        self.context.problem(name, path, measure=self.written[position].id, **values)

    def _others(self, measure: schema.Measure, key: str) -> list[str]:
        names = getattr(measure, key) or ()
        return [name for name in names if name in self.position_of and name != measure.id]

    def _check_chain(self, position: int, measure: schema.Measure) -> None:
        """What a measure requires through others excludes neither it nor what else it requires."""
        together, chain = {measure.id}, [measure.id]
        for name in chain:  # it grows by what each requires
            required = self._others(self.written[self.position_of[name]], "requires")
            chain += dict.fromkeys(other for other in required if other not in together)
            together.update(required)
        for name in chain[1:]:
            rival = min(self.rivals[self.position_of[name]] & together, default=None)
            is_direct = rival == measure.id and name in (measure.requires or ())
            if rival is not None and not is_direct:
                values = {"required": name, "other": rival}
                self._problem("requires-chain-excludes", position, "requires", **values)
                return

    def check_required(self, kept: Sequence[int]) -> None:
        """What a measure of the bundle requires is in the bundle."""
        if any(item.name in CONTRADICTIONS for item in self.context.diagnostics):
            return
        inside = {self.written[position].id for position in kept}
        for position in kept:
            for name in self.written[position].requires or ():
                if name in self.position_of and name not in inside:
                    self._problem("required-measure-outside", position, "requires", required=name)


def closing_steps(ways: Mapping[str, Iterable[str]]) -> Iterator[tuple[str, str]]:
    """The steps that close a circle, depth first; without them there is none."""
    steps = {name: iter(others) for name, others in ways.items()}
    is_open: dict[str, bool] = {}
    for start in ways:
        trail = [start]
        while trail:
            name = trail[-1]
            is_open[name] = True
            other = next(steps[name], None)
            if other is None:
                is_open[trail.pop()] = False
            elif is_open.get(other):
                yield name, other
            elif other not in is_open:
                trail.append(other)
