"""The use case behind `lock` and `--frozen`: what an assessment or a programme rests on is written down and held to."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import NamedTuple

from pydantic_core import ValidationError

from cpcalc.app.files import (
    START,
    NotReadableError,
    folder_of,
    read_bytes,
    unreadable,
    write_atomically,
)
from cpcalc.app.load import kind_of, library_of, load_document
from cpcalc.diagnostics import Diagnostic, Path, has_errors
from cpcalc.library import Library, PinnedSet
from cpcalc.schema.assessment import Assessment
from cpcalc.schema.basis import ExchangeRate
from cpcalc.schema.lock import Lock, LockedRate, LockedSet
from cpcalc.schema.problems import diagnostics_of
from cpcalc.source.reader import Document, read

ENDING = ".lock.yaml"


class Locked(NamedTuple):
    """What becomes of locking a file: the lock's name, what it holds, or why there is none."""

    name: str
    files: tuple[str, ...]
    sets: tuple[LockedSet, ...]
    rates: tuple[LockedRate, ...]
    diagnostics: tuple[Diagnostic, ...]
    texts: dict[str, str]  # of the files, for excerpts


def lock_name(name: str) -> str:
    """The lock file that belongs to a file: ``plant.lock.yaml`` beside ``plant.yaml``."""
    stem, _ = os.path.splitext(name)
    return stem + ENDING


def lock(name: str) -> Locked:
    """Write the lock of an assessment, or of a programme and all its assessments; nothing where one has errors."""
    from cpcalc.app.placing import placed

    found: list[Diagnostic] = []
    texts: dict[str, str] = {}
    sets: dict[str, LockedSet] = {}
    rates: list[LockedRate] = []
    folder = folder_of(name)
    files = files_of(name, found, texts)
    for file in files:
        document = _document(file, found)
        if document is None:
            continue
        texts[file] = document.text
        if kind_of(document) == "programme":
            rates += _rates(_programme_rates(document), _beside(file, folder))
            continue
        loaded = load_document(document)
        problems = loaded.diagnostics
        if loaded.assessment is not None:
            library = library_of(loaded.assessment, folder_of(file), problems)
            sets |= {item.pin: _locked_set(item) for item in library.sets.values()}
            rates += _rates(_own_rates(loaded.assessment), _beside(file, folder))
        found += placed([problem for problem in problems if problem.severity == "error"], document)
    ordered = tuple(sets[pin] for pin in sorted(sets))
    named = tuple(_beside(file, folder) for file in files)
    locked = Locked(lock_name(name), named, ordered, tuple(rates), tuple(found), texts)
    if not has_errors(found):
        write_atomically(locked.name, [_written(locked)])
    return locked


def files_of(name: str, found: list[Diagnostic], texts: dict[str, str]) -> list[str]:
    """The file itself; of a programme, its assessments too. What is wrong with a programme is added to ``found``."""
    document = _document(name, found)
    if document is None:
        return []
    if kind_of(document) != "programme":
        return [name]
    from cpcalc.app.files import below
    from cpcalc.app.placing import placed
    from cpcalc.app.programme import validated

    texts[name] = document.text
    programme, problems = validated(document)
    found += placed(problems, document)
    files = {name: None}
    for entry in programme.enterprises if programme is not None else ():
        for file in below(os.path.normpath(os.path.join(folder_of(name), entry))):
            candidate = _document(file, found)
            if candidate is not None and kind_of(candidate) == "assessment":
                files[file] = None
    return list(files)


def _programme_rates(document: Document) -> Mapping[str, ExchangeRate]:
    from cpcalc.app.programme import validated

    programme, _ = validated(document)
    return (programme.exchange_rates or {}) if programme is not None else {}


def _own_rates(assessment: Assessment) -> Mapping[str, ExchangeRate]:
    return (assessment.basis.exchange_rates or {}) if assessment.basis is not None else {}


