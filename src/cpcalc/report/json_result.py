"""A result as JSON: every figure exact, with its unit; the published contract `cpcalc/result/1`."""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import singledispatch
from typing import Any

from cpcalc import names, results
from cpcalc.figures import Figure, NotApplicable, unknown
from cpcalc.rows import intervals
from cpcalc.texts import reason
from cpcalc.units import SUBSTANCES, factor_to, shown

Data = dict[str, Any]  # as JSON
Described = Sequence[Mapping[str, Any]]  # diagnostics as JSON data

RESULT_SCHEMA = "cpcalc/result/1"
RESULTS_SCHEMA = "cpcalc/results/1"
SCENARIOS_SCHEMA = "cpcalc/scenarios/1"
MEASURE_SCHEMA = "cpcalc/measure/1"
MEASURES_SCHEMA = "cpcalc/measures/1"
FAILURE_SCHEMA = "cpcalc/failure/1"

# The fields of results that the contract calls otherwise.
KEYS = {
    "rates": "exchange_rates", "declared_count": "count", "caps": "capped", "figures": "values",
    "partial": "left_out", "place": "at", "swings": "tornado",
}  # fmt: skip
# The fields that are written only where they say something.
OPTIONAL = frozenset({
    "abatement_cost", "assumptions", "baseline", "before", "benchmark", "bill",
    "by_cost_class", "by_type", "by_construction", "caps", "discounted", "equity",
    "financing",
    "grid_because", "grid_decline", "implied_prices", "irr_roots", "loads", "normalised_saving",
    "options", "outside", "shared", "specific", "partial", "readings",
    "predicted_saving", "production", "products", "realisation", "remarks", "saving",
    "saving_share", "sensitivity", "source", "tables", "tornado",
    "verified_changes", "whole_enterprise",
})  # fmt: skip
# What of a line is written of the whole enterprise: its money. Reductions are told apart.
MONEY = (
    "investment", "grant", "running_cost", "savings", "annual_saving", "annual_net_saving",
    "simple_payback", "simple_payback_with_other_benefits", "simple_payback_of_complete",
    "other_benefits", "economics", "measures_counted",
)  # fmt: skip


