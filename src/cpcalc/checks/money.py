"""Checks of money: prices against bills and worths, classes against investments, amounts against common sense."""

from __future__ import annotations

from collections.abc import Iterator

from cpcalc.checks.wording import effect_in_file, legible, path_of, shown, times, yearly_cut
from cpcalc.diagnostics import Diagnostic, Path
from cpcalc.figures import Figure
from cpcalc.quantities import Quantity
from cpcalc.resolve.model import Effect, Measure, Resolved
from cpcalc.results import AssessmentResult, Line
from cpcalc.schema import assessment as files
from cpcalc.schema.assessment import COST_CLASSES, Assessment

# A bill holds standing charges and roundings beside price x quantity; more than this is another price or quantity.
LARGEST_GAP_OF_A_BILL = 0.05
# Prices of one stream differ by step tariffs and rounding; further apart, one of quantity and money is wrong.
FARTHEST_PRICES = 1.25
# Nothing that a factory pays for is cheaper: about a half day's wage. Less is million VND typed as VND.
SMALLEST_VND = 100_000.0
# Slips of a thousand lie above fifty; so do a few good cases of housekeeping, which the classes below leave out.
LARGEST_RATIO_OF_SAVING = 50.0
CHEAP_CLASSES = ("no-cost", "low-cost")
# Two measures may both save 25 million by chance; three equal digits are copied.
FEWEST_TELLING_DIGITS = 3


def cost_mismatch(
    assessment: Assessment, resolved: Resolved, result: AssessmentResult
) -> Iterator[Diagnostic]:
    """A stated bill that price times quantity does not give."""
    for name, written in (assessment.streams or {}).items():
        cost, stream = written.annual_cost, resolved.streams.get(name)
        if (
            cost is None
            or written.price is None
            or stream is None
            or stream.price is None
            or stream.quantity is None
        ):
            continue
        product = stream.price.value * stream.quantity.value
        if str(cost.unit) != f"{resolved.currency}/year" or cost.value <= 0:
            continue
        if abs(product - cost.value) > LARGEST_GAP_OF_A_BILL * cost.value:
            yield Diagnostic(
                "cost-mismatch",
                cost.path,
                {
                    "product": f"{legible(product)} {cost.unit}",
                    "cost": cost.text,
                    "ratio": times(product / cost.value),
                },
                related=(("stated-here", written.price.path),),
            )


def implied_price(
    assessment: Assessment, resolved: Resolved, result: AssessmentResult
) -> Iterator[Diagnostic]:
    """The price that a worth implies, against the stream's own price, else against the other worths of the stream."""
    reference: dict[str, tuple[float, Path]] = {}
    for stream in resolved.streams.values():
        if stream.price is not None:
            written = (assessment.streams or {})[stream.id]
            reference[stream.id] = (
                stream.price.value,
                path_of(written.price or written.annual_cost, stream.path),
            )
    for measure in sorted(resolved.measures, key=lambda item: item.path[-1]):
        for effect, price in implied_prices(resolved, measure):
            worth = path_of(effect_in_file(assessment, effect).worth, effect.path)
            known = reference.setdefault(effect.stream, (price.value, worth))
            ratio = price.value / known[0] if known[0] else 1.0
            if known[1] != worth and not 1 / FARTHEST_PRICES <= ratio <= FARTHEST_PRICES:
                values = {"stream": effect.stream, "price": shown(price), "ratio": times(ratio)}
                values["other"] = f"{legible(known[0])} {price.unit}"
                yield Diagnostic(
                    "implied-price", worth, values, related=(("stated-here", known[1]),)
                )


def implied_prices(resolved: Resolved, measure: Measure) -> Iterator[tuple[Effect, Figure]]:
    """The price in each worth of a measure, with its effect."""
    for effect in measure.effects:
        cut = (
            yearly_cut(resolved, effect)
            if isinstance(effect, Effect) and effect.worth is not None
            else None
        )
        if not isinstance(effect, Effect) or effect.worth is None or cut is None:
            continue
        if cut.value * effect.worth.value > 0:
            yield (
                effect,
                Figure(effect.worth.value / cut.value, effect.worth.unit / cut.unit, None, ()),
            )


def million_missing(
    assessment: Assessment, resolved: Resolved, result: AssessmentResult
) -> Iterator[Diagnostic]:
    """An amount of VND so small that `million` is missing after its number."""
    for given in _amounts(assessment):
        if 0 < abs(given.value) < SMALLEST_VND and given.unit.currency == "VND" and given.path:
            yield Diagnostic("million-missing", given.path, {"text": given.text})


