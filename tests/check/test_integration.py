"""The pre-commit hook and the action's script, each in a scratch repository; the schemas that editors use."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from cpcalc.__main__ import run

ROOT = Path(__file__).parents[2]
GOOD = "cpcalc: 1\nenterprise: {id: A-1, name: Mill}\ndata-status: draft\n"
BAD = GOOD + "measures:\n  - {id: m1, title: x, colour: red}\n"
MISSPELT = GOOD + "streams: {power: {kind: energy, quantity: 5 KWh/year, price: 2 000 VND/kWh}}\n"
WARNED = GOOD + "measures:\n  - {id: m1, title: x, investment: 5 million VND}\n"


def git(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    names = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    return subprocess.run(
        ["git", *names, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q")
    (tmp_path / "assessments").mkdir()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "compose.yaml").write_text("services: {}\n", encoding="utf-8")
    return tmp_path


@pytest.fixture
def command(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the ``cpcalc`` command of this interpreter."""
    folder = tmp_path_factory.mktemp("bin")
    script = folder / "cpcalc"
    script.write_text(
        f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m cpcalc "$@"\n', encoding="utf-8"
    )
    script.chmod(0o755)
    return folder


def hooks() -> dict[str, Any]:
    return {
        hook["id"]: hook
        for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    }


