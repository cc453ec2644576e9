"""The leaves of the file formats: quantities, dates, choices, read from the text as written."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Annotated, Any, NamedTuple, TypeVar

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainValidator,
    ValidationInfo,
    WithJsonSchema,
)
from typing_extensions import TypeAliasType

from cpcalc.quantities import PartOfYear, Quantity, Range, parse_count, parse_quantity
from cpcalc.schema import refuse
from cpcalc.source.reader import FoldedText
from cpcalc.texts import LANGUAGES
from cpcalc.units import ONE, PLAIN, QuantityError, Unit, Vocabulary, base_unit, read_unit

LONGEST_TEXT = 4000
ANNUALISE_BY = ("months", "days", "hours", "production")
EARLIEST_YEAR, LATEST_YEAR = 1900, 2200
# A factor or a property of a set: `set/id`.
_REFERENCE = re.compile(r"[a-z0-9][a-z0-9-]*/[a-z0-9][a-z0-9.-]*")
_ID = re.compile(r"[^\W_](?:[\w-]{0,78}[^\W_])?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}(-[0-9]{2})?")
_MONTHS = r"(0[1-9]|1[0-2])(-(0[1-9]|1[0-9]|2[0-9]))?|(0[13-9]|1[0-2])-30|(0[13578]|1[02])-31"
_DAYS = rf"^[12][0-9]{{3}}-({_MONTHS})$"
_SAID = {"maxLength": LONGEST_TEXT, "pattern": r"\S"}


class Reading(NamedTuple):
    """What the whole file says about reading its numbers and units: the context of validation."""

    style: str | None = None
    vocabulary: Vocabulary = PLAIN


def leaf(read: Callable[..., Any], json_schema: dict[str, Any]) -> PlainValidator:
    """A field that a function reads from the text as written; editors get the JSON Schema."""
    return PlainValidator(read, json_schema_input_type=Annotated[Any, WithJsonSchema(json_schema)])


def _mapping_schema(keys: tuple[str, ...], value: dict[str, Any]) -> dict[str, Any]:
    properties = dict.fromkeys(keys, value)
    return {"type": "object", "properties": properties, "additionalProperties": False}


def read_text(raw: Any) -> str:
    """A scalar as written."""
    if raw is None:
        refuse("empty-value")
    if not isinstance(raw, str):
        refuse("wrong-shape", expected="text")
    return raw


# ---- kinds of quantity: which units are of a kind, and what no true figure of it exceeds ---------

PERIODS = ("year", "month", "day", "hour")
POWER = "kWh/hour"


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
    is_flow = str(unit) != POWER and any(unit.exponent(period) for period in PERIODS)
    return unit is not ONE and not is_flow


def _is_exactly(*texts: str) -> Callable[[Unit], bool]:
    return lambda unit: str(unit) in texts


class Kind(NamedTuple):
    """A kind of quantity: whether a unit is of it, what it is to people, and one of it."""

    holds: Callable[[Unit], bool]
    words: str
    example: str

    @property
    def description(self) -> str:
        """What it is, with an example."""
        return f"{self.words}, such as {self.example}"


KINDS: Mapping[str, Kind] = {
    "any": Kind(lambda unit: True, "a number, then a unit", "12 500 kWh/year"),
    "money": Kind(_is_money, "an amount of money", "180 million VND"),
    "money-per-year": Kind(_is_money_per_period, "money per year", "60 million VND/year"),
    "price": Kind(_is_price, "money per unit", "1 200 VND/kWh"),
    "exchange-rate": Kind(_is_rate, "a rate", "20 510 VND/USD"),
    "reading": Kind(_is_reading, "a reading of part of a year", "6 million kWh"),
    "money-or-share": Kind(lambda unit: unit is ONE or _is_money(unit),
        "money or a share of the investment", "40 %"),
    "share": Kind(_is_exactly("1"), "a share", "38 %"),
    "duration": Kind(_is_exactly("year", "month"), "a duration", "10 year"),
    # a duration that may be none
    "delay": Kind(_is_exactly("year", "month"), "years without repayment", "1 year"),
    "hours-per-year": Kind(_is_exactly("hour/year", "hour/day"),
        "running hours", "4 000 hour/year"),
    "hours-per-day": Kind(_is_exactly("hour/day", "hour/year"),
        "operating hours, a day or a year", "24 hour/day"),
    "days-per-year": Kind(_is_exactly("day/year"), "operating days", "310 day/year"),
    "months-per-year": Kind(_is_exactly("month/year"), "operating months", "6 month/year"),
    "period": Kind(_is_exactly(*PERIODS), "a part of a year", "6 month"),
    "share-per-year": Kind(_is_exactly("1/year", "1"), "a rate", "14 %"),
    "heat-content": Kind(_is_exactly("kWh/t", "kWh/m3", "kWh/Nm3"),
        "heat content, or an entry with one (fuel-properties/diesel-moit)", "25 MJ/kg"),
    "density": Kind(_is_exactly("t/m3"),
        "a density, or an entry with one (fuel-properties/fuel-oil-ghg-protocol)", "840 kg/m3"),
    "concentration": Kind(lambda unit: str(unit.without(unit.substance or "")) in ("t/m3", "t/Nm3"),
        "a concentration", "1 720 mg/L"),
    "temperature": Kind(_is_exactly("degC"), "a temperature", "160 degC"),
    "pressure": Kind(_is_exactly("kPa"), "an absolute pressure", "101 kPa"),
    "gas-flow": Kind(_is_exactly("m3/hour", "Nm3/hour", "m3/year", "Nm3/year"),
        "a flow of gas", "42 000 Nm3/hour"),
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

# ---- quantities ---------------------------------------------------------------------------------

# The keys of an amount that is no scalar.
AMOUNT_KEYS = ("low", "high", "at-least", "at-most", "value", "over", "annualise-by")
_SCALAR = {"type": ["string", "number"]}
_SCHEMA = {
    "description": "An amount: a number, then its unit, such as 12 500 kWh/year.",
    "anyOf": [_SCALAR, _mapping_schema(AMOUNT_KEYS, _SCALAR)],
}
_Forms = Annotated[Any, WithJsonSchema(_SCHEMA)]


@cache
def _described(kind: str, form: str) -> Any:
    """What an editor knows of a kind of quantity, defined once in a schema: docs/pages/patterns.py
    adds there what its text must look like."""
    return TypeAliasType(f"Quantity-{kind}{form}", _Forms)


def read_scalar(raw: Any, reading: Reading, kind: str) -> Quantity:
    """One quantity in one scalar, checked to be of a kind."""
    at = getattr(raw, "path", None)
    if not isinstance(raw, str):
        refuse("empty-value" if raw is None else "wrong-shape", expected="quantity")
    if isinstance(raw, FoldedText):
        refuse("multi-line-quantity", at)
    try:
        quantity = parse_quantity(raw, reading.style, reading.vocabulary)
    except QuantityError as error:
        refuse(error.name, at, **error.values, kind=kind)
    if not KINDS[kind].holds(quantity.unit) and not quantity.is_bare_zero:
        refuse("wrong-kind-of-unit", at, expected=kind, found=str(quantity.unit), text=str(raw))
    if quantity.is_bare_zero and kind in UNIT_OF_ZERO:
        quantity = replace(quantity, unit=read_unit(UNIT_OF_ZERO[kind]).unit)
    value = quantity.value
    if kind == "share" and not 0 <= value <= 1:
        refuse("out-of-range", at, found=raw, low="0 %", high="100 %")
    if (value < 0 and kind in AT_LEAST_ZERO) or (value <= 0 and kind in ABOVE_ZERO):
        refuse("too-small", at, found=raw, low="0")
    return quantity


def read_amount(raw: Any, info: ValidationInfo, kind: str) -> Quantity:
    """One quantity of a kind: a scalar, a range, a bound or a reading of part of a year."""
    reading: Reading = info.context or Reading()
    if not isinstance(raw, dict):
        return read_scalar(raw, reading, kind)
    keys = set(raw)
    if not keys <= set(AMOUNT_KEYS):
        refuse("wrong-shape", expected="quantity")
    if keys == {"low", "high"}:
        low, high = (read_scalar(raw[end], reading, kind) for end in ("low", "high"))
        if low.is_bare_zero:
            low = replace(low, unit=high.unit)
        if low.unit is not high.unit or low.value > high.value:
            refuse("range-ends", low.path, low=low.text, high=high.text)
        return Range.between(low, high)
    if keys in ({"value"}, {"at-least"}, {"at-most"}):
        ((key, part),) = raw.items()
        return replace(read_scalar(part, reading, kind), bound=None if key == "value" else key)
    if keys != {"value", "over", "annualise-by"} or kind not in READ_OVER:
        of_a_period = ", value + over + annualise-by" if kind in READ_OVER else ""
        refuse("one-of-keys-needed", keys="low + high, at-least, at-most" + of_a_period)
    return _part_of_year(raw, reading, READ_OVER[kind])


def _part_of_year(raw: Mapping[str, Any], reading: Reading, kind: str) -> PartOfYear:
    value = read_scalar(raw["value"], reading, kind)
    by = str(raw["annualise-by"])
    if by not in ANNUALISE_BY:
        at = getattr(raw["annualise-by"], "path", None)
        refuse("not-a-choice", at, found=by, choices=", ".join(ANNUALISE_BY))
    over = read_scalar(raw["over"], reading, "any" if by == "production" else "period")
    return PartOfYear(value.value, value.unit, value.text, value.path, over=over, annualise_by=by)


def read_amount_or_reference(raw: Any, info: ValidationInfo, kind: str) -> Quantity | str:
    """One quantity of a kind, or the reference ``set/id`` of an entry of a set that has it.

    A reference stays the text it is until the file's library is open; nothing is linked before.
    """
    if isinstance(raw, str) and _REFERENCE.fullmatch(raw):
        return raw
    return read_amount(raw, info, kind)


def read_single(raw: Any, info: ValidationInfo, kind: str) -> Quantity:
    """One quantity of a kind in one scalar, without the forms for ranges and bounds."""
    return read_scalar(raw, info.context or Reading(), kind)


Reader = Callable[[Any, ValidationInfo, str], Quantity | str]


def quantity(kind: str, read: Reader = read_amount, description: str = "") -> PlainValidator:
    """A leaf that holds a quantity of a kind."""
    shown = KINDS[kind]
    field = Field(description=description or shown.description, examples=[shown.example])
    form = "--single" * (read is read_single) + "--or-entry" * (read is read_amount_or_reference)
    described = Annotated[_described(kind, form), field]  # type: ignore[valid-type]

    def read_kind(raw: Any, info: ValidationInfo) -> Quantity | str:
        return read(raw, info, kind)

    return PlainValidator(read_kind, json_schema_input_type=described)


Amount = Annotated[Quantity, quantity("any")]
Single = Annotated[Quantity, quantity("any", read_single)]
Share = Annotated[Quantity, quantity("share")]
SharePerYear = Annotated[Quantity, quantity("share-per-year")]
Money = Annotated[Quantity, quantity("money")]
Duration = Annotated[Quantity, quantity("duration")]


# ---- other leaves -------------------------------------------------------------------------------


def _read_words(raw: Any) -> str:
    text = read_text(raw)
    if len(text) > LONGEST_TEXT:
        refuse("text-too-long", limit=str(LONGEST_TEXT))
    if not text.strip():
        refuse("empty-value")
    return text


def _read_title(raw: Any) -> Mapping[str, str]:
    if not isinstance(raw, dict):
        return {"": _read_words(raw)}
    for language in raw:
        if language not in LANGUAGES:
            refuse("not-a-choice", found=str(language), choices=", ".join(LANGUAGES))
    if not raw:
        refuse("empty-value")
    return {language: _read_words(text) for language, text in raw.items()}


def _read_id(raw: Any) -> str:
    text = read_text(raw)
    if not _ID.fullmatch(text):
        refuse("not-an-id", found=text[:60])
    return text


def _read_count(raw: Any) -> int:
    try:
        return parse_count(read_text(raw))
    except QuantityError as error:
        refuse(error.name, **error.values)


def read_year(raw: Any) -> int:
    """A calendar year within the two centuries that any file can be about."""
    year = _read_count(raw)
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        refuse("out-of-range", found=str(raw), low=str(EARLIEST_YEAR), high=str(LATEST_YEAR))
    return year


def _read_flag(raw: Any) -> bool:
    text = read_text(raw)
    if text not in {"true", "false"}:
        refuse("not-true-or-false", found=text[:60])
    return text == "true"


def read_date(raw: Any, lacking: str = "not-a-date") -> str:
    """A day or a month as written; ``lacking`` names the diagnostic where it is none."""
    text = read_text(raw)
    try:
        day = date.fromisoformat(text if len(text) > len("2011-12") else f"{text}-01")
    except ValueError:
        day = date.min
    if not _DATE.fullmatch(text) or not EARLIEST_YEAR <= day.year <= LATEST_YEAR:
        refuse(lacking, found=text[:60])
    return text


def choice(*choices: str) -> PlainValidator:
    """A leaf with a closed list of values."""

    def read(raw: Any) -> str:
        text = read_text(raw)
        if text not in choices:
            refuse("not-a-choice", found=text[:60], choices=", ".join(choices))
        return str(text)

    # an editor reads a bare 1 as a number
    return leaf(read, {"enum": [*choices, *(int(one) for one in choices if one.isdigit())]})


def _as_list(raw: Any) -> Any:
    if raw is None or raw == []:
        refuse("empty-value")
    return raw if isinstance(raw, list) else [raw]


def _or_single(schema: dict[str, Any]) -> None:
    of_a_list = dict(schema)
    schema.clear()
    schema["anyOf"] = [of_a_list["items"], of_a_list]


# A list in which a single item may stand without the list.
One = TypeVar("One")
OneOrMore = Annotated[list[One], BeforeValidator(_as_list), Field(json_schema_extra=_or_single)]

Words = Annotated[
    str,
    leaf(_read_words, {"type": ["string", "number", "boolean"], **_SAID, "examples": ["a text"]}),
]
# Words by which things are brought together: blanks around and between them say nothing.
Name = Annotated[Words, AfterValidator(lambda text: " ".join(text.split()))]
_TEXT = {"type": "string", **_SAID}
_TITLE = {"anyOf": [_TEXT, _mapping_schema(LANGUAGES, _TEXT)], "examples": ["a text"]}
Title = Annotated[Mapping[str, str], leaf(_read_title, _TITLE)]
_ID_SCHEMA = {"type": ["string", "integer"], "pattern": r"^[^\s./]{1,80}$", "examples": ["m1"]}
Id = Annotated[str, leaf(_read_id, _ID_SCHEMA)]
# By names that a file chooses, or takes from elsewhere. Keys have no pattern in a JSON Schema.
_Key = Annotated[str, leaf(_read_id, {"type": "string"})]
Keyed = Annotated[dict[str, One], Field(min_length=1)]
ById = Annotated[dict[_Key, One], Field(min_length=1)]
Count = Annotated[int, leaf(_read_count, {"type": "integer", "minimum": 0, "examples": [12]})]
_YEAR_SCHEMA = {"minimum": EARLIEST_YEAR, "maximum": LATEST_YEAR, "examples": [2024]}
Year = Annotated[int, leaf(read_year, {"type": "integer", **_YEAR_SCHEMA})]
Flag = Annotated[bool, leaf(_read_flag, {"type": "boolean", "examples": ["true"]})]
DATE_SCHEMA = {"type": "string", "pattern": _DAYS, "examples": ["2024-12-31"]}
Date = Annotated[str, leaf(read_date, DATE_SCHEMA)]
