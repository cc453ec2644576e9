"""From a stream's cited factors to the terms that the engine multiplies, one per substance."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace

from cpcalc.calc.emissions import factor_with_content, per_dry_mass, per_wet_mass
from cpcalc.calc.savings import converted, ratio_of
from cpcalc.diagnostics import Diagnostic, Path
from cpcalc.figures import Figure, defined
from cpcalc.library import NO_CHOICE, Choice
from cpcalc.quantities import Quantity
from cpcalc.resolve.context import Context, NotLinkedError, cited_figure, figure_of
from cpcalc.resolve.loads import treatment_of
from cpcalc.resolve.model import EmissionTerm, Treatment
from cpcalc.schema import kebab
from cpcalc.schema.assessment import Stream
from cpcalc.schema.basis import FactorUse
from cpcalc.schema.factor_rows import NOT_STATED, Cited, Emission, Factor, substance_of
from cpcalc.units import ONE, YEAR, Unit, shown

# AP-42 takes ash and sulphur as the number of weight percent: 30 for a coal with 30 % ash.
PERCENT_NUMBERS_IN_ONE = defined(100.0, ONE, "weight percent as a number")
WHOLE = defined(1.0, ONE, "1")
GREENHOUSE_GASES = frozenset({"CO2", "CO2e", "CH4", "N2O", "SF6", "NF3", "CF4", "C2F6"})
REFRIGERANTS = ("HFC", "HCFC", "CFC", "R_")
# Gases of combustion: no filter takes them.
UNCONTROLLED = frozenset({"CO2", "CO2e", "CH4", "N2O"})
# Parameters of a use, and what a row must state to take them; ash, sulphur and moisture apart.
STATED_BY_ROWS: Mapping[str, str] = {
    "content_basis": "times", "equipment": "equipment", "year": "data_year", "type": "type",
    "sludge_removed": "mcf", "recovered": "mcf",
}  # fmt: skip
PARTICLES = frozenset({"TSP", "PM10", "PM2_5"})
# Pollutants of these boundaries leave somebody else's chimney: a power plant's, a supplier's.
OFF_SITE_BOUNDARIES = frozenset({"generation", "consumption", "upstream", "lifecycle"})


def terms_and_treatments(
    context: Context, stream: Stream, path: Path, unit: Unit | None
) -> Iterator[EmissionTerm | Treatment]:
    """What every factor a stream names gives; what does not fit is a diagnostic.

    ``unit`` is that of an amount of the stream a year.
    """
    grid = context.basis.grid
    of_grid = Choice(grid.data_year, grid.type, because=grid.because) if grid else NO_CHOICE
    taken: list[tuple[Emission, str]] = []
    for position, use in enumerate(stream.emission_factors or ()):
        at: Path = (*path, "emission-factors", position)
        choice = Choice(use.year, use.type, use.equipment, because=use.because)
        factor = context.library.pick(use.factor, choice, of_grid)
        if isinstance(factor, Diagnostic):
            context.note(factor._replace(path=at))
        elif unit is None:
            context.problem("quantity-or-price-needed", at, factor=use.factor)
        else:
            here = _FactorOnStream(context, stream, use, factor, unit * YEAR, at, taken)
            here.check_parameters()
            here.check_control()
            if factor.is_grid and use.because is None and of_grid.because is None:
                here.check_grid()
            yield from here.terms()


@dataclass(frozen=True)
class _FactorOnStream:
    """One use of a factor on a stream: the file's texts, the factor picked, and where it stands."""

    context: Context
    stream: Stream
    use: FactorUse
    factor: Factor
    activity: Unit  # the unit an amount of the stream has
    path: Path
    taken: list[tuple[Emission, str]]  # the rows that the stream has counted, and in which scope

    def terms(self) -> Iterator[EmissionTerm | Treatment]:
        """One term per row."""
        for row in self.factor.emits:
            with suppress(NotLinkedError):
                if row.mcf is not None:
                    yield treatment_of(self.context, self.stream, self.use, row, self.path)
                    continue
                term = self._term(row)
                self._check_first(row, term)
                self.taken.append((row, term.scope))
                yield term

    def _problem(self, name: str, **values: str) -> NotLinkedError:
        return self.context.problem(name, self.path, **values)

    # ---- checks of the use as a whole ------------------------------------------------------------

    def check_parameters(self) -> None:
        """A parameter needs a row that takes it."""
        rows = self.factor.emits
        taken = {row.times for row in rows}
        for name, stated in STATED_BY_ROWS.items():
            if any(row.states(stated) for row in rows):
                taken.add(name)
        is_dry = self.stream.mass_basis == "dry" or any(row.mass_basis == "dry" for row in rows)
        if is_dry or ("content_basis" in taken and self.use.content_basis == "dry"):
            taken.add("moisture")
        for name in ("ash", "sulphur", "moisture", *STATED_BY_ROWS):
            if self.use.states(name) and name not in taken:
                values = {"factor": self.use.factor, "parameter": kebab(name)}
                self.context.problem("parameter-without-use", (*self.path, kebab(name)), **values)

    def check_grid(self) -> None:
        """A factor of another year or country than the file's needs a reason."""
        years, reference = self.context.years, self.factor.reference
        if years is not None:
            first, last = years
            of_rows = [row.data_year for row in self.factor.emits if row.data_year is not None]
            other = next((year for year in of_rows if not first <= year <= last), None)
            if other is not None:
                at = ("basis", "grid", "data-year") if self.use.year is None else self.path
                period = str(first) if first == last else f"{first}-{last}"
                values = {"factor": reference, "year": str(other), "period": period}
                self.context.problem("factor-of-another-year", at, **values)
        country, region = self.context.assessment.enterprise.country, self.factor.geography or ""
        is_country = len(region) == 2 and region.isalpha() and region.isupper()
        if country is not None and is_country and country != region:
            values = {"factor": reference, "region": region, "country": country}
            self._problem("factor-of-another-region", **values)

    def _check_first(self, row: Emission, term: EmissionTerm) -> None:
        """Nothing of the stream may count the substance already; CO2e counts every gas."""
        for other, scope in self.taken:
            substances = {row.substance, other.substance}
            fractions = {row.fraction or "total", other.fraction or "total"}
            is_same = len(substances) == 1 and (len(fractions) == 1 or "total" in fractions)
            is_with_total = len(substances) > 1 and "CO2e" in substances
            is_part = is_with_total and substances <= GREENHOUSE_GASES and not row.biogenic
            if scope == term.scope and (is_same or is_part):
                values = {"one": other.reference, "other": row.reference}
                name = shown(row.substance)
                raise self._problem("substance-counted-twice", substance=name, **values)

    # ---- one term --------------------------------------------------------------------------------

    def _term(self, row: Emission) -> EmissionTerm:
        coefficient = self._coefficient(row)
        is_gas = row.substance in GREENHOUSE_GASES or row.substance.startswith(REFRIGERANTS)
        control = None if is_gas else self._control(row)
        if row.substance == "CO2e":
            self._check_gwp(row)
        is_off_site = self.factor.is_grid or row.boundary in OFF_SITE_BOUNDARIES
        site = "off_site" if is_off_site else "on_site"
        is_scoped = is_gas and row.scope is not None
        return EmissionTerm(
            substance=row.substance,
            scope=f"scope_{row.scope}".replace("-", "_") if is_scoped else site,
            biogenic=row.biogenic is True and row.substance == "CO2",
            factor=coefficient,
            ncv=self._content(row),
            control=control,
            abated=row.abated is True,
            is_grid=self.factor.is_grid,
        )

    def _coefficient(self, row: Emission) -> Figure:
        """The factor itself: with its ash or sulphur content, on the mass basis of the stream."""
        coefficient = cited_figure(row.value, row.reference)
        if row.times is not None:
            content = self._parameter(row.times)
            if self.use.content_basis == "dry":
                content = per_wet_mass(content, self._moisture())
            percent = converted(content, PERCENT_NUMBERS_IN_ONE)
            constant = cited_figure(row.plus or Quantity(0.0, ONE, "0"), row.reference)
            constant = replace(constant, unit=row.value.unit)
            coefficient = factor_with_content(coefficient, percent, constant)
        stated = self.stream.mass_basis
        is_per_mass = not row.value.unit.exponent("kWh") and not row.value.unit.exponent("m3")
        if not is_per_mass or row.mass_basis in (None, stated or "wet"):
            return coefficient
        if stated is None or self.use.moisture is None:
            raise self.context.note(mixed_mass_bases(self.stream, row, self.use.factor, self.path))
        to_basis = per_wet_mass if row.mass_basis == "dry" else per_dry_mass
        return to_basis(coefficient, self._moisture())

    def _parameter(self, name: str) -> Figure:
        given: Quantity | None = getattr(self.use, name)
        if given is None:
            raise self._problem("factor-parameter-missing", factor=self.use.factor, parameter=name)
        return figure_of(given)

    def _moisture(self) -> Figure:
        moisture = self._parameter("moisture")
        if self.use.moisture is not None and moisture.value == 1:
            raise self.context.out_of_range(self.use.moisture, high="99 %")
        return moisture

    def _check_gwp(self, row: Emission) -> None:
        """CO2e made with one set of GWPs never adds to gases, or to CO2e, of another."""
        if row.gwp is None or row.gwp == NOT_STATED:
            self._problem("gwp-of-factor-not-stated", factor=row.reference)
            return
        this = f"{row.reference} ({row.gwp})"
        made_with = self.context.co2e_made_with or (this, row.gwp)
        self.context.co2e_made_with = made_with
        if made_with[1] != row.gwp:
            self._problem("gwp-mixed", one=made_with[0], other=this)

    # ---- from the stream's unit to what the factor is per ----------------------------------------

    def _content(self, row: Emission) -> Figure | None:
        """What turns an amount of the stream into what the factor is per.

        A heat content, a density, both or nothing.
        """
        per, has_heat = row.activity, False
        if per is self.activity:
            if str(per) != "kWh":
                return None
            stated, (net, gross) = self.stream.heat_basis, (self.stream.ncv, self.stream.gcv)
            if row.basis and stated and stated != row.basis and net and gross:
                to_row = (net, gross) if row.basis == "ncv" else (gross, net)
                return ratio_of(*map(figure_of, to_row))
            self._check_heat_basis(row, stated, self.path)
            return None
        for content in self._contents(row):
            if content.unit * self.activity is per:
                return content
            has_heat = has_heat or content.unit.exponent("kWh") == 1
        if str(per) == "kWh" and not has_heat:
            basis = row.basis or "ncv"
            raise self._problem("heat-content-missing", basis=basis, factor=row.reference)
        values = {"factor": row.reference, "per": str(per), "stream": str(self.activity)}
        raise self._problem("factor-does-not-fit", **values)

    def _contents(self, row: Emission) -> Iterator[Figure]:
        density = figure_of(self.stream.density) if self.stream.density is not None else None
        if density is not None:
            yield from (density, ratio_of(WHOLE, density))
        heat = self._heat_content(row)
        if heat is not None:
            yield heat
            if density is not None:
                yield converted(heat, density)

    def _check_heat_basis(self, row: Emission, stated: str | None, path: Path) -> None:
        if row.basis is None or stated == row.basis:
            return
        if stated is None:
            self._problem("heat-basis-unstated", factor=row.reference, basis=row.basis)
        else:
            one, other = f"stream ({stated})", f"{row.reference} ({row.basis})"
            self.context.problem("heat-basis-mixed", path, one=one, other=other)

    def _heat_content(self, row: Emission) -> Figure | None:
        own, default = self.stream.ncv or self.stream.gcv, self.factor.ncv
        if row.basis == "gcv":
            own = self.stream.gcv or own
        if own is not None:
            self._check_heat_basis(row, "ncv" if own is self.stream.ncv else "gcv", own.path)
            return figure_of(own)
        if default is None or default.quantity is None or row.basis == "gcv":
            return None
        if is_mixed(default.mass_basis, self.stream.mass_basis):
            self.context.note(mixed_mass_bases(self.stream, default, self.use.factor, self.path))
        self.context.library.cite(default, "heat-content")
        return cited_figure(default.quantity, default.reference)

    # ---- abatement: a share or a cited efficiency, for all pollutants or for each ----------------

    @property
    def _pollutants(self) -> list[str]:
        substances = [row.substance for row in self.factor.emits]
        return list(dict.fromkeys(name for name in substances if name not in UNCONTROLLED))

    def check_control(self) -> None:
        """Whether the use's control has something to act on and says enough."""
        control, path, factor = self.use.control, (*self.path, "control"), self.use.factor
        pollutants = self._pollutants
        missing: dict[str, Path] = {}
        if isinstance(control, dict):
            unused = [name for name in control if _pollutant(name) not in pollutants]
            missing = {name: (*path, name) for name in unused}
        elif control is not None and not pollutants:
            missing = {"TSP": path}
        elif isinstance(control, Quantity) and len(pollutants) > 1:
            shares = ", ".join(f"{shown(name)}: 80 %" for name in pollutants)
            name = "control-of-dust-only" if set(pollutants) <= PARTICLES else "control-ambiguous"
            self.context.problem(name, path, factor=factor, write=f"{{{shares}}}")
        for name, at in missing.items():
            self.context.problem("control-without-pollutant", at, factor=factor, pollutant=name)

    def _control(self, row: Emission) -> Figure | None:
        """The efficiency that acts on a row's substance; None where nothing does.

        A plain share on dust is that of total dust and says nothing of the fine part (a cyclone
        takes little of it), which is then left out; on a factor that gives dust and gases it says
        too little.
        """
        control, path = self.use.control, (*self.path, "control")
        is_for_all = len(self._pollutants) > 1
        if isinstance(control, dict):
            name = next((name for name in control if _pollutant(name) == row.substance), None)
            if name is None:
                return None
            control, path, is_for_all = control[name], (*path, name), False
        elif isinstance(control, Quantity) and is_for_all and row.substance != "TSP":
            raise NotLinkedError
        if control is None:
            return None
        if row.abated:
            self.context.problem("control-counted-twice", path, factor=self.use.factor)
            return None
        if isinstance(control, Quantity):
            return figure_of(control)
        cited = self.context.library.efficiency(control)
        if isinstance(cited, Diagnostic):
            self.context.note(cited._replace(path=path))
            return None
        takes = substance_of(cited.of)
        if takes == row.substance:
            return cited_figure(cited.quantity, cited.reference)
        if is_for_all and takes in PARTICLES:
            raise NotLinkedError
        values = {"takes": shown(takes), "pollutant": shown(row.substance)}
        self.context.problem("control-of-another-substance", path, control=control, **values)
        return None


def _pollutant(name: str) -> str:
    return "TSP" if name == "dust" else substance_of(name)


def is_mixed(cited: str | None, stream: str | None) -> bool:
    """Whether a heat content per dry tonne meets wet tonnes, or one as fired meets dry tonnes."""
    return cited is not None and (cited == "dry") != (stream == "dry")


def mixed_mass_bases(stream: Stream, row: Cited, factor: str, path: Path) -> Diagnostic:
    """Tonnes of two kinds: those of a stream and of a row that a factor takes."""
    one = f"stream ({stream.mass_basis or 'mass-basis not stated'})"
    other = f"{row.reference} ({row.mass_basis})"
    return Diagnostic("mass-basis-mixed", path, {"one": one, "other": other, "factor": factor})
