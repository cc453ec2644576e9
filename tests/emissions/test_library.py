"""What a library answers where a set has several rows for a reference, or none that can be used."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_plant import HEAD, Plant

from cpcalc.app.assess import Options, assess_file
from cpcalc.diagnostics import Diagnostic
from cpcalc.library import Choice, Library, PinnedSet
from cpcalc.schema.factor_rows import Factor
from cpcalc.schema.factor_set import READING, FactorSet
from cpcalc.source.reader import read

YEARS = "\n".join(
    f"      - {{of: CO2, value: 1 t CO2/MWh, type: average, data-year: {2000 + year}}}"
    for year in range(20)
)
ODD = f"""\
factor-set: odd
version: 1
title: Odd
source: {{title: Report}}
factors:
  - id: one-end
    name: Of one end
    ncv: {{lower: 26 GJ/t}}
    emits: [{{of: CO2, value: 96 t CO2/TJ}}]
  - id: many
    name: Grid
    kind: grid-electricity
    emits:
{YEARS}
  - id: by-equipment
    name: Boilers
    emits:
      - {{of: TSP, value: 33 kg TSP/t, equipment: spreader-stoker}}
      - {{of: TSP, value: 8 kg TSP/t, equipment: overfeed-stoker}}
gwps:
  - {{report: AR5, horizon: 100, gas: CH4, value: 28 kg CO2e/kg CH4}}
"""


@pytest.fixture
def plant(tmp_path: Path) -> Plant:
    return Plant(tmp_path)


def library() -> Library:
    content = FactorSet.model_validate(read(ODD.encode(), "odd").tree, context=READING)
    return Library({"odd": PinnedSet(content, "")})


def refused(found: object) -> Diagnostic:
    assert isinstance(found, Diagnostic)
    return found


def test_a_heat_content_of_one_end_is_no_number() -> None:
    for found in (library().pick("odd/one-end"), library().property("odd/one-end", "ncv")):
        assert refused(found).name == "factor-unreadable"
        assert refused(found).values["factor"] == "odd@1/one-end#ncv"


@pytest.mark.parametrize("pin", ["a" * 400 + "@1", "a" * 400, "/etc", "*", "../x"])
def test_any_text_for_a_pin_is_answered(plant: Plant, pin: str) -> None:
    text = HEAD.replace("own-fuels@1", f'"{pin}"') + "streams: {}\n"
    outcome = assess_file(str(plant.write(text)), Options())
    assert "factor-set" in outcome.diagnostics[0].name


def test_unknown_potentials_name_the_known_ones() -> None:
    assert refused(library().gwps("AR9")).values["known"] == "AR5-100"


def test_one_of_several_rows_is_chosen_and_cited() -> None:
    known = library()
    factor = known.pick("odd/by-equipment", Choice(equipment="overfeed-stoker"))
    assert isinstance(factor, Factor)
    assert [row.value.text for row in factor.emits] == ["8 kg TSP/t"]
    assert list(known.used) == ["odd@1/by-equipment#TSP,overfeed-stoker"]


def test_without_a_choice_the_candidates_are_named() -> None:
    found = refused(library().pick("odd/by-equipment"))
    assert found.name == "factor-not-chosen"
    assert found.values["candidates"] == (
        "spreader-stoker (33 kg TSP/t); overfeed-stoker (8 kg TSP/t)"
    )
    assert found.values["write"] == "{factor: odd/by-equipment, equipment: spreader-stoker}"


def test_many_candidates_are_cut_nearest_first() -> None:
    found = refused(library().pick("odd/many", Choice(2030, "average")))
    assert found.name == "no-such-factor"
    assert found.values["candidates"].startswith("2019 average (1 t CO2/MWh); 2018")
    assert found.values["candidates"].endswith("; ...")
    assert found.values["write"] == "basis: {grid: {data-year: 2019, type: average}}"
