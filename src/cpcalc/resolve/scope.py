"""The scope of one file while its names are linked: figures, years from days, one currency."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from cpcalc.calc.money import exchanged
from cpcalc.calc.savings import annualised, power_over_hours, ratio_of, scaled_to_year
from cpcalc.diagnostics import Diagnostic, Path
from cpcalc.figures import Figure, Origin
from cpcalc.quantities import PartOfYear, Quantity
from cpcalc.resolve.model import Unknown
from cpcalc.schema.assessment import Assessment
from cpcalc.schema.base import Model
from cpcalc.schema.basis import Basis
from cpcalc.schema.leaves import Reading
from cpcalc.units import Unit

YEAR = Unit.of((("year", 1),))
HOUR_PER_YEAR = Unit.of((("hour", 1), ("year", -1)))
HOUR_PER_DAY = Unit.of((("hour", 1), ("day", -1)))

# No year has more: 366 days of 24 hours in a leap year, 365 in the others.
MOST_HOURS, MOST_HOURS_LEAP = 8760.0, 8784.0
MOST_DAYS, MOST_DAYS_LEAP = 365.0, 366.0
MOST_MONTHS = 12.0
MOST_HOURS_A_DAY = 24.0


class Scope:
    """What linking one file needs at hand, and the diagnostics it collects."""

    def __init__(self, assessment: Assessment, reading: Reading) -> None:
        self.reading = reading
        self.assessment = assessment
        self.basis = assessment.basis or Basis.model_construct()
        self.diagnostics: list[Diagnostic] = []
        self.products = {
            product.id: position for position, product in enumerate(assessment.products or ())
        }
        self.days = self._operating("days")
        self.months = self._operating("months")
        self.hours = self._operating_hours()
        self.currency = self._report_currency()
        self.rates: dict[str, Figure] = dict(self._rates())
        self.co2e_made_with: tuple[str, str] | None = (
            None  # the first CO2e factor met, and its set of GWPs
        )

    # ---- figures ---------------------------------------------------------------------------------

    def problem(self, name: str, path: Path, *, on_key: bool = False, **values: str) -> None:
        """Note a diagnostic."""
        self.diagnostics.append(Diagnostic(name, path, values, on_key=on_key))

    def figure(self, given: Quantity, substance: str | None = None) -> Figure:
        """The figure of a quantity as given.

        A plain mass of a dust, gas or pollutant stream is a mass of that ``substance``.
        """
        unit = given.unit if substance is None else unit_of_substance(given.unit, substance)
        if given.cited is not None:
            origin = Origin("factor", given.cited, given.text)
        else:
            origin = Origin("input", given.path, given.text)
        return Figure(given.value, unit, None, (origin,), bound=given.bound)

    def annual(
        self, given: Quantity, *, hours: Quantity | None = None, substance: str | None = None
    ) -> Figure | None:
        """A flow per year, annualised by what the file states.

        None (with a diagnostic) where it states nothing.
        """
        if isinstance(given, PartOfYear):
            return self._over_a_period(given, substance)
        figure = self.figure(given, substance)
        unit = given.unit
        if hours is not None:
            return self._over_hours(figure, hours)
        if unit.exponent("year") == -1:
            return figure
        if unit.exponent("day") == -1:
            return self._by(figure, self.days, "basis.operation.days", given)
        if unit.exponent("month") == -1:
            return self._by(figure, self.months, "basis.operation.months", given)
        if unit.exponent("hour") == -1:
            if self.hours is not None:
                self.problem(
                    "plant-hours-used", given.path, text=given.text, hours=f"{self.hours.value:g}"
                )
            return self._by(figure, self.hours, "basis.operation.hours", given)
        self.problem("not-per-year", given.path, text=given.text, unit=str(unit))
        return None

    def _by(
        self, figure: Figure, periods: Figure | None, field: str, given: Quantity
    ) -> Figure | None:
        if periods is None:
            self.problem("basis-missing", given.path, field=field, text=given.text)
            return None
        return annualised(figure, periods)

    def _over_hours(self, figure: Figure, hours: Quantity) -> Figure | None:
        if figure.unit.exponent("hour") != -1 or figure.unit.exponent("year"):
            self.problem("hours-need-a-rate", hours.path, text=_text_of(figure))
            return None
        running = self.figure(hours)
        if running.unit is HOUR_PER_DAY:
            by_day = self._by(running, self.days, "basis.operation.days", hours)
            if by_day is None:
                return None
            running = by_day
        self._check_hours(running.value, hours)
        formula = power_over_hours if figure.unit.exponent("kWh") else annualised
        return formula(figure, running)

    def _over_a_period(self, given: PartOfYear, substance: str | None) -> Figure | None:
        over = given.over
        full: Figure | None
        if given.annualise_by == "production":
            full = self._output_like(over)
            field = "products"
        else:
            full = {"months": self.months, "days": self.days, "hours": self.hours}[
                given.annualise_by
            ]
            field = f"basis.operation.{given.annualise_by}"
        if full is None:
            self.problem("basis-missing", given.path, field=field, text=given.text)
            return None
        covered = self.figure(over)
        if str(covered.unit / full.unit) != "year":
            self.problem(
                "wrong-kind-of-unit",
                over.path,
                expected=str(full.unit * YEAR),
                found=str(over.unit),
                text=over.text,
            )
            return None
        if over.value <= 0:
            self.problem("too-small", over.path, found=over.text, low="0")
            return None
        return scaled_to_year(self.figure(given, substance), covered, full)

    def _output_like(self, over: Quantity) -> Figure | None:
        """The one output that a reading's production is of.

        None where no product, or more than one, is counted so.
        """
        alike = [
            product.output
            for product in self.assessment.products or ()
            if product.output is not None and product.output.unit is over.unit / YEAR
        ]
        return self.figure(alike[0]) if len(alike) == 1 else None

    def duration(self, given: Quantity) -> Figure:
        """A duration in years; months are twelve to the year."""
        figure = self.figure(given)
        if given.unit.exponent("month"):
            twelve = Figure(
                MOST_MONTHS,
                Unit.of((("month", 1), ("year", -1))),
                None,
                (Origin("definition", (), "12 month/year"),),
            )
            return ratio_of(figure, twelve)
        return figure

    # ---- the basis -------------------------------------------------------------------------------

    def _operating(self, field: str) -> Figure | None:
        operation = self.basis.operation
        given = getattr(operation, field) if operation is not None else None
        if given is None:
            return None
        most = {
            "days": MOST_DAYS_LEAP if self._is_leap_year() else MOST_DAYS,
            "months": MOST_MONTHS,
        }[field]
        if not 0 < given.value <= most:
            self.problem("out-of-range", given.path, found=given.text, low="0", high=f"{most:g}")
        return self.figure(given)

    def _operating_hours(self) -> Figure | None:
        operation = self.basis.operation
        given = operation.hours if operation is not None else None
        if given is None:
            return None
        hours = self.figure(given)
        if hours.unit is HOUR_PER_YEAR:
            self._check_hours(given.value, given)
            return hours
        if not 0 < given.value <= MOST_HOURS_A_DAY:
            self.problem(
                "out-of-range", given.path, found=given.text, low="0", high=f"{MOST_HOURS_A_DAY:g}"
            )
        return annualised(hours, self.days) if self.days is not None else None

    def _check_hours(self, hours_per_year: float, given: Quantity) -> None:
        most = MOST_HOURS_LEAP if self._is_leap_year() else MOST_HOURS
        if not 0 <= hours_per_year <= most:
            self.problem(
                "hours-above-a-year", given.path, found=f"{hours_per_year:g}", most=f"{most:g}"
            )

    @property
    def years(self) -> tuple[int, int] | None:
        """First and last year of the baseline period."""
        period = self.basis.period
        if period is None:
            return None
        return (
            (period, period)
            if isinstance(period, int)
            else (int(period.from_[:4]), int(period.to[:4]))
        )

    def _is_leap_year(self) -> bool:
        period = self.basis.period
        year = (
            period
            if isinstance(period, int)
            else int(period.to[:4])
            if period is not None
            else None
        )
        return year is not None and (date(year + 1, 1, 1) - date(year, 1, 1)).days == MOST_DAYS_LEAP

    # ---- money -----------------------------------------------------------------------------------

    def _report_currency(self) -> str | None:
        stated = self.basis.currency
        if stated is not None:
            if not Unit.of(((stated, 1),)).currency:
                self.problem("unknown-currency", ("basis", "currency"), currency=stated[:20])
                return None
            return stated
        found = dict.fromkeys(currencies_of(self.assessment))
        if len(found) > 1:
            self.problem(
                "report-currency-missing",
                ("basis",) if self.assessment.basis else (),
                on_key=True,
                currencies=", ".join(found),
            )
        return next(iter(found)) if len(found) == 1 else None

    def _rates(self) -> Iterator[tuple[str, Figure]]:
        for currency, rate in (self.basis.exchange_rates or {}).items():
            path: Path = ("basis", "exchange-rates", currency)
            wanted = f"{self.currency}/{currency}"
            if not Unit.of(((currency, 1),)).currency:
                self.problem("unknown-currency", path, on_key=True, currency=currency[:20])
            elif self.currency is None:
                continue  # the missing currency is the problem
            elif str(rate.rate.unit) != wanted:
                self.problem(
                    "wrong-kind-of-unit",
                    rate.rate.path,
                    expected=wanted,
                    found=str(rate.rate.unit),
                    text=rate.rate.text,
                )
            elif rate.rate.value <= 0:
                self.problem("too-small", rate.rate.path, found=rate.rate.text, low="0")
            else:
                yield currency, self.figure(rate.rate)

    def money(self, figure: Figure, path: Path, *, may_stay: bool = False) -> Figure | Unknown:
        """Money (or a price, or money a year) in the report's currency.

        Unknown, with a diagnostic, without a rate.

        An investment ``may_stay`` in its own currency, shown beside the others; anything else needs
        the rate.
        """
        currency = figure.unit.currency
        if currency is None or currency == self.currency:
            return figure
        rate = self.rates.get(currency)
        if rate is None:
            field = f"basis.exchange-rates.{currency}"
            name = "rate-missing" if may_stay else "rate-needed"
            if self.currency is not None:  # else the missing currency is the problem
                pair = f"{self.currency}/{currency}"
                self.problem(
                    name, path, currency=currency, report=str(self.currency), field=field, pair=pair
                )
            return Unknown((field,))
        return exchanged(figure, rate)

    def zero_money(self, given: Quantity, *, per_year: bool) -> Figure:
        """A bare ``0`` where money is meant: nothing, in the report's currency."""
        unit = Unit.of(((self.currency, 1),)) if self.currency else given.unit
        return Figure(
            0.0,
            unit / YEAR if per_year and self.currency else unit,
            None,
            (Origin("input", given.path, given.text),),
        )


def _text_of(figure: Figure) -> str:
    return str(figure.operands[0].text)


def unit_of_substance(unit: Unit, substance: str | None) -> Unit:
    """A unit of plain mass (or of a price per mass) as one of a mass of a substance."""
    if substance is None or unit.substance is not None:
        return unit
    mass = unit.exponent("t")
    if mass not in (1, -1):
        return unit
    return unit * Unit.of(((substance, mass),))


def of_substance(figure: Figure, substance: str | None) -> Figure:
    """The same step with its plain mass said to be a mass of a substance."""
    return replace(figure, unit=unit_of_substance(figure.unit, substance))


def currencies_of(node: Any) -> Iterator[str]:
    """Every currency in which a model gives money, in file order; rates do not count."""
    if isinstance(node, Quantity):
        if node.unit.currency is not None:
            yield node.unit.currency
    elif isinstance(node, Mapping):
        for value in node.values():
            yield from currencies_of(value)
    elif isinstance(node, (list, tuple)):
        for value in node:
            yield from currencies_of(value)
    elif isinstance(node, Model):
        for name, value in vars(node).items():
            if name not in {"exchange_rates", "expect"}:
                yield from currencies_of(value)
