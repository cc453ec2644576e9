"""The Excel form for one plant: its sheets and columns, as ``texts/form.yaml`` declares them, and
how a filled one is read."""

import csv
import difflib
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple
from zipfile import BadZipFile, ZipFile

from cpcalc.app.files import START, NotReadableError, read_bytes, unreadable
from cpcalc.diagnostics import Diagnostic, Span
from cpcalc.schema import assessment, basis
from cpcalc.source.reader import LARGEST_FILE_BYTES, decode
from cpcalc.texts import LANGUAGES, problem_word, read_texts, word

# The first cell of each sheet: this, the key of the sheet, and the language it is in.
MARK = "cpcalc form 1"
HEAD_ROW, FIRST_ROW = 1, 2  # counted from nought
ROWS_BEFORE_HEADS = 6
csv.field_size_limit(LARGEST_FILE_BYTES + 1)  # a cell may be as long as a file
FEWEST_HEADS = 2  # by which a CSV is known
MARKED_ROWS = ("example", "suggestion")
# Several rows of a sheet may fill these parts of one item.
LIST_PARTS = frozenset({"effects", "benefits"})
CHOICES: Mapping[str, Sequence[str]] = {
    "row": MARKED_ROWS,
    "data-status": assessment.DATA_STATUSES,
    "basis.grid.type": basis.GRID_TYPES,
    "kind": (*assessment.INPUT_KINDS, *assessment.OUTPUT_KINDS),
    "type": assessment.TYPES,
    "status": assessment.STATUSES,
    "benefits.as": (*assessment.CATEGORIES, *assessment.OTHER_BENEFITS),
    "quality": basis.QUALITIES,
    "annualise-by": ("months", "production"),
}


@dataclass(frozen=True, eq=False)
class FormColumn:
    """A column: the dotted key that it fills, what stands in it, and by language label and help."""

    key: str
    kind: str
    words: Mapping[str, Sequence[str]]
    choices: Sequence[str]  # of an amount the units that are offered
    example: Any


@dataclass(frozen=True, eq=False)
class Sheet:
    """A sheet: a part of an assessment, and by language its name and what to do with it."""

    key: str
    words: Mapping[str, Sequence[str]]
    columns: Sequence[FormColumn]

    @property
    def is_down(self) -> bool:
        """Whether the columns stand below each other: there is only one enterprise."""
        return self.key == "enterprise"


@cache
def sheets() -> Mapping[str, Sheet]:
    """All sheets of the form by key, in order."""
    return {key: _sheet(key, data) for key, data in read_texts("form")["sheets"].items()}


def _sheet(key: str, data: Mapping[str, Any]) -> Sheet:
    columns = [
        FormColumn(
            name,
            column.get("kind", "text"),
            {language: column[language] for language in LANGUAGES},
            column.get("units", CHOICES.get(name, ())),
            column.get("example"),
        )
        for name, column in data["columns"].items()
    ]
    return Sheet(key, {language: data[language] for language in LANGUAGES}, columns)


def choice_shown(choice: str, language: str) -> str:
    """A choice as a form offers it: its key, with the word for it where the language has one."""
    words = word(choice, language)
    return choice if language == "en" or words == choice else f"{choice} ({words})"


def letters(column: int) -> str:
    """The letters of a column of a sheet, counted from nought: A, B, ... AA."""
    high, low = divmod(column, 26)
    return (letters(high - 1) if high else "") + chr(ord("A") + low)


class Cell(NamedTuple):
    """A cell of a file, counted from nought; a CSV has no sheet."""

    file: str
    sheet: str
    row: int
    column: int

    def __str__(self) -> str:
        name = f"{letters(self.column)}{self.row + 1}"
        return f"{self.sheet}!{name}" if self.sheet else name

    def problem(self, name: str, /, **values: str) -> Diagnostic:
        """What is wrong with what stands here."""
        return self.holds(Diagnostic(name, (), values))

    def holds(self, problem: Diagnostic) -> Diagnostic:
        """A problem as one of this cell."""
        row, column = self.row + 1, self.column + 1
        span = Span(row, column, row, column + 1)
        return problem._replace(file=self.file, span=span, cell=str(self), related_spans=())


class FilledSheet(NamedTuple):
    """A sheet as it was filled in, or a CSV."""

    file: str
    name: str
    sheet: Sheet
    language: str
    rows: Sequence[Sequence[Any]]

    def at(self, row: int, column: int) -> Any:
        """The value of a cell; None where nothing stands."""
        values = self.rows[row]
        value = values[column] if column < len(values) else None
        return (value.strip() or None) if isinstance(value, str) else value

    def cell(self, row: int, column: int) -> Cell:
        """A cell of it."""
        return Cell(self.file, self.name, row, column)


# ---- files to tables -----------------------------------------------------------------------------


