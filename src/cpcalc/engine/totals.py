"""Totals: what the measures and groups of a bundle add up to, and how much of it is known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from cpcalc.calc.money import net_investment
from cpcalc.engine.lines import added_up, has_money, line_of, payback
from cpcalc.engine.sums import add_investments, add_reported, sum_by_name, sum_known
from cpcalc.figures import Figure, NotApplicable, Reported, is_whole
from cpcalc.results import Investment, Line, StandAlone


class Entry(NamedTuple):
    """One line that a total adds: a group, or a measure in none."""

    place: str  # "measures.m3" or "groups.g1"
    status: str
    line: Line
    measures: int = 1  # how many measures it stands for

    @property
    def is_complete(self) -> bool:
        """Whether both its investment and its saving are fully known."""
        investment = self.line.investment
        return (
            investment is not None
            and is_whole(investment.converted)
            and is_whole(self.line.annual_saving)
        )


def total_line(entries: Sequence[Entry]) -> Line:
    """The line that entries add up to; the payback of a total is the ratio of sums."""
    lines = [entry.line for entry in entries]
    with_money = [entry for entry in entries if has_money(entry.line)]
    counting = with_money or entries
    complete = [entry for entry in with_money if entry.is_complete]
    running = [line.running_cost for line in lines if line.running_cost is not None]
    investment = _investment(with_money)
    return line_of(
        **added_up(lines),
        investment=investment,
        capital=_capital(investment, counting),
        running_cost=add_reported(running) if running else None,
        savings=sum_by_name(line.savings for line in lines),
        annual_saving=_gross(counting),
        other_benefits=sum_by_name(line.other_benefits for line in lines),
        stated_reductions=sum_by_name(line.stated_reductions for line in lines),
        stand_alone=_stand_alone(counting),
        simple_payback_of_complete=None if complete == with_money else _payback_of(complete),
        measures_counted=sum(entry.measures for entry in entries),
        grant=_grant(with_money),
    )


def _gross(entries: Sequence[Entry]) -> Reported:
    if not entries:
        return NotApplicable("incomplete", "no-money-stated", ("measures",))
    return add_reported([entry.line.annual_saving for entry in entries])


def _investment(entries: Sequence[Entry]) -> Investment | None:
    missing = [entry.place for entry in entries if entry.line.investment is None]
    return add_investments(
        [entry.line.investment for entry in entries],
        tuple(f"{place}.investment" for place in missing),
    )


def _grant(entries: Sequence[Entry]) -> Figure | None:
    return sum_known(entry.line.grant for entry in entries)


def _capital(investment: Investment | None, entries: Sequence[Entry]) -> Reported:
    """The investment that has to pay back, less grants."""
    if investment is None:
        missing = tuple(f"{entry.place}.investment" for entry in entries) or ("measures",)
        return NotApplicable("incomplete", "field-missing", missing)
    grant = _grant(entries)
    return investment.converted if grant is None else net_investment(investment.converted, grant)


def _payback_of(complete: Sequence[Entry]) -> Reported:
    """The payback of the entries whose money is complete, beside a total that is not."""
    if not complete:
        return NotApplicable("incomplete", "field-missing", ())
    net = add_reported([entry.line.annual_net_saving for entry in complete])
    return payback(_capital(_investment(complete), complete), net)


def _stand_alone(entries: Sequence[Entry]) -> StandAlone | None:
    parts = [entry.line.stand_alone for entry in entries if entry.line.stand_alone is not None]
    if not parts:
        return None
    return StandAlone(
        sum_by_name(part.savings for part in parts),
        add_reported([part.annual_saving for part in parts]),
        add_reported([part.annual_net_saving for part in parts]),
    )
