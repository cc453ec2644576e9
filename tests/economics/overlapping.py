"""Clusters of overlapping measures for the tests of order-free shares."""

from __future__ import annotations

from collections.abc import Set

from hypothesis import strategies as st

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


def requirements(measures: Drawn) -> dict[int, int]:
    """Which measure requires which; what would close a circle, or names nothing, is left out."""
    needed = {}
    for position, (_, required, _) in enumerate(measures):
        # half of the requirements point forwards in the file: m0 and m1 to later ones, others to earlier ones
        allowed = range(position + 1, len(measures)) if position < 2 else range(2, position)
        if required is not None and required in allowed:
            needed[position] = required
    return needed


def file_of(measures: Drawn, only: Set[int] | None = None) -> str:
    """The file with these measures; ``only`` keeps some of them."""
    needed = requirements(measures)
    lines = []
    for position, (effects, _, has_money) in enumerate(measures):
        if only is not None and position not in only:
            continue
        link = f"requires: [m{needed[position]}], " if position in needed else ""
        money = MONEY if has_money else ""
        lines.append(
            f"  - {{id: m{position}, title: M, {link}effects: [{', '.join(effects)}]{money}}}"
        )
    return BOILER + "\n".join(lines) + "\n"
