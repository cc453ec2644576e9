"""From a stream's cited factors to the terms that the engine multiplies, one per substance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from cpcalc.calc.dust import factor_with_content, per_dry_mass, per_wet_mass
from cpcalc.calc.savings import converted, ratio_of
from cpcalc.diagnostics import Diagnostic, Path
from cpcalc.figures import Figure, Origin
from cpcalc.library import NO_CHOICE, Choice, Library
from cpcalc.resolve.control import UNKNOWN, check_control, control_of
from cpcalc.resolve.model import Term, Treatment
from cpcalc.resolve.scope import YEAR, Scope
from cpcalc.resolve.treatment import treatment_of
from cpcalc.schema import assessment as files
from cpcalc.schema.basis import FactorUse
from cpcalc.schema.factor_rows import Cited, Emission, Factor
from cpcalc.units import ONE, Unit, shown

SCOPES: Mapping[str, str] = {
    "1": "scope_1",
    "2-location": "scope_2_location",
    "2-market": "scope_2_market",
    "3": "scope_3",
}
# AP-42 takes ash and sulphur as the number of weight percent: 30 for a coal with 30 % ash.
PERCENT_NUMBERS_IN_ONE = Figure(
    100.0, ONE, None, (Origin("definition", (), "weight percent as a number"),)
)
GREENHOUSE_GASES = frozenset({"CO2", "CO2e", "CH4", "N2O", "SF6", "NF3", "CF4", "C2F6"})
REFRIGERANTS = ("HFC", "HCFC", "CFC", "R_")
# Pollutants of these boundaries leave somebody else's chimney: a power plant's, a supplier's.
OFF_SITE_BOUNDARIES = frozenset({"generation", "consumption", "upstream", "lifecycle"})


class Place(NamedTuple):
    """One use of a factor on a stream: the file's texts, the factor picked, and where it stands."""

    stream: files.Stream
    use: FactorUse
    factor: Factor
    activity: Unit  # the unit an amount of the stream has
    path: Path


def terms_of(
    scope: Scope, stream: files.Stream, path: Path, flow_unit: Unit | None, library: Library
) -> Iterator[Term | Treatment]:
    """The terms of every factor a stream names; what does not fit is a diagnostic."""
    grid = scope.basis.grid
    of_grid = Choice(grid.data_year, grid.type, because=grid.because) if grid else NO_CHOICE
    taken: dict[tuple[str, str, str], str] = {}
    for position, use in enumerate(stream.emission_factors or ()):
        at: Path = (*path, "emission-factors", position)
        choice = Choice(use.year, use.type, use.equipment, use.because)
        factor = library.pick(use.factor, choice, of_grid)
        if isinstance(factor, Diagnostic):
            scope.diagnostics.append(factor._replace(path=at))
            continue
        if flow_unit is None:
            scope.problem("quantity-or-price-needed", at, factor=use.factor)
            continue
        here = Place(stream, use, factor, flow_unit * YEAR, at)
        _check_use(scope, here, use.because or of_grid.because)
        for row in factor.emits:
            if row.mcf is not None:
                treatment = treatment_of(scope, stream, use, row, at)
                if treatment is not None:
                    yield treatment
                continue
            term = _term(scope, here, row, library)
            if term is not None and _is_first(scope, here, row, term, taken):
                yield term


def _check_use(scope: Scope, here: Place, because: str | None) -> None:
    """A factor of another year or country than the file's needs a reason.

    A parameter needs a row that takes it.
    """
    factor, use = here.factor, here.use
    stated = [name for name in PARAMETERS if getattr(use, name) is not None]
    takes = _taken_parameters(here) if stated else {}
    for name in stated:
        if not takes[name]:
            parameter = name.replace("_", "-")
            scope.problem(
                "parameter-without-use",
                (*here.path, parameter),
                factor=use.factor,
                parameter=parameter,
            )
    check_control(scope, use, factor, here.path)
    if not factor.is_grid or because is not None:
        return
    years = {row.data_year for row in factor.emits if row.data_year is not None}
    period = scope.years
    other = next(
        (year for year in years if period is not None and not period[0] <= year <= period[1]), None
    )
    if other is not None and period is not None:
        scope.problem(
            "factor-of-another-year",
            ("basis", "grid", "data-year") if use.year is None else here.path,
            factor=factor.reference,
            year=str(other),
            period=str(period[0]) if period[0] == period[1] else f"{period[0]}-{period[1]}",
        )
    country = scope.assessment.enterprise.country or ""
    region = factor.geography or ""
    if _is_country(country) and _is_country(region) and country != region:
        scope.problem(
            "factor-of-another-region",
            here.path,
            factor=factor.reference,
            region=region,
            country=country,
        )


PARAMETERS = (
    "ash", "sulphur", "content_basis", "moisture", "equipment", "year", "type", "sludge_removed",
    "recovered",
)  # fmt: skip