# What json leaves as it is and a terminal does not: controls, and what turns the direction.
_CONTROLS = re.compile("[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def json_text(data: Any, indent: int | None = None) -> str:
    """JSON: stable order, full precision, no NaN or infinity."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, indent=indent)
    return _CONTROLS.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def dumps(data: Any) -> str:
    """A whole result as indented JSON."""
    return json_text(data, indent=2) + "\n"


SEAL = ',\n"checksum": "'


def sealed(pieces: Iterable[str], seal: str = SEAL, end: str = '"\n}\n') -> Iterator[str]:
    """The pieces of an object's JSON without its last brace, and last the hash of all before it.

    So a result that was edited is known without computing it again.
    """
    before = hashlib.sha256()
    for piece in pieces:
        before.update(piece.encode())
        yield piece
    yield f"{seal}{before.hexdigest()}{end}"


def sealed_lines(lines: Iterable[str]) -> Iterator[str]:
    """Lines of JSON, and last one with the hash of all before it."""
    return sealed(lines, '{"kind": "checksum", "checksum": "', '"}\n')


def sealed_data(data: Data) -> str:
    """A whole result as indented JSON, sealed."""
    return "".join(sealed([dumps(data).removesuffix("\n}\n")]))


def is_as_written(text: str) -> bool:
    """Whether a sealed text is what was sealed."""
    before, seal, _ = text.rpartition(SEAL)
    return bool(seal) and text == "".join(sealed([before]))


# ---- any value -----------------------------------------------------------------------------------


@singledispatch
def written(value: Any, name: str = "") -> Any:
    """A figure, or any record, mapping or list that holds figures, as JSON data.

    ``name`` names the figure: by it a reduction of dust is known, which is written in kg a year.
    """
    return value


@written.register
def figure_data(figure: Figure, name: str = "") -> Data:
    """``{"value", "unit"}``, with ``of``, ``partial`` and ``bound`` where they matter."""
    value, unit = figure.value, figure.unit
    plain = str(unit.without(*SUBSTANCES))
    if names.is_dust(name) and unit is names.DUST:
        value *= factor_to(unit, names.DUST_UNIT)
        plain = names.DUST_UNIT.replace(f" {unit.substance}", "")
    data: Data = {"value": value + 0.0, "unit": plain}  # no minus zero
    if unit.substance is not None:
        data["of"] = shown(unit.substance)
    if figure.is_partial:
        counts = {"counted": figure.counted, "of": figure.of}
        data["partial"] = {**counts, "missing": list(figure.missing)}
    if figure.bound is not None:
        data["bound"] = figure.bound
    return data


@written.register
def _reason_data(absent: NotApplicable, name: str = "") -> Data:
    """Why there is no figure."""
    because = reason(absent.because, "en")
    return {"not_applicable": absent.code, "because": because, "missing": list(absent.missing)}


@written.register(Mapping)
def _mapping_data(mapping: Mapping[str, Any], name: str = "") -> Any:
    """An object; a text in no named language is the text alone."""
    if isinstance(mapping.get(""), str):
        return mapping[""]
    return {key: written(value, f"{name}.{key}") for key, value in mapping.items()}


@written.register(list)
@written.register(tuple)
def _sequence_data(items: Sequence[Any], name: str = "") -> Any:
    if hasattr(items, "_asdict"):
        return record_data(items)
    return [written(item, name) for item in items]


def record_data(record: Any, *left_out: str, place: str = "measures") -> Data:
    """A record field by field, the figures of its line among them; ``place`` is its document
    path."""
    data: Data = {}
    for field, value in record._asdict().items():
        if field in left_out or (field in OPTIONAL and not value):
            continue
        if isinstance(value, results.Line):
            data |= line_data(value, place)
        else:
            data[KEYS.get(field, field)] = written(value, field)
    return data


def by(field: str, records: Iterable[Any]) -> Data:
    """Records by one of their fields."""
    return {getattr(record, field): record_data(record, field) for record in records}


def rates_data(rates: Iterable[results.Rate]) -> Data:
    """Dated exchange rates by currency."""
    return {
        item.currency: {**figure_data(item.rate), "year": item.year, "source": item.source}
        for item in rates
    }


# ---- lines ---------------------------------------------------------------------------------------


def line_data(line: results.Line, place: str = "measures") -> Data:
    """One measure, group, status or total; ``place`` is its document path."""
    is_total = line.measures_counted is not None
    data: Data = {}
    for name in names.NAMES:
        value = results.value_at(line, name.key)
        is_there = name.is_always_there or value
        if name.key == "investment":
            lacks = unknown(*results.investments_missing(line, place))
            value = line.investment or {"amounts": (), "converted": lacks}
        elif name.key == "running_cost" and value is None:
            fields = (f"{place}.running-cost",)
            value = NotApplicable("not-applicable", "no-running-cost", fields)
        elif name.key == "simple_payback_of_complete" and is_total:
            is_there = value = value or line.simple_payback  # where all is complete: the same
        elif name.key == "lifetime_reductions":
            is_there = line.lifetime_avoided
        if value is not None and is_there:
            _put(data, name.key, written(value, name.key))
    if is_total:
        data["measures_counted"] = line.measures_counted
    if line.quality:
        data["quality"] = dict(line.quality)
    if line.uncertainty:
        data["uncertainty"] = _intervals(line)
    if line.end_of_pipe is not None:
        data["end_of_pipe"] = line_data(line.end_of_pipe, place)
    return data


def _intervals(line: results.Line) -> Data:
    """The lowest and highest value of the headline figures that an uncertain input moves."""
    data: Data = {}
    for name, (*_, lowest, highest) in intervals(line).items():
        low, high = figure_data(lowest, name), figure_data(highest, name)
        data[name] = {"low": low["value"], "high": high["value"], "unit": low["unit"]}
    return data


def _put(data: Data, key: str, value: Any) -> None:
    """Put a value under a name with dots: a record inside a record for each."""
    *groups, last = key.split(".")
    for group in groups:
        data = data.setdefault(group, {})
    data[last] = value


@written.register
def _flow_data(flow: results.CashFlow, name: str = "") -> Data:
    """A table: one list of amounts for each line, from year 0 on."""
    data = {
        "unit": str(flow.net[0].unit),
        "money": flow.money,
        "lines": _by_line(flow.lines),
        "net": _amounts(flow.net),
        "discounted": flow.discounted and _amounts(flow.discounted),
        "outside": _by_line(flow.outside) or None,
        "financing": _by_line(flow.financing) if flow.equity is not None else None,
        "equity": flow.equity and _amounts(flow.equity),
    }
    return {key: value for key, value in data.items() if value is not None}


def _by_line(lines: Iterable[results.CashLine]) -> dict[str, list[float]]:
    return {line.key: _amounts(line.amounts) for line in lines}


def _amounts(amounts: Iterable[Figure]) -> list[float]:
    return [amount.value for amount in amounts]


# ---- one assessment ------------------------------------------------------------------------------


def result_data(result: results.AssessmentResult, diagnostics: Described) -> Data:
    """One assessment as JSON data, in the order of the contract; ``diagnostics`` as already
    described."""
    totals_by_status = {key: line_data(line) for key, line in result.totals_by_status.items()}
    data = {
        "schema": RESULT_SCHEMA,
        "enterprise": written(result.enterprise),
        "data_status": result.data_status,
        "basis": {**record_data(result.basis), "exchange_rates": rates_data(result.basis.rates)},
        "products": written(result.products),
        "streams": by("id", result.streams),
        "measures": [record_data(item, place=f"measures.{item.id}") for item in result.measures],
        "groups": [record_data(item, place=f"groups.{item.id}") for item in result.groups],
        "totals": line_data(result.totals),
        "totals_by_status": totals_by_status,
        "whole_enterprise": result.whole_enterprise and _whole_data(result.whole_enterprise),
        "sensitivity": written(result.sensitivity),
        **{key: written(getattr(result, key)) for key in results.PLANT},
        **quality_data(result.qualities),
        "identities": written(result.identities),
        "expectations": [record_data(item, "path") for item in result.expectations],
        "waivers": waivers_data(result.waivers),
        "remarks": written(result.remarks),
        "factors": written(result.factors),
        "diagnostics": list(diagnostics),
        "provenance": written(result.provenance),
    }
    return {key: value for key, value in data.items() if value or key not in OPTIONAL}


def quality_data(qualities: results.Qualities) -> dict[str, Any]:
    """The shares of the saving, and of the CO2 reduction, that rest on each tier of data."""
    return {
        "data_quality": dict(qualities.get("annual_saving", {})),
        "data_quality_co2": dict(qualities.get("reductions.co2", {})),
    }


def waivers_data(waivers: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    """Waived checks, and why."""
    return [{"waived": waived, "because": because} for waived, because in waivers]


def _whole_data(whole: results.WholeEnterprise) -> Data:
    """Cleaner production and end of pipe together: the money of its line, and its life-cycle
    cost."""
    line, cost = line_data(whole.line), whole.life_cycle_cost
    return {
        **{key: line[key] for key in MONEY if key in line},
        "life_cycle_cost": {**record_data(cost), "lines": by("key", cost.lines)},
        **record_data(whole, "line", "life_cycle_cost"),
    }


def told_data(
    result: results.AssessmentResult, measure: str | None, diagnostics: Described
) -> Data:
    """The whole result; or of one ``measure`` all, without the others and any total, so that
    nothing is summed by it."""
    whole = result_data(result, diagnostics)
    if measure is None:
        return whole
    data = {
        "schema": MEASURE_SCHEMA,
        **{key: whole[key] for key in ("enterprise", "data_status", "basis")},
        "measure": next(item for item in whole["measures"] if item["id"] == measure),
    }
    if "sensitivity" in whole:
        conditions = whole["sensitivity"]["break_even"]
        data["payback_limit"] = whole["sensitivity"]["payback_limit"]
        data["break_even"] = [item for item in conditions if item["at"] == f"measures.{measure}"]
    return {**data, "diagnostics": whole["diagnostics"], "provenance": whole["provenance"]}


def failure_data(file: str, diagnostics: Described) -> Data:
    """A file without a result: only what is wrong with it."""
    name = file.replace("\\", "/")
    return {"schema": FAILURE_SCHEMA, "file": name, "diagnostics": list(diagnostics)}
