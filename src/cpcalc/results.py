"""What a calculation gives: plain records of figures, without any sentence or place."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from cpcalc import names
from cpcalc.figures import Figure, NotApplicable, Reported, unknown
from cpcalc.plant import ClassTotal, Plant, Specific
from cpcalc.schema.assessment import Assessment

Figures = Mapping[str, Reported]
Qualities = Mapping[str, Mapping[str, float]]  # figure -> data tier -> share that rests on it


class Investment(NamedTuple):
    """Investment by currency as given, and converted to the report's currency (or why not)."""

    amounts: tuple[Figure, ...]
    converted: Reported


class StandAlone(NamedTuple):
    """What a measure would save if it were the only one."""

    savings: Figures
    annual_saving: Reported
    annual_net_saving: Reported


class CashLine(NamedTuple):
    """One line of a cash-flow table: an amount for the end of each year from 0 on."""

    key: str
    amounts: tuple[Figure, ...]


class CashFlow(NamedTuple):
    """The cash-flow table: its lines, and what they sum to; what is paid is negative."""

    money: str  # constant (of year 0) or current (of the day)
    lines: tuple[CashLine, ...]  # the project's own
    net: tuple[Figure, ...]
    invested: tuple[Figure, ...]  # investment with grants, replacements and what is left of it
    saved: tuple[Figure, ...]  # savings of all streams and categories
    discounted: tuple[Figure, ...] | None  # present values of ``net``
    cumulative: tuple[Figure, ...] | None  # their running sum
    outside: tuple[CashLine, ...] = ()  # carbon and other benefits: in none of the base figures
    financing: tuple[CashLine, ...] = ()  # the loan, and the tax that its interest saves
    equity: tuple[Figure, ...] | None = None


class EquityView(NamedTuple):
    """What the enterprise's own money earns when a loan pays the rest."""

    npv: Reported
    irr: Reported
    debt_service_cover: Reported  # the lowest of all years with debt service
    average_debt_service_cover: Reported
    loan: Reported


class Assumption(NamedTuple):
    """A rate, life or growth a cash flow rests on, and how it is meant (real, annuity)."""

    key: str
    figures: tuple[Figure, ...]
    meant: str | None = None


class Economics(NamedTuple):
    """The economics of a measure, a group or a total over the study period."""

    study_period: Figure
    npv: Reported
    irr: Reported
    mirr: Reported
    savings_to_investment: Reported
    adjusted_internal_rate: Reported
    annual_worth: Reported
    discounted_payback: Reported
    life_cycle_cost: Reported
    return_on_investment: Reported
    irr_roots: tuple[Figure, ...]  # all of them, where they are several
    abatement_cost: Reported | None
    levelised_cost: Figures  # "energy", "water"
    npv_with: Figures  # "carbon_price", "other_benefits": NPV when the line outside is counted too
    equity: EquityView | None
    assumptions: tuple[Assumption, ...]  # of measures and groups only
    cash_flow: CashFlow
    partial: tuple[str, ...] = ()  # of totals: measures left out because their money is incomplete


class Swing(NamedTuple):
    """What the bundle's NPV becomes when one thing alone is a share lower or higher."""

    parameter: str
    low: Reported
    high: Reported


class BreakEven(NamedTuple):
    """What just meets a target, ``above`` or ``below`` which it is met; or why it always is."""

    place: str
    parameter: str
    target: str  # "npv" (NPV = 0) or "payback" (simple payback = the file's limit)
    bound: str
    value: Reported


class Sensitivity(NamedTuple):
    """How far the economics rest on single assumptions."""

    change: Figure
    npv: Reported
    payback_limit: Figure | None
    swings: tuple[Swing, ...]  # the widest first
    break_even: tuple[BreakEven, ...]


class LifeCycleLine(NamedTuple):
    """Present values of one line: what it costs as everything was, and with the measures;
    ``before`` is None for what the measures bring; ``saving`` is its part of the NPV, None where
    nothing changes.
    """

    key: str  # as in a cash flow
    before: Figure | None
    after: Figure
    saving: Figure | None


class LifeCycleCost(NamedTuple):
    """What the enterprise pays over the study period [currency, present values]."""

    before: Reported
    after: Reported
    saving: Reported  # before - after: the NPV of all measures
    lines: tuple[LifeCycleLine, ...]


class WholeEnterprise(NamedTuple):
    """Cleaner production and end of pipe together, for the owner; in no total of the former."""

    line: "Line"  # its money only
    life_cycle_cost: LifeCycleCost
    tornado: tuple[Swing, ...] = ()  # of its NPV, where that is not the total's


