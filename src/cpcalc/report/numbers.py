"""How numbers are shown to people: the only module that rounds.

Groups of three are parted by a space, which no reader takes for a decimal sign; the decimal sign is
the language's. Money is shown in the unit people say: million VND, triệu đồng, tỷ.
"""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

from cpcalc.figures import Figure, figures_in
from cpcalc.texts import number_word, words_of
from cpcalc.units import SUBSTANCES, Unit, with_demands

A_YEAR = (("year", 1),)  # the unit of a duration
_THOUSAND, _MILLION, _BILLION = 1e3, 1e6, 1e9
SCALE_NAMES = {_THOUSAND: "thousand", _MILLION: "million", _BILLION: "billion"}
GAP = "\u00a0"
PERCENT = 0.01
BOUND_SIGNS = {"at-least": f"\u2265{GAP}", "at-most": f"\u2264{GAP}", "estimate": f"~{GAP}"}
MOST_DECIMALS = 4
# Currencies of small units: nobody says 1 900 000 000 dong.
SMALL_CURRENCIES = frozenset({"VND", "IDR", "UGX", "TZS", "KHR", "LAK", "COP", "KRW"})


class Scale(NamedTuple):
    """How one column or figure is shown: divided by ``divisor``, with ``decimals``, in ``unit``."""

    divisor: float
    decimals: int
    unit: str


def scale_of(cells: Iterable[object], language: str) -> Scale:
    """One scale for all figures of a column or a row, chosen by its largest."""
    known = figures_in(cells)
    if not known:
        return Scale(1.0, 0, "")
    unit = known[0].unit
    if not unit.exponents:
        return Scale(PERCENT, 1, "%")
    largest = max(abs(figure.value) for figure in known)
    divisor, words = _shown_in(unit, largest, language)
    return Scale(divisor, _decimals(largest / divisor), words)


def _shown_in(unit: Unit, largest: float, language: str) -> tuple[float, str]:
    """What figures up to a size are divided by, and their unit in words: ``million VND/year``,
    ``triệu VND/năm``, ``kg/year``."""
    text = with_demands(str(unit.without(*SUBSTANCES)))
    words = "%" if text == "1" else in_language(text, language)
    currency = unit.currency
    if currency is not None and unit.exponent(currency) == 1:
        if currency in SMALL_CURRENCIES:
            divisor = _BILLION if largest >= 1e10 else _MILLION if largest >= 1e5 else 1.0
        else:
            divisor = _MILLION if largest >= 1e7 else 1.0
        return divisor, _scale_word(divisor, language) + words
    if text.startswith("kWh") and largest >= 1e7:
        return _THOUSAND, words.replace("kWh", "MWh", 1)
    if unit.substance == "TSP" and text.startswith("t/") and largest < 1e3:
        return 1e-3, words.replace("t", "kg", 1)
    return 1.0, words


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
    return f"{number_word(SCALE_NAMES[divisor], language)} " if divisor in SCALE_NAMES else ""


def _money_decimals(values: Sequence[float]) -> int:
    """As few as show what there is: none for whole amounts, and nothing as 0 that is not."""
    largest = max(values)
    decimals = 0 if largest >= 1e4 else 1 if largest >= 1e2 else 2
    smallest = min(filter(None, values), default=largest)
    while decimals < MOST_DECIMALS and smallest and round(smallest, decimals) == 0:
        decimals += 1
    return 0 if all(round(value, decimals) == round(value) for value in values) else decimals


def _decimals(largest: float) -> int:
    if largest >= 1000 or largest == 0:
        return 0
    if largest >= 100:
        return 1
    return 2 if largest >= 1 else min(8, 2 - math.floor(math.log10(largest)))


def rounded(value: float, scale: Scale) -> float:
    """A value as it is shown in a scale."""
    return round(value / scale.divisor, scale.decimals)


def in_language(text: str, language: str) -> str:
    """The periods and pieces of a unit in the language: ``t CO2/năm``."""
    words = words_of("numbers", language)
    return re.sub(r"\b[a-z]+\b", lambda found: words.get(found[0], found[0]), text)


