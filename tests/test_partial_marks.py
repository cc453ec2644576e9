"""What is not known of a part is not known of its group and its total, in whatever figure it is looked up."""

from __future__ import annotations

from cpcalc.app.assess import Options, assess
from cpcalc.figures import Figure, NotApplicable, Reported
from cpcalc.report.json_result import result_data
from cpcalc.results import AssessmentResult

HEAD = """cpcalc: 1
numbers: international
enterprise: {id: a, name: A, country: VN}
data-status: draft
basis: {currency: VND, period: 2014, gwp: AR5-100, factor-sets: [vn-grid@1, ipcc-gwp@1],
        grid: {data-year: 2014, type: combined-margin}}
streams:
  power: {kind: energy, quantity: 1 000 MWh/year, price: 1 500 VND/kWh, emission-factors: [vn-grid/electricity]}
  coal: {kind: energy, quantity: 1 000 t/year, price: 2 million VND/t}
  dear: {kind: energy, quantity: 100 t/year}
"""
TWO = """measures:
  - {id: m1, title: One, investment: 100 million VND, effects: {stream: power, reduce: 10 %}}
  - {id: m2, title: Two, effects: {stream: coal, reduce: 50 t/year}}
"""


def result(text: str) -> AssessmentResult:
    outcome = assess((HEAD + text).encode(), "plant.yaml", Options())
    assert outcome.result is not None
    return outcome.result


def missing_in(figure: Reported | None) -> tuple[str, ...]:
    assert figure is not None
    assert figure.missing
    return figure.missing


def test_a_group_without_own_investment_misses_that_of_its_members() -> None:
    found = result(TWO + "groups: [{id: g, title: G, measures: [m1, m2]}]\n")
    line = found.groups[0].line
    assert line.investment is not None
    assert missing_in(line.investment.converted) == ("measures.m2.investment",)
    assert missing_in(line.simple_payback) == ("measures.m2.investment",)
    assert found.totals.investment is not None
    assert missing_in(found.totals.investment.converted) == ("measures.m2.investment",)
    assert missing_in(found.totals.simple_payback) == ("measures.m2.investment",)
    assert isinstance(found.totals.simple_payback_of_complete, NotApplicable)


def test_the_mark_outlasts_a_grant() -> None:
    found = result(TWO + "groups: [{id: g, title: G, measures: [m1, m2], grant: 10 million VND}]\n")
    assert missing_in(found.groups[0].line.simple_payback) == ("measures.m2.investment",)
    assert missing_in(found.totals.simple_payback) == ("measures.m2.investment",)


def test_a_group_with_own_investment_needs_none_of_its_members() -> None:
    found = result(
        TWO + "groups: [{id: g, title: G, measures: [m1, m2], investment: 500 million VND}]\n"
    )
    payback = found.totals.simple_payback
    assert isinstance(payback, Figure)
    assert payback.value == 2  # 500 / (150 + 100)


def test_co2e_lacks_what_co2_lacks() -> None:
    reductions = result(TWO).totals.reductions
    for gas in ("co2", "co2e"):
        figure = reductions[gas]
        assert isinstance(figure, Figure)
        assert figure.is_partial
        assert (figure.counted, figure.of) == (1, 2)
        assert figure.missing == ("streams.coal.emission-factors",)
        assert abs(figure.value - 66.12) < 1e-9


def test_stand_alone_counts_the_lines_that_the_saving_counts() -> None:
    text = (
        TWO
        + "  - {id: m3, title: Three, investment: 1 million VND, effects: {stream: dear, reduce: 1 t/year}}\n"
    )
    totals = result(text + "  - {id: idea, title: An idea without money}\n").totals
    assert totals.stand_alone is not None
    for figure in (totals.annual_saving, totals.stand_alone.annual_saving):
        assert isinstance(figure, Figure)
        assert figure.is_partial
        assert (figure.counted, figure.of, figure.missing) == (2, 3, ("streams.dear.price",))


def test_a_category_is_partial_where_a_price_is_missing() -> None:
    text = (
        TWO
        + "  - {id: m3, title: Three, investment: 1 million VND, effects: {stream: dear, reduce: 1 t/year}}\n"
    )
    found = result(text)
    assert missing_in(found.measures[2].line.savings["energy"]) == ("streams.dear.price",)
    energy = found.totals.savings["energy"]
    assert isinstance(energy, Figure)
    assert energy.is_partial
    assert (energy.value, energy.counted, energy.of) == (250e6, 2, 3)
    assert energy.missing == ("streams.dear.price",)


def test_an_investment_that_nobody_states_names_every_measure() -> None:
    data = result_data(result(TWO.replace("investment: 100 million VND, ", "")), [])
    fields = ["measures.m1.investment", "measures.m2.investment"]
    assert data["totals"]["investment"]["converted"]["missing"] == fields


