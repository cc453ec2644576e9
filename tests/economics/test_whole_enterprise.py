"""The enterprise's own project (cleaner production and end of pipe together) and its life-cycle cost."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_bundle import HEAD, code, net, outcome_of, result_of, row, value

from cpcalc.__main__ import run
from cpcalc.app.assess import Options, assess
from cpcalc.economics import life_cycle
from cpcalc.economics.projects import Projects
from cpcalc.figures import Figure
from cpcalc.results import AssessmentResult, Economics, LifeCycleLine, WholeEnterprise
from cpcalc.sums import by_year

# Real rate 10 %, three years: 1/1.1 + 1/1.1^2 + 1/1.1^3 = 2.48685199 (UPV).
UPV = 1 / 1.1 + 1 / 1.1**2 + 1 / 1.1**3
BASIS = "basis: {currency: USD, discount-rate: {real: 10 %}}\neconomics: {study-period: 3 year}\n"
# Coal grows by the rate itself, so that each year's 5000 * 1.1^t is worth 5000 today.
STREAMS = """streams:
  coal: {kind: energy, quantity: 100 t/year, price: 50 USD/t, escalation: {real: 10 %}}
  sludge: {kind: solid-waste, quantity: 20 t/year, price: 30 USD/t}
"""
MEASURES = """measures:
  - {id: m1, title: Insulation, investment: 1000 USD, lifetime: 3 year, running-cost: 50 USD/year,
     effects: {stream: coal, reduce: 20 %}}
"""
FILTER = """  - {id: filter, title: Filter, type: end-of-pipe, investment: 500 USD, lifetime: 3 year,
     running-cost: 40 USD/year, effects: {stream: sludge, increase: 5 t/year}}
