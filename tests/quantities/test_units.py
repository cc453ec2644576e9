"""The closed vocabulary of units: names, near misses, refusals, and kinds that never mix."""

from __future__ import annotations

import math

import pytest

from cpcalc.quantities import parse_quantity
from cpcalc.units import ONE, QuantityError, Unit, Vocabulary, factor_to, read_unit


def reading(text: str) -> tuple[float, str]:
    found = read_unit(text)
    return found.factor, str(found.unit)


def refusal(text: str, vocabulary: Vocabulary | None = None) -> QuantityError:
    with pytest.raises(QuantityError) as caught:
        read_unit(text, vocabulary or Vocabulary())
    return caught.value


@pytest.mark.parametrize(
    "text, factor, unit",
    [
        ("t", 1, "t"),
        ("tấn", 1, "t"),
        ("kg", 1e-3, "t"),
        ("lb", 0.45359237e-3, "t"),
        ("short_ton", 0.90718474, "t"),
        ("kt", 1000, "t"),  # pint's own kt is a knot
        ("kWh", 1, "kWh"),
        ("MJ", 1 / 3.6, "kWh"),
        ("GJ", 1000 / 3.6, "kWh"),
        ("kcal", 4.1868 / 3600, "kWh"),
        ("toe", 11630, "kWh"),
        ("TOE", 11630, "kWh"),
        ("kgoe", 11.63, "kWh"),
        ("Btu_IT", 1055.05585262 / 3.6e6, "kWh"),
        ("m3", 1, "m3"),
        ("m³", 1, "m3"),
        ("litre", 1e-3, "m3"),
        ("lít", 1e-3, "m3"),
        ("US_gallon", 3.785411784e-3, "m3"),
        ("oil_barrel", 0.158987294928, "m3"),  # pint's own barrel is 119 L
        ("Nm3", 1, "Nm3"),
        ("ngày", 1, "day"),
        ("năm", 1, "year"),
        ("tháng", 1, "month"),
        ("giờ", 1, "hour"),
        ("min", 1 / 60, "hour"),
        ("%", 0.01, "1"),
        ("kW", 1, "kWh/hour"),
        ("VNĐ", 1, "VND"),
        ("đ", 1, "VND"),
        ("đồng", 1, "VND"),
        ("đồng/kWh", 1, "VND/kWh"),
        ("kWh/year", 1, "kWh/year"),
        ("kWh / năm", 1, "kWh/year"),
        ("t CO2", 1, "t CO2"),
        ("tCO2", 1, "t CO2"),
        ("kg CO2/kWh", 1e-3, "t CO2/kWh"),
        ("kgCO2e/TJ", 3.6e-9, "t CO2e/kWh"),
        ("kg dust/t", 1e-3, "TSP"),
        ("kg PM2.5/year", 1e-3, "t PM2.5/year"),
        ("mg COD/L", 1e-6, "t COD/m3"),
        ("mg/Nm3", 1e-9, "t/Nm3"),
        ("kg HFC-134a", 1e-3, "t HFC-134a"),
        ("kg R-410A", 1e-3, "t R-410A"),
        ("kWh/(t*year)", 1, "kWh/t/year"),
        ("kW·hour", 1, "kWh"),
        ("m2^2", 1, "m2^2"),
    ],
)
def test_read(text: str, factor: float, unit: str) -> None:
    found = reading(text)
    assert found[1] == unit
    assert math.isclose(found[0], factor, rel_tol=1e-12)


@pytest.mark.parametrize(
    "text",
    [
        "ton", "tons", "Ton", "gallon", "gal", "barrel", "bbl", "BTU", "Btu", "MBtu", "MMBtu", "mWh", "therm", "tce",
        "$", "k", "M", "d", "crore", "lakh", "MT", "Cal", "mil", "kgal",
    ],
)  # fmt: skip
def test_refused_because_it_means_two_things(text: str) -> None:
    error = refusal(text)
    assert error.name == "refused-unit"
    assert error.values["remedy"]


@pytest.mark.parametrize(
    "text, suggestion",
    [
        ("KWh", "kWh"), ("kwh", "kWh"), ("Kwh", "kWh"), ("KWH", "kWh"), ("MWH", "MWh"), ("gj", "GJ"),
        ("litter", "litre"),
        ("Kg", "kg"), ("KG", "kg"), ("T", "t"), ("Tấn", "tấn"), ("KW", "kW"), ("M3", "m3"), ("dong", "VND"),
        ("vnd", "VND"), ("usd", "USD"), ("pcs", "piece"), ("pc", "piece"), ("cái", "piece"), ("hr", "hour"),
        ("y", "year"), ("Năm", "năm"), ("nam", "năm"), ("kilogramm", "kilogram"), ("m^3", "m3"),
        ("m^2", "m2"), ("kWh per year", "/"), ("Triệu VND", "triệu"), ("tr VND", "triệu"), ("bn VND", "billion"),
        ("€", "EUR"), ("℃", "degC"), ("co2", "CO2"),
    ],
)  # fmt: skip
def test_a_near_miss_gets_a_suggestion(text: str, suggestion: str) -> None:
    error = refusal(text)
    assert (error.name, error.values["suggestion"]) == ("misspelt-unit", suggestion)


