"""The use case behind `check`: what is wrong with one file, whatever kind of file it is."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from cpcalc.app.assess import Options, Outcome, assess_document
from cpcalc.app.files import STANDARD_INPUT, NotReadableError, read_bytes, unreadable
from cpcalc.app.load import kind_of
from cpcalc.app.placing import ids_of as ids_of_tree
from cpcalc.app.placing import placed
from cpcalc.app.side_by_side import side_by_side
from cpcalc.checks import BASIC, FULL
from cpcalc.diagnostics import Diagnostic, Path, has_errors
from cpcalc.figures import Figure
from cpcalc.results import ExpectationResult
from cpcalc.source.reader import Document, read

if TYPE_CHECKING:
    from cpcalc.app.batch_file import Answer


class Checked(NamedTuple):
    """One file after its check: what it is, its text, and its diagnostics, placed and in order."""

    name: str
    kind: (
        str | None
    )  # assessment, programme, factor-set or lock; None for what cpcalc does not know
    diagnostics: tuple[Diagnostic, ...]
    text: str = ""
    ids: Mapping[Path, str] = {}
    expectations: tuple[ExpectationResult, ...] = ()
    texts: Mapping[str, str] = {}  # of further files that diagnostics are in
    answer: Answer | None = None  # what a programme counts, where it is asked for


def check_files(names: Sequence[str], tier: str = FULL, *, frozen: bool = False) -> list[Checked]:
    """Check files, in their order; a programme is held against what was found of its enterprises in the same run."""
    programmes = frozenset(name for name in names if len(names) > 1 and _is_programme(name))
    others = [name for name in names if name not in programmes]
    wanted = (
        bool(programmes) and not frozen
    )  # a programme without --frozen counts what its lock would refuse
    found = side_by_side(
        partial(check_file, tier=tier, frozen=frozen, answered=wanted),
        others,
        _load_programmes if programmes else tuple,
    )
    checked = dict(zip(others, found, strict=True))
    known = {_place(name): item.answer for name, item in checked.items() if item.answer is not None}
    return [
        check_file(name, tier, frozen=frozen, known=known) if name in programmes else checked[name]
        for name in names
    ]


def _is_programme(name: str) -> bool:
    """Whether the first key of a file says that it is a programme; standard input is read only once."""
    from cpcalc.app.batch_file import first_key

    try:
        return name != STANDARD_INPUT and first_key(read_bytes(name)) == b"cpcalc-programme"
    except NotReadableError:
        return False


def _load_programmes() -> None:
    """Load what the check of a programme needs."""
    from cpcalc.app import programme  # noqa: F401
    from cpcalc.schema.programme import Programme
    from cpcalc.schema.validators import validator_of

    validator_of(Programme)


def _place(name: str) -> str:
    return os.path.abspath(name)


def check_file(
    name: str,
    tier: str = FULL,
    *,
    frozen: bool = False,
    answered: bool = False,
    known: Mapping[str, Answer] | None = None,
) -> Checked:
    """Read and check one file.

    ``frozen`` holds an assessment to its lock, ``answered`` also gives what a programme counts of it, ``known`` has
    such answers for a programme by absolute name.
    """
    try:
        data = read_bytes(name)
    except NotReadableError as error:
        problem = unreadable(error)
        return Checked(name, None, (problem,), answer=_failed((problem,)) if answered else None)
    document = read(data, name)
    kind = kind_of(document)
    if kind in (None, "assessment"):
        return _assessment(
            kind, document, data, Options(tier=tier, frozen=frozen), answered=answered
        )
    checked = _of_kind(kind, document, known or {})
    if not answered:
        return checked
    from cpcalc.app.batch_file import Request, answer

    return checked._replace(answer=answer(data, name, Request()))


def _of_kind(kind: str | None, document: Document, known: Mapping[str, Answer]) -> Checked:
    if kind == "factor-set":
        return _factor_set(document)
    if kind == "lock":
        return _lock(document)
    from cpcalc.app.programme import check_programme

    found, texts = check_programme(document, lambda names: _answers(names, known))
    return Checked(
        document.name, kind, found, document.text, ids_of_tree(document.tree, found), texts=texts
    )


def _answers(names: Sequence[str], known: Mapping[str, Answer]) -> list[Answer]:
    """What a programme counts of each file: what is known of it, or what checking it now gives."""
    unknown = [name for name in names if _place(name) not in known]
    checked = side_by_side(partial(check_file, tier=BASIC, answered=True), unknown)
    found = {
        **known,
        **{_place(item.name): item.answer for item in checked if item.answer is not None},
    }
    return [found[_place(name)] for name in names]


def _assessment(
    kind: str | None, document: Document, data: bytes, options: Options, *, answered: bool
) -> Checked:
    # Order-free shares and discounted figures take half the time; only a file that expects one has a use for them here.
    options = options._replace(totals_only=True)
    outcome = assess_document(document, data, options)
    result = outcome.result
    found = outcome.diagnostics
    if (
        result is not None
        and options.tier == FULL
        and document.tree is not None
        and "scenarios" in document.tree
    ):
        from cpcalc.app.whatif import scenario_errors

        found += scenario_errors(document, data, options, outcome)
    expectations = tuple(map(_plain, result.expectations)) if result is not None else ()
    answer = _answer(outcome) if answered else None
    return Checked(
        document.name, kind, found, document.text, dict(outcome.ids), expectations, answer=answer
    )


def _plain(expectation: ExpectationResult) -> ExpectationResult:
    """An expectation whose figure has left its workings behind, which would bring the whole calculation with it."""
    found = expectation.found
    if not isinstance(found, Figure):
        return expectation
    return expectation._replace(found=Figure(found.value, found.unit, None, ()))


def _answer(outcome: Outcome) -> Answer:
    """What a programme counts of an assessment: the same after basic and full checks, for the latter add no errors."""
    from cpcalc.app.batch_file import Answer
    from cpcalc.rows import row_of

    if outcome.result is None or has_errors(outcome.diagnostics):
        return _failed(outcome.diagnostics)
    return Answer(b"", row_of(outcome.result, 0, detailed=True), (), "")


def _failed(problems: tuple[Diagnostic, ...]) -> Answer:
    from cpcalc.app.batch_file import Answer

    return Answer(b"", None, problems, "")


def _factor_set(document: Document) -> Checked:
    from cpcalc.app.check_factors import check_factor_set, ids_of

    found = placed(check_factor_set(document), document)
    return Checked(document.name, "factor-set", found, document.text, ids_of(document.tree))


def _lock(document: Document) -> Checked:
    from cpcalc.app.lock import read_lock

    _, problems = read_lock(document)
    return Checked(document.name, "lock", placed(problems, document), document.text)
