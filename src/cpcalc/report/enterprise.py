"""The whole enterprise as neutral blocks: its own project where there is end of pipe, and its life-cycle cost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cpcalc.figures import Figure, NotApplicable
from cpcalc.report.economics import equity_view, figure_pairs, flow_tables, line_word
from cpcalc.report.economics_words import money_word
from cpcalc.report.layout import Block, Cell, Column, Pairs, Table, harmless
from cpcalc.report.numbers import share, shown
from cpcalc.report.sensitivity import tornado_table
from cpcalc.report.summary import yearly_pairs
from cpcalc.report.words import title, word
from cpcalc.results import (
    AssessmentResult,
    Economics,
    LifeCycleCost,
    LifeCycleLine,
    Line,
    WholeEnterprise,
)


def enterprise_page(result: AssessmentResult, language: str) -> Iterator[Block]:
    """What ends the page under ``--economics``: the project, unless it is the bundle's, and the life-cycle cost."""
    whole = result.whole_enterprise
    if whole is None:
        return
    if result.totals.end_of_pipe is not None:
        yield from _project(result, whole, language)
    yield _life_cycle(result, whole, language)


def _project(result: AssessmentResult, whole: WholeEnterprise, language: str) -> Iterator[Block]:
    economics = whole.line.economics
    rows = list(_money(whole.line, language))
    if isinstance(economics, Economics):
        rows += figure_pairs(economics, language)
    elif economics is not None:
        rows.append((money_word("npv", language), economics))
    yield Pairs(money_word("whole", language), tuple(rows))
    if not isinstance(economics, Economics):
        return
    yield from equity_view(economics, language)
    yield from flow_tables(
        economics.cash_flow, language, in_full=True, headings=("whole-flow", "whole-financing")
    )
    if whole.tornado and result.sensitivity is not None:
        heading = money_word(
            "whole-tornado", language, change=share(result.sensitivity.change.value, language)
        )
        yield tornado_table(result, "whole_tornado", heading, whole.tornado, language)


def _money(line: Line, language: str) -> Iterator[tuple[str, Cell]]:
    if line.investment is not None:
        yield word("investment", language), line.investment.converted
    yield from yearly_pairs(line, language)
    yield word("payback", language), line.simple_payback


def _life_cycle(result: AssessmentResult, whole: WholeEnterprise, language: str) -> Block:
    """Each line before and after all measures, in present values; why there is none, where a field is missing."""
    cost, economics = whole.life_cycle_cost, whole.line.economics
    if isinstance(cost.before, NotApplicable) or not isinstance(economics, Economics):
        rows = tuple(
            (word(key, language), figure)
            for key, figure in (("baseline", cost.before), ("after", cost.after))
        )
        return Pairs(money_word("life-cycle", language), rows)
    names = {stream.id: stream.name for stream in result.streams}
    lines = [
        (_label(line, names, language), line.before, line.after, line.saving) for line in cost.lines
    ]
    return Table(
        "life_cycle_cost",
        money_word("life-cycle-over", language, years=shown(economics.study_period, language)),
        (
            Column("line", money_word("life-cycle-line", language), is_text=True),
            *(Column(key, word(key, language)) for key in ("baseline", "after", "saving")),
        ),
        (*lines, (word("total", language), cost.before, cost.after, cost.saving)),
        totals=1,
        notes=tuple(_notes(cost, language)),
    )


def _label(line: LifeCycleLine, names: Mapping[str, Mapping[str, str]], language: str) -> str:
    section, _, name = line.key.partition(".")
    if section == "streams":
        label = harmless(title(names.get(name, {"": name}), language))
        return label if line.before is not None else money_word("saved-of", language, line=label)
    label = line_word(line.key, language)
    return money_word("saved-of", language, line=label) if name else label


def _notes(cost: LifeCycleCost, language: str) -> Iterator[str]:
    yield money_word("life-cycle-note", language)
    figures = (cost.before, cost.after)
    missing = dict.fromkeys(
        field for item in figures if isinstance(item, Figure) for field in item.missing
    )
    if missing:
        yield word("partial-note", language, fields=", ".join(missing))


def life_cycle_sides(whole: WholeEnterprise | None) -> tuple[Cell, Cell]:
    """The life-cycle cost before and after, as far as it is known."""
    if whole is None:
        return None, None
    cost = whole.life_cycle_cost
    return (
        cost.before if isinstance(cost.before, Figure) else None,
        cost.after if isinstance(cost.after, Figure) else None,
    )
