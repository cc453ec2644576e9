"""The calculation of one assessment, from linked streams and measures to its result."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from cpcalc.calc.savings import difference, saving
from cpcalc.engine.flows import WHOLE, Flows
from cpcalc.engine.lines import group_line, has_overlap, measure_line
from cpcalc.engine.links import linked_streams
from cpcalc.engine.overlap import order_free
from cpcalc.engine.pieces import Earnings, Pieces
from cpcalc.engine.sums import sum_by_name
from cpcalc.engine.totals import Entry, total_line
from cpcalc.figures import Figure, NotApplicable, Origin, Reported
from cpcalc.identities import identity, of_lines
from cpcalc.resolve.bundle import END_OF_PIPE
from cpcalc.resolve.model import Effect, Measure, Resolved, Stream
from cpcalc.results import GroupResult, Identity, Line, MeasureResult, StreamResult
from cpcalc.units import Unit

if TYPE_CHECKING:
    from cpcalc.engine.economics import Book


class Calculation(NamedTuple):
    """What the engine gives; the use case adds what the file says about itself."""

    streams: tuple[StreamResult, ...]
    measures: tuple[MeasureResult, ...]
    groups: tuple[GroupResult, ...]
    totals: Line
    totals_by_status: dict[str, Line]
    identities: tuple[Identity, ...]
    book: Book | None = None  # the cash flows, where the file has economics
    entries: tuple[Entry, ...] = ()  # what the totals add
    end_of_pipe: tuple[Entry, ...] = ()  # what they leave out


def calculate(resolved: Resolved, *, totals_only: bool = False) -> Calculation:
    """Apply the measures in their order, each alone beside it, and add up.

    ``totals_only`` leaves out what does not add up over enterprises: order-free shares and discounted figures.

    The streams are shown as cleaner production leaves them: end-of-pipe measures act after all others.
    """
    zero = _zero_money(resolved.currency)
    untouched = Flows(resolved.streams)
    flows = untouched.fork()
    results: list[MeasureResult] = []
    book = None if totals_only else _book(resolved)
    streams: tuple[StreamResult, ...] | None = None
    cuts: dict[str, list[Figure]] = {}
    linked, touched = linked_streams(resolved), set[str]()
    by_themselves: dict[str, Pieces] = {}
    for measure in resolved.measures:
        if (
            streams is None and measure.in_bundle and measure.type == END_OF_PIPE
        ):  # these stand last
            streams = tuple(_stream_results(resolved, flows))
        pieces, alone = _brought(resolved, measure, flows, untouched, linked, touched)
        by_themselves[measure.id] = alone
        if streams is None and measure.in_bundle:
            for name, cut in pieces.cuts:
                cuts.setdefault(name, []).append(cut)
        line = measure_line(measure, pieces, alone, zero)
        realisation, predicted = _realisation(resolved, measure, zero)
        if book is not None:
            line = line._replace(
                economics=book.measure(f"measures.{measure.id}", line, pieces, measure.grant)
            )
        results.append(
            MeasureResult(
                measure.id, measure.title, measure.status, measure.type, measure.cost_class, measure.in_bundle, line,
                tuple(dict.fromkeys(pieces.caps)), realisation, pieces.implied_prices(), predicted,
                _changes(measure),
            )
        )  # fmt: skip
    if not totals_only:
        results = _with_order_free(resolved, results, linked, by_themselves)
    groups = _groups(resolved, results, book)
    totals, by_status, entries, end_of_pipe = _totals(resolved, results, groups)
    if streams is None:
        streams = tuple(_stream_results(resolved, flows))
    if book is not None:
        totals = _with_economics(book, totals, entries, end_of_pipe)
    found = [*_identities(entries, by_status, totals), *_stream_identities(resolved, streams, cuts)]
    if not totals_only:
        found += _share_identity(results)
    if book is not None:
        found += book.identities
    in_file_order = [
        position for _, position in sorted(zip(resolved.order, range(len(results)), strict=True))
    ]
    ordered = tuple(results[position] for position in in_file_order)
    return Calculation(
        streams,
        ordered,
        tuple(groups),
        totals,
        by_status,
        tuple(found),
        book,
        tuple(entries),
        tuple(end_of_pipe),
    )


def _brought(
    resolved: Resolved,
    measure: Measure,
    flows: Flows,
    untouched: Flows,
    linked: Mapping[str, str],
    touched: set[str],
) -> tuple[Pieces, Pieces]:
    """What a measure brings in the bundle and alone: the same where no earlier measure has touched its streams."""
    acted_on = {linked[effect.stream] for effect in measure.effects if isinstance(effect, Effect)}
    if measure.in_bundle and touched.isdisjoint(acted_on):
        touched |= acted_on
        pieces = Pieces(resolved).add(measure, flows, measure.effects)
        return pieces, pieces
    if not measure.in_bundle:
        pieces = Pieces(resolved).add(measure, untouched.fork(), measure.effects)
        return pieces, pieces
    touched |= acted_on
    alone = Earnings(resolved).add(measure, untouched.fork(), measure.effects)
    return Pieces(resolved).add(measure, flows, measure.effects), alone


def _with_economics(
    book: Book, totals: Line, entries: list[Entry], end_of_pipe: list[Entry]
) -> Line:
    """The total, and what is end of pipe beside it, with their cash flows."""
    last = totals.end_of_pipe
    if last is not None:
        last = last._replace(
            economics=book.totals([entry.place for entry in end_of_pipe], last, "end of pipe")
        )
    return totals._replace(
        economics=book.totals([entry.place for entry in entries], totals), end_of_pipe=last
    )


def _with_order_free(
    resolved: Resolved,
    results: list[MeasureResult],
    linked: Mapping[str, str],
    alone: Mapping[str, Pieces],
) -> list[MeasureResult]:
    """Each measure of the bundle with its order-free share; where nothing overlaps it is what the measure saves."""
    shares: Mapping[str, Reported] = {}
    if any(measure.requires for measure in resolved.measures) or any(
        result.in_bundle and has_overlap(result.line) for result in results
    ):
        shares = order_free(resolved, results, linked, alone)
    return [
        result._replace(
            line=result.line._replace(
                order_free_saving=shares.get(result.id, result.line.annual_saving)
            )
        )
        if result.in_bundle
        else result
        for result in results
    ]


def _zero_money(currency: str | None) -> Figure | None:
    if currency is None:
        return None
    unit = Unit.of(((currency, 1),)) / Unit.of((("year", 1),))
    return Figure(0.0, unit, None, (Origin("definition", (), "no stream with a price changes"),))


def _realisation(
    resolved: Resolved, measure: Measure, zero: Figure | None
) -> tuple[Reported | None, Reported | None]:
    """Verified over predicted annual saving, and the predicted one: both of the measure's effects alone."""
    if not measure.verified_effects:
        return None, None
    from cpcalc.calc.savings import ratio_of

    found, predicted = (
        Earnings(resolved)
        .add(measure._replace(benefits=()), Flows(resolved.streams), effects)
        .annual_saving(measure, zero)
        for effects in (measure.verified_effects, measure.predicted_effects)
    )
    if isinstance(found, NotApplicable):
        return found, predicted
    if isinstance(predicted, NotApplicable):
        return predicted, predicted
    if predicted.value == 0:
        return NotApplicable("undefined", "nothing-predicted"), predicted
    return ratio_of(found, predicted), predicted


