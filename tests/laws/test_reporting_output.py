"""Production of the reporting year: refused with a place where it is none; streams stand at it where they were metered."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from law_settings import examples

from cpcalc.app.assess import Options, assess
from cpcalc.figures import Figure

TEXT = """cpcalc: 1
numbers: international
enterprise: {id: a, name: A}
data-status: draft
basis: {currency: VND}
products:
  - {id: beer, output: 1 000 m3/year, reporting-output: 1 100 m3/year}
streams:
  coal: {kind: energy, quantity: 1 200 t/year, price: 2 million VND/t}
measures:
  - id: m
    title: M
    status: verified
    investment: 50 million VND
    effects: {stream: coal, reduce: 120 t/year}
    verified-effects: {stream: coal, per: beer, from: 1.2 t/m3, measured: 1 210 t/year}
"""


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ("1 100 m3/year", "0 m3/year", "too-low"),
        ("1 100 m3/year", "1 100 t/year", "wrong-kind-of-unit"),
        ("output: 1 000 m3/year, reporting-output: 1 100 m3/year", "output: 0 m3/year", "too-low"),
        ("output: 1 000 m3/year, r", "output: 1 000 t/year, r", "wrong-kind-of-unit"),
    ],
)
def test_no_production_and_another_kind_of_it_are_refused(old: str, new: str, error: str) -> None:
    assert old in TEXT
    outcome = assess(TEXT.replace(old, new).encode(), "plant.yaml", Options())
    assert outcome.result is None
    found = [item for item in outcome.diagnostics if item.name == error]
    assert len(found) == 1
    assert found[0].span is not None
    assert found[0].span.line == 7


@examples(40)
@given(
    specific=st.floats(0.1, 10),
    growth=st.floats(0.3, 3),
    saved=st.integers(0, 90).map(lambda percent: percent / 100),
    later=st.integers(0, 100),
    part=st.integers(0, 100),
)
def test_a_stream_stands_at_what_was_metered_and_later_measures_act_on_that(
    specific: float, growth: float, saved: float, later: int, part: int
) -> None:
    baseline, expected = specific * 1000, specific * 1000 * growth
    metered = expected * (1 - saved)
    text = f"""cpcalc: 1
numbers: international
enterprise: {{id: a, name: A}}
data-status: draft
basis: {{currency: VND}}
products:
  - {{id: beer, output: 1 000 m3/year, reporting-output: {1000 * growth!r} m3/year}}
streams:
  coal: {{kind: energy, quantity: {baseline!r} t/year, price: 2 VND/t}}
  boilers: {{part-of: coal, share: {part} %}}
  ash: {{kind: solid-waste, follows: {{coal: 0.1 t/t}}}}
measures:
  - id: later
    title: L
    effects: {{stream: coal, reduce: {later} %}}
  - id: specific
    title: S
    effects: {{stream: coal, per: beer, from: 1 t/m3, to: {1 - saved * 0.001!r} t/m3}}
  - id: m
    title: M
    status: verified
    effects: {{stream: coal, reduce: 1 %}}
    verified-effects: {{stream: coal, per: beer, from: {specific!r} t/m3, measured: {metered!r} t/year}}
    verification: {{period: 2012, how: weighed}}
"""
    result = assess(text.encode(), "plant.yaml", Options()).result
    assert result is not None
    assert all(identity.holds for identity in result.identities)
    saving = {item.id: item.line.annual_saving for item in result.measures}
    near = 1e-9 * expected + 1e-9
    values = {key: item.value for key, item in saving.items() if isinstance(item, Figure)}
    assert values["m"] == pytest.approx(2 * (expected - metered), rel=1e-9, abs=near)
    assert values["later"] == pytest.approx(2 * metered * later / 100, rel=1e-9, abs=near)
    by_id = {stream.id: stream for stream in result.streams}
    left = metered * (1 - later / 100)
    cut = min(left, saved * 0.001 * 1000 * growth)
    after = {name: by_id[name].after for name in by_id}
    figures = {name: item.value for name, item in after.items() if isinstance(item, Figure)}
    assert figures["coal"] == pytest.approx(left - cut, rel=1e-9, abs=near)
    assert figures["ash"] == pytest.approx(0.1 * figures["coal"], rel=1e-9, abs=near)
    assert figures["boilers"] == pytest.approx(part / 100 * figures["coal"], rel=1e-6, abs=near)
    production = by_id["coal"].production
    assert production is not None
    assert production.without_measures.value == pytest.approx(expected, rel=1e-9)
