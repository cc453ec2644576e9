"""A tiny plant with a factor set of its own, and the JSON results that are kept of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from cpcalc.__main__ import run

SET = """\
factor-set: own
version: 1
title: Own factors
source: {title: Test book, year: 2006, url: "https://example.org/book"}
licence: none
quality: verified
kind: grid-electricity
scope: 2-location
boundary: generation
geography: VN
factors:
  - id: electricity
    name: Electricity
    emits:
      - {of: CO2, value: 0.55 kg CO2/kWh, data-year: 2020, type: average}
"""
PLANT = """\
cpcalc: 1
enterprise: {id: P-NUMBER, name: Plant, country: VN, province: Long An}
data-status: draft
programme: vpeg
basis:
  period: 2020
  currency: VND
  exchange-rates: {USD: {rate: 21 000 VND/USD, year: 2020, source: bank}}
  discount-rate: {real: 8 %}
  factor-sets: [own@1]
  grid: {data-year: 2020, type: average, because: the only one}
economics: {study-period: 6 year}
products: [{id: paper, output: 4 000 t/year}]
streams:
  electricity:
    kind: energy
    quantity: 1 250 MWh/year
    price: 1 900 VND/kWh
    emission-factors: own/electricity
  water: {kind: water, quantity: 60 000 m3/year, price: 8 200 VND/m3}
scenarios: [{id: dear, title: Dear, set: {streams.water.price: 9 000 VND/m3}}]
measures:
  - {id: lamps, title: Lamps, status: implemented, investment: 310 million VND, lifetime: 6 year,
     effects: {stream: electricity, reduce: 120 MWh/year}}
  - {id: pumps, title: Pumps, status: implemented, investment: 12 000 USD, lifetime: 6 year, running-cost: 4 million VND/year,
     effects: {stream: electricity, reduce: 7 %}}
  - {id: taps, title: Taps, status: implemented, investment: 0, effects: {stream: water, reduce: 11 %}}
"""
PROGRAMME = """\
cpcalc-programme: 1
id: vpeg
name: Programme
currency: VND
exchange-rates: {USD: {rate: 21 000 VND/USD, year: 2020, source: bank}}
enterprises: [one.yaml, two.yaml]
"""
COMMANDS = {
    "assess": ("assess", "one.yaml"),
    "two": ("assess", "one.yaml", "two.yaml", "--currency", "USD"),
    "one-measure": ("assess", "one.yaml", "--measure", "pumps"),
    "what-ifs": (
        "assess",
        "one.yaml",
        "two.yaml",
        "--scenario",
        "dear",
        "--set",
        "measures.pumps.investment=9 000 USD",
        "--set",
        "streams.water.price=1 VND/m3",
    ),
    "batch": ("batch", ".", "--no-cache", "--status", "implemented"),
    "programme": ("programme", "programme.yaml", "--no-cache"),
}


def plant(folder: Path, text: str = PLANT) -> Path:
    """A folder with two plants, their programme and their set."""
    (folder / "emission_factors" / "own").mkdir(parents=True, exist_ok=True)
    (folder / "emission_factors" / "own" / "1.yaml").write_text(SET)
    for number, name in enumerate(("one", "two"), start=1):
        (folder / f"{name}.yaml").write_text(text.replace("NUMBER", str(number)))
    (folder / "programme.yaml").write_text(PROGRAMME)
    return folder


def kept(folder: Path, monkeypatch: pytest.MonkeyPatch, command: str) -> Path:
    """The result that a command writes, beside what it is of."""
    monkeypatch.chdir(folder)
    file = folder / f"{command}.json"
    assert run([*COMMANDS[command], "--format", "json", "--output", str(file)]) == 0
    return file
