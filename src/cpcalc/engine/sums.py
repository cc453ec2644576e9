"""Sums of figures that may be missing, partial, or of kinds that do not add."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from cpcalc.calc.savings import total
from cpcalc.figures import Figure, NotApplicable, Reported, gathered, is_whole, joined
from cpcalc.results import Investment
from cpcalc.units import ONE

FiguresByScope = dict[str, dict[str, Reported]]  # scope -> gas -> figure


def add_reported(parts: Sequence[Reported], unknown: tuple[str, ...] = ()) -> Reported:
    """The sum of what is known of the parts, marked with how many it counts and what is missing.

    ``unknown`` are the fields of further parts of which nothing is known. Shares do not add: beside
    amounts they are left out, several of them alone have no sum. Nor do two kinds of unit.
    """
    known = [part for part in parts if isinstance(part, Figure)]
    missing = joined(unknown, *(part.missing for part in parts))
    if not known:
        undefined = [part for part in parts if _is_undefined(part)]
        return undefined[0] if undefined else NotApplicable("incomplete", "field-missing", missing)
    amounts = [part for part in known if part.unit is not ONE] if len(known) > 1 else known
    if len({part.unit for part in amounts}) != 1:
        return NotApplicable("undefined", "units-do-not-add" if amounts else "shares-do-not-add")
    shares = len(known) - len(amounts)
    counted = sum(map(is_whole, parts)) - shares
    of = len(parts) + len(unknown)
    figure = total(*amounts)
    if counted == of and not missing:
        return figure
    return replace(figure, counted=counted, of=of, missing=missing)


def _is_undefined(part: Reported) -> bool:
    return isinstance(part, NotApplicable) and part.code == "undefined"


def sum_by_name(parts: Iterable[Mapping[str, Reported]]) -> dict[str, Reported]:
    """Figures of the same name added up; partial where a part is partial or not applicable."""
    return {name: add_reported(figures) for name, figures in gathered(parts).items()}


def sum_by_scope(parts: Iterable[Mapping[str, Mapping[str, Reported]]]) -> FiguresByScope:
    """Avoided emissions added up by scope and gas."""
    return {scope: sum_by_name(gases) for scope, gases in gathered(parts).items()}


def sum_known(parts: Iterable[Reported | None]) -> Figure | None:
    """The sum of the parts that are figures; None without any."""
    known = [part for part in parts if isinstance(part, Figure)]
    return total(*known) if known else None


def add_investments(
    parts: Sequence[Investment | None], missing: tuple[str, ...]
) -> Investment | None:
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
    return Investment(
        tuple(amount for amount in amounts if isinstance(amount, Figure)), marked(converted)
    )
