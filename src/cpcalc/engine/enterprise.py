"""The enterprise's own project: cleaner production and end of pipe together.

It stands beside the totals of cleaner production and enters none of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cpcalc.engine import Calculation
from cpcalc.engine.economics import Projects
from cpcalc.engine.life_cycle import life_cycle
from cpcalc.engine.totals import total_line
from cpcalc.figures import Figure
from cpcalc.identities import by_year, identity
from cpcalc.results import Economics, Identity, Line, WholeEnterprise

NAME = "whole enterprise"
SUM = "whole enterprise = bundle + end of pipe"


def whole_enterprise(
    calculation: Calculation, projects: Projects
) -> tuple[WholeEnterprise, tuple[Identity, ...]]:
    """The project and its life-cycle cost, and the proofs of both.

    Without end of pipe it is the bundle's.
    """
    known = len(projects.identities)
    totals, proofs = calculation.totals, list[Identity | None]()
    line = totals
    if totals.end_of_pipe is not None:
        entries = (*calculation.entries, *calculation.end_of_pipe)
        line = total_line(entries)
        line = line._replace(
            economics=projects.totals([entry.place for entry in entries], line, NAME)
        )
        proofs += _sums(line, (totals, totals.end_of_pipe))
    assert line.economics is not None  # there is a projects
    cost, of_cost = life_cycle(projects, line.economics)
    found = [item for item in (*proofs, *of_cost) if item is not None]
    return WholeEnterprise(_money_only(line), cost), (*projects.identities[known:], *found)


def _money_only(line: Line) -> Line:
    """Reductions stay where they are: what a filter holds back is no cleaner production."""
    nothing: Mapping[str, Figure] = {}
    return line._replace(
        reductions=nothing, stated_reductions=nothing, avoided_emissions={}, stand_alone=None,
        overlap=None, order_free_saving=None, end_of_pipe=None, lifetime_avoided={},
        lifetime_reductions=nothing,
    )  # fmt: skip


def _sums(whole: Line, parts: Sequence[Line]) -> Iterator[Identity | None]:
    """Every line of the enterprise's cash flow is the bundle's and end of pipe's together, in every
    year.
    """
    for name in ("annual_saving", "running_cost"):
        figures = [getattr(line, name) for line in (whole, *parts)]
        yield identity(f"{SUM}: {name.replace('_', ' ')}", figures[1:], figures[:1])
    invested = [
        None if line.investment is None else line.investment.converted for line in (whole, *parts)
    ]
    yield identity(f"{SUM}: investment", invested[1:], invested[:1])
    known = [line.economics for line in parts if isinstance(line.economics, Economics)]
    if not isinstance(whole.economics, Economics):
        return
    flows = [item.cash_flow for item in (whole.economics, *known)]
    for kind in ("lines", "outside", "financing"):
        tables = [{line.key: line.amounts for line in getattr(flow, kind)} for flow in flows]
        for key in dict.fromkeys(key for table in tables for key in table):
            yield by_year(
                f"{SUM}: {key}",
                [table.get(key, ()) for table in tables[1:]],
                tables[0].get(key, ()),
            )
    yield by_year(f"{SUM}: net flow", [flow.net for flow in flows[1:]], flows[0].net)
    yield identity(f"{SUM}: NPV", [item.npv for item in known], (whole.economics.npv,))
