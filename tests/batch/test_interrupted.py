"""A batch that is stopped leaves no half-written result and goes on where it stopped."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from batch_folders import Run, cache_of, command_line, write_folder

__test__ = sys.platform != "win32"  # signals and file-size limits are those of POSIX

cache_fixture = pytest.fixture(name="cache")(cache_of)
command_fixture = pytest.fixture(name="cpcalc")(command_line)


def started(folder: Path, output: Path, cache: Path, jobs: int) -> subprocess.Popen[bytes]:
    """A batch running on its own."""
    command = [
        sys.executable,
        "-m",
        "cpcalc",
        "batch",
        folder,
        "--format",
        "json",
        "--output",
        output,
        "--jobs",
        jobs,
    ]
    environment = {**os.environ, "CPCALC_CACHE_DIR": str(cache)}
    return subprocess.Popen(list(map(str, command)), env=environment, stderr=subprocess.DEVNULL)


def kept(cache: Path) -> int:
    """How many results are kept; also proves that the file is a sound database."""
    for path in cache.glob("*.sqlite"):
        connection = sqlite3.connect(path)
        try:
            assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            tables = connection.execute(
                "SELECT count(*) FROM sqlite_master WHERE name = 'results'"
            ).fetchone()[0]
            return (
                int(connection.execute("SELECT count(*) FROM results").fetchone()[0])
                if tables
                else 0
            )
        finally:
            connection.close()
    return 0


def test_killed_at_any_moment_it_loses_nothing(tmp_path: Path, cache: Path, cpcalc: Run) -> None:
    folder = write_folder(tmp_path / "in", 120)
    expected = cpcalc("batch", folder, "--format", "json", "--no-cache").stdout
    output = tmp_path / "out" / "result.json"
    output.parent.mkdir()
    before = 0
    for number, seconds in enumerate((0.2, 0.6, 1.0)):
        process = started(folder, output, cache, 1 + number % 2)
        time.sleep(seconds)
        process.kill()
        process.wait()
        now = kept(cache)
        assert now >= before, "a committed result was lost"
        before = now
        if output.exists():  # finished before the kill: whole, or not there at all
            assert output.read_text("utf-8") == expected
            output.unlink()
        left = [path for path in output.parent.iterdir() if not path.name.startswith(".")]
        assert left == []  # a temporary file, never under the result's name
    assert cpcalc("batch", folder, "--format", "json").stdout == expected


# A batch that takes its time over every file and never ends with the last: however fast the
# machine, some results are kept and the batch still runs when it is interrupted.
NEVER_DONE = """
import sys, time
from cpcalc.__main__ import run
from cpcalc.app import batch
real = batch.answer_file
def slow(name, options):
    time.sleep(3600 if name.endswith("LAST") else 0.03)
    return real(name, options)