"""
PLANT = BASIS + STREAMS + MEASURES + FILTER


def whole_of(result: AssessmentResult) -> WholeEnterprise:
    assert result.whole_enterprise is not None
    return result.whole_enterprise


def project(result: AssessmentResult) -> Economics:
    found = whole_of(result).line.economics
    assert isinstance(found, Economics), found
    return found


def known(found: Any) -> Economics:
    assert isinstance(found, Economics), found
    return found


def cost_line(result: AssessmentResult, key: str) -> LifeCycleLine:
    return next(line for line in whole_of(result).life_cycle_cost.lines if line.key == key)


# ---- by hand --------------------------------------------------------------------------------------------------------


def test_a_bundle_and_a_filter_by_hand() -> None:
    result = result_of(PLANT, economics=True)
    whole, found = whole_of(result), project(result)
    # 1000 + 500; 20 % of 5000 less 5 t of sludge at 30; 50 + 40
    assert whole.line.investment is not None
    assert value(whole.line.investment.converted) == 1500
    assert value(whole.line.annual_saving) == 1000 - 150
    assert value(whole.line.running_cost) == 90
    assert value(whole.line.annual_net_saving) == 760
    assert value(whole.line.simple_payback) == pytest.approx(1500 / 760)
    # the table, line by line: coal 1000 * 1.1^t, sludge -150, running cost -90
    assert row(found, "investment") == [-1500, 0, 0, 0]
    assert row(found, "streams.coal") == pytest.approx([0, 1100, 1210, 1331])
    assert row(found, "streams.sludge") == [0, -150, -150, -150]
    assert row(found, "running_cost") == [0, -90, -90, -90]
    assert net(found) == pytest.approx([-1500, 860, 970, 1091])
    # NPV = -1500 + 3 * 1000 - (150 + 90) UPV = 903.1555
    assert value(found.npv) == pytest.approx(1500 - 240 * UPV)
    assert value(found.npv) == pytest.approx(903.1555, abs=1e-4)
    rate = value(found.irr)
    assert -1500 + 860 / (1 + rate) + 970 / (1 + rate) ** 2 + 1091 / (
        1 + rate
    ) ** 3 == pytest.approx(0, abs=1e-8)
    # SIR = (3000 - 240 UPV) / 1500
    assert value(found.savings_to_investment) == pytest.approx((3000 - 240 * UPV) / 1500)
    # MIRR at 10 %: (receipts at the end of year 3 / 1500)^(1/3) - 1
    assert value(found.mirr) == pytest.approx(
        ((860 * 1.21 + 970 * 1.1 + 1091) / 1500) ** (1 / 3) - 1
    )


def test_the_totals_of_cleaner_production_stay_as_they_are() -> None:
    result = result_of(PLANT, economics=True)
    without = result_of(BASIS + STREAMS + MEASURES, economics=True)
    assert value(known(result.totals.economics).npv) == pytest.approx(3000 - 1000 - 50 * UPV)
    assert value(known(result.totals.economics).npv) == value(known(without.totals.economics).npv)
    assert value(result.totals.annual_saving) == 1000
    assert not whole_of(result).line.reductions


def test_the_life_cycle_cost_by_hand() -> None:
    result = result_of(PLANT, economics=True)
    cost = whole_of(result).life_cycle_cost
    # before: coal 3 * 5000, sludge 600 UPV
    assert value(cost.before) == pytest.approx(15000 + 600 * UPV)
    assert value(cost.before) == pytest.approx(16492.1112, abs=1e-4)
    # after: coal 3 * 4000, sludge 25 t at 30, investment 1500, running cost 90 a year
    assert value(cost.after) == pytest.approx(12000 + 750 * UPV + 1500 + 90 * UPV)
    assert value(cost.after) == pytest.approx(15588.9557, abs=1e-4)
    assert value(cost.saving) == pytest.approx(value(project(result).npv), abs=1e-9)
    assert isinstance(cost.before, Figure)
    assert not cost.before.is_partial
    coal, invested = cost_line(result, "streams.coal"), cost_line(result, "investment")
    assert [value(coal.before), value(coal.after), value(coal.saving)] == pytest.approx(
        [15000, 12000, 3000]
    )
    assert [invested.before, value(invested.after), value(invested.saving)] == [None, 1500, -1500]


def test_one_year_with_tax_and_a_loan_by_hand() -> None:
    """Saving 500, tax 20 % of 500 - 300 written off; a loan of half at 8 %, paid back within the year."""
    basis = (
        "basis: {currency: USD, discount-rate: {real: 10 %}, inflation: 0 %}\n"
        "economics: {study-period: 1 year, tax: {rate: 20 %}, loan: {share: 50 %, rate: 8 %, term: 1 year}}\n"
    )
    measures = (
        "measures:\n"
        "  - {id: m1, title: M, investment: 300 USD, lifetime: 1 year, effects: {stream: coal, reduce: 10 %}}\n"
        "  - {id: f, title: F, type: end-of-pipe, investment: 100 USD, lifetime: 1 year, running-cost: 30 USD/year,\n"
        "     effects: {stream: sludge, reduce: 0 t/year}}\n"
    )
    streams = STREAMS.replace(", escalation: {real: 10 %}", "")
    result = result_of(basis + streams + measures, economics=True)
    found = project(result)
    # taxable: (500 - 300) + (-30 - 100) = 70; tax 14
    assert row(found, "tax") == pytest.approx([0, -14])
    assert net(found) == pytest.approx([-400, 500 - 30 - 14])
    # the loans of 150 and 50: interest 16, which saves 3.2 of tax
    assert row(found, "loan") == [200, 0]
    assert row(found, "interest") == pytest.approx([0, -16])
    assert row(found, "tax_on_interest") == pytest.approx([0, 3.2])
    assert found.equity is not None
    assert value(found.equity.npv) == pytest.approx(-200 + (456 - 16 + 3.2 - 200) / 1.1)
    cost = whole_of(result).life_cycle_cost
    # before 5000 + 600; after 4500 + 600 + 400 + 30 and the tax on what is gained, in present values
    assert value(cost.before) == pytest.approx(5600 / 1.1)
    assert value(cost.after) == pytest.approx(400 + (4500 + 600 + 30 + 14) / 1.1)
    assert value(cost_line(result, "tax").after) == pytest.approx(14 / 1.1)


# ---- laws -----------------------------------------------------------------------------------------------------------

PLANTS: dict[str, Any] = {
    "investment": st.integers(100, 100_000),
    "running": st.integers(-50, 5_000),
    "share": st.integers(1, 90),
    "lives": st.tuples(st.integers(1, 20), st.integers(1, 20), st.integers(1, 20)),
    "filter_cost": st.integers(0, 50_000),
    "growth": st.integers(-5, 8),
    "more": st.sampled_from(
        ("", ", study-period: 7 year, residual-value: straight-line", ", study-period: 12 year")
    ),
    "financed": st.sampled_from(
        ("", ", tax: {rate: 20 %}", ", loan: {share: 40 %, rate: 9 %, term: 3 year}")
    ),
    "nominal": st.booleans(),
}


def any_plant(
    *,
    investment: int,
    running: int,
    share: int,
    lives: tuple[int, int, int],
    filter_cost: int,
    growth: int,
    more: str,
    financed: str,
    nominal: bool,
    with_filter: bool = True,
) -> str:
    rate = "nominal: 12 %" if nominal else "real: 7 %"
    text = (
        f"basis: {{currency: USD, discount-rate: {{{rate}}}, inflation: 3 %, "
        "exchange-rates: {VND: {rate: 0.00004 USD/VND, year: 2024, source: bank}}}\n"
        f"economics: {{escalation: {{water: {{nominal: 2 %}}, energy: {{real: {growth} %}}}}{more}{financed}}}\n"
        "streams:\n"
        "  coal: {kind: energy, quantity: 1000 t/year, price: 70 USD/t}\n"
        "  mills: {part-of: coal, share: 30 %}\n"
        "  water: {kind: water, quantity: 9000 m3/year, price: 12000 VND/m3}\n"
        "  drain: {kind: wastewater, follows: {water: 0.8 m3/m3}, price: 0.2 USD/m3}\n"
        "  slag: {kind: by-product, quantity: 50 t/year, price: 5 USD/t}\n"
        "  resin: {kind: chemical, quantity: 3 t/year}\n"
        "measures:\n"
        f"  - {{id: m1, title: A, investment: {investment} USD, lifetime: {lives[0]} year,\n"
        f"     running-cost: {running} USD/year, grant: 20 USD, saving-loss: 2 %,\n"
        f"     effects: {{stream: coal, reduce: {share} %}}}}\n"
        f"  - {{id: m2, title: B, investment: 40 million VND, lifetime: {lives[1]} year, salvage: 9 USD,\n"
        "     effects: [{stream: water, reduce: 30 %}, {stream: mills, reduce: 5 %, worth: 900 USD/year},\n"
        "       {stream: slag, reduce: 4 t/year}], benefits: {saves: 70 USD/year, as: material}}\n"
    )
    if with_filter:
        text += (
            f"  - {{id: f, title: F, type: end-of-pipe, investment: {filter_cost} USD, lifetime: {lives[2]} year,\n"
            "     running-cost: 300 USD/year, effects: {stream: coal, increase: 4 t/year}}\n"
        )
    return text


@given(**PLANTS)
@settings(max_examples=20, deadline=None)
def test_the_enterprise_is_the_bundle_and_end_of_pipe(**numbers: Any) -> None:
    result = result_of(any_plant(**numbers), economics=True)  # and every identity holds
    assert result.totals.end_of_pipe is not None
    parts = [known(result.totals.economics), known(result.totals.end_of_pipe.economics)]
    found = project(result)
    scale = sum(abs(flow) for part in parts for flow in net(part))
    assert value(found.npv) == pytest.approx(
        sum(value(part.npv) for part in parts), abs=1e-9 * scale
    )
    for year, flow in enumerate(net(found)):
        assert flow == pytest.approx(
            sum(net(part)[year] for part in parts if year < len(net(part))), abs=1e-9 * scale
        )
    if found.equity is not None:
        of_parts = [part.equity for part in parts]
        expected = sum(value(item.npv) for item in of_parts if item is not None)
        expected += sum(value(part.npv) for part in parts if part.equity is None)
        assert value(found.equity.npv) == pytest.approx(expected, abs=1e-9 * scale)


@given(**PLANTS, with_filter=st.booleans())
@settings(max_examples=20, deadline=None)
def test_the_life_cycle_cost_falls_by_the_npv(**numbers: Any) -> None:
    result = result_of(any_plant(**numbers), economics=True)
    cost, found = whole_of(result).life_cycle_cost, project(result)
    assert value(cost.before) - value(cost.after) == pytest.approx(
        value(found.npv), abs=1e-9 * value(cost.before)
    )
    assert value(cost.saving) == pytest.approx(value(found.npv), abs=1e-9 * value(cost.before))
    # resin has no price: both are sums of the known streams, their difference is not
    assert isinstance(cost.before, Figure)
    assert cost.before.is_partial
    assert (cost.before.counted, cost.before.of, cost.before.missing) == (
        3,
        4,
        ("streams.resin.price",),
    )
    assert isinstance(cost.saving, Figure)
    assert not cost.saving.is_partial
    # what a part saves is paid at its whole; slag is sold and material is money only: their change alone is known
    lines = {line.key: line.before is not None for line in cost.lines}
    assert lines.pop("streams.coal")
    assert lines.pop("streams.water")
    assert lines.pop("streams.drain")
    assert lines["streams.slag"] is False
    assert lines["savings.material"] is False
    assert not any(lines.values())
    assert "streams.mills" not in lines


@given(**PLANTS)
@settings(max_examples=15, deadline=None)
def test_without_end_of_pipe_it_is_the_bundle(**numbers: Any) -> None:
    result = result_of(any_plant(**numbers, with_filter=False), economics=True)
    whole = whole_of(result)
    assert whole.line.economics == result.totals.economics
    assert whole.line.annual_net_saving == result.totals.annual_net_saving
    assert whole.line.simple_payback == result.totals.simple_payback
    assert not whole.tornado


def test_an_identity_that_fails_names_the_year() -> None:
    def flows(*amounts: float) -> tuple[Figure, ...]:
        result = result_of(PLANT, economics=True)
        unit = project(result).cash_flow.net[0].unit
        return tuple(Figure(amount, unit, None, ()) for amount in amounts)

    parts = [flows(1, 2), flows(3, 4, 5)]
    (holds,) = by_year("a = b + c", parts, flows(4, 6, 5))
    (fails,) = by_year("a = b + c", parts, flows(4, 5, 6))  # the sums over all years are equal
    assert (holds.name, holds.holds) == ("a = b + c", True)
    assert (fails.name, fails.holds, fails.left, fails.right) == ("a = b + c, year 1", False, 6, 5)
    assert not list(by_year("a", [(), ()], ()))


def test_a_wrong_sum_breaks_the_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    """The proof can fail: a project that loses the filter's lines is found out."""
    found = Projects.totals

    def forgetful(self: Any, entries: Any, line: Any, name: str = "totals") -> Any:
        return found(
            self,
            [
                entry
                for entry in entries
                if name != life_cycle.NAME or entry.place != "measures.filter"
            ],
            line,
        )

    monkeypatch.setattr(Projects, "totals", forgetful)
    broken = [
        item.name
        for item in outcome_of(PLANT, economics=True).diagnostics
        if item.name == "identity-broken"
    ]
    result = outcome_of(PLANT, economics=True).result
    assert result is not None
    names = [item.name for item in result.identities if not item.holds]
    assert broken
    assert "whole enterprise = bundle + end of pipe: running_cost, year 1" in names
    assert "whole enterprise = bundle + end of pipe: NPV" in names


