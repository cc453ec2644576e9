"""Kinds of quantity: which units are of a kind, what it is to people, what no true figure exceeds;
and what the JSON Schema says of one beyond its kind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from cpcalc.schema.patterns import PER_PERIOD, PERIODS, WITH_FRACTION
from cpcalc.units import ONE, Unit, base_unit


def _is_money(unit: Unit) -> bool:
    return len(unit.exponents) == 1 and unit.exponents[0][1] == 1 and unit.currency is not None


def _is_money_per_period(unit: Unit) -> bool:
    of_periods = sum(map(unit.exponent, PERIODS))
    return _is_money(unit.without(*PERIODS)) and of_periods == -1


def _is_price(unit: Unit) -> bool:
    currency = unit.currency
    return currency is not None and unit.exponent(currency) == 1 and len(unit.exponents) > 1


def _is_rate(unit: Unit) -> bool:
    powers = sorted(power for name, power in unit.exponents if base_unit(name).currency)
    return powers == [-1, 1] and len(unit.exponents) == 2


def _is_reading(unit: Unit) -> bool:
    return unit is not ONE and not any(unit.exponent(period) for period in PERIODS)


class Kind(NamedTuple):
    """A kind of quantity: whether a unit is of it, what it is to people, and one of it.

    ``forms`` are the units that it is written in: canonical ones, CURRENCY and ANY.
    """

    holds: Callable[[Unit], bool]
    words: str
    example: str
    forms: tuple[str, ...] = ("ANY",)

    @property
    def description(self) -> str:
        """What it is, with an example."""
        return f"{self.words}, such as {self.example}"


def _in(*forms: str, words: str, example: str) -> Kind:
    """A kind of quantity that has one of a few canonical units."""
    return Kind(lambda unit: str(unit) in forms, words, example, forms)


KINDS: Mapping[str, Kind] = {
    "any": Kind(lambda unit: True, "a number, then a unit", "12 500 kWh/year"),
    "money": Kind(_is_money, "an amount of money", "180 million VND", ("CURRENCY",)),
    "money-per-year": Kind(_is_money_per_period, "money per year", "60 million VND/year",
        tuple(f"CURRENCY/{period}" for period in PERIODS)),
    "price": Kind(_is_price, "money per unit", "1 200 VND/kWh", ("CURRENCY/ANY",)),
    "exchange-rate": Kind(_is_rate, "a rate", "20 510 VND/USD", ("CURRENCY/CURRENCY",)),
    "reading": Kind(_is_reading, "a reading of part of a year", "6 million kWh"),
    "money-or-share": Kind(lambda unit: unit is ONE or _is_money(unit),
        "money or a share of the investment", "40 %", ("1", "CURRENCY")),
    "share": _in("1", words="a share", example="38 %"),
    "duration": _in("year", "month", words="a duration", example="10 year"),
    # a duration that may be none
    "delay": _in("year", "month", words="years without repayment", example="1 year"),
    "hours-per-year": _in("hour/year", "hour/day",
        words="running hours", example="4 000 hour/year"),
    "hours-per-day": _in("hour/day", "hour/year",
        words="operating hours, a day or a year", example="24 hour/day"),
    "days-per-year": _in("day/year", words="operating days", example="310 day/year"),
    "months-per-year": _in("month/year", words="operating months", example="6 month/year"),
    "period": _in(*PERIODS, words="a part of a year", example="6 month"),
    "share-per-year": _in("1/year", "1", words="a rate", example="14 %"),
    "heat-content": _in("kWh/t", "kWh/m3", "kWh/Nm3", example="25 MJ/kg",
        words="heat content, or an entry with one (fuel-properties/diesel-moit)"),
    "density": _in("t/m3", example="840 kg/m3",
        words="a density, or an entry with one (fuel-properties/fuel-oil-ghg-protocol)"),
    "concentration": Kind(lambda unit: str(unit.without(unit.substance or "")) in ("t/m3", "t/Nm3"),
        "a concentration", "1 720 mg/L", ("t/m3", "t/Nm3")),
    "temperature": _in("degC", words="a temperature", example="160 degC"),
    "pressure": _in("kPa", words="an absolute pressure", example="101 kPa"),
    "gas-flow": _in("m3/hour", "Nm3/hour", "m3/year", "Nm3/year",
        words="a flow of gas", example="42 000 Nm3/hour"),
}  # fmt: skip
# What a reading of part of a year can be carried to, and what is then read.
READ_OVER: Mapping[str, str] = {"any": "reading", "money-per-year": "money"}

# Quantities of which a true figure is never negative, or always above zero.
AT_LEAST_ZERO = frozenset({"concentration", "hours-per-year", "delay"})
ABOVE_ZERO = frozenset({"duration", "heat-content", "density", "exchange-rate"})

# In what a zero without a unit is, where a kind has one unit or nothing depends on which.
UNIT_OF_ZERO: Mapping[str, str] = {
    "hours-per-year": "hour/year", "hours-per-day": "hour/day", "days-per-year": "day/year",
    "months-per-year": "month/year", "delay": "year", "period": "month", "concentration": "t/m3",
    "temperature": "degC",
}  # fmt: skip


# ---- beyond the kind --------------------------------------------------------------------------


class Known:
    """What the JSON Schema says of a field; the check finds it when the file is linked."""

    def __init__(self, **schema: Any) -> None:
        self.schema = schema

    def __get_pydantic_json_schema__(self, core: Any, handler: Any) -> dict[str, Any]:
        """The field's own schema with this beside it."""
        return {**handler(core), **self.schema}


def _without(pattern: str) -> Known:
    return Known(**{"not": {"type": "string", "pattern": pattern}})


NOT_NEGATIVE = _without(r"^\s*[-\u2212]")
NOT_ZERO = _without(r"^\s*0(?![.,]?[0-9])")
WHOLE_YEARS = _without(WITH_FRACTION)
# An amount of a year, unless it is one per product.
BY_TIME = {
    "if": {"not": {"required": ["per"]}},
    "then": {
        "properties": {"quantity": {"if": {"type": "string"}, "then": {"pattern": PER_PERIOD}}}
    },
}
NO_BREAK_SPACE = Known(propertyNames={"not": {"pattern": "[\u00a0\u2007\u202f\u2060\u200b]"}})
# What was measured afterwards stands in the verified effects.
_MEASURED = {"not": {"type": "object", "required": ["measured"]}}
NOT_MEASURED = Known(allOf=[_MEASURED, {"items": _MEASURED}])
