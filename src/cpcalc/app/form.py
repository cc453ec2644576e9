"""The Excel form for one plant: its sheets and columns, as ``texts/form.yaml`` declares them, and
how a filled one is read."""

import csv
import difflib
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache, cached_property
from itertools import dropwhile, islice
from typing import Any, NamedTuple
from warnings import catch_warnings
from zipfile import ZipFile

from cpcalc.app.files import START, NotReadableError, read_bytes
from cpcalc.diagnostics import Diagnostic, Span
from cpcalc.schema import assessment, basis
from cpcalc.source.reader import LARGEST_FILE_BYTES, decode
from cpcalc.texts import LANGUAGES, problem_word, read_texts, word, words_of

# The first cell of each sheet: this, the key of the sheet, and the language it is in.
MARK = "cpcalc form 1"
_MARKED = re.compile(f"{MARK} ([a-z]+) ({'|'.join(LANGUAGES)})")
LISTS = "cpcalc"  # the hidden sheet of what the drop-down lists offer
HEAD_ROW, FIRST_ROW = 1, 2  # counted from nought
ROWS_BEFORE_HEADS = 6
MOST_ROWS, MOST_COLUMNS = 5_000, 100  # of a sheet
LARGEST_UNPACKED_BYTES = 32 * LARGEST_FILE_BYTES
csv.field_size_limit(LARGEST_FILE_BYTES + 1)  # a cell may be as long as a file
MARKED_ROWS = ("example", "suggestion")
_ERROR = re.compile("#(?:N/A|[A-Z/0]+[!?])")  # such as #DIV/0!
UNIT_HEADS = {problem_word("form-unit", language).casefold() for language in LANGUAGES}
# A head that the form does not have may be a key of the file format, but for those of sheets.
_KEY = re.compile(
    r"(?!(?:products|streams|measures|expect|unit)\b)[a-z][a-z0-9-]*(?:\.[A-Za-z][A-Za-z0-9-]*)*"
)
# Several rows of a sheet may fill these parts of one item.
LIST_PARTS = frozenset({"effects", "benefits"})
CHOICES: Mapping[str, Sequence[str]] = {
    "row": MARKED_ROWS,
    "enterprise.sector": tuple(words_of("sectors", "vi")),
    "data-status": assessment.DATA_STATUSES,
    "basis.grid.type": basis.GRID_TYPES,
    "kind": (*assessment.INPUT_KINDS, *assessment.OUTPUT_KINDS),
    "type": assessment.TYPES,
    "status": assessment.STATUSES,
    "cost-class": assessment.COST_CLASSES,
    "benefits.as": (*assessment.CATEGORIES, *assessment.OTHER_BENEFITS),
    "quality": basis.QUALITIES,
    "load": assessment.LOADS,
}


@dataclass(frozen=True, eq=False)
class FormColumn:
    """A column: the dotted key that it fills, what stands in it, and by language label and help."""

    key: str
    kind: str
    words: Mapping[str, Sequence[str]] = field(default_factory=dict)
    choices: Sequence[str] = ()  # of an amount the units that are offered
    example: Any = None

    def label(self, language: str) -> str:
        """What it is called."""
        return self.words[language][0]

    @cached_property
    def meant(self) -> Mapping[str, str]:
        """Its choices by what may be typed for them: the key, a word for it."""
        choices = self.choices[::-1]  # where two have one word, it is that of the first
        words = ((choice_word(one, language), one) for one in choices for language in LANGUAGES)
        return {word.casefold(): one for word, one in words} | {one: one for one in self.choices}


@dataclass(frozen=True, eq=False)
class Sheet:
    """A sheet: where in an assessment its rows stand, and by language its name and what to do."""

    key: str
    steps: Sequence[str]
    words: Mapping[str, Sequence[str]]
    columns: Sequence[FormColumn]

    @property
    def is_down(self) -> bool:
        """Whether the columns stand below each other: there is only one enterprise."""
        return not self.steps

    def labels(self, language: str) -> Mapping[str, FormColumn]:
        """Its columns by what may stand in their heads in a language: the key, the label."""
        return {
            head.casefold(): column
            for column in self.columns
            for head in (column.key, column.label(language))
        }

    @cached_property
    def heads(self) -> Mapping[str, FormColumn]:
        """Its columns by what may stand in their heads."""
        return {key: one for each in LANGUAGES for key, one in self.labels(each).items()}


@cache
def sheets() -> Mapping[str, Sheet]:
    """All sheets of the form by key, in order."""
    return {
        key: Sheet(key, [*filter(None, data["at"].split("."))], data, _columns(data["columns"]))
        for key, data in read_texts("form")["sheets"].items()
    }


def _columns(declared: Mapping[str, Any]) -> Sequence[FormColumn]:
    return [FormColumn(key, data.get("kind", "text"), data,
                       data.get("offers", CHOICES.get(key, ())), data.get("example"))
            for key, data in declared.items()]  # fmt: skip


