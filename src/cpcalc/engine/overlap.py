"""Order-free shares of a bundle: what each measure brings on the average over all orders.

Only measures that overlap are looked at, cluster by cluster: streams that hang together (a stream
with its parts, a carrier with its fuels, what follows it, both sides of a fuel switch) and the
measures that act on them. A measure that requires another saves nothing without it, so what it
saves is shared with the one it requires. End-of-pipe measures act after all others and keep their
increment.
"""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import NamedTuple

from cpcalc.calc.savings import difference, order_free_percentage, total
from cpcalc.engine.contributions import Contribution
from cpcalc.engine.flows import Flows
from cpcalc.figures import (
    ROUNDING,
    Figure,
    NotApplicable,
    Reported,
    defined,
    is_whole,
    joined,
    lacking,
)
from cpcalc.resolve.model import AnyEffect, LinkedEffect, LinkedMeasure, Resolved
from cpcalc.results import MeasureResult

# All 2^14 coalitions take some tenths of a second; each further measure doubles that.
MOST_LINKED = 14
UNKNOWN_SAVING = NotApplicable("undefined", "overlap-of-unknown-saving")
TOO_MANY = NotApplicable("undefined", "too-many-overlapping")


def order_free(
    resolved: Resolved, results: Sequence[MeasureResult], alone: Mapping[str, Contribution]
) -> dict[str, Reported]:
    """The order-free share of the annual saving of each measure in the bundle, by id.

    ``alone`` holds what each measure brings by itself.
    """
    inside = {result.id: result for result in results if result.in_bundle}
    shares: dict[str, Reported] = {name: item.line.annual_saving for name, item in inside.items()}
    measures = [measure for measure in resolved.measures if measure.is_cleaner]
    concerned = {
        name
        for name, result in inside.items()
        if result.line.has_overlap or not is_whole(result.line.overlap)
    }
    concerned |= {name for measure in measures for name in measure.requires if name in inside}
    if not concerned:
        return shares
    losses: dict[str, list[Reported]] = defaultdict(list)
    for cluster in clusters_of(resolved, measures):
        if any(player.id in concerned for player in cluster.players):
            for name, loss in _losses(resolved, cluster, alone):
                losses[name].append(loss)
    return shares | {name: _less(inside[name], lost) for name, lost in losses.items()}


def _less(result: MeasureResult, losses: Sequence[Reported]) -> Reported:
    """A measure's stand-alone saving less its share of the overlap, in every cluster it acts on."""
    lost = total(*losses)
    if isinstance(lost, NotApplicable):
        return lost
    alone = result.line.stand_alone
    if alone is None or isinstance(alone.annual_saving, NotApplicable):
        missing = alone.annual_saving.missing if alone is not None else ()
        unknown = UNKNOWN_SAVING._replace(missing=missing)
        return unknown if lost.value else result.line.annual_saving
    return difference(alone.annual_saving, lost)


# ---- which measures meet -------------------------------------------------------------------------


class Cluster(NamedTuple):
    """Streams that hang together, and the measures that act on them in the order of the bundle."""

    streams: frozenset[str]
    players: tuple[LinkedMeasure, ...]  # each with those of its effects that act on these streams


def clusters_of(resolved: Resolved, measures: Sequence[LinkedMeasure]) -> Iterator[Cluster]:
    """The clusters on which more than one of the measures act."""
    cluster_of = _connected(resolved, measures)
    by_cluster: dict[frozenset[str], list[LinkedMeasure]] = defaultdict(list)
    for measure in measures:
        effects: dict[frozenset[str], list[AnyEffect]] = defaultdict(list)
        for effect in measure.effects:
            effects[cluster_of[effect.stream]].append(effect)
        if not effects:
            effects[cluster_of[_own_name(measure)]] = []
        for names, acting in effects.items():
            by_cluster[names].append(replace(measure, effects=tuple(acting)))
    for names, players in by_cluster.items():
        if len(players) > 1:
            yield Cluster(names, tuple(players))


def _connected(resolved: Resolved, measures: Sequence[LinkedMeasure]) -> dict[str, frozenset[str]]:
    """All that hangs together with a name of a stream, or of a measure without effects."""
    names = (*resolved.streams, *map(_own_name, measures))
    cluster_of = {name: frozenset([name]) for name in names}
    for one, other in _links(resolved, measures):
        together = cluster_of[one] | cluster_of[other]
        cluster_of |= dict.fromkeys(together, together)
    return cluster_of


def _links(resolved: Resolved, measures: Sequence[LinkedMeasure]) -> Iterator[tuple[str, str]]:
    """A stream hangs together with its parts, with what follows it, a carrier with its fuels, a
    fuel with the one that a switch puts in its place, and what one measure acts on with what the
    measures act on that it requires.
    """
    for stream in resolved.streams.values():
        for part in stream.parts:
            yield stream.id, part
        for other, _ in (*stream.made_from, *stream.followers):
            yield stream.id, other
    for measure in resolved.measures:
        for effect in measure.effects:
            if effect.target is not None:
                yield effect.stream, effect.target
    touched = {measure.id: _touched(measure) for measure in measures}
    for measure in measures:
        for name in measure.requires:
            if name in touched:
                first, *others = (*touched[measure.id], *touched[name])
                yield from ((first, other) for other in others)


def _own_name(measure: LinkedMeasure) -> str:
    return f"measures.{measure.id}"


def _touched(measure: LinkedMeasure) -> list[str]:
    return [effect.stream for effect in measure.effects] or [_own_name(measure)]


