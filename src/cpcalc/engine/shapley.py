"""Order-free shares of a bundle: what each measure brings on the average over all orders of doing them.

Only measures that really overlap are looked at, cluster by cluster: streams that hang together (a stream with its
parts, a carrier with its fuels, what follows it, both sides of a fuel switch) and the measures that act on them. A
measure that requires another saves nothing without it, so what it saves is shared with the one it requires. End-of-pipe
measures act after all others and keep their increment.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cpcalc.calc.savings import difference, total
from cpcalc.calc.sharing import order_free_percentage
from cpcalc.engine.exact import exact_shares
from cpcalc.engine.flows import Flows
from cpcalc.engine.games import Earnings, Game, Player, earn
from cpcalc.engine.sums import as_partial
from cpcalc.figures import Figure, NotApplicable, Origin, PartialFigure, Reported, Workings
from cpcalc.resolve.model import Effect, Measure, Resolved
from cpcalc.results import MeasureResult
from cpcalc.units import Unit

# Increment and stand-alone saving are sums of the same floats in another order: they agree to this share.
SAME = 1e-9
# The closed form takes as many products for each measure as there are pairs of others; more go together, in one pass.
MOST_IN_CLOSED_FORM = 50
UNKNOWN_SAVING = NotApplicable("undefined", "overlap-of-unknown-saving")
TOO_MANY = NotApplicable("undefined", "too-many-overlapping")


def order_free(
    resolved: Resolved, workings: Workings, results: Sequence[MeasureResult], last_type: str
) -> dict[str, Reported]:
    """The order-free share of the annual saving of each measure in the bundle, by id."""
    inside = [result for result in results if result.in_bundle]
    shares: dict[str, Reported] = {result.id: result.line.annual_saving for result in inside}
    measures = {measure.id: measure for measure in resolved.measures}
    players = [measures[result.id] for result in inside if result.type != last_type]
    overlapping = {result.id for result in inside if overlaps(result)}
    linked = {name for measure in players for name in measure.requires if name in shares}
    if not overlapping and not linked:
        return shares
    losses: dict[str, list[Figure | NotApplicable]] = {}
    for cluster in _clusters(resolved, players):
        if any(player.measure.id in overlapping or player.measure.id in linked for player in cluster):
            for name, loss in _losses(resolved, workings, cluster):
                losses.setdefault(name, []).append(loss)
    for result in inside:
        if result.id in losses:
            shares[result.id] = _less(workings, result, losses[result.id])
    return shares


def overlaps(result: MeasureResult) -> bool:
    """Whether a measure saves something else in the bundle than alone."""
    overlap, alone = result.line.overlap, result.line.stand_alone
    if not isinstance(overlap, Figure) or alone is None or not isinstance(alone.annual_saving, Figure):
        return False
    return abs(overlap.value) > SAME * abs(alone.annual_saving.value)


def _less(workings: Workings, result: MeasureResult, losses: Sequence[Figure | NotApplicable]) -> Reported:
    """A measure's stand-alone saving less its share of the overlap, in every cluster it acts on."""
    alone = result.line.stand_alone.annual_saving if result.line.stand_alone is not None else None
    unknown = next((loss for loss in losses if isinstance(loss, NotApplicable)), None)
    known = [loss for loss in losses if isinstance(loss, Figure)]
    if unknown is not None or not known:
        return unknown or result.line.annual_saving
    lost = known[0] if len(known) == 1 else workings.fold(total, known)
    if not isinstance(alone, Figure):
        return UNKNOWN_SAVING if workings.decide(bool, lost) else result.line.annual_saving
    share = workings.apply(difference, alone, lost)
    if isinstance(alone, PartialFigure):
        return as_partial(share, alone.counted, alone.of, alone.missing)
    return share


# ---- clusters -------------------------------------------------------------------------------------------------------


class _Union:
    """Names that belong together."""

    def __init__(self) -> None:
        self._parents: dict[str, str] = {}

    def root(self, name: str) -> str:
        parent = self._parents.setdefault(name, name)
        while parent != name:
            name, parent = parent, self._parents[parent]
        return name

    def join(self, one: str, other: str) -> None:
        self._parents[self.root(one)] = self.root(other)


