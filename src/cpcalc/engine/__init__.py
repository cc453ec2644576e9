"""The calculation of one assessment, from linked streams and measures to its result."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from cpcalc.calc.savings import difference, ratio_of, saving
from cpcalc.engine.contributions import Contribution
from cpcalc.engine.economics import Projects
from cpcalc.engine.flows import WHOLE, Flows
from cpcalc.engine.lines import group_line, measure_line
from cpcalc.engine.overlap import order_free
from cpcalc.engine.sums import sum_by_name
from cpcalc.engine.totals import Entry, total_line
from cpcalc.figures import Figure, NotApplicable, Origin, Reported, joined
from cpcalc.identities import identity, of_lines
from cpcalc.resolve.model import END_OF_PIPE, LinkedEffect, LinkedMeasure, LinkedStream, Resolved
from cpcalc.results import GroupResult, Identity, Line, MeasureResult, StreamResult
from cpcalc.units import Unit


class Calculation(NamedTuple):
    """What the engine gives; the use case adds what the file says about itself."""

    streams: tuple[StreamResult, ...]
    measures: tuple[MeasureResult, ...]
    groups: tuple[GroupResult, ...]
    totals: Line
    totals_by_status: dict[str, Line]
    identities: tuple[Identity, ...]
    projects: Projects | None  # the cash flows, where the file has economics
    entries: tuple[Entry, ...]  # what the totals add
    end_of_pipe: tuple[Entry, ...]  # what they leave out


class Contributions(NamedTuple):
    """What a measure brings in the bundle, and what money it would save alone."""

    inside: Contribution
    alone: Contribution


def calculate(resolved: Resolved, *, totals_only: bool = False) -> Calculation:
    """Apply the measures in their order, each alone beside it, and add up.

    ``totals_only`` leaves out what does not add up over enterprises: order-free shares and
    discounted figures. The streams are shown as cleaner production leaves them: end-of-pipe
    measures act after all others.
    """
    flows = Flows(resolved.streams)
    last = [measure for measure in resolved.measures if measure.type == END_OF_PIPE]
    cleaner = [measure for measure in resolved.measures if measure.type != END_OF_PIPE]
    contributions = _act(resolved, cleaner, flows)
    cuts = _cuts(cleaner, contributions)
    streams = tuple(_stream_results(resolved, flows))
    contributions |= _act(resolved, last, flows)

    measures = [
        _measure_result(resolved, measure, contributions[measure.id])
        for measure in resolved.measures
    ]
    projects = None
    if not totals_only:
        measures = _with_order_free(resolved, measures, contributions)
        projects = Projects(resolved) if resolved.terms is not None else None
    if projects is not None:
        measures = _with_economics(resolved, projects, measures, contributions)
    groups = _groups(resolved, measures, projects)

    entries, end_of_pipe = _entries(resolved, measures, groups)
    totals = total_line(entries)
    if end_of_pipe:
        totals = totals._replace(end_of_pipe=total_line(end_of_pipe))
    by_status = _by_status(entries, totals)
    if projects is not None:
        totals = _totals_with_economics(projects, totals, entries, end_of_pipe)

    identities = [
        *_identities(entries, by_status, totals),
        *_stream_identities(resolved, streams, cuts),
    ]
    if not totals_only:
        identities += _share_identity(measures)
    if projects is not None:
        identities += projects.identities
    in_file_order = sorted(zip(resolved.order, range(len(measures)), strict=True))
    return Calculation(
        streams,
        tuple(measures[position] for _, position in in_file_order),
        tuple(groups),
        totals,
        by_status,
        tuple(identities),
        projects,
        tuple(entries),
        tuple(end_of_pipe),
    )


# ---- measures ------------------------------------------------------------------------------------


def _act(
    resolved: Resolved, measures: Iterable[LinkedMeasure], flows: Flows
) -> dict[str, Contributions]:
    """What each measure brings, by id; those in the bundle act on the flows in their order."""
    contributions = {}
    for measure in measures:
        alone = Contribution(resolved, money_only=True)
        alone.add(measure, Flows(resolved.streams), measure.effects)
        acted_on = flows if measure.in_bundle else Flows(resolved.streams)
        inside = Contribution(resolved).add(measure, acted_on, measure.effects)
        contributions[measure.id] = Contributions(inside, alone)
    return contributions


def _cuts(
    measures: Iterable[LinkedMeasure], contributions: Mapping[str, Contributions]
) -> dict[str, list[Figure]]:
    """What the measures of the bundle took from each stream."""
    cuts: dict[str, list[Figure]] = {}
    for measure in measures:
        if measure.in_bundle:
            for name, cut in contributions[measure.id].inside.cuts:
                cuts.setdefault(name, []).append(cut)
    return cuts


def _measure_result(
    resolved: Resolved, measure: LinkedMeasure, contributions: Contributions
) -> MeasureResult:
    inside, alone = contributions
    zero = _zero_money(resolved.currency)
    realisation, predicted = _realisation(resolved, measure, zero)
    return MeasureResult(
        id=measure.id,
        title=measure.title,
        status=measure.status,
        type=measure.type,
        cost_class=measure.cost_class,
        in_bundle=measure.in_bundle,
        line=measure_line(measure, inside, alone, zero),
        caps=tuple(dict.fromkeys(inside.caps)),
        realisation=realisation,
        implied_prices=inside.implied_prices(),
        predicted_saving=predicted,
        verified_changes=_changes(measure),
    )


def _zero_money(currency: str | None) -> Figure | None:
    if currency is None:
        return None
    unit = Unit.of(((currency, 1),)) / Unit.of((("year", 1),))
    return Figure(0.0, unit, None, (Origin("definition", (), "no stream with a price changes"),))


def _realisation(
    resolved: Resolved, measure: LinkedMeasure, zero: Figure | None
) -> tuple[Reported | None, Reported | None]:
    """Verified over predicted annual saving of the effects alone, and the predicted one."""
    if not measure.verified_effects:
        return None, None
    verified, predicted = (
        Contribution(resolved, money_only=True)
        .add(replace(measure, benefits=()), Flows(resolved.streams), effects)
        .annual_saving(measure, zero)
        for effects in (measure.verified_effects, measure.predicted_effects)
    )
    if isinstance(verified, Figure) and isinstance(predicted, Figure) and predicted.value == 0:
        return NotApplicable("undefined", "nothing-predicted"), predicted
    return ratio_of(verified, predicted), predicted


def _changes(measure: LinkedMeasure) -> dict[str, dict[str, Reported]]:
    """What was verified, by stream: as metered, at reporting production, and normalised."""
    changes: dict[str, list[dict[str, Reported]]] = {}
    for effect in measure.verified_effects:
        if isinstance(effect, LinkedEffect) and effect.change is not None:
            changes.setdefault(effect.stream, []).append({**effect.change._asdict()})
    return {stream: sum_by_name(parts) for stream, parts in changes.items()}


def _with_order_free(
    resolved: Resolved, measures: list[MeasureResult], contributions: Mapping[str, Contributions]
) -> list[MeasureResult]:
    """Each measure of the bundle with its order-free share.

    What it saves where nothing overlaps.
    """
    alone = {name: both.alone for name, both in contributions.items()}
    shares = order_free(resolved, measures, alone)
    return [
        result._replace(line=result.line._replace(order_free_saving=shares.get(result.id)))
        for result in measures
    ]


def _with_economics(
    resolved: Resolved,
    projects: Projects,
    measures: list[MeasureResult],
    contributions: Mapping[str, Contributions],
) -> list[MeasureResult]:
    return [
        result._replace(
            line=result.line._replace(
                economics=projects.measure(measure, result.line, contributions[measure.id].inside)
            )
        )
        for measure, result in zip(resolved.measures, measures, strict=True)
    ]


# ---- groups and totals ---------------------------------------------------------------------------


def _groups(
    resolved: Resolved, results: list[MeasureResult], projects: Projects | None
) -> list[GroupResult]:
    lines = {
        result.id: (measure, result.line)
        for measure, result in zip(resolved.measures, results, strict=True)
        if result.in_bundle and result.type != END_OF_PIPE
    }
    groups = []
    for group in resolved.groups:
        members = [lines[name] for name in group.measures if name in lines]
        line = group_line(group, members)
        if projects is not None:
            economics = projects.group(group, line, [measure.id for measure, _ in members])
            line = line._replace(economics=economics)
        groups.append(
            GroupResult(
                group.id,
                group.title,
                group.status,
                group.declared_count,
                group.measures,
                group.in_bundle,
                line,
            )
        )
    return groups


def _entries(
    resolved: Resolved, results: Iterable[MeasureResult], groups: Sequence[GroupResult]
) -> tuple[list[Entry], list[Entry]]:
    """The lines that the totals add, and those of end of pipe."""
    counting = [group for group in groups if group.in_bundle]
    grouped = {name for group in counting for name in group.measures}
    entries: list[Entry] = []
    end_of_pipe: list[Entry] = []
    for result in results:
        entry = Entry(f"measures.{result.id}", result.status, result.line)
        if not result.in_bundle:
            continue
        if result.type == END_OF_PIPE:
            end_of_pipe.append(entry)
        elif result.id not in grouped:
            entries.append(entry)
    for group in counting:
        count = group.declared_count or len(group.measures) or 1
        entries.append(Entry(f"groups.{group.id}", group.status, group.line, count))
    return entries, end_of_pipe


def _by_status(entries: Sequence[Entry], totals: Line) -> dict[str, Line]:
    by_status: dict[str, list[Entry]] = {}
    for entry in entries:
        by_status.setdefault(entry.status, []).append(entry)
    if len(by_status) == 1:
        return dict.fromkeys(by_status, totals._replace(end_of_pipe=None))
    return {status: total_line(chosen) for status, chosen in by_status.items()}


def _totals_with_economics(
    projects: Projects, totals: Line, entries: Sequence[Entry], end_of_pipe: Sequence[Entry]
) -> Line:
    """The total, and what is end of pipe beside it, with their cash flows."""
    last = totals.end_of_pipe
    if last is not None:
        places = [entry.place for entry in end_of_pipe]
        last = last._replace(economics=projects.totals(places, last, "end of pipe"))
    places = [entry.place for entry in entries]
    return totals._replace(economics=projects.totals(places, totals), end_of_pipe=last)


# ---- streams -------------------------------------------------------------------------------------


def _stream_results(resolved: Resolved, flows: Flows) -> Iterator[StreamResult]:
    for name, stream in resolved.streams.items():
        if stream.quantity is None:
            yield _of_unknown_quantity(name, stream, flows)
            continue
        after = flows.left[name]
        cut = saving(stream.quantity, after)
        lacking = joined(flows.lacking.get(name, ()))  # effects of unknown size that act on it too
        of = 1 + len(lacking)
        yield StreamResult(
            name,
            stream.name,
            stream.kind,
            stream.quantity,
            replace(after, of=of, missing=lacking),
            replace(cut, of=of, missing=lacking),
        )


def _of_unknown_quantity(name: str, stream: LinkedStream, flows: Flows) -> StreamResult:
    """What is known of a stream without a quantity: what was cut in kind, and the share cut."""
    missing = (stream.lacks,)
    unknown = NotApplicable("incomplete", "field-missing", missing)
    left = flows.share_left.get(name)
    share = None if left is None else difference(WHOLE, left)
    cut: Reported = flows.cut.get(name, unknown)
    if share is not None and isinstance(cut, Figure):  # the share of what is not known is not in it
        cut = replace(cut, of=2, missing=missing)
    return StreamResult(name, stream.name, stream.kind, unknown, unknown, cut, share)


# ---- identities ----------------------------------------------------------------------------------


def _identities(
    entries: Sequence[Entry], by_status: Mapping[str, Line], totals: Line
) -> Iterator[Identity]:
    lines = [entry.line for entry in entries]
    proofs = [
        *of_lines("sum of measures = total", lines, totals),
        *of_lines("sum of statuses = total", list(by_status.values()), totals),
        identity(
            "sum of categories = annual saving", totals.savings.values(), (totals.annual_saving,)
        ),
    ]
    if totals.stand_alone is not None and all(line.stand_alone is not None for line in lines):
        whole = (totals.annual_saving, totals.overlap)
        proofs.append(identity("stand-alone = bundle + overlap", map(_saved_alone, lines), whole))
    return (proof for proof in proofs if proof is not None)


def _saved_alone(line: Line) -> Reported:
    """What a line saves alone; in the bundle where its overlap is not known.

    It may be unknown alone where what it adds after a fuel switch is not.
    """
    if line.stand_alone is not None and isinstance(line.overlap, Figure):
        return line.stand_alone.annual_saving
    return line.annual_saving


def _share_identity(results: Iterable[MeasureResult]) -> Iterator[Identity]:
    """The order-free shares sum to the bundle, as the increments do."""
    inside = [result.line for result in results if result.in_bundle]
    shares = [line.order_free_saving for line in inside]
    savings = [line.annual_saving for line in inside]
    are_shared = any(
        share is not None and share is not own for share, own in zip(shares, savings, strict=True)
    )
    are_open = any(
        isinstance(share, NotApplicable) and share.code == "undefined" for share in shares
    )
    if are_shared and not are_open:
        proof = identity("order-free shares = bundle", shares, savings)
        if proof is not None:
            yield proof


def _stream_identities(
    resolved: Resolved, streams: tuple[StreamResult, ...], cuts: Mapping[str, list[Figure]]
) -> Iterator[Identity]:
    """What is left of a stream and what each measure took from it make up what there was.

    A part is left out: what its parent loses takes from it too.
    """
    for stream in streams:
        if isinstance(stream.baseline, Figure) and resolved.streams[stream.id].parent is None:
            taken = cuts.get(stream.id, ())
            found = identity(
                f"{stream.id}: after = baseline - savings",
                (stream.after, *taken),
                (stream.baseline,),
            )
            if found is not None:
                yield found
