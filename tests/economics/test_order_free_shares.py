"""Order-free shares: the vector, and against all orders, each coalition a file of its own."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable, Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from overlapping import BOILER, Drawn, drawn, file_of, requirements
from small_bundle import code, line, outcome_of, result_of, value

from cpcalc.calc.savings import order_free_percentage, quadrature
from cpcalc.engine.overlap import shapley
from cpcalc.figures import Figure, NotApplicable

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


def bundle_saving(text: str) -> float:
    """What all measures of a file save a year; 0 where nothing is stated."""
    outcome = outcome_of(text)
    assert outcome.result is not None
    saving = outcome.result.totals.annual_saving
    return saving.value if isinstance(saving, Figure) else 0.0


def over_all_orders(
    file_with: Callable[[set[int]], str], count: int, requires: Mapping[int, int]
) -> list[float]:
    """The mean of each measure's increments over all orders, by definition."""
    worth: dict[frozenset[int], float] = {}
    for size in range(count + 1):
        for members in itertools.combinations(range(count), size):
            active = set(members)
            while lacking := {item for item in active if requires.get(item, item) not in active}:
                active -= lacking
            worth[frozenset(members)] = bundle_saving(file_with(active)) if active else 0.0
    shares = [0.0] * count
    for order in itertools.permutations(range(count)):
        present: set[int] = set()
        for item in order:
            before = worth[frozenset(present)]
            present.add(item)
            shares[item] += worth[frozenset(present)] - before
    return [share / math.factorial(count) for share in shares]


def shares_of(text: str) -> list[float]:
    """The order-free shares of a file, which must sum to the bundle."""
    result = result_of(text)
    shares = [value(item.line.order_free_saving) for item in result.measures]
    assert sum(shares) == pytest.approx(value(result.totals.annual_saving), rel=1e-9)
    return shares


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
@settings(max_examples=15, deadline=None, derandomize=True)
def test_agrees_with_all_orders(effects: list[str], linked: bool) -> None:
    requires = {1: 0} if linked else {}
    text = measures(effects, requires)
    outcome = outcome_of(text)
    assert outcome.result is not None
    found = [
        value(line(outcome.result, f"m{position}").order_free_saving)
        for position in range(len(effects))
    ]
    expected = over_all_orders(
        lambda members: measures(effects, requires, members), len(effects), requires
    )
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


# ---- a boiler house -------------------------------------------------------------------------------------------------


@given(drawn(5))
@settings(max_examples=20, deadline=None, derandomize=True)
def test_a_boiler_house_agrees_with_all_orders(measures: Drawn) -> None:
    result = outcome_of(file_of(measures)).result
    assert result is not None
    expected = over_all_orders(
        lambda members: file_of(measures, members), len(measures), requirements(measures)
    )
    scale = max(map(abs, expected)) or 1.0
    for item, share in zip(result.measures, expected, strict=True):
        found = item.line.order_free_saving
        assert (found.value if isinstance(found, Figure) else 0) == pytest.approx(
            share, abs=1e-9 * scale
        )


def test_a_measure_that_changes_nothing_gets_nothing() -> None:
    effects = ["{stream: coal, reduce: 12 %}", "{stream: steam, reduce: 60 t/year}"]
    *_, idle = shares_of(bundle([*effects, "{stream: straw, reduce: 5 %}"]))
    assert idle == pytest.approx(0, abs=1e-9)


def test_what_is_exchanged_by_symmetry_gets_the_same() -> None:
    for effect in ("{stream: hot, reduce: 9 %}", "{stream: coal, reduce: 600 t/year}"):
        others = ["{stream: coal, reduce: 5 %}", "{stream: steam, reduce: 7 %}"]
        first, second, *_ = shares_of(bundle([effect, effect, *others]))
        assert first == pytest.approx(second, rel=1e-12)


