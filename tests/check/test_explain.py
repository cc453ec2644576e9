"""``cpcalc explain``: every entry of the catalogue, by number and by name, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from cpcalc.__main__ import run
from cpcalc.codes import CODES
from cpcalc.report.catalogue import FAMILIES
from cpcalc.report.problems import TABLES

PAGE = Path(__file__).parents[2] / "docs" / "diagnostics.md"


@pytest.mark.parametrize("language", ["en", "vi"])
@pytest.mark.parametrize("code", CODES, ids=lambda code: code.name)
def test_every_entry_has_words_and_two_examples(
    code: object, language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["explain", code.name, "--lang", language]) == 0  # type: ignore[attr-defined]
    shown = capsys.readouterr().out
    words = TABLES[language].WORDS
    assert f"{words['example-bad']}:" in shown
    assert f"{words['example-good']}:" in shown
    assert (
        "{"
        not in shown.split("\n\n")[1].replace("{{", "").split("waivers:")[0].split(words["help"])[0]
    )


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
    assert all(f"{code.number} " in shown and f" {code.name}: " in shown for code in CODES)
    assert {code.number[:3] for code in CODES} == {prefix for prefix, _ in FAMILIES}


def test_every_diagnostic_has_its_entry_in_the_docs() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert [
        code.name
        for code in CODES
        if f"### {code.number} `{code.name}` ({code.severity})" not in page
    ] == []