class AtProduction(NamedTuple):
    """The reporting year's production, at which a stream stands where a saving was verified."""

    product: str
    output: Figure
    without_measures: Figure  # of the stream: the baseline at that production


class StreamResult(NamedTuple):
    """One stream before and after the bundle."""

    id: str
    name: Mapping[str, str]
    kind: str
    baseline: Reported
    after: Reported
    saving: Reported
    saving_share: Reported | None = None  # without a quantity, as far as measures state shares
    production: AtProduction | None = None  # of ``after`` and ``saving``, where not the baseline's
    loads: Figures = MappingProxyType({})  # of waste water, before any measure
    # At the baseline's output, of a stream per product of which a measure makes more.
    normalised_saving: Reported | None = None
    readings: Mapping[str, Figure] = MappingProxyType({})  # month -> what was read in it


class Line(NamedTuple):
    """One line of the summary: a measure, a group, a status or the whole."""

    investment: Investment | None
    running_cost: Reported | None
    savings: Figures  # category -> money a year
    annual_saving: Reported
    annual_net_saving: Reported
    simple_payback: Reported
    simple_payback_with_other_benefits: Reported
    other_benefits: Figures
    reductions: Figures
    stated_reductions: Figures
    avoided_emissions: Mapping[str, Figures]  # scope -> gas -> figure
    stand_alone: StandAlone | None = None
    overlap: Reported | None = None  # stand-alone savings that the bundle does not reach
    simple_payback_of_complete: Reported | None = None  # totals only
    measures_counted: int | None = None  # totals only
    order_free_saving: Reported | None = None
    end_of_pipe: "Line | None" = None  # totals only: what is not cleaner production
    economics: Economics | NotApplicable | None = None
    grant: Figure | None = None  # with one-off income: lowers the investment to be paid back
    # As avoided_emissions, over the measures' lives.
    lifetime_avoided: Mapping[str, Figures] = MappingProxyType({})
    lifetime_reductions: Figures = MappingProxyType({})  # co2 and co2e over the lives
    # Of the headline figures: the weakest tier of data, and how far off they may be either way.
    quality: Mapping[str, str] = MappingProxyType({})
    uncertainty: Mapping[str, Figure] = MappingProxyType({})

    @property
    def has_overlap(self) -> bool:
        """Whether it saves something else in the bundle than alone."""
        return isinstance(self.overlap, Figure) and self.overlap.value != 0


class MeasureResult(NamedTuple):
    """One measure and its line."""

    id: str
    title: Mapping[str, str]
    status: str
    type: str | None
    cost_class: str | None
    in_bundle: bool
    line: Line
    implied_prices: Mapping[str, Figure] = MappingProxyType({})  # stream -> worth over reduction
    caps: tuple[str, ...] = ()  # streams whose reduction was cut at what remained
    # Stream -> absolute, at_reporting_production ...
    verified_changes: Mapping[str, Figures] = MappingProxyType({})
    realisation: Reported | None = None  # verified over predicted annual saving
    predicted_saving: Reported | None = None  # of its predicted effects alone, beside verified ones


class GroupResult(NamedTuple):
    """Money published for several measures together."""

    id: str
    title: Mapping[str, str]
    status: str
    declared_count: int | None  # how many measures the group stands for, as published
    measures: tuple[str, ...]
    in_bundle: bool  # its own money counts; otherwise its members count one by one
    line: Line


class Identity(NamedTuple):
    """A statement that must hold between results: left = right within rounding."""

    name: str
    holds: bool
    left: float
    right: float


class ExpectationResult(NamedTuple):
    """A published figure held against the result; ``outcome``: met, missed, unknown ..."""

    figure: str
    outcome: str
    expected: str
    found: Reported | None
    because: str | None
    path: tuple[str | int, ...]
    by_construction: bool = False  # it repeats what is typed, or rests on a balancing entry
    source: str | None = None


class Rate(NamedTuple):
    """A dated rate from a currency to the report's."""

    currency: str
    rate: Figure
    year: int
    source: str


class StatedBasis(NamedTuple):
    """What the figures rest on, as printed."""

    period: str | None = None
    currency: str | None = None
    rates: tuple[Rate, ...] = ()
    factor_sets: tuple[str, ...] = ()
    grid: str | None = None
    grid_because: str | None = None
    grid_decline: str | None = None
    gwp: str | None = None
    discount_rate: str | None = None


