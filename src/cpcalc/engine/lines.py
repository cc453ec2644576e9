"""Lines of the summary: one measure, and what its investment and saving give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from cpcalc.calc.money import net_investment, net_saving
from cpcalc.calc.payback import YEARS, payback_case, simple_payback
from cpcalc.calc.savings import difference, total
from cpcalc.engine.pieces import COUNTED_SCOPES, ON_SITE, REDUCTION_OF_SUBSTANCE, Pieces
from cpcalc.engine.sums import add_investments, add_reported, sum_by_name, sum_by_scope
from cpcalc.figures import Figure, Formula, NotApplicable, Reported, joined
from cpcalc.resolve.model import Group, Measure, Money, Unknown
from cpcalc.results import Investment, Line, StandAlone

# Increment and stand-alone saving are sums of the same floats in another order: they agree to this share.
SAME = 1e-9


def has_overlap(line: Line) -> bool:
    """Whether a measure saves something else in the bundle than alone."""
    overlap, alone = line.overlap, line.stand_alone
    if (
        not isinstance(overlap, Figure)
        or alone is None
        or not isinstance(alone.annual_saving, Figure)
    ):
        return False
    return abs(overlap.value) > SAME * abs(alone.annual_saving.value)


def investment_of(item: Measure | Group) -> Investment | None:
    """A measure's or group's investment; None where the file has none."""
    if item.investment is None:
        return None
    converted = item.investment.converted
    if isinstance(converted, Unknown):
        return Investment(
            item.investment.amounts, NotApplicable("incomplete", "rate-missing", converted.missing)
        )
    return Investment(item.investment.amounts, converted)


def borne(investment: Investment | None, grant: Figure | None, field: str) -> Reported:
    """The investment that has to pay back: converted, less grants."""
    if investment is None:
        return NotApplicable("incomplete", "field-missing", (field,))
    return less_grant(investment.converted, grant)


def less_grant(investment: Reported, grant: Figure | None) -> Reported:
    """An investment in the report's currency less grants, partial where the investment is."""
    return _less(net_investment, investment, grant)


def net_of(gross: Reported, running_cost: Figure | None) -> Reported:
    """Annual net saving: gross less running cost, partial where the gross saving is."""
    return _less(net_saving, gross, running_cost)


def _less(formula: Formula, whole: Reported, part: Figure | None) -> Reported:
    if part is None or isinstance(whole, NotApplicable):
        return whole
    return formula(whole, part)


def payback(investment: Reported, annual_net_saving: Reported) -> Reported:
    """Simple payback by the case table; incomplete, naming the fields, where either side is not fully known."""
    missing = joined(investment.missing, annual_net_saving.missing)
    if (
        isinstance(investment, NotApplicable)
        or isinstance(annual_net_saving, NotApplicable)
        or missing
    ):
        return NotApplicable("incomplete", "field-missing", missing)
    case = payback_case(investment, annual_net_saving)
    if case == YEARS:
        return simple_payback(investment, annual_net_saving)
    return NotApplicable(case, f"payback-{case}")


def other_benefits_of(benefits: tuple[Money, ...]) -> dict[str, Reported]:
    """Benefits that no saving is made of, by kind."""
    by_kind: dict[str, list[Figure]] = {}
    for money in benefits:
        by_kind.setdefault(money.category, []).append(money.amount)
    return {kind: total(*figures) for kind, figures in by_kind.items()}


def with_benefits(net: Reported, others: dict[str, Reported]) -> Reported:
    """Annual net saving together with the other benefits."""
    figures = [figure for figure in others.values() if isinstance(figure, Figure)]
    if not figures or isinstance(net, NotApplicable):
        return net
    return total(net, *figures)


def as_known(
    avoided: dict[str, dict[str, Reported]], reductions: Mapping[str, Reported]
) -> dict[str, dict[str, Reported]]:
    """Avoided emissions, marked partial where the reduction that they are part of is.

    What has no factor or no quantity has no row of its own here, so nothing else would say that a scope lacks it.
    """
    for scope, gases in avoided.items():
        for gas, figure in gases.items():
            whole = reductions.get(_reduction_with(scope, gas))
            if isinstance(figure, Figure) and isinstance(whole, Figure):
                gases[gas] = _lacking(figure, whole.missing)
    return avoided


def _reduction_with(scope: str, gas: str) -> str:
    """The reduction that a gas of a scope is part of; empty where it is in none."""
    if scope in COUNTED_SCOPES:
        return "co2" if gas == "CO2" else "co2e"
    return REDUCTION_OF_SUBSTANCE.get(gas, "") if scope == ON_SITE else ""


def _lacking(figure: Figure, missing: tuple[str, ...]) -> Figure:
    """A figure marked with what it misses besides what it is marked with."""
    more = tuple(field for field in missing if field not in figure.missing)
    return replace(figure, of=figure.of + len(more), missing=(*figure.missing, *more))