def _changes(measure: Measure) -> dict[str, dict[str, Reported]]:
    """What verified effects found, by stream: as metered, at reporting production, and normalised."""
    found: dict[str, list[dict[str, Reported]]] = {}
    for effect in measure.verified_effects:
        if isinstance(effect, Effect) and effect.change is not None:
            found.setdefault(effect.stream, []).append({**effect.change._asdict()})
    return {stream: sum_by_name(changes) for stream, changes in found.items()}


def _book(resolved: Resolved) -> Book | None:
    if resolved.terms is None:
        return None
    from cpcalc.engine.economics import Book  # most files have no economics

    return Book(resolved)


def _groups(
    resolved: Resolved, results: list[MeasureResult], book: Book | None
) -> list[GroupResult]:
    by_id = {result.id: result for result in results}
    measures = {measure.id: measure for measure in resolved.measures}
    made = []
    for group in resolved.groups:
        members = [
            (measures[name], by_id[name].line)
            for name in group.measures
            if name in by_id and by_id[name].in_bundle and by_id[name].type != END_OF_PIPE
        ]
        line = group_line(group, members)
        if book is not None:
            line = line._replace(
                economics=book.group(group, line, [measure.id for measure, _ in members])
            )
        made.append(
            GroupResult(
                group.id,
                group.title,
                group.status,
                group.declared_count,
                group.measures,
                line,
                group.in_bundle,
            )
        )
    return made


