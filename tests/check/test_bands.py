"""A number that has lost or gained a thousand is doubted, whichever key it stands under."""

from __future__ import annotations

import re
from math import sqrt
from pathlib import Path
from typing import Any

import pytest

from cpcalc.__main__ import run
from cpcalc.app.assess import Options, Outcome, assess
from cpcalc.app.sets import plausible_for
from cpcalc.checks import FULL
from cpcalc.schema.assessment import Assessment
from cpcalc.schema.leaves import KINDS
from cpcalc.texts import words_of

# Typical values of what has a physical limit.
TYPICAL = """cpcalc: 1
numbers: international
enterprise: {id: A-1, name: Plant, country: VN}
data-status: draft
basis:
  period: 2023
  currency: USD
  exchange-rates:
    VND: {rate: 0.00004 USD/VND, year: 2023, source: bank}
  operation: {days: 300 day/year, hours: 16 hour/day, months: 11 month/year}
  discount-rate: {real: 8 %}
products: [{id: cloth, output: 3 600 t/year}]
streams:
  electricity: {kind: energy, quantity: 6.26 GWh/year, price: 0.08 USD/kWh}
  coal: {kind: energy, quantity: 4 250 t/year, price: 120 USD/t, ncv: 23 MJ/kg}
  wood: {kind: energy, quantity: 900 t/year, price: 60 USD/t, gcv: 15 MJ/kg}
  biogas: {kind: energy, quantity: 90 000 Nm3/year, price: 0.03 USD/kWh, price-basis: ncv, ncv: 22 MJ/Nm3}
  diesel: {kind: energy, quantity: 50 000 L/year, price: 900 USD/m3, density: 0.84 kg/L}
  water: {kind: water, quantity: 360 000 m3/year, price: 0.5 USD/m3}
  sewage: {kind: wastewater, quantity: 290 000 m3/year, price: 0.3 USD/m3, cod: 900 mg/L, bod: 400 mg/L, tss: 300 mg/L}
  brine: {kind: chemical, quantity: 90 m3/year, density: 1.2 kg/L}
  lagoon: {kind: greenhouse-gas, gas: CO2e, quantity: 300 t CO2e/year}
  stack: {kind: dust, boundary: emitted, concentration: 90 mg/Nm3, gas-flow: 42 000 Nm3/hour, hours: 7 000 hour/year,
          concentration-at: {temperature: 25 degC, pressure: 101.3 kPa}, gas-flow-at: {temperature: 25 degC, pressure: 101.3 kPa}}
measures:
  - id: m1
    title: Boiler
    investment: [{item: burner, amount: 90 000 USD, lifetime: 8 year}, {item: fan, amount: 5 000 USD, lifetime: 100 month}]
    lifetime: 12 year
    loan: {share: 50 %, rate: 9 %, term: 5 year, grace: 1 year}
    effects:
      - {stream: electricity, reduce: 30 kW, hours: 5 000 hour/year}
      - {stream: sewage, load: cod, from: 900 mg/L, to: 700 mg/L}
      - {stream: lagoon, reduce: 60 %}
      - {stream: stack, load: dust, from: 90 mg/Nm3, to: 60 mg/Nm3}
groups:
  - {id: g, title: G, measures: [m1], lifetime: 9 year}
economics:
  study-period: 15 year
  lifetime: 10 year
  payback-limit: 4 year
  tax: {rate: 20 %, depreciation: straight-line, years: 7 year}
  carbon-price: {price: 12 USD/t CO2e}
"""
# Kinds of quantity whose size has limits, whatever the plant.
PHYSICAL = (
    "price", "exchange-rate", "duration", "delay", "hours-per-year", "hours-per-day",
    "days-per-year", "months-per-year", "heat-content", "density", "concentration", "temperature",
    "pressure", "gas-flow",
)  # fmt: skip
KEYS = (
    "rate", "days", "hours", "months", "price", "ncv", "gcv", "density", "cod", "bod", "tss",
    "concentration", "gas-flow", "pressure", "temperature", "lifetime", "term", "grace", "from",
    "study-period", "payback-limit", "years",
)  # fmt: skip
# A warm gas is told from a cold one by more than a factor; nothing is divided by a grace of none.
ONLY_UPWARDS = ("temperature", "grace")


