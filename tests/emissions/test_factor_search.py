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
