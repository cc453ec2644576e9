"""What must stay fast is guarded by what is not imported."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from cpcalc.__main__ import run


def modules_after(*arguments: str) -> set[str]:
    """The modules loaded once a command line has run."""
    script = f"import sys; from cpcalc.__main__ import run; run({list(arguments)!r}); print('\\nLOADED', *sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return set(done.stdout.rpartition("LOADED")[2].split())


@pytest.mark.parametrize("arguments", [("--help",), ("--version",)])
def test_help_and_version_load_neither_models_nor_pint_nor_tables(
    arguments: tuple[str, ...],
) -> None:
    loaded = modules_after(*arguments)
    assert not loaded & {"pint", "numpy", "cpcalc.schema.assessment", "rich.table"}


def test_a_plain_command_line_reads_no_options_and_answers_as_with_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "plant.yaml"
    file.write_text(
        "cpcalc: 1\nenterprise: {id: a, name: A}\ndata-status: draft\nmeasures:\n"
        "  - {id: m, title: M, investment: 10 million VND, benefits: [{saves: 5 million VND/year, as: energy}]}\n"
    )
    assert run(["assess", str(file)]) == 0
    plain = capsys.readouterr()
    assert run(["assess", "--format", "terminal", "--lang", "en", str(file)]) == 0
    assert capsys.readouterr() == plain
    assert "2.0" in plain.out
    assert not modules_after("assess", str(file)) & {"typer"}
    assert "typer" not in modules_after("check", str(file), "--strict", "--lang", "vi")


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


@pytest.mark.parametrize("options", [[], ["--lang", "en"]])
def test_an_interrupt_ends_alike_whether_options_were_read_or_not(
    options: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("cpcalc.app.assess.assess_file", interrupted)
    assert run(["assess", *options, str(tmp_path / "plant.yaml")]) == 130
    assert capsys.readouterr().err == "interrupted\n"


def test_the_end_of_input_at_a_question_is_no_fault(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "cpcalc", "new", str(tmp_path / "plant.yaml"), "--ask"]
    done = subprocess.run(command, input="Mill\n", capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "stopped" in done.stderr
    assert not (tmp_path / "plant.yaml").exists()
