"""A batch: the same bytes however it is run, broken files reported, nothing counted twice or as zero."""

from __future__ import annotations

import csv
import io
import json
import math
import pickle
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from batch_folders import BROKEN, Run, assessment, cache_of, command_line, write_folder
from pydantic import TypeAdapter

from cpcalc.app.assess import Options
from cpcalc.app.batch import Answer, Job, answer_file, run_batch, whole
from cpcalc.app.files import kind_of
from cpcalc.app.many import Shard, listed
from cpcalc.programme import Member

ALL = ("--format", "json")
cache_fixture = pytest.fixture(name="cache")(cache_of)
command_fixture = pytest.fixture(name="cpcalc")(command_line)


def quiet(done: int, total: int) -> None:
    """No progress is shown."""


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    return write_folder(tmp_path / "in", 30)


def test_the_bytes_do_not_depend_on_processes_cache_order_or_shards(
    folder: Path, cpcalc: Run, tmp_path: Path
) -> None:
    first = cpcalc("batch", folder, *ALL, "--group-by", "province", "--jobs", 1, "--no-cache")
    assert first.returncode == 0, first.stderr
    for arguments in (
        ("--jobs", 2, "--no-cache"),
        ("--jobs", 8),  # fills the cache
        ("--jobs", 1),  # all from the cache
    ):
        assert (
            cpcalc("batch", folder, *ALL, "--group-by", "province", *arguments).stdout
            == first.stdout
        )
    parts = sorted(folder.glob("group-*"), reverse=True)
    reordered = cpcalc("batch", *parts, *ALL, "--group-by", "province")
    assert json.loads(reordered.stdout)["assessments"] == json.loads(first.stdout)["assessments"]
    results = []
    for number in (1, 2, 3):
        results.append(tmp_path / f"part-{number}.json")
        shard = ("--shard", f"{number}/3", "--output", results[-1], "--group-by", "province")
        assert cpcalc("batch", folder, *ALL, *shard).returncode == 0
    merged = cpcalc("merge", *reversed(results), *ALL)
    assert merged.stdout == first.stdout
    assert (
        cpcalc("merge", *results, "--format", "csv").stdout
        == cpcalc("batch", folder, "--format", "csv", "--group-by", "province").stdout
    )


def test_three_broken_files_among_thirty_give_27_results_and_3_reports(
    folder: Path, cpcalc: Run
) -> None:
    for number, text in enumerate(BROKEN):
        (folder / "group-0" / f"plant-{number * 3:03d}.yaml").write_text(text, encoding="utf-8")
    done = cpcalc("batch", folder, *ALL)
    data = json.loads(done.stdout)
    assert done.returncode == 1
    assert len(data["assessments"]) == 27
    assert data["totals"]["enterprises"] == 27
    assert [failure["file"] for failure in data["failed"]] == [
        f"group-0/plant-{n:03d}.yaml" for n in (0, 3, 6)
    ]
    for failure in data["failed"]:
        assert failure["diagnostics"]
        assert all(problem["line"] and problem["column"] for problem in failure["diagnostics"])
        assert all(problem["file"] == failure["file"] for problem in failure["diagnostics"])
    assert done.stderr.count("  --> ") >= 3
    again = cpcalc("batch", folder, *ALL)
    assert (again.stdout, again.stderr, again.returncode) == (done.stdout, done.stderr, 1)


def test_totals_are_the_sums_of_the_rows(folder: Path, cpcalc: Run) -> None:
    data = json.loads(cpcalc("batch", folder, *ALL, "--group-by", "sector").stdout)
    for name, total in data["totals"]["figures"].items():
        values = [row["figures"][name] for row in data["assessments"] if name in row["figures"]]
        known = [value["value"] for value in values if "value" in value]
        assert total["enterprises"] == {"reporting": len(known), "of": 30}, name
        amounts = total.get("amounts", [total])
        assert math.fsum(known) == math.fsum(amount["value"] for amount in amounts), name
    groups = data["groups"]
    assert sum(group["enterprises"] for group in groups.values()) == 30
    saving = [group["figures"]["annual_saving"]["value"] for group in groups.values()]
    assert math.fsum(saving) == pytest.approx(
        data["totals"]["figures"]["annual_saving"]["value"], rel=1e-15
    )
    assert data["totals"]["identities"]["holding"] == data["totals"]["identities"]["of"]


