"""How a stream uses cited factors, and the state in which a flow of gas is stated."""

# No postponed annotations here: they are read at every start.
from typing import Annotated, Any

from cpcalc.schema.base import Model
from cpcalc.schema.basis import GridType
from cpcalc.schema.leaves import (
    REFERENCE,
    Amount,
    Form,
    Given,
    Share,
    Words,
    Year,
    choice,
    quantity,
    read_amount,
    refuse,
)
from cpcalc.schema.lists import ONE_OR_MORE

Temperature = Annotated[Given, quantity("temperature", "a temperature, such as 160 degC")]
Pressure = Annotated[Given, quantity("pressure", "an absolute pressure, such as 101.325 kPa")]
GasFlow = Annotated[Given, quantity("gas-flow", "a flow of gas, such as 42 000 Nm3/hour")]
ContentBasis = Annotated[str, choice("as-fired", "dry")]


def _read_efficiency(raw: Any, info: Any) -> Given | str:
    if isinstance(raw, str) and REFERENCE.fullmatch(raw):
        return raw
    return read_amount(raw, info, "share")


def _read_control(raw: Any, info: Any) -> Given | str | dict[str, Given | str]:
    if raw == {}:
        refuse("empty-value")
    if isinstance(raw, dict) and not {"low", "at-least", "at-most", "value"} & raw.keys():
        return {str(pollutant): _read_efficiency(part, info) for pollutant, part in raw.items()}
    return _read_efficiency(raw, info)


Control = Annotated[
    Given | str | dict[str, Given | str],
    Form(_read_control, str | dict[str, str]),
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


def _read_factor_use(raw: Any, info: Any) -> FactorUse:
    return FactorUse.read(raw if isinstance(raw, dict) else {"factor": raw}, info.context)


Factors = Annotated[
    list[Annotated[FactorUse, Form(_read_factor_use, str | FactorUse)]], ONE_OR_MORE
]


class GasConditions(Model):
    """The state in which a concentration or a flow of gas is stated; moisture and oxygen are shares by volume."""

    temperature: Temperature | None = None
    pressure: Pressure | None = None
    moisture: Share | None = None
    oxygen: Share | None = None
