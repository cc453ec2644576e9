"""Everything that emissions add to the JSON result is in its published schema."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import jsonschema
import pytest
from small_plant import HEAD, Plant

from cpcalc.report.csv_lines import render

SCHEMA = Path(__file__).resolve().parents[2] / "docs" / "result.schema.json"


HEAD_OF_ALL = HEAD.replace(
    "data-year: 2023, type: combined-margin",
    "data-year: 2008, type: combined-margin, because: known, decline: 2 %",
)
BODY_OF_ALL = """\
streams:
  power:
    kind: energy
    quantity: 41 GWh/year
    price: 1 VND/kWh
    emission-factors:
      - own-grid/electricity
      - {factor: own-grid/plant-dust, year: 2023, type: average}
      - {factor: own-grid/market, year: 2023, type: residual-mix}
      - {factor: own-grid/losses, year: 2023, type: average}
  coal:
    kind: energy
    quantity: 5 000 t/year
    emission-factors: [own-fuels/coal, {factor: own-dust/all-sizes, control: {TSP: 95 %, PM2.5: 50 %}}]
  husk: {kind: energy, quantity: 5 000 t/year, emission-factors: [own-fuels/husk]}
  sewage: {kind: wastewater, quantity: 1 000 m3/year, cod: 1 000 mg/L, emission-factors: own-water/deep-lagoon}
measures:
  - id: m
    title: All
    lifetime: 10 year
    effects:
      - {stream: power, reduce: 1 %}
      - {stream: coal, reduce: 1 %}
      - {stream: husk, reduce: 1 %}
      - {stream: sewage, load: cod, from: 1 000 mg/L, to: 500 mg/L}
  - {id: n, title: Without a life, effects: {stream: coal, reduce: 1 %}}
"""


def test_a_file_with_everything_keeps_the_contract(tmp_path: Path) -> None:
    data = Plant(tmp_path).data(BODY_OF_ALL, HEAD_OF_ALL)
    jsonschema.validate(data, json.loads(SCHEMA.read_text(encoding="utf-8")))
    totals = data["totals"]
    assert set(totals["avoided_emissions"]) == {
        "scope_1", "scope_2_location", "scope_2_market", "scope_3", "biogenic", "on_site", "generated", "off_site",
    }  # fmt: skip
    assert set(totals["lifetime_reductions"]) == {"co2", "co2e"}


def test_the_csv_has_a_column_for_each(tmp_path: Path) -> None:
    plant = Plant(tmp_path)
    data = plant.data(BODY_OF_ALL, HEAD_OF_ALL)["totals"]
    result = plant.assess(BODY_OF_ALL, HEAD_OF_ALL).result
    assert result is not None
    rows = list(csv.DictReader(io.StringIO(render([result], "en"))))
    total = next(row for row in rows if row["kind"] == "total")
    avoided = data["avoided_emissions"]
    for column, scope, gas, times in (
        ("co2_scope_2_market [t/year]", "scope_2_market", "CO2", 1),
        ("co2_biogenic [t/year]", "biogenic", "CO2", 1),
        ("dust_generated [kg/year]", "generated", "TSP", 1000),
        ("dust_off_site [kg/year]", "off_site", "TSP", 1000),
        ("pm2.5 [kg/year]", "on_site", "PM2_5", 1000),
    ):
        assert float(total[column]) == pytest.approx(
            avoided[scope][gas]["value"] * times, rel=1e-12
        )
    assert float(total["co2e_over_lives [t]"]) == data["lifetime_reductions"]["co2e"]["value"]
