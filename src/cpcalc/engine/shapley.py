"""Order-free shares of a bundle: what each measure brings on the average over all orders of doing them.

Only measures that really overlap are looked at, cluster by cluster: streams that hang together (a stream with its
parts, a carrier with its fuels, what follows it, both sides of a fuel switch) and the measures that act on them. A
measure that requires another saves nothing without it, so what it saves is shared with the one it requires. End-of-pipe
measures act after all others and keep their increment.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from cpcalc.calc.savings import difference, total
from cpcalc.calc.sharing import Step, affine_shares, coalition_shares, order_free_percentage
from cpcalc.engine.flows import Flows
from cpcalc.engine.pieces import Pieces
from cpcalc.engine.sums import as_partial
from cpcalc.figures import Figure, NotApplicable, Origin, PartialFigure, Reported, Workings
from cpcalc.resolve.model import Effect, Measure, Resolved, Stream
from cpcalc.results import MeasureResult
from cpcalc.units import ONE, Unit

# More measures than this on one cluster of streams would mean more than 16384 coalitions, a second of work; such a
# cluster is left without order-free shares unless one of the exact short cuts fits it.
MOST_PLAYERS = 14
# Increment and stand-alone saving are sums of the same floats in another order: they agree to this share.
SAME = 1e-9
UNKNOWN_SAVING = NotApplicable("undefined", "overlap-of-unknown-saving")
TOO_MANY = NotApplicable("undefined", "too-many-overlapping")


class Player(NamedTuple):
    """A measure with those of its effects that act on a cluster."""

    measure: Measure
    effects: tuple[Effect, ...]


class _Money(Pieces):
    """The money of effects only: coalitions are many, and emissions say nothing of their worth."""

    def _collect_emissions(self, stream: Stream, reduction: Figure) -> None:
        return

    def _collect_reductions(self, stream: Stream, reduction: Figure) -> None:
        return

    def _collect_methane(self, stream: Stream, load: str, reduction: Figure) -> None:
        return

    def sum(self) -> float:
        """All money a year, as a plain number."""
        return sum(figure.value for figures in self.money.values() for figure in figures)


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
    in_order = [_acted(resolved, workings, player, flows).sum() for player in cluster]
    is_linked = any(name in inside for player in cluster for name in player.measure.requires)
    alone = [_alone(resolved, workings, player) for player in cluster]
    shares: Iterable[float] | None = None
    if not is_linked and all(_same(pieces.sum(), increment) for pieces, increment in zip(alone, in_order, strict=True)):
        return  # nothing overlaps here
    if not is_linked:
        closed = _percentages(workings, cluster, alone)
        if closed is not None:
            yield from closed
            return
        shares = _on_one_stream(resolved, workings, cluster, [pieces.sum() for pieces in alone])
    if shares is None and len(cluster) > MOST_PLAYERS:
        yield from ((player.measure.id, TOO_MANY) for player in cluster)
        return
    if shares is None:
        shares = _by_coalitions(resolved, workings, cluster, is_linked=is_linked)
    units = (_unit(pieces, player) for pieces, player in zip(alone, cluster, strict=True))
    unit = next((found for found in units if found is not None), None)
    for player, pieces, share in zip(cluster, alone, shares, strict=True):
        saved = pieces.sum() + (sum(money.amount.value for money in player.measure.benefits) if is_linked else 0)
        if unit is not None:
            text = f"order-free share of the overlap of {len(cluster)} measures"
            yield player.measure.id, Figure(saved - share, unit, None, (Origin("definition", (), text),))


def _same(one: float, other: float) -> bool:
    return abs(one - other) <= SAME * max(abs(one), abs(other))


def _unit(pieces: Pieces, player: Player) -> Unit | None:
    figures = [figure for found in pieces.money.values() for figure in found]
    figures += [money.amount for money in player.measure.benefits]
    return figures[0].unit if figures else None


def _alone(resolved: Resolved, workings: Workings, player: Player) -> _Money:
    return _acted(resolved, workings, player, Flows(resolved.streams, workings))


def _acted(resolved: Resolved, workings: Workings, player: Player, flows: Flows) -> _Money:
    found = _Money(resolved, workings)
    found.add(player.measure._replace(benefits=()), flows, player.effects)
    return found


# ---- the closed form ------------------------------------------------------------------------------------------------


def _percentages(
    workings: Workings, cluster: Sequence[Player], alone: Sequence[_Money]
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


# ---- percentages and amounts on one stream and its parts ------------------------------------------------------------


def _on_one_stream(
    resolved: Resolved, workings: Workings, cluster: Sequence[Player], alone: Sequence[float]
) -> list[float] | None:
    """Exact shares where all effects act on one stream or its parts and no cap can bite; None where it is not so."""
    streams = resolved.streams
    effects = [effect for player in cluster for effect in player.effects]
    if any(effect.form not in ("share", "amount") or effect.worth is not None for effect in effects):
        return None
    roots = {_purchased(streams, effect.stream) for effect in effects}
    if len(roots) != 1 or any(streams[effect.stream].made_from for effect in effects):
        return None
    root = roots.pop()
    pieces = list(_leaves(streams, root, {effect.stream for effect in effects}))
    if not pieces or streams[root].quantity is None:
        return None
    shares = [0.0] * len(cluster)
    for names, quantity in pieces:
        steps = list(_steps(cluster, names))
        if not _is_never_cut(steps, quantity):
            return None
        if any(effect.form == "amount" and effect.stream in names[1:] for effect in effects):
            return None  # an amount off a stream lowers its parts in proportion: not affine
        for player, share in enumerate(workings.decide(partial(affine_shares, steps), _plain(quantity))):
            shares[player] += share
    return _in_money(resolved, workings, cluster, alone, root, shares)


def _purchased(streams: Mapping[str, Stream], name: str) -> str:
    parent = streams[name].parent
    return name if parent is None else _purchased(streams, parent)


def _leaves(
    streams: Mapping[str, Stream], name: str, acted_on: set[str], above: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], float]]:
    """The parts of a stream that effects tell apart: for each its own name, those above it, and its quantity."""
    stream = streams[name]
    quantity = stream.quantity
    if quantity is None:
        return
    own = [part for part in stream.parts if _is_acted_on(streams, part, acted_on)]
    rest = quantity.value
    for part in own:
        below = streams[part].quantity
        if below is None:
            return
        rest -= below.value
        yield from _leaves(streams, part, acted_on, (name, *above))
    yield (name if not own else "", *((name,) if own else ()), *above), rest


def _is_acted_on(streams: Mapping[str, Stream], name: str, acted_on: set[str]) -> bool:
    return name in acted_on or any(_is_acted_on(streams, part, acted_on) for part in streams[name].parts)


def _steps(cluster: Sequence[Player], names: tuple[str, ...]) -> Iterator[Step]:
    for position, player in enumerate(cluster):
        yield Step(position, 0.0, 0.0)  # everyone has a place, those who do nothing here too
        for effect in player.effects:
            if effect.form == "share" and effect.stream in names:
                yield Step(position, effect.amount.value, 0.0)
            elif effect.form == "amount" and effect.stream == names[0]:
                yield Step(position, 0.0, effect.amount.value)


def _is_never_cut(steps: Sequence[Step], quantity: float) -> bool:
    """Whether no coalition can ask for more than is left: the hardest one has all reductions and no increase."""
    left = quantity
    for step in steps:
        if step.share > 0:
            left *= 1 - step.share
        if step.amount > 0:
            if step.amount > left:
                return False
            left -= step.amount
    return left >= 0


def _plain(value: float) -> Figure:
    return Figure(value, ONE, None, (Origin("definition", (), "quantity"),))


def _in_money(
    resolved: Resolved, workings: Workings, cluster: Sequence[Player], alone: Sequence[float], root: str,
    shares: Sequence[float],
) -> list[float] | None:  # fmt: skip
    """Reductions as money, where each unit of the stream is worth the same to everyone."""
    flows = Flows(resolved.streams, workings)
    quantity = resolved.streams[root].quantity
    assert quantity is not None
    saved = sum(_acted(resolved, workings, player, flows).sum() for player in cluster)
    reduction = quantity.value - flows.left[root].value
    if not reduction or abs(sum(shares) - reduction) > SAME * abs(quantity.value):
        return None
    worth = saved / reduction
    for player, money in zip(cluster, alone, strict=True):
        own = Flows(resolved.streams, workings)
        _acted(resolved, workings, player, own)
        cut = quantity.value - own.left[root].value
        if abs(money - worth * cut) > SAME * max(abs(money), abs(saved)):
            return None
    return [share * worth for share in shares]


# ---- all coalitions -------------------------------------------------------------------------------------------------


def _by_coalitions(
    resolved: Resolved, workings: Workings, cluster: Sequence[Player], *, is_linked: bool
) -> tuple[float, ...]:
    """The shares from what every coalition saves, each built from a smaller one by letting one more measure act."""
    values = [0.0] * (1 << len(cluster))
    benefits = [
        sum(money.amount.value for money in player.measure.benefits) if is_linked else 0.0 for player in cluster
    ]

    def visit(position: int, coalition: int, flows: Flows, saved: float) -> None:
        if position == len(cluster):
            values[coalition] = saved
            return
        visit(position + 1, coalition, flows, saved)
        ahead = flows.fork()
        more = _acted(resolved, workings, cluster[position], ahead).sum() + benefits[position]
        visit(position + 1, coalition | 1 << position, ahead, saved + more)

    visit(0, 0, Flows(resolved.streams, workings), 0.0)
    if is_linked:
        needs = _needs(cluster)
        values = [values[_feasible(coalition, needs)] for coalition in range(len(values))]
    found: tuple[float, ...] = workings.decide(coalition_shares, *[_plain(value) for value in values])
    return found


def _needs(cluster: Sequence[Player]) -> list[int]:
    """For each measure the measures it requires, as bits."""
    place = {player.measure.id: position for position, player in enumerate(cluster)}
    return [sum(1 << place[name] for name in player.measure.requires if name in place) for player in cluster]


def _feasible(coalition: int, needs: Sequence[int]) -> int:
    """The members of a coalition that have all they require in it, and so on."""
    while True:
        kept = sum(
            1 << position
            for position, needed in enumerate(needs)
            if coalition >> position & 1 and needed & coalition == needed
        )
        if kept == coalition:
            return coalition
        coalition = kept
