"""``cpcalc explain``: every entry of the catalogue, by number and by name, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from cpcalc.__main__ import run
from cpcalc.diagnostics import CatalogueEntry, catalogue
from cpcalc.texts import problem_word, words_of

PAGE = Path(__file__).parents[2] / "docs" / "diagnostics.md"


@pytest.mark.parametrize("language", ["en", "vi"])
@pytest.mark.parametrize("entry", list(catalogue().values()), ids=lambda entry: entry.name)
def test_every_entry_has_words_and_two_examples(
    entry: CatalogueEntry, language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["explain", entry.name, "--lang", language]) == 0
    shown = capsys.readouterr().out
    assert f"{problem_word('example-bad', language)}:" in shown
    assert f"{problem_word('example-good', language)}:" in shown
    message = shown.split("\n\n")[1].split(problem_word("help", language))[0]
    assert "{" not in message


def test_a_number_in_any_case_will_do(capsys: pytest.CaptureFixture[str]) -> None:
    run(["explain", "CP203"])
    by_number = capsys.readouterr().out
    run(["explain", "cp203"])
    assert capsys.readouterr().out == by_number
    run(["explain", "wrong-kind-of-unit"])
    assert capsys.readouterr().out == by_number


def test_an_unknown_name_gets_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "wrong-kind-of-units"]) == 2
    assert "nearest: wrong-kind-of-unit" in capsys.readouterr().err


def test_without_a_name_all_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain"]) == 0
    shown = capsys.readouterr().out
    for entry in catalogue().values():
        assert f"{entry.number} " in shown
        assert f" {entry.name}: " in shown
    assert {entry.number[:3] for entry in catalogue().values()} == words_of("families", "en").keys()


def test_every_diagnostic_has_its_entry_in_the_docs() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for entry in catalogue().values():
        assert f"### {entry.number} `{entry.name}` ({entry.severity})" in page
