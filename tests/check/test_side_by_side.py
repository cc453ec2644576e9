"""Files are checked side by side with the same outcome, and a programme takes what was found of its enterprises."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from cpcalc.__main__ import run
from cpcalc.app import check, side_by_side
from cpcalc.app.assess import assess_document
from cpcalc.app.check import check_file, check_files
from cpcalc.checks import BASIC, CHECKS
from cpcalc.diagnostics import catalogue

VPEG = Path(__file__).parents[2] / "assessments" / "vpeg"
HAS_COPIES = hasattr(os, "fork") and sys.platform != "darwin"


def printed(script: str) -> str:
    """What a script prints in a process of its own, which has no other threads, on a machine of three processors."""
    start = (
        "import os, sys\nfrom cpcalc.app import side_by_side\nside_by_side.processors = lambda: 3\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", start + script], capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr


def test_results_come_in_the_order_of_the_names_from_several_processes() -> None:
    script = """
import time
def work(name):
    time.sleep(0.02)
    return name, os.getpid()
found = side_by_side.side_by_side(work, [str(number) for number in range(40)])
print([name for name, _ in found] == [str(number) for number in range(40)], len({process for _, process in found}))
"""
    assert printed(script) == f"True {3 if HAS_COPIES else 1}\n"


def test_what_a_copy_owes_this_process_does_itself() -> None:
    script = """
import signal, time
this = os.getpid()
def work(name):
    time.sleep(0.01)
    if os.getpid() != this and name == "9":
        os.kill(os.getpid(), signal.SIGKILL)
    return name
def fails(name):
    time.sleep(0.01)
    if name == "9":
        raise ValueError("nine")
    return name
names = [str(number) for number in range(30)]
print(side_by_side.side_by_side(work, names) == names)
try:
    side_by_side.side_by_side(fails, names)
except ValueError as error:
    print(error)
"""
    assert printed(script) == "True\nnine\n"


def test_there_are_more_files_than_the_queue_has_places() -> None:
    script = """
side_by_side.MOST_CHUNKS = 4
names = [str(number) for number in range(50)]
print(side_by_side.side_by_side(str.strip, names) == names)
"""
    assert printed(script) == "True\n"


@pytest.mark.parametrize(
    ("sent", "code", "said"), [("SIGINT", 130, b"interrupted\n"), ("SIGKILL", -9, b"")]
)
def test_the_copies_end_with_the_first_process(
    sent: str, code: int, said: bytes, tmp_path: Path
) -> None:
    if not HAS_COPIES:
        return
    script = f"""
import os, pathlib, signal, sys, time
from cpcalc.__main__ import run
from cpcalc.app import check, side_by_side
signal.signal(signal.SIGINT, signal.default_int_handler)  # it is ignored where the tests run in the background
side_by_side.processors = lambda: 3
def slow(name, **options):
    pathlib.Path({str(tmp_path)!r}, str(os.getpid())).touch()
    time.sleep(0.5)
    return check.Checked(name, None, ())
check.check_file = slow
sys.exit(run(["check", {str(VPEG)!r}]))
"""
    process = subprocess.Popen(
        [sys.executable, "-c", script], stderr=subprocess.PIPE, start_new_session=True
    )
    while len(list(tmp_path.iterdir())) < 3:
        assert process.poll() is None
        time.sleep(0.02)
    if sent == "SIGINT":
        os.killpg(process.pid, signal.SIGINT)
    else:
        process.kill()
    assert process.communicate()[1] == said
    assert process.returncode == code
    left = {int(copy.name) for copy in tmp_path.iterdir()} - {process.pid}
    while left:  # each is at its last file
        left = {copy for copy in left if is_running(copy)}
        time.sleep(0.02)


def is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize(
    "options", [["--verbose"], ["--format", "json"], ["--strict", "--tier", "basic"]]
)
def test_check_prints_the_same_from_one_process_and_from_three(options: list[str]) -> None:
    arguments = ["check", *options, str(VPEG), str(VPEG.parent / "published")]
    script = f"from cpcalc.__main__ import run\nprint(run({arguments!r}))"
    alone = printed(f"side_by_side.processors = lambda: 1\n{script}")
    assert printed(script) == alone
    assert alone.endswith("0\n")


def test_each_enterprise_of_a_programme_is_calculated_once(monkeypatch: pytest.MonkeyPatch) -> None:
    calculated: Counter[str] = Counter()

    def counted(document: object, *arguments: object) -> object:
        calculated[document.name] += 1  # type: ignore[attr-defined]
        return assess_document(document, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(check, "assess_document", counted)
    monkeypatch.setattr(side_by_side, "processors", lambda: 1)
    names = sorted(str(path) for path in VPEG.glob("*.yaml"))
    found = check_files(names)
    assert [item.name for item in found] == names
    assert len(calculated) == 19
    assert set(calculated.values()) == {1}


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
    assert not [
        name
        for item in CHECKS
        if item.tier != BASIC
        for name in item.names
        if catalogue()[name].severity == "error"
    ]
