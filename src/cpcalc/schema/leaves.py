"""The leaves of the file formats: quantities, dates, choices, read from the text as written."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
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
from cpcalc.schema import Model, kinds, refuse
from cpcalc.schema.kinds import ABOVE_ZERO, AT_LEAST_ZERO, KINDS, READ_OVER, UNIT_OF_ZERO
from cpcalc.schema.patterns import quantity_pattern
from cpcalc.source.reader import FoldedText
from cpcalc.texts import LANGUAGES
from cpcalc.units import PLAIN, QuantityError, Vocabulary, read_unit

LONGEST_TEXT = 4000
ANNUALISE_BY = ("months", "days", "hours", "production")
EARLIEST_YEAR, LATEST_YEAR = 1900, 2200
# A factor or a property of a set: `set/id`.
_REFERENCE = re.compile(r"[a-z0-9][a-z0-9-]*/[a-z0-9][a-z0-9.-]*")
_ID = re.compile(r"[^\W_](?:[\w-]{0,78}[^\W_])?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}(-[0-9]{2})?")
# The days that a month can have; the leap years are left to the check.
_DATE_PATTERN = (
    r"^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2]|(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-9])"
    r"|(0[13-9]|1[0-2])-30|(0[13578]|1[02])-31)$"
)


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


# ---- quantities ---------------------------------------------------------------------------------

# The keys of an amount that is no scalar.
AMOUNT_KEYS = ("low", "high", "at-least", "at-most", "value", "over", "annualise-by")
_DESCRIPTION = "An amount: a number, then its unit, such as 12 500 kWh/year."


@cache
def _described(kind: str, name: str, *, is_single: bool, may_be_cited: bool) -> Any:
    """What an editor knows of a kind of quantity: a pattern, defined once in each schema."""
    lowest = "above" if kind in ABOVE_ZERO else "zero" if kind in AT_LEAST_ZERO else ""
    pattern = quantity_pattern(KINDS[kind].forms, lowest=lowest)
    written: dict[str, Any] = {"type": "string", "pattern": pattern}
    forms = [written] + [{"const": 0}] * (lowest != "above")
    if may_be_cited:
        forms.append({"type": "string", "pattern": f"^{_REFERENCE.pattern}$"})
    if not is_single:
        keyed = _mapping_schema(AMOUNT_KEYS, {})
        parts = {"anyOf": list(forms)}
        forms.append({**keyed, "patternProperties": {"^(low|high|at-.*)$": parts}})
    schema = {"description": _DESCRIPTION, "anyOf": forms}
    return TypeAliasType(name, Annotated[Any, WithJsonSchema(schema)])


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
    name = "".join(map(str.title, ["quantity", *kind.replace("any", "").split("-")]))
    is_single, may_be_cited = read is read_single, read is read_amount_or_reference
    name += "Single" * is_single + "OrEntry" * may_be_cited
    alias = _described(kind, name, is_single=is_single, may_be_cited=may_be_cited)
    described = Annotated[alias, field]  # type: ignore[valid-type]

    def read_kind(raw: Any, info: ValidationInfo) -> Quantity | str:
        return read(raw, info, kind)

    return PlainValidator(read_kind, json_schema_input_type=described)


Amount = Annotated[Quantity, quantity("any")]
Output = Annotated[Amount, kinds.NOT_NEGATIVE, kinds.NOT_ZERO]
Single = Annotated[Quantity, quantity("any", read_single)]
Share = Annotated[Quantity, quantity("share")]
SharePerYear = Annotated[Quantity, quantity("share-per-year")]
Money = Annotated[Quantity, quantity("money")]
Duration = Annotated[Quantity, quantity("duration")]


def amounts_in(node: Any, quality: str | None = None) -> Iterator[tuple[Any, str | None]]:
    """Every quantity, and every text with a place, of a model; beside it the tier of data that the
    nearest part around it says."""
    if getattr(node, "path", None):
        yield node, quality
    if isinstance(node, PartOfYear):
        yield from amounts_in(node.over, quality)
    elif isinstance(node, (Mapping, Model, list, tuple)):
        keyed = vars(node) if isinstance(node, Model) else node
        quality = getattr(node, "quality", None) or quality
        for value in keyed.values() if isinstance(keyed, Mapping) else keyed:
            yield from amounts_in(value, quality)


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


def _read_date(raw: Any) -> str:
    text = read_text(raw)
    try:
        day = date.fromisoformat(text if len(text) > len("2011-12") else f"{text}-01")
    except ValueError:
        day = date.min
    if not _DATE.fullmatch(text) or not EARLIEST_YEAR <= day.year <= LATEST_YEAR:
        refuse("not-a-date", found=text[:60])
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

_SAID = {"maxLength": LONGEST_TEXT, "pattern": r"\S"}
Words = Annotated[
    str,
    leaf(_read_words, {"type": ["string", "number", "boolean"], **_SAID, "examples": ["a text"]}),
]
# Words by which things are brought together: blanks around and between them say nothing.
Name = Annotated[Words, AfterValidator(lambda text: " ".join(text.split()))]
_TEXT = {"type": "string", **_SAID}
_TITLE = {
    "anyOf": [_TEXT, {**_mapping_schema(LANGUAGES, _TEXT), "minProperties": 1}],
    "examples": ["a text"],
}
Title = Annotated[Mapping[str, str], leaf(_read_title, _TITLE)]
_ID_SCHEMA = {
    "type": ["string", "integer"], "minimum": 0, "pattern": r"^[^\s./]{1,80}$", "examples": ["m1"],
}  # fmt: skip
Id = Annotated[str, leaf(_read_id, _ID_SCHEMA)]
Count = Annotated[int, leaf(_read_count, {"type": "integer", "minimum": 0, "examples": [12]})]
_YEAR_SCHEMA = {
    "type": "integer", "minimum": EARLIEST_YEAR, "maximum": LATEST_YEAR, "examples": [2024],
}  # fmt: skip
Year = Annotated[int, leaf(read_year, _YEAR_SCHEMA)]
Flag = Annotated[bool, leaf(_read_flag, {"type": "boolean", "examples": ["true"]})]
_DATE_SCHEMA = {"type": "string", "pattern": _DATE_PATTERN, "examples": ["2024-12-31"]}
Date = Annotated[str, leaf(_read_date, _DATE_SCHEMA)]
