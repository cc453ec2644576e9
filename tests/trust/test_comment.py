"""The GitHub Action comments on a pull request: what changes in each result, and why."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from kept_results import plant

# What GitHub's own command does with comments, as far as the Action needs it.
GH = """\
#!/bin/sh
case "$*" in
  *PATCH*/issues/comments/42*) echo "edit of 42" ;;
  *--paginate*issues/7/comments*) [ ! -f POSTED ] || echo 42; exit ;;
  "pr comment 7 "*) echo "comment on 7" ;;
  *) echo "gh $*" >&2; exit 1 ;;
esac
for last; do :; done
printf '%s' "${last#body=}" >POSTED
"""
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

    posted = tmp_path / "posted"  # the one comment of a pull request
    (commands / "gh").write_text(GH.replace("POSTED", shlex.quote(str(posted))), encoding="utf-8")
    (commands / "gh").chmod(0o755)
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
    environment["CPCALC_PULL_REQUEST"] = "7"
    assert said_after("two.yaml", "8 200 VND", "8 300 VND") == "comment on 7"
    first = posted.read_text(encoding="utf-8")
    assert first.startswith("<!-- cpcalc diff -->\n# ")
    assert said_after("two.yaml", "8 300 VND", "9 300 VND") == "edit of 42"
    assert posted.read_text(encoding="utf-8") != first
    git("checkout", environment["CPCALC_BASE"], "--", ".")
    git("commit", "-am", "back")
    assert ran("bash", str(ROOT / ".ci" / "comment-action")).endswith("edit of 42")
    assert "no result of an assessment changes" in posted.read_text(encoding="utf-8")
    environment["CPCALC_PULL_REQUEST"] = "8"  # one that may not be commented on
    assert said_after("two.yaml", "8 200 VND", "8 300 VND").startswith("::warning ")
