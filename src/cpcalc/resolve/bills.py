"""Bills as they come: readings month by month, tariffs with periods, products that earn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from cpcalc.calc.money import implied_price
from cpcalc.calc.savings import ratio_of, scaled_to_year, share_of, total
from cpcalc.diagnostics import Diagnostic, Path
from cpcalc.figures import ROUNDING, Figure, defined
from cpcalc.quantities import Quantity
from cpcalc.resolve.context import TWELVE_MONTHS, Context, figure_of
from cpcalc.results import MonthRead
from cpcalc.schema.assessment import Assessment, Stream
from cpcalc.schema.bills import MonthReading, TariffPeriod
from cpcalc.texts import LANGUAGES, title, word
from cpcalc.units import ONE, Unit, base_unit

MONTHS = 12
# The periods of a day that tariffs name, which have a word in each language.
HOURS = ("peak", "normal", "off-peak")
_EACH = Quantity(1.0, ONE, "1")


# ---- what a file says in short, written out ------------------------------------------------------


def period_id(stream: str, period: str) -> str:
    """The name of a sub-stream that a tariff makes of one of its periods."""
    return f"{stream}-{period}"


def written_out(assessment: Assessment, diagnostics: list[Diagnostic]) -> Assessment:
    """The assessment with a sub-stream for each period of a tariff, and a stream of kind product
    for each product of which a measure makes more or less."""
    streams: dict[str, Stream] = {}
    taken = assessment.streams or {}
    for name, stream in taken.items():
        streams[name] = stream
        for key, period in (stream.tariff or {}).items():
            part = period_id(name, key)
            if part in taken:
                at: Path = ("streams", name, "tariff", key)
                diagnostics.append(Diagnostic("duplicate-id", at, {"id": part}, on_key=True))
            streams[part] = _part(name, stream, key, period)
    products = {product.id: product for product in assessment.products or ()}
    for item, place in _effects_on_products(assessment):
        product, stated = products.get(item), streams.get(item)
        if stated is not None and stated.kind != "product":
            diagnostics.append(Diagnostic("duplicate-id", (*place, "product"), {"id": item}))
        if product is not None:
            made: dict[str, Any] = {"quantity": _EACH, "per": item, "price": product.margin}
            made |= {"name": product.name, "quality": product.quality}
            streams.setdefault(item, Stream.model_construct(kind="product", **made))
    return assessment.model_copy(update={"streams": streams}) if streams else assessment


def _part(name: str, stream: Stream, key: str, period: TariffPeriod) -> Stream:
    names = {}
    for language in LANGUAGES:
        hours = word(key, language) if key in HOURS else key
        names[language] = f"{title(stream.name or {'': name}, language)}, {hours}"
    stated: dict[str, Any] = {
        "price": period.price,
        "share": period.share,
        "quantity": period.quantity,
    }
    return Stream.model_construct(part_of=name, name=names, quality=stream.quality, **stated)


def _effects_on_products(assessment: Assessment) -> Iterator[tuple[str, Path]]:
    for number, measure in enumerate(assessment.measures or ()):
        for key in ("effects", "verified_effects"):
            for position, effect in enumerate(getattr(measure, key) or ()):
                if effect.product is not None:
                    place = key.replace("_", "-")
                    yield effect.product, ("measures", number, place, position)


# ---- readings ------------------------------------------------------------------------------------


def read_in_a_year(context: Context, stream: Stream, path: Path, expected: Unit | None) -> Figure:
    """What the readings of a stream come to in a year [their unit per year].

    Their sum where they make whole years, else carried to the year as the file says; ``expected``
    is the unit of an amount, where the price says it.
    """
    readings = stream.readings or []
    of_months = [month.quantity for month in readings]
    whole = _summed(context, of_months, expected)
    _check_months(context, stream, path)
    if stream.annualise_by == "production":
        outputs = [month.output for month in readings if month.output is not None]
        if len(outputs) < len(readings):
            at: Path = next(month.quantity.path[:-1] for month in readings if not month.output)
            raise context.problem_of_key("missing-field", at, field="output")
        covered = _summed(context, outputs, None)
        if covered.value <= 0:
            raise context.too_small(outputs[0])
        return scaled_to_year(whole, covered, context.output_like(covered.unit, outputs[0]))
    by_months = stream.annualise_by == "months"
    full = context.operating_time("months", of_months[0]) if by_months else TWELVE_MONTHS
    covered = defined(float(len(readings)), base_unit("month"), f"{len(readings)} months read")
    return scaled_to_year(whole, covered, full)


def months_read(stream: Stream) -> Iterator[MonthRead]:
    """What was read of each month, as given."""
    for month in stream.readings or ():
        cost, output = (
            None if given is None else figure_of(given) for given in (month.cost, month.output)
        )
        yield MonthRead(month.month[:7], figure_of(month.quantity), cost, output)


def _summed(context: Context, given: list[Quantity], expected: Unit | None) -> Figure:
    """Readings of one unit added up; a bare zero is nothing in the unit of the others."""
    unit = expected or next((one.unit for one in given if not one.is_bare_zero), ONE)
    for one in given:
        if one.unit is not unit and not one.is_bare_zero:
            raise context.wrong_unit(one, unit)
        if one.value < 0:
            raise context.too_small(one)
    return total(*(replace(figure_of(one), unit=unit) for one in given))


def _check_months(context: Context, stream: Stream, path: Path) -> None:
    """Each month of the baseline period is read once, and no other."""
    expected = list(_months_of_period(context, path))
    found: set[str] = set()
    for reading in stream.readings or ():
        month, at = reading.month[:7], (*reading.quantity.path[:-1], "month")
        if month in found:
            context.problem("month-twice", at, month=month)
        elif month not in expected:
            values = {"month": month, "first": expected[0], "last": expected[-1]}
            context.problem("month-outside-period", at, **values)
        found.add(month)
    missing = [month for month in expected if month not in found]
    if stream.annualise_by is None and (missing or len(expected) % MONTHS):
        months = ", ".join(missing) or f"{MONTHS - len(expected) % MONTHS}"
        raise context.problem_of_key("months-missing", (*path, "readings"), months=months)


def _months_of_period(context: Context, path: Path) -> Iterator[str]:
    period, years = context.basis.period, context.years
    if period is None or years is None:
        values = {"field": "basis.period", "text": "readings"}
        raise context.problem_of_key("basis-missing", (*path, "readings"), **values)
    named = (f"{year}-{month:02}" for year in range(years[0], years[1] + 1) for month in _YEAR)
    if isinstance(period, int):
        yield from named
    else:
        yield from (name for name in named if period.from_[:7] <= name <= period.to[:7])


_YEAR = range(1, MONTHS + 1)


def price_paid(context: Context, readings: list[MonthReading]) -> Figure | None:
    """What a unit cost in the months that have a bill; None where none has, or nothing was used."""
    bills = [(month.cost, month.quantity) for month in readings if month.cost is not None]
    costs = [context.money(context.amount_of_money(cost), cost) for cost, _ in bills]
    if not bills:
        return None
    quantity = _summed(context, [given for _, given in bills], None)
    return implied_price(total(*costs), quantity) if quantity.value > 0 else None


# ---- tariffs -------------------------------------------------------------------------------------


def average_price(
    context: Context, path: Path, parts: list[tuple[TariffPeriod, Figure]], whole: Figure | None
) -> Figure | None:
    """The price of a unit taken in proportion in all periods, from the price of each; None where
    the quantity that they make up is not known."""
    sizes = [period.share or period.quantity for period, _ in parts]
    if all(period.share for period, _ in parts):
        shares = [figure_of(size) for size in sizes if size is not None]
        known = total(*shares)
        if abs(known.value - 1) > ROUNDED_PERCENT:
            values = {"sum": f"{known.value * 100:.6g} %"}
            raise context.problem_of_key("tariff-shares", (*path, "tariff"), **values)
    elif whole is None or whole.value <= 0:
        return None
    else:
        shares = [ratio_of(context.annual(size), whole) for size in sizes if size is not None]
    pairs = zip(parts, shares, strict=True)
    return total(*(share_of(price, share) for (_, price), share in pairs))


# Percentages with two decimals need not sum to exactly all of it.
ROUNDED_PERCENT = 1e-4 + ROUNDING
