"""Numbers in the words of diagnostics, and what an effect says and where it stands."""

from __future__ import annotations

from cpcalc.diagnostics import Path
from cpcalc.figures import Figure
from cpcalc.quantities import Quantity
from cpcalc.resolve.model import Effect, Resolved
from cpcalc.schema import assessment as files
from cpcalc.schema.assessment import Assessment

# Rounding of floats, far below what any file prints.
ROUNDING = 1e-9
# From ten thousand on digits are grouped; beyond a quadrillion an exponent reads better.
LEAST_GROUPED, MOST_GROUPED = 1e4, 1e15


def legible(value: float) -> str:
    """A number to six digits, in groups of three instead of with an exponent."""
    size = abs(value)
    if not LEAST_GROUPED <= size < MOST_GROUPED:
        return f"{value:.6g}"
    return f"{float(f'{value:.6g}'):,.0f}".replace(",", " ")


def shown(figure: Figure) -> str:
    """A figure in its canonical unit."""
    return f"{legible(figure.value)} {figure.unit}"


def times(ratio: float) -> str:
    """A ratio to three digits: ``2.5``."""
    return f"{ratio:.3g}"


def yearly_cut(resolved: Resolved, effect: Effect) -> Figure | None:
    """What an effect takes from its stream's baseline a year; None where it is no cut or the stream has no quantity."""
    quantity = resolved.streams[effect.stream].quantity
    if effect.form == "amount":
        return effect.amount
    if effect.form != "share" or quantity is None:
        return None
    return Figure(effect.amount.value * quantity.value, quantity.unit, None, ())


def effect_in_file(assessment: Assessment, effect: Effect) -> files.Effect:
    """The effect as the file has it."""
    _, measure, key, position = effect.path
    effects = getattr((assessment.measures or [])[int(measure)], str(key).replace("-", "_"))
    found: files.Effect = effects[int(position)]
    return found


def place_of_amount(assessment: Assessment, effect: Effect) -> Path:
    """Where the amount of an effect stands."""
    written = effect_in_file(assessment, effect)
    for given in (written.reduce, written.increase, written.from_, written.share):
        if given is not None and given.path:
            return given.path
    return effect.path


def path_of(given: Quantity | None, otherwise: Path) -> Path:
    """Where a quantity stands."""
    return given.path if given is not None and given.path else otherwise
