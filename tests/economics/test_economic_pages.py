"""Economics on the page and in JSON: tables, chart, tornado, break-even; nothing of it where nothing is asked."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from small_bundle import HEAD, result_of, value

from cpcalc.__main__ import run
from cpcalc.figures import Figure, NotApplicable
from cpcalc.report.economics import break_even_tables
from cpcalc.results import BreakEven, Sensitivity

TEXT = """basis: {currency: VND, discount-rate: {real: 12 %}}
economics: {payback-limit: 3 year}
streams:
  coal: {kind: energy, quantity: 1000 t/year, price: 2 million VND/t}
  husk: {kind: energy, price: 0.5 million VND/t}
measures:
  - {id: m1, title: Insulation, investment: 400 million VND, lifetime: 10 year, running-cost: 5 million VND/year,
     effects: {stream: coal, reduce: 5 %}}
  - {id: m2, title: Husk boiler, investment: 900 million VND, lifetime: 15 year,
     effects: {stream: coal, replace-by: husk, share: 40 %, ratio: 1.9 t/t}}
"""


@pytest.fixture
def plant(tmp_path: Path) -> str:
    path = tmp_path / "plant.yaml"
    path.write_text(HEAD + TEXT, encoding="utf-8")
    return str(path)


def sensitivity() -> Sensitivity:
    found = result_of(TEXT, economics=True).sensitivity
    assert found is not None
    return found


def test_break_even_values_are_where_the_target_is_just_met() -> None:
    """Each value, put in its place, gives a payback of 3 years or an NPV of nothing."""
    checked = 0
    for item in sensitivity().break_even:
        if not isinstance(item.value, Figure):
            continue
        stream = item.parameter.split(".")[1] if item.parameter.startswith("streams.") else None
        old = {"coal": "price: 2 million VND/t", "husk": "price: 0.5 million VND/t"}
        if stream is not None:
            text = TEXT.replace(old[stream], f"price: {item.value.value:.6f} VND/t")
        elif item.parameter == "investment":
            stated = {"measures.m1": "400 million VND", "measures.m2": "900 million VND"}[
                item.place
            ]
            text = TEXT.replace(stated, f"{item.value.value:.6f} VND")
        else:
            continue
        measure = next(
            found for found in result_of(text).measures if f"measures.{found.id}" == item.place
        )
        if item.target == "payback":
            assert value(measure.line.simple_payback) == pytest.approx(3, rel=1e-6)
        else:
            assert value(measure.line.economics.npv) == pytest.approx(0, abs=50)  # type: ignore[union-attr]
        checked += 1
    assert checked == 10


def test_break_even_says_above_or_below() -> None:
    def bound(place: str, parameter: str, target: str) -> str:
        found: list[BreakEven] = [
            item
            for item in sensitivity().break_even
            if (item.place, item.parameter, item.target) == (place, parameter, target)
        ]
        return found[0].bound

    assert bound("measures.m1", "streams.coal.price", "payback") == "above"
    assert bound("measures.m2", "streams.husk.price", "payback") == "below"
    assert bound("measures.m2", "investment", "npv") == "below"
    assert bound("measures.m2", "savings", "npv") == "above"


def test_a_measure_that_pays_at_any_price() -> None:
    text = TEXT.replace(
        "effects: {stream: coal, reduce: 5 %}}",
        "effects: {stream: coal, reduce: 5 %}, benefits: {saves: 900 million VND/year, as: material}}",
        1,
    )
    found = result_of(text, economics=True).sensitivity
    assert found is not None
    price = [
        item
        for item in found.break_even
        if item.place == "measures.m1" and item.parameter == "streams.coal.price"
    ]
    assert all(
        isinstance(item.value, NotApplicable) and item.value.because == "always-met"
        for item in price
    )


def test_the_page_has_each_condition_that_can_fail() -> None:
    result = result_of(TEXT, economics=True)
    assert result.sensitivity is not None
    break_even = result.sensitivity.break_even
    (table,) = break_even_tables(result, break_even, "en")
    names = ["price of coal", "price of husk", "savings", "investment"]
    assert [row[1] for row in table.rows if row[0] == "m2"] == names
    husk = next(row for row in table.rows if row[1] == "price of husk")
    assert husk[2:] == ("million VND/t", "< 0.870", "< 0.637")


def test_the_tornado_is_the_npv_worked_out_again() -> None:
    found = sensitivity()
    base = value(result_of(TEXT).totals.economics.npv)  # type: ignore[union-attr]
    assert value(found.npv) == pytest.approx(base)
    widths = [abs(value(swing.high) - value(swing.low)) for swing in found.swings]
    assert widths == sorted(widths, reverse=True)
    for swing in found.swings:
        texts = {
            "streams.coal.price": ("price: 2 million VND/t", "price: 1.6 million VND/t"),
            "basis.discount-rate": ("real: 12 %", "real: 9.6 %"),
            "running-cost": ("running-cost: 5 million", "running-cost: 4 million"),
        }
        if swing.parameter in texts:
            old, new = texts[swing.parameter]
            again = result_of(TEXT.replace(old, new)).totals.economics
            assert value(swing.low) == pytest.approx(value(again.npv)), swing.parameter  # type: ignore[union-attr]
    names = {swing.parameter for swing in found.swings}
    assert names >= {
        "streams.coal.price",
        "streams.husk.price",
        "savings",
        "investment",
        "lifetime",
        "basis.discount-rate",
    }


@pytest.mark.parametrize("language", ["en", "vi"])
def test_the_page_fits_80_columns(
    plant: str, language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for arguments in (["--economics"], ["--measure", "m2", "--economics"], []):
        assert run(["assess", plant, "--lang", language, *arguments]) == 0
        page = capsys.readouterr().out
        assert max(map(len, page.splitlines())) <= 80
        assert "{" not in page
        if "--economics" in arguments:
            assert "###" in page  # the chart
            assert "|" in page


def test_the_page_says_what_an_expert_looks_for(
    plant: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["assess", plant, "--economics"]) == 0
    page = capsys.readouterr().out.replace("\u00a0", " ")
    for words in (
        "NPV",
        "IRR",
        "SIR",
        "constant money of year 0, real rate",
        "price of coal  million VND/t         > 1.52        > 2.77",
    ):
        assert words in page
    assert page.index("m2") < page.index("Totals")


def test_end_of_pipe_and_groups_are_ranked_where_they_count(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "plant.yaml"
    more = (
        "  - {id: filter, title: Filter, type: end-of-pipe, investment: 70 million VND, lifetime: 10 year,\n"
        "     benefits: {saves: 3 million VND/year, as: disposal}}\n"
        "groups: [{id: phase-1, title: First, measures: [m1], lifetime: 9 year, annual-saving: 110 million VND/year}]\n"
    )
    path.write_text(HEAD + TEXT + more, encoding="utf-8")
    assert run(["assess", str(path), "--economics"]) == 0
    page = capsys.readouterr().out
    ranking = page[
        page.index("Economics, highest NPV first") : page.index(
            "Economics of the measures together"
        )
    ]
    assert [word for word in ("phase-1", "m2", "m1 ", "filter") if word in ranking] == [
        "phase-1",
        "m2",
    ]
    assert page.count("End of pipe: not cleaner production") == 2  # its money, and its economics


def test_one_measure_in_full(plant: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["assess", plant, "--measure", "m2"]) == 0
    page = capsys.readouterr().out
    assert "Measure m2: Husk boiler" in page
    assert "Insulation" not in page
    assert run(["assess", plant, "--measure", "m3"]) == 2
    assert "m1, m2" in capsys.readouterr().err


def test_json_has_every_line_of_the_table(plant: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["assess", plant, "--economics", "--format", "json"]) == 0
    data = json.loads(capsys.readouterr().out)
    economics = data["measures"][0]["economics"]
    flow = economics["cash_flow"]
    assert flow["unit"] == "VND"
    assert flow["money"] == "constant"
    for year, amount in enumerate(flow["net"]):
        assert amount == pytest.approx(sum(line[year] for line in flow["lines"].values()))
    assert economics["irr"]["value"] == pytest.approx(0.2014, abs=0.01)
    assert data["totals"]["economics"]["npv"]["unit"] == "VND"
    assert data["sensitivity"]["tornado"]
    assert data["basis"]["discount_rate"] == "12 % real"
    assert run(["assess", plant, "--format", "json"]) == 0
    plain = json.loads(capsys.readouterr().out)
    assert "sensitivity" not in plain
    assert plain["totals"]["economics"] == data["totals"]["economics"]


def test_csv_and_markdown(plant: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["assess", plant, "--format", "csv"]) == 0
    header, first, *_ = capsys.readouterr().out.splitlines()
    assert header.endswith("npv,irr,savings_to_investment,annual_worth,discounted_payback_year")
    assert len(header.split(",")) == len(first.split(","))
    assert run(["assess", plant, "--economics", "--format", "markdown"]) == 0
    page = capsys.readouterr().out
    assert "\n- 0: " in page
    assert "| NPV |" in page or "NPV" in page


@pytest.mark.parametrize(
    "arguments", [["--economics"], [], ["--set", "streams.coal.price=3 million VND/t"]]
)
def test_json_keeps_its_published_schema(
    plant: str, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    schema = json.loads(
        (Path(__file__).parents[2] / "docs" / "result.schema.json").read_text(encoding="utf-8")
    )
    assert run(["assess", plant, *arguments, "--format", "json"]) == 0
    jsonschema.validate(json.loads(capsys.readouterr().out), schema)
