"""What the JSON Schemas say beyond the models, where the check itself says it later and better: when a file is linked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from inspect import getclosurevars
from pathlib import Path
from typing import Any

import patterns

from cpcalc.app import factors
from cpcalc.app.load import MOST_COUNTS
from cpcalc.diagnostics import Diagnostic, catalogue
from cpcalc.library import PIN, Library, PinnedSet
from cpcalc.names import NAMES as FIGURES
from cpcalc.quantities import INTERNATIONAL, VIETNAMESE
from cpcalc.resolve.context import LONGEST_LIFE_YEARS, MOST_HOURS_A_DAY
from cpcalc.resolve.factors import UNCONTROLLED
from cpcalc.resolve.model import SOLD_KINDS
from cpcalc.resolve.streams import KINDS_OF_KEY
from cpcalc.results import PARTS, PLANT
from cpcalc.schema import Model, Rule, kebab
from cpcalc.schema.factor_rows import ORIGINS, Emission, Factor
from cpcalc.schema.factor_set import SECTIONS
from cpcalc.units import CURRENCIES, NAMES, SUBSTANCES, base_unit, is_taken, shown

Schema = dict[str, Any]
HERE = Path(__file__).parent
ENERGY = base_unit("kWh")
TONS = ("ton", "tons")


def _without(pattern: str) -> Schema:
    return {"not": {"type": "string", "pattern": pattern}}


def _each(schema: Schema) -> Schema:
    """For a list each item, for what stands without a list itself."""
    return {"if": {"type": "array"}, "then": {"items": schema}, "else": schema}


def _if(condition: Schema, then: Schema) -> Schema:
    return {"if": condition, "then": then}


def _keyed(**fields: Schema) -> Schema:
    return {"properties": {kebab(key): schema for key, schema in fields.items()}}


def _states(**fields: Schema) -> Schema:
    return {"type": "object", **_keyed(**fields), "required": [kebab(key) for key in fields]}


def _text(pattern: str) -> Schema:
    return {"type": "string", "pattern": pattern}


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


def _at_most(limit: float, unit: str) -> Schema:
    """No number above a limit, before a canonical unit."""
    return _without(rf"^\s*\+?{patterns.above(int(limit))}(?![0-9]).*{patterns.spelled(unit)}")


_LIFE = _at_most(LONGEST_LIFE_YEARS, "year")
_HOURS = _at_most(MOST_HOURS_A_DAY * 366, "hour/year")
_RATE = _without(r"^\s*[-\u2212]\s*[1-9][0-9]{2,}(?![0-9]).*%")
# Figures that a result can have, as far as their names are the same in each.
_OF_TOTALS = "|".join(sorted({name.key.partition(".")[0] for name in FIGURES} | {"end_of_pipe"}))
_FIGURE = rf"^(?:totals\.(?:{_OF_TOTALS})|(?!totals\.)(?:{'|'.join(('streams', 'measures', 'groups', *PARTS, *PLANT))}))(?:\.|$)"
_COUNTED = ("enterprises", "provinces", "measures")

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
    ("EconomicSettings", "study-period"): {"allOf": [WHOLE_YEARS, _LIFE]},
    ("EconomicSettings", "loan"): {"not": {"required": ["amount"]}},
    **{(model, "lifetime"): _LIFE for model in ("Measure", "Group", "Item", "EconomicSettings")},
    **{("YearlyRate", key): _RATE for key in ("nominal", "real")},
    ("Operation", "days"): _at_most(366, "day/year"),
    ("Operation", "months"): _at_most(12, "month/year"),
    ("Operation", "hours"): {"allOf": [_HOURS, _at_most(MOST_HOURS_A_DAY, "hour/day")]},
    ("Effect", "reduce"): _at_most(100, "%"),
    ("Effect", "hours"): {"allOf": [_HOURS, _at_most(MOST_HOURS_A_DAY, "hour/day")]},
    ("Loan", "term"): WHOLE_YEARS,
    ("Loan", "grace"): WHOLE_YEARS,
    ("Waiver", "check"): {"enum": [one.name for one in catalogue().values() if one.severity == "warning"]},
    **{(file, "units"): {
        "patternProperties": {f"^(?!(?:{'|'.join(TONS)})$)": {"const": "count"}},
        "propertyNames": {"pattern": f"^{patterns.ANY_WORD}$", "not": {"enum": _TAKEN}},
        "anyOf": [
            {"maxProperties": MOST_COUNTS},
            *({"required": list(tons), "maxProperties": MOST_COUNTS + len(tons)} for tons in (TONS[:1], TONS[1:], TONS)),
        ],
    } for file in ("Assessment", "Programme")},
}  # fmt: skip


def _spellings(substance: str) -> list[str]:
    return sorted({substance, shown(substance)})


_PER_NORMAL, _PER_ACTUAL = _text(r"/[ (]*Nm"), _text(r"^[^/]*[0-9 ]m[3³]")
_MASS, _VOLUME = (
    {
        "type": "string",
        "pattern": rf"[0-9 ]{patterns.named(unit)} */[^*]*$",
        "not": {"pattern": " per |[*(]"},
    }
    for unit in ("t", "m3")
)
_BRIDGES = {
    "anyOf": [{"required": [key]} for key in ("density", "ncv", "gcv", "per", "emission-factors")]
}
MODELS: dict[str, list[Schema]] = {
    "Stream": [
        _BY_TIME,
        _if(
            {**_states(made_from={}), "not": _states(kind={"enum": [*SOLD_KINDS]})},
            {"not": {"anyOf": [{"required": [key]} for key in ("price", "annual-cost")]}},
        ),
        _if(_states(annual_cost={}), _keyed(quantity={"not": {"const": 0}})),
        _if(
            {**_states(concentration=_PER_NORMAL, gas_flow=_PER_ACTUAL)},
            {"anyOf": [{"required": [key]} for key in ("concentration-at", "gas-flow-at")]},
        ),
        *(
            {
                "if": _states(quantity=amount),
                "then": {"if": {"not": _BRIDGES}, "then": _keyed(price=_without(per))},
            }
            for amount, per in (
                (_MASS, rf"/ *{patterns.named('m3')}$"),
                (_VOLUME, rf"/ *{patterns.named('t')}$"),
            )
        ),
        _if(
            {
                "not": {"required": ["price-basis"]},
                "anyOf": [_states(ncv={}), _states(gcv={})],
                **_states(quantity={"anyOf": [_MASS, _VOLUME]}),
            },
            _keyed(price=_without(rf"/ *{patterns.named('kWh')}$")),
        ),
        *(
            {"if": {"required": [key]}, "then": {"properties": {"kind": {"enum": list(kinds)}}}}
            for key, kinds in KINDS_OF_KEY.items()
        ),
    ],
    "FactorSet": [
        {"anyOf": [{"required": [section]} for section in SECTIONS]},
        _if(
            {"not": {"required": ["sources"]}},
            {
                "properties": {
                    "factors": {
                        "items": _keyed(
                            source={"not": {}},
                            emits={"items": _keyed(source={"not": {}})},
                        )
                    }
                }
            },
        ),
    ],
    "Effect": [
        _if(
            _states(hours={}),
            _keyed(
                **dict.fromkeys(
                    ("reduce", "increase"),
                    _without(rf"(?:%|/ *{patterns.named('year')})$"),
                )
            ),
        )
    ],
    "Expectation": [
        _if({"not": {"required": ["not-reproduced"]}}, _keyed(figure={"pattern": _FIGURE}))
    ],
    "Published": [_if(_keyed(figure={"enum": [*_COUNTED]}), {"required": ["count"]})],
    "CostClasses": [
        {
            "anyOf": [
                _keyed(
                    **{
                        key: {"not": _text(others)}
                        for key in ("no_cost", "low_cost", "medium_cost")
                    }
                )
                for others in patterns.other_currencies().values()
            ]
        }
    ],
    "Emission": [
        _if(
            _states(of={"enum": _spellings(of)}),
            _keyed(value=_text(rf"^[^/]*{patterns.substance(of)}")),
        )
        for of in sorted(SUBSTANCES)
    ],
    "Gwp": [
        _if(
            _states(gas={"enum": _spellings(gas)}),
            _keyed(value=_text(rf"CO2e.*/.*{patterns.substance(gas)}")),
        )
        for gas in sorted(SUBSTANCES)
    ],
}


# ---- the whole file ----------------------------------------------------------------------------------------------------

_UNDECIDED = {"type": "object", "not": {"required": ["numbers"]}}
_STYLES = (
    (_UNDECIDED, patterns.unread("")),
    (_states(numbers={"const": INTERNATIONAL}), patterns.unread(".")),
    (_states(numbers={"const": VIETNAMESE}), patterns.unread(",")),
)


def _of_streams(schema: Schema) -> Schema:
    return _keyed(streams={"additionalProperties": schema})


def _numbers() -> Iterator[Schema]:
    """Amounts of streams and measures in the file's own way of writing decimals."""
    for style, unread in _STYLES:
        amount = _without(unread)
        amounts = _keyed(
            **dict.fromkeys(("quantity", "price", "annual-cost", "ncv", "gcv", "density"), amount)
        )
        effect = _keyed(**dict.fromkeys(("reduce", "increase", "by", "worth"), amount))
        measures = _keyed(
            investment=amount, lifetime=amount, running_cost=amount, effects=_each(effect)
        )
        yield _if(style, {"allOf": [_of_streams(amounts), _keyed(measures=_each(measures))]})


