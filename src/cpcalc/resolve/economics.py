"""Link the money terms: rates, lives, study period, phased investment, tax, loans, carbon price."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from cpcalc.figures import Figure, NotApplicable, joined
from cpcalc.quantities import Quantity
from cpcalc.resolve import model
from cpcalc.resolve.context import LONGEST_LIFE_YEARS, Context, figure_of, link_or_none
from cpcalc.schema.assessment import Group, Item, Measure
from cpcalc.schema.basis import CarbonPrice, EconomicSettings, Loan, Tax, YearlyRate
from cpcalc.schema.leaves import EARLIEST_YEAR
from cpcalc.units import ONE, base_unit

CARBON_UNITS = ("t CO2e", "t CO2")
# At -100 % a year all the money is gone within the year; from -99 % on nearly all, and rates of
# return are not sought.
LOWEST_RATE_PER_YEAR = -0.99
# The worst inflations grow faster, but no contract or price in a plant does for a whole study
# period.
HIGHEST_RATE_PER_YEAR = 10.0

NO_TERMS_OF_ITS_OWN = Measure.model_construct()  # a group has none


class TermsLinker:
    """The money terms of one file, whose measures and groups are linked."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.stated = context.assessment.economics or EconomicSettings()
        self.period = self._whole_years(self.stated.study_period)
        self.common_life = context.lifetime(self.stated.lifetime)

    def terms(
        self, measures: Sequence[model.LinkedMeasure], groups: Sequence[model.LinkedGroup]
    ) -> model.EconomicTerms:
        """All terms; measures and groups stand in the order of the file."""
        context, stated, basis = self.context, self.stated, self.context.basis
        growth = dict(vars(stated.escalation)) if stated.escalation is not None else {}
        carbon, loan = stated.carbon_price, stated.loan
        if carbon is not None:
            growth["carbon_price"] = carbon.escalation
        if loan is not None and loan.amount is not None:
            context.problem("loan-of-all-is-a-share", loan.amount.path, text=loan.amount.text)
        written = [*(context.assessment.measures or ()), *(context.assessment.groups or ())]
        items = zip(written, [*measures, *groups], strict=True)
        projects = [self._project(item, linked) for item, linked in items]
        self._note_horizon(projects)
        streams, linked = context.streams.items(), context.linked
        heats = {name: context.heat_of(stream, linked[name].terms) for name, stream in streams}
        return model.EconomicTerms(
            discount=self._growth(basis.discount_rate),
            inflation=self._rate(basis.inflation),
            study_period=self.period,
            residual_is_straight_line=stated.residual_value == "straight-line",
            stream_growth=self._growths({name: stream.escalation for name, stream in streams}),
            growth=self._growths(growth),
            carbon_price=link_or_none(lambda: self._carbon_price(carbon)) if carbon else None,
            tax=self._tax(stated.tax) if stated.tax is not None else None,
            finance_rate=self._growth(stated.finance_rate),
            reinvestment_rate=self._growth(stated.reinvestment_rate),
            payback_limit=context.lifetime(stated.payback_limit),
            heat={name: heat for name, heat in heats.items() if heat is not None},
            projects={project.place: project for project in projects},
        )

    # ---- rates and years -------------------------------------------------------------------------

    def _rate(self, given: Quantity | None) -> Figure | None:
        """A rate a year as a plain share, which is one that money can have: a year is the step of
        every cash flow.
        """
        if given is None or LOWEST_RATE_PER_YEAR < given.value <= HIGHEST_RATE_PER_YEAR:
            return replace(figure_of(given), unit=ONE) if given is not None else None
        values = {"text": given.text, "low": "-99 %", "high": "1 000 %"}
        self.context.problem("rate-out-of-range", given.path, **values)
        return None

    def _growth(self, stated: YearlyRate | None) -> model.Growth | None:
        rate = self._rate(stated.real or stated.nominal) if stated is not None else None
        if stated is None or rate is None:
            return None
        return model.Growth(rate, stated.real is not None)

    def _growths(self, stated: Mapping[str, YearlyRate | None]) -> dict[str, model.Growth]:
        growths = {name: self._growth(rate) for name, rate in stated.items()}
        return {name: growth for name, growth in growths.items() if growth is not None}

    def _whole_years(self, given: Quantity | None) -> int | None:
        if given is not None and given.value == 0:
            return 0
        years = self.context.lifetime(given)
        if given is None or years is None:
            return None
        if years.value != int(years.value):
            self.context.problem("whole-years-needed", given.path, text=given.text)
        return int(years.value)

    # ---- terms of the whole file -----------------------------------------------------------------

    def _carbon_price(self, carbon: CarbonPrice) -> Figure:
        price = self.context.money(figure_of(carbon.price), carbon.price)
        if str(base_unit(self.context.currency or "") / price.unit) not in CARBON_UNITS:
            raise self.context.wrong_unit(carbon.price, "money per t CO2e")
        return price

    def _tax(self, tax: Tax) -> model.TaxTerms:
        years = self.context.lifetime(tax.years)
        return model.TaxTerms(figure_of(tax.rate), tax.depreciation or "straight-line", years)

    def _note_horizon(self, projects: Sequence[model.ProjectTerms]) -> None:
        """One notice for all lives that the study period cuts, and one for all that it repeats."""
        period, given = self.period, self.stated.study_period
        if period is None or given is None:
            return
        cut, repeated = [], []
        for project in projects:
            name = project.place.partition(".")[-1]
            lives = [spend.lifetime or project.lifetime for spend in project.spends or ()]
            life = project.lifetime.value if lives and project.lifetime else period
            longest = max((own.value for own in lives if own is not None), default=period)
            if longest > period and project.residual is None:
                cut.append(name)
            if life < period and project.replaced:
                repeated.append(name)
        notices = {"residual-value-zero": cut, "replaced-in-study-period": repeated}
        if self.stated.residual_value is not None:
            del notices["residual-value-zero"]
        for notice, names in notices.items():
            if names:
                values = {"measures": ", ".join(names), "years": str(period)}
                self.context.problem(notice, given.path, **values)

    # ---- terms of measures and groups ------------------------------------------------------------

    def _project(self, item: Measure | Group, linked: model.Costed) -> model.ProjectTerms:
        """The terms of an item of the file; what it does not say itself is the whole file's."""
        spends: list[model.Spend] = []
        missing: list[tuple[str, ...]] = []
        for part, amount in zip(item.investment or (), linked.items, strict=True):
            if isinstance(amount, NotApplicable):
                missing.append(amount.missing)
            else:
                life = self.context.lifetime(part.lifetime)
                spends.append(model.Spend(amount, self._year(part), life))
        own = item if isinstance(item, Measure) else NO_TERMS_OF_ITS_OWN
        loan, residual = own.loan or self.stated.loan, own.residual_value
        is_share = residual is not None and residual.unit is ONE and not residual.is_bare_zero
        return model.ProjectTerms(
            place=f"{linked.path[0]}.{linked.id}",
            spends=tuple(spends) if linked.investment is not None else None,
            missing=joined(*missing),
            lifetime=linked.lifetime or self.common_life,
            residual=self.context.share(residual) if is_share else self.context.one_off(residual),
            salvage=self.context.one_off(own.salvage),
            replaced=own.replaced is not False,
            pace=linked.pace if isinstance(linked, model.LinkedMeasure) else model.Pace(),
            loan=self._loan(loan, linked, spends) if loan is not None else None,
        )

    def _year(self, item: Item) -> int:
        """The year of an item after the start.

        It is given as such, or as a calendar year after the baseline year.
        """
        year, path = item.year or 0, (*item.amount.path[:-1], "year")
        if year >= EARLIEST_YEAR:
            if self.context.years is None:
                values = {"field": "basis.period", "text": str(year)}
                self.context.problem("basis-missing", path, **values)
                return 0
            year -= self.context.years[1]
        # without a study period as far as any life may stretch
        last = int(LONGEST_LIFE_YEARS) if self.period is None else self.period
        if 0 <= year <= last:
            return year
        values = {"year": str(item.year), "last": str(last)}
        self.context.problem("year-outside-study-period", path, **values)
        return 0

    def _loan(
        self, loan: Loan, linked: model.Costed, spends: Sequence[model.Spend]
    ) -> model.LoanTerms | None:
        rate, term = self._rate(loan.rate), self._whole_years(loan.term)
        grace = self._whole_years(loan.grace) if loan.grace is not None else 0
        if rate is None or term is None or grace is None:
            return None
        if loan.grace is not None and grace >= term:
            texts = {"grace": loan.grace.text, "term": loan.term.text}
            self.context.problem("grace-too-long", loan.grace.path, **texts)
            return None
        amount = self.context.one_off(loan.amount)
        if amount is not None and loan.amount is not None and spends:
            granted = linked.grant.value if linked.grant is not None else 0.0
            needed = sum(spend.amount.value for spend in spends) - granted
            if amount.value > needed:
                values = {"text": loan.amount.text, "needed": f"{needed:.6g} {amount.unit}"}
                path = loan.amount.path
                self.context.problem("loan-above-investment", path, measure=linked.id, **values)
        share = figure_of(loan.share) if loan.share is not None else None
        return model.LoanTerms(share, amount, rate, term, grace, loan.repayment or "annuity")
