"""A stream whose own quantity nobody published still shows what measures cut of it."""

from __future__ import annotations

from cpcalc.app.assess import Options, assess
from cpcalc.figures import Figure, NotApplicable
from cpcalc.results import AssessmentResult

HEAD = """\
cpcalc: 1
enterprise: {id: x, name: x}
data-status: draft
basis: {currency: VND}
streams: {electricity: {kind: energy}}
"""


def result_of(measures: str) -> AssessmentResult:
    outcome = assess((HEAD + measures).encode(), "x.yaml", Options())
    assert outcome.result is not None, [item.name for item in outcome.diagnostics]
    return outcome.result


def test_amounts_of_several_measures_add_up() -> None:
    result = result_of("""\
measures:
  - {id: a, title: a, effects: {stream: electricity, reduce: 10 275 kWh/year, worth: 780 VND/year}}
  - {id: b, title: b, effects: {stream: electricity, reduce: 32 900 kWh/year, worth: 1 900 VND/year}}
""")
    (stream,) = result.streams
    assert isinstance(stream.saving, Figure)
    assert stream.saving.value == 43_175
    assert isinstance(stream.baseline, NotApplicable)
    assert stream.saving_share is None


def test_shares_multiply() -> None:
    result = result_of("""\
measures:
  - {id: a, title: a, effects: {stream: electricity, reduce: 20 %}}
  - {id: b, title: b, effects: {stream: electricity, reduce: 10 %}}
""")
    (stream,) = result.streams
    assert isinstance(stream.saving, NotApplicable)
    assert isinstance(stream.saving_share, Figure)
    assert abs(stream.saving_share.value - 0.28) < 1e-12


def test_an_amount_beside_a_share_is_partial() -> None:
    result = result_of("""\
measures:
  - {id: a, title: a, effects: {stream: electricity, reduce: 20 %}}
  - {id: b, title: b, effects: {stream: electricity, reduce: 10 kWh/year}}
""")
    (stream,) = result.streams
    assert isinstance(stream.saving, Figure)
    assert stream.saving.is_partial
    assert stream.saving.missing == ("streams.electricity.quantity",)
