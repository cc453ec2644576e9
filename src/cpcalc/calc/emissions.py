"""Emissions: activity times emission factor, gas by gas; the GWP is applied last."""

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


@decision(
    "E-5",
    "n = sum of (1 - d)^(t-1) for t = 1 ... N; a part of a year counts in proportion",
    "definition: a factor that declines by the share d each year",
    gives=OPERAND,
)
def years_at_first_factor(lifetime: float, decline: float) -> float:
    """How many years of the first year's factor a life is worth [year] when the factor falls by
    ``decline`` a year.
    """
    whole = int(lifetime)
    sum_of_years = float(sum((1 - decline) ** passed for passed in range(whole)))
    return sum_of_years + (lifetime - whole) * (1 - decline) ** whole
