"""Quantities: a number, then a unit; the number is read here, strictly, the unit by ``units``."""

import re
import unicodedata
from dataclasses import dataclass
from typing import NoReturn, Self

from pydantic_core import core_schema

from cpcalc.diagnostics import Path
from cpcalc.texts import read_texts
from cpcalc.units import (
    CURRENCIES,
    ONE,
    PLAIN,
    SUBSTANCES,
    QuantityError,
    Unit,
    Vocabulary,
    read_unit,
)

INTERNATIONAL = "international"
VIETNAMESE = "vietnamese"

MONTHS_IN_A_YEAR = 12.0


@dataclass(frozen=True)
class Quantity:
    """A number in the canonical unit of its kind, with the text and the place it was read from.

    ``bound`` is ``at-least`` or ``at-most`` where only that is known; ``cited`` is the reference of
    a property of a factor set that stands here instead of a number of the file's own.
    """

    value: float
    unit: Unit
    text: str
    path: Path = ()
    bound: str | None = None
    cited: str | None = None

    @property
    def is_bare_zero(self) -> bool:
        """A zero without a unit, which stands for nothing of any kind."""
        return self.value == 0 and self.unit is ONE

    @classmethod
    def __get_pydantic_core_schema__(cls, *_: object) -> core_schema.CoreSchema:
        """To a model a quantity is a whole, made by its own reader."""
        return core_schema.is_instance_schema(cls)


@dataclass(frozen=True, kw_only=True)
class Range(Quantity):
    """A quantity stated by its two ends; its value is the mid-point."""

    low: float
    high: float

    @classmethod
    def between(cls, low: Quantity, high: Quantity) -> Self:
        """The range from one quantity to another of the same unit."""
        middle = (low.value + high.value) / 2
        text = f"{low.text} - {high.text}"
        return cls(middle, low.unit, text, low.path[:-1], low=low.value, high=high.value)


@dataclass(frozen=True, kw_only=True)
class PartOfYear(Quantity):
    """A reading ``over`` part of a year, carried to all of it by time or by production."""

    over: Quantity
    annualise_by: str


# No plausible figure of a factory is larger; above it a slip or an attack is certain.
LARGEST = 1e30
# A text longer than this is no number: longer ones are not even matched.
LONGEST = 120

GAPS = " _\u00a0\u2009\u202f"
_NUMBER = re.compile(rf"([-+\u2212]?)[{GAPS}]?([0-9](?:[0-9.,]|[{GAPS}](?=[0-9]))*)")
_DIGITS = re.compile(
    rf"(?P<whole>[0-9]{{1,3}}(?P<gap>[.,{GAPS}])[0-9]{{3}}(?:(?P=gap)[0-9]{{3}})*|[0-9]+)"
    r"(?:(?P<sign>[.,])(?P<fraction>[0-9]+))?"
)
SCALES = {
    "thousand": 3, "nghìn": 3, "ngàn": 3, "million": 6, "triệu": 6, "billion": 9, "tỷ": 9, "tỉ": 9,
}  # fmt: skip
_SCALE = re.compile(rf"({'|'.join(SCALES)})(?=\s|$)")
# A sign before the digits, a short scale word or both after them, as money is written elsewhere.
_MONEY_WORDS: dict[str, str] = read_texts("unit_slips")["money-words"]
_MONEY = re.compile(
    rf"([^\d\s.,+-]*)\s*([0-9](?:[0-9.,{GAPS}]*[0-9])?)\s*"
    rf"(?:({'|'.join(map(re.escape, [*_MONEY_WORDS, *SCALES]))})(?![^\W\d]))?\s*(.*)"
)
_BOUND = re.compile(r"([<>≤≥]=?|~|≈|about|approx\.?|ca\.?|khoảng)\s*[0-9]")
# What is no unit after the digits of a number, and the name of each slip.
_NO_UNIT = (
    (re.compile(r"[eE][+\-\u2212]?[0-9]"), "number-with-exponent"),
    (re.compile(r"\s*(to|and|đến|tới|[-\u2212\u2013\u2014~…]|\.\.+)\s*[0-9]"), "range-in-a-number"),
    (re.compile(r"\s*(\*\*|[*/^+:x×÷])\s*[0-9(.]|\s*\*\*"), "arithmetic-in-a-number"),
    (re.compile(r"['\u2019`\u00b4]"), "number-separators"),
)  # fmt: skip
_OTHER_BASE = re.compile(r"[xXoObB][0-9A-Fa-f]")


