"""Bounds as published: what rests on them says so, and in which direction."""

from __future__ import annotations

import json

import pytest

from cpcalc.app.assess import Options, assess
from cpcalc.app.assess import combine
from cpcalc.figures import Figure, bound_of
from cpcalc.report.json_result import result_data
from cpcalc.report.page import plain_lines
from cpcalc.report.summary import summary
from cpcalc.results import AssessmentResult, Line

HEAD = """\
cpcalc: 1
enterprise: {id: x, name: x}
data-status: draft
basis: {currency: USD}
"""


def result_of(body: str) -> AssessmentResult:
    outcome = assess((HEAD + body).encode(), "x.yaml", Options())
    assert outcome.result is not None, [item.name for item in outcome.diagnostics]
    return outcome.result


def group(investment: str, saving: str) -> Line:
    body = f"groups: [{{id: g, title: g, investment: {investment}, annual-saving: {saving}}}]\n"
    return result_of(body).totals


@pytest.mark.parametrize(
    ("investment", "saving", "bound"),
    [
        ("{at-most: 5 000 USD}", "{at-least: 200 000 USD/year}", "at-most"),
        ("5 000 USD", "{at-least: 200 000 USD/year}", "at-most"),
        ("5 000 USD", "{at-most: 200 000 USD/year}", "at-least"),
        ("{at-least: 5 000 USD}", "200 000 USD/year", "at-least"),
        ("{at-least: 5 000 USD}", "{at-least: 200 000 USD/year}", "estimate"),
        ("5 000 USD", "200 000 USD/year", None),
    ],
)
def test_a_payback_turns_the_bound_of_its_saving(
    investment: str, saving: str, bound: str | None
) -> None:
    payback = group(investment, saving).simple_payback
    assert isinstance(payback, Figure)
    assert payback.bound == bound


def test_what_does_not_rest_on_a_bound_is_not_marked() -> None:
    result = result_of("""\
measures:
  - {id: a, title: a, investment: 100 USD, benefits: {saves: {at-least: 50 USD/year}, as: energy}}
  - {id: b, title: b, investment: 100 USD, benefits: {saves: 50 USD/year, as: water}}
""")
    first, second = (measure.line for measure in result.measures)
    assert getattr(first.simple_payback, "bound", None) == "at-most"
    assert second.simple_payback.bound is None  # type: ignore[union-attr]
    assert result.totals.savings["water"].bound is None  # type: ignore[union-attr]
    assert getattr(result.totals.annual_saving, "bound", None) == "at-least"
    assert '"bound"' in json.dumps(result_data(result, []))


def test_an_expected_bound_marks_nothing() -> None:
    result = result_of("""\
measures: [{id: a, title: a, investment: 10 USD, benefits: {saves: 75 USD/year, as: water}}]
expect: [{figure: totals.simple_payback, at-most: 2 month}]
""")
    assert '"bound"' not in json.dumps(result_data(result, []))


def test_the_summary_and_json_say_it() -> None:
    result = result_of(
        "measures: [{id: a, title: a, investment: 100 USD, benefits: {saves: {at-least: 50 USD/year}, as: energy}}]\n"
    )
    text = "\n".join(plain_lines(summary(result, "en"), "en"))
    assert "\u2265\u00a050" in text
    assert "\u2264\u00a02.0\u00a0years" in text
    data = json.loads(json.dumps(result_data(result, [])))
    assert data["totals"]["simple_payback"] == {"value": 2.0, "unit": "year", "bound": "at-most"}
    assert "bound" not in data["totals"]["investment"]["converted"]


def test_several_assessments_keep_their_own_bounds() -> None:
    bounded = result_of(
        "groups: [{id: g, title: g, investment: 1 USD, annual-saving: {at-least: 1 USD/year}}]\n"
    )
    exact = result_of("groups: [{id: g, title: g, investment: 1 USD, annual-saving: 1 USD/year}]\n")
    assert combine([exact, exact]).by_currency["USD"][1].annual_saving.__class__ is Figure
    total = combine([exact, bounded]).by_currency["USD"][1].annual_saving
    assert isinstance(total, Figure)
    assert total.bound == "at-least"
    assert bound_of(total) == "at-least"


def test_a_bound_that_cancels_out_is_none() -> None:
    result = result_of("""\
streams: {water: {kind: water, quantity: {at-least: 100 m3/year}, price: 1 USD/m3}}
measures: [{id: a, title: a, effects: {stream: water, reduce: 10 m3/year}}]
""")
    assert result.totals.annual_saving.bound is None  # type: ignore[union-attr]
    assert getattr(result.streams[0].after, "bound", None) == "at-least"
