"""Totals: what the measures and groups of a bundle add up to, and how much of it is known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from cpcalc.calc.savings import total
from cpcalc.engine.lines import as_known, less_grant, net_of, overlap_of, payback, with_benefits
from cpcalc.engine.sums import add_investments, add_reported, sum_by_name, sum_by_scope
from cpcalc.figures import Figure, NotApplicable, Reported, is_whole
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
            and is_whole(investment.converted)
            and is_whole(self.line.annual_saving)
        )


def total_line(entries: Sequence[Entry], *, measures_counted: int) -> Line:
    """The line that entries add up to; the payback of a total is the ratio of sums."""
    lines = [entry.line for entry in entries]
    with_money = [entry for entry in entries if entry.has_money]
    gross = _gross(with_money or entries)
    running = [line.running_cost for line in lines if line.running_cost is not None]
    running_cost = add_reported(running) if running else None
    net = net_of(gross, running_cost if isinstance(running_cost, Figure) else None)
    investment = _investment(with_money)
    others = sum_by_name([line.other_benefits for line in lines])
    grants = _grants(with_money)
    capital = _capital(investment, grants, with_money or entries)
    complete = [entry for entry in with_money if entry.is_complete]
    reductions = sum_by_name([line.reductions for line in lines])
    over_lives = sum_by_name([line.lifetime_reductions for line in lines])
    emissions = sum_by_scope([line.avoided_emissions for line in lines])
    over_lives_avoided = sum_by_scope([line.lifetime_avoided for line in lines])
    together, years = with_benefits(net, others), payback(capital, net)
    alone = [entry.line.stand_alone for entry in with_money or entries]
    return Line(
        investment=investment,
        running_cost=running_cost,
        savings=sum_by_name([line.savings for line in lines]),
        annual_saving=gross,
        annual_net_saving=net,
        simple_payback=years,
        simple_payback_with_other_benefits=years if together is net else payback(capital, together),
        other_benefits=others,
        reductions=reductions,
        stated_reductions=sum_by_name([line.stated_reductions for line in lines]),
        avoided_emissions=as_known(emissions, reductions),
        stand_alone=_stand_alone([part for part in alone if part is not None]),
        overlap=overlap_of(lines),
        simple_payback_of_complete=None
        if len(complete) == len(with_money)
        else _payback_of(complete),
        measures_counted=measures_counted,
        grant=total(*grants) if grants else None,
        lifetime_avoided=as_known(over_lives_avoided, over_lives),
        lifetime_reductions=over_lives,
    )


def _gross(entries: Sequence[Entry]) -> Reported:
    if not entries:
        return NotApplicable("incomplete", "no-money-stated", ("measures",))
    return add_reported([entry.line.annual_saving for entry in entries])


def _investment(entries: Sequence[Entry]) -> Investment | None:
    missing = tuple(
        f"{entry.place}.investment" for entry in entries if entry.line.investment is None
    )
    return add_investments([entry.line.investment for entry in entries], missing)


def _grants(entries: Sequence[Entry]) -> list[Figure]:
    return [entry.line.grant for entry in entries if entry.line.grant is not None]


def _capital(
    investment: Investment | None,
    grants: Sequence[Figure],
    entries: Sequence[Entry],
) -> Reported:
    if investment is None:
        missing = tuple(f"{entry.place}.investment" for entry in entries) or ("measures",)
        return NotApplicable("incomplete", "field-missing", missing)
    return less_grant(investment.converted, total(*grants) if grants else None)


def _payback_of(complete: Sequence[Entry]) -> Reported:
    """The payback of the entries whose money is complete, beside a total that is not."""
    if not complete:
        return NotApplicable("incomplete", "field-missing", ())
    investment = _investment(complete)
    capital = _capital(investment, _grants(complete), complete)
    return payback(capital, add_reported([entry.line.annual_net_saving for entry in complete]))


def _stand_alone(parts: Sequence[StandAlone]) -> StandAlone | None:
    if not parts:
        return None
    return StandAlone(
        sum_by_name([part.savings for part in parts]),
        add_reported([part.annual_saving for part in parts]),
        add_reported([part.annual_net_saving for part in parts]),
    )
