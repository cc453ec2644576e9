"""Checks of money: prices against bills and worths, classes against investments, common sense."""

from collections.abc import Iterator
from itertools import chain

from cpcalc.checks.reviewed import Reviewed, known_effects, path_of, problem
from cpcalc.diagnostics import Diagnostic, Path
from cpcalc.figures import Figure, legible
from cpcalc.quantities import Quantity
from cpcalc.resolve.model import LinkedStream
from cpcalc.results import Line
from cpcalc.schema import assessment as schema
from cpcalc.units import YEAR, base_unit

# A bill holds standing charges and roundings; a larger gap is another price or quantity.
LARGEST_GAP_OF_A_BILL = 0.05
# Prices of one stream differ by step tariffs and rounding; further apart, one amount is wrong.
FARTHEST_PRICES = 1.25
# Nothing that a factory pays for is cheaper: about a half day's wage. Less is million VND as VND.
SMALLEST_VND = 100_000.0
# Slips of a thousand lie above fifty; so do a few good cases of housekeeping, left out by class.
LARGEST_RATIO_OF_SAVING = 50.0
CHEAP_CLASSES = ("no-cost", "low-cost")
# Two measures may both save 25 million by chance; three equal digits are copied.
FEWEST_TELLING_DIGITS = 3


def cost_mismatch(reviewed: Reviewed) -> Iterator[Diagnostic]:
    """A stated bill, of the year or of months, that price times quantity does not give."""
    currency = base_unit(reviewed.resolved.currency or "")
    for stream in reviewed.resolved.streams.values():
        for bill in _bills(stream, reviewed.written_stream(stream.id)):
            paid, first = sum(cost.value for _, cost in bill), bill[0][1]
            is_own = {cost.unit for _, cost in bill} <= {currency, currency / YEAR}
            if stream.price is None or paid <= 0 or not is_own:
                continue
            product = stream.price.value * sum(quantity for quantity, _ in bill)
            if abs(product - paid) > LARGEST_GAP_OF_A_BILL * paid:
                cost = first if len(bill) == 1 else Figure(paid, first.unit)
                gives = Figure(product, first.unit)
                values = {"product": gives, "cost": cost, "ratio": product / paid}
                related = ("stated-here", reviewed.place_of_price(stream.id))
                yield problem("cost-mismatch", first.path, values, related)


def _bills(stream: LinkedStream, written: schema.Stream) -> Iterator[list[tuple[float, Quantity]]]:
    """What is stated of a stream beside its price: quantities, and what was paid for each."""
    if written.annual_cost and written.price and stream.quantity:
        yield [(stream.quantity.value, written.annual_cost)]
    months = [(one.quantity.value, one.cost) for one in written.readings or () if one.cost]
    if months and (written.annual_cost or written.price or written.tariff):  # else they give it
        yield months


def implied_price(reviewed: Reviewed) -> Iterator[Diagnostic]:
    """The price in a worth against the stream's price, else the stream's first other worth."""
    reference: dict[str, tuple[float, Path]] = {
        stream.id: (stream.price.value, reviewed.place_of_price(stream.id))
        for stream in reviewed.resolved.streams.values()
        if stream.price is not None
    }
    for effect, price in reviewed.implied_prices():
        path = reviewed.place_of_worth(effect)
        known, place = reference.setdefault(effect.stream, (price.value, path))
        ratio = price.value / known if known else 1.0
        if place != path and not 1 / FARTHEST_PRICES <= ratio <= FARTHEST_PRICES:
            other = Figure(known, price.unit)
            values = {"stream": effect.stream, "price": price, "ratio": ratio, "other": other}
            yield problem("implied-price", path, values, ("stated-here", place))


def million_missing(reviewed: Reviewed) -> Iterator[Diagnostic]:
    """An amount of VND so small that `million` is missing after its number."""
    for given in _amounts(reviewed):
        if 0 < abs(given.value) < SMALLEST_VND and given.unit.currency == "VND" and given.path:
            meant = f"{given.value:g} million {given.unit}"
            yield problem("million-missing", given.path, {"text": given, "suggestion": meant})


def _amounts(reviewed: Reviewed) -> Iterator[Quantity]:
    """Money that is no price: investments, costs and savings."""
    items: list[schema.Measure | schema.Group] = [*reviewed.measures, *reviewed.groups]
    for item in items:
        yield from (line.amount for line in item.investment or ())
        yield from (benefit.saves for benefit in item.benefits or ())
        stated_once = [item.grant, item.running_cost, *(one.worth for one in item.effects or ())]
        if isinstance(item, schema.Group):
            stated_once.append(item.annual_saving)
        yield from (given for given in stated_once if given is not None)
    for stream in (reviewed.assessment.streams or {}).values():
        if stream.annual_cost is not None:
            yield stream.annual_cost