def parse_quantity(text: str, style: str | None = None, vocabulary: Vocabulary = PLAIN) -> Quantity:
    """Read one quantity, such as ``12 500 kWh/year``; raises QuantityError naming what is wrong.

    ``style`` is the file's declared way of writing numbers: international (decimal point),
    vietnamese (decimal comma) or None, when a number with two readings is refused. A bare ``0``
    needs no unit; no other number goes without. A text that knows its place in a document hands
    it on.
    """
    try:
        return _read(text, style, vocabulary)
    except QuantityError as error:
        meant = "" if error.name == "misspelt-unit" else _money_meant(text, style, vocabulary)
        if meant:
            raise _slip("money-in-other-words", text, suggestion=meant) from error
        raise


def _read(text: str, style: str | None, vocabulary: Vocabulary) -> Quantity:
    value, rest = number_and_unit(text, style)
    path = getattr(text, "path", ())
    if not rest:
        if value == 0:
            return Quantity(0.0, ONE, text, path)
        raise QuantityError("unit-missing", text=text)
    reading = read_unit(rest, vocabulary)
    return Quantity(_bounded(value * reading.factor, text), reading.unit, text, path)


def _money_meant(text: str, style: str | None, vocabulary: Vocabulary) -> str:
    """The amount of money that is meant by ``320m VND`` or ``$ 1 200``; empty where it is none."""
    normal = unicodedata.normalize("NFC", text[: LONGEST + 1]).strip()
    match = _MONEY.fullmatch(normal) if len(text) <= LONGEST else None
    if match is None:
        return ""
    sign, digits, scale, rest = match.groups()
    currency = _MONEY_WORDS.get(sign, sign)
    if currency and currency not in CURRENCIES:
        return ""
    if rest[:1] != "/":
        rest = f" {rest}".rstrip()
    words = (digits, _MONEY_WORDS.get(scale or "", scale), currency)
    meant = " ".join(filter(None, words)) + rest
    try:
        return meant if _read(meant, style, vocabulary).unit.currency else ""
    except QuantityError:
        return ""


def number_and_unit(text: str, style: str | None = None) -> tuple[float, str]:
    """The number of a quantity with its scale word applied, and the text of its unit."""
    sign, number, power, rest = _parts(text, style)
    value = _bounded(float(f"{number}e{power}"), text)
    return (-value if value and sign in ("-", "\u2212") else value), rest


def parse_count(text: str) -> int:
    """Read a whole number such as a year or a number of measures."""
    counted = re.fullmatch(r"[0-9]{1,9} ([^\W\d].*)", text)
    if counted is not None:
        raise _slip("unit-unexpected", text, unit=_short(counted[1]))
    if not re.fullmatch(r"0|[1-9][0-9]{0,8}", text):
        raise _slip("not-a-whole-number", text)
    return int(text)


def value_in(given: Quantity, unit: Unit) -> float | None:
    """A published amount in the unit of a recomputed one; None where they are of two kinds.

    A plain tonne stands for a tonne of any substance, and a month for a twelfth of a year.
    """
    if given.is_bare_zero or given.unit in (unit, unit.without(*SUBSTANCES)):
        return given.value
    if str(given.unit) == "month" and str(unit) == "year":
        return given.value / MONTHS_IN_A_YEAR
    return None


def last_digit_step(text: str, style: str | None = None) -> float:
    """What one step of the last printed digit is worth: 0.1 for ``7.8``, 1 for ``8``.

    The scale word counts (``1.2 million``: 0.1 million); the unit does not.
    """
    _, number, power, _ = _parts(text, style)
    decimals = len(number.partition(".")[2])
    return float(10.0 ** (power - decimals))


