"""Every diagnostic of the catalogue: a bad file with exactly it on the marked line, a good one without, both languages.

``more_examples.txt`` holds further cases of the checks, in the same form.
"""

from __future__ import annotations

import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from example_files import written

from cpcalc.app.check import check_file
from cpcalc.app.examples import Example, Text, examples, read_examples
from cpcalc.codes import CATALOGUE, CODES
from cpcalc.diagnostics import Diagnostic
from cpcalc.report import messages_en, messages_vi

SHIPPED = examples()
MORE = read_examples((Path(__file__).parent / "more_examples.txt").read_text(encoding="utf-8"))
EVERY = [*SHIPPED.values(), *MORE]


def _found(diagnostics: tuple[Diagnostic, ...], path: str) -> list[tuple[str, int, str, str]]:
    """File (empty: the example itself), line, severity and name of each; one factor may say it of several gases."""
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


def _expected(example: Example) -> list[tuple[str, int, str, str]]:
    marks = [("", *mark) for mark in example.bad.marks()]
    for name, content in example.files:
        marks += [(name, *mark) for mark in Text("raw", content).marks()]
    return sorted(marks) or [("", 1, CATALOGUE[example.name].severity, example.name)]


def _runnable() -> Iterator[Example]:
    yield from (example for example in EVERY if example.bad.form != "console")


@pytest.mark.parametrize("example", list(_runnable()), ids=lambda example: example.name)
def test_a_bad_file_has_exactly_its_problem_on_the_marked_line(
    example: Example, tmp_path: Path
) -> None:
    path = written(example, False, tmp_path)
    checked = check_file(path)
    assert all(item.span is not None for item in checked.diagnostics)
    expected = _expected(example)
    assert _found(checked.diagnostics, path) == expected
    assert {name for *_, name in expected} == {example.name}


@pytest.mark.parametrize("example", list(_runnable()), ids=lambda example: example.name)
def test_its_good_file_has_none(example: Example, tmp_path: Path) -> None:
    path = written(example, True, tmp_path)
    assert _found(check_file(path).diagnostics, path) == []


def test_every_diagnostic_has_its_examples() -> None:
    assert [code.name for code in CODES if code.name not in SHIPPED] == []
    assert sorted(set(SHIPPED) - set(CATALOGUE)) == []


def test_what_only_a_command_says_has_its_test_where_the_command_is_tested() -> None:
    tests = "".join(
        path.read_text(encoding="utf-8") for path in Path(__file__).parents[1].glob("*/test_*.py")
    )
    only_said = {example.name for example in SHIPPED.values() if example.bad.form == "console"}
    assert only_said
    assert {name for name in only_said if name not in tests} == set()


@pytest.mark.parametrize("code", CODES, ids=lambda code: code.name)
def test_both_languages_say_the_same_things(code: object) -> None:
    name = code.name  # type: ignore[attr-defined]
    english, vietnamese = messages_en.MESSAGES[name], messages_vi.MESSAGES[name]
    for one, other in zip(english, vietnamese, strict=True):
        gaps = [
            {field for _, field, _, _ in string.Formatter().parse(text) if field}
            for text in (one, other)
        ]
        assert gaps[0] == gaps[1]
        assert one != other
    forbidden = (
        "invalid",
        "None",
        "str",
        "dict",
        "traceback",
        "exception",
        "pydantic",
        "expected type",
    )
    for text in english:
        assert not [word for word in forbidden if word in text.split()]
        assert not text.endswith(".") or text.endswith("...")
        assert text[0] == text[0].lower() or text[:3].isupper() or text.startswith("CO2")
    assert "không hợp lệ" not in " ".join(vietnamese)


def test_numbers_and_names_are_given_once_and_numbers_rise() -> None:
    numbers = [code.number for code in CODES]
    assert len(set(numbers)) == len(numbers)
    assert len({code.name for code in CODES}) == len(CODES)
