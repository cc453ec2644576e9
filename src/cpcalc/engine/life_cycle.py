"""The life-cycle cost of the enterprise, before its measures and after them.

Before: every stream that is paid for goes on as in the baseline, at its price of each year. After:
less what the measures save of it in that year, with all that they cost. Of what is sold, of savings
known as money only, and of tax only the change by the measures is known or wanted: it stands on the
side of the measures.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from cpcalc.calc.finance import grown, life_cycle_cost, net_savings
from cpcalc.calc.money import annual_cost
from cpcalc.calc.savings import converted, difference, opposite, total
from cpcalc.engine.cashflow import INVESTMENT_LINES, ONE_YEAR, RUNNING_COST
from cpcalc.engine.economics import TOO_LARGE, Projects, nothing
from cpcalc.engine.rates import AnyMoney, money_of, number
from cpcalc.figures import Figure, NotApplicable, Reported, joined
from cpcalc.identities import identity
from cpcalc.resolve.model import CATEGORY_OF_KIND, SOLD_KINDS, LinkedStream
from cpcalc.results import Economics, Identity, LifeCycleCost, LifeCycleLine
from cpcalc.schema.assessment import INPUT_KINDS

Amounts = tuple[Figure, ...]  # at the ends of years 0, 1, 2 ...


class Bills(NamedTuple):
    """What the streams cost in each year if everything goes on as before, and the fields that keep
    some unknown.
    """

    known: Mapping[str, Amounts]  # stream -> amounts
    unknown: int
    missing: tuple[str, ...]


def life_cycle(
    projects: Projects, project: Economics | NotApplicable
) -> tuple[LifeCycleCost, tuple[Identity | None, ...]]:
    """The life-cycle cost over the years of the enterprise's project, and the proofs that it fits
    the project's NPV.
    """
    npv = project if isinstance(project, NotApplicable) else project.npv
    if isinstance(project, NotApplicable) or isinstance(npv, NotApplicable):
        return LifeCycleCost(npv, npv, npv, ()), ()
    money = money_of(projects.terms)
    bills = _bills(projects, money, len(project.cash_flow.net))
    lines = tuple(_lines(projects, money, bills, project))
    unknown = NotApplicable("incomplete", "field-missing", bills.missing or ("streams",))
    costs_before = [line.before for line in lines if line.before is not None]
    costs_after = [line.after for line in lines]
    before = life_cycle_cost(*costs_before) if costs_before else unknown
    after = life_cycle_cost(*costs_after) if costs_after else unknown
    for cost in (before, after):
        if isinstance(cost, Figure) and not math.isfinite(cost.value):
            return LifeCycleCost(TOO_LARGE, TOO_LARGE, TOO_LARGE, ()), ()
    proofs = _proofs(project, lines, before, after)
    if isinstance(before, NotApplicable) or isinstance(after, NotApplicable):
        return LifeCycleCost(unknown, unknown, npv, lines), proofs
    return _marked(bills, lines, npv, before, after), proofs


# ---- what is paid for ----------------------------------------------------------------------------


def _bills(projects: Projects, money: AnyMoney, years: int) -> Bills:
    known: dict[str, Amounts] = {}
    unknown, missing = 0, list[str]()
    for name, stream in projects.resolved.streams.items():
        if not _is_paid_for(stream):
            continue
        growth = money.growth(projects.growth(name, CATEGORY_OF_KIND[stream.kind]))
        if stream.price is None or stream.quantity is None or isinstance(growth, NotApplicable):
            unknown += 1
            missing += [] if stream.price is not None else [f"streams.{name}.price"]
            missing += [] if stream.quantity is not None else [stream.lacks]
            missing += growth.missing if isinstance(growth, NotApplicable) else ()
            continue
        of_a_year = annual_cost(stream.quantity, stream.price)
        known[name] = _grown(converted(of_a_year, ONE_YEAR), growth, years)
    return Bills(known, unknown, joined(missing))


def _is_paid_for(stream: LinkedStream) -> bool:
    """What is bought, and wastes that cost something.

    Parts and carriers are paid for with what they are made from.
    """
    if stream.parent is not None or stream.made_from or stream.kind in SOLD_KINDS:
        return False
    return stream.kind in INPUT_KINDS or stream.price is not None


def _grown(bill: Figure, growth: Figure | None, years: int) -> Amounts:
    """The bill at the ends of years 1, 2 ...; the baseline's own year lies behind."""
    later = [
        bill if growth is None else grown(bill, growth, number(year)) for year in range(1, years)
    ]
    return (nothing(bill), *later)


# ---- lines ---------------------------------------------------------------------------------------


def _lines(
    projects: Projects, money: AnyMoney, bills: Bills, project: Economics
) -> Iterator[LifeCycleLine]:
    """Each stream with a known bill, less what is saved of it.

    Then what stands on the side of the measures alone.
    """
    saved: dict[str, list[Amounts]] = {}
    own: dict[str, Amounts] = {}
    for line in project.cash_flow.lines:
        stream = _paid_as(projects, line.key)
        if stream in bills.known:
            saved.setdefault(stream, []).append(line.amounts)
        else:
            own[line.key] = line.amounts
    for stream, bill in bills.known.items():
        before = _worth(money, bill)
        cuts = [total(*amounts) for amounts in zip(*saved.get(stream, ()), strict=True)]
        if not cuts:
            yield LifeCycleLine(f"streams.{stream}", before, before, None)
            continue
        left = tuple(
            difference(paid, cut) if cut.value else paid
            for paid, cut in zip(bill, cuts, strict=True)
        )
        yield LifeCycleLine(
            f"streams.{stream}", before, _worth(money, left), _worth(money, tuple(cuts))
        )
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


def _worth(money: AnyMoney, amounts: Amounts) -> Figure:
    worth = money.worth(amounts)
    assert isinstance(worth, Figure)  # the project has an NPV, so there is a discount rate
    return worth


# ---- sums ----------------------------------------------------------------------------------------


def _marked(
    bills: Bills, lines: tuple[LifeCycleLine, ...], npv: Figure, before: Figure, after: Figure
) -> LifeCycleCost:
    """The sums, partial where a stream's bill or a measure's money is not known.

    Their difference is known even so, as far as the measures' money is.
    """
    saving = net_savings(before, after)
    counted, of, missing = len(bills.known), len(bills.known) + bills.unknown, bills.missing
    before = replace(before, counted=counted, of=of, missing=missing)
    if npv.is_partial:
        counted, of = counted + npv.counted, of + npv.of
        missing = joined(missing, npv.missing)
        saving = replace(saving, counted=npv.counted, of=npv.of, missing=npv.missing)
    after = replace(after, counted=counted, of=of, missing=missing)
    return LifeCycleCost(before, after, saving, lines)


def _proofs(
    project: Economics, lines: Sequence[LifeCycleLine], before: Reported, after: Reported
) -> tuple[Identity | None, ...]:
    beside = [line.after for line in lines if line.key not in (*INVESTMENT_LINES, RUNNING_COST)]
    return (
        identity(
            "life-cycle cost: before - after = NPV of the whole enterprise",
            (before,),
            (after, project.npv),
        ),
        identity(
            "life-cycle cost: streams + measures = after",
            (*beside, project.life_cycle_cost),
            (after,),
        ),
    )
