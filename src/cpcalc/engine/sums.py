"""Sums of figures that may be missing, partial, or of kinds that do not add."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeGuard

from cpcalc.calc.savings import total
from cpcalc.figures import Figure, NotApplicable, Reported, gathered, is_whole, joined
from cpcalc.results import Investment
from cpcalc.units import ONE, Unit


def known_sum(parts: list[Figure], missing: tuple[str, ...], of: int | None = None) -> Figure:
    """The sum of the known parts; marked partial where fields are missing."""
    figure = total(*parts)
    if not missing:
        return figure
    lines = of if of is not None else len(parts) + len(missing)
    return replace(figure, counted=len(parts), of=lines, missing=missing)


def sum_by_name(parts: Sequence[Mapping[str, Reported]]) -> dict[str, Reported]:
    """Figures of the same name added up; partial where a part is partial or not applicable."""
    return {name: add_reported(figures) for name, figures in gathered(parts).items()}


def sum_by_scope(
    parts: Sequence[Mapping[str, Mapping[str, Reported]]],
) -> dict[str, dict[str, Reported]]:
    """Avoided emissions added up by scope and gas."""
    by_scope: dict[str, list[Mapping[str, Reported]]] = {}
    for part in parts:
        for scope, gases in part.items():
            by_scope.setdefault(scope, []).append(gases)
    return {scope: sum_by_name(gases) for scope, gases in by_scope.items()}


def add_reported(parts: list[Reported], unknown: tuple[str, ...] = ()) -> Reported:
    """The sum of what is known of the parts, marked with how many lines it counts and what is missing.

    Shares do not add: beside amounts they are left out, several of them alone have no sum. Nor do two kinds of unit.
    """
    if not unknown and _are_alike(parts):
        return total(*parts)
    known = [part for part in parts if isinstance(part, Figure)]
    missing = list(unknown)
    counted, of = 0, len(unknown)
    for part in parts:
        missing.extend(part.missing)
        counted, of = counted + is_whole(part), of + 1
    if not known:
        undefined = (
            part for part in parts if isinstance(part, NotApplicable) and part.code == "undefined"
        )
        return next(
            undefined, NotApplicable("incomplete", "field-missing", tuple(dict.fromkeys(missing)))
        )
    amounts = [part for part in known if part.unit is not ONE] if len(known) > 1 else known
    if len({part.unit for part in amounts}) != 1:
        return NotApplicable("undefined", "units-do-not-add" if amounts else "shares-do-not-add")
    counted -= len(known) - len(amounts)
    figure = total(*amounts)
    if missing or counted != of:
        return replace(figure, counted=counted, of=of, missing=joined(missing))
    return figure


def _are_alike(parts: list[Reported]) -> TypeGuard[list[Figure]]:
    """Whether all parts are whole amounts of one unit: most sums."""
    units = {part.unit for part in parts if isinstance(part, Figure)}
    return all(map(is_whole, parts)) and len(units) == 1 and ONE not in units


def add_investments(parts: list[Investment | None], missing: tuple[str, ...]) -> Investment | None:
    """Investments added up by currency, and converted as far as rates are known.

    ``missing`` are the fields of the parts that have none: the sum is marked as that of the others.
    """
    added = _add_given(parts)
    if added is None or not missing:
        return added
    amounts = tuple(_partial(amount, len(parts), missing) for amount in added.amounts)
    converted = added.converted
    if isinstance(converted, Figure):
        return Investment(amounts, _partial(converted, len(parts), missing))
    return Investment(amounts, converted._replace(missing=(*converted.missing, *missing)))


def _partial(figure: Figure, of: int, missing: tuple[str, ...]) -> Figure:
    """The sum of the parts that have a figure, of all ``of`` parts; what its parts miss is missed too."""
    return replace(figure, counted=of - len(missing), of=of, missing=(*figure.missing, *missing))


def _add_given(parts: list[Investment | None]) -> Investment | None:
    given = [part for part in parts if part is not None]
    if not given:
        return None
    by_currency: dict[Unit, list[Reported]] = {}
    for part in given:
        for amount in part.amounts:
            by_currency.setdefault(amount.unit, []).append(amount)
    sums = [add_reported(figures) for figures in by_currency.values()]
    amounts = tuple(amount for amount in sums if isinstance(amount, Figure))
    reasons = [part.converted for part in given if isinstance(part.converted, NotApplicable)]
    if reasons:
        missing = tuple(dict.fromkeys(field for reason in reasons for field in reason.missing))
        return Investment(amounts, NotApplicable("incomplete", "rate-missing", missing))
    return Investment(amounts, add_reported([part.converted for part in given]))
