"""What the JSON Schemas say beyond the models, where the check itself says it later and better: when a file is linked."""

from __future__ import annotations

from collections.abc import Iterator
from inspect import getclosurevars
from typing import Any

import patterns

from cpcalc.app.load import MOST_COUNTS
from cpcalc.diagnostics import catalogue
from cpcalc.library import PIN
from cpcalc.resolve.streams import KINDS_OF_KEY
from cpcalc.schema import Model, Rule, kebab
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


# ---- the rules of models -----------------------------------------------------------------------------------------------


def _some(*fields: str) -> Schema:
    """At least one of the keys."""
    return {"anyOf": [{"required": [kebab(name)]} for name in fields]}


def _beside(field: str, then: Schema) -> Schema:
    return {"if": _some(field), "then": then} if field else then


def of_rule(rule: Rule) -> Schema | None:
    """What a rule of a model says of its keys; None of one that looks at values too."""
    kept = getclosurevars(rule).nonlocals
    if "is_kept" in kept:  # of a condition, which another rule made
        rule, kept = kept["is_kept"], getclosurevars(kept["is_kept"]).nonlocals
    match rule.__qualname__.partition(".")[0]:
        case "one_of":
            return _beside(kept["beside"], {"oneOf": _some(*kept["fields"])["anyOf"]})
        case "some_of":
            return _beside(kept["beside"], _some(*kept["fields"]))
        case "excludes":
            return _beside(kept["first"], {"not": _some(*kept["others"])})
        case "needs_both":
            one, other = kebab(kept["one"]), kebab(kept["other"])
            return {"dependentRequired": {one: [other], other: [one]}}
        case "needs":
            others = (
                (name, (other,) if isinstance(other, str) else other)
                for name, other in kept["others"].items()
            )
            return {"allOf": [_beside(name, _some(*needed)) for name, needed in others]}
    return None


def models(base: type[Model] = Model) -> Iterator[type[Model]]:
    """Every model of a part of a file."""
    for model in base.__subclasses__():
        yield model
        yield from models(model)


def rules_of(name: str) -> list[Schema]:
    """What the keys of the model of this name must be beside each other."""
    rules = [rule for model in models() if model.__name__ == name for rule in model.rules]
    return [*(said for rule in rules if (said := of_rule(rule)) is not None), *MODELS.get(name, ())]


def without_null(field: Schema) -> Schema:
    """The schema of a key that may be left out: an empty value is none."""
    forms = [form for form in field.pop("anyOf", ()) if form != {"type": "null"}]
    if field.get("default", ...) is None:
        del field["default"]
    return (
        {**field, **forms[0]} if len(forms) == 1 else {**field, "anyOf": forms} if forms else field
    )
