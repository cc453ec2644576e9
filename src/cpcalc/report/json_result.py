"""A result as JSON: every figure exact, with its unit; the published contract `cpcalc/result/1`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from cpcalc.figures import Figure, NotApplicable, Reported
from cpcalc.report.words import reason
from cpcalc.results import AssessmentResult, Line
from cpcalc.units import SUBSTANCES, Unit, factor_to, shown

RESULT_SCHEMA = "cpcalc/result/1"
RESULTS_SCHEMA = "cpcalc/results/1"
SCENARIOS_SCHEMA = "cpcalc/scenarios/1"
MEASURE_SCHEMA = "cpcalc/measure/1"
MEASURES_SCHEMA = "cpcalc/measures/1"
FAILURE_SCHEMA = "cpcalc/failure/1"
# Dust is printed in kg a year, as programmes publish it; everything else in its canonical unit.
DUST_UNIT = "kg TSP/year"
DUST = Unit.of((("t", 1), ("year", -1), ("TSP", 1)))


class Writer:
    """Turns figures into plain JSON data."""

    def figure(self, figure: Reported, unit: str | None = None) -> dict[str, Any]:
        """``{"value", "unit"}``, with ``of``, ``partial`` and ``bound`` where they matter, or why there is none."""
        if isinstance(figure, NotApplicable):
            return _without(figure)
        value = figure.value if unit is None else figure.value * factor_to(figure.unit, unit)
        substance = figure.unit.substance
        plain = (
            str(figure.unit.without(*SUBSTANCES))
            if unit is None
            else unit.replace(f" {substance}", "")
        )
        written: dict[str, Any] = {"value": value + 0.0, "unit": plain}  # no minus zero
        if substance is not None:
            written["of"] = shown(substance)
        if figure.is_partial:
            written["partial"] = {
                "counted": figure.counted,
                "of": figure.of,
                "missing": list(figure.missing),
            }
        if figure.bound is not None:
            written["bound"] = figure.bound
        return written

    def figures(self, figures: Mapping[str, Reported]) -> dict[str, Any]:
        """Figures by name."""
        return {name: self.figure(figure) for name, figure in figures.items()}

    def reductions(self, figures: Mapping[str, Reported]) -> dict[str, Any]:
        """Reductions by name; dust in kg a year."""
        return {
            name: self.figure(
                figure, DUST_UNIT if isinstance(figure, Figure) and figure.unit is DUST else None
            )
            for name, figure in figures.items()
        }

    def investment(self, line: Line, place: str) -> dict[str, Any]:
        """Amounts by currency, and the converted sum or why there is none."""
        investment = line.investment
        if investment is None:
            lacks = (
                line.simple_payback.missing
                if isinstance(line.simple_payback, NotApplicable)
                else ()
            )
            missing = tuple(field for field in lacks if field.endswith(".investment")) or (
                f"{place}.investment",
            )
            return {
                "amounts": [],
                "converted": _without(NotApplicable("incomplete", "field-missing", missing)),
            }
        return {
            "amounts": [self.figure(amount) for amount in investment.amounts],
            "converted": self.figure(investment.converted),
        }

    def line(self, line: Line, place: str) -> dict[str, Any]:
        """One measure, group, status or total; ``place`` is its document path."""
        no_running_cost = NotApplicable(
            "not-applicable", "no-running-cost", (f"{place}.running-cost",)
        )
        data: dict[str, Any] = {
            "investment": self.investment(line, place),
            **({} if line.grant is None else {"grant": self.figure(line.grant)}),
            "running_cost": self.figure(
                no_running_cost if line.running_cost is None else line.running_cost
            ),
            "savings": self.figures(line.savings),
            "annual_saving": self.figure(line.annual_saving),
            "annual_net_saving": self.figure(line.annual_net_saving),
        }
        if line.stand_alone is not None:
            data["stand_alone"] = {
                "savings": self.figures(line.stand_alone.savings),
                "annual_saving": self.figure(line.stand_alone.annual_saving),
                "annual_net_saving": self.figure(line.stand_alone.annual_net_saving),
            }
        if line.overlap is not None:
            data["overlap"] = self.figure(line.overlap)
        if line.order_free_saving is not None:
            data["order_free_saving"] = self.figure(line.order_free_saving)
        data["simple_payback"] = self.figure(line.simple_payback)
        data["simple_payback_with_other_benefits"] = self.figure(
            line.simple_payback_with_other_benefits
        )
        if line.measures_counted is not None:  # a total; where all is complete the two are the same
            data["simple_payback_of_complete"] = self.figure(
                line.simple_payback_of_complete or line.simple_payback
            )
        data["other_benefits"] = self.figures(line.other_benefits)
        data["reductions"] = self.reductions(line.reductions)
        data["stated_reductions"] = self.reductions(line.stated_reductions)
        data["avoided_emissions"] = {
            scope: self.figures(gases) for scope, gases in line.avoided_emissions.items()
        }
        if line.lifetime_avoided:
            data["lifetime_avoided"] = {
                scope: self.figures(gases) for scope, gases in line.lifetime_avoided.items()
            }
            data["lifetime_reductions"] = self.figures(line.lifetime_reductions)
        if line.economics is not None:
            from cpcalc.report.json_economics import economics_data

            data["economics"] = economics_data(line.economics, self.figure)
        if line.measures_counted is not None:
            data["measures_counted"] = line.measures_counted
        if line.end_of_pipe is not None:
            data["end_of_pipe"] = self.line(line.end_of_pipe, place)
        return data


def result_data(
    result: AssessmentResult, diagnostics: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """One assessment as JSON data, in the order of the contract; ``diagnostics`` as already described."""
    writer = Writer()
    measures = []
    for measure in result.measures:
        data: dict[str, Any] = {
            "id": measure.id,
            "title": _words(measure.title),
            "status": measure.status,
            "type": measure.type,
            "cost_class": measure.cost_class,
            "in_bundle": measure.in_bundle,
            **writer.line(measure.line, f"measures.{measure.id}"),
        }
        if measure.implied_prices:
            data["implied_prices"] = writer.figures(measure.implied_prices)
        if measure.caps:
            data["capped"] = list(measure.caps)
        if measure.verified_changes:
            data["verified_changes"] = {
                stream: writer.figures(changes)
                for stream, changes in measure.verified_changes.items()
            }
        if measure.realisation is not None:
            data["realisation"] = writer.figure(measure.realisation)
        if measure.predicted_saving is not None:
            data["predicted_saving"] = writer.figure(measure.predicted_saving)
        measures.append(data)
    return {
        "schema": RESULT_SCHEMA,
        "enterprise": {**result.enterprise, "name": _words(result.enterprise["name"])},
        "data_status": result.data_status,
        "basis": {
            "period": result.basis.period,
            "currency": result.basis.currency,
            "exchange_rates": {
                currency: {**writer.figure(rate), "year": year, "source": source}
                for currency, rate, year, source in result.basis.rates
            },
            "factor_sets": list(result.basis.factor_sets),
            "grid": result.basis.grid,
            **({"grid_because": result.basis.grid_because} if result.basis.grid_because else {}),
            **({"grid_decline": result.basis.grid_decline} if result.basis.grid_decline else {}),
            "gwp": result.basis.gwp,
            "discount_rate": result.basis.discount_rate,
        },
        "streams": {
            stream.id: {
                "name": _words(stream.name),
                "kind": stream.kind,
                "baseline": writer.figure(stream.baseline),
                "after": writer.figure(stream.after),
                "saving": writer.figure(stream.saving),
                **(
                    {}
                    if stream.saving_share is None
                    else {"saving_share": writer.figure(stream.saving_share)}
                ),
            }
            for stream in result.streams
        },
        "measures": measures,
        "groups": [
            {
                "id": group.id,
                "title": _words(group.title),
                "status": group.status,
                "count": group.declared_count,
                "measures": list(group.measures),
                "in_bundle": group.in_bundle,
                **writer.line(group.line, f"groups.{group.id}"),
            }
            for group in result.groups
        ],
        "totals": writer.line(result.totals, "measures"),
        "totals_by_status": {
            status: writer.line(line, "measures")
            for status, line in result.totals_by_status.items()
        },
        **_whole_enterprise(result, writer),
        **_sensitivity(result, writer),
        "data_quality": dict(result.qualities),
        "identities": [item._asdict() for item in result.identities],
        "expectations": [
            {
                "figure": item.figure,
                "outcome": item.outcome,
                "expected": item.expected,
                "found": None if item.found is None else writer.figure(item.found),
                "because": item.because,
            }
            for item in result.expectations
        ],
        "waivers": [{"waived": waived, "because": because} for waived, because in result.waivers],
        "factors": [item._asdict() for item in result.factors],
        "diagnostics": list(diagnostics),
        "provenance": {
            "cpcalc": result.provenance.cpcalc,
            "sha256": result.provenance.sha256,
            "factor_sets": dict(result.provenance.factor_sets),
        },
    }


def told_data(
    result: AssessmentResult, measure: str | None, diagnostics: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """The whole result, or the one measure that is asked for."""
    return (
        result_data(result, diagnostics)
        if measure is None
        else measure_data(result, measure, diagnostics)
    )


def measure_data(
    result: AssessmentResult, name: str, diagnostics: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """One measure of an assessment as JSON data: none of the others and no totals, so that nothing is summed by it."""
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


def _without(figure: NotApplicable) -> dict[str, Any]:
    return {
        "not_applicable": figure.code,
        "because": reason(figure.because, "en"),
        "missing": list(figure.missing),
    }


def failure_data(file: str, diagnostics: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A file without a result: only what is wrong with it."""
    return {
        "schema": FAILURE_SCHEMA,
        "file": file.replace("\\", "/"),
        "diagnostics": list(diagnostics),
    }


def _sensitivity(result: AssessmentResult, writer: Writer) -> dict[str, Any]:
    if result.sensitivity is None:
        return {}
    from cpcalc.report.json_economics import sensitivity_data

    return {"sensitivity": sensitivity_data(result.sensitivity, writer.figure)}


def _whole_enterprise(result: AssessmentResult, writer: Writer) -> dict[str, Any]:
    whole = result.whole_enterprise
    if whole is None:
        return {}
    from cpcalc.report.json_economics import whole_data

    return {
        "whole_enterprise": whole_data(whole, writer.line(whole.line, "measures"), writer.figure)
    }


def _words(title: Mapping[str, str]) -> Any:
    return title[""] if "" in title else dict(title)


def dumps(data: Any) -> str:
    """JSON text: stable order, full precision, no NaN or infinity."""
    return json.dumps(data, ensure_ascii=False, allow_nan=False, indent=2) + "\n"
