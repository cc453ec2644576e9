"""Effects measured afterwards: a reporting year held against the baseline at its own production.

Three figures stand side by side: as metered (production unadjusted), avoided at the reporting
year's production, and normalised to the baseline's. The middle one is what the measure saved.
"""

from __future__ import annotations

from cpcalc.calc.savings import (
    absolute_saving,
    avoided_at_reporting,
    consumption,
    difference,
    expected_consumption,
    normalised_saving,
    ratio_of,
)
from cpcalc.diagnostics import Path
from cpcalc.figures import Figure
from cpcalc.resolve.model import Change, Effect, Stream, Unknown
from cpcalc.resolve.scope import Scope, of_substance
from cpcalc.resolve.streams import output_of
from cpcalc.schema import assessment as files


def is_measured(scope: Scope, effect: files.Effect, at: Path) -> bool:
    """Whether an effect states what was consumed afterwards, or at another production."""
    if effect.measured is not None:
        return True
    position = scope.products.get(effect.per or "")
    product = (scope.assessment.products or [])[position] if position is not None else None
    is_verified = "verified-effects" in at
    return (
        is_verified
        and effect.to is not None
        and product is not None
        and product.reporting_output is not None
    )


def measured_change(
    scope: Scope, effect: files.Effect, at: Path, stream: Stream, worth: Figure | None
) -> Effect | Unknown:
    """The effect, with its three figures beside it."""
    assert effect.from_ is not None
    if "verified-effects" not in at:
        scope.problem("measured-outside-verified", (*at, "measured"))
        return Unknown(())
    baseline_output = output_of(scope, effect.per or "", (*at, "per"))
    output = _reporting_output(scope, effect.per or "") or baseline_output
    if baseline_output is None or output is None:
        return Unknown((f"products.{effect.per}.output",))
    if not _comparable(scope, effect.per or "", baseline_output, output):
        return Unknown(())
    before = scope.figure(effect.from_)
    after = _after(scope, effect, output)
    base = None if effect.base_load is None else scope.annual(effect.base_load)
    if after is None or (effect.base_load is not None and base is None):
        return Unknown(())
    for given, found in ((effect.measured or effect.to, after), (effect.base_load, base)):
        expected = before.unit * output.unit
        if given is not None and found is not None and found.unit is not expected:
            scope.problem(
                "wrong-kind-of-unit",
                given.path,
                expected=str(expected),
                found=str(given.unit),
                text=given.text,
            )
            return Unknown(())
    if base is None:
        at_baseline = consumption(before, baseline_output)
        avoided = avoided_at_reporting(before, output, after)
        variable = after
    else:
        at_baseline = expected_consumption(base, before, baseline_output)
        avoided = absolute_saving(expected_consumption(base, before, output), after)
        variable = difference(after, base)
    specific_after = ratio_of(variable, output)
    change = Change(
        *(
            of_substance(figure, stream.substance)
            for figure in (
                absolute_saving(at_baseline, after),
                avoided,
                normalised_saving(before, specific_after, baseline_output),
            )
        )
    )
    saved = change.at_reporting_production
    if stream.unit is not None and saved.unit is not stream.unit:
        scope.problem(
            "wrong-kind-of-unit",
            effect.from_.path,
            expected=str(stream.unit),
            found=str(saved.unit),
            text=effect.from_.text,
        )
        return Unknown(())
    return Effect("amount", stream.id, saved, at, worth, change=change)


def _comparable(scope: Scope, product: str, baseline: Figure, reporting: Figure) -> bool:
    """Whether both outputs are of one kind, and something was made: specific figures divide by
    them.
    """
    written = (scope.assessment.products or [])[scope.products[product]]
    for given, found in ((written.output, baseline), (written.reporting_output, reporting)):
        if given is not None and found.value <= 0:
            scope.problem("too-low", given.path, found=given.text, low="0")
            return False
    if reporting.unit is not baseline.unit and written.reporting_output is not None:
        given = written.reporting_output
        scope.problem(
            "wrong-kind-of-unit",
            given.path,
            expected=str(baseline.unit),
            found=str(given.unit),
            text=given.text,
        )
        return False
    return True


def _after(scope: Scope, effect: files.Effect, output: Figure) -> Figure | None:
    if effect.measured is not None:
        return scope.annual(effect.measured)
    assert effect.to is not None
    return consumption(scope.figure(effect.to), output)


def _reporting_output(scope: Scope, product: str) -> Figure | None:
    position = scope.products.get(product)
    given = (
        (scope.assessment.products or [])[position].reporting_output
        if position is not None
        else None
    )
    return scope.annual(given) if given is not None else None
