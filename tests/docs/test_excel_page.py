"""The page of Excel forms: its commands give what it shows, and it names every sheet."""

import datetime
import re
from pathlib import Path

import openpyxl
import pytest

from cpcalc.__main__ import run
from cpcalc.app.form import sheets

PAGE = (Path(__file__).parent.parent.parent / "docs" / "excel.md").read_text(encoding="utf-8")
CSV = {
    "streams.csv": "Code;Kind;Quantity;unit;Price;unit\nwater;water;120000;m3/year;9500;VND/m3\n",
    "measures.csv": "Code;Title;Investment;Stream;Reduces by\nm1;Nozzles;8 million VND;water;10 %\n",
}


def fill(path: Path) -> None:
    """Type a plant below what stands in a form."""
    book = openpyxl.load_workbook(path)
    for row, value in ((3, "P-1"), (4, "Fish plant")):
        book["Enterprise"].cell(row, 2, value)
    heads = {cell.value: cell.column for cell in book["Streams"][2]}
    plant: dict[str, object] = {"Code": "ice", "Kind": "material", "Quantity": 40}
    for head, typed in plant.items():
        book["Streams"].cell(13, heads[head], typed)
    book["Streams"].cell(13, heads["Quantity"] + 1, "t/year")
    book.save(path)


def test_the_commands_of_the_page_give_what_it_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, text in CSV.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    commands = re.findall(r"```(?:console|text)\n\$ cpcalc ([^\n]+)\n(.*?)```", PAGE, re.DOTALL)
    assert len(commands) == 3
    for command, shown in commands:
        assert run(command.split()) == 0, command
        said = capsys.readouterr()
        assert said.err + said.out == shown
        if command.startswith("template"):
            fill(tmp_path / "plant.xlsx")


def test_the_mistake_that_the_page_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["template", "plant.xlsx", "--sector", "seafood"]) == 0
    fill(tmp_path / "plant.xlsx")
    book = openpyxl.load_workbook("plant.xlsx")
    book["Streams"]["B13"] = datetime.date(2025, 2, 1)
    book.save("plant.xlsx")
    capsys.readouterr()
    assert run(["import", "plant.xlsx", "-o", "plant.yaml"]) == 1
    assert capsys.readouterr().err.strip() in PAGE


def test_the_page_names_every_sheet() -> None:
    named = re.findall(r"^\| ([A-Z][A-Za-z ]+) \|", PAGE, re.MULTILINE)
    assert named == [sheet.words["en"][0] for sheet in sheets().values()]