# ---- what is not known ----------------------------------------------------------------------------------------------


def test_a_filter_without_a_life_leaves_the_enterprise_partial() -> None:
    result = result_of(
        PLANT.replace("investment: 500 USD, lifetime: 3 year", "investment: 500 USD"),
        economics=True,
    )
    found, cost = project(result), whole_of(result).life_cycle_cost
    assert found.partial == ("measures.filter",)
    assert isinstance(found.npv, Figure)
    assert found.npv.is_partial
    assert found.npv.missing == ("measures.filter.lifetime",)
    assert code(found.irr) == "incomplete"
    assert value(found.npv) == pytest.approx(value(known(result.totals.economics).npv))
    assert isinstance(cost.before, Figure)
    assert not cost.before.is_partial
    for figure in (cost.after, cost.saving):
        assert isinstance(figure, Figure)
        assert figure.is_partial
        assert figure.missing == ("measures.filter.lifetime",)
    assert isinstance(cost.after, Figure)
    assert cost.after.is_partial
    assert (cost.after.counted, cost.after.of) == (2 + 1, 2 + 2)  # two streams, one measure of two


@pytest.mark.parametrize(
    ("old", "new", "missing"),
    [
        (", price: 30 USD/t", "", "streams.sludge.price"),  # a waste without a price is not free
        (", quantity: 20 t/year", "", "streams.sludge.quantity"),
        ("100 t/year, price: 50 USD/t", "100 t/year", "streams.coal.price"),
    ],
)
def test_what_a_stream_costs_is_never_guessed(old: str, new: str, missing: str | None) -> None:
    cost = whole_of(result_of(PLANT.replace(old, new), economics=True)).life_cycle_cost
    if missing is None:
        assert value(cost.before) == pytest.approx(15000)
        assert isinstance(cost.before, Figure)
        assert not cost.before.is_partial
    else:
        assert isinstance(cost.before, Figure)
        assert cost.before.is_partial
        assert cost.before.missing == (missing,)


