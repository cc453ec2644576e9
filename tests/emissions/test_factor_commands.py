"""`cpcalc factors`: list, show, verify, outdated; in both languages and as JSON; on shipped and own sets."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from small_plant import HEAD, SETS, Plant

from cpcalc.__main__ import run
from cpcalc.app import files
from cpcalc.app.files import shipped_factors

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def plant(tmp_path: Path) -> Plant:
    return Plant(tmp_path)


def output(capsys: Capture, *arguments: str, code: int = 0) -> str:
    assert run(["factors", *arguments]) == code
    return capsys.readouterr().out


def data(capsys: Capture, *arguments: str, code: int = 0) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(output(capsys, *arguments, "--format", "json", code=code))
    assert parsed["schema"] == "cpcalc/factors/1"
    return parsed


# ---- list -----------------------------------------------------------------------------------------------------------


def test_list_has_every_shipped_and_every_own_set(plant: Plant, capsys: Capture) -> None:
    listed = data(capsys, "list", "--beside", str(plant.folder))["sets"]
    pins = {f"{item['set']}@{item['version']}": item["own"] for item in listed}
    shipped = {
        f"{path.parent.name}@{path.stem}" for path in Path(shipped_factors()).glob("*/*.yaml")
    }
    assert {pin for pin, own in pins.items() if not own} == shipped
    assert {pin for pin, own in pins.items() if own} == {f"{name}@1" for name in SETS}
    own = next(item for item in listed if item["set"] == "own-gwp")
    assert own["entries"] == {"gwps": 7}
    assert own["unverified"] == 1


def test_list_on_the_page(plant: Plant, capsys: Capture) -> None:
    lines = output(capsys, "list", "--beside", str(plant.folder)).splitlines()
    row = next(line for line in lines if line.startswith("own-grid@1"))
    assert row.split() == ["own-grid@1", "4", "1", "own"]
    assert any(
        "Lưới điện" in line
        for line in output(
            capsys, "list", "--lang", "vi", "--beside", str(plant.folder)
        ).splitlines()
    )


def test_the_shipped_folder_is_not_listed_twice(capsys: Capture) -> None:
    listed = data(capsys, "list", "--beside", str(Path(shipped_factors()).parent))["sets"]
    assert not any(item["own"] for item in listed)


# ---- show -----------------------------------------------------------------------------------------------------------


def test_show_says_everything_of_a_factor(capsys: Capture) -> None:
    shown = data(capsys, "show", "ipcc-2006/anthracite")
    assert (shown["set"], shown["section"], shown["id"]) == ("ipcc-2006", "factors", "anthracite")
    rows = {row["of"]: row for row in shown["rows"]}
    assert rows["CO2"]["value"] == "98 300 kg CO2/TJ"
    assert rows["CO2"]["lower"] == "94 600 kg CO2/TJ"
    assert (rows["CO2"]["basis"], rows["CO2"]["scope"], rows["CO2"]["boundary"]) == (
        "ncv",
        "1",
        "combustion",
    )
    assert "Table 2.3" in rows["CO2"]["citation"]
    assert rows["ncv"]["value"] == "26.7 GJ/t"
    assert "scope" not in rows["ncv"]


def test_show_says_how_to_use_it(plant: Plant, capsys: Capture) -> None:
    page = output(capsys, "show", "ap-42/anthracite-stoker-pm")
    assert "emission-factors: [{factor: ap-42/anthracite-stoker-pm, ash: 18 %}]" in " ".join(
        page.split()
    )
    beside = ("--beside", str(plant.folder))
    assert "control: own-dust/cyclone" in output(capsys, "show", "own-dust/cyclone", *beside)
    grid = " ".join(output(capsys, "show", "own-grid/electricity", *beside).split())
    assert "basis: {grid: {data-year: 2023, type: combined-margin}}" in grid
    assert "not verified against the original" in grid
    water = output(capsys, "show", "own-water/deep-lagoon", *beside, "--lang", "vi")
    assert "0.25 kg CH4/kg COD x MCF 80 %" in water
    assert "Nguồn" in water


def test_show_of_a_set_takes_the_newest_version_unless_one_is_named(
    plant: Plant, capsys: Capture
) -> None:
    plant.add_set("own-dust", SETS["own-dust"].replace("version: 1", "version: 2"), 2)
    beside = ("--beside", str(plant.folder))
    assert data(capsys, "show", "own-dust", *beside)["version"] == "2"
    assert data(capsys, "show", "own-dust@1", *beside)["version"] == "1"
    assert output(capsys, "show", "own-dust@1", *beside).startswith("own-dust@1\nDust\n")


@pytest.mark.parametrize(
    "name",
    [
        "../../assessments",
        "../assessments/published",
        "ipcc-2006/antracite",
        "ipc-2006",
        "ipcc-2006@9",
        "nothing/at-all",
    ],
)
def test_show_of_nothing_names_the_nearest(name: str, capsys: Capture) -> None:
    assert run(["factors", "show", name]) == 2
    said = capsys.readouterr().err
    assert name in said
    assert "  " in said.splitlines()[1]


# ---- verify ---------------------------------------------------------------------------------------------------------


def test_every_shipped_set_is_as_released(tmp_path: Path, capsys: Capture) -> None:
    verified = data(capsys, "verify", "--beside", str(tmp_path))["sets"]
    assert verified
    assert all(item["released"] and item["diagnostics"] == [] for item in verified)


def test_verify_finds_what_is_wrong_with_an_own_set(plant: Plant, capsys: Capture) -> None:
    assert data(capsys, "verify", "--beside", str(plant.folder))["sets"]
    plant.add_set("own-gwp", SETS["own-gwp"].replace("gas: N2O", "gas: N3O"))
    verified = data(capsys, "verify", "--beside", str(plant.folder), code=1)["sets"]
    wrong = next(item for item in verified if item["set"] == "own-gwp@1")
    assert [problem["name"] for problem in wrong["diagnostics"] if problem["severity"] == "error"]
    assert wrong["diagnostics"][0]["line"] > 1
    page = output(capsys, "verify", "--beside", str(plant.folder), code=1)
    assert next(line for line in page.splitlines() if line.startswith("own-gwp@1")).endswith(
        "WRONG"
    )


def test_a_changed_released_set_and_a_hidden_own_one_are_errors(
    plant: Plant, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = plant.folder / "shipped"
    place = shipped / "own-gwp"
    place.mkdir(parents=True)
    (place / "1.yaml").write_text(SETS["own-gwp"], encoding="utf-8")
    (shipped / "SHA256SUMS").write_text(f"{'0' * 64}  own-gwp/1.yaml\n", encoding="utf-8")
    monkeypatch.setattr(files, "shipped_factors", lambda: str(shipped))
    verified = data(capsys, "verify", "--beside", str(plant.folder), code=1)["sets"]
    names = [
        [problem["name"] for problem in item["diagnostics"] if problem["severity"] == "error"]
        for item in verified
    ]
    assert names[0] == ["released-set-changed"]
    assert ["own-set-hidden"] in names[1:]


# ---- outdated -------------------------------------------------------------------------------------------------------

BODY = """\
streams:
  coal: {kind: energy, quantity: 5 000 t/year, price: 1 VND/t, emission-factors: [own-fuels/coal]}
