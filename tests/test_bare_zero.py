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


def test_a_zero_needs_no_unit_where_only_one_is_possible() -> None:
    """It is a zero in that unit: what stands beside it, or the key, says which."""
    head = "cpcalc: 1\nenterprise: {id: a, name: A}\ndata-status: draft\nbasis: {currency: USD, operation: {days: 300 day/year}}\n"
    measured = (
        "products: [{{id: p, output: 10 t/year, reporting-output: 9 t/year}}]\n"
        "streams: {{s: {{kind: water, quantity: 90 m3/year}}}}\n"
        "measures: [{{id: m, title: M, status: verified, "
        "verified-effects: {{stream: s, per: p, from: 8 m3/t, CHANGE}}}}]\n"
    )
    cases = {
        "streams: {{s: {{kind: water, quantity: {}, price: 2 USD/m3}}}}\n": "0 m3/year",
        "streams: {{s: {{kind: dust, quantity: {}}}}}\n": "0 t/year",
        "streams: {{w: {{kind: water, quantity: 5 m3/year}}, s: {{part-of: w, quantity: {}}}}}\n": "0 m3/year",
        "streams: {{s: {{kind: water, quantity: 5 m3/year, annual-cost: {}}}}}\n": "0 USD/year",
        "streams: {{s: {{kind: wastewater, quantity: 5 m3/year, cod: {}}}}}\n": "0 mg/L",
        "streams: {{s: {{kind: water, quantity: 5 m3/year, price: {{low: {}, high: 2 USD/m3}}}}}}\n": "0 USD/m3",
        "streams: {{s: {{kind: water, price: {}}}}}\n"
        "measures: [{{id: m, title: M, effects: {{stream: s, reduce: 5 m3/year}}}}]\n": "0 USD/m3",
        "streams: {{s: {{kind: energy, quantity: 5 kWh/year}}}}\n"
        "measures: [{{id: m, title: M, effects: {{stream: s, reduce: 1 kW, hours: {}}}}}]\n": "0 hour/year",
        measured.replace("CHANGE", "to: {}"): "0 m3/t",
        measured.replace("CHANGE", "measured: {}"): "0 m3/year",
        measured.replace("CHANGE", "measured: 9 m3/year, base-load: {}"): "0 m3/year",
    }
    for body, zero in cases.items():
        written, bare = (
            assess((head + body.format(text)).encode(), "plant.yaml", Options())
            for text in (zero, "0")
        )
        assert written.result is not None, (body, written.diagnostics)
        assert bare.result is not None, (body, bare.diagnostics)
        for one, other in zip(written.result.streams, bare.result.streams, strict=True):
            assert repr(one) == repr(other)
        assert repr(written.result.totals) == repr(bare.result.totals)
