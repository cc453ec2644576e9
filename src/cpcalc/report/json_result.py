"""A result as JSON: every figure exact, with its unit; the published contract `cpcalc/result/1`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from cpcalc import names
from cpcalc.figures import Figure, NotApplicable, Reported
from cpcalc.report.words import reason
from cpcalc.results import (
    AssessmentResult,
    Basis,
    CashFlow,
    CashLine,
    Economics,
    GroupResult,
    Line,
    MeasureResult,
    Sensitivity,
    StreamResult,
    WholeEnterprise,
    economics_figures,
    measure_figures,
    value_at,
)
from cpcalc.units import SUBSTANCES, factor_to, shown

RESULT_SCHEMA = "cpcalc/result/1"
RESULTS_SCHEMA = "cpcalc/results/1"
SCENARIOS_SCHEMA = "cpcalc/scenarios/1"
MEASURE_SCHEMA = "cpcalc/measure/1"
MEASURES_SCHEMA = "cpcalc/measures/1"
FAILURE_SCHEMA = "cpcalc/failure/1"


def dumps(data: Any) -> str:
    """JSON text: stable order, full precision, no NaN or infinity."""
    return json.dumps(data, ensure_ascii=False, allow_nan=False, indent=2) + "\n"


def words(text: Mapping[str, str] | None) -> Any:
    """A text, or its languages where there are several."""
    if text is None:
        return None
    return text[""] if "" in text else dict(text)


# ---- figures -------------------------------------------------------------------------------------


def figure_data(figure: Reported, name: str = "") -> dict[str, Any]:
    """``{"value", "unit"}`` with ``of``, ``partial`` and ``bound`` where they matter, or why
    there is none.

    By its ``name`` a reduction of dust is known, which is written in kg a year.
    """
    if isinstance(figure, NotApplicable):
        because = reason(figure.because, "en")
        return {
            "not_applicable": figure.code, "because": because, "missing": list(figure.missing)
        }  # fmt: skip
    value, unit = figure.value, figure.unit
    plain = str(unit.without(*SUBSTANCES))
    if names.is_dust(name) and unit is names.DUST:
        value *= factor_to(unit, names.DUST_UNIT)
        plain = names.DUST_UNIT.replace(f" {unit.substance}", "")
    written: dict[str, Any] = {"value": value + 0.0, "unit": plain}  # no minus zero
    if unit.substance is not None:
        written["of"] = shown(unit.substance)
    if figure.is_partial:
        written["partial"] = {
            "counted": figure.counted, "of": figure.of, "missing": list(figure.missing)
        }  # fmt: skip
    if figure.bound is not None:
        written["bound"] = figure.bound
    return written


def written(value: Any, name: str = "") -> Any:
    """A figure, or any record, mapping or list that holds figures, as JSON data; ``name`` names the
    figure."""
    if isinstance(value, (Figure, NotApplicable)):
        return figure_data(value, name)
    if hasattr(value, "_asdict"):
        value = value._asdict()
    if isinstance(value, Mapping):
        return {key: written(inner, f"{name}.{key}") for key, inner in value.items()}
    if isinstance(value, (tuple, list)):
        return [written(item, name) for item in value]
    return value


def line_data(line: Line, place: str) -> dict[str, Any]:
    """One measure, group, status or total; ``place`` is its document path."""
    is_total = line.measures_counted is not None
    data: dict[str, Any] = {}
    for name in names.NAMES:
        value = value_at(line, name.key)
        if name.key == "investment":
            data["investment"] = _investment_data(line, place)
        elif name.key == "running_cost" and value is None:
            fields = (f"{place}.running-cost",)
            data[name.key] = figure_data(NotApplicable("not-applicable", "no-running-cost", fields))
        elif name.key == "simple_payback_of_complete" and is_total:
            # Where all is complete the two are the same.
            data[name.key] = figure_data(value or line.simple_payback)
        elif name.key == "lifetime_reductions" and line.lifetime_avoided:
            data[name.key] = written(line.lifetime_reductions)
        elif value is not None and (name.is_always_there or value):
            _put(data, name.key, written(value, name.key))
    if line.economics is not None:
        data["economics"] = _economics_data(line.economics)
    if is_total:
        data["measures_counted"] = line.measures_counted
    if line.end_of_pipe is not None:
        data["end_of_pipe"] = line_data(line.end_of_pipe, place)
    return data


def _put(data: dict[str, Any], key: str, value: Any) -> None:
    """Put a value under a name with dots: a record inside a record for each."""
    *groups, last = key.split(".")
    for group in groups:
        data = data.setdefault(group, {})
    data[last] = value


def _investment_data(line: Line, place: str) -> dict[str, Any]:
    """Amounts by currency, and the converted sum or why there is none."""
    investment = line.investment
    if investment is not None:
        amounts = [figure_data(amount) for amount in investment.amounts]
        return {"amounts": amounts, "converted": figure_data(investment.converted)}
    payback = line.simple_payback
    lacks = payback.missing if isinstance(payback, NotApplicable) else ()
    fields = tuple(field for field in lacks if field.endswith(".investment"))
    absent = NotApplicable("incomplete", "field-missing", fields or (f"{place}.investment",))
    return {"amounts": [], "converted": figure_data(absent)}


# ---- one assessment ------------------------------------------------------------------------------


def result_data(
    result: AssessmentResult, diagnostics: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """One assessment as JSON data, in the order of the contract; ``diagnostics`` as already
    described."""
    whole, sensitivity, provenance = result.whole_enterprise, result.sensitivity, result.provenance
    data = {
        "schema": RESULT_SCHEMA,
        "enterprise": {**result.enterprise, "name": words(result.enterprise["name"])},
        "data_status": result.data_status,
        "basis": _basis_data(result.basis),
        "streams": {stream.id: _stream_data(stream) for stream in result.streams},
        "measures": [_measure_data(measure) for measure in result.measures],
        "groups": [_group_data(group) for group in result.groups],
        "totals": line_data(result.totals, "measures"),
        "totals_by_status": {
            status: line_data(line, "measures") for status, line in result.totals_by_status.items()
        },
        "whole_enterprise": None if whole is None else _whole_data(whole),
        "sensitivity": None if sensitivity is None else _sensitivity_data(sensitivity),
        "data_quality": dict(result.qualities),
        "identities": written(result.identities),
        "expectations": [_without(item, "path") for item in result.expectations],
        "waivers": [{"waived": waived, "because": because} for waived, because in result.waivers],
        "factors": written(result.factors),
        "diagnostics": list(diagnostics),
        "provenance": {**provenance._asdict(), "factor_sets": dict(provenance.factor_sets)},
    }
    return _without_empty(data, "whole_enterprise", "sensitivity")


def _without(record: Any, *keys: str) -> dict[str, Any]:
    """A record as JSON data without some of its fields."""
    return {key: value for key, value in written(record).items() if key not in keys}


def _without_empty(data: dict[str, Any], *optional: str) -> dict[str, Any]:
    """The data without those optional keys that have nothing to say."""
    return {key: value for key, value in data.items() if value or key not in optional}


def _basis_data(basis: Basis) -> dict[str, Any]:
    data = {
        "period": basis.period,
        "currency": basis.currency,
        "exchange_rates": {
            currency: {**figure_data(rate), "year": year, "source": source}
            for currency, rate, year, source in basis.rates
        },
        "factor_sets": list(basis.factor_sets),
        "grid": basis.grid,
        "grid_because": basis.grid_because,
        "grid_decline": basis.grid_decline,
        "gwp": basis.gwp,
        "discount_rate": basis.discount_rate,
    }
    return _without_empty(data, "grid_because", "grid_decline")


def _stream_data(stream: StreamResult) -> dict[str, Any]:
    data = {**_without(stream, "id"), "name": words(stream.name)}
    return _without_empty(data, "saving_share")


def _measure_data(measure: MeasureResult) -> dict[str, Any]:
    figures = written(measure_figures(measure))
    data = {
        "id": measure.id,
        "title": words(measure.title),
        "status": measure.status,
        "type": measure.type,
        "cost_class": measure.cost_class,
        "in_bundle": measure.in_bundle,
        **line_data(measure.line, f"measures.{measure.id}"),
        "implied_prices": figures["implied_prices"],
        "capped": list(measure.caps),
        **figures,
    }
    return _without_empty(data, "capped", *figures)


def _group_data(group: GroupResult) -> dict[str, Any]:
    return {
        "id": group.id,
        "title": words(group.title),
        "status": group.status,
        "count": group.declared_count,
        "measures": list(group.measures),
        "in_bundle": group.in_bundle,
        **line_data(group.line, f"groups.{group.id}"),
    }


def measure_data(
    result: AssessmentResult, name: str, diagnostics: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """One measure of an assessment: none of the others and no totals, so that nothing is summed
    by it."""
    whole = result_data(result, diagnostics)
    found = {
        "schema": MEASURE_SCHEMA,
        **{key: whole[key] for key in ("enterprise", "data_status", "basis")},
        "measure": next(measure for measure in whole["measures"] if measure["id"] == name),
    }
    if "sensitivity" in whole:
        conditions = whole["sensitivity"]["break_even"]
        found["payback_limit"] = whole["sensitivity"]["payback_limit"]
        found["break_even"] = [item for item in conditions if item["at"] == f"measures.{name}"]
    return {**found, "diagnostics": whole["diagnostics"], "provenance": whole["provenance"]}


def told_data(
    result: AssessmentResult, measure: str | None, diagnostics: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """The whole result, or the one measure that is asked for."""
    if measure is None:
        return result_data(result, diagnostics)
    return measure_data(result, measure, diagnostics)


def failure_data(file: str, diagnostics: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A file without a result: only what is wrong with it."""
    name = file.replace("\\", "/")
    return {"schema": FAILURE_SCHEMA, "file": name, "diagnostics": list(diagnostics)}


