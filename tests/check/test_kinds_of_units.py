"""A stream is measured in units of its kind, wherever an amount of it may stand."""

from __future__ import annotations

import pytest

from cpcalc.app.assess import Options, assess
from cpcalc.schema.assessment import UNITS_OF_KIND

HEAD = """cpcalc: 1
numbers: international
units: {crate: count}
enterprise: {id: A-1, name: Plant}
data-status: draft
basis: {currency: USD, period: 2023}
"""
# What amounts of a year are written in, and which base unit that is.
WRITTEN = {
    "kg": "t", "MJ": "kWh", "L": "m3", "Nm3": "Nm3", "ha": "m2", "km": "m", "piece": "count",
    "crate": "count", "USD": "", "degC": "", "kPa": "", "MW": "", "kWh*m3": "",
}  # fmt: skip
OF_A_SUBSTANCE = {
    "dust": ("", "TSP", "CO2"),
    "air-pollutant": ("pollutant: so2, ", "SO2", "NOx"),
    "greenhouse-gas": ("gas: CH4, ", "CH4", "CO2"),
}
# Where an amount of a stream can stand; {unit} is what it is an amount of.
PLACES = {
    "its quantity": "streams: {{s: {{kind: {kind}, {key}quantity: 5 {unit}/year}}}}\n",
    "its quantity per product": (
        "products: [{{id: p, output: 10 m2/year}}]\n"
        "streams: {{s: {{kind: {kind}, {key}quantity: 5 {unit}/m2, per: p}}}}\n"
    ),
    "its price": "streams: {{s: {{kind: {kind}, {key}price: 5 USD/({unit})}}}}\n",
    "an effect on it": (
        "streams: {{s: {{kind: {kind}, {key}name: S}}}}\n"
        "measures: [{{id: m, title: M, effects: {{stream: s, reduce: 5 {unit}/year}}}}]\n"
    ),
    "an effect per product": (
        "products: [{{id: p, output: 10 m2/year}}]\n"
        "streams: {{s: {{kind: {kind}, {key}name: S}}}}\n"
        "measures: [{{id: m, title: M, effects: {{stream: s, from: 5 {unit}/m2, to: 4 {unit}/m2, per: p}}}}]\n"
    ),
    "what it follows": (
        "streams: {{cloth: {{kind: material, quantity: 10 m2/year}}, "
        "s: {{kind: {kind}, {key}follows: {{cloth: 5 {unit}/m2}}}}}}\n"
    ),
    "what is made from it": (
        "streams: {{cloth: {{kind: material, quantity: 10 m2/year, made-from: {{s: 5 {unit}/m2}}}}, "
        "s: {{kind: {kind}, {key}name: S}}}}\n"
    ),
}


def errors(body: str) -> list[str]:
    outcome = assess((HEAD + body).encode(), "plant.yaml", Options())
    found = [item for item in outcome.diagnostics if item.severity == "error"]
    assert all(item.span is not None and item.span.line > HEAD.count("\n") for item in found)
    return [item.name for item in found]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("kind", UNITS_OF_KIND)
def test_only_units_of_the_kind_are_taken(place: str, kind: str) -> None:
    key = OF_A_SUBSTANCE.get(kind, ("",))[0]
    for written, unit in WRITTEN.items():
        found = errors(PLACES[place].format(kind=kind, unit=written, key=key))
        is_demand = kind == "energy" and place == "its price" and written == "MW"
        is_taken = unit in UNITS_OF_KIND[kind] or is_demand
        assert (found == []) == is_taken, (written, found)
        assert is_taken or set(found) <= {"wrong-kind-of-unit", "not-per-year"}, (written, found)


@pytest.mark.parametrize("kind", OF_A_SUBSTANCE)
def test_a_pollutant_is_a_mass_of_its_own_substance(kind: str) -> None:
    key, own, other = OF_A_SUBSTANCE[kind]
    body = "streams: {{s: {{kind: {kind}, {key}quantity: 5 t {of}/year}}}}\n"
    assert errors(body.format(kind=kind, key=key, of=own)) == []
    assert errors(body.format(kind=kind, key=key, of=other)) == ["wrong-kind-of-unit"]


@pytest.mark.parametrize("amount", ["800 kW/month", "9 600 kW/year"])
def test_a_demand_charge_is_paid_for_by_power(amount: str) -> None:
    basis = HEAD.replace("period: 2023", "period: 2023, operation: {months: 12 month/year}")
    effect = "measures: [{id: m, title: M, effects: {stream: peak, reduce: 50 kW/month}}]\n"
    charged = f"streams: {{peak: {{kind: energy, quantity: {amount}, price: 10 USD/kW}}}}\n"
    outcome = assess((basis + charged + effect).encode(), "plant.yaml", Options())
    assert outcome.result is not None
    saving = outcome.result.measures[0].line.annual_saving
    assert getattr(saving, "value", None) == 6000.0  # 50 kW in each of 12 months at 10 USD
    paid = charged.replace("price: 10 USD/kW", "annual-cost: 96 000 USD/year")
    found = assess((basis + paid + effect).encode(), "plant.yaml", Options()).diagnostics
    assert "wrong-kind-of-unit" in [item.name for item in found]


@pytest.mark.parametrize("key", ["output", "capacity", "reporting-output"])
def test_a_product_is_an_amount_of_something(key: str) -> None:
    for unit, is_taken in (
        ("t", True),
        ("kWh", True),
        ("crate", True),
        ("degC", False),
        ("USD", False),
    ):
        found = errors(f"products: [{{id: p, {key}: 5 {unit}/year}}]\n")
        assert found == ([] if is_taken else ["wrong-kind-of-unit"])
