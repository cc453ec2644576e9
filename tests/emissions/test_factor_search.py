"""Looking a factor up by a word of its name."""

from __future__ import annotations

import pytest

from cpcalc.__main__ import run


def test_a_bare_name_lists_the_factors_that_have_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["factors", "show", "anthracite", "--beside", "src"]) != 0
    said = capsys.readouterr().err
    assert "ipcc-2006/anthracite" in said
    assert "ap-42/anthracite-stoker-pm" in said
    assert "vn-grid" not in said


def test_the_use_of_a_grid_factor_is_shown_with_its_newest_year(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["factors", "show", "vn-grid/electricity", "--beside", "src"]) == 0
    assert "data-year: 2023, type: combined-margin" in " ".join(
        capsys.readouterr().out.split("to use it")[1].split()
    )


def test_a_copy_of_a_shipped_set_is_listed_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["factors", "list", "--beside", "."]) == 0
    assert capsys.readouterr().out.count("ipcc-2006@1") == 1


def test_a_word_of_its_own_and_an_emission_factor_come_first(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["factors", "show", "coal"]) == 2
    listed = capsys.readouterr().err.split()
    assert listed.index("ipcc-2006/coking-coal") < listed.index("control-efficiencies/coal-esp")
    assert "ipcc-2006/charcoal" not in listed  # part of a word, behind twenty whole ones
    assert run(["factors", "show", "rice husk"]) == 2
    assert "ipcc-2006/rice-husk" in capsys.readouterr().err


@pytest.mark.parametrize("width", ["60", "80", "120"])
def test_no_id_of_a_factor_is_broken(
    width: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", width)
    assert run(["factors", "show", "ap-42"]) == 0
    words = capsys.readouterr().out.split()
    assert {"bituminous-pulverised-dry-bottom-pm", "anthracite-stoker-pm-condensable"} <= set(words)


def test_each_row_of_an_entry_is_named_by_what_tells_it_from_the_others(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["factors", "show", "vn-grid/electricity"]) == 0
    lines = capsys.readouterr().out.splitlines()
    names = [line for line in lines if line.startswith("CO2 ")]
    assert "CO2 2010 combined-margin" in names
    assert len(set(names)) == len(names) > 10
