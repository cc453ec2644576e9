"""`--output` that cannot be written is said in the page's language; nothing is left behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from cpcalc.__main__ import run

PLANT = "cpcalc: 1\nenterprise: {id: a, name: A}\ndata-status: draft\n"
WORDS = {"en": "cannot write", "vi": "không ghi được"}
NO_FOLDER = {"en": "its folder does not exist", "vi": "thư mục của nó không có"}


@pytest.mark.parametrize("language", sorted(WORDS))
@pytest.mark.parametrize("command", ["assess", "batch", "check"])
def test_a_file_that_cannot_be_written_is_said_in_the_language(
    command: str,
    language: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CPCALC_CACHE_DIR", str(tmp_path / "cache"))
    file = tmp_path / "plant.yaml"
    file.write_text(PLANT)
    target = tmp_path / "missing" / "page.txt"
    assert run([command, str(file), "--output", str(target), "--lang", language]) == 2
    said = f"cpcalc: {WORDS[language]} `{target}`: {NO_FOLDER[language]}"
    assert said in capsys.readouterr().err
    assert not target.parent.exists()


@pytest.mark.parametrize(
    "command", ["assess", "batch", "check", "lock", "programme", "new", "merge"]
)
def test_an_empty_name_is_no_file(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([command, ""]) == 2
    assert "fault" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("language", "said"), [("en", "it is a folder"), ("vi", "đây là một thư mục")]
)
def test_a_reason_is_said_in_the_language(
    language: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And a name is a name, also where it is a word that the program has."""
    file = tmp_path / "plant.yaml"
    file.write_text(PLANT)
    assert run(["check", str(file), "--baseline", str(tmp_path), "--lang", language]) == 2
    assert said in capsys.readouterr().err
    assert run(["check", "none", "--lang", language]) == 2
    assert "`none`" in capsys.readouterr().err
