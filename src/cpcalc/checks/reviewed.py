"""What a check looks at: a file, linked and calculated; and how a problem says its numbers."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from cpcalc.diagnostics import Diagnostic, Path
from cpcalc.figures import Figure, legible
from cpcalc.quantities import Quantity
from cpcalc.resolve.model import AnyEffect, LinkedEffect, LinkedGroup, LinkedMeasure, Resolved
from cpcalc.results import AssessmentResult, MeasureResult
from cpcalc.schema import assessment as schema
from cpcalc.schema.basis import Operation
from cpcalc.units import with_demands

Values = Mapping[str, object]


class Reviewed(NamedTuple):
    """A file as written, as linked and as calculated."""

    assessment: schema.Assessment
    resolved: Resolved
    result: AssessmentResult

    @property
    def measures(self) -> list[schema.Measure]:
        """The measures as the file has them."""
        return self.assessment.measures or []

    @property
    def groups(self) -> list[schema.Group]:
        """The groups as the file has them."""
        return self.assessment.groups or []

    @property
    def operation(self) -> Operation:
        """The plant's operating time, as far as the file states it."""
        basis = self.assessment.basis
        return (basis and basis.operation) or Operation()

    def measures_with_results(self) -> Iterator[tuple[schema.Measure, MeasureResult]]:
        """Each measure of the file with its result."""
        return zip(self.measures, self.result.measures, strict=True)

    def written_stream(self, name: str) -> schema.Stream:
        """A stream as the file has it."""
        return (self.assessment.streams or {})[name]

    def written_effect(self, effect: LinkedEffect) -> schema.Effect:
        """An effect as the file has it."""
        _, measure, key, position = effect.path
        effects = getattr(self.measures[int(measure)], str(key).replace("-", "_"))
        written: schema.Effect = effects[int(position)]
        return written

    def stated_reduction(
        self, item: LinkedMeasure | LinkedGroup, *substances: str
    ) -> schema.Effect:
        """The first effect of a measure or group that states a reduction of one of these."""
        position = int(item.path[1])
        written = (self.measures if isinstance(item, LinkedMeasure) else self.groups)[position]
        effects = list(written.effects or ())
        if isinstance(written, schema.Measure):
            effects += written.verified_effects or ()
        return next(effect for effect in effects if effect.reduces in substances)

    def place_of_amount(self, effect: LinkedEffect) -> Path:
        """Where the amount of an effect stands."""
        written = self.written_effect(effect)
        amounts = (written.reduce, written.increase, written.from_, written.share)
        return next((given.path for given in amounts if given and given.path), effect.path)

    def place_of_worth(self, effect: LinkedEffect) -> Path:
        """Where the worth of an effect stands."""
        return path_of(self.written_effect(effect).worth, effect.path)

    def place_of_price(self, stream: str) -> Path:
        """Where the price of a stream, or the bill that gives it, stands."""
        written = self.written_stream(stream)
        return path_of(written.price or written.annual_cost, ("streams", stream))

    def place_of_quantity(self, stream: str) -> Path:
        """Where the quantity of a stream, or its share of its parent, stands."""
        written = self.written_stream(stream)
        return path_of(written.quantity or written.share, ("streams", stream))

    def yearly_cut(self, effect: LinkedEffect) -> Figure | None:
        """What an effect takes from its stream a year; None for no cut or an unknown quantity."""
        quantity = self.resolved.streams[effect.stream].quantity
        if effect.form == "amount":
            return effect.amount
        if effect.form != "share" or quantity is None:
            return None
        return Figure(effect.amount.value * quantity.value, quantity.unit)

    def implied_prices(self) -> Iterator[tuple[LinkedEffect, Figure]]:
        """The price in each worth of an effect, in the order of the file."""
        for _, effect, _ in sorted(self.effects(), key=lambda item: item[0].path[-1]):
            worth, cut = effect.worth, self.yearly_cut(effect)
            if worth is not None and cut is not None and cut.value * worth.value > 0:
                yield effect, ratio(worth, cut)

    def effects(self) -> Iterator[tuple[LinkedMeasure, LinkedEffect, Figure | None]]:
        """Each effect that could be linked to figures: its measure, it, its stream's quantity."""
        for measure in self.resolved.measures:
            for effect in known_effects(measure.effects):
                yield measure, effect, self.resolved.streams[effect.stream].quantity


def known_effects(effects: Iterable[AnyEffect]) -> list[LinkedEffect]:
    """The effects that could be linked to figures."""
    return [effect for effect in effects if isinstance(effect, LinkedEffect)]


def path_of(given: Quantity | None, otherwise: Path) -> Path:
    """Where a quantity stands."""
    return given.path if given is not None and given.path else otherwise


def ratio(one: Figure, other: Figure) -> Figure:
    """One figure per unit of another."""
    return Figure(one.value / other.value, one.unit / other.unit)


# ---- a problem in words -------------------------------------------------------------------------


def problem(
    name: str, path: Path, values: Values, *related: tuple[str, Path], on_key: bool = False
) -> Diagnostic:
    """A diagnostic with its values in words; each of ``related`` is what stands where."""
    worded = {key: in_words(value) for key, value in values.items()}
    return Diagnostic(name, path, worded, on_key=on_key, related=related)


def in_words(value: object) -> str:
    """A quantity as written, a figure to four digits in its canonical unit, a ratio to three."""
    if isinstance(value, Quantity):
        return value.text
    if isinstance(value, Figure):
        return f"{legible(value.value, 4)} {with_demands(str(value.unit))}"
    return f"{value:.3g}" if isinstance(value, float) else str(value)
