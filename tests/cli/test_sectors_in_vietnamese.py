"""Sectors in Vietnamese pages: known ones in Vietnamese, others as written; data stay as is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cpcalc.__main__ import run

PLANT = """\
cpcalc: 1
enterprise: {{id: {id}, name: {id}, sector: {sector}}}
data-status: draft
measures:
  - id: m
    title: M
    investment: 10 million VND
    benefits: [{{saves: 5 million VND/year, as: energy}}]
"""
SECTORS = {"A": "Pulp and paper", "B": "kite making", "C": '"kites \\u202e"'}


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert run(list(arguments)) == 0
    return capsys.readouterr().out


@pytest.fixture
def plants(tmp_path: Path) -> Path:
    for name, sector in SECTORS.items():
        (tmp_path / f"{name}.yaml").write_text(
            PLANT.format(id=name, sector=sector), encoding="utf-8"
        )
    return tmp_path


def test_a_known_sector_is_said_in_the_language(
    plants: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paper = str(plants / "A.yaml")
    assert "bột giấy và giấy" in said(capsys, "assess", paper, "--lang", "vi")
    assert "Pulp and paper" in said(capsys, "assess", paper)
    data = json.loads(said(capsys, "assess", paper, "--lang", "vi", "--format", "json"))
    assert data["enterprise"]["sector"] == "Pulp and paper"


def test_groups_of_a_batch_have_the_names_that_a_page_has(
    plants: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    batch = ("batch", str(plants), "--no-cache", "--lang", "vi", "--group-by")
    page = said(capsys, *batch, "sector")
    assert "bột giấy và giấy" in page
    assert "kite making" in page
    assert "kites <U+202E>" in page
    assert "\u202e" not in page
    assert "BẢN NHÁP  " in said(capsys, *batch, "data-status")
