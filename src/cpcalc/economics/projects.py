"""The projects of a file: what each measure, group and total saves and costs over the years."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from cpcalc.calc.money import money_saving, net_investment
from cpcalc.calc.savings import converted, opposite, total
from cpcalc.economics import cash_flow
from cpcalc.economics.appraisal import Appraisal, ProjectTables, proofs_of
from cpcalc.economics.cash_flow import CARBON, OTHER_BENEFITS, RUNNING_COST, Project, YearlyAmount
from cpcalc.engine.assessment import Calculation
from cpcalc.engine.contributions import Contribution
from cpcalc.engine.lines import BundleEntry, capital_of, has_money
from cpcalc.figures import Figure, NotApplicable, Reported, defined, figures_in, joined
from cpcalc.resolve import model
from cpcalc.resolve.model import CATEGORY_OF_KIND, EconomicTerms, LinkedGroup, Spend
from cpcalc.results import Assumption, Economics, Identity, Line
from cpcalc.sums import sum_known
from cpcalc.units import YEAR, Unit, base_unit

# What the levelised cost of saved energy and water is per.
COUNTED_IN: Mapping[str, Unit] = {
    "energy": base_unit("kWh") / YEAR,
    "water": base_unit("m3") / YEAR,
}
# Rates and amounts at the ends of what is allowed can, over a century, leave the range of numbers.
TOO_LARGE = NotApplicable("undefined", "numbers-too-large")

# Figures of a total that are sums over its projects, and those that are none.
AMOUNTS = ("npv", "annual_worth", "life_cycle_cost")
RATES = (
    "irr", "mirr", "savings_to_investment", "adjusted_internal_rate", "discounted_payback",
    "return_on_investment",
)  # fmt: skip

Yearly = Sequence[YearlyAmount]
MaybeProject = Project | NotApplicable
Saved = Mapping[str, Figure]  # a year, of energy and of water
Appraised = Economics | NotApplicable
Tables = ProjectTables | NotApplicable


def with_economics(projects: Projects, calculation: Calculation) -> Calculation:
    """The calculation with the cash flows of its measures, groups and totals, and their proofs."""
    lines: dict[str, Line] = {result.id: result.line for result in calculation.measures}
    for measure in projects.resolved.measures:
        line, contribution = lines[measure.id], calculation.contributions[measure.id]
        economics = projects.measure(line, contribution)
        lines[measure.id] = line._replace(economics=economics)
    measures = tuple(item._replace(line=lines[item.id]) for item in calculation.measures)
    groups = tuple(
        result._replace(line=result.line._replace(economics=projects.group(group, result.line)))
        for group, result in zip(projects.resolved.groups, calculation.groups, strict=True)
    )
    totals, last = calculation.totals, calculation.totals.end_of_pipe
    if last is not None:
        economics = projects.totals(calculation.end_of_pipe, last, "end of pipe")
        last = last._replace(economics=economics)
    economics = projects.totals(calculation.entries, totals)
    totals = totals._replace(economics=economics, end_of_pipe=last)
    identities = (*calculation.identities, *projects.identities)
    appraised = calculation._replace(measures=measures, groups=groups, totals=totals)
    return appraised._replace(identities=identities)


class Projects:
    """The projects of a file, each kept as it can be appraised again under other terms."""

    def __init__(self, resolved: model.Resolved) -> None:
        assert resolved.terms is not None
        self.resolved = resolved
        self.terms: EconomicTerms = resolved.terms
        self.projects: dict[str, MaybeProject] = {}
        self.yearly: dict[str, list[YearlyAmount]] = {}  # what each measure saves
        self.tables: dict[str, Tables] = {}
        self.identities: list[Identity] = []

    # ---- measures, groups and totals -------------------------------------------------------------

    def measure(self, line: Line, contribution: Contribution) -> Appraised:
        """The economics of a measure."""
        place = f"measures.{contribution.measure.id}"
        yearly = self.yearly[place] = []
        for stream, category, amount in contribution.sources:
            key = f"streams.{stream}" if stream else f"savings.{category}"
            yearly.append(YearlyAmount(key, amount, self.growth(stream, category), stream))
        return self._appraise(place, line, yearly, self._saved(contribution))

    def group(self, group: LinkedGroup, line: Line) -> Appraised:
        """The economics of a group: what its members save as they do alone, and its own money."""
        own = {money.category for money in group.benefits}
        if group.annual_saving is not None:
            own.add("unspecified")
        yearly = [
            amount._replace(pace=self.terms.projects[place])
            for place in self._members(group)
            for amount in self.yearly[place]
            if self._category(amount) not in own
        ]
        yearly += [
            YearlyAmount(f"savings.{category}", amount, self.terms.growth.get(category))
            for category, amount in line.savings.items()
            if isinstance(amount, Figure) and category in own
        ]
        return self._appraise(f"groups.{group.id}", line, yearly, {})

    def totals(self, entries: Iterable[BundleEntry], line: Line, name: str = "totals") -> Appraised:
        """The economics of several projects together: their tables added up, over the longest."""
        places = [entry.place for entry in entries if has_money(entry.line)]
        tables = {place: self.tables[place] for place in places}
        known = [item for item in tables.values() if isinstance(item, ProjectTables)]
        left_out = {place: why for place, why in tables.items() if isinstance(why, NotApplicable)}
        missing = joined(*(reason.missing for reason in left_out.values()))
        if not known:
            return NotApplicable("incomplete", "field-missing", missing)
        avoided = None if left_out else next(iter(_avoided(line)), None)
        together = added_up(known)._replace(avoided=avoided, partial=tuple(left_out))
        economics = self._judged(name, together)
        if isinstance(economics, NotApplicable) or not left_out:
            return economics
        return _partial(economics, len(known), len(tables), missing)

    def _members(self, group: LinkedGroup) -> list[str]:
        """The measures of a group that count in the bundle."""
        counting = {measure.id for measure in self.resolved.measures if measure.is_cleaner}
        return [f"measures.{name}" for name in group.measures if name in counting]

    def _category(self, amount: YearlyAmount) -> str:
        if amount.stream is not None:
            return CATEGORY_OF_KIND[self.resolved.streams[amount.stream].kind]
        return amount.key.removeprefix("savings.")

    # ---- from a line to its economics ------------------------------------------------------------

    def _appraise(self, place: str, line: Line, yearly: Yearly, saved: Saved) -> Appraised:
        project = self._project(place, line, yearly, saved)
        tables = self.tables_of(project, self.terms)
        self.projects[place], self.tables[place] = project, tables
        if isinstance(tables, NotApplicable):
            return tables
        assert isinstance(project, Project)
        economics = self._judged(place, tables)
        if isinstance(economics, NotApplicable):
            self.tables[place] = economics
            return economics
        return economics._replace(assumptions=tuple(_assumptions(self.terms, project)))

    def _project(self, place: str, line: Line, yearly: Yearly, saved: Saved) -> MaybeProject:
        capital = capital_of(line.investment, line.grant, f"{place}.investment")
        net = line.annual_net_saving
        missing = joined(capital.missing, net.missing)
        if isinstance(capital, NotApplicable) or isinstance(net, NotApplicable) or missing:
            return NotApplicable("incomplete", "field-missing", missing)
        if isinstance(line.running_cost, Figure):
            growth = self.terms.growth.get(RUNNING_COST)
            running_cost = YearlyAmount(RUNNING_COST, opposite(line.running_cost), growth)
            yearly = [*yearly, running_cost]
        terms = self.terms.projects[place]
        if terms.spends is None and line.investment is not None:
            terms = terms._replace(spends=self._spends_of_members(place))
        outside, avoided = tuple(self._outside(line)), next(iter(_avoided(line)), None)
        return Project(terms, line.grant, tuple(yearly), outside, avoided, saved)

    def _spends_of_members(self, place: str) -> tuple[Spend, ...]:
        """A group without an investment of its own bears its members', each item in its year."""
        group = next(group for group in self.resolved.groups if place == f"groups.{group.id}")
        terms = [self.terms.projects[member] for member in self._members(group)]
        return tuple(spend for member in terms for spend in member.spends or ())

    def growth(self, stream: str | None, category: str) -> model.Growth | None:
        """How the price of a stream grows: its own rate, its parent's, or that of its category."""
        while stream is not None:
            if stream in self.terms.stream_growth:
                return self.terms.stream_growth[stream]
            stream = self.resolved.streams[stream].parent
        return self.terms.growth.get(category)

    def _outside(self, line: Line) -> Iterator[YearlyAmount]:
        """What stands beside the base figures: carbon at its price, and other benefits."""
        growth, price = self.terms.growth, self.terms.carbon_price
        if price is not None:
            per_year = base_unit(price.unit.currency or "") / YEAR
            earned = [money_saving(figure, price) for figure in _avoided(line)]
            # A price of CO2e pays for no CO2, nor the other way round.
            for amount in [amount for amount in earned if amount.unit is per_year][:1]:
                yield YearlyAmount(CARBON, amount, growth.get(CARBON))
        for benefit in line.other_benefits.values():
            if isinstance(benefit, Figure):
                yield YearlyAmount(OTHER_BENEFITS, benefit, growth.get(OTHER_BENEFITS))

    def _saved(self, contribution: Contribution) -> dict[str, Figure]:
        """Energy and water saved a year, where all of it can be counted in one unit."""
        by_kind: dict[str, list[Figure]] = {}
        for stream, reduction in contribution.amounts:
            kind = CATEGORY_OF_KIND[self.resolved.streams[stream].kind]
            heat = self.terms.heat.get(stream) if kind == "energy" else None
            is_counted = heat is None or reduction.unit is COUNTED_IN[kind]
            amount = reduction if is_counted else converted(reduction, heat)
            by_kind.setdefault(kind, []).append(amount)
        return {
            kind: total(*amounts)
            for kind, amounts in by_kind.items()
            if kind in COUNTED_IN and all(amount.unit is COUNTED_IN[kind] for amount in amounts)
        }

    # ---- tables ----------------------------------------------------------------------------------

    def tables_of(
        self, project: MaybeProject, terms: EconomicTerms, *, with_loan: bool = True
    ) -> Tables:
        """The tables of a project, also under other terms; or why there are none."""
        if isinstance(project, NotApplicable):
            return project
        if not project.terms.spends:
            missing = (f"{project.terms.place}.investment",)
            return NotApplicable("incomplete", "field-missing", missing)
        try:
            return _tables(project, terms, with_loan=with_loan)
        except cash_flow.Unknowable as unknown:
            return unknown.reason
        except OverflowError:
            return TOO_LARGE

    def _judged(self, place: str, tables: ProjectTables) -> Appraised:
        try:
            economics = Appraisal(tables, self.terms).economics()
        except OverflowError:
            return TOO_LARGE
        flows = [*economics.cash_flow.net, economics.npv]
        if not all(math.isfinite(flow.value) for flow in flows if isinstance(flow, Figure)):
            return TOO_LARGE
        proofs = proofs_of(place, economics, tables.plan)
        self.identities += [proof for proof in proofs if proof is not None]
        return economics


