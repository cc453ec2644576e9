"""The economics as neutral blocks: figures, cash-flow tables, a chart; one measure in full."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cpcalc.figures import Figure, NotApplicable
from cpcalc.report.layout import Block, Cell, Chart, Column, Notes, Pairs, Table, harmless
from cpcalc.report.numbers import shown
from cpcalc.report.sensitivity import break_even_table, sensitivity_page
from cpcalc.report.tables import (
    bundle_of,
    economic_cell,
    headed,
    heading,
    labelled,
    mark_notes,
    money_pairs,
)
from cpcalc.report.words import money_word, title, word
from cpcalc.results import (
    AssessmentResult,
    CashFlow,
    Economics,
    GroupResult,
    Line,
    MeasureResult,
)

FIGURES = (
    "npv", "irr", "mirr", "savings_to_investment", "adjusted_internal_rate", "annual_worth",
    "discounted_payback", "life_cycle_cost", "return_on_investment",
)  # fmt: skip
WIDEST_HEADER_CELLS = 10


def economics_page(result: AssessmentResult, language: str) -> Iterator[Block]:
    """What follows the summary under ``--economics``."""
    bundle, totals = bundle_of(result), result.totals
    counted: list[MeasureResult | GroupResult] = [*bundle.alone, *bundle.groups]
    ranked = [item for item in counted if item.line.economics is not None]
    if ranked:
        yield _ranking("economics", ranked, totals, language)
        yield from economics_blocks(
            money_word("together", language), totals.economics, language, with_chart=True
        )
    last = totals.end_of_pipe
    if last is not None and last.economics is not None:
        yield _ranking("end-of-pipe", bundle.end_of_pipe, last, language)
    if result.sensitivity is not None:
        yield from sensitivity_page(result, result.sensitivity, language)


def _ranking(
    key: str, items: Sequence[MeasureResult | GroupResult], total: Line, language: str
) -> Table:
    """One row a measure, by NPV: the only ranking that adds up."""
    ordered = sorted(items, key=lambda item: _negative_npv(item.line))
    names = ("npv", "irr", "savings_to_investment", "discounted_payback")
    columns = headed("measure", names, language, money_word)
    rows: list[tuple[Cell, ...]] = []
    for name, line in [
        *((item.id, item.line) for item in ordered),
        (word("total", language), total),
    ]:
        economics = line.economics
        if isinstance(economics, Economics):
            figures = [economic_cell(key, getattr(economics, key), language) for key in names]
            rows.append((name, *figures))
        else:
            rows.append((name, economics, None, None, None))
    return Table(
        f"{key}-ranking",
        money_word(key, language),
        columns,
        tuple(rows),
        totals=1,
        under=tuple(harmless(title(item.title, language)) for item in ordered),
    )


def _negative_npv(line: Line) -> float:
    """What sorts by NPV, the highest first and the unknown last."""
    npv = line.economics.npv if isinstance(line.economics, Economics) else None
    return -npv.value if isinstance(npv, Figure) else float("inf")


def economics_blocks(
    name: str,
    economics: Economics | NotApplicable | None,
    language: str,
    *,
    money: Sequence[tuple[str, Cell]] = (),
    of_whole: bool = False,
    in_full: bool = False,
    with_chart: bool = False,
) -> Iterator[Block]:
    """All figures of a project under a name, after its ``money``, and its cash flow."""
    if not isinstance(economics, Economics):
        reason = list(labelled({"npv": economics}, language, money_word))
        if money or reason:
            yield Pairs(name, (*money, *reason))
        return
    yield Pairs(name, (*money, *_figure_pairs(economics, language)))
    if economics.assumptions:
        rests_on = tuple(_assumptions(economics, language))
        yield Pairs(money_word("rests-on", language), rests_on)
    if economics.equity is not None:
        equity = {
            name: economic_cell(name, figure, language)
            for name, figure in economics.equity._asdict().items()
        }
        rows = tuple(labelled(equity, language, money_word))
        yield Pairs(money_word("equity", language), rows)
    flow = economics.cash_flow
    yield from _flow_tables(flow, language, "whole-" if of_whole else "", in_full=in_full)
    if with_chart:
        bars = tuple((str(year), amount) for year, amount in enumerate(flow.net))
        yield Chart("cash_flow_chart", money_word("chart", language), bars)


def _figure_pairs(economics: Economics, language: str) -> Iterator[tuple[str, Cell]]:
    yield from labelled(
        {
            "study_period": economics.study_period,
            "money": money_word(economics.cash_flow.money, language),
            **{key: economic_cell(key, getattr(economics, key), language) for key in FIGURES},
            "irr-roots": ", ".join(shown(root, language) for root in economics.irr_roots),
            "abatement_cost": economics.abatement_cost,
        },
        language,
        money_word,
    )
    for kind, figure in economics.levelised_cost.items():
        yield money_word("levelised", language, kind=money_word(kind, language)), figure
    for line, figure in economics.npv_with.items():
        yield money_word("npv_with", language, line=money_word(line, language)), figure
    if economics.partial:
        names = ", ".join(place.partition(".")[2] for place in economics.partial)
        yield "", money_word("left-out", language, measures=names)


def _assumptions(economics: Economics, language: str) -> Iterator[tuple[str, Cell]]:
    for item in economics.assumptions:
        kind, _, line = item.key.partition(".")
        label = money_word(f"of-{kind}", language, line=line_word(line, language))
        values = ", ".join(shown(figure, language) for figure in item.figures)
        yield label, values + (f" ({money_word(item.meant, language)})" if item.meant else "")


# ---- cash flow ----------------------------------------------------------------------------------


def _flow_tables(flow: CashFlow, language: str, prefix: str, *, in_full: bool) -> Iterator[Table]:
    """Years down, lines across; savings of all streams as one column unless in full."""
    labels = {line.key: line_word(line.key, language) for line in flow.lines}
    columns: list[tuple[str, Sequence[Cell]]]
    if in_full:
        columns = [(labels[line.key], line.amounts) for line in flow.lines]
    else:
        columns = [
            (money_word("investment", language), flow.invested),
            (money_word("saving", language), flow.saved),
        ]
        own = [line for line in flow.lines if line.key in ("running_cost", "tax")]
        columns += [(labels[line.key], line.amounts) for line in own]
    columns.append((money_word("net", language), flow.net))
    if flow.discounted is not None and flow.cumulative is not None:
        columns.append((money_word("present", language), flow.discounted))
        columns.append((money_word("cumulative", language), flow.cumulative))
    if in_full:
        beside = flow.outside
        columns += [(f"({money_word(line.key, language)})", line.amounts) for line in beside]
    yield _yearly(f"{prefix}flow", columns, language)
    if flow.equity is not None:
        columns = [(money_word(line.key, language), line.amounts) for line in flow.financing]
        columns.append((money_word("equity-flow", language), flow.equity))
        yield _yearly(f"{prefix}financing", columns, language)


def _yearly(key: str, columns: Sequence[tuple[str, Sequence[Cell]]], language: str) -> Table:
    """A row a year; no amount where it is zero, so that the eye finds what happens."""
    heads = (
        Column("year", money_word("year", language), is_text=True),
        *(Column(label, _in_two_lines(label)) for label, _ in columns),
    )
    years = zip(*(amounts for _, amounts in columns), strict=True)
    rows = tuple(
        (
            str(year),
            *(None if isinstance(cell, Figure) and not cell.value else cell for cell in cells),
        )
        for year, cells in enumerate(years)
    )
    return Table(key, money_word(key, language), heads, rows)


def _in_two_lines(header: str) -> str:
    """A header of several words in two lines, so that all columns fit into a narrow window."""
    words = header.split(" ")
    if len(header) <= WIDEST_HEADER_CELLS or len(words) == 1:
        return header
    half = (len(words) + 1) // 2
    return f"{' '.join(words[:half])}\n{' '.join(words[half:])}"


def line_word(key: str, language: str) -> str:
    """The label of a line of a cash flow: a stream's id, a category of savings, or its own."""
    section, _, name = key.partition(".")
    if section == "streams" and name:
        return harmless(name)
    return word(name, language) if section == "savings" and name else money_word(key, language)


