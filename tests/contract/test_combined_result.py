"""Several files together: what a sum misses says in whose file it is missing."""

from __future__ import annotations

import json
from typing import Any

from cpcalc.app.assess import Options, assess
from cpcalc.app.written import as_json

PLANT = """cpcalc: 1
enterprise: {{id: {id}, name: Plant}}
data-status: draft
basis: {{currency: VND, period: 2014}}
streams: {{coal: {{kind: energy, quantity: {coal}, price: 2 million VND/t}}, gas: {{kind: energy, price: 1 VND/t}}}}
measures:
  - {{id: m1, title: One, {investment}effects: {{stream: coal, reduce: 10 %}}}}
  - {{id: m2, title: Two, investment: 5 million VND, effects: {{stream: {second}, reduce: 10 %}}}}
"""


def combined(*texts: str) -> Any:
    outcomes = [
        assess(text.encode(), f"{number}.yaml", Options()) for number, text in enumerate(texts)
    ]
    assert all(outcome.result is not None for outcome in outcomes)
    return json.loads(as_json(outcomes))


def missing_in(node: Any) -> set[str]:
    if isinstance(node, dict):
        own = set(node.get("missing", ()))
        return own.union(*(missing_in(value) for value in node.values()))
    return set().union(*(missing_in(item) for item in node)) if isinstance(node, list) else set()


def test_missing_fields_are_named_with_their_enterprise() -> None:
    whole = PLANT.format(
        id="A-1", coal="100 t/year", investment="investment: 9 million VND, ", second="coal"
    )
    lacks_money = PLANT.format(id="B-2", coal="100 t/year", investment="", second="coal")
    lacks_gas = PLANT.format(
        id="C-3", coal="100 t/year", investment="investment: 9 million VND, ", second="gas"
    )
    data = combined(whole, lacks_money, lacks_gas)
    line = data["combined"]["by_currency"]["VND"]
    assert line["investment"]["converted"]["partial"]["missing"] == ["B-2: measures.m1.investment"]
    assert line["annual_saving"]["partial"]["missing"] == ["C-3: streams.gas.quantity"]
    assert missing_in(line) == {
        "B-2: measures.m1.investment",
        "C-3: streams.gas.quantity",
        "measures.running-cost",
    }
    alone = data["assessments"][1]["totals"]["investment"]["converted"]["partial"]["missing"]
    assert alone == ["measures.m1.investment"]  # within its own file no name is needed


def test_an_enterprise_without_any_investment_is_named() -> None:
    whole = PLANT.format(
        id="A-1", coal="100 t/year", investment="investment: 9 million VND, ", second="coal"
    )
    none = PLANT.format(id="B-2", coal="100 t/year", investment="", second="coal").replace(
        "investment: 5 million VND, ", ""
    )
    line = combined(whole, none)["combined"]["by_currency"]["VND"]
    assert line["investment"]["converted"]["partial"]["missing"] == ["B-2: totals.investment"]
