"""docs/emissions-by-hand.md: what a person works out there is what cpcalc computes from the shipped sets."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable
from typing import Any

import pytest
from released_sets import ROOT

from cpcalc.app.assess import Options, assess
from cpcalc.report.json_result import result_data

PAGE = (ROOT / "docs" / "emissions-by-hand.md").read_text(encoding="utf-8")
LINE = re.compile(
    r"^(?P<measure>less-\S+) (?P<place>\S+(?: \S+)?) +\[(?P<unit>t|kg)\] += (?P<sum>.+)$",
    re.MULTILINE,
)
OPERATIONS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def worked_out(text: str) -> float:
    def value(node: ast.expr) -> float:
        if isinstance(node, ast.BinOp):
            return OPERATIONS[type(node.op)](value(node.left), value(node.right))
        assert isinstance(node, ast.Constant)
        return float(str(node.value))

    return value(ast.parse(text, mode="eval").body)


@pytest.fixture(scope="module")
def measures() -> dict[str, dict[str, Any]]:
    match = re.search(r"```yaml file=savings.yaml\n(.*?)```", PAGE, re.DOTALL)
    assert match is not None
    outcome = assess(match[1].encode(), "savings.yaml", Options())
    assert outcome.result is not None, outcome.diagnostics
    return {item["id"]: item for item in result_data(outcome.result, [])["measures"]}


LINES = [match.groupdict() for match in LINE.finditer(PAGE)]


def test_the_page_has_its_lines() -> None:
    assert len(LINES) == PAGE.count("[t]") + PAGE.count("[kg]") >= 19


@pytest.mark.parametrize(
    "line", LINES, ids=[f"{line['measure']} {line['place']}" for line in LINES]
)
def test_the_hand_calculation_holds(
    line: dict[str, str], measures: dict[str, dict[str, Any]]
) -> None:
    measure = measures[line["measure"]]
    scope, _, gas = line["place"].partition(" ")
    figures = measure["avoided_emissions"][scope] if gas else measure["reductions"]
    figure = figures[gas or scope]
    assert figure["unit"] == f"{line['unit']}/year"
    assert figure["value"] == pytest.approx(worked_out(line["sum"]), rel=1e-9)


def test_biogenic_co2_is_in_no_total(measures: dict[str, dict[str, Any]]) -> None:
    assert "co2" not in measures["less-husk"]["reductions"]


def test_a_gas_of_the_montreal_protocol_is_in_no_total(measures: dict[str, dict[str, Any]]) -> None:
    assert measures["less-leaks"]["reductions"] == {}
    assert set(measures["less-leaks"]["avoided_emissions"]) == {"outside_scopes"}
