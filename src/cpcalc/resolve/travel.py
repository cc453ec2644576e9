"""The ways a reduction travels: to the parent, to what follows, to the fuels.

None may lead back to where it began.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cpcalc.diagnostics import Path
from cpcalc.resolve.model import Effect, Measure, Stream
from cpcalc.resolve.scope import Scope

# From a stream to the next, with the place in the file that says so.
Ways = dict[str, dict[str, Path]]


def check_travel(scope: Scope, streams: Mapping[str, Stream], measures: Sequence[Measure]) -> None:
    """Refuse streams that lead to each other by links of different kinds, or by a fuel switch."""
    if not any(stream.made_from for stream in streams.values()):
        return  # parents, or followers, alone are checked where they are linked
    if any(diagnostic.name == "circular-streams" for diagnostic in scope.diagnostics):
        return
    ways = _ways(streams)
    for measure in measures:
        for effect in (*measure.predicted_effects, *measure.verified_effects):
            if isinstance(effect, Effect) and effect.form == "switch" and effect.target is not None:
                for name, stream in streams.items():
                    if (
                        stream.made_from
                        and effect.stream in ways[name]
                        and effect.target in streams
                    ):
                        ways[name].setdefault(effect.target, (*effect.path, "replace-by"))
    state: dict[str, int] = {}
    for name in ways:
        _visit(scope, ways, name, state)


def _ways(streams: Mapping[str, Stream]) -> Ways:
    ways: Ways = {name: {} for name in streams}
    for name, stream in streams.items():
        if stream.parent is not None:
            ways[name][stream.parent] = ("streams", name, "part-of")
        for follower, _ in stream.followers:
            ways[name][follower] = ("streams", follower, "follows", name)
        for fuel, _ in stream.made_from:
            if fuel in streams:
                ways[name][fuel] = ("streams", name, "made-from", fuel)
        for part in _below(
            streams, stream
        ):  # what lowers the whole lowers its parts, and what goes with them
            for follower, _ in streams[part].followers:
                ways[name].setdefault(follower, ("streams", follower, "follows", part))
            for fuel, _ in streams[part].made_from:
                if fuel in streams:
                    ways[name].setdefault(fuel, ("streams", part, "made-from", fuel))
    return ways


def _below(streams: Mapping[str, Stream], stream: Stream) -> Iterator[str]:
    for part in stream.parts:
        yield part
        yield from _below(streams, streams[part])


def _visit(scope: Scope, ways: Ways, start: str, state: dict[str, int]) -> None:
    """Depth first; a step to a stream that is still open closes a circle."""
    open_, done = 1, 2
    trail = [start] if start not in state else []
    while trail:
        name = trail[-1]
        state.setdefault(name, open_)
        fresh = next((other for other in ways[name] if state.get(other) != done), None)
        if fresh is None:
            state[trail.pop()] = done
        elif state.get(fresh) == open_:
            scope.problem("circular-streams", ways[name][fresh], stream=fresh)
            state.update(dict.fromkeys(trail, done))
            return
        else:
            trail.append(fresh)
