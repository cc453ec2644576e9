"""Methane of waste water: organic load, what leaves with the sludge, what becomes methane."""

from __future__ import annotations

from typing import Any

from cpcalc.figures import formula

IPCC = "2006 IPCC Guidelines, vol. 5, ch. 6"


@formula("W-1", "CH4 = (TOW - S) Bo MCF - R", f"{IPCC}, eq. 6.4")
def wastewater_methane(
    organics: Any, sludge: Any, capacity: Any, correction: Any, recovered: Any
) -> Any:
    """The methane that waste water emits [t CH4 per year].

    ``organics`` TOW: its load of COD (or BOD) [t/year]; ``sludge`` S: the part removed as sludge [t
    COD/year]; ``capacity`` Bo: the most methane it can give [t CH4/t COD]; ``correction`` MCF: the
    share that the treatment reaches; ``recovered`` R: methane burnt or used [t CH4/year].
    """
    return (organics - sludge) * capacity * correction - recovered


@formula("W-2", "CH4_gross = (TOW - S) Bo MCF", f"{IPCC}, eq. 6.4 before recovery")
def methane_formed(organics: Any, sludge: Any, capacity: Any, correction: Any) -> Any:
    """The methane formed before any is recovered [t CH4 per year]; symbols as in W-1."""
    return (organics - sludge) * capacity * correction


@formula("W-3", "L_2 = L_1 (c_2 V_2)/(c_1 V_1)", "definition of a load: concentration times flow")
def load_after(
    load: Any, concentration_from: Any, flow_from: Any, concentration_to: Any, flow_to: Any
) -> Any:
    """The load that a change of concentration leaves [unit of the load].

    Concentration and flow are taken together, before and after: thinning waste water lowers its
    concentration and leaves the load.
    """
    return load * ((concentration_to * flow_to) / (concentration_from * flow_from))
