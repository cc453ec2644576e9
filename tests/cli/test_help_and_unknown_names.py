"""Help that is not cut at 80 columns, and names that are not known: said with a way on."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cpcalc.__main__ import run


@pytest.mark.parametrize("arguments", [["--help"], ["factors", "--help"]])
def test_no_summary_of_a_command_is_cut(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERMINAL_WIDTH", "80")
    assert run(arguments) == 0
    page = capsys.readouterr().out
    assert "Commands:" in page
    assert "..." not in page.partition("Commands:")[2]


@pytest.mark.parametrize("arguments", [[], ["factors"]])
def test_without_a_command_the_help_is_said_in_lines(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*arguments, "--help"]) == 0
    page = capsys.readouterr().out
    assert run(arguments) == 2
    assert capsys.readouterr().err.splitlines() == page.splitlines()


def test_every_command_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    listed = {
        line.split()[0]
        for line in capsys.readouterr().out.partition("Commands:")[2].splitlines()
        if line.strip()
    }
    assert {
        "new",
        "assess",
        "why",
        "check",
        "explain",
        "schema",
        "lock",
        "batch",
        "merge",
        "programme",
    } <= listed
    assert "factors" in listed


@pytest.mark.parametrize("arguments", [["explain", "foo"], ["check", "--select", "foo", __file__]])
def test_a_diagnostic_like_no_other(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == 2
    said = capsys.readouterr().err
    assert "nearest" not in said
    assert "cpcalc explain" in said


@pytest.mark.parametrize(
    ("language", "said"), [("en", "scenarios here: none"), ("vi", "trong tệp: không có")]
)
def test_a_scenario_where_there_are_none(
    language: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "plant.yaml"
    text = (
        "cpcalc: 1\nenterprise: {id: T-1, name: Test}\ndata-status: draft\nbasis: {currency: VND}\n"
    )
    path.write_text(
        text + "streams:\n  coal: {kind: energy, quantity: 10 t/year}\n", encoding="utf-8"
    )
    run(["assess", str(path), "--scenario", "low", "--lang", language])
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["explain", "refused-unt"],
            "không phải số hay tên của chẩn đoán nào; gần nhất: refused-unit",
        ),
        (["check", "nowhere"], "không có tệp hay thư mục `nowhere`"),
        (["assess", "-", "-"], "chỉ đọc được đầu vào chuẩn một lần"),
        (["assess", "a.yaml", "--set", "streams"], "cần dạng ĐƯỜNG_DẪN=GIÁ_TRỊ"),
    ],
)
def test_what_cannot_be_done_is_said_in_vietnamese(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*arguments, "--lang", "vi"]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("language", "here"),
    [("en", "; here: cpcalc, enterprise"), ("vi", "; ở đây: cpcalc, enterprise")],
)
def test_a_path_that_leads_nowhere_names_what_there_is(
    language: str, here: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plant = tmp_path / "plant.yaml"
    plant.write_text("cpcalc: 1\nenterprise: {name: A, id: a}\ndata-status: draft\n")
    run(["assess", str(plant), "--set", "streets.a.b=3", "--lang", language])
    assert here in capsys.readouterr().err
    run(["assess", str(plant), "--set", "data-status.a.b=3", "--lang", language])
    assert {"en": "; here: none", "vi": "; ở đây: không có"}[language] in capsys.readouterr().err


@pytest.mark.parametrize(
    ("place", "line"),
    [
        ("sector: tea, province: Lào Cai, country: VN", "Sector    tea, Lào Cai, VN"),
        ("province: Lào Cai, country: VN", "Province  Lào Cai, VN"),
        ("country: VN", "Country   VN"),
    ],
)
def test_the_first_that_is_known_of_sector_and_place_gives_the_line_its_name(
    place: str, line: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plant = tmp_path / "plant.yaml"
    head = f"cpcalc: 1\nenterprise: {{name: A, id: a, {place}}}\ndata-status: draft\n"
    plant.write_text(head + "basis: {period: 2024, currency: VND}\n", encoding="utf-8")
    assert run(["assess", str(plant), "--full"]) == 0
    assert line in capsys.readouterr().out.splitlines()


@pytest.mark.parametrize(
    ("arguments", "usage"),
    [
        (["--help"], " COMMAND ..."),
        (["factors", "--help"], "factors COMMAND ..."),
        (["assess", "--help"], "assess [options] FILE..."),
        (["explain", "--help"], "explain [options] [CODE]"),
        (["factors", "show", "--help"], "factors show [options] ID"),
    ],
)
def test_a_usage_line_is_written_as_people_write_it(
    arguments: list[str], usage: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == 0
    line = capsys.readouterr().out.strip().splitlines()[0]
    assert line.startswith("Usage: ")
    assert line.endswith(usage)


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [
        (["asess", "x"], "assess"),
        (["factors", "shw"], "show"),
        (["check", "--slect", "CP2"], "--select"),
    ],
)
def test_a_command_or_an_option_that_is_not_known_gets_a_suggestion(
    arguments: list[str], meant: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == 2
    assert meant in capsys.readouterr().err.rpartition("Error: ")[2]


def test_help_of_assess_and_why_is_vietnamese_where_the_language_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CPCALC_LANG", "vi_VN.UTF-8")
    for command in ("assess", "why"):
        assert run([command, "--help"]) == 0
        text = " ".join(capsys.readouterr().out.split())
        assert "Ngôn ngữ của kết quả." in text
        assert not re.search(r"\b(the|this|show|what|its)\b", text, re.IGNORECASE)
