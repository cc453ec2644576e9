"""Order-free shares without coalitions, where every step is a polynomial: Owen's integral of the multilinear extension.

Let each measure be there with probability t, independently. The mean of what all earn is a polynomial in t, and a
measure's order-free share is the integral over t of what its presence changes in that mean, which Gauss-Legendre
quadrature gives exactly. What matters to later earnings are the means of some products of variables. They are carried
from measure to measure, mixed: (1 - t) as they were, t as the measure leaves them. A second pass, backwards, finds what
each mean is worth in the end, and so all shares together.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from cpcalc.calc.sharing import quadrature
from cpcalc.engine.games import Game, Kind, Step, Variable
from cpcalc.engine.polynomials import Monomial, Polynomial, polynomial, variable

# More products than this are no short cut.
MOST_PRODUCTS = 500

Row = list[tuple[int, float]]
Means = dict[int, list[float]]  # by the required measures that are acting, as bits


class Change(NamedTuple):
    """One mean after a measure, from the means before it."""

    place: int
    without: Row
    with_it: Row


class Act(NamedTuple):
    """What a measure does to the means, as far as it changes them, and what it earns."""

    changes: list[Change]
    earns: Row


class Lifted(NamedTuple):
    """The products of variables that matter to some earnings: their values before any measure, and all acts."""

    start: list[float]
    acts: list[Act]


class Maps:
    """What each measure makes of the variables, and of products of them; what it earns.

    ``changes`` says what becomes of a variable with the measure, ``anyway`` what it is without, where that has another
    name before.
    """

    def __init__(
        self,
        changes: Sequence[Mapping[Variable, Polynomial]],
        anyway: Sequence[Mapping[Variable, Polynomial]],
        earns: Sequence[Polynomial],
    ) -> None:
        self.changes = changes
        self.anyway = anyway
        self.earns = earns
        self._images: list[dict[Monomial, tuple[Polynomial, Polynomial]]] = [{} for _ in changes]

    def images(self, player: int, monomial: Monomial) -> tuple[Polynomial, Polynomial]:
        """A product without and with a measure, in the variables before it."""
        found = self._images[player].get(monomial)
        if found is None:
            anyway, changes = self.anyway[player], self.changes[player]
            found = _product(monomial, anyway), _product(monomial, {**anyway, **changes})
            self._images[player][monomial] = found
        return found

    def needed(self, player: int) -> list[set[Monomial]] | None:
        """The products that matter to what a measure earns, before each measure up to it; None where some is none."""
        terms = self.earns[player].terms
        if terms is None:
            return None
        layers = [set(terms)]
        for before in reversed(range(player)):
            found: set[Monomial] = set()
            for monomial in layers[-1]:
                for image in self.images(before, monomial):
                    if image.terms is None or len(found) > MOST_PRODUCTS:
                        return None
                    found.update(image.terms)
            layers.append(found)
        return layers[::-1]


def _product(monomial: Monomial, values: Mapping[Variable, Polynomial]) -> Polynomial:
    found = polynomial(1.0)
    for name in monomial:
        found = found * (values[name] if name in values else variable(name))
    return found


def lifted(game: Game, maps: Maps, layers: Mapping[int, Sequence[Iterable[Monomial]]]) -> Lifted:
    """The acts of all measures on the products that matter to those earnings that ``layers`` are of."""
    count = len(game.players)
    needed: list[set[Monomial]] = [set() for _ in range(count + 1)]
    for found in layers.values():
        for place, monomials in enumerate(found):
            needed[place].update(monomials)
    places = {monomial: place for place, monomial in enumerate(sorted(set().union(*needed)))}
    start = [math.prod(game.start[name] for name in monomial) for monomial in places]
    acts = []
    for player in range(count):
        touched = maps.changes[player].keys() | maps.anyway[player].keys()
        changes = [
            Change(
                places[monomial], *(_row(image, places) for image in maps.images(player, monomial))
            )
            for monomial in sorted(needed[player + 1])
            if not touched.isdisjoint(monomial)
        ]
        acts.append(Act(changes, _row(maps.earns[player], places) if player in layers else []))
    return Lifted(start, acts)


def _row(found: Polynomial, places: Mapping[Monomial, int]) -> Row:
    assert found.terms is not None
    return [(places[monomial], coefficient) for monomial, coefficient in found.terms.items()]


def width(steps: Sequence[Step]) -> int:
    """How many means are carried through all steps: twice as many while a measure that others require is open."""
    still_open, total = 0, 0
    for step in steps:
        total += 1 << still_open
        still_open += (step.kind is Kind.DRAW) - (step.kind is Kind.FORGET)
    return total


def mixed_shares(steps: Sequence[Step], lifted: Lifted) -> list[float]:
    """Each measure's order-free share of what all earn. Source: Owen (1972)."""
    count = len(lifted.acts)
    shares = [0.0] * count
    for presence, weight in quadrature(count):
        means: Means = {0: lifted.start}
        trail = []
        for step in steps:
            trail.append(means)
            means = _forwards(step, lifted.acts[step.player], means, presence)
        worths: Means = {bits: [0.0] * len(lifted.start) for bits in means}
        for step, before in zip(reversed(steps), reversed(trail), strict=True):
            slope, worths = _backwards(step, lifted.acts[step.player], before, worths, presence)
            shares[step.player] += weight * slope
    return shares


