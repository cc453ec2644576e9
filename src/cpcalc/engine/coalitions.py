"""Order-free shares from what every coalition saves, coalitions that leave the same state and size taken as one.

The coalitions are built measure by measure: after each, a coalition is known by its size and by what it leaves for
those to come. Those that agree in both have the same future, so they are one node with a count; a second pass, from the
last measure back to the first, gives each measure its mean increment. Measures of a kind, and streams that are used up,
keep the nodes few; where nothing agrees, they are 2^n.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from typing import NamedTuple

from cpcalc.calc.sharing import size_weights
from cpcalc.engine.columns import Column, ColumnWorkings
from cpcalc.engine.games import Game, Kind, Step, Variable

# States are one if they agree to this many digits of the largest: what floats can tell after some steps.
DIGITS = 12
# Where fewer than one in so many nodes agree with another, nothing is compared until they are so many times as many.
WORTHWHILE = 8
# A step of the engine takes as long as the arithmetic of so many nodes.
NODES_OF_A_STEP = 100


ACTING = (Kind.ACT, Kind.BOTH)
State = dict[Variable, Column | float]


class TooManyStates(Exception):  # noqa: N818  (an answer, not an error)
    """More coalitions differ than are looked at."""


class _Nodes(NamedTuple):
    """The coalitions after some steps, those with one future together."""

    sizes: list[int]
    bits: list[int]  # which of the measures that others still require are acting
    counts: list[float]
    state: State
    compare_from: int = 0  # how many there must be to look for those that agree


class _Link(NamedTuple):
    """Where the nodes before a step lead: without the measure and, where it is drawn, with it."""

    player: int
    counts: list[float]
    without: list[int]
    with_it: list[int] | None


class Cone(NamedTuple):
    """What one measure's earnings depend on."""

    members: list[
        int
    ]  # the measures that matter to it, and all that these require, in the order of the bundle
    last: int  # itself, the last to act
    variables: list[Set[Variable]]  # what matters to it after each position before its own


def coalition_shares(
    game: Game, cone: Cone, never_cut: Set[str], allowance: int
) -> tuple[dict[int, float], int]:
    """The order-free shares of all that matter in what one measure earns, and how much of the allowance that took.

    Raises ``TooManyStates`` beyond ``allowance``, counted in nodes. Source: Shapley (1953).
    """
    workings = ColumnWorkings(never_cut)
    nodes = _Nodes([0], [0], [1.0], dict(game.start))
    links: list[_Link] = []
    taken = 0
    steps = game.schedule(cone.members)
    end = next(
        place
        for place, step in enumerate(steps)
        if step.player == cone.last and step.kind in ACTING
    )
    for step in steps[:end]:
        taken += NODES_OF_A_STEP + len(nodes.sizes)
        if taken > allowance:
            raise TooManyStates
        after = nodes.state
        if step.kind in ACTING:
            after = game.leave(step.player, nodes.state, workings)
            after = {
                name: _where(nodes.bits, step.needed, value, nodes.state[name])
                for name, value in after.items()
            }
            kept = cone.variables[step.player]
            after, before = (_only(kept, state, game) for state in (after, nodes.state))
            nodes = nodes._replace(state=before)
        link, nodes = _next(nodes, step, after)
        links.append(link)
    _, money = game.act(cone.last, nodes.state, workings)
    return _backwards(nodes, steps[end], money, links, len(cone.members)), taken


def _only(kept: Set[Variable], state: State, game: Game) -> State:
    """The state as far as it matters; for the rest any positive number does."""
    return {
        name: value if name in kept else game.start[name] or 1.0 for name, value in state.items()
    }


def _next(nodes: _Nodes, step: Step, after: State) -> tuple[_Link, _Nodes]:
    """The nodes after a step, and how those before lead to them."""
    count, flag = len(nodes.sizes), 1 << step.player
    sizes, bits, counts, state = nodes.sizes, nodes.bits, nodes.counts, after
    if step.kind in (Kind.DRAW, Kind.BOTH):
        with_it = bits
        if step.kind is Kind.DRAW:
            with_it = [
                present | flag if present & step.needed == step.needed else present
                for present in bits
            ]
        sizes, bits, counts = sizes + [size + 1 for size in sizes], bits + with_it, counts + counts
        state = {name: _joined(value, after[name], count) for name, value in nodes.state.items()}
    elif step.kind is Kind.FORGET:
        bits = [present & ~flag for present in bits]
    after_it = _Nodes(sizes, bits, counts, state, nodes.compare_from)
    places, merged = (
        _merged(after_it)
        if len(sizes) >= nodes.compare_from
        else (list(range(len(sizes))), after_it)
    )
    if len(places) == count:
        return _Link(step.player, nodes.counts, places, None), merged
    return _Link(step.player, nodes.counts, places[:count], places[count:]), merged


