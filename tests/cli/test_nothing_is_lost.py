"""No command changes a byte of what it reads, or of what it did not write itself."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from cpcalc.__main__ import run

ROOT = Path(__file__).parents[2]
MINIMAL = (ROOT / "tests" / "casebook" / "good" / "minimal.yaml").read_text(encoding="utf-8")
PLANT = MINIMAL.replace("measures:", "basis: {period: 2011, currency: VND}\nmeasures:")
PROGRAMME = """\
cpcalc-programme: 1
numbers: international
id: p
name: Programme
period: {from: 2011, to: 2013}
currency: VND
enterprises: [plant.yaml]
"""
BROKEN = "cpcalc: 1\nenterprise: {id: B, name: B}\ndata-status: draft\ncolour: red\n"
# What may stand in the way of an output: every kind of file, however it begins.
IN_THE_WAY = {
    "plant.yaml": PLANT,
    "dashes.yaml": f"---\n{PLANT}",
    "remark.yaml": f"# about\n\n# {'x' * 3000}\n{PLANT}",
    "quoted.yaml": PLANT.replace("cpcalc:", '"cpcalc":', 1),
    "order.yaml": "data-status: draft\nenterprise: {id: O, name: O}\ncpcalc: 1\n",
    "broken.yaml": BROKEN,
    "programme.yaml": PROGRAMME,
    "empty.yaml": "",
    "legacy.yaml": "cpcalc: 1\nenterprise: {id: a, name: Nh\xb5 m\xb8y}\n",
    "notes.txt": "the only copy\n",
    "report.md": "# Report\nwritten by hand\n",
    "table.csv": "enterprise,year\nC-13,2011\n",
    "data.json": '{"schema": "theirs/1"}\n',
    "other.sarif": '{"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "runs": []}\n',
    "other.xml": '<?xml version="1.0"?>\n<testsuites name="pytest"/>\n',
    "mine.lock.yaml": "cpcalc-lock: 1\nfiles:\n- mine.yaml\n",
}
PAGES = ("terminal", "json", "csv", "markdown")
PROBLEMS = ("full", "concise", "github", "sarif", "junit", "json")


@pytest.fixture(name="folder")
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CPCALC_CACHE_DIR", str(tmp_path / "cache"))
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    for name, text in IN_THE_WAY.items():
        (folder / name).write_text(text, encoding="latin-1" if name == "legacy.yaml" else "utf-8")
    shipped = ROOT / "emission_factors" / "ipcc-gwp" / "1.yaml"
    (folder / "emission_factors" / "own").mkdir(parents=True)
    shutil.copy(shipped, folder / "emission_factors" / "own" / "1.yaml")
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    """The bytes of every file below a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.*")
            if path.is_file()}  # fmt: skip


def writers(target: str) -> Iterator[list[str]]:
    """Every command with every option that writes to a name; to one name in every form."""
    is_one = target == "order.yaml"
    for form in PAGES if is_one else PAGES[1:2]:
        yield ["assess", "plant.yaml", target, "--format", form, "--output", target]
        yield ["batch", "plant.yaml", "--no-cache", "--format", form, "--output", target]
        yield ["programme", "programme.yaml", "--no-cache", "--format", form, "--output", target]
        yield ["merge", "part.json", "--format", form, "--output", target]
    for form in PROBLEMS if is_one else PROBLEMS[-1:]:
        yield ["check", "plant.yaml", "broken.yaml", "--format", form, "--output", target]
        yield ["check", target, "--format", form, "--output", target]
    yield ["check", "broken.yaml", "--diff", "--output", target]
    yield ["check", "broken.yaml", "--write-baseline", target]
    yield ["schema", "assessment", "--output", target]
    yield ["new", target, "--no-ask"]


@pytest.mark.parametrize("target", [*IN_THE_WAY, "emission_factors/own/1.yaml", "part.json"])
def test_no_output_replaces_what_another_wrote(
    folder: Path, target: str, capsys: pytest.CaptureFixture[str]
) -> None:
    batch = ["batch", "plant.yaml", "--shard", "1/1", "--format", "json"]
    assert run([*batch, "--output", "part.json"]) == 0
    before = contents(folder)
    for arguments in writers(target):
        is_its_own = (arguments[0], target) == ("batch", "part.json")
        code = 0 if is_its_own else run(arguments)
        after = contents(folder)
        if target == "empty.yaml" and "empty.yaml" not in arguments[:-1] and code < 2:
            (folder / target).write_text("", encoding="utf-8")  # nothing was lost of it
            after[target] = b""
        assert after == before, arguments
    capsys.readouterr()


