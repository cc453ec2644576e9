"""What one measure brings, before it is a line: money, emissions, reductions, what is missing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import chain
from typing import NamedTuple

from cpcalc.calc import emissions
from cpcalc.calc.emissions import controlled
from cpcalc.calc.money import implied_price, money_loss, money_saving
from cpcalc.calc.savings import converted, ratio_of, scaled, share_of, total
from cpcalc.engine.flows import EffectOutcome, Flows
from cpcalc.figures import Figure, NotApplicable, Reported, defined, gathered, joined
from cpcalc.resolve import model
from cpcalc.resolve.model import CATEGORY_OF_KIND, SOLD_KINDS, LinkedMeasure, LinkedStream
from cpcalc.schema.assessment import INPUT_KINDS
from cpcalc.sums import FiguresByScope, add_reported
from cpcalc.units import YEAR, base_unit

WASTE_KINDS = ("wastewater", "solid-waste", "chemical-waste")
REDUCTION_OF_KIND: Mapping[str, str] = {kind: kind.replace("-", "_") for kind in WASTE_KINDS}
REDUCTION_OF_SUBSTANCE: Mapping[str, str] = {
    "TSP": "dust",
    **{substance: substance.lower() for substance in ("SO2", "NOx", "COD", "BOD", "TSS")},
}
# Wastes are counted in these, as programmes publish them.
CUBIC_METRES = base_unit("m3") / YEAR
TONNES = base_unit("t") / YEAR
# The scopes whose fossil CO2 makes up `reductions.co2`: own combustion and purchased electricity by
# location.
COUNTED_SCOPES = ("scope_1", "scope_2_location")
# Pollutants: what leaves the plant's own stacks, and what was there before a filter; biogenic CO2
# is a memo line.
ON_SITE, GENERATED, BIOGENIC = "on_site", "generated", "biogenic"
OUTSIDE_SCOPES = "outside_scopes"
BOUGHT_OR_SOLD = (*INPUT_KINDS, *SOLD_KINDS)
POLLUTANT_KINDS = ("dust", "air-pollutant")


class EmissionKey(NamedTuple):
    """Under what an avoided emission is counted."""

    scope: str
    gas: str
    follows_grid: bool = False  # follows the grid's factor over the years

    @classmethod
    def of(cls, scope: str, gas: str, follows_grid: bool = False) -> EmissionKey:
        """The key of a gas in a scope, or outside of all scopes where it does not belong in one."""
        is_outside = model.is_outside_scopes(gas)
        return cls(OUTSIDE_SCOPES if is_outside else scope, gas, follows_grid)


class Contribution:
    """What one measure brings: its effects act on the flows, then its stated money is added."""

    def __init__(self, resolved: model.Resolved, measure: LinkedMeasure, flows: Flows) -> None:
        self.resolved = resolved
        self.measure = measure
        # Money a year: the stream it is saved on (None: money only), its category, the amount.
        self.sources: list[tuple[str | None, str, Figure]] = []
        self.amounts: list[tuple[str, Figure]] = []  # purchased stream, reduction a year
        self.cuts: list[tuple[str, Figure]] = []  # stream that is no part, reduction a year
        self.caps: list[str] = []  # streams whose reduction was cut at what was left
        self.emissions: dict[EmissionKey, list[Figure]] = defaultdict(list)
        self.reductions: dict[str, list[Figure]] = defaultdict(list)
        # Stream -> stated worth and the reduction that it is of.
        self.stated_worth: dict[str, list[tuple[Figure, Figure]]] = defaultdict(list)
        # The fields that are missing: in the money, by category, in emissions, and by reduction.
        self.missing: list[str] = []
        self.missing_of: dict[str, list[str]] = defaultdict(list)
        self.missing_emissions: list[str] = []
        self.missing_co2: list[str] = []  # energy whose factor gives CO2e only
        self.missing_reductions: dict[str, list[str]] = defaultdict(list)
        for effect in flows.in_order(measure.effects):
            if isinstance(effect, model.Unknown):
                self.missing.extend(effect.missing)
            else:
                self._collect(flows.act(effect))
        for money in measure.benefits:
            self.sources.append((None, money.category, money.amount))

    def _collect(self, outcome: EffectOutcome) -> None:
        effect = outcome.effect
        stream = self.resolved.streams[effect.stream]
        if outcome.was_capped:
            self.caps.append(stream.id)
        if outcome.load_change is not None:
            self._collect_load(stream, str(effect.load), outcome.load_change)
        paid_for = self._stated_worth_of(outcome)
        for name, reduction in outcome.changes.items():
            self._collect_change(self.resolved.streams[name], reduction, name in paid_for)
        if outcome.unknown:  # what it reaches lacks the field that keeps its size unknown
            if effect.worth is None:
                self._miss_money(stream, stream.lacks)
            if effect.load is not None and stream.lacks:
                self.missing_reductions[effect.load].append(stream.lacks)
            for name in outcome.reached:
                is_said = name == stream.id or name in paid_for
                self._miss_change(self.resolved.streams[name], stream.lacks, is_said)

    # ---- money -----------------------------------------------------------------------------------

    def _stated_worth_of(self, outcome: EffectOutcome) -> frozenset[str]:
        """Count the worth that an effect states, as far as it acted.

        The streams that it pays for.
        """
        effect, worth = outcome.effect, outcome.effect.worth
        if worth is None:
            return frozenset()
        if outcome.realised is not None:
            worth = scaled(worth, *outcome.realised)
        category = CATEGORY_OF_KIND[self.resolved.streams[effect.stream].kind]
        self.sources.append((effect.stream, category, worth))
        cut = outcome.changes.get(effect.stream)
        if cut is not None:
            self.stated_worth[effect.stream].append((worth, cut))
        return _same_purchase(effect, self.resolved)

    def _miss_money(self, stream: LinkedStream, field: str) -> None:
        """A field that the money of a stream misses, where the measure does not state that."""
        category = CATEGORY_OF_KIND[stream.kind]
        stated = {money.category for money in self.measure.benefits}
        if not stated & {category, "unspecified"}:
            self.missing.append(field)
            self.missing_of[category].append(field)

    def _collect_change(self, stream: LinkedStream, reduction: Figure, is_paid_for: bool) -> None:
        if stream.parent is not None:
            return
        self.cuts.append((stream.id, reduction))
        if stream.made_from:
            return  # counted once, at the purchased stream
        self.amounts.append((stream.id, reduction))
        if stream.price is not None and not is_paid_for:
            worth = money_loss if stream.kind in SOLD_KINDS else money_saving
            category = CATEGORY_OF_KIND[stream.kind]
            self.sources.append((stream.id, category, worth(reduction, stream.price)))
        elif not is_paid_for and stream.kind in BOUGHT_OR_SOLD:
            self._miss_money(stream, f"streams.{stream.id}.price")
        self._collect_emissions(stream, reduction)
        self._collect_reductions(stream, reduction)

    def _miss_change(self, stream: LinkedStream, field: str, is_said: bool) -> None:
        """A stream that changes by an unknown amount: what it brings lacks the field."""
        is_purchase = stream.parent is None and not stream.made_from
        has_price = stream.price is not None or stream.kind in BOUGHT_OR_SOLD
        if is_purchase and has_price and not is_said:
            self._miss_money(stream, field)
        if stream.kind in ("energy", "greenhouse-gas"):
            self.missing_emissions.append(field)
        substances = [term.substance for term in stream.terms if term.scope == ON_SITE]
        if stream.kind in POLLUTANT_KINDS and (stream.control is not None or not stream.generated):
            substances.append(stream.substance or "")
        names = [REDUCTION_OF_KIND.get(stream.kind), *map(REDUCTION_OF_SUBSTANCE.get, substances)]
        for name in names:
            if name is not None:
                self.missing_reductions[name].append(field)

    # ---- emissions and reductions ----------------------------------------------------------------

    def _collect_emissions(self, stream: LinkedStream, reduction: Figure) -> None:
        if stream.kind == "energy":
            gases = {term.substance for term in stream.terms if term.scope in COUNTED_SCOPES}
            if "CO2" not in gases:  # with a factor of CO2e only, that is known
                lacking = self.missing_co2 if gases else self.missing_emissions
                lacking.append(f"streams.{stream.id}.emission-factors")
        for term in stream.terms:
            avoided = emissions.emission_by_mass(reduction, term.factor)
            if term.ncv is not None:
                avoided = emissions.emission_by_energy(reduction, term.ncv, term.factor)
            if term.scope == ON_SITE and not term.abated:
                self.emissions[EmissionKey(GENERATED, term.substance)].append(avoided)
            if term.control is not None:
                avoided = controlled(avoided, term.control)
            scope = BIOGENIC if term.biogenic else term.scope
            self.emissions[EmissionKey.of(scope, term.substance, term.is_grid)].append(avoided)

    def _collect_load(self, stream: LinkedStream, load: str, reduction: Figure) -> None:
        """A lower load, and the methane that it avoids; sludge and recovery stay in proportion."""
        self.reductions[load].append(reduction)
        for treatment in stream.treatments:
            if treatment.load == load:
                sludge = share_of(reduction, treatment.sludge)
                potential = (reduction, sludge, treatment.capacity, treatment.correction)
                recovered = share_of(emissions.methane_formed(*potential), treatment.recovered)
                methane = emissions.wastewater_methane(*potential, recovered)
                self.emissions[EmissionKey("scope_1", "CH4")].append(methane)

    def _collect_reductions(self, stream: LinkedStream, reduction: Figure) -> None:
        substance = str(reduction.unit.substance)
        if stream.kind in REDUCTION_OF_KIND:
            name = REDUCTION_OF_KIND[stream.kind]
            self.reductions[name].append(_in_unit_of_kind(stream, reduction))
        elif stream.kind in POLLUTANT_KINDS:
            emitted = reduction
            if stream.generated:
                self.emissions[EmissionKey(GENERATED, substance)].append(reduction)
                if stream.control is None:
                    return  # dust as generated says nothing of what leaves the stack
                emitted = controlled(reduction, stream.control)
            self.emissions[EmissionKey(ON_SITE, substance)].append(emitted)
        elif stream.kind == "greenhouse-gas":
            self.emissions[EmissionKey.of("scope_1", stream.gas or substance)].append(reduction)

    # ---- what becomes of it ----------------------------------------------------------------------

    def by_category(self) -> dict[str, list[Figure]]:
        """All money a year."""
        return gathered({category: amount} for _, category, amount in self.sources)

    def money(self) -> list[Figure]:
        """All money a year, category by category."""
        return list(chain.from_iterable(self.by_category().values()))

    def savings(self) -> dict[str, Reported]:
        """Money a year by category, partial or incomplete where a price or quantity is missing."""
        money, lacking = self.by_category(), self.missing_of
        return {
            category: add_reported(money.get(category, []), joined(lacking.get(category, ())))
            for category in {**money, **lacking}
        }

    def implied_prices(self) -> dict[str, Figure]:
        """The price a unit that a stated worth and its reduction imply, by stream."""
        sums = {
            name: [total(*figures) for figures in zip(*pairs, strict=True)]
            for name, pairs in self.stated_worth.items()
        }
        return {name: implied_price(worth, cut) for name, (worth, cut) in sums.items() if cut.value}

    def annual_saving(self) -> Reported:
        """The gross annual saving; partial or incomplete where a field is missing."""
        if self.sources or self.missing:
            return add_reported(self.money(), joined(self.missing))
        currency = self.resolved.currency
        if self.measure.effects and currency is not None:
            unit = base_unit(currency) / YEAR
            return defined(0, unit, "no stream with a price changes")
        field = f"measures.{self.measure.id}.effects"
        return NotApplicable("incomplete", "no-saving-stated", (field,))

    def avoided(self) -> FiguresByScope:
        """Avoided emissions a year: scope -> gas -> figure; biogenic CO2 apart."""
        return _by_scope((key, each) for key, amounts in self.emissions.items() for each in amounts)

    def lifetime_avoided(self) -> FiguresByScope:
        """Emissions avoided over the measure's life: another kind of figure, not a rate a year.

        It counts for fewer years where the saving ramps up or is lost, and what follows the grid's
        factor also where the file says that the factor declines.
        """
        life, pace = self.measure.lifetime, self.measure.pace
        if life is None:
            field = f"measures.{self.measure.id}.lifetime"
            unknown = NotApplicable("incomplete", "field-missing", (field,))
            return {scope: dict.fromkeys(gases, unknown) for scope, gases in self.avoided().items()}
        declines = {True: self.resolved.grid_decline, False: None}
        lives = {of_grid: _full_years(life, pace, declines[of_grid]) for of_grid in declines}
        return _by_scope(
            (key, emissions.lifetime_emission(total(*amounts), lives[key.follows_grid]))
            for key, amounts in self.emissions.items()
        )

    def greenhouse(self, avoided: FiguresByScope) -> dict[str, Reported]:
        """Fossil CO2 and CO2e of the counted scopes: gas by gas, the GWP applied last."""
        gwps = self.resolved.gwps
        counted = [item for scope in COUNTED_SCOPES for item in avoided.get(scope, {}).items()]
        known = [(gas, figure) for gas, figure in counted if isinstance(figure, Figure)]
        unknown = joined(*(item.missing for _, item in counted if isinstance(item, NotApplicable)))
        fossil = [figure for gas, figure in known if gas == "CO2"]
        potentials = gwps or {}
        equivalents = [
            figure if gas == "CO2e" else emissions.co2e(figure, potentials[gas])
            for gas, figure in known
            if gas == "CO2e" or gas in potentials
        ]
        others = {gas for gas, _ in known} - {"CO2", "CO2e", *potentials}
        lacks_gwp = others or (equivalents and fossil and gwps is None)
        missing = joined(self.missing_emissions, unknown)
        incomplete = NotApplicable("incomplete", "field-missing", missing)
        if unknown and not fossil and not equivalents:
            return {"co2": incomplete, "co2e": incomplete}
        reductions: dict[str, Reported] = {}
        # Energy without a factor leaves a total partial where a stream has one of CO2.
        terms = chain.from_iterable(stream.terms for stream in self.resolved.streams.values())
        counts = any(term.substance == "CO2" and term.scope in COUNTED_SCOPES for term in terms)
        if fossil:
            reductions["co2"] = add_reported(fossil, joined(missing, self.missing_co2))
        elif missing and not equivalents and counts:
            reductions["co2"] = incomplete
        if lacks_gwp:
            reductions["co2e"] = NotApplicable("incomplete", "gwp-missing", ("basis.gwp",))
        elif equivalents:
            reductions["co2e"] = add_reported(equivalents, missing)
        elif missing and "co2" in reductions and gwps is not None:
            reductions["co2e"] = incomplete
        return reductions

    def reduced(self, avoided: FiguresByScope) -> dict[str, Reported]:
        """The reductions of the summary: wastes, fossil CO2, CO2e, pollutants on site."""
        reductions = {name: add_reported(figures) for name, figures in self.reductions.items()}
        if avoided or self.missing_emissions:
            reductions |= self.greenhouse(avoided)
        for substance, figure in avoided.get(ON_SITE, {}).items():
            if substance in REDUCTION_OF_SUBSTANCE:
                reductions[REDUCTION_OF_SUBSTANCE[substance]] = figure
        for name, fields in self.missing_reductions.items():
            known = [reductions[name]] if name in reductions else []
            reductions[name] = add_reported(known, joined(fields))
        return reductions


def _full_years(life: Figure, pace: model.Pace, decline: Figure | None) -> Figure:
    """The years of full saving at the first year's factor that a life is worth."""
    if decline is None and not any(pace):
        return life
    rates = decline or model.NOTHING, pace.saving_loss or model.NOTHING
    return emissions.years_of_full_effect(life, *rates, *pace.ramp_up)


