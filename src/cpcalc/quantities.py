"""Quantities: a number, then a unit, in one text: the number is read here, strictly, the unit by ``units``."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple, NoReturn

from cpcalc.units import ONE, PLAIN, QuantityError, Unit, Vocabulary, read_unit

INTERNATIONAL = "international"
VIETNAMESE = "vietnamese"


class Quantity(NamedTuple):
    """A number in the canonical unit of its kind, and the text it was read from."""

    value: float
    unit: Unit
    text: str


# No plausible figure of a factory is larger; above it a slip or an attack is certain.
LARGEST = 1e30
# A text longer than this is no number: longer ones are not even matched.
LONGEST = 120

_GAPS = " _\u00a0\u2009\u202f"
_NUMBER = re.compile(rf"([-+\u2212]?)[{_GAPS}]?([0-9](?:[0-9.,]|[{_GAPS}](?=[0-9]))*)")
_GROUPED = re.compile(r"[1-9][0-9]{0,2}(?:[.,][0-9]{3})+|0(?:[.,][0-9]{3})+")
_SPACED = re.compile(
    rf"([0-9]{{1,3}}(?:([{_GAPS}])[0-9]{{3}})(?:\2[0-9]{{3}})*)(?:([.,])([0-9]+))?"
)
_SCALE = re.compile(r"(thousand|nghìn|ngàn|million|triệu|billion|tỷ|tỉ)(?=[\s]|$)")
_SCALES = {
    "thousand": 3,
    "nghìn": 3,
    "ngàn": 3,
    "million": 6,
    "triệu": 6,
    "billion": 9,
    "tỷ": 9,
    "tỉ": 9,
}
# The common plain form, read without the full grammar: a number of one reading only, one space, what follows.
_SIMPLE = re.compile(
    r"(-?(?:0|[1-9][0-9]{0,2}(?: [0-9]{3})+|[1-9][0-9]{0,14})(\.[0-9]{1,2}|\.[0-9]{4,15})?)(?: (.*))?",
    re.DOTALL,
)
_BOUND = re.compile(r"([<>≤≥]=?|~|≈|about|approx\.?|ca\.?|khoảng)\s*[0-9]")
_RANGE_WORD = re.compile(r"(to|and|đến|tới|-|\u2212|\u2013|\u2014|~|…|\.\.+)\s*[0-9]")
_WORD_THEN_NUMBER = re.compile(r"(to|and|x)\s*[0-9(.]")
_PRODUCT = re.compile(r"(\*\*|[*/^+:x×÷])\s*[0-9(.]|\*\*")


def parse_quantity(text: str, style: str | None = None, vocabulary: Vocabulary = PLAIN) -> Quantity:
    """Read one quantity, such as ``12 500 kWh/year``; raises QuantityError naming what is wrong.

    ``style`` is the file's declared way of writing numbers: international (decimal point), vietnamese (decimal comma)
    or None, when a number with two readings is refused. A bare ``0`` needs no unit; no other number goes without.
    """
    simple = _SIMPLE.fullmatch(text) if len(text) <= LONGEST else None
    if simple is not None and (style != VIETNAMESE or simple[2] is None):
        plain = _plain_rest(
            simple[3], vocabulary
        )  # most quantities of a file end like one read before
        if plain is not None:
            power, factor, unit = plain
            number = simple[1].replace(" ", "") + power
            return Quantity(_bounded((float(number) or 0.0) * factor, text), unit, text)
    value, rest = _split(text, style)
    if not rest:
        if value == 0:
            return Quantity(0.0, ONE, text)
        raise QuantityError("unit-missing", text=text)
    reading = read_unit(rest, vocabulary)
    return Quantity(_bounded(value * reading.factor, text), reading.unit, text)


@lru_cache(maxsize=4096)
def _plain_rest(rest: str | None, vocabulary: Vocabulary) -> tuple[str, float, Unit] | None:
    """What follows a plainly written number, read: the power of its scale word, factor and unit of what is left.

    None where it takes the full grammar to read it, or to say what is wrong.
    """
    if (
        not rest
        or not rest.isascii()
        or not (rest[0].isalpha() or rest == "%")
        or _WORD_THEN_NUMBER.match(rest)
    ):
        return None
    scale = _SCALE.match(rest)
    expression = rest[scale.end() :].strip() if scale is not None else rest
    if _SCALE.match(expression):
        return None
    try:
        reading = read_unit(expression, vocabulary)
    except QuantityError:
        return None
    return f"e{_SCALES[scale[1]]}" if scale is not None else "", reading.factor, reading.unit


def parse_number(text: str, style: str | None = None) -> float:
    """Read one number without a unit (a ratio, a count); scale words and units are refused."""
    value, rest = _split(text, style)
    if rest:
        raise QuantityError("unit-unexpected", text=text, unit=rest)
    return value


def parse_count(text: str) -> int:
    """Read a whole number such as a year or a number of measures."""
    counted = re.fullmatch(r"[0-9]{1,9} ([^\W\d].*)", text)
    if counted is not None:
        raise QuantityError("unit-unexpected", text=_short(text), unit=_short(counted[1]))
    if not re.fullmatch(r"[0-9]{1,9}", text) or (len(text) > 1 and text[0] == "0"):
        raise QuantityError("not-a-whole-number", text=_short(text))
    return int(text)


def last_digit_step(text: str, style: str | None = None) -> float:
    """What one step of the last printed digit is worth, in the number's own scale: 0.1 for ``7.8``, 1 for ``8``.

    The scale word counts (``1.2 million``: 0.1 million); the unit does not.
    """
    normal = _clean(text)
    match = _NUMBER.match(normal)
    if match is None:
        raise QuantityError("not-a-number", text=_short(text))
    digits = match.group(2)
    _number(digits, style, text)
    decimals = 0
    if not _GROUPED.fullmatch(digits) or digits.count(digits[-4]) == 1:
        tail = re.search(r"[.,]([0-9]+)$", digits)
        decimals = len(tail.group(1)) if tail and not _is_one_group(digits, style) else 0
    scale = _SCALE.match(normal[match.end() :].strip())
    return float(10.0 ** ((_SCALES[scale.group(1)] if scale else 0) - decimals))


def _is_one_group(digits: str, style: str | None) -> bool:
    grouping = "," if style == INTERNATIONAL else "." if style == VIETNAMESE else ""
    return bool(grouping) and digits.count(grouping) == 1 and bool(_GROUPED.fullmatch(digits))


def _split(text: str, style: str | None) -> tuple[float, str]:
    """The number with its scale word applied, and the text of the unit."""
    if style != VIETNAMESE:
        simple = _SIMPLE.fullmatch(text) if len(text) <= LONGEST else None
        if simple is not None and (
            simple.group(3) is None or (text.isascii() and simple.group(3)[:1].isalpha())
        ):
            rest = simple.group(3) or ""
            scale = _SCALE.match(rest)
            if scale is None:
                if not _WORD_THEN_NUMBER.match(rest):
                    return float(simple.group(1).replace(" ", "")) or 0.0, rest
            elif not _SCALE.match(unit := rest[scale.end() :].strip()):
                return float(
                    f"{simple.group(1).replace(' ', '')}e{_SCALES[scale.group(1)]}"
                ) or 0.0, unit
    normal = _clean(text)
    match = _NUMBER.match(normal)
    if match is None:
        _refuse_what_is_no_number(normal, text)
    sign, digits = match.groups()
    rest = normal[match.end() :]
    _refuse_what_is_no_unit(digits, rest, text)
    rest = rest.strip()
    number = _number(digits, style, text)
    power = 0
    scale = _SCALE.match(rest)
    if scale is not None:
        power = _SCALES[scale.group(1)]
        rest = rest[scale.end() :].strip()
        if _SCALE.match(rest):
            raise QuantityError("two-scale-words", text=_short(text))
    value = float(f"{number}e{power}")
    return _bounded(-value if value and sign in ("-", "\u2212") else value, text), rest


def _clean(text: str) -> str:
    if len(text) > LONGEST:
        raise QuantityError("not-a-number", text=_short(text))
    if text.isascii():
        return text.strip()
    normal = unicodedata.normalize("NFC", text).strip()
    for character in normal:
        if character.isnumeric() and character not in "0123456789²³":
            raise QuantityError("foreign-digits", text=_short(text), character=character)
    return normal


def _refuse_what_is_no_number(normal: str, text: str) -> NoReturn:
    bound = _BOUND.match(normal)
    if bound is not None:
        raise QuantityError(
            "bound-in-a-number", text=_short(text), amount=_short(normal[bound.end() - 1 :])
        )
    if re.match(r"[-+\u2212]?[.,][0-9]", normal):
        raise QuantityError("number-without-digits-before-the-point", text=_short(text))
    raise QuantityError("not-a-number", text=_short(text))


def _refuse_what_is_no_unit(digits: str, rest: str, text: str) -> None:
    after = rest.lstrip()
    if re.match(r"[eE][+\-\u2212]?[0-9]", rest):
        raise QuantityError("number-with-exponent", text=_short(text))
    if re.match(r"[xXoObB][0-9A-Fa-f]", rest) and digits == "0":
        raise QuantityError("number-in-another-base", text=_short(text))
    if _RANGE_WORD.match(after):
        raise QuantityError("range-in-a-number", text=_short(text))
    if _PRODUCT.match(after):
        raise QuantityError("arithmetic-in-a-number", text=_short(text))
    if rest[:1] in ("'", "\u2019", "`", "\u00b4"):
        raise QuantityError("number-separators", text=_short(text))


def _number(digits: str, style: str | None, text: str) -> str:
    """The digits as a plain decimal number with a point; raises where they have two readings or none."""
    if digits[-1] in ".,":
        raise QuantityError("number-without-digits-after-the-point", text=_short(text))
    if any(gap in digits for gap in _GAPS):
        return _spaced_number(digits, style, text)
    points, commas = digits.count("."), digits.count(",")
    if not points and not commas:
        if len(digits) > 1 and digits[0] == "0":
            raise QuantityError("number-begins-with-zero", text=_short(text))
        return digits
    if points and commas:
        decimal = "." if digits.rindex(".") > digits.rindex(",") else ","
        whole, fraction = digits.rsplit(decimal, 1)
        if decimal in whole or not re.fullmatch(r"[1-9][0-9]{0,2}(?:[.,][0-9]{3})+", whole):
            raise QuantityError("number-separators", text=_short(text))
        _refuse_other_decimal(decimal, style, text)
        return re.sub(r"[.,]", "", whole) + "." + fraction
    sign = "." if points else ","
    if points + commas > 1:
        if not re.fullmatch(r"[1-9][0-9]{0,2}(?:[.,][0-9]{3})+", digits):
            raise QuantityError("number-separators", text=_short(text))
        return digits.replace(sign, "")
    whole, fraction = digits.split(sign)
    if len(whole) > 1 and whole[0] == "0":
        raise QuantityError("number-begins-with-zero", text=_short(text))
    could_be_group = len(fraction) == 3 and len(whole) <= 3 and whole != "0"
    if could_be_group:
        if style is None:
            raise QuantityError(
                "ambiguous-number",
                text=_short(text),
                as_group=f"{whole} {fraction}",
                as_decimal=f"{whole}.{fraction}0",
            )
        if sign == ("," if style == INTERNATIONAL else "."):
            return whole + fraction
    _refuse_other_decimal(sign, style, text)
    return f"{whole}.{fraction}"


def _spaced_number(digits: str, style: str | None, text: str) -> str:
    match = _SPACED.fullmatch(digits)
    if match is None:
        raise QuantityError("number-separators", text=_short(text))
    whole, gap, decimal, fraction = match.groups()
    if whole[0] == "0":
        raise QuantityError("number-begins-with-zero", text=_short(text))
    if decimal:
        _refuse_other_decimal(decimal, style, text)
    return whole.replace(gap, "") + (f".{fraction}" if fraction else "")


_SWAPPED = str.maketrans(".,", ",.")


def _refuse_other_decimal(sign: str, style: str | None, text: str) -> None:
    if style is not None and sign != ("." if style == INTERNATIONAL else ","):
        swapped = _short(text).translate(_SWAPPED)
        raise QuantityError(
            "other-decimal-sign", text=_short(text), style=style, suggestion=swapped
        )


def _bounded(value: float, text: str) -> float:
    if not -LARGEST <= value <= LARGEST:
        raise QuantityError("number-too-large", text=_short(text))
    return value


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."
