"""The use case behind `lock` and `--frozen`: what files rest on is written down and held to."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Set
from pathlib import Path as FilePath
from typing import NamedTuple

import yaml
from pydantic import ValidationError

from cpcalc.app.files import (
    START,
    NotReadableError,
    below,
    folder_of,
    read_bytes,
    unreadable,
    write_atomically,
)
from cpcalc.app.load import kind_of, library_of, load_document
from cpcalc.app.locate import placed
from cpcalc.diagnostics import Diagnostic, Path, has_errors
from cpcalc.library import Library
from cpcalc.schema.assessment import Assessment
from cpcalc.schema.basis import ExchangeRate
from cpcalc.schema.lock import Lock
from cpcalc.schema.problems import diagnostics_of
from cpcalc.schema.programme import Programme
from cpcalc.source.reader import Document, read

ENDING = ".lock.yaml"
HEADER = (
    "# Written by `cpcalc lock`; `--frozen` refuses anything else. Lock again to accept a change.\n"
)
# A programme keeps its assessments in its own folder or a few below it.
MOST_FOLDERS_UP = 5


class Locked(NamedTuple):
    """What becomes of locking a file: the lock's name, what it holds, or why there is none."""

    name: str
    files: list[str]
    sets: list[dict[str, str]]
    rates: list[dict[str, str]]
    diagnostics: list[Diagnostic]
    texts: dict[str, str]  # of the files, for excerpts


def lock_name(name: str) -> str:
    """The lock file that belongs to a file: ``plant.lock.yaml`` beside ``plant.yaml``."""
    return os.path.splitext(name)[0] + ENDING


def lock(name: str) -> Locked:
    """Write the lock of an assessment, or of a programme and all its assessments.

    Where one of them has errors nothing is written.
    """
    problems: list[Diagnostic] = []
    sets: dict[str, dict[str, str]] = {}
    rates: list[dict[str, str]] = []
    files: list[str] = []
    documents = documents_of(name, problems)
    for document in documents:
        file = _beside(document.name, name)
        files.append(file)
        if kind_of(document) == "programme":
            rates += _rates_to_lock(_programme_rates(document), file)
            continue
        loaded = load_document(document)
        found = loaded.diagnostics
        if loaded.assessment is not None:
            library = library_of(loaded.assessment, folder_of(document.name), found)
            for pinned in library.sets.values():
                sets[pinned.pin] = {
                    "set": str(pinned.id),
                    "version": str(pinned.content.version),
                    "sha256": pinned.sha256,
                }
            rates += _rates_to_lock(_own_rates(loaded.assessment), file)
        problems += placed([item for item in found if item.severity == "error"], document)
    ordered = [sets[pin] for pin in sorted(sets)]
    texts = {document.name: document.text for document in documents}
    locked = Locked(lock_name(name), files, ordered, rates, problems, texts)
    if not has_errors(problems):
        write_atomically(locked.name, [HEADER, _text_of(locked)])
    return locked


def _text_of(locked: Locked) -> str:
    content = {
        "cpcalc-lock": 1,
        "files": locked.files,
        **({"factor-sets": locked.sets} if locked.sets else {}),
        **({"rates": locked.rates} if locked.rates else {}),
    }
    text: str = yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=sys.maxsize)
    return text


def _rates_to_lock(rates: Mapping[str, ExchangeRate], file: str) -> Iterator[dict[str, str]]:
    for currency, rate in rates.items():
        yield {
            "file": file,
            "currency": str(currency),
            "rate": str(rate.rate.text),
            "year": str(rate.year),
            "source": str(rate.source),
        }


def documents_of(name: str, problems: list[Diagnostic]) -> list[Document]:
    """The file itself; of a programme, its assessments too.

    What is wrong with a programme, and files that cannot be read, are added to ``problems``.
    """
    document = _document(name, problems)
    if document is None:
        return []
    documents = {name: document}
    programme, found = _programme_in(document)
    problems += placed(found, document)
    for entry in programme.enterprises if programme is not None else ():
        for file in below(os.path.normpath(os.path.join(folder_of(name), entry))):
            candidate = _document(file, problems)
            if candidate is not None and kind_of(candidate) == "assessment":
                documents[file] = candidate
    return list(documents.values())


def _programme_in(document: Document) -> tuple[Programme | None, list[Diagnostic]]:
    """The programme that a document is, and what is wrong with it; None for anything else."""
    from cpcalc.app.programme import validated  # it assesses files, which are held to locks

    return validated(document) if kind_of(document) == "programme" else (None, [])


def _programme_rates(document: Document) -> Mapping[str, ExchangeRate]:
    programme, _ = _programme_in(document)
    return (programme.exchange_rates or {}) if programme is not None else {}


def _own_rates(assessment: Assessment) -> Mapping[str, ExchangeRate]:
    return (assessment.basis.exchange_rates or {}) if assessment.basis is not None else {}


def _document(name: str, problems: list[Diagnostic]) -> Document | None:
    try:
        return read(read_bytes(name), name)
    except NotReadableError as error:
        problems.append(unreadable(error))
        return None


def _beside(file: str, other: str) -> str:
    """The name of a file as seen from the folder of another."""
    return os.path.relpath(file, folder_of(other)).replace(os.sep, "/")


