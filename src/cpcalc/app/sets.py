"""The data that assessments take: pinned factor sets, shipped or beside them, and plausible bands.

All problems of a set are found at once: where one entry has the wrong shape, the others are still
looked at. With an error in it, nothing is taken from a set.
"""

import hashlib
import os
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path, PurePath
from typing import Any, NamedTuple

from pydantic import ValidationError

import cpcalc.checks
from cpcalc.app import files, locate
from cpcalc.checks.benchmarks import Band, Bands, Plausible, sector_bands
from cpcalc.checks.factor_sets import check_entries
from cpcalc.diagnostics import Diagnostic, errors_of
from cpcalc.library import PIN, PinnedSet
from cpcalc.quantities import INTERNATIONAL, parse_quantity
from cpcalc.schema import diagnostics_of
from cpcalc.schema.factor_set import READING, SECTIONS, FactorSet
from cpcalc.source.reader import Document, read, read_again

BENCHMARKS = "sector-benchmarks@1"
OWN_FOLDER = "emission_factors"
SUMS = "SHA256SUMS"
# The first key of a set stands for the whole of it.
_WHOLE = ("factor-set",)


class SetFile(NamedTuple):
    """A set as its file has it: what of it has the right shape, and all that is wrong with it."""

    pin: str  # by its place: ``ipcc-2006@1``
    path: str
    is_own: bool
    sha256: str
    pinned: PinnedSet | None
    diagnostics: tuple[Diagnostic, ...]
    text: str
    is_released: bool = False  # its hash is the one it was released with


def factor_set(pin: str, beside: str) -> tuple[PinnedSet | None, list[Diagnostic]]:
    """A pinned set ``id@version``: the shipped one, else one beside the assessment; its errors."""
    file = file_of(pin, beside)
    if file is None:
        return None, []
    errors = errors_of(file.diagnostics)
    return None if errors else file.pinned, errors


def file_of(pin: str, beside: str) -> SetFile | None:
    """The file of a pinned set; None where there is none."""
    identity, _, version = pin.partition("@")
    for folder, is_own in _folders(beside):
        path = folder / identity / f"{version}.yaml"
        if PIN.fullmatch(pin) and os.path.isfile(path):  # a name may be too long for a file
            return _set_file(path, is_own=is_own)
    return None


def set_sha256(pin: str, beside: str) -> str:
    """The hash of a pinned set's file, whatever is wrong with it; empty where there is none."""
    file = file_of(pin, beside)
    return file.sha256 if file is not None else ""


def _set_file(path: Path, *, is_own: bool) -> SetFile:
    try:
        return _read_set(path, files.read_bytes(str(path)), is_own=is_own)
    except files.NotReadableError as error:
        return SetFile(_pin_of(path), str(path), is_own, "", None, error.diagnostics, "")


@cache
def _read_set(path: Path, data: bytes, *, is_own: bool) -> SetFile:
    sha256 = hashlib.sha256(data).hexdigest()
    if not is_own and released_sums().get(_pin_of(path)) == sha256:  # checked when it was released
        known = FactorSet.model_validate(read_again(data), context=READING)
        released = PinnedSet(known, sha256)
        return SetFile(released.pin, str(path), is_own, sha256, released, (), data.decode())
    document = read(data, str(path))
    content, found = check_factor_set(document)
    pinned = PinnedSet(content, sha256, is_own) if content is not None else None
    problems = locate.placed(found, document)
    return SetFile(_pin_of(path), str(path), is_own, sha256, pinned, problems, document.text)


def released_sums() -> dict[str, str]:
    """The hashes of the shipped sets as they were released, by pin."""
    place = Path(files.shipped_factors(), SUMS)
    if not place.is_file():
        return {}
    lines = [line.split() for line in place.read_text(encoding="utf-8").splitlines()]
    return {name.removesuffix(".yaml").replace("/", "@"): sha256 for sha256, name in lines}


def set_files(beside: str) -> Iterator[SetFile]:
    """Every version of every set: the shipped ones, then those beside a folder's assessments."""
    for path, is_own in _paths(beside):
        yield _set_file(path, is_own=is_own)


def versions_of(identity: str, beside: str) -> list[str]:
    """The versions of a set that can be pinned."""
    return [path.stem for path, _ in _paths(beside) if path.parent.name == identity]


def known_sets(beside: str) -> list[str]:
    """The names of all sets that can be pinned."""
    return sorted({path.parent.name for path, _ in _paths(beside)})


def _paths(beside: str) -> Iterator[tuple[Path, bool]]:
    """The files of the shipped sets, then those of own ones, where these have a folder."""
    for folder, is_own in _folders(beside):
        yield from ((path, is_own) for path in sorted(folder.glob("*/*.yaml"), key=_by_version))


