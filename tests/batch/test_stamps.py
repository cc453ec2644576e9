"""A file known by its stamp is not read again; whatever may have changed it is seen."""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest
from batch_folders import assessment, cache_of, write_folder

from cpcalc.app import batch, batch_cache, batch_stamps
from cpcalc.app.batch import Batch, Job, run_batch
from cpcalc.app.files import read_bytes

__test__ = sys.platform != "win32"  # where the time of the last change is that of creation

cache_fixture = pytest.fixture(name="cache")(cache_of)
COUNT = 6
A_YEAR = 365 * 24 * 3600 * 1_000_000_000


class Runs:
    """Runs batches in this process and says which files were read to know them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.read: list[str] = []

    def __call__(self, job: Job = Job(jobs=1), folder: Path | None = None) -> Batch:  # noqa: B008 - a tuple
        self.read.clear()
        return run_batch([str(folder or self.folder)], job, lambda done, total: None)


@pytest.fixture(name="run")
def _run(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Runs:
    """Six assessments on a file system whose times can be relied on, as if left alone for long."""
    run = Runs(write_folder(tmp_path / "in", COUNT))
    for name in ("programme", "plant.lock", "set"):
        (run.folder / f"{name}.yaml").unlink()

    def counted(name: str) -> bytes:
        run.read.append(Path(name).name)
        return read_bytes(name)

    monkeypatch.setenv("CPCALC_CACHE_DIR", str(cache))
    monkeypatch.setattr(batch, "read_bytes", counted)
    monkeypatch.setattr(batch_stamps, "steady_devices", lambda: frozenset({tmp_path.stat().st_dev}))
    monkeypatch.setattr(batch_stamps, "SETTLED_AFTER_NANOSECONDS", -A_YEAR)
    return run


def stamps(cache: Path) -> int:
    """How many files a cache knows by their stamps."""
    with closing(sqlite3.connect(next(cache.glob("*.sqlite")))) as connection:
        return int(connection.execute("SELECT count(*) FROM stamps").fetchone()[0])


def changed(path: Path) -> str:
    """The text of an assessment with another saving and as many bytes."""
    text = path.read_text("utf-8")
    other = text.replace("1 200 VND/kWh", "1 300 VND/kWh")
    assert other != text
    return other


def fresh(run: Runs) -> Batch:
    """What a batch without a cache finds."""
    return run(Job(jobs=1, cached=False))


def test_what_was_left_alone_is_not_read(run: Runs) -> None:
    first = run()
    assert len(run.read) == COUNT
    again = run()
    assert run.read == []
    assert again.from_cache == COUNT
    assert again.rows == first.rows == fresh(run).rows


def test_an_edit_of_the_same_size_with_the_time_set_back_is_seen(run: Runs) -> None:
    before = run()
    path = run.folder / "group-1" / "plant-001.yaml"
    old = path.stat()
    path.write_text(changed(path), encoding="utf-8")
    os.utime(path, ns=(old.st_atime_ns, old.st_mtime_ns))
    assert (path.stat().st_size, path.stat().st_mtime_ns) == (old.st_size, old.st_mtime_ns)
    after = run()
    assert run.read == ["plant-001.yaml"]
    assert after.rows != before.rows
    assert after.rows == fresh(run).rows


def test_what_changed_just_now_has_no_stamp(
    run: Runs, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second edit within the same tick of the clock would not show in the times."""
    monkeypatch.setattr(batch_stamps, "SETTLED_AFTER_NANOSECONDS", 60_000_000_000)
    run()
    assert stamps(cache) == 0
    path = run.folder / "group-1" / "plant-001.yaml"
    path.write_text(changed(path), encoding="utf-8")
    assert run().rows == fresh(run).rows
    later = time.time_ns() + 61_000_000_000
    monkeypatch.setattr(time, "time_ns", lambda: later)
    run()
    assert stamps(cache) == COUNT
    run()
    assert run.read == []


def test_times_to_come_are_not_believed(
    run: Runs, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_stamps, "SETTLED_AFTER_NANOSECONDS", 0)
    time.sleep(0.05)
    path = run.folder / "group-1" / "plant-001.yaml"
    os.utime(path, ns=(0, time.time_ns() + A_YEAR))
    run()
    assert stamps(cache) == COUNT - 1


