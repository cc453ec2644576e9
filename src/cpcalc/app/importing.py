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
from difflib import get_close_matches
from functools import reduce
from typing import Any, NamedTuple

from cpcalc.app import form
from cpcalc.app.assess import Options, assess
from cpcalc.app.files import text_of, write_atomically
from cpcalc.app.form import Cell, Entry, Filled
from cpcalc.app.new import id_from, quoted
from cpcalc.diagnostics import Diagnostic, Path
from cpcalc.quantities import INTERNATIONAL, VIETNAMESE, number_and_unit
from cpcalc.schema import has_part
from cpcalc.texts import problem_word
from cpcalc.units import QuantityError

STYLES = {"en": INTERNATIONAL, "vi": VIETNAMESE}
COMMENTS_FROM = 48
DATES = {"month": "%Y-%m", "date": "%Y-%m-%d"}
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
    tables = [table for name in names for table in form.tables_of(name, problems)]
    if not tables:
        return Imported("", problems, None, 0)
    tables.sort(key=lambda table: list(form.sheets()).index(table.sheet.key))
    language = tables[0].language
    document = _Document(STYLES[language], problems)
    for table in tables:
        document.take(table)
    file = output or os.path.splitext(names[0])[0] + ".yaml"
    if not any(table.sheet.is_down for table in tables):
        named = {"id": quoted(id_from(file)), "name": quoted(id_from(file))}
        document.tree = {"enterprise": named, "data-status": "draft", **document.tree}
    document.tree.setdefault("enterprise", {})
    lines = [problem_word("import-head", language), "cpcalc: 1", f"numbers: {document.style}"]
    body = "\n".join([*lines, *_lines(document.tree, (), document.cells)]) + "\n\n"
    kept, lost = _by_hand(output, body)
    digest = hashlib.sha256(body.encode()).hexdigest()
    sources = ", ".join(map(os.path.basename, names))
    head = f"# cpcalc import {quoted(sources)} sha256:{digest}\n"
    text = head + body + (kept or problem_word("import-by-hand", language) + "\n")
    known = {problem.cell for problem in problems if problem.severity == "error"} - {""}
    found = map(document.placed, assess(text.encode(), file, Options()).diagnostics)
    problems += [problem for problem in found if problem.cell not in known]
    problems.sort(key=lambda problem: (problem.file, problem.cell.partition("!")[0], problem.span))
    return Imported(text, problems, language, document.left_out, lost)


def write(text: str, output: str) -> None:
    """Write an imported assessment over nothing but an earlier one; FileExistsError otherwise."""
    is_there = os.path.isfile(output) and os.path.getsize(output)
    if is_there and _OWN.match(text_of(output).replace("\r\n", "\n")) is None:
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


