"""Which streams hang together, and which measures meet on them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from cpcalc.resolve.model import LinkedEffect, LinkedMeasure, Resolved


class Player(NamedTuple):
    """A measure with those of its effects that act on a cluster."""

    measure: LinkedMeasure
    effects: tuple[LinkedEffect, ...]


class Cluster(NamedTuple):
    """Streams that hang together, and the measures that act on them in the order of the bundle."""

    streams: frozenset[str]
    players: tuple[Player, ...]


class _Union:
    """Names that belong together, each under the name of one of them."""

    def __init__(self, parents: Mapping[str, str]) -> None:
        self._parents = dict(parents)

    def root(self, name: str) -> str:
        parent = self._parents.setdefault(name, name)
        while parent != name:
            name, parent = parent, self._parents[parent]
        return name

    def join(self, one: str, other: str) -> None:
        self._parents[self.root(one)] = self.root(other)


def linked_streams(resolved: Resolved) -> dict[str, str]:
    """For each stream the name of one that stands for all it hangs together with: itself where it
    is on its own.

    A stream hangs together with its parts, with what follows it, a carrier with its fuels, and a
    fuel with the one that a switch puts in its place.
    """
    union = _Union({})
    for one, other in _links(resolved):
        union.join(one, other)
    return {name: union.root(name) for name in resolved.streams}


def _links(resolved: Resolved) -> Iterator[tuple[str, str]]:
    for stream in resolved.streams.values():
        for part in stream.parts:
            yield stream.id, part
        for other, _ in (*stream.made_from, *stream.followers):
            yield stream.id, other
    for measure in resolved.measures:
        for effect in _known_effects(measure):
            if effect.target is not None:
                yield effect.stream, effect.target


def same_purchase(effect: LinkedEffect, resolved: Resolved) -> frozenset[str]:
    """The streams that the stated worth of an effect pays for.

    Its stream, its parents, what it is made from, and what replaces any of these.
    """
    replaced_by = [
        (other.stream, other.target)
        for measure in resolved.measures
        for other in measure.effects
        if isinstance(other, LinkedEffect) and other.target is not None
    ]
    names: set[str] = set()
    pending = [effect.stream]
    while pending:
        name = pending.pop()
        if name not in names:
            names.add(name)
            stream = resolved.streams[name]
            pending += [fuel for fuel, _ in stream.made_from]
            pending += [target for old, target in replaced_by if old == name]
            pending += [] if stream.parent is None else [stream.parent]
    return frozenset(names)


def clusters_of(linked: Mapping[str, str], measures: Sequence[LinkedMeasure]) -> Iterator[Cluster]:
    """The clusters on which more than one of the measures act.

    Those linked by ``requires`` hang together too.
    """
    union = _Union(linked)
    known = {measure.id: measure for measure in measures}
    for measure in measures:
        for name in measure.requires:
            if name in known:
                first, *others = (*_touched(measure), *_touched(known[name]))
                for other in others:
                    union.join(first, other)
    members: dict[str, list[Player]] = {}
    for measure in measures:
        by_root: dict[str, list[LinkedEffect]] = {}
        for effect in _known_effects(measure):
            by_root.setdefault(union.root(effect.stream), []).append(effect)
        if not by_root:
            by_root = {union.root(_own_name(measure)): []}
        for root, effects in by_root.items():
            members.setdefault(root, []).append(Player(measure, tuple(effects)))
    for root, players in members.items():
        if len(players) > 1:
            yield Cluster(
                frozenset(name for name in linked if union.root(name) == root), tuple(players)
            )


def _known_effects(measure: LinkedMeasure) -> Iterator[LinkedEffect]:
    return (effect for effect in measure.effects if isinstance(effect, LinkedEffect))


def _own_name(measure: LinkedMeasure) -> str:
    return f"measures.{measure.id}"


def _touched(measure: LinkedMeasure) -> list[str]:
    return [effect.stream for effect in _known_effects(measure)] or [_own_name(measure)]