def test_a_file_replaced_by_another_of_its_size_and_time_is_seen(run: Runs) -> None:
    run()
    path = run.folder / "group-1" / "plant-001.yaml"
    other = run.folder / "other"
    other.write_text(changed(path), encoding="utf-8")
    os.utime(other, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns))
    other.replace(path)
    after = run()
    assert run.read == ["plant-001.yaml"]
    assert after.rows == fresh(run).rows


def test_files_that_change_places_keep_their_own_results(run: Runs) -> None:
    before = run()
    one, two = run.folder / "group-0" / "plant-000.yaml", run.folder / "group-1" / "plant-001.yaml"
    one.rename(run.folder / "aside")
    two.rename(one)
    (run.folder / "aside").rename(two)
    after = run()
    assert after.rows != before.rows
    assert after.rows == fresh(run).rows


def test_a_hard_link_is_the_same_file(run: Runs) -> None:
    path = run.folder / "group-1" / "plant-001.yaml"
    (run.folder / "linked.yaml").hardlink_to(path)
    run()
    run()
    assert run.read == []
    path.write_text(changed(path), encoding="utf-8")
    after = run()
    assert sorted(run.read) == ["linked.yaml", "plant-001.yaml"]
    assert after.rows == fresh(run).rows


def test_a_link_that_leads_elsewhere_is_seen(run: Runs, tmp_path: Path) -> None:
    for number in (20, 21):
        (tmp_path / f"{number}").write_text(assessment(number), encoding="utf-8")
    link = run.folder / "link.yaml"
    link.symlink_to(tmp_path / "20")
    before = run()
    link.unlink()
    link.symlink_to(tmp_path / "21")
    after = run()
    assert before.rows != after.rows
    assert after.rows == fresh(run).rows


def test_a_moved_folder_is_known_and_a_copied_one_read_once(run: Runs, tmp_path: Path) -> None:
    first = run()
    run.folder.rename(tmp_path / "moved")
    moved = run(folder=tmp_path / "moved")
    assert run.read == []
    shutil.copytree(tmp_path / "moved", tmp_path / "copied")  # with the times of the files
    copied = run(folder=tmp_path / "copied")
    assert len(run.read) == copied.from_cache == COUNT
    digests = [row.row for row in first.rows]
    assert [row.row for row in moved.rows] == [row.row for row in copied.rows] == digests
    run(folder=tmp_path / "copied")
    assert run.read == []