batch.answer_file = slow  # in the processes that are started, too
if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
"""


def test_ctrl_c_ends_all_processes_and_keeps_what_is_done(
    tmp_path: Path, cache: Path, cpcalc: Run
) -> None:
    folder = write_folder(tmp_path / "in", 60)
    last = sorted(folder.glob("group-*/*.yaml"))[-1].name
    script = tmp_path / "never_done.py"
    script.write_text(NEVER_DONE.replace("LAST", last), encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, script, "batch", folder, "--jobs", "2"],
        env={**os.environ, "CPCALC_CACHE_DIR": str(cache), "CPCALC_LANG": "en"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    while kept(cache) == 0 and process.poll() is None:
        time.sleep(0.1)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: the whole group
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert output == b""
    assert b"the same command goes on where this one stops\ninterrupted" in errors
    assert b"Traceback" not in errors
    assert 0 < kept(cache) < 60
    assert has_ended(process.pid)
    assert (
        json.loads(cpcalc("batch", folder, "--format", "json").stdout)["totals"]["enterprises"]
        == 60
    )


@pytest.mark.parametrize("limit_bytes", [3_000, 40_000])
def test_a_file_size_limit_hit_while_writing_leaves_the_old_result(
    tmp_path: Path, cache: Path, cpcalc: Run, limit_bytes: int
) -> None:
    folder = write_folder(tmp_path / "in", 60)
    output = tmp_path / "out" / "result.json"
    output.parent.mkdir()
    output.write_text("the old result\n", encoding="utf-8")
    limited = (
        "import resource, sys;"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({limit_bytes}, {limit_bytes}));"
        "from cpcalc.__main__ import run; sys.exit(run(sys.argv[1:]))"
    )
    arguments = ["batch", str(folder), "--format", "json", "--output", str(output)]
    done = subprocess.run(
        [sys.executable, "-c", limited, *arguments],
        env={**os.environ, "CPCALC_CACHE_DIR": str(cache)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "cannot write" in done.stderr
    assert output.read_text("utf-8") == "the old result\n"
    assert [path.name for path in output.parent.iterdir()] == ["result.json"]
    whole = cpcalc("batch", folder, "--format", "json")
    assert whole.returncode == 0
    assert whole.stdout == cpcalc("batch", folder, "--format", "json", "--no-cache").stdout


# Some files end whatever process works on them, or show a fault of cpcalc itself.
DEADLY = """
import os, sys
from cpcalc.__main__ import run
from cpcalc.app import batch
real = batch.answer_file
def deadly(name, options):
    if name.endswith(("plant-007.yaml", "plant-013.yaml")):
        os._exit(9)
    if name.endswith("plant-099.yaml"):
        raise ZeroDivisionError("made to fail")
    return real(name, options)
batch.answer_file = deadly  # in the processes that are started, too
if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
"""


def deadly_batch(folder: Path, cache: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A batch in two processes in which some files are deadly."""
    script = folder.parent / "deadly.py"
    script.write_text(DEADLY, encoding="utf-8")
    return subprocess.run(
        [sys.executable, script, "batch", folder, "--jobs", "2", "--format", "json", *arguments],
        env={**os.environ, "CPCALC_CACHE_DIR": str(cache), "CPCALC_LANG": "en"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_files_that_end_their_process_cost_only_themselves(
    tmp_path: Path, cache: Path, cpcalc: Run
) -> None:
    folder = write_folder(tmp_path / "in", 20)
    done = deadly_batch(folder, cache)
    data = json.loads(done.stdout)
    assert done.returncode == 1
    assert [
        (failure["file"], [problem["name"] for problem in failure["diagnostics"]])
        for failure in data["failed"]
    ] == [(f"group-1/plant-{number}.yaml", ["worker-ended"]) for number in ("007", "013")]
    assert "error[worker-ended]" in done.stderr
    assert len(data["assessments"]) == 18
    again = json.loads(cpcalc("batch", folder, "--format", "json").stdout)
    assert [row for row in again["assessments"] if row["id"] not in ("P-007", "P-013")] == data[
        "assessments"
    ]


def test_a_fault_in_a_process_is_a_fault_of_the_batch(tmp_path: Path, cache: Path) -> None:
    folder = write_folder(tmp_path / "in", 4)
    shutil.copy(folder / "group-1" / "plant-001.yaml", folder / "plant-099.yaml")
    done = deadly_batch(folder, cache)
    assert (done.returncode, done.stdout) == (3, "")
    assert "internal fault: ZeroDivisionError" in done.stderr


HANGS = """
import pathlib, sys, time
from cpcalc.app import many
def work(name):
    pathlib.Path(name).touch()
    time.sleep(3600)
if __name__ == "__main__":
    print(list(many.results(work, sys.argv[1:], 2)))
"""


def test_processes_end_when_the_first_one_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "hangs.py"
    script.write_text(HANGS, encoding="utf-8")
    seen = [tmp_path / "one", tmp_path / "two"]
    process = subprocess.Popen([sys.executable, script, *map(str, seen)], start_new_session=True)
    while not all(path.exists() for path in seen):
        assert process.poll() is None
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert has_ended(process.pid)


def has_ended(group: int) -> bool:
    """Whether no process of a group is left, waiting for those that are about to leave."""
    for _ in range(500):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.02)
    return False
