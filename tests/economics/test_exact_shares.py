"""Every short cut to order-free shares against all coalitions, and clusters too large for these."""

from __future__ import annotations

import random
from collections.abc import Callable
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from overlapping import BOILER, Drawn, by_definition, drawn, file_of, games_of
from small_bundle import code, line, outcome_of, result_of, value

from cpcalc.calc.sharing import order_free_percentage, quadrature, size_weights
from cpcalc.engine import exact
from cpcalc.engine.caps import never_cut
from cpcalc.engine.columns import Column
from cpcalc.engine.games import Game, Variable
from cpcalc.engine.polynomials import variable


def bundle(effects: list[str], requires: dict[int, int] | None = None) -> str:
    """A file whose measures have these effects."""
    return file_of([]) + "".join(
        f"  - {{id: m{position}, title: M, "
        + (f"requires: [m{requires[position]}], " if requires and position in requires else "")
        + f"effects: {effect}}}\n"
        for position, effect in enumerate(effects)
    )


def shares_of(text: str) -> list[float]:
    """The order-free shares of a file, which must sum to the bundle."""
    result = result_of(text)
    assert any(item.name == "order-free shares = bundle" for item in result.identities)
    found = [value(item.line.order_free_saving) for item in result.measures]
    assert sum(found) == pytest.approx(value(result.totals.annual_saving), rel=1e-9)
    return found


def only_coalitions(game: Game) -> list[float] | None:
    with patch.object(exact, "MOST_MEANS", 0):
        return exact.exact_shares(game)


def whole_coalitions(game: Game) -> list[float] | None:
    with patch.object(exact, "never_cut", lambda *_: None):
        return exact.exact_shares(game)


@pytest.mark.parametrize(
    "way", [exact.exact_shares, only_coalitions, whole_coalitions], ids=lambda way: way.__name__
)
@given(measures=drawn(5))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_every_way_agrees_with_all_coalitions(
    way: Callable[[Game], list[float] | None], measures: Drawn
) -> None:
    for game, _ in games_of(file_of(measures)):
        expected = by_definition(game)
        scale = max(map(abs, expected)) or 1.0
        assert way(game) == pytest.approx(expected, abs=1e-9 * scale)


@given(measures=drawn(6))
@settings(max_examples=40, deadline=None, derandomize=True)
def test_shares_sum_to_what_all_earn_and_a_measure_that_changes_nothing_gets_nothing(
    measures: Drawn,
) -> None:
    idle = "{stream: husk, reduce: 0 %}"
    for game, shares in games_of(file_of([*measures, ([idle], None, False)])):
        assert shares is not None
        scale = max(map(abs, shares)) or 1.0
        assert sum(shares) == pytest.approx(sum(by_definition(game)), abs=1e-9 * scale)
        last = len(game.players) - 1
        if game.players[last].measure.id == f"m{len(measures)}" and not any(
            last in needed for needed in game.requires
        ):
            assert shares[-1] == pytest.approx(0, abs=1e-9 * scale)


def test_what_is_exchanged_by_symmetry_gets_the_same() -> None:
    for effect in ("{stream: hot, reduce: 9 %}", "{stream: coal, reduce: 600 t/year}"):
        others = ["{stream: coal, reduce: 5 %}", "{stream: steam, reduce: 7 %}"]
        first, second, *_ = shares_of(bundle([effect, effect, *others]))
        assert first == pytest.approx(second, rel=1e-12)


# ---- many measures --------------------------------------------------------------------------------------------------

PROPORTIONS = (
    "{stream: coal, reduce: %d %%}",
    "{stream: steam, reduce: %d %%}",
    "{stream: hot, reduce: %d %%}",
)
AMOUNTS = (
    "{stream: fan, reduce: %d t/year}",
    "{stream: wash, reduce: %d t/year}",
    "{stream: hot, reduce: %d t/year}",
)
SWITCH = "{stream: coal, replace-by: husk, share: %d %%, ratio: 1.9 t/t}"


def boiler_house(count: int) -> list[str]:
    draw = random.Random(count)
    return [
        draw.choice((*PROPORTIONS, *AMOUNTS, SWITCH)) % draw.randint(1, 3) for _ in range(count)
    ]


@pytest.mark.parametrize("count", [30, 60])
def test_many_measures_on_a_boiler_house_have_shares(count: int) -> None:
    assert len(shares_of(bundle(boiler_house(count)))) == count


def test_the_first_of_many_measures_agree_with_all_coalitions() -> None:
    [(game, shares)] = games_of(bundle(boiler_house(9)))
    assert shares == pytest.approx(by_definition(game), rel=1e-9)


@pytest.mark.parametrize(
    "requires",
    [
        {position: position - 1 for position in range(1, 40)},
        dict.fromkeys(range(1, 40), 0),
        dict.fromkeys(range(39), 39),
        {position: position - (position % 4 or 4) for position in range(1, 40) if position != 4},
    ],
    ids=["chain", "one-first", "one-last", "tree"],
)
def test_many_measures_that_require_each_other_have_shares(requires: dict[int, int]) -> None:
    shares_of(bundle(boiler_house(40), requires))


def test_a_thousand_that_require_each_other_backwards_are_no_recursion() -> None:
    text = bundle(
        ["{stream: hot, reduce: 0.1 %}"] * 1200,
        {position: position + 1 for position in range(1199)},
    )
    outcome = outcome_of(text)
    assert outcome.result is not None
    assert code(line(outcome.result, "m0").order_free_saving) == "undefined"


def test_hundreds_of_percentages_go_together() -> None:
    found = shares_of(bundle(["{stream: hot, reduce: 0.2 %}"] * 200))
    assert found == pytest.approx([sum(found) / 200] * 200, rel=1e-9)