def tables_of(name: str, problems: list[Diagnostic]) -> list[FilledSheet]:
    """The sheets of a workbook that are of a form, or the one table of a CSV."""
    try:
        data = read_bytes(name)
    except NotReadableError as error:
        problems.append(unreadable(error))
        return []
    if len(data) > LARGEST_FILE_BYTES:
        limit = {"limit": f"{LARGEST_FILE_BYTES // 1024 // 1024}"}
        problems.append(Diagnostic("file-too-large", (), limit, span=START, file=name))
        return []
    if name.lower().endswith(".csv"):
        text, problem = decode(data)
        if problem is not None:
            problems.append(problem._replace(file=name))
            return []
        found = {"": _csv_rows(text)}
    else:
        found = _workbook(data)
    tables = [table for sheet, rows in found.items() if (table := _table(name, sheet, rows))]
    if not tables:
        values = {"has": ", ".join(filter(None, found)) or "-"}
        problems.append(Diagnostic("not-a-form", (), values, span=START, file=name))
    return tables


def _csv_rows(text: str) -> list[list[str]]:
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))


def _workbook(data: bytes) -> dict[str, list[list[Any]]]:
    """The rows of each sheet by its name; none of what is no workbook."""
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        pages = {name: book.get_sheet_by_name(name) for name in book.sheet_names}
        found = {name: page.to_python(skip_empty_area=False) for name, page in pages.items()}
    except CalamineError:
        return {}
    for number, rows in enumerate(found.values(), start=1):
        for column, row, error in _errors(data, number):
            if row < len(rows) and column < len(rows[row]):
                rows[row][column] = error
    return found


_ERROR_CELL = re.compile(rb'<c r="([A-Z]+)([0-9]+)"[^>]* t="e"[^>]*>.*?<v>([^<]*)</v>', re.DOTALL)


def _errors(data: bytes, number: int) -> Iterator[tuple[int, int, str]]:
    """Where the formulas of a sheet fail, and how: calamine gives such cells as empty ones."""
    try:
        with ZipFile(io.BytesIO(data)) as parts:
            sheet = parts.read(f"xl/worksheets/sheet{number}.xml")
    except (BadZipFile, KeyError):  # no xlsx
        return
    for name, row, error in _ERROR_CELL.findall(sheet):
        column = 0
        for letter in name:
            column = column * 26 + letter - ord("A") + 1
        yield column - 1, int(row) - 1, error.decode()


def _table(file: str, name: str, rows: Sequence[Sequence[Any]]) -> FilledSheet | None:
    """A sheet of a form, known by its first cell, or a CSV, known by its heads."""
    first = str(rows[0][0]) if rows and rows[0] else ""
    if name:
        key, _, language = first.removeprefix(f"{MARK} ").partition(" ")
        is_marked = first.startswith(MARK) and key in sheets() and language in LANGUAGES
        return FilledSheet(file, name, sheets()[key], language, rows) if is_marked else None
    heads = {str(text).strip().casefold() for text in rows[0]} if rows else set()
    sheet = max(sheets().values(), key=lambda each: len(heads & _columns(each).keys()))
    if len(heads & _columns(sheet).keys()) < FEWEST_HEADS:
        return None
    labels = {
        language: {column.words[language][0].casefold() for column in sheet.columns}
        for language in LANGUAGES
    }
    return FilledSheet(
        file, "", sheet, max(LANGUAGES, key=lambda one: len(heads & labels[one])), rows
    )


@cache
def _columns(sheet: Sheet) -> Mapping[str, FormColumn]:
    """The columns of a sheet by what may stand in their heads: the key, a label."""
    return {
        head.casefold(): column
        for column in sheet.columns
        for head in (column.key, *(column.words[language][0] for language in LANGUAGES))
    }


# Of an entry of a table, by column: the cell of the value, and that of its unit.
Entry = Mapping[FormColumn, tuple[Cell, Cell | None]]


def entries(table: FilledSheet, problems: list[Diagnostic]) -> Iterator[Entry]:
    """The entries of a table; a column with values that the form does not know is named."""
    units = {problem_word("form-unit", language).casefold() for language in LANGUAGES}
    known, height = _columns(table.sheet), len(table.rows)

    def column_of(head: Cell, values: Iterator[Any]) -> FormColumn | None:
        label = str(table.at(head.row, head.column) or "")
        column = known.get(label.casefold())
        if column is None and label.casefold() not in units and any(values):
            close = difflib.get_close_matches(label.casefold(), known, n=1)
            near = known[close[0]].words[table.language][0] if close else ""
            problems.append(head.problem("form-column-unknown", column=label, suggestion=near))
        return column

    if table.sheet.is_down:
        heads = [table.cell(row, 0) for row in range(FIRST_ROW, height)]
        found = [(column_of(head, iter([table.at(head.row, 1)])), head.row) for head in heads]
        yield {one: (table.cell(row, 1), table.cell(row, 2)) for one, row in found if one}
        return
    matches = [len({str(text).strip().casefold() for text in row} & known.keys())
               for row in table.rows[:ROWS_BEFORE_HEADS]]  # fmt: skip
    head = matches.index(max(matches))
    below = range(head + 1, height)
    columns: dict[FormColumn, tuple[int, int | None]] = {}
    for at in range(max(map(len, table.rows))):
        column = column_of(table.cell(head, at), (table.at(row, at) for row in below))
        has_unit = str(table.at(head, at + 1) or "").casefold() in units
        if column is not None:
            columns.setdefault(column, (at, at + 1 if has_unit else None))
    for row in below:
        yield {
            column: (table.cell(row, at), None if unit is None else table.cell(row, unit))
            for column, (at, unit) in columns.items()
        }
