"""What `check` writes beside its list of problems: expectations and the count; all of it as JSON,
as a JUnit report and as a SARIF log."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple
from urllib.parse import quote
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from cpcalc.diagnostics import CatalogueEntry, Diagnostic, Path, Span, catalogue, dotted
from cpcalc.figures import Figure, NotApplicable, Reported
from cpcalc.report import problems
from cpcalc.report.json_result import Data
from cpcalc.report.layout import harmless
from cpcalc.results import ExpectationResult
from cpcalc.texts import problem_word


class FileReport(NamedTuple):
    """One file after its check: what it is, and its diagnostics, placed and in order."""

    name: str
    kind: str | None  # None for what cpcalc does not know
    diagnostics: tuple[Diagnostic, ...]
    texts: Mapping[str, str] = {}  # of it and of further files that diagnostics are in
    ids: Mapping[Path, str] = {}
    expectations: tuple[ExpectationResult, ...] = ()


def tally(files: Sequence[FileReport]) -> dict[str, int]:
    """How many files, problems by severity, and expectations by outcome."""
    severities = Counter(
        "waived" if problem.waived_because is not None else f"{problem.severity}s"
        for file in files
        for problem in file.diagnostics
    )
    outcomes = Counter(
        "by-construction" if expected.by_construction and expected.outcome == "met"
        else expected.outcome
        for file in files
        for expected in file.expectations
    )  # fmt: skip
    held = outcomes["met"] + outcomes["by-construction"] + outcomes["not-reproduced"]
    return {
        "files": len(files),
        **{key: severities[key] for key in ("errors", "warnings", "notices", "waived")},
        "expectations_met": outcomes["met"],
        "expectations_missed": outcomes.total() - held,
        "expectations_not_reproduced": outcomes["not-reproduced"],
        "expectations_by_construction": outcomes["by-construction"],
    }


# ---- for reading ---------------------------------------------------------------------------------


def outcome_text(outcome: ExpectationResult, language: str) -> str:
    """One expectation in a line: what came of it, the figure, what was found and expected."""
    came = problem_word(f"expect-{outcome.outcome}", language)
    expected = f"{problem_word('expected', language)} {outcome.expected}"
    because = f" ({outcome.because})" if outcome.because else ""
    return f"{came}  {outcome.figure}: {_figure_text(outcome.found)}, {expected}{because}"


def _figure_text(figure: Reported | None) -> str:
    if isinstance(figure, Figure):
        return f"{figure.value:.6g} {figure.unit}"
    return figure.code if isinstance(figure, NotApplicable) else "-"


def expectation_lines(file: FileReport, language: str) -> Iterator[str]:
    """The expectations of a file as a list of tests."""
    for outcome in file.expectations:
        yield problems.shown(f"{file.name}: {outcome_text(outcome, language)}")


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


# ---- JSON ----------------------------------------------------------------------------------------


def check_data(files: Sequence[FileReport], known: int = 0) -> Data:
    """The whole check as JSON data, in English."""
    return {
        "schema": "cpcalc/check/1",
        "files": [
            {
                "file": problems.portable(file.name),
                "kind": file.kind,
                "diagnostics": [
                    problems.describe(diagnostic, file.ids) for diagnostic in file.diagnostics
                ],
                "expectations": [_expectation(outcome) for outcome in file.expectations],
            }
            for file in files
        ],
        "summary": {**tally(files), "known": known},
    }


def _expectation(outcome: ExpectationResult) -> Data:
    data: Data = {key: getattr(outcome, key) for key in ("figure", "outcome", "expected")}
    more = {key: getattr(outcome, key) for key in ("because", "by_construction", "source")}
    said = {key: value for key, value in more.items() if value}
    return {**data, "found": _figure_text(outcome.found), **said}


# ---- JUnit: expectations are its tests, and so is each error or warning --------------------------


def junit_report(files: Sequence[FileReport], language: str, *, strict: bool) -> str:
    """The report as XML. A warning fails under ``strict``; a clean file is one passed test."""
    root = Element("testsuites", name="cpcalc check")
    for file in files:
        suite = SubElement(root, "testsuite", name=problems.shown(file.name))
        for problem in file.diagnostics:
            # a missed expectation is a test of its own
            if problem.severity != "notice" and problem.name != "expectation-missed":
                _add_problem(suite, problem, file, language, strict=strict)
        for expected in file.expectations:
            _add_expectation(suite, expected, language)
        if not len(suite):
            _add(suite, "check")
        _count(suite, {"failure": "failures", "error": "errors", "skipped": "skipped"})
    _count(root, {"failure": "failures", "error": "errors"})
    ElementTree.indent(root)
    text = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _add(suite: Element, name: str, outcome: str = "", text: str = "", **attributes: str) -> None:
    """One test of a suite, with what came of it unless it has passed."""
    case = SubElement(suite, "testcase", name=harmless(name), classname=suite.attrib["name"])
    if outcome:
        clean = {key: harmless(value) for key, value in attributes.items()}
        SubElement(case, outcome, clean).text = "\n".join(map(harmless, text.split("\n")))


def _add_problem(
    suite: Element, problem: Diagnostic, file: FileReport, language: str, *, strict: bool
) -> None:
    name = f"{problem.name} ({problems.place_of(problem)})"
    lines = file.texts.get(problem.file, "").split("\n")
    text = "\n".join(problems.full(problem, lines, language))
    if problem.severity == "error" or strict:
        message = problems.message_of(problem, language).message
        _add(suite, name, "failure", text, type=problem.code, message=message)
    else:
        _add(suite, name, "system-out", text)


def _add_expectation(suite: Element, expected: ExpectationResult, language: str) -> None:
    if expected.outcome == "not-reproduced":
        _add(suite, expected.figure, "skipped", message=expected.because or "")
    elif expected.outcome == "missed":
        text = outcome_text(expected, language)
        number = catalogue()["expectation-missed"].number
        _add(suite, expected.figure, "failure", text, type=number, message=text)
    else:
        _add(suite, expected.figure)


def _count(element: Element, outcomes: Mapping[str, str]) -> None:
    """Write how many tests are below an element, and how many of each outcome."""
    element.set("tests", str(len(list(element.iter("testcase")))))
    for outcome, attribute in outcomes.items():
        element.set(attribute, str(len(list(element.iter(outcome)))))


# ---- SARIF 2.1.0, for code scanning and editors --------------------------------------------------

LEVELS: Mapping[str, str] = {"error": "error", "warning": "warning", "notice": "note"}


def sarif_log(
    diagnostics: Sequence[tuple[Diagnostic, Mapping[Path, str]]], version: str, language: str
) -> Data:
    """The log of one run; each diagnostic comes with the ids of its file's list items."""
    rules = [_rule(entry, language) for entry in catalogue().values()]
    driver = {"name": "cpcalc", "version": version, "semanticVersion": version, "rules": rules}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(diagnostic, ids, language) for diagnostic, ids in diagnostics],
    }
    schema = "https://json.schemastore.org/sarif-2.1.0.json"
    return {"$schema": schema, "version": "2.1.0", "runs": [run]}


