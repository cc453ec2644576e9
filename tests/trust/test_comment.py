"""The GitHub Action comments on a pull request: what changes in each result, and why."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from kept_results import plant

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.slow
def test_the_action_comments_on_results_that_change(tmp_path: Path) -> None:
    plants = plant(tmp_path / "repository")
    commands = tmp_path / "bin"
    commands.mkdir()
    script = f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m cpcalc "$@"\n'
    (commands / "cpcalc").write_text(script, encoding="utf-8")
    (commands / "cpcalc").chmod(0o755)
    environment = {**os.environ, "PATH": f"{commands}{os.pathsep}{os.environ['PATH']}"}

    def ran(*arguments: str) -> str:
        done = subprocess.run(
            arguments, cwd=plants, env=environment, check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    def git(*arguments: str) -> str:
        who = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
        return ran("git", *who, *arguments)

    def said_after(file: str, old: str, new: str) -> str:
        (plants / file).write_text((plants / file).read_text().replace(old, new))
        git("commit", "-am", "change")
        return ran("bash", str(ROOT / ".ci" / "comment-action"))

    git("init", "-b", "main")
    git("add", ".")
    git("commit", "-m", "first")
    environment["CPCALC_BASE"] = git("rev-parse", "HEAD")
    environment.pop("CPCALC_PULL_REQUEST", None)
    said = said_after("two.yaml", "name: Plant", "name: Mill")
    assert said == "no result of an assessment changes"
    said = said_after("one.yaml", "8 200 VND", "9 000 VND")
    assert "one.yaml" in said
    assert "| prices |" in said
    assert "two.yaml" not in said
    said = said_after("emission_factors/own/1.yaml", "0.55", "0.66")
    assert "two.yaml" in said
    assert "| factors |" in said
