"""Rows: an assessment as a plain record of its head and its figures by name, to keep, to send and to add up.

A row has no path and no clock in it. Its figures have left behind their workings and the names of missing fields,
which are found again by assessing the file.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, NamedTuple

from cpcalc import names
from cpcalc.figures import Figure, NotApplicable, PartialFigure, Reported, bounded
from cpcalc.results import AssessmentResult, Figures, GroupResult, Line, MeasureResult, figures_of
from cpcalc.units import ONE, Unit

# Families in which published shares may stand beside amounts; shares add to nothing.
MAY_BE_SHARES = ("other_benefits", "reductions", "stated_reductions")


class Part(NamedTuple):
    """One entry of an enterprise's total: a measure in no group, or a group."""

    id: str
    title: Mapping[str, str]
    status: str
    is_group: bool
    is_end_of_pipe: bool
    figures: Figures


class Detail(NamedTuple):
    """What only a programme needs of an enterprise, beside its totals."""

    statuses: Mapping[str, Figures]
    parts: tuple[Part, ...]
    classes: tuple[tuple[str, str, Figures], ...]  # measure, declared cost class, its investment
    qualities: Mapping[str, float]
    rates: tuple[tuple[str, float, int, str], ...]  # currency, rate, year, source
    unverified: tuple[str, ...]  # references of factors


@dataclass(frozen=True, slots=True, eq=False)
class EnterpriseRow:
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
    figures: Figures
    detail: Detail | None = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, EnterpriseRow) and self.data() == other.data()

    __hash__ = None  # type: ignore[assignment]

    def data(self) -> dict[str, Any]:
        """The row as JSON data, exact and whole: ``row_from`` reads it again."""
        return {field.name: as_data(getattr(self, field.name)) for field in fields(self)}


def row_from(data: Mapping[str, Any]) -> EnterpriseRow:
    """The row of a batch that was written as JSON data; these have no detail."""
    figures = {name: _figure_from(figure) for name, figure in data["figures"].items()}
    return EnterpriseRow(**{**data, "figures": figures})


def as_data(value: Any) -> Any:
    """A record of figures and texts as JSON data."""
    if isinstance(value, Figure):
        data: dict[str, Any] = {
            "value": value.value,
            "unit": [list(base) for base in value.unit.exponents],
        }
        if isinstance(value, PartialFigure):
            data["partial"] = [value.counted, value.of]
        if bound := getattr(value, "bound", None):
            data["bound"] = bound
        return data
    if isinstance(value, NotApplicable):
        return {"code": value.code, "because": value.because}
    if isinstance(value, Mapping):
        return {key: as_data(inner) for key, inner in value.items()}
    if isinstance(value, tuple):
        return [as_data(item) for item in value]
    return value


def _figure_from(data: Mapping[str, Any]) -> Reported:
    if "code" in data:
        return NotApplicable(data["code"], data["because"])
    unit = Unit.of(tuple((base, exponent) for base, exponent in data["unit"]))
    counted, of = data.get("partial", (1, 1))
    return plain_figure(data["value"], unit, counted, of, data.get("bound"))


def plain_figure(
    value: float,
    unit: Unit,
    counted: int = 1,
    of: int = 1,
    bound: str | None = None,
    missing: tuple[str, ...] = (),
) -> Figure:
    """A figure without workings: partial where it counts not all, and a bound where it is one."""
    if counted == of:
        return bounded(Figure(value, unit, None, ()), bound)
    partial = PartialFigure(value, unit, None, ())
    partial.counted, partial.of, partial.missing = counted, of, missing
    return bounded(partial, bound)


def plain(figure: Reported) -> Reported:
    """The same figure without its workings and without the names of missing fields."""
    if isinstance(figure, NotApplicable):
        return figure._replace(missing=())
    counted, of = counts(figure)
    return plain_figure(figure.value, figure.unit, counted, of, getattr(figure, "bound", None))


def counts(figure: Figure) -> tuple[int, int]:
    """How many of how many lines a figure counts."""
    return (figure.counted, figure.of) if isinstance(figure, PartialFigure) else (1, 1)


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
        figures=figures_that_add(result.totals),
        detail=_detail(result) if detailed else None,
    )


def figures_that_add(line: Line) -> dict[str, Reported]:
    """The figures of a line that stand in rows of enterprises, without workings."""
    found = figures_of(line)
    of_rows: dict[str, Reported] = {}
    for name, figure in found.items():
        prefix = names.END_OF_PIPE if name.startswith(names.END_OF_PIPE) else ""
        if name == f"{prefix}annual_saving":
            _add_consumption(prefix, found, of_rows)
        if name == f"{prefix}simple_payback" and f"{prefix}economics.npv" in found:
            of_rows[f"{prefix}npv"] = plain(found[f"{prefix}economics.npv"])
        declared = names.declared(name)
        is_share = declared.key in MAY_BE_SHARES and getattr(figure, "unit", None) is ONE
        if declared.is_of_enterprises and not is_share:
            of_rows[name] = plain(figure)
    return of_rows


def _add_consumption(prefix: str, found: Figures, of_rows: dict[str, Reported]) -> None:
    """The saving of the four consumption categories; partial where the saving of the line is."""
    named = [f"{prefix}savings.{category}" for category in names.CONSUMPTION]
    parts = [found[name] for name in named if name in found]
    known = [part for part in parts if isinstance(part, Figure)]
    if known:
        whole = found[f"{prefix}annual_saving"]
        counted, of = counts(whole) if isinstance(whole, Figure) else (1, 1)
        value = math.fsum(part.value for part in known)
        of_rows[f"{prefix}consumption_saving"] = plain_figure(value, known[0].unit, counted, of)
    elif parts:
        of_rows[f"{prefix}consumption_saving"] = plain(parts[0])


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
        statuses={
            status: figures_that_add(line) for status, line in result.totals_by_status.items()
        },
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
    figures = figures_that_add(item.line)
    return Part(item.id, dict(item.title), item.status, is_group, is_end_of_pipe, figures)


def _investment(line: Line) -> dict[str, Reported]:
    figures = figures_that_add(line)
    return {name: figure for name, figure in figures.items() if name.startswith("investment")}


def investments(figures: Figures) -> dict[str, Reported]:
    """The amounts of an investment by currency, as given."""
    return {name: figure for name, figure in figures.items() if name.startswith("investment.")}
