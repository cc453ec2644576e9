"""The use case behind `template`: an Excel form to be filled in, which `import` reads back."""

import io
from collections.abc import Iterator, Mapping
from typing import Any

from cpcalc.app.form import (
    FIRST_ROW,
    HEAD_ROW,
    MARK,
    FormColumn,
    Sheet,
    choice_shown,
    letters,
    sheets,
)
from cpcalc.texts import problem_word, read_texts, words_of

ROWS = 500  # of a sheet that have drop-down lists
LISTS = "cpcalc"  # the hidden sheet of what the drop-down lists offer
WIDTHS = {"text": 30, "choice": 24, "list": 24}
WIDTH = 14
FORMATS: Mapping[str, Mapping[str, Any]] = {
    "mark": {"font_color": "#7f7f7f", "font_size": 8},
    "title": {"bold": True, "font_size": 12},
    "head": {
        "bold": True, "bg_color": "#1f5c4a", "font_color": "#ffffff", "valign": "top", "border": 1,
    },
    "left-out": {"italic": True, "font_color": "#7f7f7f", "bg_color": "#f2f2f2"},
    # a text stays what was typed: 1/2 becomes no date, 007 no 7
    "text": {"num_format": "@"},
    # shows a date that was typed by mistake as one, which import then finds
    "amount": {"num_format": "General"},
    "count": {"num_format": "General"},
}  # fmt: skip


def template(language: str, given: Mapping[str, str], sector: str) -> bytes:
    """The workbook; ``given`` is what is known of the enterprise, by the keys of its columns."""
    import xlsxwriter

    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, options) as book:
        formats = {name: book.add_format(dict(style)) for name, style in FORMATS.items()}
        offered: list[list[str]] = []
        for sheet in sheets().values():
            rows = list(_rows(sheet, language, given, sector))
            _fill(
                book.add_worksheet(sheet.words[language][0]),
                sheet,
                rows,
                language,
                formats,
                offered,
            )
        lists = book.add_worksheet(LISTS)
        lists.hide()
        for number, texts in enumerate(offered):
            lists.write_column(0, number, texts)
    return target.getvalue()


def _rows(
    sheet: Sheet, language: str, given: Mapping[str, str], sector: str
) -> Iterator[dict[str, Any]]:
    """What stands in the rows of a sheet from the start: an example, then what is suggested."""
    if sheet.is_down:
        yield dict(given)
        return
    examples = {column.key: column.example for column in sheet.columns if column.example}
    for mark, rows in (("example", [examples]), ("suggestion", suggestions(sheet.key, sector))):
        yield from ({"row": mark, **row} for row in rows)


def suggestions(sheet: str, sector: str) -> list[Mapping[str, Any]]:
    """The rows of a sheet that every plant, and one of the sector, has as a rule."""
    known, others = read_texts("form")["sectors"], read_texts("form")["same-sector"]
    written = sector.strip().casefold()
    english = {name: key for key, name in words_of("sectors", "vi").items()}
    key = english.get(written, written.replace(" ", "-"))
    names = dict.fromkeys(["any", others.get(key, key)])
    return [row for name in names for row in known.get(name, {}).get(sheet, ())]


def _fill(
    page: Any,
    sheet: Sheet,
    rows: list[dict[str, Any]],
    language: str,
    formats: Mapping[str, Any],
    offered: list[list[str]],
) -> None:
    """Write a sheet: its columns side by side, or below each other in the sheet that goes down."""
    page.write_string(0, 0, f"{MARK} {sheet.key} {language}", formats["mark"])
    page.write_string(0, 1, sheet.words[language][1], formats["title"])
    unit = problem_word("form-unit", language)
    at = 0
    for number, column in enumerate(sheet.columns):
        label, note = column.words[language]
        row, place = (FIRST_ROW + number, 1) if sheet.is_down else (FIRST_ROW, at)
        head = (row, 0) if sheet.is_down else (HEAD_ROW, place)
        is_amount = column.kind == "amount"
        style = formats.get(column.kind, formats["text"])
        page.write_string(*head, label, formats["head"])
        page.write_comment(*head, note)
        if sheet.is_down:
            page.write_blank(row, place, None, style)
            page.write_string(row, 3, note)
        else:
            page.set_column(place, place, WIDTHS.get(column.kind, WIDTH), style)
        if is_amount and not sheet.is_down:
            page.write_string(HEAD_ROW, place + 1, unit, formats["head"])
            page.set_column(place + 1, place + 1, WIDTH, formats["text"])
        if column.choices:
            shown = [one if is_amount else choice_shown(one, language) for one in column.choices]
            offered.append(shown)
            letter = letters(len(offered) - 1)
            source = f"={LISTS}!${letter}$1:${letter}${len(shown)}"
            # another unit may be typed, another choice not
            rule = {"validate": "list", "source": source, "show_error": not is_amount}
            where, last = place + is_amount, row if sheet.is_down else row + ROWS
            page.data_validation(row, where, last, where, rule)
        for offset, values in enumerate(rows):
            _write(page, column, (row + offset, place), values.get(column.key), language, style)
        at += 1 + is_amount
    if sheet.is_down:
        heads = ("field", "value", "unit", "help")
        page.write_row(
            HEAD_ROW, 0, [problem_word(f"form-{key}", language) for key in heads], formats["head"]
        )
        page.set_column(0, 1, WIDTHS["text"])
        page.set_column(3, 3, 60)
    else:
        rule = {
            "type": "formula",
            "criteria": f'=$A{FIRST_ROW + 1}<>""',
            "format": formats["left-out"],
        }
        page.conditional_format(FIRST_ROW, 0, FIRST_ROW + ROWS, at - 1, rule)
    page.freeze_panes(FIRST_ROW, 1 if sheet.is_down else 2)
    page.set_landscape()
    page.fit_to_pages(1, 0)


def _write(
    page: Any, column: FormColumn, place: tuple[int, int], value: Any, language: str, style: Any
) -> None:
    """Write one value of a row that stands there from the start: of an amount number and unit, or
    the unit alone."""
    row, at = place
    if value is None:
        return
    if column.kind == "amount":
        number, unit = value if isinstance(value, list) else (None, value)
        page.write_string(row, at + 1, unit)
        if number is not None:
            page.write_number(row, at, number, style)
        return
    text = value[language] if isinstance(value, dict) else str(value)
    page.write_string(
        row, at, choice_shown(text, language) if column.kind == "choice" else text, style
    )
