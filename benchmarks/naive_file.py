"""The models of the naive pipeline (naive.py): what it reads of an assessment, as pint quantities.

They know the keys, words, units and currencies of the synthetic files, a tenth of the format, and refuse all else.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

import pint
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainValidator, model_validator

UNITS: Any = pint.UnitRegistry()
for definition in ("m3 = meter ** 3", "VND = [VND]", "USD = [USD]", "million = 1e6"):
    UNITS.define(definition)
Quantity = pint.Quantity
GAP = re.compile(r"(?<=\d) (?=\d{3}(?!\d))")  # pint would multiply the 20 and the 510 of "20 510"


def quantity_in(*texts: str) -> Any:
    """The type of a field: a quantity, in the first of these units that fits it."""
    units = [UNITS.Unit(text) for text in texts]

    def read(text: str) -> Quantity:
        try:
            found = UNITS.Quantity(GAP.sub("", text))
        except Exception as error:  # pint and the tokenizer refuse with errors of many kinds
            raise ValueError(f"no quantity: {text}") from error
        for unit in units:
            if found.is_compatible_with(unit):
                return found.to(unit)
        raise ValueError(f"{text} is not in {' or '.join(texts)}")

    return Annotated[Quantity, PlainValidator(read)]


def part_of_all(share: Quantity) -> Quantity:
    """The share, unless it is more than there is."""
    if not 0 <= share <= 1:
        raise ValueError(f"{share:~} is not between 0 and 100 %")
    return share


Flow, Price = (
    quantity_in("kWh/year", "t/year", "m3/year"),
    quantity_in("VND/kWh", "VND/t", "VND/m3"),
)
Money, MoneyPerYear, Lifetime = (
    quantity_in("VND", "USD"),
    quantity_in("VND/year"),
    quantity_in("year"),
)
Share = Annotated[quantity_in("dimensionless"), AfterValidator(part_of_all)]
Quality = Literal["metered", "invoiced", "calculated", "estimated", "default"]
Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]


class Model(BaseModel):
    model_config = ConfigDict(extra="forbid", alias_generator=lambda name: name.replace("_", "-"))


class Enterprise(Model):
    id: Id
    name: str
    sector: str
    province: str
    country: str
    employees: int


class Rate(Model):
    rate: quantity_in("VND/USD")
    year: int
    source: str


class Operation(Model):
    days: quantity_in("day/year")
    hours: quantity_in("hour/day")


class DiscountRate(Model):
    nominal: Share


class Basis(Model):
    period: int
    currency: Literal["VND"]
    exchange_rates: dict[Literal["USD"], Rate]
    operation: Operation
    discount_rate: DiscountRate


class Product(Model):
    id: Id
    output: quantity_in("t/year")


class Stream(Model):
    kind: Literal["material", "water", "energy", "chemical", "wastewater", "solid-waste"]
    name: str
    quantity: Flow
    price: Price
    quality: Quality

    @model_validator(mode="after")
    def price_fits(self) -> Stream:
        if not (self.quantity * self.price).check("[VND]/[time]"):
            raise ValueError(f"{self.price:~} is no price of {self.quantity:~}")
        return self


class Item(Model):
    item: str
    amount: Money


class Effect(Model):
    stream: Id
    reduce: Share
    quality: Quality


class Measure(Model):
    id: Id
    title: str
    type: Literal[
        "good-housekeeping", "input-change", "process-control", "equipment-modification", "technology-change",
        "on-site-recovery", "useful-by-product", "product-modification",
    ]  # fmt: skip
    status: Literal["considered", "planned", "implemented"]
    investment: list[Item] = Field(min_length=1)
    lifetime: Lifetime
    running_cost: MoneyPerYear
    effects: list[Effect] = Field(min_length=1)


class Assessment(Model):
    cpcalc: Literal[1]
    numbers: Literal["international"]
    enterprise: Enterprise
    data_status: Literal["measured", "published", "reconstructed", "draft"]
    basis: Basis
    products: list[Product]
    streams: dict[Id, Stream]
    measures: list[Measure]

    @model_validator(mode="after")
    def names_fit(self) -> Assessment:
        if len({measure.id for measure in self.measures}) < len(self.measures):
            raise ValueError("two measures of one id")
        for measure in self.measures:
            for effect in measure.effects:
                if effect.stream not in self.streams:
                    raise ValueError(f"{measure.id}: there is no stream {effect.stream}")
        return self
