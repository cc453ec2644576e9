"""Pinned factor sets: the shipped ones, and those beside an assessment."""

from __future__ import annotations

import hashlib
import os

from cpcalc.app.files import NotReadableError, read_bytes, shipped_factors, unreadable
from cpcalc.diagnostics import Diagnostic
from cpcalc.library import FactorSet
from cpcalc.source.reader import read

_SETS: dict[str, tuple[FactorSet | None, list[Diagnostic]]] = {}


def factor_set(pin: str, beside: str) -> tuple[FactorSet | None, list[Diagnostic]]:
    """A pinned set ``id@version``: the shipped one, else one in ``emission_factors/`` beside the assessment."""
    identity, _, version = pin.partition("@")
    for folder, is_own in zip(_folders(beside), (False, True), strict=True):
        name = os.path.join(folder, identity, f"{version}.yaml")
        if name not in _SETS and os.path.isfile(name):
            _SETS[name] = _read_set(name, identity, version, is_own=is_own)
        if name in _SETS:
            return _SETS[name]
    return None, []


def _read_set(
    name: str, identity: str, version: str, *, is_own: bool
) -> tuple[FactorSet | None, list[Diagnostic]]:
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
    for folder in _folders(beside):
        found += sorted(
            name.removesuffix(".yaml")
            for name in _listed(folder, identity)
            if name.endswith(".yaml")
        )
    return found


def known_sets(beside: str) -> list[str]:
    """The names of all sets that can be pinned."""
    return sorted(
        {
            identity
            for folder in _folders(beside)
            for identity in _listed(folder)
            if any(name.endswith(".yaml") for name in _listed(folder, identity))
        }
    )


def _folders(beside: str) -> tuple[str, str]:
    return shipped_factors(), os.path.join(beside, "emission_factors")


def _listed(*parts: str) -> list[str]:
    folder = os.path.join(*parts)
    return os.listdir(folder) if os.path.isdir(folder) else []
