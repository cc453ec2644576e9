"""How far off a figure may be: first order, from the file's ranges and uncertainties, each input once."""

from __future__ import annotations

import json
import math
import random
import re
import shutil
from collections.abc import Iterator
from copy import deepcopy
from functools import reduce
from pathlib import Path
from typing import Any

import pytest
import yaml

from cpcalc.app.assess import Options, assess
from cpcalc.report.json_result import result_data
from cpcalc.report.page import plain_lines
from cpcalc.report.summary import summary
from cpcalc.results import AssessmentResult, Line
from cpcalc.rows import headlines

HEAD = """\
cpcalc: 1
numbers: international
enterprise: {id: U-1, name: Plant}
data-status: measured
basis: {currency: USD, operation: {months: 12 month/year}, factor-sets: [ipcc-2006@1]}
"""


def result_of(body: str) -> AssessmentResult:
    outcome = assess((HEAD + body).encode(), "plant.yaml", Options())
    assert outcome.result is not None, outcome.diagnostics
    return outcome.result


def off(line: Line, name: str) -> float:
    return line.uncertainty[name].value


def test_100_less_60_is_40_and_may_be_off_by_the_root_of_29() -> None:
    totals = result_of("""\
measures:
  - {id: a, title: A, benefits: {saves: {low: 95 USD/year, high: 105 USD/year}, as: energy}}
  - {id: b, title: B, benefits: {saves: {low: -62 USD/year, high: -58 USD/year}, as: water}}
""").totals
    assert headlines(totals)["annual_saving"].value == 40
    assert off(totals, "annual_saving") == pytest.approx(math.sqrt(29), rel=1e-9)


def test_a_price_that_two_measures_share_is_one_input() -> None:
    result = result_of("""\
streams:
  coal: {kind: energy, quantity: 1 000 t/year, price: {low: 95 USD/t, high: 105 USD/t}}
measures:
  - {id: a, title: A, effects: {stream: coal, reduce: 1 t/year}}
  - {id: b, title: B, effects: {stream: coal, reduce: 1 t/year}}
""")
    assert [off(item.line, "annual_saving") for item in result.measures] == pytest.approx([5, 5])
    assert off(result.totals, "annual_saving") == pytest.approx(10, rel=1e-9)  # not 7.07


def test_the_uncertainty_of_a_stream_is_of_its_quantity() -> None:
    result = result_of("""\
streams:
  coal: {kind: energy, quantity: 1 000 t/year, price: 100 USD/t, uncertainty: 10 %, emission-factors: [ipcc-2006/anthracite]}
measures:
  - {id: share, title: A, effects: {stream: coal, reduce: 10 %}, investment: {low: 900 USD, high: 1 100 USD}}
  - {id: amount, title: B, effects: {stream: coal, reduce: 10 t/year}}
""")
    share, amount = (item.line for item in result.measures)
    assert off(share, "annual_saving") == pytest.approx(1000, rel=1e-9)
    assert off(share, "reductions.co2") == pytest.approx(
        headlines(share)["reductions.co2"].value * 0.1, rel=1e-9
    )
    # I / A = 1 000 / 10 000: both inputs are off by a tenth
    assert off(share, "simple_payback") == pytest.approx(0.1 * math.hypot(0.1, 0.1), rel=1e-9)
    assert "annual_saving" not in amount.uncertainty


def test_an_input_that_cancels_out_makes_nothing_uncertain() -> None:
    """What is left of the coal for a tonne of steam is a share, however much coal there was."""
    result = result_of("""\
streams:
  coal: {kind: energy, quantity: 2 774 t/year, price: 90 USD/t, uncertainty: 5 %}
  steam: {kind: energy, quantity: 9 000 t/year, made-from: {coal: 0.2 t/t}}
measures:
  - {id: boiler, title: A, effects: {stream: coal, reduce: 7 %}}
  - {id: traps, title: B, effects: {stream: steam, reduce: 400 t/year}}
""")
    boiler, traps = (item.line for item in result.measures)
    assert off(boiler, "annual_saving") == pytest.approx(2774 * 0.07 * 90 * 0.05)
    assert not traps.uncertainty


