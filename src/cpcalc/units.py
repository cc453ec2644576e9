"""The closed vocabulary of units: what may be written, and what it is in canonical units.

The conversions stand in ``units.txt`` and are pint's; this module reads a unit expression, checks
every name against the vocabulary and looks the answer up in the generated ``units.json``, or asks
pint where that has none.
"""

from __future__ import annotations

import difflib
import json
import re
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from cpcalc.texts import read_texts

_TABLE: Mapping[str, Any] = json.loads(Path(__file__).with_name("units.json").read_bytes())
ORDER: tuple[str, ...] = tuple(_TABLE["order"])  # the canonical base units
NAMES: Mapping[str, str] = _TABLE["names"]  # every name that may be written, with its unit's own


class QuantityError(ValueError):
    """A text that is not one unmistakable quantity.

    ``name`` is the name of a diagnostic, ``values`` fill its message.
    """

    def __init__(self, name: str, **values: str) -> None:
        super().__init__(name)
        self.name = name
        self.values = values


Exponents = tuple[tuple[str, int], ...]


class Unit:
    """A canonical unit: base units with exponents. Equal units are the same object.

    Multiplying and dividing adds and subtracts exponents, so that a formula can be run on the units
    of its operands; adding two different units is an error. There is no conversion here: every unit
    is already canonical.
    """

    __slots__ = ("_text", "currency", "exponents", "substance")

    def __init__(self, exponents: Exponents) -> None:
        self.exponents = exponents
        # the currency in this unit, and what it is an amount of, such as CO2 or TSP
        self.currency = next((name for name, _ in exponents if name in CURRENCIES), None)
        self.substance = next((name for name, _ in exponents if name in SUBSTANCES), None)
        self._text = _written(exponents)

    @classmethod
    @cache
    def of(cls, exponents: Exponents) -> Unit:
        """The one unit with these exponents (sorted by the order of the vocabulary, no zeros)."""
        return cls(exponents)

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return f"Unit({self._text})"

    def __reduce__(self) -> tuple[object, tuple[Exponents]]:
        return (Unit.of, (self.exponents,))

    def __mul__(self, other: object) -> Unit:
        return _product(self, other, 1) if isinstance(other, Unit) else self

    __rmul__ = __mul__

    def __truediv__(self, other: object) -> Unit:
        return _product(self, other, -1) if isinstance(other, Unit) else self

    def __rtruediv__(self, other: object) -> Unit:
        return _product(ONE, self, -1)

    def __add__(self, other: object) -> Unit:
        if other is self or other == 0 or (not isinstance(other, Unit) and self is ONE):
            return self
        raise TypeError(f"{self} and {other} do not add")

    __radd__ = __sub__ = __rsub__ = __add__

    def __neg__(self) -> Unit:
        return self

    def __pow__(self, power: object) -> Unit:
        if isinstance(power, int):
            return Unit.of(_sorted({name: own * power for name, own in self.exponents}))
        if self is ONE:
            return self
        raise TypeError(f"{self} cannot be raised to {power}")

    __rpow__ = None

    def without(self, *names: str) -> Unit:
        """The same unit with these base units left out."""
        return Unit.of(tuple(pair for pair in self.exponents if pair[0] not in names))

    def of_substance(self, substance: str | None) -> Unit:
        """The unit of plain mass, or of a price per mass, as one of a mass of a substance."""
        mass = self.exponent("t")
        if substance is None or self.substance is not None or abs(mass) != 1:
            return self
        return self * Unit.of(((substance, mass),))

    def exponent(self, name: str) -> int:
        """The exponent of a base unit, 0 where it does not occur."""
        return dict(self.exponents).get(name, 0)


@lru_cache(maxsize=4096)
def _product(one: Unit, other: Unit, sign: int) -> Unit:
    sums = dict(one.exponents)
    for name, exponent in other.exponents:
        sums[name] = sums.get(name, 0) + sign * exponent
    return Unit.of(_sorted(sums))


_RANK = {name: rank for rank, name in enumerate(ORDER)}
_PIECE = _RANK["piece"]
CURRENCIES = frozenset(ORDER[ORDER.index("VND") : ORDER.index("piece")])
SUBSTANCES = frozenset(ORDER[ORDER.index("CO2") : ORDER.index("VND")])


def _sorted(powers: Mapping[str, int]) -> Exponents:
    """Powers in the order of the vocabulary, then by name, without zeros."""
    pairs = [(name, power) for name, power in powers.items() if power]
    return tuple(sorted(pairs, key=lambda pair: (_RANK.get(pair[0], len(_RANK)), pair[0])))


def shown(name: str) -> str:
    """The name of a unit as people write it: ``PM2.5``, ``HFC-134a``, ``%``."""
    if name.startswith(("HFC", "R_", "HCFC", "CFC", "CH4_")):
        return name.replace("_", "-")
    return {"PM2_5": "PM2.5", "percent": "%"}.get(name, name)


