"""Waivers of the checks, and their tiers; the checks themselves are in the examples of the catalogue."""

from __future__ import annotations

import pytest

from cpcalc.app.assess import Options, assess
from cpcalc.checks import BASIC, CHECKS, name_of
from cpcalc.diagnostics import catalogue

HEAD = """cpcalc: 1
numbers: international
enterprise: {id: A-1, name: Plant}
data-status: draft
"""


def found(body: str) -> list[tuple[str, str]]:
    """Name and the text of the marked line of every warning and error."""
    text = HEAD + body
    outcome = assess(text.encode(), "plant.yaml", Options(tier=BASIC))
    lines = text.split("\n")
    return [
        (item.name, lines[item.span.line - 1].strip() if item.span else "")
        for item in outcome.diagnostics
        if item.severity != "notice"
    ]


TWICE = """measures:
  - {id: boiler, title: x, benefits: {saves: 1.38 billion VND/year, as: energy}}
  - {id: pulp, title: y, benefits: {saves: 1.38 billion VND/year, as: material}}
"""


def test_checks_are_warnings_but_for_contradictions() -> None:
    names = [name_of(check) for checks in CHECKS.values() for check in checks]
    assert len(set(names)) == len(names)
    assert {name for name in names if catalogue()[name].severity != "warning"} == {
        "parts-above-whole",
        "group-below-members",
    }


def test_a_waiver_turns_a_warning_into_a_notice_with_its_reason() -> None:
    body = (
        TWICE + "waivers:\n  - {check: identical-savings, at: measures.pulp, because: printed so}\n"
    )
    assert found(body) == []
    outcome = assess((HEAD + body).encode(), "plant.yaml", Options())
    assert [(item.severity, item.waived_because) for item in outcome.diagnostics] == [
        ("notice", "printed so")
    ]


def test_a_waiver_elsewhere_accepts_nothing_and_says_so() -> None:
    body = (
        TWICE
        + "waivers:\n  - {check: identical-savings, at: measures.boiler, because: printed so}\n"
    )
    assert [name for name, _ in found(body)] == ["identical-savings", "unused-waiver"]


def test_a_waiver_of_a_full_check_is_not_unused_when_only_basic_checks_ran() -> None:
    assert found("waivers:\n  - {check: price-outside-band, because: n}\n") == []
    outcome = assess(
        (HEAD + "waivers:\n  - {check: price-outside-band, because: n}\n").encode(),
        "p",
        Options(tier="full"),
    )
    assert [item.name for item in outcome.diagnostics] == ["unused-waiver"]


@pytest.mark.parametrize("check", ["identical-saving", "missing-field", "rubbish"])
def test_only_warnings_can_be_waived(check: str) -> None:
    problems = found(f"waivers:\n  - {{check: {check}, because: n}}\n")
    assert problems == [("waiver-of-no-warning", f"- {{check: {check}, because: n}}")]
