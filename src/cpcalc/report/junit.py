"""A check as a JUnit report: expectations are its tests, and so is each error or warning."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

from cpcalc.codes import CATALOGUE
from cpcalc.diagnostics import Diagnostic
from cpcalc.report.check_page import FileReport, outcome_text
from cpcalc.report.layout import harmless
from cpcalc.report.problems import full, message_of, place_of, printable


class _Case(NamedTuple):
    name: str
    outcome: str  # "", "failure", "error" or "skipped"
    kind: str = ""
    message: str = ""
    text: str = ""


def junit_report(files: Sequence[FileReport], language: str, *, strict: bool) -> str:
    """The whole report as XML. A warning fails under ``strict`` only; a file that is clean is one passed test."""
    return "\n".join(_lines(files, language, strict=strict)) + "\n"


def _lines(files: Sequence[FileReport], language: str, *, strict: bool) -> Iterator[str]:
    suites = [(file, list(_cases(file, language, strict=strict))) for file in files]
    everything = [case for _, cases in suites for case in cases]
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield f'<testsuites name="cpcalc check" {_counts(everything)}>'
    for file, cases in suites:
        name = quoteattr(harmless(printable(file.name)))
        yield f"  <testsuite name={name} {_counts(cases)} skipped={quoteattr(str(_many(cases, 'skipped')))}>"
        for case in cases:
            yield from _case(case, name)
        yield "  </testsuite>"
    yield "</testsuites>"


def _many(cases: Sequence[_Case], outcome: str) -> int:
    return sum(case.outcome == outcome for case in cases)


def _counts(cases: Sequence[_Case]) -> str:
    return f'tests="{len(cases)}" failures="{_many(cases, "failure")}" errors="{_many(cases, "error")}"'


def _case(case: _Case, classname: str) -> Iterator[str]:
    head = f"    <testcase name={quoteattr(harmless(case.name))} classname={classname}"
    if not case.outcome and not case.text:
        yield f"{head}/>"
        return
    yield f"{head}>"
    if case.outcome == "skipped":
        yield f"      <skipped message={quoteattr(harmless(case.message))}/>"
    elif case.outcome:
        attributes = f"type={quoteattr(case.kind)} message={quoteattr(harmless(case.message))}"
        yield f"      <{case.outcome} {attributes}>{_xml(case.text)}</{case.outcome}>"
    else:
        yield f"      <system-out>{_xml(case.text)}</system-out>"
    yield "    </testcase>"


def _xml(text: str) -> str:
    return "\n".join(escape(harmless(line)) for line in text.split("\n"))


def _cases(file: FileReport, language: str, *, strict: bool) -> Iterator[_Case]:
    seen = 0
    for diagnostic in file.diagnostics:
        if diagnostic.name == "expectation-missed":
            continue  # the expectation itself is the test
        case = _problem(diagnostic, file, language, strict=strict)
        if case is not None:
            seen += 1
            yield case
    for outcome in file.expectations:
        seen += 1
        text = outcome_text(outcome, language)
        if outcome.outcome == "not-reproduced":
            yield _Case(outcome.figure, "skipped", message=outcome.because or "")
        elif outcome.outcome == "missed":
            yield _Case(
                outcome.figure, "failure", CATALOGUE["expectation-missed"].number, text, text
            )
        else:
            yield _Case(outcome.figure, "")
    if not seen:
        yield _Case("check", "")


def _problem(
    diagnostic: Diagnostic, file: FileReport, language: str, *, strict: bool
) -> _Case | None:
    if diagnostic.severity == "notice":
        return None
    headline, _ = message_of(diagnostic, language)
    name = f"{diagnostic.name} ({place_of(diagnostic)})"
    text = "\n".join(full(diagnostic, file.text_of(diagnostic.file).split("\n"), language))
    if diagnostic.severity == "warning" and not strict:
        return _Case(name, "", text=text)
    return _Case(name, "failure", diagnostic.code, headline, text)
