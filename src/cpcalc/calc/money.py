"""Money of savings: what a change of a stream is worth, and how soon a measure pays back."""

from typing import Any

from cpcalc.figures import decision, formula, without_residue

DEFINITION = "definition"


@formula("M-1", "A = S C", DEFINITION)
def money_saving(reduction: Any, price: Any) -> Any:
    """What a reduction of an input or a waste saves [currency per year]; positive is good."""
    return reduction * price


@formula("M-2", "A = -S C", DEFINITION)
def money_loss(reduction: Any, price: Any) -> Any:
    """What a reduction of a product or by-product costs [currency per year]: more of it earns."""
    return -reduction * price


@formula("M-3", "C = B / Q", DEFINITION)
def implied_price(cost: Any, quantity: Any) -> Any:
    """The unit price that a bill and a quantity imply [currency per unit]."""
    return cost / quantity


@formula("M-4", "B = Q C", DEFINITION)
def annual_cost(quantity: Any, price: Any) -> Any:
    """What a stream costs in a year [currency per year]."""
    return quantity * price


@formula("M-5", "x_2 = x_1 e", DEFINITION)
def exchanged(amount: Any, rate: Any) -> Any:
    """Money in another currency at a dated rate e [target currency per source currency]."""
    return amount * rate


@formula("M-6", "A_net = A - R", DEFINITION)
def net_saving(gross: Any, running_cost: Any) -> Any:
    """The annual net saving [currency per year]: gross annual saving less the measure's running
    cost.
    """
    return without_residue(gross - running_cost, gross, running_cost)


@formula("M-7", "I_net = I - G", DEFINITION)
def net_investment(investment: Any, grant: Any) -> Any:
    """The investment the enterprise bears [currency]: less grants and one-off income."""
    return without_residue(investment - grant, investment, grant)


# ---- simple payback ------------------------------------------------------------------------------

SOURCE = (
    "NIST Handbook 135 (2022), ch. 6 (simple payback); "
    "cases without a number of years are named, never faked"
)

YEARS = "years"
NEVER = "never"


@decision("P-1", "case of (I, A)", SOURCE)
def payback_case(investment: float, annual_net_saving: float) -> str:
    """Which case an investment I [currency] and an annual net saving A [currency per year] are.

    ``years``: I/A years. ``immediate``: nothing to pay back. ``never``: money spent, nothing saved.
    ``worsens``: it costs more each year. ``trade-off``: money now, cost later. ``not-applicable``:
    neither.
    """
    if annual_net_saving > 0:
        return YEARS if investment > 0 else "immediate"
    if annual_net_saving == 0:
        return NEVER if investment > 0 else "immediate" if investment < 0 else "not-applicable"
    return "worsens" if investment >= 0 else "trade-off"


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
