"""Odd but possible files, found by trying thousands of them: each gives a result or a located error, never a fault."""

from __future__ import annotations

import pytest

from cpcalc.app.assess import Options, Outcome, assess
from cpcalc.figures import Figure
from cpcalc.report.json_result import result_data
from cpcalc.report.page import plain_lines
from cpcalc.report.summary import summary

HEAD = """\
cpcalc: 1
enterprise: {id: x, name: x}
data-status: draft
basis: {currency: VND}
"""


def outcome_of(body: str) -> Outcome:
    return assess((HEAD + body).encode(), "x.yaml", Options())


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (
            """\
streams:
  water: {kind: water, quantity: 10 m3/year}
  brine: {kind: chemical, made-from: {water: 0.5 m3/m3}, follows: {water: 0.8 m3/m3}}
measures: [{id: m, title: m, effects: {stream: brine, reduce: 20 %}}]
""",
            "streams.",
        ),
        (
            """\
streams:
  coal: {kind: energy, quantity: 100 t/year, price: 1 VND/t}
  steam: {kind: energy, quantity: 700 t/year, made-from: {coal: 0.14 t/t}}
measures: [{id: m, title: m, effects: {stream: coal, replace-by: steam, share: 50 %, ratio: 7 t/t}}]
""",
            "measures.0.effects.0.replace-by",
        ),
    ],
)
def test_a_circle_of_several_kinds_of_links_is_placed(body: str, place: str) -> None:
    errors = [item for item in outcome_of(body).diagnostics if item.severity == "error"]
    assert [item.name for item in errors] == ["circular-streams"]
    assert ".".join(map(str, errors[0].path)).startswith(place)


def test_steam_of_two_fuels_after_a_switch_is_no_circle() -> None:
    outcome = outcome_of("""\
streams:
  coal: {kind: energy, price: 1 VND/t, quantity: 100 t/year}
  husk: {kind: energy, price: 1 VND/t}
  steam: {kind: energy, quantity: 700 t/year, made-from: {coal: 0.14 t/t}}
measures:
  - {id: a, title: a, effects: {stream: coal, replace-by: husk, share: 50 %, ratio: 2 t/t}}
  - {id: b, title: b, effects: {stream: steam, reduce: 10 %}}
""")
    assert outcome.result is not None


@pytest.mark.parametrize(
    "body",
    [
        "measures: [{id: m, title: m, effects: {reduces: dust, by: 5 %, as-published: true}}]\n",
        """\
streams: {a: {kind: wastewater, quantity: 0 m3/year}}
measures:
  - id: m
    title: m
    effects: [{stream: a, reduce: 20 %, worth: 5 VND/year}, {stream: a, reduce: 100 %, worth: 5 VND/year}]
""",
        """\
streams: {a: {kind: water, quantity: 100 t/year}, b: {part-of: a, share: 30 %}, c: {part-of: b, quantity: 0 t/year}}
measures: [{id: m, title: m, effects: [{stream: a, reduce: 100 %}, {stream: b, reduce: 20 %}]}]
""",
        """\
streams: {s: {kind: dust, price: 1 VND/t}, w: {kind: wastewater, quantity: 50 t/year, price: 1 VND/t}}
measures:
  - {id: m, title: m, effects: {stream: s, reduce: 5 t/year}}
  - {id: n, title: n, effects: {stream: w, reduce: 5 %}}
""",
    ],
)
def test_there_is_a_result_that_can_be_written(body: str) -> None:
    outcome = outcome_of(body)
    assert outcome.result is not None, [item.name for item in outcome.diagnostics]
    assert list(plain_lines(summary(outcome.result, "en"), "en"))
    assert result_data(outcome.result, [])


@pytest.mark.parametrize(
    ("name", "amount"),
    [
        ("dust", "5 kWh/year"),
        ("co2", "5 t CO2e/year"),
        ("water", "5 kWh/year"),
        ("energy", "5 t/year"),
    ],
)
def test_a_published_reduction_is_of_its_kind(name: str, amount: str) -> None:
    body = f"measures: [{{id: m, title: m, effects: {{reduces: {name}, by: {amount}, as-published: true}}}}]\n"
    assert [item.name for item in outcome_of(body).diagnostics] == ["wrong-kind-of-unit"]


def test_a_part_has_the_unit_of_its_parent_also_without_its_quantity() -> None:
    body = """\
streams: {a: {kind: water, price: 1 VND/m3}, b: {part-of: a, quantity: 5 kWh/year}}
measures: [{id: m, title: m, effects: {stream: b, reduce: 20 %}}]
"""
    errors = [item.name for item in outcome_of(body).diagnostics if item.severity == "error"]
    assert "wrong-kind-of-unit" in errors


def test_dust_and_process_gas_follow_a_material_by_mass() -> None:
    outcome = outcome_of("""\
streams:
  clinker: {kind: material, quantity: 100 t/year}
  stack: {kind: dust, boundary: emitted, follows: {clinker: 3 kg/t}}
  calcination: {kind: greenhouse-gas, gas: CO2, follows: {clinker: 0.5 t/t}}
measures: [{id: a, title: a, effects: {stream: clinker, reduce: 10 t/year}}]
""")
    assert outcome.result is not None, [item.name for item in outcome.diagnostics]
    found = outcome.result.totals.reductions
    dust, co2 = found["dust"], found["co2"]
    assert isinstance(dust, Figure)
    assert isinstance(co2, Figure)
    assert (round(dust.value, 12), str(dust.unit)) == (0.03, "t TSP/year")
    assert (co2.value, str(co2.unit)) == (5, "t CO2/year")


def test_an_overlap_with_a_measure_of_unknown_worth_breaks_no_identity() -> None:
    outcome = outcome_of("""\
streams: {water: {kind: water}}
measures:
  - {id: a, title: a, status: considered, effects: {stream: water, reduce: 20 %, worth: 70 million VND/year}}
  - {id: b, title: b, status: implemented, effects: {stream: water, reduce: 20 %}}
""")
    assert outcome.result is not None
    assert all(item.holds for item in outcome.result.identities)
    saving = outcome.result.totals.annual_saving
    assert isinstance(saving, Figure)
    assert saving.value == 56_000_000  # of what b leaves


@pytest.mark.parametrize(
    "body",
    [
        """\
streams: {coal: {kind: energy, quantity: 100 t/year}}
measures: [{id: m, title: m, effects: {stream: coal, replace-by: coal, ratio: 1 t/t}}]
""",
        """\
streams: {all: {kind: water}, a: {part-of: all, quantity: 10 GJ/year}, b: {part-of: all, quantity: 10 t/year}}
measures: [{id: m, title: m, effects: [{stream: a, reduce: 20 %}, {stream: b, reduce: 20 %}]}]
""",
    ],
)
def test_what_cannot_be_is_an_error(body: str) -> None:
    outcome = outcome_of(body)
    assert outcome.result is None
    assert {item.name for item in outcome.diagnostics if item.severity == "error"} <= {
        "circular-streams",
        "wrong-kind-of-unit",
    }