def _clusters(resolved: Resolved, players: Sequence[Measure]) -> Iterator[list[Player]]:
    """Measures by the streams that hang together; measures linked by ``requires`` hang together too."""
    union = _Union()
    for stream in resolved.streams.values():
        others = (*stream.parts, *(name for name, _ in stream.made_from), *(name for name, _ in stream.followers))
        for other in others:
            union.join(stream.id, other)
    known = {measure.id: measure for measure in players}
    for measure in players:
        for effect in _known_effects(measure):
            if effect.target is not None:
                union.join(effect.stream, effect.target)
        required = [known[name] for name in measure.requires if name in known]
        for other_measure in required:
            names = [*_touched(measure), *_touched(other_measure)]
            for one in names[1:]:
                union.join(names[0], one)
    clusters: dict[str, list[Player]] = {}
    for measure in players:
        by_root: dict[str, list[Effect]] = {}
        for effect in _known_effects(measure):
            by_root.setdefault(union.root(effect.stream), []).append(effect)
        if not by_root:
            by_root = {union.root(_own_name(measure)): []}
        for root, effects in by_root.items():
            clusters.setdefault(root, []).append(Player(measure, tuple(effects)))
    return (cluster for cluster in clusters.values() if len(cluster) > 1)


def _known_effects(measure: Measure) -> Iterator[Effect]:
    return (effect for effect in measure.effects if isinstance(effect, Effect))


def _own_name(measure: Measure) -> str:
    return f"measures.{measure.id}"


def _touched(measure: Measure) -> list[str]:
    return [effect.stream for effect in _known_effects(measure)] or [_own_name(measure)]


# ---- what each measure loses ----------------------------------------------------------------------------------------


def _losses(
    resolved: Resolved, workings: Workings, cluster: Sequence[Player]
) -> Iterator[tuple[str, Figure | NotApplicable]]:
    """By how much each member's order-free share is below what it saves alone, in this cluster."""
    inside = {player.measure.id for player in cluster}
    flows = Flows(resolved.streams, workings)
    in_order = [earn(resolved, workings, player, flows).sum() for player in cluster]
    is_linked = any(name in inside for player in cluster for name in player.measure.requires)
    alone = [earn(resolved, workings, player, Flows(resolved.streams, workings)) for player in cluster]
    if not is_linked and all(_same(pieces.sum(), increment) for pieces, increment in zip(alone, in_order, strict=True)):
        return  # nothing overlaps here
    closed = None
    if not is_linked and len(cluster) <= MOST_IN_CLOSED_FORM:
        closed = _percentages(workings, cluster, alone)
    if closed is not None:
        yield from closed
        return
    shares = exact_shares(Game(resolved, cluster, is_linked=is_linked))
    if shares is None:
        yield from ((player.measure.id, TOO_MANY) for player in cluster)
        return
    units = (_unit(pieces, player) for pieces, player in zip(alone, cluster, strict=True))
    unit = next((found for found in units if found is not None), None)
    for player, pieces, share in zip(cluster, alone, shares, strict=True):
        saved = pieces.sum() + (sum(money.amount.value for money in player.measure.benefits) if is_linked else 0)
        if unit is not None:
            text = f"order-free share of the overlap of {len(cluster)} measures"
            yield player.measure.id, Figure(saved - share, unit, None, (Origin("definition", (), text),))


def _same(one: float, other: float) -> bool:
    return abs(one - other) <= SAME * max(abs(one), abs(other))


def _unit(pieces: Earnings, player: Player) -> Unit | None:
    figures = [figure for found in pieces.money.values() for figure in found]
    figures += [money.amount for money in player.measure.benefits]
    return figures[0].unit if figures else None


# ---- the closed form ------------------------------------------------------------------------------------------------


def _percentages(
    workings: Workings, cluster: Sequence[Player], alone: Sequence[Earnings]
) -> list[tuple[str, Figure | NotApplicable]] | None:
    """Percentages of one stream, one a measure, whose price says what they are worth; None where it is not so."""
    streams = {effect.stream for player in cluster for effect in player.effects}
    if len(streams) != 1 or any(len(player.effects) != 1 for player in cluster):
        return None
    effects = [player.effects[0] for player in cluster]
    if any(effect.form != "share" or effect.worth is not None for effect in effects):
        return None
    if any(pieces.missing or not pieces.money for pieces in alone):
        return None
    found: list[tuple[str, Figure | NotApplicable]] = []
    for position, (player, pieces) in enumerate(zip(cluster, alone, strict=True)):
        saved = workings.fold(total, [figure for figures in pieces.money.values() for figure in figures])
        others = [effect.amount for other, effect in enumerate(effects) if other != position]
        share = workings.apply(order_free_percentage, saved, *others)
        found.append((player.measure.id, workings.apply(difference, saved, share)))
    return found