def test_without_any_known_bill_only_the_difference_is_known() -> None:
    text = BASIS + (
        "measures:\n  - {id: m1, title: M, investment: 1000 USD, lifetime: 3 year, "
        "benefits: {saves: 500 USD/year, as: energy}}\n"
    )
    result = result_of(text, economics=True)
    cost = whole_of(result).life_cycle_cost
    assert [code(cost.before), code(cost.after)] == ["incomplete", "incomplete"]
    assert value(cost.saving) == pytest.approx(500 * UPV - 1000)
    assert value(cost_line(result, "savings.energy").after) == pytest.approx(-500 * UPV)


def test_without_a_discount_rate_there_are_no_present_values() -> None:
    result = result_of(PLANT.replace(", discount-rate: {real: 10 %}", ""), economics=True)
    cost = whole_of(result).life_cycle_cost
    assert [code(figure) for figure in cost[:3]] == ["incomplete"] * 3
    assert net(project(result)) == pytest.approx([-1500, 860, 970, 1091])


def test_a_growth_that_needs_inflation_leaves_its_stream_out() -> None:
    water = "  water: {kind: water, quantity: 10 m3/year, price: 1 USD/m3, escalation: {nominal: 2 %}}\n"
    cost = whole_of(
        result_of(PLANT.replace("  sludge:", water + "  sludge:"), economics=True)
    ).life_cycle_cost
    assert isinstance(cost.before, Figure)
    assert cost.before.is_partial
    assert (cost.before.counted, cost.before.of, cost.before.missing) == (
        2,
        3,
        ("basis.inflation",),
    )
    assert isinstance(cost.saving, Figure)
    assert not cost.saving.is_partial


