"""Effects linked: what a measure does to a stream, as a share, a yearly amount, a switch, a load.

An effect measured afterwards holds a reporting year against the baseline, in three figures side by
side: as metered (production unadjusted), avoided at the reporting year's production, and normalised
to the baseline's. The middle one is what the measure saved.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from pydantic_core import PydanticCustomError

from cpcalc.calc import emissions, savings
from cpcalc.diagnostics import Path
from cpcalc.figures import Figure, Reported, unknown
from cpcalc.quantities import Quantity
from cpcalc.resolve import model
from cpcalc.resolve.bills import period_id
from cpcalc.resolve.context import Context, NotLinkedError, figure_of, link_or_none, of_substance
from cpcalc.resolve.loads import as_stated
from cpcalc.resolve.model import SUBSTANCE_OF, AnyEffect, LinkedEffect, LinkedStream, UnknownEffect
from cpcalc.schema.assessment import STACK_LOADS, Effect
from cpcalc.schema.leaves import PERIODS, read_scalar
from cpcalc.units import ONE, SUBSTANCES, YEAR, Unit

# What a published reduction can be an amount of; a share is always possible.
UNITS_OF_REDUCTION: Mapping[str, tuple[str, ...]] = {
    **{name: (f"t {substance}",) for name, substance in SUBSTANCE_OF.items()},
    **dict.fromkeys(("wastewater", "water"), ("m3", "t")),
    **dict.fromkeys(("solid-waste", "chemical-waste", "chemical"), ("t", "m3")),
    **dict.fromkeys(("electricity", "energy"), ("kWh",)),
    "material": (),  # anything, also declared counts
    "steam": ("t", "kWh"),
    "fuel": ("kWh", "t", "m3", "Nm3"),
}

MARGIN = "2 million VND/t"


def link_effects(
    context: Context, effects: Sequence[Effect] | None, path: Path
) -> Iterator[AnyEffect]:
    """The effects of a measure on streams; ``path`` is that of their list."""
    for position, effect in enumerate(effects or ()):
        at: Path = (*path, position)
        name = _acts_on(context, effect, at)
        if name is not None:
            worth, stream = context.yearly_money(effect.worth), context.linked[name]
            try:
                yield _EffectLinker(context, effect, at, stream, worth).effect_linked()
            except NotLinkedError as error:
                yield UnknownEffect(name, error.args, at, worth)


def _acts_on(context: Context, effect: Effect, path: Path) -> str | None:
    """The stream that an effect acts on: of a tariff with ``during`` the part that is its period,
    for a product the stream of it; None where there is none."""
    known = context.products if effect.product else context.linked
    name = effect.stream or effect.product
    if name is not None and name not in known:
        key = "product" if effect.product else "stream"
        context.unknown(f"unknown-{key}", (*path, key), name, known)
    elif effect.during is not None and name is not None:
        return link_or_none(lambda: _period(context, name, effect.during, (*path, "during")))
    elif name in context.linked and (effect.stream or context.linked[name].kind == "product"):
        return name
    elif name is not None:
        at = ("products", [*context.products].index(name))
        context.problem_of_key("missing-field", at, field="margin", example=MARGIN)
    return None


def _period(context: Context, stream: str, period: str | None, path: Path) -> str:
    """The sub-stream that is a period of a stream's tariff."""
    periods = context.streams[stream].tariff
    if not periods:
        values = {"stream": stream, "period": str(period), "key": str(path[-1])}
        raise context.problem("no-tariff", path, **values)
    if period not in periods:
        raise context.unknown("unknown-period", path, str(period), periods)
    return period_id(stream, period)


def unit_in_effects(context: Context, name: str, substance: str | None) -> Unit | None:
    """The unit a year in which the first effect with an amount cuts a stream or a part of it."""
    names = {name}
    for other, stream in context.streams.items():
        if stream.part_of in names:
            names.add(other)
    for measure in context.assessment.measures or ():
        for effect in (*(measure.effects or ()), *(measure.verified_effects or ())):
            unit = _unit_of_effect(context, effect) if effect.stream in names else None
            if unit is not None:
                return (unit.without(*PERIODS) / YEAR).of_substance(substance)
    return None


