"""The projects of a file: what each measure, group and total saves and costs over the years."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

from cpcalc.calc.money import money_saving
from cpcalc.calc.savings import converted, opposite, total
from cpcalc.economics import cash_flow
from cpcalc.economics.appraisal import Appraisal, ProjectTables, proofs_of
from cpcalc.economics.cash_flow import CARBON, OTHER_BENEFITS, RUNNING_COST, Project, YearlyAmount
from cpcalc.engine.assessment import Calculation
from cpcalc.engine.contributions import Contribution
from cpcalc.engine.lines import BundleEntry, capital_of, has_money
from cpcalc.figures import Figure, NotApplicable, Reported, defined, figures_in, joined, unknown
from cpcalc.resolve import model
from cpcalc.resolve.model import CATEGORY_OF_KIND, EconomicTerms, LinkedGroup, Spend
from cpcalc.results import Assumption, Economics, EquityView, Identity, Line
from cpcalc.units import YEAR, base_unit

GASES = ("co2e", "co2")
# Rates and amounts at the ends of what is allowed can, over a century, leave the range of numbers.
TOO_LARGE = NotApplicable("undefined", "numbers-too-large")

# Figures of a total that are sums over its projects, and those that are none.
AMOUNTS = ("npv", "annual_worth", "life_cycle_cost")
RATES = (
    "irr", "mirr", "savings_to_investment", "adjusted_internal_rate", "discounted_payback",
    "return_on_investment",
)  # fmt: skip
# What the tables of several projects add up to: year by year, and as one amount.
TABLES = ("base", "outside", "financing", "saved")
MONEY = ("capital", "annual_net_saving")

Yearly = Sequence[YearlyAmount]
Appraised = Economics | NotApplicable


def with_economics(projects: "Projects", calculation: Calculation) -> Calculation:
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
        self.projects: dict[str, Project | NotApplicable] = {}
        self.yearly: dict[str, list[YearlyAmount]] = {}  # what each measure saves
        self.saved: dict[str, list[YearlyAmount]] = {}  # the same in kind
        self.tables: dict[str, ProjectTables | NotApplicable] = {}
        self.identities: list[Identity] = []

    # ---- measures, groups and totals -------------------------------------------------------------

    def measure(self, line: Line, contribution: Contribution) -> Appraised:
        """The economics of a measure."""
        place = f"measures.{contribution.measure.id}"
        yearly, pace = list[YearlyAmount](), self.terms.projects[place].pace
        for stream, category, amount in contribution.sources:
            key = f"streams.{stream}" if stream else f"savings.{category}"
            if isinstance(amount, Figure):
                growth = self.growth(stream, category)
                yearly.append(YearlyAmount(key, amount, growth, pace, stream, category))
        in_kind = {**self._saved(contribution), **_avoided(line)}
        saved = [YearlyAmount(key, amount, pace=pace) for key, amount in in_kind.items()]
        self.yearly[place], self.saved[place] = yearly, saved
        return self._appraise(place, line, yearly, saved)

    def group(self, group: LinkedGroup, line: Line) -> Appraised:
        """The economics of a group: what its members save as they do alone, and its own money."""
        own = {money.category for money in group.benefits}
        if group.annual_saving is not None:
            own.add("unspecified")
        counting = {measure.id for measure in self.resolved.measures if measure.is_cleaner}
        members = [f"measures.{name}" for name in group.measures if name in counting]
        of_members = chain.from_iterable(self.yearly[place] for place in members)
        yearly = [amount for amount in of_members if amount.category not in own]
        in_kind = chain.from_iterable(self.saved[place] for place in members)
        saved = [amount for amount in in_kind if amount.key not in cash_flow.COUNTED_IN]
        spends = [self.terms.projects[place].spends or () for place in members]
        yearly += [
            YearlyAmount(f"savings.{category}", amount, self.terms.growth.get(category))
            for category, amount in line.savings.items()
            if isinstance(amount, Figure) and category in own
        ]
        place = f"groups.{group.id}"
        return self._appraise(place, line, yearly, saved, tuple(chain.from_iterable(spends)))

    def totals(self, entries: Iterable[BundleEntry], line: Line, name: str = "totals") -> Appraised:
        """The economics of several projects together: their tables added up, over the longest."""
        places = [entry.place for entry in entries if has_money(entry.line)]
        tables = {place: self.tables[place] for place in places}
        known = [item for item in tables.values() if isinstance(item, ProjectTables)]
        left_out = {place: why for place, why in tables.items() if isinstance(why, NotApplicable)}
        missing = joined(*(reason.missing for reason in left_out.values()))
        if not known:
            return unknown(*missing)
        together = added_up(known)._replace(partial=tuple(left_out))
        gases = [item for item in _avoided(line).items() if item[0] in together.saved.lines]
        if gases and not left_out:
            together = together._replace(avoided=gases[0])
        economics = self._judged(name, together)
        if isinstance(economics, NotApplicable) or not left_out:
            return economics
        return _partial(economics, len(known), len(tables), missing)

    # ---- from a line to its economics ------------------------------------------------------------

    def _appraise(
        self, place: str, line: Line, yearly: Yearly, saved: Yearly, spends: tuple[Spend, ...] = ()
    ) -> Appraised:
        project = self._project(place, line, yearly, saved, spends)
        tables = self.tables_of(project, self.terms)
        self.projects[place], self.tables[place] = project, tables
        economics = self._judged(place, tables)
        if isinstance(economics, NotApplicable):
            self.tables[place] = economics
            return economics
        assert isinstance(project, Project)
        return economics._replace(assumptions=tuple(_assumptions(self.terms, project)))

    def _project(
        self, place: str, line: Line, yearly: Yearly, saved: Yearly, spends: tuple[Spend, ...]
    ) -> Project | NotApplicable:
        capital = capital_of(line.investment, line.grant, f"{place}.investment")
        net = line.annual_net_saving
        missing = joined(capital.missing, net.missing)
        if isinstance(capital, NotApplicable) or isinstance(net, NotApplicable) or missing:
            return unknown(*missing)
        if isinstance(line.running_cost, Figure):
            cost, growth = opposite(line.running_cost), self.terms.growth.get(RUNNING_COST)
            yearly = [*yearly, YearlyAmount(RUNNING_COST, cost, growth)]
        terms = self.terms.projects[place]
        if terms.spends is None and line.investment is not None:
            # A group without an investment of its own bears its members', each item in its year.
            terms = terms._replace(spends=spends)
        outside, avoided = tuple(self._outside(line, saved)), _avoided(line).items()
        known = next(iter(avoided), None)
        return Project(terms, line.grant, tuple(yearly), outside, tuple(saved), known)

    def growth(self, stream: str | None, category: str) -> model.Growth | None:
        """How the price of a stream grows: its own rate, its parent's, or that of its category."""
        while stream is not None:
            if stream in self.terms.stream_growth:
                return self.terms.stream_growth[stream]
            stream = self.resolved.streams[stream].parent
        return self.terms.growth.get(category)

    def _outside(self, line: Line, saved: Yearly) -> Iterator[YearlyAmount]:
        """What stands beside the base figures: carbon at its price, and other benefits."""
        growth, price = self.terms.growth, self.terms.carbon_price
        if price is not None:
            per_year = base_unit(price.unit.currency or "") / YEAR
            for item in saved:
                amount = money_saving(item.amount, price)
                # A price of CO2e pays for no CO2, nor the other way round.
                if amount.unit is per_year:
                    amount = _marked_as(line.reductions[item.key], amount)
                    yield YearlyAmount(CARBON, amount, growth.get(CARBON), pace=item.pace)
        for benefit in line.other_benefits.values():
            if isinstance(benefit, Figure):
                yield YearlyAmount(OTHER_BENEFITS, benefit, growth.get(OTHER_BENEFITS))

    def _saved(self, contribution: Contribution) -> dict[str, Figure]:
        """Energy and water saved a year, where all of it is known and of one unit."""
        by_kind: dict[str, list[Reported]] = {}
        for stream, reduction in contribution.amounts:
            kind = CATEGORY_OF_KIND[self.resolved.streams[stream].kind]
            heat = self.terms.heat.get(stream) if kind == "energy" else None
            unit = cash_flow.COUNTED_IN.get(kind)
            is_in_unit = isinstance(reduction, Figure) and reduction.unit is unit
            amount = reduction if heat is None or is_in_unit else converted(reduction, heat)
            by_kind.setdefault(kind, []).append(amount)
        saved: dict[str, Figure] = {}
        for kind, unit in cash_flow.COUNTED_IN.items():
            known = [one for one in figures_in(by_kind.get(kind, ())) if one.unit is unit]
            if known and len(known) == len(by_kind[kind]):
                saved[kind] = total(*known)
        return saved

    # ---- tables ----------------------------------------------------------------------------------

    def tables_of(
        self, project: Project | NotApplicable, terms: EconomicTerms, *, with_loan: bool = True
    ) -> ProjectTables | NotApplicable:
        """The tables of a project, also under other terms; or why there are none."""
        if isinstance(project, NotApplicable):
            return project
        if not project.terms.spends:
            return unknown(f"{project.terms.place}.investment")
        try:
            return _tables(project, terms, with_loan=with_loan)
        except cash_flow.Unknowable as lack:
            reason: NotApplicable = lack.args[0]
            return reason
        except OverflowError:
            return TOO_LARGE

    def _judged(self, place: str, tables: ProjectTables | NotApplicable) -> Appraised:
        if isinstance(tables, NotApplicable):
            return tables
        try:
            economics = Appraisal(tables, self.terms).economics()
        except OverflowError:
            return TOO_LARGE
        self.identities += proofs_of(place, economics, tables.plan)
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
    yearly = [line.amount for line in project.yearly] or [replace(zero, unit=zero.unit / YEAR)]
    return ProjectTables(
        base=builder.base,
        outside=builder.outside,
        capital=builder.capital,
        annual_net_saving=total(*yearly),
        saved=builder.saved,
        avoided=project.avoided,
        financing=financing,
        plan=plan,
    )


