"""A unit to a power that nothing is counted in is refused, and the refusal names the power."""

from __future__ import annotations

import pytest

from cpcalc.app.assess import Options, assess
from cpcalc.units import QuantityError, read_unit


@pytest.mark.parametrize(
    "text, base, power",
    [
        ("t^4/year", "t", "4"),
        ("kWh*kWh*kWh*kWh/year", "kWh", "4"),
        ("VND/kg^9", "t", "9"),
        ("kWh^5*MJ^6/year", "kWh", "11"),
    ],
)
def test_a_power_above_three_is_refused(text: str, base: str, power: str) -> None:
    with pytest.raises(QuantityError) as refusal:
        read_unit(text)
    assert refusal.value.name == "unit-power-too-high"
    assert refusal.value.values == {"unit": text, "base": base, "power": power, "most": "3"}


@pytest.mark.parametrize("text", ["kg^3/m3", "kWh^4/kWh^3", "t^3", "t/kWh^3"])
def test_lower_powers_and_what_cancels_are_units(text: str) -> None:
    assert all(abs(power) <= 3 for _, power in read_unit(text).unit.exponents)


def test_the_refusal_stands_where_the_quantity_does() -> None:
    head = "cpcalc: 1\nenterprise: {id: a, name: A}\ndata-status: draft\n"
    text = head + "streams:\n  e: {kind: energy, quantity: 5 kWh^9/year}\n"
    (problem,) = [
        item
        for item in assess(text.encode(), "a.yaml", Options()).diagnostics
        if item.severity == "error"
    ]
    assert (problem.name, problem.path) == ("unit-power-too-high", ("streams", "e", "quantity"))
    assert problem.span is not None
    assert problem.span.line == 5
