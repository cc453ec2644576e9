"""What `check` lists and how it ends: --strict, --select, --ignore, waivers, the baseline file, missing paths."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cpcalc.__main__ import run

FILE = """cpcalc: 1
enterprise: {id: A-1, name: Pump #2}
data-status: draft
measures:
  - {id: m1, title: x, colour: red}
  - {id: m2, title: y, shape: round}
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    name = tmp_path / "a.yaml"
    name.write_text(FILE.replace("Pump #2}", "Pump}"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return name


WARNING = """cpcalc: 1
enterprise:
  id: A-1
  name: Pump #2
data-status: draft
"""


def test_warnings_fail_only_under_strict(tmp_path: Path) -> None:
    name = tmp_path / "w.yaml"
    name.write_text(WARNING, encoding="utf-8")
    assert run(["check", str(name)]) == 0
    assert run(["check", "--strict", str(name)]) == 1


@pytest.mark.parametrize(
    ("arguments", "code", "listed"),
    [
        (["--select", "CP202"], 1, 2),
        (["--select", "unknown-key"], 1, 2),
        (["--select", "CP1"], 0, 0),
        (["--ignore", "CP2"], 0, 0),
        (["--ignore", "CP202,CP1"], 0, 0),
        (["--ignore", "CP1"], 1, 2),
    ],
)
def test_select_and_ignore(
    file: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, listed: int
) -> None:
    assert run(["check", "--format", "concise", *arguments, "a.yaml"]) == code
    assert len(capsys.readouterr().out.splitlines()) == listed


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--select", "CP999", "a.yaml"], "`CP999` is neither the number nor the name"),
        (["--ignore", "unknown-keys", "a.yaml"], "nearest: unknown-key"),
        (
            ["--format", "xml", "a.yaml"],
            "'xml' is not one of 'full', 'concise', 'github', 'sarif', 'junit', 'json'",
        ),
        (["--lang", "fr", "a.yaml"], "'fr' is not one of 'en', 'vi'"),
        (["--tier", "all", "a.yaml"], "'all' is not one of 'full', 'basic'"),
        (["missing.yaml"], "there is no file or folder `missing.yaml`"),
        (["a.yaml", "missing.yaml"], "there is no file or folder `missing.yaml`"),
        (["empty"], "there is no YAML file below `empty`"),
        (
            ["--baseline", "missing.json", "a.yaml"],
            "the baseline file `missing.json` cannot be used: there is no such file",
        ),
        (["--baseline", "a.yaml", "a.yaml"], "it is not a baseline file"),
    ],
)
def test_what_cannot_be_done_ends_with_2_and_says_why(
    file: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    (file.parent / "empty").mkdir()
    assert run(["check", *arguments]) == 2
    assert said in capsys.readouterr().err


def test_a_baseline_hides_what_it_knows_and_nothing_else(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["check", "--write-baseline", "known.json", "a.yaml"]) == 0
    document = json.loads((file.parent / "known.json").read_text(encoding="utf-8"))
    assert [entry["at"] for entry in document["known"]] == [
        "measures.m1.colour",
        "measures.m2.shape",
    ]
    assert run(["check", "--baseline", "known.json", "a.yaml"]) == 0
    moved = "# a comment above changes no place in the document\n" + file.read_text(
        encoding="utf-8"
    )
    file.write_text(moved.replace("name: Pump", "name: Pump, colour: blue"), encoding="utf-8")
    capsys.readouterr()
    assert run(["check", "--format", "concise", "--baseline", "known.json", "a.yaml"]) == 1
    shown = capsys.readouterr().out.splitlines()
    assert len(shown) == 1
    assert shown[0].startswith("a.yaml:3:")


def test_a_baseline_says_what_no_longer_occurs(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["check", "--write-baseline", "known.json", "a.yaml"])
    file.write_text(
        file.read_text(encoding="utf-8").replace(", shape: round", ""), encoding="utf-8"
    )
    assert run(["check", "--baseline", "known.json", "a.yaml"]) == 0
    assert (
        "no longer occurs, remove it from the baseline file: a.yaml: unknown-key at measures.m2.shape"
        in (capsys.readouterr().err)
    )


def test_a_baseline_stands_beside_its_files_wherever_check_is_run(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(["check", "--write-baseline", "known.json", "a.yaml"])
    monkeypatch.chdir(file.parent.parent)
    folder = file.parent.name
    assert run(["check", "--baseline", f"{folder}/known.json", folder]) == 0


@pytest.mark.parametrize(
    "content", ["[]", "{}", '{"schema": "cpcalc/baseline/1", "known": [1]}', "[" * 100_000]
)
def test_a_spoilt_baseline_is_refused(file: Path, content: str) -> None:
    (file.parent / "known.json").write_text(content, encoding="utf-8")
    assert run(["check", "--baseline", "known.json", "a.yaml"]) == 2
