"""The lock: written from what a file rests on, and held to by --frozen."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from small_plant import HEAD, Plant

from cpcalc.__main__ import run
from cpcalc.app.assess import Options, assess_file
from cpcalc.app.check import check_file
from cpcalc.app.lock import lock, lock_name

RATES = '  exchange-rates: {USD: {rate: 20 510 VND/USD, year: 2011, source: "World Bank"}}\n'
COAL = "streams: {coal: {kind: energy, quantity: 10 t/year, emission-factors: [own-fuels/coal]}}\n"


@pytest.fixture
def plant(tmp_path: Path) -> Plant:
    return Plant(tmp_path)


def frozen(path: Path) -> list[tuple[str, int]]:
    outcome = assess_file(str(path), Options(frozen=True))
    return [
        (item.name, item.span.line if item.span is not None else 0) for item in outcome.diagnostics
    ]


def test_a_lock_holds_ids_versions_hashes_and_rates(plant: Plant) -> None:
    path = plant.write(HEAD + RATES + COAL)
    locked = lock(str(path))
    assert locked.diagnostics == []
    text = (plant.folder / "plant.lock.yaml").read_text(encoding="utf-8")
    assert text.splitlines()[1] == "cpcalc-lock: 1"
    assert [item["set"] for item in locked.sets] == [
        "own-dust",
        "own-fuels",
        "own-grid",
        "own-gwp",
        "own-water",
    ]
    assert all(len(item["sha256"]) == 64 and item["sha256"] in text for item in locked.sets)
    assert yaml.safe_load(text)["rates"] == [
        {
            "file": "plant.yaml",
            "currency": "USD",
            "rate": "20 510 VND/USD",
            "year": "2011",
            "source": "World Bank",
        }
    ]
    assert check_file(locked.name).diagnostics == ()
    assert check_file(locked.name).kind == "lock"
    assert frozen(path) == []


def test_locking_twice_writes_the_same(plant: Plant) -> None:
    path = plant.write(HEAD + RATES + COAL)
    first = Path(lock(str(path)).name).read_bytes()
    assert Path(lock(str(path)).name).read_bytes() == first


def test_frozen_without_a_lock_is_refused(plant: Plant) -> None:
    assert frozen(plant.write(HEAD + COAL)) == [("lock-missing", 1)]


def test_a_changed_set_is_refused_where_it_is_pinned(plant: Plant) -> None:
    path = plant.write(HEAD + COAL)
    lock(str(path))
    place = plant.folder / "emission_factors" / "own-fuels" / "1.yaml"
    place.write_text(
        place.read_text(encoding="utf-8").replace("98 300", "98 301"), encoding="utf-8"
    )
    pins = (
        HEAD.splitlines().index(
            "  factor-sets: [own-fuels@1, own-dust@1, own-grid@1, own-water@1, own-gwp@1]"
        )
        + 1
    )
    assert frozen(path) == [("set-differs-from-lock", pins)]
    assert assess_file(str(path), Options()).result is not None  # only --frozen refuses it


def test_another_set_or_one_less_is_refused(plant: Plant) -> None:
    lock(str(plant.write(HEAD + COAL)))
    less = plant.write(HEAD.replace(", own-dust@1", "") + COAL)
    assert [name for name, _ in frozen(less)] == ["locked-set-not-used"]
    plant.add_set(
        "own-dust",
        (plant.folder / "emission_factors/own-dust/1.yaml")
        .read_text()
        .replace("version: 1", "version: 2"),
        2,
    )
    newer = plant.write(HEAD.replace("own-dust@1", "own-dust@2") + COAL)
    assert {name for name, _ in frozen(newer)} == {"set-not-locked", "locked-set-not-used"}


@pytest.mark.parametrize(
    "change", [("20 510", "20 511"), ("World Bank", "a bank"), ("year: 2011, s", "year: 2012, s")]
)
def test_a_changed_rate_is_refused_where_it_stands(plant: Plant, change: tuple[str, str]) -> None:
    lock(str(plant.write(HEAD + RATES + COAL)))
    changed = plant.write(HEAD + RATES.replace(*change) + COAL)
    assert frozen(changed) == [("rate-differs-from-lock", HEAD.count("\n") + 1)]


def test_a_rate_that_is_gone_is_refused(plant: Plant) -> None:
    lock(str(plant.write(HEAD + RATES + COAL)))
    assert [name for name, _ in frozen(plant.write(HEAD + COAL))] == ["rate-differs-from-lock"]


def test_a_damaged_lock_is_located_in_the_lock(plant: Plant) -> None:
    path = plant.write(HEAD + COAL)
    place = Path(lock(str(path)).name)
    place.write_text(place.read_text().replace("factor-sets:", "factorsets:"), encoding="utf-8")
    outcome = assess_file(str(path), Options(frozen=True))
    assert [(item.name, Path(item.file).name) for item in outcome.diagnostics] == [
        ("unknown-key", "plant.lock.yaml")
    ]
    assert [item.name for item in check_file(str(place)).diagnostics] == ["unknown-key"]


def test_a_file_with_errors_gets_no_lock(plant: Plant) -> None:
    path = plant.write(HEAD.replace("own-gwp@1", "own-gwp@7") + COAL)
    assert [item.name for item in lock(str(path)).diagnostics] == ["unknown-factor-set"]
    assert not Path(lock_name(str(path))).exists()


PROGRAMME = """\
cpcalc-programme: 1
numbers: international
id: p
name: Programme
period: {from: 2011, to: 2013}
currency: VND
exchange-rates: {USD: {rate: 20 510 VND/USD, year: 2011, source: World Bank}}
enterprises: .
"""


def programme_of(plant: Plant) -> Path:
    """A programme with one assessment beside it and one in a folder below."""
    plant.write(
        (HEAD + RATES + COAL).replace("data-status", "programme: p\ndata-status"), "one.yaml"
    )
    below = Plant(plant.folder / "below")
    below.write(
        (HEAD.replace("P-1", "P-2").replace(", own-dust@1", "") + COAL).replace(
            "data-status", "programme: p\ndata-status"
        ),
        "two.yaml",
    )
    return plant.write(PROGRAMME, "programme.yaml")


def test_a_programmes_lock_holds_its_enterprises_and_its_own_rates(plant: Plant) -> None:
    programme = programme_of(plant)
    locked = lock(str(programme))
    assert locked.diagnostics == []
    assert locked.files == ["programme.yaml", "one.yaml", "below/two.yaml"]
    assert [(rate["file"], rate["currency"]) for rate in locked.rates] == [
        ("programme.yaml", "USD"),
        ("one.yaml", "USD"),
    ]
    assert frozen(plant.folder / "one.yaml") == frozen(plant.folder / "below" / "two.yaml") == []
    plant.write(HEAD.replace("P-1", "P-3") + COAL, "three.yaml")
    assert frozen(plant.folder / "three.yaml") == [("lock-missing", 1)]


def test_a_programme_with_errors_gets_no_lock(plant: Plant) -> None:
    programme = programme_of(plant)
    programme.write_text(PROGRAMME.replace("id: p", "idd: p"), encoding="utf-8")
    assert {item.name for item in lock(str(programme)).diagnostics} == {
        "missing-field",
        "unknown-key",
    }
    programme.write_text(
        PROGRAMME.replace("enterprises: .", "enterprises: nowhere"), encoding="utf-8"
    )
    assert [item.name for item in lock(str(programme)).diagnostics] == ["file-not-readable"]
    assert not Path(lock_name(str(programme))).exists()


def test_a_frozen_programme_says_which_locked_set_none_of_its_files_uses(
    plant: Plant, capsys: pytest.CaptureFixture[str]
) -> None:
    programme = str(programme_of(plant))
    assert run(["lock", programme]) == 0
    one = plant.folder / "one.yaml"
    whole = one.read_text(encoding="utf-8")
    one.write_text(whole.replace(", own-dust@1", ""), encoding="utf-8")
    capsys.readouterr()
    assert run(["programme", "--frozen", programme]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert (
        "error[locked-set-not-used]: programme.lock.yaml holds the factor set `own-dust@1`"
        in said.err
    )
    assert "programme.yaml:8:1" in said.err
    two = (
        plant.folder / "below" / "two.yaml"
    )  # while a file cannot be assessed, nobody knows what it needs
    two.write_text(two.read_text(encoding="utf-8") + "colour: red\n", encoding="utf-8")
    assert run(["programme", "--frozen", programme]) == 1
    assert "locked-set-not-used" not in capsys.readouterr().err


def test_a_frozen_programme_and_batch(
    plant: Plant, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CPCALC_CACHE_DIR", str(plant.folder / "cache"))
    programme = str(programme_of(plant))
    assert run(["programme", programme]) == 0
    assert run(["programme", "--frozen", programme]) == 1
    assert "lock-missing" in capsys.readouterr().err
    assert run(["lock", programme]) == 0
    assert "files: 3" in capsys.readouterr().out
    assert run(["programme", "--frozen", programme]) == 0
    one = str(plant.folder / "one.yaml")
    assert run(["batch", "--frozen", one]) == 0
    place = plant.folder / "programme.yaml"
    place.write_text(PROGRAMME.replace("20 510", "20 511"), encoding="utf-8")
    capsys.readouterr()
    assert run(["programme", "--frozen", programme]) == 1
    assert "rate-differs-from-lock" in capsys.readouterr().err
    changed = Path(one).read_text(encoding="utf-8").replace("20 510", "20 511")
    Path(one).write_text(changed, encoding="utf-8")
    assert run(["batch", one]) == 0  # and is kept in the cache
    assert run(["batch", "--frozen", one]) == 1
    assert "rate-differs-from-lock" in capsys.readouterr().err


def test_the_commands(plant: Plant, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(plant.write(HEAD + RATES + COAL))
    assert run(["assess", "--frozen", path]) == 1
    assert "cpcalc lock" in capsys.readouterr().err
    assert run(["lock", path]) == 0
    assert "files: 1, factor sets: 5, exchange rates: 1" in capsys.readouterr().out
    assert run(["lock", "--lang", "vi", path]) == 0
    assert "bộ hệ số: 5" in capsys.readouterr().out
    assert run(["assess", "--frozen", path]) == 0
    assert run(["check", "--frozen", path]) == 0
    assert run(["lock", str(plant.folder / "none.yaml")]) == 2


def test_a_broken_lock_of_something_else_is_passed_over(plant: Plant) -> None:
    path = plant.write(HEAD + COAL)
    (path.parent / "other.lock.yaml").write_text("cpcalc-lock: 1\nfiles: [[]]\n", encoding="utf-8")
    assert frozen(path) == [("lock-missing", 1)]
    path.with_suffix(".lock.yaml").write_text("cpcalc-lock: 1\nfiles: [[]]\n", encoding="utf-8")
    assert [name for name, _ in frozen(path)][:1] == ["wrong-shape"]
