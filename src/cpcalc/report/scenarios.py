"""The file and its what-ifs side by side, as neutral blocks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from cpcalc.figures import Figure
from cpcalc.report.layout import Block, Cell, Column, Pairs, Table, harmless
from cpcalc.report.numbers import shown
from cpcalc.report.tables import heading, labelled, mark_notes, money_pairs
from cpcalc.report.words import money_word, word
from cpcalc.results import AssessmentResult, Economics, Line, WholeEnterprise


class Told(NamedTuple):
    """One scenario: its name, what it sets, and its result."""

    name: str
    sets: str
    result: AssessmentResult
    title: str = ""


def scenario_page(
    told: Sequence[Told], language: str, measure: str | None = None
) -> Iterator[Block]:
    """The file and its scenarios side by side: their totals, or one measure."""
    about = money_word("measure-page", language, measure=measure) if measure is not None else ""
    yield heading(told[0].result, language, about)
    columns = (
        Column("figure", money_word("figure", language), is_text=True),
        *(Column(f"s{position}", harmless(item.name)) for position, item in enumerate(told)),
    )
    sides = [dict(_figures(item.result, measure, language)) for item in told]
    labels = dict.fromkeys(label for side in sides for label in side)
    rows = tuple(
        (label, *(_alone(side.get(label), language) for side in sides)) for label in labels
    )
    notes = [
        money_word("scenario-sets", language, scenario=_full_name(item), sets=harmless(item.sets))
        for item in told
        if item.sets
    ]
    notes += mark_notes([Pairs("", tuple(side.items())) for side in sides], language)
    yield Table("scenarios", money_word("scenario", language), columns, rows, notes=tuple(notes))


def _full_name(item: Told) -> str:
    has_title = item.title and item.title != item.name
    return harmless(f"{item.name} ({item.title})" if has_title else item.name)


def _alone(cell: Cell, language: str) -> Cell:
    """A figure with its own unit: those of a column are of many kinds."""
    return shown(cell, language) if isinstance(cell, Figure) else cell


def _figures(
    result: AssessmentResult, measure: str | None, language: str
) -> Iterator[tuple[str, Cell]]:
    """What is compared, each figure with its label."""
    lines = {item.id: item.line for item in result.measures}
    line = result.totals if measure is None else lines[measure]
    yield from money_pairs(line, language)
    if line.investment is not None:  # instead of its amounts: one currency keeps columns narrow
        yield word("investment", language), line.investment.converted
    names = ("npv", "irr", "discounted_payback", "annual_worth")
    yield from labelled({name: _of(line, name) for name in names}, language, money_word)
    if measure is None and result.whole_enterprise is not None:
        of_whole = _of_whole_enterprise(result.whole_enterprise, result.totals)
        yield from labelled(of_whole, language, money_word)
    yield from labelled(line.reductions, language)


def _of_whole_enterprise(whole: WholeEnterprise, totals: Line) -> dict[str, Cell]:
    before, after = whole.life_cycle_cost.before, whole.life_cycle_cost.after
    return {
        "whole-npv": _of(whole.line, "npv") if totals.end_of_pipe is not None else None,
        "life-cycle-before": before if isinstance(before, Figure) else None,
        "life-cycle-after": after if isinstance(after, Figure) else None,
    }


def _of(line: Line, name: str) -> Cell:
    return getattr(line.economics, name) if isinstance(line.economics, Economics) else None
