"""Which caps no coalition can meet: a lower bound of what is left of each stream when every measure acts.

Whatever measures do, a stream is made up of its parts, of what is burnt in it for each carrier (ratio times carrier)
and of a rest: a measure on the stream itself lowers all of these in one proportion, a measure on a part or a carrier
only that one, and one on a stream without either the rest. So each has a lower bound of its own, to which every
reduction adds and no increase does, and a reduction that travels up from a part or carrier is never more than there is.
A stream that follows others is made up of its ratio to each, which no measure on it changes, and of a rest of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cpcalc.engine.links import Player
from cpcalc.resolve.model import Effect, Stream

# Shares of a stream that are written to add up to it may miss it by rounding.
ROUNDING = 1e-12


class _Unproven(Exception):  # noqa: N818  (an answer, not an error)
    """The streams hang together in a way that the argument does not cover."""


def never_cut(streams: Mapping[str, Stream], players: Sequence[Player]) -> frozenset[str] | None:
    """The streams whose caps no coalition meets; None where that what is left stays consistent is not shown."""
    effects = [effect for player in players for effect in player.effects if effect.form != "load"]
    try:
        bounds = _Bounds(streams, effects)
        for effect in effects:
            bounds.act(effect)
        return bounds.end()
    except _Unproven:
        return None


class _Bounds:
    """Lower bounds of the pieces of each stream while all reductions act, one after the other."""

    def __init__(self, streams: Mapping[str, Stream], effects: Sequence[Effect]) -> None:
        self.streams = streams
        self.effects = effects
        self.cut: set[str] = set()
        self.leaders: dict[str, list[tuple[str, float]]] = {}
        self.ratios: dict[tuple[str, str], float] = {}  # (carrier, fuel)
        for name, stream in streams.items():
            for follower, ratio in stream.followers:
                self.leaders.setdefault(follower, []).append((name, ratio.value))
            for fuel, ratio in stream.made_from:
                self.ratios[name, fuel] = ratio.value
        self.rising = self._rising()
        self.start: dict[str, float] = {}
        self.rest: dict[str, float] = {}
        for name in streams:
            self._begin(name)

    def _rising(self) -> set[str]:
        """The streams that some measure may increase, and what goes with them."""
        pending = [effect.stream for effect in self.effects if effect.amount.value < 0]
        pending += [effect.target for effect in self.effects if effect.target is not None]
        found: set[str] = set()
        while pending:
            name = pending.pop()
            if name not in found:
                found.add(name)
                stream = self.streams[name]
                pending += [*stream.parts, *(fuel for fuel, _ in stream.made_from)]
                pending += [follower for follower, _ in stream.followers]
                pending += [] if stream.parent is None else [stream.parent]
        return found

    def _uses(self, name: str) -> Iterator[tuple[str, float]]:
        """Parts, carriers and leaders of a stream, with the ratio in which each takes from it."""
        yield from ((part, 1.0) for part in self.streams[name].parts)
        yield from (
            (carrier, ratio) for (carrier, fuel), ratio in self.ratios.items() if fuel == name
        )
        yield from self.leaders.get(name, ())

    def _begin(self, name: str) -> float:
        """The baseline of a stream, where it is not known the most that can be taken; and the rest that has no use."""
        if name in self.start:
            return self.start[name]
        quantity = self.streams[name].quantity
        used = sum(ratio * self._begin(user) for user, ratio in self._uses(name))
        if quantity is None:
            own = [
                effect.amount.value
                for effect in self.effects
                if effect.stream == name and effect.form == "amount"
            ]
            self.start[name] = used + sum(amount for amount in own if amount > 0)
        else:
            self.start[name] = quantity.value
        rest = self.start[name] - used
        if name in self.leaders and (
            self.streams[name].parts or any(fuel == name for _, fuel in self.ratios)
        ):
            raise _Unproven  # what follows lowers its own parts and carriers
        if rest < -ROUNDING * self.start[name]:
            raise _Unproven  # more is used than there is
        self.rest[name] = max(rest, 0.0)
        return self.start[name]

    def left(self, name: str) -> float:
        """At least this is left of a stream in every coalition, as long as its caps are not met."""
        return self.rest[name] + sum(ratio * self.left(user) for user, ratio in self._uses(name))

    def act(self, effect: Effect) -> None:
        """Let the reduction of an effect lower the bounds; an increase does not."""
        name, amount = effect.stream, effect.amount.value
        known = self.streams[name].quantity is not None
        if effect.form == "amount" and amount > 0:
            self._take(name, amount, known=known)
        elif amount > 0 and known:
            self._scale(name, 1 - amount)
        self.cut |= {
            name for name, start in self.start.items() if self.left(name) < -ROUNDING * start
        }

    def _take(self, name: str, amount: float, *, known: bool) -> None:
        left = self.left(name)
        if known and amount > left * (1 + ROUNDING):
            self.cut.add(name)
        if not known or name in self.leaders:
            self.rest[name] -= amount
        else:  # what is left is at least the bound, so that the proportion is too
            self._scale(name, max(0.0, 1 - amount / left) if left > 0 else 0.0)

    def _scale(self, name: str, factor: float) -> None:
        self.rest[name] *= factor
        for leader, ratio in self.leaders.get(name, ()):
            if leader in self.rising:
                raise _Unproven
            self.rest[name] -= (
                (1 - factor) * ratio * self.start[leader]
            )  # its own rest, beside what follows
        for part in self.streams[name].parts:
            self._scale(part, factor)
        for carrier, fuel in self.ratios:
            if fuel == name:
                self.ratios[carrier, fuel] *= factor

    def end(self) -> frozenset[str]:
        """The streams whose caps are never met."""
        fuels = {fuel for _, fuel in self.ratios}
        if any(self.streams[name].made_from for name in self.rising) and any(
            self.left(fuel) <= 0 for fuel in fuels
        ):
            raise _Unproven  # the ratio to a fuel that is used up would matter again
        return frozenset(self.streams) - self.cut
