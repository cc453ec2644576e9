"""Figures of enterprises in the programme's currency, and what its rates and cost classes say."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from cpcalc.calc.money import exchanged, net_investment
from cpcalc.diagnostics import Diagnostic
from cpcalc.figures import (
    Figure,
    NotApplicable,
    Reported,
    figures_in,
    is_whole,
    with_bound,
    with_bounds,
)
from cpcalc.programme import Member
from cpcalc.programme.totals import added
from cpcalc.results import Figures, Rate
from cpcalc.rows import investments
from cpcalc.schema.programme import CostClasses
from cpcalc.sums import missing_of, payback
from cpcalc.units import base_unit


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
