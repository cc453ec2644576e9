"""What one measure brings, before it is a line: money, emissions, reductions, what is missing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import chain
from typing import NamedTuple

from cpcalc.calc.dust import controlled
from cpcalc.calc.emissions import (
    co2e,
    emission_by_energy,
    emission_by_mass,
    lifetime_emission,
    years_at_first_factor,
)
from cpcalc.calc.money import implied_price, money_loss, money_saving
from cpcalc.calc.savings import converted, ratio_of, scaled, share_of, total
from cpcalc.calc.wastewater import methane_formed, wastewater_methane
from cpcalc.engine.flows import Flows, Outcome
from cpcalc.engine.links import same_purchase
from cpcalc.engine.sums import add_reported
from cpcalc.figures import Figure, NotApplicable, Reported, joined
from cpcalc.resolve.model import (
    CATEGORY_OF_KIND,
    SOLD_KINDS,
    LinkedEffect,
    LinkedMeasure,
    LinkedStream,
    Resolved,
    Unknown,
)
from cpcalc.schema.assessment import INPUT_KINDS
from cpcalc.units import Unit

REDUCTION_OF_KIND: Mapping[str, str] = {
    "wastewater": "wastewater",
    "solid-waste": "solid_waste",
    "chemical-waste": "chemical_waste",
}
REDUCTION_OF_SUBSTANCE: Mapping[str, str] = {
    "TSP": "dust",
    "SO2": "so2",
    "NOx": "nox",
    "COD": "cod",
    "BOD": "bod",
    "TSS": "tss",
}
# Wastes are counted in these, as programmes publish them.
CUBIC_METRES = Unit.of((("m3", 1), ("year", -1)))
TONNES = Unit.of((("t", 1), ("year", -1)))
# The scopes whose fossil CO2 makes up `reductions.co2`: own combustion and purchased electricity by
# location.
COUNTED_SCOPES = ("scope_1", "scope_2_location")
# Pollutants: what leaves the plant's own stacks, and what was there before a filter; biogenic CO2
# is a memo line.
ON_SITE, GENERATED, BIOGENIC = "on_site", "generated", "biogenic"
POLLUTANT_KINDS = ("dust", "air-pollutant")


class EmissionKey(NamedTuple):
    """Under what an avoided emission is counted."""

    scope: str
    gas: str
    follows_grid: bool = False  # follows the grid's factor over the years


class Contribution:
    """The figures of one measure's effects, collected while they act.

    ``money_only`` leaves out what the effects bring to emissions and reductions.
    """

    def __init__(self, resolved: Resolved, *, money_only: bool = False) -> None:
        self.resolved = resolved
        self.money_only = money_only
        self.has_effects = False
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

    def add(
        self, measure: LinkedMeasure, flows: Flows, effects: Iterable[LinkedEffect | Unknown]
    ) -> Contribution:
        """Let the effects act on the flows and collect what they bring; then the stated money."""
        covered = {money.category for money in measure.benefits}
        for effect in flows.in_order(effects):
            self.has_effects = True
            if isinstance(effect, Unknown):
                self.missing.extend(effect.missing)
            else:
                self._collect(flows.act(effect), covered)
        for money in measure.benefits:
            self.sources.append((None, money.category, money.amount))
        return self

    def _miss(self, category: str, field: str, covered: set[str]) -> None:
        """A field that the money of a category misses, where the measure does not state that."""
        if not covered & {category, "unspecified"}:
            self.missing.append(field)
            self.missing_of[category].append(field)

    def _collect(self, outcome: Outcome, covered: set[str]) -> None:
        effect = outcome.effect
        stream = self.resolved.streams[effect.stream]
        if outcome.was_capped:
            self.caps.append(stream.id)
        if outcome.load_change is not None and not self.money_only:
            self.reductions[str(effect.load)].append(outcome.load_change)
            self._collect_methane(stream, str(effect.load), outcome.load_change)
        paid_for = self._stated_worth_of(outcome)
        if outcome.unknown:
            self._collect_unknown(outcome, paid_for, covered)
            return
        for name, reduction in outcome.changes.items():
            self._collect_change(self.resolved.streams[name], reduction, name in paid_for, covered)

    def _stated_worth_of(self, outcome: Outcome) -> frozenset[str]:
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
        return same_purchase(effect, self.resolved)

    def _collect_unknown(
        self, outcome: Outcome, paid_for: frozenset[str], covered: set[str]
    ) -> None:
        """What an effect of unknown size reaches lacks the field that keeps its size unknown."""
        effect = outcome.effect
        stream = self.resolved.streams[effect.stream]
        if effect.worth is None:
            self._miss(CATEGORY_OF_KIND[stream.kind], stream.lacks, covered)
        if outcome.load_change is None and effect.load is not None and stream.lacks:
            self.missing_reductions[effect.load].append(stream.lacks)
        for name in outcome.reached:
            is_said = name == stream.id or name in paid_for
            self._miss_change(self.resolved.streams[name], stream.lacks, is_said, covered)

    def _collect_change(
        self, stream: LinkedStream, reduction: Figure, is_paid_for: bool, covered: set[str]
    ) -> None:
        if stream.parent is not None:
            return
        self.cuts.append((stream.id, reduction))
        if stream.made_from:
            return  # counted once, at the purchased stream
        category = CATEGORY_OF_KIND[stream.kind]
        self.amounts.append((stream.id, reduction))
        if is_paid_for:
            pass
        elif stream.price is not None:
            formula = money_loss if stream.kind in SOLD_KINDS else money_saving
            self.sources.append((stream.id, category, formula(reduction, stream.price)))
        elif stream.kind in INPUT_KINDS or stream.kind in SOLD_KINDS:
            self._miss(category, f"streams.{stream.id}.price", covered)
        if not self.money_only:
            self._collect_emissions(stream, reduction)
            self._collect_reductions(stream, reduction)

    def _miss_change(
        self, stream: LinkedStream, field: str, is_said: bool, covered: set[str]
    ) -> None:
        """A stream that changes by an unknown amount: what it brings lacks the field."""
        is_purchase = stream.parent is None and not stream.made_from
        has_price = (
            stream.price is not None or stream.kind in INPUT_KINDS or stream.kind in SOLD_KINDS
        )
        if is_purchase and has_price and not is_said:
            self._miss(CATEGORY_OF_KIND[stream.kind], field, covered)
        if stream.kind in ("energy", "greenhouse-gas"):
            self.missing_emissions.append(field)
        names = [REDUCTION_OF_KIND.get(stream.kind)]
        names += [
            REDUCTION_OF_SUBSTANCE.get(term.substance)
            for term in stream.terms
            if term.scope == ON_SITE
        ]
        if stream.kind in POLLUTANT_KINDS and (stream.control is not None or not stream.generated):
            names.append(REDUCTION_OF_SUBSTANCE.get(stream.substance or ""))
        for name in names:
            if name is not None:
                self.missing_reductions[name].append(field)

    def _collect_emissions(self, stream: LinkedStream, reduction: Figure) -> None:
        if stream.kind == "energy":
            self._note_missing_factors(stream)
        for term in stream.terms:
            if term.ncv is not None:
                avoided = emission_by_energy(reduction, term.ncv, term.factor)
            else:
                avoided = emission_by_mass(reduction, term.factor)
            if term.scope == ON_SITE and not term.abated:
                self.emissions[EmissionKey(GENERATED, term.substance)].append(avoided)
            if term.control is not None:
                avoided = controlled(avoided, term.control)
            scope = BIOGENIC if term.biogenic else term.scope
            self.emissions[EmissionKey(scope, term.substance, term.is_grid)].append(avoided)

    def _note_missing_factors(self, stream: LinkedStream) -> None:
        """Energy without any factor is missing in CO2 and CO2e; with CO2e only, in CO2."""
        gases = {term.substance for term in stream.terms if term.scope in COUNTED_SCOPES}
        if not gases:
            self.missing_emissions.append(f"streams.{stream.id}.emission-factors")
        elif "CO2" not in gases:
            self.missing_co2.append(f"streams.{stream.id}.emission-factors")

    def _collect_methane(self, stream: LinkedStream, load: str, reduction: Figure) -> None:
        """The methane that a lower load avoids; sludge and recovery stay in proportion to it."""
        for treatment in stream.treatments:
            if treatment.load == load:
                sludge = share_of(reduction, treatment.sludge)
                potential = (reduction, sludge, treatment.capacity, treatment.correction)
                recovered = share_of(methane_formed(*potential), treatment.recovered)
                methane = wastewater_methane(*potential, recovered)
                self.emissions[EmissionKey("scope_1", "CH4")].append(methane)

    def _collect_reductions(self, stream: LinkedStream, reduction: Figure) -> None:
        substance = str(reduction.unit.substance)
        if stream.kind in REDUCTION_OF_KIND:
            in_unit = _in_unit_of_kind(stream, reduction)
            self.reductions[REDUCTION_OF_KIND[stream.kind]].append(in_unit)
        elif stream.kind in POLLUTANT_KINDS:
            emitted = reduction
            if stream.generated:
                self.emissions[EmissionKey(GENERATED, substance)].append(reduction)
                if stream.control is None:
                    return  # dust as generated says nothing of what leaves the stack
                emitted = controlled(reduction, stream.control)
            self.emissions[EmissionKey(ON_SITE, substance)].append(emitted)
        elif stream.kind == "greenhouse-gas":
            self.emissions[EmissionKey("scope_1", substance)].append(reduction)

    # ---- what becomes of it ----------------------------------------------------------------------

    def money(self) -> list[Figure]:
        """All money a year, category by category."""
        return list(chain.from_iterable(self._by_category().values()))

    def savings(self) -> dict[str, Reported]:
        """Money a year by category, partial or incomplete where a price or quantity is missing."""
        money = self._by_category()
        return {
            category: add_reported(
                money.get(category, []), joined(self.missing_of.get(category, ()))
            )
            for category in {**money, **self.missing_of}
        }

    def _by_category(self) -> dict[str, list[Figure]]:
        money: dict[str, list[Figure]] = {}
        for _, category, amount in self.sources:
            money.setdefault(category, []).append(amount)
        return money

    def implied_prices(self) -> dict[str, Figure]:
        """The price a unit that a stated worth and its reduction imply, by stream."""
        prices: dict[str, Figure] = {}
        for name, pairs in self.stated_worth.items():
            worth, cut = (total(*figures) for figures in zip(*pairs, strict=True))
            if cut.value:
                prices[name] = implied_price(worth, cut)
        return prices

    def annual_saving(self, measure: LinkedMeasure, zero: Figure | None) -> Reported:
        """The gross annual saving; partial or incomplete where a field is missing."""
        if self.sources or self.missing:
            return add_reported(self.money(), joined(self.missing))
        if self.has_effects and zero is not None:
            return zero
        return NotApplicable("incomplete", "no-saving-stated", (f"measures.{measure.id}.effects",))

    def avoided(self) -> dict[str, dict[str, Reported]]:
        """Avoided emissions a year: scope -> gas -> figure; biogenic CO2 apart."""
        return _by_scope(
            (key, amount) for key, amounts in self.emissions.items() for amount in amounts
        )

    def lifetime_avoided(self, measure: LinkedMeasure) -> dict[str, dict[str, Reported]]:
        """Emissions avoided over the measure's life: another kind of figure, not a rate a year.

        What follows the grid's factor counts for fewer years where the file says that the factor
        declines.
        """
        life, decline = measure.lifetime, self.resolved.grid_decline
        if life is None:
            field = f"measures.{measure.id}.lifetime"
            unknown = NotApplicable("incomplete", "field-missing", (field,))
            return {scope: dict.fromkeys(gases, unknown) for scope, gases in self.avoided().items()}
        of_grid = life if decline is None else years_at_first_factor(life, decline)
        return _by_scope(
            (key, lifetime_emission(total(*amounts), of_grid if key.follows_grid else life))
            for key, amounts in self.emissions.items()
        )

    def greenhouse(self, avoided: Mapping[str, Mapping[str, Reported]]) -> dict[str, Reported]:
        """Fossil CO2 and CO2e of the counted scopes: gas by gas, the GWP applied last."""
        gwps = self.resolved.gwps
        fossil: list[Figure] = []
        equivalents: list[Figure] = []
        unknown: list[str] = []
        lacks_gwp = False
        for scope in COUNTED_SCOPES:
            for gas, figure in avoided.get(scope, {}).items():
                if isinstance(figure, NotApplicable):
                    unknown.extend(figure.missing)
                    continue
                if gas == "CO2":
                    fossil.append(figure)
                if gas == "CO2e":
                    equivalents.append(figure)
                elif gwps is not None and gas in gwps:
                    equivalents.append(co2e(figure, gwps[gas]))
                elif gas != "CO2":
                    lacks_gwp = True
        lacks_gwp = lacks_gwp or (bool(equivalents and fossil) and gwps is None)
        missing = joined(self.missing_emissions, unknown)
        incomplete = NotApplicable("incomplete", "field-missing", missing)
        if unknown and not fossil and not equivalents:
            return {"co2": incomplete, "co2e": incomplete}
        reductions: dict[str, Reported] = {}
        if fossil:
            reductions["co2"] = add_reported(fossil, joined(missing, self.missing_co2))
        elif missing and not equivalents and self._file_counts_co2():
            reductions["co2"] = incomplete
        if lacks_gwp:
            reductions["co2e"] = NotApplicable("incomplete", "gwp-missing", ("basis.gwp",))
        elif equivalents:
            reductions["co2e"] = add_reported(equivalents, missing)
        elif missing and "co2" in reductions and gwps is not None:
            reductions["co2e"] = incomplete
        return reductions

    def _file_counts_co2(self) -> bool:
        """Whether a stream has a factor of CO2: energy without one leaves a total partial."""
        return any(
            term.substance == "CO2" and term.scope in COUNTED_SCOPES
            for stream in self.resolved.streams.values()
            for term in stream.terms
        )

    def reduced(self, avoided: Mapping[str, Mapping[str, Reported]]) -> dict[str, Reported]:
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


def _in_unit_of_kind(stream: LinkedStream, reduction: Figure) -> Figure:
    """Waste water in m3, solid and chemical waste in t, as far as the stream's density is known."""
    if stream.density is None:
        return reduction
    if stream.kind == "wastewater" and reduction.unit is TONNES:
        return ratio_of(reduction, stream.density)
    if stream.kind != "wastewater" and reduction.unit is CUBIC_METRES:
        return converted(reduction, stream.density)
    return reduction


def _by_scope(emissions: Iterable[tuple[EmissionKey, Figure]]) -> dict[str, dict[str, Reported]]:
    scopes: dict[str, dict[str, list[Figure]]] = {}
    for key, amount in emissions:
        scopes.setdefault(key.scope, {}).setdefault(key.gas, []).append(amount)
    return {
        scope: {gas: total(*amounts) for gas, amounts in gases.items()}
        for scope, gases in scopes.items()
    }
