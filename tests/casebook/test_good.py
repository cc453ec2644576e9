"""Golden cases from file to result: the figures worked out by hand in each file, and the whole JSON beside it."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Any

import pytest

from cpcalc.app.assess import Options, Outcome, assess_file
from cpcalc.report.json_result import dumps

FOLDER = Path(__file__).parent / "good"
sys.path.insert(0, str(FOLDER.parent))
from regenerate import golden  # noqa: E402 - the command beside these tests

CASES = sorted(FOLDER.glob("*.yaml"))
OUTCOMES: dict[Path, Outcome] = {}


def outcome_of(path: Path) -> Outcome:
    if path not in OUTCOMES:
        OUTCOMES[path] = assess_file(str(path), Options())
    return OUTCOMES[path]


def differences(found: Any, expected: Any, place: str) -> list[str]:
    """Where two JSON values differ; numbers may differ in their last bits from machine to machine."""
    if isinstance(found, dict) and isinstance(expected, dict):
        if list(found) != list(expected):
            return [f"{place}: keys {list(found)} instead of {list(expected)}"]
        return [
            line
            for key in found
            for line in differences(found[key], expected[key], f"{place}.{key}")
        ]
    if isinstance(found, list) and isinstance(expected, list) and len(found) == len(expected):
        pairs = enumerate(zip(found, expected, strict=True))
        return [
            line for position, (a, b) in pairs for line in differences(a, b, f"{place}[{position}]")
        ]
    if isinstance(found, float) and isinstance(expected, (int, float)):
        if math.isclose(found, expected, rel_tol=1e-12, abs_tol=1e-12):
            return []
    elif found == expected:
        return []
    return [f"{place}: {found!r} instead of {expected!r}"]


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_every_figure_worked_out_by_hand_holds(path: Path) -> None:
    outcome = outcome_of(path)
    assert [
        (item.name, item.values) for item in outcome.diagnostics if item.severity == "error"
    ] == []
    assert outcome.result is not None
    assert outcome.result.expectations
    assert {item.outcome for item in outcome.result.expectations} <= {"met", "not-reproduced"}
    assert all(item.holds for item in outcome.result.identities)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_the_whole_result_is_as_reviewed(path: Path) -> None:
    """Regenerate with ``python tests/casebook/regenerate.py`` and review the diff."""
    found = json.loads(dumps(golden(path, outcome_of(path))))
    expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    assert differences(found, expected, path.stem)[:10] == []


def test_no_golden_result_is_left_over() -> None:
    assert {path.stem for path in FOLDER.glob("*.json")} == {path.stem for path in CASES}
