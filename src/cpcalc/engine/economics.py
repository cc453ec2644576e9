"""The economics of measures, groups and totals: cash flows from what they save and cost."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from cpcalc.calc.money import money_saving
from cpcalc.calc.savings import converted, opposite, total
from cpcalc.engine.appraisal import Appraiser, Case
from cpcalc.engine.cashflow import (
    CARBON,
    OTHER_BENEFITS,
    RUNNING_COST,
    Builder,
    Project,
    Unknowable,
    Yearly,
)
from cpcalc.engine.contributions import Contribution
from cpcalc.engine.financing import finance, levy
from cpcalc.engine.lines import borne, has_money
from cpcalc.engine.projects import (
    AS_STATED,
    Variation,
    added,
    assumptions,
    capital_of,
    identities_of,
    partial_total,
    varied_project,
)
from cpcalc.engine.rates import money_of
from cpcalc.figures import Figure, NotApplicable, Origin, joined
from cpcalc.resolve.model import (
    CATEGORY_OF_KIND,
    EconomicTerms,
    Growth,
    LinkedGroup,
    LinkedMeasure,
    Resolved,
    Spend,
)
from cpcalc.results import Economics, Identity, Line
from cpcalc.units import Unit

# What the levelised cost of saved energy and water is per.
COUNTED_IN: Mapping[str, Unit] = {
    "energy": Unit.of((("kWh", 1), ("year", -1))),
    "water": Unit.of((("m3", 1), ("year", -1))),
}


# Rates and amounts at the ends of what is allowed can, over a century, leave the range of numbers.
TOO_LARGE = NotApplicable("undefined", "numbers-too-large")


class Projects:
    """The projects of a file, each kept as it can be appraised again under other terms."""

    def __init__(self, resolved: Resolved) -> None:
        assert resolved.terms is not None
        self.resolved = resolved
        self.terms: EconomicTerms = resolved.terms
        self.projects: dict[str, Project | NotApplicable] = {}
        self.yearly: dict[str, Sequence[Yearly]] = {}  # what each measure saves
        self.lines: dict[str, Line] = {}
        self.cases: dict[str, Case] = {}
        self.reasons: dict[str, NotApplicable] = {}  # why a project has no case
        self.identities: list[Identity] = []

    # ---- projects --------------------------------------------------------------------------------

    def measure(
        self, measure: LinkedMeasure, line: Line, contribution: Contribution
    ) -> Economics | NotApplicable:
        """The economics of a measure."""
        place = f"measures.{measure.id}"
        self.yearly[place] = [
            Yearly(
                f"streams.{stream}" if stream else f"savings.{category}",
                amount,
                self.growth(stream, category),
                stream,
            )
            for stream, category, amount in contribution.sources
        ]
        return self._appraise(place, line, self.yearly[place], self._saved(contribution))

    def group(
        self, group: LinkedGroup, line: Line, members: Iterable[str]
    ) -> Economics | NotApplicable:
        """The economics of a group: what its members save as they do alone, and its own money."""
        own = {money.category for money in group.benefits}
        if group.annual_saving is not None:
            own.add("unspecified")
        yearly = [
            item._replace(pace=self.terms.projects[place])
            for place in (f"measures.{name}" for name in members)
            for item in self.yearly[place]
            if self._category(item) not in own
        ]
        yearly += [
            Yearly(f"savings.{category}", amount, self.terms.growth.get(category))
            for category, amount in line.savings.items()
            if isinstance(amount, Figure) and category in own
        ]
        return self._appraise(f"groups.{group.id}", line, yearly, {})

    def totals(
        self, places: Iterable[str], line: Line, name: str = "totals"
    ) -> Economics | NotApplicable:
        """The economics of several projects together: their tables added up, over the longest."""
        names = [place for place in places if has_money(self.lines[place])]
        cases = [self.cases[place] for place in names if place in self.cases]
        left_out = tuple(place for place in names if place not in self.cases)
        reasons = [self.reasons[place] for place in left_out if place in self.reasons]
        missing = joined(*(reason.missing for reason in reasons))
        if not cases:
            return NotApplicable("incomplete", "field-missing", missing)
        together = added(cases)
        if not left_out:
            return self._judged(name, together._replace(avoided=_avoided(line)))
        economics = self._judged(name, together._replace(partial=left_out))
        if isinstance(economics, NotApplicable):
            return economics
        return partial_total(economics, len(cases), len(names), missing)

    def _category(self, item: Yearly) -> str:
        if item.stream is not None:
            return CATEGORY_OF_KIND[self.resolved.streams[item.stream].kind]
        return item.key.removeprefix("savings.")

    def _appraise(
        self, place: str, line: Line, yearly: Sequence[Yearly], saved: Mapping[str, Figure]
    ) -> Economics | NotApplicable:
        project = self._project(place, line, yearly, saved)
        self.projects[place] = project
        self.lines[place] = line
        case = self.case(project, AS_STATED, self.terms)
        if isinstance(case, NotApplicable):
            self.reasons[place] = case
            return case
        economics = self._judged(place, case)
        if isinstance(economics, NotApplicable):
            return economics
        self.cases[place] = case
        assert isinstance(project, Project)
        return economics._replace(assumptions=tuple(assumptions(self.terms, project)))

    def _judged(self, place: str, case: Case) -> Economics | NotApplicable:
        try:
            economics = Appraiser(self.terms, money_of(self.terms)).economics(case)
        except OverflowError:
            return TOO_LARGE
        flows = [flow.value for flow in economics.cash_flow.net]
        if isinstance(economics.npv, Figure):
            flows.append(economics.npv.value)
        if not all(map(math.isfinite, flows)):
            return TOO_LARGE
        proofs = identities_of(place, economics, case)
        self.identities += [proof for proof in proofs if proof is not None]
        return economics

    def _project(
        self, place: str, line: Line, yearly: Sequence[Yearly], saved: Mapping[str, Figure]
    ) -> Project | NotApplicable:
        capital = borne(line.investment, line.grant, f"{place}.investment")
        net = line.annual_net_saving
        missing = joined(capital.missing, net.missing)
        if isinstance(capital, NotApplicable) or isinstance(net, NotApplicable) or missing:
            return NotApplicable("incomplete", "field-missing", missing)
        if isinstance(line.running_cost, Figure):
            cost = opposite(line.running_cost)
            yearly = [*yearly, Yearly(RUNNING_COST, cost, self.terms.growth.get(RUNNING_COST))]
        terms = self.terms.projects[place]
        if terms.spends is None and line.investment is not None:
            terms = terms._replace(spends=self._spends_of_members(place))
        outside = tuple(self._outside(line))
        return Project(terms, line.grant, tuple(yearly), outside, _avoided(line), saved)

    def _spends_of_members(self, place: str) -> tuple[Spend, ...]:
        """A group without an investment of its own bears its members', each item in its year."""
        group = next(group for group in self.resolved.groups if place == f"groups.{group.id}")
        inside = {measure.id for measure in self.resolved.measures if measure.in_bundle}
        return tuple(
            spend
            for name in group.measures
            if name in inside
            for spend in self.terms.projects[f"measures.{name}"].spends or ()
        )

    def growth(self, stream: str | None, category: str) -> Growth | None:
        """How the price of a stream grows: its own rate, its parent's, or that of its category."""
        while stream is not None:
            if stream in self.terms.stream_growth:
                return self.terms.stream_growth[stream]
            stream = self.resolved.streams[stream].parent
        return self.terms.growth.get(category)

    def _outside(self, line: Line) -> Iterator[Yearly]:
        """What stands beside the base figures: carbon at its price, and other benefits."""
        price = self.terms.carbon_price
        if price is not None:
            per_year = Unit.of(((price.unit.currency or "", 1),)) / Unit.of((("year", 1),))
            earned = [
                money_saving(figure, price)
                for gas in ("co2e", "co2")
                if isinstance(figure := line.reductions.get(gas), Figure)
            ]
            # A price of CO2e pays for no CO2, nor the other way round.
            for amount in [amount for amount in earned if amount.unit is per_year][:1]:
                yield Yearly(CARBON, amount, self.terms.growth.get(CARBON))
        for figure in line.other_benefits.values():
            if isinstance(figure, Figure):
                yield Yearly(OTHER_BENEFITS, figure, self.terms.growth.get(OTHER_BENEFITS))

    def _saved(self, contribution: Contribution) -> dict[str, Figure]:
        """Energy and water saved a year, where all of it can be counted in one unit."""
        by_kind: dict[str, list[Figure]] = {}
        for stream, reduction in contribution.amounts:
            kind = CATEGORY_OF_KIND[self.resolved.streams[stream].kind]
            if kind not in COUNTED_IN:
                continue
            heat = self.terms.heat.get(stream) if kind == "energy" else None
            is_counted = heat is None or reduction.unit is COUNTED_IN[kind]
            amount = reduction if is_counted else converted(reduction, heat)
            by_kind.setdefault(kind, []).append(amount)
        return {
            kind: total(*amounts)
            for kind, amounts in by_kind.items()
            if all(amount.unit is COUNTED_IN[kind] for amount in amounts)
        }

    # ---- cases -----------------------------------------------------------------------------------

    def case(
        self,
        project: Project | NotApplicable,
        variation: Variation,
        terms: EconomicTerms,
        *,
        with_loan: bool = True,
    ) -> Case | NotApplicable:
        """The tables of a project under other terms; or why there are none."""
        if isinstance(project, NotApplicable):
            return project
        varied = varied_project(project, variation)
        if not varied.terms.spends:
            missing = (f"{varied.terms.place}.investment",)
            return NotApplicable("incomplete", "field-missing", missing)
        try:
            return _case(varied, terms, with_loan=with_loan)
        except Unknowable as unknown:
            return unknown.reason
        except OverflowError:
            return TOO_LARGE


