"""An expected figure that repeats what is typed tests nothing, and is counted apart."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cpcalc.__main__ import run
from cpcalc.app.assess import Options, assess
from cpcalc.report.page import plain_lines
from cpcalc.report.summary import summary

PLANT = """\
cpcalc: 1
numbers: international
enterprise: {id: E-1, name: Plant}
data-status: published
basis: {currency: USD}
streams:
  coal: {kind: energy, quantity: 1 000 t/year, price: 100 USD/t}
measures:
  - {id: a, title: A, investment: 900 USD, effects: {stream: coal, reduce: 10 t/year}}
  - {id: b, title: B, investment: 100 USD, benefits: [{saves: 50 USD/year, as: water}]}
  - {id: c, title: C, effects: {stream: coal, reduce: 1 t/year}, benefits: [{saves: 30 USD/year, as: unspecified, balancing: true}]}
expect:
"""


@pytest.mark.parametrize(
    ("figure", "value", "by_construction"),
    [
        ("measures.a.annual_saving", "1 000 USD/year", False),
        ("measures.a.investment", "900 USD", True),
        ("totals.investment", "1 000 USD", False),
        ("measures.b.annual_saving", "50 USD/year", True),
        ("measures.b.savings.water", "50 USD/year", True),
        ("measures.b.annual_net_saving", "50 USD/year", True),
        ("measures.b.simple_payback", "2 year", False),
        ("streams.coal.saving", "11 t/year", False),
        ("measures.c.savings.energy", "100 USD/year", False),
        ("measures.c.annual_saving", "130 USD/year", True),
        ("totals.annual_saving", "1 180 USD/year", True),
    ],
)
def test_a_typed_amount_or_a_balancing_entry_tests_nothing(
    figure: str, value: str, *, by_construction: bool
) -> None:
    text = f"{PLANT}  - {{figure: {figure}, value: {value}, within: 0 %}}\n"
    outcome = assess(text.encode(), "plant.yaml", Options())
    assert outcome.result is not None
    (expected,) = outcome.result.expectations
    assert (expected.outcome, expected.by_construction) == ("met", by_construction)


def test_page_and_check_count_them_apart(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = PLANT + "".join(
        f"  - {{figure: {figure}, value: {value}, within: 0 %}}\n"
        for figure, value in (
            ("measures.a.annual_saving", "1 000 USD/year"),
            ("measures.a.investment", "900 USD"),
            ("measures.b.annual_saving", "50 USD/year"),
        )
    )
    outcome = assess(text.encode(), "plant.yaml", Options())
    assert outcome.result is not None
    page = " ".join(plain_lines(summary(outcome.result, "en"), "en"))
    assert "1 of 1 expected figures hold 2 more expected figures test no calculation" in page
    (tmp_path / "plant.yaml").write_text(text, encoding="utf-8")
    run(["check", str(tmp_path / "plant.yaml"), "--format", "json"])
    counts = json.loads(capsys.readouterr().out)["summary"]
    assert counts["expectations_met"] == 1
    assert counts["expectations_by_construction"] == 2


def test_a_figure_that_is_missed_is_missed_whatever_it_rests_on() -> None:
    text = PLANT + "  - {figure: measures.a.investment, value: 800 USD, within: 0 %}\n"
    outcome = assess(text.encode(), "plant.yaml", Options())
    assert [item.name for item in outcome.diagnostics] == ["expectation-missed"]