def measure_line(measure: Measure, pieces: Pieces, alone: Pieces, zero: Figure | None) -> Line:
    """The line of one measure from what it brings in the bundle and, beside it, alone."""
    investment = investment_of(measure)
    capital = borne(investment, measure.grant, f"measures.{measure.id}.investment")
    gross = pieces.annual_saving(measure, zero)
    net = net_of(gross, measure.running_cost)
    others = other_benefits_of(measure.other_benefits)
    avoided = pieces.avoided()
    reductions = pieces.reduced(avoided)
    over_life = (
        pieces.lifetime_avoided(measure) if avoided and pieces.resolved.has_lifetimes else {}
    )
    over_life_reduced = pieces.greenhouse(over_life) if over_life else {}
    savings = pieces.savings()
    if alone is pieces:
        stand_alone = StandAlone(savings, gross, net)
    else:
        gross_alone = alone.annual_saving(measure, zero)
        stand_alone = StandAlone(
            alone.savings(), gross_alone, net_of(gross_alone, measure.running_cost)
        )
    overlap: Reported | None = None
    if isinstance(gross, Figure) and isinstance(stand_alone.annual_saving, Figure):
        overlap = difference(stand_alone.annual_saving, gross)
    together, years = with_benefits(net, others), payback(capital, net)
    return Line(
        investment=investment,
        running_cost=measure.running_cost,
        savings=savings,
        annual_saving=gross,
        annual_net_saving=net,
        simple_payback=years,
        simple_payback_with_other_benefits=years if together is net else payback(capital, together),
        other_benefits=others,
        reductions=reductions,
        stated_reductions=_stated(measure.stated),
        avoided_emissions=as_known(avoided, reductions),
        stand_alone=stand_alone,
        overlap=overlap,
        grant=measure.grant,
        lifetime_avoided=as_known(over_life, over_life_reduced),
        lifetime_reductions=over_life_reduced,
    )


def _stated(stated: tuple[tuple[str, Figure], ...]) -> dict[str, Reported]:
    by_name: dict[str, list[Reported]] = {}
    for name, figure in stated:
        by_name.setdefault(name.replace("-", "_"), []).append(figure)
    return {name: add_reported(figures) for name, figures in by_name.items()}


def group_line(group: Group, members: list[tuple[Measure, Line]]) -> Line:
    """A group's line: its own money replaces the sum of its members; what it exceeds them by is ``unspecified``."""
    savings: dict[str, Reported] = {
        **sum_by_name([line.savings for _, line in members]),
        **other_benefits_of(group.benefits),
    }
    known = [figure for figure in savings.values() if isinstance(figure, Figure)]
    paying = [
        (measure, line)
        for measure, line in members
        if line.investment is not None or isinstance(line.annual_saving, Figure)
    ]
    with_money = [line.annual_saving for _, line in paying]
    missing = (f"groups.{group.id}.annual-saving",)
    gross: Reported
    unspecified: Reported | None = None
    if group.annual_saving is not None:
        gross = group.annual_saving
        rest = difference(gross, total(*known)) if known else gross
        if not known or not _is_nothing(rest.value, gross.value):
            unspecified = rest
            own_rest = savings.get("unspecified")
            savings["unspecified"] = total(own_rest, rest) if isinstance(own_rest, Figure) else rest
    elif group.benefits:
        gross = add_reported(list(savings.values()))
    elif with_money:
        gross = add_reported(with_money)
    else:
        gross = NotApplicable("incomplete", "field-missing", missing)
    running = group.running_cost or _sum_of([measure.running_cost for measure, _ in members])
    grant = group.grant or _sum_of([measure.grant for measure, _ in members])
    net = net_of(gross, running)
    investment = investment_of(group) or add_investments(
        [line.investment for _, line in paying],
        tuple(
            f"measures.{measure.id}.investment"
            for measure, line in paying
            if line.investment is None
        ),
    )
    capital = borne(investment, grant, f"groups.{group.id}.investment")
    others = sum_by_name(
        [
            other_benefits_of(group.other_benefits),
            *[line.other_benefits for _, line in members],
        ]
    )
    reductions = sum_by_name([line.reductions for _, line in members])
    over_life = sum_by_name([line.lifetime_reductions for _, line in members])
    return Line(
        investment=investment,
        running_cost=running,
        savings=savings,
        annual_saving=gross,
        annual_net_saving=net,
        simple_payback=payback(capital, net),
        simple_payback_with_other_benefits=payback(capital, with_benefits(net, others)),
        other_benefits=others,
        reductions=reductions,
        stated_reductions=sum_by_name(
            [_stated(group.stated), *[line.stated_reductions for _, line in members]]
        ),
        avoided_emissions=as_known(
            sum_by_scope([line.avoided_emissions for _, line in members]), reductions
        ),
        stand_alone=_group_alone([line for _, line in members], group, unspecified, gross, running),
        overlap=overlap_of([line for _, line in members]),
        grant=grant,
        lifetime_avoided=as_known(
            sum_by_scope([line.lifetime_avoided for _, line in members]), over_life
        ),
        lifetime_reductions=over_life,
    )


def overlap_of(lines: Sequence[Line]) -> Reported | None:
    """What lines lose to each other, as far as it is known."""
    parts: list[Reported] = [line.overlap for line in lines if isinstance(line.overlap, Figure)]
    return add_reported(parts) if parts else None


def _group_alone(
    members: Sequence[Line],
    group: Group,
    unspecified: Reported | None,
    gross: Reported,
    running: Figure | None,
) -> StandAlone:
    """A group's members each alone, with what the group's own money adds to them."""
    overlaps = [line.overlap for line in members if isinstance(line.overlap, Figure)]
    alone = {
        **sum_by_name(
            [line.stand_alone.savings for line in members if line.stand_alone is not None]
        ),
        **other_benefits_of(group.benefits),
    }
    if unspecified is not None:
        alone["unspecified"] = add_reported(
            [*([alone["unspecified"]] if "unspecified" in alone else []), unspecified]
        )
    whole = add_reported([gross, *overlaps])
    return StandAlone(alone, whole, net_of(whole, running))


def _sum_of(parts: Sequence[Figure | None]) -> Figure | None:
    known = [part for part in parts if part is not None]
    return total(*known) if known else None


def _is_nothing(rest: float, whole: float) -> bool:
    return abs(rest) <= abs(whole) * SUM_TOLERANCE


# Sums of a few hundred floats differ in their last digits by the order of adding.
SUM_TOLERANCE = 1e-9