def _tables(project: Project, terms: EconomicTerms, *, with_loan: bool) -> ProjectTables:
    spends = project.terms.spends or ()
    zero = nothing(spends[0].amount)
    builder = cash_flow.CashFlowBuilder(terms, project, zero)
    if terms.tax is not None:
        cash_flow.levy(builder, terms.tax)
    loan = project.terms.loan if with_loan else None
    financed = None if loan is None else cash_flow.lend(builder, loan)
    plan, financing = financed or (None, cash_flow.CashTable(builder.years, zero))
    capital = total(*(spend.amount for spend in spends))
    if project.grant is not None:
        capital = net_investment(capital, project.grant)
    zero_a_year = replace(zero, unit=zero.unit / YEAR)
    yearly = [line.amount for line in project.yearly] or [zero_a_year]
    return ProjectTables(
        base=builder.base,
        outside=builder.outside,
        capital=capital,
        annual_net_saving=total(*yearly),
        avoided=project.avoided,
        saved=project.saved,
        loan=None if plan is None else plan.amount,
        financing=financing,
        plan=plan,
    )


def added_up(tables: Sequence[ProjectTables]) -> ProjectTables:
    """The tables of several projects added up, over the longest of them."""
    years = max(item.base.years for item in tables)
    zero = tables[0].base.zero
    base, outside, financing = (cash_flow.CashTable(years, zero) for _ in range(3))
    for item in tables:
        base.add(item.base)
        outside.add(item.outside)
        financing.add(item.financing)
    return ProjectTables(
        base=base,
        outside=outside,
        financing=financing,
        capital=total(*(item.capital for item in tables)),
        annual_net_saving=total(*(item.annual_net_saving for item in tables)),
        avoided=None,
        saved={},  # the cost of all measures is not the cost of what some of them save
        loan=sum_known(item.loan for item in tables),
    )


