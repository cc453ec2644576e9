"""The whole enterprise: cleaner production and end of pipe together, and its life-cycle cost.

It stands beside the totals of cleaner production and enters none of them. The life-cycle cost
before: every stream that is paid for goes on as in the baseline, at its price of each year. After:
less what the measures save of it in that year, with all that they cost. Of what is sold, of savings
known as money only, and of tax only the change by the measures is known or wanted: it stands on the
side of the measures.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

from cpcalc.calc.finance import grown, life_cycle_cost, net_savings
from cpcalc.calc.money import annual_cost
from cpcalc.calc.savings import converted, difference, opposite, total
from cpcalc.economics import CashMoney, Flows, number
from cpcalc.economics.cash_flow import INVESTMENT_LINES, ONE_YEAR, RUNNING_COST
from cpcalc.economics.projects import TOO_LARGE, Appraised, Projects, nothing
from cpcalc.engine.assessment import Calculation
from cpcalc.engine.baseline import is_paid_for
from cpcalc.engine.lines import total_line
from cpcalc.figures import Figure, NotApplicable, Reported, joined
from cpcalc.resolve.model import CATEGORY_OF_KIND
from cpcalc.results import Economics, Identity, LifeCycleCost, LifeCycleLine, Line, WholeEnterprise
from cpcalc.sums import by_year, identity

NAME = "whole enterprise"
SUM = "whole enterprise = bundle + end of pipe"

Proved = tuple[WholeEnterprise, tuple[Identity, ...]]


def whole_enterprise(calculation: Calculation, projects: Projects) -> Proved:
    """The enterprise's own project and its life-cycle cost, and the proofs of both.

    Without end of pipe it is the bundle's.
    """
    already_proved = len(projects.identities)
    line, last = calculation.totals, calculation.totals.end_of_pipe
    proofs: list[Identity] = []
    if last is not None:
        entries = (*calculation.entries, *calculation.end_of_pipe)
        line = total_line(entries)
        line = line._replace(economics=projects.totals(entries, line, NAME))
        proofs += _sums(line, (calculation.totals, last))
    assert line.economics is not None  # there are projects
    try:
        cost = life_cycle(projects, line.economics, proofs)
    except OverflowError:
        cost = LifeCycleCost(TOO_LARGE, TOO_LARGE, TOO_LARGE, ())
    whole = WholeEnterprise(_money_only(line), cost)
    return whole, (*projects.identities[already_proved:], *proofs)


def _money_only(line: Line) -> Line:
    """Reductions stay where they are: what a filter holds back is no cleaner production."""
    return line._replace(
        reductions={}, stated_reductions={}, avoided_emissions={}, stand_alone=None, overlap=None,
        order_free_saving=None, end_of_pipe=None, lifetime_avoided={}, lifetime_reductions={},
    )  # fmt: skip


def _sums(whole: Line, parts: Sequence[Line]) -> Iterator[Identity]:
    """Every line of the enterprise's cash flow is the bundle's and end of pipe's together, in every
    year.
    """
    for name in ("annual_saving", "running_cost"):
        figures = [getattr(line, name) for line in parts]
        yield from identity(f"{SUM}: {name.replace('_', ' ')}", figures, (getattr(whole, name),))
    invested = [line.investment and line.investment.converted for line in (whole, *parts)]
    yield from identity(f"{SUM}: investment", invested[1:], invested[:1])
    if not isinstance(whole.economics, Economics):
        return
    known = [line.economics for line in parts if isinstance(line.economics, Economics)]
    flow, flows = whole.economics.cash_flow, [item.cash_flow for item in known]
    for kind in ("lines", "outside", "financing"):
        tables = [{line.key: line.amounts for line in getattr(one, kind)} for one in (flow, *flows)]
        for key in dict.fromkeys(chain.from_iterable(tables)):
            of_whole, *of_parts = (table.get(key, ()) for table in tables)
            yield from by_year(f"{SUM}: {key}", of_parts, of_whole)
    yield from by_year(f"{SUM}: net flow", [item.net for item in flows], flow.net)
    yield from identity(f"{SUM}: NPV", [item.npv for item in known], (whole.economics.npv,))


# ---- life-cycle cost -----------------------------------------------------------------------------


def life_cycle(projects: Projects, project: Appraised, proofs: list[Identity]) -> LifeCycleCost:
    """The life-cycle cost over the years of the enterprise's project; proofs that it fits the
    project's NPV are added.
    """
    npv = project if isinstance(project, NotApplicable) else project.npv
    if isinstance(project, NotApplicable) or isinstance(npv, NotApplicable):
        return LifeCycleCost(npv, npv, npv, ())
    bills = _bills(projects, len(project.cash_flow.net))
    lines = tuple(_lines(projects, bills, project))
    unknown = NotApplicable("incomplete", "field-missing", joined(bills.missing) or ("streams",))
    costs: list[Reported] = [line.before for line in lines if line.before is not None]
    before = life_cycle_cost(*(costs or [unknown]))
    costs = [line.after for line in lines]
    after = life_cycle_cost(*(costs or [unknown]))
    beside = [line.after for line in lines if line.key not in (*INVESTMENT_LINES, RUNNING_COST)]
    fits_npv = "life-cycle cost: before - after = NPV of the whole enterprise"
    adds_up = "life-cycle cost: streams + measures = after"
    proofs += identity(fits_npv, (before,), (after, npv))
    proofs += identity(adds_up, (*beside, project.life_cycle_cost), (after,))
    if isinstance(before, NotApplicable) or isinstance(after, NotApplicable):
        return LifeCycleCost(unknown, unknown, npv, lines)
    return _marked(bills, lines, npv, before, after)


@dataclass
class Bills:
    """What the streams cost in each year if everything goes on as before."""

    known: dict[str, Flows] = field(default_factory=dict)  # by stream
    unknown: int = 0
    missing: list[str] = field(default_factory=list)  # the fields that keep some unknown


def _bills(projects: Projects, years: int) -> Bills:
    bills, money = Bills(), CashMoney(projects.terms)
    for name, stream in projects.resolved.streams.items():
        if not is_paid_for(stream):
            continue
        growth = money.growth(projects.growth(name, CATEGORY_OF_KIND[stream.kind]))
        price, quantity = stream.price, stream.quantity
        if price is None or quantity is None or isinstance(growth, NotApplicable):
            bills.unknown += 1
            bills.missing += [] if price is not None else [f"streams.{name}.price"]
            bills.missing += [] if quantity is not None else [stream.lacks]
            bills.missing += growth.missing if isinstance(growth, NotApplicable) else ()
            continue
        bill = converted(annual_cost(quantity, price), ONE_YEAR)
        bills.known[name] = (
            nothing(bill),  # the baseline's own year lies behind
            *(bill if growth is None else grown(bill, growth, number(t)) for t in range(1, years)),
        )
    return bills


def _lines(projects: Projects, bills: Bills, project: Economics) -> Iterator[LifeCycleLine]:
    """Each stream with a known bill, less what is saved of it.

    Then what stands on the side of the measures alone.
    """
    saved: dict[str, list[Flows]] = {}
    own: dict[str, Flows] = {}
    for line in project.cash_flow.lines:
        stream = _paid_as(projects, line.key)
        if stream in bills.known:
            saved.setdefault(stream, []).append(line.amounts)
        else:
            own[line.key] = line.amounts
    money = CashMoney(projects.terms)
    for stream, bill in bills.known.items():
        key, before = f"streams.{stream}", _worth(money, bill)
        if stream not in saved:
            yield LifeCycleLine(key, before, before, None)
            continue
        cuts = tuple(total(*amounts) for amounts in zip(*saved[stream], strict=True))
        years = zip(bill, cuts, strict=True)
        left = tuple(difference(paid, cut) if cut.value else paid for paid, cut in years)
        yield LifeCycleLine(key, before, _worth(money, left), _worth(money, cuts))
    for key, amounts in own.items():
        worth = _worth(money, amounts)
        yield LifeCycleLine(key, None, opposite(worth), worth)


def _paid_as(projects: Projects, key: str) -> str:
    """The stream under which a line's money is paid: a part's under the whole.

    Nothing for other lines.
    """
    section, _, name = key.partition(".")
    if section != "streams":
        return ""
    while (parent := projects.resolved.streams[name].parent) is not None:
        name = parent
    return name


def _worth(money: CashMoney, amounts: Flows) -> Figure:
    worth = money.worth(amounts)
    assert isinstance(worth, Figure)  # the project has an NPV, so there is a discount rate
    return worth


def _marked(
    bills: Bills, lines: tuple[LifeCycleLine, ...], npv: Figure, before: Figure, after: Figure
) -> LifeCycleCost:
    """The sums, partial where a stream's bill or a measure's money is not known.

    Their difference is known even so, as far as the measures' money is.
    """
    saving = net_savings(before, after)
    counted, missing = len(bills.known), joined(bills.missing)
    of = counted + bills.unknown
    before = replace(before, counted=counted, of=of, missing=missing)
    if npv.is_partial:
        counted, of = counted + npv.counted, of + npv.of
        missing = joined(missing, npv.missing)
        saving = replace(saving, counted=npv.counted, of=npv.of, missing=npv.missing)
    after = replace(after, counted=counted, of=of, missing=missing)
    return LifeCycleCost(before, after, saving, lines)
