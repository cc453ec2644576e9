"""The use case behind `lock` and `--frozen`: what files rest on is written down and held to."""

import os
import posixpath
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Set
from pathlib import Path as FilePath
from typing import NamedTuple

import yaml

from cpcalc.app import files as disk
from cpcalc.app import load, locate
from cpcalc.app.files import START, document_of, folder_of
from cpcalc.app.tables import with_tables
from cpcalc.diagnostics import Diagnostic, Path, errors_of, has_errors
from cpcalc.library import Library
from cpcalc.report.problems import portable
from cpcalc.schema.assessment import Assessment
from cpcalc.schema.basis import ExchangeRate
from cpcalc.schema.programme import Lock, Programme
from cpcalc.source.reader import Document

ENDING = ".lock.yaml"
HEADER = (
    "# Written by `cpcalc lock`; `--frozen` refuses anything else. Lock again to accept a change.\n"
)
# A programme keeps its assessments in its own folder or a few below it.
MOST_FOLDERS_UP = 5
Rates = Mapping[str, ExchangeRate]


class Locked(NamedTuple):
    """What becomes of locking a file: the lock's name, what it holds, or why there is none."""

    name: str
    files: list[str]
    sets: list[dict[str, str]]
    rates: list[dict[str, str]]
    diagnostics: list[Diagnostic]
    texts: dict[str, str]  # of the files, for excerpts


def lock_name(name: str) -> str:
    """The lock file that belongs to a file: ``plant.lock.yaml`` beside ``plant.yaml``.

    And ``plant.yml.lock.yaml`` beside ``plant.yml``, which is another file.
    """
    return name.removesuffix(".yaml") + ENDING


def lock(name: str) -> Locked:
    """Write the lock of an assessment, or of a programme and all its assessments.

    Where one of them has errors nothing is written.
    """
    problems: list[Diagnostic] = []
    sets: dict[str, dict[str, str]] = {}
    rates: list[dict[str, str]] = []
    tables: dict[str, str] = {}
    documents = documents_of(name, problems)
    for document in documents:
        if load.kind_of(document) == "programme":
            stated = _rates_of(load.load_programme(document)[0])
        else:
            assessment, _, found = load.load_document(document)
            for table in document.tables.values():
                tables[_beside(table.file, name)] = table.sha256
            stated = _rates_of(assessment)
            if assessment is not None:
                library = load.library_of(assessment, folder_of(document.name), found)
                for item in library.sets.values():
                    named = {"set": str(item.id), "version": str(item.content.version)}
                    sets[item.pin] = named | {"sha256": item.sha256}
            problems += locate.placed(errors_of(found), document)
        for currency, rate in stated.items():
            given = {"rate": rate.rate.text, "year": rate.year, "source": rate.source}
            about = {"file": _beside(document.name, name), "currency": currency} | given
            rates.append({key: str(value) for key, value in about.items()})
    locked = Locked(
        lock_name(name),
        [_beside(document.name, name) for document in documents],
        [sets[pin] for pin in sorted(sets)],
        rates,
        problems,
        {document.name: document.text for document in documents},
    )
    if not has_errors(problems):
        hashed = [{"file": file, "sha256": sha256} for file, sha256 in sorted(tables.items())]
        lists = {"files": locked.files, "factor-sets": locked.sets, "rates": locked.rates}
        lists |= {"tables": hashed}
        content = {"cpcalc-lock": 1} | {key: items for key, items in lists.items() if items}
        text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=sys.maxsize)
        # An earlier lock of the same file: its header, its version, `files:` and the file's name.
        beginning = "".join((HEADER + text).splitlines(keepends=True)[:4])
        disk.replace_own(locked.name, [HEADER, text], re.escape(beginning))
    return locked


def documents_of(name: str, problems: list[Diagnostic]) -> list[Document]:
    """The file itself; of a programme, its assessments too.

    What is wrong with a programme, and its files that cannot be read, are added to ``problems``.
    """
    document = with_tables(document_of(name))
    documents = {name: document}
    if load.kind_of(document) == "programme":
        programme, found = load.load_programme(document)
        problems += locate.placed(found, document)
        for entry in programme.enterprises if programme is not None else ():
            for file in disk.below(os.path.normpath(os.path.join(folder_of(name), entry))):
                candidate = with_tables(document_of(file))
                if load.kind_of(candidate) == "assessment":
                    documents[file] = candidate
                elif not candidate.sha256:
                    problems += candidate.diagnostics
    return list(documents.values())


def with_programmes(names: Iterable[str]) -> list[str]:
    """Those of the files that begin as ours, and the programmes below here that list one."""
    own = [name for name in names if disk.kind_of(disk.text_of(name)) is not None]
    wanted = set(map(os.path.abspath, own))
    for name in disk.below("."):
        if os.path.abspath(name) in wanted or disk.kind_of(disk.text_of(name)) != "programme":
            continue
        if any(os.path.abspath(document.name) in wanted for document in documents_of(name, [])):
            own.append(name)
    return own


