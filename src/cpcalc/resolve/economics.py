"""Link the money terms: rates, lives, study period, phased investment, tax, loans, carbon price."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from cpcalc.figures import Figure, Origin
from cpcalc.quantities import Quantity
from cpcalc.resolve.lives import LONGEST_LIFE_YEARS, check_rate, lifetime_of
from cpcalc.resolve.model import Group, Measure, Paid, Stream, Unknown
from cpcalc.resolve.money import one_off
from cpcalc.resolve.scope import Scope
from cpcalc.resolve.terms import Growth, LoanTerms, ProjectTerms, Spend, TaxTerms, Terms
from cpcalc.schema import assessment as files
from cpcalc.schema import economics as schema
from cpcalc.schema.leaves import EARLIEST_YEAR
from cpcalc.units import ONE, Unit

CARBON_UNITS = ("t CO2e", "t CO2")


class _NothingStated:
    """What a file without `economics` says of it: nothing, whatever the field."""

    def __getattr__(self, name: str) -> None:
        return None


NOTHING_STATED = cast("schema.Economics", _NothingStated())


def terms_of(
    scope: Scope, streams: Mapping[str, Stream], linked: Sequence[Measure], groups: Sequence[Group]
) -> Terms:
    """The money terms of the file, and a diagnostic for each that has no meaning.

    ``linked`` are the measures and ``groups`` the groups, in the order of the file.
    """
    stated: schema.Economics = scope.assessment.economics or NOTHING_STATED
    table = stated.escalation
    growth = {
        name: found
        for name, stated_growth in vars(table).items()
        if (found := _growth(scope, stated_growth)) is not None
    } if table is not None else {}  # fmt: skip
    carbon = stated.carbon_price
    if carbon is not None and (found := _growth(scope, carbon.escalation)) is not None:
        growth["carbon_price"] = found
    study = lifetime_of(scope, stated.study_period)
    period = _whole_years(scope, stated.study_period) if study is not None else None
    check_rate(scope, scope.basis.inflation)
    common = lifetime_of(scope, stated.lifetime)
    if stated.loan is not None and stated.loan.amount is not None:
        scope.problem(
            "loan-of-all-is-a-share", stated.loan.amount.path, text=stated.loan.amount.text
        )
    file = scope.assessment
    items: list[tuple[files.Measure | files.Group, Measure | Group]] = [
        *zip(file.measures or (), linked, strict=True),
        *zip(file.groups or (), groups, strict=True),
    ]
    projects = [_project(scope, item, known, stated, period, common) for item, known in items]
    _note_horizon(scope, stated, period, projects)
    return Terms(
        discount=_growth(scope, scope.basis.discount_rate),
        inflation=_plain(scope, scope.basis.inflation),
        study_period=period,
        residual_is_straight_line=stated.residual_value == "straight-line",
        stream_growth={
            name: found
            for name, stream in (scope.assessment.streams or {}).items()
            if (found := _growth(scope, stream.escalation)) is not None
        },
        growth=growth,
        carbon_price=_carbon_price(scope, carbon) if carbon is not None else None,
        tax=_tax(scope, stated.tax) if stated.tax is not None else None,
        finance_rate=_growth(scope, stated.finance_rate),
        reinvestment_rate=_growth(scope, stated.reinvestment_rate),
        payback_limit=lifetime_of(scope, stated.payback_limit),
        heat=dict(_heats(scope, streams)),
        projects={item.place: item for item in projects},
    )


# ---- rates ---------------------------------------------------------------------------------------


def _plain(scope: Scope, given: Quantity | None) -> Figure | None:
    """A rate as a plain share: a year is the step of every cash flow."""
    if given is None:
        return None
    return Figure(given.value, ONE, None, (Origin("input", given.path, given.text),))


def _growth(scope: Scope, stated: Any) -> Growth | None:
    if stated is None:
        return None
    given = stated.real if stated.real is not None else stated.nominal
    rate = _plain(scope, given)
    if rate is None or not check_rate(scope, given):
        return None
    return Growth(rate, stated.real is not None)


def _whole_years(scope: Scope, given: Quantity | None) -> int | None:
    if given is None:
        return None
    years = scope.duration(given)
    if years.value != int(years.value):
        scope.problem("whole-years-needed", given.path, text=given.text)
    return int(years.value)


def _share(scope: Scope, given: Quantity | None) -> Figure | None:
    if given is None:
        return None
    _check_share(scope, given)
    return scope.figure(given)


def _check_share(scope: Scope, given: Quantity) -> None:
    if not 0 <= given.value <= 1:
        scope.problem("out-of-range", given.path, found=given.text, low="0 %", high="100 %")


# ---- terms of the whole file ---------------------------------------------------------------------


def _carbon_price(scope: Scope, carbon: schema.CarbonPrice) -> Figure | None:
    given = carbon.price
    price = scope.money(scope.figure(given), given.path)
    if isinstance(price, Unknown):
        return None
    currency = Unit.of(((scope.currency or "", 1),))
    if str(currency / price.unit) not in CARBON_UNITS:
        scope.problem(
            "wrong-kind-of-unit",
            given.path,
            expected="money per t CO2e",
            found=str(given.unit),
            text=given.text,
        )
        return None
    return price


def _tax(scope: Scope, tax: schema.Tax) -> TaxTerms | None:
    rate = _share(scope, tax.rate)
    years = lifetime_of(scope, tax.years)
    return TaxTerms(rate, tax.depreciation or "straight-line", years) if rate is not None else None


def _heats(scope: Scope, streams: Mapping[str, Stream]) -> Iterator[tuple[str, Figure]]:
    for name in streams:
        written = (scope.assessment.streams or {})[name]
        heat = written.ncv if written.ncv is not None else written.gcv
        if heat is not None:
            yield name, scope.figure(heat)


# ---- terms of measures and groups ----------------------------------------------------------------


def _project(
    scope: Scope,
    item: files.Measure | files.Group,
    known: Measure | Group,
    stated: schema.Economics,
    period: int | None,
    common: Figure | None,
) -> ProjectTerms:
    """The terms of an item of the file; ``known`` is what is linked of it."""
    spends, missing = _spends(scope, item.investment, known.investment, period)
    place = f"{known.path[0]}.{known.id}"
    own: Any = (
        item if isinstance(item, files.Measure) else NOTHING_STATED
    )  # a group has no terms of its own
    loan = own.loan if own.loan is not None else stated.loan
    residual = _residual(scope, own.residual_value)
    salvage = one_off(scope, own.salvage)
    return ProjectTerms(
        place=place,
        path=known.path,
        spends=spends,
        missing=missing,
        lifetime=known.lifetime or common,
        lifetime_field=f"{place}.lifetime",
        salvage=salvage,
        residual=residual,
        replaced=own.replaced is not False,
        ramp_up=tuple(
            [share for given in own.ramp_up or () if (share := _share(scope, given)) is not None]
        ),
        saving_loss=_loss(scope, own.saving_loss),
        loan=_loan(scope, loan, known, spends) if loan is not None else None,
    )


def _note_horizon(
    scope: Scope, stated: schema.Economics, period: int | None, projects: Sequence[ProjectTerms]
) -> None:
    """One notice for all lives that the study period cuts, and one for all that it repeats."""
    if period is None or stated.study_period is None:
        return
    bought = [item for item in projects if item.spends and item.lifetime is not None]
    cut = [
        item.place.partition(".")[-1]
        for item in bought
        if item.lifetime is not None and item.lifetime.value > period and item.residual is None
    ]
    repeated = [
        item.place.partition(".")[-1]
        for item in bought
        if item.lifetime is not None and item.lifetime.value < period and item.replaced
    ]
    at = stated.study_period.path
    if cut and stated.residual_value is None:
        scope.problem("residual-value-zero", at, measures=", ".join(cut), years=str(period))
    if repeated:
        scope.problem(
            "replaced-in-study-period", at, measures=", ".join(repeated), years=str(period)
        )


def _spends(
    scope: Scope, items: Sequence[files.Item] | None, paid: Paid | None, period: int | None
) -> tuple[tuple[Spend, ...] | None, tuple[str, ...]]:
    if items is None or paid is None:
        return None, ()
    spends: list[Spend] = []
    missing: list[str] = []
    for item, amount in zip(items, paid.items, strict=True):
        if isinstance(amount, Unknown):
            missing.extend(amount.missing)
            continue
        spends.append(Spend(amount, _year(scope, item, period), lifetime_of(scope, item.lifetime)))
    return tuple(spends), tuple(dict.fromkeys(missing))


def _year(scope: Scope, item: files.Item, period: int | None) -> int:
    """The year of an item after the start: as such, or a calendar year after the baseline year."""
    if not item.year:
        return 0
    year, at = item.year, (*item.amount.path[:-1], "year")
    if year >= EARLIEST_YEAR:
        base = scope.basis.period
        if base is None:
            scope.problem("basis-missing", at, field="basis.period", text=str(year))
            return 0
        year -= base if isinstance(base, int) else int(base.to[:4])
    last = (
        period if period is not None else int(LONGEST_LIFE_YEARS)
    )  # as far as any life may stretch
    if not 0 <= year <= last:
        scope.problem("year-outside-study-period", at, year=str(item.year), last=str(last))
        return 0
    return year


def _residual(scope: Scope, given: Quantity | None) -> Figure | None:
    if given is None or given.unit.currency is not None or given.is_bare_zero:
        return one_off(scope, given)
    return _share(scope, given)


def _loss(scope: Scope, given: Quantity | None) -> Figure | None:
    if given is not None:
        _check_share(scope, given)
    return _plain(scope, given)


def _loan(
    scope: Scope, loan: schema.Loan, known: Measure | Group, spends: Sequence[Spend] | None
) -> LoanTerms | None:
    rate = _plain(scope, loan.rate)
    term, grace = (
        _loan_years(scope, loan.term),
        _loan_years(scope, loan.grace) if loan.grace is not None else 0,
    )
    if not check_rate(scope, loan.rate) or rate is None or term is None or grace is None:
        return None
    if grace >= term:
        assert loan.grace is not None
        scope.problem("grace-too-long", loan.grace.path, grace=loan.grace.text, term=loan.term.text)
        return None
    amount = one_off(scope, loan.amount)
    if amount is not None and loan.amount is not None and spends:
        granted = known.grant.value if known.grant is not None else 0.0
        needed = sum(spend.amount.value for spend in spends if spend.year == 0) - granted
        if amount.value > needed:
            values = {
                "text": loan.amount.text,
                "needed": f"{needed:.6g} {amount.unit}",
                "measure": known.id,
            }
            scope.problem("loan-above-investment", loan.amount.path, on_key=False, **values)
    return LoanTerms(
        share=_share(scope, loan.share),
        amount=amount,
        rate=rate,
        term=term,
        grace=grace,
        repayment=loan.repayment or "annuity",
        path=loan.term.path[:-1],
    )


def _loan_years(scope: Scope, given: Quantity) -> int | None:
    if given.value == 0:
        return 0
    return _whole_years(scope, given) if lifetime_of(scope, given) is not None else None