class FactorUsed(NamedTuple):
    """A cited factor that a figure rests on."""

    reference: str
    text: str
    citation: str
    quality: str
    kind: str = "fuel"  # of the factor: fuel, grid-electricity ...; control, heat-content or gwp
    because: str | None = None  # the file's reason for a factor of another year or place


class Provenance(NamedTuple):
    """Versions, hashes and options behind a result; nothing of clock or machine."""

    cpcalc: str
    sha256: str
    factor_sets: Mapping[str, str]  # set@version -> sha256
    tables: Mapping[str, str] = MappingProxyType({})  # readings beside the file -> sha256
    options: Mapping[str, Any] = MappingProxyType({})  # those that change figures, where given


class AssessmentResult(NamedTuple):
    """Everything that one assessment file says, calculated."""

    enterprise: Mapping[str, Any]
    data_status: str
    basis: StatedBasis
    products: Mapping[str, Mapping[str, Any]]  # name, and as stated output, capacity ...
    streams: tuple[StreamResult, ...]
    measures: tuple[MeasureResult, ...]
    groups: tuple[GroupResult, ...]
    totals: Line
    totals_by_status: Mapping[str, Line]
    identities: tuple[Identity, ...]
    factors: tuple[FactorUsed, ...]
    qualities: Qualities
    provenance: Provenance
    file: Assessment  # as read: its words and what no figure needs
    expectations: tuple[ExpectationResult, ...] = ()
    waivers: tuple[tuple[str, str], ...] = ()  # the check, and why
    remarks: Mapping[str, str] = MappingProxyType({})  # place -> what the file says there in words
    sensitivity: Sensitivity | None = None  # where it is asked for
    whole_enterprise: WholeEnterprise | None = None  # likewise
    baseline: Plant | None = None
    specific: Mapping[str, Specific] = MappingProxyType({})  # by product
    by_type: Mapping[str, ClassTotal] = MappingProxyType({})
    by_cost_class: Mapping[str, ClassTotal] = MappingProxyType({})


# The parts of a result that hold figures, besides its lists.
PARTS = ("products", "totals", "totals_by_status", "whole_enterprise", "sensitivity")
PLANT = ("baseline", "specific", "by_type", "by_cost_class")

# ---- figures by name -----------------------------------------------------------------------------


def figures_of(line: Line) -> dict[str, Reported]:
    """All figures of a line by name: ``investment.USD``, ``savings.energy``, ``economics.npv``."""
    figures: dict[str, Reported] = {}
    if line.investment is not None:
        for amount in line.investment.amounts:
            figures[f"investment.{amount.unit.currency or 'none'}"] = amount
        figures["investment"] = line.investment.converted
    for name in names.NAMES:
        if name.key != "investment":
            _gather(name.key, value_at(line, name.key), figures)
    if line.end_of_pipe is not None:
        _gather("end_of_pipe", figures_of(line.end_of_pipe), figures)
    return figures


def value_at(line: Line, key: str) -> Any:
    """What a line holds under a declared name: a figure, a family of figures, a record or None."""
    value: Any = line
    for step in key.split("."):
        value = getattr(value, step, None)
    return value


def figures_by_path(result: AssessmentResult) -> dict[str, Reported]:
    """Every figure of a result under its path in the JSON: ``measures.m3.simple_payback``."""
    figures: dict[str, Reported] = {}
    for key in ("streams", "measures", "groups"):
        for item in getattr(result, key):
            _gather(f"{key}.{item.id}", item, figures)
    for key in (*PARTS, *PLANT):
        _gather(key, getattr(result, key), figures)
    return figures


def investments_missing(line: Line, place: str) -> tuple[str, ...]:
    """The fields of the investments that a line without one at this place has none of."""
    missing = [field for field in line.simple_payback.missing if field.endswith(".investment")]
    return tuple(missing or [f"{place}.investment"])


def _gather(name: str, value: Any, figures: dict[str, Reported]) -> None:
    """Put a figure, or those of a record or a family, under its name; what is none is left out."""
    if isinstance(value, (Figure, NotApplicable)):
        figures[name] = value
        return
    if isinstance(value, Line):
        for place, line in ((name, value), (f"{name}.end_of_pipe", value.end_of_pipe)):
            if line is not None:  # unless it has one
                figures[f"{place}.investment"] = unknown(*investments_missing(line, place))
        value = figures_of(value)
    elif hasattr(value, "_asdict"):
        value = value._asdict()
    if name.endswith("life_cycle_cost.lines"):
        value = {line.key: line for line in value}
    if isinstance(value, Mapping):
        for key, inner in value.items():
            _gather(name if key == "line" else f"{name}.{key}", inner, figures)
