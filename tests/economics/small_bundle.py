"""Small assessment files for the tests of economics, and what becomes of them."""

from __future__ import annotations

from typing import Any

from cpcalc.app.assess import Options, Outcome, assess
from cpcalc.figures import Figure, NotApplicable
from cpcalc.results import AssessmentResult, Economics, Line

HEAD = "cpcalc: 1\nenterprise: {id: T-1, name: Test plant}\ndata-status: draft\n"


def outcome_of(text: str, *, economics: bool = False) -> Outcome:
    """What becomes of a file that continues after its head."""
    return assess((HEAD + text).encode(), "plant.yaml", Options(economics=economics))


def result_of(text: str, *, economics: bool = False) -> AssessmentResult:
    """The result of a file without errors."""
    outcome = outcome_of(text, economics=economics)
    assert outcome.result is not None, [
        (item.name, dict(item.values)) for item in outcome.diagnostics
    ]
    assert all(item.holds for item in outcome.result.identities), outcome.result.identities
    return outcome.result


def problems_of(text: str) -> list[tuple[str, int]]:
    """Names of the diagnostics and the lines they are on, counted after the head."""
    lines = HEAD.count("\n")
    return [
        (item.name, item.span.line - lines)
        for item in outcome_of(text).diagnostics
        if item.span is not None
    ]


def cash(rate: str, flows: str, *, life: str = "10 year", more: str = "") -> str:
    """One measure m1 with an investment and a yearly saving: ``flows`` is ``1000 300``."""
    investment, saving = flows.split()
    return (
        f"basis: {{currency: USD, discount-rate: {rate}}}\n{more}\nmeasures:\n"
        f"  - {{id: m1, title: M, investment: {investment} USD, lifetime: {life}, "
        f"benefits: {{saves: {saving} USD/year, as: energy}}}}\n"
    )


def line(result: AssessmentResult, measure: str = "m1") -> Line:
    """The line of a measure."""
    return next(item.line for item in result.measures if item.id == measure)


def economics(result: AssessmentResult, measure: str = "m1") -> Economics:
    """The economics of a measure, which must be known."""
    found = line(result, measure).economics
    assert isinstance(found, Economics), found
    return found


def value(figure: Any) -> float:
    """The number of a figure, which must be one."""
    assert isinstance(figure, Figure), figure
    return figure.value


def code(figure: Any) -> str:
    """The code of why there is no figure."""
    assert isinstance(figure, NotApplicable), figure
    return figure.code


def row(found: Economics, key: str) -> list[float]:
    """The amounts of one line of the cash flow."""
    flow = found.cash_flow
    lines = (*flow.lines, *flow.outside, *flow.financing)
    return next([amount.value for amount in item.amounts] for item in lines if item.key == key)


def net(found: Economics) -> list[float]:
    """The net flow of each year."""
    return [amount.value for amount in found.cash_flow.net]
