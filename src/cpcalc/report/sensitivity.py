"""How far the economics rest on single things: the tornado and the break-even values as tables."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from cpcalc.figures import Figure, NotApplicable
from cpcalc.report.layout import Block, Cell, Column, Table, harmless
from cpcalc.report.numbers import cell, scale_of, share, shown
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
    columns = (
        Column("parameter", money_word("parameter", language), is_text=True),
        Column("low", money_word("low", language)),
        Column("high", money_word("high", language)),
    )
    rows = tuple(
        (_parameter(result, swing.parameter, language), swing.low, swing.high) for swing in swings
    )
    return Table(key, heading, columns, rows)


def _parameter(result: AssessmentResult, parameter: str, language: str) -> str:
    if parameter.startswith("streams."):
        stream = parameter.split(".")[1]
        names = {item.id: item.name for item in result.streams}
        return money_word(
            "price-of", language, stream=harmless(title(names.get(stream, {"": stream}), language))
        )
    return money_word(parameter, language).lower()


def break_even_table(
    result: AssessmentResult,
    found: Sequence[BreakEven],
    language: str,
    *,
    most: int | None = MOST_CONDITIONS_SHOWN,
) -> Table | None:
    """A row for each thing that a measure depends on: ``m1  price of coal  VND/t  > 300  > 410``.

    Of each measure the ``most`` conditions that are nearest to being broken; what is met whatever happens is left out.
    """
    by_measure: dict[str, dict[str, dict[str, BreakEven]]] = {}
    for item in found:
        by_measure.setdefault(item.place, {}).setdefault(item.parameter, {})[item.target] = item
    rows: list[tuple[Cell, ...]] = []
    is_cut = False
    for place, conditions in by_measure.items():
        told = {
            name: targets
            for name, targets in conditions.items()
            if not all(map(_is_met, targets.values()))
        }
        nearest = sorted(told, key=lambda name: min(map(_margin, told[name].values())))[:most]
        is_cut = is_cut or len(nearest) < len(told)
        for parameter, targets in told.items():
            if parameter in nearest:
                name = _parameter(result, parameter, language)
                rows.append((place.partition(".")[2], name, *_conditions(targets, language)))
    if not rows:
        return None
    limit = result.sensitivity.payback_limit if result.sensitivity is not None else None
    columns = (
        Column("measure", word("measure", language), is_text=True),
        Column("parameter", money_word("what", language), is_text=True, is_wrapped=True),
        Column("unit", word("unit", language), is_text=True),
        Column("npv", money_word("needs-npv", language)),
        Column(
            "payback",
            money_word("needs-payback", language, limit=shown(limit, language) if limit else ""),
        ),
    )
    notes = (money_word("nearest-conditions", language, most=most),) if is_cut else ()
    return Table(
        "break_even", money_word("break-even", language), columns, tuple(rows), notes=notes
    )


def _is_met(item: BreakEven) -> bool:
    return isinstance(item.value, NotApplicable) and item.value.because == "always-met"


def _margin(item: BreakEven) -> float:
    """How far what is stated is from the condition, by its ratio; nothing where it cannot be met."""
    if isinstance(item.value, NotApplicable):
        return math.inf if _is_met(item) else 0.0
    factor = (
        item.value.operands[-1] if item.value.operands else item.value
    )  # the stated value times a factor
    return abs(math.log(factor.value)) if isinstance(factor, Figure) and factor.value > 0 else 0.0


def _conditions(targets: Mapping[str, BreakEven], language: str) -> tuple[Cell, Cell, Cell]:
    """The unit of a row and its conditions, in one scale."""
    figures = [item.value for item in targets.values() if isinstance(item.value, Figure)]
    scale = scale_of(figures, language)
    texts = {}
    for target, item in targets.items():
        if isinstance(item.value, NotApplicable):
            texts[target] = money_word("always" if _is_met(item) else "never-met", language)
        else:
            texts[target] = (
                f"{'>' if item.bound == 'above' else '<'} {cell(item.value, scale, language)}"
            )
    return scale.unit, texts.get("npv"), texts.get("payback")
