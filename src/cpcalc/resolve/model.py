"""A file with its names linked: streams, effects, measures and money terms as calculated with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from cpcalc.diagnostics import Path
from cpcalc.figures import Figure, Reported, defined
from cpcalc.results import Investment
from cpcalc.schema.assessment import END_OF_PIPE, INPUT_KINDS, OUTPUT_KINDS
from cpcalc.schema.factor_rows import BenchmarkValue
from cpcalc.units import ONE, Unit

SOLD_KINDS = ("product", "by-product")
# The category of saving that money of a stream belongs to.
CATEGORY_OF_KIND: Mapping[str, str] = {
    **{kind: kind for kind in INPUT_KINDS},
    "demand": "energy",  # it stands on the bill of electricity
    **dict.fromkeys(OUTPUT_KINDS, "disposal"),
    **dict.fromkeys(SOLD_KINDS, "by_product"),
}
# What the pollutants, gases and loads that a file names are amounts of.
SUBSTANCE_OF: Mapping[str, str] = {
    "co2": "CO2", "co2e": "CO2e", "dust": "TSP", "so2": "SO2", "nox": "NOx", "pm10": "PM10",
    "pm2.5": "PM2_5", "co": "CO", "voc": "VOC", "cod": "COD", "bod": "BOD", "tss": "TSS",
}  # fmt: skip
# Earlier in this list is earlier in the bundle: an idea never changes an implemented figure.
BUNDLE_STATUSES = ("verified", "implemented", "planned", "considered", "unstated")


def is_outside_scopes(gas: str) -> bool:
    """Whether the Montreal Protocol controls a gas.

    The GHG Protocol Corporate Standard (ch. 9) reports such gases apart from the scopes; they are
    in no CO2e.
    """
    return gas.startswith(("HCFC", "CFC"))


class EmissionTerm(NamedTuple):
    """One substance that goes with a stream.

    Its emission per canonical unit of the stream, as a chain of factors.
    """

    substance: str
    # "scope_1", "scope_2_location", "scope_2_market", "scope_3"; of pollutants "off_site",
    # "on_site"
    scope: str
    biogenic: bool
    factor: Figure
    ncv: Figure | None  # multiplies an activity in mass where the factor is per energy
    control: Figure | None
    abated: bool  # the factor contains abatement: nothing is known of what was generated
    is_grid: bool  # follows the grid's factor over the years


class Treatment(NamedTuple):
    """Methane of waste water: what a unit of organic load gives in one treatment."""

    load: str  # cod or bod
    capacity: Figure  # Bo
    correction: Figure  # MCF
    sludge: Figure  # share of the load removed as sludge
    recovered: Figure  # share of the methane burnt or used


class LinkedStream(NamedTuple):
    """A flow before any measure.

    Figures are per year and in the report's currency, None where not given.
    """

    id: str
    name: Mapping[str, str]
    kind: str
    path: Path
    quantity: Figure | None
    price: Figure | None
    bill: Figure | None  # a year's, where no quantity makes a price of it
    parent: str | None
    made_from: tuple[tuple[str, Figure], ...]
    terms: tuple[EmissionTerm, ...]
    treatments: tuple[Treatment, ...]
    generated: bool  # dust as generated, before a filter
    control: Figure | None
    loads: tuple[tuple[str, Figure], ...]  # cod, bod, tss: concentration
    lacks: str  # the field that is missing where the quantity is not known
    density: Figure | None
    # Of its amounts a year, from its quantity, its price or the first effect on it.
    unit: Unit | None
    substance: str | None  # what a plain mass of it is a mass of: TSP, NOx, a gas
    gas: str | None  # as potentials name it: CH4_fossil has one beside that of CH4
    readings: Mapping[str, Figure] = MappingProxyType({})  # month -> what was read in it
    per: str | None = None  # the product that its quantity is stated per unit of
    product: str | None = None  # the one that it is for
    specific: Figure | None = None  # per unit of that, where its quantity is stated so
    heat: Figure | None = None  # the energy content of a unit of it
    is_period: bool = False  # of a tariff: a part with a price of its own
    parts: tuple[str, ...] = ()
    periods: tuple[str, ...] = ()  # those of the parts that are periods: they make up all of it
    followers: tuple[tuple[str, Figure], ...] = ()


class Change(NamedTuple):
    """A saving measured afterwards, in three figures a year [unit of the stream]."""

    absolute: Reported  # as metered, production unadjusted
    at_reporting_production: Figure
    normalised: Reported  # at the baseline's production


class Production(NamedTuple):
    """A product's output in the baseline and in the reporting year."""

    product: str
    at_start: Reported
    reporting: Figure


class LinkedEffect(NamedTuple):
    """One effect of a measure on one stream.

    ``form``: share (amount is a share of what is left, positive cuts), amount (a flow a year,
    positive cuts), switch (amount is the share replaced by ``target`` in ``ratio``), load (from
    ``amount`` to ``ratio`` of a load), output (amount is the share by which less is made of the
    product that the stream is, so that more is negative), control (amount is the share of a
    pollutant, ``load``, that a filter keeps).
    """

    form: str
    stream: str
    amount: Figure
    path: Path
    worth: Figure | None = None
    target: str | None = None
    ratio: Figure | None = None
    load: str | None = None
    change: Change | None = None  # of an effect measured afterwards
    # Of an effect per product, where that was made in another amount in the reporting year.
    production: Production | None = None
    per: str | None = None  # the product of a specific consumption


