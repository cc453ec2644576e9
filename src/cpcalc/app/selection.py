"""Which problems `check` lists: by number, family or name, and less what a baseline file knows."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Literal

from pydantic import BaseModel, Field

from cpcalc.app.files import NotReadableError, folder_of, read_bytes, write_atomically
from cpcalc.diagnostics import Diagnostic, catalogue, dotted, nearest_entries
from cpcalc.report.check_page import FileReport
from cpcalc.report.problems import printable

# A known problem: file (relative to the baseline file), name of the diagnostic, and the place in
# the document. Lines are left out, so that a comment above a known problem does not make it new.
Key = tuple[str, str, str]


class UnknownSelector(Exception):  # noqa: N818
    """A --select or --ignore that stands for no diagnostic, with the nearest names."""

    def __init__(self, text: str, nearest: Sequence[str]) -> None:
        super().__init__(text)
        self.text = text
        self.nearest = tuple(nearest)


class BaselineUnusable(Exception):  # noqa: N818
    """A baseline file that cannot be read or is none.

    ``reason`` is a key of the text tables or the system's words.
    """

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(name)
        self.name = name
        self.reason = reason


def names_selected(texts: Iterable[str]) -> frozenset[str]:
    """The diagnostics that selectors stand for.

    A selector is a number (CP203), the beginning of one (CP2), or a name.
    """
    chosen: set[str] = set()
    for text in (part.strip() for whole in texts for part in whole.split(",")):
        if text in catalogue():
            chosen.add(text)
            continue
        entries = catalogue().values()
        names = [entry.name for entry in entries if entry.number.startswith(text.upper())]
        if len(text) < 2 or not names:
            raise UnknownSelector(text, nearest_entries(text))
        chosen.update(names)
    return frozenset(chosen)


def selected(
    checked: FileReport, wanted: frozenset[str] | None, unwanted: frozenset[str]
) -> FileReport:
    """The same file with only the wanted problems."""
    kept = tuple(
        problem
        for problem in checked.diagnostics
        if (wanted is None or problem.name in wanted) and problem.name not in unwanted
    )
    return checked._replace(diagnostics=kept)


# ---- baseline -------------------------------------------------------------------------------


class KnownProblem(BaseModel, strict=True):
    """A problem that a baseline file knows, and how often it occurs there."""

    file: str
    name: str
    at: str
    count: int


class Baseline(BaseModel):
    """A baseline file."""

    format: Literal["cpcalc/baseline/1"] = Field(alias="schema")
    known: list[KnownProblem]


def write_baseline(name: str, files: Iterable[FileReport]) -> int:
    """Write the errors and warnings of the files as known ones; how many there are."""
    counts = Counter(
        _key(checked, problem, name)
        for checked in files
        for problem in checked.diagnostics
        if problem.severity != "notice"
    )
    known = [
        KnownProblem(file=file, name=code, at=at, count=count)
        for (file, code, at), count in sorted(counts.items())
    ]
    data = Baseline(schema="cpcalc/baseline/1", known=known).model_dump(by_alias=True)
    write_atomically(name, [json.dumps(data, indent=1), "\n"])
    return counts.total()


def read_baseline(name: str) -> Counter[Key]:
    """The known problems of a baseline file; raises BaselineUnusable."""
    try:
        text = read_bytes(name).decode("utf-8-sig")
        baseline = Baseline.model_validate_json(text)
    except NotReadableError as error:
        raise BaselineUnusable(name, error.reason) from error
    except ValueError as error:
        raise BaselineUnusable(name, "not-a-baseline") from error
    counts: Counter[Key] = Counter()
    for problem in baseline.known:
        counts[problem.file, problem.name, problem.at] += problem.count
    return counts


def without_known(
    files: Sequence[FileReport], known: Counter[Key], name: str
) -> tuple[list[FileReport], int, list[Key]]:
    """The files less what is known, how many problems that were, and entries no longer in them."""
    left = Counter(known)
    kept_files = []
    for checked in files:
        kept = []
        for problem in checked.diagnostics:
            key = _key(checked, problem, name)
            if problem.severity != "notice" and left[key] > 0:
                left[key] -= 1
            else:
                kept.append(problem)
        kept_files.append(checked._replace(diagnostics=tuple(kept)))
    seen = {_beside(checked.name, name) for checked in files}
    stale = sorted(key for key, count in left.items() if count > 0 and key[0] in seen)
    return kept_files, known.total() - left.total(), stale


def _key(checked: FileReport, problem: Diagnostic, baseline: str) -> Key:
    file = _beside(problem.file or checked.name, baseline)
    return file, problem.name, dotted(problem.path, checked.ids)


def _beside(file: str, baseline: str) -> str:
    return printable(os.path.relpath(file, folder_of(baseline)).replace("\\", "/"))
