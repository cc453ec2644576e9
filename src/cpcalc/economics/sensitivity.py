"""How far the economics rest on single assumptions: a tornado of the NPV, and break-even values.

Every figure is worked out again from the cash flows with one thing changed; nothing is extrapolated
but what is linear by construction (money in a price, a saving or an investment).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from cpcalc.calc.finance import break_even_factor
from cpcalc.calc.savings import converted, difference, ratio_of, total
from cpcalc.economics import CashMoney
from cpcalc.economics.appraisal import ProjectTables
from cpcalc.economics.cash_flow import RUNNING_COST, Project, YearlyAmount
from cpcalc.economics.projects import Projects
from cpcalc.figures import Figure, NotApplicable, Reported, defined
from cpcalc.resolve.model import EconomicTerms
from cpcalc.results import BreakEven, Sensitivity, Swing
from cpcalc.units import ONE

ABOVE, BELOW = "above", "below"
NPV, PAYBACK = "npv", "payback"
SAVINGS, INVESTMENT, LIFETIME, RUNNING = "savings", "investment", "lifetime", "running-cost"
DISCOUNT, INFLATION = "basis.discount-rate", "basis.inflation"
ALWAYS_MET = NotApplicable("not-applicable", "always-met")
NEVER_MET = NotApplicable("never", "never-met")

# Each thing is moved by the same share, one at a time, so that the bars compare.
CHANGE, LESS, MORE, NONE_OF_IT = (defined(size, ONE, f"{size:g}") for size in (0.2, 0.8, 1.2, 0.0))


# What is multiplied, and by what: a price ("streams.coal.price"), savings, a rate ...
Factors = Mapping[str, Figure]


def varied_project(project: Project, factors: Factors) -> Project:
    """A project with the figures that it rests on multiplied."""
    terms, yearly = project.terms, list[YearlyAmount]()
    for line in project.yearly:
        at_price = _times(line.amount, factors.get(_price_of(line.stream)))
        factor = factors.get(RUNNING if line.key == RUNNING_COST else SAVINGS)
        yearly.append(line._replace(amount=_times(at_price, factor)))
    bought, invested = factors.get(INVESTMENT), terms.spends or ()
    spends = [spend._replace(amount=_times(spend.amount, bought)) for spend in invested]
    lifetime = terms.lifetime and _times(terms.lifetime, factors.get(LIFETIME))
    terms = terms._replace(spends=tuple(spends), lifetime=lifetime)
    return project._replace(terms=terms, yearly=tuple(yearly))


def varied_terms(terms: EconomicTerms, factors: Factors) -> EconomicTerms:
    """The terms of a file with their rates multiplied."""
    discount, inflation = terms.discount, terms.inflation
    if discount is not None:
        discount = discount._replace(rate=_times(discount.rate, factors.get(DISCOUNT)))
    inflation = inflation and _times(inflation, factors.get(INFLATION))
    return terms._replace(discount=discount, inflation=inflation)


def _times(amount: Figure, factor: Figure | None) -> Figure:
    return amount if factor is None else converted(amount, factor)


def _price_of(stream: str | None) -> str:
    return f"streams.{stream}.price"


def sensitivity(projects: Projects, places: Sequence[str]) -> Sensitivity | None:
    """The tornado over a bundle's projects and the break-even values of each.

    None where no economics are known.
    """
    chosen = _chosen(projects, places)
    if not chosen:
        return None
    npv, limit = _npv(projects, chosen.values(), {}), projects.terms.payback_limit
    break_evens = chain(*(_break_evens(projects, *item) for item in chosen.items()))
    return Sensitivity(CHANGE, npv, limit, tornado(projects, places), tuple(break_evens))


def _chosen(projects: Projects, places: Sequence[str]) -> dict[str, Project]:
    known = [place for place in places if isinstance(projects.tables.get(place), ProjectTables)]
    return {place: one for place in known if isinstance(one := projects.projects[place], Project)}


# ---- tornado -------------------------------------------------------------------------------------


def tornado(projects: Projects, places: Sequence[str]) -> tuple[Swing, ...]:
    """What the NPV of some projects together becomes when one thing alone is lower or higher.

    The widest comes first.
    """
    chosen = list(_chosen(projects, places).values())
    if not chosen:
        return ()
    swings = [
        Swing(name, *(_npv(projects, chosen, {name: factor}) for factor in (LESS, MORE)))
        for name in _parameters(projects.terms, chosen)
    ]
    return tuple(sorted(swings, key=_width, reverse=True))


def _width(swing: Swing) -> float:
    width = difference(swing.high, swing.low)
    return abs(width.value) if isinstance(width, Figure) else 0.0


def _parameters(terms: EconomicTerms, chosen: Sequence[Project]) -> Iterator[str]:
    """The single things that the NPV of projects rests on."""
    lines = [line for project in chosen for line in project.yearly]
    yield from dict.fromkeys(_price_of(line.stream) for line in lines if line.stream is not None)
    yield from (SAVINGS, INVESTMENT, LIFETIME)
    if any(line.key == RUNNING_COST for line in lines):
        yield RUNNING
    if terms.discount is not None and terms.discount.rate.value > 0:
        yield DISCOUNT
    if terms.inflation is not None and terms.inflation.value > 0:
        yield INFLATION


def _npv(projects: Projects, chosen: Iterable[Project], factors: Factors) -> Reported:
    terms = varied_terms(projects.terms, factors)
    varied = [varied_project(project, factors) for project in chosen]
    tables = [projects.tables_of(project, terms, with_loan=False) for project in varied]
    return total(*(_worth(item, terms) for item in tables))


def _worth(tables: ProjectTables | NotApplicable, terms: EconomicTerms) -> Reported:
    if isinstance(tables, NotApplicable):
        return tables
    return CashMoney(terms).worth(tables.base.sums())


# ---- break-even ----------------------------------------------------------------------------------


def _break_evens(projects: Projects, place: str, project: Project) -> Iterator[BreakEven]:
    stated = projects.tables[place]
    assert isinstance(stated, ProjectTables)
    for parameter, value in _stated(projects, project):
        rest = varied_project(project, {parameter: NONE_OF_IT})
        without = projects.tables_of(rest, projects.terms, with_loan=False)
        if isinstance(without, NotApplicable):
            continue
        for target, goal, at_zero, as_stated in _targets(projects, parameter, stated, without):
            if at_zero.value == as_stated.value:
                continue  # it does not depend on the thing
            factor = break_even_factor(goal, at_zero, as_stated)
            rises = as_stated.value > at_zero.value
            meets_by_less = parameter == INVESTMENT and target == PAYBACK
            bound = ABOVE if rises != meets_by_less else BELOW
            met: Reported = factor if value is None else converted(value, factor)
            if factor.value <= 0:
                met = ALWAYS_MET if bound == ABOVE else NEVER_MET
            yield BreakEven(place, parameter, target, bound, met)


def _stated(projects: Projects, project: Project) -> Iterator[tuple[str, Figure | None]]:
    """The single things that make a project worth it, and how much of each is stated."""
    for stream in dict.fromkeys(line.stream for line in project.yearly):
        if stream is not None:
            yield _price_of(stream), projects.resolved.streams[stream].price
    gross = [line.amount for line in project.yearly if line.key != RUNNING_COST]
    if gross:
        yield SAVINGS, total(*gross)
    invested = total(*(spend.amount for spend in project.terms.spends or ()))
    if invested.value:
        yield INVESTMENT, invested


def _targets(
    projects: Projects, parameter: str, stated: ProjectTables, without: ProjectTables
) -> Iterator[tuple[str, Figure, Figure, Figure]]:
    """What has to be met, and the figure that meets it: without the thing, and as stated."""
    limit = projects.terms.payback_limit
    if limit is not None and parameter == INVESTMENT:
        yield PAYBACK, converted(stated.annual_net_saving, limit), without.capital, stated.capital
    elif limit is not None:
        saved = without.annual_net_saving, stated.annual_net_saving
        yield PAYBACK, ratio_of(stated.capital, limit), *saved
    before, after = _worth(without, projects.terms), _worth(stated, projects.terms)
    if isinstance(before, Figure) and isinstance(after, Figure):
        yield NPV, stated.base.zero, before, after
