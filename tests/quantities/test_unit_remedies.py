"""What is said of a name that is no unit never leads to another size or kind; pint's own list of units is the judge."""

from __future__ import annotations

from functools import cache
from typing import Any

import pint
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpcalc.quantities import parse_quantity
from cpcalc.texts import read_texts
from cpcalc.units import CURRENCIES, NAMES, SUBSTANCES, QuantityError, read_unit, respelling

PREFIXES = (
    "",
    "n",
    "u",
    "m",
    "c",
    "d",
    "h",
    "k",
    "M",
    "G",
    "T",
    "kilo",
    "mega",
    "hecto",
    "milli",
    "centi",
)
BASES = (
    "g", "t", "lb", "Wh", "J", "cal", "toe", "W", "Pa", "bar", "m", "m2", "L", "l", "litre", "gram", "metre", "watt",
    "joule", "gal", "Btu_IT", "psi", "degC", "degF", "ton", "hour", "s", "tonne",
)  # fmt: skip
# To everybody here a T is a tonne, a G a gram and a j a joule, not a tesla, a gauss and an imaginary number.
OF_PHYSICISTS = ("T", "G", "j")


@cache
def _authority() -> pint.UnitRegistry[Any]:
    """The units of the world as pint ships them."""
    units: pint.UnitRegistry[Any] = pint.UnitRegistry(cache_folder=None)
    for definition in ("VND = [vnd]", "USD = [usd]", "EUR = [eur]", "toe = 41.868 GJ"):
        units.define(definition)
    units.define("Btu_IT = 1055.05585262 J")
    return units


def _in_the_world(name: str) -> Any:
    """One of a unit as the world knows it, in base units; None where the world does not know it."""
    try:
        return _authority().Quantity(1.0, name).to_root_units()
    except Exception:  # pint raises a dozen types for what is no unit
        return None


def _refusal(text: str) -> QuantityError | None:
    try:
        read_unit(text)
    except QuantityError as error:
        return error
    return None


@settings(max_examples=400, deadline=None)
@given(
    st.sampled_from(PREFIXES),
    st.sampled_from(BASES),
    st.sampled_from(("as it is", "upper", "lower", "title")),
)
def test_a_suggested_name_is_of_the_size_and_kind_of_what_stands_there(
    prefix: str, base: str, case: str
) -> None:
    """Where a unit with a prefix, in any case, means something, only a name that means the same is suggested."""
    written = prefix + base
    written = {"upper": written.upper(), "lower": written.lower(), "title": written.title()}.get(
        case, written
    )
    error = _refusal(written)
    meant = _in_the_world(written)
    if (
        error is None
        or "suggestion" not in error.values
        or meant is None
        or written[-1] in OF_PHYSICISTS
    ):
        return
    suggested = _in_the_world(error.values["suggestion"])
    if suggested is None:
        return
    assert suggested.dimensionality == meant.dimensionality, (written, error.values)
    assert suggested.magnitude == pytest.approx(meant.magnitude, rel=1e-3), (written, error.values)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(sorted(NAMES)), st.data())
def test_a_name_with_other_capitals_is_respelt_to_no_other_unit(
    name: str, data: st.DataObject
) -> None:
    capitals = data.draw(st.lists(st.booleans(), min_size=len(name), max_size=len(name)))
    written = "".join(
        letter.upper() if is_capital else letter.lower()
        for letter, is_capital in zip(name, capitals, strict=True)
    )
    meant = respelling(written)
    if written in NAMES or meant is None or len(written) != len(name):
        return
    alike = {unit for other, unit in NAMES.items() if other.casefold() == written.casefold()}
    assert NAMES.get(meant, meant) in alike
    assert len(alike) == 1
    if NAMES[meant] in CURRENCIES | SUBSTANCES:
        assert written in read_texts("unit_slips")["near-misses"] or len(written) > 2


@pytest.mark.parametrize(
    "text",
    [
        "ML",
        "mG",
        "Mg",
        "kgal",
        "degF",
        "klb",
        "MBtu_IT",
        "mbar",
        "hPa",
        "ktoe",
        "MT",
        "Cal",
        "hectometre",
        "pen",
        "tn",
    ],
)
def test_a_unit_that_only_looks_like_one_of_the_list_is_not_taken_for_it(text: str) -> None:
    error = _refusal(text)
    assert error is not None
    assert error.name in ("refused-unit", "unit-to-convert", "unknown-unit")
    assert respelling(text) is None