# ---- what each loses -----------------------------------------------------------------------------


def _losses(
    resolved: Resolved, cluster: Cluster, alone: Mapping[str, Contribution]
) -> Iterator[tuple[str, Reported]]:
    """By how much each member's share is below what it saves alone, in this cluster."""
    players = cluster.players
    inside = {player.id for player in players}
    is_linked = any(name in inside for player in players for name in player.requires)
    percentages = None if is_linked else _losses_of_percentages(cluster, alone)
    if percentages is not None:
        yield from percentages
        return
    flows = Flows(resolved)
    in_order = [_earn(resolved, player, flows) for player in players]
    apart = [_earn(resolved, player, Flows(resolved)) for player in players]
    saved, after_others = list(map(_sum, apart)), list(map(_sum, in_order))
    both = zip(saved, after_others, strict=True)
    stated = [[money.amount for money in player.benefits] for player in players]
    amounts = [money for money in chain(*apart, *stated) if isinstance(money, Figure)]
    is_same = [math.isclose(*pair, rel_tol=ROUNDING) for pair in both]
    missing = joined(*(money.missing for money in chain(*apart, *in_order)))
    if not is_linked and all(is_same):
        if missing and amounts:  # what they lose to each other is not known
            nothing = defined(0, amounts[0].unit, "no overlap that is known")
            yield from ((player.id, lacking(nothing, missing)) for player in players)
        return
    if len(players) > MOST_LINKED:
        yield from ((player.id, TOO_MANY) for player in players)
        return
    if not amounts:
        return
    # What is stated as money is earned by a coalition that has all the measure requires.
    own = [_sum(money) if is_linked else 0.0 for money in stated]
    worth = _worth_of_coalitions(resolved, players, own)
    text = f"order-free share of the overlap of {len(players)} measures"
    for player, loner, benefits, share in zip(players, saved, own, shapley(worth), strict=True):
        loss = loner + benefits - share
        yield player.id, lacking(defined(loss, amounts[0].unit, text), missing)


def _losses_of_percentages(
    cluster: Cluster, alone: Mapping[str, Contribution]
) -> list[tuple[str, Reported]] | None:
    """The losses of percentages of one stream, one a measure, worth what its price says.

    None where it is not so.
    """
    effects = [
        effect
        for player in cluster.players
        for effect in player.effects
        if isinstance(effect, LinkedEffect) and effect.form == "share" and effect.worth is None
    ]
    counts = {sum(len(player.effects) for player in cluster.players), len(cluster.players)}
    if counts != {len(effects)} or len({effect.stream for effect in effects}) != 1:
        return None
    losses: list[tuple[str, Reported]] = []
    for position, player in enumerate(cluster.players):
        contribution = alone[player.id]
        earned = [amount for stream, _, amount in contribution.sources if stream in cluster.streams]
        if not earned or not all(map(is_whole, contribution.money())):
            return None
        saved = total(*earned)
        others = [effect.amount for effect in (*effects[:position], *effects[position + 1 :])]
        share = order_free_percentage(saved, *others)
        losses.append((player.id, difference(saved, share)))
    return losses


def shapley(worth: Sequence[float]) -> list[float]:
    """Each player's share of what all are worth together: its mean increment over all orders.

    ``worth`` is that of every coalition; bit i of its index says whether player i is in it. Source:
    L. Shapley, A value for n-person games, Annals of Mathematics Studies 28 (1953), 307-317.
    """
    count = len(worth).bit_length() - 1
    # In s! (n - s - 1)! / n! of all orders, exactly these s come before a player.
    weights = [1 / (count * math.comb(count - 1, size)) for size in range(count)]
    return [
        math.fsum(
            weights[coalition.bit_count()] * (worth[coalition | 1 << player] - worth[coalition])
            for coalition in range(len(worth))
            if not coalition >> player & 1
        )
        for player in range(count)
    ]


def _worth_of_coalitions(
    resolved: Resolved, players: Sequence[LinkedMeasure], own: Sequence[float]
) -> list[float]:
    """What the measures of each coalition save a year that have all they require in it."""
    saved: dict[int, float] = {}
    pending = [(0, 0, Flows(resolved), 0.0)]
    while pending:
        position, members, flows, money = pending.pop()
        if position == len(players):
            saved[members] = money
            continue
        pending.append((position + 1, members, flows, money))
        acted = flows.fork()
        earned = _sum(_earn(resolved, players[position], acted)) + own[position]
        pending.append((position + 1, members | 1 << position, acted, money + earned))
    bits = {player.id: 1 << place for place, player in enumerate(players)}
    required = [sum(bits.get(name, 0) for name in set(player.requires)) for player in players]
    return [saved[_acting(coalition, required)] for coalition in range(len(saved))]


def _acting(coalition: int, required: Sequence[int]) -> int:
    """The members of a coalition that have all they require in it, directly or not."""
    idle = sum(
        1 << player
        for player, needed in enumerate(required)
        if coalition >> player & 1 and coalition & needed != needed
    )
    return _acting(coalition ^ idle, required) if idle else coalition


def _earn(resolved: Resolved, player: LinkedMeasure, flows: Flows) -> list[Reported]:
    """Let a player's effects act; the money that they bring a year."""
    return Contribution(resolved, replace(player, benefits=()), flows).money()


def _sum(money: Sequence[Reported]) -> float:
    return math.fsum(figure.value for figure in money if isinstance(figure, Figure))
