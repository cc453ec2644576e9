"""What people expect of every command line: short options, settings of a project, colour, shell completion."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cpcalc.__main__ import run

HEAD = "cpcalc: 1\nenterprise: {id: A-1, name: Mill}\ndata-status: draft\n"
# One warning: a stream that nothing uses.
UNUSED = HEAD + "streams: {coal: {kind: energy, price: 2 million VND/t}}\n"
BAD = HEAD + "streams: {coal: {kind: material, quantity: 5 KG/year}}\n"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("NO_COLOR", "FORCE_COLOR", "CPCALC_LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "unused.yaml").write_text(UNUSED, encoding="utf-8")
    (tmp_path / "bad.yaml").write_text(BAD, encoding="utf-8")
    return tmp_path


Said = pytest.CaptureFixture[str]


def test_short_options(here: Path, capsys: Said) -> None:
    assert run(["-V"]) == 0
    assert capsys.readouterr().out.startswith("cpcalc ")
    assert run(["assess", "unused.yaml", "-o", "out.json"]) == 0
    assert (
        json.loads((here / "out.json").read_text(encoding="utf-8"))["schema"] == "cpcalc/result/1"
    )


@pytest.mark.parametrize(
    ("name", "beginning"),
    [("a.json", "{"), ("a.sarif", "{"), ("a.xml", "<?xml"), ("a.txt", "cpcalc check")],
)
def test_check_takes_its_form_from_the_ending(here: Path, name: str, beginning: str) -> None:
    assert run(["check", "bad.yaml", "-o", name]) == 1
    assert (here / name).read_text(encoding="utf-8").startswith(beginning)


@pytest.mark.parametrize(
    ("file", "head"),
    [("cpcalc.toml", ""), ("pyproject.toml", "[project]\nname = 'x'\n[tool.cpcalc]\n")],
)
def test_a_project_says_language_strictness_checks_and_paths_once(
    here: Path, capsys: Said, monkeypatch: pytest.MonkeyPatch, file: str, head: str
) -> None:
    (here / file).write_text(
        head + 'lang = "vi"\nstrict = true\nignore = ["CP2"]\npaths = ["unused.yaml"]\n',
        encoding="utf-8",
    )
    (here / "sub").mkdir()
    monkeypatch.chdir(here / "sub")  # it holds in folders below, and names files from its own
    assert run(["check"]) == 1
    assert "unused-stream" in (shown := capsys.readouterr().out)
    assert "số tệp: 1" in shown
    assert run(["check", "../bad.yaml", "--lang", "en"]) == 0  # what is typed comes first
    assert "files: 1" in capsys.readouterr().out


def test_the_nearest_settings_hold(
    here: Path, capsys: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "pyproject.toml").write_text("[tool.cpcalc]\nstrict = true\n", encoding="utf-8")
    (here / "sub").mkdir()
    (here / "sub" / "pyproject.toml").write_text("[tool.other]\n", encoding="utf-8")
    monkeypatch.chdir(here / "sub")
    assert run(["check", "../unused.yaml"]) == 1  # a file without the table says nothing
    (here / "sub" / "cpcalc.toml").write_text("", encoding="utf-8")
    assert run(["check", "../unused.yaml"]) == 0


@pytest.mark.parametrize(
    "text", ['langage = "vi"\n', "strict = 1\n", 'lang = "fr"\n', "strict =\n", "paths = [1]\n"]
)
def test_settings_that_are_none_are_refused_with_what_there_is(
    here: Path, capsys: Said, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "cpcalc.toml").write_text(text, encoding="utf-8")
    assert run(["check", "unused.yaml"]) == 2
    said = capsys.readouterr().err
    assert "cpcalc.toml" in said
    assert text.startswith("strict =\n") or "lang, currency, paths, strict" in said
    monkeypatch.setenv("CPCALC_LANG", "vi")
    assert run(["check", "unused.yaml"]) == 2
    assert capsys.readouterr().err != said
    assert run(["--version"]) == 0
    assert run(["check", "--help"]) == 0


def test_help_in_a_language_that_there_is_not_is_english(
    here: Path, capsys: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CPCALC_LANG", "xx")
    assert run(["assess", "--help"]) == 0
    assert "Work out savings" in capsys.readouterr().out
    assert run(["check", "unused.yaml"]) == 2
    assert "'CPCALC_LANG'" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["tool = 1\n", "[tool]\ncpcalc = 1\n", "[tool]\n"])
def test_a_project_file_that_is_not_as_usual(here: Path, capsys: Said, text: str) -> None:
    (here / "pyproject.toml").write_text(text, encoding="utf-8")
    is_ours = "cpcalc" in text
    assert run(["check", "unused.yaml"]) == (2 if is_ours else 0)
    assert ("`tool.cpcalc`" in capsys.readouterr().err) == is_ours


def test_a_currency_for_all_reports(here: Path, capsys: Said) -> None:
    (here / "cpcalc.toml").write_text('currency = "XQX"\n', encoding="utf-8")
    assert run(["assess", "unused.yaml"]) == 2
    assert "XQX" in capsys.readouterr().err


def test_an_absolute_path_of_the_settings_is_shown_as_it_stands(here: Path, capsys: Said) -> None:
    path = str(here.parent / "nope")
    (here / "cpcalc.toml").write_text(f"paths = ['{path}']\n", encoding="utf-8")
    assert run(["check"]) == 2
    said = capsys.readouterr()
    assert path in said.out + said.err
    assert "../nope" not in said.out + said.err


@pytest.mark.parametrize("language", ["vi_VN", "vi_VN.UTF-8", "VI", "vi"])
def test_languages_as_systems_write_them(
    here: Path, capsys: Said, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    monkeypatch.setenv("CPCALC_LANG", language)
    assert run(["check", "unused.yaml"]) == 0
    assert "số tệp: 1" in capsys.readouterr().out


def test_colour_is_asked_for_and_refused_by_the_environment(
    here: Path, capsys: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(["check", "bad.yaml"])
    plain = capsys.readouterr().out
    assert "\x1b" not in plain
    monkeypatch.setenv("FORCE_COLOR", "1")
    run(["check", "bad.yaml"])
    coloured = capsys.readouterr().out
    assert "\x1b[1;31merror[misspelt-unit]\x1b[0m" in coloured
    assert coloured.count("\x1b[0m") == 2  # the severity, and the caret
    run(["check", "unused.yaml", "--lang", "vi"])
    assert "\x1b[1;33m" in capsys.readouterr().out
    run(["check", "bad.yaml", "-o", "out.txt"])
    assert "\x1b" not in (here / "out.txt").read_text(encoding="utf-8")
    monkeypatch.setenv("NO_COLOR", "1")
    run(["check", "bad.yaml"])
    assert capsys.readouterr().out == plain


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_scripts_for_shells(here: Path, shell: str) -> None:
    answer = completed(shell, "cpcalc ", {"_CPCALC_COMPLETE": f"source_{shell}"})
    assert "_CPCALC_COMPLETE" in answer


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("cpcalc explain CP24", "CP243"),
        ("cpcalc explain misspelt", "misspelt-unit"),
        ("cpcalc check --ignore unused", "unused-stream"),
        ("cpcalc why mill.yaml totals.simple", "totals.simple_payback"),
        ("cpcalc factors show ipcc-2006/anth", "ipcc-2006/anthracite"),
        ("cpcalc factors show ipcc-2006@", "ipcc-2006@1"),
        ("cpcalc assess --status impl", "implemented"),
        ("cpcalc assess --currency VN", "VND"),
    ],
)
def test_shells_complete_what_is_typed(here: Path, typed: str, expected: str) -> None:
    words = {"COMP_WORDS": typed, "COMP_CWORD": str(len(typed.split()) - 1)}
    assert (
        expected in completed("bash", typed, {"_CPCALC_COMPLETE": "complete_bash", **words}).split()
    )


def completed(shell: str, typed: str, variables: dict[str, str]) -> str:
    command = [
        sys.executable,
        "-c",
        "import sys; sys.argv[0] = 'cpcalc'; from cpcalc.__main__ import console; console()",
    ]
    environment = {**os.environ, **variables, "_TYPER_COMPLETE_ARGS": typed}
    done = subprocess.run(
        command, env=environment, capture_output=True, encoding="utf-8", check=False
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.stdout


def test_a_commit_hook_looks_at_our_files_and_at_the_programmes_they_are_in(
    here: Path, capsys: Said
) -> None:
    (here / "compose.yaml").write_text("services: {}\n", encoding="utf-8")
    (here / "programmes").mkdir()
    (here / "programmes" / "all.yaml").write_text(
        "cpcalc-programme: 1\nid: p\nname: P\ncurrency: VND\nenterprises: [../unused.yaml]\n",
        encoding="utf-8",
    )
    assert run(["check", "--changed", "compose.yaml"]) == 0
    assert capsys.readouterr().out == ""
    run(["check", "--changed", "unused.yaml", "compose.yaml"])
    assert "files: 2" in capsys.readouterr().out
    assert run(["check", "--changed", "bad.yaml"]) == 1
    assert "files: 1" in capsys.readouterr().out