measures:
  - {id: m, title: A, effects: {stream: coal, reduce: 1 000 t/year}}
"""


def test_outdated_says_what_a_newer_set_would_change(plant: Plant, capsys: Capture) -> None:
    newer = SETS["own-fuels"].replace("version: 1", "version: 3").replace("98 300", "94 600")
    plant.add_set("own-fuels", newer, 3)
    path = plant.write(HEAD + BODY)
    before = path.read_bytes()
    found = data(capsys, "outdated", str(path))["outdated"]
    assert [(item["set"], item["newer"]) for item in found] == [("own-fuels@1", "own-fuels@3")]
    changes = {change["figure"]: change for change in found[0]["changes"]}
    co2 = changes["totals.reductions.co2"]
    assert co2["before"]["value"] == pytest.approx(2624.61, rel=1e-9)
    assert co2["after"]["value"] == pytest.approx(1000 * 26.7e-3 * 94.6, rel=1e-9)
    assert "measures.m.avoided_emissions.scope_1.CO2" in changes
    assert "totals.annual_saving" not in changes  # money does not hang on the factor
    assert path.read_bytes() == before
    page = " ".join(output(capsys, "outdated", str(path)).split())
    assert "totals.reductions.co2" in page
    assert "write own-fuels@3 in place of own-fuels@1" in page
    assert "viết own-fuels@3 thay cho own-fuels@1" in " ".join(
        output(capsys, "outdated", str(path), "--lang", "vi").split()
    )


def test_outdated_says_where_a_newer_set_no_longer_serves(plant: Plant, capsys: Capture) -> None:
    newer = (
        SETS["own-fuels"].replace("version: 1", "version: 2").replace("id: coal", "id: hard-coal")
    )
    plant.add_set("own-fuels", newer, 2)
    found = data(capsys, "outdated", str(plant.write(HEAD + BODY)))["outdated"]
    assert found[0]["assessable"] is False
    assert found[0]["diagnostics"][0]["name"] == "unknown-factor"
    assert "cannot be assessed" in output(capsys, "outdated", str(plant.folder / "plant.yaml"))


def test_a_newer_set_that_changes_nothing_says_so(plant: Plant, capsys: Capture) -> None:
    plant.add_set("own-fuels", SETS["own-fuels"].replace("version: 1", "version: 2"), 2)
    path = str(plant.write(HEAD + BODY))
    assert data(capsys, "outdated", path)["outdated"][0]["changes"] == []
    assert "no figure changes" in output(capsys, "outdated", path)


def test_nothing_is_outdated_where_there_is_nothing_newer(plant: Plant, capsys: Capture) -> None:
    path = str(plant.write(HEAD + BODY))
    assert data(capsys, "outdated", path)["outdated"] == []
    assert run(["factors", "outdated", str(plant.folder / "none.yaml")]) == 2


def test_outdated_takes_programmes_and_folders(plant: Plant, capsys: Capture) -> None:
    plant.write(HEAD + BODY, "one.yaml")
    below = Plant(plant.folder / "below")
    for place in (plant, below):
        place.add_set(
            "own-fuels",
            SETS["own-fuels"].replace("version: 1", "version: 2").replace("98 300", "94 600"),
            2,
        )
    below.write(HEAD.replace("P-1", "P-2") + BODY, "two.yaml")
    (plant.folder / "compose.yaml").write_text("services: {}\n", encoding="utf-8")
    programme = plant.write(
        "cpcalc-programme: 1\nid: p\nname: P\nperiod: {from: 2011, to: 2013}\ncurrency: VND\nenterprises: below\n",
        "programme.yaml",
    )
    two = str(plant.folder / "below" / "two.yaml")

    def files(*paths: object) -> list[str]:
        return [item["file"] for item in data(capsys, "outdated", *map(str, paths))["outdated"]]

    assert files(programme) == [two]
    assert files(plant.folder, programme, two) == [str(plant.folder / "one.yaml"), two]
    page = output(capsys, "outdated", str(plant.folder))
    assert page.count("1 of ") == 2
    assert "compose.yaml" not in page


def test_outdated_says_what_it_cannot_tell(
    plant: Plant, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(plant.folder)
    plant.write(HEAD + BODY, "good.yaml")
    plant.write(HEAD + BODY + "colour: red\n", "bad.yaml")
    assert run(["factors", "outdated", "."]) == 1
    said = capsys.readouterr()
    assert said.out.startswith("good.yaml\n")
    assert "error[unknown-key]" in said.err
    plant.write("cpcalc-programme: 1\nidd: p\n", "programme.yaml")
    assert run(["factors", "outdated", str(plant.folder / "programme.yaml")]) == 1
    assert "error[unknown-key]" in capsys.readouterr().err
    (plant.folder / "empty").mkdir()
    assert run(["factors", "outdated", str(plant.folder / "empty")]) == 2
    assert "there is no assessment below" in capsys.readouterr().err


def test_the_commands_have_help(capsys: Capture) -> None:
    for command in ("list", "show", "verify", "outdated"):
        assert command in output(capsys, "--help", code=0)
