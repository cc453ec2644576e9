"""The calculation of one assessment, from linked streams and measures to its result."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import NamedTuple

from cpcalc.calc.emissions import load
from cpcalc.calc.savings import difference, ratio_of, saving, scaled
from cpcalc.engine.contributions import Contribution
from cpcalc.engine.flows import Flows
from cpcalc.engine.lines import BundleEntry, group_line, measure_line, total_line
from cpcalc.engine.overlap import order_free
from cpcalc.figures import Figure, NotApplicable, Reported, gathered, is_whole, lacking, unknown
from cpcalc.resolve.model import WHOLE, LinkedEffect, LinkedMeasure, LinkedStream, Resolved
from cpcalc.results import AtProduction, GroupResult, Identity, Line, MeasureResult, StreamResult
from cpcalc.rows import MeasureOrGroup, bundle_of
from cpcalc.schema.assessment import END_OF_PIPE
from cpcalc.sums import identity, is_undefined, of_lines, sum_by_name


class Calculation(NamedTuple):
    """What the engine gives; the use case adds what the file says about itself."""

    streams: tuple[StreamResult, ...]
    measures: tuple[MeasureResult, ...]
    groups: tuple[GroupResult, ...]
    totals: Line
    totals_by_status: dict[str, Line]
    identities: tuple[Identity, ...]
    contributions: Mapping[str, Contribution]  # what each measure brings in the bundle
    alone: Mapping[str, Contribution]  # and what it brings by itself
    entries: tuple[BundleEntry, ...]  # what the totals add
    end_of_pipe: tuple[BundleEntry, ...]  # what they leave out
    left: Flows  # what cleaner production leaves


def calculate(resolved: Resolved) -> Calculation:
    """Apply the measures in their order, each alone beside it, and add up.

    The streams are shown as cleaner production leaves them: end-of-pipe measures act after all
    others.
    """
    flows = Flows(resolved)
    cleaner = [measure for measure in resolved.measures if measure.type != END_OF_PIPE]
    last = [measure for measure in resolved.measures if measure.type == END_OF_PIPE]
    inside = {measure.id: _in_bundle(resolved, measure, flows) for measure in cleaner}
    streams = tuple(_stream_result(stream, flows) for stream in resolved.streams.values())
    left = flows.fork()
    inside |= {measure.id: _in_bundle(resolved, measure, flows) for measure in last}
    alone = {measure.id: _alone(resolved, measure) for measure in resolved.measures}

    measures = [_measure_result(inside[name], alone[name]) for name in alone]
    groups = _group_results(resolved, measures)
    bundle = bundle_of(measures, groups)
    entries = [*map(_entry, bundle.alone), *map(_entry, bundle.groups)]
    end_of_pipe = [*map(_entry, bundle.end_of_pipe)]
    totals = total_line(entries)
    by_status = _by_status(entries, totals)
    if end_of_pipe:
        totals = totals._replace(end_of_pipe=total_line(end_of_pipe))

    proofs = chain(
        _proofs_of_totals(entries, by_status, totals),
        _proofs_of_streams(resolved, streams, [inside[measure.id] for measure in cleaner]),
    )
    positions = sorted(range(len(measures)), key=resolved.order.__getitem__)
    in_file_order = tuple(measures[position] for position in positions)
    return Calculation(
        streams=streams,
        measures=in_file_order,
        groups=tuple(groups),
        totals=totals,
        totals_by_status=by_status,
        identities=tuple(proofs),
        contributions=inside,
        alone=alone,
        entries=tuple(entries),
        end_of_pipe=tuple(end_of_pipe),
        left=left,
    )


def with_order_free(resolved: Resolved, calculation: Calculation) -> Calculation:
    """The calculation with the order-free share of each measure of the bundle, and their proof."""
    shares = order_free(resolved, calculation.measures, calculation.alone)
    measures = tuple(
        result._replace(line=result.line._replace(order_free_saving=shares.get(result.id)))
        for result in calculation.measures
    )
    identities = (*calculation.identities, *_proof_of_shares(measures))
    return calculation._replace(measures=measures, identities=identities)


# ---- measures ------------------------------------------------------------------------------------


def _in_bundle(resolved: Resolved, measure: LinkedMeasure, flows: Flows) -> Contribution:
    """What a measure brings at its place in the bundle; outside of it, what it brings alone."""
    return Contribution(resolved, measure, flows if measure.in_bundle else Flows(resolved))


def _alone(resolved: Resolved, measure: LinkedMeasure) -> Contribution:
    return Contribution(resolved, measure, Flows(resolved))


def _measure_result(inside: Contribution, alone: Contribution) -> MeasureResult:
    measure = inside.measure
    realisation, predicted = _realisation(inside)
    return MeasureResult(
        id=measure.id,
        title=measure.title,
        status=measure.status,
        type=measure.type,
        cost_class=measure.cost_class,
        in_bundle=measure.in_bundle,
        line=measure_line(inside, alone),
        caps=tuple(dict.fromkeys(inside.caps)),
        realisation=realisation,
        implied_prices=inside.implied_prices(),
        predicted_saving=predicted,
        verified_changes=_verified_changes(measure),
    )


def _realisation(inside: Contribution) -> tuple[Reported | None, Reported | None]:
    """Verified over predicted annual saving of the effects alone, and the predicted one."""
    resolved, measure = inside.resolved, inside.measure
    if not measure.verified_effects:
        return None, None
    verified, predicted = (
        _alone(resolved, replace(measure, benefits=(), effects=effects)).annual_saving()
        for effects in (measure.verified_effects, measure.predicted_effects)
    )
    if isinstance(verified, Figure) and isinstance(predicted, Figure) and predicted.value == 0:
        return NotApplicable("undefined", "nothing-predicted", predicted.missing), predicted
    return ratio_of(verified, predicted), predicted


def _verified_changes(measure: LinkedMeasure) -> dict[str, dict[str, Reported]]:
    """What was verified, by stream: as metered, at reporting production, and normalised."""
    changes = gathered(
        {effect.stream: effect.change._asdict()}
        for effect in measure.verified_effects
        if isinstance(effect, LinkedEffect) and effect.change is not None
    )
    return {stream: sum_by_name(parts) for stream, parts in changes.items()}


# ---- groups and totals ---------------------------------------------------------------------------


def _group_results(resolved: Resolved, results: Iterable[MeasureResult]) -> list[GroupResult]:
    members = {
        measure.id: (measure, result.line)
        for measure, result in zip(resolved.measures, results, strict=True)
        if measure.is_cleaner
    }
    return [
        GroupResult(
            id=group.id,
            title=group.title,
            status=group.status,
            declared_count=group.declared_count,
            measures=group.measures,
            line=group_line(group, [members[name] for name in group.measures if name in members]),
            in_bundle=group.in_bundle,
        )
        for group in resolved.groups
    ]


def _entry(item: MeasureOrGroup) -> BundleEntry:
    if isinstance(item, MeasureResult):
        return BundleEntry(f"measures.{item.id}", item.status, item.line)
    count = item.declared_count or len(item.measures) or 1
    return BundleEntry(f"groups.{item.id}", item.status, item.line, count)


def _by_status(entries: Sequence[BundleEntry], totals: Line) -> dict[str, Line]:
    by_status = gathered({entry.status: entry} for entry in entries)
    if len(by_status) == 1:
        return dict.fromkeys(by_status, totals)
    return {status: total_line(chosen) for status, chosen in by_status.items()}


# ---- streams -------------------------------------------------------------------------------------


def _stream_result(stream: LinkedStream, flows: Flows) -> StreamResult:
    if stream.quantity is None:
        return _of_unknown_quantity(stream, flows)._replace(readings=stream.readings)
    loads = {kind: load(concentration, stream.quantity) for kind, concentration in stream.loads}
    after, before = flows.left[stream.id], flows.before[stream.id]
    stands_at = flows.production.get(stream.id)
    at = stands_at and AtProduction(stands_at.product, stands_at.reporting, before)
    figures = (stream.quantity, after, saving(before, after))
    result = StreamResult(
        stream.id, stream.name, stream.kind, *figures,
        production=at, loads=loads, readings=stream.readings,
    )  # fmt: skip
    made = flows.made.get(stream.per or "")
    if made is None or made[0].value <= 0 or stream.id == stream.per:
        return result
    at_baseline = scaled(after, made[1], made[0])
    return result._replace(normalised_saving=saving(before, at_baseline))


def _of_unknown_quantity(stream: LinkedStream, flows: Flows) -> StreamResult:
    """What is known of a stream without a quantity: what was cut in kind, and the share cut."""
    nothing = unknown(stream.lacks)
    left = flows.share_left.get(stream.id)
    share = None if left is None or not is_whole(left) else difference(WHOLE, left)
    cut = flows.cut.get(stream.id)  # a share of what is not known is not in it
    known = nothing if cut is None else lacking(cut, flows.lacking.get(stream.id, ()))
    figures, loads = (nothing, nothing, known, share), {kind: nothing for kind, _ in stream.loads}
    return StreamResult(stream.id, stream.name, stream.kind, *figures, loads=loads)


# ---- proofs --------------------------------------------------------------------------------------


def _proofs_of_totals(
    entries: Sequence[BundleEntry], by_status: Mapping[str, Line], totals: Line
) -> Iterator[Identity]:
    lines = [entry.line for entry in entries]
    yield from of_lines("sum of measures = total", lines, totals)
    yield from of_lines("sum of statuses = total", list(by_status.values()), totals)
    saved = (totals.annual_saving,)
    yield from identity("sum of categories = annual saving", totals.savings.values(), saved)
    if totals.stand_alone is not None and all(line.stand_alone is not None for line in lines):
        whole = (totals.annual_saving, totals.overlap)
        yield from identity("stand-alone = bundle + overlap", map(_saved_alone, lines), whole)


def _saved_alone(line: Line) -> Reported:
    """What a line saves alone; in the bundle where its overlap is not known.

    It may be unknown alone where what it adds after a fuel switch is not.
    """
    if line.stand_alone is not None and isinstance(line.overlap, Figure):
        return line.stand_alone.annual_saving
    return line.annual_saving


def _proofs_of_streams(
    resolved: Resolved, streams: Iterable[StreamResult], contributions: Iterable[Contribution]
) -> Iterator[Identity]:
    """What is left of a stream and what each measure took from it make up what there was.

    A part is left out: what its parent loses takes from it too.
    """
    inside = [item for item in contributions if item.measure.in_bundle]
    cuts = gathered({name: cut} for contribution in inside for name, cut in contribution.cuts)
    for stream in streams:
        before = stream.production.without_measures if stream.production else stream.baseline
        if isinstance(stream.baseline, Figure) and resolved.streams[stream.id].parent is None:
            name = f"{stream.id}: after = baseline - savings"
            yield from identity(name, (stream.after, *cuts.get(stream.id, ())), (before,))


def _proof_of_shares(results: Iterable[MeasureResult]) -> Iterator[Identity]:
    """The order-free shares sum to the bundle, as the increments do, where any is shared."""
    inside = [result.line for result in results if result.in_bundle]
    shares = [line.order_free_saving for line in inside]
    is_shared = any(line.order_free_saving is not line.annual_saving for line in inside)
    if is_shared and not any(map(is_undefined, shares)):
        savings = [line.annual_saving for line in inside]
        yield from identity("order-free shares = bundle", shares, savings)