# Units of a maximum demand over months, of one, and of what one costs, as people write them.
_OF_DEMANDS = (
    (r"kWh\*month(/\w+)?/hour", r"kW month\1"), (r"month\*kVA", "kVA month"), (r"kWh/hour\b", "kW"),
    (r"hour\*(\w+)/kWh\b", r"\1/kW"),
)  # fmt: skip


def with_demands(text: str) -> str:
    """The text of a unit with the units of maximum demands as people write them."""
    for written, said in _OF_DEMANDS:
        text = re.sub(written, said, text)
    return text


def _written(exponents: Exponents) -> str:
    above = "".join(
        (" " if name in SUBSTANCES else "*") + _raised(name, power)
        for name, power in exponents
        if power > 0
    )
    below = [_raised(name, -power) for name, power in exponents if power < 0]
    return "/".join([above[1:] or "1", *below])


def _raised(name: str, power: int) -> str:
    return shown(name) + (f"^{power}" if power > 1 else "")


ONE = Unit.of(())
YEAR = Unit.of((("year", 1),))


def base_unit(name: str) -> Unit:
    """A base unit on its own, such as a currency."""
    return Unit.of(((name, 1),))


def is_count(unit: Unit) -> bool:
    """Whether a unit counts things: pieces, or what a file declares."""
    counted = [power for name, power in unit.exponents if _RANK.get(name, _PIECE) >= _PIECE]
    return counted == [1] and len(unit.exponents) == 1


class Vocabulary(NamedTuple):
    """What a file adds: names of counted products, and what ``ton`` means to it."""

    counts: tuple[str, ...] = ()
    ton: str | None = None  # "t" where the file says `units: {ton: metric}`


PLAIN = Vocabulary()


class UnitReading(NamedTuple):
    """A unit expression read: ``value_in_canonical = value * factor``."""

    factor: float
    unit: Unit


MOST_POWER = 3  # nothing that factories count has a higher one
COUNT_NAME = re.compile(r"[^\W\d][\w-]*")  # what a file may call a counted product
_TOKEN = re.compile(r"PM2\.5|[^\W\d][\w³²°-]*[³²]?|°C|%|[/*·^()]|[0-9]+|\s+|.", re.DOTALL)
_MASS_NAMES = frozenset({"t", "kg", "g", "mg", "ug", "kt", "Mt", "lb", "short_ton", "long_ton"})

# Names that are none: refused because two readers would take them for two things, and units that
# are not in the list, each with its remedy; near misses, with the name that is meant.
_SLIPS = read_texts("unit_slips")
_REFUSED: Mapping[str, str] = _SLIPS["refused"]
_CONVERSIONS: Mapping[str, str] = _SLIPS["conversions"]
_NEAR_MISSES: Mapping[str, str] = _SLIPS["near-misses"]


@lru_cache(maxsize=4096)
def read_unit(text: str, vocabulary: Vocabulary = PLAIN) -> UnitReading:
    """Read a unit expression such as ``kWh/year``; raises QuantityError naming what is wrong."""
    normal = unicodedata.normalize("NFC", text).strip()
    expression, counts = normalised(normal, vocabulary)
    factor, exponents = _conversion(expression, normal)
    for base, power in exponents:
        if abs(power) > MOST_POWER:
            values = {"base": shown(base), "power": str(abs(power)), "most": str(MOST_POWER)}
            raise QuantityError("unit-power-too-high", unit=normal, **values)
    if counts:
        exponents = _sorted({counts.get(name, name): power for name, power in exponents})
    return UnitReading(factor, Unit.of(exponents))


def _conversion(expression: str, text: str) -> tuple[float, Exponents]:
    """Factor to canonical units, and their exponents, of an expression in canonical spelling."""
    known = _TABLE["conversions"].get(expression)
    if known is not None:
        factor, powers = known
        return factor, tuple(powers.items())
    from cpcalc.units_pint import ask  # pint takes a fifth of a second to import

    try:
        return ask(expression)
    except Exception as error:  # pint raises a dozen types; every name was checked
        raise QuantityError("unit-unreadable", unit=text) from error


_UNREADABLE = re.compile(r"^[/*]|\*\*.\*\*|[/*(][/)]|\(\*|\*\*\D|\*\*$|\w\(|\)\w")