def _same_purchase(effect: model.LinkedEffect, resolved: model.Resolved) -> frozenset[str]:
    """The streams that the stated worth of an effect pays for.

    Its stream, its parents, what it is made from, and what replaces any of these.
    """
    replaced_by = [
        (other.stream, other.target)
        for measure in resolved.measures
        for other in measure.effects
        if isinstance(other, model.LinkedEffect) and other.target is not None
    ]
    names: set[str] = set()
    pending = [effect.stream]
    while pending:
        name = pending.pop()
        if name not in names:
            names.add(name)
            stream = resolved.streams[name]
            pending += [fuel for fuel, _ in stream.made_from]
            pending += [target for old, target in replaced_by if old == name]
            pending += [] if stream.parent is None else [stream.parent]
    return frozenset(names)


def _in_unit_of_kind(stream: LinkedStream, reduction: Figure) -> Figure:
    """Waste water in m3, solid and chemical waste in t, as far as the stream's density is known."""
    if stream.density is None:
        return reduction
    if stream.kind == "wastewater" and reduction.unit is TONNES:
        return ratio_of(reduction, stream.density)
    if stream.kind != "wastewater" and reduction.unit is CUBIC_METRES:
        return converted(reduction, stream.density)
    return reduction


def _by_scope(amounts: Iterable[tuple[EmissionKey, Figure]]) -> FiguresByScope:
    by_scope = gathered({key.scope: {key.gas: amount}} for key, amount in amounts)
    return {
        scope: {gas: total(*figures) for gas, figures in gathered(parts).items()}
        for scope, parts in by_scope.items()
    }
