"""Forms as the tests fill them in: one made by `template`, and one with nothing but marks and heads."""

from pathlib import Path
from typing import Any

import openpyxl
import xlsxwriter

from cpcalc.app.form import FIRST_ROW, HEAD_ROW, MARK, sheets
from cpcalc.app.template import template
from cpcalc.texts import problem_word

Row = dict[str, Any]


def filled(path: Path, rows: dict[str, list[dict[str, Any]]], language: str = "en") -> Path:
    """A form of a language with rows typed below what stands in it."""
    path.write_bytes(template(language, {}, "seafood"))
    book = openpyxl.load_workbook(path)
    for key, sheet in sheets().items():
        page = book[sheet.words[language][0]]
        places, at = {}, 1
        for number, column in enumerate(sheet.columns):
            places[column.key] = (FIRST_ROW + 1 + number, 2) if sheet.is_down else (0, at)
            at += 1 + (column.kind == "amount")
        first = 1 + max(
            (row for row in range(HEAD_ROW + 1, page.max_row + 1) if page.cell(row, 1).value),
            default=FIRST_ROW,
        )
        for offset, values in enumerate(rows.get(key, [])):
            for name, value in values.items():
                row, column_at = places[name]
                row = row or first + offset
                number, unit = value if isinstance(value, tuple) else (value, None)
                cell = page.cell(row, column_at, number)
                if isinstance(number, str) and number.startswith("="):
                    cell.data_type = "s"
                if unit is not None:
                    page.cell(row, column_at + 1, unit)
    book.save(path)
    return path


def write_form(path: Path, rows: dict[str, list[Row]], language: str, order: Any = None) -> None:
    """A form with nothing but marks, heads, and what is filled in."""
    with xlsxwriter.Workbook(
        path, {"strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        for key, sheet in sheets().items():
            page = book.add_worksheet(sheet.words[language][0])
            page.write(0, 0, f"{MARK} {key} {language}")
            columns = list(sheet.columns)
            if order is not None:
                order.shuffle(columns)
            at = 0
            for number, column in enumerate(columns):
                page.write(*((2 + number, 0) if sheet.is_down else (1, at)), column.label(language))
                has_unit = column.kind == "amount"
                if has_unit and not sheet.is_down:
                    page.write(1, at + 1, problem_word("form-unit", language))
                for offset, row in enumerate(rows[key]):
                    if column.key in row:
                        value = row[column.key]
                        place = (2 + number, 1) if sheet.is_down else (2 + offset, at)
                        page.write_row(*place, value if has_unit else [value])
                at += 1 + has_unit
