"""How far the economics rest on single assumptions: a tornado of the bundle's NPV, and break-even values.

Every figure is worked out again from the cash flows with one thing changed; nothing is extrapolated but what is linear
by construction (money in a price, a saving or an investment).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cpcalc.calc.finance import break_even_factor
from cpcalc.calc.savings import converted, ratio_of, total
from cpcalc.engine.appraisal import Case
from cpcalc.engine.cashflow import RUNNING_COST, Project
from cpcalc.engine.economics import Book
from cpcalc.engine.projects import AS_STATED, Variation
from cpcalc.engine.rates import money_of
from cpcalc.figures import Figure, NotApplicable, Origin, Reported
from cpcalc.resolve.terms import Growth, Terms
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


def sensitivity(book: Book, places: Sequence[str]) -> Sensitivity | None:
    """The tornado over a bundle's projects and the break-even values of each; None where no economics are known."""
    projects = _projects(book, places)
    if not projects:
        return None
    found = tuple(
        item for place, project in projects.items() for item in _break_evens(book, place, project)
    )
    npv = _npv(book, projects, AS_STATED, book.terms)
    return Sensitivity(_factor(CHANGE), npv, book.terms.payback_limit, tornado(book, places), found)


def tornado(book: Book, places: Sequence[str]) -> tuple[Swing, ...]:
    """What the NPV of some projects together becomes when one thing alone is lower or higher, the widest first."""
    projects = _projects(book, places)
    return (
        tuple(sorted(_swings(book, projects), key=lambda swing: -_width(swing))) if projects else ()
    )


def _projects(book: Book, places: Sequence[str]) -> dict[str, Project]:
    return {
        place: project
        for place in places
        if isinstance(project := book.projects.get(place), Project) and place in book.cases
    }


def _width(swing: Swing) -> float:
    if isinstance(swing.low, NotApplicable) or isinstance(swing.high, NotApplicable):
        return 0.0
    return abs(swing.high.value - swing.low.value)


# ---- tornado --------------------------------------------------------------------------------------------------------


def _swings(book: Book, projects: dict[str, Project]) -> Iterator[Swing]:
    streams = dict.fromkeys(
        line.stream
        for project in projects.values()
        for line in project.yearly
        if line.stream is not None
    )
    for stream in streams:
        yield _swing(
            book, projects, f"streams.{stream}.price", prices={stream: LESS}, more={stream: MORE}
        )
    factors = (
        (SAVINGS, Variation(savings=LESS), Variation(savings=MORE)),
        (INVESTMENT, Variation(investment=LESS), Variation(investment=MORE)),
        (LIFETIME, Variation(lifetime=LESS), Variation(lifetime=MORE)),
        (RUNNING, Variation(running_cost=LESS), Variation(running_cost=MORE)),
    )
    for name, less, more in factors:
        if name != RUNNING or _has_running_cost(projects):
            yield Swing(
                name, _npv(book, projects, less, book.terms), _npv(book, projects, more, book.terms)
            )
    for parameter, low_terms, high_terms in _rates(book):
        yield Swing(
            parameter,
            _npv(book, projects, AS_STATED, low_terms),
            _npv(book, projects, AS_STATED, high_terms),
        )


def _swing(
    book: Book,
    projects: dict[str, Project],
    parameter: str,
    prices: dict[str, Figure],
    more: dict[str, Figure],
) -> Swing:
    return Swing(
        parameter,
        _npv(book, projects, Variation(prices=prices), book.terms),
        _npv(book, projects, Variation(prices=more), book.terms),
    )


def _has_running_cost(projects: dict[str, Project]) -> bool:
    return any(line.key == RUNNING_COST for project in projects.values() for line in project.yearly)


