"""Bad files: every problem on the line that is to blame, by its name, and nothing else.

A guilty line carries ``# error: name`` (``warning:``, ``notice:``; several parted by commas). Where the slip would
swallow a comment, the next line says ``# ^ error: name`` about the line above it (``^^``: two lines above).
"""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

from cpcalc.app.assess import Options, assess_file
from cpcalc.diagnostics import catalogue
from cpcalc.report.problems import message_of

FOLDER = Path(__file__).parent / "bad"
CASES = sorted(FOLDER.glob("*.yaml"))
_NOTE = re.compile(
    r"#\s*(\^*)\s*((?:error|warning|notice): [a-z-]+(?:, (?:(?:error|warning|notice): )?[a-z-]+)*)\s*$"
)


def expected_of(text: str) -> set[tuple[int, str, str]]:
    """(line, severity, name) of every annotation."""
    found = set()
    for number, line in enumerate(text.split("\n"), start=1):
        note = _NOTE.search(line)
        if note is None:
            continue
        severity = ""
        for part in note.group(2).split(", "):
            stated, _, name = part.rpartition(": ")
            severity = stated or severity
            found.add((number - len(note.group(1)), severity, name))
    return found


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_every_problem_stands_on_its_line(path: Path) -> None:
    expected = expected_of(path.read_text(encoding="utf-8"))
    assert expected, "a bad file names its problems"
    found = assess_file(str(path), Options()).diagnostics
    assert {
        (item.span.line if item.span else 0, item.severity, item.name) for item in found
    } == expected


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_every_problem_has_a_place_a_headline_and_a_remedy_in_both_languages(path: Path) -> None:
    for item in assess_file(str(path), Options()).diagnostics:
        assert item.file == str(path)
        assert item.span is not None
        for language in ("en", "vi"):
            headline, remedy = message_of(item, language)
            assert headline
            assert remedy
            wanted = {
                name
                for text in catalogue()[item.name].sentences[language]
                for _, name, _, _ in Formatter().parse(text)
            }
            assert wanted - {None, "example"} <= set(item.values), (item.name, wanted)
