"""Pinned factor sets: the shipped ones, and those beside an assessment."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from cpcalc.app.files import NotReadableError, read_bytes, shipped_factors, unreadable
from cpcalc.diagnostics import Diagnostic
from cpcalc.library import FactorSet
from cpcalc.source.reader import read

_SETS: dict[str, tuple[FactorSet | None, list[Diagnostic]]] = {}


def factor_set(pin: str, beside: str) -> tuple[FactorSet | None, list[Diagnostic]]:
    """A pinned set ``id@version``: the shipped one, else one in ``emission_factors/`` beside the assessment."""
    identity, _, version = pin.partition("@")
    own = os.path.join(beside, "emission_factors")  # noqa: PTH118
    for folder, is_own in ((str(shipped_factors()), False), (own, True)):
        name = os.path.join(folder, identity, f"{version}.yaml")  # noqa: PTH118
        if name not in _SETS and os.path.isfile(name):  # noqa: PTH113
            _SETS[name] = _read_set(name, identity, version, is_own=is_own)
        if name in _SETS:
            return _SETS[name]
    return None, []


def _read_set(name: str, identity: str, version: str, *, is_own: bool) -> tuple[FactorSet | None, list[Diagnostic]]:
    """A set from its file: a shipped one is read entry by entry as needed, an own one whole and checked."""
    try:
        data = read_bytes(name)
    except NotReadableError as error:
        return None, [unreadable(error)]
    sha256 = hashlib.sha256(data).hexdigest()
    if not is_own:
        return FactorSet(identity, version, sha256, data.decode("utf-8")), []
    document = read(data, name)
    if document.tree is None or document.diagnostics:
        return None, [diagnostic._replace(file=name) for diagnostic in document.diagnostics]
    from cpcalc.app.check_factors import errors_of

    problems = errors_of(document)
    if problems:
        return None, problems
    return FactorSet(identity, version, sha256, document.text, document.tree, is_own=True), []


def versions_of(identity: str, beside: str) -> list[str]:
    """The versions of a set that can be pinned."""
    found: list[str] = []
    for folder in (shipped_factors(), Path(beside) / "emission_factors"):
        found += [path.stem for path in sorted((folder / identity).glob("*.yaml"))]
    return found


def known_sets(beside: str) -> list[str]:
    """The names of all sets that can be pinned."""
    folders = (shipped_factors(), Path(beside) / "emission_factors")
    return sorted({path.parent.name for folder in folders for path in folder.glob("*/*.yaml")})
