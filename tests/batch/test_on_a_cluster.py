"""A batch on the workers of a dask cluster: the same bytes, also where a worker dies in the middle."""

from __future__ import annotations

import io
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from batch_folders import write_folder

from cpcalc.__main__ import run
from cpcalc.app.batch import Spool
from cpcalc.app.many import Listed

FILES, KILLED_AFTER = 150, 10


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    distributed = pytest.importorskip("distributed")
    monkeypatch.setenv("DASK_DISTRIBUTED__LOGGING__DISTRIBUTED", "critical")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=60
    ) as started:
        yield started


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_worker_that_dies_in_the_middle_costs_nothing(
    cluster: Any, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write_folder(tmp_path, FILES)
    alone = ["batch", str(tmp_path), "--no-cache", "--format", "json"]
    assert run([*alone, "--jobs", "1"]) == 0
    expected = capfd.readouterr().out
    first, keep = cluster.workers[0].pid, Spool.keep

    def keep_and_kill(answers: Spool, file: Listed, answer: bytes) -> None:
        keep(answers, file, answer)
        if len(answers) == KILLED_AFTER:
            os.kill(first, signal.SIGKILL)

    monkeypatch.setattr(Spool, "keep", keep_and_kill)
    dask = ["--engine", "dask", "--scheduler", cluster.scheduler_address]
    assert run([*alone, *dask]) == 0
    assert capfd.readouterr().out == expected
    with pytest.raises(ProcessLookupError):
        os.kill(first, 0)


def test_a_scheduler_that_does_not_answer_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cpcalc.app.many.SECONDS_TO_WAIT_FOR_A_SCHEDULER", 0.2)
    assert run(["batch", str(tmp_path), "--scheduler", "tcp://127.0.0.1:9"]) == 2
    assert "dask scheduler" in capsys.readouterr().err


@pytest.mark.parametrize("behind", ["\n", "\r\n", "\0"])
def test_names_of_files_come_from_standard_input(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    behind: str,
) -> None:
    write_folder(tmp_path, 3)
    files = sorted(map(str, tmp_path.rglob("*.yaml")))[:2]
    named = "".join(f"{file}{behind}" for file in files)
    data = named.encode("utf-8" if behind == "\n" else "utf-8-sig")  # as PowerShell writes it
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))
    assert run(["batch", "-", "--no-cache"]) == 0
    assert "Assessments: 2" in capsys.readouterr().out