def _taken_parameters(here: Place) -> dict[str, bool]:
    """Which parameters of a use some row of the factor needs."""
    rows, has_contents = here.factor.emits, any(row.times for row in here.factor.emits)
    on_dry = any(row.mass_basis == "dry" for row in rows) or here.stream.mass_basis == "dry"
    treats = any(row.mcf is not None for row in rows)
    return {
        "ash": any(row.times == "ash" for row in rows),
        "sulphur": any(row.times == "sulphur" for row in rows),
        "content_basis": has_contents,
        "moisture": on_dry or (has_contents and here.use.content_basis == "dry"),
        "equipment": any(row.equipment is not None for row in rows),
        "year": any(row.data_year is not None for row in rows),
        "type": any(row.type is not None for row in rows),
        "sludge_removed": treats,
        "recovered": treats,
    }


def _is_country(text: str) -> bool:
    return len(text) == 2 and text.isalpha() and text.isupper()


def _is_first(
    scope: Scope, here: Place, row: Emission, term: Term, taken: dict[tuple[str, str, str], str]
) -> bool:
    """Whether nothing of the stream counts the same substance already.

    CO2e counts every greenhouse gas.
    """
    fraction = row.fraction or "total"
    for (substance, where, other_fraction), reference in taken.items():
        if where != term.scope:
            continue
        same = substance == row.substance and (
            fraction == other_fraction or "total" in (fraction, other_fraction)
        )
        gases = (
            {substance, row.substance} <= GREENHOUSE_GASES
            and "CO2e" in (substance, row.substance)
            and substance != row.substance
        )
        if same or (gases and not row.biogenic):
            scope.problem(
                "substance-counted-twice",
                here.path,
                substance=shown(row.substance),
                one=reference,
                other=row.reference,
            )
            return False
    taken[(row.substance, term.scope, fraction)] = row.reference
    return True


# ---- one term ------------------------------------------------------------------------------------


def _term(scope: Scope, here: Place, row: Emission, library: Library) -> Term | None:
    coefficient = _coefficient(scope, here, row)
    if coefficient is None:
        return None
    is_gas = row.substance in GREENHOUSE_GASES or row.substance.startswith(REFRIGERANTS)
    control = None if is_gas else control_of(scope, here.use, here.factor, row, library, here.path)
    if control is UNKNOWN:
        return None
    if row.substance == "CO2e":
        _check_gwp(scope, row, here.path)
    heat = _content(scope, here, row, library)
    if heat is _NO_FIT:
        return None
    if is_gas:
        where = SCOPES.get(row.scope or "", "on_site")
    else:
        where = (
            "off_site" if here.factor.is_grid or row.boundary in OFF_SITE_BOUNDARIES else "on_site"
        )
    return Term(
        substance=row.substance,
        scope=where,
        biogenic=row.biogenic is True and row.substance == "CO2",
        factor=coefficient,
        ncv=heat,
        control=control,
        reference=row.reference,
        abated=row.abated is True,
        is_grid=here.factor.is_grid,
    )


def cited_figure(cited: Cited) -> Figure:
    """The figure of a cited number."""
    value = cited.quantity
    assert value is not None  # the library hands out no other
    return Figure(value.value, value.unit, None, (Origin("factor", cited.reference, value.text),))


def _coefficient(scope: Scope, here: Place, row: Emission) -> Figure | None:
    """The factor itself: with its ash or sulphur content, on the mass basis of the stream."""
    coefficient = Figure(
        row.value.value, row.value.unit, None, (Origin("factor", row.reference, row.value.text),)
    )
    if row.times is not None:
        percent = _percent(scope, here, row.times)
        if percent is None:
            return None
        constant = Figure(
            row.plus.value if row.plus else 0.0,
            coefficient.unit,
            None,
            (Origin("factor", row.reference, row.plus.text if row.plus else "0"),),
        )
        coefficient = factor_with_content(coefficient, percent, constant)
    return _on_stream_basis(scope, here, row, coefficient) if _is_per_mass(row) else coefficient


def _percent(scope: Scope, here: Place, name: str) -> Figure | None:
    """The content as a percent number, as fired."""
    given = getattr(here.use, name, None)
    if given is None:
        scope.problem("factor-parameter-missing", here.path, factor=here.use.factor, parameter=name)
        return None
    if not 0 <= given.value <= 1:
        scope.problem("out-of-range", given.path, found=given.text, low="0 %", high="100 %")
        return None
    content = scope.figure(given)
    if here.use.content_basis == "dry":
        moisture = _moisture(scope, here)
        if moisture is None:
            return None
        content = per_wet_mass(content, moisture)
    return converted(content, PERCENT_NUMBERS_IN_ONE)


def _moisture(scope: Scope, here: Place) -> Figure | None:
    given = here.use.moisture
    if given is None:
        scope.problem(
            "factor-parameter-missing", here.path, factor=here.use.factor, parameter="moisture"
        )
        return None
    if not 0 <= given.value < 1:
        scope.problem("out-of-range", given.path, found=given.text, low="0 %", high="99 %")
        return None
    return scope.figure(given)


