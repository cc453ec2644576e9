"""What an editor can tell of a quantity by its text: patterns in the dialect of JSON Schema.

They are made of the grammar of numbers, the vocabulary of units and the kinds of quantity. What needs the whole file,
such as its way of writing decimals, is left to the check.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from itertools import product
from typing import Any

from cpcalc.quantities import GAPS, LARGEST, SCALES
from cpcalc.schema.leaves import ABOVE_ZERO, AMOUNT_KEYS, AT_LEAST_ZERO, KINDS, PERIODS
from cpcalc.texts import read_texts
from cpcalc.units import (
    CURRENCIES,
    MOST_POWER,
    NAMES,
    ONE,
    ORDER,
    SUBSTANCES,
    Unit,
    base_unit,
    read_unit,
)

# A word that a file may declare as a unit of its own.
ANY_WORD = r"[^\s0-9/*·^()][^\s/*·^()]*"
REFUSED = [*read_texts("unit_slips")["refused"], *read_texts("unit_slips")["conversions"]]
_BLANK = rf"[{GAPS}]"
_BLANK_OR_NOT = f"{_BLANK}?"
# Kinds that have more units than can be listed.
WIDE = {
    "any": "ANY",
    "reading": "ANY",
    "price": "CURRENCY/ANY",
    "exchange-rate": "CURRENCY/CURRENCY",
}


def _one_of(words: Iterable[str]) -> str:
    """One of some names of units, longer ones first; ``_`` may be a hyphen or a point."""
    names = sorted(set(words), key=lambda name: (-len(name), name))
    spelled = [name.replace("_", "[._-]") for name in names if not name.startswith("count_")]
    return f"(?:{'|'.join(spelled)})"


@cache
def _unit(name: str) -> Unit:
    return ONE if name.startswith("count_") else read_unit(name).unit


def _named(unit: Unit) -> str:
    """The names of what is measured in one canonical unit."""
    return _one_of(name for name in NAMES if _unit(name) is unit)


def spelled(unit: str) -> str:
    """A unit such as hour/day at the end of a text, in each spelling of its words."""
    parts = (
        _one_of(name for name, own in NAMES.items() if own == NAMES[part])
        for part in unit.split("/")
    )
    return " *[/(]+ *".join(parts) + r"[ )]*$"


def above(limit: int) -> str:
    """The whole part of a number above a limit, in digits that blanks may part."""
    digits = str(limit)
    longer = [rf"[1-9](?:{_BLANK}?[0-9]){{{len(digits)},}}"]
    same = [
        _BLANK_OR_NOT.join([*digits[:place], f"[{int(digit) + 1}-9]", *["[0-9]"] * (len(digits) - place - 1)])
        for place, digit in enumerate(digits) if digit != "9"
    ]  # fmt: skip
    return f"(?:{'|'.join(longer + same)})"


def named(unit: str) -> str:
    """Each name of what is measured in a canonical unit."""
    return _named(base_unit(unit))


def other_currencies() -> dict[str, str]:
    """Of each currency what money in another one looks like."""
    return {
        code: rf"[0-9 ]{_one_of(name for name, own in NAMES.items() if own in CURRENCIES - {code})}(?: *$| */)"
        for code in sorted(CURRENCIES)
    }


def substance(of: str) -> str:
    """A substance in each spelling, as a word of its own."""
    return rf"\b{_one_of(name for name, own in NAMES.items() if own == of)}(?![\w-])"


KNOWN_WORD = _one_of(NAMES)
_SUBSTANCE = _one_of(name for name, unit in NAMES.items() if unit in SUBSTANCES)
_CURRENCY = _one_of(name for name, unit in NAMES.items() if unit in CURRENCIES)
_POWER = rf"(?: *\^ *[1-{MOST_POWER}])?"
_TERM = rf"(?:{_named(base_unit('t'))} *{_SUBSTANCE}|{KNOWN_WORD}){_POWER}"
ANY_UNIT = rf"(?:[( ]*{_TERM}[) ]*(?:[/*·](?=.)|$))+"
# What no list of units foresees: brackets and products.
_COMPOSED = rf"(?=.*[(*·^]){ANY_UNIT}"
_MOST_DIGITS = len(f"{LARGEST:.0f}")
_DIGITS = "|".join(
    (
        rf"(?:0|[1-9][0-9]{{0,{_MOST_DIGITS - 1}}})(?:[.,][0-9]+)?",
        r"[1-9][0-9]{0,2}(?:\.[0-9]{3})+(?:,[0-9]+)?",
        r"[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]+)?",
        rf"[1-9][0-9]{{0,2}}(?:{_BLANK}[0-9]{{3}})+(?:[.,][0-9]+)?",
    )
)
_SCALE = rf"(?:(?:{'|'.join(SCALES)})(?=\s))?"
NOT_ZERO = r"(?!0(?:[.,]0+)?(?![0-9.,]))"
# What ends in a year, a month, a day or an hour; and power, which is energy an hour.
PER_PERIOD = "|".join(
    [rf"/[ (]*{_named(base_unit(period))}[ )]*$" for period in PERIODS]
    + [rf"{_named(base_unit('kWh') / base_unit('hour'))}$"]
)
# A number with a fraction, not of zeros alone.
WITH_FRACTION = r"[0-9][.,][0-9]*[1-9][0-9]*(?![0-9])"


def _units(kind: str) -> str:
    """The pattern of the units of a kind, found by asking the kind itself."""
    if kind in WIDE:
        words = {"CURRENCY": _CURRENCY, "ANY": ANY_UNIT}
        return " */ *".join(words[word] for word in WIDE[kind].split("/"))
    holds = KINDS[kind].holds
    base = [
        base_unit(name)
        for name in ORDER
        if name not in SUBSTANCES and not name.startswith("count_")
    ]
    forms = [
        _one_of(name for name in NAMES if holds(_unit(name)) and not name.startswith("count_"))
    ]
    below: dict[Unit, list[Unit]] = defaultdict(list)
    for above, under in product(base, base):
        if above is not under and holds(above / under):
            below[above].append(under)
    above_same: dict[tuple[Unit, ...], list[Unit]] = defaultdict(list)
    for above, under_all in below.items():
        above_same[tuple(under_all)].append(above)
    for under_same, numerators in above_same.items():
        top, bottom = (
            _one_of(n for n in NAMES if _unit(n) in units) for units in (numerators, under_same)
        )
        mass = rf"(?: *{_SUBSTANCE})?" if base_unit("t") in numerators else ""
        forms.append(f"{top}{mass} */ *{bottom}")
    if holds(ONE):  # 0.2 t/t is one too
        forms.append(f"{KNOWN_WORD} */ *{KNOWN_WORD}")
    if holds(ONE / base_unit("year")):
        forms.append(f"{_named(ONE)} */ *{_named(base_unit('year'))}")
    return "|".join(form for form in forms if not form.startswith("(?:)"))


@cache
def quantity_pattern(kind: str) -> str:
    """The pattern of a number and a unit of a kind; a bare zero needs none."""
    is_positive = kind in AT_LEAST_ZERO | ABOVE_ZERO
    sign = (r"\+?" if is_positive else rf"[-+\u2212]?{_BLANK}?") + NOT_ZERO * (kind in ABOVE_ZERO)
    return rf"^\s*{sign}(?:0(?:[.,]0+)?|(?:{_DIGITS})\s*{_SCALE}\s*(?:(?:{_units(kind)})|{_COMPOSED}))\s*$"


def unread(decimal_sign: str) -> str:
    """Numbers that a file with this decimal sign does not read; with none, those that have two readings."""
    other = "," if decimal_sign == "." else r"\."
    fraction = rf"[0-9]+{other}(?![0-9]{{3}}(?![0-9]))[0-9]+"
    number = fraction if decimal_sign else r"[1-9][0-9]{0,2}[.,][0-9]{3}"
    return rf"^\s*[-+\u2212]?{_BLANK}?{number}(?![0-9.,]|{_BLANK}[0-9])"


def quantity_schema(name: str) -> list[dict[str, Any]]:
    """The forms of a quantity by the name of its definition: ``Quantity-heat-content--or-entry``."""
    kind, _, form = name.removeprefix("Quantity-").partition("--")
    written: list[dict[str, Any]] = [{"type": "string", "pattern": quantity_pattern(kind)}]
    written += [] if kind in ABOVE_ZERO else [{"const": 0}]
    if form == "single":
        return written
    keyed = {
        "type": "object",
        "properties": {key: {} for key in AMOUNT_KEYS},
        "additionalProperties": False,
        "patternProperties": {"^(low|high|at-.*)$": {"anyOf": written}},
    }
    entry = {"type": "string", "pattern": "^[a-z0-9][a-z0-9-]*/[a-z0-9][a-z0-9.-]*$"}
    return [*written, keyed, *([entry] if form == "or-entry" else [])]
