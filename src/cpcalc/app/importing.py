"""The use case behind `import`: a filled form, or CSV files, become an assessment file.

The file is made first and assessed like any other; what is wrong with it is then said of the cell
that a value came from.
"""

import errno
import hashlib
import os
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, time, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any, NamedTuple

from cpcalc.app.assess import Options, assess
from cpcalc.app.files import (
    text_of,
    write_atomically,
)
from cpcalc.app.form import (
    LIST_PARTS,
    MARKED_ROWS,
    Cell,
    Entry,
    FilledSheet,
    FormColumn,
    Sheet,
    entries,
    sheets,
    tables_of,
)
from cpcalc.app.new import id_from, quoted
from cpcalc.diagnostics import Diagnostic, Path
from cpcalc.quantities import INTERNATIONAL, VIETNAMESE, number_and_unit
from cpcalc.schema import has_part
from cpcalc.texts import problem_word
from cpcalc.units import QuantityError

STYLES = {"en": INTERNATIONAL, "vi": VIETNAMESE}
COMMENTS_FROM = 48
EXCEL_ERRORS = frozenset({
    "#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#SPILL!", "#CALC!",
})  # fmt: skip
# The first line of a file that import wrote, with the hash of what follows, up to what is kept.
_OWN = re.compile(
    r"# cpcalc import [^\n]*sha256:(?P<hash>[0-9a-f]{64})\n(?P<body>.*?)"
    r"(?P<kept>^# ---- [^\n]*(?:\n.*)?)?\Z",
    re.DOTALL | re.MULTILINE,
)
_AMOUNT = re.compile(r"-?[0-9][\w ./%,()²³-]*")


class Imported(NamedTuple):
    """What became of the files: the text of an assessment, what is wrong, and in which language."""

    text: str
    problems: Sequence[Diagnostic]
    language: str | None
    left_out: int  # rows marked as examples and suggestions
    lost: Sequence[str] = ()  # lines changed by hand that writing the text would lose


def import_files(names: Sequence[str], output: str | None) -> Imported:
    """The assessment that the files make up, as it is to be written to ``output``."""
    problems: list[Diagnostic] = []
    tables = [table for name in names for table in tables_of(name, problems)]
    if not tables:
        return Imported("", problems, None, 0)
    tables.sort(key=lambda table: list(sheets()).index(table.sheet.key))
    language = tables[0].language
    form = _Form(STYLES[language], problems)
    for table in tables:
        form.take(table)
    file = output or os.path.splitext(names[0])[0] + ".yaml"
    if not any(table.sheet.is_down for table in tables):
        named = {"id": quoted(id_from(file)), "name": quoted(id_from(file))}
        form.tree = {"enterprise": named, "data-status": "draft", **form.tree}
    lines = [problem_word("import-head", language), "cpcalc: 1", f"numbers: {form.style}"]
    body = "\n".join([*lines, *_lines(form.tree, (), form.cells)]) + "\n\n"
    kept, lost = _by_hand(output, body)
    digest = hashlib.sha256(body.encode()).hexdigest()
    sources = ", ".join(map(os.path.basename, names))
    head = f"# cpcalc import {quoted(sources)} sha256:{digest}\n"
    text = head + body + (kept or problem_word("import-by-hand", language) + "\n")
    for problem in assess(text.encode(), file, Options()).diagnostics:
        placed = form.placed(problem)
        if placed.cell not in {known.cell for known in problems if known.severity == "error"}:
            problems.append(placed)
    problems.sort(key=lambda problem: (problem.file, problem.cell.partition("!")[0], problem.span))
    return Imported(text, problems, language, form.left_out, lost)


def write(text: str, output: str) -> None:
    """Write an imported assessment over nothing but an earlier one; FileExistsError otherwise."""
    old = text_of(output) if os.path.isfile(output) else ""
    if old and _OWN.match(old.replace("\r\n", "\n")) is None:
        raise FileExistsError(errno.EEXIST, "not-its-own", output)
    write_atomically(output, [text])


