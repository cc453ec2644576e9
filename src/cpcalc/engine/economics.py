"""The economics of measures, groups and totals: from what they save and cost to cash flows and their figures."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence

from cpcalc.calc.money import money_saving
from cpcalc.calc.savings import converted, opposite, total
from cpcalc.engine.appraisal import Appraiser, Case
from cpcalc.engine.cashflow import (
    CARBON,
    OTHER_BENEFITS,
    RUNNING_COST,
    Builder,
    Project,
    Table,
    Unknowable,
    Yearly,
)
from cpcalc.engine.financing import Loan, finance, levy
from cpcalc.engine.lines import borne
from cpcalc.engine.pieces import Pieces
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
from cpcalc.engine.rates import AnyMoney, money_of
from cpcalc.figures import Figure, NotApplicable, Origin, Reported, joined
from cpcalc.resolve.model import CATEGORY_OF_KIND, Group, Resolved
from cpcalc.resolve.terms import Growth, ProjectTerms, Terms
from cpcalc.results import Economics, Identity, Line
from cpcalc.units import Unit

# What the levelised cost of saved energy and water is per.
COUNTED_IN: Mapping[str, Unit] = {
    "energy": Unit.of((("kWh", 1), ("year", -1))),
    "water": Unit.of((("m3", 1), ("year", -1))),
}


# Rates and amounts at the ends of what is allowed can, over a century, leave the range of numbers.
TOO_LARGE = NotApplicable("undefined", "numbers-too-large")


class Book:
    """The projects of a file, each kept as it can be appraised again under other terms."""

    def __init__(self, resolved: Resolved) -> None:
        assert resolved.terms is not None
        self.resolved = resolved
        self.terms: Terms = resolved.terms
        self.projects: dict[str, Project | NotApplicable] = {}
        self.yearly: dict[str, Sequence[Yearly]] = {}  # what each measure saves
        self.lines: dict[str, Line] = {}
        self.cases: dict[str, Case] = {}
        self.reasons: dict[str, NotApplicable] = {}  # why a project has no case
        self.identities: list[Identity] = []

    # ---- projects ---------------------------------------------------------------------------------------------------

    def measure(
        self, place: str, line: Line, pieces: Pieces, grant: Figure | None
    ) -> Economics | NotApplicable:
        """The economics of a measure."""
        yearly = [
            Yearly(
                f"streams.{stream}" if stream else f"savings.{category}",
                amount,
                self.growth(stream, category),
                stream,
            )
            for stream, category, amount in pieces.sources
        ]
        self.yearly[place] = yearly
        saved = dict(self._saved(pieces))
        return self._open(place, line, yearly, grant, saved)

    def group(self, group: Group, line: Line, members: Iterable[str]) -> Economics | NotApplicable:
        """The economics of a group: what its members save, each as it does itself, and its own money by category."""
        own = {money.category for money in group.benefits}
        own |= {"unspecified"} if group.annual_saving is not None else set()
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
        return self._open(f"groups.{group.id}", line, yearly, line.grant, {})

    def _category(self, item: Yearly) -> str:
        if item.stream is not None:
            return CATEGORY_OF_KIND[self.resolved.streams[item.stream].kind]
        return item.key.removeprefix("savings.")

    def _open(
        self,
        place: str,
        line: Line,
        yearly: Sequence[Yearly],
        grant: Figure | None,
        saved: Mapping[str, Figure],
    ) -> Economics | NotApplicable:
        project = self._project(place, line, yearly, grant, saved)
        self.projects[place] = project
        self.lines[place] = line
        case = self.case(project, AS_STATED, self.terms)
        if isinstance(case, NotApplicable):
            self.reasons[place] = case
            return case
        self.cases[place] = case
        found = self._judged(place, case)
        if isinstance(found, NotApplicable):
            del self.cases[place]
            return found
        assert isinstance(project, Project)
        return found._replace(assumptions=tuple(assumptions(self.terms, project)))

    def _judged(self, place: str, case: Case) -> Economics | NotApplicable:
        try:
            found = Appraiser(self.terms, money_of(self.terms)).economics(case)
        except OverflowError:
            return TOO_LARGE
        if not all(
            math.isfinite(flow.value) for flow in (*found.cash_flow.net, *_figures(found.npv))
        ):
            return TOO_LARGE
        self.identities += [item for item in identities_of(place, found, case) if item is not None]
        return found

    def _project(
        self,
        place: str,
        line: Line,
        yearly: Sequence[Yearly],
        grant: Figure | None,
        saved: Mapping[str, Figure],
    ) -> Project | NotApplicable:
        capital = borne(line.investment, grant, f"{place}.investment")
        missing = joined(capital.missing, line.annual_net_saving.missing)
        if (
            isinstance(capital, NotApplicable)
            or isinstance(line.annual_net_saving, NotApplicable)
            or missing
        ):
            return NotApplicable("incomplete", "field-missing", missing)
        lines = list(yearly)
        if line.running_cost is not None and isinstance(line.running_cost, Figure):
            cost = opposite(line.running_cost)
            lines.append(Yearly(RUNNING_COST, cost, self.terms.growth.get(RUNNING_COST)))
        terms = self.terms.projects[place]
        if terms.spends is None and line.investment is not None:
            terms = self._members_terms(terms, line)
        avoided = self._avoided(line)
        return Project(
            terms, grant, tuple(lines), tuple(self._outside(line, avoided)), avoided, saved
        )

    def _members_terms(self, terms: ProjectTerms, line: Line) -> ProjectTerms:
        """A group without an investment of its own bears its members', each item in its year."""
        assert line.investment is not None
        _, _, name = terms.place.partition(".")
        group = next(group for group in self.resolved.groups if group.id == name)
        inside = {measure.id for measure in self.resolved.measures if measure.in_bundle}
        members = [
            self.terms.projects[f"measures.{item}"] for item in group.measures if item in inside
        ]
        return terms._replace(
            spends=tuple(spend for member in members for spend in member.spends or ())
        )

    def growth(self, stream: str | None, category: str) -> Growth | None:
        """How the price of a stream grows: its own rate, its parent's, or that of its category."""
        if stream is not None:
            own = self.terms.stream_growth.get(stream)
            parent = self.resolved.streams[stream].parent
            while own is None and parent is not None:
                own = self.terms.stream_growth.get(parent)
                parent = self.resolved.streams[parent].parent
            if own is not None:
                return own
        return self.terms.growth.get(category)

    def _avoided(self, line: Line) -> Figure | None:
        for gas in ("co2e", "co2"):
            figure = line.reductions.get(gas)
            if isinstance(figure, Figure):
                return figure
        return None

    def _outside(self, line: Line, avoided: Figure | None) -> Iterator[Yearly]:
        price = self.terms.carbon_price
        if price is not None:
            year = Unit.of((("year", 1),))
            for gas in ("co2e", "co2"):
                figure = line.reductions.get(gas)
                if isinstance(figure, Figure) and (
                    figure.unit * price.unit * year
                ).exponents == _money(price):
                    earned = money_saving(figure, price)
                    yield Yearly(CARBON, earned, self.terms.growth.get(CARBON))
                    break
        for figure in line.other_benefits.values():
            if isinstance(figure, Figure):
                yield Yearly(OTHER_BENEFITS, figure, self.terms.growth.get(OTHER_BENEFITS))

    def _saved(self, pieces: Pieces) -> Iterator[tuple[str, Figure]]:
        by_kind: dict[str, list[Figure]] = {}
        for stream, reduction in pieces.amounts:
            kind = CATEGORY_OF_KIND[self.resolved.streams[stream].kind]
            if reduction.unit is COUNTED_IN.get(kind):
                by_kind.setdefault(kind, []).append(reduction)
            elif kind == "energy" and (heat := self.terms.heat.get(stream)) is not None:
                energy = converted(reduction, heat)
                by_kind.setdefault(kind, []).append(energy)
            elif kind in COUNTED_IN:
                by_kind.setdefault(kind, []).append(reduction)
        for kind, amounts in by_kind.items():
            if all(
                amount.unit is COUNTED_IN[kind] for amount in amounts
            ):  # else part of it cannot be counted
                yield kind, total(*amounts)

    # ---- cases ------------------------------------------------------------------------------------------------------

    def case(
        self,
        project: Project | NotApplicable,
        variation: Variation,
        terms: Terms,
        *,
        with_loan: bool = True,
    ) -> Case | NotApplicable:
        """The tables of a project under other terms; or why there are none."""
        if isinstance(project, NotApplicable):
            return project
        varied = varied_project(project, variation)
        money = money_of(terms)
        spends = varied.terms.spends or ()
        if not spends:
            return NotApplicable(
                "incomplete", "field-missing", (f"{varied.terms.place}.investment",)
            )
        zero = nothing(spends[0].amount)
        try:
            return self._tables(varied, money, terms, zero, with_loan=with_loan)
        except Unknowable as unknown:
            return unknown.reason
        except OverflowError:
            return TOO_LARGE

    def _tables(
        self, varied: Project, money: AnyMoney, terms: Terms, zero: Figure, *, with_loan: bool
    ) -> Case:
        builder = Builder(terms, money, varied, zero).fill()
        if terms.tax is not None:
            levy(builder, terms.tax)
        plan = financing = None
        if varied.terms.loan is not None and with_loan:
            plan, financing = self._loan(builder, varied)
        return Case(
            builder.base,
            builder.outside,
            capital_of(varied),
            total(*[line.amount for line in varied.yearly]) if varied.yearly else _per_year(zero),
            varied.avoided,
            varied.saved,
            plan.amount if plan is not None else None,
            financing,
            plan=plan,
        )

    def _loan(self, builder: Builder, project: Project) -> tuple[Loan | None, Table | None]:
        assert project.terms.loan is not None
        try:
            return finance(builder, project.terms.loan)
        except Unknowable as unknown:
            if unknown.reason.code == "undefined":
                return None, None  # nothing to lend for
            raise

    def totals(
        self, places: Iterable[str], line: Line, name: str = "totals"
    ) -> Economics | NotApplicable:
        """The economics of several projects together: their tables added up, over the longest of them."""
        names = [place for place in places if _has_money(self.lines[place])]
        cases = [self.cases[place] for place in names if place in self.cases]
        if not cases:
            return self._no_totals(names)
        left_out = tuple(place for place in names if place not in self.cases)
        together = added(cases)._replace(partial=left_out)
        if not left_out:
            return self._judged(name, together._replace(avoided=self._avoided(line)))
        found = self._judged(name, together)
        missing = self._no_totals(left_out).missing
        return (
            found
            if isinstance(found, NotApplicable)
            else partial_total(found, len(cases), len(names), missing)
        )

    def _no_totals(self, names: Sequence[str]) -> NotApplicable:
        missing = (
            field
            for place in names
            if place in self.reasons
            for field in self.reasons[place].missing
        )
        return NotApplicable("incomplete", "field-missing", tuple(dict.fromkeys(missing)))


def _has_money(line: Line) -> bool:
    return line.investment is not None or isinstance(line.annual_saving, Figure)


def _figures(figure: Reported) -> tuple[Figure, ...]:
    return (figure,) if isinstance(figure, Figure) else ()


def nothing(like: Figure) -> Figure:
    """No money, in the currency of a figure."""
    unit = Unit.of(((like.unit.currency or "", 1),)) if like.unit.currency else like.unit
    return Figure(0.0, unit, None, (Origin("definition", (), "nothing"),))


def _per_year(zero: Figure) -> Figure:
    return Figure(0.0, zero.unit / Unit.of((("year", 1),)), None, zero.operands)


def _money(price: Figure) -> tuple[tuple[str, int], ...]:
    return Unit.of(((price.unit.currency or "", 1),)).exponents