def test_numbers_beyond_all_measure_are_refused() -> None:
    """Thirty years of 999 % growth at -90 %: beyond all measure, while the measures' own figures are not."""
    gas = "  gas: {kind: energy, quantity: 1000000 t/year, price: 10000000 USD/t, escalation: {real: 999 %}}\n"
    text = PLANT.replace("study-period: 3", "study-period: 30").replace(
        "  sludge:", gas + "  sludge:"
    )
    result = outcome_result(text.replace("real: 10 %}}\nec", "real: -90 %}}\nec"))
    assert isinstance(project(result).npv, Figure)
    assert [code(figure) for figure in whole_of(result).life_cycle_cost[:3]] == ["undefined"] * 3


def outcome_result(text: str) -> AssessmentResult:
    outcome = outcome_of(text, economics=True)
    assert outcome.result is not None, outcome.diagnostics
    return outcome.result


def test_two_currencies() -> None:
    """A filter paid in VND, at 0.00004 USD/VND the 500 USD of before; without a rate it is left out and named."""
    rates = ", exchange-rates: {VND: {rate: 0.00004 USD/VND, year: 2024, source: bank}}"
    text = PLANT.replace("investment: 500 USD", "investment: 12.5 million VND")
    result = result_of(
        text.replace("real: 10 %}}\nec", "real: 10 %}" + rates + "}\nec"), economics=True
    )
    assert value(project(result).npv) == pytest.approx(1500 - 240 * UPV)
    investment = whole_of(result).line.investment
    assert investment is not None
    assert [str(amount.unit) for amount in investment.amounts] == ["USD", "VND"]
    without = outcome_result(text)
    assert project(without).partial == ("measures.filter",)
    assert whole_of(without).life_cycle_cost.after.missing


def test_only_end_of_pipe() -> None:
    text = BASIS + STREAMS + "measures:\n" + FILTER
    result = result_of(text, economics=True)
    assert code(result.totals.economics) == "incomplete"
    assert value(project(result).npv) == pytest.approx(-500 - 190 * UPV)
    assert value(whole_of(result).life_cycle_cost.saving) == pytest.approx(-500 - 190 * UPV)


