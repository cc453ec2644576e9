"""The number grammar: what is read, and what is refused by which name."""

from __future__ import annotations

import unicodedata

import pytest

from cpcalc.quantities import last_digit_step, parse_count, parse_quantity
from cpcalc.units import QuantityError

INTERNATIONAL, VIETNAMESE = "international", "vietnamese"
STYLES = (None, INTERNATIONAL, VIETNAMESE)


def refusal(text: str, style: str | None = None) -> str:
    """The name of the refusal; fails where the text is read."""
    with pytest.raises(QuantityError) as caught:
        parse_quantity(text, style)
    return caught.value.name


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(
    "text, kwh",
    [
        ("5 kWh", 5),
        ("12 500 kWh", 12500),
        ("12\u00a0500\u00a0kWh", 12500),
        ("12\u2009500 kWh", 12500),
        ("12\u202f500 kWh", 12500),
        ("12_500 kWh", 12500),
        ("1 234 567 kWh", 1234567),
        ("1_234_567 kWh", 1234567),
        ("1,234,567 kWh", 1234567),
        ("1.234.567 kWh", 1234567),
        ("-5 kWh", -5),
        ("- 5 kWh", -5),
        ("\u22125 kWh", -5),
        ("+5 kWh", 5),
        ("5kWh", 5),
        ("  5   kWh  ", 5),
        ("5\tkWh", 5),
        ("0 kWh", 0),
        ("2 thousand kWh", 2000),
        ("2 nghìn kWh", 2000),
        ("2 ngàn kWh", 2000),
        ("2 million kWh", 2e6),
        ("2 triệu kWh", 2e6),
        ("2 billion kWh", 2e9),
        ("2 tỷ kWh", 2e9),
        ("2 tỉ kWh", 2e9),
        ("1 234 million kWh", 1234e6),
    ],
)
def test_one_reading_in_every_style(text: str, kwh: float, style: str | None) -> None:
    assert parse_quantity(text, style).value == kwh


@pytest.mark.parametrize(
    "text, undeclared, international, vietnamese",
    [
        ("1.5 kWh", 1.5, 1.5, "other-decimal-sign"),
        ("1,5 kWh", 1.5, "other-decimal-sign", 1.5),
        ("12,75 kWh", 12.75, "other-decimal-sign", 12.75),
        ("0.576 kWh", 0.576, 0.576, "other-decimal-sign"),
        ("0,576 kWh", 0.576, "other-decimal-sign", 0.576),
        ("1.2345 kWh", 1.2345, 1.2345, "other-decimal-sign"),
        ("1234.567 kWh", 1234.567, 1234.567, "other-decimal-sign"),
        ("1234,567 kWh", 1234.567, "other-decimal-sign", 1234.567),
        ("1.234 kWh", "ambiguous-number", 1.234, 1234),
        ("1,234 kWh", "ambiguous-number", 1234, 1.234),
        ("-1,234 kWh", "ambiguous-number", -1234, -1.234),
        ("999.999 kWh", "ambiguous-number", 999.999, 999999),
        ("1.234 million kWh", "ambiguous-number", 1.234e6, 1234e6),
        ("1.234,5 kWh", 1234.5, "other-decimal-sign", 1234.5),
        ("1,234.5 kWh", 1234.5, 1234.5, "other-decimal-sign"),
        ("1.234.567,8 kWh", 1234567.8, "other-decimal-sign", 1234567.8),
        ("1,234,567.8 kWh", 1234567.8, 1234567.8, "other-decimal-sign"),
        ("1.000,000 kWh", 1000, "other-decimal-sign", 1000),
        ("1 234.5 kWh", 1234.5, 1234.5, "other-decimal-sign"),
        ("1 234,5 kWh", 1234.5, "other-decimal-sign", 1234.5),
        ("1 234,567 kWh", 1234.567, "other-decimal-sign", 1234.567),
        ("1.9 million kWh", 1.9e6, 1.9e6, "other-decimal-sign"),
        ("1,9 triệu kWh", 1.9e6, "other-decimal-sign", 1.9e6),
    ],
)
def test_the_declared_style_decides(
    text: str, undeclared: float | str, international: float | str, vietnamese: float | str
) -> None:
    for style, expected in zip(STYLES, (undeclared, international, vietnamese), strict=True):
        if isinstance(expected, str):
            assert refusal(text, style) == expected
        else:
            assert parse_quantity(text, style).value == expected


