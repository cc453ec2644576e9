"""The summary of one assessment as a neutral page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from cpcalc.figures import Figure, NotApplicable, Reported
from cpcalc.report import emissions
from cpcalc.report.layout import Block, Cell, Column, Heading, Notes, Pairs, Table, harmless
from cpcalc.report.numbers import share, shown
from cpcalc.report.sectors import sector_name
from cpcalc.report.words import short_word, tier_word, title, word
from cpcalc.results import AssessmentResult, Figures, GroupResult, Line, MeasureResult, StreamResult

# A reader takes in a handful of missing fields; the rest are counted (JSON has them all).
MOST_MISSING_SHOWN = 4


def summary(result: AssessmentResult, language: str) -> Iterator[Block]:
    """The blocks of the page, from head to small print."""
    name = harmless(title(result.enterprise["name"], language))
    yield Heading(
        f"{name}  ({result.enterprise['id']})",
        f"{word('data-status', language)}: {word(result.data_status, language)}",
        is_warning=result.data_status in ("reconstructed", "draft"),
    )
    yield Pairs("", tuple(_basis(result, language)))
    streams = _streams(result, language)
    if streams.rows:
        yield streams
    yield from _measures(result, language)
    if _has_overlap(result.totals):
        from cpcalc.report.economics import interaction  # few files have measures that overlap

        yield from interaction(result, language)
    yield from _totals(result, language)
    by_status = _by_status(result, language)
    if len(by_status.rows) > 1:
        yield by_status
    yield Notes(tuple(_small_print(result, language)))


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
    baseline = ", ".join(str(part) for part in (basis.period, basis.currency) if part)
    if baseline:
        yield word("period" if basis.period else "currency", language), baseline
    for currency, rate, year, source in basis.rates:
        yield (
            word("rates", language),
            f"{currency}: {shown(rate, language)} ({year}, {harmless(source)})",
        )
    if basis.factor_sets:
        yield word("factor-sets", language), ", ".join(basis.factor_sets)
    chosen = ", ".join(
        f"{word(key, language)} {value}"
        for key, value in (("grid", basis.grid), ("gwp", basis.gwp))
        if value
    )
    if chosen:
        yield "", chosen
    yield from emissions.electricity_factors(result, language)


def _streams(result: AssessmentResult, language: str) -> Table:
    columns = (
        Column("stream", word("stream", language), is_text=True),
        Column("unit", word("unit", language), is_text=True),
        Column("baseline", word("baseline", language)),
        Column("after", word("after", language)),
        Column("saving", word("saving", language)),
        Column("share", "%"),
    )
    rows = tuple(
        (
            harmless(title(stream.name, language)),
            None,
            _known(stream.baseline),
            _known(stream.after),
            _known(stream.saving),
            _share_text(stream, language),
        )
        for stream in result.streams
        if isinstance(stream.baseline, Figure)
        or isinstance(stream.saving, Figure)
        or stream.saving_share is not None
    )
    return Table("streams", word("streams", language), columns, rows, by_row=True, yearly=True)


def _known(figure: Reported) -> Cell:
    """A figure, or an empty cell: what is missing is said once, under the tables."""
    return figure if isinstance(figure, Figure) else None


def _share_text(stream: StreamResult, language: str) -> str:
    part, whole = stream.saving, stream.baseline
    if isinstance(part, Figure) and isinstance(whole, Figure) and whole.value:
        return share(part.value / whole.value, language)
    return shown(stream.saving_share, language) if isinstance(stream.saving_share, Figure) else ""


END_OF_PIPE = "end-of-pipe"
# What the rows of a table of money are, where they are not measures.
FIRST_COLUMN = {"groups": "group", "status": "status", "combined": "enterprise"}


class Entry(NamedTuple):
    """One row of the tables: its short name, what stands under it, and its line."""

    name: str
    under: str
    line: Line


def _measures(result: AssessmentResult, language: str) -> Iterator[Block]:
    counting = [group for group in result.groups if group.in_bundle]
    grouped = {name for group in counting for name in group.measures}
    inside = [measure for measure in result.measures if measure.in_bundle]
    filters = [
        measure for measure in inside if measure.type == END_OF_PIPE and measure.id not in grouped
    ]
    inside = [measure for measure in inside if measure not in filters]
    entries = [_of_measure(item, language) for item in inside]
    notes = tuple(_cap_notes(inside, language))
    if counting:
        if entries:
            yield money_table("measures", "measures", entries, (), language, notes=notes)
        entries = [_of_group(group, language) for group in counting]
        entries += [
            _of_measure(item, language)
            for item in inside
            if item.id not in grouped and _says_a_figure(item.line)
        ]
    whole = Entry(word("total", language), "", result.totals)
    if entries:
        name = "groups" if counting else "measures"
        yield money_table(name, name, entries, (whole,), language, notes=() if counting else notes)
        yield from _kinds_tables(entries, whole, language)
    yield from _end_of_pipe(result, [_of_measure(item, language) for item in filters], language)
    outside = [_of_group(group, language) for group in result.groups if not group.in_bundle]
    outside += [
        _of_measure(measure, language) for measure in result.measures if not measure.in_bundle
    ]
    if outside:
        yield money_table("outside", "outside", outside, (), language)


def _kinds_tables(entries: Sequence[Entry], whole: Entry, language: str) -> Iterator[Block]:
    for key in ("savings", "reductions", "stated-reductions"):
        named = [
            (_bare(entry.name), getattr(entry.line, key.replace("-", "_")))
            for entry in (*entries, whole)
        ]
        yield from kinds_table(key, key, named[:-1], named[-1:], language)
    gases = emissions.by_gas(
        [(_bare(entry.name), entry.line) for entry in (*entries, whole)], language
    )
    yield from kinds_table("by-gas", "by-gas", gases[:-1], gases[-1:], language)


def _end_of_pipe(
    result: AssessmentResult, entries: Sequence[Entry], language: str
) -> Iterator[Block]:
    """What is not cleaner production, in tables of its own: every table sums to its total."""
    line = result.totals.end_of_pipe
    if line is None or not entries:
        return
    whole = Entry(word("total", language), "", line)
    yield money_table("end-of-pipe", "end-of-pipe", entries, (whole,), language)
    named = [(_bare(entry.name), entry.line.reductions) for entry in (*entries, whole)]
    yield from kinds_table(
        "end-of-pipe-reductions", "end-of-pipe-reductions", named[:-1], named[-1:], language
    )


def _says_a_figure(line: Line) -> bool:
    return bool(
        line.investment
        or isinstance(line.annual_saving, Figure)
        or line.reductions
        or line.stated_reductions
    )


def _of_measure(measure: MeasureResult, language: str) -> Entry:
    mark = " ^" if measure.caps else ""
    status = f" [{word(measure.status, language)}]" if measure.status != "unstated" else ""
    return Entry(
        f"{measure.id}{mark}{status}", harmless(title(measure.title, language)), measure.line
    )


def _of_group(group: GroupResult, language: str) -> Entry:
    count = group.declared_count
    name = group.id if count is None else f"{group.id} ({word('count', language, count=count)})"
    return Entry(name, harmless(title(group.title, language)), group.line)


def _bare(name: str) -> str:
    """A row's name without its status."""
    return name.split(" [", 1)[0]


