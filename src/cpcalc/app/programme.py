"""The use case behind `programme`: a programme file, its enterprises from the cache or computed,
added up."""

import os
from collections.abc import Mapping
from typing import NamedTuple

from cpcalc.app import load, lock, many
from cpcalc.app.batch import Batch, Job, Progress, assess_all, unheard, whole
from cpcalc.app.files import document_of, folder_of, text_of
from cpcalc.app.locate import ids_of, placed, waive
from cpcalc.diagnostics import Diagnostic, Path, has_errors
from cpcalc.programme.result import ProgrammeResult, build
from cpcalc.resolve.context import figure_of
from cpcalc.results import Rate
from cpcalc.schema.programme import Programme
from cpcalc.source.reader import Document
from cpcalc.units import base_unit


class ProgrammeOutcome(NamedTuple):
    """What became of a programme: its result unless it was refused, and the problems by file,
    placed."""

    result: ProgrammeResult | None
    problems: tuple[Diagnostic, ...]
    texts: Mapping[str, str]  # of the files that problems are in
    waivers: tuple[tuple[str, str], ...] = ()
    batch: Batch = Batch((), ())
    sha256: str = ""  # of the programme's file


def assess_programme(name: str, job: Job, progress: Progress) -> ProgrammeOutcome:
    """Read a programme file, assess its enterprises and add them up."""
    return added_up(document_of(name), job, progress)


def added_up(document: Document, job: Job, progress: Progress = unheard) -> ProgrammeOutcome:
    """Add up the enterprises of a programme that was read.

    What is wrong with an enterprise's file alone shows when that file is checked.
    """
    name = document.name
    programme, found = load.load_programme(document)
    batch = None
    if programme is not None:
        files = _enterprises(programme, folder_of(name), name, found)
        rates = _rates(programme, found)
        if not has_errors(found):
            batch = whole(assess_all(files, job, progress))
            if job.options.frozen:
                pins = frozenset(pin for one in batch.rows for pin in one.row.factor_sets)
                used = None if batch.failures else pins  # a file that failed may need another
                found += lock.frozen_programme_problems(document, programme, used)
            if not has_errors(found) and not batch.rows and not batch.failures:
                where = {"where": ", ".join(programme.enterprises)}
                found.append(Diagnostic("no-enterprises", ("enterprises",), where))
    if programme is None or batch is None or has_errors(found):
        return ProgrammeOutcome(None, placed(found, document), {name: document.text})
    failed = [failure.file for failure in batch.failures]
    result, problems = build(programme, batch.rows, failed, rates)
    found += [
        Diagnostic("enterprise-not-counted", ("enterprises",), {"file": failure.path})
        for failure in batch.failures
    ]
    own = [problem for problem in problems if not problem.file]
    # Problems of enterprises' files have their places there, which came with the answers.
    places = {row.path: dict(row.places) for row in batch.rows}
    of_members = [
        problem._replace(span=places[problem.file].get(problem.path))
        for problem in problems
        if problem.file
    ]
    merged = [*found, *own, *sorted(of_members, key=lambda problem: problem.severity != "warning")]
    merged, waived = waive(merged, programme.waivers or (), ids_of(document.tree, merged), None)
    here = placed([problem for problem in merged if not problem.file], document)
    elsewhere = [problem for problem in merged if problem.file]
    texts = {problem.file: text_of(problem.file) for problem in of_members}
    texts[name] = document.text
    found_here = (*here, *elsewhere)
    return ProgrammeOutcome(result, found_here, texts, waived, batch, document.sha256)


def _enterprises(
    programme: Programme, folder: str, own: str, found: list[Diagnostic]
) -> list[many.Listed]:
    """The files named, each once; a name that is not there, or twice, is a problem."""
    files: dict[str, many.Listed] = {}
    for position, entry in enumerate(programme.enterprises):
        path = os.path.join(folder, entry) if folder != "." else entry
        place: Path = ("enterprises", position)
        if not os.path.exists(path):
            reason = os.strerror(2).lower()
            found.append(Diagnostic("file-not-readable", place, {"reason": f"{entry}: {reason}"}))
            continue
        for item in many.listed([path], root=folder):
            absolute = os.path.abspath(item.path)
            if absolute in files:
                found.append(Diagnostic("enterprise-file-listed-twice", place, {"file": item.name}))
            elif absolute != os.path.abspath(own):
                files[absolute] = item
    return sorted(files.values())


def _rates(programme: Programme, found: list[Diagnostic]) -> list[Rate]:
    rates: list[Rate] = []
    for currency, dated in (programme.exchange_rates or {}).items():
        path: Path = ("exchange-rates", currency)
        stated, wanted = dated.rate, f"{programme.currency}/{currency}"
        if not base_unit(currency).currency:
            values = {"currency": currency[:20]}
            found.append(Diagnostic("unknown-currency", path, values, on_key=True))
        elif str(stated.unit) != wanted:
            values = {"expected": wanted, "found": str(stated.unit), "text": stated.text}
            found.append(Diagnostic("wrong-kind-of-unit", stated.path, values))
        else:
            rates.append(Rate(currency, figure_of(stated), dated.year, dated.source))
    return rates
