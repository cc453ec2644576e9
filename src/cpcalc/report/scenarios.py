"""The file and its what-ifs side by side, as neutral blocks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from cpcalc.figures import Figure, Reported
from cpcalc.report.economics import figure_cell
from cpcalc.report.enterprise import life_cycle_sides
from cpcalc.report.layout import Block, Cell, Column, Heading, Table, harmless
from cpcalc.report.numbers import shown
from cpcalc.report.words import money_word, title, word
from cpcalc.results import AssessmentResult, Economics, Line


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
    first = told[0].result
    name = f"{harmless(title(first.enterprise['name'], language))}  ({first.enterprise['id']})"
    yield Heading(
        name
        if measure is None
        else f"{name}: {money_word('measure-page', language, measure=measure)}",
        f"{word('data-status', language)}: {word(first.data_status, language)}",
        is_warning=first.data_status in ("reconstructed", "draft"),
    )
    columns = (
        Column("figure", money_word("figure", language), is_text=True),
        *(Column(f"s{position}", harmless(item.name)) for position, item in enumerate(told)),
    )
    rows = [
        (label, *(_side(cell, language) for cell in cells))
        for label, cells in _sides(told, language, measure)
        if any(cell is not None for cell in cells)
    ]
    notes = tuple(
        money_word(
            "scenario-sets", language, scenario=harmless(_full_name(item)), sets=harmless(item.sets)
        )
        for item in told
        if item.sets
    )
    yield Table("scenarios", money_word("scenario", language), columns, tuple(rows), notes=notes)


def _full_name(item: Told) -> str:
    return f"{item.name} ({item.title})" if item.title and item.title != item.name else item.name


def _sides(
    told: Sequence[Told], language: str, measure: str | None
) -> Iterator[tuple[str, list[Reported | str | None]]]:
    totals = [_line(item.result, measure) for item in told]
    yield (
        word("investment", language),
        [line.investment.converted if line.investment else None for line in totals],
    )
    yield word("gross-saving", language), [line.annual_saving for line in totals]
    if any(line.running_cost is not None for line in totals):
        yield word("net-saving", language), [line.annual_net_saving for line in totals]
    yield word("payback", language), [line.simple_payback for line in totals]
    for name in ("npv", "irr", "discounted_payback", "annual_worth"):
        yield money_word(name, language), [_of_economics(line, name, language) for line in totals]
    whole = [item.result.whole_enterprise if measure is None else None for item in told]
    if any(line.end_of_pipe is not None for line in totals):
        found = [
            None if item is None else _of_economics(item.line, "npv", language) for item in whole
        ]
        yield money_word("whole-npv", language), found
    before, after = zip(*map(life_cycle_sides, whole), strict=True)
    yield money_word("life-cycle-before", language), list(before)
    yield money_word("life-cycle-after", language), list(after)
    kinds = dict.fromkeys(kind for line in totals for kind in line.reductions)
    for kind in kinds:
        yield word(kind, language), [line.reductions.get(kind) for line in totals]


def _line(result: AssessmentResult, measure: str | None) -> Line:
    if measure is None:
        return result.totals
    return next(item.line for item in result.measures if item.id == measure)


def _of_economics(line: Line, name: str, language: str) -> Cell:
    economics = line.economics
    return (
        figure_cell(name, getattr(economics, name), language)
        if isinstance(economics, Economics)
        else None
    )


def _side(cell: Cell, language: str) -> Cell:
    if isinstance(cell, Figure):
        return shown(cell, language)
    return cell
