"""A bare zero is a zero of the unit that stands beside it."""

from __future__ import annotations

import pytest

from cpcalc.app.assess import Options, Outcome, assess
from cpcalc.figures import Figure, NotApplicable

HEAD = (
    "cpcalc: 1\nenterprise: {id: a, name: A}\ndata-status: draft\nproducts: [{id: p, output: 100 t/year}]\n"
    "streams:\n  water: {kind: water, quantity: 1 000 m3/year}\n"
    "  effluent: {kind: wastewater, quantity: 500 m3/year, cod: 2 000 mg/L}\nmeasures:\n"
)


def outcome(effect: str) -> Outcome:
    text = f"{HEAD}  - {{id: m, title: M, effects: {{{effect}}}}}\n"
    return assess(text.encode(), "plant.yaml", Options())


def test_a_load_can_fall_to_nothing() -> None:
    found = outcome("stream: effluent, load: cod, from: 2 000 mg/L, to: 0")
    assert found.result is not None
    reduction = found.result.totals.reductions["cod"]
    assert isinstance(reduction, Figure)
    assert reduction.value == pytest.approx(1.0)  # 500 m3 x 2 kg/m3


def test_a_specific_consumption_can_fall_to_nothing() -> None:
    found = outcome("stream: water, from: 2 m3/t, to: 0, per: p")
    assert found.result is not None
    saving = found.result.streams[0].saving
    assert isinstance(saving, Figure)
    assert saving.value == 200.0


def test_a_load_takes_concentrations_only() -> None:
    found = outcome("stream: effluent, load: cod, from: 5 kg, to: 3 kg")
    assert [item.name for item in found.diagnostics if item.severity == "error"] == [
        "wrong-kind-of-unit"
    ]


def test_what_is_made_from_nothing_is_no_share_of_it() -> None:
    """All of the stream is per a product whose output is not stated, and the measure starts from none of it."""
    text = HEAD.replace("output: 100 t/year", "name: P").replace(
        "1 000 m3/year}", "3 m3/t, per: p}"
    )
    effect = "stream: water, from: {}, to: 1 m3/t, per: p"
    for before in ("0 m3/t", "0"):
        whole = f"{text}  - {{id: m, title: M, effects: {{{effect.format(before)}}}}}\n"
        found = assess(whole.encode(), "plant.yaml", Options())
        assert found.result is not None
        saving = found.result.measures[0].line.annual_saving
        assert isinstance(saving, NotApplicable)
        assert saving.missing == ("products.p.output",)
