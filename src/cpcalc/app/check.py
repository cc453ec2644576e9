"""The use case behind `check`: what is wrong with one file, whatever kind of file it is."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import partial

from cpcalc.app.assess import Options, assess_document
from cpcalc.app.batch import Answer, answer_file, answer_of
from cpcalc.app.files import STANDARD_INPUT, NotReadableError, read_bytes, unreadable
from cpcalc.app.files import kind_of as kind_of_bytes
from cpcalc.app.load import kind_of
from cpcalc.app.locate import ids_of, placed
from cpcalc.app.lock import read_lock
from cpcalc.app.many import results, worker_ended
from cpcalc.app.programme import check_programme
from cpcalc.app.sets import check_factor_set
from cpcalc.app.whatif import scenario_errors
from cpcalc.checks import FULL
from cpcalc.figures import Figure
from cpcalc.report.check_page import FileReport
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
    if kind == "factor-set":
        _, set_problems = check_factor_set(document)
        problems = placed(set_problems, document)
        ids = ids_of(document.tree, problems)
        return FileReport(name, kind, problems, document.text, ids), None
    if kind == "lock":
        _, found = read_lock(document)
        return FileReport(name, kind, placed(found, document), document.text), None
    if kind == "programme":
        problems, texts = check_programme(document, partial(_answers, known=known or {}))
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
    work = partial(answer_file, options=Options())
    for position, answer in results(work, unknown):
        name = unknown[position]
        answers[name] = answer or Answer(problems=(worker_ended(name),))
    return [answers[name] for name in names]


def _plain(expectation: ExpectationResult) -> ExpectationResult:
    """An expectation whose figure comes without its workings, which hold the whole calculation."""
    found = expectation.found
    if not isinstance(found, Figure):
        return expectation
    return expectation._replace(found=Figure(found.value, found.unit, None, ()))
