"""What bills say, month by month and in the periods of a tariff; and what is made."""

from functools import partial
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field

from cpcalc.quantities import Quantity, Range
from cpcalc.schema import Model, leaves, one_of, refuse
from cpcalc.schema.basis import Quality

Price = Annotated[Quantity, leaves.quantity("price")]
# What goods bring has no limit that a slip could be told by.
Margin = Annotated[Quantity, leaves.quantity("price", description="money per unit of product")]
_MONTH_SCHEMA = {**leaves.DATE_SCHEMA, "examples": ["2024-01"]}
_read_month = partial(leaves.read_date, lacking="not-a-month")
Month = Annotated[str, leaves.leaf(_read_month, _MONTH_SCHEMA)]
Metered = Annotated[Quantity, leaves.quantity("reading")]


class MonthReading(Model):
    """What a meter and a bill say of one month."""

    example: ClassVar = {"month": "2024-01", "quantity": "41 000 kWh", "cost": "75 million VND"}
    month: Month
    quantity: Metered
    cost: leaves.Money | None = None
    output: Metered | None = None


# In the file, or as the name of a table beside it, which is read before the file is validated.
_LISTED = leaves.OneOrMore[MonthReading]
Readings = Annotated[
    _LISTED, BeforeValidator(lambda raw: raw, json_schema_input_type=leaves.Words | _LISTED)
]


class TariffPeriod(Model):
    """One period of a tariff: its price, and how much of the stream is taken in it."""

    example: ClassVar = {"price": "3 242 VND/kWh", "share": "20 %"}
    price: Price
    share: leaves.Share | None = None
    quantity: leaves.Amount | None = None

    rules = (one_of("share", "quantity"),)


Tariff = Annotated[leaves.ById[TariffPeriod], Field(examples=[{"peak": TariffPeriod.example}])]


def says_one_thing(stream: Any) -> None:
    """The rule of a tariff: its periods have shares of the quantity, or make it up."""
    sized = [period.quantity is not None for period in (stream.tariff or {}).values()]
    if any(sized) and (stream.quantity or stream.readings or not all(sized)):
        refuse("keys-exclude-each-other", keys="quantity, share, readings")


# What the size of a stream is stated by: its uncertainty is that of all its amounts together.
SIZES = ("quantity", "share", "concentration", "follows", "readings", "tariff")


def sizes_of(stream: Any) -> list[Quantity]:
    """The amounts that state the size of a stream."""
    given = [stream.quantity, stream.share, stream.concentration, *(stream.follows or {}).values()]
    given += [part.quantity for part in (*(stream.readings or ()), *(stream.tariff or {}).values())]
    return [one for one in given if one is not None]


def has_an_uncertainty_of_its_size(stream: Any) -> None:
    """The rule of an uncertainty: it is of a size, and a range says already how far off that is."""
    sizes = sizes_of(stream)
    if stream.uncertainty and stream.tariff and not sizes:  # its periods have only shares
        refuse("key-needs-another", key="uncertainty", keys="quantity")
    if stream.uncertainty and any(isinstance(size, Range) for size in sizes):
        refuse("keys-exclude-each-other", keys="uncertainty, low + high")


class Product(Model):
    """What the plant makes; output optional, capacity may stand alone."""

    example: ClassVar = {"id": "paper", "output": "4 000 t/year"}
    id: leaves.Id
    name: leaves.Title | None = None
    output: leaves.Amount | None = None
    capacity: leaves.Amount | None = None
    reporting_output: leaves.Amount | None = None
    margin: Margin | None = None
    benchmark: leaves.Words | None = None
    quality: Quality | None = None
