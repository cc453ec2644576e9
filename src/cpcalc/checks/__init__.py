"""Checks: what a file says against itself, after it has been linked and calculated."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from cpcalc.diagnostics import Diagnostic
from cpcalc.resolve.model import Resolved
from cpcalc.results import AssessmentResult
from cpcalc.schema.assessment import Assessment

__all__ = ["review"]

Check = Callable[[Assessment, Resolved, AssessmentResult], Iterator[Diagnostic]]

CHECKS: tuple[Check, ...] = ()


def review(assessment: Assessment, resolved: Resolved, result: AssessmentResult) -> Iterator[Diagnostic]:
    """All checks, in their order."""
    for check in CHECKS:
        yield from check(assessment, resolved, result)