def test_a_lock_replaces_only_the_lock_of_the_same_file(folder: Path) -> None:
    lock = folder / "plant.lock.yaml"
    for text in (PLANT, "cpcalc-lock: 1\nfiles:\n- plant.yaml\n", "notes: mine\n"):
        lock.write_text(text, encoding="utf-8")
        assert run(["lock", "plant.yaml"]) == 2
        assert lock.read_text(encoding="utf-8") == text
    lock.unlink()
    assert run(["lock", "plant.yaml"]) == run(["lock", "plant.yaml"]) == 0
    before = lock.read_bytes()
    for name in ("plant.yml", "plant.YAML", "plant"):
        (folder / name).write_text(PLANT, encoding="utf-8")
        assert run(["lock", name]) == (2 if name == "plant" else 0)
        assert run(["check", "--frozen", name]) == (1 if name == "plant" else 0)
    assert lock.read_bytes() == before
    assert (folder / "plant.yml.lock.yaml").exists()


def test_every_result_is_replaced_by_the_next_one(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever it is about and however it ends: the first bytes say which command wrote it."""
    assert run(["batch", "plant.yaml", "--shard", "1/1", "--format", "json", "--output", "p.json"]) == 0  # fmt: skip
    twice = [
        *((["assess", "plant.yaml", "--format", form], ["assess", "order.yaml", "plant.yaml"])
          for form in PAGES),
        (["assess", "plant.yaml", "--format", "json"], ["assess", "broken.yaml", "--format", "json"]),
        (["assess", "plant.yaml", "--measure", "m1", "--format", "json"],
         ["assess", "plant.yaml", "--format", "json", "--set", "measures.m1.status=planned"]),
        *((["batch", "plant.yaml", "--no-cache", "--format", form],
           ["batch", "order.yaml", "--no-cache"]) for form in PAGES),
        *((["merge", "p.json", "--format", form], ["merge", "p.json"]) for form in PAGES),
        *((["programme", "programme.yaml", "--no-cache", "--format", form],
           ["programme", "programme.yaml", "--no-cache"]) for form in PAGES),
        *((["check", "broken.yaml", "--format", form], ["check", "plant.yaml"]) for form in PROBLEMS),
        *((["check", "plant.yaml", "--format", form], ["check", "broken.yaml"]) for form in PROBLEMS),
        (["schema", "programme"], ["schema", "factor-set"]),
    ]  # fmt: skip
    for number, (first, second) in enumerate(twice):
        target = folder / f"result-{number}"
        assert run([*first, "--output", str(target)]) < 2, first
        before = target.read_bytes()
        assert before
        assert run([*second, "--output", str(target)]) < 2, (first, second)
        assert run([*first, "--output", str(target)]) < 2
        assert target.read_bytes() == before
    for _ in range(2):
        assert run(["check", "broken.yaml", "--write-baseline", "known.json"]) == 0
    capsys.readouterr()


def test_what_is_read_is_never_the_output(folder: Path) -> None:
    """Not even where the command wrote it: a baseline, a shard, a result under a YAML name."""
    assert run(["check", "broken.yaml", "--write-baseline", "known.json"]) == 0
    assert run(["check", "plant.yaml", "--format", "json", "--output", "result.yaml"]) == 0
    assert run(["batch", "plant.yaml", "--shard", "1/1", "--format", "json", "--output", "a.json"]) == 0  # fmt: skip
    os.symlink("a.json", "link.json")
    before = contents(folder)
    baseline = ["check", "broken.yaml", "--baseline", "known.json"]
    assert run([*baseline, "--write-baseline", "known.json"]) == 2
    assert run(["check", ".", "--format", "json", "--output", "result.yaml"]) == 2
    assert run(["merge", "a.json", "--format", "json", "--output", "a.json"]) == 2
    assert run(["merge", "a.json", "--format", "json", "--output", "link.json"]) == 2
    assert contents(folder) == before


def test_a_fix_changes_only_the_files_that_it_mends(folder: Path) -> None:
    misspelt = PLANT + "streams: {power: {kind: energy, quantity: 5 kwh/year}}\n"
    (folder / "misspelt.yaml").write_bytes(misspelt.replace("\n", "\r\n").encode())
    before = contents(folder)
    assert run(["check", "--diff", "."]) == 1
    assert contents(folder) == before
    assert run(["check", "--fix", "."]) == 1
    after = contents(folder)
    assert {name for name in before if before[name] != after[name]} == {"misspelt.yaml"}
    assert after["misspelt.yaml"] == before["misspelt.yaml"].replace(b"kwh", b"kWh")
