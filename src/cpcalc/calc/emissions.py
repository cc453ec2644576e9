"""Emissions by gas, the GWP last; methane of waste water; dust, abatement, gas as it is stated."""

import math
from typing import Any

from cpcalc.figures import OPERAND, decision, formula, without_residue

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


FULL_YEARS = "n = sum of f r (1 - d)^(t-1) (1 - l)^(t-1), t = 1 ... N; f: the part of the year"
DECLINE = "definition: ramp-up, loss of saving, and a factor that declines each year"


@decision("E-5", FULL_YEARS, DECLINE, gives=OPERAND)
def years_of_full_effect(lifetime: float, decline: float, loss: float, *reached: float) -> float:
    """How many years of the full saving at the first year's factor a life is worth [year].

    The factor falls by ``decline`` d and the saving by ``loss`` l a year; ``reached`` r are the
    shares of the saving in the first years.
    """
    shares = (*reached, *[1.0] * math.ceil(lifetime))
    return math.fsum(
        min(1.0, lifetime - passed) * shares[passed] * ((1 - decline) * (1 - loss)) ** passed
        for passed in range(math.ceil(lifetime))
    )


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


# ---- dust and other pollutants -------------------------------------------------------------------

AP_42 = "US EPA, AP-42 (5th ed.), vol. I, introduction, eq. 1"
GAS_LAW = "ideal gas law at constant amount of gas"
OXYGEN = "Directive 2010/75/EU, annex VI, part 7 (formula for the standard oxygen concentration)"


@formula("D-1", "E_c = E (1 - eta)", AP_42)
def controlled(emission: Any, efficiency: Any) -> Any:
    """What abatement of efficiency eta [share] lets through [unit of the emission]."""
    return emission * (1 - efficiency)


@formula("D-2", "EF = k x + c", "US EPA, AP-42, section 1.1, tables with A (ash) or S (sulphur)")
def factor_with_content(coefficient: Any, percent_number: Any, constant: Any) -> Any:
    """An emission factor that depends on ash or sulphur [unit of the coefficient].

    ``percent_number`` x is the weight percent as a number (30 for 30 % ash), as AP-42 takes it.
    """
    return coefficient * percent_number + constant


@formula("D-3", "L = c V", "definition")
def load(concentration: Any, flow: Any) -> Any:
    """The load of a pollutant in a flow [t per year]: concentration times flow."""
    return concentration * flow


@formula("D-4", "x_wet = x_dry (1 - w)", "definition of moisture w as a share of the wet mass")
def per_wet_mass(per_dry_mass: Any, moisture: Any) -> Any:
    """What is stated per dry mass, or as a share of it, on the wet mass [unit of the statement]."""
    return per_dry_mass * (1 - moisture)


@formula("D-5", "x_dry = x_wet / (1 - w)", "definition of moisture w as a share of the wet mass")
def per_dry_mass(per_wet_mass: Any, moisture: Any) -> Any:
    """What is stated per wet mass, or as a share of it, on the dry mass [unit of the statement]."""
    return per_wet_mass / (1 - moisture)


# ---- gas at stated conditions --------------------------------------------------------------------


@formula("D-6", "T = t + T_0", "definition of the degree Celsius, T_0 = 273.15")
def absolute_temperature(celsius: Any, ice_point: Any) -> Any:
    """The absolute temperature [degC above absolute zero]."""
    return celsius + ice_point


@formula("D-7", "V_2 = V_1 T_2 / T_1", GAS_LAW)
def flow_at_temperature(flow: Any, absolute_from: Any, absolute_to: Any) -> Any:
    """The same gas at another absolute temperature [unit of the flow]."""
    return flow * (absolute_to / absolute_from)


@formula("D-8", "V_2 = V_1 p_1 / p_2", GAS_LAW)
def flow_at_pressure(flow: Any, pressure_from: Any, pressure_to: Any) -> Any:
    """The same gas at another pressure [unit of the flow]."""
    return flow * (pressure_from / pressure_to)


@formula("D-9", "V_2 = V_1 (1 - w_1)/(1 - w_2)", GAS_LAW)
def flow_at_moisture(flow: Any, moisture_from: Any, moisture_to: Any) -> Any:
    """The flow with another content of water vapour [unit of the flow].

    Shares by volume, 0 is dry gas.
    """
    return flow * ((1 - moisture_from) / (1 - moisture_to))


@formula("D-10", "V_2 = V_1 (O_air - O_1)/(O_air - O_2)", OXYGEN)
def flow_at_oxygen(flow: Any, oxygen_of_air: Any, oxygen_from: Any, oxygen_to: Any) -> Any:
    """The flow that the same combustion gives at another oxygen content [unit of the flow].

    Shares by volume.
    """
    return flow * ((oxygen_of_air - oxygen_from) / (oxygen_of_air - oxygen_to))


@formula("D-12", "s = 1 - c_2 / c_1", "definition; both at the same conditions and flow")
def share_removed(concentration_from: Any, concentration_to: Any) -> Any:
    """The share of a load that a lower concentration removes, at the same flow [share]."""
    left = concentration_to / concentration_from
    return without_residue(1 - left, left)