@pytest.mark.parametrize(
    "text, name",
    [
        ("", "unit-missing"),
        ("furlong", "unknown-unit"),
        ("parsec", "unknown-unit"),
        ("người", "unknown-unit"),
        ("count_1", "unknown-unit"),
        ("plate", "unknown-unit"),
        ("kg kg", "unit-two-words"),
        ("kWh year", "unit-two-words"),
        ("CO2 kg", "unit-two-words"),
        ("t CO2 dust", "unit-two-words"),
        ("%%", "unit-two-words"),
        ("kg//t", "unit-unreadable"),
        ("kg/", "unit-unreadable"),
        ("/t", "unit-unreadable"),
        ("*t", "unit-unreadable"),
        ("kg*/t", "unit-unreadable"),
        ("(kg", "unit-unreadable"),
        ("kg)", "unit-unreadable"),
        ("kg()", "unit-unreadable"),
        ("kg(t)", "unit-unreadable"),
        ("kg)(", "unit-unreadable"),
        ("kg^", "unit-unreadable"),
        ("kg^-1", "unit-unreadable"),
        ("kg^2^2", "unit-unreadable"),
        ("kWh.", "unit-unreadable"),
        ("kWh;", "unit-unreadable"),
        ("kWh\u200b", "unit-unreadable"),
        ("kg/2", "unit-with-number"),
        ("m 3", "unit-with-number"),
        ("m**3", "unit-with-number"),
        ("kg^0", "unit-with-number"),
        ("kg^12", "unit-with-number"),
        ("kWh/\u00a0year", "no-break-space-in-unit"),
        ("kg\u202fCO2", "no-break-space-in-unit"),
    ],
)
def test_refused(text: str, name: str) -> None:
    assert refusal(text).name == name


def test_ton_is_metric_only_where_the_file_says_so() -> None:
    metric = Vocabulary(ton="t")
    assert read_unit("ton/year", metric) == read_unit("t/year")
    assert read_unit("tons CO2", metric) == read_unit("t CO2")
    assert refusal("Ton", metric).name == "refused-unit"


def test_each_counted_product_is_a_kind_of_its_own() -> None:
    vocabulary = Vocabulary(("plate", "đôi", "t-shirt"))
    plate, pair = read_unit("plate/year", vocabulary), read_unit("đôi/year", vocabulary)
    assert str(plate.unit) == "plate/year"
    assert plate.unit is not pair.unit
    assert str(read_unit("kWh/t-shirt", vocabulary).unit) == "kWh/t-shirt"
    with pytest.raises(ValueError, match="not a unit of"):
        factor_to(pair.unit, "plate/year", vocabulary)


KINDS = (
    "kg CO2", "kg CO2e", "kg CH4", "kg N2O", "kg dust", "kg PM10", "kg PM2.5", "kg SO2", "kg NOx", "kg COD", "kg BOD",
    "kg TSS", "kg", "VND", "USD", "kWh", "m3", "Nm3", "hour", "day", "month", "year", "piece", "%",
)  # fmt: skip


@pytest.mark.parametrize("other", KINDS)
@pytest.mark.parametrize("one", KINDS)
def test_different_things_do_not_add(one: str, other: str) -> None:
    first, second = read_unit(one).unit, read_unit(other).unit
    if one == other:
        assert first + second is first
    else:
        with pytest.raises(TypeError, match="do not add"):
            first + second


def test_time_is_not_converted_by_the_calendar() -> None:
    for one in ("hour", "day", "month", "year"):
        for other in ("hour", "day", "month", "year"):
            if one != other:
                with pytest.raises(ValueError):
                    factor_to(read_unit(one).unit, other)


def test_units_multiply_divide_and_print() -> None:
    kwh_per_t, t = read_unit("kWh/t").unit, read_unit("t").unit
    assert kwh_per_t * t is read_unit("kWh").unit
    assert kwh_per_t / kwh_per_t is ONE
    assert 1 / t is read_unit("kg/kg").unit / t
    assert str(t**2) == "t^2"
    assert t**0 is ONE
    assert ONE**0.5 is ONE
    assert -t is t
    assert t + 0 is t
    assert repr(t) == "Unit(t)"
    with pytest.raises(TypeError, match="cannot be raised"):
        t**0.5
    with pytest.raises(TypeError, match="do not add"):
        t + 1


def test_a_unit_survives_pickling_as_the_same_object() -> None:
    import pickle

    unit = read_unit("kg CO2/kWh").unit
    assert pickle.loads(pickle.dumps(unit)) is unit


def test_the_parts_of_a_unit() -> None:
    unit = read_unit("kg CO2/kWh").unit
    assert (unit.substance, unit.currency, unit.exponent("kWh"), unit.exponent("t"), unit.exponent("m3")) == (
        "CO2", None, -1, 1, 0,
    )  # fmt: skip
    assert str(unit.without("CO2")) == "t/kWh"
    assert read_unit("VND/kWh").unit.currency == "VND"
    assert Unit.of((("t", 1),)).substance is None


def test_quantities_of_the_same_unit_are_equal_however_written() -> None:
    assert parse_quantity("3.6 GJ").value == pytest.approx(parse_quantity("1 MWh").value, rel=1e-12)
    assert parse_quantity("1 m3/hour").unit is parse_quantity("1 l/s").unit
    assert parse_quantity("1 l/s").value == pytest.approx(3.6)
