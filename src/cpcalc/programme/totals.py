"""Sums over enterprises: exact in any order, with how many report a figure; what is missing is
not zero."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from cpcalc import names
from cpcalc.figures import (
    ESTIMATE,
    Figure,
    NotApplicable,
    Reported,
    gathered,
    is_whole,
    joined,
    unknown,
    with_bounds,
)
from cpcalc.programme import Member, composed
from cpcalc.results import Figures, Identity
from cpcalc.rows import MAY_BE_SHARES
from cpcalc.sums import PARTS_OF_ONE, in_parts, missing_of, payback, shares_of
from cpcalc.units import ONE, Unit


class Sum(NamedTuple):
    """One figure added up: ``reporting`` of ``of`` enterprises have it.

    ``amounts`` holds one figure for each unit it comes in (currencies do not add); ``figure`` is
    the only one of them, or why there is no single one. It is partial where an enterprise knows
    only a part of its own.
    """

    figure: Reported
    amounts: tuple[Figure, ...]
    reporting: int
    of: int


class Total(NamedTuple):
    """What a set of enterprises adds up to."""

    enterprises: int
    sums: Mapping[str, Sum]
    simple_payback: Reported
    simple_payback_of_complete: Reported | None  # only where the payback of all is incomplete
    complete: int  # enterprises whose investment and saving are both fully known
    with_money: int

    @property
    def figures(self) -> dict[str, Reported]:
        """The sums by name, with the paybacks."""
        found = {name: item.figure for name, item in self.sums.items()}
        found["simple_payback"] = self.simple_payback
        if self.simple_payback_of_complete is not None:
            found["simple_payback_of_complete"] = self.simple_payback_of_complete
        return found

    def figure(self, name: str) -> Reported | None:
        """The sum of a figure; None where no enterprise has it."""
        return self.sums[name].figure if name in self.sums else None

    def amounts(self, name: str) -> tuple[Figure, ...]:
        """The sums of a figure, one for each unit it comes in."""
        return self.sums[name].amounts if name in self.sums else ()


@dataclass
class _Amount:
    """Figures of one unit, or what is not known, taken up one after another."""

    count: int = 0
    whole: int = 0
    exact: int = 0  # in `PARTS_OF_ONE`
    bounds: set[str] = field(default_factory=set)
    missing: dict[str, None] = field(default_factory=dict)

    def take(self, part: Reported) -> None:
        """One more figure."""
        self.count += 1
        self.whole += is_whole(part)
        self.missing |= dict.fromkeys(part.missing)
        if isinstance(part, Figure):
            self.exact += in_parts(part.value)
            if part.bound is not None:
                self.bounds.add(part.bound)

    def figure(self, unit: Unit) -> Figure:
        """The sum, correctly rounded: the same in any order."""
        joint = ESTIMATE if len(self.bounds) > 1 else next(iter(self.bounds), None)
        return Figure(self.exact / PARTS_OF_ONE, unit, bound=joint)


class _Adding:
    """The figures of one name taken up one after another."""

    def __init__(self, name: str) -> None:
        self._may_be_shares = names.declared(name).key in MAY_BE_SHARES
        self._by_unit: dict[Unit | None, _Amount] = {}
        self._undefined: NotApplicable | None = None

    def take(self, part: Reported) -> None:
        """One more figure, or why there is none."""
        unit = part.unit if isinstance(part, Figure) else None
        self._by_unit.setdefault(unit, _Amount()).take(part)
        if isinstance(part, NotApplicable) and part.code == "undefined":
            self._undefined = self._undefined or part

    def sum(self, of: int) -> Sum:
        """What was taken up until now; of so many enterprises."""
        known = {unit: amount for unit, amount in self._by_unit.items() if unit is not None}
        without = self._by_unit.get(None, _Amount())
        reporting = sum(amount.count for amount in known.values())
        shares = known.get(ONE) if self._may_be_shares and reporting > 1 else None
        if shares is not None:  # beside amounts they are left out; several of them have no sum
            del known[ONE]
        amounts = tuple(known[unit].figure(unit) for unit in sorted(known, key=str))
        if any(amount.unit.currency for amount in amounts):
            # A 0 may be written without a currency: it adds nothing.
            amounts = tuple(amount for amount in amounts if amount.unit.currency or amount.value)
        if shares is not None and not amounts:
            figure: Reported = NotApplicable("undefined", "shares-do-not-add")
        elif not amounts:
            figure = self._undefined or unknown(*without.missing)
        elif len(amounts) > 1:
            is_money = any(amount.unit.currency for amount in amounts)
            several = NotApplicable("undefined", "units-do-not-add")
            figure = NotApplicable("incomplete", "rate-missing") if is_money else several
            amounts = tuple(_marked(item, [known[item.unit], without]) for item in amounts)
        else:
            whole = _marked(amounts[0], self._by_unit.values())
            left_out = 0 if shares is None else shares.count
            figure = replace(whole, counted=whole.counted - left_out)
        return Sum(figure, amounts, reporting, of)


def _marked(amount: Figure, parts: Iterable[_Amount]) -> Figure:
    """A sum that says of how many of its parts it is, and what the others miss."""
    taken = list(parts)
    counted, of = sum(part.whole for part in taken), sum(part.count for part in taken)
    return replace(amount, counted=counted, of=of, missing=joined(*(one.missing for one in taken)))


_SIDES = ("investment", "annual_net_saving")


class Adding:
    """Enterprises added up one after another, in memory that does not grow with their number."""

    def __init__(self) -> None:
        self._sums: dict[str, _Adding] = {}
        self._enterprises = self._with_money = self._complete = 0
        # Of the enterprises whose money is complete, less what is granted.
        self._capital, self._saving = map(_Adding, _SIDES)

    def take(self, figures: Figures) -> None:
        """One more enterprise."""
        self._enterprises += 1
        for name, figure in figures.items():
            if name not in self._sums:
                self._sums[name] = _Adding(name)
            self._sums[name].take(figure)
        if "investment" in figures or isinstance(figures.get("annual_net_saving"), Figure):
            self._with_money += 1
            if all(is_whole(figures.get(name)) for name in _SIDES):
                self._complete += 1
                self._capital.take(figures["investment"])
                self._saving.take(figures["annual_net_saving"])
                grant = figures.get("grant")
                if isinstance(grant, Figure):
                    grant = Figure(-grant.value, grant.unit)
                if grant is not None:
                    self._capital.take(grant)

    def total(self, of: int | None = None) -> Total:
        """What was taken up until now; ``of`` is how many enterprises there are, where it is
        more."""
        of = self._enterprises if of is None else of
        adding = [name for name in self._sums if names.declared(name).adds == names.SUM]
        sums = {name: self._sums[name].sum(of) for name in sorted(adding, key=names.order)}
        capital, saving = self._capital.sum(0), self._saving.sum(0)
        ratio, of_complete = with_bounds(payback(capital.figure, saving.figure)), None
        if len(capital.amounts) > 1 or len(saving.amounts) > 1:
            ratio = NotApplicable("incomplete", "rate-missing")
        if not self._with_money:
            ratio = NotApplicable("incomplete", "no-money-stated")
        elif self._complete < self._with_money:
            of_complete = ratio if self._complete else None
            ratio = unknown(*missing_of(sums[name].figure for name in _SIDES if name in sums))
        money = self._complete, self._with_money
        return Total(self._enterprises, sums, ratio, of_complete, *money)


def add(parts: Iterable[Figures], of: int | None = None) -> Total:
    """The figures of enterprises added up by name; ``of`` is how many there are, where it is
    more."""
    adding = Adding()
    for figures in parts:
        adding.take(figures)
    return adding.total(of)


def added(parts: Iterable[Figure], unit: Unit) -> Figure:
    """The sum of amounts of one unit, correctly rounded: the same in any order."""
    amount = _Amount()
    for part in parts:
        amount.take(part)
    return amount.figure(unit)


# ---- shares --------------------------------------------------------------------------------------


def value_of(figures: Figures, name: str) -> float | None:
    """The value of a figure; None where it is not known."""
    figure = figures.get(name)
    return figure.value if isinstance(figure, Figure) else None


# ---- a batch -------------------------------------------------------------------------------------


class BatchTotals(NamedTuple):
    """What a batch adds up to."""

    total: Total
    groups: Mapping[str, Total]  # empty unless asked for
    by_data_status: Mapping[str, int]
    currencies: Mapping[str, int]
    periods: frozenset[str]
    warnings: int
    identities: int
    identities_holding: int
    qualities: Mapping[str, Mapping[str, float]]  # as of a programme


_UNSTATED = {"unstated": 1.0}


class Counting:
    """A batch added up while its rows are read, once through."""

    def __init__(self, group_by: str | None) -> None:
        self.group_by = group_by
        self._total, self._groups = Adding(), defaultdict[str, Adding](Adding)
        self._counts = defaultdict[str, Counter[str]](Counter)
        # How much of a figure, in each unit that it comes in, rests on each tier of data.
        self._tiers = defaultdict[str, Counter[tuple[Unit, str]]](Counter)
        self._stated: set[str] = set()  # those of which a file says it

    def take(self, member: Member) -> None:
        """One more enterprise."""
        row = member.row
        self._total.take(row.figures)
        if self.group_by is not None:
            self._groups[group_of(member, self.group_by)].take(row.figures)
        for name in ("data_status", "currency", "period"):
            self._counts[name][getattr(row, name)] += 1
        for name in ("warnings", "identities", "identities_holding"):
            self._counts["rows"][name] += getattr(row, name)
        self._stated.update(row.qualities)
        for name in names.JUDGED:
            figure = row.figures.get(name)
            for tier, share in row.qualities.get(name, _UNSTATED).items():
                if isinstance(figure, Figure):  # what costs or emits more is left out of the shares
                    positive = max(0.0, figure.value * share)
                    self._tiers[name][figure.unit, tier] += in_parts(positive)

    def totals(self) -> BatchTotals:
        """The totals of what was read until now, and of its groups where asked for."""
        total, counts = self._total.total(), self._counts["rows"]
        groups = {name: adding.total() for name, adding in sorted(self._groups.items())}
        proofs = [item.holds for item in proof(total, groups.values())] if groups else []
        return BatchTotals(
            total,
            groups,
            dict(sorted(self._counts["data_status"].items())),
            dict(sorted(self._counts["currency"].items())),
            frozenset(self._counts["period"]),
            counts["warnings"],
            counts["identities"] + len(proofs),
            counts["identities_holding"] + sum(proofs),
            dict(self._qualities()),
        )

    def _qualities(self) -> Iterator[tuple[str, dict[str, float]]]:
        """The shares on each tier, where a file says any; nothing of money in two currencies."""
        for name in names.JUDGED:
            tiers = self._tiers[name]
            if name in self._stated and len({unit for unit, _ in tiers}) == 1:
                exact = ((tier, parts / PARTS_OF_ONE) for (_, tier), parts in tiers.items())
                yield name, shares_of(exact)


def group_of(member: Member, group_by: str) -> str:
    """The ``province``, ``sector`` or ``data-status`` of an enterprise; empty where not stated."""
    return composed(getattr(member.row, group_by.replace("-", "_")))


def grouped(members: Iterable[Member], group_by: str) -> dict[str, Total]:
    """The totals of the members of each group."""
    groups = gathered({group_of(one, group_by): one.figures} for one in members)
    return {name: add(parts) for name, parts in sorted(groups.items())}


def proof(whole: Total, parts: Iterable[Total]) -> Iterator[Identity]:
    """Sum of the parts = whole, for every figure and every unit."""
    listed = list(parts)
    for name, added in whole.sums.items():
        for amount in added.amounts:
            terms = [term for part in listed for term in part.amounts(name)]
            yield from added_again(f"{name} [{amount.unit}]", terms, amount)


def added_again(
    name: str, parts: Iterable[Reported | None], whole: Reported | None, operations: int = 0
) -> Iterator[Identity]:
    """That the parts of one unit sum to the whole, where there is one.

    Both sides are the same sum of exact floats, rounded at most once for each term and each earlier
    addition: ``operations`` are those.
    """
    if not isinstance(whole, Figure):
        return
    terms = [part.value for part in parts if isinstance(part, Figure) and part.unit is whole.unit]
    largest = max(map(abs, [whole.value, *terms]))
    room = (operations + len(terms) + 1) * math.ulp(largest)
    left = math.fsum(terms)
    yield Identity(name, abs(left - whole.value) <= room, left, whole.value)
