"""What a calculation gives: plain records of figures, without any sentence or place."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from cpcalc import names
from cpcalc.figures import Figure, NotApplicable, Reported

Figures = Mapping[str, Reported]


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
    """One line of a cash-flow table: an amount at the end of each year from 0 on; what is paid is
    negative."""

    key: str
    amounts: tuple[Figure, ...]


class CashFlow(NamedTuple):
    """The cash-flow table: its lines, and what they sum to.

    ``money`` is constant (of year 0) or current (of the day).
    """

    money: str
    lines: tuple[CashLine, ...]  # the project's own
    net: tuple[Figure, ...]
    invested: tuple[Figure, ...]  # investment with grants, replacements and what is left of it
    saved: tuple[Figure, ...]  # savings of all streams and categories
    discounted: tuple[Figure, ...] | None  # present values of ``net``
    cumulative: tuple[Figure, ...] | None  # their running sum
    outside: tuple[
        CashLine, ...
    ] = ()  # carbon and other benefits: beside the base figures, in none of them
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
    """Something a cash flow rests on: a rate, a life, a growth, and how it is meant (real,
    straight-line, annuity)."""

    key: str
    figures: tuple[Figure, ...]
    meant: str = ""


class Economics(NamedTuple):
    """The economics of a measure, a group or a total over the study period."""

    study_period: Figure
    cash_flow: CashFlow
    npv: Reported
    irr: Reported
    mirr: Reported
    savings_to_investment: Reported
    adjusted_internal_rate: Reported
    annual_worth: Reported
    discounted_payback: Reported
    life_cycle_cost: Reported
    return_on_investment: Reported
    abatement_cost: Reported | None
    levelised_cost: Figures  # "energy", "water"
    npv_with: Figures  # "carbon_price", "other_benefits": NPV when the line outside is counted too
    irr_roots: tuple[Figure, ...] = ()  # all of them, where they are several
    equity: EquityView | None = None
    assumptions: tuple[Assumption, ...] = ()  # measures and groups only
    partial: tuple[
        str, ...
    ] = ()  # totals only: measures left out because their money is incomplete


class Swing(NamedTuple):
    """What the bundle's NPV becomes when one thing alone is a share lower or higher."""

    parameter: str
    low: Reported
    high: Reported


class BreakEven(NamedTuple):
    """Where a measure stops being worth it: the price, investment or saving at which a target is
    just met.

    ``bound`` is ``above`` (it is met only above the value) or ``below``; the value is a reason
    where it is always or never met.
    """

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
    """Present values of one line: what it costs if everything goes on as before, and with the
    measures.

    ``before`` is None for what the measures bring; ``saving`` is its part of the NPV, None where
    nothing changes.
    """

    key: str  # as in a cash flow
    before: Figure | None
    after: Figure
    saving: Figure | None


class LifeCycleCost(NamedTuple):
    """What the enterprise pays over the study period, before and after all measures [currency,
    present values]."""

    before: Reported
    after: Reported
    saving: Reported  # before - after: the NPV of all measures
    lines: tuple[LifeCycleLine, ...]


class WholeEnterprise(NamedTuple):
    """Cleaner production and end of pipe together: what the owner pays and gains. In no total of
    cleaner production."""

    line: Line  # its money only
    life_cycle_cost: LifeCycleCost
    tornado: tuple[
        Swing, ...
    ] = ()  # of its NPV, where it is asked for and is not that of the total


class StreamResult(NamedTuple):
    """One stream before and after the bundle."""

    id: str
    name: Mapping[str, str]
    kind: str
    baseline: Reported
    after: Reported
    saving: Reported
    saving_share: Reported | None = (
        None  # of a stream without a quantity, as far as measures state shares
    )


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
    end_of_pipe: Line | None = None  # totals only: what is not cleaner production
    economics: Economics | NotApplicable | None = None
    grant: Figure | None = (
        None  # grants and one-off income, which lower the investment to be paid back
    )
    lifetime_avoided: Mapping[str, Figures] = MappingProxyType(
        {}
    )  # as avoided_emissions, over the measures' lives
    lifetime_reductions: Figures = MappingProxyType({})  # co2 and co2e over the lives


class MeasureResult(NamedTuple):
    """One measure and its line."""

    id: str
    title: Mapping[str, str]
    status: str
    type: str | None
    cost_class: str | None
    in_bundle: bool
    line: Line
    caps: tuple[str, ...] = ()  # streams whose reduction was cut at what remained
    realisation: Reported | None = None  # verified over predicted annual saving
    implied_prices: Mapping[str, Figure] = MappingProxyType(
        {}
    )  # stream -> stated worth over its reduction
    predicted_saving: Reported | None = (
        None  # what its predicted effects alone save, beside verified ones
    )
    verified_changes: Mapping[str, Figures] = MappingProxyType(
        {}
    )  # stream -> absolute, at_reporting_production ...


class GroupResult(NamedTuple):
    """Money published for several measures together."""

    id: str
    title: Mapping[str, str]
    status: str
    declared_count: int | None  # how many measures the group stands for, as published
    measures: tuple[str, ...]
    line: Line
    in_bundle: bool = True  # its own money counts; otherwise its members count one by one


class Identity(NamedTuple):
    """A statement that must hold between results: left = right within rounding."""

    name: str
    holds: bool
    left: float
    right: float


class ExpectationResult(NamedTuple):
    """A published figure held against the result. ``outcome``: met, missed, not-reproduced,
    now-reproduced, unknown."""

    figure: str
    outcome: str
    expected: str
    found: Reported | None
    because: str | None
    path: tuple[str | int, ...]