def choice_word(choice: str, language: str) -> str:
    """The word for a choice; itself where the language has none."""
    words = (read_texts("form")["choices"][language], words_of("sectors", language))
    return next((each[choice] for each in words if choice in each), word(choice, language))


def unit_shown(unit: str, language: str) -> str:
    """A unit in the words of a language."""
    words = read_texts("form")["choices"][language]
    return re.sub("[a-z]+", lambda found: words.get(found[0], found[0]), unit)


def choice_shown(choice: str, language: str) -> str:
    """A choice as a form offers it: its key, with the word for it where the language has one."""
    words = choice_word(choice, language)
    return choice if language == "en" or words == choice else f"{choice} ({words})"


class FilledSheet(NamedTuple):
    """A sheet as it was filled in, or a CSV, which has no name."""

    file: str
    name: str
    rows: Sequence[Sequence[Any]]
    sheet: Sheet = Sheet("", (), {}, ())
    language: str = "en"


class Cell(NamedTuple):
    """A cell of a file, counted from nought."""

    table: FilledSheet
    row: int
    column: int

    def __str__(self) -> str:
        from xlsxwriter.utility import xl_rowcol_to_cell

        name = xl_rowcol_to_cell(self.row, self.column)
        return f"{self.table.name}!{name}" if self.table.name else name

    @property
    def value(self) -> Any:
        """What stands in it, or why nothing can be read; None where nothing stands."""
        values = self.table.rows[self.row]
        value = values[self.column] if self.column < len(values) else None
        if isinstance(value, bool):
            return str(value).upper()
        if not isinstance(value, str):
            return value
        if _ERROR.fullmatch(value):
            return Diagnostic("excel-error", (), {"found": value})
        return value.strip() or None

    @property
    def text(self) -> str:
        """What stands in it as one line."""
        value = self.value
        return "" if isinstance(value, Diagnostic) else " ".join(str(value or "").split())

    @property
    def label(self) -> str:
        """What it says as the head of a column."""
        return self.text.casefold()

    def beside(self, columns: int) -> "Cell":
        """The cell so many columns further on."""
        return self._replace(column=self.column + columns)

    def problem(self, name: str, /, **values: str) -> Diagnostic:
        """What is wrong with what stands here."""
        return self.holds(Diagnostic(name, (), values))

    def holds(self, problem: Diagnostic) -> Diagnostic:
        """A problem as one of this cell, which names columns as its sheet does."""
        row, column = self.row + 1, self.column + 1
        values = {
            name: ", ".join(map(self._label, text.split(", ")))
            if name in ("field", "key", "keys")
            else text
            for name, text in problem.values.items()
        }
        problem = problem._replace(values=values, related_spans=(), cell=str(self))
        return problem._replace(file=self.table.file, span=Span(row, column, row, column + 1))

    def _label(self, key: str) -> str:
        columns = {one.key.rpartition(".")[2]: one for one in self.table.sheet.columns}
        return columns[key].label(self.table.language) if key in columns else key


# ---- files to tables -----------------------------------------------------------------------------


def tables_of(name: str, problems: list[Diagnostic]) -> list[FilledSheet]:
    """The sheets of a workbook that are of a form, or the one table of a CSV."""
    try:
        data = read_bytes(name)
    except NotReadableError as error:
        problems += error.diagnostics
        return []
    problem: Diagnostic | None = None
    found: list[FilledSheet] = []
    if len(data) > LARGEST_FILE_BYTES:
        limit = {"limit": f"{LARGEST_FILE_BYTES // 1024 // 1024}"}
        problem = Diagnostic("file-too-large", (), limit, span=START)
    elif name.lower().endswith(".csv"):
        text, problem = decode(data)
        separator = max(",;\t", key=text.partition("\n")[0].count)
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
        found = [FilledSheet(name, "", rows)]
    else:
        try:
            found = list(_workbook(name, data, problems))
        except ImportError:
            raise
        except Exception:  # openpyxl raises whatever it stumbles over
            problem = Diagnostic("not-a-workbook", (), {}, span=START)
    tables = list(_known(found, problems))
    if not tables and problem is None:
        values = {"has": ", ".join(table.name for table in found if table.name) or "-"}
        problem = Diagnostic("not-a-form", (), values, span=START)
    problems += [] if problem is None else [problem._replace(file=name)]
    return tables


