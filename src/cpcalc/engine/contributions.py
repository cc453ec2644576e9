"""What one measure brings, before it is a line: money, emissions, reductions, what is missing."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import chain, product
from typing import NamedTuple, Self

from cpcalc.calc import emissions
from cpcalc.calc.emissions import controlled
from cpcalc.calc.money import implied_price, money_loss, money_saving
from cpcalc.calc.savings import converted, ratio_of, scaled, share_of, total
from cpcalc.engine.flows import EffectOutcome, Flows
from cpcalc.figures import Figure, NotApplicable, Reported, defined, gathered, joined, unknown
from cpcalc.resolve import model
from cpcalc.resolve.model import CATEGORY_OF_KIND, SOLD_KINDS, LinkedMeasure, LinkedStream
from cpcalc.sums import FiguresByScope, add_reported
from cpcalc.units import YEAR, base_unit

WASTE_KINDS = ("wastewater", "solid-waste", "chemical-waste")
REDUCTION_OF_SUBSTANCE: Mapping[str, str] = {
    "TSP": "dust",
    **{substance: substance.lower() for substance in ("SO2", "NOx", "COD", "BOD", "TSS")},
}
# Wastes are counted in these, as programmes publish them.
CUBIC_METRES = base_unit("m3") / YEAR
TONNES = base_unit("t") / YEAR
# Energy in this is no fuel that burns here without a factor saying so.
KILOWATT_HOURS = base_unit("kWh") / YEAR
# The scopes whose fossil CO2 makes up `reductions.co2`: own combustion and purchased electricity by
# location.
COUNTED_SCOPES = ("scope_1", "scope_2_location")
# Pollutants: what leaves the plant's own stacks, and what was there before a filter; biogenic CO2
# is a memo line.
ON_SITE, GENERATED, BIOGENIC = "on_site", "generated", "biogenic"
NO_SAVING_STATED = "no-saving-stated"  # why an idea has no saving
BURNT_HERE = ("scope_1", ON_SITE)  # a stream with a factor of these is no electricity
OUTSIDE_SCOPES = "outside_scopes"
POLLUTANT_KINDS = ("dust", "air-pollutant")


NOTHING_DONE = LinkedMeasure(
    id="", title={}, status="", path=(), investment=None, items=(), grant=None, running_cost=None,
    benefits=(), other_benefits=(), stated=(), lifetime=None, type=None, cost_class=None,
    effects=(), verified_effects=(), predicted_effects=(), requires=(), pace=model.Pace(),
)  # fmt: skip


class EmissionKey(NamedTuple):
    """Under what an avoided emission is counted."""

    scope: str
    gas: str
    follows_grid: bool = False  # follows the grid's factor over the years

    @classmethod
    def of(cls, scope: str, gas: str, follows_grid: bool = False) -> Self:
        """The key of a gas in a scope, or outside of all scopes where it does not belong in one."""
        is_outside = model.is_outside_scopes(gas)
        return cls(OUTSIDE_SCOPES if is_outside else scope, gas, follows_grid)


class Contribution:
    """What one measure brings: its effects act on the flows, then its stated money is added.

    What is not known stands among what is, as the reason why: a sum misses it by itself.
    """

    def __init__(self, resolved: model.Resolved, measure: LinkedMeasure, flows: Flows) -> None:
        self.resolved = resolved
        self.measure = measure
        # Money a year: the stream it is saved on (None: money only), its category, the amount.
        self.sources: list[tuple[str | None, str, Reported]] = []
        self.amounts: list[tuple[str, Reported]] = []  # purchased stream, reduction a year
        self.cuts: list[tuple[str, Figure]] = []  # stream that is no part, reduction a year
        self.caps: list[str] = []  # streams whose reduction was cut at what was left
        self.emissions: dict[EmissionKey, list[Reported]] = defaultdict(list)
        self.reductions: dict[str, list[Reported]] = defaultdict(list)
        # Stream -> stated worth and the reduction that it is of.
        self.stated_worth: dict[str, list[tuple[Figure, Figure]]] = defaultdict(list)
        # Energy without a factor, whose scope is not known, and with one that gives CO2e only.
        self.missing_emissions: list[str] = []
        self.missing_co2: list[str] = []
        self.flows = flows
        for effect in flows.in_order(measure.effects):
            self._collect(flows.act(effect))
        for money in measure.benefits:
            self.sources.append((None, money.category, money.amount))

    @classmethod
    def of_stream(
        cls,
        resolved: model.Resolved,
        flows: Flows,
        stream: LinkedStream,
        amount: Reported,
        loads: Mapping[str, Figure | None],
    ) -> Self:
        """What would be avoided without all of a stream as it stands; nothing of money."""
        whole = cls(resolved, NOTHING_DONE, flows)
        whole._collect_emissions(stream, amount)
        whole._collect_reductions(stream, amount)
        for load, left in loads.items():
            whole._collect_load(stream, load, left or unknown(stream.lacks))
        return whole

    def _collect(self, outcome: EffectOutcome) -> None:
        effect = outcome.effect
        stream = self.resolved.streams[effect.stream]
        if outcome.was_capped:
            self.caps.append(stream.id)
        if outcome.load_change is not None and isinstance(effect, model.LinkedEffect):
            self._collect_load(stream, str(effect.load), outcome.load_change)
        if outcome.filtered is not None and isinstance(effect, model.LinkedEffect):
            self._collect_emissions(stream, outcome.filtered, str(effect.load))
        paid_for = self._stated_worth_of(outcome)
        for name, reduction in outcome.changes.items():
            changed = self.resolved.streams[name]
            by_periods = any(period in outcome.changes for period in changed.periods)
            self._collect_change(changed, reduction, name in paid_for or by_periods)
        if effect.target is not None:
            self._miss_pollutants_of_switch(stream, self.resolved.streams[effect.target])

    # ---- money -----------------------------------------------------------------------------------

    def _stated_worth_of(self, outcome: EffectOutcome) -> frozenset[str]:
        """Count the worth that an effect states, as far as it acted, or what it takes off a bill.

        The streams that it pays for.
        """
        effect, worth = outcome.effect, outcome.effect.worth
        stream = self.resolved.streams[effect.stream]
        if worth is None and isinstance(effect, model.LinkedEffect) and effect.form == "share":
            is_bought = stream.kind not in SOLD_KINDS and self.flows.is_known_share(stream.id)
            worth = share_of(stream.bill, effect.amount) if stream.bill and is_bought else None
        if worth is None:
            return frozenset()
        if outcome.realised is not None:
            worth = scaled(worth, *outcome.realised)
        category = CATEGORY_OF_KIND[stream.kind]
        self.sources.append((effect.stream, category, worth))
        cut = outcome.changes.get(effect.stream)
        if isinstance(cut, Figure):
            self.stated_worth[effect.stream].append((worth, cut))
        return _same_purchase(effect, self.resolved)

    def _collect_change(self, stream: LinkedStream, reduction: Reported, is_paid_for: bool) -> None:
        if stream.is_period and not is_paid_for:
            self._collect_money(stream, reduction)
        if stream.parent is not None:
            return
        if isinstance(reduction, Figure):
            self.cuts.append((stream.id, reduction))
        if stream.made_from and stream.kind not in SOLD_KINDS:
            return  # counted once, at the purchased stream; what is sold earns besides
        self.amounts.append((stream.id, reduction))
        if not is_paid_for:
            self._collect_money(stream, reduction)
        self._collect_emissions(stream, reduction)
        self._collect_reductions(stream, reduction)

    def _collect_money(self, stream: LinkedStream, reduction: Reported) -> None:
        """What a change costs or saves; without a price that is not known, and not nothing.

        Money that the measure states of the same category stands for what is not known. Greenhouse
        gases are priced apart, by the carbon price.
        """
        if stream.kind == "greenhouse-gas" and stream.price is None:
            return
        category = CATEGORY_OF_KIND[stream.kind]
        worth = money_loss if stream.kind in SOLD_KINDS else money_saving
        price: Reported = stream.price or unknown(f"streams.{stream.id}.price")
        saved = worth(reduction, price)
        if stream.periods and stream.lacks:  # how much is left in which period is not known
            saved = add_reported([saved], (stream.lacks,))
        stated = {money.category for money in self.measure.benefits}
        if isinstance(saved, Figure) or not stated & {category, "unspecified"}:
            name = stream.parent if stream.is_period else stream.id
            self.sources.append((name, category, saved))

    # ---- emissions and reductions ----------------------------------------------------------------

    def _collect_emissions(self, stream: LinkedStream, reduction: Reported, only: str = "") -> None:
        """What a change of a stream avoids; of a filter ``only`` what it keeps."""
        if stream.kind == "energy" and not only:
            gases = {term.substance for term in stream.terms if term.scope in COUNTED_SCOPES}
            if "CO2" not in gases:  # with a factor of CO2e only, that is known
                without = self.missing_co2 if gases else self.missing_emissions
                without.append(f"streams.{stream.id}.emission-factors")
            if not stream.terms and stream.unit is not None and stream.unit is not KILOWATT_HOURS:
                of_all = map(_pollutants, self.resolved.streams.values())
                self._miss_pollutants(stream, set(chain.from_iterable(of_all)))
        for term in stream.terms:
            if only and (term.substance, term.scope) != (only, ON_SITE):
                continue
            avoided = emissions.emission_by_mass(reduction, term.factor)
            if term.ncv is not None:
                avoided = emissions.emission_by_energy(reduction, term.ncv, term.factor)
            if term.scope == ON_SITE and not term.abated and not only:
                self.emissions[EmissionKey(GENERATED, term.substance)].append(avoided)
            if term.control is not None:
                avoided = controlled(avoided, term.control)
            passing = self.flows.passing.get((stream.id, term.substance))
            if passing is not None and term.scope == ON_SITE and not only:
                avoided = share_of(avoided, passing)
            scope = BIOGENIC if term.biogenic else term.scope
            self.emissions[EmissionKey.of(scope, term.substance, term.is_grid)].append(avoided)

    def _miss_pollutants_of_switch(self, old: LinkedStream, new: LinkedStream) -> None:
        """Of two fuels that are burnt here, one without a factor is not free of the pollutant."""
        for stream, other in ((old, new), (new, old)):
            if any(term.scope in BURNT_HERE for term in stream.terms):
                self._miss_pollutants(stream, _pollutants(other) - _pollutants(stream))

    def _miss_pollutants(self, stream: LinkedStream, pollutants: Iterable[str]) -> None:
        lacks = unknown(f"streams.{stream.id}.emission-factors")
        for scope, substance in product((ON_SITE, GENERATED), sorted(pollutants)):
            self.emissions[EmissionKey(scope, substance)].append(lacks)

    def _collect_load(self, stream: LinkedStream, load: str, reduction: Reported) -> None:
        """A lower load, and the methane that it avoids; sludge and recovery stay in proportion."""
        self.reductions[load].append(reduction)
        for treatment in stream.treatments:
            if treatment.load == load:
                sludge = share_of(reduction, treatment.sludge)
                potential = (reduction, sludge, treatment.capacity, treatment.correction)
                recovered = share_of(emissions.methane_formed(*potential), treatment.recovered)
                methane = emissions.wastewater_methane(*potential, recovered)
                self.emissions[EmissionKey("scope_1", "CH4")].append(methane)

    def _collect_reductions(self, stream: LinkedStream, reduction: Reported) -> None:
        substance = str((reduction.unit if isinstance(reduction, Figure) else stream).substance)
        if stream.kind in WASTE_KINDS:
            name = stream.kind.replace("-", "_")
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

    def by_category(self) -> dict[str, list[Reported]]:
        """All money a year."""
        return gathered({category: amount} for _, category, amount in self.sources)

    def money(self) -> list[Reported]:
        """All money a year, category by category."""
        return list(chain.from_iterable(self.by_category().values()))

    def savings(self) -> dict[str, Reported]:
        """Money a year by category, partial or incomplete where a price or quantity is missing."""
        return {category: add_reported(money) for category, money in self.by_category().items()}

    def implied_prices(self) -> dict[str, Figure]:
        """The price a unit that a stated worth and its reduction imply, by stream."""
        sums = {
            name: [total(*figures) for figures in zip(*pairs, strict=True)]
            for name, pairs in self.stated_worth.items()
        }
        return {name: implied_price(worth, cut) for name, (worth, cut) in sums.items() if cut.value}

    def annual_saving(self) -> Reported:
        """The gross annual saving; partial or incomplete where a field is missing.

        What brings other benefits only saves nothing.
        """
        if self.sources:
            return add_reported(self.money())
        currency, measure = self.resolved.currency, self.measure
        if (measure.effects or measure.other_benefits) and currency is not None:
            return defined(0, base_unit(currency) / YEAR, "no stream with a price changes")
        return NotApplicable("incomplete", NO_SAVING_STATED, (f"measures.{measure.id}.effects",))

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
            (key, emissions.lifetime_emission(add_reported(amounts), lives[key.follows_grid]))
            for key, amounts in self.emissions.items()
        )

    def greenhouse(self, avoided: FiguresByScope) -> dict[str, Reported]:
        """Fossil CO2 and CO2e of the counted scopes: gas by gas, the GWP applied last."""
        gwps = self.resolved.gwps
        counted = [item for scope in COUNTED_SCOPES for item in avoided.get(scope, {}).items()]
        fossil = [figure for gas, figure in counted if gas == "CO2"]
        potentials = gwps or {}
        equivalents = [
            figure if gas == "CO2e" else emissions.co2e(figure, potentials[gas])
            for gas, figure in counted
            if gas == "CO2e" or gas in potentials
        ]
        others = {gas for gas, _ in counted} - {"CO2", "CO2e", *potentials}
        lacks_gwp = others or (equivalents and fossil and gwps is None)
        missing = joined(self.missing_emissions)
        # Energy without a factor leaves a total partial where another stream is known to emit.
        emitted = set(chain.from_iterable(map(_greenhouse_gases, self.resolved.streams.values())))
        reductions: dict[str, Reported] = {}
        missing_co2 = joined(missing, self.missing_co2)
        if fossil or (missing_co2 and "CO2" in emitted):
            reductions["co2"] = add_reported(fossil, missing_co2)
        if lacks_gwp:
            reductions["co2e"] = NotApplicable("incomplete", "gwp-missing", ("basis.gwp",))
        elif equivalents or (missing and emitted and gwps is not None):
            reductions["co2e"] = add_reported(equivalents, missing)
        return reductions

    def reduced(self, avoided: FiguresByScope) -> dict[str, Reported]:
        """The reductions of the summary: wastes, fossil CO2, CO2e, pollutants on site."""
        reductions = {name: add_reported(figures) for name, figures in self.reductions.items()}
        if avoided or self.missing_emissions:
            reductions |= self.greenhouse(avoided)
        for substance, figure in avoided.get(ON_SITE, {}).items():
            if substance in REDUCTION_OF_SUBSTANCE:
                reductions[REDUCTION_OF_SUBSTANCE[substance]] = figure
        return reductions


def _greenhouse_gases(stream: LinkedStream) -> list[str]:
    """The gases of the counted scopes that a stream emits by its factors, or is."""
    own = [term.substance for term in stream.terms if term.scope in COUNTED_SCOPES]
    return [*own, str(stream.substance)] if stream.kind == "greenhouse-gas" else own


def _pollutants(stream: LinkedStream) -> set[str]:
    """What a stream emits here by its factors, greenhouse gases apart."""
    return {term.substance for term in stream.terms if term.scope == ON_SITE}


def _full_years(life: Figure, pace: model.Pace, decline: Figure | None) -> Figure:
    """The years of full saving at the first year's factor that a life is worth."""
    if decline is None and not any(pace):
        return life
    rates = decline or model.NOTHING, pace.saving_loss or model.NOTHING
    return emissions.years_of_full_effect(life, *rates, *pace.ramp_up)


def _same_purchase(effect: model.AnyEffect, resolved: model.Resolved) -> frozenset[str]:
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
            pending += [*stream.periods, *(fuel for fuel, _ in stream.made_from)]
            pending += [target for old, target in replaced_by if old == name]
            pending += [] if stream.parent is None else [stream.parent]
    return frozenset(names)


def _in_unit_of_kind(stream: LinkedStream, reduction: Reported) -> Reported:
    """Waste water in m3, solid and chemical waste in t, as far as the stream's density is known."""
    if stream.density is None or isinstance(reduction, NotApplicable):
        return reduction
    if stream.kind == "wastewater" and reduction.unit is TONNES:
        return ratio_of(reduction, stream.density)
    if stream.kind != "wastewater" and reduction.unit is CUBIC_METRES:
        return converted(reduction, stream.density)
    return reduction


def _by_scope(amounts: Iterable[tuple[EmissionKey, Reported]]) -> FiguresByScope:
    by_scope = gathered({key.scope: {key.gas: amount}} for key, amount in amounts)
    return {
        scope: {gas: add_reported(figures) for gas, figures in gathered(parts).items()}
        for scope, parts in by_scope.items()
    }
