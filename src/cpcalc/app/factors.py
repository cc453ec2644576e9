"""The use cases behind `factors`: which sets there are, what one says, as released, outdated."""

import difflib
import os
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from cpcalc.app import assess, files, locate, lock
from cpcalc.app.sets import SetFile, factor_set, released_sums, set_files, versions_of
from cpcalc.diagnostics import Diagnostic, errors_of, has_errors
from cpcalc.figures import Figure, Reported
from cpcalc.library import PinnedSet
from cpcalc.results import AssessmentResult, figures_by_path
from cpcalc.schema.factor_rows import FactorEntry
from cpcalc.schema.factor_set import SECTIONS, SetRow, rows_of

# A set is a folder's name, never a path.
SET_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")
# So many factors fit on one screen.
MOST_NAMED = 20


# ---- list and show ------------------------------------------------------------------------------


def sets_of(beside: str) -> list[PinnedSet]:
    """Every set: the shipped ones, then those of a folder, without copies of shipped ones."""
    known = list(set_files(beside))
    shipped = {(file.pin, file.sha256) for file in known if not file.is_own}
    listed = (file for file in known if not (file.is_own and (file.pin, file.sha256) in shipped))
    return [file.pinned for file in listed if file.pinned is not None]


# A set, its section, one entry of that and its rows; with no entry, one whole set.
Shown = tuple[PinnedSet, str, FactorEntry | None, list[SetRow]]


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
        return pinned, "", None, list(pinned.content.rows())
    for section in SECTIONS:
        entry = pinned.entry(section, identity)
        if entry is not None:
            rows = [SetRow(section, entry, path, row) for path, row in rows_of(entry)]
            return pinned, section, entry, rows
    return difflib.get_close_matches(name, names_of(pinned), n=5, cutoff=0.4)


def _nearest(name: str, beside: str) -> list[str]:
    """Every factor with that word in its name, the likeliest first; else the nearest sets.

    A word of its own counts for more than a part of one, a factor for more than a price.
    """
    sets, wanted = sets_of(beside), name.casefold().replace(" ", "-")
    named = [
        (wanted not in identity.split("-"), rank, len(identity), f"{pinned.id}/{identity}")
        for pinned in sets
        for rank, section in enumerate(SECTIONS)
        for identity in pinned.ids(section)
        if wanted in identity.casefold()
    ]
    if named:
        return [one for *_, one in sorted(set(named))][:MOST_NAMED]
    pins = [pinned.pin for pinned in sets]
    return difflib.get_close_matches(name, pins, n=5, cutoff=0.4) or pins


def names_of(pinned: PinnedSet) -> list[str]:
    """Every entry of a set, as an assessment names it."""
    return [f"{pinned.id}/{one}" for section in SECTIONS for one in pinned.ids(section)]


def entries_of(beside: str) -> list[str]:
    """Every entry that an assessment can name, of every set."""
    return list(dict.fromkeys(name for pinned in sets_of(beside) for name in names_of(pinned)))


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
    return Diagnostic(name, (), {"set": file.pin, **values}, span=files.START, file=file.path)


# ---- outdated -----------------------------------------------------------------------------------


# One figure with the pinned set and with the newer one.
FigureChange = tuple[str, Reported | None, Reported | None]


class Newer(NamedTuple):
    """A pinned set of which there is a newer version, and what taking that would change."""

    pin: str
    newer: str
    changes: tuple[FigureChange, ...]
    outcome: assess.Outcome  # with the newer version: its diagnostics, or a result

    @property
    def errors(self) -> list[Diagnostic]:
        """Why the file cannot be assessed with the newer version."""
        return errors_of(self.outcome.diagnostics)


class Outdated(NamedTuple):
    """A file and its newer sets."""

    base: assess.Outcome
    newer: tuple[Newer, ...]
    pins: tuple[str, ...]


def assessments_meant(paths: Sequence[str]) -> tuple[list[str], list[Diagnostic], dict[str, str]]:
    """Each assessment once: a file itself, those of a programme, those below a folder.

    With them what is wrong with the programmes, and the text of each of these.
    """
    names: dict[str, None] = {}
    problems: list[Diagnostic] = []
    texts: dict[str, str] = {}
    for path in paths:
        for name in files.below(path):
            document, *others = lock.documents_of(name, problems)
            kind = files.kind_of(document.text)
            if kind == "programme":
                names |= dict.fromkeys(other.name for other in others)
                texts[name] = document.text
            # assessing one that cannot be read says what is the matter
            elif kind == "assessment" or not os.path.isdir(path) or not document.sha256:
                names[os.path.normpath(name)] = None
    return list(names), problems, texts


def outdated(name: str, options: assess.Options) -> Outdated:
    """What the newest version of each pinned set would change in a file, one set at a time."""
    base = assess.assess_file(name, options)
    document = base.document
    if base.result is None or has_errors(base.diagnostics):
        return Outdated(base, (), ())
    pins = tuple(base.result.basis.factor_sets)
    newer = []
    for position, pin in enumerate(pins):
        identity, _, version = pin.partition("@")
        known = versions_of(identity, os.path.dirname(name) or ".")
        latest = max((int(other) for other in known if other.isdigit()), default=0)
        if latest > int(version):
            newest = f"{identity}@{latest}"
            is_alone = isinstance(document.tree["basis"]["factor-sets"], str)
            place = "basis.factor-sets" if is_alone else f"basis.factor-sets.{position}"
            with_newer, _, _ = locate.varied(document, locate.WhatIf("", {}, {place: newest}))
            outcome = assess.assess_document(with_newer, options)
            newer.append(Newer(pin, newest, _changes(base.result, outcome.result), outcome))
    return Outdated(base, tuple(newer), pins)


def _changes(old: AssessmentResult, new: AssessmentResult | None) -> tuple[FigureChange, ...]:
    """The figures that differ; none where the file cannot be assessed with the newer set."""
    if new is None:
        return ()
    before, after = figures_by_path(old), figures_by_path(new)
    names = (name for name in before | after if name.startswith(("totals.", "measures.")))
    changes = ((name, before.get(name), after.get(name)) for name in names)
    return tuple(change for change in changes if _seen(change[1]) != _seen(change[2]))


def _seen(figure: Reported | None) -> object:
    """What a reader sees of a figure: its value and unit, or why it has none."""
    return (figure.value, figure.unit) if isinstance(figure, Figure) else figure and figure.code