def _unit_of_effect(context: Context, effect: Effect) -> Unit | None:
    """The unit an effect cuts a period in; None where it states a share, a load or nothing."""
    given = effect.reduce or effect.increase
    if given is not None:
        return given.unit if any(given.unit.exponent(period) == -1 for period in PERIODS) else None
    product = context.products.get(effect.per or "")
    if effect.from_ is None or product is None or product.output is None:
        return None
    return effect.from_.unit * product.output.unit


def stated_reductions(context: Context, effects: Iterable[Effect]) -> Iterator[tuple[str, Figure]]:
    """Reductions as published, a year."""
    for effect in effects:
        reduces, by = effect.reduces, effect.by
        if reduces is None or by is None:
            continue
        if by.unit is ONE:
            yield reduces, figure_of(by)
            continue
        allowed = UNITS_OF_REDUCTION[reduces]
        with suppress(NotLinkedError):
            yearly = context.annual(by, substance=SUBSTANCE_OF.get(reduces))
            if allowed and str(yearly.unit * YEAR) not in allowed:
                expected = ", ".join(f"{unit}/year" for unit in allowed)
                raise context.wrong_unit(by, expected, yearly.unit)
            yield reduces, yearly


@dataclass(frozen=True)
class _EffectLinker:
    """One effect of the file on its stream."""

    context: Context
    effect: Effect
    path: Path
    stream: LinkedStream
    worth: Figure | None

    def effect_linked(self) -> LinkedEffect:
        """The effect in the form that its keys say."""
        effect = self.effect
        if effect.replace_by is not None:
            return self._switch(effect.replace_by)
        if effect.control is not None:
            return self._filter(effect.control, str(effect.load))
        given = effect.reduce or effect.increase
        if given is not None:
            linked = self._cut(given)
            if effect.move_to is not None:
                return self._moved(linked, effect.move_to)
            if effect.product is not None and linked.form != "share":
                raise self.context.wrong_unit(given, "share")
            return linked if effect.product is None else linked._replace(form="output")
        before, after = effect.from_, effect.to
        assert before is not None  # an effect has one of these four
        if after is None or self._is_measured_again():
            return self._measured(before)
        if after.is_bare_zero:  # a zero in the unit of the other end
            after = replace(after, unit=before.unit)
        elif before.is_bare_zero:
            before = replace(before, unit=after.unit)
        if effect.load is None:
            return self._specific(before, after)
        change = self._change_in_stack if effect.load in STACK_LOADS else self._change_in_water
        return change(effect.load, before, after)

    def _linked(self, form: str, amount: Figure) -> LinkedEffect:
        return LinkedEffect(form, self.stream.id, amount, self.path, self.worth)

    def _amount(self, yearly: Figure, given: Quantity) -> LinkedEffect:
        """An amount a year, which must be in the unit of the stream."""
        expected, stream = self.stream.unit, self.stream
        if stream.quantity is None and stream.price is None:  # else these were checked
            self.context.check_kind(given, yearly.unit * YEAR, stream.kind, stream.substance)
        if expected is not None and yearly.unit is not expected:
            raise self.context.wrong_unit(given, as_stated(given, expected, yearly.unit))
        return self._linked("amount", yearly)

    # ---- shares and amounts ----------------------------------------------------------------------

    def _cut(self, given: Quantity) -> LinkedEffect:
        hours, is_cut = self.effect.hours, self.effect.reduce is not None
        if given.unit is ONE:
            if hours is not None and not given.is_bare_zero:
                self.context.problem("hours-need-a-rate", hours.path, text=given.text)
            if is_cut and given.value > 1:
                self.context.problem("saving-above-baseline", given.path, text=given.text)
            amount = figure_of(given)
            return self._linked("share", amount if is_cut else savings.opposite(amount))
        substance, kind = self.stream.substance, self.stream.kind
        yearly = self.context.annual(given, hours=hours, substance=substance, kind=kind)
        return self._amount(yearly if is_cut else savings.opposite(yearly), given)

    def _moved(self, linked: LinkedEffect, period: str) -> LinkedEffect:
        """What is cut in one period of a tariff is taken in another."""
        target = _period(self.context, str(self.effect.stream), period, (*self.path, "move-to"))
        return linked._replace(form="switch", target=target, ratio=model.WHOLE)

    def _filter(self, control: Quantity, load: str) -> LinkedEffect:
        """A filter behind what a factor says is emitted; the fuel stays as it is."""
        here = {(term.substance, term.scope) for term in self.stream.terms}
        if (SUBSTANCE_OF[load], "on_site") not in here:
            values = {"factor": self.stream.id, "pollutant": load}
            raise self.context.problem("control-without-pollutant", self.path, **values)
        return self._linked("control", figure_of(control))._replace(load=SUBSTANCE_OF[load])

    def _specific(self, before: Quantity, after: Quantity) -> LinkedEffect:
        """From one consumption per product to another."""
        if before.unit is not after.unit:
            raise self.context.wrong_unit(after, before.unit)
        product = self.effect.per
        output = self.context.output_of(product or "", (*self.path, "per"))
        if output is None:
            is_of_all = self.context.streams[self.stream.id].per == product
            if not is_of_all or before.value == 0:
                raise NotLinkedError(f"products.{product}.output")
            cut = savings.difference(figure_of(before), figure_of(after))
            return self._linked("share", savings.ratio_of(cut, figure_of(before)))
        saved = savings.specific_saving(figure_of(before), figure_of(after), output)
        effect = self._amount(of_substance(saved, self.stream.substance), before)
        return effect._replace(production=self._production(product or ""), per=product)

    def _production(self, name: str) -> model.Production | None:
        """The outputs of a product, where that of the reporting year is another one."""
        product = self.context.products.get(name)
        if product is None or product.reporting_output is None:
            return None
        return model.Production(name, *self._outputs(name))

    # ---- loads -----------------------------------------------------------------------------------

    def _change_in_stack(self, kind: str, before: Quantity, after: Quantity) -> LinkedEffect:
        """A concentration lowered at the same conditions and flow: the same share of the load."""
        written, substance = self.context.streams[self.stream.id], self.stream.substance
        of_stream = written.pollutant or ("dust" if self.stream.kind == "dust" else None)
        concentration = written.concentration
        if concentration is None or kind != of_stream:
            raise self.context.problem("load-needs-stack", (*self.path, "load"), load=kind)
        if before.value <= 0:
            raise self.context.too_low(before)
        for given in (before, after):
            if given.unit.without(*SUBSTANCES) is not concentration.unit.without(*SUBSTANCES):
                raise self.context.wrong_unit(given, concentration.unit)
        cut = emissions.share_removed(figure_of(before, substance), figure_of(after, substance))
        return self._linked("share", cut)

    def _change_in_water(self, kind: str, before: Quantity, after: Quantity) -> LinkedEffect:
        if self.stream.kind != "wastewater":
            raise self.context.problem("load-needs-wastewater", (*self.path, "load"))
        for given in (before, after):
            if str(given.unit.without(*SUBSTANCES)) != "t/m3":
                raise self.context.wrong_unit(given, "concentration")
        if before.value <= 0:
            raise self.context.too_small(before)
        substance = SUBSTANCE_OF[kind]
        effect = self._linked("load", figure_of(before, substance))
        return effect._replace(ratio=figure_of(after, substance), load=kind)

    # ---- fuel switches ---------------------------------------------------------------------------

    def _switch(self, replacement: str) -> LinkedEffect:
        stream, target = self.stream, self.context.linked.get(replacement)
        path = (*self.path, "replace-by")
        if target is None:
            raise self.context.unknown("unknown-stream", path, replacement, self.context.linked)
        if target.id == stream.id:
            raise self.context.problem("circular-streams", path, stream=stream.id)
        ratio = self._ratio_to(target)
        if stream.unit and target.unit and stream.unit * ratio.unit is not target.unit:
            expected = f"{target.unit * YEAR}/{stream.unit * YEAR}"
            values = {"expected": expected, "found": str(ratio.unit)}
            at, text = (*self.path, "ratio"), str(self.effect.ratio)
            raise self.context.problem("wrong-kind-of-unit", at, text=text, **values)
        share = self.effect.share
        if share is not None and share.value == 0:
            self.context.out_of_range(share)
        amount = figure_of(share) if share is not None else Figure(1.0, ONE)
        return self._linked("switch", amount)._replace(target=target.id, ratio=ratio)

    def _ratio_to(self, target: LinkedStream) -> Figure:
        path = (*self.path, "ratio")
        if self.effect.ratio != "equal-heat":
            try:
                return figure_of(read_scalar(self.effect.ratio, self.context.reading, "any"))
            except PydanticCustomError as error:
                values = (error.context or {}).get("values", {})
                raise self.context.problem(error.type, path, **values) from None
        heats: list[Figure] = []
        bases: set[bool] = set()
        for stream in (self.stream, target):
            written = self.context.streams[stream.id]
            heat = self.context.heat_of(written, stream.terms)
            if heat is None:
                raise self.context.problem("heat-content-needed", path, stream=stream.id)
            heats.append(heat)
            bases.add(written.ncv is not None or written.gcv is None)
        if len(bases) > 1:
            values = {"one": self.stream.id, "other": target.id}
            self.context.problem("heat-basis-mixed", path, **values)
        return savings.ratio_of(*heats)

    # ---- measured afterwards ---------------------------------------------------------------------

    def _is_measured_again(self) -> bool:
        """Whether an effect states what was consumed at another production."""
        product = self.context.products.get(self.effect.per or "")
        is_verified = "verified-effects" in self.path
        return is_verified and product is not None and product.reporting_output is not None

    def _measured(self, given: Quantity) -> LinkedEffect:
        """The effect, with its three figures beside it."""
        effect, context, product = self.effect, self.context, self.effect.per or ""
        if "verified-effects" not in self.path:
            raise context.problem("measured-outside-verified", (*self.path, "measured"))
        at_start, output = self._outputs(product)
        before, unit = figure_of(given), given.unit * output.unit
        if effect.measured is not None:
            after = self._yearly(effect.measured, unit)
        else:
            assert effect.to is not None
            to = replace(effect.to, unit=given.unit) if effect.to.is_bare_zero else effect.to
            after = savings.consumption(figure_of(to), output)
        base = self._yearly(effect.base_load, unit) if effect.base_load is not None else None
        for stated, figure in ((effect.measured or effect.to, after), (effect.base_load, base)):
            if stated is not None and figure is not None and figure.unit is not unit:
                raise context.wrong_unit(stated, unit)
        if base is None:
            at_baseline = savings.consumption(before, at_start)
            avoided = savings.avoided_at_reporting(before, output, after)
            variable = after
        else:
            at_baseline = savings.expected_consumption(base, before, at_start)
            expected = savings.expected_consumption(base, before, output)
            avoided = savings.absolute_saving(expected, after)
            variable = savings.difference(after, base)
        absolute = savings.absolute_saving(at_baseline, after)
        normalised = savings.normalised_saving(before, savings.ratio_of(variable, output), at_start)
        substance = self.stream.substance
        avoided = of_substance(avoided, substance)
        change = model.Change(_of(absolute, substance), avoided, _of(normalised, substance))
        linked = self._amount(avoided, given)
        return linked._replace(change=change, production=self._production(product))

    def _yearly(self, given: Quantity, unit: Unit) -> Figure:
        if given.is_bare_zero:
            return replace(figure_of(given), unit=unit)
        return self.context.annual(given)

    def _outputs(self, name: str) -> tuple[Reported, Figure]:
        """The output of the baseline and of the reporting year; the same where only the first is
        said. What was avoided needs only the second.

        Both are of one kind, and something was made: specific figures divide by them.
        """
        at_start = self.context.output_of(name, (*self.path, "per"))
        product = self.context.products.get(name)
        reporting = product.reporting_output if product is not None else None
        if product is None or (at_start is None and reporting is None):
            raise NotLinkedError(f"products.{name}.output")
        output = self.context.annual(reporting) if reporting is not None else at_start
        assert output is not None
        for given, figure in ((product.output, at_start), (reporting, output)):
            if given is not None and figure is not None and figure.value <= 0:
                raise self.context.too_low(given)
        if at_start is None:
            return unknown(f"products.{name}.output"), output
        if reporting is not None and output.unit is not at_start.unit:
            raise self.context.wrong_unit(reporting, at_start.unit)
        return at_start, output


def _of(figure: Reported, substance: str | None) -> Reported:
    return of_substance(figure, substance) if isinstance(figure, Figure) else figure