def _rates(book: Book) -> Iterator[tuple[str, Terms, Terms]]:
    terms = book.terms
    if terms.discount is not None and (terms.discount.rate.value > 0):
        stated = terms.discount
        low, high = (
            Growth(converted(stated.rate, factor), stated.is_real) for factor in (LESS, MORE)
        )
        yield DISCOUNT, terms._replace(discount=low), terms._replace(discount=high)
    if terms.inflation is not None and (terms.inflation.value > 0):
        rates = [converted(terms.inflation, factor) for factor in (LESS, MORE)]
        yield INFLATION, terms._replace(inflation=rates[0]), terms._replace(inflation=rates[1])


def _npv(book: Book, projects: dict[str, Project], variation: Variation, terms: Terms) -> Reported:
    parts: list[Figure] = []
    for project in projects.values():
        worth = _worth(book, book.case(project, variation, terms, with_loan=False), terms)
        if isinstance(worth, NotApplicable):
            return worth
        parts.append(worth)
    return total(*parts)


def _worth(book: Book, case: Case | NotApplicable, terms: Terms) -> Reported:
    if isinstance(case, NotApplicable):
        return case
    return money_of(terms).worth(case.base.sums())


# ---- break-even -----------------------------------------------------------------------------------------------------


def _break_evens(book: Book, place: str, project: Project) -> Iterator[BreakEven]:
    stated = book.cases[place]
    streams = dict.fromkeys(line.stream for line in project.yearly if line.stream is not None)
    variations = [
        (
            f"streams.{stream}.price",
            Variation(prices={stream: NONE_OF_IT}),
            book.resolved.streams[stream].price,
        )
        for stream in streams
    ]
    gross = [line.amount for line in project.yearly if line.key != RUNNING_COST]
    if gross:
        variations.append((SAVINGS, Variation(savings=NONE_OF_IT), total(*gross)))
    amounts = [spend.amount for spend in project.terms.spends or ()]
    invested = total(*amounts)
    if invested.value != 0:
        variations.append((INVESTMENT, Variation(investment=NONE_OF_IT), invested))
    for parameter, variation, value in variations:
        without = book.case(project, variation, book.terms, with_loan=False)
        if isinstance(without, NotApplicable):
            continue
        for target, goal, at_zero, as_stated in _targets(book, parameter, stated, without):
            found = _met_at(
                book,
                goal,
                at_zero,
                as_stated,
                by_less=parameter == INVESTMENT and target == PAYBACK,
            )
            if found is not None:
                bound, factor = found
                yield BreakEven(place, parameter, target, bound, _value(book, factor, value))


def _value(book: Book, factor: Reported, value: Figure | None) -> Reported:
    if isinstance(factor, NotApplicable) or value is None:
        return factor
    return converted(value, factor)


def _targets(
    book: Book, parameter: str, stated: Case, without: Case
) -> Iterator[tuple[str, Figure, Figure, Figure]]:
    """What has to be met, and the figure that meets it: without the thing, and as stated."""
    limit = book.terms.payback_limit
    if limit is not None:
        if parameter == INVESTMENT:
            goal = converted(stated.annual_net_saving, limit)
            yield PAYBACK, goal, without.capital, stated.capital
        else:
            goal = ratio_of(stated.capital, limit)
            yield PAYBACK, goal, without.annual_net_saving, stated.annual_net_saving
    before, after = _worth(book, without, book.terms), _worth(book, stated, book.terms)
    if isinstance(before, Figure) and isinstance(after, Figure):
        yield NPV, stated.base.zero, before, after


def _met_at(
    book: Book, goal: Figure, at_zero: Figure, as_stated: Figure, *, by_less: bool
) -> tuple[str, Reported] | None:
    """Whether the goal is met above or below a factor; None where the figure does not depend on the thing.

    ``by_less``: the figure meets the goal by being smaller (a cost), not larger.
    """
    rises = _compared(as_stated.value, at_zero.value)
    if not rises:
        return None
    factor = break_even_factor(goal, at_zero, as_stated)
    meets_above = (rises > 0) != by_less
    if factor.value > 0:
        return (ABOVE if meets_above else BELOW), factor
    return (ABOVE, ALWAYS_MET) if meets_above else (BELOW, NEVER_MET)


def _compared(a: float, b: float) -> int:
    return (a > b) - (a < b)