def _folders(beside: str) -> list[tuple[Path, bool]]:
    """The folder of the shipped sets, and the one beside an assessment; whether it is that one."""
    shipped, own = Path(files.shipped_factors()), Path(beside) / OWN_FOLDER
    both = [(shipped, False), (own, True)]
    return both if own.resolve() != shipped.resolve() else both[:1]


def _pin_of(path: Path) -> str:
    return f"{path.parent.name}@{path.stem}"


def _by_version(path: Path) -> tuple[str, int, str]:
    return (path.parent.name, int(path.stem) if path.stem.isdigit() else 0, path.stem)


# ---- the check of one set -----------------------------------------------------------------------


def check_factor_set(document: Document) -> tuple[FactorSet | None, list[Diagnostic]]:
    """What of a set has the right shape, and everything that is wrong with it, not yet placed."""
    problems = list(document.diagnostics)
    tree = document.tree
    if not isinstance(tree, dict):
        return None, problems
    problems += _misnamed(document.name, tree)
    content: FactorSet | None
    try:
        content = FactorSet.model_validate(tree, context=READING)
    except ValidationError as error:
        problems += diagnostics_of(error, tree, FactorSet)
        content = _readable_part(tree, error)
    if not any(section in tree for section in SECTIONS):
        values = {"sections": ", ".join(SECTIONS)}
        problems.append(Diagnostic("factor-set-empty", _WHOLE, values, on_key=True))
    problems += _duplicates(tree)
    if content is not None:
        problems += check_entries(content)
    return content, problems


def _readable_part(tree: Mapping[str, Any], error: ValidationError) -> FactorSet | None:
    """The set without the entries that have the wrong shape; None where its head has it."""
    broken = {problem["loc"][:2] for problem in error.errors(include_input=False)}
    lists = {name: tree[name] for name in SECTIONS if isinstance(tree.get(name), list)}
    readable = {
        section: [entry for at, entry in enumerate(part) if (section, at) not in broken]
        for section, part in lists.items()
    }
    try:
        return FactorSet.model_validate({**tree, **readable}, context=READING)
    except ValidationError:
        return None


def _misnamed(name: str, tree: Mapping[str, Any]) -> Iterator[Diagnostic]:
    """A set is found by its path and pinned by its words: both must be the same."""
    path = PurePath(name.replace("\\", "/"))
    identity, version = tree.get("factor-set"), tree.get("version")
    if not path.stem.isdigit() or path.parent.name == "":
        return
    if identity != path.parent.name and isinstance(identity, str):
        values = {"id": identity[:80], "folder": path.parent.name}
        yield Diagnostic("set-not-in-its-folder", _WHOLE, values)
    if version != path.stem and isinstance(version, str):
        values = {"version": version[:20], "file": path.stem}
        yield Diagnostic("version-not-its-file", ("version",), values)


def _duplicates(tree: Mapping[str, Any]) -> Iterator[Diagnostic]:
    """An id given twice in one section: ``set/id`` must name one thing."""
    for section in SECTIONS:
        entries = tree.get(section)
        first: dict[str, int] = {}
        for position, entry in enumerate(entries if isinstance(entries, list) else ()):
            identity = entry.get("id") if isinstance(entry, dict) else None
            if not isinstance(identity, str):
                continue
            earlier = first.setdefault(identity, position)
            if earlier != position:
                related = (("first-given-here", (section, earlier, "id")),)
                path = (section, position, "id")
                yield Diagnostic("duplicate-id", path, {"id": identity}, related=related)


# ---- what the full checks compare with ----------------------------------------------------------


@cache
def plausible_for(sector: str | None) -> Plausible:
    """The plausible bands, and the benchmarks of a sector as a file writes it."""
    plausible, names = _shipped_bands()
    written = (sector or "").strip().casefold().replace(" ", "-")
    key = str(names.get(written, written))
    pinned, _ = factor_set(BENCHMARKS, ".")
    benchmarks = sector_bands(pinned.content, key) if pinned is not None else ()
    return plausible._replace(sector=key, benchmarks=benchmarks)


@cache
def _shipped_bands() -> tuple[Plausible, Mapping[str, str]]:
    """The plausible bands of every sector, and how benchmarks call sectors."""
    path = Path(cpcalc.checks.__file__).with_name("bands.yaml")
    tree: Any = read(path.read_bytes(), path.name).tree
    values, consumption = (tuple(map(_bands, tree[part])) for part in ("values", "consumption"))
    factor = _band(tree["factor-of-electricity"])
    return Plausible(values, consumption, factor), tree["sectors"]


def _bands(row: Mapping[str, Any]) -> Bands:
    keys, kinds, named = (tuple(row.get(part, ())) for part in ("keys", "kinds", "named"))
    return Bands(row["item"], keys, kinds, named, tuple(map(_band, row["bands"])))


def _band(row: Mapping[str, str]) -> Band:
    low, high = (parse_quantity(row[end], INTERNATIONAL) for end in ("low", "high"))
    return Band(low.value, high.value, low.unit, row["source"], (low.text, high.text))
