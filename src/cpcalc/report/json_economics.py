"""Economics as JSON data: cash flows line by line, their figures, and sensitivities."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from cpcalc.figures import Figure, NotApplicable, Reported
from cpcalc.results import CashFlow, CashLine, Economics, Sensitivity, Swing, WholeEnterprise

Write = Callable[[Reported], dict[str, Any]]
FIGURES = (
    "study_period", "npv", "irr", "mirr", "savings_to_investment", "adjusted_internal_rate", "annual_worth",
    "discounted_payback", "life_cycle_cost", "return_on_investment",
)  # fmt: skip


def economics_data(economics: Economics | NotApplicable, write: Write) -> dict[str, Any]:
    """The economics of one line, or why there are none."""
    if isinstance(economics, NotApplicable):
        return write(economics)
    data: dict[str, Any] = {name: write(getattr(economics, name)) for name in FIGURES}
    if economics.irr_roots:
        data["irr_roots"] = [write(root) for root in economics.irr_roots]
    if economics.abatement_cost is not None:
        data["abatement_cost"] = write(economics.abatement_cost)
    data["levelised_cost"] = {
        name: write(figure) for name, figure in economics.levelised_cost.items()
    }
    data["npv_with"] = {name: write(figure) for name, figure in economics.npv_with.items()}
    equity = economics.equity
    if equity is not None:
        data["equity"] = {name: write(figure) for name, figure in equity._asdict().items()}
    if economics.assumptions:
        data["assumptions"] = [
            {
                "key": item.key,
                "values": [write(figure) for figure in item.figures],
                "meant": item.meant or None,
            }
            for item in economics.assumptions
        ]
    data["cash_flow"] = flow_data(economics.cash_flow)
    if economics.partial:
        data["left_out"] = list(economics.partial)
    return data


def flow_data(flow: CashFlow) -> dict[str, Any]:
    """A table: one list of amounts for each line, from year 0 on."""
    data: dict[str, Any] = {
        "unit": str(flow.net[0].unit),
        "money": flow.money,
        "lines": _lines(flow.lines),
        "net": _amounts(flow.net),
    }
    if flow.discounted is not None:
        data["discounted"] = _amounts(flow.discounted)
    if flow.outside:
        data["outside"] = _lines(flow.outside)
    if flow.equity is not None:
        data["financing"] = _lines(flow.financing)
        data["equity"] = _amounts(flow.equity)
    return data


def _lines(lines: Sequence[CashLine]) -> dict[str, list[float]]:
    return {line.key: _amounts(line.amounts) for line in lines}


def _amounts(amounts: Sequence[Figure]) -> list[float]:
    return [amount.value for amount in amounts]


# What of a line is written of the whole enterprise: its money. Reductions are told apart.
MONEY = (
    "investment", "grant", "running_cost", "savings", "annual_saving", "annual_net_saving", "simple_payback",
    "simple_payback_with_other_benefits", "simple_payback_of_complete", "other_benefits", "economics",
    "measures_counted",
)  # fmt: skip


def whole_data(whole: WholeEnterprise, line: Mapping[str, Any], write: Write) -> dict[str, Any]:
    """Cleaner production and end of pipe together: its line, as it is written, and its life-cycle cost."""
    data = {name: line[name] for name in MONEY if name in line}
    cost = whole.life_cycle_cost
    data["life_cycle_cost"] = {
        **{name: write(getattr(cost, name)) for name in ("before", "after", "saving")},
        "lines": {
            item.key: {
                name: write(figure)
                for name, figure in item._asdict().items()
                if isinstance(figure, Figure)
            }
            for item in cost.lines
        },
    }
    if whole.tornado:
        data["tornado"] = _tornado(whole.tornado, write)
    return data


def _tornado(swings: Sequence[Swing], write: Write) -> list[dict[str, Any]]:
    return [
        {"parameter": swing.parameter, "low": write(swing.low), "high": write(swing.high)}
        for swing in swings
    ]


def sensitivity_data(sensitivity: Sensitivity, write: Write) -> dict[str, Any]:
    """The tornado and the break-even values."""
    return {
        "change": write(sensitivity.change),
        "npv": write(sensitivity.npv),
        "payback_limit": None
        if sensitivity.payback_limit is None
        else write(sensitivity.payback_limit),
        "tornado": _tornado(sensitivity.swings, write),
        "break_even": [
            {
                "at": item.place,
                "parameter": item.parameter,
                "target": item.target,
                "bound": item.bound,
                "value": write(item.value),
            }
            for item in sensitivity.break_even
        ],
    }