def added_up(tables: Sequence[ProjectTables]) -> ProjectTables:
    """The tables of several projects added up, over the longest of them."""
    years = max(item.base.years for item in tables)
    zero = tables[0].base.zero
    together: dict[str, Any] = {name: cash_flow.CashTable(years, zero) for name in TABLES}
    for item in tables:
        for name, table in together.items():
            table.add(getattr(item, name))
    # The cost of all measures is not the cost of what some of them save.
    for kind in cash_flow.COUNTED_IN:
        together["saved"].lines.pop(kind, None)
    money = {name: total(*(getattr(item, name) for item in tables)) for name in MONEY}
    return ProjectTables(**together, **money, avoided=None)


def nothing(like: Figure) -> Figure:
    """No money, in the currency of a figure."""
    currency = like.unit.currency
    return defined(0, base_unit(currency) if currency else like.unit, "nothing")


def _avoided(line: Line) -> dict[str, Figure]:
    """CO2e avoided a year, and CO2, as far as they are known."""
    return {gas: one for gas in GASES if isinstance(one := line.reductions.get(gas), Figure)}


def _marked_as(whole: Reported, part: Figure) -> Figure:
    """A part of a group's figure, marked as the whole is."""
    if isinstance(whole, NotApplicable) or not whole.is_partial:
        return part
    return replace(part, counted=whole.counted, of=whole.of, missing=whole.missing)


# ---- what is said of the economics ---------------------------------------------------------------


def _partial(economics: Economics, counted: int, of: int, missing: tuple[str, ...]) -> Economics:
    """A total over some of its measures: amounts are marked so, rates and paybacks incomplete."""

    def marked(figure: Reported) -> Reported:
        if isinstance(figure, NotApplicable):
            return figure
        return replace(figure, counted=counted, of=of, missing=missing)

    known: dict[str, Any] = {name: marked(getattr(economics, name)) for name in AMOUNTS}
    known["npv_with"] = {name: marked(figure) for name, figure in economics.npv_with.items()}
    nothing_known = unknown(*missing)
    known |= dict.fromkeys(RATES, nothing_known)
    equity = economics.equity
    if equity is not None:
        rates = (nothing_known,) * 3
        known["equity"] = EquityView(marked(equity.npv), *rates, loan=marked(equity.loan))
    return economics._replace(**known, irr_roots=())


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
        "saving_loss": [own.pace.saving_loss],
        "ramp_up": own.pace.ramp_up,
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
