"""What goes with a part goes with it, whoever lowers it; and what the measures take from a stream is what it loses."""

from __future__ import annotations

import pytest

from cpcalc.app.assess import Options, assess
from cpcalc.engine.flows import Flows
from cpcalc.figures import Figure
from cpcalc.results import AssessmentResult

TEXT = """cpcalc: 1
numbers: international
enterprise: {id: a, name: A}
data-status: draft
basis: {currency: VND}
streams:
  water: {kind: water, quantity: 1 000 m3/year, price: 10 000 VND/m3}
  washing: {part-of: water, share: 50 %}
  waste-water: {kind: wastewater, follows: {washing: 0.8 m3/m3}, price: 5 000 VND/m3}
  coal: {kind: energy, quantity: 1 000 t/year, price: 2 million VND/t}
  boiler-coal: {part-of: coal, share: 80 %}
  steam: {kind: energy, quantity: 4 000 t/year, made-from: {boiler-coal: 0.2 t/t}}
measures:
  - {id: all-water, title: A, effects: {stream: water, reduce: 10 %}}
  - {id: guns, title: B, effects: {stream: washing, reduce: 10 %}}
  - {id: better-coal, title: C, effects: {stream: coal, reduce: 10 %}}
  - {id: traps, title: D, effects: {stream: steam, reduce: 10 %}}
"""


def result() -> AssessmentResult:
    outcome = assess(TEXT.encode(), "plant.yaml", Options())
    assert outcome.result is not None
    return outcome.result


def left(found: AssessmentResult) -> dict[str, float]:
    return {
        stream.id: stream.after.value
        for stream in found.streams
        if isinstance(stream.after, Figure)
    }


def test_what_follows_a_part_falls_with_the_whole() -> None:
    found = result()
    after = left(found)
    assert after["washing"] == pytest.approx(500 * 0.9 * 0.9)
    assert after["waste-water"] == pytest.approx(0.8 * after["washing"])
    reduction = found.measures[0].line.reductions["wastewater"]
    assert isinstance(reduction, Figure)
    assert reduction.value == pytest.approx(400 * 0.1)
    saving = found.measures[0].line.annual_saving
    assert isinstance(saving, Figure)
    assert saving.value == pytest.approx(100 * 10_000 + 40 * 5_000)


def test_less_of_the_whole_fuel_makes_the_carrier_of_its_part_cheaper() -> None:
    found = result()
    traps = found.measures[3].line.annual_saving
    assert isinstance(traps, Figure)
    assert traps.value == pytest.approx(4_000 * 0.1 * 0.2 * 0.9 * 2e6)
    assert left(found)["boiler-coal"] == pytest.approx(800 * 0.9 * 0.9)


def test_a_pump_that_is_added_makes_no_part_larger() -> None:
    text = (
        TEXT[: TEXT.index("measures:")]
        + """measures:
  - {id: booster, title: A, effects: {stream: coal, increase: 100 t/year}}
  - {id: grate, title: B, effects: {stream: boiler-coal, reduce: 10 %}}
  - {id: traps, title: C, effects: {stream: steam, reduce: 10 %}}
"""
    )
    outcome = assess(text.encode(), "plant.yaml", Options())
    assert outcome.result is not None
    savings = [measure.line.annual_saving for measure in outcome.result.measures]
    wanted = [-100 * 2e6, 800 * 0.1 * 2e6, 4_000 * 0.1 * 0.2 * 0.9 * 2e6]
    assert [figure.value for figure in savings if isinstance(figure, Figure)] == pytest.approx(
        wanted
    )
    overlap = outcome.result.measures[1].line.overlap
    assert isinstance(overlap, Figure)
    assert overlap.value == 0
    assert all(item.holds for item in outcome.result.identities)


def test_the_identity_of_a_stream_fails_when_a_flow_forgets_a_reduction(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names = {item.name for item in result().identities if item.name.startswith("water:")}
    assert len(names) == 1
    assert all(item.holds for item in result().identities)
    reduce = Flows._reduce

    def forgetful(self: Flows, name: str, reduction: Figure, **how: bool) -> None:
        before = self.left.get(name)
        reduce(self, name, reduction, **how)
        if name == "water" and before is not None:
            self.left[name] = before

    monkeypatch.setattr(Flows, "_reduce", forgetful)
    outcome = assess(TEXT.encode(), "plant.yaml", Options())
    assert outcome.result is not None
    assert {item.name for item in outcome.result.identities if not item.holds} >= names
    assert any(found.name == "identity-broken" for found in outcome.diagnostics)
