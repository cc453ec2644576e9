"""Folders of small assessments, and the command line with a cache of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from cpcalc.__main__ import run

PROVINCES = ("Đà Nẵng", "Quảng Ngãi", "Long An", "Sóc Trăng")
SECTORS = ("seafood", "textile", "paper")
STATUSES = ("measured", "draft", "reconstructed")


def assessment(number: int) -> str:
    """A small assessment whose figures depend on its number; every fifth has no investment in one measure."""
    investment = "" if number % 5 == 4 else f"    investment: {number + 1} million VND\n"
    return f"""cpcalc: 1
enterprise:
  id: P-{number:03d}
  name: Plant {number}
  sector: {SECTORS[number % 3]}
  province: {PROVINCES[number % 4]}
data-status: {STATUSES[number % 3]}
basis:
  period: 2011
  currency: VND
  exchange-rates: {{USD: {{rate: 20 510 VND/USD, year: 2011, source: test}}}}
streams:
  electricity: {{kind: energy, quantity: {100 + number} MWh/year, price: 1 200 VND/kWh}}
  water: {{kind: water, quantity: {9 + number} thousand m3/year, price: 6 500.1 VND/m3}}
  wastewater: {{kind: wastewater, follows: {{water: 0.8 m3/m3}}, price: 1 100 VND/m3}}
measures:
  - id: lamps
    title: Efficient lamps
    status: implemented
{investment}    effects: {{stream: electricity, reduce: {7 + number % 900 / 10:.1f} %}}
  - id: hoses
    title: Spray guns
    status: planned
    investment: {number + 3} 00 USD
    effects: {{stream: water, reduce: 3.3 %}}
""".replace(" 00 USD", "00 USD")


BROKEN = (
    "cpcalc: 1\nenterprise: {id: X-1, name: Broken\n",
    "cpcalc: 1\nenterprise: {id: X-2, name: Broken}\ndata-status: measured\nstreams:\n  coal: {kind: energi}\n",
    "cpcalc: 1\nenterprise: {id: X-3, name: B}\ndata-status: draft\nmeasures:\n  - {id: a, title: A, investment: 12}\n",
)


def write_folder(folder: Path, count: int) -> Path:
    """``count`` assessments in sub-folders, with a programme file, a lock and a factor set that batch passes over."""
    for number in range(count):
        path = folder / f"group-{number % 3}" / f"plant-{number:03d}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(assessment(number), encoding="utf-8")
    (folder / "programme.yaml").write_text("# ours\ncpcalc-programme: 1\nid: x\n", encoding="utf-8")
    (folder / "plant.lock.yaml").write_text("cpcalc-lock: 1\n", encoding="utf-8")
    (folder / "set.yaml").write_text("factor-set: own\nversion: 1\n", encoding="utf-8")
    return folder


class Done(NamedTuple):
    """How a command ended and what it said."""

    returncode: int
    stdout: str
    stderr: str


Run = Callable[..., Done]


def cache_of(tmp_path: Path) -> Path:
    """A fixture: the folder of a cache of the test's own."""
    return tmp_path / "cache"


def command_line(
    cache: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Run:
    """A fixture: runs the command line, with a cache of the test's own."""
    monkeypatch.setenv("CPCALC_CACHE_DIR", str(cache))
    monkeypatch.delenv("CPCALC_LANG", raising=False)
    monkeypatch.setenv("COLUMNS", "80")

    def done(*arguments: object) -> Done:
        capsys.readouterr()
        code = run(list(map(str, arguments)))
        return Done(code, *capsys.readouterr())

    return done