def test_what_is_missing_is_not_zero(folder: Path, cpcalc: Run) -> None:
    """Every fifth plant lacks an investment: its total is partial, and no payback is made up for all."""
    totals = json.loads(cpcalc("batch", folder, *ALL).stdout)["totals"]
    assert totals["figures"]["investment"]["partial"] == {"counted": 24, "of": 30}
    assert totals["simple_payback"]["not_applicable"] == "incomplete"
    assert totals["money_complete"] == {"enterprises": 24, "of": 30}
    complete = [number for number in range(30) if number % 5 != 4]
    rows = json.loads(cpcalc("batch", folder, *ALL).stdout)["assessments"]
    chosen = [row["figures"] for row in rows if int(row["id"][2:]) in complete]
    expected = sum(row["investment"]["value"] for row in chosen) / sum(
        row["annual_net_saving"]["value"] for row in chosen
    )
    assert totals["simple_payback_of_complete"]["value"] == pytest.approx(expected, rel=1e-12)


def test_an_enterprise_is_counted_once_for_a_period(folder: Path, cpcalc: Run) -> None:
    text = assessment(1)
    (folder / "z-again.yaml").write_text(text.replace("P-001", "p-001"), encoding="utf-8")
    (folder / "z-later.yaml").write_text(
        text.replace("period: 2011", "period: 2014"), encoding="utf-8"
    )
    done = cpcalc("batch", folder, *ALL)
    data = json.loads(done.stdout)
    assert done.returncode == 1
    assert [failure["file"] for failure in data["failed"]] == ["z-again.yaml"]
    problem = data["failed"][0]["diagnostics"][0]
    assert problem["name"] == "enterprise-twice"
    assert (problem["path"], problem["line"], problem["column"]) == ("enterprise.id", 3, 7)
    assert "z-again.yaml:3:7" in done.stderr.replace("\\", "/")
    assert data["totals"]["enterprises"] == 31


def test_two_currencies_are_never_one_sum(tmp_path: Path, cpcalc: Run) -> None:
    for number, currency in enumerate(("VND", "USD")):
        text = assessment(number).replace("currency: VND", f"currency: {currency}")
        if currency == "USD":
            text = text.replace("{USD: {rate: 20 510 VND/USD", "{VND: {rate: 0.00005 USD/VND")
        (tmp_path / f"{number}.yaml").write_text(text, encoding="utf-8")
    total = json.loads(cpcalc("batch", tmp_path, *ALL).stdout)["totals"]["figures"]["annual_saving"]
    assert total["not_applicable"] == "incomplete"
    assert {amount["unit"] for amount in total["amounts"]} == {"VND/year", "USD/year"}


def test_an_investment_of_nothing_needs_no_currency(tmp_path: Path, cpcalc: Run) -> None:
    (tmp_path / "a.yaml").write_text(
        "cpcalc: 1\nenterprise: {id: Z, name: Z}\ndata-status: draft\nmeasures: {id: a, title: A, investment: 0}\n",
        encoding="utf-8",
    )
    alone = cpcalc("batch", tmp_path / "a.yaml", *ALL)
    assert alone.returncode == 0, alone.stderr
    figures = json.loads(alone.stdout)["assessments"][0]["figures"]
    assert figures["investment"] == {"value": 0.0, "unit": "1"}
    (tmp_path / "b.yaml").write_text(assessment(1), encoding="utf-8")
    both = json.loads(cpcalc("batch", tmp_path, *ALL).stdout)
    investment, of_one = (
        both["totals"]["figures"]["investment"],
        both["assessments"][1]["figures"]["investment"],
    )
    assert (investment["value"], investment["unit"]) == (of_one["value"], of_one["unit"])
    assert investment["unit"] != "1"
    assert (
        cpcalc("batch", tmp_path / "a.yaml", "--format", "csv")
        .stdout.splitlines()[1]
        .count(",0.0,,")
        == 1
    )


