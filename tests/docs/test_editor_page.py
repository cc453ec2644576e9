"""The page for editors, settings and shells is carried out as it stands."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from cpcalc.__main__ import run

PAGE = (Path(__file__).parent.parent.parent / "docs" / "editor.md").read_text(encoding="utf-8")
RESULTS = re.findall(
    r"`([a-z]+-result|result)`", PAGE.replace("`cpcalc schema result`", "`result`")
)


def test_the_settings_shown_are_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (shown,) = re.findall(r"```toml\n(lang = .*?)```", PAGE, re.DOTALL)
    (tmp_path / "cpcalc.toml").write_text(shown, encoding="utf-8")
    (tmp_path / "assessments").mkdir()
    (tmp_path / "assessments" / "mill.yaml").write_text(
        "cpcalc: 1\nenterprise: {id: A-1, name: Mill}\ndata-status: draft\n", encoding="utf-8"
    )
    monkeypatch.chdir(tmp_path)
    assert run(["check"]) == 0
    assert "số tệp: 1" in capsys.readouterr().out


@pytest.mark.parametrize("kind", ["assessment", "programme", "factor-set", *RESULTS])
def test_each_schema_named_is_printed(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert len(RESULTS) == 7
    assert run(["schema", kind]) == 0
    assert json.loads(capsys.readouterr().out)["$schema"].endswith("2020-12/schema")


def test_the_server_is_started_by_the_command_shown() -> None:
    commands = re.findall(
        r'cmd = \{ "cpcalc", "(\w+)" \}|args = \["(\w+)"\]|"cpcalc" "(\w+)"', PAGE
    )
    assert {name for names in commands for name in names if name} == {"lsp"}
    assert run(["lsp", "--help"]) == 0
