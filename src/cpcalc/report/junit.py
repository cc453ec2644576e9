"""A check as a JUnit report: expectations are its tests, and so is each error or warning."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from cpcalc.diagnostics import Diagnostic, catalogue
from cpcalc.report.check_page import FileReport, outcome_text
from cpcalc.report.layout import harmless
from cpcalc.report.problems import full, message_of, place_of, printable
from cpcalc.results import ExpectationResult


def junit_report(files: Sequence[FileReport], language: str, *, strict: bool) -> str:
    """The report as XML. A warning fails under ``strict``; a clean file is one passed test."""
    root = Element("testsuites", name="cpcalc check")
    for file in files:
        suite = SubElement(root, "testsuite", name=_file_name(file))
        for diagnostic in file.diagnostics:
            # a missed expectation is a test of its own
            if diagnostic.severity != "notice" and diagnostic.name != "expectation-missed":
                _add_problem(suite, file, diagnostic, language, strict=strict)
        for outcome in file.expectations:
            _add_expectation(suite, file, outcome, language)
        if not len(suite):
            _add_case(suite, file, "check")
        _count(suite, ("failure", "error", "skipped"))
    _count(root, ("failure", "error"))
    ElementTree.indent(root)
    text = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _file_name(file: FileReport) -> str:
    return harmless(printable(file.name))


def _add_case(suite: Element, file: FileReport, name: str) -> Element:
    return SubElement(suite, "testcase", name=harmless(name), classname=_file_name(file))


def _add_problem(
    suite: Element, file: FileReport, diagnostic: Diagnostic, language: str, *, strict: bool
) -> None:
    case = _add_case(suite, file, f"{diagnostic.name} ({place_of(diagnostic)})")
    text = "\n".join(full(diagnostic, file.text_of(diagnostic.file).split("\n"), language))
    if diagnostic.severity == "error" or strict:
        _add_failure(case, diagnostic.code, message_of(diagnostic, language).message, text)
    else:
        SubElement(case, "system-out").text = _lines(text)


def _add_expectation(
    suite: Element, file: FileReport, outcome: ExpectationResult, language: str
) -> None:
    case = _add_case(suite, file, outcome.figure)
    if outcome.outcome == "not-reproduced":
        SubElement(case, "skipped", message=harmless(outcome.because or ""))
    elif outcome.outcome == "missed":
        text = outcome_text(outcome, language)
        _add_failure(case, catalogue()["expectation-missed"].number, text, text)


def _add_failure(case: Element, kind: str, message: str, text: str) -> None:
    SubElement(case, "failure", type=kind, message=harmless(message)).text = _lines(text)


def _lines(text: str) -> str:
    return "\n".join(harmless(line) for line in text.split("\n"))


def _count(element: Element, outcomes: Sequence[str]) -> None:
    """Write how many tests are below an element, and how many of each outcome."""
    plural = {"failure": "failures", "error": "errors", "skipped": "skipped"}
    element.set("tests", str(len(list(element.iter("testcase")))))
    for outcome in outcomes:
        element.set(plural[outcome], str(len(list(element.iter(outcome)))))
