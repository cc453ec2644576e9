"""The assessment file: one enterprise, its streams before any measure, and its measures."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, BeforeValidator, Field

from cpcalc.quantities import Quantity
from cpcalc.schema import Model, excludes, leaves, needs, needs_both, one_of, refuse, some_of
from cpcalc.schema.basis import (
    Basis,
    EconomicSettings,
    Enterprise,
    Factors,
    GasConditions,
    HeatBasis,
    Loan,
    Quality,
    ReportWords,
    Scenario,
    Source,
    Version,
    Waiver,
    YearlyRate,
)
from cpcalc.schema.bills import (
    SIZES,
    Price,
    Product,
    Readings,
    Tariff,
    has_an_uncertainty_of_its_size,
    says_one_thing,
)

DATA_STATUSES = ("measured", "published", "reconstructed", "draft")
INPUT_KINDS = ("material", "chemical", "water", "energy", "demand")
OUTPUT_KINDS = (
    "product", "by-product", "wastewater", "solid-waste", "chemical-waste", "dust",
    "air-pollutant", "greenhouse-gas",
)  # fmt: skip
# What an amount of each kind is measured in, a year or per product: base units, and ``count`` for
# pieces and what a file declares as counted. A pollutant is a mass of its own substance. Power is
# energy only as a demand charge, where the price is per power too.
_GOODS = ("t", "m3", "Nm3", "m2", "m", "count")
UNITS_OF_KIND: Mapping[str, tuple[str, ...]] = {
    "material": _GOODS,
    "chemical": ("t", "m3", "Nm3", "count"),
    **dict.fromkeys(("water", "wastewater"), ("m3", "t", "count")),
    "energy": ("kWh", "t", "m3", "Nm3", "count"),
    "demand": ("kWh*month/hour", "month*kVA", "kvarh", "kWh"),
    **dict.fromkeys(("product", "by-product"), ("kWh", *_GOODS)),
    **dict.fromkeys(("solid-waste", "chemical-waste"), ("t", "m3", "m2", "count")),
    **dict.fromkeys(("dust", "air-pollutant", "greenhouse-gas"), ("t",)),
}  # fmt: skip
# A maximum demand is paid for in each month: what a year of it is in, and one of them.
LEVELS = {"kWh*month/hour": leaves.POWER, "month*kVA": "kVA"}
END_OF_PIPE = "end-of-pipe"
TYPES = (
    "good-housekeeping", "input-change", "process-control", "equipment-modification",
    "technology-change", "on-site-recovery", "useful-by-product", "product-modification",
    END_OF_PIPE,
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


Density = Annotated[Quantity, leaves.quantity("density", leaves.read_amount_or_reference)]
GasFlow = Annotated[Quantity, leaves.quantity("gas-flow")]
MoneyPerYear = Annotated[Quantity, leaves.quantity("money-per-year")]
HeatContent = Annotated[Quantity, leaves.quantity("heat-content", leaves.read_amount_or_reference)]
Concentration = Annotated[Quantity, leaves.quantity("concentration")]
RunningHours = Annotated[Quantity, leaves.quantity("hours-per-year")]
Status = Annotated[str, leaves.choice(*STATUSES)]
NumberStyle = Annotated[str, leaves.choice("international", "vietnamese")]
UnitMeaning = Annotated[str, leaves.choice("count", "metric")]
UnitMeanings = Annotated[dict[str, UnitMeaning], Field(examples=[{"plate": "count"}])]
Links = Annotated[leaves.Keyed[leaves.Amount], Field(examples=[{"coal": "140 kg/t"}])]
DataStatus = Annotated[str, leaves.choice(*DATA_STATUSES)]


# What a sub-stream takes from its parent.
OF_WHOLE_STREAMS = (
    "kind", "price", "annual_cost", "tariff", "emission_factors", "made_from", "follows", "ncv",
    "gcv", "density", "mass_basis", "boundary", "control", "gas", "pollutant", "concentration",
    "cod", "bod", "tss",
)  # fmt: skip
OF_EFFECTS_ON_STREAMS = (
    "reduce", "increase", "from_", "to", "measured", "base_load", "per", "load", "replace_by",
    "share", "ratio", "worth", "hours", "during", "move_to", "control",
)  # fmt: skip


def _only_gases_have_a_concentration(stream: "Stream") -> None:
    """The rule of a concentration in a gas."""
    if stream.concentration is not None and stream.kind not in GAS_KINDS:
        refuse("keys-exclude-each-other", keys=f"kind: {stream.kind}, concentration")


class Stream(Model):
    """A flow that costs money or pollutes, before any measure."""

    example: ClassVar = {"kind": "energy", "quantity": "5 000 t/year"}
    kind: Annotated[str, leaves.choice(*INPUT_KINDS, *OUTPUT_KINDS)] | None = None
    name: leaves.Title | None = None
    quantity: leaves.Amount | None = None
    readings: Readings | None = None
    annualise_by: Annotated[str, leaves.choice("months", "production")] | None = None
    per: leaves.Id | None = None
    for_: leaves.Id | None = None
    price: Price | None = None
    tariff: Tariff | None = None
    price_basis: HeatBasis | None = None
    annual_cost: MoneyPerYear | None = None
    escalation: YearlyRate | None = None
    part_of: leaves.Id | None = None
    share: leaves.Share | None = None
    made_from: Links | None = None
    follows: Links | None = None
    emission_factors: Factors | None = None
    ncv: HeatContent | None = None
    gcv: HeatContent | None = None
    heat_basis: HeatBasis | None = None
    density: Density | None = None
    mass_basis: Annotated[str, leaves.choice("wet", "dry")] | None = None
    boundary: Annotated[str, leaves.choice("generated", "emitted")] | None = None
    control: leaves.Share | None = None
    gas: leaves.Words | None = None
    pollutant: Annotated[str, leaves.choice("so2", "nox", "pm10", "pm2.5", "co", "voc")] | None = (
        None
    )
    concentration: Concentration | None = None
    concentration_at: GasConditions | None = None
    gas_flow: GasFlow | None = None
    gas_flow_at: GasConditions | None = None
    hours: RunningHours | None = None
    cod: Concentration | None = None
    bod: Concentration | None = None
    tss: Concentration | None = None
    quality: Quality | None = None
    uncertainty: leaves.Share | None = None
    notes: leaves.Title | None = None

    rules = (
        some_of("kind", "part_of"),
        excludes("part_of", *OF_WHOLE_STREAMS),
        one_of("share", "quantity", "readings", beside="part_of"),
        needs(share="part_of", per="quantity", price_basis="price", annualise_by="readings"),
        excludes("tariff", "price", "annual_cost", "made_from"),
        excludes("readings", "quantity", "follows", "concentration"),
        says_one_thing,
        excludes("concentration", "quantity", "follows", "part_of"),
        needs_both("concentration", "gas_flow"),
        needs(hours="gas_flow", concentration_at="concentration", gas_flow_at="gas_flow"),
        needs(uncertainty=SIZES),
        _only_gases_have_a_concentration,
        has_an_uncertainty_of_its_size,
        excludes("quantity", "follows"),
    )


class Item(Model):
    """One line of an investment."""

    item: leaves.Words
    amount: leaves.Money
    year: leaves.Count | None = None
    lifetime: leaves.Duration | None = None


def _as_item(raw: Any) -> Any:
    """An investment in one amount is one line of it."""
    if isinstance(raw, dict) and not raw.keys() & set(leaves.AMOUNT_KEYS):
        return raw
    return {"item": "investment", "amount": raw}


Items = leaves.OneOrMore[
    Annotated[Item, BeforeValidator(_as_item, json_schema_input_type=leaves.Money | Item)]
]


def _is_published(effect: "Effect") -> None:
    """The rule of a stated reduction: it is taken as published, and says so."""
    if effect.reduces and (effect.by is None or not effect.as_published):
        refuse("one-of-keys-needed", keys="by + as-published: true")


def _moves_to_another(effect: "Effect") -> None:
    """The rule of a load that moves: from one period to another."""
    if effect.move_to is not None and effect.move_to == effect.during:
        refuse("keys-exclude-each-other", keys="during, move-to")


class Effect(Model):
    """What a measure does to one stream, or a stated reduction."""

    example: ClassVar = {"stream": "coal", "reduce": "5 %"}
    stream: leaves.Id | None = None
    product: leaves.Id | None = None
    during: leaves.Id | None = None
    move_to: leaves.Id | None = None
    control: leaves.Share | None = None
    reduce: leaves.Amount | None = None
    increase: leaves.Amount | None = None
    hours: RunningHours | None = None
    from_: leaves.Amount | None = None
    to: leaves.Amount | None = None
    measured: leaves.Amount | None = None
    base_load: leaves.Amount | None = None
    per: leaves.Id | None = None
    load: Annotated[str, leaves.choice(*LOADS, *STACK_LOADS)] | None = None
    replace_by: leaves.Id | None = None
    share: leaves.Share | None = None
    ratio: leaves.Words | None = None
    worth: MoneyPerYear | None = None
    reduces: Annotated[str, leaves.choice(*STATED_REDUCTIONS)] | None = None
    by: leaves.Amount | None = None
    as_published: leaves.Flag | None = None
    quality: Quality | None = None
    because: leaves.Words | None = None

    rules = (
        one_of("stream", "reduces", "product"),
        excludes("product", *OF_EFFECTS_ON_STREAMS[2:]),
        one_of("reduce", "increase", beside="product"),
        excludes("reduces", *OF_EFFECTS_ON_STREAMS),
        _is_published,
        excludes("stream", "by", "as_published"),
        one_of("reduce", "increase", "from_", "replace_by", "control", beside="stream"),
        needs(hours=("reduce", "increase"), per="from_", share="replace_by"),
        needs(load=("from_", "control"), control="load", move_to="during"),
        needs(during=("reduce", "increase"), move_to="reduce"),
        _moves_to_another,
        needs(ratio="replace_by"),
        excludes("load", "per"),
        needs(to="from_", measured="per", base_load="measured"),
        one_of("to", "measured", beside="from_"),
        some_of("per", "load", beside="from_"),
        some_of("ratio", beside="replace_by"),
    )


class Benefit(Model):
    """A saving published or known as money only."""

    example: ClassVar = {"saves": "60 million VND/year", "as": "energy"}
    saves: MoneyPerYear
    as_: Annotated[str, leaves.choice(*CATEGORIES, *OTHER_BENEFITS)]
    because: leaves.Words | None = None
    balancing: leaves.Flag | None = None


class Verification(Model):
    """How what was saved was found afterwards, and over which period."""

    period: leaves.Words
    how: leaves.Words


class Measure(Model):
    """One thing the enterprise can do."""

    example: ClassVar = {"id": "m1", "title": "Lagging of pipes"}
    id: leaves.Id
    title: leaves.Title
    type: Annotated[str, leaves.choice(*TYPES)] | None = None
    status: Status | None = None
    cost_class: Annotated[str, leaves.choice(*COST_CLASSES)] | None = None
    investment: Items | None = None
    grant: leaves.Money | None = None
    one_off_income: leaves.Money | None = None
    lifetime: leaves.Duration | None = None
    running_cost: MoneyPerYear | None = None
    after: leaves.OneOrMore[leaves.Id] | None = None
    requires: leaves.OneOrMore[leaves.Id] | None = None
    excludes: leaves.OneOrMore[leaves.Id] | None = None
    effects: leaves.OneOrMore[Effect] | None = None
    verified_effects: leaves.OneOrMore[Effect] | None = None
    verification: Verification | None = None
    benefits: leaves.OneOrMore[Benefit] | None = None
    salvage: leaves.Money | None = None
    residual_value: Annotated[Quantity, leaves.quantity("money-or-share")] | None = None
    replaced: leaves.Flag | None = None
    ramp_up: leaves.OneOrMore[leaves.Share] | None = None
    saving_loss: leaves.SharePerYear | None = None
    loan: Loan | None = None
    quality: Quality | None = None
    source: leaves.Words | None = None
    note: leaves.Title | None = None
    responsible: leaves.Title | None = None
    due: leaves.Date | None = None
    notes: leaves.Title | None = None


def verification_lacks(item: "Measure | Group") -> str | None:
    """The key without which ``status: verified`` proves nothing; None where all is there.

    What was predicted is verified by effects measured afterwards, money by what it was found by.
    """
    if isinstance(item, Measure) and item.effects and not item.verified_effects:
        return "verified-effects"
    return None if item.verification is not None else "verification"


def _only_reduces(effect: Effect) -> Effect:
    """An effect of a group: with no place in the order of the bundle, it only states reductions."""
    some_of("reduces")(effect)
    return effect


_PUBLISHED = {"reduces": "co2", "by": "30 t CO2/year", "as-published": "true"}
Published = Annotated[Effect, AfterValidator(_only_reduces), Field(examples=[_PUBLISHED])]


class Group(Model):
    """Money published for a class, a phase or a whole programme of measures."""

    example: ClassVar = {"id": "g1", "title": "Phase 1", "annual-saving": "60 million VND/year"}
    id: leaves.Id
    title: leaves.Title
    count: leaves.Count | None = None
    measures: leaves.OneOrMore[leaves.Id] | None = None
    status: Status | None = None
    investment: Items | None = None
    grant: leaves.Money | None = None
    lifetime: leaves.Duration | None = None
    annual_saving: MoneyPerYear | None = None
    benefits: leaves.OneOrMore[Benefit] | None = None
    running_cost: MoneyPerYear | None = None
    effects: leaves.OneOrMore[Published] | None = None
    verification: Verification | None = None
    quality: Quality | None = None
    notes: leaves.Title | None = None


def _has_one_kind_of_value(expectation: "Expectation") -> None:
    """The rule of an expectation: only two bounds stand beside each other."""
    if not (expectation.states("at_least") and expectation.states("at_most")):
        one_of("value", "printed", "at_least", "at_most", "is_")(expectation)


class Expectation(Model):
    """A published or hand-calculated figure that the result is held to."""

    example: ClassVar = {"figure": "totals.saving", "value": "60 million VND/year", "within": "1 %"}
    figure: leaves.Words
    value: leaves.Amount | None = None
    within: leaves.Share | None = None
    printed: leaves.Single | None = None
    at_least: leaves.Amount | None = None
    at_most: leaves.Amount | None = None
    is_: leaves.Words | None = None
    source: leaves.Words | None = None
    not_reproduced: leaves.Words | None = None

    rules = (_has_one_kind_of_value, some_of("within", "not_reproduced", beside="value"))


class Assessment(Model):
    """The whole file."""

    cpcalc: Version
    numbers: NumberStyle | None = None
    units: UnitMeanings | None = None
    enterprise: Enterprise
    programme: leaves.Id | None = None
    data_status: DataStatus
    source: leaves.OneOrMore[Source] | None = None
    basis: Basis | None = None
    products: leaves.OneOrMore[Product] | None = None
    streams: leaves.ById[Stream] | None = None
    measures: leaves.OneOrMore[Measure] | None = None
    groups: leaves.OneOrMore[Group] | None = None
    economics: EconomicSettings | None = None
    scenarios: leaves.OneOrMore[Scenario] | None = None
    expect: leaves.OneOrMore[Expectation] | None = None
    waivers: leaves.OneOrMore[Waiver] | None = None
    report: ReportWords | None = None
