"""The result of a programme: its enterprises added up, broken down, reconciled with what was
published, and proven."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from cpcalc.calc.money import CLASS_ENDS_IN_YEARS, payback_class
from cpcalc.diagnostics import Diagnostic
from cpcalc.figures import Figure, NotApplicable, Reported
from cpcalc.names import CATEGORIES, CONSUMPTION
from cpcalc.programme.members import Member, check_members, composed
from cpcalc.programme.money import Conversion, check_cost_classes, rates_that_differ
from cpcalc.programme.reconciliation import Reconciled, reconcile
from cpcalc.programme.totals import Total, add, added_again, grouped, proof
from cpcalc.results import Figures, Identity, Rate
from cpcalc.rows import investments
from cpcalc.schema.programme import Course, Programme
from cpcalc.sums import broken
from cpcalc.units import ONE

RECONSTRUCTED = "reconstructed"
STATUSES = ("verified", "implemented", "planned", "considered", "unstated")


class EnterpriseLine(NamedTuple):
    """One enterprise in the programme's currency."""

    member: Member
    figures: Figures


class Pooled(NamedTuple):
    """One measure (or group) of one enterprise, in the programme's currency."""

    enterprise: str
    id: str
    title: Mapping[str, str]
    status: str
    is_group: bool
    figures: Figures


class PaybackClass(NamedTuple):
    """All measures whose payback is of a class."""

    # "(0,1)" ... "[3,inf)", or the case: immediate, never, worsens, trade-off, not-applicable,
    # incomplete
    name: str
    measures: int
    total: Total


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
    enterprises: tuple[EnterpriseLine, ...]
    not_counted: tuple[str, ...]  # files with errors
    total: Total
    by_province: Mapping[str, Total]
    by_sector: Mapping[str, Total]
    by_data_status: Mapping[str, Total]
    by_status: Mapping[str, Total]
    training: Figures  # courses, person_days (participants x days), participants, women, men
    reconciliation: tuple[Reconciled, ...]
    pool: tuple[Pooled, ...]
    payback_classes: tuple[PaybackClass, ...]
    contributors: tuple[Contributor, ...]
    tiers: Mapping[str, float]  # data tier -> share of the annual saving that rests on it
    data_shares: Mapping[str, float]  # data status -> share of the annual saving
    identities: tuple[Identity, ...]
    unverified: tuple[str, ...]  # factors that were not verified against their source

    @property
    def courses(self) -> tuple[Course, ...]:
        """The training courses that are published one by one."""
        return courses_of(self.programme)


def build(
    programme: Programme,
    members: Sequence[Member],
    not_counted: Sequence[str],
    rates: Mapping[str, Rate],
    *,
    broken_down: bool = True,
) -> tuple[ProgrammeResult | None, list[Diagnostic]]:
    """Add a programme up; None where its enterprises may not stand together.

    A check needs no tables: without ``broken_down`` there are only the totals, held against what
    was published.
    """
    problems = check_members(programme, members)
    if any(problem.severity == "error" for problem in problems):
        return None, problems
    conversion = Conversion(programme.currency, rates)
    lines = tuple(
        EnterpriseLine(member, conversion.in_programme(member.row.figures)) for member in members
    )
    problems += check_cost_classes(programme.cost_classes, members, conversion)
    problems += rates_that_differ(members, conversion)
    figures = [line.figures for line in lines]
    total = add(figures)
    by_status = _by_status(members, conversion)
    pool = ranked(_pooled(members, conversion)) if broken_down else []
    classes = payback_classes(pool)
    breakdowns = {
        kind: grouped(members, kind, figures) if broken_down else {}
        for kind in ("province", "sector", "data-status")
    }
    proofs = _identities(lines, total, breakdowns, by_status, pool, classes, conversion)
    training = training_of(courses_of(programme))
    counts = {
        "enterprises": len(lines),
        "provinces": len({composed(member.row.province) for member in members} - {""}),
        "measures": sum(
            not part.is_end_of_pipe for member in members for part in member.detail.parts
        ),
    }
    reconciliation, missed = reconcile(
        programme.published or (),
        _recomputed(total, by_status, counts, training),
        reconstructed=any(member.row.data_status == RECONSTRUCTED for member in members),
    )
    result = ProgrammeResult(
        programme=programme,
        rates=tuple(rates.values()),
        enterprises=lines,
        not_counted=tuple(not_counted),
        total=total,
        by_province=breakdowns["province"],
        by_sector=breakdowns["sector"],
        by_data_status=breakdowns["data-status"],
        by_status=by_status,
        training=training,
        reconciliation=reconciliation,
        pool=tuple(pool),
        payback_classes=tuple(classes),
        contributors=tuple(contributors(lines)),
        tiers=_tiers(lines),
        data_shares=_shares((line.member.row.data_status, _saving(line)) for line in lines),
        identities=tuple(proofs) if broken_down else (),
        unverified=tuple(sorted({name for member in members for name in member.detail.unverified})),
    )
    problems += missed
    problems += [
        Diagnostic(
            "programme-rate-missing",
            ("currency",),
            {"currency": currency, "report": conversion.currency},
        )
        for currency in conversion.lacking
    ]
    problems += broken(result.identities)
    return result, problems