def _forwards(step: Step, act: Act, means: Means, presence: float) -> Means:
    flag = 1 << step.player
    after: Means = {}
    for bits, mean in means.items():
        if step.kind is Kind.DRAW:
            if bits & step.needed == step.needed:
                after[bits] = [(1 - presence) * value for value in mean]
                after[bits | flag] = [presence * value for value in mean]
            else:
                after[bits] = mean
        elif step.kind is Kind.FORGET:
            known = after.get(bits & ~flag)
            after[bits & ~flag] = (
                mean if known is None else [a + b for a, b in zip(known, mean, strict=True)]
            )
        else:
            share = _share(step, bits, presence)
            moved = after[bits] = list(mean)
            for place, without, with_it in act.changes:
                moved[place] = (1 - share) * _sum(without, mean) + share * _sum(with_it, mean)
    return after


def _backwards(
    step: Step, act: Act, means: Means, worths: Means, presence: float
) -> tuple[float, Means]:
    """What a measure's presence changes at a step, and what each mean before it is worth."""
    flag = 1 << step.player
    slope = 0.0
    before: Means = {}
    for bits, mean in means.items():
        if step.kind is Kind.DRAW:
            absent = worths[bits]
            present = worths[bits | flag] if bits & step.needed == step.needed else absent
            slope += sum(value * (b - a) for value, a, b in zip(mean, absent, present, strict=True))
            before[bits] = [
                (1 - presence) * a + presence * b for a, b in zip(absent, present, strict=True)
            ]
            continue
        if step.kind is Kind.FORGET:
            before[bits] = worths[bits & ~flag]
            continue
        worth, share = worths[bits], _share(step, bits, presence)
        moved = before[bits] = list(worth)
        for place, coefficient in act.earns:
            moved[place] += share * coefficient
        for place, _, _ in act.changes:
            moved[place] -= worth[place]
        change = _sum(act.earns, mean)
        for place, without, with_it in act.changes:
            change += worth[place] * (_sum(with_it, mean) - _sum(without, mean))
            for row, portion in ((without, 1 - share), (with_it, share)):
                for other, coefficient in row:
                    moved[other] += portion * worth[place] * coefficient
        if step.kind is Kind.BOTH and share:
            slope += change
    return slope, before


def _share(step: Step, bits: int, presence: float) -> float:
    """In which share of the coalitions a measure acts that is drawn now, or before; none where it lacks another."""
    if bits & step.needed != step.needed:
        return 0.0
    return presence if step.kind is Kind.BOTH else 1.0


def _sum(row: Row, mean: Sequence[float]) -> float:
    return sum(coefficient * mean[place] for place, coefficient in row)
