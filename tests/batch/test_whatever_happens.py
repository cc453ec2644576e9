"""A batch gives the same figures whatever is damaged, missing or closed around it."""

from __future__ import annotations

import copy
import json
import os
import random
import subprocess
import sys
import unicodedata
from functools import cache as memory
from pathlib import Path
from typing import Any

import pytest
from batch_folders import Run, assessment, cache_of, command_line, write_folder

from cpcalc.app import many

cache_fixture = pytest.fixture(name="cache")(cache_of)
command_fixture = pytest.fixture(name="cpcalc")(command_line)
JSON = ("--format", "json")


def test_no_flipped_bit_of_the_cache_changes_a_figure(
    tmp_path: Path, cache: Path, cpcalc: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither in the run that finds it nor in the next: rows are checked, torn files begun anew."""
    monkeypatch.setattr(many, "program_hash", memory(many.program_hash))
    folder = write_folder(tmp_path / "in", 5)
    expected = cpcalc("batch", folder, *JSON).stdout
    kept = next(cache.iterdir())
    sound = kept.read_bytes()
    chance = random.Random(13)
    for number in range(50):
        damaged = bytearray(sound)
        for _ in range(1 + 20 * (number % 3)):
            # The beginning of a database says how the rest is to be read.
            damaged[chance.randrange(100 if number % 4 == 0 else len(sound))] ^= (
                1 << chance.randrange(8)
            )
        kept.write_bytes(damaged[: chance.randrange(len(sound))] if number % 10 == 9 else damaged)
        for _ in range(2):
            done = cpcalc("batch", folder, *JSON)
            assert (done.returncode, done.stdout) == (0, expected), number


def places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths of everything below a node."""
    items = node.items() if isinstance(node, dict) else enumerate(node)
    below = [(key, part) for key, part in items]
    nested = [item for key, part in below if isinstance(part, (dict, list))
              for item in places(part, (*path, key))]  # fmt: skip
    return [*((*path, key) for key, _ in below), *nested]


def test_merge_knows_a_damaged_shard(tmp_path: Path, cache: Path, cpcalc: Run) -> None:
    folder = write_folder(tmp_path / "in", 3)
    (folder / "broken.yaml").write_text("cpcalc: 1\ncolour: red\n", encoding="utf-8")
    part = tmp_path / "part.json"
    cpcalc("batch", folder, *JSON, "--shard", "1/1", "--output", part)
    sound = json.loads(part.read_text(encoding="utf-8"))
    read = ("cpcalc", "request", "group_by", "passed_over", "shard", "assessments", "failed")
    everywhere = [path for path in places(sound) if path[0] in read]
    chance = random.Random(13)
    others: tuple[Any, ...] = (
        None,
        0,
        -1,
        1e308,
        "",
        "kWh",
        [],
        {},
        True,
        [1],
        2**70,
        "\x1b",
        float("nan"),
    )
    for path in chance.sample(everywhere, 60):
        damaged = copy.deepcopy(sound)
        parent = damaged
        for step in path[:-1]:
            parent = parent[step]
        other = chance.choice([item for item in others if item != parent[path[-1]]])
        if chance.random() < 0.2:
            del parent[path[-1]]
        else:
            parent[path[-1]] = other
        part.write_text(json.dumps(damaged), encoding="utf-8")
        done = cpcalc("merge", part)
        assert (done.returncode, done.stdout) == (2, ""), (path, other)
        assert "error[not-a-batch-result]" in done.stderr
    for text in ("", "[]", "{}", "3", "[" * 100_000, '{"shard": []}', "\ud800"):
        part.write_text(text, encoding="utf-8", errors="surrogatepass")
        assert cpcalc("merge", part).returncode == 2


def test_a_name_composed_and_decomposed_is_two_files_and_one_enterprise(
    tmp_path: Path, cpcalc: Run
) -> None:
    for form in ("NFC", "NFD"):
        name = unicodedata.normalize(form, "nhà.yaml")
        (tmp_path / name).write_text(assessment(1), encoding="utf-8")
    if len(list(tmp_path.glob("*.yaml"))) == 1:
        return  # this file system composes names itself
    done = cpcalc("batch", tmp_path, *JSON)
    data = json.loads(done.stdout)
    assert done.returncode == 1
    assert data["totals"]["enterprises"] == len(data["failed"]) == 1
    assert {data["assessments"][0]["file"], data["failed"][0]["file"]} == {
        r"nh\xe0.yaml", r"nha\u0300.yaml",
    }  # fmt: skip
    (problem,) = data["failed"][0]["diagnostics"]
    assert problem["name"] == "enterprise-twice"
    assert data["assessments"][0]["file"] in problem["message"]


def test_yaml_in_capital_letters_is_read(tmp_path: Path, cpcalc: Run) -> None:
    for number, ending in enumerate(("yaml", "yml", "YAML", "Yml", "txt")):
        (tmp_path / f"plant-{number}.{ending}").write_text(assessment(number), encoding="utf-8")
    data = json.loads(cpcalc("batch", tmp_path, *JSON).stdout)
    assert data["totals"]["enterprises"] == 4


def test_without_room_for_processes_one_does_all(
    tmp_path: Path, cpcalc: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_folder(tmp_path / "in", 8)
    expected = cpcalc("batch", folder, *JSON, "--no-cache").stdout

    def refused(*_: object, **__: object) -> None:
        raise OSError(24, os.strerror(24))

    monkeypatch.setattr("multiprocessing.context.SpawnProcess._Popen", refused)
    done = cpcalc("batch", folder, *JSON, "--no-cache", "--jobs", "2")
    assert (done.returncode, done.stdout) == (0, expected)


def test_processes_work_with_closed_streams(tmp_path: Path, cpcalc: Run) -> None:
    if sys.platform == "win32":
        return  # only a POSIX shell closes a descriptor
    folder = write_folder(tmp_path / "in", 4)
    expected = cpcalc("batch", folder, *JSON, "--no-cache").stdout
    command = f"{sys.executable} -m cpcalc batch {folder} --format json --no-cache --jobs 2"
    done = subprocess.run(["sh", "-c", f"{command} 2>&- <&-"], stdout=subprocess.PIPE, check=False)
    assert (done.returncode, done.stdout.decode()) == (0, expected)
