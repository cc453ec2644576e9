"""What one measure brings, before it is a line: money by category, what is missing, emissions and reductions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

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
from cpcalc.engine.sums import add_reported, known_sum
from cpcalc.figures import Figure, NotApplicable, Reported
from cpcalc.resolve.model import (
    CATEGORY_OF_KIND,
    INPUT_KINDS,
    SOLD_KINDS,
    Effect,
    Measure,
    Resolved,
    Stream,
    Unknown,
)
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
LOAD_REDUCTION: Mapping[str, str] = {"cod": "cod", "bod": "bod", "tss": "tss"}
# The scopes whose fossil CO2 makes up `reductions.co2`: own combustion and purchased electricity by location.
COUNTED_SCOPES = ("scope_1", "scope_2_location")
# Pollutants: what leaves the plant's own stacks, and what was there before a filter; biogenic CO2 is a memo line.
ON_SITE, GENERATED, BIOGENIC = "on_site", "generated", "biogenic"


class EmissionKey(NamedTuple):
    """Under what an avoided emission is counted."""

    scope: str
    substance: str
    biogenic: bool
    is_grid: bool = False  # follows the grid's factor over the years


class Pieces:
    """The figures of one measure's effects, collected while they act."""

    def __init__(self, resolved: Resolved) -> None:
        self.resolved = resolved
        self.money: dict[str, list[Figure]] = {}
        self.missing: list[str] = []
        self.missing_of: dict[str, list[str]] = {}  # category -> the fields that its money misses
        self.emissions: dict[EmissionKey, list[Figure]] = {}
        self.reductions: dict[str, list[Figure]] = {}
        self.missing_emissions: list[str] = []
        self.missing_reductions: dict[
            str, list[str]
        ] = {}  # name in the summary -> the fields it misses
        self.missing_co2: list[str] = []  # energy whose factor gives CO2e only
        self.caps: list[str] = []
        self.stated_worth: dict[
            str, list[tuple[Figure, Figure]]
        ] = {}  # stream -> worth and the reduction it is of
        self.has_effects = False
        self.sources: list[
            tuple[str | None, str, Figure]
        ] = []  # stream (None: money only), category, money a year
        self.amounts: list[tuple[str, Figure]] = []  # purchased stream, reduction a year
        self.cuts: list[
            tuple[str, Figure]
        ] = []  # stream that is no part of another, reduction a year

    def add(self, measure: Measure, flows: Flows, effects: Iterable[Effect | Unknown]) -> Pieces:
        """Let the effects act on the flows and collect what they bring; then the money that stands for itself."""
        covered = {money.category for money in measure.benefits}
        for effect in _loads_last(effects, flows):
            self.has_effects = True
            if isinstance(effect, Unknown):
                self.missing.extend(effect.missing)
                continue
            self._collect(flows.act(effect), covered)
        for money in measure.benefits:
            self._earn(None, money.category, money.amount)
        return self

    def _earn(self, stream: str | None, category: str, amount: Figure) -> None:
        self.money.setdefault(category, []).append(amount)
        self.sources.append((stream, category, amount))

    def _miss(self, category: str, field: str) -> None:
        self.missing.append(field)
        self.missing_of.setdefault(category, []).append(field)

    def _collect(self, outcome: Outcome, covered: set[str]) -> None:
        streams, effect = self.resolved.streams, outcome.effect
        stream = streams[effect.stream]
        if outcome.was_capped:
            self.caps.append(effect.stream)
        if outcome.load_change is not None:
            self.reductions.setdefault(LOAD_REDUCTION[str(effect.load)], []).append(
                outcome.load_change
            )
            self._collect_methane(stream, str(effect.load), outcome.load_change)
        paid_for: frozenset[str] = frozenset()
        if effect.worth is not None:
            paid_for, worth = same_purchase(effect, self.resolved), effect.worth
            if outcome.realised is not None:
                worth = scaled(worth, *outcome.realised)
            self._earn(stream.id, CATEGORY_OF_KIND[stream.kind], worth)
            cut = outcome.changes.get(stream.id)
            if cut is not None:
                self.stated_worth.setdefault(stream.id, []).append((worth, cut))
        if outcome.unknown:
            if (
                effect.worth is None
                and CATEGORY_OF_KIND[stream.kind] not in covered
                and "unspecified" not in covered
            ):
                self._miss(CATEGORY_OF_KIND[stream.kind], stream.lacks)
            if outcome.load_change is None and effect.load is not None and stream.lacks:
                self._miss_reduction(LOAD_REDUCTION[effect.load], stream.lacks)
            for name in outcome.reached:
                self._miss_change(
                    streams[name], stream.lacks, name == stream.id or name in paid_for, covered
                )
            return
        for name, reduction in outcome.changes.items():
            self._collect_change(streams[name], reduction, name in paid_for, covered)

    def _collect_change(
        self, stream: Stream, reduction: Figure, is_paid_for: bool, covered: set[str]
    ) -> None:
        if stream.parent is not None:
            return
        self.cuts.append((stream.id, reduction))
        if stream.made_from:
            return  # counted once, at the purchased stream
        category = CATEGORY_OF_KIND[stream.kind]
        self.amounts.append((stream.id, reduction))
        if not is_paid_for:
            if stream.price is not None:
                formula = money_loss if stream.kind in SOLD_KINDS else money_saving
                self._earn(stream.id, category, formula(reduction, stream.price))
            elif (stream.kind in INPUT_KINDS or stream.kind in SOLD_KINDS) and not covered & {
                category,
                "unspecified",
            }:
                self._miss(category, f"streams.{stream.id}.price")
        self._collect_emissions(stream, reduction)
        self._collect_reductions(stream, reduction)

    def _miss_reduction(self, name: str | None, field: str) -> None:
        if name is not None:
            self.missing_reductions.setdefault(name, []).append(field)

    def _miss_change(self, stream: Stream, field: str, is_said: bool, covered: set[str]) -> None:
        """A stream that changes by an unknown amount: its money, emissions and reductions lack the field."""
        category = CATEGORY_OF_KIND[stream.kind]
        is_purchase = stream.parent is None and not stream.made_from
        has_price = (
            stream.price is not None or stream.kind in INPUT_KINDS or stream.kind in SOLD_KINDS
        )
        if is_purchase and has_price and not is_said and not covered & {category, "unspecified"}:
            self._miss(category, field)
        if stream.kind in ("energy", "greenhouse-gas"):
            self.missing_emissions.append(field)
        self._miss_reduction(REDUCTION_OF_KIND.get(stream.kind), field)
        for term in stream.terms:
            if term.scope == ON_SITE:
                self._miss_reduction(REDUCTION_OF_SUBSTANCE.get(term.substance), field)
        if stream.kind in ("dust", "air-pollutant") and (
            stream.control is not None or not stream.generated
        ):
            self._miss_reduction(REDUCTION_OF_SUBSTANCE.get(stream.substance or ""), field)

    def _emission(
        self,
        figure: Figure,
        scope: str,
        substance: str,
        *,
        biogenic: bool = False,
        grid: bool = False,
    ) -> None:
        self.emissions.setdefault(EmissionKey(scope, substance, biogenic, grid), []).append(figure)

    def _collect_emissions(self, stream: Stream, reduction: Figure) -> None:
        if stream.kind == "energy":
            self._note_missing_factors(stream)
        for term in stream.terms:
            if term.ncv is not None:
                avoided = emission_by_energy(reduction, term.ncv, term.factor)
            else:
                avoided = emission_by_mass(reduction, term.factor)
            if term.scope == ON_SITE and not term.abated:
                self._emission(avoided, GENERATED, term.substance)
            if term.control is not None:
                avoided = controlled(avoided, term.control)
            self._emission(
                avoided, term.scope, term.substance, biogenic=term.biogenic, grid=term.is_grid
            )

    def _note_missing_factors(self, stream: Stream) -> None:
        """Energy without a factor of any greenhouse gas is missing in CO2 and CO2e; with CO2e only, in CO2."""
        gases = {term.substance for term in stream.terms if term.scope in COUNTED_SCOPES}
        if not gases:
            self.missing_emissions.append(f"streams.{stream.id}.emission-factors")
        elif "CO2" not in gases:
            self.missing_co2.append(f"streams.{stream.id}.emission-factors")

    def _collect_methane(self, stream: Stream, load: str, reduction: Figure) -> None:
        """The methane that a lower organic load avoids; sludge and recovery stay in proportion to the load."""
        for treatment in stream.treatments:
            if treatment.load == load:
                sludge = share_of(reduction, treatment.sludge)
                formed = methane_formed(reduction, sludge, treatment.capacity, treatment.correction)
                recovered = share_of(formed, treatment.recovered)
                methane = wastewater_methane(
                    reduction, sludge, treatment.capacity, treatment.correction, recovered
                )
                self._emission(methane, "scope_1", "CH4")

    def _collect_reductions(self, stream: Stream, reduction: Figure) -> None:
        name = REDUCTION_OF_KIND.get(stream.kind)
        if name is not None:
            self.reductions.setdefault(name, []).append(self._in_unit_of_kind(stream, reduction))
        elif stream.kind in ("dust", "air-pollutant"):
            emitted = reduction
            substance = str(reduction.unit.substance)
            if stream.generated:
                self._emission(reduction, GENERATED, substance)
                if stream.control is None:
                    return  # dust as generated says nothing of what leaves the stack
                emitted = controlled(reduction, stream.control)
            self._emission(emitted, ON_SITE, substance)
        elif stream.kind == "greenhouse-gas":
            self._emission(reduction, "scope_1", str(reduction.unit.substance))

    def _in_unit_of_kind(self, stream: Stream, reduction: Figure) -> Figure:
        """Waste water in m3, solid and chemical waste in t, as far as the stream's density is known."""
        if stream.density is None:
            return reduction
        wanted, other = (
            (CUBIC_METRES, TONNES) if stream.kind == "wastewater" else (TONNES, CUBIC_METRES)
        )
        if reduction.unit is not other:
            return reduction
        by = ratio_of if wanted is CUBIC_METRES else converted
        return by(reduction, stream.density)

    # ---- what becomes of it -----------------------------------------------------------------------------------------

    def savings(self) -> dict[str, Reported]:
        """Money a year by category, partial or incomplete where a price or quantity is missing."""
        found: dict[str, Reported] = {}
        for category in {**self.money, **self.missing_of}:
            missing = tuple(dict.fromkeys(self.missing_of.get(category, ())))
            figures = self.money.get(category)
            found[category] = (
                known_sum(figures, missing)
                if figures
                else NotApplicable("incomplete", "field-missing", missing)
            )
        return found

    def implied_prices(self) -> dict[str, Figure]:
        """The price a unit that a stated worth and its reduction imply, by stream."""
        found: dict[str, Figure] = {}
        for name, pairs in self.stated_worth.items():
            worth = total(*[part for part, _ in pairs])
            cut = total(*[part for _, part in pairs])
            if cut.value != 0:
                found[name] = implied_price(worth, cut)
        return found

    def annual_saving(self, measure: Measure, zero: Figure | None) -> Reported:
        """The gross annual saving: all categories; partial or incomplete where a price or quantity is missing."""
        parts = [figure for figures in self.money.values() for figure in figures]
        missing = tuple(dict.fromkeys(self.missing))
        if parts:
            return known_sum(parts, missing)
        if missing:
            return NotApplicable("incomplete", "field-missing", missing)
        if self.has_effects and zero is not None:
            return zero
        return NotApplicable("incomplete", "no-saving-stated", (f"measures.{measure.id}.effects",))

    def avoided(self) -> dict[str, dict[str, Reported]]:
        """Avoided emissions a year: scope -> gas -> figure; biogenic CO2 apart."""
        scopes: dict[str, dict[str, list[Figure]]] = {}
        for key, figures in self.emissions.items():
            scopes.setdefault(BIOGENIC if key.biogenic else key.scope, {}).setdefault(
                key.substance, []
            ).extend(figures)
        return {
            scope: {gas: total(*figures) for gas, figures in gases.items()}
            for scope, gases in scopes.items()
        }

    def lifetime_avoided(self, measure: Measure) -> dict[str, dict[str, Reported]]:
        """Emissions avoided over the measure's life: another kind of figure, not a rate a year.

        What follows the grid's factor counts for fewer years where the file says that the factor declines.
        """
        if measure.lifetime is None:
            unknown = NotApplicable(
                "incomplete", "field-missing", (f"measures.{measure.id}.lifetime",)
            )
            return {scope: dict.fromkeys(gases, unknown) for scope, gases in self.avoided().items()}
        decline = self.resolved.grid_decline
        of_grid = measure.lifetime
        if decline is not None:
            of_grid = years_at_first_factor(measure.lifetime, decline)
        scopes: dict[str, dict[str, list[Figure]]] = {}
        for key, figures in self.emissions.items():
            years = of_grid if key.is_grid else measure.lifetime
            over_life = lifetime_emission(total(*figures), years)
            gases = scopes.setdefault(BIOGENIC if key.biogenic else key.scope, {})
            gases.setdefault(key.substance, []).append(over_life)
        return {
            scope: {gas: total(*figures) for gas, figures in gases.items()}
            for scope, gases in scopes.items()
        }

    def greenhouse(self, avoided: Mapping[str, Mapping[str, Reported]]) -> dict[str, Reported]:
        """Fossil CO2 and CO2e of the counted scopes: gas by gas, the GWP applied last."""
        found: dict[str, Reported] = {}
        fossil: list[Figure] = []
        equivalents: list[Figure] = []
        unknown: list[str] = []
        lacks_gwp = False
        for scope in COUNTED_SCOPES:
            for gas, figure in avoided.get(scope, {}).items():
                if not isinstance(figure, Figure):
                    unknown.extend(figure.missing)
                    continue
                if gas == "CO2":
                    fossil.append(figure)
                gwp = (self.resolved.gwps or {}).get(gas)
                if gas == "CO2e":
                    equivalents.append(figure)
                elif gwp is not None:
                    equivalents.append(co2e(figure, gwp))
                elif gas != "CO2":
                    lacks_gwp = True
        lacks_gwp = lacks_gwp or (bool(equivalents and fossil) and self.resolved.gwps is None)
        missing = tuple(dict.fromkeys((*self.missing_emissions, *unknown)))
        if unknown and not fossil and not equivalents:
            return dict.fromkeys(
                ("co2", "co2e"), NotApplicable("incomplete", "field-missing", missing)
            )
        if fossil:
            found["co2"] = known_sum(fossil, tuple(dict.fromkeys((*missing, *self.missing_co2))))
        elif missing and not equivalents and self._file_counts_co2():
            found["co2"] = NotApplicable("incomplete", "field-missing", missing)
        if lacks_gwp:
            found["co2e"] = NotApplicable("incomplete", "gwp-missing", ("basis.gwp",))
        elif equivalents:
            found["co2e"] = known_sum(equivalents, missing)
        elif missing and "co2" in found and self.resolved.gwps is not None:
            found["co2e"] = NotApplicable("incomplete", "field-missing", missing)
        return found

    def _file_counts_co2(self) -> bool:
        """Whether any stream has a factor of CO2, so that energy without one leaves a total partial."""
        return any(
            term.substance == "CO2" and term.scope in COUNTED_SCOPES
            for stream in self.resolved.streams.values()
            for term in stream.terms
        )

    def reduced(self, avoided: Mapping[str, Mapping[str, Reported]]) -> dict[str, Reported]:
        """The reductions of the summary: waste streams, fossil CO2, CO2e, dust and other pollutants on site."""
        found: dict[str, Reported] = {
            name: add_reported(list(figures)) for name, figures in self.reductions.items()
        }
        if avoided or self.missing_emissions:
            found |= self.greenhouse(avoided)
        for substance, figure in avoided.get(ON_SITE, {}).items():
            name = REDUCTION_OF_SUBSTANCE.get(substance)
            if name is not None:
                found[name] = figure
        for name, fields in self.missing_reductions.items():
            parts = [found[name]] if name in found else []
            found[name] = add_reported(parts, tuple(dict.fromkeys(fields)))
        return found


class Earnings(Pieces):
    """The money of effects only: what they bring to emissions and reductions is not asked for."""

    def _collect_emissions(self, stream: Stream, reduction: Figure) -> None:
        return

    def _collect_reductions(self, stream: Stream, reduction: Figure) -> None:
        return

    def _collect_methane(self, stream: Stream, load: str, reduction: Figure) -> None:
        return

    def sum(self) -> Any:
        """All money a year, as a plain number."""
        return sum(figure.value for figures in self.money.values() for figure in figures)


def _loads_last(effects: Iterable[Effect | Unknown], flows: Flows) -> Iterable[Effect | Unknown]:
    """A measure's effects, those on loads last: its concentrations are of the flow that its other effects leave."""
    loads = [effect for effect in effects if isinstance(effect, Effect) and effect.form == "load"]
    if not loads:
        return effects
    flows.begin()
    return [*(effect for effect in effects if effect not in loads), *loads]