def _cap_notes(measures: Sequence[MeasureResult], language: str) -> Iterator[str]:
    capped = [measure.id for measure in measures if measure.caps]
    if capped:
        yield "^ " + word("caps", language, measures=", ".join(capped))


def money_table(
    key: str,
    heading: str,
    entries: Sequence[Entry],
    totals: Sequence[Entry],
    language: str,
    *,
    notes: tuple[str, ...] = (),
) -> Table:
    """Investment, saving and payback; running cost and stand-alone saving only where there are any."""
    lines = [*entries, *totals]
    with_running = any(entry.line.running_cost is not None for entry in lines)
    with_alone = any(_has_overlap(entry.line) for entry in lines)
    columns = [
        Column(
            "measure",
            word(FIRST_COLUMN.get(key, "measure"), language),
            is_text=True,
        ),
        Column("investment", word("investment", language)),
        Column("annual_saving", word("annual-saving", language)),
    ]
    if with_alone:
        columns.append(Column("stand_alone", word("stand-alone", language)))
    if with_running:
        columns.append(Column("running_cost", word("running", language)))
    columns.append(Column("simple_payback", word("payback", language), is_duration=True))
    rows = []
    for entry in lines:
        line = entry.line
        cells: list[Cell] = [entry.name, _investment_cell(line), line.annual_saving]
        if with_alone:
            cells.append(line.stand_alone.annual_saving if line.stand_alone is not None else None)
        if with_running:
            cells.append(line.running_cost)
        rows.append((*cells, line.simple_payback))
    return Table(
        key,
        word(heading, language),
        tuple(columns),
        tuple(rows),
        totals=len(totals),
        notes=notes,
        under=tuple(entry.under for entry in lines),
        yearly=True,
    )