def nothing(like: Figure) -> Figure:
    """No money, in the currency of a figure."""
    currency = like.unit.currency
    return defined(0, base_unit(currency) if currency else like.unit, "nothing")


def _avoided(line: Line) -> list[Figure]:
    """CO2e avoided a year, and CO2, as far as they are known."""
    figures = [line.reductions.get(gas) for gas in ("co2e", "co2")]
    return figures_in(figures)


# ---- what is said of the economics ---------------------------------------------------------------


def _partial(economics: Economics, counted: int, of: int, missing: tuple[str, ...]) -> Economics:
    """A total over some of its measures: amounts are marked so, rates and paybacks incomplete."""

    def marked(figure: Reported) -> Reported:
        if isinstance(figure, NotApplicable):
            return figure
        return replace(figure, counted=counted, of=of, missing=missing)

    known: dict[str, Any] = {name: marked(getattr(economics, name)) for name in AMOUNTS}
    known["npv_with"] = {name: marked(figure) for name, figure in economics.npv_with.items()}
    unknown = dict.fromkeys(RATES, NotApplicable("incomplete", "field-missing", missing))
    return economics._replace(**known | unknown, irr_roots=())


def _assumptions(terms: EconomicTerms, project: Project) -> Iterator[Assumption]:
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
        sizes = (own.loan.share or own.loan.amount, own.loan.rate)
        known = tuple(figure for figure in sizes if figure is not None)
        yield Assumption("loan", known, own.loan.repayment)