def cited(text: str, language: str) -> str:
    """An amount as a factor set writes it, internationally, in the signs of the language."""
    number, *unit = re.split(" (?=[^0-9])", text, maxsplit=1)
    return " ".join([_in_signs(number.replace(" ", ","), language), *unit])


def decimal(value: float, decimals: int, language: str) -> str:
    """A number with grouped thousands: ``1 234.5`` in English, ``1.234,5`` in Vietnamese."""
    digits = f"{abs(value):,.{decimals}f}"
    sign = "\u2212" if value < 0 and digits.strip("0.") else ""
    return sign + _in_signs(digits, language)


def exact(value: float, language: str) -> str:
    """A number with all its digits, and grouped thousands."""
    return _in_signs(f"{value:,}".removesuffix(".0"), language)


def _in_signs(digits: str, language: str) -> str:
    signs = number_word("group-sign", language) + number_word("decimal-sign", language)
    return digits.translate(str.maketrans(",.", signs))


def cell(figure: Figure, scale: Scale, language: str) -> str:
    """A figure in its column's scale; sums in part are marked ``*``, bounds by their sign."""
    number = decimal(figure.value / scale.divisor, scale.decimals, language)
    return BOUND_SIGNS.get(figure.bound or "", "") + number + ("*" if figure.is_partial else "")


def adding_up(
    before: Figure, after: Figure, parts: Sequence[Figure], scale: Scale, language: str
) -> list[str]:
    """A figure before and after, its change, and the parts of this, as cells that add up as they
    are shown.

    What rounding leaves goes to the largest part.
    """
    step = scale.divisor * 10.0**-scale.decimals
    one, other, *whole = [round(figure.value / step) for figure in (before, after, *parts)]
    largest = max(range(len(whole)), key=lambda at: abs(whole[at]))
    whole[largest] += other - one - sum(whole)
    figures = zip((before, after, parts[0], *parts), (one, other, other - one, *whole), strict=True)
    return [cell(replace(figure, value=n * step), scale, language) for figure, n in figures]


def shown(figure: Figure, language: str) -> str:
    """One figure by itself, with its unit."""
    exponents = figure.unit.exponents
    if exponents == A_YEAR:
        text = duration(figure.value, language)
    elif not exponents:
        text = share(figure.value, language)
    elif exponents == (("year", -1),):  # a share a year
        text = f"{share(figure.value, language)}/{number_word('year', language)}"
    else:
        scale = scale_of([figure], language)
        return f"{cell(figure, scale, language)}{GAP}{scale.unit}"
    return BOUND_SIGNS.get(figure.bound or "", "") + text + ("*" if figure.is_partial else "")


def duration(years: float, language: str) -> str:
    """A payback: in months when under a year, with one decimal; else in years."""
    if years >= 1:
        return f"{decimal(years, 1, language)}{GAP}{number_word('years', language)}"
    months = years * 12
    decimals = 1 if months >= 0.1 else 2
    return f"{decimal(months, decimals, language)}{GAP}{number_word('months', language)}"


def share(value: float, language: str) -> str:
    """A share as percent, with three significant digits."""
    percent = round(value * 100, 12)  # a residue adds no digit
    decimals = 0 if abs(percent) >= 100 else 1 if abs(percent) >= 10 or percent == 0 else 2
    return f"{decimal(percent, decimals, language)}{GAP}%"


def cell_format(figure: Figure) -> str:
    """The number format of a cell in a workbook, which holds the figure itself, unrounded."""
    value, is_share = figure.value, figure.unit.exponents in ((), (("year", -1),))
    decimals = _decimals(abs(value) * (100 if is_share else 1))
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "") + ("%" if is_share else "")
    sign, mark = BOUND_SIGNS.get(figure.bound or "", ""), "*" if figure.is_partial else ""
    return (f'"{sign}"' if sign else "") + pattern + (f'"{mark}"' if mark else "")
