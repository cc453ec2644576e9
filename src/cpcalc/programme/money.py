"""Figures of enterprises in the programme's currency, at the programme's own dated rates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from cpcalc.calc.money import exchanged, net_investment
from cpcalc.figures import Figure, NotApplicable, Reported
from cpcalc.programme.sums import payback_of
from cpcalc.units import Unit


class Rate(NamedTuple):
    """A dated rate from a currency to the programme's."""

    currency: str
    rate: Figure
    year: int
    source: str


class Money:
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
        return exchanged(figure, rate.rate)

    def in_programme(self, figures: Mapping[str, Reported]) -> dict[str, Reported]:
        """All figures of an enterprise, a status or a measure.

        Amounts of investment stay as given; the one amount, and the payback that rests on it, are at the programme's
        rates and not at the enterprise's.
        """
        found: dict[str, Reported] = {}
        for name, figure in figures.items():
            if name.startswith(("investment", "simple_payback")):
                continue
            found[name] = self.convert(figure)
        amounts = {
            name: figure for name, figure in figures.items() if name.startswith("investment.")
        }
        if amounts:
            found = {
                **amounts,
                "investment": self._as_one(tuple(amounts.values()), figures),
                **found,
            }
        found["simple_payback"] = payback_of(self._borne(found), found.get("annual_net_saving"))
        return found

    def _as_one(self, amounts: tuple[Reported, ...], figures: Mapping[str, Reported]) -> Reported:
        parts = [self.convert(amount) for amount in amounts]
        reason = next((part for part in parts if isinstance(part, NotApplicable)), None)
        if reason is not None:
            return reason
        known = [part for part in parts if isinstance(part, Figure)]
        value = known[0].value
        for part in known[1:]:
            value += part.value
        stated = figures.get("investment")
        whole = Figure(value, Unit.of(((self.currency, 1),)), None, known[0].operands)
        for item in (*known, stated):
            if isinstance(item, Figure) and item.is_partial:
                return replace(whole, counted=item.counted, of=item.of, missing=item.missing)
        return whole

    def _borne(self, figures: Mapping[str, Reported]) -> Reported | None:
        investment, grant = figures.get("investment"), figures.get("grant")
        if (
            not isinstance(investment, Figure)
            or investment.is_partial
            or not isinstance(grant, Figure)
        ):
            return investment
        return net_investment(investment, grant)
