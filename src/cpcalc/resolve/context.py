"""What linking one file needs at hand: figures of its numbers, its operating time, one currency."""

from calendar import isleap
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from difflib import get_close_matches
from itertools import islice
from typing import TypeVar

from cpcalc.calc.money import exchanged
from cpcalc.calc.savings import annualised, power_over_hours, ratio_of, scaled_to_year
from cpcalc.diagnostics import Diagnostic, Path
from cpcalc.figures import Figure, Origin, defined
from cpcalc.figures import given as figure_given
from cpcalc.library import Library
from cpcalc.quantities import PartOfYear, Quantity
from cpcalc.resolve.model import EmissionTerm, LinkedStream
from cpcalc.schema import amounts_in
from cpcalc.schema.assessment import LEVELS, UNITS_OF_KIND, Assessment, Stream
from cpcalc.schema.basis import Basis, Operation
from cpcalc.schema.leaves import PERIODS, Reading
from cpcalc.units import ONE, SUBSTANCES, YEAR, Unit, base_unit, is_count, shown, with_demands

MOST_HOURS_A_DAY = 24.0
# Beyond a century no machine is bought and no price foreseen, and what lasts less than a month is
# no investment: a slip of the pen (1000 year) is certain.
SHORTEST_LIFE_YEARS, LONGEST_LIFE_YEARS = 1 / 12, 100.0
# What a rate can be per, and the operating time that carries it to a year.
OPERATING_TIME_OF: Mapping[str, str] = {"day": "days", "month": "months", "hour": "hours"}
# Of how many unknown names the nearest known one is looked for, and among how many known ones:
# comparing takes time, and after that many a person starts mending.
MOST_SUGGESTED = 50
MOST_COMPARED = 150

Linked = TypeVar("Linked")


class NotLinkedError(Exception):
    """A part of the file does not link; its ``args`` are the fields without which it cannot."""


def link_or_none(link: Callable[[], Linked]) -> Linked | None:
    """What links, such as an optional part of a stream; None where it does not."""
    try:
        return link()
    except NotLinkedError:
        return None