def test_both_readings_of_an_ambiguous_number_are_named_and_each_can_be_typed() -> None:
    with pytest.raises(QuantityError) as caught:
        parse_quantity("1,234 kWh")
    values = caught.value.values
    assert parse_quantity(values["as_group"]).value == 1234
    assert parse_quantity(values["as_decimal"]).value == 1.234


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(
    "text, name",
    [
        ("1e5 kWh", "number-with-exponent"),
        ("1E5 kWh", "number-with-exponent"),
        ("1e+5 kWh", "number-with-exponent"),
        ("1e400 kWh", "number-with-exponent"),
        ("1e-400 kWh", "number-with-exponent"),
        ("0x10 kWh", "number-in-another-base"),
        ("0b1 kWh", "number-in-another-base"),
        ("0o7 kWh", "number-in-another-base"),
        ("nan kWh", "not-a-number"),
        ("NaN", "not-a-number"),
        (".nan", "not-a-number"),
        ("inf kWh", "not-a-number"),
        ("-inf kWh", "not-a-number"),
        ("infinity", "not-a-number"),
        ("kWh", "not-a-number"),
        ("USD 5", "money-in-other-words"),
        ("$5", "money-in-other-words"),
        ("--5 kWh", "not-a-number"),
        ("abc", "not-a-number"),
        ("", "not-a-number"),
        (" ", "not-a-number"),
        ("²", "not-a-number"),
        (".5 kWh", "number-without-digits-before-the-point"),
        (",5 kWh", "number-without-digits-before-the-point"),
        ("-.5 kWh", "number-without-digits-before-the-point"),
        ("5. kWh", "number-without-digits-after-the-point"),
        ("5, kWh", "number-without-digits-after-the-point"),
        ("0123 kWh", "number-begins-with-zero"),
        ("00 kWh", "number-begins-with-zero"),
        ("0 234 kWh", "number-begins-with-zero"),
        ("00.5 kWh", "number-begins-with-zero"),
        ("12 34 kWh", "number-separators"),
        ("1 2345 kWh", "number-separators"),
        ("1 234_567 kWh", "number-separators"),
        ("1,23,456 kWh", "number-separators"),
        ("1.000.00 kWh", "number-separators"),
        ("0.123.456 kWh", "number-separators"),
        ("1..5 kWh", "number-separators"),
        ("1.,5 kWh", "number-separators"),
        ("1,234,567,8.9 kWh", "number-separators"),
        ("1 234,567,890 kWh", "number-separators"),
        ("1'234 kWh", "number-separators"),
        ("1\u2019234 kWh", "number-separators"),
        ("9**9**9 kWh", "arithmetic-in-a-number"),
        ("3*4 kWh", "arithmetic-in-a-number"),
        ("3+4 kWh", "arithmetic-in-a-number"),
        ("3/4 kWh", "arithmetic-in-a-number"),
        ("3 x 4 kWh", "arithmetic-in-a-number"),
        ("3 × 4 kWh", "arithmetic-in-a-number"),
        ("10^3 kWh", "arithmetic-in-a-number"),
        ("12:30", "arithmetic-in-a-number"),
        ("25-40 %", "range-in-a-number"),
        ("25 - 40 %", "range-in-a-number"),
        ("25–40 %", "range-in-a-number"),
        ("25 … 40 %", "range-in-a-number"),
        ("25 to 40 %", "range-in-a-number"),
        ("25 đến 40 %", "range-in-a-number"),
        ("> 3 t", "bound-in-a-number"),
        ("≥3 t", "bound-in-a-number"),
        ("<= 3 t", "bound-in-a-number"),
        ("~3 t", "bound-in-a-number"),
        ("approx. 3 t", "bound-in-a-number"),
        ("khoảng 3 t", "bound-in-a-number"),
        ("١٢ kWh", "foreign-digits"),
        ("１２ kWh", "foreign-digits"),
        ("1½ kWh", "foreign-digits"),
        ("½ kWh", "foreign-digits"),
        ("5 million million kWh", "two-scale-words"),
        ("5 nghìn tỷ đồng", "two-scale-words"),
        ("9" * 40 + " kWh", "number-too-large"),
        ("999 999 999 999 999 999 999 999 999 billion kWh", "number-too-large"),
        ("1" * 500, "not-a-number"),
        ("5", "unit-missing"),
        ("5 million", "unit-missing"),
        ("1 000 triệu", "unit-missing"),
    ],
)
def test_refused_in_every_style(text: str, name: str, style: str | None) -> None:
    assert refusal(text, style) == name