@pytest.mark.parametrize(
    "size",
    [
        "part-of: power, share: 20 %",
        "kind: wastewater, price: 2 USD/m3, follows: {water: 0.8 m3/m3}",
        "kind: water, price: 2 USD/m3, quantity: {value: 5 m3, over: 3 month, annualise-by: months}",
    ],
)
def test_whatever_states_the_size_of_a_stream_is_uncertain(size: str) -> None:
    text = f"""\
streams:
  power: {{kind: energy, quantity: 900 MWh/year, price: 2 USD/kWh}}
  water: {{kind: water, quantity: 900 m3/year, price: 1 USD/m3}}
  part: {{{size}, uncertainty: 10 %}}
measures:
  - {{id: a, title: A, effects: {{stream: part, reduce: 10 %}}}}
"""
    totals = result_of(text).totals
    saved = headlines(totals)["annual_saving"].value
    assert off(totals, "annual_saving") == pytest.approx(saved * 0.1, rel=1e-9)


def test_in_another_currency_a_figure_is_off_by_the_same_share() -> None:
    body = """\
cpcalc: 1
numbers: international
enterprise: {id: U-2, name: Plant}
data-status: measured
basis: {currency: VND, exchange-rates: {USD: {rate: {low: 19 000 VND/USD, high: 21 000 VND/USD}, year: 2011, source: bank}}}
measures:
  - {id: a, title: A, benefits: {saves: 100 USD/year, as: energy}}
  - {id: b, title: B, benefits: {saves: 2 million VND/year, as: energy}}
"""
    in_vnd, in_usd = (
        assess(body.encode(), "plant.yaml", Options(currency=currency)).result
        for currency in (None, "USD")
    )
    assert in_vnd is not None
    assert in_usd is not None
    assert off(in_vnd.measures[0].line, "annual_saving") == pytest.approx(100_000, rel=1e-9)
    assert in_vnd.measures[1].line.uncertainty == {}
    assert in_usd.measures[0].line.uncertainty == {}
    assert off(in_usd.measures[1].line, "annual_saving") == pytest.approx(5, rel=1e-9)


def test_a_range_says_itself_how_far_off_it_may_be() -> None:
    outcome = assess(
        (
            HEAD
            + "streams: {a: {kind: water, quantity: {low: 1 m3/year, high: 3 m3/year}, uncertainty: 5 %}}\n"
        ).encode(),
        "x.yaml",
        Options(),
    )
    assert [item.name for item in outcome.diagnostics] == ["keys-exclude-each-other"]


def test_an_uncertainty_of_nothing_is_refused() -> None:
    text = HEAD + "streams: {a: {kind: water, price: 2 USD/m3, uncertainty: 5 %}}\n"
    outcome = assess(text.encode(), "x.yaml", Options())
    assert [item.name for item in outcome.diagnostics] == ["key-needs-another"]


PLANT = """\
streams:
  coal: {kind: energy, quantity: {low: 900 t/year, high: 1 000 t/year}, price: {low: 95 USD/t, high: 99 USD/t}}
  steam: {kind: energy, quantity: 5 000 t/year, made-from: {coal: {low: 0.13 t/t, high: 0.15 t/t}}}
measures:
  - {id: a, title: A, investment: {low: 5 000 USD, high: 7 000 USD}, lifetime: 8 year, effects: {stream: coal, reduce: {low: 4 %, high: 6 %}}}
  - {id: b, title: B, investment: 900 USD, lifetime: 8 year, running-cost: {low: 90 USD/year, high: 110 USD/year}, effects: {stream: steam, reduce: {low: 3 %, high: 5 %}}}
economics: {study-period: 8 year}
"""
DISCOUNTED = "factor-sets: [ipcc-2006@1], discount-rate: {nominal: 12 %}, inflation: 5 %}"
RANGES = [
    ("{low: 900 t/year, high: 1 000 t/year}", 950, 50, "t/year"),
    ("{low: 95 USD/t, high: 99 USD/t}", 97, 2, "USD/t"),
    ("{low: 0.13 t/t, high: 0.15 t/t}", 0.14, 0.01, "t/t"),
    ("{low: 5 000 USD, high: 7 000 USD}", 6000, 1000, "USD"),
    ("{low: 4 %, high: 6 %}", 5, 1, "%"),
    ("{low: 90 USD/year, high: 110 USD/year}", 100, 10, "USD/year"),
    ("{low: 3 %, high: 5 %}", 4, 1, "%"),
]


