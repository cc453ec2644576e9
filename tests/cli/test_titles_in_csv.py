"""CSV has the titles in the language asked for."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from cpcalc.__main__ import run

TEXT = """cpcalc: 1
enterprise: {id: T-1, name: {en: Lime kiln, vi: Lò vôi}}
data-status: draft
basis: {currency: VND}
measures:
  - {id: m1, title: {en: Lagging, vi: Bảo ôn}, benefits: {saves: 2 million VND/year, as: energy}}
"""


@pytest.mark.parametrize(
    ("language", "lagging", "kiln"), [("en", "Lagging", "Lime kiln"), ("vi", "Bảo ôn", "Lò vôi")]
)
def test_titles(
    language: str, lagging: str, kiln: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "plant.yaml"
    path.write_text(TEXT, encoding="utf-8")
    run(["assess", str(path), "--format", "csv", "--lang", language])
    assert next(csv.DictReader(io.StringIO(capsys.readouterr().out)))["title"] == lagging
    run(["batch", str(path), "--format", "csv", "--lang", language])
    assert next(csv.DictReader(io.StringIO(capsys.readouterr().out)))["name"] == kiln
