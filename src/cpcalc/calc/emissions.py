"""Emissions: activity times emission factor, gas by gas, the GWP last; methane of waste water."""

from __future__ import annotations

from typing import Any

from cpcalc.figures import OPERAND, decision, formula

IPCC = "2006 IPCC Guidelines, vol. 2, ch. 2, eq. 2.1"


@formula("E-1", "E = AD EF", IPCC)
def emission_by_mass(activity: Any, emission_factor: Any) -> Any:
    """Emission of a gas [t of the gas per year] from an activity in the unit the factor is per."""
    return activity * emission_factor


@formula("E-2", "E = AD NCV EF", IPCC)
def emission_by_energy(activity: Any, ncv: Any, emission_factor: Any) -> Any:
    """Emission of a gas [t of the gas per year] from an amount of fuel.

    ``ncv`` is its net calorific value, ``emission_factor`` per energy.
    """
    return activity * ncv * emission_factor


@formula("E-3", "E_CO2e = E_g GWP_g", "2006 IPCC Guidelines, vol. 1, ch. 1; UNFCCC decision 4/CP.1")
def co2e(emission: Any, gwp: Any) -> Any:
    """The CO2 equivalent of an emission [t CO2e per year]; ``gwp`` in kg CO2e per kg of the gas."""
    return emission * gwp


@formula("E-4", "E_life = E n", "definition; n counts years of full emission")
def lifetime_emission(annual: Any, years: Any) -> Any:
    """Emission avoided over a life [t of the gas] from what is avoided a year and the years it
    counts for.
    """
    return annual * years


FULL_YEARS = "n = sum of (1 - d)^(t-1) for t = 1 ... N; a part of a year counts in proportion"
DECLINE = "definition: a factor that declines by the share d each year"


@decision("E-5", FULL_YEARS, DECLINE, gives=OPERAND)
def years_at_first_factor(lifetime: float, decline: float) -> float:
    """How many years of the first year's factor a life is worth [year] when the factor falls by
    ``decline`` a year.
    """
    whole = int(lifetime)
    sum_of_years = float(sum((1 - decline) ** passed for passed in range(whole)))
    return sum_of_years + (lifetime - whole) * (1 - decline) ** whole


# ---- methane of waste water ----------------------------------------------------------------------

WASTE_WATER = "2006 IPCC Guidelines, vol. 5, ch. 6"


@formula("W-1", "CH4 = (TOW - S) Bo MCF - R", f"{WASTE_WATER}, eq. 6.4")
def wastewater_methane(
    organics: Any, sludge: Any, capacity: Any, correction: Any, recovered: Any
) -> Any:
    """The methane that waste water emits [t CH4 per year].

    ``organics`` TOW: its load of COD (or BOD) [t/year]; ``sludge`` S: the part removed as sludge [t
    COD/year]; ``capacity`` Bo: the most methane it can give [t CH4/t COD]; ``correction`` MCF: the
    share that the treatment reaches; ``recovered`` R: methane burnt or used [t CH4/year].
    """
    return (organics - sludge) * capacity * correction - recovered


@formula("W-2", "CH4_gross = (TOW - S) Bo MCF", f"{WASTE_WATER}, eq. 6.4 before recovery")
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