def _totals(
    resolved: Resolved, results: list[MeasureResult], groups: list[GroupResult]
) -> tuple[Line, dict[str, Line], list[Entry], list[Entry]]:
    counting = {group.id for group in resolved.groups if group.in_bundle}
    grouped = {name for group in groups if group.id in counting for name in group.measures}
    entries = [
        Entry(f"measures.{result.id}", result.status, result.line)
        for result in results
        if result.in_bundle and result.id not in grouped and result.type != END_OF_PIPE
    ]
    entries += [
        Entry(
            f"groups.{group.id}",
            group.status,
            group.line,
            group.declared_count or len(group.measures) or 1,
        )
        for group in groups
        if group.id in counting
    ]
    end_of_pipe = [
        Entry(f"measures.{result.id}", result.status, result.line)
        for result in results
        if result.in_bundle and result.type == END_OF_PIPE
    ]
    statuses = dict.fromkeys(entry.status for entry in entries)
    totals = total_line(entries, measures_counted=_count(entries))
    by_status = {
        status: total_line(chosen, measures_counted=_count(chosen)) if len(statuses) > 1 else totals
        for status in statuses
        for chosen in [[entry for entry in entries if entry.status == status]]
    }
    if end_of_pipe:
        totals = totals._replace(
            end_of_pipe=total_line(end_of_pipe, measures_counted=_count(end_of_pipe))
        )
    return totals, by_status, entries, end_of_pipe


def _count(entries: Sequence[Entry]) -> int:
    return sum(entry.measures for entry in entries)


def _stream_results(resolved: Resolved, flows: Flows) -> Iterator[StreamResult]:
    for name, stream in resolved.streams.items():
        if stream.quantity is None:
            yield _of_unknown_quantity(name, stream, flows)
            continue
        after = flows.left[name]
        cut = saving(stream.quantity, after)
        lacking = tuple(dict.fromkeys(flows.lacking.get(name, ())))
        if lacking:  # an effect of unknown size acts on it too
            after, cut = (
                replace(figure, of=1 + len(lacking), missing=lacking) for figure in (after, cut)
            )
        yield StreamResult(name, stream.name, stream.kind, stream.quantity, after, cut)


def _of_unknown_quantity(name: str, stream: Stream, flows: Flows) -> StreamResult:
    """What is known of a stream without a quantity: what was cut of it in kind, and the share that was cut."""
    missing = (stream.lacks,)
    unknown = NotApplicable("incomplete", "field-missing", missing)
    left = flows.share_left.get(name)
    share = None if left is None else difference(WHOLE, left)
    cut: Reported = flows.cut.get(name, unknown)
    if share is not None and isinstance(cut, Figure):  # the share of what is not known is not in it
        cut = replace(cut, of=2, missing=missing)
    return StreamResult(name, stream.name, stream.kind, unknown, unknown, cut, share)


def _identities(
    entries: list[Entry], by_status: dict[str, Line], totals: Line
) -> Iterator[Identity]:
    lines = [entry.line for entry in entries]
    found = [
        *of_lines("sum of measures = total", lines, totals),
        *of_lines("sum of statuses = total", list(by_status.values()), totals),
        identity(
            "sum of categories = annual saving", totals.savings.values(), (totals.annual_saving,)
        ),
    ]
    if totals.stand_alone is not None and all(line.stand_alone is not None for line in lines):
        alone = [  # what a measure saves alone may be unknown where what it adds after a fuel switch is not
            line.stand_alone.annual_saving
            if line.stand_alone and isinstance(line.overlap, Figure)
            else line.annual_saving
            for line in lines
        ]
        found.append(
            identity(
                "stand-alone = bundle + overlap", alone, (totals.annual_saving, totals.overlap)
            )
        )
    return (item for item in found if item is not None)


def _share_identity(results: list[MeasureResult]) -> Iterator[Identity]:
    """The order-free shares sum to the bundle, as the increments do."""
    inside = [result.line for result in results if result.in_bundle]
    if any(line.order_free_saving not in (None, line.annual_saving) for line in inside):
        shares = [line.order_free_saving for line in inside]
        if not any(
            isinstance(share, NotApplicable) and share.code == "undefined" for share in shares
        ):
            found = identity(
                "order-free shares = bundle", shares, [line.annual_saving for line in inside]
            )
            if found is not None:
                yield found


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