@pytest.mark.slow
def test_the_hooks_let_good_files_pass_mend_spellings_and_stop_bad_ones(
    repository: Path,
    command: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", f"{command}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PRE_COMMIT_HOME", str(tmp_path_factory.mktemp("pre-commit")))
    # the command of this interpreter in place of one installed anew
    both = [{**hook, "language": "system"} for hook in hooks().values()]
    config = {"repos": [{"repo": "local", "hooks": both}]}
    (repository / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    installed = subprocess.run(
        [sys.executable, "-m", "pre_commit", "install"],
        cwd=repository,
        capture_output=True,
        text=True,
        check=False,
    )
    assert installed.returncode == 0, installed.stdout + installed.stderr

    def committed(text: str) -> tuple[int, str]:
        if text:
            (repository / "assessments" / "a.yaml").write_text(text, encoding="utf-8")
        git(repository, "add", "-A")
        done = git(repository, "commit", "-q", "-m", "a change")
        return done.returncode, done.stdout + done.stderr

    (repository / "assessments" / "notes.txt").write_text("no YAML\n", encoding="utf-8")
    code, shown = committed(BAD)
    assert code != 0
    assert shown.count("assessments/a.yaml:5:") == len(both)
    assert shown.count("errors: 1, warnings: 0, files: 1") == len(both)
    code, shown = committed(MISSPELT)
    assert code != 0  # what was mended is to be looked at and added
    assert "files were modified by this hook" in shown
    assert "5 kWh/year" in (repository / "assessments" / "a.yaml").read_text(encoding="utf-8")
    code, shown = committed("")
    assert code == 0, shown


def test_the_hook_definition_is_what_pre_commit_needs() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pre_commit", "validate-manifest", str(ROOT / ".pre-commit-hooks.yaml")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert all(hook["entry"].startswith("cpcalc check") for hook in hooks().values())


def act(repository: Path, command: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PATH": f"{command}{os.pathsep}{os.environ['PATH']}"}
    environment |= {f"CPCALC_{name.upper()}": value for name, value in inputs.items()}
    return subprocess.run(
        ["bash", str(ROOT / ".ci" / "check-action")],
        cwd=repository, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.slow
def test_the_action_annotates_reports_and_fails(
    repository: Path, command: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (repository / "assessments" / "a b.yaml").write_text(BAD, encoding="utf-8")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(repository / "summary.md"))
    done = act(
        repository,
        command,
        paths="\n  assessments/a b.yaml\n",
        sarif="log.sarif",
        junit="report.xml",
    )
    assert done.returncode == 1
    assert done.stdout.startswith(
        "::error title=CP202 unknown-key,file=assessments/a b.yaml,line=5,"
    )
    log = json.loads((repository / "log.sarif").read_text(encoding="utf-8"))
    assert [result["ruleId"] for result in log["runs"][0]["results"]] == ["CP202"]
    assert "<failure " in (repository / "report.xml").read_text(encoding="utf-8")
    assert "unknown key `colour`" in (repository / "summary.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_action_passes_what_is_good_and_is_strict_when_told(
    repository: Path, command: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    (repository / "assessments" / "a.yaml").write_text(WARNED, encoding="utf-8")
    assert act(repository, command, lang="vi").returncode == 0
    strict = act(repository, command, strict="true")
    assert strict.returncode == 1
    assert strict.stdout.splitlines()[-1].endswith(
        "::files have errors or warnings; each stands beside its line"
    )
    nowhere = act(repository, command, paths="nowhere")
    assert (nowhere.returncode, nowhere.stdout.count("::error title=cpcalc check::")) == (2, 1)
    (repository / "-v.yaml").write_text(BAD, encoding="utf-8")
    assert "file=-v.yaml," in act(repository, command, paths="-v.yaml").stdout


@pytest.mark.parametrize("strict", ["True", "yes", "1", " true"])
def test_the_action_refuses_a_strict_it_does_not_know(
    repository: Path, command: Path, strict: str
) -> None:
    done = act(repository, command, strict=strict)
    assert done.returncode == 2
    assert done.stdout == (
        f"::error title=cpcalc check::strict is neither true nor false: {strict}\n"
    )


def test_the_action_hands_every_input_to_its_script() -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    check = action["runs"]["steps"][-1]
    used = {
        value.removeprefix("${{ inputs.").removesuffix(" }}") for value in check["env"].values()
    }
    assert used == set(action["inputs"]) - {"comment", "token"}
    comment = action["runs"]["steps"][-2]
    assert "inputs.comment" in comment["if"]
    written = (ROOT / ".ci" / "comment-action").read_text(encoding="utf-8")
    assert all(
        name in written for name in comment["env"] if name not in ("GH_TOKEN", "CPCALC_LANG")
    )
    script = (ROOT / ".ci" / "check-action").read_text(encoding="utf-8")
    assert all(
        name in script for name in check["env"] if name != "CPCALC_LANG"
    )  # the command reads that one itself
    assert all("shell" in step for step in action["runs"]["steps"])


# ---- schemas --------------------------------------------------------------------------------------------------------

KINDS = ("assessment", "programme", "factor-set")


def schema_of(kind: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        (ROOT / "docs" / f"{kind}.schema.json").read_text(encoding="utf-8")
    )
    return found


class _Loader(yaml.SafeLoader):
    """YAML 1.2 core scalars, as editors read them."""


_Loader.yaml_implicit_resolvers = {
    first: [
        (tag, pattern)
        for tag, pattern in rules
        if tag.rpartition(":")[2] in ("int", "float", "null")
    ]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(true|false)$"), list("tf"))


@pytest.mark.parametrize(
    ("kind", "pattern"),
    [
        ("assessment", "assessments/published/*.yaml"),
        ("assessment", "assessments/vpeg/[a-oq-z]*.yaml"),
        ("programme", "assessments/vpeg/programme.yaml"),
        ("factor-set", "emission_factors/*/*.yaml"),
    ],
)
def test_every_shipped_file_keeps_to_its_schema(kind: str, pattern: str) -> None:
    schema = schema_of(kind)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    paths = sorted(ROOT.glob(pattern))
    assert paths
    for path in paths:
        data = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)
        assert [error.message[:200] for error in validator.iter_errors(data)] == [], path.name


def test_the_schema_refuses_what_check_refuses() -> None:
    validator = jsonschema.Draft202012Validator(schema_of("assessment"))
    data = {"cpcalc": 1, "enterprise": {"id": "A", "name": "n"}, "data-status": "draft"}
    assert list(validator.iter_errors(data)) == []
    slips: tuple[dict[str, Any], ...] = (
        {"colour": "red"},
        {"data-status": "done"},
        {"streams": []},
        {"measures": 5},
    )
    for slip in slips:
        assert list(validator.iter_errors({**data, **slip}))


@pytest.mark.parametrize("kind", KINDS)
def test_every_key_is_described_in_both_languages_and_the_command_prints_it(
    kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    schema = schema_of(kind)
    for name, part in {"": schema, **schema["$defs"]}.items():
        for key, field in part.get("properties", {}).items():
            if not name.endswith("InKnownUnits"):  # these say once more what has its words already
                english, _, vietnamese = field["description"].partition(" / ")
                assert english, key
                assert vietnamese, key
    assert run(["schema", kind]) == 0
    assert json.loads(capsys.readouterr().out) == schema


def test_a_new_file_names_the_schema_that_stands_above_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["schema", "assessment", "--output", "assessment.schema.json"]) == 0
    assert "# yaml-language-server: $schema=assessment.schema.json" in capsys.readouterr().err
    (tmp_path / "plants").mkdir()
    assert run(["new", "plants/a.yaml", "--name", "Mill", "--no-ask"]) == 0
    first = (tmp_path / "plants" / "a.yaml").read_text(encoding="utf-8").split("\n")[0]
    assert first == "# yaml-language-server: $schema=../assessment.schema.json"
    assert run(["check", "--strict", "plants/a.yaml"]) == 0


def test_completion_of_the_shell_knows_the_commands(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "_CPCALC_COMPLETE": "complete_bash",
        "COMP_WORDS": "cpcalc che",
        "COMP_CWORD": "1",
    }
    done = subprocess.run(
        [sys.executable, "-c", "import sys; sys.argv[0] = 'cpcalc'; from cpcalc.__main__ import console; console()"],
        env=environment, capture_output=True, text=True, check=False, cwd=tmp_path,
    )  # fmt: skip
    assert done.stdout.split() == ["check"]