def test_loads_and_shares_of_unknown_quantities_count_with_their_worth() -> None:
    streams = (
        "basis: {currency: VND}\nstreams:\n"
        "  water: {kind: water, quantity: 1000 m3/year, price: 1 VND/m3}\n"
        "  sewage: {kind: wastewater, follows: {water: 0.8 m3/m3}, price: 0.5 VND/m3, cod: 400 mg/L}\n"
        "  power: {part-of: heat, share: 30 %}\n"
        "  heat: {kind: energy}\n"
        "measures:\n"
    )
    effects = [
        "{stream: water, reduce: 10 %}",
        "{stream: sewage, load: cod, from: 400 mg/L, to: 100 mg/L, worth: 90 VND/year}",
        "{stream: sewage, reduce: 300 m3/year}",
        "{stream: water, reduce: 300 m3/year}",
        "{stream: sewage, reduce: 300 m3/year}",
        "{stream: power, reduce: 20 %, worth: 30 VND/year}",
        "{stream: power, reduce: 40 %, worth: 50 VND/year}",
    ]

    def file_with(members: set[int]) -> str:
        return bundle([effects[member] for member in sorted(members)]).replace(BOILER, streams)

    expected = over_all_orders(file_with, len(effects), {})
    assert shares_of(file_with(set(range(len(effects))))) == pytest.approx(expected, rel=1e-9)


# ---- many measures --------------------------------------------------------------------------------------------------


def bundle(effects: list[str], requires: dict[int, int] | None = None) -> str:
    """A boiler house whose measures have these effects."""
    return file_of([]) + "".join(
        f"  - {{id: m{position}, title: M, "
        + (f"requires: [m{requires[position]}], " if requires and position in requires else "")
        + f"effects: {effect}}}\n"
        for position, effect in enumerate(effects)
    )


def boiler_house(count: int) -> list[str]:
    kinds = ("{stream: coal, reduce: %d %%}", "{stream: wash, reduce: %d t/year}")
    return [kinds[position % 2] % (position % 3 + 1) for position in range(count)]


def test_fourteen_measures_of_all_kinds_have_shares() -> None:
    assert len(shares_of(bundle(boiler_house(14)))) == 14
    shares_of(bundle(boiler_house(14), {position: position - 1 for position in range(1, 14)}))


@pytest.mark.parametrize("requires", [None, {1: 0}])
def test_more_measures_of_all_kinds_are_too_many(requires: dict[int, int] | None) -> None:
    outcome = outcome_of(bundle(boiler_house(15), requires))
    assert outcome.result is not None
    for position in range(15):
        share = line(outcome.result, f"m{position}").order_free_saving
        assert code(share) == "undefined"
        assert isinstance(share, NotApplicable)
        assert share.because == "too-many-overlapping"
    assert all(item.holds for item in outcome.result.identities)


def test_hundreds_that_require_each_other_backwards_are_too_many() -> None:
    requires = {position: position + 1 for position in range(399)}
    outcome = outcome_of(bundle(["{stream: hot, reduce: 0.1 %}"] * 400, requires))
    assert outcome.result is not None
    assert code(line(outcome.result, "m0").order_free_saving) == "undefined"


def test_hundreds_of_percentages_go_together() -> None:
    found = shares_of(bundle(["{stream: hot, reduce: 0.2 %}"] * 200))
    assert found == pytest.approx([sum(found) / 200] * 200, rel=1e-9)


# ---- the numbers ----------------------------------------------------------------------------------------------------


def test_of_two_each_gets_its_own_and_half_of_what_they_share() -> None:
    assert shapley([0, 10, 20, 24]) == [7, 17]


def test_quadrature_is_exact_for_polynomials_of_its_degree() -> None:
    for degree in (0, 1, 5, 60, 301):
        found = sum(weight * node**degree for node, weight in quadrature(degree))
        assert found == pytest.approx(1 / (degree + 1), rel=1e-12)


def test_large_percentages_of_many_measures_lose_no_digits() -> None:
    # all but one cut half: the integral of (1 - t/2)^n is (1 - 2^-(n+1)) 2/(n+1)
    assert order_free_percentage(1.0, *[0.5] * 80) == pytest.approx(
        (1 - 2**-81) * 2 / 81, rel=1e-13
    )