def normalised(text: str, vocabulary: Vocabulary) -> tuple[str, dict[str, str]]:
    """The expression in canonical spelling with explicit operators, and its declared counts."""
    if not text:
        raise QuantityError("unit-missing")
    if "\u00a0" in text or "\u202f" in text:
        raise QuantityError("no-break-space-in-unit", unit=text)
    counts: dict[str, str] = {}
    pieces: list[str] = []
    is_complete = False  # whether what stands so far ends with a unit, a power or a bracket
    for token in _TOKEN.findall(text):
        if token.isspace():
            continue
        if token in "/*·^()":
            pieces.append({"·": "*", "^": "**"}.get(token, token))
            is_complete = token == ")"
            continue
        if token.isdigit():
            _check_power(token, pieces, text)
            pieces.append(token)
        else:
            name = _name(token, text, vocabulary, counts)
            if not is_complete:
                pieces.append(name)
            elif name in SUBSTANCES and pieces[-1] in _MASS_NAMES:
                pieces[-1] = f"({pieces[-1]}*{name})"  # "kg CO2" binds tighter than "/"
            else:
                raise QuantityError("unit-two-words", unit=text, second=token)
        is_complete = True
    expression = "".join(pieces)
    brackets_close = expression.count("(") == expression.count(")")
    if not is_complete or not brackets_close or _UNREADABLE.search(expression):
        raise QuantityError("unit-unreadable", unit=text)
    return expression, counts


def _check_power(token: str, pieces: list[str], text: str) -> None:
    """A number in a unit can only be a power of one digit, and m2 and m3 are units of their own."""
    if pieces[-2:] == ["m", "**"] and token in "23":
        raise QuantityError("misspelt-unit", unit=f"m^{token}", suggestion=f"m{token}", text=text)
    if pieces[-1:] != ["**"] or len(token) > 1 or token == "0":
        raise QuantityError("unit-with-number", unit=text, token=token)


def _name(token: str, text: str, vocabulary: Vocabulary, counts: dict[str, str]) -> str:
    if token in vocabulary.counts:
        placeholder = f"count_{vocabulary.counts.index(token) + 1}"
        counts[placeholder] = token
        return placeholder
    if vocabulary.ton and token in {"ton", "tons"}:
        return vocabulary.ton
    known = NAMES.get(token) or NAMES.get(token.replace(".", "_").replace("-", "_"))
    if known and not known.startswith("count_"):
        return known
    for mass in _MASS_NAMES:  # "tCO2", "kgCO2e": a mass with its substance, written together
        rest = token.removeprefix(mass)
        if rest != token and NAMES.get(rest) in SUBSTANCES:
            return f"({mass}*{NAMES[rest]})"
    _unknown(token, text)


def _unknown(token: str, text: str) -> NoReturn:
    if token in _REFUSED:
        raise QuantityError("refused-unit", unit=token, remedy=_REFUSED[token])
    if token in _CONVERSIONS:
        raise QuantityError("unit-to-convert", unit=token, conversion=_CONVERSIONS[token])
    suggestion = respelling(token) or _misspelt_word(token)
    if suggestion is not None:
        raise QuantityError("misspelt-unit", unit=token, suggestion=suggestion, text=text)
    if not any(character.isalnum() for character in token):
        raise QuantityError("unit-unreadable", unit=text)
    raise QuantityError("unknown-unit", unit=token, text=text)


# Shorter names are symbols: one letter more or less makes another unit of one.
_SHORTEST_WORD = 4
# Where a symbol begins so, its case may tell milli from mega, pico from peta, nano from normal.
_TELLING = frozenset("mMpPnN")


def _misspelt_word(token: str) -> str | None:
    """The spelled-out name that a word is one letter from, such as kilogram for kilogramm."""
    if len(token) < _SHORTEST_WORD:
        return None
    start = token[:2].lower()  # mmetre is no metre
    words = [name for name in NAMES if name.isalpha() and name.islower() and name.startswith(start)]
    one_letter = 1 - 1.01 / len(token)
    close = difflib.get_close_matches(token, words, n=1, cutoff=one_letter)
    return close[0] if close and len(close[0]) >= _SHORTEST_WORD else None


def respelling(token: str) -> str | None:
    """The one unit that a misspelt name can only mean, such as kWh for KWh; None where in doubt."""
    if token in _NEAR_MISSES:
        return _NEAR_MISSES[token]
    alike = {NAMES[name]: name for name in NAMES if name.casefold() == token.casefold()}
    if len(alike) != 1 or token in _REFUSED or token in _CONVERSIONS or len(token) == 1:
        return None
    ((unit, name),) = alike.items()
    if unit in CURRENCIES or name.startswith("count_"):
        return None  # pen, gel and mad are words
    if unit in SUBSTANCES:
        return name if len(token) > 2 else None  # tn is rather a tonne
    is_other = token[0] != name[0] and not name.islower()
    return None if token[0] in _TELLING and (is_other or len(token) == 2) else name


def is_taken(name: str) -> bool:
    """Whether a word means a unit, or is refused as one: no counted product can have its name."""
    return name in NAMES or name in _REFUSED or name in _CONVERSIONS


def factor_to(unit: Unit, expression: str, vocabulary: Vocabulary = PLAIN) -> float:
    """How many of ``expression`` one canonical ``unit`` is; ValueError where kinds differ."""
    reading = read_unit(expression, vocabulary)
    if reading.unit is not unit:
        raise ValueError(f"{expression} is not a unit of {unit}")
    return 1 / reading.factor
