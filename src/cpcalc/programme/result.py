"""The result of a programme: its enterprises added up, broken down, reconciled with what was
published, and proven."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from cpcalc.calc.money import CLASS_ENDS_IN_YEARS, exchanged, net_investment, payback_class
from cpcalc.diagnostics import Diagnostic, has_errors
from cpcalc.figures import (
    Figure,
    NotApplicable,
    Reported,
    figures_in,
    gathered,
    is_whole,
    unknown,
    with_bound,
    with_bounds,
)  # fmt: skip
from cpcalc.names import CATEGORIES, CONSUMPTION
from cpcalc.programme import Member, check_members, composed, rates_that_differ, totals
from cpcalc.programme.reconciliation import Reconciled, reconcile
from cpcalc.resolve.model import BUNDLE_STATUSES
from cpcalc.results import Figures, Identity, Rate
from cpcalc.rows import Part, investments
from cpcalc.schema.programme import CostClasses, Course, Programme
from cpcalc.sums import broken, missing_of, payback, shares_of
from cpcalc.units import ONE, base_unit

BREAKDOWNS = ("province", "sector", "data_status")


class Contributor(NamedTuple):
    """An enterprise and its share of the programme's annual saving."""

    enterprise: str
    annual_saving: Figure
    share: float
    cumulative: float


class ProgrammeResult(NamedTuple):
    """Everything that a programme file and its enterprises say, added up."""

    programme: Programme
    rates: tuple[Rate, ...]
    enterprises: tuple[Member, ...]  # their totals in the programme's currency
    not_counted: tuple[str, ...]  # files with errors
    total: totals.Total
    # By province, sector, data_status and status.
    breakdowns: Mapping[str, Mapping[str, totals.Total]]
    training: Figures  # courses, person_days (participants x days), participants, women, men
    reconciliation: tuple[Reconciled, ...]
    pool: tuple[Part, ...]  # measures and groups in the programme's currency
    # Of all entries of the pool whose payback is of a class: "(0,1)" ... "[3,inf)", or the case:
    # immediate, never, worsens, trade-off, not-applicable, incomplete.
    payback_classes: Mapping[str, totals.Total]
    contributors: tuple[Contributor, ...]
    # Data tier -> share that rests on it, of the annual saving and of the CO2 reduction.
    qualities: Mapping[str, Mapping[str, float]]
    data_shares: Mapping[str, float]  # data status -> share of the annual saving
    unverified: tuple[str, ...]  # factors that were not verified against their source
    identities: tuple[Identity, ...] = ()


# ---- in the programme's currency -----------------------------------------------------------------


class Conversion:
    """Converts figures; notes the currencies it has no rate for."""

    def __init__(self, currency: str, rates: Mapping[str, Rate]) -> None:
        self.currency = currency
        self.rates = rates
        self.lacking: dict[str, None] = {}

    def convert(self, figure: Reported) -> Reported:
        """A figure in the programme's currency; what is no money stays as it is."""
        if isinstance(figure, NotApplicable):
            return figure
        currency = figure.unit.currency
        if currency is None or currency == self.currency:
            return figure
        rate = self.rates.get(currency)
        if rate is None:
            self.lacking[currency] = None
            return NotApplicable("incomplete", "rate-missing", (f"exchange-rates.{currency}",))
        return with_bound(exchanged(figure, rate.rate))

    def in_programme(self, stated: Figures) -> dict[str, Reported]:
        """All figures of an enterprise, a status or a measure.

        Amounts of investment stay as given; the one amount, and the payback that rests on it, are
        at the programme's rates and not at the enterprise's.
        """
        figures = investments(stated)
        if figures:
            figures["investment"] = self._as_one(list(figures.values()), stated.get("investment"))
        for name, figure in stated.items():
            if not name.startswith(("investment", "simple_payback")):
                figures[name] = self.convert(figure)
        capital, grant = figures.get("investment"), figures.get("grant")
        if is_whole(capital) and isinstance(grant, Figure):
            capital = net_investment(capital, grant)
        figures["simple_payback"] = with_bounds(payback(capital, figures.get("annual_net_saving")))
        return figures

    def _as_one(self, amounts: Sequence[Reported], stated: Reported | None) -> Reported:
        """The amounts at the programme's rates; partial where one of them or what the file states
        is."""
        parts = [self.convert(amount) for amount in amounts]
        known = figures_in(parts)
        if not known:
            return parts[0]
        whole = totals.added(known, base_unit(self.currency))
        if len(known) < len(parts):  # a currency without a rate
            return replace(whole, counted=len(known), of=len(parts), missing=missing_of(parts))
        figures = figures_in((*known, stated))
        marked = next((figure for figure in figures if figure.is_partial), whole)
        return replace(whole, counted=marked.counted, of=marked.of)