def _investment_cell(line: Line) -> Cell:
    if line.investment is None:
        return None
    converted = line.investment.converted
    if isinstance(converted, NotApplicable) and len(line.investment.amounts) == 1:
        return line.investment.amounts[0]
    return converted


def kinds_table(
    key: str,
    heading: str,
    rows: Sequence[tuple[str, Figures]],
    totals: Sequence[tuple[str, Figures]],
    language: str,
) -> Iterator[Table]:
    """Savings by category, or reductions by kind: one column each, for each row; nothing where there is none."""
    lines = [*rows, *totals]
    found = dict.fromkeys(kind for _, figures in lines for kind in figures)
    kinds = [kind for kind in KIND_ORDER if kind in found] + [
        kind for kind in found if kind not in KIND_ORDER
    ]
    if kinds:
        columns = [Column("measure", word("measure", language), is_text=True)]
        columns += [Column(kind, short_word(kind, language)) for kind in kinds]
        told = [(name, figures) for name, figures in rows if figures] + list(totals)
        cells = tuple((name, *(figures.get(kind) for kind in kinds)) for name, figures in told)
        yield Table(
            key, word(heading, language), tuple(columns), cells, totals=len(totals), yearly=True
        )


# The order in which categories and reductions are shown.
KIND_ORDER = (
    "material", "water", "energy", "chemical", "disposal", "by_product", "unspecified",
    "co2", "co2e", "dust", "wastewater", "solid_waste", "chemical_waste", "so2", "nox", "cod", "bod", "tss",
)  # fmt: skip


def _has_overlap(line: Line) -> bool:
    overlap, saving = line.overlap, line.annual_saving
    return (
        isinstance(overlap, Figure)
        and isinstance(saving, Figure)
        and abs(overlap.value) > abs(saving.value) * 1e-9
    )


def _totals(result: AssessmentResult, language: str) -> Iterator[Block]:
    totals = result.totals
    yield Pairs(word("totals", language), tuple(_total_pairs(totals, language)))


def yearly_pairs(line: Line, language: str) -> Iterator[tuple[str, Cell]]:
    """What a line has beside its investment and payback: grants, saving, running cost and what is left."""
    if line.grant is not None:
        yield word("grant", language), line.grant
    yield word("gross-saving", language), line.annual_saving
    if line.running_cost is not None:
        yield word("running-cost", language), line.running_cost
        yield word("net-saving", language), line.annual_net_saving


