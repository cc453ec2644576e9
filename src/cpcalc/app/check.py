"""The use cases behind `check`: what is wrong with files, what of it is listed, what is mended."""

import difflib
import json
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path as FilePath
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel, Field

from cpcalc.app import assess, batch, locate, programme, questions, sets, tables
from cpcalc.app import files as disk
from cpcalc.app.files import STANDARD_INPUT, START, NotReadableError, document_of, read_bytes
from cpcalc.app.load import kind_of, load_document, load_lock
from cpcalc.app.many import results, worker_ended
from cpcalc.checks import FULL
from cpcalc.diagnostics import Diagnostic, Path, catalogue, dotted
from cpcalc.quantities import Quantity, Range, parse_quantity
from cpcalc.report.check_page import FileReport
from cpcalc.report.problems import printable
from cpcalc.results import ExpectationResult
from cpcalc.rows import without_workings
from cpcalc.schema import amounts_in
from cpcalc.schema.assessment import Assessment
from cpcalc.schema.leaves import Reading
from cpcalc.source.reader import Document, Text, leaves_of, read
from cpcalc.units import QuantityError, respelling


def check_files(
    names: Sequence[str], tier: str = FULL, *, frozen: bool = False
) -> list[FileReport]:
    """Check files, in their order."""
    checked = dict(results(partial(check_file, tier=tier, frozen=frozen), names))
    return [
        checked[at] or FileReport(name, None, (worker_ended(name),))
        for at, name in enumerate(names)
    ]


def check_file(name: str, tier: str = FULL, *, frozen: bool = False) -> FileReport:
    """Read and check one file."""
    return check_document(document_of(name), tier, frozen=frozen)


def check_document(document: Document, tier: str = FULL, *, frozen: bool = False) -> FileReport:
    """The report on a file; ``frozen`` holds an assessment to its lock."""
    name, kind = document.name, kind_of(document)
    if kind in ("factor-set", "lock", "programme"):
        texts: Mapping[str, str] = {name: document.text}
        if kind == "programme":
            _, problems, texts, *_ = programme.added_up(document, batch.Job(assess.Options()))
        else:
            _, found = load_lock(document) if kind == "lock" else sets.check_factor_set(document)
            problems = locate.placed(found, document)
        ids = locate.ids_of(document.tree, problems)
        return FileReport(name, kind, problems, texts, ids)
    options = assess.Options(tier=tier, frozen=frozen, totals_only=True)
    outcome = assess.assess_document(document, options)
    result = outcome.result
    problems = outcome.diagnostics
    if result is not None and tier == FULL and "scenarios" in document.tree:
        problems += questions.scenario_errors(document, options, outcome)
    expectations = tuple(map(_plain, result.expectations)) if result is not None else ()
    ids = dict(outcome.ids)
    return FileReport(name, kind, problems, outcome.texts, ids, expectations)


def _plain(expectation: ExpectationResult) -> ExpectationResult:
    """An expectation whose figure comes without its workings, which hold the whole calculation."""
    found = expectation.found
    return expectation._replace(found=found and without_workings(found))


# ---- which problems are listed ------------------------------------------------------------------


def names_selected(texts: Iterable[str]) -> frozenset[str]:
    """The diagnostics that selectors stand for.

    A selector is a number (CP203), the beginning of one (CP2), or a name. Raises LookupError with
    the text of one that stands for none.
    """
    chosen: set[str] = set()
    entries = catalogue().values()
    for text in (part.strip() for whole in texts for part in whole.split(",")):
        names = [entry.name for entry in entries if entry.number.startswith(text.upper())]
        if text in catalogue():
            chosen.add(text)
        elif len(text) < 2 or not names:
            raise LookupError(text)
        else:
            chosen.update(names)
    return frozenset(chosen)


# A known problem: file (relative to the baseline file), name of the diagnostic, and the place in
# the document. Lines are left out, so that a comment above a known problem does not make it new.
KnownKey = tuple[str, str, str]


class KnownProblem(BaseModel, strict=True, defer_build=True):
    """A problem that a baseline file knows, and how often it occurs there."""

    file: str
    name: str
    at: str
    count: int


# With what a baseline file begins, and no result.
_BEGINNING = r'\{\s*"schema": "cpcalc/baseline/'


class Baseline(BaseModel, defer_build=True):
    """A baseline file."""

    format: Literal["cpcalc/baseline/1"] = Field(alias="schema")
    known: list[KnownProblem]


