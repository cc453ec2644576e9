"""How a run starts and ends: what it loads, closed streams, full disks, Ctrl-C."""

from __future__ import annotations

import io
import os
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


@pytest.mark.parametrize("is_cause", [False, True])
def test_an_interrupt_ends_in_one_line(
    is_cause: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also where it comes while a class is made, which hides it behind an error of its own."""

    def interrupted(*_: object) -> None:
        if is_cause:
            raise RuntimeError from KeyboardInterrupt()
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


def test_a_reader_that_has_seen_enough_changes_no_exit_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Closed(io.StringIO):
        def write(self, _: str) -> int:
            raise BrokenPipeError

    bad = str(Path(MINIMAL).parents[1] / "bad" / "units.yaml")
    for arguments, code in (["assess", MINIMAL], 0), (["check", bad], 1), (["check", "nowhere"], 2):
        monkeypatch.setattr("sys.stdout", Closed())
        assert run(arguments) == code
        sys.stdout.close()
    assert "fault" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ("assess - <&-", 1),  # nothing to read is an empty file
        ("check - < .", 1),
        ("--help > /dev/full", 2),
        ("explain > /dev/full 2>&1", 2),
        ("assess nowhere.yaml 2>&-", 2),
        (f"assess {MINIMAL} >&- 2>&- <&-", 0),
        (f"check {MINIMAL} 2>/dev/full", 0),
        ("factors list | true", 0),
        ("new $(printf 'plant\\xfe.yaml') --name $(printf '\\xfe') --no-ask", 0),
        ("why plant.yaml $(printf '\\xfe\\33')", 2),
    ],
)
def test_whatever_the_streams_are_it_is_no_fault(arguments: str, code: int, tmp_path: Path) -> None:
    if sys.platform == "win32":
        return  # only a POSIX shell closes a descriptor
    done = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m cpcalc {arguments}; exit ${{PIPESTATUS[0]}}"],
        cwd=tmp_path, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == code, done.stderr
    assert b"fault" not in done.stderr
    assert b"Traceback" not in done.stderr


def test_a_working_folder_that_is_gone_is_no_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    if sys.platform == "win32":
        return  # a folder in use cannot be removed there
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    for arguments in ["batch", "."], ["new", "x.yaml", "--no-ask"], ["factors", "list"]:
        assert run([*arguments]) == 2
    assert "the system says: no such file or directory" in capsys.readouterr().err


def test_results_for_programs_are_utf_8_whatever_the_console(tmp_path: Path) -> None:
    file = tmp_path / "plant.yaml"
    text = Path(MINIMAL).read_text(encoding="utf-8")
    for words in ("Small workshop", "Trays under the taps"):
        text = text.replace(words, "Nhà máy giấy")
    file.write_text(text, encoding="utf-8")
    script = (
        "import io, sys; from cpcalc.__main__ import _open_streams, run\n"
        "for command, form in zip(sys.argv[2::2], sys.argv[3::2]):\n"
        "    sys.stdout = io.TextIOWrapper(io.FileIO(form + command, 'w'), 'ascii')\n"
        "    _open_streams(); run([command, '--format', form, sys.argv[1]]); sys.stdout.flush()\n"
    )
    pairs = [
        ("assess", "json"), ("assess", "csv"), ("batch", "json"), ("batch", "csv"),
        ("check", "json"), ("check", "sarif"), ("check", "junit"), ("assess", "terminal"),
    ]  # fmt: skip
    told = [word for pair in pairs for word in pair]
    subprocess.run(
        [sys.executable, "-c", script, file.name, *told],
        cwd=tmp_path, env={**os.environ, "CPCALC_CACHE_DIR": str(tmp_path / "kept")}, check=True,
    )  # fmt: skip
    for command, form in pairs:
        shown = (tmp_path / (form + command)).read_text(encoding="utf-8")
        assert ("Nhà máy giấy" in shown) == (command != "check" and form != "terminal")
    assert r"Nh\xe0" in (tmp_path / "terminalassess").read_text(encoding="ascii")
