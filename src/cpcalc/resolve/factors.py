"""From a stream's cited factors to the terms that the engine multiplies: one per substance, in the stream's unit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cpcalc.calc.dust import factor_with_content
from cpcalc.calc.savings import converted
from cpcalc.diagnostics import Diagnostic, Path
from cpcalc.figures import Figure, Origin
from cpcalc.library import Factor, Library, Row
from cpcalc.resolve.model import Term
from cpcalc.resolve.scope import YEAR, Scope
from cpcalc.schema import assessment as files
from cpcalc.units import ONE, Unit

SCOPES: Mapping[str, str] = {
    "1": "scope_1",
    "2-location": "scope_2_location",
    "2-market": "scope_2_market",
    "3": "scope_3",
}
# AP-42 takes ash and sulphur as the number of weight percent: 30 for a coal with 30 % ash.
PERCENT_NUMBERS_IN_ONE = Figure(100.0, ONE, None, (Origin("definition", (), "weight percent as a number"),))
GREENHOUSE_GASES = frozenset({"CO2", "CO2e", "CH4", "N2O", "SF6", "NF3", "CF4", "C2F6"})


def terms_of(
    scope: Scope, stream: files.Stream, path: Path, flow_unit: Unit | None, library: Library
) -> Iterator[Term]:
    """The terms of every factor a stream names; what does not fit is a diagnostic."""
    grid = scope.basis.grid
    for position, use in enumerate(stream.emission_factors or ()):
        at = _place(scope, path, position)
        factor = library.pick(
            use.factor, data_year=use.year or (grid.data_year if grid else None), kind=grid.type if grid else None
        )
        if isinstance(factor, Diagnostic):
            scope.diagnostics.append(factor._replace(path=at))
            continue
        if flow_unit is None:
            scope.problem("quantity-or-price-needed", at, factor=use.factor)
            continue
        for row in factor.rows:
            term = _term(scope, stream, use, factor, row, flow_unit * YEAR, at)
            if term is not None:
                yield term


def _place(scope: Scope, path: Path, position: int) -> Path:
    return (*path, "emission-factors", position)


def _term(
    scope: Scope, stream: files.Stream, use: files.FactorUse, factor: Factor, row: Row, activity: Unit, at: Path
) -> Term | None:
    coefficient = Figure(row.value.value, row.value.unit, None, (Origin("factor", row.reference, row.value.text),))
    if row.times is not None:
        content = getattr(use, row.times, None)
        if content is None:
            scope.problem("factor-parameter-missing", at, factor=use.factor, parameter=row.times)
            return None
        percent = scope.workings.apply(converted, scope.figure(content), PERCENT_NUMBERS_IN_ONE)
        plus = row.plus
        constant = Figure(
            plus.value if plus else 0.0,
            coefficient.unit,
            None,
            (Origin("factor", row.reference, plus.text if plus else "0"),),
        )
        coefficient = scope.workings.apply(factor_with_content, coefficient, percent, constant)
    control = None
    if use.control is not None and row.of not in GREENHOUSE_GASES:
        if row.abated:
            scope.problem("control-counted-twice", use.control.path, factor=use.factor)
        control = scope.figure(use.control)
    if stream.mass_basis is not None and row.mass_basis is not None and stream.mass_basis != row.mass_basis:
        scope.problem(
            "mass-basis-mixed", at, one=f"stream ({stream.mass_basis})", other=f"{row.reference} ({row.mass_basis})"
        )
    content = _content(scope, stream, factor, row, activity, at)
    if content is _NO_FIT:
        return None
    is_gas = row.of in GREENHOUSE_GASES or row.of.startswith(("HFC", "HCFC", "R_"))
    where = (
        SCOPES.get(row.scope, "on_site") if is_gas else ("off_site" if factor.kind == "grid-electricity" else "on_site")
    )
    return Term(row.of, where, row.biogenic and row.of == "CO2", coefficient, content, control, row.reference)


_NO_FIT = Figure(0.0, ONE, None, ())


def _content(scope: Scope, stream: files.Stream, factor: Factor, row: Row, activity: Unit, at: Path) -> Figure | None:
    """What turns an amount of the stream into what the factor is per: a heat content, a density, both or nothing."""
    per = (Unit.of((("t", 1),)) * Unit.of(((row.of, 1),))) / row.value.unit
    if per is activity:
        return None
    density = scope.figure(stream.density) if stream.density is not None else None
    if density is not None and density.unit * activity is per:
        return density
    heat = _heat_content(scope, stream, factor, row, at)
    if heat is not None:
        if heat.unit * activity is per:
            return heat
        if density is not None and heat.unit * density.unit * activity is per:
            return scope.workings.apply(converted, heat, density)
    if str(per) == "kWh" and heat is None:
        scope.problem("heat-content-missing", at, factor=row.reference)
    else:
        scope.problem("factor-does-not-fit", at, factor=row.reference, per=str(per), stream=str(activity))
    return _NO_FIT


def _heat_content(scope: Scope, stream: files.Stream, factor: Factor, row: Row, at: Path) -> Figure | None:
    own = stream.ncv if stream.ncv is not None else stream.gcv
    if own is not None:
        basis = "ncv" if stream.ncv is not None else "gcv"
        if row.basis is not None and row.basis != basis:
            scope.problem("heat-basis-mixed", own.path, one=f"stream ({basis})", other=f"{row.reference} ({row.basis})")
        return scope.figure(own)
    if factor.ncv is not None and row.basis != "gcv":
        return Figure(
            factor.ncv.value, factor.ncv.unit, None, (Origin("factor", f"{factor.reference}#ncv", factor.ncv.text),)
        )
    return None
