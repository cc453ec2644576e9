"""How a stream uses cited factors, and the state in which a flow of gas is stated."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, PlainValidator, ValidationInfo

from cpcalc.quantities import Quantity
from cpcalc.schema.base import Model, refuse
from cpcalc.schema.basis import GridType
from cpcalc.schema.leaves import (
    REFERENCE,
    Amount,
    OneOrMore,
    Share,
    Words,
    Year,
    choice,
    quantity,
    read_amount,
)

Temperature = Annotated[Quantity, quantity("temperature", "a temperature, such as 160 degC")]
Pressure = Annotated[Quantity, quantity("pressure", "an absolute pressure, such as 101.325 kPa")]
GasFlow = Annotated[Quantity, quantity("gas-flow", "a flow of gas, such as 42 000 Nm3/hour")]
ContentBasis = Annotated[str, choice("as-fired", "dry")]


def _read_efficiency(raw: Any, info: ValidationInfo) -> Quantity | str:
    if isinstance(raw, str) and REFERENCE.fullmatch(raw):
        return raw
    return read_amount(raw, info, "share")


def _read_control(raw: Any, info: ValidationInfo) -> Quantity | str | dict[str, Quantity | str]:
    if raw == {}:
        refuse("empty-value")
    if isinstance(raw, dict) and not {"low", "at-least", "at-most", "value"} & raw.keys():
        return {str(pollutant): _read_efficiency(part, info) for pollutant, part in raw.items()}
    return _read_efficiency(raw, info)


Control = Annotated[
    Quantity | str | dict[str, Quantity | str],
    PlainValidator(_read_control, json_schema_input_type=str | dict[str, str]),
]


class FactorUse(Model):
    """A cited factor and the parameters its formula needs.

    ``control`` is an abatement efficiency: a share, a cited one (set/id), or one of these for each pollutant.
    """

    factor: Words
    ash: Share | None = None
    sulphur: Share | None = None
    content_basis: ContentBasis | None = None
    control: Control | None = None
    moisture: Share | None = None
    equipment: Words | None = None
    year: Year | None = None
    type: GridType | None = None
    sludge_removed: Amount | None = None
    recovered: Amount | None = None
    because: Words | None = None


def _as_factor_use(raw: Any) -> Any:
    return raw if isinstance(raw, dict) else {"factor": raw}


Factors = OneOrMore[
    Annotated[FactorUse, BeforeValidator(_as_factor_use, json_schema_input_type=str | FactorUse)]
]


class GasConditions(Model):
    """The state in which a concentration or a flow of gas is stated; moisture and oxygen are shares by volume."""

    temperature: Temperature | None = None
    pressure: Pressure | None = None
    moisture: Share | None = None
    oxygen: Share | None = None