class UnknownEffect(NamedTuple):
    """An effect on a stream of which the size is not known: the fields that it misses."""

    stream: str
    missing: tuple[str, ...]
    path: Path
    worth: Figure | None
    form: str = "unknown"
    target: None = None


AnyEffect = LinkedEffect | UnknownEffect


class StatedSaving(NamedTuple):
    """A saving known as money only."""

    category: str
    amount: Figure


@dataclass(frozen=True, kw_only=True)
class Costed:
    """What measures and groups have: money, reductions as published, a life."""

    id: str
    title: Mapping[str, str]
    status: str
    path: Path
    investment: Investment | None
    items: tuple[Reported, ...]  # of the investment, in the report's currency
    grant: Figure | None  # in the report's currency: grants and one-off income
    running_cost: Figure | None
    benefits: tuple[StatedSaving, ...]
    other_benefits: tuple[StatedSaving, ...]
    stated: tuple[tuple[str, Figure], ...]
    lifetime: Figure | None  # years
    # Its own money counts; a group's otherwise by its members one by one.
    in_bundle: bool = True


NOTHING = defined(0, ONE, "0 %")
WHOLE = defined(1, ONE, "100 %")


class Pace(NamedTuple):
    """How much of the full saving each year of a life has: shares reached in its first years, and
    the share lost each year.
    """

    ramp_up: tuple[Figure, ...] = ()
    saving_loss: Figure | None = None


@dataclass(frozen=True, kw_only=True)
class LinkedMeasure(Costed):
    """A measure with figures in place of texts."""

    type: str | None
    cost_class: str | None
    # Those that count: measured ones where the measure is verified.
    effects: tuple[AnyEffect, ...]
    verified_effects: tuple[AnyEffect, ...]
    predicted_effects: tuple[AnyEffect, ...]
    requires: tuple[str, ...]  # measures without which it saves nothing
    pace: Pace

    @property
    def is_cleaner(self) -> bool:
        """Whether it counts in the bundle of cleaner production."""
        return self.in_bundle and self.type != END_OF_PIPE


@dataclass(frozen=True, kw_only=True)
class LinkedGroup(Costed):
    """Money published for several measures together."""

    declared_count: int | None
    measures: tuple[str, ...]
    annual_saving: Figure | None


# ---- money terms: what the cash flows of the measures rest on ------------------------------------


class Growth(NamedTuple):
    """A rate a year, in constant money (real) or in money of the day (nominal)."""

    rate: Figure
    is_real: bool


class Spend(NamedTuple):
    """One item of an investment: when it is paid, and how long it lasts where it says so itself."""

    amount: Figure
    year: int
    lifetime: Figure | None


class LoanTerms(NamedTuple):
    """A loan drawn at the start: a share of the whole net investment, or an amount."""

    share: Figure | None
    amount: Figure | None
    rate: Figure  # in money of the day
    term: int
    grace: int
    repayment: str


class ProjectTerms(NamedTuple):
    """The terms of one measure or group."""

    place: str  # "measures.m3" or "groups.g1"
    spends: tuple[Spend, ...] | None
    missing: tuple[str, ...]  # what is missing to know the investment
    lifetime: Figure | None
    salvage: Figure | None
    residual: Figure | None  # money, or a share of the investment
    replaced: bool
    pace: Pace
    loan: LoanTerms | None


class TaxTerms(NamedTuple):
    """Tax on profit and the way assets are written off; without years, over their lifetime."""

    rate: Figure
    depreciation: str
    years: Figure | None


class EconomicTerms(NamedTuple):
    """What holds for all cash flows of a file."""

    discount: Growth | None
    inflation: Figure | None
    study_period: int | None
    residual_is_straight_line: bool
    stream_growth: Mapping[str, Growth]
    # By category, "running_cost", "investment", "other_benefits", "carbon_price".
    growth: Mapping[str, Growth]
    carbon_price: Figure | None
    tax: TaxTerms | None
    finance_rate: Growth | None
    reinvestment_rate: Growth | None
    payback_limit: Figure | None
    # Energy stream -> kWh in its unit, where it is not counted in kWh itself.
    heat: Mapping[str, Figure]
    projects: Mapping[str, ProjectTerms]


class Resolved(NamedTuple):
    """An assessment ready to calculate: streams in file order, measures in bundle order."""

    currency: str | None
    streams: Mapping[str, LinkedStream]
    measures: tuple[LinkedMeasure, ...]
    order: tuple[int, ...]  # positions of ``measures`` in the file's order
    groups: tuple[LinkedGroup, ...]
    gwps: Mapping[str, Figure] | None
    rates: Mapping[str, Figure]
    # The share by which the grid's factor falls a year, for figures over a life.
    grid_decline: Figure | None
    terms: EconomicTerms | None  # where the file has them or they are asked for
    # Effects of the bundle that were measured at another production: their streams stand there.
    moves: tuple[LinkedEffect, ...] = ()
    # Yearly output by product, the main one first; None where it is not stated.
    outputs: Mapping[str, Figure | None] = MappingProxyType({})
    benchmarks: Mapping[str, Sequence[BenchmarkValue]] = MappingProxyType({})  # by product

    @property
    def has_lifetimes(self) -> bool:
        """Whether any measure states its life, so that figures over it are worth a place."""
        return any(measure.lifetime is not None for measure in self.measures)