@pytest.mark.parametrize("style", STYLES)
def test_a_bare_zero_needs_no_unit_and_has_no_sign(style: str | None) -> None:
    zero = parse_quantity("0", style)
    assert zero.is_bare_zero
    assert str((zero.value, zero.unit)) == "(0.0, Unit(1))"
    assert str(parse_quantity("-0 kWh", style).value) == "0.0"


@pytest.mark.parametrize(
    "text", ["1.5 triệu đồng", "2 tỷ đồng/năm", "3 tấn/năm", "4 ngày/năm", "5 giờ/ngày"]
)
def test_decomposed_vietnamese_reads_the_same(text: str) -> None:
    decomposed = unicodedata.normalize("NFD", text)
    assert decomposed != text
    one, other = parse_quantity(decomposed), parse_quantity(text)
    assert (one.value, one.unit) == (other.value, other.unit)


@pytest.mark.parametrize("text", ["5 kWh/year", "0.5 %", "2 thousand t"])
def test_a_text_too_long_for_a_number_is_refused_however_plain(text: str) -> None:
    assert refusal(text + " " * 120) == "not-a-number"


def test_no_text_of_any_length_takes_time() -> None:
    for text in ("1" + " 000" * 100_000, "1," * 100_000, "kWh/" * 100_000, "9**" * 100_000):
        assert refusal(text) == "not-a-number"


@pytest.mark.parametrize("text", ["2.0", "02011", "1e3", "-1", "two", "", "1 000", "9" * 30])
def test_counts_are_digits_only(text: str) -> None:
    with pytest.raises(QuantityError) as caught:
        parse_count(text)
    assert caught.value.name == "not-a-whole-number"


def test_a_count_is_read() -> None:
    assert parse_count("828") == 828
    assert parse_count("0") == 0


@pytest.mark.parametrize(
    "text, style, step",
    [
        ("8 month", None, 1),
        ("7.8 month", None, 0.1),
        ("7,8 month", None, 0.1),
        ("0.25 year", None, 0.01),
        ("12 500 kWh", None, 1),
        ("12 500.5 kWh", None, 0.1),
        ("1,234,567 kWh", None, 1),
        ("1.234.567,8 kWh", None, 0.1),
        ("1.234 kWh", INTERNATIONAL, 0.001),
        ("1,234 kWh", INTERNATIONAL, 1),
        ("1.234 kWh", VIETNAMESE, 1),
        ("1,234 kWh", VIETNAMESE, 0.001),
        ("1.234,567 kWh", VIETNAMESE, 0.001),
        ("1.2 million VND", None, 1e5),
        ("2.41 tỷ VND", None, 1e7),
        ("3 thousand t", None, 1000),
    ],
)
def test_what_the_last_printed_digit_is_worth(text: str, style: str | None, step: float) -> None:
    assert last_digit_step(text, style) == pytest.approx(step, rel=1e-12)


@pytest.mark.parametrize("text", ["1.234 kWh", "none"])
def test_no_step_without_one_reading(text: str) -> None:
    with pytest.raises(QuantityError):
        last_digit_step(text)
