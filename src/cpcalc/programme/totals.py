"""Sums over enterprises: exact in any order, with how many report a figure; what is missing is
not zero."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from cpcalc import names
from cpcalc.calc.money import exchanged, net_investment
from cpcalc.diagnostics import Diagnostic
from cpcalc.figures import (
    ESTIMATE,
    Figure,
    NotApplicable,
    Reported,
    figures_in,
    gathered,
    is_whole,
    unknown,
    with_bound,
    with_bounds,
)
from cpcalc.programme import Member, composed
from cpcalc.results import Figures, Identity, Rate
from cpcalc.rows import MAY_BE_SHARES, investments
from cpcalc.schema.programme import CostClasses
from cpcalc.sums import missing_of, payback, shares_of
from cpcalc.units import ONE, Unit, base_unit


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


def add(parts: Sequence[Figures], of: int | None = None) -> Total:
    """The figures of enterprises added up by name; ``of`` is how many there are, where it is
    more."""
    of = len(parts) if of is None else of
    by_name = gathered(parts)
    adding = [name for name in by_name if names.declared(name).adds == names.SUM]
    sums = {
        name: _sum(by_name[name], of, may_be_shares=names.declared(name).key in MAY_BE_SHARES)
        for name in sorted(adding, key=names.order)
    }
    sides = ("investment", "annual_net_saving")
    with_money = [
        figures
        for figures in parts
        if "investment" in figures or isinstance(figures.get("annual_net_saving"), Figure)
    ]
    complete = [one for one in with_money if all(is_whole(one.get(name)) for name in sides)]
    ratio, of_complete = _payback_of(complete), None
    if not with_money:
        ratio = NotApplicable("incomplete", "no-money-stated")
    elif len(complete) < len(with_money):
        of_complete = ratio if complete else None
        ratio = unknown(*missing_of(sums[name].figure for name in sides if name in sums))
    return Total(len(parts), sums, ratio, of_complete, len(complete), len(with_money))


def _sum(parts: Sequence[Reported], of: int, *, may_be_shares: bool = False) -> Sum:
    by_unit = gathered({part.unit: part} for part in figures_in(parts))
    reporting = sum(map(len, by_unit.values()))
    shares = by_unit.get(ONE, []) if may_be_shares and reporting > 1 else []
    if shares:  # beside amounts they are left out; several of them have no sum
        del by_unit[ONE]
    amounts = tuple(added(by_unit[unit], unit) for unit in sorted(by_unit, key=str))
    if any(amount.unit.currency for amount in amounts):
        # A 0 may be written without a currency: it adds nothing.
        amounts = tuple(amount for amount in amounts if amount.unit.currency or amount.value)
    if shares and not amounts:
        figure: Reported = NotApplicable("undefined", "shares-do-not-add")
    elif not amounts:
        reasons = [part for part in parts if isinstance(part, NotApplicable)]
        incomplete = unknown(*missing_of(parts))
        figure = next((part for part in reasons if part.code == "undefined"), incomplete)
    elif len(amounts) > 1:
        is_money = any(amount.unit.currency for amount in amounts)
        several = NotApplicable("undefined", "units-do-not-add")
        figure = NotApplicable("incomplete", "rate-missing") if is_money else several
        without = [part for part in parts if isinstance(part, NotApplicable)]
        amounts = tuple(_marked(item, [*by_unit[item.unit], *without]) for item in amounts)
    else:
        figure = _marked(amounts[0], parts, left_out=len(shares))
    return Sum(figure, amounts, reporting, of)


def _marked(amount: Figure, parts: Sequence[Reported], left_out: int = 0) -> Figure:
    """A sum that says of how many of its parts it is, and what the others miss."""
    whole = sum(is_whole(part) for part in parts) - left_out
    return replace(amount, counted=whole, of=len(parts), missing=missing_of(parts))


def added(parts: Sequence[Figure], unit: Unit) -> Figure:
    """The sum of amounts of one unit, correctly rounded: the same in any order."""
    bounds = {part.bound for part in parts if part.bound is not None}
    joint = bounds.pop() if len(bounds) == 1 else ESTIMATE if bounds else None
    return Figure(math.fsum(part.value for part in parts), unit, bound=joint)


def _payback_of(complete: Sequence[Figures]) -> Reported:
    """The ratio of the sums of enterprises whose money is complete."""
    by_name = gathered(complete)
    of_grants = [
        grant if isinstance(grant, NotApplicable) else Figure(-grant.value, grant.unit)
        for grant in by_name.get("grant", ())
    ]
    capital = _sum([*by_name.get("investment", ()), *of_grants], 0)
    saving = _sum(by_name.get("annual_net_saving", ()), 0)
    if len(capital.amounts) > 1 or len(saving.amounts) > 1:
        return NotApplicable("incomplete", "rate-missing")
    return with_bounds(payback(capital.figure, saving.figure))


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
        whole = added(known, base_unit(self.currency))
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


# ---- shares --------------------------------------------------------------------------------------


def value_of(figures: Figures, name: str) -> float | None:
    """The value of a figure; None where it is not known."""
    figure = figures.get(name)
    return figure.value if isinstance(figure, Figure) else None


def qualities_of(members: Sequence[Member]) -> dict[str, dict[str, float]]:
    """The shares of the saving and of the CO2 reduction on each tier of data.

    What a file does not say is unstated; nothing where no file says anything, and nothing of money
    in two currencies.
    """
    found: dict[str, dict[str, float]] = {}
    for name in dict.fromkeys(name for member in members for name in member.row.qualities):
        stated = ((member.row.qualities, member.figures.get(name)) for member in members)
        known = [(tiers, figure) for tiers, figure in stated if isinstance(figure, Figure)]
        if len({figure.unit for _, figure in known}) == 1:
            found[name] = shares_of(
                (tier, figure.value * share)
                for tiers, figure in known
                for tier, share in tiers.get(name, {"unstated": 1.0}).items()
            )
    return found


# ---- a batch -------------------------------------------------------------------------------------


class BatchTotals(NamedTuple):
    """What a batch adds up to."""

    total: Total
    groups: Mapping[str, Total]  # empty unless asked for
    by_data_status: Mapping[str, int]
    currencies: Mapping[str, int]
    warnings: int
    identities: int
    identities_holding: int
    qualities: Mapping[str, Mapping[str, float]]  # as of a programme


def totals_of(members: Sequence[Member], group_by: str | None) -> BatchTotals:
    """The totals of a batch, and of its groups where asked for."""
    rows = [member.row for member in members]
    total = add([member.figures for member in members])
    groups = {} if group_by is None else grouped(members, group_by)
    proofs = list(proof(total, groups.values())) if groups else []
    return BatchTotals(
        total=total,
        groups=groups,
        by_data_status=dict(sorted(Counter(row.data_status for row in rows).items())),
        currencies=dict(sorted(Counter(row.currency for row in rows).items())),
        warnings=sum(row.warnings for row in rows),
        identities=sum(row.identities for row in rows) + len(proofs),
        identities_holding=sum(row.identities_holding for row in rows)
        + sum(item.holds for item in proofs),
        qualities=qualities_of(members),
    )


def grouped(members: Sequence[Member], group_by: str) -> dict[str, Total]:
    """The totals of the members of each ``province``, ``sector`` or ``data-status``.

    The name of a group is empty where files do not say.
    """
    key = group_by.replace("-", "_")
    groups = gathered({composed(getattr(one.row, key)): one.figures} for one in members)
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