def found(text: str) -> list[tuple[str, int]]:
    """Names and lines of errors and warnings."""
    outcome: Outcome = assess(text.encode(), "plant.yaml", Options(tier=FULL, economics=True))
    return [
        (item.name, item.span.line if item.span else 0)
        for item in outcome.diagnostics
        if item.severity != "notice"
    ]


def slips() -> list[tuple[str, int, int, str, float]]:
    """Key, start and end of each number, its digits, and the factor of the slip."""
    cases = []
    for match in re.finditer(rf"\b({'|'.join(KEYS)}): ([0-9][0-9 .]*[0-9]|[0-9]) (?!%)", TYPICAL):
        if match[1] != "from" or "load" in TYPICAL[: match.start()].rsplit("{", 1)[-1]:
            factors = (1000.0,) if match[1] in ONLY_UPWARDS else (1000.0, 0.001)
            place = (match[1], match.start(2), match.end(2), match[2])
            cases += [(*place, factor) for factor in factors]
    return cases


def written(digits: str, factor: float) -> str:
    return f"{float(digits.replace(' ', '')) * factor:.12f}".rstrip("0").rstrip(".")


def test_typical_values_are_not_doubted() -> None:
    assert found(TYPICAL) == []


@pytest.mark.parametrize(("key", "start", "end", "digits", "factor"), slips())
def test_a_thousand_more_or_less_is_told(
    key: str, start: int, end: int, digits: str, factor: float
) -> None:
    text = TYPICAL[:start] + written(digits, factor) + TYPICAL[end:]
    line = TYPICAL[:start].count("\n") + 1
    assert [at for _, at in found(text) if at in (line, line - 1)]


def test_every_key_with_a_physical_limit_is_tried() -> None:
    """A new key of such a kind needs a band, and its typical value above."""
    descriptions = {KINDS[kind].description for kind in PHYSICAL}
    schema: dict[str, Any] = Assessment.model_json_schema(mode="validation")
    keys = {
        key
        for model in [schema, *schema["$defs"].values()]
        for key, field in model.get("properties", {}).items()
        if descriptions & {part.get("description") for part in [field, *field.get("anyOf", ())]}
    }
    assert len(keys) > 15
    assert keys - set(KEYS) == set()
    with_bands = {key for row in plausible_for(None).values for key in row.keys}
    assert keys - with_bands == set()


def test_a_band_tells_a_slip_of_a_thousand_from_its_middle() -> None:
    for row in plausible_for(None).values:
        for band in row.bands:
            assert band.low < band.high
            if band.low > 0:
                middle = sqrt(band.low * band.high)
                assert not band.low <= middle * 1000 <= band.high, (row.item, band)
                assert not band.low <= middle / 1000 <= band.high, (row.item, band)


def test_more_power_than_any_product_takes_is_told() -> None:
    assert "value-outside-band" in [
        name for name, _ in found(TYPICAL.replace("6.26 GWh", "6 260 GWh"))
    ]


def test_assess_says_so_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "plant.yaml"
    path.write_text(TYPICAL.replace("23 MJ/kg", "23 GJ/kg"), encoding="utf-8")
    assert run(["assess", str(path)]) == 0
    assert "value-outside-band" in capsys.readouterr().err
    assert run(["assess", str(path), "--strict"]) == 1


def test_what_a_band_is_of_is_said_in_vietnamese_too() -> None:
    plausible = plausible_for(None)
    items = {row.item for row in (*plausible.values, *plausible.consumption)}
    assert items - set(words_of("phrases", "vi")) == set()
