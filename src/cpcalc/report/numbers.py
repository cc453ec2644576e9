"""How numbers are shown to people: the only module that rounds.

Groups of three are parted by a space, which no reader takes for a decimal sign; the decimal sign is
the language's. Money is shown in the unit people say: million VND, triệu đồng, tỷ.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from cpcalc.figures import Figure, Reported
from cpcalc.report.words import number_word
from cpcalc.units import SUBSTANCES, Unit

MONTHS_IN_A_YEAR = 12.0
_THOUSAND, _MILLION, _BILLION = 1e3, 1e6, 1e9
SCALE_NAMES = {_THOUSAND: "thousand", _MILLION: "million", _BILLION: "billion"}
PERIODS = ("year", "month")
GAP = "\u00a0"
PERCENT = 0.01
BOUND_SIGNS = {"at-least": f"\u2265{GAP}", "at-most": f"\u2264{GAP}", "estimate": f"~{GAP}"}
MOST_DECIMALS = 4
DECIMALS_OF_A_RATIO = 2
# Currencies of small units: nobody says 1 900 000 000 dong.
SMALL_CURRENCIES = frozenset({"VND", "IDR", "UGX", "TZS", "KHR", "LAK", "COP", "KRW"})


class Scale(NamedTuple):
    """How one column or figure is shown: divided by ``divisor``, with ``decimals``, in ``unit``."""

    divisor: float
    decimals: int
    unit: str


def scale_of(figures: Iterable[Reported], language: str) -> Scale:
    """One scale for all figures of a column, chosen by its largest."""
    known = [figure for figure in figures if isinstance(figure, Figure)]
    if not known:
        return Scale(1.0, 0, "")
    unit = known[0].unit
    if not unit.exponents:
        return Scale(PERCENT, 1, "%")
    largest = max(abs(figure.value) for figure in known)
    divisor = _divisor(unit, largest)
    return Scale(divisor, _decimals(largest / divisor), unit_words(unit, language, divisor))


def money_scale(figures: Sequence[Figure], language: str, *, yearly: bool) -> Scale | None:
    """One scale for all money of a table, so that no row mixes millions with billions.

    None where there is no money.
    """
    if not figures:
        return None
    largest = max(abs(figure.value) for figure in figures)
    currency = str(figures[0].unit.currency)
    if currency in SMALL_CURRENCIES:
        divisor = _BILLION if largest >= 1e12 else _MILLION if largest >= 1e5 else 1.0
    else:
        divisor = _MILLION if largest >= 1e9 else _THOUSAND if largest >= 1e7 else 1.0
    unit = _scale_word(divisor, language) + currency
    if not yearly and all(figure.unit.exponent("year") == -1 for figure in figures):
        unit += f"/{number_word('year', language)}"
    decimals = _money_decimals([abs(figure.value) / divisor for figure in figures])
    return Scale(divisor, decimals, unit)


def _scale_word(divisor: float, language: str) -> str:
    name = SCALE_NAMES.get(divisor)
    return f"{number_word(name, language)} " if name else ""


def _money_decimals(values: Sequence[float]) -> int:
    """As few as show what there is: none for whole amounts, and nothing as 0 that is not."""
    largest = max(values)
    decimals = 0 if largest >= 1e4 else 1 if largest >= 1e2 else 2
    smallest = min(filter(None, values), default=largest)
    while decimals < MOST_DECIMALS and smallest and round(smallest, decimals) == 0:
        decimals += 1
    return 0 if all(round(value, decimals) == round(value) for value in values) else decimals


def _divisor(unit: Unit, largest: float) -> float:
    currency = unit.currency
    if currency is not None and unit.exponent(currency) == 1:
        if currency in SMALL_CURRENCIES:
            return _BILLION if largest >= 1e10 else _MILLION if largest >= 1e5 else 1.0
        return _MILLION if largest >= 1e7 else 1.0
    if str(unit).startswith("kWh") and largest >= 1e7:
        return _THOUSAND  # shown in MWh
    if unit.substance == "TSP" and str(unit).startswith("t ") and largest < 1e3:
        return 1e-3  # shown in kg
    return 1.0


def _decimals(largest: float) -> int:
    if largest >= 1000 or largest == 0:
        return 0
    if largest >= 100:
        return 1
    return 2 if largest >= 1 else min(8, 2 - math.floor(math.log10(largest)))


def unit_words(unit: Unit, language: str, divisor: float = 1.0) -> str:
    """A unit in words: ``million VND/year``, ``triệu VND/năm``, ``kg/year``."""
    text = str(unit.without(*SUBSTANCES))
    if text == "1":
        return "%"
    scale = ""
    if unit.currency is not None:
        scale = _scale_word(divisor, language)
    elif divisor == _THOUSAND and text.startswith("kWh"):
        text = "MWh" + text.removeprefix("kWh")
    elif divisor == 1e-3 and text.startswith("t"):
        text = "kg" + text.removeprefix("t")
    return scale + in_language(text, language)


def in_language(text: str, language: str) -> str:
    """The periods of a unit in the language: ``t CO2/năm``."""
    parts = text.split("/")
    return "/".join(number_word(part, language) if part in PERIODS else part for part in parts)


def decimal(value: float, decimals: int, language: str) -> str:
    """A number with grouped thousands: ``1 234.5`` in English, ``1 234,5`` in Vietnamese."""
    digits = f"{abs(value):,.{decimals}f}"
    sign = "\u2212" if value < 0 and digits.strip("0.") else ""
    return sign + digits.replace(",", GAP).replace(".", number_word("decimal-sign", language))


def cell(figure: Figure, scale: Scale, language: str) -> str:
    """A figure in its column's scale; sums in part are marked ``*``, bounds by their sign."""
    number = decimal(figure.value / scale.divisor, scale.decimals, language)
    return _sign(figure) + number + ("*" if figure.is_partial else "")


def _sign(figure: Figure) -> str:
    return BOUND_SIGNS.get(figure.bound or "", "")


def shown(figure: Figure, language: str) -> str:
    """One figure by itself, with its unit."""
    if figure.unit.exponents == (("year", 1),):
        return _sign(figure) + duration(figure.value, language)
    if not figure.unit.exponents:
        return _sign(figure) + share(figure.value, language)
    if figure.unit.exponents == (("year", -1),):  # a share a year
        year = number_word("year", language)
        return f"{_sign(figure)}{share(figure.value, language)}/{year}"
    scale = scale_of([figure], language)
    return f"{cell(figure, scale, language)}{GAP}{scale.unit}"


def duration(years: float, language: str) -> str:
    """A payback: in months when under a year, with one decimal; else in years."""
    months = years * MONTHS_IN_A_YEAR
    if years >= 1:
        number, period = decimal(years, 1, language), "years"
    else:
        number, period = decimal(months, 1 if months >= 0.1 else 2, language), "months"
    return f"{number}{GAP}{number_word(period, language)}"


def share(value: float, language: str) -> str:
    """A share as percent, with three significant digits."""
    percent = value * 100
    decimals = 0 if abs(percent) >= 100 else 1 if abs(percent) >= 10 or percent == 0 else 2
    return f"{decimal(percent, decimals, language)}{GAP}%"


def ratio(value: float, language: str) -> str:
    """A ratio such as savings to investment, with two decimals."""
    return decimal(value, DECIMALS_OF_A_RATIO, language)
