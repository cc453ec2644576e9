"""Cells as texts: every column of figures in one scale, money of a table in one unit."""

from __future__ import annotations

from collections.abc import Sequence

from cpcalc.figures import Figure, NotApplicable
from cpcalc.report.layout import Cell, Chart, Table
from cpcalc.report.numbers import (
    PERIOD_WORDS,
    Scale,
    cell,
    money_scale,
    scale_of,
    shown,
)
from cpcalc.report.words import word
from cpcalc.units import Unit


def cell_text(value: Cell, scale: Scale | None, language: str) -> str:
    """A cell as shown: a figure in its column's scale, a reason in words, nothing for nothing."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, NotApplicable):
        return word(value.code, language)
    return cell(value, scale, language) if scale is not None else shown(value, language)


def laid_out(table: Table, language: str) -> tuple[str, list[str], list[list[str]]]:
    """The unit of the table's money, headers with their units, and all cells as texts."""
    if table.by_row:
        return (
            "",
            [column.header for column in table.columns],
            [_by_row(table, row, language) for row in table.rows],
        )
    main = [_main_unit(table, position) for position in range(len(table.columns))]
    money = money_scale(_figures_of_money(table, main), language, yearly=table.yearly)
    scales: list[Scale | None] = []
    headers = []
    for position, column in enumerate(table.columns):
        unit = main[position]
        if unit is None:
            scale = None
        elif unit.currency is not None and money is not None:
            scale = money
        else:
            scale = scale_of(_figures(table, position, unit), language)
        scales.append(scale)
        shown_unit = scale.unit if scale is not None and scale is not money else ""
        headers.append(
            f"{column.header}\n{_without_year(shown_unit, table, language)}".rstrip("\n")
        )
    columns = [
        _texts([row[position] for row in table.rows], main[position], scale, language)
        for position, scale in enumerate(scales)
    ]
    rows = [list(row) for row in zip(*columns, strict=True)]
    return money.unit if money is not None else "", headers, rows


def _texts(
    values: Sequence[Cell], unit: Unit | None, scale: Scale | None, language: str
) -> list[str]:
    """The cells of a column as texts, its figures of ``unit`` in its scale."""
    return [
        cell_text(
            value, scale if isinstance(value, Figure) and value.unit is unit else None, language
        )
        for value in values
    ]


def _by_row(table: Table, row: Sequence[Cell], language: str) -> list[str]:
    own = scale_of([value for value in row if isinstance(value, Figure)], language)
    return [
        _without_year(own.unit, table, language)
        if column.key == "unit"
        else cell_text(value, own if isinstance(value, Figure) else None, language)
        for column, value in zip(table.columns, row, strict=True)
    ]


def _without_year(unit: str, table: Table, language: str) -> str:
    return unit.removesuffix("/" + PERIOD_WORDS[language]["year"]) if table.yearly else unit


def _main_unit(table: Table, position: int) -> Unit | None:
    """The unit most figures of a column have; one of another currency is shown with its own unit."""
    column = table.columns[position]
    if column.is_text or column.is_duration:
        return None
    units = [row[position].unit for row in table.rows if isinstance(row[position], Figure)]  # type: ignore[union-attr]
    return max(dict.fromkeys(units), key=units.count) if units else None


def _figures(table: Table, position: int, unit: Unit) -> list[Figure]:
    cells = [row[position] for row in table.rows]
    return [value for value in cells if isinstance(value, Figure) and value.unit is unit]


def _figures_of_money(table: Table, main: Sequence[Unit | None]) -> list[Figure]:
    """The figures of all money columns, where these are of one currency."""
    columns = [
        (position, unit)
        for position, unit in enumerate(main)
        if unit is not None and unit.currency is not None
    ]
    if len({unit.currency for _, unit in columns}) != 1 or any(
        len(unit.exponents) > 2 for _, unit in columns
    ):
        return []
    return [figure for position, unit in columns for figure in _figures(table, position, unit)]


def chart_texts(chart: Chart, language: str) -> tuple[str, tuple[str, ...]]:
    """The unit of a chart and the figures of its bars in it."""
    scale = scale_of([figure for _, figure in chart.bars], language)
    return scale.unit, tuple(cell(figure, scale, language) for _, figure in chart.bars)
