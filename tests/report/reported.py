"""Assessments of the repository with their reports, each assessed once for all tests."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from cpcalc.app.assess import Options, Outcome, assess, assess_file
from cpcalc.app.questions import sources_of
from cpcalc.report.document import Told, assessment_report
from cpcalc.report.writers import Report

ROOT = Path(__file__).resolve().parents[2]
PUBLISHED = (
    "cpi-phong-chau-paper", "cpi-sao-xanh-foundry", "georgia-winery", "india-bimetal-bearings",
    "itac-dl0238", "vietnam-eip-72",
)  # fmt: skip
PROGRAMME = ROOT / "assessments" / "vpeg" / "programme.yaml"
FILES = [
    *sorted(path for path in PROGRAMME.parent.glob("*.yaml") if path != PROGRAMME),
    *(ROOT / "assessments" / "published" / f"{name}.yaml" for name in PUBLISHED),
]
IN_FULL = Options(economics=True)


@cache
def outcome_of(path: Path) -> Outcome:
    return assess_file(str(path), IN_FULL)


def outcome_of_text(text: str) -> Outcome:
    return assess(text.encode(), "plant.yaml", IN_FULL)


def report_of(outcome: Outcome, language: str) -> Report:
    assert outcome.result is not None, outcome.diagnostics
    told = Told(outcome.result, sources_of(outcome), language)
    return assessment_report([told], [], language)
