"""The economics as neutral blocks: figures, cash flows, sensitivities; one measure in full; the
whole enterprise."""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from cpcalc import names, results
from cpcalc.figures import Figure, NotApplicable, figures_in
from cpcalc.report import layout, tables
from cpcalc.report.layout import Block, Cell, Column, Notes, Pair, Pairs, Table, harmless
from cpcalc.report.numbers import Scale, cell, scale_of, share, shown
from cpcalc.results import AssessmentResult, BreakEven, CashFlow, Economics, Line, Swing
from cpcalc.rows import MeasureOrGroup, bundle_of, counting
from cpcalc.texts import title, word, word_in

RATIOS = ("savings_to_investment", "debt_service_cover", "average_debt_service_cover")
A_RATIO = Scale(1.0, 2, "")


def economics_page(result: AssessmentResult, language: str) -> Iterator[Block]:
    """What follows the summary under ``--economics``."""
    totals, sensitivity = result.totals, result.sensitivity
    ranked = [item for item in counting(result) if item.line.economics is not None]
    if ranked:
        yield _ranking("economics", ranked, totals, language)
        yield from project(word("together", language), totals, language)
    last = totals.end_of_pipe
    if last is not None and last.economics is not None:
        filters = bundle_of(result.measures, result.groups).end_of_pipe
        yield _ranking("end-of-pipe", filters, last, language)
    if sensitivity is not None:
        if isinstance(sensitivity.npv, Figure):
            yield _tornado("tornado", result, sensitivity.swings, language)
        yield from break_even_tables(result, sensitivity.break_even, language)
    yield from _whole_enterprise(result, language)


def _ranking(key: str, items: Sequence[MeasureOrGroup], total: Line, language: str) -> Table:
    """One row a measure, by NPV: the only ranking that adds up."""
    ordered = sorted(items, key=lambda item: _negative_npv(item.line))
    figures = ("npv", "irr", "savings_to_investment", "discounted_payback")
    rows: list[Sequence[Cell]] = []
    named = [*((item.id, item.line) for item in ordered), (word("total", language), total)]
    for name, line in named:
        if isinstance(line.economics, Economics):
            rows.append((name, *cells_of(line.economics, figures, language).values()))
        else:
            rows.append((name, line.economics, None, None, None))
    under = [harmless(title(item.title, language)) for item in ordered]
    left_out = tables.left_out_of(total.economics, language)
    ranked = tables.table(key, ("measure", *figures), rows, language, totals=1, under=under)
    return ranked._replace(notes=[left_out]) if left_out else ranked


def _negative_npv(line: Line) -> float:
    """What sorts by NPV, the highest first and the unknown last."""
    npv = results.figures_of(line).get("economics.npv")
    return -npv.value if isinstance(npv, Figure) else math.inf


def cells_of(record: object, figures: Iterable[str], language: str) -> dict[str, Cell]:
    """Figures of the economics as cells: rates in percent, ratios as they are."""
    cells: dict[str, Cell] = {}
    for name in figures:
        figure = getattr(record, name)
        if isinstance(figure, Figure) and not figure.unit.exponents:
            is_ratio = name in RATIOS
            figure = cell(figure, A_RATIO, language) if is_ratio else layout.Together((figure,))
        cells[name] = figure
    return cells


# ---- a project -----------------------------------------------------------------------------------


def project(
    name: str, line: Line, language: str, *, in_full: bool = False, is_whole: bool = False
) -> Iterator[Block]:
    """All figures of a project under a name, and its cash flow; before them the money of the
    whole enterprise, which no other table has."""
    economics = line.economics
    pairs = list(tables.money_pairs(line, language)) if is_whole else []
    if not isinstance(economics, Economics):
        pairs += tables.labelled({"npv": economics}, language)
        if pairs:
            yield Pairs(name, pairs)
        return
    yield Pairs(name, [*pairs, *_figure_pairs(economics, language)])
    if economics.assumptions:
        yield Pairs(word("rests-on", language), list(_assumptions(economics, language)))
    if economics.equity is not None:
        equity = cells_of(economics.equity, names.EQUITY, language)
        yield Pairs(word("equity", language), list(tables.labelled(equity, language)))
    flow = economics.cash_flow
    yield from _flow_tables(flow, language, "whole-" if is_whole else "", in_full=in_full)
    if not is_whole:
        bars = [(str(year), amount) for year, amount in enumerate(flow.net)]
        yield layout.Chart(word("chart", language), bars)


def _figure_pairs(economics: Economics, language: str) -> Iterator[Pair]:
    # the period first, and what money is meant beside it
    cells = cells_of(economics, ("study_period",), language)
    cells["money"] = word(economics.cash_flow.money, language)
    cells |= cells_of(economics, names.ECONOMICS, language)
    cells["npv"] = tables.with_left_out(cells["npv"], economics, language)
    cells["irr-roots"] = ", ".join(shown(root, language) for root in economics.irr_roots)
    cells["abatement_cost"] = economics.abatement_cost
    yield from tables.labelled(cells, language)
    for kind, figure in economics.levelised_cost.items():
        yield word("levelised", language, kind=word(kind, language)), figure
    for line, figure in economics.npv_with.items():
        yield word("npv_with", language, line=word(line, language)), figure


