"""The use cases behind `factors`: what sets there are, what one says, whether they are as released, what is newer."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from cpcalc.app.assess import Options, Outcome, assess_document
from cpcalc.app.check import check_file
from cpcalc.app.files import (
    START,
    NotReadableError,
    below,
    kind_of,
    read_bytes,
    shipped_factors,
    unreadable,
)
from cpcalc.app.lock import files_of
from cpcalc.app.sets import factor_set, versions_of
from cpcalc.diagnostics import Diagnostic, has_errors
from cpcalc.figures import Figure, NotApplicable, Reported
from cpcalc.library import FactorSet
from cpcalc.library.sets import SECTIONS, levels, said
from cpcalc.results import AssessmentResult, figures_by_path
from cpcalc.source.reader import Text, read

# A set is a folder's name, never a path.
SET_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")
SUMS = "SHA256SUMS"
OWN_FOLDER = "emission_factors"


class Listed(NamedTuple):
    """One version of one set, in short."""

    factor_set: FactorSet
    path: str
    counts: Mapping[str, int]  # section -> entries
    unverified: int  # rows not checked against the original


def sets_of(beside: str) -> Iterator[Listed]:
    """Every version of every set: the shipped ones, then those beside the assessments of a folder."""
    for path, is_own in _paths(beside):
        twin = Path(shipped_factors(), path.parent.name, path.name)
        if is_own and twin.is_file() and twin.read_bytes() == path.read_bytes():
            continue  # a copy of a shipped set, as in the sources of cpcalc themselves
        found, _ = _opened(path, is_own=is_own)
        if found is not None:
            yield Listed(
                found,
                str(path),
                _counts(found),
                sum(1 for row in rows_of(found) if row["quality"] != "verified"),
            )


def _paths(beside: str) -> Iterator[tuple[Path, bool]]:
    shipped, own = Path(shipped_factors()), Path(beside) / OWN_FOLDER
    folders = [(shipped, False)]
    if own.is_dir() and own.resolve() != shipped.resolve():
        folders.append((own, True))
    for folder, is_own in folders:
        for path in sorted(folder.glob("*/*.yaml"), key=_by_version):
            yield path, is_own


def _by_version(path: Path) -> tuple[str, int, str]:
    return (path.parent.name, int(path.stem) if path.stem.isdigit() else 0, path.stem)


def _opened(path: Path, *, is_own: bool) -> tuple[FactorSet | None, list[Diagnostic]]:
    import hashlib

    try:
        data = read_bytes(str(path))
    except NotReadableError as error:
        return None, [unreadable(error)]
    document = read(data, str(path))
    if not isinstance(document.tree, dict):
        return None, list(document.diagnostics)
    sha256 = hashlib.sha256(data).hexdigest()
    return FactorSet(
        path.parent.name, path.stem, sha256, document.text, document.tree, is_own=is_own
    ), []


def _counts(found: FactorSet) -> dict[str, int]:
    return {section: len(ids) for section in SECTIONS if (ids := found.entries(section))}


def rows_of(found: FactorSet) -> Iterator[dict[str, Any]]:
    """Every row of a set with all that is said of it: its own words, its entry's, the set's; and its citation."""
    for section in SECTIONS:
        for entry in found.entries(section):
            yield from entry_rows(found, section, entry)


# Lists inside an entry that hold its rows.
ROWS = ("emits", "values")
# What describes an entry or a set as a whole, not each of its rows.
NOT_OF_ROWS = frozenset(
    {"emits", "values", "id", "name", "title", "notes", "licence", "sources", "defaults", "version"}
)


def entry_rows(
    found: FactorSet, section: str, entry: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    """The rows of one entry, each with what it takes from its entry and its set."""
    from cpcalc.library.sets import citation

    listed = next((entry[key] for key in ROWS if key in entry), None)
    heats = {
        key: entry[key]
        for key in ("ncv", "gcv", "density", "toe")
        if isinstance(entry.get(key), dict)
    }
    raws = [
        *({"of": key, **value} for key, value in heats.items()),
        *(listed if listed is not None else []),
    ]
    for raw in raws or [entry]:
        places = levels(found, entry, raw)
        row = {"section": section, "id": entry.get("id") or raw.get("gas")}
        is_property = raw.get("of") in heats  # of the fuel, not an emission of it
        for place in (raw, *places[2:3]) if is_property else places:
            for key, value in place.items():
                if (
                    key not in NOT_OF_ROWS
                    and key not in heats
                    and key not in SECTIONS
                    and key != "factor-set"
                ):
                    row.setdefault(key, value)
        row["quality"] = str(said("quality", *places) or "verified")
        row["citation"] = citation(found, *places)
        row.pop("source", None)
        row.pop("where", None)
        yield row


# ---- one factor or set ----------------------------------------------------------------------------------------------


class Shown(NamedTuple):
    """One entry (or, with no entry, one whole set) as asked for."""

    factor_set: FactorSet
    section: str
    entry: Mapping[str, Any] | None
    rows: tuple[dict[str, Any], ...]


class NotFound(NamedTuple):
    """Nothing of that name: the nearest names there are."""

    nearest: tuple[str, ...]


# So many factors fit on one screen.
MOST_NAMED = 20


def find(name: str, beside: str) -> Shown | NotFound:
    """A set (``ap-42``, ``ap-42@1``) or one entry (``ap-42/anthracite-stoker-pm``); without version the newest."""
    pin, _, identity = name.partition("/")
    identity = identity.partition("#")[0]
    set_name, _, version = pin.partition("@")
    versions = versions_of(set_name, beside) if SET_NAME.fullmatch(set_name) else []
    if not versions or (version and version not in versions):
        sets = [item.factor_set for item in sets_of(beside)]
        entries = [
            f"{one.id}/{other}"
            for one in sets
            for section in SECTIONS
            for other in one.ids(section)
        ]
        named = [
            entry
            for entry in dict.fromkeys(entries)
            if name.casefold() in entry.partition("/")[2].casefold()
        ]
        named.sort(key=lambda entry: len(entry.partition("/")[2]))  # the plainest name first
        if named:  # `anthracite`: every factor with that word in its name
            return NotFound(tuple(named[:MOST_NAMED]))
        known = [one.pin for one in sets]
        return NotFound(tuple(_close(pin, known)) or tuple(known))
    newest = version or max(versions, key=lambda text: int(text) if text.isdigit() else 0)
    found, _ = factor_set(f"{set_name}@{newest}", beside)
    if found is None:
        return NotFound(())
    if not identity:
        return Shown(found, "", None, tuple(rows_of(found)))
    for section in SECTIONS:
        entry = found.entry(section, identity)
        if entry is not None:
            return Shown(found, section, entry, tuple(entry_rows(found, section, entry)))
    known = [
        f"{found.id}/{other}"
        for section in SECTIONS
        if section != "gwps"
        for other in found.ids(section)
    ]
    return NotFound(tuple(_close(f"{set_name}/{identity}", known)))


def _close(name: str, known: list[str]) -> list[str]:
    import difflib

    return difflib.get_close_matches(name, known, n=5, cutoff=0.4)


# ---- verify ---------------------------------------------------------------------------------------------------------


class Verified(NamedTuple):
    """One set file and what is wrong with it; ``released``: the hash is the one it was released with."""

    pin: str
    path: str
    sha256: str
    is_own: bool
    is_released: bool
    diagnostics: tuple[Diagnostic, ...]
    text: str


def verify(beside: str) -> Iterator[Verified]:
    """Check every set: its content, its citations, its hash; an own set must not hide behind a shipped one."""
    released = released_sums()
    shipped: set[str] = set()
    for path, is_own in _paths(beside):
        pin = f"{path.parent.name}@{path.stem}"
        checked = check_file(str(path))
        found = list(checked.diagnostics)
        sha256 = _sha256(path)
        relative = f"{path.parent.name}/{path.name}"
        if is_own and pin in shipped:
            found.append(Diagnostic("own-set-hidden", (), {"set": pin}, span=START, file=str(path)))
        if not is_own:
            shipped.add(pin)
            if relative in released and released[relative] != sha256:
                values = {"set": pin, "found": sha256, "released": released[relative]}
                found.append(
                    Diagnostic("released-set-changed", (), values, span=START, file=str(path))
                )
        as_released = not is_own and released.get(relative) == sha256
        yield Verified(pin, str(path), sha256, is_own, as_released, tuple(found), checked.text)


def released_sums() -> dict[str, str]:
    """The hashes of the shipped sets as they were released, by path below their folder."""
    place = Path(shipped_factors(), SUMS)
    if not place.is_file():
        return {}
    lines = place.read_text(encoding="utf-8").splitlines()
    return {name.strip(): sha256 for sha256, _, name in (line.partition("  ") for line in lines)}


def _sha256(path: Path) -> str:
    import hashlib

    return hashlib.sha256(path.read_bytes()).hexdigest()


# ---- outdated -------------------------------------------------------------------------------------------------------


class Change(NamedTuple):
    """One figure with the pinned set and with the newer one."""

    figure: str
    before: Reported | None
    after: Reported | None


class Newer(NamedTuple):
    """A pinned set of which there is a newer version, and what taking that would change."""

    pin: str
    newer: str
    changes: tuple[Change, ...]
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
    found: list[Diagnostic] = []
    texts: dict[str, str] = {}
    for path in paths:
        is_folder = os.path.isdir(path)
        for name in below(path):
            try:
                kind = kind_of(read_bytes(name))
            except NotReadableError:
                kind = "assessment"  # assessing it says what is the matter
            if kind == "programme":
                names |= dict.fromkeys(files_of(name, found, texts)[1:])
            elif kind == "assessment" or not is_folder:
                names[os.path.normpath(name)] = None
    return Meant(tuple(names), tuple(found), texts)


def outdated(name: str, options: Options) -> Outdated:
    """What the newest version of each pinned set would change in a file's figures, one set at a time."""
    try:
        data = read_bytes(name)
    except NotReadableError as error:
        return Outdated(Outcome(name, None, (unreadable(error),), None), (), ())
    document = read(data, name)
    base = assess_document(document, data, options)
    if base.result is None or has_errors(base.diagnostics):
        return Outdated(base, (), ())
    pins = tuple(base.result.basis.factor_sets)
    beside = os.path.dirname(name) or "."
    before = _figures_of(base.result)
    found = []
    for position, pin in enumerate(pins):
        identity, _, version = pin.partition("@")
        later = [
            int(other)
            for other in versions_of(identity, beside)
            if other.isdigit() and int(other) > int(version)
        ]
        if not later:
            continue
        newer = f"{identity}@{max(later)}"
        outcome = assess_document(
            document.with_tree(_with_pin(document.tree, position, newer)), data, options
        )
        after = _figures_of(outcome.result) if outcome.result is not None else {}
        changes = tuple(
            Change(figure, before.get(figure), after.get(figure))
            for figure in (dict.fromkeys([*before, *after]) if outcome.result is not None else ())
            if _differ(before.get(figure), after.get(figure))
        )
        found.append(Newer(pin, newer, changes, outcome))
    return Outdated(base, tuple(found), pins)


def _with_pin(tree: Mapping[str, Any], position: int, pin: str) -> dict[str, Any]:
    """The tree of the file with another pin in one place."""
    basis = dict(tree["basis"])
    listed = basis["factor-sets"]
    pins = list(listed) if isinstance(listed, list) else [listed]
    text = Text(pin)
    text.path = ("basis", "factor-sets", position)
    pins[position] = text
    return {**tree, "basis": {**basis, "factor-sets": pins}}


def _figures_of(result: AssessmentResult) -> dict[str, Reported]:
    """The figures of totals and measures by their names, such as ``totals.reductions.co2``."""
    return {
        name: figure
        for name, figure in figures_by_path(result).items()
        if name.startswith(("totals.", "measures."))
    }


def _differ(one: Reported | None, other: Reported | None) -> bool:
    if isinstance(one, Figure) and isinstance(other, Figure):
        return one.value != other.value or one.unit is not other.unit
    if isinstance(one, NotApplicable) and isinstance(other, NotApplicable):
        return one.code != other.code
    return one is not other