def _parts(text: str, style: str | None) -> tuple[str, str, int, str]:
    """The sign, the digits as a plain number, the power of a scale word, and what follows."""
    if len(text) > LONGEST:
        raise _slip("not-a-number", text)
    normal = unicodedata.normalize("NFC", text).strip()
    for character in normal:
        if character.isnumeric() and character not in "0123456789²³":
            raise _slip("foreign-digits", text, character=character)
    match = _NUMBER.match(normal)
    if match is None:
        _refuse_what_is_no_number(normal, text)
    sign, digits = match.groups()
    rest = normal[match.end() :]
    if digits == "0" and _OTHER_BASE.match(rest):
        raise _slip("number-in-another-base", text)
    for slip, name in _NO_UNIT:
        found = slip.match(rest)
        if found is not None:
            is_range = name == "range-in-a-number"
            raise _slip(name, text, **_ends(digits, rest[found.end() - 1 :]) if is_range else {})
    number = _number(digits, style, text)
    rest, power = rest.strip(), 0
    scale = _SCALE.match(rest)
    if scale is not None:
        power = SCALES[scale[1]]
        rest = rest[scale.end() :].strip()
        if _SCALE.match(rest):
            raise _slip("two-scale-words", text)
    return sign, number, power, rest


def _ends(low: str, high: str) -> dict[str, str]:
    """The two ends of a range, each with the unit that stands once; a comma needs quotes there."""
    unit = _NUMBER.sub("", high, count=1).strip()
    ends = {"low": f"{low} {unit}".strip(), "high": high.strip()}
    return {end: f'"{text}"' if "," in text else text for end, text in ends.items()}


def _refuse_what_is_no_number(normal: str, text: str) -> NoReturn:
    bound = _BOUND.match(normal)
    if bound is not None:
        raise _slip("bound-in-a-number", text, amount=_short(normal[bound.end() - 1 :]))
    if re.match(r"[-+\u2212]?[.,][0-9]", normal):
        meant = re.sub(r"[.,]", r"0\g<0>", _short(normal), count=1)
        raise _slip("number-without-digits-before-the-point", text, suggestion=meant)
    raise _slip("not-a-number", text)


def _number(digits: str, style: str | None, text: str) -> str:
    """The digits as a plain decimal number; raises where they have two readings or none."""
    if digits[-1] in ".,":
        meant = _short(text).replace(digits, digits.rstrip(".,"), 1)
        raise _slip("number-without-digits-after-the-point", text, suggestion=meant)
    match = _DIGITS.fullmatch(digits)
    if match is None or (match["gap"] and match["gap"] == match["sign"]):
        raise _slip("number-separators", text)
    whole, gap, sign, fraction = match.group("whole", "gap", "sign", "fraction")
    before, _, after = whole.partition(gap or " ")
    is_one_group = gap in (".", ",") and not sign and len(after) == 3  # or three decimals
    if whole[0] == "0" and len(whole) > 1 and not (is_one_group and before == "0"):
        is_grouped = gap in (".", ",") and not is_one_group
        meant = re.sub(r"0+(?=[0-9])", "", _short(text), count=1)
        name = "number-separators" if is_grouped else "number-begins-with-zero"
        raise _slip(name, text, suggestion=meant)
    if is_one_group and before != "0" and style is None:
        readings = {"as_group": f"{before} {after}", "as_decimal": f"{before}.{after}0"}
        typed = {name: _short(text).replace(digits, one, 1) for name, one in readings.items()}
        raise _slip("ambiguous-number", text, **typed)
    decimal_sign = "." if style == INTERNATIONAL else ","
    if is_one_group and (before == "0" or gap == decimal_sign):
        whole, sign, fraction = before, gap, after
    if sign and style is not None and sign != decimal_sign:
        swapped = _short(text).translate(str.maketrans(".,", ",."))
        raise _slip("other-decimal-sign", text, style=style, suggestion=swapped)
    plain = whole.replace(gap, "") if gap else whole
    return f"{plain}.{fraction}" if sign else plain


def _bounded(value: float, text: str) -> float:
    if not -LARGEST <= value <= LARGEST:
        raise _slip("number-too-large", text)
    return value


def _slip(name: str, text: str, **values: str) -> QuantityError:
    return QuantityError(name, text=_short(text), **values)


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."
