"""Order-free shares of a bundle: what each measure brings on the average over all orders.

Only measures that overlap are looked at, cluster by cluster: streams that hang together (a stream
with its parts, a carrier with its fuels, what follows it, both sides of a fuel switch) and the
measures that act on them. A measure that requires another saves nothing without it, so what it
saves is shared with the one it requires. End-of-pipe measures act after all others and keep their
increment.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from cpcalc.calc.savings import difference, total
from cpcalc.calc.sharing import order_free_percentage
from cpcalc.engine.contributions import Contribution
from cpcalc.engine.flows import Flows
from cpcalc.engine.lines import SAME, has_overlap
from cpcalc.engine.links import Cluster, Player, clusters_of, linked_streams
from cpcalc.figures import Figure, NotApplicable, Origin, Reported
from cpcalc.resolve.model import END_OF_PIPE, Resolved
from cpcalc.results import MeasureResult
from cpcalc.units import Unit

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
    inside = [result for result in results if result.in_bundle]
    shares: dict[str, Reported] = {result.id: result.line.annual_saving for result in inside}
    measures = {measure.id: measure for measure in resolved.measures}
    players = [measures[result.id] for result in inside if result.type != END_OF_PIPE]
    concerned = {result.id for result in inside if has_overlap(result.line)}
    concerned |= {name for measure in players for name in measure.requires if name in shares}
    losses: dict[str, list[Reported]] = {}
    if not concerned:
        return shares
    for cluster in clusters_of(linked_streams(resolved), players):
        if any(player.measure.id in concerned for player in cluster.players):
            for name, loss in _losses(resolved, cluster, alone):
                losses.setdefault(name, []).append(loss)
    for result in inside:
        if result.id in losses:
            shares[result.id] = _less(result, losses[result.id])
    return shares


def _less(result: MeasureResult, losses: Sequence[Reported]) -> Reported:
    """A measure's stand-alone saving less its share of the overlap, in every cluster it acts on."""
    for loss in losses:
        if isinstance(loss, NotApplicable):
            return loss
    alone = result.line.stand_alone.annual_saving if result.line.stand_alone is not None else None
    lost = total(*[loss for loss in losses if isinstance(loss, Figure)])
    if not isinstance(alone, Figure):
        return UNKNOWN_SAVING if lost.value else result.line.annual_saving
    return difference(alone, lost)


def _losses(
    resolved: Resolved, cluster: Cluster, alone: Mapping[str, Contribution]
) -> Iterator[tuple[str, Reported]]:
    """By how much each member's share is below what it saves alone, in this cluster."""
    players = cluster.players
    inside = {player.measure.id for player in players}
    is_linked = any(name in inside for player in players for name in player.measure.requires)
    percentages = None if is_linked else _percentages(cluster, alone)
    if percentages is not None:
        yield from percentages
        return
    untouched = Flows(resolved.streams)
    flows = untouched.fork()
    in_order = [_sum(_earn(resolved, player, flows)) for player in players]
    apart = [_earn(resolved, player, untouched.fork()) for player in players]
    saved = [_sum(money) for money in apart]
    if not is_linked and all(map(_is_same, saved, in_order)):
        return
    if len(players) > MOST_LINKED:
        yield from ((player.measure.id, TOO_MANY) for player in players)
        return
    unit = _unit_of_money(players, apart)
    if unit is None:
        return
    if is_linked:
        own = [_sum([money.amount for money in player.measure.benefits]) for player in players]
    else:
        own = [0.0] * len(players)
    worth = _worth_of_coalitions(resolved, players, own)
    origin = Origin("definition", (), f"order-free share of the overlap of {len(players)} measures")
    for player, loner, benefits, share in zip(players, saved, own, shapley(worth), strict=True):
        yield player.measure.id, Figure(loner + benefits - share, unit, None, (origin,))


def _percentages(
    cluster: Cluster, alone: Mapping[str, Contribution]
) -> list[tuple[str, Reported]] | None:
    """The losses of percentages of one stream, one a measure, worth what its price says.

    None where it is not so.
    """
    effects = [effect for player in cluster.players for effect in player.effects]
    if len({effect.stream for effect in effects}) != 1 or len(effects) != len(cluster.players):
        return None
    if any(effect.form != "share" or effect.worth is not None for effect in effects):
        return None
    losses: list[tuple[str, Reported]] = []
    for position, player in enumerate(cluster.players):
        pieces = alone[player.measure.id]
        earned = [amount for stream, _, amount in pieces.sources if stream in cluster.streams]
        if pieces.missing or not earned:
            return None
        saved = total(*earned)
        others = [effect.amount for other, effect in enumerate(effects) if other != position]
        share = order_free_percentage(saved, *others)
        losses.append((player.measure.id, difference(saved, share)))
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
    resolved: Resolved, players: Sequence[Player], own: Sequence[float]
) -> list[float]:
    """What the measures of each coalition save a year that have all they require in it."""
    saved: dict[int, float] = {}
    pending = [(0, 0, Flows(resolved.streams), 0.0)]
    while pending:
        position, members, flows, money = pending.pop()
        if position == len(players):
            saved[members] = money
            continue
        pending.append((position + 1, members, flows, money))
        acted = flows.fork()
        earned = _sum(_earn(resolved, players[position], acted)) + own[position]
        pending.append((position + 1, members | 1 << position, acted, money + earned))
    required = _required(players)
    return [saved[_acting(coalition, required)] for coalition in range(len(saved))]


def _required(players: Sequence[Player]) -> list[int]:
    """The players that each player requires, as bits."""
    bits = {player.measure.id: 1 << place for place, player in enumerate(players)}
    return [
        sum(bits[name] for name in set(player.measure.requires) if name in bits)
        for player in players
    ]


def _acting(coalition: int, required: Sequence[int]) -> int:
    """The members of a coalition that have all they require in it, directly or not."""
    acting = coalition
    while True:
        lacking = sum(
            1 << player
            for player, needed in enumerate(required)
            if acting >> player & 1 and acting & needed != needed
        )
        if not lacking:
            return acting
        acting ^= lacking


def _earn(resolved: Resolved, player: Player, flows: Flows) -> list[Figure]:
    """Let a player's effects act; the money that they bring a year."""
    measure = replace(player.measure, benefits=())
    return Contribution(resolved, money_only=True).add(measure, flows, player.effects).money()


def _sum(money: Sequence[Figure]) -> float:
    return sum(figure.value for figure in money)


def _is_same(one: float, other: float) -> bool:
    return abs(one - other) <= SAME * max(abs(one), abs(other))


def _unit_of_money(players: Sequence[Player], apart: Sequence[Sequence[Figure]]) -> Unit | None:
    for player, money in zip(players, apart, strict=True):
        for figure in (*money, *(benefit.amount for benefit in player.measure.benefits)):
            return figure.unit
    return None
