"""JSON Schemas of what `batch`, `merge`, `programme`, `check` and `why` print with --format json."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from result_schema import (
    CODES,
    COUNT,
    FLAG,
    NUMBER,
    TEXT,
    TITLE,
    Schema,
    by_name,
    definitions,
    listed,
    or_null,
    record,
    ref,
)  # fmt: skip

SHARE: Schema = {**NUMBER, "description": "a share: 1 is 100 %"}
ORIGINS = ("input", "factor", "definition")
RECONCILED = ("agrees", "differs", "unknown", "not-reproduced", "now-reproduced", "not-recomputed")
EXPECTED = ("met", "missed", "not-reproduced", "now-reproduced", "unknown")
FIGURE_NAMES = "flat names such as annual_saving, investment.USD, reductions.co2 or avoided_emissions.scope_1.CO2"


def shared() -> Schema:
    """Figures under flat names, their sums over enterprises, and totals made of these."""
    whole = definitions()
    substance = whole["known"]["properties"]["of"]
    partial = record({"counted": COUNT, "of": COUNT}, {"missing": listed(TEXT)})
    known = {"value": NUMBER, "unit": TEXT}
    more = {"of": substance, "partial": partial, "bound": whole["known"]["properties"]["bound"]}
    without = {"not_applicable": {"enum": list(CODES)}, "because": TEXT}
    missing = {"missing": listed(TEXT)}
    reported = record({"reporting": COUNT, "of": COUNT})
    amounts = {**listed(ref("figure")), "description": "by currency, where there are several"}
    return {
        "known": record(known, more),
        "without": record(without, missing),
        "figure": {"anyOf": [ref("known"), ref("without")]},
        "figures": {**by_name(ref("figure")), "description": FIGURE_NAMES},
        "sum": {
            "anyOf": [
                record({**known, "enterprises": reported}, {**more, "amounts": amounts}),
                record({**without, "enterprises": reported}, {**missing, "amounts": amounts}),
            ]
        },
        "total": record(_total(), _total_more()),
        "diagnostic": whole["diagnostic"],
    }


def _total() -> Schema:
    return {
        "enterprises": COUNT,
        "figures": {**by_name(ref("sum")), "description": FIGURE_NAMES},
        "simple_payback": ref("figure"),
        "money_complete": record({"enterprises": COUNT, "of": COUNT}),
    }


def _total_more() -> Schema:
    return {"simple_payback_of_complete": ref("figure")}


def _enterprise() -> Schema:
    return {
        "file": TEXT, "id": TEXT, "name": TITLE, "sector": or_null(TEXT), "province": or_null(TEXT),
        "data_status": TEXT, "period": or_null(TEXT), "currency": or_null(TEXT), "measures_counted": COUNT,
        "warnings": COUNT, "figures": ref("figures"),
    }  # fmt: skip


def batch() -> Schema:
    """What `batch` and `merge` print."""
    totals = {
        **_total(),
        "data_status": by_name(COUNT),
        "currencies": by_name(COUNT),
        "warnings": COUNT,
        "identities": record({"holding": COUNT, "of": COUNT}),
    }
    shard = {
        "type": "object",
        "required": ["number", "of", "digests"],
        "properties": {"number": COUNT, "of": COUNT, "digests": {"type": "array"}},
        "description": "of a shard: what `cpcalc merge` needs to put it together with the others",
    }
    whole = record(
        {
            "schema": {"const": "cpcalc/batch/1"},
            "cpcalc": TEXT,
            "request": record({"status": or_null(listed(TEXT)), "currency": or_null(TEXT)}),
            "group_by": or_null(TEXT),
            "shard": or_null(shard),
            "passed_over": COUNT,
            "assessments": listed(
                record({**_enterprise(), "country": or_null(TEXT), "programme": or_null(TEXT)})
            ),
            "failed": listed(record({"file": TEXT, "diagnostics": listed(ref("diagnostic"))})),
            "totals": record(totals, _total_more()),
            "groups": by_name(ref("total")),
        }
    )
    return _document("cpcalc batch --format json", whole)


def programme() -> Schema:
    """What `programme` prints."""
    words = or_null(TITLE)
    counted = {"anyOf": [COUNT, ref("without")]}
    people = record(
        {
            "all": or_null(COUNT),
            "women": or_null(COUNT),
            "men": or_null(COUNT),
            "unstated": or_null(COUNT),
        }
    )
    course = record(
        {"title": TITLE, "date": or_null(TEXT), "province": or_null(TEXT), "days": or_null(NUMBER),
         "participants": or_null(people)}
    )  # fmt: skip
    compared = {"anyOf": [{"type": "integer"}, ref("figure"), {"type": "null"}]}
    rate = record({"value": NUMBER, "unit": TEXT, "year": or_null(COUNT), "source": or_null(TEXT)})
    about = record(
        {
            "id": TEXT, "name": TITLE, "sponsor": words, "agencies": listed(TITLE),
            "period": or_null(record({"from": or_null({}), "to": or_null({})})), "country": or_null(TEXT),
            "provinces": listed(TEXT), "objectives": listed(TITLE), "source": listed({"type": "object"}),
            "data_status": or_null(TEXT), "notes": words,
        }
    )  # fmt: skip
    whole = record(
        {
            "schema": {"const": "cpcalc/programme/1"},
            "programme": about,
            "currency": TEXT,
            "exchange_rates": by_name(rate),
            "enterprises": listed(record(_enterprise())),
            "not_counted": listed(TEXT),
            "totals": ref("total"),
            **{f"totals_by_{name}": by_name(ref("total")) for name in ("province", "sector", "data_status", "status")},
            "training": record(
                {
                    **dict.fromkeys(("courses", "person_days", "participants", "women", "men"), counted),
                    "listed": listed(course),
                    "notes": words,
                }
            ),
            "reconciliation": listed(
                record(
                    {
                        "figure": TEXT, "published": compared, "as_published": TEXT, "recomputed": compared,
                        "difference": compared, "difference_share": or_null(SHARE), "within": or_null(SHARE),
                        "outcome": {"enum": list(RECONCILED)}, "by_construction": FLAG, "taken_as": words,
                        "source": or_null(TEXT), "because": or_null(TEXT),
                    }
                )
            ),
            "payback_classes": listed(record({"class": TEXT, "measures": COUNT, "totals": ref("total")})),
            "contributors": listed(
                record({"enterprise": TEXT, "annual_saving": ref("figure"), "share": SHARE, "cumulative": SHARE})
            ),
            "measures": listed(
                record(
                    {"enterprise": TEXT, "id": TEXT, "title": TITLE, "status": TEXT, "group": FLAG,
                     "figures": ref("figures")}
                )
            ),
            "data_quality": by_name(SHARE),
            "data_status_shares": by_name(SHARE),
            "unverified_factors": listed(TEXT),
            "identities": listed(record({"name": TEXT, "holds": FLAG, "left": NUMBER, "right": NUMBER})),
            "waivers": listed(record({"waived": TEXT, "because": TEXT})),
            "diagnostics": listed(ref("diagnostic")),
            "provenance": record({"cpcalc": TEXT, "enterprises": by_name(TEXT)}),
        }
    )  # fmt: skip
    return _document("cpcalc programme --format json", whole)


def check() -> Schema:
    """What `check` prints."""
    counts = (
        "files", "errors", "warnings", "notices", "waived", "expectations_met", "expectations_missed",
        "expectations_not_reproduced", "known",
    )  # fmt: skip
    expectation = record(
        {"figure": TEXT, "outcome": {"enum": list(EXPECTED)}, "expected": TEXT, "found": TEXT},
        {"because": TEXT},
    )
    file = record(
        {
            "file": TEXT,
            "kind": or_null(TEXT),
            "diagnostics": listed(ref("diagnostic")),
            "expectations": listed(expectation),
        }
    )
    whole = record(
        {
            "schema": {"const": "cpcalc/check/1"},
            "files": listed(file),
            "summary": record(dict.fromkeys(counts, COUNT)),
        }
    )
    return _document("cpcalc check --format json", whole)


def why() -> Schema:
    """What `why` prints: the graph of a figure, each step once; operands are the numbers of their steps."""
    known = shared()["known"]["properties"]
    step = record(
        {"number": COUNT, "value": NUMBER, "unit": TEXT},
        {
            **{name: known[name] for name in ("of", "partial", "bound")},
            "formula": record({"symbol": TEXT, "equation": TEXT, "source": TEXT}),
            "operands": by_name(COUNT),
            "origin": {"enum": list(ORIGINS)},
            "text": TEXT,
            "place": TEXT,
            "factor": TEXT,
            "citation": TEXT,
        },
    )
    absent = record(
        {
            "number": COUNT,
            "not_applicable": {"enum": list(CODES)},
            "because": TEXT,
            "missing": listed(TEXT),
        }
    )
    whole = record(
        {
            "schema": {"const": "cpcalc/why/1"},
            "figure": TEXT,
            "steps": listed({"anyOf": [step, absent]}),
        }
    )
    return _document("cpcalc why --format json", whole)


def _document(title: str, whole: Schema) -> Schema:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"What {title} prints",
        **whole,
        "$defs": shared(),
    }


def targets(root: Path) -> Iterator[tuple[Path, str]]:
    for name, schema in (
        ("batch", batch()),
        ("programme", programme()),
        ("check", check()),
        ("why", why()),
    ):
        text = json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
        yield root / "docs" / f"{name}-result.schema.json", text
