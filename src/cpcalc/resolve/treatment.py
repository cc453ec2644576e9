"""The methane of one treatment of waste water: what follows its organic load."""

from __future__ import annotations

from cpcalc.calc.dust import load
from cpcalc.calc.savings import ratio_of
from cpcalc.calc.wastewater import methane_formed
from cpcalc.diagnostics import Path
from cpcalc.figures import Figure, Origin
from cpcalc.quantities import PartOfYear, Quantity
from cpcalc.resolve.model import Treatment
from cpcalc.resolve.scope import Scope
from cpcalc.schema import assessment as files
from cpcalc.schema.basis import FactorUse
from cpcalc.schema.factor_rows import Emission
from cpcalc.units import ONE

LOAD_OF_SUBSTANCE = {"COD": "cod", "BOD": "bod"}
NOTHING = Figure(0.0, ONE, None, (Origin("definition", (), "0 %"),))


def treatment_of(
    scope: Scope, stream: files.Stream, use: FactorUse, row: Emission, at: Path
) -> Treatment | None:
    """Bo and MCF of a treatment, and the shares that leave as sludge and are recovered.

    Amounts of sludge or recovered methane become shares of the baseline's, and stay in proportion
    as the load falls.
    """
    assert row.mcf is not None
    organics = next(
        (name for name in LOAD_OF_SUBSTANCE if row.value.unit.exponent(name) == -1), None
    )
    concentration = getattr(stream, LOAD_OF_SUBSTANCE[organics]) if organics is not None else None
    if stream.kind != "wastewater" or organics is None or concentration is None:
        scope.problem(
            "organic-load-missing",
            at,
            factor=use.factor,
            load=LOAD_OF_SUBSTANCE.get(organics or "", "cod"),
        )
        return None
    capacity = Figure(
        row.value.value, row.value.unit, None, (Origin("factor", row.reference, row.value.text),)
    )
    correction = Figure(
        row.mcf.value, row.mcf.unit, None, (Origin("factor", row.reference, row.mcf.text),)
    )
    whole = _baseline_load(scope, stream, concentration, organics)
    sludge = _share(scope, use.sludge_removed, whole, organics)
    formed = None
    if whole is not None:
        left = load(whole, sludge)
        formed = methane_formed(whole, left, capacity, correction)
    recovered = _share(scope, use.recovered, formed, "CH4")
    return Treatment(
        LOAD_OF_SUBSTANCE[organics], capacity, correction, sludge, recovered, row.reference
    )


def _baseline_load(
    scope: Scope, stream: files.Stream, concentration: Quantity, organics: str
) -> Figure | None:
    if (
        stream.quantity is None
        or isinstance(stream.quantity, PartOfYear)
        or stream.quantity.unit.exponent("year") != -1
    ):
        return None
    return load(scope.figure(concentration, organics), scope.figure(stream.quantity))


def _share(scope: Scope, given: Quantity | None, whole: Figure | None, substance: str) -> Figure:
    if given is None:
        return NOTHING
    amount = scope.figure(given, substance)
    if given.unit is not ONE:
        if whole is None or amount.unit is not whole.unit:
            expected = str(whole.unit) if whole is not None else "share"
            scope.problem(
                "wrong-kind-of-unit",
                given.path,
                expected=expected,
                found=str(given.unit),
                text=given.text,
            )
            return NOTHING
        amount = ratio_of(amount, whole)
    if not 0 <= amount.value <= 1:
        scope.problem("out-of-range", given.path, found=given.text, low="0 %", high="100 %")
    return amount
