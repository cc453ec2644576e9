"""The use case behind `check`: what is wrong with one file, whatever kind of file it is."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import partial
from typing import NamedTuple

from cpcalc.app.assess import Options, assess_document
from cpcalc.app.batch import Answer, Request, answer_file, answer_of
from cpcalc.app.check_factors import check_factor_set
from cpcalc.app.check_factors import ids_of as ids_of_set
from cpcalc.app.files import STANDARD_INPUT, NotReadableError, read_bytes, unreadable
from cpcalc.app.files import kind_of as kind_of_bytes
from cpcalc.app.load import kind_of
from cpcalc.app.lock import read_lock
from cpcalc.app.many import results, worker_ended
from cpcalc.app.placing import ids_of, placed
from cpcalc.app.programme import check_programme
from cpcalc.app.whatif import scenario_errors
from cpcalc.checks import FULL
from cpcalc.diagnostics import Diagnostic, Path
from cpcalc.figures import Figure
from cpcalc.results import ExpectationResult
from cpcalc.source.reader import Document, read


class Checked(NamedTuple):
    """One file after its check: what it is, its text, and its diagnostics, placed and in order."""

    name: str
    kind: str | None  # None for what cpcalc does not know
    diagnostics: tuple[Diagnostic, ...]
    text: str = ""
    ids: Mapping[Path, str] = {}
    expectations: tuple[ExpectationResult, ...] = ()
    texts: Mapping[str, str] = {}  # of further files that diagnostics are in
    answer: Answer | None = None  # what a programme counts, where it is asked for


def check_files(names: Sequence[str], tier: str = FULL, *, frozen: bool = False) -> list[Checked]:
    """Check files, in their order.

    A programme is held against what was found of its enterprises in the same run; with ``frozen``
    it asks for them again, for it counts what a lock refuses.
    """
    programmes = {name for name in names if len(names) > 1 and _is_programme(name)}
    others = [name for name in names if name not in programmes]
    work = partial(check_file, tier=tier, frozen=frozen, answered=bool(programmes) and not frozen)
    checked: dict[str, Checked] = {}
    for position, result in results(work, others):
        name = others[position]
        checked[name] = result or Checked(name, None, (worker_ended(name),))
    known = {
        os.path.abspath(name): item.answer
        for name, item in checked.items()
        if item.answer is not None
    }
    for name in programmes:
        checked[name] = check_file(name, tier, frozen=frozen, known=known)
    return [checked[name] for name in names]


def _is_programme(name: str) -> bool:
    """Whether a file is a programme; standard input can be read only once."""
    try:
        return name != STANDARD_INPUT and kind_of_bytes(read_bytes(name)) == "programme"
    except NotReadableError:
        return False


def check_file(
    name: str,
    tier: str = FULL,
    *,
    frozen: bool = False,
    answered: bool = False,
    known: Mapping[str, Answer] | None = None,
) -> Checked:
    """Read and check one file.

    ``frozen`` holds an assessment to its lock, ``answered`` also gives what a programme counts of it,
    ``known`` has such answers for a programme by absolute name.
    """
    try:
        data = read_bytes(name)
    except NotReadableError as error:
        return Checked(name, None, (unreadable(error),))
    document = read(data, name)
    kind = kind_of(document)
    if kind == "factor-set":
        problems = placed(check_factor_set(document), document)
        return Checked(name, kind, problems, document.text, ids_of_set(document.tree))
    if kind == "lock":
        _, found = read_lock(document)
        return Checked(name, kind, placed(found, document), document.text)
    if kind == "programme":
        return _programme(document, known or {})
    options = Options(tier=tier, frozen=frozen, totals_only=True)
    return _assessment(kind, document, data, options, answered=answered)


def _programme(document: Document, known: Mapping[str, Answer]) -> Checked:
    def answers(names: Sequence[str]) -> list[Answer]:
        """What is known of each file, or what assessing it now gives."""
        found = [known.get(os.path.abspath(name)) for name in names]
        unknown = [position for position, answer in enumerate(found) if answer is None]
        work = partial(answer_file, request=Request(detailed=True))
        for index, result in results(work, [names[position] for position in unknown]):
            ended = Answer(problems=(worker_ended(names[unknown[index]]),))
            found[unknown[index]] = result or ended
        return [answer for answer in found if answer is not None]

    problems, texts = check_programme(document, answers)
    ids = ids_of(document.tree, problems)
    return Checked(document.name, "programme", problems, document.text, ids, texts=texts)


def _assessment(
    kind: str | None, document: Document, data: bytes, options: Options, *, answered: bool
) -> Checked:
    outcome = assess_document(document, data, options)
    result = outcome.result
    problems = outcome.diagnostics
    if result is not None and options.tier == FULL and "scenarios" in document.tree:
        problems += scenario_errors(document, data, options, outcome)
    return Checked(
        document.name,
        kind,
        problems,
        document.text,
        dict(outcome.ids),
        tuple(map(_plain, result.expectations)) if result is not None else (),
        answer=answer_of(outcome, detailed=True) if answered else None,
    )


def _plain(expectation: ExpectationResult) -> ExpectationResult:
    """An expectation whose figure comes without its workings, which hold the whole calculation."""
    found = expectation.found
    if not isinstance(found, Figure):
        return expectation
    return expectation._replace(found=Figure(found.value, found.unit, None, ()))
