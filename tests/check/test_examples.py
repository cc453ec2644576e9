"""Every diagnostic: a bad file with exactly it on the marked line, a good one without.

``more_examples.yaml`` holds further cases of the checks, in the same form.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from example_files import Example, examples, expected_marks, read_examples, written

from cpcalc.app.check import check_file
from cpcalc.diagnostics import Diagnostic

SHIPPED = examples()
MORE = read_examples(Path(__file__).parent / "more_examples.yaml")
RUNNABLE = [example for example in [*SHIPPED, *MORE] if example.bad.form != "console"]


def _found(diagnostics: tuple[Diagnostic, ...], path: str) -> list[tuple[str, int, str, str]]:
    """File, line, severity and name of each; one factor may have it of several gases."""
    folder = Path(path).parent
    return sorted(
        {
            (
                "" if item.file == path else Path(item.file).relative_to(folder).as_posix(),
                item.span.line,
                item.severity,
                item.name,
            )
            for item in diagnostics
            if item.span is not None
        }
    )


@pytest.mark.parametrize("example", RUNNABLE, ids=lambda example: example.name)
def test_a_bad_file_has_exactly_its_problem_on_the_marked_line(
    example: Example, tmp_path: Path
) -> None:
    path = written(example, False, tmp_path)
    checked = check_file(path)
    assert all(item.span is not None for item in checked.diagnostics)
    said = " ".join(text for item in checked.diagnostics for text in item.values.values())
    assert not re.search(r"\b[A-Z][A-Za-z]+\(\w+=|Unit\(|\bNone\b|^\[|object at 0x", said)
    expected = expected_marks(example)
    assert _found(checked.diagnostics, path) == expected
    assert {name for *_, name in expected} == {example.name}


@pytest.mark.parametrize("example", RUNNABLE, ids=lambda example: example.name)
def test_its_good_file_has_none(example: Example, tmp_path: Path) -> None:
    path = written(example, True, tmp_path)
    assert _found(check_file(path).diagnostics, path) == []


def test_what_only_a_command_says_has_its_test_where_the_command_is_tested() -> None:
    tests = "".join(
        path.read_text(encoding="utf-8") for path in Path(__file__).parents[1].glob("*/test_*.py")
    )
    only_said = {example.name for example in SHIPPED if example.bad.form == "console"}
    assert only_said
    assert {name for name in only_said if name not in tests} == set()