def test_intervals_are_the_spread_of_many_random_plants() -> None:
    """First order against drawing each input from a normal distribution a tenth as wide."""
    body = HEAD.replace("factor-sets: [ipcc-2006@1]}", DISCOUNTED) + PLANT
    whole = assess(body.encode(), "plant.yaml", Options()).result
    assert whole is not None
    draw = random.Random(7)
    drawn: dict[str, list[float]] = {}
    for _ in range(150):
        text = body
        for written, middle, half, unit in RANGES:
            text = text.replace(written, f"{middle + draw.gauss(0, half / 10):.12f} {unit}")
        other = assess(text.encode(), "plant.yaml", Options()).result
        assert other is not None
        for name, figure in headlines(other.totals).items():
            drawn.setdefault(name, []).append(figure.value)
    assert set(whole.totals.uncertainty) == {
        "investment", "annual_saving", "annual_net_saving", "simple_payback", "economics.npv",
    }  # fmt: skip
    for name, interval in whole.totals.uncertainty.items():
        mean = math.fsum(drawn[name]) / len(drawn[name])
        spread = math.sqrt(
            math.fsum((value - mean) ** 2 for value in drawn[name]) / len(drawn[name])
        )
        assert interval.value == pytest.approx(10 * spread, rel=0.2), name


KEYS = Path(__file__).parent.parent / "contract" / "keys"
NUDGE = 1e-4


def amounts(node: Any, *path: Any) -> Iterator[tuple[tuple[Any, ...], float, str]]:
    """The amounts of a document: where each stands, its number and its unit."""
    if isinstance(node, (dict, list)):
        for key, inner in node.items() if isinstance(node, dict) else enumerate(node):
            if key not in ("lifetime", "uncertainty", "value", "expect", "waivers"):
                yield from amounts(inner, *path, key)
    elif number := re.fullmatch(r"(\d+(?: \d{3})*(?:\.\d+)?) (\D.*)", node):
        yield path, float(number[1].replace(" ", "")), number[2]


def totals_with(tree: Any, path: tuple[Any, ...], amount: Any, folder: Path) -> Line | None:
    changed = deepcopy(tree)
    *way, last = path
    reduce(lambda node, key: node[key], way, changed)[last] = amount
    text = json.dumps(
        {key: part for key, part in changed.items() if key not in ("expect", "waivers")}
    )
    result = assess(text.encode(), str(folder / "plant.yaml"), Options()).result
    return result and result.totals


@pytest.mark.parametrize("name", ["streams.yaml", "measures.yaml", "money.yaml"])
def test_a_small_range_moves_figures_by_what_they_are_said_to_be_off(
    name: str, tmp_path: Path
) -> None:
    """Every fourth amount of files that have every key, moved to both ends of a narrow range."""
    shutil.copytree(KEYS / "emission_factors", tmp_path / "emission_factors")
    text = (KEYS / name).read_text(encoding="utf-8").replace(", uncertainty: 10 %", "")
    tree, moved = yaml.load(text, yaml.BaseLoader), 0
    for path, value, unit in list(amounts(tree))[::4]:
        low, high = (f"{value * (1 + way * NUDGE):.12f} {unit}" for way in (-1, 1))
        ranged, below, above = (
            totals_with(tree, path, amount, tmp_path)
            for amount in ({"low": low, "high": high}, low, high)
        )
        if ranged is None or below is None or above is None:
            continue  # only a single value, or a whole one, may stand there
        known, ends = headlines(ranged), (headlines(below), headlines(above))
        for figure, stated in known.items():
            change = abs(ends[1][figure].value - ends[0][figure].value) / 2
            said = ranged.uncertainty[figure].value if figure in ranged.uncertainty else 0.0
            room = 1e-9 * abs(stated.value)
            assert said == pytest.approx(change, rel=1e-3, abs=room), (path, figure)
            moved += change > room
    assert moved > 5


def test_page_and_json_have_the_interval() -> None:
    result = result_of("""\
streams:
  coal: {kind: energy, quantity: 1 000 t/year, price: {low: 95 USD/t, high: 105 USD/t}}
measures:
  - {id: a, title: A, effects: {stream: coal, reduce: 10 t/year}}
""")
    data = result_data(result, [])
    interval = {"low": pytest.approx(950), "high": pytest.approx(1050), "unit": "USD/year"}
    assert data["totals"]["uncertainty"]["annual_saving"] == interval
    assert data["measures"][0]["uncertainty"]["annual_saving"] == interval
    page = [line.replace("\u00a0", " ") for line in plain_lines(summary(result, "en"), "en")]
    at = page.index("How far off the figures may be")
    assert re.split("  +", page[at + 3]) == [
        "Annual saving", "1 000 USD/year", "50.00 USD/year", "950.0 USD/year", "1 050 USD/year",
    ]  # fmt: skip


def test_without_ranges_nothing_is_said() -> None:
    result = result_of("measures: [{id: a, title: A, benefits: {saves: 9 USD/year, as: water}}]\n")
    assert "uncertainty" not in json.dumps(result_data(result, []))
    assert "How far off" not in "\n".join(plain_lines(summary(result, "en"), "en"))
