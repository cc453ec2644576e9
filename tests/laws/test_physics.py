"""Laws of the calculation: units do not matter, scaling, order, additivity, round trip, blank lines."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from law_settings import examples

from cpcalc.app.assess import Options, assess
from cpcalc.report.json_result import dumps, result_data
from cpcalc.report.problems import describe

GOOD_FOLDER = Path(__file__).parent.parent / "casebook" / "good"
GOOD = sorted(GOOD_FOLDER.glob("*.yaml"))
SOME = examples(25)
HEAD = "cpcalc: 1\nnumbers: international\nenterprise: {id: L, name: L}\ndata-status: draft\nbasis: {currency: VND}\n"


def result_of(text: str) -> dict[str, Any]:
    """The JSON result of a text without errors."""
    outcome = assess(text.encode(), str(GOOD_FOLDER / "law.yaml"), Options())
    assert outcome.result is not None, [
        (item.name, dict(item.values)) for item in outcome.diagnostics
    ]
    return dict(
        json.loads(
            dumps(
                result_data(outcome.result, [describe(d, outcome.ids) for d in outcome.diagnostics])
            )
        )
    )


def numbers_of(data: Any, place: str = "") -> dict[str, float]:
    """Every number of a result by its place, without what depends on the file's text."""
    if isinstance(data, dict):
        return {
            name: value
            for key, item in data.items()
            if key not in ("diagnostics", "provenance", "expectations", "factors")
            for name, value in numbers_of(item, f"{place}.{key}").items()
        }
    if isinstance(data, list):
        return {
            n: v
            for at, item in enumerate(data)
            for n, v in numbers_of(item, f"{place}[{at}]").items()
        }
    return (
        {place: float(data)}
        if isinstance(data, (int, float)) and not isinstance(data, bool)
        else {}
    )


def assert_same(one: dict[str, Any], other: dict[str, Any]) -> None:
    first, second = numbers_of(one), numbers_of(other)
    assert first.keys() == second.keys()
    scale = max(map(abs, first.values()), default=1.0)
    for place, value in first.items():
        assert math.isclose(value, second[place], rel_tol=1e-9, abs_tol=1e-15 * scale), place


# ---- units ----------------------------------------------------------------------------------------------------------

EXCHANGES: tuple[tuple[str, str, Callable[[float], float]], ...] = (
    ("MWh", "GJ", lambda value: value * 3.6),
    ("kWh", "MJ", lambda value: value * 3.6),
    ("MWh", "kWh", lambda value: value * 1000),
    ("t", "kg", lambda value: value * 1000),
    ("t", "lb", lambda value: value / 0.45359237e-3),
    ("m3", "L", lambda value: value * 1000),
    ("million VND", "VND", lambda value: value * 1e6),
    ("kW", "W", lambda value: value * 1000),
    ("kg", "g", lambda value: value * 1000),
)


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
@pytest.mark.parametrize(
    "exchange", EXCHANGES, ids=lambda exchange: f"{exchange[0]} to {exchange[1]}"
)
def test_units_do_not_matter(
    path: Path, exchange: tuple[str, str, Callable[[float], float]]
) -> None:
    old, new, times = exchange
    text = path.read_text(encoding="utf-8")
    if "numbers: vietnamese" in text or "ton: metric" in text:
        return
    text = text.split("\nexpect:")[0] + "\n"
    pattern = re.compile(
        rf"(?<![\w.])(-?[0-9][0-9 ]*(?:\.[0-9]+)?) {re.escape(old)}(?=/(?:year|day|month|hour)\b|[,}}\]\n])"
    )

    def exchanged(found: re.Match[str]) -> str:
        return f"{times(float(found.group(1).replace(' ', ''))):.15f} {new}".replace(
            "0000000 ", " "
        )

    changed = pattern.sub(exchanged, text)
    assert_same(result_of(text), result_of(changed))


# ---- scaling, order, additivity -------------------------------------------------------------------------------------

SHARES = st.integers(0, 95)


def plant(quantity: float, price: float, effects: list[str]) -> str:
    measures = "".join(
        f"  - {{id: m{at}, title: M, investment: {100 + at} VND, effects: {{stream: s, {effect}}}}}\n"
        for at, effect in enumerate(effects)
    )
    stream = f"streams:\n  s: {{kind: energy, quantity: {quantity:.6f} t/year, price: {price:.6f} VND/t}}\n"
    return HEAD + stream + "measures:\n" + measures


@given(
    st.lists(SHARES, min_size=1, max_size=6),
    st.integers(1, 10**6),
    st.integers(1, 10**6),
    st.integers(2, 9),
)
@SOME
def test_twice_the_flow_or_the_price_saves_twice_the_money(
    shares: list[int], flow: int, price: int, k: int
) -> None:
    effects = [f"reduce: {share} %" for share in shares]
    one = result_of(plant(flow, price, effects))["totals"]["annual_saving"]["value"]
    for other in (plant(flow * k, price, effects), plant(flow, price * k, effects)):
        assert math.isclose(
            result_of(other)["totals"]["annual_saving"]["value"], k * one, rel_tol=1e-9
        )