def _document(name: str, found: list[Diagnostic]) -> Document | None:
    try:
        return read(read_bytes(name), name)
    except NotReadableError as error:
        found.append(unreadable(error))
        return None


def _beside(file: str, folder: str) -> str:
    return os.path.relpath(file, folder).replace(os.sep, "/")


def _locked_set(item: PinnedSet) -> LockedSet:
    return LockedSet.model_construct(
        set=item.id, version=str(item.content.version), sha256=item.sha256
    )


def _rates(given: Mapping[str, ExchangeRate], file: str) -> Iterator[LockedRate]:
    for currency, rate in given.items():
        yield LockedRate.model_construct(
            file=file,
            currency=currency,
            rate=rate.rate.text,
            year=str(rate.year),
            source=rate.source,
        )


def _written(locked: Locked) -> str:
    def quoted(text: str) -> str:
        return json.dumps(
            text, ensure_ascii=False
        )  # a JSON string is a YAML string in double quotes

    lines = [
        "# Written by `cpcalc lock`; `--frozen` refuses anything else. Lock again to accept a change.",
        "cpcalc-lock: 1",
    ]
    lines += ["files:", *(f"  - {quoted(file)}" for file in locked.files)]
    if locked.sets:
        lines.append("factor-sets:")
        lines += [
            f"  - {{set: {quoted(item.set)}, version: {quoted(item.version)}, sha256: {quoted(item.sha256)}}}"
            for item in locked.sets
        ]
    if locked.rates:
        lines.append("rates:")
        for rate in locked.rates:
            parts = ", ".join(
                f"{key}: {quoted(getattr(rate, key))}"
                for key in ("file", "currency", "rate", "year", "source")
            )
            lines.append(f"  - {{{parts}}}")
    return "\n".join(lines) + "\n"


# ---- holding a file to its lock -------------------------------------------------------------------------------------


def frozen_problems(assessment: Assessment, library: Library, name: str) -> list[Diagnostic]:
    """Every difference between what a file rests on and what its lock says; no lock is a problem too."""
    found: list[Diagnostic] = []
    opened = _lock_of(name, found)
    if opened is None:
        if not found:
            found.append(Diagnostic("lock-missing", (), {"file": name}, span=START))
        return found
    place, lock_file = opened
    file = _beside(name, folder_of(place))
    found += _set_problems(
        assessment, library, lock_file.factor_sets or (), os.path.basename(place)
    )
    if len(lock_file.files) == 1:  # of several files, the programme knows what all of them use
        used = {item.pin for item in library.sets.values()}
        found += _unused(used, lock_file.factor_sets or (), os.path.basename(place), ("basis",))
    locked_rates = [rate for rate in lock_file.rates or () if rate.file == file]
    found += _rate_problems(
        _rates(_own_rates(assessment), file), locked_rates, os.path.basename(place)
    )
    return found


def frozen_programme_problems(document: Document) -> list[Diagnostic]:
    """Every exchange rate of a programme that is not the one its lock holds; its assessments answer for themselves."""
    found: list[Diagnostic] = []
    opened = _lock_of(document.name, found)
    if opened is None:
        return found or [Diagnostic("lock-missing", (), {"file": document.name}, span=START)]
    place, lock_file = opened
    file = _beside(document.name, folder_of(place))
    locked = [rate for rate in lock_file.rates or () if rate.file == file]
    name = os.path.basename(place)
    return list(
        _rate_problems(_rates(_programme_rates(document), file), locked, name, of_programme=True)
    )


def unused_in_programme(document: Document, used: Set[str]) -> list[Diagnostic]:
    """The sets that a programme's lock holds and none of its assessments uses."""
    opened = _lock_of(document.name, [])
    if opened is None:
        return []
    place, lock_file = opened
    return list(
        _unused(used, lock_file.factor_sets or (), os.path.basename(place), ("enterprises",))
    )


def read_lock(document: Document) -> tuple[Lock | None, list[Diagnostic]]:
    """A lock file's content, or what is wrong with it."""
    found = list(document.diagnostics)
    if document.tree is None or found:
        return None, found
    try:
        return Lock.model_validate(document.tree), found
    except ValidationError as error:
        return None, diagnostics_of(error, document.tree, Lock)