def _amounts(assessment: Assessment) -> list[Quantity]:
    """Money that is no price: investments, costs and savings."""
    found: list[Quantity] = []
    for item in (*(assessment.measures or ()), *(assessment.groups or ())):
        found += [line.amount for line in item.investment or ()]
        found += [benefit.saves for benefit in item.benefits or ()]
        found += [effect.worth for effect in item.effects or () if effect.worth is not None]
        found += [given for given in (item.grant, item.running_cost) if given is not None]
        if isinstance(item, files.Group) and item.annual_saving is not None:
            found.append(item.annual_saving)
    streams = (assessment.streams or {}).values()
    return found + [stream.annual_cost for stream in streams if stream.annual_cost is not None]


def fuel_without_price(
    assessment: Assessment, resolved: Resolved, result: AssessmentResult
) -> Iterator[Diagnostic]:
    """Energy that a measure saves and nothing puts a price on, so that its saving in money is not known."""
    paid_in_groups = {
        name
        for group in resolved.groups
        if group.annual_saving or group.benefits
        for name in group.measures
    }
    for stream in resolved.streams.values():
        written = (assessment.streams or {})[stream.id]
        if (
            stream.kind != "energy"
            or stream.parent is not None
            or stream.made_from
            or stream.price is not None
        ):
            continue
        if written.annual_cost is not None or written.price is not None:
            continue
        for measure in resolved.measures:
            if measure.id in paid_in_groups or any(
                money.category in ("energy", "unspecified") for money in measure.benefits
            ):
                continue
            if any(
                isinstance(effect, Effect) and effect.stream == stream.id and effect.worth is None
                for effect in measure.effects
            ):
                values = {"stream": stream.id, "measure": measure.id}
                yield Diagnostic("fuel-without-price", stream.path, values, on_key=True)
                break


def cost_class_mismatch(
    assessment: Assessment, resolved: Resolved, result: AssessmentResult
) -> Iterator[Diagnostic]:
    """A declared cost class that the investments of the same file contradict."""
    known = [
        (COST_CLASSES.index(measure.cost_class), measure, found.line.investment.converted.value)
        for measure, found in zip(assessment.measures or (), result.measures, strict=True)
        if measure.cost_class is not None
        and found.line.investment is not None
        and isinstance(found.line.investment.converted, Figure)
    ]
    for rank, measure, amount in known:
        path = _investment_path(measure)
        cheaper = [
            (other, less) for higher, other, less in known if higher > rank and less < amount
        ]
        if cheaper:
            other, less = min(cheaper, key=lambda pair: pair[1])
            values = {
                "measure": measure.id,
                "class": str(measure.cost_class),
                "amount": legible(amount),
            }
            values["other"] = f"{other.id}: {other.cost_class}, {legible(less)}"
            related = (("stated-here", _investment_path(other)),)
            yield Diagnostic("cost-class-mismatch", path, values, related=related)


def _investment_path(item: files.Measure | files.Group) -> Path:
    return path_of((item.investment or [])[0].amount if item.investment else None, ())


def saving_dwarfs_investment(
    assessment: Assessment, resolved: Resolved, result: AssessmentResult
) -> Iterator[Diagnostic]:
    """A saving so large beside its investment that one of the two has lost or gained a thousand."""
    pairs: list[tuple[files.Measure | files.Group, Line]] = [
        (measure, found.line)
        for measure, found in zip(assessment.measures or (), result.measures, strict=True)
        if measure.cost_class not in CHEAP_CLASSES
    ]
    groups = {group.id: group for group in assessment.groups or ()}
    pairs += [(groups[found.id], found.line) for found in result.groups]
    for item, line in pairs:
        saving, investment = (
            line.annual_saving,
            line.investment.converted if line.investment is not None else None,
        )
        if (
            not isinstance(saving, Figure)
            or not isinstance(investment, Figure)
            or investment.value <= 0
        ):
            continue
        if item.investment and saving.value > LARGEST_RATIO_OF_SAVING * investment.value:
            values = {"id": item.id, "saving": shown(saving), "investment": shown(investment)}
            values["ratio"] = times(saving.value / investment.value)
            yield Diagnostic("saving-dwarfs-investment", _investment_path(item), values)


def identical_savings(
    assessment: Assessment, resolved: Resolved, result: AssessmentResult
) -> Iterator[Diagnostic]:
    """Two measures with the same saving to the last digit: one is often a copy of the other."""
    seen: dict[str, int] = {}
    for position, found in enumerate(result.measures):
        saving = found.line.annual_saving
        if not isinstance(saving, Figure) or saving.value <= 0:
            continue
        key = f"{saving.value:.9g} {saving.unit}"
        if (
            len(key.split(" ", maxsplit=1)[0].replace(".", "").split("e")[0].strip("0"))
            < FEWEST_TELLING_DIGITS
        ):
            continue
        first = seen.setdefault(key, position)
        if first != position:
            values = {
                "measure": found.id,
                "other": result.measures[first].id,
                "saving": shown(saving),
            }
            related = (("same-saving", ("measures", first)),)
            yield Diagnostic("identical-savings", ("measures", position), values, related=related)
