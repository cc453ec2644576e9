"""The order of the bundle: which measures are in it, and what their links forbid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cpcalc.diagnostics import Path
from cpcalc.resolve.model import Measure
from cpcalc.resolve.scope import Scope
from cpcalc.resolve.streams import nearest
from cpcalc.schema import assessment as files

END_OF_PIPE = "end-of-pipe"
# Earlier in this list is earlier in the bundle: an idea never changes an implemented figure.
BUNDLE_STATUSES = ("verified", "implemented", "planned", "considered", "unstated")


# Where links contradict each other, that something required stays outside is no news.
CONTRADICTIONS = ("requires-what-it-excludes", "requires-chain-excludes")


def bundle(
    scope: Scope, measures: list[Measure], statuses: frozenset[str] | None
) -> tuple[list[Measure], tuple[int, ...]]:
    """Measures in the order of the bundle, and their positions in the file.

    Those outside it stand last, in file order.

    Outside are rejected and not-implemented ones, the later of two that exclude each other, and
    those of a status not selected.
    """
    written = scope.assessment.measures or []
    position_of = {measure.id: position for position, measure in enumerate(measures)}
    if any(measure.after or measure.requires or measure.excludes for measure in written):
        _check_links(scope, measures, written, position_of)
    chosen = [
        position
        for position, measure in enumerate(measures)
        if measure.status in BUNDLE_STATUSES and (statuses is None or measure.status in statuses)
    ]
    ordered = [
        position
        for at_the_end in (
            False,
            True,
        )  # what is end of pipe acts on what cleaner production leaves
        for position in _in_order(
            [one for one in chosen if (measures[one].type == END_OF_PIPE) is at_the_end],
            measures,
            written,
            position_of,
        )
    ]
    kept = (
        _without_rivals(ordered, measures, written)
        if any(measure.excludes for measure in written)
        else ordered
    )
    inside = {measures[position].id for position in kept}
    contradicted = any(item.name in CONTRADICTIONS for item in scope.diagnostics)
    for position in () if contradicted else kept:
        for name in written[position].requires or ():
            if name in position_of and name not in inside:
                scope.problem(
                    "required-measure-outside",
                    ("measures", position, "requires"),
                    measure=measures[position].id,
                    required=name,
                )
    within = set(kept)
    order = (*kept, *(position for position in range(len(measures)) if position not in within))
    ordered_measures = [
        measures[position] if position in within else measures[position]._replace(in_bundle=False)
        for position in order
    ]
    return ordered_measures, order


def _without_rivals(
    ordered: list[int], measures: list[Measure], written: Sequence[files.Measure]
) -> list[int]:
    """Of two that exclude each other, the first."""
    kept: list[int] = []
    for position in ordered:
        rivals = _rivals(position, measures, written)
        if not any(measures[other].id in rivals for other in kept):
            kept.append(position)
    return kept


def _rivals(position: int, measures: list[Measure], written: Sequence[files.Measure]) -> set[str]:
    named = set(written[position].excludes or ())
    return named | {
        measures[other].id
        for other, measure in enumerate(written)
        if measures[position].id in (measure.excludes or ())
    }


def _check_links(
    scope: Scope,
    measures: list[Measure],
    written: Sequence[files.Measure],
    position_of: Mapping[str, int],
) -> None:
    for position, measure in enumerate(written):
        for key in ("after", "requires", "excludes"):
            for name in getattr(measure, key) or ():
                path: Path = ("measures", position, key)
                if name not in position_of:
                    scope.problem(
                        "unknown-measure", path, measure=name, suggestion=nearest(name, position_of)
                    )
                elif name == measure.id:
                    scope.problem("measure-names-itself", path, measure=name)
        for name in measure.after or ():
            other = position_of.get(name)
            if other is not None and _rank(measures[other]) > _rank(measures[position]):
                scope.problem(
                    "after-a-later-status",
                    ("measures", position, "after"),
                    measure=measure.id,
                    other=name,
                )
        for name in measure.requires or ():
            if name in _rivals(position, measures, written):
                scope.problem(
                    "requires-what-it-excludes",
                    ("measures", position, "requires"),
                    measure=measure.id,
                    other=name,
                )
    _check_cycles(scope, written, position_of)
    if any(measure.requires for measure in written):
        _check_chains(scope, measures, written, position_of)


def _check_chains(
    scope: Scope,
    measures: list[Measure],
    written: Sequence[files.Measure],
    position_of: Mapping[str, int],
) -> None:
    """What a measure requires through others must not exclude it, nor exclude something else it
    requires.
    """
    rivals = [_rivals(position, measures, written) for position in range(len(written))]
    for position, measure in enumerate(written):
        needed = _all_required(measure, written, position_of)
        direct = set(measure.requires or ())
        bundle = {measure.id, *needed}
        for name in needed:
            rival = next(iter(sorted(rivals[position_of[name]] & bundle)), None)
            if rival is not None and not (rival == measure.id and name in direct):
                scope.problem(
                    "requires-chain-excludes",
                    ("measures", position, "requires"),
                    measure=measure.id,
                    required=name,
                    other=rival,
                )
                break


def _all_required(
    measure: files.Measure, written: Sequence[files.Measure], position_of: Mapping[str, int]
) -> dict[str, None]:
    found: dict[str, None] = {}
    pending = list(measure.requires or ())
    while pending:
        name = pending.pop(0)
        if name in position_of and name not in found and name != measure.id:
            found[name] = None
            pending.extend(written[position_of[name]].requires or ())
    return found


def _rank(measure: Measure) -> int:
    return (
        BUNDLE_STATUSES.index(measure.status)
        if measure.status in BUNDLE_STATUSES
        else len(BUNDLE_STATUSES)
    )


def _check_cycles(
    scope: Scope, written: Sequence[files.Measure], position_of: Mapping[str, int]
) -> None:
    for key in ("after", "requires"):
        state: dict[int, int] = {}
        for start in range(len(written)):
            trail = [start]
            while trail:
                position = trail[-1]
                state.setdefault(position, 1)
                following = [
                    position_of[name]
                    for name in getattr(written[position], key) or ()
                    if name in position_of
                ]
                fresh = next(
                    (other for other in following if state.get(other) != 2 and other != position),
                    None,
                )
                if fresh is None:
                    state[trail.pop()] = 2
                elif state.get(fresh) == 1:
                    scope.problem(
                        "circular-measures",
                        ("measures", position, key),
                        measure=written[position].id,
                        other=written[fresh].id,
                        key=key,
                    )
                    state.update(dict.fromkeys(trail, 2))
                    break
                else:
                    trail.append(fresh)


def _in_order(
    chosen: list[int],
    measures: list[Measure],
    written: Sequence[files.Measure],
    position_of: Mapping[str, int],
) -> list[int]:
    waiting = sorted(chosen, key=lambda position: (_rank(measures[position]), position))
    if not any(written[position].after for position in waiting):
        return waiting
    left = set(waiting)
    placed: list[int] = []
    while waiting:
        ready = next(
            (
                position
                for position in waiting
                if not any(
                    position_of.get(name) in left
                    for name in written[position].after or ()
                    if position_of.get(name) != position
                )
            ),
            waiting[0],  # a circle, reported above
        )
        waiting.remove(ready)
        left.remove(ready)
        placed.append(ready)
    return placed