def _by_hand(output: str | None, body: str) -> tuple[str, list[str]]:
    """What was written by hand at the end of a file, which is kept; and the lines above that were
    changed by hand and are not in the new text."""
    old = text_of(output).replace("\r\n", "\n") if output and os.path.isfile(output) else ""
    own = _OWN.match(old)
    if own is None:
        return "", []
    lost: list[str] = []
    if hashlib.sha256(own["body"].encode()).hexdigest() != own["hash"]:
        new = set(body.split("\n"))
        lines = enumerate(own["body"].split("\n"), start=2)
        lost = [f"{output}:{number}: {line}" for number, line in lines if line not in new]
    return own["kept"] or "", lost


# ---- tables to a document ------------------------------------------------------------------------


class _Form:
    """The document while it is put together, with the cell that each of its values came from."""

    def __init__(self, style: str, problems: list[Diagnostic]) -> None:
        self.style, self.problems = style, problems
        self.tree: dict[str, Any] = {}
        self.cells: dict[Path, Cell] = {}
        self.units: dict[Path, Cell] = {}
        self.left_out = 0

    def take(self, table: FilledSheet) -> None:
        """Add the entries of a table, but for rows marked as examples and suggestions."""
        for entry in entries(table, self.problems):
            texts = {column: self._text(table, column, *cells) for column, cells in entry.items()}
            given = {column: text for column, text in texts.items() if text is not None}
            mark = next((column for column in given if column.key == "row"), None)
            if mark is not None and given[mark] in MARKED_ROWS:
                self.left_out += 1
                continue
            if mark is not None:
                values = {"found": given.pop(mark)[:60], "choices": ", ".join(MARKED_ROWS)}
                self.problems.append(entry[mark][0].problem("not-a-choice", **values))
            if given:
                self._add(table.sheet, entry, given)

    def _add(self, sheet: Sheet, entry: Entry, given: dict[FormColumn, str]) -> None:
        """Add one entry: to the whole, to a list, or to what the entry above began."""
        first = next(cells[0] for column, cells in entry.items() if column.key != "row")
        base: Path = ()
        if sheet.key in ("streams", "readings"):
            key = "id" if sheet.key == "streams" else "stream"
            column = next((column for column in given if column.key == key), None)
            name = "" if column is None else unicodedata.normalize("NFC", given.pop(column))
            streams = self.tree.setdefault("streams", {})
            if not name:
                self.problems.append(first.problem("missing-field", field=key))
            if sheet.key == "readings":
                months = streams.setdefault(name, {}).get(sheet.key, [])
                base = ("streams", name, sheet.key, len(months))
            elif name in streams:
                self.problems.append(first.problem("duplicate-key", key=name))
                return
            else:
                base = (sheet.key, name)
                streams[name] = {}
        elif not sheet.is_down:
            items = self.tree.get(sheet.key, [])
            is_more = bool(items) and all(_part(column) in LIST_PARTS for column in given)
            base = (sheet.key, len(items) - is_more)
        self.cells.setdefault(base, first)
        counts = {part: len(_at(self.tree, (*base, part)) or ()) for part in LIST_PARTS}
        for column, (cell, unit) in entry.items():
            part, *steps = column.key.split(".")
            path: Path = (*base, part, *([counts[part]] if part in LIST_PARTS else []), *steps)
            self.cells.setdefault(path[:-1], cell)
            self.cells.setdefault(path, cell)
            self.units.setdefault(path, unit or cell)
            if column in given:
                self._put(path, _scalar(column, given[column]))

    def _put(self, path: Path, text: str) -> None:
        node: Any = self.tree
        for step, following in pairwise(path):
            if isinstance(node, list) and step == len(node):
                node.append({})
            elif isinstance(node, dict):
                node.setdefault(step, [] if isinstance(following, int) else {})
            node = node[step]
        if path[-1] in node:
            self.problems.append(self.cells[path].problem("duplicate-key", key=str(path[-1])))
        node[path[-1]] = text

    def _text(
        self, table: FilledSheet, column: FormColumn, cell: Cell, unit: Cell | None
    ) -> str | None:
        """What stands in a cell, as a file would have it; None where that is nothing."""
        value = table.at(cell.row, cell.column)
        if isinstance(value, date | time | timedelta):
            if column.kind == "month" and isinstance(value, date):
                return f"{value:%Y-%m}"
            self.problems.append(
                cell.problem("excel-date", found=str(value).removesuffix(" 00:00:00"))
            )
            return str(value)[:10] if column.kind in ("code", "text") else None
        if isinstance(value, str) and value in EXCEL_ERRORS:
            self.problems.append(cell.problem("excel-error", found=value))
            return None
        if column.kind == "amount" and value is not None:
            written = unit and table.at(unit.row, unit.column)
            return self._amount(value, "" if written is None else str(written), cell)
        if isinstance(value, float) and column.kind in ("code", "list"):
            self.problems.append(cell.problem("excel-number-for-code", found=_plain(value)))
        if isinstance(value, float):
            return _plain(value)
        text = None if value is None else str(value).replace("\r\n", "\n")
        return text.partition(" (")[0] if text and column.kind == "choice" else text

    def _amount(self, value: Any, unit: str, cell: Cell) -> str | None:
        """A quantity in the file's way of writing: the number exactly, then its unit."""
        if isinstance(value, str):
            try:
                value, own = number_and_unit(value)
            except QuantityError as error:
                self.problems.append(cell.problem(error.name, **error.values))
                return None
            if own and unit and own != unit:
                self.problems.append(cell.problem("form-unit-twice", unit=unit, own=own))
            unit = own or unit
        elif unit == "%" and 0 < abs(value) < 1:
            meant = f"{_plain(Decimal(repr(value)) * 100)} %"
            found = f"{_plain(value)} %"
            self.problems.append(cell.problem("excel-percent", found=found, meant=meant))
        number = _plain(value, " ")
        sign = "," if self.style == VIETNAMESE else "."
        return f"{number.replace('.', sign)} {unit}".rstrip()

    def placed(self, problem: Diagnostic) -> Diagnostic:
        """A problem of the document as one of the cell it came from; what was written by hand
        stays where it is."""
        path = problem.path
        if path and path[0] not in (*self.tree, *sheets()):
            return problem
        if problem.name == "missing-field":
            path = (*path, problem.values["field"])
        cells = self.units if "unit" in problem.name else self.cells
        for length in range(len(path), -1, -1):
            cell = cells.get(path[:length]) or self.cells.get(path[:length])
            if cell is not None:
                return cell.holds(problem)
        return problem