def check_cost_classes(
    classes: CostClasses | None, members: Sequence[Member], conversion: Conversion
) -> Iterator[Diagnostic]:
    """Declared cost classes that the investment contradicts."""
    if classes is None:
        return
    for member in members:
        for measure, declared, amounts in member.detail.classes:
            investment = conversion.in_programme(amounts).get("investment")
            if not is_whole(investment):
                continue
            found = cost_class_of(investment, classes)
            if found is not None and found != declared:
                values = {
                    "measure": measure, "id": member.row.id, "declared": declared, "found": found,
                    "investment": f"{investment.value:,.0f} {investment.unit}".replace(",", " "),
                }  # fmt: skip
                place = ("measures", measure, "cost-class")
                yield Diagnostic("cost-class-contradicted", place, values, file=member.path)


def cost_class_of(investment: Figure, classes: CostClasses) -> str | None:
    """The class of an investment; None where the classes are in another currency."""
    if investment.unit is not classes.medium_cost.unit:
        return None
    ends = classes.ends().items()
    return next((name for name, end in ends if investment.value <= end.value), "high-cost")


def build(
    programme: Programme,
    members: Sequence[Member],
    not_counted: Sequence[str],
    rates: Sequence[Rate],
) -> tuple[ProgrammeResult | None, list[Diagnostic]]:
    """Add a programme up; None where its enterprises may not stand together."""
    problems = check_members(programme, members)
    if has_errors(problems):
        return None, problems
    conversion = Conversion(programme.currency, {rate.currency: rate for rate in rates})
    rows = [one.row._replace(figures=conversion.in_programme(one.figures)) for one in members]
    lines = tuple(one._replace(row=row) for one, row in zip(members, rows, strict=True))
    problems += check_cost_classes(programme.cost_classes, members, conversion)
    problems += rates_that_differ(members, programme.currency, rates)
    counting = totals.Counting(None)
    for line in lines:
        counting.take(line)
    batch = counting.totals()
    total = batch.total
    breakdowns = {kind: totals.grouped(lines, kind) for kind in BREAKDOWNS}
    breakdowns["status"] = _by_status(members, conversion)
    parts = [part for member in members for part in member.detail.parts]
    pool = ranked(part._replace(figures=conversion.in_programme(part.figures)) for part in parts)
    training = training_of(courses_of(programme))
    provinces = {composed(member.row.province) for member in members} - {""}
    counts = {"enterprises": len(lines), "provinces": len(provinces), "measures": len(pool)}
    reconciliation, missed = reconcile(
        programme.published or (),
        _recomputed(total, breakdowns["status"], counts, training),
        reconstructed=any(member.row.data_status == "reconstructed" for member in members),
    )
    result = ProgrammeResult(
        programme=programme,
        rates=tuple(rates),
        enterprises=lines,
        not_counted=tuple(not_counted),
        total=total,
        breakdowns=breakdowns,
        training=training,
        reconciliation=reconciliation,
        pool=tuple(pool),
        payback_classes=payback_classes(pool),
        contributors=tuple(contributors(lines)),
        qualities=batch.qualities,
        data_shares=shares_of(
            (line.row.data_status, totals.value_of(line.figures, "annual_saving")) for line in lines
        ),
        unverified=tuple(sorted({name for member in members for name in member.detail.unverified})),
    )
    result = result._replace(identities=tuple(_identities(result, conversion)))
    problems += missed
    for currency in conversion.lacking:
        values = {"currency": currency, "report": conversion.currency}
        problems.append(Diagnostic("programme-rate-missing", ("currency",), values))
    problems += broken(result.identities)
    return result, problems