def _by_status(members: Sequence[Member], conversion: Conversion) -> dict[str, Total]:
    found: dict[str, Total] = {}
    for status in STATUSES:
        parts = [
            conversion.in_programme(member.detail.statuses[status])
            for member in members
            if status in member.detail.statuses
        ]
        if parts:
            found[status] = add(parts, len(members))
    return found


# ---- the pool of measures ------------------------------------------------------------------------


def _pooled(members: Sequence[Member], conversion: Conversion) -> Iterator[Pooled]:
    for member in members:
        for part in member.detail.parts:
            if not part.is_end_of_pipe:
                figures = conversion.in_programme(part.figures)
                yield Pooled(
                    member.row.id, part.id, part.title, part.status, part.is_group, figures
                )


def _value_of(figures: Figures, name: str) -> float | None:
    figure = figures.get(name)
    return figure.value if isinstance(figure, Figure) else None


def ranked(pool: Iterable[Pooled]) -> list[Pooled]:
    """By net present value; those without one after them, by annual net saving; then by
    enterprise and id.

    Never by cost per tonne: ranking negative abatement costs is unsound (Taylor, Energy Policy
    48, 2012).
    """

    def key(item: Pooled) -> tuple[bool, float, bool, float, str, str]:
        npv, saving = _value_of(item.figures, "npv"), _value_of(item.figures, "annual_net_saving")
        by_npv, by_saving = (npv is None, -(npv or 0.0)), (saving is None, -(saving or 0.0))
        return (*by_npv, *by_saving, item.enterprise, item.id)

    return sorted(pool, key=key)


def class_names() -> list[str]:
    """All classes in their order: they are exhaustive."""
    starts = (0.0, *CLASS_ENDS_IN_YEARS)
    middles = [payback_class(start if start else min(CLASS_ENDS_IN_YEARS) / 2) for start in starts]
    cases = ("never", "worsens", "trade-off", "not-applicable", "incomplete")
    return ["immediate", *middles, *cases]


def payback_classes(pool: Sequence[Pooled]) -> list[PaybackClass]:
    """Every class that has a measure."""
    classes = {
        name: [item.figures for item in pool if _class_of(item) == name] for name in class_names()
    }
    return [PaybackClass(name, len(parts), add(parts)) for name, parts in classes.items() if parts]


def _class_of(item: Pooled) -> str:
    payback = item.figures["simple_payback"]
    return payback_class(payback.value) if isinstance(payback, Figure) else payback.code


# ---- shares --------------------------------------------------------------------------------------


def contributors(lines: Sequence[EnterpriseLine]) -> list[Contributor]:
    """Enterprises by their annual saving, with their share of the sum and the sum of shares so
    far."""
    savings = [(line.member.row.id, line.figures.get("annual_saving")) for line in lines]
    known = [(name, figure) for name, figure in savings if isinstance(figure, Figure)]
    known.sort(key=lambda pair: (-pair[1].value, pair[0]))
    whole = math.fsum(figure.value for _, figure in known)
    found: list[Contributor] = []
    for position, (name, figure) in enumerate(known, start=1):
        so_far = math.fsum(other.value for _, other in known[:position])
        shares = (figure.value / whole, so_far / whole) if whole > 0 else (0.0, 0.0)
        found.append(Contributor(name, figure, *shares))
    return found


def _saving(line: EnterpriseLine) -> float | None:
    return _value_of(line.figures, "annual_saving")


def _tiers(lines: Sequence[EnterpriseLine]) -> dict[str, float]:
    """The share of the annual saving on each tier of data; what files do not say is unstated."""
    if not any(line.member.detail.qualities for line in lines):
        return {}
    return _shares(
        (tier, saving * share)
        for line in lines
        if (saving := _saving(line)) is not None
        for tier, share in (line.member.detail.qualities or {"unstated": 1.0}).items()
    )


