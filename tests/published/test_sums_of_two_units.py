"""Shares and amounts, cubic metres and tonnes: what does not add has no sum, and never a wrong one or a crash."""

from __future__ import annotations

from cpcalc.app.assess import Options, assess
from cpcalc.app.assess import combine
from cpcalc.figures import Figure, NotApplicable, Reported
from cpcalc.results import AssessmentResult

HEAD = "cpcalc: 1\nenterprise: {id: x, name: x}\ndata-status: draft\n"


def result_of(body: str) -> AssessmentResult:
    outcome = assess((HEAD + body).encode(), "x.yaml", Options())
    assert outcome.result is not None, [item.name for item in outcome.diagnostics]
    assert all(item.holds for item in outcome.result.identities)
    return outcome.result


def stated(*amounts: str) -> Reported:
    measures = "".join(
        f"  - {{id: m{position}, title: m, effects: {{reduces: water, by: {amount}, as-published: true}}}}\n"
        for position, amount in enumerate(amounts)
    )
    return result_of(f"measures:\n{measures}").totals.stated_reductions["water"]


def test_one_share_stands() -> None:
    figure = stated("13 %")
    assert isinstance(figure, Figure)
    assert abs(figure.value - 0.13) < 1e-12


def test_several_shares_have_no_sum() -> None:
    assert stated("13 %", "5 %") == NotApplicable("undefined", "shares-do-not-add")


def test_amounts_beside_a_share_are_partial() -> None:
    figure = stated("13 %", "100 m3/year", "20 m3/year")
    assert isinstance(figure, Figure)
    assert figure.is_partial
    assert (figure.value, figure.counted, figure.of) == (120, 2, 3)


def test_two_kinds_of_amount_have_no_sum() -> None:
    assert stated("100 t/year", "20 m3/year") == NotApplicable("undefined", "units-do-not-add")


WASTE = """\
streams:
  bark: {kind: solid-waste, quantity: 100 m3/year%s}
  ash: {kind: solid-waste, quantity: 100 t/year}
measures:
  - {id: a, title: a, effects: [{stream: bark, reduce: 10 m3/year}, {stream: ash, reduce: 10 t/year}]}
"""


def test_waste_in_cubic_metres_and_tonnes_has_no_sum_without_density() -> None:
    assert result_of(WASTE % "").totals.reductions["solid_waste"] == NotApplicable(
        "undefined", "units-do-not-add"
    )


def test_with_its_density_it_has() -> None:
    figure = result_of(WASTE % ", density: 0.3 t/m3").totals.reductions["solid_waste"]
    assert isinstance(figure, Figure)
    assert str(figure.unit) == "t/year"
    assert abs(figure.value - 13) < 1e-12


def test_waste_water_by_mass_becomes_cubic_metres() -> None:
    result = result_of("""\
streams: {brine: {kind: wastewater, quantity: 1 200 t/year, density: 1.2 t/m3}}
measures: [{id: a, title: a, effects: {stream: brine, reduce: 10 %}}]
""")
    figure = result.totals.reductions["wastewater"]
    assert isinstance(figure, Figure)
    assert (str(figure.unit), round(figure.value, 9)) == ("m3/year", 100)


def test_several_assessments_add_what_adds() -> None:
    share = result_of(
        "measures: [{id: a, title: a, effects: {reduces: water, by: 13 %, as-published: true}}]\n"
    )
    amount = result_of(
        "measures: [{id: a, title: a, effects: {reduces: water, by: 5 m3/year, as-published: true}}]\n"
    )
    line = combine([share, amount]).by_currency[""][1]
    figure = line.stated_reductions["water"]
    assert isinstance(figure, Figure)
    assert figure.is_partial
    assert figure.value == 5