def test_amounts_off_the_fuel_before_all_else_need_no_coalitions() -> None:
    effects = [
        "{stream: coal, reduce: 7 t/year}",
        "{stream: coal, reduce: 2 %}",
    ] * 10 + boiler_house(20)
    shares_of(bundle(effects))
    [(game, shares)] = games_of(bundle(effects[:4] + boiler_house(4)))
    assert shares == pytest.approx(by_definition(game), rel=1e-9)


def test_measures_of_a_kind_whose_caps_bite_are_few_coalitions() -> None:
    found = shares_of(bundle(["{stream: wash, reduce: 30 t/year}"] * 60))
    assert found == pytest.approx([400 * 0.3 * (3 + 0.5 * 0.2) / 60] * 60, rel=1e-9)


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
    games = games_of(bundle(effects).replace(BOILER, streams))
    assert len(games) == 2
    for game, shares in games:
        for found in (shares, only_coalitions(game), whole_coalitions(game)):
            assert found == pytest.approx(by_definition(game), rel=1e-9)


def test_caps_that_bite_on_streams_apart_are_games_apart() -> None:
    effects = [
        f"{{stream: {'fan' if n % 2 else 'wash'}, reduce: {11 + n}.{n + 10} t/year}}"
        for n in range(28)
    ]
    shares_of(bundle(effects))


def test_too_many_coalitions_that_differ_leave_the_shares_open_and_say_so() -> None:
    effects = [
        f"{{stream: coal, reduce: {n}.{n + 10} t/year}}"
        if n % 2
        else f"{{stream: steam, reduce: 1.{n + 10} %}}"
        for n in range(24)
    ]
    with patch.object(exact, "MOST_STATES", 1 << 9):
        outcome = outcome_of(bundle(effects))
    assert outcome.result is not None
    assert code(line(outcome.result, "m0").order_free_saving) == "undefined"
    assert all(item.holds for item in outcome.result.identities)


# ---- the argument about caps ----------------------------------------------------------------------------------------


def never_cut_of(*effects: str, streams: str = BOILER) -> frozenset[str] | None:
    text = bundle([*effects, "{stream: coal, reduce: 1 %}", "{stream: coal, reduce: 1 %}"])
    [(game, _)] = games_of(text.replace(BOILER, streams))
    return never_cut(game.resolved.streams, game.players)


@pytest.mark.parametrize(
    ("effects", "cut"),
    [
        (["{stream: wash, reduce: 390 t/year}"], set()),
        (["{stream: wash, reduce: 390 t/year}", "{stream: steam, reduce: 10 %}"], set()),
        (["{stream: steam, reduce: 10 %}", "{stream: wash, reduce: 390 t/year}"], {"wash"}),
        (["{stream: fan, reduce: 100 t/year}", "{stream: dryer, reduce: 190 t/year}"], set()),
        (["{stream: fan, reduce: 100 t/year}", "{stream: dryer, reduce: 210 t/year}"], {"dryer"}),
        (["{stream: ash, reduce: 30 %}", "{stream: coal, reduce: 30 %}"], set()),
        (["{stream: ash, reduce: 80 %}", "{stream: coal, reduce: 30 %}"], {"ash"}),
        (["{stream: oven, reduce: 300 t/year}"], None),
        (["{stream: ash, reduce: 3 %}", "{stream: steam, increase: 1 %}"], None),
        (["{stream: coal, reduce: 100 %}", "{stream: steam, increase: 5 t/year}"], None),
    ],
)
def test_which_caps_no_coalition_meets(effects: list[str], cut: set[str] | None) -> None:
    found = never_cut_of(*effects)
    if cut is None:
        assert found is None
    else:
        assert found is not None
        assert set(BOILER_STREAMS) - found == cut


BOILER_STREAMS = ("coal", "dryer", "fan", "steam", "wash", "hot", "oven", "husk", "straw", "ash")


def test_nothing_is_shown_where_what_follows_has_parts() -> None:
    streams = BOILER.replace("measures:", "  slag: {part-of: ash, share: 10 %}\nmeasures:")
    assert never_cut_of("{stream: slag, reduce: 10 %}", streams=streams) is None


# ---- the numbers that stand for many ----


def test_columns_and_polynomials_take_part_in_all_arithmetic() -> None:
    x = variable(Variable("left", "coal"))
    assert (2 - x + x - 2).terms == {}
    assert (6 * x / (3 * x)).terms == {(): 2.0}
    assert (1 / x).terms is None
    assert (1 / x).reads == x.reads
    column = Column([1.0, 2.0, 0.0])
    assert (1 - column).values == [0, -1, 1]
    assert (4 / column).values == [4, 2, 1]  # in proportion to nothing: no change
    assert (-column / 2).values == [-0.5, -1, 0]
    assert (column * column + column - column).values == [1, 4, 0]


# ---- the numbers ----------------------------------------------------------------------------------------------------


def test_quadrature_is_exact_for_polynomials_of_its_degree() -> None:
    for degree in (0, 1, 5, 60, 301):
        found = sum(weight * node**degree for node, weight in quadrature(degree))
        assert found == pytest.approx(1 / (degree + 1), rel=1e-12)


def test_large_percentages_of_many_measures_lose_no_digits() -> None:
    # all but one cut half: the integral of (1 - t/2)^n is (1 - 2^-(n+1)) 2/(n+1)
    assert order_free_percentage(1.0, *[0.5] * 80) == pytest.approx(
        (1 - 2**-81) * 2 / 81, rel=1e-13
    )


def test_weights_of_sizes_sum_to_one_over_all_coalitions_without_a_measure() -> None:
    for count in (1, 2, 7):
        weights = size_weights(count)
        assert sum(
            weights[others.bit_count()] for others in range(1 << count - 1)
        ) == pytest.approx(1)