def _money() -> Iterator[Schema]:
    """Without rates of exchange all prices are in one currency."""
    for currency, others in patterns.other_currencies().items():
        basis = {**_states(currency={"const": currency}), "not": {"required": ["exchange-rates"]}}
        yield _if(_states(basis=basis), _of_streams(_keyed(price=_without(others))))


def _operating_time() -> Iterator[Schema]:
    """What is said of a day or a month needs the number of these in the year."""
    for period, key in (("day", "days"), ("month", "months")):
        stated = _states(basis=_states(operation=_states(**{key: {}})))
        yield _if(
            {"not": stated},
            _of_streams(_keyed(quantity=_without(rf"/ *{patterns.named(period)}$"))),
        )


def _readings() -> Schema:
    """A year has twelve months of readings, unless they are carried to the year."""
    whole = {
        "if": {"not": {"required": ["annualise-by"]}},
        "then": _keyed(readings={"minItems": 12}),
    }
    return _if(_states(basis=_states(period={"type": "integer"})), _of_streams(whole))


def _pinned(pattern: str) -> Schema:
    text = _text(pattern)
    pins = {"anyOf": [text, {"type": "array", "contains": text}]}
    return _states(basis=_states(factor_sets=pins))


def _of_uses(schema: Schema) -> Schema:
    return _of_streams(_keyed(emission_factors=_each(schema)))


