"""The JSON Schemas of what cpcalc prints with --format json, from its result types and the names of
figures."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import NoneType
from typing import Any, Literal, get_args, get_origin, get_type_hints

from cpcalc import names, plant, results
from cpcalc.figures import Figure, NotApplicable, Reported
from cpcalc.programme.result import Contributor
from cpcalc.report.json_result import MONEY
from cpcalc.report.json_totals import ABOUT, ABOUT_ALL
from cpcalc.report.trust import INTERACTION, KINDS
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


# Of a stream, only where its bills say so.
BILLS = ("normalised_saving", "readings")


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
        return either(*choices) if len(choices) > 1 else schema_of(choices[0])
    return record(hints(kind))


def hints(kind: Any, *left_out: str) -> dict[str, Any]:
    """The fields of a record of results, which is written field by field."""
    return {key: hint for key, hint in get_type_hints(kind).items() if key not in left_out}


def record(fields: Mapping[str, Any], **more: Any) -> Schema:
    """An object with exactly these keys; one that ends in ``?`` may be left out."""
    properties = {key.removesuffix("?"): schema_of(kind) for key, kind in fields.items()}
    required = [key for key in fields if not key.endswith("?")]
    listed = {"required": required, "properties": properties}
    return {"type": "object", **listed, "additionalProperties": False, **more}


def each(fields: str, kind: Any) -> Schema:
    """Fields of one kind."""
    return dict.fromkeys(fields.split(), kind)


def optional(fields: Mapping[str, Any]) -> Schema:
    return {f"{key.removesuffix('?')}?": kind for key, kind in fields.items()}


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


TITLE = either(str, record(each("en? vi?", str), minProperties=1))
FIGURES = {
    **by_name(Reported),
    "description": "by name, such as annual_saving, investment.USD or reductions.co2",
}
SHARE = {**PLAIN[float], "description": "a share: 1 is 100 %"}
SHA256 = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
# What a result names of that it rests on, so that it can be verified.
RESTS_ON = {"cpcalc": str, "sha256": SHA256, "factor_sets": by_name(SHA256)}
OPTIONS = record({"status?": list[str], "currency?": str, "economics?": {"const": True}})
CHECKSUM = {"checksum?": {**SHA256, "description": "of all bytes before this key"}}
PLACE = each("line column end_line end_column", int)
CODES = (
    "immediate", "never", "worsens", "trade-off", "not-applicable", "incomplete", "undefined",
    "several", "saves-money",
)  # fmt: skip
EXPECTED = ("met", "missed", "not-reproduced", "now-reproduced", "unknown")
RECONCILED = ("agrees", "differs", "unknown", "not-reproduced", "now-reproduced", "not-recomputed")
COUNTS = (
    "files errors warnings notices waived expectations_met expectations_missed "
    "expectations_not_reproduced expectations_by_construction known"
)
HEADLINES = (
    "investment", *names.HEADLINES, *names.members("reductions"), "economics.npv",
)  # fmt: skip
BOUND = enum(("at-least", "at-most", "estimate"))
SUBSTANCE = {**PLAIN[str], "description": "the substance, such as CO2 or TSP"}
DIAGNOSTICS = listed(ref("diagnostic"))
WAIVERS = listed(record(each("waived because", str)))


# ---- figures and diagnostics ---------------------------------------------------------------------


def figures(*, is_brief: bool) -> Schema:
    """A figure, or why there is none; briefly the missing fields are left out where none is
    named."""
    missing = {"missing?" if is_brief else "missing": list[str]}
    partial = record({**each("counted of", int), **missing})
    known = {
        "value": float, "unit": str, "of?": SUBSTANCE, "partial?": partial, "bound?": BOUND,
    }  # fmt: skip
    without = {"not_applicable": enum(CODES), "because": str, **missing}
    plain = {
        "known": record(known),
        "without": record(without),
        "figure": either(Figure, NotApplicable),
    }
    if not is_brief:
        return plain
    reported = {
        "enterprises": record(each("reporting of", int)),
        "amounts?": list[Reported],
    }
    added = either(record({**known, **reported}), record({**without, **reported}))
    return {**plain, "sum": added, "total": record(TOTAL)}


TOTAL: Schema = {
    "enterprises": int, "figures": by_name(ref("sum")), "simple_payback": Reported,
    "simple_payback_of_complete?": Reported, "money_complete": record(each("enterprises of", int)),
}  # fmt: skip


def diagnostic() -> Schema:
    return record(
        {"code": {"type": "string", "pattern": "^CP[0-9]{3}$"}, **each("name message help", str),
         "severity": Literal["error", "warning", "notice"], **each("file path", str),
         **dict.fromkeys(PLACE, int | None), "waived_because?": str,
         "related?": listed(record({"note": str, **PLACE}))}
    )  # fmt: skip


# ---- assess --------------------------------------------------------------------------------------


def _line() -> Schema:
    """The figures of a line by name."""
    fields: Schema = {}
    for name in names.NAMES:
        group, _, member = name.key.partition(".")
        if member or name.key in ("npv", "consumption_saving", "economics"):
            continue
        known: Any = Reported if name.family is None else keys(Reported, name.family)
        if name.family == names.SCOPES:
            known = keys(dict[str, Reported], name.family)
        fields[group if name.is_always_there else f"{group}?"] = known
    alone = {"savings": keys(Reported, names.CATEGORIES)}
    alone |= each("annual_saving annual_net_saving", Reported)
    return {
        **fields,
        "investment": ref("investment"),
        "stand_alone?": record(alone),
        "economics?": either(ref("economics"), NotApplicable),
        "quality?": keys(str, HEADLINES),
        "uncertainty?": {
            **by_name(record({**each("low high", float), "unit": str})),
            "propertyNames": {"enum": list(HEADLINES)},
        },
    }


def _economics() -> Schema:
    flow = {
        "unit": str,
        "money": Literal["constant", "current"],
        **each("lines outside? financing?", dict[str, list[float]]),
        **each("net discounted? equity?", list[float]),
    }
    assumption = record({"key": str, "values": list[Figure], "meant": str | None})
    return record(
        {**dict.fromkeys(names.ECONOMICS, Reported),
         "levelised_cost": keys(Reported, names.LEVELISED),
         "npv_with": keys(Reported, names.NPV_WITH), "cash_flow": record(flow),
         "irr_roots?": list[Figure], "abatement_cost?": Reported, "equity?": results.EquityView,
         "left_out?": list[str], "assumptions?": listed(assumption)}
    )  # fmt: skip


def _about() -> Schema:
    """What a result and the result of one measure both say."""
    enterprise = {
        "type": "object",
        "required": ["id", "name"],
        "properties": {"id": PLAIN[str], "name": TITLE},
    }
    dated = record({"value": float, "unit": str, "year": int, "source": str})
    basis = {
        **each("period currency grid gwp discount_rate", str | None),
        **each("grid_because? grid_decline?", str),
        "exchange_rates": by_name(dated),
        "factor_sets": list[str],
    }
    provenance = {"file": str, **RESTS_ON, "tables?": by_name(SHA256), "options?": OPTIONS}
    return {
        **CHECKSUM,
        "enterprise": enterprise, "data_status": enum(files.DATA_STATUSES), "basis": record(basis),
        "diagnostics": DIAGNOSTICS, "provenance": record(provenance),
    }  # fmt: skip


def _result() -> Schema:
    stream = {
        **hints(results.StreamResult, "id", "saving_share", "loads", "production", *BILLS),
        "name": TITLE,
    }
    stream |= {"kind": enum((*files.INPUT_KINDS, *files.OUTPUT_KINDS)), "saving_share?": Reported}
    stream |= {"loads?": FIGURES, "production?": results.AtProduction}
    stream |= {"normalised_saving?": Reported, "readings?": dict[str, Figure]}
    expectation = {
        **hints(results.ExpectationResult, "path", "by_construction", "source"),
        "outcome": enum(EXPECTED), "by_construction?": {"const": True}, "source?": str,
    }  # fmt: skip
    return record(
        {"schema": constant("result"), **_about(), "streams": by_name(record(stream)),
         "products?": by_name(
             record({"name": TITLE, **each("output? capacity? reporting_output?", Figure)})
         ),
         "remarks?": dict[str, str],
         "measures": listed(ref("measure")), "groups": listed(ref("group")),
         "totals": ref("total"), "totals_by_status": by_name(ref("total")),
         **each("data_quality data_quality_co2", by_name(SHARE)),
         "identities": list[results.Identity], "expectations": listed(record(expectation)),
         "waivers": WAIVERS, "factors": list[results.FactorUsed],
         "sensitivity?": ref("sensitivity"), "whole_enterprise?": ref("whole_enterprise"),
         **_plant()}
    )  # fmt: skip


def _plant() -> Schema:
    """The plant before and after its measures, and these by type and cost class."""
    side = hints(plant.BeforeAfter)
    compared = by_name(record(side))
    of_class = record(hints(plant.ClassTotal))
    product: Schema = dict.fromkeys(hints(plant.Specific, "shared", "benchmark"), compared)
    product |= {"shared?": list[str], "benchmark?": by_name(record(hints(plant.Benchmark)))}
    baseline = {
        **each("costs consumption pollution", compared), "bill?": record(side),
        "emissions": by_name(compared), "by_stream": by_name(by_name(compared)),
    }  # fmt: skip
    return {
        "baseline?": record(baseline), "specific?": by_name(record(product)),
        **each("by_type? by_cost_class?", by_name(of_class)),
    }  # fmt: skip


def definitions() -> Schema:
    line = _line()
    head = {"id": str, "title": TITLE, "status": enum(files.STATUSES), "in_bundle": bool}
    of_measure = {key: kind for key, kind in line.items() if key != "simple_payback_of_complete?"}
    measure = {
        "type": either(enum(files.TYPES), NoneType),
        "cost_class": either(enum(files.COST_CLASSES), NoneType),
        "capped?": list[str], "verified_changes?": by_name(FIGURES), "implied_prices?": FIGURES,
        **each("realisation? predicted_saving?", Reported),
    }  # fmt: skip
    total = {**of_measure, "simple_payback_of_complete": Reported, "measures_counted": int}
    known = {key.removesuffix("?"): kind for key, kind in total.items()}
    money = {key: known[key] for key in MONEY if key != "grant"}
    of_line = hints(results.LifeCycleLine, "key", "after")
    life_cycle_line = {"after": Figure, **dict.fromkeys(optional(of_line), Figure)}
    life_cycle = {
        **each("before after saving", Reported),
        "lines": by_name(record(life_cycle_line)),
    }
    break_even = {
        "at": str, **hints(results.BreakEven, "place"),
        "target": Literal["npv", "payback"], "bound": Literal["above", "below"],
    }  # fmt: skip
    limits = {"payback_limit": Figure | None, "break_even": listed(record(break_even))}
    sensitivity = {**hints(results.Sensitivity, "swings", "break_even"), **limits}
    one = either(ref("result"), ref("one_measure"), ref("failure"))
    scenario = record({"scenario": str, "set": dict[str, str], "result": one})
    scenarios = listed(record({"file": one, "scenarios": listed(scenario)}))
    combined = record(
        {"assessments": int, "by_currency": by_name({"type": "object"}),
         "reductions": keys(Reported, names.REDUCTIONS)}
    )  # fmt: skip
    several = {"failed": listed(ref("failure"))}
    return {
        **figures(is_brief=False),
        "investment": record({"amounts": list[Figure], "converted": Reported}),
        "measure": record({**head, **of_measure, **measure}),
        "group": record({**head, "count": int | None, "measures": list[str], **of_measure}),
        "total": record({**total, "end_of_pipe?": ref("total")}),
        "economics": _economics(),
        "sensitivity": record({**sensitivity, "tornado": list[results.Swing]}),
        "whole_enterprise": record(
            {**money, "grant?": Reported, "life_cycle_cost": record(life_cycle),
             "tornado?": list[results.Swing]}
        ),
        "diagnostic": diagnostic(),
        "result": _result(),
        "failure": record(
            {"schema": constant("failure"), "file": str, "diagnostics": DIAGNOSTICS}
        ),
        "scenarios": record(
            {"schema": constant("scenarios"), **CHECKSUM, "assessments": scenarios}
        ),
        "one_measure": record(
            {"schema": constant("measure"), **_about(), "measure": ref("measure"),
             **optional(limits)}
        ),
        "measures": record(
            {"schema": constant("measures"), "assessments": listed(ref("one_measure")),
             **several, **CHECKSUM}
        ),
        "results": record(
            {"schema": constant("results"), "assessments": listed(ref("result")), **several,
             "combined": combined, **CHECKSUM}
        ),
    }  # fmt: skip


# ---- the other commands --------------------------------------------------------------------------


KEPT = {"kept?": list[Any]}  # in a shard: the whole answer of a file, for `merge`


def batch() -> Schema:
    shard = record(each("number of", int))
    totals = {
        **TOTAL, **each("data_status currencies", dict[str, int]), "warnings": int,
        **each("data_quality data_quality_co2", by_name(SHARE)),
        "identities": record(each("holding of", int)),
    }  # fmt: skip
    return record(
        {"schema": constant("batch"), "cpcalc": str,
         "request": record({"status": list[str] | None, "currency": str | None}),
         "group_by": str | None, "shard": either(shard, NoneType), "passed_over": int,
         "assessments": listed(_enterprise(ABOUT_ALL, **KEPT)),
         "failed": listed(record({"file": str, "diagnostics": DIAGNOSTICS, **KEPT})),
         "totals": record(totals), "groups": by_name(ref("total")), **CHECKSUM}
    )  # fmt: skip


def _enterprise(about: tuple[str, ...], **more: Any) -> Schema:
    known = {**each("id data_status", str), "name": TITLE, **each("measures_counted warnings", int)}
    known |= {"sha256": SHA256, "factor_sets": by_name(SHA256)}
    return record(
        {"file": str, **dict.fromkeys(about, str | None), **known, "figures": FIGURES, **more}
    )


def programme() -> Schema:
    words, share = either(TITLE, NoneType), either(SHARE, NoneType)
    people = either(record(each("all women men unstated", int | None)), NoneType)
    course = {
        "title": words, **each("date province", str | None), "days": float | None,
        "participants": people,
    }  # fmt: skip
    counted, compared = either(int, NotApplicable), either({"type": "integer"}, Reported, NoneType)
    rate = record({"value": float, "unit": str, "year": int | None, "source": str | None})
    about = {
        "id": str, "name": TITLE, **each("sponsor notes", words), "provinces": list[str],
        **each("agencies objectives", listed(TITLE)), "source": listed({"type": "object"}),
        "period": either(record(each("from to", Any)), NoneType),
        **each("country data_status", str | None),
    }  # fmt: skip
    training = {
        **each("courses person_days participants women men", counted),
        "listed": listed(record(course)), "notes": words,
    }  # fmt: skip
    reconciled = {
        **each("figure as_published", str), **each("published recomputed difference", compared),
        **each("difference_share within", share), "outcome": enum(RECONCILED),
        "by_construction": bool, "taken_as": words, **each("source because", str | None),
    }  # fmt: skip
    contributor = {**hints(Contributor), **each("share cumulative", SHARE)}
    contributor["annual_saving"] = Reported
    pooled = {
        **each("enterprise id status", str), "title": TITLE, "group": bool, "figures": FIGURES,
    }  # fmt: skip
    groups = each("province sector data_status status", by_name(ref("total")))
    return record(
        {"schema": constant("programme"), "programme": record(about), "currency": str,
         "exchange_rates": by_name(rate), "enterprises": listed(_enterprise(ABOUT)),
         "totals": ref("total"), **{f"totals_by_{name}": kind for name, kind in groups.items()},
         "training": record(training), "reconciliation": listed(record(reconciled)),
         "payback_classes": listed(record({"class": str, "measures": int, "totals": ref("total")})),
         "contributors": listed(record(contributor)), "measures": listed(record(pooled)),
         **each("data_quality data_quality_co2 data_status_shares", by_name(SHARE)),
         **each("not_counted unverified_factors", list[str]),
         "identities": list[results.Identity], "waivers": WAIVERS, "diagnostics": DIAGNOSTICS,
         "provenance": record(
             {"file": str, "cpcalc": str, "sha256": SHA256, "options": OPTIONS,
              "enterprises": dict[str, str]}
         ), **CHECKSUM}
    )  # fmt: skip


def check() -> Schema:
    expectation = {**each("figure expected found because? source?", str), "outcome": enum(EXPECTED)}
    expectation["by_construction?"] = {"const": True}
    file = {
        "file": str, "kind": str | None, "diagnostics": DIAGNOSTICS,
        "expectations": listed(record(expectation)),
    }  # fmt: skip
    summary = record(each(COUNTS, int))
    return record({"schema": constant("check"), "files": listed(record(file)), "summary": summary})


def why() -> Schema:
    """The graph of a figure, each step once; operands are the numbers of their steps."""
    known, without = (figures(is_brief=True)[name]["properties"] for name in ("known", "without"))
    card = record(each("symbol equation source", str))
    marks = {f"{name}?": known[name] for name in ("of", "partial", "bound")}
    step = record(
        {"number": int, "value": float, "unit": str, **marks, "formula?": card,
         "operands?": dict[str, int], "origin?": Literal["input", "factor", "definition"],
         **each("text? place? factor? citation?", str)}
    )  # fmt: skip
    steps = either(step, record({"number": int, **without}))
    return record({"schema": constant("why"), "figure": str, "steps": listed(steps)})


CAUSE = {"kind": str, **each("name said now", str)}
CHANGED = {
    "at": str, **each("said now", Any), "causes": listed(record(CAUSE)), "first": str,
    "inputs": list[str],
}  # fmt: skip


def verify() -> Schema:
    return record(
        {"schema": constant("verify"), "holds": bool, "file": str, "causes": listed(record(CAUSE)),
         "changed": listed(record(CHANGED))}
    )  # fmt: skip


def diff() -> Schema:
    attributed = {
        "figure": str, **each("before after", either(Reported, NoneType)),
        "change": either(Figure, NoneType), "parts": keys(Figure, (*KINDS, INTERACTION)),
    }  # fmt: skip
    return record(
        {"schema": constant("diff"), **each("before after", str), "changes": listed(record(CHANGED)),
         "attributed": listed(record(attributed))}
    )  # fmt: skip


DIALECT = "https://json-schema.org/draft/2020-12/schema"
PRINTED = ("result", "results", "one_measure", "measures", "scenarios", "failure")


def targets(root: Path) -> Iterator[tuple[Path, str]]:
    of_assess = {
        "$schema": DIALECT,
        "title": "Results of cpcalc assess --format json",
        "anyOf": [ref(name) for name in PRINTED],
        "$defs": definitions(),
    }
    yield from _both(root, "result", of_assess)
    shared = {**figures(is_brief=True), "diagnostic": diagnostic()}
    for make in (batch, programme, check, why, verify, diff):
        head = {"$schema": DIALECT, "title": f"What cpcalc {make.__name__} --format json prints"}
        schema = {**head, **make(), "$defs": shared}
        yield from _both(root, f"{make.__name__}-result", schema)


def _both(root: Path, name: str, schema: Schema) -> Iterator[tuple[Path, str]]:
    """In docs/, and in the package for `cpcalc schema`."""
    text = json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
    yield root / "docs" / f"{name}.schema.json", text
    yield root / "src" / "cpcalc" / "schemas" / f"{name}.schema.json", text
