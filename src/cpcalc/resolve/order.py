"""What stands before what: streams being linked, measures in the bundle; and no circles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from graphlib import TopologicalSorter

from cpcalc.diagnostics import Path
from cpcalc.resolve.context import Context
from cpcalc.resolve.model import END_OF_PIPE, LinkedEffect, LinkedMeasure, LinkedStream
from cpcalc.schema.assessment import Measure, Stream

# Earlier in this list is earlier in the bundle: an idea never changes an implemented figure.
BUNDLE_STATUSES = ("verified", "implemented", "planned", "considered", "unstated")
# Where links contradict each other, that something required stays outside is no news.
CONTRADICTIONS = ("requires-what-it-excludes", "requires-chain-excludes")

# No plant's streams hang together in longer chains or in more ways; a hostile file's could for
# hours.
DEEPEST_LINKS = 300
MOST_WAYS = 1000


# From a stream to the next, with the place in the file that says so.
Ways = dict[str, dict[str, Path]]

# ---- streams -------------------------------------------------------------------------------------


def dependency_order(context: Context) -> list[str]:
    """Parents before parts, leaders before followers, fuels before what is made from them.

    Circles, unknown names and too long or too many ways between streams are diagnostics.
    """
    streams = context.streams
    ways: Ways = {name: dict(_references(name, stream)) for name, stream in streams.items()}
    for references in ways.values():
        for other in [other for other in references if other not in streams]:
            context.unknown("unknown-stream", references.pop(other), other, streams)
    for name, other in list(closing_steps(ways)):
        context.problem("circular-streams", ways[name].pop(other), stream=other)
    order = list(TopologicalSorter(ways).static_order())
    depths: dict[str, int] = {}
    counts: dict[str, int] = {}  # in how many ways a stream leads to others
    for name in order:
        depths[name] = 1 + max((depths[other] for other in ways[name]), default=0)
        counts[name] = 1 + sum(counts[other] for other in ways[name])
        if depths[name] > DEEPEST_LINKS or counts[name] > MOST_WAYS:
            context.problem_of_key("too-many-links", ("streams", name), stream=name)
            depths[name] = counts[name] = 0
    return order


def _references(name: str, stream: Stream) -> Iterator[tuple[str, Path]]:
    if stream.part_of is not None:
        yield stream.part_of, ("streams", name, "part-of")
    for key, links in (("made-from", stream.made_from), ("follows", stream.follows)):
        for other in links or {}:
            yield other, ("streams", name, key, other)


def check_circles(
    context: Context, streams: Mapping[str, LinkedStream], measures: Sequence[LinkedMeasure]
) -> None:
    """Refuse streams that lead to each other by links of different kinds, or by a fuel switch.

    A reduction travels to the parent, to what follows and to the fuels; none may come back.
    """
    carriers = [name for name, stream in streams.items() if stream.made_from]
    is_known = any(diagnostic.name == "circular-streams" for diagnostic in context.diagnostics)
    if not carriers or is_known:  # other circles are met where the streams are linked
        return
    ways = {name: _ways_from(streams, name) for name in streams}
    for measure in measures:
        for effect in (*measure.predicted_effects, *measure.verified_effects):
            if isinstance(effect, LinkedEffect) and effect.target is not None:
                for name in carriers:
                    if effect.stream in ways[name]:
                        ways[name].setdefault(effect.target, (*effect.path, "replace-by"))
    for name, other in closing_steps(ways):
        context.problem("circular-streams", ways[name][other], stream=other)


def _ways_from(streams: Mapping[str, LinkedStream], name: str) -> dict[str, Path]:
    """Where a reduction of a stream goes; it lowers its parts, and what goes with them, too."""
    stream = streams[name]
    ways: dict[str, Path] = {}
    if stream.parent is not None:
        ways[stream.parent] = ("streams", name, "part-of")
    lowered_too = [name]
    for lowered in lowered_too:  # it grows by the parts of each
        lowered_too += streams[lowered].parts
        for follower, _ in streams[lowered].followers:
            ways.setdefault(follower, ("streams", follower, "follows", lowered))
        for fuel, _ in streams[lowered].made_from:
            ways.setdefault(fuel, ("streams", lowered, "made-from", fuel))
    return ways


def closing_steps(ways: Mapping[str, Iterable[str]]) -> Iterator[tuple[str, str]]:
    """The steps that close a circle, depth first; without them there is none."""
    steps = {name: iter(others) for name, others in ways.items()}
    is_open: dict[str, bool] = {}
    for start in ways:
        trail = [start]
        while trail:
            name = trail[-1]
            is_open[name] = True
            other = next(steps[name], None)
            if other is None:
                is_open[trail.pop()] = False
            elif is_open.get(other):
                yield name, other
            elif other not in is_open:
                trail.append(other)


# ---- the bundle of measures ----------------------------------------------------------------------


def bundle(
    context: Context, measures: Sequence[LinkedMeasure], statuses: frozenset[str] | None
) -> tuple[list[LinkedMeasure], tuple[int, ...]]:
    """Measures in the order of the bundle, and their positions in the file.

    Those outside it stand last, in file order: rejected and not-implemented ones, the later of two
    that exclude each other, and those of a status not selected.
    """
    links = _MeasureLinks(context, measures)
    links.check()
    chosen = [
        position
        for position, measure in enumerate(measures)
        if measure.status in BUNDLE_STATUSES and (statuses is None or measure.status in statuses)
    ]
    at_the_end = [position for position in chosen if measures[position].type == END_OF_PIPE]
    before = [position for position in chosen if measures[position].type != END_OF_PIPE]
    # What is end of pipe acts on what cleaner production leaves.
    kept = links.without_rivals([*links.in_order(before), *links.in_order(at_the_end)])
    links.check_required(kept)
    inside = set(kept)
    outside = [position for position in range(len(measures)) if position not in inside]
    ordered = [measures[position] for position in kept]
    ordered += [measures[position]._replace(in_bundle=False) for position in outside]
    return ordered, (*kept, *outside)


class _MeasureLinks:
    """What the measures of the file say of each other: after, requires, excludes."""

    def __init__(self, context: Context, measures: Sequence[LinkedMeasure]) -> None:
        self.context = context
        self.written: Sequence[Measure] = context.assessment.measures or ()
        self.ranks = [_rank(measure) for measure in measures]
        self.position_of = {measure.id: position for position, measure in enumerate(measures)}
        self.rivals = [set(measure.excludes or ()) for measure in self.written]
        for measure in self.written:
            for name in measure.excludes or ():
                if name in self.position_of:
                    self.rivals[self.position_of[name]].add(measure.id)

    def in_order(self, chosen: Sequence[int]) -> list[int]:
        """By status, then as in the file; but each after those it names."""
        waiting = sorted(chosen, key=lambda position: (self.ranks[position], position))
        left = set(waiting)
        placed: list[int] = []
        while waiting:
            free = (position for position in waiting if not self._waits(position, left))
            following = next(free, waiting[0])  # in a circle, which is a problem, the first
            waiting.remove(following)
            left.remove(following)
            placed.append(following)
        return placed

    def _waits(self, position: int, left: set[int]) -> bool:
        others = [self.position_of.get(name) for name in self.written[position].after or ()]
        return any(other in left and other != position for other in others)

    def without_rivals(self, ordered: Sequence[int]) -> list[int]:
        """Of two that exclude each other, the first."""
        kept: dict[str, int] = {}
        for position in ordered:
            if self.rivals[position].isdisjoint(kept):
                kept[self.written[position].id] = position
        return list(kept.values())

    # ---- checks ----------------------------------------------------------------------------------

    def check(self) -> None:
        """Unknown names, contradictions and circles."""
        for position, measure in enumerate(self.written):
            for key in ("after", "requires", "excludes"):
                self._check_names(measure, getattr(measure, key) or (), ("measures", position, key))
            for name in measure.after or ():
                other = self.position_of.get(name)
                if other is not None and self.ranks[other] > self.ranks[position]:
                    self._problem("after-a-later-status", position, "after", other=name)
            for name in measure.requires or ():
                if name in self.rivals[position]:
                    self._problem("requires-what-it-excludes", position, "requires", other=name)
        for key in ("after", "requires"):
            self._check_circles(key)
        for position, measure in enumerate(self.written):
            self._check_chain(position, measure)

    def _problem(self, name: str, position: int, at: str, /, **values: str) -> None:
        path: Path = ("measures", position, at)
        self.context.problem(name, path, measure=self.written[position].id, **values)

    def _check_names(self, measure: Measure, names: Sequence[str], path: Path) -> None:
        for name in names:
            if name not in self.position_of:
                self.context.unknown("unknown-measure", path, name, self.position_of)
            elif name == measure.id:
                self.context.problem("measure-names-itself", path, measure=name)

    def _check_circles(self, key: str) -> None:
        ways = {
            measure.id: [
                name
                for name in getattr(measure, key) or ()
                if name in self.position_of and name != measure.id
            ]
            for measure in self.written
        }
        for name, other in closing_steps(ways):
            self._problem("circular-measures", self.position_of[name], key, other=other, key=key)

    def _check_chain(self, position: int, measure: Measure) -> None:
        """What a measure requires through others excludes neither it nor what else it requires."""
        needed = self._all_required(measure)
        together = {measure.id, *needed}
        for name in needed:
            rival = min(self.rivals[self.position_of[name]] & together, default=None)
            is_direct = rival == measure.id and name in (measure.requires or ())
            if rival is not None and not is_direct:
                self._problem(
                    "requires-chain-excludes", position, "requires", required=name, other=rival
                )
                return

    def _all_required(self, measure: Measure) -> dict[str, None]:
        required: dict[str, None] = {}
        pending = list(measure.requires or ())
        while pending:
            name = pending.pop(0)
            if name in self.position_of and name not in required and name != measure.id:
                required[name] = None
                pending.extend(self.written[self.position_of[name]].requires or ())
        return required

    def check_required(self, kept: Sequence[int]) -> None:
        """What a measure of the bundle requires is in the bundle."""
        if any(item.name in CONTRADICTIONS for item in self.context.diagnostics):
            return
        inside = {self.written[position].id for position in kept}
        for position in kept:
            for name in self.written[position].requires or ():
                if name in self.position_of and name not in inside:
                    self._problem("required-measure-outside", position, "requires", required=name)


def _rank(measure: LinkedMeasure) -> int:
    is_in = measure.status in BUNDLE_STATUSES
    return BUNDLE_STATUSES.index(measure.status) if is_in else len(BUNDLE_STATUSES)
