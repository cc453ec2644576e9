"""Batches as JSON Lines and Parquet: the same as JSON and CSV, also put together from shards."""

import csv
import io
import json
import math
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from batch_folders import BROKEN, Run, assessment, cache_of, command_line, write_folder
from hypothesis import given
from hypothesis import strategies as st

from cpcalc import sums
from cpcalc.app import batch, many

cache_fixture = pytest.fixture(name="cache")(cache_of)
command_fixture = pytest.fixture(name="cpcalc")(command_line)
GROUPED = ("--group-by", "sector")


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    """Plants, of which one is broken, one is there twice and one reports in another currency."""
    folder = write_folder(tmp_path / "in", 12)
    (folder / "broken.yaml").write_text(BROKEN[1], encoding="utf-8")
    shutil.copy(folder / "group-1" / "plant-001.yaml", folder / "twice.yaml")
    text = assessment(50).replace("currency: VND", "currency: USD")
    text = text.replace("{USD: {rate: 20 510 VND/USD", "{VND: {rate: 0.00005 USD/VND")
    (folder / "other.yaml").write_text(text, encoding="utf-8")
    return folder


def of_kind(lines: str) -> dict[str, list[Any]]:
    """The lines by what they are about."""
    found: dict[str, list[Any]] = {}
    for line in map(json.loads, lines.splitlines()):
        found.setdefault(line.pop("kind"), []).append(line)
    return found


def test_lines_say_what_json_says(folder: Path, cpcalc: Run) -> None:
    whole = json.loads(cpcalc("batch", folder, "--format", "json", *GROUPED).stdout)
    done = cpcalc("batch", folder, "--format", "jsonl", *GROUPED)
    lines = of_kind(done.stdout)
    assert done.returncode == 1
    assert lines["enterprise"] == whole["assessments"]
    assert lines["failed"] == whole["failed"]
    assert [item["file"] for item in lines["failed"]] == ["broken.yaml", "twice.yaml"]
    assert {line.pop("name"): line for line in lines["group"]} == whole["groups"]
    assert lines["total"] == [whole["totals"]]
    assert len(whole["totals"]["figures"]["annual_saving"]["amounts"]) == 2
    (head,) = lines["batch"]
    assert head.pop("schema") == "cpcalc/batch-lines/1"
    assert head == {key: whole[key] for key in head}


def test_the_bytes_of_lines_do_not_depend_on_processes_cache_or_shards(
    folder: Path, cpcalc: Run, tmp_path: Path
) -> None:
    command = ("batch", folder, *GROUPED)
    first = cpcalc(*command, "--format", "jsonl", "--no-cache").stdout
    for arguments in (("--jobs", 2), ("--jobs", 1)):
        assert cpcalc(*command, "--format", "jsonl", *arguments).stdout == first
    parts = [tmp_path / "1.jsonl", tmp_path / "2.json", tmp_path / "3.jsonl"]
    for number, part in enumerate(parts, start=1):
        cpcalc(*command, "--shard", f"{number}/3", "--output", part)
    merged = cpcalc("merge", *reversed(parts), "--format", "jsonl")
    assert (merged.returncode, merged.stdout) == (1, first)
    for form in ("json", "csv"):
        together = cpcalc("merge", *parts, "--format", form).stdout
        assert together == cpcalc(*command, "--format", form).stdout


@pytest.mark.parametrize("edit", ["digit", "line lost", "end lost", "line again"])
def test_an_edited_or_cut_shard_is_refused(
    folder: Path, cpcalc: Run, tmp_path: Path, edit: str
) -> None:
    part = tmp_path / "part.jsonl"
    cpcalc("batch", folder, "--shard", "1/1", "--output", part)
    sound = part.read_bytes()
    part.write_bytes(sound.replace(b"\n", b"\r\n"))  # by a mailer, say
    assert cpcalc("merge", part).returncode == 1  # as the batch
    part.write_bytes(sound)
    lines = part.read_text(encoding="utf-8").splitlines(keepends=True)
    edited = {
        "digit": [line.replace('"warnings": 0', '"warnings": 1') for line in lines],
        "line lost": [*lines[:3], *lines[4:]],
        "end lost": lines[:-1],
        "line again": [*lines[:3], *lines[2:]],
    }[edit]
    assert edited != lines
    part.write_text("".join(edited), encoding="utf-8")
    done = cpcalc("merge", part)
    assert (done.returncode, done.stdout) == (2, "")
    assert "error[not-a-batch-result]" in done.stderr


def test_parquet_has_the_rows_of_csv_with_numbers_and_what_failed(
    folder: Path, cpcalc: Run, tmp_path: Path
) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    file = tmp_path / "rows.parquet"
    assert cpcalc("batch", folder, *GROUPED, "--output", file).returncode == 1
    first = file.read_bytes()
    assert cpcalc("batch", folder, *GROUPED, "--output", file, "--no-cache").returncode == 1
    assert file.read_bytes() == first
    rows = parquet.ParquetFile(file).read(use_threads=False).to_pylist()
    failed = [row["file"] for row in rows if row["kind"] == "failed"]
    assert failed == ["broken.yaml", "twice.yaml"]
    printed = cpcalc("batch", folder, *GROUPED, "--format", "csv").stdout
    expected = list(csv.DictReader(io.StringIO(printed)))
    assert [row["kind"] for row in expected] == [row["kind"] for row in rows[: len(expected)]]
    for said, row in zip(expected, rows, strict=False):
        assert list(said) == list(row)
        for name, value in row.items():
            as_text = isinstance(value, str) or value is None
            assert (said[name] or None) == value if as_text else float(said[name]) == value


def test_parquet_of_somebody_else_is_not_written_over(
    folder: Path, cpcalc: Run, tmp_path: Path
) -> None:
    arrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    file = tmp_path / "own.parquet"
    parquet.write_table(arrow.table({"kind": ["own"]}), file)
    before = file.read_bytes()
    done = cpcalc("batch", folder, "--output", file)
    assert done.returncode == 2
    assert file.read_bytes() == before


def test_no_room_for_temporary_files_is_said(
    folder: Path, cpcalc: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "rows.jsonl"
    assert cpcalc("batch", folder, "--output", output).returncode == 1
    before = output.read_bytes()
    monkeypatch.setattr(batch, "MOST_BYTES_IN_MEMORY", 1000)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    done = cpcalc("batch", folder, "--output", output)
    assert done.returncode == 2
    assert "the system says: no such file or directory" in done.stderr
    assert output.read_bytes() == before


@pytest.mark.parametrize("jobs", [1, 2])
def test_more_files_than_are_handed_out_at_once(
    folder: Path, cpcalc: Run, monkeypatch: pytest.MonkeyPatch, jobs: int
) -> None:
    expected = cpcalc("batch", folder, "--format", "json", "--no-cache").stdout
    monkeypatch.setattr(many, "MOST_AHEAD", 3)
    again = cpcalc("batch", folder, "--format", "json", "--no-cache", "--jobs", jobs)
    assert again.stdout == expected


values = st.floats(-1e60, 1e60, allow_nan=False)


@given(st.lists(values | st.sampled_from([0.1, 1e16, -1e16, 1e-30]), max_size=60))
def test_a_sum_taken_up_one_by_one_is_rounded_once(amounts: list[float]) -> None:
    exact = sum(map(sums.in_parts, amounts))
    assert exact / sums.PARTS_OF_ONE == math.fsum(amounts)
