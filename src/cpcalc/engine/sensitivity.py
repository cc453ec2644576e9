"""How far the economics rest on single assumptions: a tornado of the NPV, and break-even values.

Every figure is worked out again from the cash flows with one thing changed; nothing is extrapolated
but what is linear by construction (money in a price, a saving or an investment).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cpcalc.calc.finance import break_even_factor
from cpcalc.calc.savings import converted, ratio_of, total
from cpcalc.engine.appraisal import Case
from cpcalc.engine.cashflow import RUNNING_COST, Project
from cpcalc.engine.economics import Projects
from cpcalc.engine.projects import AS_STATED, Variation
from cpcalc.engine.rates import money_of
from cpcalc.figures import Figure, NotApplicable, Origin, Reported
from cpcalc.resolve.model import EconomicTerms
from cpcalc.results import BreakEven, Sensitivity, Swing
from cpcalc.units import ONE

ABOVE, BELOW = "above", "below"
NPV, PAYBACK = "npv", "payback"
SAVINGS, INVESTMENT, LIFETIME, RUNNING = "savings", "investment", "lifetime", "running-cost"
DISCOUNT, INFLATION = "basis.discount-rate", "basis.inflation"
# Each thing is moved by the same share, one at a time, so that the bars compare.
CHANGE = 0.2
ALWAYS_MET = NotApplicable("not-applicable", "always-met")
NEVER_MET = NotApplicable("never", "never-met")


def _factor(value: float) -> Figure:
    return Figure(value, ONE, None, (Origin("definition", (), f"{value:g}"),))


LESS, MORE, NONE_OF_IT = _factor(1 - CHANGE), _factor(1 + CHANGE), _factor(0.0)


def sensitivity(projects: Projects, places: Sequence[str]) -> Sensitivity | None:
    """The tornado over a bundle's projects and the break-even values of each.

    None where no economics are known.
    """
    chosen = _chosen(projects, places)
    if not chosen:
        return None
    return Sensitivity(
        _factor(CHANGE),
        _npv(projects, chosen, AS_STATED, projects.terms),
        projects.terms.payback_limit,
        tornado(projects, places),
        tuple(
            item
            for place, project in chosen.items()
            for item in _break_evens(projects, place, project)
        ),
    )


def tornado(projects: Projects, places: Sequence[str]) -> tuple[Swing, ...]:
    """What the NPV of some projects together becomes when one thing alone is lower or higher.

    The widest comes first.
    """
    chosen = _chosen(projects, places)
    swings = _swings(projects, chosen) if chosen else ()
    return tuple(sorted(swings, key=lambda swing: -_width(swing)))


def _chosen(projects: Projects, places: Sequence[str]) -> dict[str, Project]:
    return {
        place: project
        for place in places
        if isinstance(project := projects.projects.get(place), Project) and place in projects.cases
    }


def _width(swing: Swing) -> float:
    if isinstance(swing.low, NotApplicable) or isinstance(swing.high, NotApplicable):
        return 0.0
    return abs(swing.high.value - swing.low.value)


# ---- tornado -------------------------------------------------------------------------------------


def _swings(projects: Projects, chosen: Mapping[str, Project]) -> Iterator[Swing]:
    lines = [line for project in chosen.values() for line in project.yearly]
    varied = {
        f"streams.{stream}.price": (
            Variation(prices={stream: LESS}),
            Variation(prices={stream: MORE}),
        )
        for stream in dict.fromkeys(line.stream for line in lines if line.stream is not None)
    }
    varied[SAVINGS] = Variation(savings=LESS), Variation(savings=MORE)
    varied[INVESTMENT] = Variation(investment=LESS), Variation(investment=MORE)
    varied[LIFETIME] = Variation(lifetime=LESS), Variation(lifetime=MORE)
    if any(line.key == RUNNING_COST for line in lines):
        varied[RUNNING] = Variation(running_cost=LESS), Variation(running_cost=MORE)
    for parameter, variations in varied.items():
        low, high = (_npv(projects, chosen, item, projects.terms) for item in variations)
        yield Swing(parameter, low, high)
    for parameter, rates in _rates(projects.terms):
        low, high = (_npv(projects, chosen, AS_STATED, terms) for terms in rates)
        yield Swing(parameter, low, high)


def _rates(terms: EconomicTerms) -> Iterator[tuple[str, tuple[EconomicTerms, EconomicTerms]]]:
    discount, inflation = terms.discount, terms.inflation
    if discount is not None and discount.rate.value > 0:
        low, high = (discount._replace(rate=converted(discount.rate, by)) for by in (LESS, MORE))
        yield DISCOUNT, (terms._replace(discount=low), terms._replace(discount=high))
    if inflation is not None and inflation.value > 0:
        less, more = (converted(inflation, by) for by in (LESS, MORE))
        yield INFLATION, (terms._replace(inflation=less), terms._replace(inflation=more))


def _npv(
    projects: Projects, chosen: Mapping[str, Project], variation: Variation, terms: EconomicTerms
) -> Reported:
    cases = [projects.case(item, variation, terms, with_loan=False) for item in chosen.values()]
    return total(*(_worth(case, terms) for case in cases))


def _worth(case: Case | NotApplicable, terms: EconomicTerms) -> Reported:
    return case if isinstance(case, NotApplicable) else money_of(terms).worth(case.base.sums())


# ---- break-even ----------------------------------------------------------------------------------


def _break_evens(projects: Projects, place: str, project: Project) -> Iterator[BreakEven]:
    stated = projects.cases[place]
    for parameter, variation, value in _without(projects, project):
        without = projects.case(project, variation, projects.terms, with_loan=False)
        if isinstance(without, NotApplicable):
            continue
        for target, goal, at_zero, as_stated in _targets(projects, parameter, stated, without):
            if at_zero.value == as_stated.value:
                continue  # it does not depend on the thing
            factor = break_even_factor(goal, at_zero, as_stated)
            rises = as_stated.value > at_zero.value
            meets_by_less = parameter == INVESTMENT and target == PAYBACK
            bound = ABOVE if rises != meets_by_less else BELOW
            if factor.value <= 0:
                met: Reported = ALWAYS_MET if bound == ABOVE else NEVER_MET
            else:
                met = factor if value is None else converted(value, factor)
            yield BreakEven(place, parameter, target, bound, met)


def _without(
    projects: Projects, project: Project
) -> Iterator[tuple[str, Variation, Figure | None]]:
    """What a project rests on, the project without it, and how much of it is stated."""
    for stream in dict.fromkeys(line.stream for line in project.yearly):
        if stream is not None:
            price = projects.resolved.streams[stream].price
            yield f"streams.{stream}.price", Variation(prices={stream: NONE_OF_IT}), price
    gross = [line.amount for line in project.yearly if line.key != RUNNING_COST]
    if gross:
        yield SAVINGS, Variation(savings=NONE_OF_IT), total(*gross)
    invested = total(*(spend.amount for spend in project.terms.spends or ()))
    if invested.value:
        yield INVESTMENT, Variation(investment=NONE_OF_IT), invested


def _targets(
    projects: Projects, parameter: str, stated: Case, without: Case
) -> Iterator[tuple[str, Figure, Figure, Figure]]:
    """What has to be met, and the figure that meets it: without the thing, and as stated."""
    limit = projects.terms.payback_limit
    if limit is not None and parameter == INVESTMENT:
        goal = converted(stated.annual_net_saving, limit)
        yield PAYBACK, goal, without.capital, stated.capital
    elif limit is not None:
        goal = ratio_of(stated.capital, limit)
        yield PAYBACK, goal, without.annual_net_saving, stated.annual_net_saving
    before, after = _worth(without, projects.terms), _worth(stated, projects.terms)
    if isinstance(before, Figure) and isinstance(after, Figure):
        yield NPV, stated.base.zero, before, after