def test_carbon_price_and_other_benefits_stay_outside() -> None:
    text = PLANT.replace(
        "effects: {stream: coal",
        "benefits: {saves: 60 USD/year, as: quality}, effects: {stream: coal",
    )
    result = result_of(text, economics=True)
    assert value(project(result).npv) == pytest.approx(1500 - 240 * UPV)
    assert value(project(result).npv_with["other_benefits"]) == pytest.approx(1500 - 180 * UPV)
    assert value(whole_of(result).life_cycle_cost.saving) == pytest.approx(1500 - 240 * UPV)


# ---- where it is shown ----------------------------------------------------------------------------------------------

SCHEMA = json.loads(
    (Path(__file__).parents[2] / "docs" / "result.schema.json").read_text(encoding="utf-8")
)


@pytest.fixture
def plant(tmp_path: Path) -> str:
    path = tmp_path / "plant.yaml"
    scenario = "scenarios:\n  - {id: dear, title: Dear, set: {streams.coal.price: 60 USD/t}}\n"
    path.write_text(HEAD + PLANT + scenario, encoding="utf-8")
    return str(path)


@pytest.fixture
def without_filter(tmp_path: Path) -> str:
    path = tmp_path / "bundle.yaml"
    path.write_text(HEAD + BASIS + STREAMS + MEASURES, encoding="utf-8")
    return str(path)


def test_it_is_worked_out_only_where_it_is_asked_for(plant: str) -> None:
    assert assess(Path(plant).read_bytes(), plant, Options()).result.whole_enterprise is None  # type: ignore[union-attr]


def test_an_expectation_can_name_it() -> None:
    text = PLANT + (
        "expect:\n"
        "  - {figure: whole_enterprise.economics.npv, printed: 903.16 USD}\n"
        "  - {figure: whole_enterprise.life_cycle_cost.before, printed: 16492 USD}\n"
        "  - {figure: whole_enterprise.simple_payback, printed: 1.97 year}\n"
    )
    assert [item.outcome for item in result_of(text).expectations] == ["met", "met", "met"]


