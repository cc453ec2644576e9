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