def test_a_file_written_while_it_is_read_has_no_stamp(
    run: Runs, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = run.folder / "group-1" / "plant-001.yaml"

    def written(name: str) -> bytes:
        data = read_bytes(name)
        if name == str(path):
            path.write_text(changed(path) + "\n", encoding="utf-8")
        return data

    run()
    path.write_text(path.read_text("utf-8") + "# seen\n", encoding="utf-8")
    run()
    known = stamps(cache)
    os.utime(path)
    with monkeypatch.context() as patch:
        patch.setattr(batch, "read_bytes", written)
        run()
    assert stamps(cache) == known
    assert run().rows == fresh(run).rows


def test_verify_reads_everything_and_puts_a_wrong_stamp_right(run: Runs, cache: Path) -> None:
    right = run()
    with closing(sqlite3.connect(next(cache.glob("*.sqlite")))) as connection, connection:
        keys = [key for (key,) in connection.execute("SELECT key FROM stamps ORDER BY stamp")]
        marks = [
            stamp for (stamp,) in connection.execute("SELECT stamp FROM stamps ORDER BY stamp")
        ]
        connection.executemany(
            "UPDATE stamps SET key = ? WHERE stamp = ?", zip(reversed(keys), marks, strict=True)
        )
    assert run(Job(jobs=1, verify=True)).rows == right.rows
    assert len(run.read) == COUNT
    assert run().rows == right.rows
    assert run.read == []


@pytest.mark.parametrize("table", ["", "CREATE TABLE stamps(x)", "CREATE TABLE stamps(stamp, key)"])
def test_a_broken_table_of_stamps_is_only_slower(run: Runs, cache: Path, table: str) -> None:
    right = run()
    with closing(sqlite3.connect(next(cache.glob("*.sqlite")))) as connection, connection:
        connection.executescript(f"DROP TABLE stamps; {table}")
        if "stamp," in table:
            connection.execute("INSERT INTO stamps VALUES ('text', 7)")
    assert run().rows == right.rows
    assert len(run.read) == COUNT
    assert run().rows == right.rows


def test_a_stamp_whose_result_is_gone_is_read(run: Runs, cache: Path) -> None:
    right = run()
    with closing(sqlite3.connect(next(cache.glob("*.sqlite")))) as connection, connection:
        connection.execute("DELETE FROM results WHERE key IN (SELECT key FROM results LIMIT 2)")
    assert run().rows == right.rows
    assert len(run.read) == 2


def test_stamps_of_files_that_are_gone_do_not_pile_up(
    run: Runs, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_cache, "MOST_STAMPS", 2 * COUNT)
    path = run.folder / "group-1" / "plant-001.yaml"
    counts = set()
    for _ in range(4 * COUNT):
        path.write_text(path.read_text("utf-8") + "# seen\n", encoding="utf-8")
        run()
        counts.add(stamps(cache))
    assert max(counts) == 2 * COUNT + 1
    assert 1 in counts  # all the others are read once more
    run()
    run()
    assert run.read == []


def test_a_broken_file_is_read_each_time(run: Runs, cache: Path) -> None:
    (run.folder / "broken.yaml").write_text(
        "cpcalc: 1\nenterprise: {id: X, name: X\n", encoding="utf-8"
    )
    for _ in range(2):
        assert len(run().failures) == 1
        assert "broken.yaml" in run.read
    assert stamps(cache) == COUNT


def test_only_file_systems_of_this_machine_are_relied_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(
        "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue\n"
        "40 27 0:45 / /home rw,relatime shared:3 - nfs4 server:/home rw\n"
        "41 27 8:17 / /media/stick rw - vfat /dev/sdb1 rw\n"
        "42 27 0:46 / /tmp rw - tmpfs tmpfs rw\n"
        "43 27 0:47 / /far rw - fuse.sshfs far: rw\n",
        encoding="utf-8",
    )
    monkeypatch.setattr(batch_stamps, "_MOUNTS", str(mounts))
    monkeypatch.setattr(sys, "platform", "linux")
    assert batch_stamps.steady_devices() == {
        os.makedev(98, 0)
    }  # in memory, a mapped write sets no time
    for text in ("", "nonsense\n", "1 2 x:y / / - ext4 a b\n", "- ext4\n"):
        mounts.write_text(text, encoding="utf-8")
        assert batch_stamps.steady_devices() == frozenset()
    mounts.unlink()
    assert batch_stamps.steady_devices() == frozenset()
    monkeypatch.undo()
    for platform in ("win32", "darwin"):
        monkeypatch.setattr(sys, "platform", platform)
        assert batch_stamps.steady_devices() == frozenset()


def test_a_time_of_another_age_is_no_fault(
    run: Runs, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some file systems hold times that fit into no stamp."""
    long_ago = SimpleNamespace(
        st_dev=run.folder.stat().st_dev,
        st_ino=2,
        st_size=3,
        st_mtime_ns=-12 * 10**18,
        st_ctime_ns=5,
    )
    with monkeypatch.context() as patch:
        patch.setattr(batch_stamps, "os", SimpleNamespace(stat=lambda path: long_ago))
        run()
    assert stamps(cache) == 0
    assert len(run.read) == COUNT


def test_elsewhere_every_file_is_read(
    run: Runs, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_stamps, "steady_devices", frozenset)
    for _ in range(2):
        run()
        assert len(run.read) == COUNT
    assert stamps(cache) == 0


def test_each_of_the_five_makes_another_stamp(run: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    known = {
        "st_dev": run.folder.stat().st_dev,
        "st_ino": 2,
        "st_size": 3,
        "st_mtime_ns": 4,
        "st_ctime_ns": 5,
    }
    made = set()
    for name in ("", *known):
        found = SimpleNamespace(**{key: value + (key == name) for key, value in known.items()})
        monkeypatch.setattr(batch_stamps, "steady_devices", lambda found=found: {found.st_dev})
        with monkeypatch.context() as patch:
            patch.setattr(os, "stat", lambda path, found=found: found)
            made.add(batch_stamps.Stamps().first("plant.yaml"))
            assert batch_stamps.Stamps().first("-") is None
    assert len(made - {None}) == 1 + len(known)
