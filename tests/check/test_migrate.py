"""``migrate``: files of an older version of the format are rewritten in the newest, with their comments."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from cpcalc.__main__ import run
from cpcalc.app import load
from cpcalc.app.load import migrated
from cpcalc.schema.basis import NEWEST_FORMAT
from cpcalc.source.reader import read

FILE = """# a mill
cpcalc: 1  # the format
enterprise: {id: A-1, name: "Nhà máy giấy"}
data-status: draft  # not yet measured
measures:
  - {id: m1, title: Lamps}   # first
"""
# Steps as a later version could have them: one renames a key, one says what used to be a default.
STEPS = {
    **load.STEPS,
    "cpcalc": (
        lambda text: text.replace("title:", "name:"),
        lambda text: text.replace("enterprise: {", "numbers: international\nenterprise: {"),
    ),
}


def test_a_file_in_the_newest_version_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "mill.yaml"
    path.write_text(FILE, encoding="utf-8")
    assert run(["migrate", str(path)]) == 0
    assert capsys.readouterr().err == f"{path}: in the newest version of its format\n"
    assert run(["migrate", "--lang", "vi", str(path)]) == 0
    assert "phiên bản" in capsys.readouterr().err
    assert path.read_text(encoding="utf-8") == FILE


def test_a_factor_set_has_no_version_of_its_format(tmp_path: Path) -> None:
    path = tmp_path / "1.yaml"
    path.write_text("factor-set: own\nversion: 7\n", encoding="utf-8")
    assert run(["migrate", str(path)]) == 0


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (FILE.replace("cpcalc: 1", "cpcalc: 2"), "mill.yaml:2:9"),
        (FILE.replace("cpcalc: 1", "cpcalc: one"), "mill.yaml:2:9"),
        (FILE.replace("cpcalc: 1", "cpcalc: 0"), "mill.yaml:2:9"),
        (FILE.replace("cpcalc: 1", "cpcalc: [1]"), "mill.yaml:2:1"),
        (FILE.replace("cpcalc: 1  # the format\n", ""), "mill.yaml:2:1"),
        ("cpcalc-programme: 3\nid: p\n", "mill.yaml:1:19"),
        ("cpcalc: {", "mill.yaml:2:1"),
    ],
)
def test_a_version_that_is_not_known_is_shown_at_its_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, code: str
) -> None:
    path = tmp_path / "mill.yaml"
    path.write_text(text, encoding="utf-8")
    assert run(["migrate", str(path)]) == 1
    assert code in capsys.readouterr().err
    assert path.read_text(encoding="utf-8") == text


def test_steps_run_in_their_order_from_the_version_of_the_file() -> None:
    newest = (
        FILE.replace("cpcalc: 1", "cpcalc: 3")
        .replace("title:", "name:")
        .replace("enterprise: {", "numbers: international\nenterprise: {")
    )
    assert migrated(read(FILE.encode(), "mill.yaml"), STEPS) == newest
    second = FILE.replace("cpcalc: 1", "cpcalc: '2'")
    of_second = newest.replace("name: Lamps", "title: Lamps")
    assert migrated(read(second.encode(), "mill.yaml"), STEPS) == of_second
    assert migrated(read(newest.encode(), "mill.yaml"), STEPS) == newest
    problems = migrated(read(newest.replace(": 3", ": 4").encode(), "mill.yaml"), STEPS)
    assert not isinstance(problems, str)
    assert [problem.name for problem in problems] == ["newer-format-version"]


def test_an_older_file_is_rewritten_or_only_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("cpcalc.cli.check.migrated", partial(migrated, steps=STEPS))
    path = tmp_path / "mill.yaml"
    path.write_text(FILE, encoding="utf-8")
    assert run(["migrate", "--diff", str(path)]) == 1
    assert "+cpcalc: 3  # the format" in capsys.readouterr().out
    assert path.read_text(encoding="utf-8") == FILE
    assert run(["migrate", str(path)]) == 0
    assert "cpcalc: 3  # the format" in path.read_text(encoding="utf-8")


def test_each_version_before_the_newest_has_a_step() -> None:
    for key in ("cpcalc", "cpcalc-programme", "cpcalc-lock"):
        assert len(load.STEPS[key]) == NEWEST_FORMAT - 1
