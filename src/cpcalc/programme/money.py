"""Figures of enterprises in the programme's currency, at the programme's own dated rates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from cpcalc.calc.money import exchanged, net_investment
from cpcalc.diagnostics import Diagnostic
from cpcalc.figures import Figure, NotApplicable, Reported, is_whole, with_bound
from cpcalc.programme.members import Member
from cpcalc.programme.totals import added, payback_of
from cpcalc.results import Rate
from cpcalc.rows import Amounts, figures_from, investments
from cpcalc.schema.programme import CostClasses
from cpcalc.units import Unit


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

    def in_programme(self, amounts: Amounts) -> dict[str, Reported]:
        """All figures of an enterprise, a status or a measure.

        Amounts of investment stay as given; the one amount, and the payback that rests on it, are
        at the programme's rates and not at the enterprise's.
        """
        stated = figures_from(amounts)
        figures: dict[str, Reported] = investments(stated)
        if figures:
            figures["investment"] = self._as_one(list(figures.values()), stated.get("investment"))
        for name, figure in stated.items():
            if not name.startswith(("investment", "simple_payback")):
                figures[name] = self.convert(figure)
        capital, grant = figures.get("investment"), figures.get("grant")
        if is_whole(capital) and isinstance(grant, Figure):
            capital = net_investment(capital, grant)
        figures["simple_payback"] = payback_of(capital, figures.get("annual_net_saving"))
        return figures

    def _as_one(self, amounts: Sequence[Reported], stated: Reported | None) -> Reported:
        """The amounts at the programme's rates; partial where one of them or what the file states
        is."""
        parts = [self.convert(amount) for amount in amounts]
        reason = next((part for part in parts if isinstance(part, NotApplicable)), None)
        if reason is not None:
            return reason
        known = [part for part in parts if isinstance(part, Figure)]
        whole = added(known, Unit.of(((self.currency, 1),)))
        figures = [item for item in (*known, stated) if isinstance(item, Figure)]
        marked = next((figure for figure in figures if figure.is_partial), whole)
        return replace(whole, counted=marked.counted, of=marked.of)


def check_cost_classes(
    classes: CostClasses | None, members: Sequence[Member], conversion: Conversion
) -> Iterator[Diagnostic]:
    """Declared cost classes that the investment contradicts."""
    if classes is None:
        return
    unit = classes.medium_cost.unit
    for member in members:
        for measure, declared, amounts in member.detail.classes:
            investment = conversion.in_programme(amounts).get("investment")
            if not is_whole(investment):
                continue
            found = cost_class_of(investment, classes, unit)
            if found is not None and found != declared:
                values = {
                    "measure": measure, "id": member.row.id, "declared": declared, "found": found,
                    "investment": f"{investment.value:,.0f} {investment.unit}".replace(",", " "),
                }  # fmt: skip
                place = ("measures", measure, "cost-class")
                yield Diagnostic("cost-class-contradicted", place, values, file=member.path)


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


def rates_that_differ(members: Sequence[Member], conversion: Conversion) -> Iterator[Diagnostic]:
    """A notice for each currency that assessments convert at another rate than the programme."""
    for currency, rate in conversion.rates.items():
        others: dict[str, None] = {}
        count = 0
        for member in members:
            for stated, value, year, _ in member.detail.rates:
                same_currency = member.row.currency == conversion.currency and stated == currency
                if same_currency and value != rate.rate.value:
                    count += 1
                    others[f"{value:,.0f} ({year})".replace(",", " ")] = None
        if count:
            values = {"currency": currency, "count": str(count), "rates": ", ".join(sorted(others))}
            yield Diagnostic(
                "programme-rate-differs", ("exchange-rates", currency), values, on_key=True
            )