def test_csv_has_a_row_for_each_enterprise_group_and_total(folder: Path, cpcalc: Run) -> None:
    rows = list(
        csv.DictReader(
            io.StringIO(cpcalc("batch", folder, "--format", "csv", "--group-by", "sector").stdout)
        )
    )
    assert [row["kind"] for row in rows] == ["enterprise"] * 30 + ["group"] * 3 + ["total"]
    assert rows[-1]["currency"] == "VND"
    assert math.fsum(float(row["annual_saving"]) for row in rows[:30]) == float(
        rows[-1]["annual_saving"]
    )


@pytest.mark.parametrize("form", ["terminal", "markdown"])
@pytest.mark.parametrize("language", ["en", "vi"])
def test_pages_name_every_enterprise(folder: Path, cpcalc: Run, form: str, language: str) -> None:
    done = cpcalc(
        "batch", folder, "--format", form, "--lang", language, "--group-by", "data-status"
    )
    assert done.stderr == ""
    for number in range(30):
        assert f"P-{number:03d}" in done.stdout.replace("\\-", "-")
    if form == "terminal":
        assert max(map(len, done.stdout.splitlines())) <= 80


def test_a_file_that_expects_discounted_figures_counts(tmp_path: Path, cpcalc: Run) -> None:
    """What a file is held to is worked out for it, in a batch as in a check."""
    text = (
        assessment(0)
        .replace("basis:", "basis:\n  discount-rate: {real: 10 %}")
        .replace("    status: ", "    lifetime: 5 year\n    status: ")
    )
    expected = [
        "totals.economics.study_period, value: 5 year",
        "whole_enterprise.economics.study_period, value: 5 year",
        "measures.lamps.order_free_saving, value: 8400000 VND/year",  # 7 % of 100 MWh at 1 200
    ]
    text += "expect:\n" + "".join(f"  - {{figure: {item}, within: 1 %}}\n" for item in expected)
    (tmp_path / "plant.yaml").write_text(text, encoding="utf-8")
    for command in (("batch", "--no-cache"), ("check",)):
        done = cpcalc(command[0], tmp_path, *command[1:])
        assert done.returncode == 0, done.stderr
    (tmp_path / "plant.yaml").write_text(text.replace("8400000", "9400000"), encoding="utf-8")
    assert "expectation-missed" in cpcalc("batch", tmp_path, "--no-cache").stderr


def test_a_path_that_is_not_there_is_no_result(cpcalc: Run, tmp_path: Path) -> None:
    done = cpcalc("batch", tmp_path / "nowhere")
    assert done.returncode == 2
    assert done.stdout == ""


# ---- the cache ------------------------------------------------------------------------------------------------------


def rows_kept(cache: Path) -> int:
    """How many results a cache holds."""
    with closing(sqlite3.connect(next(cache.glob("*.sqlite")))) as connection, connection:
        return int(connection.execute("SELECT count(*) FROM results").fetchone()[0])