# A programme keeps its assessments in its own folder or a few below it.
MOST_FOLDERS_UP = 5


def _lock_of(name: str, found: list[Diagnostic]) -> tuple[str, Lock] | None:
    """The file's own lock, else one in its folder, or in one above, that names the file (a programme's).

    A lock of something else that cannot be read is passed over: without a lock that names the file it is refused.
    """
    own = lock_name(name)
    for place in (own, *(other for other in _locks_above(name) if not _is_same(other, own))):
        if not os.path.isfile(place):
            continue
        problems: list[Diagnostic] = []
        document = _document(place, problems)
        content = None
        if document is not None:
            content, wrong = read_lock(document)
            problems += [_in(document, problem) for problem in wrong]
        if content is not None and (
            place == own or _beside(name, folder_of(place)) in content.files
        ):
            return place, content
        if place == own:
            found += problems
            return None
    return None


def _locks_above(name: str) -> Iterator[str]:
    folder = folder_of(name)
    for _ in range(MOST_FOLDERS_UP):
        if os.path.isdir(folder):
            for other in sorted(os.listdir(folder)):
                if other.endswith(ENDING):
                    yield os.path.join(folder, other)
        folder = os.path.join(folder, os.pardir)


def _is_same(one: str, other: str) -> bool:
    return os.path.abspath(one) == os.path.abspath(other)


def _in(document: Document, problem: Diagnostic) -> Diagnostic:
    span = problem.span or document.place(problem.path, on_key=problem.on_key) or START
    return problem._replace(file=document.name, span=span)


def _set_problems(
    assessment: Assessment, library: Library, locked: Sequence[LockedSet], lock_file: str
) -> Iterator[Diagnostic]:
    known = {f"{item.set}@{item.version}": item.sha256 for item in locked}
    pins = (assessment.basis.factor_sets or ()) if assessment.basis is not None else ()
    for position, pin in enumerate(pins):
        path: Path = ("basis", "factor-sets", position)
        used = library.sets.get(pin.partition("@")[0])
        if used is None:
            continue  # a pin that leads nowhere is reported already
        values = {"set": pin, "lock": lock_file}
        if pin not in known:
            yield Diagnostic("set-not-locked", path, values)
        elif known[pin] != used.sha256:
            yield Diagnostic(
                "set-differs-from-lock",
                path,
                {**values, "found": used.sha256, "locked": known[pin]},
            )


def _unused(
    used: Set[str], locked: Sequence[LockedSet], lock_file: str, path: Path
) -> Iterator[Diagnostic]:
    for item in locked:
        pin = f"{item.set}@{item.version}"
        if pin not in used:
            yield Diagnostic(
                "locked-set-not-used", path, {"set": pin, "lock": lock_file}, on_key=True
            )


def _rate_problems(
    given: Iterable[LockedRate],
    locked: Sequence[LockedRate],
    lock_file: str,
    *,
    of_programme: bool = False,
) -> Iterator[Diagnostic]:
    above: Path = () if of_programme else ("basis",)
    known = {rate.currency: rate for rate in locked}
    for rate in given:
        path: Path = (*above, "exchange-rates", rate.currency)
        before = known.pop(rate.currency, None)
        if before is None or vars(before) != vars(rate):
            values = {
                "currency": rate.currency,
                "lock": lock_file,
                "found": _said(rate),
                "locked": _said(before),
            }
            yield Diagnostic("rate-differs-from-lock", path, values, on_key=True)
    for rate in known.values():
        values = {"currency": rate.currency, "lock": lock_file, "found": "-", "locked": _said(rate)}
        yield Diagnostic("rate-differs-from-lock", above, values, on_key=True)


def _said(rate: LockedRate | None) -> str:
    return f"{rate.rate} ({rate.year}, {rate.source})" if rate is not None else "-"