def _assumptions(economics: Economics, language: str) -> Iterator[Pair]:
    for item in economics.assumptions:
        kind, _, line = item.key.partition(".")
        label = word(f"of-{kind}", language, line=line_word(line, language))
        values = ", ".join(shown(figure, language) for figure in item.figures)
        yield label, values + (f" ({word(item.meant, language)})" if item.meant else "")


def _flow_tables(flow: CashFlow, language: str, prefix: str, *, in_full: bool) -> Iterator[Table]:
    """Years down, lines across; savings of all streams as one column unless in full."""
    own: Iterable[tuple[str, Sequence[Figure]]] = flow.lines
    if not in_full:
        summed = ("investment", flow.invested), ("saving", flow.saved)
        own = [*summed, *(line for line in flow.lines if line.key in ("running_cost", "tax"))]
    columns = [(line_word(key, language), amounts) for key, amounts in own]
    columns.append((word("net", language), flow.net))
    if flow.discounted is not None and flow.cumulative is not None:
        columns.append((word("present", language), flow.discounted))
        columns.append((word("cumulative", language), flow.cumulative))
    if in_full:
        columns += [(f"({word(line.key, language)})", line.amounts) for line in flow.outside]
    yield _yearly(f"{prefix}flow", columns, language)
    if flow.equity is not None:
        columns = [(line_word(line.key, language), line.amounts) for line in flow.financing]
        columns.append((word("equity-flow", language), flow.equity))
        yield _yearly(f"{prefix}financing", columns, language)


def _yearly(key: str, columns: Sequence[tuple[str, Sequence[Figure]]], language: str) -> Table:
    """A row a year; no amount where it is zero, so that the eye finds what happens."""
    heads = tables.columns(("year",), language)
    heads += [Column(label, tables.in_short_lines(label)) for label, _ in columns]
    amounts = [[item if item.value else None for item in column] for _, column in columns]
    rows = [(str(year), *cells) for year, cells in enumerate(zip(*amounts, strict=True))]
    return Table(word(key, language), heads, rows)


def line_word(key: str, language: str) -> str:
    """The label of a line of a cash flow: a stream's id, a category of savings, or its own."""
    section, _, name = key.partition(".")
    if section == "streams" and name:
        return harmless(name)
    return word(name, language) if section == "savings" and name else word_in("flow", key, language)


# ---- what it rests on ----------------------------------------------------------------------------


def _tornado(name: str, result: AssessmentResult, swings: Sequence[Swing], language: str) -> Table:
    """A row for each thing that is moved, with the NPV when it is lower and higher."""
    change = "" if result.sensitivity is None else share(result.sensitivity.change.value, language)
    rows = [(_parameter(result, item.parameter, language), item.low, item.high) for item in swings]
    columns = tables.columns(("parameter", "low", "high"), language)
    ends = [figures_in(item[1:]) for item in swings if item.parameter == "lifetime"]
    falls = any(low.value > high.value for low, high in (pair for pair in ends if len(pair) == 2))
    notes = [word("longer-life-lowers", language)] if falls else []
    return Table(word(name, language, change=change), columns, rows, notes=notes)


def _parameter(result: AssessmentResult, parameter: str, language: str) -> str:
    if not parameter.startswith("streams."):
        return word_in("flow", parameter, language).lower()
    stream = _stream_name(result, parameter.split(".")[1], language)
    return word("price-of", language, stream=stream)


def _stream_name(result: AssessmentResult, stream: str, language: str) -> str:
    names_by_id = {item.id: item.name for item in result.streams}
    return harmless(title(names_by_id.get(stream, {"": stream}), language))


def break_even_tables(
    result: AssessmentResult, break_even: Iterable[BreakEven], language: str
) -> Iterator[Table]:
    """A row for each thing a measure depends on: ``m1  price of coal  VND/t  > 300  > 410``; none
    for what always meets its targets."""
    conditions: dict[tuple[str, str], list[BreakEven]] = defaultdict(list)
    for item in break_even:
        conditions[item.place, item.parameter].append(item)
    rows: list[Sequence[Cell]] = []
    for (place, parameter), targets in conditions.items():
        if not all(map(_is_met, targets)):
            name = _parameter(result, parameter, language)
            rows.append((place.partition(".")[2], name, *_conditions(targets, language)))
    if rows:
        limit = result.sensitivity.payback_limit if result.sensitivity is not None else None
        until = shown(limit, language) if limit else ""
        keys = ("measure", "what", "unit", "needs-npv")
        columns = tables.columns(keys, language, ("what", "unit"))
        columns[1] = columns[1]._replace(is_wrapped=True)
        columns.append(Column("payback", word("needs-payback", language, limit=until)))
        yield Table(word("break-even", language), columns, rows)


