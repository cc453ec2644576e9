"""Rows: an assessment as a plain record of its head and its figures by name, to keep, to send and
to add up.

A row has no path and no clock in it, and is made of texts and numbers alone. Its figures have
left behind their workings and the names of missing fields, which are found again by assessing the
file.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Annotated, Any, NamedTuple

from pydantic import PlainSerializer, PlainValidator

from cpcalc import names, results
from cpcalc.figures import Figure, NotApplicable, Reported, figures_in
from cpcalc.schema.assessment import END_OF_PIPE
from cpcalc.units import ONE, Unit

# Families in which published shares may stand beside amounts; shares add to nothing.
MAY_BE_SHARES = ("other_benefits", "reductions", "stated_reductions")
MeasureOrGroup = results.MeasureResult | results.GroupResult


def _data(figure: Reported) -> tuple[Any, ...]:
    if isinstance(figure, NotApplicable):
        return tuple(figure)
    return figure.value, figure.unit.exponents, figure.counted, figure.of, figure.bound


def _figure_of(data: Any) -> Reported:
    if isinstance(data, (Figure, NotApplicable)):
        return data
    first, *others = data
    if isinstance(first, str):
        because, missing = others
        return NotApplicable(first, because, tuple(missing))
    exponents, counted, of, bound = others
    unit = Unit.of(tuple((base, exponent) for base, exponent in exponents))
    return Figure(first, unit, counted=counted, of=of, bound=bound)


RowFigures = Mapping[str, Annotated[Reported, PlainValidator(_figure_of), PlainSerializer(_data)]]


class Part(NamedTuple):
    """One entry of an enterprise's total: a measure in no group, or a group."""

    enterprise: str
    id: str
    title: Mapping[str, str]
    status: str
    is_group: bool
    figures: RowFigures


class Detail(NamedTuple):
    """What only a programme needs of an enterprise, beside its totals."""

    statuses: Mapping[str, RowFigures]
    parts: tuple[Part, ...]
    classes: tuple[tuple[str, str, RowFigures], ...]  # measure, declared cost class, its investment
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
    sha256: str  # of the file
    factor_sets: Mapping[str, str]  # that it pins: set@version -> sha256
    tables: Mapping[str, str]  # of readings beside it: name -> sha256
    figures: RowFigures
    # Of the annual saving and the CO2 reduction: data tier -> share that rests on it.
    qualities: Mapping[str, Mapping[str, float]]
    detail: Detail | None = None  # only where it is asked for


def row_of(
    result: results.AssessmentResult, warnings: int, *, detailed: bool = False
) -> EnterpriseRow:
    """The row of a result; ``warnings`` is how many were found in its file."""
    enterprise = result.enterprise
    keys = ("sector", "province", "country", "programme")
    stated = {key: str(enterprise.get(key) or "") for key in keys}
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
        sha256=result.provenance.sha256,
        factor_sets=dict(result.provenance.factor_sets),
        tables=dict(result.provenance.tables),
        figures=row_figures(result.totals),
        qualities={name: dict(tiers) for name, tiers in result.qualities.items()},
        detail=_detail(result) if detailed else None,
    )


def headlines(line: results.Line) -> dict[str, Figure]:
    """The known figures of a line that are quoted: money, payback, NPV and reductions."""
    stated: dict[str, Any] = {
        "investment": line.investment and line.investment.converted,
        **{name: getattr(line, name) for name in names.HEADLINES},
        **{f"reductions.{name}": figure for name, figure in line.reductions.items()},
        "economics.npv": results.value_at(line, "economics.npv"),
    }
    return {name: figure for name, figure in stated.items() if isinstance(figure, Figure)}


def intervals(line: results.Line) -> dict[str, tuple[Figure, Figure, Figure, Figure]]:
    """Of the quoted figures that may be off: the figure, by how much, the lowest and highest."""
    known, found = headlines(line), {}
    for name, off in line.uncertainty.items():
        figure = known[name]
        low, high = (replace(figure, value=figure.value + way * off.value) for way in (-1, 1))
        found[name] = figure, off, low, high
    return found


