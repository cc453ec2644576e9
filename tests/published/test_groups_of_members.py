"""A group's money replaces its members': categories still add up to it, and nothing incomplete passes for complete."""

from __future__ import annotations

from cpcalc.app.assess import Options, assess
from cpcalc.figures import Figure
from cpcalc.results import AssessmentResult


def result_of(body: str) -> AssessmentResult:
    head = "cpcalc: 1\nenterprise: {id: x, name: x}\ndata-status: draft\nbasis: {currency: USD}\n"
    outcome = assess((head + body).encode(), "x.yaml", Options())
    assert outcome.result is not None, [item.name for item in outcome.diagnostics]
    return outcome.result


def test_unspecified_savings_of_members_stay_in_the_sum() -> None:
    result = result_of("""\
measures: [{id: a, title: a, benefits: {saves: 50 000 USD/year, as: unspecified}}]
groups: [{id: g, title: g, measures: [a], annual-saving: 200 000 USD/year}]
""")
    unspecified = result.totals.savings["unspecified"]
    assert isinstance(unspecified, Figure)
    assert unspecified.value == 200_000
    assert all(item.holds for item in result.identities)


def test_a_member_whose_price_is_missing_makes_the_group_partial() -> None:
    result = result_of("""\
streams: {electricity: {kind: energy, quantity: 1 000 kWh/year}}
measures:
  - {id: a, title: a, benefits: {saves: 500 USD/year, as: water}}
  - {id: b, title: b, investment: 10 USD, effects: {stream: electricity, reduce: 10 %}}
groups: [{id: g, title: g, measures: [a, b]}]
""")
    saving = result.groups[0].line.annual_saving
    assert isinstance(saving, Figure)
    assert saving.is_partial
    assert saving.missing == ("streams.electricity.price",)