def _is_per_mass(row: Emission) -> bool:
    return row.value.unit.exponent("kWh") == 0 and row.value.unit.exponent("m3") == 0


def _on_stream_basis(
    scope: Scope, here: Place, row: Emission, coefficient: Figure
) -> Figure | None:
    """A factor per dry or wet tonne on the stream's own tonnes.

    Without the moisture the two do not mix.
    """
    factor_basis = (
        "dry" if row.mass_basis == "dry" else "wet" if row.mass_basis is not None else None
    )
    stream_basis = here.stream.mass_basis
    if (
        factor_basis is None
        or stream_basis == factor_basis
        or (stream_basis is None and factor_basis == "wet")
    ):
        return coefficient
    if stream_basis is None or here.use.moisture is None:
        scope.problem(
            "mass-basis-mixed",
            here.path,
            one=f"stream ({stream_basis or 'mass-basis not stated'})",
            other=f"{row.reference} ({factor_basis})",
            factor=here.use.factor,
        )
        return None
    moisture = _moisture(scope, here)
    if moisture is None:
        return None
    to_basis = per_wet_mass if factor_basis == "dry" else per_dry_mass
    return to_basis(coefficient, moisture)


def _check_gwp(scope: Scope, row: Emission, at: Path) -> None:
    """CO2e made with one set of GWPs never adds to gases, or to CO2e, of another."""
    if row.gwp is None or row.gwp == "not-stated":
        scope.problem("gwp-of-factor-not-stated", at, factor=row.reference)
        return
    if scope.basis.gwp is not None:
        one, other = f"basis.gwp ({scope.basis.gwp})", scope.basis.gwp
    elif scope.co2e_made_with is not None:
        one, other = scope.co2e_made_with
    else:
        scope.co2e_made_with = (f"{row.reference} ({row.gwp})", row.gwp)
        return
    if other != row.gwp:
        scope.problem("gwp-mixed", at, one=one, other=f"{row.reference} ({row.gwp})")


# ---- from the stream's unit to what the factor is per --------------------------------------------

_NO_FIT = Figure(0.0, ONE, None, ())
WHOLE = Figure(1.0, ONE, None, (Origin("definition", (), "1"),))


def _content(scope: Scope, here: Place, row: Emission, library: Library) -> Figure | None:
    """What turns an amount of the stream into what the factor is per: a heat content, a density,
    both or nothing.
    """
    stream, activity, at = here.stream, here.activity, here.path
    per = (Unit.of((("t", 1),)) * Unit.of(((row.substance, 1),))) / row.value.unit
    if per is activity:
        if row.basis is not None and str(activity) == "kWh":
            _check_heat_basis(scope, here, row)
        return None
    density = scope.figure(stream.density) if stream.density is not None else None
    if density is not None and density.unit * activity is per:
        return density
    if density is not None and activity is density.unit * per:
        return ratio_of(WHOLE, density)
    heat = _heat_content(scope, here, row, library)
    if heat is not None:
        if heat.unit * activity is per:
            return heat
        if density is not None and heat.unit * density.unit * activity is per:
            return converted(heat, density)
    if str(per) == "kWh" and heat is None:
        scope.problem("heat-content-missing", at, factor=row.reference, basis=row.basis or "ncv")
    else:
        scope.problem(
            "factor-does-not-fit", at, factor=row.reference, per=str(per), stream=str(activity)
        )
    return _NO_FIT


def _check_heat_basis(scope: Scope, here: Place, row: Emission) -> None:
    stated = here.stream.heat_basis
    if stated is None:
        scope.problem("heat-basis-unstated", here.path, factor=row.reference, basis=str(row.basis))
    elif stated != row.basis:
        scope.problem(
            "heat-basis-mixed",
            here.path,
            one=f"stream ({stated})",
            other=f"{row.reference} ({row.basis})",
        )


def is_mixed(cited: str | None, stream: str | None) -> bool:
    """Whether a heat content per dry tonne meets wet tonnes, or one as fired meets dry tonnes."""
    return (cited == "dry") != (stream == "dry") if cited is not None else False


def _heat_content(scope: Scope, here: Place, row: Emission, library: Library) -> Figure | None:
    stream, factor = here.stream, here.factor
    own = stream.ncv if stream.ncv is not None else stream.gcv
    if own is not None:
        basis = "ncv" if stream.ncv is not None else "gcv"
        if row.basis is not None and row.basis != basis:
            scope.problem(
                "heat-basis-mixed",
                own.path,
                one=f"stream ({basis})",
                other=f"{row.reference} ({row.basis})",
            )
        return scope.figure(own)
    if factor.ncv is None or row.basis == "gcv":
        return None
    if is_mixed(factor.ncv.mass_basis, stream.mass_basis):
        scope.problem(
            "mass-basis-mixed",
            here.path,
            one=f"stream ({stream.mass_basis or 'mass-basis not stated'})",
            other=f"{factor.ncv.reference} ({factor.ncv.mass_basis})",
            factor=here.use.factor,
        )
    return cited_figure(library.cite(factor.ncv, "heat-content"))
