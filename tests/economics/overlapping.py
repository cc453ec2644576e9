"""Clusters of overlapping measures for the tests of order-free shares, and their shares by definition."""

from __future__ import annotations

import math
from unittest.mock import patch

from hypothesis import strategies as st
from small_bundle import outcome_of

from cpcalc.engine.exact import exact_shares
from cpcalc.engine.games import Game, PlainWorkings

BOILER = """basis: {currency: VND}
streams:
  coal: {kind: energy, quantity: 1000 t/year, price: 3 VND/t}
  dryer: {part-of: coal, share: 30 %}
  fan: {part-of: dryer, share: 50 %}
  steam: {kind: energy, quantity: 2000 t/year, made-from: {coal: 0.3 t/t}}
  wash: {part-of: steam, share: 20 %}
  hot: {kind: energy, quantity: 500 t/year, made-from: {steam: 0.5 t/t}}
  oven: {kind: energy, made-from: {coal: 0.5 t/t}}
  husk: {kind: energy, price: 0.2 VND/t}
  straw: {kind: energy, price: 0.1 VND/t, quantity: 0 t/year}
  ash: {kind: solid-waste, follows: {coal: 0.2 t/t}, price: 0.5 VND/t}
measures:
"""
# Of each kind of effect some that leave enough for all others and some that do not.
EFFECTS = (
    "{stream: coal, reduce: 12 %}",
    "{stream: coal, reduce: 100 %}",
    "{stream: coal, reduce: 30 t/year}",
    "{stream: coal, reduce: 700 t/year}",
    "{stream: coal, increase: 3 %}",
    "{stream: coal, increase: 20 t/year}",
    "{stream: dryer, reduce: 15 %}",
    "{stream: dryer, reduce: 170 t/year}",
    "{stream: fan, reduce: 40 t/year}",
    "{stream: steam, reduce: 25 %}",
    "{stream: steam, reduce: 60 t/year}",
    "{stream: steam, increase: 90 t/year}",
    "{stream: wash, reduce: 100 t/year}",
    "{stream: wash, reduce: 10 %, worth: 40 VND/year}",
    "{stream: hot, reduce: 20 %}",
    "{stream: hot, reduce: 300 t/year}",
    "{stream: oven, reduce: 50 t/year}",
    "{stream: coal, replace-by: husk, share: 40 %, ratio: 1.9 t/t}",
    "{stream: coal, replace-by: straw, share: 100 %, ratio: 2.1 t/t}",
    "{stream: straw, reduce: 20 %}",
    "{stream: ash, reduce: 30 %}",
    "{stream: ash, reduce: 90 t/year}",
    "{stream: ash, increase: 10 %}",
)
MONEY = ", benefits: {saves: 7 VND/year, as: material}"

Drawn = list[tuple[list[str], int | None, bool]]  # effects, the measure required, money of its own


def drawn(most: int) -> st.SearchStrategy[Drawn]:
    """Measures with one or two effects, some of which require another."""
    effects = st.lists(st.sampled_from(EFFECTS), min_size=1, max_size=2)
    required = st.one_of(st.none(), st.none(), st.integers(0, most - 1))
    return st.lists(st.tuples(effects, required, st.booleans()), min_size=2, max_size=most)


def file_of(measures: Drawn) -> str:
    """The file with these measures; requirements that would close a circle, or name nothing, are left out."""
    lines = []
    for position, (effects, required, has_money) in enumerate(measures):
        # half of the requirements point forwards in the file: m0 and m1 to later ones, the others to earlier ones
        allowed = range(position + 1, len(measures)) if position < 2 else range(2, position)
        link = f"requires: [m{required}], " if required in allowed else ""
        money = MONEY if has_money else ""
        lines.append(
            f"  - {{id: m{position}, title: M, {link}effects: [{', '.join(effects)}]{money}}}"
        )
    return BOILER + "\n".join(lines) + "\n"


def games_of(text: str) -> list[tuple[Game, list[float] | None]]:
    """The games of a file, with the shares found; none where the file has errors."""
    noted: list[tuple[Game, list[float] | None]] = []

    def noting(game: Game) -> list[float] | None:
        noted.append((game, exact_shares(game)))
        return noted[-1][1]

    with patch("cpcalc.engine.exact.exact_shares", noting):
        outcome_of(text)
    return noted


def all_required(game: Game) -> list[int]:
    """For each player itself and all it requires, directly or not, as bits."""
    count = len(game.players)
    found = [1 << player for player in range(count)]
    for _ in range(count):
        for player in range(count):
            for other in game.requires[player]:
                found[player] |= found[other]
    return found


def by_definition(game: Game) -> list[float]:
    """The shares from all coalitions, each worked out on its own by the engine's steps on plain numbers."""
    count, needed = len(game.players), all_required(game)
    worth = []
    for coalition in range(1 << count):
        state, saved = game.start, 0.0
        for player in range(count):
            if coalition & needed[player] == needed[player]:
                state, money = game.act(player, state, PlainWorkings())
                saved += money
        worth.append(saved)
    shares = [0.0] * count
    for coalition, value in enumerate(worth):
        for player in range(count):
            if coalition >> player & 1:
                size = coalition.bit_count()
                increment = value - worth[coalition ^ 1 << player]
                shares[player] += increment / (count * math.comb(count - 1, size - 1))
    return shares
