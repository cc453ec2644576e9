"""Totals: what the measures and groups of a bundle add up to, and how much of it is known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from cpcalc.calc.savings import total
from cpcalc.engine.lines import as_known, less_grant, net_of, payback, with_benefits
from cpcalc.engine.sums import add_investments, add_reported, sum_by_name, sum_by_scope
from cpcalc.figures import Figure, NotApplicable, PartialFigure, Reported, Workings
from cpcalc.results import Investment, Line, StandAlone


class Entry(NamedTuple):
    """One line that a total adds: a group, or a measure in none."""

    place: str  # "measures.m3" or "groups.g1"
    status: str
    line: Line
    measures: int = 1  # how many measures it stands for

    @property
    def has_money(self) -> bool:
        """Whether anything of its money is known."""
        return self.line.investment is not None or isinstance(self.line.annual_saving, Figure)

    @property
    def is_complete(self) -> bool:
        """Whether both its investment and its saving are fully known."""
        investment = self.line.investment
        return (
            investment is not None
            and isinstance(investment.converted, Figure)
            and not isinstance(investment.converted, PartialFigure)
            and isinstance(self.line.annual_saving, Figure)
            and not isinstance(self.line.annual_saving, PartialFigure)
        )


def total_line(workings: Workings, entries: Sequence[Entry], *, measures_counted: int) -> Line:
    """The line that entries add up to; the payback of a total is the ratio of sums."""
    lines = [entry.line for entry in entries]
    with_money = [entry for entry in entries if entry.has_money]
    gross = _gross(workings, with_money or entries)
    running = [line.running_cost for line in lines if line.running_cost is not None]
    running_cost = add_reported(workings, running) if running else None
    net = net_of(workings, gross, running_cost if isinstance(running_cost, Figure) else None)
    investment = _investment(workings, with_money)
    others = sum_by_name(workings, [line.other_benefits for line in lines])
    grants = _grants(with_money)
    capital = _capital(workings, investment, grants, with_money or entries)
    complete = [entry for entry in with_money if entry.is_complete]
    reductions = sum_by_name(workings, [line.reductions for line in lines])
    over_lives = sum_by_name(workings, [line.lifetime_reductions for line in lines])
    emissions = sum_by_scope(workings, [line.avoided_emissions for line in lines])
    over_lives_avoided = sum_by_scope(workings, [line.lifetime_avoided for line in lines])
    together, years = with_benefits(workings, net, others), payback(workings, capital, net)
    alone = [entry.line.stand_alone for entry in with_money or entries]
    return Line(
        investment=investment,
        running_cost=running_cost,
        savings=sum_by_name(workings, [line.savings for line in lines]),
        annual_saving=gross,
        annual_net_saving=net,
        simple_payback=years,
        simple_payback_with_other_benefits=years
        if together is net
        else payback(workings, capital, together),
        other_benefits=others,
        reductions=reductions,
        stated_reductions=sum_by_name(workings, [line.stated_reductions for line in lines]),
        avoided_emissions=as_known(emissions, reductions),
        stand_alone=_stand_alone(workings, [part for part in alone if part is not None]),
        overlap=_overlap(workings, lines),
        simple_payback_of_complete=None
        if len(complete) == len(with_money)
        else _payback_of(workings, complete),
        measures_counted=measures_counted,
        grant=workings.fold(total, grants) if grants else None,
        lifetime_avoided=as_known(over_lives_avoided, over_lives),
        lifetime_reductions=over_lives,
    )


def _gross(workings: Workings, entries: Sequence[Entry]) -> Reported:
    if not entries:
        return NotApplicable("incomplete", "no-money-stated", ("measures",))
    return add_reported(workings, [entry.line.annual_saving for entry in entries])


def _investment(workings: Workings, entries: Sequence[Entry]) -> Investment | None:
    missing = tuple(
        f"{entry.place}.investment" for entry in entries if entry.line.investment is None
    )
    return add_investments([entry.line.investment for entry in entries], workings, missing)


def _grants(entries: Sequence[Entry]) -> list[Figure]:
    return [entry.line.grant for entry in entries if entry.line.grant is not None]


def _capital(
    workings: Workings,
    investment: Investment | None,
    grants: Sequence[Figure],
    entries: Sequence[Entry],
) -> Reported:
    if investment is None:
        missing = tuple(f"{entry.place}.investment" for entry in entries) or ("measures",)
        return NotApplicable("incomplete", "field-missing", missing)
    return less_grant(
        workings, investment.converted, workings.fold(total, grants) if grants else None
    )


def _payback_of(workings: Workings, complete: Sequence[Entry]) -> Reported:
    """The payback of the entries whose money is complete, beside a total that is not."""
    if not complete:
        return NotApplicable("incomplete", "field-missing", ())
    investment = _investment(workings, complete)
    capital = _capital(workings, investment, _grants(complete), complete)
    return payback(
        workings,
        capital,
        add_reported(workings, [entry.line.annual_net_saving for entry in complete]),
    )


def _stand_alone(workings: Workings, parts: Sequence[StandAlone]) -> StandAlone | None:
    if not parts:
        return None
    return StandAlone(
        sum_by_name(workings, [part.savings for part in parts]),
        add_reported(workings, [part.annual_saving for part in parts]),
        add_reported(workings, [part.annual_net_saving for part in parts]),
    )


def _overlap(workings: Workings, lines: Sequence[Line]) -> Reported | None:
    parts = [line.overlap for line in lines if isinstance(line.overlap, Figure)]
    return workings.fold(total, parts) if parts else None