def _merged(nodes: _Nodes) -> tuple[list[int], _Nodes]:
    """The place of each node among those that differ, and these."""
    columns = {
        name: value.values for name, value in nodes.state.items() if isinstance(value, Column)
    }
    known: dict[tuple[float, ...], int] = {}
    keys = zip(nodes.sizes, nodes.bits, *map(_rounded, columns.values()), strict=True)
    places = [known.setdefault(key, len(known)) for key in keys]
    firsts: list[int] = []
    counts = [0.0] * len(known)
    for position, (place, count) in enumerate(zip(places, nodes.counts, strict=True)):
        if place == len(firsts):
            firsts.append(position)
        counts[place] += count
    state = dict(nodes.state)
    for name, values in columns.items():
        state[name] = Column([values[first] for first in firsts])
    sizes, bits = ([column[first] for first in firsts] for column in (nodes.sizes, nodes.bits))
    is_worthwhile = len(places) - len(firsts) >= len(places) / WORTHWHILE
    return places, _Nodes(
        sizes, bits, counts, state, 0 if is_worthwhile else WORTHWHILE * len(firsts)
    )


def _rounded(values: list[float]) -> list[float]:
    largest = max(map(abs, values)) or 1.0
    return [round(value / largest, DIGITS) for value in values]


def _backwards(
    nodes: _Nodes, step: Step, money: Column | float, links: Sequence[_Link], players: int
) -> dict[int, float]:
    """The shares, from what the last step earns back to the first draw.

    With V what a coalition S earns in the end and w the weight of a coalition's size, a measure's share is the sum of
    w(|S| - 1) V over the coalitions it is in (``inside``) less that of w(|S|) V over the others (``outside``).
    """
    weights = size_weights(players)
    earned = _values(_where(nodes.bits, step.needed, money, 0.0), len(nodes.sizes))
    shares: dict[int, float] = {}
    if step.kind is Kind.BOTH:
        inside = [weights[size] * value for size, value in zip(nodes.sizes, earned, strict=True)]
        outside = [
            weights[size + 1] * value for size, value in zip(nodes.sizes, earned, strict=True)
        ]
        shares[step.player] = sum(
            count * value for count, value in zip(nodes.counts, inside, strict=True)
        )
    else:
        inside = [
            weights[size - 1] * value for size, value in zip(nodes.sizes, earned, strict=True)
        ]
        outside = [weights[size] * value for size, value in zip(nodes.sizes, earned, strict=True)]
    for link in reversed(links):
        if link.with_it is None:
            inside, outside = (
                [values[place] for place in link.without] for values in (inside, outside)
            )
            continue
        ways = list(zip(link.without, link.with_it, strict=True))
        shares[link.player] = sum(
            count * (inside[present] - outside[absent])
            for count, (absent, present) in zip(link.counts, ways, strict=True)
        )
        inside, outside = (
            [values[absent] + values[present] for absent, present in ways]
            for values in (inside, outside)
        )
    return shares


def _where(
    bits: Sequence[int], needed: int, new: Column | float, old: Column | float
) -> Column | float:
    """The new number of the coalitions that hold all that is needed, the old one of the others."""
    if not needed or new is old:
        return new
    news, olds = _values(new, len(bits)), _values(old, len(bits))
    return Column(
        [
            a if present & needed == needed else b
            for present, a, b in zip(bits, news, olds, strict=True)
        ]
    )


def _joined(without: Column | float, with_it: Column | float, count: int) -> Column | float:
    if without is with_it and not isinstance(without, Column):
        return without
    return Column(_values(without, count) + _values(with_it, count))


def _values(value: Column | float, count: int) -> list[float]:
    return value.values if isinstance(value, Column) else [value] * count
