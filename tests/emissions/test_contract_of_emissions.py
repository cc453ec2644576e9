"""Everything that emissions add to the JSON result is in its published schema."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
from small_plant import HEAD, Plant

SCHEMA = Path(__file__).resolve().parents[2] / "docs" / "result.schema.json"


def test_a_file_with_everything_keeps_the_contract(tmp_path: Path) -> None:
    head = HEAD.replace(
        "data-year: 2023, type: combined-margin", "data-year: 2008, type: combined-margin, because: known, decline: 2 %"
    )
    body = """\
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
    data = Plant(tmp_path).data(body, head)
    jsonschema.validate(data, json.loads(SCHEMA.read_text(encoding="utf-8")))
    totals = data["totals"]
    assert set(totals["avoided_emissions"]) == {
        "scope_1", "scope_2_location", "scope_2_market", "scope_3", "biogenic", "on_site", "generated", "off_site",
    }  # fmt: skip
    assert set(totals["lifetime_reductions"]) == {"co2", "co2e"}