def _is_met(item: BreakEven) -> bool:
    return isinstance(item.value, NotApplicable) and item.value.because == "always-met"


def _conditions(targets: Sequence[BreakEven], language: str) -> tuple[Cell, Cell, Cell]:
    """The unit of a row and its conditions, in one scale."""
    scale = scale_of([item.value for item in targets], language)
    texts = {}
    for item in targets:
        if isinstance(item.value, NotApplicable):
            texts[item.target] = word("always" if _is_met(item) else "never-met", language)
        else:
            sign = ">" if item.bound == "above" else "<"
            texts[item.target] = f"{sign} {cell(item.value, scale, language)}"
    return scale.unit, texts.get("npv"), texts.get("payback")


# ---- one measure ---------------------------------------------------------------------------------


def measure_page(result: AssessmentResult, name: str, language: str) -> Iterator[Block]:
    """One measure in full: money, reductions, economics, every line of its cash flow."""
    measure = next(item for item in result.measures if item.id == name)
    about = word("measure-page", language, measure=name)
    yield tables.heading(result, language, f"{about}: {harmless(title(measure.title, language))}")
    if not measure.in_bundle:
        yield Notes([word("outside", language)])
    yield Pairs(word("money-of", language), list(measure_money(measure, language)))
    if measure.line.has_overlap:
        yield Notes(list(tables.overlap_notes([measure.line.overlap], language)))
    yield from reductions(measure.line, language)
    yield from tables.uncertainty_table(measure.line, language)
    yield from project(word("one", language, measure=name), measure.line, language, in_full=True)
    if result.sensitivity is not None:
        place = f"measures.{name}"
        own = [item for item in result.sensitivity.break_even if item.place == place]
        yield from break_even_tables(result, own, language)
    said = [(at, text) for at, text in result.remarks.items() if at.startswith(f"measures.{name}.")]
    if said:
        yield Notes([harmless(f"{at}: {text}") for at, text in said])


def measure_money(measure: results.MeasureResult, language: str) -> Iterator[Pair]:
    """The money of one measure, also alone and by category."""
    line, alone = measure.line, measure.line.stand_alone
    yield word("status", language), word(measure.status, language)
    yield from tables.money_pairs(line, language)
    for category, figure in line.savings.items():
        yield f"{word('annual-saving', language)}: {word(category, language)}", figure
    yield from tables.labelled({"stand-alone": alone and alone.annual_saving}, language)
    if line.order_free_saving is not None:
        yield word("order-free", language).capitalize(), line.order_free_saving


def reductions(line: Line, language: str) -> Iterator[Block]:
    """What a line avoids, calculated and as published."""
    stated = word("stated", language)
    rows = list(tables.labelled(line.reductions, language))
    published = tables.labelled(line.stated_reductions, language)
    rows += [(f"{label} ({stated})", figure) for label, figure in published]
    if rows:
        yield Pairs(word("reductions-of", language), rows)


# ---- the whole enterprise ------------------------------------------------------------------------


def _whole_enterprise(result: AssessmentResult, language: str) -> Iterator[Block]:
    """The project with end of pipe, and each line of the costs of the enterprise before and after
    all measures in present values, or why there is none."""
    whole, sensitivity = result.whole_enterprise, result.sensitivity
    if whole is None:
        return
    if result.totals.end_of_pipe is not None:
        name = word("whole", language)
        yield from project(name, whole.line, language, in_full=True, is_whole=True)
        if whole.tornado and sensitivity is not None:
            yield _tornado("whole-tornado", result, whole.tornado, language)
    cost, economics = whole.life_cycle_cost, whole.line.economics
    if isinstance(cost.before, NotApplicable) or not isinstance(economics, Economics):
        sides = {"baseline": cost.before, "after": cost.after}
        yield Pairs(word("life-cycle", language), list(tables.labelled(sides, language)))
        return
    rows: list[Sequence[Cell]] = [
        (_paid_for(line, result, language), line.before, line.after, line.saving)
        for line in cost.lines
    ]
    rows.append((word("total", language), cost.before, cost.after, cost.saving))
    columns = tables.columns(("life-cycle-line", "baseline", "after", "saving"), language)
    heading = word("life-cycle-over", language, years=shown(economics.study_period, language))
    yield Table(heading, columns, rows, totals=1, notes=[word("life-cycle-note", language)])


def _paid_for(line: results.LifeCycleLine, result: AssessmentResult, language: str) -> str:
    section, _, name = line.key.partition(".")
    is_stream = section == "streams"
    label = _stream_name(result, name, language) if is_stream else line_word(line.key, language)
    is_paid = line.before is not None if is_stream else not name
    return label if is_paid else word("saved-of", language, line=label)
