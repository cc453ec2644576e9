"""Specific consumption of a product whose output nobody published: the share is known, the amount is incomplete."""

from __future__ import annotations

from cpcalc.app.assess import Options, Outcome, assess
from cpcalc.figures import Figure, NotApplicable

HEAD = """\
cpcalc: 1
enterprise: {id: x, name: x}
data-status: draft
products: [{id: fabric}]
"""


def outcome_of(body: str) -> Outcome:
    return assess((HEAD + body).encode(), "x.yaml", Options())


def test_a_stream_wholly_per_product_shows_its_share() -> None:
    outcome = outcome_of("""\
streams: {water: {kind: water, quantity: 170 L/kg, per: fabric}}
measures: [{id: a, title: a, effects: {stream: water, from: 170 L/kg, to: 120 L/kg, per: fabric}}]
""")
    assert outcome.result is not None
    (stream,) = outcome.result.streams
    assert isinstance(stream.saving_share, Figure)
    assert abs(stream.saving_share.value - 50 / 170) < 1e-12
    assert isinstance(stream.saving, NotApplicable)
    assert stream.saving.missing == ("products.fabric.output",)
    saving = outcome.result.measures[0].line.annual_saving
    assert isinstance(saving, NotApplicable)
    assert saving.missing == ("products.fabric.output",)


def test_without_it_only_the_missing_output_is_named() -> None:
    outcome = outcome_of("""\
streams: {water: {kind: water, price: 1 USD/m3}}
measures: [{id: a, title: a, effects: {stream: water, from: 170 L/kg, to: 120 L/kg, per: fabric}}]
""")
    assert outcome.result is not None
    assert outcome.result.streams[0].saving_share is None
    saving = outcome.result.measures[0].line.annual_saving
    assert isinstance(saving, NotApplicable)
    assert saving.missing == ("products.fabric.output",)


def test_a_group_only_states_reductions() -> None:
    outcome = outcome_of("""\
streams: {water: {kind: water}}
groups: [{id: g, title: g, effects: {stream: water, reduce: 10 m3/year}}]
""")
    assert outcome.result is None
    assert [item.name for item in outcome.diagnostics] == ["one-of-keys-needed"]