class Basis(NamedTuple):
    """What the figures rest on, as printed."""

    period: str | None
    currency: str | None
    rates: tuple[tuple[str, Figure, int, str], ...]  # currency, rate, year, source
    factor_sets: tuple[str, ...]
    grid: str | None
    gwp: str | None
    discount_rate: str | None = None
    grid_because: str | None = None
    grid_decline: str | None = None


class FactorUsed(NamedTuple):
    """A cited factor that a figure rests on."""

    reference: str
    text: str
    citation: str
    quality: str
    kind: str = "fuel"  # of the factor: fuel, grid-electricity ...; control, heat-content or gwp
    because: str | None = None  # the file's reason for a factor of another year or place


class Provenance(NamedTuple):
    """Versions and hashes behind a result; nothing of clock or machine."""

    cpcalc: str
    sha256: str
    factor_sets: tuple[tuple[str, str], ...]  # set@version, sha256


class AssessmentResult(NamedTuple):
    """Everything that one assessment file says, calculated."""

    enterprise: Mapping[str, Any]
    data_status: str
    basis: Basis
    streams: tuple[StreamResult, ...]
    measures: tuple[MeasureResult, ...]
    groups: tuple[GroupResult, ...]
    totals: Line
    totals_by_status: Mapping[str, Line]
    identities: tuple[Identity, ...]
    expectations: tuple[ExpectationResult, ...]
    factors: tuple[FactorUsed, ...]
    qualities: Mapping[str, float]  # data tier -> share of the annual saving that rests on it
    provenance: Provenance
    waivers: tuple[tuple[str, str], ...] = ()
    has_bounds: bool = False  # some figure is only at least or at most what it says
    sensitivity: Sensitivity | None = None  # where it is asked for
    whole_enterprise: WholeEnterprise | None = None  # likewise


# ---- figures by name -----------------------------------------------------------------------------

NOT_STATED = NotApplicable("incomplete", "field-missing")


def figures_of(line: Line) -> dict[str, Reported]:
    """All figures of a line by name: ``investment``, ``investment.USD``, ``savings.energy``,
    ``economics.npv`` ..."""
    found: dict[str, Reported] = {}
    if line.investment is not None:
        for amount in line.investment.amounts:
            found[f"investment.{amount.unit.currency or 'none'}"] = amount
        found["investment"] = line.investment.converted
    for name in names.NAMES:
        if name.key != "economics":
            _gather(name.key, value_at(line, name.key), found)
    if line.economics is not None:
        _gather("economics", economics_figures(line.economics), found)
    if line.end_of_pipe is not None:
        _gather("end_of_pipe", figures_of(line.end_of_pipe), found)
    return found


def value_at(line: Line, key: str) -> Any:
    """What a line holds under a declared name: a figure, a family of figures, or None."""
    record: Any = line
    for step in key.split("."):
        record = getattr(record, step, None)
    return record if isinstance(record, (Figure, NotApplicable, Mapping)) else None


def economics_figures(economics: Economics | NotApplicable) -> NotApplicable | dict[str, Any]:
    """The figures of the economics by name, or why there are none."""
    if isinstance(economics, NotApplicable):
        return economics
    found: dict[str, Any] = {name: getattr(economics, name) for name in names.ECONOMICS}
    if economics.abatement_cost is not None:
        found["abatement_cost"] = economics.abatement_cost
    found["levelised_cost"] = economics.levelised_cost
    found["npv_with"] = economics.npv_with
    if economics.equity is not None:
        found["equity"] = economics.equity._asdict()
    return found


def _gather(name: str, value: Any, found: dict[str, Reported]) -> None:
    if isinstance(value, Mapping):
        for part, inner in value.items():
            _gather(f"{name}.{part}", inner, found)
    elif value is not None:
        found[name] = value


def figures_by_path(result: AssessmentResult) -> dict[str, Reported]:
    """Every figure of a result under its path in the JSON, with ids:
    ``measures.m3.simple_payback``."""
    found: dict[str, Reported] = {}
    for stream in result.streams:
        parts = {"baseline": stream.baseline, "after": stream.after, "saving": stream.saving}
        _gather(f"streams.{stream.id}", {**parts, "saving_share": stream.saving_share}, found)
    lines = {"totals": result.totals}
    for measure in result.measures:
        lines[f"measures.{measure.id}"] = measure.line
        _gather(f"measures.{measure.id}", measure_figures(measure), found)
    lines |= {f"groups.{group.id}": group.line for group in result.groups}
    lines |= {f"totals_by_status.{name}": line for name, line in result.totals_by_status.items()}
    whole, sensitivity = result.whole_enterprise, result.sensitivity
    if whole is not None:
        lines["whole_enterprise"] = whole.line
        cost = whole.life_cycle_cost
        parts = {"before": cost.before, "after": cost.after, "saving": cost.saving}
        _gather("whole_enterprise.life_cycle_cost", parts, found)
    if sensitivity is not None:
        for name in ("change", "npv", "payback_limit"):
            _gather(f"sensitivity.{name}", getattr(sensitivity, name), found)
    for path, line in lines.items():
        found[f"{path}.investment"] = NOT_STATED
        _gather(path, figures_of(line), found)
    return found


def figure_at(result: AssessmentResult, path: str) -> Reported | None:
    """The figure that a JSON path with ids names; None where there is none."""
    return figures_by_path(result).get(path.removesuffix(".converted"))


def measure_figures(measure: MeasureResult) -> dict[str, Any]:
    """What a measure has besides its line, in the order of the contract."""
    return {
        "implied_prices": measure.implied_prices,
        "verified_changes": measure.verified_changes,
        "realisation": measure.realisation,
        "predicted_saving": measure.predicted_saving,
    }
