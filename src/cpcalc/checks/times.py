"""Checks of time: hours typed as days, and the other way round."""

from __future__ import annotations

from collections.abc import Iterator

from cpcalc.checks.wording import legible
from cpcalc.diagnostics import Diagnostic
from cpcalc.resolve.model import Resolved
from cpcalc.results import AssessmentResult
from cpcalc.schema.assessment import Assessment

DAYS_OF_A_YEAR = 366.0


def hours_and_days(
    assessment: Assessment, resolved: Resolved, result: AssessmentResult
) -> Iterator[Diagnostic]:
    """Hours a year that are the plant's days a year, or too few to be hours."""
    operation = assessment.basis.operation if assessment.basis is not None else None
    days = operation.days if operation is not None else None
    hours = operation.hours if operation is not None else None
    if hours is not None and str(hours.unit) == "hour/year" and 0 < hours.value <= DAYS_OF_A_YEAR:
        yield Diagnostic(
            "hours-and-days", hours.path, {"text": hours.text, "days": legible(hours.value)}
        )
    for measure in assessment.measures or ():
        for effect in (*(measure.effects or ()), *(measure.verified_effects or ())):
            own = effect.hours
            if (
                own is None
                or days is None
                or str(own.unit) != "hour/year"
                or own.value != days.value
            ):
                continue
            related = (("stated-here", days.path),)
            yield Diagnostic(
                "hours-and-days",
                own.path,
                {"text": own.text, "days": legible(days.value)},
                related=related,
            )
