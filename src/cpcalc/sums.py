"""Sums of figures that may be missing, partial or of kinds that do not add; and identities.

An identity is a statement that must hold between results, checked each time and printed with them.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from cpcalc.calc.money import YEARS, payback_case, simple_payback
from cpcalc.calc.savings import total
from cpcalc.diagnostics import Diagnostic
from cpcalc.figures import (
    ROUNDING,
    Figure,
    NotApplicable,
    Reported,
    figures_in,
    gathered,
    is_whole,
    joined,
    legible,
    unknown,
)
from cpcalc.results import Identity, Investment, Line
from cpcalc.units import ONE

FiguresByScope = dict[str, dict[str, Reported]]  # scope -> gas -> figure


def add_reported(parts: Sequence[Reported], lacking: tuple[str, ...] = ()) -> Reported:
    """The sum of what is known of the parts, marked with how many it counts and what is missing.

    ``lacking`` are the fields of further parts of which nothing is known. Shares do not add: beside
    amounts they are left out, several of them alone have no sum. Nor do two kinds of unit.
    """
    known = figures_in(parts)
    missing = joined(lacking, missing_of(parts))
    if not known:
        incomplete = NotApplicable("incomplete", "field-missing", missing)
        return next((part for part in parts if is_undefined(part)), incomplete)
    amounts = [part for part in known if part.unit is not ONE] if len(known) > 1 else known
    if len({part.unit for part in amounts}) != 1:
        return NotApplicable("undefined", "units-do-not-add" if amounts else "shares-do-not-add")
    shares = len(known) - len(amounts)
    counted = sum(map(is_whole, parts)) - shares
    of = len(parts) + len(lacking)
    figure = total(*amounts)
    if counted == of and not missing:
        return figure
    return replace(figure, counted=counted, of=of, missing=missing)


def is_undefined(part: Reported | None) -> bool:
    """Whether there is no such figure, whatever is known: a sum of two kinds of unit."""
    return isinstance(part, NotApplicable) and part.code == "undefined"


def sum_by_name(parts: Iterable[Mapping[str, Reported]]) -> dict[str, Reported]:
    """Figures of the same name added up; partial where a part is partial or not applicable."""
    return {name: add_reported(figures) for name, figures in gathered(parts).items()}


def sum_by_scope(parts: Iterable[Mapping[str, Mapping[str, Reported]]]) -> FiguresByScope:
    """Avoided emissions added up by scope and gas."""
    return {scope: sum_by_name(gases) for scope, gases in gathered(parts).items()}


def sum_known(parts: Iterable[Reported | None]) -> Figure | None:
    """The sum of the parts that are figures; None without any."""
    known = figures_in(parts)
    return total(*known) if known else None


def sum_invested(parts: Sequence[Investment | None], missing: tuple[str, ...]) -> Investment | None:
    """Investments added up by currency, and converted as far as rates are known.

    ``missing`` are the fields of the parts that have none: the sum is marked as that of the others.
    """
    known = [part for part in parts if part is not None]
    if not known:
        return None
    by_currency = gathered({str(amount.unit): amount} for part in known for amount in part.amounts)
    reasons = [part.converted for part in known if isinstance(part.converted, NotApplicable)]
    converted = add_reported([part.converted for part in known])
    if reasons:
        fields = joined(*(reason.missing for reason in reasons))
        converted = NotApplicable("incomplete", "rate-missing", fields)

    def marked(figure: Reported) -> Reported:
        both = (*figure.missing, *missing)
        if isinstance(figure, NotApplicable):
            return figure._replace(missing=both)
        counted = len(parts) - len(missing)
        return replace(figure, counted=counted, of=len(parts), missing=both) if missing else figure

    amounts = [marked(add_reported(amounts)) for amounts in by_currency.values()]
    return Investment(tuple(figures_in(amounts)), marked(converted))


def missing_of(figures: Iterable[Reported | None]) -> tuple[str, ...]:
    """The fields that figures miss, each once."""
    return joined(*(figure.missing for figure in figures if figure is not None))


def payback(investment: Reported | None, annual_net_saving: Reported | None) -> Reported:
    """Simple payback by the case table; incomplete where a side is not fully known."""
    if not is_whole(investment) or not is_whole(annual_net_saving):
        return unknown(*missing_of((investment, annual_net_saving)))
    case = payback_case(investment, annual_net_saving)
    if case != YEARS:
        return NotApplicable(case, f"payback-{case}")
    return simple_payback(investment, annual_net_saving)


def shares_of(parts: Iterable[tuple[str, float | None]]) -> dict[str, float]:
    """The share of each name in the sum of all that is known and positive, the largest first."""
    by_name = gathered({name: value} for name, value in parts if value is not None and value > 0)
    sums = {name: math.fsum(values) for name, values in by_name.items()}
    whole = math.fsum(sums.values())
    largest_first = sorted(sums.items(), key=lambda pair: (-pair[1], pair[0]))
    return {name: value / whole for name, value in largest_first}


# Every float is a whole number of these parts of one, so that sums of whole numbers are exact.
PARTS_OF_ONE = 2**1074


def in_parts(value: float) -> int:
    """A float as a whole number of `PARTS_OF_ONE`; a sum of these over that is rounded once."""
    numerator, denominator = value.as_integer_ratio()  # a power of two
    return numerator << PARTS_OF_ONE.bit_length() - denominator.bit_length()


# ---- identities ----------------------------------------------------------------------------------


def identity(
    name: str, left: Iterable[Reported | None], right: Iterable[Reported | None]
) -> Iterator[Identity]:
    """``name`` holds when the known figures of both sides sum to the same; nothing where neither
    side has a figure."""
    first = [figure.value for figure in figures_in(left)]
    second = [figure.value for figure in figures_in(right)]
    if first or second:
        a, b = math.fsum(first), math.fsum(second)
        scale = max(math.fsum(map(abs, first)), math.fsum(map(abs, second)))
        yield Identity(name, abs(a - b) <= ROUNDING * scale, a, b)


def by_year(
    name: str, parts: Sequence[Sequence[Figure]], whole: Sequence[Figure]
) -> Iterator[Identity]:
    """``name`` holds when the parts sum to the whole in every year; a part may end before the whole
    does.

    Of one that does not hold the first year that fails is shown, else the sums over all years.
    """
    for year in range(max(map(len, (*parts, whole)))):
        amounts = [part[year] for part in parts if year < len(part)]
        for of_year in identity(f"{name}, year {year}", amounts, whole[year:][:1]):
            if not of_year.holds:
                yield of_year
                return
    yield from identity(name, (amount for part in parts for amount in part), whole)


def of_lines(name: str, parts: list[Line], whole: Line) -> Iterator[Identity]:
    """Sum of lines = total, for the annual saving, each category, investment and reductions."""
    saved = [line.annual_saving for line in parts]
    yield from identity(f"{name}: annual saving", saved, (whole.annual_saving,))
    savings = gathered(line.savings for line in parts)
    for category, saving in whole.savings.items():
        yield from identity(f"{name}: {category} saving", savings.get(category, ()), (saving,))
    investments = [line.investment.converted for line in parts if line.investment is not None]
    if whole.investment is not None and isinstance(whole.investment.converted, Figure):
        yield from identity(f"{name}: investment", investments, (whole.investment.converted,))
    reductions = gathered(line.reductions for line in parts)
    for kind, reduction in whole.reductions.items():
        if not is_undefined(reduction):
            yield from identity(f"{name}: {kind} reduction", reductions.get(kind, ()), (reduction,))


def broken(identities: Iterable[Identity]) -> list[Diagnostic]:
    """A problem for each identity that does not hold."""
    problems = []
    for name, holds, left, right in identities:
        if not holds:
            values = {"name": name, "left": f"{left:.12g}", "right": f"{right:.12g}"}
            problems.append(Diagnostic("identity-broken", (), values))
    return problems


# ---- published figures ---------------------------------------------------------------------------


def judged(
    not_reproduced: str | None, words: tuple[str, str], values: Mapping[str, str], *, agrees: bool
) -> tuple[str, Diagnostic | None]:
    """What became of a published figure, by ``words`` where it agrees or not; and a diagnostic
    where that is not what its file says."""
    if not_reproduced is not None:
        told = Diagnostic("now-reproduced", ("not-reproduced",), values)
        return ("now-reproduced", told) if agrees else ("not-reproduced", None)
    missed = Diagnostic("expectation-missed", ("figure",), values)
    return (words[0], None) if agrees else (words[1], missed)


def said(found: Reported | None) -> str:
    """A recomputed figure, or why there is none, in a message."""
    if isinstance(found, NotApplicable):
        return found.code + (f" ({', '.join(found.missing)})" if found.missing else "")
    return "-" if found is None else f"{legible(found.value)} {found.unit}".removesuffix(" 1")
