"""The summary of one assessment as a neutral page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cpcalc.figures import Figure, NotApplicable, PartialFigure, Reported
from cpcalc.report.layout import Block, Cell, Column, Heading, Notes, Pairs, Table, harmless
from cpcalc.report.numbers import share, shown
from cpcalc.report.words import title, word
from cpcalc.results import AssessmentResult, GroupResult, Line, MeasureResult

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
    if result.streams:
        yield _streams(result, language)
    yield from _measures(result, language)
    yield from _totals(result, language)
    if len(result.totals_by_status) > 1:
        yield _by_status(result, language)
    yield Notes(tuple(_small_print(result, language)))


def _basis(result: AssessmentResult, language: str) -> Iterator[tuple[str, Cell]]:
    enterprise, basis = result.enterprise, result.basis
    where = ", ".join(harmless(str(enterprise[key])) for key in ("sector", "province", "country") if key in enterprise)
    if where:
        yield word("sector", language), where
    stated = ", ".join(str(part) for part in (basis.period, basis.currency) if part)
    if stated:
        yield word("period", language), stated
    for currency, rate, year, source in basis.rates:
        yield word("rates", language), f"{currency}: {shown(rate, language)} ({year}, {harmless(source)})"
    if basis.factor_sets:
        yield word("factor-sets", language), ", ".join(basis.factor_sets)
    chosen = ", ".join(
        f"{word(key, language)} {value}" for key, value in (("grid", basis.grid), ("gwp", basis.gwp)) if value
    )
    if chosen:
        yield "", chosen


def _streams(result: AssessmentResult, language: str) -> Table:
    columns = (
        Column("stream", word("stream", language), is_text=True),
        Column("unit", word("unit", language), is_text=True),
        Column("baseline", word("baseline", language)),
        Column("after", word("after", language)),
        Column("saving", word("saving", language)),
        Column("share", "%", is_text=False),
    )
    rows = tuple(
        (
            harmless(title(stream.name, language)),
            None,
            stream.baseline,
            stream.after,
            stream.saving,
            _share_text(stream.saving, stream.baseline, language),
        )
        for stream in result.streams
        if isinstance(stream.baseline, Figure)
    )
    return Table("streams", word("streams", language), columns, rows)


def _share_text(part: Reported, whole: Reported, language: str) -> str:
    if isinstance(part, Figure) and isinstance(whole, Figure) and whole.value:
        return share(part.value / whole.value, language)
    return ""


def _columns(first: str, language: str, *, alone: bool) -> tuple[Column, ...]:
    columns = [
        Column("title", word(first, language), is_text=True),
        Column("investment", word("investment", language)),
        Column("annual_saving", word("annual-saving", language)),
    ]
    if alone:
        columns.append(Column("stand_alone", word("stand-alone", language)))
    columns += [
        Column("simple_payback", word("payback", language), is_duration=True),
        Column("co2", word("co2", language)),
    ]
    return tuple(columns)


def _measures(result: AssessmentResult, language: str) -> Iterator[Block]:
    inside = [measure for measure in result.measures if measure.in_bundle]
    outside = [measure for measure in result.measures if not measure.in_bundle]
    alone = _has_overlap(result)
    if inside:
        rows = tuple(_row(_measure_title(item, language, with_status=True), item.line, alone=alone) for item in inside)
        if not result.groups:
            rows += (_row(word("total", language), result.totals, alone=alone),)
        yield Table(
            "measures",
            word("measures", language),
            _columns("measure", language, alone=alone),
            rows,
            totals=0 if result.groups else 1,
            notes=tuple(_measure_notes(inside, language)),
        )
    if result.groups:
        grouped = {name for group in result.groups for name in group.measures}
        rows = tuple(_row(_group_title(group, language), group.line, alone=False) for group in result.groups)
        rows += tuple(
            _row(_measure_title(item, language, with_status=True), item.line, alone=False)
            for item in inside
            if item.id not in grouped
        )
        rows += (_row(word("total", language), result.totals, alone=False),)
        yield Table("groups", word("groups", language), _columns("group", language, alone=False), rows, totals=1)
    if outside:
        rows = tuple(_row(_measure_title(item, language, with_status=True), item.line, alone=False) for item in outside)
        yield Table("outside", word("outside", language), _columns("measure", language, alone=False), rows)


def _has_overlap(result: AssessmentResult) -> bool:
    overlap = result.totals.overlap
    saving = result.totals.annual_saving
    return isinstance(overlap, Figure) and isinstance(saving, Figure) and abs(overlap.value) > abs(saving.value) * 1e-9


def _measure_title(measure: MeasureResult, language: str, *, with_status: bool) -> str:
    text = f"{measure.id}  {harmless(title(measure.title, language))}"
    if with_status and measure.status != "unstated":
        text += f" [{word(measure.status, language)}]"
    if measure.caps:
        text += " ^"
    return text


def _group_title(group: GroupResult, language: str) -> str:
    count = f" ({word('count', language, count=group.declared_count)})" if group.declared_count is not None else ""
    return f"{group.id}  {harmless(title(group.title, language))}{count}"


def _row(name: str, line: Line, *, alone: bool) -> tuple[Cell, ...]:
    investment = line.investment.converted if line.investment is not None else None
    if investment is not None and isinstance(investment, NotApplicable) and line.investment is not None:
        investment = line.investment.amounts[0] if len(line.investment.amounts) == 1 else investment
    cells: list[Cell] = [name, investment, line.annual_saving]
    if alone:
        cells.append(line.stand_alone.annual_saving if line.stand_alone is not None else None)
    return (*cells, line.simple_payback, line.reductions.get("co2"))


def _measure_notes(measures: list[MeasureResult], language: str) -> Iterator[str]:
    capped = [measure.id for measure in measures if measure.caps]
    if capped:
        yield "^ " + word("caps", language, measures=", ".join(capped))


def _totals(result: AssessmentResult, language: str) -> Iterator[Block]:
    totals = result.totals
    yield Pairs(word("totals", language), tuple(_total_pairs(totals, language)))
    if totals.savings:
        yield Pairs(
            word("savings", language),
            tuple((word(category, language), figure) for category, figure in totals.savings.items()),
        )
    reductions = [(word(name, language), figure) for name, figure in totals.reductions.items()]
    reductions += [
        (f"{word(name, language)} ({word('stated', language)})", figure)
        for name, figure in totals.stated_reductions.items()
    ]
    biogenic = totals.avoided_emissions.get("biogenic", {}).get("CO2")
    if biogenic is not None:
        reductions.append((word("biogenic", language), biogenic))
    if reductions:
        yield Pairs(word("reductions", language), tuple(reductions))
    if totals.end_of_pipe is not None:
        yield Pairs(word("end-of-pipe", language), tuple(_total_pairs(totals.end_of_pipe, language)))


def _total_pairs(line: Line, language: str) -> Iterator[tuple[str, Cell]]:
    investment = line.investment
    if investment is not None:
        amounts = " + ".join(shown(amount, language) for amount in investment.amounts)
        if len(investment.amounts) > 1 and isinstance(investment.converted, Figure):
            amounts += f" = {shown(investment.converted, language)}"
        mark = "*" if isinstance(investment.amounts[0], PartialFigure) else ""
        yield word("investment", language), amounts.replace("*", "") + mark
    yield word("gross-saving", language), line.annual_saving
    if line.running_cost is not None:
        yield word("running-cost", language), line.running_cost
        yield word("net-saving", language), line.annual_net_saving
    overlap = line.overlap
    if (
        isinstance(overlap, Figure)
        and isinstance(line.annual_saving, Figure)
        and abs(overlap.value) > abs(line.annual_saving.value) * 1e-9
    ):
        yield word("overlap", language), overlap
    yield word("payback", language), line.simple_payback
    if line.simple_payback_of_complete is not None:
        yield word("payback-of-complete", language), line.simple_payback_of_complete
    for kind, figure in line.other_benefits.items():
        yield f"{word('other-benefits', language)}: {word(kind, language)}", figure
    if line.other_benefits:
        yield word("payback-with-benefits", language), line.simple_payback_with_other_benefits


def _by_status(result: AssessmentResult, language: str) -> Table:
    rows = tuple(_row(word(status, language), line, alone=False) for status, line in result.totals_by_status.items())
    return Table("by_status", word("by-status", language), _columns("status", language, alone=False), rows)


def _small_print(result: AssessmentResult, language: str) -> Iterator[str]:
    missing = dict.fromkeys(_missing_fields(result.totals))
    if missing:
        fields = list(missing)
        text = ", ".join(fields[:MOST_MISSING_SHOWN])
        if len(fields) > MOST_MISSING_SHOWN:
            text += " " + word("more", language, count=len(fields) - MOST_MISSING_SHOWN)
        yield word("partial-note", language, fields=text)
    if result.qualities:
        parts = ", ".join(f"{word(name, language)} {share(part, language)}" for name, part in _tiers(result.qualities))
        yield f"{word('estimates', language)}: {parts}"
    doubtful = [item.reference for item in result.factors if item.quality == "unverified"]
    if doubtful:
        yield word("unverified", language, factors=", ".join(doubtful))
    for waived, because in result.waivers:
        yield word("waived", language, check=waived, because=harmless(because))
    holding = sum(item.holds for item in result.identities)
    yield word("identities", language, holding=holding, all=len(result.identities))
    judged = [item for item in result.expectations if item.because is None]
    if judged:
        met = sum(item.outcome == "met" for item in judged)
        yield word("expectations", language, met=met, all=len(judged))
    excused = sum(item.because is not None for item in result.expectations)
    if excused:
        yield word("not-reproduced-count", language, count=excused)


def _tiers(qualities: Mapping[str, float]) -> list[tuple[str, float]]:
    return sorted(qualities.items(), key=lambda pair: -pair[1])


def _missing_fields(line: Line) -> Iterator[str]:
    figures: list[Reported] = [line.annual_saving, *line.savings.values(), *line.reductions.values()]
    if line.investment is not None:
        figures += [*line.investment.amounts, line.investment.converted]
    for figure in figures:
        if isinstance(figure, (PartialFigure, NotApplicable)):
            yield from figure.missing
