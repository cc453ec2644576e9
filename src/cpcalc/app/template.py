"""The use case behind `template`: an Excel form to be filled in, which `import` reads back."""

import io
from collections.abc import Iterator, Mapping
from typing import Any

from cpcalc.app import form
from cpcalc.app.form import FIRST_ROW, HEAD_ROW, choice_shown, unit_shown
from cpcalc.texts import problem_word, read_texts

ROWS = 500  # of a sheet that have drop-down lists
WIDTHS = {"row": 14, "text": 30, "choice": 34, "list": 24}
WIDTH, HEAD_HEIGHT = 14, 30
HEADS = ("field", "value", "unit", "help")  # of the sheet that goes down
MAIN = ("enterprise", "products", "streams", "measures", "readings")  # the others where needed
FORMATS: Mapping[str, Mapping[str, Any]] = {
    "mark": {"font_color": "#7f7f7f", "font_size": 8},
    "title": {"bold": True, "font_size": 12},
    "head": {
        "bold": True, "bg_color": "#1f5c4a", "font_color": "#ffffff", "valign": "top", "border": 1,
        "text_wrap": True,
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
        for sheet in form.sheets().values():
            page = book.add_worksheet(sheet.words[language][0])
            _fill(page, sheet, list(_rows(sheet, given, sector)), language, formats, offered)
        lists = book.add_worksheet(form.LISTS)
        lists.hide()
        for number, texts in enumerate(offered):
            lists.write_column(0, number, texts)
    return target.getvalue()


def _rows(sheet: form.Sheet, given: Mapping[str, str], sector: str) -> Iterator[dict[str, Any]]:
    """What stands in the rows of a sheet from the start: an example, then what is suggested."""
    examples = {one.key: one.example for one in sheet.columns if one.example}
    if sheet.is_down:
        units = {one.key: one.choices[0] for one in sheet.columns if one.kind == "amount"}
        yield {**units, **examples, **given}
        return
    yield {"row": "example", **examples}
    yield from ({"row": "suggestion", **row} for row in suggestions(sheet.key, sector))


def suggestions(sheet: str, sector: str) -> list[Mapping[str, Any]]:
    """The rows of a sheet that every plant, and one of the sector, has as a rule."""
    known, others = read_texts("form")["sectors"], read_texts("form")["same-sector"]
    written = sector.strip().casefold()
    key = form.sheets()["enterprise"].heads["enterprise.sector"].meant.get(written, written)
    key = key.replace(" ", "-")
    names = dict.fromkeys(["any", others.get(key, key)])
    rows = [row for name in names for row in known.get(name, {}).get(sheet, ())]
    return [{"id": f"m{at}", **row} for at, row in enumerate(rows, start=1)]


def _fill(
    page: Any,
    sheet: form.Sheet,
    rows: list[dict[str, Any]],
    language: str,
    formats: Mapping[str, Any],
    offered: list[list[str]],
) -> None:
    """Write a sheet: its columns side by side, or below each other in the sheet that goes down."""
    from xlsxwriter.utility import xl_range_abs

    page.write(0, 0, f"{form.MARK} {sheet.key} {language}", formats["mark"])
    page.write(0, 1, sheet.words[language][1], formats["title"])
    at = 0
    for number, column in enumerate(sheet.columns):
        label, note = column.words[language]
        is_amount = column.kind == "amount"
        style = formats.get(column.kind, formats["text"])
        row, place = (FIRST_ROW + number, 1) if sheet.is_down else (FIRST_ROW, at)
        head = (row, 0) if sheet.is_down else (HEAD_ROW, at)
        page.write(*head, label, formats["head"])
        page.write_comment(*head, note, {"x_scale": 2})
        if sheet.is_down:
            page.write_row(row, 1, [None, None, note], style)
        else:
            page.set_column(at, at, WIDTHS.get(column.key, WIDTHS.get(column.kind, WIDTH)), style)
        if is_amount and not sheet.is_down:
            page.write(HEAD_ROW, at + 1, problem_word("form-unit", language), formats["head"])
            page.set_column(at + 1, at + 1, WIDTH, formats["text"])
        if column.choices:
            say = unit_shown if is_amount else choice_shown
            plain = [say(one, language) for one in column.choices]
            source = f"={form.LISTS}!{xl_range_abs(0, len(offered), len(plain) - 1, len(offered))}"
            offered.append(plain)
            # another unit may be typed, another choice not
            rule = {"validate": "list", "source": source, "show_error": column.kind == "choice"}
            last = row if sheet.is_down else row + ROWS
            page.data_validation(row, place + is_amount, last, place + is_amount, rule)
        for offset, values in enumerate(rows):
            value = values.get(column.key)
            text = value[language] if isinstance(value, dict) else value
            shown = [choice_shown(str(text), language) if text in column.choices else text]
            if is_amount:
                figure, unit = value if isinstance(value, list) else (None, value)
                shown = [figure, unit_shown(unit or "", language)]
            if value is not None:
                page.write_row(row + offset, place, shown, style)
        at += 1 + is_amount
    if sheet.is_down:
        heads = [problem_word(f"form-{key}", language) for key in HEADS]
        page.write_row(HEAD_ROW, 0, heads, formats["head"])
        page.set_column(0, 1, WIDTHS["text"])
        page.set_column(2, 2, WIDTH)
        page.set_column(3, 3, 60)
    else:
        is_marked = {"type": "formula", "criteria": f'=$A{FIRST_ROW + 1}<>""'}
        rule = {**is_marked, "format": formats["left-out"]}
        page.conditional_format(FIRST_ROW, 0, FIRST_ROW + ROWS, at - 1, rule)
        page.set_row(HEAD_ROW, HEAD_HEIGHT)
    page.freeze_panes(FIRST_ROW, 1 if sheet.is_down else 3)
    page.set_tab_color("#1f5c4a" if sheet.key in MAIN else "#a6a6a6")