# How pint's own list writes those that it has under another name; normal cubic metres count as cubic metres.
IN_PINT = {
    "kNm3": "1000 m**3", "cm3": "cm**3", "km2": "km**2", "ft3": "ft**3", "cwt": "100 lb", "dt": "100 kg", "HP": "hp",
    "weeks": "week", "kVND": "1000 VND", "kUSD": "1000 USD", "kEUR": "1000 EUR", "MUSD": "1e6 USD", "MEUR": "1e6 EUR",
    "°F": "degF", "K": "kelvin",
}  # fmt: skip
CONVERSIONS = read_texts("unit_slips")["conversions"]


@pytest.mark.parametrize("name", [name for name in CONVERSIONS if "deg" not in CONVERSIONS[name]])
def test_a_conversion_is_right_and_can_be_typed(name: str) -> None:
    conversion = CONVERSIONS[name]
    error = _refusal(name)
    assert error is not None
    assert (error.name, error.values["conversion"]) == ("unit-to-convert", conversion)
    one, _, other = conversion.partition(" = ")
    assert one.removeprefix("1 ").rstrip("s") == name.rstrip("s")
    quantity = parse_quantity(other)
    meant = _authority().parse_expression(IN_PINT.get(name, name))
    found = _authority().Quantity(
        quantity.value,
        str(quantity.unit)
        .replace("kWh/hour", "kW")
        .replace("m2", "m**2")
        .replace("m3", "m**3")
        .replace("Nm", "m"),
    )
    assert (found / meant).to("").magnitude == pytest.approx(1, rel=1e-4), conversion


@pytest.mark.parametrize(
    ("name", "written", "celsius"),
    [("degF", "degC = (degF - 32) / 1.8", 100.0), ("K", "degC = K - 273.15", 100.0)],
)
def test_a_temperature_of_another_scale_is_told_how_to_convert_it(
    name: str, written: str, celsius: float
) -> None:
    error = _refusal(name)
    assert error is not None
    assert error.values["conversion"] == written
    boiling = {"degF": (212.0 - 32) / 1.8, "K": 373.15 - 273.15}[name]
    assert boiling == pytest.approx(celsius)


AMOUNTS = st.sampled_from(["320", "1 200", "1.5", "12,75", "5"])
SCALES = {
    "": 1.0, "k": 1e3, "m": 1e6, " M": 1e6, " tr": 1e6, " triệu": 1e6, "bn": 1e9, " tỉ": 1e9, " million": 1e6, "trđ": 1e6,
}  # fmt: skip


@given(
    AMOUNTS,
    st.sampled_from(list(SCALES)),
    st.sampled_from(["$", "USD", "VND", "€", ""]),
    st.booleans(),
    st.booleans(),
)
def test_an_amount_of_money_written_another_way_is_offered_as_the_same_amount(
    digits: str, scale: str, currency: str, stands_before: bool, is_yearly: bool
) -> None:
    before, after = (f"{currency} ", "") if stands_before and currency else ("", f" {currency}")
    text = f"{before}{digits}{scale}{after}{'/year' if is_yearly else ''}"
    try:
        parse_quantity(text)
    except QuantityError as error:
        if error.name != "money-in-other-words":
            return
        meant = parse_quantity(error.values["suggestion"])
    else:
        return
    code = {"$": "USD", "€": "EUR"}.get(currency, currency) or "VND"
    assert meant.unit.currency == code
    assert ("year" in str(meant.unit)) == is_yearly
    amount = float(digits.replace(" ", "").replace(",", "."))
    assert meant.value == pytest.approx(amount * SCALES[scale])


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("320m VND", "320 million VND"),
        ("320 trđ", "320 triệu đồng"),
        ("320trđ/năm", "320 triệu đồng/năm"),
        ("$ 300/year", "300 USD/year"),
        ("$ 1 200", "1 200 USD"),
        ("US$ 2.5 million", "2.5 million USD"),
        ("USD 1 200", "1 200 USD"),
        ("€5k/year", "5 thousand EUR/year"),
        ("1.2 M VND", "1.2 million VND"),
    ],
)
def test_money_as_people_type_it_is_understood_in_the_remedy(text: str, meant: str) -> None:
    with pytest.raises(QuantityError) as caught:
        parse_quantity(text)
    assert caught.value.values["suggestion"] == meant


@pytest.mark.parametrize("text", ["320 million", "12 k", "lots of VND", "$", "€ many", "5 m kWh"])
def test_what_is_no_money_is_not_made_to_be(text: str) -> None:
    with pytest.raises(QuantityError) as caught:
        parse_quantity(text)
    assert caught.value.name != "money-in-other-words"
