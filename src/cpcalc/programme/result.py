"""The result of a programme: its enterprises added up, broken down, reconciled with what was published, and proven."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from cpcalc.diagnostics import Diagnostic
from cpcalc.digests import CONSUMPTION, CONSUMPTION_SAVING, packed
from cpcalc.figures import Figure, Origin, Reported
from cpcalc.programme.batch import proof
from cpcalc.programme.members import Member, check_cost_classes, check_members, rates_that_differ
from cpcalc.programme.money import Money, Rate
from cpcalc.programme.pool import (
    Contributor,
    PaybackClass,
    Pooled,
    contributors,
    payback_classes,
    ranked,
)
from cpcalc.programme.reconciliation import Reconciled, reconcile
from cpcalc.programme.sums import Sums, Total
from cpcalc.programme.training import Training, training_of
from cpcalc.results import Identity
from cpcalc.schema.programme import Programme
from cpcalc.units import ONE

RECONSTRUCTED = "reconstructed"


class EnterpriseLine(NamedTuple):
    """One enterprise in the programme's currency."""

    member: Member
    figures: Mapping[str, Reported]


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
    training: Training
    reconciliation: tuple[Reconciled, ...]
    pool: tuple[Pooled, ...]
    payback_classes: tuple[PaybackClass, ...]
    contributors: tuple[Contributor, ...]
    tiers: Mapping[str, float]  # data tier -> share of the annual saving that rests on it
    data_shares: Mapping[str, float]  # data status -> share of the annual saving
    identities: tuple[Identity, ...]
    unverified: tuple[str, ...]  # factors that were not verified against their source


def build(
    programme: Programme,
    members: Sequence[Member],
    not_counted: Sequence[str],
    rates: Mapping[str, Rate],
    *,
    broken_down: bool = True,
) -> tuple[ProgrammeResult | None, list[Diagnostic]]:
    """Add a programme up; None where its enterprises may not stand together.

    A check needs no tables: without ``broken_down`` there are only the totals, held against what was published.
    """
    problems = check_members(programme, members)
    if any(problem.severity == "error" for problem in problems):
        return None, problems
    money = Money(programme.currency, rates)
    lines = tuple(EnterpriseLine(member, money.in_programme(member.figures)) for member in members)
    problems += check_cost_classes(programme.cost_classes, members, money)
    problems += rates_that_differ(members, money)
    shapes = [packed(line.figures) for line in lines]
    total = _totals(shapes, [""] * len(lines)).get("") or Sums().total()
    by_status = _by_status(members, money, len(lines))
    pooled = list(_pooled(members, money)) if broken_down else []
    classes = payback_classes(pooled)
    groups = {
        "province": [_text(line.member.head.province) for line in lines],
        "sector": [_text(line.member.head.sector) for line in lines],
        "data-status": [line.member.head.data_status for line in lines],
    }
    breakdowns = {
        kind: _totals(shapes, names) if broken_down else {} for kind, names in groups.items()
    }
    training = training_of(programme.training)
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
        reconciliation=(),
        pool=tuple(ranked(item for item, _, _ in pooled)),
        payback_classes=tuple(classes),
        contributors=tuple(
            contributors(
                {
                    line.member.head.id: line.figures["annual_saving"]
                    for line in lines
                    if "annual_saving" in line.figures
                }
            )
        ),
        tiers=_tiers(lines),
        data_shares=_shares(
            (line.member.head.data_status, _saving(line))
            for line in lines
            if _saving(line) is not None
        ),
        identities=tuple(_identities(lines, total, breakdowns, by_status, pooled, classes, money))
        if broken_down
        else (),
        unverified=tuple(sorted({name for member in members for name in member.detail.factors})),
    )
    reconstructed = any(member.head.data_status == RECONSTRUCTED for member in members)
    reconciled, missed = reconcile(
        programme.published or (), _finder(result), reconstructed=reconstructed
    )
    problems += missed
    problems += [
        Diagnostic(
            "programme-rate-missing",
            ("currency",),
            {"currency": currency, "report": money.currency},
        )
        for currency in money.lacking
    ]
    problems += [
        Diagnostic(
            "identity-broken",
            (),
            {"name": item.name, "left": f"{item.left!r}", "right": f"{item.right!r}"},
        )
        for item in result.identities
        if not item.holds
    ]
    return result._replace(reconciliation=reconciled), problems


def _text(name: str) -> str:
    return unicodedata.normalize("NFC", name)


def _totals(shapes: Sequence[tuple[str, bytes]], names: Sequence[str]) -> dict[str, Total]:
    """The total of each group; ``names`` says to which one each enterprise belongs."""
    groups: dict[str, Sums] = {}
    for shape, name in zip(shapes, names, strict=True):
        groups.setdefault(name, Sums()).add(*shape)
    return {name: sums.total() for name, sums in sorted(groups.items())}


STATUS_ORDER = ("verified", "implemented", "planned", "considered", "unstated")


def _by_status(members: Sequence[Member], money: Money, of: int) -> dict[str, Total]:
    groups: dict[str, Sums] = {}
    for member in members:
        for status, figures in member.detail.statuses.items():
            groups.setdefault(status, Sums()).add(*packed(money.in_programme(figures)))
    return {status: groups[status].total(of) for status in STATUS_ORDER if status in groups}


def _pooled(members: Sequence[Member], money: Money) -> Iterator[tuple[Pooled, str, bytes]]:
    for member in members:
        for part in member.detail.parts:
            if not part.is_end_of_pipe:
                figures = money.in_programme(part.figures)
                item = Pooled(
                    member.head.id, part.id, part.title, part.status, part.is_group, figures
                )
                yield (item, *packed(figures))


# ---- shares ---------------------------------------------------------------------------------------------------------


