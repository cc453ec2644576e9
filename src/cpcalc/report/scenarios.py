"""The file and its what-ifs side by side, as neutral blocks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from cpcalc.figures import Figure
from cpcalc.report.layout import Block, Cell, Column, Pairs, Table, cell_text, harmless
from cpcalc.report.tables import heading, labelled, mark_notes, money_pairs
from cpcalc.report.words import word
from cpcalc.results import AssessmentResult, figures_of


class Side(NamedTuple):
    """The file, or one of its scenarios: its name, what it sets, and its result."""

    name: str
    sets: str
    result: AssessmentResult
    title: str = ""


def scenario_page(
    sides: Sequence[Side], language: str, measure: str | None = None
) -> Iterator[Block]:
    """The file and its scenarios side by side: their totals, or one measure."""
    about = word("measure-page", language, measure=measure) if measure is not None else ""
    yield heading(sides[0].result, language, about)
    columns = [Column("figure", word("figure", language), is_text=True)]
    columns += [Column("side", harmless(side.name)) for side in sides]
    cells = [dict(_cells(side.result, measure, language)) for side in sides]
    labels = dict.fromkeys(label for of_side in cells for label in of_side)
    # each figure with its own unit: those of a column are of many kinds
    rows = [
        (label, *(cell_text(of_side.get(label), None, language) for of_side in cells))
        for label in labels
    ]
    notes = [
        word("scenario-sets", language, scenario=_full_name(side), sets=harmless(side.sets))
        for side in sides
        if side.sets
    ]
    notes += mark_notes([Pairs("", list(of_side.items())) for of_side in cells], language)
    yield Table(word("scenario", language), columns, rows, notes=notes)


def _full_name(side: Side) -> str:
    has_title = side.title and side.title != side.name
    return harmless(f"{side.name} ({side.title})" if has_title else side.name)


def _cells(
    result: AssessmentResult, measure: str | None, language: str
) -> Iterator[tuple[str, Cell]]:
    """What is compared, each figure with its label."""
    lines = {item.id: item.line for item in result.measures}
    line = result.totals if measure is None else lines[measure]
    yield from money_pairs(line, language)
    if line.investment is not None:  # instead of its amounts: one currency keeps columns narrow
        yield word("investment", language), line.investment.converted
    figures = figures_of(line)
    names = ("npv", "irr", "discounted_payback", "annual_worth")
    yield from labelled({name: figures.get(f"economics.{name}") for name in names}, language)
    whole = result.whole_enterprise
    if measure is None and whole is not None:
        if result.totals.end_of_pipe is not None:
            npv = figures_of(whole.line).get("economics.npv")
            yield from labelled({"whole-npv": npv}, language)
        before, after = whole.life_cycle_cost.before, whole.life_cycle_cost.after
        for key, cost in (("life-cycle-before", before), ("life-cycle-after", after)):
            if isinstance(cost, Figure):
                yield word(key, language), cost
    yield from labelled(line.reductions, language)
