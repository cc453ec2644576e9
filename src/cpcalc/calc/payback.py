"""Simple payback: one case table, used at every level."""

from __future__ import annotations

from typing import Any

from cpcalc.figures import decision, formula

SOURCE = (
    "NIST Handbook 135 (2022), ch. 6 (simple payback); "
    "cases without a number of years are named, never faked"
)

YEARS = "years"
IMMEDIATE = "immediate"
NEVER = "never"
WORSENS = "worsens"
TRADE_OFF = "trade-off"
NOT_APPLICABLE = "not-applicable"


@decision("P-1", "case of (I, A)", SOURCE)
def payback_case(investment: float, annual_net_saving: float) -> str:
    """Which case an investment I [currency] and an annual net saving A [currency per year] are.

    ``years``: I/A years. ``immediate``: nothing to pay back. ``never``: money spent, nothing saved.
    ``worsens``: it costs more each year. ``trade-off``: money now, cost later. ``not-applicable``:
    neither.
    """
    if annual_net_saving > 0:
        return YEARS if investment > 0 else IMMEDIATE
    if annual_net_saving == 0:
        return NEVER if investment > 0 else IMMEDIATE if investment < 0 else NOT_APPLICABLE
    return WORSENS if investment >= 0 else TRADE_OFF


@formula("P-2", "t = I / A", SOURCE)
def simple_payback(investment: Any, annual_net_saving: Any) -> Any:
    """Simple payback [year]: investment divided by annual net saving, undiscounted."""
    return investment / annual_net_saving


# Ends of the half-open classes in years, as the programme's reports group paybacks.
CLASS_ENDS_IN_YEARS = (1.0, 2.0, 3.0)


@decision("P-3", "class of t", "half-open classes (0,1), [1,2), [2,3), [3,inf)")
def payback_class(years: float) -> str:
    """The class a payback [year] belongs to; exactly 3 years belongs to ``[3,inf)``."""
    start = "(0"
    for end in CLASS_ENDS_IN_YEARS:
        if years < end:
            return f"{start},{end:g})"
        start = f"[{end:g}"
    return f"{start},inf)"
