"""An effect of unknown size changes by an unknown amount whatever it reaches: nothing there is shown as complete."""

from __future__ import annotations

from cpcalc.app.assess import Options, assess
from cpcalc.figures import Figure, NotApplicable, Reported
from cpcalc.results import AssessmentResult

HEAD = """cpcalc: 1
numbers: international
enterprise: {id: a, name: A}
data-status: draft
basis: {currency: VND, period: 2014}
products: [{id: rice, name: Rice}]
streams:
  water: {kind: water, quantity: 1 000 m3/year, price: 10 000 VND/m3}
  washing: {part-of: water, quantity: 2 m3/t, per: rice}
  wastewater: {kind: wastewater, price: 2 000 VND/m3, follows: {water: 0.5 m3/m3}}
  coal: {kind: energy, quantity: 100 t/year, price: 2 million VND/t}
  steam: {kind: energy, made-from: {coal: 0.1 t/t}}
measures:
"""
LACKS = ("products.rice.output",)


def result(measures: str) -> AssessmentResult:
    outcome = assess((HEAD + measures).encode(), "plant.yaml", Options())
    assert outcome.result is not None, outcome.diagnostics
    return outcome.result


def lacks(figure: Reported) -> tuple[str, ...]:
    assert figure is not None
    assert figure.missing
    return figure.missing


HOSES = "  - {id: hoses, title: H, effects: {stream: washing, reduce: 10 %}}\n"
TAPS = "  - {id: taps, title: T, effects: {stream: water, reduce: 100 m3/year}}\n"
DRAIN = "  - {id: drain, title: D, effects: {stream: wastewater, reduce: 50 m3/year}}\n"


def test_the_measure_and_its_categories_miss_the_quantity() -> None:
    line = result(HOSES).measures[0].line
    assert lacks(line.annual_saving) == LACKS
    assert lacks(line.savings["water"]) == lacks(line.savings["disposal"]) == LACKS
    assert isinstance(line.reductions["wastewater"], NotApplicable)
    assert lacks(line.reductions["wastewater"]) == LACKS


def test_what_is_known_beside_it_is_partial() -> None:
    found = result(HOSES + TAPS + DRAIN)
    reduction, saving = found.totals.reductions["wastewater"], found.totals.savings["disposal"]
    assert isinstance(reduction, Figure)
    assert reduction.is_partial
    assert isinstance(saving, Figure)
    assert saving.is_partial
    assert (reduction.value, lacks(reduction)) == (100, LACKS)
    assert (saving.value, lacks(saving)) == (200_000, LACKS)
    assert all(identity.holds for identity in found.identities)


def test_the_whole_and_the_follower_are_partial() -> None:
    streams = {stream.id: stream for stream in result(HOSES + TAPS).streams}
    for name in ("water", "wastewater"):
        assert lacks(streams[name].saving) == lacks(streams[name].after) == LACKS
    assert isinstance(streams["coal"].saving, Figure)
    assert not streams["coal"].saving.is_partial
    whole = {stream.id: stream for stream in result(TAPS).streams}["water"].saving
    assert isinstance(whole, Figure)
    assert isinstance(whole, Figure)
    assert not whole.is_partial


def test_a_carrier_of_unknown_quantity_leaves_its_fuel_partial() -> None:
    found = result("  - {id: traps, title: S, effects: {stream: steam, reduce: 5 %}}\n")
    coal = next(stream for stream in found.streams if stream.id == "coal")
    assert lacks(coal.saving) == ("streams.steam.quantity",)
    assert lacks(found.measures[0].line.savings["energy"]) == ("streams.steam.quantity",)


def test_a_stated_worth_pays_for_the_water_but_not_for_what_follows_it() -> None:
    worth = "  - {id: hoses, title: H, effects: {stream: washing, reduce: 10 %, worth: 3 million VND/year}}\n"
    line = result(worth).measures[0].line
    water = line.savings["water"]
    assert isinstance(water, Figure)
    assert isinstance(water, Figure)
    assert not water.is_partial
    assert lacks(line.savings["disposal"]) == LACKS
