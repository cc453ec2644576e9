"""Patterns by which an editor tells a quantity from its text, in the dialect of JSON Schema.

They are made of the grammar of numbers and the vocabulary of units; what needs the whole file, such
as its way of writing decimals, is left to the check.
"""

from __future__ import annotations

from collections.abc import Iterable

from cpcalc.quantities import GAPS, LARGEST, SCALES
from cpcalc.units import CURRENCIES, MASS_NAMES, MOST_POWER, NAMES, SUBSTANCES, powers_of

# A word that a file may declare as a unit of its own.
ANY_WORD = r"[^\s0-9/*·^()][^\s/*·^()]*"


def _one_of(words: Iterable[str]) -> str:
    """One of some names of units, longer ones first; ``_`` may be a hyphen or a point."""
    names = sorted(set(words), key=lambda name: (-len(name), name))
    spelled = [name.replace("_", "[._-]") for name in names if not name.startswith("count_")]
    return f"(?:{'|'.join(spelled)})"


def _named(base: str) -> str:
    """The names of what is measured in one canonical unit; ``1`` is a pure number."""
    wanted = {} if base == "1" else {base: 1}
    return _one_of(name for name, unit in NAMES.items() if powers_of(unit) == wanted)


KNOWN_WORD = _one_of(NAMES)
_SUBSTANCE = _one_of(name for name, unit in NAMES.items() if unit in SUBSTANCES)
_MASS = _one_of(name for name, unit in NAMES.items() if unit in MASS_NAMES)
_CURRENCY = _one_of(name for name, unit in NAMES.items() if unit in CURRENCIES)
_POWER = rf"(?: *\^ *[1-{MOST_POWER}])?"
ANY_UNIT = rf"(?:[( ]*(?:{_MASS} *{_SUBSTANCE}|{KNOWN_WORD}){_POWER}[) ]*(?:[/*·](?=.)|$))+"
PERIODS = ("year", "month", "day", "hour")
_POWERS = _one_of(name for name, unit in NAMES.items() if powers_of(unit).get("hour") == -1)
# What ends in a year, a month, a day or an hour; and power, which is energy an hour.
PER_PERIOD = rf"/[ (]*(?:{'|'.join(map(_named, PERIODS))})[ )]*$|{_POWERS}$"
# A number with a fraction, not of zeros alone.
WITH_FRACTION = r"[0-9][.,][0-9]*[1-9][0-9]*(?![0-9])"
# What no list of units foresees: brackets and products.
_COMPOSED = rf"(?=.*[(*·^]){ANY_UNIT}"
_NOT_ZERO = r"(?!0(?:[.,]0+)?(?![0-9.,]))"
_BLANK = rf"[{GAPS}]"
_DIGITS = "|".join(
    (
        rf"(?:0|[1-9][0-9]{{0,{len(f'{LARGEST:.0f}') - 1}}})(?:[.,][0-9]+)?",
        r"[1-9][0-9]{0,2}(?:\.[0-9]{3})+(?:,[0-9]+)?",
        r"[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]+)?",
        rf"[1-9][0-9]{{0,2}}(?:{_BLANK}[0-9]{{3}})+(?:[.,][0-9]+)?",
    )
)
_SCALE = rf"(?:(?:{'|'.join(SCALES)})(?=\s))?"


def _units(form: str) -> str:
    """The pattern of a canonical unit: ``hour/year``, or ``CURRENCY/ANY`` by words for lists."""
    words = {"CURRENCY": _CURRENCY, "ANY": ANY_UNIT}
    parts = [words.get(part) or _named(part) for part in form.split("/")]
    if form == "1":  # 0.2 t/t is one too
        parts[0] += rf"|{KNOWN_WORD} */ *{KNOWN_WORD}"
    if form.startswith("t/"):
        parts[0] += rf"(?: *{_SUBSTANCE})?"
    return " */ *".join(parts)


def quantity_pattern(forms: Iterable[str], *, lowest: str = "") -> str:
    """The pattern of a number and one of some units; a bare zero needs none.

    ``lowest`` is what no number of the kind is below: ``zero``, or ``above`` for not even zero.
    """
    units = "|".join(_units(form) for form in forms)
    sign = r"\+?" if lowest else rf"[-+\u2212]?{_BLANK}?"
    sign += _NOT_ZERO if lowest == "above" else ""
    return rf"^\s*{sign}(?:0(?:[.,]0+)?|(?:{_DIGITS})\s*{_SCALE}\s*(?:(?:{units})|{_COMPOSED}))\s*$"
