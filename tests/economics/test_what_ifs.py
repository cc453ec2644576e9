"""What-ifs and scenarios: other values by path, side by side with the file, each problem where it was set."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from small_bundle import HEAD, problems_of

from cpcalc.__main__ import run
from cpcalc.app.assess import Options
from cpcalc.app.questions import assignment, compare
from cpcalc.figures import Figure
from cpcalc.results import AssessmentResult

TEXT = """basis: {currency: VND, discount-rate: {real: 10 %}}
streams:
  coal: {kind: energy, quantity: 1000 t/year, price: 2 million VND/t}
measures:
  - id: m1
    title: Insulation
    investment: [{item: wool, amount: 100 million VND}, {item: work, amount: 50 million VND}]
    lifetime: 10 year
    effects: {stream: coal, reduce: 5 %}
expect:
  - {figure: totals.annual_saving, value: 100 million VND/year, within: 1 %}
scenarios:
  - {id: dear, title: {en: Dear coal, vi: Than đắt}, set: {streams.coal.price: 3 million VND/t}}
  - {id: cheap, set: {measures.m1.investment: 60 million VND, measures.m1.effects.0.reduce: 4 %}}
"""


@pytest.fixture
def plant(tmp_path: Path) -> str:
    path = tmp_path / "plant.yaml"
    path.write_text(HEAD + TEXT, encoding="utf-8")
    return str(path)


def saving(result: AssessmentResult | None) -> float:
    assert result is not None
    figure = result.totals.annual_saving
    assert isinstance(figure, Figure)
    return figure.value


def test_scenarios_and_sets_change_only_what_they_name(plant: str) -> None:
    pairs = [("basis.discount-rate.real", "5 %"), ("streams.coal.quantity", "2000 t/year")]
    compared = compare(plant, Options(), ["dear", "cheap"], pairs)
    assert saving(compared.base.result) == pytest.approx(100e6)
    (_, dear), (_, cheap), (_, what_if) = compared.scenarios
    assert saving(dear.result) == pytest.approx(150e6)
    assert saving(cheap.result) == pytest.approx(80e6)
    assert saving(what_if.result) == pytest.approx(200e6)
    assert what_if.result is not None
    assert what_if.result.basis.discount_rate == "5 % real"
    investment = cheap.result.totals.investment if cheap.result is not None else None
    assert investment is not None
    assert isinstance(investment.converted, Figure)
    assert investment.converted.value == pytest.approx(60e6)
    assert not any(
        outcome.diagnostics for _, outcome in compared.scenarios
    )  # nothing is expected of a what-if


def test_a_bad_value_is_shown_where_it_was_set(
    plant: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run(["assess", plant, "--set", "streams.coal.price=3 million VND/kWh"])
    shown = capsys.readouterr().err
    assert code == 1
    assert "--set streams.coal.price:1:1" in shown
    assert "3 million VND/kWh" in shown


@pytest.mark.parametrize(
    "path",
    ["streams.cole.price", "measures.m9.investment", "measures.m1.effects.7.reduce", "streams"],
)
def test_a_path_that_leads_nowhere(
    plant: str, path: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["assess", plant, "--set", f"{path}=1 VND"]) == 1
    assert "unknown-path" in capsys.readouterr().err


def test_a_typing_error_in_a_key_is_an_unknown_key(
    plant: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["assess", plant, "--set", "streams.coal.pirce=1 VND/t"]) == 1
    assert "did you mean `price`" in capsys.readouterr().err


def test_an_unknown_scenario_lists_the_known_ones(
    plant: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["assess", plant, "--scenario", "deer"]) == 1
    shown = capsys.readouterr().err
    assert "error[unknown-scenario]" in shown
    assert "dear, cheap" in shown


def test_not_an_assignment(plant: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["assess", plant, "--set", "streams.coal.price"]) == 2
    assert "PATH=VALUE" in capsys.readouterr().err
    assert assignment("a.b = 5 t") == ("a.b", "5 t")
    assert assignment("=5") is None


def test_scenarios_of_a_file_are_checked_without_being_asked_for() -> None:
    text = TEXT.replace("streams.coal.price: 3", "streams.cool.price: 3")
    assert problems_of(text) == [("unknown-path", 13)]


def test_scenarios_have_names_of_their_own_and_set_something() -> None:
    assert problems_of(TEXT.replace("id: cheap", "id: dear")) == [("duplicate-id", 14)]
    assert problems_of(TEXT.replace("set: {streams.coal.price: 3 million VND/t}", "set: {}")) == [
        ("empty-value", 13)
    ]


def test_check_tries_every_scenario(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "plant.yaml"
    path.write_text(HEAD + TEXT.replace("3 million VND/t", "3 million VND/kWh"), encoding="utf-8")
    assert run(["check", str(path)]) == 1
    printed = capsys.readouterr()
    shown = printed.out + printed.err
    assert "wrong-kind-of-unit" in shown
    assert f"plant.yaml:{HEAD.count(chr(10)) + 13}:" in shown
    path.write_text(HEAD + TEXT, encoding="utf-8")
    assert run(["check", str(path)]) == 0


def test_side_by_side_on_a_page_and_as_json(plant: str, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = [
        "assess",
        plant,
        "--scenario",
        "dear",
        "--set",
        "streams.coal.price=1 million VND/t",
    ]
    assert run(arguments) == 0
    page = capsys.readouterr().out
    assert "file" in page
    assert "what-if" in page
    assert "dear (Dear coal): streams.coal.price = 3 million VND/t" in page
    assert max(map(len, page.splitlines())) <= 80
    assert run([*arguments, "--lang", "vi"]) == 0
    assert "Than đắt" in capsys.readouterr().out
    assert run([*arguments, "--format", "json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["schema"] == "cpcalc/scenarios/1"
    (entry,) = data["assessments"]
    assert entry["file"]["totals"]["annual_saving"]["value"] == pytest.approx(100e6)
    assert [item["scenario"] for item in entry["scenarios"]] == ["dear", "what-if"]
    assert entry["scenarios"][0]["set"] == {"streams.coal.price": "3 million VND/t"}
    assert entry["scenarios"][1]["result"]["totals"]["annual_saving"]["value"] == pytest.approx(
        50e6
    )
    assert run([*arguments, "--format", "csv"]) == 2