def test_what_a_part_or_a_follower_lacks_is_the_field_that_can_be_typed() -> None:
    text = """  water: {kind: water, price: 5 000 VND/m3}
  washing: {part-of: water, share: 50 %}
  waste-water: {kind: wastewater, follows: {washing: 0.8 m3/m3}, price: 2 000 VND/m3}
measures: [{id: m1, title: One, effects: [{stream: washing, reduce: 10 %}, {stream: waste-water, reduce: 5 %}]}]
"""
    found = result(text)
    assert missing_in(found.measures[0].line.annual_saving) == ("streams.water.quantity",)
    by_id = {stream.id: stream for stream in found.streams}
    for name in ("washing", "waste-water"):
        assert missing_in(by_id[name].baseline) == ("streams.water.quantity",)


def test_a_scope_misses_what_co2_misses() -> None:
    found = result(TWO)
    measure, total = found.measures[0].line, found.totals
    assert isinstance(measure.avoided_emissions["scope_2_location"]["CO2"], Figure)
    assert isinstance(measure.avoided_emissions["scope_2_location"]["CO2"], Figure)
    assert not measure.avoided_emissions["scope_2_location"]["CO2"].is_partial
    assert missing_in(total.reductions["co2"]) == ("streams.coal.emission-factors",)
    assert missing_in(total.avoided_emissions["scope_2_location"]["CO2"]) == (
        "streams.coal.emission-factors",
    )
    data = result_data(found, [])["totals"]["avoided_emissions"]["scope_2_location"]["CO2"]
    assert data["partial"] == {"counted": 1, "of": 2, "missing": ["streams.coal.emission-factors"]}


def test_a_measure_and_its_group_have_the_mark_too_also_over_their_lives() -> None:
    both = "effects: [{stream: power, reduce: 10 %}, {stream: coal, reduce: 50 t/year}]"
    found = result(
        f"measures: [{{id: m, title: M, lifetime: 10 years, {both}}}]\n"
        "groups: [{id: g, title: G, measures: [m], annual-saving: 500 million VND/year}]\n"
    )
    for line in (found.measures[0].line, found.groups[0].line, found.totals):
        for scopes in (line.avoided_emissions, line.lifetime_avoided):
            assert missing_in(scopes["scope_2_location"]["CO2"]) == (
                "streams.coal.emission-factors",
            )


def test_dust_of_an_unknown_quantity_marks_the_dust_on_site() -> None:
    found = result(
        "  stack: {kind: dust, quantity: 40 t/year}\n  kiln: {kind: dust}\n"
        "measures:\n"
        "  - {id: a, title: A, effects: {stream: stack, reduce: 5 t/year}}\n"
        "  - {id: b, title: B, effects: {stream: kiln, reduce: 20 %}}\n"
    )
    assert missing_in(found.totals.reductions["dust"]) == ("streams.kiln.quantity",)
    assert missing_in(found.totals.avoided_emissions["on_site"]["TSP"]) == (
        "streams.kiln.quantity",
    )


def test_a_saving_that_is_unknown_alone_and_partly_known_in_the_bundle_breaks_no_identity() -> None:
    text = """  husk: {kind: energy, price: 1 million VND/t}
  steam: {kind: energy, quantity: 200 t/year, made-from: {dear: 0.2 t/t}}
measures:
  - {id: husk, title: A, effects: {stream: dear, replace-by: husk, share: 50 %, ratio: 2 t/t}}
  - {id: traps, title: B, effects: {stream: steam, reduce: 10 %}}
  - {id: fans, title: C, effects: {stream: power, reduce: 10 %}}
  - {id: lamps, title: D, effects: {stream: power, reduce: 10 %}}
"""
    found = result(text)
    traps = found.measures[1].line
    assert traps.stand_alone is not None
    assert isinstance(traps.stand_alone.annual_saving, NotApplicable)
    assert isinstance(traps.annual_saving, Figure)
    assert traps.annual_saving.is_partial
    assert abs(traps.annual_saving.value - 200 * 0.1 * 0.2 * 0.5 * 2 * 1e6) < 1e-6
    assert "stand-alone = bundle + overlap" in [item.name for item in found.identities]
    assert all(item.holds for item in found.identities)


def test_what_overlaps_is_partial_where_the_savings_are() -> None:
    effects = "effects: [{stream: power, reduce: 10 %}, {stream: dear, reduce: 10 %}]"
    found = result(
        "measures:\n" + "".join(f"  - {{id: m{n}, title: M, {effects}}}\n" for n in (1, 2))
    )
    for figure in (found.measures[1].line.overlap, found.totals.overlap):
        assert isinstance(figure, Figure)
        assert figure.missing == ("streams.dear.price",)