def _rates_of(file: Assessment | Programme | None) -> Rates:
    head = file.basis if isinstance(file, Assessment) else file
    return (head.exchange_rates or {}) if head is not None else {}


def _beside(file: str, other: str) -> str:
    """The name of a file as seen from the folder of another."""
    return portable(os.path.relpath(file or os.curdir, folder_of(other)))


# ---- holding a file to its lock -------------------------------------------------------------


class HeldTo(NamedTuple):
    """The lock that a file is held to: its name without folders, and how it names the file."""

    name: str
    content: Lock
    file: str

    @property
    def sets(self) -> dict[str, str]:
        """The hashes of the factor sets, by id@version."""
        locked = self.content.factor_sets or ()
        return {f"{item.set}@{item.version}": item.sha256 for item in locked}


def frozen_problems(
    assessment: Assessment, library: Library, document: Document
) -> list[Diagnostic]:
    """Every difference between what a file rests on and what its lock says.

    No lock is a problem too.
    """
    problems: list[Diagnostic] = []
    held_to = _lock_of(document.name, problems)
    if held_to is None:
        return problems
    hashes = {table.file: table.sha256 for table in held_to.content.tables or ()}
    for name, table in document.tables.items():
        locked = hashes.get(posixpath.normpath(posixpath.join(held_to.file, "..", name)), "-")
        if locked != table.sha256:
            values = {"file": name, "found": table.sha256, "locked": locked, "lock": held_to.name}
            problems.append(Diagnostic("table-differs-from-lock", ("streams",), values))
    basis = assessment.basis
    for position, pin in enumerate((basis.factor_sets or ()) if basis is not None else ()):
        used = library.sets.get(pin.partition("@")[0])
        locked = held_to.sets.get(pin, "")
        if used is not None and locked != used.sha256:  # one that leads nowhere is reported already
            problem = "set-differs-from-lock" if locked else "set-not-locked"
            values = {"set": pin, "lock": held_to.name, "found": used.sha256, "locked": locked}
            problems.append(Diagnostic(problem, ("basis", "factor-sets", position), values))
    if len(held_to.content.files) == 1:  # of several, the programme knows what all of them use
        problems += _unused({item.pin for item in library.sets.values()}, held_to, "basis")
    return [*problems, *_rate_problems(_rates_of(assessment), held_to, ("basis",))]


def frozen_programme_problems(
    document: Document, programme: Programme, used: Set[str] | None
) -> list[Diagnostic]:
    """Every exchange rate of a programme that is not the one its lock holds, and the sets that this
    holds and none of its assessments uses, where all of these are known.

    Its assessments answer for themselves.
    """
    problems: list[Diagnostic] = []
    held_to = _lock_of(document.name, problems)
    if held_to is not None:
        problems += _rate_problems(_rates_of(programme), held_to, ())
        problems += _unused(used, held_to, "enterprises") if used is not None else ()
    return problems


def _lock_of(name: str, problems: list[Diagnostic]) -> HeldTo | None:
    """The file's own lock, else one in its folder, or in one above, that names the file.

    A lock of something else that cannot be read is passed over.
    """
    own = lock_name(name)
    if os.path.isfile(own):
        held_to = _held_to(own, name, problems)
        if held_to is None or held_to.file in held_to.content.files:
            return held_to
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
    document = document_of(place)
    content, found = load.load_lock(document)
    problems += [item._replace(span=item.span or START) for item in locate.placed(found, document)]
    if content is None:
        return None
    return HeldTo(os.path.basename(place), content, _beside(name, place))


def _unused(used: Set[str], held_to: HeldTo, key: str) -> Iterator[Diagnostic]:
    for pin in held_to.sets:
        if pin not in used:
            values = {"set": pin, "lock": held_to.name}
            yield Diagnostic("locked-set-not-used", (key,), values, on_key=True)


def _rate_problems(rates: Rates, held_to: HeldTo, above: Path) -> Iterator[Diagnostic]:
    stated = {key: f"{rate.rate.text} ({rate.year}, {rate.source})" for key, rate in rates.items()}
    locked = {
        rate.currency: f"{rate.rate} ({rate.year}, {rate.source})"
        for rate in held_to.content.rates or ()
        if rate.file == held_to.file
    }
    for currency in dict.fromkeys((*stated, *locked)):
        values = {"found": stated.get(currency, "-"), "locked": locked.get(currency, "-")}
        if values["found"] != values["locked"]:
            path = (*above, "exchange-rates", currency) if currency in stated else above
            values |= {"currency": currency, "lock": held_to.name}
            yield Diagnostic("rate-differs-from-lock", path, values, on_key=True)
