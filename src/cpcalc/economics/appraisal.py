"""The figures by which a cash-flow table is judged."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import accumulate
from typing import NamedTuple

from cpcalc.calc import finance
from cpcalc.calc.money import NEVER, YEARS, payback_case
from cpcalc.calc.roots import internal_rate, internal_rate_number, internal_rates
from cpcalc.calc.savings import converted, opposite, ratio_of, total
from cpcalc.economics import CashMoney, Flows, cash_flow, number
from cpcalc.economics.cash_flow import INVESTMENT_LINES, ONE_YEAR, CashTable, RepaymentPlan
from cpcalc.figures import Figure, NotApplicable, Reported
from cpcalc.resolve.model import EconomicTerms
from cpcalc.results import CashFlow, CashLine, Economics, EquityView, Identity
from cpcalc.sums import identity

NO_INVESTMENT = NotApplicable("undefined", "no-investment")
NO_RATE_OF_RETURN = NotApplicable("undefined", "no-rate-of-return")
SEVERAL_RATES = NotApplicable("several", "several-rates-of-return")
SAVES_MONEY = NotApplicable("saves-money", "saves-money")
NOTHING_AVOIDED = NotApplicable("undefined", "nothing-avoided")
NO_COST_TO_RATE = NotApplicable("undefined", "no-cost")


class ProjectTables(NamedTuple):
    """What is judged: the tables of a project, and what belongs to them."""

    base: CashTable
    outside: CashTable
    financing: CashTable  # empty without a loan
    capital: Figure  # net investment, undiscounted
    annual_net_saving: Figure
    saved: CashTable  # in kind
    avoided: tuple[str, Figure] | None  # of which gas, and how much a year
    partial: tuple[str, ...] = ()
    plan: RepaymentPlan | None = None


class Appraisal:
    """The figures of one project, each a method of its name."""

    def __init__(self, tables: ProjectTables, terms: EconomicTerms) -> None:
        self.tables = tables
        self.terms = terms
        self.money = CashMoney(terms)
        base = tables.base
        self.years = number(base.years)
        self.net = base.sums()
        self.invested = base.sums(INVESTMENT_LINES)
        self.npv = self.money.worth(self.net)
        self.discounted = self.money.present_values(self.net)
        self.annual_worth = finance.annual_worth(self.npv, self.money.factor(base.years), ONE_YEAR)
        costs = base.sums((*INVESTMENT_LINES, cash_flow.RUNNING_COST))
        self.life_cycle_cost = opposite(self.money.worth(costs))
        # What the enterprise's own money pays and gets; None without a loan.
        self.equity_flows: Flows | None = None
        if tables.financing.lines:
            self.equity_flows = tuple(map(total, self.net, tables.financing.sums()))

    def economics(self) -> Economics:
        """All figures together."""
        roots = rates_of_return(self.net)
        irr = _rate_of_return(self.tables.capital, self.net, roots)
        ratio = self.savings_to_investment()
        return Economics(
            study_period=converted(self.years, ONE_YEAR),
            cash_flow=self.cash_flow(),
            npv=self.npv,
            irr=irr,
            mirr=self.modified_internal_rate(),
            savings_to_investment=ratio,
            adjusted_internal_rate=self.adjusted_internal_rate(ratio),
            annual_worth=self.annual_worth,
            discounted_payback=self.discounted_payback(),
            life_cycle_cost=self.life_cycle_cost,
            return_on_investment=self.return_on_investment(),
            abatement_cost=self.abatement_cost(),
            levelised_cost=self.levelised_cost(),
            npv_with=self.npv_with_lines_outside(),
            irr_roots=roots if irr is SEVERAL_RATES else (),
            equity=self.equity(),
            assumptions=(),
            partial=self.tables.partial,
        )

    def cash_flow(self) -> CashFlow:
        """The tables as they are shown, with their sums."""
        base, discounted = self.tables.base, self.discounted
        return CashFlow(
            money=self.money.name,
            lines=_lines(base),
            net=self.net,
            invested=self.invested,
            saved=base.sums_without(cash_flow.OWN_LINES),
            discounted=discounted,
            cumulative=None if discounted is None else tuple(accumulate(discounted, total)),
            outside=_lines(self.tables.outside),
            financing=_lines(self.tables.financing),
            equity=self.equity_flows,
        )

    # ---- rates of return -------------------------------------------------------------------------

    def modified_internal_rate(self) -> Reported:
        """Payments at the finance rate, receipts at the reinvestment rate."""
        cost_of_capital = self.money.rate_or_discount_rate(self.terms.finance_rate)
        reinvestment = self.money.rate_or_discount_rate(self.terms.reinvestment_rate)
        if isinstance(cost_of_capital, NotApplicable) or isinstance(reinvestment, NotApplicable):
            return total(cost_of_capital, reinvestment)  # the reason of the one that is not known
        payments, receipts = list[Figure](), list[Figure]()
        for year, flow in enumerate(self.net):
            until_end = number(self.tables.base.years - year)
            paid, received = finance.paid(flow), finance.received(flow)
            payments.append(finance.present_value(paid, cost_of_capital, number(year)))
            receipts.append(finance.grown(received, reinvestment, until_end))
        invested, returned = opposite(total(*payments)), total(*receipts)
        if invested.value <= 0:
            return NO_INVESTMENT
        if returned.value <= 0:
            return NO_RATE_OF_RETURN
        return finance.modified_internal_rate(returned, invested, self.years)

    def savings_to_investment(self) -> Reported:
        """Present value of the savings over that of the investment."""
        savings = self.money.worth(self.tables.base.sums_without(INVESTMENT_LINES))
        cost = opposite(self.money.worth(self.invested))
        return finance.savings_to_investment(savings, _above_zero(cost, NO_INVESTMENT))

    def adjusted_internal_rate(self, ratio: Reported) -> Reported:
        """The rate of return when savings are reinvested at the discount rate."""
        grows = _above_zero(ratio, NO_RATE_OF_RETURN)
        return finance.adjusted_internal_rate(self.money.rate, grows, self.years)

    # ---- amounts ---------------------------------------------------------------------------------

    def return_on_investment(self) -> Reported:
        """The yearly net saving as a share of the investment."""
        capital = _above_zero(self.tables.capital, NO_INVESTMENT)
        return finance.return_on_investment(self.tables.annual_net_saving, capital)

    def abatement_cost(self) -> Reported | None:
        """What avoiding a tonne costs; measures that save money are not ranked by it."""
        if self.tables.avoided is None:
            return None
        gas, a_year = self.tables.avoided
        avoided = self.saved_over_years(gas)
        if isinstance(avoided, NotApplicable) or isinstance(self.npv, NotApplicable):
            return self.npv
        if avoided.value <= 0:
            return NOTHING_AVOIDED
        avoided = replace(avoided, counted=a_year.counted, of=a_year.of, missing=a_year.missing)
        cost = finance.abatement_cost(self.npv, avoided)
        return cost if cost.value > 0 else SAVES_MONEY

    def levelised_cost(self) -> dict[str, Reported]:
        """What saving a unit of energy and of water costs."""
        cost = self.life_cycle_cost
        costs: dict[str, Reported] = {}
        for name in filter(cash_flow.COUNTED_IN.__contains__, self.tables.saved.lines):
            quantity = self.saved_over_years(name)
            if isinstance(quantity, Figure) and quantity.value <= 0:
                costs[name] = NOTHING_AVOIDED
            elif isinstance(cost, Figure) and cost.value <= 0:
                costs[name] = NO_COST_TO_RATE
            else:
                costs[name] = finance.levelised_cost(cost, quantity)
        return costs

    def saved_over_years(self, name: str) -> Reported:
        """What is saved in kind, each year's discounted like its money."""
        table = self.tables.saved
        years = [year for year in enumerate(table.lines[name]) if year[1] is not table.zero]
        rate = self.money.rate
        return total(*(finance.present_value(saved, rate, number(t)) for t, saved in years))

    def npv_with_lines_outside(self) -> dict[str, Reported]:
        """The NPV with carbon, and with other benefits, counted too."""
        outside, worth = self.tables.outside, self.money.worth
        return {key: total(self.npv, worth(outside.sums((key,)))) for key in outside.lines}

    def discounted_payback(self) -> Reported:
        """When the present values, added up, reach nothing."""
        flows = self.discounted
        if flows is None:
            return self.money.rate
        case = payback_case(self.tables.capital, self.tables.annual_net_saving)
        if case != YEARS:
            return NotApplicable(case, f"payback-{case}")
        year = finance.years_before_payback(*flows)
        if year == finance.NEVER_BELOW_ZERO:
            return NotApplicable("immediate", "payback-immediate")
        if year == finance.NEVER_PAID_BACK:
            return NotApplicable(NEVER, "not-within-study-period")
        before, after = total(*flows[: year + 1]), total(*flows[: year + 2])
        return finance.crossing(number(year), before, after, ONE_YEAR)

    # ---- equity ----------------------------------------------------------------------------------

    def equity(self) -> EquityView | None:
        """What the enterprise's own money earns when a loan pays the rest."""
        flows = self.equity_flows
        if flows is None:
            return None
        covers: list[Reported] = [*self.debt_service_covers()] or [NO_COST_TO_RATE]
        return EquityView(
            npv=self.money.worth(flows),
            irr=_rate_of_return(opposite(flows[0]), flows, rates_of_return(flows)),
            debt_service_cover=finance.smallest(*covers),
            average_debt_service_cover=ratio_of(total(*covers), number(len(covers))),
            loan=self.tables.financing.lines[cash_flow.LOAN][0],
        )

    def debt_service_covers(self) -> list[Figure]:
        """What is available for debt service over it, in each year that has any; interest lowers
        the tax that is paid before.
        """
        service = self.tables.financing.sums((cash_flow.INTEREST, cash_flow.PRINCIPAL))
        available = self.tables.base.sums_without(cash_flow.BOUGHT_LINES)
        untaxed = self.tables.financing.sums((cash_flow.TAX_SAVED,))
        return [
            finance.debt_service_cover(total(cash, less_tax), opposite(due))
            for cash, less_tax, due in zip(available[1:], untaxed[1:], service[1:], strict=True)
            if due.value < 0
        ]


