"""What is done with projects as a whole: varied, added up, marked as partial, and checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from cpcalc.calc.finance import present_value
from cpcalc.calc.money import net_investment
from cpcalc.calc.savings import converted, total
from cpcalc.engine.appraisal import Case
from cpcalc.engine.cashflow import RUNNING_COST, Project, Table
from cpcalc.engine.rates import number
from cpcalc.engine.sums import sum_known
from cpcalc.figures import Figure, NotApplicable, Reported
from cpcalc.identities import identity
from cpcalc.resolve.model import EconomicTerms
from cpcalc.results import Assumption, Economics, Identity


class Variation(NamedTuple):
    """Factors on what the cash flows rest on, for sensitivities; 1 leaves a thing as it is."""

    prices: Mapping[str, Figure] = {}  # stream -> factor
    savings: Figure | None = None
    investment: Figure | None = None
    lifetime: Figure | None = None
    running_cost: Figure | None = None


AS_STATED = Variation()


def varied_project(project: Project, variation: Variation) -> Project:
    """A project with its figures multiplied as a sensitivity asks."""
    if variation == AS_STATED:
        return project
    yearly = []
    for line in project.yearly:
        amount = line.amount
        if line.stream is not None and line.stream in variation.prices:
            amount = converted(amount, variation.prices[line.stream])
        factor = variation.running_cost if line.key == RUNNING_COST else variation.savings
        if factor is not None:
            amount = converted(amount, factor)
        yearly.append(line._replace(amount=amount))
    terms = project.terms
    if variation.investment is not None and terms.spends is not None:
        factor = variation.investment
        terms = terms._replace(
            spends=tuple(
                spend._replace(amount=converted(spend.amount, factor)) for spend in terms.spends
            )
        )
    if variation.lifetime is not None and terms.lifetime is not None:
        terms = terms._replace(lifetime=converted(terms.lifetime, variation.lifetime))
    return project._replace(terms=terms, yearly=tuple(yearly))


def capital_of(project: Project) -> Figure:
    """The net investment of a project, undiscounted."""
    capital = total(*(spend.amount for spend in project.terms.spends or ()))
    return capital if project.grant is None else net_investment(capital, project.grant)


def added(cases: Sequence[Case]) -> Case:
    """The tables of several projects added up, over the longest of them."""
    years = max(case.base.years for case in cases)
    zero = cases[0].base.zero
    base, outside = Table(years, zero), Table(years, zero)
    financing = Table(years, zero)
    for case in cases:
        base.add(case.base)
        outside.add(case.outside)
        if case.financing is not None:
            financing.add(case.financing)
    loan = sum_known(case.loan for case in cases)
    return Case(
        base,
        outside,
        total(*[case.capital for case in cases]),
        total(*[case.annual_net_saving for case in cases]),
        None,
        {},  # the cost of all measures is not the cost of what some of them save
        loan,
        financing if any(case.financing is not None for case in cases) else None,
    )


def partial_total(found: Economics, counted: int, of: int, missing: tuple[str, ...]) -> Economics:
    """A total over some of its measures: amounts are marked so, rates and paybacks incomplete."""

    def marked(figure: Reported) -> Reported:
        if isinstance(figure, NotApplicable):
            return figure
        return replace(figure, counted=counted, of=of, missing=missing)

    without = NotApplicable("incomplete", "field-missing", missing)
    return found._replace(
        npv=marked(found.npv),
        annual_worth=marked(found.annual_worth),
        life_cycle_cost=marked(found.life_cycle_cost),
        npv_with={name: marked(figure) for name, figure in found.npv_with.items()},
        irr=without,
        irr_roots=(),
        mirr=without,
        savings_to_investment=without,
        adjusted_internal_rate=without,
        discounted_payback=without,
        return_on_investment=without,
    )


def assumptions(terms: EconomicTerms, project: Project) -> Iterator[Assumption]:
    """What the table of a project rests on besides its money: rates, life, growth, tax and loan."""
    rates = {"discount_rate": terms.discount}
    for line in (*project.yearly, *project.outside):
        rates.setdefault(f"growth.{line.key}", line.growth)
    rates["growth.investment"] = terms.growth.get("investment")
    for key, growth in rates.items():
        if growth is not None:
            yield Assumption(key, (growth.rate,), "real" if growth.is_real else "nominal")
    own = project.terms
    stated = {
        "inflation": [terms.inflation],
        "lifetime": [own.lifetime],
        "saving_loss": [own.saving_loss],
        "ramp_up": own.ramp_up,
        "salvage": [own.salvage],
        "residual_value": [own.residual],
    }
    for key, figures in stated.items():
        known = tuple(figure for figure in figures if figure is not None)
        if known:
            yield Assumption(key, known)
    if terms.tax is not None:
        yield Assumption("tax", (terms.tax.rate,), terms.tax.depreciation)
    if own.loan is not None:
        size = own.loan.share or own.loan.amount
        figures = (own.loan.rate,) if size is None else (size, own.loan.rate)
        yield Assumption("loan", figures, own.loan.repayment)


def identities_of(place: str, item: Economics, case: Case) -> Iterator[Identity | None]:
    """The lines of a table sum to its net flow, NPV at the internal rate is 0, a loan closes."""
    flow = item.cash_flow
    amounts = [amount for line in flow.lines for amount in line.amounts]
    yield identity(f"{place}: lines of the cash flow = net flow", amounts, flow.net)
    if isinstance(item.irr, Figure):
        worth = [
            present_value(amount, item.irr, number(year)) for year, amount in enumerate(flow.net)
        ]
        yield identity(f"{place}: NPV at the IRR = 0", worth, ())
    if case.plan is not None:
        yield identity(f"{place}: the loan closes", case.plan.principals, (case.plan.amount,))
