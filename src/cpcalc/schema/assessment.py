"""The assessment file: one enterprise, its streams before any measure, and its measures."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator

from cpcalc.quantities import Quantity
from cpcalc.schema.base import Model, excludes, needed, needs, needs_both, one_of, refuse, some_of
from cpcalc.schema.basis import Basis, Enterprise, Factors, GasConditions, HeatBasis, Source
from cpcalc.schema.economics import Economics, Loan, Scenario, YearlyRate
from cpcalc.schema.leaves import (
    AMOUNT_KEYS,
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
    read_amount_or_reference,
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
Density = Annotated[Quantity, quantity("density", read_amount_or_reference)]
Price = Annotated[Quantity, quantity("price")]
GasFlow = Annotated[Quantity, quantity("gas-flow")]
MoneyPerYear = Annotated[Quantity, quantity("money-per-year")]
HeatContent = Annotated[Quantity, quantity("heat-content", read_amount_or_reference)]
Concentration = Annotated[Quantity, quantity("concentration")]
RunningHours = Annotated[Quantity, quantity("hours-per-year")]
Status = Annotated[str, choice(*STATUSES)]
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


def _only_gases_have_a_concentration(stream: Stream) -> None:
    """The rule of a concentration in a gas."""
    if stream.concentration is not None and stream.kind not in GAS_KINDS:
        refuse("keys-exclude-each-other", keys=f"kind: {stream.kind}, concentration")


class Stream(Model):
    """A flow that costs money or pollutes, before any measure."""

    kind: Annotated[str, choice(*INPUT_KINDS, *OUTPUT_KINDS)] | None = None
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
    mass_basis: Annotated[str, choice("wet", "dry")] | None = None
    boundary: Annotated[str, choice("generated", "emitted")] | None = None
    control: Share | None = None
    gas: Words | None = None
    pollutant: Annotated[str, choice("so2", "nox", "pm10", "pm2.5", "co", "voc")] | None = None
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

    rules = (
        needed("kind, part-of", lambda stream: stream.kind or stream.part_of),
        excludes("part_of", *OF_WHOLE_STREAMS),
        one_of("share", "quantity", beside="part_of"),
        needs(share="part_of", per="quantity", price_basis="price"),
        excludes("ncv", "gcv"),
        excludes("concentration", "quantity", "follows", "part_of"),
        needs_both("concentration", "gas_flow"),
        needs(hours="gas_flow", concentration_at="concentration", gas_flow_at="gas_flow"),
        _only_gases_have_a_concentration,
        excludes("quantity", "follows"),
    )


class Item(Model):
    """One line of an investment."""

    item: Words
    amount: Money
    year: Count | None = None
    lifetime: Duration | None = None


def _as_item(raw: Any) -> Any:
    """An investment in one amount is one line of it."""
    if isinstance(raw, dict) and not raw.keys() & set(AMOUNT_KEYS):
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
    load: Annotated[str, choice(*LOADS, *STACK_LOADS)] | None = None
    replace_by: Id | None = None
    share: Share | None = None
    ratio: Words | None = None
    worth: MoneyPerYear | None = None
    reduces: Annotated[str, choice(*STATED_REDUCTIONS)] | None = None
    by: Amount | None = None
    as_published: Flag | None = None
    quality: Quality | None = None
    because: Words | None = None

    rules = (
        one_of("stream", "reduces"),
        excludes("reduces", *OF_EFFECTS_ON_STREAMS),
        needed(
            "by + as-published: true",
            lambda effect: not effect.reduces or (effect.by is not None and effect.as_published),
        ),
        excludes("stream", "by", "as_published"),
        one_of("reduce", "increase", "from_", "replace_by", beside="stream"),
        needs(
            hours=("reduce", "increase"),
            per="from_",
            load="from_",
            share="replace_by",
            ratio="replace_by",
        ),
        excludes("load", "per"),
        needs(to="from_", measured="per", base_load="measured"),
        one_of("to", "measured", beside="from_"),
        some_of("per", "load", beside="from_"),
        some_of("ratio", beside="replace_by"),
    )


class Benefit(Model):
    """A saving published or known as money only."""

    saves: MoneyPerYear
    as_: Annotated[str, choice(*CATEGORIES, *OTHER_BENEFITS)]
    because: Words | None = None


class Measure(Model):
    """One thing the enterprise can do."""

    id: Id
    title: Title
    type: Annotated[str, choice(*TYPES)] | None = None
    status: Status | None = None
    cost_class: Annotated[str, choice(*COST_CLASSES)] | None = None
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
    residual_value: Annotated[Quantity, quantity("money-or-share")] | None = None
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

    rules = (
        # a group has no place in the order of the bundle: what acts on a stream is its measures'
        needed(
            "reduces + by + as-published: true",
            lambda group: all(effect.reduces for effect in group.effects or ()),
        ),
    )


def _has_one_kind_of_value(expectation: Expectation) -> None:
    """The rule of an expectation: only two bounds stand beside each other."""
    if not (expectation.states("at_least") and expectation.states("at_most")):
        one_of("value", "printed", "at_least", "at_most", "is_")(expectation)


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

    rules = (
        _has_one_kind_of_value,
        some_of("within", "not_reproduced", beside="value"),
    )


class Waiver(Model):
    """A warning accepted, with the reason that the report prints."""

    check: Words
    at: Words | None = None
    because: Words


class Assessment(Model):
    """The whole file."""

    cpcalc: Annotated[str, leaf(_read_version, {"const": 1})]
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
