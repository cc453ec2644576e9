"""Bills as they come: readings month by month, tariffs with periods, products that earn."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from cpcalc.calc.money import implied_price
from cpcalc.calc.savings import annualised, ratio_of, scaled_to_year, share_of, total
from cpcalc.diagnostics import Diagnostic, Path
from cpcalc.figures import ROUNDING, Figure, defined
from cpcalc.quantities import Quantity
from cpcalc.resolve.context import TWELVE_MONTHS, Context, figure_of
from cpcalc.schema.assessment import LEVELS, Assessment, Stream
from cpcalc.schema.bills import MonthReading, TariffPeriod
from cpcalc.texts import LANGUAGES, title, word
from cpcalc.units import ONE, YEAR, Unit, base_unit

MONTHS = 12
ONE_MONTH = defined(1.0, base_unit("month"), "1 month")
# The periods of a day that tariffs name, which have a word in each language.
HOURS = ("peak", "normal", "off-peak")


# ---- what a file says in short, written out ------------------------------------------------------


def period_id(stream: str, period: str) -> str:
    """The name of a sub-stream that a tariff makes of one of its periods."""
    return f"{stream}-{period}"


def written_out(assessment: Assessment, diagnostics: list[Diagnostic]) -> Assessment:
    """The assessment with a sub-stream for each period of a tariff, and a stream of kind product
    for each product with a margin."""
    streams: dict[str, Stream] = {}
    added: dict[str, Path] = {}
    for name, stream in (assessment.streams or {}).items():
        streams[name] = stream
        for key, period in (stream.tariff or {}).items():
            added[period_id(name, key)] = ("streams", name, "tariff", key)
            streams[period_id(name, key)] = _part(name, stream, key, period)
    for number, product in enumerate(assessment.products or ()):
        if product.margin is not None:
            each = Quantity(1.0, ONE, "1")  # by definition: it stands nowhere in the file
            made: dict[str, Any] = {"quantity": each, "per": product.id, "price": product.margin}
            made |= {"name": product.name, "quality": product.quality, "kind": "product"}
            streams[product.id] = Stream.model_construct(**made)
            added[product.id] = ("products", number, "margin")
    for name, at in added.items():
        if name in (assessment.streams or {}):
            diagnostics.append(Diagnostic("duplicate-id", at, {"id": name}, on_key=True))
    return assessment.model_copy(update={"streams": streams}) if streams else assessment


def _part(name: str, stream: Stream, key: str, period: TariffPeriod) -> Stream:
    names = {}
    for language in LANGUAGES:
        hours = word(key, language) if key in HOURS else key
        # The hours first: a narrow table cuts the end of a name.
        names[language] = f"{hours}, {title(stream.name or {'': name}, language)}"
    stated: dict[str, Any] = {key: getattr(period, key) for key in ("price", "share", "quantity")}
    return Stream.model_construct(part_of=name, name=names, quality=stream.quality, **stated)


# ---- readings ------------------------------------------------------------------------------------


def read_in_a_year(
    context: Context, stream: Stream, path: Path, expected: Unit | None, substance: str | None
) -> Figure:
    """What the readings of a stream come to in a year [their unit per year].

    Their sum where they make whole years, else carried to the year as the file says; ``expected``
    is the unit of an amount, where the price says it.
    """
    readings, by = stream.readings or [], stream.annualise_by
    whole = _summed(context, [month.quantity for month in readings], expected, substance)
    _check_months(context, stream, path)
    if by == "production":
        covered, full = _produced(context, stream, path)
        return scaled_to_year(whole, covered, full)
    covered = defined(float(len(readings)), base_unit("month"), f"{len(readings)} months read")
    full = context.operating_time(by, readings[0].quantity) if by else TWELVE_MONTHS
    return scaled_to_year(whole, covered, full)


def _produced(context: Context, stream: Stream, path: Path) -> tuple[Figure, Figure]:
    """What was made in the months read, and in the year: of the product that a stream is for, else
    of the one that is counted in the same unit."""
    outputs = [month.output for month in stream.readings or () if month.output is not None]
    if len(outputs) < len(stream.readings or ()):
        values = {"field": "output", "example": "100 t"}
        raise context.problem_of_key("missing-field", (*path, "readings"), **values)
    unit = next((one.unit for one in outputs if not one.is_bare_zero), ONE)
    full = context.operating_time("production", outputs[0], unit, stream.for_)
    covered = _summed(context, outputs, full.unit * YEAR)
    if covered.value <= 0:
        raise context.too_small(outputs[0])
    return covered, full


def _summed(
    context: Context, given: list[Quantity], expected: Unit | None, substance: str | None = None
) -> Figure:
    """Readings of one unit added up; a bare zero is nothing in the unit of the others, and the
    highest demand of a month is paid for in that month."""
    read = [figure_of(one, substance) for one in given]
    read = [annualised(one, ONE_MONTH) if str(one.unit) in LEVELS.values() else one for one in read]
    units = (one.unit for one, text in zip(read, given, strict=True) if not text.is_bare_zero)
    unit = expected or next(units, None)
    if unit is None:
        raise context.problem("unit-missing", given[0].path, text=given[0].text)
    for figure, one in zip(read, given, strict=True):
        if figure.unit is not unit and not one.is_bare_zero:
            raise context.wrong_unit(one, unit)
        if one.value < 0:
            raise context.too_small(one)
    return total(*(replace(figure, unit=unit) for figure in read))


def _check_months(context: Context, stream: Stream, path: Path) -> None:
    """Each month of the baseline period is read once, and no other."""
    period, at = context.basis.period, (*path, "readings")
    if period is None:
        raise context.problem_of_key("basis-missing", at, field="basis.period", text="readings")
    ends = (period, period) if isinstance(period, int) else (period.from_, period.to)
    first, last = (f"{end}-{month}"[:7] for end, month in zip(ends, ("01", "12"), strict=True))
    years = range(int(first[:4]), int(last[:4]) + 1)
    named = (f"{year}-{month:02}" for year in years for month in range(1, MONTHS + 1))
    expected = [month for month in named if first <= month <= last]
    found: set[str] = set()
    for number, month in enumerate(reading.month[:7] for reading in stream.readings or ()):
        if month in found:
            context.problem("month-twice", (*at, number, "month"), month=month)
        elif month not in expected:
            values = {"month": month, "first": first, "last": last}
            context.problem("month-outside-period", (*at, number, "month"), **values)
        found.add(month)
    missing = [month for month in expected if month not in found]
    if stream.annualise_by is None and (missing or len(expected) % MONTHS):
        months = ", ".join(missing) or f"{MONTHS - len(expected) % MONTHS}"
        raise context.problem_of_key("months-missing", at, months=months)


def price_paid(
    context: Context, readings: list[MonthReading], substance: str | None
) -> Figure | None:
    """What a unit cost in the months that have a bill; None where none has, or nothing was used."""
    bills = [(month.cost, month.quantity) for month in readings if month.cost is not None]
    for cost, _ in bills:
        if cost.value < 0:
            raise context.too_small(cost)
    quantity = _summed(context, [given for _, given in bills], None, substance) if bills else None
    if quantity is None or quantity.value <= 0:
        return None
    costs = (context.money(context.amount_of_money(cost), cost) for cost, _ in bills)
    return implied_price(total(*costs), quantity)


# ---- tariffs -------------------------------------------------------------------------------------


def average_price(
    context: Context, path: Path, tariff: Mapping[str, TariffPeriod], whole: Figure | None,
    of_unit: Callable[[Quantity], Figure], a_year: Callable[[Quantity], Figure],
) -> Figure | None:  # fmt: skip
    """The price of a unit taken in proportion in all periods, from the price of each; None where
    the quantity that they make up is not known, or no period can be read."""
    parts = tariff.values()
    shares = [figure_of(period.share) for period in parts if period.share is not None]
    sizes = [a_year(period.quantity) for period in parts if period.quantity is not None]
    if shares and abs(total(*shares).value - 1) > ROUNDED_PERCENT:
        values = {"sum": f"{total(*shares).value * 100:.6g} %"}
        raise context.problem_of_key("tariff-shares", (*path, "tariff"), **values)
    if sizes and (whole is None or whole.value <= 0):
        return None
    shares += [ratio_of(size, whole) for size in sizes]
    prices = [context.money(of_unit(period.price), period.price) for period in parts]
    return total(*map(share_of, prices, shares)) if shares else None


# Percentages with two decimals need not sum to exactly all of it.
ROUNDED_PERCENT = 1e-4 + ROUNDING
