"""The leaves of the file formats: quantities, numbers, texts, ids, dates and choices, read from the text as written."""

# No postponed annotations here: each named tuple would compile each of its own at every start.
import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Annotated, Any, NamedTuple, NoReturn

from pydantic_core import PydanticCustomError, core_schema
from pydantic_core.core_schema import ValidationInfo

from cpcalc.diagnostics import Path
from cpcalc.quantities import parse_count, parse_number, parse_quantity
from cpcalc.schema.kinds import (
    ABOVE_ZERO,
    AT_LEAST_ZERO,
    AT_MOST_ONE,
    BOUNDED,
    READ_OVER,
    is_of_kind,
)
from cpcalc.source.reader import FoldedText
from cpcalc.units import ONE, PLAIN, QuantityError, Unit, Vocabulary

LONGEST_TEXT = 4000


class Reading(NamedTuple):
    """What the whole file says about reading its numbers and units: the context of validation."""

    style: str | None = None
    vocabulary: Vocabulary = PLAIN


class Given(NamedTuple):
    """A quantity as given in the file, in canonical units, with its path and what is said of its certainty.

    ``low`` and ``high`` are the ends of a stated range (the value is the mid-point); ``bound`` is ``at-least`` or
    ``at-most``; ``over`` and ``annualise_by`` belong to a reading of part of a year.
    """

    value: float
    unit: Unit
    text: str
    path: Path
    low: float | None = None
    high: float | None = None
    bound: str | None = None
    over: "Given | None" = None
    annualise_by: str | None = None
    cited: str | None = (
        None  # the reference of a cited property that stands here instead of a number of the file's own
    )

    @property
    def is_bare_zero(self) -> bool:
        """A zero without a unit, which stands for nothing of any kind."""
        return self.value == 0 and self.unit is ONE


def refuse(name: str, at: Path | None = None, /, **values: str) -> NoReturn:
    """Raise a pydantic error whose type is a diagnostic name; ``at`` places it deeper than the field."""
    raise PydanticCustomError(name, "{name}", {"name": name, "values": values, "at": at})


def _text(raw: Any) -> str:
    if raw is None:
        refuse("empty-value")
    if not isinstance(raw, str):
        refuse("wrong-shape", expected="text")
    return raw


# ---- quantities -----------------------------------------------------------------------------------------------------


def _check_size(kind: str, value: float, text: str, at: Path | None) -> None:
    if kind in AT_MOST_ONE and not 0 <= value <= 1:
        refuse("out-of-range", at, found=text, low="0 %", high="100 %")
    if (kind in ABOVE_ZERO and value <= 0) or (kind in AT_LEAST_ZERO and value < 0):
        refuse("too-small", at, found=text, low="0")


def read_scalar(raw: Any, reading: Reading, kind: str, at: Path | None = None) -> Given:
    """One quantity in one scalar, checked to be of a kind."""
    if not isinstance(raw, str):
        refuse("empty-value" if raw is None else "wrong-shape", at, expected="quantity")
    if isinstance(raw, FoldedText):
        refuse("multi-line-quantity", at)
    try:
        value, unit, text = parse_quantity(raw, reading.style, reading.vocabulary)
    except QuantityError as error:
        refuse(error.name, at, **error.values, kind=kind)
    if not is_of_kind(unit, kind) and not (value == 0 and unit is ONE):
        refuse("wrong-kind-of-unit", at, expected=kind, found=str(unit), text=str(raw))
    if kind in BOUNDED:
        _check_size(kind, value, text, at)
    return Given(value, unit, text, getattr(raw, "path", ()))


_FORMS = (
    frozenset({"low", "high"}),
    frozenset({"at-least"}),
    frozenset({"at-most"}),
    frozenset({"value", "over", "annualise-by"}),
    frozenset({"value"}),
)
ANNUALISE_BY = ("months", "days", "hours", "production")