def write_baseline(name: str, files: Iterable[FileReport], inputs: Iterable[str]) -> int:
    """Write the errors and warnings of the files as known ones; how many there are."""
    counts = Counter(
        _key(report, problem, name)
        for report in files
        for problem in report.diagnostics
        if problem.severity != "notice"
    )
    known = [
        KnownProblem(file=file, name=code, at=at, count=count)
        for (file, code, at), count in sorted(counts.items())
    ]
    data = Baseline(schema="cpcalc/baseline/1", known=known).model_dump(by_alias=True)
    disk.replace_own(name, [json.dumps(data, indent=1), "\n"], _BEGINNING, inputs)
    return counts.total()


def without_known(
    files: Sequence[FileReport], name: str
) -> tuple[list[FileReport], int, list[KnownKey]]:
    """The files less what a baseline file knows, how many problems that were, and stale entries.

    Raises NotReadableError, or ValueError where the file is no baseline.
    """
    baseline = Baseline.model_validate_json(read_bytes(name).decode("utf-8-sig"))
    left: Counter[KnownKey] = Counter()
    for item in baseline.known:
        left[item.file, item.name, item.at] += item.count
    known = left.total()
    remaining = []
    for report in files:
        new: list[Diagnostic] = []
        for problem in report.diagnostics:
            key = _key(report, problem, name)
            if problem.severity != "notice" and left[key] > 0:
                left[key] -= 1
            else:
                new.append(problem)
        remaining.append(report._replace(diagnostics=tuple(new)))
    seen = {_beside(report.name, name) for report in files}
    stale = sorted(key for key, count in left.items() if count > 0 and key[0] in seen)
    return remaining, known - left.total(), stale


def _key(report: FileReport, problem: Diagnostic, baseline: str) -> KnownKey:
    file = _beside(problem.file or report.name, baseline)
    return file, problem.name, dotted(problem.path, report.ids)


def _beside(file: str, baseline: str) -> str:
    return printable(os.path.relpath(file, disk.folder_of(baseline)).replace("\\", "/"))


# ---- safe rewrites: spellings of units, groups of digits, values that a comma ends ---------------

# A rewrite stays inside one scalar, so comments and layout are kept; it is made only where the new
# text reads as exactly the same value, where a misspelt unit can only mean one, or where quotes
# make a quantity of what a comma parted; and the file must still read as the same document.

_BYTE_ORDER_MARK = "\ufeff"
# The number at the beginning of a quantity: sign, digits and what may part their groups.
_NUMBER = re.compile(r"([-+\u2212]?)([0-9](?:[0-9.,]|[ _\u00a0\u2009\u202f](?=[0-9]))*)")
_LARGEST_UNGROUPED = 4
# A rewrite can make further ones possible (a file with a misspelt unit is not read to its end).
_MOST_ROUNDS = 4


class Fixed(NamedTuple):
    """A file before and after its rewrites."""

    name: str
    before: str
    after: str
    places: int


def fixed(names: Iterable[str]) -> Iterator[Fixed]:
    """What the rewrites make of files, of each in which there is anything to rewrite.

    Standard input is left alone, and what cannot be read is left to the check.
    """
    for name in names:
        try:
            text = "" if name == STANDARD_INPUT else read_bytes(name).decode("utf-8")
        except (NotReadableError, UnicodeDecodeError):
            continue
        change = fixed_text(text, name)
        if change is not None:
            yield change


def fixed_text(text: str, name: str) -> Fixed | None:
    """What the rewrites make of the text of a file; None where there is nothing to rewrite."""
    current, places = text, 0
    for _ in range(_MOST_ROUNDS):
        current, number = _rewritten(current, name)
        if not number:
            break
        places += number
    return Fixed(name, text, current, places) if places else None


def difference(change: Fixed) -> Iterator[str]:
    """The rewrites as a unified diff."""
    name = FilePath(change.name).as_posix()
    before, after = change.before.split("\n"), change.after.split("\n")
    for line in difflib.unified_diff(before, after, f"a/{name}", f"b/{name}", lineterm=""):
        yield line.rstrip("\r\n")


