"""The file and its what-ifs side by side, as neutral blocks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from cpcalc.figures import Figure
from cpcalc.report.economics import figure_cell
from cpcalc.report.economics_words import money_word
from cpcalc.report.enterprise import life_cycle_sides
from cpcalc.report.layout import Block, Cell, Column, Heading, Table, harmless
from cpcalc.report.numbers import shown
from cpcalc.report.words import title, word
from cpcalc.results import AssessmentResult, Economics, Line


class Side(NamedTuple):
    """The file as it is, or under one what-if: its name, what it sets, and its result."""

    name: str
    sets: str
    result: AssessmentResult
    title: str = ""


def scenario_page(
    sides: Sequence[Side], language: str, measure: str | None = None
) -> Iterator[Block]:
    """The file and its what-ifs side by side: their totals, or one measure."""
    first = sides[0].result
    name = f"{harmless(title(first.enterprise['name'], language))}  ({first.enterprise['id']})"
    of_measure = f": {money_word('measure-page', language, measure=measure)}" if measure else ""
    yield Heading(
        name + of_measure,
        f"{word('data-status', language)}: {word(first.data_status, language)}",
        is_warning=first.data_status in ("reconstructed", "draft"),
    )
    columns = [Column("figure", money_word("figure", language), is_text=True)]
    columns += [Column(f"s{number}", harmless(side.name)) for number, side in enumerate(sides)]
    rows = []
    for label, cells in _rows(sides, language, measure):
        if any(cell is not None for cell in cells):
            texts = (shown(cell, language) if isinstance(cell, Figure) else cell for cell in cells)
            rows.append((label, *texts))
    notes = tuple(_what_is_set(side, language) for side in sides if side.sets)
    heading = money_word("scenario", language)
    yield Table("scenarios", heading, tuple(columns), tuple(rows), notes=notes)


def _what_is_set(side: Side, language: str) -> str:
    is_titled = side.title not in ("", side.name)
    name = f"{side.name} ({side.title})" if is_titled else side.name
    return money_word("scenario-sets", language, scenario=harmless(name), sets=harmless(side.sets))


def _rows(
    sides: Sequence[Side], language: str, measure: str | None
) -> Iterator[tuple[str, Sequence[Cell]]]:
    lines = [_line(side.result, measure) for side in sides]
    investments = [line.investment for line in lines]
    yield word("investment", language), [item.converted if item else None for item in investments]
    yield word("gross-saving", language), [line.annual_saving for line in lines]
    if any(line.running_cost is not None for line in lines):
        yield word("net-saving", language), [line.annual_net_saving for line in lines]
    yield word("payback", language), [line.simple_payback for line in lines]
    for name in ("npv", "irr", "discounted_payback", "annual_worth"):
        yield money_word(name, language), [_economic(line, name, language) for line in lines]
    wholes = [side.result.whole_enterprise if measure is None else None for side in sides]
    if any(line.end_of_pipe is not None for line in lines):
        values = [_economic(whole.line, "npv", language) if whole else None for whole in wholes]
        yield money_word("whole-npv", language), values
    before, after = zip(*map(life_cycle_sides, wholes), strict=True)
    yield money_word("life-cycle-before", language), before
    yield money_word("life-cycle-after", language), after
    for kind in dict.fromkeys(kind for line in lines for kind in line.reductions):
        yield word(kind, language), [line.reductions.get(kind) for line in lines]


def _line(result: AssessmentResult, measure: str | None) -> Line:
    if measure is None:
        return result.totals
    return next(item.line for item in result.measures if item.id == measure)


def _economic(line: Line, name: str, language: str) -> Cell:
    economics = line.economics
    if not isinstance(economics, Economics):
        return None
    return figure_cell(name, getattr(economics, name), language)