def read_amount(raw: Any, info: ValidationInfo, kind: str) -> Given:
    """One quantity of a kind: a scalar, a range, a bound or a reading of part of a year."""
    reading: Reading = info.context or Reading()
    if not isinstance(raw, dict):
        return read_scalar(raw, reading, kind)
    keys = frozenset(raw)
    if keys not in _FORMS or ("over" in keys and kind not in READ_OVER):
        of_a_period = ", value + over + annualise-by" if kind in READ_OVER else ""
        refuse("one-of-keys-needed", keys="low + high, at-least, at-most" + of_a_period)

    def part(key: str, of_kind: str = kind) -> Given:
        return read_scalar(raw[key], reading, of_kind, getattr(raw[key], "path", None))

    if "low" in keys:
        low, high = part("low"), part("high")
        if low.unit is not high.unit or low.value > high.value:
            refuse("range-ends", low.path, low=low.text, high=high.text)
        middle = (low.value + high.value) / (1 + 1)  # the mid-point stands for the range
        return Given(
            middle, low.unit, f"{low.text} - {high.text}", low.path[:-1], low.value, high.value
        )
    if "value" in keys:
        value = part("value", READ_OVER[kind] if "over" in keys else kind)
        if "over" not in keys:
            return value
        by = str(raw["annualise-by"])
        if by not in ANNUALISE_BY:
            refuse(
                "not-a-choice",
                getattr(raw["annualise-by"], "path", None),
                found=by,
                choices=", ".join(ANNUALISE_BY),
            )
        return value._replace(
            over=part("over", "period" if by != "production" else "any"), annualise_by=by
        )
    (bound,) = keys
    return part(bound)._replace(bound=bound)


class Leaf:
    """How one type of leaf is read, and how the JSON Schema describes it."""

    def __init__(self, read: Callable[..., Any], json_schema: dict[str, Any]) -> None:
        self.read = read
        self.json_schema = json_schema

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        return self.json_schema


class NumberLeaf(Leaf):
    """A leaf whose reading depends on how the whole file writes numbers and units."""

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> core_schema.CoreSchema:
        return core_schema.with_info_plain_validator_function(self.read)


def quantity(kind: str, description: str) -> Leaf:
    """A leaf that holds a quantity of a kind."""

    def read(raw: Any, info: ValidationInfo) -> Given:
        return (
            read_scalar(raw, info.context or Reading(), kind)
            if isinstance(raw, str)
            else read_amount(raw, info, kind)
        )

    return NumberLeaf(read, {"$ref": "#/$defs/Quantity", "description": description})


# A factor or a property of a set: `set/id`.
REFERENCE = re.compile(r"[a-z0-9][a-z0-9-]*/[a-z0-9][a-z0-9.-]*")


def quantity_or_reference(kind: str, description: str) -> Leaf:
    """A leaf that holds a quantity of a kind, or the reference of a set's entry that has it.

    A reference stays the text it is until the file's library is open; nothing is linked before.
    """

    def read(raw: Any, info: ValidationInfo) -> Any:
        if isinstance(raw, str) and REFERENCE.fullmatch(raw):
            return raw
        return read_amount(raw, info, kind)

    return NumberLeaf(read, {"$ref": "#/$defs/Quantity", "description": description})


Amount = Annotated[Given, quantity("any", "a number, then a unit, such as 12 500 kWh/year")]
Share = Annotated[Given, quantity("share", "a share, such as 38 %")]


class Later:
    """A leaf whose model is imported once a file has it, so that files without it pay nothing."""

    def __init__(self, module: str, name: str) -> None:
        self.module = module
        self.name = name

    def model(self) -> Any:
        """The model itself."""
        import importlib

        return getattr(importlib.import_module(self.module), self.name)

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> core_schema.CoreSchema:
        return core_schema.with_info_plain_validator_function(
            lambda raw, info: self.model().read(raw, info.context)
        )


class Form:
    """How a field is read that may be written in several forms; ``forms`` are those that an editor offers."""

    def __init__(self, read: Callable[[Any, ValidationInfo], Any], forms: Any) -> None:
        self.read = read
        self.forms = forms

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> core_schema.CoreSchema:
        return core_schema.with_info_plain_validator_function(self.read)


