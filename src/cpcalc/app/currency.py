"""Reporting in another currency than the file's, at the file's own dated rates and no others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from cpcalc.diagnostics import Diagnostic
from cpcalc.resolve.scope import currencies_of
from cpcalc.schema.assessment import Assessment
from cpcalc.schema.basis import Basis, ExchangeRate
from cpcalc.units import Unit


def in_currency(assessment: Assessment, currency: str, found: list[Diagnostic]) -> Assessment:
    """The same assessment reporting in ``currency``; without the rate a diagnostic and no change.

    With rates of F (the file's currency) per T (the wanted one) and per X, what is F counts
    1/(F/T) and what is X counts (F/X)/(F/T).
    """
    basis = assessment.basis or Basis.model_construct()
    own = basis.currency or next(iter(dict.fromkeys(currencies_of(assessment))), None)
    if own is None or own == currency:
        return _with(assessment, basis, currency, basis.exchange_rates)
    rates = basis.exchange_rates or {}
    wanted = rates.get(currency)
    if wanted is None or wanted.rate.value <= 0 or str(wanted.rate.unit) != f"{own}/{currency}":
        field = f"basis.exchange-rates.{currency}"
        values = {"currency": own, "report": currency, "field": field, "pair": f"{own}/{currency}"}
        found.append(Diagnostic("rate-needed", ("basis",), values, on_key=True))
        return assessment
    turned = {own: _per(wanted, wanted, currency, own)}
    turned |= {
        other: _per(wanted, rate, currency, other)
        for other, rate in rates.items()
        if other != currency
    }
    return _with(assessment, basis, currency, turned)


def _with(
    assessment: Assessment, basis: Basis, currency: str, rates: Mapping[str, ExchangeRate] | None
) -> Assessment:
    changed = basis.model_copy(update={"currency": currency, "exchange_rates": rates})
    return assessment.model_copy(update={"basis": changed})


def _per(wanted: ExchangeRate, rate: ExchangeRate, currency: str, other: str) -> ExchangeRate:
    """The rate of ``currency`` per ``other`` that two rates of the file's own currency give."""
    given, divisor = rate.rate, wanted.rate
    is_own = rate is wanted
    turned = replace(
        given,
        value=(1.0 if is_own else given.value) / divisor.value,
        unit=Unit.of(((currency, 1),)) / Unit.of(((other, 1),)),
        text=f"1 / ({divisor.text})" if is_own else f"({given.text}) / ({divisor.text})",
    )
    return rate.model_copy(update={"rate": turned})
