"""One cluster of overlapping measures as a game: its players, what they change, and what each needs of the others.

The engine's own steps are used throughout. Formulas take anything with arithmetic, so an effect can act on floats, on
polynomials (one for all coalitions) and on columns of numbers (one number for each coalition).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from enum import Enum, auto
from typing import Any, NamedTuple

from cpcalc.engine.flows import Flows
from cpcalc.engine.links import Cluster, Player
from cpcalc.engine.pieces import Earnings
from cpcalc.figures import Figure, Workings
from cpcalc.resolve.model import Resolved
from cpcalc.units import ONE


def earn(resolved: Resolved, workings: Workings, player: Player, flows: Flows) -> Earnings:
    """Let a player's effects act, and collect their money."""
    found = Earnings(resolved, workings)
    found.add(player.measure._replace(benefits=()), flows, player.effects)
    return found


class Variable(NamedTuple):
    """Something that measures change: what is left of a stream, the share left of one of unknown quantity, a ratio."""

    kind: str
    stream: str
    fuel: str = ""


LEFT, SHARE, RATIO = "left", "share", "ratio"
State = Mapping[Variable, Any]  # floats, polynomials or columns


class Kind(Enum):
    """What happens at a step of the schedule."""

    DRAW = auto()  # a measure that others require is in the coalition or not, and will act if what it requires will
    ACT = auto()  # it does, in its place
    BOTH = auto()  # a measure that no other requires
    FORGET = auto()  # nothing later requires it


class Step(NamedTuple):
    """One step of all orders of drawing a coalition and letting it act in the order of the bundle."""

    kind: Kind
    player: int
    needed: int = 0  # the measures that must be acting, as bits


class Game:
    """The players of one cluster in the order of the bundle, and the state of its streams, which they act on."""

    def __init__(self, resolved: Resolved, cluster: Cluster, *, is_linked: bool) -> None:
        self.resolved = resolved
        self.players = players = cluster.players
        streams = {
            name: stream for name, stream in resolved.streams.items() if name in cluster.streams
        }
        self.benefits = [
            sum(money.amount.value for money in player.measure.benefits) if is_linked else 0.0
            for player in players
        ]
        place = {player.measure.id: position for position, player in enumerate(players)}
        self.requires = [
            [place[name] for name in dict.fromkeys(player.measure.requires) if name in place]
            for player in players
        ]
        self.start: dict[Variable, float] = {}
        for name, stream in streams.items():
            quantity = stream.quantity
            self.start[Variable(*((SHARE, name) if quantity is None else (LEFT, name)))] = (
                1.0 if quantity is None else quantity.value
            )
            for fuel, ratio in stream.made_from:
                self.start[Variable(RATIO, name, fuel)] = ratio.value
        for player in (
            players
        ):  # a fuel that replaces another is at hand from the start, with nothing made from it
            for effect in player.effects:
                if effect.target is not None:
                    for name, stream in streams.items():
                        if stream.made_from:
                            self.start.setdefault(Variable(RATIO, name, effect.target), 0.0)

    def act(
        self, player: int, state: State, workings: PlainWorkings
    ) -> tuple[dict[Variable, Any], Any]:
        """The state after a player's effects, and what they earn a year."""
        flows = self._flows(state, workings)
        money = (
            earn(self.resolved, workings, self.players[player], flows).sum() + self.benefits[player]
        )
        return {name: _value(flows, name) for name in state}, money

    def leave(self, player: int, state: State, workings: PlainWorkings) -> dict[Variable, Any]:
        """The state after a player's effects."""
        flows = self._flows(state, workings)
        for effect in self.players[player].effects:
            if effect.form != "load":  # a load says nothing of money
                flows.act(effect)
        return {name: _value(flows, name) for name in state}

    def _flows(self, state: State, workings: PlainWorkings) -> Flows:
        flows = Flows(self.resolved.streams, workings)
        workings.left = flows.left
        for name, value in state.items():
            figure = Figure(value, ONE, None, ())
            if name.kind == LEFT:
                flows.left[name.stream] = figure
            elif name.kind == SHARE:
                flows.share_left[name.stream] = figure
            else:
                flows.ratios[name.stream][name.fuel] = figure
        return flows

    def schedule(self, members: Sequence[int]) -> list[Step]:
        """The steps of these players in their order, all that they require being among them.

        A measure that others require is drawn before the first of these, and those it requires before it.
        """
        required = {other for member in members for other in self.requires[member]}
        steps: list[Step] = []
        drawn: set[int] = set()
        for member in members:
            pending = [member]
            while pending:
                before = [other for other in self.requires[pending[-1]] if other not in drawn]
                pending += before
                if not before and (current := pending.pop()) in required and current not in drawn:
                    drawn.add(current)
                    steps.append(Step(Kind.DRAW, current, self._needed(current)))
            if member in required:
                steps.append(Step(Kind.ACT, member, 1 << member))
            else:
                steps.append(Step(Kind.BOTH, member, self._needed(member)))
        return list(_with_forgetting(steps))

    def _needed(self, member: int) -> int:
        return sum(1 << other for other in self.requires[member])


def _with_forgetting(steps: Sequence[Step]) -> Iterator[Step]:
    """The steps, with each measure forgotten after the last that asks for it."""
    last: dict[int, int] = {}
    for place, step in enumerate(steps):
        for member in bits_of(step.needed):
            last[member] = place
    for place, step in enumerate(steps):
        yield step
        yield from (
            Step(Kind.FORGET, member) for member in bits_of(step.needed) if last[member] == place
        )


class PlainWorkings(Workings):
    """Steps on bare numbers of any kind: no units, no origins; ``never_cut`` streams have caps that nobody meets."""

    __slots__ = ("left", "never_cut")

    left: Mapping[str, Figure]  # what there is of each stream at this step

    def __init__(self, never_cut: Set[str] = frozenset()) -> None:
        super().__init__()
        self.never_cut = never_cut

    def apply(self, function: Any, *operands: Figure) -> Figure:
        """One step, without its origin."""
        return Figure(function(*[operand.value for operand in operands]), ONE, None, ())

    def is_never_cut(self, present: Figure) -> bool:
        """Whether what is left is that of a stream whose cap nobody meets."""
        return any(
            figure is present and name in self.never_cut for name, figure in self.left.items()
        )


def _value(flows: Flows, variable: Variable) -> Any:
    if variable.kind == LEFT:
        return flows.left[variable.stream].value
    if variable.kind == SHARE:
        return flows.share_left[variable.stream].value
    return flows.ratios[variable.stream][variable.fuel].value


def bits_of(members: int) -> Iterator[int]:
    """The players of a set that is written as bits."""
    while members:
        lowest = members & -members
        yield lowest.bit_length() - 1
        members ^= lowest
