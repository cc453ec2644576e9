"""Order-free shares: the vector, and every short cut against all orders, worked out by the engine itself."""

from __future__ import annotations

import itertools
import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_bundle import line, outcome_of, result_of, value

STREAMS = """basis: {currency: VND}
streams:
  coal: {kind: energy, quantity: 1000 t/year, price: 3 VND/t}
  dryer: {part-of: coal, share: 30 %}
  steam: {kind: energy, quantity: 2000 t/year, made-from: {coal: 0.14 t/t}}
  husk: {kind: energy, price: 0.2 VND/t}
  water: {kind: water, quantity: 1000 m3/year, price: 1 VND/m3}
  wastewater: {kind: wastewater, follows: {water: 0.8 m3/m3}, price: 0.5 VND/m3}
  power: {kind: energy, price: 2 VND/kWh}
measures:
"""
EFFECTS = (
    "{stream: coal, reduce: 20 %}",
    "{stream: coal, reduce: 80 t/year}",
    "{stream: coal, reduce: 700 t/year}",
    "{stream: coal, increase: 50 t/year}",
    "{stream: dryer, reduce: 15 %}",
    "{stream: dryer, reduce: 60 t/year}",
    "{stream: steam, reduce: 25 %}",
    "{stream: steam, reduce: 300 t/year}",
    "{stream: coal, replace-by: husk, share: 40 %, ratio: 1.9 t/t}",
    "{stream: water, reduce: 10 %}",
    "{stream: water, reduce: 100 m3/year}",
    "{stream: wastewater, reduce: 30 %}",
    "{stream: coal, reduce: 10 %, worth: 400 VND/year}",
    "{stream: power, reduce: 10 %, worth: 90 VND/year}",
    "{stream: power, reduce: 20 %, worth: 70 VND/year}",
)


def measures(
    effects: list[str], requires: dict[int, int] | None = None, only: set[int] | None = None
) -> str:
    """A file whose measures have these effects; ``only`` keeps some of them."""
    lines = []
    for position, effect in enumerate(effects):
        if only is None or position in only:
            needed = (requires or {}).get(position)
            link = f"requires: [m{needed}], " if needed is not None else ""
            lines.append(f"  - {{id: m{position}, title: M, {link}effects: {effect}}}")
    return STREAMS + "\n".join(lines) + "\n"


def bundle_saving(effects: list[str], members: set[int]) -> float:
    """What a coalition saves: the bundle of a file with only its measures."""
    if not members:
        return 0.0
    outcome = outcome_of(measures(effects, only=members))
    assert outcome.result is not None
    return value(outcome.result.totals.annual_saving)


def over_all_orders(effects: list[str], requires: dict[int, int]) -> list[float]:
    """The mean of each measure's increments over all orders, by definition."""
    count = len(effects)
    known = {}
    for size in range(count + 1):
        for members in itertools.combinations(range(count), size):
            active = set(members)
            while lacking := {item for item in active if requires.get(item, item) not in active}:
                active -= lacking
            known[frozenset(members)] = bundle_saving(effects, active)
    shares = [0.0] * count
    for order in itertools.permutations(range(count)):
        present: set[int] = set()
        for item in order:
            before = known[frozenset(present)]
            present.add(item)
            shares[item] += known[frozenset(present)] - before
    return [share / math.factorial(count) for share in shares]


def test_the_vector() -> None:
    effects = [f"{{stream: coal, reduce: {percent} %}}" for percent in (20, 15, 10)]
    result = result_of(measures(effects).replace("price: 3 VND/t", "price: 1 VND/t"))
    assert value(result.totals.annual_saving) == pytest.approx(388)
    assert value(result.totals.overlap) == pytest.approx(62)
    found = [line(result, f"m{position}") for position in range(3)]
    assert [value(item.order_free_saving) for item in found] == pytest.approx([176.0, 128.5, 83.5])
    assert [value(item.stand_alone.annual_saving) for item in found if item.stand_alone] == [
        200,
        150,
        100,
    ]
    assert any(item.name == "order-free shares = bundle" for item in result.identities)


@given(st.lists(st.sampled_from(EFFECTS), min_size=2, max_size=4), st.booleans())
@settings(max_examples=25, deadline=None, derandomize=True)
def test_agrees_with_all_orders(effects: list[str], linked: bool) -> None:
    requires = {1: 0} if linked else {}
    text = measures(effects, requires)
    outcome = outcome_of(text)
    assert outcome.result is not None
    found = [
        value(line(outcome.result, f"m{position}").order_free_saving)
        for position in range(len(effects))
    ]
    expected = over_all_orders(effects, requires)
    scale = max(map(abs, expected), default=1.0) or 1.0
    assert found == pytest.approx(expected, abs=1e-9 * scale)


def test_many_percentages_on_one_stream_need_no_coalitions() -> None:
    draw = random.Random(3)
    shares = [draw.randint(1, 9) for _ in range(40)]
    result = result_of(measures([f"{{stream: coal, reduce: {share} %}}" for share in shares]))
    found = [value(line(result, f"m{position}").order_free_saving) for position in range(40)]
    assert sum(found) == pytest.approx(value(result.totals.annual_saving), rel=1e-12)
    assert (
        len({round(a / b, 6) for a, b in zip(found, shares, strict=True) if b == 5}) == 1
    )  # equals share equally


def test_percentages_and_amounts_of_many_measures_on_a_stream_and_its_part() -> None:
    effects = [
        f"{{stream: {'dryer' if n % 3 else 'coal'}, reduce: {'2 %' if n % 3 != 1 else '3 t/year'}}}"
        for n in range(30)
    ]
    result = result_of(measures(effects))
    found = [value(line(result, f"m{position}").order_free_saving) for position in range(30)]
    assert sum(found) == pytest.approx(value(result.totals.annual_saving), rel=1e-12)


def test_where_nothing_overlaps_the_share_is_the_increment() -> None:
    result = result_of(
        measures(["{stream: coal, reduce: 10 t/year}", "{stream: water, reduce: 10 %}"])
    )
    for name in ("m0", "m1"):
        assert line(result, name).order_free_saving is line(result, name).annual_saving


def test_the_later_of_two_that_exclude_each_other_has_no_share() -> None:
    text = measures(["{stream: coal, reduce: 10 %}", "{stream: coal, reduce: 20 %}"])
    result = result_of(text.replace("{id: m1,", "{id: m1, excludes: [m0],"))
    assert line(result, "m1").order_free_saving is None
    assert value(line(result, "m0").order_free_saving) == 300