@given(st.lists(SHARES, min_size=2, max_size=6), st.randoms(use_true_random=False))
@SOME
def test_the_order_of_shares_does_not_change_the_bundle(shares: list[int], random: Any) -> None:
    effects = [f"reduce: {share} %" for share in shares]
    shuffled = list(effects)
    random.shuffle(shuffled)
    one, other = result_of(plant(1000, 10, effects)), result_of(plant(1000, 10, shuffled))
    assert math.isclose(
        one["streams"]["s"]["after"]["value"], other["streams"]["s"]["after"]["value"], rel_tol=1e-9
    )
    left = 1000 * math.prod(1 - share / 100 for share in shares)
    assert math.isclose(one["streams"]["s"]["after"]["value"], left, rel_tol=1e-9, abs_tol=1e-9)


@given(st.lists(st.integers(-50, 100), min_size=2, max_size=6), st.randoms(use_true_random=False))
@SOME
def test_the_order_of_uncapped_amounts_does_not_change_the_bundle(
    amounts: list[int], random: Any
) -> None:
    effects = [f"reduce: {amount} t/year" for amount in amounts]
    shuffled = list(effects)
    random.shuffle(shuffled)
    for order in (effects, shuffled):
        data = result_of(plant(1000, 10, order))
        assert math.isclose(
            data["streams"]["s"]["after"]["value"], 1000 - sum(amounts), rel_tol=1e-9
        )
        assert math.isclose(
            data["totals"]["annual_saving"]["value"], 10 * sum(amounts), rel_tol=1e-9, abs_tol=1e-9
        )


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 100)), min_size=1, max_size=8))
@SOME
def test_increments_sum_to_the_bundle_and_nothing_falls_below_zero(
    effects: list[tuple[bool, int]],
) -> None:
    texts = [f"reduce: {size} {'%' if is_share else 't/year'}" for is_share, size in effects]
    data = result_of(plant(150, 7, texts))
    assert 0 <= data["streams"]["s"]["after"]["value"] <= 150
    increments = [measure["annual_saving"]["value"] for measure in data["measures"]]
    alone = [measure["stand_alone"]["annual_saving"]["value"] for measure in data["measures"]]
    total = data["totals"]["annual_saving"]["value"]
    assert math.isclose(math.fsum(increments), total, rel_tol=1e-9, abs_tol=1e-6)
    assert math.isclose(
        math.fsum(alone), total + data["totals"]["overlap"]["value"], rel_tol=1e-9, abs_tol=1e-6
    )
    assert math.isclose(
        total, 7 * data["streams"]["s"]["saving"]["value"], rel_tol=1e-9, abs_tol=1e-6
    )
    assert all(item["holds"] for item in data["identities"])


@given(st.lists(SHARES, min_size=1, max_size=4), st.lists(SHARES, min_size=1, max_size=4))
@SOME
def test_measures_on_streams_of_their_own_add(first: list[int], second: list[int]) -> None:
    streams = "streams:\n" + "".join(
        f"  {name}: {{kind: energy, quantity: 1 000 t/year, price: 5 VND/t}}\n" for name in "ab"
    )

    def measures(stream: str, shares: list[int]) -> str:
        return "".join(
            f"  - {{id: {stream}{at}, title: M, effects: {{stream: {stream}, reduce: {share} %}}}}\n"
            for at, share in enumerate(shares)
        )

    def total(text: str) -> float:
        return float(
            result_of(HEAD + streams + "measures:\n" + text)["totals"]["annual_saving"]["value"]
        )

    together = total(measures("a", first) + measures("b", second))
    assert math.isclose(
        together,
        total(measures("a", first)) + total(measures("b", second)),
        rel_tol=1e-9,
        abs_tol=1e-9,
    )


# ---- the text around the figures ------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_blank_lines_comments_and_line_ends_change_no_result(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    plain = result_of(text)
    lines = text.rstrip("\n").split("\n")
    for other in (
        "\n\n".join(lines) + "\n",
        "\r\n".join(lines) + "\r\n",
        "\ufeff" + text,
        "# a comment\n"
        + "\n".join(f"{line}   # said" if line.endswith("}") else line for line in lines),
    ):
        changed = result_of(other)
        for data in (plain, changed):
            for key in ("provenance", "diagnostics"):
                data.pop(key, None)
        assert changed == plain


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_json_goes_there_and_back_and_is_the_same_each_time(path: Path) -> None:
    outcome = assess(path.read_bytes(), str(path), Options())
    again = assess(path.read_bytes(), str(path), Options())
    assert outcome.result is not None
    assert again.result is not None
    text = dumps(
        result_data(outcome.result, [describe(d, outcome.ids) for d in outcome.diagnostics])
    )
    assert dumps(json.loads(text)) == text
    assert (
        dumps(result_data(again.result, [describe(d, again.ids) for d in again.diagnostics]))
        == text
    )
    assert "NaN" not in text
    assert "Infinity" not in text