class Prepared:
    """A model that may be written in a shorter form, which ``prepare`` turns into the long one."""

    def __init__(self, prepare: Callable[[Any], Any], forms: Any) -> None:
        self.prepare = prepare
        self.forms = forms

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> core_schema.CoreSchema:
        return core_schema.no_info_before_validator_function(self.prepare, handler(source))


# ---- other leaves ---------------------------------------------------------------------------------------------------


def _read_words(raw: Any) -> str:
    text = _text(raw)
    if len(text) > LONGEST_TEXT:
        refuse("text-too-long", limit=str(LONGEST_TEXT))
    if not text.strip():
        refuse("empty-value")
    return text


Words = Annotated[str, Leaf(_read_words, {"type": ["string", "number", "boolean"]})]

LANGUAGES = ("en", "vi")


def _read_title(raw: Any) -> Mapping[str, str]:
    if isinstance(raw, dict):
        for language in raw:
            if language not in LANGUAGES:
                refuse("not-a-choice", found=str(language), choices=", ".join(LANGUAGES))
        if not raw:
            refuse("empty-value")
        return {language: _read_words(text) for language, text in raw.items()}
    return {"": _read_words(raw)}


Title = Annotated[
    Mapping[str, str],
    Leaf(
        _read_title,
        {
            "anyOf": [
                {"type": "string"},
                {
                    "type": "object",
                    "properties": {"en": {"type": "string"}, "vi": {"type": "string"}},
                    "additionalProperties": False,
                },
            ]
        },
    ),
]

_ID = re.compile(r"[^\W_](?:[\w-]{0,78}[^\W_])?")


def _read_id(raw: Any) -> str:
    text = _text(raw)
    if not _ID.fullmatch(text):
        refuse("not-an-id", found=text[:60])
    return text


Id = Annotated[str, Leaf(_read_id, {"type": ["string", "integer"], "pattern": r"^[^\s./]+$"})]


def _read_count(raw: Any) -> int:
    try:
        return parse_count(_text(raw))
    except QuantityError as error:
        refuse(error.name, None, **error.values)


Count = Annotated[int, Leaf(_read_count, {"type": "integer", "minimum": 0})]

EARLIEST_YEAR, LATEST_YEAR = 1900, 2200


def read_year(raw: Any) -> int:
    year = _read_count(raw)
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        refuse("out-of-range", found=str(raw), low=str(EARLIEST_YEAR), high=str(LATEST_YEAR))
    return year


Year = Annotated[int, Leaf(read_year, {"type": "integer"})]


def _read_plain_number(raw: Any, info: ValidationInfo) -> float:
    try:
        return parse_number(_text(raw), (info.context or Reading()).style)
    except QuantityError as error:
        refuse(error.name, None, **error.values)


Number = Annotated[float, NumberLeaf(_read_plain_number, {"type": ["number", "string"]})]


def _read_flag(raw: Any) -> bool:
    text = _text(raw)
    if text not in {"true", "false"}:
        refuse("not-true-or-false", found=text[:60])
    return text == "true"


Flag = Annotated[bool, Leaf(_read_flag, {"type": "boolean"})]

_DATE = re.compile(r"([0-9]{4})-([0-9]{2})(?:-([0-9]{2}))?")


def _read_date(raw: Any) -> str:
    text = _text(raw)
    match = _DATE.fullmatch(text)
    if match is None or not _is_date(int(match[1]), int(match[2]), int(match[3] or 1)):
        refuse("not-a-date", found=text[:60])
    return text


def _is_date(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return EARLIEST_YEAR <= year <= LATEST_YEAR


Date = Annotated[str, Leaf(_read_date, {"type": "string", "format": "date"})]


def choice(*choices: str) -> Leaf:
    """A leaf with a closed list of values."""
    allowed = frozenset(choices)

    def read(raw: Any) -> str:
        text = _text(raw)
        if text not in allowed:
            refuse("not-a-choice", found=text[:60], choices=", ".join(choices))
        return str(text)

    # an editor reads a bare 1 as a number
    return Leaf(read, {"enum": [*choices, *(int(one) for one in choices if one.isdigit())]})