# ---- one measure --------------------------------------------------------------------------------


def measure_page(result: AssessmentResult, name: str, language: str) -> Iterator[Block]:
    """One measure in full: money, reductions, economics, every line of its cash flow."""
    measure = next(item for item in result.measures if item.id == name)
    about = money_word("measure-page", language, measure=name)
    yield heading(result, language, f"{about}: {harmless(title(measure.title, language))}")
    if not measure.in_bundle:
        yield Notes((word("outside", language),))
    blocks = list(_measure_blocks(result, measure, language))
    yield from blocks
    if notes := tuple(mark_notes(blocks, language)):
        yield Notes(notes)


def _measure_blocks(
    result: AssessmentResult, measure: MeasureResult, language: str
) -> Iterator[Block]:
    line = measure.line
    yield Pairs(money_word("money-of", language), tuple(_measure_money(measure, language)))
    reductions = [(word(kind, language), figure) for kind, figure in line.reductions.items()]
    stated = word("stated", language)
    reductions += [
        (f"{word(kind, language)} ({stated})", figure)
        for kind, figure in line.stated_reductions.items()
    ]
    if reductions:
        yield Pairs(money_word("reductions-of", language), tuple(reductions))
    about = money_word("one", language, measure=measure.id)
    yield from economics_blocks(about, line.economics, language, in_full=True, with_chart=True)
    if result.sensitivity is not None:
        place = f"measures.{measure.id}"
        own = [item for item in result.sensitivity.break_even if item.place == place]
        conditions = break_even_table(result, own, language, most=None)
        if conditions is not None:
            yield conditions


def _measure_money(measure: MeasureResult, language: str) -> Iterator[tuple[str, Cell]]:
    line, alone = measure.line, measure.line.stand_alone
    yield word("status", language), word(measure.status, language)
    yield from money_pairs(line, language)
    for category, figure in line.savings.items():
        yield f"{word('annual-saving', language)}: {word(category, language)}", figure
    yield from labelled({"stand-alone": alone and alone.annual_saving}, language)
    if line.order_free_saving is not None:
        yield money_word("order-free", language).capitalize(), line.order_free_saving
