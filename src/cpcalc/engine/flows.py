"""The flows while measures act on them: each effect acts on what the earlier ones leave.

A sub-stream's reduction is its parent's too; a reduction of the parent lowers its parts in
proportion, an amount that is added to it leaves them as they are. A carrier such as steam passes
its reduction to its fuels in the ratio that earlier measures left; a better boiler lowers that
ratio. Waste water that follows water falls with it. A fuel switch moves a share of what remains to
the other fuel. Where a saving was measured at another production than the baseline's, its stream
stands at that production before any measure acts.
"""

from collections.abc import Iterable, Mapping
from copy import copy
from typing import NamedTuple, Self

from cpcalc.calc import savings
from cpcalc.calc.emissions import load, load_after
from cpcalc.figures import Figure, NotApplicable, Reported, is_whole, joined, lacking, unknown
from cpcalc.resolve.model import (
    WHOLE,
    AnyEffect,
    LinkedEffect,
    LinkedStream,
    Production,
    Resolved,
    UnknownEffect,
)
from cpcalc.units import ONE

Realised = tuple[Figure, Figure]  # what acted, of what was stated


class EffectOutcome(NamedTuple):
    """What one effect did: the reduction of each stream it reached, and how much could act."""

    effect: AnyEffect
    changes: Mapping[str, Reported]  # stream -> reduction a year, positive is less
    load_change: Reported | None = None
    was_capped: bool = False
    realised: Realised | None = None  # None when all of it acted
    filtered: Reported | None = None  # the flow times the share that a filter keeps


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
        # Of the same streams: the fields that what was cut is not known without.
        self.lacking: dict[str, tuple[str, ...]] = {}
        self.ratios: dict[str, dict[str, Figure]] = {
            name: dict(stream.made_from) for name, stream in streams.items() if stream.made_from
        }
        self._changes: dict[str, Figure] = {}
        self._at_start: dict[str, Figure] = {}
        # Stream -> the production at which it stands, where it is not the baseline's.
        self.production: dict[str, Production] = {}
        # Product -> what is made of it now, of what was made; pollutant of a stream -> the share
        # that filters let pass.
        self.made: dict[str, Realised] = {}
        self.passing: dict[tuple[str, str], Figure] = {}
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
        if change is None or production is None:
            return
        if before is None or quantity is None or isinstance(change.absolute, NotApplicable):
            fields = change.absolute.missing or (self.streams[name].lacks,)
            self._unknown(effect, fields, {name: True})  # how far it moves is not known
            self.production[name] = production
            return
        fall = savings.difference(change.absolute, change.at_reporting_production)
        if before is not quantity:  # it moved with another already
            fall = savings.difference(before, savings.remaining(quantity, fall))
        earlier = dict(self.left)
        self._reduce(name, fall, lowers_parts=False)
        if before.value > 0:
            stream = self.streams[name]
            others = [part for part in stream.parts if part not in stream.periods]
            self._scale_parts(others, self.left[name], before)
        for other, flow in self.left.items():
            if flow is not earlier[other]:
                self.production[other] = production

    def fork(self) -> Self:
        """The same flows, free to go another way."""
        other = copy(self)
        other.left, other.share_left = dict(self.left), dict(self.share_left)
        other.cut, other.loads_left = dict(self.cut), dict(self.loads_left)
        other.ratios = {name: dict(ratios) for name, ratios in self.ratios.items()}
        other.lacking, other.made = dict(self.lacking), dict(self.made)
        other.passing = dict(self.passing)
        return other

    def in_order(self, effects: Iterable[AnyEffect]) -> list[AnyEffect]:
        """A measure's effects as they act, those on loads last.

        Its concentrations are of the flows before it, and of those that its other effects leave.
        """
        self._at_start = dict(self.left)
        return sorted(effects, key=lambda effect: effect.form == "load")

    def act(self, effect: AnyEffect) -> EffectOutcome:
        """Let one effect act on what is left."""
        self._changes = {}
        if isinstance(effect, UnknownEffect):
            return self._unknown(effect, effect.missing, {effect.stream: True})
        forms = {"share": self._cut_share, "switch": self._switch, "load": self._change_load}
        forms |= {"output": self._make_more, "control": self._filter}
        return forms.get(effect.form, self._cut_amount)(effect)

    # ---- the forms of an effect ------------------------------------------------------------------

    def _cut_share(self, effect: LinkedEffect) -> EffectOutcome:
        name = effect.stream
        before = self.left.get(name)
        if before is None:
            earlier, fields = self.share_left.get(name, WHOLE), (self.streams[name].lacks,)
            realised = (earlier, WHOLE) if earlier is not WHOLE else None
            outcome = self._unknown(effect, fields, {name: False}, realised)
            self._lower_unknown(name, effect.amount, earlier)
            return outcome
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
            assert isinstance(production.at_start, Figure)  # else its size would not be known
            amount = savings.scaled(amount, production.reporting, production.at_start)
        if effect.per in self.made:
            amount = savings.scaled(amount, *self.made[effect.per])
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
        for ratios in self.ratios.values():
            if effect.stream in ratios:  # what is made from the old fuel is now made from both
                shifted = savings.share_of(ratios[effect.stream], effect.amount)
                _add(ratios, effect.target, savings.converted(shifted, effect.ratio))
        moved = effect.amount
        is_share = moved.unit is ONE
        if before is None and is_share:
            earlier = self.share_left.get(effect.stream, WHOLE)
            fields, sides = (self.streams[effect.stream].lacks,), (effect.stream, effect.target)
            outcome = self._unknown(effect, fields, dict.fromkeys(sides, False))
            self._lower_unknown(effect.stream, moved, earlier)
            return outcome
        if before is not None:
            moved = savings.share_of(before, moved) if is_share else savings.capped(moved, before)
        self._reduce(effect.stream, moved)
        added = savings.converted(moved, effect.ratio)
        self._reduce(effect.target, savings.opposite(added), lowers_parts=False)
        return EffectOutcome(effect, self._changes)

    def _change_load(self, effect: LinkedEffect) -> EffectOutcome:
        """From one concentration to another, each with its own flow: thinning changes no load."""
        assert effect.ratio is not None
        flow = self.left.get(effect.stream)
        at_start = self._at_start.get(effect.stream, flow)
        if flow is None or at_start is None:
            return EffectOutcome(effect, {}, unknown(self.streams[effect.stream].lacks))
        if at_start.value <= 0:
            return EffectOutcome(effect, {})
        key = (effect.stream, str(effect.load))
        before = self.loads_left.get(key) or load(effect.amount, at_start)
        after = load_after(before, effect.amount, at_start, effect.ratio, flow)
        self.loads_left[key] = after
        return EffectOutcome(effect, {}, savings.difference(before, after))

    def _make_more(self, effect: LinkedEffect) -> EffectOutcome:
        """More of a product, and of all that goes into it: what is left of each after the measures
        before, in proportion."""
        product, before = effect.stream, self.left.get(effect.stream)
        goes_in = [stream for stream in self.streams.values() if product in (stream.id, stream.per)]
        # Parts and carriers first: what they take with them is not taken again.
        goes_in.sort(key=lambda stream: stream.parent is None and not stream.made_from)
        names = [stream.id for stream in goes_in]
        if before is None:
            return self._unknown(effect, (self.streams[product].lacks,), dict.fromkeys(names, True))
        wanted = {name: savings.less_share(self.left[name], effect.amount) for name in names}
        for name, flow in wanted.items():
            self._reduce(name, savings.difference(self.left[name], flow))
        if before.value > 0:  # of nothing, no share can be more
            self.made[product] = (self.left[product], self.made.get(product, (before, before))[1])
        return EffectOutcome(effect, self._changes)

    def _filter(self, effect: LinkedEffect) -> EffectOutcome:
        """A filter keeps a share of what passes the earlier ones."""
        key = (effect.stream, str(effect.load))
        passes = self.passing.get(key, WHOLE)
        self.passing[key] = savings.less_share(passes, effect.amount)
        flow = self.left.get(effect.stream) or unknown(self.streams[effect.stream].lacks)
        kept = savings.share_of(savings.share_of(flow, passes), effect.amount)
        return EffectOutcome(effect, {}, filtered=kept)

    # ---- what is not known -----------------------------------------------------------------------

    def is_known_share(self, name: str) -> bool:
        """Whether what is left of a stream without a quantity is known as a share of it."""
        return name not in self.cut and is_whole(self.share_left.get(name, WHOLE))

    def _lower_unknown(self, name: str, share: Figure, before: Figure) -> None:
        """Lower what was left of a stream without a quantity by a share, with its parts and what is
        made from it."""
        after = self.share_left[name] = savings.less_share(before, share)
        self._scale_parts(self.streams[name].parts, after, before)
        self._scale_ratios(name, after, before)

    def _unknown(
        self,
        effect: AnyEffect,
        fields: tuple[str, ...],
        acted_on: Mapping[str, bool],
        realised: Realised | None = None,
    ) -> EffectOutcome:
        """An effect of unknown size: whatever it reaches changes by an unknown amount, not by
        nothing, and what later measures find of it lacks the fields.

        ``acted_on`` holds the streams, and whether their parts change too.
        """
        reached = dict(acted_on)
        pending = list(reached)
        for name in pending:  # it grows by what each of them reaches
            stream = self.streams[name]
            ways = dict.fromkeys(() if stream.parent is None else (stream.parent,), False)
            ways |= dict.fromkeys(self.ratios.get(name, ()), False)
            ways |= dict.fromkeys((follower for follower, _ in stream.followers), True)
            ways |= dict.fromkeys(stream.periods, False)
            ways |= dict.fromkeys(stream.parts if reached[name] else (), True)
            pending += [other for other in ways if other not in reached]
            reached = ways | reached
        changes: dict[str, Reported] = dict(self._changes)
        for name, lowers_parts in reached.items():
            self._mark(name, fields)
            if lowers_parts:
                self._mark_ratios(name, fields)
            known = self._changes.get(name)
            changes[name] = unknown(*fields) if known is None else lacking(known, fields)
        return EffectOutcome(effect, changes, realised=realised)

    def _mark(self, name: str, fields: tuple[str, ...]) -> None:
        if name in self.left:
            self.left[name] = lacking(self.left[name], fields)
        else:
            self.lacking[name] = joined(self.lacking.get(name, ()), fields)
            self.share_left[name] = lacking(self.share_left.get(name, WHOLE), fields)

    def _mark_ratios(self, name: str, fields: tuple[str, ...]) -> None:
        for ratios in self.ratios.values():
            if name in ratios:
                ratios[name] = lacking(ratios[name], fields)

    # ---- how a reduction travels -----------------------------------------------------------------

    def _reduce(
        self, name: str, reduction: Figure, *, lowers_parts: bool = True, of_period: bool = False
    ) -> None:
        stream = self.streams[name]
        _add(self._changes, name, reduction)
        before = self.left.get(name)
        # The periods of a tariff make up the stream: they change with it, whichever way.
        parts = stream.parts if lowers_parts else () if of_period else stream.periods
        if before is None:
            _add(self.cut, name, reduction)
            for part in parts:
                self._mark(part, (stream.lacks,))
            if lowers_parts:
                self._mark_ratios(name, (stream.lacks,))
        else:
            after = self.left[name] = savings.remaining(before, reduction)
            if before.value > 0:
                self._scale_parts(parts, after, before)
                if lowers_parts:
                    self._scale_ratios(name, after, before)
            elif not of_period and self.before[name].value <= 0:
                for period in stream.periods if reduction.value else ():
                    self._mark(period, (f"streams.{name}.quantity",))
            elif not of_period:  # nothing was left: what comes back is shared out as at the start
                for period in stream.periods:
                    share = savings.scaled(self.before[period], after, self.before[name])
                    _add(self._changes, period, savings.difference(self.left[period], share))
                    self.left[period] = share
        self._pass_on(stream, reduction)
        if stream.parent is not None:
            is_period = stream.is_period
            self._reduce(stream.parent, reduction, lowers_parts=False, of_period=is_period)

    def _pass_on(self, stream: LinkedStream, reduction: Figure) -> None:
        """To the streams that follow it, and to what it is made from."""
        fuels: Iterable[tuple[str, Figure]] = self.ratios.get(stream.id, {}).items()
        for lowers_parts, links in ((True, stream.followers), (False, fuels)):
            for name, ratio in links:
                wanted, present = savings.converted(reduction, ratio), self.left.get(name)
                acting = wanted if present is None else savings.capped(wanted, present)
                self._reduce(name, acting, lowers_parts=lowers_parts)

    def _scale_parts(self, parts: Iterable[str], after: Figure, before: Figure) -> None:
        for name in parts:
            present = self.left.get(name)
            if present is None:  # a share of what is not known
                self._mark(name, (self.streams[name].lacks,))
                continue
            part, lowered = self.streams[name], savings.scaled(present, after, before)
            self.left[name] = lowered
            # What follows a part goes with it, whatever lowers it.
            fall = savings.difference(present, lowered)
            self._pass_on(part, fall)
            if part.is_period:
                _add(self._changes, name, fall)
            self._scale_ratios(name, after, before)
            if present.value > 0:
                self._scale_parts(part.parts, lowered, present)

    def _scale_ratios(self, name: str, after: Figure, before: Figure) -> None:
        for ratios in self.ratios.values():
            if name in ratios:
                ratios[name] = savings.scaled(ratios[name], after, before)


def _add(amounts: dict[str, Figure], name: str, amount: Figure) -> None:
    amounts[name] = savings.total(amounts[name], amount) if name in amounts else amount
