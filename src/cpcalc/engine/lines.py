"""Lines of the summary: a measure or a group, and what its investment and saving give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from cpcalc.calc.money import net_investment, net_saving
from cpcalc.calc.payback import YEARS, payback_case, simple_payback
from cpcalc.calc.savings import difference, total
from cpcalc.engine.contributions import (
    COUNTED_SCOPES,
    ON_SITE,
    REDUCTION_OF_SUBSTANCE,
    Contribution,
)
from cpcalc.engine.sums import add_investments, add_reported, sum_by_name, sum_by_scope, sum_known
from cpcalc.figures import Figure, NotApplicable, Reported, joined
from cpcalc.resolve.model import LinkedGroup, LinkedMeasure, StatedSaving, Unknown
from cpcalc.results import Investment, Line, StandAlone

# Sums of the same floats in another order agree to this share.
SAME = 1e-9

Emissions = dict[str, dict[str, Reported]]  # scope -> gas -> figure


def has_overlap(line: Line) -> bool:
    """Whether a measure saves something else in the bundle than alone."""
    alone = line.stand_alone.annual_saving if line.stand_alone is not None else None
    if not isinstance(line.overlap, Figure) or not isinstance(alone, Figure):
        return False
    return abs(line.overlap.value) > SAME * abs(alone.value)


def measure_line(
    measure: LinkedMeasure, inside: Contribution, alone: Contribution, zero: Figure | None
) -> Line:
    """The line of one measure from what it brings in the bundle and, beside it, alone.

    ``zero`` is the saving of effects that change nothing with a price.
    """
    investment = investment_of(measure)
    gross, gross_alone = (part.annual_saving(measure, zero) for part in (inside, alone))
    avoided = inside.avoided()
    over_life: Emissions = {}
    if avoided and inside.resolved.has_lifetimes:
        over_life = inside.lifetime_avoided(measure)
    overlap = None
    if isinstance(gross, Figure) and isinstance(gross_alone, Figure):
        overlap = difference(gross_alone, gross)
    return line_of(
        investment=investment,
        capital=borne(investment, measure.grant, f"measures.{measure.id}.investment"),
        running_cost=measure.running_cost,
        savings=inside.savings(),
        annual_saving=gross,
        other_benefits=by_category(measure.other_benefits),
        reductions=inside.reduced(avoided),
        stated_reductions=_stated(measure.stated),
        avoided_emissions=avoided,
        stand_alone=StandAlone(
            alone.savings(), gross_alone, net_of(gross_alone, measure.running_cost)
        ),
        overlap=overlap,
        grant=measure.grant,
        lifetime_avoided=over_life,
        lifetime_reductions=inside.greenhouse(over_life) if over_life else {},
    )


def group_line(group: LinkedGroup, members: Sequence[tuple[LinkedMeasure, Line]]) -> Line:
    """A group's line: its own money replaces the sum of its members'.

    What its own annual saving exceeds the members' by is ``unspecified``.
    """
    lines = [line for _, line in members]
    savings: dict[str, Reported] = {
        **sum_by_name(line.savings for line in lines),
        **by_category(group.benefits),
    }
    gross = _gross_of_group(group, lines, savings)
    unspecified = None
    if group.annual_saving is not None:
        unspecified = _unspecified(group.annual_saving, savings)
    if unspecified is not None:
        own = savings.get("unspecified")
        savings["unspecified"] = total(own, unspecified) if isinstance(own, Figure) else unspecified
    running = group.running_cost or sum_known(measure.running_cost for measure, _ in members)
    grant = group.grant or sum_known(measure.grant for measure, _ in members)
    investment = investment_of(group) or _members_investment(members)
    added = added_up(lines)
    own_stated = _stated(group.stated)
    return line_of(
        **added,
        investment=investment,
        capital=borne(investment, grant, f"groups.{group.id}.investment"),
        running_cost=running,
        savings=savings,
        annual_saving=gross,
        other_benefits=sum_by_name(
            [by_category(group.other_benefits), *(line.other_benefits for line in lines)]
        ),
        stated_reductions=sum_by_name([own_stated, *(line.stated_reductions for line in lines)]),
        stand_alone=_group_alone(group, lines, unspecified, gross, running),
        grant=grant,
    )


def line_of(
    *, capital: Reported, annual_saving: Reported, running_cost: Reported | None, **others: Any
) -> Line:
    """A line with what follows from its money: ``capital`` is what has to be paid back.

    Avoided emissions are marked as the reductions are that they are part of.
    """
    net = net_of(annual_saving, running_cost)
    benefits = [item for item in others["other_benefits"].values() if isinstance(item, Figure)]
    others["avoided_emissions"] = _marked_as(others["reductions"], others["avoided_emissions"])
    others["lifetime_avoided"] = _marked_as(
        others["lifetime_reductions"], others["lifetime_avoided"]
    )
    return Line(
        running_cost=running_cost,
        annual_saving=annual_saving,
        annual_net_saving=net,
        simple_payback=payback(capital, net),
        simple_payback_with_other_benefits=payback(capital, total(net, *benefits)),
        **others,
    )


def added_up(lines: Sequence[Line]) -> dict[str, Any]:
    """What lines avoid and lose to each other, added up."""
    overlaps = [line.overlap for line in lines if isinstance(line.overlap, Figure)]
    return {
        "reductions": sum_by_name(line.reductions for line in lines),
        "avoided_emissions": sum_by_scope(line.avoided_emissions for line in lines),
        "lifetime_avoided": sum_by_scope(line.lifetime_avoided for line in lines),
        "lifetime_reductions": sum_by_name(line.lifetime_reductions for line in lines),
        "overlap": add_reported(overlaps) if overlaps else None,
    }


# ---- money ---------------------------------------------------------------------------------------


def investment_of(item: LinkedMeasure | LinkedGroup) -> Investment | None:
    """A measure's or group's investment; None where the file has none."""
    if item.investment is None:
        return None
    amounts, converted = item.investment.amounts, item.investment.converted
    if isinstance(converted, Unknown):
        return Investment(amounts, NotApplicable("incomplete", "rate-missing", converted.missing))
    return Investment(amounts, converted)


def _members_investment(members: Sequence[tuple[LinkedMeasure, Line]]) -> Investment | None:
    paying = [(measure, line) for measure, line in members if has_money(line)]
    missing = [measure.id for measure, line in paying if line.investment is None]
    return add_investments(
        [line.investment for _, line in paying],
        tuple(f"measures.{name}.investment" for name in missing),
    )


def has_money(line: Line) -> bool:
    """Whether anything of its money is known."""
    return line.investment is not None or isinstance(line.annual_saving, Figure)


def borne(investment: Investment | None, grant: Figure | None, field: str) -> Reported:
    """The investment that has to pay back: converted, less grants."""
    if investment is None:
        return NotApplicable("incomplete", "field-missing", (field,))
    return investment.converted if grant is None else net_investment(investment.converted, grant)


def net_of(gross: Reported, running_cost: Reported | None) -> Reported:
    """Annual net saving: gross less running cost, as far as that is known."""
    return net_saving(gross, running_cost) if isinstance(running_cost, Figure) else gross


def payback(investment: Reported, annual_net_saving: Reported) -> Reported:
    """Simple payback by the case table; incomplete where either side is not fully known."""
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


def by_category(benefits: Sequence[StatedSaving]) -> dict[str, Reported]:
    """Money known as such, added up by category."""
    return sum_by_name({money.category: money.amount} for money in benefits)


# ---- groups --------------------------------------------------------------------------------------


def _gross_of_group(
    group: LinkedGroup, lines: Sequence[Line], savings: Mapping[str, Reported]
) -> Reported:
    if group.annual_saving is not None:
        return group.annual_saving
    if group.benefits:
        return add_reported(list(savings.values()))
    with_money = [line.annual_saving for line in lines if has_money(line)]
    if with_money:
        return add_reported(with_money)
    missing = (f"groups.{group.id}.annual-saving",)
    return NotApplicable("incomplete", "field-missing", missing)


def _unspecified(gross: Figure, savings: Mapping[str, Reported]) -> Figure | None:
    """What a group saves besides its categories; None where these are all of it."""
    specified = sum_known(savings.values())
    if specified is None:
        return gross
    rest = difference(gross, specified)
    return None if abs(rest.value) <= abs(gross.value) * SAME else rest


def _group_alone(
    group: LinkedGroup,
    lines: Sequence[Line],
    unspecified: Figure | None,
    gross: Reported,
    running: Figure | None,
) -> StandAlone:
    """A group's members each alone, with what the group's own money adds to them."""
    savings = {
        **sum_by_name(line.stand_alone.savings for line in lines if line.stand_alone is not None),
        **by_category(group.benefits),
    }
    if unspecified is not None:
        own = [savings["unspecified"]] if "unspecified" in savings else []
        savings["unspecified"] = add_reported([*own, unspecified])
    overlaps = [line.overlap for line in lines if isinstance(line.overlap, Figure)]
    whole = add_reported([gross, *overlaps])
    return StandAlone(savings, whole, net_of(whole, running))


# ---- reductions ----------------------------------------------------------------------------------


def _stated(stated: Sequence[tuple[str, Figure]]) -> dict[str, Reported]:
    return sum_by_name({name.replace("-", "_"): figure} for name, figure in stated)


def _marked_as(reductions: Mapping[str, Reported], avoided: Emissions) -> Emissions:
    """Avoided emissions, marked partial where the reduction that they are part of is.

    What has no factor or no quantity has no row of its own here, so nothing else would say that a
    scope lacks it.
    """
    return {
        scope: {
            gas: _lacking(figure, reductions.get(_reduction_with(scope, gas)))
            for gas, figure in gases.items()
        }
        for scope, gases in avoided.items()
    }


def _reduction_with(scope: str, gas: str) -> str:
    """The reduction that a gas of a scope is part of; empty where it is in none."""
    if scope in COUNTED_SCOPES:
        return "co2" if gas == "CO2" else "co2e"
    return REDUCTION_OF_SUBSTANCE.get(gas, "") if scope == ON_SITE else ""


def _lacking(figure: Reported, whole: Reported | None) -> Reported:
    """A figure marked with what the whole misses, besides what it is marked with."""
    if isinstance(figure, NotApplicable) or not isinstance(whole, Figure):
        return figure
    more = tuple(field for field in whole.missing if field not in figure.missing)
    return replace(figure, of=figure.of + len(more), missing=(*figure.missing, *more))
