"""The commands of docs/many-machines.md, as they stand there."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from socket import socket

import pytest

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "many-machines.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```sh[^\n]*\n(.*?)^```", PAGE, re.M | re.S)
LISTED, PARALLEL, SLURM, DASK = BLOCKS
CPCALC = f'#!/bin/sh\nexec "{sys.executable}" -m cpcalc "$@"\n'
# As far as the page uses it: a command for each word behind `:::`, its `{}` replaced.
PARALLEL_OF_THE_TEST = """#!/usr/bin/env python3
import subprocess, sys
command, _, *words = sys.argv[1:]
for word in words:
    subprocess.run(["sh", "-c", command.replace("{}", word)], check=True)
"""


@pytest.fixture(name="here")
def _here(tmp_path: Path) -> Path:
    """A folder with `plants`, and the programs that the page calls."""
    (tmp_path / "plants").mkdir()
    for name in ("minimal", "money", "order", "payback"):
        shutil.copy(ROOT / "tests" / "casebook" / "good" / f"{name}.yaml", tmp_path / "plants")
    programs = tmp_path / "programs"
    programs.mkdir()
    for name, text in (("cpcalc", CPCALC), ("parallel", PARALLEL_OF_THE_TEST)):
        (programs / name).write_text(text, encoding="utf-8")
        (programs / name).chmod(0o755)
    return tmp_path


def shell(script: str, here: Path, **environment: str) -> None:
    path = f"{here / 'programs'}{os.pathsep}{Path(sys.executable).parent}{os.pathsep}"
    known = {**os.environ, "PATH": path + os.environ["PATH"], "PYTHONPATH": str(ROOT / "src")}
    known["CPCALC_CACHE_DIR"] = str(here / "cache")
    subprocess.run(["sh", "-c", script], cwd=here, env={**known, **environment}, check=True)


@pytest.mark.skipif(sys.platform == "win32", reason="a POSIX shell")
def test_shards_of_parallel_and_slurm_make_the_same_batch(here: Path) -> None:
    rows = here / "rows.jsonl"
    shell(LISTED, here)
    expected = rows.read_bytes()
    rows.unlink()
    shell(PARALLEL, here)
    assert rows.read_bytes() == expected
    for part in here.glob("part-*"):
        part.unlink()
    for task in re.findall(r"--array=1-(\d+)", SLURM):
        for number in range(1, int(task) + 1):
            shell(SLURM, here, SLURM_ARRAY_TASK_ID=str(number))
    shell("cpcalc merge part-*.jsonl --output rows.jsonl", here)
    assert rows.read_bytes() == expected


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="a POSIX shell")
def test_the_dask_commands_make_the_same_batch(here: Path) -> None:
    pytest.importorskip("distributed")
    rows = here / "rows.jsonl"
    shell("cpcalc batch plants --output rows.jsonl", here)
    expected = rows.read_bytes()
    rows.unlink()
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        script = DASK.replace("8786", str(free.getsockname()[1]))
    shell(f"trap 'kill $(jobs -p)' EXIT\n{script}", here)
    assert rows.read_bytes() == expected