# ---- economics -----------------------------------------------------------------------------------

# What of a line is written of the whole enterprise: its money. Reductions are told apart.
MONEY = (
    "investment", "grant", "running_cost", "savings", "annual_saving", "annual_net_saving",
    "simple_payback",
    "simple_payback_with_other_benefits", "simple_payback_of_complete", "other_benefits",
    "economics",
    "measures_counted",
)  # fmt: skip


def _economics_data(economics: Economics | NotApplicable) -> dict[str, Any]:
    """The economics of one line, or why there are none."""
    figures = written(economics_figures(economics))
    if isinstance(economics, NotApplicable):
        return dict(figures)
    data = {
        **{name: figures[name] for name in names.ECONOMICS},
        "irr_roots": written(economics.irr_roots),
        **figures,
        "assumptions": [
            {"key": item.key, "values": written(item.figures), "meant": item.meant or None}
            for item in economics.assumptions
        ],
        "cash_flow": _flow_data(economics.cash_flow),
        "left_out": list(economics.partial),
    }
    return _without_empty(data, "irr_roots", "assumptions", "left_out")


def _flow_data(flow: CashFlow) -> dict[str, Any]:
    """A table: one list of amounts for each line, from year 0 on."""
    data = {
        "unit": str(flow.net[0].unit),
        "money": flow.money,
        "lines": _amounts_by_line(flow.lines),
        "net": _amounts(flow.net),
        "discounted": _amounts(flow.discounted or ()),
        "outside": _amounts_by_line(flow.outside),
    }
    if flow.equity is not None:
        data["financing"] = _amounts_by_line(flow.financing)
        data["equity"] = _amounts(flow.equity)
    return _without_empty(data, "discounted", "outside")


def _amounts_by_line(lines: Sequence[CashLine]) -> dict[str, list[float]]:
    return {line.key: _amounts(line.amounts) for line in lines}


def _amounts(amounts: Sequence[Figure]) -> list[float]:
    return [amount.value for amount in amounts]


def _whole_data(whole: WholeEnterprise) -> dict[str, Any]:
    """Cleaner production and end of pipe together: the money of its line, and its life-cycle
    cost."""
    line, cost = line_data(whole.line, "measures"), whole.life_cycle_cost
    lines = {
        item.key: _without_empty(_without(item, "key"), "before", "saving") for item in cost.lines
    }
    data = {
        **{name: line[name] for name in MONEY if name in line},
        "life_cycle_cost": {**_without(cost, "lines"), "lines": lines},
        "tornado": written(whole.tornado),
    }
    return _without_empty(data, "tornado")


def _sensitivity_data(sensitivity: Sensitivity) -> dict[str, Any]:
    """The tornado and the break-even values."""
    return {
        **_without(sensitivity, "swings", "break_even"),
        "tornado": written(sensitivity.swings),
        "break_even": [
            {"at": item.place, **_without(item, "place")} for item in sensitivity.break_even
        ],
    }