def _using(entries: str) -> Schema:
    """A stream that uses one of some factors."""
    use = {"anyOf": [_text(entries), _states(factor=_text(entries))]}
    return _states(emission_factors={"anyOf": [use, {"type": "array", "contains": use}]})


def _factors(pinned: PinnedSet) -> Iterator[Schema]:
    """What the factors of a released set need of each use, and of their stream: its version never changes."""
    entries, library = pinned.content.factors or (), Library({pinned.id: pinned})

    def named(choose: Callable[[Factor], object]) -> str:
        names = "|".join(
            re.escape(entry.id).replace(r"\-", "-") for entry in entries if choose(entry)
        )
        return f"^{pinned.id}/(?:{names})$" if names else ""

    def emits(choose: Callable[[Emission], object]) -> str:
        return named(lambda entry: any(map(choose, entry.emits)))

    def is_chosen(entry: Factor) -> bool:
        return not isinstance(library.pick(f"{pinned.id}/{entry.id}"), Diagnostic)

    def clean(entry: Factor) -> bool:
        return all(row.abated or row.substance in UNCONTROLLED for row in entry.emits)

    of_set, needed = {"pattern": f"^{pinned.id}/"}, named(lambda _: True)
    plain = [_if(of_set, {"pattern": needed})]
    keyed = [_if(_states(factor=of_set), _keyed(factor={"pattern": needed}))]
    for key in ("ash", "sulphur"):
        if needed := emits(lambda row, key=key: row.times == key):  # type: ignore[misc]
            plain.append(_without(needed))
            keyed.append(_if(_states(factor=_text(needed)), {"required": [key]}))
    if needed := named(clean):
        keyed.append(_if(_states(factor=_text(needed)), {"not": {"required": ["control"]}}))
    if needed := named(lambda entry: not entry.is_grid and not is_chosen(entry)):
        plain.append(_without(needed))
    streams: list[Schema] = []
    for basis, other in (("ncv", "gcv"), ("gcv", "ncv")):
        if needed := emits(lambda row, basis=basis: row.basis == basis and row.activity is ENERGY):  # type: ignore[misc]
            other_only = {"allOf": [_using(needed), _states(quantity=_MASS, **{other: {}})]}
            streams.append(_if(other_only, {"required": [basis]}))
    if needed := named(
        lambda entry: entry.ncv is None and any(row.activity is ENERGY for row in entry.emits)
    ):
        heat = {"anyOf": [{"required": ["ncv"]}, {"required": ["gcv"]}]}
        streams.append(_if({"allOf": [_using(needed), _states(quantity=_MASS)]}, heat))
    loads = {
        load: emits(lambda row, load=load: row.mcf and row.value.unit.exponent(load.upper()))  # type: ignore[misc]
        for load in ("cod", "bod")
    }
    streams += [
        _if(_using(needed), {"required": [load]}) for load, needed in loads.items() if needed
    ]
    yield _of_uses({"if": {"type": "object"}, "then": {"allOf": keyed}, "else": {"allOf": plain}})
    if streams:
        yield _of_streams({"allOf": streams})
    if needed := named(lambda entry: entry.is_grid and not is_chosen(entry)):
        yield _if({"not": _states(basis=_states(grid={}))}, _of_uses(_without(needed)))


def _library() -> Iterator[Schema]:
    """A file names the entries of the sets that it pins."""
    shipped = factors.sets_of(str(HERE))
    with_factors = [pinned for pinned in shipped if pinned.content.factors]
    for name in sorted({pinned.id for pinned in with_factors}):
        named = {"anyOf": [_text(f"^{name}/"), _states(factor=_text(f"^{name}/"))]}
        yield _if({"not": _pinned(f"^{name}@")}, _of_uses({"not": named}))
    for pinned in with_factors:
        yield _if(_pinned(f"^{pinned.pin}$"), {"allOf": list(_factors(pinned))})
    gwps = {gwp.name for pinned in shipped for gwp in pinned.content.gwps or ()}
    pins = {"enum": [pinned.pin for pinned in shipped]}
    yield _if(
        _states(basis=_states(factor_sets={"anyOf": [pins, {"type": "array", "items": pins}]})),
        _keyed(basis=_keyed(gwp={"enum": sorted(gwps)})),
    )


def of_whole_file() -> Iterator[Schema]:
    """What parts of an assessment must be beside each other."""
    for rules in (_numbers(), _money(), _operating_time(), [_readings()], _library()):
        yield from rules


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
