"""Money of savings: what a change of a stream is worth."""

from __future__ import annotations

from typing import Any

from cpcalc.figures import formula

DEFINITION = "definition"


@formula(symbol="M-1", equation="A = S C", source=DEFINITION)
def money_saving(reduction: Any, price: Any) -> Any:
    """What a reduction of an input or a waste saves [currency per year]; positive is good."""
    return reduction * price


@formula(symbol="M-2", equation="A = -S C", source=DEFINITION)
def money_loss(reduction: Any, price: Any) -> Any:
    """What a reduction of a product or by-product costs [currency per year]: more of it earns."""
    return -reduction * price


@formula(symbol="M-3", equation="C = B / Q", source=DEFINITION)
def implied_price(cost: Any, quantity: Any) -> Any:
    """The unit price that a bill and a quantity imply [currency per unit]."""
    return cost / quantity


@formula(symbol="M-4", equation="B = Q C", source=DEFINITION)
def annual_cost(quantity: Any, price: Any) -> Any:
    """What a stream costs in a year [currency per year]."""
    return quantity * price


@formula(symbol="M-5", equation="x_2 = x_1 e", source=DEFINITION)
def exchanged(amount: Any, rate: Any) -> Any:
    """Money in another currency at a dated rate e [target currency per source currency]."""
    return amount * rate


@formula(symbol="M-6", equation="A_net = A - R", source=DEFINITION)
def net_saving(gross: Any, running_cost: Any) -> Any:
    """The annual net saving [currency per year]: gross annual saving less the measure's running
    cost.
    """
    return gross - running_cost


@formula(symbol="M-7", equation="I_net = I - G", source=DEFINITION)
def net_investment(investment: Any, grant: Any) -> Any:
    """The investment the enterprise bears [currency]: less grants and one-off income."""
    return investment - grant