def _workbook(file: str, data: bytes, problems: list[Diagnostic]) -> Iterator[FilledSheet]:
    """The sheets of a workbook."""
    from openpyxl import load_workbook

    with ZipFile(io.BytesIO(data)) as parts:
        if sum(part.file_size for part in parts.infolist()) > LARGEST_UNPACKED_BYTES:
            raise ValueError(file)
    with catch_warnings(action="ignore"):
        values = load_workbook(io.BytesIO(data), data_only=True)
        formulas = load_workbook(io.BytesIO(data))
    for page in values.worksheets:
        if page.max_row > MOST_ROWS or page.max_column > MOST_COLUMNS:
            last = Cell(FilledSheet(file, page.title, ()), page.max_row - 1, page.max_column - 1)
            problems.append(last.problem("form-cell-far"))
            continue
        pairs = zip(page.iter_rows(), formulas[page.title].iter_rows(), strict=True)
        rows = [list(map(_value, *pair)) for pair in pairs]
        for cells in page.merged_cells.ranges:
            merged = Diagnostic("excel-merged", (), {"found": str(cells)})
            for row, column in islice(cells.cells, 1, None):
                rows[row - 1][column - 1] = merged
        yield FilledSheet(file, page.title, rows)


def _value(cell: Any, formula: Any) -> Any:
    """What a cell holds, with its formula beside it."""
    if formula.data_type == "f" and cell.value is None:
        found = str(getattr(formula.value, "text", formula.value))[:60]
        return Diagnostic("excel-not-calculated", (), {"found": found})
    if isinstance(cell.value, int | float) and "%" in cell.number_format:
        # so many decimals are no thousands
        return f"{Decimal(repr(cell.value)) * 100:.30f} %"
    return cell.value


def _known(found: Sequence[FilledSheet], problems: list[Diagnostic]) -> Iterator[FilledSheet]:
    """The tables that are sheets of a form: by their marks, where there is one also by their names,
    and a CSV by its heads."""
    marks = {
        table.name: match.groups()
        for table in found
        for row in table.rows[ROWS_BEFORE_HEADS::-1]
        if row and (match := _MARKED.fullmatch(str(row[0]).strip()))
    }
    every = [(key, language) for key in sheets() for language in LANGUAGES]
    names = {
        sheets()[key].words[language][0].casefold(): (key, language) for key, language in every
    }
    for table in found:
        key, language = marks.get(table.name) or names.get(table.name.casefold(), ("", ""))
        if not marks and table.name:
            return
        if not marks:
            first = table.rows[:ROWS_BEFORE_HEADS]
            heads = {str(text).strip().casefold() for row in first for text in row}
            key, language = max(
                every, key=lambda one: len(heads & sheets()[one[0]].labels(one[1]).keys())
            )
        if key in sheets():
            yield table._replace(sheet=sheets()[key], language=language)
        elif table.name != LISTS and any(map(any, table.rows)):
            problems.append(Cell(table, 0, 0).problem("form-sheet-left-out"))


class Filled(NamedTuple):
    """What an entry has in a column: the cell of the value, and that of its unit."""

    column: FormColumn
    cell: Cell
    unit: Cell | None


Entry = dict[str, Filled]


def entries(table: FilledSheet, problems: list[Diagnostic]) -> Iterator[Entry]:
    """The entries of a table, each by the keys of its columns; a column with values that the form
    does not know is named."""
    is_down, known = table.sheet.is_down, table.sheet.heads
    height, width = len(table.rows), max(map(len, table.rows), default=0)
    lines = [[Cell(table, row, column) for column in range(width)]
             for row in range(min(height, ROWS_BEFORE_HEADS))]  # fmt: skip
    if is_down:
        lines = [[Cell(table, row, 0) for row in range(height)]]
    line = max(lines, key=lambda line: sum(cell.label in known for cell in line), default=[])
    heads = list(dropwhile(lambda cell: cell.label not in known, line))
    if not heads:
        problems.append(Cell(table, HEAD_ROW, 0).problem("form-heads-missing"))
        return
    columns: dict[str, tuple[FormColumn, Sequence[Cell], bool]] = {}
    for head in heads:
        below = [head._replace(row=row) for row in range(head.row + 1, height)]
        cells = [head.beside(1)] if is_down else below
        has_unit = is_down or head.beside(1).label in UNIT_HEADS
        column = known.get(head.label)
        if column is None and _KEY.fullmatch(head.text):
            is_amount = has_unit and any(cell.beside(1).value for cell in cells)
            column = FormColumn(head.text, "amount" if is_amount else "text")
        if column is not None and column.key not in columns:
            columns[column.key] = column, cells, has_unit
        elif head.label not in UNIT_HEADS and any(cell.value is not None for cell in cells):
            near = difflib.get_close_matches(head.label, known, n=1) or known
            labels = ", ".join(dict.fromkeys(known[one].label(table.language) for one in near))
            name = "form-column-unknown" if column is None else "duplicate-key"
            problems.append(head.problem(name, column=head.text, key=head.text, suggestion=labels))
    for at in range(1 if is_down else height - heads[0].row - 1):
        yield {
            key: Filled(column, cells[at], cells[at].beside(1) if has_unit else None)
            for key, (column, cells, has_unit) in columns.items()
        }