def fuel_without_price(reviewed: Reviewed) -> Iterator[Diagnostic]:
    """Energy that a measure saves and nothing puts a price on: its saving in money is unknown."""
    paid = [one for one in reviewed.resolved.groups if one.annual_saving or one.benefits]
    paid_in_groups = {name for group in paid for name in group.measures}
    for stream in reviewed.resolved.streams.values():
        written = reviewed.written_stream(stream.id)
        is_priced = stream.price or written.price or written.annual_cost or written.tariff
        # a part takes its price from its parent, a carrier from its fuels
        if is_priced or stream.parent or stream.made_from or stream.kind != "energy":
            continue
        for measure in reviewed.resolved.measures:
            categories = {money.category for money in measure.benefits}
            if categories & {"energy", "unspecified"} or measure.id in paid_in_groups:
                continue
            effects = known_effects(measure.effects)
            if any(effect.stream == stream.id and effect.worth is None for effect in effects):
                values = {"stream": stream.id, "measure": measure.id}
                yield problem("fuel-without-price", stream.path, values, on_key=True)
                break


def carbon_price_unused(reviewed: Reviewed) -> Iterator[Diagnostic]:
    """A carbon price that pays for nothing: no measure avoids a known amount in its unit."""
    stated, terms = reviewed.assessment.economics, reviewed.resolved.terms
    if stated is None or stated.carbon_price is None or terms is None or not terms.carbon_price:
        return
    given, unit = stated.carbon_price.price, reviewed.resolved.currency
    avoided = base_unit(unit or "") / terms.carbon_price.unit
    reductions = [result.line.reductions.values() for result in reviewed.result.measures]
    for figure in chain.from_iterable(reductions):
        if isinstance(figure, Figure) and figure.unit is avoided / YEAR:
            return
    yield problem("carbon-price-unused", given.path, {"text": given, "unit": avoided})


def cost_class_mismatch(reviewed: Reviewed) -> Iterator[Diagnostic]:
    """A declared cost class that the investments of the same file contradict."""
    known = [
        (schema.COST_CLASSES.index(measure.cost_class), measure, investment.value)
        for measure, result in reviewed.measures_with_results()
        if measure.cost_class is not None and (investment := _investment(result.line)) is not None
    ]
    for rank, measure, amount in known:
        cheaper = [(less, other) for above, other, less in known if above > rank and less < amount]
        if cheaper:
            less, other = min(cheaper, key=lambda pair: pair[0])
            values = {"measure": measure.id, "class": measure.cost_class, "amount": legible(amount)}
            values["other"] = f"{other.id}: {other.cost_class}, {legible(less)}"
            path, related = _investment_path(measure), ("stated-here", _investment_path(other))
            yield problem("cost-class-mismatch", path, values, related)


def _investment(line: Line) -> Figure | None:
    """The investment in the report's currency, where it is known."""
    converted = line.investment.converted if line.investment is not None else None
    return converted if isinstance(converted, Figure) else None


def _investment_path(item: schema.Measure | schema.Group) -> Path:
    return path_of((item.investment or [])[0].amount if item.investment else None, ())


def saving_dwarfs_investment(reviewed: Reviewed) -> Iterator[Diagnostic]:
    """A saving so large beside its investment that one has lost or gained a thousand."""
    lines: list[tuple[schema.Measure | schema.Group, Line]] = [
        (measure, result.line)
        for measure, result in reviewed.measures_with_results()
        if measure.cost_class not in CHEAP_CLASSES
    ]
    groups = {group.id: group for group in reviewed.groups}
    lines += [(groups[result.id], result.line) for result in reviewed.result.groups]
    for item, line in lines:
        saving, investment = line.annual_saving, _investment(line)
        if not isinstance(saving, Figure) or investment is None or investment.value <= 0:
            continue
        ratio = saving.value / investment.value
        if item.investment and ratio > LARGEST_RATIO_OF_SAVING:
            values = {"saving": saving, "investment": investment, "ratio": ratio}
            path = _investment_path(item)
            yield problem("saving-dwarfs-investment", path, {"id": item.id, **values})


def identical_savings(reviewed: Reviewed) -> Iterator[Diagnostic]:
    """Two measures with the same saving to the last digit: one is often a copy of the other."""
    first: dict[str, int] = {}
    for position, result in enumerate(reviewed.result.measures):
        saving = result.line.annual_saving
        if not isinstance(saving, Figure) or saving.value <= 0:
            continue
        digits = f"{saving.value:.9g}"
        telling = digits.split("e", maxsplit=1)[0].replace(".", "").strip("0")
        if len(telling) < FEWEST_TELLING_DIGITS:
            continue
        original = first.setdefault(f"{digits} {saving.unit}", position)
        if original != position:
            copied = reviewed.result.measures[original].id
            values = {"measure": result.id, "other": copied, "saving": saving}
            related = ("same-saving", ("measures", original))
            yield problem("identical-savings", ("measures", position), values, related)