def _shares(parts: Iterable[tuple[str, float | None]]) -> dict[str, float]:
    """Shares of positive savings by name."""
    by_name: dict[str, list[float]] = {}
    for name, value in parts:
        if value is not None and value > 0:
            by_name.setdefault(name, []).append(value)
    sums = {name: math.fsum(values) for name, values in by_name.items()}
    whole = math.fsum(sums.values())
    return {
        name: value / whole
        for name, value in sorted(sums.items(), key=lambda pair: (-pair[1], pair[0]))
    }


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
    attended = [_attendance(course) for course in courses]
    figures: dict[str, Reported] = {"courses": _count(len(courses))}
    for name, fields in FIELDS.items():
        missing = tuple(
            f"training.courses.{position}.{field}"
            for position, numbers in enumerate(attended)
            if numbers[name] is None
            for field in fields
        )
        if missing:
            figures[name] = NotApplicable("incomplete", "field-missing", missing)
        else:
            figures[name] = _count(sum(numbers[name] or 0 for numbers in attended))
    return figures


def _attendance(course: Course) -> dict[str, int | None]:
    people, days = course.participants, course.days
    if people is None:
        return dict.fromkeys(FIELDS)
    return {
        "person_days": None if days is None else days * people.number,
        "participants": people.number,
        "women": people.women,
        "men": people.men,
    }


def _count(number: int) -> Figure:
    """A count as a figure without unit."""
    return Figure(float(number), ONE)


# ---- reconciliation ------------------------------------------------------------------------------


def _recomputed(
    total: Total, by_status: Mapping[str, Total], counts: Mapping[str, int], training: Figures
) -> dict[str, Reported]:
    """The figures that may be published, under their paths in the programme's JSON."""
    found: dict[str, Reported] = {name: _count(number) for name, number in counts.items()}
    found |= {f"training.{name}": figure for name, figure in training.items()}
    totals = {"totals": total}
    totals |= {f"totals_by_status.{status}": part for status, part in by_status.items()}
    for path, part in totals.items():
        found |= {f"{path}.{name}": figure for name, figure in part.figures.items()}
        if "investment" in part.sums:
            found[f"{path}.investment.converted"] = part.sums["investment"].figure
    return found


# ---- proof ---------------------------------------------------------------------------------------


def _identities(
    lines: Sequence[EnterpriseLine],
    total: Total,
    breakdowns: Mapping[str, Mapping[str, Total]],
    by_status: Mapping[str, Total],
    pool: Sequence[Pooled],
    classes: Sequence[PaybackClass],
    conversion: Conversion,
) -> Iterator[Identity]:
    """Every sum again another way; a broken one is an error."""
    if not lines:
        return
    for name, added in total.sums.items():
        for amount in added.amounts:
            figures = [line.figures.get(name) for line in lines]
            yield from added_again(f"sum of enterprises: {name}", figures, amount)
    for kind, parts in breakdowns.items():
        for item in proof(total, parts.values()):
            yield item._replace(name=f"sum by {kind}: {item.name}")
    operations = sum(line.member.row.measures for line in lines) + len(lines)
    for name in ADDED_TWICE:
        amounts = total.amounts(name)
        of_parts = {
            "status": [part.figure(name) for part in by_status.values()],
            "measure": [item.figures.get(name) for item in pool],
            "payback class": [part.total.figure(name) for part in classes],
        }
        for what, figures in of_parts.items():
            if len(amounts) == 1:
                yield from added_again(f"sum by {what}: {name}", figures, amounts[0], operations)
    for name, categories in (("annual_saving", CATEGORIES), ("consumption_saving", CONSUMPTION)):
        savings = [total.figure(f"savings.{category}") for category in categories]
        whole = total.figure(name)
        yield from added_again(f"sum of categories: {name}", savings, whole, operations)
    paid = [conversion.convert(part) for part in investments(total.figures).values()]
    whole = total.figure("investment")
    yield from added_again("investment: amounts at their rates", paid, whole, 2 * len(lines))


# The sums that are proven by status, by measure and by payback class too.
ADDED_TWICE = (
    "annual_saving", "consumption_saving", *(f"savings.{category}" for category in CATEGORIES),
    "running_cost", "investment", "reductions.wastewater", "reductions.solid_waste",
    "reductions.chemical_waste", "reductions.co2", "reductions.dust",
)  # fmt: skip
