"""Order-free shares of a bundle: what each measure brings on the average over all orders of doing them.

Only measures that really overlap are looked at, cluster by cluster: streams that hang together (a stream with its
parts, a carrier with its fuels, what follows it, both sides of a fuel switch) and the measures that act on them. A
measure that requires another saves nothing without it, so what it saves is shared with the one it requires. End-of-pipe
measures act after all others and keep their increment.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from cpcalc.calc.savings import difference, total
from cpcalc.calc.sharing import order_free_percentage
from cpcalc.engine.flows import Flows
from cpcalc.engine.lines import SAME, has_overlap
from cpcalc.engine.links import Cluster, Player, clusters_of
from cpcalc.engine.pieces import Earnings, Pieces
from cpcalc.engine.sums import as_partial
from cpcalc.figures import Figure, NotApplicable, Origin, PartialFigure, Reported, Workings
from cpcalc.resolve.model import Resolved
from cpcalc.results import MeasureResult
from cpcalc.units import Unit

# The closed form takes as many products for each measure as there are pairs of others; more go together, in one pass.
MOST_IN_CLOSED_FORM = 50
UNKNOWN_SAVING = NotApplicable("undefined", "overlap-of-unknown-saving")
TOO_MANY = NotApplicable("undefined", "too-many-overlapping")


def order_free(
    resolved: Resolved,
    workings: Workings,
    results: Sequence[MeasureResult],
    last_type: str,
    linked: Mapping[str, str],
    alone: Mapping[str, Pieces],
) -> dict[str, Reported]:
    """The order-free share of the annual saving of each measure in the bundle, by id.

    ``linked`` says which streams hang together; ``alone`` holds what each measure brings by itself.
    """
    inside = [result for result in results if result.in_bundle]
    shares: dict[str, Reported] = {result.id: result.line.annual_saving for result in inside}
    measures = {measure.id: measure for measure in resolved.measures}
    players = [measures[result.id] for result in inside if result.type != last_type]
    overlapping = {result.id for result in inside if has_overlap(result.line)}
    required = {name for measure in players for name in measure.requires if name in shares}
    if not overlapping and not required:
        return shares
    losses: dict[str, list[Figure | NotApplicable]] = {}
    for cluster in clusters_of(linked, players):
        if any(
            player.measure.id in overlapping or player.measure.id in required
            for player in cluster.players
        ):
            for name, loss in _losses(resolved, workings, cluster, alone):
                losses.setdefault(name, []).append(loss)
    for result in inside:
        if result.id in losses:
            shares[result.id] = _less(workings, result, losses[result.id])
    return shares


def _less(
    workings: Workings, result: MeasureResult, losses: Sequence[Figure | NotApplicable]
) -> Reported:
    """A measure's stand-alone saving less its share of the overlap, in every cluster it acts on."""
    alone = result.line.stand_alone.annual_saving if result.line.stand_alone is not None else None
    unknown = next((loss for loss in losses if isinstance(loss, NotApplicable)), None)
    known = [loss for loss in losses if isinstance(loss, Figure)]
    if unknown is not None or not known:
        return unknown or result.line.annual_saving
    lost = workings.fold(total, known)
    if not isinstance(alone, Figure):
        return UNKNOWN_SAVING if workings.decide(bool, lost) else result.line.annual_saving
    share = workings.apply(difference, alone, lost)
    if isinstance(alone, PartialFigure):
        return as_partial(share, alone.counted, alone.of, alone.missing)
    return share


# ---- what each measure loses ----------------------------------------------------------------------------------------


def _losses(
    resolved: Resolved, workings: Workings, cluster: Cluster, alone: Mapping[str, Pieces]
) -> Iterable[tuple[str, Figure | NotApplicable]]:
    """By how much each member's order-free share is below what it saves alone, in this cluster."""
    inside = {player.measure.id for player in cluster.players}
    is_linked = any(
        name in inside for player in cluster.players for name in player.measure.requires
    )
    closed = None
    if not is_linked and len(cluster.players) <= MOST_IN_CLOSED_FORM:
        closed = _percentages(workings, cluster, alone)
    return (
        closed
        if closed is not None
        else _by_games(resolved, workings, cluster, is_linked=is_linked)
    )


def _by_games(
    resolved: Resolved, workings: Workings, cluster: Cluster, *, is_linked: bool
) -> Iterator[tuple[str, Figure | NotApplicable]]:
    from cpcalc.engine.exact import (
        exact_shares,
    )  # few clusters are more than percentages of one stream
    from cpcalc.engine.games import Game, earn

    players = cluster.players
    untouched = Flows(resolved.streams, workings)
    flows = untouched.fork()
    in_order = [earn(resolved, workings, player, flows).sum() for player in players]
    alone = [earn(resolved, workings, player, untouched.fork()) for player in players]
    if not is_linked and all(
        _same(pieces.sum(), increment) for pieces, increment in zip(alone, in_order, strict=True)
    ):
        return  # nothing overlaps here
    shares = exact_shares(Game(resolved, cluster, is_linked=is_linked))
    if shares is None:
        yield from ((player.measure.id, TOO_MANY) for player in players)
        return
    units = (_unit(pieces, player) for pieces, player in zip(alone, players, strict=True))
    unit = next((found for found in units if found is not None), None)
    for player, pieces, share in zip(players, alone, shares, strict=True):
        saved = pieces.sum() + (
            sum(money.amount.value for money in player.measure.benefits) if is_linked else 0
        )
        if unit is not None:
            text = f"order-free share of the overlap of {len(players)} measures"
            yield (
                player.measure.id,
                Figure(saved - share, unit, None, (Origin("definition", (), text),)),
            )


def _same(one: float, other: float) -> bool:
    return abs(one - other) <= SAME * max(abs(one), abs(other))


def _unit(pieces: Earnings, player: Player) -> Unit | None:
    figures = [figure for found in pieces.money.values() for figure in found]
    figures += [money.amount for money in player.measure.benefits]
    return figures[0].unit if figures else None


# ---- the closed form ------------------------------------------------------------------------------------------------


def _percentages(
    workings: Workings, cluster: Cluster, alone: Mapping[str, Pieces]
) -> list[tuple[str, Figure | NotApplicable]] | None:
    """Percentages of one stream, one a measure, whose price says what they are worth; None where it is not so."""
    effects = [effect for player in cluster.players for effect in player.effects]
    if len({effect.stream for effect in effects}) != 1 or len(effects) != len(cluster.players):
        return None
    if any(effect.form != "share" or effect.worth is not None for effect in effects):
        return None
    found: list[tuple[str, Figure | NotApplicable]] = []
    for position, player in enumerate(cluster.players):
        pieces = alone[player.measure.id]
        earned = [amount for stream, _, amount in pieces.sources if stream in cluster.streams]
        if pieces.missing or not earned:
            return None
        saved = workings.fold(total, earned)
        others = [effect.amount for other, effect in enumerate(effects) if other != position]
        share = workings.apply(order_free_percentage, saved, *others)
        found.append((player.measure.id, workings.apply(difference, saved, share)))
    return found
