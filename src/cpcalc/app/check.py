"""The use case behind `check`: what is wrong with one file, whatever kind of file it is."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from cpcalc.app.assess import Options, Outcome, assess_document
from cpcalc.app.files import NotReadableError, read_bytes, unreadable
from cpcalc.app.load import kind_of
from cpcalc.app.placing import ids_of as ids_of_tree
from cpcalc.app.placing import placed
from cpcalc.checks import FULL
from cpcalc.diagnostics import Diagnostic, Path
from cpcalc.results import ExpectationResult
from cpcalc.source.reader import Document, read

_DEAR_FIGURES = ("order_free", ".economics")


class Checked(NamedTuple):
    """One file after its check: what it is, its text, and its diagnostics, placed and in order."""

    name: str
    kind: str | None  # assessment, programme, factor-set or lock; None for what cpcalc does not know
    diagnostics: tuple[Diagnostic, ...]
    text: str = ""
    ids: Mapping[Path, str] = MappingProxyType({})
    expectations: tuple[ExpectationResult, ...] = ()
    texts: Mapping[str, str] = MappingProxyType({})  # of further files that diagnostics are in


def check_file(name: str, tier: str = FULL, *, frozen: bool = False) -> Checked:
    """Read and check one file; ``frozen`` holds an assessment to its lock."""
    try:
        data = read_bytes(name)
    except NotReadableError as error:
        return Checked(name, None, (unreadable(error),))
    document = read(data, name)
    return _of_kind(kind_of(document), document, data, Options(tier=tier, frozen=frozen))


def _of_kind(kind: str | None, document: Document, data: bytes, options: Options) -> Checked:
    if kind == "factor-set":
        return _factor_set(document)
    if kind == "lock":
        return _lock(document)
    if kind == "programme":
        from cpcalc.app.programme import check_programme

        found, texts = check_programme(document)
        return Checked(document.name, kind, found, document.text, ids_of_tree(document.tree), texts=texts)
    # Order-free shares and discounted figures take half the time; only a file that expects one has a use for them here.
    wanted = any(word in document.text for word in _DEAR_FIGURES)
    outcome: Outcome = assess_document(document, data, options._replace(totals_only=not wanted))
    expectations = outcome.result.expectations if outcome.result is not None else ()
    return Checked(document.name, kind, outcome.diagnostics, document.text, outcome.ids, expectations)


def _factor_set(document: Document) -> Checked:
    from cpcalc.app.check_factors import check_factor_set, ids_of

    found = placed(check_factor_set(document), document)
    return Checked(document.name, "factor-set", found, document.text, ids_of(document.tree))


def _lock(document: Document) -> Checked:
    from cpcalc.app.lock import read_lock

    _, problems = read_lock(document)
    return Checked(document.name, "lock", placed(problems, document), document.text)