def _rule(entry: CatalogueEntry, language: str) -> Data:
    message, remedy = problems.open_sentences(entry, language)
    return {
        "id": entry.number,
        "name": "".join(part.capitalize() for part in entry.name.split("-")),
        "shortDescription": {"text": entry.name.replace("-", " ")},
        "fullDescription": {"text": message},
        "help": {"text": f"{remedy} (cpcalc explain {entry.number})"},
        "defaultConfiguration": {"level": LEVELS[entry.severity]},
    }


def _result(diagnostic: Diagnostic, ids: Mapping[Path, str], language: str) -> Data:
    message, remedy = problems.message_of(diagnostic, language)
    place = diagnostic.cell or dotted(diagnostic.path, ids)
    result: Data = {
        "ruleId": diagnostic.code,
        "ruleIndex": list(catalogue()).index(diagnostic.name),
        "level": LEVELS[diagnostic.severity],
        "message": {"text": f"{message}; {problem_word('help', language)}: {remedy}"},
        "locations": [_location(diagnostic.file, diagnostic.span, place)],
        "partialFingerprints": {"cpcalcPlace/v1": f"{diagnostic.name}:{harmless(place)}"},
    }
    for number, (note, span) in enumerate(diagnostic.related_spans, start=1):
        about = {"id": number, "message": {"text": problem_word(note, language)}}
        related = {**_location(diagnostic.file, span, ""), **about}
        result.setdefault("relatedLocations", []).append(related)
    if diagnostic.waived_because is not None:
        because = harmless(diagnostic.waived_because)
        result["suppressions"] = [{"kind": "inSource", "justification": because}]
    return result


def _location(file: str, span: Span | None, place: str) -> Data:
    physical: Data = {"artifactLocation": {"uri": uri_of(file)}}
    if span is not None:
        region = {"startLine": span.line, "startColumn": span.column}
        if (span.end_line, span.end_column) > (span.line, span.column):
            region |= {"endLine": span.end_line, "endColumn": span.end_column}
        physical["region"] = region
    location: Data = {"physicalLocation": physical}
    if place:
        location["logicalLocations"] = [{"fullyQualifiedName": harmless(place), "kind": "value"}]
    return location


def uri_of(file: str) -> str:
    """A file name as a URI reference: relative names stay relative."""
    name = problems.from_here(file)
    if name[1:3] == ":/":  # a drive letter
        return f"file:///{name[:2]}{quote(name[2:])}"
    if name.startswith("/"):
        return f"file://{quote(name)}"
    return quote(name)
