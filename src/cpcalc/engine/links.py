"""Which streams hang together, so that a change of one can reach the other."""

from __future__ import annotations

from collections.abc import Iterator

from cpcalc.resolve.model import Effect, Resolved


def linked_streams(resolved: Resolved) -> dict[str, str]:
    """For each stream the name of one that stands for all it hangs together with: itself where it is on its own.

    A stream hangs together with its parts, with what follows it, a carrier with its fuels, and a fuel with the one
    that a switch puts in its place.
    """
    parents = {name: name for name in resolved.streams}

    def root(name: str) -> str:
        while parents[name] != name:
            name = parents[name]
        return name

    for one, other in _links(resolved):
        parents[root(one)] = root(other)
    return {name: root(name) for name in parents}


def _links(resolved: Resolved) -> Iterator[tuple[str, str]]:
    for stream in resolved.streams.values():
        for part in stream.parts:
            yield stream.id, part
        for other, _ in (*stream.made_from, *stream.followers):
            yield stream.id, other
    for measure in resolved.measures:
        for effect in measure.effects:
            if isinstance(effect, Effect) and effect.target is not None:
                yield effect.stream, effect.target