def cached(folder: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A batch in this process with a cache."""
    monkeypatch.setenv("CPCALC_CACHE_DIR", str(cache))
    return run_batch([str(folder)], Job(), quiet)


def test_only_what_changed_is_computed(
    folder: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cached(folder, cache, monkeypatch).from_cache == 0
    assert cached(folder, cache, monkeypatch).from_cache == 33 - 3
    path = folder / "group-1" / "plant-001.yaml"
    path.write_text(path.read_text("utf-8") + "# seen\n", encoding="utf-8")
    assert cached(folder, cache, monkeypatch).from_cache == 29
    assert rows_kept(cache) == 31


def test_the_cache_knows_a_moved_folder(
    folder: Path, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cached(folder, cache, monkeypatch)
    shutil.move(folder, tmp_path / "elsewhere")
    assert cached(tmp_path / "elsewhere", cache, monkeypatch).from_cache == 30


def test_other_options_are_other_results(
    folder: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cached(folder, cache, monkeypatch)
    batch = run_batch(
        [str(folder)], Job(Options(frozenset(["implemented"]), totals_only=True)), quiet
    )
    assert batch.from_cache == 0
    assert all("savings.water" not in row.row.figures for row in whole(batch).rows)


OWN_SET = """factor-set: own
version: 1
title: Own grid factor
kind: grid-electricity
source: {title: Test, publisher: Test, year: 2011}
factors:
  - id: electricity
    name: Electricity
    geography: VN
    emits:
      - {of: CO2, value: 0.5 t CO2/MWh, scope: 2-location, boundary: generation, data-year: 2011, type: average,
         quality: verified, where: "1"}
"""


def with_own_factor(folder: Path) -> Path:
    """One assessment that pins a set of its own beside it."""
    (folder / "emission_factors" / "own").mkdir(parents=True)
    (folder / "emission_factors" / "own" / "1.yaml").write_text(OWN_SET, encoding="utf-8")
    text = assessment(1).replace(
        "  currency: VND\n",
        "  currency: VND\n  factor-sets: [own@1]\n  grid: {data-year: 2011, type: average}\n",
    )
    text = text.replace(
        "price: 1 200 VND/kWh}", "price: 1 200 VND/kWh, emission-factors: [own/electricity]}"
    )
    (folder / "plant.yaml").write_text(text, encoding="utf-8")
    return folder / "emission_factors" / "own" / "1.yaml"


def test_a_changed_factor_set_is_seen(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hit holds only while the sets it was calculated with are the same."""
    own = with_own_factor(tmp_path / "in")
    first = whole(cached(tmp_path / "in", cache, monkeypatch))
    assert not first.failures
    assert cached(tmp_path / "in", cache, monkeypatch).from_cache == 1
    own.write_text(OWN_SET.replace("0.5 t", "0.6 t"), encoding="utf-8")
    second = cached(tmp_path / "in", cache, monkeypatch)
    assert second.from_cache == 0
    assert whole(second).rows != first.rows


@pytest.mark.parametrize("content", [b"", b"not a database at all" * 100])
def test_a_broken_cache_is_replaced(
    folder: Path, cache: Path, content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    cached(folder, cache, monkeypatch)
    next(cache.glob("*.sqlite")).write_bytes(content)
    assert cached(folder, cache, monkeypatch).from_cache == 0
    assert cached(folder, cache, monkeypatch).from_cache == 30


def test_a_cache_that_cannot_be_written_is_only_slower(
    folder: Path, cpcalc: Run, cache: Path
) -> None:
    cache.write_text("a file where the folder should be", encoding="utf-8")
    done = cpcalc("batch", folder, *ALL)
    assert done.returncode == 0
    assert len(json.loads(done.stdout)["assessments"]) == 30
    assert "not kept" in done.stderr


def test_a_damaged_result_is_computed_again(
    folder: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One digit of a kept result has changed: only that file is computed, and to the right figures."""
    before = cached(folder, cache, monkeypatch)
    with closing(sqlite3.connect(next(cache.glob("*.sqlite")))) as connection, connection:
        rows = connection.execute("SELECT key, row FROM results").fetchall()
        key, row = next((key, row) for key, row in rows if b"P-007" in row)
        changed = row.replace(b"P-007", b"P-107")
        connection.execute("UPDATE results SET row = ? WHERE key = ?", (changed, key))
    again = cached(folder, cache, monkeypatch)
    assert again.from_cache == 29
    members = TypeAdapter(tuple[Member, ...])
    assert members.dump_json(whole(again).rows) == members.dump_json(whole(before).rows)
    assert cached(folder, cache, monkeypatch).from_cache == 30


def test_no_path_is_kept(folder: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cached(folder, cache, monkeypatch)
    content = next(cache.glob("*.sqlite")).read_bytes()
    assert b"group-1" not in content
    assert b"plant-0" not in content


# ---- shards ---------------------------------------------------------------------------------------------------------


def test_every_file_is_in_exactly_one_shard() -> None:
    names = [f"folder/file-{number}.yaml" for number in range(500)]
    for of in (1, 2, 7):
        counts = [sum(Shard(number, of).has(name) for name in names) for number in range(1, of + 1)]
        assert sum(counts) == len(names)
        assert min(counts) > 0


def test_merge_refuses_what_is_no_whole(folder: Path, cpcalc: Run, tmp_path: Path) -> None:
    one, two, other = (tmp_path / f"{name}.json" for name in ("one", "two", "other"))
    assert cpcalc("batch", folder, *ALL, "--shard", "1/2", "--output", one).returncode == 0
    assert cpcalc("batch", folder, *ALL, "--shard", "2/2", "--output", two).returncode == 0
    assert (
        cpcalc(
            "batch", folder, *ALL, "--shard", "2/2", "--status", "planned", "--output", other
        ).returncode
        == 0
    )
    assert cpcalc("merge", one, two).returncode == 0
    for names, problem in (
        ((one,), "shard-missing"),
        ((one, one, two), "shard-twice"),
        ((one, other), "shards-differ"),
        ((one, folder / "set.yaml"), "not-a-batch-result"),
        ((one, tmp_path / "nowhere.json"), "file-not-readable"),
    ):
        done = cpcalc("merge", *names)
        assert done.returncode == 2
        assert problem in done.stderr
        assert done.stdout == ""
    assert cpcalc("batch", folder, "--shard", "3/2").returncode == 2


def test_merge_finds_an_enterprise_that_two_shards_have(tmp_path: Path, cpcalc: Run) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    names = [f"{number}.yaml" for number in range(40)]
    pair = (
        next(n for n in names if Shard(1, 2).has(n)),
        next(n for n in names if Shard(2, 2).has(n)),
    )
    for name in pair:
        (folder / name).write_text(assessment(3), encoding="utf-8")
    at_once = cpcalc("batch", folder, *ALL)
    for number in (1, 2):
        cpcalc(
            "batch", folder, *ALL, "--shard", f"{number}/2", "--output", tmp_path / f"{number}.json"
        )
    merged = cpcalc("merge", tmp_path / "1.json", tmp_path / "2.json", *ALL)
    assert (merged.returncode, merged.stdout) == (1, at_once.stdout)


# ---- one file -------------------------------------------------------------------------------------------------------


def answer(text: str, tmp_path: Path) -> Answer:
    """What becomes of a file with a text."""
    path = tmp_path / "x.yaml"
    path.write_text(text, encoding="utf-8")
    return answer_file(str(path), Options(totals_only=True))


def test_the_answer_of_a_file_is_small_and_travels(tmp_path: Path) -> None:
    found = answer(assessment(2), tmp_path)
    assert found.row is not None
    data = pickle.dumps(found)
    assert len(data) < 3000
    answers = TypeAdapter(Answer)
    assert answers.dump_json(pickle.loads(data)) == answers.dump_json(found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cpcalc-programme: 1", "programme"),
        ("\ufeff# a comment\n\n  # more\nfactor-set: x", "factor-set"),
        ("cpcalc-lock: 1", "lock"),
        ("cpcalc: 1\nfactor-set: x", "assessment"),
        ('{"cpcalc": 1}', "assessment"),
        ('{"schema": "cpcalc/batch/1", "cpcalc": "1"}', None),
        ("- factor-set: 1", None),
        ("", None),
    ],
)
def test_the_first_key_says_what_a_file_is(text: str, expected: str | None) -> None:
    assert kind_of(text.encode()) == expected


def test_names_are_below_the_common_root_whatever_was_named(tmp_path: Path) -> None:
    folder = write_folder(tmp_path, 4)
    names = [item.name for item in listed([str(folder)])]
    parts = [
        item.name
        for item in listed([str(folder / "group-2"), str(folder), str(folder / "set.yaml")])
    ]
    assert names == parts == sorted(names)
    assert [item.name for item in listed([str(folder / "group-1" / "plant-001.yaml")])] == [
        "plant-001.yaml"
    ]


@pytest.mark.parametrize("number", [0, 930, 931, 5_000, 123_456])
def test_the_generated_assessments_are_sound_for_any_number(number: int, tmp_path: Path) -> None:
    assert answer(assessment(number), tmp_path).row is not None
