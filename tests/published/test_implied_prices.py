"""The price that a published worth and its quantity imply, measure by measure."""

from __future__ import annotations

from cpcalc.app.assess import Options, assess

HEAD = """\
cpcalc: 1
enterprise: {id: x, name: x}
data-status: draft
basis: {currency: VND}
"""


def prices(body: str) -> list[dict[str, tuple[float, str]]]:
    outcome = assess((HEAD + body).encode(), "x.yaml", Options())
    assert outcome.result is not None, [item.name for item in outcome.diagnostics]
    return [
        {name: (price.value, str(price.unit)) for name, price in measure.implied_prices.items()}
        for measure in outcome.result.measures
    ]


def test_worth_over_quantity() -> None:
    found = prices("""\
streams: {electricity: {kind: energy}, coal: {kind: energy}}
measures:
  - {id: a, title: a, effects: {stream: electricity, reduce: 65 000 kWh/year, worth: 65 million VND/year}}
  - id: b
    title: b
    effects:
      - {stream: coal, reduce: 100 t/year, worth: 150 million VND/year}
      - {stream: coal, reduce: 100 t/year, worth: 50 million VND/year}
""")
    assert found == [{"electricity": (1000.0, "VND/kWh")}, {"coal": (1_000_000.0, "VND/t")}]


def test_a_share_of_a_known_stream_has_one_too() -> None:
    found = prices("""\
streams: {water: {kind: water, quantity: 1 000 m3/year}}
measures: [{id: a, title: a, effects: {stream: water, reduce: 10 %, worth: 1 million VND/year}}]
""")
    assert found == [{"water": (10_000.0, "VND/m3")}]


def test_without_quantity_or_worth_there_is_none() -> None:
    found = prices("""\
streams: {water: {kind: water}, coal: {kind: energy, price: 1 VND/t}}
measures:
  - {id: a, title: a, effects: {stream: water, reduce: 10 %, worth: 1 million VND/year}}
  - {id: b, title: b, effects: {stream: coal, reduce: 10 t/year}}
  - {id: c, title: c, effects: {stream: coal, reduce: 0 t/year, worth: 5 VND/year}}
""")
    assert found == [{}, {}, {}]
