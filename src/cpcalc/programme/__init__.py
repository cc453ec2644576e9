"""From the results of many enterprises to the result of a programme: its members, sums, breakdowns,
reconciliation, proof.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from cpcalc.diagnostics import Diagnostic, Path, Span
from cpcalc.results import Figures, Rate
from cpcalc.rows import Detail, EnterpriseRow
from cpcalc.schema.programme import Programme

# How much of "2011-06-30" is its year, and how long it is.
YEAR, DAY = len("2011"), len("2011-06-30")


class Member(NamedTuple):
    """One enterprise: its file below the common folder, its row, and the name to open the file
    by."""

    file: str
    row: EnterpriseRow
    path: str = ""
    places: tuple[tuple[Path, Span], ...] = ()  # those that other files can contradict

    @property
    def figures(self) -> Figures:
        """The figures of its totals by name."""
        return self.row.figures

    @property
    def detail(self) -> Detail:
        """What a programme needs beside the totals."""
        assert self.row.detail is not None
        return self.row.detail


def composed(text: str) -> str:
    """A text with each letter as one character, however it was typed."""
    return unicodedata.normalize("NFC", text)


def same(text: str) -> str:
    """A text as it is compared: composed, without case, so that spelling does not hide a
    duplicate."""
    return composed(text).casefold().strip()


Counted = dict[str, list[tuple[str, str]]]  # enterprise -> the files and periods counted


def again(member: Member, counted: Counted) -> Diagnostic | None:
    """The problem of an enterprise and period that were counted already; else it counts now."""
    earlier, period = counted.setdefault(same(member.row.id), []), member.row.period
    first = next((file for file, other in earlier if overlap(other, period)), None)
    if first is None:
        earlier.append((member.file, period))
        return None
    values = {"id": member.row.id, "first": first, "period": period or "?"}
    return _problem(member, "enterprise-twice", "enterprise.id", **values)


def duplicates(members: Iterable[Member]) -> Iterator[tuple[Member, Diagnostic]]:
    """Every member after the first, in the order given, that is counted already."""
    counted: Counted = {}
    for member in members:
        problem = again(member, counted)
        if problem is not None:
            yield member, problem


def overlap(one: str, other: str) -> bool:
    """Whether two baseline periods share a day; a period that is not stated may be any."""
    if not one or not other:
        return True
    (a, b), (c, d) = ends(one), ends(other)
    return a <= d and c <= b


def ends(period: str) -> tuple[str, str]:
    """First and last day of a period, as texts that compare: a year or a month stands for its
    days."""
    first, _, last = period.partition(" - ")
    last = last or first
    starts = f"{first}-01-01" if len(first) < len("2011-01") else f"{first}-01"
    finishes = f"{last}-12-31" if len(last) < len("2011-01") else f"{last}-31"
    return starts[:DAY], finishes[:DAY]


def check_members(programme: Programme, members: Sequence[Member]) -> list[Diagnostic]:
    """What forbids adding these enterprises up, each placed in the enterprise's own file."""
    twice = (problem for _, problem in duplicates(members))
    elsewhere, periods = _elsewhere(programme, members), _periods(programme, members)
    return [*twice, *elsewhere, *periods, *_same_names(members)]


def _problem(member: Member, name: str, place: str, /, **values: str) -> Diagnostic:
    return Diagnostic(name, tuple(place.split(".")), values, file=member.path or member.file)


def _same_names(members: Sequence[Member]) -> Iterator[Diagnostic]:
    first: dict[str, Member] = {}
    for member in members:
        for name in member.row.name.values():
            earlier = first.setdefault(same(name), member)
            if same(earlier.row.id) != same(member.row.id):
                values = {"name": name, "other": earlier.row.id, "first": earlier.file}
                yield _problem(member, "enterprise-name-twice", "enterprise.name", **values)
                break


def _elsewhere(programme: Programme, members: Sequence[Member]) -> Iterator[Diagnostic]:
    """Members of another programme, or outside the provinces where the programme names them."""
    provinces = programme.provinces or ()
    known = {same(name) for name in provinces}
    for member in members:
        stated, province = member.row.programme, member.row.province
        if stated and same(stated) != same(programme.id):
            values = {"found": stated, "programme": programme.id}
            yield _problem(member, "other-programme", "programme", **values)
        if programme.provinces is not None and province and same(province) not in known:
            values = {"found": province, "provinces": ", ".join(provinces)}
            yield _problem(member, "province-outside", "enterprise.province", **values)


def _periods(programme: Programme, members: Sequence[Member]) -> Iterator[Diagnostic]:
    """Periods that differ are refused unless the programme says which years may stand together."""
    span = programme.baseline_periods
    first: Member | None = None
    for member in members:
        period = member.row.period
        if not period:
            missing = _problem(member, "missing-field", "basis", field="period", example="2024")
            yield missing._replace(on_key=True)
            continue
        start, end = ends(period)
        if span is not None:
            if not (f"{span.from_:04d}" <= start[:YEAR] and end[:YEAR] <= f"{span.to:04d}"):
                values = {"found": period, "span": f"{span.from_} - {span.to}"}
                yield _problem(member, "baseline-period-outside", "basis.period", **values)
            continue
        first = first or member
        if (start, end) != ends(first.row.period):
            starts, finishes = ends(first.row.period)
            values = {
                "found": period, "other": first.row.period, "first": first.file,
                "low": min(start, starts)[:YEAR], "high": max(end, finishes)[:YEAR],
            }  # fmt: skip
            yield _problem(member, "baseline-periods-differ", "basis.period", **values)


def rates_that_differ(
    members: Sequence[Member], report: str, rates: Iterable[Rate]
) -> Iterator[Diagnostic]:
    """A notice for each currency that assessments convert at another rate than the programme."""
    for currency, rate, _, _ in rates:
        others = [
            f"{value:,.0f} ({year})".replace(",", " ")
            for member in members
            for stated, value, year, _ in member.detail.rates
            if member.row.currency == report and stated == currency and value != rate.value
        ]
        if others:
            listed = ", ".join(sorted(set(others)))
            values = {"currency": currency, "count": str(len(others)), "rates": listed}
            path = ("exchange-rates", currency)
            yield Diagnostic("programme-rate-differs", path, values, on_key=True)