def _part(column: FormColumn) -> str:
    return column.key.partition(".")[0]


def _at(node: Any, path: Path) -> Any:
    for step in path:
        if not has_part(node, step):
            return None
        node = node[step]
    return node


def _plain(value: float | Decimal, gap: str = "") -> str:
    """A number exactly, without an exponent; ``gap`` stands between thousands."""
    exact = value if isinstance(value, Decimal) else Decimal(repr(value))
    text = f"{exact:,f}".replace(",", gap)
    return text.rstrip("0").rstrip(".") if "." in text else text


def _scalar(column: FormColumn, text: str) -> str:
    """A value as YAML."""
    if column.kind == "list":
        parts = filter(None, map(str.strip, re.split("[,;\n]", text)))
        return f"[{', '.join(map(quoted, parts))}]"
    is_plain = column.kind in ("amount", "count", "month") and _AMOUNT.fullmatch(text)
    return text if is_plain else quoted(text)


def _lines(node: Mapping[str, Any], path: Path, cells: Mapping[Path, Cell]) -> Iterator[str]:
    """The lines of a mapping, each value with the cell it came from."""
    for key, value in node.items():
        here = (*path, key)
        written = quoted(key) + (f": {value}" if isinstance(value, str) else ":")
        is_of_a_cell = here in cells and not isinstance(value, list)
        if not path:
            yield ""
        yield f"{written:<{COMMENTS_FROM}} # {cells[here]}" if is_of_a_cell else written
        if isinstance(value, list):
            for position, item in enumerate(value):
                first, *rest = _lines(item, (*here, position), cells)
                yield from (f"  - {first}", *(f"    {line}" for line in rest))
        elif not isinstance(value, str):
            yield from (f"  {line}" for line in _lines(value, here, cells))
