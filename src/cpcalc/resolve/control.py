"""Abatement of one use of a factor: a share, a cited efficiency, or one of these for each pollutant."""

from __future__ import annotations

from cpcalc.diagnostics import Diagnostic, Path
from cpcalc.figures import Figure, Origin
from cpcalc.library import Factor, Library, Row
from cpcalc.library.rows import substance_of
from cpcalc.resolve.scope import Scope
from cpcalc.schema.factor_use import FactorUse
from cpcalc.schema.leaves import Given

DUST_NAMES = {"dust": "TSP"}


def control_of(scope: Scope, use: FactorUse, factor: Factor, row: Row, library: Library, at: Path) -> Figure | None:
    """The efficiency that acts on a row's substance; None where nothing does.

    One plain share says nothing of which of several pollutants it takes (a cyclone takes coarse dust, little fine
    dust and no gas), so a factor with several needs one for each.
    """
    control = use.control
    if control is None:
        return None
    place: Path = (*at, "control")
    if isinstance(control, dict):
        wanted = {DUST_NAMES.get(name, substance_of(name)): (name, part) for name, part in control.items()}
        given_by = {other.of for other in factor.rows}
        for substance, (name, _) in wanted.items():
            if substance not in given_by and row is factor.rows[0]:
                scope.problem("control-without-pollutant", (*place, name), factor=use.factor, pollutant=name)
        if row.of not in wanted:
            return None
        name, part = wanted[row.of]
        return _efficiency(scope, part, use, row, library, (*place, name))
    pollutants = [other.of for other in factor.rows if other.of not in ("CO2", "CO2e", "CH4", "N2O")]
    if len(dict.fromkeys(pollutants)) > 1:
        if row.of == pollutants[0]:
            parts = ", ".join(f"{name.replace('PM2_5', 'PM2.5')}: 80 %" for name in dict.fromkeys(pollutants))
            scope.problem("control-ambiguous", place, factor=use.factor, write=f"{{{parts}}}")
        return None
    return _efficiency(scope, control, use, row, library, place)


def _efficiency(
    scope: Scope, control: Given | str, use: FactorUse, row: Row, library: Library, place: Path
) -> Figure | None:
    if row.abated:
        scope.problem("control-counted-twice", place, factor=use.factor)
        return None
    if isinstance(control, str):
        cited = library.efficiency(str(control))
        if isinstance(cited, Diagnostic):
            scope.diagnostics.append(cited._replace(path=place))
            return None
        if cited.substance != row.of:
            scope.problem(
                "control-of-another-substance",
                place,
                control=str(control),
                takes=str(cited.substance).replace("PM2_5", "PM2.5"),
                pollutant=row.of.replace("PM2_5", "PM2.5"),
            )
            return None
        value = cited.value
        return Figure(value.value, value.unit, None, (Origin("factor", cited.reference, value.text),))
    if not 0 <= control.value <= 1:
        scope.problem("out-of-range", control.path, found=control.text, low="0 %", high="100 %")
        return None
    return scope.figure(control)
