"""docs/result.schema.json: the JSON Schema of what `cpcalc assess --format json` prints."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Schema = dict[str, Any]

# Why a figure is not there; the closed list of `not_applicable`.
CODES = (
    "immediate", "never", "worsens", "trade-off", "not-applicable", "incomplete", "undefined", "several", "saves-money",
)  # fmt: skip
REDUCTIONS = (
    "wastewater", "solid_waste", "chemical_waste", "co2", "co2e", "dust", "cod", "bod", "tss", "so2", "nox",
)  # fmt: skip
PLACE = ("line", "column", "end_line", "end_column")
SCOPES = (
    "scope_1", "scope_2_location", "scope_2_market", "scope_3", "biogenic", "on_site", "off_site", "generated",
)  # fmt: skip


def ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def record(required: Schema, optional: Schema | None = None, **more: Any) -> Schema:
    """An object with exactly these keys."""
    properties = {**required, **(optional or {})}
    return {
        "type": "object",
        "required": list(required),
        "properties": properties,
        "additionalProperties": False,
        **more,
    }


def by_name(value: Schema, names: tuple[str, ...] = ()) -> Schema:
    """An object that holds a value for each name."""
    keys: Schema = {"propertyNames": {"enum": list(names)}} if names else {}
    return {"type": "object", "additionalProperties": value, **keys}


def listed(item: Schema) -> Schema:
    return {"type": "array", "items": item}


def or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


TEXT: Schema = {"type": "string"}
COUNT: Schema = {"type": "integer", "minimum": 0}
NUMBER: Schema = {"type": "number"}
FLAG: Schema = {"type": "boolean"}
TITLE: Schema = {"anyOf": [TEXT, record({}, {"en": TEXT, "vi": TEXT}, minProperties=1)]}
PATHS: Schema = {
    **listed(TEXT),
    "description": "document paths with ids and YAML keys, such as measures.m3.running-cost",
}


def definitions() -> Schema:
    from cpcalc.schema import assessment as files

    categories = tuple(name.replace("-", "_") for name in files.CATEGORIES)
    stated = tuple(name.replace("-", "_") for name in files.STATED_REDUCTIONS)
    figures = by_name(ref("figure"))
    line_required = {
        "investment": ref("investment"),
        "running_cost": ref("figure"),
        "savings": by_name(ref("figure"), categories),
        "annual_saving": ref("figure"),
        "annual_net_saving": ref("figure"),
        "simple_payback": ref("figure"),
        "simple_payback_with_other_benefits": ref("figure"),
        "other_benefits": by_name(ref("figure"), files.OTHER_BENEFITS),
        "reductions": by_name(ref("figure"), REDUCTIONS),
        "stated_reductions": by_name(ref("figure"), stated),
        "avoided_emissions": by_name(figures, SCOPES),
    }
    line_optional = {
        "grant": ref("figure"),
        "stand_alone": record(
            {
                "savings": by_name(ref("figure"), categories),
                "annual_saving": ref("figure"),
                "annual_net_saving": ref("figure"),
            }
        ),
        "overlap": ref("figure"),
        "order_free_saving": ref("figure"),
        "lifetime_avoided": by_name(figures, SCOPES),
        "lifetime_reductions": figures,
        "economics": {
            "description": "cash flow and its figures, where asked for; or why there are none",
            "anyOf": [ref("economics"), ref("without")],
        },
    }
    total_optional = {**line_optional, "end_of_pipe": ref("total")}
    return {
        "known": record(
            {"value": NUMBER, "unit": TEXT},
            {
                "of": {**TEXT, "description": "the substance, such as CO2 or TSP"},
                "partial": record({"counted": COUNT, "of": COUNT, "missing": PATHS}),
                "bound": {"enum": ["at-least", "at-most", "estimate"]},
            },
        ),
        "without": record(
            {"not_applicable": {"enum": list(CODES)}, "because": TEXT, "missing": PATHS}
        ),
        "figure": {"anyOf": [ref("known"), ref("without")]},
        "investment": record({"amounts": listed(ref("known")), "converted": ref("figure")}),
        "measure": record(
            {
                "id": TEXT,
                "title": TITLE,
                "status": {"enum": list(files.STATUSES)},
                "type": or_null({"enum": list(files.TYPES)}),
                "cost_class": or_null({"enum": list(files.COST_CLASSES)}),
                "in_bundle": FLAG,
                **line_required,
            },
            {
                **line_optional,
                "capped": listed(TEXT),
                "verified_changes": by_name(figures),
                "realisation": ref("figure"),
                "predicted_saving": ref("figure"),
                "implied_prices": figures,
            },
        ),
        "group": record(
            {
                "id": TEXT,
                "title": TITLE,
                "status": {"enum": list(files.STATUSES)},
                "count": or_null(COUNT),
                "measures": listed(TEXT),
                "in_bundle": FLAG,
                **line_required,
            },
            line_optional,
        ),
        "total": record(
            {
                **line_required,
                "simple_payback_of_complete": ref("figure"),
                "measures_counted": COUNT,
            },
            total_optional,
        ),
        "economics": _economics(),
        "sensitivity": _sensitivity(),
        "whole_enterprise": _whole_enterprise(),
        "diagnostic": record(
            {
                "code": {"type": "string", "pattern": "^CP[0-9]{3}$"},
                "name": TEXT,
                "severity": {"enum": ["error", "warning", "notice"]},
                "message": TEXT,
                "help": TEXT,
                "file": TEXT,
                **dict.fromkeys(PLACE, or_null(COUNT)),
                "path": TEXT,
            },
            {
                "waived_because": TEXT,
                "related": listed(record({"note": TEXT, **dict.fromkeys(PLACE, COUNT)})),
            },
        ),
        "result": _result(files.DATA_STATUSES, (*files.INPUT_KINDS, *files.OUTPUT_KINDS)),
        "failure": record(
            {
                "schema": {"const": "cpcalc/failure/1"},
                "file": TEXT,
                "diagnostics": listed(ref("diagnostic")),
            }
        ),
        "scenarios": _scenarios(),
        "one_measure": _one_measure(files.DATA_STATUSES, (*files.INPUT_KINDS, *files.OUTPUT_KINDS)),
        "measures": record(
            {
                "schema": {"const": "cpcalc/measures/1"},
                "assessments": listed(ref("one_measure")),
                "failed": listed(ref("failure")),
            }
        ),
        "results": record(
            {
                "schema": {"const": "cpcalc/results/1"},
                "assessments": listed(ref("result")),
                "combined": record(
                    {
                        "assessments": COUNT,
                        "by_currency": by_name({"type": "object"}),
                        "reductions": by_name(ref("figure"), REDUCTIONS),
                    }
                ),
                "failed": listed(ref("failure")),
            }
        ),
    }


def _economics() -> Schema:
    amounts = {**listed(NUMBER), "description": "at the ends of years 0, 1, 2 ..."}
    figures = (
        "study_period", "npv", "irr", "mirr", "savings_to_investment", "adjusted_internal_rate", "annual_worth",
        "discounted_payback", "life_cycle_cost", "return_on_investment",
    )  # fmt: skip
    equity = ("npv", "irr", "debt_service_cover", "average_debt_service_cover", "loan")
    return record(
        {
            **{name: ref("figure") for name in figures},
            "levelised_cost": by_name(ref("figure"), ("energy", "water")),
            "npv_with": by_name(ref("figure"), ("carbon_price", "other_benefits")),
            "cash_flow": record(
                {
                    "unit": TEXT,
                    "money": {"enum": ["constant", "current"]},
                    "lines": by_name(amounts),
                    "net": amounts,
                },
                {
                    "discounted": amounts,
                    "outside": by_name(amounts),
                    "financing": by_name(amounts),
                    "equity": amounts,
                },
            ),
        },
        {
            "irr_roots": listed(ref("known")),
            "abatement_cost": ref("figure"),
            "equity": record({name: ref("figure") for name in equity}),
            "left_out": PATHS,
            "assumptions": listed(
                record({"key": TEXT, "values": listed(ref("known")), "meant": or_null(TEXT)})
            ),
        },
    )


def _whole_enterprise() -> Schema:
    from cpcalc.schema import assessment as files

    categories = tuple(name.replace("-", "_") for name in files.CATEGORIES)
    line = record({"after": ref("known")}, {"before": ref("known"), "saving": ref("known")})
    cost = record(
        {**{name: ref("figure") for name in ("before", "after", "saving")}, "lines": by_name(line)}
    )
    figures = (
        "running_cost", "annual_saving", "annual_net_saving", "simple_payback", "simple_payback_with_other_benefits",
        "simple_payback_of_complete",
    )  # fmt: skip
    return record(
        {
            "investment": ref("investment"),
            **{name: ref("figure") for name in figures},
            "savings": by_name(ref("figure"), categories),
            "other_benefits": by_name(ref("figure"), files.OTHER_BENEFITS),
            "measures_counted": COUNT,
            "economics": {"anyOf": [ref("economics"), ref("without")]},
            "life_cycle_cost": cost,
        },
        {"grant": ref("figure"), "tornado": listed(_swing())},
        description="cleaner production and end of pipe together, where the economics are asked for; in no total",
    )


def _swing() -> Schema:
    return record({"parameter": TEXT, "low": ref("figure"), "high": ref("figure")})


def _sensitivity() -> Schema:
    return record(
        {
            "change": ref("known"),
            "npv": ref("figure"),
            "payback_limit": or_null(ref("known")),
            "tornado": listed(_swing()),
            "break_even": _break_even(),
        }
    )


def _break_even() -> Schema:
    return listed(
        record(
            {
                "at": TEXT,
                "parameter": TEXT,
                "target": {"enum": ["npv", "payback"]},
                "bound": {"enum": ["above", "below"]},
                "value": ref("figure"),
            }
        )
    )


def _one_measure(data_statuses: tuple[str, ...], kinds: tuple[str, ...]) -> Schema:
    whole = _result(data_statuses, kinds)["properties"]
    about = {
        name: whole[name]
        for name in ("enterprise", "data_status", "basis", "diagnostics", "provenance")
    }
    return record(
        {"schema": {"const": "cpcalc/measure/1"}, **about, "measure": ref("measure")},
        {"payback_limit": or_null(ref("known")), "break_even": _break_even()},
        description="with --measure: that measure only, no totals",
    )


def _scenarios() -> Schema:
    one = {"anyOf": [ref("result"), ref("one_measure"), ref("failure")]}
    scenario = record({"scenario": TEXT, "set": by_name(TEXT), "result": one})
    return record(
        {
            "schema": {"const": "cpcalc/scenarios/1"},
            "assessments": listed(record({"file": one, "scenarios": listed(scenario)})),
        }
    )


def _result(data_statuses: tuple[str, ...], kinds: tuple[str, ...]) -> Schema:
    known_with_date = record(
        {"value": NUMBER, "unit": TEXT, "year": COUNT, "source": TEXT},
    )
    return record(
        {
            "schema": {"const": "cpcalc/result/1"},
            "enterprise": {
                "type": "object",
                "required": ["id", "name"],
                "properties": {"id": TEXT, "name": TITLE},
            },
            "data_status": {"enum": list(data_statuses)},
            "basis": record(
                {
                    "period": or_null(TEXT),
                    "currency": or_null(TEXT),
                    "exchange_rates": by_name(known_with_date),
                    "factor_sets": listed(TEXT),
                    "grid": or_null(TEXT),
                    "gwp": or_null(TEXT),
                    "discount_rate": or_null(TEXT),
                },
                {"grid_because": TEXT, "grid_decline": TEXT},
            ),
            "streams": by_name(
                record(
                    {
                        "name": TITLE,
                        "kind": {"enum": list(kinds)},
                        "baseline": ref("figure"),
                        "after": ref("figure"),
                        "saving": ref("figure"),
                    },
                    {"saving_share": ref("figure")},
                )
            ),
            "measures": listed(ref("measure")),
            "groups": listed(ref("group")),
            "totals": ref("total"),
            "totals_by_status": by_name(ref("total")),
            "data_quality": by_name({"type": "number", "minimum": 0, "maximum": 1.000001}),
            "identities": listed(
                record({"name": TEXT, "holds": FLAG, "left": NUMBER, "right": NUMBER})
            ),
            "expectations": listed(
                record(
                    {
                        "figure": TEXT,
                        "outcome": {
                            "enum": ["met", "missed", "not-reproduced", "now-reproduced", "unknown"]
                        },
                        "expected": TEXT,
                        "found": or_null(ref("figure")),
                        "because": or_null(TEXT),
                    }
                )
            ),
            "waivers": listed(record({"waived": TEXT, "because": TEXT})),
            "factors": listed(
                record(
                    {
                        "reference": TEXT,
                        "text": TEXT,
                        "citation": TEXT,
                        "quality": TEXT,
                        "kind": TEXT,
                        "because": or_null(TEXT),
                    }
                )
            ),
            "diagnostics": listed(ref("diagnostic")),
            "provenance": record(
                {
                    "cpcalc": TEXT,
                    "sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
                    "factor_sets": by_name({"type": "string", "pattern": "^[0-9a-f]{64}$"}),
                }
            ),
        },
        {"sensitivity": ref("sensitivity"), "whole_enterprise": ref("whole_enterprise")},
    )


def schema() -> Schema:
    """The whole schema: one result, several, or a file without one."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Results of cpcalc assess --format json",
        "anyOf": [
            ref(name)
            for name in ("result", "results", "one_measure", "measures", "scenarios", "failure")
        ],
        "$defs": definitions(),
    }


def targets(root: Path) -> Iterator[tuple[Path, str]]:
    yield (
        root / "docs" / "result.schema.json",
        json.dumps(schema(), ensure_ascii=False, indent=2) + "\n",
    )