# ---- holding a file to its lock -------------------------------------------------------------


class HeldTo(NamedTuple):
    """The lock that a file is held to: its name without folders, and how it names the file."""

    name: str
    content: Lock
    file: str


def frozen_problems(assessment: Assessment, library: Library, name: str) -> list[Diagnostic]:
    """Every difference between what a file rests on and what its lock says.

    No lock is a problem too.
    """
    problems: list[Diagnostic] = []
    held_to = _lock_of(name, problems)
    if held_to is not None:
        problems += _set_problems(assessment, library, held_to)
        if len(held_to.content.files) == 1:  # of several, the programme knows what all of them use
            problems += _unused({item.pin for item in library.sets.values()}, held_to, "basis")
        problems += _rate_problems(_own_rates(assessment), held_to, ("basis",))
    return problems


def frozen_programme_problems(document: Document) -> list[Diagnostic]:
    """Every exchange rate of a programme that is not the one its lock holds.

    Its assessments answer for themselves.
    """
    problems: list[Diagnostic] = []
    held_to = _lock_of(document.name, problems)
    if held_to is not None:
        problems += _rate_problems(_programme_rates(document), held_to, ())
    return problems


def unused_in_programme(document: Document, used: Set[str]) -> list[Diagnostic]:
    """The sets that a programme's lock holds and none of its assessments uses."""
    held_to = _lock_of(document.name, [])
    return list(_unused(used, held_to, "enterprises")) if held_to is not None else []


def read_lock(document: Document) -> tuple[Lock | None, list[Diagnostic]]:
    """A lock file's content, or what is wrong with it."""
    problems = list(document.diagnostics)
    if document.tree is None or problems:
        return None, problems
    try:
        return Lock.model_validate(document.tree), []
    except ValidationError as error:
        return None, diagnostics_of(error, document.tree, Lock)


def _lock_of(name: str, problems: list[Diagnostic]) -> HeldTo | None:
    """The file's own lock, else one in its folder, or in one above, that names the file.

    A lock of something else that cannot be read is passed over.
    """
    own = lock_name(name)
    if os.path.isfile(own):
        return _held_to(own, name, problems)
    folder = FilePath(os.path.abspath(name)).parent
    for place in (folder, *folder.parents)[:MOST_FOLDERS_UP]:
        for other in sorted(place.glob(f"*{ENDING}")):
            held_to = _held_to(str(other), name, [])
            if held_to is not None and held_to.file in held_to.content.files:
                return held_to
    problems.append(Diagnostic("lock-missing", (), {"file": name}, span=START))
    return None


def _held_to(place: str, name: str, problems: list[Diagnostic]) -> HeldTo | None:
    """A lock file as it names a file; what is wrong with it is added to ``problems``."""
    document = _document(place, problems)
    if document is None:
        return None
    content, found = read_lock(document)
    problems += [
        problem._replace(span=problem.span or START) for problem in placed(found, document)
    ]
    file = _beside(name, place)
    return HeldTo(os.path.basename(place), content, file) if content is not None else None


def _set_problems(
    assessment: Assessment, library: Library, held_to: HeldTo
) -> Iterator[Diagnostic]:
    known = {
        f"{item.set}@{item.version}": item.sha256 for item in held_to.content.factor_sets or ()
    }
    pins = (assessment.basis.factor_sets or ()) if assessment.basis is not None else ()
    for position, pin in enumerate(pins):
        path: Path = ("basis", "factor-sets", position)
        used = library.sets.get(pin.partition("@")[0])
        if used is None:
            continue  # a pin that leads nowhere is reported already
        values = {"set": pin, "lock": held_to.name}
        if pin not in known:
            yield Diagnostic("set-not-locked", path, values)
        elif known[pin] != used.sha256:
            values |= {"found": used.sha256, "locked": known[pin]}
            yield Diagnostic("set-differs-from-lock", path, values)


def _unused(used: Set[str], held_to: HeldTo, key: str) -> Iterator[Diagnostic]:
    for item in held_to.content.factor_sets or ():
        pin = f"{item.set}@{item.version}"
        if pin not in used:
            values = {"set": pin, "lock": held_to.name}
            yield Diagnostic("locked-set-not-used", (key,), values, on_key=True)


def _rate_problems(
    rates: Mapping[str, ExchangeRate], held_to: HeldTo, above: Path
) -> Iterator[Diagnostic]:
    stated = {
        currency: f"{rate.rate.text} ({rate.year}, {rate.source})"
        for currency, rate in rates.items()
    }
    locked = {
        rate.currency: f"{rate.rate} ({rate.year}, {rate.source})"
        for rate in held_to.content.rates or ()
        if rate.file == held_to.file
    }
    for currency in dict.fromkeys((*stated, *locked)):
        found, expected = stated.get(currency, "-"), locked.get(currency, "-")
        if found != expected:
            path = (*above, "exchange-rates", currency) if currency in stated else above
            values = {"currency": currency, "lock": held_to.name}
            values |= {"found": found, "locked": expected}
            yield Diagnostic("rate-differs-from-lock", path, values, on_key=True)
