"""Abatement of one use of a factor: a share or a cited efficiency, for all or each pollutant."""

from __future__ import annotations

from cpcalc.diagnostics import Diagnostic, Path
from cpcalc.figures import Figure, Origin
from cpcalc.library import Library
from cpcalc.quantities import Quantity
from cpcalc.resolve.scope import Scope
from cpcalc.schema.basis import FactorUse
from cpcalc.schema.factor_rows import Emission, Factor, substance_of
from cpcalc.units import ONE, shown

DUST_NAMES = {"dust": "TSP"}
GASES = frozenset({"CO2", "CO2e", "CH4", "N2O"})
PARTICLES = frozenset({"TSP", "PM10", "PM2_5"})
# Marks a row of which nothing can be said: fine dust behind a filter whose efficiency for it is not
# given.
UNKNOWN = Figure(0.0, ONE, None, ())


def check_control(scope: Scope, use: FactorUse, factor: Factor, at: Path) -> None:
    """Whether a use's control has something to act on and says enough.

    The answers are noted once a use.
    """
    control, place = use.control, (*at, "control")
    if control is None:
        return
    pollutants = _pollutants(factor)
    if isinstance(control, dict):
        for name in control:
            if _substance(name) not in pollutants:
                scope.problem(
                    "control-without-pollutant", (*place, name), factor=use.factor, pollutant=name
                )
        return
    if not pollutants:
        scope.problem("control-without-pollutant", place, factor=use.factor, pollutant="TSP")
    elif len(pollutants) > 1 and not isinstance(control, str):
        parts = ", ".join(f"{shown(name)}: 80 %" for name in pollutants)
        name = "control-of-dust-only" if set(pollutants) <= PARTICLES else "control-ambiguous"
        scope.problem(name, place, factor=use.factor, write=f"{{{parts}}}")


def control_of(
    scope: Scope, use: FactorUse, factor: Factor, row: Emission, library: Library, at: Path
) -> Figure | None:
    """The efficiency that acts on a row's substance.

    None where nothing does, UNKNOWN where it is not given.

    A plain share on dust is that of total dust and says nothing of the fine part (a cyclone takes
    little of it), which is then left out; on a factor that gives dust and gases it says too little.
    """
    control = use.control
    if control is None:
        return None
    place: Path = (*at, "control")
    if isinstance(control, dict):
        for name, part in control.items():
            if _substance(name) == row.substance:
                return _efficiency(scope, part, use, row, library, (*place, name))
        return None
    if len(_pollutants(factor)) > 1 and not isinstance(control, str) and row.substance != "TSP":
        return UNKNOWN
    return _efficiency(
        scope, control, use, row, library, place, is_for_all=len(_pollutants(factor)) > 1
    )


def _pollutants(factor: Factor) -> list[str]:
    return list(dict.fromkeys(row.substance for row in factor.emits if row.substance not in GASES))


def _substance(name: str) -> str:
    return DUST_NAMES.get(name, substance_of(name))


def _efficiency(
    scope: Scope,
    control: Quantity | str,
    use: FactorUse,
    row: Emission,
    library: Library,
    place: Path,
    *,
    is_for_all: bool = False,
) -> Figure | None:
    if row.abated:
        scope.problem("control-counted-twice", place, factor=use.factor)
        return None
    if isinstance(control, str):
        cited = library.efficiency(str(control))
        if isinstance(cited, Diagnostic):
            scope.diagnostics.append(cited._replace(path=place))
            return None
        if substance_of(cited.of) != row.substance:
            if is_for_all and substance_of(cited.of) in PARTICLES:
                return UNKNOWN
            scope.problem(
                "control-of-another-substance",
                place,
                control=str(control),
                takes=shown(substance_of(cited.of)),
                pollutant=shown(row.substance),
            )
            return None
        value = cited.quantity
        return Figure(
            value.value, value.unit, None, (Origin("factor", cited.reference, value.text),)
        )
    if not 0 <= control.value <= 1:
        scope.problem("out-of-range", control.path, found=control.text, low="0 %", high="100 %")
        return None
    return scope.figure(control)
