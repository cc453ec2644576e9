"""Rows: an assessment as a plain record of its head and its figures by name, to keep, to send and
to add up.

A row has no path and no clock in it, and is made of texts and numbers alone. Its amounts have
left behind their workings and the names of missing fields, which are found again by assessing the
file.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from cpcalc import names
from cpcalc.figures import Figure, NotApplicable, Reported
from cpcalc.results import AssessmentResult, Figures, GroupResult, Line, MeasureResult, figures_of
from cpcalc.units import ONE, Unit

# Families in which published shares may stand beside amounts; shares add to nothing.
MAY_BE_SHARES = ("other_benefits", "reductions", "stated_reductions")


class Amount(NamedTuple):
    """A figure without its workings: ``counted`` of ``of`` lines of a sum, a bound where it is only
    one."""

    value: float
    unit: str  # as ``unit_text`` writes it
    counted: int = 1
    of: int = 1
    bound: str | None = None


Amounts = Mapping[str, Amount | NotApplicable]


class Part(NamedTuple):
    """One entry of an enterprise's total: a measure in no group, or a group."""

    id: str
    title: Mapping[str, str]
    status: str
    is_group: bool
    is_end_of_pipe: bool
    figures: Amounts


class Detail(NamedTuple):
    """What only a programme needs of an enterprise, beside its totals."""

    statuses: Mapping[str, Amounts]
    parts: tuple[Part, ...]
    classes: tuple[tuple[str, str, Amounts], ...]  # measure, declared cost class, its investment
    qualities: Mapping[str, float]
    rates: tuple[tuple[str, float, int, str], ...]  # currency, rate, year, source
    unverified: tuple[str, ...]  # references of factors


class EnterpriseRow(NamedTuple):
    """Who an assessment is about, how it stands, and the figures of its totals."""

    id: str
    name: Mapping[str, str]
    sector: str
    province: str
    country: str
    programme: str
    data_status: str
    period: str  # "2011" or "2010-07-01 - 2011-06-30"; empty where the file states none
    currency: str
    measures: int
    warnings: int
    identities: int
    identities_holding: int
    figures: Amounts
    detail: Detail | None = None  # only where it is asked for


# ---- figures and amounts -------------------------------------------------------------------------


@lru_cache(maxsize=1024)
def unit_text(unit: Unit) -> str:
    """A unit as text, to be read by ``unit_of``: ``VND^1*year^-1``; empty for a pure number."""
    return "*".join(f"{base}^{exponent}" for base, exponent in unit.exponents)


@lru_cache(maxsize=1024)
def unit_of(text: str) -> Unit:
    """The unit that ``unit_text`` wrote."""
    pairs = [base.rsplit("^", 1) for base in text.split("*")] if text else []
    return Unit.of(tuple((base, int(exponent)) for base, exponent in pairs))


def amount_of(figure: Reported) -> Amount | NotApplicable:
    """A figure, or the reason why there is none, without its workings and the names of missing
    fields."""
    if isinstance(figure, NotApplicable):
        return figure._replace(missing=())
    unit = unit_text(figure.unit)
    return Amount(figure.value, unit, figure.counted, figure.of, figure.bound)


def figures_from(amounts: Amounts) -> dict[str, Reported]:
    """The figures that amounts stand for, by name."""
    return {
        name: amount if isinstance(amount, NotApplicable) else _figure_of(amount)
        for name, amount in amounts.items()
    }


def _figure_of(amount: Amount) -> Figure:
    counted, of, bound = amount.counted, amount.of, amount.bound
    return Figure(amount.value, unit_of(amount.unit), counted=counted, of=of, bound=bound)


def row_of(result: AssessmentResult, warnings: int, *, detailed: bool = False) -> EnterpriseRow:
    """The row of a result; ``warnings`` is how many were found in its file."""
    enterprise = result.enterprise
    stated = {
        key: str(enterprise.get(key) or "")
        for key in ("sector", "province", "country", "programme")
    }
    return EnterpriseRow(
        id=str(enterprise["id"]),
        name=dict(enterprise["name"]),
        **stated,
        data_status=result.data_status,
        period=result.basis.period or "",
        currency=result.basis.currency or "",
        measures=result.totals.measures_counted or 0,
        warnings=warnings,
        identities=len(result.identities),
        identities_holding=sum(item.holds for item in result.identities),
        figures=amounts_of(result.totals),
        detail=_detail(result) if detailed else None,
    )


def amounts_of(line: Line) -> Amounts:
    """The figures of a line that stand in rows of enterprises, without workings."""
    found = figures_of(line)
    of_rows: dict[str, Amount | NotApplicable] = {}
    for name, figure in found.items():
        prefix = names.END_OF_PIPE if name.startswith(names.END_OF_PIPE) else ""
        if name == f"{prefix}annual_saving":
            _add_consumption(prefix, found, of_rows)
        if name == f"{prefix}simple_payback" and f"{prefix}economics.npv" in found:
            of_rows[f"{prefix}npv"] = amount_of(found[f"{prefix}economics.npv"])
        declared = names.declared(name)
        is_share = declared.key in MAY_BE_SHARES and getattr(figure, "unit", None) is ONE
        if declared.is_of_enterprises and not is_share:
            of_rows[name] = amount_of(figure)
    return of_rows


def _add_consumption(
    prefix: str, found: Figures, of_rows: dict[str, Amount | NotApplicable]
) -> None:
    """The saving of the four consumption categories; partial where the saving of the line is."""
    named = [f"{prefix}savings.{category}" for category in names.CONSUMPTION]
    parts = [found[name] for name in named if name in found]
    known = [part for part in parts if isinstance(part, Figure)]
    if known:
        whole = found[f"{prefix}annual_saving"]
        counted, of = (whole.counted, whole.of) if isinstance(whole, Figure) else (1, 1)
        value = math.fsum(part.value for part in known)
        of_rows[f"{prefix}consumption_saving"] = Amount(
            value, unit_text(known[0].unit), counted, of
        )
    elif parts:
        of_rows[f"{prefix}consumption_saving"] = amount_of(parts[0])


def _detail(result: AssessmentResult) -> Detail:
    grouped = {name for group in result.groups for name in group.measures}
    parts = [
        _part(item, is_end_of_pipe=item.type == "end-of-pipe")
        for item in result.measures
        if item.in_bundle and item.id not in grouped
    ]
    parts += [
        _part(item) for item in result.groups if item.status not in ("rejected", "not-implemented")
    ]
    return Detail(
        statuses={status: amounts_of(line) for status, line in result.totals_by_status.items()},
        parts=tuple(parts),
        classes=tuple(
            (item.id, item.cost_class, _investment(item.line))
            for item in result.measures
            if item.cost_class is not None
        ),
        qualities=dict(result.qualities),
        rates=tuple(
            (currency, rate.value, year, source)
            for currency, rate, year, source in result.basis.rates
        ),
        unverified=tuple(item.reference for item in result.factors if item.quality == "unverified"),
    )


def _part(item: MeasureResult | GroupResult, *, is_end_of_pipe: bool = False) -> Part:
    is_group = isinstance(item, GroupResult)
    figures = amounts_of(item.line)
    return Part(item.id, dict(item.title), item.status, is_group, is_end_of_pipe, figures)


def _investment(line: Line) -> Amounts:
    figures = amounts_of(line)
    return {name: figure for name, figure in figures.items() if name.startswith("investment")}


def investments(figures: Figures) -> dict[str, Reported]:
    """The amounts of an investment by currency, as given."""
    return {name: figure for name, figure in figures.items() if name.startswith("investment.")}