class Context:
    """One file while its names are linked, and the diagnostics met on the way."""

    def __init__(self, assessment: Assessment, reading: Reading, library: Library) -> None:
        self.assessment = assessment
        self.reading = reading
        self.library = library
        self.linked: dict[str, LinkedStream] = {}  # the streams linked so far
        self.basis = assessment.basis or Basis.model_construct()
        self.streams = assessment.streams or {}
        self.products = {product.id: product for product in assessment.products or ()}
        self.diagnostics: list[Diagnostic] = []
        self.unknowns = 0  # how many unknown names were met
        self.operating: dict[str, Figure | None] = {}
        self._read_operating_time()
        self.currency = self._report_currency()
        self.rates: dict[str, Figure] = dict(self._rates())
        # What sets the GWPs that CO2e is made with, the file or the first factor met, and the set.
        self.co2e_made_with: tuple[str, str] | None = None
        if self.basis.gwp is not None:
            self.co2e_made_with = (f"basis.gwp ({self.basis.gwp})", self.basis.gwp)

    # ---- problems --------------------------------------------------------------------------------

    def note(self, diagnostic: Diagnostic) -> NotLinkedError:
        """Note a diagnostic; the answer is for raising where nothing can be made of the part."""
        self.diagnostics.append(diagnostic)
        return NotLinkedError()

    def problem(self, name: str, path: Path, /, **values: str) -> NotLinkedError:
        """Note a diagnostic of a place."""
        return self.note(Diagnostic(name, path, values))

    def problem_of_key(self, name: str, path: Path, /, **values: str) -> NotLinkedError:
        """Note a diagnostic about a whole part of the file, shown at its key."""
        return self.note(Diagnostic(name, path, values, on_key=True))

    def wrong_unit(
        self, given: Quantity, expected: object, found: Unit | None = None
    ) -> NotLinkedError:
        """Note that a quantity, or what was ``found`` of it, is in a unit of another kind."""
        values = {"expected": with_demands(str(expected)), "text": given.text}
        values["found"] = with_demands(str(found or given.unit))
        return self.problem("wrong-kind-of-unit", given.path, **values)

    def check_kind(
        self, given: Quantity, amount: Unit, kind: str, of: str | None = None, also: str = ""
    ) -> None:
        """Raise where no stream of a kind has such amounts (a year left out), as water in kWh.

        ``of`` is the substance of a pollutant; ``also`` a unit that this one stream may have too.
        """
        names, plain = UNITS_OF_KIND[kind], amount.without(*SUBSTANCES)
        found = "count" if is_count(plain) else str(plain)
        is_possible = found in names or found == also
        if is_possible and (of is None or amount.substance == of):
            return
        a_year = "" if "readings" in given.path else "/year"
        expected = (f"{name} {shown(of)}" if of else name for name in names if name != "count")
        wanted = (LEVELS.get(name, f"{name}{a_year}") for name in expected)
        met = given.unit if not a_year else (amount if is_possible else plain) / YEAR
        raise self.wrong_unit(given, ", ".join(wanted), met)

    def out_of_range(
        self, given: Quantity, low: str = "0 %", high: str = "100 %"
    ) -> NotLinkedError:
        """Note that a quantity, such as a share, lies outside what has a meaning."""
        return self.problem("out-of-range", given.path, found=given.text, low=low, high=high)

    def too_small(self, given: Quantity) -> NotLinkedError:
        """Note that a quantity is negative, or zero where something is needed."""
        return self.problem("too-small", given.path, found=given.text, low="0")

    def too_low(self, given: Quantity, low: str = "0") -> NotLinkedError:
        """Note that a quantity is not above what something is divided by."""
        return self.problem("too-low", given.path, found=given.text, low=low)

    def unknown(self, name: str, path: Path, value: str, known: Iterable[str]) -> NotLinkedError:
        """Note that nothing in the file has this name; ``name`` is such as ``unknown-stream``."""
        kind = name.removeprefix("unknown-")
        self.unknowns += 1
        names = list(islice(known, MOST_COMPARED if self.unknowns <= MOST_SUGGESTED else 0))
        suggestion = "".join(get_close_matches(value, names, n=1, cutoff=0.6))
        values = {kind: value, "suggestion": suggestion, "known": ", ".join(names)}
        return self.problem(name, path, **values)

    # ---- figures a year --------------------------------------------------------------------------

    def annual(
        self, given: Quantity, *, hours: Quantity | None = None, substance: str | None = None,
        kind: str = "", product: str | None = None,
    ) -> Figure:  # fmt: skip
        """A flow per year, annualised by what the file states; a maximum demand, which is no flow,
        over the months in which it is paid for."""
        if isinstance(given, PartOfYear):
            return self._over_a_period(given, substance, product)
        figure, unit = figure_of(given, substance), given.unit
        if kind == "demand" and str(unit) in LEVELS.values() and hours is None:
            return annualised(figure, self.operating_time("months", given))
        if hours is not None:
            return self._over_hours(figure, given, hours)
        if unit.exponent("year") == -1:
            return figure
        for period, field in OPERATING_TIME_OF.items():
            if unit.exponent(period) == -1:
                time = self.operating_time(field, given)
                if period == "hour":
                    used = f"{time.value:g}"
                    self.problem("plant-hours-used", given.path, text=given.text, hours=used)
                return annualised(figure, time)
        raise self.problem("not-per-year", given.path, text=given.text, unit=str(unit))

    def operating_time(
        self, field: str, given: Quantity, unit: Unit = ONE, product: str | None = None
    ) -> Figure:
        """The plant's operating days, hours or months a year, which an amount is carried by; or its
        ``production`` of a product, in a unit."""
        if field == "production":
            return self._output_like(unit, given, product)
        time = self.operating[field]
        if time is None:
            field = f"basis.operation.{field}"
            raise self.problem("basis-missing", given.path, field=field, text=given.text)
        return time

    def _over_hours(self, figure: Figure, given: Quantity, hours: Quantity) -> Figure:
        if figure.unit.exponent("hour") != -1 or figure.unit.exponent("year"):
            raise self.problem("hours-need-a-rate", hours.path, text=given.text)
        running = figure_of(hours)
        if str(hours.unit) == "hour/day":
            running = annualised(running, self.operating_time("days", hours))
        self._check_hours(running.value, hours)
        formula = power_over_hours if figure.unit.exponent("kWh") else annualised
        return formula(figure, running)

    def _over_a_period(self, given: PartOfYear, substance: str | None, of: str | None) -> Figure:
        over, by = given.over, given.annualise_by
        full = self.operating_time(by, given, over.unit, of)
        if over.unit is not full.unit * YEAR:
            raise self.wrong_unit(over, full.unit * YEAR)
        if over.value <= 0:
            raise self.too_small(over)
        return scaled_to_year(figure_of(given, substance), figure_of(over), full)

    def _output_like(self, unit: Unit, given: Quantity, product: str | None) -> Figure:
        """The output that counts as the production of what was read beside an output in a unit: of
        the product that its stream is for, else of the one that is counted so."""
        made = {name: item.output for name, item in self.products.items() if item.output}
        like = [name for name, output in made.items() if output.unit.without(*PERIODS) is unit]
        if len(like) > 1 and product is None:
            values = {"products": ", ".join(like), "first": like[0]}
            raise self.problem("which-production", given.path, **values)
        name = product or "".join(like)
        if not name:
            raise self.problem("basis-missing", given.path, field="products", text=given.text)
        if name in self.products and name not in made:
            at, values = [*self.products].index(name), {"example": f"1 000 {unit}/year"}
            raise self.problem_of_key("missing-field", ("products", at), field="output", **values)
        output = self.output_of(name, given.path) if name in made else None
        if output is None:  # for an unknown product, which is told where it is named
            raise NotLinkedError
        return output

    def output_of(self, name: str, path: Path) -> Figure | None:
        """The yearly output of a product.

        None where the product has no output (what needs it is incomplete) or, with a diagnostic,
        where there is no product.
        """
        product = self.products.get(name)
        if product is None:
            self.unknown("unknown-product", path, name, self.products)
        elif (output := product.output) is not None:
            return link_or_none(lambda: self.annual(output))
        return None

    @staticmethod
    def heat_of(written: Stream, terms: Iterable[EmissionTerm], basis: str = "") -> Figure | None:
        """The heat content of a stream: its own (on a basis, where it has both), else the one by
        which its factors count it."""
        own = written.ncv or written.gcv if basis != "gcv" else written.gcv or written.ncv
        if own is not None:
            return figure_of(own)
        contents = (term.ncv for term in terms if term.ncv is not None)
        return next((heat for heat in contents if heat.unit.exponent("kWh") == 1), None)

    # ---- the basis -------------------------------------------------------------------------------

    @property
    def years(self) -> tuple[int, int] | None:
        """First and last year of the baseline period."""
        period = self.basis.period
        if period is None or isinstance(period, int):
            return None if period is None else (period, period)
        return int(period.from_[:4]), int(period.to[:4])

    @property
    def days_of_year(self) -> int:
        """No year has more operating days."""
        return 366 if self.years is not None and isleap(self.years[1]) else 365

    def _read_operating_time(self) -> None:
        operation = self.basis.operation or Operation.model_construct()
        for field, most in (("days", self.days_of_year), ("months", 12)):
            given: Quantity | None = getattr(operation, field)
            if given is not None and not 0 < given.value <= most:
                self.out_of_range(given, "0", f"{most:g}")
            self.operating[field] = figure_of(given) if given is not None else None
        hours = operation.hours
        self.operating["hours"] = self._hours_a_year(hours) if hours is not None else None

    def _hours_a_year(self, given: Quantity) -> Figure | None:
        hours, days = figure_of(given), self.operating["days"]
        if str(hours.unit) == "hour/year":
            self._check_hours(given.value, given)
            return hours
        if not 0 < given.value <= MOST_HOURS_A_DAY:
            self.out_of_range(given, "0", f"{MOST_HOURS_A_DAY:g}")
        return annualised(hours, days) if days is not None else None

    def _check_hours(self, hours: float, given: Quantity) -> None:
        most = self.days_of_year * MOST_HOURS_A_DAY
        if not 0 <= hours <= most:
            self.problem("hours-above-a-year", given.path, found=f"{hours:g}", most=f"{most:g}")

    def lifetime(self, given: Quantity | None) -> Figure | None:
        """A lifetime or study period in years; None, with a diagnostic, where it is too long."""
        if given is None:
            return None
        years = figure_of(given)
        if given.unit.exponent("month"):
            years = ratio_of(years, TWELVE_MONTHS)
        if not SHORTEST_LIFE_YEARS <= years.value <= LONGEST_LIFE_YEARS:
            most = f"{LONGEST_LIFE_YEARS:g}"
            self.problem("lifetime-out-of-range", given.path, text=given.text, most=most)
            return None
        return years

    def share(self, given: Quantity | None) -> Figure | None:
        """A share, or a share a year, as a plain number; with a diagnostic where it is none."""
        if given is None:
            return None
        if not 0 <= given.value <= 1:
            self.out_of_range(given)
        return replace(figure_of(given), unit=ONE)

    # ---- money -----------------------------------------------------------------------------------

    def _report_currency(self) -> str | None:
        stated = self.basis.currency
        if stated is not None:
            if base_unit(stated).currency:
                return stated
            self.problem("unknown-currency", ("basis", "currency"), currency=stated[:20])
            return None
        used = list(dict.fromkeys(currencies_of(self.assessment)))
        if len(used) > 1:
            path: Path = ("basis",) if self.assessment.basis else ()
            values = {"currencies": ", ".join(used), "first": used[0], "second": used[1]}
            self.problem_of_key("report-currency-missing", path, **values)
        return used[0] if len(used) == 1 else None

    def _rates(self) -> Iterator[tuple[str, Figure]]:
        for currency, dated in (self.basis.exchange_rates or {}).items():
            path: Path = ("basis", "exchange-rates", currency)
            if not base_unit(currency).currency:
                self.problem_of_key("unknown-currency", path, currency=currency[:20])
            elif self.currency is None:
                continue  # the missing currency is the problem
            elif dated.rate.unit is not base_unit(self.currency) / base_unit(currency):
                self.wrong_unit(dated.rate, f"{self.currency}/{currency}")
            else:
                yield currency, figure_of(dated.rate)

    def money(self, figure: Figure, given: Quantity, *, lacking: str = "rate-needed") -> Figure:
        """Money (or a price, or money a year) in the report's currency.

        ``lacking`` names the diagnostic where there is no rate.
        """
        currency = figure.unit.currency
        if currency is None or currency == self.currency:
            return figure
        rate = self.rates.get(currency)
        if rate is not None:
            return exchanged(figure, rate)
        field = f"basis.exchange-rates.{currency}"
        if self.currency is not None:  # else the missing currency is the problem
            pair = f"{self.currency}/{currency}"
            values = {"currency": currency, "report": self.currency, "field": field, "pair": pair}
            self.problem(lacking, given.path, **values)
        raise NotLinkedError(field)

    def amount_of_money(self, given: Quantity, *, per: Unit | None = None) -> Figure:
        """An amount as given; a bare zero is nothing of the report's currency (``per`` a unit)."""
        figure = figure_of(given)
        if not given.is_bare_zero or self.currency is None:
            return figure
        unit = base_unit(self.currency)
        return replace(figure, unit=unit if per is None else unit / per)

    def yearly_money(self, given: Quantity | None) -> Figure | None:
        """Money a year in the report's currency; None where not given or not convertible."""
        if given is None:
            return None
        if given.is_bare_zero:
            return self.amount_of_money(given, per=YEAR)
        return link_or_none(lambda: self.money(self.annual(given), given))

    def one_off(self, given: Quantity | None) -> Figure | None:
        """Money paid or got once, in the report's currency; None as of money a year."""
        if given is None:
            return None
        if given.value < 0:
            self.too_small(given)
        return link_or_none(lambda: self.money(self.amount_of_money(given), given))


