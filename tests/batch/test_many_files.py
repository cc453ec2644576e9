"""Files are worked on in one process or several; one that ends its process costs only itself."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from cpcalc.app.many import results

NAMES = [str(number) for number in range(30)]


def answered(name: str, deadly: tuple[str, ...] = ()) -> tuple[str, int]:
    """A name with the process that saw it; a deadly one ends the process."""
    if name in deadly:
        os._exit(9)
    return name, os.getpid()


def refuses(name: str) -> str:
    if name == "9":
        raise ValueError("nine")
    return name


def test_few_files_are_done_in_this_process() -> None:
    assert {result for _, result in results(answered, NAMES)} == {
        (name, os.getpid()) for name in NAMES
    }


def test_every_file_is_answered_once_from_several_processes() -> None:
    found = dict(results(answered, NAMES, jobs=2))
    assert [found[position][0] for position in range(30)] == NAMES  # type: ignore[index]
    assert os.getpid() not in {process for _, process in filter(None, found.values())}


def test_files_that_end_their_process_cost_only_themselves() -> None:
    found = dict(results(partial(answered, deadly=("7", "23")), NAMES, jobs=2))
    assert sorted(found) == list(range(30))
    assert [position for position in sorted(found) if found[position] is None] == [7, 23]


def test_a_fault_in_the_work_is_seen_as_without_processes() -> None:
    for jobs in (1, 2):
        with pytest.raises(ValueError, match="nine"):
            dict(results(refuses, NAMES, jobs=jobs))


HANGS = """
import pathlib, sys, time
from cpcalc.app import many
def work(name):
    pathlib.Path(name).touch()
    time.sleep(3600)
if __name__ == "__main__":
    print(list(many.results(work, sys.argv[1:], 2)))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
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
