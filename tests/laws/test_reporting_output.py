"""Specific figures divide by production: none, or one counted otherwise, is refused with a place."""

from __future__ import annotations

import pytest

from cpcalc.app.assess import Options, assess

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
