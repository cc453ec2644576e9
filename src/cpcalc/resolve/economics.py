"""Link the money terms: rates, lives, study period, phased investment, tax, loans, carbon price."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from cpcalc.figures import Figure
from cpcalc.quantities import Quantity
from cpcalc.resolve.context import LONGEST_LIFE_YEARS, Context, figure_of, link_or_none
from cpcalc.resolve.model import (
    EconomicTerms,
    Growth,
    LinkedGroup,
    LinkedMeasure,
    LoanTerms,
    Paid,
    ProjectTerms,
    Spend,
    TaxTerms,
    Unknown,
)
from cpcalc.schema.assessment import Group, Item, Measure
from cpcalc.schema.economics import CarbonPrice, Economics, Loan, Tax, YearlyRate
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


def economic_terms(
    context: Context, measures: Sequence[LinkedMeasure], groups: Sequence[LinkedGroup]
) -> EconomicTerms:
    """The money terms of the file, whose measures and groups are linked, in its order."""
    stated, basis = context.assessment.economics or Economics(), context.basis
    growth = _growths(context, vars(stated.escalation)) if stated.escalation is not None else {}
    carbon, loan = stated.carbon_price, stated.loan
    if carbon is not None:
        growth |= _growths(context, {"carbon_price": carbon.escalation})
    period = _whole_years(context, stated.study_period)
    _is_rate(context, basis.inflation)
    common = context.lifetime(stated.lifetime)
    if loan is not None and loan.amount is not None:
        context.problem("loan-of-all-is-a-share", loan.amount.path, text=loan.amount.text)
    items: list[tuple[Measure | Group, LinkedMeasure | LinkedGroup]] = [
        *zip(context.assessment.measures or (), measures, strict=True),
        *zip(context.assessment.groups or (), groups, strict=True),
    ]
    projects = [_project(context, item, linked, loan, period, common) for item, linked in items]
    _note_horizon(context, stated, period, projects)
    heats = {name: stream.ncv or stream.gcv for name, stream in context.streams.items()}
    growth_of_streams = {name: stream.escalation for name, stream in context.streams.items()}
    return EconomicTerms(
        discount=_growth(context, basis.discount_rate),
        inflation=_as_share(basis.inflation) if basis.inflation is not None else None,
        study_period=period,
        residual_is_straight_line=stated.residual_value == "straight-line",
        stream_growth=_growths(context, growth_of_streams),
        growth=growth,
        carbon_price=link_or_none(lambda: _carbon_price(context, carbon)) if carbon else None,
        tax=_tax(context, stated.tax) if stated.tax is not None else None,
        finance_rate=_growth(context, stated.finance_rate),
        reinvestment_rate=_growth(context, stated.reinvestment_rate),
        payback_limit=context.lifetime(stated.payback_limit),
        heat={name: figure_of(heat) for name, heat in heats.items() if heat is not None},
        projects={project.place: project for project in projects},
    )


# ---- rates ---------------------------------------------------------------------------------------


def _as_share(given: Quantity) -> Figure:
    """A rate as a plain share: a year is the step of every cash flow."""
    return replace(figure_of(given), unit=ONE)


def _is_rate(context: Context, given: Quantity | None) -> bool:
    """Whether a rate a year is one that money can have."""
    if given is None or LOWEST_RATE_PER_YEAR < given.value <= HIGHEST_RATE_PER_YEAR:
        return given is not None
    low, high = "-99 %", "1 000 %"
    context.problem("rate-out-of-range", given.path, text=given.text, low=low, high=high)
    return False


def _growth(context: Context, stated: YearlyRate | None) -> Growth | None:
    given = (stated.real or stated.nominal) if stated is not None else None
    if stated is None or given is None or not _is_rate(context, given):
        return None
    return Growth(_as_share(given), stated.real is not None)


def _growths(context: Context, stated: Mapping[str, YearlyRate | None]) -> dict[str, Growth]:
    growths = {name: _growth(context, rate) for name, rate in stated.items()}
    return {name: growth for name, growth in growths.items() if growth is not None}


def _whole_years(context: Context, given: Quantity | None) -> int | None:
    if given is None or given.value == 0:
        return None if given is None else 0
    years = context.lifetime(given)
    if years is None:
        return None
    if years.value != int(years.value):
        context.problem("whole-years-needed", given.path, text=given.text)
    return int(years.value)


# ---- terms of the whole file ---------------------------------------------------------------------


def _carbon_price(context: Context, carbon: CarbonPrice) -> Figure:
    price = context.money(figure_of(carbon.price), carbon.price)
    currency = base_unit(context.currency or "")
    if str(currency / price.unit) not in CARBON_UNITS:
        raise context.wrong_unit(carbon.price, "money per t CO2e")
    return price


def _tax(context: Context, tax: Tax) -> TaxTerms:
    years = context.lifetime(tax.years)
    return TaxTerms(figure_of(tax.rate), tax.depreciation or "straight-line", years)


def _note_horizon(
    context: Context, stated: Economics, period: int | None, projects: Sequence[ProjectTerms]
) -> None:
    """One notice for all lives that the study period cuts, and one for all that it repeats."""
    if period is None or stated.study_period is None:
        return
    cut, repeated = [], []
    for project in projects:
        name = project.place.partition(".")[-1]
        if not project.spends or project.lifetime is None:
            continue
        if project.lifetime.value > period and project.residual is None:
            cut.append(name)
        if project.lifetime.value < period and project.replaced:
            repeated.append(name)
    path, years = stated.study_period.path, str(period)
    if cut and stated.residual_value is None:
        context.problem("residual-value-zero", path, measures=", ".join(cut), years=years)
    if repeated:
        listed = ", ".join(repeated)
        context.problem("replaced-in-study-period", path, measures=listed, years=years)


# ---- terms of measures and groups ----------------------------------------------------------------


def _project(
    context: Context,
    item: Measure | Group,
    linked: LinkedMeasure | LinkedGroup,
    common_loan: Loan | None,
    period: int | None,
    common_life: Figure | None,
) -> ProjectTerms:
    """The terms of an item of the file; what it does not say itself is that of the whole file."""
    spends, missing = _spends(context, item.investment, linked.investment, period)
    place = f"{linked.path[0]}.{linked.id}"
    own = item if isinstance(item, Measure) else NO_TERMS_OF_ITS_OWN
    loan = own.loan or common_loan
    return ProjectTerms(
        place=place,
        path=linked.path,
        spends=spends,
        missing=missing,
        lifetime=linked.lifetime or common_life,
        lifetime_field=f"{place}.lifetime",
        residual=_residual(context, own.residual_value),
        salvage=context.one_off(own.salvage),
        replaced=own.replaced is not False,
        ramp_up=tuple(figure_of(share) for share in own.ramp_up or ()),
        saving_loss=_loss(context, own.saving_loss) if own.saving_loss is not None else None,
        loan=_loan(context, loan, linked, spends or ()) if loan is not None else None,
    )


def _spends(
    context: Context, items: Sequence[Item] | None, paid: Paid | None, period: int | None
) -> tuple[tuple[Spend, ...] | None, tuple[str, ...]]:
    """The items of an investment with their years, and what is missing to know all of them."""
    if items is None or paid is None:
        return None, ()
    spends: list[Spend] = []
    missing: dict[str, None] = {}
    for item, amount in zip(items, paid.items, strict=True):
        if isinstance(amount, Unknown):
            missing.update(dict.fromkeys(amount.missing))
        else:
            year = _year(context, item, period)
            spends.append(Spend(amount, year, context.lifetime(item.lifetime)))
    return tuple(spends), tuple(missing)


def _year(context: Context, item: Item, period: int | None) -> int:
    """The year of an item after the start: as such, or a calendar year after the baseline year."""
    year, path = item.year or 0, (*item.amount.path[:-1], "year")
    if year >= EARLIEST_YEAR:
        if context.years is None:
            context.problem("basis-missing", path, field="basis.period", text=str(year))
            return 0
        year -= context.years[1]
    last = int(LONGEST_LIFE_YEARS) if period is None else period  # as far as any life may stretch
    if not 0 <= year <= last:
        context.problem("year-outside-study-period", path, year=str(item.year), last=str(last))
        return 0
    return year


def _residual(context: Context, given: Quantity | None) -> Figure | None:
    """What is left at the end: money, or a share of the investment."""
    if given is None or given.unit.currency is not None or given.is_bare_zero:
        return context.one_off(given)
    _check_share(context, given)
    return figure_of(given)


def _loss(context: Context, given: Quantity) -> Figure:
    _check_share(context, given)
    return _as_share(given)


def _check_share(context: Context, given: Quantity) -> None:
    if not 0 <= given.value <= 1:
        context.out_of_range(given)


def _loan(
    context: Context, loan: Loan, linked: LinkedMeasure | LinkedGroup, spends: Sequence[Spend]
) -> LoanTerms | None:
    term = _whole_years(context, loan.term)
    grace = _whole_years(context, loan.grace) if loan.grace is not None else 0
    if not _is_rate(context, loan.rate) or term is None or grace is None:
        return None
    if loan.grace is not None and grace >= term:
        texts = {"grace": loan.grace.text, "term": loan.term.text}
        context.problem("grace-too-long", loan.grace.path, **texts)
        return None
    amount = context.one_off(loan.amount)
    if amount is not None and loan.amount is not None and spends:
        granted = linked.grant.value if linked.grant is not None else 0.0
        needed = sum(spend.amount.value for spend in spends if spend.year == 0) - granted
        if amount.value > needed:
            context.problem(
                "loan-above-investment",
                loan.amount.path,
                text=loan.amount.text,
                needed=f"{needed:.6g} {amount.unit}",
                measure=linked.id,
            )
    return LoanTerms(
        share=figure_of(loan.share) if loan.share is not None else None,
        amount=amount,
        rate=_as_share(loan.rate),
        term=term,
        grace=grace,
        repayment=loan.repayment or "annuity",
        path=loan.term.path[:-1],
    )