class Bundle(NamedTuple):
    """What the totals add: groups and measures; end of pipe apart."""

    groups: list[results.GroupResult]
    measures: list[results.MeasureResult]
    alone: list[results.MeasureResult]  # those of the measures that are in no group
    end_of_pipe: list[results.MeasureResult]


def bundle_of(
    measures: Iterable[results.MeasureResult], groups: Iterable[results.GroupResult]
) -> Bundle:
    """The measures and groups that count; end of pipe is apart, in a group too."""
    counting = [group for group in groups if group.in_bundle]
    grouped = {name for group in counting for name in group.measures}
    inside = [measure for measure in measures if measure.in_bundle]
    end_of_pipe = [measure for measure in inside if measure.type == END_OF_PIPE]
    cleaner = [measure for measure in inside if measure.type != END_OF_PIPE]
    alone = [measure for measure in cleaner if measure.id not in grouped]
    return Bundle(counting, cleaner, alone, end_of_pipe)


def counting(result: results.AssessmentResult) -> list[MeasureOrGroup]:
    """What the totals add: groups and measures in none, without end of pipe."""
    bundle = bundle_of(result.measures, result.groups)
    return [*bundle.alone, *bundle.groups]


def row_figures(line: results.Line) -> RowFigures:
    """The figures of a line that stand in rows of enterprises, without workings."""
    known = results.figures_of(line)
    of_rows: dict[str, Reported] = {}
    for name, figure in known.items():
        prefix = names.END_OF_PIPE if name.startswith(names.END_OF_PIPE) else ""
        if name == f"{prefix}annual_saving":
            saving = _consumption_saving(prefix, known)
            if saving is not None:
                of_rows[f"{prefix}consumption_saving"] = saving
        if name == f"{prefix}simple_payback" and f"{prefix}economics.npv" in known:
            of_rows[f"{prefix}npv"] = known[f"{prefix}economics.npv"]
        declared = names.declared(name)
        is_share = declared.key in MAY_BE_SHARES and getattr(figure, "unit", None) is ONE
        if declared.is_of_enterprises and not is_share:
            of_rows[name] = figure
    return {name: without_workings(figure) for name, figure in of_rows.items()}


def without_workings(figure: Reported) -> Reported:
    """A figure as it is told, without what it was made from."""
    if isinstance(figure, NotApplicable):
        return figure._replace(missing=())
    return replace(figure, formula=None, operands=(), missing=())


def _consumption_saving(prefix: str, figures: results.Figures) -> Reported | None:
    """The saving of the four consumption categories; partial where the saving of the line is."""
    named = [f"{prefix}savings.{category}" for category in names.CONSUMPTION]
    parts = [figures[name] for name in named if name in figures]
    known = figures_in(parts)
    if not known:
        return parts[0] if parts else None
    whole = figures[f"{prefix}annual_saving"]
    counted, of = (whole.counted, whole.of) if isinstance(whole, Figure) else (1, 1)
    return Figure(math.fsum(part.value for part in known), known[0].unit, counted=counted, of=of)


def _detail(result: results.AssessmentResult) -> Detail:
    owner = str(result.enterprise["id"])
    return Detail(
        statuses={status: row_figures(line) for status, line in result.totals_by_status.items()},
        parts=tuple(_part(owner, item) for item in counting(result)),
        classes=tuple(
            (item.id, item.cost_class, row_figures(item.line))
            for item in result.measures
            if item.cost_class is not None
        ),
        rates=tuple(
            (currency, rate.value, year, source)
            for currency, rate, year, source in result.basis.rates
        ),
        unverified=tuple(item.reference for item in result.factors if item.quality == "unverified"),
    )


def _part(owner: str, item: MeasureOrGroup) -> Part:
    is_group = isinstance(item, results.GroupResult)
    return Part(owner, item.id, dict(item.title), item.status, is_group, row_figures(item.line))


def investments(figures: results.Figures) -> dict[str, Reported]:
    """The amounts of an investment by currency, as given."""
    return {name: figure for name, figure in figures.items() if name.startswith("investment.")}
