"""The JSON Schemas of what cpcalc prints with --format json, from its result types and the names of
figures."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import NoneType
from typing import Any, Literal, get_args, get_origin, get_type_hints

from cpcalc import names
from cpcalc.figures import Figure, NotApplicable, Reported
from cpcalc.report.json_result import MONEY
from cpcalc.report.json_totals import ABOUT, ABOUT_ALL
from cpcalc.results import (
    BreakEven,
    EquityView,
    ExpectationResult,
    FactorUsed,
    Identity,
    LifeCycleLine,
    Sensitivity,
    StreamResult,
    Swing,
)
from cpcalc.schema import assessment as files

Schema = dict[str, Any]
PLAIN: Mapping[Any, Schema] = {
    str: {"type": "string"},
    int: {"type": "integer", "minimum": 0},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    NoneType: {"type": "null"},
    Any: {},
    Figure: {"$ref": "#/$defs/known"},
    NotApplicable: {"$ref": "#/$defs/without"},
    Reported: {"$ref": "#/$defs/figure"},
}


def schema_of(kind: Any) -> Schema:
    """The schema of a type: a plain one, a list, a mapping, a choice of them, or a record of
    results."""
    if isinstance(kind, dict):
        return kind
    if kind in PLAIN:
        return PLAIN[kind]
    outer, inner = get_origin(kind), get_args(kind)
    if outer is Literal:
        return {"enum": list(inner)}
    if outer in (list, tuple):
        return {"type": "array", "items": schema_of(inner[0])}
    if outer in (dict, Mapping) or getattr(outer, "__name__", "") == "Mapping":
        return {"type": "object", "additionalProperties": schema_of(inner[1])}
    if inner:
        known = [item for item in inner if item not in (Figure, NotApplicable)]
        choices = [Reported, *known] if len(known) < len(inner) - 1 else list(inner)
        return (
            {"anyOf": [schema_of(item) for item in choices]}
            if len(choices) > 1
            else schema_of(choices[0])
        )
    return record(hints(kind))


def hints(kind: Any, *left_out: str) -> dict[str, Any]:
    """The fields of a record of results, which is written field by field."""
    return {key: hint for key, hint in get_type_hints(kind).items() if key not in left_out}


def record(
    required: Mapping[str, Any], optional: Mapping[str, Any] | None = None, **more: Any
) -> Schema:
    """An object with exactly these keys."""
    properties = {key: schema_of(kind) for key, kind in {**required, **(optional or {})}.items()}
    listed = {"required": list(required), "properties": properties}
    return {"type": "object", **listed, "additionalProperties": False, **more}


def keys(kind: Any, known: tuple[str, ...]) -> Schema:
    """An object that holds a value for each name, all names known."""
    return {**schema_of(dict[str, kind]), "propertyNames": {"enum": list(known)}}


def ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def listed(item: Any) -> Schema:
    return {"type": "array", "items": schema_of(item)}


def by_name(item: Any) -> Schema:
    return {"type": "object", "additionalProperties": schema_of(item)}


def enum(values: tuple[str, ...]) -> Schema:
    return {"enum": list(values)}


def either(*kinds: Any) -> Schema:
    return {"anyOf": [schema_of(kind) for kind in kinds]}


def constant(name: str) -> Schema:
    return {"const": f"cpcalc/{name}/1"}


TITLE = either(str, record({}, {"en": str, "vi": str}, minProperties=1))
FIGURES = {
    **by_name(Reported),
    "description": "by name, such as annual_saving, investment.USD or reductions.co2",
}
SHARE = {**PLAIN[float], "description": "a share: 1 is 100 %"}
SHA256 = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
PLACE = dict.fromkeys(("line", "column", "end_line", "end_column"), int)
CODES = (
    "immediate", "never", "worsens", "trade-off", "not-applicable", "incomplete", "undefined",
    "several", "saves-money",
)  # fmt: skip
EXPECTED = ("met", "missed", "not-reproduced", "now-reproduced", "unknown")
RECONCILED = ("agrees", "differs", "unknown", "not-reproduced", "now-reproduced", "not-recomputed")
COUNTS = (
    "files", "errors", "warnings", "notices", "waived", "expectations_met", "expectations_missed",
    "expectations_not_reproduced", "known",
)  # fmt: skip
BOUND = enum(("at-least", "at-most", "estimate"))
SUBSTANCE = {**PLAIN[str], "description": "the substance, such as CO2 or TSP"}


# ---- figures and diagnostics ---------------------------------------------------------------------


def figures(*, is_brief: bool) -> Schema:
    """A figure, or why there is none; briefly the missing fields are left out where none is
    named."""
    fields = {"missing": list[str]}
    always, maybe = ({}, fields) if is_brief else (fields, {})
    partial = record({"counted": int, "of": int, **always}, maybe)
    known, more = (
        {"value": float, "unit": str},
        {"of": SUBSTANCE, "partial": partial, "bound": BOUND},
    )
    without = {"not_applicable": enum(CODES), "because": str}
    found = {
        "known": record(known, more),
        "without": record({**without, **always}, maybe),
        "figure": either(Figure, NotApplicable),
    }
    if not is_brief:
        return found
    reported = {"enterprises": record({"reporting": int, "of": int})}
    amounts = {"amounts": list[Reported]}
    total = record(TOTAL, {"simple_payback_of_complete": Reported})
    of_known, of_none = {**known, **reported}, {**without, **reported}
    added = either(record(of_known, {**more, **amounts}), record(of_none, {**maybe, **amounts}))
    return {**found, "sum": added, "total": total}


TOTAL: Schema = {
    "enterprises": int, "figures": by_name(ref("sum")), "simple_payback": Reported,
    "money_complete": record({"enterprises": int, "of": int}),
}  # fmt: skip


def diagnostic() -> Schema:
    related = {"note": str, **PLACE}
    return record(
        {"code": {"type": "string", "pattern": "^CP[0-9]{3}$"}, "name": str,
         "severity": Literal["error", "warning", "notice"], "message": str, "help": str,
         "file": str,
         **dict.fromkeys(PLACE, int | None), "path": str},
        {"waived_because": str, "related": listed(record(related))},
    )  # fmt: skip


# ---- assess --------------------------------------------------------------------------------------


def _line() -> tuple[Schema, Schema]:
    """The figures of a line by name: those always there, and the others."""
    required: Schema = {}
    optional: Schema = {}
    for name in names.NAMES:
        group, _, member = name.key.partition(".")
        if member or name.key in ("npv", "consumption_saving", "economics"):
            continue
        known: Any = Reported if name.family is None else keys(Reported, name.family)
        if name.family == names.SCOPES:
            known = keys(dict[str, Reported], name.family)
        (required if name.is_always_there else optional)[group] = known
    required["investment"] = ref("investment")
    alone: Schema = {"savings": keys(Reported, names.CATEGORIES)}
    alone |= {"annual_saving": Reported, "annual_net_saving": Reported}
    return required, {
        **optional,
        "stand_alone": record(alone),
        "economics": either(ref("economics"), NotApplicable),
    }


def _economics() -> Schema:
    flow = {
        "unit": str,
        "money": Literal["constant", "current"],
        "lines": dict[str, list[float]],
        "net": list[float],
    }
    more = {"discounted": list[float], "outside": dict[str, list[float]]}
    more |= {"financing": dict[str, list[float]], "equity": list[float]}
    assumption = record({"key": str, "values": list[Figure], "meant": str | None})
    return record(
        {**dict.fromkeys(names.ECONOMICS, Reported), "levelised_cost": keys(Reported,
        names.LEVELISED),
         "npv_with": keys(Reported, names.NPV_WITH), "cash_flow": record(flow, more)},
        {"irr_roots": list[Figure], "abatement_cost": Reported, "equity": EquityView,
        "left_out": list[str],
         "assumptions": listed(assumption)},
    )  # fmt: skip


def _result() -> tuple[Schema, Schema]:
    enterprise = {
        "type": "object",
        "required": ["id", "name"],
        "properties": {"id": PLAIN[str], "name": TITLE},
    }
    dated = record({"value": float, "unit": str, "year": int, "source": str})
    basis = dict.fromkeys(("period", "currency", "grid", "gwp", "discount_rate"), str | None)
    stream = {**hints(StreamResult, "id", "saving_share"), "name": TITLE}
    stream["kind"] = enum((*files.INPUT_KINDS, *files.OUTPUT_KINDS))
    expectation = {**hints(ExpectationResult, "path"), "outcome": enum(EXPECTED)}
    provenance = {"cpcalc": str, "sha256": SHA256, "factor_sets": by_name(SHA256)}
    about = {
        "enterprise": enterprise,
        "data_status": enum(files.DATA_STATUSES),
        "basis": record(
            {**basis, "exchange_rates": by_name(dated), "factor_sets": list[str]},
            {"grid_because": str, "grid_decline": str},
        ),
        "diagnostics": listed(ref("diagnostic")),
        "provenance": record(provenance),
    }
    whole = {
        "schema": constant("result"), **about,
        "streams": by_name(record(stream, {"saving_share": Reported})),
        "measures": listed(ref("measure")), "groups": listed(ref("group")), "totals": ref("total"),
        "totals_by_status": by_name(ref("total")),
        "data_quality": by_name({"type": "number", "minimum": 0, "maximum": 1.000001}),
        "identities": list[Identity], "expectations": listed(record(expectation)),
        "waivers": listed(record({"waived": str, "because": str})), "factors": list[FactorUsed],
    }  # fmt: skip
    return about, record(
        whole, {"sensitivity": ref("sensitivity"), "whole_enterprise": ref("whole_enterprise")}
    )


def definitions() -> Schema:
    required, optional = _line()
    about, result = _result()
    head = {"id": str, "title": TITLE, "status": enum(files.STATUSES), "in_bundle": bool}
    types = {
        "type": either(enum(files.TYPES), NoneType),
        "cost_class": either(enum(files.COST_CLASSES), NoneType),
    }
    totals = {**required, "simple_payback_of_complete": Reported, "measures_counted": int}
    of_total = {key: kind for key, kind in optional.items() if key not in totals}
    of_measure = {
        key: kind for key, kind in optional.items() if key != "simple_payback_of_complete"
    }
    more = {
        "capped": list[str], "verified_changes": by_name(FIGURES), "realisation": Reported,
        "predicted_saving": Reported, "implied_prices": FIGURES,
    }  # fmt: skip
    life_cycle_line = record(
        {"after": Figure}, dict.fromkeys(hints(LifeCycleLine, "key", "after"), Figure)
    )
    life_cycle = {
        **dict.fromkeys(("before", "after", "saving"), Reported),
        "lines": by_name(life_cycle_line),
    }
    money = {
        key: kind for key, kind in {**totals, **optional}.items() if key in MONEY and key != "grant"
    }
    conditions = {"target": Literal["npv", "payback"], "bound": Literal["above", "below"]}
    break_even = listed(record({"at": str, **hints(BreakEven, "place"), **conditions}))
    limits = {"payback_limit": Figure | None, "break_even": break_even}
    sensitivity = {**hints(Sensitivity, "swings", "break_even"), **limits, "tornado": list[Swing]}
    one = either(ref("result"), ref("one_measure"), ref("failure"))
    scenario = record({"scenario": str, "set": dict[str, str], "result": one})
    several = {"failed": listed(ref("failure"))}
    combined = {"assessments": int, "by_currency": by_name({"type": "object"})}
    return {
        **figures(is_brief=False),
        "investment": record({"amounts": list[Figure], "converted": Reported}),
        "measure": record({**head, **types, **required}, {**of_measure, **more}),
        "group": record({**head, "count": int | None, "measures": list[str], **required},
        of_measure),
        "total": record(totals, {**of_total, "end_of_pipe": ref("total")}),
        "economics": _economics(),
        "sensitivity": record(sensitivity),
        "whole_enterprise": record(
            {**money, "life_cycle_cost": record(life_cycle)}, {"grant": Reported,
            "tornado": list[Swing]}
        ),
        "diagnostic": diagnostic(),
        "result": result,
        "failure": record({"schema": constant("failure"), "file": str,
        "diagnostics": listed(ref("diagnostic"))}),
        "scenarios": record(
            {"schema": constant("scenarios"),
             "assessments": listed(record({"file": one, "scenarios": listed(scenario)}))}
        ),
        "one_measure": record({"schema": constant("measure"), **about, "measure": ref("measure")},
        limits),
        "measures": record({"schema": constant("measures"),
        "assessments": listed(ref("one_measure")), **several}),
        "results": record(
            {"schema": constant("results"), "assessments": listed(ref("result")), **several,
             "combined": record({**combined, "reductions": keys(Reported, names.REDUCTIONS)})}
        ),
    }  # fmt: skip


# ---- the other commands --------------------------------------------------------------------------


def batch() -> Schema:
    shard = record({"number": int, "of": int, "digests": list[Any], "problems": list[Any]})
    totals = {**TOTAL, "data_status": dict[str, int], "currencies": dict[str, int], "warnings": int}
    totals["identities"] = record({"holding": int, "of": int})
    return record(
        {"schema": constant("batch"), "cpcalc": str,
         "request": record({"status": list[str] | None, "currency": str | None}),
         "group_by": str | None,
         "shard": either(shard, NoneType), "passed_over": int,
         "assessments": listed(_enterprise(ABOUT_ALL)),
         "failed": listed(record({"file": str, "diagnostics": listed(ref("diagnostic"))})),
         "totals": record(totals, {"simple_payback_of_complete": Reported}),
         "groups": by_name(ref("total"))}
    )  # fmt: skip


def _enterprise(about: tuple[str, ...]) -> Schema:
    known = {"id": str, "name": TITLE, "data_status": str, "measures_counted": int, "warnings": int}
    return record({"file": str, **dict.fromkeys(about, str | None), **known, "figures": FIGURES})


def programme() -> Schema:
    words, people = (
        either(TITLE, NoneType),
        dict.fromkeys(("all", "women", "men", "unstated"), int | None),
    )
    course = {"title": words, "date": str | None, "province": str | None, "days": float | None}
    counted, compared = either(int, NotApplicable), either({"type": "integer"}, Reported, NoneType)
    rate = record({"value": float, "unit": str, "year": int | None, "source": str | None})
    about = {
        "id": str, "name": TITLE, "sponsor": words, "agencies": listed(TITLE),
        "period": either(record({"from": Any, "to": Any}), NoneType), "country": str | None,
        "provinces": list[str],
        "objectives": listed(TITLE), "source": listed({"type": "object"}),
        "data_status": str | None, "notes": words,
    }  # fmt: skip
    training = dict.fromkeys(("courses", "person_days", "participants", "women", "men"), counted)
    courses = listed(record({**course, "participants": either(record(people), NoneType)}))
    reconciled = {
        "figure": str, "published": compared, "as_published": str, "recomputed": compared,
        "difference": compared,
        "difference_share": either(SHARE, NoneType), "within": either(SHARE, NoneType),
        "outcome": enum(RECONCILED),
        "by_construction": bool, "taken_as": words, "source": str | None, "because": str | None,
    }  # fmt: skip
    contributor = {
        "enterprise": str,
        "annual_saving": Reported,
        "share": SHARE,
        "cumulative": SHARE,
    }
    pooled = {
        "enterprise": str,
        "id": str,
        "title": TITLE,
        "status": str,
        "group": bool,
        "figures": FIGURES,
    }
    groups = ("province", "sector", "data_status", "status")
    return record(
        {"schema": constant("programme"), "programme": record(about), "currency": str,
         "exchange_rates": by_name(rate), "enterprises": listed(_enterprise(ABOUT)),
         "not_counted": list[str],
         "totals": ref("total"), **{f"totals_by_{name}": by_name(ref("total")) for name in groups},
         "training": record({**training, "listed": courses, "notes": words}),
         "reconciliation": listed(record(reconciled)),
         "payback_classes": listed(record({"class": str, "measures": int, "totals": ref("total")})),
         "contributors": listed(record(contributor)), "measures": listed(record(pooled)),
         "data_quality": by_name(SHARE), "data_status_shares": by_name(SHARE),
         "unverified_factors": list[str],
         "identities": list[Identity], "waivers": listed(record({"waived": str, "because": str})),
         "diagnostics": listed(ref("diagnostic")),
         "provenance": record({"cpcalc": str, "enterprises": dict[str, str]})}
    )  # fmt: skip


def check() -> Schema:
    expectation = {"figure": str, "outcome": enum(EXPECTED), "expected": str, "found": str}
    file = {
        "file": str, "kind": str | None, "diagnostics": listed(ref("diagnostic")),
        "expectations": listed(record(expectation, {"because": str})),
    }  # fmt: skip
    summary = record(dict.fromkeys(COUNTS, int))
    return record({"schema": constant("check"), "files": listed(record(file)), "summary": summary})


def why() -> Schema:
    """The graph of a figure, each step once; operands are the numbers of their steps."""
    known, without = (figures(is_brief=True)[name]["properties"] for name in ("known", "without"))
    card = record(dict.fromkeys(("symbol", "equation", "source"), str))
    texts = dict.fromkeys(("text", "place", "factor", "citation"), str)
    step = record(
        {"number": int, "value": float, "unit": str},
        {**{name: known[name] for name in ("of", "partial", "bound")}, "formula": card,
         "operands": dict[str, int], "origin": Literal["input", "factor", "definition"], **texts},
    )  # fmt: skip
    steps = either(step, record({"number": int, **without}))
    return record({"schema": constant("why"), "figure": str, "steps": listed(steps)})


DIALECT = "https://json-schema.org/draft/2020-12/schema"
PRINTED = ("result", "results", "one_measure", "measures", "scenarios", "failure")


def targets(root: Path) -> Iterator[tuple[Path, str]]:
    of_assess = {
        "$schema": DIALECT,
        "title": "Results of cpcalc assess --format json",
        "anyOf": [ref(name) for name in PRINTED],
        "$defs": definitions(),
    }
    yield root / "docs" / "result.schema.json", _text(of_assess)
    shared = {**figures(is_brief=True), "diagnostic": diagnostic()}
    for make in (batch, programme, check, why):
        head = {"$schema": DIALECT, "title": f"What cpcalc {make.__name__} --format json prints"}
        schema = {**head, **make(), "$defs": shared}
        yield root / "docs" / f"{make.__name__}-result.schema.json", _text(schema)


def _text(schema: Schema) -> str:
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
