"""Dust and other pollutants: factors with a content, abatement, loads."""

from __future__ import annotations

from typing import Any

from cpcalc.figures import formula

AP_42 = "US EPA, AP-42 (5th ed.), vol. I, introduction, eq. 1"


@formula(symbol="D-1", equation="E_c = E (1 - eta)", source=AP_42)
def controlled(emission: Any, efficiency: Any) -> Any:
    """What abatement of efficiency eta [share] lets through [unit of the emission]."""
    return emission * (1 - efficiency)


@formula(symbol="D-2", equation="EF = k x + c", source="US EPA, AP-42, section 1.1, tables with A (ash) or S (sulphur)")
def factor_with_content(coefficient: Any, percent_number: Any, constant: Any) -> Any:
    """An emission factor that depends on ash or sulphur [unit of the coefficient].

    ``percent_number`` x is the weight percent as a number (30 for 30 % ash), as AP-42 takes it.
    """
    return coefficient * percent_number + constant


@formula(symbol="D-3", equation="L = c V", source="definition")
def load(concentration: Any, flow: Any) -> Any:
    """The load of a pollutant in a flow [t per year]: concentration times flow."""
    return concentration * flow
