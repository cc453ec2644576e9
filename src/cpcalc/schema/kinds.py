"""The kinds of quantity that fields ask for: which units are of a kind, and what no true figure of it exceeds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

from cpcalc.units import ONE, Unit

Predicate = Callable[[Unit], bool]
PERIODS = ("year", "month", "day", "hour")


def _is_money(unit: Unit) -> bool:
    return len(unit.exponents) == 1 and unit.exponents[0][1] == 1 and unit.currency is not None


def _is_money_per_period(unit: Unit) -> bool:
    return (
        _is_money(unit.without(*PERIODS)) and sum(unit.exponent(period) for period in PERIODS) == -1
    )


def _is_price(unit: Unit) -> bool:
    currency = unit.currency
    return currency is not None and unit.exponent(currency) == 1 and len(unit.exponents) > 1


def _is_rate(unit: Unit) -> bool:
    powers = sorted(power for name, power in unit.exponents if Unit.of(((name, 1),)).currency)
    return powers == [-1, 1] and len(unit.exponents) == 2


def _is_exactly(*texts: str) -> Predicate:
    return lambda unit: str(unit) in texts


KINDS: Mapping[str, Predicate] = {
    "any": lambda unit: True,
    "money": _is_money,
    "money-per-year": _is_money_per_period,
    "price": _is_price,
    "exchange-rate": _is_rate,
    "reading": lambda unit: (
        unit is not ONE and not any(unit.exponent(period) for period in PERIODS)
    ),
    "money-or-share": lambda unit: unit is ONE or _is_money(unit),
    "share": _is_exactly("1"),
    "duration": _is_exactly("year", "month"),
    "delay": _is_exactly("year", "month"),  # a duration that may be none
    "hours-per-year": _is_exactly("hour/year", "hour/day"),
    "hours-per-day": _is_exactly("hour/day", "hour/year"),
    "days-per-year": _is_exactly("day/year"),
    "months-per-year": _is_exactly("month/year"),
    "period": _is_exactly("year", "month", "day", "hour"),
    "share-per-year": _is_exactly("1/year", "1"),
    "heat-content": _is_exactly("kWh/t", "kWh/m3", "kWh/Nm3"),
    "density": _is_exactly("t/m3"),
    "concentration": lambda unit: str(unit.without(unit.substance or "")) in ("t/m3", "t/Nm3"),
    "temperature": _is_exactly("degC"),
    "pressure": _is_exactly("kPa"),
    "gas-flow": lambda unit: str(unit) in ("m3/hour", "Nm3/hour", "m3/year", "Nm3/year"),
}


# What a reading of part of a year can be carried to, and what is then read.
READ_OVER: Mapping[str, str] = {"any": "reading", "money-per-year": "money"}

# Ends that no true figure of a kind lies beyond: at least (or above) the first, at most the second.
AT_LEAST_ZERO = frozenset({"share", "concentration", "hours-per-year", "delay"})
ABOVE_ZERO = frozenset({"duration", "heat-content", "density", "exchange-rate"})
AT_MOST_ONE = frozenset({"share"})
BOUNDED = AT_LEAST_ZERO | ABOVE_ZERO | AT_MOST_ONE


@cache
def is_of_kind(unit: Unit, kind: str) -> bool:
    """Whether a unit is one of a kind; answered once for each pair."""
    return KINDS[kind](unit)
