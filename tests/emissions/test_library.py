"""The library reads only what a file asks for, and that is exactly what the whole set says."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from cpcalc.app.files import shipped_factors
from cpcalc.diagnostics import Diagnostic
from cpcalc.library import Choice, Factor, FactorSet, Library
from cpcalc.library.rows import efficiency_of, gwp_name, gwp_of, property_of, row_of
from cpcalc.library.sets import SECTIONS
from cpcalc.source.reader import read

SHIPPED = sorted(Path(shipped_factors()).glob("*/*.yaml"))


def opened(path: Path) -> FactorSet:
    data = path.read_bytes()
    return FactorSet(path.parent.name, path.stem, hashlib.sha256(data).hexdigest(), data.decode())


def whole(path: Path) -> FactorSet:
    data = path.read_bytes()
    document = read(data, path.name)
    assert document.diagnostics == []
    return FactorSet(path.parent.name, path.stem, "", document.text, document.tree)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: f"{path.parent.name}@{path.stem}")
def test_reading_entries_one_by_one_is_reading_the_whole_set(path: Path) -> None:
    piecewise, full = opened(path), whole(path)
    assert piecewise.head == full.head
    for section in SECTIONS:
        entries = full.tree.get(section) or []
        assert piecewise.entries(section) == entries
        if section == "gwps":
            continue
        assert piecewise.ids(section) == full.ids(section) == [entry["id"] for entry in entries]
        for entry in entries:
            assert piecewise.entry(section, entry["id"]) == entry
    assert piecewise._tree is None  # nothing above fell back to reading the whole set


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: f"{path.parent.name}@{path.stem}")
def test_every_shipped_row_is_typed_and_cited(path: Path) -> None:
    factor_set = opened(path)
    for entry in factor_set.entries("factors"):
        rows = [row_of(factor_set, entry, raw) for raw in entry["emits"]]
        assert all(row.citation and row.quality in ("verified", "unverified") for row in rows), (
            entry["id"]
        )
        assert all(
            row.of in str(row.value.unit).replace("-", "_").replace(".", "_") for row in rows
        ), entry["id"]
        assert all(row.plus is None or row.times is not None for row in rows), entry["id"]
        heat = property_of(factor_set, entry)
        assert heat is None or heat.citation
    for entry in factor_set.entries("controls"):
        assert 0 < efficiency_of(factor_set, entry).value.value <= 1
    for row in factor_set.entries("gwps"):
        assert gwp_of(factor_set, row, gwp_name(row)).citation


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: f"{path.parent.name}@{path.stem}")
def test_every_shipped_factor_can_be_picked_by_what_its_rows_say(path: Path) -> None:
    factor_set = opened(path)
    library = Library({factor_set.id: factor_set})
    for entry in factor_set.entries("factors"):
        for raw in entry["emits"]:
            row = row_of(factor_set, entry, raw)
            choice = Choice(row.data_year, row.type, row.equipment)
            factor = library.pick(f"{factor_set.id}/{entry['id']}", choice)
            assert isinstance(factor, Factor), factor
            assert row in factor.rows


def test_only_the_named_entry_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []

    def counting(data: bytes, name: str) -> object:
        seen.append(len(data))
        return read(data, name)

    monkeypatch.setattr("cpcalc.library.sets.read", counting)
    path = Path(shipped_factors(), "ipcc-2006", "1.yaml")
    factor_set = opened(path)
    assert isinstance(Library({"ipcc-2006": factor_set}).pick("ipcc-2006/anthracite"), Factor)
    assert sum(seen) < path.stat().st_size / 5


def test_a_set_in_another_layout_is_read_whole() -> None:
    text = "factor-set: flow\nversion: 1\nfactors: [{id: a, emits: []}, {id: b, emits: []}]\n"
    factor_set = FactorSet("flow", "1", "", text)
    assert factor_set.ids("factors") == ["a", "b"]
    assert factor_set.entry("factors", "b") == {"id": "b", "emits": []}
    assert factor_set.entry("factors", "c") is None
    assert factor_set.head["version"] == "1"


def test_an_empty_set_has_nothing() -> None:
    factor_set = FactorSet("empty", "1", "", "")
    assert factor_set.ids("factors") == []
    assert factor_set.entries("gwps") == []


UNREADABLE = """\
factor-set: odd
version: 1
factors:
  - id: no-value
    emits:
      - {of: CO2}
  - id: no-unit
    emits:
      - {of: CO2, value: 98 300}
  - id: odd-heat
    ncv: {value: 26.7 horses}
    emits: []
  - id: named
    name: Plain name
    ncv: 26.7 GJ/t
    emits: []
  - id: many
    kind: grid-electricity
    emits:
YEARS
controls:
  - id: no-efficiency
    of: TSP
gwps:
  - {report: AR5, gas: CH4, value: 28}
"""
ROWS = "\n".join(
    f"      - {{of: CO2, value: 1 t CO2/MWh, type: average, data-year: {2000 + year}}}"
    for year in range(20)
)


def test_what_a_checked_set_never_has_is_said_and_not_raised() -> None:
    library = Library({"odd": FactorSet("odd", "1", "", UNREADABLE.replace("YEARS", ROWS))})
    for name in ("no-value", "no-unit", "odd-heat"):
        found = library.pick(f"odd/{name}")
        assert isinstance(found, Diagnostic)
        assert found.name == "factor-unreadable"
    for other in (library.efficiency("odd/no-efficiency"), library.gwps("AR5-100")):
        assert isinstance(other, Diagnostic)
        assert other.name == "factor-unreadable"
    unknown = library.gwps("AR9")
    assert isinstance(unknown, Diagnostic)
    assert unknown.values["known"] == "AR5-100"
    named = library.pick("odd/named")
    assert isinstance(named, Factor)
    assert named.name == {"": "Plain name"}
    assert named.ncv is not None


def test_many_candidates_are_cut_nearest_first() -> None:
    library = Library({"odd": FactorSet("odd", "1", "", UNREADABLE.replace("YEARS", ROWS))})
    found = library.pick("odd/many", Choice(2030, "average"))
    assert isinstance(found, Diagnostic)
    assert found.values["candidates"].startswith("2019 average (1 t CO2/MWh); 2018")
    assert found.values["candidates"].endswith("; ...")
    assert found.values["write"] == "basis: {grid: {data-year: 2019, type: average}}"