def figure_of(given: Quantity, substance: str | None = None) -> Figure:
    """The figure of a quantity as given.

    A plain mass of a dust, gas or pollutant stream is a mass of that ``substance``.
    """
    kind = "factor" if given.cited else "input" if given.path else "definition"
    origin = Origin(kind, given.cited or given.path, given.text)
    unit = given.unit.of_substance(substance)
    return Figure(given.value, unit, None, (origin,), bound=given.bound)


def cited_figure(value: Quantity, reference: str) -> Figure:
    """The figure of a number of a factor set."""
    return figure_given(value.value, value.unit, Origin("factor", reference, value.text))


TWELVE_MONTHS = defined(12.0, base_unit("month") / YEAR, "12 month/year")


def of_substance(figure: Figure, substance: str | None) -> Figure:
    """The same step with its plain mass said to be a mass of a substance."""
    return replace(figure, unit=figure.unit.of_substance(substance))


def currencies_of(assessment: Assessment) -> Iterator[str]:
    """Every currency in which a file gives money, in its order; rates do not count."""
    for given, _ in amounts_in(assessment):
        is_rate = given.path[:2] == ("basis", "exchange-rates") or given.path[0] == "expect"
        if isinstance(given, Quantity) and given.unit.currency and not is_rate:
            yield given.unit.currency
