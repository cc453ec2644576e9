"""Dust and other pollutants: factors with a content, abatement, loads, gas at stated conditions."""

from __future__ import annotations

from typing import Any

from cpcalc.figures import formula, without_residue

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
