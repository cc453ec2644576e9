"""A result goes where it is asked to go, and takes nothing with it."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from cpcalc.__main__ import run

PLANT = Path(__file__).parents[1] / "casebook" / "good" / "minimal.yaml"


@pytest.fixture(name="plant")
def _plant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CPCALC_CACHE_DIR", str(tmp_path / "cache"))
    plant = tmp_path / "plant.yaml"
    plant.write_bytes(PLANT.read_bytes())
    return plant


@pytest.mark.parametrize("command", ["assess", "batch", "check"])
def test_an_assessment_is_never_overwritten(
    command: str, plant: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for options in ([], ["--format", "json"]):
        assert run([command, str(plant), *options, "--output", str(plant)]) == 2
        assert "this command did not write it" in capsys.readouterr().err
        assert plant.read_bytes() == PLANT.read_bytes()


def test_an_earlier_result_is_replaced(plant: Path, tmp_path: Path) -> None:
    result = tmp_path / "result.json"
    result.write_text('{"schema": "cpcalc/results/1"}', encoding="utf-8")
    assert run(["assess", str(plant), "--format", "json", "--output", str(result)]) == 0
    assert result.read_text("utf-8").startswith('{\n  "schema"')


def test_a_link_stays_a_link(plant: Path, tmp_path: Path) -> None:
    if os.name == "nt":  # links need a right of their own there
        return
    target, link = tmp_path / "target.txt", tmp_path / "link.txt"
    target.write_text("cpcalc assess\nbefore\n", encoding="utf-8")
    link.symlink_to(target)
    assert run(["assess", str(plant), "--output", str(link)]) == 0
    assert link.is_symlink()
    assert "before" not in target.read_text("utf-8")


def test_a_pipe_is_written_to(plant: Path, tmp_path: Path) -> None:
    if not hasattr(os, "mkfifo"):
        return
    pipe = tmp_path / "pipe"
    heard: list[str] = []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: heard.append(pipe.read_text("utf-8")), daemon=True)
    reader.start()
    assert run(["batch", str(plant), "--format", "csv", "--output", str(pipe)]) == 0
    reader.join(10)
    assert pipe.is_fifo()
    assert heard[0].startswith("kind,file")
