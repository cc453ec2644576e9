"""What `check` says beside the diagnostics: expectations as tests, the count, all of it as data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from cpcalc.diagnostics import Diagnostic, Path
from cpcalc.figures import Figure, NotApplicable, Reported
from cpcalc.report.layout import harmless
from cpcalc.report.problems import describe, printable
from cpcalc.report.words import problem_word
from cpcalc.results import ExpectationResult

SCHEMA = "cpcalc/check/1"


class FileReport(NamedTuple):
    """One file after its check: what it is, its text, and its diagnostics, placed and in order."""

    name: str
    kind: str | None  # None for what cpcalc does not know
    diagnostics: tuple[Diagnostic, ...]
    text: str = ""
    ids: Mapping[Path, str] = {}
    expectations: tuple[ExpectationResult, ...] = ()
    texts: Mapping[str, str] = {}  # of further files that diagnostics are in

    def text_of(self, file: str) -> str:
        """The text of the file that a diagnostic is in."""
        return self.text if file == self.name else self.texts.get(file, "")


def outcome_text(outcome: ExpectationResult, language: str) -> str:
    """One expectation in a line: what came of it, the figure, what was found and expected."""
    because = f" ({outcome.because})" if outcome.because else ""
    return (
        f"{problem_word(f'expect-{outcome.outcome}', language)}  {outcome.figure}: "
        f"{_found(outcome.found)}, "
        f"{problem_word('expected', language)} {outcome.expected}{because}"
    )


def _found(found: Reported | None) -> str:
    if isinstance(found, Figure):
        return f"{found.value:.6g} {found.unit}"
    return found.code if isinstance(found, NotApplicable) else "-"


def expectation_lines(file: FileReport, language: str) -> Iterator[str]:
    """The expectations of a file as a list of tests."""
    for outcome in file.expectations:
        yield harmless(f"{printable(file.name)}: {outcome_text(outcome, language)}")


def tally(files: Sequence[FileReport]) -> dict[str, int]:
    """How many files, problems by severity, and expectations by outcome."""
    severities = Counter(diagnostic.severity for file in files for diagnostic in file.diagnostics)
    waived = sum(
        diagnostic.waived_because is not None for file in files for diagnostic in file.diagnostics
    )
    outcomes = Counter(outcome.outcome for file in files for outcome in file.expectations)
    return {
        "files": len(files),
        "errors": severities["error"],
        "warnings": severities["warning"],
        "notices": severities["notice"] - waived,
        "waived": waived,
        "expectations_met": outcomes["met"],
        "expectations_missed": outcomes["missed"]
        + outcomes["unknown"]
        + outcomes["now-reproduced"],
        "expectations_not_reproduced": outcomes["not-reproduced"],
    }


def closing_lines(files: Sequence[FileReport], language: str, known: int = 0) -> Iterator[str]:
    """The count at the end."""
    counts = tally(files)
    key = "problems" if counts["errors"] or counts["warnings"] else "clean"
    parts = [problem_word(key, language, **counts)]
    if counts["waived"]:
        parts.append(problem_word("waived-count", language, **counts))
    if known:
        parts.append(problem_word("known-count", language, count=known))
    yield "; ".join(parts)
    if sum(counts[key] for key in counts if key.startswith("expectations")):
        yield problem_word("expectations", language, **counts)


def check_data(files: Sequence[FileReport], known: int = 0) -> dict[str, Any]:
    """The whole check as JSON data, in English."""
    return {
        "schema": SCHEMA,
        "files": [
            {
                "file": printable(file.name).replace("\\", "/"),
                "kind": file.kind,
                "diagnostics": [describe(diagnostic, file.ids) for diagnostic in file.diagnostics],
                "expectations": [_expectation(outcome) for outcome in file.expectations],
            }
            for file in files
        ],
        "summary": {**tally(files), "known": known},
    }


def _expectation(outcome: ExpectationResult) -> dict[str, Any]:
    data = {"figure": outcome.figure, "outcome": outcome.outcome, "expected": outcome.expected}
    return {
        **data,
        "found": _found(outcome.found),
        **({"because": outcome.because} if outcome.because else {}),
    }
