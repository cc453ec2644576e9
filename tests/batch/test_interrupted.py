"""A batch that is stopped leaves no half-written result and goes on where it stopped."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from batch_folders import Run, cache_of, command_line, write_folder

__test__ = sys.platform != "win32"  # signals and file-size limits are those of POSIX

KILLS = 50
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


@pytest.mark.slow
def test_killed_fifty_times_at_random_it_loses_nothing(
    tmp_path: Path, cache: Path, cpcalc: Run
) -> None:
    folder = write_folder(tmp_path / "in", 400)
    expected = cpcalc("batch", folder, "--format", "json", "--no-cache", "--jobs", 2).stdout
    draw = random.Random(20260115)
    output = tmp_path / "out" / "result.json"
    output.parent.mkdir()
    before = 0
    for number in range(KILLS):
        if number % 10 == 0:  # begin afresh, so that early and late moments are both met
            for path in cache.glob("*"):
                path.unlink()
            before = 0
        process = started(folder, output, cache, 1 + number % 2)
        time.sleep(draw.uniform(0.0, 2.0))
        process.send_signal(signal.SIGKILL)
        process.wait()
        now = kept(cache)
        assert now >= before, "a committed result was lost"
        before = now
        if output.exists():  # finished before the kill: whole, or not there at all
            assert output.read_text("utf-8") == expected
            output.unlink()
        for path in output.parent.iterdir():
            assert path.name.startswith("."), (
                path
            )  # a temporary file, never under the result's name
            path.unlink()
    final = cpcalc("batch", folder, "--format", "json")
    assert final.stdout == expected


# A batch whose workers take their time over every file and never end with the last: however fast the machine, some
# results are kept and the batch still runs when it is interrupted.
NEVER_DONE = """
import sys
from cpcalc.app import batch_workers
batch_workers._START_WORKER = '''
import sys, time
sys.path[:] = {path!r}
from cpcalc.app import batch_workers as workers
real = workers.answer_file
def slow(name, request):
    time.sleep(3600 if name.endswith(\"LAST\") else 0.05)
    return real(name, request)
workers.answer_file = slow
workers.serve()
'''
from cpcalc.__main__ import run
sys.exit(run(sys.argv[1:]))
"""


def has_ended(group: int) -> bool:
    """Whether no process of a group is left, waiting for those that are about to leave."""
    for _ in range(300):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False


def test_ctrl_c_ends_all_processes_and_keeps_what_is_done(
    tmp_path: Path, cache: Path, cpcalc: Run
) -> None:
    folder = write_folder(tmp_path / "in", 150)
    last = sorted(folder.glob("group-*/*.yaml"))[-1].name
    process = subprocess.Popen(
        [
            sys.executable,
            "-c",
            NEVER_DONE.replace("LAST", last),
            "batch",
            str(folder),
            "--jobs",
            "2",
        ],
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
    assert b"interrupted" in errors
    assert b"Traceback" not in errors
    assert 0 < kept(cache) < 150
    assert has_ended(process.pid)
    assert (
        json.loads(cpcalc("batch", folder, "--format", "json").stdout)["totals"]["enterprises"]
        == 150
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
        f"import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, ({limit_bytes}, {limit_bytes}));"
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


def test_a_worker_that_dies_costs_only_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One file ends every process that reads it: the others are all answered."""
    from cpcalc.app import batch_workers
    from cpcalc.app.batch_file import Request

    folder = write_folder(tmp_path / "in", 20)
    names = [str(path) for path in sorted(folder.glob("group-*/*.yaml"))]
    deadly = f"""
import os, sys
sys.path[:] = {{path!r}}
from cpcalc.app import batch_workers as workers
real = workers.answer_file
workers.answer_file = lambda name, request: os.kill(os.getpid(), 9) if name == {names[7]!r} else real(name, request)
workers.serve()
"""
    monkeypatch.setattr(batch_workers, "_START_WORKER", deadly)
    found = dict(batch_workers.answers(names, Request(), 2))
    assert sorted(found) == list(range(20))
    assert [problem.name for problem in found[7].problems] == ["worker-ended"]
    assert all(found[position].digest is not None for position in found if position != 7)
