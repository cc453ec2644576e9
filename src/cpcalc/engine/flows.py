"""The flows while measures act on them: each effect acts on what the earlier ones leave.

A sub-stream's reduction is its parent's too; a reduction of the parent lowers its parts in
proportion, an amount that is added to it leaves them as they are. A carrier such as steam passes
its reduction to its fuels in the ratio that earlier measures left; a better boiler lowers that
ratio. Waste water that follows water falls with it. A fuel switch moves a share of what remains to
the other fuel. Where a saving was measured at another production than the baseline's, its stream
stands at that production before any measure acts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import copy
from typing import NamedTuple

from cpcalc.calc import savings
from cpcalc.calc.emissions import load, load_after
from cpcalc.figures import Figure, defined
from cpcalc.resolve.model import LinkedEffect, LinkedStream, Production, Resolved, Unknown
from cpcalc.units import ONE

WHOLE = defined(1, ONE, "100 %")

Realised = tuple[Figure, Figure]  # what acted, of what was stated


class EffectOutcome(NamedTuple):
    """What one effect did: the reduction of each stream it reached, and how much could act."""

    effect: LinkedEffect
    changes: Mapping[str, Figure]  # stream -> reduction a year, positive is less
    load_change: Figure | None = None
    unknown: bool = False  # the stream's quantity is not known, so neither is the reduction
    was_capped: bool = False
    realised: Realised | None = None  # None when all of it acted
    # Where the change is unknown: every stream that the effect changes by an unknown amount.
    reached: tuple[str, ...] = ()


class Flows:
    """The yearly flows at one place in the order of the bundle."""

    def __init__(self, resolved: Resolved) -> None:
        streams = self.streams = resolved.streams
        self.left: dict[str, Figure] = {
            name: stream.quantity for name, stream in streams.items() if stream.quantity is not None
        }
        # Of streams whose own quantity is not known: the share left, and what was cut in kind.
        self.share_left: dict[str, Figure] = {}
        self.cut: dict[str, Figure] = {}
        # Stream -> the fields that its changes are not known without.
        self.lacking: dict[str, list[str]] = {}
        self.ratios: dict[str, dict[str, Figure]] = {
            name: dict(stream.made_from) for name, stream in streams.items() if stream.made_from
        }
        self._changes: dict[str, Figure] = {}
        self._at_start: dict[str, Figure] = {}
        # Stream -> the production at which it stands, where it is not the baseline's.
        self.production: dict[str, Production] = {}
        for effect in resolved.moves:
            self._move(effect)
        self.before = dict(self.left)  # any measure
        self.loads_left: dict[tuple[str, str], Figure] = {
            (name, kind): load(concentration, quantity)
            for name, quantity in self.left.items()
            for kind, concentration in streams[name].loads
        }

    def _move(self, effect: LinkedEffect) -> None:
        """Bring a stream, and what goes with it, to the production at which a saving was measured:
        to what is expected there without the measure.
        """
        name, change, production = effect.stream, effect.change, effect.production
        before, quantity = self.left.get(name), self.streams[name].quantity
        if before is None or quantity is None or change is None or production is None:
            return
        fall = savings.difference(change.absolute, change.at_reporting_production)
        if before is not quantity:  # it moved with another already
            fall = savings.difference(before, savings.remaining(quantity, fall))
        earlier = dict(self.left)
        self._reduce(name, fall, lowers_parts=False)
        if before.value > 0:
            self._scale_parts(self.streams[name], self.left[name], before)
        for other, flow in self.left.items():
            if flow is not earlier[other]:
                self.production[other] = production

    def fork(self) -> Flows:
        """The same flows, free to go another way."""
        other = copy(self)
        other.left, other.share_left = dict(self.left), dict(self.share_left)
        other.cut, other.loads_left = dict(self.cut), dict(self.loads_left)
        other.ratios = {name: dict(ratios) for name, ratios in self.ratios.items()}
        other.lacking = {name: list(fields) for name, fields in self.lacking.items()}
        return other

    def in_order(self, effects: Iterable[LinkedEffect | Unknown]) -> list[LinkedEffect | Unknown]:
        """A measure's effects as they act, those on loads last.

        Its concentrations are of the flows before it, and of those that its other effects leave.
        """
        self._at_start = dict(self.left)
        return sorted(effects, key=_is_on_load)

    def act(self, effect: LinkedEffect) -> EffectOutcome:
        """Let one effect act on what is left."""
        self._changes = {}
        forms = {"share": self._cut_share, "switch": self._switch, "load": self._change_load}
        return forms.get(effect.form, self._cut_amount)(effect)

    # ---- the forms of an effect ------------------------------------------------------------------

    def _cut_share(self, effect: LinkedEffect) -> EffectOutcome:
        name = effect.stream
        before = self.left.get(name)
        if before is None:
            earlier = self.share_left.get(name, WHOLE)
            self.share_left[name] = savings.less_share(earlier, effect.amount)
            realised = (earlier, WHOLE) if earlier is not WHOLE else None
            return self._unknown(effect, (name,), realised)
        reduction = savings.share_of(before, effect.amount)
        baseline = self.streams[name].quantity
        realised = None
        if baseline is not None and before is not baseline and baseline.value > 0:
            realised = (before, baseline)
        self._reduce(name, reduction)
        return EffectOutcome(effect, self._changes, realised=realised)

    def _cut_amount(self, effect: LinkedEffect) -> EffectOutcome:
        before, amount = self.left.get(effect.stream), effect.amount
        production, stands_at = effect.production, self.production.get(effect.stream)
        is_moved = production and stands_at and production.product == stands_at.product
        if production and is_moved and effect.change is None:
            amount = savings.scaled(amount, production.reporting, production.at_start)
        reduction, realised = amount, None
        if before is not None:
            acting = savings.capped(amount, before)
            if acting.value != amount.value:
                reduction, realised = acting, (acting, amount)
        # A pump that is added makes no lamp burn more: only what is taken away lowers the parts.
        self._reduce(effect.stream, reduction, lowers_parts=reduction.value > 0)
        was_capped = realised is not None
        return EffectOutcome(effect, self._changes, was_capped=was_capped, realised=realised)

    def _switch(self, effect: LinkedEffect) -> EffectOutcome:
        assert effect.target is not None
        assert effect.ratio is not None
        before = self.left.get(effect.stream)
        if before is None:
            return self._unknown(effect, (effect.stream, effect.target))
        moved = savings.share_of(before, effect.amount)
        for ratios in self.ratios.values():
            if effect.stream in ratios:  # what is made from the old fuel is now made from both
                shifted = savings.share_of(ratios[effect.stream], effect.amount)
                _add(ratios, effect.target, savings.converted(shifted, effect.ratio))
        self._reduce(effect.stream, moved)
        added = savings.converted(moved, effect.ratio)
        self._reduce(effect.target, savings.opposite(added), lowers_parts=False)
        return EffectOutcome(effect, self._changes)

    def _change_load(self, effect: LinkedEffect) -> EffectOutcome:
        """From one concentration to another, each with its own flow: thinning changes no load."""
        assert effect.ratio is not None
        flow = self.left.get(effect.stream)
        at_start = self._at_start.get(effect.stream, flow)
        if flow is None or at_start is None or at_start.value <= 0:
            return EffectOutcome(effect, {}, unknown=True)
        key = (effect.stream, str(effect.load))
        before = self.loads_left.get(key) or load(effect.amount, at_start)
        after = load_after(before, effect.amount, at_start, effect.ratio, flow)
        self.loads_left[key] = after
        return EffectOutcome(effect, {}, savings.difference(before, after))

    def _unknown(
        self, effect: LinkedEffect, acted_on: tuple[str, ...], realised: Realised | None = None
    ) -> EffectOutcome:
        """An effect of unknown size: whatever it reaches changes by an unknown amount, not by
        nothing.
        """
        reached = list(acted_on)
        for name in reached:  # the list grows by what each of them reaches
            stream = self.streams[name]
            parents = [] if stream.parent is None else [stream.parent]
            followers = [follower for follower, _ in stream.followers]
            for other in (*parents, *followers, *self.ratios.get(name, ())):
                if other not in reached:
                    reached.append(other)
            self.lacking.setdefault(name, []).append(self.streams[effect.stream].lacks)
        return EffectOutcome(effect, {}, unknown=True, realised=realised, reached=tuple(reached))

    # ---- how a reduction travels -----------------------------------------------------------------

    def _reduce(self, name: str, reduction: Figure, *, lowers_parts: bool = True) -> None:
        stream = self.streams[name]
        _add(self._changes, name, reduction)
        before = self.left.get(name)
        if before is None:
            _add(self.cut, name, reduction)
        else:
            after = self.left[name] = savings.remaining(before, reduction)
            if lowers_parts and before.value > 0:
                self._scale_parts(stream, after, before)
                self._scale_ratios(name, after, before)
        self._pass_on(stream, reduction)
        if stream.parent is not None:
            self._reduce(stream.parent, reduction, lowers_parts=False)

    def _pass_on(self, stream: LinkedStream, reduction: Figure) -> None:
        """To the streams that follow it, and to what it is made from."""
        fuels: Iterable[tuple[str, Figure]] = self.ratios.get(stream.id, {}).items()
        for lowers_parts, links in ((True, stream.followers), (False, fuels)):
            for name, ratio in links:
                wanted, present = savings.converted(reduction, ratio), self.left.get(name)
                acting = wanted if present is None else savings.capped(wanted, present)
                self._reduce(name, acting, lowers_parts=lowers_parts)

    def _scale_parts(self, stream: LinkedStream, after: Figure, before: Figure) -> None:
        for name in stream.parts:
            present = self.left.get(name)
            if present is None:
                continue
            part, lowered = self.streams[name], savings.scaled(present, after, before)
            self.left[name] = lowered
            # What follows a part goes with it, whatever lowers it.
            self._pass_on(part, savings.difference(present, lowered))
            self._scale_ratios(name, after, before)
            if present.value > 0:
                self._scale_parts(part, lowered, present)

    def _scale_ratios(self, name: str, after: Figure, before: Figure) -> None:
        for ratios in self.ratios.values():
            if name in ratios:
                ratios[name] = savings.scaled(ratios[name], after, before)


def _is_on_load(effect: LinkedEffect | Unknown) -> bool:
    return isinstance(effect, LinkedEffect) and effect.form == "load"


def _add(amounts: dict[str, Figure], name: str, amount: Figure) -> None:
    amounts[name] = savings.total(amounts[name], amount) if name in amounts else amount
