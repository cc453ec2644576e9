"""A file with its names linked: streams, effects and measures as the engine works on them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from cpcalc.diagnostics import Path
from cpcalc.figures import Figure
from cpcalc.resolve.terms import Terms
from cpcalc.units import Unit

# The category of saving that money of a stream belongs to.
CATEGORY_OF_KIND: Mapping[str, str] = {
    "material": "material",
    "chemical": "chemical",
    "water": "water",
    "energy": "energy",
    "product": "by_product",
    "by-product": "by_product",
    "wastewater": "disposal",
    "solid-waste": "disposal",
    "chemical-waste": "disposal",
    "dust": "disposal",
    "air-pollutant": "disposal",
    "greenhouse-gas": "disposal",
}
INPUT_KINDS = frozenset({"material", "chemical", "water", "energy"})
SOLD_KINDS = frozenset({"product", "by-product"})


class Term(NamedTuple):
    """One substance that goes with a stream: its emission per canonical unit of the stream, as a
    chain of factors.
    """

    substance: str
    # "scope_1", "scope_2_location", "scope_2_market", "scope_3"; of pollutants "off_site",
    # "on_site"
    scope: str
    biogenic: bool
    factor: Figure
    ncv: Figure | None  # multiplies an activity in mass where the factor is per energy
    control: Figure | None
    reference: str
    abated: bool = (
        False  # the factor already contains abatement: nothing is known of what was generated
    )
    is_grid: bool = False  # follows the grid's factor over the years


class Treatment(NamedTuple):
    """Methane of waste water: what a unit of organic load gives in one treatment."""

    load: str  # cod or bod
    capacity: Figure  # Bo
    correction: Figure  # MCF
    sludge: Figure  # share of the load removed as sludge
    recovered: Figure  # share of the methane burnt or used
    reference: str


class Stream(NamedTuple):
    """A flow before any measure.

    Figures are per year and in the report's currency, None where not given.
    """

    id: str
    name: Mapping[str, str]
    kind: str
    path: Path
    quantity: Figure | None
    price: Figure | None
    parent: str | None
    parts: tuple[str, ...]
    made_from: tuple[tuple[str, Figure], ...]
    followers: tuple[tuple[str, Figure], ...]
    terms: tuple[Term, ...]
    factors_given: bool
    generated: bool  # dust as generated, before a filter
    control: Figure | None
    loads: tuple[tuple[str, Figure], ...]  # cod, bod, tss: concentration
    lacks: str = ""  # the field that is missing where the quantity is not known
    density: Figure | None = None
    unit: Unit | None = (
        None  # of its amounts a year, from its quantity, its price or the first effect on it
    )
    treatments: tuple[Treatment, ...] = ()
    substance: str | None = None  # what a plain mass of it is a mass of: TSP, NOx, a gas


class Change(NamedTuple):
    """A saving measured afterwards, in three figures a year [unit of the stream]."""

    absolute: Figure  # as metered, production unadjusted
    at_reporting_production: Figure
    normalised: Figure  # at the baseline's production


class Effect(NamedTuple):
    """One effect of a measure on one stream.

    ``form``: share (amount is a share of what is left, positive cuts), amount (a flow a year,
    positive cuts), switch (amount is the share replaced by ``target`` in ``ratio``), load (from
    ``amount`` to ``ratio`` of a load).
    """

    form: str
    stream: str
    amount: Figure
    path: Path
    worth: Figure | None = None
    target: str | None = None
    ratio: Figure | None = None
    load: str | None = None
    change: Change | None = None  # of an effect measured at another production than the baseline's


class Money(NamedTuple):
    """A saving known as money only."""

    category: str
    amount: Figure
    path: Path


class Unknown(NamedTuple):
    """Something that could not be linked to a figure: the fields it misses."""

    missing: tuple[str, ...]


class Paid(NamedTuple):
    """An investment: as given, by currency.

    In the report's currency; and item by item in the file's order.
    """

    amounts: tuple[Figure, ...]
    converted: Figure | Unknown
    items: tuple[Figure | Unknown, ...]


class Measure(NamedTuple):
    """A measure with figures in place of texts."""

    id: str
    title: Mapping[str, str]
    type: str | None
    status: str
    cost_class: str | None
    path: Path
    investment: Paid | None
    grant: Figure | None  # in the report's currency: grants and one-off income
    running_cost: Figure | None
    effects: tuple[
        Effect | Unknown, ...
    ]  # those that count: measured ones where the measure is verified
    benefits: tuple[Money, ...]
    other_benefits: tuple[Money, ...]
    stated: tuple[tuple[str, Figure], ...]
    in_bundle: bool
    verified_effects: tuple[Effect | Unknown, ...] = ()
    predicted_effects: tuple[Effect | Unknown, ...] = ()
    quality: str | None = (
        None  # the tier of data it rests on: its own, its effects' or its streams'
    )
    lifetime: Figure | None = None  # years
    requires: tuple[str, ...] = ()  # measures without which it saves nothing


class Group(NamedTuple):
    """Money published for several measures together."""

    id: str
    title: Mapping[str, str]
    status: str
    declared_count: int | None
    path: Path
    measures: tuple[str, ...]
    investment: Paid | None
    grant: Figure | None
    running_cost: Figure | None
    annual_saving: Figure | None
    benefits: tuple[Money, ...]
    other_benefits: tuple[Money, ...]
    stated: tuple[tuple[str, Figure], ...]
    in_bundle: bool = True  # its own money counts; otherwise its members count one by one
    lifetime: Figure | None = None  # years


class Resolved(NamedTuple):
    """An assessment ready to calculate: streams in file order, measures in bundle order."""

    currency: str | None
    streams: Mapping[str, Stream]
    measures: tuple[Measure, ...]
    order: tuple[int, ...]  # positions of ``measures`` in the file's order
    groups: tuple[Group, ...]
    gwps: Mapping[str, Figure] | None
    rates: Mapping[str, Figure]
    grid_decline: Figure | None = (
        None  # share by which the grid's factor falls a year, for figures over a life
    )
    terms: Terms | None = None  # the money terms, where the file has them or they are asked for

    @property
    def has_lifetimes(self) -> bool:
        """Whether any measure states its life, so that figures over it are worth a place."""
        return any(measure.lifetime is not None for measure in self.measures)
