"""Reporting in another currency than the file's, at the file's own dated rates and no others."""

from __future__ import annotations

from collections.abc import Mapping

from cpcalc.diagnostics import Diagnostic
from cpcalc.resolve.scope import currencies_of
from cpcalc.schema.assessment import Assessment
from cpcalc.schema.basis import Basis, ExchangeRate
from cpcalc.units import Unit


def in_currency(assessment: Assessment, currency: str, found: list[Diagnostic]) -> Assessment:
    """The same assessment reporting in ``currency``.

    Without the rate a diagnostic is added to ``found`` and the assessment stays as it was.

    With rates of F (the file's currency) per T (the wanted one) and per X, what is F counts 1/(F/T) and what is X
    counts (F/X)/(F/T).
    """
    basis = assessment.basis or Basis.stating()
    own = basis.currency or next(iter(dict.fromkeys(currencies_of(assessment))), None)
    if own is None or own == currency:
        return _reporting_in(currency, basis.exchange_rates, assessment, basis)
    rates = basis.exchange_rates or {}
    wanted = rates.get(currency)
    if wanted is None or wanted.rate.value <= 0 or str(wanted.rate.unit) != f"{own}/{currency}":
        field = f"basis.exchange-rates.{currency}"
        values = {"currency": own, "report": currency, "field": field, "pair": f"{own}/{currency}"}
        found.append(Diagnostic("rate-needed", ("basis",), values, on_key=True))
        return assessment
    turned = {own: _per(wanted, wanted, currency, own)}
    for other, rate in rates.items():
        if other != currency:
            turned[other] = _per(wanted, rate, currency, other)
    return _reporting_in(currency, turned, assessment, basis)


def _reporting_in(
    currency: str, rates: Mapping[str, ExchangeRate] | None, assessment: Assessment, basis: Basis
) -> Assessment:
    return assessment.but(basis=basis.but(currency=currency, exchange_rates=rates))


def _per(wanted: ExchangeRate, rate: ExchangeRate, currency: str, other: str) -> ExchangeRate:
    """The rate of ``currency`` per ``other`` that two rates of the file's own currency give."""
    given, divisor = rate.rate, wanted.rate
    is_own = rate is wanted
    turned = given._replace(
        value=(1.0 if is_own else given.value) / divisor.value,
        unit=Unit.of(((currency, 1),)) / Unit.of(((other, 1),)),
        text=f"1 / ({divisor.text})" if is_own else f"({given.text}) / ({divisor.text})",
    )
    return rate.but(rate=turned)
