"""The economics as neutral blocks: figures, cash-flow tables, charts, sensitivities, scenarios, one measure in full."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from cpcalc.figures import Figure, NotApplicable, Reported
from cpcalc.report.layout import Block, Cell, Chart, Column, Heading, Notes, Pairs, Table, harmless
from cpcalc.report.numbers import decimal, share, shown
from cpcalc.report.sensitivity import break_even_table, sensitivity_page
from cpcalc.report.words import money_word, title, word
from cpcalc.results import AssessmentResult, CashFlow, Economics, Line, MeasureResult


class Named(NamedTuple):
    """A measure or group with its line."""

    id: str
    title: str
    line: Line


def economics_page(result: AssessmentResult, language: str) -> Iterator[Block]:
    """What follows the summary under ``--economics``."""
    named = [item for item in _counted(result, language) if item.line.economics is not None]
    if named:
        yield _ranking("economics", named, result.totals, language)
        yield from _together(result.totals.economics, language)
    last = result.totals.end_of_pipe
    if last is not None and last.economics is not None:
        yield _ranking("end-of-pipe", list(_end_of_pipe(result, language)), last, language)
    if result.sensitivity is not None:
        yield from sensitivity_page(result, result.sensitivity, language)


def _together(totals: Economics | NotApplicable | None, language: str) -> Iterator[Block]:
    if isinstance(totals, Economics):
        yield Pairs(money_word("together", language), tuple(figure_pairs(totals, language)))
        yield from equity_view(totals, language)
        yield from flow_tables(totals.cash_flow, language)
        yield _chart(totals.cash_flow, language)
    elif isinstance(totals, NotApplicable):
        yield Pairs(money_word("together", language), ((money_word("npv", language), totals),))


def _counted(result: AssessmentResult, language: str) -> Iterator[Named]:
    """The lines that the total adds: groups, and measures in none."""
    counting = [group for group in result.groups if group.in_bundle]
    grouped = {name for group in counting for name in group.measures}
    for measure in result.measures:
        if measure.in_bundle and measure.id not in grouped and measure.type != END_OF_PIPE:
            yield Named(measure.id, harmless(title(measure.title, language)), measure.line)
    for group in counting:
        yield Named(group.id, harmless(title(group.title, language)), group.line)


END_OF_PIPE = "end-of-pipe"


def _end_of_pipe(result: AssessmentResult, language: str) -> Iterator[Named]:
    for measure in result.measures:
        if measure.in_bundle and measure.type == END_OF_PIPE:
            yield Named(measure.id, harmless(title(measure.title, language)), measure.line)


# ---- figures --------------------------------------------------------------------------------------------------------


def _ranking(heading: str, named: Sequence[Named], total: Line, language: str) -> Table:
    """One row a measure, by NPV: the only ranking that adds up."""
    ordered = sorted(named, key=_by_npv)
    keys = ("npv", "irr", "savings_to_investment")
    columns = (
        Column("measure", word("measure", language), is_text=True),
        *(Column(key, money_word(key, language)) for key in keys),
        Column("discounted_payback", money_word("discounted_payback", language), is_duration=True),
    )
    rows: list[tuple[Cell, ...]] = []
    for item in (*ordered, Named(word("total", language), "", total)):
        economics = item.line.economics
        if not isinstance(economics, Economics):
            rows.append((item.id, economics, None, None, None))
            continue
        rows.append(
            (
                item.id,
                economics.npv,
                _percent(economics.irr, language),
                _ratio(economics.savings_to_investment, language),
                economics.discounted_payback,
            )
        )
    under = tuple(item.title for item in ordered)
    return Table(
        f"{heading}-ranking",
        money_word(heading, language),
        columns,
        tuple(rows),
        totals=1,
        under=under,
    )


def _by_npv(item: Named) -> tuple[int, float]:
    economics = item.line.economics
    if isinstance(economics, Economics) and isinstance(economics.npv, Figure):
        return 0, -economics.npv.value
    return 1, 0.0


def _percent(figure: Reported, language: str) -> Cell:
    return share(figure.value, language) if isinstance(figure, Figure) else figure


def _ratio(figure: Reported, language: str) -> Cell:
    if not isinstance(figure, Figure):
        return figure
    return decimal(figure.value, DECIMALS_OF_A_RATIO, language)


DECIMALS_OF_A_RATIO = 2


RATIOS = ("savings_to_investment", "debt_service_cover", "average_debt_service_cover")
SHARES = ("irr", "mirr", "adjusted_internal_rate")
FIGURES = (
    "npv", "irr", "mirr", "savings_to_investment", "adjusted_internal_rate", "annual_worth", "discounted_payback",
    "life_cycle_cost", "return_on_investment",
)  # fmt: skip


def figure_cell(name: str, figure: Reported, language: str) -> Cell:
    if isinstance(figure, NotApplicable):
        return figure
    if name in RATIOS:
        return _ratio(figure, language)
    if name in SHARES:
        return share(figure.value, language)
    if name == "return_on_investment":
        return share(figure.value, language) + "/" + money_word("year", language).lower()
    return figure


def figure_pairs(economics: Economics, language: str) -> Iterator[tuple[str, Cell]]:
    yield money_word("study_period", language), economics.study_period
    yield money_word("money", language), money_word(economics.cash_flow.money, language)
    for name in FIGURES:
        yield money_word(name, language), figure_cell(name, getattr(economics, name), language)
    if economics.irr_roots:
        roots = ", ".join(share(root.value, language) for root in economics.irr_roots)
        yield money_word("irr-roots", language), roots
    if economics.abatement_cost is not None:
        yield money_word("abatement_cost", language), economics.abatement_cost
    for kind, figure in economics.levelised_cost.items():
        yield money_word("levelised", language, kind=money_word(kind, language)), figure
    for line, figure in economics.npv_with.items():
        yield money_word("npv_with", language, line=money_word(line, language)), figure
    if economics.partial:
        names = ", ".join(place.partition(".")[2] for place in economics.partial)
        yield "", money_word("left-out", language, measures=names)


def headline(economics: Economics | NotApplicable, language: str) -> Iterator[tuple[str, Cell]]:
    """What the totals of a summary say of the economics."""
    if isinstance(economics, NotApplicable):
        yield money_word("npv", language), economics
        return
    for name in ("npv", "irr", "discounted_payback"):
        yield money_word(name, language), figure_cell(name, getattr(economics, name), language)


def equity_view(economics: Economics, language: str) -> Iterator[Block]:
    if economics.equity is not None:
        rows = tuple(
            (money_word(name, language), figure_cell(name, figure, language))
            for name, figure in economics.equity._asdict().items()
        )
        yield Pairs(money_word("equity", language), rows)


# ---- cash flow ------------------------------------------------------------------------------------------------------


def flow_tables(
    flow: CashFlow,
    language: str,
    *,
    in_full: bool = False,
    headings: tuple[str, str] = ("flow", "financing"),
) -> Iterator[Table]:
    """Years down, lines across; savings of all streams as one column unless all lines are wanted."""
    columns: list[tuple[str, str, Sequence[Cell]]] = []
    if in_full:
        columns += [(line.key, line_word(line.key, language), line.amounts) for line in flow.lines]
    else:
        columns += list(_grouped(flow, language))
    columns.append(("net", money_word("net", language), flow.net))
    if flow.discounted is not None and flow.cumulative is not None:
        columns.append(("present", money_word("present", language), flow.discounted))
        columns.append(("cumulative", money_word("cumulative", language), flow.cumulative))
    if in_full:
        columns += [
            (line.key, f"({money_word(line.key, language)})", line.amounts) for line in flow.outside
        ]
    yield _yearly("cash_flow", headings[0], columns, language)
    if flow.equity is not None:
        financing = [
            (line.key, money_word(line.key, language), line.amounts) for line in flow.financing
        ]
        columns = [*financing, ("equity", money_word("equity-flow", language), flow.equity)]
        yield _yearly("financing", headings[1], columns, language)


def _yearly(
    key: str, heading: str, columns: Sequence[tuple[str, str, Sequence[Cell]]], language: str
) -> Table:
    rows = tuple(
        (str(year), *(_unless_nothing(amounts[year]) for _, _, amounts in columns))
        for year in range(len(columns[0][2]))
    )
    heads = tuple(Column(key, _in_two_lines(header)) for key, header, _ in columns)
    year = Column("year", money_word("year", language), is_text=True)
    return Table(key, money_word(heading, language), (year, *heads), rows)


WIDEST_HEADER_CELLS = 10


def _in_two_lines(header: str) -> str:
    """A header of several words in two lines, so that all columns stand side by side in a narrow window."""
    if len(header) <= WIDEST_HEADER_CELLS:
        return header
    words = header.split(" ")
    half = (len(words) + 1) // 2
    return "\n".join(" ".join(part) for part in (words[:half], words[half:]) if part)


def _unless_nothing(amount: Cell) -> Cell:
    """An amount; an empty cell for zero, so that the eye finds what happens."""
    return amount if not isinstance(amount, Figure) or amount.value else None


def _grouped(flow: CashFlow, language: str) -> Iterator[tuple[str, str, Sequence[Cell]]]:
    yield "investment", money_word("investment", language), flow.invested
    yield "saving", money_word("saving", language), flow.saved
    for line in flow.lines:
        if line.key in ("running_cost", "tax"):
            yield line.key, money_word(line.key, language), line.amounts


def line_word(key: str, language: str) -> str:
    if key.startswith("streams."):
        return harmless(key.partition(".")[2])
    if key.startswith("savings."):
        return word(key.partition(".")[2], language)
    return money_word(key, language)


def _chart(flow: CashFlow, language: str) -> Chart:
    bars = tuple((str(year), amount) for year, amount in enumerate(flow.net))
    return Chart("cash_flow_chart", money_word("chart", language), bars)


# ---- interaction ----------------------------------------------------------------------------------------------------


def interaction(result: AssessmentResult, language: str) -> Iterator[Block]:
    """Alone, in order and order-free, for the measures that overlap; nothing where none do."""
    rows: list[tuple[Cell, ...]] = []
    for measure in result.measures:
        line = measure.line
        if not measure.in_bundle or line.stand_alone is None or not _differs(line):
            continue
        rows.append(
            (measure.id, line.stand_alone.annual_saving, line.annual_saving, line.order_free_saving)
        )
    if not rows:
        return
    columns = (
        Column("measure", word("measure", language), is_text=True),
        Column("stand_alone", money_word("stand-alone", language)),
        Column("in_order", money_word("in-order", language)),
        Column("order_free", money_word("order-free", language)),
    )
    overlap = result.totals.overlap
    notes = [money_word("overlap-note", language)]
    if isinstance(overlap, Figure):
        notes.insert(0, f"{word('overlap', language)}: {shown(overlap, language)}")
    yield Table(
        "interaction",
        money_word("interaction", language),
        columns,
        tuple(rows),
        notes=tuple(notes),
        yearly=True,
    )


def _differs(line: Line) -> bool:
    assert line.stand_alone is not None
    figures = (line.stand_alone.annual_saving, line.annual_saving, line.order_free_saving)
    values = [figure.value for figure in figures if isinstance(figure, Figure)]
    return bool(values) and max(values) - min(values) > SAME * max(map(abs, values))


# Sums of the same floats in another order differ by less.
SAME = 1e-9


# ---- one measure ----------------------------------------------------------------------------------------------------


def measure_page(result: AssessmentResult, name: str, language: str) -> Iterator[Block]:
    """One measure in full: money, reductions, economics, every line of its cash flow."""
    measure = next(item for item in result.measures if item.id == name)
    enterprise = harmless(title(result.enterprise["name"], language))
    yield Heading(
        f"{money_word('measure-page', language, measure=name)}: {harmless(title(measure.title, language))}",
        f"{enterprise} ({result.enterprise['id']}). "
        f"{word('data-status', language)}: {word(result.data_status, language)}",
        is_warning=result.data_status in ("reconstructed", "draft"),
    )
    if not measure.in_bundle:
        yield Notes((word("outside", language),))
    yield Pairs(money_word("money-of", language), tuple(_money_pairs(measure, language)))
    line = measure.line
    kinds = {
        **line.reductions,
        **{f"{key} *": figure for key, figure in line.stated_reductions.items()},
    }
    if kinds:
        yield Pairs(
            money_word("reductions-of", language),
            tuple((word(key, language), figure) for key, figure in kinds.items()),
        )
    economics = line.economics
    if isinstance(economics, NotApplicable):
        yield Pairs(
            money_word("one", language, measure=name), ((money_word("npv", language), economics),)
        )
    if isinstance(economics, Economics):
        yield Pairs(
            money_word("one", language, measure=name), tuple(figure_pairs(economics, language))
        )
        yield Pairs(money_word("rests-on", language), tuple(_assumptions(economics, language)))
        yield from equity_view(economics, language)
        yield from flow_tables(economics.cash_flow, language, in_full=True)
        yield _chart(economics.cash_flow, language)
    if result.sensitivity is not None:
        own = [item for item in result.sensitivity.break_even if item.place == f"measures.{name}"]
        conditions = break_even_table(result, own, language, most=None)
        if conditions is not None:
            yield conditions
    if line.stated_reductions:
        yield Notes((f"* {word('stated', language)}",))


def _assumptions(economics: Economics, language: str) -> Iterator[tuple[str, Cell]]:
    for item in economics.assumptions:
        kind, _, line = item.key.partition(".")
        label = money_word(f"of-{kind}", language, line=line_word(line, language)) if line else None
        values = ", ".join(shown(figure, language) for figure in item.figures)
        meant = f" ({money_word(item.meant, language)})" if item.meant else ""
        yield label or money_word(f"of-{kind}", language), values + meant


def _money_pairs(measure: MeasureResult, language: str) -> Iterator[tuple[str, Cell]]:
    line = measure.line
    yield word("status", language), word(measure.status, language)
    if line.investment is not None:
        yield (
            word("investment", language),
            " + ".join(shown(amount, language) for amount in line.investment.amounts),
        )
    if line.grant is not None:
        yield word("grant", language), line.grant
    for category, figure in line.savings.items():
        yield f"{word('annual-saving', language)}: {word(category, language)}", figure
    yield word("gross-saving", language), line.annual_saving
    if line.stand_alone is not None:
        yield word("stand-alone", language), line.stand_alone.annual_saving
    if line.order_free_saving is not None:
        label = money_word("order-free", language)
        yield label[:1].upper() + label[1:], line.order_free_saving
    if line.running_cost is not None:
        yield word("running-cost", language), line.running_cost
        yield word("net-saving", language), line.annual_net_saving
    yield word("payback", language), line.simple_payback
    for kind, figure in line.other_benefits.items():
        yield f"{word('other-benefits', language)}: {word(kind, language)}", figure
    if line.other_benefits:
        yield word("payback-with-benefits", language), line.simple_payback_with_other_benefits