def _rewritten(text: str, name: str) -> tuple[str, int]:
    """The text after one round of rewrites, and how many there were."""
    document = read(text.encode(), name)
    if document.tree is None or "cpcalc" not in document.tree:
        return text, 0
    if any(problem.name != "comma-ends-value" for problem in document.diagnostics):
        return text, 0
    lines = list(document.lines)
    leaves = dict(leaves_of(document.tree))
    made: dict[Path, Any] = {}
    edits = [(document.place(path) or START, path, new) for path, new in _edits(document)]
    for span, path, new in sorted(set(edits), reverse=True):  # so that the other places stay
        start, end, line = span.column - 1, span.end_column - 1, lines[span.line - 1]
        raw, old = line[start:end], str(leaves[path])
        if document.diagnostics:  # a comma ended the value
            end = start + len(new)
            written = f'"{new}"' if line[start:end] == new and raw == old else ""
        else:
            written = raw.replace(old, new) if raw in (old, f'"{old}"', f"'{old}'") else ""
        if span.line == span.end_line and written:
            lines[span.line - 1] = line[:start] + written + line[end:]
            made[path] = new
    mark = _BYTE_ORDER_MARK if text.startswith(_BYTE_ORDER_MARK) else ""
    after = mark + "\n".join(lines)
    reread = read(after.encode(), "")
    is_same = dict(leaves_of(reread.tree)) == leaves | made
    return (after, len(made)) if is_same else (text, 0)


# ---- what to rewrite ------------------------------------------------------------------------


def _edits(document: Document) -> Iterator[tuple[Path, str]]:
    """Values that a comma ended; then misspelt units; then digits that are not in groups."""
    loaded = load_document(tables.with_tables(document))
    for problem in document.diagnostics:
        whole = problem.values["whole"]
        if _is_read(whole, loaded.reading):
            yield (*problem.path, problem.values["key"]), whole
    if document.diagnostics:
        return
    leaves = dict(leaves_of(document.tree))
    is_misspelt = False
    for problem in assess.assess_document(document, assess.Options()).diagnostics:
        text = leaves.get(problem.path)
        if problem.name == "misspelt-unit" and isinstance(text, Text):
            new = _respelt(text, problem.values["unit"], loaded.reading)
            if new is not None:
                is_misspelt = True
                yield problem.path, new
    if loaded.assessment is None or is_misspelt:
        return
    for path in dict.fromkeys(_places(loaded.assessment)):
        text = leaves.get(path)
        new = _grouped(text, loaded.reading) if isinstance(text, Text) else None
        if new is not None:
            yield path, new


def _respelt(text: str, token: str, reading: Reading) -> str | None:
    name = respelling(token)
    pattern = rf"(?<![\w]){re.escape(token)}(?![\w])"
    if name is None or len(re.findall(pattern, text)) != 1:
        return None
    new = re.sub(pattern, name, text)
    return new if _is_read(new, reading, token) else None


def _is_read(text: str, reading: Reading, token: str = "") -> bool:
    """Whether a text is one quantity, or has another misspelt unit: the next round sees to it."""
    try:
        parse_quantity(text, reading.style, reading.vocabulary)
    except QuantityError as error:
        return error.name == "misspelt-unit" and error.values["unit"] != token
    return True


def _grouped(text: str, reading: Reading) -> str | None:
    """The same quantity with its digits in groups of three parted by spaces.

    None where it already has them. Which sign parts the decimals shows in the value: only one
    reading keeps it.
    """
    number = _NUMBER.match(text)
    if number is None:
        return None
    sign, digits = number.groups()
    for decimal in ("", ".", ","):
        whole, mark, fraction = digits.rpartition(decimal) if decimal else (digits, "", "")
        plain = re.sub(r"[^0-9]", "", whole)
        if not plain or (plain == whole and len(plain) <= _LARGEST_UNGROUPED):
            continue
        groups = f"{int(plain):,}".replace(",", " ")
        new = f"{sign}{groups}{mark}{fraction}{text[number.end() :]}"
        if _is_same_value(text, new, reading):
            return new if new != text else None
    return None


def _is_same_value(old: str, new: str, reading: Reading) -> bool:
    try:
        before, after = (parse_quantity(x, reading.style, reading.vocabulary) for x in (old, new))
    except QuantityError:
        return False
    return before.value == after.value and before.unit is after.unit


def _places(assessment: Assessment) -> Iterator[Path]:
    """Where the quantities of a file stand."""
    for given, _ in amounts_in(assessment):
        if isinstance(given, Range):
            yield from ((*given.path, "low"), (*given.path, "high"))
        elif isinstance(given, Quantity):
            yield given.path
