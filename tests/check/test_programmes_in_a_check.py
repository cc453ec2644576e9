"""Folders are checked the same in one process and in two; a programme is held to its files."""

from __future__ import annotations

from pathlib import Path

import pytest

from cpcalc.__main__ import run
from cpcalc.app import many
from cpcalc.app.check import check_file, check_files
from cpcalc.checks import CHECKS, FULL, name_of
from cpcalc.diagnostics import catalogue

VPEG = Path(__file__).parents[2] / "assessments" / "vpeg"


def test_check_prints_the_same_from_one_process_and_from_two(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    printed = []
    for processes in (1, 2):
        monkeypatch.setattr(many, "_processors", lambda files, count=processes: count)
        code = run(["check", "--format", "json", "--strict", str(VPEG)])
        printed.append((code, capsys.readouterr()))
    assert printed[0] == printed[1]
    assert printed[0][0] == 0


def test_a_programme_says_the_same_with_its_enterprises_and_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in VPEG.glob("*.yaml"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    programme = tmp_path / "programme.yaml"
    broken = next(path for path in sorted(tmp_path.glob("*.yaml")) if path.name.startswith("dn-"))
    broken.write_text(broken.read_text("utf-8").replace("cpcalc: 1", "cpcalc: 9"), "utf-8")
    found = {item.name: item for item in check_files(sorted(map(str, tmp_path.glob("*.yaml"))))}[
        str(programme)
    ]
    alone = check_file(str(programme))
    assert found.diagnostics == alone.diagnostics
    assert {"expectation-missed", "enterprise-not-counted"} <= {
        item.name for item in alone.diagnostics
    }
    assert run(["check", str(programme)]) == 1
    assert "enterprise-not-counted" in capsys.readouterr().out


def test_a_full_check_finds_no_error_that_a_basic_one_does_not() -> None:
    full = map(name_of, CHECKS[FULL])
    assert not [name for name in full if catalogue()[name].severity == "error"]
