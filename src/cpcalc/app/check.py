"""The use case behind `check`: what is wrong with files of any kind, and which of it is listed."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Literal

from pydantic import BaseModel, Field

from cpcalc.app.assess import Options, assess_document
from cpcalc.app.batch import Answer, answer_file, answer_of
from cpcalc.app.files import (
    STANDARD_INPUT,
    NotReadableError,
    folder_of,
    read_bytes,
    unreadable,
    write_atomically,
)
from cpcalc.app.files import kind_of as kind_of_bytes
from cpcalc.app.load import kind_of, load_lock
from cpcalc.app.locate import ids_of, placed
from cpcalc.app.many import results, worker_ended
from cpcalc.app.programme import check_programme
from cpcalc.app.sets import check_factor_set
from cpcalc.app.whatif import scenario_errors
from cpcalc.checks import FULL
from cpcalc.diagnostics import Diagnostic, catalogue, dotted
from cpcalc.figures import Figure
from cpcalc.report.check_page import FileReport
from cpcalc.report.problems import printable
from cpcalc.results import ExpectationResult
from cpcalc.source.reader import read

Known = Mapping[str, Answer]  # what a programme counts of files, by their absolute names


def check_files(
    names: Sequence[str], tier: str = FULL, *, frozen: bool = False
) -> list[FileReport]:
    """Check files, in their order.

    A programme is held against what was found of its enterprises in the same run; with ``frozen``
    they are assessed again, for a programme counts what their locks refuse.
    """
    programmes = {name for name in names if len(names) > 1 and _is_programme(name)}
    others = [name for name in names if name not in programmes]
    answered = bool(programmes) and not frozen
    work = partial(_checked, tier=tier, frozen=frozen, answered=answered)
    reports: dict[str, FileReport] = {}
    known: dict[str, Answer] = {}
    for position, result in results(work, others):
        name = others[position]
        report, answer = result or (FileReport(name, None, (worker_ended(name),)), None)
        reports[name] = report
        if answer is not None:
            known[os.path.abspath(name)] = answer
    for name in programmes:
        reports[name], _ = _checked(name, tier, frozen=frozen, known=known)
    return [reports[name] for name in names]


def check_file(name: str, tier: str = FULL, *, frozen: bool = False) -> FileReport:
    """Read and check one file; ``frozen`` holds an assessment to its lock."""
    report, _ = _checked(name, tier, frozen=frozen)
    return report


def _is_programme(name: str) -> bool:
    """Whether a file is a programme; standard input can be read only once."""
    try:
        return name != STANDARD_INPUT and kind_of_bytes(read_bytes(name)) == "programme"
    except NotReadableError:
        return False


def _checked(
    name: str,
    tier: str,
    *,
    frozen: bool,
    answered: bool = False,
    known: Known | None = None,
) -> tuple[FileReport, Answer | None]:
    """The report of a file and, where it is to be ``answered``, what a programme counts of it."""
    try:
        data = read_bytes(name)
    except NotReadableError as error:
        return FileReport(name, None, (unreadable(error),)), None
    document = read(data, name)
    kind = kind_of(document)
    if kind in ("factor-set", "lock", "programme"):
        texts: Mapping[str, str] = {}
        if kind == "programme":
            problems, texts = check_programme(document, partial(_answers, known=known or {}))
        else:
            _, found = load_lock(document) if kind == "lock" else check_factor_set(document)
            problems = placed(found, document)
        ids = ids_of(document.tree, problems)
        return FileReport(name, kind, problems, document.text, ids, texts=texts), None
    options = Options(tier=tier, frozen=frozen, totals_only=True)
    outcome = assess_document(document, data, options)
    result = outcome.result
    problems = outcome.diagnostics
    if result is not None and tier == FULL and "scenarios" in document.tree:
        problems += scenario_errors(document, data, options, outcome)
    expectations = tuple(map(_plain, result.expectations)) if result is not None else ()
    report = FileReport(name, kind, problems, document.text, dict(outcome.ids), expectations)
    return report, answer_of(outcome, detailed=True) if answered else None


def _answers(names: Sequence[str], known: Known) -> list[Answer]:
    """What a programme counts of each file: what is known of it, or what assessing it now gives."""
    answers = {name: known[path] for name in names if (path := os.path.abspath(name)) in known}
    unknown = [name for name in names if name not in answers]
    for position, answer in results(partial(answer_file, options=Options()), unknown):
        name = unknown[position]
        answers[name] = answer or Answer(problems=(worker_ended(name),))
    return [answers[name] for name in names]


def _plain(expectation: ExpectationResult) -> ExpectationResult:
    """An expectation whose figure comes without its workings, which hold the whole calculation."""
    found = expectation.found
    if not isinstance(found, Figure):
        return expectation
    return expectation._replace(found=Figure(found.value, found.unit, None, ()))


# ---- which problems are listed ------------------------------------------------------------------


class UnknownSelector(Exception):  # noqa: N818
    """A --select or --ignore that stands for no diagnostic; its text is the message."""


def names_selected(texts: Iterable[str]) -> frozenset[str]:
    """The diagnostics that selectors stand for.

    A selector is a number (CP203), the beginning of one (CP2), or a name.
    """
    chosen: set[str] = set()
    for text in (part.strip() for whole in texts for part in whole.split(",")):
        if text in catalogue():
            chosen.add(text)
            continue
        entries = catalogue().values()
        names = [entry.name for entry in entries if entry.number.startswith(text.upper())]
        if len(text) < 2 or not names:
            raise UnknownSelector(text)
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


class Baseline(BaseModel, defer_build=True):
    """A baseline file."""

    format: Literal["cpcalc/baseline/1"] = Field(alias="schema")
    known: list[KnownProblem]


def write_baseline(name: str, files: Iterable[FileReport]) -> int:
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
    write_atomically(name, [json.dumps(data, indent=1), "\n"])
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
    return printable(os.path.relpath(file, folder_of(baseline)).replace("\\", "/"))
