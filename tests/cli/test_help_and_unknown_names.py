"""Help that is not cut at 80 columns, and names that are not known: said in words, with a way on."""

from __future__ import annotations

from pathlib import Path

import pytest

from cpcalc.__main__ import run


@pytest.mark.parametrize("arguments", [["--help"], ["factors", "--help"]])
def test_no_summary_of_a_command_is_cut(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERMINAL_WIDTH", "80")
    assert run(arguments) == 0
    page = capsys.readouterr().out
    assert "Commands:" in page
    assert "..." not in page.partition("Commands:")[2]


def test_every_command_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    listed = {
        line.split()[0] for line in capsys.readouterr().out.partition("Commands:")[2].splitlines() if line.strip()
    }
    assert {"new", "assess", "why", "check", "explain", "schema", "lock", "batch", "merge", "programme"} <= listed
    assert "factors" in listed


@pytest.mark.parametrize("arguments", [["explain", "foo"], ["check", "--select", "foo", "."]])
def test_a_diagnostic_like_no_other(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments) == 2
    said = capsys.readouterr().err
    assert "nearest" not in said
    assert "cpcalc explain" in said


def test_a_diagnostic_that_is_nearly_right(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "unknow-unit"]) == 2
    assert "nearest: unknown-unit" in capsys.readouterr().err


@pytest.mark.parametrize(("language", "said"), [("en", "scenarios here: none"), ("vi", "trong tệp: không có")])
def test_a_scenario_where_there_are_none(
    language: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "plant.yaml"
    text = "cpcalc: 1\nenterprise: {id: T-1, name: Test}\ndata-status: draft\nbasis: {currency: VND}\n"
    path.write_text(text + "streams:\n  coal: {kind: energy, quantity: 10 t/year}\n", encoding="utf-8")
    run(["assess", str(path), "--scenario", "low", "--lang", language])
    assert said in capsys.readouterr().err