def _by_status(members: Sequence[Member], conversion: Conversion) -> dict[str, totals.Total]:
    parts = gathered(member.detail.statuses for member in members)
    return {
        status: totals.add([*map(conversion.in_programme, parts[status])], len(members))
        for status in BUNDLE_STATUSES
        if status in parts
    }


# ---- the pool of measures ------------------------------------------------------------------------


def ranked(pool: Iterable[Part]) -> list[Part]:
    """By net present value; those without one after them, by annual net saving; then by
    enterprise and id.

    Never by cost per tonne: ranking negative abatement costs is unsound (Taylor, Energy Policy
    48, 2012).
    """

    def key(item: Part) -> tuple[bool, float, bool, float, str, str]:
        npv, saving = (totals.value_of(item.figures, name) for name in ("npv", "annual_net_saving"))
        by_npv, by_saving = (npv is None, -(npv or 0.0)), (saving is None, -(saving or 0.0))
        return (*by_npv, *by_saving, item.enterprise, item.id)

    return sorted(pool, key=key)


def class_names() -> list[str]:
    """All classes in their order: they are exhaustive."""
    starts = (0.0, *CLASS_ENDS_IN_YEARS)
    middles = [payback_class(start if start else min(CLASS_ENDS_IN_YEARS) / 2) for start in starts]
    cases = ("never", "worsens", "trade-off", "not-applicable", "incomplete")
    return ["immediate", *middles, *cases]


def payback_classes(pool: Sequence[Part]) -> dict[str, totals.Total]:
    """Every class that has a measure."""
    parts = gathered({_class_of(item): item.figures} for item in pool)
    return {name: totals.add(parts[name]) for name in class_names() if name in parts}


def _class_of(item: Part) -> str:
    payback = item.figures["simple_payback"]
    return payback_class(payback.value) if isinstance(payback, Figure) else payback.code


# ---- shares --------------------------------------------------------------------------------------


def contributors(lines: Sequence[Member]) -> list[Contributor]:
    """Enterprises by their annual saving, with their share of the sum and the sum of shares so
    far."""
    savings = [(line.row.id, line.figures.get("annual_saving")) for line in lines]
    known = [(name, figure) for name, figure in savings if isinstance(figure, Figure)]
    known.sort(key=lambda pair: (-pair[1].value, pair[0]))
    whole = math.fsum(figure.value for _, figure in known)
    found: list[Contributor] = []
    for position, (name, figure) in enumerate(known, start=1):
        so_far = math.fsum(other.value for _, other in known[:position])
        shares = (figure.value / whole, so_far / whole) if whole > 0 else (0.0, 0.0)
        found.append(Contributor(name, figure, *shares))
    return found


# ---- training ------------------------------------------------------------------------------------

# The fields of a course that a sum needs.
FIELDS = {
    "person_days": ("days", "participants"),
    "participants": ("participants",),
    "women": ("participants.women",),
    "men": ("participants.men",),
}
NOT_PUBLISHED = NotApplicable("not-applicable", "courses-not-published")


def courses_of(programme: Programme) -> tuple[Course, ...]:
    """The courses of a programme, as far as they are published one by one."""
    training = programme.training
    return tuple((training.courses if training is not None else None) or ())