def _saving(line: EnterpriseLine) -> float | None:
    figure = line.figures.get("annual_saving")
    return figure.value if isinstance(figure, Figure) else None


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


# ---- reconciliation -------------------------------------------------------------------------------------------------


def _finder(result: ProgrammeResult) -> Callable[[str], Reported | None]:
    """Gives the recomputed figure of a path, as the programme's JSON names it."""

    def find(path: str) -> Reported | None:
        if path in COUNTS:
            return COUNTS[path](result)
        head, _, rest = path.partition(".")
        if head == "totals":
            return _of_total(result.total, rest)
        if head == "totals_by_status":
            status, _, name = rest.partition(".")
            part = result.by_status.get(status)
            return _of_total(part, name) if part is not None else None
        return None

    return find


def _of_total(total: Total, name: str) -> Reported | None:
    if name == "simple_payback":
        return total.simple_payback
    if name == "simple_payback_of_complete":
        return total.simple_payback_of_complete
    return total.figure("investment" if name == "investment.converted" else name)


def _count(number: int, what: str) -> Figure:
    return Figure(float(number), ONE, None, (Origin("definition", (), what),))


COUNTS: Mapping[str, Callable[[ProgrammeResult], Reported]] = {
    "enterprises": lambda result: _count(len(result.enterprises), "enterprises counted"),
    "provinces": lambda result: _count(
        len({_text(line.member.head.province) for line in result.enterprises} - {""}),
        "provinces of the enterprises",
    ),
    "measures": lambda result: _count(
        sum(
            not part.is_end_of_pipe
            for line in result.enterprises
            for part in line.member.detail.parts
        ),
        "measures and groups counted",
    ),
    "training.courses": lambda result: result.training.courses,
    "training.person_days": lambda result: result.training.person_days,
    "training.participants": lambda result: result.training.participants,
    "training.women": lambda result: result.training.women,
    "training.men": lambda result: result.training.men,
}


# ---- proof ----------------------------------------------------------------------------------------------------------


def _identities(
    lines: Sequence[EnterpriseLine],
    total: Total,
    breakdowns: Mapping[str, Mapping[str, Total]],
    by_status: Mapping[str, Total],
    pooled: Sequence[tuple[Pooled, str, bytes]],
    classes: Sequence[PaybackClass],
    money: Money,
) -> Iterator[Identity]:
    """Every sum again another way; a broken one is an error."""
    if not lines:
        return
    operations = sum(line.member.head.measures for line in lines) + len(lines)
    for name, found in total.sums.items():
        values = [line.figures.get(name) for line in lines]
        for amount in found.amounts:
            terms = [
                item.value
                for item in values
                if isinstance(item, Figure) and item.unit is amount.unit
            ]
            yield _identity(f"sum of enterprises: {name}", math.fsum(terms), amount.value, terms, 0)
    for kind, parts in breakdowns.items():
        yield from (
            item._replace(name=f"sum by {kind}: {item.name}")
            for item in proof(total, parts.values())
        )
    for name in _ADDED_TWICE:
        found_sum = total.sums.get(name)
        if found_sum is None or len(found_sum.amounts) != 1:
            continue
        whole = found_sum.amounts[0]
        of_status = [
            figure for part in by_status.values() if isinstance(figure := part.figure(name), Figure)
        ]
        of_measures = [
            figure for item, _, _ in pooled if isinstance(figure := item.figures.get(name), Figure)
        ]
        of_classes = [
            figure for part in classes if isinstance(figure := part.total.figure(name), Figure)
        ]
        for what, figures in (
            ("status", of_status),
            ("measure", of_measures),
            ("payback class", of_classes),
        ):
            terms = [figure.value for figure in figures]
            yield _identity(
                f"sum by {what}: {name}", math.fsum(terms), whole.value, terms, operations
            )
    yield from _of_categories(total, operations)
    yield from _of_rates(total, money, len(lines))


_ADDED_TWICE = (
    "annual_saving", CONSUMPTION_SAVING, "savings.material", "savings.water", "savings.energy", "savings.chemical",
    "savings.disposal", "savings.by_product", "savings.unspecified", "running_cost", "investment",
    "reductions.wastewater", "reductions.solid_waste", "reductions.chemical_waste", "reductions.co2",
    "reductions.dust",
)  # fmt: skip


def _of_categories(total: Total, operations: int) -> Iterator[Identity]:
    for name, categories in (("annual_saving", None), (CONSUMPTION_SAVING, CONSUMPTION)):
        whole = total.figure(name)
        if not isinstance(whole, Figure):
            continue
        terms = [
            found.figure.value
            for key, found in total.sums.items()
            if key.startswith("savings.")
            and (categories is None or key.removeprefix("savings.") in categories)
            and isinstance(found.figure, Figure)
        ]
        yield _identity(
            f"sum of categories: {name}", math.fsum(terms), whole.value, terms, operations
        )


def _of_rates(total: Total, money: Money, operations: int) -> Iterator[Identity]:
    """The amounts of investment at the programme's rates are the one amount."""
    whole = total.figure("investment")
    if not isinstance(whole, Figure):
        return
    parts = [
        money.convert(found.figure)
        for name, found in total.sums.items()
        if name.startswith("investment.")
    ]
    terms = [part.value for part in parts if isinstance(part, Figure)]
    yield _identity(
        "investment: amounts at their rates", math.fsum(terms), whole.value, terms, 2 * operations
    )


def _identity(
    name: str, left: float, right: float, terms: Sequence[float], operations: int
) -> Identity:
    """Both sides are the same sum of exact floats, rounded at most once for each term and each earlier addition."""
    largest = max([abs(right), *(abs(term) for term in terms)])
    room = (operations + len(terms) + 1) * math.ulp(largest)
    return Identity(name, abs(left - right) <= room, left, right)