class _Document:
    """The document while it is put together, with the cell that each of its values came from."""

    def __init__(self, style: str, problems: list[Diagnostic]) -> None:
        self.style, self.problems = style, problems
        self.tree: dict[str, Any] = {}
        self.cells: dict[Path, Cell] = {}
        self.units: dict[Path, Cell] = {}
        self.left_out = 0

    def take(self, table: form.FilledSheet) -> None:
        """Add the entries of a table, but for rows marked as examples and suggestions."""
        is_after_marked = False
        for entry in form.entries(table, self.problems):
            mark = entry.pop("row", None)
            if mark is not None and mark.cell.value is not None:
                is_after_marked = True
                self._leave_out(mark, entry)
                continue
            texts = {key: self._text(*filled) for key, filled in entry.items()}
            given = {key: text for key, text in texts.items() if text is not None}
            if given or table.sheet.is_down:
                self._add(table.sheet.steps, entry, given, is_after_marked)
                is_after_marked = False

    def _leave_out(self, mark: Filled, entry: Entry) -> None:
        """Count a marked row, and say where it has figures that the form did not come with."""
        self.left_out += 1
        meant = mark.column.meant.get(mark.cell.label.partition(" (")[0])
        if meant is None:
            values = {"found": mark.cell.text[:60], "choices": ", ".join(form.MARKED_ROWS)}
            self.problems.append(mark.cell.problem("not-a-choice", **values))
        for column, cell, _ in entry.values():
            if column.kind != "amount" or cell.value is None:
                continue
            made = str(column.example[0]) if column.example and meant == "example" else ""
            if str(cell.value).replace(",", ".") != made:
                self.problems.append(cell.problem("form-row-marked", mark=mark.cell.text[:60]))

    def _add(self, steps: Sequence[str], entry: Entry, given: dict[str, str], is_new: bool) -> None:
        """Add one entry at its place: to the whole, to a list, or to what the entry above began."""
        first = next(iter(entry.values())).cell
        parts = {key.partition(".")[0] for key in given}
        is_more = parts <= form.LIST_PARTS and not is_new
        base: Path = ()
        for step in steps:
            here = _at(self.tree, base)
            at: str | int | None = step
            if step == "#":
                is_more &= bool(here)
                at = len(here or ()) - is_more
            elif step.startswith("{"):
                key = step[1:-1]
                cell = entry[key].cell if key in entry else first
                at = self._named(key, here, given.pop(key, ""), cell)
            if at is None:
                return
            base = (*base, at)
        if not is_more:
            self.cells[base] = first
            if base and "." not in entry:
                self._put(base, {})
        counts = {part: len(_at(self.tree, (*base, part)) or ()) for part in form.LIST_PARTS}
        for key, (column, cell, unit) in entry.items():
            path = base
            for part in filter(None, key.split(".")):
                path = (*path, part, counts[part]) if part in counts else (*path, part)
            if key in given:
                self.cells[path], self.units[path] = cell, unit or cell
                self._put(path, _scalar(column, given[key]))
            self.cells.setdefault(path[:-1], cell)
            self.cells.setdefault(path, cell)
            self.units.setdefault(path, unit or cell)

    def _named(self, key: str, here: Any, name: str, cell: Cell) -> str | int | None:
        """The step of a path that a cell names: a key, or the place of the item of that id."""
        name = unicodedata.normalize("NFC", name)
        is_list = isinstance(here, list)
        names = [item.get("id") for item in here] if is_list else [*map(quoted, here or ())]
        if not name:
            self.problems.append(cell.problem("missing-field", field=key))
        elif key in ("stream", "measure") and quoted(name) not in names:
            near = "".join(get_close_matches(quoted(name), filter(None, names), n=1))
            values = {key: name[:60], "suggestion": near}
            self.problems.append(cell.problem(f"unknown-{key}", **values))
        else:
            return names.index(quoted(name)) if is_list else name
        return None

    def _put(self, path: Path, value: Any) -> None:
        node: Any = self.tree
        for step, following in zip(path, (*path[1:], None), strict=True):
            is_last, is_list = following is None, isinstance(node, list)
            has_place = isinstance(node, dict | list) and is_list == isinstance(step, int)
            if not has_place or (is_last and has_part(node, step)):
                key = next(step for step in reversed(path) if isinstance(step, str))
                self.problems.append(self.cells[path].problem("duplicate-key", key=key))
                return
            inner = value if is_last else [] if isinstance(following, int) else {}
            if is_list and step == len(node):
                node.append(inner)
            elif not is_list:
                node.setdefault(step, inner)
            node = node[step]

    def _text(self, column: form.FormColumn, cell: Cell, unit: Cell | None) -> str | None:
        """What stands in a cell, as a file would have it; None where that is nothing."""
        value = cell.value
        if isinstance(value, date) and column.kind in DATES:
            return f"{value:{DATES[column.kind]}}"
        if isinstance(value, date | time | timedelta):
            value = Diagnostic("excel-date", (), {"found": str(value).removesuffix(" 00:00:00")})
        if isinstance(value, Diagnostic):
            self.problems.append(cell.holds(value))
            # a code stands, so that what names it has no fault of its own
            return value.values["found"][:10] if column.kind == "code" else None
        if column.kind == "amount" and value is not None:
            return self._amount(value, unit.text if unit else "", cell)
        if isinstance(value, int | float):
            if column.kind in ("code", "list"):
                self.problems.append(cell.problem("excel-number-for-code", found=_plain(value)))
            return _plain(value)
        text = None if value is None else str(value).replace("\r\n", "\n")
        return text and column.meant.get(cell.label.partition(" (")[0], text)

    def _amount(self, value: Any, unit: str, cell: Cell) -> str | None:
        """A quantity in the file's way of writing: the number exactly, then its unit."""
        if isinstance(value, str):
            try:
                value, own = number_and_unit(value)
            except QuantityError as error:
                name = error.name.replace("ambiguous-number", "excel-ambiguous-number")
                self.problems.append(cell.problem(name, **error.values))
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
        if path and path[0] not in (*self.tree, *form.sheets()):
            return problem
        if problem.name == "missing-field":
            path = (*path, problem.values["field"])
        cells = self.units if "unit" in problem.name else self.cells
        for length in range(len(path), -1, -1):
            cell = cells.get(path[:length]) or self.cells.get(path[:length])
            if cell is not None:
                return cell.holds(problem)
        return problem


def _at(node: Any, path: Path) -> Any:
    return reduce(lambda here, step: here[step] if has_part(here, step) else None, path, node)


def _plain(value: float | Decimal, gap: str = "") -> str:
    """A number exactly, without an exponent; ``gap`` stands between thousands."""
    exact = value if isinstance(value, Decimal) else Decimal(repr(value))
    text = f"{exact:,f}".replace(",", gap)
    return text.rstrip("0").rstrip(".") if "." in text else text


def _scalar(column: form.FormColumn, text: str) -> str:
    """A value as YAML."""
    if column.kind == "list":
        parts = filter(None, map(str.strip, re.split("[,;\n]", text)))
        return f"[{', '.join(map(quoted, parts))}]"
    is_plain = column.kind in ("amount", "count", *DATES) and _AMOUNT.fullmatch(text)
    return text if is_plain else quoted(text)


def _lines(node: Mapping[str, Any], path: Path, cells: Mapping[Path, Cell]) -> Iterator[str]:
    """The lines of a mapping, each value with the cell it came from."""
    for key, value in node.items():
        here = (*path, key)
        written = quoted(key) + (f": {value}" if isinstance(value, str) or not value else ":")
        is_of_a_cell = here in cells and not isinstance(value, list)
        if not path:
            yield ""
        yield f"{written:<{COMMENTS_FROM}} # {cells[here]}" if is_of_a_cell else written
        if isinstance(value, list):
            for position, item in enumerate(value):
                first, *rest = [*_lines(item, (*here, position), cells)] or ["{}"]
                yield from (f"  - {first}", *(f"    {line}" for line in rest))
        elif not isinstance(value, str):
            yield from (f"  {line}" for line in _lines(value, here, cells))
