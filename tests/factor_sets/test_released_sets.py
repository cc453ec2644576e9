"""Every shipped set loads, is valid and cited, has two languages, and is what it was when it was released."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from released_sets import FILES, document_of, model_of, pin_of, pins, sha256, sums

from cpcalc.app.check import check_file
from cpcalc.library import Choice, Library, PinnedSet
from cpcalc.schema.factor_rows import FactorEntry, Gwp
from cpcalc.units import read_unit

IDS = [pin_of(path) for path in FILES]
every_set = pytest.mark.parametrize("path", FILES, ids=IDS)


def test_the_sets_that_are_promised_are_there() -> None:
    assert set(IDS) >= {
        "ipcc-2006@1", "ipcc-gwp@1", "vn-grid@1", "grid-average@1", "grid-ifi@1", "grid-lifecycle@1", "ap-42@1",
        "emep-eea@1", "process-dust@1", "control-efficiencies@1", "fuel-properties@1", "ipcc-wastewater@1",
        "water-energy@1", "fx@1", "cpi-vn@1", "sector-benchmarks@1", "prices-vn@1",
    }  # fmt: skip


@every_set
def test_the_check_finds_nothing(path: Path) -> None:
    checked = check_file(str(path))
    assert checked.kind == "factor-set"
    assert [(item.name, item.span, dict(item.values)) for item in checked.diagnostics] == []


@every_set
def test_it_is_what_was_released(path: Path) -> None:
    pinned = pins().get(pin_of(path))
    assert pinned is not None, (
        "a new version: pin it with `python tests/factor_sets/released_sets.py`"
    )
    assert sums(path) == pinned["sums"], (
        f"{pin_of(path)} was released and a column has changed: put the file back, "
        f"and write the correction as {path.parent.name}/{int(path.stem) + 1}.yaml"
    )
    assert sha256(path) == pinned["sha256"], (
        f"{pin_of(path)} was released and its file has changed (a comment counts too): put the file back, "
        f"and write the correction as {path.parent.name}/{int(path.stem) + 1}.yaml"
    )


def test_no_released_set_has_gone() -> None:
    assert set(pins()) == set(IDS)


@every_set
def test_every_value_is_cited_and_says_how_well_it_was_checked(path: Path) -> None:
    found = model_of(path)
    assert found.licence
    for item in found.rows():
        row = item.row
        assert row.where or isinstance(row, Gwp), item
        assert row.citation, item
        assert row.quality in ("verified", "unverified"), item


@every_set
def test_every_name_is_in_both_languages(path: Path) -> None:
    found = model_of(path)
    entries = [entry for _, section in found.sections() for entry in section]
    names = [found.title, *(entry.name for entry in entries if isinstance(entry, FactorEntry))]
    assert [name for name in names if set(name) != {"en", "vi"}] == []
    assert [name for name in names if not all(text.strip() for text in name.values())] == []


@every_set
def test_vietnamese_letters_are_composed(path: Path) -> None:
    assert not re.search("[\u0300-\u036f]", document_of(path).text)


@every_set
def test_no_unit_of_it_needs_pint(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def ask(expression: str) -> None:
        raise AssertionError(
            f"not in the table of units: {expression}; run `python docs/generate.py`"
        )

    monkeypatch.setattr("cpcalc.units_pint.ask", ask)
    read_unit.cache_clear()
    assert model_of(path).version >= 1


@every_set
def test_every_factor_can_be_picked_by_what_its_rows_say(path: Path) -> None:
    found = model_of(path)
    library = Library({found.factor_set: PinnedSet(found, sha256(path))})
    for factor in found.factors or ():
        for row in factor.emits:
            choice = Choice(row.data_year, row.type, row.equipment)
            picked = library.pick(f"{found.factor_set}/{factor.id}", choice)
            assert row in getattr(picked, "emits", picked), factor.id
