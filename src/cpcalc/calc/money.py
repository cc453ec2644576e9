"""Money of savings: what a change of a stream is worth."""

from __future__ import annotations

from typing import Any

from cpcalc.figures import formula

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
    return gross - running_cost


@formula("M-7", "I_net = I - G", DEFINITION)
def net_investment(investment: Any, grant: Any) -> Any:
    """The investment the enterprise bears [currency]: less grants and one-off income."""
    return investment - grant