@pytest.mark.parametrize("language", ["en", "vi"])
def test_the_page_shows_it_where_there_is_end_of_pipe(
    plant: str, without_filter: str, language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    headings = {
        "en": (
            "Whole enterprise: cleaner",
            "Cash flow of the whole enterprise",
            "Life-cycle cost of the enterprise",
        ),
        "vi": (
            "Toàn doanh nghiệp: sản xuất",
            "Dòng tiền của toàn doanh nghiệp",
            "Chi phí vòng đời của doanh nghiệp",
        ),
    }[language]
    assert run(["assess", plant, "--economics", "--lang", language]) == 0
    page = capsys.readouterr().out
    assert [page.count(heading) for heading in headings] == [1, 1, 1]
    assert max(map(len, page.splitlines())) <= 80
    assert run(["assess", without_filter, "--economics", "--lang", language]) == 0
    page = capsys.readouterr().out
    assert [page.count(heading) for heading in headings] == [0, 0, 1]
    assert run(["assess", plant, "--lang", language]) == 0
    page = capsys.readouterr().out
    assert not any(heading in page for heading in headings)


def test_the_page_by_hand(plant: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["assess", plant, "--economics"]) == 0
    page = capsys.readouterr().out.replace("\u00a0", " ")
    table = page[
        page.index("Life-cycle cost of the enterprise over 3.0 years (USD)") :
    ].splitlines()
    assert [line.split() for line in table[1:9] if not line.startswith("-")] == [
        ["Paid", "for", "before", "after", "saving"],
        ["coal", "15", "000", "12", "000", "3", "000"],
        ["sludge", "1", "492", "1", "865", "−373"],
        ["Investment", "1", "500", "−1", "500"],
        ["Running", "cost", "224", "−224"],
        ["Total", "16", "492", "15", "589", "903"],
    ]


def test_markdown_has_it_too(plant: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["assess", plant, "--economics", "--format", "markdown"]) == 0
    page = capsys.readouterr().out
    assert "## Whole enterprise: cleaner production and end of pipe together" in page
    assert "## Life-cycle cost of the enterprise over 3.0 years (USD)" in page


def test_json_has_it_under_a_key_of_its_own(
    plant: str, without_filter: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["assess", plant, "--economics", "--format", "json"]) == 0
    data = json.loads(capsys.readouterr().out)
    jsonschema.validate(data, SCHEMA)
    whole = data["whole_enterprise"]
    assert whole["economics"]["npv"]["value"] == pytest.approx(903.1555, abs=1e-4)
    assert whole["economics"]["cash_flow"]["net"] == pytest.approx([-1500, 860, 970, 1091])
    assert whole["life_cycle_cost"]["saving"]["value"] == pytest.approx(903.1555, abs=1e-4)
    assert whole["life_cycle_cost"]["lines"]["investment"]["after"] == {
        "value": 1500,
        "unit": "USD",
    }
    assert {swing["parameter"] for swing in whole["tornado"]} >= {
        "streams.coal.price",
        "streams.sludge.price",
    }
    assert "reductions" not in whole
    assert run(["assess", without_filter, "--economics", "--format", "json"]) == 0
    data = json.loads(capsys.readouterr().out)
    jsonschema.validate(data, SCHEMA)
    assert data["whole_enterprise"]["economics"] == data["totals"]["economics"]
    assert run(["assess", plant, "--format", "json"]) == 0
    assert "whole_enterprise" not in json.loads(capsys.readouterr().out)


def test_its_tornado_is_the_npv_worked_out_again(plant: str) -> None:
    swings = {
        swing.parameter: swing for swing in whole_of(result_of(PLANT, economics=True)).tornado
    }
    dearer = PLANT.replace("price: 30 USD/t", "price: 36 USD/t")
    assert value(swings["streams.sludge.price"].high) == pytest.approx(
        value(project(result_of(dearer, economics=True)).npv)
    )


def test_csv_has_a_row_of_it(plant: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["assess", plant, "--economics", "--format", "csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    (whole,) = [row for row in rows if row["kind"] == "whole-enterprise"]
    assert float(whole["npv"]) == pytest.approx(903.1555, abs=1e-4)
    assert float(whole["investment"]) == 1500
    assert float(whole["life_cycle_cost_before"]) - float(
        whole["life_cycle_cost_after"]
    ) == pytest.approx(903.1555)
    assert {row["life_cycle_cost_before"] for row in rows if row is not whole} == {""}
    assert run(["assess", plant, "--format", "csv"]) == 0
    assert "life_cycle" not in capsys.readouterr().out


def test_why_traces_it_to_the_file(plant: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["why", plant, "whole_enterprise.life_cycle_cost.before"]) == 0
    text = capsys.readouterr().out
    assert text.startswith("whole_enterprise.life_cycle_cost.before = 16 492.1")
    assert "`50 USD/t`" in text
    assert run(["why", plant, "whole_enterprise.economics.npv", "--lang", "vi"]) == 0
    assert "= 903,155" in capsys.readouterr().out
    assert run(["why", plant, "whole_enterprise.economics.npw"]) == 2
    assert "whole_enterprise.economics.npv" in capsys.readouterr().err


def test_scenarios_show_it_side_by_side(plant: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["assess", plant, "--scenario", "dear"]) == 0
    page = capsys.readouterr().out
    assert "NPV, whole" in page
    assert "Life-cycle" in page
    assert run(["assess", plant, "--scenario", "dear", "--format", "json"]) == 0
    data = json.loads(capsys.readouterr().out)
    jsonschema.validate(data, SCHEMA)
    dear = data["assessments"][0]["scenarios"][0]["result"]["whole_enterprise"]
    # coal at 60: 20 % more of the 3000 that it saves, and of the 15000 that it costs
    assert dear["economics"]["npv"]["value"] == pytest.approx(1500 + 600 - 240 * UPV)
    assert dear["life_cycle_cost"]["before"]["value"] == pytest.approx(18000 + 600 * UPV)


def test_a_group_counts_as_in_the_totals() -> None:
    group = "groups: [{id: g, title: G, measures: [m1], investment: 800 USD, lifetime: 3 year, "
    group += "annual-saving: 700 USD/year}]\n"
    result = result_of(PLANT + group, economics=True)
    # -800, coal as m1 saves it, 1000 in present value each year, less the 300 that the group saves less and 50; and the
    # filter's -500 - 190 UPV
    wanted = -1300 + 3000 - (300 + 50 + 190) * UPV
    assert value(project(result).npv) == pytest.approx(wanted)
    assert value(whole_of(result).life_cycle_cost.saving) == pytest.approx(wanted)
    assert value(cost_line(result, "streams.coal").after) == pytest.approx(15000 - 3000)
    assert value(cost_line(result, "savings.unspecified").after) == pytest.approx(300 * UPV)


GROUP = "groups: [{id: g, title: G, measures: [m1, m2], investment: 800 USD, lifetime: 3 year%s}]\n"
SLOW = "  - {id: m2, title: Slow, ramp-up: [50 %], saving-loss: 10 %/year, effects: {stream: sludge, reduce: 10 t/year}}\n"


def test_what_the_members_of_a_group_save_grows_and_fades_as_their_own() -> None:
    result = result_of(BASIS + STREAMS + MEASURES + SLOW + GROUP % "", economics=True)
    # coal 1000 in present value each year; sludge 300 a year, half of it in the first and 10 % less in each further one
    sludge = 300 * 0.5 / 1.1 + 300 * 0.9 / 1.1**2 + 300 * 0.81 / 1.1**3
    assert value(known(result.totals.economics).npv) == pytest.approx(
        -800 + 3000 + sludge - 50 * UPV
    )
    assert value(cost_line(result, "streams.sludge").saving) == pytest.approx(sludge)


def test_what_a_group_states_itself_of_a_category_is_its_own() -> None:
    own = ", benefits: [{saves: 400 USD/year, as: energy}]"
    result = result_of(BASIS + STREAMS + MEASURES + SLOW + GROUP % own, economics=True)
    lines = known(result.totals.economics).cash_flow.lines
    assert [line.key for line in lines] == [
        "investment",
        "streams.sludge",
        "savings.energy",
        "running_cost",
    ]
    assert [amount.value for amount in lines[2].amounts] == pytest.approx([0, 400, 400, 400])


def test_without_any_life_the_page_says_what_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "plant.yaml"
    text = PLANT.replace(", lifetime: 3 year", "")
    path.write_text(HEAD + text, encoding="utf-8")
    whole = whole_of(result_of(text, economics=True))
    assert code(whole.line.economics) == "incomplete"
    assert code(whole.life_cycle_cost.before) == "incomplete"
    assert run(["assess", str(path), "--economics"]) == 0
    page = capsys.readouterr().out
    page = " ".join(page[page.index("Whole enterprise: cleaner") :].split())
    assert "NPV incomplete (missing: measures.m1.lifetime" in page
    assert "of the enterprise before incomplete (missing: measures.m1.lifetime" in page
    assert "Cash flow" not in page


def test_a_loan_a_grant_and_a_missing_price_on_the_page(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "plant.yaml"
    text = PLANT.replace(
        "study-period: 3 year", "study-period: 3 year, loan: {share: 50 %, rate: 8 %, term: 2 year}"
    )
    text = text.replace(", discount-rate", ", inflation: 0 %, discount-rate").replace(
        "  sludge:", "  resin: {kind: chemical}\n  sludge:"
    )
    text = text.replace(
        "investment: 500 USD",
        "investment: 500 USD, grant: 100 USD, benefits: {saves: 9 USD/year, as: water}",
    )
    path.write_text(HEAD + text, encoding="utf-8")
    assert run(["assess", str(path), "--economics"]) == 0
    page = capsys.readouterr().out.replace("\u00a0", " ")
    page = page[page.index("Whole enterprise: cleaner") :]
    said = " ".join(page.split())
    for words in (
        "Grants and one-off income 100.0 USD",
        "With the loan (equity)",
        "Cash flow of the whole enterprise with the loan (USD)",
        "saved: water",
        "missing: streams.resin.price",
    ):
        assert words in said
    assert max(map(len, page.splitlines())) <= 80


def test_scenarios_of_a_file_without_economics_have_none_of_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "plain.yaml"
    path.write_text(
        HEAD + STREAMS.replace(", escalation: {real: 10 %}", "") + MEASURES, encoding="utf-8"
    )
    assert run(["assess", str(path), "--set", "streams.coal.price=60 USD/t"]) == 0
    assert "Life-cycle" not in capsys.readouterr().out
