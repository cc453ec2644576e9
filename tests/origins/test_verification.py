"""What is said to be verified counts as such only where the file says over which period and how."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cpcalc.__main__ import run
from cpcalc.app.assess import Options, Outcome, assess
from cpcalc.rows import headlines

HEAD = """\
cpcalc: 1
numbers: international
enterprise: {id: V-1, name: Plant}
data-status: measured
basis: {currency: USD}
streams:
  coal: {kind: energy, quantity: 1 000 t/year, price: 100 USD/t}
"""
EFFECTS = "effects: {stream: coal, reduce: 10 %}"
FOUND = "verified-effects: {stream: coal, reduce: 8 %}"
HOW = "verification: {period: 20 weeks, how: belt weigher}"


def outcome_of(*said: str) -> Outcome:
    measure = ", ".join(("id: m, title: M, status: verified", *said))
    return assess((HEAD + f"measures: [{{{measure}}}]\n").encode(), "plant.yaml", Options())


@pytest.mark.parametrize(
    ("said", "saved", "lacks"),
    [
        ((EFFECTS, FOUND, HOW), 8_000, None),
        ((EFFECTS,), 10_000, "verified-effects"),
        ((EFFECTS, HOW), 10_000, "verified-effects"),
        ((EFFECTS, FOUND), 8_000, "verification"),
        (("benefits: {saves: 9 USD/year, as: water}",), 9, "verification"),
        (("benefits: {saves: 9 USD/year, as: water}", HOW), 9, None),
    ],
)
def test_a_claim_without_its_proof_counts_as_implemented(
    said: tuple[str, ...], saved: float, lacks: str | None
) -> None:
    outcome = outcome_of(*said)
    assert outcome.result is not None
    status = "implemented" if lacks else "verified"
    assert outcome.result.measures[0].status == status
    assert list(outcome.result.totals_by_status) == [status]
    assert headlines(outcome.result.totals)["annual_saving"].value == pytest.approx(saved)
    warned = [item for item in outcome.diagnostics if item.name == "verified-without-verification"]
    assert [item.values["key"] for item in warned] == ([lacks] if lacks else [])


def test_a_group_is_verified_by_its_own_proof_or_by_that_of_all_its_measures() -> None:
    measures = f"measures: [{{id: m, title: M, status: verified, {EFFECTS}, {FOUND}, {HOW}}}]\n"
    group = "groups: [{id: g, title: G, status: verified, annual-saving: 9 000 USD/year"
    for more, status in (
        ("", "implemented"),
        (f", {HOW}", "verified"),
        (", measures: m", "verified"),
    ):
        text = HEAD + (measures if "measures" in more else "") + group + more + "}]\n"
        outcome = assess(text.encode(), "plant.yaml", Options())
        assert outcome.result is not None
        assert outcome.result.groups[0].status == status


def test_the_order_of_the_bundle_is_that_of_what_the_file_says() -> None:
    text = (
        HEAD
        + f"""\
measures:
  - {{id: first, title: F, status: implemented, effects: {{stream: coal, reduce: 50 %}}}}
  - {{id: claim, title: C, status: verified, {EFFECTS}}}
  - {{id: proved, title: P, status: verified, after: claim, {EFFECTS}, {FOUND}, {HOW}}}
"""
    )
    outcome = assess(text.encode(), "plant.yaml", Options())
    assert outcome.result is not None
    saved = [headlines(item.line)["annual_saving"].value for item in outcome.result.measures]
    assert saved == pytest.approx([0.5 * 82_800, 10_000, 7_200])


def test_the_published_programme_has_no_claim_without_proof(
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = Path(__file__).parent.parent.parent / "assessments" / "vpeg"
    run(["check", str(folder), "--format", "json"])
    files = json.loads(capsys.readouterr().out)["files"]
    names = {problem["name"] for file in files for problem in file["diagnostics"]}
    assert "verified-without-verification" not in names
