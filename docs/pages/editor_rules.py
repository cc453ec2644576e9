"""What the JSON Schemas say beyond the models, where the check itself says it later and better: when a file is linked."""

from __future__ import annotations

from typing import Any

import patterns

from cpcalc.app.load import MOST_COUNTS
from cpcalc.diagnostics import catalogue
from cpcalc.library import PIN
from cpcalc.resolve.streams import KINDS_OF_KEY
from cpcalc.schema.factor_rows import ORIGINS
from cpcalc.schema.factor_set import SECTIONS
from cpcalc.units import CURRENCIES, NAMES, SUBSTANCES, is_taken, shown

Schema = dict[str, Any]
TONS = ("ton", "tons")


def _without(pattern: str) -> Schema:
    return {"not": {"type": "string", "pattern": pattern}}


NOT_NEGATIVE = _without(r"^\s*[-\u2212]")
OF_OUTPUT = {"allOf": [NOT_NEGATIVE, _without(r"^\s*0(?![.,]?[0-9])")]}
WHOLE_YEARS = _without(patterns.WITH_FRACTION)
GASES = {"enum": sorted({*SUBSTANCES, *map(shown, SUBSTANCES), *ORIGINS})}
CURRENCY = {"enum": sorted(CURRENCIES)}
EACH_ONCE = {"uniqueItems": True}
# What was measured afterwards stands in the verified effects.
_MEASURED = {"not": {"type": "object", "required": ["measured"]}}
_TAKEN = sorted(name for name in [*NAMES, *patterns.REFUSED] if is_taken(name) and name not in TONS)
# An amount of a year, unless it is one per product.
_BY_TIME = {
    "if": {"not": {"required": ["per"]}},
    "then": {
        "properties": {
            "quantity": {"if": {"type": "string"}, "then": {"pattern": patterns.PER_PERIOD}}
        }
    },
}

FIELDS: dict[tuple[str, str], Schema] = {
    ("Assessment", "streams"): {"propertyNames": {"not": {"pattern": "[\u00a0\u2007\u202f\u2060\u200b]"}}},
    ("Basis", "currency"): CURRENCY,
    ("Programme", "currency"): CURRENCY,
    ("Programme", "enterprises"): EACH_ONCE,
    ("Basis", "factor-sets"): {**EACH_ONCE, "allOf": [
        {"if": {"type": "string"}, "then": {"pattern": f"^{PIN.pattern}$"}},
        {"items": {"pattern": f"^{PIN.pattern}$"}},
    ]},
    **{("Product", key): OF_OUTPUT for key in ("output", "capacity", "reporting-output")},
    ("Stream", "quantity"): NOT_NEGATIVE,
    **dict.fromkeys([("Stream", "gas"), ("Gwp", "gas"), ("Emission", "of"), ("Control", "of")], GASES),
    ("Item", "amount"): NOT_NEGATIVE,
    ("Measure", "investment"): NOT_NEGATIVE,
    ("Measure", "effects"): {"allOf": [_MEASURED, {"items": _MEASURED}]},
    ("EconomicSettings", "study-period"): WHOLE_YEARS,
    ("Loan", "term"): WHOLE_YEARS,
    ("Loan", "grace"): WHOLE_YEARS,
    ("Waiver", "check"): {"enum": [one.name for one in catalogue().values() if one.severity == "warning"]},
    **{(file, "units"): {
        "patternProperties": {f"^(?!(?:{'|'.join(TONS)})$)": {"const": "count"}},
        "propertyNames": {"pattern": f"^{patterns.ANY_WORD}$", "not": {"enum": _TAKEN}},
        "maxProperties": MOST_COUNTS + len(TONS),
    } for file in ("Assessment", "Programme")},
}  # fmt: skip
MODELS: dict[str, list[Schema]] = {
    "Stream": [
        _BY_TIME,
        *(
            {"if": {"required": [key]}, "then": {"properties": {"kind": {"enum": list(kinds)}}}}
            for key, kinds in KINDS_OF_KEY.items()
        ),
    ],
    "FactorSet": [{"anyOf": [{"required": [section]} for section in SECTIONS]}],
}