def training_of(courses: Sequence[Course]) -> Figures:
    """Add the courses up; a sum over courses that do not all say it is incomplete and names
    them."""
    if not courses:
        return dict.fromkeys(("courses", *FIELDS), NOT_PUBLISHED)
    figures: dict[str, Reported] = {"courses": _count(len(courses))}
    for name, fields in FIELDS.items():
        numbers = [_attended(course, name) for course in courses]
        lacking = [position for position, number in enumerate(numbers) if number is None]
        missing = [f"training.courses.{place}.{field}" for place in lacking for field in fields]
        attended = _count(sum(number or 0 for number in numbers))
        figures[name] = unknown(*missing) if missing else attended
    return figures


def _attended(course: Course, name: str) -> int | None:
    people, days = course.participants, course.days
    if people is None:
        return None
    if name == "person_days":
        return None if days is None else days * people.number
    number: int | None = people.number if name == "participants" else getattr(people, name)
    return number


def _count(number: int) -> Figure:
    """A count as a figure without unit."""
    return Figure(float(number), ONE)


# ---- reconciliation ------------------------------------------------------------------------------


def _recomputed(
    total: totals.Total,
    by_status: Mapping[str, totals.Total],
    counts: Mapping[str, int],
    training: Figures,
) -> dict[str, Reported]:
    """The figures that may be published, under their paths in the programme's JSON."""
    found: dict[str, Reported] = {name: _count(number) for name, number in counts.items()}
    found |= {f"training.{name}": figure for name, figure in training.items()}
    parts = {"totals": total}
    parts |= {f"totals_by_status.{status}": part for status, part in by_status.items()}
    for path, part in parts.items():
        found |= {f"{path}.{name}": figure for name, figure in part.figures.items()}
        if "investment" in part.sums:
            found[f"{path}.investment.converted"] = part.sums["investment"].figure
    return found


# ---- proof ---------------------------------------------------------------------------------------


def _identities(result: ProgrammeResult, conversion: Conversion) -> Iterator[Identity]:
    """Every sum again another way; a broken one is an error."""
    lines, total = result.enterprises, result.total
    if not lines:
        return
    for name, added in total.sums.items():
        for amount in added.amounts:
            figures = [line.figures.get(name) for line in lines]
            yield from totals.added_again(f"sum of enterprises: {name}", figures, amount)
    for kind in BREAKDOWNS:
        for item in totals.proof(total, result.breakdowns[kind].values()):
            yield item._replace(name=f"sum by {kind.replace('_', '-')}: {item.name}")
    operations = sum(line.row.measures for line in lines) + len(lines)
    for name in ADDED_TWICE:
        amounts = total.amounts(name)
        of_parts = {
            "status": [part.figure(name) for part in result.breakdowns["status"].values()],
            "measure": [item.figures.get(name) for item in result.pool],
            "payback class": [part.figure(name) for part in result.payback_classes.values()],
        }
        if len(amounts) != 1:
            continue
        for what, figures in of_parts.items():
            yield from totals.added_again(f"sum by {what}: {name}", figures, amounts[0], operations)
    for name, categories in (("annual_saving", CATEGORIES), ("consumption_saving", CONSUMPTION)):
        savings = [total.figure(f"savings.{category}") for category in categories]
        whole = total.figure(name)
        yield from totals.added_again(f"sum of categories: {name}", savings, whole, operations)
    paid = [conversion.convert(part) for part in investments(total.figures).values()]
    whole = total.figure("investment")
    yield from totals.added_again("investment: amounts at their rates", paid, whole, 2 * len(lines))


# The sums that are proven by status, by measure and by payback class too.
ADDED_TWICE = (
    "annual_saving", "consumption_saving", *(f"savings.{category}" for category in CATEGORIES),
    "running_cost", "investment", "reductions.wastewater", "reductions.solid_waste",
    "reductions.chemical_waste", "reductions.co2", "reductions.dust",
)  # fmt: skip
