"""Exact order-free shares of one cluster: each measure's earnings by the shortest way that is exact for them.

What a measure earns depends only on those before it that change something it finds. The order-free shares are linear in
what is shared, so each measure's earnings are a game of their own, among these few only. All earnings that are
polynomials are shared at once, without coalitions; for each of the others the coalitions of its few are built.
"""

from __future__ import annotations

from collections.abc import Mapping, Set

from cpcalc.calc.sharing import quadrature
from cpcalc.engine.caps import never_cut
from cpcalc.engine.coalitions import Cone, TooManyStates, coalition_shares
from cpcalc.engine.games import LEFT, RATIO, Game, Variable
from cpcalc.engine.mixing import Maps, lifted, mixed_shares, width
from cpcalc.engine.polynomials import (
    ROUNDING,
    Polynomial,
    PolynomialWorkings,
    multiple,
    polynomial,
    variable,
)

# A second or two: coalitions that differ, so any 18 measures and more of those that leave the same behind; and means
# that are carried through all steps for all quadrature nodes, so some 700 measures, fewer where many
# requirements are open at a time.
MOST_STATES = 1 << 19
MOST_MEANS = 1 << 18


def exact_shares(game: Game) -> list[float] | None:
    """The order-free share of each player in what all earn; None where more coalitions differ than are looked at."""
    count = len(game.players)
    shares = [0.0] * count
    safe = never_cut(game.resolved.streams, game.players)
    rest = list(range(count))
    steps = game.schedule(rest)
    if safe is not None and width(steps) * len(quadrature(count)) <= MOST_MEANS:
        maps = _maps(game, safe, in_proportion=_proportions(game))
        layers = {player: found for player in rest if (found := maps.needed(player)) is not None}
        shares = mixed_shares(steps, lifted(game, maps, layers))
        rest = [player for player in rest if player not in layers]
    plain = None if safe is None or not rest else _maps(game, safe, in_proportion={})
    allowance = MOST_STATES
    for player in rest:
        try:
            found_shares, taken = coalition_shares(
                game, _cone(game, plain, player), safe or frozenset(), allowance
            )
        except TooManyStates:
            return None
        allowance -= taken
        for member, share in found_shares.items():
            shares[member] += share
    return shares


# ---- what each measure finds and leaves -----------------------------------------------------------------------------


def _proportions(game: Game) -> dict[Variable, tuple[Variable, float]]:
    """Parts and ratios, which follow a stream in proportion until something else acts on either."""
    found = {}
    for name, start in game.start.items():
        whole = name.fuel if name.kind == RATIO else game.resolved.streams[name.stream].parent
        quantity = game.start.get(Variable(LEFT, whole)) if whole is not None else None
        if name.kind in (LEFT, RATIO) and whole is not None and quantity:
            found[name] = (Variable(LEFT, whole), start / quantity)
    return found


def _maps(
    game: Game, safe: Set[str], in_proportion: dict[Variable, tuple[Variable, float]]
) -> Maps:
    """Every measure's act as polynomials in what it finds.

    ``in_proportion`` are variables that stay a share of another until a measure changes that; what is taken off a
    stream lowers them in a ratio that is no polynomial otherwise.
    """
    workings = PolynomialWorkings(safe)
    changes, anyway, earns = [], [], []

    for player in range(len(game.players)):
        before = {name: _value(name, in_proportion) for name in game.start}
        after, money = game.act(player, before, workings)
        changed, without = {}, {}
        for name in game.start:
            now = polynomial(after[name])
            if name in in_proportion:
                whole, share = in_proportion[name]
                ratio = multiple(now, polynomial(after[whole]))
                if ratio is not None and abs(ratio - share) <= ROUNDING * share:
                    continue
                without[name] = before[name]
            if now != before[name]:
                changed[name] = now
        in_proportion = {
            name: found for name, found in in_proportion.items() if name not in without
        }
        changes.append(changed)
        anyway.append(without)
        earns.append(polynomial(money))
    return Maps(changes, anyway, earns)


def _value(name: Variable, in_proportion: Mapping[Variable, tuple[Variable, float]]) -> Polynomial:
    """A variable by itself, or as its share of another."""
    if name in in_proportion:
        whole, share = in_proportion[name]
        of_whole = _value(whole, in_proportion)
        return of_whole * share
    return variable(name)


def _cone(game: Game, maps: Maps | None, player: int) -> Cone:
    """The players and variables that what one earns depends on; without maps, all of them."""
    needed = set(game.start) if maps is None else set(maps.earns[player].reads)
    members = {player} if maps is not None else set(range(player + 1))
    cones: list[Set[Variable]] = []
    for before in reversed(range(player)):
        cones.append(needed)
        if maps is None:
            continue
        written = needed & maps.changes[before].keys()
        if written:
            members.add(before)
            needed = needed.union(*(maps.changes[before][name].reads for name in written))
    pending = list(members)
    while pending:
        further = set(game.requires[pending.pop()]) - members
        members |= further
        pending += further
    return Cone(sorted(members), player, cones[::-1])
