"""The use cases behind `factors`: which sets there are, what one says, as released, outdated."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from cpcalc.app.assess import Options, Outcome, assess_document, assess_file
from cpcalc.app.files import (
    START,
    NotReadableError,
    below,
    kind_of,
    read_bytes,
    shipped_factors,
)
from cpcalc.app.lock import documents_of
from cpcalc.app.sets import SetFile, factor_set, set_files, versions_of
from cpcalc.diagnostics import Diagnostic, has_errors
from cpcalc.figures import Figure, NotApplicable, Reported
from cpcalc.library import PinnedSet
from cpcalc.results import AssessmentResult, figures_by_path
from cpcalc.schema.factor_rows import Entry
from cpcalc.schema.factor_set import SECTIONS, SetRow, rows_of
from cpcalc.source.reader import Text

# A set is a folder's name, never a path.
SET_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")
SUMS = "SHA256SUMS"
# So many factors fit on one screen.
MOST_NAMED = 20


# ---- list and show ------------------------------------------------------------------------------


def sets_of(beside: str) -> list[PinnedSet]:
    """Every set: the shipped ones, then those of a folder, without copies of shipped ones."""
    files = list(set_files(beside))
    shipped = {(file.pin, file.sha256) for file in files if not file.is_own}
    return [
        file.pinned
        for file in files
        if file.pinned is not None and not (file.is_own and (file.pin, file.sha256) in shipped)
    ]


class Shown(NamedTuple):
    """One entry (or, with no entry, one whole set) as asked for."""

    factor_set: PinnedSet
    section: str
    entry: Entry | None
    rows: tuple[SetRow, ...]


def find(name: str, beside: str) -> Shown | list[str]:
    """A set (``ap-42``, ``ap-42@1``) or an entry (``ap-42/anthracite-stoker-pm``).

    Without a version it is the newest; where there is none of that name, the nearest names.
    """
    pin, _, identity = name.partition("/")
    identity = identity.partition("#")[0]
    set_name, _, version = pin.partition("@")
    versions = versions_of(set_name, beside) if SET_NAME.fullmatch(set_name) else []
    if not versions or (version and version not in versions):
        return _nearest(name, beside)
    newest = version or max(versions, key=lambda text: int(text) if text.isdigit() else 0)
    pinned, _ = factor_set(f"{set_name}@{newest}", beside)
    if pinned is None:
        return []
    if not identity:
        return Shown(pinned, "", None, tuple(pinned.content.rows()))
    for section in SECTIONS:
        entry = pinned.entry(section, identity)
        if entry is not None:
            rows = [SetRow(section, entry, path, row) for path, row in rows_of(entry)]
            return Shown(pinned, section, entry, tuple(rows))
    return _close(f"{set_name}/{identity}", _names(pinned))


def _nearest(name: str, beside: str) -> list[str]:
    """Every factor with that word in its name, the plainest first; else the nearest sets."""
    sets = sets_of(beside)
    names = dict.fromkeys(entry for pinned in sets for entry in _names(pinned))
    named = [one for one in names if name.casefold() in _id_of(one).casefold()]
    if named:
        return sorted(named, key=lambda one: len(_id_of(one)))[:MOST_NAMED]
    pins = [pinned.pin for pinned in sets]
    return _close(name, pins) or pins


def _names(pinned: PinnedSet) -> list[str]:
    return [f"{pinned.id}/{one}" for section in SECTIONS for one in pinned.ids(section)]


def _id_of(name: str) -> str:
    return name.partition("/")[2]


def _close(name: str, known: list[str]) -> list[str]:
    return difflib.get_close_matches(name, known, n=5, cutoff=0.4)


# ---- verify -------------------------------------------------------------------------------------


def verify(beside: str) -> Iterator[SetFile]:
    """Check the content and the hash of every set; none hides behind a shipped one."""
    released = released_sums()
    shipped: set[str] = set()
    for file in set_files(beside):
        if file.is_own:
            hidden = [_whole("own-set-hidden", file)] if file.pin in shipped else []
            yield file._replace(diagnostics=(*file.diagnostics, *hidden))
            continue
        shipped.add(file.pin)
        sha256 = released.get(file.pin, file.sha256)
        values = {"found": file.sha256, "released": sha256}
        changed = [_whole("released-set-changed", file, **values)] if sha256 != file.sha256 else []
        is_released = file.pin in released and not changed
        yield file._replace(diagnostics=(*file.diagnostics, *changed), is_released=is_released)


def _whole(name: str, file: SetFile, **values: str) -> Diagnostic:
    return Diagnostic(name, (), {"set": file.pin, **values}, span=START, file=file.path)


def released_sums() -> dict[str, str]:
    """The hashes of the shipped sets as they were released, by pin."""
    place = Path(shipped_factors(), SUMS)
    if not place.is_file():
        return {}
    lines = [line.split() for line in place.read_text(encoding="utf-8").splitlines()]
    return {name.removesuffix(".yaml").replace("/", "@"): sha256 for sha256, name in lines}


# ---- outdated -----------------------------------------------------------------------------------


class FigureChange(NamedTuple):
    """One figure with the pinned set and with the newer one."""

    figure: str
    before: Reported | None
    after: Reported | None

    @property
    def matters(self) -> bool:
        """Whether the two differ in value, unit or reason."""
        one, other = self.before, self.after
        if isinstance(one, Figure) and isinstance(other, Figure):
            return one.value != other.value or one.unit is not other.unit
        if isinstance(one, NotApplicable) and isinstance(other, NotApplicable):
            return one.code != other.code
        return one is not other


class Newer(NamedTuple):
    """A pinned set of which there is a newer version, and what taking that would change."""

    pin: str
    newer: str
    changes: tuple[FigureChange, ...]
    outcome: Outcome  # with the newer version: its diagnostics, or a result

    @property
    def errors(self) -> list[Diagnostic]:
        """Why the file cannot be assessed with the newer version."""
        return [problem for problem in self.outcome.diagnostics if problem.severity == "error"]


class Outdated(NamedTuple):
    """A file and its newer sets."""

    base: Outcome
    newer: tuple[Newer, ...]
    pins: tuple[str, ...]


class Meant(NamedTuple):
    """The assessments that some paths mean, and what is wrong with the programmes among them."""

    names: tuple[str, ...]
    problems: tuple[Diagnostic, ...]
    texts: Mapping[str, str]


def assessments_meant(paths: Sequence[str]) -> Meant:
    """Each assessment once: a file itself, those of a programme, those below a folder."""
    names: dict[str, None] = {}
    problems: list[Diagnostic] = []
    texts: dict[str, str] = {}
    for path in paths:
        for name in below(path):
            try:
                kind = kind_of(read_bytes(name))
            except NotReadableError:
                kind = "assessment"  # assessing it says what is the matter
            if kind == "programme":
                documents = documents_of(name, problems)
                names |= dict.fromkeys(document.name for document in documents[1:])
                texts |= {document.name: document.text for document in documents[:1]}
            elif kind == "assessment" or not os.path.isdir(path):
                names[os.path.normpath(name)] = None
    return Meant(tuple(names), tuple(problems), texts)


def outdated(name: str, options: Options) -> Outdated:
    """What the newest version of each pinned set would change in a file, one set at a time."""
    base = assess_file(name, options)
    document = base.document
    if base.result is None or document is None or has_errors(base.diagnostics):
        return Outdated(base, (), ())
    pins = tuple(base.result.basis.factor_sets)
    newer = []
    for position, pin in enumerate(pins):
        latest = _latest(pin, os.path.dirname(name) or ".")
        if latest is not None:
            tree = _with_pin(document.tree, position, latest)
            outcome = assess_document(document.with_tree(tree), b"", options)
            newer.append(Newer(pin, latest, _changes(base.result, outcome.result), outcome))
    return Outdated(base, tuple(newer), pins)


def _latest(pin: str, beside: str) -> str | None:
    """The newest version of a set, where it is newer than the pinned one."""
    identity, _, version = pin.partition("@")
    versions = [int(other) for other in versions_of(identity, beside) if other.isdigit()]
    latest = max(versions, default=0)
    return f"{identity}@{latest}" if latest > int(version) else None


def _with_pin(tree: Mapping[str, Any], position: int, pin: str) -> dict[str, Any]:
    """The tree of the file with another pin in one place."""
    basis = dict(tree["basis"])
    listed = basis["factor-sets"]
    pins = list(listed) if isinstance(listed, list) else [listed]
    text = Text(pin)
    text.path = ("basis", "factor-sets", position)
    pins[position] = text
    return {**tree, "basis": {**basis, "factor-sets": pins}}


def _changes(
    result: AssessmentResult, with_newer: AssessmentResult | None
) -> tuple[FigureChange, ...]:
    """The figures that differ; none where the file cannot be assessed with the newer set."""
    if with_newer is None:
        return ()
    before, after = figures_by_path(result), figures_by_path(with_newer)
    figures = dict.fromkeys([*before, *after])
    changes = (FigureChange(name, before.get(name), after.get(name)) for name in figures)
    return tuple(
        change
        for change in changes
        if change.figure.startswith(("totals.", "measures.")) and change.matters
    )
