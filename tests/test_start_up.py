"""How a run starts and ends: what it loads, closed streams, full disks, Ctrl-C."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest

from cpcalc.__main__ import run

MINIMAL = str(Path(__file__).parent / "casebook" / "good" / "minimal.yaml")


def test_what_needs_no_rare_unit_loads_no_pint() -> None:
    """Pint and what comes with it take longer to load than everything else."""
    script = (
        "import sys; from cpcalc.__main__ import run; "
        f"run(['--help']); run(['assess', {MINIMAL!r}]); print('\\nLOADED', *sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert not set(done.stdout.rpartition("LOADED")[2].split()) & {"pint", "numpy"}


def test_output_that_cannot_be_written_is_said_and_counts(tmp_path: Path) -> None:
    file = tmp_path / "plant.yaml"
    file.write_text("cpcalc: 1\nenterprise: {id: a, name: A}\ndata-status: draft\n")
    script = (
        f"import sys; from cpcalc.__main__ import run; sys.exit(run(['assess', {str(file)!r}]))"
    )
    if not Path("/dev/full").exists():
        return  # a system without a full disk to write to
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-c", script],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 2
    assert "cannot write the output" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_closed_standard_output_is_no_fault(tmp_path: Path) -> None:
    file = tmp_path / "plant.yaml"
    file.write_text("cpcalc: 1\nenterprise: {id: a, name: A}\ndata-status: draft\n")
    if sys.platform == "win32":
        return  # only a POSIX shell closes a descriptor
    command = f"{sys.executable} -m cpcalc assess {file} >&-"
    done = subprocess.run(["sh", "-c", command], stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_an_interrupt_ends_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("cpcalc.cli.assess.compare", interrupted)
    assert run(["assess", MINIMAL]) == 130
    assert capsys.readouterr().err == "interrupted\n"


def test_the_end_of_input_at_a_question_is_no_fault(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "cpcalc", "new", str(tmp_path / "plant.yaml"), "--ask"]
    done = subprocess.run(command, input="Mill\n", capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "stopped" in done.stderr
    assert not (tmp_path / "plant.yaml").exists()


def test_a_reader_that_has_seen_enough_is_no_fault(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Closed(io.StringIO):
        def write(self, _: str) -> int:
            raise BrokenPipeError

    monkeypatch.setattr("sys.stdout", Closed())
    assert run(["assess", MINIMAL]) == 0
    assert capsys.readouterr().err == ""
