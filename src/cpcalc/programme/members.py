"""The enterprises of a programme: each once, of one programme, in its provinces, in periods that may stand together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from cpcalc.diagnostics import Diagnostic
from cpcalc.digests import Detail, Digest, Head, detail_of, figures_of, head_of
from cpcalc.figures import Figure, Reported
from cpcalc.programme.batch import duplicates, ends, same
from cpcalc.programme.money import Money
from cpcalc.schema.programme import CostClasses, Programme
from cpcalc.units import Unit


class Member(NamedTuple):
    """One enterprise of the programme."""

    file: str  # below the programme file's folder
    path: str  # to open it by
    head: Head
    figures: dict[str, Reported]
    detail: Detail


def member_of(file: str, path: str, digest: Digest) -> Member:
    """An enterprise from its digest."""
    head = head_of(digest)
    return Member(file, path, head, figures_of(digest, head.id), detail_of(digest))


def check_members(programme: Programme, members: Sequence[Member]) -> list[Diagnostic]:
    """What forbids adding these enterprises up, each placed in the enterprise's own file."""
    return [
        *_twice(members),
        *_of_another_programme(programme, members),
        *_outside_provinces(programme, members),
        *_periods(programme, members),
        *_same_names(members),
    ]


def _problem(member: Member, name: str, place: str, /, **values: str) -> Diagnostic:
    return Diagnostic(name, tuple(place.split(".")), values, file=member.path)


def _twice(members: Sequence[Member]) -> Iterator[Diagnostic]:
    by_file = {member.file: member for member in members}
    for again in duplicates((member.file, member.head) for member in members):
        period = again.period or "?"
        yield _problem(
            by_file[again.file],
            "enterprise-twice",
            "enterprise.id",
            id=again.id,
            first=again.first,
            period=period,
        )


def _same_names(members: Sequence[Member]) -> Iterator[Diagnostic]:
    first: dict[str, Member] = {}
    for member in members:
        for name in member.head.name.values():
            earlier = first.setdefault(same(name), member)
            if same(earlier.head.id) != same(member.head.id):
                values = {"name": name, "other": earlier.head.id, "first": earlier.file}
                yield _problem(member, "enterprise-name-twice", "enterprise.name", **values)
                break


def _of_another_programme(programme: Programme, members: Sequence[Member]) -> Iterator[Diagnostic]:
    for member in members:
        stated = member.head.programme
        if stated and same(stated) != same(programme.id):
            yield _problem(
                member, "other-programme", "programme", found=stated, programme=programme.id
            )


def _outside_provinces(programme: Programme, members: Sequence[Member]) -> Iterator[Diagnostic]:
    provinces = programme.provinces
    if provinces is None:
        return
    known = {same(name) for name in provinces}
    for member in members:
        province = member.head.province
        if province and same(province) not in known:
            values = {"found": province, "provinces": ", ".join(provinces)}
            yield _problem(member, "province-outside", "enterprise.province", **values)


def _periods(programme: Programme, members: Sequence[Member]) -> Iterator[Diagnostic]:
    """Periods that differ are refused unless the programme says which years may stand together."""
    span = programme.baseline_periods
    first: Member | None = None
    for member in members:
        period = member.head.period
        if not period:
            yield Diagnostic(
                "missing-field", ("basis",), {"field": "period"}, on_key=True, file=member.path
            )
            continue
        start, end = ends(period)
        if span is not None:
            if not (f"{span.from_:04d}" <= start[:4] and end[:4] <= f"{span.to:04d}"):
                values = {"found": period, "span": f"{span.from_} - {span.to}"}
                yield _problem(member, "baseline-period-outside", "basis.period", **values)
            continue
        first = first or member
        if (start, end) != ends(first.head.period):
            low, high = (
                min(start, ends(first.head.period)[0])[:4],
                max(end, ends(first.head.period)[1])[:4],
            )
            values = {
                "found": period,
                "other": first.head.period,
                "first": first.file,
                "low": low,
                "high": high,
            }
            yield _problem(member, "baseline-periods-differ", "basis.period", **values)


def check_cost_classes(
    classes: CostClasses | None, members: Sequence[Member], money: Money
) -> Iterator[Diagnostic]:
    """Declared cost classes that the investment contradicts."""
    if classes is None:
        return
    unit = classes.medium_cost.unit
    for member in members:
        for measure, declared, figures in member.detail.classes:
            investment = money.in_programme(figures).get("investment")
            if not isinstance(investment, Figure) or investment.is_partial:
                continue
            found = cost_class_of(investment, classes, unit)
            if found is not None and found != declared:
                values = {
                    "measure": measure, "id": member.head.id, "declared": declared, "found": found,
                    "investment": f"{investment.value:,.0f} {investment.unit}".replace(",", " "),
                }  # fmt: skip
                yield Diagnostic(
                    "cost-class-contradicted",
                    ("measures", measure, "cost-class"),
                    values,
                    file=member.path,
                )


def cost_class_of(investment: Figure, classes: CostClasses, unit: Unit) -> str | None:
    """The class of an investment; None where the classes are in another currency."""
    if investment.unit is not unit:
        return None
    for name, end in (
        ("no-cost", classes.no_cost),
        ("low-cost", classes.low_cost),
        ("medium-cost", classes.medium_cost),
    ):
        if investment.value <= end.value:
            return name
    return "high-cost"


def rates_that_differ(members: Sequence[Member], money: Money) -> Iterator[Diagnostic]:
    """A notice for each currency that assessments convert at another rate than the programme."""
    for currency, rate in money.rates.items():
        others: dict[str, None] = {}
        count = 0
        for member in members:
            for stated, value, year, _ in member.detail.rates:
                same_currency = member.head.currency == money.currency and stated == currency
                if same_currency and value != rate.rate.value:
                    count += 1
                    others[f"{value:,.0f} ({year})".replace(",", " ")] = None
        if count:
            values = {"currency": currency, "count": str(count), "rates": ", ".join(sorted(others))}
            yield Diagnostic(
                "programme-rate-differs", ("exchange-rates", currency), values, on_key=True
            )