def _total_pairs(line: Line, language: str) -> Iterator[tuple[str, Cell]]:
    investment = line.investment
    if investment is not None:
        amounts = " + ".join(shown(amount, language) for amount in investment.amounts)
        if len(investment.amounts) > 1 and isinstance(investment.converted, Figure):
            amounts += f" = {shown(investment.converted, language)}"
        mark = "*" if investment.amounts[0].is_partial else ""
        yield word("investment", language), amounts.replace("*", "") + mark
    yield from yearly_pairs(line, language)
    if _has_overlap(line) and line.overlap is not None:
        yield word("overlap", language), line.overlap
    yield word("payback", language), line.simple_payback
    if isinstance(line.simple_payback_of_complete, Figure):
        yield word("payback-of-complete", language), line.simple_payback_of_complete
    for kind, figure in line.other_benefits.items():
        yield f"{word('other-benefits', language)}: {word(kind, language)}", figure
    if line.other_benefits:
        yield word("payback-with-benefits", language), line.simple_payback_with_other_benefits
    if line.economics is not None:
        from cpcalc.report.economics import headline  # few files have economics

        yield from headline(line.economics, language)
    biogenic = line.avoided_emissions.get("biogenic", {}).get("CO2")
    if biogenic is not None:
        yield word("biogenic-co2", language), biogenic
    yield from emissions.over_lives(line, language)


def _by_status(result: AssessmentResult, language: str) -> Table:
    entries = [
        Entry(word(status, language), "", line)
        for status, line in result.totals_by_status.items()
        if _says_a_figure(line)
    ]
    return money_table("status", "by-status", entries, (), language)


def _small_print(result: AssessmentResult, language: str) -> Iterator[str]:
    missing = dict.fromkeys(_missing_fields(result.totals))
    if missing:
        fields = list(missing)
        text = ", ".join(fields[:MOST_MISSING_SHOWN])
        if len(fields) > MOST_MISSING_SHOWN:
            text += " " + word("more", language, count=len(fields) - MOST_MISSING_SHOWN)
        yield word("partial-note", language, fields=text)
    if result.has_bounds:
        yield "\u2265 \u2264 " + word("bound", language)
    if result.qualities:
        parts = ", ".join(
            f"{tier_word(name, language)} {share(part, language)}"
            for name, part in _tiers(result.qualities)
        )
        yield f"{word('estimates', language)}: {parts}"
    prices = [
        f"{stream} {shown(price, language)} ({measure.id})"
        for measure in result.measures
        for stream, price in measure.implied_prices.items()
    ]
    if prices:
        yield f"{word('implied-prices', language)}: {', '.join(prices)}"
    realised = [
        f"{measure.id} {share(measure.realisation.value, language)} ({shown(measure.predicted_saving, language)})"
        for measure in result.measures
        if isinstance(measure.realisation, Figure) and isinstance(measure.predicted_saving, Figure)
    ]
    if realised:
        yield f"{word('realisation', language)}: {', '.join(realised)}"
    measured = [
        f"{stream} {', '.join(shown(figure, language) for figure in changes.values() if isinstance(figure, Figure))}"
        for measure in result.measures
        for stream, changes in measure.verified_changes.items()
    ]
    if measured:
        yield f"{word('verified-changes', language)}: {'; '.join(measured)}"
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
            yield word(
                "not-reproduced",
                language,
                figure=item.figure,
                value=item.expected,
                because=harmless(item.because),
            )


def _tiers(qualities: Mapping[str, float]) -> list[tuple[str, float]]:
    return sorted(qualities.items(), key=lambda pair: -pair[1])


def _missing_fields(line: Line) -> Iterator[str]:
    figures: list[Reported] = [line.annual_saving]
    if line.investment is not None:
        figures += [*line.investment.amounts, line.investment.converted]
    figures = [
        figure for figure in figures if isinstance(figure, Figure)
    ]  # the others name what they miss
    for figure in (*figures, *line.savings.values(), *line.reductions.values()):
        yield from figure.missing
