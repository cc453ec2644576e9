"""File names on the way out: as programs look for them, and without harm to a terminal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cpcalc.__main__ import run

ROOT = Path(__file__).parents[2]
MINIMAL = (ROOT / "tests" / "casebook" / "good" / "minimal.yaml").read_text(encoding="utf-8")
BAD = "cpcalc: 1\nenterprise: {id: a, name: A}\ndata-status: draft\ncolour: red\n"


@pytest.mark.parametrize("path", [".", "./sub", "sub", "sub/../sub", "./sub/a.yaml"])
def test_annotations_name_files_as_the_pull_request_does(
    path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.yaml").write_text(BAD, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert run(["check", path, "--format", "github"]) == 1
    assert "file=sub/a.yaml,line=4," in capsys.readouterr().out
    assert run(["check", path, "--format", "sarif"]) == 1
    (result,) = json.loads(capsys.readouterr().out)["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "sub/a.yaml"


def test_control_characters_of_names_are_shown_as_codes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Wherever a command says a name: what it wrote, what it refuses, what it looked for."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CPCALC_CACHE_DIR", str(tmp_path / "kept"))
    escape = "a\x1b[31m\x9b\u202e.yaml"
    bad = f"bad-{escape}"
    for name, text in ((escape, MINIMAL), (bad, BAD)):
        try:
            (tmp_path / name).write_text(text, encoding="utf-8")
        except OSError:
            return  # this file system does not take it
    for arguments in (
        ["assess", escape], ["assess", escape, "--measure", "x"], ["assess", bad],
        ["assess", escape, bad, "--format", "json"], ["assess", escape, "--format", "markdown"],
        ["assess", escape, "--set", f"{escape}=1"], ["assess", escape, "--scenario", escape],
        ["batch", "."], ["batch", ".", "--format", "csv"], ["batch", ".", "--format", "markdown"],
        ["batch", "nowhere\x1b"], ["check", "."], ["check", ".", "--format", "concise"],
        ["check", ".", "--format", "github"], ["check", ".", "--format", "junit"],
        ["check", ".", "--write-baseline", "k\x1b.json"], ["check", ".", "--baseline", "k\x1b.json"],
        ["check", escape, "--select", "\x1b"], ["check", ".", "--diff"], ["check", ".", "--fix"],
        ["lock", escape], ["lock", bad], ["new", f"new-{escape}", "--no-ask"],
        ["new", escape, "--no-ask"], ["why", escape, "totals.annual_saving"], ["why", escape, "\x1b"],
        ["explain", "\x1b"], ["factors", "show", "\x1b"], ["factors", "outdated", escape],
        ["schema", "--output", f"{escape}.json"], ["schema", "--output", f"no/{escape}"],
        ["merge", escape], ["programme", escape], ["\x1b"], ["--\x1b"], ["assess", "--format", "\x1b"],
    ):  # fmt: skip
        run(arguments)
        caught = capsys.readouterr()
        for said in (caught.out, caught.err):
            assert not set(said) & {"\x1b", "\x9b", "\u202e"}, arguments
    assert run(["check", f"new-{escape}"]) == 0


def test_a_new_file_is_one_that_check_takes_or_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "plant.yaml"
    for option, text, code in (
        ("--country", "Vietnam", 2), ("--country", "vn", 2), ("--country", "KH", 0),
        ("--name", "x\x1b", 2), ("--name", "x\udcfe", 0), ("--name", "a\nb", 0),
        ("--sector", "y" * 10_000, 2), ("--province", " ", 2), ("--id", "- /\n", 0),
    ):  # fmt: skip
        assert run(["new", str(target), "--no-ask", option, text]) == code, (option, text)
        said = capsys.readouterr().err
        assert target.exists() == (code == 0)
        if code == 0:
            assert run(["check", "--strict", str(target)]) == 0
            target.unlink()
        else:
            assert "error[" in said


def test_a_name_that_is_no_text_is_one_that_json_and_locks_can_hold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    name = "plant\udcff.yaml"
    try:
        Path(name).write_text(MINIMAL, encoding="utf-8")
    except OSError:
        return  # this file system does not take it
    assert run(["assess", name, "--format", "json", "-o", "result.json"]) == 0
    said = json.loads(Path("result.json").read_text(encoding="utf-8"))
    assert said["provenance"]["file"] == "plant\\xff.yaml"
    assert run(["verify", "result.json", "--files", name]) == 0
    assert run(["assess", name, "--set", "enterprise.name=X", "--format", "json"]) == 0
    assert run(["lock", name]) == 0
    assert run(["check", "."]) == 0
    assert run(["assess", name, "--frozen"]) == 0
    assert run(["lock", name]) == 0  # replaces its own
