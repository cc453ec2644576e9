"""The summary of one assessment as a neutral page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from cpcalc.figures import Figure, Reported
from cpcalc.report import emissions
from cpcalc.report.layout import Block, Cell, Column, Notes, Pairs, Table, harmless
from cpcalc.report.numbers import share, shown
from cpcalc.report.tables import (
    END_OF_PIPE,
    SAME,
    Entry,
    bundle_of,
    has_overlap,
    headed,
    heading,
    kinds_table,
    labelled,
    mark_notes,
    money_pairs,
    money_table,
)
from cpcalc.report.words import money_word, sector_name, tier_word, title, word
from cpcalc.results import (
    AssessmentResult,
    Economics,
    Figures,
    GroupResult,
    Line,
    MeasureResult,
    StreamResult,
)

CAPPED = "^"  # marks a measure whose reduction was cut at what remained


def summary(result: AssessmentResult, language: str) -> Iterator[Block]:
    """The blocks of the page, from head to small print."""
    blocks = [
        heading(result, language),
        Pairs("", tuple(_basis(result, language))),
        *_streams(result, language),
        *_measures(result, language),
        *_interaction(result, language),
        Pairs(word("totals", language), tuple(_totals(result.totals, language))),
        *_by_status(result, language),
    ]
    yield from blocks
    yield Notes((*mark_notes(blocks, language), *_small_print(result, language)))


def _basis(result: AssessmentResult, language: str) -> Iterator[tuple[str, Cell]]:
    enterprise, basis = result.enterprise, result.basis
    stated = {
        key: str(enterprise[key]) for key in ("sector", "province", "country") if key in enterprise
    }
    if "sector" in stated:
        stated["sector"] = sector_name(stated["sector"], language)
    if stated:
        yield word(next(iter(stated)), language), ", ".join(map(harmless, stated.values()))
    for source in enterprise.get("source") or ():
        yield word("source", language), harmless(source["title"])
    baseline = ", ".join(part for part in (basis.period, basis.currency) if part)
    yield from labelled({"period" if basis.period else "currency": baseline}, language)
    for currency, rate, year, source in basis.rates:
        about = f"{year}, {harmless(source)}"
        yield word("rates", language), f"{currency}: {shown(rate, language)} ({about})"
    yield from labelled({"factor-sets": ", ".join(basis.factor_sets)}, language)
    chosen = labelled({"grid": basis.grid, "gwp": basis.gwp}, language)
    if texts := ", ".join(f"{label} {value}" for label, value in chosen):
        yield "", texts
    yield from emissions.electricity_factors(result, language)


def _streams(result: AssessmentResult, language: str) -> Iterator[Table]:
    first, *figures = headed("stream", ("baseline", "after", "saving"), language)
    unit = Column("unit", word("unit", language), is_text=True)
    columns = (first, unit, *figures, Column("share", "%"))
    rows = []
    for stream in result.streams:
        sides = (stream.baseline, stream.after, stream.saving)
        known = [figure if isinstance(figure, Figure) else None for figure in sides]
        part = _share_text(stream, language)
        if known[0] or known[2] or part:
            rows.append((harmless(title(stream.name, language)), None, *known, part))
    if rows:
        about = word("streams", language)
        yield Table("streams", about, columns, tuple(rows), by_row=True, yearly=True)


def _share_text(stream: StreamResult, language: str) -> str:
    part, whole = stream.saving, stream.baseline
    if isinstance(part, Figure) and isinstance(whole, Figure) and whole.value:
        return share(part.value / whole.value, language)
    return shown(stream.saving_share, language) if isinstance(stream.saving_share, Figure) else ""


def _measures(result: AssessmentResult, language: str) -> Iterator[Block]:
    bundle = bundle_of(result)
    entries = [_measure_entry(measure, language) for measure in bundle.measures]
    name = "measures"
    if bundle.groups:
        if entries:
            yield money_table(name, name, entries, (), language)
        alone = [measure for measure in bundle.alone if _says_a_figure(measure.line)]
        entries = [_group_entry(group, language) for group in bundle.groups]
        entries += [_measure_entry(measure, language) for measure in alone]
        name = "groups"
    if entries:
        yield from _money_and_kinds(name, entries, result.totals, language)
    if bundle.end_of_pipe and result.totals.end_of_pipe is not None:
        # not cleaner production, so in tables of its own: every table sums to its total
        entries = [_measure_entry(measure, language) for measure in bundle.end_of_pipe]
        yield from _money_and_kinds(END_OF_PIPE, entries, result.totals.end_of_pipe, language)
    outside = [_group_entry(group, language) for group in result.groups if not group.in_bundle]
    outside += [_measure_entry(item, language) for item in result.measures if not item.in_bundle]
    if outside:
        yield money_table("outside", "outside", outside, (), language)


def _money_and_kinds(
    name: str, entries: Sequence[Entry], total: Line, language: str
) -> Iterator[Block]:
    """A table of money, and one each for savings, reductions and gases where there are any."""
    whole = Entry(word("total", language), "", total)
    yield money_table(name, name, entries, (whole,), language)
    # a row's name without its status
    lines = [(entry.name.split(" [", 1)[0], entry.line) for entry in (*entries, whole)]
    if name == END_OF_PIPE:
        tables = {"end-of-pipe-reductions": [(row, line.reductions) for row, line in lines]}
    else:
        tables = {
            "savings": [(row, line.savings) for row, line in lines],
            "reductions": [(row, line.reductions) for row, line in lines],
            "stated-reductions": [(row, line.stated_reductions) for row, line in lines],
            "by-gas": emissions.by_gas(lines, language),
        }
    for key, rows in tables.items():
        yield from kinds_table(key, key, rows[:-1], rows[-1:], language)


def _says_a_figure(line: Line) -> bool:
    has_saving = isinstance(line.annual_saving, Figure)
    return bool(line.investment or has_saving or line.reductions or line.stated_reductions)


def _measure_entry(measure: MeasureResult, language: str) -> Entry:
    mark = f" {CAPPED}" if measure.caps else ""
    status = f" [{word(measure.status, language)}]" if measure.status != "unstated" else ""
    under = harmless(title(measure.title, language))
    return Entry(f"{measure.id}{mark}{status}", under, measure.line)


def _group_entry(group: GroupResult, language: str) -> Entry:
    count = group.declared_count
    name = group.id if count is None else f"{group.id} ({word('count', language, count=count)})"
    return Entry(name, harmless(title(group.title, language)), group.line)


def _by_status(result: AssessmentResult, language: str) -> Iterator[Table]:
    entries = [
        Entry(word(status, language), "", line)
        for status, line in result.totals_by_status.items()
        if _says_a_figure(line)
    ]
    if len(entries) > 1:
        yield money_table("status", "by-status", entries, (), language)


def _interaction(result: AssessmentResult, language: str) -> Iterator[Block]:
    """Savings alone, in order and order-free of the measures that overlap."""
    rows = []
    for measure in result.measures:
        line = measure.line
        if measure.in_bundle and line.stand_alone is not None:
            cells = (line.stand_alone.annual_saving, line.annual_saving, line.order_free_saving)
            if _differ(cells):
                rows.append((measure.id, *cells))
    overlap = result.totals.overlap
    if rows and isinstance(overlap, Figure) and has_overlap(result.totals):
        keys = ("stand-alone", "in-order", "order-free")
        columns = headed("measure", keys, language, money_word)
        lost = f"{word('overlap', language)}: {shown(overlap, language)}"
        notes = (lost, money_word("overlap-note", language))
        about = money_word("interaction", language)
        yield Table("interaction", about, columns, tuple(rows), notes=notes, yearly=True)


def _differ(figures: Iterable[Reported | None]) -> bool:
    values = [figure.value for figure in figures if isinstance(figure, Figure)]
    return bool(values) and max(values) - min(values) > SAME * max(map(abs, values))


def _totals(line: Line, language: str) -> Iterator[tuple[str, Cell]]:
    yield from money_pairs(line, language)
    economics = line.economics
    if isinstance(economics, Economics):
        names = ("npv", "irr", "discounted_payback")
        figures = {name: getattr(economics, name) for name in names}
        yield from labelled(figures, language, money_word)
    else:
        yield from labelled({"npv": economics}, language, money_word)
    biogenic = line.avoided_emissions.get("biogenic", {}).get("CO2")
    yield from labelled({"biogenic-co2": biogenic}, language)
    yield from emissions.over_lives(line, language)


def _small_print(result: AssessmentResult, language: str) -> Iterator[str]:
    capped = [measure.id for measure in result.measures if measure.caps]
    if capped:
        yield f"{CAPPED} {word('caps', language, measures=', '.join(capped))}"
    tiers = sorted(result.qualities.items(), key=lambda item: -item[1])
    lists = {
        "estimates": [
            f"{tier_word(name, language)} {share(part, language)}" for name, part in tiers
        ],
        "implied-prices": [
            f"{stream} {shown(price, language)} ({measure.id})"
            for measure in result.measures
            for stream, price in measure.implied_prices.items()
        ],
        "realisation": [
            f"{measure.id} {share(measure.realisation.value, language)}"
            f" ({shown(measure.predicted_saving, language)})"
            for measure in result.measures
            if isinstance(measure.realisation, Figure)
            and isinstance(measure.predicted_saving, Figure)
        ],
        "verified-changes": [
            f"{stream} {_joined(changes, language)}"
            for measure in result.measures
            for stream, changes in measure.verified_changes.items()
        ],
    }
    for key, items in lists.items():
        if items:
            separator = "; " if key == "verified-changes" else ", "
            yield f"{word(key, language)}: {separator.join(items)}"
    yield from emissions.notes(result, language)
    for waived, because in result.waivers:
        yield word("waived", language, check=waived, because=harmless(because))
    if result.identities:
        holding = sum(item.holds for item in result.identities)
        yield word("identities", language, holding=holding, all=len(result.identities))
    judged = [item for item in result.expectations if item.because is None]
    if judged:
        met = sum(item.outcome == "met" for item in judged)
        yield word("expectations", language, met=met, all=len(judged))
    for item in result.expectations:
        if item.because is not None:
            values = {"figure": item.figure, "value": item.expected}
            yield word("not-reproduced", language, because=harmless(item.because), **values)


def _joined(changes: Figures, language: str) -> str:
    figures = [figure for figure in changes.values() if isinstance(figure, Figure)]
    return ", ".join(shown(figure, language) for figure in figures)
