"""Streams that hang together hang together in their units: a slip is a located error, never a wrong sum or a crash."""

from __future__ import annotations

import pytest

from cpcalc.app.assess import Options, assess

HEAD = """\
cpcalc: 1
enterprise: {id: x, name: x}
data-status: draft
basis: {currency: VND}
"""


def problems(body: str) -> list[tuple[str, str]]:
    outcome = assess((HEAD + body).encode(), "x.yaml", Options())
    return [
        (item.name, ".".join(map(str, item.path)))
        for item in outcome.diagnostics
        if item.severity == "error"
    ]


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (
            """\
streams: {a: {kind: energy}}
measures:
  - {id: m, title: m, effects: {stream: a, reduce: 10 t/year}}
  - {id: n, title: n, effects: {stream: a, reduce: 10 kWh/year}}
""",
            "measures.1.effects.reduce",
        ),
        (
            """\
streams: {a: {kind: energy}, pump: {part-of: a, share: 10 %}, fan: {part-of: a, share: 10 %}}
measures:
  - {id: m, title: m, effects: {stream: pump, reduce: 10 t/year}}
  - {id: n, title: n, effects: {stream: fan, reduce: 10 kWh/year}}
""",
            "measures.1.effects.reduce",
        ),
        (
            """\
streams:
  water: {kind: water}
  drain: {kind: wastewater, follows: {water: 0.85 kWh/m3}, price: 100 VND/m3}
measures: [{id: m, title: m, effects: {stream: water, reduce: 10 m3/year}}]
""",
            "streams.drain.follows.water",
        ),
        (
            """\
streams:
  steam: {kind: energy, made-from: {coal: 0.14 m3/t}}
  coal: {kind: energy, price: 100 VND/t}
measures: [{id: m, title: m, effects: {stream: steam, reduce: 10 t/year}}]
""",
            "streams.steam.made-from.coal",
        ),
        (
            """\
streams: {coal: {kind: energy, quantity: 100 t/year, price: 1 VND/t}, husk: {kind: energy, price: 1 VND/t}}
measures: [{id: m, title: m, effects: {stream: coal, replace-by: husk, ratio: 1.9 kWh/t}}]
""",
            "measures.0.effects.0.ratio",
        ),
    ],
)
def test_a_clash_of_units_is_placed(body: str, place: str) -> None:
    found = problems(body)
    assert [name for name, _ in found] == ["wrong-kind-of-unit"]
    assert place in found[0][1]


def test_a_factor_fits_an_amount_that_only_an_effect_states() -> None:
    body = """\
streams: {electricity: {kind: energy, emission-factors: [vn-grid/electricity]}}
measures: [{id: m, title: m, effects: {stream: electricity, reduce: 65 000 kWh/year}}]
"""
    head = HEAD.replace(
        "basis: {currency: VND}",
        "basis: {period: 2008, factor-sets: [vn-grid@1], grid: {data-year: 2008, type: combined-margin}}",
    )
    outcome = assess((head + body).encode(), "x.yaml", Options())
    assert outcome.result is not None, [item.name for item in outcome.diagnostics]
    co2 = outcome.result.totals.reductions["co2"]
    assert abs(co2.value - 65 * 0.5764) < 1e-9  # type: ignore[union-attr]
