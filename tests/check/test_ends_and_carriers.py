"""What a file states twice must agree: a measure's start and its stream, a carrier and its fuel."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpcalc.app.assess import Options, assess
from cpcalc.app.check import check_file
from cpcalc.report.problems import message_of

HEAD = """cpcalc: 1
numbers: international
enterprise: {id: A-1, name: Plant}
data-status: draft
"""


def warnings(body: str) -> list[str]:
    outcome = assess((HEAD + body).encode(), "plant.yaml", Options())
    assert all(item.severity != "error" for item in outcome.diagnostics), outcome.diagnostics
    return [item.name for item in outcome.diagnostics if item.severity == "warning"]


@given(
    output=st.integers(1, 10**6),
    specific=st.integers(1, 10**4),
    start=st.integers(1, 10**5),
    end=st.integers(1, 10**5),
)
def test_a_start_fits_the_stream_and_lies_above_the_end(
    output: int, specific: int, start: int, end: int
) -> None:
    """A measure may start from a part of what its stream is, but not from more than all of it."""
    body = (
        f"products: [{{id: p, output: {output} t/year}}]\n"
        f"streams: {{w: {{kind: water, quantity: {output * specific} m3/year}}}}\n"
        "measures: [{id: m, title: M, effects: "
        f"{{stream: w, from: {start} m3/t, to: {end} m3/t, per: p}}}}]\n"
    )
    found = warnings(body)
    assert ("ends-exchanged" in found) == (end > start)
    if start > end and not 1 < start / specific < 1.06:
        assert ("start-above-stream" in found) == (start > specific)


@pytest.mark.parametrize(
    ("stream", "effect", "is_told"),
    [
        ("kind: water, quantity: 80 m3/t, per: p", "from: 90 m3/t, to: 70 m3/t, per: p", True),
        ("kind: water, quantity: 80 m3/t, per: p", "from: 80 m3/t, to: 70 m3/t, per: p", False),
        ("kind: wastewater, quantity: 9 m3/year, cod: 900 mg/L", "load: cod, from: 2 g/L, to: 1 g/L", True),
        ("kind: wastewater, quantity: 9 m3/year, cod: 3 g/L", "load: cod, from: 2 g/L, to: 1 g/L", False),
        ("kind: wastewater, quantity: 9 m3/year, bod: 3 g/L", "load: cod, from: 2 g/L, to: 1 g/L", False),
        ("kind: dust, concentration: 50 mg/m3, gas-flow: 9 m3/hour, hours: 90 hour/year",
         "load: dust, from: 80 mg/m3, to: 20 mg/m3", True),
    ],
)  # fmt: skip
def test_a_start_is_held_against_what_the_stream_states(
    stream: str, effect: str, is_told: bool
) -> None:
    body = (
        f"products: [{{id: p}}]\nstreams: {{s: {{{stream}}}}}\n"
        f"measures: [{{id: m, title: M, type: end-of-pipe, effects: {{stream: s, {effect}}}}}]\n"
    )
    assert ("start-above-stream" in warnings(body)) == is_told


def test_a_load_in_less_water_may_rise_in_concentration() -> None:
    body = (
        "streams: {s: {kind: wastewater, quantity: 100 m3/year, cod: 1 g/L}}\n"
        "measures:\n  - id: m\n    title: M\n    effects:\n"
        "      - {stream: s, reduce: 50 %}\n      - {stream: s, load: cod, from: 1 g/L, to: 1.8 g/L}\n"
    )
    assert "ends-exchanged" not in warnings(body)
    assert "ends-exchanged" in warnings(body.replace("1.8 g/L", "2.1 g/L"))


@given(st.lists(st.integers(1, 500), min_size=1, max_size=4), st.integers(1, 1000))
def test_all_that_is_made_of_a_fuel_together_needs_no_more_than_there_is(
    carriers: list[int], fuel: int
) -> None:
    made = "".join(
        f"  c{number}: {{kind: energy, quantity: {amount} t/year, made-from: {{coal: 1 t/t}}}}\n"
        for number, amount in enumerate(carriers)
    )
    found = warnings(f"streams:\n  coal: {{kind: energy, quantity: {fuel} t/year}}\n{made}")
    if not 1 < sum(carriers) / fuel < 1.06:  # they are metered apart
        assert ("carrier-above-fuel" in found) == (sum(carriers) > fuel)


@pytest.mark.parametrize(
    ("period", "is_told"),
    [
        ("2024", False), ("{from: 2023-07-01, to: 2024-06-30}", False),
        ("{from: 2023-07, to: 2024-06}", False), ("{from: 2023-12-25, to: 2024-12-22}", False),
        ("{from: 2024-01, to: 2024-06}", True), ("{from: 2023-01-01, to: 2024-12-31}", True),
    ],
)  # fmt: skip
def test_a_baseline_that_is_no_year_is_told(period: str, is_told: bool) -> None:
    assert ("period-not-a-year" in warnings(f"basis: {{period: {period}}}\n")) == is_told


@pytest.mark.parametrize(
    ("change", "remedy"),
    [
        ("effects: {stream: s, reduce: -10 %}", "write increase: 10 %"),
        ("verified-effects: {stream: s, increase: -5 t/year}", "write reduce: 5 t/year"),
        ("benefits: {saves: -10 USD/year, as: energy}", "write running-cost: 10 USD/year"),
    ],
)
def test_a_change_that_goes_the_other_way_names_the_key_for_that(change: str, remedy: str) -> None:
    body = (
        "streams: {s: {kind: energy, quantity: 1 000 t/year, price: 10 USD/t}}\n"
        f"measures: [{{id: m, title: M, status: verified, {change}}}]\n"
    )
    outcome = assess((HEAD + body).encode(), "plant.yaml", Options())
    (problem,) = [item for item in outcome.diagnostics if item.name == "negative-change"]
    assert remedy in message_of(problem, "en").help


def test_what_grows_out_of_all_measure_is_an_error_where_it_comes_from() -> None:
    links = "".join(
        f"  s{number + 1}: {{kind: energy, follows: {{s{number}: 1000000000000 kWh/kWh}}}}\n"
        for number in range(40)
    )
    body = f"streams:\n  s0: {{kind: energy, quantity: 1000 kWh/year}}\n{links}"
    outcome = assess((HEAD + body).encode(), "plant.yaml", Options())
    assert outcome.result is None
    (problem,) = outcome.diagnostics
    assert problem.name == "number-too-large"
    assert problem.span is not None
    assert problem.span.line > HEAD.count("\n")


def test_a_check_of_very_many_scenarios_tries_the_first_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "plant.yaml"
    scenarios = "".join(
        f"  - {{id: x{n}, set: {{streams.s.quantity: {n} t}}}}\n" for n in range(13)
    )
    measures = "".join(f"  - {{id: m{n}, title: M}}\n" for n in range(1000))
    streams = "streams: {s: {kind: energy, quantity: 5 t/year}}\n"
    text = f"{HEAD}{streams}measures:\n{measures}scenarios:\n{scenarios}"
    path.write_text(text, encoding="utf-8")
    names = [item.name for item in check_file(str(path)).diagnostics]
    assert names.count("not-per-year") == 10
    assert names.count("scenarios-not-tried") == 1


def test_the_nearest_name_is_looked_for_among_the_first_unknown_ones() -> None:
    measures = "".join(f"  - {{id: m{n}, title: M, after: mm{n}}}\n" for n in range(120))
    outcome = assess(f"{HEAD}measures:\n{measures}".encode(), "plant.yaml", Options())
    unknown = [item for item in outcome.diagnostics if item.name == "unknown-measure"]
    assert len(unknown) == 120
    assert sum(bool(item.values["suggestion"]) for item in unknown) == 50
