"""The figures by which a cash-flow table is judged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import accumulate
from typing import NamedTuple

from cpcalc.calc.finance import (
    NEVER_BELOW_ZERO,
    NEVER_PAID_BACK,
    abatement_cost,
    adjusted_internal_rate,
    annual_worth,
    crossing,
    debt_service_cover,
    grown,
    levelised_cost,
    modified_internal_rate,
    paid,
    present_value,
    received,
    return_on_investment,
    savings_to_investment,
    smallest,
    years_before_payback,
)
from cpcalc.calc.payback import NEVER, YEARS, payback_case
from cpcalc.calc.roots import internal_rate, internal_rate_number, internal_rates
from cpcalc.calc.savings import converted, opposite, ratio_of, total
from cpcalc.engine.cashflow import INVESTMENT_LINES, ONE_YEAR, OWN_LINES, RUNNING_COST, Table
from cpcalc.engine.financing import INTEREST, PRINCIPAL, Loan, before_service
from cpcalc.engine.rates import AnyMoney, number
from cpcalc.figures import Figure, NotApplicable, Reported
from cpcalc.resolve.model import EconomicTerms
from cpcalc.results import CashFlow, CashLine, Economics, EquityView
from cpcalc.units import ONE

NO_INVESTMENT = NotApplicable("undefined", "no-investment")
NO_RATE_OF_RETURN = NotApplicable("undefined", "no-rate-of-return")
SEVERAL_RATES = NotApplicable("several", "several-rates-of-return")
SAVES_MONEY = NotApplicable("saves-money", "saves-money")
NOTHING_AVOIDED = NotApplicable("undefined", "nothing-avoided")
NO_COST_TO_RATE = NotApplicable("undefined", "no-cost")


class Case(NamedTuple):
    """What is judged: the tables, and what belongs to them."""

    base: Table
    outside: Table
    capital: Figure  # net investment, undiscounted
    annual_net_saving: Figure
    avoided: Figure | None
    saved: Mapping[str, Figure]
    loan: Figure | None = None
    financing: Table | None = None
    partial: tuple[str, ...] = ()
    plan: Loan | None = None


class Appraiser:
    """Judges tables in the money of a file."""

    def __init__(self, terms: EconomicTerms, money: AnyMoney) -> None:
        self.terms = terms
        self.money = money

    def economics(self, case: Case) -> Economics:
        """All figures of a table."""
        net = case.base.sums()
        npv = self.money.worth(net)
        roots = self.roots(net)
        irr = self._irr(net, roots, case.capital)
        factor = self.money.factor(case.base.years)
        worth = annual_worth(npv, factor, ONE_YEAR)
        discounted = self.money.present_values(net)
        invested = case.base.sums(INVESTMENT_LINES)
        cost = opposite(self.money.worth(case.base.sums((*INVESTMENT_LINES, RUNNING_COST))))
        ratio = self._ratio(case, invested)
        equity, flows = self._equity(case, net)
        return Economics(
            study_period=converted(number(case.base.years), ONE_YEAR),
            cash_flow=CashFlow(
                self.money.name,
                _lines(case.base),
                net,
                invested,
                case.base.sums([key for key in case.base.lines if key not in OWN_LINES]),
                discounted,
                None if discounted is None else tuple(accumulate(discounted, total)),
                _lines(case.outside),
                _lines(case.financing) if case.financing is not None else (),
                flows,
            ),
            npv=npv,
            irr=irr,
            mirr=self._mirr(net, case.base.years),
            savings_to_investment=ratio,
            adjusted_internal_rate=self._adjusted(ratio, case.base.years),
            annual_worth=worth,
            discounted_payback=self._discounted_payback(case, discounted),
            life_cycle_cost=cost,
            return_on_investment=self._return(case),
            abatement_cost=self._abatement(case, worth),
            levelised_cost=self._levelised(case, cost, factor),
            npv_with=self._with_lines_outside(case, npv),
            irr_roots=roots if irr is SEVERAL_RATES else (),
            equity=equity,
            assumptions=(),
            partial=case.partial,
        )

    # ---- rates of return -------------------------------------------------------------------------

    def roots(self, flows: tuple[Figure, ...]) -> tuple[Figure, ...]:
        """Every internal rate of return."""
        rates = internal_rates(*flows)
        if len(rates) == 1:
            return (Figure(rates[0], ONE, internal_rate, flows),)
        return tuple(
            internal_rate_number(number(position), *flows) for position in range(len(rates))
        )

    def _irr(
        self, flows: tuple[Figure, ...], roots: tuple[Figure, ...], capital: Figure
    ) -> Reported:
        if not _begins_with_payment(capital, flows):
            return NO_INVESTMENT
        if not roots:
            return NO_RATE_OF_RETURN
        return roots[0] if len(roots) == 1 else SEVERAL_RATES

    def _mirr(self, flows: tuple[Figure, ...], years: int) -> Reported:
        finance = self.money.rate_of(self.terms.finance_rate)
        reinvest = self.money.rate_of(self.terms.reinvestment_rate)
        if isinstance(finance, NotApplicable) or isinstance(reinvest, NotApplicable):
            return finance if isinstance(finance, NotApplicable) else reinvest
        payments = [
            present_value(paid(flow), finance, number(year)) for year, flow in enumerate(flows)
        ]
        receipts = [
            grown(received(flow), reinvest, number(years - year)) for year, flow in enumerate(flows)
        ]
        invested, returned = opposite(total(*payments)), total(*receipts)
        if invested.value <= 0:
            return NO_INVESTMENT
        if returned.value <= 0:
            return NO_RATE_OF_RETURN
        return modified_internal_rate(returned, invested, number(years))

    def _ratio(self, case: Case, investment: tuple[Figure, ...]) -> Reported:
        savings = self.money.worth(
            case.base.sums([key for key in case.base.lines if key not in INVESTMENT_LINES])
        )
        cost = opposite(self.money.worth(investment))
        if isinstance(cost, Figure) and cost.value <= 0:
            return NO_INVESTMENT
        return savings_to_investment(savings, cost)

    def _adjusted(self, ratio: Reported, years: int) -> Reported:
        if isinstance(ratio, NotApplicable):
            return ratio
        if ratio.value <= 0:
            return NO_RATE_OF_RETURN
        return adjusted_internal_rate(self.money.rate, ratio, number(years))

    # ---- amounts ---------------------------------------------------------------------------------

    def _return(self, case: Case) -> Reported:
        if case.capital.value <= 0:
            return NO_INVESTMENT
        return return_on_investment(case.annual_net_saving, case.capital)

    def _abatement(self, case: Case, worth: Reported) -> Reported | None:
        if case.avoided is None:
            return None
        if isinstance(worth, NotApplicable):
            return worth
        if case.avoided.value <= 0:
            return NOTHING_AVOIDED
        cost = abatement_cost(worth, case.avoided)
        return cost if cost.value > 0 else SAVES_MONEY

    def _levelised(self, case: Case, cost: Reported, factor: Reported) -> dict[str, Reported]:
        yearly = annual_worth(cost, factor, ONE_YEAR)
        costs: dict[str, Reported] = {}
        for name, quantity in case.saved.items():
            if isinstance(yearly, Figure) and quantity.value <= 0:
                costs[name] = NOTHING_AVOIDED
            elif isinstance(cost, Figure) and cost.value <= 0:
                costs[name] = NO_COST_TO_RATE
            else:
                costs[name] = levelised_cost(yearly, quantity)
        return costs

    def _with_lines_outside(self, case: Case, npv: Reported) -> dict[str, Reported]:
        return {
            key: total(npv, self.money.worth(case.outside.sums((key,))))
            for key in case.outside.lines
        }

    def _discounted_payback(
        self, case: Case, present_values: tuple[Figure, ...] | None
    ) -> Reported:
        if present_values is None:
            return self.money.rate
        named = payback_case(case.capital, case.annual_net_saving)
        if named != YEARS:
            return NotApplicable(named, f"payback-{named}")
        year = years_before_payback(*present_values)
        if year == NEVER_BELOW_ZERO:
            return NotApplicable("immediate", "payback-immediate")
        if year == NEVER_PAID_BACK:
            return NotApplicable(NEVER, "not-within-study-period")
        before = total(*present_values[: year + 1])
        after = total(*present_values[: year + 2])
        return crossing(number(year), before, after, ONE_YEAR)

    # ---- equity ----------------------------------------------------------------------------------

    def _equity(
        self, case: Case, net: tuple[Figure, ...]
    ) -> tuple[EquityView | None, tuple[Figure, ...] | None]:
        financing, loan = case.financing, case.loan
        if financing is None or loan is None:
            return None, None
        flows = tuple(total(own, lent) for own, lent in zip(net, financing.sums(), strict=True))
        roots = self.roots(flows)
        rates = self._irr(flows, roots, opposite(flows[0]))
        covers = self._covers(case, financing)
        lowest: Reported = NO_COST_TO_RATE
        average: Reported = NO_COST_TO_RATE
        if covers:
            lowest = smallest(*covers)
            average = ratio_of(total(*covers), number(len(covers)))
        return EquityView(self.money.worth(flows), rates, lowest, average, loan), flows

    def _covers(self, case: Case, financing: Table) -> list[Figure]:
        service = financing.sums((INTEREST, PRINCIPAL))
        available = before_service(case.base)
        return [
            debt_service_cover(cash, opposite(due))
            for cash, due in zip(available[1:], service[1:], strict=True)
            if due.value < 0
        ]


def _lines(table: Table) -> tuple[CashLine, ...]:
    return tuple(CashLine(key, tuple(line)) for key, line in table.lines.items())


def _begins_with_payment(capital: Figure, flows: Iterable[Figure]) -> bool:
    """Whether money is paid in first, as a rate of return asks."""
    first = next((flow.value for flow in flows if flow.value), 0.0)
    return capital.value > 0 and first < 0
