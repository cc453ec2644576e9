"""The assessment file: one enterprise, its streams before any measure, and its measures."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import BeforeValidator, model_validator

from cpcalc.quantities import Quantity
from cpcalc.schema.base import Model, need_one, need_with, refuse, refuse_together
from cpcalc.schema.basis import Basis, Enterprise, Source
from cpcalc.schema.economics import Economics, Loan, Scenario, YearlyRate
from cpcalc.schema.factor_use import Factors, GasConditions, GasFlow
from cpcalc.schema.leaves import (
    Amount,
    Count,
    Duration,
    Flag,
    Id,
    Money,
    OneOrMore,
    Share,
    SharePerYear,
    Title,
    Words,
    choice,
    leaf,
    quantity,
    quantity_or_reference,
)

DATA_STATUSES = ("measured", "published", "reconstructed", "draft")
QUALITIES = ("metered", "invoiced", "calculated", "estimated", "default")
INPUT_KINDS = ("material", "chemical", "water", "energy")
OUTPUT_KINDS = (
    "product", "by-product", "wastewater", "solid-waste", "chemical-waste", "dust",
    "air-pollutant", "greenhouse-gas",
)  # fmt: skip
TYPES = (
    "good-housekeeping", "input-change", "process-control", "equipment-modification",
    "technology-change", "on-site-recovery", "useful-by-product", "product-modification",
    "end-of-pipe",
)  # fmt: skip
STATUSES = (
    "considered", "planned", "implemented", "verified", "rejected", "not-implemented", "unstated",
)  # fmt: skip
CATEGORIES = ("material", "water", "energy", "chemical", "disposal", "by-product", "unspecified")
OTHER_BENEFITS = ("quality", "safety", "labour", "downtime", "other")
COST_CLASSES = ("no-cost", "low-cost", "medium-cost", "high-cost")
STATED_REDUCTIONS = (
    "co2", "co2e", "dust", "so2", "nox", "cod", "bod", "tss", "wastewater", "solid-waste",
    "chemical-waste", "electricity", "fuel", "energy", "steam", "water", "material", "chemical",
)  # fmt: skip
# Kinds of stream that a concentration in a gas and a flow of it can measure.
GAS_KINDS = ("dust", "air-pollutant", "greenhouse-gas")
LOADS = ("cod", "bod", "tss")
STACK_LOADS = ("dust", "so2", "nox", "pm10", "pm2.5", "co", "voc")


def _read_version(raw: Any) -> str:
    if raw != "1":
        refuse("format-version", found=str(raw)[:20])
    return str(raw)


Quality = Annotated[str, choice(*QUALITIES)]
MoneyPerYear = Annotated[
    Quantity, quantity("money-per-year", "money per year, such as 60 million VND/year")
]
Price = Annotated[Quantity, quantity("price", "money per unit, such as 1 200 VND/kWh")]
HeatContent = Annotated[
    Quantity,
    quantity_or_reference(
        "heat-content", "heat content, such as 25.1 MJ/kg or fuel-properties/diesel-moit"
    ),
]
Concentration = Annotated[
    Quantity, quantity("concentration", "a concentration, such as 1 720 mg/L")
]
Density = Annotated[
    Quantity,
    quantity_or_reference(
        "density", "a density, such as 0.84 kg/L or fuel-properties/fuel-oil-ghg-protocol"
    ),
]
RunningHours = Annotated[
    Quantity, quantity("hours-per-year", "running hours, such as 4 000 hour/year")
]
MoneyOrShare = Annotated[
    Quantity, quantity("money-or-share", "money or a share, such as 40 % of the investment")
]
Kind = Annotated[str, choice(*INPUT_KINDS, *OUTPUT_KINDS)]
HeatBasis = Annotated[str, choice("ncv", "gcv")]
MassBasis = Annotated[str, choice("wet", "dry")]
Boundary = Annotated[str, choice("generated", "emitted")]
Pollutant = Annotated[str, choice("so2", "nox", "pm10", "pm2.5", "co", "voc")]
Load = Annotated[str, choice(*LOADS, *STACK_LOADS)]
StatedReduction = Annotated[str, choice(*STATED_REDUCTIONS)]
BenefitCategory = Annotated[str, choice(*CATEGORIES, *OTHER_BENEFITS)]
MeasureType = Annotated[str, choice(*TYPES)]
Status = Annotated[str, choice(*STATUSES)]
CostClass = Annotated[str, choice(*COST_CLASSES)]
FormatVersion = Annotated[str, leaf(_read_version, {"const": 1})]
NumberStyle = Annotated[str, choice("international", "vietnamese")]
UnitMeaning = Annotated[str, choice("count", "metric")]
DataStatus = Annotated[str, choice(*DATA_STATUSES)]


class Product(Model):
    """What the plant makes; output optional, capacity may stand alone."""

    id: Id
    name: Title | None = None
    output: Amount | None = None
    capacity: Amount | None = None
    reporting_output: Amount | None = None


# What a sub-stream takes from its parent.
OF_WHOLE_STREAMS = (
    "kind", "price", "annual_cost", "emission_factors", "made_from", "follows", "ncv", "gcv",
    "density", "mass_basis", "boundary", "control", "gas", "pollutant", "concentration", "cod",
    "bod", "tss",
)  # fmt: skip
OF_EFFECTS_ON_STREAMS = (
    "reduce", "increase", "from_", "to", "measured", "base_load", "per", "load", "replace_by",
    "share", "ratio", "worth", "hours",
)  # fmt: skip


class Stream(Model):
    """A flow that costs money or pollutes, before any measure."""

    kind: Kind | None = None
    name: Title | None = None
    quantity: Amount | None = None
    per: Id | None = None
    price: Price | None = None
    price_basis: HeatBasis | None = None
    annual_cost: MoneyPerYear | None = None
    escalation: YearlyRate | None = None
    part_of: Id | None = None
    share: Share | None = None
    made_from: dict[str, Amount] | None = None
    follows: dict[str, Amount] | None = None
    emission_factors: Factors | None = None
    ncv: HeatContent | None = None
    gcv: HeatContent | None = None
    heat_basis: HeatBasis | None = None
    density: Density | None = None
    mass_basis: MassBasis | None = None
    boundary: Boundary | None = None
    control: Share | None = None
    gas: Words | None = None
    pollutant: Pollutant | None = None
    concentration: Concentration | None = None
    concentration_at: GasConditions | None = None
    gas_flow: GasFlow | None = None
    gas_flow_at: GasConditions | None = None
    hours: RunningHours | None = None
    cod: Concentration | None = None
    bod: Concentration | None = None
    tss: Concentration | None = None
    quality: Quality | None = None
    uncertainty: Share | None = None
    notes: Title | None = None

    @model_validator(mode="after")
    def consistent(self) -> Self:
        if self.part_of is None:
            if self.kind is None:
                refuse("one-of-keys-needed", keys="kind, part-of")
        else:
            refuse_together(self, "part_of", *OF_WHOLE_STREAMS)
            need_one(self, "share", "quantity")
        need_with(self, "share", "part_of")
        need_with(self, "per", "quantity")
        need_with(self, "price_basis", "price")
        refuse_together(self, "ncv", "gcv")
        refuse_together(self, "concentration", "quantity", "follows", "part_of")
        if (self.concentration is None) != (self.gas_flow is None):
            refuse("one-of-keys-needed", keys="concentration + gas-flow")
        need_with(self, "hours", "gas_flow")
        need_with(self, "concentration_at", "concentration")
        need_with(self, "gas_flow_at", "gas_flow")
        if self.concentration is not None and self.kind not in GAS_KINDS:
            refuse("keys-exclude-each-other", keys=f"kind: {self.kind}, concentration")
        refuse_together(self, "quantity", "follows")
        return self


class Item(Model):
    """One line of an investment."""

    item: Words
    amount: Money
    year: Count | None = None
    lifetime: Duration | None = None


AMOUNT_KEYS = frozenset(
    {"low", "high", "at-least", "at-most", "value", "over"}
)  # an amount that is no scalar


def _as_item(raw: Any) -> Any:
    if isinstance(raw, dict) and AMOUNT_KEYS.isdisjoint(raw):
        return raw
    return {"item": "investment", "amount": raw}


Items = OneOrMore[Annotated[Item, BeforeValidator(_as_item, json_schema_input_type=Money | Item)]]


class Effect(Model):
    """What a measure does to one stream, or a stated reduction."""

    stream: Id | None = None
    reduce: Amount | None = None
    increase: Amount | None = None
    hours: RunningHours | None = None
    from_: Amount | None = None
    to: Amount | None = None
    measured: Amount | None = None
    base_load: Amount | None = None
    per: Id | None = None
    load: Load | None = None
    replace_by: Id | None = None
    share: Share | None = None
    ratio: Words | None = None
    worth: MoneyPerYear | None = None
    reduces: StatedReduction | None = None
    by: Amount | None = None
    as_published: Flag | None = None
    quality: Quality | None = None
    because: Words | None = None

    @model_validator(mode="after")
    def consistent(self) -> Self:
        need_one(self, "stream", "reduces")
        if self.reduces is not None:
            refuse_together(self, "reduces", *OF_EFFECTS_ON_STREAMS)
            if self.by is None or self.as_published is not True:
                refuse("one-of-keys-needed", keys="by + as-published: true")
            return self
        refuse_together(self, "stream", "by", "as_published")
        need_one(self, "reduce", "increase", "from_", "replace_by")
        need_with(self, "hours", "reduce", "increase")
        need_with(self, "per", "from_")
        need_with(self, "load", "from_")
        need_with(self, "share", "replace_by")
        need_with(self, "ratio", "replace_by")
        refuse_together(self, "load", "per")
        need_with(self, "to", "from_")
        need_with(self, "measured", "per")
        need_with(self, "base_load", "measured")
        if self.from_ is not None:
            need_one(self, "to", "measured")
        if self.from_ is not None and self.per is None and self.load is None:
            refuse("one-of-keys-needed", keys="per, load")
        if self.replace_by is not None and self.ratio is None:
            refuse("one-of-keys-needed", keys="ratio")
        return self


class Benefit(Model):
    """A saving published or known as money only."""

    saves: MoneyPerYear
    as_: BenefitCategory
    because: Words | None = None


class Measure(Model):
    """One thing the enterprise can do."""

    id: Id
    title: Title
    type: MeasureType | None = None
    status: Status | None = None
    cost_class: CostClass | None = None
    investment: Items | None = None
    grant: Money | None = None
    one_off_income: Money | None = None
    lifetime: Duration | None = None
    running_cost: MoneyPerYear | None = None
    after: OneOrMore[Id] | None = None
    requires: OneOrMore[Id] | None = None
    excludes: OneOrMore[Id] | None = None
    effects: OneOrMore[Effect] | None = None
    verified_effects: OneOrMore[Effect] | None = None
    benefits: OneOrMore[Benefit] | None = None
    salvage: Money | None = None
    residual_value: MoneyOrShare | None = None
    replaced: Flag | None = None
    ramp_up: OneOrMore[Share] | None = None
    saving_loss: SharePerYear | None = None
    loan: Loan | None = None
    quality: Quality | None = None
    source: Words | None = None
    notes: Title | None = None


class Group(Model):
    """Money published for a class, a phase or a whole programme of measures."""

    id: Id
    title: Title
    count: Count | None = None
    measures: OneOrMore[Id] | None = None
    status: Status | None = None
    investment: Items | None = None
    grant: Money | None = None
    lifetime: Duration | None = None
    annual_saving: MoneyPerYear | None = None
    benefits: OneOrMore[Benefit] | None = None
    running_cost: MoneyPerYear | None = None
    effects: OneOrMore[Effect] | None = None
    notes: Title | None = None

    @model_validator(mode="after")
    def consistent(self) -> Self:
        # a group has no place in the order of the bundle: what acts on a stream is its measures'
        if any(effect.reduces is None for effect in self.effects or ()):
            refuse("one-of-keys-needed", keys="reduces + by + as-published: true")
        return self


class Expectation(Model):
    """A published or hand-calculated figure that the result is held to."""

    figure: Words
    value: Amount | None = None
    within: Share | None = None
    printed: Amount | None = None
    at_least: Amount | None = None
    at_most: Amount | None = None
    is_: Words | None = None
    source: Words | None = None
    not_reproduced: Words | None = None

    @model_validator(mode="after")
    def consistent(self) -> Self:
        if self.at_least is None or self.at_most is None:
            need_one(self, "value", "printed", "at_least", "at_most", "is_")
        if self.value is not None and self.within is None and self.not_reproduced is None:
            refuse("one-of-keys-needed", keys="within, not-reproduced")
        return self


class Waiver(Model):
    """A warning accepted, with the reason that the report prints."""

    check: Words
    at: Words | None = None
    because: Words


class Assessment(Model):
    """The whole file."""

    cpcalc: FormatVersion
    numbers: NumberStyle | None = None
    units: dict[str, UnitMeaning] | None = None
    enterprise: Enterprise
    programme: Id | None = None
    data_status: DataStatus
    source: OneOrMore[Source] | None = None
    basis: Basis | None = None
    products: OneOrMore[Product] | None = None
    streams: dict[str, Stream] | None = None
    measures: OneOrMore[Measure] | None = None
    groups: OneOrMore[Group] | None = None
    economics: Economics | None = None
    scenarios: OneOrMore[Scenario] | None = None
    expect: OneOrMore[Expectation] | None = None
    waivers: OneOrMore[Waiver] | None = None
