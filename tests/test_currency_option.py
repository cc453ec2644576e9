"""`--currency`: the same figures in another currency, at the file's own rates and no others."""

from __future__ import annotations

import pytest

from cpcalc.__main__ import run
from cpcalc.app.assess import Options, assess
from cpcalc.figures import Figure

TEXT = """cpcalc: 1
enterprise: {id: a, name: A}
data-status: draft
basis:
  currency: VND
  exchange-rates:
    USD: {rate: 20 000 VND/USD, year: 2011, source: s}
    EUR: {rate: 28 000 VND/EUR, year: 2011, source: s}
streams:
  coal: {kind: energy, quantity: 100 t/year, price: 2 million VND/t}
measures:
  - id: m
    title: M
    investment: [{item: a, amount: 10 000 USD}, {item: b, amount: 50 million VND}, {item: c, amount: 1 000 EUR}]
    effects: {stream: coal, reduce: 50 %}
"""


def value(figure: object) -> float:
    assert isinstance(figure, Figure)
    return figure.value


def test_all_money_is_converted_at_the_files_rates() -> None:
    outcome = assess(TEXT.encode(), "plant.yaml", Options(currency="USD"))
    assert outcome.diagnostics == ()
    assert outcome.result is not None
    totals = outcome.result.totals
    assert totals.investment is not None
    # 10 000 + 50 million / 20 000 + 1 000 x 28 000 / 20 000
    assert value(totals.investment.converted) == pytest.approx(10_000 + 2_500 + 1_400)
    assert (
        str(totals.investment.converted.unit) == "USD"
        if isinstance(totals.investment.converted, Figure)
        else False
    )
    assert value(totals.annual_saving) == pytest.approx(50 * 2e6 / 20_000)
    assert [str(amount.unit) for amount in totals.investment.amounts] == ["USD", "VND", "EUR"]


def test_payback_does_not_depend_on_the_currency_of_the_report() -> None:
    paybacks = []
    for currency in (None, "VND", "USD", "EUR"):
        outcome = assess(TEXT.encode(), "plant.yaml", Options(currency=currency))
        assert outcome.result is not None
        paybacks.append(value(outcome.result.totals.simple_payback))
    assert paybacks == pytest.approx([paybacks[0]] * 4, rel=1e-12)


def test_without_a_rate_there_is_one_problem_that_says_what_to_add() -> None:
    outcome = assess(TEXT.encode(), "plant.yaml", Options(currency="JPY"))
    assert outcome.result is None
    (problem,) = outcome.diagnostics
    assert problem.name == "rate-needed"
    assert problem.values["field"] == "basis.exchange-rates.JPY"
    assert problem.values["pair"] == "VND/JPY"


def test_what_is_no_currency_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["assess", "--currency", "DOLLAR", "plant.yaml"]) == 2
    assert "'DOLLAR' is not a currency" in capsys.readouterr().err
