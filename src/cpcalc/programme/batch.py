"""A batch added up: totals, groups, and the same enterprise counted once."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from cpcalc.diagnostics import Path, Span
from cpcalc.digests import Digest, Head, head_of, standing_of
from cpcalc.programme.sums import Sums, Total
from cpcalc.results import Identity

GROUPS = ("province", "sector", "data-status")


class Named(NamedTuple):
    """One digest, the file it is of below the common root, and the name to open it by (where it can be).

    ``places`` are those of the file that other files can contradict, by document path with ids.
    """

    file: str
    digest: Digest
    path: str = ""
    places: tuple[tuple[Path, Span], ...] = ()


class Duplicate(NamedTuple):
    """An enterprise met a second time for the same period."""

    file: str
    first: str
    id: str
    period: str


class BatchTotals(NamedTuple):
    """What a batch adds up to."""

    total: Total
    groups: Mapping[str, Total]  # empty unless asked for
    by_data_status: Mapping[str, int]
    currencies: Mapping[str, int]
    warnings: int
    identities: int
    identities_holding: int


def same(text: str) -> str:
    """A text as it is compared: composed, without case, so that spelling does not hide a duplicate."""
    return (text if text.isascii() else unicodedata.normalize("NFC", text)).casefold().strip()


def duplicates(items: Iterable[tuple[str, Head]]) -> Iterator[Duplicate]:
    """Every file after the first, in the order given, of an enterprise whose period was counted already."""
    counted: dict[str, list[tuple[str, str]]] = {}
    for file, head in items:
        earlier = counted.setdefault(same(head.id), [])
        clash = next((first for first, period in earlier if overlap(period, head.period)), None)
        if clash is None:
            earlier.append((file, head.period))
        else:
            yield Duplicate(file, clash, head.id, head.period)


def overlap(one: str, other: str) -> bool:
    """Whether two baseline periods share a day; a period that is not stated may be any."""
    if not one or not other:
        return True
    (a, b), (c, d) = ends(one), ends(other)
    return a <= d and c <= b


def ends(period: str) -> tuple[str, str]:
    """First and last day of a period, as texts that compare: a year or a month stands for its days."""
    first, _, last = period.partition(" - ")
    last = last or first
    return (first + "-01-01")[:10] if len(first) < 7 else (first + "-01")[:10], (last + "-12-31")[
        :10
    ] if len(last) < 7 else (last + "-31")[:10]


def totals_of(items: Sequence[Named], group_by: str | None) -> BatchTotals:
    """The totals of a batch, and of its groups where asked for."""
    sums = Sums()
    groups: dict[str, Sums] = {}
    statuses: Counter[str] = Counter()
    currencies: Counter[str] = Counter()
    warnings = identities = holding = 0
    for item in items:  # one at a time: heads are read again sooner than ten thousand are kept
        status, _, currency, _, warned, counted, held, _, _ = standing_of(item.digest)
        sums.add(item.digest.shape, item.digest.values)
        if group_by is not None:
            group = group_of(head_of(item.digest), group_by)
            groups.setdefault(group, Sums()).add(item.digest.shape, item.digest.values)
        statuses[status] += 1
        currencies[currency] += 1
        warnings += warned
        identities += counted
        holding += held
    total = sums.total()
    parts = {name: part.total() for name, part in sorted(groups.items())}
    found = list(proof(total, parts.values())) if group_by is not None else []
    return BatchTotals(
        total=total,
        groups=parts,
        by_data_status=dict(sorted(statuses.items())),
        currencies=dict(sorted(currencies.items())),
        warnings=warnings,
        identities=identities + len(found),
        identities_holding=holding + sum(item.holds for item in found),
    )


def group_of(head: Head, group_by: str) -> str:
    """The group of an enterprise; empty where its file does not say."""
    text = {"province": head.province, "sector": head.sector, "data-status": head.data_status}[
        group_by
    ]
    return unicodedata.normalize("NFC", text)


def proof(whole: Total, parts: Iterable[Total]) -> Iterator[Identity]:
    """Sum of the parts = whole, for every figure and every unit, to the last digit a float has."""
    import math

    listed = list(parts)
    for name, found in whole.sums.items():
        for amount in found.amounts:
            terms = [
                other.value
                for part in listed
                if name in part.sums
                for other in part.sums[name].amounts
                if other.unit is amount.unit
            ]
            left = math.fsum(terms)
            # Each part is rounded once, and so is the whole: no more than that may be between them.
            room = sum(math.ulp(term) for term in terms) + math.ulp(amount.value)
            yield Identity(
                f"{name} [{amount.unit}]", abs(left - amount.value) <= room, left, amount.value
            )
