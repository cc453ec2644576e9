"""Money of measures and groups: investment by currency, the rest in the report's currency."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cpcalc.calc.savings import total
from cpcalc.diagnostics import Path
from cpcalc.figures import Figure
from cpcalc.quantities import Quantity
from cpcalc.resolve.model import Money, Paid, Unknown
from cpcalc.resolve.scope import Scope
from cpcalc.schema import assessment as files
from cpcalc.units import Unit


def paid_for(scope: Scope, items: Sequence[files.Item] | None) -> Paid | None:
    """An investment by currency, item by item and as a sum in the report's currency.

    None where there is none.
    """
    if items is None:
        return None
    by_currency: dict[Unit, list[Figure]] = {}
    parts: list[Figure | Unknown] = []
    for item in items:
        given = item.amount
        figure = money_figure(scope, given, per_year=False)
        if given.value < 0:
            scope.problem("negative-investment", given.path, text=given.text)
        by_currency.setdefault(figure.unit, []).append(figure)
        parts.append(scope.money(figure, given.path, may_stay=True))
    amounts = tuple([total(*figures) for figures in by_currency.values()])
    if parts == next(
        iter(by_currency.values()), None
    ):  # all in the report's currency: one sum is both
        return Paid(amounts, amounts[0], tuple(parts))
    known = [part for part in parts if isinstance(part, Figure)]
    if len(known) == len(parts):
        return Paid(amounts, total(*known), tuple(parts))
    missing = dict.fromkeys(
        field for part in parts if isinstance(part, Unknown) for field in part.missing
    )
    return Paid(amounts, Unknown(tuple(missing)), tuple(parts))


def money_figure(scope: Scope, given: Quantity, *, per_year: bool) -> Figure:
    """An amount as given; a bare zero is nothing of the report's currency."""
    return scope.zero_money(given, per_year=per_year) if given.is_bare_zero else scope.figure(given)


def yearly_money(scope: Scope, given: Quantity | None) -> Figure | None:
    """Money a year in the report's currency; None where it is not given or cannot be converted."""
    if given is None:
        return None
    if given.is_bare_zero:
        return scope.zero_money(given, per_year=True)
    yearly = scope.annual(given)
    if yearly is None:
        return None
    if yearly.unit.currency is None or str(yearly.unit) != f"{yearly.unit.currency}/year":
        scope.problem(
            "wrong-kind-of-unit",
            given.path,
            expected="money-per-year",
            found=str(yearly.unit),
            text=given.text,
        )
        return None
    money = scope.money(yearly, given.path)
    return money if isinstance(money, Figure) else None


def one_off(scope: Scope, given: Quantity | None) -> Figure | None:
    """Money paid or got once, in the report's currency.

    None where it is not given or cannot be converted.
    """
    if given is None:
        return None
    if given.value < 0:
        scope.problem("too-small", given.path, found=given.text, low="0")
    money = scope.money(money_figure(scope, given, per_year=False), given.path)
    return money if isinstance(money, Figure) else None


def grants_of(scope: Scope, item: files.Measure | files.Group) -> Figure | None:
    """Grants, and of a measure what is received once, such as for scrap.

    In the report's currency.
    """
    income = item.one_off_income if isinstance(item, files.Measure) else None
    parts = [
        money for given in (item.grant, income) if (money := one_off(scope, given)) is not None
    ]
    return total(*parts) if parts else None


def benefits_of(
    scope: Scope, benefits: Iterable[files.Benefit] | None, path: Path
) -> tuple[tuple[Money, ...], tuple[Money, ...]]:
    """Savings known as money only, each in its category.

    And apart from them those that no saving is made of.
    """
    savings: list[Money] = []
    others: list[Money] = []
    for position, benefit in enumerate(benefits or ()):
        amount = yearly_money(scope, benefit.saves)
        if amount is not None:
            money = Money(benefit.as_.replace("-", "_"), amount, (*path, "benefits", position))
            (others if money.category in files.OTHER_BENEFITS else savings).append(money)
    return tuple(savings), tuple(others)
