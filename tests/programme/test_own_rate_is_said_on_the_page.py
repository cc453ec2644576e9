"""A programme that converts at its own rate says so on its page, not only in a notice."""

from __future__ import annotations

from pathlib import Path

import pytest

from cpcalc.__main__ import run

PROGRAMME = str(Path(__file__).parents[2] / "assessments" / "vpeg" / "programme.yaml")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "5 of the files convert USD at another rate (18 613 (2010)"),
        ("vi", "5 tệp quy đổi USD theo tỷ giá khác"),
    ],
)
def test_rates_that_differ(language: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    run(["programme", PROGRAMME, "--lang", language])
    assert said in " ".join(capsys.readouterr().out.split())
