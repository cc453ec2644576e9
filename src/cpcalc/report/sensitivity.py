"""How far the economics rest on single things: the tornado and the break-even values as tables."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from cpcalc.figures import Figure, NotApplicable
from cpcalc.report.layout import Block, Cell, Column, Table, harmless
from cpcalc.report.numbers import cell, scale_of, share, shown
from cpcalc.report.tables import headed
from cpcalc.report.words import money_word, title, word
from cpcalc.results import AssessmentResult, BreakEven, Sensitivity, Swing

MOST_CONDITIONS_SHOWN = 3


def sensitivity_page(
    result: AssessmentResult, sensitivity: Sensitivity, language: str
) -> Iterator[Block]:
    """How the total NPV moves with single things, and where each measure stops being worth it."""
    if isinstance(sensitivity.npv, Figure):
        heading = money_word("tornado", language, change=share(sensitivity.change.value, language))
        yield tornado_table(result, "tornado", heading, sensitivity.swings, language)
    conditions = break_even_table(result, sensitivity.break_even, language)
    if conditions is not None:
        yield conditions


def tornado_table(
    result: AssessmentResult, key: str, heading: str, swings: Sequence[Swing], language: str
) -> Table:
    """A row for each thing that is moved, with the NPV when it is lower and higher."""
    columns = headed("parameter", ("low", "high"), language, money_word)
    rows = tuple(
        (_parameter(result, swing.parameter, language), swing.low, swing.high) for swing in swings
    )
    return Table(key, heading, columns, rows)


def _parameter(result: AssessmentResult, parameter: str, language: str) -> str:
    if not parameter.startswith("streams."):
        return money_word(parameter, language).lower()
    stream = parameter.split(".")[1]
    names = {item.id: item.name for item in result.streams}
    name = harmless(title(names.get(stream, {"": stream}), language))
    return money_word("price-of", language, stream=name)


def break_even_table(
    result: AssessmentResult,
    break_even: Sequence[BreakEven],
    language: str,
    *,
    most: int | None = MOST_CONDITIONS_SHOWN,
) -> Table | None:
    """A row for each thing a measure depends on: ``m1  price of coal  VND/t  > 300  > 410``.

    Of each measure the ``most`` conditions nearest to being broken; none that is always met.
    """
    by_measure: dict[str, dict[str, dict[str, BreakEven]]] = {}
    for item in break_even:
        targets = by_measure.setdefault(item.place, {}).setdefault(item.parameter, {})
        targets[item.target] = item
    rows: list[tuple[Cell, ...]] = []
    is_cut = False
    for place, conditions in by_measure.items():
        open_ones = {
            parameter: min(map(_margin, targets.values()))
            for parameter, targets in conditions.items()
            if not all(map(_is_met, targets.values()))
        }
        nearest = sorted(open_ones, key=open_ones.__getitem__)[:most]
        is_cut = is_cut or len(nearest) < len(open_ones)
        for parameter in open_ones:
            if parameter in nearest:
                name = _parameter(result, parameter, language)
                texts = _conditions(conditions[parameter], language)
                rows.append((place.partition(".")[2], name, *texts))
    if not rows:
        return None
    limit = result.sensitivity.payback_limit if result.sensitivity is not None else None
    needs_payback = money_word(
        "needs-payback", language, limit=shown(limit, language) if limit else ""
    )
    columns = (
        Column("measure", word("measure", language), is_text=True),
        Column("parameter", money_word("what", language), is_text=True, is_wrapped=True),
        Column("unit", word("unit", language), is_text=True),
        Column("npv", money_word("needs-npv", language)),
        Column("payback", needs_payback),
    )
    notes = (money_word("nearest-conditions", language, most=most),) if is_cut else ()
    heading = money_word("break-even", language)
    return Table("break_even", heading, columns, tuple(rows), notes=notes)


def _is_met(item: BreakEven) -> bool:
    return isinstance(item.value, NotApplicable) and item.value.because == "always-met"


def _margin(item: BreakEven) -> float:
    """How far what is stated is from the condition, by its ratio; 0 where it cannot be met."""
    value = item.value
    if isinstance(value, NotApplicable):
        return math.inf if _is_met(item) else 0.0
    factor = value.operands[-1] if value.operands else value  # the stated value times a factor
    return abs(math.log(factor.value)) if isinstance(factor, Figure) and factor.value > 0 else 0.0


def _conditions(targets: Mapping[str, BreakEven], language: str) -> tuple[Cell, Cell, Cell]:
    """The unit of a row and its conditions, in one scale."""
    scale = scale_of([item.value for item in targets.values()], language)
    texts = {}
    for target, item in targets.items():
        if isinstance(item.value, NotApplicable):
            texts[target] = money_word("always" if _is_met(item) else "never-met", language)
        else:
            sign = ">" if item.bound == "above" else "<"
            texts[target] = f"{sign} {cell(item.value, scale, language)}"
    return scale.unit, texts.get("npv"), texts.get("payback")
