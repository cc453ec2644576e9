"""Sheets of a programme or of several assessments: enterprises and measures with their sums."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import takewhile
from math import fsum

from xlsxwriter.utility import xl_range_abs

from cpcalc import names, results
from cpcalc.figures import Figure, figures_in
from cpcalc.report import layout
from cpcalc.report.numbers import cell_format
from cpcalc.report.sheets import HEAD, HEAD_ROW, MONEY, TOTAL, Book, columns_of, pattern_of
from cpcalc.report.workings import Term
from cpcalc.report.writers import Report
from cpcalc.results import Figures
from cpcalc.rows import EnterpriseRow, counting, row_of
from cpcalc.texts import sector_name, title, word

Listed = tuple[Sequence[str], Figures]


def write_several(book: Book, report: Report) -> None:
    """The page of all together, a row for each enterprise and for each measure, their sums."""
    first, *rest = report.parts
    _blocks(book, [first, *takewhile(lambda part: not isinstance(part, layout.Heading), rest)])
    language, found = report.language, report.programme
    rows: list[Listed] = []
    parts: list[Listed] = []
    if found is not None:
        rows = [(_named(member.row, language), member.figures) for member in found.enterprises]
        parts = [
            ((one.enterprise, one.id, title(one.title, language), word(one.status, language)),
             one.figures) for one in found.pool
        ]  # fmt: skip
    for item in report.assessments:
        row = row_of(item, 0)
        rows.append((_named(row, language), results.figures_of(item.totals)))
        for one in counting(item):
            said = row.id, one.id, title(one.title, language), word(one.status, language)
            parts.append((said, results.figures_of(one.line)))
    _list(book, "enterprises", ("enterprise", "title", "province", "sector"), rows)
    _list(book, "measures", ("enterprise", "measure", "title", "status"), parts)


def _named(row: EnterpriseRow, language: str) -> Sequence[str]:
    return row.id, title(row.name, language), row.province, sector_name(row.sector, language)


def _list(book: Book, name: str, texts: Sequence[str], rows: Sequence[Listed]) -> None:
    """Rows of figures, and under them the sums of those that add."""
    sheet, columns = book.sheets[name], columns_of((figures for _, figures in rows), MONEY)
    heads = {f"{key} {unit}": book.label(key, one) for (key, unit), one in columns.items()}
    book.heads(sheet, book.words(*texts) | heads)
    for row, (said, figures) in enumerate(rows, start=HEAD_ROW + 1):
        book.row(sheet, row, said)
        for column, (key, unit) in enumerate(columns, start=len(texts)):
            value = figures.get(key)
            if not isinstance(value, Figure) or str(value.unit) == unit:
                book.put(sheet, row, column, value, None, pattern_of(key, value))
    if rows:
        _sums(book, name, len(texts), columns, rows)


def _sums(
    book: Book, name: str, first: int, columns: Iterable[tuple[str, str]], rows: Sequence[Listed]
) -> None:
    """The last row: the sum of each figure that adds, of the rows in its unit."""
    sheet, row = book.sheets[name], HEAD_ROW + 1 + len(rows)
    book.row(sheet, row, [word("total", book.language), *[" "] * (first - 1)], **TOTAL)
    for column, (key, unit) in enumerate(columns, start=first):
        known = [figure for figure in figures_in(one.get(key) for _, one in rows)
                 if str(figure.unit) == unit]  # fmt: skip
        if names.declared(key).adds == names.SUM:
            value = replace(known[0], value=fsum(figure.value for figure in known))
            cells = xl_range_abs(HEAD_ROW + 1, column, row - 1, column)
            term, pattern = Term(f"SUM({cells})"), cell_format(value)
            book.put(sheet, row, column, value, term, pattern, **TOTAL)


def _blocks(book: Book, parts: Iterable[layout.Part]) -> None:
    """A page as it is, its figures as numbers."""
    sheet, row, language = book.sheets["summary"], HEAD_ROW, book.language
    sheet.set_column(0, 0, 44)
    sheet.set_column(1, 9, 20)
    for part in parts:
        if isinstance(part, layout.Chapter):
            book.put(sheet, row, 0, part.text, bold=True, font_size=12)
        elif isinstance(part, layout.Notes | layout.Prose):
            lines = part.lines if isinstance(part, layout.Notes) else part.parts
            for line in lines:
                book.put(sheet, row, 0, line if isinstance(line, str) else "; ".join(line))
                row += 1
        elif isinstance(part, layout.Pairs):
            for label, value in part.rows:
                book.row(sheet, row, (label, layout.pair_text(value, language)))
                row += 1
        elif isinstance(part, layout.Table):
            row = _table(book, row, part)
        else:
            continue
        row += 2


def _table(book: Book, row: int, table: layout.Table) -> int:
    """A table, the units of its figures in its heads or in their own column; its last row."""
    sheet = book.sheets["summary"]
    book.put(sheet, row, 0, table.title, bold=True)
    row += 1
    sheet.set_row(row, 30)
    for column, head in enumerate(table.columns):
        known = figures_in(cells[column] for cells in table.rows)
        unit = f"\n{book.unit(known[0])}".rstrip() if known and not table.by_row else ""
        book.put(sheet, row, column, head.header.replace("\n", " ") + unit, **HEAD)
    keys = [head.key for head in table.columns]
    for number, cells in enumerate(table.rows):
        row += 1
        style = TOTAL if number >= len(table.rows) - table.totals else {}
        book.row(sheet, row, cells, **style)
        if table.by_row and (known := figures_in(cells)):
            book.put(sheet, row, keys.index("unit"), book.unit(known[0]), **style)
    return row
