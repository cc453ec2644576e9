"""Bounds and published shares of many enterprises: a sum keeps its mark, and shares add to nothing."""

from __future__ import annotations

from cpcalc.app.assess import Options, assess
from cpcalc.figures import Figure, NotApplicable
from cpcalc.programme.totals import Total, add
from cpcalc.rows import row_of

HEAD = "cpcalc: 1\nenterprise: {id: x, name: x}\ndata-status: draft\nbasis: {currency: USD}\n"


def total_of(*bodies: str) -> Total:
    rows = []
    for body in bodies:
        outcome = assess((HEAD + body).encode(), "x.yaml", Options(totals_only=True))
        assert outcome.result is not None, [item.name for item in outcome.diagnostics]
        rows.append(row_of(outcome.result, 0).figures)
    return add(rows)


def group(investment: str, saving: str) -> str:
    return f"groups: [{{id: g, title: g, investment: {investment}, annual-saving: {saving}}}]\n"


def test_a_sum_over_a_bound_is_one() -> None:
    total = total_of(group("5 USD", "{at-least: 20 USD/year}"), group("5 USD", "30 USD/year"))
    saving = total.figure("annual_saving")
    assert isinstance(saving, Figure)
    assert (saving.value, saving.bound) == (50, "at-least")
    assert total.figure("investment").bound is None  # type: ignore[union-attr]
    assert isinstance(total.simple_payback, Figure)
    assert (total.simple_payback.value, getattr(total.simple_payback, "bound", None)) == (
        0.2,
        "at-most",
    )


def test_bounds_of_both_kinds_are_an_estimate() -> None:
    total = total_of(
        group("5 USD", "{at-least: 20 USD/year}"), group("5 USD", "{at-most: 30 USD/year}")
    )
    assert getattr(total.figure("annual_saving"), "bound", None) == "estimate"


def test_a_partial_sum_keeps_its_bound() -> None:
    body = """\
streams: {power: {kind: energy, quantity: 100 kWh/year}}
measures:
  - {id: a, title: a, investment: 1 USD, benefits: {saves: {at-least: 5 USD/year}, as: water}}
  - {id: b, title: b, investment: 1 USD, effects: {stream: power, reduce: 10 %}}
"""
    outcome = assess((HEAD + body).encode(), "x.yaml", Options(totals_only=True))
    assert outcome.result is not None
    found = row_of(outcome.result, 0).figures["annual_saving"]
    assert isinstance(found, Figure)
    assert (found.value, found.bound, getattr(found, "of", None)) == (
        5,
        "at-least",
        2,
    )
    assert getattr(total_of(body).figure("annual_saving"), "bound", None) == "at-least"


def test_published_shares_do_not_add() -> None:
    share = "measures: [{id: a, title: a, effects: {reduces: %s, by: %s, as-published: true}}]\n"
    total = total_of(
        share % ("wastewater", "70 %"), share % ("wastewater", "50 %"), share % ("dust", "5 %")
    )
    assert total.figure("stated_reductions.wastewater") is None
    total = total_of(share % ("wastewater", "70 %"), share % ("wastewater", "50 m3/year"))
    found = total.sums["stated_reductions.wastewater"]
    assert (found.reporting, found.of) == (1, 2)
    assert not isinstance(found.figure, NotApplicable)