def _above_zero(figure: Reported, otherwise: NotApplicable) -> Reported:
    """The figure; the reason why there is nothing to compare where it is not above zero."""
    return otherwise if isinstance(figure, Figure) and figure.value <= 0 else figure


def rates_of_return(flows: Flows) -> Flows:
    """Every internal rate of return."""
    count = len(internal_rates(*flows))
    if count == 1:
        return (internal_rate(*flows),)
    return tuple(internal_rate_number(number(position), *flows) for position in range(count))


def _rate_of_return(capital: Figure, flows: Flows, rates: Flows) -> Reported:
    """The only rate of return of money that is first paid in."""
    first = next((flow.value for flow in flows if flow.value), 0.0)
    if capital.value <= 0 or first >= 0:
        return NO_INVESTMENT
    if not rates:
        return NO_RATE_OF_RETURN
    return rates[0] if len(rates) == 1 else SEVERAL_RATES


def _lines(table: CashTable) -> tuple[CashLine, ...]:
    return tuple(CashLine(key, tuple(line)) for key, line in table.lines.items())


def proofs_of(place: str, economics: Economics, plan: RepaymentPlan | None) -> Iterator[Identity]:
    """The lines of a table sum to its net flow, NPV at the internal rate is 0, a loan closes."""
    flow, rate = economics.cash_flow, economics.irr
    amounts = [amount for line in flow.lines for amount in line.amounts]
    yield from identity(f"{place}: lines of the cash flow = net flow", amounts, flow.net)
    if isinstance(rate, Figure):
        flows = enumerate(flow.net)
        worth = [finance.present_value(amount, rate, number(year)) for year, amount in flows]
        yield from identity(f"{place}: NPV at the IRR = 0", worth, ())
    if plan is not None:
        yield from identity(f"{place}: the loan closes", plan.principals, (plan.amount,))