def _case(project: Project, terms: EconomicTerms, *, with_loan: bool) -> Case:
    assert project.terms.spends
    zero = nothing(project.terms.spends[0].amount)
    builder = Builder(terms, money_of(terms), project, zero).fill()
    if terms.tax is not None:
        levy(builder, terms.tax)
    plan = financing = None
    if project.terms.loan is not None and with_loan:
        plan, financing = finance(builder, project.terms.loan)
    zero_a_year = replace(zero, unit=zero.unit / Unit.of((("year", 1),)))
    return Case(
        builder.base,
        builder.outside,
        capital_of(project),
        total(*(line.amount for line in project.yearly)) if project.yearly else zero_a_year,
        project.avoided,
        project.saved,
        plan.amount if plan is not None else None,
        financing,
        plan=plan,
    )


def _avoided(line: Line) -> Figure | None:
    """CO2e avoided a year, or CO2 where only that is known."""
    for gas in ("co2e", "co2"):
        figure = line.reductions.get(gas)
        if isinstance(figure, Figure):
            return figure
    return None


def nothing(like: Figure) -> Figure:
    """No money, in the currency of a figure."""
    unit = Unit.of(((like.unit.currency, 1),)) if like.unit.currency else like.unit
    return Figure(0.0, unit, None, (Origin("definition", (), "nothing"),))
